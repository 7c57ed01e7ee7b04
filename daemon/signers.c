#include "daemon/signers.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "daemon/lock.h"

/* A view and how many hold it; being in force is one hold. */
struct held {
	struct signers_view view;
	struct keyring *keyring; /* the same, to be freed */
	size_t holds;
};

struct signers {
	struct lock lock;
	struct held *current; /* under lock, as are all counts */
};

struct signers *
signers_new(void)
{
	struct signers *signers = calloc(1, sizeof(*signers));

	if (signers != NULL)
		lock_init(&signers->lock);
	return signers;
}

static void
held_free(struct held *held)
{
	if (held == NULL)
		return;
	keyring_free(held->keyring);
	free(held);
}

void
signers_free(struct signers *signers)
{
	if (signers == NULL)
		return;
	assert(signers->current == NULL || signers->current->holds == 1);
	held_free(signers->current);
	lock_done(&signers->lock);
	free(signers);
}

/* Gives up one hold; the last one out frees it.  Needs the lock. */
static struct held *
drop(struct held *held)
{
	if (held == NULL)
		return NULL;
	assert(held->holds > 0);
	return --held->holds == 0 ? held : NULL;
}

enum err
signers_put(struct signers *signers, struct keyring *keyring, uint64_t position,
    const struct hash *id)
{
	struct held *held = calloc(1, sizeof(*held));

	if (held == NULL) {
		keyring_free(keyring);
		return ERR_MEMORY;
	}
	*held = (struct held){
		.view = { .keyring = keyring, .position = position, .id = *id },
		.keyring = keyring,
		.holds = 1,
	};
	lock_take(&signers->lock);
	struct held *dead = drop(signers->current);
	signers->current = held;
	lock_drop(&signers->lock);
	held_free(dead);
	return ERR_OK;
}

const struct signers_view *
signers_hold(struct signers *signers)
{
	lock_take(&signers->lock);
	struct held *held = signers->current;
	if (held != NULL)
		held->holds++;
	lock_drop(&signers->lock);
	return held == NULL ? NULL : &held->view;
}

void
signers_let_go(struct signers *signers, const struct signers_view *view)
{
	union {
		/* cppcheck-suppress unusedStructMember */
		const struct signers_view *view;
		struct held *held; /* its first member is the view */
	} of = { .view = view };

	_Static_assert(offsetof(struct held, view) == 0, "view comes first");
	lock_take(&signers->lock);
	struct held *dead = drop(of.held);
	lock_drop(&signers->lock);
	held_free(dead);
}
