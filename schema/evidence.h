/*
 * evidence: how much stands behind what a dossier says, in levels.
 *
 *	0 claimed     a name, no more
 *	1 committed   a digest in the log
 *	2 disclosed   somebody else had or fetched all of it, and hashed it
 *	3 attested    one of the reader's auditors confirmed it, by some method
 *	4 reproduced  such a one ran the step again: bit-exact, or within what he
 *	              stated
 *
 * Only audits of others raise anything: not those of who signed what is audited,
 * nor of the release's publisher where his own component is.  An audit counts for an
 * artifact that is its subject; for an edge if it names the record that says so
 * and what came out; reviews of licences and evaluations count for no edge.
 * Where one of the reader's auditors found the contrary nothing is raised above
 * committed.  What anybody else contradicts is counted and shown, and weighs
 * nothing: else anybody could lower what he likes (FORMATS 1.11).
 *
 * Threads: any.  Memory: none but the arena's; it borrows the dossier.
 */
#ifndef HEADWATER_SCHEMA_EVIDENCE_H
#define HEADWATER_SCHEMA_EVIDENCE_H

#include "schema/dossier.h"
#include "schema/writer.h"

#define EVIDENCE_LEVEL_TABLE(X) \
	X(EVIDENCE_CLAIMED, "claimed") \
	X(EVIDENCE_COMMITTED, "committed") \
	X(EVIDENCE_DISCLOSED, "disclosed") \
	X(EVIDENCE_ATTESTED, "attested") \
	X(EVIDENCE_REPRODUCED, "reproduced")

enum evidence_level {
#define X(name, text) name,
	EVIDENCE_LEVEL_TABLE(X)
#undef X
	    EVIDENCE_LEVELS,
};

const char *evidence_level_name(enum evidence_level level);

/* What is audited: one of the dossier's. */
enum evidence_what {
	EVIDENCE_NODE,
	EVIDENCE_EDGE,
	EVIDENCE_COMPONENT,
};

struct evidence_of {
	enum evidence_what what;
	size_t at; /* in the dossier's array */
};

struct evidence {
	enum evidence_level level;
	bool has_audit; /* above committed: by this record of the dossier */
	size_t audit;
	bool is_held; /* by a contradiction of one of the reader's auditors */
	size_t confirmed; /* audits by others, each verdict */
	size_t contradicted;
	size_t inconclusive;
	size_t own;	 /* by whose word it is: they raise nothing */
	size_t disputes; /* of the audits that were counted */
};

struct evidence evidence_of(
    const struct dossier *dossier, const struct evidence_of *of);

/* Its audits, as records of the dossier, by index; false at the end.  `*at` begins
 * at 0. */
bool evidence_next(const struct dossier *dossier, const struct evidence_of *of,
    size_t *at, size_t *ret_record);

/* Is this audit by somebody else than whose word it is? */
bool evidence_is_independent(const struct dossier *dossier,
    const struct evidence_of *of, const struct dossier_record *audit);

/* What would raise it, in words; NULL at the highest. */
const char *evidence_raise(const struct evidence *evidence);

/* ---- all that a release came from ---- */

struct evidence_count {
	size_t count;
	size_t levels[EVIDENCE_LEVELS]; /* how many are at each */
};

/* Over what was released and is upstream of it, by walked edges. */
struct evidence_lineage {
	enum evidence_level level; /* the lowest; claimed also where: */
	size_t incomplete;	   /* edges of lists not signed as complete */
	size_t gaps;	     /* artifacts that nobody says the origin of */
	bool is_cut;	     /* not all was looked at */
	size_t contradicted; /* artifacts and edges */
	struct evidence_count nodes;
	struct evidence_count edges;
	struct evidence_count components; /* not in the lowest */
	struct evidence *of_nodes;	  /* each of the dossier's */
	struct evidence *of_edges;
	struct evidence *of_components;
};

MUST_CHECK enum err evidence_judge(const struct dossier *dossier,
    struct arena *arena, struct evidence_lineage *ret);

/* Members "level", "levelName", "confirmed", … of an object that is begun. */
void evidence_print(const struct dossier *dossier, const struct evidence_of *of,
    const struct evidence *evidence, struct writer *w);
/* One object: the lowest, the counts, and all that is not walked over. */
void evidence_lineage_print(const struct dossier *dossier,
    const struct evidence_lineage *lineage, struct writer *w);

#endif
