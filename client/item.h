/*
 * item: `[ROLE=]WHAT` of the command line, made into an artifact.
 *
 * WHAT is a file, a folder (its manifest), a Git repository (HEAD), a digest, or a
 * record id (its first subject, cited).  What this client has recorded is cited
 * too: the record id goes into the DigestSet as tlogLeaf.
 *
 * Threads: one.  Memory: the session's arena.
 */
#ifndef HEADWATER_CLIENT_ITEM_H
#define HEADWATER_CLIENT_ITEM_H

#include "client/git.h"
#include "client/hashing.h"
#include "client/session.h"

enum item_kind {
	ITEM_FILE,
	ITEM_SET,
	ITEM_GIT,
	ITEM_DIGEST,
	ITEM_RECORD,
};

struct item {
	enum item_kind kind;
	struct span role; /* empty where none is given */
	const char *what; /* as it was given, without the role */
	struct span name; /* a hint: base name of a path; empty else */
	struct digest_set digest;
	struct hashing hashing; /* of a file or set */
	struct git_head git;	/* of a repository */
};

/* `text` is split at the first '=' when what stands before it is a role by form
 * ([a-z0-9-]) and no file of the whole name exists. */
MUST_CHECK enum err item_resolve(
    struct session *session, const char *text, struct item *ret, struct why *w);

/* Hashes a path again: ERR_REFUSED when it is not what it was. */
MUST_CHECK enum err item_recheck(
    struct session *session, const struct item *item, struct why *w);

/* Its node: what lineage and lookups ask for.  ERR_REFUSED for nothing. */
MUST_CHECK enum err item_node(
    const struct item *item, struct digest *ret, struct why *w);

#endif
