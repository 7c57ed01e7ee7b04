/*
 * licensing_inner: what the files of licensing share while they judge.
 *
 * Threads: one.  Memory: the judgement's arena.
 */
#ifndef HEADWATER_SCHEMA_LICENSING_INNER_H
#define HEADWATER_SCHEMA_LICENSING_INNER_H

#include "schema/licensing.h"
#include "schema/snapshot.h"

struct judging {
	const struct dossier *dossier;
	struct arena *arena;
	struct snapshots snapshots;
	const size_t *snapshot_records;
	size_t item_count;
	struct licensing_item *items;
	size_t text_count;
	struct licensing_text *texts;
	size_t finding_count;
	struct licensing_finding *findings; /* as they come */
	bool is_cut;
	enum err err; /* sticky: ERR_MEMORY */
};

/* The newest release that stands, or NULL. */
static inline const struct dossier_record *
licensing_release(const struct dossier *dossier)
{
	return dossier->release_count == 0
	    ? NULL
	    : &dossier->records[dossier->releases[0]];
}

/* ---- licensing_snapshot ---- */

/* The license records that stand, as snapshots. */
void licensing_take_snapshots(struct judging *j);
/* The number of a text, looked into the first time; false when over a bound. */
bool licensing_text(struct judging *j, const struct hash *text, size_t *ret);

/* ---- licensing_item ---- */

/* All items, each with whose word its licence is. */
void licensing_take_items(struct judging *j);
/* Is the node the first subject of the record? */
bool licensing_is_about(
    const struct dossier_record *record, const struct digest *digest);
/* The principal whose records about a node count. */
struct span licensing_owner(
    const struct judging *j, const struct dossier_node *node);

/* ---- licensing_finding ---- */

/* What there is to say of an item, beside `licensing`'s claim. */
void licensing_find(struct judging *j, size_t at, struct span claim,
    const struct spdx_facts *facts);

/* Adds one; the sentence is the arena's. */
void licensing_say(struct judging *j, enum licensing_kind kind, size_t item,
    const size_t *record, const char *format, ...) PRINTF(5, 6);

/* ---- licensing_text ---- */

/* What there is to say of the texts that an item's licence rests on. */
void licensing_find_texts(struct judging *j, size_t at);

#endif
