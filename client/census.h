/*
 * census: the files of a folder, and whether they are still the same ones.
 *
 * Threads: one.  Memory: census_new / census_free; the list of a large folder is
 * in a spill.
 */
#ifndef HEADWATER_CLIENT_CENSUS_H
#define HEADWATER_CLIENT_CENSUS_H

#include "client/output.h"
#include "client/spill.h"
#include "schema/sha256.h"

#define CENSUS_WORDS (HASH_LEN / sizeof(uint64_t))

struct census {
	struct spill paths; /* each with a NUL behind it, in no order */
	uint64_t count;
	uint64_t bytes;		    /* where a bar needs it */
	uint64_t sum[CENSUS_WORDS]; /* of the paths' hashes: another set's
				       is another one */
	void *buffer;
};

struct census *census_new(void);	 /* NULL when memory is out */
void census_free(struct census *census); /* NULL is fine */

/* `folder` is an open directory.  Errors as walk_folder. */
MUST_CHECK enum err census_take(
    struct census *census, const struct output *out, int folder, struct why *w);

/* Looks again.  ERR_REFUSED names a file that came or went. */
MUST_CHECK enum err census_check(
    const struct census *census, int folder, struct why *w);

#endif
