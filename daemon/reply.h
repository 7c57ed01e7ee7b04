/*
 * reply: what a handler answers.
 *
 * A handler sets status, type and body; http turns it into a response with the
 * headers that every answer has (nosniff, no-referrer, Cache-Control).
 *
 * Threads: the request's.  Memory: the body's writer, or what is sent in place
 * of it, is given back by http.
 */
#ifndef HEADWATER_DAEMON_REPLY_H
#define HEADWATER_DAEMON_REPLY_H

#include "schema/problem.h"
#include "schema/writer.h"

#define REPLY_JSON "application/json"
#define REPLY_TEXT "text/plain; charset=utf-8"
#define REPLY_BYTES "application/octet-stream"
#define REPLY_DSSE "application/vnd.dsse.envelope.v1+json"
#define REPLY_NDJSON "application/x-ndjson"

enum reply_cache {
	REPLY_NO_STORE,	 /* errors, answers that rest on the index */
	REPLY_NO_CACHE,	 /* the checkpoint: ask again each time */
	REPLY_IMMUTABLE, /* tiles, bundles, entries, proofs between sizes */
};

struct reply {
	int status;
	const char *media_type;
	enum reply_cache cache;
	struct writer body;	/* writer_heap(ANSWER_LEN_MAX) */
	unsigned retry_after_s; /* 0: no such header */
	const char *allow;	/* of a 405 */
	const char *location; /* of a 201; borrowed from the request's arena */
	bool must_close;
	struct tile_bytes *tile; /* in place of the body; NULL: none */
	/* a file in place of the body, closed when it is sent; -1: none */
	int fd;
	uint64_t fd_len;
	bool is_download; /* Content-Disposition: attachment */
	bool has_offset;
	uint64_t offset; /* Upload-Offset: what is there of an upload */
};

struct reply reply_new(void);

/* Of what is sent: the body, the tile or the file. */
uint64_t reply_len(const struct reply *reply);

/* Status from the error, problem+json body; ERR_BUSY gets a Retry-After of 1-3 s
 * (spread); whatever was in the body before is dropped. */
void reply_error(struct reply *reply, enum err err, const struct why *w);

/* ERR_CONFLICT, with how many bytes of an upload are there. */
void reply_have(struct reply *reply, const struct why *w, uint64_t have);

/* Gives the body, the tile and the file back; for one that is not sent. */
void reply_done(struct reply *reply);

#endif
