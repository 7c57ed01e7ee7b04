/*
 * house: a whole ledger in a temporary folder, with its real signer, for the tests
 * of the write path.  Publishers are p0 to p3.
 *
 *	struct house house;
 *	house_make(&house);              folder, log key, allowed_signers
 *	assert_err(ERR_OK, house_open(&house));
 *	… house_post(&house, publisher, number, &answer) …
 *	house_close(&house);             may be opened again
 *	house_drop(&house);
 */
#ifndef HEADWATER_TESTS_DAEMON_HOUSE_H
#define HEADWATER_TESTS_DAEMON_HOUSE_H

#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/file.h"
#include "daemon/indexer.h"
#include "daemon/lock.h"
#include "daemon/log.h"
#include "daemon/prove.h"
#include "daemon/recover.h"
#include "daemon/sequencer.h"
#include "daemon/signer_link.h"
#include "tests/folder.h"

#define HOUSE_PUBLISHERS 4
#define HOUSE_ORIGIN "log.example.org/house"
#define HOUSE_WAIT_MS 20000

struct house {
	char folder[FOLDER_MAX];
	char key_path[FOLDER_PATH_MAX];
	char signers_path[FOLDER_PATH_MAX];
	char log_path[FOLDER_PATH_MAX];
	char index_path[FOLDER_PATH_MAX];
	char program[FOLDER_PATH_MAX];
	struct secret_key *publishers[HOUSE_PUBLISHERS];
	atomic_uint_fast64_t now_ms; /* 0: the system's clock */

	struct recover_options options;
	enum refusal refusal;
	struct why why;
	struct signer_hello hello;
	struct ledger *ledger;
	struct sequencer *sequencer;
	atomic_uint failures;
	bool is_started;
};

static inline uint64_t
house_now_ms(void *context)
{
	struct house *house = context;
	uint64_t now_ms = atomic_load(&house->now_ms);

	return now_ms == 0 ? clock_now_ms(NULL) : now_ms;
}

static inline void
house_pause_ms(long pause_ms)
{
	struct timespec pause = { .tv_nsec = pause_ms * 1000000 };

	nanosleep(&pause, NULL);
}

/* One line for each bit set; `options` before each key. */
static inline void
house_write_signers(struct house *house, unsigned who, const char *options)
{
	uint8_t buffer[4096];
	struct writer w = writer_of(buffer, sizeof(buffer));

	for (unsigned i = 0; i < HOUSE_PUBLISHERS; i++) {
		struct public_key key;
		if ((who >> i & 1) == 0)
			continue;
		key_secret_public(house->publishers[i], &key);
		writer_format(&w, "p%u %s", i, options);
		ssh_public_print(&key, &w);
		writer_text(&w, "\n");
	}
	assert_err(ERR_OK,
	    file_replace(house->signers_path, writer_view(&w), 0644, NULL));
}

static inline void
house_run(const struct house *house, const char *arguments)
{
	char command[3 * FOLDER_PATH_MAX];

	(void)snprintf(command, sizeof(command),
	    "HEADWATER_FAULT= %s %s --key %s >/dev/null", house->program,
	    arguments, house->key_path);
	assert_int_equal(0, system(command));
}

static inline void
house_make(struct house *house)
{
	const char *build = getenv("HW_BUILD");

	memset(house, 0, sizeof(*house));
	log_set_level(LOG_ERROR);
	assert_err(ERR_OK, key_start(NULL));
	folder_make(house->folder);
	folder_path(house->key_path, house->folder, "log.key");
	folder_path(house->signers_path, house->folder, "allowed_signers");
	folder_path(house->log_path, house->folder, "log");
	folder_path(house->index_path, house->folder, "index");
	folder_path(house->program, build == NULL ? ".build/debug" : build,
	    "headwater-signer");
	for (unsigned i = 0; i < HOUSE_PUBLISHERS; i++) {
		uint8_t seed[KEY_SEED_LEN] = { (uint8_t)(i + 1) };
		house->publishers[i] = key_secret_of_seed(seed);
	}
	house_write_signers(house, 0xf, "");
	house_run(house, "keygen --origin " HOUSE_ORIGIN);
}

static inline void
house_count_failure(void *context, enum err err, const struct why *w)
{
	struct house *house = context;

	(void)err, (void)w;
	atomic_fetch_add(&house->failures, 1);
}

/* Stores, signer and recovery: what main does before it starts threads. */
static inline enum err
house_recover(struct house *house)
{
	struct signer_program program = { .program = house->program,
		.key_path = house->key_path,
		.signers_path = house->signers_path };
	struct why *w = &house->why;

	house->refusal = REFUSAL_NONE;
	house->ledger = ledger_new();
	house->ledger->clock =
	    (struct clock){ .now_ms = house_now_ms, .context = house };
	house->ledger->folder = house->folder;
	enum err err =
	    store_open(house->log_path, STORE_LOG, &house->ledger->log, w);
	if (err == ERR_OK)
		err = store_open(
		    house->index_path, STORE_INDEX, &house->ledger->index, w);
	if (err == ERR_OK)
		err = signer_link_new(
		    &program, &house->ledger->signer, &house->hello, w);
	if (err == ERR_OK)
		err = recover(house->ledger, &house->hello, &house->options,
		    &house->refusal, w);
	return err;
}

static inline void
house_stop(struct house *house)
{
	if (house->sequencer != NULL)
		sequencer_stop(house->sequencer);
	if (house->ledger->indexer != NULL)
		indexer_stop(house->ledger->indexer);
	sequencer_free(house->sequencer);
	indexer_free(house->ledger->indexer);
	signer_link_free(house->ledger->signer);
	ledger_free(house->ledger);
	house->sequencer = NULL;
	house->ledger = NULL;
}

static inline void
house_close(struct house *house)
{
	house_stop(house);
}

static inline void
house_start(struct house *house)
{
	struct ledger *ledger = house->ledger;

	assert_err(ERR_OK, indexer_new(ledger, &ledger->indexer, NULL));
	assert_err(ERR_OK,
	    sequencer_new(
		ledger, house_count_failure, house, &house->sequencer));
	assert_err(ERR_OK, indexer_start(ledger->indexer));
	assert_err(ERR_OK, sequencer_start(house->sequencer));
}

/* Waits until so much is published; false when it takes too long. */
static inline bool
house_wait_size(struct house *house, uint64_t size)
{
	uint64_t until_ms = clock_steady_ms() + HOUSE_WAIT_MS;

	while (published_size(house->ledger->published) < size &&
	    clock_steady_ms() < until_ms)
		house_pause_ms(1);
	return published_size(house->ledger->published) >= size;
}

/* Ready to serve, or refused and closed. */
static inline enum err
house_open(struct house *house)
{
	enum err err = house_recover(house);

	if (err != ERR_OK) {
		house_stop(house);
		return err;
	}
	house_start(house);
	assert_true(house_wait_size(house, 1)); /* entry 0: its keyring */
	return ERR_OK;
}

static inline void
house_drop(struct house *house)
{
	for (unsigned i = 0; i < HOUSE_PUBLISHERS; i++)
		key_secret_free(house->publishers[i]);
	folder_remove(house->folder);
}

/* ---- records ---- */

/* Post `number` of publisher `who`: a foreign predicate about one digest. */
static inline struct span
house_body(const struct house *house, unsigned who, unsigned number,
    struct arena *arena)
{
	struct writer payload = writer_of(arena_take(arena, 1024, 1), 1024);
	struct writer body = writer_of(arena_take(arena, 4096, 1), 4096);
	struct hash digest = sha256_of(span_of(&number, sizeof(number)));
	struct envelope envelope;

	writer_format(&payload,
	    "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":["
	    "{\"name\":\"p%u/things/%u\",\"digest\":{\"sha256\":\"",
	    who, number);
	writer_hex(&payload, hash_span(&digest));
	writer_text(&payload,
	    "\"}}],\"predicateType\":\"https://headwater/code/v1\","
	    "\"predicate\":{}}");
	assert_err(ERR_OK, writer_end(&payload));
	assert_err(ERR_OK,
	    envelope_sign(writer_view(&payload), house->publishers[who], arena,
		&envelope));
	envelope_print(&envelope, &body);
	assert_err(ERR_OK, writer_end(&body));
	return writer_view(&body);
}

/* One submission, and somebody who waits for it. */
struct house_post {
	struct submission submission;
	struct arena *arena;
	struct lock lock;
	bool is_done; /* under lock */
};

static inline void
house_post_done(struct submission *submission)
{
	struct house_post *post = submission->context;

	lock_take(&post->lock);
	post->is_done = true;
	lock_signal(&post->lock);
	lock_drop(&post->lock);
}

/* Admits it; when that succeeds it may be sent. */
static inline enum err
house_post_admit(
    struct house *house, unsigned who, unsigned number, struct house_post *post)
{
	*post = (struct house_post){ .arena = arena_new(ADMIT_ARENA_MAX) };
	lock_init(&post->lock);
	post->submission = (struct submission){
		.deadline_ms = UINT64_MAX,
		.done = house_post_done,
		.context = post,
	};
	struct submission *s = &post->submission;
	return s->err = admit(house->ledger->signers,
		   house_body(house, who, number, post->arena), post->arena,
		   &s->admitted, &s->why);
}

static inline enum err
house_post_send(struct house *house, struct house_post *post)
{
	struct submission *s = &post->submission;

	/* once it was taken it is the sealer's to write */
	enum err err = batch_add(house->ledger->batch, s, 1, &s->why);
	if (err != ERR_OK)
		s->err = err;
	return err;
}

static inline void
house_post_wait(struct house_post *post)
{
	lock_take(&post->lock);
	while (!post->is_done)
		(void)lock_wait(&post->lock, UINT64_MAX);
	lock_drop(&post->lock);
}

static inline void
house_post_free(struct house_post *post)
{
	arena_free(post->arena);
	lock_done(&post->lock);
}

struct house_answer {
	enum err err;
	struct why why;
	uint64_t position;
	bool is_duplicate;
	struct hash id;
};

/* All of it: what a POST does. */
static inline struct house_answer
house_post(struct house *house, unsigned who, unsigned number)
{
	struct house_post post;

	if (house_post_admit(house, who, number, &post) == ERR_OK &&
	    house_post_send(house, &post) == ERR_OK)
		house_post_wait(&post);
	struct house_answer answer = {
		.err = post.submission.err,
		.why = post.submission.why,
		.position = post.submission.position,
		.is_duplicate = post.submission.is_duplicate,
		.id = post.submission.admitted.id,
	};
	house_post_free(&post);
	return answer;
}

#endif
