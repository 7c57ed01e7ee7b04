#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "client/command.h"
#include "client/fetched.h"
#include "client/show.h"
#include "schema/object.h"

#define LIST_ANSWER_MAX ((size_t)64 << 10)

/* What was asked for, and where it came from. */
struct found {
	struct fetched fetched;
	struct span time; /* the log's word, where it was asked */
};

static bool
is_file(const char *path)
{
	struct stat about;

	return strcmp(path, "-") == 0 ||
	    (stat(path, &about) == 0 && !S_ISDIR(about.st_mode));
}

/* ---- a proof file ---- */

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
	return proved_open(ret->fetched.stored.proof, &session->trust.key,
	    session->arena, &ret->fetched.proved, w);
}

/* ---- beside it ---- */

/* What only the log can say.  Nothing is an error here: the record is shown with
 * what is known. */
static void
ask_log(struct session *session, struct found *found)
{
	char path[96];
	struct span body;
	struct json *json = NULL;
	uint64_t index = found->fetched.proved.proof.index;
	size_t count = 0;

	fetched_find_keyring(session, &found->fetched);
	int len = snprintf(path, sizeof(path), "/v1/records?limit=1");
	if (index > 0)
		(void)snprintf(path + len, sizeof(path) - (size_t)len,
		    "&after=%" PRIu64, index - 1);
	if (session_get(session, path, LIST_ANSWER_MAX, &body, NULL) != ERR_OK)
		return;
	if (json_parse_answer(body, &json, NULL) != ERR_OK)
		return;
	struct object answer = object_of(json_root(json), "", NULL);
	json_value *records = object_array(&answer, "records", 1, 1, &count);
	struct object row =
	    object_of(count == 1 ? json_element(records, 0) : NULL, "", NULL);
	object_line(&row, "time", 1, 64, &found->time);
	bool is_it = object_number(&row, "index", TREE_SIZE_MAX) == index &&
	    object_end_open(&row) == ERR_OK;
	found->time =
	    is_it ? arena_copy(session->arena, found->time) : SPAN_EMPTY;
	json_done(json);
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
	if (!proved->has_signer)
		output_note(&session->out,
		    "the publisher's signature was not checked: no keyring at "
		    "hand");
	return ERR_OK;
}

static enum err
run_show(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	const char *what = arguments->words[0];
	struct found found = { 0 };
	enum err err = is_file(what)
	    ? load_file(session, what, &found, w)
	    : fetched_named(session, what, &found.fetched, w);

	if (err != ERR_OK)
		return err;
	if (session->transport != NULL) /* it was fetched: ask on */
		ask_log(session, &found);
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
	.words = "ID|PROOF-FILE",
	.help =
	    "Prints what a record says and who signed it, by its proof.  Those "
	    "that this client\n"
	    "keeps are shown without asking the log, and may be named by a "
	    "unique beginning of\n"
	    "at least 8 digits.  --json gives the statement as it was "
	    "signed.\n",
	.words_min = 1,
	.words_max = 1,
	.options = options,
	.run = run_show,
};
