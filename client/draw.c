#include "client/draw.h"

#include <inttypes.h>
#include <string.h>

#include "client/show.h"

#define NAMES_SHOWN 3
#define ID_DIGITS 12
#define ROLE_WIDTH 10

/* What is still to be drawn below one artifact, or below one record. */
struct frame {
	bool is_record;
	size_t at; /* in the order of edges */
	size_t end;
};

struct drawing {
	struct output *out;
	const struct graph *graph;
	size_t
	    *order; /* of edges: by the artifact they hang below, by record */
	bool *is_drawn; /* of nodes */
	size_t depth;
	struct frame *frames;
};

/* The artifact that an edge hangs below, and the one that hangs there. */
static size_t
upper(const struct graph *graph, size_t edge)
{
	const struct graph_edge *e = &graph->edges[edge];

	return graph->is_down ? e->from : e->to;
}

static size_t
lower(const struct graph *graph, size_t edge)
{
	const struct graph_edge *e = &graph->edges[edge];

	return graph->is_down ? e->to : e->from;
}

/* One record may say several things about one artifact; its edges stay together
 * in the order of the answer. */
static int
compare_edges(const void *a, const void *b, void *context)
{
	const struct drawing *drawing = context;
	const struct graph *graph = drawing->graph;
	size_t left;
	size_t right;

	memcpy(&left, a, sizeof(left));
	memcpy(&right, b, sizeof(right));
	const struct graph_edge *x = &graph->edges[left];
	const struct graph_edge *y = &graph->edges[right];
	const size_t above[] = { upper(graph, left), upper(graph, right) };
	if (above[0] != above[1])
		return above[0] < above[1] ? -1 : 1;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	int order = hash_compare(&x->record, &y->record);
	if (order != 0)
		return order;
	return left < right ? -1 : left > right;
}

static void
styled(struct drawing *drawing, enum output_style style, struct span text)
{
	struct writer w = writer_heap(OUTPUT_ANSWER_MAX);

	output_escape(text, &w);
	writer_u8(&w, '\0');
	if (writer_end(&w) == ERR_OK)
		output_styled(drawing->out, style, (const char *)w.data);
	writer_done(&w);
}

/* ---- lines ---- */

static void
draw_prefix(struct drawing *drawing)
{
	const struct frame *top = &drawing->frames[drawing->depth - 1];

	for (size_t i = 0; i + 1 < drawing->depth; i++) {
		const struct frame *frame = &drawing->frames[i];
		output_print(
		    drawing->out, frame->at < frame->end ? "│   " : "    ");
	}
	output_print(drawing->out, top->at < top->end ? "├── " : "└── ");
}

static void
draw_names(struct drawing *drawing, const struct graph_node *node)
{
	struct output *out = drawing->out;

	for (size_t i = 0; i < node->name_count && i < NAMES_SHOWN; i++) {
		output_print(out, i == 0 ? "  " : ", ");
		styled(drawing, i == 0 ? OUTPUT_BOLD : OUTPUT_PLAIN,
		    node->names[i]);
	}
	if (node->name_count > NAMES_SHOWN)
		output_print(out, ", %zu more", node->name_count - NAMES_SHOWN);
}

static void
draw_advisories(struct drawing *drawing, const struct graph_node *node)
{
	char id[HASH_TEXT_MAX];

	if (node->advisory_count == 0)
		return;
	hash_print(&node->advisory, id);
	output_styled(drawing->out, OUTPUT_BAD, "  advisory");
	output_print(drawing->out, " %.*s", ID_DIGITS, id);
	if (node->advisory_count > 1)
		output_print(
		    drawing->out, " and %zu more", node->advisory_count - 1);
}

static void
draw_node(struct drawing *drawing, size_t at)
{
	const struct graph_node *node = &drawing->graph->nodes[at];

	show_print_digest(drawing->out, &node->digest);
	draw_names(drawing, node);
	draw_advisories(drawing, node);
	if (!node->is_gap || drawing->is_drawn[at])
		return;
	output_styled(drawing->out, OUTPUT_WARN, "  gap: ");
	if (drawing->graph->as != NULL)
		output_styled(drawing->out, OUTPUT_WARN,
		    "no record of its own or cited says where it is from");
	else
		output_styled(drawing->out, OUTPUT_WARN,
		    "no record says where it is from");
}

/* "by lab, record 0123456789ab, index 7  own"; further down, what it was there
 * as: a role is that of the artifact the data came from. */
static void
draw_record(struct drawing *drawing, const struct graph_edge *edge)
{
	struct output *out = drawing->out;
	char id[HASH_TEXT_MAX];

	hash_print(&edge->record, id);
	if (drawing->graph->is_down && edge->role.len > 0) {
		output_print(out, "as ");
		styled(drawing, OUTPUT_FAINT, edge->role);
		output_print(out, ", ");
	}
	output_print(out, "by ");
	styled(drawing, OUTPUT_PLAIN, edge->principal);
	output_print(
	    out, ", record %.*s, index %" PRIu64, ID_DIGITS, id, edge->index);
	if (edge->standing != GRAPH_UNJUDGED)
		output_styled(out,
		    edge->standing == GRAPH_STRANGER ? OUTPUT_WARN
						     : OUTPUT_GOOD,
		    edge->standing == GRAPH_OWN		? "  own"
			: edge->standing == GRAPH_CITED ? "  cited"
							: "  stranger");
	if (edge->is_withdrawn) {
		hash_print(&edge->withdrawn, id);
		output_styled(out, OUTPUT_BAD, "  withdrawn");
		output_print(out, " by %.*s", ID_DIGITS, id);
	}
	if (edge->has_level)
		output_print(out, "  level %" PRIu64, edge->level);
	if (edge->contradicted > 0) {
		output_styled(out, OUTPUT_BAD, "  contradicted");
		output_print(out, " by %" PRIu64 " audit%s", edge->contradicted,
		    output_plural((size_t)edge->contradicted));
	}
	if (edge->dispute_count > 0) {
		output_styled(out, OUTPUT_BAD, "  disputed");
		output_print(out, " by %zu record%s", edge->dispute_count,
		    output_plural(edge->dispute_count));
	}
	output_print(out, "\n");
}

/* ---- the walk ---- */

static void
push(struct drawing *drawing, bool is_record, size_t at, size_t end)
{
	drawing->frames[drawing->depth++] = (struct frame){
		.is_record = is_record,
		.at = at,
		.end = end,
	};
}

/* The part of the order that hangs below a node. */
static void
push_node(struct drawing *drawing, size_t node)
{
	const struct graph *graph = drawing->graph;
	size_t low = 0;
	size_t high = graph->edge_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (upper(graph, drawing->order[middle]) < node)
			low = middle + 1;
		else
			high = middle;
	}
	size_t end = low;
	while (end < graph->edge_count &&
	    upper(graph, drawing->order[end]) == node)
		end++;
	drawing->is_drawn[node] = true;
	push(drawing, false, low, end);
}

/* Below an artifact: the next record, and all that it says. */
static void
step_record(struct drawing *drawing)
{
	struct frame *top = &drawing->frames[drawing->depth - 1];
	const struct graph *graph = drawing->graph;
	const struct graph_edge *first = &graph->edges[drawing->order[top->at]];
	size_t from = top->at;

	while (top->at < top->end &&
	    hash_equal(
		&graph->edges[drawing->order[top->at]].record, &first->record))
		top->at++;
	draw_prefix(drawing);
	draw_record(drawing, first);
	push(drawing, true, from, top->at);
}

/* Below a record: the next artifact, drawn out where it is new. */
static void
step_edge(struct drawing *drawing)
{
	struct frame *top = &drawing->frames[drawing->depth - 1];
	size_t at = drawing->order[top->at++];
	const struct graph_edge *edge = &drawing->graph->edges[at];
	size_t node = lower(drawing->graph, at);

	draw_prefix(drawing);
	if (!drawing->graph->is_down && edge->role.len > 0) {
		styled(drawing, OUTPUT_FAINT, edge->role);
		size_t gap = edge->role.len < ROLE_WIDTH
		    ? ROLE_WIDTH - edge->role.len
		    : 1;
		output_print(drawing->out, "%*s", (int)gap, "");
	}
	draw_node(drawing, node);
	bool is_again = drawing->is_drawn[node];
	output_print(drawing->out, is_again ? "  (see above)\n" : "\n");
	if (!is_again)
		push_node(drawing, node);
}

enum err
draw_graph(struct output *out, const struct graph *graph, struct arena *arena,
    struct why *w)
{
	struct drawing drawing = {
		.out = out,
		.graph = graph,
		.order = arena_take(
		    arena, graph->edge_count, sizeof(*drawing.order)),
		.is_drawn = arena_take(
		    arena, graph->node_count, sizeof(*drawing.is_drawn)),
		/* a node once, and a record between it and the next */
		.frames = arena_take(
		    arena, 2 * graph->node_count + 2, sizeof(*drawing.frames)),
	};

	if (drawing.order == NULL || drawing.is_drawn == NULL ||
	    drawing.frames == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < graph->edge_count; i++)
		drawing.order[i] = i;
	if (graph->edge_count > 1)
		qsort_r(drawing.order, graph->edge_count,
		    sizeof(*drawing.order), compare_edges, &drawing);
	draw_node(&drawing, 0);
	output_print(out, "\n");
	push_node(&drawing, 0);
	while (drawing.depth > 0) {
		const struct frame *top = &drawing.frames[drawing.depth - 1];
		if (top->at == top->end)
			drawing.depth--;
		else if (top->is_record)
			step_edge(&drawing);
		else
			step_record(&drawing);
	}
	return ERR_OK;
}
