#include "client/manifest_diff.h"

static enum err
keep(struct manifest_diff_side *side, const struct list *list,
    struct arena *arena, struct why *w)
{
	side->only++;
	if (side->kept == MANIFEST_DIFF_KEPT_MAX)
		return ERR_OK;
	struct span path = arena_copy(arena, list->line.path);
	if (path.data == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	side->paths[side->kept++] = path;
	return ERR_OK;
}

/* Which comes first: -1 the first list's line, 0 they are one line. */
static int
compare(const struct list lists[static 2])
{
	if (lists[0].is_at_end || lists[1].is_at_end)
		return lists[0].is_at_end ? 1 : -1;
	return span_compare(lists[0].text, lists[1].text);
}

static enum err
step(struct list lists[static 2], struct arena *arena,
    struct manifest_diff *diff, struct why *w)
{
	int order = compare(lists);
	enum err err = ERR_OK;

	if (order == 0)
		diff->same++;
	if (order < 0)
		err = keep(&diff->before, &lists[0], arena, w);
	if (order > 0)
		err = keep(&diff->after, &lists[1], arena, w);
	if (err == ERR_OK && order <= 0)
		err = list_next(&lists[0], w);
	if (err == ERR_OK && order >= 0)
		err = list_next(&lists[1], w);
	return err;
}

enum err
manifest_diff(struct list lists[static 2], const struct hash digests[static 2],
    struct arena *arena, struct manifest_diff *ret, struct why *w)
{
	enum err err = list_next(&lists[0], w);

	*ret = (struct manifest_diff){ .same = 0 };
	if (err == ERR_OK)
		err = list_next(&lists[1], w);
	while (err == ERR_OK && !(lists[0].is_at_end && lists[1].is_at_end))
		err = step(lists, arena, ret, w);
	for (size_t i = 0; err == ERR_OK && i < 2; i++)
		err = list_expect(&lists[i], &digests[i], w);
	return err;
}
