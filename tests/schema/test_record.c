/* record: what a payload says in the terms of the graph.  What is refused, and
 * every limit, is in schema/vectors/record (test_record_vectors). */
#include "tests/unit.h"

#include "schema/record.h"

static struct arena *arena;
static struct record record;

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define STATEMENT(type, subject, predicate) \
	"{\"_type\":\"" STATEMENT_TYPE "\",\"predicateType\":\"" type \
	"\",\"subject\":[" subject "],\"predicate\":" predicate "}"
#define NAMED "{\"name\":\"lab/a\",\"digest\":{\"sha256\":\"" A64 "\"}}"
#define FILE(name, role) \
	"{\"name\":\"" name "\",\"digest\":{\"sha256\":\"" B64 \
	"\"},\"annotations\":{\"role\":\"" role "\"}}"
#define INPUT(role) \
	"{\"name\":\"lab/in\",\"digest\":{\"sha256\":\"" B64 \
	"\"},\"annotations\":{\"role\":\"" role "\"}}"
#define OURS(kind) "https://headwater/" kind "/v1"

static enum err
parse(const char *text, struct why *w)
{
	arena_reset(arena);
	return record_parse(span_of_text(text), arena, &record, w);
}

static void
test_kind_names(void **state)
{
	enum record_kind kind;
	(void)state;

	for (size_t i = 0; i < RECORD_KINDS; i++) {
		const char *name = record_kind_name((enum record_kind)i);
		assert_true(record_kind_parse(span_of_text(name), &kind));
		assert_int_equal(i, kind);
		assert_false(
		    record_kind_parse(span_of(name, strlen(name) - 1), &kind));
	}
	assert_false(record_kind_parse(span_of_text("Dataset"), &kind));
	assert_false(record_kind_parse(SPAN_EMPTY, &kind));
}

static void
test_kinds(void **state)
{
	static const char *const origin = "dataset code model run";
	static const char *const named =
	    "dataset code model run evaluation release license";
	(void)state;

	for (size_t i = 0; i < RECORD_KINDS; i++) {
		enum record_kind kind = (enum record_kind)i;
		const char *name = record_kind_name(kind);
		assert_int_equal(
		    strstr(origin, name) != NULL, record_kind_is_origin(kind));
		assert_int_equal(
		    strstr(named, name) != NULL, record_kind_is_named(kind));
	}
}

static void
test_dataset(void **state)
{
	(void)state;
	assert_err(ERR_OK,
	    parse(STATEMENT(OURS("dataset"),
		      NAMED
		      "," FILE("LICENSE", "license") "," FILE("a.txt", "shard"),
		      "{\"version\":\"1\",\"license\":\"MIT\",\"complete\":"
		      "[\"shard\",\"source\"],\"derivedFrom\":[" INPUT(
			  "source") "]}"),
		NULL));
	assert_int_equal(RECORD_DATASET, record.kind);
	assert_span_text("lab/a", record.name);
	assert_span_text("1", record.version);
	assert_span_text("MIT", record.license);
	assert_true(record.makes_parts);
	assert_false(record_is_part(&record, 0));
	assert_false(record_is_part(&record, 1));
	assert_true(record_is_part(&record, 2));
	assert_false(record_is_part(&record, 3));
	assert_int_equal(1, record.input_count);
	assert_span_text("source", record.inputs[0].role);
	assert_span_text("lab/in", record.inputs[0].name);
	assert_true(record.inputs[0].digest.has_node);
	assert_int_equal(2, record.complete_count);
	assert_span_text("source", record.complete[1]);
	record_done(&record);
}

#define SET \
	"{\"name\":\"lab/a\",\"digest\":{\"sha256\":\"" A64 \
	"\",\"merkleTreeHash\":\"" B64 "\"}}"
#define ATTACHMENT(name, sha256) \
	"{\"name\":\"" name "\",\"mediaType\":\"text/plain\",\"digest\":" \
	"{\"sha256\":\"" sha256 "\"},\"size\":\"12\"}"

static void
test_attachments(void **state)
{
	(void)state;
	assert_err(ERR_OK,
	    parse(STATEMENT(OURS("dataset"), SET,
		      "{\"files\":\"7\",\"disclosure\":\"full\","
		      "\"attachments\":[" ATTACHMENT(
			  "card", B64) "," ATTACHMENT("manifest", A64) "]}"),
		NULL));
	assert_int_equal(DISCLOSURE_FULL, record.disclosure);
	assert_true(record.has_files);
	assert_int_equal(7, record.files);
	assert_int_equal(2, record.attachment_count);
	assert_span_text("card", record.attachments[0].name);
	assert_span_text("text/plain", record.attachments[0].media_type);
	assert_int_equal(0xbb, record.attachments[0].sha256.bytes[31]);
	assert_int_equal(12, record.attachments[0].size);
	assert_false(record.attachments[0].is_manifest);
	assert_true(record.attachments[1].is_manifest);
	assert_false(record.attachments[1].is_salted);
	record_done(&record);
}

/* Elsewhere the name of a manifest means nothing. */
static void
test_a_manifest_of_code(void **state)
{
	(void)state;
	assert_err(ERR_OK,
	    parse(STATEMENT(OURS("code"), NAMED,
		      "{\"attachments\":[" ATTACHMENT("manifest", B64) "]}"),
		NULL));
	assert_int_equal(1, record.attachment_count);
	assert_false(record.attachments[0].is_manifest);
	assert_int_equal(DISCLOSURE_UNSAID, record.disclosure);
	assert_false(record.has_files);
	record_done(&record);
}

/* Whoever generated comes behind what it was derived from, always by role. */
static void
test_generators(void **state)
{
	(void)state;
	assert_err(ERR_OK,
	    parse(STATEMENT(OURS("dataset"), NAMED,
		      "{\"generatedBy\":[{\"digest\":{\"sha256\":\"" B64
		      "\"}}," INPUT("generator") "],\"derivedFrom\":[" INPUT(
			  "source") "]}"),
		NULL));
	assert_int_equal(3, record.input_count);
	assert_span_text("source", record.inputs[0].role);
	assert_span_text(RECORD_GENERATOR, record.inputs[1].role);
	assert_int_equal(0, record.inputs[1].name.len);
	assert_span_text(RECORD_GENERATOR, record.inputs[2].role);
	assert_span_text("lab/in", record.inputs[2].name);
	record_done(&record);
}

static void
test_advisory(void **state)
{
	(void)state;
	assert_err(ERR_OK,
	    parse(STATEMENT(OURS("advisory"), NAMED "," NAMED,
		      "{\"reason\":\"opt-out\",\"severity\":\"low\","
		      "\"action\":\"recall\"}"),
		NULL));
	assert_int_equal(RECORD_ADVISORY, record.kind);
	assert_int_equal(0, record.name.len); /* a hint, bound to nobody */
	assert_int_equal(2, record.statement.subject_count);
	assert_false(record.advisory.is_answer);
	assert_string_equal(
	    "opt-out", advisory_reason_name(record.advisory.reason));
	assert_string_equal(
	    "low", advisory_severity_name(record.advisory.severity));
	assert_string_equal(
	    "recall", advisory_action_name(record.advisory.action));
	assert_string_equal("", advisory_status_name(record.advisory.status));
	record_done(&record);
}

static void
test_answer(void **state)
{
	char text[HASH_TEXT_MAX];
	(void)state;

	assert_err(ERR_OK,
	    parse(
		STATEMENT(OURS("advisory"), NAMED,
		    "{\"inReplyTo\":{\"tlogLeaf\":\"" B64
		    "\"},\"status\":\"fixed\",\"fixedIn\":" INPUT("data") "}"),
		NULL));
	assert_true(record.advisory.is_answer);
	hash_print(&record.advisory.in_reply_to, text);
	assert_string_equal(B64, text);
	assert_int_equal(ADVISORY_FIXED, record.advisory.status);
	assert_int_equal(ADVISORY_NO_REASON, record.advisory.reason);
	assert_true(record.advisory.has_fixed_in);
	assert_true(record.advisory.fixed_in.digest.has_node);
	assert_int_equal(0, record.input_count); /* no edge */
	record_done(&record);
}

static void
test_claims(void **state)
{
	(void)state;
	assert_err(ERR_OK,
	    parse(STATEMENT(OURS("model"), NAMED,
		      "{\"claims\":[{\"what\":\"base-model\","
		      "\"name\":\"MiniLM\"},{\"what\":\"license\","
		      "\"name\":\"mit\"}]}"),
		NULL));
	assert_int_equal(2, record.claims.count);
	assert_int_equal(CLAIM_BASE_MODEL, record.claims.all[0].what);
	assert_span_text("MiniLM", record.claims.all[0].name);
	assert_string_equal(
	    "license", claim_what_name(record.claims.all[1].what));
	assert_int_equal(0, record.input_count); /* a name is no artifact */
	assert_int_equal(0, record.license.len); /* nobody signed one */
	record_done(&record);
}

static void
test_model_without_parts(void **state)
{
	(void)state;
	assert_err(ERR_OK,
	    parse(STATEMENT(OURS("model"), NAMED "," FILE("a", "config"),
		      "{\"format\":\"gguf\"}"),
		NULL));
	assert_int_equal(RECORD_MODEL, record.kind);
	assert_false(record.makes_parts);
	assert_int_equal(0, record.version.len);
	assert_int_equal(0, record.input_count);
	record_done(&record);
}

#define RUN(inputs) \
	"{\"buildDefinition\":{\"buildType\":\"" RECORD_RUN_TYPE \
	"\",\"externalParameters\":{\"complete\":[\"data\"]}," \
	"\"resolvedDependencies\":[" inputs \
	"]},\"runDetails\":{\"builder\":{\"id\":\"a:b\"}}}"

static void
test_run(void **state)
{
	(void)state;
	/* roles of a run's outputs make no parts, whatever they are called */
	assert_err(ERR_OK,
	    parse(STATEMENT(RECORD_SLSA_TYPE, NAMED "," FILE("b", "weights"),
		      RUN(INPUT("data") "," INPUT("code"))),
		NULL));
	assert_int_equal(RECORD_RUN, record.kind);
	assert_span_text("lab/a", record.name);
	assert_int_equal(2, record.input_count);
	assert_span_text("code", record.inputs[1].role);
	assert_int_equal(1, record.complete_count);
	assert_false(record.makes_parts);
	record_done(&record);
}

/* Another builder's: only dependencies with a digest that we know. */
static void
test_provenance(void **state)
{
	(void)state;
	assert_err(ERR_OK,
	    parse(STATEMENT(RECORD_SLSA_TYPE, NAMED,
		      "{\"buildDefinition\":{\"buildType\":\"a:b\","
		      "\"resolvedDependencies\":[{\"uri\":\"a:b\"},"
		      "{\"digest\":{\"crc32\":\"0\"}}," INPUT(
			  "x") ",{\"digest\":{}}]}}"),
		NULL));
	assert_int_equal(RECORD_PROVENANCE, record.kind);
	assert_int_equal(0, record.name.len); /* free text, bound to nobody */
	assert_int_equal(1, record.input_count);
	assert_span_text("lab/in", record.inputs[0].name);
	record_done(&record);
}

static void
test_other(void **state)
{
	(void)state;
	assert_err(ERR_OK,
	    parse(STATEMENT("https://spdx.dev/Document", NAMED,
		      "{\"buildDefinition\":5}"),
		NULL));
	assert_int_equal(RECORD_OTHER, record.kind);
	assert_int_equal(0, record.name.len);
	assert_int_equal(1, record.statement.subject_count);
	record_done(&record);
}

static void
test_withdrawal(void **state)
{
	char text[HASH_TEXT_MAX];
	(void)state;

	assert_err(ERR_OK,
	    parse(STATEMENT(OURS("withdrawal"),
		      "{\"digest\":{\"tlogLeaf\":\"" A64 "\"}}",
		      "{\"reason\":\"two\\nlines\"}"),
		NULL));
	assert_int_equal(RECORD_WITHDRAWAL, record.kind);
	hash_print(&record.withdraws, text);
	assert_string_equal(A64, text);
	assert_int_equal(0, record.name.len);
	record_done(&record);
}

/* An input that only cites has no node and is kept. */
static void
test_inputs_without_a_node(void **state)
{
	(void)state;
	assert_err(ERR_OK,
	    parse(STATEMENT(RECORD_SLSA_TYPE, NAMED,
		      RUN("{\"digest\":{\"tlogLeaf\":\"" B64 "\"}}")),
		NULL));
	assert_int_equal(1, record.input_count);
	assert_false(record.inputs[0].digest.has_node);
	assert_true(record.inputs[0].digest.has_citation);
	record_done(&record);
}

#define C64 "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

static void
test_components(void **state)
{
	const struct component *all;

	(void)state;
	assert_err(ERR_OK,
	    parse(
		STATEMENT(OURS("release"), NAMED,
		    "{\"version\":\"1\",\"licenseTexts\":[{\"sha256\":\"" B64
		    "\"}],\"components\":[{\"component\":\"training-code\","
		    "\"digest\":{\"sha256\":\"" B64
		    "\"},\"license\":\"MIT\",\"licenseTexts\":[{\"sha256\":"
		    "\"" C64 "\"}],\"location\":\"https://a/b\"},"
		    "{\"component\":\"datasets\",\"record\":{\"tlogLeaf\":"
		    "\"" C64
		    "\"}},{\"component\":\"model-card\",\"name\":\"card\"}],"
		    "\"claims\":[{\"what\":\"openness\",\"name\":\"open\"}]}"),
		NULL));
	all = record.components.all;
	assert_int_equal(3, record.components.count);
	assert_span_text("training-code", all[0].role);
	assert_true(all[0].has_digest && !all[0].has_record);
	assert_int_equal(0xbb, all[0].digest.node.bytes[0]);
	assert_span_text("MIT", all[0].license);
	assert_span_text("https://a/b", all[0].location);
	assert_int_equal(1, all[0].texts.count);
	assert_int_equal(0xcc, all[0].texts.all[0].bytes[0]);
	assert_true(!all[1].has_digest && all[1].has_record);
	assert_int_equal(0xcc, all[1].record.bytes[31]);
	assert_true(!all[2].has_digest && !all[2].has_record);
	assert_span_text("card", all[2].name);
	assert_int_equal(1, record.license_texts.count);
	assert_int_equal(0xbb, record.license_texts.all[0].bytes[31]);
	assert_int_equal(1, record.claims.count);
	assert_int_equal(CLAIM_OPENNESS, record.claims.all[0].what);
	record_done(&record);
}

static void
test_license(void **state)
{
	const struct license_record *terms = &record.terms;

	(void)state;
	assert_err(ERR_OK,
	    parse(
		STATEMENT(OURS("license"), NAMED,
		    "{\"license\":\"LicenseRef-x\",\"source\":\"https://a/x\","
		    "\"fetchedOn\":\"1970-01-01T00:00:01Z\",\"mutable\":"
		    "\"yes\","
		    "\"clause\":\"may\\nchange\",\"incorporates\":[{\"source\":"
		    "\"https://a/y\",\"mutable\":\"no\"},{\"source\":"
		    "\"https://a/z\",\"digest\":{\"sha256\":\"" B64 "\"}}]}"),
		NULL));
	assert_int_equal(RECORD_LICENSE, record.kind);
	assert_span_text("LicenseRef-x", record.license);
	assert_span_text("https://a/x", terms->source);
	assert_true(terms->has_fetched);
	assert_int_equal(1000, terms->fetched_ms);
	assert_int_equal(LICENSE_MUTABLE, terms->is_mutable);
	assert_span_text("may\nchange", terms->clause);
	assert_int_equal(2, terms->document_count);
	assert_false(terms->documents[0].has_sha256);
	assert_int_equal(LICENSE_IMMUTABLE, terms->documents[0].is_mutable);
	assert_true(terms->documents[1].has_sha256);
	assert_int_equal(0xbb, terms->documents[1].sha256.bytes[0]);
	record_done(&record);
}

static void
test_audit(void **state)
{
	const struct audit_record *audit = &record.audit;

	(void)state;
	assert_err(ERR_OK,
	    parse(STATEMENT(OURS("audit"), NAMED,
		      "{\"method\":\"re-run\",\"verdict\":\"contradicted\","
		      "\"comparison\":\"tolerance\",\"threshold\":\"0.1\","
		      "\"about\":[{\"tlogLeaf\":\"" C64 "\"}],\"coverage\":{"
		      "\"unit\":\"files\",\"checked\":\"3\",\"of\":\"4\"}}"),
		NULL));
	assert_int_equal(RECORD_AUDIT, record.kind);
	assert_int_equal(0, record.name.len);
	assert_int_equal(AUDIT_RE_RUN, audit->method);
	assert_int_equal(AUDIT_CONTRADICTED, audit->verdict);
	assert_int_equal(AUDIT_TOLERANCE, audit->comparison);
	assert_span_text("0.1", audit->threshold);
	assert_int_equal(1, audit->about_count);
	assert_int_equal(0xcc, audit->about[0].bytes[0]);
	assert_true(audit->has_coverage);
	assert_span_text("files", audit->unit);
	assert_int_equal(3, audit->checked);
	assert_int_equal(4, audit->of);
	record_done(&record);
}

struct row {
	const char *name;
	const char *text;
	const char *sentence;
};

static const struct row rows[] = {
	{ "an unknown predicate of ours",
	    STATEMENT(OURS("intent"), NAMED, "{}"),
	    "predicateType: https://headwater/intent/v1 is reserved and not "
	    "known here" },
	{ "an unknown member",
	    STATEMENT(OURS("dataset"), NAMED, "{\"foo\":\"\"}"),
	    "predicate: unknown member \"foo\"" },
	{ "a number", STATEMENT(OURS("dataset"), NAMED, "{\"files\":3}"),
	    "predicate.files: a string is needed" },
	{ "a role in complete",
	    STATEMENT(OURS("dataset"), NAMED, "{\"complete\":[\"A\"]}"),
	    "predicate.complete: roles are needed, each once" },
	{ "an input without digest",
	    STATEMENT(
		OURS("dataset"), NAMED, "{\"derivedFrom\":[{\"name\":\"a\"}]}"),
	    "predicate.derivedFrom[0].digest: missing" },
	{ "a dependency's digest",
	    STATEMENT(RECORD_SLSA_TYPE, NAMED,
		RUN(INPUT("a") ",{\"digest\":{\"md5\":\"\"}}")),
	    "predicate.buildDefinition.resolvedDependencies[1].digest.md5: 32 "
	    "lower-case hex digits needed" },
	{ "a foreign dependency",
	    STATEMENT(RECORD_SLSA_TYPE, NAMED,
		"{\"buildDefinition\":{\"resolvedDependencies\":[5]}}"),
	    "predicate.buildDefinition.resolvedDependencies[0]: an object is "
	    "needed" },
	{ "a name without a principal",
	    STATEMENT(OURS("dataset"),
		"{\"name\":\"a\",\"digest\":{\"sha256\":\"" A64 "\"}}", "{}"),
	    "subject[0].name: <principal>/<path> of a-z, 0-9, '.', '_', '@', "
	    "'-' and at most 256 bytes is needed" },
	{ "a path twice",
	    STATEMENT(OURS("dataset"),
		NAMED "," FILE("a", "b") "," FILE("c", "b") "," FILE("a", "d"),
		"{}"),
	    "subject: the name \"a\" comes twice" },
	{ "a path upwards",
	    STATEMENT(OURS("dataset"), NAMED "," FILE("../a", "b"), "{}"),
	    "subject[1].name: a relative path without empty, . or .. segments "
	    "is needed" },
	{ "code with files",
	    STATEMENT(OURS("code"), NAMED "," FILE("a", "b"), "{}"),
	    "subject: a code record has one" },
	{ "a metric",
	    STATEMENT(OURS("evaluation"), NAMED,
		"{\"metrics\":[{\"name\":\"a\",\"value\":0.5}]}"),
	    "predicate.metrics[0].value: a string is needed" },
	{ "a generator of another role",
	    STATEMENT(OURS("dataset"), NAMED,
		"{\"generatedBy\":[" INPUT("source") "]}"),
	    "predicate.generatedBy[0].annotations.role: only generator may "
	    "stand here" },
	{ "another manifest",
	    STATEMENT(OURS("dataset"), SET,
		"{\"attachments\":[" ATTACHMENT("manifest", B64) "]}"),
	    "predicate.attachments[0].digest: a manifest's is the sha256 of "
	    "subject[0]" },
	{ "salted without its name",
	    STATEMENT(OURS("model"), SET,
		"{\"disclosure\":\"salted\",\"attachments\":[" ATTACHMENT(
		    "manifest", A64) "]}"),
	    "predicate.attachments[0].name: \"manifest\" contradicts the "
	    "disclosure salted" },
	{ "a reason",
	    STATEMENT(OURS("advisory"), NAMED,
		"{\"reason\":\"spam\",\"severity\":\"low\","
		"\"action\":\"note\"}"),
	    "predicate.reason: one of illegal, poison, propaganda, copyright, "
	    "opt-out, personal-data, bug, licence is needed" },
	{ "a claim that is there twice",
	    STATEMENT(OURS("dataset"), NAMED,
		"{\"claims\":[{\"what\":\"dataset\",\"name\":\"a\"},"
		"{\"what\":\"dataset\",\"name\":\"a\"}]}"),
	    "predicate.claims[1].name: there is such a claim before it" },
	{ "a withdrawal of an artifact",
	    STATEMENT(OURS("withdrawal"), NAMED, "{\"reason\":\"a\"}"),
	    "subject: {\"digest\": {\"tlogLeaf\": id}} and nothing else is "
	    "needed" },
};

static void
test_sentence(void **state)
{
	const struct row *row = *state;
	struct why w = { "" };

	assert_err(ERR_SYNTAX, parse(row->text, &w));
	assert_string_equal(row->sentence, w.text);
}

/* Each record is refused cut anywhere, and for want of memory at any point. */
static void
test_prefixes_and_memory(void **state)
{
	static const char text[] =
	    STATEMENT(OURS("dataset"), NAMED "," FILE("a", "shard"),
		"{\"derivedFrom\":[" INPUT("a") "],\"complete\":[\"a\"]}");
	(void)state;

	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		arena_reset(arena);
		assert_err(ERR_SYNTAX,
		    record_parse(span_of(text, len), arena, &record, NULL));
	}
	for (size_t cap = 0; cap < 4096; cap += 16) {
		struct arena *small = arena_new(cap);
		enum err err =
		    record_parse(span_of_text(text), small, &record, NULL);
		if (err == ERR_OK)
			record_done(&record);
		else
			assert_err(ERR_MEMORY, err);
		arena_free(small);
	}
}

int
main(int argc, char **argv)
{
	json_start();
	arena = arena_new((size_t)1 << 20);
	UNIT(test_kind_names);
	UNIT(test_kinds);
	UNIT(test_dataset);
	UNIT(test_components);
	UNIT(test_license);
	UNIT(test_audit);
	UNIT(test_attachments);
	UNIT(test_a_manifest_of_code);
	UNIT(test_generators);
	UNIT(test_advisory);
	UNIT(test_answer);
	UNIT(test_claims);
	UNIT(test_model_without_parts);
	UNIT(test_run);
	UNIT(test_provenance);
	UNIT(test_other);
	UNIT(test_withdrawal);
	UNIT(test_inputs_without_a_node);
	UNIT_ROWS(rows, test_sentence);
	UNIT(test_prefixes_and_memory);
	int failed = unit_run(argc, argv);
	arena_free(arena);
	return failed;
}
