// Rekor v2 with its POSIX storage, unchanged, and a maker of requests for it:
// signed hashedrekord entries, one JSON body a line.
//
//	rekor serve …            as rekor-server-posix
//	rekor key FILE           makes its signing key
//	rekor bodies COUNT       prints them
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"log"
	"os"
	"strconv"

	"github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix/app"
)

const body = `{"hashedRekordRequestV002":{"digest":"%s","signature":{"content":"%s",` +
	`"verifier":{"publicKey":{"rawBytes":"%s"},"keyDetails":"PKIX_ECDSA_P256_SHA_256"}}}}` + "\n"

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	return key
}

func writeKey(path string) {
	der, err := x509.MarshalPKCS8PrivateKey(newKey())
	if err != nil {
		log.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		log.Fatal(err)
	}
}

func printBodies(count int) {
	key := newKey()
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		log.Fatal(err)
	}
	public := base64.StdEncoding.EncodeToString(der)
	for i := range count {
		digest := sha256.Sum256([]byte(strconv.Itoa(i)))
		signature, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf(body, base64.StdEncoding.EncodeToString(digest[:]),
			base64.StdEncoding.EncodeToString(signature), public)
	}
}

func main() {
	switch {
	case len(os.Args) == 3 && os.Args[1] == "key":
		writeKey(os.Args[2])
	case len(os.Args) == 3 && os.Args[1] == "bodies":
		count, err := strconv.Atoi(os.Args[2])
		if err != nil {
			log.Fatal(err)
		}
		printBodies(count)
	default:
		app.Execute()
	}
}
