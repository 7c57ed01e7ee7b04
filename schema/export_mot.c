/*
 * The Model Openness Tool's YAML: all 17 components, each as the release names it.
 * Texts are JSON strings, which YAML 1.2 reads as they are.
 */
#include "schema/export_inner.h"

#include "schema/mof.h"

struct mot {
	const struct dossier *d;
	struct writer *w;
};

static void
put(struct mot *m, const char *name, struct span value)
{
	writer_format(m->w, "%s: ", name);
	writer_json(m->w, value);
	writer_text(m->w, "\n");
}

/* The first of that role, preferring one that is more than a name. */
static const struct dossier_component *
find(const struct mot *m, const char *role)
{
	const struct dossier_component *found = NULL;

	for (size_t i = 0; i < m->d->component_count; i++) {
		const struct dossier_component *one = &m->d->components[i];
		if (!span_is(one->component->role, role))
			continue;
		if (found == NULL || (!found->has_node && one->has_node))
			found = one;
	}
	return found;
}

/* By which URL; else by which digest, or record. */
static void
put_location(struct mot *m, const struct dossier_component *one)
{
	char text[DIGEST_TEXT_MAX];
	struct span location = SPAN_EMPTY;

	if (one != NULL) {
		location = one->component->location;
		if (location.len == 0 && one->has_node)
			location = export_location(m->d, one->node);
		if (location.len == 0 && one->has_node) {
			digest_print(&m->d->nodes[one->node].digest, text);
			location = span_of_text(text);
		} else if (location.len == 0 && one->has_record) {
			struct digest id =
			    digest_sha256(&m->d->records[one->record].id);
			id.algorithm = DIGEST_TLOG_LEAF;
			digest_print(&id, text);
			location = span_of_text(text);
		}
	}
	put(m, "      location", location);
}

/* By name alone: a claim, and no licence makes it more (the tool counts what has
 * one). */
static bool
is_claim(const struct dossier_component *one)
{
	return !one->has_node && !one->has_record &&
	    one->component->location.len == 0;
}

static void
put_texts(struct mot *m, const struct dossier_component *one)
{
	char text[DIGEST_TEXT_MAX] = "";

	if (one != NULL && !is_claim(one) && one->component->texts.count > 0) {
		struct digest digest =
		    digest_sha256(&one->component->texts.all[0]);
		digest_print(&digest, text);
	}
	put(m, "      license_path", span_of_text(text));
}

static struct span
license_of(const struct mot *m, const struct dossier_component *one)
{
	if (is_claim(one) || one->component->license.len > 0)
		return is_claim(one) ? SPAN_EMPTY : one->component->license;
	if (one->has_node)
		return export_license(m->d, one->node);
	return one->has_record ? m->d->records[one->record].record.license
			       : SPAN_EMPTY;
}

static struct span
description_of(const struct mot *m, const struct dossier_component *one)
{
	if (one->component->name.len > 0)
		return one->component->name;
	if (one->has_node)
		return m->d->nodes[one->node].name;
	return one->has_record ? m->d->records[one->record].record.name
			       : SPAN_EMPTY;
}

static void
put_component(struct mot *m, const struct mof_row *row)
{
	const struct dossier_component *one = find(m, row->role);
	char buffer[STATEMENT_TEXT_MAX + 64];
	struct writer description = writer_of(buffer, sizeof(buffer));
	struct span license = SPAN_EMPTY;

	if (one != NULL) {
		license = license_of(m, one);
		if (is_claim(one))
			writer_text(&description, "claimed by name alone: ");
		writer_span(&description, description_of(m, one));
	}
	writer_text(m->w, "    - name: ");
	writer_json(m->w, span_of_text(row->name));
	writer_text(m->w, "\n");
	put(m, "      description", writer_view(&description));
	put_location(m, one);
	put(m, "      license_name", license);
	put_texts(m, one);
}

enum err
export_mot(const struct dossier *dossier, struct writer *writer, struct why *w)
{
	struct mot m = { .d = dossier, .w = writer };
	const struct dossier_record *release = dossier_release(dossier);
	uint8_t date[32];
	struct writer text = writer_of(date, sizeof(date));

	(void)w;
	export_write_second(&text, release->stamp_ms);
	writer_text(writer,
	    "framework:\n  name: \"Model Openness Framework\"\n"
	    "  version: \"1.0\"\n  date: \"2024-12-15\"\nrelease:\n");
	put(&m, "  name", release->record.name);
	put(&m, "  version", release->record.version);
	put(&m, "  date", span_part(writer_view(&text), 0, 10));
	/* records have no words of the tool's lists: left open, not "other" */
	put(&m, "  type", SPAN_EMPTY);
	put(&m, "  architecture", SPAN_EMPTY);
	put(&m, "  origin", SPAN_EMPTY);
	put(&m, "  producer", release->principal);
	put(&m, "  contact", SPAN_EMPTY);
	writer_text(writer, "  components:\n");
	for (unsigned i = 0; i < MOF_COMPONENTS; i++)
		put_component(&m, mof_row((enum mof_component)i));
	return ERR_OK;
}
