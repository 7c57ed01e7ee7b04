/* keyring and judge: who may write, and what the log says of itself. */
#include "tests/unit.h"

#include "schema/judge.h"
#include "schema/tree.h"

#define ORIGIN "log.example.org/models"
#define KEYS 400

static struct arena *arena;
static struct public_key keys[KEYS];
static struct secret_key *secrets[3]; /* of the first three keys */
static uint8_t bytes[(size_t)1 << 17];

static struct ssh_signer
signer(const char *principal, size_t key)
{
	return (struct ssh_signer){ .principal = span_of_text(principal),
		.key = keys[key] };
}

/* What lies beside the record that was printed last. */
static struct writer lines_beside;

static enum err
print_to(const struct ssh_signer *signers, size_t count,
    const struct hash *previous, struct writer *w)
{
	const struct keyring_terms terms = { ORIGIN, signers, count, previous };

	writer_done(&lines_beside);
	lines_beside = writer_heap(KEYRING_BLOB_MAX);
	return keyring_print(&terms, w, &lines_beside);
}

static enum err
load(void *context, const struct hash *sha256, size_t len, struct writer *ret,
    struct why *w)
{
	size_t *loads = context;
	struct hash sum = sha256_of(writer_view(&lines_beside));

	(void)w;
	(*loads)++;
	assert_true(hash_equal(&sum, sha256));
	assert_int_equal(lines_beside.len, len);
	writer_span(ret, writer_view(&lines_beside));
	return ERR_OK;
}

static size_t damage_at;

/* One bit is another, or at the end a byte is missing. */
static enum err
load_damaged(void *context, const struct hash *sha256, size_t len,
    struct writer *ret, struct why *w)
{
	const struct writer *lines = context;

	(void)sha256;
	(void)w;
	writer_span(ret,
	    span_part(writer_view(lines), 0, damage_at < len ? len : len - 1));
	if (damage_at < len)
		ret->data[damage_at] ^= 4;
	return ERR_OK;
}

static struct span
print(
    const struct ssh_signer *signers, size_t count, const struct hash *previous)
{
	struct writer w = writer_of(bytes, sizeof(bytes));

	assert_err(ERR_OK, print_to(signers, count, previous, &w));
	return writer_view(&w);
}

static struct keyring *
keyring_of(
    const struct ssh_signer *signers, size_t count, const struct hash *previous)
{
	struct keyring *keyring = NULL;
	struct why w = { "" };

	if (keyring_parse(
		print(signers, count, previous), NULL, &keyring, &w) != ERR_OK)
		fail_msg("%s", w.text);
	return keyring;
}

static void
test_round_trip(void **state)
{
	struct ssh_signer signers[] = { signer("zoo", 0), signer("lab", 1),
		signer("lab", 2), signer("a@b.c", 3) };
	struct hash previous = tree_leaf(span_of_text("before"));
	struct keyring *keyring = keyring_of(signers, 4, &previous);
	(void)state;

	assert_string_equal(ORIGIN, keyring->origin);
	assert_int_equal(4, keyring->count);
	assert_true(keyring->has_previous);
	assert_true(hash_equal(&previous, &keyring->previous));
	for (size_t i = 0; i < 4; i++) {
		char keyid[SSH_FINGERPRINT_MAX];
		ssh_fingerprint(&signers[i].key, keyid);
		const struct keyring_member *member =
		    keyring_find(keyring, keyid);
		assert_non_null(member);
		assert_span_text(member->principal, signers[i].principal);
		assert_true(key_public_equal(&member->key, &signers[i].key));
		keyid[10] ^= 1;
		assert_null(keyring_find(keyring, keyid));
	}
	keyring_free(keyring);
	keyring_free(NULL);
}

/* The order in which signers are given does not matter. */
static void
test_one_text_of_one_set(void **state)
{
	struct ssh_signer signers[] = { signer("c", 0), signer("b", 1),
		signer("a", 2) };
	struct ssh_signer turned[] = { signer("a", 2), signer("c", 0),
		signer("b", 1) };
	static uint8_t first[4096];
	(void)state;

	struct span text = print(signers, 3, NULL);
	memcpy(first, text.data, text.len);
	assert_span(span_of(first, text.len), print(turned, 3, NULL));
}

static void
test_nobody(void **state)
{
	struct keyring *keyring = keyring_of(NULL, 0, NULL);
	(void)state;

	assert_int_equal(0, keyring->count);
	assert_false(keyring->has_previous);
	assert_null(keyring_find(keyring, "SHA256:"));
	keyring_free(keyring);
}

static void
test_refused_to_print(void **state)
{
	struct ssh_signer twice[] = { signer("a", 0), signer("a", 0) };
	struct ssh_signer two[] = { signer("a", 0), signer("b", 1),
		signer("c", 0) };
	struct ssh_signer wrong[] = { signer("A", 0) };
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct writer small = writer_of(bytes, 10);
	(void)state;

	assert_err(ERR_CONFLICT, print_to(twice, 2, NULL, &w));
	assert_err(ERR_CONFLICT, print_to(two, 3, NULL, &w));
	assert_err(ERR_SYNTAX, print_to(wrong, 1, NULL, &w));
	assert_int_equal(0, w.len);
	assert_err(ERR_LIMIT, print_to(two, 2, NULL, &small));
}

/* 32,768 bytes of lines stand in the record, one more beside it: 394 shortest lines
 * have 32,702. */
static void
test_beside(void **state)
{
	static const char name[] =
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
	static struct ssh_signer signers[KEYS];
	struct keyring_memo memo = { .keyring = NULL };
	size_t loads = 0;
	struct keyring_source source = { load, &loads, NULL };
	struct keyring *keyring = NULL;
	struct why w = { "" };
	(void)state;

	for (size_t i = 0; i < KEYS; i++)
		signers[i] = signer("a", i);
	size_t lines = 394 * (size_t)(1 + 1 + SSH_LINE_LEN + 1);
	size_t spare = KEYRING_LINES_MAX - lines;
	assert_in_range(spare, 64, 126);
	signers[0].principal = span_of(name, 64);
	signers[1].principal = span_of(name, 1 + spare - 63);
	keyring_free(keyring_of(signers, 394, NULL));
	assert_int_equal(0, lines_beside.len);
	signers[1].principal = span_of(name, 2 + spare - 63);
	struct span text = print(signers, 394, NULL);
	assert_int_equal(KEYRING_LINES_MAX + 1, lines_beside.len);
	assert_err(ERR_MISSING, keyring_parse(text, NULL, &keyring, &w));
	assert_err(ERR_OK, keyring_parse(text, &source, &keyring, &w));
	assert_int_equal(394, keyring->count);
	for (size_t i = 0; i < 394; i++) {
		char keyid[SSH_FINGERPRINT_MAX];
		ssh_fingerprint(&signers[i].key, keyid);
		assert_non_null(keyring_find(keyring, keyid));
	}
	keyring_free(keyring);
	/* what was read once is not read again */
	source.memo = &memo;
	for (size_t i = 0; i < 3; i++) {
		assert_err(ERR_OK, keyring_parse(text, &source, &keyring, &w));
		assert_int_equal(394, keyring->count);
		assert_string_equal(ORIGIN, keyring->origin);
		keyring_free(keyring);
	}
	assert_int_equal(2, loads);
	keyring_memo_done(&memo);
}

/* Each line that is wrong is told by its number; a byte less or more, a flip. */
static void
test_beside_damaged(void **state)
{
	static struct ssh_signer signers[KEYS];
	size_t loads = 0;
	struct keyring_source source = { load, &loads, NULL };
	struct keyring *keyring = NULL;
	struct why w = { "" };
	(void)state;

	for (size_t i = 0; i < KEYS; i++)
		signers[i] = signer("abc", i);
	struct span text = print(signers, 394, NULL);
	/* load() asserts the digest, so damage comes by another source */
	source.load = load_damaged;
	source.context = &lines_beside;
	for (damage_at = 0; damage_at < lines_beside.len; damage_at += 977)
		assert_err(
		    ERR_MISMATCH, keyring_parse(text, &source, &keyring, &w));
	damage_at = lines_beside.len;
	assert_err(ERR_MISMATCH, keyring_parse(text, &source, &keyring, &w));
	assert_null(keyring);
}

/* 4,194,304 bytes of lines, and one more. */
static void
test_beside_limit(void **state)
{
	static const char name[] =
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
	const size_t line_len = 64 + 1 + SSH_LINE_LEN + 1;
	const size_t count = KEYRING_BLOB_MAX / line_len;
	const size_t left = KEYRING_BLOB_MAX - count * line_len;
	struct ssh_signer *signers = calloc(count + 1, sizeof(*signers));
	struct writer w = writer_of(bytes, sizeof(bytes));
	(void)state;

	/* the last two share what one and the rest would have */
	assert_non_null(signers);
	assert_in_range(left, 0, line_len - 1);
	for (size_t i = 0; i <= count; i++) {
		uint8_t seed[KEY_SEED_LEN] = { 99 };
		memcpy(seed + 1, &i, sizeof(i));
		struct secret_key *secret = key_secret_of_seed(seed);
		assert_non_null(secret);
		key_secret_public(secret, &signers[i].key);
		key_secret_free(secret);
		signers[i].principal = span_of(name, 64);
	}
	size_t over =
	    1 + 1 + SSH_LINE_LEN + 1 - left; /* a shortest line more */
	assert_in_range(over, 1, 126);
	signers[count].principal = span_of(name, 1);
	signers[0].principal = span_of(name, over > 63 ? 1 : 64 - over);
	signers[1].principal = span_of(name, over > 63 ? 64 - (over - 63) : 64);
	assert_err(ERR_OK, print_to(signers, count + 1, NULL, &w));
	assert_int_equal(KEYRING_BLOB_MAX, lines_beside.len);
	signers[count].principal = span_of(name, 2);
	assert_err(ERR_LIMIT, print_to(signers, count + 1, NULL, &w));
	free(signers);
}

static void
test_same_members(void **state)
{
	struct hash previous = tree_leaf(span_of_text("before"));
	struct ssh_signer signers[] = { signer("a", 0), signer("b", 1) };
	struct ssh_signer renamed[] = { signer("a", 0), signer("c", 1) };
	struct ssh_signer other[] = { signer("a", 0), signer("b", 2) };
	struct keyring *a = keyring_of(signers, 2, NULL);
	struct keyring *b = keyring_of(signers, 2, &previous);
	struct keyring *c = keyring_of(renamed, 2, NULL);
	struct keyring *d = keyring_of(other, 2, NULL);
	struct keyring *e = keyring_of(signers, 1, NULL);
	(void)state;

	assert_true(keyring_same_members(a, b));
	assert_false(keyring_same_members(a, c));
	assert_false(keyring_same_members(a, d));
	assert_false(keyring_same_members(a, e));
	keyring_free(a);
	keyring_free(b);
	keyring_free(c);
	keyring_free(d);
	keyring_free(e);
}

static void
test_every_flip_is_refused(void **state)
{
	struct ssh_signer signers[] = { signer("a", 0), signer("b", 1) };
	struct span text = print(signers, 2, NULL);
	(void)state;

	for (size_t at = 0; at < text.len * 8; at++) {
		struct keyring *keyring = NULL;
		bytes[at / 8] ^= (uint8_t)(1u << at % 8);
		/* the origin is free, all else is said twice */
		if (keyring_parse(text, NULL, &keyring, NULL) == ERR_OK)
			assert_string_not_equal(ORIGIN, keyring->origin);
		keyring_free(keyring);
		bytes[at / 8] ^= (uint8_t)(1u << at % 8);
	}
}

/* ---- judging records ---- */

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SUBJECT(name) \
	"\"subject\":[{\"name\":\"" name "\",\"digest\":{\"sha256\":\"" A64 \
	"\"}}]"
#define STATEMENT(type, subject, predicate) \
	"{\"_type\":\"" STATEMENT_TYPE "\",\"predicateType\":\"" type \
	"\"," subject ",\"predicate\":" predicate "}"

struct row {
	const char *name;
	const char *payload;
	size_t key; /* 0 is lab's, 1 is zoo's, 2 is nobody's */
	enum err err;
	const char *sentence; /* its beginning */
};

static const struct row rows[] = {
	{ "its own name",
	    STATEMENT("https://headwater/dataset/v1", SUBJECT("lab/a"), "{}"),
	    0, ERR_OK, NULL },
	{ "another's name",
	    STATEMENT("https://headwater/dataset/v1", SUBJECT("lab/a"), "{}"),
	    1, ERR_REFUSED,
	    "subject[0].name: \"lab/a\" belongs to lab, the key to zoo" },
	{ "a longer principal",
	    STATEMENT("https://headwater/dataset/v1", SUBJECT("lab2/a"), "{}"),
	    0, ERR_REFUSED,
	    "subject[0].name: \"lab2/a\" belongs to lab2, the key to lab" },
	{ "nobody's key",
	    STATEMENT("https://headwater/dataset/v1", SUBJECT("lab/a"), "{}"),
	    2, ERR_REFUSED, "keyid: SHA256:" },
	{ "a foreign predicate names nobody",
	    STATEMENT("https://example.org/a", SUBJECT("lab/a"), "{}"), 1,
	    ERR_OK, NULL },
	{ "anyone may dispute",
	    STATEMENT("https://headwater/withdrawal/v1",
		"\"subject\":[{\"digest\":{\"tlogLeaf\":\"" A64 "\"}}]",
		"{\"reason\":\"a\"}"),
	    1, ERR_OK, NULL },
	{ "a keyring of a publisher",
	    STATEMENT("https://headwater/keyring/v1", SUBJECT("lab/a"),
		"{\"signers\":[]}"),
	    0, ERR_REFUSED, "predicateType: keyrings are made by the log" },
};

static void
test_entry(void **state)
{
	const struct row *row = *state;
	struct ssh_signer signers[] = { signer("lab", 0), signer("zoo", 1) };
	struct keyring *keyring = keyring_of(signers, 2, NULL);
	const struct keyring_member *member = NULL;
	struct envelope envelope;
	struct record record;
	struct why w = { "" };

	arena_reset(arena);
	assert_err(ERR_OK,
	    envelope_sign(span_of_text(row->payload), secrets[row->key], arena,
		&envelope));
	assert_err(
	    ERR_OK, record_parse(envelope.payload, arena, &record, NULL));
	assert_err(
	    row->err, judge_entry(keyring, &envelope, &record, &member, &w));
	if (row->sentence != NULL)
		assert_ptr_equal(w.text, strstr(w.text, row->sentence));
	assert_int_equal(row->err == ERR_OK, member != NULL);
	if (row->err == ERR_OK) {
		assert_string_equal(
		    row->key == 0 ? "lab" : "zoo", member->principal);
		envelope.signature.bytes[0] ^= 1;
		assert_err(ERR_REFUSED,
		    judge_entry(keyring, &envelope, &record, &member, &w));
		assert_err(ERR_OK,
		    judge_signer(
			keyring, envelope.keyid, &record, &member, &w));
	}
	record_done(&record);
	keyring_free(keyring);
}

/* ---- judging keyrings ---- */

static enum err
judge(const char *origin, size_t log_key, const struct hash *previous,
    const struct hash *before)
{
	struct judge_log log = { .origin = origin, .key = keys[0] };
	struct ssh_signer signers[] = { signer("lab", 1) };
	struct envelope envelope;
	struct keyring *keyring = NULL;

	arena_reset(arena);
	assert_err(ERR_OK,
	    envelope_sign(print(signers, 1, previous), secrets[log_key], arena,
		&envelope));
	enum err err = judge_keyring(&log, &envelope, before, &keyring, NULL);
	assert_int_equal(err == ERR_OK, keyring != NULL);
	keyring_free(keyring);
	return err;
}

static void
test_keyring(void **state)
{
	struct hash id = tree_leaf(span_of_text("before"));
	struct hash other = tree_leaf(span_of_text("other"));
	(void)state;

	assert_err(ERR_OK, judge(ORIGIN, 0, NULL, NULL));
	assert_err(ERR_OK, judge(ORIGIN, 0, &id, &id));
	assert_err(ERR_REFUSED, judge(ORIGIN, 0, &id, NULL));
	assert_err(ERR_REFUSED, judge(ORIGIN, 0, NULL, &id));
	assert_err(ERR_REFUSED, judge(ORIGIN, 0, &other, &id));
	assert_err(ERR_REFUSED, judge(ORIGIN "2", 0, NULL, NULL));
	assert_err(ERR_REFUSED, judge(ORIGIN, 1, NULL, NULL));
}

static void
test_keyring_of_another_kind(void **state)
{
	struct judge_log log = { .origin = ORIGIN, .key = keys[0] };
	struct envelope envelope;
	struct keyring *keyring;
	(void)state;

	arena_reset(arena);
	assert_err(ERR_OK,
	    envelope_sign(
		span_of_text(rows[0].payload), secrets[0], arena, &envelope));
	assert_err(
	    ERR_SYNTAX, judge_keyring(&log, &envelope, NULL, &keyring, NULL));
}

int
main(int argc, char **argv)
{
	json_start();
	if (key_start(NULL) != ERR_OK)
		return 1;
	arena = arena_new((size_t)1 << 20);
	for (size_t i = 0; i < KEYS; i++) {
		uint8_t seed[KEY_SEED_LEN] = { (uint8_t)i, (uint8_t)(i >> 8) };
		struct secret_key *secret = key_secret_of_seed(seed);
		key_secret_public(secret, &keys[i]);
		if (i < 3)
			secrets[i] = secret;
		else
			key_secret_free(secret);
	}
	UNIT(test_round_trip);
	UNIT(test_one_text_of_one_set);
	UNIT(test_nobody);
	UNIT(test_refused_to_print);
	UNIT(test_beside);
	UNIT(test_beside_damaged);
	UNIT(test_beside_limit);
	UNIT(test_same_members);
	UNIT(test_every_flip_is_refused);
	UNIT_ROWS(rows, test_entry);
	UNIT(test_keyring);
	UNIT(test_keyring_of_another_kind);
	int failed = unit_run(argc, argv);
	for (size_t i = 0; i < 3; i++)
		key_secret_free(secrets[i]);
	arena_free(arena);
	return failed;
}
