/* admit: what may wait for the log, and who may no longer. */
#include "tests/unit.h"

#include "daemon/gist.h"
#include "tests/daemon/house.h"

#define STATEMENT(name, type, predicate) \
	"{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{" name \
	"\"digest\":{\"sha256\":" \
	"\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"" \
	"}}],\"predicateType\":\"" type "\",\"predicate\":" predicate "}"
#define A32 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A64 A32 A32
#define CODE "https://headwater/code/v1"

static struct secret_key *keys[3]; /* of p0, p1 and a stranger */
static struct signers *signers;

static struct keyring *
make_keyring(const char *const principals[2])
{
	struct ssh_signer members[2];
	struct writer payload = writer_heap(KEYRING_LINES_MAX * 2);
	struct keyring *keyring;

	for (size_t i = 0; i < 2; i++) {
		members[i] = (struct ssh_signer){
			.principal = span_of_text(principals[i]),
			.valid_before_ms = UINT64_MAX,
		};
		key_secret_public(keys[i], &members[i].key);
	}
	const struct keyring_terms terms = { "log.example.org", members, 2,
		NULL };
	struct writer beside = writer_heap(1);
	assert_err(ERR_OK, keyring_print(&terms, &payload, &beside));
	assert_err(
	    ERR_OK, keyring_parse(writer_view(&payload), NULL, &keyring, NULL));
	writer_done(&payload);
	return keyring;
}

static int
prepare(void **state)
{
	static const char *const principals[2] = { "p0", "p1" };
	struct hash id = { { 9 } };

	(void)state;
	assert_err(ERR_OK, key_start(NULL));
	for (uint8_t i = 0; i < 3; i++) {
		uint8_t seed[KEY_SEED_LEN] = { i };
		keys[i] = key_secret_of_seed(seed);
	}
	signers = signers_new();
	assert_err(
	    ERR_OK, signers_put(signers, make_keyring(principals), 41, &id));
	return 0;
}

static int
clean_up(void **state)
{
	(void)state;
	signers_free(signers);
	for (size_t i = 0; i < 3; i++)
		key_secret_free(keys[i]);
	return 0;
}

struct row {
	const char *name;
	const char *payload;
	size_t signer;
	enum err err;
	const char *word;
	bool is_damaged; /* a digit of the signature is another */
};

static const struct row rows[] = {
	{ "one's own name", STATEMENT("\"name\":\"p0/x\",", CODE, "{}"), 0,
	    ERR_OK, NULL, false },
	{ "somebody else's name", STATEMENT("\"name\":\"p1/x\",", CODE, "{}"),
	    0, ERR_REFUSED, "p1", false },
	{ "a principal that begins the same",
	    STATEMENT("\"name\":\"p00/x\",", CODE, "{}"), 0, ERR_REFUSED, "p00",
	    false },
	{ "a key that nobody listed",
	    STATEMENT("\"name\":\"p0/x\",", CODE, "{}"), 2, ERR_REFUSED,
	    "keyid", false },
	{ "a signature that is not its own",
	    STATEMENT("\"name\":\"p0/x\",", CODE, "{}"), 0, ERR_REFUSED, "sig",
	    true },
	{ "any foreign predicate",
	    STATEMENT("", "https://example.org/x", "{\"a\":1}"), 1, ERR_OK,
	    NULL, false },
	{ "a reserved predicate",
	    STATEMENT("", "https://headwater/new/v1", "{}"), 1, ERR_SYNTAX,
	    "predicateType", false },
	{ "a keyring, whoever signs",
	    STATEMENT("\"name\":\"log.example.org\",",
		"https://headwater/keyring/v1", "{\"signers\":[]}"),
	    0, ERR_REFUSED, "keyring", false },
	{ "a warning about what somebody else named",
	    STATEMENT("\"name\":\"p1/x\",", "https://headwater/advisory/v1",
		"{\"reason\":\"poison\",\"severity\":\"high\","
		"\"action\":\"exclude\"}"),
	    0, ERR_OK, NULL, false },
	{ "an answer to any record",
	    STATEMENT("", "https://headwater/advisory/v1",
		"{\"inReplyTo\":{\"tlogLeaf\":\"00112233445566778899aabbccddee"
		"ff00112233445566778899aabbccddeeff\"},\"status\":"
		"\"rejected\"}"),
	    1, ERR_OK, NULL, false },
	{ "an opening of a set that has no root",
	    STATEMENT(
		"", "https://headwater/disclosure/v1", "{\"openings\":[]}"),
	    0, ERR_SYNTAX, "openings", false },
	{ "an opening that is not of the set",
	    "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":["
	    "{\"digest\":{\"sha256\":\"" A64 "\",\"merkleTreeHash\":\"" A64
	    "\"}}],\"predicateType\":\"https://headwater/disclosure/v1\","
	    "\"predicate\":{\"openings\":[{\"line\":\"" A32 " " A64
	    "  a\",\"index\":\"0\",\"size\":\"1\",\"hashes\":[]}]}}",
	    0, ERR_MISMATCH, "openings[0]", false },
	{ "no statement", "[]", 0, ERR_SYNTAX, "", false },
};

static struct span
sign(const struct row *row, struct arena *arena)
{
	struct writer body = writer_of(arena_take(arena, 8192, 1), 8192);
	struct envelope envelope;

	assert_err(ERR_OK,
	    envelope_sign(span_of_text(row->payload), keys[row->signer], arena,
		&envelope));
	if (row->is_damaged)
		envelope.signature.bytes[7] ^= 1;
	envelope_print(&envelope, &body);
	assert_err(ERR_OK, writer_end(&body));
	return writer_view(&body);
}

static void
test_admit(void **state)
{
	const struct row *row = *state;
	struct arena *arena = arena_new(ADMIT_ARENA_MAX);
	struct admitted admitted;
	struct why w = { 0 };
	struct gist gist;
	struct span body = sign(row, arena);

	assert_err(row->err, admit(signers, body, arena, &admitted, &w));
	if (row->err == ERR_OK) {
		struct hash id = tree_leaf(body);
		assert_span(body, admitted.entry);
		assert_true(hash_equal(&id, &admitted.id));
		assert_int_equal(41, admitted.keyring);
		assert_err(ERR_OK, gist_unpack(admitted.gist, &gist));
		assert_span_text(admitted.principal, gist.principal);
		assert_span(admitted.name, gist.name);
	} else if (strstr(w.text, row->word) == NULL) {
		print_message("# %s\n", w.text);
		fail();
	}
	arena_free(arena);
}

/* White space and order are the sender's, the entry is not. */
static void
test_normal_form(void **state)
{
	struct arena *arena = arena_new(ADMIT_ARENA_MAX);
	char text[8192];
	struct admitted admitted;
	struct span body = sign(&rows[0], arena);

	(void)state;
	(void)snprintf(text, sizeof(text), " \n%.*s\t\r\n", SPAN_ARGS(body));
	assert_err(
	    ERR_OK, admit(signers, span_of_text(text), arena, &admitted, NULL));
	assert_span(body, admitted.entry);
	arena_free(arena);
}

/* What is kept is whole when the arena it was read in has gone. */
static void
test_kept(void **state)
{
	struct arena *scratch = arena_new(ADMIT_ARENA_MAX);
	struct arena *arena = arena_new(ADMIT_ARENA_MAX);
	struct arena *small = arena_new(64);
	struct admitted admitted;
	char text[8192];

	(void)state;
	struct span body = sign(&rows[0], arena);
	assert_err(ERR_OK, admit(signers, body, scratch, &admitted, NULL));
	struct admitted refused = admitted;
	assert_err(ERR_MEMORY, admitted_keep(&refused, small));
	assert_err(ERR_OK, admitted_keep(&admitted, arena));
	(void)snprintf(text, sizeof(text), "%.*s", SPAN_ARGS(admitted.name));
	arena_free(scratch);
	assert_span(body, admitted.entry);
	assert_span(span_of_text(text), admitted.name);
	assert_true(admitted.gist.len > 0);
	arena_free(small);
	arena_free(arena);
}

static void
test_before_any_keyring(void **state)
{
	struct arena *arena = arena_new(ADMIT_ARENA_MAX);
	struct signers *none = signers_new();
	struct admitted admitted;

	(void)state;
	assert_err(ERR_BUSY,
	    admit(none, sign(&rows[0], arena), arena, &admitted, NULL));
	signers_free(none);
	arena_free(arena);
}

struct again_row {
	const char *name;
	const char *principals[2]; /* of the keys 0 and 1, afterwards */
	enum err err;
};

static const struct again_row again_rows[] = {
	{ "the same keyring again", { "p0", "p1" }, ERR_OK },
	{ "somebody else left", { "p0", "other" }, ERR_OK },
	{ "its key has another principal", { "other", "p1" }, ERR_REFUSED },
};

static void
test_again(void **state)
{
	const struct again_row *row = *state;
	struct arena *arena = arena_new(ADMIT_ARENA_MAX);
	struct keyring *keyring = make_keyring(row->principals);
	struct admitted admitted;
	struct why w;

	assert_err(ERR_OK,
	    admit(signers, sign(&rows[0], arena), arena, &admitted, &w));
	assert_err(row->err, admit_again(keyring, &admitted, &w));
	keyring_free(keyring);
	arena_free(arena);
}

static void
test_key_left(void **state)
{
	struct arena *arena = arena_new(ADMIT_ARENA_MAX);
	struct keyring *empty = calloc(1, sizeof(*empty));
	struct admitted admitted;
	struct why w;

	(void)state;
	assert_err(ERR_OK,
	    admit(signers, sign(&rows[0], arena), arena, &admitted, &w));
	assert_err(ERR_REFUSED, admit_again(empty, &admitted, &w));
	assert_non_null(strstr(w.text, admitted.keyid));
	keyring_free(empty);
	arena_free(arena);
}

/* An old view lives as long as somebody holds it. */
static void
test_held_view(void **state)
{
	static const char *const principals[2] = { "p0", "p2" };
	struct hash id = { { 10 } };

	(void)state;
	const struct signers_view *old = signers_hold(signers);
	const struct signers_view *too = signers_hold(signers);
	assert_ptr_equal(old, too);
	assert_err(
	    ERR_OK, signers_put(signers, make_keyring(principals), 50, &id));
	const struct signers_view *new = signers_hold(signers);
	assert_int_equal(41, old->position);
	assert_int_equal(50, new->position);
	assert_string_equal("log.example.org", old->keyring->origin);
	signers_let_go(signers, old);
	assert_int_equal(2, too->keyring->count);
	signers_let_go(signers, too);
	signers_let_go(signers, new);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_admit);
	UNIT_ROWS(again_rows, test_again);
	UNIT(test_normal_form);
	UNIT(test_kept);
	UNIT(test_before_any_keyring);
	UNIT(test_key_left);
	UNIT(test_held_view);
	for (size_t i = 0; i < unit_count; i++) {
		unit_tests[i].setup_func = prepare;
		unit_tests[i].teardown_func = clean_up;
	}
	return unit_run(argc, argv);
}
