/* dossier: what is walked, what counts, and that the order of answers is no
 * matter.  A bag of records stands in for the log. */
#include "tests/schema/sketch.h"

static struct arena *arena;

/* ---- what it says, in a line each ---- */

static const char *const standings[] = { "own", "cited", "stranger" };

static void
print_node(const struct dossier *d, size_t at, struct writer *w)
{
	const struct dossier_node *n = &d->nodes[at];

	writer_format(w, "%x%s%s%s%s@%zu[", n->digest.bytes[0] & 15U,
	    n->is_released ? "R" : "", n->is_upstream ? "U" : "",
	    n->is_component ? "C" : "", n->is_gap ? "?" : "", n->distance);
	for (size_t i = 0; i < n->record_count; i++)
		writer_format(w, "%s%llu", i == 0 ? "" : " ",
		    (unsigned long long)d->records[n->records[i]].index);
	writer_text(w, "]");
	if (n->has_described)
		writer_format(w, "=%llu",
		    (unsigned long long)d->records[n->described].index);
	writer_text(w, "\n");
}

static void
print_rest(const struct dossier *d, struct writer *w)
{
	for (size_t i = 0; i < d->edge_count; i++) {
		const struct dossier_edge *e = &d->edges[i];
		writer_format(w, "%x>%x by %llu %s%s%s%s%s\n",
		    d->nodes[e->from].digest.bytes[0] & 15U,
		    d->nodes[e->to].digest.bytes[0] & 15U,
		    (unsigned long long)d->records[e->record].index,
		    standings[e->standing], e->is_walked ? "" : " not",
		    e->is_complete ? " complete" : "",
		    e->is_part ? " part" : "",
		    e->is_generation ? " generated" : "");
	}
	for (size_t i = 0; i < d->component_count; i++) {
		const struct dossier_component *c = &d->components[i];
		writer_format(w, "%.*s", SPAN_ARGS(c->component->role));
		if (c->has_node)
			writer_format(
			    w, " %x", d->nodes[c->node].digest.bytes[0] & 15U);
		if (c->has_record)
			writer_format(w, " by %llu",
			    (unsigned long long)d->records[c->record].index);
		writer_format(w, "%s\n", c->is_missing ? " missing" : "");
	}
}

static void
check(const struct dossier_question *question, const char *wanted)
{
	static const unsigned shuffles[] = { 0, 1, 61, 4711 };

	for (size_t i = 0; i < sizeof(shuffles) / sizeof(shuffles[0]); i++) {
		struct dossier_build *build;
		char text[4096];
		struct writer w = writer_of(text, sizeof(text));
		const struct dossier *d =
		    bag_dossier(bag, question, shuffles[i], &build);
		if (d == NULL) {
			writer_text(&w, "nothing\n");
		} else {
			for (size_t n = 0; n < d->node_count; n++)
				print_node(d, n, &w);
			print_rest(d, &w);
		}
		writer_u8(&w, '\0');
		assert_err(ERR_OK, writer_end(&w));
		assert_string_equal(wanted, text);
		dossier_done(build);
		arena_reset(arena);
	}
}

static struct dossier_question
release(const char *name)
{
	return (struct dossier_question){ .name = span_of_text(name),
		.version = span_of_text("1") };
}

/* ---- rows ---- */

/* A release of a model (a) trained on a set (b) that was filtered from (c). */
static void
put_chain(void)
{
	empty();
	put("lab", HEAD THING("lab/raw", "c") TYPE("dataset") "{}}");
	put("lab",
	    HEAD THING("lab/set", "b") TYPE("dataset") "{'derivedFrom':[" INPUT(
		"c", "source") "],'complete':['source']}}");
	put("lab",
	    HEAD THING("lab/train", "a")
		RUN(INPUT("b", "dataset") "," INPUT("d", "code"), "'dataset'"));
	put("lab", HEAD THING("lab/model", "a") TYPE("model") "{}}");
	put("lab",
	    HEAD THING("lab/rel", "a")
		TYPE("release") "{'version':'1','components':[{'component':'"
				"datasets',"
				"'digest':{'sha256':'$b'}},{'component':'"
				"training-code',"
				"'record':{'tlogLeaf':'#5'}},{'component':'"
				"model-card','name':"
				"'card'},{'component':'data-card','record':{'"
				"tlogLeaf':'#9'}}]"
				"}}");
	put("lab", HEAD THING("lab/code", "e") TYPE("code") "{}}");
}

static void
test_chain(void **state)
{
	struct dossier_question question = release("lab/rel");

	(void)state;
	put_chain();
	check(&question,
	    "aR@0[2 3 4]=3\n"
	    "eC@0[5]=5\n"
	    "bUC@1[1]=1\n"
	    "dU?@1[]\n"
	    "cU@2[0]=0\n"
	    "b>a by 2 own complete\n"
	    "d>a by 2 own complete\n"
	    "c>b by 1 own complete\n"
	    "datasets b\n"
	    "training-code e by 5\n"
	    "model-card\n"
	    "data-card missing\n");
	question = release("lab/other");
	check(&question, "nothing\n");
	bag_free(bag);
}

/* By a digest: of the newest release; of what was never released; unknown. */
static void
test_digests(void **state)
{
	struct dossier_question question = { .as = SPAN_EMPTY };

	(void)state;
	put_chain();
	bag_cut(bag, 4);
	put("lab",
	    HEAD THING("lab/rel", "a") TYPE("release") "{'version':'1'}}");
	assert_err(ERR_OK,
	    digest_parse(span_of_text("sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
				      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
		&question.digest, NULL));
	check(&question,
	    "aR@0[2 3 4]=3\nbU@1[1]=1\ndU?@1[]\ncU@2[0]=0\n"
	    "b>a by 2 own complete\nd>a by 2 own complete\n"
	    "c>b by 1 own complete\n");
	assert_err(ERR_OK,
	    digest_parse(span_of_text("sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
				      "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"),
		&question.digest, NULL));
	question.as = span_of_text("lab");
	check(&question, "bR@0[1]=1\ncU@1[0]=0\nc>b by 1 own complete\n");
	question.as = span_of_text("mallory");
	check(&question, "bR?@0[1]\nc?@1[]\nc>b by 1 stranger not complete\n");
	assert_err(ERR_OK,
	    digest_parse(span_of_text("sha256:99999999999999999999999999999999"
				      "99999999999999999999999999999999"),
		&question.digest, NULL));
	check(&question, "nothing\n");
	bag_free(bag);
}

/* Whom nobody cites is shown and not walked; whom the publisher cites is. */
static void
test_standing(void **state)
{
	struct dossier_question question = release("lab/rel");

	(void)state;
	empty();
	put("eve", /* says that b came of f */
	    HEAD THING("eve/set", "b")
		TYPE("dataset") "{'derivedFrom':[" INPUT("f", "source") "]}}");
	put("bob", /* whom the run cites */
	    HEAD THING("bob/set", "b") TYPE(
		"dataset") "{'derivedFrom':[" CITING("c", "3", "source") "]}}");
	put("lab",
	    HEAD THING("lab/train", "a") RUN(CITING("b", "1", "dataset"), ""));
	put("joe", /* whom bob cites */
	    HEAD THING("joe/raw", "c") TYPE("dataset") "{}}");
	put("lab",
	    HEAD THING("lab/rel", "a") TYPE("release") "{'version':'1'}}");
	check(&question,
	    "aR@0[2 4]=2\nbU@1[0 1]=1\ncU@2[3]=3\nf?@2[]\n"
	    "b>a by 2 own\nf>b by 0 stranger not\nc>b by 1 cited\n");
	bag_free(bag);
}

/* What was withdrawn is shown, closes no gap and gives no standing. */
static void
test_withdrawn(void **state)
{
	struct dossier_question question = release("lab/rel");

	(void)state;
	put_chain();
	bag->records[1].is_withdrawn = true;
	bag->records[1].withdrawn = bag_id(40);
	bag_cut(bag, 4);
	put("lab",
	    HEAD THING("lab/rel", "a") TYPE("release") "{'version':'1'}}");
	check(&question,
	    "aR@0[2 3 4]=3\nbU?@1[1]\ndU?@1[]\nc?@2[]\n"
	    "b>a by 2 own complete\nd>a by 2 own complete\n"
	    "c>b by 1 stranger not complete\n");
	bag->records[4].is_withdrawn = true;
	check(&question, "nothing\n");
	bag_free(bag);
}

static void
test_cycle(void **state)
{
	struct dossier_question question = release("lab/rel");

	(void)state;
	empty();
	put("lab",
	    HEAD THING("lab/a", "a")
		TYPE("dataset") "{'derivedFrom':[" INPUT("b", "source") "]}}");
	put("lab",
	    HEAD THING("lab/b", "b") TYPE("dataset") "{'derivedFrom':[" INPUT(
		"a", "source") "],'generatedBy':[" INPUT("c",
		"generator") "]}}");
	put("lab",
	    HEAD THING("lab/rel", "a") TYPE("release") "{'version':'1'}}");
	check(&question,
	    "aR@0[0 2]=0\nbU@1[1]=1\ncU?@2[]\n"
	    "b>a by 0 own\na>b by 1 own\nc>b by 1 own generated\n");
	bag_free(bag);
}

/* Texts that are rested on, where they are, and what they take in. */
static void
test_texts(void **state)
{
	struct dossier_question question = release("lab/rel");
	struct dossier_build *build;
	const struct dossier *d;

	(void)state;
	empty();
	put("lab",
	    HEAD THING("lab/m", "a") TYPE(
		"model") "{'license':'MIT','licenseTexts':[{'sha256':'$1'}]}}");
	put("lab",
	    HEAD THING("lab/mit", "1")
		TYPE("license") "{'license':'MIT','source':'https://a/"
				"t','incorporates':["
				"{'source':'https://a/u'}]}}");
	put("eve", /* saw another text there */
	    HEAD THING("eve/mit", "2")
		TYPE("license") "{'license':'MIT','source':'https://a/t'}}");
	put("eve", /* and the other document */
	    HEAD THING("eve/u", "3")
		TYPE("license") "{'license':'MIT','source':'https://a/u'}}");
	put("eve", /* which has nothing to do with it */
	    HEAD THING("eve/x", "4")
		TYPE("license") "{'license':'MIT','source':'https://a/x'}}");
	put("lab",
	    HEAD THING("lab/rel", "a") TYPE("release") "{'version':'1'}}");
	d = bag_dossier(bag, &question, 1, &build);
	assert(d != NULL);
	assert_int_equal(5, d->record_count);
	assert_int_equal(3, d->records[3].index);
	assert_int_equal(5, d->records[4].index);
	assert_span_text("lab", d->as);
	assert_span_text("1", dossier_release(d)->record.version);
	dossier_done(build);
	arena_reset(arena);
	bag_free(bag);
}

/* Parts went into their set, whoever made them. */
static void
test_parts(void **state)
{
	struct dossier_question question = release("lab/rel");

	(void)state;
	empty();
	put("lab",
	    HEAD THING("lab/m", "a") ",{'name':'w','digest':{'sha256':'$b'},"
				     "'annotations':{'role':'weights'}}" TYPE(
					 "model") "{'complete':['weights']}}");
	put("lab", HEAD THING("lab/train", "b") RUN(INPUT("c", "dataset"), ""));
	put("lab",
	    HEAD THING("lab/rel", "a") TYPE("release") "{'version':'1'}}");
	check(&question,
	    "aR@0[0 2]=0\nbU@1[0 1]=1\ncU?@2[]\n"
	    "b>a by 0 own complete part\nc>b by 1 own\n");
	bag_free(bag);
}

/* More records about one thing than are looked at: it says so. */
static void
test_many(void **state)
{
	struct dossier_question question = release("lab/rel");
	struct dossier_build *build;
	struct dossier_want want;
	const struct dossier *d;

	(void)state;
	put_chain();
	build = dossier_begin(&question, arena);
	assert_non_null(build);
	assert_true(dossier_next(build, &want));
	assert_int_equal(DOSSIER_RELEASE, want.kind);
	assert_err(ERR_OK, dossier_give(build, &bag->records[4], NULL));
	assert_err(ERR_OK, dossier_give(build, &bag->records[4], NULL));
	dossier_answered(build, 7, true);
	while (dossier_next(build, &want))
		dossier_answered(build, 7, false);
	assert_err(ERR_OK, dossier_end(build, &d, NULL));
	assert_true(d->is_cut);
	assert_int_equal(1, d->record_count);
	assert_int_equal(7, d->tree_size);
	dossier_done(build);
	arena_reset(arena);
	bag_free(bag);
}

/* A chain of more sets than are walked ends, and says that it was cut. */
static void
test_long(void **state)
{
	struct dossier_question question = { .as = span_of_text("lab") };
	static char text[4096];
	struct dossier_build *build;
	struct dossier_want want;
	const struct dossier *d;
	size_t asked = 0;

	(void)state;
	question.digest = digest_sha256(&(struct hash){ .bytes = { 1 } });
	build = dossier_begin(&question, arena);
	assert_non_null(build);
	while (dossier_next(build, &want)) {
		struct hash next =
		    sha256_of(span_of(want.digest.bytes, want.digest.len));
		struct writer w = writer_of(text, sizeof(text));
		struct span digest =
		    span_of(want.digest.bytes, want.digest.len);
		writer_text(&w,
		    "{\"_type\":\"https://in-toto.io/Statement/v1\","
		    "\"predicateType\":\"https://headwater/dataset/v1\","
		    "\"subject\":[{\"name\":\"lab/a\",\"digest\":{\"sha256\":"
		    "\"");
		writer_hex(&w, digest);
		writer_text(&w,
		    "\"}}],\"predicate\":{\"derivedFrom\":[{\"digest\":{"
		    "\"sha256\":\"");
		writer_hex(&w, hash_span(&next));
		writer_text(&w, "\"}}]}}");
		assert_err(ERR_OK, writer_end(&w));
		struct dossier_record record = { .id = next,
			.index = asked,
			.principal = span_of_text("lab"),
			.payload = arena_copy(arena, writer_view(&w)) };
		assert_err(ERR_OK, dossier_give(build, &record, NULL));
		dossier_answered(build, 9999, false);
		asked++;
	}
	assert_err(ERR_OK, dossier_end(build, &d, NULL));
	assert_int_equal(DOSSIER_NODES_MAX, d->node_count);
	assert_int_equal(DOSSIER_NODES_MAX - 1, d->edge_count);
	assert_true(d->is_cut);
	dossier_done(build);
	arena_reset(arena);
}

int
main(int argc, char **argv)
{
	json_start();
	arena = arena_new((size_t)64 << 20);
	UNIT(test_chain);
	UNIT(test_digests);
	UNIT(test_standing);
	UNIT(test_withdrawn);
	UNIT(test_cycle);
	UNIT(test_texts);
	UNIT(test_parts);
	UNIT(test_many);
	UNIT(test_long);
	int failed = unit_run(argc, argv);
	arena_free(arena);
	return failed;
}
