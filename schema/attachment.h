/*
 * attachment: blobs that a record names (FORMATS 1.7).
 *
 * Threads: any.  Memory: the caller's arena; spans borrow the statement.
 */
#ifndef HEADWATER_SCHEMA_ATTACHMENT_H
#define HEADWATER_SCHEMA_ATTACHMENT_H

#include "schema/member.h"

#define ATTACHMENTS_MAX 64
#define ATTACHMENT_MANIFEST "manifest"
#define ATTACHMENT_SALTED "manifest.salted"

struct attachment {
	struct span name;
	struct span media_type;
	struct hash sha256;
	uint64_t size;
	/* The first subject's manifest, in dataset and model records. */
	bool is_manifest;
	bool is_salted; /* and then a salted one */
};

struct attachments {
	size_t count;
	struct attachment *all;
};

/* What the signer says of the set's list of files. */
enum disclosure {
	DISCLOSURE_UNSAID,
	DISCLOSURE_FULL,
	DISCLOSURE_SALTED,
	DISCLOSURES,
};

/* The member `attachments`; none where it is missing. */
void attachment_read(
    struct object *o, struct arena *arena, struct attachments *ret);

/* The member `disclosure`. */
void attachment_read_disclosure(struct object *o, enum disclosure *ret);

/* Of a dataset or model whose first subject has these digests: marks those that
 * are its manifest, refuses what contradicts that or the disclosure. */
MUST_CHECK enum err attachment_check(struct attachments *attachments,
    enum disclosure disclosure, const struct digest_set *set, struct why *w);

#endif
