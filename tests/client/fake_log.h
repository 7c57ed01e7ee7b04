/*
 * fake_log: a whole log in memory behind the client's transport, honest or not.
 *
 * Entry 0 is the keyring, the others are data sets of the principal `alice`.  It
 * answers what the daemon's API answers to the calls that the client makes; one
 * answer may be damaged by a byte (damage_*), and what is served may be cut
 * (size) or come from another history.
 */
#ifndef HEADWATER_TESTS_FAKE_LOG_H
#define HEADWATER_TESTS_FAKE_LOG_H

#include <assert.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/session.h"
#include "client/transport.h"
#include "schema/envelope.h"
#include "schema/keyring.h"
#include "schema/tile.h"
#include "schema/tlog_proof.h"
#include "tests/unit.h"

#define FAKE_ORIGIN "log.example.org/test"
#define FAKE_URL "http://log.example.org"
#define FAKE_MAX 1024

struct fake_log {
	struct arena *arena;
	struct note_key key;
	struct secret_key *secret;
	struct secret_key *publisher;
	size_t count;
	struct span entries[FAKE_MAX];
	struct hash leaves[FAKE_MAX];
	uint64_t size; /* what is published */
	/* a lie: xor into the answer of this path */
	const char *damage_path;
	size_t damage_at;
	uint8_t damage_xor;
	size_t damaged; /* how often it was served */
	size_t calls;
	int busy; /* answers 503 so many times */
};

/* ---- hashing ---- */

static inline struct hash
fake_root(const struct fake_log *log, uint64_t begin, uint64_t end)
{
	struct tree_edge edge = { 0 };
	struct hash made[TREE_LEVELS];

	for (uint64_t i = begin; i < end; i++)
		(void)tree_append(&edge, &log->leaves[i], made);
	return tree_edge_root(&edge);
}

/* ---- making one ---- */

static inline void
fake_add(struct fake_log *log, struct span payload, struct secret_key *secret)
{
	struct envelope envelope;
	struct writer w = writer_heap(ENTRY_LEN_MAX);

	assert(envelope_sign(payload, secret, log->arena, &envelope) == ERR_OK);
	envelope_print(&envelope, &w);
	assert(writer_end(&w) == ERR_OK && log->count < FAKE_MAX);
	struct span entry = arena_copy(log->arena, writer_view(&w));
	writer_done(&w);
	log->entries[log->count] = entry;
	log->leaves[log->count++] = tree_leaf(entry);
	log->size = log->count;
}

static inline void
fake_add_keyring(struct fake_log *log, const struct hash *previous)
{
	struct ssh_signer signer = { .principal = span_of_text("alice"),
		.valid_before_ms = UINT64_MAX };
	struct writer w = writer_heap(65536);

	key_secret_public(log->publisher, &signer.key);
	const struct keyring_terms terms = { FAKE_ORIGIN, &signer, 1,
		previous };
	struct writer beside = writer_heap(1); /* stays empty */
	assert(keyring_print(&terms, &w, &beside) == ERR_OK);
	fake_add(log, writer_view(&w), log->secret);
	writer_done(&w);
}

/* A data set whose one file holds `content`. */
static inline struct span
fake_payload(struct fake_log *log, const char *name, struct span content)
{
	struct hash hash = sha256_of(content);
	struct writer w = writer_heap(4096);

	writer_text(&w,
	    "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":"
	    "[{\"name\":");
	writer_json(&w, span_of_text(name));
	writer_text(&w, ",\"digest\":{\"sha256\":\"");
	writer_hex(&w, hash_span(&hash));
	writer_text(&w,
	    "\"}}],\"predicateType\":\"https://headwater/dataset/v1\","
	    "\"predicate\":{\"license\":\"MIT\"}}");
	struct span payload = arena_copy(log->arena, writer_view(&w));
	writer_done(&w);
	return payload;
}

static inline void
fake_add_set(struct fake_log *log, unsigned number)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "alice/set-%u", number);
	fake_add(
	    log, fake_payload(log, name, span_of_text(name)), log->publisher);
}

static inline struct fake_log *
fake_new(size_t count)
{
	static const uint8_t log_seed[KEY_SEED_LEN] = { 1 };
	static const uint8_t publisher_seed[KEY_SEED_LEN] = { 2 };
	struct fake_log *log = calloc(1, sizeof(*log));
	struct public_key key;

	assert(log != NULL && key_start(NULL) == ERR_OK);
	log->arena = arena_new((size_t)64 << 20);
	log->secret = key_secret_of_seed(log_seed);
	log->publisher = key_secret_of_seed(publisher_seed);
	key_secret_public(log->secret, &key);
	note_key_make(FAKE_ORIGIN, &key, &log->key);
	fake_add_keyring(log, NULL);
	for (unsigned i = 1; i < count; i++)
		fake_add_set(log, i);
	return log;
}

static inline void
fake_free(struct fake_log *log)
{
	key_secret_free(log->secret);
	key_secret_free(log->publisher);
	arena_free(log->arena);
	free(log);
}

/* ---- texts ---- */

static inline void
fake_checkpoint(const struct fake_log *log, uint64_t size, struct writer *w)
{
	struct tree_head head = { size, fake_root(log, 0, size) };

	checkpoint_sign(&head, &log->key, log->secret, w);
}

static inline struct span
fake_proof(struct fake_log *log, uint64_t index, uint64_t size)
{
	struct tree_range ranges[TREE_PROOF_MAX];
	struct tlog_proof proof = {
		.has_extra = true, .extra = log->entries[index], .index = index
	};
	struct writer note = writer_heap(4096);
	struct writer w = writer_heap(TLOG_PROOF_MAX);

	proof.proof.count = tree_inclusion_ranges(index, size, ranges);
	for (size_t i = 0; i < proof.proof.count; i++)
		proof.proof.hashes[i] =
		    fake_root(log, ranges[i].begin, ranges[i].end);
	fake_checkpoint(log, size, &note);
	proof.checkpoint = writer_view(&note);
	tlog_proof_print(&proof, &w);
	struct span text = arena_copy(log->arena, writer_view(&w));
	writer_done(&note);
	writer_done(&w);
	assert(text.len > 0);
	return text;
}

static inline void
fake_consistency(
    const struct fake_log *log, uint64_t old, uint64_t size, struct writer *w)
{
	struct tree_range ranges[TREE_PROOF_MAX];
	size_t count = tree_consistency_ranges(old, size, ranges);

	writer_text(w, "{");
	writer_member_number(w, "old", old);
	writer_member_number(w, "size", size);
	writer_member(w, "hashes");
	writer_text(w, "[");
	for (size_t i = 0; i < count; i++) {
		struct hash hash =
		    fake_root(log, ranges[i].begin, ranges[i].end);
		writer_comma(w);
		writer_text(w, "\"");
		writer_base64(w, hash_span(&hash));
		writer_text(w, "\"");
	}
	writer_text(w, "]}");
}

static inline bool
fake_tile(const struct fake_log *log, struct span path, struct writer *w)
{
	struct tile tile;
	uint64_t begin;
	uint64_t end;

	if (tile_parse(path, &tile) != ERR_OK ||
	    !tile_leaves(&tile, &begin, &end) || end > log->size)
		return false;
	for (uint64_t i = 0; tile.is_entries && i < tile.width; i++)
		tile_entry_write(w, log->entries[begin + i]);
	uint64_t step = (end - begin) / tile.width;
	for (uint64_t i = 0; !tile.is_entries && i < tile.width; i++) {
		struct hash hash =
		    fake_root(log, begin + i * step, begin + (i + 1) * step);
		writer_span(w, hash_span(&hash));
	}
	return true;
}

/* ---- /v1 ---- */

static inline size_t
fake_find(const struct fake_log *log, const struct hash *id)
{
	size_t at = 0;

	while (at < log->size && !hash_equal(&log->leaves[at], id))
		at++;
	return at;
}

static inline void
fake_post_one(struct fake_log *log, struct span body, struct writer *w)
{
	struct envelope envelope;
	struct why reason = { 0 };

	if (envelope_parse(body, log->arena, &envelope, &reason) != ERR_OK) {
		writer_text(w,
		    "{\"type\":\"about:blank\",\"title\":\"no\",\"status\":400,"
		    "\"detail\":\"not an envelope\"}");
		return;
	}
	struct writer entry = writer_heap(ENTRY_LEN_MAX);
	envelope_print(&envelope, &entry);
	struct hash id = tree_leaf(writer_view(&entry));
	size_t at = fake_find(log, &id);
	bool is_new = at == log->size;
	if (is_new) {
		log->entries[log->count] =
		    arena_copy(log->arena, writer_view(&entry));
		log->leaves[log->count++] = id;
		log->size = log->count;
	}
	writer_done(&entry);
	writer_text(w, "{\"id\":\"");
	writer_hex(w, hash_span(&id));
	writer_format(w,
	    "\",\"index\":%zu,\"treeSize\":%zu,\"duplicate\":%s,"
	    "\"proof\":",
	    at, (size_t)log->size, is_new ? "false" : "true");
	writer_json(w, fake_proof(log, at, log->size));
	writer_text(w, "}");
}

static inline void
fake_list(const struct fake_log *log, bool keyrings, struct writer *w)
{
	writer_format(w, "{\"treeSize\":%zu,\"records\":[", (size_t)log->size);
	for (size_t i = 0; keyrings && i < log->size; i++) {
		/* in these logs keyrings are what the log key signed */
		struct envelope envelope;
		char keyid[SSH_FINGERPRINT_MAX];
		ssh_fingerprint(&log->key.key, keyid);
		struct arena *arena = arena_new(1 << 20);
		bool is_keyring = envelope_parse_entry(log->entries[i], arena,
				      &envelope, NULL) == ERR_OK &&
		    strcmp(envelope.keyid, keyid) == 0;
		arena_free(arena);
		if (!is_keyring)
			continue;
		writer_comma(w);
		writer_text(w, "{\"id\":\"");
		writer_hex(w, hash_span(&log->leaves[i]));
		writer_format(w,
		    "\",\"index\":%zu,\"kind\":\"keyring\",\"signer\":\"s\","
		    "\"principal\":\"" FAKE_ORIGIN "\",\"name\":null,"
		    "\"time\":\"2026-01-01T00:00:00Z\",\"withdrawn\":null}",
		    i);
	}
	writer_text(w, "],\"next\":null}");
}

static inline bool
fake_get(struct fake_log *log, const char *path, struct writer *w)
{
	unsigned long long old;
	unsigned long long size;
	struct hash id;

	if (strcmp(path, "/checkpoint") == 0)
		fake_checkpoint(log, log->size, w);
	else if (strncmp(path, "/tile/", 6) == 0)
		return fake_tile(log, span_of_text(path + 6), w);
	else if (sscanf(path, "/v1/proofs/consistency/%llu/%llu", &old,
		     &size) == 2 &&
	    old > 0 && old <= size && size <= log->size)
		fake_consistency(log, old, size, w);
	else if (strncmp(path, "/v1/records?", 12) == 0)
		fake_list(log, strstr(path, "kind=keyring") != NULL, w);
	else if (strncmp(path, "/v1/records/", 12) == 0 &&
	    strcmp(path + 12 + 64, "/proof") == 0 &&
	    hash_parse(span_of(path + 12, 64), &id) &&
	    fake_find(log, &id) < log->size)
		writer_span(w, fake_proof(log, fake_find(log, &id), log->size));
	else
		return false;
	return true;
}

static inline void
fake_post(
    struct fake_log *log, const struct transport_call *call, struct writer *w)
{
	struct span rest = call->body;
	struct span line;

	if (strcmp(call->content_type, "application/x-ndjson") != 0) {
		fake_post_one(log, call->body, w);
		return;
	}
	while (span_cut(&rest, '\n', &line)) {
		fake_post_one(log, line, w);
		writer_text(w, "\n");
	}
}

static inline enum err
fake_perform(void *state, const struct transport_call *call,
    struct arena *arena, struct transport_answer *ret, struct why *w)
{
	struct fake_log *log = state;
	struct writer body = writer_heap((size_t)32 << 20);
	bool is_found = true;

	(void)w;
	log->calls++;
	if (log->busy > 0) {
		log->busy--;
		*ret = (struct transport_answer){ .status = 503 };
		return ERR_OK;
	}
	if (call->method == TRANSPORT_POST)
		fake_post(log, call, &body);
	else
		is_found = fake_get(log, call->path, &body);
	if (log->damage_path != NULL &&
	    strcmp(call->path, log->damage_path) == 0 &&
	    log->damage_at < body.len) {
		body.data[log->damage_at] ^= log->damage_xor;
		log->damaged++;
	}
	*ret = (struct transport_answer){ .status = is_found ? 200 : 404,
		.body = arena_copy(arena, writer_view(&body)) };
	writer_done(&body);
	return ERR_OK;
}

/* ---- a client of it ---- */

/* A directory of its own as HEADWATER_HOME; the log is pinned. */
static inline void
fake_session(struct fake_log *log, struct session *ret)
{
	char home[] = "/tmp/headwater-test-XXXXXX";
	struct why w = { 0 };

	assert(mkdtemp(home) != NULL);
	assert(setenv("HEADWATER_HOME", home, 1) == 0);
	assert(session_start(ret, &w) == ERR_OK);
	ret->out.is_quiet = true;
	assert(trust_pin(home, FAKE_URL, &log->key, &ret->trust, &w) == ERR_OK);
	(void)snprintf(ret->home, sizeof(ret->home), "%s", home);
	ret->has_trust = true;
	ret->transport = transport_of(fake_perform, log);
	ret->trust.transport = ret->transport;
	assert(ret->transport != NULL);
}

static inline void
fake_session_done(struct session *session)
{
	char command[DISK_PATH_MAX + 16];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", session->home);
	if (strncmp(session->home, "/tmp/headwater-test-", 20) == 0)
		(void)!system(command);
	session_done(session);
}

/* Runs a command as main does; its exit code, and its stdout in `out`. */
struct command;
int command_run(
    struct session *session, const struct command *command, char **argv);
#define FAKE_OUT_MAX 16384

static inline int
fake_run(struct session *session, const struct command *command,
    const char *const *argv, char out[static FAKE_OUT_MAX])
{
	char *words[32] = { NULL };
	char path[] = "/tmp/headwater-out-XXXXXX";

	for (size_t i = 0; argv[i] != NULL && i < 31; i++)
		words[i] = strdup(argv[i]);
	session->log = NULL;
	session->out = (struct output){ .is_quiet = true };
	session->exit_code = 0;
	(void)fflush(stdout);
	int saved = dup(STDOUT_FILENO);
	int saved_error = dup(STDERR_FILENO);
	int file = mkstemp(path);
	assert(saved >= 0 && file >= 0 && unlink(path) == 0);
	assert(dup2(file, STDOUT_FILENO) >= 0);
	/* sentences are tested by the functions that make them */
	int nowhere = open("/dev/null", O_WRONLY);
	assert(nowhere >= 0 && dup2(nowhere, STDERR_FILENO) >= 0);
	(void)close(nowhere);
	int exit_code = command_run(session, command, words);
	exit_code = output_end(&session->out, exit_code);
	assert(dup2(saved, STDOUT_FILENO) >= 0);
	ssize_t len = pread(file, out, FAKE_OUT_MAX - 1, 0);
	out[len > 0 ? len : 0] = '\0';
	assert(dup2(saved_error, STDERR_FILENO) >= 0);
	(void)close(saved_error);
	(void)close(saved);
	(void)close(file);
	for (size_t i = 0; words[i] != NULL; i++)
		free(words[i]);
	return exit_code;
}

#endif
