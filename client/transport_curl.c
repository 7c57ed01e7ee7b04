#include "client/transport_curl.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "client/url.h"
#include "schema/problem.h"
#include "schema/text.h"
#include "schema/writer.h"

#define TOTAL_MS 600000 /* of one call, however steadily it drips */

struct transport_curl {
	CURL *curl;
};

/* One answer as it comes in. */
struct incoming {
	struct writer body;
	size_t max;
	bool is_good; /* its status is 2xx */
	const int *sink;
	size_t sunk; /* bytes that went into it */
	int sink_errno;
	uint64_t retry_ms;
	bool is_problem;
	bool has_offset;
	uint64_t offset;
	/* what goes out, of a PUT */
	struct transport_part part;
	int part_errno;
};

static bool
sink(struct incoming *in, const char *data, size_t len)
{
	in->sunk += len;
	if (in->sunk > in->max) {
		in->body.err = ERR_LIMIT;
		return false;
	}
	while (len > 0) {
		ssize_t written = write(*in->sink, data, len);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			in->sink_errno = written < 0 ? errno : EIO;
			return false;
		}
		data += written;
		len -= (size_t)written;
	}
	return true;
}

static size_t
take_body(char *data, size_t size, size_t count, void *state)
{
	struct incoming *in = state;
	size_t len = size * count; /* libcurl: size is always 1 */

	if (in->sink != NULL && in->is_good)
		return sink(in, data, len) ? len : 0;
	writer_bytes(&in->body, data, len);
	return writer_end(&in->body) == ERR_OK ? len : 0;
}

/* A file that has become shorter would never end: an error too. */
static size_t
give_part(char *data, size_t size, size_t count, void *state)
{
	struct incoming *in = state;
	struct transport_part *part = &in->part;
	size_t len = size * count;

	if (len > part->end - part->begin)
		len = (size_t)(part->end - part->begin);
	if (len == 0)
		return 0;
	ssize_t got = pread(part->fd, data, len, (off_t)part->begin);
	if (got <= 0) {
		in->part_errno = got < 0 ? errno : ENODATA;
		return CURL_READFUNC_ABORT;
	}
	part->begin += (uint64_t)got;
	return (size_t)got;
}

/* The value of a header line when it is this header, without white space. */
static bool
header_value(struct span line, const char *name, struct span *ret)
{
	size_t len = strlen(name);

	if (line.len <= len || line.data[len] != ':' ||
	    strncasecmp((const char *)line.data, name, len) != 0)
		return false;
	struct span value = span_part(line, len + 1, line.len);
	while (value.len > 0 && (value.data[0] == ' ' || value.data[0] == '\t'))
		value = span_part(value, 1, value.len);
	while (value.len > 0 && value.data[value.len - 1] <= ' ')
		value.len--;
	*ret = value;
	return true;
}

static size_t
take_header(char *data, size_t size, size_t count, void *state)
{
	struct incoming *in = state;
	struct span line = span_of(data, size * count);
	struct span value;
	uint64_t seconds;

	if (span_starts(line, "HTTP/")) { /* a new answer, after a 100 */
		struct span status =
		    span_part(line, span_find(line, ' ') + 1, 1);
		in->is_good = span_is(status, "2");
		in->retry_ms = 0;
		in->is_problem = false;
		in->has_offset = false;
	}
	if (header_value(line, "retry-after", &value) &&
	    text_undecimal(value, 3600, &seconds))
		in->retry_ms = seconds * 1000;
	if (header_value(line, "upload-offset", &value))
		in->has_offset = text_undecimal(value, INT64_MAX, &in->offset);
	if (header_value(line, "content-type", &value))
		in->is_problem = span_starts(value, PROBLEM_MEDIA_TYPE);
	return size * count;
}

static enum err
call_failed(CURLcode code, const struct incoming *in,
    const struct transport_call *call, struct why *w)
{
	if (in->body.err == ERR_LIMIT)
		return why(w, ERR_TOO_LARGE,
		    "%s%s: the answer is longer than %zu bytes", call->base,
		    call->path, in->max);
	if (in->sink_errno != 0)
		return why(w, in->sink_errno == ENOSPC ? ERR_FULL : ERR_IO,
		    "%s: what the log sends cannot be written: %s", call->path,
		    strerrordesc_np(in->sink_errno));
	if (in->part_errno != 0)
		return why(w, ERR_IO, "%s: what is sent cannot be read: %s",
		    call->path, strerrordesc_np(in->part_errno));
	if (in->body.err != ERR_OK)
		return why(w, in->body.err, "%s: out of memory", call->path);
	return why(w, ERR_MISSING,
	    "%s: %s; is the log running, and the URL right?", call->base,
	    curl_easy_strerror(code));
}

/* What every call has; a PUT adds a file, and a POST its body. */
static void
set_common(CURL *curl, const struct transport_call *call, const char *url)
{
	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "headwater");
	/* entry bundles may be gzip without being asked (tlog-tiles); the
	 * limit counts what comes out */
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(
	    curl, CURLOPT_CONNECTTIMEOUT_MS, (long)TRANSPORT_CONNECT_MS);
	/* files may be long, and are still bounded in size */
	if (call->sink == NULL && call->method != TRANSPORT_PUT)
		curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(
	    curl, CURLOPT_LOW_SPEED_TIME, (long)(TRANSPORT_IDLE_MS / 1000));
}

static void
set_method(CURL *curl, const struct transport_call *call, struct incoming *in)
{
	switch (call->method) {
	case TRANSPORT_GET:
		break;
	case TRANSPORT_HEAD:
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
		break;
	case TRANSPORT_POST:
		curl_easy_setopt(curl, CURLOPT_POST, 1L);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
		    call->body.len > 0 ? (const char *)call->body.data : "");
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)call->body.len);
		break;
	case TRANSPORT_PUT:
		curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_part);
		curl_easy_setopt(curl, CURLOPT_READDATA, in);
		curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE,
		    (curl_off_t)(in->part.end - in->part.begin));
		break;
	}
}

static void
set_call(CURL *curl, const struct transport_call *call, const char *url,
    struct curl_slist *headers, struct incoming *in)
{
	set_common(curl, call, url);
	set_method(curl, call, in);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, in);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, in);
}

/* The line that a method needs beside the common ones; false: none. */
static bool
own_header(const struct transport_call *call, char *line, size_t cap)
{
	const struct transport_part *part = &call->part;

	if (call->method == TRANSPORT_POST)
		(void)snprintf(
		    line, cap, "Content-Type: %s", call->content_type);
	if (call->method == TRANSPORT_PUT)
		(void)snprintf(line, cap,
		    "Content-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
		    part->begin, part->end - 1, part->size);
	return call->method == TRANSPORT_POST || call->method == TRANSPORT_PUT;
}

static struct curl_slist *
headers_of(const struct transport_call *call)
{
	char line[256];
	/* no 100-continue: it costs a round trip and some servers a second */
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");

	if (list == NULL || !own_header(call, line, sizeof(line)))
		return list;
	struct curl_slist *longer = curl_slist_append(list, line);
	if (longer == NULL)
		curl_slist_free_all(list);
	return longer;
}

static enum err
finish(CURL *curl, const struct incoming *in, struct arena *arena,
    struct transport_answer *ret)
{
	long status = 0;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	struct span body = arena_copy(arena, writer_view(&in->body));
	if (body.data == NULL)
		return ERR_MEMORY;
	*ret = (struct transport_answer){
		.status = (int)status,
		.retry_ms = in->retry_ms,
		.is_problem = in->is_problem,
		.has_offset = in->has_offset,
		.offset = in->offset,
		.body = body,
	};
	return ERR_OK;
}

enum err
transport_curl_perform(void *state, const struct transport_call *call,
    struct arena *arena, struct transport_answer *ret, struct why *w)
{
	struct transport_curl *transport = state;
	char url[2 * URL_MAX];
	/* a problem may be longer than the answer that was expected */
	size_t cap = call->max > PROBLEM_LEN_MAX && call->sink == NULL
	    ? call->max
	    : PROBLEM_LEN_MAX;
	struct incoming in = {
		.body = writer_heap(cap),
		.max = call->sink != NULL ? call->max : cap,
		.sink = call->sink,
		.part = call->part,
	};
	int len = snprintf(url, sizeof(url), "%s%s", call->base, call->path);

	if (len < 0 || (size_t)len >= sizeof(url))
		return why(w, ERR_LIMIT, "%.64s…: the URL is too long", url);
	struct curl_slist *headers = headers_of(call);
	if (headers == NULL)
		return why(w, ERR_MEMORY, "%s: out of memory", call->path);
	set_call(transport->curl, call, url, headers, &in);
	CURLcode code = curl_easy_perform(transport->curl);
	enum err err = code == CURLE_OK
	    ? finish(transport->curl, &in, arena, ret)
	    : call_failed(code, &in, call, w);
	curl_slist_free_all(headers);
	writer_done(&in.body);
	return err;
}

/* ---- birth and death ---- */

struct transport_curl *
transport_curl_new(void)
{
	struct transport_curl *transport = calloc(1, sizeof(*transport));

	if (transport == NULL)
		return NULL;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		transport->curl = curl_easy_init();
	if (transport->curl != NULL)
		return transport;
	free(transport);
	return NULL;
}

void
transport_curl_free(struct transport_curl *curl)
{
	if (curl == NULL)
		return;
	curl_easy_cleanup(curl->curl);
	curl_global_cleanup();
	free(curl);
}
