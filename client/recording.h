/*
 * recording: from a draft to a record in the log, the part that all kinds share.
 *
 * recording_start finds the key, its principal and the name; recording_finish
 * shows, confirms, signs, submits and keeps.  With --dry-run neither key nor log is
 * needed, with --no-submit no log is asked but for the key's principal, and none
 * where it cannot be reached.  What was signed and could not be sent is kept.
 *
 * Threads: one.  Memory: recording_done wipes the key.
 */
#ifndef HEADWATER_CLIENT_RECORDING_H
#define HEADWATER_CLIENT_RECORDING_H

#include "client/draft.h"
#include "client/principal.h"

struct recording {
	struct session *session;
	const struct arguments *arguments;
	bool is_dry;
	bool is_beside; /* of another record: its id is told, and no answer */
	bool has_principal;
	struct principal principal;
	struct span name; /* the bound name; empty where the kind has none */
};

/* Options of every kind; ends without a row, to be put into a kind's table. */
#define RECORDING_OPTIONS \
	{ .name = "dry-run", .help = "print the statement, sign nothing" }, \
	    { .name = "output-envelope", \
		    .letter = 'o', \
		    .value = "FILE", \
		    .help = "also write the signed envelope" }, \
	    { .name = "no-submit", .help = "with -o: send nothing" }, \
	{ \
		.name = "save-proof", .value = "FILE", \
		.help = "also write the proof there" \
	}

#define RECORDING_NAME_OPTIONS \
	{ .name = "name", \
		.value = "PRINCIPAL/PATH", \
		.help = "what it is called; /PATH takes your principal" }, \
	    { .name = "version", .value = "V", .help = "its version" }, \
	    { .name = "license", \
		    .value = "EXPRESSION", \
		    .help = "an SPDX expression" }, \
	    { .name = "license-text", \
		    .is_many = true, \
		    .value = "ITEM", \
		    .help = "its exact text: a file, sha256:…, a record" }, \
	    { .name = "description", \
		    .value = "TEXT", \
		    .help = "in a sentence" }, \
	{ \
		.name = "source", .value = "URI", \
		.help = "where it was got from" \
	}

#define RECORDING_SETTING_OPTIONS \
	{ .name = "param", \
		.letter = 'p', \
		.is_many = true, \
		.value = "NAME=VALUE", \
		.help = "a parameter" }, \
	    { .name = "params", \
		    .value = "FILE", \
		    .help = "parameters, NAME=VALUE lines" }, \
	{ \
		.name = "seed", .letter = 's', .is_many = true, \
		.value = "NAME=VALUE", .help = "a seed" \
	}

MUST_CHECK enum err recording_start(struct session *session,
    const struct arguments *arguments, bool is_named, struct recording *ret,
    struct why *w);
void recording_done(struct recording *recording);

MUST_CHECK enum err recording_finish(
    struct recording *recording, struct draft *draft, struct why *w);

/* From start to finish: `write` writes all of the statement but its beginning. */
typedef enum err recording_write(
    struct draft *draft, const struct recording *recording, struct why *w);
MUST_CHECK enum err recording_of(struct session *session,
    const struct arguments *arguments, bool is_named, recording_write *write,
    struct why *w);

#endif
