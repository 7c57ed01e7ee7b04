/*
 * tell: what came of a file, for people.
 *
 * Each artifact once: the sets that hold the file, the way that leads to it, the
 * releases that it is in; then advisories and clean releases.  Strangers' text is
 * escaped.
 *
 * Threads: one.  Memory: none.
 */
#ifndef HEADWATER_CLIENT_TELL_H
#define HEADWATER_CLIENT_TELL_H

#include "client/output.h"
#include "client/taint.h"

#define TELL_HITS_MAX ((size_t)1 << 16)

struct telling {
	struct output *out;
	bool is_first;	     /* no answer about this file was told before */
	size_t count;	     /* artifacts that were */
	struct digest *told; /* TELL_HITS_MAX of them, the caller's */
	const struct taint *taint;
};

void tell_taint(struct telling *telling, const struct taint *taint);

#endif
