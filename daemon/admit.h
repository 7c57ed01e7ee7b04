/*
 * admit: request bytes to a verified entry.  No side effect.
 *
 * envelope_parse → record_parse → judge_entry by the keyring in force → gist_pack
 * → the entry and its id.  Cheap checks first: size, form, key known; the Ed25519
 * verification last.
 *
 * Threads: any.  Memory: all of it in the caller's arena, until admitted_keep has
 * what is to stay.
 */
#ifndef HEADWATER_DAEMON_ADMIT_H
#define HEADWATER_DAEMON_ADMIT_H

#include "daemon/signers.h"
#include "schema/arena.h"
#include "schema/envelope.h"
#include "schema/record.h"

struct admitted {
	struct hash id;
	struct span entry; /* normal form */
	struct span gist;
	uint64_t keyring; /* position of the keyring it was judged by */
	char keyid[SSH_FINGERPRINT_MAX];
	struct span name; /* the bound name, for judging again */
	char principal[TEXT_PRINCIPAL_MAX + 1];
};

/* A posted keyring is ERR_REFUSED.  The arena has also what it was parsed by. */
MUST_CHECK enum err admit(struct signers *signers, struct span body,
    struct arena *arena, struct admitted *ret, struct why *w);

/* Has all of it copied to this arena.  ERR_MEMORY. */
MUST_CHECK enum err admitted_keep(
    struct admitted *admitted, struct arena *arena);

/* Judged again by another keyring, without the signature: the keyid is in it, by
 * the same principal (which binds the name). */
MUST_CHECK enum err admit_again(const struct keyring *keyring,
    const struct admitted *admitted, struct why *w);

#endif
