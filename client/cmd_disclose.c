/* disclose, record disclosure: single files of a salted set. */
#include "client/command.h"
#include "client/disclosing.h"
#include "client/manifest_path.h"
#include "client/recording.h"

#include <string.h>
#include <sys/stat.h>

#include "schema/json.h"

#define OPENINGS_LEN_MAX ((size_t)1 << 20)

/* ---- disclose ---- */

static const struct option_row options[] = {
	{ .name = "output",
	    .letter = 'o',
	    .value = "FILE",
	    .help = "where the openings go; else to standard output" },
	{ .name = NULL },
};

/* What is no path in the set may be a digest, or a file that is here. */
static enum err
take_file(struct session *session, const char *what,
    struct disclosing_file *ret, struct why *w)
{
	struct disclosing_file file = { .what = what };
	struct digest digest;
	struct stat status;
	enum err err = ERR_OK;

	if (stat(what, &status) == 0 && S_ISREG(status.st_mode)) {
		struct hashing hashing;
		err = hashing_path(
		    &session->out, what, session->arena, &hashing, w);
		file.has_digest = err == ERR_OK;
		file.digest = hashing.sha256;
	} else if (span_starts(span_of_text(what), "sha256:")) {
		err = digest_parse(span_of_text(what), &digest, w);
		file.has_digest = err == ERR_OK;
		memcpy(file.digest.bytes, digest.bytes, HASH_LEN);
	}
	if (err == ERR_OK)
		*ret = file;
	return err;
}

static enum err
give(struct session *session, const struct arguments *arguments,
    const struct disclosing *d, struct why *w)
{
	const char *path = options_value(arguments, "output");
	struct writer writer = writer_heap(OPENINGS_LEN_MAX);

	disclosing_print(d, &writer);
	enum err err = writer_end(&writer);
	if (err != ERR_OK)
		err = why(w, err, "the openings: %s", err_text(err));
	else if (path != NULL && strcmp(path, "-") != 0)
		err = disk_write(path, writer_view(&writer), w);
	else
		output_span(&session->out, writer_view(&writer));
	writer_done(&writer);
	if (err == ERR_OK)
		output_note(&session->out, "%zu of %llu lines opened",
		    d->openings.count, (unsigned long long)d->size);
	return err;
}

static enum err
run(struct session *session, const struct arguments *arguments, struct why *w)
{
	struct disclosing d = {
		.session = session,
		.count = arguments->count - 1,
		.files = arena_take(session->arena, arguments->count,
		    sizeof(struct disclosing_file)),
	};
	struct manifest_path manifest;

	if (d.files == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err =
	    manifest_path_find(session, arguments->words[0], &manifest, w);
	d.path = manifest.path;
	for (size_t i = 0; i < d.count && err == ERR_OK; i++)
		err =
		    take_file(session, arguments->words[i + 1], &d.files[i], w);
	if (err == ERR_OK)
		err = disclosing_make(&d, w);
	if (err == ERR_OK)
		err = manifest_path_expect(&manifest, &d.sha256, w);
	return err == ERR_OK ? give(session, arguments, &d, w) : err;
}

const struct command command_disclose = {
	.name = "disclose",
	.summary = "show that single files are in a salted set",
	.words = "SET FILE...",
	.help =
	    "SET is a salted manifest, or the record or digest of a set\n"
	    "whose manifest is kept here.  FILE is a path in it, a digest,\n"
	    "or a file.  The openings prove that these files are in the\n"
	    "set, and tell nothing of the others.\n",
	.words_min = 2,
	.words_max = OPENINGS_MAX + 1,
	.options = options,
	.run = run,
};

/* ---- record disclosure ---- */

static const struct option_row record_options[] = {
	RECORDING_OPTIONS,
	{ .name = NULL },
};

static enum err
write_openings(struct draft *draft, struct json *json, struct why *w)
{
	struct arena *arena = draft->session->arena;
	struct object o = object_of(json_root(json), "", w);
	struct item item = { .kind = ITEM_DIGEST };
	struct openings openings;
	struct hash root;
	json_value *digest = object_object(&o, "digest");

	opening_read(&o, OPENINGS_MAX, arena, &openings);
	enum err err = object_end(&o);
	if (err == ERR_OK)
		err = object_within(w,
		    digest_set_read(digest, true, arena, &item.digest, w),
		    "digest");
	if (err != ERR_OK)
		return err;
	const struct digest *signed_root =
	    digest_set_find(&item.digest, DIGEST_MERKLE_TREE_HASH);
	if (signed_root == NULL)
		return why(w, ERR_SYNTAX, "digest: without merkleTreeHash");
	memcpy(root.bytes, signed_root->bytes, HASH_LEN);
	err = opening_verify(&openings, &root, w);
	if (err != ERR_OK)
		return err;
	draft_subject(draft, SPAN_EMPTY, &item);
	draft_predicate(draft, "disclosure");
	writer_member(&draft->w, "openings");
	writer_text(&draft->w, "[");
	for (size_t i = 0; i < openings.count; i++) {
		writer_comma(&draft->w);
		opening_print(&openings.all[i], &draft->w);
	}
	writer_text(&draft->w, "]}}");
	return ERR_OK;
}

static enum err
write_disclosure(
    struct draft *draft, const struct recording *recording, struct why *w)
{
	const char *path = draft->arguments->words[0];
	struct json *json = NULL;
	struct span text;
	enum err err =
	    disk_read(path, OPENINGS_LEN_MAX, draft->session->arena, &text, w);

	(void)recording;
	if (err != ERR_OK)
		return err;
	err = json_parse(text, &json, w);
	if (err == ERR_OK)
		err = write_openings(draft, json, w);
	json_done(json);
	if (err != ERR_OK)
		why_prefix(w, path);
	return err;
}

static enum err
record(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	return recording_of(session, arguments, false, write_disclosure, w);
}

const struct command command_record_disclosure = {
	.name = "record disclosure",
	.summary = "publish openings of a salted set",
	.words = "FILE",
	.help =
	    "FILE is what headwater disclose wrote.  What is published can\n"
	    "not be taken back.\n",
	.words_min = 1,
	.words_max = 1,
	.options = record_options,
	.run = record,
};
