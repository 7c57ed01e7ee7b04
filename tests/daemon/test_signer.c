#include "daemon/signer.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/signer_batch.h"
#include "schema/checkpoint.h"
#include "schema/keyring.h"
#include "schema/reader.h"
#include "tests/daemon/signer_kit.h"

/*
 * A whole conversation is written to a file, answered into another, and the
 * answers read back, so that no thread is needed.
 */

static struct kit kit;
static int questions = -1;
static int answers = -1;
static uint64_t now_ms;

static uint64_t
tell_time(void *unused)
{
	(void)unused;
	return now_ms;
}

static void
begin(void)
{
	questions = memfd_create("questions", 0);
	answers = memfd_create("answers", 0);
	assert_true(questions >= 0 && answers >= 0);
}

static void
ask(enum signer_type type, struct span body)
{
	assert_err(ERR_OK, signer_wire_send(questions, type, &body, 1));
}

/* A batch whose entries are the words of `text`. */
static void
ask_seal(uint64_t old_size, const char *text)
{
	uint8_t bytes[4096];
	uint8_t head[10];
	struct writer body = writer_of(bytes, sizeof(bytes));
	struct writer start = writer_of(head, sizeof(head));
	struct span rest = span_of_text(text);
	struct span word = rest;
	uint16_t count = 0;

	while (span_cut(&rest, ' ', &word)) {
		writer_u16(&body, (uint16_t)word.len);
		writer_span(&body, word);
		count++;
	}
	writer_u16(&body, (uint16_t)rest.len);
	writer_span(&body, rest);
	writer_u64(&start, old_size);
	writer_u16(&start, (uint16_t)(count + 1));
	struct span parts[] = { writer_view(&start), writer_view(&body) };
	assert_err(ERR_OK, signer_wire_send(questions, SIGNER_SEAL, parts, 2));
}

static void
ask_keyring(uint64_t stamp_ms, const struct hash *previous)
{
	uint8_t bytes[41];
	struct writer body = writer_of(bytes, sizeof(bytes));

	writer_u64(&body, stamp_ms);
	writer_u8(&body, previous != NULL);
	if (previous != NULL)
		writer_span(&body, hash_span(previous));
	ask(SIGNER_KEYRING, writer_view(&body));
}

/* A signer lives through the questions; its answers wait to be read. */
static enum err
serve(struct why *w)
{
	struct clock clock = { .now_ms = tell_time };
	struct signer_setup setup = { kit.key_path, kit.signers_path, &clock,
		0 };
	struct signer *signer;
	struct why none = { "" };

	assert_err(ERR_OK, signer_new(&setup, &signer, NULL, &none));
	assert_int_equal(0, lseek(questions, 0, SEEK_SET));
	enum err err = signer_serve(signer, questions, answers, w);
	signer_free(signer);
	assert_int_equal(0, lseek(answers, 0, SEEK_SET));
	return err;
}

static void
finish(void)
{
	(void)close(questions);
	(void)close(answers);
}

/* The next answer; ERR_OK with its body, or the refusal. */
static enum err
answer(enum signer_type wanted, struct span *ret, struct why *w)
{
	static uint8_t buffer[SIGNER_ANSWER_MAX];
	enum signer_type type;
	enum err err =
	    signer_wire_receive(answers, buffer, sizeof(buffer), &type, ret);

	if (err != ERR_OK)
		return err;
	if (type == SIGNER_REFUSED)
		return signer_wire_refusal(*ret, w);
	assert_int_equal(wanted, type);
	return ERR_OK;
}

static struct hash
root_of(const char *text)
{
	struct tree_edge edge = { .size = 0 };
	struct hash made[TREE_LEVELS];
	struct span rest = span_of_text(text);
	struct span word = rest;

	for (bool more = true; more;) {
		more = span_cut(&rest, ' ', &word);
		struct hash leaf = tree_leaf(more ? word : rest);
		(void)tree_append(&edge, &leaf, made);
	}
	return tree_edge_root(&edge);
}

static void
assert_note(struct span note, uint64_t size, const char *text)
{
	struct checkpoint checkpoint;
	struct why w = { "" };
	struct hash root = root_of(text);

	assert_err(ERR_OK, checkpoint_verify(note, &kit.key, &checkpoint, &w));
	assert_int_equal(size, checkpoint.head.size);
	assert_true(hash_equal(&root, &checkpoint.head.root));
}

static void
expect_note(enum signer_type type, uint64_t size, const char *text)
{
	struct span note;
	struct why w = { "" };

	assert_err(ERR_OK, answer(type, &note, &w));
	assert_note(note, size, text);
}

static void
expect_refusal(enum err err, const char *part)
{
	struct span body;
	struct why w = { "" };

	assert_err(err, answer(SIGNER_REFUSED, &body, &w));
	assert_non_null(strstr(w.text, part));
}

static void
expect_end(void)
{
	struct span body;

	assert_err(ERR_MISSING, answer(SIGNER_REFUSED, &body, NULL));
}

/* What the next signer says of itself. */
static void
assert_size(uint64_t size)
{
	struct span body;

	begin();
	ask(SIGNER_HELLO, SPAN_EMPTY);
	assert_err(ERR_OK, serve(NULL));
	assert_err(ERR_OK, answer(SIGNER_HELLO, &body, NULL));
	struct reader r = reader_of(body);
	assert_int_equal(size, reader_u64(&r));
	struct span root = reader_take(&r, HASH_LEN);
	assert_int_equal(HASH_LEN, root.len);
	assert_span_text(KIT_ORIGIN, reader_take(&r, reader_u16(&r)));
	assert_span(span_of(kit.key.key.bytes, KEY_PUBLIC_LEN),
	    reader_take(&r, KEY_PUBLIC_LEN));
	assert_err(ERR_OK, reader_end(&r));
	expect_end();
	finish();
}

/* ---- honest ---- */

static void
test_grows(void **unused)
{
	(void)unused;
	kit_make(&kit);
	assert_size(0);
	begin();
	ask_seal(0, "one");
	ask_seal(1, "two three");
	ask_seal(3, "four five six seven");
	assert_err(ERR_OK, serve(NULL));
	expect_note(SIGNER_SEAL, 1, "one");
	expect_note(SIGNER_SEAL, 3, "one two three");
	expect_note(SIGNER_SEAL, 7, "one two three four five six seven");
	expect_end();
	finish();
	assert_size(7);
	kit_remove(&kit);
}

/* The same note, byte for byte, also by the process after this one. */
static void
test_repeats(void **unused)
{
	uint8_t first[CHECKPOINT_NOTE_MAX];
	struct span note;
	size_t len = 0;

	(void)unused;
	kit_make(&kit);
	for (unsigned i = 0; i < 3; i++) {
		begin();
		if (i == 0)
			ask_seal(0, "one two three");
		ask(SIGNER_REPEAT, SPAN_EMPTY);
		assert_err(ERR_OK, serve(NULL));
		if (i == 0) {
			assert_err(ERR_OK, answer(SIGNER_SEAL, &note, NULL));
			len = note.len;
			memcpy(first, note.data, len);
		}
		assert_err(ERR_OK, answer(SIGNER_REPEAT, &note, NULL));
		assert_span(span_of(first, len), note);
		finish();
	}
	kit_remove(&kit);
}

static void
test_nothing_to_repeat(void **unused)
{
	(void)unused;
	kit_make(&kit);
	begin();
	ask(SIGNER_REPEAT, SPAN_EMPTY);
	assert_err(ERR_OK, serve(NULL));
	expect_refusal(ERR_NOT_FOUND, "signed nothing");
	expect_end();
	finish();
	kit_remove(&kit);
}

/* BATCH_ENTRIES_MAX entries are sealed, one more is not. */
static void
test_batch_limit(void **unused)
{
	static uint8_t bytes[16 + 3 * (BATCH_ENTRIES_MAX + 1)];

	(void)unused;
	kit_make(&kit);
	begin();
	for (uint16_t count = BATCH_ENTRIES_MAX + 1; count >= BATCH_ENTRIES_MAX;
	     count--) {
		struct writer body = writer_of(bytes, sizeof(bytes));
		writer_u64(&body, 0);
		writer_u16(&body, count);
		for (uint16_t i = 0; i < count; i++) {
			writer_u16(&body, 1);
			writer_u8(&body, (uint8_t)i);
		}
		ask(SIGNER_SEAL, writer_view(&body));
	}
	assert_err(ERR_OK, serve(NULL));
	expect_refusal(ERR_LIMIT, "1025 entries");
	struct span note;
	assert_err(ERR_OK, answer(SIGNER_SEAL, &note, NULL));
	finish();
	assert_size(BATCH_ENTRIES_MAX);
	kit_remove(&kit);
}

static void
test_longest_entry(void **unused)
{
	static uint8_t bytes[16 + ENTRY_LEN_MAX];
	struct writer body = writer_of(bytes, sizeof(bytes));
	struct span note;

	(void)unused;
	kit_make(&kit);
	begin();
	writer_u64(&body, 0);
	writer_u16(&body, 1);
	writer_u16(&body, ENTRY_LEN_MAX);
	body.len += ENTRY_LEN_MAX;
	ask(SIGNER_SEAL, writer_view(&body));
	assert_err(ERR_OK, serve(NULL));
	assert_err(ERR_OK, answer(SIGNER_SEAL, &note, NULL));
	finish();
	assert_size(1);
	kit_remove(&kit);
}

/* ---- a daemon that lies ---- */

static void
test_lies(void **unused)
{
	(void)unused;
	kit_make(&kit);
	begin();
	ask_seal(0, "one two");
	ask_seal(0, "one two");	  /* a replay */
	ask_seal(0, "one other"); /* the same size with other entries */
	ask_seal(1, "other");	  /* going back by one */
	ask_seal(3, "three");	  /* leaving one out */
	ask_seal(UINT64_MAX, "three");
	ask_seal(2, "");	    /* an empty entry */
	ask_seal(2, "three  five"); /* within a batch */
	ask(SIGNER_REPEAT, SPAN_EMPTY);
	ask_seal(2, "three");
	assert_err(ERR_OK, serve(NULL));
	expect_note(SIGNER_SEAL, 2, "one two");
	for (unsigned i = 0; i < 5; i++)
		expect_refusal(ERR_CONFLICT, "signed size 2");
	expect_refusal(ERR_LIMIT, "empty");
	expect_refusal(ERR_LIMIT, "empty");
	expect_note(SIGNER_REPEAT, 2, "one two");
	expect_note(SIGNER_SEAL, 3, "one two three");
	expect_end();
	finish();
	kit_remove(&kit);
}

static void
test_no_entries(void **unused)
{
	uint8_t zeros[10] = { 0 };

	(void)unused;
	kit_make(&kit);
	begin();
	ask(SIGNER_SEAL, span_of(zeros, sizeof(zeros)));
	assert_err(ERR_OK, serve(NULL));
	expect_refusal(ERR_LIMIT, "0 entries");
	finish();
	assert_size(0);
	kit_remove(&kit);
}

struct row {
	const char *name;
	const char *bytes; /* a stream after a good batch of one */
	size_t len;
};

/* Each ends the signer, with a refusal and without a signature. */
static const struct row rows[] = {
	{ "text", "GET / HTTP/1.1\r\n\r\n", 18 },
	{ "zeros", "\0\0\0\0\0\0\0\0", 8 },
	{ "a length of 4 GiB", "\xff\xff\xff\xff\2", 5 },
	{ "a length just too long", "\4\0\4\x42\2", 5 },
	{ "a message cut short", "\0\0\0\x0e\2\0\0\0\0\0\0\0\1\0\1\0\1", 17 },
	{ "type 0", "\0\0\0\1\0", 5 },
	{ "type 99", "\0\0\0\1\x63", 5 },
	{ "a refusal", "\0\0\0\1\6", 5 },
	{ "hello with a body", "\0\0\0\2\1x", 6 },
	{ "repeat with a body", "\0\0\0\2\3x", 6 },
	{ "reload with a body", "\0\0\0\2\5x", 6 },
	{ "seal without a body", "\0\0\0\1\2", 5 },
	{ "seal without a count", "\0\0\0\x09\2\0\0\0\0\0\0\0\1", 13 },
	{ "seal without its entry", "\0\0\0\x0b\2\0\0\0\0\0\0\0\1\0\1", 15 },
	{ "seal, an entry too long", "\0\0\0\x0e\2\0\0\0\0\0\0\0\1\0\1\0\2x",
	    18 },
	{ "seal, a byte too many", "\0\0\0\x0f\2\0\0\0\0\0\0\0\1\0\1\0\1xy",
	    19 },
	{ "keyring without a stamp", "\0\0\0\1\4", 5 },
	{ "keyring, neither 0 nor 1", "\0\0\0\x0a\4\0\0\0\0\0\0\0\0\2", 14 },
	{ "keyring, a previous cut short", "\0\0\0\x0b\4\0\0\0\0\0\0\0\0\1x",
	    15 },
	{ "keyring, a byte too many", "\0\0\0\x0b\4\0\0\0\0\0\0\0\0\0x", 15 },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct span body;
	struct why w = { "" };

	kit_make(&kit);
	begin();
	ask_seal(0, "one");
	assert_int_equal(row->len, write(questions, row->bytes, row->len));
	enum err err = serve(&w);
	assert_true(err == ERR_SYNTAX || err == ERR_LIMIT);
	expect_note(SIGNER_SEAL, 1, "one");
	assert_err(err, answer(SIGNER_REFUSED, &body, &w));
	expect_end();
	finish();
	assert_size(1);
	kit_remove(&kit);
}

/* ---- memory that forgets (B12) ---- */

static void
test_flipped_bits(void **unused)
{
	static uint8_t entry[1500];
	static uint8_t copy[sizeof(entry)];
	struct hash leaf;

	(void)unused;
	for (size_t i = 0; i < sizeof(entry); i++)
		entry[i] = (uint8_t)(i * 31);
	for (unsigned i = 0; i < 1000; i++) {
		uint32_t random;
		memcpy(copy, entry, sizeof(copy));
		key_random(&random, sizeof(random));
		size_t at = (random >> 3) % sizeof(entry);
		uint8_t *buffer = i % 2 == 0 ? copy : entry;
		buffer[at] ^= (uint8_t)(1 << (random & 7));
		assert_err(ERR_DIVERGED,
		    signer_leaf(span_of(entry, sizeof(entry)),
			span_of(copy, sizeof(copy)), &leaf, NULL));
		buffer[at] ^= (uint8_t)(1 << (random & 7));
	}
	memcpy(copy, entry, sizeof(copy));
	assert_err(ERR_OK,
	    signer_leaf(span_of(entry, sizeof(entry)),
		span_of(copy, sizeof(copy)), &leaf, NULL));
}

/* Each bit of the right edge in memory. */
static void
test_flipped_edge(void **unused)
{
	static uint8_t copy[ENTRY_LEN_MAX];
	struct signer_state state = { .fd = -1 };
	struct hash made[TREE_LEVELS];
	struct tree_edge edge;
	uint8_t body[] = { 0, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 'x' };

	(void)unused;
	for (size_t i = 0; i < 3; i++) {
		struct hash leaf = tree_leaf(span_of(&i, sizeof(i)));
		(void)tree_append(&state.edge, &leaf, made);
	}
	state.root = tree_edge_root(&state.edge);
	struct span seal = span_of(body, sizeof(body));
	for (size_t bit = 0; bit < 2 * HASH_LEN * 8; bit++) {
		uint8_t *at = &state.edge.nodes[bit / 8 / HASH_LEN]
				   .bytes[bit / 8 % HASH_LEN];
		*at ^= (uint8_t)(1 << (bit & 7));
		assert_err(ERR_DIVERGED,
		    signer_batch(&state, seal, copy, &edge, NULL));
		*at ^= (uint8_t)(1 << (bit & 7));
	}
	assert_err(ERR_OK, signer_batch(&state, seal, copy, &edge, NULL));
	assert_int_equal(4, edge.size);
}

/* ---- faults ---- */

#ifdef HEADWATER_FAULTS
static void
seal_with_fault(const char *fault, enum err err, uint64_t size)
{
	struct span body;
	struct why w = { "" };

	kit_make(&kit);
	begin();
	ask_seal(0, "one two three");
	ask_seal(3, "four");
	/* the first pass is that at the start */
	fault_set(fault);
	assert_err(err, serve(&w));
	fault_set("");
	assert_err(err, answer(SIGNER_REFUSED, &body, &w));
	expect_end();
	finish();
	assert_size(size);
	kit_remove(&kit);
}

static void
test_faults(void **unused)
{
	(void)unused;
	assert_err(ERR_OK, key_start(NULL));
	seal_with_fault("signer-flip:1:error", ERR_DIVERGED, 0);
	/* written or not: what is found counts, and nothing was signed */
	seal_with_fault("signer-state-write:2:error", ERR_IO, 0);
	seal_with_fault("signer-state-sync:2:error", ERR_IO, 3);
}
#endif

/* ---- keyrings ---- */

static void
expect_keyring(size_t count, uint64_t next_ms, struct hash *ret_id)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	struct envelope envelope;
	struct keyring *keyring;
	struct span body;
	struct why w = { "" };
	char keyid[SSH_FINGERPRINT_MAX];

	assert_err(ERR_OK, answer(SIGNER_KEYRING, &body, &w));
	struct reader r = reader_of(body);
	assert_int_equal(next_ms, reader_u64(&r));
	struct span entry = reader_take(&r, reader_u32(&r));
	assert_err(ERR_OK, reader_end(&r)); /* nothing lies beside it */
	assert_err(ERR_OK, envelope_parse_entry(entry, arena, &envelope, &w));
	ssh_fingerprint(&kit.key.key, keyid);
	assert_string_equal(keyid, envelope.keyid);
	assert_err(ERR_OK, envelope_verify(&envelope, &kit.key.key, &w));
	assert_err(ERR_OK, keyring_parse(envelope.payload, NULL, &keyring, &w));
	assert_int_equal(count, keyring->count);
	assert_string_equal(KIT_ORIGIN, keyring->origin);
	*ret_id = tree_leaf(entry);
	keyring_free(keyring);
	arena_free(arena);
}

static void
test_keyring_boundaries(void **unused)
{
	const uint64_t after = 1772323200000;  /* 2026-03-01T00:00:00Z */
	const uint64_t before = 1775001600000; /* 2026-04-01T00:00:00Z */
	char line[512];
	struct hash id;

	(void)unused;
	kit_make(&kit);
	(void)kit_line(line, sizeof(line),
	    "acme valid-after=\"20260301Z\",valid-before=\"20260401Z\"", 1);
	kit_write(kit.signers_path, line);
	now_ms = after - 1;
	begin();
	ask_keyring(after - 1, NULL);
	ask_keyring(after, NULL);
	ask_keyring(before - 1, NULL);
	ask_keyring(before, NULL);
	assert_err(ERR_OK, serve(NULL));
	expect_keyring(0, after, &id);
	expect_keyring(1, before, &id);
	expect_keyring(1, before, &id);
	expect_keyring(0, UINT64_MAX, &id);
	expect_end();
	finish();
	kit_remove(&kit);
}

/* At most a minute behind our clock; ahead of it as far as the log may be. */
static void
test_stamps(void **unused)
{
	struct hash id;

	(void)unused;
	kit_make(&kit);
	now_ms = 1772323200000;
	begin();
	ask_keyring(now_ms - SIGNER_STAMP_BEHIND_MS, NULL);
	ask_keyring(now_ms - SIGNER_STAMP_BEHIND_MS - 1, NULL);
	ask_keyring(0, NULL);
	ask_keyring(now_ms + 86400000, NULL);
	assert_err(ERR_OK, serve(NULL));
	expect_keyring(1, UINT64_MAX, &id);
	expect_refusal(ERR_BUSY, "behind the signer's clock");
	expect_refusal(ERR_BUSY, "behind the signer's clock");
	expect_keyring(1, UINT64_MAX, &id);
	expect_end();
	finish();
	now_ms = 0;
	kit_remove(&kit);
}

static void
test_previous(void **unused)
{
	struct hash first;
	struct hash second;

	(void)unused;
	kit_make(&kit);
	begin();
	ask_keyring(5, NULL);
	assert_err(ERR_OK, serve(NULL));
	expect_keyring(1, UINT64_MAX, &first);
	finish();
	begin();
	ask_keyring(5, &first);
	ask_seal(0, "one");
	ask_keyring(5, &first);
	ask_keyring(5, NULL); /* entry 0 is there already */
	assert_err(ERR_OK, serve(NULL));
	expect_keyring(1, UINT64_MAX, &second);
	assert_false(hash_equal(&first, &second));
	expect_note(SIGNER_SEAL, 1, "one");
	expect_keyring(1, UINT64_MAX, &first);
	assert_true(hash_equal(&first, &second)); /* it is deterministic */
	expect_refusal(ERR_REFUSED, "entry 0");
	expect_end();
	finish();
	kit_remove(&kit);
}

/* One process, on a socket, since the file changes between two questions. */
static void
test_reload(void **unused)
{
	struct signer_setup setup = { kit.key_path, kit.signers_path, NULL, 0 };
	static const struct {
		const char *text;
		enum err err;
		const char *sentence;
		size_t count;
	} steps[] = {
		{ NULL, ERR_OK, NULL, 1 },
		{ "acme *broken\n", ERR_REFUSED, "signers:1: ", 1 },
		{ "", ERR_OK, NULL, 0 },
		{ "\x01", ERR_REFUSED, "signers:1: ", 0 },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct signer *signer;
		struct hash id;
		int pair[2];
		kit_make(&kit);
		if (steps[i].count == 0)
			kit_write(kit.signers_path, "");
		assert_err(ERR_OK, signer_new(&setup, &signer, NULL, NULL));
		if (steps[i].text != NULL)
			kit_write(kit.signers_path, steps[i].text);
		assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
		questions = answers = pair[0];
		ask(SIGNER_RELOAD, SPAN_EMPTY);
		ask_keyring((uint64_t)1 << 50, NULL);
		assert_int_equal(0, shutdown(pair[0], SHUT_WR));
		assert_err(
		    ERR_OK, signer_serve(signer, pair[1], pair[1], NULL));
		signer_free(signer);
		(void)close(pair[1]);
		if (steps[i].err == ERR_OK) {
			struct span body;
			assert_err(ERR_OK, answer(SIGNER_RELOAD, &body, NULL));
			assert_int_equal(4, body.len);
		} else {
			expect_refusal(steps[i].err, steps[i].sentence);
		}
		expect_keyring(steps[i].count, UINT64_MAX, &id);
		expect_end();
		(void)close(pair[0]);
		kit_remove(&kit);
	}
}

/* ---- what it starts with ---- */

static void
refuse_start(enum err err, const char *part)
{
	struct signer_setup setup = { kit.key_path, kit.signers_path, NULL, 0 };
	struct signer *signer = NULL;
	struct why w = { "" };

	assert_err(err, signer_new(&setup, &signer, NULL, &w));
	assert_non_null(strstr(w.text, part));
}

static void
test_starts(void **unused)
{
	char line[256];

	(void)unused;
	kit_make(&kit);
	assert_int_equal(0, unlink(kit.signers_path));
	refuse_start(ERR_REFUSED, "signers: ");
	kit_write(kit.signers_path, "nobody\n");
	refuse_start(ERR_REFUSED, "signers:1: ");
	struct writer w = writer_of(line, sizeof(line) - 1);
	writer_text(&w, "acme ");
	ssh_public_print(&kit.key.key, &w);
	line[w.len] = 0;
	kit_write(kit.signers_path, line);
	refuse_start(ERR_REFUSED, "the log's own key");
	kit_write(kit.signers_path, "");
	assert_int_equal(0, unlink(kit.state_path));
	refuse_start(ERR_REFUSED, "state --new");
	kit_write(kit.key_path, "PRIVATE+KEY+x\n");
	refuse_start(ERR_REFUSED, "key");
	kit_write(kit.key_path, "");
	refuse_start(ERR_REFUSED, "empty");
	assert_int_equal(0, unlink(kit.key_path));
	refuse_start(ERR_MISSING, "key");
	kit_remove(&kit);
}

/* A log whose state is one batch behind may be fed; a restored key file of
 * another log may not use this state. */
static void
test_state_of_another(void **unused)
{
	struct kit other;

	(void)unused;
	kit_make(&kit);
	other = kit;
	kit_make(&kit);
	assert_int_equal(0, rename(other.state_path, kit.state_path));
	refuse_start(ERR_REFUSED, "another key");
	kit_remove(&kit);
	(void)unlink(other.state_path);
	kit_remove(&other);
}

int
main(int argc, char **argv)
{
	UNIT(test_grows);
	UNIT(test_repeats);
	UNIT(test_nothing_to_repeat);
	UNIT(test_batch_limit);
	UNIT(test_longest_entry);
	UNIT(test_lies);
	UNIT(test_no_entries);
	UNIT_ROWS(rows, test_row);
	UNIT(test_flipped_bits);
	UNIT(test_flipped_edge);
#ifdef HEADWATER_FAULTS
	UNIT(test_faults);
#endif
	UNIT(test_keyring_boundaries);
	UNIT(test_stamps);
	UNIT(test_previous);
	UNIT(test_reload);
	UNIT(test_starts);
	UNIT(test_state_of_another);
	return unit_run(argc, argv);
}
