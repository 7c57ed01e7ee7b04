/*
 * wishes: what the options of the command line ask of hashing.
 *
 * Threads: one.  Memory: wishes_open / wishes_done.
 */
#ifndef HEADWATER_CLIENT_WISHES_H
#define HEADWATER_CLIENT_WISHES_H

#include "client/hashing.h"
#include "client/options.h"
#include "client/session.h"

#define WISHES_OPTIONS \
	{ .name = "salted", \
		.help = "salt each line: the list stays private" }, \
	    { .name = "pointers", \
		    .help = "take git-lfs pointers for what they stand for" }, \
	    { .name = "from-sums", \
		    .value = "FILE", \
		    .help = "hash nothing: the files that SHA256SUMS lists" }, \
	    { .name = "cache", \
		    .value = "FILE", \
		    .help = "digests of files that did not change" }, \
	{ \
		.name = "no-cache", .help = "read every file" \
	}

/* `ret->fd` and `ret->has_oms` are the caller's to set.  A cache that cannot be
 * used is warned of.  `*ret_path` is PATH, or that of --from-sums: one of them is
 * needed. */
MUST_CHECK enum err wishes_open(struct session *session,
    const struct arguments *arguments, struct hashing_wish *ret,
    const char **ret_path, struct why *w);
void wishes_done(struct hashing_wish *wish);
#endif
