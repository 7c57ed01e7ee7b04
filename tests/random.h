/*
 * random: numbers without order, the same for the same seed on every machine.
 *
 *	random_state = seed;
 *	… random_below(6) …
 */
#ifndef HEADWATER_TESTS_RANDOM_H
#define HEADWATER_TESTS_RANDOM_H

#include <stdint.h>

static uint64_t random_state;

/* Knuth's generator of MMIX; its low bits have short periods. */
static inline unsigned
random_below(unsigned bound)
{
	random_state =
	    random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % bound;
}

#endif
