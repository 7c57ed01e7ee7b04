/*
 * The controls: builds that break a promise, which the same trials must catch;
 * else their silence means nothing.  Each works well as long as nothing happens.
 */
#include "tests/fault/killer.h"

static const char *
program_of(const char *control)
{
	static char path[PATH_MAX / 4];

	(void)snprintf(path, sizeof(path), "%s/tests/fault/%s/headwaterd",
	    options.build, control);
	return path;
}

static bool
works_untouched(const char *program)
{
	struct subject s;
	struct journal j;

	journal_init(&j);
	subject_make(&s, program);
	bool is_good = start_and_verify(&s, &j);
	if (is_good) {
		struct load *load = load_start(&s, &j);
		load_await(load, 50, 5000);
		load_stop(load);
		is_good = verify(&s, &j) && subject_stop(&s) == 0 &&
		    check_is_clean(&s, &j) && j.acked_count >= 50;
	}
	if (!is_good) {
		note_line("%s", j.violation);
		subject_show(&s);
	}
	subject_remove(&s);
	journal_done(&j);
	return is_good;
}

void
group_control(void)
{
	const char *reason = disk_reason();

	outcome(works_untouched(program_of("ack_early")),
	    "a daemon that acknowledges before the fsync seems to work");
	if (reason != NULL) {
		note_line("no power cuts: %s", reason);
	} else {
		size_t cuts = power_catches(program_of("ack_early"), 12);
		outcome(cuts > 0, "and is caught, after %zu power cuts", cuts);
	}
	outcome(works_untouched(program_of("sign_early")),
	    "a daemon that signs before the commit seems to work");
	outcome(point_catches(program_of("sign_early"), "commit-before"),
	    "and is caught, killed before the commit");
}
