#include "client/differences.h"

#include <string.h>

#include "client/web.h"

/* Was this pair compared for another licence? */
static bool
is_there(const struct differences *all, const struct drift_document *document)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct drift_document *other = all->all[i].document;
		if (span_equal(other->source, document->source) &&
		    hash_equal(&other->text, &document->text) &&
		    hash_equal(&other->newest_text, &document->newest_text))
			return true;
	}
	return false;
}

static enum err
get_text(struct session *session, const struct hash *sha256, struct span *ret,
    const char **reason, struct why *w)
{
	char path[HASH_TEXT_MAX + 32] = "/v1/blobs/sha256:";
	struct span body;
	enum err err;

	hash_print(sha256, path + strlen(path));
	err = session_get(session, path, WEB_LEN_MAX, &body, w);
	if (err == ERR_NOT_FOUND)
		*reason = "the log does not hold both texts";
	else if (err == ERR_TOO_LARGE)
		*reason = "a text is longer than is compared";
	if (err != ERR_OK)
		return err;
	struct hash hash = sha256_of(body);
	if (!hash_equal(&hash, sha256)) {
		*reason = "the log gave another text than that of the digest";
		return ERR_NOT_FOUND;
	}
	*ret = body;
	return ERR_OK;
}

static enum err
compare(struct session *session, struct difference *difference, struct why *w)
{
	const struct drift_document *document = difference->document;
	struct span old;
	struct span new;
	enum err err =
	    get_text(session, &document->text, &old, &difference->reason, w);

	if (err == ERR_OK)
		err = get_text(session, &document->newest_text, &new,
		    &difference->reason, w);
	if (err == ERR_OK) {
		err = text_diff(old, new, session->arena, &difference->diff);
		difference->is_told = err == ERR_OK;
		if (err == ERR_LIMIT)
			difference->reason = "a text has too many lines";
	}
	return difference->reason != NULL ? ERR_OK : err;
}

static enum err
find_in(struct session *session, const struct licensing *licensing,
    const struct drift *drift, struct differences *all, struct why *w)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < drift->count; i++) {
		const struct drift_document *document = &drift->documents[i];
		if (!document->is_changed || is_there(all, document))
			continue;
		if (all->count == DIFFERENCES_MAX) {
			all->is_cut = true;
			return ERR_OK;
		}
		struct difference *difference = &all->all[all->count++];
		*difference = (struct difference){
			.document = document,
			.newest_by = licensing->snapshots.all[document->newest]
					 .principal,
		};
		err = compare(session, difference, w);
	}
	return err;
}

enum err
differences_find(struct session *session, const struct licensing *licensing,
    struct differences *ret, struct why *w)
{
	enum err err = ERR_OK;

	ret->count = 0;
	ret->is_cut = false;
	for (size_t i = 0; err == ERR_OK && i < licensing->text_count; i++)
		err = find_in(
		    session, licensing, &licensing->texts[i].drift, ret, w);
	return err;
}
