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
 * Threads: one.  Memory: none.
 */
#ifndef HEADWATER_CLIENT_TRUST_H
#define HEADWATER_CLIENT_TRUST_H

#include "client/disk.h"
#include "client/url.h"
#include "schema/checkpoint.h"

struct transport;

struct trust {
	char dir[DISK_PATH_MAX]; /* empty: nothing is remembered */
	char url[URL_MAX];
	struct note_key key; /* its name is the origin */
	bool has_seen;
	struct checkpoint seen;
	struct transport *transport; /* borrowed; NULL: offline */
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

/* Its own files, by the names above. */
MUST_CHECK enum err trust_read(const struct trust *trust, const char *name,
    struct arena *arena, struct span *ret, struct why *w);
MUST_CHECK enum err trust_write(const struct trust *trust, const char *name,
    struct span bytes, struct why *w);
/* Reads and verifies the checkpoint seen again: another process may have moved
 * it. */
MUST_CHECK enum err trust_load_seen(
    struct trust *trust, struct arena *arena, struct why *w);

#endif
