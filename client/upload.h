/*
 * upload: a blob that a record names, brought to the log (FORMATS 6.1).
 *
 * In parts, from what the log has of it already, so one that was broken off goes
 * on where it was; a connection that breaks is tried again while it gets further.
 *
 * Threads: one.  Memory: the session's arena.
 */
#ifndef HEADWATER_CLIENT_UPLOAD_H
#define HEADWATER_CLIENT_UPLOAD_H

#include "client/session.h"
#include "schema/sha256.h"

#define UPLOAD_PART_LEN ((uint64_t)64 << 20)
#define UPLOAD_TRIES 5 /* without any byte more */

struct upload {
	int fd;
	struct hash sha256;
	uint64_t size;
};

/* Sends what is missing.  `*ret_was_there`: nothing was. */
MUST_CHECK enum err upload_send(struct session *session,
    const struct upload *upload, bool *ret_was_there, struct why *w);

/* The file of that digest and size, which the caller knows. */
MUST_CHECK enum err upload_file(struct session *session, const char *path,
    const struct hash *sha256, bool *ret_was_there, struct why *w);

#endif
