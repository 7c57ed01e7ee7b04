/* policy: believes what it names, promises no quorum that it does not count. */
#include "tests/unit.h"

#include "schema/policy.h"

#define VKEY \
	"example.com/" \
	"foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

struct policy_row {
	const char *name;
	const char *text;
	enum err expected;
	const char *word;
};

static const struct policy_row policy_rows[] = {
	{ "policy: one log", "log " VKEY "\nquorum none\n", ERR_OK, "" },
	{ "policy: with a URL",
	    "log " VKEY " https://example.com/foo\nquorum none\n", ERR_OK, "" },
	{ "policy: quorum first", "quorum none\nlog " VKEY "\n", ERR_OK, "" },
	{ "policy: blanks, comments, no LF",
	    "\n  # who\n\t log\t" VKEY "  \n\nquorum none", ERR_OK, "" },
	{ "policy: a comment of high bytes", "# \xff\nquorum none\n", ERR_OK,
	    "" },
	{ "policy: no quorum", "log " VKEY "\n", ERR_SYNTAX, "quorum" },
	{ "policy: nothing", "", ERR_SYNTAX, "quorum" },
	{ "policy: two quorums", "quorum none\nquorum none\n", ERR_SYNTAX,
	    "line 2" },
	{ "policy: a quorum without name", "quorum\n", ERR_SYNTAX, "quorum" },
	{ "policy: a quorum of two names", "quorum none none\n", ERR_SYNTAX,
	    "quorum" },
	{ "policy: another quorum", "quorum x\n", ERR_REFUSED, "quorum" },
	{ "policy: a witness", "witness w " VKEY "\nquorum none\n", ERR_REFUSED,
	    "witness" },
	{ "policy: a group", "group g any a b\nquorum none\n", ERR_REFUSED,
	    "group" },
	{ "policy: an unknown word", "logs " VKEY "\nquorum none\n", ERR_SYNTAX,
	    "logs" },
	{ "policy: upper case", "LOG " VKEY "\nquorum none\n", ERR_SYNTAX,
	    "LOG" },
	{ "policy: a comment behind a line", "quorum none # yes\n", ERR_SYNTAX,
	    "quorum" },
	{ "policy: no key", "log\nquorum none\n", ERR_SYNTAX, "line 1" },
	{ "policy: a wrong id",
	    "quorum none\n\nlog example.com/fox+530d903a+"
	    "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
	    ERR_MISMATCH, "line 3" },
	{ "policy: no URL", "log " VKEY " example\nquorum none\n", ERR_SYNTAX,
	    "URL" },
	{ "policy: a third field", "log " VKEY " http://a b\nquorum none\n",
	    ERR_SYNTAX, "more than" },
	{ "policy: a key twice", "log " VKEY "\nlog " VKEY "\nquorum none\n",
	    ERR_SYNTAX, "already" },
	{ "policy: CRLF", "quorum none\r\n", ERR_SYNTAX, "control" },
};

static void
test_policy(void **state)
{
	const struct policy_row *row = *state;
	static struct policy policy;
	static struct policy again;
	struct why w = { "" };
	char text[2048];
	char text_again[2048];
	struct writer printed = writer_of(text, sizeof(text));
	struct writer twice = writer_of(text_again, sizeof(text_again));

	assert_err(
	    row->expected, policy_parse(span_of_text(row->text), &policy, &w));
	if (strstr(w.text, row->word) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", w.text, row->word);
	if (row->expected != ERR_OK) {
		assert_int_equal(0, policy.count);
		return;
	}
	policy_print(&policy, &printed);
	assert_err(ERR_OK, policy_parse(writer_view(&printed), &again, NULL));
	policy_print(&again, &twice);
	assert_span(writer_view(&printed), writer_view(&twice));
}

static void
test_finding(void **state)
{
	static struct policy policy;
	const struct policy_log *log;
	(void)state;

	assert_err(ERR_OK,
	    policy_parse(span_of_text("log " VKEY " http://a/\nquorum none\n"),
		&policy, NULL));
	log = policy_find(&policy, span_of_text("example.com/foo"));
	assert_non_null(log);
	assert_span_text("http://a/", log->url);
	assert_null(policy_find(&policy, span_of_text("example.com/fo")));
	assert_null(policy_find(&policy, span_of_text("example.com/foo1")));
}

static void
write_log(struct writer *w, const char *prefix, uint8_t seed_byte)
{
	uint8_t seed[KEY_SEED_LEN] = { seed_byte };
	struct secret_key *secret = key_secret_of_seed(seed);
	struct public_key public;
	struct note_key key;
	char name[32];
	char vkey[NOTE_VKEY_MAX];

	assert_non_null(secret);
	key_secret_public(secret, &public);
	key_secret_free(secret);
	(void)snprintf(name, sizeof(name), "%s", prefix);
	note_key_make(name, &public, &key);
	note_key_print(&key, vkey);
	writer_format(w, "log %s\n", vkey);
}

static void
test_number_of_logs(void **state)
{
	static struct policy policy;
	struct writer w = writer_heap(POLICY_LEN_MAX);
	char name[32];
	(void)state;

	writer_text(&w, "quorum none\n");
	for (uint8_t i = 0; i <= POLICY_LOGS_MAX; i++) {
		assert_err(
		    ERR_OK, policy_parse(writer_view(&w), &policy, NULL));
		assert_int_equal(i, policy.count);
		(void)snprintf(name, sizeof(name), "log%u", i);
		write_log(&w, name, i);
	}
	assert_err(ERR_LIMIT, policy_parse(writer_view(&w), &policy, NULL));
	writer_done(&w);
}

static void
test_two_keys_of_one_log(void **state)
{
	static struct policy policy;
	struct writer w = writer_heap(POLICY_LEN_MAX);
	(void)state;

	write_log(&w, "a", 1);
	write_log(&w, "a", 2);
	writer_text(&w, "quorum none\n");
	assert_err(ERR_REFUSED, policy_parse(writer_view(&w), &policy, NULL));
	writer_clear(&w);
	write_log(&w, "a", 1);
	write_log(&w, "b", 1); /* one key, two names: counted twice */
	writer_text(&w, "quorum none\n");
	assert_err(ERR_SYNTAX, policy_parse(writer_view(&w), &policy, NULL));
	writer_done(&w);
}

int
main(int argc, char **argv)
{
	if (key_start(NULL) != ERR_OK)
		return 1;
	UNIT_ROWS(policy_rows, test_policy);
	UNIT(test_finding);
	UNIT(test_number_of_logs);
	UNIT(test_two_keys_of_one_log);
	return unit_run(argc, argv);
}
