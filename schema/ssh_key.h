/*
 * ssh_key: OpenSSH's Ed25519 keys and its allowed_signers file.
 *
 * Formats: `ssh-ed25519 <base64>` lines (RFC 4253 section 6.6 blobs, RFC 8709),
 * the unencrypted `openssh-key-v1` private key file (PROTOCOL.key), fingerprints
 * as `ssh-keygen -lf` prints them, allowed_signers (ssh-keygen(1), ALLOWED
 * SIGNERS).  Other key types and `sk-` keys are refused by name: they sign other
 * bytes.
 *
 * Threads: any.  Memory: spans returned borrow the input.
 */
#ifndef HEADWATER_SCHEMA_SSH_KEY_H
#define HEADWATER_SCHEMA_SSH_KEY_H

#include "schema/err.h"
#include "schema/key.h"
#include "schema/span.h"
#include "schema/writer.h"

#define SSH_FINGERPRINT_LEN 50 /* "SHA256:" and 43 digits, unpadded */
#define SSH_FINGERPRINT_MAX (SSH_FINGERPRINT_LEN + 1)
#define SSH_BLOB_LEN 51 /* string "ssh-ed25519", string key */
#define SSH_LINE_LEN 80 /* "ssh-ed25519 " and 68 digits of base64 */

void ssh_blob(const struct public_key *key, uint8_t out[static SSH_BLOB_LEN]);

/* `SHA256:` and the unpadded base64 of SHA-256 over the blob, NUL-terminated.
 * DSSE's keyid for this key. */
void ssh_fingerprint(
    const struct public_key *key, char out[static SSH_FINGERPRINT_MAX]);
bool ssh_is_fingerprint(struct span text); /* by form, canonical */

/* `ssh-ed25519 AAAA…`, without a comment. */
void ssh_public_print(const struct public_key *key, struct writer *w);

/* A public key line, with or without a comment; one line, LF optional.  The key
 * must be valid (key_public_is_valid). */
MUST_CHECK enum err ssh_public_parse(
    struct span line, struct public_key *ret, struct why *w);

/* An unencrypted private key file.  ERR_REFUSED names what it is otherwise (an
 * encrypted key: use ssh-agent).  The caller frees `*ret`. */
MUST_CHECK enum err ssh_private_parse(
    struct span file, struct secret_key **ret, struct why *w);

/* One line of allowed_signers that counts for the namespace "headwater". */
struct ssh_signer {
	struct span principal; /* text_is_principal */
	struct public_key key;
	uint64_t valid_after_ms;  /* 0: always was */
	uint64_t valid_before_ms; /* UINT64_MAX: always will be */
};

enum ssh_line {
	SSH_LINE_SIGNER,  /* *ret is written */
	SSH_LINE_NOTHING, /* empty or a comment */
	SSH_LINE_SKIPPED, /* another namespace only: a warning is in *w */
};

/*
 * Parses one line without its LF (ssh_signer.c).  Refused, with a sentence that
 * does not name the line number (the caller knows it): patterns and several
 * principals, `cert-authority`, `*`, times without Z, unknown options, white
 * space between options, key types other than ssh-ed25519.  Times are
 * `YYYYMMDDZ`, `YYYYMMDDHHMMZ` or `YYYYMMDDHHMMSSZ`.  A line whose namespaces
 * are all others' is skipped, whatever else it says.
 */
MUST_CHECK enum err ssh_signer_parse(struct span line, enum ssh_line *ret_kind,
    struct ssh_signer *ret, struct why *w);

#endif
