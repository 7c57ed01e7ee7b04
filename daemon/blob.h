/*
 * blob: what records name but do not hold, as files by their SHA-256.
 *
 * `DIR/blobs/<2 hex>/<hex>` is whole and never changes; `….part` is an upload
 * that is not complete; `….tree` is a manifest's sidecar, `….tree.part` one in
 * the making.  The sidecar gets its name before the manifest does.
 *
 * Threads: any.  Memory: blobs_new / blobs_free.
 */
#ifndef HEADWATER_DAEMON_BLOB_H
#define HEADWATER_DAEMON_BLOB_H

#include <limits.h>

#include "daemon/sidecar.h"

#define BLOB_PART_SUFFIX ".part"
#define BLOB_TREE_PART_SUFFIX SIDECAR_SUFFIX BLOB_PART_SUFFIX

enum blob_file {
	BLOB_WHOLE,
	BLOB_PART,
	BLOB_TREE,
	BLOB_TREE_PART,
	BLOB_FILES,
};

#define BLOB_PREFIX "sha256:"

/* `sha256:<64 hex digits>`; ERR_SYNTAX. */
MUST_CHECK enum err blob_parse_name(
    struct span name, struct hash *ret, struct why *w);

struct blobs;

/* Makes `folder`/blobs where it is missing. */
MUST_CHECK enum err blobs_new(
    const char *folder, struct blobs **ret, struct why *w);
void blobs_free(struct blobs *blobs); /* NULL is fine */
const char *blobs_folder(const struct blobs *blobs);

void blob_path(const struct blobs *blobs, const struct hash *digest,
    enum blob_file file, char out[static PATH_MAX]);

struct blob_state {
	bool is_whole;
	bool is_begun; /* a part of it is there */
	uint64_t len;  /* of either; else 0 */
};
struct blob_state blob_look(
    const struct blobs *blobs, const struct hash *digest);

/* ERR_NOT_FOUND unless it is whole. */
MUST_CHECK enum err blob_open(const struct blobs *blobs,
    const struct hash *digest, int *ret_fd, uint64_t *ret_len, struct why *w);

/* Its folder is there; then whether its names are on the disk. */
MUST_CHECK enum err blob_prepare(
    const struct blobs *blobs, const struct hash *digest, struct why *w);
MUST_CHECK enum err blob_sync_names(
    const struct blobs *blobs, const struct hash *digest, struct why *w);

/* One file of a blob takes the name of another; ERR_MISSING, ERR_IO. */
MUST_CHECK enum err blob_rename(const struct blobs *blobs,
    const struct hash *digest, enum blob_file from, enum blob_file to,
    struct why *w);
void blob_remove(
    const struct blobs *blobs, const struct hash *digest, enum blob_file file);

/* SHA-256 of an open file from its start; ERR_IO. */
MUST_CHECK enum err blob_hash(int fd, uint64_t len, struct hash *ret);

/* Every file, in no order.  `digest` is NULL for one whose name says nothing; an
 * error of `take` ends the walk and comes back. */
struct blob_found {
	const struct hash *digest;
	enum blob_file file;
	uint64_t len;
	const char *path;
};
typedef enum err blob_take(
    void *context, const struct blob_found *found, struct why *w);
MUST_CHECK enum err blobs_walk(
    const struct blobs *blobs, blob_take *take, void *context, struct why *w);

/*
 * What manifest_file found ERR_CORRUPT: is mended where there is a mender.  Gives
 * what to answer: ERR_BUSY meanwhile, ERR_CORRUPT where it cannot be.
 */
typedef enum err blob_mender(
    void *context, const struct hash *digest, struct why *w);
void blobs_set_mender(struct blobs *blobs, blob_mender *mender, void *context);
enum err blob_damaged(
    const struct blobs *blobs, const struct hash *digest, struct why *w);

/* Long work on blobs is given up: the log is stopping. */
void blobs_stop(struct blobs *blobs);
bool blobs_are_stopped(const struct blobs *blobs);

#endif
