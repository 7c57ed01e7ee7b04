#include "client/releases.h"

#include "client/answer.h"
#include "client/disk.h"
#include "client/fetched.h"
#include "schema/text.h"

#define RECORDS_MAX 1000
#define ANSWER_MAX ((size_t)64 << 20)
#define QUESTION_MAX (TEXT_NAME_MAX + TEXT_VERSION_MAX + 64)

bool
releases_split(
    struct span text, struct span *ret_name, struct span *ret_version)
{
	size_t cut = text.len;

	while (cut > 0 && text.data[cut - 1] != '/')
		cut--;
	if (cut == 0)
		return false;
	struct span name = span_part(text, 0, cut - 1);
	struct span version = span_part(text, cut, text.len);
	if (!text_is_name(name) || !text_is_version(version))
		return false;
	*ret_name = name;
	*ret_version = version;
	return true;
}

enum err
releases_item(
    struct session *session, const char *text, struct item *ret, struct why *w)
{
	enum err err = item_resolve(session, text, ret, w);

	if (err != ERR_MISSING || disk_exists(text))
		return err;
	return why(w, err,
	    "%s: neither a release (NAME/VERSION, such as lab/model/1.0), nor "
	    "a file or folder, a digest (sha256:…) or the id of a record "
	    "stored here",
	    text);
}

static enum err
add_artifact(struct session *session, struct releases *releases,
    const struct resource *subject, struct why *w)
{
	if (!subject->digest.has_node)
		return ERR_OK;
	for (size_t i = 0; i < releases->count; i++) {
		if (digest_equal(
			&releases->artifacts[i], &subject->digest.node))
			return ERR_OK;
	}
	if (releases->count == RELEASES_ARTIFACTS_MAX)
		return why(w, ERR_LIMIT,
		    "a release of more than %d artifacts: ask for each",
		    RELEASES_ARTIFACTS_MAX);
	struct span name = arena_copy(session->arena, subject->name);
	if (name.data == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	releases->names[releases->count] = name;
	releases->artifacts[releases->count++] = subject->digest.node;
	return ERR_OK;
}

static enum err
check_release(const struct fetched *fetched, const struct releases *releases,
    struct why *w)
{
	const struct record *record = &fetched->proved.record;

	if (record->kind != RECORD_RELEASE ||
	    !span_equal(record->name, releases->name) ||
	    !span_equal(record->version, releases->version))
		return why(w, ERR_MISMATCH,
		    "the log's answer: a record of another release");
	if (!fetched->proved.has_signer)
		return why(w, ERR_MISSING,
		    "who signed the release could not be checked: its keyring "
		    "could not be had");
	return ERR_OK;
}

static enum err
take_record(struct session *session, struct releases *releases,
    const struct hash *id, struct why *w)
{
	struct fetched fetched;
	enum err err = fetched_record(session, id, &fetched, w);

	if (err != ERR_OK)
		return err;
	fetched_find_keyring(session, &fetched);
	err = fetched_judge(session, &fetched, w);
	if (err == ERR_OK)
		err = check_release(&fetched, releases, w);
	const struct statement *statement = &fetched.proved.record.statement;
	for (size_t i = 0; err == ERR_OK && i < statement->subject_count; i++)
		err =
		    add_artifact(session, releases, &statement->subjects[i], w);
	fetched_done(&fetched);
	return err;
}

static enum err
take_row(struct session *session, struct releases *releases, json_value *value,
    struct why *w)
{
	struct object o = object_of(value, "", w);
	struct hash id;
	struct hash withdrawn;

	answer_id(&o, "id", &id);
	bool is_withdrawn = answer_optional_id(&o, "withdrawn", &withdrawn);
	enum err err = object_end_open(&o);
	if (err != ERR_OK)
		return object_within(w, err, "the log's answer: records");
	return is_withdrawn ? ERR_OK : take_record(session, releases, &id, w);
}

static enum err
take_rows(struct session *session, struct releases *releases, struct json *json,
    struct why *w)
{
	struct object o = object_of(json_root(json), "the log's answer", w);
	size_t count;
	json_value *rows = object_array(&o, "records", 0, RECORDS_MAX, &count);
	bool is_truncated = object_flag(&o, "truncated");
	enum err err = object_end_open(&o);

	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = take_row(session, releases, json_element(rows, i), w);
	if (err == ERR_OK && is_truncated)
		err = why(w, ERR_LIMIT,
		    "more records of this release than one answer holds: ask "
		    "for its artifacts");
	return err;
}

enum err
releases_find(struct session *session, const char *text, struct releases *ret,
    struct why *w)
{
	struct releases releases = { .count = 0 };
	struct json *json = NULL;
	char path[QUESTION_MAX];

	if (!releases_split(
		span_of_text(text), &releases.name, &releases.version))
		return why(w, ERR_USAGE,
		    "%.300s: NAME/VERSION of a release is needed", text);
	releases.principal = text_name_principal(releases.name);
	releases.artifacts = arena_take(session->arena, RELEASES_ARTIFACTS_MAX,
	    sizeof(*releases.artifacts));
	releases.names = arena_take(
	    session->arena, RELEASES_ARTIFACTS_MAX, sizeof(*releases.names));
	if (releases.artifacts == NULL || releases.names == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err =
	    answer_path(path, sizeof(path), w, "/v1/releases/%s", text);
	if (err == ERR_OK)
		err = answer_get(session, path, ANSWER_MAX, &json, w);
	if (err == ERR_OK)
		err = take_rows(session, &releases, json, w);
	json_done(json);
	if (err == ERR_OK && releases.count == 0)
		err = why(w, ERR_NOT_FOUND,
		    "%s: no record of this release stands", text);
	if (err == ERR_OK)
		*ret = releases;
	return err;
}
