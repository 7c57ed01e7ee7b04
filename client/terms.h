/*
 * terms: what the command line says of the terms that something is under.
 *
 * `--license-text FILE|DIGEST|ID`: the exact text that was agreed to, by its
 * sha256; a license record's id stands for its text.
 *
 * Threads: one.  Memory: the session's arena.
 */
#ifndef HEADWATER_CLIENT_TERMS_H
#define HEADWATER_CLIENT_TERMS_H

#include "client/draft.h"

/* `"licenseTexts":[…]`, of up to LICENSE_TEXTS_MAX; nothing where none is given. */
void terms_write(struct draft *draft, const struct span *texts, size_t count);

/* The same of all --license-text. */
void terms_draft(struct draft *draft);

#endif
