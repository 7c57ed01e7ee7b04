/* tlog_proof: a proof of our own making, damaged at every byte. */
#include "tests/unit.h"

#include "schema/tlog_proof.h"

#define HASH "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
#define TOP "c2sp.org/tlog-proof@v1\n"
#define NOTE "a\n1\n" HASH "\n\xe2\x80\x94 a AAAAAAAA\n"

static struct arena *arena;

struct text_row {
	const char *name;
	const char *text;
	enum err expected;
};

static const struct text_row text_rows[] = {
	{ "text: one leaf", TOP "index 0\n\n" NOTE, ERR_OK },
	{ "text: extra", TOP "extra Zm9v\nindex 0\n\n" NOTE, ERR_OK },
	{ "text: an empty extra", TOP "extra \nindex 0\n\n" NOTE, ERR_OK },
	{ "text: hashes", TOP "index 5\n" HASH HASH "\n" NOTE, ERR_OK },
	{ "text: 2^63-1", TOP "index 9223372036854775807\n\n" NOTE, ERR_OK },
	{ "text: 2^63", TOP "index 9223372036854775808\n\n" NOTE, ERR_SYNTAX },
	{ "text: nothing", "", ERR_SYNTAX },
	{ "text: another version", "c2sp.org/tlog-proof@v2\nindex 0\n\n" NOTE,
	    ERR_SYNTAX },
	{ "text: extra without space", TOP "extra\nindex 0\n\n" NOTE,
	    ERR_SYNTAX },
	{ "text: extra unpadded", TOP "extra Zm8\nindex 0\n\n" NOTE,
	    ERR_SYNTAX },
	{ "text: extra twice", TOP "extra Zm9v\nextra Zm9v\nindex 0\n\n" NOTE,
	    ERR_SYNTAX },
	{ "text: extra behind the index", TOP "index 0\nextra Zm9v\n\n" NOTE,
	    ERR_SYNTAX },
	{ "text: no index", TOP HASH "\n" NOTE, ERR_SYNTAX },
	{ "text: a leading zero", TOP "index 00\n\n" NOTE, ERR_SYNTAX },
	{ "text: two spaces", TOP "index  0\n\n" NOTE, ERR_SYNTAX },
	{ "text: a short hash", TOP "index 0\nAAAA\n\n" NOTE, ERR_SYNTAX },
	{ "text: no empty line", TOP "index 0\n" HASH, ERR_SYNTAX },
	{ "text: no checkpoint", TOP "index 0\n\n", ERR_SYNTAX },
	{ "text: CRLF", "c2sp.org/tlog-proof@v1\r\nindex 0\n\n" NOTE,
	    ERR_SYNTAX },
};

static void
test_text(void **state)
{
	const struct text_row *row = *state;
	struct span text = span_of_text(row->text);
	struct tlog_proof proof;
	struct why w = { "" };
	char out[2048];
	struct writer printed = writer_of(out, sizeof(out));

	assert_err(row->expected, tlog_proof_parse(text, arena, &proof, &w));
	if (row->expected != ERR_OK) {
		assert_true(w.text[0] != '\0');
		return;
	}
	tlog_proof_print(&proof, &printed);
	assert_span(text, writer_view(&printed));
}

static void
test_number_of_hashes(void **state)
{
	struct writer w = writer_heap(16384);
	struct tlog_proof proof;
	(void)state;

	for (size_t count = 62; count <= 64; count++) {
		writer_clear(&w);
		writer_text(&w, TOP "index 0\n");
		for (size_t i = 0; i < count; i++)
			writer_text(&w, HASH);
		writer_text(&w, "\n" NOTE);
		assert_err(count <= TREE_PROOF_MAX ? ERR_OK : ERR_LIMIT,
		    tlog_proof_parse(writer_view(&w), arena, &proof, NULL));
	}
	writer_done(&w);
}

static void
test_length_limit(void **state)
{
	static char text[TLOG_PROOF_MAX + 1];
	static const char top[] = TOP "index 0\n\n";
	struct tlog_proof proof;
	(void)state;

	memset(text, 'a', sizeof(text));
	memcpy(text, top, sizeof(top) - 1);
	assert_err(ERR_OK,
	    tlog_proof_parse(
		span_of(text, sizeof(text) - 1), arena, &proof, NULL));
	assert_err(ERR_LIMIT,
	    tlog_proof_parse(span_of(text, sizeof(text)), arena, &proof, NULL));
}

/* ---- a log of seven entries ---- */

#define SIZE 7

static struct note_key key;
static struct secret_key *secret;
static struct tree_edge edge;
static struct hash stored[2 * SIZE];

static struct span
entry_of(size_t index)
{
	static const char *const entries[SIZE] = { "zero", "one", "two",
		"three", "four", "five", "six" };

	return span_of_text(entries[index]);
}

static void
make_log(void)
{
	struct public_key public;
	size_t count = 0;

	secret = key_secret_random();
	key_secret_public(secret, &public);
	note_key_make("example.org/log", &public, &key);
	for (size_t i = 0; i < SIZE; i++) {
		struct hash leaf = tree_leaf(entry_of(i));
		struct hash made[TREE_LEVELS];
		size_t more = tree_append(&edge, &leaf, made);
		memcpy(&stored[count], made, more * sizeof(made[0]));
		count += more;
	}
}

static struct hash
hash_of_range(struct tree_range range)
{
	struct tree_position nodes[TREE_LEVELS];
	struct hash hashes[TREE_LEVELS];
	size_t count = tree_range_nodes(range, nodes);

	for (size_t i = 0; i < count; i++)
		hashes[i] =
		    stored[tree_stored_number(nodes[i].level, nodes[i].n)];
	return tree_fold(hashes, count);
}

static void
write_proof(size_t index, struct writer *w)
{
	struct tree_range ranges[TREE_PROOF_MAX];
	struct tlog_proof proof = {
		.has_extra = true, .extra = entry_of(index), .index = index
	};
	struct tree_head head = { SIZE, tree_edge_root(&edge) };
	char note[CHECKPOINT_NOTE_MAX];
	struct writer signed_note = writer_of(note, sizeof(note));

	checkpoint_sign(&head, &key, secret, &signed_note);
	proof.checkpoint = writer_view(&signed_note);
	proof.proof.count = tree_inclusion_ranges(index, SIZE, ranges);
	for (size_t i = 0; i < proof.proof.count; i++)
		proof.proof.hashes[i] = hash_of_range(ranges[i]);
	tlog_proof_print(&proof, w);
	assert_err(ERR_OK, writer_end(w));
}

/* As a client does: the leaf from the entry, all else from the file. */
static enum err
check_proof(struct span text, struct checkpoint *ret)
{
	struct tlog_proof proof;

	arena_reset(arena);
	enum err err = tlog_proof_parse(text, arena, &proof, NULL);
	if (err != ERR_OK)
		return err;
	if (!proof.has_extra)
		return ERR_SYNTAX;
	struct hash leaf = tree_leaf(proof.extra);
	return tlog_proof_verify(&proof, &leaf, &key, ret, NULL);
}

static void
test_own_proofs_damaged_everywhere(void **state)
{
	char text[2048];
	(void)state;

	for (size_t index = 0; index < SIZE; index++) {
		struct checkpoint checkpoint;
		struct writer w = writer_of(text, sizeof(text));
		write_proof(index, &w);
		struct span whole = writer_view(&w);
		assert_err(ERR_OK, check_proof(whole, &checkpoint));
		assert_int_equal(SIZE, checkpoint.head.size);
		for (size_t bit = 0; bit < whole.len * 8; bit++) {
			text[bit / 8] ^= (char)(1 << bit % 8);
			assert_int_not_equal(
			    ERR_OK, check_proof(whole, &checkpoint));
			text[bit / 8] ^= (char)(1 << bit % 8);
		}
		for (size_t len = 0; len < whole.len; len++)
			assert_int_not_equal(ERR_OK,
			    check_proof(span_of(text, len), &checkpoint));
	}
}

static void
test_another_leaf_is_refused(void **state)
{
	char text[2048];
	struct writer w = writer_of(text, sizeof(text));
	struct tlog_proof proof;
	struct checkpoint checkpoint;
	struct hash leaf = tree_leaf(entry_of(3));
	(void)state;

	write_proof(2, &w);
	assert_err(
	    ERR_OK, tlog_proof_parse(writer_view(&w), arena, &proof, NULL));
	assert_err(ERR_MISMATCH,
	    tlog_proof_verify(&proof, &leaf, &key, &checkpoint, NULL));
	leaf = tree_leaf(entry_of(2));
	proof.index = 3;
	assert_err(ERR_MISMATCH,
	    tlog_proof_verify(&proof, &leaf, &key, &checkpoint, NULL));
	proof.index = SIZE;
	assert_err(ERR_MISMATCH,
	    tlog_proof_verify(&proof, &leaf, &key, &checkpoint, NULL));
	proof.index = 2;
	assert_err(
	    ERR_OK, tlog_proof_verify(&proof, &leaf, &key, &checkpoint, NULL));
}

static void
test_small_arena_is_an_error(void **state)
{
	struct arena *small = arena_new(8);
	struct tlog_proof proof;
	(void)state;

	assert_err(ERR_MEMORY,
	    tlog_proof_parse(
		span_of_text(TOP "extra Zm9vZm9vZm9vZm9v\nindex 0\n\n" NOTE),
		small, &proof, NULL));
	arena_free(small);
}

int
main(int argc, char **argv)
{
	if (key_start(NULL) != ERR_OK)
		return 1;
	arena = arena_new((size_t)1 << 20);
	make_log();
	UNIT_ROWS(text_rows, test_text);
	UNIT(test_number_of_hashes);
	UNIT(test_length_limit);
	UNIT(test_own_proofs_damaged_everywhere);
	UNIT(test_another_leaf_is_refused);
	UNIT(test_small_arena_is_an_error);
	int failed = unit_run(argc, argv);
	key_secret_free(secret);
	arena_free(arena);
	return failed;
}
