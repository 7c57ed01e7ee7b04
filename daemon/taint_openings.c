#include "daemon/gist_seek.h"
#include "daemon/limits.h"
#include "daemon/taint_inner.h"
#include "schema/envelope.h"
#include "schema/manifest.h"
#include "schema/record.h"

/* `<salt> <digest>  <path>` */
#define PATH_AT (2 * MANIFEST_SALT_LEN + 1 + HASH_TEXT_LEN + 2)

/* Salted sets have no manifest here: what disclosures open of them is all that is
 * known.  Each is a record that is parsed, so they are few. */

static bool
is_salted(const struct view_record *record, const struct digest *root)
{
	enum record_kind kind = record->gist.kind;

	return (kind == RECORD_DATASET || kind == RECORD_MODEL) &&
	    record->gist.disclosure == DISCLOSURE_SALTED &&
	    !record->is_withheld && gist_has_subject(&record->gist, root);
}

/* The first record that stands and signs this root of the set. */
static bool
find_set(struct view *view, const struct digest *set, const struct digest *root,
    uint64_t *ret)
{
	uint8_t value[VIEW_VALUE_MAX];
	struct index_walk walk = view_walk(
	    view, INDEX_SUBJECT, view_value(SPAN_EMPTY, set, value), 0);
	struct view_record record;
	struct hash withdrawal;
	size_t looked = 0;
	bool is_found = false;

	while (!is_found && looked++ < DISCLOSURES_LOOK_MAX &&
	    index_walk_next(&walk, ret) && view_get(view, *ret, &record))
		is_found = is_salted(&record, root) &&
		    !view_withdrawn(view, &record, &withdrawal);
	index_walk_close(&walk);
	return is_found;
}

static void
take_opening(struct tainting *tainting, const struct opening *opening,
    const struct tainting_opening *of)
{
	struct tainting_opening one = *of;

	if (tainting->openings == NULL)
		tainting->openings = arena_take(tainting->arena,
		    OPENINGS_ALL_MAX, sizeof(*tainting->openings));
	if (tainting->openings == NULL) {
		tainting->err = ERR_MEMORY;
		return;
	}

	if (tainting->opening_count == OPENINGS_ALL_MAX) {
		tainting->taint->is_truncated = true;
		return;
	}
	one.digest = opening->parts.file.digest;
	one.index = opening->index;
	one.line = arena_copy(tainting->arena, opening->line);
	if (one.line.data == NULL)
		tainting->err = ERR_MEMORY;
	else
		tainting->openings[tainting->opening_count++] = one;
}

static void
take_openings(struct tainting *tainting, const struct view_record *disclosure,
    const struct tainting_opening *of)
{
	struct arena *arena = arena_new(ADMIT_ARENA_MAX);
	struct envelope envelope;
	struct record record;
	enum err err = arena == NULL
	    ? ERR_MEMORY
	    : envelope_parse_entry(disclosure->entry, arena, &envelope, NULL);

	if (err == ERR_OK)
		err = record_parse(envelope.payload, arena, &record, NULL);
	if (err != ERR_OK) {
		tainting->taint->unread++;
		arena_free(arena);
		return;
	}
	for (size_t i = 0; i < record.openings.count && tainting->err == ERR_OK;
	     i++)
		take_opening(tainting, &record.openings.all[i], of);
	record_done(&record);
	arena_free(arena);
}

static void
take_disclosure(struct tainting *tainting, uint64_t position)
{
	struct tainting_opening of = { .disclosure = position };
	struct view_record record;
	struct digest root;
	struct hash withdrawal;

	if (view_get(tainting->view, position, &record) &&
	    !record.is_withheld &&
	    !view_withdrawn(tainting->view, &record, &withdrawal) &&
	    gist_first_digest(&record.gist, DIGEST_SHA256, &of.set) &&
	    gist_first_digest(&record.gist, DIGEST_MERKLE_TREE_HASH, &root) &&
	    find_set(tainting->view, &of.set, &root, &of.position))
		take_openings(tainting, &record, &of);
}

void
tainting_collect_openings(struct tainting *tainting)
{
	uint8_t kind = RECORD_DISCLOSURE;
	struct index_walk walk;
	uint64_t position;
	size_t looked = 0;

	walk = view_walk(tainting->view, INDEX_KIND, span_of(&kind, 1), 0);
	while (tainting->err == ERR_OK && index_walk_next(&walk, &position)) {
		if (looked++ == DISCLOSURES_ALL_MAX) {
			tainting->taint->is_truncated = true;
			break;
		}
		take_disclosure(tainting, position);
	}
	index_walk_close(&walk);
}

static void
join(struct tainting *tainting, const struct tainting_opening *opening,
    size_t node)
{
	struct lineage *lineage = tainting->lineage;
	struct taint *taint = tainting->taint;
	struct view_record record;
	struct lineage_joint joint = {
		.from = node,
		.to = &opening->set,
		.record = &record,
		.path = span_part(opening->line, PATH_AT, opening->line.len),
		.is_opened = true,
	};
	size_t edges = lineage->edge_count;

	if (!view_get(tainting->view, opening->position, &record))
		return;
	lineage_join(lineage, &joint);
	if (node != 0 || lineage->edge_count == edges)
		return;
	taint->sets[taint->set_count++] = (struct taint_set){
		.edge = &lineage->edges[edges],
		.index = opening->index,
		.line = opening->line,
		.disclosure = opening->disclosure,
	};
}

void
tainting_search_openings(struct tainting *tainting, size_t node)
{
	const struct digest *digest = &tainting->lineage->nodes[node].digest;

	for (size_t i = 0; i < tainting->opening_count; i++) {
		const struct tainting_opening *one = &tainting->openings[i];
		struct digest opened = digest_sha256(&one->digest);

		if (digest_equal(&opened, digest))
			join(tainting, one, node);
	}
}
