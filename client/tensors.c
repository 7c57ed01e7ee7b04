#include "client/tensors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/beneath.h"
#include "client/safetensors.h"

#define SUFFIX ".safetensors"
#define ARENA_MAX ((size_t)256 << 20)

static bool
has_tensors(struct span path)
{
	size_t len = strlen(SUFFIX);

	return path.len > len &&
	    span_is(span_part(path, path.len - len, len), SUFFIX);
}

static void
print_decimal(struct writer *w, uint64_t value)
{
	writer_comma(w);
	writer_format(w, "\"%llu\"", (unsigned long long)value);
}

static void
print_tensor(struct writer *w, const struct tensor *tensor)
{
	writer_comma(w);
	writer_text(w, "{");
	writer_member_text(w, "name", tensor->name);
	writer_member_text(w, "dtype", tensor->dtype);
	writer_member(w, "shape");
	writer_text(w, "[");
	for (size_t i = 0; i < tensor->rank; i++)
		print_decimal(w, tensor->shape[i]);
	writer_text(w, "]}");
}

static void
print_file(struct writer *w, const struct manifest_line *line,
    const struct safetensors *all)
{
	if (w->len == 0)
		writer_text(w, "{\"files\":[");
	writer_comma(w);
	writer_text(w, "{");
	writer_member_text(w, "path", line->path);
	hash_print_member(&line->digest, "sha256", w);
	writer_member(w, "tensors");
	writer_text(w, "[");
	for (size_t i = 0; i < all->count; i++)
		print_tensor(w, &all->tensors[i]);
	writer_text(w, "]}");
}

static bool
is_older(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec ||
	    (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

/* The change time tells whether it is the file that was hashed. */
static enum err
read_opened(const struct tensors_source *source, int fd, struct arena *arena,
    struct safetensors *ret, struct why *w)
{
	struct stat status;

	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) ||
	    !is_older(&status.st_ctim, &source->begun))
		return why(w, ERR_CONFLICT, "it changed since hashing began");
	return safetensors_read(fd, (uint64_t)status.st_size, arena, ret, w);
}

static enum err
print_one(const struct tensors_source *source, int folder,
    const struct manifest_line *line, struct writer *w)
{
	struct why reason = { 0 };
	struct safetensors all = { .count = 0 };
	struct arena *arena = arena_new(ARENA_MAX);
	/* paths in the arena of a manifest end where they end */
	struct span path =
	    arena == NULL ? SPAN_EMPTY : arena_copy(arena, line->path);
	enum err err = ERR_MEMORY;

	if (path.data != NULL) {
		const char *name = (const char *)path.data;
		int fd = folder < 0
		    ? open(source->path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
		    : beneath_open(folder, name);
		err = fd < 0
		    ? why(&reason, ERR_MISSING, "%s", strerrordesc_np(errno))
		    : read_opened(source, fd, arena, &all, &reason);
		if (fd >= 0)
			close(fd);
	}
	if (err == ERR_OK)
		print_file(w, line, &all);
	else if (err != ERR_MEMORY)
		output_warn(source->out, "%.*s: its tensors are not listed: %s",
		    SPAN_ARGS(line->path), reason.text);
	arena_free(arena);
	return err == ERR_MEMORY ? err : ERR_OK;
}

static int
by_path(const void *a, const void *b)
{
	const struct manifest_line *left = a;
	const struct manifest_line *right = b;

	return span_compare(left->path, right->path);
}

/* By path, as people look for them. */
static enum err
print_folder(const struct tensors_source *source, struct writer *w)
{
	const struct hashing *set = source->hashing;
	size_t count =
	    set->count < LISTING_KEPT_MAX ? set->count : LISTING_KEPT_MAX;
	struct arena *arena =
	    arena_new(LISTING_KEPT_MAX * sizeof(struct manifest_line));
	struct manifest_line *lines =
	    arena == NULL ? NULL : arena_take(arena, count, sizeof(*lines));
	int folder = open(source->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err err = lines == NULL ? ERR_MEMORY : ERR_OK;

	if (err == ERR_OK) {
		memcpy(lines, set->lines, count * sizeof(*lines));
		qsort(lines, count, sizeof(*lines), by_path);
	}
	/* cppcheck-suppress knownConditionTrueFalse */
	for (size_t i = 0; i < count && err == ERR_OK && folder >= 0; i++) {
		if (has_tensors(lines[i].path))
			err = print_one(source, folder, &lines[i], w);
	}
	if (folder >= 0)
		close(folder);
	arena_free(arena);
	return err;
}

static struct span
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return span_of_text(slash == NULL ? path : slash + 1);
}

enum err
tensors_print(
    const struct tensors_source *source, struct writer *w, struct why *w_why)
{
	const struct hashing *hashing = source->hashing;
	struct manifest_line line = {
		.digest = hashing->sha256,
		.path = base_name(source->path),
	};
	enum err err = ERR_OK;

	if (hashing->lines != NULL)
		err = print_folder(source, w);
	else if (!hashing->is_set && has_tensors(line.path))
		err = print_one(source, -1, &line, w);
	if (err == ERR_OK && hashing->count > LISTING_KEPT_MAX)
		output_warn(source->out,
		    "tensors are listed of the first %d files only",
		    LISTING_KEPT_MAX);
	if (w->len > 0)
		writer_text(w, "]}\n");
	if (err == ERR_OK)
		err = writer_end(w);
	return err == ERR_OK
	    ? ERR_OK
	    : why(w_why, err, "the tensors: %s", err_text(err));
}
