/*
 * gist: what the index and the graph need of a record, packed beside its entry,
 * so that no question parses JSON.
 *
 * Packed once at admission; inputs and subjects are packed, never their pairs.
 * Layout (big-endian): u8 version 3, u8 kind, u8 disclosure, u8+principal,
 * u8+version, u16+license, u16+name, [hash withdraws] (kind withdrawal only),
 * [u8 reason, u8 severity, u8 action, u8 status, [hash in reply to] where there
 * is a status, u8 0 or 1, [node of fixedIn] where 1] (kind advisory only);
 * u16 count of subjects, u32 their bytes, each {u8 flags, u16+name, u8+role,
 * [node digest], [citation 32], u8 count of digests, digests};
 * u16 count of inputs, u32 their bytes, each {u8 flags, u16+name, u8+role,
 * [node], [citation 32]}; u8 count of complete roles, each u8+text; u8 count of
 * attachments, each {sha256 32, u64 size, u8 flags}; u16 count of references, u32
 * their bytes, each {u8 what, digest}.
 *
 * One of another version is ERR_CORRUPT: a store has one format, and one of
 * another is not opened (store_open).  Threads: any.  Memory: gist_unpack borrows the bytes.
 */
#ifndef HEADWATER_DAEMON_GIST_H
#define HEADWATER_DAEMON_GIST_H

#include "schema/reader.h"
#include "schema/record.h"
#include "schema/text.h"

#define GIST_VERSION 3
#define GIST_LEN_MAX ((size_t)256 << 10)

enum gist_flag {
	GIST_PART = 1,
	GIST_NODE = 2,
	GIST_CITATION = 4,
	GIST_AGAIN = 8,
	GIST_EDGE = 16,
	GIST_FLAGS = 31, /* all of them */
};

enum gist_attachment_flag {
	GIST_MANIFEST = 1, /* the first subject's */
	GIST_SALTED = 2,   /* and then a salted one */
	GIST_ATTACHMENT_FLAGS = 3,
};

/* Of an advisory: a warning, or an answer to one. */
struct gist_advisory {
	enum advisory_reason reason;
	enum advisory_severity severity;
	enum advisory_action action;
	enum advisory_status status; /* of an answer alone */
	struct hash in_reply_to;     /* where there is a status */
	bool has_fixed_in;
	struct digest fixed_in;
};

struct gist {
	enum record_kind kind;
	enum disclosure disclosure;
	struct span principal;
	struct span name; /* the bound name; empty where none is */
	struct span version;
	struct span license;
	struct hash withdraws;
	struct gist_advisory advisory;
	size_t subject_count;
	size_t input_count;
	struct span subjects; /* packed: walk with gist_subject_next */
	struct span inputs;
	struct span complete; /* packed roles */
	size_t complete_count;
	struct span attachments; /* packed: walk with gist_attachment_next */
	size_t attachment_count;
	struct span references; /* packed: walk with gist_reference_next */
	size_t reference_count;
};

/* What a record names that is neither subject nor input. */
enum gist_reference_what {
	GIST_LICENSE_TEXT = 1, /* that it, or a component of it, rests on */
	GIST_LICENSE_SOURCE,   /* sha256 of the URI of a licence's text, or of
	                          what it takes in */
	GIST_ABOUT,	       /* tlogLeaf: a record that was audited */
	GIST_COMPONENT,	       /* a node, or tlogLeaf: of a release */
	GIST_REFERENCE_WHATS,
};

struct gist_reference {
	enum gist_reference_what what;
	struct digest digest;
};

/* Texts of a record and of its components, their nodes and records. */
#define GIST_REFERENCES_MAX \
	(LICENSE_TEXTS_MAX + COMPONENTS_MAX * (LICENSE_TEXTS_MAX + 2))

struct gist_attachment {
	struct hash sha256;
	uint64_t size;
	bool is_manifest; /* of the first subject */
	bool is_salted;
};

struct gist_artifact {
	struct span name; /* as the record has it; a hint */
	struct span role;
	bool is_part;
	bool is_again; /* an earlier subject has the same node */
	/* What goes into something: an input that is no subject, a part that is
	   not the first subject; each node and role once a record. */
	bool makes_edge;
	bool has_node;
	struct digest node;
	bool has_citation;
	struct hash citation;
	struct span digests; /* packed, of subjects only */
	size_t digest_count;
};

/* `principal` is the judged one: the origin for keyrings. */
void gist_pack(
    const struct record *record, const char *principal, struct writer *w);
MUST_CHECK enum err gist_unpack(struct span packed, struct gist *ret);

/* Walks: start with `struct reader r = reader_of(gist->subjects)`; false at the
 * end or on damage (then reader_end says so). */
bool gist_subject_next(struct reader *r, struct gist_artifact *ret);
bool gist_input_next(struct reader *r, struct gist_artifact *ret);
bool gist_digest_next(struct reader *r, struct digest *ret);
bool gist_attachment_next(struct reader *r, struct gist_attachment *ret);
bool gist_reference_next(struct reader *r, struct gist_reference *ret);
/* How a URI is referred to: by the sha256 of its bytes. */
struct digest gist_source(struct span source);
bool gist_refers(const struct gist *gist, const struct gist_reference *to);
bool gist_is_complete(const struct gist *gist, struct span role);

/* The keyid of an entry in normal form, which ends with it and the signature,
 * both of fixed length (FORMATS 1.1): nothing is parsed. */
bool gist_keyid(struct span entry, struct span *ret);
size_t gist_tail_len(void); /* of what it reads, at the end */

#endif
