#include "client/ascent.h"

#include "tests/client/fake_log.h"

/*
 * A model M was trained by a run on a set D (two lines, in the manifest's order)
 * and a single file F.  Every part of the log's answer is put together here, so
 * that each can be left out or be another one.
 */

static struct session session;
static struct fake_log *fake;
static struct span answer; /* what the log says to the question */

static struct hash lines_digest[2];
static struct span lines[2];
static struct hash set;
static struct hash root;
static struct hash model;
static struct hash single;
static struct hash set_id;
static struct hash single_id;
static struct hash model_id;
static struct hash run_id;
static struct hash open_run_id; /* does not sign that its list is complete */

static enum err
perform(void *state, const struct transport_call *call, struct arena *arena,
    struct transport_answer *ret, struct why *w)
{
	if (strncmp(call->path, "/v1/lineage/", 12) != 0)
		return fake_perform(state, call, arena, ret, w);
	*ret = (struct transport_answer){ .status = 200,
		.body = arena_copy(arena, answer) };
	return ERR_OK;
}

static const char *
hex(const struct hash *hash)
{
	static char texts[16][HASH_TEXT_MAX];
	static size_t next;
	char *text = texts[next++ % 16];

	hash_print(hash, text);
	return text;
}

static struct hash
byte(uint8_t value)
{
	struct hash hash = { .bytes = { value } };

	return hash;
}

static struct hash add(const char *format, ...) PRINTF(1, 2);

static struct hash
add(const char *format, ...)
{
	static char text[8192];
	va_list values;

	va_start(values, format);
	(void)vsnprintf(text, sizeof(text), format, values);
	va_end(values);
	fake_add(fake, span_of_text(text), fake->publisher);
	return fake->leaves[fake->count - 1];
}

#define HEAD "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":["
#define OURS(kind) \
	"],\"predicateType\":\"https://headwater/" kind "/v1\",\"predicate\":"
#define RUN \
	"],\"predicateType\":\"https://slsa.dev/provenance/" \
	"v1\",\"predicate\":{" \
	"\"buildDefinition\":{\"buildType\":\"https://headwater/run/v1\"," \
	"\"externalParameters\":{%s},\"resolvedDependencies\":[" \
	"{\"name\":\"d\",\"digest\":{\"sha256\":\"%s\"}," \
	"\"annotations\":{\"role\":\"dataset\"}}," \
	"{\"name\":\"f\",\"digest\":{\"sha256\":\"%s\"}," \
	"\"annotations\":{\"role\":\"dataset\"}}," \
	"{\"name\":\"c\",\"digest\":{\"sha256\":\"%064d\"}," \
	"\"annotations\":{\"role\":\"code\"}}]}," \
	"\"runDetails\":{\"builder\":{\"id\":\"a:b\"}}}}"

static void
make_set(void)
{
	struct writer w = writer_heap(4096);
	struct hash leaves[2];

	lines_digest[0] = byte(0x10);
	lines_digest[1] = byte(0x20);
	for (size_t i = 0; i < 2; i++)
		writer_format(&w, "%s  %zu\n", hex(&lines_digest[i]), i);
	struct span text = arena_copy(fake->arena, writer_view(&w));
	writer_done(&w);
	set = sha256_of(text);
	for (size_t i = 0; i < 2; i++) {
		assert_true(span_cut(&text, '\n', &lines[i]));
		leaves[i] = tree_leaf(lines[i]);
	}
	root = tree_node(&leaves[0], &leaves[1]);
}

static void
begin(void)
{
	fake = fake_new(2);
	fake_session(fake, &session);
	transport_free(session.transport);
	session.transport = transport_of(perform, fake);
	session.trust.transport = session.transport;
	make_set();
	model = byte(0xaa);
	single = byte(0xbb);
	set_id = add(HEAD "{\"name\":\"alice/d\",\"digest\":{\"sha256\":\"%s\","
			  "\"merkleTreeHash\":\"%s\"}}" OURS("dataset") "{}}",
	    hex(&set), hex(&root));
	single_id = add(HEAD
	    "{\"name\":\"alice/f\",\"digest\":{\"sha256\":\"%s\"}}" OURS(
		"dataset") "{}}",
	    hex(&single));
	model_id = add(HEAD
	    "{\"name\":\"alice/m\",\"digest\":{\"sha256\":\"%s\"}}" OURS(
		"model") "{}}",
	    hex(&model));
	run_id = add(HEAD
	    "{\"name\":\"alice/r\",\"digest\":{\"sha256\":\"%s\"}}" RUN,
	    hex(&model), "\"complete\":[\"dataset\"]", hex(&set), hex(&single),
	    9);
	open_run_id = add(HEAD
	    "{\"name\":\"alice/r\",\"digest\":{\"sha256\":\"%s\"}}" RUN,
	    hex(&model), "", hex(&set), hex(&single), 9);
}

static void
end(void)
{
	fake_session_done(&session);
	fake_free(fake);
}

/* ---- answers ---- */

static void
put_line(struct writer *w, size_t at)
{
	struct hash other = tree_leaf(lines[1 - at]);

	writer_comma(w);
	writer_format(w, "{\"index\":%zu,\"line\":\"%.*s\",\"hashes\":[\"", at,
	    SPAN_ARGS(lines[at]));
	writer_base64(w, hash_span(&other));
	writer_text(w, "\"]}");
}

static void
put_manifest(struct writer *w, const char *verdict, size_t first, size_t last)
{
	writer_comma(w);
	writer_format(w,
	    "{\"dataset\":\"sha256:%s\",\"record\":\"%s\",\"verdict\":\"%s\","
	    "\"by\":\"manifest\",\"size\":2,\"merkleTreeHash\":\"",
	    hex(&set), hex(&set_id), verdict);
	writer_base64(w, hash_span(&root));
	writer_text(w, "\",\"lines\":[");
	for (size_t i = first; i <= last; i++)
		put_line(w, i);
	writer_text(w, "]}");
}

static void
put_file(struct writer *w, const struct hash *node, const struct hash *id)
{
	writer_comma(w);
	writer_format(w,
	    "{\"dataset\":\"sha256:%s\",\"record\":\"%s\",\"verdict\":"
	    "\"not-in\",\"by\":\"file\",\"lines\":[]}",
	    hex(node), hex(id));
}

/* What is left out of an honest answer, or is another one. */
struct lie {
	bool is_of_other_root;
	bool without_model; /* proof of it */
	bool without_set;
	bool without_single;
	bool
	    has_model_record; /* its proof is the model's record, not the run */
	bool without_step;
	const struct hash *step; /* another record */
};

static void
put_head(struct writer *w, const struct lie *lie, const struct hash *file,
    const char *verdict)
{
	writer_format(w,
	    "{\"treeSize\":9,\"root\":\"sha256:%s\",\"digest\":\"sha256:%s\","
	    "\"as\":\"alice\",\"verdict\":\"%s\"",
	    hex(lie->is_of_other_root ? &set : &model), hex(file), verdict);
}

static void
put_absent(struct writer *w, const struct lie *lie, const struct hash *file)
{
	put_head(w, lie, file, "no");
	writer_text(w, ",\"proofs\":[");
	if (!lie->without_model)
		put_file(
		    w, &model, lie->has_model_record ? &model_id : &run_id);
	if (!lie->without_set)
		put_manifest(w, "not-in", 0, 1);
	if (!lie->without_single)
		put_file(w, &single, &single_id);
	writer_text(w, "],\"steps\":[");
	if (!lie->without_step)
		writer_format(w, "{\"node\":\"sha256:%s\",\"record\":\"%s\"}",
		    hex(&model), hex(lie->step != NULL ? lie->step : &run_id));
	writer_text(w, "]}");
}

static enum err
ask_as(const struct hash *file, const char *as, enum ancestry_verdict *ret,
    struct why *w)
{
	struct ancestry_question question = {
		.root = digest_sha256(&model),
		.file = *file,
		.as = as,
	};
	struct ancestry ancestry;
	enum err err = ascent_ask(&session, &question, &ancestry, w);

	if (err == ERR_OK)
		*ret = ancestry.verdict;
	ancestry_done(&ancestry);
	return err;
}

/* ---- absent ---- */

static struct lie lie;

struct row {
	const char *name;
	enum err err;
	const char *sentence; /* how it ends */
	struct lie lie;
	const struct hash *step;
	uint8_t file;
};

static const struct row rows[] = {
	{ "absent", ERR_OK, "", { 0 }, NULL, 0x15 },
	{ "absent, by the model's record", ERR_OK, "",
	    { .has_model_record = true }, NULL, 0x15 },
	{ "an answer about another artifact", ERR_MISMATCH,
	    "the log's answer is to another question",
	    { .is_of_other_root = true }, NULL, 0x15 },
	{ "nothing about the model", ERR_MISMATCH,
	    "nothing shows that the file is not in it",
	    { .without_model = true }, NULL, 0x15 },
	{ "nothing about the set", ERR_MISMATCH,
	    "nothing shows that the file is not in it", { .without_set = true },
	    NULL, 0x15 },
	{ "nothing about the single file", ERR_MISMATCH,
	    "nothing shows that the file is not in it",
	    { .without_single = true }, NULL, 0x15 },
	{ "no step, of a model", ERR_MISMATCH,
	    "it is a model, and nothing says what it was made from",
	    { .without_step = true, .has_model_record = true }, NULL, 0x15 },
	{ "a step that signs no complete list", ERR_MISMATCH,
	    "it does not sign its list of inputs as complete", { 0 },
	    &open_run_id, 0x15 },
	{ "a step by a record of something else", ERR_MISMATCH,
	    "a record does not say what it was made from", { 0 }, &set_id,
	    0x15 },
	{ "a step by a record that is not there", ERR_NOT_FOUND, "", { 0 },
	    &model, 0x15 },
	{ "a file that is in the set", ERR_MISMATCH,
	    "its lines do not show that the file is not between them", { 0 },
	    NULL, 0x10 },
	{ "a file that is an input", ERR_MISMATCH, "", { 0 }, NULL, 0xbb },
	{ "the artifact itself", ERR_MISMATCH, "it is the file itself", { 0 },
	    NULL, 0xaa },
};

static bool
ends_with(const char *text, const char *end_text)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end_text);

	return len >= end_len && strcmp(text + len - end_len, end_text) == 0;
}

static void
test_absent(void **state)
{
	const struct row *row = *state;
	struct writer w = writer_heap(1 << 16);
	struct hash file = byte(row->file);
	enum ancestry_verdict verdict = ANCESTRY_UNKNOWN;
	struct why reason = { "" };

	begin();
	lie = row->lie;
	lie.step = row->step;
	put_absent(&w, &lie, &file);
	answer = writer_view(&w);
	assert_err(row->err, ask_as(&file, "alice", &verdict, &reason));
	if (row->err == ERR_OK)
		assert_int_equal(ANCESTRY_ABSENT, verdict);
	else if (!ends_with(reason.text, row->sentence))
		fail_msg("%s", reason.text);
	writer_done(&w);
	end();
}

/* All of it is alice's: asked as somebody else, it counts for nothing. */
static void
test_stranger(void **state)
{
	struct writer w = writer_heap(1 << 16);
	struct hash file = byte(0x15);
	enum ancestry_verdict verdict;
	struct why reason = { "" };

	(void)state;
	begin();
	lie = (struct lie){ .has_model_record = true };
	put_absent(&w, &lie, &file);
	answer = writer_view(&w);
	/* as the log would say to him */
	for (size_t i = 0; i + 5 < answer.len; i++) {
		if (memcmp(answer.data + i, "alice", 5) == 0)
			memcpy(w.data + i, "carol", 5);
	}
	assert_err(ERR_MISMATCH, ask_as(&file, "carol", &verdict, &reason));
	assert_true(ends_with(reason.text,
	    "a record about it is neither the publisher's nor cited"));
	writer_done(&w);
	end();
}

/* ---- present ---- */

struct way {
	const char *name;
	enum err err;
	const char *sentence;
	bool is_set; /* found there, else the single file itself */
	bool without_path;
	const struct hash *record;
	const struct hash *from;
	uint8_t file;
};

static const struct way ways[] = {
	{ "in the set", ERR_OK, "", true, false, &run_id, &set, 0x20 },
	{ "the single file", ERR_OK, "", false, false, &run_id, &single, 0xbb },
	{ "another file of the set", ERR_MISMATCH,
	    "its line names another file", true, false, &run_id, &set, 0x10 },
	{ "without a way", ERR_MISMATCH, "nothing shows that the file is in it",
	    true, true, &run_id, &set, 0x20 },
	{ "a way from what was no input", ERR_MISMATCH,
	    "its record does not name what it is said to be made from", true,
	    false, &run_id, &model_id, 0x20 },
	{ "a way by another record", ERR_MISMATCH,
	    "a record does not say what it was made from", true, false, &set_id,
	    &set, 0x20 },
	{ "a way from a set without a proof", ERR_MISMATCH,
	    "nothing shows that the file is in it", false, false, &run_id, &set,
	    0x20 },
};

static void
test_present(void **state)
{
	const struct way *way = *state;
	struct writer w = writer_heap(1 << 16);
	struct hash file = byte(way->file);
	enum ancestry_verdict verdict = ANCESTRY_UNKNOWN;
	struct why reason = { "" };

	begin();
	lie = (struct lie){ 0 };
	put_head(&w, &lie, &file, "yes");
	writer_text(&w, ",\"proofs\":[");
	if (way->is_set)
		put_manifest(&w, "in", 1, 1);
	writer_text(&w, "],\"steps\":[],\"path\":[");
	if (!way->without_path)
		writer_format(&w,
		    "{\"from\":\"sha256:%s\",\"to\":\"sha256:%s\",\"record\":"
		    "\"%s\"}",
		    hex(way->from), hex(&model), hex(way->record));
	writer_text(&w, "]}");
	answer = writer_view(&w);
	assert_err(way->err, ask_as(&file, "alice", &verdict, &reason));
	if (way->err == ERR_OK)
		assert_int_equal(ANCESTRY_PRESENT, verdict);
	else if (!ends_with(reason.text, way->sentence))
		fail_msg("%s", reason.text);
	writer_done(&w);
	end();
}

static void
test_unknown(void **state)
{
	struct writer w = writer_heap(1 << 16);
	struct hash file = byte(0x15);
	enum ancestry_verdict verdict = ANCESTRY_ABSENT;
	struct why reason = { "" };

	(void)state;
	begin();
	lie = (struct lie){ 0 };
	put_head(&w, &lie, &file, "unknown");
	writer_format(&w,
	    ",\"gap\":{\"node\":\"sha256:%s\",\"why\":\"a gap\"},\"proofs\":[],"
	    "\"steps\":[]}",
	    hex(&set));
	answer = writer_view(&w);
	assert_err(ERR_OK, ask_as(&file, "alice", &verdict, &reason));
	assert_int_equal(ANCESTRY_UNKNOWN, verdict);
	writer_done(&w);
	end();
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_absent);
	UNIT(test_stranger);
	UNIT_ROWS(ways, test_present);
	UNIT(test_unknown);
	return unit_run(argc, argv);
}
