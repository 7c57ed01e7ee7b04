#include "daemon/team.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

#include "daemon/thread.h"

struct member {
	pthread_t thread;
	bool is_started;
	void (*run)(void *context, size_t number);
	void *context;
	size_t number;
};

size_t
team_size(size_t max)
{
	cpu_set_t set;
	size_t count = 1;

	assert(max >= 1 && max <= TEAM_MAX);
	/* what we may use, not what the machine has */
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		count = (size_t)CPU_COUNT(&set);
	return count < max ? count : max;
}

static void *
start(void *argument)
{
	struct member *member = argument;

	thread_begin("team", THREAD_USUAL);
	member->run(member->context, member->number);
	return NULL;
}

void
team_run(size_t size, void (*run)(void *context, size_t number), void *context)
{
	struct member members[TEAM_MAX];

	assert(size >= 1 && size <= TEAM_MAX);
	for (size_t i = 1; i < size; i++) {
		struct member *member = &members[i];
		*member = (struct member){
			.run = run, .context = context, .number = i
		};
		member->is_started =
		    pthread_create(&member->thread, NULL, start, member) == 0;
	}
	run(context, 0);
	for (size_t i = 1; i < size; i++) {
		if (members[i].is_started)
			(void)pthread_join(members[i].thread, NULL);
		else
			run(context, i);
	}
}
