/*
 * signer_link: the daemon's end of headwater-signer.
 *
 * Starts the signer beside our own executable (or `program`), on a socketpair,
 * with nothing else inherited; it dies with us (PR_SET_PDEATHSIG and the end of
 * its stream).  Every answer is bounded in size and waited for at most
 * SUBMIT_WAIT_MS.  ERR_MISSING from any call but signer_link_new: the signer is
 * gone (or was killed, since it answered nonsense), the daemon must stop.  Any
 * other error is a refusal with the signer's own sentence.
 *
 * Threads: one lock inside; the sealer seals, the sequencer asks for keyrings.
 * Memory: signer_link_new / signer_link_free.
 */
#ifndef HEADWATER_DAEMON_SIGNER_LINK_H
#define HEADWATER_DAEMON_SIGNER_LINK_H

#include <stdint.h>

#include "daemon/signer_process.h"
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

/* Call from the main thread, before others: the signer dies with the *thread*
 * that started it.  On failure the signer's own sentence is in *w, with its error
 * (ERR_MISSING: no key, ERR_REFUSED: bad key, state or signers file,
 * ERR_CONFLICT: another signer holds the state). */
MUST_CHECK enum err signer_link_new(const struct signer_program *program,
    struct signer_link **ret, struct signer_hello *ret_hello, struct why *w);
void signer_link_free(struct signer_link *link); /* ends it; NULL is fine */

struct signer_extension {
	uint64_t old_size;
	const struct span *entries; /* from there on, in order */
	size_t count;		    /* 1 to BATCH_ENTRIES_MAX */
};

/* Extends its tree and signs; the note is verified by the log key, and its size
 * checked, before it is returned.  Compare its root with your own.  *ret_note is
 * written by the caller's writer.  ERR_CONFLICT: the signer is not at old_size. */
MUST_CHECK enum err signer_link_seal(struct signer_link *link,
    const struct signer_extension *extension, struct writer *ret_note,
    struct why *w);

/* The signed checkpoint at its size, again; ERR_NOT_FOUND at size 0. */
MUST_CHECK enum err signer_link_repeat(
    struct signer_link *link, struct writer *ret_note, struct why *w);

struct signer_moment {
	uint64_t stamp_ms;
	const struct hash *previous; /* id of the last keyring; NULL: none */
};

struct signer_given {
	struct writer entry;
	struct writer
	    *lines; /* beside it, at most KEYRING_BLOB_MAX; or nothing */
};

/* The keyring entry in force at that moment, and when the next line's validity
 * begins or ends.  ERR_BUSY: the stamp is more than a minute behind the signer's
 * clock, stamp again. */
MUST_CHECK enum err signer_link_keyring(struct signer_link *link,
    const struct signer_moment *moment, struct signer_given *ret,
    uint64_t *ret_next_ms, struct why *w);

/* Reads allowed_signers again; on a broken file the old one stays in force and
 * the sentence names the line.  Warnings (skipped lines) are appended. */
MUST_CHECK enum err signer_link_reload(
    struct signer_link *link, struct writer *ret_warnings, struct why *w);

/* Readable when the signer has gone: for whoever watches it. */
int signer_link_watch_fd(const struct signer_link *link);
bool signer_link_is_alive(const struct signer_link *link);

#endif
