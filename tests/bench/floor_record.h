/*
 * floor_record: what must be done to a record at the least: parse, verify,
 * normal form, leaf hash.  Straight over the libraries.
 *
 * Threads: any.  Memory: floor_record_done.
 */
#ifndef HEADWATER_TESTS_BENCH_FLOOR_RECORD_H
#define HEADWATER_TESTS_BENCH_FLOOR_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/sha256.h"

struct floor_record {
	uint8_t *entry;
	size_t entry_len;
	struct hash id;
	uint64_t index; /* written by the commit */
	bool is_duplicate;
	void (*done)(struct floor_record *record);
	struct floor_record *next;
};

/* The one key that may write. */
bool floor_record_start(const char *public_base64);

/* False: not of the form, or the signature is not by the key. */
bool floor_record_take(
    const uint8_t *body, size_t len, struct floor_record *ret);
void floor_record_done(struct floor_record *record);

#endif
