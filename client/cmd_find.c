/* find: what is known of a file, a folder and its files, or a digest. */
#include <inttypes.h>
#include <string.h>

#include "client/answer.h"
#include "client/asked.h"
#include "client/command.h"
#include "client/listed.h"
#include "client/show.h"
#include "client/warned.h"

#define RECORDS_MAX 10000 /* of one digest */
#define ID_DIGITS 16
#define KIND_WIDTH 12

struct finding {
	struct session *session;
	uint64_t tree_size; /* of the last answer */
	size_t found;	    /* records */
	bool is_cut;	    /* there are more than were asked for */
	struct writer json; /* the answer, built as the pages come */
};

/* ---- one record of a list ---- */

static void
print_row(struct output *out, const struct listed_row *row)
{
	char id[HASH_TEXT_MAX];

	hash_print(&row->id, id);
	output_print(out, "  %.*s  ", ID_DIGITS, id);
	output_safe(out, row->kind);
	output_print(out, "%*s",
	    row->kind.len < KIND_WIDTH ? (int)(KIND_WIDTH - row->kind.len) : 2,
	    "");
	output_safe(out, row->name.len > 0 ? row->name : span_of_text("-"));
	output_print(out, "  by ");
	output_safe(out, row->principal);
	output_print(out, ", index %" PRIu64, row->index);
	if (row->is_withdrawn) {
		hash_print(&row->withdrawn, id);
		output_styled(out, OUTPUT_BAD, "  withdrawn");
		output_print(out, " by %.*s", ID_DIGITS, id);
	}
	if (row->is_withheld)
		output_styled(
		    out, OUTPUT_WARN, "  withheld by the log's operator");
	output_print(out, "\n");
}

static void
write_row(struct writer *w, const struct listed_row *row)
{
	writer_comma(w);
	writer_text(w, "{\"id\":\"");
	writer_hex(w, hash_span(&row->id));
	writer_text(w, "\"");
	writer_member_number(w, "index", row->index);
	writer_member_text(w, "kind", row->kind);
	writer_member_text(w, "principal", row->principal);
	writer_member(w, "name");
	if (row->name.len > 0)
		writer_json(w, row->name);
	else
		writer_text(w, "null");
	writer_member_text(w, "time", row->time);
	writer_member(w, "withdrawn");
	if (row->is_withdrawn) {
		writer_text(w, "\"");
		writer_hex(w, hash_span(&row->withdrawn));
		writer_text(w, "\"");
	} else {
		writer_text(w, "null");
	}
	writer_text(w, row->is_withheld ? ",\"withheld\":true}" : "}");
}

/* ---- pages ---- */

static enum err
take_page(struct finding *finding, const struct listed_page *page,
    const struct asked *asked, size_t *found, struct why *w)
{
	struct output *out = &finding->session->out;

	for (size_t i = 0; i < page->count; i++) {
		struct listed_row row;
		enum err err = listed_row(page, i, &row, w);
		if (err != ERR_OK)
			return err;
		if (!out->is_json && *found == 0)
			asked_print(out, asked);
		if (out->is_json)
			write_row(&finding->json, &row);
		else
			print_row(out, &row);
		(*found)++;
	}
	return ERR_OK;
}

/* All records that have it as a subject. */
static enum err
find_one(struct finding *finding, const struct asked *asked, struct why *w)
{
	char query[DIGEST_TEXT_MAX + 32] = "/v1/records?subject=";
	struct listed_page page = { .has_next = false };
	size_t found = 0;
	enum err err = ERR_OK;

	digest_print(&asked->digest, query + strlen(query));
	do {
		struct listed_page next;
		err = listed_get(finding->session, query,
		    page.has_next ? &page : NULL, &next, w);
		if (err != ERR_OK)
			break;
		page = next;
		finding->tree_size = page.tree_size;
		err = take_page(finding, &page, asked, &found, w);
		listed_done(&page);
	} while (err == ERR_OK && page.has_next && found < RECORDS_MAX);
	if (err == ERR_OK && page.has_next)
		finding->is_cut = true;
	finding->found += found;
	return err;
}

static enum err
find_asked(struct finding *finding, const struct asked *asked, bool is_whole,
    struct why *w)
{
	struct writer *json = &finding->json;

	writer_comma(json);
	writer_text(json, "{");
	writer_member_text(json, "path", asked->what);
	digest_print_member(&asked->digest, "digest", json);
	writer_member(json, "records");
	writer_text(json, "[");
	enum err err = find_one(finding, asked, w);
	writer_text(json, "]");
	/* of the files of a folder that it names, its own lineage tells */
	if (err == ERR_OK && is_whole && finding->found > 0)
		err = warned_tell(finding->session, &asked->digest, json, w);
	writer_text(json, "}");
	return err;
}

/* ---- what is asked ---- */

static enum err
find_file(void *context, const struct asked *asked, struct why *w)
{
	return find_asked(context, asked, false, w);
}

static enum err
print_end(struct finding *finding, const char *what, struct why *w)
{
	struct output *out = &finding->session->out;

	if (out->is_json) {
		writer_text(&finding->json, "]");
		writer_member_number(
		    &finding->json, "treeSize", finding->tree_size);
		writer_text(&finding->json, "}");
		enum err err = output_answer(out, &finding->json, w);
		if (err != ERR_OK)
			return err;
	} else if (finding->found > 0) {
		output_print(out,
		    "not known: whether the log shows all of it (its first "
		    "%" PRIu64
		    " record%s); headwater audit follows the whole log\n",
		    finding->tree_size, output_plural(finding->tree_size));
	}
	answer_warn_of_size(finding->session, finding->tree_size);
	if (finding->is_cut)
		output_warn(out, "only the first %d records of one digest",
		    RECORDS_MAX);
	if (finding->found > 0)
		return ERR_OK;
	return why(w, ERR_NOT_FOUND,
	    "%s: the log knows nothing of it (its first %" PRIu64
	    " record%s): is it the right file, and the right log?",
	    what, finding->tree_size, output_plural(finding->tree_size));
}

static enum err
run_find(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct finding finding = {
		.session = session,
		.json = writer_heap(OUTPUT_ANSWER_MAX),
	};
	struct digest node;
	struct item item;
	enum err err = session_online(session, w);

	writer_text(&finding.json, "{\"asked\":[");
	if (err == ERR_OK)
		err = item_resolve(session, arguments->words[0], &item, w);
	if (err == ERR_OK)
		err = item_node(&item, &node, w);
	if (err == ERR_OK) {
		struct asked asked = { span_of_text(item.what), node };
		err = find_asked(&finding, &asked, true, w);
	}
	if (err == ERR_OK)
		err = asked_each_file(session, &item, find_file, &finding, w);
	if (err == ERR_OK)
		err = print_end(&finding, arguments->words[0], w);
	writer_done(&finding.json);
	return err;
}

static const struct option_row find_options[] = {
	{ .name = NULL },
};

const struct command command_find = {
	.name = "find",
	.summary = "what is known of a file, a folder or a digest",
	.words = "ITEM",
	.help = "Lists the records that have it as a subject, and advisories\n"
		"against it or anything that it was made of.  A folder is\n"
		"asked for by its manifest and file by file.  Nothing known:\n"
		"exit status 1.\n",
	.words_min = 1,
	.words_max = 1,
	.options = find_options,
	.run = run_find,
};
