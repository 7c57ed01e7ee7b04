/*
 * attest: looks itself, and says what it found.
 *
 * What is audited is a record, or an artifact by its digest alone.  Each method
 * fills the finding: verdict, what was compared and measured, how much of it was
 * looked at, where.  What it could not look at is an error, and nothing is said.
 *
 * Threads: one.  Memory: the session's arena; attest_done frees the record.
 */
#ifndef HEADWATER_CLIENT_ATTEST_H
#define HEADWATER_CLIENT_ATTEST_H

#include "client/fetched.h"
#include "client/finding.h"

struct attest {
	struct session *session;
	const struct arguments *arguments;
	bool has_record;
	struct fetched fetched;		/* proved; its signer where known */
	const struct resource *subject; /* the one that is looked at */
	struct resource alone;		/* of an artifact without record */
	struct finding finding;
	struct span source; /* where the record says that it is from */
};

typedef enum err attest_method(struct attest *attest, struct why *w);

/* --with PATH: the bytes that are here. */
attest_method attest_rehash;
/* --from URL, else the record's source, else the log's blobs. */
attest_method attest_refetch;
/* A run again, an evaluation again: the command behind `--`. */
attest_method attest_re_run;
attest_method attest_evaluation;
/* --with FILE: the terms that are here, against those that were agreed to. */
attest_method attest_licence_review;

/* The first word: a record's id, or <algorithm>:<hex>; --subject chooses another
 * than the first. */
MUST_CHECK enum err attest_begin(struct session *session,
    const struct arguments *arguments, struct attest *ret, struct why *w);
void attest_done(struct attest *attest);

void attest_cover(
    struct attest *attest, const char *unit, uint64_t checked, uint64_t of);
/* Is what lies there the subject?  ERR_MISSING: nothing lies there. */
MUST_CHECK enum err attest_compare(struct attest *attest,
    const struct resource *subject, const char *path, bool *ret_is_same,
    struct why *w);

/* What is claimed, and how far off still is the same: asked before a command is
 * run for it. */
MUST_CHECK enum err attest_expect(const struct attest *attest,
    struct span expected, double *ret_claimed, double *ret_limit,
    struct why *w);
/* The number that a command printed last; `expected` and the tolerance (NULL:
 * none) decide. */
MUST_CHECK enum err attest_measure(struct attest *attest, struct span printed,
    struct span expected, struct why *w);

#endif
