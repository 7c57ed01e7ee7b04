#include "schema/tree.h"

#include <assert.h>

struct hash
tree_empty(void)
{
	return sha256_of(SPAN_EMPTY);
}

struct hash
tree_leaf(struct span entry)
{
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, span_of("\x00", 1));
	sha256_add(&s, entry);
	return sha256_done(&s);
}

struct hash
tree_node(const struct hash *left, const struct hash *right)
{
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, span_of("\x01", 1));
	sha256_add(&s, hash_span(left));
	sha256_add(&s, hash_span(right));
	return sha256_done(&s);
}

size_t
tree_append(struct tree_edge *edge, const struct hash *leaf,
    struct hash made[static TREE_LEVELS])
{
	struct hash hash = *leaf;
	size_t count = 0;

	assert(edge->size < TREE_SIZE_MAX);
	made[count++] = hash;
	/* each one-bit at the end of `size` is a subtree that is now doubled */
	for (uint64_t bits = edge->size; (bits & 1) != 0; bits >>= 1) {
		hash = tree_node(&edge->nodes[--edge->count], &hash);
		made[count++] = hash;
	}
	edge->nodes[edge->count++] = hash;
	edge->size++;
	return count;
}

struct hash
tree_edge_root(const struct tree_edge *edge)
{
	return tree_fold(edge->nodes, edge->count);
}

static unsigned
ones(uint64_t value)
{
	return (unsigned)__builtin_popcountll(value);
}

/* floor(log2(value)) of a value above 0 */
static unsigned
log2_of(uint64_t value)
{
	return 63 - (unsigned)__builtin_clzll(value);
}

uint64_t
tree_stored_count(uint64_t size)
{
	assert(size <= TREE_SIZE_MAX);
	return 2 * size - ones(size);
}

uint64_t
tree_stored_number(unsigned level, uint64_t n)
{
	assert(level < TREE_LEVELS && n < (uint64_t)TREE_SIZE_MAX >> level);
	/* written `level` places after the last leaf that it covers */
	uint64_t last_leaf = ((n + 1) << level) - 1;
	return tree_stored_count(last_leaf) + level;
}

/* The largest power of two below `count`, which is above 1 (RFC 6962 k). */
static uint64_t
split_of(uint64_t count)
{
	return (uint64_t)1 << log2_of(count - 1);
}

static void
reverse(struct tree_range *ranges, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct tree_range kept = ranges[i];
		ranges[i] = ranges[count - 1 - i];
		ranges[count - 1 - i] = kept;
	}
}

/* Cuts `*range` in two, keeps the half with leaf `at`, returns the other. */
static struct tree_range
descend(struct tree_range *range, uint64_t at)
{
	uint64_t middle = range->begin + split_of(range->end - range->begin);
	struct tree_range left = { range->begin, middle };
	struct tree_range right = { middle, range->end };

	*range = at < middle ? left : right;
	return at < middle ? right : left;
}

size_t
tree_inclusion_ranges(
    uint64_t index, uint64_t size, struct tree_range out[static TREE_PROOF_MAX])
{
	struct tree_range range = { 0, size };
	size_t count = 0;

	assert(index < size && size <= TREE_SIZE_MAX);
	while (range.end - range.begin > 1)
		out[count++] = descend(&range, index);
	reverse(out, count);
	return count;
}

size_t
tree_consistency_ranges(
    uint64_t old, uint64_t size, struct tree_range out[static TREE_PROOF_MAX])
{
	struct tree_range range = { 0, size };
	size_t count = 0;

	assert(old > 0 && old <= size && size <= TREE_CONSISTENCY_MAX);
	/* down to the subtree that ends where the old tree ended */
	while (range.end != old)
		out[count++] = descend(&range, old - 1);
	/* the verifier has its hash already if it is the whole old tree */
	if (range.begin != 0)
		out[count++] = range;
	reverse(out, count);
	return count;
}

size_t
tree_range_nodes(
    struct tree_range range, struct tree_position out[static TREE_LEVELS])
{
	uint64_t at = range.begin;
	size_t count = 0;

	assert(range.begin <= range.end && range.end <= TREE_SIZE_MAX);
	while (at < range.end) {
		unsigned level = log2_of(range.end - at);
		/* true of every range that a proof asks for */
		assert((at & (((uint64_t)1 << level) - 1)) == 0);
		out[count++] = (struct tree_position){ level, at >> level };
		at += (uint64_t)1 << level;
	}
	return count;
}

struct hash
tree_fold(const struct hash *nodes, size_t count)
{
	if (count == 0)
		return tree_empty();
	struct hash hash = nodes[count - 1];
	for (size_t i = count - 1; i-- > 0;)
		hash = tree_node(&nodes[i], &hash);
	return hash;
}

/* Where a verifier stands: the number of the node on the path and of the last
 * node on this level (fn and sn in RFC 9162). */
struct place {
	uint64_t node;
	uint64_t last;
};

static void
rise(struct place *place)
{
	place->node >>= 1;
	place->last >>= 1;
}

/* Whether the next proof hash stands at the left; skips the levels on which a
 * node at the right edge has no sibling. */
static bool
rise_to_left(struct place *place)
{
	bool is_left = (place->node & 1) != 0 || place->node == place->last;

	if (is_left) {
		while ((place->node & 1) == 0 && place->node != 0)
			rise(place);
	}
	rise(place);
	return is_left;
}

enum err
tree_verify_inclusion(uint64_t index, uint64_t size, const struct hash *leaf,
    const struct tree_proof *proof, const struct hash *root)
{
	struct place place = { index, size - 1 };
	struct hash hash = *leaf;

	if (size > TREE_SIZE_MAX || index >= size ||
	    proof->count > TREE_PROOF_MAX)
		return ERR_SYNTAX;
	for (size_t i = 0; i < proof->count; i++) {
		const struct hash *next = &proof->hashes[i];
		if (place.last == 0)
			return ERR_SYNTAX; /* too many hashes */
		if (rise_to_left(&place))
			hash = tree_node(next, &hash);
		else
			hash = tree_node(&hash, next);
	}
	if (place.last != 0 || !hash_equal(&hash, root))
		return ERR_MISMATCH;
	return ERR_OK;
}

/* RFC 9162 section 2.1.4.2 from step 4 on, for 0 < old->size < head->size. */
static enum err
verify_growth(const struct tree_head *old, const struct tree_head *head,
    const struct tree_proof *proof)
{
	struct place place = { old->size - 1, head->size - 1 };
	size_t next = 0;

	while ((place.node & 1) != 0)
		rise(&place);
	/* a complete old tree is the first hash itself, and not sent */
	bool is_complete = place.node == 0;
	if (!is_complete && proof->count == 0)
		return ERR_MISMATCH;
	struct hash old_hash = is_complete ? old->root : proof->hashes[next++];
	struct hash new_hash = old_hash;
	for (; next < proof->count; next++) {
		const struct hash *hash = &proof->hashes[next];
		if (place.last == 0)
			return ERR_SYNTAX; /* too many hashes */
		if (rise_to_left(&place)) {
			old_hash = tree_node(hash, &old_hash);
			new_hash = tree_node(hash, &new_hash);
		} else {
			new_hash = tree_node(&new_hash, hash);
		}
	}
	if (place.last != 0 || !hash_equal(&old_hash, &old->root) ||
	    !hash_equal(&new_hash, &head->root))
		return ERR_MISMATCH;
	return ERR_OK;
}

enum err
tree_verify_consistency(const struct tree_head *old,
    const struct tree_head *head, const struct tree_proof *proof)
{
	if (old->size == 0 || old->size > head->size ||
	    head->size > TREE_SIZE_MAX || proof->count > TREE_PROOF_MAX)
		return ERR_SYNTAX;
	if (old->size < head->size)
		return verify_growth(old, head, proof);
	if (proof->count != 0)
		return ERR_SYNTAX;
	return hash_equal(&old->root, &head->root) ? ERR_OK : ERR_MISMATCH;
}
