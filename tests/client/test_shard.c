#include "client/shard.h"

#include "tests/client/fake_log.h"

/* A set of LINES files at all places that a digest can have in it, and one
 * question for each digest there is and for each gap between them. */
#define LINES 11

static struct session session;
static struct fake_log *fake;
static struct span manifest;
static struct hash set;
static struct hash root;
static struct hash leaves[LINES];
static struct span lines[LINES];

/* Line i has the digest 10·i + 10 in its first byte. */
static struct hash
digest_at(unsigned byte)
{
	struct hash hash = { .bytes = { (uint8_t)byte } };

	return hash;
}

static struct hash
root_of(uint64_t begin, uint64_t end)
{
	struct tree_edge edge = { 0 };
	struct hash made[TREE_LEVELS];

	for (uint64_t i = begin; i < end; i++)
		(void)tree_append(&edge, &leaves[i], made);
	return tree_edge_root(&edge);
}

static void
make_set(void)
{
	struct writer w = writer_heap(1 << 16);
	struct span rest;

	for (unsigned i = 0; i < LINES; i++) {
		struct hash digest = digest_at(10 * i + 10);
		writer_hex(&w, hash_span(&digest));
		writer_format(&w, "  file-%u\n", i);
	}
	manifest = arena_copy(fake->arena, writer_view(&w));
	writer_done(&w);
	set = sha256_of(manifest);
	root = manifest_root(manifest);
	rest = manifest;
	for (size_t i = 0; i < LINES; i++) {
		assert_true(span_cut(&rest, '\n', &lines[i]));
		leaves[i] = tree_leaf(lines[i]);
	}
}

/* A record with these subjects (without brackets) and predicate; its id. */
static struct hash
add_record(const char *kind, const char *subjects, const char *predicate)
{
	struct writer w = writer_heap(1 << 16);
	char set_hex[HASH_TEXT_MAX];
	char root_hex[HASH_TEXT_MAX];

	hash_print(&set, set_hex);
	hash_print(&root, root_hex);
	writer_format(&w,
	    "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":["
	    "{\"name\":\"alice/x\",\"digest\":{\"sha256\":\"%s\"%s%s%s}}%s],"
	    "\"predicateType\":\"https://headwater/%s/v1\",\"predicate\":%s}",
	    set_hex, subjects == NULL ? ",\"merkleTreeHash\":\"" : "",
	    subjects == NULL ? root_hex : "", subjects == NULL ? "\"" : "",
	    subjects == NULL ? "" : subjects, kind, predicate);
	fake_add(fake, writer_view(&w), fake->publisher);
	writer_done(&w);
	return fake->leaves[fake->count - 1];
}

/* ---- answers ---- */

static void
put_line(struct writer *w, uint64_t index, uint64_t size)
{
	struct tree_range ranges[TREE_PROOF_MAX];
	size_t count = tree_inclusion_ranges(index, size, ranges);

	writer_comma(w);
	writer_text(w, "{");
	writer_member_number(w, "index", index);
	writer_member_text(w, "line", lines[index]);
	writer_member(w, "hashes");
	writer_text(w, "[");
	for (size_t i = 0; i < count; i++) {
		struct hash hash = root_of(ranges[i].begin, ranges[i].end);
		writer_comma(w);
		writer_text(w, "\"");
		writer_base64(w, hash_span(&hash));
		writer_text(w, "\"");
	}
	writer_text(w, "]}");
}

struct answer {
	const char *verdict;
	const char *by;
	const struct hash *record;
	size_t count;
	uint64_t at[2];
};

static struct span
print_answer(const struct answer *answer)
{
	struct writer w = writer_heap(1 << 16);

	writer_text(&w, "{\"treeSize\":9,\"dataset\":\"sha256:");
	writer_hex(&w, hash_span(&set));
	writer_format(
	    &w, "\",\"index\":1,\"verdict\":\"%s\",\"by\":", answer->verdict);
	writer_format(&w, answer->by != NULL ? "\"%s\"" : "null", answer->by);
	writer_member(&w, "record");
	writer_text(&w, answer->record != NULL ? "\"" : "null");
	if (answer->record != NULL) {
		writer_hex(&w, hash_span(answer->record));
		writer_text(&w, "\"");
	}
	if (answer->count > 0) {
		writer_member_number(&w, "size", LINES);
		writer_member(&w, "merkleTreeHash");
		writer_text(&w, "\"");
		writer_base64(&w, hash_span(&root));
		writer_text(&w, "\"");
	}
	writer_member(&w, "lines");
	writer_text(&w, "[");
	for (size_t i = 0; i < answer->count; i++)
		put_line(&w, answer->at[i], LINES);
	writer_text(&w, "],\"sortedCheckedBy\":[\"log\"]}");
	struct span text = arena_copy(session.arena, writer_view(&w));
	writer_done(&w);
	return text;
}

/* All that the client does with an answer. */
static enum err
judge(struct span text, const struct hash *file, enum shard_verdict *ret,
    struct why *w)
{
	struct json *json;
	struct shard shard;
	struct fetched fetched;
	enum err err = json_parse_answer(text, &json, w);

	if (err != ERR_OK)
		return err;
	struct object o = object_of(json_root(json), "answer", w);
	shard_read(&o, &shard);
	err = object_end_open(&o);
	if (err == ERR_OK)
		err = shard_check(&shard, file, w);
	if (err == ERR_OK && shard.verdict != SHARD_UNKNOWN) {
		err = shard_record(&session, &shard, file, &fetched, w);
		if (err == ERR_OK) {
			assert_true(fetched.proved.has_signer);
			fetched_done(&fetched);
		}
	}
	if (err == ERR_OK)
		*ret = shard.verdict;
	json_done(json);
	return err;
}

static enum err
judge_answer(const struct answer *answer, unsigned byte, struct why *w)
{
	struct hash file = digest_at(byte);
	enum shard_verdict verdict = SHARD_UNKNOWN;
	enum err err = judge(print_answer(answer), &file, &verdict, w);

	if (err == ERR_OK)
		assert_string_equal(
		    answer->verdict, shard_verdict_name(verdict));
	return err;
}

/* ---- tests ---- */

static struct hash id;

static void
begin(void)
{
	fake = fake_new(3);
	fake_session(fake, &session);
	make_set();
	id = add_record("dataset", NULL, "{\"files\":\"11\"}");
}

static void
end(void)
{
	fake_session_done(&session);
	fake_free(fake);
}

static void
test_in(void **state)
{
	struct why w = { "" };

	(void)state;
	begin();
	for (unsigned i = 0; i < LINES; i++) {
		struct answer answer = { "in", "manifest", &id, 1, { i, 0 } };
		assert_err(ERR_OK, judge_answer(&answer, 10 * i + 10, &w));
		/* for another file it shows nothing */
		assert_err(
		    ERR_MISMATCH, judge_answer(&answer, 10 * i + 11, &w));
	}
	end();
}

static void
test_not_in(void **state)
{
	struct why w = { "" };

	(void)state;
	begin();
	for (unsigned i = 0; i <= LINES; i++) { /* below line i */
		struct answer answer = { "not-in", "manifest", &id, 2,
			{ i - 1, i } };
		if (i == 0 || i == LINES)
			answer = (struct answer){ "not-in", "manifest", &id, 1,
				{ i == 0 ? 0 : LINES - 1, 0 } };
		assert_err(ERR_OK, judge_answer(&answer, 10 * i + 5, &w));
		/* neither the neighbours themselves, nor beyond them */
		if (i < LINES)
			assert_err(ERR_MISMATCH,
			    judge_answer(&answer, 10 * i + 10, &w));
		if (i > 0)
			assert_err(
			    ERR_MISMATCH, judge_answer(&answer, 10 * i, &w));
		if (i > 1)
			assert_err(ERR_MISMATCH,
			    judge_answer(&answer, 10 * i - 5, &w));
	}
	end();
}

/* Neighbours that are none, of a file that is there between them. */
static void
test_not_neighbours(void **state)
{
	struct why w = { "" };

	(void)state;
	begin();
	for (uint64_t low = 0; low < LINES; low++) {
		for (uint64_t high = 0; high < LINES; high++) {
			struct answer answer = { "not-in", "manifest", &id, 2,
				{ low, high } };
			if (low + 1 == high)
				continue;
			unsigned byte = (unsigned)(10 * low + 15);
			assert_err(
			    ERR_MISMATCH, judge_answer(&answer, byte, &w));
		}
	}
	/* one line, which is neither the first nor the last */
	for (uint64_t at = 1; at + 1 < LINES; at++) {
		struct answer answer = { "not-in", "manifest", &id, 1,
			{ at, 0 } };
		unsigned byte = (unsigned)(10 * at + 5);
		assert_err(ERR_MISMATCH, judge_answer(&answer, byte, &w));
		assert_err(ERR_MISMATCH, judge_answer(&answer, byte + 10, &w));
	}
	end();
}

/* Any digit that is changed in any hash, line or number is seen. */
static void
test_damage(void **state)
{
	struct answer answer = { "not-in", "manifest", &id, 2, { 4, 5 } };
	struct hash file = digest_at(55);
	size_t refused = 0;

	(void)state;
	begin();
	struct span good = print_answer(&answer);
	struct span copy = arena_copy(session.arena, good);
	uint8_t *bytes = arena_take(session.arena, copy.len, 1);
	assert_non_null(bytes);
	size_t from = span_find(good, '\0');
	for (size_t i = 0; i + 8 < good.len; i++) {
		if (memcmp(good.data + i, "\"size\":", 7) == 0)
			from = i;
	}
	assert_true(from < good.len);
	for (size_t i = from; i < good.len; i++) {
		enum shard_verdict verdict = SHARD_UNKNOWN;
		struct why w = { "" };
		memcpy(bytes, good.data, good.len);
		bytes[i] = bytes[i] == '1' ? '2' : '1';
		enum err err =
		    judge(span_of(bytes, good.len), &file, &verdict, &w);
		/* member names that nobody needs, and what is only said */
		if (err == ERR_OK)
			assert_true(i + 30 > good.len);
		refused += err != ERR_OK ? 1 : 0;
	}
	assert_true(refused > 500);
	end();
}

static const struct row {
	const char *name;
	const char *subjects; /* NULL: the root stands in the set's digests */
	const char *kind;
	const char *predicate;
	struct answer answer; /* of the file 25, but for its record */
	enum err err;
	const char *sentence;
} rows[] = {
#define LISTED(role) \
	",{\"name\":\"a\",\"digest\":{\"sha256\":\"" \
	"1900000000000000000000000000000000000000000000000000000000000000" \
	"\"},\"annotations\":{\"role\":\"" role "\"}}"
#define OTHER(role) \
	",{\"name\":\"b\",\"digest\":{\"sha256\":\"" \
	"2900000000000000000000000000000000000000000000000000000000000000" \
	"\"},\"annotations\":{\"role\":\"" role "\"}}"
	{ "a listed file", LISTED("shard") OTHER("shard"), "dataset", "{}",
	    { "in", "list", NULL, 0, { 0 } }, ERR_OK, "" },
	{ "a listed file that is said not to be", LISTED("shard"), "dataset",
	    "{\"complete\":[\"shard\"]}", { "not-in", "list", NULL, 0, { 0 } },
	    ERR_MISMATCH,
	    "the log's answer: the record's list of files says otherwise" },
	{ "a complete list", OTHER("shard"), "dataset",
	    "{\"complete\":[\"shard\"]}", { "not-in", "list", NULL, 0, { 0 } },
	    ERR_OK, "" },
	{ "a complete list of weights", OTHER("weights"), "model",
	    "{\"complete\":[\"weights\"]}",
	    { "not-in", "list", NULL, 0, { 0 } }, ERR_OK, "" },
	{ "a list that is not complete", OTHER("shard"), "dataset", "{}",
	    { "not-in", "list", NULL, 0, { 0 } }, ERR_MISMATCH,
	    "the log's answer: the record does not sign its list of files as "
	    "complete" },
	{ "a list that is complete for another role",
	    OTHER("shard") OTHER("weights"), "dataset",
	    "{\"complete\":[\"shard\"]}", { "not-in", "list", NULL, 0, { 0 } },
	    ERR_SYNTAX, NULL },
	{ "a file that is not listed", OTHER("shard"), "dataset",
	    "{\"complete\":[\"shard\"]}", { "in", "list", NULL, 0, { 0 } },
	    ERR_MISMATCH,
	    "the log's answer: the record's list of files says otherwise" },
	{ "a single file", "", "dataset", "{}",
	    { "not-in", "file", NULL, 0, { 0 } }, ERR_OK, "" },
	{ "a single file that is another one", "", "dataset", "{}",
	    { "in", "file", NULL, 0, { 0 } }, ERR_MISMATCH,
	    "the log's answer: two digests are compared wrongly" },
	{ "a single file that has parts", OTHER("shard"), "dataset", "{}",
	    { "not-in", "file", NULL, 0, { 0 } }, ERR_MISMATCH,
	    "the log's answer: it is a set, by the record" },
	{ "a single file that has a root", NULL, "dataset", "{}",
	    { "not-in", "file", NULL, 0, { 0 } }, ERR_MISMATCH,
	    "the log's answer: it is a set, by the record" },
	{ "lines of a record without a root", "", "dataset", "{}",
	    { "not-in", "manifest", NULL, 2, { 1, 2 } }, ERR_MISMATCH,
	    "the log's answer: its root is not the one that the record "
	    "signed" },
	{ "lines of another number of files", NULL, "dataset",
	    "{\"files\":\"12\"}", { "not-in", "manifest", NULL, 2, { 1, 2 } },
	    ERR_MISMATCH,
	    "the log's answer: 11 lines, where the record says 12 files" },
	{ "open lines of a salted set", NULL, "dataset",
	    "{\"disclosure\":\"salted\"}",
	    { "not-in", "manifest", NULL, 2, { 1, 2 } }, ERR_MISMATCH,
	    "the log's answer: the record is of a salted set, whose lines are "
	    "of another form" },
	{ "lines by an evaluation", NULL, "evaluation",
	    "{\"metrics\":[{\"name\":\"a\",\"value\":\"1\"}]}",
	    { "not-in", "manifest", NULL, 2, { 1, 2 } }, ERR_OK, "" },
	{ "a list by an evaluation", "", "evaluation",
	    "{\"metrics\":[{\"name\":\"a\",\"value\":\"1\"}]}",
	    { "not-in", "list", NULL, 0, { 0 } }, ERR_MISMATCH,
	    "the log's answer: the record's list of files says otherwise" },
	{ "absence by an opening", NULL, "dataset", "{}",
	    { "not-in", "opening", NULL, 2, { 1, 2 } }, ERR_SYNTAX,
	    "answer.lines[0].line: no line of a manifest" },
	{ "a verdict without a way", NULL, "dataset", "{}",
	    { "not-in", NULL, NULL, 2, { 1, 2 } }, ERR_SYNTAX, NULL },
	{ "another verdict", NULL, "dataset", "{}",
	    { "perhaps", "manifest", NULL, 2, { 1, 2 } }, ERR_SYNTAX,
	    "answer.verdict: not one of its words" },
	{ "unknown", NULL, "dataset", "{}", { "unknown", NULL, NULL, 0, { 0 } },
	    ERR_OK, "" },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct why w = { "" };

	begin();
	struct hash record =
	    add_record(row->kind, row->subjects, row->predicate);
	struct answer answer = row->answer;
	answer.record = &record;
	assert_err(row->err, judge_answer(&answer, 25, &w));
	if (row->err != ERR_OK && row->sentence != NULL)
		assert_string_equal(row->sentence, w.text);
	end();
}

/* A record of another set, a record that is not there, none at all. */
static void
test_records(void **state)
{
	struct answer answer = { "in", "manifest", NULL, 1, { 0, 0 } };
	struct hash other;
	struct why w = { "" };

	(void)state;
	begin();
	assert_err(ERR_SYNTAX, judge_answer(&answer, 10, &w));
	assert_string_equal("answer.record: missing", w.text);
	other = fake->leaves[1];
	answer.record = &other;
	assert_err(ERR_MISMATCH, judge_answer(&answer, 10, &w));
	assert_string_equal(
	    "the log's answer: its record is not about this set", w.text);
	other.bytes[0] ^= 1;
	assert_err(ERR_NOT_FOUND, judge_answer(&answer, 10, &w));
	end();
}

/* Whatever failed, 1 says no and nothing else. */
static void
test_exit(void **state)
{
	static const struct {
		enum shard_verdict verdict;
		enum err err;
		int exit_code;
	} ends[] = {
		{ SHARD_IN, ERR_OK, 0 },
		{ SHARD_NOT_IN, ERR_OK, 1 },
		{ SHARD_UNKNOWN, ERR_OK, 3 },
		{ SHARD_NOT_IN, ERR_MISMATCH, 3 },
		{ SHARD_NOT_IN, ERR_NOT_FOUND, 3 },
		{ SHARD_UNKNOWN, ERR_DIVERGED, 3 },
		{ SHARD_UNKNOWN, ERR_USAGE, 0 }, /* its own: 2 */
		{ SHARD_UNKNOWN, ERR_MISSING, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		session.exit_code = 0;
		shard_exit(&session, ends[i].verdict, ends[i].err);
		assert_int_equal(ends[i].exit_code, session.exit_code);
	}
}

int
main(int argc, char **argv)
{
	UNIT(test_in);
	UNIT(test_not_in);
	UNIT(test_not_neighbours);
	UNIT(test_damage);
	UNIT_ROWS(rows, test_row);
	UNIT(test_records);
	UNIT(test_exit);
	return unit_run(argc, argv);
}
