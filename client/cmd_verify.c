#include <inttypes.h>
#include <stdio.h>

#include "client/artifact.h"
#include "client/command.h"
#include "client/history.h"
#include "client/proved.h"
#include "client/stored.h"
#include "schema/policy.h"

struct verification {
	const char *proof_path;
	struct span file;
	struct note_key key;
	bool is_pinned; /* session->trust is of this log */
	struct proved proved;
	bool is_open;
	bool is_compared; /* with the last checkpoint seen */
	size_t count;
	struct artifact *artifacts;
};

/* ---- which key to believe ---- */

static enum err
key_of_policy(struct session *session, const char *path, const char *origin,
    struct note_key *ret, struct why *w)
{
	const struct policy *policy;
	enum err err = session_policy(session, path, &policy, w);

	if (err != ERR_OK) {
		why_prefix(w, "--policy");
		return err;
	}
	const struct policy_log *log =
	    policy_find(policy, span_of_text(origin));
	if (log == NULL)
		return why(w, ERR_MISMATCH,
		    "the proof is of %.128s, which %.128s does not name",
		    origin, path);
	*ret = log->key;
	return ERR_OK;
}

static enum err
key_of_option(const char *vkey, struct note_key *ret, struct why *w)
{
	enum err err = note_key_parse(span_of_text(vkey), ret, w);

	if (err == ERR_OK)
		return ERR_OK;
	why_prefix(w, "--vkey");
	return ERR_USAGE;
}

/* A pinned log, --vkey or --policy; never a key that comes with the proof. */
static enum err
choose_key(struct session *session, const struct arguments *arguments,
    struct verification *v, struct why *w)
{
	const char *vkey = options_value(arguments, "vkey");
	const char *policy = options_value(arguments, "policy");
	char *origin = arena_take(session->arena, 1, NOTE_NAME_MAX + 1);

	if (origin == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (vkey != NULL && policy != NULL)
		return why(w, ERR_USAGE, "give --vkey or --policy, not both");
	enum err err = proved_origin(v->file, session->arena, origin, w);
	if (err != ERR_OK) {
		why_prefix(w, v->proof_path);
		return err;
	}
	if (vkey != NULL)
		return key_of_option(vkey, &v->key, w);
	if (policy != NULL)
		return key_of_policy(session, policy, origin, &v->key, w);
	err = session_trust_of(session, origin, w);
	v->is_pinned = err == ERR_OK;
	v->key = session->trust.key;
	return err;
}

/* ---- who signed ---- */

static enum err
load_keyring(struct session *session, const struct verification *v,
    char path[static DISK_PATH_MAX], struct span *ret, struct why *w)
{
	enum err err = stored_beside(v->proof_path, path, w);

	if (err == ERR_OK)
		err = disk_read(path, TLOG_PROOF_MAX, session->arena, ret, w);
	if (err != ERR_MISSING)
		return err;
	if (v->is_pinned &&
	    stored_keyring(&session->trust, &v->proved.id, session->arena, ret))
		return ERR_OK;
	return why(w, ERR_MISSING,
	    "the publisher's signature could not be checked: no keyring beside "
	    "the proof (…" STORED_KEYRING_SUFFIX "); give --keyring FILE, "
	    "which the publisher has with the proof");
}

static enum err
check_signer(struct session *session, struct verification *v, const char *given,
    struct why *w)
{
	struct keyring_lines context;
	struct span keyring = SPAN_EMPTY;
	char beside[DISK_PATH_MAX]; /* of its own proof where it is a keyring */
	enum err err = ERR_OK;

	(void)snprintf(beside, sizeof(beside), "%s",
	    given != NULL ? given : v->proof_path);
	if (v->proved.record.kind != RECORD_KEYRING && given != NULL)
		err = disk_read(
		    given, TLOG_PROOF_MAX, session->arena, &keyring, w);
	else if (v->proved.record.kind != RECORD_KEYRING)
		err = load_keyring(session, v, beside, &keyring, w);
	if (err != ERR_OK)
		return err;
	struct keyring_source lines = session_lines(session, beside, &context);
	struct proved_by by = { &v->key, &lines };
	return proved_judge(&v->proved, &by, keyring, session->arena, w);
}

/* ---- the artifacts ---- */

static enum err
check_artifacts(struct session *session, const struct arguments *arguments,
    struct verification *v, struct why *w)
{
	const struct statement *statement = &v->proved.record.statement;

	v->artifacts =
	    arena_take(session->arena, arguments->count, sizeof(*v->artifacts));
	if (v->artifacts == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (!artifact_can_check(statement))
		return why(w, ERR_MISSING,
		    "the record names its subject by no sha256: a file cannot "
		    "be checked against it (headwater show tells what it "
		    "names)");
	for (size_t i = 0; i < arguments->count; i++) {
		v->artifacts[i].path = arguments->words[i];
		enum err err = artifact_check(&session->out, statement,
		    session->arena, &v->artifacts[i], w);
		if (err != ERR_OK)
			return err;
		v->count++;
	}
	return ERR_OK;
}

static enum err
first_stranger(const struct verification *v, struct why *w)
{
	for (size_t i = 0; i < v->count; i++) {
		if (v->artifacts[i].subject == NULL)
			return why(w, ERR_MISMATCH,
			    "%.200s is not what the record is about: no "
			    "subject has its digest",
			    v->artifacts[i].path);
	}
	return ERR_OK;
}

/* ---- saying it ---- */

static void
json_artifact(const struct artifact *artifact, struct writer *w)
{
	char hex[HASH_TEXT_MAX];

	hash_print(&artifact->sha256, hex);
	writer_comma(w);
	writer_text(w, "{");
	/* a path need not be UTF-8, JSON must be */
	writer_member(w, "path");
	struct writer path = writer_heap((size_t)8 * DISK_PATH_MAX);
	output_escape(span_of_text(artifact->path), &path);
	writer_json(w, writer_view(&path));
	if (w->err == ERR_OK)
		w->err = path.err;
	writer_done(&path);
	writer_member_text(w, "sha256", span_of_text(hex));
	writer_member(w, "matches");
	writer_text(w, artifact->subject != NULL ? "true" : "false");
	if (artifact->subject != NULL)
		writer_member_text(w, "subject", artifact->subject->name);
	writer_text(w, "}");
}

static void
json_answer(const struct verification *v, bool is_good, struct writer *w)
{
	const struct proved *proved = &v->proved;

	writer_text(w, "{");
	writer_member(w, "ok");
	writer_text(w, is_good ? "true" : "false");
	hash_print_member(&proved->id, "id", w);
	writer_member_number(w, "index", proved->proof.index);
	writer_member_text(w, "origin", span_of_text(v->key.name));
	writer_member_number(w, "treeSize", proved->checkpoint.head.size);
	writer_member_text(
	    w, "kind", span_of_text(record_kind_name(proved->record.kind)));
	writer_member_text(w, "name", proved->record.name);
	writer_member(w, "principal");
	if (proved->has_signer)
		writer_json(w, span_of_text(proved->principal));
	else
		writer_text(w, "null");
	writer_member_text(w, "keyid", span_of_text(proved->envelope.keyid));
	writer_member(w, "signatureChecked");
	writer_text(w, proved->has_signer ? "true" : "false");
	writer_member(w, "consistencyChecked");
	writer_text(w, v->is_compared ? "true" : "false");
	writer_member(w, "artifacts");
	writer_text(w, "[");
	for (size_t i = 0; i < v->count; i++)
		json_artifact(&v->artifacts[i], w);
	writer_text(w, "]}");
}

static void
text_artifacts(struct output *out, const struct verification *v)
{
	for (size_t i = 0; i < v->count; i++) {
		const struct artifact *artifact = &v->artifacts[i];
		bool is_good = artifact->subject != NULL;
		output_styled(out, is_good ? OUTPUT_GOOD : OUTPUT_BAD,
		    is_good ? "matches" : "differs");
		output_print(out, "  ");
		output_safe(out, span_of_text(artifact->path));
		if (is_good && artifact->subject->name.len > 0) {
			output_print(out, "  ");
			output_safe(out, artifact->subject->name);
		}
		output_print(out, "\n");
	}
}

static void
text_answer(struct output *out, const struct verification *v)
{
	const struct proved *proved = &v->proved;
	char id[HASH_TEXT_MAX];

	hash_print(&proved->id, id);
	text_artifacts(out, v);
	output_print(out, "record   %s\n         ", id);
	output_safe(out, span_of_text(record_kind_name(proved->record.kind)));
	output_print(out, " ");
	output_safe(out, proved->record.name);
	output_print(out,
	    "\nchecked  it is entry %" PRIu64
	    " of %s, whose key signed a tree of %" PRIu64 "\n",
	    proved->proof.index, v->key.name, proved->checkpoint.head.size);
	if (proved->has_signer)
		output_print(out,
		    "checked  signed by %s (%s), by the keyring kept with it\n",
		    proved->principal, proved->envelope.keyid);
	else
		output_print(out, "not checked: who signed it\n");
	if (v->is_compared)
		output_print(out,
		    "checked  the same root as the last checkpoint seen\n");
	else
		output_print(out,
		    "not checked: consistency with the log as it is today "
		    "(offline)\n");
	output_print(out,
	    "not checked: what the record claims; whether it was withdrawn "
	    "since\n");
}

static enum err
say(struct session *session, const struct verification *v, bool is_good,
    struct why *w)
{
	struct writer json = writer_heap(OUTPUT_ANSWER_MAX);
	enum err err = ERR_OK;

	if (session->out.is_json) {
		json_answer(v, is_good, &json);
		err = output_answer(&session->out, &json, w);
	} else {
		text_answer(&session->out, v);
	}
	writer_done(&json);
	return err;
}

/* ---- doing it ---- */

static enum err
open_proof(struct session *session, const struct arguments *arguments,
    struct verification *v, struct why *w)
{
	v->proof_path = options_value(arguments, "proof");
	if (v->proof_path == NULL)
		return why(w, ERR_USAGE,
		    "--proof FILE is missing: the .tlog-proof of the record");
	enum err err = disk_read(
	    v->proof_path, TLOG_PROOF_MAX, session->arena, &v->file, w);
	if (err == ERR_OK)
		err = choose_key(session, arguments, v, w);
	if (err != ERR_OK)
		return err;
	err = proved_open(v->file, &v->key, session->arena, &v->proved, w);
	v->is_open = err == ERR_OK;
	if (err != ERR_OK)
		why_prefix(w, v->proof_path);
	return err;
}

static enum err
run_verify(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct verification *v = arena_take(session->arena, 1, sizeof(*v));
	struct why unsigned_because = { 0 };

	if (v == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err = open_proof(session, arguments, v, w);
	if (err == ERR_OK && v->is_pinned)
		err = history_compare(
		    &session->trust, &v->proved.checkpoint, &v->is_compared, w);
	/* without a keyring the rest is checked all the same */
	enum err signer = ERR_OK;
	if (err == ERR_OK)
		signer = check_signer(session, v,
		    options_value(arguments, "keyring"), &unsigned_because);
	if (signer != ERR_OK && signer != ERR_MISSING)
		err = why(w, signer, "%s", unsigned_because.text);
	if (err == ERR_OK)
		err = check_artifacts(session, arguments, v, w);
	if (err == ERR_OK) {
		struct why ignored;
		bool is_good =
		    signer == ERR_OK && first_stranger(v, &ignored) == ERR_OK;
		err = say(session, v, is_good, w);
	}
	if (err == ERR_OK)
		err = first_stranger(v, w);
	if (err == ERR_OK && signer == ERR_MISSING)
		err = why(w, signer, "%s", unsigned_because.text);
	if (v->is_open)
		proved_done(&v->proved);
	return err;
}

static const struct option_row options[] = {
	{ "proof", 'p', false, "FILE", "the record's .tlog-proof" },
	{ "keyring", 0, false, "FILE",
	    "the proof of the keyring that judged "
	    "it" },
	{ "vkey", 0, false, "KEY", "the log's key, where it is not pinned" },
	{ "policy", 0, false, "FILE",
	    "a C2SP tlog-policy, where it is not "
	    "pinned" },
	{ NULL, 0, false, NULL, NULL },
};

const struct command command_verify = {
	.name = "verify",
	.summary = "check files against a proof, offline",
	.words = "PATH... --proof FILE",
	.help =
	    "Checks that each PATH (a file, or a directory by its manifest) is "
	    "what a record is\n"
	    "about, and that the record is in the log, without asking anybody: "
	    "the leaf hash is\n"
	    "recomputed from the proof's own bytes, then the log's signature, "
	    "the inclusion, the\n"
	    "publisher's signature by the keyring beside the proof, the "
	    "digests.  Ends with 0\n"
	    "when all of it is true, 1 when something is false, 3 when "
	    "something could not be\n"
	    "checked.  It says what was not checked.\n",
	.words_min = 1,
	.words_max = OPTIONS_WORDS_MAX,
	.options = options,
	.run = run_verify,
};
