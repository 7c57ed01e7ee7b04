#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/blob.h"
#include "daemon/gist_seek.h"
#include "daemon/manifest_file.h"
#include "daemon/manifest_filter.h"
#include "daemon/taint_inner.h"

/* To open a filter costs as much as to read so many blocks. */
#define OPENING_PROBES 8

/* ---- which manifests ---- */

static bool
find_manifest(const struct gist *gist, struct tainting_manifest *ret)
{
	struct reader r = reader_of(gist->attachments);
	struct gist_attachment attachment;

	while (gist_attachment_next(&r, &attachment)) {
		if (!attachment.is_manifest || attachment.is_salted)
			continue;
		ret->digest = attachment.sha256;
		return gist_first_root(gist, &ret->root);
	}
	return false;
}

static void
take_manifest(struct tainting *tainting, uint64_t position)
{
	struct tainting_manifest *manifest =
	    &tainting->manifests[tainting->manifest_count];
	struct view_record record;
	struct hash withdrawal;

	if (!view_get(tainting->view, position, &record) ||
	    record.is_withheld || !find_manifest(&record.gist, manifest) ||
	    view_withdrawn(tainting->view, &record, &withdrawal))
		return;
	manifest->position = position;
	tainting->manifest_count++;
}

static int
compare_digests(const void *a, const void *b)
{
	const struct tainting_manifest *left = a;
	const struct tainting_manifest *right = b;
	int order = hash_compare(&left->digest, &right->digest);

	if (order == 0)
		order = hash_compare(&left->root, &right->root);
	if (order != 0 || left->position == right->position)
		return order;
	return left->position < right->position ? -1 : 1;
}

static int
compare_positions(const void *a, const void *b)
{
	const struct tainting_manifest *left = a;
	const struct tainting_manifest *right = b;

	if (left->position == right->position)
		return 0;
	return left->position < right->position ? -1 : 1;
}

static bool
is_same(const struct tainting_manifest *a, const struct tainting_manifest *b)
{
	return hash_equal(&a->digest, &b->digest) &&
	    hash_equal(&a->root, &b->root);
}

/* Each once, by the first record that signs this root of it. */
static void
drop_repeated(struct tainting *tainting)
{
	struct tainting_manifest *manifests = tainting->manifests;
	size_t kept = 0;

	qsort(manifests, tainting->manifest_count, sizeof(manifests[0]),
	    compare_digests);
	for (size_t i = 0; i < tainting->manifest_count; i++)
		if (kept == 0 || !is_same(&manifests[kept - 1], &manifests[i]))
			manifests[kept++] = manifests[i];
	tainting->manifest_count = kept;
	qsort(manifests, kept, sizeof(manifests[0]), compare_positions);
}

void
tainting_collect(struct tainting *tainting)
{
	struct taint *taint = tainting->taint;
	const uint8_t all = 0;
	struct index_walk walk;
	uint64_t position;
	size_t looked = 0;

	tainting->manifests = arena_take(
	    tainting->arena, MANIFESTS_LOOK_MAX, sizeof(*tainting->manifests));
	if (tainting->manifests == NULL) {
		tainting->err = ERR_MEMORY;
		return;
	}
	walk = view_walk(tainting->view, INDEX_MANIFEST, span_of(&all, 1),
	    tainting->question->from);
	while (index_walk_next(&walk, &position)) {
		if (looked++ == MANIFESTS_LOOK_MAX) {
			taint->has_next = true;
			break;
		}
		taint->next = position;
		take_manifest(tainting, position);
	}
	index_walk_close(&walk);
	drop_repeated(tainting);
}

/* ---- asking one ---- */

static void
add_set(
    struct tainting *tainting, size_t edge, uint64_t index, struct span line)
{
	struct taint *taint = tainting->taint;

	taint->sets[taint->set_count++] = (struct taint_set){
		.edge = &tainting->lineage->edges[edge],
		.index = index,
		.line = line,
	};
}

/* The filter said perhaps. */
static enum err
look_up(struct tainting *tainting, struct manifest_file *file,
    const struct tainting_manifest *manifest, size_t node,
    const struct hash *digest)
{
	struct lineage *lineage = tainting->lineage;
	struct digest set = digest_sha256(&manifest->digest);
	size_t edges = lineage->edge_count;
	struct view_record record;
	struct lineage_joint joint = {
		.from = node, .to = &set, .record = &record
	};
	struct span line;
	uint64_t index;
	bool is_there;
	enum err err =
	    manifest_file_find(file, digest, &index, &is_there, NULL);

	if (err != ERR_OK || !is_there)
		return err;
	err = manifest_file_line(file, index, &line, NULL);
	if (err != ERR_OK)
		return err;
	line = arena_copy(tainting->arena, line);
	if (line.data == NULL)
		return ERR_MEMORY;
	if (!view_get(tainting->view, manifest->position, &record))
		return ERR_OK;
	joint.path = span_part(line, HASH_TEXT_LEN + 2, line.len);
	lineage_join(lineage, &joint);
	if (node == 0 && lineage->edge_count > edges)
		add_set(tainting, edges, index, line);
	return ERR_OK;
}

/* A manifest that is damaged is counted: what it holds is not known. */
static void
note_failure(struct tainting *tainting,
    const struct tainting_manifest *manifest, enum err err)
{
	if (err == ERR_OK)
		return;
	if (err == ERR_MEMORY) {
		tainting->err = err;
		return;
	}
	tainting->taint->unread++;
	if (err == ERR_CORRUPT) /* it is mended meanwhile, if it can be */
		(void)blob_damaged(
		    tainting->question->blobs, &manifest->digest, NULL);
}

static enum err
open_and_look(struct tainting *tainting,
    const struct tainting_manifest *manifest, size_t node,
    const struct hash *digest)
{
	char path[PATH_MAX];
	struct manifest_file *file;
	enum err err;

	blob_path(
	    tainting->question->blobs, &manifest->digest, BLOB_WHOLE, path);
	err = manifest_file_open(path, &file, NULL);
	if (err != ERR_OK)
		return err;
	/* of a false root its signer speaks for himself alone */
	if (hash_equal(&manifest_file_header(file)->root, &manifest->root))
		err = look_up(tainting, file, manifest, node, digest);
	manifest_file_close(file);
	return err;
}

static enum err
probe(struct tainting *tainting, const struct tainting_manifest *manifest,
    const struct manifest_filter *filter, size_t node)
{
	struct hash digest;
	bool may_have = false;
	enum err err;

	memcpy(digest.bytes, tainting->lineage->nodes[node].digest.bytes,
	    HASH_LEN);
	if (hash_equal(&digest, &manifest->digest))
		return ERR_OK;
	tainting->probes++;
	err = manifest_filter_look(filter, &digest, &may_have);
	if (err == ERR_OK && may_have)
		err = open_and_look(tainting, manifest, node, &digest);
	return err;
}

static bool
is_asked_for(const struct tainting *tainting, size_t node)
{
	const struct lineage_node *known = &tainting->lineage->nodes[node];

	return known->is_walked && !tainting->is_searched[node] &&
	    known->digest.algorithm == DIGEST_SHA256;
}

/* A set's digest is that of its manifest, which is no file of another set. */
static void
leave_sets_out(struct tainting *tainting)
{
	const struct lineage *lineage = tainting->lineage;

	for (size_t i = 0; i < lineage->edge_count; i++)
		if (lineage->edges[i].is_shown && lineage->edges[i].to != 0)
			tainting->is_searched[lineage->edges[i].to] = true;
}

/* For the nodes that were there when the round began. */
static enum err
ask(struct tainting *tainting, const struct tainting_manifest *manifest,
    size_t node_count)
{
	char path[PATH_MAX];
	struct manifest_filter filter;
	enum err err;

	blob_path(
	    tainting->question->blobs, &manifest->digest, BLOB_TREE, path);
	tainting->probes += OPENING_PROBES;
	err = manifest_filter_open(path, &filter);
	if (err == ERR_MISSING) /* it was not uploaded */
		return ERR_OK;
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; err == ERR_OK && i < node_count; i++)
		if (is_asked_for(tainting, i))
			err = probe(tainting, manifest, &filter, i);
	manifest_filter_close(&filter);
	return err;
}

void
tainting_search(struct tainting *tainting)
{
	size_t node_count = tainting->lineage->node_count;
	size_t open_count = tainting->manifest_count;
	size_t asked = 0;

	leave_sets_out(tainting);
	for (size_t i = 0; i < node_count; i++) {
		if (!is_asked_for(tainting, i))
			continue;
		asked++;
		tainting_search_openings(tainting, i);
	}
	if (tainting->question->blobs == NULL)
		open_count = 0; /* none are kept */
	for (size_t i = 0; asked > 0 && i < open_count; i++) {
		if (tainting->err != ERR_OK)
			return;
		if (tainting->probes > MANIFEST_PROBES_MAX) {
			tainting->taint->is_truncated = true;
			break;
		}
		note_failure(tainting, &tainting->manifests[i],
		    ask(tainting, &tainting->manifests[i], node_count));
	}
	for (size_t i = 0; i < node_count; i++)
		tainting->is_searched[i] =
		    tainting->is_searched[i] || is_asked_for(tainting, i);
}
