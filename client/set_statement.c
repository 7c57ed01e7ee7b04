#include "client/set_statement.h"

#include <inttypes.h>
#include <string.h>

#include "client/imported.h"
#include "client/tensors.h"
#include "client/terms.h"
#include "schema/attachment.h"

static void
write_attachment(struct draft *draft, const char *name, const char *type,
    const struct hash *sha256, uint64_t size)
{
	struct writer *w = &draft->w;

	writer_comma(w);
	writer_format(w,
	    "{\"name\":\"%s\",\"mediaType\":\"%s\","
	    "\"digest\":{\"sha256\":\"",
	    name, type);
	writer_hex(w, hash_span(sha256));
	writer_format(w, "\"},\"size\":\"%" PRIu64 "\"}", size);
}

/* The card and the configuration that claims were taken from. */
static void
write_imported(struct draft *draft)
{
	const struct imported *imported = draft->imported;

	if (imported != NULL && imported->card.is_there)
		write_attachment(draft, "model-card", "text/markdown",
		    &imported->card.sha256, imported->card.text.len);
	if (imported != NULL && imported->config.is_there)
		write_attachment(draft, "config", "application/json",
		    &imported->config.sha256, imported->config.text.len);
}

static void
write_claims(struct draft *draft)
{
	struct writer *w = &draft->w;

	if (draft->imported == NULL || draft->imported->said.count == 0)
		return;
	writer_member(w, "claims");
	writer_text(w, "[");
	for (size_t i = 0; i < draft->imported->said.count; i++) {
		const struct claim *claim = &draft->imported->said.claims[i];
		writer_comma(w);
		writer_text(w, "{");
		writer_member_text(
		    w, "what", span_of_text(claim_what_name(claim->what)));
		writer_member_text(w, "name", claim->name);
		writer_text(w, "}");
	}
	writer_text(w, "]");
}

/* As the command line says, else as the configuration does. */
static void
write_architecture(struct draft *draft)
{
	if (options_has(draft->arguments, "architecture"))
		draft_text(draft, "architecture", "architecture");
	else if (draft->imported != NULL &&
	    draft->imported->said.architecture.len > 0)
		writer_member_text(&draft->w, "architecture",
		    draft->imported->said.architecture);
}

/* What is kept by this client and named by its digest: a set's manifest, the
 * tensors of a model. */
static void
write_attachments(struct draft *draft, const struct item *item)
{
	const struct hashing *set = &item->hashing;
	struct writer *w = &draft->w;
	struct hash tensors = sha256_of(draft->beside);
	bool is_set = item->kind == ITEM_SET;

	draft->is_disclosed =
	    !set->is_salted && !options_has(draft->arguments, "no-upload");
	if (is_set && set->is_salted)
		writer_member_text(w, "disclosure", span_of_text("salted"));
	if (is_set && draft->is_disclosed)
		writer_member_text(w, "disclosure", span_of_text("full"));
	if (!is_set && draft->beside.len == 0)
		return;
	writer_member(w, "attachments");
	writer_text(w, "[");
	if (is_set)
		write_attachment(draft,
		    set->is_salted ? ATTACHMENT_SALTED : ATTACHMENT_MANIFEST,
		    "text/plain", &set->sha256, set->manifest_len);
	if (draft->beside.len > 0)
		write_attachment(draft, TENSORS_NAME, "application/json",
		    &tensors, draft->beside.len);
	write_imported(draft);
	writer_text(w, "]");
	draft->manifest_hash = set->sha256;
}

/* Files that come with weights and are none: a licence or a tokenizer shared by
 * all would join models that have nothing to do with each other.  Whatever is
 * not known here counts as weights. */
static bool
is_beside_weights(struct span path)
{
	static const char *const ends[] = { ".md", ".txt", ".json", ".jsonl",
		".jinja", ".py", ".yaml", ".yml", ".toml", ".html", ".pdf",
		".png", ".jpg", ".svg", ".gitattributes", ".gitignore",
		"tokenizer.model", "LICENSE", "NOTICE", "README", "COPYING" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t len = strlen(ends[i]);
		if (path.len >= len &&
		    span_is(span_part(path, path.len - len, len), ends[i]))
			return true;
	}
	return false;
}

/* The files of a small set as further subjects, in the manifest's order. */
static void
write_parts(struct draft *draft, const struct item *item, bool is_model)
{
	for (size_t i = 0; i < item->hashing.count; i++) {
		const struct manifest_line *line = &item->hashing.lines[i];
		struct digest digest = digest_sha256(&line->digest);
		struct digest_set set = { .count = 1, .digests = &digest };
		const char *role = is_model ? "weights" : "shard";
		if (is_model && is_beside_weights(line->path))
			role = "";
		draft->makes = draft->makes || role[0] != '\0';
		draft_resource(draft, line->path, span_of_text(role), &set);
	}
}

static bool
is_complete(const struct draft *draft, const char *role)
{
	size_t at = 0;
	const char *value = options_next(draft->arguments, "complete", &at);

	while (value != NULL && strcmp(value, role) != 0)
		value = options_next(draft->arguments, "complete", &at);
	return value != NULL;
}

/* Files are listed where they are few enough and leave room for the predicate;
 * else the manifest alone names them.  To sign that none is missing from a list
 * that is not there would be false. */
static void
write_files(struct draft *draft, const struct item *item, bool is_model)
{
	size_t len = draft->w.len;
	bool is_listed =
	    item->hashing.count <= DRAFT_PARTS_MAX && !item->hashing.is_salted;

	if (item->kind != ITEM_SET)
		return;
	if (is_listed)
		write_parts(draft, item, is_model);
	if (is_listed && writer_end(&draft->w) == ERR_OK &&
	    draft->w.len <= DRAFT_LEN_MAX / 4 * 3)
		return;
	draft->w.len = len;
	if (draft->w.err == ERR_LIMIT)
		draft->w.err = ERR_OK;
	draft->makes = false;
	if (is_complete(draft, is_model ? "weights" : "shard"))
		draft_fail(draft,
		    why(draft->why, ERR_USAGE,
			"--complete: %zu files are %s, so the list cannot be "
			"complete: leave it out",
			item->hashing.count,
			item->hashing.is_salted ? "salted and not listed"
						: "too many to be listed"));
}

static void
write_size(struct draft *draft, const struct item *item)
{
	if (item->kind == ITEM_SET) {
		writer_member(&draft->w, "files");
		writer_format(&draft->w, "\"%zu\"", item->hashing.count);
	}
	if (item->hashing.has_bytes) {
		writer_member(&draft->w, "bytes");
		writer_format(&draft->w, "\"%llu\"",
		    (unsigned long long)item->hashing.bytes);
	}
}

void
set_statement_write(struct draft *draft, struct span name,
    const struct item *item, bool is_model)
{
	draft_subject(draft, name, item);
	write_files(draft, item, is_model);
	writer_format(&draft->w,
	    "],\"predicateType\":\"https://headwater/%s/v1\",\"predicate\":{",
	    is_model ? "model" : "dataset");
	draft_common(draft);
	terms_draft(draft);
	write_attachments(draft, item);
	draft_complete(draft);
	draft_items(draft, "derivedFrom", "derived-from");
	if (options_has(draft->arguments, "derived-from"))
		draft->makes = true;
	write_size(draft, item);
	write_claims(draft);
	if (!is_model) {
		draft_text(draft, "availability", "availability");
		draft_text(draft, "sourceCategory", "source-category");
	}
	if (is_model) {
		write_architecture(draft);
		draft_text(draft, "format", "format");
	}
	writer_text(&draft->w, "}}");
}
