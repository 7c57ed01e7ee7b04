/*
 * log: one event, one line, on stderr.
 *
 * `2026-11-25T19:48:51.123Z info sealed size=42 ms=3 note="…"`: texts are quoted
 * and escaped as JSON strings, so no input can forge a line.  Only serve_*,
 * sequencer, the threads' tops and main call it.  Repeated lines of one event are
 * bounded: above 50 a second they are counted and the count is told.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_DAEMON_LOG_H
#define HEADWATER_DAEMON_LOG_H

#include <stdint.h>

#include "schema/span.h"

enum log_level {
	LOG_DEBUG,
	LOG_INFO,
	LOG_WARN,
	LOG_ERROR,
};

struct log_field {
	const char *name;
	struct span text; /* data NULL: it is the number */
	uint64_t number;
};

#define LOG_NUMBER(field, value) \
	((struct log_field){ .name = (field), .number = (value) })
#define LOG_SPAN(field, value) \
	((struct log_field){ .name = (field), .text = (value) })
#define LOG_TEXT(field, value) LOG_SPAN(field, span_of_text(value))

void log_set_level(
    enum log_level least); /* before threads; LOG_INFO at first */
void log_write(enum log_level level, const char *event,
    const struct log_field *fields, size_t count);

/* log_event(LOG_INFO, "sealed", LOG_NUMBER("size", size), …) */
#define log_event(level, event, ...) \
	log_write(level, event, (const struct log_field[]){ __VA_ARGS__ }, \
	    sizeof((const struct log_field[]){ __VA_ARGS__ }) / \
		sizeof(struct log_field))

/* An event for each line of `text`, as its note; how many there are. */
size_t log_lines(enum log_level level, const char *event, struct span text);

#endif
