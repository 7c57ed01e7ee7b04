/* gist: whatever lies beside an entry is walked to an end, and what is sought in
 * it is what walking gives. */
#include <assert.h>

#include "daemon/gist_seek.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool
walk(bool is_subject, struct reader *r, struct gist_artifact *ret)
{
	return is_subject ? gist_subject_next(r, ret) : gist_input_next(r, ret);
}

static bool
seek(bool is_subject, struct reader *r, struct gist_artifact *ret)
{
	return is_subject ? gist_seek_part(r, NULL, ret)
			  : gist_seek_input(r, NULL, ret);
}

/* Those that make an edge, by walking and by seeking. */
static void
check_edges(struct span packed, bool is_subject)
{
	struct reader walked = reader_of(packed);
	struct reader sought = reader_of(packed);
	struct gist_artifact a = { .makes_edge = false };
	struct gist_artifact b = { .makes_edge = false };

	while (walk(is_subject, &walked, &a)) {
		if (!a.makes_edge)
			continue;
		assert(seek(is_subject, &sought, &b));
		assert(b.is_part == a.is_part && b.has_node == a.has_node);
		assert(
		    span_equal(a.name, b.name) && span_equal(a.role, b.role));
	}
	if (walked.err == ERR_OK)
		assert(!seek(is_subject, &sought, &b));
}

static void
check_subjects(const struct gist *gist)
{
	struct reader r = reader_of(gist->subjects);
	struct gist_artifact subject;
	struct gist_artifact found;
	struct digest digest;

	while (gist_subject_next(&r, &subject)) {
		struct reader digests = reader_of(subject.digests);
		struct reader from_first = reader_of(gist->subjects);

		if (subject.has_node)
			assert(gist_seek_subject(
			    &from_first, &subject.node, &found));
		while (gist_digest_next(&digests, &digest))
			assert(gist_has_subject(gist, &digest));
	}
}

static void
walk_rest(const struct gist *gist)
{
	struct reader attachments = reader_of(gist->attachments);
	struct reader references = reader_of(gist->references);
	struct gist_attachment attachment;
	struct gist_reference reference;

	while (gist_attachment_next(&attachments, &attachment))
		assert(attachment.is_manifest || !attachment.is_salted);
	while (gist_reference_next(&references, &reference))
		assert(gist_refers(gist, &reference));
	(void)gist_is_complete(gist, span_of_text("dataset"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gist gist;

	if (gist_unpack(span_of(data, len), &gist) != ERR_OK)
		return 0;
	check_edges(gist.inputs, false);
	check_edges(gist.subjects, true);
	check_subjects(&gist);
	walk_rest(&gist);
	return 0;
}
