/* licensing: each finding, over small worlds made by hand. */
#include "tests/unit.h"

#include "schema/licensing.h"

/*
 * A world is words; letters name artifacts, M is what was released.
 *
 *	release=L      lab's release of M under L ("release": says nothing)
 *	D>M  D>M:role  D went into M
 *	D/M            D is a part of the set M, by lab's record; D/M=L: under L
 *	D=L            lab's record of D; x.D=L: x's; D!=L: it was withdrawn
 *	D:lab.x        D is described by x, whom lab cites
 *	D~L            lab's record of D, whose card claims L
 *	D?L            the run that took D says L of it
 *	c:role@D=L     a component of the release (without @D: by name alone)
 *	t=L            text t (a small letter) of licence L
 *	t=L@u          the same at the URL u; `!` behind: mutable; `>p@v`: takes in
 *	               the text p at v (`>-@v`: not fetched)
 *	#tu            behind a record's licence: it rests on the texts t and u
 *
 * '_' in L is a space.
 */
#define NODES 26
#define RECORDS 32

static struct {
	struct arena *arena;
	struct dossier dossier;
	struct dossier_record records[RECORDS];
	struct dossier_node nodes[NODES];
	size_t node_of[128];
	size_t node_records[NODES][RECORDS];
	struct dossier_edge edges[RECORDS];
	struct dossier_component components[RECORDS];
	struct component named[RECORDS];
	size_t releases[1];
} world;

static struct hash
hash_of_letter(int letter)
{
	struct hash hash;

	memset(&hash, letter, sizeof(hash));
	return hash;
}

static struct digest
digest_of(int letter)
{
	struct hash hash = hash_of_letter(letter);

	return digest_sha256(&hash);
}

static size_t
node_at(char letter)
{
	struct dossier_node *node;
	size_t at = world.node_of[(int)letter];

	if (at > 0)
		return at - 1;
	at = world.dossier.node_count++;
	assert_true(at < NODES);
	world.node_of[(int)letter] = at + 1;
	node = &world.nodes[at];
	*node = (struct dossier_node){
		.digest = digest_of(letter),
		.is_released = letter == 'M',
		.is_upstream = letter != 'M',
		.distance = letter == 'M' ? 0 : 1,
		.records = world.node_records[at],
	};
	uint8_t *name = arena_take(world.arena, 1, 1);
	*name = (uint8_t)letter;
	node->name = span_of(name, 1);
	return at;
}

/* Spaces for '_', up to '#', '!', '@', '>' or the end. */
static const char *
take_license(const char *at, struct span *ret)
{
	size_t len = strcspn(at, "#!@>");
	char *text = arena_take(world.arena, len, 1);

	for (size_t i = 0; i < len; i++)
		text[i] = at[i] == '_' ? ' ' : at[i];
	*ret = span_of(text, len);
	return at + len;
}

static const char *
take_texts(const char *at, struct license_texts *ret)
{
	if (*at != '#')
		return at;
	ret->all = arena_take(world.arena, 16, sizeof(*ret->all));
	for (at++; *at >= 'a' && *at <= 'z'; at++)
		ret->all[ret->count++] = hash_of_letter(*at);
	return at;
}

static struct dossier_record *
put_record(enum record_kind kind, const char *principal, int subject)
{
	size_t at = world.dossier.record_count++;
	struct dossier_record *record = &world.records[at];
	struct resource *subjects =
	    arena_take(world.arena, 1, sizeof(*subjects));
	struct digest *digest = arena_take(world.arena, 1, sizeof(*digest));

	assert_true(at < RECORDS);
	*digest = digest_of(subject);
	*subjects = (struct resource){
		.digest = {
			.count = 1,
			.digests = digest,
			.has_node = true,
			.node = *digest,
		},
	};
	*record = (struct dossier_record){
		.id = hash_of_letter('0' + (int)at),
		.index = at,
		.principal = span_of_text(principal),
		.record = {
			.kind = kind,
			.statement = {
				.subject_count = 1,
				.subjects = subjects,
			},
		},
	};
	return record;
}

static size_t
number_of(const struct dossier_record *record)
{
	return (size_t)(record - world.records);
}

/* ---- words ---- */

static void
about(const struct dossier_record *record, size_t node, bool describes)
{
	struct dossier_node *n = &world.nodes[node];

	world.node_records[node][n->record_count++] = number_of(record);
	if (describes && !n->has_described) {
		n->has_described = true;
		n->described = number_of(record);
	}
}

static void
take_release(const char *at)
{
	struct dossier_record *record = put_record(RECORD_RELEASE, "lab", 'M');

	record->record.name = span_of_text("lab/release");
	record->record.version = span_of_text("1");
	if (*at == '=')
		take_texts(take_license(at + 1, &record->record.license),
		    &record->record.license_texts);
	about(record, node_at('M'), false);
	world.releases[0] = number_of(record);
	world.dossier.release_count = 1;
}

/* "D=L", "D!=L" of a principal */
static void
take_record(const char *at, const char *principal)
{
	bool is_owner = strcmp(principal, "lab") == 0;
	struct dossier_record *record =
	    put_record(RECORD_DATASET, principal, *at);
	char letter = *at++;

	if (*at == '!') {
		record->is_withdrawn = true;
		at++;
	}
	take_texts(take_license(at + 1, &record->record.license),
	    &record->record.license_texts);
	about(record, node_at(letter), is_owner && !record->is_withdrawn);
}

static void
take_edge(const char *at)
{
	struct dossier_record *record = put_record(RECORD_RUN, "lab", at[2]);
	struct dossier_edge *edge = &world.edges[world.dossier.edge_count++];

	*edge = (struct dossier_edge){
		.from = node_at(at[0]),
		.to = node_at(at[2]),
		.record = number_of(record),
		.role = at[3] == ':' ? span_of_text(at + 4) : SPAN_EMPTY,
		.is_walked = true,
		.is_part = at[1] == '/',
	};
	if (at[3] == '=')
		take_texts(take_license(at + 4, &record->record.license),
		    &record->record.license_texts);
}

/* "D?L": by the edge that was put last */
static void
take_used(const char *at)
{
	struct record *record =
	    &world.records[world.edges[world.dossier.edge_count - 1].record]
		 .record;
	struct resource *input = arena_take(world.arena, 1, sizeof(*input));

	input->digest.has_node = true;
	input->digest.node = digest_of(at[0]);
	(void)take_license(at + 2, &input->license);
	record->input_count = 1;
	record->inputs = input;
}

static void
take_claimed(const char *at)
{
	struct dossier_record *record = put_record(RECORD_MODEL, "lab", at[0]);
	struct claim *claim = arena_take(world.arena, 1, sizeof(*claim));

	claim->what = CLAIM_LICENSE;
	(void)take_license(at + 2, &claim->name);
	record->record.claims = (struct claims){ .count = 1, .all = claim };
	about(record, node_at(at[0]), true);
}

static void
take_cited(const char *at)
{
	struct dossier_record *record =
	    put_record(RECORD_RUN, strchr(at, '.') + 1, at[0]);

	about(record, node_at(at[0]), true);
}

static void
take_component(const char *at)
{
	size_t number = world.dossier.component_count++;
	struct component *named = &world.named[number];
	struct dossier_component *c = &world.components[number];
	size_t len = strcspn(at, "@=");

	named->role = span_of(at, len);
	c->component = named;
	c->release = world.releases[0];
	at += len;
	if (*at == '@') {
		bool is_new = world.node_of[(int)at[1]] == 0;
		c->has_node = true;
		c->node = node_at(at[1]);
		world.nodes[c->node].is_component = true;
		if (is_new)
			world.nodes[c->node].is_upstream = false;
		at += 2;
	}
	if (*at == '=')
		take_texts(
		    take_license(at + 1, &named->license), &named->texts);
}

static const char *
take_url(const char *at, struct span *ret)
{
	if (*at != '@')
		return at;
	*ret = span_of(at + 1, 1);
	return at + 2;
}

/* "t=L@u!>p@v" */
static void
take_text(const char *at)
{
	struct dossier_record *record =
	    put_record(RECORD_LICENSE, "clerk", at[0]);
	struct license_record *terms = &record->record.terms;

	at = take_url(
	    take_license(at + 2, &record->record.license), &terms->source);
	if (*at == '!') {
		terms->is_mutable = LICENSE_MUTABLE;
		terms->clause = span_of_text("from time to time");
		at++;
	}
	terms->documents =
	    arena_take(world.arena, 4, sizeof(*terms->documents));
	while (*at == '>') {
		struct license_document *d =
		    &terms->documents[terms->document_count++];
		d->has_sha256 = at[1] != '-';
		d->sha256 = hash_of_letter(at[1]);
		at = take_url(at + 2, &d->source);
	}
}

static void
take_word(const char *at)
{
	if (strncmp(at, "release", 7) == 0)
		take_release(at + 7);
	else if (strncmp(at, "c:", 2) == 0)
		take_component(at + 2);
	else if (strncmp(at, "x.", 2) == 0)
		take_record(at + 2, "x");
	else if (at[0] >= 'a' && at[0] <= 'z')
		take_text(at);
	else if (at[1] == '>' || at[1] == '/')
		take_edge(at);
	else if (at[1] == '?')
		take_used(at);
	else if (at[1] == '~')
		take_claimed(at);
	else if (at[1] == ':')
		take_cited(at);
	else
		take_record(at, "lab");
}

static void
make(const char *words)
{
	size_t len = strlen(words);
	char *copy;
	char *rest;

	memset(&world, 0, sizeof(world));
	world.arena = arena_new((size_t)4 << 20);
	world.dossier = (struct dossier){
		.as = span_of_text("lab"),
		.tree_size = 99,
		.releases = world.releases,
		.records = world.records,
		.nodes = world.nodes,
		.edges = world.edges,
		.components = world.components,
	};
	copy = arena_take(world.arena, len + 1, 1);
	memcpy(copy, words, len + 1);
	(void)node_at('M');
	for (char *word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest))
		take_word(word);
}

/* ---- rows ---- */

struct row {
	const char *name;
	const char *words;
	const char *expected; /* "finding:item …" but for no-text and not-osi */
};

static bool is_shown_too;

static void
print(const struct licensing *licensing, struct writer *w)
{
	for (size_t i = 0; i < licensing->finding_count; i++) {
		const struct licensing_finding *f = &licensing->findings[i];
		const struct licensing_item *item = &licensing->items[f->item];
		bool is_common = f->kind == LICENSING_NO_TEXT ||
		    f->kind == LICENSING_NOT_OSI;
		if (is_common && !is_shown_too)
			continue;
		writer_format(w, "%s%s:", w->len > 0 ? " " : "",
		    licensing_kind_name(f->kind));
		if (item->has_node)
			writer_span(w, item->name);
	}
}

static void
judge(const char *words, const char *claim, const char *expected)
{
	struct licensing licensing;
	char text[1024];
	struct writer w = writer_of(text, sizeof(text));

	make(words);
	assert_err(ERR_OK,
	    licensing_judge(&world.dossier, span_of_text(claim), world.arena,
		&licensing, NULL));
	print(&licensing, &w);
	assert_span_text(expected, writer_view(&w));
	arena_free(world.arena);
}

#define PERMISSIVE "release=MIT D>M D="
#define COPYLEFT "release=GPL-3.0-or-later D>M D="

static const struct row rows[] = {
	{ "all well", PERMISSIVE "Apache-2.0", "" },
	{ "nobody says", "release D>M D=MIT", "no-licence:M" },
	{ "nobody says upstream", "release=MIT D>M", "no-licence:D" },
	{ "a component that nobody describes", "release=MIT c:model-card@C",
	    "no-licence:C" },
	{ "a component by name", "release=MIT c:model-card", "no-licence:" },
	{ "a component by name, with a licence", "release=MIT c:model-card=MIT",
	    "" },
	{ "the component's word counts", "release=MIT C=MIT c:card@C=MIT", "" },
	{ "and the record's against it",
	    "release=MIT C=GPL-3.0-only c:card@C=MIT", "contradicted:C" },
	{ "the release against the model's record",
	    "release=MIT M=GPL-3.0-only", "contradicted:M" },
	{ "the same in other words",
	    "release=MIT_OR_Apache-2.0 M=(mit)__OR_Apache-2.0", "" },
	{ "the newest record counts", PERMISSIVE "CC-BY-NC-4.0 D=MIT",
	    "contradicted:D" },
	{ "a withdrawn one does not", "release=MIT D>M D!=CC-BY-NC-4.0 D=MIT",
	    "" },
	{ "only a withdrawn one", "release=MIT D>M D!=MIT", "no-licence:D" },
	{ "only a stranger says", "release=MIT D>M x.D=MIT",
	    "only-others-say:D" },
	{ "a stranger does not contradict", PERMISSIVE "MIT x.D=GPL-2.0-only",
	    "" },
	{ "whom lab cites", "release=MIT D>M D:lab.x x.D=MIT", "" },
	{ "who used it says", "release=MIT D>M D?MIT", "only-others-say:D" },
	{ "its card claims", "release=MIT D>M D~apache-2.0",
	    "only-others-say:D" },
	{ "its card claims a hub's id", "release=MIT D>M D~llama3.1",
	    "only-others-say:D use-restricted:D not-open:D mutable:D" },
	{ "its card claims what is none", "release=MIT D>M D~see_below",
	    "no-expression:D only-others-say:D" },
	{ "a record's word before a card's", "release=MIT D>M D~other D=MIT",
	    "" },
	{ "a part has its set's", "release=MIT S>M S=MIT P/S=MIT", "" },
	{ "a part's own word counts",
	    "release=MIT S>M S=MIT P/S=MIT P=CC-BY-NC-4.0",
	    "non-commercial:P not-open:P" },
	{ "no expression", PERMISSIVE "see_below", "no-expression:D" },
	{ "an unknown id", PERMISSIVE "Ours-1.0", "unknown-id:D not-open:D" },
	{ "an unknown exception", PERMISSIVE "MIT_WITH_Ours", "unknown-id:D" },
	{ "a reference without its text", PERMISSIVE "LicenseRef-scowl",
	    "unknown-id:D not-open:D" },
	{ "a reference with its text",
	    PERMISSIVE "LicenseRef-scowl#t t=LicenseRef-scowl", "not-open:D" },
	{ "ScanCode's public domain",
	    PERMISSIVE "LicenseRef-scancode-public-domain", "not-open:D" },
	{ "a deprecated id", PERMISSIVE "BSD-2-Clause-FreeBSD",
	    "deprecated-id:D" },
	{ "a deprecated id of one version", COPYLEFT "GPL-3.0",
	    "other-share-alike:D deprecated-id:D" },
	/* conflicts */
	{ "not for money", PERMISSIVE "CC-BY-NC-4.0",
	    "non-commercial:D not-open:D" },
	{ "not for money, nor the claim",
	    "release=CC-BY-NC-4.0 D>M D=CC-BY-NC-4.0",
	    "not-open:M not-open:D" },
	{ "nothing may be made of it", PERMISSIVE "CC-BY-ND-4.0",
	    "no-derivatives:D not-open:D" },
	{ "whatever the claim", "release=CC-BY-ND-4.0 D>M D=CC-BY-ND-4.0",
	    "no-derivatives:D not-open:M not-open:D" },
	{ "share-alike", PERMISSIVE "GPL-2.0-only", "share-alike:D" },
	{ "share-alike data", PERMISSIVE "CC-BY-SA-4.0", "share-alike:D" },
	{ "share-alike in part is none", PERMISSIVE "LGPL-2.1-only", "" },
	{ "the same share-alike", COPYLEFT "GPL-3.0-or-later", "" },
	{ "a later one of it", COPYLEFT "GPL-2.0-or-later", "" },
	{ "a later one, by its sign", COPYLEFT "GPL-2.0+", "deprecated-id:D" },
	{ "not a later one", COPYLEFT "GPL-2.0-only", "other-share-alike:D" },
	{ "another family", COPYLEFT "CC-BY-SA-4.0", "other-share-alike:D" },
	{ "a choice that fits", COPYLEFT "GPL-2.0-only_OR_GPL-3.0-or-later",
	    "" },
	{ "two that must both", COPYLEFT "GPL-3.0-or-later_AND_CC-BY-SA-4.0",
	    "other-share-alike:D" },
	{ "a choice without conditions", PERMISSIVE "GPL-2.0-only_OR_MIT", "" },
	{ "no choice without conditions",
	    PERMISSIVE "GPL-2.0-only_OR_CC-BY-NC-4.0", "no-free-choice:D" },
	{ "the Polish list",
	    PERMISSIVE "GPL-2.0-only_OR_LGPL-2.1-only_OR_MPL-1.1_OR_"
		       "Apache-2.0_OR_CC-BY-4.0",
	    "" },
	{ "a model's terms",
	    PERMISSIVE "LicenseRef-scancode-llama-3.1-license-2024",
	    "use-restricted:D not-open:D mutable:D" },
	{ "and they can end",
	    PERMISSIVE "LicenseRef-scancode-gemma-tou-2025-03-24",
	    "use-restricted:D not-open:D mutable:D revocable:D" },
	{ "what was released is not upstream", "release=GPL-3.0-only", "" },
	{ "a component is not upstream",
	    "release=MIT c:model-card@C=CC-BY-NC-4.0", "not-open:C" },
	{ "without a claim nothing conflicts", "release D>M D=CC-BY-NC-4.0",
	    "no-licence:M not-open:D" },
	/* texts */
	{ "a text", PERMISSIVE "MIT#t t=MIT", "" },
	{ "nobody recorded it", PERMISSIVE "MIT#t", "text-not-recorded:D" },
	{ "one text of two ids", COPYLEFT "GPL-3.0-or-later#t t=GPL-3.0-only",
	    "" },
	{ "and of a deprecated one", COPYLEFT "GPL-3.0-or-later#t t=GPL-3.0",
	    "" },
	{ "but not of another version",
	    COPYLEFT "GPL-3.0-or-later#t t=GPL-2.0-only", "text-of-another:D" },
	{ "it is another's", PERMISSIVE "MIT#t t=Apache-2.0",
	    "text-of-another:D" },
	{ "two records of it, one right", PERMISSIVE "MIT#t t=Apache-2.0 t=MIT",
	    "" },
	{ "mutable", PERMISSIVE "MIT#t t=MIT@u!", "mutable:D" },
	{ "drifted", PERMISSIVE "MIT#t t=MIT@u n=MIT@u", "drifted:D" },
	{ "the newer was agreed to", PERMISSIVE "MIT#n t=MIT@u n=MIT@u", "" },
	{ "what it takes in drifted",
	    PERMISSIVE "MIT#t t=MIT@u>p@v q=LicenseRef-p@v", "drifted:D" },
	{ "what it takes in was not fetched", PERMISSIVE "MIT#t t=MIT@u>-@v",
	    "not-fetched:D" },
	{ "each other", PERMISSIVE "MIT#t t=MIT@u>p@v p=LicenseRef-p@v>t@u",
	    "circular:D circular:D" },
	{ "the component's text",
	    "release=MIT C=MIT c:card@C=MIT#t t=MIT@u "
	    "n=MIT@u",
	    "drifted:C" },
};

static void
test_row(void **state)
{
	const struct row *row = *state;

	is_shown_too = false;
	judge(row->words, "", row->expected);
}

static const struct row common[] = {
	{ "no text", PERMISSIVE "CC-BY-4.0", "no-text:M no-text:D not-osi:D" },
	{ "each of two", "release=MIT#t t=MIT D>M D=MIT_AND_ISC#t",
	    "no-text:D" },
	{ "both of two", "release=MIT#t t=MIT D>M D=MIT_AND_ISC#ti i=ISC", "" },
	{ "one of a choice", "release=MIT#t t=MIT D>M D=MIT_OR_ISC#t", "" },
	{ "none where nobody says", "release=MIT#t t=MIT D>M", "no-licence:D" },
};

static void
test_common(void **state)
{
	const struct row *row = *state;

	is_shown_too = true;
	judge(row->words, "", row->expected);
}

static void
test_supposed(void **state)
{
	struct licensing licensing;
	struct why why;
	(void)state;

	is_shown_too = false;
	judge(COPYLEFT "GPL-3.0-or-later", "MIT", "share-alike:D");
	judge("release D>M D=CC-BY-NC-4.0", "MIT",
	    "no-licence:M non-commercial:D not-open:D");
	make("release=MIT");
	assert_err(ERR_SYNTAX,
	    licensing_judge(&world.dossier, span_of_text("MIT OR"), world.arena,
		&licensing, &why));
	assert_string_equal("claim: a licence is missing at the end", why.text);
	arena_free(world.arena);
}

/* ---- sentences and JSON ---- */

static void
test_json(void **state)
{
	struct licensing licensing;
	struct writer w = writer_heap((size_t)1 << 20);
	struct json *json;
	(void)state;

	make("release=MIT D>M:source D=CC-BY-NC-4.0#t t=CC-BY-NC-4.0@u!>-@v "
	     "n=CC-BY-NC-4.0@u c:model-card");
	assert_err(ERR_OK,
	    licensing_judge(
		&world.dossier, SPAN_EMPTY, world.arena, &licensing, NULL));
	licensing_print(&licensing, &w);
	assert_err(ERR_OK, writer_end(&w));
	assert_err(ERR_OK, json_parse_answer(writer_view(&w), &json, NULL));
	json_done(json);
	writer_u8(&w, 0);
	const char *text = (const char *)w.data;
	static const char *const parts[] = {
		"\"treeSize\":99,\"as\":\"lab\",\"release\":{\"record\":",
		"\"claim\":{\"license\":\"MIT\",\"supposed\":false,\"facts\":"
		"[\"known\",\"osi\",\"fsf\",\"open\",\"permissive\"]}",
		"\"finding\":\"no-licence\",\"bad\":true,\"item\":2",
		"CC-BY-NC-4.0 forbids commercial use; it went in as source, "
		"and the claim is MIT",
		"the text has changed at u: clerk saw 6e6e6e6e6e6e6e6e… there",
		"it takes in v, which was not fetched",
		"clerk: from time to time",
		"\"word\":\"own\",\"license\":\"CC-BY-NC-4.0\"",
		"\"component\":\"model-card\"",
		"\"depth\":1,\"within\":0,",
		"\"newest\":{\"sha256\":\"6e6e",
	};
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (strstr(text, parts[i]) == NULL)
			fail_msg("%s\nis not in\n%s", parts[i], text);
	}
	assert_true(licensing.bad_count < licensing.finding_count + 1);
	writer_done(&w);
	arena_free(world.arena);
}

static void
test_starved(void **state)
{
	struct licensing licensing;
	(void)state;

	make("release=MIT D>M D=CC-BY-NC-4.0#t t=CC-BY-NC-4.0@u");
	for (size_t cap = 0; cap < (size_t)2 << 20; cap += (size_t)16 << 10) {
		struct arena *arena = arena_new(cap);
		enum err err = licensing_judge(
		    &world.dossier, SPAN_EMPTY, arena, &licensing, NULL);
		if (err != ERR_OK)
			assert_err(ERR_MEMORY, err);
		arena_free(arena);
	}
	arena_free(world.arena);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT_ROWS(common, test_common);
	UNIT(test_supposed);
	UNIT(test_json);
	UNIT(test_starved);
	return unit_run(argc, argv);
}
