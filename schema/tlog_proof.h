/*
 * tlog_proof: C2SP tlog-proof, the self-contained offline proof.
 *
 * c2sp.org/tlog-proof@v1 LF, `extra` with the entry itself, index, hashes, empty
 * line, checkpoint note verbatim.  Our proofs always carry `extra`; others' may
 * not.
 *
 * Threads: any.  Memory: `extra` is decoded into the caller's arena, the rest
 * borrows the text.
 */
#ifndef HEADWATER_SCHEMA_TLOG_PROOF_H
#define HEADWATER_SCHEMA_TLOG_PROOF_H

#include "schema/arena.h"
#include "schema/checkpoint.h"
#include "schema/tree.h"

#define TLOG_PROOF_MAX ((size_t)256 << 10)

struct tlog_proof {
	bool has_extra;
	struct span extra; /* the entry */
	uint64_t index;
	struct tree_proof proof;
	struct span checkpoint; /* the note */
};

MUST_CHECK enum err tlog_proof_parse(struct span text, struct arena *arena,
    struct tlog_proof *ret, struct why *w);
void tlog_proof_print(const struct tlog_proof *proof, struct writer *w);

/*
 * The whole of it: log signature by `key`, origin, inclusion of `leaf`.  `*ret`
 * is the checkpoint that holds it.  ERR_MISMATCH where one of them fails,
 * ERR_SYNTAX or ERR_LIMIT where the checkpoint is none.
 */
MUST_CHECK enum err tlog_proof_verify(const struct tlog_proof *proof,
    const struct hash *leaf, const struct note_key *key, struct checkpoint *ret,
    struct why *w);

#endif
