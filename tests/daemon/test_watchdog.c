/* watchdog: deadlines that are kept, and addresses that are counted. */
#include "tests/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/metric.h"
#include "daemon/watchdog.h"

static struct sockaddr_storage
address_of(const char *text)
{
	struct sockaddr_storage ret;
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	memset(&ret, 0, sizeof(ret));
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
		memcpy(&ret, &v4, sizeof(v4));
	} else {
		assert_int_equal(1, inet_pton(AF_INET6, text, &v6.sin6_addr));
		memcpy(&ret, &v6, sizeof(v6));
	}
	return ret;
}

static struct watched *
add(struct watchdog *watchdog, int fd, const char *from)
{
	struct sockaddr_storage address = address_of(from);

	return watchdog_add(
	    watchdog, fd, (struct sockaddr *)&address, UINT64_MAX);
}

static bool
allows(struct watchdog *watchdog, const char *from)
{
	struct sockaddr_storage address = address_of(from);

	return watchdog_allows(watchdog, (struct sockaddr *)&address);
}

struct row {
	const char *name;
	const char
	    *first; /* three connections of it are open, two are allowed */
	const char *then;
	bool is_over;
};

static const struct row rows[] = {
	{ "the same address", "192.0.2.1", "192.0.2.1", true },
	{ "another one", "192.0.2.1", "192.0.2.2", false },
	{ "loopback is exempt", "127.0.0.1", "127.0.0.1", false },
	{ "all of it", "127.1.2.3", "127.1.2.3", false },
	{ "also of IPv6", "::1", "::1", false },
	{ "and mapped", "::ffff:127.0.0.1", "::ffff:127.0.0.1", false },
	{ "a mapped address is the same", "192.0.2.1", "::ffff:192.0.2.1",
	    true },
	{ "a /64 is one", "2001:db8::1", "2001:db8::ffff:1", true },
	{ "two /64 are two", "2001:db8:0:1::1", "2001:db8:0:2::1", false },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct ledger ledger = { .batch = NULL };
	struct watchdog *watchdog;

	assert_err(ERR_OK, watchdog_new(&ledger, 16, 2, &watchdog));
	for (int i = 0; i < 3; i++)
		assert_non_null(add(watchdog, i, row->first));
	struct watched *watched = add(watchdog, 3, row->then);
	assert_int_equal(row->is_over, watched_is_over(watched));
	assert_int_equal(!row->is_over, allows(watchdog, row->then));
	/* one leaves: the next is let in again, to be told so */
	watchdog_remove(watchdog, watched);
	assert_true(allows(watchdog, row->then));
	watchdog_free(watchdog);
}

static void
test_places_run_out(void **state)
{
	struct ledger ledger = { .batch = NULL };
	struct watchdog *watchdog;
	struct watched *last = NULL;
	(void)state;

	assert_err(ERR_OK, watchdog_new(&ledger, 4, 2, &watchdog));
	for (int round = 0; round < 3; round++) {
		struct watched *all[4];
		for (int i = 0; i < 4; i++) {
			all[i] = add(watchdog, i, "127.0.0.1");
			assert_non_null(all[i]);
		}
		last = add(watchdog, 4, "127.0.0.1");
		assert_null(last);
		for (int i = 0; i < 4; i++)
			watchdog_remove(watchdog, all[i]);
	}
	watchdog_free(watchdog);
}

static bool
is_open(int fd, int wait_ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, wait_ms) == 0;
}

static void
test_cut_at_the_deadline(void **state)
{
	static struct ledger ledger; /* its thread outlives a failure */
	struct watchdog *watchdog;
	int late[2], early[2];
	uint64_t cut = metric_value(METRIC_CUT);
	(void)state;

	assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, late));
	assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, early));
	assert_err(ERR_OK, watchdog_new(&ledger, 4, 2, &watchdog));
	struct watched *cut_one = add(watchdog, late[0], "127.0.0.1");
	struct watched *kept_one = add(watchdog, early[0], "127.0.0.1");
	assert_err(ERR_OK, watchdog_start(watchdog));
	assert_true(is_open(late[1], 100));
	uint64_t now_ms = clock_steady_ms();
	watched_set_deadline(cut_one, now_ms + 200);
	watched_set_deadline(kept_one, now_ms + 600000);
	assert_false(is_open(late[1], 20000));
	assert_in_range(clock_steady_ms() - now_ms, 200, 20000);
	assert_true(is_open(early[1], 0));
	assert_int_equal(cut + 1, metric_value(METRIC_CUT));
	watchdog_stop(watchdog);
	watchdog_remove(watchdog, cut_one);
	watchdog_remove(watchdog, kept_one);
	watchdog_free(watchdog);
	for (int i = 0; i < 2; i++) {
		(void)close(late[i]);
		(void)close(early[i]);
	}
}

/* More than are ended at once. */
static void
test_many_are_late(void **state)
{
	enum { MANY = 100 };
	static struct ledger ledger; /* its thread outlives a failure */
	struct watchdog *watchdog;
	struct watched *watched[MANY];
	int pairs[MANY][2];
	uint64_t cut = metric_value(METRIC_CUT);
	(void)state;

	assert_err(ERR_OK, watchdog_new(&ledger, MANY, 2, &watchdog));
	for (size_t i = 0; i < MANY; i++) {
		assert_int_equal(
		    0, socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]));
		watched[i] = add(watchdog, pairs[i][0], "127.0.0.1");
		watched_set_deadline(watched[i], 1);
	}
	assert_err(ERR_OK, watchdog_start(watchdog));
	for (size_t i = 0; i < MANY; i++)
		assert_false(is_open(pairs[i][1], 20000));
	watchdog_stop(watchdog);
	assert_int_equal(cut + MANY, metric_value(METRIC_CUT));
	for (size_t i = 0; i < MANY; i++) {
		watchdog_remove(watchdog, watched[i]);
		(void)close(pairs[i][0]);
		(void)close(pairs[i][1]);
	}
	watchdog_free(watchdog);
}

/* Of a connection, not of the place that it takes. */
static void
test_understood(void **state)
{
	struct ledger ledger = { .batch = NULL };
	struct watchdog *watchdog;
	(void)state;

	assert_err(ERR_OK, watchdog_new(&ledger, 1, 2, &watchdog));
	for (int round = 0; round < 2; round++) {
		struct watched *watched = add(watchdog, 0, "127.0.0.1");
		assert_int_equal(0, watched_understood(watched));
		watched_understand(watched, 7);
		watched_understand(watched, 5);
		assert_int_equal(12, watched_understood(watched));
		watchdog_remove(watchdog, watched);
	}
	watchdog_free(watchdog);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_places_run_out);
	UNIT(test_cut_at_the_deadline);
	UNIT(test_many_are_late);
	UNIT(test_understood);
	return unit_run(argc, argv);
}
