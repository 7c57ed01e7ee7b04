/*
 * signer: holds the log's key, and signs only what extends what it signed.
 *
 * It is a witness of its own daemon: it is given entries, hashes them itself,
 * makes its state durable, and then signs a checkpoint that it built.  Nothing
 * that it was handed is ever signed as it is.  What it cannot know: whether the
 * entries are worth anything, and whether its state was set back.
 *
 * Sealing allocates nothing: all buffers are made in signer_new.
 *
 * Threads: one.  Memory: signer_new / signer_free.
 */
#ifndef HEADWATER_DAEMON_SIGNER_H
#define HEADWATER_DAEMON_SIGNER_H

#include "daemon/clock.h"
#include "daemon/signer_wire.h"
#include "schema/sha256.h"
#include "schema/writer.h"

/* A daemon that stamps a keyring this far behind our clock would bring back keys
 * that are over. */
#define SIGNER_STAMP_BEHIND_MS 60000

struct signer;

struct signer_setup {
	const char *key_path;	   /* beside it lies its state */
	const char *signers_path;  /* allowed_signers */
	const struct clock *clock; /* NULL: the system's */
	size_t message_max; /* 0: SIGNER_MESSAGE_MAX; a fuzzer wants less */
};

/* Holds the state, reads key and signers.  ERR_MISSING: there is no key;
 * ERR_REFUSED: bad key, state or signers; ERR_CONFLICT: another signer holds the
 * state.  Lines of allowed_signers that do not count are told in `warnings`. */
MUST_CHECK enum err signer_new(const struct signer_setup *setup,
    struct signer **ret, struct writer *warnings, struct why *w);
void signer_free(struct signer *signer); /* NULL is fine */

/* Answers what is read from `in` on `out` until the stream ends (ERR_OK), or
 * something comes that is no message of ours, or state or memory fail. */
MUST_CHECK enum err signer_serve(
    struct signer *signer, int in, int out, struct why *w);

#endif
