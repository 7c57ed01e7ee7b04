#include "client/cited.h"

#include <stdio.h>
#include <string.h>

static enum err
file_of(const struct trust *trust, const struct digest *node,
    char path[static DISK_PATH_MAX], struct why *w)
{
	char text[DIGEST_TEXT_MAX];
	char name[DIGEST_TEXT_MAX + 16];

	digest_print(node, text);
	char *colon = strchr(text, ':');
	if (colon != NULL)
		*colon = '-';
	(void)snprintf(name, sizeof(name), "subjects/%s", text);
	return disk_join(trust->dir, name, path, w);
}

enum err
cited_put(const struct trust *trust, const struct digest *node,
    const struct hash *id, struct why *w)
{
	char path[DISK_PATH_MAX];
	char line[HASH_TEXT_MAX];
	enum err err = disk_join(trust->dir, "subjects", path, w);

	if (err == ERR_OK)
		err = disk_make_dirs(path, w);
	if (err == ERR_OK)
		err = file_of(trust, node, path, w);
	if (err != ERR_OK)
		return err;
	hash_print(id, line);
	return disk_write(path, span_of(line, HASH_TEXT_LEN), w);
}

void
cited_add(const struct trust *trust, struct digest_set *set)
{
	char path[DISK_PATH_MAX];
	struct arena *arena = arena_new(4096 * 8);
	struct span text;

	if (arena != NULL && set->has_node && !set->has_citation &&
	    file_of(trust, &set->node, path, NULL) == ERR_OK &&
	    disk_read(path, 256, arena, &text, NULL) == ERR_OK)
		set->has_citation = hash_parse(text, &set->citation);
	arena_free(arena);
}
