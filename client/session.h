/*
 * session: one run of the program: options that every command knows, and what is
 * opened when first needed.
 *
 * Threads: one.  Memory: session_start / session_done; the arena lasts as long.
 */
#ifndef HEADWATER_CLIENT_SESSION_H
#define HEADWATER_CLIENT_SESSION_H

#include "client/keyring_lines.h"
#include "client/output.h"
#include "client/trust.h"

/* Manifests of a million lines are built in it, and no more than that. */
#define SESSION_ARENA_MAX ((size_t)1 << 30)

struct policy;
struct transport;

struct session {
	struct output out;
	struct arena *arena;
	const char *log;      /* --log */
	const char *key_file; /* --key, else $HEADWATER_KEY, else NULL */
	bool is_yes;	      /* --yes: ask nothing */
	int exit_code;	      /* where a command ends with another one's */
	char home[DISK_PATH_MAX];
	bool has_judged_roles; /* draft: it has warned of what is empty */
	bool has_trust;
	struct trust trust;
	struct keyring_memo memo; /* of its keyrings */
	struct transport *transport;
};

MUST_CHECK enum err session_start(struct session *session, struct why *w);
void session_done(struct session *session);

/* session->trust and session->transport are there afterwards. */
MUST_CHECK enum err session_trust(struct session *session, struct why *w);
/* The same for the log of this origin, which a proof names; --log may say only
 * the same. */
MUST_CHECK enum err session_trust_of(
    struct session *session, const char *origin, struct why *w);
MUST_CHECK enum err session_online(struct session *session, struct why *w);
/* The transport alone, where no log is pinned yet. */
MUST_CHECK enum err session_transport(struct session *session, struct why *w);

/* A tlog-policy from a file, in the arena. */
MUST_CHECK enum err session_policy(struct session *session, const char *path,
    const struct policy **ret, struct why *w);

/* The lines of long keyrings: beside a proof file (NULL: none), kept, or fetched
 * where there is a transport.  `ret_lines` lives as long as what is made of it. */
struct keyring_source session_lines(struct session *session,
    const char *proof_path, struct keyring_lines *ret_lines);

/* GET of a path of the pinned log; session_online is called. */
MUST_CHECK enum err session_get(struct session *session, const char *path,
    size_t max, struct span *ret, struct why *w);

/* A question on the terminal, default no.  True with --yes, false where there is
 * no terminal: the caller decides what that means and names --yes. */
bool session_confirm(struct session *session, const char *question);

#endif
