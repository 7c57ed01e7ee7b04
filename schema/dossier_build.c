#include "schema/dossier_inner.h"

#include "schema/text.h"

struct dossier_build *
dossier_begin(const struct dossier_question *question, struct arena *arena)
{
	struct dossier_build *build = arena_take(arena, 1, sizeof(*build));

	if (build == NULL)
		return NULL;
	build->arena = arena;
	build->nodes =
	    arena_take(arena, DOSSIER_NODES_MAX, sizeof(*build->nodes));
	build->states =
	    arena_take(arena, DOSSIER_NODES_MAX, sizeof(*build->states));
	build->edges =
	    arena_take(arena, DOSSIER_EDGES_MAX, sizeof(*build->edges));
	build->citations =
	    arena_take(arena, DOSSIER_CITATIONS_MAX, sizeof(*build->citations));
	build->components =
	    arena_take(arena, COMPONENTS_MAX, sizeof(*build->components));
	if (build->nodes == NULL || build->states == NULL ||
	    build->edges == NULL || build->citations == NULL ||
	    build->components == NULL)
		return NULL;
	build->dossier.question = *question;
	build->is_by_digest = question->name.len == 0;
	build->dossier.as = build->is_by_digest
	    ? question->as
	    : text_name_principal(question->name);
	return build;
}

bool
dossier_find(
    const struct dossier_build *build, const struct hash *id, size_t *ret)
{
	for (size_t i = 0; i < build->record_count; i++) {
		if (hash_equal(&build->records[i]->id, id)) {
			*ret = i;
			return true;
		}
	}
	return false;
}

bool
dossier_give_again(struct dossier_build *build, const struct hash *id)
{
	size_t at;

	if (!dossier_find(build, id, &at))
		return false;
	if (build->found_count < DOSSIER_RECORDS_MAX)
		build->found[build->found_count++] = at;
	return true;
}

enum err
dossier_give(struct dossier_build *build, const struct dossier_record *record,
    struct why *w)
{
	struct dossier_record *copy;

	if (build->found_count == DOSSIER_RECORDS_MAX ||
	    dossier_give_again(build, &record->id))
		return ERR_OK;
	bool is_ours = dossier_is_ours(build, record);
	if (!is_ours &&
	    record->payload.len >
		DOSSIER_STRANGE_BYTES_MAX - build->strange_bytes) {
		build->is_left_out = true;
		return ERR_OK;
	}
	if (build->record_count == DOSSIER_RECORDS_MAX ||
	    record->payload.len > DOSSIER_BYTES_MAX - build->bytes) {
		build->dossier.is_cut = true;
		return ERR_OK;
	}
	copy = arena_take(build->arena, 1, sizeof(*copy));
	if (copy == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	*copy = *record;
	enum err err =
	    record_parse(record->payload, build->arena, &copy->record, w);
	if (err != ERR_OK)
		return err;
	build->bytes += record->payload.len;
	build->strange_bytes += is_ours ? 0 : record->payload.len;
	build->records[build->record_count] = copy;
	build->found[build->found_count++] = build->record_count++;
	return ERR_OK;
}

static void
take_record(struct dossier_build *build)
{
	if (build->found_count == 0)
		return;
	dossier_take_components(build, build->found[0]);
	dossier_look_more(build, build->found[0]);
}

/* Whoever floods the log with records about it does not crowd out those of its
 * publisher. */
static void
take_node(struct dossier_build *build, bool is_cut)
{
	struct node_state *state = &build->states[build->asked_node];
	bool is_first = build->want.principal.len == 0;

	if (is_cut || build->is_left_out)
		build->nodes[build->asked_node].is_cut = true;
	state->is_crowded = is_cut && is_first && build->dossier.as.len > 0;
	if (is_cut && !state->is_crowded)
		build->dossier.is_cut = true;
	dossier_look(build, build->asked_node);
}

void
dossier_answered(struct dossier_build *build, uint64_t tree_size, bool is_cut)
{
	bool is_of_node = build->is_started &&
	    build->want.kind == DOSSIER_SUBJECT &&
	    build->asked_node < build->node_count;

	if (build->dossier.tree_size < tree_size)
		build->dossier.tree_size = tree_size;
	if (build->want.kind != DOSSIER_RECORD && !is_of_node)
		build->dossier.is_cut |= is_cut;
	if (!build->is_started && build->want.kind == DOSSIER_RELEASE)
		dossier_start(build);
	else if (!build->is_started)
		dossier_take_first(build);
	else if (build->want.kind == DOSSIER_RECORD)
		take_record(build);
	else if (is_of_node)
		take_node(build, is_cut);
	build->is_left_out = false;
	dossier_expand(build);
}

enum err
dossier_end(
    struct dossier_build *build, const struct dossier **ret, struct why *w)
{
	const struct dossier_question *q = &build->dossier.question;
	char text[DIGEST_TEXT_MAX];

	if (build->err != ERR_OK)
		return why(w, build->err, "out of memory");
	if (q->name.len > 0 && build->release_count == 0)
		return why(w, ERR_NOT_FOUND,
		    "release: no record of %.*s version %.*s stands in this "
		    "log",
		    SPAN_ARGS(q->name), SPAN_ARGS(q->version));
	if (build->record_count == 0) {
		digest_print(&q->digest, text);
		return why(w, ERR_NOT_FOUND,
		    "%s: no record says anything of it in the first %llu "
		    "records",
		    text, (unsigned long long)build->dossier.tree_size);
	}
	enum err err = dossier_order(build);
	if (err != ERR_OK)
		return why(w, err, "out of memory");
	*ret = &build->dossier;
	return ERR_OK;
}

void
dossier_done(struct dossier_build *build)
{
	for (size_t i = 0; build != NULL && i < build->record_count; i++)
		record_done(&build->records[i]->record);
	if (build != NULL)
		build->record_count = 0;
}

const struct dossier_record *
dossier_release(const struct dossier *dossier)
{
	return dossier->release_count == 0
	    ? NULL
	    : &dossier->records[dossier->releases[0]];
}
