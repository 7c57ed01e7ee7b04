/*
 * token: the smallest parts of a request's head (RFC 9110 §5).
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_DAEMON_TOKEN_H
#define HEADWATER_DAEMON_TOKEN_H

#include "schema/span.h"

bool token_is(struct span text);

/* A header's value: no control characters but the tab. */
bool token_is_value(struct span text);

/* Equal but for the case of letters; `lower` has none that is upper. */
bool token_is_caseless(struct span text, const char *lower);
uint8_t token_to_lower(uint8_t byte);

/* Nothing that could not stand in a URI's authority: RFC 3986 §3.2.2. */
bool token_is_host(struct span text);

#endif
