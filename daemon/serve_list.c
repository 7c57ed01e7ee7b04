/*
 * Lists of records, of releases, of advisories.
 */
#include "daemon/answer.h"
#include "daemon/lookup.h"
#include "daemon/render.h"
#include "daemon/render_shard.h"

/* ---- lists ---- */

/* Keyrings are the log's own: their principal and name are its origin. */
static bool
is_origin(const struct request *request, struct span text)
{
	return span_is(text, request->ledger->key.name);
}

static enum err
take_names(
    const struct request *request, struct lookup_filter *filter, struct why *w)
{
	if (request_query(request, "principal", &filter->principal) &&
	    !text_is_principal(filter->principal) &&
	    !is_origin(request, filter->principal))
		return why(w, ERR_SYNTAX, "principal: [a-z0-9._@-], at most %d",
		    TEXT_PRINCIPAL_MAX);
	if (request_query(request, "name", &filter->name) &&
	    !text_is_name(filter->name) && !is_origin(request, filter->name))
		return why(w, ERR_SYNTAX,
		    "name: <principal>/<path> of [a-z0-9._@-], at most %d",
		    TEXT_NAME_MAX);
	return ERR_OK;
}

/* A URI, or its sha256: what a query may hold has not all that URIs have. */
static enum err
take_source(struct span text, struct digest *ret, struct why *w)
{
	if (span_starts(text, "sha256:") &&
	    digest_parse(text, ret, NULL) == ERR_OK)
		return ERR_OK;
	if (!text_is_uri(text))
		return why(w, ERR_SYNTAX, "an absolute URI is needed");
	*ret = gist_source(text);
	return ERR_OK;
}

/* What a record refers to, by one of these queries. */
static enum err
take_reference(
    const struct request *request, struct lookup_filter *filter, struct why *w)
{
	static const char *const names[] = {
		[GIST_LICENSE_TEXT] = "rests",
		[GIST_LICENSE_SOURCE] = "source",
		[GIST_ABOUT] = "about",
		[GIST_COMPONENT] = "component",
	};
	struct gist_reference *reference = &filter->reference;
	enum err err = ERR_OK;
	struct span text;

	for (unsigned i = 1; err == ERR_OK && i < GIST_REFERENCE_WHATS; i++) {
		if (!request_query(request, names[i], &text))
			continue;
		if (filter->has_reference)
			return why(w, ERR_SYNTAX,
			    "%s: one of rests, source, about and component",
			    names[i]);
		filter->has_reference = true;
		reference->what = (enum gist_reference_what)i;
		if (i == GIST_LICENSE_SOURCE)
			err = take_source(text, &reference->digest, w);
		else
			err = digest_parse(text, &reference->digest, w);
		if (err != ERR_OK)
			why_prefix(w, names[i]);
	}
	return err;
}

static enum err
take_filter(
    const struct request *request, struct lookup_filter *filter, struct why *w)
{
	struct span text;

	if (request_query(request, "subject", &text)) {
		enum err err = digest_parse(text, &filter->subject, w);

		if (err != ERR_OK) {
			why_prefix(w, "subject");
			return err;
		}
		filter->has_subject = true;
	}
	if (request_query(request, "signer", &filter->signer) &&
	    (filter->signer.len != SSH_FINGERPRINT_LEN ||
		!span_starts(filter->signer, "SHA256:")))
		return why(w, ERR_SYNTAX,
		    "signer: SHA256:<43 digits> as `ssh-keygen -lf` prints it");
	if (request_query(request, "kind", &text)) {
		if (!record_kind_parse(text, &filter->kind))
			return why(w, ERR_SYNTAX,
			    "kind: dataset, code, model, run, provenance, "
			    "evaluation, release, withdrawal, keyring, "
			    "advisory, disclosure, license, audit, other");
		filter->has_kind = true;
	}
	enum err err = take_reference(request, filter, w);
	return err == ERR_OK ? take_names(request, filter, w) : err;
}

/* `after` is the last position that was seen. */
static enum err
take_range(const struct request *request, uint64_t limit_max,
    struct lookup_range *range, struct why *w)
{
	static const uint64_t positions[] = { 0, TREE_SIZE_MAX };
	const uint64_t limits[] = { 1, limit_max };
	struct span text;
	uint64_t after = 0;
	uint64_t limit = LIST_LIMIT_DEFAULT;
	enum err err =
	    request_query_number(request, "after", positions, &after, w);

	if (err == ERR_OK)
		err = request_query_number(request, "limit", limits, &limit, w);
	if (err != ERR_OK)
		return err;
	range->from = request_query(request, "after", &text) ? after + 1 : 0;
	range->limit = (size_t)limit;
	return ERR_OK;
}

static enum err
put_list(struct request *request, struct reply *reply,
    struct lookup_filter *filter, struct why *w)
{
	bool has_version = filter->has_kind; /* asked by /v1/releases */
	struct lookup_page page;
	struct view view;
	struct lookup_range range = { .limit = 1 };
	enum err err = take_filter(request, filter, w);
	enum err end;

	if (err == ERR_OK)
		err = take_range(request, LIST_LIMIT_MAX, &range, w);
	if (err != ERR_OK)
		return err;
	view = answer_view(request);
	err = lookup_page(&view, filter, &range, request->arena, &page);
	if (err == ERR_OK)
		render_page(&page, has_version, &reply->body);
	end = view_close(&view);
	return err != ERR_OK ? err : end;
}

static enum err
put_records(struct request *request, struct reply *reply, struct why *w)
{
	struct lookup_filter filter = { .has_kind = false };

	return put_list(request, reply, &filter, w);
}

enum served
serve_records(struct request *request, struct reply *reply)
{
	return answer_from_index(request, reply, put_records);
}

/* ---- releases ---- */

static enum err
put_releases(struct request *request, struct reply *reply, struct why *w)
{
	struct lookup_filter filter = {
		.has_kind = true,
		.kind = RECORD_RELEASE,
	};

	return put_list(request, reply, &filter, w);
}

enum served
serve_releases(struct request *request, struct reply *reply)
{
	return answer_from_index(request, reply, put_releases);
}

static enum err
take_release(
    const struct request *request, struct lookup_filter *filter, struct why *w)
{
	filter->has_kind = true;
	filter->kind = RECORD_RELEASE;
	return answer_take_release(
	    request->segments[0], &filter->name, &filter->version, w);
}

static enum err
put_payloads(struct request *request, struct render_release *release)
{
	size_t count = release->newest.count;
	enum err err = ERR_OK;

	release->payloads =
	    arena_take(request->arena, count, sizeof(*release->payloads));
	if (release->payloads == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		const struct view_record *record =
		    &release->newest.items[i].record;
		release->payloads[i] = span_of_text("null");
		if (!record->is_withheld)
			err = answer_payload(record->entry, request->arena,
			    &release->payloads[i]);
	}
	return err;
}

static enum err
put_release(struct request *request, struct reply *reply, struct why *w)
{
	struct lookup_filter filter = { .has_subject = false };
	struct render_release release;
	struct view view;
	enum err err = take_release(request, &filter, w);
	enum err end;

	if (err != ERR_OK)
		return err;
	view = answer_view(request);
	release = (struct render_release){
		.size = view.end,
		.name = filter.name,
		.version = filter.version,
	};
	err = lookup_newest(&view, &filter, RELEASE_RECORDS_MAX, request->arena,
	    &release.newest);
	if (err == ERR_OK)
		err = put_payloads(request, &release);
	if (err == ERR_OK)
		render_release(&release, &reply->body);
	end = view_close(&view);
	if (err == ERR_OK)
		err = end;
	if (err == ERR_OK && release.newest.count == 0)
		return why(w, ERR_NOT_FOUND,
		    "release: no record of %.*s version %.*s in the first "
		    "%llu records",
		    SPAN_ARGS(filter.name), SPAN_ARGS(filter.version),
		    (unsigned long long)release.size);
	return err;
}

enum served
serve_release(struct request *request, struct reply *reply)
{
	struct span format;

	if (request_query(request, "format", &format))
		return serve_export(request, reply);
	return answer_from_index(request, reply, put_release);
}

/* ---- advisories ---- */

static enum err
tell_all(struct view *view, const struct lookup_page *page, struct span as,
    struct arena *arena, struct warning **ret)
{
	struct warning *warnings =
	    arena_take(arena, page->count, sizeof(*warnings));
	enum err err = warnings == NULL ? ERR_MEMORY : ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < page->count; i++)
		err = warning_tell(
		    view, &page->items[i].record, as, arena, &warnings[i]);
	*ret = warnings;
	return err;
}

static enum err
put_advisories(struct request *request, struct reply *reply, struct why *w)
{
	struct lookup_filter filter = {
		.has_kind = true,
		.kind = RECORD_ADVISORY,
		.is_warning = true,
	};
	struct lookup_range range = { .limit = 1 };
	struct warning *warnings;
	struct lookup_page page;
	struct span as;
	struct view view;
	enum err err = take_filter(request, &filter, w);
	enum err end;

	if (err == ERR_OK)
		err = take_range(request, WARNINGS_LIMIT_MAX, &range, w);
	if (err == ERR_OK)
		err = answer_take_as(request, &as, w);
	if (err != ERR_OK)
		return err;
	view = answer_view(request);
	err = lookup_page(&view, &filter, &range, request->arena, &page);
	if (err == ERR_OK)
		err = tell_all(&view, &page, as, request->arena, &warnings);
	if (err == ERR_OK)
		render_warnings(&page, warnings, &reply->body);
	end = view_close(&view);
	return err != ERR_OK ? err : end;
}

enum served
serve_advisories(struct request *request, struct reply *reply)
{
	return answer_from_index(request, reply, put_advisories);
}
