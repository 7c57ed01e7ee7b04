#include "daemon/gist_seek.h"

#include <string.h>

struct want {
	bool is_subject; /* subjects end with their digests */
	bool any_digest; /* not the node alone */
	unsigned flags;	 /* that it must have */
	size_t len;	 /* of the digest, packed; 0: whatever it is */
	uint8_t digest[2 + DIGEST_LEN_MAX];
};

static struct want
want_of(const struct digest *digest)
{
	struct want want = { .len = 0 };
	struct writer w = writer_of(want.digest, sizeof(want.digest));

	if (digest != NULL)
		digest_write(digest, &w);
	want.len = writer_view(&w).len;
	return want;
}

/* Takes `len` bytes off the front; false where there are not so many. */
static bool
skip(struct span *rest, size_t len)
{
	if (rest->len < len)
		return false;
	rest->data += len;
	rest->len -= len;
	return true;
}

/* Takes a packed digest off; says whether it is the wanted one. */
static bool
skip_digest(struct span *rest, const struct want *want, bool *is_it)
{
	size_t len;

	if (rest->len < 2)
		return false;
	len = 2 + (size_t)rest->data[1];
	*is_it = rest->len >= len && len == want->len &&
	    memcmp(rest->data, want->digest, len) == 0;
	return skip(rest, len);
}

static bool
skip_digests(struct span *rest, const struct want *want, bool *has_it)
{
	size_t count;
	bool is_it;

	if (rest->len < 1)
		return false;
	count = rest->data[0];
	if (!skip(rest, 1))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!skip_digest(rest, want, &is_it))
			return false;
		*has_it = *has_it || (is_it && want->any_digest);
	}
	return true;
}

/* Takes one artifact off the front (its layout is in gist.h); says whether it is
 * wanted.  False on damage. */
static bool
skip_artifact(struct span *rest, const struct want *want, bool *ret_is_wanted)
{
	bool has_it = want->len == 0;
	bool is_node = false;
	unsigned flags;

	if (rest->len < 3)
		return false;
	flags = rest->data[0];
	if (!skip(rest,
		3 + ((size_t)rest->data[1] << 8 | (size_t)rest->data[2])) ||
	    rest->len < 1 || !skip(rest, 1 + (size_t)rest->data[0]))
		return false;
	if ((flags & GIST_NODE) != 0 && !skip_digest(rest, want, &is_node))
		return false;
	has_it = has_it || is_node;
	if ((flags & GIST_CITATION) != 0 && !skip(rest, HASH_LEN))
		return false;
	if (want->is_subject && !skip_digests(rest, want, &has_it))
		return false;
	*ret_is_wanted = has_it && (flags & want->flags) == want->flags;
	return true;
}

static bool
seek(struct reader *r, const struct want *want, struct gist_artifact *ret)
{
	bool is_wanted = false;

	while (!reader_is_empty(r)) {
		struct span before = r->rest;

		if (!skip_artifact(&r->rest, want, &is_wanted)) {
			reader_require(r, false);
			return false;
		}
		if (!is_wanted)
			continue;
		r->rest = before;
		return want->is_subject ? gist_subject_next(r, ret)
					: gist_input_next(r, ret);
	}
	return false;
}

bool
gist_seek_subject(
    struct reader *r, const struct digest *node, struct gist_artifact *ret)
{
	struct want want = want_of(node);

	want.is_subject = true;
	return seek(r, &want, ret);
}

bool
gist_seek_input(
    struct reader *r, const struct digest *node, struct gist_artifact *ret)
{
	struct want want = want_of(node);

	want.flags = GIST_EDGE;
	return seek(r, &want, ret);
}

bool
gist_seek_part(
    struct reader *r, const struct digest *node, struct gist_artifact *ret)
{
	struct want want = want_of(node);

	want.is_subject = true;
	want.flags = GIST_EDGE;
	return seek(r, &want, ret);
}

bool
gist_seek_digest(const struct gist *gist, const struct digest *digest,
    struct gist_artifact *ret)
{
	struct reader r = reader_of(gist->subjects);
	struct want want = want_of(digest);

	want.is_subject = true;
	want.any_digest = true;
	return seek(&r, &want, ret);
}

bool
gist_has_subject(const struct gist *gist, const struct digest *digest)
{
	struct gist_artifact subject;

	return gist_seek_digest(gist, digest, &subject);
}

bool
gist_is_first(const struct gist *gist, const struct digest *node)
{
	struct reader r = reader_of(gist->subjects);
	struct gist_artifact first;

	return gist_subject_next(&r, &first) && first.has_node &&
	    digest_equal(&first.node, node);
}

bool
gist_first_digest(const struct gist *gist, enum digest_algorithm algorithm,
    struct digest *ret)
{
	struct reader subjects = reader_of(gist->subjects);
	struct gist_artifact first;
	struct digest digest;

	if (!gist_subject_next(&subjects, &first))
		return false;
	struct reader digests = reader_of(first.digests);
	while (gist_digest_next(&digests, &digest)) {
		if (digest.algorithm != algorithm)
			continue;
		*ret = digest;
		return true;
	}
	return false;
}

bool
gist_first_root(const struct gist *gist, struct hash *ret)
{
	struct digest root;

	if (!gist_first_digest(gist, DIGEST_MERKLE_TREE_HASH, &root))
		return false;
	memcpy(ret->bytes, root.bytes, HASH_LEN);
	return true;
}
