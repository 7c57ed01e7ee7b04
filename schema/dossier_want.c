/*
 * What a dossier wants to know next.
 */
#include "schema/dossier_inner.h"

static void
add_lookup(
    struct dossier_build *build, struct lookups *list, const struct hash *key)
{
	for (size_t i = 0; i < list->count; i++) {
		if (hash_equal(&list->keys[i], key))
			return;
	}
	if (build->is_beside && list->count >= DOSSIER_STRANGE_LOOKUPS_MAX)
		return;
	if (list->count == DOSSIER_LOOKUPS_MAX) {
		build->dossier.is_cut = true;
		return;
	}
	list->keys[list->count++] = *key;
}

static void
add_texts(struct dossier_build *build, const struct license_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		add_lookup(build, &build->texts, &texts->all[i]);
}

static void
add_source(struct dossier_build *build, struct span source)
{
	struct hash key = sha256_of(source);
	size_t before = build->sources.count;

	if (source.len == 0)
		return;
	add_lookup(build, &build->sources, &key);
	if (build->sources.count > before)
		build->sources.sources[before] = source;
}

/* Where a licence's text is, and what it takes in. */
static void
add_terms(struct dossier_build *build, const struct record *record)
{
	const struct license_record *terms = &record->terms;

	add_source(build, terms->source);
	for (size_t i = 0; i < terms->document_count; i++) {
		add_source(build, terms->documents[i].source);
		if (terms->documents[i].has_sha256)
			add_lookup(
			    build, &build->texts, &terms->documents[i].sha256);
	}
}

/* What the records that are here rest on, of strangers or of whom counts. */
static void
find_texts_of(struct dossier_build *build, bool is_beside)
{
	build->is_beside = is_beside;
	for (size_t i = 0; i < build->record_count; i++) {
		const struct record *record = &build->records[i]->record;
		if (dossier_is_ours(build, build->records[i]) == is_beside)
			continue;
		add_texts(build, &record->license_texts);
		for (size_t j = 0; j < record->components.count; j++)
			add_texts(build, &record->components.all[j].texts);
		if (record->kind == RECORD_LICENSE)
			add_terms(build, record);
	}
}

/* What counts comes first. */
static void
find_texts(struct dossier_build *build)
{
	build->want.kind = DOSSIER_TEXTS; /* not what was had last */
	find_texts_of(build, false);
	find_texts_of(build, true);
}

/* A component by its record alone is that record's first subject. */
void
dossier_take_components(struct dossier_build *build, size_t record)
{
	const struct dossier_record *r = build->records[record];
	const struct digest_set *set = &r->record.statement.subjects[0].digest;

	for (size_t i = 0; i < build->component_count; i++) {
		struct dossier_component *one = &build->components[i];
		if (!one->component->has_record ||
		    !hash_equal(&one->component->record, &r->id))
			continue;
		one->is_missing = false;
		one->has_record = true;
		one->is_foreign = one->has_node &&
		    !dossier_is_about(
			&r->record, &build->nodes[one->node].digest);
		one->record = record;
		if (one->has_node || !set->has_node ||
		    !dossier_node(build, &set->node, &one->node))
			continue;
		one->has_node = true;
		build->nodes[one->node].is_component = true;
		dossier_cite(build, one->node, &r->id);
	}
}

static bool
want_cited(struct dossier_build *build)
{
	for (size_t i = 0; i < build->citation_count; i++) {
		struct citation *citation = &build->citations[i];
		size_t record;
		if (citation->is_asked)
			continue;
		citation->is_asked = true;
		if (dossier_find(build, &citation->id, &record)) {
			dossier_look_more(build, record);
			continue;
		}
		build->want = (struct dossier_want){
			.kind = DOSSIER_RECORD, .id = citation->id, .limit = 1
		};
		return true;
	}
	return false;
}

/* Components that are named by their record alone. */
static bool
want_component(struct dossier_build *build)
{
	for (size_t i = 0; i < build->component_count; i++) {
		struct dossier_component *one = &build->components[i];
		size_t record;
		if (!one->component->has_record || one->has_record ||
		    one->is_missing)
			continue;
		const struct hash *id = &one->component->record;
		if (dossier_find(build, id, &record)) {
			dossier_take_components(build, record);
			continue;
		}
		/* until it is found */
		one->is_missing = true;
		build->want = (struct dossier_want){
			.kind = DOSSIER_RECORD, .id = *id, .limit = 1
		};
		return true;
	}
	return false;
}

/* Upstream first, by distance; then what is only a component. */
static bool
want_node(struct dossier_build *build)
{
	size_t best = build->node_count;

	for (size_t i = 0; i < build->node_count; i++) {
		const struct dossier_node *node = &build->nodes[i];
		bool is_walked = node->is_released || node->is_upstream;
		if (build->states[i].is_looked ||
		    !(is_walked || node->is_component))
			continue;
		if (best == build->node_count ||
		    (is_walked &&
			(!build->nodes[best].is_upstream &&
			    !build->nodes[best].is_released)) ||
		    (is_walked && node->distance < build->nodes[best].distance))
			best = i;
	}
	if (best == build->node_count)
		return false;
	build->asked_node = best;
	build->want = (struct dossier_want){ .kind = DOSSIER_SUBJECT,
		.digest = build->nodes[best].digest,
		.principal = build->states[best].is_crowded ? build->dossier.as
							    : SPAN_EMPTY,
		.limit = DOSSIER_ABOUT_MAX };
	return true;
}

/* What is cited may have been here and opened new ways. */
static bool
want_walked(struct dossier_build *build)
{
	dossier_expand(build);
	return want_cited(build) || want_node(build);
}

static bool
want_terms(struct dossier_build *build)
{
	struct lookups *texts = &build->texts;
	struct lookups *sources = &build->sources;

	find_texts(build);
	build->asked_node = DOSSIER_NODES_MAX;
	if (texts->asked < texts->count) {
		build->want = (struct dossier_want){ .kind = DOSSIER_SUBJECT,
			.digest = digest_sha256(&texts->keys[texts->asked++]),
			.limit = DOSSIER_ABOUT_MAX };
		return true;
	}
	if (sources->asked < sources->count) {
		build->want = (struct dossier_want){ .kind = DOSSIER_TEXTS,
			.source = sources->sources[sources->asked++],
			.limit = DOSSIER_ABOUT_MAX };
		return true;
	}
	return false;
}

static void
want_start(struct dossier_build *build)
{
	const struct dossier_question *q = &build->dossier.question;

	if (build->is_by_digest)
		build->want = (struct dossier_want){ .kind = DOSSIER_SUBJECT,
			.digest = q->digest,
			.limit = DOSSIER_ABOUT_MAX };
	else
		build->want = (struct dossier_want){ .kind = DOSSIER_RELEASE,
			.name = q->name,
			.version = q->version,
			.limit = DOSSIER_RELEASES_MAX };
}

bool
dossier_next(struct dossier_build *build, struct dossier_want *ret)
{
	bool is_wanted = build->err == ERR_OK;

	build->found_count = 0;
	if (is_wanted && !build->is_started)
		want_start(build);
	else if (is_wanted)
		is_wanted = want_component(build) || want_cited(build) ||
		    want_walked(build) || want_terms(build);
	*ret = build->want;
	return is_wanted;
}
