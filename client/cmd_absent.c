/* absent: is this file in nothing that an artifact was made of? */
#include <inttypes.h>

#include "client/absence.h"
#include "client/command.h"
#include "client/show.h"

#define ID_DIGITS 12

static const char *const verdicts[] = {
	[ANCESTRY_UNKNOWN] = "unknown",
	[ANCESTRY_PRESENT] = "present",
	[ANCESTRY_ABSENT] = "absent",
};

/* ---- for people ---- */

static void
print_record(struct output *out, const struct ancestry_record *record)
{
	const struct proved *proved = &record->fetched.proved;
	char id[HASH_TEXT_MAX];

	hash_print(&record->id, id);
	output_print(out, "  ");
	output_safe(out, proved->record.name);
	output_print(out, "  by %s, record %.*s",
	    proved->has_signer ? proved->principal : "?", ID_DIGITS, id);
}

static void
print_shown(struct output *out, const struct shard *shard)
{
	switch (shard->by) {
	case SHARD_BY_MANIFEST:
	case SHARD_BY_OPENING:
		output_print(out, "line%s %" PRIu64,
		    output_plural(shard->line_count),
		    shard->lines[0].index + 1);
		if (shard->line_count == 2)
			output_print(
			    out, " and %" PRIu64, shard->lines[1].index + 1);
		output_print(out, " of %" PRIu64, shard->size);
		break;
	case SHARD_BY_LIST:
		output_print(out, "its list of files");
		break;
	case SHARD_BY_FILE:
	case SHARD_BY_NOTHING:
		output_print(out, "a single file");
		break;
	}
}

static void
print_nodes(struct output *out, const struct ancestry *a)
{
	size_t singles = 0;

	for (size_t i = 0; i < a->node_count; i++) {
		const struct ancestry_node *node = &a->nodes[i];
		/* files of a set that its record lists: many, and all alike */
		if (node->is_part && node->shard->by == SHARD_BY_FILE &&
		    node->shard->verdict == SHARD_NOT_IN) {
			singles++;
			continue;
		}
		bool is_in = node->shard->verdict == SHARD_IN;
		output_print(out, "  %-9s", is_in ? "in" : "not in");
		show_print_digest(out, &node->digest);
		print_record(out, node->record);
		output_print(out, "  (");
		print_shown(out, node->shard);
		output_print(out, ")\n");
	}
	if (singles > 0)
		output_print(out,
		    "  not one of %zu listed file%s of these sets\n", singles,
		    output_plural(singles));
}

static void
print_path(struct output *out, const struct ancestry *a)
{
	for (size_t i = 0; i < a->path_count; i++) {
		output_print(out, "  went into ");
		show_print_digest(out, &a->path[i].node);
		print_record(out, a->path[i].record);
		output_print(out, "\n");
	}
}

static void
print_gap(struct output *out, const struct ancestry *a)
{
	output_print(out, "  gap      ");
	show_print_digest(out, &a->gap);
	output_print(out, "  ");
	output_safe(out, a->gap_why);
	output_print(out, "\n");
}

static void
print_answer(struct absence *absence, size_t at)
{
	struct output *out = &absence->session->out;
	const struct ancestry *a = &absence->answers[at];

	output_styled(out,
	    a->verdict == ANCESTRY_ABSENT	 ? OUTPUT_GOOD
		: a->verdict == ANCESTRY_PRESENT ? OUTPUT_BAD
						 : OUTPUT_WARN,
	    verdicts[a->verdict]);
	output_print(out, "  %s ",
	    a->verdict == ANCESTRY_PRESENT ? "in what was used for"
					   : "in all that was used for");
	show_print_digest(out, &absence->artifacts[at]);
	output_print(out, "  ");
	output_safe(out, absence->names[at]);
	output_print(out, "\n");
	if (a->verdict == ANCESTRY_UNKNOWN)
		print_gap(out, a);
	print_nodes(out, a);
	print_path(out, a);
}

static bool
has_manifests(const struct absence *absence)
{
	for (size_t i = 0; i < absence->answered; i++) {
		const struct ancestry *a = &absence->answers[i];
		for (size_t j = 0; j < a->node_count; j++) {
			if (a->nodes[j].shard->by == SHARD_BY_MANIFEST)
				return true;
		}
	}
	return false;
}

/* Never more than is proven. */
static void
print_proven(struct absence *absence)
{
	struct output *out = &absence->session->out;
	enum ancestry_verdict verdict = absence_verdict(absence);
	uint64_t size = absence->answers[0].tree_size;

	if (verdict == ANCESTRY_UNKNOWN)
		return;
	output_print(out,
	    "checked  each record by its proof and signature, each list in "
	    "it, each line of a manifest\n");
	if (verdict == ANCESTRY_ABSENT)
		output_print(out,
		    "proven   absent by %s's signed, complete lists and those "
		    "that it cites, for these exact bytes\n",
		    absence->as);
	if (verdict == ANCESTRY_ABSENT && has_manifests(absence))
		output_print(out,
		    "not checked: that the manifests are sorted throughout: "
		    "the log says that it checked; headwater contains --whole "
		    "does\n");
	output_print(out,
	    "not known: whether the log shows all that %s recorded and "
	    "withdrew (its first %" PRIu64
	    " record%s); headwater audit follows the whole log\n",
	    absence->as, size, output_plural(size));
}

static void
print_text(struct absence *absence)
{
	struct output *out = &absence->session->out;
	struct digest file = digest_sha256(&absence->file);

	show_print_digest(out, &file);
	output_print(out, "  ");
	output_safe(out, span_of_text(absence->file_name));
	output_print(out, "\n");
	for (size_t i = 0; i < absence->answered; i++)
		print_answer(absence, i);
	print_proven(absence);
}

/* ---- for programs ---- */

static void
json_id(struct writer *w, const struct hash *id)
{
	writer_member(w, "record");
	writer_text(w, "\"");
	writer_hex(w, hash_span(id));
	writer_text(w, "\"");
}

static void
json_node(struct writer *w, const struct ancestry_node *node)
{
	writer_comma(w);
	writer_text(w, "{");
	digest_print_member(&node->digest, "digest", w);
	json_id(w, &node->record->id);
	writer_member_text(
	    w, "by", span_of_text(shard_by_name(node->shard->by)));
	writer_member(w, "lines");
	writer_text(w, "[");
	for (size_t i = 0; i < node->shard->line_count; i++) {
		writer_comma(w);
		writer_text(w, "{");
		writer_member_number(w, "index", node->shard->lines[i].index);
		writer_member_text(w, "line", node->shard->lines[i].text);
		writer_text(w, "}");
	}
	writer_text(w, "]}");
}

static void
json_answer(struct writer *w, const struct absence *absence, size_t at)
{
	const struct ancestry *a = &absence->answers[at];

	writer_comma(w);
	writer_text(w, "{");
	digest_print_member(&absence->artifacts[at], "digest", w);
	writer_member_text(w, "verdict", span_of_text(verdicts[a->verdict]));
	if (a->verdict == ANCESTRY_UNKNOWN) {
		writer_member(w, "gap");
		writer_text(w, "{");
		digest_print_member(&a->gap, "node", w);
		writer_member_text(w, "why", a->gap_why);
		writer_text(w, "}");
	}
	writer_member(w, "nodes");
	writer_text(w, "[");
	for (size_t i = 0; i < a->node_count; i++)
		json_node(w, &a->nodes[i]);
	writer_text(w, "]");
	writer_member(w, "path");
	writer_text(w, "[");
	for (size_t i = 0; i < a->path_count; i++) {
		writer_comma(w);
		writer_text(w, "{");
		digest_print_member(&a->path[i].from, "from", w);
		digest_print_member(&a->path[i].node, "to", w);
		json_id(w, &a->path[i].id);
		writer_text(w, "}");
	}
	writer_text(w, "]}");
}

static enum err
print_json(struct absence *absence, struct why *w)
{
	struct writer json = writer_heap(OUTPUT_ANSWER_MAX);
	struct digest file = digest_sha256(&absence->file);

	writer_text(&json, "{");
	writer_member_text(
	    &json, "verdict", span_of_text(verdicts[absence_verdict(absence)]));
	digest_print_member(&file, "digest", &json);
	writer_member_text(&json, "as", span_of_text(absence->as));
	writer_member_number(&json, "treeSize", absence->answers[0].tree_size);
	writer_member(&json, "artifacts");
	writer_text(&json, "[");
	for (size_t i = 0; i < absence->answered; i++)
		json_answer(&json, absence, i);
	writer_text(&json, "]}");
	enum err err = output_answer(&absence->session->out, &json, w);
	writer_done(&json);
	return err;
}

static enum err
run_absent(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct absence absence = { .session = session };
	enum shard_verdict verdict = SHARD_UNKNOWN;
	enum err err = absence_ask(&absence, arguments, w);

	if (err == ERR_OK && session->out.is_json)
		err = print_json(&absence, w);
	else if (err == ERR_OK)
		print_text(&absence);
	/* 0 is yes, it is absent; 1 no, it is there */
	if (err == ERR_OK && absence_verdict(&absence) == ANCESTRY_ABSENT)
		verdict = SHARD_IN;
	if (err == ERR_OK && absence_verdict(&absence) == ANCESTRY_PRESENT)
		verdict = SHARD_NOT_IN;
	shard_exit(session, verdict, err);
	absence_done(&absence);
	return err;
}

static const struct option_row absent_options[] = {
	{ .name = "of", .value = "ITEM", .help = "the artifact" },
	{ .name = "release",
	    .value = "NAME/VERSION",
	    .help = "or all artifacts of a release" },
	{ .name = "as",
	    .value = "PRINCIPAL",
	    .help = "by this publisher's lists" },
	{ .name = NULL },
};

const struct command command_absent = {
	.name = "absent",
	.summary = "is a file in nothing that an artifact was made of?",
	.words = "FILE|DIGEST --of ITEM|--release NAME/VERSION",
	.help =
	    "Asks for proof that a file is in no data that an artifact was\n"
	    "made of, by its publisher's signed, complete lists, and checks\n"
	    "each step.  Ends with 0 absent, 1 present, 3 unknown or could\n"
	    "not be checked.\n",
	.words_min = 1,
	.words_max = 1,
	.options = absent_options,
	.run = run_absent,
};
