/* exclude: a set without certain files, and the proof that it is that. */
#include "client/chooser.h"
#include "client/command.h"
#include "client/exclusion.h"
#include "client/hashing.h"
#include "client/list.h"
#include "client/manifest_path.h"
#include "client/sums.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REMOVED_LEN ((size_t)1 << 20) /* before they go to a file */

static const struct option_row options[] = {
	{ .name = "output",
	    .letter = 'o',
	    .value = "FILE",
	    .help = "where the new manifest goes" },
	{ .name = "proof",
	    .value = "FILE",
	    .help = "also write the proof; with --check, read it" },
	{ .name = "lines",
	    .value = "FILE",
	    .help = "exclude these lines: <sha256>  <path>" },
	{ .name = "below",
	    .value = "PATH",
	    .help = "exclude what lies below this path of the set" },
	{ .name = "check",
	    .help = "that NEW is OLD without what the proof lists" },
	{ .name = NULL },
};

/* ---- what is excluded ---- */

static enum err
add_line(void *context, const struct manifest_line *line, struct why *w)
{
	return chooser_add_line(context, line, w);
}

/* All files of a folder: its manifest, made and read again. */
static enum err
add_folder(struct session *session, struct chooser *chooser, const char *path,
    struct why *w)
{
	struct hashing_wish wish = { .out = &session->out };
	struct list *list = arena_take(session->arena, 1, sizeof(*list));
	struct hashing hashing;

	if (list == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err = spill_nameless(&wish.fd, w);
	if (err != ERR_OK)
		return err;
	err = hashing_run(&wish, path, session->arena, &hashing, w);
	if (err == ERR_OK && lseek(wish.fd, 0, SEEK_SET) != 0)
		err = why(w, ERR_IO, "%s: %s", path, strerrordesc_np(errno));
	if (err == ERR_OK)
		err = list_open(list, wish.fd, path, session->arena, w);
	while (err == ERR_OK) {
		err = list_next(list, w);
		if (err != ERR_OK || list->is_at_end)
			break;
		err = chooser_add_digest(chooser, &list->line.digest, w);
	}
	close(wish.fd);
	return err;
}

/* A folder or file by what it holds, or a digest. */
static enum err
add_item(struct session *session, struct chooser *chooser, const char *what,
    struct why *w)
{
	struct hashing hashing;
	struct digest digest;
	struct stat status;

	if (stat(what, &status) == 0 && S_ISDIR(status.st_mode))
		return add_folder(session, chooser, what, w);
	if (stat(what, &status) != 0 &&
	    span_starts(span_of_text(what), "sha256:")) {
		enum err err = digest_parse(span_of_text(what), &digest, w);
		if (err != ERR_OK)
			return ERR_USAGE;
		memcpy(hashing.sha256.bytes, digest.bytes, HASH_LEN);
		return chooser_add_digest(chooser, &hashing.sha256, w);
	}
	enum err err =
	    hashing_path(&session->out, what, session->arena, &hashing, w);
	return err == ERR_OK ? chooser_add_digest(chooser, &hashing.sha256, w)
			     : err;
}

static enum err
fill_chooser(struct session *session, const struct arguments *arguments,
    struct chooser *chooser, struct why *w)
{
	const char *lines = options_value(arguments, "lines");
	enum err err = ERR_OK;

	for (size_t i = 1; i < arguments->count && err == ERR_OK; i++)
		err = add_item(session, chooser, arguments->words[i], w);
	if (err == ERR_OK && lines != NULL)
		err = sums_read(lines, add_line, chooser, w);
	return err;
}

/* ---- the answer ---- */

static void
print_side(
    struct writer *w, const char *name, const struct exclusion_side *side)
{
	writer_member(w, name);
	writer_text(w, "{");
	hash_print_member(&side->sha256, "sha256", w);
	hash_print_member(&side->root, "merkleTreeHash", w);
	writer_member_number(w, "files", side->count);
	writer_text(w, "}");
}

static enum err
print_json(struct output *out, const struct exclusion *exclusion, struct why *w)
{
	struct writer json = writer_heap(OUTPUT_ANSWER_MAX);

	writer_text(&json, "{");
	print_side(&json, "old", &exclusion->old);
	print_side(&json, "new", &exclusion->new);
	writer_member_number(&json, "removed", exclusion->removed);
	writer_text(&json, "}");
	enum err err = output_answer(out, &json, w);
	writer_done(&json);
	return err;
}

static enum err
print_answer(
    struct output *out, const struct exclusion *exclusion, struct why *w)
{
	char hex[HASH_TEXT_MAX];

	if (out->is_json)
		return print_json(out, exclusion, w);
	hash_print(&exclusion->new.sha256, hex);
	output_print(out, "sha256:%s\n", hex);
	output_note(out, "%llu of %llu files removed",
	    (unsigned long long)exclusion->removed,
	    (unsigned long long)exclusion->old.count);
	return ERR_OK;
}

/* ---- making ---- */

struct making {
	struct manifest_path old;
	struct disk_file new;
	struct disk_file proof;
	struct spill removed;
	struct exclusion exclusion;
};

static enum err
write_files(struct making *making, struct chooser *chooser, struct why *w)
{
	struct exclusion *exclusion = &making->exclusion;
	struct exclusion_source source = {
		.path = making->old.path,
		.chooser = chooser,
		.fd = making->new.fd,
		.removed = &making->removed,
	};
	enum err err = exclusion_make(&source, exclusion, w);

	if (err == ERR_OK && making->proof.fd >= 0)
		err = exclusion_write(
		    exclusion, &making->removed, making->proof.fd, w);
	/* a proof without its manifest says nothing: that one first */
	if (err == ERR_OK)
		err = disk_end(&making->new, w);
	if (err == ERR_OK && making->proof.fd >= 0)
		err = disk_end(&making->proof, w);
	return err;
}

static enum err
open_files(
    struct making *making, const struct arguments *arguments, struct why *w)
{
	const char *output = options_value(arguments, "output");
	const char *proof = options_value(arguments, "proof");

	if (output == NULL)
		return why(w, ERR_USAGE,
		    "-o FILE is missing: where does the new manifest go?");
	if (arguments->count < 2 && !options_has(arguments, "lines") &&
	    !options_has(arguments, "below"))
		return why(w, ERR_USAGE,
		    "what is to be excluded? FOLDER, FILE, sha256:…, --lines "
		    "or --below");
	enum err err = disk_begin(output, &making->new, w);
	if (err == ERR_OK && proof != NULL)
		err = disk_begin(proof, &making->proof, w);
	if (err == ERR_OK)
		disk_share(&making->new);
	if (err == ERR_OK && proof != NULL)
		disk_share(&making->proof);
	return err;
}

static enum err
exclude(struct session *session, const struct arguments *arguments,
    struct making *making, struct why *w)
{
	struct chooser *chooser =
	    chooser_new(options_value(arguments, "below"));
	enum err err = chooser == NULL
	    ? why(w, ERR_MEMORY, "out of memory")
	    : manifest_path_find(session, arguments->words[0], &making->old, w);

	if (err == ERR_OK)
		err = fill_chooser(session, arguments, chooser, w);
	if (err == ERR_OK)
		err = write_files(making, chooser, w);
	if (err == ERR_OK && chooser_found(chooser) < chooser_digests(chooser))
		output_note(&session->out,
		    "%llu of the %llu digests asked for are in the set",
		    (unsigned long long)chooser_found(chooser),
		    (unsigned long long)chooser_digests(chooser));
	chooser_free(chooser);
	return err;
}

static enum err
run_exclude(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct making *making = arena_take(session->arena, 1, sizeof(*making));
	void *buffer = arena_take(session->arena, REMOVED_LEN, 1);

	if (making == NULL || buffer == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	making->removed = spill_begin(buffer, REMOVED_LEN);
	making->new.fd = -1;
	making->proof.fd = -1;
	enum err err = open_files(making, arguments, w);
	if (err == ERR_OK)
		err = exclude(session, arguments, making, w);
	disk_drop(&making->new);
	disk_drop(&making->proof);
	spill_end(&making->removed);
	return err == ERR_OK
	    ? print_answer(&session->out, &making->exclusion, w)
	    : err;
}

/* ---- checking ---- */

static enum err
run_check(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct exclusion_files files = {
		.proof = options_value(arguments, "proof"),
	};
	struct exclusion exclusion;

	if (files.proof == NULL || arguments->count != 2)
		return why(
		    w, ERR_USAGE, "--check: OLD NEW --proof FILE are needed");
	files.old = arguments->words[0];
	files.new = arguments->words[1];
	enum err err = exclusion_check(&files, &exclusion, w);
	return err == ERR_OK ? print_answer(&session->out, &exclusion, w) : err;
}

static enum err
run(struct session *session, const struct arguments *arguments, struct why *w)
{
	return options_has(arguments, "check")
	    ? run_check(session, arguments, w)
	    : run_exclude(session, arguments, w);
}

const struct command command_exclude = {
	.name = "exclude",
	.summary = "take files out of a set, with a proof of it",
	.words = "SET [FOLDER|FILE|DIGEST...] -o NEW | OLD NEW --check --proof "
		 "FILE",
	.help =
	    "SET is a manifest, or the record or digest of a set whose\n"
	    "manifest is kept here.  Files are excluded by what they hold,\n"
	    "wherever in the set they lie.  The proof lists what was\n"
	    "removed; --check tells with both manifests that nothing else\n"
	    "was.\n",
	.words_min = 1,
	.words_max = OPTIONS_WORDS_MAX,
	.options = options,
	.run = run,
};
