/*
 * opening: one line of a salted manifest and the proof that it is in the set
 * (FORMATS 3.2).
 *
 * Threads: any.  Memory: the caller's arena; spans borrow the document.
 */
#ifndef HEADWATER_SCHEMA_OPENING_H
#define HEADWATER_SCHEMA_OPENING_H

#include "schema/manifest.h"
#include "schema/member.h"

#define OPENINGS_MAX 64 /* in one record */

struct opening {
	struct span line; /* without its LF */
	struct manifest_salted parts;
	uint64_t index;
	uint64_t size;
	struct tree_proof proof;
};

struct openings {
	size_t count;
	struct opening *all;
};

/* The member `openings`, 1 to `max`: by index, each once, of one size, their
 * lines in order; by form alone. */
void opening_read(
    struct object *o, size_t max, struct arena *arena, struct openings *ret);

/* ERR_MISMATCH with the number of the first that does not verify. */
MUST_CHECK enum err opening_verify(
    const struct openings *openings, const struct hash *root, struct why *w);

/* {"line":…,"index":…,"size":…,"hashes":[…]} */
void opening_print(const struct opening *opening, struct writer *w);

#endif
