/* grow, commit, prove: proofs between all small sizes, from what is stored. */
#include "tests/unit.h"

#include <unistd.h>

#include "daemon/commit.h"
#include "daemon/prove.h"
#include "schema/key.h"
#include "schema/tlog_proof.h"
#include "tests/folder.h"

#define SIZES 70

static char folder[FOLDER_MAX];
static struct store *store;
static struct hash leaves[SIZES];
static struct hash roots[SIZES + 1]; /* as grow said */

static struct span
entry_of(size_t i, uint8_t out[static 8])
{
	struct writer w = writer_of(out, 8);

	writer_u64(&w, i);
	return writer_view(&w);
}

/* Commits 1, 2, 3, … entries at a time. */
static int
prepare(void **state)
{
	static struct growth growth;
	static uint8_t bytes[SIZES][8];
	struct tree_edge edge = { .size = 0 };
	char path[FOLDER_PATH_MAX];
	size_t at = 0;

	(void)state;
	assert_err(ERR_OK, key_start(NULL));
	folder_make(folder);
	assert_err(ERR_OK,
	    store_open(
		folder_path(path, folder, "log"), STORE_LOG, &store, NULL));
	for (size_t more = 1; at < SIZES; more++) {
		grow_start(&growth, &edge, 1000 + more);
		for (size_t i = 0; i < more && at < SIZES; i++, at++) {
			struct span text = entry_of(at, bytes[at]);
			leaves[at] = tree_leaf(text);
			struct log_entry entry = { .leaf = leaves[at],
				.entry = text };
			assert_int_equal(at, grow_add(&growth, &entry));
			roots[at + 1] = grow_head(&growth).root;
		}
		assert_err(
		    ERR_OK, commit(store, &growth, span_of_text("a note")));
		edge = growth.edge;
	}
	return 0;
}

static int
clean_up(void **state)
{
	(void)state;
	store_close(store);
	folder_remove(folder);
	return 0;
}

static void
test_inclusion(void **state)
{
	struct txn txn = store_begin(store, TXN_READ);
	struct tree_proof proof;
	struct hash root;

	(void)state;
	for (uint64_t size = 1; size <= SIZES; size++) {
		assert_err(ERR_OK, prove_root(&txn, size, &root));
		assert_true(hash_equal(&root, &roots[size]));
		for (uint64_t i = 0; i < size; i++) {
			assert_err(
			    ERR_OK, prove_inclusion(&txn, i, size, &proof));
			assert_err(ERR_OK,
			    tree_verify_inclusion(
				i, size, &leaves[i], &proof, &root));
		}
	}
	assert_err(ERR_OK, txn_end(&txn));
}

static void
test_consistency(void **state)
{
	struct txn txn = store_begin(store, TXN_READ);
	struct tree_proof proof;

	(void)state;
	for (uint64_t size = 1; size <= SIZES; size++) {
		struct tree_head head = { size, roots[size] };
		for (uint64_t i = 1; i <= size; i++) {
			struct tree_head old = { i, roots[i] };
			assert_err(
			    ERR_OK, prove_consistency(&txn, i, size, &proof));
			assert_err(ERR_OK,
			    tree_verify_consistency(&old, &head, &proof));
		}
	}
	assert_err(ERR_OK, txn_end(&txn));
}

/* The log is one writer's: a growth on another edge is refused. */
static void
test_not_next(void **state)
{
	static struct growth growth;
	struct tree_edge edge = { .size = 0 };
	struct log_entry entry = { .leaf = tree_leaf(span_of_text("x")),
		.entry = span_of_text("x") };

	(void)state;
	grow_start(&growth, &edge, 1);
	(void)grow_add(&growth, &entry);
	assert_err(ERR_CORRUPT, commit(store, &growth, SPAN_EMPTY));
	struct txn txn = store_begin(store, TXN_READ);
	assert_int_equal(SIZES, store_log_size(&txn));
	txn_abort(&txn);
}

/* A proof that does not verify is never handed out. */
static void
test_never_a_false_proof(void **state)
{
	struct txn txn = store_begin(store, TXN_READ);
	struct published_head head = {
		.head = { .size = SIZES, .root = roots[SIZES] },
	};
	struct writer w = writer_heap(TLOG_PROOF_MAX);

	(void)state;
	assert_err(ERR_OK, prove_tlog(&txn, 5, &head, &w));
	assert_true(span_starts(writer_view(&w), "c2sp.org/tlog-proof@v1\n"));
	writer_clear(&w);
	head.head.root.bytes[31] ^= 1;
	assert_err(ERR_CORRUPT, prove_tlog(&txn, 5, &head, &w));
	assert_int_equal(0, writer_view(&w).len);
	txn_abort(&txn);
	writer_done(&w);
}

/* A hash that is gone gives no proof. */
static void
test_missing_hash(void **state)
{
	struct tree_proof proof;
	struct hash root;

	(void)state;
	struct txn txn = store_begin(store, TXN_READ);
	assert_err(ERR_CORRUPT, prove_root(&txn, SIZES + 1, &root));
	assert_err(ERR_CORRUPT, txn_end(&txn));
	txn = store_begin(store, TXN_READ);
	assert_err(ERR_CORRUPT, prove_inclusion(&txn, 3, SIZES + 1, &proof));
	assert_err(ERR_CORRUPT, txn_end(&txn));
}

int
main(int argc, char **argv)
{
	UNIT(test_inclusion);
	UNIT(test_consistency);
	UNIT(test_not_next);
	UNIT(test_never_a_false_proof);
	UNIT(test_missing_hash);
	for (size_t i = 0; i < unit_count; i++) {
		unit_tests[i].setup_func = prepare;
		unit_tests[i].teardown_func = clean_up;
	}
	return unit_run(argc, argv);
}
