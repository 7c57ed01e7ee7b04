#include "schema/openness.h"

#include "tests/schema/bag.h"

#define S "{'_type':'https://in-toto.io/Statement/v1','subject':["
#define TYPE(kind) \
	"],'predicateType':'https://headwater/" kind "/v1','predicate':{"
#define END "}}"
#define IT(name, letter) "{'name':'" name "','digest':{'sha256':'#" letter "'}}"
#define C(role, rest) "{'component':'" role "'," rest "}"
#define D(letter) "'digest':{'sha256':'#" letter "'}"
#define R(row) "'record':{'tlogLeaf':'#" row "'}"

/* What the rows have in common: records 0 to 5. */
#define COMMON \
	{ "lab", S IT("lab/m", "m") TYPE("model") "'license':'MIT'" END, 0 }, \
	    { "lab", \
		    S IT("lab/d", "d") \
			TYPE("dataset") "'license':'CC0-1.0'" END, \
		    0 }, \
	    { "joe", \
		    S IT("joe/n", "n") \
			TYPE("dataset") "'license':'CC-BY-NC-4.0'" END, \
		    0 }, \
	    { "joe", \
		    S IT("joe/o", "o") \
			TYPE("dataset") "'license':'CC-BY-4.0'" END, \
		    0 }, \
	    { "lab", \
		    S IT("lab/w", "w") \
			TYPE("dataset") "'license':'CC0-1.0'" END, \
		    1 }, \
	{ \
		"lab", \
		    S IT("lab/u", "u") \
			TYPE("dataset") "'license':'LicenseRef-own'" END, \
		    0 \
	}

struct row {
	const char *name;
	const char *components;
	const char *license; /* of the release */
	enum mof_component row;
	enum openness_verdict verdict;
	const char *why; /* how it begins */
	unsigned level;
};

static const struct row rows[] = {
	{ "not named", "", NULL, MOF_DATASETS, OPENNESS_NOT_MET,
	    "the release does not name it", 0 },
	{ "a name without a digest",
	    C("datasets", "'name':'our corpus','license':'MIT'"), NULL,
	    MOF_DATASETS, OPENNESS_CLAIMED,
	    "our corpus: a name without a digest", 0 },
	{ "a digest that its publisher describes", C("datasets", D("d")), NULL,
	    MOF_DATASETS, OPENNESS_MET, "CC0-1.0; by lab, record ", 1 },
	{ "a record of the publisher", C("datasets", R("1")), NULL,
	    MOF_DATASETS, OPENNESS_MET, "CC0-1.0; by lab, record ", 1 },
	{ "a digest that nobody describes",
	    C("datasets", D("q") ",'license':'CC0-1.0'"), NULL, MOF_DATASETS,
	    OPENNESS_MET,
	    "CC0-1.0; its digest is committed to, and nobody describes it", 1 },
	{ "a digest that nobody describes, without licence",
	    C("datasets", D("q")), NULL, MOF_DATASETS, OPENNESS_NOT_MET,
	    "no licence is given", 1 },
	{ "the release's licence, where nothing nearer is said",
	    C("datasets", D("q")), "Apache-2.0", MOF_DATASETS, OPENNESS_MET,
	    "Apache-2.0; its digest", 1 },
	{ "the record's licence before the release's", C("datasets", D("u")),
	    "Apache-2.0", MOF_DATASETS, OPENNESS_NOT_MET,
	    "LicenseRef-own: no list that is known here", 1 },
	{ "a licence that is not open",
	    C("datasets", D("q") ",'license':'CC-BY-NC-4.0'"), NULL,
	    MOF_DATASETS, OPENNESS_NOT_MET,
	    "CC-BY-NC-4.0 is no open licence by MOF's rule", 1 },
	{ "one of a choice is open",
	    C("datasets", D("q") ",'license':'CC-BY-NC-4.0 OR MIT'"), NULL,
	    MOF_DATASETS, OPENNESS_MET, "CC-BY-NC-4.0 OR MIT; its digest", 1 },
	{ "PDDL is open, whatever the tool's list misspells",
	    C("datasets", D("q") ",'license':'PDDL-1.0'"), NULL, MOF_DATASETS,
	    OPENNESS_MET, "PDDL-1.0; its digest", 1 },
	{ "a record that is not there", C("datasets", R("9")), NULL,
	    MOF_DATASETS, OPENNESS_NOT_MET, "it cites record ", 0 },
	{ "a record that was withdrawn", C("datasets", R("4")), NULL,
	    MOF_DATASETS, OPENNESS_NOT_MET, "it cites record ", 0 },
	{ "a record of something else", C("datasets", D("d") "," R("3")), NULL,
	    MOF_DATASETS, OPENNESS_NOT_MET, "it cites record ", 1 },
	{ "somebody else's record, cited", C("datasets", R("3")), NULL,
	    MOF_DATASETS, OPENNESS_MET, "CC-BY-4.0; by joe, record ", 1 },
	{ "somebody else's digest, not cited: described only by him",
	    C("datasets", D("o") ",'license':'CC-BY-4.0'"), NULL, MOF_DATASETS,
	    OPENNESS_MET, "CC-BY-4.0; described only by joe, record ", 1 },
	{ "somebody else's digest, under a licence that he did not give",
	    C("datasets", D("n") ",'license':'MIT'"), NULL, MOF_DATASETS,
	    OPENNESS_NOT_MET,
	    "contradicted: the release says MIT, joe says CC-BY-NC-4.0", 1 },
	{ "somebody else's record, under a licence that he did not give",
	    C("datasets", R("2") ",'license':'MIT'"), NULL, MOF_DATASETS,
	    OPENNESS_NOT_MET,
	    "contradicted: the release says MIT, joe says CC-BY-NC-4.0", 1 },
	{ "two licences, both open", C("datasets", D("o") ",'license':'MIT'"),
	    NULL, MOF_DATASETS, OPENNESS_MET,
	    "contradicted: the release says MIT, joe says CC-BY-4.0", 1 },
	{ "of several the worst counts",
	    C("datasets", D("d")) "," C("datasets", "'name':'the rest'"), NULL,
	    MOF_DATASETS, OPENNESS_CLAIMED, "the rest: a name without", 0 },
	{ "of several all", C("datasets", D("d")) "," C("datasets", R("3")),
	    NULL, MOF_DATASETS, OPENNESS_MET, "all 2: ", 1 },
	{ "what was released is the parameters", "", NULL, MOF_PARAMETERS,
	    OPENNESS_MET, "MIT; by lab, record ", 1 },
	{ "and the release's licence counts first", "", "CC-BY-NC-4.0",
	    MOF_PARAMETERS, OPENNESS_NOT_MET, "contradicted: ", 1 },
	{ "a paper stands for the report",
	    C("research-paper", D("p") ",'license':'CC-BY-4.0'"), NULL,
	    MOF_REPORT, OPENNESS_MET, "waived: the research paper is there",
	    1 },
	{ "a paper by name does not",
	    C("research-paper", "'name':'arXiv','license':'CC-BY-4.0'"), NULL,
	    MOF_REPORT, OPENNESS_NOT_MET, "the release does not name it", 0 },
	{ "one document for two components",
	    C("model-card", D("p") ",'license':'CC-BY-4.0'") "," C(
		"data-card", D("p") ",'license':'CC-BY-4.0'"),
	    NULL, MOF_DATA_CARD, OPENNESS_MET, "CC-BY-4.0; its digest", 1 },
};

static void
judge(struct bag *bag, struct dossier_build **ret_build, struct openness **ret)
{
	struct dossier_question question = {
		.name = span_of_text("lab/r"),
		.version = span_of_text("1"),
	};
	const struct dossier *dossier;
	struct why why = { .text = "" };
	enum err err = bag_gather(bag, &question, ret_build, &dossier, &why);

	if (err != ERR_OK)
		print_message("# %s\n", why.text);
	assert_err(ERR_OK, err);
	assert_err(ERR_OK, openness_judge(dossier, bag->arena, ret));
}

static void
print_release(const char *components, const char *more, char *out, size_t cap)
{
	int len = snprintf(out, cap, "%s%s%s", S IT("lab/r", "m"),
	    TYPE("release") "'version':'1'", more);

	len += snprintf(out + len, cap - (size_t)len,
	    components[0] == '\0' ? "" : ",'components':[%s]", components);
	(void)snprintf(out + len, cap - (size_t)len, END);
}

static void
test_component(void **state)
{
	const struct row *row = *state;
	char release[4096];
	char more[256] = "";
	struct openness *openness;
	struct dossier_build *build;

	if (row->license != NULL)
		(void)snprintf(
		    more, sizeof(more), ",'license':'%s'", row->license);
	print_release(row->components, more, release, sizeof(release));
	const struct bag_row records[] = { COMMON, { "lab", release, 0 } };
	struct bag *bag = bag_new(records, 7);
	judge(bag, &build, &openness);
	const struct openness_line *line = &openness->components[row->row];
	struct span begins =
	    span_part(line->why, 0, span_of_text(row->why).len);
	unit_span_equal(span_of_text(row->why), begins, __FILE__, __LINE__);
	assert_string_equal(openness_verdict_name(row->verdict),
	    openness_verdict_name(line->verdict));
	assert_int_equal(row->level, line->level);
	assert_true(line->verdict == OPENNESS_MET || line->raise.len > 0);
	dossier_done(build);
	bag_free(bag);
}

/* ---- step by step ---- */

#define OPEN(role, letter) C(role, D(letter) ",'license':'Apache-2.0'")
#define THREE \
	OPEN("model-architecture", "a") \
	"," OPEN("evaluation-results", "b") "," OPEN("model-card", \
	    "c") "," OPEN("data-card", "e") "," OPEN("technical-report", "f")
#define TWO \
	"," OPEN("training-code", "g") "," OPEN( \
	    "inference-code", "h") "," OPEN("evaluation-code", \
	    "i") "," OPEN("evaluation-data", "j")
#define ONE \
	"," OPEN("datasets", "d") "," OPEN("data-preprocessing-code", \
	    "k") "," OPEN("model-parameters-intermediate", \
	    "l") "," OPEN("research-paper", "p")

struct step_row {
	const char *name;
	const char *components;
	const char *model;   /* the rest of its predicate */
	const char *dataset; /* and of the data set's */
	unsigned class;
	bool is_osaid;
	int missing; /* the OSAID line that is not met, or -1 */
};

#define FROM_D \
	"'license':'MIT','derivedFrom':[{'digest':{'sha256':'#d'}," \
	"'annotations':{'role':'dataset'}}]"
#define COMPLETE ",'complete':['dataset']"
#define AVAILABLE "'license':'Apache-2.0','availability':'open'"

static const struct step_row steps[] = {
	{ "nothing named", "", FROM_D, AVAILABLE, 0, false, OSAID_DESCRIBED },
	{ "class III", THREE, FROM_D, AVAILABLE, 3, false, OSAID_CODE },
	{ "class II", THREE TWO, FROM_D, AVAILABLE, 2, false, OSAID_CODE },
	{ "class I, and no list is signed as complete", THREE TWO ONE, FROM_D,
	    AVAILABLE, 1, false, OSAID_LISTED },
	{ "class I, and nobody says how the data can be had", THREE TWO ONE,
	    FROM_D COMPLETE, "'license':'Apache-2.0'", 1, false,
	    OSAID_AVAILABILITY },
	{ "class I, and no origin", THREE TWO ONE, "'license':'MIT'", AVAILABLE,
	    1, false, OSAID_LISTED },
	{ "data went in that is not named", THREE TWO ONE,
	    "'license':'MIT','derivedFrom':[{'digest':{'sha256':'#d'},"
	    "'annotations':{'role':'dataset'}},{'digest':{'sha256':'#q'},"
	    "'annotations':{'role':'dataset'}}]",
	    AVAILABLE, 2, false, OSAID_LISTED },
	{ "code went in, which is no data", THREE TWO ONE,
	    "'license':'MIT','derivedFrom':[{'digest':{'sha256':'#d'},"
	    "'annotations':{'role':'dataset'}},{'digest':{'sha256':'#q'},"
	    "'annotations':{'role':'code'}}]" COMPLETE,
	    AVAILABLE, 1, true, -1 },
	{ "class I and OSAID", THREE TWO ONE, FROM_D COMPLETE, AVAILABLE, 1,
	    true, -1 },
	{ "a class above one that is not whole", THREE ONE, FROM_D COMPLETE,
	    AVAILABLE, 3, false, OSAID_CODE },
};

static void
test_step(void **state)
{
	const struct step_row *row = *state;
	char *release = test_malloc(16384);
	char model[1024];
	char dataset[1024];
	struct openness *openness;
	struct dossier_build *build;

	print_release(row->components,
	    ",'claims':[{'what':'openness','name':'MOF Class II'},"
	    "{'what':'openness','name':'truly Open Source'},"
	    "{'what':'openness','name':'free as a bird'},"
	    "{'what':'openness','name':'open weights'}]",
	    release, 16384);
	(void)snprintf(model, sizeof(model), "%s%s" END,
	    S IT("lab/m", "m") TYPE("model"), row->model);
	(void)snprintf(dataset, sizeof(dataset), "%s%s" END,
	    S IT("lab/d", "d") TYPE("dataset"), row->dataset);
	const struct bag_row records[] = {
		{ "lab", model, 0 },
		{ "lab", dataset, 0 },
		{ "lab", release, 0 },
	};
	struct bag *bag = bag_new(records, 3);
	judge(bag, &build, &openness);
	assert_int_equal(row->class, openness->class);
	assert_int_equal(row->is_osaid, openness->is_osaid);
	if (row->missing >= 0)
		assert_int_not_equal(
		    OPENNESS_MET, openness->osaid[row->missing].verdict);
	assert_int_equal(4, openness->claim_count);
	bool is_two = row->class > 0 && row->class <= 2;
	assert_true(openness->claims[0].is_judged);
	assert_int_equal(is_two, openness->claims[0].is_shown);
	assert_int_equal(row->is_osaid, openness->claims[1].is_shown);
	assert_false(openness->claims[2].is_judged);
	assert_true(openness->claims[3].is_shown);
	dossier_done(build);
	bag_free(bag);
	test_free(release);
}

/* ---- without a release, and as JSON ---- */

static void
test_no_release(void **state)
{
	const struct bag_row records[] = { COMMON };
	struct dossier_question question = { .digest = bag_digest('m') };
	struct bag *bag = bag_new(records, 6);
	struct writer w = writer_heap(1 << 20);
	const struct dossier *dossier;
	struct openness *openness;
	struct dossier_build *build;
	struct json *json;

	(void)state;
	assert_err(ERR_OK, bag_gather(bag, &question, &build, &dossier, NULL));
	assert_err(ERR_OK, openness_judge(dossier, bag->arena, &openness));
	assert_int_equal(0, openness->class);
	openness_print(openness, &w);
	assert_err(ERR_OK, writer_end(&w));
	assert_err(ERR_OK, json_parse_answer(writer_view(&w), &json, NULL));
	json_done(json);
	writer_done(&w);
	dossier_done(build);
	bag_free(bag);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_component);
	UNIT_ROWS(steps, test_step);
	UNIT(test_no_release);
	return unit_run(argc, argv);
}
