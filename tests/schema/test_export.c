#include "schema/export.h"

#include "tests/schema/bag.h"

#define S "{'_type':'https://in-toto.io/Statement/v1','subject':["
#define TYPE(kind) \
	"],'predicateType':'https://headwater/" kind "/v1','predicate':{"
#define END "}}"
#define IT(name, letter) "{'name':'" name "','digest':{'sha256':'#" letter "'}}"
#define D(letter) "'digest':{'sha256':'#" letter "'}"
#define AS(role, letter, more) \
	"{" D(letter) more ",'annotations':{'role':'" role "'}}"
#define RUN(outputs, inputs, parameters) \
	S outputs \
	    "],'predicateType':'https://slsa.dev/provenance/v1'," \
	    "'predicate':{'buildDefinition':{'buildType':" \
	    "'https://headwater/run/v1','externalParameters':{" parameters \
	    "},'resolvedDependencies':[" inputs \
	    "]},'runDetails':{'builder':{'id':'https://lab/ci'}}}}"
#define OUT(name, letter, role) \
	"{'name':'" name "'," D(letter) ",'annotations':{'role':'" role "'}}"

/* joe's record is cited: it counts. */
#define BASE \
	"{'digest':{'sha256':'#b','tlogLeaf':'#0'},'annotations':{'role':" \
	"'base'}}"

/* Raw and derived data, a prepared set that only a run describes, code, somebody
 * else's base model, an input of which nobody knows, a model that was evaluated
 * beside another one; and a stranger's word about the data. */
static const struct bag_row world[] = {
	{ "joe",
	    S IT("joe/base", "b")
		TYPE("model") "'license':'LicenseRef-own'" END,
	    0 },
	{ "lab",
	    S IT("lab/raw", "r")
		TYPE("dataset") "'source':'https://example.org/"
				"raw','sourceCategory':'crawled',"
				"'claims':[{'what':'dataset','name':'Tall|"
				"Tales'}]" END,
	    0 },
	{ "lab",
	    S IT("lab/data", "d")
		TYPE("dataset") "'license':'CC0-1.0','availability':'open','"
				"derivedFrom':[" AS("source", "r",
				    "") "],'complete':['source']" END,
	    0 },
	{ "lab",
	    RUN(OUT("lab/prepare", "t", "shards") "," OUT(
		    "results.txt", "z", "results"),
		AS("dataset", "d", ""), ""),
	    0 },
	{ "lab",
	    RUN(OUT("lab/train", "m", "weights"),
		AS("dataset", "t", "") "," AS("code", "c", "") "," BASE "," AS(
		    "dataset", "q", ",'name':'unknown'") "," AS("dataset", "z",
		    ""),
		"'parameters':{'lr \\\"x\\\"':'0.1'},'seeds':{'seed':'42'}"),
	    0 },
	{ "lab",
	    S IT("lab/code", "c") TYPE("code") "'license':'Apache-2.0',"
					       "'repository':'https://example"
					       ".org/code.git'" END,
	    0 },
	{ "lab",
	    S IT("lab/model", "m") TYPE(
		"model") "'license':'MIT','architecture':'bag of words'" END,
	    0 },
	{ "lab",
	    S IT("lab/eval", "m") TYPE(
		"evaluation") "'metrics':[{'name':'f1','value':'0.5'}]" END,
	    0 },
	{ "lab",
	    S IT("lab/eval-base", "b") TYPE(
		"evaluation") "'metrics':[{'name':'f1','value':'0.999'}]" END,
	    0 },
	{ "eve",
	    S IT("eve/data", "d") TYPE("dataset") "'license':'GPL-3.0-only','"
						  "claims':[{'what':'dataset',"
						  "'name':'stolen goods'}]" END,
	    0 },
	{ "lab",
	    S IT("lab/rel", "m")
		TYPE("release") "'version':'1.0','license':'MIT','components':["
				"{'component':'datasets'," D(
				    "d") "},"
					 "{'component':'research-paper','name':"
					 "'a paper','license':'MIT'},"
					 "{'component':'training-code','record'"
					 ":{'tlogLeaf':'#5'}},"
					 "{'component':'evaluation-data'," D(
					     "e") "}]" END,
	    0 },
	{ "lab", S IT("lab/held", "e") TYPE("dataset") "'license':'MIT'" END,
	    0 },
	{ NULL, NULL, 0 },
};

static enum err
export_of(const struct bag_row *rows, unsigned shuffle,
    enum export_format format, struct writer *writer)
{
	struct bag *bag = bag_new(rows, BAG_MAX);
	struct dossier_question question = {
		.name = span_of_text("lab/rel"),
		.version = span_of_text("1.0"),
	};
	struct dossier_build *build;
	const struct dossier *dossier;
	struct why why;

	bag->shuffle = shuffle;
	for (size_t i = 0; i < bag->count; i++)
		bag->records[i].stamp_ms = 1764100131123 + i * 1000;
	assert_err(ERR_OK, bag_gather(bag, &question, &build, &dossier, &why));
	enum err err = export_write(format, dossier, writer, &why);
	if (err != ERR_OK)
		assert_true(span_starts(span_of_text(why.text), "export: "));
	dossier_done(build);
	bag_free(bag);
	return err;
}

/* ---- what stands in each, and what does not ---- */

struct row {
	const char *name;
	enum export_format format;
	bool is_there;
	const char *text; /* as bag.h writes it */
};

static const struct row rows[] = {
	{ "spdx: the released model", EXPORT_SPDX, true,
	    "'type':'ai_AIPackage'" },
	{ "spdx: what a run calls shards is data", EXPORT_SPDX, true,
	    "/dataset/sha256:#t'" },
	{ "spdx: results of a run are no model", EXPORT_SPDX, true,
	    "/file/sha256:#z'" },
	{ "spdx: an unknown input is a file, and no more", EXPORT_SPDX, true,
	    "/file/sha256:#q'" },
	{ "spdx: a parameter's quotes", EXPORT_SPDX, true,
	    "'key':'lr \\'x\\'','value':'0.1'" },
	{ "spdx: its metric", EXPORT_SPDX, true, "'key':'f1','value':'0.5'" },
	{ "spdx: seconds without parts", EXPORT_SPDX, true,
	    "'created':'2025-11-25T19:49:01Z'" },
	{ "spdx: a stranger is no agent", EXPORT_SPDX, false, "agent/eve" },
	{ "spdx: a stranger's licence", EXPORT_SPDX, false, "GPL-3.0-only" },
	{ "spdx: open data may still have to be asked for", EXPORT_SPDX, false,
	    "dataset_datasetAvailability" },
	{ "cyclonedx: the model's metric", EXPORT_CYCLONEDX, true,
	    "{'type':'f1','value':'0.5'}" },
	{ "cyclonedx: the base's is another model's", EXPORT_CYCLONEDX, false,
	    "0.999" },
	{ "cyclonedx: its architecture", EXPORT_CYCLONEDX, true,
	    "'modelArchitecture':'bag of words'" },
	{ "cyclonedx: nobody published what nobody describes", EXPORT_CYCLONEDX,
	    true,
	    "'bom-ref':'sha256:#q','name':'unknown','hashes':[{'alg':'SHA-"
	    "256'" },
	{ "cyclonedx: the base is an ancestor", EXPORT_CYCLONEDX, true,
	    "'pedigree':{'ancestors':[{'type':'machine-learning-model',"
	    "'bom-ref':'sha256:#b'" },
	{ "cyclonedx: no stranger", EXPORT_CYCLONEDX, false, "eve" },
	{ "prov: the run that used the code", EXPORT_PROV, true,
	    "'prov:activity':'hw:tlogLeaf:#4','prov:entity':'hw:sha256:#c'" },
	{ "prov: a derivation that a set states", EXPORT_PROV, true,
	    "'prov:generatedEntity':'hw:sha256:#d','prov:usedEntity':"
	    "'hw:sha256:#r'" },
	{ "prov: no stranger", EXPORT_PROV, false, "hwp:eve" },
	{ "openlineage: a complete event", EXPORT_OPENLINEAGE, true,
	    "{'eventType':'COMPLETE','eventTime':'" },
	{ "openlineage: the digest is the version", EXPORT_OPENLINEAGE, true,
	    "'datasetVersion':'sha256:#t'" },
	{ "croissant: by digest, wherever it is from", EXPORT_CROISSANT, true,
	    "'contentUrl':'urn:headwater:sha256:#r','description':"
	    "'https://example.org/raw'" },
	{ "croissant: benchmark data went in nowhere", EXPORT_CROISSANT, false,
	    "#e" },
	{ "croissant: neither did code", EXPORT_CROISSANT, false, "#c" },
	{ "mot: a component by its digest", EXPORT_MOT, true,
	    "      location: 'sha256:#d'" },
	{ "mot: a name stays a name, whatever licence it claims", EXPORT_MOT,
	    true,
	    "      description: 'claimed by name alone: a paper'\n"
	    "      location: ''\n      license_name: ''\n" },
	{ "mot: a component by its record alone", EXPORT_MOT, true,
	    "      description: 'lab/code'\n      location: "
	    "'https://example.org/code.git'\n"
	    "      license_name: 'Apache-2.0'\n" },
	{ "mot: no kind is made up", EXPORT_MOT, true,
	    "  type: ''\n  architecture: ''\n" },
	{ "eu: crawled data in its place", EXPORT_EU, true,
	    "2.3 Data crawled and scraped\n\n| name | digest |" },
	{ "eu: the gap", EXPORT_EU, true, "- sha256:#q unknown" },
	{ "eu: a claim, and whose", EXPORT_EU, true,
	    "- dataset: Tall\\|Tales (said by lab)" },
	{ "eu: nobody else's", EXPORT_EU, false, "stolen goods" },
	{ "eu: what is not recorded is said", EXPORT_EU, true,
	    "opt-outs): not recorded" },
};

static bool
contains(struct span text, struct span part)
{
	return memmem(text.data, text.len, part.data, part.len) != NULL;
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct writer got = writer_heap(1 << 20);
	char buffer[1024];
	struct writer text = writer_of(buffer, sizeof(buffer));

	assert_err(ERR_OK, export_of(world, 0, row->format, &got));
	bag_write(&text, row->text);
	assert_err(ERR_OK, writer_end(&text));
	if (contains(writer_view(&got), writer_view(&text)) != row->is_there) {
		print_message("# %.*s\n# in: %.*s\n",
		    SPAN_ARGS(writer_view(&text)),
		    SPAN_ARGS(writer_view(&got)));
		fail();
	}
	writer_done(&got);
}

/* ---- what all have in common ---- */

static void
check_json(struct span text)
{
	struct span line;
	struct json *json;
	struct why why;

	while (span_cut(&text, '\n', &line)) {
		enum err err = json_parse_answer(line, &json, &why);
		if (err != ERR_OK)
			print_message("# %s\n", why.text);
		assert_err(ERR_OK, err);
		json_done(json);
	}
	assert_int_equal(0, text.len);
}

/* In whatever order records come, the same bytes; whole lines of strict JSON, or
 * of text; and a buffer that is too small is an error at each size. */
static void
test_format(void **state)
{
	const enum export_format *format = *state;
	struct writer once = writer_heap(1 << 20);
	uint8_t *small = test_malloc(1 << 16);

	assert_err(ERR_OK, export_of(world, 0, *format, &once));
	struct span text = writer_view(&once);
	assert_true(text.len > 100 && text.len < 1 << 16);
	assert_int_equal('\n', text.data[text.len - 1]);
	if (*format != EXPORT_MOT && *format != EXPORT_EU)
		check_json(text);
	for (unsigned shuffle = 1; shuffle < 5; shuffle++) {
		struct writer again = writer_heap(1 << 20);
		assert_err(ERR_OK, export_of(world, shuffle, *format, &again));
		assert_span(text, writer_view(&again));
		writer_done(&again);
	}
	for (size_t cap = 0; cap < text.len; cap += 1 + text.len / 20) {
		struct writer w = writer_of(small, cap);
		assert_err(ERR_LIMIT, export_of(world, 0, *format, &w));
	}
	struct writer whole = writer_of(small, text.len);
	assert_err(ERR_OK, export_of(world, 0, *format, &whole));
	test_free(small);
	writer_done(&once);
}

/* ---- little is known ---- */

static void
test_bare(void **state)
{
	static const enum err expected[] = {
		[EXPORT_SPDX] = ERR_OK,
		[EXPORT_CYCLONEDX] = ERR_OK,
		[EXPORT_PROV] = ERR_OK,
		[EXPORT_OPENLINEAGE] = ERR_NOT_FOUND,
		[EXPORT_CROISSANT] = ERR_NOT_FOUND,
		[EXPORT_MOT] = ERR_OK,
		[EXPORT_EU] = ERR_OK,
	};
	static const struct bag_row bare[] = {
		{ "lab",
		    S IT("lab/rel", "m") TYPE("release") "'version':'1.0'" END,
		    0 },
		{ NULL, NULL, 0 },
	};

	(void)state;
	for (unsigned i = 0; i < EXPORT_FORMATS; i++) {
		struct writer w = writer_heap(1 << 20);
		assert_err(
		    expected[i], export_of(bare, 0, (enum export_format)i, &w));
		writer_done(&w);
	}
}

static void
test_names(void **state)
{
	enum export_format format;

	(void)state;
	for (unsigned i = 0; i < EXPORT_FORMATS; i++) {
		const char *name = export_name((enum export_format)i);
		assert_true(export_parse(span_of_text(name), &format));
		assert_int_equal(i, format);
		assert_non_null(
		    strchr(export_media_type((enum export_format)i), '/'));
	}
	assert_false(export_parse(span_of_text("SPDX"), &format));
	assert_false(export_parse(SPAN_EMPTY, &format));
}

int
main(int argc, char **argv)
{
	static const enum export_format formats[] = { EXPORT_SPDX,
		EXPORT_CYCLONEDX, EXPORT_PROV, EXPORT_OPENLINEAGE,
		EXPORT_CROISSANT, EXPORT_MOT, EXPORT_EU };

	json_start();
	UNIT_ROWS(rows, test_row);
	for (size_t i = 0; i < EXPORT_FORMATS; i++)
		unit_add(export_name(formats[i]), test_format, &formats[i]);
	UNIT(test_bare);
	UNIT(test_names);
	return unit_run(argc, argv);
}
