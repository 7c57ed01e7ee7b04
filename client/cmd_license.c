/* record license: the exact terms, and what they take in, as they are now. */
#include "client/command.h"
#include "client/document.h"
#include "client/recording.h"

#include <string.h>

#include "schema/license_record.h"
#include "schema/text.h"

/* A document that the text takes in. */
struct incorporated {
	const char *url;
	bool is_fetched;
	bool is_mutable; /* its author may change it, says --mutable-document */
	struct document document;
	struct span clause;
};

struct terms {
	struct session *session;
	const struct arguments *arguments;
	struct document text;
	size_t count;
	struct incorporated all[LICENSE_DOCUMENTS_MAX];
};

/* ---- what is there ---- */

static enum err
take_text(struct terms *terms, struct why *w)
{
	const struct arguments *arguments = terms->arguments;
	const char *url = options_value(arguments, "url");

	if ((url != NULL) == (arguments->count > 0))
		return why(w, ERR_USAGE,
		    "a FILE, or --url URL, and not both, is the text");
	if (url == NULL)
		return document_read(
		    terms->session, arguments->words[0], &terms->text, w);
	if (options_has(arguments, "source") ||
	    options_has(arguments, "fetched-on"))
		return why(w, ERR_USAGE,
		    "--url says where and when it was fetched: --source and "
		    "--fetched-on are for a FILE");
	return document_fetch(terms->session, url, &terms->text, w);
}

static enum err
take_incorporated(struct terms *terms, const char *url, struct why *w)
{
	bool may_miss = options_has(terms->arguments, "allow-missing");
	struct why reason = { "" };
	struct incorporated *one;

	if (terms->count == LICENSE_DOCUMENTS_MAX)
		return why(w, ERR_USAGE, "--incorporates: at most %d",
		    LICENSE_DOCUMENTS_MAX);
	one = &terms->all[terms->count++];
	*one = (struct incorporated){
		.url = url,
		.clause = document_clause(terms->text.body, span_of_text(url)),
	};
	if (one->clause.len == 0)
		output_warn(&terms->session->out,
		    "the text does not name %s: no clause is recorded for it",
		    url);
	enum err err =
	    document_fetch(terms->session, url, &one->document, &reason);
	one->is_fetched = err == ERR_OK;
	if (err == ERR_OK || err == ERR_USAGE || !may_miss)
		return err == ERR_OK ? ERR_OK : why(w, err, "%s", reason.text);
	output_warn(&terms->session->out,
	    "%s; it is recorded as a document that was not fetched",
	    reason.text);
	return ERR_OK;
}

/* Marks the documents that may change; each is one that is taken in. */
static enum err
take_mutable(struct terms *terms, struct why *w)
{
	size_t at = 0;
	const char *url;

	while ((url = options_next(
		    terms->arguments, "mutable-document", &at)) != NULL) {
		size_t i = 0;
		while (i < terms->count && strcmp(terms->all[i].url, url) != 0)
			i++;
		if (i == terms->count)
			return why(w, ERR_USAGE,
			    "--mutable-document %.256s: it is none of those "
			    "given with --incorporates",
			    url);
		terms->all[i].is_mutable = true;
	}
	return ERR_OK;
}

static enum err
take_all(struct terms *terms, struct why *w)
{
	size_t at = 0;
	enum err err = take_text(terms, w);
	const char *url = options_next(terms->arguments, "incorporates", &at);

	for (; url != NULL && err == ERR_OK;
	     url = options_next(terms->arguments, "incorporates", &at))
		err = take_incorporated(terms, url, w);
	return err == ERR_OK ? take_mutable(terms, w) : err;
}

/* ---- statements ---- */

static void
write_time(struct writer *w, uint64_t time_ms)
{
	char text[TEXT_TIME_LEN];

	text_time(time_ms, text);
	/* the second is enough: "….000Z" */
	writer_member(w, "fetchedOn");
	writer_format(w, "\"%.19sZ\"", text);
}

static void
write_hash(struct writer *w, const char *name, const struct hash *hash)
{
	writer_member(w, name);
	writer_text(w, "{\"sha256\":\"");
	writer_hex(w, hash_span(hash));
	writer_text(w, "\"}");
}

static void
write_subject(
    struct draft *draft, struct span name, const struct document *document)
{
	struct digest digest = digest_sha256(&document->sha256);
	struct digest_set set = { .count = 1, .digests = &digest };

	draft_resource(draft, name, SPAN_EMPTY, &set);
	draft_predicate(draft, "license");
}

/* The text is an attachment, which is kept here and goes to the log. */
static void
write_attachment(struct draft *draft, const struct document *document)
{
	struct writer *w = &draft->w;

	writer_member(w, "attachments");
	writer_text(w, "[{");
	writer_member_text(w, "name", span_of_text(LICENSE_TEXT));
	writer_member_text(w, "mediaType", document->media_type);
	write_hash(w, "digest", &document->sha256);
	writer_format(w, ",\"size\":\"%zu\"}]", document->body.len);
	draft->beside = document->body;
	draft->is_disclosed = true;
}

static void
write_incorporated(struct draft *draft, const struct terms *terms)
{
	struct writer *w = &draft->w;

	if (terms->count == 0)
		return;
	writer_member(w, "incorporates");
	writer_text(w, "[");
	for (size_t i = 0; i < terms->count; i++) {
		const struct incorporated *one = &terms->all[i];
		writer_comma(w);
		writer_text(w, "{");
		writer_member_text(w, "source", span_of_text(one->url));
		if (one->is_fetched) {
			write_hash(w, "digest", &one->document.sha256);
			write_time(w, one->document.fetched_ms);
		}
		if (one->is_mutable)
			writer_member_text(w, "mutable", span_of_text("yes"));
		if (one->clause.len > 0)
			writer_member_text(w, "clause", one->clause);
		writer_text(w, "}");
	}
	writer_text(w, "]");
}

/* In the order of FORMATS 1.10. */
static void
write_terms(struct draft *draft, const struct recording *recording,
    const struct terms *terms)
{
	struct writer *w = &draft->w;

	write_subject(draft, recording->name, &terms->text);
	draft_text(draft, "version", "version");
	draft_text(draft, "description", "description");
	write_attachment(draft, &terms->text);
	draft_text(draft, "license", "license");
	draft_text(draft, "source", "source");
	draft_text(draft, "fetchedOn", "fetched-on");
	if (terms->text.source.len > 0) {
		writer_member_text(w, "source", terms->text.source);
		write_time(w, terms->text.fetched_ms);
	}
	draft_text(draft, "mutable", "mutable");
	draft_text(draft, "clause", "clause");
	write_incorporated(draft, terms);
	writer_text(w, "}}");
}

/* A document taken in is a snapshot of its own, under the name of the text and
 * the number of the document. */
static void
write_beside(struct draft *draft, const struct recording *recording,
    const struct incorporated *one)
{
	struct writer *w = &draft->w;

	write_subject(draft, recording->name, &one->document);
	write_attachment(draft, &one->document);
	writer_member_text(
	    w, "license", span_of_text("LicenseRef-incorporated"));
	writer_member_text(w, "source", one->document.source);
	write_time(w, one->document.fetched_ms);
	if (one->is_mutable)
		writer_member_text(w, "mutable", span_of_text("yes"));
	writer_text(w, "}}");
}

/* ---- records ---- */

static enum err
record_beside(const struct recording *recording, const struct terms *terms,
    size_t at, struct why *w)
{
	struct recording beside = *recording; /* it borrows the key */
	char name[TEXT_NAME_MAX + 32];
	struct draft draft;
	enum err err;

	(void)snprintf(name, sizeof(name), "%.*s/incorporated-%zu",
	    SPAN_ARGS(recording->name), at + 1);
	beside.is_beside = true;
	beside.name = span_of_text(name);
	draft = draft_begin(terms->session, terms->arguments, w);
	write_beside(&draft, &beside, &terms->all[at]);
	err = recording_finish(&beside, &draft, w);
	draft_done(&draft);
	return err;
}

/* What it takes in first: when the text is there, all of it is. */
static enum err
record_all(
    struct recording *recording, const struct terms *terms, struct why *w)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < terms->count && err == ERR_OK; i++) {
		if (terms->all[i].is_fetched && !recording->is_dry)
			err = record_beside(recording, terms, i, w);
	}
	if (err != ERR_OK)
		return err;
	struct draft draft = draft_begin(terms->session, terms->arguments, w);
	write_terms(&draft, recording, terms);
	err = recording_finish(recording, &draft, w);
	draft_done(&draft);
	return err;
}

static enum err
check_options(const struct arguments *arguments, struct why *w)
{
	if (options_value(arguments, "license") == NULL)
		return why(w, ERR_USAGE,
		    "--license is missing: which licence is it the text of? an "
		    "SPDX id, or LicenseRef-…");
	if (options_has(arguments, "incorporates") &&
	    options_has(arguments, "no-submit"))
		return why(w, ERR_USAGE,
		    "--incorporates: each document is a record of its own, "
		    "which --no-submit cannot keep");
	return ERR_OK;
}

static enum err
run_license(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct recording recording;
	struct terms *terms = arena_take(session->arena, 1, sizeof(*terms));
	enum err err = check_options(arguments, w);

	if (terms == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (err == ERR_OK)
		err = recording_start(session, arguments, true, &recording, w);
	if (err != ERR_OK)
		return err;
	*terms = (struct terms){
		.session = session,
		.arguments = arguments,
	};
	err = take_all(terms, w);
	if (err == ERR_OK)
		err = record_all(&recording, terms, w);
	recording_done(&recording);
	return err;
}

static const struct option_row license_options[] = {
	{ .name = "url",
	    .value = "URL",
	    .help = "fetch the text: at most 1 MiB, 30 s, 5 redirects" },
	{ .name = "name",
	    .value = "PRINCIPAL/PATH",
	    .help = "what it is called; /PATH takes your principal" },
	{ .name = "license",
	    .value = "ID",
	    .help = "whose text it is: an SPDX id, or LicenseRef-…" },
	{ .name = "version", .value = "V", .help = "its version" },
	{ .name = "description", .value = "TEXT", .help = "in a sentence" },
	{ .name = "source", .value = "URI", .help = "where FILE came from" },
	{ .name = "fetched-on",
	    .value = "TIME",
	    .help = "and when: 2026-01-31T00:00:00Z" },
	{ .name = "mutable",
	    .value = "yes|no",
	    .help = "may its author change what was agreed to?" },
	{ .name = "clause", .value = "TEXT", .help = "the words that say so" },
	{ .name = "incorporates",
	    .is_many = true,
	    .value = "URL",
	    .help = "a document that it takes in: fetched and recorded too" },
	{ .name = "mutable-document",
	    .is_many = true,
	    .value = "URL",
	    .help = "one of those, which its author may change" },
	{ .name = "allow-missing",
	    .help = "record those that cannot be fetched as not fetched" },
	RECORDING_OPTIONS,
	{ .name = NULL },
};

const struct command command_record_license = {
	.name = "record license",
	.summary = "record the exact text of a licence, and what it takes in",
	.words = "FILE --name NAME --license ID | --url URL …",
	.help =
	    "Records the text by its sha256 and sends it to the log, so that\n"
	    "terms that change later do not change what was agreed to.  What\n"
	    "it takes in by reference (--incorporates) is fetched, recorded "
	    "as\n"
	    "NAME/incorporated-N, and named with the words that take it in.\n",
	.words_min = 0,
	.words_max = 1,
	.options = license_options,
	.run = run_license,
};
