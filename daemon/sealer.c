#include "daemon/sealer.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "daemon/fault.h"
#include "daemon/limits.h"
#include "daemon/lock.h"
#include "daemon/log.h"
#include "daemon/metric.h"
#include "daemon/publish.h"
#include "daemon/signer_link.h"
#include "daemon/thread.h"

#define FLIGHTS 2 /* one at the signer, one behind it */

/* A batch between commit and answers. */
struct flight {
	struct tree_head head;
	uint64_t committed_ms; /* on the steady clock */
	struct submission *waiters;
};

struct sealer {
	struct ledger *ledger;
	pthread_t thread;
	bool is_started;
	struct sealing sealing; /* of its thread */

	struct lock lock;
	struct flight flights[FLIGHTS]; /* under lock, the older first */
	size_t count;
	bool is_ending;
};

struct sealer *
sealer_new(struct ledger *ledger, uint64_t sealed_size)
{
	struct sealer *sealer = calloc(1, sizeof(*sealer));

	if (sealer == NULL)
		return NULL;
	lock_init(&sealer->lock);
	sealer->ledger = ledger;
	sealer->sealing = (struct sealing){
		.log = ledger->log,
		.signer = ledger->signer,
		.head.size = sealed_size,
	};
	return sealer;
}

void
sealer_free(struct sealer *sealer)
{
	if (sealer == NULL)
		return;
	assert(!sealer->is_started && sealer->count == 0);
	lock_done(&sealer->lock);
	free(sealer);
}

void
sealer_wait(struct sealer *sealer)
{
	lock_take(&sealer->lock);
	while (sealer->count == FLIGHTS)
		(void)lock_wait(&sealer->lock, UINT64_MAX);
	lock_drop(&sealer->lock);
}

/* Since when the oldest waits for its signature; needs the lock. */
static void
tell_unsealed(struct sealer *sealer)
{
	atomic_store(&sealer->ledger->unsealed_since_ms,
	    sealer->count == 0 ? 0 : sealer->flights[0].committed_ms);
}

void
sealer_take(struct sealer *sealer, const struct tree_head *head,
    struct submission *waiters)
{
	lock_take(&sealer->lock);
	assert(sealer->count < FLIGHTS);
	sealer->flights[sealer->count++] = (struct flight){
		.head = *head,
		.committed_ms = clock_steady_ms(),
		.waiters = waiters,
	};
	tell_unsealed(sealer);
	lock_drop(&sealer->lock);
	lock_signal(&sealer->lock);
}

bool
sealer_join(struct sealer *sealer, struct submission *submission)
{
	struct flight *flight = NULL;

	lock_take(&sealer->lock);
	for (size_t i = sealer->count; i-- > 0;) {
		if (submission->position < sealer->flights[i].head.size)
			flight = &sealer->flights[i];
	}
	/* below what is sealed no flight counts, though its end is above */
	if (submission->position < published_size(sealer->ledger->published))
		flight = NULL;
	if (flight != NULL) {
		submission->next = flight->waiters;
		flight->waiters = submission;
	}
	lock_drop(&sealer->lock);
	return flight != NULL;
}

/* The next one to be signed, once there is one; false at the end.  An idle sealer
 * looks after the signer: it must not be gone unnoticed. */
static bool
next(struct sealer *sealer, struct flight *ret)
{
	bool is_there;

	lock_take(&sealer->lock);
	while (sealer->count == 0 && !sealer->is_ending) {
		bool is_alive = lock_wait(&sealer->lock,
				    clock_steady_ms() + SIGNER_GONE_MS / 4) ||
		    signer_link_is_alive(sealer->ledger->signer);
		if (is_alive)
			continue;
		lock_drop(&sealer->lock);
		ledger_fail(sealer->ledger, ERR_MISSING, "the signer is gone");
		lock_take(&sealer->lock);
	}
	is_there = sealer->count > 0;
	if (is_there)
		*ret = sealer->flights[0];
	lock_drop(&sealer->lock);
	return is_there;
}

static enum err
seal_flight(struct sealer *sealer, const struct flight *flight)
{
	struct why w = { 0 };
	uint64_t before_us = clock_steady_us();

	if (atomic_load(&sealer->ledger->is_failed))
		return ERR_BUSY;
	enum err err = seal(
	    &sealer->sealing, sealer->sealing.head.size, &flight->head, &w);
	if (err != ERR_OK) {
		ledger_fail(sealer->ledger, err, w.text);
		return ERR_BUSY;
	}
	metric_add(METRIC_SEAL_US, clock_steady_us() - before_us);
	publish(sealer->ledger, &sealer->sealing);
	log_event(LOG_DEBUG, "sealed", LOG_NUMBER("size", flight->head.size));
	return ERR_OK;
}

/* Out of the hand-over; its waiters, with those that joined meanwhile. */
static struct submission *
land(struct sealer *sealer)
{
	lock_take(&sealer->lock);
	struct submission *waiters = sealer->flights[0].waiters;
	sealer->flights[0] = sealer->flights[1];
	sealer->count--;
	tell_unsealed(sealer);
	lock_drop(&sealer->lock);
	lock_signal(&sealer->lock);
	return waiters;
}

static void *
run(void *argument)
{
	struct sealer *sealer = argument;
	struct flight flight;

	thread_begin("sealer", THREAD_USUAL);
	while (next(sealer, &flight)) {
		enum err err = seal_flight(sealer, &flight);
		struct submission *waiters = land(sealer);
		FAULT("answer-before");
		if (err == ERR_OK)
			batch_answer(waiters);
		else
			batch_refuse(waiters, LEDGER_FAILED_TEXT);
	}
	return NULL;
}

enum err
sealer_start(struct sealer *sealer)
{
	if (pthread_create(&sealer->thread, NULL, run, sealer) != 0)
		return ERR_MEMORY;
	sealer->is_started = true;
	return ERR_OK;
}

void
sealer_stop(struct sealer *sealer)
{
	if (!sealer->is_started)
		return;
	lock_take(&sealer->lock);
	sealer->is_ending = true;
	lock_signal(&sealer->lock);
	lock_drop(&sealer->lock);
	pthread_join(sealer->thread, NULL);
	sealer->is_started = false;
}
