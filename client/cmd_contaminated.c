/* contaminated: is what it was evaluated with in what it was made of? */
#include <inttypes.h>

#include "client/command.h"
#include "client/contamination.h"
#include "client/item.h"
#include "client/releases.h"
#include "client/show.h"
#include "schema/text.h"

#define SHOWN 5 /* matches of one pair */

static const char *const verdicts[] = {
	[CONTAMINATION_UNKNOWN] = "unknown",
	[CONTAMINATION_FOUND] = "contaminated",
	[CONTAMINATION_CLEAN] = "clean",
};

/* ---- for people ---- */

static void
print_pair(struct output *out, const struct contamination_pair *pair)
{
	const struct overlap *overlap = &pair->overlap;

	output_print(out, "  %" PRIu64 " of %" PRIu64 " file%s of ",
	    overlap->shared, overlap->files, output_plural(overlap->files));
	show_print_digest(out, &pair->benchmark->digest);
	output_print(out, "  ");
	output_safe(out, pair->benchmark->name);
	output_print(out, "  %s ", pair->is_single ? "is" : "in");
	show_print_digest(out, &pair->set);
	if (!pair->is_single)
		output_print(out, "  of %" PRIu64, overlap->other_files);
	output_print(out, "\n");
	for (size_t i = 0; i < overlap->kept && i < SHOWN; i++) {
		const struct overlap_match *match = &overlap->matches[i];
		struct digest digest = digest_sha256(&match->digest);
		output_print(out, "    ");
		show_print_digest(out, &digest);
		output_print(out, "  ");
		output_safe(out, match->path);
		if (match->other_path.len > 0) {
			output_print(out, "  is  ");
			output_safe(out, match->other_path);
		}
		output_print(out, "\n");
	}
	if (overlap->shared > SHOWN)
		output_print(out, "    … and %" PRIu64 " more\n",
		    overlap->shared - SHOWN);
}

static void
print_text(struct output *out, const struct contamination *c)
{
	output_styled(out,
	    c->verdict == CONTAMINATION_CLEAN	    ? OUTPUT_GOOD
		: c->verdict == CONTAMINATION_FOUND ? OUTPUT_BAD
						    : OUTPUT_WARN,
	    verdicts[c->verdict]);
	for (size_t i = 0; i < c->root_count; i++) {
		output_print(out, "  ");
		show_print_digest(out, &c->roots[i]);
	}
	output_print(out, "\n");
	for (size_t i = 0; i < c->pair_count; i++) {
		const struct contamination_pair *pair = &c->pairs[i];
		/* that a model is no benchmark file says nothing */
		if (!pair->is_single || pair->overlap.shared > 0)
			print_pair(out, pair);
	}
	if (c->verdict == CONTAMINATION_UNKNOWN) {
		output_print(out, "because  ");
		output_safe(out, span_of_text(c->gap.text));
		output_print(out, "\n");
		return;
	}
	output_print(out,
	    "checked  all lines of these manifests, here, and that the sets "
	    "went into it\n");
	if (c->verdict == CONTAMINATION_CLEAN)
		output_print(out,
		    "proven   clean by %s's signed, complete lists and those "
		    "that it cites, for these exact bytes\n",
		    c->benchmarks.as);
	output_print(out,
	    "not known: the same text in other files; whether the log shows "
	    "all that %s recorded (its first %" PRIu64
	    " record%s); headwater audit follows the whole log\n",
	    c->benchmarks.as, c->tree_size, output_plural(c->tree_size));
}

/* ---- for programs ---- */

static void
json_pair(struct writer *w, const struct contamination_pair *pair)
{
	const struct overlap *overlap = &pair->overlap;

	writer_comma(w);
	writer_text(w, "{");
	digest_print_member(&pair->benchmark->digest, "benchmark", w);
	digest_print_member(&pair->set, "set", w);
	writer_member_number(w, "files", overlap->files);
	writer_member_number(w, "setFiles", overlap->other_files);
	writer_member_number(w, "shared", overlap->shared);
	writer_member(w, "first");
	writer_text(w, "[");
	for (size_t i = 0; i < overlap->kept; i++) {
		const struct overlap_match *match = &overlap->matches[i];
		struct digest digest = digest_sha256(&match->digest);
		writer_comma(w);
		writer_text(w, "{");
		digest_print_member(&digest, "digest", w);
		writer_member_text(w, "path", match->path);
		writer_member_text(w, "setPath", match->other_path);
		writer_text(w, "}");
	}
	writer_text(w, "]}");
}

static enum err
print_json(struct output *out, const struct contamination *c, struct why *w)
{
	struct writer json = writer_heap(OUTPUT_ANSWER_MAX);

	writer_text(&json, "{");
	writer_member_text(
	    &json, "verdict", span_of_text(verdicts[c->verdict]));
	writer_member_text(&json, "as", span_of_text(c->benchmarks.as));
	writer_member_number(&json, "treeSize", c->tree_size);
	if (c->verdict == CONTAMINATION_UNKNOWN)
		writer_member_text(&json, "gap", span_of_text(c->gap.text));
	writer_member(&json, "pairs");
	writer_text(&json, "[");
	for (size_t i = 0; i < c->pair_count; i++)
		json_pair(&json, &c->pairs[i]);
	writer_text(&json, "]}");
	enum err err = output_answer(out, &json, w);
	writer_done(&json);
	return err;
}

/* ---- what is asked ---- */

/* A release, by the form of its name where no such file is there. */
static enum err
take_release(struct contamination *c, const char *text, struct why *w)
{
	struct releases releases;
	enum err err = releases_find(c->session, text, &releases, w);

	if (err != ERR_OK)
		return err;
	c->root_count = releases.count;
	c->roots = releases.artifacts;
	if (c->benchmarks.as != NULL)
		return ERR_OK;
	struct span as = arena_copy(c->session->arena, releases.principal);
	c->benchmarks.as = (const char *)as.data;
	return as.data == NULL ? why(w, ERR_MEMORY, "out of memory") : ERR_OK;
}

/* An artifact, or the record of an evaluation, whose benchmarks are meant. */
static enum err
take_item(struct contamination *c, const char *text, struct why *w)
{
	struct digest *root = arena_take(c->session->arena, 1, sizeof(*root));
	struct item item;

	if (root == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (c->benchmarks.as == NULL)
		return why(
		    w, ERR_USAGE, "--as PRINCIPAL is missing: by whose lists?");
	c->root_count = 1;
	c->roots = root;
	enum err err = releases_item(c->session, text, &item, w);
	if (err == ERR_OK)
		err = item_node(&item, root, w);
	if (err != ERR_OK || item.kind != ITEM_RECORD)
		return err;
	struct fetched fetched;
	err = fetched_record(c->session, &item.citation, &fetched, w);
	if (err != ERR_OK)
		return err;
	bool is_evaluation = fetched.proved.record.kind == RECORD_EVALUATION;
	fetched_done(&fetched);
	return is_evaluation
	    ? benchmarks_take(&c->benchmarks, &item.citation, root, w)
	    : ERR_OK;
}

static enum err
ask(struct contamination *c, const struct arguments *arguments, struct why *w)
{
	const char *text = arguments->words[0];
	struct span name;
	struct span version;

	c->benchmarks.as = options_value(arguments, "as");
	if (c->benchmarks.as != NULL &&
	    !text_is_principal(span_of_text(c->benchmarks.as)))
		return why(w, ERR_USAGE,
		    "--as %.128s: a principal is needed: [a-z0-9._@-], at most "
		    "%d bytes",
		    c->benchmarks.as, TEXT_PRINCIPAL_MAX);
	enum err err = session_online(c->session, w);
	if (err != ERR_OK)
		return err;
	err = !disk_exists(text) &&
		releases_split(span_of_text(text), &name, &version)
	    ? take_release(c, text, w)
	    : take_item(c, text, w);
	return err == ERR_OK ? contamination_find(c, w) : err;
}

static enum err
run_contaminated(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct contamination c = {
		.session = session,
		.benchmarks = { .session = session },
	};
	/* 0 is yes, it is contaminated; 1 no, it is clean */
	static const enum shard_verdict ends[] = {
		[CONTAMINATION_UNKNOWN] = SHARD_UNKNOWN,
		[CONTAMINATION_FOUND] = SHARD_IN,
		[CONTAMINATION_CLEAN] = SHARD_NOT_IN,
	};
	enum err err = ask(&c, arguments, w);

	if (err == ERR_OK && session->out.is_json)
		err = print_json(&session->out, &c, w);
	else if (err == ERR_OK)
		print_text(&session->out, &c);
	shard_exit(session, ends[c.verdict], err);
	return err;
}

static const struct option_row contaminated_options[] = {
	{ .name = "as",
	    .value = "PRINCIPAL",
	    .help = "by this publisher's lists" },
	{ .name = NULL },
};

const struct command command_contaminated = {
	.name = "contaminated",
	.summary = "is what it was evaluated with in what it was made of?",
	.words = "NAME/VERSION|ITEM",
	.help =
	    "Compares the benchmarks' files with those of every set that the\n"
	    "artifact was made of, by their manifests.  Ends with 0\n"
	    "contaminated, 1 clean, 3 unknown or could not be checked.\n",
	.words_min = 1,
	.words_max = 1,
	.options = contaminated_options,
	.run = run_contaminated,
};
