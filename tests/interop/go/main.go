// Interop judges a Headwater log with packages that others wrote, and writes
// logs with them.
//
//	check URL VKEY [PROOF...]     every checkpoint, bundle, tile; proofs (x/mod)
//	proof POLICY FILE...          tlog-proof files by a tlog-policy (torchwood)
//	entries URL COUNT DIR         the first entries, one a file
//	write DIR KEY ENTRY...        a log by x/mod, and proofs by torchwood
//	records COUNT DIR             entries that are no records, one a file
//	proxy UPSTREAM                serves a log (a URL, or a folder), or
//	                              damages it: see proxy.go
//
// KEY is the file of a signed-note signer, VKEY a verifier key, POLICY a file.
package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

var commands = map[string]func(args []string) error{
	"check":   check,
	"proof":   proof,
	"entries": entries,
	"write":   write,
	"records": records,
	"proxy":   proxy,
}

var errUsage = errors.New("usage: see the head of main.go")

var client = http.Client{Timeout: 30 * time.Second}

// fetch gets what a log serves under path; anything but 200 is an error.
func fetch(base, path string) ([]byte, error) {
	answer, err := client.Get(strings.TrimSuffix(base, "/") + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.200s", path, answer.Status, body)
	}
	return body, err
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, errUsage)
		os.Exit(2)
	}
	if err := commands[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}
