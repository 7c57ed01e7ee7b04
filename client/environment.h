/*
 * environment: in what surroundings a command ran, as a small text.
 *
 *	machine: x86_64
 *	system: Linux 6.1.0-18-amd64
 *	os: Debian GNU/Linux 12 (bookworm)
 *	executable: <sha256 of the file that is run>
 *
 * Each line ends in LF; a value that cannot be had is "unknown".  A run holds the
 * sha256 of this text; the text stays with the client, to be disclosed when asked
 * for.
 *
 * Threads: one.  Memory: the caller's writer.
 */
#ifndef HEADWATER_CLIENT_ENVIRONMENT_H
#define HEADWATER_CLIENT_ENVIRONMENT_H

#include "client/disk.h"
#include "client/output.h"

#define ENVIRONMENT_LEN_MAX 2048

/* `command` is looked up in PATH as execvp does. */
void environment_print(
    const char *command, struct arena *arena, struct writer *w);

/* The file that is run; false where there is none. */
MUST_CHECK bool environment_find(
    const char *command, char ret[static DISK_PATH_MAX]);

#endif
