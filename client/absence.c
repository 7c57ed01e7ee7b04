#include "client/absence.h"

#include "client/containment.h"
#include "client/item.h"
#include "client/releases.h"
#include "schema/text.h"

enum ancestry_verdict
absence_verdict(const struct absence *absence)
{
	enum ancestry_verdict verdict = ANCESTRY_ABSENT;

	for (size_t i = 0; i < absence->answered; i++) {
		enum ancestry_verdict one = absence->answers[i].verdict;
		if (one == ANCESTRY_PRESENT)
			return one;
		if (one == ANCESTRY_UNKNOWN)
			verdict = one;
	}
	return verdict;
}

/* ---- what is asked ---- */

static enum err
take_release(struct absence *absence, const char *text, struct why *w)
{
	struct releases releases;
	enum err err = releases_find(absence->session, text, &releases, w);

	if (err != ERR_OK)
		return err;
	absence->count = releases.count;
	absence->artifacts = releases.artifacts;
	absence->names = releases.names;
	if (absence->as != NULL)
		return ERR_OK;
	struct span as =
	    arena_copy(absence->session->arena, releases.principal);
	absence->as = (const char *)as.data;
	return as.data == NULL ? why(w, ERR_MEMORY, "out of memory") : ERR_OK;
}

static enum err
take_item(struct absence *absence, const char *text, struct why *w)
{
	struct arena *arena = absence->session->arena;
	struct item item;
	enum err err = ERR_OK;

	if (absence->as == NULL)
		return why(
		    w, ERR_USAGE, "--as PRINCIPAL is missing: by whose lists?");
	absence->count = 1;
	absence->artifacts = arena_take(arena, 1, sizeof(*absence->artifacts));
	absence->names = arena_take(arena, 1, sizeof(*absence->names));
	if (absence->artifacts == NULL || absence->names == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	err = item_resolve(absence->session, text, &item, w);
	if (err == ERR_OK)
		err = item_node(&item, absence->artifacts, w);
	if (err == ERR_OK)
		absence->names[0] =
		    item.name.len > 0 ? item.name : span_of_text(text);
	return err;
}

static enum err
take(struct absence *absence, const struct arguments *arguments, struct why *w)
{
	const char *of = options_value(arguments, "of");
	const char *release = options_value(arguments, "release");

	absence->file_name = arguments->words[0];
	absence->as = options_value(arguments, "as");
	if (absence->as != NULL &&
	    !text_is_principal(span_of_text(absence->as)))
		return why(w, ERR_USAGE,
		    "--as %.128s: a principal is needed: [a-z0-9._@-], at most "
		    "%d bytes",
		    absence->as, TEXT_PRINCIPAL_MAX);
	if ((of == NULL) == (release == NULL))
		return why(w, ERR_USAGE,
		    "--of ITEM or --release NAME/VERSION: one of them says of "
		    "what");
	enum err err = session_online(absence->session, w);
	if (err == ERR_OK)
		err = containment_hash(
		    absence->session, absence->file_name, &absence->file, w);
	if (err != ERR_OK)
		return err;
	return of != NULL ? take_item(absence, of, w)
			  : take_release(absence, release, w);
}

static enum err
ask_all(struct absence *absence, struct why *w)
{
	enum err err = ERR_OK;

	absence->answers = arena_take(
	    absence->session->arena, absence->count, sizeof(*absence->answers));
	if (absence->answers == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	for (size_t i = 0; err == ERR_OK && i < absence->count; i++) {
		struct ancestry_question question = {
			.root = absence->artifacts[i],
			.file = absence->file,
			.as = absence->as,
		};
		absence->answered++;
		err = ascent_ask(
		    absence->session, &question, &absence->answers[i], w);
	}
	return err;
}

enum err
absence_ask(
    struct absence *absence, const struct arguments *arguments, struct why *w)
{
	enum err err = take(absence, arguments, w);

	return err == ERR_OK ? ask_all(absence, w) : err;
}

void
absence_done(struct absence *absence)
{
	for (size_t i = 0; i < absence->answered; i++)
		ancestry_done(&absence->answers[i]);
}
