/*
 * metric: counters for Prometheus, from a fixed table: input never makes a
 * series.
 *
 * Threads: any (relaxed atomics).  Memory: static.
 */
#ifndef HEADWATER_DAEMON_METRIC_H
#define HEADWATER_DAEMON_METRIC_H

#include <stdint.h>

#include "schema/writer.h"

/* enum, name, type, help */
#define METRIC_TABLE(X) \
	X(METRIC_RECORDS, "headwater_records_total", "counter", \
	    "Records acknowledged as new") \
	X(METRIC_DUPLICATES, "headwater_duplicates_total", "counter", \
	    "Submissions that were there already") \
	X(METRIC_REFUSED, "headwater_refused_total", "counter", \
	    "Submissions refused by form, signature or name") \
	X(METRIC_BUSY, "headwater_busy_total", "counter", \
	    "Requests answered 503") \
	X(METRIC_BATCHES, "headwater_batches_total", "counter", \
	    "Batches committed") \
	X(METRIC_TREE_SIZE, "headwater_tree_size", "gauge", \
	    "Size of the published checkpoint") \
	X(METRIC_INDEX_SIZE, "headwater_index_size", "gauge", \
	    "Size the index is complete up to") \
	X(METRIC_QUEUE, "headwater_queue_entries", "gauge", \
	    "Entries waiting for the sequencer") \
	X(METRIC_COMMIT_US, "headwater_commit_microseconds_total", "counter", \
	    "Time spent committing") \
	X(METRIC_SEAL_US, "headwater_seal_microseconds_total", "counter", \
	    "Time spent at the signer") \
	X(METRIC_REQUESTS, "headwater_requests_total", "counter", \
	    "Requests shown to a handler") \
	X(METRIC_ANSWERS, "headwater_answers_total", "counter", \
	    "Requests answered, the refused ones too") \
	X(METRIC_GATE_REFUSED, "headwater_gate_refused_total", "counter", \
	    "Requests refused by the gate") \
	X(METRIC_ERRORS, "headwater_errors_total", "counter", \
	    "Answers with a 5xx status") \
	X(METRIC_CUT, "headwater_cut_total", "counter", \
	    "Connections cut at a deadline") \
	X(METRIC_CONNECTIONS, "headwater_connections", "gauge", \
	    "Open connections") \
	X(METRIC_WAITING, "headwater_waiting", "gauge", "Suspended connections")

enum metric {
#define X(metric, name, type, help) metric,
	METRIC_TABLE(X)
#undef X
	    METRICS,
};

void metric_add(enum metric metric, uint64_t amount);
void metric_sub(enum metric metric, uint64_t amount);
void metric_set(enum metric metric, uint64_t value);
uint64_t metric_value(enum metric metric);
void metric_print(struct writer *w); /* Prometheus text format 0.0.4 */

#endif
