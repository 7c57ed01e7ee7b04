/*
 * license_record: the exact terms, as they were seen (FORMATS 1.10).
 *
 * A license record is a snapshot: its first subject is the text, byte for byte.
 * What the text takes in by reference are documents of their own, each with its
 * digest where it was fetched.  Other records name the texts that were agreed to
 * by `licenseTexts`: terms that change later do not change those.
 *
 * Threads: any.  Memory: the caller's arena; spans borrow the statement.
 */
#ifndef HEADWATER_SCHEMA_LICENSE_RECORD_H
#define HEADWATER_SCHEMA_LICENSE_RECORD_H

#include "schema/attachment.h"

#define LICENSE_TEXTS_MAX 16	 /* that one record or component rests on */
#define LICENSE_DOCUMENTS_MAX 64 /* that one text takes in */
#define LICENSE_TEXT "text"	 /* the attachment that is the text itself */

/* The member `licenseTexts`: none where it is missing, each once. */
struct license_texts {
	size_t count;
	struct hash *all;
};
void license_texts_read(
    struct object *o, struct arena *arena, struct license_texts *ret);

/* May its author change it where it lies? */
enum license_mutable {
	LICENSE_MUTABLE_UNSAID,
	LICENSE_MUTABLE,
	LICENSE_IMMUTABLE,
	LICENSE_MUTABLES,
};

struct license_document {
	struct span source; /* URI */
	bool has_sha256;    /* false: nobody fetched it, a gap */
	struct hash sha256;
	bool has_fetched;
	uint64_t fetched_ms;
	enum license_mutable is_mutable;
	struct span clause; /* the words that take it in; may be empty */
};

struct license_record {
	struct span source; /* where the text was fetched; may be empty */
	bool has_fetched;
	uint64_t fetched_ms;
	enum license_mutable is_mutable;
	struct span clause; /* the words that say so; may be empty */
	size_t document_count;
	struct license_document *documents;
};

/* The members of a license record's predicate beside the common ones. */
void license_record_read(
    struct object *o, struct arena *arena, struct license_record *ret);

/* An attachment `text` is the first subject itself, there at most once. */
MUST_CHECK enum err license_record_check(const struct attachments *attachments,
    const struct digest_set *subject, struct why *w);

#endif
