/*
 * signer_keyring: allowed_signers, and the keyring statements made of it.
 *
 * A line is in force at a stamp when valid-after <= stamp < valid-before.  A key
 * belongs to one principal, but may stand on several lines of it: then it is in
 * force when one of them is.  The log's own key is refused: its statements must
 * not look like a publisher's.  The lines that are not over may have at most
 * KEYRING_BLOB_MAX bytes together, so that no keyring fails later.
 *
 * Threads: one.  Memory: signer_keyring_free.
 */
#ifndef HEADWATER_DAEMON_SIGNER_KEYRING_H
#define HEADWATER_DAEMON_SIGNER_KEYRING_H

#include "schema/key.h"
#include "schema/keyring.h"

#define SIGNER_FILE_MAX ((size_t)16 << 20) /* of allowed_signers */
#define SIGNER_LINES_MAX 65536		   /* signers in it, in force or not */

struct signer_keyring;

/* Where a text comes from, and what it is judged by. */
struct signer_source {
	const char *path; /* for sentences: "path:line: …" */
	const struct public_key *log_key;
	uint64_t now_ms;
};

/* Reads `source->path`.  Lines that do not count are told in `warnings` (NULL is
 * fine), one each; those that do not fit are counted there.  A file that cannot
 * be read is ERR_MISSING or another of `file`; a line that is wrong ERR_REFUSED. */
MUST_CHECK enum err signer_keyring_read(const struct signer_source *source,
    struct signer_keyring **ret, struct writer *warnings, struct why *w);

/* The same from bytes, which are copied. */
MUST_CHECK enum err signer_keyring_parse(const struct signer_source *source,
    struct span text, struct signer_keyring **ret, struct writer *warnings,
    struct why *w);
void signer_keyring_free(struct signer_keyring *keyring); /* NULL is fine */

/* The payload of the keyring record at `stamp_ms`, and what lies beside it; see
 * keyring_print. */
struct signer_statement {
	const char *origin;
	uint64_t stamp_ms;
	const struct hash *previous; /* NULL: the first */
};
MUST_CHECK enum err signer_keyring_print(struct signer_keyring *keyring,
    const struct signer_statement *statement, struct writer *payload,
    struct writer *ret_lines, struct why *w);

/* The first moment after `stamp_ms` at which a line begins or ends; UINT64_MAX:
 * never. */
uint64_t signer_keyring_next_ms(
    const struct signer_keyring *keyring, uint64_t stamp_ms);

#endif
