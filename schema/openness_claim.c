/*
 * What a release says of itself, beside what is shown.
 */
#include <strings.h>

#include "schema/openness_inner.h"

static bool
says(struct span text, const char *words)
{
	size_t len = span_of_text(words).len;

	for (size_t at = 0; at + len <= text.len; at++)
		if (strncasecmp((const char *)text.data + at, words, len) == 0)
			return true;
	return false;
}

/* The longer words first: "class i" is in all three. */
static const struct {
	const char *words;
	unsigned class; /* 0: OSAID; 4: parameters alone */
} claims[] = {
	{ "class iii", 3 },
	{ "class ii", 2 },
	{ "class i", 1 },
	{ "open science", 1 },
	{ "open tooling", 2 },
	{ "open weight", 4 },
	{ "open-weight", 4 },
	{ "open model", 3 },
	{ "open source", 0 },
	{ "open-source", 0 },
	{ "osaid", 0 },
};

static void
judge_claim(struct judgement *j, unsigned class, struct openness_claim *claim)
{
	const struct openness *o = j->openness;
	const struct openness_line *parameters = &o->components[MOF_PARAMETERS];

	claim->is_judged = true;
	if (class == 0) {
		claim->is_shown = o->is_osaid;
		claim->why =
		    judgement_say(j, "the Open Source AI Definition is %s",
			o->is_osaid ? "met" : "not met");
	} else if (class == 4) {
		claim->is_shown = parameters->verdict == OPENNESS_MET;
		claim->why = judgement_say(
		    j, "parameters: %.*s", SPAN_ARGS(parameters->why));
	} else {
		claim->is_shown = o->class > 0 && o->class <= class;
		claim->why =
		    judgement_say(j, "it is %s", mof_class_label(o->class));
	}
}

static void
take_claims(struct judgement *j, size_t at)
{
	const struct claims *all = &j->dossier->records[at].record.claims;

	for (size_t i = 0; i < all->count; i++) {
		struct openness *o = j->openness;
		if (all->all[i].what != CLAIM_OPENNESS ||
		    o->claim_count == OPENNESS_CLAIMS_MAX)
			continue;
		struct openness_claim *claim = &o->claims[o->claim_count++];
		*claim = (struct openness_claim){
			.text = all->all[i].name,
			.record = at,
			.why = span_of_text("nothing here can tell"),
		};
		for (size_t c = 0; c < sizeof(claims) / sizeof(claims[0]); c++)
			if (says(claim->text, claims[c].words)) {
				judge_claim(j, claims[c].class, claim);
				break;
			}
	}
}

/* Of the release, and of who describes what was released. */
void
judgement_claims(struct judgement *j)
{
	size_t release =
	    j->release == NULL ? 0 : (size_t)(j->release - j->dossier->records);

	if (j->release != NULL)
		take_claims(j, release);
	for (size_t i = 0; i < j->dossier->node_count; i++) {
		const struct dossier_node *node = &j->dossier->nodes[i];
		if (node->is_released && node->has_described &&
		    (j->release == NULL || node->described != release))
			take_claims(j, node->described);
	}
}
