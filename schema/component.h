/*
 * component: what a release is made of, as it names it (FORMATS 1.3).
 *
 * By a digest, by a record, or by name alone, which is a claim and no more.
 *
 * Threads: any.  Memory: the caller's arena; spans borrow the statement.
 */
#ifndef HEADWATER_SCHEMA_COMPONENT_H
#define HEADWATER_SCHEMA_COMPONENT_H

#include "schema/license_record.h"

#define COMPONENTS_MAX 128

struct component {
	struct span role; /* such as "training-code" */
	struct span name; /* a hint; may be empty, as may the next */
	struct span license;
	struct span location;
	struct license_texts texts;
	bool has_digest;
	struct digest_set digest;
	bool has_record;
	struct hash record;
};

struct components {
	size_t count;
	struct component *all;
};

/* The member `components`: none where it is missing. */
void component_read(
    struct object *o, struct arena *arena, struct components *ret);

#endif
