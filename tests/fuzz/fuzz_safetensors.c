/*
 * safetensors: what is valid covers all bytes of the file, and read from a file it
 * is the same as parsed from memory.
 *
 * The first byte says how many bytes are behind the header that follows; 255: all
 * that follows is the file.
 */
#include <assert.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/safetensors.h"
#include "schema/json.h"
#include "schema/writer.h"

#define RAW 255
#define HEADER_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct arena *arena;
static int fd;

static void
must(bool is_good)
{
	if (!is_good)
		abort();
}

static void
start(void)
{
	json_start();
	arena = arena_new((size_t)64 << 20);
	fd = memfd_create("safetensors", MFD_CLOEXEC);
	must(arena != NULL && fd >= 0);
}

static void
check(const struct safetensors *all, uint64_t data_len)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct tensor *tensor = &all->tensors[i];
		assert(tensor->rank <= SAFETENSORS_RANK_MAX);
		assert(tensor->begin <= tensor->end);
		assert(tensor->end <= data_len);
		assert(tensor->dtype.len > 0);
		sum += tensor->end - tensor->begin;
	}
	assert(sum == data_len);
}

/* Gives whether it is valid. */
static bool
read_file(struct span text, uint64_t data_len, struct safetensors *ret)
{
	struct why reason = { "" };
	uint64_t size = text.len + data_len;

	must(ftruncate(fd, 0) == 0 &&
	    pwrite(fd, text.data, text.len, 0) == (ssize_t)text.len &&
	    ftruncate(fd, (off_t)size) == 0);
	enum err err = safetensors_read(fd, size, arena, ret, &reason);
	assert(err == ERR_OK || reason.text[0] != '\0');
	return err == ERR_OK;
}

static void
check_header(struct span header, uint64_t data_len)
{
	struct writer file = writer_heap(HEADER_MAX + 8);
	struct safetensors parsed;
	struct safetensors read = { .count = 0 };
	struct why reason = { "" };
	enum err err =
	    safetensors_parse(header, data_len, arena, &parsed, &reason);

	for (unsigned i = 0; i < 64; i += 8)
		writer_u8(&file, (uint8_t)(header.len >> i));
	writer_span(&file, header);
	bool is_valid = read_file(writer_view(&file), data_len, &read);
	writer_done(&file);
	assert(is_valid == (err == ERR_OK));
	if (err != ERR_OK) {
		assert(reason.text[0] != '\0');
		return;
	}
	assert(read.count == parsed.count);
	check(&parsed, data_len);
	check(&read, data_len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct safetensors all;

	if (arena == NULL)
		start();
	if (len == 0 || len > HEADER_MAX)
		return 0;
	arena_reset(arena);
	if (data[0] == RAW)
		(void)read_file(span_of(data + 1, len - 1), 0, &all);
	else
		check_header(span_of(data + 1, len - 1), data[0]);
	return 0;
}
