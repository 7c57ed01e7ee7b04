#include "daemon/fault.h"

#ifdef HEADWATER_FAULTS

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "schema/text.h"

#define FAULT_COUNT_MAX 1000000000

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static bool is_known; /* the environment was read, or fault_set called */
static char name_wanted[64];
static uint64_t passes_left; /* 0: nothing to do (any more) */
static bool is_error_wanted;

/* A misspelled fault would let a test pass that tested nothing. */
static void
complain(const char *spec)
{
	(void)fprintf(
	    stderr, "HEADWATER_FAULT=%s: not NAME[:COUNT[:error]]\n", spec);
	abort();
}

static void
parse(const char *spec)
{
	struct span rest = span_of_text(spec);
	struct span name = rest;
	struct span count = span_of_text("1");

	is_known = true;
	is_error_wanted = false;
	passes_left = 0;
	if (rest.len == 0)
		return;
	if (span_cut(&rest, ':', &name)) {
		count = rest;
		if (span_cut(&rest, ':', &count)) {
			is_error_wanted = true;
			if (!span_is(rest, "error"))
				complain(spec);
		}
	}
	if (name.len == 0 || name.len >= sizeof(name_wanted) ||
	    !text_undecimal(count, FAULT_COUNT_MAX, &passes_left))
		complain(spec);
	memset(name_wanted, 0, sizeof(name_wanted));
	memcpy(name_wanted, name.data, name.len);
}

void
fault_set(const char *spec)
{
	pthread_mutex_lock(&mutex);
	parse(spec == NULL ? "" : spec);
	pthread_mutex_unlock(&mutex);
}

/* Whether this pass of `name` is the one that was asked for. */
static bool
is_due(const char *name, bool is_error)
{
	pthread_mutex_lock(&mutex);
	if (!is_known) {
		const char *spec = getenv("HEADWATER_FAULT");
		parse(spec == NULL ? "" : spec);
	}
	bool is_due = passes_left > 0 && is_error == is_error_wanted &&
	    strcmp(name, name_wanted) == 0 && --passes_left == 0;
	pthread_mutex_unlock(&mutex);
	return is_due;
}

void
fault_pass(const char *name)
{
	if (is_due(name, false))
		(void)kill(getpid(), SIGKILL);
}

bool
fault_fails(const char *name)
{
	return is_due(name, true);
}

#else

_Static_assert(true, "no faults in a release");

#endif
