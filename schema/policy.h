/*
 * policy: C2SP tlog-policy, which logs to believe.
 *
 * `log <vkey> [<url>]` and `quorum none`; witnesses and groups are parsed when
 * they come, until then a policy that names them is refused: an ignored quorum
 * would be a false promise.
 *
 * Threads: any.  Memory: spans borrow the text.
 */
#ifndef HEADWATER_SCHEMA_POLICY_H
#define HEADWATER_SCHEMA_POLICY_H

#include "schema/note.h"

#define POLICY_LOGS_MAX 64
#define POLICY_LEN_MAX ((size_t)64 << 10)

struct policy_log {
	struct note_key key;
	struct span url; /* empty where none is given */
};

struct policy {
	size_t count;
	struct policy_log logs[POLICY_LOGS_MAX];
};

/* On failure *ret holds no log: it is too large to be kept aside. */
MUST_CHECK enum err policy_parse(
    struct span text, struct policy *ret, struct why *w);
void policy_print(const struct policy *policy, struct writer *w);
const struct policy_log *policy_find(const struct policy *policy,
    struct span origin); /* NULL when it is not there */

#endif
