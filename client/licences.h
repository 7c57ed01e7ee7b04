/*
 * licences: a judgement of licences for people, and as JSON.
 *
 * Strangers' text is escaped.  Threads: one.  Memory: none.
 */
#ifndef HEADWATER_CLIENT_LICENCES_H
#define HEADWATER_CLIENT_LICENCES_H

#include "client/differences.h"
#include "client/output.h"

#define LICENCES_LINES_MAX 400 /* of one difference that are shown */

void licences_tell(struct output *out, const struct licensing *licensing,
    const struct differences *differences);

/* {"licensing":{…},"differences":[…]} */
void licences_print_json(const struct licensing *licensing,
    const struct differences *differences, struct writer *w);

#endif
