/*
 * signer_wire: the messages between headwaterd and headwater-signer.
 *
 * A stream socket; each message is u32 length (of what follows), u8 type, body;
 * integers big-endian.  The daemon asks, the signer answers each in order with
 * the same type, or with SIGNER_REFUSED and a sentence.  SEAL carries the entries
 * themselves: the signer hashes them, it is never told a hash.
 *
 *	type            request body               answer body
 *	SIGNER_HELLO    (empty)                    u64 size, hash root,
 *	                                           u16+origin, 32 public key
 *	SIGNER_SEAL     u64 old size, u16 count,   note (the signed checkpoint)
 *	                count × (u16+entry)
 *	SIGNER_REPEAT   (empty)                    note at its size (size ≥ 1)
 *	SIGNER_KEYRING  u64 stamp ms, u8 has,      u64 next change ms (UINT64_MAX:
 *	                [hash previous id]         none), u32+entry of the keyring,
 *	                                           lines that lie beside it
 *	SIGNER_RELOAD   (empty)                    u32+warnings, text
 *	SIGNER_REFUSED                             u8 enum err, sentence
 *
 * A signer that cannot start sends SIGNER_REFUSED as its first message, unasked.
 * One that was sent something outside this table refuses it (ERR_SYNTAX) and
 * ends; after any other refusal it goes on, unchanged.
 *
 * Threads: one conversation at a time.  Memory: the caller's buffers.
 */
#ifndef HEADWATER_DAEMON_SIGNER_WIRE_H
#define HEADWATER_DAEMON_SIGNER_WIRE_H

#include <stdint.h>

#include "daemon/limits.h"
#include "schema/envelope.h"
#include "schema/err.h"
#include "schema/keyring.h"
#include "schema/span.h"

#define SIGNER_FD 3 /* the signer's end of the socket, in its process */

#define SIGNER_MESSAGE_MAX \
	((size_t)BATCH_ENTRIES_MAX * (ENTRY_LEN_MAX + 2) + 64)
#define SIGNER_WARNINGS_MAX ((size_t)16 << 10)
/* a keyring's entry and its lines */
#define SIGNER_ANSWER_MAX (ENTRY_LEN_MAX + KEYRING_BLOB_MAX + 64)

enum signer_type {
	SIGNER_HELLO = 1,
	SIGNER_SEAL,
	SIGNER_REPEAT,
	SIGNER_KEYRING,
	SIGNER_RELOAD,
	SIGNER_REFUSED,
};

/* Sends a whole message, its body in any number of parts.  ERR_MISSING: the peer
 * is gone; ERR_BUSY: the socket's SO_SNDTIMEO passed. */
MUST_CHECK enum err signer_wire_send(
    int fd, enum signer_type type, const struct span *parts, size_t count);

/* Receives one into `buffer` of `cap` bytes (the body only).  ERR_MISSING at the
 * end of the stream, ERR_BUSY when SO_RCVTIMEO passed, ERR_LIMIT for a longer one,
 * ERR_SYNTAX for type 0 or above SIGNER_REFUSED, for no type, and for an end
 * within a message. */
MUST_CHECK enum err signer_wire_receive(int fd, uint8_t *buffer, size_t cap,
    enum signer_type *ret_type, struct span *ret_body);

/* Refuses; that the peer may be gone changes nothing. */
void signer_wire_refuse(int fd, enum err err, const struct why *sentence);

/* The body of a SIGNER_REFUSED: its error, always a failure, and its sentence. */
MUST_CHECK enum err signer_wire_refusal(struct span body, struct why *w);

#endif
