#include "client/listed.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/answer.h"
#include "schema/text.h"
#include "schema/tree.h"

#define PAGE_LEN_MAX ((size_t)4 << 20)
#define QUERY_LEN_MAX 1024
#define KIND_MAX 32

static enum err
read_row(json_value *value, struct listed_row *ret, struct why *w)
{
	struct object o = object_of(value, "", w);
	struct listed_row row = { .name = SPAN_EMPTY };

	answer_id(&o, "id", &row.id);
	row.index = object_number(&o, "index", TREE_SIZE_MAX);
	object_line(&o, "kind", 1, KIND_MAX, &row.kind);
	object_line(&o, "principal", 1, LISTED_NAME_MAX, &row.principal);
	if (!object_null(&o, "name"))
		object_text(&o, "name", 1, LISTED_NAME_MAX, &row.name);
	object_line(&o, "time", 1, TEXT_TIME_LEN, &row.time);
	row.is_withdrawn = answer_optional_id(&o, "withdrawn", &row.withdrawn);
	row.is_withheld =
	    object_has(&o, "withheld") && object_flag(&o, "withheld");
	*ret = row;
	return object_end_open(&o);
}

enum err
listed_row(const struct listed_page *page, size_t at, struct listed_row *ret,
    struct why *w)
{
	enum err err = read_row(json_element(page->rows, at), ret, w);

	return object_within(w, err, "the log's answer: records[%zu]", at);
}

static enum err
read_page(
    struct listed_page *page, const struct listed_page *before, struct why *w)
{
	struct object o =
	    object_of(json_root(page->json), "the log's answer", w);

	page->tree_size = object_number(&o, "treeSize", TREE_SIZE_MAX);
	page->rows =
	    object_array(&o, "records", 0, LISTED_PAGE_MAX, &page->count);
	page->has_next = !object_null(&o, "next");
	if (page->has_next)
		page->next = object_number(&o, "next", TREE_SIZE_MAX);
	enum err err = object_end_open(&o);
	/* a page that does not get on would be asked for without end */
	if (err == ERR_OK && before != NULL && page->has_next &&
	    page->next <= before->next)
		err = why(w, ERR_SYNTAX, "the log's answer: next: goes back");
	return err;
}

static enum err
get(struct session *session, const char *path, const struct listed_page *before,
    struct listed_page *ret, struct why *w)
{
	struct listed_page page = { .json = NULL };
	enum err err = answer_get(session, path, PAGE_LEN_MAX, &page.json, w);

	if (err == ERR_OK)
		err = read_page(&page, before, w);
	if (err == ERR_OK)
		*ret = page;
	else
		listed_done(&page);
	return err;
}

enum err
listed_get(struct session *session, const char *query,
    const struct listed_page *before, struct listed_page *ret, struct why *w)
{
	char path[QUERY_LEN_MAX];
	char after[TEXT_DECIMAL_MAX + 16] = "";

	if (before != NULL)
		(void)snprintf(
		    after, sizeof(after), "&after=%" PRIu64, before->next);
	enum err err = answer_path(path, sizeof(path), w, "%s&limit=%d%s",
	    query, LISTED_PAGE_MAX, after);
	return err == ERR_OK ? get(session, path, before, ret, w) : err;
}

enum err
listed_at(struct session *session, uint64_t index, struct listed_page *ret_page,
    struct listed_row *ret, struct why *w)
{
	char path[QUERY_LEN_MAX] = "/v1/records?limit=1";
	struct listed_row row = { .index = 0 };
	enum err err = ERR_OK;

	if (index > 0)
		err = answer_path(path, sizeof(path), w,
		    "/v1/records?limit=1&after=%" PRIu64, index - 1);
	if (err == ERR_OK)
		err = get(session, path, NULL, ret_page, w);
	if (err != ERR_OK)
		return err;
	if (ret_page->count == 0)
		err = why(w, ERR_NOT_FOUND,
		    "index %" PRIu64 ": the log has %" PRIu64 " records", index,
		    ret_page->tree_size);
	else
		err = listed_row(ret_page, 0, &row, w);
	if (err == ERR_OK && row.index != index)
		err = why(w, ERR_MISMATCH,
		    "index %" PRIu64 ": the log answers with %" PRIu64, index,
		    row.index);
	if (err == ERR_OK)
		*ret = row;
	else
		listed_done(ret_page);
	return err;
}

void
listed_done(struct listed_page *page)
{
	json_done(page->json);
	page->json = NULL;
}
