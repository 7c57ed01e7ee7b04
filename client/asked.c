#include "client/asked.h"

#include "client/progress.h"
#include "client/show.h"

void
asked_print(struct output *out, const struct asked *asked)
{
	show_print_digest(out, &asked->digest);
	output_print(out, "  ");
	output_safe(out, asked->what);
	output_print(out, "\n");
}

enum err
asked_each_file(struct session *session, const struct item *item,
    asked_take *take, void *context, struct why *w)
{
	const struct hashing *set = &item->hashing;
	size_t count = set->count; /* 0 of all but a folder */
	size_t most = count < LISTING_KEPT_MAX ? count : LISTING_KEPT_MAX;
	struct progress progress =
	    progress_begin(&session->out, "asking", most, false);
	enum err err = ERR_OK;

	/* it does not follow the count through item_resolve */
	// cppcheck-suppress knownConditionTrueFalse
	for (size_t i = 0; i < most && err == ERR_OK; i++) {
		struct asked asked = {
			.what = set->lines[i].path,
			.digest = digest_sha256(&set->lines[i].digest),
		};
		if (!digest_is_of_nothing(&asked.digest))
			err = take(context, &asked, w);
		progress_add(&progress, 1);
	}
	progress_end(&progress);
	if (err == ERR_OK && most < count)
		output_warn(&session->out,
		    "%zu of %zu files were asked for; ask for the others by "
		    "name",
		    most, count);
	return err;
}
