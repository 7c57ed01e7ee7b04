/*
 * export_inner: what the formats have in common.  Not for others than export*.c.
 */
#ifndef HEADWATER_SCHEMA_EXPORT_INNER_H
#define HEADWATER_SCHEMA_EXPORT_INNER_H

#include "schema/export.h"

/* One for each format. */
typedef enum err export_one(
    const struct dossier *dossier, struct writer *writer, struct why *w);
export_one export_spdx;
export_one export_cyclonedx;
export_one export_prov;
export_one export_openlineage;
export_one export_croissant;
export_one export_mot;
export_one export_eu;

/* What a node is, by the record that describes it. */
enum export_what {
	EXPORT_DATA,
	EXPORT_CODE,
	EXPORT_MODEL,
	EXPORT_THING, /* nobody says */
	EXPORT_WHATS,
};
enum export_what export_what(const struct dossier *dossier, size_t node);
/* Released, upstream, or a component, and no mere file of a set. */
bool export_is_told(const struct dossier *dossier, size_t node);
/* The record that describes it, or NULL. */
const struct dossier_record *export_record(
    const struct dossier *dossier, size_t node);
/* A name for people; a digest where it has none (`buffer` then holds it). */
struct span export_name_of(const struct dossier *dossier, size_t node,
    char buffer[static DIGEST_TEXT_MAX]);
/* Its licence: the component's word, else its own record's, else, of what was
 * released, the release's.  Empty: nobody says. */
struct span export_license(const struct dossier *dossier, size_t node);
/* Where it can be had; empty: nobody says. */
struct span export_location(const struct dossier *dossier, size_t node);
/* Who describes it, and when the log took his record; of what was released and
 * nobody describes, the release's.  Empty and 0: nobody. */
struct span export_publisher(const struct dossier *dossier, size_t node);
uint64_t export_stamp(const struct dossier *dossier, size_t node);
/* Does this principal stand behind anything that is told?  Strangers do not. */
bool export_is_agent(const struct dossier *dossier, struct span principal);
/* Is what the record describes, or was evaluated, this node? */
bool export_speaks_of(
    const struct dossier *dossier, size_t record, size_t node);

/* Is it a run (or other build) whose edges are walked? */
bool export_is_run(const struct dossier *dossier, size_t record);
/* The `at`-th input of a run that is a node; false at the end. */
bool export_input(
    const struct dossier *dossier, size_t record, size_t *at, size_t *ret_node);
/* The same of what came out of it. */
bool export_output(
    const struct dossier *dossier, size_t record, size_t *at, size_t *ret_node);
/* Is the node, if any, of this digest told? */
bool export_find(const struct dossier *dossier, const struct digest *digest,
    size_t *ret_node);

/* Names of a digest's algorithm elsewhere.  CycloneDX: NULL where it has none. */
const char *export_hash_cyclonedx(enum digest_algorithm algorithm);
const char *export_hash_spdx(enum digest_algorithm algorithm);

/* `"name":"<alg>:<hex>"` */
void export_member_digest(
    struct writer *w, const char *name, const struct digest *digest);
/* `<prefix><alg>:<hex>` as a JSON string. */
void export_id(
    struct writer *w, const char *prefix, const struct digest *digest);
/* `<prefix><64 hex digits>` as a JSON string. */
void export_record_id(
    struct writer *w, const char *prefix, const struct hash *id);
/* The first `n` hex digits, in the form of a UUID (RFC 9562 §5.8, version 8). */
void export_uuid(struct writer *w, const struct hash *hash);
/* Of the release, or of whatever was asked about; in JSON without quotes. */
void export_title(struct writer *w, const struct dossier *dossier);
/* The log's word of when the newest release was recorded, to the second; where
 * it is not known, of no other record either: the epoch. */
uint64_t export_time(const struct dossier *dossier);
void export_write_second(struct writer *w, uint64_t time_ms);

#endif
