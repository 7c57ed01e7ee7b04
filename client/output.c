#include "client/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "schema/utf8.h"

static const char *const style_codes[] = {
	[OUTPUT_PLAIN] = "",
	[OUTPUT_BOLD] = "1",
	[OUTPUT_GOOD] = "32",
	[OUTPUT_BAD] = "31",
	[OUTPUT_WARN] = "33",
	[OUTPUT_FAINT] = "2",
};

/* Given to stdout.  Where memory is out it would do without one, and what it says
 * would come before a note instead of behind it. */
static char kept[4096];

void
output_start(struct output *out)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	/* no-color.org: any value that is not empty */
	bool is_able = term != NULL && strcmp(term, "dumb") != 0;
	bool wanted = is_able && (no_colour == NULL || no_colour[0] == '\0');
	static bool is_given;

	if (!is_given)
		(void)setvbuf(stdout, kept,
		    isatty(STDOUT_FILENO) == 1 ? _IOLBF : _IOFBF, sizeof(kept));
	is_given = true;
	*out = (struct output){
		.has_colour = wanted && isatty(STDOUT_FILENO) == 1,
		.note_colour = wanted && isatty(STDERR_FILENO) == 1,
		.has_progress = is_able && isatty(STDERR_FILENO) == 1,
	};
}

void
output_print(struct output *out, const char *format, ...)
{
	va_list list;

	out->has_answered = true;
	va_start(list, format);
	/* a failure stays in stdout's error flag: output_end asks for it */
	(void)vprintf(format, list);
	va_end(list);
}

void
output_span(struct output *out, struct span bytes)
{
	out->has_answered = true;
	if (bytes.len > 0)
		(void)fwrite(bytes.data, 1, bytes.len, stdout);
}

void
output_part(struct output *out, const struct writer *w)
{
	out->is_cut |= writer_end(w) != ERR_OK;
	output_span(out, writer_view(w));
}

void
output_safe(struct output *out, struct span text)
{
	struct writer w = writer_heap(OUTPUT_ANSWER_MAX);

	output_escape(text, &w);
	output_part(out, &w);
	writer_done(&w);
}

void
output_styled(struct output *out, enum output_style style, const char *text)
{
	if (out->has_colour && style != OUTPUT_PLAIN)
		output_print(
		    out, "\033[%sm%s\033[0m", style_codes[style], text);
	else
		output_print(out, "%s", text);
}

enum err
output_answer(struct output *out, const struct writer *w, struct why *ret_why)
{
	enum err err = writer_end(w);

	if (err != ERR_OK)
		return why(ret_why, err,
		    "the answer is longer than this program holds (%zu bytes)",
		    w->cap_max);
	output_span(out, writer_view(w));
	output_span(out, span_of_text("\n"));
	return ERR_OK;
}

/* One line on stderr, whole: several processes may share it. */
static void
put_note(const struct output *out, const char *before, const char *colour,
    const char *text)
{
	bool coloured = out->note_colour && colour != NULL;

	/* where stderr is gone nobody can be told */
	(void)fprintf(stderr, "%s%s%s%s\n", coloured ? colour : "", before,
	    coloured ? "\033[0m" : "", text);
}

void
output_note(const struct output *out, const char *format, ...)
{
	char text[2048];
	va_list list;

	if (out->is_quiet)
		return;
	va_start(list, format);
	(void)vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	utf8_make_printable(text); /* names may be other people's */
	put_note(out, "", NULL, text);
}

void
output_warn(const struct output *out, const char *format, ...)
{
	char text[2048];
	va_list list;

	va_start(list, format);
	(void)vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	utf8_make_printable(text); /* names may be other people's */
	put_note(out, "warning: ", "\033[33m", text);
}

static void
print_failure_json(
    struct output *out, enum err err, const char *text, int exit_code)
{
	char buffer[4096]; /* a sentence has at most 512 bytes, escaped × 6 */
	struct writer w = writer_of(buffer, sizeof(buffer));

	writer_text(&w, "{");
	writer_member_text(&w, "error", span_of_text(err_name(err)));
	writer_member_text(&w, "detail", span_of_text(text));
	writer_member_number(&w, "exitCode", (uint64_t)exit_code);
	writer_text(&w, "}\n");
	output_span(out, writer_view(&w));
}

void
output_failure(
    struct output *out, enum err err, const struct why *w, int exit_code)
{
	const char *text = w->text[0] != '\0' ? w->text : err_text(err);

	put_note(out, "headwater: ", "\033[31m", text);
	if (out->is_json && !out->has_answered)
		print_failure_json(out, err, text, exit_code);
}

int
output_end(struct output *out, int exit_code)
{
	bool failed = fflush(stdout) != 0 || ferror(stdout) != 0;

	if (!failed && !out->is_cut)
		return exit_code;
	if (!failed) {
		put_note(out, "headwater: ", "\033[31m",
		    "out of memory: parts of the answer are left out");
		return 3;
	}
	put_note(out, "headwater: ", "\033[31m",
	    "the answer could not be written to stdout: make room, or read "
	    "the whole of it");
	return 3;
}

/* ---- text ---- */

void
output_escape(struct span text, struct writer *w)
{
	while (text.len > 0) {
		size_t len = utf8_len(text.data, text.len);
		uint32_t point = len > 0 ? utf8_point(text.data, len) : 0;
		if (len == 0)
			writer_format(w, "\\x%02x", text.data[0]);
		else if (point == '\\')
			writer_text(w, "\\\\");
		else if (!utf8_is_shown(point) && point < 0x80)
			writer_format(w, "\\x%02x", point);
		else if (!utf8_is_shown(point))
			writer_format(w, "\\u{%x}", point);
		else
			writer_bytes(w, text.data, len);
		text = span_part(text, len == 0 ? 1 : len, text.len);
	}
}

const char *
output_plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

const char *
output_size(uint64_t bytes, char out[static OUTPUT_SIZE_MAX])
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB",
		"TiB", "PiB", "EiB" };
	double value = (double)bytes;
	size_t unit = 0;

	for (; value >= 1024 && unit < 6; unit++)
		value /= 1024;
	if (unit == 0)
		(void)snprintf(out, OUTPUT_SIZE_MAX, "%u byte%s",
		    (unsigned)bytes, output_plural(bytes));
	else
		(void)snprintf(
		    out, OUTPUT_SIZE_MAX, "%.1f %s", value, units[unit]);
	return out;
}
