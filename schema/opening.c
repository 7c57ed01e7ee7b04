#include "schema/opening.h"

#include <inttypes.h>
#include <string.h>

#include "schema/text.h"

static enum err
read_hashes(
    json_value *array, size_t count, struct tree_proof *ret, struct why *w)
{
	for (size_t i = 0; i < count; i++) {
		struct span text;
		if (!json_element_text(array, i, &text) ||
		    !hash_parse_base64(text, &ret->hashes[i]))
			return why(w, ERR_SYNTAX,
			    "hashes[%zu]: the base64 of 32 bytes is needed", i);
	}
	ret->count = count;
	return ERR_OK;
}

static enum err
read_one(json_value *value, struct opening *ret, struct why *w)
{
	struct object o = object_of(value, "", w);
	size_t count;

	object_text(&o, "line", 1, MANIFEST_SALTED_MAX - 1, &ret->line);
	if (o.err == ERR_OK &&
	    manifest_line_parse_salted(ret->line, &ret->parts) != ERR_OK)
		object_fail_member(&o, "line",
		    "32 hex digits, a space, 64 hex digits, two spaces and a "
		    "relative path are needed");
	member_needs_decimal(&o, "index", &ret->index);
	member_needs_decimal(&o, "size", &ret->size);
	json_value *hashes =
	    object_array(&o, "hashes", 0, TREE_PROOF_MAX, &count);
	if (o.err == ERR_OK && ret->index >= ret->size)
		object_fail_member(&o, "index", "not below size");
	enum err err = object_end(&o);
	return err == ERR_OK ? read_hashes(hashes, count, &ret->proof, w) : err;
}

static enum err
check_order(
    const struct opening *before, const struct opening *one, struct why *w)
{
	if (one->size != before->size)
		return why(w, ERR_SYNTAX, "size: not that of the one before");
	if (one->index <= before->index)
		return why(
		    w, ERR_SYNTAX, "index: not above that of the one before");
	if (memcmp(one->parts.salt, before->parts.salt, MANIFEST_SALT_LEN) <= 0)
		return why(w, ERR_SYNTAX,
		    "line: its salt is not above that of the one before");
	return ERR_OK;
}

void
opening_read(
    struct object *o, size_t max, struct arena *arena, struct openings *ret)
{
	size_t count;
	json_value *array = object_array(o, "openings", 1, max, &count);

	*ret = (struct openings){ .count = 0 };
	if (array == NULL)
		return;
	struct opening *all = arena_take(arena, count, sizeof(*all));
	if (all == NULL) {
		object_fail(o, ERR_MEMORY, "openings: no memory left");
		return;
	}
	for (size_t i = 0; i < count && o->err == ERR_OK; i++) {
		enum err err =
		    read_one(json_element(array, i), &all[i], o->why);
		if (err == ERR_OK && i > 0)
			err = check_order(&all[i - 1], &all[i], o->why);
		member_keep(o, err, "openings", i);
	}
	*ret = (struct openings){ .count = count, .all = all };
}

enum err
opening_verify(
    const struct openings *openings, const struct hash *root, struct why *w)
{
	for (size_t i = 0; i < openings->count; i++) {
		const struct opening *one = &openings->all[i];
		struct hash leaf = tree_leaf(one->line);
		enum err err = tree_verify_inclusion(
		    one->index, one->size, &leaf, &one->proof, root);
		if (err != ERR_OK)
			return why(w, ERR_MISMATCH,
			    "openings[%zu]: index %" PRIu64 " of %" PRIu64
			    " lines does not verify against the merkleTreeHash",
			    i, one->index, one->size);
	}
	return ERR_OK;
}

void
opening_print(const struct opening *opening, struct writer *w)
{
	char text[TEXT_DECIMAL_MAX];

	writer_text(w, "{");
	writer_member_text(w, "line", opening->line);
	writer_member_text(
	    w, "index", span_of(text, text_decimal(opening->index, text)));
	writer_member_text(
	    w, "size", span_of(text, text_decimal(opening->size, text)));
	writer_member(w, "hashes");
	writer_text(w, "[");
	for (size_t i = 0; i < opening->proof.count; i++) {
		writer_comma(w);
		writer_text(w, "\"");
		writer_base64(w, hash_span(&opening->proof.hashes[i]));
		writer_text(w, "\"");
	}
	writer_text(w, "]}");
}
