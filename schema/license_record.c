#include "schema/license_record.h"

#include <string.h>

static const char *const mutables[] = {
	[LICENSE_MUTABLE_UNSAID] = "",
	[LICENSE_MUTABLE] = "yes",
	[LICENSE_IMMUTABLE] = "no",
};

/* {"sha256": hex} and nothing else. */
static enum err
read_sha256(
    json_value *value, struct arena *arena, struct hash *ret, struct why *w)
{
	struct digest_set set;
	enum err err = digest_set_read(value, true, arena, &set, w);

	if (err != ERR_OK)
		return err;
	const struct digest *digest = digest_set_find(&set, DIGEST_SHA256);
	if (set.count != 1 || digest == NULL)
		return why(w, ERR_SYNTAX, "sha256 alone is needed");
	memcpy(ret->bytes, digest->bytes, HASH_LEN);
	return ERR_OK;
}

static bool
has_text(const struct license_texts *texts, const struct hash *text)
{
	for (size_t i = 0; i < texts->count; i++) {
		if (hash_equal(&texts->all[i], text))
			return true;
	}
	return false;
}

void
license_texts_read(
    struct object *o, struct arena *arena, struct license_texts *ret)
{
	size_t count;
	json_value *array =
	    object_optional_array(o, "licenseTexts", LICENSE_TEXTS_MAX, &count);

	*ret = (struct license_texts){ .count = 0 };
	if (array == NULL)
		return;
	ret->all = arena_take(arena, count, sizeof(*ret->all));
	if (ret->all == NULL) {
		object_fail(o, ERR_MEMORY, "licenseTexts: no memory left");
		return;
	}
	for (size_t i = 0; i < count && o->err == ERR_OK; i++) {
		struct hash *text = &ret->all[i];
		enum err err =
		    read_sha256(json_element(array, i), arena, text, o->why);
		if (err == ERR_OK && has_text(ret, text))
			err = why(o->why, ERR_SYNTAX, "comes twice");
		member_keep(o, err, "licenseTexts", i);
		ret->count++;
	}
}

static enum license_mutable
read_mutable(struct object *o)
{
	return (enum license_mutable)member_word(
	    o, "mutable", mutables, LICENSE_MUTABLES);
}

static enum err
read_document(json_value *value, struct arena *arena,
    struct license_document *ret, struct why *w)
{
	struct object o = object_of(value, "", w);

	*ret = (struct license_document){ .has_sha256 = false };
	if (!statement_uri(&o, "source", &ret->source))
		object_fail_member(&o, "source", "missing");
	json_value *digest = object_optional_object(&o, "digest");
	ret->has_fetched = member_time(&o, "fetchedOn", &ret->fetched_ms);
	ret->is_mutable = read_mutable(&o);
	member_block_text(&o, "clause", &ret->clause);
	enum err err = object_end(&o);
	if (err != ERR_OK || digest == NULL)
		return err;
	ret->has_sha256 = true;
	return object_within(
	    w, read_sha256(digest, arena, &ret->sha256, w), "digest");
}

static void
read_documents(
    struct object *o, struct arena *arena, struct license_record *ret)
{
	size_t count;
	json_value *array = object_optional_array(
	    o, "incorporates", LICENSE_DOCUMENTS_MAX, &count);

	if (array == NULL)
		return;
	ret->documents = arena_take(arena, count, sizeof(*ret->documents));
	if (ret->documents == NULL) {
		object_fail(o, ERR_MEMORY, "incorporates: no memory left");
		return;
	}
	for (size_t i = 0; i < count && o->err == ERR_OK; i++)
		member_keep(o,
		    read_document(json_element(array, i), arena,
			&ret->documents[i], o->why),
		    "incorporates", i);
	ret->document_count = count;
}

void
license_record_read(
    struct object *o, struct arena *arena, struct license_record *ret)
{
	*ret = (struct license_record){ .document_count = 0 };
	(void)statement_uri(o, "source", &ret->source);
	ret->has_fetched = member_time(o, "fetchedOn", &ret->fetched_ms);
	ret->is_mutable = read_mutable(o);
	member_block_text(o, "clause", &ret->clause);
	read_documents(o, arena, ret);
}

enum err
license_record_check(const struct attachments *attachments,
    const struct digest_set *subject, struct why *w)
{
	const struct digest *text = digest_set_find(subject, DIGEST_SHA256);
	bool is_there = false;

	for (size_t i = 0; i < attachments->count; i++) {
		const struct attachment *one = &attachments->all[i];
		if (!span_is(one->name, LICENSE_TEXT))
			continue;
		if (is_there)
			return why(w, ERR_SYNTAX,
			    "predicate.attachments[%zu].name: there is a text "
			    "before it",
			    i);
		if (text == NULL ||
		    memcmp(one->sha256.bytes, text->bytes, HASH_LEN) != 0)
			return why(w, ERR_SYNTAX,
			    "predicate.attachments[%zu].digest: the text is "
			    "the first subject, with its sha256",
			    i);
		is_there = true;
	}
	return ERR_OK;
}
