/*
 * drift: have the terms changed since they were agreed to?
 *
 * Of snapshots (license records that stand): each saw one text at one URL, and
 * the documents that the text takes in by reference.  A document has drifted when
 * a later sighting of its URL has another digest.  Later is by `fetchedOn` where
 * all sightings of the URL have one, else by the log's order.  What a document
 * takes in is walked breadth first, each URL once: circles end, and are said.
 *
 * Whose snapshot it is is shown, not judged: anybody on the keyring may have
 * fetched.  Threads: any.  Memory: the caller's arena; spans borrow snapshots.
 */
#ifndef HEADWATER_SCHEMA_DRIFT_H
#define HEADWATER_SCHEMA_DRIFT_H

#include "schema/arena.h"
#include "schema/sha256.h"
#include "schema/span.h"

#define DRIFT_DOCUMENTS_MAX 128
#define DRIFT_SNAPSHOTS_MAX 256 /* that a gatherer gives */

/* A document taken in by reference, as a snapshot says. */
struct snapshot_document {
	struct span source;
	bool has_text; /* false: it was not fetched */
	struct hash text;
	bool has_fetched;
	uint64_t fetched_ms;
	bool is_mutable;
	struct span clause;
};

struct snapshot {
	struct hash id;
	uint64_t index;
	struct span principal;
	struct hash text;
	struct span license;
	struct span source; /* empty: it does not say where */
	bool has_fetched;
	uint64_t fetched_ms;
	bool is_mutable;
	struct span clause;
	size_t document_count;
	const struct snapshot_document *documents;
};

/* One document: the text asked about (depth 0, once for each of its URLs), or
 * what it takes in. */
struct drift_document {
	struct span source;
	size_t depth;
	size_t within;	 /* the document that takes it in; itself at depth 0 */
	size_t snapshot; /* the one that says so */
	bool has_text;
	struct hash text;
	bool is_mutable;
	struct span clause;
	bool is_changed; /* a later snapshot saw another text there: */
	size_t newest;
	struct hash newest_text;
	bool is_circular; /* something that it takes in takes it in */
};

struct drift_question {
	bool has_record; /* of this snapshot alone; else of all of the text */
	struct hash record;
	struct hash text;
};

struct drift {
	size_t count;
	const struct drift_document *documents;
	bool is_known;	  /* some snapshot is of it */
	bool is_changed;  /* some document is */
	bool has_gap;	  /* some document was not fetched */
	bool is_circular; /* some document is */
	bool is_mutable;  /* some document is */
	bool is_cut;	  /* more documents than are walked */
};

struct snapshots {
	size_t count;
	const struct snapshot *all;
	struct drift_scratch *scratch; /* of drift_scratch: for any number of */
};				       /* judgements, one at a time */

struct drift_scratch *drift_scratch(struct arena *arena); /* NULL: no memory */

/* ERR_MEMORY only. */
MUST_CHECK enum err drift_judge(const struct snapshots *snapshots,
    const struct drift_question *question, struct arena *arena,
    struct drift *ret);

/* Was another text seen later at a URL where this one was seen?  The same as
 * drift_judge says of its own documents, without a walk to what they take in. */
bool drift_is_old(const struct snapshots *snapshots, const struct hash *text);

#endif
