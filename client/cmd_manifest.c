/* manifest: the list of a folder's files, with their digests. */
#include "client/command.h"
#include "client/wishes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/pointer.h"

static const struct option_row options[] = {
	{ .name = "output",
	    .letter = 'o',
	    .value = "FILE",
	    .help = "where the manifest goes; else to standard output" },
	WISHES_OPTIONS,
	{ .name = NULL },
};

/* ---- where it goes ---- */

struct destination {
	const char *path; /* NULL: standard output */
	struct disk_file *file;
};

static enum err
real_folder(const char *path, char ret[static DISK_PATH_MAX], struct why *w)
{
	char *real = realpath(path, NULL);
	enum err err = ERR_OK;

	if (real == NULL || strlen(real) >= DISK_PATH_MAX)
		err = why(w, ERR_MISSING, "%s: no such folder", path);
	else
		memcpy(ret, real, strlen(real) + 1);
	free(real);
	return err;
}

static bool
is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* A list inside the folder would have to list itself. */
static enum err
check_outside(const char *folder, const char *file, struct why *w)
{
	char inner[DISK_PATH_MAX];
	char outer[DISK_PATH_MAX];
	char dir[DISK_PATH_MAX] = ".";
	const char *slash = strrchr(file, '/');

	if (slash != NULL)
		(void)snprintf(dir, sizeof(dir), "%.*s",
		    slash == file ? 1 : (int)(slash - file), file);
	enum err err = real_folder(dir, inner, w);
	if (err == ERR_OK)
		err = real_folder(folder, outer, w);
	size_t len = strlen(outer);
	if (err == ERR_OK && strncmp(inner, outer, len) == 0 &&
	    (inner[len] == '\0' || inner[len] == '/'))
		return why(w, ERR_USAGE,
		    "-o %s: lies in the folder that is listed: give another "
		    "place",
		    file);
	return err;
}

static enum err
open_destination(const struct session *session,
    const struct arguments *arguments, struct destination *to, int *ret_fd,
    struct why *w)
{
	const char *path = options_value(arguments, "output");

	*ret_fd = session->out.is_json ? -1 : STDOUT_FILENO;
	if (path == NULL || strcmp(path, "-") == 0)
		return ERR_OK;
	to->path = path;
	to->file = arena_take(session->arena, 1, sizeof(*to->file));
	if (to->file == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	to->file->fd = -1;
	enum err err = ERR_OK;
	if (arguments->count > 0 && is_folder(arguments->words[0]))
		err = check_outside(arguments->words[0], path, w);
	if (err == ERR_OK)
		err = disk_begin(path, to->file, w);
	if (err == ERR_OK && !options_has(arguments, "salted"))
		disk_share(to->file); /* salts are secrets */
	*ret_fd = to->file->fd;
	return err;
}

/* ---- the answer ---- */

static enum err
print_json(struct output *out, const struct hashing *hashing, struct why *w)
{
	struct writer json = writer_heap(OUTPUT_ANSWER_MAX);

	writer_text(&json, "{");
	hash_print_member(&hashing->sha256, "sha256", &json);
	if (hashing->is_set) {
		hash_print_member(&hashing->root, "merkleTreeHash", &json);
		writer_member_number(&json, "files", hashing->count);
		writer_member_number(&json, "size", hashing->manifest_len);
	}
	if (hashing->has_oms)
		hash_print_member(&hashing->oms, "oms-sha256", &json);
	if (hashing->has_bytes)
		writer_member_number(&json, "bytes", hashing->bytes);
	writer_text(&json, "}");
	enum err err = output_answer(out, &json, w);
	writer_done(&json);
	return err;
}

static void
note_set(const struct output *out, const struct hashing *hashing)
{
	char size[OUTPUT_SIZE_MAX];
	char sha256[HASH_TEXT_MAX];
	char root[HASH_TEXT_MAX];

	hash_print(&hashing->sha256, sha256);
	hash_print(&hashing->root, root);
	output_note(out, "%zu file%s%s%s", hashing->count,
	    output_plural(hashing->count), hashing->has_bytes ? ", " : "",
	    hashing->has_bytes ? output_size(hashing->bytes, size) : "");
	output_note(out, "sha256:%s", sha256);
	output_note(out, "merkleTreeHash:%s", root);
}

static enum err
print_answer(struct session *session, const struct hashing *hashing,
    bool is_written, struct why *w)
{
	char sha256[HASH_TEXT_MAX];

	if (session->out.is_json)
		return print_json(&session->out, hashing, w);
	hash_print(&hashing->sha256, sha256);
	if (!hashing->is_set || is_written)
		output_print(&session->out, "sha256:%s\n", sha256);
	if (hashing->is_set)
		note_set(&session->out, hashing);
	return ERR_OK;
}

/* A hint: what DVC calls the file. */
static enum err
print_dvc(struct session *session, const char *path, struct why *w)
{
	char text[DIGEST_TEXT_MAX];
	struct pointer pointer;
	struct span file;
	enum err err =
	    disk_read(path, POINTER_DVC_MAX, session->arena, &file, w);

	if (err == ERR_OK) {
		err = pointer_parse_dvc(file, &pointer, w);
		if (err != ERR_OK)
			why_prefix(w, path);
	}
	if (err != ERR_OK)
		return err;
	digest_print(&pointer.digest, text);
	output_warn(&session->out,
	    "DVC names %.*s by MD5 alone: a hint to find it by, no proof, "
	    "since "
	    "anybody can make two files of one MD5",
	    SPAN_ARGS(pointer.path));
	if (!session->out.is_json) {
		output_print(&session->out, "%s\n", text);
		return ERR_OK;
	}
	struct writer json = writer_heap(OUTPUT_ANSWER_MAX);
	writer_text(&json, "{");
	writer_member_text(&json, "md5", span_of_text(text + strlen("md5:")));
	if (pointer.has_size)
		writer_member_number(&json, "bytes", pointer.size);
	writer_text(&json, "}");
	err = output_answer(&session->out, &json, w);
	writer_done(&json);
	return err;
}

static enum err
make(struct session *session, const struct arguments *arguments,
    struct hashing_wish *wish, const char *path, struct why *w)
{
	struct destination to = { .path = NULL };
	struct hashing hashing;
	enum err err = open_destination(session, arguments, &to, &wish->fd, w);

	if (err == ERR_OK)
		err = hashing_run(wish, path, session->arena, &hashing, w);
	if (err == ERR_OK && !hashing.is_set && to.path != NULL)
		err = why(w, ERR_USAGE,
		    "%s: one file has no manifest: its name is its sha256",
		    path);
	if (err == ERR_OK && to.path != NULL)
		err = disk_end(to.file, w);
	if (to.file != NULL)
		disk_drop(to.file);
	return err == ERR_OK
	    ? print_answer(session, &hashing, to.path != NULL, w)
	    : err;
}

static enum err
run(struct session *session, const struct arguments *arguments, struct why *w)
{
	struct hashing_wish wish;
	const char *path;
	enum err err = wishes_open(session, arguments, &wish, &path, w);

	if (err != ERR_OK)
		return err;
	wish.has_oms = session->out.is_json;
	if (wish.reads_pointers && pointer_is_dvc(span_of_text(path)))
		err = print_dvc(session, path, w);
	else
		err = make(session, arguments, &wish, path, w);
	wishes_done(&wish);
	return err;
}

const struct command command_manifest = {
	.name = "manifest",
	.summary = "list a folder's files with their digests",
	.words = "PATH | --from-sums FILE",
	.help = "Hashes what is new or has changed, on all cores, and writes "
		"the list\n"
		"that sha256sum -c checks.  Of a single file, its digest.\n"
		"What was broken off goes on where it was.\n",
	.words_min = 0,
	.words_max = 1,
	.options = options,
	.run = run,
};
