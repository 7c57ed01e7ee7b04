#include "schema/checkpoint.h"

#include <assert.h>
#include <string.h>

#include "schema/reader.h"
#include "schema/text.h"

/* Extension lines are for others to understand, but none may be empty: a text
 * ends where its signatures begin. */
static bool
are_extensions(struct reader *r)
{
	while (!reader_is_empty(r)) {
		if (reader_line(r).len == 0)
			return false;
	}
	return reader_end(r) == ERR_OK;
}

static enum err
parse_head(struct reader *r, struct tree_head *ret, struct why *w)
{
	struct hash empty = tree_empty();

	if (!text_undecimal(reader_line(r), TREE_SIZE_MAX, &ret->size))
		return why(w, ERR_SYNTAX,
		    "checkpoint: line 2 is not a size, a decimal of at most "
		    "2^63-1");
	if (!hash_parse_base64(reader_line(r), &ret->root))
		return why(w, ERR_SYNTAX,
		    "checkpoint: line 3 is not a root, padded base64 of 32 "
		    "bytes");
	if (ret->size == 0 && !hash_equal(&ret->root, &empty))
		return why(w, ERR_MISMATCH,
		    "checkpoint: size 0, but not the empty tree's root");
	return ERR_OK;
}

enum err
checkpoint_parse(struct span text, struct checkpoint *ret, struct why *w)
{
	struct reader r = reader_of(text);
	struct checkpoint checkpoint = { .origin = "" };
	struct span origin = reader_line(&r);

	if (origin.len == 0 || origin.len > NOTE_NAME_MAX ||
	    !text_is_line(origin))
		return why(w, ERR_SYNTAX,
		    "checkpoint: line 1 is not an origin, 1 to %d bytes of "
		    "text",
		    NOTE_NAME_MAX);
	memcpy(checkpoint.origin, origin.data, origin.len);
	enum err err = parse_head(&r, &checkpoint.head, w);
	if (err != ERR_OK)
		return err;
	if (!are_extensions(&r))
		return why(w, ERR_SYNTAX,
		    "checkpoint: an empty or unfinished line after the root");
	*ret = checkpoint;
	return ERR_OK;
}

void
checkpoint_print(const struct checkpoint *checkpoint, struct writer *w)
{
	writer_text(w, checkpoint->origin);
	writer_u8(w, '\n');
	writer_decimal(w, checkpoint->head.size);
	writer_u8(w, '\n');
	writer_base64(w, hash_span(&checkpoint->head.root));
	writer_u8(w, '\n');
}

void
checkpoint_sign(const struct tree_head *head, const struct note_key *key,
    const struct secret_key *secret, struct writer *w)
{
	struct checkpoint checkpoint = { .head = *head };
	uint8_t text[CHECKPOINT_NOTE_MAX];
	struct writer body = writer_of(text, sizeof(text));

	memcpy(checkpoint.origin, key->name, sizeof(checkpoint.origin));
	checkpoint_print(&checkpoint, &body);
	assert(writer_end(&body) == ERR_OK);
	note_sign(writer_view(&body), key, secret, w);
}

enum err
checkpoint_verify(struct span note, const struct note_key *key,
    struct checkpoint *ret, struct why *w)
{
	struct note parsed;
	struct checkpoint checkpoint;
	enum err err = note_parse(note, &parsed, w);

	if (err == ERR_OK)
		err = note_verify(&parsed, key, w);
	if (err == ERR_OK)
		err = checkpoint_parse(parsed.text, &checkpoint, w);
	if (err == ERR_NOT_FOUND)
		return ERR_MISMATCH; /* signed by others is not signed */
	if (err != ERR_OK)
		return err;
	if (strcmp(checkpoint.origin, key->name) != 0)
		return why(w, ERR_MISMATCH,
		    "checkpoint: the origin is %s, but the key is of %s",
		    checkpoint.origin, key->name);
	*ret = checkpoint;
	return ERR_OK;
}
