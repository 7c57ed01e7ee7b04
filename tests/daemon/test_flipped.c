/* Memory that forgets on its way to the log, as Yeti 2022 found out: one bit
 * of an entry, or of its id, turns between admission and commit.  It is never
 * signed, and the log can be cut back to what was. */
#include "tests/unit.h"

#include "tests/daemon/house.h"

#define FLIPS 60

static struct house house;

static void
flip(struct house_post *post)
{
	struct admitted *admitted = &post->submission.admitted;
	uint8_t *bytes = (uint8_t *)(uintptr_t)admitted->entry.data;
	size_t len = admitted->entry.len;
	uint32_t random;

	key_random(&random, sizeof(random));
	if (random % 4 == 0) {
		bytes = admitted->id.bytes;
		len = sizeof(admitted->id.bytes);
	}
	bytes[(random >> 5) % len] ^= (uint8_t)(1 << (random >> 2) % 8);
}

static void
post_flipped(unsigned number)
{
	struct house_post post;
	uint64_t size = published_size(house.ledger->published);

	assert_err(ERR_OK, house_post_admit(&house, 0, number, &post));
	flip(&post);
	assert_err(ERR_OK, house_post_send(&house, &post));
	house_post_wait(&post);
	assert_err(ERR_BUSY, post.submission.err);
	house_post_free(&post);
	assert_int_equal(size, published_size(house.ledger->published));
	assert_true(atomic_load(&house.ledger->is_failed));
}

static void
test_flips(void **state)
{
	(void)state;
	assert_err(ERR_OK, house_open(&house));
	for (unsigned i = 0; i < FLIPS; i++) {
		struct house_answer answer = house_post(&house, 1, i);
		assert_err(ERR_OK, answer.err);
		post_flipped(i);
		house_close(&house);
		house.options.cut_unsealed = false;
		assert_err(ERR_CORRUPT, house_open(&house));
		assert_int_equal(REFUSAL_DAMAGED, house.refusal);
		house.options.cut_unsealed = true;
		assert_err(ERR_OK, house_open(&house));
		/* the one before is there, and one whole takes the place */
		assert_true(house_post(&house, 1, i).is_duplicate);
		answer = house_post(&house, 0, i);
		assert_err(ERR_OK, answer.err);
		assert_int_equal(2 * i + 2, answer.position);
	}
	house_close(&house);
}

int
main(int argc, char **argv)
{
	if (key_start(NULL) != ERR_OK)
		return 1;
	json_start();
	house_make(&house);
	UNIT(test_flips);
	int status = unit_run(argc, argv);
	house_drop(&house);
	return status;
}
