/*
 * spdx_list: what is known of the ids in a licence expression.
 *
 * Flags of the SPDX licence list (built in from schema/spdx/list.inc, which names
 * its package and version; `make spdx`), the Model Openness Framework's open data
 * licences, what families of licences ask for, and ScanCode's names of model
 * licences with whether their terms can change.  Facts, no advice; FORMATS 7.1.
 *
 * Ids are looked up without regard to case, as SPDX says.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_SCHEMA_SPDX_LIST_H
#define HEADWATER_SCHEMA_SPDX_LIST_H

#include <stdint.h>

#include "schema/spdx.h"

#define SPDX_SCANCODE "LicenseRef-scancode-"
#define SPDX_LIST_SOURCE "@cyclonedx/cdxgen@12.8.4"

/* flag, bit, name in answers */
#define SPDX_FLAG_TABLE(X) \
	X(SPDX_LISTED, 0, "listed") /* SPDX or ScanCode has the id */ \
	X(SPDX_OSI, 1, "osi") \
	X(SPDX_FSF, 2, "fsf") \
	X(SPDX_DEPRECATED, 3, "deprecated") \
	X(SPDX_OPEN_DATA, 4, "open-data") \
	X(SPDX_SHARE_ALIKE, 5, "share-alike") \
	X(SPDX_SHARE_ALIKE_PART, 6, "share-alike-in-part") \
	X(SPDX_NON_COMMERCIAL, 7, "non-commercial") \
	X(SPDX_NO_DERIVATIVES, 8, "no-derivatives") \
	X(SPDX_USE_RESTRICTED, 9, "use-restricted") \
	X(SPDX_MUTABLE, 10, "mutable") \
	X(SPDX_REVOCABLE, 11, "revocable")

enum spdx_flag {
#define X(name, bit, text) name = 1 << (bit),
	SPDX_FLAG_TABLE(X)
#undef X
};

/* Of one licence or exception id, without `+`; 0: not known. */
unsigned spdx_license_flags(struct span id);
unsigned spdx_exception_flags(struct span id);
/* The id as its list spells it; `id` itself where no list has it. */
struct span spdx_license_spelling(struct span id);

/* The expression that a Hugging Face hub's licence id stands for; empty where it
 * stands for none (families, "other"). */
struct span spdx_of_hub(struct span id);

/*
 * Of an expression.  What is good needs all of AND and one of OR; what binds
 * needs one of AND and all of OR, for who takes it may choose.
 */
struct spdx_facts {
	bool is_known;	    /* every id and exception is listed */
	bool has_reference; /* LicenseRef-: only its text says what it allows */
	bool is_deprecated; /* some id or exception is */
	bool is_osi;
	bool is_fsf;
	bool is_open; /* OSI, FSF, open data or OpenMDW-1.0 (MOF's rule) */
	bool is_permissive; /* one choice that is open and asks for nothing */
	bool share_alike;   /* what is made of it must have the same licence */
	bool share_alike_part; /* only its own files, or it as a library */
	bool non_commercial;
	bool no_derivatives;
	bool use_restricted; /* some uses are forbidden */
	bool is_mutable;     /* the licensor may change what was agreed */
	bool is_revocable;
};

struct spdx_facts spdx_facts(const struct spdx *spdx);
/* False, and no facts, where the text is no expression. */
bool spdx_facts_of(struct span text, struct spdx_facts *ret);

#endif
