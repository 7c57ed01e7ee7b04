/*
 * card: what a model card's front matter and a config.json say, as claims.  The
 * door to libyaml.
 *
 * Read are `base_model`, `datasets`, `license` and `license_name` of the card, and
 * `_name_or_path` and `architectures` (or `model_type`) of the configuration.
 * Aliases are refused (small texts that mean large ones), depth and length are
 * bounded.  What is there twice counts once; what no record can hold is counted
 * and left out.
 *
 * Threads: one.  Memory: the caller's arena.
 */
#ifndef HEADWATER_CLIENT_CARD_H
#define HEADWATER_CLIENT_CARD_H

#include "schema/arena.h"
#include "schema/claim.h"

#define CARD_LEN_MAX ((size_t)1 << 20) /* of either file */
#define CARD_FRONT_MAX ((size_t)64 << 10)
#define CARD_DEPTH_MAX 32

struct card {
	struct arena *arena;
	size_t count;
	struct claim claims[CLAIMS_MAX];
	size_t left_out;
	struct span architecture; /* empty where none is told */
};

/* Add to `*card`, which begins zero but for its arena.  A card without front
 * matter says nothing.  ERR_SYNTAX, ERR_LIMIT with a sentence. */
MUST_CHECK enum err card_read(
    struct card *card, struct span text, struct why *w);
MUST_CHECK enum err card_read_config(
    struct card *card, struct span text, struct why *w);

#endif
