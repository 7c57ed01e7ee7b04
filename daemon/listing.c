#include "daemon/listing.h"

#include "daemon/gist_seek.h"

bool
listing_is_apart(struct span role)
{
	return span_is(role, "code") || span_is(role, "tool") ||
	    span_is(role, "environment");
}

static bool
has_data_role(const struct gist *gist, bool with_parts)
{
	struct reader r = reader_of(gist->complete);

	for (size_t i = 0; i < gist->complete_count; i++) {
		struct span role = reader_take(&r, reader_u8(&r));
		bool is_part =
		    span_is(role, "weights") || span_is(role, "shard");

		if (!listing_is_apart(role) && (with_parts || !is_part))
			return true;
	}
	return false;
}

static const char *
check_input(const struct gist *gist, const struct gist_artifact *input)
{
	if (listing_is_apart(input->role))
		return NULL;
	if (!input->has_node)
		return "one of its inputs is named without a digest of its "
		       "bytes";
	if (input->role.len == 0)
		return "one of its inputs has no role, so no list with it is "
		       "signed as complete";
	if (!gist_is_complete(gist, input->role))
		return "its record does not sign its list of inputs as "
		       "complete";
	return NULL;
}

const char *
listing_check_inputs(const struct gist *gist)
{
	struct reader r = reader_of(gist->inputs);
	const char *sentence = NULL;
	struct gist_artifact input;

	if (gist->kind == RECORD_PROVENANCE)
		return "its build is of a kind that signs no complete lists";
	while (sentence == NULL && gist_input_next(&r, &input))
		sentence = check_input(gist, &input);
	if (sentence == NULL && gist->kind == RECORD_RUN &&
	    !has_data_role(gist, true))
		return "its record signs no list of data as complete";
	return sentence;
}

const char *
listing_check_parts(const struct gist *gist)
{
	struct reader r = reader_of(gist->subjects);
	struct gist_artifact part;

	if (gist->kind != RECORD_DATASET && gist->kind != RECORD_MODEL)
		return NULL;
	while (gist_seek_part(&r, NULL, &part))
		if (!gist_is_complete(gist, part.role))
			return "its record does not sign its list of parts as "
			       "complete";
	return NULL;
}

bool
listing_says_inputs(const struct gist *gist)
{
	return has_data_role(gist, false);
}
