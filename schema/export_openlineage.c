/*
 * OpenLineage 2-0-2: one COMPLETE event for each run, a line each
 * (https://openlineage.io/spec/2-0-2/OpenLineage.json).
 *
 * The format has no facet for digests: ours is `headwater_digest`, and the
 * version of a data set is its digest too.
 */
#include "schema/export_inner.h"

#include "schema/particular.h"

#define PRODUCER "https://headwater/export/v1"
#define SCHEMA "https://openlineage.io/spec/2-0-2/OpenLineage.json"

struct lineage {
	const struct dossier *d;
	struct writer *w;
	struct span finished; /* of the run at hand */
};

static void
put_facet(struct writer *w, const char *name, const char *schema)
{
	writer_member(w, name);
	writer_text(w, "{\"_producer\":\"" PRODUCER "\",\"_schemaURL\":\"");
	writer_text(w, schema);
	writer_text(w, "\"");
}

static void
put_set(struct lineage *l, size_t node)
{
	char buffer[DIGEST_TEXT_MAX];

	writer_comma(l->w);
	writer_text(l->w, "{\"namespace\":\"headwater\"");
	writer_member_text(l->w, "name", export_name_of(l->d, node, buffer));
	writer_member(l->w, "facets");
	writer_text(l->w, "{");
	put_facet(l->w, "version",
	    "https://openlineage.io/spec/facets/1-0-1/"
	    "DatasetVersionDatasetFacet.json");
	export_member_digest(l->w, "datasetVersion", &l->d->nodes[node].digest);
	writer_text(l->w, "}");
	put_facet(l->w, "headwater_digest",
	    "https://headwater/facets/digest/v1.json");
	export_member_digest(l->w, "digest", &l->d->nodes[node].digest);
	writer_text(l->w, "}}}");
}

static void
put_parameter(void *context, const struct particular *one)
{
	struct lineage *l = context;

	if (one->kind != PARTICULAR_PARAMETER && one->kind != PARTICULAR_SEED)
		return;
	writer_comma(l->w);
	writer_text(l->w, "{");
	writer_member_text(l->w, "key", one->name);
	writer_member_text(l->w, "name", one->name);
	writer_member_text(l->w, "value", one->value);
	writer_text(l->w, "}");
}

static void
find_finished(void *context, const struct particular *one)
{
	struct lineage *l = context;

	if (one->kind == PARTICULAR_FINISHED)
		l->finished = one->value;
}

static void
put_run(struct lineage *l, const struct dossier_record *r)
{
	writer_member(l->w, "run");
	writer_text(l->w, "{\"runId\":\"");
	export_uuid(l->w, &r->id);
	writer_text(l->w, "\",\"facets\":{");
	put_facet(l->w, "executionParameters",
	    "https://openlineage.io/spec/facets/1-0-0/"
	    "ExecutionParametersRunFacet.json");
	writer_member(l->w, "parameters");
	writer_text(l->w, "[");
	particular_walk(&r->record, put_parameter, l);
	writer_text(l->w, "]}");
	put_facet(l->w, "headwater_record",
	    "https://headwater/facets/record/v1.json");
	writer_member(l->w, "record");
	export_record_id(l->w, "", &r->id);
	writer_member_text(l->w, "principal", r->principal);
	writer_text(l->w, "}}}");
	writer_member(l->w, "job");
	writer_text(l->w, "{");
	writer_member_text(l->w, "namespace", r->principal);
	writer_member_text(l->w, "name",
	    r->record.name.len > 0 ? r->record.name
				   : span_of_text("provenance"));
	writer_text(l->w, "}");
}

/* When the run ended by its own word, else when it was recorded. */
static void
put_time(struct lineage *l, const struct dossier_record *r)
{
	l->finished = SPAN_EMPTY;
	particular_walk(&r->record, find_finished, l);
	writer_member(l->w, "eventTime");
	if (l->finished.len > 0) {
		writer_json(l->w, l->finished);
		return;
	}
	writer_text(l->w, "\"");
	export_write_second(l->w, r->stamp_ms);
	writer_text(l->w, "\"");
}

static void
put_event(struct lineage *l, size_t record)
{
	const struct dossier_record *r = &l->d->records[record];
	size_t node;
	size_t at = 0;

	writer_text(l->w, "{\"eventType\":\"COMPLETE\"");
	put_time(l, r);
	writer_member_text(l->w, "producer", span_of_text(PRODUCER));
	writer_member_text(
	    l->w, "schemaURL", span_of_text(SCHEMA "#/$defs/RunEvent"));
	put_run(l, r);
	writer_member(l->w, "inputs");
	writer_text(l->w, "[");
	while (export_input(l->d, record, &at, &node))
		put_set(l, node);
	writer_text(l->w, "]");
	writer_member(l->w, "outputs");
	writer_text(l->w, "[");
	at = 0;
	while (export_output(l->d, record, &at, &node))
		put_set(l, node);
	writer_text(l->w, "]}\n");
}

enum err
export_openlineage(
    const struct dossier *dossier, struct writer *writer, struct why *w)
{
	struct lineage l = { .d = dossier, .w = writer };
	bool has_any = false;

	for (size_t i = 0; i < dossier->record_count; i++) {
		if (!export_is_run(dossier, i))
			continue;
		has_any = true;
		put_event(&l, i);
	}
	return has_any ? ERR_OK
		       : why(w, ERR_NOT_FOUND,
			     "export: no run is recorded in what this was "
			     "made of");
}
