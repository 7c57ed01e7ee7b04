#include "tests/bench/requests.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/bench/forge.h"

#define THREADS 2
#define HEAD_MAX 512

struct share {
	const struct requests_plan *plan;
	struct requests *requests;
	uint8_t *memory;
	size_t stride;
	size_t from;
	size_t to;
};

static void
put_head(const struct requests_plan *plan, size_t len, struct writer *w)
{
	writer_format(w,
	    "POST %s HTTP/1.1\r\nHost: bench\r\nContent-Type: %s\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    plan->path, plan->type, len);
}

static void *
map(size_t len)
{
	void *memory = mmap(NULL, len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED) {
		perror("load: memory for the requests");
		exit(3);
	}
	return memory;
}

static void
forge_request(struct forge *forge, const struct share *share, size_t at,
    struct writer *body)
{
	const struct requests_plan *plan = share->plan;
	struct writer w =
	    writer_of(share->memory + at * share->stride, share->stride);

	writer_clear(body);
	for (size_t i = 0; i < plan->lines; i++) {
		forge_envelope(forge, plan->first + at * plan->lines + i, body);
		if (plan->lines > 1)
			writer_text(body, "\n");
	}
	put_head(plan, body->len, &w);
	writer_span(&w, writer_view(body));
	if (writer_end(&w) != ERR_OK || body->len == 0)
		abort();
	share->requests->list[at] = writer_view(&w);
}

static void *
forge_share(void *argument)
{
	const struct share *share = argument;
	struct forge *forge = forge_new();
	struct writer body = writer_heap(share->stride);

	for (size_t i = share->from; i < share->to; i++)
		forge_request(forge, share, i, &body);
	writer_done(&body);
	forge_free(forge);
	return NULL;
}

void
requests_forge(const struct requests_plan *plan, struct requests *ret)
{
	struct share shares[THREADS];
	pthread_t threads[THREADS];
	size_t stride = HEAD_MAX + plan->lines * FORGE_LINE_MAX;

	ret->count = plan->count;
	ret->list = map((plan->count + 1) * sizeof(*ret->list));
	uint8_t *memory = map((plan->count + 1) * stride);
	for (size_t i = 0; i < THREADS; i++) {
		shares[i] = (struct share){ .plan = plan,
			.requests = ret,
			.memory = memory,
			.stride = stride,
			.from = plan->count * i / THREADS,
			.to = plan->count * (i + 1) / THREADS };
		if (pthread_create(
			&threads[i], NULL, forge_share, &shares[i]) != 0)
			abort();
	}
	for (size_t i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
}

/* ---- from a file ---- */

static void
read_lines(const struct requests_plan *plan, struct requests *ret,
    void (*put)(const struct requests_plan *, struct span, struct writer *))
{
	FILE *file = fopen(plan->file, "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	uint64_t number = 0;

	if (file == NULL) {
		perror(plan->file);
		exit(3);
	}
	ret->list = map((plan->count + 1) * sizeof(*ret->list));
	for (ret->count = 0; ret->count < plan->count; number++) {
		len = getline(&line, &cap, file);
		if (len <= 0)
			break;
		if (number < plan->first)
			continue;
		size_t room = (size_t)len + HEAD_MAX;
		struct writer w = writer_of(malloc(room), room);
		put(plan, span_of(line, (size_t)len - 1), &w);
		if (writer_end(&w) != ERR_OK)
			abort();
		ret->list[ret->count++] = writer_view(&w);
	}
	free(line);
	(void)fclose(file);
}

static void
put_post(const struct requests_plan *plan, struct span line, struct writer *w)
{
	put_head(plan, line.len, w);
	writer_span(w, line);
}

static void
put_get(const struct requests_plan *plan, struct span line, struct writer *w)
{
	(void)plan;
	writer_text(w, "GET ");
	writer_span(w, line);
	writer_text(w, " HTTP/1.1\r\nHost: bench\r\n\r\n");
}

void
requests_posts(const struct requests_plan *plan, struct requests *ret)
{
	read_lines(plan, ret, put_post);
}

void
requests_gets(const struct requests_plan *plan, struct requests *ret)
{
	read_lines(plan, ret, put_get);
}

struct span
requests_body(struct span request)
{
	static const char end[] = "\r\n\r\n";
	const uint8_t *at =
	    memmem(request.data, request.len, end, sizeof(end) - 1);
	size_t head = at == NULL
	    ? request.len
	    : (size_t)(at - request.data) + sizeof(end) - 1;

	return span_part(request, head, request.len);
}
