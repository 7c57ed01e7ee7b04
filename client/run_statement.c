#include "client/run_statement.h"

#include <string.h>

#include "client/hashing.h"
#include "schema/record.h"
#include "schema/text.h"

/* What the command adds: two byproducts and its times. */
#define LATER_LEN ((size_t)512)
#define BUILDER_DEFAULT "https://headwater/builder/local"

static void
write_subjects(struct draft *draft, const struct run *run)
{
	for (size_t i = 0; i < run->output_count; i++)
		draft_subject(draft, run->names[i], &run->outputs[i]);
	draft->makes = true;
}

static void
write_arguments(struct draft *draft, char *const *argv)
{
	writer_member(&draft->w, "argv");
	writer_text(&draft->w, "[");
	for (size_t i = 0; argv[i] != NULL; i++) {
		struct span text = span_of_text(argv[i]);
		if (!text_is_utf8(text)) {
			draft_fail(draft,
			    why(draft->why, ERR_USAGE,
				"--with-argv: argument %zu is not UTF-8: leave "
				"the option out, then only their digest is "
				"recorded",
				i));
			return;
		}
		writer_comma(&draft->w);
		writer_json(&draft->w, text);
	}
	writer_text(&draft->w, "]");
}

/* FORMATS.md 1.4: each argument ended by a NUL. */
static void
write_command(struct draft *draft, const struct arguments *arguments)
{
	struct sha256 sha256;

	if (arguments->rest_count == 0)
		return;
	sha256_init(&sha256);
	for (size_t i = 0; i < arguments->rest_count; i++) {
		const char *word = arguments->rest[i];
		sha256_add(&sha256, span_of(word, strlen(word) + 1));
	}
	struct hash hash = sha256_done(&sha256);
	writer_member(&draft->w, "command");
	writer_text(&draft->w, "{\"sha256\":\"");
	writer_hex(&draft->w, hash_span(&hash));
	writer_text(&draft->w, "\"");
	if (options_has(arguments, "with-argv"))
		write_arguments(draft, arguments->rest);
	writer_text(&draft->w, "}");
}

static void
write_definition(struct draft *draft, const struct run *run)
{
	struct writer *w = &draft->w;

	writer_text(w,
	    "\"buildDefinition\":{\"buildType\":\"" RECORD_RUN_TYPE
	    "\",\"externalParameters\":{");
	draft_pairs(draft, "parameters", "param", "params");
	draft_pairs(draft, "seeds", "seed", NULL);
	draft_text(draft, "dataOrder", "data-order");
	write_command(draft, run->arguments);
	draft_text(draft, "stage", "stage");
	draft_complete(draft);
	writer_text(w, "},\"resolvedDependencies\":[");
	for (size_t i = 0; i < run->input_count && draft->err == ERR_OK; i++)
		draft_item(draft, run->inputs[i].name, &run->inputs[i]);
	writer_text(w, "]}");
}

static void
write_byproduct(struct draft *draft, const char *role, const struct hash *hash)
{
	struct digest digest = digest_sha256(hash);
	struct digest_set set = { .count = 1, .digests = &digest };

	draft_resource(draft, SPAN_EMPTY, span_of_text(role), &set);
}

/* --log-file: by its digest, as what the command printed. */
static void
write_log_files(struct draft *draft, const struct run *run)
{
	struct arena *arena = run->session->arena;
	size_t at = 0;
	const char *path = options_next(run->arguments, "log-file", &at);

	for (; path != NULL && draft->err == ERR_OK;
	     path = options_next(run->arguments, "log-file", &at)) {
		struct hashing hashing;
		/* the command may write it: it need not be there before */
		if (!run->has_child && run->arguments->rest_count > 0)
			continue;
		draft_fail(draft,
		    hashing_path(
			&run->session->out, path, arena, &hashing, draft->why));
		if (draft->err == ERR_OK)
			write_byproduct(draft, "log", &hashing.sha256);
	}
}

static void
write_details(struct draft *draft, const struct run *run)
{
	struct writer *w = &draft->w;
	const char *builder = options_value(run->arguments, "builder");

	writer_text(w, ",\"runDetails\":{\"builder\":{");
	writer_member_text(
	    w, "id", span_of_text(builder != NULL ? builder : BUILDER_DEFAULT));
	writer_text(w, "}");
	if (run->has_child) {
		writer_text(w, ",\"metadata\":{\"startedOn\":\"");
		writer_time(w, run->child.started_ms);
		writer_text(w, "\",\"finishedOn\":\"");
		writer_time(w, run->child.finished_ms);
		writer_text(w, "\"}");
	}
	writer_text(w, ",\"byproducts\":[");
	if (run->has_child && run->child.log_len > 0)
		write_byproduct(draft, "log", &run->child.log);
	if (run->has_child)
		write_byproduct(draft, "environment", &run->environment);
	write_log_files(draft, run);
	writer_text(w, "]}");
}

void
run_write(struct draft *draft, const struct run *run)
{
	write_subjects(draft, run);
	writer_text(&draft->w,
	    "],\"predicateType\":\"" RECORD_SLSA_TYPE "\",\"predicate\":{");
	write_definition(draft, run);
	write_details(draft, run);
	writer_text(&draft->w, "}}");
}

/* As long as the longest that may come: a manifest and its root. */
static enum err
stand_in(struct run *run, struct why *w)
{
	struct digest *digests =
	    arena_take(run->session->arena, 2, sizeof(*digests));
	struct hash hash = sha256_of(span_of_text("stands in for an output"));

	if (digests == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	digests[1] = digest_sha256(&hash);
	digests[0] = digests[1];
	digests[0].algorithm = DIGEST_MERKLE_TREE_HASH;
	for (size_t i = 0; i < run->output_count; i++)
		run->outputs[i].digest =
		    (struct digest_set){ .count = 2, .digests = digests };
	return ERR_OK;
}

enum err
run_rehearse(struct run *run, struct why *w)
{
	struct draft draft = draft_begin(run->session, run->arguments, w);
	struct span statement;
	enum err err = stand_in(run, w);

	if (err == ERR_OK) {
		run_write(&draft, run);
		err = draft_end(&draft, &statement);
	}
	if (err == ERR_OK && statement.len + LATER_LEN > DRAFT_LEN_MAX)
		err = why(w, ERR_REFUSED,
		    "a statement of %zu bytes, at most %zu: record the inputs "
		    "as a data set and name that",
		    statement.len, DRAFT_LEN_MAX - LATER_LEN);
	draft_done(&draft);
	return err;
}
