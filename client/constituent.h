/*
 * constituent: `--component` of the command line, written as a release's component.
 *
 *	ROLE=[ITEM][,record=ID][,license=EXPR][,text=ITEM]...[,location=URI]
 *	[,name=TEXT]
 *
 * What is cut off at a comma is only what begins as one of these; so a file's name
 * may hold commas.  Without ITEM and record it is a name alone: a claim.  What this
 * client has a record of names that record, too.
 *
 * Threads: one.  Memory: the session's arena.
 */
#ifndef HEADWATER_CLIENT_CONSTITUENT_H
#define HEADWATER_CLIENT_CONSTITUENT_H

#include "client/draft.h"

/* `"components":[…]` of all --component; nothing where none is given. */
void constituent_draft(struct draft *draft);

#endif
