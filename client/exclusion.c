#include "client/exclusion.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "client/list.h"
#include "client/sink.h"
#include "schema/reader.h"
#include "schema/text.h"
#include "schema/writer.h"

#define HEAD_MAX 512 /* bytes of the four lines */
#define OUT_LEN ((size_t)64 << 10)
#define LISTS_MAX (3 * (LIST_BUFFER_LEN + sizeof(struct list)) + 65536)

/* ---- lists ---- */

/* One that is read, with its root. */
struct side {
	int fd;
	struct list list;
};

static enum err
side_open(
    const char *path, struct arena *arena, struct side *side, struct why *w)
{
	side->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (side->fd < 0)
		return why(
		    w, ERR_MISSING, "%s: %s", path, strerrordesc_np(errno));
	enum err err = list_open(&side->list, side->fd, path, arena, w);
	if (err == ERR_OK)
		list_want_root(&side->list);
	return err;
}

static void
side_close(struct side *side)
{
	if (side->fd >= 0)
		close(side->fd);
	side->fd = -1;
}

static struct exclusion_side
side_end(struct side *side)
{
	return (struct exclusion_side){
		.sha256 = list_sha256(&side->list),
		.count = side->list.count,
		.root = list_root(&side->list),
	};
}

/* ---- making ---- */

/* The line again, with its LF. */
static enum err
put_line(struct sink *sink, struct span text, struct why *w)
{
	uint8_t line[MANIFEST_LINE_MAX];

	memcpy(line, text.data, text.len);
	line[text.len] = '\n';
	return sink_line(sink, span_of(line, text.len + 1), w);
}

static enum err
part_lines(const struct exclusion_source *source, struct list *old,
    struct sink *sink, struct why *w)
{
	enum err err = chooser_start(source->chooser, w);

	while (err == ERR_OK) {
		bool is_chosen = false;
		err = list_next(old, w);
		if (err != ERR_OK || old->is_at_end)
			break;
		err = chooser_ask(source->chooser, &old->line, &is_chosen, w);
		if (err != ERR_OK)
			return err;
		err = is_chosen ? spill_put(source->removed, old->text, w)
				: put_line(sink, old->text, w);
	}
	return err == ERR_OK ? chooser_end(source->chooser, w) : err;
}

static enum err
judge(const struct exclusion *exclusion, const char *path, struct why *w)
{
	if (exclusion->removed == 0)
		return why(w, ERR_NOT_FOUND,
		    "%s: none of it is in there: there is nothing to exclude",
		    path);
	if (exclusion->new.count == 0)
		return why(w, ERR_REFUSED,
		    "%s: nothing would be left: a set without files is none",
		    path);
	return ERR_OK;
}

static enum err
make(const struct exclusion_source *source, struct arena *arena,
    struct sink *sink, struct exclusion *ret, struct why *w)
{
	struct side *old = arena_take(arena, 1, sizeof(*old));
	struct sink_result left;

	if (old == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err = side_open(source->path, arena, old, w);
	if (err == ERR_OK)
		err = part_lines(source, &old->list, sink, w);
	if (err == ERR_OK)
		err = sink_end(sink, &left, w);
	if (err == ERR_OK) {
		ret->old = side_end(old);
		ret->new = (struct exclusion_side){ left.sha256, left.count,
			left.root };
		ret->removed = ret->old.count - ret->new.count;
		err = judge(ret, source->path, w);
	}
	side_close(old);
	return err;
}

enum err
exclusion_make(
    const struct exclusion_source *source, struct exclusion *ret, struct why *w)
{
	struct arena *arena = arena_new(LISTS_MAX);
	struct sink *sink = sink_new(source->fd);
	enum err err = arena == NULL || sink == NULL
	    ? why(w, ERR_MEMORY, "out of memory")
	    : make(source, arena, sink, ret, w);

	sink_free(sink);
	arena_free(arena);
	return err;
}

/* ---- the proof ---- */

static void
print_side(
    struct writer *w, const char *name, const struct exclusion_side *side)
{
	char hex[HASH_TEXT_MAX];

	hash_print(&side->sha256, hex);
	writer_format(w, "%s %s %" PRIu64 " ", name, hex, side->count);
	writer_base64(w, hash_span(&side->root));
	writer_text(w, "\n");
}

static enum err
write_all(int fd, struct span bytes, struct why *w)
{
	while (bytes.len > 0) {
		ssize_t put = write(fd, bytes.data, bytes.len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return why(w, errno == ENOSPC ? ERR_FULL : ERR_IO,
			    "writing the proof: %s", strerrordesc_np(errno));
		bytes = span_part(bytes, (size_t)put, bytes.len);
	}
	return ERR_OK;
}

/* In pieces of many lines. */
static enum err
write_lines(struct spill *removed, int fd, struct writer *out, struct why *w)
{
	uint8_t buffer[SPILL_BUFFER_MIN];
	enum err err = removed->fd >= 0 ? spill_flush(removed, w) : ERR_OK;
	struct spill_reader reader =
	    spill_read(removed, 0, removed->len, buffer, sizeof(buffer));

	while (err == ERR_OK) {
		struct span text;
		err = spill_next(&reader, &text, w);
		if (err != ERR_OK || text.len == 0)
			break;
		writer_span(out, text);
		writer_text(out, "\n");
		if (out->len < OUT_LEN)
			continue;
		err = write_all(fd, writer_view(out), w);
		writer_clear(out);
	}
	return err;
}

enum err
exclusion_write(const struct exclusion *exclusion, struct spill *removed,
    int fd, struct why *w)
{
	struct writer writer = writer_heap(2 * OUT_LEN);

	writer_text(&writer, "headwater exclusion 1\n");
	print_side(&writer, "old", &exclusion->old);
	print_side(&writer, "new", &exclusion->new);
	writer_format(&writer, "removed %" PRIu64 "\n", exclusion->removed);
	enum err err = write_lines(removed, fd, &writer, w);
	if (err == ERR_OK && writer_end(&writer) != ERR_OK)
		err = why(w, ERR_MEMORY, "out of memory");
	if (err == ERR_OK)
		err = write_all(fd, writer_view(&writer), w);
	writer_done(&writer);
	return err;
}

/* ---- checking ---- */

static bool
read_side(struct span line, const char *name, struct exclusion_side *ret)
{
	struct span word;

	return span_cut(&line, ' ', &word) && span_is(word, name) &&
	    span_cut(&line, ' ', &word) && hash_parse(word, &ret->sha256) &&
	    span_cut(&line, ' ', &word) &&
	    text_undecimal(word, INT64_MAX, &ret->count) &&
	    hash_parse_base64(line, &ret->root);
}

static bool
read_head(struct span text, struct exclusion *ret, size_t *ret_len)
{
	struct reader r = reader_of(text);
	struct span removed;

	reader_expect(&r, "headwater exclusion 1\n");
	bool is_good = read_side(reader_line(&r), "old", &ret->old) &&
	    read_side(reader_line(&r), "new", &ret->new);
	removed = reader_line(&r);
	is_good = is_good && span_starts(removed, "removed ") &&
	    text_undecimal(
		span_part(removed, 8, removed.len), INT64_MAX, &ret->removed);
	*ret_len = text.len - r.rest.len;
	return is_good && r.err == ERR_OK && ret->removed > 0 &&
	    ret->new.count > 0 && ret->new.count < ret->old.count &&
	    ret->old.count - ret->new.count == ret->removed;
}

/* The list behind the head. */
static enum err
open_removed(const char *path, struct arena *arena, struct side *ret,
    struct exclusion *exclusion, struct why *w)
{
	uint8_t head[HEAD_MAX];
	size_t len = 0;
	enum err err = side_open(path, arena, ret, w);

	if (err != ERR_OK)
		return err;
	ssize_t got = pread(ret->fd, head, sizeof(head), 0);
	if (got < 0)
		return why(w, ERR_IO, "%s: %s", path, strerrordesc_np(errno));
	if (!read_head(span_of(head, (size_t)got), exclusion, &len))
		return why(w, ERR_SYNTAX,
		    "%s: does not begin as a proof of an exclusion does", path);
	if (lseek(ret->fd, (off_t)len, SEEK_SET) < 0)
		return why(w, ERR_IO, "%s: %s", path, strerrordesc_np(errno));
	return ERR_OK;
}

struct check {
	struct side removed;
	struct side old;
	struct side new;
};

static enum err
too_much(const struct list *side, struct why *w)
{
	return why(w, ERR_MISMATCH, "%s: \"%.*s\" is not in the old manifest",
	    side->what, SPAN_ARGS(side->line.path));
}

/* Which of the two has the line; what is below it can not come any more. */
static enum err
find_side(const struct list *old, struct list *const sides[static 2],
    struct list **ret, struct why *w)
{
	for (size_t i = 0; i < 2; i++) {
		if (sides[i]->is_at_end)
			continue;
		int order = span_compare(sides[i]->text, old->text);
		if (order < 0)
			return too_much(sides[i], w);
		if (order == 0) {
			*ret = sides[i];
			return ERR_OK;
		}
	}
	return why(w, ERR_MISMATCH,
	    "%s: line %" PRIu64 " is neither left nor listed as removed",
	    old->what, old->count);
}

/* The lines of the old one, in order, are those of the two others. */
static enum err
merge(struct check *check, struct why *w)
{
	struct list *old = &check->old.list;
	struct list *sides[] = { &check->removed.list, &check->new.list };
	enum err err = list_next(sides[0], w);

	if (err == ERR_OK)
		err = list_next(sides[1], w);
	while (err == ERR_OK) {
		struct list *from = NULL;
		err = list_next(old, w);
		if (err != ERR_OK || old->is_at_end)
			break;
		err = find_side(old, sides, &from, w);
		if (err == ERR_OK)
			err = list_next(from, w);
	}
	for (size_t i = 0; i < 2 && err == ERR_OK; i++) {
		if (!sides[i]->is_at_end)
			err = too_much(sides[i], w);
	}
	return err;
}

static enum err
check_side(const char *path, struct side *side,
    const struct exclusion_side *expected, struct why *w)
{
	struct exclusion_side got = side_end(side);

	if (hash_equal(&got.sha256, &expected->sha256) &&
	    hash_equal(&got.root, &expected->root) &&
	    got.count == expected->count)
		return ERR_OK;
	return why(w, ERR_MISMATCH,
	    "%s: not the manifest of which the proof speaks", path);
}

static enum err
check_files(const struct exclusion_files *files, struct arena *arena,
    struct exclusion *ret, struct why *w)
{
	struct check *check = arena_take(arena, 1, sizeof(*check));
	struct exclusion exclusion = { .removed = 0 };

	if (check == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	check->removed.fd = -1;
	check->old.fd = -1;
	check->new.fd = -1;
	enum err err =
	    open_removed(files->proof, arena, &check->removed, &exclusion, w);
	if (err == ERR_OK)
		err = side_open(files->old, arena, &check->old, w);
	if (err == ERR_OK)
		err = side_open(files->new, arena, &check->new, w);
	if (err == ERR_OK)
		err = merge(check, w);
	if (err == ERR_OK)
		err = check_side(files->old, &check->old, &exclusion.old, w);
	if (err == ERR_OK)
		err = check_side(files->new, &check->new, &exclusion.new, w);
	/* the counts follow: all lines of all three were seen */
	side_close(&check->removed);
	side_close(&check->old);
	side_close(&check->new);
	if (err == ERR_OK)
		*ret = exclusion;
	return err;
}

enum err
exclusion_check(
    const struct exclusion_files *files, struct exclusion *ret, struct why *w)
{
	struct arena *arena = arena_new(LISTS_MAX);
	enum err err = arena == NULL ? why(w, ERR_MEMORY, "out of memory")
				     : check_files(files, arena, ret, w);

	arena_free(arena);
	return err;
}
