#include "client/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define WAIT_MS 1000 /* nobody wants a bar for less */
#define DRAW_MS 100
#define BAR_LEN 24

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
print_count(const struct progress *progress, uint64_t count)
{
	char size[OUTPUT_SIZE_MAX];

	if (progress->is_bytes)
		(void)fprintf(stderr, "%s", output_size(count, size));
	else
		(void)fprintf(stderr, "%" PRIu64, count);
}

static void
draw(struct progress *progress)
{
	uint64_t done = progress->done;
	uint64_t total = progress->total;

	if (done > total)
		total = 0; /* it grew meanwhile: a share would be wrong */
	(void)fprintf(stderr, "\r\033[K%s ", progress->what);
	if (total > 0) {
		double share = (double)done / (double)total;
		unsigned full = (unsigned)(share * BAR_LEN);
		(void)fprintf(stderr, "[%.*s%*s] %3u%% ", (int)full,
		    "========================", (int)(BAR_LEN - full), "",
		    (unsigned)(share * 100));
	}
	print_count(progress, done);
	if (total > 0) {
		(void)fprintf(stderr, " of ");
		print_count(progress, total);
	}
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
	draw(progress);
}

void
progress_end(struct progress *progress)
{
	if (progress->is_drawn)
		(void)fprintf(stderr, "\r\033[K");
	progress->is_on = false;
	progress->is_drawn = false;
}
