/*
 * service: the daemon from its start to its end.
 *
 * It ends on SIGTERM or SIGINT with what is in flight answered, and within
 * SIGNER_GONE_MS when the signer or the store is lost; SIGHUP reads the signers
 * again.
 *
 * Threads: call it from the main thread, before others.  Memory: none that stays.
 */
#ifndef HEADWATER_DAEMON_SERVICE_H
#define HEADWATER_DAEMON_SERVICE_H

#include "daemon/config.h"

#define SERVICE_STOP_MS 5000 /* for what is in flight at SIGTERM */
#define SERVICE_FAILED 1     /* exit status: it served, and was lost */

/* An exit status; the sentence of a refusal or failure is in *w. */
int service_run(const struct config *config, struct why *w);

#endif
