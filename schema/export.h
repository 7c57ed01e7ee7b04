/*
 * export: a release in the formats of others.
 *
 * A function of a dossier: what a record says is told, with where it is from;
 * what no record says is left out, or said to be unknown in the words of the
 * format.  Nothing is made up: identifiers are digests and record ids, times are
 * those of records.  Claims by name alone are no facts and stay out, but for the
 * European Union's summary, which shows them as claims.
 *
 * Threads: any.  Memory: borrows the dossier.
 */
#ifndef HEADWATER_SCHEMA_EXPORT_H
#define HEADWATER_SCHEMA_EXPORT_H

#include "schema/dossier.h"

/* format, name in questions, media type */
#define EXPORT_TABLE(X) \
	X(EXPORT_SPDX, "spdx", "application/spdx+json") \
	X(EXPORT_CYCLONEDX, "cyclonedx", \
	    "application/vnd.cyclonedx+json; version=1.6") \
	X(EXPORT_PROV, "prov", "application/provenance+json") \
	X(EXPORT_OPENLINEAGE, "openlineage", "application/x-ndjson") \
	X(EXPORT_CROISSANT, "croissant", "application/ld+json") \
	X(EXPORT_MOT, "mot", "application/yaml") \
	X(EXPORT_EU, "eu", "text/markdown; charset=utf-8")

enum export_format {
#define X(name, text, type) name,
	EXPORT_TABLE(X)
#undef X
	    EXPORT_FORMATS,
};

MUST_CHECK bool export_parse(struct span text, enum export_format *ret);
const char *export_name(enum export_format format);
const char *export_media_type(enum export_format format);

/* ERR_NOT_FOUND where the format has no words for this dossier (no release, no data
 * set, no run): a sentence; else the writer's own failures. */
MUST_CHECK enum err export_write(enum export_format format,
    const struct dossier *dossier, struct writer *writer, struct why *w);

#endif
