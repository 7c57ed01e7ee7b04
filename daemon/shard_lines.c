#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "daemon/blob.h"
#include "daemon/gist_seek.h"
#include "daemon/manifest_file.h"
#include "daemon/shard_inner.h"
#include "schema/envelope.h"

/* ---- by its manifest ---- */

static enum err
add_line(struct judging *judging, struct manifest_file *file, uint64_t index)
{
	struct shard_finding *ret = judging->ret;
	struct shard_line *line = &ret->lines[ret->line_count];
	struct span text;
	enum err err =
	    manifest_file_proof(file, index, &line->proof, judging->w);

	if (err == ERR_OK)
		err = manifest_file_line(file, index, &text, judging->w);
	if (err != ERR_OK)
		return err;
	line->index = index;
	line->line = arena_copy(judging->arena, text);
	if (line->line.data == NULL)
		return why(judging->w, ERR_MEMORY, "out of memory");
	ret->line_count++;
	return ERR_OK;
}

/* The line, or those on both sides of where it would be; one at an end. */
static enum err
find_lines(struct judging *judging, struct manifest_file *file)
{
	uint64_t count = manifest_file_count(file);
	uint64_t index;
	bool is_there;
	enum err err = manifest_file_find(
	    file, judging->shard, &index, &is_there, judging->w);

	if (err != ERR_OK)
		return err;
	judging->ret->size = count;
	judging->ret->root = judging->root;
	judging->ret->lines =
	    arena_take(judging->arena, 2, sizeof(*judging->ret->lines));
	if (judging->ret->lines == NULL)
		return why(judging->w, ERR_MEMORY, "out of memory");
	if (!is_there && index > 0)
		err = add_line(judging, file, index - 1);
	if (err == ERR_OK && index < count)
		err = add_line(judging, file, index);
	judging_find(
	    judging, is_there ? SHARD_IN : SHARD_NOT_IN, SHARD_BY_MANIFEST);
	return err;
}

/* Nothing is found where it is not here, or is none, or not what was signed. */
enum err
judging_ask_manifest(struct judging *judging)
{
	char path[PATH_MAX];
	struct manifest_file *file;
	enum err err;

	if (judging->blobs == NULL || !judging->has_root)
		return ERR_OK;
	blob_path(judging->blobs, &judging->manifest, BLOB_TREE, path);
	if (access(path, F_OK) != 0)
		return ERR_OK;
	blob_path(judging->blobs, &judging->manifest, BLOB_WHOLE, path);
	err = manifest_file_open(path, &file, judging->w);
	if (err == ERR_MISSING)
		return ERR_OK;
	if (err == ERR_OK) {
		if (hash_equal(
			&manifest_file_header(file)->root, &judging->root))
			err = find_lines(judging, file);
		manifest_file_close(file);
	}
	if (err == ERR_CORRUPT)
		err = blob_damaged(
		    judging->blobs, &judging->manifest, judging->w);
	return err;
}

/* ---- by an opening of its salted manifest ---- */

static enum err
take_opening(struct judging *judging, const struct opening *opening)
{
	struct shard_finding *ret = judging->ret;

	ret->lines = arena_take(judging->arena, 1, sizeof(*ret->lines));
	if (ret->lines == NULL)
		return why(judging->w, ERR_MEMORY, "out of memory");
	ret->lines[0].index = opening->index;
	ret->lines[0].proof = opening->proof;
	ret->lines[0].line = arena_copy(judging->arena, opening->line);
	if (ret->lines[0].line.data == NULL)
		return why(judging->w, ERR_MEMORY, "out of memory");
	ret->line_count = 1;
	ret->size = opening->size;
	ret->root = judging->root;
	judging_find(judging, SHARD_IN, SHARD_BY_OPENING);
	return ERR_OK;
}

/* Admission has verified them against the root that the record names. */
static enum err
look_openings(struct judging *judging, const struct view_record *disclosure)
{
	struct envelope envelope;
	struct record record;
	enum err err = envelope_parse_entry(
	    disclosure->entry, judging->arena, &envelope, NULL);

	if (err == ERR_OK)
		err = record_parse(
		    envelope.payload, judging->arena, &record, NULL);
	if (err == ERR_MEMORY)
		return why(judging->w, err, "out of memory");
	if (err != ERR_OK)
		return ERR_CORRUPT;
	for (size_t i = 0; err == ERR_OK && i < record.openings.count; i++) {
		const struct opening *opening = &record.openings.all[i];

		if (!hash_equal(&opening->parts.file.digest, judging->shard))
			continue;
		judging->ret->disclosure = disclosure->id;
		err = take_opening(judging, opening);
		break;
	}
	record_done(&record);
	return err;
}

static bool
discloses(struct judging *judging, const struct view_record *record)
{
	struct digest root = { .algorithm = DIGEST_MERKLE_TREE_HASH,
		.len = HASH_LEN };
	struct hash withdrawal;

	memcpy(root.bytes, judging->root.bytes, HASH_LEN);
	return record->gist.kind == RECORD_DISCLOSURE && !record->is_withheld &&
	    gist_has_subject(&record->gist, &root) &&
	    !view_withdrawn(judging->view, record, &withdrawal);
}

enum err
judging_ask_openings(struct judging *judging)
{
	uint8_t value[VIEW_VALUE_MAX];
	struct digest set = digest_sha256(&judging->manifest);
	struct index_walk walk;
	struct view_record record;
	uint64_t position;
	size_t looked = 0;
	size_t read = 0;
	enum err err = ERR_OK;

	if (!judging->has_root ||
	    judging->record->gist.disclosure != DISCLOSURE_SALTED)
		return ERR_OK;
	walk = view_walk(judging->view, INDEX_SUBJECT,
	    view_value(SPAN_EMPTY, &set, value), 0);
	while (err == ERR_OK && judging->ret->verdict == SHARD_UNKNOWN &&
	    looked++ < DISCLOSURES_LOOK_MAX && read < DISCLOSURES_READ_MAX &&
	    index_walk_next(&walk, &position)) {
		if (!view_get(judging->view, position, &record))
			break;
		if (!discloses(judging, &record))
			continue;
		read++;
		err = look_openings(judging, &record);
	}
	index_walk_close(&walk);
	return err;
}
