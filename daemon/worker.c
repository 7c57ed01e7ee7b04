#include "daemon/worker.h"

#include <assert.h>
#include <stdlib.h>

#include "daemon/lock.h"
#include "daemon/thread.h"

#define THREADS_MAX 8

struct worker {
	struct lock lock;
	struct work *first; /* under lock, as what follows */
	struct work *last;
	bool is_ending;
	size_t thread_count;
	pthread_t threads[THREADS_MAX];
};

/* NULL: it is time to end. */
static struct work *
take(struct worker *worker)
{
	lock_take(&worker->lock);
	while (worker->first == NULL && !worker->is_ending)
		(void)lock_wait(&worker->lock, UINT64_MAX);
	struct work *work = worker->first;
	if (work != NULL)
		worker->first = work->next;
	lock_drop(&worker->lock);
	return work;
}

static void *
run(void *context)
{
	struct work *work;

	thread_begin("blobs", THREAD_USUAL);
	while ((work = take(context)) != NULL)
		work->run(work);
	return NULL;
}

enum err
worker_new(size_t threads, struct worker **ret)
{
	struct worker *worker = calloc(1, sizeof(*worker));

	assert(threads >= 1 && threads <= THREADS_MAX);
	if (worker == NULL)
		return ERR_MEMORY;
	lock_init(&worker->lock);
	while (worker->thread_count < threads &&
	    pthread_create(
		&worker->threads[worker->thread_count], NULL, run, worker) == 0)
		worker->thread_count++;
	if (worker->thread_count < threads) {
		worker_free(worker);
		return ERR_MEMORY;
	}
	*ret = worker;
	return ERR_OK;
}

void
worker_add(struct worker *worker, struct work *work)
{
	lock_take(&worker->lock);
	if (worker->is_ending) {
		lock_drop(&worker->lock);
		work->run(work);
		return;
	}
	work->next = NULL;
	if (worker->first == NULL)
		worker->first = work;
	else
		worker->last->next = work;
	worker->last = work;
	lock_signal(&worker->lock);
	lock_drop(&worker->lock);
}

void
worker_stop(struct worker *worker)
{
	if (worker == NULL)
		return;
	lock_take(&worker->lock);
	worker->is_ending = true;
	lock_signal(&worker->lock);
	lock_drop(&worker->lock);
	for (size_t i = 0; i < worker->thread_count; i++)
		(void)pthread_join(worker->threads[i], NULL);
	worker->thread_count = 0;
}

void
worker_free(struct worker *worker)
{
	if (worker == NULL)
		return;
	worker_stop(worker);
	lock_done(&worker->lock);
	free(worker);
}
