#include "client/web.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "client/url.h"
#include "schema/text.h"

const struct web_limits web_limits = {
	.len_max = WEB_LEN_MAX,
	.time_ms = WEB_TIME_MS,
	.redirects = WEB_REDIRECTS,
};

struct fetch {
	CURL *curl;
	const char *url;
	const struct web_limits *limits;
	struct arena *arena;
	struct writer body;
	bool is_encoded;
	struct why *why;
};

/* ---- what comes in ---- */

static size_t
take_body(char *data, size_t size, size_t count, void *state)
{
	struct fetch *fetch = state;

	writer_bytes(&fetch->body, data, size * count);
	return writer_end(&fetch->body) == ERR_OK ? size * count : 0;
}

static size_t
take_header(char *data, size_t size, size_t count, void *state)
{
	static const char name[] = "content-encoding:";
	struct fetch *fetch = state;
	struct span line = span_of(data, size * count);

	if (span_starts(line, "HTTP/")) { /* of another answer: a redirect */
		fetch->is_encoded = false;
		writer_clear(&fetch->body);
	}
	if (line.len >= sizeof(name) &&
	    strncasecmp(data, name, sizeof(name) - 1) == 0) {
		struct span value = span_part(line, sizeof(name) - 1, line.len);
		while (value.len > 0 && value.data[0] == ' ')
			value = span_part(value, 1, value.len);
		fetch->is_encoded = !span_starts(value, "identity");
	}
	return line.len;
}

/* ---- how it is asked ---- */

static void
set_limits(const struct fetch *fetch)
{
	const struct web_limits *limits = fetch->limits;

	curl_easy_setopt(fetch->curl, CURLOPT_TIMEOUT_MS, limits->time_ms);
	curl_easy_setopt(
	    fetch->curl, CURLOPT_CONNECTTIMEOUT_MS, limits->time_ms);
	curl_easy_setopt(fetch->curl, CURLOPT_MAXREDIRS, limits->redirects);
	/* where the length is told, before a byte of it */
	curl_easy_setopt(fetch->curl, CURLOPT_MAXFILESIZE_LARGE,
	    (curl_off_t)limits->len_max);
}

static void
set_call(struct fetch *fetch)
{
	bool is_https = strncasecmp(fetch->url, "https:", 6) == 0;
	CURL *curl = fetch->curl;

	set_limits(fetch);
	curl_easy_setopt(curl, CURLOPT_URL, fetch->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR,
	    is_https ? "https" : "http,https");
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "headwater");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetch);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, fetch);
}

/* ---- what it says ---- */

static enum err
call_failed(const struct fetch *fetch, CURLcode code)
{
	const struct web_limits *limits = fetch->limits;
	long status = 0;

	if (code == CURLE_FILESIZE_EXCEEDED || fetch->body.err == ERR_LIMIT)
		return why(fetch->why, ERR_TOO_LARGE,
		    "%.256s: longer than %zu bytes", fetch->url,
		    limits->len_max);
	if (fetch->body.err != ERR_OK || code == CURLE_OUT_OF_MEMORY)
		return why(fetch->why, ERR_MEMORY, "out of memory");
	if (code == CURLE_OPERATION_TIMEDOUT)
		return why(fetch->why, ERR_MISSING,
		    "%.256s: not all of it came within %ld.%03ld s", fetch->url,
		    limits->time_ms / 1000, limits->time_ms % 1000);
	if (code == CURLE_TOO_MANY_REDIRECTS)
		return why(fetch->why, ERR_MISSING,
		    "%.256s: more than %ld redirects", fetch->url,
		    limits->redirects);
	/* the same code where what answers speaks no HTTP: then without status */
	curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &status);
	if (code == CURLE_UNSUPPORTED_PROTOCOL && status != 0)
		return why(fetch->why, ERR_REFUSED,
		    "%.256s: it redirects to what is not %s", fetch->url,
		    strncasecmp(fetch->url, "https:", 6) == 0
			? "https"
			: "http or https");
	return why(fetch->why, ERR_MISSING, "%.256s: %s", fetch->url,
	    curl_easy_strerror(code));
}

static enum err
check_status(const struct fetch *fetch)
{
	long status = 0;

	curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200)
		return ERR_OK;
	return why(fetch->why,
	    status == 404 || status == 410 ? ERR_NOT_FOUND : ERR_REFUSED,
	    "%.256s: it answers %ld", fetch->url, status);
}

static struct span
media_type(const struct fetch *fetch)
{
	const char *given = NULL;
	struct span type = SPAN_EMPTY;

	curl_easy_getinfo(fetch->curl, CURLINFO_CONTENT_TYPE, &given);
	if (given != NULL)
		type = span_of_text(given);
	type = span_part(type, 0, span_find(type, ';'));
	while (type.len > 0 && type.data[type.len - 1] == ' ')
		type.len--;
	uint8_t *small = arena_take(fetch->arena, type.len, 1);
	for (size_t i = 0; small != NULL && i < type.len; i++) {
		uint8_t byte = type.data[i];
		bool is_upper = byte >= 'A' && byte <= 'Z';
		small[i] = is_upper ? (uint8_t)(byte + 'a' - 'A') : byte;
	}
	return span_of(small, small == NULL ? 0 : type.len);
}

/* A page that is no document is more likely an error, or a trap. */
static bool
is_document(struct span type, struct span body)
{
	if (span_starts(type, "text/") ||
	    span_is(type, "application/xhtml+xml") ||
	    span_is(type, "application/pdf"))
		return true;
	return (type.len == 0 || span_is(type, "application/octet-stream")) &&
	    text_is_utf8(body);
}

static enum err
check_body(const struct fetch *fetch, struct span type, struct span body)
{
	if (fetch->is_encoded)
		return why(fetch->why, ERR_REFUSED,
		    "%.256s: it comes encoded, unasked: the bytes of the text "
		    "are not known",
		    fetch->url);
	if (body.len == 0)
		return why(
		    fetch->why, ERR_REFUSED, "%.256s: empty", fetch->url);
	if (!is_document(type, body))
		return why(fetch->why, ERR_REFUSED,
		    "%.256s: its type is %.*s; a text is needed", fetch->url,
		    SPAN_ARGS(span_part(
			type.len > 0 ? type : span_of_text("not known"), 0,
			64)));
	return ERR_OK;
}

static enum err
finish(const struct fetch *fetch, struct web_page *ret)
{
	struct web_page page = { .media_type = media_type(fetch) };
	const char *url = fetch->url;
	struct timespec now;
	enum err err = check_status(fetch);

	if (err == ERR_OK)
		err = check_body(
		    fetch, page.media_type, writer_view(&fetch->body));
	if (err != ERR_OK)
		return err;
	curl_easy_getinfo(fetch->curl, CURLINFO_EFFECTIVE_URL, &url);
	(void)clock_gettime(CLOCK_REALTIME, &now);
	page.fetched_ms = (uint64_t)now.tv_sec * 1000;
	page.url = arena_copy(fetch->arena, span_of_text(url));
	page.body = arena_copy(fetch->arena, writer_view(&fetch->body));
	if (page.url.data == NULL || page.body.data == NULL)
		return why(fetch->why, ERR_MEMORY, "out of memory");
	*ret = page;
	return ERR_OK;
}

/* As the URL of a log, but for what a log has none of. */
static enum err
check_url(const char *url, struct why *w)
{
	struct span text = span_of_text(url);
	struct span plain = span_part(text, 0, span_find(text, '?'));
	char copy[URL_MAX];
	char form[URL_MAX];

	if (text.len > WEB_URL_MAX - 1)
		return why(w, ERR_USAGE, "URL: %zu bytes, at most %d", text.len,
		    WEB_URL_MAX - 1);
	if (span_find(text, '#') < text.len)
		return why(w, ERR_USAGE,
		    "%.256s: the whole document is fetched: give it without #",
		    url);
	if (!text_is_uri(text) || plain.len >= sizeof(copy))
		return why(w, ERR_USAGE, "%.256s: not a URL", url);
	memcpy(copy, plain.data, plain.len);
	copy[plain.len] = '\0';
	return url_parse(copy, form, w);
}

enum err
web_fetch(const char *url, const struct web_limits *limits, struct arena *arena,
    struct web_page *ret, struct why *w)
{
	struct fetch fetch = {
		.url = url,
		.limits = limits,
		.arena = arena,
		.why = w,
	};
	enum err err = check_url(url, w);

	if (err != ERR_OK)
		return err;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return why(w, ERR_MEMORY, "libcurl does not start");
	fetch.curl = curl_easy_init();
	fetch.body = writer_heap(limits->len_max);
	if (fetch.curl == NULL) {
		err = why(w, ERR_MEMORY, "libcurl does not start");
	} else {
		set_call(&fetch);
		CURLcode code = curl_easy_perform(fetch.curl);
		err = code == CURLE_OK ? finish(&fetch, ret)
				       : call_failed(&fetch, code);
	}
	writer_done(&fetch.body);
	curl_easy_cleanup(fetch.curl);
	curl_global_cleanup();
	return err;
}
