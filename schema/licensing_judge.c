#include "schema/licensing_inner.h"

#include <assert.h>

static const char *const words[] = {
#define X(name, text) text,
	LICENSING_WORD_TABLE(X)
#undef X
};

static const struct {
	const char *name;
	bool is_bad;
} kinds[] = {
#define X(name, text, is_bad) { text, is_bad },
	LICENSING_FINDING_TABLE(X)
#undef X
};

const char *
licensing_word_name(enum licensing_word word)
{
	return words[word];
}

const char *
licensing_kind_name(enum licensing_kind kind)
{
	return kinds[kind].name;
}

bool
licensing_kind_is_bad(enum licensing_kind kind)
{
	return kinds[kind].is_bad;
}

/* ---- the claim ---- */

/* The release's own word, else that of the first thing that was released. */
static struct span
find_claim(const struct judging *j)
{
	const struct dossier_record *release = licensing_release(j->dossier);

	if (release != NULL && release->record.license.len > 0)
		return release->record.license;
	for (size_t i = 0; i < j->item_count; i++) {
		const struct licensing_item *item = &j->items[i];
		if (item->has_node && j->dossier->nodes[item->node].is_released)
			return item->license;
	}
	return SPAN_EMPTY;
}

static enum err
take_claim(const struct judging *j, struct span claim,
    struct licensing *licensing, struct why *w)
{
	struct spdx spdx;

	licensing->is_supposed = claim.len > 0;
	if (licensing->is_supposed) {
		enum err err = spdx_parse(claim, &spdx, w);
		if (err != ERR_OK) {
			why_prefix(w, "claim");
			return err;
		}
		licensing->claim = claim;
	} else {
		licensing->claim = find_claim(j);
	}
	licensing->is_expression =
	    spdx_facts_of(licensing->claim, &licensing->facts);
	return ERR_OK;
}

/* ---- the worst first ---- */

/* A bucket for each kind; within one, in the order of the items. */
static void
sort(struct judging *j, struct licensing *licensing)
{
	struct licensing_finding *sorted =
	    arena_take(j->arena, j->finding_count, sizeof(*sorted));
	size_t count = 0;

	if (sorted == NULL) {
		j->err = ERR_MEMORY;
		return;
	}
	for (unsigned kind = 0; kind < LICENSING_KINDS; kind++) {
		for (size_t i = 0; i < j->finding_count; i++) {
			if (j->findings[i].kind != kind)
				continue;
			sorted[count++] = j->findings[i];
			licensing->bad_count += kinds[kind].is_bad;
		}
	}
	assert(count == j->finding_count);
	licensing->findings = sorted;
	licensing->finding_count = count;
}

static void
fill(const struct judging *j, struct licensing *licensing)
{
	licensing->snapshots = j->snapshots;
	licensing->snapshot_records = j->snapshot_records;
	licensing->item_count = j->item_count;
	licensing->items = j->items;
	licensing->text_count = j->text_count;
	licensing->texts = j->texts;
	licensing->is_cut = j->is_cut || j->dossier->is_cut;
}

enum err
licensing_judge(const struct dossier *dossier, struct span claim,
    struct arena *arena, struct licensing *ret, struct why *w)
{
	struct judging j = { .dossier = dossier, .arena = arena };
	struct licensing licensing = { .dossier = dossier };
	enum err err;

	j.findings =
	    arena_take(arena, LICENSING_FINDINGS_MAX, sizeof(*j.findings));
	if (j.findings == NULL)
		return why(w, ERR_MEMORY, "licences: out of memory");
	licensing_take_snapshots(&j);
	if (j.err == ERR_OK)
		licensing_take_items(&j);
	if (j.err != ERR_OK)
		return why(w, j.err, "licences: out of memory");
	err = take_claim(&j, claim, &licensing, w);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; j.err == ERR_OK && i < j.item_count; i++)
		licensing_find(&j, i, licensing.claim,
		    licensing.is_expression ? &licensing.facts : NULL);
	if (j.err == ERR_OK)
		sort(&j, &licensing);
	if (j.err != ERR_OK)
		return why(w, j.err, "licences: out of memory");
	fill(&j, &licensing);
	*ret = licensing;
	return ERR_OK;
}
