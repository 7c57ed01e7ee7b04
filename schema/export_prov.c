/*
 * W3C PROV as PROV-JSON (https://www.w3.org/submissions/prov-json/).
 *
 * Artifacts are entities, runs activities, principals agents; what a set or a
 * model says that it was derived from is a derivation.
 */
#include "schema/export_inner.h"

#include "schema/particular.h"

struct prov {
	const struct dossier *d;
	struct writer *w;
	size_t number; /* of the relation to come: `_:r1` */
};

static void
begin(struct writer *w, const char *name)
{
	writer_member(w, name);
	writer_text(w, "{");
}

static void
begin_named(struct writer *w, const char *prefix, const struct digest *digest)
{
	writer_comma(w);
	export_id(w, prefix, digest);
	writer_text(w, ":{");
}

static void
put_entities(struct prov *p)
{
	char buffer[DIGEST_TEXT_MAX];
	static const char *const types[] = {
		[EXPORT_DATA] = "hw:Dataset",
		[EXPORT_CODE] = "hw:Code",
		[EXPORT_MODEL] = "hw:Model",
		[EXPORT_THING] = "hw:Artifact",
	};

	begin(p->w, "entity");
	for (size_t i = 0; i < p->d->node_count; i++) {
		struct span license = export_license(p->d, i);
		if (!export_is_told(p->d, i))
			continue;
		begin_named(p->w, "hw:", &p->d->nodes[i].digest);
		writer_member_text(
		    p->w, "prov:label", export_name_of(p->d, i, buffer));
		writer_member(p->w, "prov:type");
		writer_format(p->w,
		    "{\"$\":\"%s\",\"type\":\"prov:QUALIFIED_NAME\"}",
		    types[export_what(p->d, i)]);
		if (license.len > 0)
			writer_member_text(p->w, "hw:license", license);
		writer_text(p->w, "}");
	}
	writer_text(p->w, "}");
}

static void
put_particular(void *context, const struct particular *one)
{
	struct prov *p = context;
	char name[320];
	struct writer key = writer_of(name, sizeof(name) - 1);

	if (one->kind == PARTICULAR_STARTED) {
		writer_member_text(p->w, "prov:startTime", one->value);
	} else if (one->kind == PARTICULAR_FINISHED) {
		writer_member_text(p->w, "prov:endTime", one->value);
	} else if (one->name.len == 0) {
		writer_format(&key, "hw:%s", particular_kind_name(one->kind));
		name[key.len] = '\0';
		writer_member_text(p->w, name, one->value);
	}
}

/* Parameters have names of any kind, so they are values, not attributes. */
static void
put_parameter(void *context, const struct particular *one)
{
	struct prov *p = context;
	uint8_t buffer[MEMBER_LABEL_MAX + STATEMENT_TEXT_MAX + 8];
	struct writer text = writer_of(buffer, sizeof(buffer));

	if (one->kind != PARTICULAR_PARAMETER && one->kind != PARTICULAR_SEED)
		return;
	writer_comma(p->w);
	writer_span(&text, one->name);
	writer_text(&text, "=");
	writer_span(&text, one->value);
	writer_json(p->w, writer_view(&text));
}

static void
put_activities(struct prov *p)
{
	begin(p->w, "activity");
	for (size_t i = 0; i < p->d->record_count; i++) {
		const struct dossier_record *r = &p->d->records[i];
		struct digest id = digest_sha256(&r->id);
		id.algorithm = DIGEST_TLOG_LEAF;
		if (!export_is_run(p->d, i))
			continue;
		begin_named(p->w, "hw:", &id);
		if (r->record.name.len > 0)
			writer_member_text(p->w, "prov:label", r->record.name);
		particular_walk(&r->record, put_particular, p);
		writer_member(p->w, "hw:parameter");
		writer_text(p->w, "[");
		particular_walk(&r->record, put_parameter, p);
		writer_text(p->w, "]}");
	}
	writer_text(p->w, "}");
}

static bool
is_told_before(const struct prov *p, size_t record)
{
	for (size_t i = 0; i < record; i++) {
		if (span_equal(p->d->records[i].principal,
			p->d->records[record].principal))
			return true;
	}
	return false;
}

static void
put_agents(struct prov *p)
{
	begin(p->w, "agent");
	for (size_t i = 0; i < p->d->record_count; i++) {
		struct span principal = p->d->records[i].principal;
		if (is_told_before(p, i) || !export_is_agent(p->d, principal))
			continue;
		writer_comma(p->w);
		writer_format(p->w, "\"hwp:%.*s\":{", SPAN_ARGS(principal));
		writer_member_text(p->w, "prov:label", principal);
		writer_text(p->w, "}");
	}
	writer_text(p->w, "}");
}

static void
begin_relation(struct prov *p)
{
	writer_comma(p->w);
	writer_format(p->w, "\"_:r%zu\":{", ++p->number);
}

static void
put_used(struct prov *p, const char *name, bool is_input)
{
	begin(p->w, name);
	for (size_t i = 0; i < p->d->record_count; i++) {
		size_t at = 0;
		size_t node;
		if (!export_is_run(p->d, i))
			continue;
		while (is_input ? export_input(p->d, i, &at, &node)
				: export_output(p->d, i, &at, &node)) {
			begin_relation(p);
			writer_member(p->w, "prov:activity");
			export_record_id(
			    p->w, "hw:tlogLeaf:", &p->d->records[i].id);
			writer_member(p->w, "prov:entity");
			export_id(p->w, "hw:", &p->d->nodes[node].digest);
			writer_text(p->w, "}");
		}
	}
	writer_text(p->w, "}");
}

/* Derivations that a set or a model states itself. */
static void
put_derived(struct prov *p)
{
	begin(p->w, "wasDerivedFrom");
	for (size_t i = 0; i < p->d->edge_count; i++) {
		const struct dossier_edge *edge = &p->d->edges[i];
		if (!edge->is_walked || edge->is_part ||
		    export_is_run(p->d, edge->record) ||
		    !export_is_told(p->d, edge->from) ||
		    !export_is_told(p->d, edge->to))
			continue;
		begin_relation(p);
		writer_member(p->w, "prov:generatedEntity");
		export_id(p->w, "hw:", &p->d->nodes[edge->to].digest);
		writer_member(p->w, "prov:usedEntity");
		export_id(p->w, "hw:", &p->d->nodes[edge->from].digest);
		writer_text(p->w, "}");
	}
	writer_text(p->w, "}");
}

static void
put_attributed(struct prov *p)
{
	begin(p->w, "wasAttributedTo");
	for (size_t i = 0; i < p->d->node_count; i++) {
		const struct dossier_record *record = export_record(p->d, i);
		if (!export_is_told(p->d, i) || record == NULL)
			continue;
		begin_relation(p);
		writer_member(p->w, "prov:entity");
		export_id(p->w, "hw:", &p->d->nodes[i].digest);
		writer_member(p->w, "prov:agent");
		writer_format(
		    p->w, "\"hwp:%.*s\"}", SPAN_ARGS(record->principal));
	}
	writer_text(p->w, "}");
}

static void
put_associated(struct prov *p)
{
	begin(p->w, "wasAssociatedWith");
	for (size_t i = 0; i < p->d->record_count; i++) {
		if (!export_is_run(p->d, i))
			continue;
		begin_relation(p);
		writer_member(p->w, "prov:activity");
		export_record_id(p->w, "hw:tlogLeaf:", &p->d->records[i].id);
		writer_member(p->w, "prov:agent");
		writer_format(p->w, "\"hwp:%.*s\"}",
		    SPAN_ARGS(p->d->records[i].principal));
	}
	writer_text(p->w, "}");
}

enum err
export_prov(const struct dossier *dossier, struct writer *writer, struct why *w)
{
	struct prov p = { .d = dossier, .w = writer };

	(void)w;
	writer_text(writer,
	    "{\"prefix\":{\"hw\":\"urn:headwater:\","
	    "\"hwp\":\"urn:headwater:principal:\"}");
	put_entities(&p);
	put_activities(&p);
	put_agents(&p);
	put_used(&p, "used", true);
	put_used(&p, "wasGeneratedBy", false);
	put_derived(&p);
	put_attributed(&p);
	put_associated(&p);
	writer_text(writer, "}\n");
	return ERR_OK;
}
