#include "daemon/signer_state.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/daemon/signer_kit.h"

static struct kit kit;

static struct tree_edge
edge_of(uint64_t size)
{
	struct tree_edge edge = { .size = 0 };
	struct hash made[TREE_LEVELS];

	for (uint64_t i = 0; i < size; i++) {
		struct hash leaf = tree_leaf(span_of(&i, sizeof(i)));
		(void)tree_append(&edge, &leaf, made);
	}
	return edge;
}

/* A file whose states are of size 1 (older) and 2 (newest). */
static void
make_two(uint8_t file[static SIGNER_STATE_LEN])
{
	struct signer_state state;
	struct arena *arena = arena_new((size_t)64 << 10);
	struct span bytes;

	kit_make(&kit);
	assert_err(
	    ERR_OK, signer_state_open(kit.state_path, &kit.key, &state, NULL));
	for (uint64_t size = 1; size <= 2; size++) {
		struct tree_edge edge = edge_of(size);
		assert_err(ERR_OK, signer_state_put(&state, &edge, NULL));
	}
	signer_state_close(&state);
	assert_err(ERR_OK,
	    file_read(kit.state_path, SIGNER_STATE_LEN, arena, &bytes, NULL));
	assert_int_equal(SIGNER_STATE_LEN, bytes.len);
	memcpy(file, bytes.data, bytes.len);
	arena_free(arena);
}

static void
put_file(const uint8_t *file, size_t len)
{
	int fd = open(kit.state_path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(len, pwrite(fd, file, len, 0));
	assert_int_equal(0, ftruncate(fd, (off_t)len));
	assert_int_equal(0, close(fd));
}

static enum err
look(struct signer_state *ret, struct why *w)
{
	return signer_state_look(kit.state_path, &kit.key, ret, w);
}

/* The slot that holds the newest state, from the bytes alone. */
static size_t
newest_slot(const uint8_t *file)
{
	struct signer_state a;
	struct signer_state b;

	assert_err(ERR_OK,
	    signer_state_decode(span_of(file, SIGNER_COPY_LEN), &a, NULL));
	assert_err(ERR_OK,
	    signer_state_decode(span_of(file + SIGNER_COPIES * SIGNER_COPY_LEN,
				    SIGNER_COPY_LEN),
		&b, NULL));
	return a.sequence > b.sequence ? 0 : 1;
}

/* ---- one copy ---- */

static void
test_round_trip(void **unused)
{
	static const uint64_t sizes[] = { 0, 1, 2, 3, 7, 8, 255, 1000 };

	(void)unused;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t copy[SIGNER_COPY_LEN];
		struct signer_state back;
		struct signer_state state = { .fd = -1, .sequence = i };
		state.edge = edge_of(sizes[i]);
		state.root = tree_edge_root(&state.edge);
		state.owner = tree_empty();
		signer_state_encode(&state, copy);
		assert_err(ERR_OK,
		    signer_state_decode(
			span_of(copy, sizeof(copy)), &back, NULL));
		assert_int_equal(i, back.sequence);
		assert_int_equal(sizes[i], back.edge.size);
		assert_int_equal(state.edge.count, back.edge.count);
		assert_true(hash_equal(&state.root, &back.root));
		assert_true(hash_equal(&state.owner, &back.owner));
		assert_memory_equal(state.edge.nodes, back.edge.nodes,
		    state.edge.count * HASH_LEN);
	}
}

static void
test_every_byte_damaged(void **unused)
{
	uint8_t copy[SIGNER_COPY_LEN];
	struct signer_state back;
	struct signer_state state = { .fd = -1, .edge = edge_of(3) };

	(void)unused;
	state.root = tree_edge_root(&state.edge);
	signer_state_encode(&state, copy);
	for (size_t i = 0; i < sizeof(copy); i++) {
		copy[i] ^= 1;
		assert_err(ERR_CORRUPT,
		    signer_state_decode(
			span_of(copy, sizeof(copy)), &back, NULL));
		copy[i] ^= 1;
	}
	for (size_t len = 0; len < sizeof(copy); len += 7)
		assert_err(ERR_CORRUPT,
		    signer_state_decode(span_of(copy, len), &back, NULL));
}

/* A right checksum over something that is none of ours. */
static void
refuse_changed(size_t at, uint8_t value)
{
	uint8_t copy[SIGNER_COPY_LEN];
	struct signer_state back;
	struct signer_state state = { .fd = -1, .edge = edge_of(3) };

	state.root = tree_edge_root(&state.edge);
	signer_state_encode(&state, copy);
	copy[at] = value;
	struct hash sum = sha256_of(span_of(copy, SIGNER_COPY_LEN - HASH_LEN));
	memcpy(copy + SIGNER_COPY_LEN - HASH_LEN, sum.bytes, HASH_LEN);
	assert_err(ERR_REFUSED,
	    signer_state_decode(span_of(copy, sizeof(copy)), &back, NULL));
}

static void
test_whole_but_wrong(void **unused)
{
	(void)unused;
	refuse_changed(0, 'H');	   /* magic */
	refuse_changed(19, 2);	   /* version */
	refuse_changed(60, 0x80);  /* size above 2^63-1 */
	refuse_changed(67, 4);	   /* size that the edge does not have */
	refuse_changed(68, 0xee);  /* root */
	refuse_changed(100, 0xee); /* edge */
	refuse_changed(200, 1);	   /* after the edge */
	refuse_changed(4000, 1);   /* after all */
}

/* ---- the file ---- */

static void
test_turns(void **unused)
{
	struct signer_state state;
	struct signer_state seen;

	(void)unused;
	kit_make(&kit);
	assert_err(
	    ERR_OK, signer_state_open(kit.state_path, &kit.key, &state, NULL));
	for (uint64_t size = 1; size < 20; size++) {
		struct tree_edge edge = edge_of(size);
		uint64_t sequence = state.sequence;
		assert_err(ERR_OK, signer_state_put(&state, &edge, NULL));
		assert_int_equal(sequence + 1, state.sequence);
		assert_err(ERR_OK, look(&seen, NULL));
		assert_int_equal(size, seen.edge.size);
		assert_int_equal(0, seen.damaged);
		assert_true(hash_equal(&state.root, &seen.root));
	}
	signer_state_close(&state);
	kit_remove(&kit);
}

/* Any one byte, in any copy: the newest state stays the newest. */
static void
test_one_damaged_copy(void **unused)
{
	static uint8_t file[SIGNER_STATE_LEN];
	struct signer_state seen;

	(void)unused;
	make_two(file);
	for (size_t i = 0; i < sizeof(file); i += i % 512 == 0 ? 1 : 37) {
		file[i] ^= 0x10;
		put_file(file, sizeof(file));
		assert_err(ERR_OK, look(&seen, NULL));
		assert_int_equal(2, seen.edge.size);
		assert_int_equal(1, seen.damaged);
		file[i] ^= 0x10;
	}
	kit_remove(&kit);
}

/* A slot damaged in both copies at any byte: the other slot's state; both slots:
 * refused. */
static void
test_damaged_slots(void **unused)
{
	const size_t slot_len = (size_t)SIGNER_COPIES * SIGNER_COPY_LEN;
	static uint8_t file[SIGNER_STATE_LEN];
	struct signer_state seen;
	struct why w;

	(void)unused;
	make_two(file);
	size_t newest = newest_slot(file);
	for (size_t slot = 0; slot < SIGNER_SLOTS; slot++) {
		for (size_t i = 0; i < SIGNER_COPY_LEN; i += 13) {
			uint8_t *at = file + slot * slot_len + i;
			at[0] ^= 1;
			at[SIGNER_COPY_LEN] ^= 1;
			put_file(file, sizeof(file));
			assert_err(ERR_OK, look(&seen, NULL));
			assert_int_equal(
			    slot == newest ? 1 : 2, seen.edge.size);
			assert_int_equal(2, seen.damaged);
			at[0] ^= 1;
			at[SIGNER_COPY_LEN] ^= 1;
		}
	}
	for (size_t i = 0; i < sizeof(file); i += SIGNER_COPY_LEN)
		file[i + 100] ^= 1;
	put_file(file, sizeof(file));
	assert_err(ERR_CORRUPT, look(&seen, &w));
	assert_non_null(strstr(w.text, "state --new"));
	assert_err(ERR_CORRUPT,
	    signer_state_open(kit.state_path, &kit.key, &seen, &w));
	kit_remove(&kit);
}

/* Power loss in the middle of the write of state 3 over state 1: each
 * subset of sectors.  Either 2 or 3 is there, and goes on to 4. */
static void
test_torn_writes(void **unused)
{
	const size_t slot_len = (size_t)SIGNER_COPIES * SIGNER_COPY_LEN;
	static uint8_t file[SIGNER_STATE_LEN];
	uint8_t copy[SIGNER_COPY_LEN];
	struct signer_state state;
	struct tree_edge three = edge_of(3);
	struct tree_edge four = edge_of(4);

	(void)unused;
	make_two(file);
	size_t older = 1 - newest_slot(file);
	assert_err(ERR_OK, look(&state, NULL));
	state.sequence++;
	state.edge = three;
	state.root = tree_edge_root(&three);
	signer_state_encode(&state, copy);
	for (unsigned mask = 0; mask < 256; mask++) {
		static uint8_t torn[SIGNER_STATE_LEN];
		memcpy(torn, file, sizeof(torn));
		for (unsigned sector = 0; sector < 8; sector++) {
			size_t at = (size_t)sector * 512;
			if ((mask >> sector & 1) != 0)
				memcpy(torn + older * slot_len + at, copy + at,
				    512);
			if ((mask * 7 >> sector & 1) != 0)
				memcpy(torn + older * slot_len +
					SIGNER_COPY_LEN + at,
				    copy + at, 512);
		}
		put_file(torn, sizeof(torn));
		assert_err(ERR_OK,
		    signer_state_open(kit.state_path, &kit.key, &state, NULL));
		assert_true(state.edge.size == 2 || state.edge.size == 3);
		assert_true(mask != 255 || state.edge.size == 3);
		assert_err(ERR_OK, signer_state_put(&state, &four, NULL));
		signer_state_close(&state);
		assert_err(ERR_OK, look(&state, NULL));
		assert_int_equal(4, state.edge.size);
	}
	kit_remove(&kit);
}

static void
test_swapped_slots(void **unused)
{
	const size_t slot_len = (size_t)SIGNER_COPIES * SIGNER_COPY_LEN;
	static uint8_t file[SIGNER_STATE_LEN];
	static uint8_t swapped[SIGNER_STATE_LEN];
	struct signer_state seen;

	(void)unused;
	make_two(file);
	memcpy(swapped, file + slot_len, slot_len);
	memcpy(swapped + slot_len, file, slot_len);
	put_file(swapped, sizeof(swapped));
	assert_err(ERR_REFUSED, look(&seen, NULL));
	kit_remove(&kit);
}

static void
test_lengths(void **unused)
{
	static const size_t lens[] = { 0, 1, 4096, SIGNER_STATE_LEN - 1,
		SIGNER_STATE_LEN + 1 };
	static uint8_t file[SIGNER_STATE_LEN + 1];
	struct signer_state seen;

	(void)unused;
	make_two(file);
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		put_file(file, lens[i]);
		assert_err(ERR_REFUSED, look(&seen, NULL));
	}
	memset(file, 0, sizeof(file)); /* punched */
	put_file(file, SIGNER_STATE_LEN);
	assert_err(ERR_CORRUPT, look(&seen, NULL));
	kit_remove(&kit);
}

static void
test_another_key(void **unused)
{
	struct signer_state seen;
	struct note_key other;
	struct why w;

	(void)unused;
	kit_make(&kit);
	note_key_make("log.example.org/other", &kit.key.key, &other);
	assert_err(
	    ERR_REFUSED, signer_state_look(kit.state_path, &other, &seen, &w));
	assert_non_null(strstr(w.text, "another key"));
	assert_err(
	    ERR_OK, signer_state_look(kit.state_path, NULL, &seen, NULL));
	kit_remove(&kit);
}

static void
test_places(void **unused)
{
	struct signer_state seen;
	struct why w;

	(void)unused;
	kit_make(&kit);
	assert_err(
	    ERR_CONFLICT, signer_state_create(kit.state_path, &kit.key, &w));
	assert_int_equal(0, chmod(kit.state_path, 0620));
	assert_err(ERR_REFUSED, look(&seen, &w));
	assert_int_equal(0, unlink(kit.state_path));
	assert_err(ERR_MISSING, look(&seen, &w));
	assert_int_equal(0, symlink(kit.key_path, kit.state_path));
	assert_err(ERR_REFUSED, look(&seen, &w));
	assert_int_equal(0, unlink(kit.state_path));
	assert_int_equal(0, mkfifo(kit.state_path, 0600));
	assert_err(ERR_REFUSED, look(&seen, &w));
	assert_err(ERR_REFUSED,
	    signer_state_open(kit.state_path, &kit.key, &seen, &w));
	kit_remove(&kit);
}

/* Held by another process, whose number is told; free again when it ends. */
static void
test_lock(void **unused)
{
	struct signer_state state;
	struct why w;
	int ready[2];
	char byte;
	char number[32];

	(void)unused;
	kit_make(&kit);
	assert_int_equal(0, pipe(ready));
	pid_t pid = fork();
	if (pid == 0) {
		if (signer_state_open(kit.state_path, &kit.key, &state, NULL) ==
			ERR_OK &&
		    write(ready[1], "x", 1) == 1)
			(void)pause();
		_exit(1);
	}
	assert_int_equal(1, read(ready[0], &byte, 1));
	assert_err(ERR_CONFLICT,
	    signer_state_open(kit.state_path, &kit.key, &state, &w));
	(void)snprintf(number, sizeof(number), "process %ld,", (long)pid);
	assert_non_null(strstr(w.text, number));
	assert_err(ERR_OK, look(&state, NULL)); /* reading needs no lock */
	assert_int_equal(0, kill(pid, SIGKILL));
	assert_int_equal(pid, waitpid(pid, NULL, 0));
	assert_err(
	    ERR_OK, signer_state_open(kit.state_path, &kit.key, &state, &w));
	signer_state_close(&state);
	(void)close(ready[0]);
	(void)close(ready[1]);
	kit_remove(&kit);
}

/* What is read at start is written again, in the other slot. */
static void
test_rewritten_at_start(void **unused)
{
	static uint8_t file[SIGNER_STATE_LEN];
	struct signer_state before;
	struct signer_state state;
	struct signer_state after;

	(void)unused;
	make_two(file);
	file[SIGNER_COPY_LEN + 5] ^= 1;
	put_file(file, sizeof(file));
	assert_err(ERR_OK, look(&before, NULL));
	for (unsigned i = 0; i < 2; i++) {
		assert_err(ERR_OK,
		    signer_state_open(kit.state_path, &kit.key, &state, NULL));
		signer_state_close(&state);
	}
	assert_err(ERR_OK, look(&after, NULL));
	assert_int_equal(before.sequence + 2, after.sequence);
	assert_int_equal(2, after.edge.size);
	assert_int_equal(0, after.damaged); /* both slots were renewed */
	kit_remove(&kit);
}

int
main(int argc, char **argv)
{
	UNIT(test_round_trip);
	UNIT(test_every_byte_damaged);
	UNIT(test_whole_but_wrong);
	UNIT(test_turns);
	UNIT(test_one_damaged_copy);
	UNIT(test_damaged_slots);
	UNIT(test_torn_writes);
	UNIT(test_swapped_slots);
	UNIT(test_lengths);
	UNIT(test_another_key);
	UNIT(test_places);
	UNIT(test_lock);
	UNIT(test_rewritten_at_start);
	return unit_run(argc, argv);
}
