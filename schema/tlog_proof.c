#include "schema/tlog_proof.h"

#include "schema/reader.h"
#include "schema/text.h"

#define HEADER "c2sp.org/tlog-proof@v1"
#define EXTRA "extra "
#define INDEX "index "

static struct span
without(struct span line, const char *prefix)
{
	return span_part(line, span_of_text(prefix).len, line.len);
}

static enum err
parse_extra(
    struct span text, struct arena *arena, struct span *ret, struct why *w)
{
	uint8_t *out = arena_take(arena, text.len / 4 + 1, 3);
	size_t len;

	if (out == NULL)
		return why(w, ERR_MEMORY, "proof: no memory for its extra");
	if (!text_unbase64(text, out, &len))
		return why(w, ERR_SYNTAX, "proof: extra is not padded base64");
	*ret = span_of(out, len);
	return ERR_OK;
}

/* Hashes up to the empty line, which is taken too. */
static enum err
parse_hashes(struct reader *r, struct tree_proof *ret, struct why *w)
{
	ret->count = 0;
	for (;;) {
		struct span line = reader_line(r);
		if (r->err != ERR_OK)
			return why(w, ERR_SYNTAX,
			    "proof: no empty line behind the hashes");
		if (line.len == 0)
			return ERR_OK;
		if (ret->count == TREE_PROOF_MAX)
			return why(w, ERR_LIMIT, "proof: more than %d hashes",
			    TREE_PROOF_MAX);
		if (!hash_parse_base64(line, &ret->hashes[ret->count++]))
			return why(w, ERR_SYNTAX,
			    "proof: hash %zu is not padded base64 of 32 bytes",
			    ret->count);
	}
}

enum err
tlog_proof_parse(struct span text, struct arena *arena, struct tlog_proof *ret,
    struct why *w)
{
	struct reader r = reader_of(text);
	struct tlog_proof proof = { .has_extra = false };
	enum err err;

	if (text.len > TLOG_PROOF_MAX)
		return why(w, ERR_LIMIT, "proof: %zu bytes, at most %zu",
		    text.len, TLOG_PROOF_MAX);
	if (!span_is(reader_line(&r), HEADER))
		return why(w, ERR_SYNTAX,
		    "proof: does not begin with the line " HEADER);
	struct span line = reader_line(&r);
	proof.has_extra = span_starts(line, EXTRA);
	if (proof.has_extra) {
		err = parse_extra(without(line, EXTRA), arena, &proof.extra, w);
		if (err != ERR_OK)
			return err;
		line = reader_line(&r);
	}
	if (!span_starts(line, INDEX) ||
	    !text_undecimal(without(line, INDEX), TREE_SIZE_MAX, &proof.index))
		return why(w, ERR_SYNTAX,
		    "proof: no line \"index\" with a decimal of at most "
		    "2^63-1");
	err = parse_hashes(&r, &proof.proof, w);
	if (err != ERR_OK)
		return err;
	if (reader_is_empty(&r))
		return why(w, ERR_SYNTAX, "proof: no checkpoint at its end");
	proof.checkpoint = r.rest;
	*ret = proof;
	return ERR_OK;
}

void
tlog_proof_print(const struct tlog_proof *proof, struct writer *w)
{
	writer_text(w, HEADER "\n");
	if (proof->has_extra) {
		writer_text(w, EXTRA);
		writer_base64(w, proof->extra);
		writer_u8(w, '\n');
	}
	writer_text(w, INDEX);
	writer_decimal(w, proof->index);
	writer_u8(w, '\n');
	for (size_t i = 0; i < proof->proof.count; i++) {
		writer_base64(w, hash_span(&proof->proof.hashes[i]));
		writer_u8(w, '\n');
	}
	writer_u8(w, '\n');
	writer_span(w, proof->checkpoint);
}

enum err
tlog_proof_verify(const struct tlog_proof *proof, const struct hash *leaf,
    const struct note_key *key, struct checkpoint *ret, struct why *w)
{
	struct checkpoint checkpoint;
	enum err err =
	    checkpoint_verify(proof->checkpoint, key, &checkpoint, w);

	if (err != ERR_OK)
		return err;
	err = tree_verify_inclusion(proof->index, checkpoint.head.size, leaf,
	    &proof->proof, &checkpoint.head.root);
	if (err != ERR_OK)
		return why(w, ERR_MISMATCH,
		    "proof: entry %llu is not shown to be in the tree of "
		    "%llu entries",
		    (unsigned long long)proof->index,
		    (unsigned long long)checkpoint.head.size);
	*ret = checkpoint;
	return ERR_OK;
}
