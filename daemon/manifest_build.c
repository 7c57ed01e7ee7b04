#include "daemon/manifest_build.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/file.h"
#include "schema/writer.h"

#define OUT_LEN ((size_t)32 << 10)

/* Bytes on their way to one part of the file, which is only ever added to. */
struct part {
	uint64_t at; /* where the buffer's first byte goes */
	size_t len;
	uint8_t buffer[OUT_LEN];
};

struct manifest_build {
	int fd; /* -1: nothing is written */
	char *path;
	enum err err; /* the first failure */
	struct why why;
	uint64_t bytes; /* promised */
	uint64_t taken;
	uint64_t lines;
	uint64_t chunk_at;	 /* where the chunk that is open begins */
	struct tree_edge chunk;	 /* over the lines of the open chunk */
	struct tree_edge chunks; /* over the chunks before it */
	uint64_t blocks;
	uint64_t block_number; /* of the block that is open */
	uint8_t block[SIDECAR_BLOCK_LEN];
	/* the line that has begun, and the whole one before it */
	size_t line_len;
	size_t last_len;
	uint8_t line[SIDECAR_LINE_MAX];
	uint8_t last[SIDECAR_LINE_MAX];
	struct part filter;
	struct part records;
};

/* ---- writing ---- */

static void
fail(struct manifest_build *build, enum err err, const char *what)
{
	if (build->err == ERR_OK)
		build->err = err == ERR_IO
		    ? file_failed(&build->why, build->path, what)
		    : why(&build->why, err, "%s", what);
}

static void
write_at(struct manifest_build *build, uint64_t at, struct span bytes)
{
	while (build->fd != -1 && build->err == ERR_OK && bytes.len > 0) {
		ssize_t done =
		    pwrite(build->fd, bytes.data, bytes.len, (off_t)at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0) {
			fail(build, ERR_IO, "cannot write it");
			return;
		}
		at += (uint64_t)done;
		bytes = span_part(bytes, (size_t)done, bytes.len);
	}
}

static void
flush(struct manifest_build *build, struct part *part)
{
	write_at(build, part->at, span_of(part->buffer, part->len));
	part->at += part->len;
	part->len = 0;
}

static void
append(struct manifest_build *build, struct part *part, const void *data,
    size_t len)
{
	if (build->fd == -1)
		return;
	if (len > sizeof(part->buffer) - part->len)
		flush(build, part);
	memcpy(part->buffer + part->len, data, len);
	part->len += len;
}

/* ---- what the lines make ---- */

static void
close_blocks(struct manifest_build *build, uint64_t until)
{
	while (build->block_number < until) {
		sidecar_block_seal(build->block, build->block_number);
		append(
		    build, &build->filter, build->block, sizeof(build->block));
		memset(build->block, 0, sizeof(build->block));
		build->block_number++;
	}
}

static void
close_chunk(struct manifest_build *build)
{
	struct hash made[TREE_LEVELS];
	struct hash leaf = tree_edge_root(&build->chunk);
	uint8_t offset[8];
	struct writer w = writer_of(offset, sizeof(offset));

	writer_u64(&w, build->chunk_at);
	append(build, &build->records, offset, sizeof(offset));
	size_t count = tree_append(&build->chunks, &leaf, made);
	append(build, &build->records, made, count * sizeof(made[0]));
	build->chunk = (struct tree_edge){ .size = 0 };
}

/* The form, and the order: as lines of text, which is that of their digests and
 * paths. */
static enum err
judge_line(
    struct manifest_build *build, struct span line, struct hash *ret_digest)
{
	struct manifest_line parsed;
	struct why *w = &build->why;
	uint64_t number = build->lines + 1;

	if (manifest_line_parse(line, &parsed) != ERR_OK)
		return why(w, ERR_SYNTAX,
		    "manifest: line %llu: 64 hex digits, two spaces and a "
		    "relative path in UTF-8 are needed",
		    (unsigned long long)number);
	int order = build->lines == 0
	    ? -1
	    : span_compare(span_of(build->last, build->last_len), line);
	if (order == 0)
		return why(w, ERR_SYNTAX,
		    "manifest: line %llu: duplicate of the line before it",
		    (unsigned long long)number);
	if (order > 0)
		return why(w, ERR_SYNTAX,
		    "manifest: line %llu: unsorted, it belongs before the one "
		    "above it",
		    (unsigned long long)number);
	*ret_digest = parsed.digest;
	return ERR_OK;
}

/* A whole line, without its LF; `build->taken` is behind that. */
static void
take_line(struct manifest_build *build, struct span line)
{
	struct hash made[TREE_LEVELS];
	struct hash digest;
	enum err err = judge_line(build, line, &digest);

	if (err != ERR_OK) {
		build->err = err;
		return;
	}
	memcpy(build->last, line.data, line.len);
	build->last_len = line.len;
	close_blocks(build, sidecar_block_of(&digest, build->blocks));
	sidecar_block_add(build->block, &digest);
	if (build->chunk.size == 0)
		build->chunk_at = build->taken - line.len - 1;
	struct hash leaf = tree_leaf(line);
	(void)tree_append(&build->chunk, &leaf, made);
	build->lines++;
	if (build->chunk.size == SIDECAR_CHUNK_LINES)
		close_chunk(build);
}

/* ---- its life ---- */

enum err
manifest_build_new(const char *path, uint64_t bytes,
    struct manifest_build **ret, struct why *w)
{
	if (bytes > SIDECAR_BYTES_MAX)
		return why(w, ERR_TOO_LARGE,
		    "manifest: %llu bytes, at most %llu",
		    (unsigned long long)bytes,
		    (unsigned long long)SIDECAR_BYTES_MAX);
	struct manifest_build *build = calloc(1, sizeof(*build));
	if (build == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	build->fd = -1;
	build->bytes = bytes;
	build->blocks = sidecar_blocks(bytes);
	build->filter.at = sidecar_block_at(0);
	build->records.at = sidecar_chunk_at(build->blocks, 0);
	enum err err = ERR_OK;
	if (path != NULL) {
		build->path = strdup(path);
		build->fd = open(path,
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		    0600);
		if (build->path == NULL)
			err = why(w, ERR_MEMORY, "out of memory");
		else if (build->fd == -1)
			err = file_failed(w, path, "cannot create it");
	}
	if (err != ERR_OK) {
		manifest_build_free(build);
		return err;
	}
	*ret = build;
	return ERR_OK;
}

/* Up to and with an LF, or all of it; `*bytes` moves on. */
static void
take_piece(struct manifest_build *build, struct span *bytes)
{
	size_t at = span_find(*bytes, '\n');
	bool is_ended = at < bytes->len;
	struct span piece = span_part(*bytes, 0, at);

	*bytes = span_part(*bytes, at + is_ended, bytes->len);
	build->taken += at + is_ended;
	if (piece.len > sizeof(build->line) - build->line_len) {
		build->err = why(&build->why, ERR_SYNTAX,
		    "manifest: line %llu: longer than any line may be",
		    (unsigned long long)build->lines + 1);
		return;
	}
	/* most lines come whole: they need no copy */
	if (is_ended && build->line_len == 0) {
		take_line(build, piece);
		return;
	}
	if (piece.len > 0)
		memcpy(build->line + build->line_len, piece.data, piece.len);
	build->line_len += piece.len;
	if (is_ended) {
		take_line(build, span_of(build->line, build->line_len));
		build->line_len = 0;
	}
}

enum err
manifest_build_add(
    struct manifest_build *build, struct span bytes, struct why *w)
{
	if (build->err == ERR_OK && bytes.len > build->bytes - build->taken)
		fail(build, ERR_TOO_LARGE, "manifest: longer than its size");
	while (build->err == ERR_OK && bytes.len > 0)
		take_piece(build, &bytes);
	if (build->err != ERR_OK && w != NULL)
		*w = build->why;
	return build->err;
}

static void
judge_end(struct manifest_build *build)
{
	struct why *w = &build->why;

	if (build->err != ERR_OK)
		return;
	if (build->taken != build->bytes)
		build->err = why(w, ERR_MISMATCH,
		    "manifest: truncated: %llu of %llu bytes",
		    (unsigned long long)build->taken,
		    (unsigned long long)build->bytes);
	else if (build->line_len > 0)
		build->err = why(w, ERR_SYNTAX,
		    "manifest: line %llu: truncated, no newline ends it",
		    (unsigned long long)build->lines + 1);
	else if (build->lines == 0)
		build->err = why(w, ERR_SYNTAX, "manifest: no lines");
}

static void
write_header(struct manifest_build *build, const struct sidecar_header *header)
{
	uint8_t out[SIDECAR_HEADER_LEN];

	sidecar_encode(header, out);
	write_at(build, 0, span_of(out, sizeof(out)));
}

enum err
manifest_build_end(struct manifest_build *build, const struct hash *digest,
    struct sidecar_header *ret, struct why *w)
{
	judge_end(build);
	if (build->err == ERR_OK) {
		if (build->chunk.size > 0)
			close_chunk(build);
		close_blocks(build, build->blocks);
		flush(build, &build->filter);
		flush(build, &build->records);
	}
	if (build->err == ERR_OK) {
		struct sidecar_header header = {
			.bytes = build->bytes,
			.lines = build->lines,
			.blocks = build->blocks,
			.digest = *digest,
			.root = tree_edge_root(&build->chunks),
		};
		write_header(build, &header);
		*ret = header;
	}
	if (build->err != ERR_OK && w != NULL)
		*w = build->why;
	return build->err;
}

enum err
manifest_build_sync(struct manifest_build *build, struct why *w)
{
	assert(build->fd != -1);
	if (build->err == ERR_OK && fsync(build->fd) != 0)
		fail(build, ERR_IO, "cannot sync it");
	if (build->err != ERR_OK && w != NULL)
		*w = build->why;
	return build->err;
}

void
manifest_build_free(struct manifest_build *build)
{
	if (build == NULL)
		return;
	if (build->fd != -1)
		(void)close(build->fd);
	free(build->path);
	free(build);
}
