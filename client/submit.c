#include "client/submit.h"

#include "client/history.h"
#include "client/keyrings.h"
#include "client/proved.h"
#include "client/stored.h"
#include "client/transport.h"
#include "schema/problem.h"

#define ANSWER_MAX (TLOG_PROOF_MAX + ((size_t)64 << 10))
#define ANSWERS_MAX ((size_t)64 << 20)

/* ---- the answer ---- */

static enum err
read_answer(
    struct span body, struct arena *arena, struct submitted *ret, struct why *w)
{
	struct json *json = NULL;
	struct span id = SPAN_EMPTY;
	struct span proof = SPAN_EMPTY;
	enum err err = json_parse_answer(body, &json, w);

	if (err != ERR_OK) {
		why_prefix(w, "the log's answer");
		return err;
	}
	struct object o = object_of(json_root(json), "the log's answer", w);
	object_text(&o, "id", 1, HASH_TEXT_LEN, &id);
	ret->index = object_number(&o, "index", TREE_SIZE_MAX);
	ret->tree_size = object_number(&o, "treeSize", TREE_SIZE_MAX);
	ret->is_duplicate = object_flag(&o, "duplicate");
	object_text(&o, "proof", 1, TLOG_PROOF_MAX, &proof);
	err = object_end_open(&o);
	if (err == ERR_OK && !hash_parse(id, &ret->id))
		err =
		    why(w, ERR_SYNTAX, "the log's answer: id is no record id");
	if (err == ERR_OK)
		ret->proof = arena_copy(arena, proof);
	if (err == ERR_OK && ret->proof.data == NULL)
		err = why(w, ERR_MEMORY, "out of memory");
	json_done(json);
	return err;
}

/* Everything in the answer against what was sent and what is signed. */
static enum err
check_answer(struct session *session, struct span entry,
    const struct submitted *answer, struct why *w)
{
	struct hash id = tree_leaf(entry);
	struct checkpoint *seen = &session->trust.seen;
	struct checkpoint accepted;
	struct proved proved;
	enum err err = proved_open(
	    answer->proof, &session->trust.key, session->arena, &proved, w);

	if (err != ERR_OK) {
		why_prefix(w, "the log's answer");
		return err;
	}
	if (!hash_equal(&id, &answer->id) || !hash_equal(&id, &proved.id))
		err = why(w, ERR_MISMATCH,
		    "the log's answer proves another record than the one sent");
	else if (answer->index != proved.proof.index ||
	    answer->tree_size != proved.checkpoint.head.size)
		err = why(w, ERR_MISMATCH,
		    "the log's answer contradicts its own proof");
	bool is_seen = session->trust.has_seen &&
	    seen->head.size == proved.checkpoint.head.size &&
	    hash_equal(&seen->head.root, &proved.checkpoint.head.root);
	if (err == ERR_OK && !is_seen)
		err = history_accept(&session->trust, proved.proof.checkpoint,
		    session->arena, &accepted, w);
	proved_done(&proved);
	return err;
}

/* ---- keeping it ---- */

/* The record stands in the log whatever happens here: what cannot be fetched is
 * a warning, what is false is an error. */
static enum err
keep_one(struct session *session, const struct keyrings *keyrings,
    const struct submitted *submitted, struct why *w)
{
	struct keyrings_found found = { 0 };
	struct keyring_lines context;
	struct keyring_source lines = session_lines(session, NULL, &context);
	struct proved_by by = { &session->trust.key, &lines };
	struct proved proved;
	enum err err =
	    keyrings_below(session, keyrings, submitted->index, &found, w);

	if (err != ERR_OK)
		return err;
	keyring_free(found.keyring);
	err = proved_open(
	    submitted->proof, &session->trust.key, session->arena, &proved, w);
	if (err != ERR_OK)
		return err;
	err = proved_judge(&proved, &by, found.proof, session->arena, w);
	proved_done(&proved);
	if (err == ERR_OK)
		err = stored_put(&session->trust, &submitted->id,
		    submitted->proof, found.proof, w);
	return err;
}

static bool
is_finding(enum err err)
{
	return err == ERR_MISMATCH || err == ERR_DIVERGED || err == ERR_CORRUPT;
}

static enum err
keep_without_keyring(
    struct session *session, struct submit_line *line, const struct why *reason)
{
	output_warn(&session->out,
	    "recorded, but the keyring that judged it could not be had, so "
	    "verify will end with 3: %s",
	    reason->text);
	return stored_put(&session->trust, &line->submitted.id,
	    line->submitted.proof, SPAN_EMPTY, &line->why);
}

static void
keep(struct session *session, struct submit_line *lines, size_t count)
{
	struct keyrings keyrings = { 0 };
	struct why w = { 0 };
	uint64_t size_min = 0;
	enum err listed = ERR_NOT_FOUND;

	for (size_t i = 0; i < count; i++) {
		if (lines[i].err == ERR_OK &&
		    lines[i].submitted.index >= size_min)
			size_min = lines[i].submitted.index + 1;
	}
	if (size_min > 0)
		listed = keyrings_list(session, size_min, &keyrings, &w);
	for (size_t i = 0; i < count; i++) {
		struct submit_line *line = &lines[i];
		if (line->err != ERR_OK)
			continue;
		enum err err = listed;
		if (err == ERR_OK)
			err =
			    keep_one(session, &keyrings, &line->submitted, &w);
		if (is_finding(err)) {
			line->err = err;
			line->why = w;
		} else if (err != ERR_OK) {
			line->err = keep_without_keyring(session, line, &w);
		}
	}
}

/* ---- one envelope ---- */

static enum err
entry_of(const struct envelope *envelope, struct arena *arena, struct span *ret,
    struct why *w)
{
	struct writer entry = writer_heap(ENTRY_LEN_MAX);

	envelope_print(envelope, &entry);
	enum err err = writer_end(&entry);
	struct span copy = arena_copy(arena, writer_view(&entry));
	writer_done(&entry);
	if (err != ERR_OK)
		return why(w, err,
		    "a record of more than %u bytes: put long lists into a "
		    "data set and name its manifest",
		    ENTRY_LEN_MAX);
	if (copy.data == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	*ret = copy;
	return ERR_OK;
}

enum err
submit_envelope(struct session *session, const struct envelope *envelope,
    struct submitted *ret, struct why *w)
{
	struct submit_line *line = arena_take(session->arena, 1, sizeof(*line));
	struct span entry = SPAN_EMPTY;
	struct span body = SPAN_EMPTY;
	enum err err = session_online(session, w);

	if (line == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (err == ERR_OK)
		err = entry_of(envelope, session->arena, &entry, w);
	if (err != ERR_OK)
		return err;
	struct transport_call call = {
		.base = session->trust.url,
		.path = "/v1/records",
		.method = TRANSPORT_POST,
		.content_type = "application/vnd.dsse.envelope.v1+json",
		.body = entry,
		.max = ANSWER_MAX,
	};
	err = transport_do(session->transport, &call, session->arena, &body, w);
	if (err == ERR_OK)
		err = read_answer(body, session->arena, &line->submitted, w);
	if (err == ERR_OK)
		err = check_answer(session, entry, &line->submitted, w);
	if (err != ERR_OK)
		return err;
	keep(session, line, 1);
	if (line->err == ERR_OK)
		*ret = line->submitted;
	return line->err == ERR_OK ? ERR_OK
				   : why(w, line->err, "%s", line->why.text);
}

/* ---- many ---- */

static enum err
line_answer(struct session *session, struct span text, struct submit_line *line)
{
	struct span entry = SPAN_EMPTY;
	int status = 0;

	if (problem_parse(text, &status, &line->why) == ERR_OK) {
		why_prefix(&line->why, "the log says");
		return status == 429 || status == 503 ? ERR_BUSY : ERR_REFUSED;
	}
	enum err err =
	    read_answer(text, session->arena, &line->submitted, &line->why);
	if (err == ERR_OK)
		err = entry_of(
		    &line->envelope, session->arena, &entry, &line->why);
	if (err == ERR_OK)
		err =
		    check_answer(session, entry, &line->submitted, &line->why);
	return err;
}

/* What goes in one call: good lines, and their entries as NDJSON. */
struct batch {
	size_t count;
	struct submit_line **lines;
	struct writer body;
};

/* Sends it and reads a result for each line. */
static enum err
send_batch(struct session *session, const struct batch *batch, struct why *w)
{
	struct span body = SPAN_EMPTY;
	struct transport_call call = {
		.base = session->trust.url,
		.path = "/v1/records",
		.method = TRANSPORT_POST,
		.content_type = "application/x-ndjson",
		.body = writer_view(&batch->body),
		.max = ANSWERS_MAX,
	};
	enum err err =
	    transport_do(session->transport, &call, session->arena, &body, w);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < batch->count; i++) {
		struct span text;
		if (!span_cut(&body, '\n', &text)) {
			text = body;
			body = SPAN_EMPTY;
		}
		if (text.len == 0)
			return why(w, ERR_SYNTAX,
			    "the log's answer: %zu results for %zu records", i,
			    batch->count);
		batch->lines[i]->err =
		    line_answer(session, text, batch->lines[i]);
	}
	return ERR_OK;
}

/* As many lines from `*at` on as one call may hold. */
static void
gather(struct session *session, struct submit_line *lines, size_t count,
    size_t *at, struct batch *batch)
{
	batch->count = 0;
	writer_clear(&batch->body);
	for (; *at < count && batch->count < SUBMIT_LINES_MAX; (*at)++) {
		struct submit_line *line = &lines[*at];
		struct span entry = SPAN_EMPTY;
		if (line->err == ERR_OK)
			line->err = entry_of(&line->envelope, session->arena,
			    &entry, &line->why);
		if (line->err != ERR_OK)
			continue;
		if (batch->body.len + entry.len + 1 > SUBMIT_BODY_MAX)
			break;
		writer_span(&batch->body, entry);
		writer_text(&batch->body, "\n");
		batch->lines[batch->count++] = line;
	}
}

/* What was not sent, or got no result, says why. */
static void
fail_rest(struct submit_line *lines, size_t count, enum err err,
    const struct why *reason)
{
	for (size_t i = 0; i < count; i++) {
		if (lines[i].err != ERR_OK || lines[i].submitted.proof.len > 0)
			continue;
		lines[i].err = err;
		lines[i].why = *reason;
	}
}

enum err
submit_lines(struct session *session, struct submit_line *lines, size_t count,
    struct why *w)
{
	struct batch batch = { .lines =
				   arena_take(session->arena, SUBMIT_LINES_MAX,
				       sizeof(struct submit_line *)) };
	enum err err = session_online(session, w);

	if (batch.lines == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (err != ERR_OK)
		return err;
	batch.body = writer_heap(SUBMIT_BODY_MAX);
	for (size_t at = 0; at < count && err == ERR_OK;) {
		struct why reason = { 0 };
		size_t first = at;
		gather(session, lines, count, &at, &batch);
		if (batch.count > 0)
			err = send_batch(session, &batch, &reason);
		if (err != ERR_OK)
			fail_rest(lines + first, count - first, err, &reason);
		keep(session, lines + first, at - first);
	}
	writer_done(&batch.body);
	return ERR_OK;
}

/* ---- saying it ---- */

void
submit_print_json(const struct session *session,
    const struct submitted *submitted, struct writer *w)
{
	char path[DISK_PATH_MAX] = "";

	if (stored_path(&session->trust, &submitted->id, path, NULL) != ERR_OK)
		path[0] = '\0';
	writer_text(w, "{");
	hash_print_member(&submitted->id, "id", w);
	writer_member_number(w, "index", submitted->index);
	writer_member_number(w, "treeSize", submitted->tree_size);
	writer_member(w, "duplicate");
	writer_text(w, submitted->is_duplicate ? "true" : "false");
	writer_member_text(w, "proof", span_of_text(path));
	writer_text(w, "}");
}
