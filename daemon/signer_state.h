/*
 * signer_state: what the signer signed last, so that it never signs less.
 *
 * FILE.state beside the key file FILE has two slots of two equal copies each,
 * 16 KiB that are written once at birth and then only overwritten in place.  A
 * new state goes to the slot that the one before it does not use, and is synced
 * before anything rests on it.  A copy is:
 *
 *	16	"headwater-state\n"
 *	u32	version, 1
 *	u64	sequence, one more with each state; its parity names the slot
 *	32	SHA-256 of the verifier key's text: whose state this is
 *	u64	size of the tree, 32 its root
 *	63×32	the right edge (tree_edge); unused ones are zero
 *	…	zeros up to 4064 bytes, then SHA-256 of all before
 *
 * Integers are big-endian.  The newest good copy is believed.  A write that power
 * loss tore in both copies was never signed, so the slot before it is right; one
 * damaged copy, which would look the same if it stood alone, changes nothing.  No
 * good copy: refused.  A file set back to an older one as a whole cannot be told
 * from here: only witnesses and clients that remember see that.
 *
 * Threads: one.  Memory: in place.
 */
#ifndef HEADWATER_DAEMON_SIGNER_STATE_H
#define HEADWATER_DAEMON_SIGNER_STATE_H

#include <limits.h>

#include "schema/note.h"
#include "schema/tree.h"

#define SIGNER_COPY_LEN 4096
#define SIGNER_COPIES 2 /* of a slot */
#define SIGNER_SLOTS 2
#define SIGNER_STATE_LEN 16384 /* all of them */

struct signer_state {
	int fd;		   /* -1: not open for writing */
	const char *path;  /* borrowed from who opened it */
	struct hash owner; /* hash of the verifier key */
	uint64_t sequence;
	struct tree_edge edge;
	struct hash root; /* of the edge */
	unsigned damaged; /* copies that were found damaged */
};

/* `key_path`.state; ERR_LIMIT when that is too long a path. */
MUST_CHECK enum err signer_state_path(
    const char *key_path, char out[static PATH_MAX], struct why *w);

/* A state at size 0 for this key.  ERR_CONFLICT where there is a file already. */
MUST_CHECK enum err signer_state_create(
    const char *path, const struct note_key *key, struct why *w);

/* Reads without holding it.  `key` NULL: of any key.  ERR_MISSING where there is
 * none; ERR_REFUSED: not ours, not of this form, of another key; ERR_CORRUPT: no
 * good copy. */
MUST_CHECK enum err signer_state_look(const char *path,
    const struct note_key *key, struct signer_state *ret, struct why *w);

/* Holds it (ERR_CONFLICT names who holds it already), reads it, and writes what
 * it read again: a failed write may have left in memory what no disk has. */
MUST_CHECK enum err signer_state_open(const char *path,
    const struct note_key *key, struct signer_state *ret, struct why *w);

/* Durable when it returns ERR_OK.  After any failure nobody knows: do not sign,
 * end the process. */
MUST_CHECK enum err signer_state_put(
    struct signer_state *state, const struct tree_edge *edge, struct why *w);

void signer_state_close(struct signer_state *state); /* lets it go */

/* ---- one copy, as bytes ---- */

void signer_state_encode(
    const struct signer_state *state, uint8_t out[static SIGNER_COPY_LEN]);

/* ERR_CORRUPT: damaged; ERR_REFUSED: whole, but of another version, or at odds
 * with itself. */
MUST_CHECK enum err signer_state_decode(
    struct span copy, struct signer_state *ret, struct why *w);

#endif
