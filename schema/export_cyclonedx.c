/*
 * CycloneDX 1.6 as an ML-BOM (https://cyclonedx.org/docs/1.6/json/).
 *
 * What was released is the component that the document is about, with its model
 * card; data and code are components; what it was made from are its ancestors and
 * dependencies.
 */
#include "schema/export_inner.h"

#include "schema/particular.h"

struct bom {
	const struct dossier *d;
	struct writer *w;
};

static void
put_hashes(struct bom *b, const struct digest *digest)
{
	const char *name = export_hash_cyclonedx(digest->algorithm);

	if (name == NULL)
		return;
	writer_member(b->w, "hashes");
	writer_format(b->w, "[{\"alg\":\"%s\",\"content\":\"", name);
	writer_hex(b->w, span_of(digest->bytes, digest->len));
	writer_text(b->w, "\"}]");
}

/* The schema knows the ids of a list of its own age: an expression is checked by
 * form alone, so that is what all are told as. */
static void
put_license(struct bom *b, size_t node)
{
	struct span license = export_license(b->d, node);

	if (license.len == 0)
		return;
	writer_member(b->w, "licenses");
	writer_text(b->w, "[{");
	writer_member_text(b->w, "expression", license);
	writer_text(b->w, "}]");
}

static void
put_property(struct bom *b, const char *name, struct span value)
{
	if (value.len == 0)
		return;
	writer_comma(b->w);
	writer_text(b->w, "{");
	writer_member_text(b->w, "name", span_of_text(name));
	writer_member_text(b->w, "value", value);
	writer_text(b->w, "}");
}

/* Where each word is from: the record, and who signed it. */
static void
put_properties(struct bom *b, size_t node)
{
	const struct dossier_record *record = export_record(b->d, node);
	char id[HASH_TEXT_MAX];

	writer_member(b->w, "properties");
	writer_text(b->w, "[");
	if (record != NULL) {
		hash_print(&record->id, id);
		put_property(b, "headwater:record", span_of_text(id));
		put_property(b, "headwater:principal", record->principal);
	} else {
		put_property(
		    b, "headwater:gap", span_of_text("no record describes it"));
	}
	writer_text(b->w, "]");
}

static void
put_location(struct bom *b, size_t node)
{
	struct span location = export_location(b->d, node);

	if (location.len == 0)
		return;
	writer_member(b->w, "externalReferences");
	writer_text(b->w, "[{\"type\":\"distribution\"");
	writer_member_text(b->w, "url", location);
	writer_text(b->w, "}]");
}

static void
put_named(struct bom *b, size_t node)
{
	char buffer[DIGEST_TEXT_MAX];
	static const char *const types[] = {
		[EXPORT_DATA] = "data",
		[EXPORT_CODE] = "application",
		[EXPORT_MODEL] = "machine-learning-model",
		[EXPORT_THING] = "file",
	};

	writer_member_text(
	    b->w, "type", span_of_text(types[export_what(b->d, node)]));
	export_member_digest(b->w, "bom-ref", &b->d->nodes[node].digest);
	writer_member_text(b->w, "name", export_name_of(b->d, node, buffer));
	if (export_publisher(b->d, node).len > 0)
		writer_member_text(
		    b->w, "publisher", export_publisher(b->d, node));
	put_hashes(b, &b->d->nodes[node].digest);
	put_license(b, node);
	put_location(b, node);
}

/* ---- the model card ---- */

static void
put_datasets(struct bom *b)
{
	writer_member(b->w, "datasets");
	writer_text(b->w, "[");
	for (size_t i = 0; i < b->d->node_count; i++) {
		if (!b->d->nodes[i].is_upstream || !export_is_told(b->d, i) ||
		    export_what(b->d, i) != EXPORT_DATA)
			continue;
		writer_comma(b->w);
		writer_text(b->w, "{");
		export_member_digest(b->w, "ref", &b->d->nodes[i].digest);
		writer_text(b->w, "}");
	}
	writer_text(b->w, "]");
}

static void
put_metric(void *context, const struct particular *one)
{
	struct bom *b = context;

	if (one->kind != PARTICULAR_METRIC)
		return;
	writer_comma(b->w);
	writer_text(b->w, "{");
	writer_member_text(b->w, "type", one->name);
	writer_member_text(b->w, "value", one->value);
	writer_text(b->w, "}");
}

/* Of this very artifact, by the publisher's own word. */
static void
put_metrics(struct bom *b, size_t node)
{
	writer_member(b->w, "quantitativeAnalysis");
	writer_text(b->w, "{\"performanceMetrics\":[");
	for (size_t i = 0; i < b->d->record_count; i++) {
		const struct dossier_record *r = &b->d->records[i];
		if (!r->is_withdrawn && span_equal(r->principal, b->d->as) &&
		    export_speaks_of(b->d, i, node))
			particular_walk(&r->record, put_metric, b);
	}
	writer_text(b->w, "]}");
}

static void
put_card(struct bom *b, size_t node)
{
	const struct dossier_record *record = export_record(b->d, node);
	struct span architecture = record == NULL
	    ? SPAN_EMPTY
	    : particular_text(&record->record, "architecture");

	writer_member(b->w, "modelCard");
	writer_text(b->w, "{\"modelParameters\":{");
	if (architecture.len > 0)
		writer_member_text(b->w, "modelArchitecture", architecture);
	put_datasets(b);
	writer_text(b->w, "}");
	put_metrics(b, node);
	writer_text(b->w, "}");
}

/* Other models that went into it. */
static void
put_pedigree(struct bom *b)
{
	bool has_any = false;

	for (size_t i = 0; i < b->d->node_count; i++) {
		if (!b->d->nodes[i].is_upstream || !export_is_told(b->d, i) ||
		    export_what(b->d, i) != EXPORT_MODEL)
			continue;
		if (!has_any) {
			writer_member(b->w, "pedigree");
			writer_text(b->w, "{\"ancestors\":[");
		}
		has_any = true;
		writer_comma(b->w);
		writer_text(b->w, "{");
		put_named(b, i);
		put_properties(b, i);
		writer_text(b->w, "}");
	}
	if (has_any)
		writer_text(b->w, "]}");
}

static void
put_subject(struct bom *b, size_t node)
{
	const struct record *release = &dossier_release(b->d)->record;

	put_named(b, node);
	writer_member_text(b->w, "version", release->version);
	put_properties(b, node);
	put_pedigree(b);
	/* only a model has a card */
	if (export_what(b->d, node) == EXPORT_MODEL)
		put_card(b, node);
}

/* ---- all of it ---- */

/* An ancestor stands in the pedigree, and only there. */
static bool
is_listed(const struct bom *b, size_t node)
{
	const struct dossier_node *n = &b->d->nodes[node];

	return node > 0 && export_is_told(b->d, node) &&
	    !(n->is_upstream && export_what(b->d, node) == EXPORT_MODEL);
}

static void
put_components(struct bom *b)
{
	writer_member(b->w, "components");
	writer_text(b->w, "[");
	for (size_t i = 1; i < b->d->node_count; i++) {
		if (!is_listed(b, i))
			continue;
		writer_comma(b->w);
		writer_text(b->w, "{");
		put_named(b, i);
		put_properties(b, i);
		writer_text(b->w, "}");
	}
	writer_text(b->w, "]");
}

static bool
is_first_edge(const struct bom *b, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		const struct dossier_edge *edge = &b->d->edges[i];
		if (edge->is_walked && edge->to == b->d->edges[at].to &&
		    edge->from == b->d->edges[at].from)
			return false;
	}
	return true;
}

static void
put_depends(struct bom *b, size_t node)
{
	writer_comma(b->w);
	writer_text(b->w, "{");
	export_member_digest(b->w, "ref", &b->d->nodes[node].digest);
	writer_member(b->w, "dependsOn");
	writer_text(b->w, "[");
	for (size_t i = 0; i < b->d->edge_count; i++) {
		const struct dossier_edge *edge = &b->d->edges[i];
		if (!edge->is_walked || edge->to != node ||
		    !export_is_told(b->d, edge->from) || !is_first_edge(b, i))
			continue;
		writer_comma(b->w);
		export_id(b->w, "", &b->d->nodes[edge->from].digest);
	}
	writer_text(b->w, "]}");
}

static void
put_dependencies(struct bom *b)
{
	writer_member(b->w, "dependencies");
	writer_text(b->w, "[");
	for (size_t i = 0; i < b->d->node_count; i++) {
		if (export_is_told(b->d, i))
			put_depends(b, i);
	}
	writer_text(b->w, "]");
}

enum err
export_cyclonedx(
    const struct dossier *dossier, struct writer *writer, struct why *w)
{
	struct bom b = { .d = dossier, .w = writer };
	const struct dossier_record *release = dossier_release(dossier);

	if (dossier->node_count == 0 || !dossier->nodes[0].is_released)
		return why(w, ERR_NOT_FOUND,
		    "export: the release names no artifact that has a digest");
	writer_text(writer,
	    "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\","
	    "\"serialNumber\":\"urn:uuid:");
	export_uuid(writer, &release->id);
	writer_text(writer, "\",\"version\":1,\"metadata\":{");
	if (release->stamp_ms > 0) {
		writer_member(writer, "timestamp");
		writer_text(writer, "\"");
		export_write_second(writer, release->stamp_ms);
		writer_text(writer, "\"");
	}
	writer_member(writer, "component");
	writer_text(writer, "{");
	put_subject(&b, 0);
	writer_text(writer, "}}");
	put_components(&b);
	put_dependencies(&b);
	writer_text(writer, "}\n");
	return ERR_OK;
}
