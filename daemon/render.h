/*
 * render: answers to questions, as JSON and as DOT.
 *
 * Members and their order are those of FORMATS 5 and openapi.json.  Hints of
 * names are other people's text: escaped for JSON and for DOT.
 *
 * Threads: any.  Memory: the caller's writer.
 */
#ifndef HEADWATER_DAEMON_RENDER_H
#define HEADWATER_DAEMON_RENDER_H

#include "daemon/attested.h"
#include "daemon/lineage.h"
#include "daemon/lookup.h"
#include "daemon/warning.h"

#define RENDER_DOT_TYPE "text/vnd.graphviz; charset=utf-8"

/* {"treeSize","records":[…],"next"}; `has_version` adds "version" to items. */
void render_page(
    const struct lookup_page *page, bool has_version, struct writer *w);

/* {"treeSize","name","version","truncated","records":[{…,"statement"}]}: the
 * payloads as they were signed. */
struct render_release {
	uint64_t size;
	struct span name;
	struct span version;
	struct lookup_newest newest;
	struct span *payloads; /* of newest.items */
};
void render_release(const struct render_release *release, struct writer *w);

/* `attested` NULL: not asked for. */
void render_lineage(const struct lineage *lineage,
    const struct warning_nodes *warnings, const struct attested *attested,
    struct writer *w);
void render_lineage_dot(const struct lineage *lineage, struct writer *w);

/* A list of other items: what stands before the first and behind the last. */
void render_page_open(const struct lookup_page *page, struct writer *w);
void render_page_close(const struct lookup_page *page, struct writer *w);
/* An item of a list, for more members: `}` is the caller's. */
void render_item_open(const struct lookup_item *item, struct writer *w);

/* An edge as one step of a path; commas are its care. */
void render_step(const struct lineage *lineage, const struct lineage_edge *edge,
    struct writer *w);

#endif
