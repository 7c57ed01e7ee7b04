/* tree: against a naive one, and every proof damaged in every place. */
#include "tests/unit.h"

#include "schema/tree.h"

#define SIZES 300

/* The naive tree: roots[begin][end], straight from RFC 6962 section 2.1. */
static struct hash roots[SIZES + 1][SIZES + 1];
static struct hash stored[2 * SIZES];	  /* as tree_append gave them */
static struct tree_edge edges[SIZES + 1]; /* after each append */

static size_t
naive_split(size_t count)
{
	size_t k = 1;

	while (k * 2 < count)
		k *= 2;
	return k;
}

static struct hash
leaf_of(size_t i)
{
	uint8_t entry[2] = { (uint8_t)i, (uint8_t)(i >> 8) };

	return tree_leaf(span_of(entry, sizeof(entry)));
}

static void
prepare(void)
{
	size_t count = 0;

	for (size_t at = 0; at <= SIZES; at++)
		roots[at][at] = sha256_of(SPAN_EMPTY);
	for (size_t at = 0; at < SIZES; at++)
		roots[at][at + 1] = leaf_of(at);
	for (size_t len = 2; len <= SIZES; len++) {
		for (size_t at = 0; at + len <= SIZES; at++) {
			size_t k = at + naive_split(len);
			roots[at][at + len] =
			    tree_node(&roots[at][k], &roots[k][at + len]);
		}
	}
	for (size_t i = 0; i < SIZES; i++) {
		struct hash leaf = leaf_of(i);
		struct hash made[TREE_LEVELS];
		edges[i + 1] = edges[i];
		size_t more = tree_append(&edges[i + 1], &leaf, made);
		memcpy(&stored[count], made, more * sizeof(made[0]));
		count += more;
	}
	if (count != tree_stored_count(SIZES))
		abort();
}

static void
test_empty_tree(void **state)
{
	struct hash empty = tree_empty();
	char text[HASH_TEXT_MAX];
	(void)state;

	hash_print(&empty, text);
	assert_string_equal("e3b0c44298fc1c149afbf4c8996fb924"
			    "27ae41e4649b934ca495991b7852b855",
	    text);
	struct hash root = tree_edge_root(&edges[0]);
	assert_true(hash_equal(&empty, &root));
}

/* RFC 6962 has no vectors; these are Certificate Transparency's own. */
static void
test_known_leaf_and_node(void **state)
{
	struct hash leaf = tree_leaf(SPAN_EMPTY);
	char text[HASH_TEXT_MAX];
	(void)state;

	hash_print(&leaf, text);
	assert_string_equal("6e340b9cffb37a989ca544e6bb780a2c"
			    "78901d3fb33738768511a30617afa01d",
	    text);
	struct hash other = tree_leaf(span_of("\0", 1));
	struct hash node = tree_node(&leaf, &other);
	hash_print(&node, text);
	assert_string_equal("fac54203e7cc696cf0dfcb42c92a1d9d"
			    "baf70ad9e621f4bd8d98662f00e3c125",
	    text);
}

static void
test_roots_while_growing(void **state)
{
	(void)state;
	for (size_t size = 0; size <= SIZES; size++) {
		struct hash root = tree_edge_root(&edges[size]);
		assert_int_equal(size, edges[size].size);
		assert_true(hash_equal(&roots[0][size], &root));
	}
}

static void
test_every_node_has_its_number(void **state)
{
	(void)state;
	for (unsigned level = 0; (1u << level) <= SIZES; level++) {
		for (size_t n = 0; (n + 1) << level <= SIZES; n++) {
			uint64_t number = tree_stored_number(level, n);
			assert_true(hash_equal(&stored[number],
			    &roots[n << level][(n + 1) << level]));
		}
	}
}

/* The hash of a range out of the stored hashes, as a server makes it. */
static struct hash
hash_of_range(struct tree_range range)
{
	struct tree_position nodes[TREE_LEVELS];
	struct hash hashes[TREE_LEVELS];
	size_t count = tree_range_nodes(range, nodes);

	for (size_t i = 0; i < count; i++)
		hashes[i] =
		    stored[tree_stored_number(nodes[i].level, nodes[i].n)];
	struct hash hash = tree_fold(hashes, count);
	assert_true(hash_equal(&roots[range.begin][range.end], &hash));
	return hash;
}

static void
make_proof(
    const struct tree_range *ranges, size_t count, struct tree_proof *ret)
{
	ret->count = count;
	for (size_t i = 0; i < count; i++)
		ret->hashes[i] = hash_of_range(ranges[i]);
}

static void
make_inclusion(size_t index, size_t size, struct tree_proof *ret)
{
	struct tree_range ranges[TREE_PROOF_MAX];
	size_t count = tree_inclusion_ranges(index, size, ranges);

	make_proof(ranges, count, ret);
}

static void
make_consistency(size_t old, size_t size, struct tree_proof *ret)
{
	struct tree_range ranges[TREE_PROOF_MAX];
	size_t count = tree_consistency_ranges(old, size, ranges);

	make_proof(ranges, count, ret);
}

static enum err
verify_inclusion(size_t index, size_t size, const struct tree_proof *proof)
{
	return tree_verify_inclusion(
	    index, size, &roots[index][index + 1], proof, &roots[0][size]);
}

static enum err
verify_consistency(size_t old, size_t size, const struct tree_proof *proof)
{
	struct tree_head from = { old, roots[0][old] };
	struct tree_head to = { size, roots[0][size] };

	return tree_verify_consistency(&from, &to, proof);
}

static void
test_inclusion_of_all(void **state)
{
	(void)state;
	for (size_t size = 1; size <= SIZES; size++) {
		for (size_t index = 0; index < size; index++) {
			struct tree_proof proof;
			make_inclusion(index, size, &proof);
			assert_err(
			    ERR_OK, verify_inclusion(index, size, &proof));
		}
	}
}

static void
test_consistency_of_all(void **state)
{
	(void)state;
	for (size_t size = 1; size <= SIZES; size++) {
		for (size_t old = 1; old <= size; old++) {
			struct tree_proof proof;
			make_consistency(old, size, &proof);
			assert_int_equal(old == size, proof.count == 0);
			assert_err(
			    ERR_OK, verify_consistency(old, size, &proof));
		}
	}
}

/* Calls `verify` on every damaged copy of `proof`; none may pass. */
static void
damage(size_t a, size_t size, const struct tree_proof *proof,
    enum err (*verify)(size_t, size_t, const struct tree_proof *))
{
	struct tree_proof bad;

	for (size_t i = 0; i < proof->count; i++) {
		bad = *proof; /* one bit */
		bad.hashes[i].bytes[i % HASH_LEN] ^= (uint8_t)(1u << size % 8);
		assert_err(ERR_MISMATCH, verify(a, size, &bad));
		bad = *proof; /* one hash dropped */
		bad.count--;
		memmove(&bad.hashes[i], &bad.hashes[i + 1],
		    (bad.count - i) * sizeof(bad.hashes[0]));
		assert_err(ERR_MISMATCH, verify(a, size, &bad));
		if (i > 0) { /* two swapped */
			bad = *proof;
			bad.hashes[i] = proof->hashes[i - 1];
			bad.hashes[i - 1] = proof->hashes[i];
			assert_err(ERR_MISMATCH, verify(a, size, &bad));
		}
	}
	for (size_t i = 0; i <= proof->count; i++) { /* one added */
		bad = *proof;
		memmove(&bad.hashes[i + 1], &bad.hashes[i],
		    (bad.count - i) * sizeof(bad.hashes[0]));
		bad.hashes[i] = roots[0][1];
		bad.count++;
		assert_err(ERR_SYNTAX, verify(a, size, &bad));
	}
}

static const size_t damaged_sizes[] = { 1, 2, 3, 4, 5, 7, 8, 9, 13, 31, 32, 33,
	63, 64, 65, 100, 127, 128, 129, 255, 256, 257, 299, 300 };
#define DAMAGED_SIZES (sizeof(damaged_sizes) / sizeof(damaged_sizes[0]))

static void
test_damaged_inclusion(void **state)
{
	(void)state;
	for (size_t i = 0; i < DAMAGED_SIZES; i++) {
		size_t size = damaged_sizes[i];
		for (size_t index = 0; index < size; index++) {
			struct tree_proof proof;
			make_inclusion(index, size, &proof);
			damage(index, size, &proof, verify_inclusion);
		}
	}
}

static void
test_damaged_consistency(void **state)
{
	(void)state;
	for (size_t i = 0; i < DAMAGED_SIZES; i++) {
		size_t size = damaged_sizes[i];
		for (size_t old = 1; old < size; old++) {
			struct tree_proof proof;
			make_consistency(old, size, &proof);
			damage(old, size, &proof, verify_consistency);
		}
	}
}

static void
test_inclusion_at_another_index_or_size(void **state)
{
	(void)state;
	for (size_t size = 1; size <= 40; size++) {
		for (size_t all = 0; all < size * 44 * 44; all++) {
			size_t index = all % size;
			size_t other = all / size % 44;
			size_t wrong = all / size / 44;
			struct tree_proof proof;
			make_inclusion(index, size, &proof);
			enum err err = tree_verify_inclusion(other, wrong,
			    &roots[index][index + 1], &proof, &roots[0][size]);
			/* the size is signed; at the right one only the right
			 * index passes */
			if (wrong == size && other == index)
				assert_err(ERR_OK, err);
			else if (wrong == size || other >= wrong)
				assert_int_not_equal(ERR_OK, err);
		}
	}
}

static void
test_wrong_roots_and_leaf(void **state)
{
	(void)state;
	for (size_t size = 2; size <= 70; size++) {
		struct tree_proof proof;
		struct hash bad = roots[0][size];
		struct tree_head from = { size - 1, roots[0][size - 1] };
		struct tree_head to = { size, roots[0][size] };
		bad.bytes[31] ^= 1;
		make_inclusion(size - 1, size, &proof);
		assert_err(ERR_MISMATCH,
		    tree_verify_inclusion(
			size - 1, size, &roots[size - 1][size], &proof, &bad));
		assert_err(ERR_MISMATCH,
		    tree_verify_inclusion(
			size - 1, size, &bad, &proof, &roots[0][size]));
		make_consistency(size - 1, size, &proof);
		to.root = bad;
		assert_err(
		    ERR_MISMATCH, tree_verify_consistency(&from, &to, &proof));
		to.root = roots[0][size];
		from.root.bytes[0] ^= 0x80;
		assert_err(
		    ERR_MISMATCH, tree_verify_consistency(&from, &to, &proof));
	}
}

struct edge_row {
	const char *name;
	uint64_t old;
	uint64_t size;
	size_t count; /* of hashes */
	bool same_root;
	enum err expected;
};

static const struct edge_row edge_rows[] = {
	{ "consistency: from nothing", 0, 5, 0, false, ERR_SYNTAX },
	{ "consistency: from nothing to nothing", 0, 0, 0, true, ERR_SYNTAX },
	{ "consistency: backwards", 6, 5, 0, false, ERR_SYNTAX },
	{ "consistency: the same", 5, 5, 0, true, ERR_OK },
	{ "consistency: the same size, another root", 5, 5, 0, false,
	    ERR_MISMATCH },
	{ "consistency: the same with a hash", 5, 5, 1, true, ERR_SYNTAX },
	{ "consistency: 2 of 5 without hashes", 2, 5, 0, false, ERR_MISMATCH },
	{ "consistency: 3 of 5 without hashes", 3, 5, 0, false, ERR_MISMATCH },
	{ "consistency: 64 hashes", 3, 5, 64, false, ERR_SYNTAX },
	{ "consistency: 2^63", 5, (uint64_t)1 << 63, 3, false, ERR_SYNTAX },
	{ "consistency: 2^64-1", 5, UINT64_MAX, 3, false, ERR_SYNTAX },
	{ "consistency: 2^63-1", 5, TREE_SIZE_MAX, 3, false, ERR_MISMATCH },
};

static void
test_edge(void **state)
{
	const struct edge_row *row = *state;
	struct tree_head old = { row->old, roots[0][5] };
	struct tree_head head = { row->size,
		row->same_root ? roots[0][5] : roots[0][6] };
	struct tree_proof proof = { .count = row->count };

	assert_err(row->expected, tree_verify_consistency(&old, &head, &proof));
}

static void
test_inclusion_at_the_edges(void **state)
{
	struct tree_proof proof = { .count = 0 };
	const struct hash *leaf = &roots[0][1];
	(void)state;

	assert_err(ERR_OK, tree_verify_inclusion(0, 1, leaf, &proof, leaf));
	assert_err(ERR_SYNTAX, tree_verify_inclusion(0, 0, leaf, &proof, leaf));
	assert_err(ERR_SYNTAX, tree_verify_inclusion(1, 1, leaf, &proof, leaf));
	assert_err(ERR_SYNTAX,
	    tree_verify_inclusion(UINT64_MAX, UINT64_MAX, leaf, &proof, leaf));
	assert_err(ERR_SYNTAX,
	    tree_verify_inclusion(0, (uint64_t)1 << 63, leaf, &proof, leaf));
	assert_err(ERR_MISMATCH,
	    tree_verify_inclusion(0, TREE_SIZE_MAX, leaf, &proof, leaf));
	proof.count = 64;
	assert_err(ERR_SYNTAX,
	    tree_verify_inclusion(0, TREE_SIZE_MAX, leaf, &proof, leaf));
}

static void
test_numbers_of_huge_trees(void **state)
{
	static const uint64_t large = (uint64_t)1 << 62;
	struct tree_range ranges[TREE_PROOF_MAX];
	struct tree_position nodes[TREE_LEVELS];
	(void)state;

	assert_true(tree_stored_count(TREE_SIZE_MAX) == UINT64_MAX - 64);
	assert_true(tree_stored_number(62, 0) == tree_stored_count(large) - 1);
	assert_true(tree_stored_number(0, large) == tree_stored_count(large));
	for (uint64_t off = 0; off < 70; off++) {
		uint64_t size = large - off;
		assert_in_range(
		    tree_inclusion_ranges(size - 1, size, ranges), 1, 62);
		assert_in_range(tree_inclusion_ranges(0, size, ranges), 62, 62);
		assert_in_range(
		    tree_consistency_ranges(size / 2 + 1, size, ranges), 1, 63);
		assert_in_range(
		    tree_consistency_ranges(1, size, ranges), 62, 62);
		struct tree_range whole = { 0, size };
		assert_int_equal(
		    __builtin_popcountll(size), tree_range_nodes(whole, nodes));
	}
	struct tree_range whole = { 0, TREE_SIZE_MAX };
	assert_int_equal(63, tree_range_nodes(whole, nodes));
	assert_int_equal(62, nodes[0].level);
	assert_in_range(
	    tree_inclusion_ranges(TREE_SIZE_MAX - 1, TREE_SIZE_MAX, ranges), 1,
	    63);
	assert_int_equal(63, tree_inclusion_ranges(0, TREE_SIZE_MAX, ranges));
}

static void
test_growing_at_the_largest_size(void **state)
{
	struct tree_edge edge = { .size = TREE_SIZE_MAX - 1, .count = 62 };
	struct hash made[TREE_LEVELS];
	(void)state;

	assert_int_equal(1, tree_append(&edge, &roots[0][1], made));
	assert_int_equal(63, edge.count);
	edge = (struct tree_edge){ .size = TREE_SIZE_MAX / 2, .count = 62 };
	assert_int_equal(63, tree_append(&edge, &roots[0][1], made));
	assert_int_equal(1, edge.count);
}

/* ---- accumulated vectors: draft-ietf-plants-merkle-tree-certs, C.1 ---- */

#define VECTOR_SIZE 130

static struct hash vector_stored[2 * VECTOR_SIZE]; /* of leaves 00, 01, … */

static void
prepare_vectors(void)
{
	struct tree_edge edge = { .size = 0 };
	size_t count = 0;

	for (size_t i = 0; i < VECTOR_SIZE; i++) {
		uint8_t byte = (uint8_t)i;
		struct hash leaf = tree_leaf(span_of(&byte, 1));
		struct hash made[TREE_LEVELS];
		size_t more = tree_append(&edge, &leaf, made);
		memcpy(&vector_stored[count], made, more * sizeof(made[0]));
		count += more;
	}
}

static void
add_vector_hash(struct sha256 *s, struct tree_range range)
{
	struct tree_position nodes[TREE_LEVELS];
	struct hash hashes[TREE_LEVELS];
	char text[HASH_TEXT_MAX];
	size_t count = tree_range_nodes(range, nodes);

	for (size_t i = 0; i < count; i++)
		hashes[i] = vector_stored[tree_stored_number(
		    nodes[i].level, nodes[i].n)];
	struct hash hash = tree_fold(hashes, count);
	hash_print(&hash, text);
	sha256_add(s, span_of_text(" "));
	sha256_add(s, span_of_text(text));
}

static void
add_inclusion(struct sha256 *s, uint64_t index, struct tree_range in)
{
	struct tree_range ranges[TREE_PROOF_MAX];
	char text[64];
	size_t count =
	    tree_inclusion_ranges(index - in.begin, in.end - in.begin, ranges);

	(void)snprintf(text, sizeof(text), "%u [%u, %u)", (unsigned)index,
	    (unsigned)in.begin, (unsigned)in.end);
	sha256_add(s, span_of_text(text));
	for (size_t i = 0; i < count; i++) {
		ranges[i].begin += in.begin;
		ranges[i].end += in.begin;
		add_vector_hash(s, ranges[i]);
	}
	sha256_add(s, span_of_text("\n"));
}

static void
add_subtree(
    struct sha256 *hashes, struct sha256 *inclusion, struct tree_range range)
{
	uint64_t ceiling = 1;
	char text[64];

	while (ceiling < range.end - range.begin)
		ceiling *= 2;
	if (range.begin % ceiling != 0)
		return; /* not a subtree of the draft */
	(void)snprintf(text, sizeof(text), "[%u, %u)", (unsigned)range.begin,
	    (unsigned)range.end);
	sha256_add(hashes, span_of_text(text));
	add_vector_hash(hashes, range);
	sha256_add(hashes, span_of_text("\n"));
	for (uint64_t index = range.begin; index < range.end; index++)
		add_inclusion(inclusion, index, range);
}

static void
test_accumulated_vectors(void **state)
{
	struct sha256 hashes;
	struct sha256 inclusion;
	char text[HASH_TEXT_MAX];
	(void)state;

	prepare_vectors();
	sha256_init(&hashes);
	sha256_init(&inclusion);
	for (uint64_t end = 0; end <= VECTOR_SIZE; end++) {
		for (uint64_t begin = 0; begin <= end; begin++) {
			struct tree_range range = { begin, end };
			add_subtree(&hashes, &inclusion, range);
		}
	}
	struct hash sum = sha256_done(&hashes);
	hash_print(&sum, text);
	assert_string_equal("b82806ad4265bb151c1119c0f4db437b"
			    "b4d1a1f887b3a7fba1cd4ebf552e3e81",
	    text);
	sum = sha256_done(&inclusion);
	hash_print(&sum, text);
	assert_string_equal("ac2a8f989e44d99e399db448050ff5f1"
			    "9757df53cfb716aa81015d3955d8163f",
	    text);
}

int
main(int argc, char **argv)
{
	prepare();
	UNIT(test_empty_tree);
	UNIT(test_known_leaf_and_node);
	UNIT(test_roots_while_growing);
	UNIT(test_every_node_has_its_number);
	UNIT(test_inclusion_of_all);
	UNIT(test_consistency_of_all);
	UNIT(test_damaged_inclusion);
	UNIT(test_damaged_consistency);
	UNIT(test_inclusion_at_another_index_or_size);
	UNIT(test_wrong_roots_and_leaf);
	UNIT_ROWS(edge_rows, test_edge);
	UNIT(test_inclusion_at_the_edges);
	UNIT(test_numbers_of_huge_trees);
	UNIT(test_growing_at_the_largest_size);
	UNIT(test_accumulated_vectors);
	return unit_run(argc, argv);
}
