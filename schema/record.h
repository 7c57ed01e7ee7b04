/*
 * record: what a signed statement says, in the terms of the graph.
 *
 * Two things only: artifacts (digests) and records.  A record *makes* when it
 * puts edges between artifacts: SLSA provenance (each resolved dependency went
 * into each subject), `derivedFrom` and `generatedBy` of a dataset or model (each
 * went into the first subject), parts (further subjects of a dataset or model whose role is
 * shard or weights went into the first).  All else *describes*.
 *
 * An input that is also a subject is no edge; an artifact without a node (only
 * citations, or the digest of no bytes) is kept for the record and is no end of
 * an edge.
 *
 * Threads: any.  Memory: the caller's arena; spans borrow the statement, which
 * the record keeps (record_done).
 */
#ifndef HEADWATER_SCHEMA_RECORD_H
#define HEADWATER_SCHEMA_RECORD_H

#include "schema/advisory.h"
#include "schema/attachment.h"
#include "schema/audit_record.h"
#include "schema/claim.h"
#include "schema/component.h"
#include "schema/opening.h"
#include "schema/origin.h"

#define RECORD_PREFIX STATEMENT_PREFIX
#define RECORD_INPUTS_MAX 576	     /* derivedFrom and generatedBy */
#define RECORD_ROLES_MAX 32	     /* roles in `complete` */
#define RECORD_GENERATOR "generator" /* role: a model made this data */
#define RECORD_RUN_TYPE STATEMENT_RUN_TYPE
#define RECORD_SLSA_TYPE STATEMENT_SLSA_TYPE

/* enum, name in answers and queries, predicateType */
#define RECORD_TABLE(X) \
	X(RECORD_OTHER, "other", NULL) \
	X(RECORD_DATASET, "dataset", "https://headwater/dataset/v1") \
	X(RECORD_CODE, "code", "https://headwater/code/v1") \
	X(RECORD_MODEL, "model", "https://headwater/model/v1") \
	X(RECORD_RUN, "run", RECORD_SLSA_TYPE) \
	X(RECORD_PROVENANCE, "provenance", RECORD_SLSA_TYPE) \
	X(RECORD_EVALUATION, "evaluation", "https://headwater/evaluation/v1") \
	X(RECORD_RELEASE, "release", "https://headwater/release/v1") \
	X(RECORD_WITHDRAWAL, "withdrawal", "https://headwater/withdrawal/v1") \
	X(RECORD_KEYRING, "keyring", "https://headwater/keyring/v1") \
	X(RECORD_ADVISORY, "advisory", "https://headwater/advisory/v1") \
	X(RECORD_DISCLOSURE, "disclosure", "https://headwater/disclosure/v1") \
	X(RECORD_LICENSE, "license", "https://headwater/license/v1") \
	X(RECORD_AUDIT, "audit", "https://headwater/audit/v1")

/* RECORD_RUN is SLSA provenance with buildType RECORD_RUN_TYPE; any other
 * buildType is RECORD_PROVENANCE: edges, but names are free text. */
enum record_kind {
#define X(name, text, type) name,
	RECORD_TABLE(X)
#undef X
	    RECORD_KINDS,
};

const char *record_kind_name(enum record_kind kind);
MUST_CHECK bool record_kind_parse(struct span text, enum record_kind *ret);
/* dataset, code, model, run: closes gaps and gives standing. */
bool record_kind_is_origin(enum record_kind kind);
/* Kinds whose first subject's name is bound to a principal. */
bool record_kind_is_named(enum record_kind kind);

struct record {
	struct statement statement;
	enum record_kind kind;
	struct span name;    /* bound to a principal (of a keyring: the origin);
	                     empty in foreign predicates, withdrawals,
	                     advisories and disclosures */
	struct span version; /* empty where none is given */
	struct span license; /* SPDX expression, empty where none is given */
	bool makes_parts;    /* some further subject is a part of the first */
	/* resolvedDependencies; derivedFrom, then generatedBy, whose role is
	   always RECORD_GENERATOR */
	size_t input_count;
	struct resource *inputs;
	size_t complete_count; /* roles whose list is signed as complete */
	struct span *complete;
	struct hash withdraws; /* of a withdrawal: the record's id */
	size_t attachment_count;
	struct attachment *attachments;
	enum disclosure disclosure; /* of a dataset or model, with the next */
	bool has_files;
	uint64_t files;			    /* as the signer counted them */
	struct claims claims;		    /* by name alone: no edges */
	struct advisory advisory;	    /* of an advisory */
	struct openings openings;	    /* of a disclosure: they verify */
	struct license_texts license_texts; /* what it rests on, itself */
	enum availability availability;	    /* of a data set, with the next */
	enum source_category source_category;
	struct components components; /* of a release */
	struct license_record terms;  /* of a license record */
	struct audit_record audit;    /* of an audit */
};

/* Judges everything about a payload but who signed it. */
MUST_CHECK enum err record_parse(struct span payload, struct arena *arena,
    struct record *ret, struct why *w);
void record_done(struct record *record);

/* Is further subject `at` (≥ 1) a part of the first? */
bool record_is_part(const struct record *record, size_t at);

#endif
