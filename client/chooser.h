/*
 * chooser: which lines of a manifest are meant: by digest, by name, or each by
 * itself.
 *
 * Filled in any order, then asked about the lines of one manifest in its order;
 * memory does not grow with either.
 *
 * Threads: one.  Memory: chooser_new / chooser_free.
 */
#ifndef HEADWATER_CLIENT_CHOOSER_H
#define HEADWATER_CLIENT_CHOOSER_H

#include "schema/manifest.h"

struct chooser;

/* `below`: lines whose path is this or lies below it; NULL: none by name.  NULL
 * when memory is out. */
struct chooser *chooser_new(const char *below);
void chooser_free(struct chooser *chooser); /* NULL is fine */

/* Whatever line has this digest. */
MUST_CHECK enum err chooser_add_digest(
    struct chooser *chooser, const struct hash *digest, struct why *w);
/* This line, which has to be there. */
MUST_CHECK enum err chooser_add_line(
    struct chooser *chooser, const struct manifest_line *line, struct why *w);

/* After the last; then each line is asked about, and at the end, that no line is
 * left which was not there.  ERR_NOT_FOUND names it. */
MUST_CHECK enum err chooser_start(struct chooser *chooser, struct why *w);
MUST_CHECK enum err chooser_ask(struct chooser *chooser,
    const struct manifest_line *line, bool *ret_is_chosen, struct why *w);
MUST_CHECK enum err chooser_end(struct chooser *chooser, struct why *w);

/* Different digests that were added, and how many of them had a line. */
uint64_t chooser_digests(const struct chooser *chooser);
uint64_t chooser_found(const struct chooser *chooser);

#endif
