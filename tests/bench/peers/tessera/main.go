// A Tessera POSIX log behind HTTP, for the bench: the main of Tessera's own
// conformance server with its batching and publishing intervals as flags, since
// that one has them fixed at 1 s.  It verifies nothing.
//
//	tessera -dir D -key FILE -port P -batch 10ms -checkpoint 100ms
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	badger "github.com/transparency-dev/tessera/storage/posix/antispam"
	"golang.org/x/mod/sumdb/note"
)

func newAppender(ctx context.Context, dir string, signer note.Signer, batch, checkpoint time.Duration) (*tessera.Appender, error) {
	driver, err := posix.New(ctx, posix.Config{Path: dir})
	if err != nil {
		return nil, err
	}
	deduplicate, err := badger.NewAntispam(ctx, filepath.Join(dir, ".state", "antispam"), badger.AntispamOpts{})
	if err != nil {
		return nil, err
	}
	appender, _, _, err := tessera.NewAppender(ctx, driver, tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithCheckpointInterval(checkpoint).
		WithCheckpointRepublishInterval(time.Minute).
		WithBatching(256, batch).
		WithAntispam(tessera.DefaultAntispamInMemorySize, deduplicate))
	return appender, err
}

func main() {
	dir := flag.String("dir", "", "storage")
	key := flag.String("key", "", "note signer key file")
	port := flag.Int("port", 0, "of 127.0.0.1")
	batch := flag.Duration("batch", time.Second, "longest wait for a batch of 256")
	checkpoint := flag.Duration("checkpoint", time.Second, "between checkpoints")
	flag.Parse()
	text, err := os.ReadFile(*key)
	if err != nil {
		log.Fatal(err)
	}
	signer, err := note.NewSigner(string(text))
	if err != nil {
		log.Fatal(err)
	}
	appender, err := newAppender(context.Background(), *dir, signer, *batch, *checkpoint)
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("POST /add", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		index, err := appender.Add(r.Context(), tessera.NewEntry(body))()
		if err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintf(w, "%d", index.Index)
	})
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), nil))
}
