/*
 * checkpoint: C2SP tlog-checkpoint, the signed head of a log.
 *
 * Text: origin LF size LF base64(root) LF, then extension lines, none of ours.
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_SCHEMA_CHECKPOINT_H
#define HEADWATER_SCHEMA_CHECKPOINT_H

#include "schema/note.h"
#include "schema/tree.h"

#define CHECKPOINT_NOTE_MAX 1024 /* bytes of a note with our one signature */

struct checkpoint {
	char origin[NOTE_NAME_MAX + 1];
	struct tree_head head;
};

/* The note's text.  A size of 0 must have the empty tree's root. */
MUST_CHECK enum err checkpoint_parse(
    struct span text, struct checkpoint *ret, struct why *w);
void checkpoint_print(const struct checkpoint *checkpoint, struct writer *w);

/* A whole note, printed and signed; the log's own key name is its origin. */
void checkpoint_sign(const struct tree_head *head, const struct note_key *key,
    const struct secret_key *secret, struct writer *w);

/* Parses the note, verifies it by `key` and requires the key's name as origin.
 * ERR_MISMATCH when the key did not sign it. */
MUST_CHECK enum err checkpoint_verify(struct span note,
    const struct note_key *key, struct checkpoint *ret, struct why *w);

#endif
