#include "schema/digest_set.h"

#include <assert.h>
#include <string.h>

#include "schema/arena.h"
#include "schema/reader.h"
#include "schema/text.h"

struct row {
	const char *name;
	uint8_t len;
};

static const struct row rows[] = {
#define X(name, text, len) [name] = { text, len },
	DIGEST_TABLE(X)
#undef X
};

const char *
digest_name(enum digest_algorithm algorithm)
{
	return rows[algorithm].name;
}

static bool
find_algorithm(struct span name, enum digest_algorithm *ret)
{
	for (size_t i = 0; i < DIGEST_ALGORITHMS; i++) {
		if (span_is(name, rows[i].name)) {
			*ret = (enum digest_algorithm)i;
			return true;
		}
	}
	return false;
}

bool
digest_equal(const struct digest *a, const struct digest *b)
{
	return a->algorithm == b->algorithm && a->len == b->len &&
	    memcmp(a->bytes, b->bytes, a->len) == 0;
}

struct digest
digest_sha256(const struct hash *hash)
{
	struct digest digest = { .algorithm = DIGEST_SHA256, .len = HASH_LEN };

	memcpy(digest.bytes, hash->bytes, HASH_LEN);
	return digest;
}

static bool
is_git(enum digest_algorithm algorithm)
{
	return algorithm >= DIGEST_GIT_BLOB && algorithm <= DIGEST_GIT_TREE;
}

/* SHA-256 repositories name their objects by 32 bytes. */
static bool
is_len(enum digest_algorithm algorithm, size_t len)
{
	return len == rows[algorithm].len || (is_git(algorithm) && len == 32);
}

static enum err
parse_hex(enum digest_algorithm algorithm, struct span hex, struct digest *ret,
    struct why *w)
{
	struct digest digest = { .algorithm = algorithm };

	if (hex.len % 2 == 0 && is_len(algorithm, hex.len / 2) &&
	    text_unhex(hex, digest.bytes, hex.len / 2)) {
		digest.len = (uint8_t)(hex.len / 2);
		*ret = digest;
		return ERR_OK;
	}
	return why(w, ERR_SYNTAX, "%s: %d%s lower-case hex digits needed",
	    rows[algorithm].name, rows[algorithm].len * 2,
	    is_git(algorithm) ? " or 64" : "");
}

enum err
digest_parse(struct span text, struct digest *ret, struct why *w)
{
	enum digest_algorithm algorithm;
	struct span name;
	struct span hex = text;

	if (!span_cut(&hex, ':', &name))
		return why(w, ERR_SYNTAX, "digest: <algorithm>:<hex> needed");
	if (!find_algorithm(name, &algorithm))
		return why(w, ERR_SYNTAX, "digest: unknown algorithm \"%.*s\"",
		    (int)(name.len < 32 ? name.len : 32),
		    (const char *)name.data);
	return parse_hex(algorithm, hex, ret, w);
}

void
digest_print(const struct digest *digest, char out[static DIGEST_TEXT_MAX])
{
	struct writer w = writer_of(out, DIGEST_TEXT_MAX);

	writer_text(&w, rows[digest->algorithm].name);
	writer_u8(&w, ':');
	writer_hex(&w, span_of(digest->bytes, digest->len));
	writer_u8(&w, 0);
	assert(writer_end(&w) == ERR_OK);
}

void
digest_print_member(
    const struct digest *digest, const char *name, struct writer *w)
{
	char text[DIGEST_TEXT_MAX];

	digest_print(digest, text);
	writer_member_text(w, name, span_of_text(text));
}

void
digest_write(const struct digest *digest, struct writer *w)
{
	writer_u8(w, (uint8_t)digest->algorithm);
	writer_u8(w, digest->len);
	writer_bytes(w, digest->bytes, digest->len);
}

struct digest
digest_read(struct reader *r)
{
	struct digest digest = { .algorithm = DIGEST_BLAKE2B };
	uint8_t algorithm = reader_u8(r);
	uint8_t len = reader_u8(r);

	reader_require(r, algorithm < DIGEST_ALGORITHMS);
	if (r->err != ERR_OK)
		return digest;
	digest.algorithm = (enum digest_algorithm)algorithm;
	reader_require(r, is_len(digest.algorithm, len));
	struct span bytes = reader_take(r, len);
	if (bytes.len > 0) {
		digest.len = len;
		memcpy(digest.bytes, bytes.data, bytes.len);
	}
	return digest;
}

/*
 * What each algorithm makes of nothing.  A git blob and tree without content
 * have a header, in both kinds of repository; roots over no lines are SHA-256
 * of nothing.
 */
static const struct {
	enum digest_algorithm algorithm;
	const char *hex;
} nothings[] = {
#define SHA256_OF_NOTHING \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	{ DIGEST_SHA256, SHA256_OF_NOTHING },
	{ DIGEST_MERKLE_TREE_HASH, SHA256_OF_NOTHING },
	{ DIGEST_OMS_SHA256, SHA256_OF_NOTHING },
	{ DIGEST_DIR_HASH, SHA256_OF_NOTHING },
	{ DIGEST_SHA1, "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
	{ DIGEST_MD5, "d41d8cd98f00b204e9800998ecf8427e" },
	{ DIGEST_GIT_BLOB, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" },
	{ DIGEST_GIT_BLOB,
	    "473a0f4c3be8a93681a267e3b1e9a7dc"
	    "da1185436fe141f7749120a303721813" },
	{ DIGEST_GIT_TREE, "4b825dc642cb6eb9a060e54bf8d69288fbee4904" },
	{ DIGEST_GIT_TREE,
	    "6ef19b41225c5369f1c104d45d8d85ef"
	    "a9b057b53b14b4b9b939dd74decc5321" },
	{ DIGEST_SHA224,
	    "d14a028c2a3a2bc9476102bb288234c4"
	    "15a2b01f828ea62ac5b3e42f" },
	{ DIGEST_SHA384,
	    "38b060a751ac96384cd9327eb1b1e36a21fdb71114be0743"
	    "4c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b" },
	{ DIGEST_SHA512,
	    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	    "47d0d13c5d85f2b0ff8318d2877eec2f"
	    "63b931bd47417a81a538327af927da3e" },
	{ DIGEST_SHA512_256,
	    "c672b8d1ef56ed28ab87c3622c511406"
	    "9bdd3ad7b8f9737498d0c01ecef0967a" },
	{ DIGEST_SHA3_256,
	    "a7ffc6f8bf1ed76651c14756a061d662"
	    "f580ff4de43b49fa82d80a4b80f8434a" },
	{ DIGEST_SHA3_384,
	    "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61"
	    "995e71bbee983a2ac3713831264adb47fb6bd1e058d5f004" },
	{ DIGEST_SHA3_512,
	    "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
	    "15b2123af1f5f94c11e3e9402c3ac558"
	    "f500199d95b6d3e301758586281dcd26" },
	{ DIGEST_BLAKE2B,
	    "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419"
	    "d25e1031afee585313896444934eb04b"
	    "903a685b1448b755d56f701afe9be2ce" },
	{ DIGEST_BLAKE2S,
	    "69217a3079908094e11121d042354a7c"
	    "1f55b6482ca1a51e1b250dfd1ed0eef9" },
	{ DIGEST_BLAKE3,
	    "af1349b9f5f9a1a6a0404dea36dcc949"
	    "9bcb25c9adc112b7cc9a93cae41f3262" },
};

bool
digest_is_of_nothing(const struct digest *digest)
{
	for (size_t i = 0; i < sizeof(nothings) / sizeof(nothings[0]); i++) {
		uint8_t bytes[DIGEST_LEN_MAX];
		if (nothings[i].algorithm != digest->algorithm ||
		    !text_unhex(
			span_of_text(nothings[i].hex), bytes, digest->len))
			continue;
		if (memcmp(bytes, digest->bytes, digest->len) == 0)
			return true;
	}
	return false;
}

/* ---- sets ---- */

/* Keeps the digests in the order of their algorithms, which is that of their
 * names; no algorithm comes twice, since JSON members do not. */
static void
insert(struct digest *digests, size_t count, const struct digest *digest)
{
	size_t at = count;

	for (; at > 0 && digests[at - 1].algorithm > digest->algorithm; at--)
		digests[at] = digests[at - 1];
	digests[at] = *digest;
}

static void
find_node(struct digest_set *set)
{
	bool is_of_nothing = false;

	for (size_t i = 0; i < set->count; i++) {
		const struct digest *digest = &set->digests[i];
		if (digest->algorithm == DIGEST_TLOG_LEAF) {
			set->has_citation = true;
			memcpy(set->citation.bytes, digest->bytes, HASH_LEN);
			continue;
		}
		if (!set->has_node || digest->algorithm == DIGEST_SHA256)
			set->node = *digest;
		set->has_node = true;
		is_of_nothing = is_of_nothing || digest_is_of_nothing(digest);
	}
	if (is_of_nothing)
		set->has_node = false;
}

/* One member; `*ret_known` is false where it is to be skipped. */
static enum err
read_one(struct span name, json_value *value, struct digest *ret,
    bool *ret_known, struct why *w)
{
	enum digest_algorithm algorithm;
	struct span hex;

	*ret_known = find_algorithm(name, &algorithm);
	if (!*ret_known)
		return ERR_OK;
	if (!json_text(value, &hex))
		return why(w, ERR_SYNTAX, "%s: a string is needed",
		    rows[algorithm].name);
	return parse_hex(algorithm, hex, ret, w);
}

static enum err
read_all(json_value *value, bool is_ours, struct digest *digests,
    size_t *ret_count, struct why *w)
{
	void *at = NULL;
	struct span name;
	json_value *member;
	size_t count = 0;

	while (json_member(value, &at, &name, &member)) {
		struct digest digest = { 0 };
		bool is_known;
		enum err err = read_one(name, member, &digest, &is_known, w);
		if (err != ERR_OK)
			return err;
		if (!is_known && is_ours)
			return why(w, ERR_SYNTAX, "unknown algorithm \"%.64s\"",
			    (const char *)name.data);
		if (!is_known)
			continue;
		if (count == DIGEST_SET_MAX)
			return why(w, ERR_LIMIT, "more than %d digests",
			    DIGEST_SET_MAX);
		insert(digests, count++, &digest);
	}
	*ret_count = count;
	return ERR_OK;
}

enum err
digest_set_read(json_value *value, bool is_ours, struct arena *arena,
    struct digest_set *ret, struct why *w)
{
	struct digest digests[DIGEST_SET_MAX];
	struct digest_set set = { .count = 0 };

	if (!json_is_object(value))
		return why(w, ERR_SYNTAX, "an object is needed");
	enum err err = read_all(value, is_ours, digests, &set.count, w);
	if (err != ERR_OK)
		return err;
	if (set.count == 0 && is_ours)
		return why(w, ERR_SYNTAX, "at least one digest is needed");
	set.digests = arena_take(arena, set.count, sizeof(*set.digests));
	if (set.digests == NULL)
		return why(w, ERR_MEMORY, "no memory left for digests");
	memcpy(set.digests, digests, set.count * sizeof(*set.digests));
	find_node(&set);
	*ret = set;
	return ERR_OK;
}

void
digest_set_print(const struct digest_set *set, struct writer *w)
{
	writer_u8(w, '{');
	for (size_t i = 0; i < set->count; i++) {
		const struct digest *digest = &set->digests[i];
		writer_member(w, rows[digest->algorithm].name);
		writer_u8(w, '"');
		writer_hex(w, span_of(digest->bytes, digest->len));
		writer_u8(w, '"');
	}
	writer_u8(w, '}');
}

const struct digest *
digest_set_find(const struct digest_set *set, enum digest_algorithm algorithm)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->digests[i].algorithm == algorithm)
			return &set->digests[i];
	}
	return NULL;
}
