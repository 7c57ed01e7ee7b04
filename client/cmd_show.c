#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "client/command.h"
#include "client/fetched.h"
#include "client/listed.h"
#include "client/show.h"
#include "schema/text.h"

#define INDEX_MAX 9999999 /* with one digit more it may be of an id */

/* What was asked for, and where it came from. */
struct found {
	struct fetched fetched;
	/* the log's word, where it was asked */
	bool is_asked;
	struct span time;
	bool is_withdrawn;
	struct hash withdrawn; /* by this record */
};

static bool
is_file(const char *path)
{
	struct stat about;

	return strcmp(path, "-") == 0 ||
	    (stat(path, &about) == 0 && !S_ISDIR(about.st_mode));
}

/* ---- a proof file ---- */

/* Beside it, or kept here.  One whose lines are not at hand is none. */
static void
find_keyring(struct session *session, const char *path, struct fetched *fetched)
{
	char beside[DISK_PATH_MAX];
	struct span *ret = &fetched->stored.keyring;
	enum err err = stored_beside(path, beside, NULL);

	if (err == ERR_OK)
		err = disk_read(
		    beside, TLOG_PROOF_MAX, session->arena, ret, NULL);
	if (err != ERR_OK &&
	    !stored_keyring(
		&session->trust, &fetched->proved.id, session->arena, ret))
		*ret = SPAN_EMPTY;
	if (fetched_judge(session, fetched, NULL) == ERR_MISSING)
		*ret = SPAN_EMPTY;
}

static enum err
load_file(
    struct session *session, const char *path, struct found *ret, struct why *w)
{
	char *origin = arena_take(session->arena, 1, NOTE_NAME_MAX + 1);
	enum err err = disk_read(path, TLOG_PROOF_MAX, session->arena,
	    &ret->fetched.stored.proof, w);

	if (err != ERR_OK)
		return err;
	if (origin == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	err =
	    proved_origin(ret->fetched.stored.proof, session->arena, origin, w);
	if (err != ERR_OK) {
		why_prefix(w, path);
		return err;
	}
	err = session_trust_of(session, origin, w);
	if (err != ERR_OK)
		return err;
	err = proved_open(ret->fetched.stored.proof, &session->trust.key,
	    session->arena, &ret->fetched.proved, w);
	if (err == ERR_OK)
		find_keyring(session, path, &ret->fetched);
	return err;
}

/* ---- beside it ---- */

/* What only the log can say.  Where it does not, the record is shown with what is
 * known; want of memory is no answer of the log's. */
static enum err
ask_log(struct session *session, struct found *found, struct why *w)
{
	struct listed_page page;
	struct listed_row row;

	fetched_find_keyring(session, &found->fetched);
	enum err err = listed_at(
	    session, found->fetched.proved.proof.index, &page, &row, w);
	if (err != ERR_OK)
		return err == ERR_MEMORY ? err : ERR_OK;
	if (hash_equal(&row.id, &found->fetched.proved.id)) {
		found->is_asked = true;
		found->time = arena_copy(session->arena, row.time);
		found->is_withdrawn = row.is_withdrawn;
		found->withdrawn = row.withdrawn;
	}
	listed_done(&page);
	return ERR_OK;
}

static enum err
say(struct session *session, struct found *found, struct why *w)
{
	struct proved *proved = &found->fetched.proved;
	struct show about = {
		.id = &proved->id,
		.has_index = true,
		.index = proved->proof.index,
		.keyid = proved->envelope.keyid,
		.time = found->time,
		.withdrawn = found->is_withdrawn ? &found->withdrawn : NULL,
	};
	enum err err = fetched_judge(session, &found->fetched, w);

	if (err != ERR_OK)
		return err;
	about.principal = proved->has_signer ? proved->principal : NULL;
	if (session->out.is_json) {
		output_span(&session->out, proved->envelope.payload);
		output_print(&session->out, "\n");
		return ERR_OK;
	}
	show_record(&session->out, &proved->record, &about);
	if (!found->is_asked)
		output_note(&session->out,
		    "not asked: whether it was withdrawn since; headwater find "
		    "tells");
	if (!proved->has_signer)
		output_note(&session->out,
		    "the publisher's signature was not checked: no keyring at "
		    "hand");
	return ERR_OK;
}

/* By its place in the log, as find and trace tell it. */
static enum err
load_index(
    struct session *session, uint64_t index, struct fetched *ret, struct why *w)
{
	struct listed_page page;
	struct listed_row row;
	enum err err = session_online(session, w);

	if (err == ERR_OK)
		err = listed_at(session, index, &page, &row, w);
	if (err != ERR_OK)
		return err;
	err = fetched_record(session, &row.id, ret, w);
	listed_done(&page);
	if (err == ERR_OK && ret->proved.proof.index != index) {
		fetched_done(ret);
		err = why(w, ERR_MISMATCH,
		    "index %" PRIu64 ": the log gives another record", index);
	}
	return err;
}

static enum err
load(
    struct session *session, const char *what, struct found *ret, struct why *w)
{
	uint64_t index;

	if (is_file(what))
		return load_file(session, what, ret, w);
	if (text_undecimal(span_of_text(what), INDEX_MAX, &index))
		return load_index(session, index, &ret->fetched, w);
	return fetched_named(session, what, &ret->fetched, w);
}

static enum err
run_show(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	const char *what = arguments->words[0];
	struct found found = { 0 };
	enum err err = load(session, what, &found, w);

	if (err != ERR_OK)
		return err;
	if (session->transport != NULL) /* it was fetched: ask on */
		err = ask_log(session, &found, w);
	if (err == ERR_OK)
		err = say(session, &found, w);
	fetched_done(&found.fetched);
	return err;
}

static const struct option_row options[] = {
	{ NULL, 0, false, NULL, NULL },
};

const struct command command_show = {
	.name = "show",
	.summary = "print a record",
	.words = "ID|INDEX|PROOF-FILE",
	.help =
	    "Prints what a record says and who signed it, by its proof.  Those "
	    "that this client\n"
	    "keeps are shown without asking the log, and may be named by a "
	    "unique beginning of\n"
	    "at least 8 digits; any record by its index in the log.  --json "
	    "gives the statement as it was "
	    "signed.\n",
	.words_min = 1,
	.words_max = 1,
	.options = options,
	.run = run_show,
};
