#include "client/transport.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "client/url.h"
#include "schema/problem.h"
#include "schema/text.h"
#include "schema/writer.h"

#define TOTAL_MS 600000 /* of one call, however steadily it drips */
#define RETRY_MS_MAX 10000
#define RETRY_MS 500 /* where no Retry-After was given, doubled each time */

struct transport {
	transport_perform *perform;
	void *state;
	CURL *curl; /* NULL where a test stands behind the door */
};

/* ---- libcurl ---- */

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
	}
	if (header_value(line, "retry-after", &value) &&
	    text_undecimal(value, 3600, &seconds))
		in->retry_ms = seconds * 1000;
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
	if (in->body.err != ERR_OK)
		return why(w, in->body.err, "%s: out of memory", call->path);
	return why(w, ERR_MISSING,
	    "%s: %s; is the log running, and the URL right?", call->base,
	    curl_easy_strerror(code));
}

static void
set_call(CURL *curl, const struct transport_call *call, const char *url,
    struct curl_slist *headers, struct incoming *in)
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
	/* what goes into a file may be long, and is still bounded in size */
	if (call->sink == NULL)
		curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(
	    curl, CURLOPT_LOW_SPEED_TIME, (long)(TRANSPORT_IDLE_MS / 1000));
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, in);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, in);
	if (!call->is_post)
		return;
	curl_easy_setopt(curl, CURLOPT_POST, 1L);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
	    call->body.len > 0 ? (const char *)call->body.data : "");
	curl_easy_setopt(
	    curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
}

static struct curl_slist *
headers_of(const struct transport_call *call)
{
	char line[256];
	/* no 100-continue: it costs a round trip and some servers a second */
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");

	if (list == NULL || !call->is_post)
		return list;
	(void)snprintf(
	    line, sizeof(line), "Content-Type: %s", call->content_type);
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
		.body = body,
	};
	return ERR_OK;
}

static enum err
perform_curl(void *state, const struct transport_call *call,
    struct arena *arena, struct transport_answer *ret, struct why *w)
{
	struct transport *transport = state;
	char url[2 * URL_MAX];
	/* a problem may be longer than the answer that was expected */
	size_t cap = call->max > PROBLEM_LEN_MAX && call->sink == NULL
	    ? call->max
	    : PROBLEM_LEN_MAX;
	struct incoming in = {
		.body = writer_heap(cap),
		.max = call->sink != NULL ? call->max : cap,
		.sink = call->sink,
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

struct transport *
transport_of(transport_perform *perform, void *state)
{
	struct transport *transport = calloc(1, sizeof(*transport));

	if (transport != NULL) {
		transport->perform = perform;
		transport->state = state;
	}
	return transport;
}

struct transport *
transport_new(void)
{
	struct transport *transport = transport_of(perform_curl, NULL);

	if (transport == NULL)
		return NULL;
	transport->state = transport;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		transport->curl = curl_easy_init();
	if (transport->curl == NULL) {
		free(transport);
		return NULL;
	}
	return transport;
}

void
transport_free(struct transport *transport)
{
	if (transport == NULL)
		return;
	if (transport->curl != NULL) {
		curl_easy_cleanup(transport->curl);
		curl_global_cleanup();
	}
	free(transport);
}

/* ---- calls ---- */

void
transport_wait(struct transport *transport, uint64_t wait_ms)
{
	struct timespec left = {
		.tv_sec = (time_t)(wait_ms / 1000),
		.tv_nsec = (long)(wait_ms % 1000) * 1000000,
	};

	if (transport->curl != NULL)
		(void)nanosleep(&left, NULL);
}

static enum err
err_of_status(int status)
{
	if (status >= 200 && status < 300)
		return ERR_OK;
	if (status == 404)
		return ERR_NOT_FOUND;
	if (status == 409)
		return ERR_CONFLICT;
	if (status == 429 || status == 503)
		return ERR_BUSY;
	if (status >= 400 && status < 500 && status != 451)
		return ERR_REFUSED;
	return ERR_MISSING;
}

/* What the server said, in its own words where it has some. */
static enum err
refused(const struct transport_call *call,
    const struct transport_answer *answer, struct why *w)
{
	enum err err = err_of_status(answer->status);
	struct why said = { 0 };
	int status = 0;

	if (answer->status >= 300 && answer->status < 400)
		return why(w, err,
		    "%s: it answers %d, elsewhere; redirects are not followed, "
		    "give the log's own URL",
		    call->base, answer->status);
	if (answer->is_problem &&
	    problem_parse(answer->body, &status, &said) == ERR_OK)
		return why(w, err, "the log says: %s", said.text);
	return why(w, err, "%s%s: it answers %d", call->base, call->path,
	    answer->status);
}

static enum err
empty_sink(const struct transport_call *call, struct why *w)
{
	if (call->sink == NULL ||
	    (ftruncate(*call->sink, 0) == 0 &&
		lseek(*call->sink, 0, SEEK_SET) == 0))
		return ERR_OK;
	return why(w, ERR_IO, "%s: a file for it: %s", call->path,
	    strerrordesc_np(errno));
}

enum err
transport_do(struct transport *transport, const struct transport_call *call,
    struct arena *arena, struct span *ret, struct why *w)
{
	uint64_t wait_ms = RETRY_MS;

	for (unsigned try = 1;; try++) {
		struct transport_answer answer = { 0 };
		enum err err = empty_sink(call, w);
		if (err != ERR_OK)
			return err;
		err = transport->perform(
		    transport->state, call, arena, &answer, w);
		if (err != ERR_OK)
			return err;
		err = err_of_status(answer.status);
		if (err == ERR_OK && answer.body.len > call->max)
			return why(w, ERR_TOO_LARGE,
			    "%s%s: the answer is longer than %zu bytes",
			    call->base, call->path, call->max);
		if (err == ERR_OK) {
			*ret = answer.body;
			return ERR_OK;
		}
		if (err != ERR_BUSY || try == TRANSPORT_TRIES ||
		    answer.retry_ms > RETRY_MS_MAX)
			return refused(call, &answer, w);
		transport_wait(
		    transport, answer.retry_ms > 0 ? answer.retry_ms : wait_ms);
		wait_ms *= 2;
	}
}
