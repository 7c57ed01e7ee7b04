/*
 * Runs, and what stands between the elements of an SPDX document.
 */
#include "schema/export_spdx.h"

static void
put_build_time(void *context, const struct particular *one)
{
	struct spdx_out *s = context;
	const char *name = one->kind == PARTICULAR_STARTED
	    ? "build_buildStartTime"
	    : one->kind == PARTICULAR_FINISHED ? "build_buildEndTime"
					       : NULL;

	if (name == NULL || one->value.len < 20)
		return;
	/* without parts of a second, which the format has not */
	writer_member(s->w, name);
	writer_format(s->w, "\"%.19sZ\"", (const char *)one->value.data);
}

static void
put_build_id(struct spdx_out *s, size_t record)
{
	writer_format(s->w, "\"%s/run/", s->base);
	writer_hex(s->w, hash_span(&s->d->records[record].id));
	writer_text(s->w, "\"");
}

void
spdx_put_builds(struct spdx_out *s)
{
	for (size_t i = 0; i < s->d->record_count; i++) {
		const struct dossier_record *r = &s->d->records[i];
		if (!export_is_run(s->d, i))
			continue;
		spdx_begin(s, "build_Build");
		put_build_id(s, i);
		if (r->record.name.len > 0)
			writer_member_text(s->w, "name", r->record.name);
		writer_member_text(
		    s->w, "build_buildType", particular_build_type(&r->record));
		writer_member(s->w, "build_buildId");
		export_record_id(s->w, "", &r->id);
		particular_walk(&r->record, put_build_time, s);
		writer_member(s->w, "build_parameter");
		writer_text(s->w, "[");
		particular_walk(&r->record, spdx_put_entry, s);
		writer_text(s->w, "]}");
	}
}

/* ---- relationships ---- */

/* Up to the id of what it is from. */
static void
begin_relation(struct spdx_out *s, const char *type, size_t *number)
{
	spdx_begin(s, "Relationship");
	writer_format(s->w, "\"%s/relationship/%zu\"", s->base, ++*number);
	writer_member_text(s->w, "relationshipType", span_of_text(type));
	writer_member(s->w, "from");
}

void
spdx_put_licensed(struct spdx_out *s, size_t *number)
{
	static const char *const types[] = { "hasDeclaredLicense",
		"hasConcludedLicense" };

	for (size_t i = 0; i < s->d->node_count; i++) {
		if (!export_is_told(s->d, i))
			continue;
		for (size_t t = 0; t < 2; t++) {
			begin_relation(s, types[t], number);
			spdx_put_id(s, spdx_what(s, i), i);
			writer_member(s->w, "to");
			writer_text(s->w, "[");
			/* nobody concludes here: the log judges no licence */
			spdx_put_license_id(s,
			    t == 0 ? spdx_license_of(s, i)
				   : span_of_text(NOASSERTION));
			writer_text(s->w, "]}");
		}
	}
}

static const char *
relation_of(const struct spdx_out *s, const struct dossier_edge *edge)
{
	enum export_what from = export_what(s->d, edge->from);

	if (export_what(s->d, edge->to) == EXPORT_MODEL && from == EXPORT_DATA)
		return "trainedOn";
	return from == EXPORT_CODE ? "usesTool" : "descendantOf";
}

void
spdx_put_edges(struct spdx_out *s, size_t *number)
{
	for (size_t i = 0; i < s->d->edge_count; i++) {
		const struct dossier_edge *edge = &s->d->edges[i];
		if (!edge->is_walked || edge->is_part ||
		    !export_is_told(s->d, edge->from) ||
		    !export_is_told(s->d, edge->to))
			continue;
		begin_relation(s, relation_of(s, edge), number);
		spdx_put_id(s, spdx_what(s, edge->to), edge->to);
		writer_member(s->w, "to");
		writer_text(s->w, "[");
		spdx_put_id(s, spdx_what(s, edge->from), edge->from);
		writer_text(s->w, "]");
		writer_member_text(s->w, "completeness",
		    span_of_text(
			edge->is_complete ? "complete" : "noAssertion"));
		writer_text(s->w, "}");
	}
}

void
spdx_put_flow(struct spdx_out *s, size_t record, bool is_input, size_t *number)
{
	size_t at = 0;
	size_t node;

	while (is_input ? export_input(s->d, record, &at, &node)
			: export_output(s->d, record, &at, &node)) {
		begin_relation(s, is_input ? "hasInput" : "hasOutput", number);
		put_build_id(s, record);
		writer_member(s->w, "to");
		writer_text(s->w, "[");
		spdx_put_id(s, spdx_what(s, node), node);
		writer_text(s->w, "]}");
	}
}
