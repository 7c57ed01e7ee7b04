#include "schema/snapshot.h"

#include <assert.h>
#include <string.h>

static struct snapshot_document
document_of(const struct license_document *document)
{
	return (struct snapshot_document){
		.source = document->source,
		.has_text = document->has_sha256,
		.text = document->sha256,
		.has_fetched = document->has_fetched,
		.fetched_ms = document->fetched_ms,
		.is_mutable = document->is_mutable == LICENSE_MUTABLE,
		.clause = document->clause,
	};
}

bool
snapshot_of(
    const struct record *record, struct arena *arena, struct snapshot *ret)
{
	const struct license_record *terms = &record->terms;
	const struct digest *text = digest_set_find(
	    &record->statement.subjects[0].digest, DIGEST_SHA256);
	struct snapshot_document *documents =
	    arena_take(arena, terms->document_count, sizeof(*documents));

	assert(record->kind == RECORD_LICENSE && text != NULL);
	if (documents == NULL)
		return false;
	for (size_t i = 0; i < terms->document_count; i++)
		documents[i] = document_of(&terms->documents[i]);
	*ret = (struct snapshot){
		.license = record->license,
		.source = terms->source,
		.has_fetched = terms->has_fetched,
		.fetched_ms = terms->fetched_ms,
		.is_mutable = terms->is_mutable == LICENSE_MUTABLE,
		.clause = terms->clause,
		.document_count = terms->document_count,
		.documents = documents,
	};
	memcpy(ret->text.bytes, text->bytes, HASH_LEN);
	return true;
}
