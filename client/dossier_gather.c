#include "client/dossier_gather.h"

#include "client/answer.h"
#include "client/disk.h"
#include "client/fetched.h"
#include "client/item.h"
#include "client/listed.h"
#include "client/releases.h"
#include "schema/text.h"

#define PATH_LEN_MAX 4096
#define DISPUTES_MAX 16 /* withdrawals of one record that are looked at */
#define PAGES_MAX 64	/* of one list: an answer without end is none */
#define RELEASE_ANSWER_MAX ((size_t)64 << 20)

struct listed_id {
	struct hash id;
	uint64_t stamp_ms; /* the log's word; 0: not said */
};

/* The newest ids of a list, the oldest of them first. */
struct ids {
	size_t cap;
	size_t count; /* put, more than cap where some fell out */
	struct listed_id *all;
	uint64_t tree_size;
	bool is_cut;
};

static enum err
ids_begin(struct ids *ids, size_t cap, struct arena *arena, struct why *w)
{
	*ids = (struct ids){ .cap = cap };
	ids->all = arena_take(arena, cap, sizeof(*ids->all));
	return ids->all != NULL ? ERR_OK : why(w, ERR_MEMORY, "out of memory");
}

static void
ids_put(struct ids *ids, const struct hash *id, struct span time)
{
	uint64_t stamp_ms;

	if (!text_untime(time, &stamp_ms))
		stamp_ms = 0;
	ids->all[ids->count++ % ids->cap] =
	    (struct listed_id){ .id = *id, .stamp_ms = stamp_ms };
	ids->is_cut |= ids->count > ids->cap;
}

static size_t
ids_count(const struct ids *ids)
{
	return ids->count < ids->cap ? ids->count : ids->cap;
}

static const struct listed_id *
ids_at(const struct ids *ids, size_t at)
{
	size_t first = ids->count < ids->cap ? 0 : ids->count;

	return &ids->all[(first + at) % ids->cap];
}

/* ---- lists ---- */

static enum err
put_page(const struct listed_page *page, struct ids *ids, struct why *w)
{
	struct listed_row row;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < page->count; i++) {
		err = listed_row(page, i, &row, w);
		if (err == ERR_OK)
			ids_put(ids, &row.id, row.time);
	}
	ids->tree_size = page->tree_size;
	return err;
}

static enum err
list(struct session *session, const char *query, struct ids *ids, struct why *w)
{
	struct listed_page before;
	struct listed_page page = { .has_next = true };
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && page.has_next; i++) {
		before = page;
		if (i == PAGES_MAX)
			break;
		err = listed_get(
		    session, query, i == 0 ? NULL : &before, &page, w);
		if (err != ERR_OK)
			break;
		err = put_page(&page, ids, w);
		listed_done(&page);
	}
	ids->is_cut |= page.has_next;
	return err;
}

static enum err
read_release_row(json_value *value, struct ids *ids, struct why *w)
{
	struct object o = object_of(value, "", w);
	struct hash id;
	struct span time;

	answer_id(&o, "id", &id);
	object_line(&o, "time", 1, TEXT_TIME_LEN, &time);
	enum err err = object_end_open(&o);
	if (err == ERR_OK)
		ids_put(ids, &id, time);
	return err;
}

static enum err
read_release(struct json *json, struct ids *ids, struct why *w)
{
	struct object o = object_of(json_root(json), "the log's answer", w);
	size_t count;

	ids->tree_size = object_number(&o, "treeSize", TREE_SIZE_MAX);
	json_value *rows = /* newest first */
	    object_array(&o, "records", 0, LISTED_PAGE_MAX, &count);
	ids->is_cut = object_flag(&o, "truncated");
	enum err err = object_end_open(&o);
	for (size_t i = count; err == ERR_OK && i > 0; i--)
		err = read_release_row(json_element(rows, i - 1), ids, w);
	return object_within(w, err, "the log's answer");
}

/* The records of a release, of which there may be none. */
static enum err
list_release(struct session *session, const struct dossier_want *want,
    struct ids *ids, struct why *w)
{
	char path[PATH_LEN_MAX];
	struct json *json = NULL;
	enum err err =
	    answer_path(path, sizeof(path), w, "/v1/releases/%.*s/%.*s",
		SPAN_ARGS(want->name), SPAN_ARGS(want->version));

	if (err == ERR_OK)
		err = answer_get(session, path, RELEASE_ANSWER_MAX, &json, w);
	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	if (err == ERR_OK)
		err = read_release(json, ids, w);
	json_done(json);
	return err;
}

/* ---- one record ---- */

/* Proved, and who signed it is known. */
static enum err
fetch(struct dossier_gather *gather, const struct hash *id, struct fetched *ret,
    struct why *w)
{
	enum err err = fetched_record(gather->session, id, ret, w);

	if (err != ERR_OK)
		return err;
	gather->fetched++;
	fetched_find_keyring(gather->session, ret);
	err = fetched_judge(gather->session, ret, w);
	if (err == ERR_OK && !ret->proved.has_signer) {
		char text[HASH_TEXT_MAX];
		hash_print(id, text);
		err = why(w, ERR_MISSING,
		    "who signed record %s could not be checked: its keyring "
		    "could not be had",
		    text);
	}
	if (err != ERR_OK)
		fetched_done(ret);
	return err;
}

static enum err
take_withdrawal(struct dossier_gather *gather, const struct hash *id,
    struct dossier_record *record, struct why *w)
{
	struct fetched fetched;
	enum err err = fetch(gather, id, &fetched, w);

	if (err != ERR_OK)
		return err;
	const struct proved *proved = &fetched.proved;
	bool is_it = proved->record.kind == RECORD_WITHDRAWAL &&
	    hash_equal(&proved->record.withdraws, &record->id);
	bool is_own =
	    span_equal(span_of_text(proved->principal), record->principal);
	if (is_it && !is_own) {
		record->dispute_count++;
	} else if (is_it && !record->is_withdrawn) {
		record->is_withdrawn = true;
		record->withdrawn = *id;
	}
	fetched_done(&fetched);
	return ERR_OK;
}

/* A withdrawal cannot be withdrawn. */
static enum err
take_withdrawals(
    struct dossier_gather *gather, struct dossier_record *record, struct why *w)
{
	char query[PATH_LEN_MAX];
	char id[HASH_TEXT_MAX];
	struct ids ids = { .cap = 0 };

	hash_print(&record->id, id);
	enum err err = answer_path(query, sizeof(query), w,
	    "/v1/records?kind=withdrawal&subject=tlogLeaf:%s", id);
	if (err == ERR_OK)
		err = ids_begin(&ids, DISPUTES_MAX, gather->session->arena, w);
	if (err == ERR_OK)
		err = list(gather->session, query, &ids, w);
	for (size_t i = 0; err == ERR_OK && i < ids_count(&ids); i++)
		err = take_withdrawal(gather, &ids_at(&ids, i)->id, record, w);
	return err;
}

/* When the log took it, by its own word; nothing rests on that. */
static uint64_t
ask_time(struct session *session, uint64_t index)
{
	struct listed_page page;
	struct listed_row row;
	uint64_t stamp_ms = 0;

	if (listed_at(session, index, &page, &row, NULL) != ERR_OK)
		return 0;
	if (!text_untime(row.time, &stamp_ms))
		stamp_ms = 0;
	listed_done(&page);
	return stamp_ms;
}

static enum err
take_record(struct dossier_gather *gather, const struct listed_id *listed,
    struct why *w)
{
	const struct hash *id = &listed->id;
	struct fetched fetched;
	enum err err = fetch(gather, id, &fetched, w);

	if (err != ERR_OK)
		return err;
	struct dossier_record record = {
		.id = *id,
		.index = fetched.proved.proof.index,
		.principal = arena_copy(gather->session->arena,
		    span_of_text(fetched.proved.principal)),
		.payload = fetched.proved.envelope.payload,
		.stamp_ms = listed->stamp_ms,
	};
	if (record.stamp_ms == 0)
		record.stamp_ms = ask_time(gather->session, record.index);
	enum record_kind kind = fetched.proved.record.kind;
	if (record.principal.data == NULL)
		err = why(w, ERR_MEMORY, "out of memory");
	if (err == ERR_OK && kind != RECORD_WITHDRAWAL)
		err = take_withdrawals(gather, &record, w);
	if (err == ERR_OK)
		err = dossier_give(gather->build, &record, w);
	fetched_done(&fetched);
	return err;
}

/* ---- all that is wanted ---- */

/* By its sha256, since a query holds not all that a URI may. */
static enum err
ask_texts(struct span source, char query[static PATH_LEN_MAX], struct why *w)
{
	struct hash hash = sha256_of(source);
	char text[HASH_TEXT_MAX];

	hash_print(&hash, text);
	return answer_path(query, PATH_LEN_MAX, w,
	    "/v1/records?kind=license&source=sha256:%s", text);
}

static enum err
find(struct session *session, const struct dossier_want *want, struct ids *ids,
    struct why *w)
{
	char query[PATH_LEN_MAX] = "";
	char digest[DIGEST_TEXT_MAX];
	enum err err = ERR_OK;

	switch (want->kind) {
	case DOSSIER_RELEASE:
		return list_release(session, want, ids, w);
	case DOSSIER_SUBJECT:
		digest_print(&want->digest, digest);
		err = answer_path(query, sizeof(query), w,
		    "/v1/records?subject=%s%s%.*s", digest,
		    want->principal.len == 0 ? "" : "&principal=",
		    SPAN_ARGS(want->principal));
		break;
	case DOSSIER_RECORD:
		ids_put(ids, &want->id, SPAN_EMPTY);
		return ERR_OK;
	case DOSSIER_TEXTS:
		err = ask_texts(want->source, query, w);
		break;
	}
	return err == ERR_OK ? list(session, query, ids, w) : err;
}

static enum err
answer(struct dossier_gather *gather, const struct dossier_want *want,
    struct why *w)
{
	struct ids ids = { .cap = 0 };
	enum err err = ids_begin(&ids, want->limit, gather->session->arena, w);

	if (err == ERR_OK)
		err = find(gather->session, want, &ids, w);
	for (size_t i = 0; err == ERR_OK && i < ids_count(&ids); i++) {
		if (dossier_give_again(gather->build, &ids_at(&ids, i)->id))
			continue;
		err = take_record(gather, ids_at(&ids, i), w);
		/* cited, and not in the log: the dossier says so */
		if (err == ERR_NOT_FOUND && want->kind == DOSSIER_RECORD)
			err = ERR_OK;
		if (err == ERR_WITHHELD) {
			ids.is_cut = true;
			err = ERR_OK;
		}
	}
	if (err == ERR_OK)
		dossier_answered(gather->build, ids.tree_size, ids.is_cut);
	return err;
}

enum err
dossier_gather(struct session *session, const struct dossier_question *question,
    struct dossier_gather *ret, struct why *w)
{
	struct dossier_want want;
	enum err err = ERR_OK;

	*ret = (struct dossier_gather){
		.session = session,
		.build = dossier_begin(question, session->arena),
	};
	if (ret->build == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	while (err == ERR_OK && dossier_next(ret->build, &want))
		err = answer(ret, &want, w);
	if (err == ERR_OK)
		err = dossier_end(ret->build, &ret->dossier, w);
	return err;
}

void
dossier_gather_done(struct dossier_gather *gather)
{
	dossier_done(gather->build);
	gather->build = NULL;
	gather->dossier = NULL;
}

enum err
dossier_gather_question(struct session *session, const char *text,
    const char *as, struct dossier_question *ret, struct why *w)
{
	struct dossier_question question = { .as = SPAN_EMPTY };
	struct item item;
	enum err err = session_online(session, w);

	if (as != NULL && !text_is_principal(span_of_text(as)))
		return why(w, ERR_USAGE,
		    "--as %.128s: a principal is needed: [a-z0-9._@-], at most "
		    "%d bytes",
		    as, TEXT_PRINCIPAL_MAX);
	if (err != ERR_OK)
		return err;
	if (!disk_exists(text) &&
	    releases_split(
		span_of_text(text), &question.name, &question.version)) {
		*ret = question;
		return ERR_OK;
	}
	err = releases_item(session, text, &item, w);
	if (err == ERR_OK)
		err = item_node(&item, &question.digest, w);
	if (err != ERR_OK)
		return err;
	if (as != NULL)
		question.as = span_of_text(as);
	*ret = question;
	return ERR_OK;
}
