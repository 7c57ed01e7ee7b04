#include "client/terms.h"

#include "schema/license_record.h"

static enum err
find_text(
    struct draft *draft, struct span text, struct digest *ret, struct why *w)
{
	const struct digest *digest;
	struct span name = arena_copy(draft->session->arena, text);
	struct item item;

	if (name.data == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err =
	    item_resolve(draft->session, (const char *)name.data, &item, w);
	if (err != ERR_OK)
		return err;
	if (item.kind == ITEM_SET || item.kind == ITEM_GIT)
		return why(w, ERR_USAGE,
		    "%.*s: a folder: a licence's text is "
		    "one file",
		    SPAN_ARGS(text));
	digest = digest_set_find(&item.digest, DIGEST_SHA256);
	if (digest == NULL)
		return why(w, ERR_USAGE,
		    "%.*s: the sha256 of its text is needed", SPAN_ARGS(text));
	*ret = *digest;
	return ERR_OK;
}

void
terms_write(struct draft *draft, const struct span *texts, size_t count)
{
	struct writer *w = &draft->w;

	if (count == 0 || draft->err != ERR_OK)
		return;
	writer_member(w, "licenseTexts");
	writer_text(w, "[");
	for (size_t i = 0; i < count; i++) {
		struct digest digest = { .len = 0 };
		draft_fail(
		    draft, find_text(draft, texts[i], &digest, draft->why));
		if (draft->err != ERR_OK)
			return;
		writer_comma(w);
		writer_text(w, "{\"sha256\":\"");
		writer_hex(w, span_of(digest.bytes, digest.len));
		writer_text(w, "\"}");
	}
	writer_text(w, "]");
}

void
terms_draft(struct draft *draft)
{
	struct span texts[LICENSE_TEXTS_MAX];
	size_t count = 0;
	size_t at = 0;
	const char *text = options_next(draft->arguments, "license-text", &at);

	for (; text != NULL;
	     text = options_next(draft->arguments, "license-text", &at)) {
		if (count == LICENSE_TEXTS_MAX) {
			draft_fail(draft,
			    why(draft->why, ERR_USAGE,
				"--license-text: more than %d",
				LICENSE_TEXTS_MAX));
			return;
		}
		texts[count++] = span_of_text(text);
	}
	terms_write(draft, texts, count);
}
