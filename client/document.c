#include "client/document.h"

#include "client/web.h"
#include "schema/member.h"
#include "schema/text.h"

static bool
is_html(const struct document *document)
{
	return span_is(document->media_type, "text/html") ||
	    span_is(document->media_type, "application/xhtml+xml");
}

enum err
document_fetch(struct session *session, const char *url, struct document *ret,
    struct why *w)
{
	struct web_page page;
	struct document document;
	enum err err = web_fetch(url, &web_limits, session->arena, &page, w);

	if (err != ERR_OK)
		return err;
	document = (struct document){
		.body = page.body,
		.sha256 = sha256_of(page.body),
		.media_type = page.media_type,
		.source = span_of_text(url),
		.fetched_ms = page.fetched_ms,
	};
	if (document.media_type.len == 0)
		document.media_type = span_of_text("text/plain");
	if (!span_equal(page.url, document.source))
		output_note(&session->out, "%s: found at %.*s", url,
		    SPAN_ARGS(page.url));
	if (is_html(&document))
		output_warn(&session->out,
		    "%s is a page of HTML, which may change where its terms do "
		    "not: a plain text is better",
		    url);
	*ret = document;
	return ERR_OK;
}

enum err
document_read(struct session *session, const char *path, struct document *ret,
    struct why *w)
{
	struct span body;
	enum err err = disk_read(path, WEB_LEN_MAX, session->arena, &body, w);

	if (err != ERR_OK)
		return err;
	if (body.len == 0)
		return why(w, ERR_REFUSED, "%s: empty", path);
	*ret = (struct document){
		.body = body,
		.sha256 = sha256_of(body),
		.media_type = span_of_text(text_is_utf8(body)
			? "text/plain"
			: "application/octet-stream"),
	};
	return ERR_OK;
}

/* ---- the words that name a URL ---- */

static bool
find(struct span text, struct span part, size_t *ret)
{
	for (size_t at = 0; part.len > 0 && at + part.len <= text.len; at++) {
		if (span_equal(span_part(text, at, part.len), part)) {
			*ret = at;
			return true;
		}
	}
	return false;
}

/* Without scheme and final '/': a text may name it with another. */
static struct span
bare(struct span url)
{
	size_t colon = span_find(url, ':');
	struct span rest = span_part(url, colon + 1, url.len);

	while (rest.len > 0 && rest.data[0] == '/')
		rest = span_part(rest, 1, rest.len);
	while (rest.len > 0 && rest.data[rest.len - 1] == '/')
		rest.len--;
	return rest;
}

/* The bounds of the part shown, which splits no UTF-8 sequence. */
static struct span
around(struct span line, size_t at, size_t len)
{
	size_t room = len < DOCUMENT_CLAUSE_MAX ? DOCUMENT_CLAUSE_MAX - len : 0;
	size_t from = at > room / 2 ? at - room / 2 : 0;

	while (from > 0 && from < at && (line.data[from] & 0xc0) == 0x80)
		from++;
	struct span part = span_part(line, from, DOCUMENT_CLAUSE_MAX);
	while (part.len > 0 && part.len < line.len - from &&
	    (line.data[from + part.len] & 0xc0) == 0x80)
		part.len--;
	return part;
}

static struct span
trim(struct span text)
{
	while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
		text = span_part(text, 1, text.len);
	while (text.len > 0 && text.data[text.len - 1] <= ' ')
		text.len--;
	return text;
}

struct span
document_clause(struct span body, struct span url)
{
	struct span named = bare(url);
	size_t at;

	if (!find(body, named, &at))
		return SPAN_EMPTY;
	size_t start = at;
	while (start > 0 && body.data[start - 1] != '\n')
		start--;
	struct span line = span_part(body, start, body.len);
	line.len = span_find(line, '\n');
	struct span clause = trim(around(line, at - start, named.len));
	return member_is_block(clause) ? clause : SPAN_EMPTY;
}
