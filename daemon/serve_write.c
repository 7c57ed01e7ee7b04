#include <stdatomic.h>

#include "daemon/admit.h"
#include "daemon/batch.h"
#include "daemon/clock.h"
#include "daemon/indexer.h"
#include "daemon/log.h"
#include "daemon/metric.h"
#include "daemon/prove.h"
#include "daemon/serve.h"
#include "daemon/thread.h"
#include "schema/text.h"
#include "schema/tlog_proof.h"

/* Lines admitted before other connections have their turn: about 7 ms. */
#define LINES_AT_ONCE 64

struct line {
	struct span text;
	enum err err; /* of admission; else the submission's */
	struct why why;
	struct submission submission;
};

struct write {
	struct request *request;
	bool is_many; /* NDJSON */
	bool is_sent; /* given to the batch */
	size_t count;
	size_t admitted; /* lines that have been looked at */
	struct line *lines;
	atomic_size_t left; /* submissions without an answer */
};

/* ---- taking apart ---- */

static size_t
count_lines(struct span body)
{
	size_t count = 0;
	struct span line;

	while (span_cut(&body, '\n', &line))
		count++;
	return count + (body.len > 0);
}

static enum err
split(struct write *write, struct why *w)
{
	struct span rest = write->request->body;

	write->count = write->is_many ? count_lines(rest) : 1;
	if (write->count > LINES_MAX)
		return why(w, ERR_TOO_LARGE,
		    "body: %zu lines, at most %d; nothing was admitted",
		    write->count, LINES_MAX);
	write->lines = arena_take(
	    write->request->arena, write->count, sizeof(struct line));
	if (write->lines == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < write->count; i++) {
		struct line *line = &write->lines[i];
		if (!write->is_many || !span_cut(&rest, '\n', &line->text))
			line->text = rest;
	}
	return ERR_OK;
}

/* May anything be taken now? */
static enum err
judge_state(struct ledger *ledger, struct why *w)
{
	if (atomic_load(&ledger->is_stopping) ||
	    atomic_load(&ledger->is_failed))
		return why(w, ERR_BUSY, "the log is stopping");
	uint64_t size = published_size(ledger->published);
	if (size > indexer_size(ledger->indexer) + INDEX_LAG_MAX)
		return why(w, ERR_BUSY,
		    "the index is too far behind, it is catching up");
	return ERR_OK;
}

static enum err
begin(struct request *request, struct why *w)
{
	struct write *write = arena_take(request->arena, 1, sizeof(*write));

	if (request->body.len == 0)
		return why(w, ERR_SYNTAX, "body: empty; one envelope is due");
	if (write == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err = judge_state(request->ledger, w);
	if (err != ERR_OK)
		return err;
	write->request = request;
	write->is_many = span_is(request->media_type, REPLY_NDJSON);
	request->state = write;
	return split(write, w);
}

/* ---- admission ---- */

static void
answered(struct submission *submission)
{
	struct write *write = submission->context;

	if (atomic_fetch_sub(&write->left, 1) == 1)
		request_resume(write->request);
}

/* Read in the scratch: thousands may wait for their answers at once. */
static enum err
admit_text(struct request *request, struct line *line)
{
	struct admitted *admitted = &line->submission.admitted;
	enum err err = admit(request->ledger->signers, line->text,
	    request->scratch, admitted, &line->why);

	if (err == ERR_OK && admitted_keep(admitted, request->arena) != ERR_OK)
		err = why(&line->why, ERR_MEMORY, "out of memory");
	return err;
}

static void
admit_line(struct write *write, struct line *line)
{
	struct submission *submission = &line->submission;

	if (line->text.len == 0)
		line->err = why(&line->why, ERR_SYNTAX, "line: empty");
	else if (line->text.len > BODY_RECORD_MAX)
		line->err = why(&line->why, ERR_TOO_LARGE,
		    "line: %zu bytes, at most %zu", line->text.len,
		    BODY_RECORD_MAX);
	else
		line->err = admit_text(write->request, line);
	if (line->err == ERR_OK) {
		submission->done = answered;
		submission->context = write;
		return;
	}
	metric_add(METRIC_REFUSED, 1);
	log_event(LOG_INFO, "refused", LOG_TEXT("error", err_name(line->err)),
	    LOG_TEXT("detail", line->why.text));
}

/* False: some are left for the next turn. */
static bool
admit_some(struct write *write)
{
	for (size_t i = 0; i < LINES_AT_ONCE && write->admitted < write->count;
	     i++) {
		admit_line(write, &write->lines[write->admitted++]);
		arena_reset(write->request->scratch);
		thread_share();
	}
	return write->admitted == write->count;
}

/* All that were admitted go to the sequencer together, or none. */
static enum err
send_all(struct write *write, bool *ret_later, struct why *w)
{
	struct submission *first = NULL;
	uint64_t deadline_ms = clock_steady_ms() + SUBMIT_WAIT_MS;
	size_t count = 0;

	for (size_t i = write->count; i-- > 0;) {
		struct submission *submission = &write->lines[i].submission;
		if (write->lines[i].err != ERR_OK)
			continue;
		submission->deadline_ms = deadline_ms;
		submission->next = first;
		first = submission;
		count++;
	}
	write->is_sent = true;
	*ret_later = count > 0;
	if (count == 0)
		return ERR_OK;
	atomic_store(&write->left, count);
	return batch_add(write->request->ledger->batch, first, count, w);
}

/* ---- answers ---- */

struct answering {
	struct txn txn;
	struct published_head head;
	struct writer proof; /* of one record, used again */
};

static enum err
prove_line(struct answering *answering, struct line *line)
{
	if (line->err == ERR_OK && line->submission.err != ERR_OK) {
		line->err = line->submission.err;
		line->why = line->submission.why;
	}
	if (line->err != ERR_OK)
		return line->err;
	writer_clear(&answering->proof);
	line->err = prove_tlog(&answering->txn, line->submission.position,
	    &answering->head, &answering->proof);
	if (line->err == ERR_OK)
		line->err = writer_end(&answering->proof);
	if (line->err != ERR_OK)
		(void)why(&line->why, line->err,
		    "proof: it could not be made; the record is in the log at "
		    "index %llu",
		    (unsigned long long)line->submission.position);
	return line->err;
}

static void
print_result(const struct answering *answering, const struct line *line,
    struct writer *w)
{
	const struct submission *submission = &line->submission;

	writer_text(w, "{");
	writer_member(w, "id");
	writer_text(w, "\"");
	writer_hex(w,
	    span_of(&submission->admitted.id, sizeof(submission->admitted.id)));
	writer_text(w, "\"");
	writer_member_number(w, "index", submission->position);
	writer_member_number(w, "treeSize", answering->head.head.size);
	writer_member(w, "duplicate");
	writer_text(w, submission->is_duplicate ? "true" : "false");
	writer_member_text(w, "proof", writer_view(&answering->proof));
	writer_text(w, "}\n");
}

static void
answer_many(
    struct write *write, struct answering *answering, struct reply *reply)
{
	reply->media_type = REPLY_NDJSON;
	for (size_t i = 0; i < write->count; i++) {
		struct line *line = &write->lines[i];
		if (prove_line(answering, line) == ERR_OK) {
			print_result(answering, line, &reply->body);
			continue;
		}
		problem_print_line(line->err, &line->why, i + 1, &reply->body);
		writer_text(&reply->body, "\n");
	}
}

/* Is text/plain asked for before anything that JSON would do for? */
static bool
wants_text(struct span accept)
{
	struct span range;

	while (accept.len > 0) {
		if (!span_cut(&accept, ',', &range)) {
			range = accept;
			accept = SPAN_EMPTY;
		}
		while (range.len > 0 && range.data[0] == ' ')
			range = span_part(range, 1, range.len);
		range = span_part(range, 0, span_find(range, ';'));
		if (span_is(range, "text/plain"))
			return true;
		if (span_is(range, "application/json") ||
		    span_is(range, "application/*") || span_is(range, "*/*"))
			return false;
	}
	return false;
}

static const char *
location_of(struct request *request, const struct hash *id)
{
	static const char prefix[] = "/v1/records/";
	size_t len = sizeof(prefix) - 1;
	char *text =
	    arena_take(request->arena, len + TEXT_HEX_LEN(sizeof(*id)) + 1, 1);

	if (text != NULL) {
		memcpy(text, prefix, len);
		text_hex(span_of(id, sizeof(*id)), text + len);
	}
	return text;
}

static void
answer_one(
    struct write *write, struct answering *answering, struct reply *reply)
{
	struct line *line = &write->lines[0];

	if (prove_line(answering, line) != ERR_OK) {
		reply_error(reply, line->err, &line->why);
		return;
	}
	reply->status = line->submission.is_duplicate ? 200 : 201;
	reply->location =
	    location_of(write->request, &line->submission.admitted.id);
	if (wants_text(write->request->accept)) {
		reply->media_type = REPLY_TEXT;
		writer_span(&reply->body, writer_view(&answering->proof));
	} else {
		print_result(answering, line, &reply->body);
	}
}

static void
answer(struct write *write, struct reply *reply)
{
	struct ledger *ledger = write->request->ledger;
	struct answering answering = { .proof = writer_heap(TLOG_PROOF_MAX) };

	/* the head first: the snapshot then holds all that is below it */
	published_get(ledger->published, &answering.head);
	answering.txn = store_begin(ledger->log, TXN_READ);
	if (write->is_many)
		answer_many(write, &answering, reply);
	else
		answer_one(write, &answering, reply);
	txn_abort(&answering.txn);
	writer_done(&answering.proof);
}

enum served
serve_records_post(struct request *request, struct reply *reply)
{
	struct why w = { "" };
	bool is_later = false;
	enum err err = ERR_OK;
	const struct write *known = request->state;

	/* verifying takes its time, and so does proving many */
	if (request->is_hasty &&
	    (known == NULL || !known->is_sent || known->is_many))
		return SERVED_AWAY;
	if (request->calls == 1)
		err = begin(request, &w);
	struct write *write = request->state;
	if (err == ERR_OK && !write->is_sent) {
		if (!admit_some(write)) {
			request_resume(request);
			return SERVED_LATER;
		}
		err = send_all(write, &is_later, &w);
	}
	if (err != ERR_OK)
		reply_error(reply, err, &w);
	else if (is_later)
		return SERVED_LATER;
	else
		answer(write, reply);
	return SERVED;
}
