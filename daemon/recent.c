#include "daemon/recent.h"

#include <assert.h>
#include <stdlib.h>

#include "daemon/lock.h"
#include "schema/key.h"

#define NOBODY UINT32_MAX

/* Ids stand in a ring by position; each hangs in the chain of its place.  Places
 * are of a keyed hash: ids can be ground by whoever makes records. */
struct slot {
	struct hash id;
	uint32_t next; /* slot of the same place, or NOBODY */
};

struct recent {
	struct lock lock;
	uint8_t key[KEY_SHORT_LEN];
	size_t cap;	 /* of the ring */
	size_t places;	 /* a power of two */
	uint32_t *heads; /* under lock, as all below */
	struct slot *slots;
	uint64_t first; /* position of the oldest */
	size_t count;
};

struct recent *
recent_new(size_t cap)
{
	struct recent *recent = calloc(1, sizeof(*recent));

	assert(cap > 0 && cap < NOBODY);
	if (recent == NULL)
		return NULL;
	lock_init(&recent->lock);
	recent->cap = cap;
	recent->places = 1;
	while (recent->places < cap)
		recent->places *= 2;
	recent->heads = calloc(recent->places, sizeof(*recent->heads));
	recent->slots = calloc(cap, sizeof(*recent->slots));
	if (recent->heads == NULL || recent->slots == NULL) {
		recent_free(recent);
		return NULL;
	}
	for (size_t i = 0; i < recent->places; i++)
		recent->heads[i] = NOBODY;
	key_random(recent->key, sizeof(recent->key));
	return recent;
}

void
recent_free(struct recent *recent)
{
	if (recent == NULL)
		return;
	lock_done(&recent->lock);
	free(recent->heads);
	free(recent->slots);
	free(recent);
}

static uint32_t *
head_of(struct recent *recent, const struct hash *id)
{
	uint64_t place = key_short_hash(recent->key, hash_span(id));

	return &recent->heads[place & (recent->places - 1)];
}

static uint32_t
slot_of(const struct recent *recent, uint64_t position)
{
	return (uint32_t)(position % recent->cap);
}

bool
recent_add(struct recent *recent, const struct hash *id, uint64_t position)
{
	lock_take(&recent->lock);
	bool has_room = recent->count < recent->cap;
	if (has_room) {
		if (recent->count == 0)
			recent->first = position;
		assert(position == recent->first + recent->count);
		uint32_t at = slot_of(recent, position);
		uint32_t *head = head_of(recent, id);
		recent->slots[at] = (struct slot){ .id = *id, .next = *head };
		*head = at;
		recent->count++;
	}
	lock_drop(&recent->lock);
	return has_room;
}

/* Positions are not stored: a slot's is the one that the ring gives it. */
static uint64_t
position_of(const struct recent *recent, uint32_t slot)
{
	uint64_t begin = slot_of(recent, recent->first);
	uint64_t behind = (slot + recent->cap - begin) % recent->cap;

	return recent->first + behind;
}

bool
recent_find(
    struct recent *recent, const struct hash *id, uint64_t *ret_position)
{
	bool is_found = false;

	lock_take(&recent->lock);
	uint32_t at = *head_of(recent, id);
	while (at != NOBODY && !hash_equal(&recent->slots[at].id, id))
		at = recent->slots[at].next;
	if (at != NOBODY) {
		*ret_position = position_of(recent, at);
		is_found = true;
	}
	lock_drop(&recent->lock);
	return is_found;
}

/* The oldest goes: out of its chain, where it is the last or near it. */
static void
forget_first(struct recent *recent)
{
	uint32_t gone = slot_of(recent, recent->first);
	uint32_t *link = head_of(recent, &recent->slots[gone].id);

	while (*link != gone)
		link = &recent->slots[*link].next;
	*link = recent->slots[gone].next;
	recent->first++;
	recent->count--;
}

void
recent_forget_below(struct recent *recent, uint64_t position)
{
	lock_take(&recent->lock);
	while (recent->count > 0 && recent->first < position)
		forget_first(recent);
	lock_drop(&recent->lock);
}

size_t
recent_count(struct recent *recent)
{
	lock_take(&recent->lock);
	size_t count = recent->count;
	lock_drop(&recent->lock);
	return count;
}
