/*
 * config: what the operator asked for: the command line, then a file.
 *
 * The file has lines `name = value` with the options' names, `#` comments and
 * empty lines; the command line wins.  Each refusal names where it came from and
 * how to make what is missing.
 *
 * Threads: before any.  Memory: texts lie in the caller's arena or in argv.
 */
#ifndef HEADWATER_DAEMON_CONFIG_H
#define HEADWATER_DAEMON_CONFIG_H

#include "daemon/log.h"
#include "schema/arena.h"
#include "schema/writer.h"

#define CONFIG_REASON_MAX 256
#define CONFIG_FILE_MAX ((size_t)64 << 10)

enum config_action {
	CONFIG_SERVE,
	CONFIG_CHECK,
	CONFIG_REINDEX,
	CONFIG_WITHHOLD,
	CONFIG_HELP,
	CONFIG_VERSION,
};

struct config {
	enum config_action action;
	bool cut_unsealed;
	const char *data;
	const char *key;
	const char *signers;
	const char *listen;
	uint64_t withhold;  /* the entry; of --withhold */
	const char *reason; /* and why; NULL: none is given */
	const char *vkey;   /* of --check; NULL: asked of the key file */
	bool quick;	    /* of --check: hashes and index alone */
	uint64_t threads;
	uint64_t per_address;
	uint64_t connections;
	uint64_t headers_ms;
	uint64_t body_ms;
	uint64_t answer_ms;
	uint64_t quota; /* bytes of blobs, of each principal */
	enum log_level log_level;
};

/* ERR_USAGE; a file that cannot be read keeps its own error. */
MUST_CHECK enum err config_load(int argc, char *const *argv,
    struct arena *arena, struct config *ret, struct why *w);

void config_print_help(struct writer *w);

#endif
