#include "client/proved.h"

#include "tests/client/fake_log.h"

static struct arena *
scratch(void)
{
	static struct arena *arena;

	if (arena == NULL)
		arena = arena_new((size_t)64 << 20);
	arena_reset(arena);
	return arena;
}

/* Opened, judged and closed again. */
static enum err
prove(const struct fake_log *log, struct span proof, struct span keyring,
    struct hash *ret_id)
{
	const struct proved_by by = { &log->key, NULL };
	struct proved proved;
	struct why w = { 0 };
	struct arena *arena = scratch();
	enum err err = proved_open(proof, &log->key, arena, &proved, &w);

	if (err != ERR_OK)
		return err;
	err = proved_judge(&proved, &by, keyring, arena, &w);
	*ret_id = proved.id;
	proved_done(&proved);
	return err;
}

static void
test_each_record(void **state)
{
	struct fake_log *log = fake_new(70);
	struct span keyring = fake_proof(log, 0, 1);

	(void)state;
	for (uint64_t size = 1; size <= 70; size += 3) {
		for (uint64_t index = 0; index < size; index++) {
			struct hash id;
			assert_err(ERR_OK,
			    prove(log, fake_proof(log, index, size), keyring,
				&id));
			assert_true(hash_equal(&log->leaves[index], &id));
		}
		arena_reset(log->arena);
		fake_free(log);
		log = fake_new(70);
		keyring = fake_proof(log, 0, 1);
	}
	fake_free(log);
}

/* F10: the proof of one record around the bytes of another. */
static void
test_swapped_pairwise(void **state)
{
	struct fake_log *log = fake_new(40);
	struct span keyring = fake_proof(log, 0, 1);

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		struct tlog_proof proof;
		struct span text = fake_proof(log, i, 40);
		struct arena *arena = arena_new(1 << 20);
		assert_err(ERR_OK, tlog_proof_parse(text, arena, &proof, NULL));
		for (size_t j = 0; j < 40; j++) {
			struct writer w = writer_heap(TLOG_PROOF_MAX);
			struct hash id;
			proof.extra = log->entries[j];
			tlog_proof_print(&proof, &w);
			assert_err(i == j ? ERR_OK : ERR_MISMATCH,
			    prove(log, writer_view(&w), keyring, &id));
			writer_done(&w);
		}
		arena_free(arena);
	}
	fake_free(log);
}

/* Every byte of a proof and of its keyring's. */
static void
test_damaged(void **state)
{
	struct fake_log *log = fake_new(40);
	struct span proof = fake_proof(log, 23, 40);
	struct span keyring = fake_proof(log, 0, 40);
	uint8_t *copy = malloc(proof.len + keyring.len);
	struct hash id;

	(void)state;
	assert_non_null(copy);
	for (size_t at = 0; at < proof.len; at++) {
		memcpy(copy, proof.data, proof.len);
		copy[at] ^= (uint8_t)(1u << at % 7);
		assert_true(prove(log, span_of(copy, proof.len), keyring,
				&id) != ERR_OK);
	}
	for (size_t at = 0; at < keyring.len; at++) {
		memcpy(copy, keyring.data, keyring.len);
		copy[at] ^= (uint8_t)(1u << at % 7);
		assert_true(prove(log, proof, span_of(copy, keyring.len),
				&id) != ERR_OK);
	}
	free(copy);
	fake_free(log);
}

static void
test_wrong_keyring(void **state)
{
	struct fake_log *log = fake_new(5);
	struct hash first = log->leaves[0];
	struct hash id;

	(void)state;
	fake_add_keyring(log, &first);
	fake_add_set(log, 9);
	struct span earlier = fake_proof(log, 0, 7);
	struct span later = fake_proof(log, 5, 7);
	/* below it, not below it, no keyring at all */
	assert_err(ERR_OK, prove(log, fake_proof(log, 3, 7), earlier, &id));
	assert_err(ERR_OK, prove(log, fake_proof(log, 6, 7), later, &id));
	assert_err(ERR_MISMATCH, prove(log, fake_proof(log, 3, 7), later, &id));
	assert_err(ERR_MISMATCH,
	    prove(log, fake_proof(log, 3, 7), fake_proof(log, 2, 7), &id));
	/* a keyring is judged by the log's key alone */
	assert_err(ERR_OK, prove(log, later, SPAN_EMPTY, &id));
	fake_free(log);
}

static void
test_other_key(void **state)
{
	struct fake_log *log = fake_new(5);
	struct public_key key;
	struct hash id;

	(void)state;
	struct span proof = fake_proof(log, 3, 5);
	struct span keyring = fake_proof(log, 0, 5);
	key_secret_public(log->publisher, &key);
	note_key_make(FAKE_ORIGIN, &key, &log->key);
	assert_err(ERR_MISMATCH, prove(log, proof, keyring, &id));
	fake_free(log);
}

int
main(int argc, char **argv)
{
	UNIT(test_each_record);
	UNIT(test_swapped_pairwise);
	UNIT(test_damaged);
	UNIT(test_wrong_keyring);
	UNIT(test_other_key);
	return unit_run(argc, argv);
}
