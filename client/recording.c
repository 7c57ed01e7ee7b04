#include "client/recording.h"

#include <stdio.h>
#include <unistd.h>

#include "client/cited.h"
#include "client/stored.h"
#include "client/submit.h"
#include "client/unsent.h"
#include "client/upload.h"
#include "schema/text.h"

/* `/PATH` gets the principal in front; a name of somebody else's is refused here,
 * before anything is hashed or sent. */
static enum err
find_name(struct recording *recording, struct why *w)
{
	const char *given = options_value(recording->arguments, "name");
	bool is_known =
	    recording->has_principal && recording->principal.name[0] != '\0';
	char name[TEXT_NAME_MAX * 2];

	if (given == NULL)
		return why(w, ERR_USAGE,
		    "--name is missing: what is it called? PRINCIPAL/PATH");
	(void)snprintf(name, sizeof(name), "%s%s",
	    given[0] != '/' ? ""
		: is_known  ? recording->principal.name
			    : "your-principal",
	    given);
	struct span text = span_of_text(name);
	if (!text_is_name(text))
		return why(w, ERR_USAGE,
		    "--name %s: PRINCIPAL/PATH of [a-z0-9._@-] is needed, at "
		    "most "
		    "%d bytes",
		    given, TEXT_NAME_MAX);
	if (is_known &&
	    !span_is(text_name_principal(text), recording->principal.name))
		return why(w, ERR_REFUSED,
		    "--name %s: your key belongs to %s, which may name only "
		    "what begins with %s/",
		    given, recording->principal.name,
		    recording->principal.name);
	recording->name = arena_copy(recording->session->arena, text);
	return recording->name.data == NULL ? ERR_MEMORY : ERR_OK;
}

/* Where the log cannot be asked, what is only signed now names the principal
 * itself, and the log judges when it is sent. */
static enum err
find_key(struct recording *recording, struct why *w)
{
	struct session *session = recording->session;
	const char *name = options_value(recording->arguments, "name");
	struct why reason = { "" };
	enum err err = session_online(session, w);

	if (err != ERR_OK)
		return err;
	err = principal_load(session, &recording->principal, &reason);
	bool is_unreachable = err == ERR_MISSING || err == ERR_BUSY;
	if (err == ERR_OK)
		return ERR_OK;
	if (!is_unreachable || !options_has(recording->arguments, "no-submit"))
		return why(w, err, "%s", reason.text);
	if (name != NULL && name[0] == '/')
		return why(w, ERR_MISSING,
		    "--name %s: whose key it is the log cannot be asked now; "
		    "give PRINCIPAL/PATH",
		    name);
	err = principal_load_key(session, &recording->principal, w);
	if (err == ERR_OK)
		output_warn(&session->out,
		    "whether the log knows your key is not checked: %s",
		    reason.text);
	return err;
}

/* A ledger forgets nothing: what could not be kept of it is told before. */
static enum err
probe_files(const struct arguments *arguments, struct why *w)
{
	const char *proof = options_value(arguments, "save-proof");
	const char *envelope = options_value(arguments, "output-envelope");
	enum err err = ERR_OK;

	if (proof != NULL)
		err = disk_probe(proof, w);
	if (err == ERR_OK && envelope != NULL)
		err = disk_probe(envelope, w);
	return err;
}

enum err
recording_start(struct session *session, const struct arguments *arguments,
    bool is_named, struct recording *ret, struct why *w)
{
	struct recording recording = {
		.session = session,
		.arguments = arguments,
		.is_dry = options_has(arguments, "dry-run"),
	};
	enum err err = ERR_OK;

	if (options_has(arguments, "no-submit") &&
	    options_value(arguments, "output-envelope") == NULL)
		return why(w, ERR_USAGE,
		    "--no-submit without -o FILE would do nothing");
	if (!recording.is_dry)
		err = probe_files(arguments, w);
	if (err != ERR_OK)
		return err;
	if (!recording.is_dry) {
		err = find_key(&recording, w);
		recording.has_principal = err == ERR_OK;
	} else if (session_trust(session, NULL) != ERR_OK) {
		session->has_trust =
		    false; /* nothing pinned: nothing is cited */
	}
	if (err == ERR_OK && is_named)
		err = find_name(&recording, w);
	if (err != ERR_OK) {
		recording_done(&recording);
		return err;
	}
	*ret = recording;
	return ERR_OK;
}

void
recording_done(struct recording *recording)
{
	if (recording->has_principal)
		principal_done(&recording->principal);
	recording->has_principal = false;
}

/* The statement for people's eyes; on stdout when it is the answer. */
static enum err
show_statement(
    struct recording *recording, struct span statement, struct why *w)
{
	struct output *out = &recording->session->out;
	struct json *json;
	enum err err = json_parse(statement, &json, w);

	if (err != ERR_OK)
		return err;
	struct writer writer = writer_heap(OUTPUT_ANSWER_MAX);
	err = json_print_pretty(json, &writer);
	if (err == ERR_OK && recording->is_dry)
		err = output_answer(out, &writer, w);
	else if (err == ERR_OK)
		(void)fprintf(
		    stderr, "%.*s\n", SPAN_ARGS(writer_view(&writer)));
	writer_done(&writer);
	json_done(json);
	return err;
}

static enum err
write_envelope(
    struct recording *recording, const struct envelope *envelope, struct why *w)
{
	const char *path =
	    options_value(recording->arguments, "output-envelope");

	if (path == NULL || recording->is_beside)
		return ERR_OK;
	return unsent_write(path, envelope, w);
}

/* FILE.tlog-proof and FILE.keyring.tlog-proof, for publishing. */
static enum err
save_proof(struct recording *recording, const struct hash *id, struct why *w)
{
	const char *path = options_value(recording->arguments, "save-proof");
	struct session *session = recording->session;
	struct stored stored;
	char beside[DISK_PATH_MAX];

	if (path == NULL || recording->is_beside)
		return ERR_OK;
	enum err err =
	    stored_get(&session->trust, id, session->arena, &stored, w);
	if (err == ERR_OK)
		err = disk_publish(path, stored.proof, w);
	if (err != ERR_OK || stored.keyring.len == 0)
		return err;
	err = stored_beside(path, beside, w);
	if (err == ERR_OK)
		err = disk_publish(beside, stored.keyring, w);
	return err == ERR_OK
	    ? keyring_lines_save(&session->trust, stored.keyring, beside, w)
	    : err;
}

static enum err
keep_texts(
    struct recording *recording, const struct draft *draft, struct why *w)
{
	struct hash beside = sha256_of(draft->beside);

	if (draft->beside.len > 0) {
		enum err err = kept_put(
		    &recording->session->trust, &beside, draft->beside, w);
		if (err != ERR_OK)
			return err;
	}
	if (draft->manifest == NULL)
		return ERR_OK;
	return kept_end(&recording->session->trust, draft->manifest,
	    &draft->manifest_hash, w);
}

/* The id alone on stdout, for id=$(headwater record …). */
static enum err
print_answer(const struct recording *recording,
    const struct submitted *submitted, struct why *w)
{
	struct session *session = recording->session;
	char id[HASH_TEXT_MAX];

	if (session->out.is_json && !recording->is_beside) {
		struct writer writer = writer_heap(OUTPUT_ANSWER_MAX);
		submit_print_json(session, submitted, &writer);
		enum err err = output_answer(&session->out, &writer, w);
		writer_done(&writer);
		return err;
	}
	hash_print(&submitted->id, id);
	if (recording->is_beside) {
		output_note(&session->out, "recorded beside it: %.*s, %s",
		    SPAN_ARGS(recording->name), id);
		return ERR_OK;
	}
	output_print(&session->out, "%s\n", id);
	output_note(&session->out, "%s at index %llu of %s",
	    submitted->is_duplicate ? "was recorded before," : "recorded",
	    (unsigned long long)submitted->index, session->trust.key.name);
	return ERR_OK;
}

/* What this is a record of, for later records: losing it loses no truth. */
static void
remember(struct recording *recording, const struct draft *draft,
    const struct hash *id)
{
	const struct session *session = recording->session;
	struct why w = { 0 };
	enum err err = ERR_OK;

	for (size_t i = 0; i < draft->node_count && err == ERR_OK; i++)
		err = cited_put(
		    &session->trust, &draft->nodes[i], id, draft->makes, &w);
	if (err != ERR_OK)
		output_warn(&session->out,
		    "recorded, but later records will not cite it: %s", w.text);
}

static enum err
upload_one(struct session *session, bool is_manifest, const struct hash *hash,
    struct why *w)
{
	char path[DISK_PATH_MAX];
	bool was_there;
	enum err err = is_manifest
	    ? kept_manifest_path(&session->trust, hash, path, w)
	    : kept_path(&session->trust, hash, path, w);

	if (err == ERR_OK)
		err = upload_file(session, path, hash, &was_there, w);
	if (err == ERR_OK)
		return ERR_OK;
	output_note(
	    &session->out, "to send it again: headwater upload %s", path);
	why_prefix(w,
	    is_manifest ? "recorded, but its manifest is not in the log"
			: "recorded, but its text is not in the log");
	return err;
}

/* What is disclosed: it is kept here already. */
static enum err
upload_all(struct session *session, const struct draft *draft, struct why *w)
{
	struct hash beside = sha256_of(draft->beside);
	enum err err = ERR_OK;

	if (!draft->is_disclosed)
		return ERR_OK;
	if (draft->manifest != NULL)
		err = upload_one(session, true, &draft->manifest_hash, w);
	if (err == ERR_OK && draft->beside.len > 0)
		err = upload_one(session, false, &beside, w);
	return err;
}

static enum err
send(struct recording *recording, const struct draft *draft,
    const struct envelope *envelope, struct why *w)
{
	struct session *session = recording->session;
	struct submitted submitted;
	enum err err = submit_envelope(session, envelope, &submitted, w);

	if (err != ERR_OK) {
		unsent_keep(session, envelope,
		    options_value(recording->arguments, "output-envelope"));
		return err;
	}
	remember(recording, draft, &submitted.id);
	/* before anything else may fail: it stands in the log */
	err = print_answer(recording, &submitted, w);
	if (err != ERR_OK)
		return err;
	err = save_proof(recording, &submitted.id, w);
	if (err != ERR_OK) {
		why_prefix(w, "recorded, but its proof was not saved");
		return err;
	}
	return upload_all(session, draft, w);
}

/* On a terminal the statement is seen before it is sent; a script that has
 * redirected either side has nobody to ask. */
static enum err
confirm(struct recording *recording, struct span statement, struct why *w)
{
	struct session *session = recording->session;

	if (session->is_yes || isatty(STDIN_FILENO) != 1 ||
	    isatty(STDERR_FILENO) != 1 ||
	    options_has(recording->arguments, "no-submit"))
		return ERR_OK;
	enum err err = show_statement(recording, statement, w);
	if (err != ERR_OK)
		return err;
	char question[NOTE_NAME_MAX + TEXT_PRINCIPAL_MAX + 64];
	(void)snprintf(question, sizeof(question),
	    "A ledger forgets nothing. Record this as %s in %s?",
	    recording->principal.name, session->trust.key.name);
	if (!session_confirm(session, question))
		return why(w, ERR_REFUSED,
		    "nothing was recorded: answer y, or give --yes");
	return ERR_OK;
}

enum err
recording_finish(
    struct recording *recording, struct draft *draft, struct why *w)
{
	struct session *session = recording->session;
	struct envelope envelope;
	struct span statement;
	enum err err = draft_end(draft, &statement);

	if (err != ERR_OK)
		return err;
	if (recording->is_dry)
		return show_statement(recording, statement, w);
	err = confirm(recording, statement, w);
	if (err == ERR_OK)
		err = principal_sign(&recording->principal, statement,
		    session->arena, &envelope, w);
	/* the manifest first: a record whose manifest is lost proves less */
	if (err == ERR_OK)
		err = keep_texts(recording, draft, w);
	if (err == ERR_OK)
		err = write_envelope(recording, &envelope, w);
	if (err != ERR_OK || options_has(recording->arguments, "no-submit"))
		return err;
	return send(recording, draft, &envelope, w);
}

enum err
recording_of(struct session *session, const struct arguments *arguments,
    bool is_named, recording_write *write, struct why *w)
{
	struct recording recording;
	enum err err =
	    recording_start(session, arguments, is_named, &recording, w);

	if (err != ERR_OK)
		return err;
	struct draft draft = draft_begin(session, arguments, w);
	err = write(&draft, &recording, w);
	if (err == ERR_OK)
		err = recording_finish(&recording, &draft, w);
	draft_done(&draft);
	recording_done(&recording);
	return err;
}
