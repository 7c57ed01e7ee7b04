#include "daemon/workers.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "daemon/clock.h"
#include "daemon/limits.h"
#include "daemon/lock.h"
#include "daemon/thread.h"

struct queue {
	struct work *first;
	struct work **end;
};

struct worker {
	struct workers *workers;
	pthread_t thread;
	enum work_kind preferred;
	struct arena *scratch;
};

struct workers {
	struct lock lock;
	bool is_stopping; /* under lock, as the queues */
	struct queue queues[WORK_KINDS];
	size_t count;
	size_t started;
	struct worker *list;
};

enum err
workers_new(size_t threads, struct workers **ret)
{
	struct workers *workers = calloc(1, sizeof(*workers));

	assert(threads > 0);
	if (workers == NULL)
		return ERR_MEMORY;
	lock_init(&workers->lock);
	for (size_t i = 0; i < WORK_KINDS; i++)
		workers->queues[i].end = &workers->queues[i].first;
	workers->list = calloc(threads, sizeof(*workers->list));
	bool is_fine = workers->list != NULL;
	for (; is_fine && workers->count < threads; workers->count++) {
		struct worker *worker = &workers->list[workers->count];
		worker->workers = workers;
		worker->preferred =
		    (enum work_kind)(workers->count % WORK_KINDS);
		worker->scratch = arena_new(ADMIT_ARENA_MAX);
		is_fine = worker->scratch != NULL;
	}
	if (!is_fine) {
		workers_free(workers);
		return ERR_MEMORY;
	}
	*ret = workers;
	return ERR_OK;
}

void
workers_add(struct workers *workers, enum work_kind kind, struct work *work)
{
	struct queue *queue = &workers->queues[kind];

	work->next = NULL;
	work->added_ms = clock_steady_ms();
	lock_take(&workers->lock);
	*queue->end = work;
	queue->end = &work->next;
	lock_drop(&workers->lock);
	/* whoever wakes finds the lock free */
	lock_signal_one(&workers->lock);
}

static struct work *
take(struct queue *queue)
{
	struct work *work = queue->first;

	if (work == NULL)
		return NULL;
	queue->first = work->next;
	if (queue->first == NULL)
		queue->end = &queue->first;
	return work;
}

static struct work *
take_any(struct workers *workers, enum work_kind preferred)
{
	struct work *work = take(&workers->queues[preferred]);

	for (size_t i = 0; work == NULL && i < WORK_KINDS; i++)
		work = take(&workers->queues[i]);
	return work;
}

static void *
run(void *argument)
{
	struct worker *worker = argument;
	struct workers *workers = worker->workers;

	thread_begin("requests", THREAD_PATIENT);
	lock_take(&workers->lock);
	for (;;) {
		struct work *work = take_any(workers, worker->preferred);
		bool is_stopping = workers->is_stopping;
		if (work == NULL && is_stopping)
			break;
		if (work == NULL) {
			(void)lock_wait(&workers->lock, UINT64_MAX);
			thread_waited();
			continue;
		}
		lock_drop(&workers->lock);
		work->run(work, worker->scratch,
		    is_stopping ||
			clock_steady_ms() - work->added_ms > WORK_WAIT_MS);
		arena_reset(worker->scratch);
		thread_share();
		lock_take(&workers->lock);
	}
	lock_drop(&workers->lock);
	return NULL;
}

enum err
workers_start(struct workers *workers)
{
	for (size_t i = 0; i < workers->count; i++) {
		struct worker *worker = &workers->list[i];
		if (pthread_create(&worker->thread, NULL, run, worker) != 0)
			return ERR_MEMORY;
		workers->started++;
	}
	return ERR_OK;
}

void
workers_stop(struct workers *workers)
{
	lock_take(&workers->lock);
	workers->is_stopping = true;
	lock_signal(&workers->lock);
	lock_drop(&workers->lock);
	for (; workers->started > 0; workers->started--)
		(void)pthread_join(
		    workers->list[workers->started - 1].thread, NULL);
}

void
workers_free(struct workers *workers)
{
	if (workers == NULL)
		return;
	assert(workers->started == 0);
	lock_done(&workers->lock);
	for (size_t i = 0; i < workers->count; i++)
		arena_free(workers->list[i].scratch);
	free(workers->list);
	free(workers);
}
