#include "client/overlap.h"

static enum err
next(struct overlap_side *side, struct why *w)
{
	if (side->list == NULL) {
		side->is_at_end = side->at == side->count;
		if (!side->is_at_end)
			side->digest = side->digests[side->at++];
		return ERR_OK;
	}
	enum err err = list_next(side->list, w);
	side->is_at_end = side->list->is_at_end;
	if (err == ERR_OK && !side->is_at_end)
		side->digest = side->list->line.digest;
	return err;
}

static enum err
drain(struct overlap_side *side, struct why *w)
{
	enum err err = ERR_OK;

	while (err == ERR_OK && !side->is_at_end)
		err = next(side, w);
	if (err == ERR_OK && side->list != NULL)
		err = list_expect(side->list, &side->sha256, w);
	return err;
}

static enum err
keep(struct overlap *overlap, const struct overlap_side *side,
    const struct overlap_side *other, struct arena *arena, struct why *w)
{
	overlap->shared++;
	if (overlap->kept == OVERLAP_KEPT_MAX)
		return ERR_OK;
	struct overlap_match *match = &overlap->matches[overlap->kept++];
	match->digest = side->digest;
	match->path = side->list == NULL
	    ? SPAN_EMPTY
	    : arena_copy(arena, side->list->line.path);
	match->other_path = other->list == NULL
	    ? SPAN_EMPTY
	    : arena_copy(arena, other->list->line.path);
	if ((side->list != NULL && match->path.data == NULL) ||
	    (other->list != NULL && match->other_path.data == NULL))
		return why(w, ERR_MEMORY, "out of memory");
	return ERR_OK;
}

static uint64_t
length(const struct overlap_side *side)
{
	return side->list != NULL ? side->list->count : side->count;
}

enum err
overlap_find(struct overlap_side *side, struct overlap_side *other,
    struct arena *arena, struct overlap *ret, struct why *w)
{
	enum err err = next(side, w);

	*ret = (struct overlap){ .files = 0 };
	if (err == ERR_OK)
		err = next(other, w);
	while (err == ERR_OK && !side->is_at_end && !other->is_at_end) {
		int order = hash_compare(&side->digest, &other->digest);
		if (order == 0)
			err = keep(ret, side, other, arena, w);
		/* the other one stays: the next line may be the same file */
		if (err == ERR_OK)
			err = next(order > 0 ? other : side, w);
	}
	if (err == ERR_OK)
		err = drain(side, w);
	if (err == ERR_OK)
		err = drain(other, w);
	ret->files = length(side);
	ret->other_files = length(other);
	return err;
}
