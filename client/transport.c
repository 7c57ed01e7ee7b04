#include "client/transport.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "schema/problem.h"

#define RETRY_MS_MAX 10000
#define RETRY_MS 500 /* where no Retry-After was given, doubled each time */

struct transport {
	transport_perform *perform;
	void *state;
	struct transport_curl *curl; /* NULL: a test stands behind the door */
};

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
	struct transport_curl *curl = transport_curl_new();

	if (curl == NULL)
		return NULL;
	struct transport *transport =
	    transport_of(transport_curl_perform, curl);
	if (transport == NULL)
		transport_curl_free(curl);
	else
		transport->curl = curl;
	return transport;
}

void
transport_free(struct transport *transport)
{
	if (transport == NULL)
		return;
	transport_curl_free(transport->curl);
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
	if (status == 451)
		return ERR_WITHHELD;
	if (status >= 400 && status < 500)
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

/* As often as it is busy, and no more often than is polite. */
enum err
transport_ask(struct transport *transport, const struct transport_call *call,
    struct arena *arena, struct transport_answer *ret, struct why *w)
{
	uint64_t wait_ms = RETRY_MS;

	for (unsigned try = 1;; try++) {
		struct transport_answer answer = { 0 };
		enum err err = empty_sink(call, w);
		if (err == ERR_OK)
			err = transport->perform(
			    transport->state, call, arena, &answer, w);
		if (err != ERR_OK)
			return err;
		*ret = answer;
		if (err_of_status(answer.status) != ERR_BUSY ||
		    try == TRANSPORT_TRIES || answer.retry_ms > RETRY_MS_MAX)
			return ERR_OK;
		transport_wait(
		    transport, answer.retry_ms > 0 ? answer.retry_ms : wait_ms);
		wait_ms *= 2;
	}
}

enum err
transport_do(struct transport *transport, const struct transport_call *call,
    struct arena *arena, struct span *ret, struct why *w)
{
	struct transport_answer answer;
	enum err err = transport_ask(transport, call, arena, &answer, w);

	if (err != ERR_OK)
		return err;
	if (err_of_status(answer.status) != ERR_OK)
		return refused(call, &answer, w);
	if (answer.body.len > call->max)
		return why(w, ERR_TOO_LARGE,
		    "%s%s: the answer is longer than %zu bytes", call->base,
		    call->path, call->max);
	*ret = answer.body;
	return ERR_OK;
}
