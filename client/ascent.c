#include "client/ascent.h"

#include <string.h>

#include "schema/making.h"

#define CITATIONS_MAX 8192

/* That a record of one artifact was named by who walked to it. */
struct citation {
	struct digest node;
	struct hash id;
};

struct ascent {
	struct ancestry *a;
	size_t citation_count;
	struct citation *citations;
	struct why *why;
};

static enum err
wrong(struct ascent *ascent, const struct digest *node, const char *sentence)
{
	char text[DIGEST_TEXT_MAX];

	digest_print(node, text);
	return why(ascent->why, ERR_MISMATCH, "the log's answer: %s: %s", text,
	    sentence);
}

/* ---- who may say so ---- */

static enum err
cite(struct ascent *ascent, const struct resource *resource)
{
	const struct digest_set *set = &resource->digest;

	if (!set->has_citation)
		return ERR_OK;
	if (ascent->citation_count == CITATIONS_MAX)
		return why(ascent->why, ERR_LIMIT, "more than %d citations",
		    CITATIONS_MAX);
	ascent->citations[ascent->citation_count++] = (struct citation){
		.node = set->node,
		.id = set->citation,
	};
	return ERR_OK;
}

static bool
is_cited(const struct ascent *ascent, const struct digest *node,
    const struct hash *id)
{
	for (size_t i = 0; i < ascent->citation_count; i++) {
		const struct citation *one = &ascent->citations[i];
		if (hash_equal(&one->id, id) && digest_equal(&one->node, node))
			return true;
	}
	return false;
}

static bool
is_own(const struct ascent *ascent, const struct ancestry_record *record)
{
	const struct proved *proved = &record->fetched.proved;

	return proved->has_signer &&
	    strcmp(proved->principal, ascent->a->question.as) == 0;
}

static enum err
check_standing(struct ascent *ascent, const struct digest *node,
    const struct ancestry_record *record)
{
	if (is_own(ascent, record) || is_cited(ascent, node, &record->id))
		return ERR_OK;
	if (!record->fetched.proved.has_signer)
		return why(ascent->why, ERR_MISSING,
		    "who signed a record could not be checked: its keyring "
		    "could not be had");
	return wrong(ascent, node,
	    "a record about it is neither the publisher's nor cited");
}

/* ---- upwards ---- */

static enum err
add_node(struct ascent *ascent, const struct digest *digest, bool is_part)
{
	struct ancestry *a = ascent->a;

	for (size_t i = 0; i < a->node_count; i++) {
		if (!digest_equal(&a->nodes[i].digest, digest))
			continue;
		a->nodes[i].is_part = a->nodes[i].is_part && is_part;
		return ERR_OK;
	}
	if (a->node_count == ANCESTRY_NODES_MAX)
		return why(ascent->why, ERR_LIMIT, "more than %d artifacts",
		    ANCESTRY_NODES_MAX);
	a->nodes[a->node_count++] = (struct ancestry_node){
		.digest = *digest,
		.is_part = is_part,
	};
	return ERR_OK;
}

/* All that one record says went into the node is to be looked at. */
static enum err
add_inputs(struct ascent *ascent, const struct record *record)
{
	const struct resource *one;
	size_t at = 0;
	enum err err = ERR_OK;

	while (
	    err == ERR_OK && (one = making_next_input(record, &at)) != NULL) {
		if (making_is_apart(one->role))
			continue;
		err = cite(ascent, one);
		if (err == ERR_OK)
			err = add_node(ascent, &one->digest.node, false);
	}
	at = 1;
	while (err == ERR_OK && record->kind != RECORD_RUN &&
	    (one = making_next_part(record, &at)) != NULL)
		err = add_node(ascent, &one->digest.node, true);
	return err;
}

static enum err
take_step(struct ascent *ascent, struct ancestry_step *step, size_t node)
{
	struct ancestry_node *made = &ascent->a->nodes[node];
	const char *sentence;
	enum err err =
	    ancestry_record(ascent->a, &step->id, &step->record, ascent->why);

	if (err != ERR_OK)
		return err;
	const struct record *record = &step->record->fetched.proved.record;
	if (!making_is_of(record, &made->digest))
		return wrong(ascent, &made->digest,
		    "a record does not say what it was made from");
	sentence = making_check_inputs(record);
	if (sentence == NULL && made->shard->by != SHARD_BY_MANIFEST)
		sentence = making_check_parts(record);
	if (sentence != NULL)
		return wrong(ascent, &made->digest, sentence);
	made->is_made = made->is_made || record->input_count > 0;
	return add_inputs(ascent, record);
}

/* What the log says of the file in this one, down to the record that it cites. */
static enum err
check_shard(struct ascent *ascent, struct ancestry_node *node)
{
	const struct hash *file = &ascent->a->question.file;
	enum err err = shard_check(node->shard, file, ascent->why);

	if (err == ERR_OK)
		err = ancestry_record(ascent->a, &node->shard->record,
		    &node->record, ascent->why);
	if (err == ERR_OK)
		err = shard_judge(node->shard,
		    &node->record->fetched.proved.record, file, ascent->why);
	return err;
}

static enum err
take_node(struct ascent *ascent, size_t at)
{
	struct ancestry *a = ascent->a;
	struct ancestry_node *node = &a->nodes[at];
	struct digest file = digest_sha256(&a->question.file);
	enum err err = ERR_OK;

	node->shard = ancestry_shard(a, &node->digest);
	if (digest_equal(&node->digest, &file))
		return wrong(ascent, &node->digest, "it is the file itself");
	if (node->shard == NULL || node->shard->verdict != SHARD_NOT_IN)
		return wrong(ascent, &node->digest,
		    "nothing shows that the file is not in it");
	err = check_shard(ascent, node);
	for (size_t i = 0; err == ERR_OK && i < a->step_count; i++) {
		if (digest_equal(&a->steps[i].node, &node->digest))
			err = take_step(ascent, &a->steps[i], at);
	}
	return err;
}

/* ---- when all citations are known ---- */

/* A manifest shows what is in it whoever brought it; but what is not in a model's
 * may be in what it learned from. */
static enum err
check_node(struct ascent *ascent, const struct ancestry_node *node)
{
	const struct record *record = &node->record->fetched.proved.record;

	if (node->shard->by == SHARD_BY_MANIFEST &&
	    (record->kind == RECORD_DATASET ||
		node->shard->verdict == SHARD_IN))
		return ERR_OK;
	return check_standing(ascent, &node->digest, node->record);
}

/* What it learned from must be told, of the model or of all its parts. */
static enum err
check_model(struct ascent *ascent, const struct ancestry_node *node)
{
	const struct ancestry *a = ascent->a;
	const struct record *record = &node->record->fetched.proved.record;
	const struct resource *part;
	size_t at = 1;
	size_t told = 0;

	if (node->is_made || record->kind != RECORD_MODEL ||
	    making_says_inputs(record))
		return ERR_OK;
	while ((part = making_next_part(record, &at)) != NULL) {
		for (size_t i = 0; i < a->node_count; i++) {
			if (!digest_equal(
				&a->nodes[i].digest, &part->digest.node))
				continue;
			if (!a->nodes[i].is_made)
				told = SIZE_MAX / 2; /* one is not */
			told++;
		}
	}
	if (told > 0 && told < SIZE_MAX / 2)
		return ERR_OK;
	return wrong(ascent, &node->digest,
	    "it is a model, and nothing says what it was made from");
}

static enum err
check_absent(struct ascent *ascent)
{
	struct ancestry *a = ascent->a;
	enum err err = add_node(ascent, &a->question.root, false);

	for (size_t i = 0; err == ERR_OK && i < a->node_count; i++)
		err = take_node(ascent, i);
	for (size_t i = 0; err == ERR_OK && i < a->node_count; i++) {
		err = check_node(ascent, &a->nodes[i]);
		if (err == ERR_OK)
			err = check_model(ascent, &a->nodes[i]);
	}
	for (size_t i = 0; err == ERR_OK && i < a->step_count; i++) {
		const struct ancestry_step *step = &a->steps[i];
		if (step->record != NULL)
			err = check_standing(ascent, &step->node, step->record);
	}
	return err;
}

/* ---- present ---- */

/* Does the record put an edge from the one to the other? */
static enum err
check_edge(struct ascent *ascent, const struct ancestry_step *step)
{
	const struct record *record = &step->record->fetched.proved.record;
	const struct resource *one;
	size_t at = 0;

	if (!making_is_of(record, &step->node))
		return wrong(ascent, &step->node,
		    "a record does not say what it was made from");
	while ((one = making_next_input(record, &at)) != NULL) {
		if (digest_equal(&one->digest.node, &step->from))
			return cite(ascent, one);
	}
	at = 1;
	while ((one = making_next_part(record, &at)) != NULL) {
		if (digest_equal(&one->digest.node, &step->from))
			return ERR_OK;
	}
	return wrong(ascent, &step->node,
	    "its record does not name what it is said to be made from");
}

/* From the artifact to what is found: each cites the next. */
static enum err
check_path(struct ascent *ascent, struct digest *ret_found)
{
	struct ancestry *a = ascent->a;
	struct digest at = a->question.root;
	enum err err = ERR_OK;

	for (size_t i = a->path_count; err == ERR_OK && i-- > 0;) {
		struct ancestry_step *step = &a->path[i];
		if (!digest_equal(&step->node, &at))
			return wrong(ascent, &at, "the way to it has a hole");
		err = ancestry_record(a, &step->id, &step->record, ascent->why);
		if (err == ERR_OK)
			err = check_standing(ascent, &at, step->record);
		if (err == ERR_OK)
			err = check_edge(ascent, step);
		at = step->from;
	}
	if (err == ERR_OK)
		*ret_found = at;
	return err;
}

static enum err
check_present(struct ascent *ascent)
{
	struct ancestry *a = ascent->a;
	struct digest file = digest_sha256(&a->question.file);
	struct digest found = { 0 };
	enum err err = check_path(ascent, &found);

	if (err != ERR_OK || digest_equal(&found, &file))
		return err;
	err = add_node(ascent, &found, false);
	if (err != ERR_OK)
		return err;
	struct ancestry_node *node = &a->nodes[0];
	node->shard = ancestry_shard(a, &found);
	if (node->shard == NULL || node->shard->verdict != SHARD_IN)
		return wrong(
		    ascent, &found, "nothing shows that the file is in it");
	err = check_shard(ascent, node);
	return err == ERR_OK ? check_node(ascent, node) : err;
}

enum err
ascent_ask(struct session *session, const struct ancestry_question *question,
    struct ancestry *ret, struct why *w)
{
	struct ascent ascent = {
		.a = ret,
		.citations = arena_take(
		    session->arena, CITATIONS_MAX, sizeof(*ascent.citations)),
		.why = w,
	};
	enum err err = ancestry_ask(session, question, ret, w);

	if (err == ERR_OK && ascent.citations == NULL)
		err = why(w, ERR_MEMORY, "out of memory");
	if (err != ERR_OK || ret->verdict == ANCESTRY_UNKNOWN)
		return err;
	return ret->verdict == ANCESTRY_ABSENT ? check_absent(&ascent)
					       : check_present(&ascent);
}
