/*
 * digest_set: in-toto DigestSet, and the one digest that names a graph node.
 *
 * Algorithms are those of in-toto's list that have a fixed length, and ours:
 * tlogLeaf (a record id: a citation, never a node), merkleTreeHash (RFC 6962
 * root over a manifest's lines), oms-sha256 (an OpenSSF model-signing root).
 * Lower-case hex of exact length.  An algorithm not in the table is refused in
 * our predicates and skipped in foreign ones.
 *
 * Threads: any.  Memory: the caller's arena.
 */
#ifndef HEADWATER_SCHEMA_DIGEST_SET_H
#define HEADWATER_SCHEMA_DIGEST_SET_H

#include <stdint.h>

#include "schema/object.h"
#include "schema/sha256.h"
#include "schema/writer.h"

#define DIGEST_LEN_MAX 64
#define DIGEST_TEXT_MAX 160 /* "<alg>:<hex>" with NUL */
#define DIGEST_SET_MAX 16   /* digests in one set */

/* Alphabetical, so that the order of the enum is the order of the names. */
#define DIGEST_TABLE(X) \
	X(DIGEST_BLAKE2B, "blake2b", 64) \
	X(DIGEST_BLAKE2S, "blake2s", 32) \
	X(DIGEST_BLAKE3, "blake3", 32) \
	X(DIGEST_DIR_HASH, "dirHash", 32) \
	X(DIGEST_GIT_BLOB, "gitBlob", 20) \
	X(DIGEST_GIT_COMMIT, "gitCommit", 20) \
	X(DIGEST_GIT_TAG, "gitTag", 20) \
	X(DIGEST_GIT_TREE, "gitTree", 20) \
	X(DIGEST_MD5, "md5", 16) \
	X(DIGEST_MERKLE_TREE_HASH, "merkleTreeHash", 32) \
	X(DIGEST_OMS_SHA256, "oms-sha256", 32) \
	X(DIGEST_SHA1, "sha1", 20) \
	X(DIGEST_SHA224, "sha224", 28) \
	X(DIGEST_SHA256, "sha256", 32) \
	X(DIGEST_SHA384, "sha384", 48) \
	X(DIGEST_SHA3_256, "sha3_256", 32) \
	X(DIGEST_SHA3_384, "sha3_384", 48) \
	X(DIGEST_SHA3_512, "sha3_512", 64) \
	X(DIGEST_SHA512, "sha512", 64) \
	X(DIGEST_SHA512_256, "sha512_256", 32) \
	X(DIGEST_TLOG_LEAF, "tlogLeaf", 32)

enum digest_algorithm {
#define X(name, text, len) name,
	DIGEST_TABLE(X)
#undef X
	    DIGEST_ALGORITHMS,
};

/* git* digests may have 32 bytes too (SHA-256 repositories): len says. */
struct digest {
	enum digest_algorithm algorithm;
	uint8_t len;
	uint8_t bytes[DIGEST_LEN_MAX]; /* zero behind len */
};

const char *digest_name(enum digest_algorithm algorithm);
bool digest_equal(const struct digest *a, const struct digest *b);
struct digest digest_sha256(const struct hash *hash);

/* `<alg>:<hex>`, as everywhere in URLs and answers. */
MUST_CHECK enum err digest_parse(
    struct span text, struct digest *ret, struct why *w);
void digest_print(
    const struct digest *digest, char out[static DIGEST_TEXT_MAX]);
/* As a member of an answer. */
void digest_print_member(
    const struct digest *digest, const char *name, struct writer *w);
/* alg byte, len byte, bytes: what is hashed for the index and packed. */
void digest_write(const struct digest *digest, struct writer *w);
struct reader;
struct digest digest_read(struct reader *r);

/* The digest of no bytes, no lines, an empty git blob or tree: never a node. */
bool digest_is_of_nothing(const struct digest *digest);

struct digest_set {
	size_t count;
	struct digest *digests; /* in alphabetical order of their names */
	bool has_node;
	struct digest node; /* sha256, else the alphabetically first; never
	                       tlogLeaf; none where one is of no bytes */
	bool has_citation;
	struct hash citation; /* tlogLeaf */
};

struct arena;
/* `is_ours`: unknown algorithms are refused, and one digest is needed; else they
 * are skipped, and what is left may be empty. */
MUST_CHECK enum err digest_set_read(json_value *value, bool is_ours,
    struct arena *arena, struct digest_set *ret, struct why *w);
/* The digest of this algorithm, or NULL. */
const struct digest *digest_set_find(
    const struct digest_set *set, enum digest_algorithm algorithm);
/* {"sha256":"…"} in order of the names, tlogLeaf included. */
void digest_set_print(const struct digest_set *set, struct writer *w);

#endif
