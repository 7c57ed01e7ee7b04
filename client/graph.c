#include "client/graph.h"

#include <string.h>

#include "client/answer.h"
#include "schema/record.h"
#include "schema/tree.h"

#define NAMES_MAX 1024
#define NAME_LEN_MAX 4096
#define RECORDS_MAX 1024
#define PRINCIPAL_LEN_MAX 256 /* of a keyring: the log's origin */

static const char *const standings[] = {
	[GRAPH_UNJUDGED] = "",
	[GRAPH_OWN] = "own",
	[GRAPH_CITED] = "cited",
	[GRAPH_STRANGER] = "stranger",
};

/* While it is read: nodes by their digests. */
struct reading {
	struct graph *graph;
	struct arena *arena;
	size_t *order; /* of nodes, by digest */
	struct why *why;
};

/* ---- pieces ---- */

static int
compare_digests(const struct digest *a, const struct digest *b)
{
	if (a->algorithm != b->algorithm)
		return a->algorithm < b->algorithm ? -1 : 1;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->bytes, b->bytes, a->len);
}

/* ---- nodes ---- */

/* Ids or null; an older log says nothing of them. */
static void
read_advisories(struct object *o, struct graph_node *ret)
{
	struct span text;

	if (!object_has(o, "advisories") || object_null(o, "advisories"))
		return;
	json_value *ids =
	    object_array(o, "advisories", 1, RECORDS_MAX, &ret->advisory_count);
	if (o->err == ERR_OK &&
	    (!json_element_text(ids, 0, &text) ||
		!hash_parse(text, &ret->advisory)))
		object_fail_member(o, "advisories", "no record id");
}

static enum err
read_node(struct reading *reading, json_value *value, struct graph_node *ret)
{
	struct object o = object_of(value, "", reading->why);

	answer_digest(&o, "digest", &ret->digest);
	json_value *names =
	    object_array(&o, "names", 0, NAMES_MAX, &ret->name_count);
	(void)object_array(&o, "records", 0, RECORDS_MAX, &ret->record_count);
	ret->is_gap = object_flag(&o, "gap");
	read_advisories(&o, ret);
	enum err err = object_end_open(&o);
	if (err != ERR_OK)
		return err;
	ret->names =
	    arena_take(reading->arena, ret->name_count, sizeof(*ret->names));
	if (ret->names == NULL)
		return why(reading->why, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < ret->name_count; i++) {
		if (!json_element_text(names, i, &ret->names[i]) ||
		    ret->names[i].len > NAME_LEN_MAX)
			return why(reading->why, ERR_SYNTAX,
			    "names[%zu]: a text of at most %d bytes is needed",
			    i, NAME_LEN_MAX);
	}
	return ERR_OK;
}

static enum err
read_nodes(struct reading *reading, json_value *array)
{
	struct graph *graph = reading->graph;
	struct arena *arena = reading->arena;

	graph->nodes =
	    arena_take(arena, graph->node_count, sizeof(*graph->nodes));
	reading->order =
	    arena_take(arena, graph->node_count, sizeof(*reading->order));
	if (graph->nodes == NULL || reading->order == NULL)
		return why(reading->why, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < graph->node_count; i++) {
		enum err err = read_node(
		    reading, json_element(array, i), &graph->nodes[i]);
		if (err != ERR_OK)
			return object_within(
			    reading->why, err, "nodes[%zu]", i);
		reading->order[i] = i;
	}
	return ERR_OK;
}

static int
compare_nodes(const void *a, const void *b, void *context)
{
	const struct graph *graph = context;
	size_t left;
	size_t right;

	memcpy(&left, a, sizeof(left));
	memcpy(&right, b, sizeof(right));
	return compare_digests(
	    &graph->nodes[left].digest, &graph->nodes[right].digest);
}

static enum err
sort_nodes(struct reading *reading)
{
	struct graph *graph = reading->graph;

	qsort_r(reading->order, graph->node_count, sizeof(*reading->order),
	    compare_nodes, graph);
	for (size_t i = 1; i < graph->node_count; i++) {
		if (compare_nodes(
			&reading->order[i - 1], &reading->order[i], graph) == 0)
			return why(reading->why, ERR_SYNTAX,
			    "nodes: one is there twice");
	}
	return ERR_OK;
}

static bool
find_node(
    const struct reading *reading, const struct digest *digest, size_t *ret)
{
	const struct graph *graph = reading->graph;
	size_t low = 0;
	size_t high = graph->node_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		size_t node = reading->order[middle];
		int order = compare_digests(&graph->nodes[node].digest, digest);
		if (order == 0) {
			*ret = node;
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* ---- edges ---- */

static void
read_end(
    struct reading *reading, struct object *o, const char *name, size_t *ret)
{
	struct digest digest = { 0 };

	answer_digest(o, name, &digest);
	if (o->err == ERR_OK && !find_node(reading, &digest, ret))
		object_fail_member(o, name, "not among the nodes");
}

static void
read_standing(struct object *o, enum graph_standing *ret)
{
	struct span text;

	*ret = GRAPH_UNJUDGED;
	if (object_null(o, "standing"))
		return;
	object_line(o, "standing", 1, 16, &text);
	for (size_t i = GRAPH_OWN; i <= GRAPH_STRANGER; i++) {
		if (span_is(text, standings[i]))
			*ret = (enum graph_standing)i;
	}
	if (o->err == ERR_OK && *ret == GRAPH_UNJUDGED)
		object_fail_member(o, "standing", "own, cited or stranger");
}

static enum err
read_edge(struct reading *reading, json_value *value, struct graph_edge *ret)
{
	struct object o = object_of(value, "", reading->why);

	read_end(reading, &o, "from", &ret->from);
	read_end(reading, &o, "to", &ret->to);
	if (!object_null(&o, "role"))
		object_line(&o, "role", 1, NAME_LEN_MAX, &ret->role);
	answer_id(&o, "record", &ret->record);
	ret->index = object_number(&o, "index", TREE_SIZE_MAX);
	object_line(&o, "principal", 1, PRINCIPAL_LEN_MAX, &ret->principal);
	read_standing(&o, &ret->standing);
	ret->is_withdrawn = !object_null(&o, "withdrawn");
	if (ret->is_withdrawn)
		answer_id(&o, "withdrawn", &ret->withdrawn);
	if (!object_null(&o, "disputed"))
		(void)object_array(
		    &o, "disputed", 1, RECORDS_MAX, &ret->dispute_count);
	ret->has_level = object_has(&o, "level");
	if (ret->has_level)
		ret->level = object_number(&o, "level", 4);
	if (object_has(&o, "contradicted"))
		ret->contradicted =
		    object_number(&o, "contradicted", RECORDS_MAX);
	return object_end_open(&o);
}

static enum err
read_edges(struct reading *reading, json_value *array)
{
	struct graph *graph = reading->graph;

	graph->edges = arena_take(
	    reading->arena, graph->edge_count, sizeof(*graph->edges));
	if (graph->edges == NULL)
		return why(reading->why, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < graph->edge_count; i++) {
		enum err err = read_edge(
		    reading, json_element(array, i), &graph->edges[i]);
		if (err != ERR_OK)
			return object_within(
			    reading->why, err, "edges[%zu]", i);
	}
	return ERR_OK;
}

/* ---- all of it ---- */

static enum err
read_all(struct reading *reading, const struct digest *root)
{
	struct graph *graph = reading->graph;
	struct object o =
	    object_of(json_root(graph->json), "the log's answer", reading->why);
	struct digest told = { 0 };
	struct span direction;

	graph->tree_size = object_number(&o, "treeSize", TREE_SIZE_MAX);
	answer_digest(&o, "root", &told);
	object_line(&o, "direction", 1, 8, &direction);
	graph->is_down = span_is(direction, "down");
	graph->is_truncated = object_flag(&o, "truncated");
	json_value *nodes =
	    object_array(&o, "nodes", 1, GRAPH_NODES_MAX, &graph->node_count);
	json_value *edges =
	    object_array(&o, "edges", 0, GRAPH_EDGES_MAX, &graph->edge_count);
	enum err err = object_end_open(&o);
	if (err == ERR_OK)
		err = read_nodes(reading, nodes);
	if (err == ERR_OK)
		err = sort_nodes(reading);
	if (err == ERR_OK)
		err = read_edges(reading, edges);
	if (err == ERR_OK &&
	    (!digest_equal(&told, root) ||
		!digest_equal(&graph->nodes[0].digest, root)))
		err = why(reading->why, ERR_MISMATCH,
		    "the log's answer is about another artifact");
	return err;
}

enum err
graph_parse(struct span answer, const struct digest *root, struct arena *arena,
    struct graph *ret, struct why *w)
{
	struct graph graph = { .json = NULL };
	struct reading reading = {
		.graph = &graph,
		.arena = arena,
		.why = w,
	};
	enum err err = json_parse_answer(answer, &graph.json, w);

	if (err != ERR_OK) {
		why_prefix(w, "the log's answer");
		return err;
	}
	err = read_all(&reading, root);
	if (err == ERR_OK)
		*ret = graph;
	else
		graph_done(&graph);
	return err;
}

void
graph_done(struct graph *graph)
{
	json_done(graph->json);
	graph->json = NULL;
}
