/*
 * item: `[ROLE=]WHAT` of the command line, made into an artifact.
 *
 * WHAT is a file, a folder (its manifest), a Git repository (HEAD), a digest, or a
 * record id (its first subject, cited).  What this client has recorded is cited
 * too, once an item stands in a record (item_cite).
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
	struct span role;	  /* empty where none is given */
	const char *what;	  /* as it was given, without the role */
	struct span name;	  /* a hint: base name of a path; empty else */
	struct digest_set digest; /* without tlogLeaf */
	bool has_citation;	  /* of a record that was named */
	struct hash citation;
	struct hashing hashing; /* of a file or set */
	struct git_head git;	/* of a repository */
};

/* `text` is split at the first '=' when what stands before it is a role by form
 * ([a-z0-9-]) and no file of the whole name exists.  Fills role, what and name,
 * looks at nothing else: the file need not be there yet. */
struct item item_split(const char *text);

MUST_CHECK enum err item_resolve(
    struct session *session, const char *text, struct item *ret, struct why *w);

/* A file, a folder or a list of sums, hashed with these wishes: what is recorded
 * itself. */
MUST_CHECK enum err item_hash(struct session *session,
    const struct hashing_wish *wish, const char *path, struct item *ret,
    struct why *w);

/* Hashes a path again: ERR_REFUSED when it is not what it was. */
MUST_CHECK enum err item_recheck(
    struct session *session, const struct item *item, struct why *w);

/* Its node: what lineage and lookups ask for.  ERR_REFUSED for nothing. */
MUST_CHECK enum err item_node(
    const struct item *item, struct digest *ret, struct why *w);

/* Its digests and, as tlogLeaf, the record that was named or that this client
 * has stored of it. */
MUST_CHECK enum err item_cite(struct session *session, const struct item *item,
    struct digest_set *ret, struct why *w);

#endif
