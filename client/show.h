/*
 * show: a record for people.
 *
 * Everything that a signer wrote is escaped (output_escape); long lists are cut
 * with a count of what was left out.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_CLIENT_SHOW_H
#define HEADWATER_CLIENT_SHOW_H

#include "client/output.h"
#include "schema/record.h"

#define SHOW_LIST_MAX 20

/* What is known beside the statement; NULL or empty where it is not. */
struct show {
	const struct hash *id;
	bool has_index;
	uint64_t index;
	const char *principal;
	const char *keyid;
	struct span time;	      /* the log's own word */
	const struct hash *withdrawn; /* by this record, by the log's word */
};

/* Kind, name, version, digests, inputs with roles, licence, who signed. */
void show_record(
    struct output *out, const struct record *record, const struct show *about);

/* A resource in one line: "sha256:0123456789ab…  name (role)". */
void show_resource(const struct resource *resource, struct writer *w);
/* `<alg>:<hex>`, the hex cut to 16 digits. */
void show_digest(const struct digest *digest, struct writer *w);
void show_print_digest(struct output *out, const struct digest *digest);

#endif
