#include "daemon/watchdog.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/batch.h"
#include "daemon/clock.h"
#include "daemon/indexer.h"
#include "daemon/lock.h"
#include "daemon/metric.h"
#include "daemon/thread.h"

#define EXEMPT 0
/* A thousand connections that are late together must not be ended together. */
#define CUT_AT_ONCE 32
#define CUT_PAUSE_NS 1000000

struct watched {
	int fd;		     /* -1: free */
	bool is_over;	     /* constant while it is in use */
	bool is_cut;	     /* shut down once is enough */
	uint64_t address;    /* EXEMPT or of address_of */
	uint64_t understood; /* its loop's, bytes */
	atomic_uint_fast64_t deadline_ms;
};

struct watchdog {
	struct ledger *ledger;
	size_t per_address;
	pthread_t thread;
	struct lock lock;
	bool is_stopping; /* this and all below: under lock */
	size_t count;
	struct watched **free; /* a stack of the `count` to `cap` */
	size_t cap;
	struct watched *all;
};

enum err
watchdog_new(struct ledger *ledger, size_t connections, size_t per_address,
    struct watchdog **ret)
{
	struct watchdog *watchdog = calloc(1, sizeof(*watchdog));

	if (watchdog == NULL)
		return ERR_MEMORY;
	lock_init(&watchdog->lock);
	watchdog->ledger = ledger;
	watchdog->per_address = per_address;
	watchdog->cap = connections;
	watchdog->all = calloc(connections, sizeof(*watchdog->all));
	watchdog->free = calloc(connections, sizeof(struct watched *));
	if (watchdog->all == NULL || watchdog->free == NULL) {
		watchdog_free(watchdog);
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < connections; i++) {
		watchdog->all[i].fd = -1;
		watchdog->free[i] = &watchdog->all[i];
	}
	*ret = watchdog;
	return ERR_OK;
}

void
watchdog_free(struct watchdog *watchdog)
{
	if (watchdog == NULL)
		return;
	lock_done(&watchdog->lock);
	free(watchdog->all);
	free((void *)watchdog->free);
	free(watchdog);
}

/* ---- addresses ---- */

static uint64_t
address_of_v4(uint32_t host_order)
{
	if (host_order >> 24 == IN_LOOPBACKNET)
		return EXEMPT;
	/* above every /64 that is routed */
	return UINT64_MAX << 32 | host_order;
}

/* One number for whoever is counted together. */
static uint64_t
address_of(const struct sockaddr *address)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	uint64_t prefix = 0;

	if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof(v4));
		return address_of_v4(ntohl(v4.sin_addr.s_addr));
	}
	if (address->sa_family != AF_INET6)
		return EXEMPT;
	memcpy(&v6, address, sizeof(v6));
	if (IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr))
		return EXEMPT;
	if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
		uint32_t mapped;
		memcpy(&mapped, v6.sin6_addr.s6_addr + 12, sizeof(mapped));
		return address_of_v4(ntohl(mapped));
	}
	for (size_t i = 0; i < 8; i++)
		prefix = prefix << 8 | v6.sin6_addr.s6_addr[i];
	return prefix;
}

static size_t
count_of(const struct watchdog *watchdog, uint64_t address)
{
	size_t count = 0;

	/* 4,096 places are looked through in microseconds, once a connection */
	for (size_t i = 0; i < watchdog->cap; i++) {
		if (watchdog->all[i].fd != -1 &&
		    watchdog->all[i].address == address)
			count++;
	}
	return count;
}

bool
watchdog_allows(struct watchdog *watchdog, const struct sockaddr *address)
{
	uint64_t whose = address_of(address);

	if (whose == EXEMPT)
		return true;
	lock_take(&watchdog->lock);
	bool allows = count_of(watchdog, whose) < 2 * watchdog->per_address;
	lock_drop(&watchdog->lock);
	return allows;
}

/* ---- connections ---- */

struct watched *
watchdog_add(struct watchdog *watchdog, int fd, const struct sockaddr *address,
    uint64_t deadline_ms)
{
	struct watched *watched = NULL;

	lock_take(&watchdog->lock);
	if (watchdog->count < watchdog->cap) {
		watched = watchdog->free[watchdog->count++];
		watched->address = address_of(address);
		watched->is_over = watched->address != EXEMPT &&
		    count_of(watchdog, watched->address) >=
			watchdog->per_address;
		watched->is_cut = false;
		watched->understood = 0;
		atomic_store(&watched->deadline_ms, deadline_ms);
		watched->fd = fd;
	}
	lock_drop(&watchdog->lock);
	return watched;
}

void
watchdog_remove(struct watchdog *watchdog, struct watched *watched)
{
	lock_take(&watchdog->lock);
	watched->fd = -1;
	watchdog->free[--watchdog->count] = watched;
	lock_drop(&watchdog->lock);
}

void
watched_set_deadline(struct watched *watched, uint64_t deadline_ms)
{
	atomic_store(&watched->deadline_ms, deadline_ms);
}

void
watched_understand(struct watched *watched, uint64_t bytes)
{
	watched->understood += bytes;
}

uint64_t
watched_understood(const struct watched *watched)
{
	return watched->understood;
}

bool
watched_is_over(const struct watched *watched)
{
	return watched->is_over;
}

/* ---- the thread ---- */

/* True: there may be more of them. */
static bool
cut_some(struct watchdog *watchdog, uint64_t now_ms)
{
	size_t count = 0;

	for (size_t i = 0; count < CUT_AT_ONCE && i < watchdog->cap; i++) {
		struct watched *watched = &watchdog->all[i];
		if (watched->fd == -1 || watched->is_cut ||
		    atomic_load(&watched->deadline_ms) > now_ms)
			continue;
		watched->is_cut = true;
		/* the library closes it when it reads the end; whether the peer
		   has gone already does not matter */
		(void)shutdown(watched->fd, SHUT_RDWR);
		metric_add(METRIC_CUT, 1);
		count++;
	}
	return count == CUT_AT_ONCE;
}

/* Whoever connects needs the lock, and a loop ends all of them in one round. */
static void
cut_late(struct watchdog *watchdog, uint64_t now_ms)
{
	const struct timespec pause = { .tv_nsec = CUT_PAUSE_NS };
	bool is_more = true;

	while (is_more) {
		lock_take(&watchdog->lock);
		is_more = cut_some(watchdog, now_ms);
		lock_drop(&watchdog->lock);
		if (is_more)
			(void)nanosleep(&pause, NULL);
	}
}

static void *
run(void *argument)
{
	struct watchdog *watchdog = argument;
	struct ledger *ledger = watchdog->ledger;

	thread_begin("watchdog", THREAD_USUAL);
	lock_take(&watchdog->lock);
	while (!watchdog->is_stopping) {
		uint64_t now_ms = clock_steady_ms();
		lock_drop(&watchdog->lock);
		cut_late(watchdog, now_ms);
		if (ledger->batch != NULL)
			batch_expire(ledger->batch, now_ms);
		if (ledger->indexer != NULL)
			indexer_expire(ledger->indexer, now_ms);
		lock_take(&watchdog->lock);
		if (!watchdog->is_stopping)
			(void)lock_wait(
			    &watchdog->lock, now_ms + WATCHDOG_TICK_MS);
	}
	lock_drop(&watchdog->lock);
	return NULL;
}

enum err
watchdog_start(struct watchdog *watchdog)
{
	if (pthread_create(&watchdog->thread, NULL, run, watchdog) != 0)
		return ERR_MEMORY;
	return ERR_OK;
}

void
watchdog_stop(struct watchdog *watchdog)
{
	lock_take(&watchdog->lock);
	watchdog->is_stopping = true;
	lock_signal(&watchdog->lock);
	lock_drop(&watchdog->lock);
	(void)pthread_join(watchdog->thread, NULL);
}
