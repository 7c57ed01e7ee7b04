/*
 * starve: memory that runs out at the count-th allocation, once or for ever.
 * Takes the place of malloc in the program that includes it, for its libraries
 * too; starve.c makes of it what LD_PRELOAD wants.
 *
 *	starve_begin(7, STARVE_ONCE);
 *	err = json_parse(…);
 *	was_starved = starve_end();     // whether the 7th ever came
 *	assert(starve_live() == live);  // what was held before, is held
 *
 * A sanitizer has a malloc of its own; with one, nothing is starved (STARVES is
 * 0).  Threads: any, counted together.
 */
#ifndef HEADWATER_TESTS_STARVE_H
#define HEADWATER_TESTS_STARVE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STARVES 0
#else
#define STARVES 1
#endif

enum starve_mode {
	STARVE_ONCE,
	STARVE_FOR_EVER,
};

static uint64_t starve_at; /* 0: never */
static bool starve_is_for_ever;
static uint64_t starve_count;
static bool starve_was;
static int64_t starve_held; /* allocations less frees */

static inline void
starve_begin(uint64_t at, enum starve_mode mode)
{
	__atomic_store_n(&starve_count, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&starve_was, false, __ATOMIC_SEQ_CST);
	__atomic_store_n(
	    &starve_is_for_ever, mode == STARVE_FOR_EVER, __ATOMIC_SEQ_CST);
	__atomic_store_n(&starve_at, at, __ATOMIC_SEQ_CST);
}

static inline bool
starve_end(void)
{
	__atomic_store_n(&starve_at, 0, __ATOMIC_SEQ_CST);
	return __atomic_load_n(&starve_was, __ATOMIC_SEQ_CST);
}

static inline int64_t
starve_live(void)
{
	return __atomic_load_n(&starve_held, __ATOMIC_SEQ_CST);
}

#if STARVES

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *old);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *old, size_t size);
void *reallocarray(void *old, size_t count, size_t size);
void *memalign(size_t alignment, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void **ret, size_t alignment, size_t size);
void free(void *old);

static inline bool
starve_now(void)
{
	uint64_t at = __atomic_load_n(&starve_at, __ATOMIC_SEQ_CST);

	if (at == 0)
		return false;
	uint64_t count = __atomic_add_fetch(&starve_count, 1, __ATOMIC_SEQ_CST);
	if (count != at && !(starve_is_for_ever && count > at))
		return false;
	__atomic_store_n(&starve_was, true, __ATOMIC_SEQ_CST);
	errno = ENOMEM;
	return true;
}

static inline void *
starve_given(void *memory)
{
	if (memory != NULL)
		(void)__atomic_add_fetch(&starve_held, 1, __ATOMIC_SEQ_CST);
	return memory;
}

void *
malloc(size_t size)
{
	return starve_now() ? NULL : starve_given(__libc_malloc(size));
}

void *
calloc(size_t count, size_t size)
{
	return starve_now() ? NULL : starve_given(__libc_calloc(count, size));
}

void *
realloc(void *old, size_t size)
{
	if (old == NULL)
		return malloc(size);
	if (size == 0) {
		free(old);
		return NULL;
	}
	return starve_now() ? NULL : __libc_realloc(old, size);
}

void *
reallocarray(void *old, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, bytes);
}

void *
memalign(size_t alignment, size_t size)
{
	return starve_now() ? NULL
			    : starve_given(__libc_memalign(alignment, size));
}

void *
aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int
posix_memalign(void **ret, size_t alignment, size_t size)
{
	void *memory = memalign(alignment, size);

	if (memory == NULL)
		return ENOMEM;
	*ret = memory;
	return 0;
}

void
free(void *old)
{
	if (old != NULL)
		(void)__atomic_sub_fetch(&starve_held, 1, __ATOMIC_SEQ_CST);
	__libc_free(old);
}

#endif
#endif
