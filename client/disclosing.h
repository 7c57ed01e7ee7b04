/*
 * disclosing: openings of single lines of a salted manifest (FORMATS 3.2), from
 * the file that its publisher keeps.
 *
 * Two passes: which lines, then their proofs.  The manifest is checked on the way:
 * its form, its order, and both digests.
 *
 * Threads: one.  Memory: the session's arena; the manifest is never in it whole.
 */
#ifndef HEADWATER_CLIENT_DISCLOSING_H
#define HEADWATER_CLIENT_DISCLOSING_H

#include "client/session.h"
#include "schema/opening.h"

/* A file that is asked for: by its path in the set, else by its digest. */
struct disclosing_file {
	const char *what; /* as it was given */
	bool has_digest;
	struct hash digest;
	/* found: */
	bool has_line;
	bool is_by_path;
	uint64_t index;
	struct span line;
};

struct disclosing {
	struct session *session;
	const char *path; /* of the manifest */
	size_t count;
	struct disclosing_file *files;
	/* made: */
	struct hash sha256;
	struct hash root;
	uint64_t size;
	struct openings openings;
};

/* Looks for the files, makes their openings.  ERR_NOT_FOUND names a file that is
 * not in the set; ERR_SYNTAX where it is no salted manifest. */
MUST_CHECK enum err disclosing_make(struct disclosing *d, struct why *w);

/* {"digest":{…},"openings":[…]}LF */
void disclosing_print(const struct disclosing *d, struct writer *w);

#endif
