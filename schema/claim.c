#include "schema/claim.h"

static const char *const whats[] = { "",
#define X(name, text) text,
	CLAIM_TABLE(X)
#undef X
};

const char *
claim_what_name(enum claim_what what)
{
	return whats[what];
}

static enum err
read_one(json_value *value, struct claim *ret, struct why *w)
{
	struct object o = object_of(value, "", w);

	ret->what =
	    (enum claim_what)member_word(&o, "what", whats, CLAIM_WHATS);
	if (ret->what == CLAIM_NOTHING)
		object_fail_member(&o, "what", "missing");
	object_line(&o, "name", 1, CLAIM_NAME_MAX, &ret->name);
	return object_end(&o);
}

static bool
is_there(const struct claims *claims, const struct claim *claim)
{
	for (size_t i = 0; i < claims->count; i++) {
		if (claims->all[i].what == claim->what &&
		    span_equal(claims->all[i].name, claim->name))
			return true;
	}
	return false;
}

void
claim_read(struct object *o, struct arena *arena, struct claims *ret)
{
	size_t count;
	json_value *array =
	    object_optional_array(o, "claims", CLAIMS_MAX, &count);

	*ret = (struct claims){ .count = 0 };
	if (array == NULL)
		return;
	ret->all = arena_take(arena, count, sizeof(*ret->all));
	if (ret->all == NULL) {
		object_fail(o, ERR_MEMORY, "claims: no memory left");
		return;
	}
	for (size_t i = 0; i < count && o->err == ERR_OK; i++) {
		struct claim *claim = &ret->all[i];
		enum err err = read_one(json_element(array, i), claim, o->why);
		if (err == ERR_OK && is_there(ret, claim))
			err = why(o->why, ERR_SYNTAX,
			    "name: there is such a claim before it");
		member_keep(o, err, "claims", i);
		ret->count++;
	}
}
