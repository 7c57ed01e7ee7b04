#include "client/benchmarks.h"

#include <string.h>

#include "client/answer.h"
#include "client/fetched.h"
#include "client/graph.h"
#include "client/listed.h"

#define NODES_MAX 256 /* asked for evaluations */
#define QUESTION_MAX 512
#define RESOURCES_MAX 64

/* ---- evaluations ---- */

static enum err
add_benchmark(struct benchmarks *b, const struct resource *resource,
    const struct hash *evaluation, struct why *w)
{
	struct arena *arena = b->session->arena;

	if (!resource->digest.has_node ||
	    resource->digest.node.algorithm != DIGEST_SHA256)
		return why(w, ERR_MISSING,
		    "an evaluation names a benchmark by no sha256");
	for (size_t i = 0; i < b->count; i++) {
		if (digest_equal(&b->all[i].digest, &resource->digest.node))
			return ERR_OK;
	}
	if (b->all == NULL)
		b->all = arena_take(arena, BENCHMARKS_MAX, sizeof(*b->all));
	if (b->all == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (b->count == BENCHMARKS_MAX)
		return why(
		    w, ERR_LIMIT, "more than %d benchmarks", BENCHMARKS_MAX);
	b->all[b->count++] = (struct benchmark){
		.digest = resource->digest.node,
		.name = arena_copy(arena, resource->name),
		.evaluation = *evaluation,
	};
	return ERR_OK;
}

static enum err
take_benchmarks(
    struct benchmarks *b, const struct fetched *fetched, struct why *w)
{
	const struct record *record = &fetched->proved.record;
	struct resources benchmarks;

	if (record->kind != RECORD_EVALUATION)
		return why(w, ERR_MISMATCH, "it is no record of an evaluation");
	if (fetched->proved.has_signer && b->as != NULL &&
	    strcmp(fetched->proved.principal, b->as) != 0)
		return why(w, ERR_MISMATCH,
		    "an evaluation is by %.128s, not by %.64s",
		    fetched->proved.principal, b->as);
	struct object o =
	    object_of(record->statement.predicate, "predicate", w);
	member_resources(
	    &o, "benchmark", RESOURCES_MAX, b->session->arena, &benchmarks);
	enum err err = object_end_open(&o);
	for (size_t i = 0; err == ERR_OK && i < benchmarks.count; i++)
		err = add_benchmark(
		    b, &benchmarks.all[i], &fetched->proved.id, w);
	return err;
}

enum err
benchmarks_take(struct benchmarks *b, const struct hash *evaluation,
    struct digest *ret_root, struct why *w)
{
	struct fetched fetched;
	enum err err = fetched_record(b->session, evaluation, &fetched, w);

	if (err != ERR_OK)
		return err;
	fetched_find_keyring(b->session, &fetched);
	err = fetched_judge(b->session, &fetched, w);
	if (err == ERR_OK)
		err = take_benchmarks(b, &fetched, w);
	const struct digest_set *set =
	    &fetched.proved.record.statement.subjects[0].digest;
	if (err == ERR_OK && !set->has_node)
		err = why(w, ERR_MISSING, "it is of no artifact");
	if (err == ERR_OK)
		*ret_root = set->node;
	fetched_done(&fetched);
	return err;
}

static enum err
find_evaluations(struct benchmarks *b, const struct digest *node, struct why *w)
{
	char query[QUESTION_MAX];
	char text[DIGEST_TEXT_MAX];
	struct listed_page page;
	struct digest ignored;

	digest_print(node, text);
	enum err err = answer_path(query, sizeof(query), w,
	    "/v1/records?kind=evaluation&subject=%s&principal=%s", text, b->as);
	if (err == ERR_OK)
		err = listed_get(b->session, query, NULL, &page, w);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; err == ERR_OK && i < page.count; i++) {
		struct listed_row row;
		err = listed_row(&page, i, &row, w);
		if (err == ERR_OK && !row.is_withdrawn)
			err = benchmarks_take(b, &row.id, &ignored, w);
	}
	listed_done(&page);
	return err;
}

/* Those of the artifact, and of all that it was made from. */
enum err
benchmarks_find(struct benchmarks *b, const struct digest *root, struct why *w)
{
	char path[QUESTION_MAX];
	char text[DIGEST_TEXT_MAX];
	struct graph graph;
	struct span body;

	digest_print(root, text);
	enum err err = answer_path(path, sizeof(path), w,
	    "/v1/lineage/%s?direction=up&as=%s&limit=%d", text, b->as,
	    NODES_MAX);
	if (err == ERR_OK)
		err = session_get(b->session, path, GRAPH_ANSWER_MAX, &body, w);
	if (err == ERR_OK)
		err = graph_parse(body, root, b->session->arena, &graph, w);
	if (err != ERR_OK)
		return err;
	b->is_cut = b->is_cut || graph.is_truncated;
	for (size_t i = 0; err == ERR_OK && i < graph.node_count; i++)
		err = find_evaluations(b, &graph.nodes[i].digest, w);
	graph_done(&graph);
	return err;
}
