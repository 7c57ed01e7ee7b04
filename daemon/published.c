#include "daemon/published.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/lock.h"

struct published {
	struct lock lock;
	struct published_head head; /* under lock */
};

struct published *
published_new(void)
{
	struct published *published = calloc(1, sizeof(*published));

	if (published == NULL)
		return NULL;
	lock_init(&published->lock);
	published->head.head.root = tree_empty();
	return published;
}

void
published_free(struct published *published)
{
	if (published == NULL)
		return;
	lock_done(&published->lock);
	free(published);
}

/* Only forwards; the same size only with the same root. */
static bool
is_next(const struct tree_head *old, const struct tree_head *head)
{
	return head->size > old->size ||
	    (head->size == old->size && hash_equal(&head->root, &old->root));
}

void
published_put(
    struct published *published, const struct tree_head *head, struct span note)
{
	assert(note.len <= CHECKPOINT_NOTE_MAX);
	lock_take(&published->lock);
	assert(is_next(&published->head.head, head));
	published->head.head = *head;
	published->head.note_len = note.len;
	if (note.len > 0)
		memcpy(published->head.note, note.data, note.len);
	lock_drop(&published->lock);
}

void
published_get(struct published *published, struct published_head *ret)
{
	lock_take(&published->lock);
	*ret = published->head;
	lock_drop(&published->lock);
}

uint64_t
published_size(struct published *published)
{
	lock_take(&published->lock);
	uint64_t size = published->head.head.size;
	lock_drop(&published->lock);
	return size;
}
