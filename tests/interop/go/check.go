package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = torchwood.TileHeight

// stored is the tree that x/mod makes of the entries, in memory.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(s)) {
			return nil, fmt.Errorf("hash %d is not stored", index)
		}
		hashes[i] = s[index]
	}
	return hashes, nil
}

func (s *stored) add(n int64, entry []byte) error {
	hashes, err := tlog.StoredHashes(n, entry, *s)
	*s = append(*s, hashes...)
	return err
}

type ledger struct {
	url    string
	tree   tlog.Tree
	stored stored
}

// checkpoint opens the note by x/mod alone, then reads it by torchwood.
func checkpoint(signed []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	parsed, err := torchwood.ParseCheckpoint(opened.Text)
	if err != nil {
		return tlog.Tree{}, err
	}
	if parsed.Origin != verifier.Name() || parsed.Extension != "" {
		return tlog.Tree{}, fmt.Errorf("checkpoint: %q", opened.Text)
	}
	if len(opened.UnverifiedSigs) != 0 {
		return tlog.Tree{}, fmt.Errorf("checkpoint: unknown signatures")
	}
	return parsed.Tree, nil
}

func bundlePath(n, size int64) (string, int) {
	width := int(min(size-n<<height, 1<<height))
	return torchwood.TilePath(tlog.Tile{H: height, L: -1, N: n, W: width}), width
}

// bundle gives the entries of one bundle, which must be nothing else.
func bundle(url string, n, size int64) ([][]byte, error) {
	path, width := bundlePath(n, size)
	rest, err := fetch(url, path)
	if err != nil {
		return nil, err
	}
	entries := make([][]byte, width)
	for i := range entries {
		entries[i], rest, err = torchwood.ReadTileEntry(rest)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	if len(rest) != 0 {
		return nil, fmt.Errorf("%s: %d bytes too many", path, len(rest))
	}
	return entries, nil
}

func (l *ledger) bundles() error {
	count := int64(0)
	for n := int64(0); n<<height < l.tree.N; n++ {
		entries, err := bundle(l.url, n, l.tree.N)
		if err != nil {
			return err
		}
		for i, entry := range entries {
			if err := l.stored.add(n<<height+int64(i), entry); err != nil {
				return err
			}
		}
		count++
	}
	root, err := tlog.TreeHash(l.tree.N, l.stored)
	if err != nil {
		return err
	}
	if root != l.tree.Hash {
		return fmt.Errorf("the entries give %v, signed is %v", root, l.tree.Hash)
	}
	fmt.Printf("%d bundles, %d entries: the signed root\n", count, l.tree.N)
	return nil
}

func (l *ledger) tile(tile tlog.Tile) error {
	wanted, err := tlog.ReadTileData(tile, l.stored)
	if err != nil {
		return err
	}
	path := torchwood.TilePath(tile)
	served, err := fetch(l.url, path)
	if err != nil {
		return err
	}
	if !bytes.Equal(served, wanted) {
		return fmt.Errorf("%s: not what x/mod computes", path)
	}
	return nil
}

// tiles asks for each tile of the tree, and for one in each of its widths.
func (l *ledger) tiles() error {
	all := tlog.NewTiles(height, 0, l.tree.N)
	levels := map[int]int{}
	for _, tile := range all {
		if err := l.tile(tile); err != nil {
			return err
		}
		levels[tile.L]++
	}
	for width := 1; width < 1<<height; width++ {
		tile := tlog.Tile{H: height, L: 0, N: 1, W: width}
		if l.tree.N < 2<<height {
			break
		}
		if err := l.tile(tile); err != nil {
			return err
		}
	}
	fmt.Printf("%d tiles, by level %v: as x/mod computes them\n", len(all), levels)
	return nil
}

// ---- proofs ----

func (l *ledger) proof(path string) ([]tlog.Hash, error) {
	var answer struct{ Hashes [][]byte }
	body, err := fetch(l.url, path)
	if err == nil {
		err = json.Unmarshal(body, &answer)
	}
	hashes := make([]tlog.Hash, len(answer.Hashes))
	for i, hash := range answer.Hashes {
		if len(hash) != tlog.HashSize {
			return nil, fmt.Errorf("%s: a hash of %d bytes", path, len(hash))
		}
		copy(hashes[i][:], hash)
	}
	return hashes, err
}

func (l *ledger) inclusion(size, index int64) error {
	root, err := tlog.TreeHash(size, l.stored)
	if err != nil {
		return err
	}
	leaf, err := l.stored.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
	if err != nil {
		return err
	}
	hashes, err := l.proof(fmt.Sprintf("v1/proofs/inclusion/%d/%d", size, index))
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(hashes, size, root, index, leaf[0]); err != nil {
		return fmt.Errorf("inclusion of %d in %d: %w", index, size, err)
	}
	return nil
}

func (l *ledger) consistency(from, to int64) error {
	before, err := tlog.TreeHash(from, l.stored)
	if err != nil {
		return err
	}
	after, err := tlog.TreeHash(to, l.stored)
	if err != nil {
		return err
	}
	hashes, err := l.proof(fmt.Sprintf("v1/proofs/consistency/%d/%d", from, to))
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(hashes, to, after, from, before); err != nil {
		return fmt.Errorf("consistency of %d and %d: %w", from, to, err)
	}
	return nil
}

// marks are the sizes around which trees change their shape.
func (l *ledger) marks() []int64 {
	marks := []int64{1, 2}
	for _, power := range []int64{256, 512, 4096, 65536} {
		for _, size := range []int64{power - 1, power, power + 1} {
			if size < l.tree.N {
				marks = append(marks, size)
			}
		}
	}
	return append(marks, l.tree.N-1, l.tree.N)
}

func (l *ledger) inclusions(count int) error {
	random := rand.New(rand.NewSource(1))
	marks := l.marks()
	for i := 0; i < count; i++ {
		size := l.tree.N
		if i%2 == 1 {
			size = 1 + random.Int63n(l.tree.N)
		}
		index := random.Int63n(size)
		if i < len(marks) {
			size, index = l.tree.N, marks[i]-1
		}
		if err := l.inclusion(size, index); err != nil {
			return err
		}
	}
	fmt.Printf("%d inclusion proofs: x/mod agrees\n", count)
	return nil
}

func (l *ledger) consistencies(count int) error {
	random := rand.New(rand.NewSource(2))
	marks := l.marks()
	for i := 0; i < count; i++ {
		to := l.tree.N
		if i%2 == 1 {
			to = 1 + random.Int63n(l.tree.N)
		}
		from := 1 + random.Int63n(to)
		if i < len(marks) {
			from, to = marks[i], l.tree.N
		}
		if err := l.consistency(from, to); err != nil {
			return err
		}
	}
	fmt.Printf("%d consistency proofs: x/mod agrees\n", count)
	return nil
}

// given checks the checkpoints of proofs that were handed out while the log
// grew: each must be of a tree that x/mod makes of the log's first entries.
func (l *ledger) given(vkey string, names []string) error {
	sizes := map[int64]bool{}
	for _, name := range names {
		file, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		_, signed, _ := bytes.Cut(file, []byte("\n\n"))
		tree, err := checkpoint(signed, vkey)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		root, err := tlog.TreeHash(tree.N, l.stored)
		if err != nil {
			return err
		}
		if root != tree.Hash {
			return fmt.Errorf("%s: another tree of %d was signed", name, tree.N)
		}
		sizes[tree.N] = true
	}
	fmt.Printf("checkpoints of %d sizes: of this log\n", len(sizes))
	return nil
}

func check(args []string) error {
	if len(args) < 2 {
		return errUsage
	}
	vkey := strings.TrimSpace(args[1])
	signed, err := fetch(args[0], "checkpoint")
	if err != nil {
		return err
	}
	tree, err := checkpoint(signed, vkey)
	if err != nil {
		return err
	}
	l := ledger{url: args[0], tree: tree}
	if err := l.bundles(); err != nil {
		return err
	}
	if err := l.tiles(); err != nil {
		return err
	}
	if err := l.given(vkey, args[2:]); err != nil {
		return err
	}
	if err := l.inclusions(64); err != nil {
		return err
	}
	return l.consistencies(20)
}
