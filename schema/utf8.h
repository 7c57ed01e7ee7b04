/*
 * utf8: the characters of a text, and which of them may be shown.
 *
 * Whatever is told to people may quote what others wrote.  The lowest module:
 * sentences of errors need it.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_SCHEMA_UTF8_H
#define HEADWATER_SCHEMA_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the character at the front of `left` bytes, 0 where it is broken or
 * there is none (RFC 3629: no surrogates, no overlong forms). */
size_t utf8_len(const uint8_t *data, size_t left);

/* The code point of a character that is so long. */
uint32_t utf8_point(const uint8_t *data, size_t len);

/* False for controls, and for what shows nothing and moves what stands around it:
 * zero widths, bidi marks, embeddings and isolates, line separators, tags. */
bool utf8_is_shown(uint32_t point);

/* Each byte that is not shown becomes '?': no terminal and no log is steered. */
void utf8_make_printable(char *text);

#endif
