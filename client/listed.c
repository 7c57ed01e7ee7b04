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

enum err
listed_get(struct session *session, const char *query,
    const struct listed_page *before, struct listed_page *ret, struct why *w)
{
	char path[QUERY_LEN_MAX];
	char after[TEXT_DECIMAL_MAX + 16] = "";
	struct listed_page page = { .json = NULL };

	if (before != NULL)
		(void)snprintf(
		    after, sizeof(after), "&after=%" PRIu64, before->next);
	enum err err = answer_path(path, sizeof(path), w, "%s&limit=%d%s",
	    query, LISTED_PAGE_MAX, after);
	if (err == ERR_OK)
		err = answer_get(session, path, PAGE_LEN_MAX, &page.json, w);
	if (err != ERR_OK)
		return err;
	err = read_page(&page, before, w);
	if (err == ERR_OK)
		*ret = page;
	else
		listed_done(&page);
	return err;
}

void
listed_done(struct listed_page *page)
{
	json_done(page->json);
	page->json = NULL;
}
