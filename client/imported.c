#include "client/imported.h"

#define CARD_NAME "README.md"
#define CONFIG_NAME "config.json"

/* Is it the file that was hashed?  Of a large folder not all lines are kept. */
static bool
is_as_hashed(
    const struct item *item, const char *name, const struct hash *sha256)
{
	const struct hashing *set = &item->hashing;

	if (set->lines == NULL || set->count > LISTING_KEPT_MAX)
		return true;
	for (size_t i = 0; i < set->count; i++) {
		if (span_is(set->lines[i].path, name))
			return hash_equal(&set->lines[i].digest, sha256);
	}
	return false;
}

static enum err
read_file(struct session *session, const char *folder, const char *name,
    struct imported_file *ret, struct why *w)
{
	char path[DISK_PATH_MAX];
	enum err err = disk_join(folder, name, path, w);

	if (err != ERR_OK || !disk_exists(path))
		return err;
	err = disk_read(path, CARD_LEN_MAX, session->arena, &ret->text, w);
	if (err != ERR_OK)
		return err;
	ret->is_there = true;
	ret->sha256 = sha256_of(ret->text);
	return ERR_OK;
}

static enum err
check_file(const struct item *item, const char *name,
    const struct imported_file *file, struct why *w)
{
	if (!file->is_there || is_as_hashed(item, name, &file->sha256))
		return ERR_OK;
	return why(w, ERR_REFUSED,
	    "%s: changed while the folder was hashed: try again when nobody "
	    "writes to it",
	    name);
}

/* A card that cannot be read is an error, a configuration says little: what is no
 * JSON claims nothing. */
static enum err
read_both(struct session *session, const char *folder, struct imported *ret,
    struct why *w)
{
	struct why ignored = { 0 };
	enum err err = read_file(session, folder, CARD_NAME, &ret->card, w);

	if (err == ERR_OK) {
		err = card_read(&ret->said, ret->card.text, w);
		if (err != ERR_OK)
			why_prefix(w, CARD_NAME);
	}
	if (err == ERR_OK)
		err = read_file(session, folder, CONFIG_NAME, &ret->config, w);
	if (err == ERR_OK && ret->config.is_there &&
	    card_read_config(&ret->said, ret->config.text, &ignored) != ERR_OK)
		output_warn(&session->out, "%s: nothing is taken from it: %s",
		    CONFIG_NAME, ignored.text);
	return err;
}

enum err
imported_read(struct session *session, const char *folder,
    const struct item *item, struct imported *ret, struct why *w)
{
	if (item->kind != ITEM_SET || item->hashing.is_salted)
		return why(w, ERR_USAGE,
		    "%s: a folder is needed, as the hub has it", folder);
	ret->said.arena = session->arena;
	enum err err = read_both(session, folder, ret, w);
	if (err == ERR_OK)
		err = check_file(item, CARD_NAME, &ret->card, w);
	if (err == ERR_OK)
		err = check_file(item, CONFIG_NAME, &ret->config, w);
	if (err == ERR_OK && !ret->card.is_there && !ret->config.is_there)
		err = why(w, ERR_USAGE,
		    "%s: neither %s nor %s is there: headwater record model "
		    "records it without",
		    folder, CARD_NAME, CONFIG_NAME);
	if (err == ERR_OK && ret->said.left_out > 0)
		output_warn(&session->out,
		    "%zu claims are left out: more than %d, longer than %d "
		    "bytes, or with control characters",
		    ret->said.left_out, CLAIMS_MAX, CLAIM_NAME_MAX);
	return err;
}
