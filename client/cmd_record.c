/* record dataset, model, code: an artifact that is there, described. */
#include "client/command.h"
#include "client/imported.h"
#include "client/recording.h"
#include "client/set_statement.h"
#include "client/tensors.h"
#include "client/terms.h"
#include "client/wishes.h"

#include <unistd.h>

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
	{ .name = "availability",
	    .value = "KIND",
	    .help = "open, public, obtainable or unshareable" },
	{ .name = "source-category",
	    .value = "KIND",
	    .help = "such as public, licensed, crawled, user, synthetic" },
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

/* Of a salted set nothing is told, not even that. */
static void
take_tensors(struct draft *draft, const char *path,
    const struct hashing *hashing, const struct timespec *begun)
{
	struct tensors_source source = {
		.out = &draft->session->out,
		.path = path,
		.hashing = hashing,
		.begun = *begun,
	};
	struct writer w = writer_heap(TENSORS_LEN_MAX);

	if (hashing->is_salted || (!hashing->is_set && !hashing->has_bytes))
		return;
	enum err err = tensors_print(&source, &w, draft->why);
	if (err == ERR_OK && w.len > 0) {
		draft->beside =
		    arena_copy(draft->session->arena, writer_view(&w));
		if (draft->beside.data == NULL)
			err = why(draft->why, ERR_MEMORY, "out of memory");
	}
	if (err != ERR_OK)
		draft_fail(draft, err);
	writer_done(&w);
}

enum what {
	A_DATASET,
	A_MODEL,
	AN_IMPORT, /* a model, with what its card claims */
};

static void
take_imported(struct draft *draft, const char *path, const struct item *item)
{
	struct imported *imported =
	    arena_take(draft->session->arena, 1, sizeof(*imported));

	draft_fail(draft,
	    imported == NULL ? ERR_MEMORY
			     : imported_read(draft->session, path, item,
				   imported, draft->why));
	draft->imported = imported;
}

static enum err
record_set(struct recording *recording, struct hashing_wish *wish,
    const char *path, enum what what, struct why *w)
{
	bool is_model = what != A_DATASET;
	struct session *session = recording->session;
	struct kept kept = { .fd = -1 };
	struct timespec begun;
	struct item item;
	enum err err = ERR_OK;

	(void)clock_gettime(CLOCK_REALTIME, &begun);
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
		if (is_model && !wish->is_sums)
			take_tensors(&draft, path, &item.hashing, &begun);
		if (what == AN_IMPORT)
			take_imported(&draft, path, &item);
		set_statement_write(&draft, recording->name, &item, is_model);
		err = recording_finish(recording, &draft, w);
		draft_done(&draft);
	}
	kept_drop(&kept);
	return err;
}

static enum err
run_set(struct session *session, const struct arguments *arguments,
    enum what what, struct why *w)
{
	struct recording recording;
	struct hashing_wish wish;
	const char *path;
	enum err err = recording_start(session, arguments, true, &recording, w);

	if (err != ERR_OK)
		return err;
	err = wishes_open(session, arguments, &wish, &path, w);
	if (err == ERR_OK) {
		err = record_set(&recording, &wish, path, what, w);
		wishes_done(&wish);
	}
	recording_done(&recording);
	return err;
}

static enum err
run_dataset(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	return run_set(session, arguments, A_DATASET, w);
}

static enum err
run_model(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	return run_set(session, arguments, A_MODEL, w);
}

static enum err
run_import(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	return run_set(session, arguments, AN_IMPORT, w);
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
		terms_draft(&draft);
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

const struct command command_import_hf = {
	.name = "import hf",
	.summary =
	    "record a model as Hugging Face has it, with its card's claims",
	.words = "FOLDER --name NAME",
	.help =
	    "As record model, and what the card (README.md) and config.json\n"
	    "say of data sets, base model and licence is recorded as claimed:\n"
	    "names that nobody vouches for, and no origins.\n",
	.words_min = 1,
	.words_max = 1,
	.options = model_options,
	.run = run_import,
};
