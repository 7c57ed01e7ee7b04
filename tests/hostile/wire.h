/*
 * wire: bytes to a server and the answers that come back, for the hostile client.
 *
 * Sends and receives at once, so that neither side's full buffers can stop a
 * talk; takes answers apart by Content-Length and by nothing else.
 *
 * Threads: any, one talk at a time each.  Memory: wire_talk_done.
 */
#ifndef HEADWATER_TESTS_HOSTILE_WIRE_H
#define HEADWATER_TESTS_HOSTILE_WIRE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_ANSWERS_MAX 4096

struct wire_talk {
	int fd;
	const char *out; /* what is still to be sent */
	size_t out_len;
	char *in; /* NUL-terminated */
	size_t in_len;
	size_t in_cap;
	size_t parsed;	/* bytes of `in` that are whole answers */
	bool is_head;	/* the next answer has no body */
	bool is_closed; /* the other side ended its direction */
	bool is_reset;	/* … by a reset */
	bool is_odd;	/* bytes that are no HTTP/1.1 answer */
	size_t count;	/* of final answers; 1xx are not counted */
	int statuses[WIRE_ANSWERS_MAX];
	size_t body_at; /* of the last answer, in `in` */
	size_t body_len;
};

/* "127.0.0.1:8080"; ends the process when it is not of this form. */
struct sockaddr_in wire_address(const char *text);

/* A connected, non-blocking socket; ends the process when it can't. */
int wire_open(const struct sockaddr_in *to);

struct wire_talk *wire_talk_new(int fd);
void wire_talk_done(struct wire_talk *talk); /* closes; NULL is fine */
void wire_say(struct wire_talk *talk, const char *bytes, size_t len);

/* Until `answers` more are whole, the other side has ended, or wait_ms have
 * passed; true in the first case. */
bool wire_hear(struct wire_talk *talk, size_t answers, uint64_t wait_ms);

/* One number of the daemon's /metrics, on a connection of its own. */
uint64_t wire_metric(const struct sockaddr_in *to, const char *name);

uint64_t wire_now_us(void);

#endif
