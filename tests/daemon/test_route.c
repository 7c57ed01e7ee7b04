/* route: which handler, what it is given, and what never comes that far. */
#include "tests/unit.h"

#include "daemon/route.h"
#include "schema/arena.h"

/* Handlers that only have names; the real ones are not asked here. */
#define HANDLERS(X) \
	X(serve_records_post) \
	X(serve_blob) \
	X(put_end) \
	X(serve_checkpoint) \
	X(serve_tile) \
	X(serve_inclusion) \
	X(serve_consistency) \
	X(serve_record) \
	X(serve_record_statement) \
	X(serve_record_proof) \
	X(serve_records) \
	X(serve_lineage) \
	X(serve_contains) \
	X(serve_dataset_shard) \
	X(serve_shard) \
	X(serve_advisories) \
	X(serve_releases) \
	X(serve_release) \
	X(serve_openness) \
	X(serve_license_drift) \
	X(serve_licensing) \
	X(serve_health) \
	X(serve_metrics) \
	X(serve_openapi)

serve_handler put_end;

#define X(name) \
	enum served name(struct request *request, struct reply *reply) \
	{ \
		(void)request; \
		(void)reply; \
		fail(); \
		return SERVED; \
	}
HANDLERS(X)
#undef X

const struct serve_stream serve_blob_put = { .end = put_end };

struct row {
	const char *name;
	enum gate_method method;
	const char *target;
	enum err err;
	serve_handler *handler;
	const char *segments[2];
};

#define G GATE_GET
#define LINEAGE "/v1/lineage/sha256:ab"

static const struct row rows[] = {
	{ "the checkpoint", G, "/checkpoint", ERR_OK, serve_checkpoint, { 0 } },
	{ "HEAD is GET", GATE_HEAD, "/checkpoint", ERR_OK, serve_checkpoint,
	    { 0 } },
	{ "OPTIONS", GATE_OPTIONS, "/checkpoint", ERR_OK, NULL, { 0 } },
	{ "POST of the checkpoint", GATE_POST, "/checkpoint", ERR_METHOD, NULL,
	    { 0 } },
	{ "another method", GATE_OTHER, "/v1/records", ERR_METHOD, NULL,
	    { 0 } },
	{ "another method nowhere", GATE_OTHER, "/v1", ERR_NOT_FOUND, NULL,
	    { 0 } },
	{ "the checkpoint with a query", G, "/checkpoint?a=b", ERR_NOT_FOUND,
	    NULL, { 0 } },
	{ "drift of a text", G, "/v1/licenses/sha256%3aab/drift", ERR_OK,
	    serve_license_drift, { "sha256:ab" } },
	{ "drift of nothing", G, "/v1/licenses//drift", ERR_NOT_FOUND, NULL,
	    { 0 } },
	{ "licences with a claim", G,
	    "/v1/licensing/sha256:ab?claim=MIT&as=lab", ERR_OK, serve_licensing,
	    { "sha256:ab" } },
	{ "licences with a direction", G,
	    "/v1/licensing/sha256:ab?direction=up", ERR_SYNTAX, NULL, { 0 } },
	{ "a tile", G, "/tile/0/x001/234.p/5", ERR_OK, serve_tile,
	    { "0/x001/234.p/5" } },
	{ "a tile with an empty query", G, "/tile/0/000?", ERR_NOT_FOUND, NULL,
	    { 0 } },
	{ "no tile", G, "/tile/", ERR_NOT_FOUND, NULL, { 0 } },
	{ "tile without a slash", G, "/tile", ERR_NOT_FOUND, NULL, { 0 } },
	{ "an encoded slash in a tile", G, "/tile/0%2F000", ERR_NOT_FOUND, NULL,
	    { 0 } },
	{ "the list", G, "/v1/records", ERR_OK, serve_records, { 0 } },
	{ "a slash behind", G, "/v1/records/", ERR_NOT_FOUND, NULL, { 0 } },
	{ "two slashes", G, "//v1/records", ERR_NOT_FOUND, NULL, { 0 } },
	{ "an encoded letter", G, "/v1/record%73", ERR_NOT_FOUND, NULL, { 0 } },
	{ "in upper case", G, "/V1/records", ERR_NOT_FOUND, NULL, { 0 } },
	{ "post", GATE_POST, "/v1/records", ERR_OK, serve_records_post, { 0 } },
	{ "a blob", G, "/v1/blobs/sha256:ab", ERR_OK, serve_blob,
	    { "sha256:ab" } },
	{ "a blob that comes", GATE_PUT, "/v1/blobs/sha256:ab", ERR_SYNTAX,
	    NULL, { 0 } },
	{ "POST of a blob", GATE_POST, "/v1/blobs/sha256:ab", ERR_METHOD, NULL,
	    { 0 } },
	{ "PUT of records", GATE_PUT, "/v1/records", ERR_METHOD, NULL, { 0 } },
	{ "post with a query", GATE_POST, "/v1/records?limit=1", ERR_SYNTAX,
	    NULL, { 0 } },
	{ "a record", G, "/v1/records/ab", ERR_OK, serve_record, { "ab" } },
	{ "a record with a query", G, "/v1/records/ab?a=b", ERR_SYNTAX, NULL,
	    { 0 } },
	{ "its statement", G, "/v1/records/ab/statement", ERR_OK,
	    serve_record_statement, { "ab" } },
	{ "its proof", G, "/v1/records/ab/proof", ERR_OK, serve_record_proof,
	    { "ab" } },
	{ "its something", G, "/v1/records/ab/x", ERR_NOT_FOUND, NULL, { 0 } },
	{ "more behind", G, "/v1/records/ab/proof/x", ERR_NOT_FOUND, NULL,
	    { 0 } },
	{ "inclusion", G, "/v1/proofs/inclusion/5/4", ERR_OK, serve_inclusion,
	    { "5", "4" } },
	{ "consistency", G, "/v1/proofs/consistency/4/5", ERR_OK,
	    serve_consistency, { "4", "5" } },
	{ "half a proof", G, "/v1/proofs/inclusion/5", ERR_NOT_FOUND, NULL,
	    { 0 } },
	{ "lineage", G, LINEAGE, ERR_OK, serve_lineage, { "sha256:ab" } },
	{ "lineage, encoded", G, "/v1/lineage/sha256%3aab", ERR_OK,
	    serve_lineage, { "sha256:ab" } },
	{ "lineage, encoded twice", G, "/v1/lineage/sha256%253aab", ERR_SYNTAX,
	    NULL, { 0 } },
	{ "lineage, an encoded slash", G, "/v1/lineage/a%2fb", ERR_SYNTAX, NULL,
	    { 0 } },
	{ "lineage with queries", G, LINEAGE "?direction=up&depth=3", ERR_OK,
	    serve_lineage, { "sha256:ab" } },
	{ "a file in a lineage", G, LINEAGE "/contains/sha256:cd?as=p", ERR_OK,
	    serve_contains, { "sha256:ab", "sha256:cd" } },
	{ "nothing in a lineage", G, LINEAGE "/contains", ERR_NOT_FOUND, NULL,
	    { 0 } },
	{ "a file in a set", G, "/v1/datasets/sha256:ab/shards/sha256%3acd",
	    ERR_OK, serve_dataset_shard, { "sha256:ab", "sha256:cd" } },
	{ "what came of a file", G,
	    "/v1/shards/sha256:ab?release=a/b/1&after=3", ERR_OK, serve_shard,
	    { "sha256:ab" } },
	{ "advisories", G, "/v1/advisories?subject=sha256:ab&as=p", ERR_OK,
	    serve_advisories, { 0 } },
	{ "an unknown query", G, LINEAGE "?depht=3", ERR_SYNTAX, NULL, { 0 } },
	{ "a query in upper case", G, LINEAGE "?Depth=3", ERR_SYNTAX, NULL,
	    { 0 } },
	{ "a query twice", G, LINEAGE "?depth=3&depth=3", ERR_SYNTAX, NULL,
	    { 0 } },
	{ "a query without value", G, LINEAGE "?depth=", ERR_SYNTAX, NULL,
	    { 0 } },
	{ "a query without =", G, LINEAGE "?depth", ERR_SYNTAX, NULL, { 0 } },
	{ "a query without name", G, LINEAGE "?=3", ERR_SYNTAX, NULL, { 0 } },
	{ "a query of nothing", G, LINEAGE "?", ERR_SYNTAX, NULL, { 0 } },
	{ "& at the end", G, LINEAGE "?depth=3&", ERR_SYNTAX, NULL, { 0 } },
	{ "an encoded query name", G, LINEAGE "?dept%68=3", ERR_SYNTAX, NULL,
	    { 0 } },
	{ "two = in a query", G, LINEAGE "?as=a=b", ERR_SYNTAX, NULL, { 0 } },
	{ "a bare plus in a query", G, "/v1/records?signer=a+b", ERR_SYNTAX,
	    NULL, { 0 } },
	{ "openness", G, "/v1/openness/sha256:00?as=lab&auditors=a:b", ERR_OK,
	    serve_openness, { "sha256:00" } },
	{ "releases", G, "/v1/releases?principal=lab", ERR_OK, serve_releases,
	    { 0 } },
	{ "a release", G, "/v1/releases/lab/a/1.0+b", ERR_OK, serve_release,
	    { "lab/a/1.0+b" } },
	{ "health", G, "/healthz", ERR_OK, serve_health, { 0 } },
	{ "metrics", G, "/metrics", ERR_OK, serve_metrics, { 0 } },
	{ "openapi", G, "/v1/openapi.json", ERR_OK, serve_openapi, { 0 } },
	{ "no web page", G, "/", ERR_NOT_FOUND, NULL, { 0 } },
	{ "no list of blobs", G, "/v1/blobs", ERR_NOT_FOUND, NULL, { 0 } },
	{ "dot dot", G, "/tile/../checkpoint", ERR_OK, serve_tile,
	    { "../checkpoint" } },
};

static struct gate_pass
pass_of(enum gate_method method, const char *target)
{
	struct span text = span_of_text(target);
	size_t path_len = span_find(text, '?');

	return (struct gate_pass){
		.method = method,
		.path = span_part(text, 0, path_len),
		.query = span_part(text, path_len + 1, text.len),
		.has_query = path_len < text.len,
	};
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct gate_pass pass = pass_of(row->method, row->target);
	struct request request = { .arena = arena_new(65536) };
	struct route_match match;
	struct why w = { "" };

	assert_err(row->err, route_find(&pass, &request, &match, &w));
	if (row->err == ERR_METHOD)
		assert_non_null(match.allow);
	if (row->err == ERR_OK) {
		assert_true(row->handler == match.handler);
		for (size_t i = 0; i < 2 && row->segments[i] != NULL; i++)
			assert_span_text(row->segments[i], request.segments[i]);
	}
	arena_free(request.arena);
}

struct body_row {
	const char *name;
	const char *media_type;
	uint64_t length;
	enum err err;
};

static const struct body_row body_rows[] = {
	{ "body: no type", "", BODY_RECORD_MAX, ERR_OK },
	{ "body: no type, too long", "", BODY_RECORD_MAX + 1, ERR_TOO_LARGE },
	{ "body: curl's form type", "application/x-www-form-urlencoded", 1,
	    ERR_OK },
	{ "body: JSON", "application/json", 1, ERR_OK },
	{ "body: DSSE", "application/vnd.dsse.envelope.v1+json", 1, ERR_OK },
	{ "body: bytes", "application/octet-stream", 1, ERR_OK },
	{ "body: NDJSON", "application/x-ndjson", BODY_LINES_MAX, ERR_OK },
	{ "body: NDJSON, too long", "application/x-ndjson", BODY_LINES_MAX + 1,
	    ERR_TOO_LARGE },
	{ "body: length beyond 2^64", "", UINT64_MAX, ERR_TOO_LARGE },
	{ "body: text", "text/plain", 1, ERR_MEDIA_TYPE },
	{ "body: multipart", "multipart/form-data", 1, ERR_MEDIA_TYPE },
};

static void
test_body(void **state)
{
	const struct body_row *row = *state;
	struct gate_pass pass = pass_of(GATE_POST, "/v1/records");
	struct request request = { .arena = arena_new(65536) };
	struct route_match match;

	pass.length = row->length;
	pass.media_type_len = strlen(row->media_type);
	memcpy(pass.media_type, row->media_type, pass.media_type_len);
	assert_err(row->err, route_find(&pass, &request, &match, NULL));
	arena_free(request.arena);
}

/* Refused where a body is taken; elsewhere the method is what is wrong. */
struct form_row {
	const char *name;
	const char *target;
	bool is_gzip;
	bool has_range;
	enum err err;
};

static const struct form_row form_rows[] = {
	{ "form: as it is", "/v1/records", false, false, ERR_OK },
	{ "form: gzip", "/v1/records", true, false, ERR_MEDIA_TYPE },
	{ "form: a range", "/v1/records", false, true, ERR_SYNTAX },
	{ "form: gzip for a blob", "/v1/blobs/sha256:ab", true, false,
	    ERR_METHOD },
	{ "form: a range for a blob", "/v1/blobs/sha256:ab", false, true,
	    ERR_METHOD },
};

static void
test_form(void **state)
{
	const struct form_row *row = *state;
	struct gate_pass pass = pass_of(GATE_POST, row->target);
	struct request request = { .arena = arena_new(4096) };
	struct route_match match;

	pass.is_gzip = row->is_gzip;
	pass.has_range = row->has_range;
	assert_err(row->err, route_find(&pass, &request, &match, NULL));
	arena_free(request.arena);
}

static void
test_queries(void **state)
{
	struct gate_pass pass = pass_of(
	    G, "/v1/records?signer=SHA256%3aa%2Bb%2fc&limit=12&after=0");
	struct request request = { .arena = arena_new(65536) };
	struct route_match match;
	struct span value;
	uint64_t number = 99;
	const uint64_t bounds[2] = { 1, 12 };
	const uint64_t low[2] = { 1, 11 };
	struct why w = { "" };
	(void)state;

	assert_err(ERR_OK, route_find(&pass, &request, &match, &w));
	assert_true(request_query(&request, "signer", &value));
	assert_span_text("SHA256:a+b/c", value);
	assert_false(request_query(&request, "kind", &value));
	assert_err(ERR_OK,
	    request_query_number(&request, "limit", bounds, &number, &w));
	assert_int_equal(12, number);
	assert_err(ERR_OK,
	    request_query_number(&request, "min_size", bounds, &number, &w));
	assert_int_equal(12, number);
	assert_err(ERR_SYNTAX,
	    request_query_number(&request, "limit", low, &number, &w));
	assert_string_equal(
	    "limit: a decimal from 1 to 11, without leading zeros", w.text);
	assert_err(ERR_SYNTAX,
	    request_query_number(&request, "after", bounds, &number, &w));
	assert_int_equal(12, number);
	arena_free(request.arena);
}

static void
test_a_stream(void **state)
{
	struct gate_pass pass = pass_of(GATE_PUT, "/v1/blobs/sha256:ab");
	struct request request = { .arena = arena_new(4096) };
	struct route_match match;
	struct why w = { "" };

	(void)state;
	assert_err(ERR_SYNTAX, route_find(&pass, &request, &match, &w));
	assert_non_null(strstr(w.text, "Content-Length"));
	pass.has_length = true;
	pass.length = 5;
	pass.has_range = true;
	pass.range = (struct gate_range){ 1, 5, 9 };
	assert_err(ERR_OK, route_find(&pass, &request, &match, &w));
	assert_ptr_equal(&serve_blob_put, match.stream);
	assert_ptr_equal(put_end, match.handler);
	assert_string_equal("GET, HEAD, PUT, OPTIONS", match.allow);
	assert_int_equal(METHOD_PUT, request.method);
	assert_int_equal(5, request.body_len);
	assert_int_equal(9, request.range.size);
	arena_free(request.arena);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT_ROWS(body_rows, test_body);
	UNIT_ROWS(form_rows, test_form);
	UNIT(test_queries);
	UNIT(test_a_stream);
	return unit_run(argc, argv);
}
