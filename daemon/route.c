#include "daemon/route.h"

#define ALLOW_GET "GET, HEAD, OPTIONS"
#define ALLOW_BOTH "GET, HEAD, POST, OPTIONS"
#define ALLOW_PUT "GET, HEAD, PUT, OPTIONS"

struct route {
	/* ':' takes one segment, '*' at the end all that follow */
	const char *pattern;
	serve_handler *get;
	serve_handler *post;
	const struct serve_stream *put;
	const char *queries; /* names, each with a space before and behind it */
	bool is_decoded;     /* %XX in the segments that are taken */
	bool is_tlog;	     /* a query is 404 */
};

/* Every answer that rests on the index takes min_size. */
static const struct route routes[] = {
	{ .pattern = "/checkpoint", .get = serve_checkpoint, .is_tlog = true },
	{ .pattern = "/tile/*", .get = serve_tile, .is_tlog = true },
	{ .pattern = "/v1/records",
	    .get = serve_records,
	    .post = serve_records_post,
	    .queries = " subject signer principal kind name rests source about "
		       "component after limit min_size " },
	{ .pattern = "/v1/records/:", .get = serve_record },
	{ .pattern = "/v1/records/:/statement", .get = serve_record_statement },
	{ .pattern = "/v1/records/:/proof", .get = serve_record_proof },
	{ .pattern = "/v1/proofs/inclusion/:/:", .get = serve_inclusion },
	{ .pattern = "/v1/proofs/consistency/:/:", .get = serve_consistency },
	{ .pattern = "/v1/lineage/:",
	    .get = serve_lineage,
	    .queries =
		" direction depth limit as auditors strangers format min_size ",
	    .is_decoded = true },
	{ .pattern = "/v1/lineage/:/contains/:",
	    .get = serve_contains,
	    .queries = " as min_size ",
	    .is_decoded = true },
	{ .pattern = "/v1/datasets/:/shards/:",
	    .get = serve_dataset_shard,
	    .queries = " as min_size ",
	    .is_decoded = true },
	{ .pattern = "/v1/shards/:",
	    .get = serve_shard,
	    .queries = " auditors as limit after release min_size ",
	    .is_decoded = true },
	{ .pattern = "/v1/advisories",
	    .get = serve_advisories,
	    .queries = " subject signer principal as after limit min_size " },
	{ .pattern = "/v1/openness/:",
	    .get = serve_openness,
	    .queries = " as auditors version min_size ",
	    .is_decoded = true },
	{ .pattern = "/v1/releases",
	    .get = serve_releases,
	    .queries = " subject signer principal name after limit min_size " },
	{ .pattern = "/v1/releases/*",
	    .get = serve_release,
	    .queries = " format min_size ",
	    .is_decoded = true },
	{ .pattern = "/v1/licenses/:/drift",
	    .get = serve_license_drift,
	    .queries = " min_size ",
	    .is_decoded = true },
	{ .pattern = "/v1/licensing/:",
	    .get = serve_licensing,
	    .queries = " as claim min_size ",
	    .is_decoded = true },
	{ .pattern = "/v1/blobs/:",
	    .get = serve_blob,
	    .put = &serve_blob_put,
	    .is_decoded = true },
	{ .pattern = "/v1/openapi.json", .get = serve_openapi },
	{ .pattern = "/healthz", .get = serve_health },
	{ .pattern = "/metrics", .get = serve_metrics },
};

#define ROUTES (sizeof(routes) / sizeof(routes[0]))

static const char *
allow_of(const struct route *route)
{
	if (route->put != NULL)
		return ALLOW_PUT;
	return route->post == NULL ? ALLOW_GET : ALLOW_BOTH;
}

/* ---- the path ---- */

/* The next segment of what follows a '/'; false when nothing is left. */
static bool
take_segment(struct span *rest, struct span *ret)
{
	if (rest->len == 0)
		return false;
	struct span behind = span_part(*rest, 1, rest->len);
	*ret = span_part(behind, 0, span_find(behind, '/'));
	*rest = span_part(behind, ret->len, behind.len);
	return true;
}

static bool
take(struct request *request, struct span segment)
{
	if (segment.len == 0 || request->segment_count == REQUEST_SEGMENTS_MAX)
		return false;
	request->segments[request->segment_count++] = segment;
	return true;
}

static bool
matches(const struct route *route, struct span path, struct request *request)
{
	struct span pattern = span_of_text(route->pattern);
	struct span expected, segment;

	request->segment_count = 0;
	while (take_segment(&pattern, &expected)) {
		if (span_is(expected, "*"))
			return take(request, span_part(path, 1, path.len));
		if (!take_segment(&path, &segment))
			return false;
		if (span_is(expected, ":")) {
			if (!take(request, segment))
				return false;
		} else if (!span_equal(expected, segment)) {
			return false;
		}
	}
	return path.len == 0;
}

static enum err
decode(struct request *request, const char *name, struct span *value,
    struct why *w)
{
	size_t len;
	uint8_t *out = arena_take(request->arena, value->len, 1);

	if (out == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (!gate_decode(*value, out, &len))
		return why(w, ERR_SYNTAX,
		    "%s: after decoding %%XX once, a byte is outside "
		    "[A-Za-z0-9/._:@+-]",
		    name);
	*value = span_of(out, len);
	return ERR_OK;
}

static enum err
decode_segments(
    const struct route *route, struct request *request, struct why *w)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < request->segment_count; i++) {
		struct span *segment = &request->segments[i];
		size_t slashes = span_find(*segment, '/');
		if (span_find(*segment, '%') == segment->len)
			continue;
		if (!route->is_decoded)
			return why(
			    w, ERR_NOT_FOUND, "path: %%XX has no place here");
		struct span whole = *segment;
		err = decode(request, "path", segment, w);
		/* a '/' that was written as %2F names nothing of ours */
		if (err == ERR_OK && slashes == whole.len &&
		    span_find(*segment, '/') < segment->len)
			return why(w, ERR_SYNTAX, "path: an encoded '/'");
	}
	return err;
}

/* ---- the query ---- */

static bool
is_known(const char *names, struct span name)
{
	struct span rest = span_of_text(names);
	struct span known;

	while (span_cut(&rest, ' ', &known)) {
		if (known.len > 0 && span_equal(known, name))
			return true;
	}
	return false;
}

static enum err
take_query(const struct route *route, struct request *request, struct span pair,
    struct why *w)
{
	struct request_query query = { .value = pair };
	struct span seen;
	char name[32] = "";

	if (!span_cut(&query.value, '=', &query.name) || query.value.len == 0)
		return why(
		    w, ERR_SYNTAX, "query: each part has the form name=value");
	struct span known = span_of_text(route->queries);
	if (!is_known(route->queries, query.name))
		return why(w, ERR_SYNTAX,
		    "query: unknown name `%.*s`; known: %.*s",
		    SPAN_ARGS(span_part(query.name, 0, 64)),
		    SPAN_ARGS(span_part(known, 1, known.len - 2)));
	/* a known name, so it is short and made of letters */
	memcpy(name, query.name.data, query.name.len);
	if (request_query(request, name, &seen))
		return why(w, ERR_SYNTAX, "%s: given twice", name);
	if (span_find(query.value, '+') < query.value.len)
		return why(w, ERR_SYNTAX,
		    "%s: write a plus sign as %%2B in a query", name);
	enum err err = decode(request, name, &query.value, w);
	if (err == ERR_OK && request->query_count == HTTP_QUERIES_MAX)
		err = why(w, ERR_LIMIT, "query: more than %d names",
		    HTTP_QUERIES_MAX);
	if (err == ERR_OK)
		request->queries[request->query_count++] = query;
	return err;
}

static enum err
take_queries(const struct route *route, const struct gate_pass *pass,
    struct request *request, struct why *w)
{
	struct span rest = pass->query;
	struct span pair;
	enum err err = ERR_OK;

	request->query_count = 0;
	if (!pass->has_query)
		return ERR_OK;
	if (route->is_tlog)
		return why(w, ERR_NOT_FOUND,
		    "path: no query here, it would only divide the caches");
	if (route->queries == NULL || pass->method == GATE_POST ||
	    pass->method == GATE_PUT)
		return why(w, ERR_SYNTAX, "query: none is known here");
	while (err == ERR_OK && span_cut(&rest, '&', &pair))
		err = take_query(route, request, pair, w);
	return err == ERR_OK ? take_query(route, request, rest, w) : err;
}

/* ---- method and body ---- */

static enum err
choose(const struct route *route, const struct gate_pass *pass,
    struct request *request, struct route_match *match, struct why *w)
{
	match->allow = allow_of(route);
	request->method = pass->method == GATE_POST ? METHOD_POST
	    : pass->method == GATE_PUT		    ? METHOD_PUT
						    : METHOD_GET;
	match->handler = NULL;
	match->stream = NULL;
	if (pass->method == GATE_OPTIONS)
		return ERR_OK;
	if (pass->method == GATE_GET || pass->method == GATE_HEAD)
		match->handler = route->get;
	else if (pass->method == GATE_POST)
		match->handler = route->post;
	else if (pass->method == GATE_PUT && route->put != NULL) {
		match->stream = route->put;
		match->handler = route->put->end;
	}
	if (match->handler == NULL)
		return why(
		    w, ERR_METHOD, "method: allowed here: %s", match->allow);
	return ERR_OK;
}

/* The only body is POST /v1/records'. */
static size_t
body_max(struct span media_type)
{
	/* curl's --data names the form type; no type at all is fine too */
	static const char *const one[] = {
		"",
		"application/x-www-form-urlencoded",
		"application/json",
		"application/octet-stream",
		REPLY_DSSE,
	};

	if (span_is(media_type, REPLY_NDJSON))
		return BODY_LINES_MAX;
	for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++) {
		if (span_is(media_type, one[i]))
			return BODY_RECORD_MAX;
	}
	return 0;
}

static enum err
take_body(const struct gate_pass *pass, struct request *request,
    struct route_match *match, struct why *w)
{
	match->body_max = 0;
	request->body_len = pass->length;
	request->is_gzip = pass->is_gzip;
	request->has_range = pass->has_range;
	request->range = pass->range;
	if (match->stream != NULL && !pass->has_length)
		return why(w, ERR_SYNTAX,
		    "Content-Length: needed, a blob is not taken in chunks");
	if (pass->method != GATE_POST)
		return ERR_OK;
	if (pass->is_gzip)
		return why(w, ERR_MEDIA_TYPE,
		    "Content-Encoding: bodies are taken as they are only");
	if (pass->has_range)
		return why(w, ERR_SYNTAX, "Content-Range: of PUT alone");
	struct span type = arena_copy(
	    request->arena, span_of(pass->media_type, pass->media_type_len));
	if (type.data == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	request->media_type = type;
	match->body_max = body_max(type);
	if (match->body_max == 0)
		return why(w, ERR_MEDIA_TYPE,
		    "Content-Type: application/json, " REPLY_DSSE
		    " or " REPLY_NDJSON);
	if (pass->length > match->body_max)
		return why(w, ERR_TOO_LARGE, "body: %llu bytes, at most %zu",
		    (unsigned long long)pass->length, match->body_max);
	return ERR_OK;
}

enum err
route_find(const struct gate_pass *pass, struct request *request,
    struct route_match *ret, struct why *w)
{
	const struct route *route = NULL;

	ret->allow = NULL;
	for (size_t i = 0; route == NULL && i < ROUTES; i++) {
		if (matches(&routes[i], pass->path, request))
			route = &routes[i];
	}
	if (route == NULL)
		return why(w, ERR_NOT_FOUND,
		    "path: nothing is here; /v1/openapi.json lists the calls");
	request->path = pass->path;
	request->accept = pass->accept;
	enum err err = choose(route, pass, request, ret, w);
	if (err == ERR_OK)
		err = decode_segments(route, request, w);
	if (err == ERR_OK)
		err = take_queries(route, pass, request, w);
	if (err == ERR_OK)
		err = take_body(pass, request, ret, w);
	return err;
}
