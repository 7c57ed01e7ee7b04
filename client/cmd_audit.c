#include <inttypes.h>

#include "client/command.h"
#include "client/follow.h"
#include "client/history.h"

#define WITHHELD_SHOWN 16

/* A log that is not pinned: by --vkey, and nothing is remembered. */
static enum err
open_unpinned(
    struct session *session, const char *url, const char *vkey, struct why *w)
{
	struct trust *trust = &session->trust;

	if (url == NULL)
		return why(w, ERR_USAGE, "--vkey: give the log's URL too");
	*trust = (struct trust){ .has_seen = false };
	enum err err = url_parse(url, trust->url, w);
	if (err == ERR_OK &&
	    note_key_parse(span_of_text(vkey), &trust->key, w) != ERR_OK) {
		why_prefix(w, "--vkey");
		err = ERR_USAGE;
	}
	session->has_trust = err == ERR_OK;
	return err;
}

static enum err
open_log(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	const char *vkey = options_value(arguments, "vkey");
	const char *word = arguments->count > 0 ? arguments->words[0] : NULL;
	enum err err = ERR_OK;

	if (word != NULL && session->log != NULL)
		return why(w, ERR_USAGE, "give the log as a word or by --log");
	if (word != NULL)
		session->log = word;
	if (vkey != NULL)
		err = open_unpinned(session, session->log, vkey, w);
	return err == ERR_OK ? session_online(session, w) : err;
}

/* Where the last audit stood; a damaged memory is thrown away aloud. */
static enum err
resume(struct session *session, struct follow *follow, bool from_start,
    struct why *w)
{
	struct why reason = { 0 };

	if (from_start || follow->is_tree_only || session->trust.dir[0] == '\0')
		return ERR_OK;
	enum err err = audited_load(
	    &follow->audited, &session->trust, session->arena, &reason);
	if (err == ERR_OK)
		follow_withheld_load(follow, session->arena);
	if (err == ERR_MISSING)
		return ERR_OK;
	if (err == ERR_CORRUPT) {
		output_warn(&session->out, "%s; beginning at the first record",
		    reason.text);
		return ERR_OK;
	}
	return err == ERR_OK ? err : why(w, err, "%s", reason.text);
}

/* ---- saying it ---- */

static void
json_withheld(const struct follow *follow, struct writer *w)
{
	writer_member_number(w, "withheldCount", follow->withheld_count);
	writer_member(w, "withheld");
	writer_text(w, "[");
	for (size_t i = 0;
	     i < follow->withheld_count && i < FOLLOW_WITHHELD_MAX; i++) {
		const struct follow_withheld *one = &follow->withheld[i];
		writer_comma(w);
		writer_text(w, "{");
		writer_member_number(w, "index", one->index);
		hash_print_member(&one->id, "id", w);
		writer_member_text(w, "said", span_of_text(one->said.text));
		writer_text(w, "}");
	}
	writer_text(w, "]");
}

static void
json_answer(const struct follow *follow, struct writer *w)
{
	const struct checkpoint *checkpoint = &follow->head.checkpoint;
	char root[HASH_TEXT_MAX];

	hash_print(&checkpoint->head.root, root);
	writer_text(w, "{");
	writer_member(w, "ok");
	writer_text(w,
	    follow->finding_count == 0 && follow->withheld_count == 0
		? "true"
		: "false");
	writer_member_text(w, "origin", span_of_text(checkpoint->origin));
	writer_member_number(w, "treeSize", checkpoint->head.size);
	writer_member_text(w, "root", span_of_text(root));
	writer_member_number(w, "from", follow->start);
	writer_member(w, "recordsJudged");
	writer_text(w, follow->is_tree_only ? "false" : "true");
	writer_member_number(w, "keyrings", follow->keyrings);
	writer_member_number(w, "bundles", follow->bundles);
	writer_member_number(w, "tiles", follow->tiles);
	json_withheld(follow, w);
	writer_member_number(w, "findingCount", follow->finding_count);
	writer_member(w, "findings");
	writer_text(w, "[");
	for (size_t i = 0; i < follow->finding_count && i < FOLLOW_FINDINGS_MAX;
	     i++) {
		writer_comma(w);
		writer_json(w, span_of_text(follow->findings[i].text));
	}
	writer_text(w, "]}");
}

static void
text_findings(struct output *out, const struct follow *follow)
{
	size_t count = follow->finding_count;

	for (size_t i = 0; i < count && i < FOLLOW_FINDINGS_MAX; i++) {
		output_styled(out, OUTPUT_BAD, "false: ");
		output_safe(out, span_of_text(follow->findings[i].text));
		output_print(out, "\n");
	}
	if (count > FOLLOW_FINDINGS_MAX)
		output_print(
		    out, "and %zu more\n", count - FOLLOW_FINDINGS_MAX);
	if (follow->is_stopped)
		output_print(out,
		    "stopped there: what comes behind it was not checked\n");
	if (!follow->is_tree_only && follow->audited.keyring == NULL)
		output_print(out,
		    "no keyring of Headwater's is in it: --tree-only checks "
		    "the tree of any C2SP log\n");
}

static void
text_withheld(struct output *out, const struct follow *follow)
{
	size_t count = follow->withheld_count;

	if (count == 0)
		return;
	output_styled(out, OUTPUT_WARN, "withheld: ");
	output_print(out,
	    "%zu record%s by the operator; the hash of each stands in the "
	    "tree, its bytes were not checked:\n",
	    count, output_plural(count));
	for (size_t i = 0; i < count && i < WITHHELD_SHOWN; i++) {
		output_print(
		    out, "  entry %" PRIu64 ": ", follow->withheld[i].index);
		output_safe(out, span_of_text(follow->withheld[i].said.text));
		output_print(out, "\n");
	}
	if (count > WITHHELD_SHOWN)
		output_print(out, "  and %zu more\n", count - WITHHELD_SHOWN);
}

static void
text_answer(struct output *out, const struct follow *follow)
{
	const struct checkpoint *checkpoint = &follow->head.checkpoint;
	uint64_t size = checkpoint->head.size;
	uint64_t fresh = size - follow->start;

	if (follow->withheld_count == 0)
		output_styled(out, OUTPUT_GOOD, "whole: ");
	else
		output_styled(
		    out, OUTPUT_WARN, "whole but for what is withheld: ");
	if (follow->is_tree_only)
		output_print(out, "the tree of %s, %" PRIu64 " leaf hash%s\n",
		    checkpoint->origin, size, size == 1 ? "" : "es");
	else
		output_print(out, "%s, %" PRIu64 " record%s\n",
		    checkpoint->origin, size, output_plural(size));
	if (follow->start > 0)
		output_print(out,
		    "%" PRIu64 " of them were followed before; %" PRIu64
		    " record%s new\n",
		    follow->start, fresh, output_plural(fresh));
	output_print(out,
	    "checked: %" PRIu64 " leaf hash%s, %" PRIu64 " tile%s of every "
	    "level, the signed root",
	    fresh, fresh == 1 ? "" : "es", follow->tiles,
	    output_plural(follow->tiles));
	if (follow->is_tree_only) {
		output_print(out,
		    "\nnot checked (--tree-only): what the entries are; "
		    "whether others are shown another log\n");
		return;
	}
	output_print(out,
	    ";\neach record's form and signature by the keyring below it "
	    "(%" PRIu64 " new keyring%s, their\n"
	    "chain); no record is there twice\n"
	    "not checked: what the records claim; whether others are shown "
	    "another log\n",
	    follow->keyrings, output_plural(follow->keyrings));
}

static enum err
say(struct session *session, const struct follow *follow, struct why *w)
{
	struct writer json = writer_heap(OUTPUT_ANSWER_MAX);
	enum err err = ERR_OK;

	if (session->out.is_json) {
		json_answer(follow, &json);
		err = output_answer(&session->out, &json, w);
	} else if (follow->finding_count > 0) {
		text_findings(&session->out, follow);
	} else {
		text_answer(&session->out, follow);
		text_withheld(&session->out, follow);
	}
	writer_done(&json);
	if (err == ERR_OK && follow->finding_count > 0)
		return why(w, ERR_MISMATCH,
		    "%s is not whole: %zu finding%s, the first: %s",
		    follow->trust->key.name, follow->finding_count,
		    output_plural(follow->finding_count),
		    follow->findings[0].text);
	if (err == ERR_OK && follow->withheld_count > 0)
		return why(w, ERR_WITHHELD,
		    "%s is whole as far as it is shown: %zu record%s withheld "
		    "by its operator could not be checked",
		    follow->trust->key.name, follow->withheld_count,
		    output_plural(follow->withheld_count));
	return err;
}

/* ---- doing it ---- */

static enum err
follow_log(struct session *session, struct follow *follow, struct why *w)
{
	const struct tree_head *head = &follow->head.checkpoint.head;
	enum err err =
	    history_fetch(&session->trust, session->arena, &follow->head, w);

	if (err != ERR_OK)
		return err;
	uint64_t before = follow->audited.edge.size;
	uint64_t fresh = head->size > before ? head->size - before : 0;
	follow->progress =
	    progress_begin(&session->out, "following", fresh, false);
	follow->trust = &session->trust;
	follow->transport = session->transport;
	err = follow_run(follow, w);
	progress_end(&follow->progress);
	bool is_new = follow->finding_count == 0 && head->size > before;
	/* what was not judged is not remembered as followed */
	if (err == ERR_OK && is_new && !follow->is_tree_only &&
	    session->trust.dir[0] != '\0') {
		err = follow_withheld_save(follow, w);
		if (err == ERR_OK)
			err = audited_save(&follow->audited, &session->trust,
			    before, follow->head.note, w);
	}
	return err;
}

static enum err
run_audit(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct follow *follow = arena_take(session->arena, 1, sizeof(*follow));
	enum err err = open_log(session, arguments, w);

	if (follow == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (err != ERR_OK)
		return err;
	err = follow_init(follow, w);
	follow->is_tree_only = options_has(arguments, "tree-only");
	follow->trust = &session->trust;
	if (err == ERR_OK)
		err = resume(session, follow, options_has(arguments, "all"), w);
	if (err == ERR_OK)
		err = follow_log(session, follow, w);
	if (err == ERR_OK)
		err = say(session, follow, w);
	follow_done(follow);
	return err;
}

static const struct option_row options[] = {
	{ "all", 0, false, NULL,
	    "from the first record, whatever was followed "
	    "before" },
	{ "tree-only", 0, false, NULL,
	    "hashes, tiles and the signed root of any C2SP log, whatever its "
	    "entries are" },
	{ "vkey", 0, false, "KEY",
	    "of a log that is not pinned; remembers "
	    "nothing" },
	{ NULL, 0, false, NULL, NULL },
};

const struct command command_audit = {
	.name = "audit",
	.summary = "follow a whole log and recompute everything",
	.words = "[URL]",
	.help =
	    "Reads the log through its tiles and entry bundles, from where the "
	    "last audit stood,\n"
	    "and recomputes every hash, every tile, the root, every "
	    "publisher's signature by the\n"
	    "keyring that was in force, and whether a record is there twice.  "
	    "Damage is named.\n"
	    "With --tree-only entries are not judged and may be anything: this "
	    "follows any C2SP\n"
	    "log, from its first entry, and remembers nothing.\n"
	    "What the operator withholds is named, and ends it with 3: all "
	    "else was checked.\n"
	    "Only a whole audit knows that an answer left nothing out.\n",
	.words_min = 0,
	.words_max = 1,
	.options = options,
	.run = run_audit,
};
