/* affected: what came of a file, a folder's files, or a digest? */
#include <inttypes.h>

#include "client/answer.h"
#include "client/asked.h"
#include "client/command.h"
#include "client/releases.h"
#include "client/tell.h"
#include "schema/text.h"

#define PAGES_MAX 1000 /* of one file */
#define QUESTION_MAX 1024

struct asking {
	struct session *session;
	const struct arguments *arguments;
	struct arena *arena; /* of one answer */
	struct digest *told;
	struct writer json;
	uint64_t tree_size;
	size_t found; /* artifacts, of all that was asked */
	bool is_cut;
};

/* ---- the question ---- */

static enum err
check_options(const struct arguments *arguments, struct why *w)
{
	const char *as = options_value(arguments, "as");
	const char *clean = options_value(arguments, "clean");
	const char *limit = options_value(arguments, "limit");
	struct span name = SPAN_EMPTY;
	struct span version = SPAN_EMPTY;
	uint64_t number;

	if (as != NULL && !text_is_principal(span_of_text(as)))
		return why(w, ERR_USAGE,
		    "--as %.128s: a principal is needed: [a-z0-9._@-], at most "
		    "%d bytes",
		    as, TEXT_PRINCIPAL_MAX);
	if (clean != NULL &&
	    !releases_split(span_of_text(clean), &name, &version))
		return why(w, ERR_USAGE,
		    "--clean %.256s: NAME/VERSION of a release is needed",
		    clean);
	if (limit != NULL &&
	    (!text_undecimal(span_of_text(limit), 1000, &number) ||
		number == 0))
		return why(w, ERR_USAGE,
		    "--limit %.64s: a number from 1 to 1000", limit);
	return ERR_OK;
}

static enum err
write_question(const struct asking *asking, const struct asked *asked,
    const struct taint *before, struct writer *path, struct why *w)
{
	static const char *const options[][2] = { { "as", "as" },
		{ "limit", "limit" }, { "clean", "release" } };
	char digest[DIGEST_TEXT_MAX];
	char separator = '?';

	digest_print(&asked->digest, digest);
	writer_format(path, "/v1/shards/%s", digest);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const char *value =
		    options_value(asking->arguments, options[i][0]);
		if (value == NULL)
			continue;
		writer_format(path, "%c%s=%s", separator, options[i][1], value);
		separator = '&';
	}
	if (before != NULL)
		writer_format(
		    path, "%cafter=%" PRIu64, separator, before->next);
	writer_u8(path, '\0');
	return writer_end(path) == ERR_OK
	    ? ERR_OK
	    : why(w, ERR_USAGE, "too long a question");
}

/* One answer; `*page` is the one before where it has a next, and becomes it. */
static enum err
ask_page(struct asking *asking, const struct asked *asked, struct taint *page,
    struct telling *telling, struct why *w)
{
	char text[QUESTION_MAX];
	struct writer path = writer_of(text, sizeof(text));
	struct span body;
	struct taint next;
	enum err err = write_question(
	    asking, asked, page->has_next ? page : NULL, &path, w);

	if (err == ERR_OK)
		err = session_get(
		    asking->session, text, TAINT_ANSWER_MAX, &body, w);
	if (err == ERR_OK)
		err =
		    taint_parse(body, &asked->digest, asking->arena, &next, w);
	if (err == ERR_OK && page->has_next && next.has_next &&
	    next.next <= page->next) {
		taint_done(&next);
		err = why(w, ERR_SYNTAX, "the log's answer: next: goes back");
	}
	if (err != ERR_OK)
		return err;
	*page = next;
	asking->tree_size = page->tree_size;
	asking->is_cut = asking->is_cut || page->is_truncated;
	writer_comma(&asking->json);
	writer_span(&asking->json, body);
	if (!asking->session->out.is_json)
		tell_taint(telling, page);
	else
		telling->count += page->hit_count;
	return ERR_OK;
}

static enum err
ask_one(struct asking *asking, const struct asked *asked, struct why *w)
{
	struct telling telling = {
		.out = &asking->session->out,
		.is_first = true,
		.told = asking->told,
	};
	struct taint page = { .has_next = false };
	size_t pages = 0;
	enum err err;

	writer_comma(&asking->json);
	writer_text(&asking->json, "{");
	writer_member_text(&asking->json, "path", asked->what);
	digest_print_member(&asked->digest, "digest", &asking->json);
	writer_member(&asking->json, "answers");
	writer_text(&asking->json, "[");
	if (!asking->session->out.is_json) /* also of what nothing came */
		asked_print(&asking->session->out, asked);
	do {
		arena_reset(asking->arena);
		err = ask_page(asking, asked, &page, &telling, w);
		if (err == ERR_OK)
			taint_done(&page);
	} while (err == ERR_OK && page.has_next && ++pages < PAGES_MAX);
	asking->is_cut = asking->is_cut || (err == ERR_OK && page.has_next);
	asking->found += telling.count;
	writer_text(&asking->json, "]}");
	return err;
}

/* ---- what is asked ---- */

static enum err
ask_file(void *context, const struct asked *asked, struct why *w)
{
	return ask_one(context, asked, w);
}

static enum err
print_end(struct asking *asking, const char *what, struct why *w)
{
	struct output *out = &asking->session->out;
	enum err err = ERR_OK;

	if (out->is_json) {
		writer_text(&asking->json, "]}");
		err = output_answer(out, &asking->json, w);
	} else {
		if (asking->is_cut)
			output_print(out,
			    "not shown: more than this; ask with a larger "
			    "--limit, or from an artifact further down\n");
		output_print(out,
		    "not checked: it is the log's word (its first %" PRIu64
		    " record%s); headwater contains, absent and show check "
		    "it\n",
		    asking->tree_size, output_plural(asking->tree_size));
	}
	answer_warn_of_size(asking->session, asking->tree_size);
	if (err != ERR_OK || asking->found > 0)
		return err;
	return why(w, ERR_NOT_FOUND,
	    "%s: the log knows of nothing that came of it, which is no proof "
	    "that nothing did: headwater absent asks for one",
	    what);
}

static enum err
ask_all(struct asking *asking, const struct item *item, struct why *w)
{
	struct asked asked = { .what = span_of_text(item->what) };
	enum err err = item_node(item, &asked.digest, w);

	if (err == ERR_OK)
		err = ask_one(asking, &asked, w);
	if (err == ERR_OK)
		err =
		    asked_each_file(asking->session, item, ask_file, asking, w);
	if (err == ERR_OK)
		err = print_end(asking, item->what, w);
	return err;
}

static enum err
run_affected(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct asking asking = {
		.session = session,
		.arguments = arguments,
		.arena = arena_new(SESSION_ARENA_MAX),
		.told = arena_take(
		    session->arena, TELL_HITS_MAX, sizeof(*asking.told)),
		.json = writer_heap(OUTPUT_ANSWER_MAX),
	};
	struct item item;
	enum err err = check_options(arguments, w);

	if (asking.arena == NULL || asking.told == NULL)
		err = why(w, ERR_MEMORY, "out of memory");
	writer_text(&asking.json, "{\"asked\":[");
	if (err == ERR_OK)
		err = session_online(session, w);
	if (err == ERR_OK)
		err = item_resolve(session, arguments->words[0], &item, w);
	if (err == ERR_OK)
		err = ask_all(&asking, &item, w);
	writer_done(&asking.json);
	arena_free(asking.arena);
	return err;
}

static const struct option_row affected_options[] = {
	{ .name = "as",
	    .value = "PRINCIPAL",
	    .help = "ask as this publisher: what it says and cites" },
	{ .name = "clean",
	    .value = "NAME/VERSION",
	    .help = "also: is this release clean?" },
	{ .name = "limit", .value = "N", .help = "artifacts, at most 1000" },
	{ .name = NULL },
};

const struct command command_affected = {
	.name = "affected",
	.summary = "what came of a file, a folder's files or a digest",
	.words = "FILE|FOLDER|DIGEST",
	.help =
	    "Lists the sets that hold it and what was made of them, with the\n"
	    "way that leads there, releases, advisories, and the releases\n"
	    "that are clean.  Nothing found: exit status 1, which is no proof\n"
	    "that nothing came of it.\n",
	.words_min = 1,
	.words_max = 1,
	.options = affected_options,
	.run = run_affected,
};
