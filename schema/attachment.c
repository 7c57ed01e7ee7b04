#include "schema/attachment.h"

#include <string.h>

static enum err
read_one(json_value *value, struct arena *arena, struct attachment *ret,
    struct why *w)
{
	struct object o = object_of(value, "", w);
	struct digest_set set;

	object_line(&o, "name", 1, MEMBER_LABEL_MAX, &ret->name);
	object_line(&o, "mediaType", 1, MEMBER_LABEL_MAX, &ret->media_type);
	json_value *digest = object_object(&o, "digest");
	member_needs_decimal(&o, "size", &ret->size);
	enum err err = object_end(&o);
	if (err != ERR_OK)
		return err;
	err = digest_set_read(digest, true, arena, &set, w);
	if (err != ERR_OK)
		return object_within(w, err, "digest");
	if (set.count != 1 || set.digests[0].algorithm != DIGEST_SHA256)
		return why(w, ERR_SYNTAX, "digest: sha256 alone is needed");
	memcpy(ret->sha256.bytes, set.digests[0].bytes, HASH_LEN);
	return ERR_OK;
}

void
attachment_read(struct object *o, struct arena *arena, struct attachments *ret)
{
	size_t count;
	json_value *array =
	    object_optional_array(o, "attachments", ATTACHMENTS_MAX, &count);

	*ret = (struct attachments){ .count = 0 };
	if (array == NULL)
		return;
	struct attachment *all = arena_take(arena, count, sizeof(*all));
	if (all == NULL) {
		object_fail(o, ERR_MEMORY, "attachments: no memory left");
		return;
	}
	for (size_t i = 0; i < count && o->err == ERR_OK; i++)
		member_keep(o,
		    read_one(json_element(array, i), arena, &all[i], o->why),
		    "attachments", i);
	*ret = (struct attachments){ .count = count, .all = all };
}

void
attachment_read_disclosure(struct object *o, enum disclosure *ret)
{
	static const char *const words[] = {
		[DISCLOSURE_UNSAID] = "",
		[DISCLOSURE_FULL] = "full",
		[DISCLOSURE_SALTED] = "salted",
	};

	*ret =
	    (enum disclosure)member_word(o, "disclosure", words, DISCLOSURES);
}

/* ---- manifests ---- */

static enum err
check_manifest(const struct attachment *attachment, enum disclosure disclosure,
    const struct digest_set *set, struct why *w)
{
	const struct digest *sha256 = digest_set_find(set, DIGEST_SHA256);
	bool is_said_salted = disclosure == DISCLOSURE_SALTED;

	if (attachment->is_salted && !is_said_salted)
		return why(w, ERR_SYNTAX,
		    "name: \"" ATTACHMENT_SALTED
		    "\" needs the disclosure salted");
	if (!attachment->is_salted && is_said_salted)
		return why(w, ERR_SYNTAX,
		    "name: \"" ATTACHMENT_MANIFEST
		    "\" contradicts the disclosure salted");
	if (sha256 == NULL ||
	    memcmp(sha256->bytes, attachment->sha256.bytes, HASH_LEN) != 0)
		return why(w, ERR_SYNTAX,
		    "digest: a manifest's is the sha256 of subject[0]");
	if (digest_set_find(set, DIGEST_MERKLE_TREE_HASH) == NULL)
		return why(w, ERR_SYNTAX,
		    "name: a manifest needs a merkleTreeHash in subject[0]");
	return ERR_OK;
}

/* Marks those that have the name of a manifest; how many they are. */
static size_t
mark(struct attachments *attachments)
{
	size_t count = 0;

	for (size_t i = 0; i < attachments->count; i++) {
		struct attachment *one = &attachments->all[i];
		one->is_salted = span_is(one->name, ATTACHMENT_SALTED);
		one->is_manifest =
		    one->is_salted || span_is(one->name, ATTACHMENT_MANIFEST);
		count += one->is_manifest;
	}
	return count;
}

enum err
attachment_check(struct attachments *attachments, enum disclosure disclosure,
    const struct digest_set *set, struct why *w)
{
	size_t count = mark(attachments);

	if (count > 1)
		return why(w, ERR_SYNTAX,
		    "predicate.attachments: more than one manifest");
	if (disclosure == DISCLOSURE_FULL && count == 0)
		return why(w, ERR_SYNTAX,
		    "predicate.disclosure: full needs an attachment "
		    "\"" ATTACHMENT_MANIFEST "\"");
	if (disclosure == DISCLOSURE_SALTED &&
	    digest_set_find(set, DIGEST_MERKLE_TREE_HASH) == NULL)
		return why(w, ERR_SYNTAX,
		    "predicate.disclosure: salted needs a merkleTreeHash in "
		    "subject[0]");
	for (size_t i = 0; i < attachments->count; i++) {
		const struct attachment *one = &attachments->all[i];
		enum err err = one->is_manifest
		    ? check_manifest(one, disclosure, set, w)
		    : ERR_OK;
		if (err != ERR_OK)
			return object_within(
			    w, err, "predicate.attachments[%zu]", i);
	}
	return ERR_OK;
}
