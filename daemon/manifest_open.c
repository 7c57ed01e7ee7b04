#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/file.h"
#include "daemon/manifest_inner.h"
#include "schema/reader.h"

#define CHUNK_BYTES_MAX ((size_t)SIDECAR_CHUNK_LINES * SIDECAR_LINE_MAX)

enum err
manifest_bad_sidecar(struct why *w, const char *what)
{
	return why(
	    w, ERR_CORRUPT, "manifest: its sidecar is damaged: %s", what);
}

enum err
manifest_bad_lines(struct why *w, uint64_t chunk)
{
	return why(w, ERR_CORRUPT,
	    "manifest: damaged around line %llu, or its sidecar is",
	    (unsigned long long)chunk * SIDECAR_CHUNK_LINES + 1);
}

/* ---- reading ---- */

/* ERR_CORRUPT, without a sentence, where it ends before. */
enum err
manifest_read(int fd, uint64_t at, void *out, size_t len)
{
	uint8_t *to = out;

	if (at > INT64_MAX)
		return ERR_CORRUPT;
	while (len > 0) {
		ssize_t done = pread(fd, to, len, (off_t)at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return ERR_IO;
		if (done == 0)
			return ERR_CORRUPT;
		to += done;
		at += (uint64_t)done;
		len -= (size_t)done;
	}
	return ERR_OK;
}

enum err
manifest_read_sidecar(const struct manifest_file *file, uint64_t at, void *out,
    size_t len, struct why *w)
{
	enum err err = manifest_read(file->tree_fd, at, out, len);

	if (err == ERR_CORRUPT)
		return manifest_bad_sidecar(w, "it is cut off");
	if (err != ERR_OK)
		return why(w, err, "manifest: its sidecar cannot be read");
	return ERR_OK;
}

static enum err
read_node(const struct manifest_file *file, struct tree_position node,
    struct hash *ret, struct why *w)
{
	return manifest_read_sidecar(file,
	    sidecar_node_at(file->header.blocks, node), ret->bytes, HASH_LEN,
	    w);
}

/* Root over a range of chunks that a proof asks for. */
enum err
manifest_read_range(const struct manifest_file *file, struct tree_range range,
    struct hash *ret, struct why *w)
{
	struct tree_position nodes[TREE_LEVELS];
	struct hash hashes[TREE_LEVELS];
	size_t count = tree_range_nodes(range, nodes);
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = read_node(file, nodes[i], &hashes[i], w);
	if (err == ERR_OK)
		*ret = tree_fold(hashes, count);
	return err;
}

/* Where a chunk begins in the manifest; of the number behind the last one: the
 * manifest's end. */
enum err
manifest_read_offset(const struct manifest_file *file, uint64_t chunk,
    uint64_t *ret, struct why *w)
{
	uint8_t bytes[8];

	if (chunk == file->chunks) {
		*ret = file->header.bytes;
		return ERR_OK;
	}
	enum err err = manifest_read_sidecar(file,
	    sidecar_chunk_at(file->header.blocks, chunk), bytes, sizeof(bytes),
	    w);
	if (err != ERR_OK)
		return err;
	struct reader r = reader_of(span_of(bytes, sizeof(bytes)));
	*ret = reader_u64(&r);
	if (*ret >= file->header.bytes)
		return manifest_bad_sidecar(w, "a chunk begins behind the end");
	return ERR_OK;
}

/* ---- a chunk of lines ---- */

static enum err
read_text(
    struct manifest_file *file, uint64_t chunk, size_t *ret_len, struct why *w)
{
	uint64_t begin;
	uint64_t end;
	enum err err = manifest_read_offset(file, chunk, &begin, w);

	if (err == ERR_OK)
		err = manifest_read_offset(file, chunk + 1, &end, w);
	if (err != ERR_OK)
		return err;
	if (end <= begin || end - begin > CHUNK_BYTES_MAX)
		return manifest_bad_sidecar(
		    w, "a chunk has no possible length");
	size_t len = (size_t)(end - begin);
	if (len > file->text_cap) {
		uint8_t *text = realloc(file->text, len);
		if (text == NULL)
			return why(w, ERR_MEMORY, "out of memory");
		file->text = text;
		file->text_cap = len;
	}
	err = manifest_read(file->fd, begin, file->text, len);
	if (err == ERR_CORRUPT)
		return why(w, err, "manifest: it is cut off");
	if (err != ERR_OK)
		return why(w, err, "manifest: it cannot be read");
	*ret_len = len;
	return ERR_OK;
}

/* Cuts it into as many lines as the chunk has; false where it has not. */
static bool
cut_text(struct manifest_file *file, uint64_t chunk, size_t len)
{
	uint64_t left = file->header.lines - chunk * SIDECAR_CHUNK_LINES;
	size_t expected =
	    left < SIDECAR_CHUNK_LINES ? (size_t)left : SIDECAR_CHUNK_LINES;
	struct span rest = span_of(file->text, len);
	struct span line;
	size_t count = 0;

	while (count < expected && span_cut(&rest, '\n', &line)) {
		if (line.len < SIDECAR_LINE_MIN - 1)
			return false;
		file->leaves[count] = tree_leaf(line);
		file->begins[count++] = (size_t)(line.data - file->text);
	}
	file->begins[count] = len;
	file->line_count = count;
	return count == expected && rest.len == 0;
}

struct hash
manifest_hash_lines(const struct manifest_file *file, struct tree_range range)
{
	struct tree_edge edge = { .size = 0 };
	struct hash made[TREE_LEVELS];

	for (uint64_t i = range.begin; i < range.end; i++)
		(void)tree_append(&edge, &file->leaves[i], made);
	return tree_edge_root(&edge);
}

enum err
manifest_load(struct manifest_file *file, uint64_t chunk, struct why *w)
{
	struct hash stored;
	size_t len = 0;

	if (file->has_chunk && file->chunk == chunk)
		return ERR_OK;
	file->has_chunk = false;
	enum err err = read_text(file, chunk, &len, w);
	if (err == ERR_OK)
		err = read_node(
		    file, (struct tree_position){ 0, chunk }, &stored, w);
	if (err != ERR_OK)
		return err;
	if (!cut_text(file, chunk, len))
		return manifest_bad_lines(w, chunk);
	struct hash made = manifest_hash_lines(
	    file, (struct tree_range){ 0, file->line_count });
	if (!hash_equal(&made, &stored))
		return manifest_bad_lines(w, chunk);
	file->chunk = chunk;
	file->has_chunk = true;
	return ERR_OK;
}

struct span
manifest_line_at(const struct manifest_file *file, size_t at)
{
	size_t begin = file->begins[at];

	return span_of(file->text + begin, file->begins[at + 1] - begin - 1);
}

enum err
manifest_file_line(
    struct manifest_file *file, uint64_t index, struct span *ret, struct why *w)
{
	assert(index < file->header.lines);
	enum err err = manifest_load(file, index / SIDECAR_CHUNK_LINES, w);
	if (err == ERR_OK)
		*ret = manifest_line_at(file, index % SIDECAR_CHUNK_LINES);
	return err;
}

/* ---- its life ---- */

static enum err
open_read(const char *path, int *ret_fd, uint64_t *ret_len)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd == -1)
		return errno == ENOENT ? ERR_MISSING : ERR_IO;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 0) {
		(void)close(fd);
		return ERR_IO;
	}
	*ret_fd = fd;
	*ret_len = (uint64_t)st.st_size;
	return ERR_OK;
}

static enum err
read_header(struct manifest_file *file, uint64_t bytes, uint64_t tree_bytes,
    struct why *w)
{
	uint8_t in[SIDECAR_HEADER_LEN];
	struct hash root;
	enum err err = manifest_read_sidecar(file, 0, in, sizeof(in), w);

	if (err != ERR_OK)
		return err;
	if (sidecar_decode(in, &file->header) != ERR_OK)
		return manifest_bad_sidecar(w, "its header is wrong");
	if (tree_bytes != sidecar_len(&file->header))
		return manifest_bad_sidecar(w, "it has another length");
	if (bytes != file->header.bytes)
		return why(w, ERR_CORRUPT,
		    "manifest: %llu bytes, its sidecar says %llu",
		    (unsigned long long)bytes,
		    (unsigned long long)file->header.bytes);
	file->chunks = sidecar_chunks(file->header.lines);
	err = manifest_read_range(
	    file, (struct tree_range){ 0, file->chunks }, &root, w);
	if (err == ERR_OK && !hash_equal(&root, &file->header.root))
		return manifest_bad_sidecar(
		    w, "its hashes do not make its root");
	return err;
}

static enum err
open_both(struct manifest_file *file, const char *path, struct why *w)
{
	char tree_path[PATH_MAX];
	uint64_t bytes;
	uint64_t tree_bytes;
	int len = snprintf(
	    tree_path, sizeof(tree_path), "%s%s", path, SIDECAR_SUFFIX);

	if (len < 0 || len >= (int)sizeof(tree_path))
		return why(w, ERR_LIMIT, "%s: path too long", path);
	enum err err = open_read(path, &file->fd, &bytes);
	if (err != ERR_OK)
		return file_failed(w, path, "cannot open it");
	err = open_read(tree_path, &file->tree_fd, &tree_bytes);
	if (err == ERR_MISSING)
		return manifest_bad_sidecar(w, "it is missing");
	if (err != ERR_OK)
		return file_failed(w, tree_path, "cannot open it");
	return read_header(file, bytes, tree_bytes, w);
}

enum err
manifest_file_open(const char *path, struct manifest_file **ret, struct why *w)
{
	struct manifest_file *file = calloc(1, sizeof(*file));

	if (file == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	file->fd = -1;
	file->tree_fd = -1;
	enum err err = open_both(file, path, w);
	if (err != ERR_OK) {
		manifest_file_close(file);
		return err;
	}
	*ret = file;
	return ERR_OK;
}

void
manifest_file_close(struct manifest_file *file)
{
	if (file == NULL)
		return;
	if (file->fd != -1)
		(void)close(file->fd);
	if (file->tree_fd != -1)
		(void)close(file->tree_fd);
	free(file->text);
	free(file);
}

uint64_t
manifest_file_count(const struct manifest_file *file)
{
	return file->header.lines;
}

const struct sidecar_header *
manifest_file_header(const struct manifest_file *file)
{
	return &file->header;
}
