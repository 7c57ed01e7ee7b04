/*
 * proved: a proof file taken apart and checked, offline.
 *
 * The entry is the proof's `extra`, its leaf hash is computed here and never
 * read; the same bytes are hashed, verified and parsed (GHSA-… of clients that
 * believe a body beside the proof).  Each step has its own word in the result.
 *
 * Threads: one.  Memory: spans live in the arena; proved_done frees the rest.
 */
#ifndef HEADWATER_CLIENT_PROVED_H
#define HEADWATER_CLIENT_PROVED_H

#include "schema/judge.h"
#include "schema/tlog_proof.h"

struct proved {
	struct hash id;
	struct tlog_proof proof;
	struct checkpoint checkpoint; /* signed by the log, holds the entry */
	struct envelope envelope;
	struct record record;
	bool has_signer;
	char
	    principal[NOTE_NAME_MAX + 1]; /* who signed; of a keyring: origin */
};

/* Leaf hash, log signature by `key`, inclusion, form of entry and record.
 * ERR_MISMATCH: checked and false. */
MUST_CHECK enum err proved_open(struct span file, const struct note_key *key,
    struct arena *arena, struct proved *ret, struct why *w);
void proved_done(struct proved *proved);

/* What signatures are judged by. */
struct proved_by {
	const struct note_key *key;
	const struct keyring_source *lines; /* of long keyrings */
};

/* The publisher's signature, by a keyring record's proof (itself proved) that
 * must stand below the record; of a keyring record: by the log key. */
MUST_CHECK enum err proved_judge(struct proved *proved,
    const struct proved_by *by, struct span keyring_file, struct arena *arena,
    struct why *w);

/* A keyring out of its proof; the caller frees it. */
struct proved_keyring {
	struct keyring *keyring;
	uint64_t index;
};
MUST_CHECK enum err proved_keyring(struct span file, const struct proved_by *by,
    struct arena *arena, struct proved_keyring *ret, struct why *w);

/* What a proof claims before anything is checked: to find the log it is of. */
MUST_CHECK enum err proved_origin(struct span file, struct arena *arena,
    char ret[static NOTE_NAME_MAX + 1], struct why *w);

#endif
