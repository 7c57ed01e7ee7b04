/*
 * containment: is this file in that set, and how is it known?
 *
 * Asks the log, or reads the openings of a salted set, and checks the answer down
 * to the record's proof.  With the whole manifest at hand its order is checked
 * too.
 *
 * Threads: one.  Memory: the session's arena; containment_done frees the rest.
 */
#ifndef HEADWATER_CLIENT_CONTAINMENT_H
#define HEADWATER_CLIENT_CONTAINMENT_H

#include "client/options.h"
#include "client/shard.h"

struct containment {
	struct session *session;
	const char *set_name; /* as they were given */
	const char *file_name;
	const char *as; /* NULL: anybody */
	struct hash set;
	struct hash file;
	struct json *json; /* what spans borrow */
	struct shard shard;
	bool is_proved; /* `record` is there */
	struct fetched record;
	bool is_whole; /* the order was checked here */
	struct openings openings;
	const struct opening *opening; /* of the file */
};

/* Words and options of `contains`.  ERR_OK also where it is not known: the verdict
 * tells.  ERR_MISMATCH: what the log answered is not so. */
MUST_CHECK enum err containment_find(struct session *session,
    const struct arguments *arguments, struct containment *ret, struct why *w);
void containment_done(struct containment *c); /* also after a failure */

/* The sha256 that an ITEM is known by; ERR_USAGE where it has none. */
MUST_CHECK enum err containment_hash(
    struct session *session, const char *text, struct hash *ret, struct why *w);

#endif
