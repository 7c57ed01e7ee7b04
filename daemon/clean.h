/*
 * clean: is a file in anything that a release was made of, by its publisher's
 * signed, complete lists?
 *
 * All records of the version that stand are taken together: each artifact that
 * they name is asked, as the release's principal (absence).
 *
 * Work: CLEAN_WORK_MAX, and one lineage above it; what is not asked then is
 * unknown.  Threads: any, one view each.  Memory: the arena for what is told, another that
 * is given back for the walks.
 */
#ifndef HEADWATER_DAEMON_CLEAN_H
#define HEADWATER_DAEMON_CLEAN_H

#include "daemon/absence.h"
#include "daemon/taint.h"

struct clean_release {
	struct span name;
	struct span version;
	enum absence_verdict verdict; /* ABSENCE_NO: clean */
	bool is_known;		      /* some record of it stands */
	struct view_record record;    /* the newest one */
	size_t sets;	/* asked, of ABSENCE_NO: that show their files */
	struct why why; /* a sentence */
};

/* Name and version are given. */
MUST_CHECK enum err clean_judge(struct view *view,
    const struct taint_question *question, struct arena *arena,
    struct clean_release *release);

/* Other versions of what a taint has hit that are proven clean; at most
 * CLEAN_RELEASES_MAX are judged, the newest of each name. */
struct clean_list {
	size_t count;
	struct clean_release *releases;
	bool is_cut; /* more could have been judged */
};
MUST_CHECK enum err clean_list(struct view *view,
    const struct taint_question *question, const struct taint *taint,
    struct arena *arena, struct clean_list *ret);

#endif
