/* trace: where an artifact came from, or what was made of it. */
#include <inttypes.h>

#include "client/answer.h"
#include "client/command.h"
#include "client/draw.h"
#include "client/item.h"
#include "schema/member.h"
#include "schema/text.h"

#define DEPTH_MAX 64
#define PATH_MAX_LEN 8192 /* 64 auditors */

static const struct option_row trace_options[] = {
	{ .name = "up", .help = "where it came from (the default)" },
	{ .name = "down", .help = "what was made of it" },
	{ .name = "as",
	    .value = "PRINCIPAL",
	    .help = "ask as this publisher: what it says and cites" },
	{ .name = "strangers", .help = "with --as: walk the others' too" },
	{ .name = "auditor",
	    .is_many = true,
	    .value = "PRINCIPAL",
	    .help = "whom you trust: shows evidence levels" },
	{ .name = "depth", .value = "N", .help = "steps, at most 64" },
	{ .name = "limit", .value = "N", .help = "artifacts, at most 1000" },
	{ .name = "dot", .help = "for graphviz" },
	{ .name = NULL },
};

static enum err
put_number(const struct arguments *arguments, const char *option, uint64_t max,
    struct writer *path, struct why *w)
{
	const char *value = options_value(arguments, option);
	uint64_t number;

	if (value == NULL)
		return ERR_OK;
	if (!text_undecimal(span_of_text(value), max, &number) || number == 0)
		return why(w, ERR_USAGE, "--%s %s: a number from 1 to %" PRIu64,
		    option, value, max);
	writer_format(path, "&%s=%" PRIu64, option, number);
	return ERR_OK;
}

/* Principals, with a colon between two. */
static enum err
put_auditors(
    const struct arguments *arguments, struct writer *path, struct why *w)
{
	size_t at = 0;
	const char *name = options_next(arguments, "auditor", &at);
	const char *before = "&auditors=";

	for (; name != NULL; name = options_next(arguments, "auditor", &at)) {
		if (!text_is_principal(span_of_text(name)))
			return why(w, ERR_USAGE,
			    "--auditor %s: a principal is needed", name);
		writer_text(path, before);
		writer_text(path, name);
		before = ":";
	}
	return ERR_OK;
}

static enum err
write_path(const struct arguments *arguments, bool is_json,
    const struct digest *root, struct writer *path, struct why *w)
{
	const char *as = options_value(arguments, "as");
	bool is_down = options_has(arguments, "down");
	char text[DIGEST_TEXT_MAX];

	if (is_down && options_has(arguments, "up"))
		return why(w, ERR_USAGE, "--up and --down: choose one");
	if (options_has(arguments, "dot") && is_json)
		return why(w, ERR_USAGE, "--dot and --json: choose one");
	if (as != NULL && !text_is_principal(span_of_text(as)))
		return why(w, ERR_USAGE,
		    "--as %s: a principal is needed: [a-z0-9._@-], at most %d "
		    "bytes",
		    as, TEXT_PRINCIPAL_MAX);
	if (options_has(arguments, "strangers") && as == NULL)
		return why(w, ERR_USAGE,
		    "--strangers: nobody is one without --as PRINCIPAL");
	digest_print(root, text);
	writer_format(
	    path, "/v1/lineage/%s?direction=%s", text, is_down ? "down" : "up");
	if (as != NULL)
		writer_format(path, "&as=%s", as);
	if (options_has(arguments, "strangers"))
		writer_text(path, "&strangers=1");
	enum err err = put_number(arguments, "depth", DEPTH_MAX, path, w);
	if (err == ERR_OK)
		err = put_number(arguments, "limit", GRAPH_NODES_MAX, path, w);
	if (err == ERR_OK)
		err = put_auditors(arguments, path, w);
	if (options_has(arguments, "dot"))
		writer_text(path, "&format=dot");
	return err;
}

/* DOT is printed as it comes, so nothing in it may move a cursor. */
static enum err
print_dot(struct session *session, struct span body, struct why *w)
{
	if (!member_is_block(body))
		return why(w, ERR_SYNTAX,
		    "the log's answer holds control characters: nothing is "
		    "shown of it");
	output_span(&session->out, body);
	return ERR_OK;
}

static size_t
count_gaps(const struct graph *graph)
{
	size_t count = 0;

	for (size_t i = 0; i < graph->node_count; i++)
		count += graph->nodes[i].is_gap ? 1 : 0;
	return count;
}

/* A name with a slip in it makes strangers of all. */
static bool
is_all_strange(const struct graph *graph)
{
	size_t at = 0;

	while (at < graph->edge_count &&
	    graph->edges[at].standing == GRAPH_STRANGER)
		at++;
	return graph->edge_count > 0 && at == graph->edge_count;
}

/* What the tree does not say. */
static void
print_limits(struct session *session, const struct graph *graph)
{
	struct output *out = &session->out;
	size_t gaps = count_gaps(graph);

	output_print(out, "\n%zu artifact%s, %zu link%s, %zu gap%s\n",
	    graph->node_count, output_plural(graph->node_count),
	    graph->edge_count, output_plural(graph->edge_count), gaps,
	    output_plural(gaps));
	if (graph->is_truncated)
		output_print(out,
		    "not shown: more than this; ask with a larger --limit or "
		    "--depth, or from a node further %s\n",
		    graph->is_down ? "down" : "up");
	if (graph->as == NULL)
		output_print(out,
		    "not judged: who may say so; --as PRINCIPAL asks as a "
		    "publisher\n");
	else if (is_all_strange(graph))
		output_print(out,
		    "not found: anything that %s says or cites of it; "
		    "--strangers follows the others\n",
		    graph->as);
	output_print(out,
	    "not known: whether the log shows all of it (its first %" PRIu64
	    " record%s); headwater audit follows the whole log\n",
	    graph->tree_size, output_plural(graph->tree_size));
	answer_warn_of_size(session, graph->tree_size);
}

static enum err
print_tree(struct session *session, const struct graph *graph, struct why *w)
{
	enum err err = draw_graph(&session->out, graph, session->arena, w);

	if (err == ERR_OK)
		print_limits(session, graph);
	return err;
}

static enum err
print_answer(struct session *session, const struct arguments *arguments,
    const struct digest *root, struct span body, struct why *w)
{
	struct graph graph;

	if (options_has(arguments, "dot"))
		return print_dot(session, body, w);
	enum err err = graph_parse(body, root, session->arena, &graph, w);
	if (err != ERR_OK)
		return err;
	graph.as = options_value(arguments, "as");
	bool is_known = graph.edge_count > 0 || graph.nodes[0].record_count > 0;
	if (graph.is_down != options_has(arguments, "down"))
		err =
		    why(w, ERR_MISMATCH, "the log's answer goes the other way");
	else if (session->out.is_json)
		output_print(&session->out, "%.*s\n", SPAN_ARGS(body));
	else
		err = print_tree(session, &graph, w);
	graph_done(&graph);
	if (err == ERR_OK && !is_known)
		return why(w, ERR_NOT_FOUND, "%s: the log knows nothing of it",
		    arguments->words[0]);
	return err;
}

static enum err
run_trace(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	char text[PATH_MAX_LEN];
	struct writer path = writer_of(text, sizeof(text));
	struct digest root;
	struct span body;
	struct item item;
	enum err err = session_online(session, w);

	if (err == ERR_OK)
		err = item_resolve(session, arguments->words[0], &item, w);
	if (err == ERR_OK)
		err = item_node(&item, &root, w);
	if (err == ERR_OK)
		err = write_path(
		    arguments, session->out.is_json, &root, &path, w);
	writer_u8(&path, '\0');
	if (err == ERR_OK && writer_end(&path) != ERR_OK)
		err = why(w, ERR_USAGE, "too long a question");
	if (err == ERR_OK)
		err = session_get(session, text, GRAPH_ANSWER_MAX, &body, w);
	if (err != ERR_OK)
		return err;
	return print_answer(session, arguments, &root, body, w);
}

const struct command command_trace = {
	.name = "trace",
	.summary = "where an artifact came from, or what was made of it",
	.words = "ITEM [--down] [--as PRINCIPAL]",
	.help =
	    "Asks the log for the graph around an artifact and draws it as a\n"
	    "tree.  With --as only what that publisher says or cites is\n"
	    "followed; others are shown as strangers.  A gap is an artifact\n"
	    "that no record tells the origin of.\n",
	.words_min = 1,
	.words_max = 1,
	.options = trace_options,
	.run = run_trace,
};
