#include <inttypes.h>

#include "client/command.h"
#include "client/history.h"
#include "client/transport.h"
#include "schema/policy.h"

static enum err
read_policy(struct session *session, const char *path, struct note_key *ret,
    struct why *w)
{
	const struct policy *policy;
	enum err err = session_policy(session, path, &policy, w);

	if (err != ERR_OK)
		return err;
	if (policy->count != 1)
		return why(w, ERR_USAGE,
		    "%s: it names %zu logs; init pins one, give --vkey", path,
		    policy->count);
	*ret = policy->logs[0].key;
	return ERR_OK;
}

static enum err
choose_key(struct session *session, const struct arguments *arguments,
    struct note_key *ret, struct why *w)
{
	const char *vkey = options_value(arguments, "vkey");
	const char *policy = options_value(arguments, "policy");

	if ((vkey == NULL) == (policy == NULL))
		return why(w, ERR_USAGE,
		    "give --vkey KEY or --policy FILE: whose signature to "
		    "believe cannot be asked of the log itself");
	if (policy != NULL)
		return read_policy(session, policy, ret, w);
	enum err err = note_key_parse(span_of_text(vkey), ret, w);
	if (err != ERR_OK)
		why_prefix(w, "--vkey");
	return err == ERR_OK ? ERR_OK : ERR_USAGE;
}

static enum err
say(struct session *session, const struct checkpoint *checkpoint, struct why *w)
{
	char vkey[NOTE_VKEY_MAX];
	struct writer json = writer_heap(OUTPUT_ANSWER_MAX);
	enum err err = ERR_OK;

	note_key_print(&session->trust.key, vkey);
	if (session->out.is_json) {
		writer_text(&json, "{");
		writer_member_text(
		    &json, "origin", span_of_text(checkpoint->origin));
		writer_member_text(
		    &json, "url", span_of_text(session->trust.url));
		writer_member_text(&json, "vkey", span_of_text(vkey));
		writer_member_number(&json, "treeSize", checkpoint->head.size);
		writer_member_text(
		    &json, "directory", span_of_text(session->trust.dir));
		writer_text(&json, "}");
		err = output_answer(&session->out, &json, w);
	} else {
		output_print(&session->out, "pinned %s, %" PRIu64 " record%s\n",
		    checkpoint->origin, checkpoint->head.size,
		    output_plural(checkpoint->head.size));
		output_note(&session->out,
		    "its checkpoint is signed by the key given; kept in %s",
		    session->trust.dir);
	}
	writer_done(&json);
	return err;
}

static enum err
run_init(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct trust *trust = &session->trust;
	struct checkpoint checkpoint;
	char url[URL_MAX];
	enum err err = url_parse(arguments->words[0], url, w);

	if (err == ERR_OK)
		err = choose_key(session, arguments, &trust->key, w);
	if (err == ERR_OK)
		err = trust_home(session->home, w);
	if (err != ERR_OK)
		return err;
	/* what does not answer as this log is not pinned: ask first, remember
	 * afterwards */
	err = session_transport(session, w);
	if (err != ERR_OK)
		return err;
	struct transport_call call = {
		.base = url,
		.path = "/checkpoint",
		.max = NOTE_LEN_MAX,
	};
	struct span note;
	err = transport_do(session->transport, &call, session->arena, &note, w);
	if (err == ERR_OK)
		err = checkpoint_verify(note, &trust->key, &checkpoint, w);
	if (err != ERR_OK) {
		why_prefix(w, "not pinned");
		return err;
	}
	struct note_key key = trust->key;
	err = trust_pin(session->home, url, &key, trust, w);
	trust->transport = session->transport;
	if (err == ERR_OK)
		err =
		    history_accept(trust, note, session->arena, &checkpoint, w);
	if (err == ERR_OK)
		err = say(session, &checkpoint, w);
	return err;
}

static const struct option_row options[] = {
	{ "vkey", 0, false, "KEY", "the log's verifier key, name+hash+key" },
	{ "policy", 0, false, "FILE", "a C2SP tlog-policy that names one log" },
	{ NULL, 0, false, NULL, NULL },
};

const struct command command_init = {
	.name = "init",
	.summary = "pin a log: its URL and the key that it is believed by",
	.words = "URL --vkey KEY",
	.help =
	    "Pins a log.  Its checkpoint is fetched and must be signed by KEY, "
	    "which you have\n"
	    "from the log's operator, not from the log.  From then on every "
	    "checkpoint seen\n"
	    "must extend the last one.\n\n"
	    "Kept in $HEADWATER_HOME, else $XDG_DATA_HOME/headwater, else\n"
	    "~/.local/share/headwater.\n",
	.words_min = 1,
	.words_max = 1,
	.options = options,
	.run = run_init,
};
