/*
 * making: what one record says of what an artifact was made from.
 *
 * A run says it of each of its outputs, a dataset or model of its first subject:
 * inputs, and parts.  Whether such a list is all there was, only its signer knows:
 * it is complete for the roles that the record signs as complete.  What came in
 * with the role code, tool or environment is no data and needs no such word.  The
 * daemon judges in the same way (daemon/listing.h); here it is checked.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_SCHEMA_MAKING_H
#define HEADWATER_SCHEMA_MAKING_H

#include "schema/record.h"

/* Does it say what this was made from?  (Also where it lists nothing.) */
bool making_is_of(const struct record *record, const struct digest *node);

/* A role of what is used to work on data. */
bool making_is_apart(struct span role);

/* An input, or a part, that is a node and no subject: NULL at the end.  `*at`
 * begins at 0. */
const struct resource *making_next_input(
    const struct record *record, size_t *at);
const struct resource *making_next_part(
    const struct record *record, size_t *at);

/* NULL where its list of inputs, or of parts, is signed as complete; else a
 * sentence. */
const char *making_check_inputs(const struct record *record);
const char *making_check_parts(const struct record *record);

/* Is a role signed as complete that inputs can have and parts not? */
bool making_says_inputs(const struct record *record);

/* Is the role signed as complete? */
bool making_is_complete(const struct record *record, struct span role);

#endif
