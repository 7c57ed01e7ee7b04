/* Writers that send records as fast as they are acknowledged, one at a time and
 * in NDJSON, and a reader that remembers every checkpoint and reads back. */
#include <stdatomic.h>
#include <unistd.h>

#include "schema/envelope.h"
#include "schema/json.h"
#include "schema/object.h"
#include "schema/problem.h"
#include "schema/tlog_proof.h"
#include "tests/fault/killer.h"

#define LINES_MAX 40
#define ARENA_MAX ((size_t)8 << 20)

struct load;

struct writing {
	struct load *load;
	size_t number;
	pthread_t thread;
	uint64_t random;
	bool has_last; /* one that is acknowledged */
	struct acked last;
	struct unknown last_sent;
};

struct load {
	struct subject *subject;
	struct journal *journal;
	size_t acked_before;
	atomic_bool is_stopping;
	atomic_int lost; /* writers that lost their connection */
	struct writing writings[WRITERS];
	pthread_t reader;
};

static atomic_uint_fast64_t record_number = 1;

struct span
load_record(struct subject *s, size_t writer, uint64_t number,
    struct arena *arena, struct hash *ret_id)
{
	struct envelope envelope;
	char statement[512];
	char hex[HASH_TEXT_MAX];
	uint64_t salted[2] = { options.seed, number };
	struct hash digest = sha256_of(span_of(salted, sizeof(salted)));
	char *text = arena_take(arena, 2048, 1);
	struct writer w = writer_of(text, 2048);

	hash_print(&digest, hex);
	int len = snprintf(statement, sizeof(statement),
	    "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{"
	    "\"name\":\"p%zu/set\",\"digest\":{\"sha256\":\"%s\"}}],"
	    "\"predicateType\":\"https://headwater/dataset/v1\","
	    "\"predicate\":{\"license\":\"CC0-1.0\"}}",
	    writer, hex);
	if (envelope_sign(span_of(statement, (size_t)len),
		s->publishers[writer], arena, &envelope) != ERR_OK)
		bail_out("envelope_sign");
	envelope_print(&envelope, &w);
	struct span entry = writer_view(&w);
	*ret_id = tree_leaf(entry);
	return entry;
}

/* ---- what comes back ---- */

struct receipt {
	struct hash id;
	uint64_t index;
	uint64_t size;
	bool is_duplicate;
};

static enum err
read_receipt(struct span body, struct arena *arena, struct receipt *ret,
    struct tlog_proof *ret_proof)
{
	struct json *json = NULL;
	struct span id = SPAN_EMPTY;
	struct span proof = SPAN_EMPTY;
	enum err err = json_parse_answer(body, &json, NULL);

	if (err != ERR_OK)
		return err;
	struct object o = object_of(json_root(json), "answer", NULL);
	object_text(&o, "id", 1, HASH_TEXT_LEN, &id);
	ret->index = object_number(&o, "index", TREE_SIZE_MAX);
	ret->size = object_number(&o, "treeSize", TREE_SIZE_MAX);
	ret->is_duplicate = object_flag(&o, "duplicate");
	object_text(&o, "proof", 1, TLOG_PROOF_MAX, &proof);
	err = object_end(&o);
	if (err == ERR_OK && !hash_parse(id, &ret->id))
		err = ERR_SYNTAX;
	if (err == ERR_OK) {
		proof = arena_copy(arena, proof);
		err = tlog_proof_parse(proof, arena, ret_proof, NULL);
	}
	json_done(json);
	return err;
}

/* Of a record that is in the log: from its id to the log's signature. */
static bool
judge_receipt(struct subject *s, struct journal *j, const struct unknown *sent,
    struct span body, struct receipt *ret)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct tlog_proof proof;
	struct checkpoint checkpoint;
	struct why w = { "" };

	enum err err = read_receipt(body, arena, ret, &proof);
	if (err == ERR_OK)
		err = tlog_proof_verify(
		    &proof, &sent->id, &s->key, &checkpoint, &w);
	if (err == ERR_OK &&
	    (!hash_equal(&ret->id, &sent->id) || proof.index != ret->index ||
		checkpoint.head.size != ret->size ||
		!span_equal(proof.extra, sent->entry)))
		err = ERR_MISMATCH;
	if (err == ERR_OK)
		journal_head(j, &checkpoint.head);
	else
		journal_violated(j, "a false receipt: %s %s: %.*s",
		    err_name(err), w.text, SPAN_ARGS(span_part(body, 0, 200)));
	arena_free(arena);
	return err == ERR_OK;
}

static int
problem_status(struct span body)
{
	struct why w;
	int status;

	return problem_parse(body, &status, &w) == ERR_OK ? status : 0;
}

void
load_judge(struct subject *s, struct journal *j, const struct unknown *sent,
    int status, struct span body)
{
	struct receipt receipt;

	if (status == 200 || status == 201) {
		if (judge_receipt(s, j, sent, body, &receipt))
			journal_acked(j, &receipt.id, receipt.index);
		return;
	}
	if (status == 503)
		(void)__atomic_add_fetch(&j->refused, 1, __ATOMIC_RELAXED);
	else if (status != 500 || !j->may_fail)
		journal_violated(j, "status %d: %.*s", status,
		    SPAN_ARGS(span_part(body, 0, 300)));
	journal_unknown(j, &sent->id, sent->entry);
}

/* ---- writers ---- */

static uint64_t
writing_random(struct writing *writing)
{
	writing->random ^= writing->random << 13;
	writing->random ^= writing->random >> 7;
	writing->random ^= writing->random << 17;
	return writing->random;
}

static bool
write_one(struct writing *writing, struct http *http, struct arena *arena)
{
	struct load *load = writing->load;
	struct unknown sent;
	struct answer answer;
	uint64_t number = atomic_fetch_add(&record_number, 1);

	sent.entry = load_record(
	    load->subject, writing->number, number, arena, &sent.id);
	if (!http_post(http, "application/json", sent.entry, &answer)) {
		journal_unknown(load->journal, &sent.id, sent.entry);
		return false;
	}
	load_judge(
	    load->subject, load->journal, &sent, answer.status, answer.body);
	return true;
}

static bool
write_many(struct writing *writing, struct http *http, struct arena *arena)
{
	struct load *load = writing->load;
	struct unknown sent[LINES_MAX];
	struct answer answer;
	size_t count = 2 + writing_random(writing) % (LINES_MAX - 1);
	struct writer body = writer_heap((size_t)1 << 20);

	for (size_t i = 0; i < count; i++) {
		uint64_t number = atomic_fetch_add(&record_number, 1);
		sent[i].entry = load_record(
		    load->subject, writing->number, number, arena, &sent[i].id);
		writer_span(&body, sent[i].entry);
		writer_text(&body, "\n");
	}
	bool is_answered = http_post(
	    http, "application/x-ndjson", writer_view(&body), &answer);
	bool is_whole = is_answered && answer.status == 200;
	for (size_t i = 0; i < count; i++) {
		struct span line = SPAN_EMPTY;
		if (is_whole && span_cut(&answer.body, '\n', &line)) {
			int status = span_starts(line, "{\"id\":")
			    ? 200
			    : problem_status(line);
			load_judge(load->subject, load->journal, &sent[i],
			    status, line);
		} else if (is_answered) {
			load_judge(load->subject, load->journal, &sent[i],
			    answer.status, answer.body);
		} else {
			journal_unknown(
			    load->journal, &sent[i].id, sent[i].entry);
		}
	}
	writer_done(&body);
	return is_answered;
}

/* One that was acknowledged before, again: the same index. */
static bool
write_again(struct writing *writing, struct http *http, struct arena *arena)
{
	struct load *load = writing->load;
	struct unknown sent;
	struct answer answer;
	struct receipt first;
	struct receipt second;
	uint64_t number = atomic_fetch_add(&record_number, 1);

	sent.entry = load_record(
	    load->subject, writing->number, number, arena, &sent.id);
	for (int i = 0; i < 2; i++) {
		if (!http_post(http, "application/json", sent.entry, &answer)) {
			if (i == 0)
				journal_unknown(
				    load->journal, &sent.id, sent.entry);
			return false;
		}
		if (answer.status != 200 && answer.status != 201) {
			load_judge(load->subject, load->journal, &sent,
			    answer.status, answer.body);
			return true;
		}
		if (!judge_receipt(load->subject, load->journal, &sent,
			answer.body, i == 0 ? &first : &second))
			return true;
		if (i == 0)
			journal_acked(load->journal, &first.id, first.index);
	}
	if (second.index != first.index || !second.is_duplicate ||
	    answer.status != 200)
		journal_violated(load->journal,
		    "sent again, it got index %llu after %llu",
		    (unsigned long long)second.index,
		    (unsigned long long)first.index);
	return true;
}

static void *
write_on(void *argument)
{
	struct writing *writing = argument;
	struct load *load = writing->load;
	struct arena *arena = arena_new(ARENA_MAX);
	struct http http;
	bool is_there = true;

	http_open(&http, load->subject->port);
	while (is_there && !atomic_load(&load->is_stopping)) {
		arena_reset(arena);
		switch (writing_random(writing) % 8) {
		case 0:
			is_there = write_again(writing, &http, arena);
			break;
		case 1:
		case 2:
			is_there = write_many(writing, &http, arena);
			break;
		default:
			is_there = write_one(writing, &http, arena);
			break;
		}
	}
	if (!is_there)
		(void)atomic_fetch_add(&load->lost, 1);
	http_close(&http);
	arena_free(arena);
	return NULL;
}

/* ---- the reader ---- */

static void
read_checkpoint(struct load *load, const struct answer *answer)
{
	struct checkpoint checkpoint;

	if (answer->status != 200) {
		if (!load->journal->may_fail)
			journal_violated(load->journal, "checkpoint: status %d",
			    answer->status);
	} else if (checkpoint_verify(answer->body, &load->subject->key,
		       &checkpoint, NULL) != ERR_OK) {
		journal_violated(load->journal, "checkpoint: does not verify");
	} else {
		journal_head(load->journal, &checkpoint.head);
	}
}

static bool
last_acked(struct journal *j, struct acked *ret)
{
	(void)pthread_mutex_lock(&j->mutex);
	bool is_there = j->acked_count > 0;
	if (is_there)
		*ret = j->acked[j->acked_count - 1];
	(void)pthread_mutex_unlock(&j->mutex);
	return is_there;
}

static bool
read_back(struct load *load, struct http *http)
{
	struct acked acked;
	struct answer answer;
	char path[128] = "/v1/records/";

	if (!last_acked(load->journal, &acked))
		return true;
	hash_print(&acked.id, path + strlen(path));
	if (!http_get(http, path, &answer))
		return false;
	struct hash id = tree_leaf(answer.body);
	if (answer.status == 200 && !hash_equal(&id, &acked.id))
		journal_violated(load->journal, "record: other bytes");
	else if (answer.status != 200 && !load->journal->may_fail)
		journal_violated(load->journal,
		    "an acknowledged record: status %d", answer.status);
	return true;
}

static void *
read_on(void *argument)
{
	struct load *load = argument;
	struct answer answer;
	struct http http;
	bool is_there = true;

	http_open(&http, load->subject->port);
	while (is_there && !atomic_load(&load->is_stopping)) {
		is_there = http_get(&http, "/checkpoint", &answer);
		if (is_there)
			read_checkpoint(load, &answer);
		if (is_there)
			is_there = read_back(load, &http);
		sleep_us(1000);
	}
	http_close(&http);
	return NULL;
}

/* ---- start and end ---- */

struct load *
load_start(struct subject *s, struct journal *j)
{
	struct load *load = calloc(1, sizeof(*load));

	if (load == NULL)
		bail_out("load");
	load->subject = s;
	load->journal = j;
	load->acked_before = j->acked_count;
	for (size_t i = 0; i < WRITERS; i++) {
		load->writings[i] = (struct writing){
			.load = load,
			.number = i,
			.random = random_next() | 1,
		};
		if (pthread_create(&load->writings[i].thread, NULL, write_on,
			&load->writings[i]) != 0)
			bail_out("thread");
	}
	if (pthread_create(&load->reader, NULL, read_on, load) != 0)
		bail_out("thread");
	return load;
}

void
load_await(struct load *load, size_t count, uint64_t wait_ms)
{
	uint64_t end_ms = now_ms() + wait_ms;
	size_t done = 0;

	while (done < count && now_ms() < end_ms &&
	    atomic_load(&load->lost) < WRITERS) {
		sleep_us(1000);
		(void)pthread_mutex_lock(&load->journal->mutex);
		done = load->journal->acked_count - load->acked_before;
		(void)pthread_mutex_unlock(&load->journal->mutex);
	}
}

void
load_stop(struct load *load)
{
	atomic_store(&load->is_stopping, true);
	for (size_t i = 0; i < WRITERS; i++)
		(void)pthread_join(load->writings[i].thread, NULL);
	(void)pthread_join(load->reader, NULL);
	free(load);
}
