#include <limits.h>

#include "daemon/blob.h"
#include "daemon/manifest_file.h"
#include "daemon/manifest_filter.h"
#include "daemon/warning.h"

/* A file that a warning is about. */
struct warned {
	struct hash digest;
	struct hash id;
};

struct looking {
	const struct lineage *lineage;
	const struct blobs *blobs;
	struct arena *arena;
	struct warning_nodes *ret;
	size_t count;
	struct warned
	    *warned; /* WARNINGS_DIGESTS_MAX and one; NULL: none yet */
	size_t probes;
	enum err err;
};

static void
add_id(struct looking *looking, size_t node, const struct hash *id)
{
	struct warning_ids *ids = looking->ret->nodes[node];

	if (ids == NULL)
		ids = arena_take(looking->arena, 1, sizeof(*ids));
	if (ids == NULL) {
		looking->err = ERR_MEMORY;
		return;
	}
	looking->ret->nodes[node] = ids;
	for (size_t i = 0; i < ids->count; i++)
		if (hash_equal(&ids->ids[i], id))
			return;
	if (ids->count == WARNINGS_NODE_MAX)
		looking->ret->is_cut = true;
	else
		ids->ids[ids->count++] = *id;
}

/* ---- what is warned of ---- */

static void
take_warned(struct looking *looking, const struct view_record *record)
{
	struct reader r = reader_of(record->gist.subjects);
	struct gist_artifact subject;

	if (looking->warned == NULL) /* most logs need none */
		looking->warned = arena_take(looking->arena,
		    WARNINGS_DIGESTS_MAX + 1, sizeof(*looking->warned));
	if (looking->warned == NULL) {
		looking->err = ERR_MEMORY;
		return;
	}
	while (gist_subject_next(&r, &subject)) {
		struct warned *warned = &looking->warned[looking->count];

		if (!subject.has_node || subject.is_again ||
		    subject.node.algorithm != DIGEST_SHA256)
			continue;
		if (looking->count == WARNINGS_DIGESTS_MAX) {
			looking->ret->is_cut = true;
			return;
		}
		for (size_t i = 0; i < HASH_LEN; i++)
			warned->digest.bytes[i] = subject.node.bytes[i];
		warned->id = record->id;
		looking->count++;
	}
}

/* Every warning there is; false where there is none. */
static bool
collect(struct looking *looking)
{
	struct view *view = looking->lineage->view;
	uint8_t kind = RECORD_ADVISORY;
	struct index_walk walk =
	    view_walk(view, INDEX_KIND, span_of(&kind, 1), 0);
	struct view_record record;
	uint64_t position;
	size_t looked = 0;

	while (index_walk_next(&walk, &position)) {
		if (looked++ == WARNINGS_LOOK_MAX) {
			looking->ret->is_cut = true;
			break;
		}
		if (!view_get(view, position, &record))
			break;
		if (warning_stands(view, &record))
			take_warned(looking, &record);
	}
	index_walk_close(&walk);
	return looked > 0;
}

/* ---- nodes ---- */

static void
look_node(struct looking *looking, size_t node)
{
	struct view *view = looking->lineage->view;
	struct warning_list list;
	struct view_record record;

	warning_find(view, &looking->lineage->nodes[node].digest, &list);
	looking->ret->is_cut = looking->ret->is_cut || list.is_cut;
	for (size_t i = 0; i < list.count; i++)
		if (view_get(view, list.positions[i], &record))
			add_id(looking, node, &record.id);
}

/* What a damaged manifest holds is not known. */
static void
note_failure(
    const struct looking *looking, const struct hash *manifest, enum err err)
{
	if (err == ERR_OK)
		return;
	looking->ret->is_cut = true;
	if (err == ERR_CORRUPT) /* it is mended meanwhile, if it can be */
		(void)blob_damaged(looking->blobs, manifest, NULL);
}

/* The filter says perhaps, the manifest says. */
static bool
is_in(const struct looking *looking, const struct hash *manifest,
    const struct hash *digest)
{
	char path[PATH_MAX];
	struct manifest_file *file;
	uint64_t index;
	bool is_there = false;
	enum err err;

	blob_path(looking->blobs, manifest, BLOB_WHOLE, path);
	err = manifest_file_open(path, &file, NULL);
	if (err == ERR_OK) {
		err = manifest_file_find(file, digest, &index, &is_there, NULL);
		manifest_file_close(file);
	}
	note_failure(looking, manifest, err);
	return err == ERR_OK && is_there;
}

static void
probe(struct looking *looking, size_t node, const struct hash *manifest,
    const struct manifest_filter *filter)
{
	for (size_t i = 0; i < looking->count; i++) {
		const struct warned *warned = &looking->warned[i];
		bool may_have = false;

		if (looking->probes++ == MANIFEST_PROBES_MAX) {
			looking->ret->is_cut = true;
			return;
		}
		note_failure(looking, manifest,
		    manifest_filter_look(filter, &warned->digest, &may_have));
		if (may_have && is_in(looking, manifest, &warned->digest))
			add_id(looking, node, &warned->id);
	}
}

static void
look_manifest(struct looking *looking, size_t node)
{
	const struct digest *digest = &looking->lineage->nodes[node].digest;
	char path[PATH_MAX];
	struct manifest_filter filter;
	struct hash manifest;
	enum err err;

	if (digest->algorithm != DIGEST_SHA256 || looking->blobs == NULL ||
	    looking->probes >= MANIFEST_PROBES_MAX)
		return;
	for (size_t i = 0; i < HASH_LEN; i++)
		manifest.bytes[i] = digest->bytes[i];
	blob_path(looking->blobs, &manifest, BLOB_TREE, path);
	err = manifest_filter_open(path, &filter);
	if (err == ERR_MISSING)
		return;
	if (err != ERR_OK) {
		note_failure(looking, &manifest, err);
		return;
	}
	probe(looking, node, &manifest, &filter);
	manifest_filter_close(&filter);
}

enum err
warning_look(const struct lineage *lineage, const struct blobs *blobs,
    struct arena *arena, struct warning_nodes *ret)
{
	struct warning_nodes nodes = { .is_cut = false };
	struct looking looking = {
		.lineage = lineage,
		.blobs = blobs,
		.arena = arena,
		.ret = &nodes,
	};

	nodes.nodes = arena_take(arena, lineage->node_count, sizeof(void *));
	if (nodes.nodes == NULL)
		return ERR_MEMORY;
	if (collect(&looking))
		for (size_t i = 0; i < lineage->node_count; i++) {
			look_node(&looking, i);
			look_manifest(&looking, i);
		}
	*ret = nodes;
	return looking.err;
}
