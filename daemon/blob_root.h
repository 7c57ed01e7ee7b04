/*
 * blob_root: is a manifest the one that somebody signed?
 *
 * Threads: any.  Memory: an arena for a moment.
 */
#ifndef HEADWATER_DAEMON_BLOB_ROOT_H
#define HEADWATER_DAEMON_BLOB_ROOT_H

#include "daemon/blob_terms.h"
#include "daemon/sidecar.h"

/* Who is asked: the log and its index, up to what is published. */
struct blob_records {
	struct store *log;
	struct store *index;
	uint64_t end;
};

/* Does a record that stands call it a manifest, with this root and, where it says
 * how many files there are, as many as it has lines?  A sentence where none does. */
MUST_CHECK enum err blob_root_find(const struct blob_records *records,
    const struct sidecar_header *header, bool *ret, struct why *w);

#endif
