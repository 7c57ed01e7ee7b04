/*
 * upload_inner: what upload_table and upload_one know of each other; nobody else.
 *
 * Threads: the table under its lock; an upload is its claimer's.
 */
#ifndef HEADWATER_DAEMON_UPLOAD_INNER_H
#define HEADWATER_DAEMON_UPLOAD_INNER_H

#include "daemon/lock.h"
#include "daemon/manifest_build.h"
#include "daemon/upload.h"

struct upload {
	struct uploads *uploads;
	struct hash digest;
	struct blob_terms terms;
	int fd;
	uint64_t have;
	bool is_read; /* `sha` and `build` have seen what is there */
	bool is_done;
	enum err err; /* the first failure */
	struct why why;
	struct sha256 sha;
	struct manifest_build *build; /* NULL: no manifest */
	/* under the table's lock */
	bool is_claimed;
	uint64_t used_ms;
	struct upload *next;
};

struct uploads {
	struct ledger *ledger;
	struct blobs *blobs;
	struct quota *quota;
	struct lock lock;
	struct upload *first; /* under lock, as what follows */
	size_t count;
	struct lock counting; /* held while files are counted */
	atomic_bool is_counted;
};

/* Opens its file; upload_close keeps it. */
MUST_CHECK enum err upload_open(struct upload *upload, struct why *w);
void upload_close(struct upload *upload);

#endif
