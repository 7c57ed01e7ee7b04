/*
 * banned: functions that no file of ours may call; included by force.
 *
 * They overflow, truncate silently, keep hidden state or parse without saying
 * that it failed.  Use span, text, reader and writer.
 */
#ifndef HEADWATER_SCHEMA_BANNED_H
#define HEADWATER_SCHEMA_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok gets \
    atoi atol atoll localtime gmtime ctime mktemp tmpnam

#endif
