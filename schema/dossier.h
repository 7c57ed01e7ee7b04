/*
 * dossier: all that the ledger holds of one release, gathered for one reader.
 *
 * It is pulled: dossier_next says what to look up, whoever gathers gives each
 * record that was found, until nothing more is wanted.  What is walked and what
 * counts is decided here, from records alone, so that a log and whoever does not
 * believe it come to the same answer.  Verdicts, licences, evidence, comparisons
 * and exports are functions of a dossier.
 *
 * Walked are, up from what was released, the steps of the release's publisher
 * and what they cite (FORMATS 1.6); strangers' are kept and shown.  Breadth
 * first, in a fixed order, bounded, ends on cycles.
 *
 * Threads: one.  Memory: the arena's; records keep what was given.
 */
#ifndef HEADWATER_SCHEMA_DOSSIER_H
#define HEADWATER_SCHEMA_DOSSIER_H

#include "schema/record.h"

#define DOSSIER_NODES_MAX 1000
#define DOSSIER_EDGES_MAX 4000
#define DOSSIER_RECORDS_MAX 4096
#define DOSSIER_BYTES_MAX ((size_t)4 << 20) /* of their payloads */
#define DOSSIER_ABOUT_MAX 64		    /* records about one artifact */
#define DOSSIER_AUDITORS_MAX 64

/* Either a release by name and version, or an artifact. */
struct dossier_question {
	struct span name;    /* empty: by its digest */
	struct span version; /* of a digest: any where it is empty */
	struct digest digest;
	struct span as; /* of a digest: whose word; empty: the newest release's
	                publisher, else nobody's */
	size_t auditor_count;
	const struct span *auditors; /* principals whom the reader trusts */
};

/* What a gatherer looks up next. */
enum dossier_want_kind {
	DOSSIER_RELEASE, /* release records of `name`, `version` */
	DOSSIER_SUBJECT, /* with `digest` as a subject, of `principal` if any */
	DOSSIER_RECORD,	 /* the record `id` */
	DOSSIER_TEXTS,	 /* license records that name the URI `source` */
};

struct dossier_want {
	enum dossier_want_kind kind;
	struct span name;
	struct span version;
	struct span source;
	struct span principal;
	struct digest digest;
	struct hash id;
	size_t limit; /* the newest so many */
};

/* A record that stands in the log, as the gatherer found it. */
struct dossier_record {
	struct hash id;
	uint64_t index;
	uint64_t stamp_ms;     /* the log's own word; 0: not known */
	struct span principal; /* who signed, as judged */
	struct span payload;
	bool is_withdrawn; /* by its own principal, with this record: */
	struct hash withdrawn;
	size_t dispute_count; /* withdrawals by others */
	struct record record; /* parsed by dossier_give */
};

enum dossier_standing {
	DOSSIER_OWN,
	DOSSIER_CITED,
	DOSSIER_STRANGER,
};

struct dossier_node {
	struct digest digest;
	struct span name;    /* what the nearest walked record calls it */
	bool is_released;    /* a subject of the release */
	bool is_component;   /* of the release */
	bool is_upstream;    /* reached by walked edges */
	bool is_only_part;   /* of sets: no walked edge out of it is another */
	bool is_gap;	     /* no own or cited origin record is about it */
	bool is_cut;	     /* more records than were looked at */
	size_t distance;     /* edges from what was released; components 0 */
	size_t record_count; /* with it as a subject, by index */
	const size_t *records;
	bool has_described; /* the first own, else cited, origin record */
	size_t described;
};

struct dossier_edge {
	size_t from; /* nodes, the way the data went */
	size_t to;
	size_t record;
	struct span role;
	enum dossier_standing standing;
	bool is_walked;	    /* own or cited, and the record stands */
	bool is_complete;   /* the record signs that role's list */
	bool is_generation; /* a model made the data */
	bool is_part;
};

struct dossier_component { /* as the release names it */
	size_t release;	   /* the record that names it */
	const struct component *component;
	bool has_node; /* it has a digest */
	size_t node;
	bool has_record; /* it cites a record that is in the log */
	size_t record;
	bool is_missing; /* it cites one that is not */
	bool is_foreign; /* it cites one that is not about its digest */
};

struct dossier {
	struct dossier_question question;
	struct span as;	      /* whose word is walked; empty: everybody's */
	uint64_t tree_size;   /* complete up to, of the last answer given */
	bool is_cut;	      /* a bound was met: not all was looked at */
	size_t release_count; /* release records that stand, newest first */
	const size_t *releases;
	size_t record_count; /* by index */
	const struct dossier_record *records;
	size_t node_count; /* by distance, released ones first */
	const struct dossier_node *nodes;
	size_t edge_count;
	const struct dossier_edge *edges;
	size_t component_count; /* of the newest release */
	const struct dossier_component *components;
};

struct dossier_build;
/* The question's spans are copied.  NULL: no memory. */
struct dossier_build *dossier_begin(
    const struct dossier_question *question, struct arena *arena);

/* False: nothing more is wanted. */
bool dossier_next(struct dossier_build *build, struct dossier_want *ret);

/* One record found; in any order; twice is once.  Its spans live as long as the
 * dossier.  `is_cut`, `tree_size`: of the look-up as a whole. */
MUST_CHECK enum err dossier_give(struct dossier_build *build,
    const struct dossier_record *record, struct why *w);
/* True where it was given before: it is given again, and need not be had. */
bool dossier_give_again(struct dossier_build *build, const struct hash *id);
void dossier_answered(
    struct dossier_build *build, uint64_t tree_size, bool is_cut);

/* ERR_NOT_FOUND: no such release, or nothing about the digest. */
MUST_CHECK enum err dossier_end(
    struct dossier_build *build, const struct dossier **ret, struct why *w);
/* Gives back the parsed records; the arena stays the caller's. */
void dossier_done(struct dossier_build *build);

const struct dossier_record *dossier_release(const struct dossier *dossier);
/* Has the record this node as a subject, first or further? */
bool dossier_is_about(const struct record *record, const struct digest *node);

#endif
