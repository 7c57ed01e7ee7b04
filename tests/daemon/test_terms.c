/* terms: what is gathered of a licence, its bounds, what does not count. */
#include "tests/daemon/shelf.h"

#include "daemon/terms.h"

/* Another principal; of its fingerprint the spare bits are zero, as of 0. */
#define CLERK 4

static struct arena *arena;

static struct hash
text_of(const char *name)
{
	return sha256_of(span_of_text(name));
}

static void
write_digest(struct writer *w, const char *text)
{
	struct hash hash = text_of(text);

	writer_text(w, "{\"sha256\":\"");
	writer_hex(w, hash_span(&hash));
	writer_text(w, "\"}");
}

/* A snapshot of `text` at `source`, which takes in `other` at `other_source`
 * (NULL: nothing). */
static struct hash
add(struct shelf *shelf, unsigned principal, const char *const words[4])
{
	char bytes[2048];
	struct writer w = writer_of(bytes, sizeof(bytes));

	writer_format(&w,
	    "{\"_type\":\"" STATEMENT_TYPE
	    "\",\"subject\":[{\"name\":\"p%u/l%llu\",\"digest\":",
	    principal, (unsigned long long)shelf->edge.size);
	write_digest(&w, words[0]);
	writer_format(&w,
	    "}],\"predicateType\":\"https://headwater/license/v1\","
	    "\"predicate\":{\"license\":\"MIT\",\"source\":\"%s\"",
	    words[1]);
	if (words[2] != NULL) {
		writer_format(&w,
		    ",\"incorporates\":[{\"source\":\"%s\",\"digest\":",
		    words[3]);
		write_digest(&w, words[2]);
		writer_text(&w, "}]");
	}
	writer_text(&w, "}}");
	assert_err(ERR_OK, writer_end(&w));
	return shelf_add_text(shelf, principal, writer_view(&w));
}

/* A data set that rests on a text. */
static void
add_rest(struct shelf *shelf, const char *text)
{
	char bytes[1024];
	struct writer w = writer_of(bytes, sizeof(bytes));
	unsigned long long number = shelf->edge.size;

	writer_format(&w,
	    "{\"_type\":\"" STATEMENT_TYPE
	    "\",\"subject\":[{\"name\":\"p0/d%llu\",\"digest\":",
	    number);
	write_digest(&w, "set");
	writer_text(&w,
	    "}],\"predicateType\":\"https://headwater/dataset/v1\","
	    "\"predicate\":{\"license\":\"MIT\",\"licenseTexts\":[");
	write_digest(&w, text);
	writer_text(&w, "]}}");
	assert_err(ERR_OK, writer_end(&w));
	(void)shelf_add_text(shelf, 0, writer_view(&w));
}

static enum err
gather(struct shelf *shelf, const struct drift_question *question,
    struct terms *ret)
{
	struct view view =
	    view_open(shelf->log, shelf->index, shelf->edge.size);
	struct writer w = writer_heap((size_t)1 << 20);
	enum err err = terms_gather(&view, question, arena, ret, NULL);

	if (err == ERR_OK) {
		terms_render(&view, ret, &w);
		assert_err(ERR_OK, writer_end(&w));
		/* what was counted outlives the records */
		size_t count = ret->snapshots.count;
		terms_done(ret);
		ret->snapshots.count = count;
	}
	writer_done(&w);
	assert_err(ERR_OK, view_close(&view));
	return err;
}

static void
open_shelf(struct shelf *shelf)
{
	arena = arena_new(REQUEST_ARENA_MAX);
	shelf_open(shelf);
}

static void
close_shelf(struct shelf *shelf)
{
	shelf_close(shelf);
	arena_free(arena);
}

/* A snapshot of `text` at a URL, which takes in all that one may. */
static void
add_full(struct shelf *shelf, unsigned text, unsigned url)
{
	struct writer w = writer_heap((size_t)64 << 10);
	char name[32];

	(void)snprintf(name, sizeof(name), "text %u", text);
	writer_format(&w,
	    "{\"_type\":\"" STATEMENT_TYPE
	    "\",\"subject\":[{\"name\":\"p0/l%llu\",\"digest\":",
	    (unsigned long long)shelf->edge.size);
	write_digest(&w, name);
	writer_format(&w,
	    "}],\"predicateType\":\"https://headwater/license/v1\","
	    "\"predicate\":{\"license\":\"MIT\",\"source\":"
	    "\"https://terms.example/a/long/way/down/%u\",\"incorporates\":[",
	    url);
	for (unsigned i = 0; i < LICENSE_DOCUMENTS_MAX; i++) {
		writer_format(&w,
		    "%s{\"source\":\"https://terms.example/a/long/way/"
		    "down/%u\",\"digest\":",
		    i == 0 ? "" : ",", 1000 + i + 64 * (text % 2));
		(void)snprintf(name, sizeof(name), "doc %u", i);
		write_digest(&w, name);
		writer_text(&w, "}");
	}
	writer_text(&w, "]}}");
	assert_err(ERR_OK, writer_end(&w));
	(void)shelf_add_text(shelf, 0, writer_view(&w));
	writer_done(&w);
}

/* As many texts, URLs and documents as there may be: each text is asked only
 * whether it is old, not for all that it takes in. */
static void
test_full(void **state)
{
	struct drift_question question = { .text = text_of("text 0") };
	struct shelf shelf;
	struct terms terms;
	(void)state;

	open_shelf(&shelf);
	for (unsigned i = 0; i < 64; i++)
		add_full(&shelf, 0, i);
	for (unsigned i = 0; i < DRIFT_SNAPSHOTS_MAX; i++)
		add_full(&shelf, 1 + i, i % 64);
	add_rest(&shelf, "text 0");
	add_rest(&shelf, "text 256");
	shelf_commit(&shelf);
	assert_err(ERR_OK, gather(&shelf, &question, &terms));
	assert_int_equal(DRIFT_SNAPSHOTS_MAX, terms.snapshots.count);
	assert_int_equal(DRIFT_DOCUMENTS_MAX, terms.drift.count);
	assert_true(terms.is_cut);
	assert_int_equal(2, terms.rest_count);
	for (size_t i = 0; i < terms.rest_count; i++) {
		struct hash new = text_of("text 256");
		assert_int_equal(!hash_equal(&new, &terms.rests[i].text),
		    terms.rests[i].is_old);
	}
	close_shelf(&shelf);
}

static void
test_all_of_it(void **state)
{
	struct drift_question question = { .text = text_of("a") };
	struct shelf shelf;
	struct terms terms;
	(void)state;

	open_shelf(&shelf);
	struct hash first = add(&shelf, 0,
	    (const char *[]){
		"a", "https://u.example", "p", "https://p.example" });
	add_rest(&shelf, "a");
	(void)add(&shelf, CLERK,
	    (const char *[]){ "b", "https://u.example", NULL, NULL });
	add_rest(&shelf, "b");
	(void)add(&shelf, CLERK,
	    (const char *[]){ "q", "https://p.example", NULL, NULL });
	/* of no URL that is asked about */
	(void)add(&shelf, CLERK,
	    (const char *[]){ "z", "https://z.example", NULL, NULL });
	add_rest(&shelf, "z");
	shelf_commit(&shelf);
	assert_err(ERR_OK, gather(&shelf, &question, &terms));
	assert_int_equal(3, terms.snapshots.count);
	assert_int_equal(2, terms.drift.count);
	assert_true(terms.drift.is_changed);
	assert_false(terms.is_cut);
	assert_int_equal(2, terms.rest_count);
	assert_true(terms.rests[0].is_old);
	assert_false(terms.rests[1].is_old);
	/* the same from its record */
	question = (struct drift_question){
		.has_record = true,
		.record = first,
	};
	assert_err(ERR_OK, gather(&shelf, &question, &terms));
	assert_int_equal(3, terms.snapshots.count);
	assert_true(
	    hash_equal(&terms.question.text, &(struct hash){ 0 }) == false);
	assert_true(terms.drift.is_changed);
	/* the newer one */
	question = (struct drift_question){ .text = text_of("b") };
	assert_err(ERR_OK, gather(&shelf, &question, &terms));
	assert_false(terms.drift.is_changed);
	question.text = text_of("none");
	assert_err(ERR_NOT_FOUND, gather(&shelf, &question, &terms));
	question = (struct drift_question){
		.has_record = true,
		.record = text_of("none"),
	};
	assert_err(ERR_NOT_FOUND, gather(&shelf, &question, &terms));
	close_shelf(&shelf);
}

static void
test_withdrawn(void **state)
{
	struct drift_question question = { .text = text_of("a") };
	struct shelf shelf;
	struct terms terms;
	(void)state;

	open_shelf(&shelf);
	(void)add(&shelf, 0,
	    (const char *[]){ "a", "https://u.example", NULL, NULL });
	struct hash second = add(&shelf, CLERK,
	    (const char *[]){ "b", "https://u.example", NULL, NULL });
	struct shelf_statement s = {
		.kind = RECORD_WITHDRAWAL,
		.principal = 0, /* somebody else's: it stands */
		.withdraws = &second,
	};
	(void)shelf_add(&shelf, &s);
	shelf_commit(&shelf);
	assert_err(ERR_OK, gather(&shelf, &question, &terms));
	assert_true(terms.drift.is_changed);
	s.principal = CLERK;
	(void)shelf_add(&shelf, &s);
	shelf_commit(&shelf);
	assert_err(ERR_OK, gather(&shelf, &question, &terms));
	assert_false(terms.drift.is_changed);
	question = (struct drift_question){
		.has_record = true,
		.record = second,
	};
	assert_err(ERR_NOT_FOUND, gather(&shelf, &question, &terms));
	close_shelf(&shelf);
}

/* As many of one URL as are looked at, and one more. */
static void
test_many(void **state)
{
	struct drift_question question = { .text = text_of("a") };
	struct shelf shelf;
	struct terms terms;
	char text[16];
	(void)state;

	open_shelf(&shelf);
	(void)add(&shelf, 0,
	    (const char *[]){ "a", "https://u.example", NULL, NULL });
	for (unsigned i = 1; i < TERMS_NEWEST_MAX; i++) {
		(void)snprintf(text, sizeof(text), "text %u", i);
		(void)add(&shelf, 0,
		    (const char *[]){ text, "https://u.example", NULL, NULL });
	}
	shelf_commit(&shelf);
	assert_err(ERR_OK, gather(&shelf, &question, &terms));
	assert_int_equal(TERMS_NEWEST_MAX, terms.snapshots.count);
	assert_false(terms.is_cut);
	(void)add(&shelf, 0,
	    (const char *[]){ "last", "https://u.example", NULL, NULL });
	shelf_commit(&shelf);
	assert_err(ERR_OK, gather(&shelf, &question, &terms));
	assert_true(terms.is_cut);
	/* and still the newest is known */
	struct hash last = text_of("last");
	assert_true(hash_equal(&last, &terms.drift.documents[0].newest_text));
	close_shelf(&shelf);
}

/* A chain of documents, longer than is walked. */
static void
test_chain(void **state)
{
	struct drift_question question = { .text = text_of("text 0") };
	struct shelf shelf;
	struct terms terms;
	char words[4][32];
	(void)state;

	open_shelf(&shelf);
	for (unsigned i = 0; i < 2 * DRIFT_DOCUMENTS_MAX; i++) {
		(void)snprintf(words[0], sizeof(words[0]), "text %u", i);
		(void)snprintf(words[1], sizeof(words[1]), "https://u%u", i);
		(void)snprintf(words[2], sizeof(words[2]), "text %u", i + 1);
		(void)snprintf(
		    words[3], sizeof(words[3]), "https://u%u", i + 1);
		(void)add(&shelf, 0,
		    (const char *[]){ words[0], words[1], words[2], words[3] });
	}
	shelf_commit(&shelf);
	assert_err(ERR_OK, gather(&shelf, &question, &terms));
	assert_true(terms.is_cut);
	assert_false(terms.drift.is_circular);
	assert_true(terms.drift.count <= DRIFT_DOCUMENTS_MAX);
	/* out of memory is said */
	struct arena *whole = arena;
	arena = arena_new(4096);
	assert_err(ERR_MEMORY, gather(&shelf, &question, &terms));
	arena_free(arena);
	arena = whole;
	close_shelf(&shelf);
}

int
main(int argc, char **argv)
{
	UNIT(test_all_of_it);
	UNIT(test_withdrawn);
	UNIT(test_many);
	UNIT(test_chain);
	UNIT(test_full);
	return unit_run(argc, argv);
}
