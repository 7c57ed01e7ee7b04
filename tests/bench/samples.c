#include "tests/bench/samples.h"

#include <stdio.h>
#include <stdlib.h>

#include "schema/object.h"
#include "schema/text.h"
#include "schema/tlog_proof.h"

static enum err
check_proof(struct span text, const struct note_key *key, struct arena *arena,
    struct span entry, struct why *w)
{
	struct tlog_proof proof;
	struct checkpoint checkpoint;
	struct hash leaf = tree_leaf(entry);

	enum err err = tlog_proof_parse(text, arena, &proof, w);
	if (err != ERR_OK)
		return err;
	if (!proof.has_extra || !span_equal(proof.extra, entry))
		return why(w, ERR_MISMATCH, "extra is not what was sent");
	return tlog_proof_verify(&proof, &leaf, key, &checkpoint, w);
}

static enum err
check_line(struct span entry, struct span answer, const struct note_key *key,
    struct arena *arena, struct why *w)
{
	struct json *json;
	struct span id;
	struct span proof;
	struct hash leaf = tree_leaf(entry);
	uint8_t got[HASH_LEN];

	enum err err = json_parse_answer(answer, &json, w);
	if (err != ERR_OK)
		return err;
	struct object o = object_of(json_root(json), "answer", w);
	object_text(&o, "id", HASH_TEXT_LEN, HASH_TEXT_LEN, &id);
	object_text(&o, "proof", 1, TLOG_PROOF_MAX, &proof);
	if (o.err == ERR_OK && object_flag(&o, "duplicate"))
		object_fail(&o, ERR_MISMATCH, "duplicate");
	err = object_end_open(&o);
	if (err == ERR_OK &&
	    (!text_unhex(id, got, sizeof(got)) ||
		!span_equal(span_of(got, sizeof(got)), hash_span(&leaf))))
		err = why(w, ERR_MISMATCH, "id is not the leaf hash");
	if (err == ERR_OK)
		err = check_proof(proof, key, arena, entry, w);
	json_done(json);
	return err;
}

static size_t
cut_lines(struct span text, size_t max, struct span *ret)
{
	size_t count = 0;

	while (count < max && span_cut(&text, '\n', &ret[count]))
		count++;
	if (count < max && text.len > 0)
		ret[count++] = text;
	return count;
}

struct checking {
	const struct note_key *key;
	struct arena *arena;
	size_t lines;
	struct span *sent;
	struct span *got;
};

static void
check_sample(const struct checking *c, const struct drive_sample *sample,
    struct samples_result *ret)
{
	struct why why_text = { "another number of lines" };
	struct span body = requests_body(sample->request);
	size_t sent = cut_lines(body, c->lines, c->sent);
	size_t got = cut_lines(sample->answer, c->lines, c->got);
	size_t at[2] = { 0, c->lines - 1 };
	enum err err = sent == c->lines && got == sent ? ERR_OK : ERR_MISMATCH;

	for (size_t i = 0; i < (c->lines > 1 ? 2 : 1) && err == ERR_OK; i++) {
		arena_reset(c->arena);
		err = check_line(
		    c->sent[at[i]], c->got[at[i]], c->key, c->arena, &why_text);
		ret->checked++;
	}
	if (err == ERR_OK)
		return;
	ret->wrong++;
	(void)fprintf(stderr, "load: an answer is false: %s\n", why_text.text);
}

void
samples_check(const struct drive_result *result, const char *vkey, size_t lines,
    struct samples_result *ret)
{
	struct note_key key;
	struct why why_text = { "" };
	struct checking c = { .key = &key, .lines = lines };

	if (note_key_parse(span_of_text(vkey), &key, &why_text) != ERR_OK) {
		(void)fprintf(stderr, "load: vkey: %s\n", why_text.text);
		exit(2);
	}
	c.arena = arena_new((size_t)4 << 20);
	c.sent = calloc(lines, sizeof(*c.sent));
	c.got = calloc(lines, sizeof(*c.got));
	if (c.arena == NULL || c.sent == NULL || c.got == NULL)
		abort();
	for (size_t i = 0; i < result->sample_count; i++)
		check_sample(&c, &result->samples[i], ret);
	arena_free(c.arena);
	free(c.sent);
	free(c.got);
}
