package main

import (
	"fmt"
	"os"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"
)

// proof verifies each file, and then that torchwood refuses it for any other
// record.
func proof(args []string) error {
	if len(args) < 2 {
		return errUsage
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	policy, err := torchwood.ParsePolicy(text)
	if err != nil {
		return err
	}
	for _, name := range args[1:] {
		file, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		entry, err := torchwood.ProofExtraData(file)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		leaf := tlog.RecordHash(entry)
		if err := torchwood.VerifyProof(policy, leaf, file); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		leaf[0] ^= 1
		if torchwood.VerifyProof(policy, leaf, file) == nil {
			return fmt.Errorf("%s: proves another record too", name)
		}
	}
	fmt.Printf("%d proofs: torchwood agrees\n", len(args)-1)
	return nil
}
