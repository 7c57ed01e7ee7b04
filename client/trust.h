/*
 * trust: the log that was pinned, and the last checkpoint seen of it.
 *
 *	$HEADWATER_HOME, else $XDG_DATA_HOME/headwater, else
 *	~/.local/share/headwater
 *	  logs/<SHA-256 of the origin>/
 *	    url            one line
 *	    policy         C2SP tlog-policy: which key signs it
 *	    checkpoint     the last one seen: a signed note
 *	    lock           one writer at a time
 *	    keyrings/      <id>.tlog-proof of keyring records
 *	    records/       <id>.tlog-proof, <id>.keyring.tlog-proof
 *	    manifests/     <sha256>.manifest of sets that this client recorded
 *	    audit          where an audit stands
 *	    evidence/      two checkpoints that contradict each other
 *
 * A newer checkpoint must extend the one seen (RFC 9162 section 2.1.4); what does
 * not, or is smaller when asked afresh, is ERR_DIVERGED: both are kept under
 * evidence/ and the one seen stays.
 *
 * Threads: one.  Memory: none.
 */
#ifndef HEADWATER_CLIENT_TRUST_H
#define HEADWATER_CLIENT_TRUST_H

#include "client/disk.h"
#include "client/transport.h"
#include "schema/checkpoint.h"

struct trust {
	char dir[DISK_PATH_MAX]; /* empty: nothing is remembered */
	char url[TRANSPORT_URL_MAX];
	struct note_key key; /* its name is the origin */
	bool has_seen;
	struct checkpoint seen;
};

/* Where everything lies; the directory may not be there yet. */
MUST_CHECK enum err trust_home(char ret[static DISK_PATH_MAX], struct why *w);

/* Writes url and policy of a log not pinned yet (or pinned with the same key: the
 * URL may change).  ERR_CONFLICT for another key under the same origin. */
MUST_CHECK enum err trust_pin(const char *home, const char *url,
    const struct note_key *key, struct trust *ret, struct why *w);

/* `wanted`: a URL or an origin of a pinned log; NULL where there is only one.
 * ERR_MISSING: none pinned, or not this one; ERR_USAGE: several, say which. */
MUST_CHECK enum err trust_open(
    const char *home, const char *wanted, struct trust *ret, struct why *w);
MUST_CHECK enum err trust_list(const char *home, struct arena *arena,
    struct trust **ret, size_t *ret_count, struct why *w);

/* A checkpoint and the signed note that it is, in the arena. */
struct trust_head {
	struct checkpoint checkpoint;
	struct span note;
};

/* Asks for the latest checkpoint, verifies it, requires that it extends the one
 * seen, and remembers it. */
MUST_CHECK enum err trust_fetch(struct trust *trust,
    struct transport *transport, struct arena *arena, struct trust_head *ret,
    struct why *w);

/* The same for a checkpoint that came with a proof.  A smaller one than the one
 * seen must be its past. */
MUST_CHECK enum err trust_accept(struct trust *trust,
    struct transport *transport, struct span note, struct arena *arena,
    struct checkpoint *ret, struct why *w);

/* Offline: compares roots at equal sizes.  `*ret_compared` is false where the
 * sizes differ or none was seen. */
MUST_CHECK enum err trust_compare(const struct trust *trust,
    const struct checkpoint *checkpoint, bool *ret_compared, struct why *w);

/* Keeps `note` and the checkpoint seen under evidence/, and says so in the
 * sentence; gives ERR_DIVERGED. */
enum err trust_diverged(
    struct trust *trust, struct span note, const char *what, struct why *w);

#endif
