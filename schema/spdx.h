/*
 * spdx: SPDX licence expressions (SPDX 2.3 annex D, 3.0.1 annex B), read whole.
 *
 *	expression = term *( ("AND" / "OR") term )     AND binds closer than OR
 *	term       = simple ["WITH" exception] / "(" expression ")"
 *	simple     = id ["+"] / ["DocumentRef-" id ":"] "LicenseRef-" id
 *	exception  = id / ["DocumentRef-" id ":"] "AdditionRef-" id
 *	id         = 1*( a-z / A-Z / 0-9 / "-" / "." )
 *
 * Any ids: licences get new names faster than programs get new lists; spdx_list
 * says which ones it knows.  Operators are upper-case.  The tree is kept in
 * postfix order: an operator stands behind its two operands.
 *
 * Threads: any.  Memory: the caller's struct; spans borrow the text.
 */
#ifndef HEADWATER_SCHEMA_SPDX_H
#define HEADWATER_SCHEMA_SPDX_H

#include "schema/err.h"
#include "schema/span.h"
#include "schema/writer.h"

#define SPDX_TEXT_MAX 256 /* bytes */
/* Of what is printed: a space more on either side of a parenthesis. */
#define SPDX_PRINTED_MAX (2 * SPDX_TEXT_MAX)
/* A term and what parts it from the next take five bytes: "A OR " or "(A)OR",
 * so that SPDX_TEXT_MAX has at most 52 terms. */
#define SPDX_TERMS_MAX 64
#define SPDX_ITEMS_MAX ((size_t)2 * SPDX_TERMS_MAX)
#define SPDX_LICENSE_REF "LicenseRef-"

enum spdx_kind {
	SPDX_TERM,
	SPDX_AND,
	SPDX_OR,
};

struct spdx_item {
	enum spdx_kind kind;
	/* of a term: */
	bool or_later;	     /* `+` */
	bool is_reference;   /* LicenseRef-, with a DocumentRef- or without */
	struct span license; /* without `+`; a reference as it stands, whole */
	struct span exception; /* empty where there is none */
};

struct spdx {
	size_t term_count;
	size_t count;
	struct spdx_item items[SPDX_ITEMS_MAX];
};

/* ERR_SYNTAX, ERR_LIMIT with a sentence that says what stands in the way. */
MUST_CHECK enum err spdx_parse(
    struct span text, struct spdx *ret, struct why *w);

/* One space between words, parentheses only where they change something,
 * operands in their order; ids as they were written. */
void spdx_print(const struct spdx *spdx, struct writer *w);

/* Of the terms, by the rules of AND (both) and OR (one). */
typedef bool spdx_holds_of(const struct spdx_item *term, const void *context);
bool spdx_holds(
    const struct spdx *spdx, spdx_holds_of *holds, const void *context);

/* The same but for spaces, parentheses and the case of ids; texts that are no
 * expressions: the same bytes. */
bool spdx_same(struct span a, struct span b);

#endif
