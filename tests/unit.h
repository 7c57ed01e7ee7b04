/*
 * unit: what every unit test starts with.  cmocka, TAP on stdout, one row of a
 * table a test.  `program '*short*'` runs the rows whose names match.
 *
 *	static const struct row rows[] = { { "a short length", ... }, ... };
 *	int main(int argc, char **argv)
 *	{
 *		UNIT_ROWS(rows, test_row);   // void test_row(void **state):
 *		return unit_run(argc, argv); //   const struct row *row = *state
 *	}
 */
#ifndef HEADWATER_TESTS_UNIT_H
#define HEADWATER_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schema/err.h"
#include "schema/span.h"

#define UNIT_TESTS_MAX 4096

static struct CMUnitTest unit_tests[UNIT_TESTS_MAX];
static size_t unit_count;

/* One test named `name`; `state` is what *state points to. */
static inline void
unit_add(const char *name, CMUnitTestFunction run, const void *state)
{
	union {
		const void *from;
		void *to;
	} cast = { .from = state };

	if (unit_count == UNIT_TESTS_MAX)
		abort();
	unit_tests[unit_count++] = (struct CMUnitTest){
		.name = name,
		.test_func = run,
		.initial_state = cast.to,
	};
}

#define UNIT(function) unit_add(#function, function, NULL)
#define UNIT_ROWS(rows, function) \
	for (size_t row = 0; row < sizeof(rows) / sizeof((rows)[0]); row++) \
	unit_add((rows)[row].name, function, &(rows)[row])

static inline int
unit_run(int argc, char **argv)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return _cmocka_run_group_tests(
	    "headwater", unit_tests, unit_count, NULL, NULL);
}

/* Errors by name, since cmocka prints numbers only. */
#define assert_err(expected, actual) \
	assert_string_equal(err_name(expected), err_name(actual))

static inline void
unit_span_equal(
    struct span expected, struct span actual, const char *file, int line)
{
	if (span_equal(expected, actual))
		return;
	print_message("# %s:%d: expected \"%.*s\" got \"%.*s\"\n", file, line,
	    SPAN_ARGS(expected), SPAN_ARGS(actual));
	_fail(file, line);
}

#define assert_span(expected, actual) \
	unit_span_equal(expected, actual, __FILE__, __LINE__)
#define assert_span_text(expected, actual) \
	unit_span_equal(span_of_text(expected), actual, __FILE__, __LINE__)

#endif
