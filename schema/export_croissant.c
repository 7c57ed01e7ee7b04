/*
 * Croissant 1.1 (https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html)
 * of the data sets that went into a release: each a file of the distribution, known
 * by the sha256 of its manifest, or of itself.
 */
#include "schema/export_inner.h"

struct croissant {
	const struct dossier *d;
	struct writer *w;
};

/* The specification's own, as an object: validators load nothing.  schema.org is
 * https here, without which mlcroissant refuses it. */
static const char context[] =
    "{\"@language\":\"en\",\"@vocab\":\"https://schema.org/\","
    "\"citeAs\":\"cr:citeAs\",\"column\":\"cr:column\","
    "\"conformsTo\":\"dct:conformsTo\",\"cr\":"
    "\"http://mlcommons.org/croissant/\",\"rai\":"
    "\"http://mlcommons.org/croissant/RAI/\",\"data\":{\"@id\":\"cr:data\","
    "\"@type\":\"@json\"},\"dataType\":{\"@id\":\"cr:dataType\",\"@type\":"
    "\"@vocab\"},\"dct\":\"http://purl.org/dc/terms/\","
    "\"equivalentProperty\":\"cr:equivalentProperty\","
    "\"examples\":{\"@id\":\"cr:examples\",\"@type\":\"@json\"},"
    "\"extract\":\"cr:extract\",\"field\":\"cr:field\",\"fileProperty\":"
    "\"cr:fileProperty\",\"fileObject\":\"cr:fileObject\",\"fileSet\":"
    "\"cr:fileSet\",\"format\":\"cr:format\",\"includes\":\"cr:includes\","
    "\"isLiveDataset\":\"cr:isLiveDataset\",\"jsonPath\":\"cr:jsonPath\","
    "\"key\":\"cr:key\",\"md5\":\"cr:md5\",\"parentField\":"
    "\"cr:parentField\",\"path\":\"cr:path\",\"recordSet\":\"cr:recordSet\","
    "\"references\":\"cr:references\",\"regex\":\"cr:regex\",\"repeated\":"
    "\"cr:repeated\",\"replace\":\"cr:replace\",\"samplingRate\":"
    "\"cr:samplingRate\",\"sc\":\"https://schema.org/\",\"separator\":"
    "\"cr:separator\",\"source\":\"cr:source\",\"subField\":\"cr:subField\","
    "\"transform\":\"cr:transform\"}";

static bool
is_data(const struct dossier *d, size_t node)
{
	const struct dossier_node *n = &d->nodes[node];

	return (n->is_upstream || n->is_released) && export_is_told(d, node) &&
	    export_what(d, node) == EXPORT_DATA &&
	    n->digest.algorithm == DIGEST_SHA256;
}

/* A set of files is known by its manifest, which is text (FORMATS 3.1). */
static bool
is_set(const struct dossier *d, size_t node)
{
	const struct dossier_record *record = export_record(d, node);

	return record != NULL && record->record.statement.subject_count > 0 &&
	    digest_set_find(&record->record.statement.subjects[0].digest,
		DIGEST_MERKLE_TREE_HASH) != NULL;
}

static void
put_file(struct croissant *c, size_t node)
{
	char buffer[DIGEST_TEXT_MAX];
	const struct digest *digest = &c->d->nodes[node].digest;
	struct span location = export_location(c->d, node);

	writer_comma(c->w);
	writer_text(c->w, "{\"@type\":\"cr:FileObject\"");
	export_member_digest(c->w, "@id", digest);
	writer_member_text(c->w, "name", export_name_of(c->d, node, buffer));
	/* The bytes of this digest are what the log keeps; where a set is from is
	   another place, with other bytes. */
	writer_member(c->w, "contentUrl");
	export_id(c->w, "urn:headwater:", digest);
	if (location.len > 0)
		writer_member_text(c->w, "description", location);
	writer_member_text(c->w, "encodingFormat",
	    span_of_text(is_set(c->d, node) ? "text/plain"
					    : "application/octet-stream"));
	writer_text(c->w, ",\"sha256\":\"");
	writer_hex(c->w, span_of(digest->bytes, digest->len));
	writer_text(c->w, "\"}");
}

static bool
has_license(const struct croissant *c, size_t before, struct span license)
{
	for (size_t i = 0; i < before; i++) {
		if (is_data(c->d, i) &&
		    span_equal(export_license(c->d, i), license))
			return true;
	}
	return false;
}

/* One URL for a listed id would be a guess at expressions: the texts stand. */
static void
put_licenses(struct croissant *c)
{
	writer_member(c->w, "license");
	writer_text(c->w, "[");
	for (size_t i = 0; i < c->d->node_count; i++) {
		struct span license = export_license(c->d, i);
		if (!is_data(c->d, i) || has_license(c, i, license))
			continue;
		writer_comma(c->w);
		writer_json(c->w,
		    license.len > 0 ? license : span_of_text("NOASSERTION"));
	}
	writer_text(c->w, "]");
}

static void
put_about(struct croissant *c)
{
	const struct dossier_record *release = dossier_release(c->d);

	writer_member(c->w, "name");
	writer_text(c->w, "\"Data of ");
	export_title(c->w, c->d);
	writer_text(c->w, "\"");
	writer_member(c->w, "description");
	writer_text(c->w, "\"The data sets that records of ");
	writer_span(c->w, c->d->as);
	writer_text(c->w,
	    " say went into this release, each by the sha256 of its manifest, "
	    "or of itself.\"");
	put_licenses(c);
	writer_member(c->w, "url");
	export_record_id(c->w, "urn:headwater:tlogLeaf:", &release->id);
	writer_member(c->w, "creator");
	writer_text(c->w, "{\"@type\":\"sc:Organization\"");
	writer_member_text(c->w, "name", release->principal);
	writer_text(c->w, "}");
	writer_member(c->w, "datePublished");
	writer_text(c->w, "\"");
	export_write_second(c->w, release->stamp_ms);
	writer_text(c->w, "\"");
	writer_member_text(c->w, "version", release->record.version);
}

enum err
export_croissant(
    const struct dossier *dossier, struct writer *writer, struct why *w)
{
	struct croissant c = { .d = dossier, .w = writer };
	bool has_any = false;

	for (size_t i = 0; i < dossier->node_count; i++)
		has_any = has_any || is_data(dossier, i);
	if (!has_any)
		return why(w, ERR_NOT_FOUND,
		    "export: no data set is recorded in what this was made of");
	writer_text(writer, "{\"@context\":");
	writer_text(writer, context);
	writer_text(writer,
	    ",\"@type\":\"sc:Dataset\",\"conformsTo\":"
	    "\"http://mlcommons.org/croissant/1.1\"");
	put_about(&c);
	writer_member(writer, "distribution");
	writer_text(writer, "[");
	for (size_t i = 0; i < dossier->node_count; i++) {
		if (is_data(dossier, i))
			put_file(&c, i);
	}
	writer_text(writer, "]}\n");
	return ERR_OK;
}
