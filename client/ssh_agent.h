/*
 * ssh_agent: keys and signatures of a running ssh-agent (draft-ietf-sshm-ssh-
 * agent, sections 3.5 and 3.6), Ed25519 only.
 *
 * Threads: one.  Memory: none.  Limits: a message of 256 KiB, 60 s a call (a person may have to confirm).
 * Errors: ERR_MISSING (no agent), ERR_REFUSED (locked, or it said no).
 */
#ifndef HEADWATER_CLIENT_SSH_AGENT_H
#define HEADWATER_CLIENT_SSH_AGENT_H

#include "schema/key.h"

#define SSH_AGENT_KEYS_MAX 128

struct ssh_agent {
	int fd;
};

/* Connects to $SSH_AUTH_SOCK. */
MUST_CHECK enum err ssh_agent_open(struct ssh_agent *ret, struct why *w);
void ssh_agent_close(struct ssh_agent *agent);

/* Its Ed25519 keys; others and `sk-` keys are left out. */
MUST_CHECK enum err ssh_agent_list(struct ssh_agent *agent,
    struct public_key ret[static SSH_AGENT_KEYS_MAX], size_t *ret_count,
    struct why *w);

/* The signature is verified before it is given. */
MUST_CHECK enum err ssh_agent_sign(struct ssh_agent *agent,
    const struct public_key *key, struct span message, struct signature *ret,
    struct why *w);

#endif
