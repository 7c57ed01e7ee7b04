/*
 * set_statement: what a dataset or model record says.
 *
 * The first subject, its files as further ones where they are few, the predicate
 * in the order of its schema.
 *
 * Threads: one.  Memory: the draft's.
 */
#ifndef HEADWATER_CLIENT_SET_STATEMENT_H
#define HEADWATER_CLIENT_SET_STATEMENT_H

#include "client/draft.h"

/* draft->tensors is set; manifest_hash and is_disclosed are set here. */
void set_statement_write(struct draft *draft, struct span name,
    const struct item *item, bool is_model);

#endif
