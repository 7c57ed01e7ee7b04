#include "schema/making.h"

static bool
is_run(const struct record *record)
{
	return record->kind == RECORD_RUN || record->kind == RECORD_PROVENANCE;
}

static bool
is_subject(const struct record *record, const struct digest *node)
{
	const struct statement *statement = &record->statement;

	for (size_t i = 0; i < statement->subject_count; i++) {
		const struct digest_set *set = &statement->subjects[i].digest;
		if (set->has_node && digest_equal(&set->node, node))
			return true;
	}
	return false;
}

bool
making_is_of(const struct record *record, const struct digest *node)
{
	const struct digest_set *first = &record->statement.subjects[0].digest;

	if (is_run(record))
		return is_subject(record, node);
	if (record->kind != RECORD_DATASET && record->kind != RECORD_MODEL)
		return false;
	return first->has_node && digest_equal(&first->node, node);
}

bool
making_is_apart(struct span role)
{
	return span_is(role, "code") || span_is(role, "tool") ||
	    span_is(role, "environment");
}

const struct resource *
making_next_input(const struct record *record, size_t *at)
{
	while (*at < record->input_count) {
		const struct resource *input = &record->inputs[(*at)++];
		if (input->digest.has_node &&
		    !is_subject(record, &input->digest.node))
			return input;
	}
	return NULL;
}

const struct resource *
making_next_part(const struct record *record, size_t *at)
{
	const struct statement *statement = &record->statement;
	const struct digest_set *first = &statement->subjects[0].digest;

	while (*at < statement->subject_count) {
		size_t place = (*at)++;
		const struct resource *part = &statement->subjects[place];
		if (!record_is_part(record, place) || !part->digest.has_node)
			continue;
		if (!first->has_node ||
		    !digest_equal(&part->digest.node, &first->node))
			return part;
	}
	return NULL;
}

bool
making_is_complete(const struct record *record, struct span role)
{
	for (size_t i = 0; i < record->complete_count; i++) {
		if (span_equal(record->complete[i], role))
			return true;
	}
	return false;
}

static bool
has_data_role(const struct record *record, bool with_parts)
{
	for (size_t i = 0; i < record->complete_count; i++) {
		struct span role = record->complete[i];
		bool is_part =
		    span_is(role, "weights") || span_is(role, "shard");
		if (!making_is_apart(role) && (with_parts || !is_part))
			return true;
	}
	return false;
}

static const char *
check_input(const struct record *record, const struct resource *input)
{
	if (making_is_apart(input->role))
		return NULL;
	if (!input->digest.has_node)
		return "one of its inputs is named without a digest of its "
		       "bytes";
	if (input->role.len == 0)
		return "one of its inputs has no role, so no list with it is "
		       "signed as complete";
	if (!making_is_complete(record, input->role))
		return "it does not sign its list of inputs as complete";
	return NULL;
}

const char *
making_check_inputs(const struct record *record)
{
	const char *sentence = NULL;

	if (record->kind == RECORD_PROVENANCE)
		return "it is of a kind that signs no complete lists";
	for (size_t i = 0; sentence == NULL && i < record->input_count; i++)
		sentence = check_input(record, &record->inputs[i]);
	if (sentence == NULL && record->kind == RECORD_RUN &&
	    !has_data_role(record, true))
		return "it signs no list of data as complete";
	return sentence;
}

const char *
making_check_parts(const struct record *record)
{
	const struct statement *statement = &record->statement;

	for (size_t i = 1; i < statement->subject_count; i++) {
		if (record_is_part(record, i) &&
		    !making_is_complete(record, statement->subjects[i].role))
			return "it does not sign its list of parts as "
			       "complete";
	}
	return NULL;
}

bool
making_says_inputs(const struct record *record)
{
	return has_data_role(record, false);
}
