#include "client/warned.h"

#include <string.h>

#include "client/graph.h"
#include "client/show.h"

#define WARNED_SHOWN 16
#define ID_DIGITS 16

static void
print_node(
    struct output *out, const struct graph_node *node, const char *advisory)
{

	output_styled(out, OUTPUT_BAD, "  advisory");
	output_print(out, "  %.*s  against ", ID_DIGITS, advisory);
	show_print_digest(out, &node->digest);
	if (node->name_count > 0) {
		output_print(out, "  ");
		output_safe(out, node->names[0]);
	}
	if (node->advisory_count > 1)
		output_print(out, "  and %zu more", node->advisory_count - 1);
	output_print(out, "\n");
}

static void
tell(struct session *session, const struct graph *graph, struct writer *json)
{
	size_t shown = 0;

	writer_member(json, "advisories");
	writer_text(json, "[");
	for (size_t i = 0; i < graph->node_count && shown < WARNED_SHOWN; i++) {
		const struct graph_node *node = &graph->nodes[i];
		char id[HASH_TEXT_MAX];

		if (node->advisory_count == 0)
			continue;
		shown++;
		hash_print(&node->advisory, id);
		if (!session->out.is_json)
			print_node(&session->out, node, id);
		writer_comma(json);
		writer_text(json, "{");
		digest_print_member(&node->digest, "against", json);
		hash_print_member(&node->advisory, "id", json);
		writer_member_number(json, "count", node->advisory_count);
		writer_text(json, "}");
	}
	writer_text(json, "]");
}

enum err
warned_tell(struct session *session, const struct digest *digest,
    struct writer *json, struct why *w)
{
	char path[DIGEST_TEXT_MAX + 32] = "/v1/lineage/";
	struct graph graph;
	struct span body;

	digest_print(digest, path + strlen(path));
	enum err err = session_get(session, path, GRAPH_ANSWER_MAX, &body, w);
	if (err == ERR_OK)
		err = graph_parse(body, digest, session->arena, &graph, w);
	if (err != ERR_OK)
		return err;
	tell(session, &graph, json);
	graph_done(&graph);
	return ERR_OK;
}
