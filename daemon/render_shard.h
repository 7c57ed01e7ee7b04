/*
 * render_shard: answers about files in sets, as JSON (FORMATS 5.5 to 5.8).
 *
 * Threads: any.  Memory: the caller's writer.
 */
#ifndef HEADWATER_DAEMON_RENDER_SHARD_H
#define HEADWATER_DAEMON_RENDER_SHARD_H

#include "daemon/clean.h"
#include "daemon/lookup.h"

struct render_shard {
	uint64_t size; /* complete up to */
	const struct shard_question *question;
	const struct shard_finding *finding;
};
void render_shard(const struct render_shard *answer, struct writer *w);

const char *render_absence_name(enum absence_verdict verdict);
void render_absence(const struct absence *absence,
    const struct absence_question *question, struct writer *w);

struct render_taint {
	const struct taint *taint;
	const struct clean_list *clean;
	const struct clean_release *asked; /* NULL: none was */
};
void render_taint(const struct render_taint *answer, struct writer *w);

/* `warnings` of the page's items. */
void render_warnings(const struct lookup_page *page,
    const struct warning *warnings, struct writer *w);

#endif
