/*
 * releases: the records of a release, proved.
 *
 * Which records there are is the log's word; each that is given was fetched with
 * its proof, and is signed by the principal whose name it has.
 *
 * Threads: one.  Memory: the session's arena.
 */
#ifndef HEADWATER_CLIENT_RELEASES_H
#define HEADWATER_CLIENT_RELEASES_H

#include "client/item.h"
#include "client/session.h"
#include "schema/digest_set.h"

#define RELEASES_ARTIFACTS_MAX 1024

/* NAME/VERSION, cut at the last '/'; false where either is not of its form. */
MUST_CHECK bool releases_split(
    struct span text, struct span *ret_name, struct span *ret_version);

/* item_resolve, where NAME/VERSION could have stood too: says so. */
MUST_CHECK enum err releases_item(
    struct session *session, const char *text, struct item *ret, struct why *w);

struct releases {
	struct span name;
	struct span version;
	struct span principal; /* of the name */
	size_t count;	       /* artifacts, each once */
	struct digest *artifacts;
	struct span *names; /* theirs, as hints */
};

/* ERR_USAGE for another form, ERR_NOT_FOUND where no record of it stands. */
MUST_CHECK enum err releases_find(struct session *session, const char *text,
    struct releases *ret, struct why *w);

#endif
