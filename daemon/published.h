/*
 * published: the signed checkpoint that the world sees.
 *
 * Nothing at or above its size is visible: no tile, no lookup, no proof.  It only
 * grows.  Threads: any, one lock inside.  Memory: published_new / _free.
 */
#ifndef HEADWATER_DAEMON_PUBLISHED_H
#define HEADWATER_DAEMON_PUBLISHED_H

#include "schema/checkpoint.h"

struct published;

struct published_head {
	struct tree_head head;
	size_t note_len;
	uint8_t note[CHECKPOINT_NOTE_MAX];
};

struct published *published_new(void); /* size 0, no note */
void published_free(struct published *published);

void published_put(struct published *published, const struct tree_head *head,
    struct span note); /* asserts that it grows (or is the same again) */
void published_get(struct published *published, struct published_head *ret);
uint64_t published_size(struct published *published);

#endif
