/*
 * SPDX 3.0.1 in JSON-LD, with the AI and Dataset profiles
 * (https://spdx.github.io/spdx-spec/v3.0.1/).
 *
 * The profiles' own rules (a licence declared and one concluded, a supplier, times,
 * a place, a purpose) are kept here: no validator asks for them.  What no record
 * says is NOASSERTION; times are those at which the log took the record.
 */
#include "schema/export_spdx.h"

#include "schema/particular.h"

void
spdx_put_id(struct spdx_out *s, const char *what, size_t node)
{
	char text[DIGEST_TEXT_MAX];

	digest_print(&s->d->nodes[node].digest, text);
	writer_format(s->w, "\"%s/%s/%s\"", s->base, what, text);
}

static void
put_agent_id(struct spdx_out *s, struct span principal)
{
	writer_format(s->w, "\"%s/agent/%.*s\"", s->base, SPAN_ARGS(principal));
}

const char *
spdx_what(const struct spdx_out *s, size_t node)
{
	static const char *const names[] = {
		[EXPORT_DATA] = "dataset",
		[EXPORT_CODE] = "code",
		[EXPORT_MODEL] = "model",
		[EXPORT_THING] = "file",
	};

	return names[export_what(s->d, node)];
}

void
spdx_begin(struct spdx_out *s, const char *type)
{
	writer_comma(s->w);
	writer_format(
	    s->w, "{\"type\":\"%s\",\"creationInfo\":\"_:creation\"", type);
	writer_member(s->w, "spdxId");
}

static void
put_time(struct spdx_out *s, const char *name, uint64_t time_ms)
{
	writer_member(s->w, name);
	writer_text(s->w, "\"");
	export_write_second(s->w, time_ms);
	writer_text(s->w, "\"");
}

/* ---- licences: one element for each expression ---- */

struct span
spdx_license_of(const struct spdx_out *s, size_t node)
{
	struct span license = export_license(s->d, node);

	return license.len > 0 ? license : span_of_text(NOASSERTION);
}

void
spdx_put_license_id(struct spdx_out *s, struct span license)
{
	struct hash hash = sha256_of(license);

	writer_format(s->w, "\"%s/license/", s->base);
	writer_hex(s->w, span_of(hash.bytes, 8));
	writer_text(s->w, "\"");
}

static bool
is_told_before(const struct spdx_out *s, size_t node)
{
	for (size_t i = 0; i < node; i++) {
		if (export_is_told(s->d, i) &&
		    span_equal(spdx_license_of(s, i), spdx_license_of(s, node)))
			return true;
	}
	return false;
}

static void
put_licenses(struct spdx_out *s)
{
	for (size_t i = 0; i < s->d->node_count; i++) {
		struct span license = spdx_license_of(s, i);
		if (!export_is_told(s->d, i) || is_told_before(s, i))
			continue;
		spdx_begin(s, "simplelicensing_LicenseExpression");
		spdx_put_license_id(s, license);
		writer_member_text(
		    s->w, "simplelicensing_licenseExpression", license);
		writer_text(s->w, "}");
	}
}

/* ---- agents ---- */

static bool
has_agent(const struct spdx_out *s, size_t before, struct span principal)
{
	for (size_t i = 0; i < before; i++) {
		if (span_equal(s->d->records[i].principal, principal))
			return true;
	}
	return false;
}

static void
put_agents(struct spdx_out *s)
{
	for (size_t i = 0; i < s->d->record_count; i++) {
		struct span principal = s->d->records[i].principal;
		if (has_agent(s, i, principal) ||
		    !export_is_agent(s->d, principal))
			continue;
		spdx_begin(s, "Organization");
		put_agent_id(s, principal);
		writer_member_text(s->w, "name", principal);
		writer_text(s->w, "}");
	}
}

/* ---- packages ---- */

static void
put_common(struct spdx_out *s, size_t node, const char *purpose)
{
	const struct digest *digest = &s->d->nodes[node].digest;
	struct span location = export_location(s->d, node);
	char buffer[DIGEST_TEXT_MAX];

	spdx_put_id(s, spdx_what(s, node), node);
	writer_member_text(s->w, "name", export_name_of(s->d, node, buffer));
	writer_member_text(
	    s->w, "software_primaryPurpose", span_of_text(purpose));
	writer_member_text(s->w, "software_downloadLocation",
	    location.len > 0 ? location : span_of_text(NOASSERTION));
	if (export_publisher(s->d, node).len > 0)
		put_time(s, "releaseTime", export_stamp(s->d, node));
	writer_member(s->w, "verifiedUsing");
	writer_format(s->w,
	    "[{\"type\":\"Hash\",\"algorithm\":\"%s\",\"hashValue\":\"",
	    export_hash_spdx(digest->algorithm));
	writer_hex(s->w, span_of(digest->bytes, digest->len));
	writer_text(s->w, "\"}]");
	if (!s->d->nodes[node].is_gap)
		return;
	writer_member_text(s->w, "comment",
	    span_of_text("No record in the log describes it."));
}

void
spdx_put_entry(void *context, const struct particular *one)
{
	struct spdx_out *s = context;
	bool is_it = one->kind == PARTICULAR_PARAMETER ||
	    one->kind == PARTICULAR_SEED || one->kind == PARTICULAR_METRIC;

	if (!is_it)
		return;
	writer_comma(s->w);
	writer_text(s->w, "{\"type\":\"DictionaryEntry\"");
	writer_member_text(s->w, "key", one->name);
	writer_member_text(s->w, "value", one->value);
	writer_text(s->w, "}");
}

static void
put_dictionary(struct spdx_out *s, const char *name, size_t node, bool is_run)
{
	writer_member(s->w, name);
	writer_text(s->w, "[");
	for (size_t i = 0; i < s->d->record_count; i++) {
		const struct dossier_record *r = &s->d->records[i];
		bool is_it = is_run ? export_is_run(s->d, i)
				    : r->record.kind == RECORD_EVALUATION &&
			!r->is_withdrawn && span_equal(r->principal, s->d->as);
		if (is_it && export_speaks_of(s->d, i, node))
			particular_walk(&r->record, spdx_put_entry, s);
	}
	writer_text(s->w, "]");
}

static void
put_model(struct spdx_out *s, size_t node)
{
	const struct dossier_record *record = export_record(s->d, node);
	struct span version = s->d->nodes[node].is_released
	    ? dossier_release(s->d)->record.version
	    : record == NULL ? SPAN_EMPTY
			     : record->record.version;

	spdx_begin(s, "ai_AIPackage");
	put_common(s, node, "model");
	writer_member_text(s->w, "software_packageVersion",
	    version.len > 0 ? version : span_of_text(NOASSERTION));
	writer_member(s->w, "suppliedBy");
	put_agent_id(s, export_publisher(s->d, node));
	put_dictionary(s, "ai_hyperparameter", node, true);
	put_dictionary(s, "ai_metric", node, false);
	writer_text(s->w, "}");
}

static void
put_dataset(struct spdx_out *s, size_t node)
{
	spdx_begin(s, "dataset_DatasetPackage");
	put_common(s, node, "data");
	put_time(s, "builtTime", export_stamp(s->d, node));
	writer_member(s->w, "originatedBy");
	writer_text(s->w, "[");
	put_agent_id(s, export_publisher(s->d, node));
	writer_text(s->w, "]");
	writer_member(s->w, "dataset_datasetType");
	writer_text(s->w, "[\"noAssertion\"]");
	writer_text(s->w, "}");
}

static void
put_packages(struct spdx_out *s)
{
	for (size_t i = 0; i < s->d->node_count; i++) {
		if (!export_is_told(s->d, i))
			continue;
		switch (export_what(s->d, i)) {
		case EXPORT_MODEL:
			put_model(s, i);
			break;
		case EXPORT_DATA:
			put_dataset(s, i);
			break;
		case EXPORT_CODE:
		case EXPORT_THING:
		case EXPORT_WHATS:
			spdx_begin(s, "software_Package");
			put_common(s, i,
			    export_what(s->d, i) == EXPORT_CODE ? "source"
								: "other");
			writer_text(s->w, "}");
			break;
		}
	}
}

static bool
has_noassertion(const struct spdx_out *s)
{
	for (size_t i = 0; i < s->d->node_count; i++) {
		if (export_is_told(s->d, i) &&
		    span_is(spdx_license_of(s, i), NOASSERTION))
			return true;
	}
	return false;
}

static void
put_document(struct spdx_out *s)
{
	spdx_begin(s, "SpdxDocument");
	writer_format(s->w, "\"%s\"", s->base);
	writer_member(s->w, "name");
	writer_text(s->w, "\"");
	export_title(s->w, s->d);
	writer_text(s->w, "\"");
	writer_member(s->w, "profileConformance");
	writer_text(s->w,
	    "[\"core\",\"software\",\"ai\",\"dataset\",\"build\","
	    "\"simpleLicensing\"]");
	writer_member(s->w, "rootElement");
	writer_text(s->w, "[");
	for (size_t i = 0; i < s->d->node_count; i++) {
		if (!s->d->nodes[i].is_released)
			continue;
		writer_comma(s->w);
		spdx_put_id(s, spdx_what(s, i), i);
	}
	writer_text(s->w, "]}");
}

static void
put_creation(struct spdx_out *s)
{
	writer_text(s->w,
	    "{\"type\":\"CreationInfo\",\"@id\":\"_:creation\","
	    "\"specVersion\":\"3.0.1\"");
	put_time(s, "created", export_time(s->d));
	writer_member(s->w, "createdBy");
	writer_text(s->w, "[");
	put_agent_id(s, dossier_release(s->d)->principal);
	writer_text(s->w, "]");
	writer_member_text(s->w, "comment",
	    span_of_text("Made from the signed records of a transparency log; "
			 "times are those at which it took them."));
	writer_text(s->w, "}");
}

enum err
export_spdx(const struct dossier *dossier, struct writer *writer, struct why *w)
{
	struct spdx_out s = { .d = dossier, .w = writer };
	struct writer base = writer_of(s.base, sizeof(s.base));
	size_t number = 0;

	(void)w;
	writer_text(&base, "urn:headwater:spdx:");
	writer_hex(&base, hash_span(&dossier_release(dossier)->id));
	writer_u8(&base, '\0');
	writer_text(writer,
	    "{\"@context\":\"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\","
	    "\"@graph\":[");
	put_creation(&s);
	put_document(&s);
	put_agents(&s);
	put_licenses(&s);
	if (!has_noassertion(&s)) {
		spdx_begin(&s, "simplelicensing_LicenseExpression");
		spdx_put_license_id(&s, span_of_text(NOASSERTION));
		writer_member_text(writer, "simplelicensing_licenseExpression",
		    span_of_text(NOASSERTION));
		writer_text(writer, "}");
	}
	put_packages(&s);
	spdx_put_builds(&s);
	spdx_put_licensed(&s, &number);
	spdx_put_edges(&s, &number);
	for (size_t i = 0; i < dossier->record_count; i++) {
		if (!export_is_run(dossier, i))
			continue;
		spdx_put_flow(&s, i, true, &number);
		spdx_put_flow(&s, i, false, &number);
	}
	writer_text(writer, "]}\n");
	return ERR_OK;
}
