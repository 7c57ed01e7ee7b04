/*
 * The items of a judgement, and whose word their licence is.
 */
#include "schema/licensing_inner.h"

bool
licensing_is_about(
    const struct dossier_record *record, const struct digest *digest)
{
	const struct statement *statement = &record->record.statement;

	return statement->subject_count > 0 &&
	    statement->subjects[0].digest.has_node &&
	    digest_equal(&statement->subjects[0].digest.node, digest);
}

struct span
licensing_owner(const struct judging *j, const struct dossier_node *node)
{
	return node->has_described
	    ? j->dossier->records[node->described].principal
	    : j->dossier->as;
}

/* ---- words ---- */

static void
set_word(struct licensing_item *item, enum licensing_word word,
    struct span license, size_t record)
{
	item->word = word;
	item->license = license;
	item->record = record;
}

static void
set_texts(struct judging *j, struct licensing_item *item,
    const struct license_texts *texts)
{
	size_t *numbers = arena_take(j->arena, texts->count, sizeof(*numbers));

	if (numbers == NULL) {
		j->err = ERR_MEMORY;
		return;
	}
	item->texts = numbers;
	item->text_count = 0;
	for (size_t i = 0; i < texts->count; i++) {
		if (licensing_text(
			j, &texts->all[i], &numbers[item->text_count]))
			item->text_count++;
	}
}

/* The newest record about the node, of its owner or of anybody else, that names
 * a licence. */
static bool
find_record(const struct judging *j, const struct dossier_node *node,
    bool is_owner, size_t *ret)
{
	struct span owner = licensing_owner(j, node);
	bool is_found = false;

	for (size_t i = 0; i < node->record_count; i++) {
		const struct dossier_record *record =
		    &j->dossier->records[node->records[i]];
		if (record->is_withdrawn || record->record.license.len == 0 ||
		    record->record.kind == RECORD_LICENSE ||
		    !licensing_is_about(record, &node->digest) ||
		    (owner.len > 0 && span_equal(record->principal, owner)) !=
			is_owner)
			continue;
		if (!is_found ||
		    record->index > j->dossier->records[*ret].index)
			*ret = node->records[i];
		is_found = true;
	}
	return is_found;
}

static bool
take_release_word(struct judging *j, struct licensing_item *item)
{
	const struct dossier *dossier = j->dossier;
	const struct dossier_record *release = licensing_release(dossier);

	for (size_t i = 0; i < dossier->component_count; i++) {
		const struct dossier_component *c = &dossier->components[i];
		bool is_this = item->has_node
		    ? c->has_node && c->node == item->node
		    : item->has_component && i == item->component;
		if (!is_this || c->component->license.len == 0)
			continue;
		set_word(
		    item, LICENSING_RELEASE, c->component->license, c->release);
		set_texts(j, item, &c->component->texts);
		return true;
	}
	if (!item->has_node || !dossier->nodes[item->node].is_released ||
	    release == NULL || release->record.license.len == 0)
		return false;
	set_word(item, LICENSING_RELEASE, release->record.license,
	    (size_t)(release - dossier->records));
	set_texts(j, item, &release->record.license_texts);
	return true;
}

static bool
take_record_word(struct judging *j, struct licensing_item *item, bool is_owner)
{
	const struct dossier *dossier = j->dossier;
	const struct dossier_node *node = &dossier->nodes[item->node];
	size_t at;

	if (!find_record(j, node, is_owner, &at))
		return false;
	const struct dossier_record *record = &dossier->records[at];
	bool is_own = span_equal(record->principal, dossier->as);
	set_word(item,
	    !is_owner	 ? LICENSING_OTHERS
		: is_own ? LICENSING_OWN
			 : LICENSING_CITED,
	    record->record.license, at);
	set_texts(j, item, &record->record.license_texts);
	return true;
}

/* A part stands under the licence of its set. */
static bool
take_set_word(struct judging *j, struct licensing_item *item)
{
	for (size_t i = 0; i < j->dossier->edge_count; i++) {
		const struct dossier_edge *edge = &j->dossier->edges[i];
		const struct record *record =
		    &j->dossier->records[edge->record].record;
		if (edge->from != item->node || !edge->is_part ||
		    !edge->is_walked || record->license.len == 0)
			continue;
		set_word(item, LICENSING_SET, record->license, edge->record);
		set_texts(j, item, &record->license_texts);
		item->is_part = true;
		return true;
	}
	return false;
}

/* What a run says of its input's licence. */
static bool
take_user_word(struct judging *j, struct licensing_item *item)
{
	const struct digest *digest = &j->dossier->nodes[item->node].digest;

	for (size_t i = 0; i < j->dossier->edge_count; i++) {
		const struct dossier_edge *edge = &j->dossier->edges[i];
		const struct record *record =
		    &j->dossier->records[edge->record].record;
		if (edge->from != item->node || !edge->is_walked)
			continue;
		for (size_t at = 0; at < record->input_count; at++) {
			const struct resource *input = &record->inputs[at];
			if (input->license.len == 0 ||
			    !input->digest.has_node ||
			    !digest_equal(&input->digest.node, digest))
				continue;
			set_word(
			    item, LICENSING_USER, input->license, edge->record);
			return true;
		}
	}
	return false;
}

/* A claim of a licence is a hub's id, or an expression already. */
static struct span
claimed_license(const struct record *record)
{
	for (size_t i = 0; i < record->claims.count; i++) {
		const struct claim *claim = &record->claims.all[i];
		struct span license = spdx_of_hub(claim->name);
		if (claim->what == CLAIM_LICENSE)
			return license.len > 0 ? license : claim->name;
	}
	return SPAN_EMPTY;
}

/* What a card says, as its owner copied it: the newest. */
static bool
take_claimed_word(struct judging *j, struct licensing_item *item)
{
	const struct dossier_node *node = &j->dossier->nodes[item->node];

	for (size_t i = node->record_count; i > 0; i--) {
		size_t at = node->records[i - 1];
		const struct dossier_record *record = &j->dossier->records[at];
		struct span license = claimed_license(&record->record);
		if (record->is_withdrawn || license.len == 0 ||
		    !licensing_is_about(record, &node->digest) ||
		    !span_equal(record->principal, licensing_owner(j, node)))
			continue;
		set_word(item, LICENSING_CLAIMED, license, at);
		return true;
	}
	return false;
}

static void
take_word(struct judging *j, struct licensing_item *item)
{
	bool is_told = take_release_word(j, item);

	item->word = is_told ? LICENSING_RELEASE : LICENSING_NOBODY;
	if (!is_told && item->has_node && !take_record_word(j, item, true) &&
	    !take_set_word(j, item) && !take_user_word(j, item) &&
	    !take_claimed_word(j, item))
		(void)take_record_word(j, item, false);
	item->is_expression = spdx_facts_of(item->license, &item->facts);
}

/* ---- items ---- */

static struct licensing_item *
put(struct judging *j)
{
	return &j->items[j->item_count++];
}

/* Of the first walked edge out of the node. */
static struct span
find_role(const struct dossier *dossier, size_t node)
{
	for (size_t i = 0; i < dossier->edge_count; i++) {
		const struct dossier_edge *edge = &dossier->edges[i];
		if (edge->from == node && edge->is_walked)
			return edge->role;
	}
	return SPAN_EMPTY;
}

static void
put_node(struct judging *j, size_t at)
{
	const struct dossier_node *node = &j->dossier->nodes[at];
	struct licensing_item *item;

	if (!node->is_released && !node->is_component && !node->is_upstream)
		return;
	item = put(j);
	*item = (struct licensing_item){
		.has_node = true,
		.node = at,
		.name = node->name,
		.role = find_role(j->dossier, at),
		.is_upstream = node->is_upstream && !node->is_released,
	};
	for (size_t i = 0; i < j->dossier->component_count; i++) {
		const struct dossier_component *c = &j->dossier->components[i];
		if (!c->has_node || c->node != at)
			continue;
		item->has_component = true;
		item->component = i;
		break;
	}
}

/* A component without a digest stands for itself. */
static void
put_component(struct judging *j, size_t at)
{
	const struct dossier_component *c = &j->dossier->components[at];
	struct licensing_item *item;

	if (c->has_node)
		return;
	item = put(j);
	*item = (struct licensing_item){
		.has_component = true,
		.component = at,
		.name = c->component->name,
	};
}

void
licensing_take_items(struct judging *j)
{
	const struct dossier *dossier = j->dossier;

	j->items = arena_take(j->arena,
	    dossier->node_count + dossier->component_count, sizeof(*j->items));
	if (j->items == NULL) {
		j->err = ERR_MEMORY;
		return;
	}
	for (size_t i = 0; i < dossier->node_count; i++)
		put_node(j, i);
	for (size_t i = 0; i < dossier->component_count; i++)
		put_component(j, i);
	for (size_t i = 0; i < j->item_count; i++)
		take_word(j, &j->items[i]);
}
