/*
 * taint: what a log says came of a file, read strictly.
 *
 * All of it is the log's word: sets that hold it, hits with the way that leads
 * there, releases that are clean, advisories.  One answer is a page: manifests of
 * later records are asked with `next`.
 *
 * Threads: one.  Memory: the caller's arena; taint_done frees what texts borrow.
 */
#ifndef HEADWATER_CLIENT_TAINT_H
#define HEADWATER_CLIENT_TAINT_H

#include "schema/arena.h"
#include "schema/digest_set.h"

#define TAINT_LIST_MAX 4096
#define TAINT_STEPS_MAX 64
#define TAINT_ANSWER_MAX ((size_t)32 << 20)

struct taint_set {
	struct digest digest;
	struct hash record;
	struct span principal;
	struct span name;    /* empty where it has none */
	bool is_opened;	     /* one line of its salted manifest is shown: */
	uint64_t disclosure; /* the index of the record that shows it */
	bool has_line;	     /* its manifest has it: */
	uint64_t index;
	struct span line;
};

struct taint_step {
	struct digest from;
	struct digest to;
	struct span role; /* empty where none is given */
	struct hash record;
	struct span principal;
};

struct taint_release {
	struct hash record;
	struct span name;
	struct span version;
	struct span why;     /* of clean ones */
	struct span verdict; /* of the one asked for: yes, no, unknown */
};

struct taint_hit {
	struct digest digest;
	size_t name_count;
	struct span *names;
	struct span kind; /* direct, via-model, via-synthetic */
	uint64_t level;
	size_t step_count;
	struct taint_step *steps; /* from the file */
	size_t release_count;
	struct taint_release *releases;
};

struct taint_reply {
	struct hash record;
	struct span principal;
	struct span status;
	bool is_publishers;
};

struct taint_advisory {
	struct hash record;
	struct span principal;
	struct digest subject;
	struct span reason;
	struct span severity;
	struct span action;
	struct span status; /* the publisher's newest; empty: none yet */
	size_t reply_count;
	struct taint_reply *replies; /* by index */
};

struct taint {
	struct json *json;
	uint64_t tree_size;
	bool is_truncated;
	size_t set_count;
	struct taint_set *sets;
	size_t hit_count;
	struct taint_hit *hits;
	size_t clean_count;
	struct taint_release *clean;
	bool has_release; /* the one asked for */
	struct taint_release release;
	size_t advisory_count;
	struct taint_advisory *advisories;
	bool has_next;
	uint64_t next;
};

/* `asked`: of what; another answer is ERR_MISMATCH. */
MUST_CHECK enum err taint_parse(struct span answer, const struct digest *asked,
    struct arena *arena, struct taint *ret, struct why *w);
void taint_done(struct taint *taint);

#endif
