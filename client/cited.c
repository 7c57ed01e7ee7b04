#include "client/cited.h"

#include <stdio.h>
#include <string.h>

#include "schema/reader.h"

#define LINE_MAX 256
#define ARENA_MAX ((size_t)64 << 10)
#define MAKES " makes" /* behind the id, before the LF */

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

/* What does not read like ours is as good as none. */
static bool
read_file(const char *path, struct hash *ret, bool *ret_makes)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct span text;
	bool is_good = false;

	if (arena != NULL &&
	    disk_read(path, LINE_MAX, arena, &text, NULL) == ERR_OK) {
		struct reader r = reader_of(text);
		struct span line = reader_line(&r);
		struct span rest = span_part(line, HASH_TEXT_LEN, line.len);
		*ret_makes = span_is(rest, MAKES);
		is_good = reader_end(&r) == ERR_OK &&
		    (rest.len == 0 || *ret_makes) &&
		    hash_parse(span_part(line, 0, HASH_TEXT_LEN), ret);
	}
	arena_free(arena);
	return is_good;
}

enum err
cited_put(const struct trust *trust, const struct digest *node,
    const struct hash *id, bool makes, struct why *w)
{
	char path[DISK_PATH_MAX];
	char text[LINE_MAX];
	struct writer line = writer_of(text, sizeof(text));
	struct hash old;
	bool old_makes = false;
	enum err err = disk_join(trust->dir, "subjects", path, w);

	if (err == ERR_OK)
		err = disk_make_dirs(path, w);
	if (err == ERR_OK)
		err = file_of(trust, node, path, w);
	if (err != ERR_OK ||
	    (!makes && read_file(path, &old, &old_makes) && old_makes))
		return err;
	writer_hex(&line, hash_span(id));
	writer_text(&line, makes ? MAKES "\n" : "\n");
	return disk_write(path, writer_view(&line), w);
}

enum err
cited_put_record(const struct trust *trust, const struct record *record,
    const struct hash *id, struct why *w)
{
	const struct statement *statement = &record->statement;
	bool makes = record_kind_is_origin(record->kind) &&
	    (record->kind == RECORD_RUN || record->makes_parts ||
		record->input_count > 0);
	enum err err = ERR_OK;

	for (size_t i = 0; i < statement->subject_count && err == ERR_OK; i++) {
		const struct digest_set *digest =
		    &statement->subjects[i].digest;
		if (digest->has_node && (i == 0 || !record_is_part(record, i)))
			err = cited_put(trust, &digest->node, id, makes, w);
	}
	return err;
}

bool
cited_get(
    const struct trust *trust, const struct digest *node, struct hash *ret)
{
	char path[DISK_PATH_MAX];
	bool makes;

	return file_of(trust, node, path, NULL) == ERR_OK &&
	    read_file(path, ret, &makes);
}
