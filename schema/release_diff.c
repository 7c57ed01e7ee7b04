#include "schema/release_diff.h"

#include <stdlib.h>

#include "schema/particular.h"

static const char *const names[] = {
#define X(name, text) text,
	RELEASE_FACT_TABLE(X)
#undef X
};

const char *
release_fact_name(enum release_fact_kind kind)
{
	return names[kind];
}

/* ---- one dossier's facts ---- */

struct facts {
	const struct dossier *dossier;
	struct arena *arena;
	struct release_fact *all;
	size_t count;
	bool is_cut;
	enum err err;
};

static void
put(struct facts *facts, const struct release_fact *fact)
{
	if (facts->count == RELEASE_FACTS_MAX) {
		facts->is_cut = true;
		return;
	}
	facts->all[facts->count++] = *fact;
}

static struct span
print_digest(struct facts *facts, const struct digest *digest)
{
	char text[DIGEST_TEXT_MAX];

	digest_print(digest, text);
	struct span span = arena_copy(facts->arena, span_of_text(text));
	if (span.data == NULL)
		facts->err = ERR_MEMORY;
	return span.data == NULL ? SPAN_EMPTY : span;
}

static void
put_digest(struct facts *facts, struct release_fact *fact)
{
	fact->has_digest = true;
	fact->value = print_digest(facts, &fact->digest);
	if (fact->subject.len == 0)
		fact->subject = fact->value;
	put(facts, fact);
}

static void
put_texts(struct facts *facts, const struct license_texts *texts,
    struct span subject, const struct release_fact *like)
{
	for (size_t i = 0; i < texts->count; i++) {
		struct release_fact fact = *like;
		fact.kind = RELEASE_LICENCE_TEXT;
		fact.subject = subject;
		fact.digest = digest_sha256(&texts->all[i]);
		/* several of one thing are no change of each other */
		fact.key = print_digest(facts, &fact.digest);
		put_digest(facts, &fact);
	}
}

static void
put_licence(struct facts *facts, struct span license,
    const struct license_texts *texts, const struct release_fact *like)
{
	struct release_fact fact = *like;

	fact.kind = RELEASE_LICENCE;
	fact.value = license;
	fact.has_digest = false;
	if (license.len > 0)
		put(facts, &fact);
	put_texts(facts, texts, like->subject, like);
}

static enum release_fact_kind
kind_of(const struct facts *facts, const struct dossier_node *node)
{
	if (node->is_released)
		return RELEASE_ARTIFACT;
	if (!node->has_described)
		return RELEASE_OTHER;
	enum record_kind kind =
	    facts->dossier->records[node->described].record.kind;
	if (kind == RECORD_DATASET)
		return RELEASE_DATA;
	return kind == RECORD_CODE ? RELEASE_CODE : RELEASE_MODEL;
}

static void
put_node(struct facts *facts, size_t at)
{
	const struct dossier_node *node = &facts->dossier->nodes[at];
	struct release_fact fact = { .kind = kind_of(facts, node),
		.subject = node->name,
		.digest = node->digest,
		.record = node->described,
		.has_record = node->has_described };

	if (!(node->is_released || node->is_upstream) ||
	    (!node->is_released && node->is_only_part))
		return;
	put_digest(facts, &fact);
	if (!node->has_described)
		return;
	const struct record *record =
	    &facts->dossier->records[node->described].record;
	fact.subject = node->name.len > 0 ? node->name : fact.value;
	put_licence(facts, record->license, &record->license_texts, &fact);
}

static void
put_component(struct facts *facts, const struct dossier_component *one)
{
	const struct component *c = one->component;
	struct release_fact fact = { .kind = RELEASE_COMPONENT,
		.subject = c->role,
		.record = one->release,
		.has_record = true };

	if (one->has_node)
		fact.digest = facts->dossier->nodes[one->node].digest;
	/* one role may have several: they are told apart by what they are called */
	fact.key = c->name;
	if (fact.key.len == 0 && one->has_node)
		fact.key = facts->dossier->nodes[one->node].name;
	if (one->has_node) {
		put_digest(facts, &fact);
	} else {
		fact.value = c->name;
		put(facts, &fact);
	}
	put_licence(facts, c->license, &c->texts, &fact);
}

/* ---- what runs and evaluations say ---- */

struct taking {
	struct facts *facts;
	struct release_fact like;
};

static bool
fact_kind_of(enum particular_kind kind, enum release_fact_kind *ret)
{
	switch (kind) {
	case PARTICULAR_PARAMETER:
		*ret = RELEASE_PARAMETER;
		return true;
	case PARTICULAR_SEED:
		*ret = RELEASE_SEED;
		return true;
	case PARTICULAR_METRIC:
		*ret = RELEASE_METRIC;
		return true;
	case PARTICULAR_STAGE:
	case PARTICULAR_ORDER:
	case PARTICULAR_COMMAND:
	case PARTICULAR_BUILDER:
		*ret = RELEASE_RUN;
		return true;
	case PARTICULAR_INVOCATION: /* each run has its own */
	case PARTICULAR_STARTED:
	case PARTICULAR_FINISHED:
	case PARTICULAR_KINDS:
		break;
	}
	return false;
}

static void
take(void *context, const struct particular *one)
{
	struct taking *taking = context;
	struct release_fact fact = taking->like;

	if (!fact_kind_of(one->kind, &fact.kind))
		return;
	fact.key = one->name.len > 0
	    ? one->name
	    : span_of_text(particular_kind_name(one->kind));
	fact.value = one->value;
	put(taking->facts, &fact);
}

/* Does a run, or an evaluation, of the publisher's bear on what was released? */
static bool
bears(const struct facts *facts, size_t record)
{
	const struct dossier *d = facts->dossier;
	const struct dossier_record *r = &d->records[record];

	if (r->is_withdrawn)
		return false;
	for (size_t i = 0; i < d->edge_count; i++) {
		if (d->edges[i].record == record && d->edges[i].is_walked)
			return true;
	}
	return r->record.kind == RECORD_EVALUATION &&
	    (d->as.len == 0 || span_equal(r->principal, d->as));
}

static void
put_record(struct facts *facts, size_t at)
{
	const struct record *record = &facts->dossier->records[at].record;
	struct taking taking = { .facts = facts,
		.like = { .subject = record->name,
		    .record = at,
		    .has_record = true } };

	if (bears(facts, at))
		particular_walk(record, take, &taking);
}

static void
put_release(struct facts *facts)
{
	const struct dossier_record *release = dossier_release(facts->dossier);

	if (release == NULL)
		return;
	struct release_fact fact = { .kind = RELEASE_CLAIM,
		.subject = release->record.name,
		.record = facts->dossier->releases[0],
		.has_record = true };
	for (size_t i = 0; i < release->record.claims.count; i++) {
		const struct claim *claim = &release->record.claims.all[i];
		fact.key = span_of_text(claim_what_name(claim->what));
		fact.value = claim->name;
		put(facts, &fact);
	}
	fact.key = SPAN_EMPTY;
	put_licence(facts, release->record.license,
	    &release->record.license_texts, &fact);
}

/* ---- two lists ---- */

/* The same thing, whatever its value is. */
static int
compare_things(const struct release_fact *a, const struct release_fact *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	int order = span_compare(a->subject, b->subject);
	return order != 0 ? order : span_compare(a->key, b->key);
}

static int
compare(const void *a, const void *b)
{
	const struct release_fact *x = a;
	const struct release_fact *y = b;
	int order = compare_things(x, y);

	return order != 0 ? order : span_compare(x->value, y->value);
}

static enum err
collect(const struct dossier *dossier, struct arena *arena, struct facts *ret)
{
	*ret = (struct facts){ .dossier = dossier, .arena = arena };
	ret->all = arena_take(arena, RELEASE_FACTS_MAX, sizeof(*ret->all));
	if (ret->all == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < dossier->node_count; i++)
		put_node(ret, i);
	for (size_t i = 0; i < dossier->component_count; i++)
		put_component(ret, &dossier->components[i]);
	for (size_t i = 0; i < dossier->record_count; i++)
		put_record(ret, i);
	put_release(ret);
	if (ret->count > 0)
		qsort(ret->all, ret->count, sizeof(*ret->all), compare);
	size_t kept = ret->count > 0;
	for (size_t i = 1; i < ret->count; i++) {
		if (compare(&ret->all[kept - 1], &ret->all[i]) != 0)
			ret->all[kept++] = ret->all[i];
	}
	ret->count = kept;
	return ret->err;
}

static size_t
count_alike(const struct facts *facts, size_t at)
{
	size_t count = 1;

	while (at + count < facts->count &&
	    compare_things(&facts->all[at], &facts->all[at + count]) == 0)
		count++;
	return count;
}

struct merge {
	const struct facts *before;
	const struct facts *after;
	size_t a;
	size_t b;
	struct release_difference *all;
	struct release_diff diff;
};

static void
tell(struct merge *m, const struct release_fact *before,
    const struct release_fact *after)
{
	enum release_change change = before == NULL ? RELEASE_ADDED
	    : after == NULL			    ? RELEASE_REMOVED
						    : RELEASE_CHANGED;

	m->all[m->diff.count++] =
	    (struct release_difference){ change, before, after };
	m->a += before != NULL;
	m->b += after != NULL;
}

/* One value before and one after are a change; of several each is by itself. */
static void
step(struct merge *m)
{
	const struct release_fact *a =
	    m->a < m->before->count ? &m->before->all[m->a] : NULL;
	const struct release_fact *b =
	    m->b < m->after->count ? &m->after->all[m->b] : NULL;
	int order = a == NULL ? 1 : b == NULL ? -1 : compare(a, b);

	if (order == 0) {
		m->diff.same++;
		m->a++;
		m->b++;
		return;
	}
	if (a != NULL && b != NULL && compare_things(a, b) == 0 &&
	    count_alike(m->before, m->a) == 1 &&
	    count_alike(m->after, m->b) == 1)
		tell(m, a, b);
	else
		tell(m, order < 0 ? a : NULL, order < 0 ? NULL : b);
}

enum err
release_diff(const struct dossier *before, const struct dossier *after,
    struct arena *arena, struct release_diff *ret)
{
	struct facts facts[2];
	struct merge m = { .before = &facts[0], .after = &facts[1] };
	enum err err = collect(before, arena, &facts[0]);

	if (err == ERR_OK)
		err = collect(after, arena, &facts[1]);
	if (err != ERR_OK)
		return err;
	m.all =
	    arena_take(arena, facts[0].count + facts[1].count, sizeof(*m.all));
	if (m.all == NULL)
		return ERR_MEMORY;
	while (m.a < facts[0].count || m.b < facts[1].count)
		step(&m);
	*ret = m.diff;
	ret->all = m.all;
	ret->is_cut = facts[0].is_cut || facts[1].is_cut || before->is_cut ||
	    after->is_cut;
	return ERR_OK;
}
