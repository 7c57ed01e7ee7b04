/*
 * start: from options to a log that answers, step by step.
 *
 * Folder, address, signer (before LMDB opens and before threads: neither goes with it),
 * device, stores, recovery, then indexer, sequencer and HTTP.
 *
 * Threads: the main one, which the signer is bound to.  Memory: the service's.
 */
#ifndef HEADWATER_DAEMON_START_H
#define HEADWATER_DAEMON_START_H

#include "daemon/config.h"
#include "daemon/http.h"
#include "daemon/recovery.h"
#include "daemon/sequencer.h"

struct service {
	const struct config *config;
	struct ledger *ledger;
	struct sequencer *sequencer;
	struct http *http;
	bool is_indexing; /* its thread runs, as below */
	bool is_sequencing;
	int fail_fd; /* readable when the ledger has failed */
	struct why failed;
	enum refusal refusal; /* of a start that is under way */
	struct why *w;
};

/* On failure what was started stays, for service to stop. */
MUST_CHECK enum err start(struct service *service);

/* True once, when the ledger has failed: then `failed` may be read. */
bool start_has_failed(struct service *service);

#endif
