/* contains: is this file in that set? */
#include <inttypes.h>

#include "client/command.h"
#include "client/containment.h"
#include "client/show.h"

/* ---- for people ---- */

static void
print_verdict(struct output *out, const struct containment *c)
{
	struct digest file = digest_sha256(&c->file);

	if (c->shard.verdict == SHARD_IN)
		output_styled(out, OUTPUT_GOOD, "in");
	else if (c->shard.verdict == SHARD_NOT_IN)
		output_styled(out, OUTPUT_BOLD, "not in");
	else
		output_styled(out, OUTPUT_WARN, "unknown");
	output_print(out, "  ");
	show_print_digest(out, &file);
	output_print(out, "  ");
	output_safe(out, span_of_text(c->file_name));
	output_print(out, "\n");
}

static void
print_line(
    struct output *out, const char *what, uint64_t index, struct span text)
{
	output_print(out, "%s  line %" PRIu64 "  ", what, index + 1);
	output_safe(out, text);
	output_print(out, "\n");
}

static void
print_lines(struct output *out, const struct containment *c)
{
	const struct shard *shard = &c->shard;

	if (c->opening != NULL) {
		print_line(
		    out, "is      ", c->opening->index, c->opening->line);
		return;
	}
	for (size_t i = 0; i < shard->line_count; i++) {
		const struct shard_line *line = &shard->lines[i];
		bool is_below = hash_compare(&line->parts.digest, &c->file) < 0;
		print_line(out,
		    shard->verdict == SHARD_IN ? "is      "
			: is_below	       ? "above   "
					       : "below   ",
		    line->index, line->text);
	}
}

/* What the record, or its root, shows. */
static void
print_shown(struct output *out, const struct shard *shard)
{
	bool is_in = shard->verdict == SHARD_IN;

	switch (shard->by) {
	case SHARD_BY_MANIFEST:
	case SHARD_BY_OPENING:
		output_print(out,
		    "checked  %s of the set's %" PRIu64
		    " lines, whose root the record signed\n",
		    shard->line_count == 2 ? "these two stand side by side"
					   : "it is one",
		    shard->size);
		break;
	case SHARD_BY_LIST:
		output_print(out, "checked  %s\n",
		    is_in ? "the record lists it among its files"
			  : "the record signs its list of files as complete, "
			    "and it is not listed");
		break;
	case SHARD_BY_FILE:
		output_print(out,
		    "checked  by the record it is a single file, %s\n",
		    is_in ? "this one" : "another one");
		break;
	case SHARD_BY_NOTHING:
		break;
	}
}

/* What was computed, and what is believed. */
static void
print_checked(struct output *out, const struct containment *c)
{
	const struct proved *proved = &c->record.proved;

	print_shown(out, &c->shard);
	output_print(out,
	    "checked  the record is entry %" PRIu64
	    " of %s, whose key signed a tree of %" PRIu64 "\n",
	    proved->proof.index, c->session->trust.key.name,
	    proved->checkpoint.head.size);
	if (proved->has_signer)
		output_print(out, "checked  signed by %s (%s)\n",
		    proved->principal, proved->envelope.keyid);
	else
		output_print(out,
		    "not checked: who signed it: its keyring could not be "
		    "had\n");
	if (c->is_whole)
		output_print(out,
		    "checked  the whole manifest is sorted, each line once, "
		    "and is the one that was signed\n");
	else if (c->shard.verdict == SHARD_NOT_IN &&
	    c->shard.by == SHARD_BY_MANIFEST)
		output_print(out,
		    "not checked: that the rest of the manifest is sorted: the "
		    "log says that it checked; --whole checks it here\n");
	output_print(
	    out, "not checked: whether the record was withdrawn since\n");
}

static void
print_set(struct output *out, const struct containment *c)
{
	const struct proved *proved = &c->record.proved;
	char id[HASH_TEXT_MAX];

	hash_print(&c->set, id);
	output_print(out, "set      sha256:%s", id);
	if (c->is_proved) {
		hash_print(&proved->id, id);
		output_print(out, "  ");
		output_safe(out, proved->record.name);
		output_print(out, "\nrecord   %s\n", id);
	} else {
		output_print(out, "\n");
	}
}

static void
print_text(struct output *out, const struct containment *c)
{
	print_verdict(out, c);
	print_lines(out, c);
	print_set(out, c);
	if (c->shard.verdict != SHARD_UNKNOWN) {
		print_checked(out, c);
		return;
	}
	output_print(out, "because  ");
	output_safe(out,
	    c->shard.reason.len > 0 ? c->shard.reason
				    : span_of_text("the log does not say why"));
	output_print(out, "\n");
}

/* ---- for programs ---- */

static void
json_hash(struct writer *w, const char *name, const struct hash *hash)
{
	writer_member(w, name);
	writer_text(w, "\"");
	writer_hex(w, hash_span(hash));
	writer_text(w, "\"");
}

static void
json_line(struct writer *w, uint64_t index, struct span text)
{
	writer_comma(w);
	writer_text(w, "{");
	writer_member_number(w, "index", index);
	writer_member_text(w, "line", text);
	writer_text(w, "}");
}

static void
json_proved(struct writer *w, const struct containment *c)
{
	const struct proved *proved = &c->record.proved;
	const struct shard *shard = &c->shard;

	json_hash(w, "record", &proved->id);
	writer_member_text(w, "name", proved->record.name);
	writer_member_number(w, "index", proved->proof.index);
	writer_member_text(
	    w, "origin", span_of_text(c->session->trust.key.name));
	writer_member_number(w, "treeSize", proved->checkpoint.head.size);
	writer_member(w, "principal");
	if (proved->has_signer)
		writer_json(w, span_of_text(proved->principal));
	else
		writer_text(w, "null");
	writer_member_text(w, "by", span_of_text(shard_by_name(shard->by)));
	if (shard->size > 0)
		writer_member_number(w, "size", shard->size);
	writer_member(w, "lines");
	writer_text(w, "[");
	if (c->opening != NULL)
		json_line(w, c->opening->index, c->opening->line);
	for (size_t i = 0; i < shard->line_count; i++)
		json_line(w, shard->lines[i].index, shard->lines[i].text);
	writer_text(w, "]");
	writer_member(w, "sortedCheckedBy");
	writer_text(w,
	    shard->by != SHARD_BY_MANIFEST ? "[]"
		: c->is_whole		   ? "[\"log\",\"client\"]"
					   : "[\"log\"]");
}

static enum err
print_json(struct output *out, const struct containment *c, struct why *w)
{
	struct writer json = writer_heap(OUTPUT_ANSWER_MAX);

	writer_text(&json, "{");
	writer_member_text(&json, "verdict",
	    span_of_text(shard_verdict_name(c->shard.verdict)));
	json_hash(&json, "dataset", &c->set);
	json_hash(&json, "shard", &c->file);
	if (c->shard.verdict != SHARD_UNKNOWN)
		json_proved(&json, c);
	else if (c->shard.reason.len > 0)
		writer_member_text(&json, "reason", c->shard.reason);
	writer_text(&json, "}");
	enum err err = output_answer(out, &json, w);
	writer_done(&json);
	return err;
}

static enum err
run_contains(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct containment *c = arena_take(session->arena, 1, sizeof(*c));

	if (c == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err = containment_find(session, arguments, c, w);
	if (err == ERR_OK && session->out.is_json)
		err = print_json(&session->out, c, w);
	else if (err == ERR_OK)
		print_text(&session->out, c);
	shard_exit(session, c->shard.verdict, err);
	containment_done(c);
	return err;
}

static const struct option_row contains_options[] = {
	{ .name = "whole", .help = "download the manifest, check its order" },
	{ .name = "openings",
	    .value = "FILE",
	    .help = "of a salted set, as its publisher gave them" },
	{ .name = "as", .value = "PRINCIPAL", .help = "by this publisher" },
	{ .name = NULL },
};

const struct command command_contains = {
	.name = "contains",
	.summary = "is this file in that set?",
	.words = "SET FILE|DIGEST",
	.help =
	    "Says whether a data set or model holds a file: in, not in, or\n"
	    "unknown, by the lines of its manifest, which are proved down to\n"
	    "a signed checkpoint.  Ends with 0 in, 1 not in, 3 unknown or\n"
	    "could not be checked.\n",
	.words_min = 2,
	.words_max = 2,
	.options = contains_options,
	.run = run_contains,
};
