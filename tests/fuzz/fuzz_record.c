/* record: what it says does not depend on how its JSON is written. */
#include <assert.h>

#include "schema/record.h"
#include "schema/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_resources(const struct resource *a, const struct resource *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert(span_equal(a[i].name, b[i].name));
		assert(span_equal(a[i].role, b[i].role));
		assert(span_equal(a[i].license, b[i].license));
		assert(a[i].digest.count == b[i].digest.count);
		assert(a[i].digest.has_node == b[i].digest.has_node);
	}
}

static void
check_attachments(const struct record *a, const struct record *b)
{
	assert(a->attachment_count == b->attachment_count);
	for (size_t i = 0; i < a->attachment_count; i++) {
		const struct attachment *left = &a->attachments[i];
		const struct attachment *right = &b->attachments[i];
		assert(span_equal(left->name, right->name));
		assert(hash_equal(&left->sha256, &right->sha256));
		assert(left->size == right->size);
		assert(left->is_manifest == right->is_manifest);
		assert(left->is_salted == right->is_salted);
	}
}

static void
check_advisory(const struct advisory *a, const struct advisory *b)
{
	assert(a->reason == b->reason && a->severity == b->severity);
	assert(a->action == b->action && a->status == b->status);
	assert(a->is_answer == b->is_answer);
	assert(a->is_answer == (a->status != ADVISORY_NO_STATUS));
	assert(hash_equal(&a->in_reply_to, &b->in_reply_to));
	assert(a->has_fixed_in == b->has_fixed_in);
}

static void
check_same(const struct record *a, const struct record *b)
{
	assert(a->kind == b->kind);
	assert(span_equal(a->name, b->name));
	assert(span_equal(a->version, b->version));
	assert(span_equal(a->license, b->license));
	assert(a->makes_parts == b->makes_parts);
	assert(a->input_count == b->input_count);
	assert(a->complete_count == b->complete_count);
	assert(hash_equal(&a->withdraws, &b->withdraws));
	assert(a->statement.subject_count == b->statement.subject_count);
	check_resources(a->statement.subjects, b->statement.subjects,
	    a->statement.subject_count);
	check_resources(a->inputs, b->inputs, a->input_count);
	check_attachments(a, b);
	check_advisory(&a->advisory, &b->advisory);
	assert(a->disclosure == b->disclosure);
	assert(a->has_files == b->has_files && a->files == b->files);
	assert(a->openings.count == b->openings.count);
}

static void
check_promises(const struct record *record)
{
	bool is_named = record_kind_is_named(record->kind);

	assert(!is_named || text_is_name(record->name));
	assert(record->input_count <= RECORD_INPUTS_MAX);
	assert(record->complete_count <= RECORD_ROLES_MAX);
	for (size_t i = 1; is_named && i < record->statement.subject_count; i++)
		assert(text_is_path(record->statement.subjects[i].name));
	for (size_t i = 0; i < record->input_count; i++)
		assert(record->inputs[i].digest.count > 0);
	assert(record->attachment_count <= ATTACHMENTS_MAX);
	assert(record->openings.count <= OPENINGS_MAX);
	assert((record->kind == RECORD_DISCLOSURE) ==
	    (record->openings.count > 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new((size_t)1 << 22);
	struct writer w = writer_heap((size_t)1 << 24);
	struct record record;
	struct record again;
	struct why reason = { "" };

	if (record_parse(span_of(data, len), arena, &record, &reason) ==
	    ERR_OK) {
		check_promises(&record);
		assert(json_print_pretty(record.statement.json, &w) == ERR_OK);
		assert(record_parse(writer_view(&w), arena, &again, NULL) ==
		    ERR_OK);
		check_same(&record, &again);
		record_done(&again);
		record_done(&record);
	} else {
		assert(reason.text[0] != '\0');
	}
	writer_done(&w);
	arena_free(arena);
	return 0;
}
