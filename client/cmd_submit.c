#include <inttypes.h>
#include <string.h>

#include "client/cited.h"
#include "client/command.h"
#include "client/submit.h"
#include "schema/record.h"

#define FILE_MAX ((size_t)256 << 20)
#define LINES_MAX ((size_t)1 << 20) /* of one call of the program */

struct gathered {
	struct submit_line *lines;
	const char **files; /* of each line */
	size_t count;
	size_t cap;
};

static bool
ends_in(const char *text, const char *suffix)
{
	size_t len = strlen(text);
	size_t suffix_len = strlen(suffix);

	return len > suffix_len && strcmp(text + len - suffix_len, suffix) == 0;
}

/* Parsed here too: what the log would refuse need not be sent. */
static void
read_line(struct session *session, struct span text, struct submit_line *line)
{
	struct record record;

	enum err err =
	    envelope_parse(text, session->arena, &line->envelope, &line->why);
	if (err == ERR_OK)
		err = record_parse(line->envelope.payload, session->arena,
		    &record, &line->why);
	if (err == ERR_OK)
		record_done(&record);
	/* checked, and not what a log takes: the log's answer would be no */
	line->err = err_class(err) == ERR_CLASS_INPUT ? ERR_REFUSED : err;
}

static enum err
add_line(struct session *session, struct gathered *all, const char *file,
    struct span text, size_t number)
{
	if (all->count == all->cap) {
		size_t cap = all->cap == 0 ? 16 : all->cap * 2;
		struct submit_line *lines =
		    arena_take(session->arena, cap, sizeof(*lines));
		const char **files =
		    arena_take(session->arena, cap, sizeof(char *));
		if (cap > LINES_MAX || lines == NULL || files == NULL)
			return ERR_LIMIT;
		for (size_t i = 0; i < all->count; i++) {
			lines[i] = all->lines[i];
			files[i] = all->files[i];
		}
		all->lines = lines;
		all->files = files;
		all->cap = cap;
	}
	struct submit_line *line = &all->lines[all->count];
	*line = (struct submit_line){ .number = number };
	all->files[all->count++] = file;
	read_line(session, text, line);
	return ERR_OK;
}

static enum err
add_file(struct session *session, struct gathered *all, const char *path,
    struct why *w)
{
	struct span text;
	struct span line;
	size_t number = 0;
	enum err err = disk_read(path, FILE_MAX, session->arena, &text, w);

	if (err != ERR_OK)
		return err;
	if (!ends_in(path, ".jsonl") && !ends_in(path, ".ndjson"))
		return add_line(session, all, path, text, 0);
	while (err == ERR_OK && text.len > 0) {
		if (!span_cut(&text, '\n', &line)) {
			line = text;
			text = SPAN_EMPTY;
		}
		err = add_line(session, all, path, line, ++number);
	}
	if (err != ERR_OK)
		return why(w, err, "%s: too many records for one call", path);
	return ERR_OK;
}

/* ---- results ---- */

static void
json_line(struct session *session, const struct gathered *all, size_t at,
    struct writer *w)
{
	const struct submit_line *line = &all->lines[at];

	writer_comma(w);
	writer_text(w, "{");
	writer_member_text(w, "file", span_of_text(all->files[at]));
	if (line->number > 0)
		writer_member_number(w, "line", line->number);
	if (line->err == ERR_OK) {
		writer_member(w, "result");
		submit_print_json(session, &line->submitted, w);
	} else {
		writer_member_text(
		    w, "error", span_of_text(err_name(line->err)));
		writer_member_text(w, "detail", span_of_text(line->why.text));
	}
	writer_text(w, "}");
}

static void
text_line(struct session *session, const struct gathered *all, size_t at)
{
	const struct submit_line *line = &all->lines[at];
	char id[HASH_TEXT_MAX];

	if (line->err != ERR_OK && line->number > 0)
		output_warn(&session->out, "%s line %zu: %s", all->files[at],
		    line->number, line->why.text);
	else if (line->err != ERR_OK)
		output_warn(
		    &session->out, "%s: %s", all->files[at], line->why.text);
	if (line->err != ERR_OK)
		return;
	hash_print(&line->submitted.id, id);
	output_print(&session->out, "%s %" PRIu64 "%s\n", id,
	    line->submitted.index,
	    line->submitted.is_duplicate ? " duplicate" : "");
}

/* The first line that failed decides; a "no" before a "could not". */
static enum err
first_failure(const struct gathered *all, struct why *w)
{
	const struct submit_line *worst = NULL;
	size_t failed = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct submit_line *line = &all->lines[i];
		if (line->err == ERR_OK)
			continue;
		failed++;
		if (worst == NULL ||
		    err_exit_code(line->err) < err_exit_code(worst->err))
			worst = line;
	}
	if (worst == NULL)
		return ERR_OK;
	if (all->count == 1)
		return why(w, worst->err, "%.200s: %s", all->files[0],
		    worst->why.text);
	return why(w, worst->err,
	    "%zu of %zu records were not recorded; the others were", failed,
	    all->count);
}

static enum err
say(struct session *session, const struct gathered *all, struct why *w)
{
	struct writer json = writer_heap(OUTPUT_ANSWER_MAX);
	enum err err = ERR_OK;

	if (session->out.is_json)
		writer_text(&json, "{\"records\":[");
	for (size_t i = 0; i < all->count; i++) {
		if (session->out.is_json)
			json_line(session, all, i, &json);
		else if (all->count > 1 || all->lines[i].err == ERR_OK)
			text_line(session, all, i);
	}
	writer_text(&json, "]}");
	if (session->out.is_json)
		err = output_answer(&session->out, &json, w);
	writer_done(&json);
	return err == ERR_OK ? first_failure(all, w) : err;
}

/* Later records cite it, as they would had it been recorded here.  A line that was
 * sent was parsed before. */
static void
remember(struct session *session, const struct submit_line *line)
{
	struct record record;
	struct why w = { "" };
	enum err err =
	    record_parse(line->envelope.payload, session->arena, &record, &w);

	if (err == ERR_OK) {
		err = cited_put_record(
		    &session->trust, &record, &line->submitted.id, &w);
		record_done(&record);
	}
	if (err != ERR_OK)
		output_warn(&session->out,
		    "recorded, but later records will not cite it: %s", w.text);
}

static void
remember_all(struct session *session, const struct gathered *all)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->lines[i].err == ERR_OK)
			remember(session, &all->lines[i]);
	}
}

/* One envelope as such, so that its answer has the log's own status. */
static enum err
send_one(struct session *session, struct submit_line *line)
{
	line->err = submit_envelope(
	    session, &line->envelope, &line->submitted, &line->why);
	return ERR_OK;
}

static enum err
run_submit(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct gathered all = { 0 };
	enum err err = session_online(session, w);

	for (size_t i = 0; i < arguments->count && err == ERR_OK; i++)
		err = add_file(session, &all, arguments->words[i], w);
	if (err != ERR_OK)
		return err;
	if (all.count == 0)
		return why(w, ERR_USAGE, "no record in what was given");
	if (all.count == 1 && all.lines[0].err == ERR_OK)
		err = send_one(session, &all.lines[0]);
	else if (all.count > 1)
		err = submit_lines(session, all.lines, all.count, w);
	if (err != ERR_OK)
		return err;
	remember_all(session, &all);
	return say(session, &all, w);
}

static const struct option_row options[] = {
	{ NULL, 0, false, NULL, NULL },
};

const struct command command_submit = {
	.name = "submit",
	.summary = "send signed envelopes that were made elsewhere",
	.words = "FILE...",
	.help = "Sends DSSE envelopes: one a file, or one a line in .jsonl and "
		".ndjson files; '-' is\n"
		"stdin.  Prints id and index of each.  The answer is checked "
		"entirely (the record,\n"
		"its inclusion, the log's signature, consistency with what was "
		"seen before) and\n"
		"the proof kept.  Where some are refused the others stand; the "
		"exit code is 1.\n",
	.words_min = 1,
	.words_max = OPTIONS_WORDS_MAX,
	.options = options,
	.run = run_submit,
};
