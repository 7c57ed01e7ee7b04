/* answer: what a log says of a lineage, of a taint, of a failure: read strictly,
 * whoever wrote it.  The first byte says which of them it is. */
#include <assert.h>
#include <string.h>

#include "client/graph.h"
#include "client/taint.h"
#include "schema/problem.h"
#include "schema/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char root[] =
    "sha256:"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/* Strangers' texts, which are escaped where they are shown. */
static void
check_names(const struct span *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert(text_is_utf8(names[i]));
}

static void
check_graph(const struct graph *graph)
{
	assert(graph->node_count > 0 && graph->node_count <= GRAPH_NODES_MAX);
	assert(graph->edge_count <= GRAPH_EDGES_MAX);
	for (size_t i = 0; i < graph->node_count; i++)
		check_names(graph->nodes[i].names, graph->nodes[i].name_count);
	for (size_t i = 0; i < graph->edge_count; i++) {
		const struct graph_edge *edge = &graph->edges[i];

		assert(edge->from < graph->node_count);
		assert(edge->to < graph->node_count);
		assert(text_is_line(edge->role));
		assert(text_is_line(edge->principal));
	}
}

static void
check_taint(const struct taint *taint)
{
	assert(taint->hit_count <= TAINT_LIST_MAX);
	assert(taint->set_count <= TAINT_LIST_MAX);
	for (size_t i = 0; i < taint->hit_count; i++) {
		const struct taint_hit *hit = &taint->hits[i];

		assert(hit->step_count <= TAINT_STEPS_MAX);
		check_names(hit->names, hit->name_count);
		assert(text_is_line(hit->kind));
	}
	for (size_t i = 0; i < taint->advisory_count; i++)
		assert(text_is_line(taint->advisories[i].principal));
}

static enum err
read_answer(uint8_t kind, struct span text, struct arena *arena, struct why *w)
{
	struct digest asked;
	struct graph graph;
	struct taint taint;
	int status;
	enum err err = digest_parse(span_of_text(root), &asked, w);

	assert(err == ERR_OK);
	switch (kind) {
	case 'g':
		err = graph_parse(text, &asked, arena, &graph, w);
		if (err == ERR_OK) {
			check_graph(&graph);
			graph_done(&graph);
		}
		return err;
	case 't':
		err = taint_parse(text, &asked, arena, &taint, w);
		if (err == ERR_OK) {
			check_taint(&taint);
			taint_done(&taint);
		}
		return err;
	default:
		err = problem_parse(text, &status, w);
		assert(err != ERR_OK || text_is_line(span_of_text(w->text)));
		return ERR_OK;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct arena *arena;
	struct why w = { "" };

	if (len == 0)
		return 0;
	if (arena == NULL) {
		json_start();
		arena = arena_new((size_t)64 << 20);
	}
	arena_reset(arena);
	enum err err =
	    read_answer(data[0], span_of(data + 1, len - 1), arena, &w);
	assert(err == ERR_OK || w.text[0] != '\0');
	return 0;
}
