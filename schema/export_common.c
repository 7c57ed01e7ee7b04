/*
 * What the formats have in common.
 */
#include "schema/export_inner.h"

#include "schema/particular.h"

/* ---- nodes ---- */

const struct dossier_record *
export_record(const struct dossier *dossier, size_t node)
{
	const struct dossier_node *n = &dossier->nodes[node];

	return n->has_described ? &dossier->records[n->described] : NULL;
}

/* What a run calls its output; a role of a run's own says nothing. */
static enum export_what
what_of_role(struct span role)
{
	static const struct {
		const char *role;
		enum export_what what;
	} rows[] = {
		{ "model", EXPORT_MODEL },
		{ "weights", EXPORT_MODEL },
		{ "checkpoint", EXPORT_MODEL },
		{ "dataset", EXPORT_DATA },
		{ "data", EXPORT_DATA },
		{ "training-data", EXPORT_DATA },
		{ "shard", EXPORT_DATA },
		{ "shards", EXPORT_DATA },
		{ "heldout", EXPORT_DATA },
		{ "code", EXPORT_CODE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (span_is(role, rows[i].role))
			return rows[i].what;
	}
	return EXPORT_THING;
}

static enum export_what
what_of_output(const struct record *run, const struct digest *digest)
{
	const struct statement *s = &run->statement;

	for (size_t i = 0; i < s->subject_count; i++) {
		if (s->subjects[i].digest.has_node &&
		    digest_equal(&s->subjects[i].digest.node, digest))
			return what_of_role(s->subjects[i].role);
	}
	return EXPORT_THING;
}

enum export_what
export_what(const struct dossier *dossier, size_t node)
{
	const struct dossier_node *n = &dossier->nodes[node];
	const struct dossier_record *record = export_record(dossier, node);
	enum record_kind kind =
	    record == NULL ? RECORD_OTHER : record->record.kind;
	enum export_what what = EXPORT_THING;

	if (kind == RECORD_DATASET)
		return EXPORT_DATA;
	if (kind == RECORD_CODE)
		return EXPORT_CODE;
	if (kind == RECORD_MODEL)
		return EXPORT_MODEL;
	if (kind == RECORD_RUN)
		what = what_of_output(&record->record, &n->digest);
	return what == EXPORT_THING && n->is_released ? EXPORT_MODEL : what;
}

bool
export_is_told(const struct dossier *dossier, size_t node)
{
	const struct dossier_node *n = &dossier->nodes[node];

	return n->is_released || n->is_component ||
	    (n->is_upstream && !n->is_only_part);
}

struct span
export_name_of(const struct dossier *dossier, size_t node,
    char buffer[static DIGEST_TEXT_MAX])
{
	if (dossier->nodes[node].name.len > 0)
		return dossier->nodes[node].name;
	digest_print(&dossier->nodes[node].digest, buffer);
	return span_of_text(buffer);
}

static const struct component *
component_of(const struct dossier *dossier, size_t node)
{
	for (size_t i = 0; i < dossier->component_count; i++) {
		if (dossier->components[i].has_node &&
		    dossier->components[i].node == node)
			return dossier->components[i].component;
	}
	return NULL;
}

struct span
export_license(const struct dossier *dossier, size_t node)
{
	const struct component *component = component_of(dossier, node);
	const struct dossier_record *record = export_record(dossier, node);

	if (component != NULL && component->license.len > 0)
		return component->license;
	if (record != NULL && record->record.license.len > 0)
		return record->record.license;
	return dossier->nodes[node].is_released
	    ? dossier_release(dossier)->record.license
	    : SPAN_EMPTY;
}

struct span
export_location(const struct dossier *dossier, size_t node)
{
	const struct component *component = component_of(dossier, node);
	const struct dossier_record *record = export_record(dossier, node);

	if (component != NULL && component->location.len > 0)
		return component->location;
	if (record == NULL)
		return SPAN_EMPTY;
	struct span source = particular_text(&record->record, "source");
	return source.len > 0 ? source
			      : particular_text(&record->record, "repository");
}

struct span
export_publisher(const struct dossier *dossier, size_t node)
{
	const struct dossier_record *record = export_record(dossier, node);

	if (record != NULL)
		return record->principal;
	return dossier->nodes[node].is_released
	    ? dossier_release(dossier)->principal
	    : SPAN_EMPTY;
}

uint64_t
export_stamp(const struct dossier *dossier, size_t node)
{
	const struct dossier_record *record = export_record(dossier, node);

	if (record != NULL)
		return record->stamp_ms;
	return dossier->nodes[node].is_released
	    ? dossier_release(dossier)->stamp_ms
	    : 0;
}

bool
export_is_agent(const struct dossier *dossier, struct span principal)
{
	if (span_equal(dossier_release(dossier)->principal, principal))
		return true;
	for (size_t i = 0; i < dossier->node_count; i++) {
		if (export_is_told(dossier, i) &&
		    span_equal(export_publisher(dossier, i), principal))
			return true;
	}
	for (size_t i = 0; i < dossier->record_count; i++) {
		if (export_is_run(dossier, i) &&
		    span_equal(dossier->records[i].principal, principal))
			return true;
	}
	return false;
}

bool
export_speaks_of(const struct dossier *dossier, size_t record, size_t node)
{
	const struct statement *s = &dossier->records[record].record.statement;
	const struct digest *digest = &dossier->nodes[node].digest;

	for (size_t i = 0; i < s->subject_count; i++) {
		if (s->subjects[i].digest.has_node &&
		    digest_equal(&s->subjects[i].digest.node, digest))
			return true;
	}
	return false;
}

bool
export_find(const struct dossier *dossier, const struct digest *digest,
    size_t *ret_node)
{
	for (size_t i = 0; i < dossier->node_count; i++) {
		if (digest_equal(&dossier->nodes[i].digest, digest)) {
			*ret_node = i;
			return export_is_told(dossier, i);
		}
	}
	return false;
}

/* ---- runs ---- */

bool
export_is_run(const struct dossier *dossier, size_t record)
{
	const struct record *r = &dossier->records[record].record;

	if (r->kind != RECORD_RUN && r->kind != RECORD_PROVENANCE)
		return false;
	for (size_t i = 0; i < dossier->edge_count; i++) {
		if (dossier->edges[i].record == record &&
		    dossier->edges[i].is_walked)
			return true;
	}
	return false;
}

bool
export_input(
    const struct dossier *dossier, size_t record, size_t *at, size_t *ret_node)
{
	const struct record *r = &dossier->records[record].record;

	while (*at < r->input_count) {
		const struct digest_set *set = &r->inputs[(*at)++].digest;
		if (set->has_node && export_find(dossier, &set->node, ret_node))
			return true;
	}
	return false;
}

bool
export_output(
    const struct dossier *dossier, size_t record, size_t *at, size_t *ret_node)
{
	const struct statement *s = &dossier->records[record].record.statement;

	while (*at < s->subject_count) {
		const struct digest_set *set = &s->subjects[(*at)++].digest;
		if (set->has_node && export_find(dossier, &set->node, ret_node))
			return true;
	}
	return false;
}

/* ---- digests ---- */

/* CycloneDX 1.6 hash-alg, SPDX 3.0.1 HashAlgorithm. */
static const struct {
	enum digest_algorithm algorithm;
	const char *cyclonedx;
	const char *spdx;
} hashes[] = {
	{ DIGEST_MD5, "MD5", "md5" },
	{ DIGEST_SHA1, "SHA-1", "sha1" },
	{ DIGEST_SHA224, NULL, "sha224" },
	{ DIGEST_SHA256, "SHA-256", "sha256" },
	{ DIGEST_SHA384, "SHA-384", "sha384" },
	{ DIGEST_SHA512, "SHA-512", "sha512" },
	{ DIGEST_SHA3_256, "SHA3-256", "sha3_256" },
	{ DIGEST_SHA3_384, "SHA3-384", "sha3_384" },
	{ DIGEST_SHA3_512, "SHA3-512", "sha3_512" },
	{ DIGEST_BLAKE2B, "BLAKE2b-512", "blake2b512" },
	{ DIGEST_BLAKE3, "BLAKE3", "blake3" },
};

const char *
export_hash_cyclonedx(enum digest_algorithm algorithm)
{
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		if (hashes[i].algorithm == algorithm)
			return hashes[i].cyclonedx;
	}
	return NULL;
}

const char *
export_hash_spdx(enum digest_algorithm algorithm)
{
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		if (hashes[i].algorithm == algorithm)
			return hashes[i].spdx;
	}
	return "other"; /* the list has a word for it */
}

/* ---- texts ---- */

void
export_id(struct writer *w, const char *prefix, const struct digest *digest)
{
	char text[DIGEST_TEXT_MAX];

	digest_print(digest, text);
	writer_text(w, "\"");
	writer_text(w, prefix);
	writer_text(w, text);
	writer_text(w, "\"");
}

void
export_member_digest(
    struct writer *w, const char *name, const struct digest *digest)
{
	writer_member(w, name);
	export_id(w, "", digest);
}

void
export_record_id(struct writer *w, const char *prefix, const struct hash *id)
{
	writer_text(w, "\"");
	writer_text(w, prefix);
	writer_hex(w, hash_span(id));
	writer_text(w, "\"");
}

void
export_uuid(struct writer *w, const struct hash *hash)
{
	uint8_t bytes[16];
	static const size_t lens[] = { 4, 2, 2, 2, 6 };
	size_t at = 0;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = hash->bytes[i];
	bytes[6] = (uint8_t)(0x80 | (bytes[6] & 0x0f));
	bytes[8] = (uint8_t)(0x80 | (bytes[8] & 0x3f));
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		if (i > 0)
			writer_text(w, "-");
		writer_hex(w, span_of(bytes + at, lens[i]));
		at += lens[i];
	}
}

void
export_title(struct writer *w, const struct dossier *dossier)
{
	const struct record *release = &dossier_release(dossier)->record;

	writer_format(w, "%.*s %.*s", SPAN_ARGS(release->name),
	    SPAN_ARGS(release->version));
}

uint64_t
export_time(const struct dossier *dossier)
{
	return dossier_release(dossier)->stamp_ms;
}

void
export_write_second(struct writer *w, uint64_t time_ms)
{
	uint8_t buffer[32];
	struct writer text = writer_of(buffer, sizeof(buffer));

	/* "2026-11-25T19:48:51.123Z" */
	writer_time(&text, time_ms);
	struct span span = writer_view(&text);
	if (span.len > 5)
		writer_span(w, span_part(span, 0, span.len - 5));
	writer_text(w, "Z");
}
