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
serve_handler serve_releases;	      /* list */
serve_handler serve_release;	      /* `*`: name/version */

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
