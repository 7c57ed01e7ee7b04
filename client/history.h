/*
 * history: a pinned log has one, and every checkpoint must fit into it.
 *
 * A newer checkpoint must extend the one seen (RFC 9162 section 2.1.4); what does
 * not, or is smaller when asked afresh, is ERR_DIVERGED: both are kept under
 * evidence/ and the one seen stays.  Proofs are asked of trust->transport.
 *
 * Threads: one.  Memory: the caller's arena.
 */
#ifndef HEADWATER_CLIENT_HISTORY_H
#define HEADWATER_CLIENT_HISTORY_H

#include "client/trust.h"

/* A checkpoint and the signed note that it is, in the arena. */
struct history_head {
	struct checkpoint checkpoint;
	struct span note;
};

/* Asks for the latest checkpoint, verifies it, requires that it extends the one
 * seen, and remembers it. */
MUST_CHECK enum err history_fetch(struct trust *trust, struct arena *arena,
    struct history_head *ret, struct why *w);

/* The same for a checkpoint that came with a proof.  A smaller one than the one
 * seen must be its past. */
MUST_CHECK enum err history_accept(struct trust *trust, struct span note,
    struct arena *arena, struct checkpoint *ret, struct why *w);

/* Offline: compares roots at equal sizes.  `*ret_compared` is false where the
 * sizes differ or none was seen. */
MUST_CHECK enum err history_compare(const struct trust *trust,
    const struct checkpoint *checkpoint, bool *ret_compared, struct why *w);

/* Keeps `note` and the checkpoint seen under evidence/, and says so in the
 * sentence; gives ERR_DIVERGED. */
enum err history_diverged(
    struct trust *trust, struct span note, const char *what, struct why *w);

#endif
