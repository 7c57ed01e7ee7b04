#include "client/url.h"

#include <string.h>

#include "schema/text.h"

/* The part between "://" and the first '/', '?' or '#'. */
static bool
split_url(struct span url, struct span *ret_scheme, struct span *ret_host,
    struct span *ret_rest)
{
	size_t colon = span_find(url, ':');
	struct span rest = span_part(url, colon, url.len);
	size_t len = 0;

	if (!span_starts(rest, "://"))
		return false;
	rest = span_part(rest, 3, rest.len);
	while (len < rest.len && strchr("/?#", rest.data[len]) == NULL)
		len++;
	*ret_scheme = span_part(url, 0, colon);
	*ret_host = span_part(rest, 0, len);
	*ret_rest = span_part(rest, len, rest.len);
	return true;
}

enum err
url_parse(const char *text, char ret[static URL_MAX], struct why *w)
{
	struct span url = span_of_text(text);
	struct span scheme;
	struct span host;
	struct span rest;

	if (!text_is_uri(url) || !split_url(url, &scheme, &host, &rest) ||
	    host.len == 0)
		return why(w, ERR_USAGE,
		    "%.128s: not a URL; like https://log.example.org", text);
	if (!span_is(scheme, "http") && !span_is(scheme, "https"))
		return why(w, ERR_USAGE,
		    "%.128s: only http:// and https:// are spoken", text);
	if (span_find(host, '@') < host.len)
		return why(w, ERR_USAGE,
		    "URL: a user or password in it would be remembered and "
		    "shown; give it without");
	if (span_find(rest, '?') < rest.len || span_find(rest, '#') < rest.len)
		return why(w, ERR_USAGE,
		    "%.128s: a log's URL has no '?' and no '#'", text);
	while (url.len > 0 && url.data[url.len - 1] == '/')
		url.len--;
	if (url.len >= URL_MAX)
		return why(w, ERR_USAGE, "URL: %zu bytes, at most %d", url.len,
		    URL_MAX - 1);
	memcpy(ret, url.data, url.len);
	ret[url.len] = '\0';
	return ERR_OK;
}

static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	    c == '~';
}

void
url_escape(struct span text, struct writer *w)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.data[i];
		char escaped[4] = { '%', digits[text.data[i] >> 4],
			digits[text.data[i] & 15] };
		if (is_unreserved(c))
			writer_u8(w, text.data[i]);
		else
			writer_text(w, escaped);
	}
}
