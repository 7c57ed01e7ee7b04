/*
 * snapshot: a license record, as drift looks at it.
 *
 * Threads: any.  Memory: the caller's arena; spans borrow the record.
 */
#ifndef HEADWATER_SCHEMA_SNAPSHOT_H
#define HEADWATER_SCHEMA_SNAPSHOT_H

#include "schema/drift.h"
#include "schema/record.h"

/* Of a RECORD_LICENSE; who it is, where it stands and who signed it is the
 * caller's to say.  False: no memory. */
MUST_CHECK bool snapshot_of(
    const struct record *record, struct arena *arena, struct snapshot *ret);

#endif
