#include "client/wishes.h"

#include <string.h>

static enum err
cache_path(const char *given, char ret[static DISK_PATH_MAX], struct why *w)
{
	char home[DISK_PATH_MAX];
	char folder[DISK_PATH_MAX];

	if (given != NULL && strlen(given) >= DISK_PATH_MAX)
		return why(w, ERR_USAGE, "--cache: the path is too long");
	if (given != NULL) {
		memcpy(ret, given, strlen(given) + 1);
		return ERR_OK;
	}
	enum err err = trust_home(home, w);
	if (err == ERR_OK)
		err = disk_join(home, "cache", folder, w);
	if (err == ERR_OK)
		err = disk_make_dirs(folder, w);
	return err == ERR_OK ? disk_join(folder, "hashes", ret, w) : err;
}

/* A wish: without it all is read. */
static void
open_cache(struct session *session, const char *given, struct cache **ret)
{
	char path[DISK_PATH_MAX];
	struct why reason = { 0 };
	enum err err = cache_path(given, path, &reason);

	if (err == ERR_OK)
		err = cache_open(path, ret, &reason);
	if (err != ERR_OK)
		output_warn(&session->out, "no cache: %s", reason.text);
	else if (reason.text[0] != '\0')
		output_warn(&session->out, "%s", reason.text);
}

static enum err
check_options(const struct arguments *arguments, struct why *w)
{
	bool is_sums = options_has(arguments, "from-sums");

	if (options_has(arguments, "cache") &&
	    options_has(arguments, "no-cache"))
		return why(
		    w, ERR_USAGE, "--cache and --no-cache: give one of them");
	if (is_sums && options_has(arguments, "pointers"))
		return why(w, ERR_USAGE,
		    "--from-sums and --pointers: give one of them");
	if (is_sums == (arguments->count > 0))
		return why(w, ERR_USAGE, "PATH %s --from-sums FILE: %s",
		    is_sums ? "and" : "or",
		    is_sums ? "give one of them" : "one of them is needed");
	return ERR_OK;
}

enum err
wishes_open(struct session *session, const struct arguments *arguments,
    struct hashing_wish *ret, const char **ret_path, struct why *w)
{
	struct hashing_wish wish = {
		.out = &session->out,
		.reads_pointers = options_has(arguments, "pointers"),
		.is_salted = options_has(arguments, "salted"),
		.is_sums = options_has(arguments, "from-sums"),
		.fd = -1,
	};
	enum err err = check_options(arguments, w);

	if (err != ERR_OK)
		return err;
	if (!wish.is_sums && !options_has(arguments, "no-cache"))
		open_cache(
		    session, options_value(arguments, "cache"), &wish.cache);
	*ret = wish;
	*ret_path = wish.is_sums ? options_value(arguments, "from-sums")
				 : arguments->words[0];
	return ERR_OK;
}

void
wishes_done(struct hashing_wish *wish)
{
	cache_close(wish->cache);
	wish->cache = NULL;
}
