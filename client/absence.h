/*
 * absence: the question of `absent`: one file, one artifact or all of a release,
 * by one publisher's lists; each answer checked.
 *
 * Threads: one.  Memory: the session's arena; absence_done frees the rest.
 */
#ifndef HEADWATER_CLIENT_ABSENCE_H
#define HEADWATER_CLIENT_ABSENCE_H

#include "client/ascent.h"
#include "client/options.h"

struct absence {
	struct session *session;
	const char *file_name;
	struct hash file;
	const char *as;
	size_t count; /* artifacts */
	struct digest *artifacts;
	struct span *names;
	struct ancestry *answers;
	size_t answered;
};

/* Words and options of the command; `*absence` begins with its session alone. */
MUST_CHECK enum err absence_ask(
    struct absence *absence, const struct arguments *arguments, struct why *w);
void absence_done(struct absence *absence); /* also after a failure */

/* Present in one is present; not known of one is not known. */
enum ancestry_verdict absence_verdict(const struct absence *absence);

#endif
