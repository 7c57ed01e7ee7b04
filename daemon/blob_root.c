#include "daemon/blob_root.h"

#include "daemon/gist_seek.h"
#include "schema/envelope.h"
#include "schema/object.h"

struct asking {
	struct view *view;
	const struct sidecar_header *header;
	struct arena *arena;
	/* for the sentence */
	bool is_root_wrong;
	struct hash told;
	bool are_files_wrong;
	uint64_t files;
};

/* `predicate.files`, of a record that was admitted; false where it says nothing
 * (or cannot be read: whoever asks for the record is told so). */
static bool
read_files(struct asking *asking, struct span entry, uint64_t *ret)
{
	struct envelope envelope;
	struct json *json = NULL;
	struct span files = SPAN_EMPTY;

	arena_reset(asking->arena);
	if (envelope_parse_entry(entry, asking->arena, &envelope, NULL) !=
		ERR_OK ||
	    json_parse(envelope.payload, &json, NULL) != ERR_OK)
		return false;
	struct object o = object_of(json_root(json), "", NULL);
	struct object predicate =
	    object_of(object_object(&o, "predicate"), "", NULL);
	bool is_said = object_optional_text(
			   &predicate, "files", 1, TEXT_DECIMAL_MAX, &files) &&
	    text_undecimal(files, INT64_MAX, ret);
	json_done(json);
	return is_said;
}

static bool
signs(struct asking *asking, const struct view_record *record)
{
	const struct sidecar_header *header = asking->header;
	struct gist_attachment attachment;
	struct hash root;
	struct hash withdrawn;
	uint64_t files;

	if (record->is_withheld ||
	    !blob_find_attachment(
		&record->gist, &header->digest, NULL, &attachment) ||
	    !attachment.is_manifest || attachment.is_salted ||
	    !gist_first_root(&record->gist, &root) ||
	    view_withdrawn(asking->view, record, &withdrawn))
		return false;
	if (!hash_equal(&root, &header->root)) {
		asking->is_root_wrong = true;
		asking->told = root;
		return false;
	}
	if (!read_files(asking, record->entry, &files) ||
	    files == header->lines)
		return true;
	asking->are_files_wrong = true;
	asking->files = files;
	return false;
}

static void
explain(const struct asking *asking, struct why *w)
{
	char made[HASH_TEXT_MAX];
	char told[HASH_TEXT_MAX];

	hash_print(&asking->header->root, made);
	hash_print(&asking->told, told);
	if (asking->are_files_wrong)
		(void)why(w, ERR_MISMATCH,
		    "manifest: %llu lines, but the record says %llu files",
		    (unsigned long long)asking->header->lines,
		    (unsigned long long)asking->files);
	else if (asking->is_root_wrong)
		(void)why(w, ERR_MISMATCH,
		    "manifest: wrong root: its lines have the merkleTreeHash "
		    "%s, the record signed %s",
		    made, told);
	else
		(void)why(w, ERR_MISMATCH,
		    "manifest: no record that stands calls it one any more");
}

static bool
ask(struct asking *asking)
{
	struct namers namers =
	    namers_open(asking->view, &asking->header->digest);
	struct view_record record;
	bool is_signed = false;

	while (!is_signed && namers_next(&namers, &record))
		is_signed = signs(asking, &record);
	namers_close(&namers);
	return is_signed;
}

enum err
blob_root_find(const struct blob_records *records,
    const struct sidecar_header *header, bool *ret, struct why *w)
{
	struct asking asking = { .header = header };

	asking.arena = arena_new(ADMIT_ARENA_MAX);
	if (asking.arena == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	struct view view =
	    view_open(records->log, records->index, records->end);
	asking.view = &view;
	bool is_signed = ask(&asking);
	enum err err = view_close(&view);
	arena_free(asking.arena);
	if (err != ERR_OK)
		return why(w, err, "the index cannot be read");
	if (!is_signed)
		explain(&asking, w);
	*ret = is_signed;
	return ERR_OK;
}
