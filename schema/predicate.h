/*
 * predicate: what stands in the predicates under https://headwater/.
 *
 * One function a kind, each a list of its members: whatever is not listed is
 * refused, and texts are all there is.  `o` is the predicate, sticky: its end is
 * the caller's to ask.  What several have is in member.h.
 *
 * Threads: any.  Memory: the caller's arena; spans borrow the statement.
 */
#ifndef HEADWATER_SCHEMA_PREDICATE_H
#define HEADWATER_SCHEMA_PREDICATE_H

#include "schema/advisory.h"
#include "schema/attachment.h"
#include "schema/audit_record.h"
#include "schema/claim.h"
#include "schema/component.h"
#include "schema/opening.h"
#include "schema/origin.h"

#define PREDICATE_INPUTS_MAX 512
#define PREDICATE_GENERATORS_MAX 64
#define PREDICATE_GENERATOR "generator" /* their role */
#define PREDICATE_METRICS_MAX 256
#define PREDICATE_REFERENCES_MAX 64 /* benchmark, harness, byproducts */
#define PREDICATE_SIGNERS_MAX 512

struct predicate {
	struct span version;
	struct span license;
	struct resources inputs;
	struct roles complete;
	struct attachments attachments;
	enum disclosure disclosure;
	bool has_files;
	uint64_t files;
	struct claims claims;
	struct advisory advisory;
	struct openings openings;
	struct license_texts license_texts;
	enum availability availability;
	enum source_category source_category;
	struct components components;
	struct license_record terms;
	struct audit_record audit;
};

void predicate_dataset(
    struct object *o, struct arena *arena, struct predicate *ret);
void predicate_model(
    struct object *o, struct arena *arena, struct predicate *ret);
void predicate_code(
    struct object *o, struct arena *arena, struct predicate *ret);
void predicate_evaluation(
    struct object *o, struct arena *arena, struct predicate *ret);
void predicate_release(
    struct object *o, struct arena *arena, struct predicate *ret);
void predicate_withdrawal(
    struct object *o, struct arena *arena, struct predicate *ret);
void predicate_keyring(
    struct object *o, struct arena *arena, struct predicate *ret);

void predicate_license(
    struct object *o, struct arena *arena, struct predicate *ret);
void predicate_audit(
    struct object *o, struct arena *arena, struct predicate *ret);
void predicate_advisory(
    struct object *o, struct arena *arena, struct predicate *ret);
void predicate_disclosure(
    struct object *o, struct arena *arena, struct predicate *ret);

#endif
