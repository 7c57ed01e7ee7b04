/* record dataset, model, code: an artifact that is there, described. */
#include "client/command.h"
#include "client/recording.h"
#include "client/wishes.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "schema/attachment.h"

#define SET_OPTIONS \
	RECORDING_NAME_OPTIONS, \
	    { .name = "no-upload", \
		    .help = \
			"keep the manifest here: the list stays private" }, \
	    { .name = "derived-from", \
		    .is_many = true, \
		    .value = "ITEM", \
		    .help = "what it was made from" }, \
	{ \
		.name = "complete", .is_many = true, .value = "ROLE", \
		.help = "sign that all of that role are listed" \
	}

static const struct option_row dataset_options[] = {
	SET_OPTIONS,
	WISHES_OPTIONS,
	RECORDING_OPTIONS,
	{ .name = NULL },
};

static const struct option_row model_options[] = {
	SET_OPTIONS,
	{ .name = "architecture", .value = "TEXT", .help = "such as llama" },
	{ .name = "format", .value = "TEXT", .help = "such as safetensors" },
	WISHES_OPTIONS,
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
	const struct hashing *set = &item->hashing;
	struct writer *w = &draft->w;

	if (item->kind != ITEM_SET)
		return;
	draft->is_disclosed =
	    !set->is_salted && !options_has(draft->arguments, "no-upload");
	if (set->is_salted)
		writer_member_text(w, "disclosure", span_of_text("salted"));
	if (draft->is_disclosed)
		writer_member_text(w, "disclosure", span_of_text("full"));
	writer_member(w, "attachments");
	writer_format(w,
	    "[{\"name\":\"%s\",\"mediaType\":\"text/plain\","
	    "\"digest\":{\"sha256\":\"",
	    set->is_salted ? ATTACHMENT_SALTED : ATTACHMENT_MANIFEST);
	writer_hex(w, hash_span(&set->sha256));
	writer_format(w, "\"},\"size\":\"%" PRIu64 "\"}]", set->manifest_len);
	draft->manifest_hash = set->sha256;
}

/* Files that come with weights and are none: a licence or a tokenizer shared by
 * all would join models that have nothing to do with each other.  Whatever is
 * not known here counts as weights. */
static bool
is_beside_weights(struct span path)
{
	static const char *const ends[] = { ".md", ".txt", ".json", ".jsonl",
		".jinja", ".py", ".yaml", ".yml", ".toml", ".html", ".pdf",
		".png", ".jpg", ".svg", ".gitattributes", ".gitignore",
		"tokenizer.model", "LICENSE", "NOTICE", "README", "COPYING" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t len = strlen(ends[i]);
		if (path.len >= len &&
		    span_is(span_part(path, path.len - len, len), ends[i]))
			return true;
	}
	return false;
}

/* The files of a small set as further subjects, in the manifest's order. */
static void
write_parts(struct draft *draft, const struct item *item, bool is_model)
{
	for (size_t i = 0; i < item->hashing.count; i++) {
		const struct manifest_line *line = &item->hashing.lines[i];
		struct digest digest = digest_sha256(&line->digest);
		struct digest_set set = { .count = 1, .digests = &digest };
		const char *role = is_model ? "weights" : "shard";
		if (is_model && is_beside_weights(line->path))
			role = "";
		draft->makes = draft->makes || role[0] != '\0';
		draft_resource(draft, line->path, span_of_text(role), &set);
	}
}

static bool
is_complete(const struct draft *draft, const char *role)
{
	size_t at = 0;
	const char *value = options_next(draft->arguments, "complete", &at);

	while (value != NULL && strcmp(value, role) != 0)
		value = options_next(draft->arguments, "complete", &at);
	return value != NULL;
}

/* Files are listed where they are few enough and leave room for the predicate;
 * else the manifest alone names them.  To sign that none is missing from a list
 * that is not there would be false. */
static void
write_files(struct draft *draft, const struct item *item, bool is_model)
{
	size_t len = draft->w.len;
	bool is_listed =
	    item->hashing.count <= DRAFT_PARTS_MAX && !item->hashing.is_salted;

	if (item->kind != ITEM_SET)
		return;
	if (is_listed)
		write_parts(draft, item, is_model);
	if (is_listed && writer_end(&draft->w) == ERR_OK &&
	    draft->w.len <= DRAFT_LEN_MAX / 4 * 3)
		return;
	draft->w.len = len;
	if (draft->w.err == ERR_LIMIT)
		draft->w.err = ERR_OK;
	draft->makes = false;
	if (is_complete(draft, is_model ? "weights" : "shard"))
		draft_fail(draft,
		    why(draft->why, ERR_USAGE,
			"--complete: %zu files are %s, so the list cannot be "
			"complete: leave it out",
			item->hashing.count,
			item->hashing.is_salted ? "salted and not listed"
						: "too many to be listed"));
}

static void
write_size(struct draft *draft, const struct item *item)
{
	if (item->kind == ITEM_SET) {
		writer_member(&draft->w, "files");
		writer_format(&draft->w, "\"%zu\"", item->hashing.count);
	}
	if (item->hashing.has_bytes) {
		writer_member(&draft->w, "bytes");
		writer_format(&draft->w, "\"%llu\"",
		    (unsigned long long)item->hashing.bytes);
	}
}

static void
write_set(struct draft *draft, struct recording *recording,
    const struct item *item, bool is_model)
{
	draft_subject(draft, recording->name, item);
	write_files(draft, item, is_model);
	writer_format(&draft->w,
	    "],\"predicateType\":\"https://headwater/%s/v1\",\"predicate\":{",
	    is_model ? "model" : "dataset");
	draft_common(draft);
	write_manifest(draft, item);
	draft_complete(draft);
	draft_items(draft, "derivedFrom", "derived-from");
	if (options_has(draft->arguments, "derived-from"))
		draft->makes = true;
	write_size(draft, item);
	if (is_model) {
		draft_text(draft, "architecture", "architecture");
		draft_text(draft, "format", "format");
	}
	writer_text(&draft->w, "}}");
}

/* What is not there by that name is a digest, or a record's id. */
static enum err
resolve_set(struct session *session, const struct hashing_wish *wish,
    const char *path, struct item *ret, struct why *w)
{
	bool is_item = !wish->is_sums &&
	    (access(path, F_OK) != 0 || git_is_repository(path));
	enum err err = is_item ? item_resolve(session, path, ret, w)
			       : item_hash(session, wish, path, ret, w);

	if (err == ERR_OK && ret->kind == ITEM_GIT)
		return why(w, ERR_USAGE,
		    "%s: a Git repository: record it as code", path);
	return err;
}

static enum err
record_set(struct recording *recording, struct hashing_wish *wish,
    const char *path, bool is_model, struct why *w)
{
	struct session *session = recording->session;
	struct kept kept = { .fd = -1 };
	struct item item;
	enum err err = ERR_OK;

	if (!recording->is_dry)
		err = kept_begin_manifest(&session->trust, &kept, w);
	wish->fd = kept.fd;
	wish->has_oms = is_model;
	if (err == ERR_OK)
		err = resolve_set(session, wish, path, &item, w);
	if (err == ERR_OK) {
		struct draft draft =
		    draft_begin(session, recording->arguments, w);
		if (item.kind == ITEM_SET && !recording->is_dry)
			draft.manifest = &kept;
		write_set(&draft, recording, &item, is_model);
		err = recording_finish(recording, &draft, w);
		draft_done(&draft);
	}
	kept_drop(&kept);
	return err;
}

static enum err
run_set(struct session *session, const struct arguments *arguments,
    bool is_model, struct why *w)
{
	struct recording recording;
	struct hashing_wish wish;
	const char *path;
	enum err err = recording_start(session, arguments, true, &recording, w);

	if (err != ERR_OK)
		return err;
	err = wishes_open(session, arguments, &wish, &path, w);
	if (err == ERR_OK) {
		err = record_set(&recording, &wish, path, is_model, w);
		wishes_done(&wish);
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
		draft_subject(&draft, recording.name, &item);
		writer_text(&draft.w,
		    "],\"predicateType\":\"https://headwater/code/v1\","
		    "\"predicate\":{");
		draft_common(&draft);
		if (item.git.origin.len > 0 &&
		    !options_has(arguments, "source"))
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
	.words = "PATH --name NAME | --from-sums FILE --name NAME",
	.help =
	    "Hashes the file, or the folder's files into a manifest, and\n"
	    "records them.  A folder of at most 200 files lists them as its\n"
	    "parts, role shard.\n",
	.words_min = 0,
	.words_max = 1,
	.options = dataset_options,
	.run = run_dataset,
};

const struct command command_record_model = {
	.name = "record model",
	.summary = "record a model: a weight file or a folder",
	.words = "PATH --name NAME | --from-sums FILE --name NAME",
	.help =
	    "Hashes the file, or the folder's files into a manifest, and\n"
	    "records them.  A folder of at most 200 files lists them as its\n"
	    "parts; all but licences, texts, configurations and tokenizers\n"
	    "have the role weights.\n",
	.words_min = 0,
	.words_max = 1,
	.options = model_options,
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
