#include "client/safetensors.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "schema/json.h"
#include "schema/object.h"

#define METADATA "__metadata__"
#define LEN_BYTES 8

struct parsing {
	struct arena *arena;
	struct why *why;
	uint64_t data_len;
};

/* ---- one tensor ---- */

/* Bits of one element; 0: a type that is not known here. */
static uint64_t
bits_of(struct span dtype)
{
	static const struct {
		const char *name;
		unsigned bits;
	} types[] = {
		{ "F4", 4 },
		{ "F6_E2M3", 6 },
		{ "F6_E3M2", 6 },
		{ "BOOL", 8 },
		{ "U8", 8 },
		{ "I8", 8 },
		{ "F8_E5M2", 8 },
		{ "F8_E4M3", 8 },
		{ "F8_E8M0", 8 },
		{ "I16", 16 },
		{ "U16", 16 },
		{ "F16", 16 },
		{ "BF16", 16 },
		{ "I32", 32 },
		{ "U32", 32 },
		{ "F32", 32 },
		{ "C64", 64 },
		{ "F64", 64 },
		{ "I64", 64 },
		{ "U64", 64 },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (span_is(dtype, types[i].name))
			return types[i].bits;
	}
	return 0;
}

static bool
has_its_bytes(const struct tensor *tensor)
{
	uint64_t bits = bits_of(tensor->dtype);

	for (size_t i = 0; i < tensor->rank; i++) {
		if (__builtin_mul_overflow(bits, tensor->shape[i], &bits))
			return false;
	}
	return bits % 8 == 0 && tensor->end - tensor->begin == bits / 8;
}

static void
read_shape(struct parsing *p, struct object *o, struct tensor *tensor)
{
	json_value *shape =
	    object_array(o, "shape", 0, SAFETENSORS_RANK_MAX, &tensor->rank);

	if (shape == NULL)
		return;
	tensor->shape =
	    arena_take(p->arena, tensor->rank + 1, sizeof(*tensor->shape));
	if (tensor->shape == NULL) {
		object_fail(o, ERR_MEMORY, "out of memory");
		return;
	}
	for (size_t i = 0; i < tensor->rank; i++) {
		if (!json_whole(json_element(shape, i), &tensor->shape[i]))
			object_fail_member(
			    o, "shape", "whole numbers are needed");
	}
}

static void
read_offsets(struct parsing *p, struct object *o, struct tensor *tensor)
{
	size_t count;
	json_value *pair = object_array(o, "data_offsets", 2, 2, &count);

	if (pair == NULL)
		return;
	if (!json_whole(json_element(pair, 0), &tensor->begin) ||
	    !json_whole(json_element(pair, 1), &tensor->end) ||
	    tensor->begin > tensor->end || tensor->end > p->data_len)
		object_fail_member(o, "data_offsets",
		    "begin and end of bytes in the file are needed");
}

static enum err
read_tensor(
    struct parsing *p, struct span name, json_value *value, struct tensor *ret)
{
	struct tensor tensor = { .name = arena_copy(p->arena, name) };
	struct object o = object_of(value, "", p->why);
	struct span dtype = SPAN_EMPTY;

	if (tensor.name.data == NULL)
		return why(p->why, ERR_MEMORY, "out of memory");
	object_text(&o, "dtype", 1, 16, &dtype);
	read_shape(p, &o, &tensor);
	read_offsets(p, &o, &tensor);
	if (o.err == ERR_OK && bits_of(dtype) == 0)
		object_fail_member(&o, "dtype", "not a type that is known");
	enum err err = object_end(&o);
	if (err != ERR_OK)
		return err;
	tensor.dtype = arena_copy(p->arena, dtype);
	if (tensor.dtype.data == NULL)
		return why(p->why, ERR_MEMORY, "out of memory");
	if (!has_its_bytes(&tensor))
		return why(p->why, ERR_SYNTAX,
		    "data_offsets: not as many bytes as its shape needs");
	*ret = tensor;
	return ERR_OK;
}

static enum err
check_metadata(json_value *value, struct why *w)
{
	struct span name;
	struct span text;
	json_value *member;
	void *at = NULL;

	if (!json_is_object(value))
		return why(w, ERR_SYNTAX, "an object is needed");
	while (json_member(value, &at, &name, &member)) {
		if (!json_text(member, &text))
			return why(w, ERR_SYNTAX, "not all of it is text");
	}
	return ERR_OK;
}

/* ---- all of them ---- */

static int
by_begin(const void *a, const void *b)
{
	const struct tensor *left = a;
	const struct tensor *right = b;

	if (left->begin != right->begin)
		return left->begin < right->begin ? -1 : 1;
	if (left->end != right->end)
		return left->end < right->end ? -1 : 1;
	return 0;
}

/* Each byte belongs to one tensor: no hole where something else could be. */
static enum err
check_cover(struct parsing *p, const struct safetensors *all)
{
	struct tensor *sorted =
	    arena_take(p->arena, all->count + 1, sizeof(*sorted));
	uint64_t at = 0;

	if (sorted == NULL)
		return why(p->why, ERR_MEMORY, "out of memory");
	if (all->count > 0)
		memcpy(sorted, all->tensors, all->count * sizeof(*sorted));
	if (all->count > 1)
		qsort(sorted, all->count, sizeof(*sorted), by_begin);
	for (size_t i = 0; i < all->count; i++) {
		if (sorted[i].begin != at)
			return why(p->why, ERR_SYNTAX,
			    "header: tensors overlap or leave a hole at byte "
			    "%" PRIu64,
			    at);
		at = sorted[i].end;
	}
	if (at != p->data_len)
		return why(p->why, ERR_SYNTAX,
		    "header: tensors end at byte %" PRIu64 " of %" PRIu64, at,
		    p->data_len);
	return ERR_OK;
}

static enum err
read_all(struct parsing *p, json_value *root, struct safetensors *ret)
{
	struct safetensors all = { .count = 0 };
	struct span name;
	json_value *value;
	void *at = NULL;
	char place[96];

	all.tensors =
	    arena_take(p->arena, json_count(root) + 1, sizeof(*all.tensors));
	if (all.tensors == NULL)
		return why(p->why, ERR_MEMORY, "out of memory");
	while (json_member(root, &at, &name, &value)) {
		enum err err = span_is(name, METADATA)
		    ? check_metadata(value, p->why)
		    : read_tensor(p, name, value, &all.tensors[all.count]);
		if (err == ERR_OK) {
			all.count += span_is(name, METADATA) ? 0 : 1;
			continue;
		}
		(void)snprintf(place, sizeof(place), "header: %.*s",
		    (int)(name.len < 64 ? name.len : 64),
		    (const char *)name.data);
		why_prefix(p->why, place);
		return err;
	}
	enum err err = check_cover(p, &all);
	if (err == ERR_OK)
		*ret = all;
	return err;
}

enum err
safetensors_parse(struct span header, uint64_t data_len, struct arena *arena,
    struct safetensors *ret, struct why *w)
{
	struct parsing p = { arena, w, data_len };
	struct json *json = NULL;

	if (!span_starts(header, "{"))
		return why(w, ERR_SYNTAX, "header: does not begin with {");
	enum err err = json_parse_answer(header, &json, w);
	if (err != ERR_OK) {
		why_prefix(w, "header");
		return err;
	}
	err = read_all(&p, json_root(json), ret);
	json_done(json);
	return err;
}

/* ---- the file ---- */

static enum err
read_at(int fd, uint64_t at, uint8_t *to, size_t len, struct why *w)
{
	while (len > 0) {
		ssize_t got = pread(fd, to, len, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return why(w, ERR_IO, "header: cannot be read: %s",
			    got < 0 ? strerrordesc_np(errno) : "cut off");
		to += got;
		at += (uint64_t)got;
		len -= (size_t)got;
	}
	return ERR_OK;
}

enum err
safetensors_read(int fd, uint64_t size, struct arena *arena,
    struct safetensors *ret, struct why *w)
{
	uint8_t bytes[LEN_BYTES];
	uint64_t len = 0;

	if (size < LEN_BYTES)
		return why(w, ERR_SYNTAX, "shorter than 8 bytes");
	enum err err = read_at(fd, 0, bytes, sizeof(bytes), w);
	if (err != ERR_OK)
		return err;
	for (size_t i = LEN_BYTES; i > 0; i--)
		len = len << 8 | bytes[i - 1];
	if (len > SAFETENSORS_HEADER_MAX || len > size - LEN_BYTES)
		return why(w, ERR_SYNTAX,
		    "header: %" PRIu64 " bytes are more than the file has, or "
		    "than 100,000,000",
		    len);
	if (len > SAFETENSORS_READ_MAX)
		return why(w, ERR_LIMIT,
		    "header: %" PRIu64 " bytes, of which at most %" PRIu64
		    " are read",
		    len, SAFETENSORS_READ_MAX);
	uint8_t *header = arena_take(arena, (size_t)len + 1, 1);
	if (header == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	err = read_at(fd, LEN_BYTES, header, (size_t)len, w);
	if (err == ERR_OK)
		err = safetensors_parse(span_of(header, (size_t)len),
		    size - LEN_BYTES - len, arena, ret, w);
	return err;
}
