/* spdx: expressions and their one spelling; spdx_list: what is known of them. */
#include "tests/unit.h"

#include <strings.h>

#include "schema/spdx_list.h"

static void
print(const char *text, char out[static SPDX_PRINTED_MAX])
{
	struct spdx spdx;
	struct writer w = writer_of(out, SPDX_PRINTED_MAX - 1);
	struct why why;

	if (spdx_parse(span_of_text(text), &spdx, &why) != ERR_OK)
		fail_msg("%s: %s", text, why.text);
	spdx_print(&spdx, &w);
	assert_err(ERR_OK, writer_end(&w));
	out[w.len] = 0;
}

struct row {
	const char *name;
	const char *text;
	const char *expected; /* a spelling, or a sentence */
};

static const struct row spellings[] = {
	{ "one", "MIT", "MIT" },
	{ "or later", "GPL-2.0+", "GPL-2.0+" },
	{ "an id that nobody knows", "Ours-1.0", "Ours-1.0" },
	{ "a reference", "LicenseRef-a.1", "LicenseRef-a.1" },
	{ "a reference elsewhere", "DocumentRef-a:LicenseRef-b",
	    "DocumentRef-a:LicenseRef-b" },
	{ "spaces", "  MIT   OR  A ", "MIT OR A" },
	{ "and binds closer", "A AND B OR C AND D", "A AND B OR C AND D" },
	{ "what changes nothing goes", "((A AND (B))) OR (C)", "A AND B OR C" },
	{ "or under and", "A AND (B OR C) AND D", "A AND (B OR C) AND D" },
	{ "or under or", "A OR (B OR C) OR D", "A OR B OR C OR D" },
	{ "and under and", "A AND (B AND C)", "A AND B AND C" },
	{ "both operands loose", "(A OR B) AND (C OR D)",
	    "(A OR B) AND (C OR D)" },
	{ "no space beside parentheses", "(A)OR(B)", "A OR B" },
	{ "with", "GPL-2.0 WITH Classpath-exception-2.0 OR A",
	    "GPL-2.0 WITH Classpath-exception-2.0 OR A" },
	{ "later with", "GPL-2.0+ WITH B", "GPL-2.0+ WITH B" },
	{ "a reference with", "LicenseRef-a WITH B", "LicenseRef-a WITH B" },
	{ "with an addition", "A WITH DocumentRef-b:AdditionRef-c",
	    "A WITH DocumentRef-b:AdditionRef-c" },
	{ "a name like an operator's start", "ANDA OR ORB OR WITHC",
	    "ANDA OR ORB OR WITHC" },
};

static void
test_spelling(void **state)
{
	const struct row *row = *state;
	char once[SPDX_PRINTED_MAX];
	char twice[SPDX_PRINTED_MAX];

	print(row->text, once);
	assert_string_equal(row->expected, once);
	print(once, twice);
	assert_string_equal(once, twice);
}

static const struct row refusals[] = {
	{ "nothing", "", "a licence is missing at the end" },
	{ "a space", " ", "a licence is missing at the end" },
	{ "two ids", "MIT License",
	    "an operator is missing before \"License\"" },
	{ "an operator alone", "AND", "a licence is missing before \"AND\"" },
	{ "an operator last", "MIT OR", "a licence is missing at the end" },
	{ "two operators", "A OR AND B",
	    "a licence is missing before \"AND\"" },
	{ "small", "MIT and A", "an operator is missing before \"and\"" },
	{ "small, first", "or", "operators are upper-case: \"or\"" },
	{ "with a small one", "A WITH Or",
	    "no exception to a licence: \"Or\"" },
	{ "with of a group", "(A OR B) WITH C",
	    "only a single licence can stand before \"WITH\"" },
	{ "with a group", "A WITH (B)", "no exception to a licence: \"(B)\"" },
	{ "with twice", "A WITH B WITH C",
	    "only a single licence can stand before \"WITH\"" },
	{ "with nothing", "A WITH", "an exception is missing behind WITH" },
	{ "with and", "A WITH AND B", "a licence is missing before \"AND\"" },
	{ "with a licence reference", "A WITH LicenseRef-b",
	    "no exception to a licence: \"LicenseRef-b\"" },
	{ "with later", "A WITH B+", "no exception to a licence: \"B+\"" },
	{ "open", "(MIT", "a parenthesis is not closed" },
	{ "closed too often", "MIT)", "nothing is opened before \")\"" },
	{ "an empty group", "()", "a licence is missing before \")\"" },
	{ "a group behind an id", "MIT (A)",
	    "an operator is missing before \"(A)\"" },
	{ "an id behind a group", "(A) MIT",
	    "an operator is missing before \"MIT\"" },
	{ "a comma", "MIT, A",
	    "only a-z, A-Z, 0-9, - . + : ( ) and space are allowed" },
	{ "a tab", "MIT\tOR A",
	    "only a-z, A-Z, 0-9, - . + : ( ) and space are allowed" },
	{ "a plus alone", "MIT +", "an operator is missing before \"+\"" },
	{ "a plus first", "+MIT", "no licence id: \"+MIT\"" },
	{ "only a plus", "+", "no licence id: \"+\"" },
	{ "two plus", "MIT++", "no licence id: \"MIT++\"" },
	{ "a plus within", "A+B", "no licence id: \"A+B\"" },
	{ "a later reference", "LicenseRef-a+",
	    "no reference to a licence: \"LicenseRef-a+\"" },
	{ "a colon", "a:b", "no licence id: \"a:b\"" },
	{ "a reference to nothing", "LicenseRef-",
	    "no reference to a licence: \"LicenseRef-\"" },
	{ "a document alone", "DocumentRef-a",
	    "no reference to a licence: \"DocumentRef-a\"" },
	{ "a document of nothing", "DocumentRef-:LicenseRef-a",
	    "no reference to a licence: \"DocumentRef-:LicenseRef-a\"" },
	{ "a document's list id", "DocumentRef-a:MIT",
	    "no reference to a licence: \"DocumentRef-a:MIT\"" },
	{ "two documents", "DocumentRef-a:DocumentRef-b:LicenseRef-c",
	    "no reference to a licence: "
	    "\"DocumentRef-a:DocumentRef-b:LicenseRef-c\"" },
};

static void
test_refusal(void **state)
{
	const struct row *row = *state;
	struct spdx spdx;
	struct why why;

	assert_err(
	    ERR_SYNTAX, spdx_parse(span_of_text(row->text), &spdx, &why));
	assert_string_equal(row->expected, why.text);
}

static void
test_bounds(void **state)
{
	char text[SPDX_TEXT_MAX + 1];
	struct spdx spdx;
	struct why why;
	(void)state;

	memset(text, 'a', sizeof(text));
	assert_err(
	    ERR_OK, spdx_parse(span_of(text, SPDX_TEXT_MAX), &spdx, NULL));
	assert_err(
	    ERR_LIMIT, spdx_parse(span_of(text, sizeof(text)), &spdx, &why));
	assert_string_equal("257 bytes, at most 256", why.text);
	/* as many terms as there can be, left and right */
	for (size_t i = 0; i < SPDX_TEXT_MAX; i++)
		text[i] = "A)OR("[i % 5];
	text[255] = 'A';
	assert_err(ERR_SYNTAX, spdx_parse(span_of(text, 256), &spdx, NULL));
	for (size_t i = 0; i < SPDX_TEXT_MAX; i++)
		text[i] = "A OR "[i % 5];
	assert_err(ERR_OK, spdx_parse(span_of(text, 256), &spdx, NULL));
	assert_int_equal(52, spdx.term_count);
	assert_int_equal(103, spdx.count);
	/* as deep as there can be */
	memset(text, '(', 127);
	memcpy(text + 127, "MM", 2);
	memset(text + 129, ')', 127);
	assert_err(ERR_OK, spdx_parse(span_of(text, 256), &spdx, NULL));
	assert_err(ERR_SYNTAX, spdx_parse(span_of(text, 255), &spdx, NULL));
	assert_err(ERR_SYNTAX, spdx_parse(span_of("MIT\0", 4), &spdx, NULL));
}

static void
test_deep_print(void **state)
{
	char text[SPDX_PRINTED_MAX];
	(void)state;

	/* each OR stands under an AND */
	print("A AND (B OR C AND (D OR E AND (F OR G AND (H OR I))))", text);
	assert_string_equal(
	    "A AND (B OR C AND (D OR E AND (F OR G AND (H OR I))))", text);
}

struct same_row {
	const char *name;
	const char *a;
	const char *b;
	bool expected;
};

static const struct same_row sames[] = {
	{ "same: spaces", "MIT OR A", " MIT  OR (A)", true },
	{ "same: case of ids", "mit", "MIT", true },
	{ "same: another order", "A OR B", "B OR A", false },
	{ "same: a prefix", "A", "AB", false },
	{ "same: no expressions", "see below", "see below", true },
	{ "same: one expression", "see below", "see", false },
};

static void
test_same(void **state)
{
	const struct same_row *row = *state;

	assert_int_equal(row->expected,
	    spdx_same(span_of_text(row->a), span_of_text(row->b)));
}

/* What is printed may be longer than what may be read. */
static void
test_same_long(void **state)
{
	char a[SPDX_TEXT_MAX];
	char b[SPDX_TEXT_MAX];
	(void)state;

	memset(a, 'x', sizeof(a));
	memcpy(a, "(A OR B)AND ", 12);
	memcpy(b, a, sizeof(b));
	assert_true(spdx_same(span_of(a, sizeof(a)), span_of(b, sizeof(b))));
	b[sizeof(b) - 1] = 'y';
	assert_false(spdx_same(span_of(a, sizeof(a)), span_of(b, sizeof(b))));
}

/* ---- facts, as letters ---- */

struct fact_row {
	const char *name;
	const char *text;
	const char *expected;
};

static void
facts_print(const struct spdx_facts *f, char *out)
{
	const struct {
		bool is;
		const char *text;
	} words[] = {
		{ f->is_known, "known" },
		{ f->has_reference, "ref" },
		{ f->is_deprecated, "deprecated" },
		{ f->is_osi, "osi" },
		{ f->is_fsf, "fsf" },
		{ f->is_open, "open" },
		{ f->is_permissive, "permissive" },
		{ f->share_alike, "sa" },
		{ f->share_alike_part, "part" },
		{ f->non_commercial, "nc" },
		{ f->no_derivatives, "nd" },
		{ f->use_restricted, "use" },
		{ f->is_mutable, "mutable" },
		{ f->is_revocable, "revocable" },
	};
	struct writer w = writer_of(out, 255);

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (words[i].is)
			writer_format(
			    &w, "%s%s", w.len > 0 ? " " : "", words[i].text);
	}
	out[w.len] = 0;
}

#define SCAN SPDX_SCANCODE

static const struct fact_row facts[] = {
	{ "facts: permissive", "MIT", "known osi fsf open permissive" },
	{ "facts: case does not count", "mit",
	    "known osi fsf open permissive" },
	{ "facts: later", "Apache-2.0+", "known osi fsf open permissive" },
	{ "facts: osi alone", "0BSD", "known osi open permissive" },
	{ "facts: fsf alone", "CC-BY-4.0", "known fsf open permissive" },
	{ "facts: data", "CDLA-Permissive-2.0", "known open permissive" },
	{ "facts: PDDL's right name", "PDDL-1.0", "known open permissive" },
	{ "facts: OpenMDW", "OpenMDW-1.0", "known open permissive" },
	{ "facts: share-alike", "GPL-3.0-or-later", "known osi fsf open sa" },
	{ "facts: deprecated", "GPL-2.0+", "known deprecated osi fsf open sa" },
	{ "facts: an exception gives more",
	    "GPL-2.0-only WITH Classpath-exception-2.0",
	    "known osi fsf open part" },
	{ "facts: an exception in the id", "GPL-2.0-with-classpath-exception",
	    "known deprecated part" },
	{ "facts: an exception that nobody knows", "MIT WITH Mine",
	    "osi fsf open permissive" },
	{ "facts: a deprecated exception",
	    "GPL-2.0-only WITH Nokia-Qt-exception-1.1",
	    "known deprecated osi fsf open part" },
	{ "facts: in part", "MPL-2.0", "known osi fsf open part" },
	{ "facts: data, share-alike", "CC-BY-SA-4.0", "known fsf open sa" },
	{ "facts: databases", "ODbL-1.0", "known fsf open sa" },
	{ "facts: not for money", "CC-BY-NC-4.0", "known nc" },
	{ "facts: not for money, share-alike", "CC-BY-NC-SA-4.0",
	    "known sa nc" },
	{ "facts: as it is", "CC-BY-NC-ND-4.0", "known nc nd" },
	{ "facts: unknown", "Ours-1.0", "" },
	{ "facts: a reference", "LicenseRef-scowl", "ref" },
	{ "facts: a model's", SCAN "llama-3.1-license-2024",
	    "known ref use mutable" },
	{ "facts: Gemma", SCAN "gemma-tou-2025-03-24",
	    "known ref use mutable revocable" },
	{ "facts: RAIL", SCAN "bigscience-open-rail-m",
	    "known ref use revocable" },
	{ "facts: FLUX", SCAN "flux-1-nc", "known ref nc use revocable" },
	{ "facts: public domain", SCAN "public-domain", "known ref" },
	{ "facts: no key of ScanCode's", SCAN "nobody-knows", "ref" },
	{ "facts: or takes the best", "GPL-2.0-only OR MIT",
	    "known osi fsf open permissive" },
	{ "facts: and takes both", "GPL-2.0-only AND MIT",
	    "known osi fsf open sa" },
	{ "facts: and not osi", "MIT AND CC-BY-4.0",
	    "known fsf open permissive" },
	{ "facts: or, both bind", "GPL-2.0-only OR AGPL-3.0-only",
	    "known osi fsf open sa" },
	{ "facts: or, less binds", "GPL-2.0-only OR LGPL-2.1-only",
	    "known osi fsf open part" },
	/* each is avoided by one choice, but no choice avoids both */
	{ "facts: no choice without a condition",
	    "GPL-2.0-only OR CC-BY-NC-4.0", "known osi fsf open" },
	{ "facts: unknown beside known", "MIT OR Ours-1.0",
	    "osi fsf open permissive" },
	{ "facts: unknown and known", "MIT AND Ours-1.0", "" },
	{ "facts: the Polish list",
	    "GPL-2.0-only OR LGPL-2.1-only OR MPL-1.1 OR Apache-2.0 OR "
	    "CC-BY-4.0",
	    "known osi fsf open permissive" },
	{ "facts: precedence", "MIT OR GPL-2.0-only AND CC-BY-NC-4.0",
	    "known osi fsf open permissive" },
	{ "facts: parentheses", "(MIT OR GPL-2.0-only) AND CC-BY-NC-4.0",
	    "known nc" },
};

static void
test_facts(void **state)
{
	const struct fact_row *row = *state;
	struct spdx_facts f;
	char text[256];

	assert_true(spdx_facts_of(span_of_text(row->text), &f));
	facts_print(&f, text);
	assert_string_equal(row->expected, text);
}

static void
test_no_expression(void **state)
{
	struct spdx_facts f = { .is_osi = true };
	(void)state;

	assert_false(spdx_facts_of(span_of_text("MIT OR"), &f));
	assert_true(f.is_osi);
}

/* ---- the list itself ---- */

static const char *const ids[] = {
#define LICENSE(id, flags) id,
#define EXCEPTION(id, flags)
#include "schema/spdx/list.inc"
#undef LICENSE
#undef EXCEPTION
};

static const char *const exception_ids[] = {
#define LICENSE(id, flags)
#define EXCEPTION(id, flags) id,
#include "schema/spdx/list.inc"
#undef LICENSE
#undef EXCEPTION
};

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static void
test_list(void **state)
{
	char upper[128];
	(void)state;

	assert_int_equal(729, COUNT(ids));
	for (size_t i = 0; i < COUNT(ids); i++) {
		struct span id = span_of_text(ids[i]);
		if (i > 0)
			assert_true(strcasecmp(ids[i - 1], ids[i]) < 0);
		assert_true(id.len < sizeof(upper));
		for (size_t at = 0; at < id.len; at++) {
			uint8_t byte = id.data[at];
			bool is_small = byte >= 'a' && byte <= 'z';
			upper[at] = (char)(is_small ? byte - 'a' + 'A' : byte);
		}
		struct span loud = span_of(upper, id.len);
		assert_true(spdx_license_flags(id) & SPDX_LISTED);
		assert_int_equal(
		    spdx_license_flags(id), spdx_license_flags(loud));
		assert_span(id, spdx_license_spelling(loud));
		struct spdx_facts f;
		assert_true(spdx_facts_of(id, &f));
		assert_true(f.is_known);
	}
	for (size_t i = 0; i < COUNT(exception_ids); i++) {
		struct span id = span_of_text(exception_ids[i]);
		assert_true(spdx_exception_flags(id) & SPDX_LISTED);
		assert_int_equal(0, spdx_license_flags(id));
	}
	assert_int_equal(0, spdx_license_flags(SPAN_EMPTY));
	assert_span_text("Ours", spdx_license_spelling(span_of_text("Ours")));
}

static const struct row hub_ids[] = {
	{ "hub: a list id in small letters", "apache-2.0", "Apache-2.0" },
	{ "hub: a RAIL", "creativeml-openrail-m",
	    SCAN "stable-diffusion-2022-08-22" },
	{ "hub: Llama", "llama3.1", SCAN "llama-3.1-license-2024" },
	{ "hub: data", "odc-by", "ODC-By-1.0" },
	{ "hub: a family", "gpl", "" },
	{ "hub: other", "other", "" },
};

static void
test_hub(void **state)
{
	const struct row *row = *state;

	assert_span_text(row->expected, spdx_of_hub(span_of_text(row->text)));
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(spellings, test_spelling);
	UNIT_ROWS(refusals, test_refusal);
	UNIT(test_bounds);
	UNIT(test_deep_print);
	UNIT_ROWS(sames, test_same);
	UNIT(test_same_long);
	UNIT_ROWS(facts, test_facts);
	UNIT(test_no_expression);
	UNIT(test_list);
	UNIT_ROWS(hub_ids, test_hub);
	return unit_run(argc, argv);
}
