/* lookup and view: lists against a naive filter, pages that meet without a hole,
 * bounds, what is not yet visible, damage. */
#include "tests/daemon/shelf.h"

#include "daemon/lookup.h"
#include "daemon/render.h"

#define RECORDS 400

/* What each record was made of. */
struct made {
	enum record_kind kind;
	unsigned principal;
	unsigned node;
	struct hash id;
};

static struct made made[RECORDS];

static void
fill(struct shelf *shelf)
{
	static const enum record_kind kinds[] = { RECORD_DATASET,
		RECORD_EVALUATION, RECORD_RELEASE, RECORD_OTHER };

	for (unsigned i = 0; i < RECORDS; i++) {
		struct shelf_artifact subject = { .node = i % 7 };
		struct shelf_statement s = {
			.kind = kinds[i * i % 4],
			.principal = i % 3,
			.subject_count = 1,
			.subjects = &subject,
			.version = "1.0",
		};

		if (i % 10 == 9) {
			s.kind = RECORD_WITHDRAWAL;
			s.subject_count = 0;
			s.withdraws = &made[i - 3 - i % 2].id;
		}
		made[i] = (struct made){ s.kind, s.principal, i % 7,
			shelf_add(shelf, &s) };
	}
	shelf_commit(shelf);
}

static bool
is_wanted(const struct lookup_filter *filter, size_t at)
{
	char keyid[SSH_FINGERPRINT_MAX];
	char principal[16];
	char name[32];
	struct digest digest = shelf_digest(made[at].node);
	bool is_named = record_kind_is_named(made[at].kind);

	shelf_keyid(made[at].principal, keyid);
	(void)snprintf(principal, sizeof(principal), "p%u", made[at].principal);
	(void)snprintf(name, sizeof(name), "p%u/t%zu", made[at].principal, at);
	if (filter->has_kind && filter->kind != made[at].kind)
		return false;
	if (filter->has_subject &&
	    (made[at].kind == RECORD_WITHDRAWAL ||
		!digest_equal(&filter->subject, &digest)))
		return false;
	if (filter->name.len > 0 && !(is_named && span_is(filter->name, name)))
		return false;
	if (filter->version.len > 0 && made[at].kind != RECORD_RELEASE)
		return false;
	return (filter->signer.len == 0 || span_is(filter->signer, keyid)) &&
	    (filter->principal.len == 0 ||
		span_is(filter->principal, principal));
}

/* All pages of `limit`, one after the other, are what the filter wants. */
static void
compare_pages(const struct shelf *shelf, const struct lookup_filter *filter,
    size_t limit, uint64_t published)
{
	struct arena *arena = arena_new(REQUEST_ARENA_MAX);
	uint64_t from = 0;
	size_t at = 0;
	bool is_end = false;

	while (!is_end) {
		struct view view =
		    view_open(shelf->log, shelf->index, published);
		struct lookup_page page;

		assert_err(ERR_OK,
		    lookup_page(&view, filter,
			&(struct lookup_range){ from, limit }, arena, &page));
		assert_int_equal(published, page.size);
		assert_true(page.count <= limit);
		for (size_t i = 0; i < page.count; i++, at++) {
			while (at < published && !is_wanted(filter, at))
				at++;
			assert_true(at < published);
			assert_int_equal(at, page.items[i].record.position);
			assert_true(
			    hash_equal(&made[at].id, &page.items[i].record.id));
		}
		is_end = !page.has_next;
		from = page.next + 1;
		assert_err(ERR_OK, view_close(&view));
		arena_reset(arena);
	}
	for (; at < published; at++)
		assert_false(is_wanted(filter, at));
	arena_free(arena);
}

static void
test_filters(void **state)
{
	static const struct lookup_filter none;
	char keyid[SSH_FINGERPRINT_MAX];
	struct shelf shelf;
	(void)state;

	shelf_open(&shelf);
	fill(&shelf);
	shelf_keyid(1, keyid);
	/* each set of filters, by the bits of `mask` */
	for (unsigned mask = 0; mask < 64; mask++) {
		struct lookup_filter filter = none;

		filter.has_subject = (mask & 1) != 0;
		filter.subject = shelf_digest(3);
		if ((mask & 2) != 0)
			filter.signer = span_of_text(keyid);
		if ((mask & 4) != 0)
			filter.principal = span_of_text("p1");
		filter.has_kind = (mask & 8) != 0;
		filter.kind = RECORD_RELEASE;
		if ((mask & 16) != 0)
			filter.name = span_of_text("p1/t94");
		if ((mask & 48) == 48)
			filter.version = span_of_text("1.0");
		for (size_t limit = 1; limit < 600; limit = limit * 3 + 1) {
			compare_pages(&shelf, &filter, limit, RECORDS);
			compare_pages(&shelf, &filter, limit, RECORDS / 2);
		}
	}
	shelf_close(&shelf);
}

/* After LIST_LOOK_MAX records a page ends, short, and says where. */
static void
test_look_limit(void **state)
{
	struct lookup_filter filter = {
		.has_kind = true, .kind = RECORD_CODE, .principal = SPAN_EMPTY
	};
	struct arena *arena = arena_new(REQUEST_ARENA_MAX);
	struct shelf_artifact subject = { .node = 1 };
	struct shelf_statement s = {
		.kind = RECORD_DATASET, .subject_count = 1, .subjects = &subject
	};
	struct lookup_page page;
	struct shelf shelf;
	struct view view;
	(void)state;

	filter.principal = span_of_text("p0");
	shelf_open(&shelf);
	for (size_t i = 0; i < LIST_LOOK_MAX; i++)
		(void)shelf_add(&shelf, &s);
	shelf_commit(&shelf);
	view = view_open(shelf.log, shelf.index, shelf.edge.size);
	assert_err(ERR_OK,
	    lookup_page(
		&view, &filter, &(struct lookup_range){ 0, 10 }, arena, &page));
	assert_false(page.has_next);
	assert_err(ERR_OK, view_close(&view));
	s.kind = RECORD_CODE;
	(void)shelf_add(&shelf, &s);
	shelf_commit(&shelf);
	view = view_open(shelf.log, shelf.index, shelf.edge.size);
	assert_err(ERR_OK,
	    lookup_page(
		&view, &filter, &(struct lookup_range){ 0, 10 }, arena, &page));
	assert_int_equal(0, page.count);
	assert_true(page.has_next);
	assert_int_equal(LIST_LOOK_MAX - 1, page.next);
	assert_err(ERR_OK,
	    lookup_page(&view, &filter,
		&(struct lookup_range){ page.next + 1, 10 }, arena, &page));
	assert_int_equal(1, page.count);
	assert_false(page.has_next);
	assert_err(ERR_OK, view_close(&view));
	shelf_close(&shelf);
	arena_free(arena);
}

static void
test_newest(void **state)
{
	struct lookup_filter filter = {
		.has_kind = true, .kind = RECORD_RELEASE, .name = SPAN_EMPTY
	};
	struct arena *arena = arena_new(REQUEST_ARENA_MAX);
	struct shelf_artifact subject = { .name = "p0/r" };
	struct shelf_statement s = { .kind = RECORD_RELEASE,
		.subject_count = 1,
		.subjects = &subject,
		.version = "1.0" };
	struct lookup_newest newest;
	struct shelf shelf;
	struct hash id = { { 0 } };
	(void)state;

	filter.name = span_of_text("p0/r");
	filter.version = span_of_text("1.0");
	shelf_open(&shelf);
	for (unsigned i = 0; i < 5; i++) {
		subject.node = i;
		id = shelf_add(&shelf, &s);
		s.version = "2.0";
		subject.node = 100 + i;
		(void)shelf_add(&shelf, &s);
		s.version = "1.0";
	}
	(void)shelf_add(&shelf,
	    &(struct shelf_statement){
		.kind = RECORD_WITHDRAWAL, .withdraws = &id });
	shelf_commit(&shelf);
	for (size_t limit = 4; limit <= 6; limit++) {
		struct view view =
		    view_open(shelf.log, shelf.index, shelf.edge.size);
		assert_err(ERR_OK,
		    lookup_newest(&view, &filter, limit, arena, &newest));
		assert_int_equal(limit < 5 ? limit : 5, newest.count);
		assert_int_equal(limit < 5, newest.is_cut);
		for (size_t i = 0; i < newest.count; i++) {
			assert_int_equal(
			    8 - 2 * i, newest.items[i].record.position);
			assert_int_equal(i == 0, newest.items[i].is_withdrawn);
		}
		assert_err(ERR_OK, view_close(&view));
	}
	shelf_close(&shelf);
	arena_free(arena);
}

/* Whoever was there first with thousands hides nothing that comes after. */
static void
test_newest_of_many(void **state)
{
	struct lookup_filter filter = { .has_kind = true,
		.kind = RECORD_RELEASE };
	struct arena *arena = arena_new(REQUEST_ARENA_MAX);
	struct shelf_artifact subject = { .name = "p0/r" };
	struct shelf_statement s = { .kind = RECORD_RELEASE,
		.subject_count = 1,
		.subjects = &subject,
		.version = "1.0" };
	struct lookup_newest newest;
	struct shelf shelf;
	(void)state;

	filter.name = span_of_text("p0/r");
	filter.version = span_of_text("1.0");
	shelf_open(&shelf);
	for (unsigned i = 0; i < LIST_LOOK_MAX + 3; i++) {
		subject.node = i;
		(void)shelf_add(&shelf, &s);
	}
	/* what lies behind it in the table is another's */
	s.version = "2.0";
	(void)shelf_add(&shelf, &s);
	shelf_commit(&shelf);
	struct view view = view_open(shelf.log, shelf.index, LIST_LOOK_MAX + 2);
	assert_err(ERR_OK, lookup_newest(&view, &filter, 2, arena, &newest));
	assert_int_equal(2, newest.count);
	assert_true(newest.is_cut);
	/* the last of them is not published yet */
	assert_int_equal(LIST_LOOK_MAX + 1, newest.items[0].record.position);
	assert_int_equal(LIST_LOOK_MAX, newest.items[1].record.position);
	assert_in_range(view.work, 1, 16);
	assert_err(ERR_OK, view_close(&view));
	shelf_close(&shelf);
	arena_free(arena);
}

/* Nor does whoever comes after hide what was there. */
static void
test_newest_beneath_many(void **state)
{
	struct lookup_filter filter = { .has_subject = true,
		.subject = shelf_digest(7),
		.principal = span_of_text("p0") };
	struct arena *arena = arena_new(REQUEST_ARENA_MAX);
	struct shelf_artifact subject = { .node = 7 };
	struct shelf_statement s = {
		.kind = RECORD_MODEL, .subject_count = 1, .subjects = &subject
	};
	struct lookup_newest newest;
	struct shelf shelf;
	(void)state;

	shelf_open(&shelf);
	for (unsigned i = 0; i < 3; i++)
		(void)shelf_add(&shelf, &s);
	s.principal = 1;
	for (unsigned i = 0; i < LIST_LOOK_MAX; i++)
		(void)shelf_add(&shelf, &s);
	s.principal = 0;
	(void)shelf_add(&shelf, &s);
	shelf_commit(&shelf);
	struct view view = view_open(shelf.log, shelf.index, shelf.edge.size);
	for (size_t limit = 1; limit <= 5; limit++) {
		const uint64_t expected[] = { LIST_LOOK_MAX + 3, 2, 1, 0 };
		assert_err(ERR_OK,
		    lookup_newest(&view, &filter, limit, arena, &newest));
		assert_int_equal(limit < 4 ? limit : 4, newest.count);
		assert_true(newest.is_cut); /* not all was looked at */
		for (size_t i = 0; i < newest.count; i++)
			assert_int_equal(
			    expected[i], newest.items[i].record.position);
	}
	assert_in_range(view.work, 1, 6 * LIST_LOOK_MAX);
	assert_err(ERR_OK, view_close(&view));
	shelf_close(&shelf);
	arena_free(arena);
}

/* ---- view ---- */

static void
test_withdrawn(void **state)
{
	struct shelf shelf;
	struct view view;
	(void)state;

	shelf_open(&shelf);
	fill(&shelf);
	view = view_open(shelf.log, shelf.index, RECORDS);
	for (size_t i = 0; i < RECORDS; i++) {
		struct view_disputes disputes;
		struct view_record record;
		struct hash id = { { 0 } };
		size_t own = 0;
		size_t others = 0;

		assert_true(view_get_checked(&view, i, &record));
		for (size_t w = 9; w < RECORDS; w += 10) {
			if (w - 3 - w % 2 != i)
				continue;
			own += made[w].principal == made[i].principal;
			others += made[w].principal != made[i].principal;
		}
		assert_int_equal(own > 0 && made[i].kind != RECORD_WITHDRAWAL,
		    view_withdrawn(&view, &record, &id));
		view_disputes(&view, &record, &disputes);
		assert_int_equal(others, disputes.count);
		assert_false(disputes.is_cut);
	}
	assert_err(ERR_OK, view_close(&view));
	shelf_close(&shelf);
}

static void
test_find(void **state)
{
	struct shelf shelf;
	struct view view;
	struct hash unknown = { { 1 } };
	uint64_t position = 0;
	(void)state;

	shelf_open(&shelf);
	fill(&shelf);
	view = view_open(shelf.log, shelf.index, 100);
	for (size_t i = 0; i < RECORDS; i++) {
		assert_int_equal(
		    i < 100, view_find(&view, &made[i].id, &position));
		if (i < 100)
			assert_int_equal(i, position);
	}
	assert_false(view_find(&view, &unknown, &position));
	assert_err(ERR_OK, view_close(&view));
	shelf_close(&shelf);
}

#define GIST_AT 21 /* in an entry's value (store_log.h) */

/* Changes one bit of what is stored at position 1, and looks at it. */
static enum err
look_at_damaged(struct shelf *shelf, size_t at)
{
	static const uint8_t key[8] = { [7] = 1 };
	struct view_record record;
	struct txn txn = store_begin(shelf->log, TXN_WRITE);
	struct span value;
	uint8_t copy[4096];

	assert_true(
	    txn_get(&txn, TABLE_ENTRY, span_of(key, sizeof(key)), &value));
	assert_true(at < value.len && value.len <= sizeof(copy));
	memcpy(copy, value.data, value.len);
	copy[at] ^= 1;
	txn_put(&txn, TABLE_ENTRY, span_of(key, sizeof(key)),
	    span_of(copy, value.len), false);
	assert_err(ERR_OK, txn_end(&txn));
	struct view view = view_open(shelf->log, shelf->index, RECORDS);
	(void)view_get_checked(&view, 1, &record);
	return view_close(&view);
}

static void
test_damage(void **state)
{
	struct shelf shelf;
	(void)state;

	shelf_open(&shelf);
	fill(&shelf);
	assert_err(ERR_CORRUPT, look_at_damaged(&shelf, GIST_AT));
	assert_err(ERR_OK, look_at_damaged(&shelf, GIST_AT)); /* back */
	for (size_t at = 200; at < 500; at += 7) {
		assert_err(ERR_CORRUPT, look_at_damaged(&shelf, at));
		assert_err(ERR_OK, look_at_damaged(&shelf, at));
	}
	shelf_close(&shelf);
}

/* ---- as text ---- */

static void
test_print(void **state)
{
	struct arena *arena = arena_new(REQUEST_ARENA_MAX);
	struct shelf_artifact subject = { .node = 1 };
	struct writer w = writer_heap(ANSWER_LEN_MAX);
	const struct lookup_filter filter = { .has_kind = false };
	struct lookup_page page;
	char expected[1024];
	char id[HASH_TEXT_MAX];
	struct shelf shelf;
	struct hash hash;
	(void)state;

	shelf_open(&shelf);
	hash = shelf_add(&shelf,
	    &(struct shelf_statement){ .kind = RECORD_RELEASE,
		.subject_count = 1,
		.subjects = &subject,
		.version = "1.0" });
	(void)shelf_add(&shelf,
	    &(struct shelf_statement){ .kind = RECORD_EVALUATION,
		.subject_count = 1,
		.subjects = &subject });
	shelf_commit(&shelf);
	struct view view = view_open(shelf.log, shelf.index, 2);
	assert_err(ERR_OK,
	    lookup_page(
		&view, &filter, &(struct lookup_range){ 0, 1 }, arena, &page));
	render_page(&page, true, &w);
	hash_print(&hash, id);
	(void)snprintf(expected, sizeof(expected),
	    "{\"treeSize\":2,\"records\":[{\"id\":\"%s\",\"index\":0,"
	    "\"kind\":\"release\",\"signer\":\"SHA256:%043u\","
	    "\"principal\":\"p0\",\"name\":\"p0/t0\",\"version\":\"1.0\","
	    "\"time\":\"2023-11-14T22:13:20.000Z\",\"withdrawn\":null}],"
	    "\"next\":0}",
	    id, 0u);
	assert_span_text(expected, writer_view(&w));
	assert_err(ERR_OK, view_close(&view));
	writer_done(&w);
	shelf_close(&shelf);
	arena_free(arena);
}

int
main(int argc, char **argv)
{
	json_start();
	UNIT(test_filters);
	UNIT(test_look_limit);
	UNIT(test_newest);
	UNIT(test_newest_of_many);
	UNIT(test_newest_beneath_many);
	UNIT(test_withdrawn);
	UNIT(test_find);
	UNIT(test_damage);
	UNIT(test_print);
	return unit_run(argc, argv);
}
