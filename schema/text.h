/*
 * text: values as text, one spelling each.
 *
 * Whatever does not re-encode to itself is refused: upper-case hex, base64 with
 * missing padding, spare bits or white space, decimals with a sign or leading
 * zeros, times in another zone.  One value, one text, one hash.
 *
 * Threads: any.  Memory: the caller's buffers; sizes below include no NUL
 * unless the name says TEXT.
 */
#ifndef HEADWATER_SCHEMA_TEXT_H
#define HEADWATER_SCHEMA_TEXT_H

#include <stdint.h>

#include "schema/err.h"
#include "schema/span.h"

#define TEXT_DECIMAL_MAX 20   /* digits of UINT64_MAX */
#define TEXT_TIME_LEN 24      /* 2026-11-25T19:48:51.123Z */
#define TEXT_PRINCIPAL_MAX 64 /* bytes; a thing's owner */
#define TEXT_NAME_MAX 256     /* bytes; `<principal>/<path>` */
#define TEXT_VERSION_MAX 64   /* bytes */

/* Encoded sizes for `len` bytes. */
#define TEXT_HEX_LEN(len) ((size_t)(len)*2)
#define TEXT_BASE64_LEN(len) (((size_t)(len) + 2) / 3 * 4)

/* Lower-case hex; `out` holds TEXT_HEX_LEN(len) bytes, no NUL is written. */
void text_hex(struct span bytes, char *out);

/* Exactly `len` bytes from exactly 2·len lower-case digits, else false. */
MUST_CHECK bool text_unhex(struct span text, uint8_t *out, size_t len);

/* RFC 4648 section 4, padded; `out` holds TEXT_BASE64_LEN(len), no NUL. */
void text_base64(struct span bytes, char *out);

/*
 * Strict inverse: padded, no white space, spare bits zero.  `out` holds at
 * least text.len / 4 * 3 bytes.  False, with `*ret_len` unchanged, otherwise.
 */
MUST_CHECK bool text_unbase64(struct span text, uint8_t *out, size_t *ret_len);

/* Decimal of `value` without leading zeros; returns its length (≤ 20). */
size_t text_decimal(uint64_t value, char out[static TEXT_DECIMAL_MAX]);

/* Strict: digits only, no leading zero but "0" itself, at most `max`. */
MUST_CHECK bool text_undecimal(struct span text, uint64_t max, uint64_t *ret);

/* Milliseconds since 1970 as RFC 3339 in UTC, years 1970-9999; no NUL. */
void text_time(uint64_t time_ms, char out[static TEXT_TIME_LEN]);

/* RFC 3339 in UTC with 'Z', with or without 1-9 digits of a fraction. */
MUST_CHECK bool text_untime(struct span text, uint64_t *ret_ms);

/* Valid UTF-8 (RFC 3629: no surrogates, no overlong forms) without NUL. */
bool text_is_utf8(struct span text);

/* The same, and without control characters (below 0x20, 0x7f, C1). */
bool text_is_line(struct span text);

/* `[a-z0-9._@-]`, 1 to 64 bytes, not "." nor "..". */
bool text_is_principal(struct span text);

/*
 * `<principal>/<path>`: the same characters, at least two segments, none empty,
 * "." or "..", at most TEXT_NAME_MAX bytes.
 */
bool text_is_name(struct span text);
struct span text_name_principal(struct span name); /* before the first '/' */

bool text_is_version(struct span text); /* `[A-Za-z0-9._+-]`, 1 to 64 bytes */

/* A relative path as manifests hold it: no empty, "." or ".." segment, none of
 * the bytes that coreutils escapes (backslash, LF, CR), no NUL, UTF-8. */
bool text_is_path(struct span text);

/* An absolute URI by form: `scheme:rest`, printable ASCII without space. */
bool text_is_uri(struct span text);

#endif
