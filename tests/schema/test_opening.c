/* opening: each line of each salted set verifies, printed and read again, and
 * nothing else does.  What is refused by form is in schema/vectors/record. */
#include "tests/unit.h"

#include "schema/opening.h"

#define LINES_MAX 100

static struct arena *arena;
static uint8_t bytes[(size_t)1 << 16];
static struct span lines[LINES_MAX];
static struct hash leaves[LINES_MAX];
static size_t line_count;

/* A salted manifest of `count` lines; its root. */
static struct hash
make_set(size_t count)
{
	static struct manifest_salted all[LINES_MAX];
	static char paths[LINES_MAX][32];
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct span rest;

	for (size_t i = 0; i < count; i++) {
		(void)snprintf(paths[i], sizeof(paths[i]), "f/%zu", i);
		struct hash hash = sha256_of(span_of_text(paths[i]));
		all[i].file.digest = hash;
		all[i].file.path = span_of_text(paths[i]);
		hash = sha256_of(hash_span(&hash));
		memcpy(all[i].salt, hash.bytes, MANIFEST_SALT_LEN);
	}
	assert_err(ERR_OK, manifest_print_salted(all, count, &w, NULL));
	rest = writer_view(&w);
	for (line_count = 0; rest.len > 0; line_count++) {
		assert_true(span_cut(&rest, '\n', &lines[line_count]));
		leaves[line_count] = tree_leaf(lines[line_count]);
	}
	assert_int_equal(count, line_count);
	return manifest_root(writer_view(&w));
}

static struct hash
range_root(struct tree_range range)
{
	struct tree_edge edge = { .size = 0 };
	struct hash made[TREE_LEVELS];

	for (uint64_t i = range.begin; i < range.end; i++)
		(void)tree_append(&edge, &leaves[i], made);
	return tree_edge_root(&edge);
}

static struct opening
open_line(size_t index)
{
	struct tree_range ranges[TREE_PROOF_MAX];
	struct opening opening = {
		.line = lines[index], .index = index, .size = line_count
	};

	opening.proof.count = tree_inclusion_ranges(index, line_count, ranges);
	for (size_t i = 0; i < opening.proof.count; i++)
		opening.proof.hashes[i] = range_root(ranges[i]);
	return opening;
}

static enum err
read_back(struct span text, struct json **ret_json, struct openings *ret)
{
	struct why w = { "" };
	enum err err = json_parse(text, ret_json, &w);

	assert_err(ERR_OK, err);
	struct object o = object_of(json_root(*ret_json), "predicate", &w);
	opening_read(&o, OPENINGS_MAX, arena, ret);
	return object_end(&o);
}

static void
test_each_line_of_each_size(void **state)
{
	static const size_t counts[] = { 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 63,
		64 };
	(void)state;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct hash root = make_set(counts[i]);
		struct writer w = writer_heap((size_t)1 << 20);
		struct openings openings;
		struct json *json;

		arena_reset(arena);
		writer_text(&w, "{\"openings\":[");
		for (size_t at = 0; at < line_count; at++) {
			struct opening one = open_line(at);
			writer_comma(&w);
			opening_print(&one, &w);
		}
		writer_text(&w, "]}");
		assert_err(
		    ERR_OK, read_back(writer_view(&w), &json, &openings));
		assert_int_equal(line_count, openings.count);
		assert_err(ERR_OK, opening_verify(&openings, &root, NULL));
		for (size_t at = 0; at < line_count; at++) {
			assert_span(lines[at], openings.all[at].line);
			assert_int_equal(at, openings.all[at].index);
		}
		root.bytes[31] ^= 1;
		assert_err(
		    ERR_MISMATCH, opening_verify(&openings, &root, NULL));
		json_done(json);
		writer_done(&w);
	}
}

/* No other place, size, line or hash: all of one opening's bits. */
static void
test_damage(void **state)
{
	struct hash root = make_set(11);
	struct opening whole = open_line(6);
	struct openings one = { .count = 1, .all = &whole };
	uint8_t line[256];
	(void)state;

	assert_err(ERR_OK, opening_verify(&one, &root, NULL));
	for (uint64_t index = 0; index < 20; index++) {
		whole.index = index;
		if (index != 6)
			assert_err(
			    ERR_MISMATCH, opening_verify(&one, &root, NULL));
	}
	whole = open_line(6);
	for (size_t bit = 0; bit < whole.proof.count * HASH_LEN * 8; bit++) {
		uint8_t *byte = &whole.proof.hashes[bit / 8 / HASH_LEN]
				     .bytes[bit / 8 % HASH_LEN];
		*byte ^= (uint8_t)(1u << bit % 8);
		assert_err(ERR_MISMATCH, opening_verify(&one, &root, NULL));
		*byte ^= (uint8_t)(1u << bit % 8);
	}
	memcpy(line, whole.line.data, whole.line.len);
	whole.line.data = line;
	for (size_t bit = 0; bit < whole.line.len * 8; bit++) {
		line[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_err(ERR_MISMATCH, opening_verify(&one, &root, NULL));
		line[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_err(ERR_OK, opening_verify(&one, &root, NULL));
}

/* The sentence says which of several. */
static void
test_which(void **state)
{
	struct hash root = make_set(9);
	struct opening all[2] = { open_line(1), open_line(8) };
	struct openings openings = { .count = 2, .all = all };
	struct why w = { "" };
	(void)state;

	assert_err(ERR_OK, opening_verify(&openings, &root, &w));
	all[1].proof.hashes[0].bytes[0] ^= 1;
	assert_err(ERR_MISMATCH, opening_verify(&openings, &root, &w));
	assert_string_equal("openings[1]: index 8 of 9 lines does not verify "
			    "against the merkleTreeHash",
	    w.text);
}

/* A node of the tree cannot be passed off as a line (RFC 6962 section 2.1): a
 * line is text, and is hashed with another prefix. */
static void
test_no_node_is_a_line(void **state)
{
	struct hash root = make_set(2);
	uint8_t node[2 * HASH_LEN];
	struct manifest_salted parts;
	struct opening opening = { .line = { node, sizeof(node) }, .size = 1 };
	struct openings one = { .count = 1, .all = &opening };
	(void)state;

	memcpy(node, leaves[0].bytes, HASH_LEN);
	memcpy(node + HASH_LEN, leaves[1].bytes, HASH_LEN);
	assert_err(ERR_MISMATCH, opening_verify(&one, &root, NULL));
	assert_err(
	    ERR_SYNTAX, manifest_line_parse_salted(opening.line, &parts));
}

int
main(int argc, char **argv)
{
	json_start();
	arena = arena_new((size_t)1 << 22);
	UNIT(test_each_line_of_each_size);
	UNIT(test_damage);
	UNIT(test_which);
	UNIT(test_no_node_is_a_line);
	int failed = unit_run(argc, argv);
	arena_free(arena);
	return failed;
}
