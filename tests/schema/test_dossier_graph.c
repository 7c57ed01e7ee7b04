#include "schema/dossier.h"

#include "tests/schema/bag.h"

#define S "{'_type':'https://in-toto.io/Statement/v1','subject':["
#define DATASET "],'predicateType':'https://headwater/dataset/v1','predicate':{"
#define MODEL "],'predicateType':'https://headwater/model/v1','predicate':{"
#define CODE "],'predicateType':'https://headwater/code/v1','predicate':{"
#define RELEASE "],'predicateType':'https://headwater/release/v1','predicate':{"
#define AUDIT "],'predicateType':'https://headwater/audit/v1','predicate':{"
#define LICENSE "],'predicateType':'https://headwater/license/v1','predicate':{"
#define END "}}"
#define IT(name, letter) "{'name':'" name "','digest':{'sha256':'#" letter "'}}"
#define IN(letter) "{'digest':{'sha256':'#" letter "'}}"
#define CITE(letter, row) \
	"{'digest':{'sha256':'#" letter "','tlogLeaf':'#" row "'}}"
#define RELEASE_OF(letter) \
	{ \
		"lab", S IT("lab/r", letter) RELEASE "'version':'1'" END, 0 \
	}

/* What a dossier is, in one line: `a<b` an edge walked, `a!b` one that is not;
 * `name` before it, `?` a gap, `*` upstream; then what else. */
struct row {
	const char *name;
	struct bag_row records[14];
	const char *graph;
	const char *nodes;
	const char *as; /* of a question by digest %m; else by name */
};

static const struct row rows[] = {
	{ "a chain",
	    { { "lab", S IT("lab/d", "d") DATASET END, 0 },
		{ "lab",
		    S IT("lab/m", "m") MODEL "'derivedFrom':[" IN("d") "]" END,
		    0 },
		RELEASE_OF("m") },
	    "d<m", "m d*", NULL },
	{ "a gap",
	    { { "lab",
		  S IT("lab/m", "m") MODEL "'derivedFrom':[" IN("d") "]" END,
		  0 },
		RELEASE_OF("m") },
	    "d<m", "m d*?", NULL },
	{ "nothing but the release", { RELEASE_OF("m") }, "", "m?", NULL },
	{ "a cycle ends",
	    { { "lab",
		  S IT("lab/d", "d") DATASET "'derivedFrom':[" IN("m") "]" END,
		  0 },
		{ "lab",
		    S IT("lab/m", "m") MODEL "'derivedFrom':[" IN("d") "]" END,
		    0 },
		RELEASE_OF("m") },
	    "d<m m<d", "m d*", NULL },
	{ "a stranger's word is shown, not walked",
	    { { "lab", S IT("lab/m", "m") MODEL END, 0 },
		{ "eve",
		    S IT("eve/m", "m") MODEL "'derivedFrom':[" IN("x") "]" END,
		    0 },
		{ "eve",
		    S IT("eve/x", "x") DATASET
		    "'derivedFrom':[" IN("y") "]" END,
		    0 },
		RELEASE_OF("m") },
	    "x!m", "m x?", NULL },
	{ "whoever is not the publisher closes no gap",
	    { { "lab",
		  S IT("lab/m", "m") MODEL "'derivedFrom':[" IN("d") "]" END,
		  0 },
		{ "eve", S IT("eve/d", "d") DATASET END, 0 }, RELEASE_OF("m") },
	    "d<m", "m d*?", NULL },
	{ "unless he is cited, then he is walked",
	    { { "joe",
		  S IT("joe/d", "d") DATASET "'derivedFrom':[" IN("e") "]" END,
		  0 },
		{ "lab",
		    S IT("lab/m", "m") MODEL
		    "'derivedFrom':[" CITE("d", "0") "]" END,
		    0 },
		RELEASE_OF("m") },
	    "d<m e<d", "m d* e*?", NULL },
	{ "who cites a record of something else cites nothing",
	    { { "joe", S IT("joe/x", "x") DATASET END, 0 },
		{ "lab",
		    S IT("lab/m", "m") MODEL
		    "'derivedFrom':[" CITE("d", "0") "]" END,
		    0 },
		RELEASE_OF("m") },
	    "d<m", "m d*?", NULL },
	{ "withdrawn is shown, not walked, closes no gap",
	    { { "lab",
		  S IT("lab/m", "m") MODEL "'derivedFrom':[" IN("x") "]" END,
		  1 },
		{ "lab",
		    S IT("lab/m", "m") MODEL "'derivedFrom':[" IN("d") "]" END,
		    0 },
		{ "lab", S IT("lab/d", "d") DATASET END, 1 }, RELEASE_OF("m") },
	    "x!m d<m", "m d*? x?", NULL },
	{ "all withdrawn",
	    { { "lab",
		  S IT("lab/m", "m") MODEL "'derivedFrom':[" IN("x") "]" END,
		  1 },
		RELEASE_OF("m") },
	    "x!m", "m? x?", NULL },
	{ "parts are upstream of their set",
	    { { "lab",
		  S IT("lab/d",
		      "d") ",{'name':'1','digest':{'sha256':'#s'},"
			   "'annotations':{'role':'shard'}}" DATASET END,
		  0 },
		RELEASE_OF("d") },
	    "s<d", "d s*", NULL },
	{ "a component is beside, and not walked",
	    { { "lab", S IT("lab/m", "m") MODEL END, 0 },
		{ "lab",
		    S IT("lab/e", "e") DATASET
		    "'derivedFrom':[" IN("x") "]" END,
		    0 },
		{ "lab",
		    S IT("lab/r", "m") RELEASE
		    "'version':'1','components':[{'component':"
		    "'evaluation-data','digest':{'sha256':'#e'}}]" END,
		    0 } },
	    "", "m e", NULL },
	{ "a component by a record alone is what that is about",
	    { { "joe", S IT("joe/e", "e") DATASET END, 0 },
		{ "lab", S IT("lab/m", "m") MODEL END, 0 },
		{ "lab",
		    S IT("lab/r", "m") RELEASE
		    "'version':'1','components':[{'component':"
		    "'evaluation-data','record':{'tlogLeaf':'#0'}}]" END,
		    0 } },
	    "", "m e", NULL },
	{ "as nobody: all are walked, and nothing is concluded",
	    { { "joe",
		S IT("joe/m", "m") MODEL "'derivedFrom':[" IN("x") "]" END,
		0 } },
	    "x<m", "m x*?", "" },
	{ "by digest, as its maker",
	    { { "joe",
		S IT("joe/m", "m") MODEL "'derivedFrom':[" IN("x") "]" END,
		0 } },
	    "x<m", "m x*?", "joe" },
	{ "by digest, as the release's publisher",
	    { { "lab",
		  S IT("lab/m", "m") MODEL "'derivedFrom':[" IN("x") "]" END,
		  0 },
		RELEASE_OF("m") },
	    "x<m", "m x*?", "" },
};

static char
letter_of(const struct digest *digest)
{
	for (int c = 'a'; c <= 'z'; c++) {
		struct digest one = bag_digest((char)c);
		if (digest_equal(&one, digest))
			return (char)c;
	}
	return '#';
}

static void
print_graph(const struct dossier *dossier, struct writer *w)
{
	for (size_t i = 0; i < dossier->edge_count; i++) {
		const struct dossier_edge *edge = &dossier->edges[i];
		char text[5] = {
			i == 0 ? '\0' : ' ',
		};
		char pair[4] = {
			letter_of(&dossier->nodes[edge->from].digest),
			edge->is_walked ? '<' : '!',
			letter_of(&dossier->nodes[edge->to].digest),
			'\0',
		};
		writer_text(w, text);
		writer_text(w, pair);
	}
}

static void
print_nodes(const struct dossier *dossier, struct writer *w)
{
	for (size_t i = 0; i < dossier->node_count; i++) {
		const struct dossier_node *node = &dossier->nodes[i];
		char letter[2] = { letter_of(&node->digest), '\0' };
		writer_text(w, i == 0 ? "" : " ");
		writer_text(w, letter);
		writer_text(w, node->is_upstream ? "*" : "");
		writer_text(w, node->is_gap ? "?" : "");
	}
}

static void
test_graph(void **state)
{
	const struct row *row = *state;
	struct bag *bag = bag_new(row->records, 14);
	struct dossier_question question = {
		.name = span_of_text("lab/r"),
		.version = span_of_text("1"),
	};

	if (row->as != NULL)
		question = (struct dossier_question){
			.digest = bag_digest('m'),
			.as = span_of_text(row->as),
		};
	for (unsigned shuffle = 0; shuffle < 20; shuffle++) {
		const struct dossier *dossier;
		struct dossier_build *build;
		char buffer[512];
		struct why why;
		bag->shuffle = shuffle;
		assert_err(
		    ERR_OK, bag_gather(bag, &question, &build, &dossier, &why));
		struct writer w = writer_of(buffer, sizeof(buffer));
		print_graph(dossier, &w);
		unit_span_equal(span_of_text(row->graph), writer_view(&w),
		    __FILE__, __LINE__);
		w = writer_of(buffer, sizeof(buffer));
		print_nodes(dossier, &w);
		unit_span_equal(span_of_text(row->nodes), writer_view(&w),
		    __FILE__, __LINE__);
		assert_false(dossier->is_cut);
		dossier_done(build);
	}
	bag_free(bag);
}

/* ---- components ---- */

struct component_row {
	const char *name;
	const char *component;
	bool has_node;
	bool has_record;
	bool is_missing;
	bool is_foreign;
	bool is_gap;
};

static const struct component_row component_rows[] = {
	{ "by name alone", "'name':'a paper'", false, false, false, false,
	    false },
	{ "by a digest that is described", "'digest':{'sha256':'#d'}", true,
	    false, false, false, false },
	{ "by a digest that nobody describes", "'digest':{'sha256':'#q'}", true,
	    false, false, false, true },
	{ "by a digest that a stranger describes", "'digest':{'sha256':'#e'}",
	    true, false, false, false, true },
	{ "by a stranger's record",
	    "'digest':{'sha256':'#e'},'record':{'tlogLeaf':'#2'}", true, true,
	    false, false, false },
	{ "by a record of something else",
	    "'digest':{'sha256':'#d'},'record':{'tlogLeaf':'#2'}", true, true,
	    false, true, false },
	{ "by a record that is not there", "'record':{'tlogLeaf':'#9'}", false,
	    false, true, false, false },
	{ "by a digest, and a record that is not there",
	    "'digest':{'sha256':'#d'},'record':{'tlogLeaf':'#9'}", true, false,
	    true, false, false },
};

static void
test_component(void **state)
{
	const struct component_row *row = *state;
	char release[1024];
	snprintf(release, sizeof(release),
	    S IT("lab/r", "m") RELEASE
	    "'version':'1','components':[{'component':'datasets',%s}]" END,
	    row->component);
	struct bag_row records[] = {
		{ "lab", S IT("lab/m", "m") MODEL END, 0 },
		{ "lab", S IT("lab/d", "d") DATASET END, 0 },
		{ "eve", S IT("eve/e", "e") DATASET END, 0 },
		{ "lab", release, 0 },
	};
	struct bag *bag = bag_new(records, 4);
	struct dossier_question question = {
		.name = span_of_text("lab/r"),
		.version = span_of_text("1"),
	};
	const struct dossier *dossier;
	struct dossier_build *build;

	assert_err(ERR_OK, bag_gather(bag, &question, &build, &dossier, NULL));
	assert_int_equal(1, dossier->component_count);
	const struct dossier_component *c = &dossier->components[0];
	assert_int_equal(row->has_node, c->has_node);
	assert_int_equal(row->has_record, c->has_record);
	assert_int_equal(row->is_missing, c->is_missing);
	assert_int_equal(row->is_foreign, c->is_foreign);
	if (c->has_node)
		assert_int_equal(row->is_gap, dossier->nodes[c->node].is_gap);
	assert_ptr_equal(
	    dossier_release(dossier), &dossier->records[c->release]);
	dossier_done(build);
	bag_free(bag);
}

/* ---- licence texts ---- */

static void
test_texts(void **state)
{
	(void)state;
	static const struct bag_row records[] = {
		{ "lab",
		    S IT("lab/m", "m") MODEL
		    "'licenseTexts':[{'sha256':'#t'}]" END,
		    0 },
		RELEASE_OF("m"),
		{ "joe",
		    S IT("x", "m") AUDIT "'method':'rehash','verdict':"
					 "'confirmed','about':[{'tlogLeaf':"
					 "'#0'}]" END,
		    0 },
		{ "law",
		    S IT("law/t", "t") LICENSE
		    "'license':'LicenseRef-t','source':'https://t/',"
		    "'incorporates':[{'source':'https://u/','digest':"
		    "{'sha256':'#u'}}]" END,
		    0 },
		{ "law",
		    S IT("law/t", "v") LICENSE
		    "'license':'LicenseRef-t','source':'https://t/'" END,
		    0 },
		{ "law",
		    S IT("law/u", "u") LICENSE
		    "'license':'LicenseRef-u','source':'https://u/',"
		    "'incorporates':[{'source':'https://t/','digest':"
		    "{'sha256':'#t'}}]" END,
		    0 },
		{ "law",
		    S IT("law/w", "w") LICENSE
		    "'license':'LicenseRef-w','source':'https://w/'" END,
		    0 },
	};
	struct bag *bag = bag_new(records, 7);
	struct dossier_question question = {
		.name = span_of_text("lab/r"),
		.version = span_of_text("1"),
	};
	const struct dossier *dossier;
	struct dossier_build *build;

	for (unsigned shuffle = 0; shuffle < 20; shuffle++) {
		bag->shuffle = shuffle;
		assert_err(
		    ERR_OK, bag_gather(bag, &question, &build, &dossier, NULL));
		/* all but the last, by index */
		assert_int_equal(6, dossier->record_count);
		for (size_t i = 0; i < 6; i++)
			assert_int_equal(i, dossier->records[i].index);
		assert_int_equal(1, dossier->node_count);
		assert_int_equal(7, dossier->tree_size);
		dossier_done(build);
	}
	bag_free(bag);
}

/* ---- bounds ---- */

/* So many records of a stranger about the model after the maker's own. */
static void
crowd(size_t strangers, bool *ret_cut, bool *ret_walked)
{
	struct bag *bag = bag_new(
	    (const struct bag_row[]){
		{ "lab",
		    S IT("lab/m", "m") MODEL "'derivedFrom':[" IN("d") "]" END,
		    0 },
		RELEASE_OF("m"),
	    },
	    2);
	struct bag_row eve = { "eve", S IT("eve/m", "m") DATASET END, 0 };
	struct dossier_question question = {
		.name = span_of_text("lab/r"),
		.version = span_of_text("1"),
	};
	const struct dossier *dossier;
	struct dossier_build *build;

	for (size_t i = 0; i < strangers; i++)
		bag_add(bag, &eve);
	assert_err(ERR_OK, bag_gather(bag, &question, &build, &dossier, NULL));
	*ret_cut = dossier->nodes[0].is_cut;
	*ret_walked = dossier->edge_count == 1 && dossier->edges[0].is_walked;
	assert_false(dossier->is_cut);
	dossier_done(build);
	bag_free(bag);
}

static void
test_nobody_crowds_out(void **state)
{
	bool is_cut;
	bool is_walked;

	(void)state;
	crowd(DOSSIER_ABOUT_MAX - 2, &is_cut, &is_walked);
	assert_false(is_cut);
	assert_true(is_walked);
	crowd(DOSSIER_ABOUT_MAX + 20, &is_cut, &is_walked);
	assert_true(is_cut);
	assert_true(is_walked);
}

/* So many strangers' records of so many inputs: the publisher's own stay. */
static void
test_nobody_fills_up(void **state)
{
	size_t cap = 100000;
	char *payload = test_malloc(cap);
	struct bag *bag = bag_new(
	    (const struct bag_row[]){
		{ "lab",
		    S IT("lab/m", "m") MODEL "'derivedFrom':[" IN("d") "]" END,
		    0 },
		{ "lab", S IT("lab/d", "d") DATASET END, 0 },
		RELEASE_OF("m"),
	    },
	    3);
	struct dossier_question question = {
		.name = span_of_text("lab/r"),
		.version = span_of_text("1"),
	};
	const struct dossier *dossier;
	struct dossier_build *build;

	(void)state;
	for (size_t r = 0; r < 60; r++) {
		int len = snprintf(
		    payload, cap, S IT("eve/m", "m") MODEL "'derivedFrom':[");
		size_t count = r % 2 == 0 ? 20 : 500;
		for (size_t i = 0; i < count; i++)
			len += snprintf(payload + len, cap - (size_t)len,
			    "%s{'digest':{'md5':'%032zx'}}", i == 0 ? "" : ",",
			    r * 1000 + i + 1);
		(void)snprintf(payload + len, cap - (size_t)len, "]" END);
		bag_add(bag, &(struct bag_row){ "eve", payload, 0 });
	}
	assert_err(ERR_OK, bag_gather(bag, &question, &build, &dossier, NULL));
	assert_false(dossier->is_cut);
	assert_true(dossier->edge_count > 1);
	assert_true(dossier->edge_count <= 251);
	size_t walked = 0;
	for (size_t i = 0; i < dossier->edge_count; i++)
		walked += dossier->edges[i].is_walked;
	assert_int_equal(1, walked);
	assert_false(dossier->nodes[0].is_gap);
	dossier_done(build);
	bag_free(bag);
	test_free(payload);
}

/* A release of two data sets, each made of so many artifacts. */
static void
wide(size_t first, size_t second, struct bag **ret)
{
	size_t cap = 60000;
	char *payload = test_malloc(cap);
	size_t counts[2] = { first, second };
	struct bag *bag = bag_new(NULL, 0);

	for (size_t set = 0; set < 2; set++) {
		int len = snprintf(payload, cap,
		    S "{'name':'lab/%zu','digest':{'sha256':'#%c'}}" DATASET
		      "'derivedFrom':[",
		    set, (char)('a' + set));
		for (size_t i = 0; i < counts[set]; i++)
			len += snprintf(payload + len, cap - (size_t)len,
			    "%s{'digest':{'md5':'%032zx'}}", i == 0 ? "" : ",",
			    set * 1000 + i + 1);
		snprintf(payload + len, cap - (size_t)len, "]" END);
		bag_add(bag, &(struct bag_row){ "lab", payload, 0 });
	}
	bag_add(bag,
	    &(struct bag_row){ "lab",
		S IT("lab/r", "a") "," IT("b", "b") RELEASE "'version':'1'" END,
		0 });
	test_free(payload);
	*ret = bag;
}

static void
test_nodes(void **state)
{
	static const size_t counts[][2] = {
		{ 499, 499 },
		{ 500, 499 },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct dossier_question question = {
			.name = span_of_text("lab/r"),
			.version = span_of_text("1"),
		};
		const struct dossier *dossier;
		struct dossier_build *build;
		struct bag *bag;
		wide(counts[i][0], counts[i][1], &bag);
		assert_err(
		    ERR_OK, bag_gather(bag, &question, &build, &dossier, NULL));
		assert_int_equal(DOSSIER_NODES_MAX, dossier->node_count);
		assert_int_equal(i == 1, dossier->is_cut);
		dossier_done(build);
		bag_free(bag);
	}
}

/* ---- not found ---- */

static void
test_not_found(void **state)
{
	static const struct bag_row records[] = {
		{ "lab", S IT("lab/r", "m") RELEASE "'version':'1'" END, 1 },
	};
	struct bag *bag = bag_new(records, 1);
	struct dossier_question question = {
		.name = span_of_text("lab/r"),
		.version = span_of_text("1"),
	};
	const struct dossier *dossier;
	struct dossier_build *build;
	struct why why;

	(void)state;
	assert_err(
	    ERR_NOT_FOUND, bag_gather(bag, &question, &build, &dossier, &why));
	dossier_done(build);
	question.version = span_of_text("2");
	assert_err(
	    ERR_NOT_FOUND, bag_gather(bag, &question, &build, &dossier, &why));
	assert_string_equal("release: no record of lab/r version 2 stands in "
			    "this log",
	    why.text);
	dossier_done(build);
	question = (struct dossier_question){ .digest = bag_digest('q') };
	assert_err(
	    ERR_NOT_FOUND, bag_gather(bag, &question, &build, &dossier, &why));
	dossier_done(build);
	dossier_done(NULL);
	bag_free(bag);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_graph);
	UNIT_ROWS(component_rows, test_component);
	UNIT(test_texts);
	UNIT(test_nobody_crowds_out);
	UNIT(test_nobody_fills_up);
	UNIT(test_nodes);
	UNIT(test_not_found);
	return unit_run(argc, argv);
}
