#include "client/artifact.h"

static bool
is_subject(const struct resource *subject, const struct hashing *hashing)
{
	bool agrees = false;

	for (size_t i = 0; i < subject->digest.count; i++) {
		const struct digest *digest = &subject->digest.digests[i];
		struct span bytes = span_of(digest->bytes, digest->len);
		const struct hash *computed = NULL;
		if (digest->algorithm == DIGEST_SHA256)
			computed = &hashing->sha256;
		if (digest->algorithm == DIGEST_MERKLE_TREE_HASH &&
		    hashing->is_set)
			computed = &hashing->root;
		if (computed == NULL)
			continue;
		if (!span_equal(bytes, hash_span(computed)))
			return false;
		agrees = true;
	}
	return agrees;
}

bool
artifact_can_check(const struct statement *statement)
{
	for (size_t i = 0; i < statement->subject_count; i++) {
		const struct digest_set *set = &statement->subjects[i].digest;
		for (size_t j = 0; j < set->count; j++) {
			enum digest_algorithm known = set->digests[j].algorithm;
			if (known == DIGEST_SHA256 ||
			    known == DIGEST_MERKLE_TREE_HASH)
				return true;
		}
	}
	return false;
}

enum err
artifact_check(const struct output *out, const struct statement *statement,
    struct arena *arena, struct artifact *artifact, struct why *w)
{
	struct hashing hashing;
	enum err err = hashing_path(out, artifact->path, arena, &hashing, w);

	if (err == ERR_NOT_FOUND) /* not there: not checked, which is no "no" */
		return ERR_MISSING;
	if (err != ERR_OK)
		return err;
	artifact->sha256 = hashing.sha256;
	artifact->subject = NULL;
	for (size_t i = 0; i < statement->subject_count; i++) {
		if (is_subject(&statement->subjects[i], &hashing)) {
			artifact->subject = &statement->subjects[i];
			break;
		}
	}
	return ERR_OK;
}
