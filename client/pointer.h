/*
 * pointer: small files that stand for bytes which are elsewhere.
 *
 * A git-lfs pointer (https://git-lfs.github.com/spec/v1) names them by sha256 and
 * size.  A .dvc file names them by MD5 alone, for which anybody can make two files:
 * a hint, no proof, and nothing that a manifest can hold.
 *
 * Threads: any.  Memory: none; spans borrow the text.
 */
#ifndef HEADWATER_CLIENT_POINTER_H
#define HEADWATER_CLIENT_POINTER_H

#include "schema/digest_set.h"

#define POINTER_LEN_MAX 1024 /* a longer file is no git-lfs pointer */
#define POINTER_DVC_MAX 65536

struct pointer {
	struct digest digest;
	bool has_size;
	uint64_t size;
	struct span path; /* of a .dvc file: what it stands for */
};

/* Is it a git-lfs pointer?  ERR_NOT_FOUND where it is none; ERR_SYNTAX for one
 * that begins like one and is broken. */
MUST_CHECK enum err pointer_parse_lfs(
    struct span text, struct pointer *ret, struct why *w);

/* The one output of a .dvc file, as dvc writes it (not all of YAML).  ERR_REFUSED
 * for a folder, whose MD5 is that of a list which DVC keeps. */
MUST_CHECK enum err pointer_parse_dvc(
    struct span text, struct pointer *ret, struct why *w);

bool pointer_is_dvc(struct span path); /* by its name */

#endif
