/* serve_read, serve_list, serve_lineage, serve_tlog: from a target to an answer,
 * over a log of 300 entries of which 290 are published. */
#include "tests/daemon/shelf.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "daemon/route.h"
#include "daemon/tile_cache.h"
#include "schema/tile.h"
#include "schema/tlog_proof.h"

#define STORED 300
#define PUBLISHED 290
#define APPENDED 200 /* while others read */

static struct shelf shelf;
static struct ledger *ledger;
static struct secret_key *secret;
static struct hash ids[STORED + APPENDED];
static struct tree_head heads[STORED + APPENDED + 1];

/* ---- the ledger ---- */

static void
add(const struct shelf_statement *s)
{
	uint64_t position = shelf.edge.size;

	ids[position] = shelf_add(&shelf, s);
	if (shelf.is_followed) /* as the sequencer does, before publishing */
		assert_true(
		    recent_add(ledger->recent, &ids[position], position));
	heads[position + 1].size = position + 1;
	heads[position + 1].root = tree_edge_root(&shelf.edge);
}

static void
fill(void)
{
	struct shelf_artifact subject = { .node = 0 };
	struct shelf_artifact input = { .node = 1, .role = "data" };
	struct shelf_statement s = {
		.kind = RECORD_RUN,
		.subject_count = 1,
		.subjects = &subject,
		.input_count = 1,
		.inputs = &input,
		.version = "1.0",
	};

	heads[0].root = tree_empty();
	add(&s);
	s.kind = RECORD_RELEASE;
	subject.name = "p0/rel";
	add(&s);
	s.version = "2.0";
	add(&s);
	s.kind = RECORD_WITHDRAWAL;
	s.subject_count = 0;
	s.withdraws = &ids[2];
	add(&s);
	s.kind = RECORD_DATASET;
	s.subject_count = 1;
	s.input_count = 0;
	s.principal = 1;
	subject.name = NULL;
	while (shelf.edge.size < STORED) {
		subject.node = (unsigned)shelf.edge.size;
		add(&s);
	}
	shelf_commit(&shelf);
}

static void
publish(uint64_t size)
{
	struct writer note = writer_heap(CHECKPOINT_NOTE_MAX);

	checkpoint_sign(&heads[size], &ledger->key, secret, &note);
	assert_err(ERR_OK, writer_end(&note));
	published_put(ledger->published, &heads[size], writer_view(&note));
	writer_done(&note);
}

static void
start(void)
{
	struct public_key key;

	shelf_open(&shelf);
	fill();
	ledger = ledger_new();
	assert_non_null(ledger);
	ledger->log = shelf.log;
	ledger->index = shelf.index;
	secret = key_secret_random();
	key_secret_public(secret, &key);
	note_key_make("log.example.org/t", &key, &ledger->key);
	publish(PUBLISHED);
	assert_err(ERR_OK, indexer_new(ledger, &ledger->indexer, NULL));
	assert_err(ERR_OK, indexer_start(ledger->indexer));
	while (indexer_size(ledger->indexer) < PUBLISHED)
		;
}

static void
stop(void)
{
	indexer_stop(ledger->indexer);
	indexer_free(ledger->indexer);
	ledger->log = NULL; /* the shelf's */
	ledger->index = NULL;
	ledger_free(ledger);
	key_secret_free(secret);
	shelf_close(&shelf);
}

/* ---- one question ---- */

struct got {
	struct arena *arena;
	struct reply reply;
	bool is_by_worker;
};

static void
resume(struct request *request)
{
	atomic_store((atomic_bool *)request->inside, true);
}

static enum served
call(struct request *request, struct got *got, serve_handler *handler)
{
	request->calls++;
	request->is_hasty = true;
	enum served served = handler(request, &got->reply);
	if (served != SERVED_AWAY)
		return served;
	assert_int_equal(0, writer_view(&got->reply.body).len);
	got->is_by_worker = true;
	request->is_hasty = false;
	return handler(request, &got->reply);
}

/* As http does it, but for the thread, which waits. */
static void
answer(struct request *request, struct got *got, serve_handler *handler)
{
	atomic_bool is_resumed = false;

	request->resume = resume;
	request->inside = &is_resumed;
	if (call(request, got, handler) == SERVED)
		return;
	while (!atomic_load(&is_resumed)) {
		indexer_expire(ledger->indexer, clock_steady_ms());
		sched_yield();
	}
	if (call(request, got, handler) != SERVED)
		abort();
}

static struct got
get(const char *target)
{
	struct span whole = span_of_text(target);
	struct span path = whole;
	bool has_query = span_find(whole, '?') < whole.len;
	struct gate_pass pass = { .method = GATE_GET };
	struct got got = {
		.arena = arena_new(REQUEST_ARENA_MAX),
		.reply = reply_new(),
	};
	struct request request = {
		.ledger = ledger,
		.arena = got.arena,
	};
	struct route_match match;
	struct why w = { "" };
	enum err err;

	if (has_query) {
		(void)span_cut(&whole, '?', &path);
		pass.query = whole;
		pass.has_query = true;
	}
	pass.path = path;
	err = route_find(&pass, &request, &match, &w);
	if (err != ERR_OK)
		reply_error(&got.reply, err, &w);
	else
		answer(&request, &got, match.handler);
	return got;
}

static struct span
body_of(const struct got *got)
{
	return got->reply.tile != NULL ? tile_bytes_view(got->reply.tile)
				       : writer_view(&got->reply.body);
}

static void
drop(struct got *got)
{
	reply_done(&got->reply);
	arena_free(got->arena);
}

static bool
holds(struct span body, const char *part)
{
	size_t len = strlen(part);

	for (size_t i = 0; i + len <= body.len; i++)
		if (memcmp(body.data + i, part, len) == 0)
			return true;
	return false;
}

/* ---- targets and what they give ---- */

#define NO_STORE REPLY_NO_STORE
#define ZEROS "0000000000000000000000000000000"
#define NODE "sha256:00" ZEROS ZEROS
#define EMPTY \
	"sha256:" \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct row {
	const char *name;
	const char *target;
	int status;
	enum reply_cache cache;
	const char *part; /* of the body; NULL: not looked at */
};

static const struct row rows[] = {
	{ "checkpoint", "/checkpoint", 200, REPLY_NO_CACHE,
	    "log.example.org/t\n290\n" },
	/* tiles */
	{ "tile 0/000", "/tile/0/000", 200, REPLY_IMMUTABLE, NULL },
	{ "tile 0/001.p/34", "/tile/0/001.p/34", 200, REPLY_IMMUTABLE, NULL },
	{ "tile 0/001.p/35", "/tile/0/001.p/35", 404, NO_STORE, NULL },
	{ "tile 0/000.p/255", "/tile/0/000.p/255", 200, REPLY_IMMUTABLE, NULL },
	{ "tile 0/000.p/0", "/tile/0/000.p/0", 404, NO_STORE, NULL },
	{ "tile 0/000.p/256", "/tile/0/000.p/256", 404, NO_STORE, NULL },
	{ "tile 0/000.p/1.p/1", "/tile/0/000.p/1.p/1", 404, NO_STORE, NULL },
	{ "tile 0/001", "/tile/0/001", 404, NO_STORE, NULL },
	{ "tile 0/002.p/1", "/tile/0/002.p/1", 404, NO_STORE, NULL },
	{ "tile 1/000", "/tile/1/000", 404, NO_STORE, NULL },
	{ "tile 1/000.p/1", "/tile/1/000.p/1", 200, REPLY_IMMUTABLE, NULL },
	{ "tile 1/000.p/2", "/tile/1/000.p/2", 404, NO_STORE, NULL },
	{ "tile 2/000.p/1", "/tile/2/000.p/1", 404, NO_STORE, NULL },
	{ "tile 63/000.p/1", "/tile/63/000.p/1", 404, NO_STORE, NULL },
	{ "tile 64/000.p/1", "/tile/64/000.p/1", 404, NO_STORE, NULL },
	{ "tile -1/000", "/tile/-1/000", 404, NO_STORE, NULL },
	{ "tile 007/000", "/tile/007/000", 404, NO_STORE, NULL },
	{ "tile 0/x999/999", "/tile/0/x999/999", 404, NO_STORE, NULL },
	{ "tile of 2^64", "/tile/0/x018/x446/x744/x073/x709/x551/616", 404,
	    NO_STORE, NULL },
	{ "tile entries/001.p/34", "/tile/entries/001.p/34", 200,
	    REPLY_IMMUTABLE, NULL },
	{ "tile entries/001.p/35", "/tile/entries/001.p/35", 404, NO_STORE,
	    NULL },
	/* proofs */
	{ "inclusion 0", "/v1/proofs/inclusion/1/0", 200, REPLY_IMMUTABLE,
	    "{\"size\":1,\"index\":0,\"hashes\":[]}" },
	{ "inclusion: index = size", "/v1/proofs/inclusion/290/290", 400,
	    NO_STORE, "index" },
	{ "inclusion: size 0", "/v1/proofs/inclusion/0/0", 400, NO_STORE,
	    "index" },
	{ "inclusion: size > tree", "/v1/proofs/inclusion/291/0", 400, NO_STORE,
	    "size" },
	{ "inclusion: 2^63", "/v1/proofs/inclusion/9223372036854775808/0", 400,
	    NO_STORE, "size" },
	{ "inclusion: 2^64", "/v1/proofs/inclusion/18446744073709551616/0", 400,
	    NO_STORE, "size" },
	{ "inclusion: 01", "/v1/proofs/inclusion/01/0", 400, NO_STORE, "size" },
	{ "inclusion: -1", "/v1/proofs/inclusion/2/-1", 400, NO_STORE,
	    "index" },
	{ "consistency of equals", "/v1/proofs/consistency/290/290", 200,
	    REPLY_IMMUTABLE, "{\"old\":290,\"size\":290,\"hashes\":[]}" },
	{ "consistency: old 0", "/v1/proofs/consistency/0/5", 400, NO_STORE,
	    "old" },
	{ "consistency: old > size", "/v1/proofs/consistency/6/5", 400,
	    NO_STORE, "old" },
	{ "consistency: size > tree", "/v1/proofs/consistency/5/291", 400,
	    NO_STORE, "size" },
	/* records */
	{ "a short id", "/v1/records/00", 400, NO_STORE, "64" },
	{ "an id in upper case", "/v1/records/A" ZEROS ZEROS "0", 400, NO_STORE,
	    "64" },
	{ "an unknown id", "/v1/records/00" ZEROS ZEROS, 404, NO_STORE,
	    "none" },
	{ "an unknown id's proof", "/v1/records/00" ZEROS ZEROS "/proof", 404,
	    NO_STORE, "none" },
	/* lists */
	{ "a page", "/v1/records?limit=2&after=0", 200, NO_STORE,
	    "\"next\":2}" },
	{ "the last page", "/v1/records?after=288", 200, NO_STORE,
	    "\"index\":289," },
	{ "behind the end", "/v1/records?after=289", 200, NO_STORE,
	    "{\"treeSize\":290,\"records\":[],\"next\":null}" },
	{ "after 2^63-1", "/v1/records?after=9223372036854775807", 200,
	    NO_STORE, "[],\"next\":null}" },
	{ "limit 0", "/v1/records?limit=0", 400, NO_STORE, "limit" },
	{ "limit 1001", "/v1/records?limit=1001", 400, NO_STORE, "limit" },
	{ "limit 1000", "/v1/records?limit=1000", 200, NO_STORE, "null}" },
	{ "kind", "/v1/records?kind=run", 200, NO_STORE, "\"kind\":\"run\"" },
	{ "an unknown kind", "/v1/records?kind=ran", 400, NO_STORE, "kind" },
	{ "a principal", "/v1/records?principal=p0&limit=9", 200, NO_STORE,
	    "\"next\":null" },
	{ "no principal", "/v1/records?principal=P", 400, NO_STORE,
	    "principal" },
	{ "the log's principal", "/v1/records?principal=log.example.org/t", 200,
	    NO_STORE, "[]" },
	{ "no name", "/v1/records?name=p0", 400, NO_STORE, "name" },
	{ "no keyid", "/v1/records?signer=abc", 400, NO_STORE, "signer" },
	{ "no digest", "/v1/records?subject=sha256:00", 400, NO_STORE,
	    "subject" },
	{ "min_size", "/v1/records?min_size=290&limit=1", 200, NO_STORE,
	    "290" },
	{ "min_size above the log", "/v1/records?min_size=291", 400, NO_STORE,
	    "min_size" },
	/* releases */
	{ "releases", "/v1/releases?limit=1", 200, NO_STORE,
	    "\"name\":\"p0/rel\",\"version\":\"1.0\"" },
	{ "a release", "/v1/releases/p0/rel/1.0", 200, NO_STORE,
	    "\"statement\":{\"_type\"" },
	{ "a withdrawn release", "/v1/releases/p0/rel/2.0", 200, NO_STORE,
	    "\"withdrawn\":\"" },
	{ "no such version", "/v1/releases/p0/rel/3.0", 404, NO_STORE, "3.0" },
	{ "no version", "/v1/releases/p0", 400, NO_STORE, "release" },
	{ "a name alone", "/v1/releases/p0/rel", 400, NO_STORE, "release" },
	/* files in sets */
	{ "a set that nobody knows", "/v1/datasets/" NODE "/shards/" NODE, 200,
	    NO_STORE,
	    "\"record\":null,\"index\":null,\"principal\":null,"
	    "\"verdict\":\"unknown\",\"by\":null,\"reason\":\"no record" },
	{ "a file by another digest",
	    "/v1/datasets/" NODE "/shards/md5:0" ZEROS, 400, NO_STORE,
	    "digest: sha256:<hex> of the file" },
	{ "a set that is a record",
	    "/v1/datasets/tlogLeaf:00" ZEROS ZEROS "/shards/" NODE, 400,
	    NO_STORE, "names a record" },
	{ "a set as nobody", "/v1/datasets/" NODE "/shards/" NODE "?as=/", 400,
	    NO_STORE, "as: a principal" },
	{ "contains, as nobody", "/v1/lineage/" NODE "/contains/" NODE, 400,
	    NO_STORE, "as: needed" },
	{ "contains itself", "/v1/lineage/" NODE "/contains/" NODE "?as=p0",
	    200, NO_STORE,
	    "\"verdict\":\"yes\",\"path\":[],\"proofs\":[],\"steps\":[],"
	    "\"ends\":[\"" NODE "\"],\"apart\":[]}" },
	{ "contains another, a gap",
	    "/v1/lineage/" NODE "/contains/sha256:11" ZEROS ZEROS "?as=p0", 200,
	    NO_STORE, "\"verdict\":\"unknown\",\"gap\":{\"node\":\"" NODE },
	{ "contains nothing", "/v1/lineage/" NODE "/contains/" EMPTY "?as=p0",
	    400, NO_STORE, "empty files are not one artifact" },
	{ "nothing came of it", "/v1/shards/" NODE, 200, NO_STORE,
	    "\"truncated\":false,\"datasets\":[],\"hits\":[],\"clean\":[],"
	    "\"advisories\":[],\"next\":null}" },
	{ "what came of no bytes", "/v1/shards/" EMPTY, 400, NO_STORE,
	    "empty files are not one artifact" },
	{ "1001 hits", "/v1/shards/" NODE "?limit=1001", 400, NO_STORE,
	    "limit: a decimal from 1 to 1000" },
	{ "a release without version", "/v1/shards/" NODE "?release=p0", 400,
	    NO_STORE, "release: <principal>/<path>/<version>" },
	{ "a release of a git tree",
	    "/v1/shards/gitTree:00" ZEROS "0000000?release=p0/a/1", 400,
	    NO_STORE, "release: needs sha256" },
	{ "a release that nobody knows", "/v1/shards/" NODE "?release=p0/a/1",
	    200, NO_STORE,
	    "\"release\":{\"record\":null,\"name\":\"p0/a\",\"version\":\"1\","
	    "\"why\":\"no record of this version stands\",\"verdict\":"
	    "\"unknown\"}" },
	{ "no advisories", "/v1/advisories", 200, NO_STORE,
	    "{\"treeSize\":290,\"records\":[],\"next\":null}" },
	{ "101 advisories", "/v1/advisories?limit=101", 400, NO_STORE,
	    "limit: a decimal from 1 to 100" },
	{ "advisories have no kind", "/v1/advisories?kind=advisory", 400,
	    NO_STORE,
	    "known: subject signer principal as after limit min_size\"" },
	/* lineage */
	{ "a record's id is no node", "/v1/lineage/tlogLeaf:00" ZEROS ZEROS,
	    400, NO_STORE, "tlogLeaf" },
	{ "an unknown digest", "/v1/lineage/sha256:00" ZEROS ZEROS, 200,
	    NO_STORE,
	    "\"names\":[],\"records\":[],\"gap\":true,\"advisories\":null}],"
	    "\"edges\":[]" },
	{ "no digest to walk", "/v1/lineage/sha256:0", 400, NO_STORE,
	    "sha256" },
	{ "no such way", "/v1/lineage/sha256:00" ZEROS ZEROS "?direction=side",
	    400, NO_STORE, "direction" },
	{ "no such format", "/v1/lineage/sha256:00" ZEROS ZEROS "?format=svg",
	    400, NO_STORE, "format" },
	{ "depth 65", "/v1/lineage/sha256:00" ZEROS ZEROS "?depth=65", 400,
	    NO_STORE, "depth" },
	{ "limit 1001 nodes", "/v1/lineage/sha256:00" ZEROS ZEROS "?limit=1001",
	    400, NO_STORE, "limit" },
	{ "as nobody", "/v1/lineage/sha256:00" ZEROS ZEROS "?as=/", 400,
	    NO_STORE, "as" },
	{ "DOT", "/v1/lineage/sha256:00" ZEROS ZEROS "?format=dot", 200,
	    NO_STORE, "digraph" },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct got got = get(row->target);

	if (row->status != got.reply.status ||
	    (row->part != NULL && !holds(body_of(&got), row->part)))
		print_message("# %d %.*s\n", got.reply.status,
		    SPAN_ARGS(span_part(body_of(&got), 0, 300)));
	assert_int_equal(row->status, got.reply.status);
	assert_int_equal(row->cache, got.reply.cache);
	if (row->part != NULL)
		assert_true(holds(body_of(&got), row->part));
	if (row->status != 200)
		assert_string_equal(PROBLEM_MEDIA_TYPE, got.reply.media_type);
	drop(&got);
}

/* ---- bytes ---- */

static void
test_record(void **state)
{
	char id[HASH_TEXT_MAX];
	char target[128];
	(void)state;

	for (size_t i = 0; i < STORED; i += 29) {
		hash_print(&ids[i], id);
		(void)snprintf(target, sizeof(target), "/v1/records/%s", id);
		struct got got = get(target);
		assert_int_equal(i < PUBLISHED ? 200 : 404, got.reply.status);
		if (i < PUBLISHED) {
			struct hash leaf = tree_leaf(body_of(&got));
			assert_true(hash_equal(&ids[i], &leaf));
			assert_string_equal(REPLY_DSSE, got.reply.media_type);
		}
		drop(&got);
	}
}

static void
test_statement(void **state)
{
	struct arena *arena = arena_new(REQUEST_ARENA_MAX);
	struct envelope envelope;
	char id[HASH_TEXT_MAX];
	char target[128];
	(void)state;

	hash_print(&ids[0], id);
	(void)snprintf(target, sizeof(target), "/v1/records/%s", id);
	struct got entry = get(target);
	(void)snprintf(target, sizeof(target), "/v1/records/%s/statement", id);
	struct got got = get(target);
	assert_string_equal(ENVELOPE_PAYLOAD_TYPE, got.reply.media_type);
	assert_err(ERR_OK,
	    envelope_parse_entry(body_of(&entry), arena, &envelope, NULL));
	assert_span(envelope.payload, body_of(&got));
	drop(&got);
	drop(&entry);
	arena_free(arena);
}

static void
test_proof(void **state)
{
	struct arena *arena = arena_new(REQUEST_ARENA_MAX);
	struct tlog_proof proof;
	struct checkpoint checkpoint;
	char id[HASH_TEXT_MAX];
	char target[128];
	(void)state;

	for (size_t i = 0; i < PUBLISHED; i += 17) {
		hash_print(&ids[i], id);
		(void)snprintf(
		    target, sizeof(target), "/v1/records/%s/proof", id);
		struct got got = get(target);
		assert_err(ERR_OK,
		    tlog_proof_parse(body_of(&got), arena, &proof, NULL));
		assert_int_equal(i, proof.index);
		assert_err(ERR_OK,
		    tlog_proof_verify(
			&proof, &ids[i], &ledger->key, &checkpoint, NULL));
		assert_int_equal(PUBLISHED, checkpoint.head.size);
		drop(&got);
	}
	arena_free(arena);
}

static void
test_tiles(void **state)
{
	char target[128];
	(void)state;

	for (unsigned n = 0; n < 2; n++)
		for (unsigned width = 1; width <= 256; width++) {
			unsigned there = n == 0 ? 256 : PUBLISHED - 256;
			struct tile tile = { .n = n, .width = width };
			char path[TILE_PATH_MAX];

			tile_print(&tile, path);
			(void)snprintf(
			    target, sizeof(target), "/tile/%s", path);
			struct got got = get(target);
			assert_int_equal(
			    width <= there ? 200 : 404, got.reply.status);
			if (width <= there)
				assert_span(
				    span_of(&ids[n * 256], width * HASH_LEN),
				    body_of(&got));
			drop(&got);
		}
}

static void
test_bundle(void **state)
{
	struct got got = get("/tile/entries/001.p/34");
	struct reader r = reader_of(body_of(&got));
	(void)state;

	for (size_t i = 256; i < PUBLISHED; i++) {
		struct hash leaf = tree_leaf(tile_entry_read(&r));
		assert_true(hash_equal(&ids[i], &leaf));
	}
	assert_err(ERR_OK, reader_end(&r));
	drop(&got);
}

static void
parse_hashes(struct span body, struct tree_proof *ret)
{
	struct json *json = NULL;
	size_t count;

	assert_err(ERR_OK, json_parse_answer(body, &json, NULL));
	struct object o = object_of(json_root(json), "", NULL);
	json_value *hashes =
	    object_array(&o, "hashes", 0, TREE_PROOF_MAX, &count);
	ret->count = count;
	for (size_t i = 0; i < count; i++) {
		struct span text;
		assert_true(json_element_text(hashes, i, &text));
		assert_true(hash_parse_base64(text, &ret->hashes[i]));
	}
	json_done(json);
}

static void
test_proofs(void **state)
{
	struct tree_proof proof;
	char target[128];
	(void)state;

	for (uint64_t size = 1; size <= PUBLISHED; size += 13)
		for (uint64_t at = 1; at <= size; at += 7) {
			(void)snprintf(target, sizeof(target),
			    "/v1/proofs/inclusion/%llu/%llu",
			    (unsigned long long)size,
			    (unsigned long long)at - 1);
			struct got got = get(target);
			parse_hashes(body_of(&got), &proof);
			assert_err(ERR_OK,
			    tree_verify_inclusion(at - 1, size, &ids[at - 1],
				&proof, &heads[size].root));
			drop(&got);
			(void)snprintf(target, sizeof(target),
			    "/v1/proofs/consistency/%llu/%llu",
			    (unsigned long long)at, (unsigned long long)size);
			got = get(target);
			parse_hashes(body_of(&got), &proof);
			assert_err(ERR_OK,
			    tree_verify_consistency(
				&heads[at], &heads[size], &proof));
			drop(&got);
		}
}

/* One bit of each stored hash in turn: whatever it makes wrong is 500. */
static void
turn_bit(uint64_t number)
{
	struct txn txn = store_begin(shelf.log, TXN_WRITE);
	uint8_t key[8];
	struct writer w = writer_of(key, sizeof(key));
	struct hash hash;

	writer_u64(&w, number);
	assert_true(store_log_get_hash(&txn, number, &hash));
	hash.bytes[number % HASH_LEN] ^= 1;
	txn_put(&txn, TABLE_HASH, writer_view(&w), hash_span(&hash), false);
	assert_err(ERR_OK, txn_end(&txn));
}

/* A cache of its own, with nothing in it. */
static void
keep_tiles(size_t bytes_max)
{
	tile_cache_free(ledger->tiles);
	ledger->tiles = tile_cache_new(bytes_max);
	assert_non_null(ledger->tiles);
}

static void
test_rot(void **state)
{
	static const char *const targets[] = { "/tile/0/000",
		"/tile/0/000.p/77", "/tile/0/001.p/34", "/tile/1/000.p/1",
		"/v1/proofs/inclusion/290/99", "/v1/proofs/inclusion/100/99",
		"/v1/proofs/consistency/257/290",
		"/v1/proofs/consistency/99/133" };
	enum { COUNT = sizeof(targets) / sizeof(targets[0]) };
	struct got whole[COUNT];
	size_t seen[COUNT] = { 0 };
	(void)state;

	keep_tiles(0);
	for (size_t t = 0; t < COUNT; t++)
		whole[t] = get(targets[t]);
	for (uint64_t n = 0; n < tree_stored_count(PUBLISHED); n += 3) {
		turn_bit(n);
		for (size_t t = 0; t < COUNT; t++) {
			struct got got = get(targets[t]);
			if (got.reply.status == 200)
				assert_span(body_of(&whole[t]), body_of(&got));
			else
				assert_int_equal(500, got.reply.status);
			seen[t] += got.reply.status == 500;
			drop(&got);
		}
		turn_bit(n);
	}
	for (size_t t = 0; t < COUNT; t++) {
		assert_int_equal(200, whole[t].reply.status);
		assert_true(seen[t] > 0);
		drop(&whole[t]);
	}
	keep_tiles(TILE_CACHE_BYTES);
}

/* What was verified once is served from memory, at once and whatever becomes of
 * the disk; what is not whole is read each time, a bundle by a worker. */
static void
test_kept_tiles(void **state)
{
	static const char *const targets[] = { "/tile/0/000",
		"/tile/entries/000", "/tile/0/001.p/34",
		"/tile/entries/001.p/34" };
	(void)state;

	keep_tiles(TILE_CACHE_BYTES);
	for (size_t t = 0; t < 4; t++) {
		struct got first = get(targets[t]);
		struct got second = get(targets[t]);
		assert_int_equal(200, second.reply.status);
		assert_int_equal(REPLY_IMMUTABLE, second.reply.cache);
		assert_string_equal(REPLY_BYTES, second.reply.media_type);
		assert_null(first.reply.tile);
		assert_int_equal(t % 2 == 1, first.is_by_worker);
		assert_int_equal(t == 3, second.is_by_worker);
		assert_int_equal(t < 2, second.reply.tile != NULL);
		assert_span(body_of(&first), body_of(&second));
		assert_int_equal(body_of(&first).len, reply_len(&second.reply));
		drop(&first);
		drop(&second);
	}
	turn_bit(tree_stored_number(0, 7));
	struct got got = get("/tile/0/000");
	assert_span(span_of(ids, 256 * HASH_LEN), body_of(&got));
	reply_error(&got.reply, ERR_NOT_FOUND, NULL);
	assert_null(got.reply.tile);
	drop(&got);
	got = get("/tile/0/000.p/9");
	assert_int_equal(500, got.reply.status);
	drop(&got);
	turn_bit(tree_stored_number(0, 7));
}

static void
test_lineage(void **state)
{
	char digest[DIGEST_TEXT_MAX];
	char target[256];
	struct digest root = shelf_digest(0);
	(void)state;

	digest_print(&root, digest);
	(void)snprintf(target, sizeof(target), "/v1/lineage/%s?as=p0", digest);
	struct got got = get(target);
	struct span body = body_of(&got);
	assert_true(holds(body, "\"truncated\":false"));
	assert_true(holds(body, "\"standing\":\"own\""));
	assert_true(holds(body, "\"withdrawn\":null,\"disputed\":null}"));
	assert_true(holds(body, "\"names\":[\"p0/t0\",\"p0/rel\"]"));
	drop(&got);
	(void)snprintf(target, sizeof(target), "/v1/lineage/%s", digest);
	got = get(target);
	assert_true(holds(body_of(&got), "\"standing\":null"));
	drop(&got);
}

/* ---- reading while others write ---- */

static atomic_bool is_over;
static atomic_uint odd_count;
static atomic_uint answer_count;

/* The proof of a published record verifies by a checkpoint that holds it. */
static bool
is_proved(uint64_t at, uint64_t size, struct arena *arena)
{
	char id[HASH_TEXT_MAX];
	char target[128];
	struct tlog_proof proof;
	struct checkpoint checkpoint;
	struct got got;
	bool is_good;

	hash_print(&ids[at], id);
	(void)snprintf(target, sizeof(target), "/v1/records/%s/proof", id);
	got = get(target);
	is_good =
	    tlog_proof_parse(body_of(&got), arena, &proof, NULL) == ERR_OK &&
	    tlog_proof_verify(
		&proof, &ids[at], &ledger->key, &checkpoint, NULL) == ERR_OK &&
	    checkpoint.head.size >= size;
	drop(&got);
	return is_good;
}

/* The index may lag; what it shows is right. */
static bool
is_listed(uint64_t at)
{
	char id[HASH_TEXT_MAX];
	char target[128];
	struct got got;
	bool is_good;

	hash_print(&ids[at], id);
	(void)snprintf(target, sizeof(target), "/v1/records?after=%llu&limit=1",
	    (unsigned long long)at - 1);
	got = get(target);
	is_good = got.reply.status == 200 &&
	    (holds(body_of(&got), "\"records\":[]") ||
		holds(body_of(&got), id));
	drop(&got);
	return is_good;
}

/* No cmocka here: not its thread. */
static void *
read_on(void *context)
{
	struct arena *arena = arena_new(REQUEST_ARENA_MAX);
	(void)context;

	while (!atomic_load(&is_over)) {
		uint64_t size = published_size(ledger->published);
		uint64_t at = size - 1 - size % 7;

		if (!is_proved(at, size, arena) || !is_listed(at))
			atomic_fetch_add(&odd_count, 1);
		atomic_fetch_add(&answer_count, 1);
		arena_reset(arena);
	}
	arena_free(arena);
	return NULL;
}

static void
test_readers(void **state)
{
	struct shelf_artifact subject = { .node = 5 };
	const struct shelf_statement s = {
		.kind = RECORD_DATASET, .subject_count = 1, .subjects = &subject
	};
	pthread_t threads[3];
	(void)state;

	publish(STORED);
	indexer_notice(ledger->indexer);
	while (indexer_size(ledger->indexer) < STORED)
		sched_yield();
	shelf.is_followed = true;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
		    0, pthread_create(&threads[i], NULL, read_on, NULL));
	for (size_t i = 0; i < APPENDED / 5; i++) {
		for (size_t more = 0; more < 5; more++)
			add(&s);
		shelf_commit(&shelf);
		publish(shelf.edge.size);
		indexer_notice(ledger->indexer);
	}
	while (atomic_load(&answer_count) < 100)
		sched_yield();
	atomic_store(&is_over, true);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(0, pthread_join(threads[i], NULL));
	assert_int_equal(0, atomic_load(&odd_count));
}

int
main(int argc, char **argv)
{
	json_start();
	if (key_start(NULL) != ERR_OK)
		return 1;
	start();
	UNIT_ROWS(rows, test_row);
	UNIT(test_record);
	UNIT(test_statement);
	UNIT(test_proof);
	UNIT(test_tiles);
	UNIT(test_bundle);
	UNIT(test_proofs);
	UNIT(test_rot);
	UNIT(test_kept_tiles);
	UNIT(test_lineage);
	UNIT(test_readers); /* grows the log: the last */
	int failed = unit_run(argc, argv);
	stop();
	return failed;
}
