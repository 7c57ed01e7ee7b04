/*
 * judge: may this record stand in the log?  The one rule for daemon, --check and
 * auditors.
 *
 * A keyring must be signed by the log key and named by the origin; everything
 * else by a key of the keyring in force, and a bound name must begin with that
 * key's principal.  No clock, no state: an entry, a keyring, the log key.
 *
 * Threads: any.  Memory: none but what judge_keyring gives.
 */
#ifndef HEADWATER_SCHEMA_JUDGE_H
#define HEADWATER_SCHEMA_JUDGE_H

#include "schema/envelope.h"
#include "schema/keyring.h"
#include "schema/record.h"

/* Who signed it: needs no signature check, so it is also what is asked again
 * when a new keyring came between. */
MUST_CHECK enum err judge_signer(const struct keyring *keyring,
    const char *keyid, const struct record *record,
    const struct keyring_member **ret, struct why *w);

/* judge_signer and the signature.  `keyring` is the last one before the entry. */
MUST_CHECK enum err judge_entry(const struct keyring *keyring,
    const struct envelope *envelope, const struct record *record,
    const struct keyring_member **ret, struct why *w);

/* A keyring record itself: by the log key; `before_id` is the record id of the
 * keyring before it, or NULL for entry 0 (then it names no previous).  The
 * caller frees `*ret`. */
struct judge_log {
	const char *origin;
	struct public_key key;
	const struct keyring_source *lines; /* NULL: only what records hold */
};
MUST_CHECK enum err judge_keyring(const struct judge_log *log,
    const struct envelope *envelope, const struct hash *before_id,
    struct keyring **ret, struct why *w);

/* The same of one out of its log: whether it names one before it is checked, not
 * which. */
MUST_CHECK enum err judge_keyring_alone(const struct judge_log *log,
    const struct envelope *envelope, bool is_first, struct keyring **ret,
    struct why *w);

#endif
