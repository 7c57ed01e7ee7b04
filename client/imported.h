/*
 * imported: what stands beside a model in a folder as Hugging Face has it: its
 * card (README.md) and its configuration (config.json), and what they claim.
 *
 * Threads: one.  Memory: the session's arena.
 */
#ifndef HEADWATER_CLIENT_IMPORTED_H
#define HEADWATER_CLIENT_IMPORTED_H

#include "client/card.h"
#include "client/item.h"

struct imported_file {
	bool is_there;
	struct span text;
	struct hash sha256;
};

struct imported {
	struct imported_file card;
	struct imported_file config;
	struct card said;
};

/* Of a folder that was hashed: what is read must be what is in its manifest, else
 * ERR_REFUSED.  ERR_USAGE where neither is there. */
MUST_CHECK enum err imported_read(struct session *session, const char *folder,
    const struct item *item, struct imported *ret, struct why *w);

#endif
