/*
 * http_exchange: one request and its answer, from the first byte of its target to
 * the last of the body.
 *
 * Stages: HEAD until gate and route have judged; OPENING while a stream waits
 * before its body; BODY while that comes in; HELD where http_chunks let none of it
 * be read any more; WAITING while a handler waits; REFUSED when the answer is known
 * and only the rest of the body is read away, for a moment, so that the peer gets
 * to read it.
 *
 * Threads: the loop's alone, but for http_loop's list of resumed ones.  Memory:
 * kept and used again by the loop.
 */
#ifndef HEADWATER_DAEMON_HTTP_EXCHANGE_H
#define HEADWATER_DAEMON_HTTP_EXCHANGE_H

#include <microhttpd.h>

#include "daemon/http_pace.h"
#include "daemon/reply.h"
#include "daemon/request.h"
#include "daemon/route.h"
#include "daemon/watchdog.h"
#include "daemon/workers.h"

/* What the exchanges of all loops share. */
struct http_shared {
	struct ledger *ledger;
	struct watchdog_deadlines deadlines;
	struct watchdog *watchdog;
	struct workers *workers;
	atomic_size_t body_bytes;   /* of all requests */
	atomic_size_t answer_bytes; /* that wait to be taken */
	atomic_size_t active;	    /* exchanges between head and answer */
	atomic_size_t waiting;	    /* suspended ones */
	atomic_bool is_quiet;	    /* stopping: answers end the connection */
	atomic_bool is_ending;	    /* loops return */
};

enum exchange_stage {
	EXCHANGE_HEAD,
	EXCHANGE_OPENING,
	EXCHANGE_BODY,
	EXCHANGE_HELD,
	EXCHANGE_WAITING,
	EXCHANGE_REFUSED,
};

struct exchange {
	struct http_shared *shared;
	struct MHD_Connection *connection;
	struct watched *watched;
	void (*resume)(struct exchange *exchange); /* the loop's */
	void *loop;
	struct pace *pace;     /* the loop's */
	struct exchange *next; /* of the loop's lists */

	struct exchange *chunks_next; /* of http_chunks */

	enum exchange_stage stage;
	enum err refusal; /* answered when the request is complete */
	bool is_in_chunks;
	uint64_t suspected_at; /* what was understood then */
	uint64_t held_until_ms;
	bool is_answered;  /* by a worker: reply is to be sent */
	bool is_streaming; /* the stream's `begin` was called */
	struct gate_pass pass;
	struct route_match match;
	struct request request;
	struct reply reply;
	struct work work;
	struct writer body;
	size_t counted;	       /* of shared->body_bytes */
	size_t answer_counted; /* of shared->answer_bytes */
	uint64_t opened_ms;    /* when its body was let in */
	uint64_t streamed;     /* bytes of that */
	struct why why;
	uint64_t begun_ms;
	const char *raw; /* where the library keeps the target */
	size_t target_len;
	char target[HTTP_URI_MAX + 2];
};

struct exchange *exchange_new(struct http_shared *shared);
void exchange_free(struct exchange *exchange);

/* A new request on this connection; `target` as it was received. */
void exchange_begin(struct exchange *exchange,
    struct MHD_Connection *connection, struct watched *watched,
    const char *target);

/* It is over, answered or not; ready for exchange_begin. */
void exchange_end(struct exchange *exchange);

int exchange_socket(const struct exchange *exchange);

/* ---- answers, for http_handle ---- */

void exchange_set_deadline(struct exchange *exchange, uint64_t wait_ms);
void exchange_stop_waiting(struct exchange *exchange);
void exchange_set_error(
    struct exchange *exchange, enum err err, const struct why *w);

/* Has its peer hung up, so that nobody waits for an answer?  (Who only sends no
 * more is not known to have.)  While it is suspended: any thread. */
bool exchange_is_deserted(const struct exchange *exchange);

/* Resumed only by this loop's thread, later: it cannot be overtaken. */
enum MHD_Result exchange_suspend(
    struct exchange *exchange, enum exchange_stage stage);

/* What is in `reply`: when the request is whole; in the library's first call,
 * which closes behind it; or now, with the end of the connection, where what
 * still comes of the request is read away. */
enum MHD_Result exchange_send(struct exchange *exchange);
enum MHD_Result exchange_send_reply_first(struct exchange *exchange);
enum MHD_Result exchange_send_reply_early(struct exchange *exchange);

/* The same with an error. */
enum MHD_Result exchange_send_first(
    struct exchange *exchange, enum err err, const struct why *w);
enum MHD_Result exchange_send_early(
    struct exchange *exchange, enum err err, const struct why *w);

#endif
