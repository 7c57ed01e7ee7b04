/*
 * output: the answer on stdout, everything else on stderr.
 *
 * With --json the answer is one JSON object, also when it is "no": a failure is
 * {"error":"ERR_REFUSED","detail":"…","exitCode":1} there and a sentence on
 * stderr.  Colours only on a terminal and without NO_COLOR.  A stdout that does
 * not take the answer (full disk, closed pipe) ends the program with 3.
 *
 * Text of strangers is printed through output_escape or output_safe only: no
 * record may move the cursor of whoever reads it.
 *
 * Threads: one.  Memory: none.
 */
#ifndef HEADWATER_CLIENT_OUTPUT_H
#define HEADWATER_CLIENT_OUTPUT_H

#include "schema/writer.h"

/* The most that one answer is built from; a lineage of 4,000 edges is 3 MiB. */
#define OUTPUT_ANSWER_MAX ((size_t)64 << 20)

struct output {
	bool is_json;
	bool is_quiet;	   /* no notes and no progress on stderr */
	bool has_colour;   /* of the answer on stdout */
	bool has_progress; /* stderr is a terminal that can erase a line */
	bool has_answered; /* something stands on stdout */
	bool note_colour;  /* of sentences on stderr */
	bool is_cut;	   /* for want of memory something was left out */
};

enum output_style {
	OUTPUT_PLAIN,
	OUTPUT_BOLD,
	OUTPUT_GOOD, /* green */
	OUTPUT_BAD,  /* red */
	OUTPUT_WARN, /* yellow */
	OUTPUT_FAINT,
};

/* Looks at the terminal and at NO_COLOR; options are set by the caller. */
void output_start(struct output *out);

/* ---- the answer ---- */

void output_print(struct output *out, const char *format, ...) PRINTF(2, 3);
void output_span(struct output *out, struct span bytes); /* as they are */
void output_safe(struct output *out, struct span text);	 /* escaped */
void output_styled(
    struct output *out, enum output_style style, const char *text);
/* A part of the answer; where `w` has failed, output_end says so. */
void output_part(struct output *out, const struct writer *w);
/* The whole answer as built in `w`, and an LF; a writer that failed is said. */
MUST_CHECK enum err output_answer(
    struct output *out, const struct writer *w, struct why *ret_why);

/* ---- beside the answer ---- */

/* A line on stderr; nothing with --quiet. */
void output_note(const struct output *out, const char *format, ...)
    PRINTF(2, 3);
/* The same in yellow after "warning: ", also with --quiet. */
void output_warn(const struct output *out, const char *format, ...)
    PRINTF(2, 3);
/* Why it did not work, on stderr; with --json on stdout too, unless an answer
 * is there already. */
void output_failure(
    struct output *out, enum err err, const struct why *w, int exit_code);
/* Flushes; gives `exit_code`, or 3 where not everything stands on stdout. */
MUST_CHECK int output_end(struct output *out, int exit_code);

/* ---- text ---- */

/* Control characters, broken UTF-8 and what changes the direction or order of
 * text (U+200E, U+202A…) as \xNN or \u{NNNN}; the backslash as \\. */
void output_escape(struct span text, struct writer *w);
/* "" for 1, else "s": "1 record", "2 records" */
const char *output_plural(uint64_t count);
/* 1536 as "1.5 KiB"; `out` is filled and returned. */
#define OUTPUT_SIZE_MAX 32
const char *output_size(uint64_t bytes, char out[static OUTPUT_SIZE_MAX]);

#endif
