/*
 * licensing: under what licences a release stands, and all that went into it.
 *
 * A function of a dossier: each artifact that was released, is a component, or is
 * upstream, with its licence and whose word that is, the texts that were pinned,
 * and findings, the worst first (FORMATS 7).  Facts and where they come from: no
 * advice.
 *
 * Threads: any.  Memory: the caller's arena; it borrows the dossier.
 */
#ifndef HEADWATER_SCHEMA_LICENSING_H
#define HEADWATER_SCHEMA_LICENSING_H

#include "schema/dossier.h"
#include "schema/drift.h"
#include "schema/spdx_list.h"

#define LICENSING_TEXTS_MAX 64 /* different ones that are looked into */
#define LICENSING_FINDINGS_MAX 4096

/* Whose word the licence is; the first that there is counts. */
#define LICENSING_WORD_TABLE(X) \
	X(LICENSING_RELEASE, "release") /* of a component, of the released */ \
	X(LICENSING_OWN, "own")	    /* of the publisher who is asked about */ \
	X(LICENSING_CITED, "cited") /* of whom he cites */ \
	X(LICENSING_SET, "set")	    /* of the set that it is a part of */ \
	X(LICENSING_USER, "user")   /* of who used it */ \
	X(LICENSING_CLAIMED, "claimed") /* of a document beside it */ \
	X(LICENSING_OTHERS, "others")	/* of strangers */ \
	X(LICENSING_NOBODY, "nobody")

enum licensing_word {
#define X(name, text) name,
	LICENSING_WORD_TABLE(X)
#undef X
};

/* finding, name in answers, whether anything is in the way of an unqualified yes
 * (the rest is worth to know) */
#define LICENSING_FINDING_TABLE(X) \
	X(LICENSING_NO_LICENCE, "no-licence", true) \
	X(LICENSING_NO_EXPRESSION, "no-expression", true) \
	X(LICENSING_HEARSAY, "only-others-say", true) \
	X(LICENSING_UNKNOWN_ID, "unknown-id", true) \
	X(LICENSING_CONTRADICTED, "contradicted", true) \
	X(LICENSING_NON_COMMERCIAL, "non-commercial", true) \
	X(LICENSING_NO_DERIVATIVES, "no-derivatives", true) \
	X(LICENSING_SHARE_ALIKE, "share-alike", true) \
	X(LICENSING_NO_FREE_CHOICE, "no-free-choice", true) \
	X(LICENSING_OTHER_SHARE_ALIKE, "other-share-alike", true) \
	X(LICENSING_USE_RESTRICTED, "use-restricted", true) \
	X(LICENSING_NO_TEXT, "no-text", true) \
	X(LICENSING_TEXT_NOT_RECORDED, "text-not-recorded", true) \
	X(LICENSING_TEXT_OF_ANOTHER, "text-of-another", true) \
	X(LICENSING_DRIFTED, "drifted", true) \
	X(LICENSING_NOT_FETCHED, "not-fetched", true) \
	X(LICENSING_CIRCULAR, "circular", true) \
	X(LICENSING_NOT_OPEN, "not-open", true) \
	X(LICENSING_NOT_OSI, "not-osi", false) \
	X(LICENSING_MUTABLE, "mutable", true) \
	X(LICENSING_REVOCABLE, "revocable", true) \
	X(LICENSING_DEPRECATED, "deprecated-id", false)

enum licensing_kind {
#define X(name, text, is_bad) name,
	LICENSING_FINDING_TABLE(X)
#undef X
	    LICENSING_KINDS,
};

const char *licensing_word_name(enum licensing_word word);
const char *licensing_kind_name(enum licensing_kind kind);
bool licensing_kind_is_bad(enum licensing_kind kind);

/* A text that some licence rests on. */
struct licensing_text {
	struct hash hash;
	struct drift drift;
};

struct licensing_item {
	bool has_node; /* false: a component by name alone */
	size_t node;
	bool has_component; /* the release names it; the first time: */
	size_t component;
	struct span name;
	struct span role; /* of the first walked edge out of it; else empty */
	bool is_upstream; /* and not what was released */
	bool is_part;	  /* and its set is an item too: it has no findings */
	enum licensing_word word;
	struct span license; /* empty: nobody's word */
	size_t record;	     /* the one that says it */
	bool is_expression;
	struct spdx_facts facts;
	size_t text_count;
	const size_t *texts; /* of licensing.texts */
};

struct licensing_finding {
	enum licensing_kind kind;
	size_t item;
	struct span sentence;
	bool has_record; /* what it rests on, beside the item's own */
	size_t record;
};

struct licensing {
	const struct dossier *dossier;
	bool is_supposed; /* the claim was asked, not told: */
	struct span claim;
	bool is_expression; /* of the claim, as what follows */
	struct spdx_facts facts;
	struct snapshots snapshots;
	const size_t *snapshot_records; /* the record of each */
	size_t item_count;
	const struct licensing_item *items; /* as dossier.nodes, then by name */
	size_t text_count;
	const struct licensing_text *texts;
	size_t finding_count;
	const struct licensing_finding *findings; /* the worst first */
	size_t bad_count;
	bool is_cut; /* the dossier is, or a bound of ours was met */
};

/* `claim`: an expression to hold what is upstream against; empty: the release's
 * own.  ERR_SYNTAX where it is none, ERR_MEMORY. */
MUST_CHECK enum err licensing_judge(const struct dossier *dossier,
    struct span claim, struct arena *arena, struct licensing *ret,
    struct why *w);

/* FORMATS 7.4. */
void licensing_print(const struct licensing *licensing, struct writer *w);
/* ["osi","share-alike",…] */
void licensing_print_facts(const struct spdx_facts *facts, struct writer *w);
/* {"sha256","known","changed",…,"documents":[…]}: also of a drift alone. */
void licensing_print_drift(const struct hash *text, const struct drift *drift,
    const struct snapshots *snapshots, struct writer *w);

#endif
