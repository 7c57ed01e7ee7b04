#include "client/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/transport.h"
#include "schema/json.h"
#include "schema/key.h"
#include "schema/policy.h"

enum err
session_start(struct session *session, struct why *w)
{
	*session = (struct session){ .arena = arena_new(SESSION_ARENA_MAX) };
	output_start(&session->out);
	if (session->arena == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	session->key_file = getenv("HEADWATER_KEY");
	if (session->key_file != NULL && session->key_file[0] == '\0')
		session->key_file = NULL;
	json_start();
	return key_start(w);
}

void
session_done(struct session *session)
{
	transport_free(session->transport);
	keyring_memo_done(&session->memo);
	arena_free(session->arena);
	session->transport = NULL;
	session->arena = NULL;
}

enum err
session_trust(struct session *session, struct why *w)
{
	if (session->has_trust)
		return ERR_OK;
	enum err err = trust_home(session->home, w);
	if (err == ERR_OK)
		err =
		    trust_open(session->home, session->log, &session->trust, w);
	session->has_trust = err == ERR_OK;
	return err;
}

enum err
session_trust_of(struct session *session, const char *origin, struct why *w)
{
	if (session->log == NULL)
		session->log = origin;
	enum err err = session_trust(session, w);
	if (err == ERR_OK && strcmp(session->trust.key.name, origin) != 0)
		return why(w, ERR_MISMATCH,
		    "the proof is of %.128s, and the log asked for is %.128s",
		    origin, session->trust.key.name);
	return err;
}

enum err
session_transport(struct session *session, struct why *w)
{
	if (session->transport == NULL)
		session->transport = transport_new();
	return session->transport != NULL
	    ? ERR_OK
	    : why(w, ERR_MEMORY, "libcurl did not start");
}

enum err
session_online(struct session *session, struct why *w)
{
	enum err err = session_trust(session, w);

	if (err == ERR_OK)
		err = session_transport(session, w);
	if (err == ERR_OK)
		session->trust.transport = session->transport;
	return err;
}

enum err
session_policy(struct session *session, const char *path,
    const struct policy **ret, struct why *w)
{
	struct policy *policy = arena_take(session->arena, 1, sizeof(*policy));
	struct span text;
	enum err err =
	    disk_read(path, POLICY_LEN_MAX, session->arena, &text, w);

	if (policy == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (err == ERR_OK)
		err = policy_parse(text, policy, w);
	if (err == ERR_OK)
		*ret = policy;
	return err;
}

enum err
session_get(struct session *session, const char *path, size_t max,
    struct span *ret, struct why *w)
{
	enum err err = session_online(session, w);

	if (err != ERR_OK)
		return err;
	struct transport_call call = {
		.base = session->trust.url,
		.path = path,
		.max = max,
	};
	return transport_do(session->transport, &call, session->arena, ret, w);
}

bool
session_confirm(struct session *session, const char *question)
{
	char line[64];

	if (session->is_yes)
		return true;
	if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1)
		return false;
	(void)fprintf(stderr, "%s [y/N] ", question);
	(void)fflush(stderr);
	if (fgets(line, sizeof(line), stdin) == NULL) {
		(void)fputc('\n', stderr);
		return false;
	}
	return line[0] == 'y' || line[0] == 'Y';
}

struct keyring_source
session_lines(struct session *session, const char *proof_path,
    struct keyring_lines *ret_lines)
{
	struct keyring_source source;

	*ret_lines = (struct keyring_lines){
		.trust = &session->trust,
		.proof_path = proof_path,
	};
	source = keyring_lines_source(ret_lines);
	source.memo = &session->memo;
	return source;
}
