/*
 * The Open Source AI Definition 1.0: what it asks for, and no grades.
 */
#include "schema/openness_inner.h"

static struct openness_line *
line_of(struct judgement *j, enum osaid_line at)
{
	return &j->openness->osaid[at];
}

static void
rest_on_all(struct openness_line *line, const struct openness_line *other)
{
	for (size_t i = 0; i < other->record_count; i++)
		judgement_rest_on(line, other->records[i]);
}

/* All of these components; the worst says why. */
static void
need_all(struct judgement *j, const enum mof_component *rows, size_t count,
    struct openness_line *line)
{
	for (size_t i = 0; i < count; i++) {
		const struct openness_line *one =
		    &j->openness->components[rows[i]];
		rest_on_all(line, one);
		if (i == 0 || one->level < line->level)
			line->level = one->level;
		if (i > 0 && one->verdict >= line->verdict)
			continue;
		line->verdict = one->verdict;
		line->license = one->license;
		line->raise = one->raise;
		line->why = one->verdict == OPENNESS_MET
		    ? judgement_say(j, "all that it asks for is met")
		    : judgement_say(
			  j, "%s: %.*s", one->name, SPAN_ARGS(one->why));
	}
}

/* Code is asked for under licences that OSI approved, not MOF's list. */
static void
need_osi(struct judgement *j, const enum mof_component *rows, size_t count,
    struct openness_line *line)
{
	for (size_t i = 0; i < count; i++) {
		const struct openness_line *one =
		    &j->openness->components[rows[i]];
		if (line->verdict != OPENNESS_MET || j->is_osi[rows[i]])
			continue;
		line->verdict = OPENNESS_NOT_MET;
		line->license = one->license;
		line->raise =
		    span_of_text("give it a licence that OSI approved");
		line->why = judgement_say(j, "%s: %.*s was not approved by OSI",
		    one->name, SPAN_ARGS(one->license));
	}
}

static void
judge_code(struct judgement *j)
{
	static const enum mof_component rows[] = {
		MOF_ARCHITECTURE,
		MOF_PREPROCESSING,
		MOF_TRAINING,
		MOF_EVALUATION,
		MOF_INFERENCE,
	};
	size_t count = sizeof(rows) / sizeof(rows[0]);

	need_all(j, rows, count, line_of(j, OSAID_CODE));
	need_osi(j, rows, count, line_of(j, OSAID_CODE));
}

/* In a data card, a report or a paper: the best of them. */
static void
judge_description(struct judgement *j)
{
	static const enum mof_component rows[] = {
		MOF_DATA_CARD,
		MOF_REPORT,
		MOF_PAPER,
	};
	struct openness_line *line = line_of(j, OSAID_DESCRIBED);
	const struct openness_line *best = &j->openness->components[rows[0]];

	for (size_t i = 1; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct openness_line *one =
		    &j->openness->components[rows[i]];
		if (one->verdict > best->verdict)
			best = one;
	}
	rest_on_all(line, best);
	line->verdict = best->verdict;
	line->level = best->level;
	line->license = best->license;
	line->raise = best->raise;
	line->why =
	    judgement_say(j, "%s: %.*s", best->name, SPAN_ARGS(best->why));
}

/* ---- the data itself ---- */

/* A node that data came from; a set's shards are within the set. */
static bool
is_data(const struct dossier *dossier, size_t at)
{
	for (size_t i = 0; i < dossier->edge_count; i++) {
		const struct dossier_edge *edge = &dossier->edges[i];
		if (edge->from == at && !edge->is_part &&
		    judgement_is_data_edge(dossier, edge))
			return true;
	}
	return false;
}

struct data_count {
	size_t all;
	size_t gaps;
	size_t first_gap;
	size_t silent; /* does not say how it can be had */
	size_t first_silent;
	size_t incomplete; /* edges */
};

static void
count_data(const struct dossier *dossier, struct data_count *ret)
{
	for (size_t i = 0; i < dossier->node_count; i++) {
		const struct dossier_node *node = &dossier->nodes[i];
		if (!node->is_upstream || node->is_released ||
		    !is_data(dossier, i))
			continue;
		ret->all++;
		if (node->is_gap && ret->gaps++ == 0)
			ret->first_gap = i;
		bool is_silent = !node->has_described ||
		    (dossier->records[node->described].record.kind ==
			    RECORD_DATASET &&
			dossier->records[node->described].record.availability ==
			    AVAILABILITY_UNSAID);
		if (is_silent && ret->silent++ == 0)
			ret->first_silent = i;
	}
	for (size_t i = 0; i < dossier->edge_count; i++)
		ret->incomplete +=
		    judgement_is_data_edge(dossier, &dossier->edges[i]) &&
		    !dossier->edges[i].is_complete;
}

static void
fail(struct openness_line *line, struct span why, const char *raise)
{
	line->verdict = OPENNESS_NOT_MET;
	line->why = why;
	line->raise = span_of_text(raise);
}

static void
judge_list(struct judgement *j, const struct data_count *count)
{
	struct openness_line *line = line_of(j, OSAID_LISTED);

	if (count->all == 0) {
		fail(line,
		    judgement_say(j, "no record says what it was trained on"),
		    "record the training run with its inputs");
	} else if (count->gaps > 0) {
		struct span name = judgement_name(j, count->first_gap);
		fail(line,
		    judgement_say(j,
			"%zu of %zu sets that went in have no record of who "
			"uses them or whom he cites, first %.*s",
			count->gaps, count->all, SPAN_ARGS(name)),
		    "record each set, or cite who did");
	} else if (count->incomplete > 0) {
		fail(line,
		    judgement_say(j,
			"%zu inputs are of lists that nobody signed as "
			"complete",
			count->incomplete),
		    "sign the lists as complete");
	} else if (j->dossier->is_cut) {
		fail(line, judgement_say(j, "more than can be looked at"),
		    "ask about its parts");
	} else {
		line->verdict = OPENNESS_MET;
		line->why = judgement_say(
		    j, "%zu sets, by signed, complete lists", count->all);
		line->level = EVIDENCE_COMMITTED;
	}
}

static void
judge_availability(struct judgement *j, const struct data_count *count)
{
	struct openness_line *line = line_of(j, OSAID_AVAILABILITY);

	if (count->all == 0) {
		fail(line,
		    judgement_say(j, "no record says what it was trained on"),
		    "record the training run with its inputs");
	} else if (count->silent > 0) {
		struct span name = judgement_name(j, count->first_silent);
		fail(line,
		    judgement_say(j,
			"%zu of %zu sets do not say how they can be had, "
			"first %.*s",
			count->silent, count->all, SPAN_ARGS(name)),
		    "record each with --availability");
	} else {
		line->verdict = OPENNESS_MET;
		line->why = judgement_say(
		    j, "each of %zu sets says how it can be had", count->all);
		line->level = EVIDENCE_COMMITTED;
	}
}

static void
rest_on_data(struct judgement *j)
{
	for (size_t i = 0; i < j->dossier->node_count; i++) {
		const struct dossier_node *node = &j->dossier->nodes[i];
		if (!node->is_upstream || !node->has_described ||
		    !is_data(j->dossier, i))
			continue;
		judgement_rest_on(line_of(j, OSAID_LISTED), node->described);
		judgement_rest_on(
		    line_of(j, OSAID_AVAILABILITY), node->described);
	}
}

void
judgement_osaid(struct judgement *j)
{
	static const struct {
		const char *key;
		const char *name;
	} names[] = {
#define X(line, text, title) [line] = { text, title },
		OSAID_TABLE(X)
#undef X
	};
	static const enum mof_component parameters[] = { MOF_PARAMETERS };
	struct data_count count = { .all = 0 };

	for (size_t i = 0; i < OSAID_LINES; i++) {
		j->openness->osaid[i].key = names[i].key;
		j->openness->osaid[i].name = names[i].name;
	}
	judge_description(j);
	count_data(j->dossier, &count);
	judge_list(j, &count);
	judge_availability(j, &count);
	rest_on_data(j);
	judge_code(j);
	need_all(j, parameters, 1, line_of(j, OSAID_PARAMETERS));
	j->openness->is_osaid = true;
	for (size_t i = 0; i < OSAID_LINES; i++)
		j->openness->is_osaid = j->openness->is_osaid &&
		    j->openness->osaid[i].verdict == OPENNESS_MET;
}
