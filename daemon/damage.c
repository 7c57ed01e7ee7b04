#include "daemon/damage.h"

#include <stdlib.h>

void
damage_add(struct damage *damage, uint64_t position)
{
	uint64_t count = damage->count;

	if (count > 0 && count <= DAMAGE_MAX &&
	    damage->positions[count - 1] == position)
		return;
	if (count < DAMAGE_MAX)
		damage->positions[count] = position;
	damage->count++;
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static size_t
known(const struct damage *damage)
{
	return damage->count < DAMAGE_MAX ? (size_t)damage->count : DAMAGE_MAX;
}

void
damage_sort(struct damage *damage)
{
	qsort(damage->positions, known(damage), sizeof(damage->positions[0]),
	    compare);
}

bool
damage_has(const struct damage *damage, uint64_t position)
{
	return damage->count > DAMAGE_MAX ||
	    bsearch(&position, damage->positions, known(damage),
		sizeof(position), compare) != NULL;
}
