#include "client/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS 1000 /* nobody wants a bar for less */
#define DRAW_MS 100
#define BAR_LEN 24
#define COLUMNS 80 /* where the terminal does not say */

static uint64_t
now_ms(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

struct progress
progress_begin(
    const struct output *out, const char *what, uint64_t total, bool is_bytes)
{
	return (struct progress){
		.is_on = out->has_progress && !out->is_quiet,
		.is_bytes = is_bytes,
		.what = what,
		.total = total,
		.started_ms = now_ms(),
	};
}

static void
print_count(const struct progress *progress, uint64_t count, struct writer *w)
{
	char size[OUTPUT_SIZE_MAX];

	if (progress->is_bytes)
		writer_text(w, output_size(count, size));
	else
		writer_decimal(w, count);
}

static void
print_time(uint64_t seconds, struct writer *w)
{
	if (seconds >= 3600)
		writer_format(w, "%" PRIu64 ":%02u:%02u", seconds / 3600,
		    (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60));
	else
		writer_format(w, "%u:%02u", (unsigned)(seconds / 60),
		    (unsigned)(seconds % 60));
}

/* Both from the mean since the beginning. */
static void
print_rate(const struct progress *progress, uint64_t now_ms, uint64_t total,
    struct writer *w)
{
	double seconds = (double)(now_ms - progress->started_ms) / 1000;
	double rate = (double)progress->done / seconds;

	if (seconds < 0.001 || progress->done == 0)
		return;
	writer_text(w, ", ");
	print_count(progress, (uint64_t)rate, w);
	writer_text(w, "/s");
	if (total == 0)
		return;
	writer_text(w, ", ");
	print_time((uint64_t)((double)(total - progress->done) / rate), w);
	writer_text(w, " left");
}

static void
print_all(const struct progress *progress, uint64_t now_ms, bool has_bar,
    struct writer *w)
{
	uint64_t done = progress->done;
	/* it grew meanwhile: a share would be wrong */
	uint64_t total = done > progress->total ? 0 : progress->total;

	writer_format(w, "%s ", progress->what);
	double share = total > 0 ? (double)done / (double)total : 0;
	unsigned full = (unsigned)(share * BAR_LEN);
	if (total > 0 && has_bar)
		writer_format(w, "[%.*s%*s] ", (int)full,
		    "========================", (int)(BAR_LEN - full), "");
	if (total > 0)
		writer_format(w, "%3u%% ", (unsigned)(share * 100));
	print_count(progress, done, w);
	if (total > 0) {
		writer_text(w, " of ");
		print_count(progress, total, w);
	}
	if (progress->files > 0)
		writer_format(w, ", %" PRIu64 " file%s", progress->files,
		    output_plural(progress->files));
	print_rate(progress, now_ms, total, w);
}

void
progress_print(
    const struct progress *progress, uint64_t now_ms, struct writer *w)
{
	print_all(progress, now_ms, true, w);
}

/* A line that the terminal would wrap could not be taken away again. */
static size_t
columns(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return COLUMNS;
	return size.ws_col;
}

static void
draw(struct progress *progress, uint64_t now)
{
	uint8_t line[256];
	struct writer w = writer_of(line, sizeof(line));
	size_t width = columns() - 1;

	progress_print(progress, now, &w);
	if (w.len > width) {
		writer_clear(&w);
		print_all(progress, now, false, &w);
	}
	if (w.len > width)
		w.len = width;
	(void)fprintf(stderr, "\r\033[K%.*s", SPAN_ARGS(writer_view(&w)));
	(void)fflush(stderr);
	progress->is_drawn = true;
}

void
progress_add(struct progress *progress, uint64_t count)
{
	progress->done += count;
	if (!progress->is_on)
		return;
	uint64_t now = now_ms();
	if (now - progress->started_ms < WAIT_MS ||
	    now - progress->drawn_ms < DRAW_MS)
		return;
	progress->drawn_ms = now;
	draw(progress, now);
}

void
progress_end(struct progress *progress)
{
	if (progress->is_drawn)
		(void)fprintf(stderr, "\r\033[K");
	progress->is_on = false;
	progress->is_drawn = false;
}
