/* release_diff: what is told apart, what is the same, and what is left out. */
#include "tests/schema/sketch.h"

#include "schema/particular.h"
#include "schema/release_diff.h"

static struct arena *arena;

#define RELEASE(version, x, more) \
	HEAD THING("lab/rel", x) TYPE("release") "{'version':'" version \
						 "'" more "}}"
#define RUN_WITH(x, input, parameters, seeds) \
	HEAD THING("lab/train", \
	    x) "],'predicateType':'https://slsa.dev/provenance/" \
	       "v1','predicate':{" \
	       "'buildDefinition':{'buildType':'https://headwater/run/v1'," \
	       "'externalParameters':{'parameters':{" parameters \
	       "},'seeds':{" seeds \
	       "},'stage':'train'},'resolvedDependencies':[" INPUT(input, \
		   "dataset") "]},'runDetails':{'builder':{'id':'https://a/" \
			      "b'}," \
			      "'metadata':{'startedOn':'2026-11-25T00:00:0" x \
			      "Z'}}}}"

static void
print(const struct release_diff *diff, struct writer *w)
{
	static const char *const changes[] = { "+", "-", "~" };

	for (size_t i = 0; i < diff->count; i++) {
		const struct release_difference *one = &diff->all[i];
		const struct release_fact *fact =
		    one->before != NULL ? one->before : one->after;
		writer_format(w, "%s %s %.*s/%.*s", changes[one->change],
		    release_fact_name(fact->kind), SPAN_ARGS(fact->subject),
		    SPAN_ARGS(fact->key));
		if (one->before != NULL)
			writer_format(w, " %.12s", one->before->value.data);
		if (one->after != NULL)
			writer_format(w, " > %.12s", one->after->value.data);
		writer_text(w, "\n");
	}
	writer_format(w, "same %zu%s", diff->same, diff->is_cut ? " cut" : "");
}

static void
check(const char *wanted)
{
	struct dossier_question question[2] = { { .name = span_of_text(
						      "lab/rel") } };
	struct dossier_build *builds[2];
	const struct dossier *dossiers[2];
	struct release_diff diff;
	static char text[8192];
	struct writer w = writer_of(text, sizeof(text));

	question[1] = question[0];
	question[0].version = span_of_text("1");
	question[1].version = span_of_text("2");
	for (size_t i = 0; i < 2; i++) {
		dossiers[i] = bag_dossier(bag, &question[i], 1, &builds[i]);
		assert_non_null(dossiers[i]);
	}
	assert_err(
	    ERR_OK, release_diff(dossiers[0], dossiers[1], arena, &diff));
	print(&diff, &w);
	writer_u8(&w, '\0');
	assert_err(ERR_OK, writer_end(&w));
	assert_string_equal(wanted, text);
	dossier_done(builds[0]);
	dossier_done(builds[1]);
	arena_reset(arena);
}

static void
test_same(void **state)
{
	(void)state;
	empty();
	put("lab", HEAD THING("lab/m", "1") TYPE("model") "{'license':'MIT'}}");
	put("lab", RELEASE("1", "1", ""));
	put("lab", RELEASE("2", "1", ""));
	check("same 2");
	bag_free(bag);
}

/* Another set, another seed, another licence; the same parameter. */
static void
test_changes(void **state)
{
	(void)state;
	empty();
	put("lab", HEAD THING("lab/set", "a") TYPE("dataset") "{}}");
	put("lab", HEAD THING("lab/set", "b") TYPE("dataset") "{}}");
	put("lab", HEAD THING("lab/m", "1") TYPE("model") "{'license':'MIT'}}");
	put("lab",
	    HEAD THING("lab/m", "2")
		TYPE("model") "{'license':'Apache-2.0','licenseTexts':[{'"
			      "sha256':'$f'}]}}");
	put("lab", RUN_WITH("1", "a", "'epochs':'5','dim':'16'", "'seed':'1'"));
	put("lab", RUN_WITH("2", "b", "'epochs':'5','lr':'0.1'", "'seed':'2'"));
	put("lab", RELEASE("1", "1", ""));
	put("lab",
	    RELEASE("2", "2",
		",'claims':[{'what':'openness','name':'open'}],'components':["
		"{'component':'datasets','digest':{'sha256':'$b'}}]"));
	check("~ artifact lab/m/ sha256:11111 > sha256:22222\n"
	      "~ data lab/set/ sha256:aaaaa > sha256:bbbbb\n"
	      "+ component datasets/lab/set > sha256:bbbbb\n"
	      "~ licence lab/m/ MIT > Apache-2.0\n"
	      "+ licence-text lab/m/sha256:ffffffffffffffffffffffffffffffffffff"
	      "ffffffffffffffffffffffffffff > sha256:fffff\n"
	      "- parameter lab/train/dim 16\n"
	      "+ parameter lab/train/lr > 0.1\n"
	      "~ seed lab/train/seed 1 > 2\n"
	      "+ claim lab/rel/openness > open\n"
	      "same 3");
	bag_free(bag);
}

/* Several of one name are told apart by what they are, not paired. */
static void
test_several(void **state)
{
	(void)state;
	empty();
	put("lab",
	    HEAD THING("lab/m", "1") TYPE("model") "{'derivedFrom':[" INPUT(
		"a", "x") "," INPUT("b", "x") "," INPUT("e", "x") "]}}");
	put("lab",
	    HEAD THING("lab/m", "2") TYPE("model") "{'derivedFrom':[" INPUT(
		"b", "x") "," INPUT("c", "x") "]}}");
	put("lab", HEAD THING("lab/set", "a") TYPE("dataset") "{}}");
	put("lab", HEAD THING("lab/set", "b") TYPE("dataset") "{}}");
	put("lab", HEAD THING("lab/set", "c") TYPE("dataset") "{}}");
	put("lab", RELEASE("1", "1", ""));
	put("lab", RELEASE("2", "2", ""));
	check("~ artifact lab/m/ sha256:11111 > sha256:22222\n"
	      "- data lab/set/ sha256:aaaaa\n"
	      "+ data lab/set/ > sha256:ccccc\n"
	      "- other "
	      "sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
	      "eeeeeeeeeeee/ sha256:eeeee\n"
	      "same 1");
	bag_free(bag);
}

/* Parts of a set, strangers, and runs that are not walked say nothing. */
static void
test_left_out(void **state)
{
	(void)state;
	empty();
	put("lab",
	    HEAD THING("lab/m", "1") ",{'name':'w','digest':{'sha256':'$b'},"
				     "'annotations':{'role':'weights'}}" TYPE(
					 "model") "{}}");
	put("eve", HEAD THING("eve/train", "1") RUN(INPUT("c", "dataset"), ""));
	put("eve",
	    HEAD THING("eve/test", "1")
		TYPE("evaluation") "{'metrics':[{'name':'f1','value':'1'}]}}");
	put("lab",
	    HEAD THING("lab/test", "2")
		TYPE("evaluation") "{'metrics':[{'name':'f1','value':'0.5'}],'"
				   "seeds':{'s':'7'}}}");
	put("lab", RELEASE("1", "1", ""));
	put("lab", HEAD THING("lab/m", "2") TYPE("model") "{}}");
	put("lab", RELEASE("2", "2", ""));
	check("~ artifact lab/m/ sha256:11111 > sha256:22222\n"
	      "+ seed lab/test/s > 7\n"
	      "+ metric lab/test/f1 > 0.5\n"
	      "same 0");
	bag_free(bag);
}

int
main(int argc, char **argv)
{
	json_start();
	arena = arena_new((size_t)256 << 20);
	UNIT(test_same);
	UNIT(test_changes);
	UNIT(test_several);
	UNIT(test_left_out);
	int failed = unit_run(argc, argv);
	arena_free(arena);
	return failed;
}
