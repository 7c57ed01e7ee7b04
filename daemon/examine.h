/*
 * examine: what can be said of entries by themselves and the keyring before them,
 * by many threads: what a check spends its time on.
 *
 * Threads: one asks; its own work meanwhile.  Memory: examiner_new / _free.
 */
#ifndef HEADWATER_DAEMON_EXAMINE_H
#define HEADWATER_DAEMON_EXAMINE_H

#include "daemon/store_log.h"
#include "schema/keyring.h"

#define EXAMINE_MAX 2048 /* entries at once */

enum examine_depth {
	EXAMINE_BYTES, /* checksum, leaf hash, form of the facts */
	EXAMINE_ALL,   /* what it says, who signed it, the facts again */
};

struct examined {
	bool is_there; /* else nothing below is true but the gist's absence */
	bool is_withheld;
	bool is_keyring;  /* then it was not judged */
	struct hash leaf; /* of its bytes; of a withheld one none */
	struct hash id;	  /* its leaf hash, as is stored beside it */
	uint64_t stamp_ms;
	uint64_t keyring; /* by which it was judged, as is stored */
	enum err err;	  /* what is wrong with it by itself */
	struct why why;
};

struct examiner;

MUST_CHECK enum err examiner_new(struct store *log, enum examine_depth depth,
    size_t threads, struct examiner **ret);    /* 0: as many as cores */
void examiner_free(struct examiner *examiner); /* NULL is fine */

/* Of the entries from `first` on, at most EXAMINE_MAX: valid until the next call.
 * `keyring`: by which all of them are judged; NULL: none of them is. */
MUST_CHECK enum err examine(struct examiner *examiner, uint64_t first,
    size_t count, const struct keyring *keyring, const struct examined **ret);

#endif
