/*
 * principal: who this client is, and its signature.
 *
 * The key: --key FILE, else $HEADWATER_KEY, else the one key in ssh-agent that
 * the log's latest keyring knows.  FILE is an unencrypted OpenSSH private key, or
 * a public key (.pub) whose private half is in the agent.  The principal is what
 * the keyring says of its fingerprint.
 *
 * Threads: one.  Memory: principal_done wipes the key.
 */
#ifndef HEADWATER_CLIENT_PRINCIPAL_H
#define HEADWATER_CLIENT_PRINCIPAL_H

#include "client/session.h"
#include "client/ssh_agent.h"
#include "schema/envelope.h"
#include "schema/text.h"

struct principal {
	char name[TEXT_PRINCIPAL_MAX + 1]; /* empty: not looked up */
	char keyid[SSH_FINGERPRINT_MAX];
	struct public_key key;
	struct secret_key *secret; /* NULL: in the agent */
	struct ssh_agent agent;	   /* fd -1: not in use */
};

/* With the log's keyring: ERR_REFUSED where it does not know the key, naming the
 * line that its operator has to add. */
MUST_CHECK enum err principal_load(
    struct session *session, struct principal *ret, struct why *w);
/* The key alone, without asking any log: needs --key or $HEADWATER_KEY. */
MUST_CHECK enum err principal_load_key(
    struct session *session, struct principal *ret, struct why *w);
void principal_done(struct principal *principal);

/* Signs a payload (a statement): the envelope, verified once more. */
MUST_CHECK enum err principal_sign(struct principal *principal,
    struct span payload, struct arena *arena, struct envelope *ret,
    struct why *w);

#endif
