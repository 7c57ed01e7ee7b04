#include "client/oms.h"

#include <stdlib.h>

#include "client/sorter.h"
#include "schema/writer.h"

struct oms {
	struct sorter *sorter;
};

struct oms *
oms_new(void)
{
	struct oms *oms = calloc(1, sizeof(*oms));

	if (oms == NULL)
		return NULL;
	oms->sorter = sorter_new(SORTER_MEMORY);
	if (oms->sorter != NULL)
		return oms;
	free(oms);
	return NULL;
}

void
oms_free(struct oms *oms)
{
	if (oms == NULL)
		return;
	sorter_free(oms->sorter);
	free(oms);
}

static bool
is_left_out(struct span path)
{
	static const char *const names[] = { ".git", ".github", ".gitignore",
		".gitattributes" };
	struct span first = span_part(path, 0, span_find(path, '/'));

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_is(first, names[i]))
			return true;
	}
	return false;
}

/* In the order of segments: a name ends in 00 00 or, where another one follows,
 * in 00 01, both of which are less than a longer name.  The digest is behind. */
enum err
oms_add(struct oms *oms, const struct manifest_line *line, struct why *w)
{
	uint8_t record[2 * MANIFEST_PATH_MAX + 2 + HASH_LEN];
	struct writer to = writer_of(record, sizeof(record));

	if (is_left_out(line->path))
		return ERR_OK;
	for (size_t i = 0; i < line->path.len; i++) {
		if (line->path.data[i] == '/')
			writer_u16(&to, 1);
		else
			writer_u8(&to, line->path.data[i]);
	}
	writer_u16(&to, 0);
	writer_span(&to, hash_span(&line->digest));
	return sorter_add(oms->sorter, writer_view(&to), w);
}

enum err
oms_end(struct oms *oms, struct hash *ret, struct why *w)
{
	struct sha256 sha256;
	bool is_empty = true;
	enum err err = sorter_sort(oms->sorter, w);

	sha256_init(&sha256);
	while (err == ERR_OK) {
		struct span record;
		err = sorter_next(oms->sorter, &record, w);
		if (err != ERR_OK || record.len == 0)
			break;
		is_empty = false;
		sha256_add(&sha256,
		    span_part(record, record.len - HASH_LEN, HASH_LEN));
	}
	if (err != ERR_OK)
		return err;
	if (is_empty)
		return ERR_NOT_FOUND;
	*ret = sha256_done(&sha256);
	return ERR_OK;
}

struct hash
oms_of_file(const struct hash *sha256)
{
	return sha256_of(hash_span(sha256));
}
