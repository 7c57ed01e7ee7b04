#include "schema/predicate.h"

#include "schema/text.h"

/* ---- parts ---- */

/* Keeps a failure of an element, whose sentence says what but not where. */
static void
keep(struct object *o, enum err err, const char *name, size_t at)
{
	if (err != ERR_OK && o->err == ERR_OK)
		o->err =
		    object_within(o->why, err, "%s.%s[%zu]", o->path, name, at);
}

void
predicate_resources(struct object *o, const char *name, size_t max,
    struct arena *arena, struct resources *ret)
{
	size_t count;
	json_value *array = object_optional_array(o, name, max, &count);

	*ret = (struct resources){ .count = 0 };
	if (array == NULL)
		return;
	struct resource *all = arena_take(arena, count, sizeof(*all));
	if (all == NULL) {
		object_fail(o, ERR_MEMORY, "%s: no memory left", name);
		return;
	}
	for (size_t i = 0; i < count && o->err == ERR_OK; i++)
		keep(o,
		    resource_read(
			json_element(array, i), true, arena, &all[i], o->why),
		    name, i);
	*ret = (struct resources){ .count = count, .all = all };
}

static bool
is_among(const struct span *all, size_t count, struct span text)
{
	for (size_t i = 0; i < count; i++) {
		if (span_equal(all[i], text))
			return true;
	}
	return false;
}

void
predicate_complete(struct object *o, struct arena *arena, struct predicate *ret)
{
	size_t count;
	json_value *array =
	    object_optional_array(o, "complete", PREDICATE_ROLES_MAX, &count);

	if (array == NULL)
		return;
	struct span *roles = arena_take(arena, count, sizeof(*roles));
	if (roles == NULL) {
		object_fail(o, ERR_MEMORY, "complete: no memory left");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (!json_element_text(array, i, &roles[i]) ||
		    !statement_is_role(roles[i]) ||
		    is_among(roles, i, roles[i])) {
			object_fail_member(
			    o, "complete", "roles are needed, each once");
			return;
		}
	}
	ret->complete_count = count;
	ret->complete = roles;
}

void
predicate_texts(struct object *o, const char *name)
{
	json_value *object = object_optional_object(o, name);
	void *at = NULL;
	struct span key;
	json_value *value;

	if (object == NULL)
		return;
	if (json_count(object) > PREDICATE_TEXTS_MAX) {
		object_fail(o, ERR_LIMIT, "%s.%s: more than %d", o->path, name,
		    PREDICATE_TEXTS_MAX);
		return;
	}
	while (json_member(object, &at, &key, &value)) {
		struct span text;
		if (key.len == 0 || key.len > PREDICATE_LABEL_MAX ||
		    !text_is_line(key))
			object_fail(o, ERR_SYNTAX,
			    "%s.%s: names are lines of 1 to %d bytes", o->path,
			    name, PREDICATE_LABEL_MAX);
		else if (!json_text(value, &text) || !text_is_line(text) ||
		    text.len > STATEMENT_TEXT_MAX)
			object_fail(o, ERR_SYNTAX,
			    "%s.%s.%.64s: a text of one line and at most %d "
			    "bytes is needed",
			    o->path, name, (const char *)key.data,
			    STATEMENT_TEXT_MAX);
	}
}

bool
predicate_is_block(struct span text)
{
	size_t from = 0;

	for (size_t i = 0; i <= text.len; i++) {
		bool is_end = i == text.len || text.data[i] == '\n' ||
		    text.data[i] == '\t';
		if (!is_end)
			continue;
		if (!text_is_line(span_part(text, from, i - from)))
			return false;
		from = i + 1;
	}
	return true;
}

static void
read_block(struct object *o, const char *name)
{
	struct span text;

	if (object_optional_text(o, name, 1, STATEMENT_TEXT_MAX, &text) &&
	    !predicate_is_block(text))
		object_fail_member(
		    o, name, "no control characters but LF and TAB");
}

bool
predicate_citation(
    struct object *o, const char *name, struct arena *arena, struct hash *ret)
{
	json_value *value = object_optional_object(o, name);
	struct digest_set set;

	if (value == NULL)
		return false;
	if (digest_set_read(value, true, arena, &set, NULL) == ERR_OK &&
	    set.count == 1 && set.has_citation) {
		*ret = set.citation;
		return true;
	}
	object_fail_member(
	    o, name, "{\"tlogLeaf\": 64 lower-case hex digits} is needed");
	return false;
}

static void
read_version(struct object *o, const char *name, struct span *ret)
{
	if (object_optional_text(o, name, 1, TEXT_VERSION_MAX, ret) &&
	    !text_is_version(*ret))
		object_fail_member(
		    o, name, "only A-Z, a-z, 0-9, '.', '_', '+', '-'");
}

static void
read_decimal(struct object *o, const char *name)
{
	struct span text;
	uint64_t value;

	if (object_optional_text(o, name, 1, TEXT_DECIMAL_MAX, &text) &&
	    !text_undecimal(text, INT64_MAX, &value))
		object_fail_member(o, name,
		    "decimal digits are needed, no leading zeros, at most "
		    "2^63-1");
}

/* Up to `max` elements, each by `read`; returns how many. */
static size_t
read_elements(struct object *o, const char *name, size_t max,
    struct arena *arena,
    enum err (*read)(json_value *, struct arena *, struct why *))
{
	size_t count;
	json_value *array = object_optional_array(o, name, max, &count);

	for (size_t i = 0; i < count && o->err == ERR_OK; i++)
		keep(o, read(json_element(array, i), arena, o->why), name, i);
	return count;
}

static enum err
read_attachment(json_value *value, struct arena *arena, struct why *w)
{
	struct object o = object_of(value, "", w);
	struct digest_set set;
	struct span ignored;

	object_line(&o, "name", 1, PREDICATE_LABEL_MAX, &ignored);
	object_line(&o, "mediaType", 1, PREDICATE_LABEL_MAX, &ignored);
	json_value *digest = object_object(&o, "digest");
	if (!object_has(&o, "size"))
		object_fail_member(&o, "size", "missing");
	read_decimal(&o, "size");
	enum err err = object_end(&o);
	if (err != ERR_OK)
		return err;
	err = digest_set_read(digest, true, arena, &set, w);
	if (err != ERR_OK)
		return object_within(w, err, "digest");
	if (set.count != 1 || set.digests[0].algorithm != DIGEST_SHA256)
		return why(w, ERR_SYNTAX, "digest: sha256 alone is needed");
	return ERR_OK;
}

static void
read_common(struct object *o, struct arena *arena, struct predicate *ret)
{
	struct span ignored;

	read_version(o, "version", &ret->version);
	read_block(o, "description");
	(void)statement_license(o, "license", &ret->license);
	(void)statement_uri(o, "source", &ignored);
	(void)read_elements(o, "attachments", PREDICATE_ATTACHMENTS_MAX, arena,
	    read_attachment);
	predicate_complete(o, arena, ret);
}

/* ---- kinds ---- */

void
predicate_dataset(struct object *o, struct arena *arena, struct predicate *ret)
{
	struct resources inputs;

	read_common(o, arena, ret);
	read_decimal(o, "files");
	read_decimal(o, "bytes");
	predicate_resources(
	    o, "derivedFrom", PREDICATE_INPUTS_MAX, arena, &inputs);
	ret->input_count = inputs.count;
	ret->inputs = inputs.all;
}

void
predicate_model(struct object *o, struct arena *arena, struct predicate *ret)
{
	struct span ignored;

	predicate_dataset(o, arena, ret);
	(void)object_optional_line(
	    o, "architecture", 1, PREDICATE_LABEL_MAX, &ignored);
	(void)object_optional_line(
	    o, "format", 1, PREDICATE_LABEL_MAX, &ignored);
}

void
predicate_code(struct object *o, struct arena *arena, struct predicate *ret)
{
	struct span ignored;

	read_common(o, arena, ret);
	(void)statement_uri(o, "repository", &ignored);
	(void)object_optional_line(
	    o, "entryPoint", 1, STATEMENT_TEXT_MAX, &ignored);
}

static enum err
read_metric(json_value *value, struct arena *arena, struct why *w)
{
	struct object o = object_of(value, "", w);
	struct span ignored;

	(void)arena;
	object_line(&o, "name", 1, PREDICATE_LABEL_MAX, &ignored);
	object_line(&o, "value", 1, PREDICATE_LABEL_MAX, &ignored);
	(void)object_optional_line(
	    &o, "unit", 1, PREDICATE_LABEL_MAX, &ignored);
	return object_end(&o);
}

void
predicate_evaluation(
    struct object *o, struct arena *arena, struct predicate *ret)
{
	struct resources references;

	read_common(o, arena, ret);
	if (read_elements(
		o, "metrics", PREDICATE_METRICS_MAX, arena, read_metric) == 0)
		object_fail_member(o, "metrics", "at least one is needed");
	predicate_resources(
	    o, "benchmark", PREDICATE_REFERENCES_MAX, arena, &references);
	predicate_resources(
	    o, "harness", PREDICATE_REFERENCES_MAX, arena, &references);
	predicate_texts(o, "parameters");
	predicate_texts(o, "seeds");
}

static enum err
read_component(json_value *value, struct arena *arena, struct why *w)
{
	struct object o = object_of(value, "", w);
	struct digest_set set;
	struct span ignored;

	if (!statement_role(&o, "component", &ignored))
		object_fail_member(&o, "component", "missing");
	(void)object_optional_line(&o, "name", 1, STATEMENT_TEXT_MAX, &ignored);
	(void)statement_license(&o, "license", &ignored);
	(void)statement_uri(&o, "location", &ignored);
	json_value *digest = object_optional_object(&o, "digest");
	enum err err = object_end(&o);
	if (err != ERR_OK || digest == NULL)
		return err;
	return object_within(
	    w, digest_set_read(digest, true, arena, &set, w), "digest");
}

void
predicate_release(struct object *o, struct arena *arena, struct predicate *ret)
{
	struct span ignored;

	if (!object_has(o, "version"))
		object_fail_member(o, "version", "missing");
	read_common(o, arena, ret);
	(void)read_elements(
	    o, "components", PREDICATE_COMPONENTS_MAX, arena, read_component);
	read_version(o, "supersedes", &ignored);
}

void
predicate_withdrawal(
    struct object *o, struct arena *arena, struct predicate *ret)
{
	struct hash ignored;

	(void)ret;
	if (!object_has(o, "reason"))
		object_fail_member(o, "reason", "missing");
	read_block(o, "reason");
	(void)predicate_citation(o, "replacement", arena, &ignored);
}

void
predicate_keyring(struct object *o, struct arena *arena, struct predicate *ret)
{
	struct hash ignored;
	size_t count;

	(void)ret;
	(void)object_array(o, "signers", 0, PREDICATE_SIGNERS_MAX, &count);
	(void)predicate_citation(o, "previous", arena, &ignored);
}
