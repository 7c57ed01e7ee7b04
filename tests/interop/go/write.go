package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func keep(dir, path string, bytes []byte) error {
	path = filepath.Join(dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, bytes, 0o644)
}

// entries keeps the first entries of a log as 000000, 000001, …
func entries(args []string) error {
	if len(args) != 3 {
		return errUsage
	}
	count, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return err
	}
	for n := int64(0); n<<height < count; n++ {
		entries, err := bundle(args[0], n, count)
		if err != nil {
			return err
		}
		for i, entry := range entries {
			name := fmt.Sprintf("%06d", n<<height+int64(i))
			if err := keep(args[2], name, entry); err != nil {
				return err
			}
		}
	}
	return nil
}

// records keeps entries that are no records: what any log may hold.
func records(args []string) error {
	if len(args) != 2 {
		return errUsage
	}
	count, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	for i := range count {
		text := fmt.Sprintf("example.org/module v1.0.%d\n", i)
		if err := keep(args[1], fmt.Sprintf("%06d", i), []byte(text)); err != nil {
			return err
		}
	}
	return nil
}

// write makes a log of tiles with x/mod, and beside it torchwood's proof of
// each entry: proofs/000000.tlog-proof, …
func write(args []string) error {
	if len(args) < 3 {
		return errUsage
	}
	dir, key, names := args[0], args[1], args[2:]
	var tree stored
	var bundle []byte
	all := make([][]byte, len(names))
	for i, name := range names {
		entry, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := tree.add(int64(i), entry); err != nil {
			return err
		}
		if bundle, err = torchwood.AppendTileEntry(bundle, entry); err != nil {
			return err
		}
		all[i] = entry
		if (i+1)%(1<<height) == 0 || i+1 == len(names) {
			path, _ := bundlePath(int64(i>>height), int64(i+1))
			if err := keep(dir, path, bundle); err != nil {
				return err
			}
			bundle = nil
		}
	}
	size := int64(len(names))
	for _, tile := range tlog.NewTiles(height, 0, size) {
		data, err := tlog.ReadTileData(tile, tree)
		if err != nil {
			return err
		}
		if err := keep(dir, torchwood.TilePath(tile), data); err != nil {
			return err
		}
	}
	signed, err := sign(key, size, tree)
	if err != nil {
		return err
	}
	if err := keep(dir, "checkpoint", signed); err != nil {
		return err
	}
	return prove(dir, size, tree, signed, all)
}

func sign(keyFile string, size int64, tree stored) ([]byte, error) {
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, err
	}
	root, err := tlog.TreeHash(size, tree)
	if err != nil {
		return nil, err
	}
	head := torchwood.Checkpoint{
		Origin: signer.Name(),
		Tree:   tlog.Tree{N: size, Hash: root},
	}
	return note.Sign(&note.Note{Text: head.String()}, signer)
}

func prove(dir string, size int64, tree stored, signed []byte, all [][]byte) error {
	for i, entry := range all {
		hashes, err := tlog.ProveRecord(size, int64(i), tree)
		if err != nil {
			return err
		}
		file := torchwood.FormatProofWithExtraData(int64(i), entry, hashes, signed)
		path := fmt.Sprintf("proofs/%06d.tlog-proof", i)
		if err := keep(dir, path, file); err != nil {
			return err
		}
	}
	return nil
}
