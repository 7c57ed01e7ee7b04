/* statement: digests print to what reads as the same digests. */
#include <assert.h>

#include "schema/reader.h"
#include "schema/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_set(const struct digest_set *set, struct arena *arena)
{
	struct writer w = writer_heap((size_t)1 << 14);
	struct digest_set again;
	struct json *json;

	digest_set_print(set, &w);
	assert(json_parse(writer_view(&w), &json, NULL) == ERR_OK);
	assert(digest_set_read(json_root(json), true, arena, &again, NULL) ==
	    ERR_OK);
	json_done(json);
	assert(set->count == again.count);
	assert(set->has_node == again.has_node);
	assert(set->has_citation == again.has_citation);
	for (size_t i = 0; i < set->count; i++)
		assert(digest_equal(&set->digests[i], &again.digests[i]));
	writer_done(&w);
}

static void
check_digest(const struct digest *digest)
{
	char text[DIGEST_TEXT_MAX];
	uint8_t bytes[DIGEST_LEN_MAX + 2];
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct digest again;

	digest_print(digest, text);
	assert(digest_parse(span_of_text(text), &again, NULL) == ERR_OK);
	assert(digest_equal(digest, &again));
	digest_write(digest, &w);
	struct reader r = reader_of(writer_view(&w));
	again = digest_read(&r);
	assert(reader_end(&r) == ERR_OK && digest_equal(digest, &again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new((size_t)1 << 22);
	struct statement statement;
	struct why reason = { "" };

	if (statement_parse(span_of(data, len), arena, &statement, &reason) ==
	    ERR_OK) {
		assert(statement.subject_count > 0);
		for (size_t i = 0; i < statement.subject_count; i++) {
			const struct digest_set *set =
			    &statement.subjects[i].digest;
			assert(set->count > 0);
			check_set(set, arena);
			for (size_t j = 0; j < set->count; j++)
				check_digest(&set->digests[j]);
		}
		statement_done(&statement);
	} else {
		assert(reason.text[0] != '\0');
	}
	arena_free(arena);
	return 0;
}
