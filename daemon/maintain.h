/*
 * maintain: `--check`, `--reindex` and `--withhold`, on a log that nobody serves meanwhile.
 *
 * Threads: none but its own.  Memory: none.
 */
#ifndef HEADWATER_DAEMON_MAINTAIN_H
#define HEADWATER_DAEMON_MAINTAIN_H

#include "daemon/config.h"
#include "daemon/recovery.h"

#define MAINTAIN_FAULTS 1 /* exit status: what is stored contradicts itself */

/* The folder is locked and lies where a log may lie; makes it when `is_new` may
 * be true.  For the service too. */
MUST_CHECK enum err maintain_take_folder(const char *folder, bool may_make,
    enum refusal *ret_refusal, struct why *w);

/* Exit statuses; a sentence of a refusal is in *w. */
int maintain_check(const struct config *config, struct why *w);
int maintain_reindex(const struct config *config, struct why *w);
int maintain_withhold(const struct config *config, struct why *w);

#endif
