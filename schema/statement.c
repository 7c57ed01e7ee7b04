#include "schema/statement.h"

#include "schema/text.h"

bool
statement_is_role(struct span text)
{
	if (text.len == 0 || text.len > STATEMENT_ROLE_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];
		if (!(byte >= 'a' && byte <= 'z') &&
		    !(byte >= '0' && byte <= '9') && byte != '-')
			return false;
	}
	return true;
}

bool
statement_is_license(struct span text)
{
	struct spdx spdx;

	return spdx_parse(text, &spdx, NULL) == ERR_OK;
}

/* ---- members of these forms ---- */

bool
statement_uri(struct object *o, const char *name, struct span *ret)
{
	if (!object_optional_text(o, name, 1, STATEMENT_URI_MAX, ret))
		return false;
	if (text_is_uri(*ret))
		return true;
	object_fail_member(o, name, "an absolute URI is needed");
	return false;
}

bool
statement_role(struct object *o, const char *name, struct span *ret)
{
	if (!object_optional_text(o, name, 1, STATEMENT_ROLE_MAX, ret))
		return false;
	if (statement_is_role(*ret))
		return true;
	object_fail_member(o, name, "only a-z, 0-9 and - are allowed");
	return false;
}

bool
statement_license(struct object *o, const char *name, struct span *ret)
{
	struct spdx spdx;
	struct why w;
	struct why sentence;

	if (!object_optional_text(o, name, 1, STATEMENT_LICENSE_MAX, ret))
		return false;
	if (spdx_parse(*ret, &spdx, &w) == ERR_OK)
		return true;
	(void)why(&sentence, ERR_SYNTAX, "no SPDX expression: %s", w.text);
	object_fail_member(o, name, sentence.text);
	return false;
}

/* ---- resources ---- */

/* Ours: texts only, and those that mean something are well formed. */
static enum err
read_annotations(json_value *value, struct resource *resource, struct why *w)
{
	struct object o = object_of(value, "", w);
	void *at = NULL;
	struct span name;
	json_value *member;

	while (o.err == ERR_OK && json_member(value, &at, &name, &member)) {
		struct span text;
		if (!json_text(member, &text) || !text_is_line(text))
			object_fail(&o, ERR_SYNTAX,
			    "%.64s: a text without control characters is "
			    "needed",
			    (const char *)name.data);
		else if (text.len > STATEMENT_TEXT_MAX)
			object_fail(&o, ERR_LIMIT,
			    "%.64s: %zu bytes, at most %d",
			    (const char *)name.data, text.len,
			    STATEMENT_TEXT_MAX);
	}
	(void)statement_role(&o, "role", &resource->role);
	(void)statement_license(&o, "license", &resource->license);
	return object_end_open(&o);
}

static enum err
read_ours(json_value *value, struct arena *arena, struct resource *resource,
    struct why *w)
{
	struct object o = object_of(value, "", w);
	struct span ignored;

	(void)object_optional_line(
	    &o, "name", 1, STATEMENT_TEXT_MAX, &resource->name);
	(void)statement_uri(&o, "uri", &resource->uri);
	(void)object_optional_line(&o, "mediaType", 1, 256, &ignored);
	(void)statement_uri(&o, "downloadLocation", &ignored);
	json_value *annotations = object_optional_object(&o, "annotations");
	json_value *digest = object_object(&o, "digest");
	enum err err = object_end(&o);
	if (err != ERR_OK)
		return err;
	if (annotations != NULL)
		err = object_within(w,
		    read_annotations(annotations, resource, w), "annotations");
	if (err != ERR_OK)
		return err;
	return object_within(w,
	    digest_set_read(digest, true, arena, &resource->digest, w),
	    "digest");
}

/* A text where it is one; in foreign resources anything may stand anywhere. */
static struct span
find_text(json_value *object, const char *name)
{
	struct object o = object_of(object, "", NULL);
	struct span text;

	return object_optional_text(&o, name, 1, SIZE_MAX, &text) ? text
								  : SPAN_EMPTY;
}

static enum err
read_foreign(json_value *value, struct arena *arena, struct resource *resource,
    struct why *w)
{
	struct object o = object_of(value, "", w);

	if (o.err != ERR_OK)
		return o.err;
	resource->name = find_text(value, "name");
	resource->uri = find_text(value, "uri");
	json_value *digest = object_optional_object(&o, "digest");
	if (object_end_open(&o) != ERR_OK)
		return o.err;
	json_value *annotations = object_optional_object(&o, "annotations");
	if (annotations != NULL) {
		struct span role = find_text(annotations, "role");
		struct span license = find_text(annotations, "license");
		resource->role = statement_is_role(role) ? role : SPAN_EMPTY;
		resource->license =
		    statement_is_license(license) ? license : SPAN_EMPTY;
	}
	if (digest == NULL)
		return ERR_OK;
	return object_within(w,
	    digest_set_read(digest, false, arena, &resource->digest, w),
	    "digest");
}

enum err
resource_read(json_value *value, bool is_ours, struct arena *arena,
    struct resource *ret, struct why *w)
{
	struct resource resource = { .member_count = json_count(value) };
	enum err err = is_ours ? read_ours(value, arena, &resource, w)
			       : read_foreign(value, arena, &resource, w);

	if (err == ERR_OK)
		*ret = resource;
	return err;
}

/* ---- statements ---- */

/* Only the build type tells a run from foreign provenance. */
static bool
is_run(struct span predicate_type, json_value *predicate)
{
	if (!span_is(predicate_type, STATEMENT_SLSA_TYPE) || predicate == NULL)
		return false;
	struct object o = object_of(predicate, "", NULL);
	json_value *definition = object_optional_object(&o, "buildDefinition");
	return definition != NULL &&
	    span_is(find_text(definition, "buildType"), STATEMENT_RUN_TYPE);
}

static enum err
read_subjects(json_value *subjects, struct arena *arena,
    struct statement *statement, struct why *w)
{
	size_t count = statement->subject_count;
	struct resource *all = arena_take(arena, count, sizeof(*all));

	if (all == NULL)
		return why(w, ERR_MEMORY, "no memory left for subjects");
	for (size_t i = 0; i < count; i++) {
		enum err err = resource_read(json_element(subjects, i),
		    statement->is_ours, arena, &all[i], w);
		if (err == ERR_OK && all[i].digest.count == 0)
			err = why(w, ERR_SYNTAX,
			    "digest: at least one known digest is needed");
		if (err != ERR_OK)
			return object_within(w, err, "subject[%zu]", i);
	}
	statement->subjects = all;
	return ERR_OK;
}

static enum err
read_statement(struct statement *statement, struct arena *arena, struct why *w)
{
	struct object o = object_of(json_root(statement->json), "", w);
	struct span type;

	object_text(&o, "_type", 1, STATEMENT_TYPE_MAX, &type);
	if (o.err == ERR_OK && !span_is(type, STATEMENT_TYPE))
		object_fail(
		    &o, ERR_SYNTAX, "_type: only %s is known", STATEMENT_TYPE);
	if (!object_has(&o, "predicateType"))
		object_fail(&o, ERR_SYNTAX, "predicateType: missing");
	(void)statement_uri(&o, "predicateType", &statement->predicate_type);
	if (statement->predicate_type.len > STATEMENT_TYPE_MAX)
		object_fail(&o, ERR_LIMIT,
		    "predicateType: %zu bytes, at most %d",
		    statement->predicate_type.len, STATEMENT_TYPE_MAX);
	json_value *subjects = object_array(&o, "subject", 1,
	    STATEMENT_SUBJECTS_MAX, &statement->subject_count);
	statement->predicate = object_optional_object(&o, "predicate");
	statement->is_run =
	    is_run(statement->predicate_type, statement->predicate);
	statement->is_ours = statement->is_run ||
	    span_starts(statement->predicate_type, STATEMENT_PREFIX);
	enum err err =
	    statement->is_ours ? object_end(&o) : object_end_open(&o);
	if (err != ERR_OK)
		return err;
	return read_subjects(subjects, arena, statement, w);
}

enum err
statement_parse(struct span payload, struct arena *arena, struct statement *ret,
    struct why *w)
{
	struct statement statement = { .json = NULL };
	enum err err = json_parse(payload, &statement.json, w);

	if (err != ERR_OK)
		return err;
	err = read_statement(&statement, arena, w);
	if (err == ERR_OK)
		*ret = statement;
	else
		json_done(statement.json);
	return err;
}

void
statement_done(struct statement *statement)
{
	json_done(statement->json);
	*statement = (struct statement){ .json = NULL };
}
