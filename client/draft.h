/*
 * draft: the statement of a record, written.
 *
 * One struct a statement: subjects first, then the predicate's members in the
 * order that FORMATS.md lists them.  What comes from the command line is judged
 * here by form, naming the option; the whole is judged again by record_parse
 * before it is signed.
 *
 * Threads: one.  Memory: draft_done frees the writer.
 */
#ifndef HEADWATER_CLIENT_DRAFT_H
#define HEADWATER_CLIENT_DRAFT_H

#include "client/item.h"
#include "client/kept.h"
#include "client/options.h"

#define DRAFT_LEN_MAX ((size_t)47 << 10) /* so that the entry fits its 64 KiB */
#define DRAFT_PARTS_MAX 200		 /* files listed as further subjects */
#define DRAFT_SUBJECTS_MAX 512

struct imported;

struct draft {
	struct session *session;
	const struct arguments *arguments;
	struct writer w;
	struct why *why;
	enum err err;	   /* the first failure */
	size_t node_count; /* subjects' nodes: later records cite this one */
	struct digest *nodes;
	bool makes;	       /* the record puts edges between artifacts */
	struct kept *manifest; /* to be kept beside the proofs; may be NULL */
	struct hash manifest_hash;
	bool is_disclosed; /* it goes to the log too */
	struct span
	    beside; /* the same of tensors.json, of a licence; may be empty */
	const struct imported *imported; /* NULL: it has none */
};

struct draft draft_begin(
    struct session *session, const struct arguments *arguments, struct why *w);
void draft_done(struct draft *draft);
void draft_fail(struct draft *draft, enum err err);

/* One resource: name and role may be empty. */
void draft_resource(struct draft *draft, struct span name, struct span role,
    const struct digest_set *digest);
/* A subject, which cites nothing; later records will cite this one for it. */
void draft_subject(
    struct draft *draft, struct span name, const struct item *item);
/* What is named beside, cited where this client has a record of it. */
void draft_item(struct draft *draft, struct span name, const struct item *item);

/* A member that is what an option's ITEM names, cited as above; nothing where the
 * option is not given. */
void draft_member(struct draft *draft, const char *member, const char *option);

/* Ends the subjects and begins the predicate of a kind of ours. */
void draft_predicate(struct draft *draft, const char *kind);
/* {"tlogLeaf":"<id>"} */
void draft_citation(struct draft *draft, const struct hash *id);

/* `"name":[…]` of all ITEMs given with an option; nothing where none is. */
void draft_items(struct draft *draft, const char *member, const char *option);

/* A member of an option's value; nothing where it is not given. */
void draft_text(struct draft *draft, const char *member, const char *option);
/* `"name":["…"]` of roles given with --complete. */
void draft_complete(struct draft *draft);
/* `"name":{"a":"b"}` of NAME=VALUE options, and of the lines of a file. */
void draft_pairs(struct draft *draft, const char *member, const char *option,
    const char *file_option);
/* version, description, license, source (without user and password). */
void draft_common(struct draft *draft);

/* Checks and gives the statement; it belongs to the draft. */
MUST_CHECK enum err draft_end(struct draft *draft, struct span *ret);

/* Splits NAME=VALUE at the first '='; ERR_USAGE names the option. */
MUST_CHECK enum err draft_split(const char *text, const char *option,
    struct span *ret_name, struct span *ret_value, struct why *w);

#endif
