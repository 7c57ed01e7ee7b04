/* record dataset, model, code: an artifact that is there, described. */
#include "client/command.h"
#include "client/recording.h"

static const struct option_row set_options[] = {
	RECORDING_NAME_OPTIONS,
	{ .name = "derived-from",
	    .is_many = true,
	    .value = "ITEM",
	    .help = "what it was made from" },
	{ .name = "complete",
	    .is_many = true,
	    .value = "ROLE",
	    .help = "sign that all of that role are listed" },
	{ .name = "architecture", .value = "TEXT", .help = "of a model" },
	{ .name = "format", .value = "TEXT", .help = "of a model" },
	RECORDING_OPTIONS,
	{ .name = NULL },
};

static const struct option_row code_options[] = {
	RECORDING_NAME_OPTIONS,
	{ .name = "entry-point", .value = "TEXT", .help = "what is run" },
	RECORDING_OPTIONS,
	{ .name = NULL },
};

/* A set's manifest: its digest and size; the text is kept by this client. */
static void
write_manifest(struct draft *draft, const struct item *item)
{
	struct writer *w = &draft->w;

	if (item->kind != ITEM_SET)
		return;
	writer_member(w, "attachments");
	writer_text(w,
	    "[{\"name\":\"manifest\",\"mediaType\":\"text/plain\","
	    "\"digest\":{\"sha256\":\"");
	writer_hex(w, hash_span(&item->hashing.sha256));
	writer_format(w, "\"},\"size\":\"%zu\"}]", item->hashing.manifest.len);
	draft->manifest = item->hashing.manifest;
	draft->manifest_hash = item->hashing.sha256;
}

/* The files of a small set as further subjects, in the manifest's order. */
static void
write_parts(struct draft *draft, const struct item *item, const char *role)
{
	for (size_t i = 0; i < item->hashing.count; i++) {
		const struct manifest_line *line = &item->hashing.lines[i];
		struct digest digest = digest_sha256(&line->digest);
		struct digest_set set = {
			.count = 1,
			.digests = &digest,
		};
		draft_resource(draft, line->path, span_of_text(role), &set);
	}
}

/* Subjects: the set, then its files where they are few enough and fit. */
static void
write_subjects(struct draft *draft, struct span name, const struct item *item,
    const char *role)
{
	struct span none = SPAN_EMPTY;

	draft_resource(draft, name, none, &item->digest);
	draft->has_subject = item->digest.has_node;
	draft->subject = item->digest.node;
	if (item->kind != ITEM_SET || item->hashing.count > DRAFT_PARTS_MAX)
		return;
	size_t len = draft->w.len;
	write_parts(draft, item, role);
	/* leave room for the predicate; else the manifest alone names them */
	if (writer_end(&draft->w) != ERR_OK ||
	    draft->w.len + DRAFT_LEN_MAX / 4 > DRAFT_LEN_MAX) {
		draft->w.len = len;
		draft->w.err = ERR_OK;
	}
}

static void
write_set(struct draft *draft, struct recording *recording,
    const struct item *item, bool is_model)
{
	write_subjects(
	    draft, recording->name, item, is_model ? "weights" : "shard");
	writer_format(&draft->w,
	    "],\"predicateType\":\"https://headwater/%s/v1\",\"predicate\":{",
	    is_model ? "model" : "dataset");
	draft_common(draft);
	write_manifest(draft, item);
	draft_complete(draft);
	draft_items(draft, "derivedFrom", "derived-from");
	if (item->kind == ITEM_SET)
		writer_format(
		    &draft->w, ",\"files\":\"%zu\"", item->hashing.count);
	if (item->kind == ITEM_SET || item->kind == ITEM_FILE) {
		writer_member(&draft->w, "bytes");
		writer_format(&draft->w, "\"%llu\"",
		    (unsigned long long)item->hashing.bytes);
	}
	if (is_model) {
		draft_text(draft, "architecture", "architecture");
		draft_text(draft, "format", "format");
	}
	writer_text(&draft->w, "}}");
}

static enum err
run_set(struct session *session, const struct arguments *arguments,
    bool is_model, struct why *w)
{
	struct recording recording;
	struct item item;
	enum err err = recording_start(session, arguments, true, &recording, w);

	if (err != ERR_OK)
		return err;
	err = item_resolve(session, arguments->words[0], &item, w);
	if (err == ERR_OK && item.kind == ITEM_GIT)
		err =
		    why(w, ERR_USAGE, "%s: a Git repository: record it as code",
			arguments->words[0]);
	if (err == ERR_OK) {
		struct draft draft = draft_begin(session, arguments, w);
		item.digest.has_citation = false;
		write_set(&draft, &recording, &item, is_model);
		err = recording_finish(&recording, &draft, w);
		draft_done(&draft);
	}
	recording_done(&recording);
	return err;
}

static enum err
run_dataset(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	return run_set(session, arguments, false, w);
}

static enum err
run_model(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	return run_set(session, arguments, true, w);
}

static enum err
run_code(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct recording recording;
	struct item item;
	enum err err = recording_start(session, arguments, true, &recording, w);

	if (err != ERR_OK)
		return err;
	err = item_resolve(session, arguments->words[0], &item, w);
	if (err == ERR_OK && item.kind == ITEM_SET)
		err = why(w, ERR_USAGE,
		    "%s: a folder without .git: code is a Git repository or an "
		    "archive",
		    arguments->words[0]);
	if (err == ERR_OK) {
		struct draft draft = draft_begin(session, arguments, w);
		item.digest.has_citation = false;
		write_subjects(&draft, recording.name, &item, "");
		writer_text(&draft.w,
		    "],\"predicateType\":\"https://headwater/code/v1\","
		    "\"predicate\":{");
		draft_common(&draft);
		if (item.git.origin.len > 0)
			writer_member_text(
			    &draft.w, "repository", item.git.origin);
		draft_text(&draft, "entryPoint", "entry-point");
		writer_text(&draft.w, "}}");
		err = recording_finish(&recording, &draft, w);
		draft_done(&draft);
	}
	recording_done(&recording);
	return err;
}

const struct command command_record_dataset = {
	.name = "record dataset",
	.summary = "record a data set: a file or a folder",
	.words = "PATH --name NAME",
	.help =
	    "Hashes the file, or the folder's files into a manifest, and\n"
	    "records them.  A folder of at most 200 files lists them as its\n"
	    "parts, role shard.\n",
	.words_min = 1,
	.words_max = 1,
	.options = set_options,
	.run = run_dataset,
};

const struct command command_record_model = {
	.name = "record model",
	.summary = "record a model: a weight file or a folder",
	.words = "PATH --name NAME",
	.help =
	    "Hashes the file, or the folder's files into a manifest, and\n"
	    "records them.  A folder of at most 200 files lists them as its\n"
	    "parts, role weights.\n",
	.words_min = 1,
	.words_max = 1,
	.options = set_options,
	.run = run_model,
};

const struct command command_record_code = {
	.name = "record code",
	.summary = "record code: a Git repository's HEAD, or an archive",
	.words = "REPO --name NAME",
	.help = "Records commit and tree of HEAD.  Uncommitted changes are\n"
		"refused: the commit would not say what ran.\n",
	.words_min = 1,
	.words_max = 1,
	.options = code_options,
	.run = run_code,
};
