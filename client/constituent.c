#include "client/constituent.h"

#include <string.h>

#include "client/stored.h"
#include "client/terms.h"
#include "schema/component.h"
#include "schema/mof.h"

enum part {
	PART_RECORD,
	PART_LICENSE,
	PART_TEXT,
	PART_LOCATION,
	PART_NAME,
	PARTS,
};

static const char *const parts[] = {
	",record=", ",license=", ",text=", ",location=", ",name="
};

struct constituent {
	struct item item; /* its role always; the rest where has_item */
	bool has_item;
	struct span values[PARTS]; /* empty: not given; of texts the last */
	size_t text_count;
	struct span texts[LICENSE_TEXTS_MAX];
};

/* Which part begins there; PARTS: none. */
static enum part
part_at(struct span rest)
{
	unsigned i = 0;

	while (i < PARTS && !span_starts(rest, parts[i]))
		i++;
	return (enum part)i;
}

/* The first place, at or behind `from`, where one of the parts begins. */
static size_t
next_part(struct span text, size_t from)
{
	size_t at = from;

	while (at < text.len && part_at(span_part(text, at, text.len)) == PARTS)
		at++;
	return at;
}

static enum err
take_value(struct constituent *c, enum part part, struct span value,
    const char *given, struct why *w)
{
	if (value.len == 0)
		return why(w, ERR_USAGE, "--component %s: nothing behind %s",
		    given, parts[part]);
	if (part == PART_TEXT && c->text_count == LICENSE_TEXTS_MAX)
		return why(w, ERR_USAGE, "--component %s: more than %d texts",
		    given, LICENSE_TEXTS_MAX);
	if (part == PART_TEXT)
		c->texts[c->text_count++] = value;
	else if (c->values[part].len > 0)
		return why(w, ERR_USAGE, "--component %s: %s given twice",
		    given, parts[part]);
	c->values[part] = value;
	return ERR_OK;
}

/* Those that stand in `given` from `at` on. */
static enum err
take_parts(struct constituent *c, const char *given, size_t at, struct why *w)
{
	struct span text = span_of_text(given);
	enum err err = ERR_OK;

	while (at < text.len && err == ERR_OK) {
		enum part part = part_at(span_part(text, at, text.len));
		size_t start = at + strlen(parts[part]);
		at = next_part(text, start);
		err = take_value(
		    c, part, span_part(text, start, at - start), given, w);
	}
	return err;
}

static enum err
take(struct session *session, const char *given, struct constituent *ret,
    struct why *w)
{
	struct span text = span_of_text(given);
	size_t at = next_part(text, 0);
	struct span head = arena_copy(session->arena, span_part(text, 0, at));

	*ret = (struct constituent){ .has_item = false };
	if (head.data == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	ret->item = item_split((const char *)head.data);
	if (ret->item.role.len == 0)
		return why(w, ERR_USAGE,
		    "--component %s: COMPONENT=ITEM is needed, such as "
		    "training-code=src",
		    given);
	ret->has_item = ret->item.what[0] != '\0';
	enum err err = take_parts(ret, given, at, w);
	if (err == ERR_OK && !ret->has_item &&
	    ret->values[PART_RECORD].len == 0 &&
	    ret->values[PART_NAME].len == 0)
		err = why(w, ERR_USAGE,
		    "--component %s: neither an item, nor record=, nor name=: "
		    "what is it?",
		    given);
	if (err == ERR_OK && ret->has_item)
		err = item_resolve(
		    session, (const char *)head.data, &ret->item, w);
	return err;
}

static enum err
find_record(struct draft *draft, const struct constituent *c, bool *ret_has,
    struct hash *ret, struct why *w)
{
	struct span text =
	    arena_copy(draft->session->arena, c->values[PART_RECORD]);

	*ret_has = text.len > 0;
	if (text.len == 0)
		return ERR_OK;
	return stored_resolve_id(
	    draft->session, (const char *)text.data, ret, w);
}

/* What is cited stands beside the digest, as the record that describes it. */
static enum err
write_what(struct draft *draft, const struct constituent *c, struct why *w)
{
	struct digest_set set = { .count = 0 };
	struct hash id;
	bool has_id;
	enum err err = find_record(draft, c, &has_id, &id, w);

	if (err == ERR_OK && c->has_item)
		err = item_cite(draft->session, &c->item, &set, w);
	if (err != ERR_OK)
		return err;
	if (set.has_citation) {
		set.count--; /* the last one: tlogLeaf */
		if (!has_id)
			id = set.citation;
		has_id = true;
	}
	if (c->has_item) {
		writer_member(&draft->w, "digest");
		digest_set_print(&set, &draft->w);
	}
	if (has_id) {
		writer_member(&draft->w, "record");
		draft_citation(draft, &id);
	}
	return ERR_OK;
}

/* Any is recorded; one that does not count may be meant, and may be a slip. */
static void
warn_of_role(struct draft *draft, struct span role)
{
	const char *names[MOF_COMPONENTS];
	enum mof_component found;

	if (mof_find(role, &found))
		return;
	for (unsigned i = 0; i < MOF_COMPONENTS; i++)
		names[i] = mof_row((enum mof_component)i)->role;
	struct span text = arena_copy(draft->session->arena, role);
	const char *near = text.data == NULL
	    ? NULL
	    : options_nearest((const char *)text.data, names, MOF_COMPONENTS);
	output_warn(&draft->session->out,
	    "--component %.*s: none of the Model Openness Framework's, so it "
	    "does not count%s%s%s",
	    SPAN_ARGS(role), near == NULL ? "" : "; did you mean ",
	    near == NULL ? "" : near, near == NULL ? "" : "?");
}

static enum err
write_one(struct draft *draft, const char *text, struct why *w)
{
	struct constituent c;
	enum err err = take(draft->session, text, &c, w);

	if (err != ERR_OK)
		return err;
	warn_of_role(draft, c.item.role);
	struct span name = c.values[PART_NAME];
	writer_comma(&draft->w);
	writer_text(&draft->w, "{");
	writer_member_text(&draft->w, "component", c.item.role);
	if (name.len == 0 && c.has_item)
		name = c.item.name;
	if (name.len > 0)
		writer_member_text(&draft->w, "name", name);
	err = write_what(draft, &c, w);
	if (c.values[PART_LICENSE].len > 0)
		writer_member_text(
		    &draft->w, "license", c.values[PART_LICENSE]);
	terms_write(draft, c.texts, c.text_count);
	if (c.values[PART_LOCATION].len > 0)
		writer_member_text(
		    &draft->w, "location", c.values[PART_LOCATION]);
	writer_text(&draft->w, "}");
	return err;
}

void
constituent_draft(struct draft *draft)
{
	size_t at = 0;
	const char *text = options_next(draft->arguments, "component", &at);

	if (text == NULL)
		return;
	writer_member(&draft->w, "components");
	writer_text(&draft->w, "[");
	for (; text != NULL && draft->err == ERR_OK;
	     text = options_next(draft->arguments, "component", &at))
		draft_fail(draft, write_one(draft, text, draft->why));
	writer_text(&draft->w, "]");
}
