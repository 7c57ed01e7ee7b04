/*
 * err: what can go wrong, who must act on it, and one sentence about it.
 *
 * Every function that can fail returns an `enum err`; outputs come last and are
 * written on success only.  The class says who acts: the sender of the input,
 * somebody who tries again later, the operator, or nobody (stop).  One table
 * below decides HTTP status and exit code for all of Headwater.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_SCHEMA_ERR_H
#define HEADWATER_SCHEMA_ERR_H

#include <stddef.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(at, first) __attribute__((format(printf, at, first)))

enum err_class {
	ERR_CLASS_NONE,	   /* nothing went wrong */
	ERR_CLASS_INPUT,   /* whoever sent it must change it */
	ERR_CLASS_RETRY,   /* the same may succeed later */
	ERR_CLASS_FAULT,   /* this machine or peer failed: the operator */
	ERR_CLASS_CORRUPT, /* stored bytes contradict each other: stop */
};

/* name, class, HTTP status, exit code of the client, meaning */
#define ERR_TABLE(X) \
	X(ERR_OK, ERR_CLASS_NONE, 200, 0, "fine") \
	X(ERR_SYNTAX, ERR_CLASS_INPUT, 400, 3, "not of the documented form") \
	X(ERR_LIMIT, ERR_CLASS_INPUT, 400, 3, "over a limit") \
	X(ERR_REFUSED, ERR_CLASS_INPUT, 403, 1, "well formed, but refused") \
	X(ERR_NOT_FOUND, ERR_CLASS_INPUT, 404, 1, "not found") \
	X(ERR_METHOD, ERR_CLASS_INPUT, 405, 3, "method not allowed") \
	X(ERR_CONFLICT, ERR_CLASS_INPUT, 409, 1, \
	    "conflicts with what is there") \
	X(ERR_TOO_LARGE, ERR_CLASS_INPUT, 413, 3, "larger than allowed") \
	X(ERR_MEDIA_TYPE, ERR_CLASS_INPUT, 415, 3, "media type not accepted") \
	X(ERR_WITHHELD, ERR_CLASS_INPUT, 451, 3, \
	    "withheld by the log's operator") \
	X(ERR_MISMATCH, ERR_CLASS_INPUT, 400, 1, "checked, and false") \
	X(ERR_USAGE, ERR_CLASS_INPUT, 400, 2, "wrong usage") \
	X(ERR_TOO_MANY, ERR_CLASS_RETRY, 429, 3, "too many requests") \
	X(ERR_BUSY, ERR_CLASS_RETRY, 503, 3, "busy, try again") \
	X(ERR_MISSING, ERR_CLASS_FAULT, 500, 3, "missing or unreachable") \
	X(ERR_IO, ERR_CLASS_FAULT, 500, 3, "reading or writing failed") \
	X(ERR_FULL, ERR_CLASS_FAULT, 500, 3, "no space left") \
	X(ERR_MEMORY, ERR_CLASS_FAULT, 503, 3, "out of memory") \
	X(ERR_CORRUPT, ERR_CLASS_CORRUPT, 500, 1, "stored data is damaged") \
	X(ERR_DIVERGED, ERR_CLASS_CORRUPT, 500, 1, "histories differ")

enum err {
#define X(name, class, status, code, text) name,
	ERR_TABLE(X)
#undef X
};

/* One sentence for people, naming the field and the limit. */
struct why {
	char text[512]; /* UTF-8, without control characters, NUL-terminated */
};

enum err_class err_class(enum err err);
int err_status(enum err err);	 /* an HTTP status */
int err_exit_code(enum err err); /* as the client ends with it */
const char *err_text(enum err err);
const char *err_name(enum err err); /* "ERR_SYNTAX" */

/*
 * why: keeps the sentence and hands `err` back, so that a check is one line:
 * `return why(w, ERR_LIMIT, "name: %zu bytes, at most %d", len, MAX)`.
 * `w` may be NULL.  Too long a sentence is cut; control bytes and broken UTF-8
 * become '?'.
 */
enum err why(struct why *w, enum err err, const char *format, ...) PRINTF(3, 4);

/* Puts "`prefix`: " before the sentence kept; does nothing when `w` is NULL. */
void why_prefix(struct why *w, const char *prefix);

#endif
