/*
 * keyring_lines: the lines of a keyring that is too long for its record.
 *
 * They are the same wherever they come from, for the record names their sha256:
 * beside a keyring's proof file (P.keyring.tlog-proof has P.keyring.lines), what
 * this client keeps (keyrings/<sha256>.lines below the log's folder), or the log
 * (GET /v1/blobs/sha256:…), and then they are kept.
 *
 * Threads: one.  Memory: none.
 */
#ifndef HEADWATER_CLIENT_KEYRING_LINES_H
#define HEADWATER_CLIENT_KEYRING_LINES_H

#include "client/trust.h"
#include "schema/keyring.h"

#define KEYRING_LINES_SUFFIX ".lines"

struct keyring_lines {
	const struct trust *trust; /* offline where it has no transport */
	const char *proof_path; /* of a keyring; NULL: nothing is beside it */
	bool is_missing;	/* out: they could not be had */
};

/* ERR_MISSING where they cannot be had. */
struct keyring_source keyring_lines_source(struct keyring_lines *lines);

/* Puts the lines that are kept for a keyring beside its proof file, for
 * publishing; nothing where its record holds them. */
MUST_CHECK enum err keyring_lines_save(const struct trust *trust,
    struct span proof, const char *proof_path, struct why *w);

#endif
