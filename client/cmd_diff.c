/* diff: what differs between two releases? */
#include <inttypes.h>
#include <unistd.h>

#include "client/command.h"
#include "client/dossier_gather.h"
#include "client/download.h"
#include "client/manifest_diff.h"
#include "client/show.h"
#include "schema/openness.h"
#include "schema/release_diff.h"

#define SHOWN 5 /* files of one set */

struct comparison {
	struct session *session;
	struct dossier_gather gathered[2];
	struct release_diff diff;
	struct openness *openness[2]; /* how open each is */
};

static bool
is_as_open(const struct comparison *c)
{
	return c->openness[0]->class == c->openness[1]->class &&
	    c->openness[0]->is_osaid == c->openness[1]->is_osaid;
}

static bool
is_same(const struct comparison *c)
{
	return c->diff.count == 0 && is_as_open(c);
}

static const char *const signs[] = {
	[RELEASE_ADDED] = "+",
	[RELEASE_REMOVED] = "-",
	[RELEASE_CHANGED] = "~",
};

static const char *const words[] = {
	[RELEASE_ADDED] = "added",
	[RELEASE_REMOVED] = "removed",
	[RELEASE_CHANGED] = "changed",
};

/* ---- inside of a set ---- */

static enum err
open_list(struct comparison *c, const struct release_fact *fact,
    struct list *list, struct hash *ret_digest, struct why *w)
{
	int fd;

	for (size_t i = 0; i < HASH_LEN; i++)
		ret_digest->bytes[i] = fact->digest.bytes[i];
	enum err err = download_blob(c->session, ret_digest, &fd, w);
	if (err == ERR_OK) {
		err = list_open(
		    list, fd, "a manifest of the log", c->session->arena, w);
		if (err != ERR_OK)
			close(fd);
	}
	return err;
}

/* False where one of the manifests is not to be had, or they are none. */
static bool
compare_sets(struct comparison *c, const struct release_difference *one,
    struct manifest_diff *ret)
{
	struct list lists[2] = { { .fd = -1 }, { .fd = -1 } };
	struct hash digests[2];
	struct why w;

	if (one->before == NULL || one->after == NULL ||
	    one->change != RELEASE_CHANGED ||
	    one->before->kind != RELEASE_DATA ||
	    one->before->digest.algorithm != DIGEST_SHA256 ||
	    one->after->digest.algorithm != DIGEST_SHA256)
		return false;
	enum err err = open_list(c, one->before, &lists[0], &digests[0], &w);
	if (err == ERR_OK)
		err = open_list(c, one->after, &lists[1], &digests[1], &w);
	if (err == ERR_OK)
		err = manifest_diff(lists, digests, c->session->arena, ret, &w);
	for (size_t i = 0; i < 2; i++) {
		if (lists[i].fd >= 0)
			close(lists[i].fd);
	}
	return err == ERR_OK;
}

/* ---- for people ---- */

static void
print_value(struct output *out, const struct release_fact *fact)
{

	if (fact->has_digest)
		show_print_digest(out, &fact->digest);
	else
		output_safe(out, fact->value);
}

static void
print_side(
    struct output *out, const struct manifest_diff_side *side, const char *sign)
{
	for (size_t i = 0; i < side->kept && i < SHOWN; i++) {
		output_print(out, "      %s ", sign);
		output_safe(out, side->paths[i]);
		output_print(out, "\n");
	}
	if (side->only > SHOWN)
		output_print(out, "      %s … and %" PRIu64 " more\n", sign,
		    side->only - SHOWN);
}

static void
print_sets(struct comparison *c, const struct release_difference *one)
{
	struct output *out = &c->session->out;
	struct manifest_diff diff;

	if (!compare_sets(c, one, &diff))
		return;
	output_print(out,
	    "    %" PRIu64 " file%s added, %" PRIu64 " removed, %" PRIu64
	    " the same\n",
	    diff.after.only, output_plural(diff.after.only), diff.before.only,
	    diff.same);
	print_side(out, &diff.before, "-");
	print_side(out, &diff.after, "+");
}

static void
print_one(struct comparison *c, const struct release_difference *one)
{
	struct output *out = &c->session->out;
	const struct release_fact *fact =
	    one->before != NULL ? one->before : one->after;

	output_print(out, "%s %-12s ", signs[one->change],
	    release_fact_name(fact->kind));
	output_safe(out, fact->subject);
	if (fact->key.len > 0 && fact->kind != RELEASE_LICENCE_TEXT) {
		output_print(out, " ");
		output_safe(out, fact->key);
	}
	output_print(out, "  ");
	print_value(out, fact);
	if (one->change == RELEASE_CHANGED) {
		output_print(out, "  ->  ");
		print_value(out, one->after);
	}
	output_print(out, "\n");
	print_sets(c, one);
}

static void
print_openness(struct output *out, const struct comparison *c)
{
	output_print(out, "openness  ");
	for (size_t i = 0; i < 2; i++) {
		const struct openness *o = c->openness[i];
		output_print(out, "%s%s, OSAID %s", i == 0 ? "" : "  ->  ",
		    mof_class_label(o->class), o->is_osaid ? "met" : "not met");
		if (is_as_open(c))
			break;
	}
	output_print(out, is_as_open(c) ? ", both\n" : "\n");
}

static void
print_text(struct comparison *c)
{
	struct output *out = &c->session->out;

	for (size_t i = 0; i < c->diff.count; i++)
		print_one(c, &c->diff.all[i]);
	output_print(out, "%zu difference%s, %zu fact%s the same\n",
	    c->diff.count, output_plural(c->diff.count), c->diff.same,
	    output_plural(c->diff.same));
	print_openness(out, c);
	output_print(out,
	    "checked  each record by its proof and signature\n"
	    "not known: whether the log shows all that was recorded; headwater "
	    "audit follows the whole log\n");
	if (c->diff.is_cut)
		output_print(out,
		    "cut: not all was looked at: more was recorded than one "
		    "question takes, or the log's operator withholds some\n");
}

/* ---- for programs ---- */

static void
json_side(struct writer *w, const char *name, const struct comparison *c,
    size_t side, const struct release_fact *fact)
{
	const struct dossier *dossier = c->gathered[side].dossier;

	writer_member(w, name);
	if (fact == NULL) {
		writer_text(w, "null");
		return;
	}
	writer_text(w, "{");
	writer_member_text(w, "value", fact->value);
	writer_member(w, "record");
	if (fact->has_record) {
		writer_text(w, "\"");
		writer_hex(w, hash_span(&dossier->records[fact->record].id));
		writer_text(w, "\"}");
	} else {
		writer_text(w, "null}");
	}
}

static void
json_paths(
    struct writer *w, const char *name, const struct manifest_diff_side *side)
{
	writer_member(w, name);
	writer_text(w, "{");
	writer_member_number(w, "files", side->only);
	writer_member(w, "first");
	writer_text(w, "[");
	for (size_t i = 0; i < side->kept; i++) {
		writer_comma(w);
		writer_json(w, side->paths[i]);
	}
	writer_text(w, "]}");
}

static void
json_one(struct writer *w, struct comparison *c,
    const struct release_difference *one)
{
	const struct release_fact *fact =
	    one->before != NULL ? one->before : one->after;
	struct manifest_diff diff;

	writer_comma(w);
	writer_text(w, "{");
	writer_member_text(w, "change", span_of_text(words[one->change]));
	writer_member_text(
	    w, "kind", span_of_text(release_fact_name(fact->kind)));
	writer_member_text(w, "subject", fact->subject);
	writer_member_text(w, "key", fact->key);
	json_side(w, "before", c, 0, one->before);
	json_side(w, "after", c, 1, one->after);
	if (compare_sets(c, one, &diff)) {
		writer_member(w, "manifests");
		writer_text(w, "{");
		writer_member_number(w, "same", diff.same);
		json_paths(w, "removed", &diff.before);
		json_paths(w, "added", &diff.after);
		writer_text(w, "}");
	}
	writer_text(w, "}");
}

static void
json_openness(
    struct writer *w, const char *name, const struct openness *openness)
{
	writer_member(w, name);
	writer_text(w, "{");
	writer_member_number(w, "class", openness->class);
	writer_member(w, "osaid");
	writer_text(w, openness->is_osaid ? "true}" : "false}");
}

static enum err
print_json(struct comparison *c, struct why *w)
{
	struct writer json = writer_heap(OUTPUT_ANSWER_MAX);

	writer_text(&json, "{");
	writer_member_number(
	    &json, "treeSize", c->gathered[1].dossier->tree_size);
	writer_member(&json, "truncated");
	writer_text(&json, c->diff.is_cut ? "true" : "false");
	writer_member_number(&json, "same", c->diff.same);
	writer_member(&json, "openness");
	writer_text(&json, "{");
	json_openness(&json, "before", c->openness[0]);
	json_openness(&json, "after", c->openness[1]);
	writer_text(&json, "}");
	writer_member(&json, "differences");
	writer_text(&json, "[");
	for (size_t i = 0; i < c->diff.count; i++)
		json_one(&json, c, &c->diff.all[i]);
	writer_text(&json, "]}");
	enum err err = output_answer(&c->session->out, &json, w);
	writer_done(&json);
	return err;
}

/* ---- both ---- */

static enum err
compare(struct comparison *c, const struct arguments *arguments, struct why *w)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < 2; i++) {
		struct dossier_question question;
		err = dossier_gather_question(c->session, arguments->words[i],
		    options_value(arguments, "as"), &question, w);
		if (err == ERR_OK)
			err = dossier_gather(
			    c->session, &question, &c->gathered[i], w);
		if (err == ERR_OK &&
		    openness_judge(c->gathered[i].dossier, c->session->arena,
			&c->openness[i]) != ERR_OK)
			err = why(w, ERR_MEMORY, "out of memory");
	}
	if (err == ERR_OK &&
	    release_diff(c->gathered[0].dossier, c->gathered[1].dossier,
		c->session->arena, &c->diff) != ERR_OK)
		err = why(w, ERR_MEMORY, "out of memory");
	return err;
}

static enum err
run_diff(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct comparison c = { .session = session };
	enum err err = compare(&c, arguments, w);

	if (err == ERR_OK && session->out.is_json)
		err = print_json(&c, w);
	else if (err == ERR_OK)
		print_text(&c);
	/* as diff(1): 0 the same, 1 not */
	if (err == ERR_OK && !is_same(&c))
		session->exit_code = 1;
	for (size_t i = 0; i < 2; i++)
		dossier_gather_done(&c.gathered[i]);
	return err;
}

static const struct option_row diff_options[] = {
	{ .name = "as",
	    .value = "PRINCIPAL",
	    .help = "of items: by this publisher's records" },
	{ .name = NULL },
};

const struct command command_diff = {
	.name = "diff",
	.summary = "what differs between two releases?",
	.words = "RELEASE RELEASE",
	.help =
	    "Compares all that two releases were made of: data, code, models,\n"
	    "components, licences and their texts, parameters, seeds, metrics\n"
	    "what they claim, and how open they are.  A release is "
	    "NAME/VERSION or an item.  "
	    "Sets\n"
	    "whose manifests the log holds are compared file by file.  Ends\n"
	    "with 0 the same, 1 they differ, 3 could not be checked.\n",
	.words_min = 2,
	.words_max = 2,
	.options = diff_options,
	.run = run_diff,
};
