/*
 * License records as snapshots, and the texts that licences rest on.
 */
#include "schema/licensing_inner.h"

static void
put_snapshot(
    struct judging *j, struct snapshot *snapshots, size_t *records, size_t at)
{
	const struct dossier_record *record = &j->dossier->records[at];

	if (record->record.kind != RECORD_LICENSE || record->is_withdrawn)
		return;
	if (j->snapshots.count == DRIFT_SNAPSHOTS_MAX) {
		j->is_cut = true;
		return;
	}
	if (!snapshot_of(
		&record->record, j->arena, &snapshots[j->snapshots.count])) {
		j->err = ERR_MEMORY;
		return;
	}
	snapshots[j->snapshots.count].id = record->id;
	snapshots[j->snapshots.count].index = record->index;
	snapshots[j->snapshots.count].principal = record->principal;
	records[j->snapshots.count++] = at;
}

void
licensing_take_snapshots(struct judging *j)
{
	size_t *records =
	    arena_take(j->arena, DRIFT_SNAPSHOTS_MAX, sizeof(*records));
	struct snapshot *snapshots =
	    arena_take(j->arena, DRIFT_SNAPSHOTS_MAX, sizeof(*snapshots));

	j->snapshots.scratch = drift_scratch(j->arena);
	j->texts = arena_take(j->arena, LICENSING_TEXTS_MAX, sizeof(*j->texts));
	if (records == NULL || snapshots == NULL ||
	    j->snapshots.scratch == NULL || j->texts == NULL) {
		j->err = ERR_MEMORY;
		return;
	}
	j->snapshots.all = snapshots;
	j->snapshot_records = records;
	/* the newest count where there are too many */
	for (size_t i = j->dossier->record_count; i > 0; i--)
		put_snapshot(j, snapshots, records, i - 1);
}

bool
licensing_text(struct judging *j, const struct hash *text, size_t *ret)
{
	struct drift_question question = { .text = *text };
	struct licensing_text *put;

	for (size_t i = 0; i < j->text_count; i++) {
		if (hash_equal(&j->texts[i].hash, text)) {
			*ret = i;
			return true;
		}
	}
	if (j->err != ERR_OK)
		return false;
	if (j->text_count == LICENSING_TEXTS_MAX) {
		j->is_cut = true;
		return false;
	}
	put = &j->texts[j->text_count];
	put->hash = *text;
	j->err = drift_judge(&j->snapshots, &question, j->arena, &put->drift);
	j->is_cut |= put->drift.is_cut;
	*ret = j->text_count++;
	return true;
}
