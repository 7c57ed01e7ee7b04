/*
 * signer_link: the daemon's end of headwater-signer.
 *
 * Starts the signer beside our own executable (or `program`), on a socketpair,
 * with nothing else inherited; it dies with us (PR_SET_PDEATHSIG and the end of
 * its stream).  Every answer is bounded in size and waited for at most
 * SUBMIT_WAIT_MS.  ERR_MISSING from any call: the signer is gone, the daemon must
 * stop.
 *
 * Threads: one lock inside; the sealer seals, the sequencer asks for keyrings.
 * Memory: signer_link_new / signer_link_free.
 */
#ifndef HEADWATER_DAEMON_SIGNER_LINK_H
#define HEADWATER_DAEMON_SIGNER_LINK_H

#include <stdint.h>

#include "schema/checkpoint.h"
#include "schema/err.h"
#include "schema/key.h"
#include "schema/span.h"
#include "schema/writer.h"

struct signer_link;

struct signer_hello {
	struct tree_head head; /* what it signed last; size 0: nothing */
	struct note_key key;   /* origin and public key of the log */
};

/* `program` NULL: headwater-signer in the folder of /proc/self/exe.  On failure
 * the signer's own sentence is in *w, with its error (ERR_MISSING: no key,
 * ERR_REFUSED: bad key, state or signers file, ERR_CONFLICT: another signer holds
 * the state). */
MUST_CHECK enum err signer_link_new(const char *program, const char *key_path,
    const char *signers_path, struct signer_link **ret,
    struct signer_hello *ret_hello, struct why *w);
void signer_link_free(struct signer_link *link); /* ends it; NULL is fine */

/* Extends its tree by `count` entries from `old_size` and signs; the note is
 * verified by the log key before it is returned.  *ret_note is written by the
 * caller's writer. */
MUST_CHECK enum err signer_link_seal(struct signer_link *link,
    uint64_t old_size, const struct span *entries, size_t count,
    struct writer *ret_note, struct why *w);

/* The signed checkpoint at its size, again. */
MUST_CHECK enum err signer_link_repeat(
    struct signer_link *link, struct writer *ret_note, struct why *w);

/* The keyring entry in force at `stamp_ms`, after `previous` (NULL: the first),
 * and when the next line's validity begins or ends. */
MUST_CHECK enum err signer_link_keyring(struct signer_link *link,
    uint64_t stamp_ms, const struct hash *previous, struct writer *ret_entry,
    uint64_t *ret_next_ms, struct why *w);

/* Reads allowed_signers again; on a broken file the old one stays in force and
 * the sentence names the line.  Warnings (skipped lines) are appended. */
MUST_CHECK enum err signer_link_reload(
    struct signer_link *link, struct writer *ret_warnings, struct why *w);

/* Readable when the signer has gone: for whoever watches it. */
int signer_link_watch_fd(const struct signer_link *link);
bool signer_link_is_alive(const struct signer_link *link);

#endif
