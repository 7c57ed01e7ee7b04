#include "client/keyrings.h"

#include <stdio.h>
#include <string.h>

#include "client/history.h"
#include "client/proved.h"
#include "schema/object.h"

#define ANSWER_MAX ((size_t)4 << 20)
#define ROWS_MAX ((size_t)1 << 16)
#define PAGES_MAX 4096 /* a page may be short */

/* ---- which there are ---- */

/* Rows are read as they are: everything about a keyring is proved later. */
static enum err
read_row(json_value *value, struct keyrings_row *ret, struct why *w)
{
	struct span id = SPAN_EMPTY;
	struct object o = object_of(value, "", w);

	object_text(&o, "id", 1, 256, &id);
	uint64_t index = object_number(&o, "index", TREE_SIZE_MAX);
	enum err err = object_end_open(&o);
	if (err == ERR_OK && !hash_parse(id, &ret->id))
		err = why(w, ERR_SYNTAX, "id: no record id");
	ret->index = index;
	return err;
}

struct page {
	size_t count;
	bool has_next;
	uint64_t next;
};

static enum err
read_page(json_value *root, struct keyrings_row *rows, size_t cap,
    struct page *ret, struct why *w)
{
	struct object o = object_of(root, "list of keyrings", w);
	json_value *list = object_array(&o, "records", 0, cap, &ret->count);

	ret->has_next = !object_null(&o, "next");
	ret->next =
	    ret->has_next ? object_number(&o, "next", TREE_SIZE_MAX) : 0;
	enum err err = object_end_open(&o);
	for (size_t i = 0; i < ret->count && err == ERR_OK; i++)
		err = object_within(w,
		    read_row(json_element(list, i), &rows[i], w),
		    "list of keyrings: records[%zu]", i);
	return err;
}

static enum err
get_page(struct session *session, const char *path, struct keyrings *list,
    struct page *ret, struct why *w)
{
	struct span body;
	struct json *json = NULL;
	enum err err = session_get(session, path, ANSWER_MAX, &body, w);
	if (err == ERR_NOT_FOUND) /* not a "no": this log has no such list */
		err = ERR_MISSING;

	if (err == ERR_OK)
		err = json_parse_answer(body, &json, w);
	if (err == ERR_OK)
		err = read_page(json_root(json), list->rows + list->count,
		    ROWS_MAX - list->count, ret, w);
	json_done(json);
	return err;
}

enum err
keyrings_list(struct session *session, uint64_t size_min, struct keyrings *ret,
    struct why *w)
{
	struct keyrings list = { .rows = arena_take(session->arena, ROWS_MAX,
				     sizeof(struct keyrings_row)) };
	struct page page = { .has_next = true };
	char path[160];

	if (list.rows == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	int len = snprintf(path, sizeof(path),
	    "/v1/records?kind=keyring&limit=1000&min_size=%llu",
	    (unsigned long long)(size_min > 0 ? size_min : 1));
	for (unsigned pages = 0; page.has_next; pages++) {
		enum err err = get_page(session, path, &list, &page, w);
		if (err != ERR_OK)
			return err;
		list.count += page.count;
		if (pages == PAGES_MAX)
			return why(w, ERR_LIMIT, "list of keyrings: no end");
		(void)snprintf(path + len, sizeof(path) - (size_t)len,
		    "&after=%llu", (unsigned long long)page.next);
	}
	if (list.count == 0)
		return why(w, ERR_MISSING,
		    "the log shows no keyring, and every log begins with one");
	*ret = list;
	return ERR_OK;
}

/* ---- one of them ---- */

static enum err
path_of(const struct session *session, const struct hash *id,
    char ret[static DISK_PATH_MAX], struct why *w)
{
	char name[HASH_TEXT_MAX + 32] = "keyrings/";
	size_t len = strlen(name);

	hash_print(id, name + len);
	memcpy(name + len + HASH_TEXT_LEN, ".tlog-proof", 12);
	return disk_join(session->trust.dir, name, ret, w);
}

/* Proof file → keyring; it must be the record that was asked for. */
static enum err
open_proof(struct session *session, struct span proof,
    const struct keyrings_row *row, struct keyrings_found *ret, struct why *w)
{
	struct proved_keyring found;
	struct keyring_lines context;
	struct keyring_source lines = session_lines(session, NULL, &context);
	struct proved_by by = { &session->trust.key, &lines };
	enum err err = proved_keyring(proof, &by, session->arena, &found, w);

	if (err == ERR_OK && found.index != row->index) {
		keyring_free(found.keyring);
		err = why(w, ERR_MISMATCH,
		    "keyring: the log says index %llu, its proof %llu",
		    (unsigned long long)row->index,
		    (unsigned long long)found.index);
	}
	if (err == ERR_OK)
		*ret = (struct keyrings_found){ found.keyring, found.index,
			proof };
	return err;
}

static enum err
fetch_one(struct session *session, const struct keyrings_row *row,
    const char *file, struct keyrings_found *ret, struct why *w)
{
	char path[HASH_TEXT_MAX + 32] = "/v1/records/";
	char dir[DISK_PATH_MAX];
	size_t len = strlen(path);
	struct span proof;
	struct tlog_proof parsed;
	struct checkpoint checkpoint;

	hash_print(&row->id, path + len);
	memcpy(path + len + HASH_TEXT_LEN, "/proof", 7);
	enum err err = session_get(session, path, TLOG_PROOF_MAX, &proof, w);
	if (err == ERR_OK)
		err = tlog_proof_parse(proof, session->arena, &parsed, w);
	if (err == ERR_OK)
		err = history_accept(&session->trust, parsed.checkpoint,
		    session->arena, &checkpoint, w);
	if (err == ERR_OK)
		err = open_proof(session, proof, row, ret, w);
	if (err != ERR_OK)
		return err;
	err = disk_join(session->trust.dir, "keyrings", dir, w);
	if (err == ERR_OK)
		err = disk_make_dirs(dir, w);
	if (err == ERR_OK)
		err = disk_write(file, proof, w);
	if (err != ERR_OK)
		keyring_free(ret->keyring);
	return err;
}

enum err
keyrings_below(struct session *session, const struct keyrings *keyrings,
    uint64_t index, struct keyrings_found *ret, struct why *w)
{
	const struct keyrings_row *row = NULL;
	char file[DISK_PATH_MAX];
	struct span proof;

	for (size_t i = 0; i < keyrings->count; i++) {
		const struct keyrings_row *other = &keyrings->rows[i];
		if (other->index < index &&
		    (row == NULL || other->index > row->index))
			row = other;
	}
	if (row == NULL)
		return why(w, ERR_MISSING,
		    "the log shows no keyring below index %llu",
		    (unsigned long long)index);
	enum err err = path_of(session, &row->id, file, w);
	if (err != ERR_OK)
		return err;
	if (disk_read(file, TLOG_PROOF_MAX, session->arena, &proof, NULL) ==
		ERR_OK &&
	    open_proof(session, proof, row, ret, NULL) == ERR_OK)
		return ERR_OK;
	return fetch_one(session, row, file, ret, w);
}
