/*
 * safetensors: what stands in the header of such a file: tensors, their types and
 * shapes.
 *
 * Eight bytes, little-endian, say how long the header is (at most 100,000,000);
 * it is a JSON object, spaces may follow.  Each member but `__metadata__` (texts
 * by name) is a tensor {"dtype","shape","data_offsets":[begin,end]}.  Strict: no
 * other member, none twice, and the tensors cover all bytes behind the header,
 * each byte once, each tensor as many as its type and shape need.
 *
 * Threads: any.  Memory: the caller's arena.
 */
#ifndef HEADWATER_CLIENT_SAFETENSORS_H
#define HEADWATER_CLIENT_SAFETENSORS_H

#include "schema/arena.h"

#define SAFETENSORS_HEADER_MAX 100000000
/* A longer header is valid and not read: 29,000 tensors take 3 MiB. */
#define SAFETENSORS_READ_MAX ((uint64_t)16 << 20)
#define SAFETENSORS_RANK_MAX 32

struct tensor {
	struct span name;
	struct span dtype;
	size_t rank;
	uint64_t *shape;
	uint64_t begin; /* of its bytes, behind the header */
	uint64_t end;
};

struct safetensors {
	size_t count;
	struct tensor *tensors; /* in the header's order */
};

/* `data_len`: bytes behind the header.  ERR_SYNTAX with a sentence, ERR_LIMIT for
 * more than is read. */
MUST_CHECK enum err safetensors_parse(struct span header, uint64_t data_len,
    struct arena *arena, struct safetensors *ret, struct why *w);

/* The header of an open file of that size. */
MUST_CHECK enum err safetensors_read(int fd, uint64_t size, struct arena *arena,
    struct safetensors *ret, struct why *w);

#endif
