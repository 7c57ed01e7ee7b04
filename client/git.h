/*
 * git: what a Git repository has at HEAD, asked of git itself.
 *
 * Uncommitted or untracked files are refused: what ran would not be what the
 * commit names.  git is run without a shell; its environment, its configuration
 * and replaced objects cannot make it answer for another repository.  Its answer
 * is bounded.
 *
 * Threads: one.  Memory: the caller's arena.
 */
#ifndef HEADWATER_CLIENT_GIT_H
#define HEADWATER_CLIENT_GIT_H

#include "schema/arena.h"
#include "schema/digest_set.h"

struct git_head {
	struct digest commit;
	struct digest tree;
	struct span origin; /* URL of the remote "origin", without user and
	                       password; empty where there is none */
};

/* A run may leave its outputs in the folder of its code. */
enum git_untracked {
	GIT_UNTRACKED_REFUSED,
	GIT_UNTRACKED_FINE,
};

bool git_is_repository(const char *path); /* holds .git */

MUST_CHECK enum err git_read_head(const char *path,
    enum git_untracked untracked, struct arena *arena, struct git_head *ret,
    struct why *w);

/*
 * A URL without the user and password in it: a ledger forgets nothing.
 * scp-like `user@host:path` becomes ssh://host/path.  ERR_USAGE where it cannot be
 * told what is a password.
 */
MUST_CHECK enum err git_clean_url(
    struct span url, struct arena *arena, struct span *ret, struct why *w);

#endif
