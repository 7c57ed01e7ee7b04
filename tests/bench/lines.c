/*
 * lines: manifests of any size, without any files.
 *
 *	lines COUNT SEED            COUNT lines, sorted
 *	lines COUNT SEED shuffled   the same lines in another order
 *	lines COUNT SEED digests    COUNT digests that such a manifest has (every
 *	                            second one) and has not, one a line
 *
 * Line i's digest lies in the i-th part of all digests, so nothing is sorted
 * here.  Two seeds share no line but the first, which is the same for all.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_MAX UINT64_C(4000000000) /* products stay below 2^64 */
/* Odd and far from any count's divisors: a walk through all lines. */
#define STRIDE UINT64_C(0x9e3779b97f4a7c15)

static uint64_t
mix(uint64_t x)
{
	/* splitmix64 */
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static uint64_t
common(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

static void
print_digest(uint64_t at, uint64_t count, uint64_t seed)
{
	uint64_t part = UINT64_MAX / count;
	uint64_t key = at == 0 ? 0 : mix(at * 1024 + seed);
	uint64_t first = at * part + (at == 0 ? 0 : key % part);

	(void)printf("%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "%016" PRIx64,
	    first, mix(key + 1), mix(key + 2), mix(key + 3));
}

static void
print_line(uint64_t at, uint64_t count, uint64_t seed)
{
	print_digest(at, count, seed);
	(void)printf("  part-%05" PRIu64 "/of-%03" PRIu64 "/%010" PRIu64
		     ".parquet\n",
	    at / 4096, at == 0 ? 0 : seed, at);
}

enum order {
	ORDER_SORTED,
	ORDER_SHUFFLED,
	ORDER_DIGESTS, /* shuffled, and only those */
	ORDERS,
};

static enum order
order_of(const char *word)
{
	static const char *const words[ORDERS] = { "", "shuffled", "digests" };
	size_t i = 0;

	while (i < ORDERS && strcmp(words[i], word) != 0)
		i++;
	return (enum order)i;
}

static uint64_t
stride_of(uint64_t count)
{
	uint64_t stride = STRIDE % count;

	while (common(stride, count) != 1)
		stride++;
	return stride;
}

static void
print_all(uint64_t count, uint64_t seed, enum order order)
{
	uint64_t stride = order == ORDER_SORTED ? 1 : stride_of(count);

	for (uint64_t i = 0; i < count; i++) {
		uint64_t at = i * stride % count;
		if (order != ORDER_DIGESTS) {
			print_line(at, count, seed);
			continue;
		}
		print_digest(at, count, seed + i % 2);
		(void)printf("\n");
	}
}

int
main(int argc, char **argv)
{
	bool is_asked = argc == 3 || argc == 4;
	uint64_t count = is_asked ? strtoull(argv[1], NULL, 10) : 0;
	uint64_t seed = is_asked ? strtoull(argv[2], NULL, 10) : 0;
	enum order order = order_of(argc == 4 ? argv[3] : "");

	if (count == 0 || count > COUNT_MAX || seed >= 1000 ||
	    order == ORDERS) {
		(void)fprintf(
		    stderr, "lines COUNT SEED(0-999) [shuffled|digests]\n");
		return 2;
	}
	print_all(count, seed, order);
	return fflush(stdout) == 0 && ferror(stdout) == 0 ? 0 : 3;
}
