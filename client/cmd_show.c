#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "client/command.h"
#include "client/history.h"
#include "client/keyrings.h"
#include "client/proved.h"
#include "client/show.h"
#include "client/stored.h"
#include "schema/object.h"

#define LIST_ANSWER_MAX ((size_t)64 << 10)

/* What was asked for, and where it came from. */
struct found {
	struct stored stored; /* its keyring empty: not at hand */
	struct proved proved;
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
	enum err err = disk_read(
	    path, TLOG_PROOF_MAX, session->arena, &ret->stored.proof, w);

	if (err != ERR_OK)
		return err;
	if (origin == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	err = proved_origin(ret->stored.proof, session->arena, origin, w);
	if (err != ERR_OK) {
		why_prefix(w, path);
		return err;
	}
	return session_trust_of(session, origin, w);
}

/* ---- an id ---- */

static enum err
fetch(struct session *session, const struct hash *id, struct found *ret,
    struct why *w)
{
	char path[HASH_TEXT_MAX + 32] = "/v1/records/";
	size_t len = strlen(path);
	struct tlog_proof parsed;
	struct checkpoint checkpoint;

	hash_print(id, path + len);
	memcpy(path + len + HASH_TEXT_LEN, "/proof", 7);
	enum err err =
	    session_get(session, path, TLOG_PROOF_MAX, &ret->stored.proof, w);
	if (err == ERR_OK)
		err = tlog_proof_parse(
		    ret->stored.proof, session->arena, &parsed, w);
	if (err == ERR_OK)
		err = history_accept(&session->trust, parsed.checkpoint,
		    session->arena, &checkpoint, w);
	return err;
}

static enum err
load_id(
    struct session *session, const char *text, struct found *ret, struct why *w)
{
	struct hash id;
	enum err err = session_trust(session, w);

	if (err == ERR_OK)
		err = stored_resolve(
		    &session->trust, text, session->arena, &id, w);
	if (err != ERR_OK)
		return err;
	err = stored_get(&session->trust, &id, session->arena, &ret->stored, w);
	if (err == ERR_NOT_FOUND)
		err = fetch(session, &id, ret, w);
	if (err == ERR_OK)
		err = proved_open(ret->stored.proof, &session->trust.key,
		    session->arena, &ret->proved, w);
	if (err == ERR_OK && !hash_equal(&id, &ret->proved.id)) {
		proved_done(&ret->proved);
		err = why(w, ERR_MISMATCH,
		    "the proof is of another record than the one asked for");
	}
	return err;
}

/* ---- beside it ---- */

/* What only the log can say.  Nothing is an error here: the record is shown with
 * what is known. */
static void
ask_log(struct session *session, struct found *found)
{
	struct keyrings list;
	struct keyrings_found below;
	char path[96];
	struct span body;
	struct json *json = NULL;
	uint64_t index = found->proved.proof.index;
	size_t count = 0;

	if (found->stored.keyring.len == 0 &&
	    keyrings_list(session, index + 1, &list, NULL) == ERR_OK &&
	    keyrings_below(session, &list, index, &below, NULL) == ERR_OK) {
		found->stored.keyring = below.proof;
		keyring_free(below.keyring);
	}
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
	struct proved *proved = &found->proved;
	struct show about = {
		.id = &proved->id,
		.has_index = true,
		.index = proved->proof.index,
		.keyid = proved->envelope.keyid,
		.time = found->time,
	};
	bool has_keyring = found->stored.keyring.len > 0 ||
	    proved->record.kind == RECORD_KEYRING;
	enum err err = ERR_OK;

	if (has_keyring)
		err = proved_judge(proved, &session->trust.key,
		    found->stored.keyring, session->arena, w);
	if (err != ERR_OK)
		return err;
	about.principal = proved->has_signer ? proved->principal : NULL;
	if (session->out.is_json) {
		output_span(&session->out, proved->envelope.payload);
		output_print(&session->out, "\n");
		return ERR_OK;
	}
	show_record(&session->out, &proved->record, &about);
	if (!has_keyring)
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
	bool from_file = is_file(what);
	enum err err;

	if (from_file) {
		err = load_file(session, what, &found, w);
		if (err == ERR_OK)
			err =
			    proved_open(found.stored.proof, &session->trust.key,
				session->arena, &found.proved, w);
	} else {
		err = load_id(session, what, &found, w);
	}
	if (err != ERR_OK)
		return err;
	if (session->transport != NULL) /* it was fetched: ask on */
		ask_log(session, &found);
	err = say(session, &found, w);
	proved_done(&found.proved);
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
