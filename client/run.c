#include "client/run.h"

#include <sys/stat.h>

#include "schema/text.h"

#define ITEMS_MAX 512 /* FORMATS.md 1.2, 1.4 */

static size_t
count_given(const struct arguments *arguments, const char *option)
{
	size_t at = 0;
	size_t count = 0;

	while (options_next(arguments, option, &at) != NULL)
		count++;
	return count;
}

/* ---- what goes in and comes out ---- */

enum err
run_take_inputs(struct run *run, struct why *w)
{
	struct arena *arena = run->session->arena;
	size_t count = count_given(run->arguments, "input");
	size_t at = 0;

	if (count > ITEMS_MAX)
		return why(w, ERR_REFUSED,
		    "--input: %zu inputs, at most %d: record them as a data "
		    "set and name that",
		    count, ITEMS_MAX);
	run->inputs = arena_take(arena, count, sizeof(*run->inputs));
	if (run->inputs == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	for (; run->input_count < count; run->input_count++) {
		enum err err = item_resolve(run->session,
		    options_next(run->arguments, "input", &at),
		    &run->inputs[run->input_count], w);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

/* The first output carries the bound name, the others their paths. */
static enum err
name_output(struct run *run, size_t at, struct why *w)
{
	const struct item *item = &run->outputs[at];
	struct span path = span_of_text(item->what);
	struct span name = text_is_path(path) ? path : item->name;

	if (at == 0)
		name = run->recording.name;
	if (name.len == 0)
		return why(w, ERR_USAGE,
		    "--output %s: only the first output can do without a name: "
		    "give a relative path",
		    item->what);
	for (size_t i = 1; i < at; i++) {
		if (span_equal(run->names[i], name))
			return why(w, ERR_USAGE,
			    "--output %s: two outputs are called %.*s: run "
			    "from a folder from which their relative paths "
			    "differ",
			    item->what, SPAN_ARGS(name));
	}
	run->names[at] = name;
	return ERR_OK;
}

/* Roles and names, before anything is there to be hashed. */
enum err
run_take_outputs(struct run *run, struct why *w)
{
	struct arena *arena = run->session->arena;
	size_t count = count_given(run->arguments, "output");
	size_t at = 0;

	if (count == 0)
		return why(w, ERR_USAGE,
		    "--output is missing: what came out of the run?");
	if (count > ITEMS_MAX)
		return why(w, ERR_REFUSED,
		    "--output: %zu outputs, at most %d: name the folder that "
		    "holds them",
		    count, ITEMS_MAX);
	run->outputs = arena_take(arena, count, sizeof(*run->outputs));
	run->names = arena_take(arena, count, sizeof(*run->names));
	if (run->outputs == NULL || run->names == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	for (; run->output_count < count; run->output_count++) {
		size_t i = run->output_count;
		run->outputs[i] =
		    item_split(options_next(run->arguments, "output", &at));
		enum err err = name_output(run, i, w);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

/* A file that the command did not touch did not come out of it. */
static void
warn_of_old_outputs(const struct run *run)
{
	for (size_t i = 0; i < run->output_count; i++) {
		const struct item *item = &run->outputs[i];
		struct stat status;
		if (item->kind != ITEM_FILE || stat(item->what, &status) != 0)
			continue;
		uint64_t changed_ms = (uint64_t)status.st_ctim.tv_sec * 1000 +
		    (uint64_t)status.st_ctim.tv_nsec / 1000000;
		/* file systems round down, to ten milliseconds and more */
		if (changed_ms + 2000 < run->child.started_ms)
			output_warn(&run->session->out,
			    "%s: was there before and the command did not "
			    "write it",
			    item->what);
	}
}

enum err
run_hash_outputs(struct run *run, struct why *w)
{
	size_t at = 0;

	for (size_t i = 0; i < run->output_count; i++) {
		const char *text = options_next(run->arguments, "output", &at);
		enum err err =
		    item_resolve(run->session, text, &run->outputs[i], w);
		if (err == ERR_OK && !run->outputs[i].digest.has_node)
			err = why(w, ERR_REFUSED,
			    "%s: an empty file: nothing came out", text);
		if (err != ERR_OK) {
			why_prefix(w, "--output");
			return err;
		}
	}
	if (run->has_child)
		warn_of_old_outputs(run);
	return ERR_OK;
}

enum err
run_recheck_inputs(struct run *run, struct why *w)
{
	for (size_t i = 0; i < run->input_count; i++) {
		enum err err = item_recheck(run->session, &run->inputs[i], w);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}
