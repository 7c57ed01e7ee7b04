#include "schema/component.h"

static enum err
read_one(json_value *value, struct arena *arena, struct component *ret,
    struct why *w)
{
	struct object o = object_of(value, "", w);

	*ret = (struct component){ .has_digest = false };
	if (!statement_role(&o, "component", &ret->role))
		object_fail_member(&o, "component", "missing");
	(void)object_optional_line(
	    &o, "name", 1, STATEMENT_TEXT_MAX, &ret->name);
	(void)statement_license(&o, "license", &ret->license);
	(void)statement_uri(&o, "location", &ret->location);
	license_texts_read(&o, arena, &ret->texts);
	ret->has_record = member_citation(&o, "record", arena, &ret->record);
	json_value *digest = object_optional_object(&o, "digest");
	enum err err = object_end(&o);
	if (err != ERR_OK || digest == NULL)
		return err;
	ret->has_digest = true;
	return object_within(
	    w, digest_set_read(digest, true, arena, &ret->digest, w), "digest");
}

void
component_read(struct object *o, struct arena *arena, struct components *ret)
{
	size_t count;
	json_value *array =
	    object_optional_array(o, "components", COMPONENTS_MAX, &count);

	*ret = (struct components){ .count = 0 };
	if (array == NULL)
		return;
	ret->all = arena_take(arena, count, sizeof(*ret->all));
	if (ret->all == NULL) {
		object_fail(o, ERR_MEMORY, "components: no memory left");
		return;
	}
	for (size_t i = 0; i < count && o->err == ERR_OK; i++)
		member_keep(o,
		    read_one(
			json_element(array, i), arena, &ret->all[i], o->why),
		    "components", i);
	ret->count = count;
}
