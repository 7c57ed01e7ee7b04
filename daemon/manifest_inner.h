/*
 * manifest_inner: what manifest_open and manifest_find know of an open manifest;
 * nobody else.
 *
 * Threads and memory: as manifest_file.h.
 */
#ifndef HEADWATER_DAEMON_MANIFEST_INNER_H
#define HEADWATER_DAEMON_MANIFEST_INNER_H

#include "daemon/manifest_file.h"

struct manifest_file {
	int fd;	     /* the manifest */
	int tree_fd; /* the sidecar */
	struct sidecar_header header;
	uint64_t chunks;
	/* one chunk of lines, hashed and found right */
	bool has_chunk;
	uint64_t chunk;
	size_t line_count;
	size_t
	    begins[SIDECAR_CHUNK_LINES + 1]; /* in `text`; the last: its end */
	struct hash leaves[SIDECAR_CHUNK_LINES];
	size_t text_cap;
	uint8_t *text;
};

/* ERR_CORRUPT, with a sentence. */
enum err manifest_bad_sidecar(struct why *w, const char *what);
enum err manifest_bad_lines(struct why *w, uint64_t chunk);

/* Reads all of it; ERR_CORRUPT, without a sentence, where it ends before. */
MUST_CHECK enum err manifest_read(int fd, uint64_t at, void *out, size_t len);
MUST_CHECK enum err manifest_read_sidecar(const struct manifest_file *file,
    uint64_t at, void *out, size_t len, struct why *w);

/* Root over a range of chunks that a proof asks for. */
MUST_CHECK enum err manifest_read_range(const struct manifest_file *file,
    struct tree_range range, struct hash *ret, struct why *w);

/* Where a chunk begins in the manifest; of the number behind the last one: the
 * manifest's end. */
MUST_CHECK enum err manifest_read_offset(const struct manifest_file *file,
    uint64_t chunk, uint64_t *ret, struct why *w);

/* A chunk's lines, hashed and found right. */
MUST_CHECK enum err manifest_load(
    struct manifest_file *file, uint64_t chunk, struct why *w);
struct span manifest_line_at(const struct manifest_file *file, size_t at);
struct hash manifest_hash_lines(
    const struct manifest_file *file, struct tree_range range);

#endif
