/*
 * What was released: where a dossier begins.
 */
#include "schema/dossier_inner.h"

static bool
is_released_by(const struct dossier_build *build, size_t at)
{
	const struct dossier_record *r = build->records[at];
	const struct dossier_question *q = &build->dossier.question;

	return r->record.kind == RECORD_RELEASE && !r->is_withdrawn &&
	    (build->is_by_digest || span_equal(r->record.name, q->name)) &&
	    ((build->is_by_digest && q->version.len == 0) ||
		span_equal(r->record.version, q->version)) &&
	    (build->dossier.as.len == 0 ||
		span_equal(r->principal, build->dossier.as));
}

/* Newest first. */
static void
add_release(struct dossier_build *build, size_t record)
{
	uint64_t index = build->records[record]->index;
	size_t at = build->release_count;

	if (build->release_count == DOSSIER_RELEASES_MAX) {
		build->dossier.is_cut = true;
		return;
	}
	while (
	    at > 0 && build->records[build->releases[at - 1]]->index < index) {
		build->releases[at] = build->releases[at - 1];
		at--;
	}
	build->releases[at] = record;
	build->release_count++;
}

static void
start_node(struct dossier_build *build, const struct resource *subject)
{
	size_t node;

	if (!subject->digest.has_node ||
	    !dossier_node(build, &subject->digest.node, &node))
		return;
	build->nodes[node].is_released = true;
	if (build->nodes[node].name.len == 0)
		build->nodes[node].name = subject->name;
	if (subject->digest.has_citation)
		dossier_cite(build, node, &subject->digest.citation);
}

static void
start_component(struct dossier_build *build, const struct component *component)
{
	struct dossier_component *one =
	    &build->components[build->component_count++];

	*one = (struct dossier_component){ .release = build->releases[0],
		.component = component };
	if (!component->has_digest || !component->digest.has_node ||
	    !dossier_node(build, &component->digest.node, &one->node))
		return;
	one->has_node = true;
	build->nodes[one->node].is_component = true;
	if (build->nodes[one->node].name.len == 0)
		build->nodes[one->node].name = component->name;
	if (component->has_record)
		dossier_cite(build, one->node, &component->record);
}

static void
start_release(struct dossier_build *build, size_t at)
{
	const struct record *record =
	    &build->records[build->releases[at]]->record;

	for (size_t i = 0; i < record->statement.subject_count; i++)
		start_node(build, &record->statement.subjects[i]);
	if (at > 0)
		return;
	for (size_t i = 0; i < record->components.count; i++)
		start_component(build, &record->components.all[i]);
}

/* All records of the release that stand. */
void
dossier_start(struct dossier_build *build)
{
	build->is_started = true;
	build->release_count = 0;
	for (size_t i = 0; i < build->found_count; i++) {
		if (is_released_by(build, build->found[i]))
			add_release(build, build->found[i]);
	}
	for (size_t i = 0; i < build->release_count; i++)
		start_release(build, i);
}

/* The node that the asked digest is, or is another name of. */
static void
start_digest(struct dossier_build *build)
{
	const struct digest *asked = &build->dossier.question.digest;
	struct digest digest = *asked;
	size_t node;

	for (size_t i = 0; i < build->found_count; i++) {
		const struct statement *s =
		    &build->records[build->found[i]]->record.statement;
		for (size_t j = 0; j < s->subject_count; j++) {
			const struct digest_set *set = &s->subjects[j].digest;
			const struct digest *same =
			    digest_set_find(set, asked->algorithm);
			if (set->has_node && same != NULL &&
			    digest_equal(same, asked) &&
			    digest_equal(&digest, asked))
				digest = set->node;
		}
	}
	build->is_started = true;
	if (dossier_node(build, &digest, &node))
		build->nodes[node].is_released = true;
}

/* A digest stands for the newest release of it; where there is none, for
 * itself. */
void
dossier_take_first(struct dossier_build *build)
{
	struct dossier_question *q = &build->dossier.question;

	build->release_count = 0;
	for (size_t i = 0; i < build->found_count; i++) {
		if (is_released_by(build, build->found[i]))
			add_release(build, build->found[i]);
	}
	if (build->release_count == 0) {
		start_digest(build);
		return;
	}
	const struct dossier_record *newest =
	    build->records[build->releases[0]];
	q->name = newest->record.name;
	q->version = newest->record.version;
	build->dossier.as = newest->principal;
	build->is_by_digest = false;
}
