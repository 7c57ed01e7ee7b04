/*
 * odd: the odd requests that are sent to a whole log, and what must come of each.
 *
 * Every row ends in one of few ways, and the log must have shown exactly
 * `accepted` requests to a handler.  The marker is the POST of a good record that
 * nobody has sent yet: where it lies behind or within a row it must not be
 * stored, unless the row says so.
 */
#ifndef HEADWATER_TESTS_HOSTILE_ODD_H
#define HEADWATER_TESTS_HOSTILE_ODD_H

#include "schema/writer.h"

enum odd_tail {
	ODD_ALONE,  /* nothing behind the text */
	ODD_MARKER, /* the marker right behind it */
	ODD_BODY,   /* the marker as the body: its Content-Length, then it */
	ODD_CHUNK,  /* the marker as the only chunk */
	ODD_HALF,   /* our direction is closed */
};

enum odd_end {
	ODD_STAYS, /* the same connection serves a request afterwards */
	ODD_CLOSES,
	ODD_WAITS, /* nothing comes until the deadline, then it is closed */
};

struct odd {
	const char *name;
	const char *text;
	size_t len;
	enum odd_tail tail;
	size_t answers;
	int status; /* of the last answer; 0 without one */
	enum odd_end end;
	size_t accepted;
};

#define ODD(name, text, tail, answers, status, end, accepted) \
	{ \
		name, text, sizeof(text) - 1, tail, answers, status, end, \
		    accepted \
	}

struct odd_list {
	size_t count;
	const struct odd *rows;
};

extern const struct odd_list odd_lines;	  /* request lines and targets */
extern const struct odd_list odd_headers; /* names, values, meanings */
extern const struct odd_list odd_bodies;  /* lengths, chunks, what follows */

/* Rows that are too long to be written down. */
#define ODD_MADE_MAX 64
size_t odd_make(struct odd ret[static ODD_MADE_MAX], struct writer *bytes);

#endif
