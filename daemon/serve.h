/*
 * serve: the handlers, one per call of the API, and what they share.
 *
 * Threads: http's loops and workers.  Memory: the request's arena.
 */
#ifndef HEADWATER_DAEMON_SERVE_H
#define HEADWATER_DAEMON_SERVE_H

#include "daemon/reply.h"
#include "daemon/request.h"

struct txn;
struct tree_head;

typedef enum served serve_handler(struct request *request, struct reply *reply);

/*
 * A body that is taken as it comes, and never held.  `begin` is called before a
 * byte of it (again after it gave STREAM_LATER and was resumed), `take` for each
 * piece, then the handler as for any request, and `drop` once at the end of all
 * when `begin` was called, whatever happened.  An error of `take` is the answer.
 */
enum stream_begun {
	STREAM_GO,     /* let the body come */
	STREAM_LATER,  /* as SERVED_LATER */
	STREAM_SERVED, /* the answer is known without it */
};
struct serve_stream {
	enum stream_begun (*begin)(
	    struct request *request, struct reply *reply);
	enum err (*take)(
	    struct request *request, struct span bytes, struct why *w);
	serve_handler *end;
	void (*drop)(struct request *request);
};

/* ---- serve_blob, serve_upload ---- */
serve_handler serve_blob;			 /* sha256:<hex> */
extern const struct serve_stream serve_blob_put; /* the same */

/* ---- serve_write ---- */
serve_handler serve_records_post;

/* ---- serve_tlog ---- */
serve_handler serve_checkpoint;
serve_handler serve_tile;	 /* segment 0: what follows /tile/ */
serve_handler serve_inclusion;	 /* size, index */
serve_handler serve_consistency; /* old, size */

/* ---- serve_read ---- */
serve_handler serve_record;	      /* id */
serve_handler serve_record_statement; /* id */
serve_handler serve_record_proof;     /* id */
serve_handler serve_records;	      /* list */
serve_handler serve_lineage;	      /* digest */
serve_handler serve_dataset_shard;    /* set, file */
serve_handler serve_contains;	      /* digest, file */
serve_handler serve_shard;	      /* digest */
serve_handler serve_advisories;	      /* list */
serve_handler serve_releases;	      /* list */
serve_handler serve_release;	      /* `*`: name/version */
serve_handler serve_export;	      /* the same, in another format */
serve_handler serve_openness;	      /* digest */
serve_handler serve_license_drift;    /* id, or sha256:<hex> */
serve_handler serve_licensing;	      /* digest */

/* ---- serve ---- */
serve_handler serve_health;
serve_handler serve_metrics;
serve_handler serve_openapi;

/*
 * For answers that rest on the index: waits, as the request's state says, for the
 * index to reach what was published when the question came (at most
 * INDEX_WAIT_MS), or `min_size` where it is asked for (MIN_SIZE_WAIT_MS, then
 * ERR_BUSY; above the published size: ERR_SYNTAX at once).  Call it first in the
 * handler: SERVED_LATER from the handler when *ret_later is true.
 */
MUST_CHECK enum err serve_wait_index(
    struct request *request, bool *ret_later, struct why *w);

#endif
