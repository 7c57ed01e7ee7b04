/*
 * ammunition: what the siege sends: records of one publisher, good and bad, and
 * the questions that cost the most.
 *
 * Threads: one, then constant.  Memory: kept until the process ends.
 */
#ifndef HEADWATER_TESTS_HOSTILE_AMMUNITION_H
#define HEADWATER_TESTS_HOSTILE_AMMUNITION_H

#include <netinet/in.h>

#include "schema/writer.h"

#define READS 4

struct ammunition {
	struct span bad;       /* POST: well formed, the signature is wrong */
	struct span duplicate; /* POST: stored already */
	struct span bad_lines; /* POST: 500 of the bad ones */
	struct span lineage;   /* GET: 1,000 nodes and nearly 4,000 edges */
	struct span bundle;    /* GET: 256 entries */
	struct span reads[READS]; /* GET: what honest people ask for */
};

void ammunition_signer_line(struct writer *w);

/* Stores what the questions are about: some 320 records; ends the process if the
 * log does not take them. */
void ammunition_make(const struct sockaddr_in *log, struct ammunition *ret);

#endif
