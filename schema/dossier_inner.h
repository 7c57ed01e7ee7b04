/*
 * dossier_inner: a dossier while it is gathered.  Not for others than dossier*.c.
 *
 * Everything is by number in here: nodes in the order in which they were met,
 * records in that in which they were given.  dossier_end puts both in order.
 */
#ifndef HEADWATER_SCHEMA_DOSSIER_INNER_H
#define HEADWATER_SCHEMA_DOSSIER_INNER_H

#include "schema/dossier.h"

#define DOSSIER_CITATIONS_MAX 4096
#define DOSSIER_LOOKUPS_MAX 128 /* texts, and URIs, that are looked for */
#define DOSSIER_RELEASES_MAX 16
#define DOSSIER_STRANGE_BYTES_MAX (DOSSIER_BYTES_MAX / 4)
#define DOSSIER_STRANGE_EDGES_MAX 250
#define DOSSIER_STRANGE_LOOKUPS_MAX (DOSSIER_LOOKUPS_MAX / 2)

/* `node` is of a record that somebody names who was walked to it. */
struct citation {
	size_t node;
	struct hash id;
	bool is_asked; /* or the record is here */
};

/* Beside what is told of a node. */
struct node_state {
	bool is_looked;	  /* its records are here */
	bool is_expanded; /* and its edges */
	bool is_crowded;  /* there are more than were given: the publisher's own
			     are asked for apart */
	size_t *records;  /* as given */
};

/* What is looked for once, in the order in which it came up. */
struct lookups {
	size_t count;
	size_t asked;
	struct hash keys[DOSSIER_LOOKUPS_MAX]; /* a text, or sha256 of a URI */
	struct span sources[DOSSIER_LOOKUPS_MAX];
};

struct dossier_build {
	struct arena *arena;
	struct dossier dossier;
	enum err err; /* the first failure */
	struct dossier_want want;
	bool is_started; /* the released are nodes */
	bool is_by_digest;
	size_t found_count; /* by what is wanted now */
	size_t found[DOSSIER_RECORDS_MAX];
	size_t asked_node;
	size_t record_count;
	size_t bytes;
	/* of strangers, who have a part of the room and no more: what they say
	   neither cuts a dossier nor crowds out what counts */
	size_t strange_bytes;
	size_t strange_edges;
	bool is_left_out; /* some of what was given now */
	bool is_beside;	  /* texts of strangers are looked for */
	struct dossier_record *records[DOSSIER_RECORDS_MAX];
	size_t release_count; /* that stand, newest first */
	size_t releases[DOSSIER_RELEASES_MAX];
	size_t node_count;
	struct dossier_node *nodes;
	struct node_state *states;
	size_t edge_count;
	struct dossier_edge *edges;
	size_t component_count;
	struct dossier_component *components;
	size_t citation_count;
	struct citation *citations;
	struct lookups texts;
	struct lookups sources;
};

/* The node of a digest, made where there is none; false where there is no room,
 * which is remembered. */
bool dossier_node(
    struct dossier_build *build, const struct digest *digest, size_t *ret);
/* The record with this id; false where it is not here. */
bool dossier_find(
    const struct dossier_build *build, const struct hash *id, size_t *ret);
void dossier_cite(
    struct dossier_build *build, size_t node, const struct hash *id);

/* Takes what was found as the records about a node, and walks its edges where it
 * was released or is upstream. */
void dossier_look(struct dossier_build *build, size_t node);
/* One more record about it, that somebody cites. */
void dossier_look_more(struct dossier_build *build, size_t record);
/* Walks edges that wait for nothing. */
void dossier_expand(struct dossier_build *build);
bool dossier_is_own(const struct dossier_build *build, size_t node);
/* Whether a record counts for whom it is asked as, and as what. */
/* Is it of who is asked, or cited by whom counts?  All is where nobody is asked. */
bool dossier_is_ours(
    const struct dossier_build *build, const struct dossier_record *record);
enum dossier_standing dossier_stands(
    const struct dossier_build *build, size_t node, size_t record);

/* From what was found: the records of the release, or those about the digest. */
void dossier_start(struct dossier_build *build);
void dossier_take_first(struct dossier_build *build);
/* A component by its record alone is that record's first subject. */
void dossier_take_components(struct dossier_build *build, size_t record);

/* By distance and by index; names, gaps, who describes what. */
MUST_CHECK enum err dossier_order(struct dossier_build *build);

#endif
