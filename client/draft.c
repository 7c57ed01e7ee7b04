#include "client/draft.h"

#include "schema/record.h"
#include "schema/spdx_list.h"
#include "schema/text.h"

#define PAIRS_FILE_MAX ((size_t)64 << 10)
#define PAIRS_MAX 1024

struct draft
draft_begin(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct draft draft = {
		.session = session,
		.arguments = arguments,
		.w = writer_heap(DRAFT_LEN_MAX),
		.why = w,
	};

	writer_text(
	    &draft.w, "{\"_type\":\"" STATEMENT_TYPE "\",\"subject\":[");
	return draft;
}

void
draft_done(struct draft *draft)
{
	writer_done(&draft->w);
}

void
draft_fail(struct draft *draft, enum err err)
{
	if (draft->err == ERR_OK)
		draft->err = err;
}

static void
print_resource(struct writer *w, struct span name, struct span role,
    const struct digest_set *digest)
{
	writer_text(w, "{");
	if (name.len > 0)
		writer_member_text(w, "name", name);
	writer_member(w, "digest");
	digest_set_print(digest, w);
	if (role.len > 0) {
		writer_member(w, "annotations");
		writer_text(w, "{");
		writer_member_text(w, "role", role);
		writer_text(w, "}");
	}
	writer_text(w, "}");
}

void
draft_resource(struct draft *draft, struct span name, struct span role,
    const struct digest_set *digest)
{
	writer_comma(&draft->w);
	print_resource(&draft->w, name, role, digest);
}

void
draft_subject(struct draft *draft, struct span name, const struct item *item)
{
	struct arena *arena = draft->session->arena;

	draft_resource(draft, name, item->role, &item->digest);
	if (!item->digest.has_node || draft->node_count == DRAFT_SUBJECTS_MAX)
		return;
	if (draft->nodes == NULL)
		draft->nodes = arena_take(
		    arena, DRAFT_SUBJECTS_MAX, sizeof(*draft->nodes));
	if (draft->nodes == NULL)
		draft_fail(draft, ERR_MEMORY);
	else
		draft->nodes[draft->node_count++] = item->digest.node;
}

void
draft_item(struct draft *draft, struct span name, const struct item *item)
{
	struct digest_set digest = { .count = 0 };

	draft_fail(draft, item_cite(draft->session, item, &digest, draft->why));
	if (draft->err == ERR_OK)
		draft_resource(draft, name, item->role, &digest);
}

void
draft_member(struct draft *draft, const char *member, const char *option)
{
	const char *text = options_value(draft->arguments, option);
	struct digest_set digest = { .count = 0 };
	struct item item;

	if (text == NULL || draft->err != ERR_OK)
		return;
	draft_fail(
	    draft, item_resolve(draft->session, text, &item, draft->why));
	if (draft->err == ERR_OK)
		draft_fail(draft,
		    item_cite(draft->session, &item, &digest, draft->why));
	if (draft->err != ERR_OK)
		return;
	writer_member(&draft->w, member);
	print_resource(&draft->w, item.name, item.role, &digest);
}

void
draft_predicate(struct draft *draft, const char *kind)
{
	writer_format(&draft->w,
	    "],\"predicateType\":\"" RECORD_PREFIX "%s/v1\",\"predicate\":{",
	    kind);
}

void
draft_citation(struct draft *draft, const struct hash *id)
{
	writer_text(&draft->w, "{\"tlogLeaf\":\"");
	writer_hex(&draft->w, hash_span(id));
	writer_text(&draft->w, "\"}");
}

void
draft_items(struct draft *draft, const char *member, const char *option)
{
	size_t at = 0;
	bool is_first = true;
	const char *text = options_next(draft->arguments, option, &at);

	for (; text != NULL && draft->err == ERR_OK;
	     text = options_next(draft->arguments, option, &at)) {
		struct item item;
		draft_fail(draft,
		    item_resolve(draft->session, text, &item, draft->why));
		if (draft->err != ERR_OK)
			return;
		if (is_first) {
			writer_member(&draft->w, member);
			writer_text(&draft->w, "[");
		}
		is_first = false;
		draft_item(draft, item.name, &item);
	}
	if (!is_first)
		writer_text(&draft->w, "]");
}

void
draft_text(struct draft *draft, const char *member, const char *option)
{
	const char *value = options_value(draft->arguments, option);

	if (value == NULL)
		return;
	if (!text_is_utf8(span_of_text(value)))
		draft_fail(draft,
		    why(draft->why, ERR_USAGE, "--%s: not UTF-8", option));
	writer_member_text(&draft->w, member, span_of_text(value));
}

void
draft_complete(struct draft *draft)
{
	size_t at = 0;
	const char *role = options_next(draft->arguments, "complete", &at);

	if (role == NULL)
		return;
	writer_member(&draft->w, "complete");
	writer_text(&draft->w, "[");
	for (; role != NULL;
	     role = options_next(draft->arguments, "complete", &at)) {
		writer_comma(&draft->w);
		writer_json(&draft->w, span_of_text(role));
	}
	writer_text(&draft->w, "]");
}

enum err
draft_split(const char *text, const char *option, struct span *ret_name,
    struct span *ret_value, struct why *w)
{
	struct span value = span_of_text(text);
	struct span name;

	if (!span_cut(&value, '=', &name) || name.len == 0)
		return why(w, ERR_USAGE, "--%s %s: NAME=VALUE is needed",
		    option, text);
	if (!text_is_line(name) || !text_is_utf8(value))
		return why(w, ERR_USAGE,
		    "--%s: not UTF-8, or a control "
		    "character in its name",
		    option);
	*ret_name = name;
	*ret_value = value;
	return ERR_OK;
}

/* Names may be given once: a JSON object cannot hold one twice. */
struct pairs {
	size_t count;
	struct span names[PAIRS_MAX];
};

static void
write_pair(struct draft *draft, struct pairs *pairs, const char *option,
    const char *text)
{
	struct span name = SPAN_EMPTY;
	struct span value = SPAN_EMPTY;

	draft_fail(draft, draft_split(text, option, &name, &value, draft->why));
	if (draft->err != ERR_OK)
		return;
	for (size_t i = 0; i < pairs->count; i++) {
		if (span_equal(pairs->names[i], name))
			draft_fail(draft,
			    why(draft->why, ERR_USAGE, "--%s %.*s: given twice",
				option, SPAN_ARGS(name)));
	}
	if (pairs->count == PAIRS_MAX)
		draft_fail(draft,
		    why(draft->why, ERR_LIMIT, "--%s: more than %d", option,
			PAIRS_MAX));
	if (draft->err != ERR_OK)
		return;
	pairs->names[pairs->count++] = name;
	writer_comma(&draft->w);
	writer_json(&draft->w, name);
	writer_text(&draft->w, ":");
	writer_json(&draft->w, value);
}

static void
write_pairs_file(struct draft *draft, struct pairs *pairs, const char *option,
    const char *path)
{
	struct span text;
	struct span line;
	char place[256];

	draft_fail(draft,
	    disk_read(path, PAIRS_FILE_MAX, draft->session->arena, &text,
		draft->why));
	for (size_t number = 1; draft->err == ERR_OK && text.len > 0;
	     number++) {
		if (!span_cut(&text, '\n', &line)) {
			line = text;
			text = SPAN_EMPTY;
		}
		if (line.len == 0 || line.data[0] == '#')
			continue;
		if (!text_is_line(line))
			draft_fail(draft,
			    why(draft->why, ERR_USAGE,
				"control characters, or not UTF-8: lines "
				"of NAME=VALUE that end in LF are needed"));
		line = arena_copy(draft->session->arena, line);
		if (line.data == NULL)
			draft_fail(draft, ERR_MEMORY);
		if (draft->err == ERR_OK)
			write_pair(
			    draft, pairs, option, (const char *)line.data);
		if (draft->err != ERR_OK) {
			(void)snprintf(
			    place, sizeof(place), "%.200s:%zu", path, number);
			why_prefix(draft->why, place);
		}
	}
}

void
draft_pairs(struct draft *draft, const char *member, const char *option,
    const char *file_option)
{
	struct pairs *pairs =
	    arena_take(draft->session->arena, 1, sizeof(*pairs));
	const char *file = file_option == NULL
	    ? NULL
	    : options_value(draft->arguments, file_option);
	size_t at = 0;
	const char *text = options_next(draft->arguments, option, &at);

	if (pairs == NULL)
		draft_fail(draft, ERR_MEMORY);
	if (draft->err != ERR_OK || (file == NULL && text == NULL))
		return;
	writer_member(&draft->w, member);
	writer_text(&draft->w, "{");
	if (file != NULL)
		write_pairs_file(draft, pairs, file_option, file);
	for (; text != NULL && draft->err == ERR_OK;
	     text = options_next(draft->arguments, option, &at))
		write_pair(draft, pairs, option, text);
	writer_text(&draft->w, "}");
}

void
draft_common(struct draft *draft)
{
	const char *source = options_value(draft->arguments, "source");
	struct span url;

	draft_text(draft, "version", "version");
	draft_text(draft, "description", "description");
	draft_text(draft, "license", "license");
	if (source == NULL)
		return;
	draft_fail(draft,
	    git_clean_url(
		span_of_text(source), draft->session->arena, &url, draft->why));
	if (draft->err == ERR_OK)
		writer_member_text(&draft->w, "source", url);
}

static bool
has_role(const struct record *record, struct span role)
{
	const struct statement *statement = &record->statement;
	bool has = false;

	for (size_t i = 1; i < statement->subject_count; i++)
		has = has || span_equal(statement->subjects[i].role, role);
	for (size_t i = 0; i < record->input_count; i++)
		has = has || span_equal(record->inputs[i].role, role);
	return has;
}

/* That there is none may be meant, and may be a slip: "shards" for "shard". */
static void
warn_of_empty(struct session *session, const struct record *record)
{
	for (size_t i = 0; i < record->complete_count; i++) {
		struct span role = record->complete[i];
		if (!has_role(record, role) && !session->has_judged_roles)
			output_warn(&session->out,
			    "--complete %.*s: nothing here has this role, so "
			    "the record says that there was none",
			    SPAN_ARGS(role));
	}
	session->has_judged_roles = true; /* a run is drafted twice */
}

/* Any id is recorded; that no list has it may be meant, and may be a slip. */
static void
warn_of_license(const struct session *session, struct span license)
{
	struct spdx spdx;

	if (spdx_parse(license, &spdx, NULL) != ERR_OK)
		return;
	for (size_t i = 0; i < spdx.count; i++) {
		const struct spdx_item *item = &spdx.items[i];
		unsigned flags = spdx_license_flags(item->license);
		const char *slip = flags == 0
		    ? "is in no list that is known here"
		    : flags & SPDX_DEPRECATED ? "is deprecated in SPDX's list"
					      : NULL;
		if (item->kind == SPDX_TERM && !item->is_reference && slip)
			output_warn(&session->out, "--license: %.*s %s",
			    SPAN_ARGS(item->license), slip);
	}
}

enum err
draft_end(struct draft *draft, struct span *ret)
{
	struct record record;

	if (draft->err != ERR_OK)
		return draft->err;
	if (writer_end(&draft->w) == ERR_LIMIT)
		return why(draft->why, ERR_REFUSED,
		    "a statement of more than %zu bytes does not fit an entry: "
		    "record the files as a data set and name that",
		    (size_t)DRAFT_LEN_MAX);
	if (writer_end(&draft->w) != ERR_OK)
		return why(draft->why, ERR_MEMORY, "out of memory");
	/* the log's own judge, before anything is signed */
	enum err err = record_parse(
	    writer_view(&draft->w), draft->session->arena, &record, draft->why);
	if (err == ERR_SYNTAX || err == ERR_LIMIT)
		return ERR_USAGE; /* it came from the command line */
	if (err != ERR_OK)
		return err;
	warn_of_empty(draft->session, &record);
	warn_of_license(draft->session, record.license);
	record_done(&record);
	*ret = writer_view(&draft->w);
	return ERR_OK;
}
