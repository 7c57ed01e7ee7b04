/* drift: what was agreed to, and what stands at its URLs now. */
#include "tests/unit.h"

#include "schema/drift.h"
#include "schema/writer.h"

/*
 * A snapshot as text: "TEXT@URL", a time where it was fetched ("#3"), what it
 * takes in behind '>': "X@U" ("-@U": not fetched), '!': may be changed.  Texts and
 * URLs are single letters.
 */
static struct snapshot snapshots[16];
static struct snapshot_document documents[16][8];

static struct hash
hash_of_letter(char letter)
{
	struct hash hash;

	memset(&hash, letter, sizeof(hash));
	return hash;
}

static const char *
take_document(const char *at, struct snapshot_document *d)
{
	*d = (struct snapshot_document){
		.has_text = at[0] != '-',
		.text = hash_of_letter(at[0]),
		.source = span_of(at + 2, at[2] == '_' ? 0 : 1),
	};
	at += 3;
	if (*at == '#') {
		d->has_fetched = true;
		d->fetched_ms = (uint64_t)(at[1] - '0');
		at += 2;
	}
	if (*at == '!') {
		d->is_mutable = true;
		at++;
	}
	return at;
}

/* Returns where it ends. */
static const char *
take_snapshot(const char *at, size_t number)
{
	struct snapshot *s = &snapshots[number];
	struct snapshot_document own;

	at = take_document(at, &own);
	*s = (struct snapshot){
		.id = hash_of_letter((char)('0' + number)),
		.index = number,
		.text = own.text,
		.source = own.source,
		.has_fetched = own.has_fetched,
		.fetched_ms = own.fetched_ms,
		.is_mutable = own.is_mutable,
		.documents = documents[number],
	};
	while (*at == '>')
		at = take_document(
		    at + 1, &documents[number][s->document_count++]);
	return at;
}

/* "A@u" at each depth; "->B2": changed to B by snapshot 2; "o": circular. */
static void
print(const struct drift *drift, struct writer *w)
{
	for (size_t i = 0; i < drift->count; i++) {
		const struct drift_document *d = &drift->documents[i];
		writer_format(w, "%s%zu:%c@%.*s", i > 0 ? " " : "", d->depth,
		    d->has_text ? d->text.bytes[0] : '-', SPAN_ARGS(d->source));
		if (d->is_changed)
			writer_format(
			    w, "->%c%zu", d->newest_text.bytes[0], d->newest);
		writer_format(w, "%s%s", d->is_circular ? "o" : "",
		    d->is_mutable ? "!" : "");
	}
	writer_format(w, "%s%s%s%s%s", drift->is_known ? "" : "unknown",
	    drift->is_changed ? " changed" : "", drift->has_gap ? " gap" : "",
	    drift->is_circular ? " circular" : "", drift->is_cut ? " cut" : "");
}

struct row {
	const char *name;
	const char *snapshots;
	char text; /* or the number of a snapshot */
	const char *expected;
};

static const struct row rows[] = {
	{ "nobody recorded it", "A@u", 'B', "unknown" },
	{ "one snapshot", "A@u", 'A', "0:A@u" },
	{ "without a URL there is no drift", "A@_ B@_", 'A', "0:A@" },
	{ "the same again", "A@u A@u", 'A', "0:A@u" },
	{ "another URL", "A@u B@v", 'A', "0:A@u" },
	{ "a newer text", "A@u B@u", 'A', "0:A@u->B1 changed" },
	{ "the newest of three", "A@u B@u C@u", 'A', "0:A@u->C2 changed" },
	{ "the newer asked", "A@u B@u", 'B', "0:B@u" },
	{ "back again", "A@u B@u A@u", 'A', "0:A@u" },
	{ "and away from between", "A@u B@u A@u", 'B', "0:B@u->A2 changed" },
	{ "by the day of fetching", "A@u#5 B@u#3", 'A', "0:A@u" },
	{ "by the day of fetching, changed", "A@u#5 B@u#3", 'B',
	    "0:B@u->A0 changed" },
	{ "on one day by the log", "A@u#3 B@u#3", 'A', "0:A@u->B1 changed" },
	{ "by the log where a day is missing", "A@u#5 B@u", 'A',
	    "0:A@u->B1 changed" },
	{ "two URLs, one changed", "A@u A@v B@v", 'A',
	    "0:A@u 0:A@v->B2 changed" },
	{ "mutable", "A@u!", 'A', "0:A@u!" },
	{ "takes in", "A@u>P@p", 'A', "0:A@u 1:P@p" },
	{ "takes in what was not fetched", "A@u>-@p", 'A', "0:A@u 1:-@p gap" },
	{ "takes in what changed", "A@u>P@p Q@p", 'A',
	    "0:A@u 1:P@p->Q1 changed" },
	{ "seen again by another snapshot", "A@u>P@p A@u>Q@p", 'A',
	    "0:A@u 1:Q@p" },
	{ "the older one had another policy", "A@u>P@p A@u>Q@p", '0',
	    "0:A@u 1:P@p->Q1 changed" },
	{ "another licence saw the policy change", "A@u>P@p C@v>Q@p", 'A',
	    "0:A@u 1:P@p->Q1 changed" },
	{ "a policy's policy", "A@u>P@p P@p>R@r", 'A', "0:A@u 1:P@p 2:R@r" },
	{ "a policy's policy changed", "A@u>P@p P@p>R@r S@r", 'A',
	    "0:A@u 1:P@p 2:R@r->S2 changed" },
	{ "each other", "A@u>P@p P@p>A@u", 'A', "0:A@uo 1:P@po circular" },
	{ "itself", "A@u>A@u", 'A', "0:A@uo circular" },
	{ "a circle behind", "A@u>P@p P@p>R@r R@r>P@p", 'A',
	    "0:A@u 1:P@po 2:R@ro circular" },
	{ "two ways are no circle", "A@u>P@p>Q@q P@p>R@r Q@q>R@r", 'A',
	    "0:A@u 1:P@p 1:Q@q 2:R@r" },
	{ "a mutable policy", "A@u>P@p!", 'A', "0:A@u 1:P@p!" },
	{ "a policy by its own snapshot's URL only", "A@u>P@p P@z>R@r", 'A',
	    "0:A@u 1:P@p" },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct arena *arena = arena_new((size_t)1 << 20);
	struct snapshots given = {
		.all = snapshots,
		.scratch = drift_scratch(arena),
	};
	struct drift_question question = {
		.has_record = row->text < 'A',
		.record = hash_of_letter(row->text),
		.text = hash_of_letter(row->text),
	};
	struct drift drift;
	char text[256];
	struct writer w = writer_of(text, sizeof(text) - 1);

	for (const char *at = row->snapshots; *at != 0;) {
		at = take_snapshot(at, given.count++);
		if (*at == ' ')
			at++;
	}
	assert_err(ERR_OK, drift_judge(&given, &question, arena, &drift));
	print(&drift, &w);
	assert_span_text(row->expected, writer_view(&w));
	bool is_old = false;
	for (size_t i = 0; i < drift.count; i++)
		is_old |= drift.documents[i].depth == 0 &&
		    drift.documents[i].is_changed;
	if (!question.has_record)
		assert_int_equal(is_old, drift_is_old(&given, &question.text));
	arena_free(arena);
}

/* ---- bounds ---- */

static void
test_many(void **state)
{
	static struct snapshot_document many[DRIFT_DOCUMENTS_MAX + 1];
	static char urls[DRIFT_DOCUMENTS_MAX + 1][8];
	struct snapshot one = { .source = span_of_text("u"),
		.documents = many };
	struct arena *arena = arena_new((size_t)1 << 20);
	struct snapshots given = {
		.count = 1,
		.all = &one,
		.scratch = drift_scratch(arena),
	};
	struct drift_question question = { .text = one.text };
	struct drift drift;
	(void)state;

	for (size_t i = 0; i <= DRIFT_DOCUMENTS_MAX; i++) {
		(void)snprintf(urls[i], sizeof(urls[i]), "p%zu", i);
		many[i] = (struct snapshot_document){
			.source = span_of_text(urls[i]),
		};
	}
	one.document_count = DRIFT_DOCUMENTS_MAX - 1;
	assert_err(ERR_OK, drift_judge(&given, &question, arena, &drift));
	assert_int_equal(DRIFT_DOCUMENTS_MAX, drift.count);
	assert_false(drift.is_cut);
	one.document_count = DRIFT_DOCUMENTS_MAX;
	assert_err(ERR_OK, drift_judge(&given, &question, arena, &drift));
	assert_int_equal(DRIFT_DOCUMENTS_MAX, drift.count);
	assert_true(drift.is_cut);
	struct arena *small = arena_new(1024);
	assert_err(ERR_MEMORY, drift_judge(&given, &question, small, &drift));
	arena_free(small);
	arena_free(arena);
	arena = arena_new(1024);
	assert_null(drift_scratch(arena));
	arena_free(arena);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_many);
	return unit_run(argc, argv);
}
