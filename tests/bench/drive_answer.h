/*
 * drive_answer: where one HTTP answer ends, for the load generator.
 *
 * Content-Length and chunks; nothing else is expected of a server under test.
 *
 * Threads: any.  Memory: the bytes are the caller's, with a NUL behind them.
 */
#ifndef HEADWATER_TESTS_BENCH_DRIVE_ANSWER_H
#define HEADWATER_TESTS_BENCH_DRIVE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

struct drive_answer {
	int status;
	size_t head_len; /* 0: not whole yet */
	size_t body_len; /* of a body with a length */
	bool is_chunked;
	bool must_close;
};

/* Is the answer whole?  Fills *answer when its head is. */
bool drive_answer_is_whole(
    const char *bytes, size_t len, struct drive_answer *answer);

#endif
