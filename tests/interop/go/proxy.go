package main

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// damage is what shall be wrong with one answer.
type damage struct {
	path   string // of the answer, without the first slash
	offset int    // of the byte that is changed; behind the end: one is added
	cut    bool   // what comes from the offset on is missing
}

// parse reads /flip/OFFSET/HEX-OF-PATH/… or /cut/OFFSET/HEX-OF-PATH/…; any other
// path is served as it is.
func parse(path string) (damage, string, error) {
	parts := strings.SplitN(strings.TrimPrefix(path, "/"), "/", 4)
	if len(parts) < 4 || (parts[0] != "flip" && parts[0] != "cut") {
		return damage{}, strings.TrimPrefix(path, "/"), nil
	}
	offset, err := strconv.Atoi(parts[1])
	if err != nil {
		return damage{}, "", err
	}
	name, err := hex.DecodeString(parts[2])
	if err != nil {
		return damage{}, "", err
	}
	return damage{string(name), offset, parts[0] == "cut"}, parts[3], nil
}

func (d damage) do(path string, body []byte) []byte {
	switch {
	case d.path != path:
		return body
	case d.offset >= len(body):
		return append(body, 0)
	case d.cut:
		return body[:d.offset]
	}
	body[d.offset] ^= 1
	return body
}

// proxy prints its URL and serves until it is ended.
func proxy(args []string) error {
	if len(args) != 1 {
		return errUsage
	}
	upstream := args[0]
	handle := func(w http.ResponseWriter, r *http.Request) {
		var body []byte
		d, path, err := parse(r.URL.Path)
		if err == nil && strings.HasPrefix(upstream, "http:") {
			asked := path
			if r.URL.RawQuery != "" {
				asked += "?" + r.URL.RawQuery
			}
			body, err = fetch(upstream, asked)
		} else if err == nil {
			body, err = os.ReadFile(filepath.Join(upstream, filepath.Clean("/"+path)))
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(d.do(path, body))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", listener.Addr())
	return http.Serve(listener, http.HandlerFunc(handle))
}
