/*
 * A judgement as JSON (FORMATS 7.4).
 */
#include "schema/licensing_inner.h"

void
licensing_print_facts(const struct spdx_facts *facts, struct writer *w)
{
	const struct {
		bool is;
		const char *name;
	} all[] = {
		{ facts->is_known, "known" },
		{ facts->is_osi, "osi" },
		{ facts->is_fsf, "fsf" },
		{ facts->is_open, "open" },
		{ facts->is_permissive, "permissive" },
		{ facts->share_alike, "share-alike" },
		{ facts->share_alike_part, "share-alike-in-part" },
		{ facts->non_commercial, "non-commercial" },
		{ facts->no_derivatives, "no-derivatives" },
		{ facts->use_restricted, "use-restricted" },
		{ facts->is_mutable, "mutable" },
		{ facts->is_revocable, "revocable" },
		{ facts->has_reference, "reference" },
		{ facts->is_deprecated, "deprecated" },
	};

	writer_text(w, "[");
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (!all[i].is)
			continue;
		writer_comma(w);
		writer_json(w, span_of_text(all[i].name));
	}
	writer_text(w, "]");
}

static void
print_flag(const char *name, bool is, struct writer *w)
{
	writer_member(w, name);
	writer_text(w, is ? "true" : "false");
}

static void
print_optional(const char *name, struct span text, struct writer *w)
{
	if (text.len > 0)
		writer_member_text(w, name, text);
}

/* ---- drift ---- */

static void
print_document(const struct drift_document *d,
    const struct snapshots *snapshots, struct writer *w)
{
	const struct snapshot *told = &snapshots->all[d->snapshot];

	writer_comma(w);
	writer_text(w, "{");
	print_optional("source", d->source, w);
	writer_member_number(w, "depth", d->depth);
	writer_member_number(w, "within", d->within);
	if (d->has_text)
		hash_print_member(&d->text, "sha256", w);
	hash_print_member(&told->id, "record", w);
	writer_member_text(w, "principal", told->principal);
	print_flag("mutable", d->is_mutable, w);
	print_optional("clause", d->clause, w);
	print_flag("circular", d->is_circular, w);
	print_flag("changed", d->is_changed, w);
	if (d->is_changed) {
		const struct snapshot *newest = &snapshots->all[d->newest];
		writer_member(w, "newest");
		writer_text(w, "{");
		hash_print_member(&d->newest_text, "sha256", w);
		hash_print_member(&newest->id, "record", w);
		writer_member_text(w, "principal", newest->principal);
		writer_text(w, "}");
	}
	writer_text(w, "}");
}

void
licensing_print_drift(const struct hash *text, const struct drift *drift,
    const struct snapshots *snapshots, struct writer *w)
{
	writer_text(w, "{");
	hash_print_member(text, "sha256", w);
	print_flag("known", drift->is_known, w);
	print_flag("changed", drift->is_changed, w);
	print_flag("notFetched", drift->has_gap, w);
	print_flag("circular", drift->is_circular, w);
	print_flag("mutable", drift->is_mutable, w);
	writer_member(w, "documents");
	writer_text(w, "[");
	for (size_t i = 0; i < drift->count; i++)
		print_document(&drift->documents[i], snapshots, w);
	writer_text(w, "]}");
}

/* ---- the judgement ---- */

static void
print_claim(const struct licensing *licensing, struct writer *w)
{
	writer_member(w, "claim");
	if (licensing->claim.len == 0) {
		writer_text(w, "null");
		return;
	}
	writer_text(w, "{");
	writer_member_text(w, "license", licensing->claim);
	print_flag("supposed", licensing->is_supposed, w);
	writer_member(w, "facts");
	licensing_print_facts(&licensing->facts, w);
	writer_text(w, "}");
}

static void
print_finding(const struct licensing *licensing,
    const struct licensing_finding *finding, struct writer *w)
{
	writer_comma(w);
	writer_text(w, "{");
	writer_member_text(
	    w, "finding", span_of_text(licensing_kind_name(finding->kind)));
	print_flag("bad", licensing_kind_is_bad(finding->kind), w);
	writer_member_number(w, "item", finding->item);
	writer_member_text(w, "says", finding->sentence);
	if (finding->has_record)
		hash_print_member(
		    &licensing->dossier->records[finding->record].id, "record",
		    w);
	writer_text(w, "}");
}

/* What the item is: its digest, or the component's name alone. */
static void
print_place(const struct licensing *licensing,
    const struct licensing_item *item, struct writer *w)
{
	const struct dossier *dossier = licensing->dossier;

	if (item->has_node) {
		const struct dossier_node *node = &dossier->nodes[item->node];
		digest_print_member(&node->digest, "digest", w);
		writer_member_number(w, "distance", node->distance);
		print_flag("released", node->is_released, w);
	}
	print_optional("name", item->name, w);
	if (item->has_component)
		writer_member_text(w, "component",
		    dossier->components[item->component].component->role);
	print_optional("role", item->role, w);
	print_flag("upstream", item->is_upstream, w);
	print_flag("part", item->is_part, w);
}

static void
print_item(const struct licensing *licensing, const struct licensing_item *item,
    struct writer *w)
{
	writer_comma(w);
	writer_text(w, "{");
	print_place(licensing, item, w);
	writer_member_text(
	    w, "word", span_of_text(licensing_word_name(item->word)));
	if (item->word != LICENSING_NOBODY) {
		const struct dossier_record *record =
		    &licensing->dossier->records[item->record];
		writer_member_text(w, "license", item->license);
		hash_print_member(&record->id, "record", w);
		writer_member_text(w, "principal", record->principal);
		writer_member(w, "facts");
		licensing_print_facts(&item->facts, w);
		writer_member(w, "texts");
		writer_text(w, "[");
		for (size_t i = 0; i < item->text_count; i++) {
			writer_comma(w);
			writer_decimal(w, item->texts[i]);
		}
		writer_text(w, "]");
	}
	writer_text(w, "}");
}

static void
print_lists(const struct licensing *licensing, struct writer *w)
{
	writer_member(w, "findings");
	writer_text(w, "[");
	for (size_t i = 0; i < licensing->finding_count; i++)
		print_finding(licensing, &licensing->findings[i], w);
	writer_text(w, "]");
	writer_member(w, "items");
	writer_text(w, "[");
	for (size_t i = 0; i < licensing->item_count; i++)
		print_item(licensing, &licensing->items[i], w);
	writer_text(w, "]");
	writer_member(w, "texts");
	writer_text(w, "[");
	for (size_t i = 0; i < licensing->text_count; i++) {
		writer_comma(w);
		licensing_print_drift(&licensing->texts[i].hash,
		    &licensing->texts[i].drift, &licensing->snapshots, w);
	}
	writer_text(w, "]");
}

void
licensing_print(const struct licensing *licensing, struct writer *w)
{
	const struct dossier *dossier = licensing->dossier;
	const struct dossier_record *release = licensing_release(dossier);

	writer_text(w, "{");
	writer_member_number(w, "treeSize", dossier->tree_size);
	writer_member(w, "as");
	if (dossier->as.len > 0)
		writer_json(w, dossier->as);
	else
		writer_text(w, "null");
	writer_member(w, "release");
	if (release == NULL) {
		writer_text(w, "null");
	} else {
		writer_text(w, "{");
		hash_print_member(&release->id, "record", w);
		writer_member_text(w, "name", release->record.name);
		writer_member_text(w, "version", release->record.version);
		writer_text(w, "}");
	}
	print_flag("truncated", licensing->is_cut, w);
	print_claim(licensing, w);
	writer_member_number(w, "bad", licensing->bad_count);
	print_lists(licensing, w);
	writer_text(w, "}");
}
