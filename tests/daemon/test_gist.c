/* gist: what is packed comes back, and damage anywhere is seen or harmless. */
#include "tests/unit.h"

#include "daemon/gist_seek.h"

/* Statements are written with ' for " and $x for 64 times x. */
#define HEAD "{'_type':'https://in-toto.io/Statement/v1','subject':["

/* One of each: a part twice, one that is the set, an input that is a subject,
 * one that comes again with the same role and with another. */
static const char dataset[] =
    HEAD "{'name':'lab/d','digest':{'sha256':'$a','merkleTreeHash':'$f',"
	 "'md5':'00112233445566778899aabbccddeeff'}},"
	 "{'name':'f/1','digest':{'sha256':'$b','tlogLeaf':'$0'},"
	 "'annotations':{'role':'shard'}},"
	 "{'name':'f/2','digest':{'sha256':'$b'},"
	 "'annotations':{'role':'shard'}},"
	 "{'name':'f/3','digest':{'sha256':'$b'},"
	 "'annotations':{'role':'weights'}},"
	 "{'name':'f/4','digest':{'sha256':'$a'},"
	 "'annotations':{'role':'shard'}},"
	 "{'name':'f/5','digest':{'sha256':'$c'}}],"
	 "'predicateType':'https://headwater/dataset/v1','predicate':{"
	 "'version':'1.0','license':'MIT','complete':['shard','x'],"
	 "'disclosure':'full','attachments':["
	 "{'name':'manifest','mediaType':'text/plain','digest':"
	 "{'sha256':'$a'},'size':'9223372036854775807'},"
	 "{'name':'card','mediaType':'text/plain','digest':"
	 "{'sha256':'$e'},'size':'0'}],"
	 "'derivedFrom':["
	 "{'name':'hint','digest':{'sha256':'$d','tlogLeaf':'$1'},"
	 "'annotations':{'role':'x'}},"
	 "{'digest':{'sha256':'$d'},'annotations':{'role':'x'}},"
	 "{'digest':{'sha256':'$d'},'annotations':{'role':'y'}},"
	 "{'digest':{'sha256':'$c'},'annotations':{'role':'x'}},"
	 "{'digest':{'tlogLeaf':'$2'}}],"
	 "'generatedBy':[{'name':'model','digest':{'sha256':'$8'}},"
	 "{'digest':{'sha256':'$8'},'annotations':{'role':'generator'}}]}}";

static const char salted[] =
    HEAD "{'name':'lab/d','digest':{'sha256':'$a','merkleTreeHash':'$f'}}],"
	 "'predicateType':'https://headwater/model/v1','predicate':{"
	 "'disclosure':'salted','attachments':["
	 "{'name':'manifest.salted','mediaType':'text/plain','digest':"
	 "{'sha256':'$a'},'size':'7'}]}}";

static const char warning[] =
    HEAD "{'name':'a pile of lies','digest':{'sha256':'$a'}},"
	 "{'digest':{'sha256':'$a'}},{'digest':{'sha512':'$b$b'}}],"
	 "'predicateType':'https://headwater/advisory/v1','predicate':{"
	 "'reason':'licence','severity':'critical','action':'note',"
	 "'description':'two\\nlines'}}";

static const char answer[] =
    HEAD "{'digest':{'sha256':'$a'}}],"
	 "'predicateType':'https://headwater/advisory/v1','predicate':{"
	 "'inReplyTo':{'tlogLeaf':'$7'},'status':'fixed',"
	 "'fixedIn':{'name':'lab/d','digest':{'sha256':'$c'}}}}";

static const char withdrawal[] =
    HEAD "{'digest':{'tlogLeaf':'$3'}}],"
	 "'predicateType':'https://headwater/withdrawal/v1',"
	 "'predicate':{'reason':'wrong'}}";

#define OF_NOTHING \
	"{'sha256':'e3b0c44298fc1c149afbf4c8996fb924" \
	"27ae41e4649b934ca495991b7852b855'}"

static const char nothing[] =
    HEAD "{'name':'lab/e','digest':" OF_NOTHING "},"
	 "{'name':'f','digest':{'sha256':'$a'},"
	 "'annotations':{'role':'shard'}}],"
	 "'predicateType':'https://headwater/dataset/v1','predicate':{"
	 "'derivedFrom':[{'digest':" OF_NOTHING "}]}}";

static struct span
expand(const char *text)
{
	static char out[8192];
	size_t len = 0;

	for (; *text != 0; text++) {
		if (*text == '$') {
			text++;
			for (size_t i = 0; i < HASH_TEXT_LEN; i++)
				out[len++] = *text;
		} else {
			out[len++] = (char)(*text == '\'' ? '"' : *text);
		}
	}
	return span_of(out, len);
}

static uint8_t packed[16384];

static struct span
pack(const char *statement)
{
	struct arena *arena = arena_new((size_t)4 << 20);
	struct writer w = writer_of(packed, sizeof(packed));
	struct record record;
	struct why why = { "" };
	enum err err = record_parse(expand(statement), arena, &record, &why);

	if (err != ERR_OK)
		print_message("# %s\n", why.text);
	assert_err(ERR_OK, err);
	gist_pack(&record, "lab", &w);
	assert_err(ERR_OK, writer_end(&w));
	record_done(&record);
	arena_free(arena);
	return writer_view(&w);
}

static struct digest
digest_of(const char *text)
{
	struct digest digest;

	assert_err(ERR_OK, digest_parse(span_of_text(text), &digest, NULL));
	return digest;
}

static void
test_facts(void **state)
{
	struct digest md5 = digest_of("md5:00112233445566778899aabbccddeeff");
	struct digest other = digest_of("md5:00112233445566778899aabbccddeefe");
	struct gist gist;
	(void)state;

	assert_err(ERR_OK, gist_unpack(pack(dataset), &gist));
	assert_int_equal(RECORD_DATASET, gist.kind);
	assert_span_text("lab", gist.principal);
	assert_span_text("lab/d", gist.name);
	assert_span_text("1.0", gist.version);
	assert_span_text("MIT", gist.license);
	assert_int_equal(6, gist.subject_count);
	assert_int_equal(7, gist.input_count);
	assert_int_equal(DISCLOSURE_FULL, gist.disclosure);
	assert_int_equal(2, gist.attachment_count);
	assert_true(gist_is_complete(&gist, span_of_text("x")));
	assert_true(gist_is_complete(&gist, span_of_text("shard")));
	assert_false(gist_is_complete(&gist, span_of_text("y")));
	assert_true(gist_has_subject(&gist, &md5));
	assert_false(gist_has_subject(&gist, &other));
}

static void
test_subjects(void **state)
{
	static const struct {
		const char *name;
		bool is_part, is_again, makes_edge, has_citation;
		size_t digest_count;
	} expected[] = {
		{ "lab/d", false, false, false, false, 3 },
		{ "f/1", true, false, true, true, 2 },
		{ "f/2", true, true, false, false, 1 },
		{ "f/3", true, true, true, false, 1 },
		{ "f/4", true, true, false, false, 1 },
		{ "f/5", false, false, false, false, 1 },
	};
	struct gist_artifact subject;
	struct gist gist;
	(void)state;

	assert_err(ERR_OK, gist_unpack(pack(dataset), &gist));
	struct reader r = reader_of(gist.subjects);
	for (size_t i = 0; i < 6; i++) {
		assert_true(gist_subject_next(&r, &subject));
		assert_span_text(expected[i].name, subject.name);
		assert_int_equal(expected[i].is_part, subject.is_part);
		assert_int_equal(expected[i].is_again, subject.is_again);
		assert_int_equal(expected[i].makes_edge, subject.makes_edge);
		assert_int_equal(
		    expected[i].has_citation, subject.has_citation);
		assert_int_equal(
		    expected[i].digest_count, subject.digest_count);
		assert_true(subject.has_node);
	}
	assert_false(gist_subject_next(&r, &subject));
	assert_err(ERR_OK, reader_end(&r));
}

static void
test_inputs(void **state)
{
	static const struct {
		const char *role;
		bool has_node, makes_edge, has_citation;
	} expected[] = {
		{ "x", true, true, true },
		{ "x", true, false, false },
		{ "y", true, true, false },
		{ "x", true, false, false },
		{ "", false, false, true },
		{ "generator", true, true, false },
		{ "generator", true, false, false },
	};
	struct gist_artifact input;
	struct gist gist;
	(void)state;

	assert_err(ERR_OK, gist_unpack(pack(dataset), &gist));
	struct reader r = reader_of(gist.inputs);
	for (size_t i = 0; i < 7; i++) {
		assert_true(gist_input_next(&r, &input));
		assert_span_text(expected[i].role, input.role);
		assert_int_equal(expected[i].has_node, input.has_node);
		assert_int_equal(expected[i].makes_edge, input.makes_edge);
		assert_int_equal(expected[i].has_citation, input.has_citation);
	}
	assert_false(gist_input_next(&r, &input));
	assert_err(ERR_OK, reader_end(&r));
}

static void
test_attachments(void **state)
{
	struct gist_attachment one;
	struct gist gist;
	(void)state;

	assert_err(ERR_OK, gist_unpack(pack(dataset), &gist));
	struct reader r = reader_of(gist.attachments);
	assert_true(gist_attachment_next(&r, &one));
	assert_true(one.is_manifest);
	assert_false(one.is_salted);
	assert_int_equal(0xaa, one.sha256.bytes[HASH_LEN - 1]);
	assert_int_equal(INT64_MAX, one.size);
	assert_true(gist_attachment_next(&r, &one));
	assert_false(one.is_manifest);
	assert_int_equal(0xee, one.sha256.bytes[0]);
	assert_int_equal(0, one.size);
	assert_false(gist_attachment_next(&r, &one));
	assert_err(ERR_OK, reader_end(&r));
	assert_err(ERR_OK, gist_unpack(pack(salted), &gist));
	assert_int_equal(DISCLOSURE_SALTED, gist.disclosure);
	r = reader_of(gist.attachments);
	assert_true(gist_attachment_next(&r, &one));
	assert_true(one.is_manifest);
	assert_true(one.is_salted);
}

static void
test_advisories(void **state)
{
	struct gist_artifact subject;
	struct gist gist;
	(void)state;

	assert_err(ERR_OK, gist_unpack(pack(warning), &gist));
	assert_int_equal(RECORD_ADVISORY, gist.kind);
	assert_int_equal(ADVISORY_LICENCE, gist.advisory.reason);
	assert_int_equal(ADVISORY_CRITICAL, gist.advisory.severity);
	assert_int_equal(ADVISORY_NOTE, gist.advisory.action);
	assert_int_equal(ADVISORY_NO_STATUS, gist.advisory.status);
	assert_false(gist.advisory.has_fixed_in);
	assert_int_equal(0, gist.name.len);
	struct reader r = reader_of(gist.subjects);
	assert_true(gist_subject_next(&r, &subject));
	assert_span_text("a pile of lies", subject.name);
	assert_false(subject.is_again);
	assert_true(gist_subject_next(&r, &subject));
	assert_true(subject.is_again);
	assert_true(gist_subject_next(&r, &subject));
	assert_int_equal(DIGEST_SHA512, subject.node.algorithm);
	assert_err(ERR_OK, gist_unpack(pack(answer), &gist));
	assert_int_equal(ADVISORY_NO_REASON, gist.advisory.reason);
	assert_int_equal(ADVISORY_FIXED, gist.advisory.status);
	assert_int_equal(0x77, gist.advisory.in_reply_to.bytes[HASH_LEN - 1]);
	assert_true(gist.advisory.has_fixed_in);
	assert_int_equal(0xcc, gist.advisory.fixed_in.bytes[0]);
}

static void
test_withdrawal(void **state)
{
	struct gist gist;
	struct gist_artifact subject;
	(void)state;

	assert_err(ERR_OK, gist_unpack(pack(withdrawal), &gist));
	assert_int_equal(RECORD_WITHDRAWAL, gist.kind);
	assert_int_equal(0x33, gist.withdraws.bytes[0]);
	assert_int_equal(0x33, gist.withdraws.bytes[HASH_LEN - 1]);
	assert_int_equal(0, gist.name.len);
	struct reader r = reader_of(gist.subjects);
	assert_true(gist_subject_next(&r, &subject));
	assert_false(subject.has_node);
	assert_true(subject.has_citation);
}

/* The digest of no bytes is no node: no edge from it or to it. */
static void
test_nothing(void **state)
{
	struct gist_artifact artifact;
	struct gist gist;
	(void)state;

	assert_err(ERR_OK, gist_unpack(pack(nothing), &gist));
	struct reader r = reader_of(gist.subjects);
	assert_true(gist_subject_next(&r, &artifact));
	assert_false(artifact.has_node);
	assert_true(gist_subject_next(&r, &artifact));
	assert_true(artifact.is_part);
	assert_false(artifact.makes_edge);
	r = reader_of(gist.inputs);
	assert_true(gist_input_next(&r, &artifact));
	assert_false(artifact.has_node);
	assert_false(artifact.makes_edge);
}

/* Seeking finds what walking finds. */
static void
test_seek(void **state)
{
	struct digest md5 = digest_of("md5:00112233445566778899aabbccddeeff");
	struct gist_artifact found;
	struct gist_artifact a;
	struct gist gist;
	(void)state;

	assert_err(ERR_OK, gist_unpack(pack(dataset), &gist));
	struct reader walk = reader_of(gist.subjects);
	struct reader parts = reader_of(gist.subjects);
	while (gist_subject_next(&walk, &a)) {
		struct reader r = reader_of(gist.subjects);
		assert_true(gist_seek_subject(&r, &a.node, &found));
		assert_true(digest_equal(&a.node, &found.node));
		if (!a.is_again)
			assert_span(a.name, found.name);
		if (a.makes_edge) {
			assert_true(gist_seek_part(&parts, NULL, &found));
			assert_span(a.name, found.name);
		}
	}
	assert_false(gist_seek_part(&parts, NULL, &found));
	struct reader r = reader_of(gist.subjects);
	assert_false(gist_seek_subject(&r, &md5, &found));
	assert_true(gist_seek_digest(&gist, &md5, &found));
	assert_span_text("lab/d", found.name);
	r = reader_of(gist.inputs);
	assert_true(gist_seek_input(&r, NULL, &found));
	a = found;
	assert_true(gist_seek_input(&r, &a.node, &found));
	assert_span_text("y", found.role);
	assert_true(gist_seek_input(&r, NULL, &found));
	assert_span_text("generator", found.role);
	assert_false(gist_seek_input(&r, NULL, &found));
	assert_err(ERR_OK, reader_end(&r));
}

/* Reads all that can be read of it. */
static void
walk(struct span bytes)
{
	struct digest digest =
	    digest_of("gitTree:"
		      "0011223344556677889900112233445566778899");
	struct gist_attachment attachment;
	struct gist_artifact artifact;
	struct gist gist;

	if (gist_unpack(bytes, &gist) != ERR_OK)
		return;
	struct reader r = reader_of(gist.inputs);
	while (gist_input_next(&r, &artifact))
		;
	r = reader_of(gist.inputs);
	while (gist_seek_input(&r, NULL, &artifact))
		;
	r = reader_of(gist.subjects);
	while (gist_seek_part(&r, NULL, &artifact))
		;
	assert_false(gist_has_subject(&gist, &digest));
	(void)gist_is_complete(&gist, span_of_text("z"));
	r = reader_of(gist.attachments);
	while (gist_attachment_next(&r, &attachment))
		;
	/* names of what they are index tables */
	(void)advisory_reason_name(gist.advisory.reason);
	(void)advisory_status_name(gist.advisory.status);
}

static const char *const damaged[] = { dataset, salted, warning, answer,
	withdrawal };

static void
damage(const char *statement)
{
	struct span whole = pack(statement);
	struct gist gist;

	for (size_t len = 0; len < whole.len; len++) {
		/* a copy of its own length, so that asan sees an overrun */
		uint8_t *copy = malloc(len + 1);
		memcpy(copy, whole.data, len);
		assert_err(ERR_CORRUPT, gist_unpack(span_of(copy, len), &gist));
		free(copy);
	}
	for (size_t at = 0; at < whole.len; at++)
		for (unsigned bit = 0; bit < 8; bit++) {
			packed[at] ^= (uint8_t)(1u << bit);
			walk(whole);
			packed[at] ^= (uint8_t)(1u << bit);
		}
	packed[whole.len] = 0;
	assert_err(
	    ERR_CORRUPT, gist_unpack(span_of(packed, whole.len + 1), &gist));
	packed[0] = 1; /* another version's */
	assert_err(ERR_CORRUPT, gist_unpack(whole, &gist));
}

static void
test_damage(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++)
		damage(damaged[i]);
}

int
main(int argc, char **argv)
{
	json_start();
	UNIT(test_facts);
	UNIT(test_subjects);
	UNIT(test_inputs);
	UNIT(test_attachments);
	UNIT(test_advisories);
	UNIT(test_withdrawal);
	UNIT(test_nothing);
	UNIT(test_seek);
	UNIT(test_damage);
	return unit_run(argc, argv);
}
