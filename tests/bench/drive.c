#include "tests/bench/drive.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/drive_answer.h"
#include "tests/bench/usage.h"

#define EVENTS_MAX 512
#define IN_MIN ((size_t)16 << 10)
#define DRAIN_NS 15000000000u
#define SAMPLE_STEP 257 /* a prime: no rhythm with batches */
#define NS 1000000000u

struct connection {
	int fd;
	bool is_busy;
	bool waits_to_send;
	struct span request;
	size_t sent;
	uint64_t begun_ns;
	char *in;
	size_t in_len;
	size_t in_cap;
	struct drive_answer answer;
};

struct drive {
	const struct drive_plan *plan;
	struct drive_result *result;
	struct connection *connections;
	int epoll_fd;
	size_t next; /* request */
	size_t busy; /* connections that wait for an answer */
	size_t latency_cap;
	uint64_t now_ns;
	uint64_t from_ns; /* what is answered counts from here on */
	uint64_t to_ns;
	uint64_t due_ns; /* with a rate: of the next request */
	double server_s;
	double own_s;
	bool is_counting;
	bool is_over;
};

static uint64_t
clock_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS + (uint64_t)now.tv_nsec;
}

static void
fail(const char *what)
{
	perror(what);
	exit(3);
}

/* ---- connections ---- */

static void
watch(struct drive *d, struct connection *c, int how)
{
	struct epoll_event event = { .data.ptr = c };

	event.events =
	    c->waits_to_send ? (uint32_t)(EPOLLIN | EPOLLOUT) : EPOLLIN;
	if (epoll_ctl(d->epoll_fd, how, c->fd, &event) != 0)
		fail("load: epoll");
}

static void
open_connection(struct drive *d, struct connection *c)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons(d->plan->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int one = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd == -1 ||
	    connect(c->fd, (const void *)&address, sizeof(address)) != 0)
		fail("load: connect");
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	c->waits_to_send = false;
	c->is_busy = false;
	watch(d, c, EPOLL_CTL_ADD);
}

static void
reopen(struct drive *d, struct connection *c)
{
	(void)close(c->fd);
	open_connection(d, c);
}

static void
send_some(struct drive *d, struct connection *c)
{
	bool waited = c->waits_to_send;
	ssize_t len = send(c->fd, c->request.data + c->sent,
	    c->request.len - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (len > 0)
		c->sent += (size_t)len;
	/* a lost connection is noticed when reading */
	c->waits_to_send =
	    c->sent < c->request.len && (len > 0 || errno == EAGAIN);
	if (c->waits_to_send != waited)
		watch(d, c, EPOLL_CTL_MOD);
}

/* The next request, if there is one and it is its time. */
static void
begin(struct drive *d, struct connection *c)
{
	const struct requests *requests = d->plan->requests;

	if (d->is_over || (d->plan->rate != 0 && d->now_ns < d->due_ns))
		return;
	if (d->next == requests->count) {
		if (!d->plan->is_endless) {
			d->result->is_short = true;
			return;
		}
		d->next = 0;
	}
	if (d->plan->rate != 0)
		d->due_ns += NS / d->plan->rate;
	c->request = requests->list[d->next++];
	c->sent = 0;
	c->in_len = 0;
	c->answer = (struct drive_answer){ .status = 0 };
	c->is_busy = true;
	c->begun_ns = clock_ns();
	d->busy++;
	send_some(d, c);
}

/* ---- answers ---- */

static void
add_latency(struct drive *d, uint64_t latency_ns)
{
	struct drive_result *r = d->result;

	if (r->latency_count == d->latency_cap) {
		d->latency_cap = d->latency_cap * 2 + 65536;
		r->latencies_us = realloc(
		    r->latencies_us, d->latency_cap * sizeof(*r->latencies_us));
		if (r->latencies_us == NULL)
			fail("load: latencies");
	}
	r->latencies_us[r->latency_count++] = (uint32_t)(latency_ns / 1000);
}

static void
keep_sample(struct drive *d, const struct connection *c)
{
	struct drive_result *r = d->result;
	size_t len = c->in_len - c->answer.head_len;

	if (r->sample_count == DRIVE_SAMPLES_MAX ||
	    r->answered % SAMPLE_STEP >= 2)
		return;
	char *copy = malloc(len + 1);
	if (copy == NULL)
		fail("load: samples");
	memcpy(copy, c->in + c->answer.head_len, len);
	r->samples[r->sample_count++] =
	    (struct drive_sample){ .request = c->request,
		    .answer = span_of(copy, len) };
}

static bool
is_ok(const struct drive *d, int status)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%d", status);
	return strstr(d->plan->ok, text) != NULL;
}

static void
count(struct drive *d, const struct connection *c)
{
	struct drive_result *r = d->result;
	int status = c->answer.status;

	if (!d->is_counting)
		return;
	if (is_ok(d, status)) {
		keep_sample(d, c);
		add_latency(d, d->now_ns - c->begun_ns);
		r->bytes += c->in_len - c->answer.head_len;
		r->answered++;
	} else if (status == 429 || status == 503) {
		r->refused++;
	} else {
		r->errors++;
		r->odd_status = status;
	}
}

static void
lose(struct drive *d, struct connection *c)
{
	if (c->is_busy) {
		d->busy--;
		d->result->errors++;
	}
	reopen(d, c);
}

static void
take(struct drive *d, struct connection *c)
{
	if (c->in_cap - c->in_len < IN_MIN / 2) {
		c->in_cap = c->in_cap * 2 + IN_MIN;
		c->in = realloc(c->in, c->in_cap + 1);
		if (c->in == NULL)
			fail("load: memory for an answer");
	}
	ssize_t len =
	    recv(c->fd, c->in + c->in_len, c->in_cap - c->in_len, MSG_DONTWAIT);
	if (len < 0 && errno == EAGAIN)
		return;
	if (len <= 0 || !c->is_busy) {
		lose(d, c);
		return;
	}
	c->in_len += (size_t)len;
	c->in[c->in_len] = '\0';
	if (!drive_answer_is_whole(c->in, c->in_len, &c->answer))
		return;
	d->now_ns = clock_ns();
	c->is_busy = false;
	d->busy--;
	count(d, c);
	if (c->answer.must_close)
		reopen(d, c);
	begin(d, c);
}

/* ---- the clock ---- */

static void
start_counting(struct drive *d)
{
	d->is_counting = true;
	d->from_ns = d->now_ns;
	d->server_s = usage_cpu_s(d->plan->pids, d->plan->pid_count);
	d->own_s = usage_own_s();
}

static void
stop_counting(struct drive *d)
{
	struct drive_result *r = d->result;

	d->is_counting = false;
	d->is_over = true;
	r->run_s = (double)(d->now_ns - d->from_ns) / NS;
	r->server_s =
	    usage_cpu_s(d->plan->pids, d->plan->pid_count) - d->server_s;
	r->own_s = usage_own_s() - d->own_s;
	d->to_ns = d->now_ns + DRAIN_NS;
}

static void
look_at_clock(struct drive *d)
{
	d->now_ns = clock_ns();
	if (!d->is_over && !d->is_counting && d->now_ns >= d->from_ns)
		start_counting(d);
	if (d->is_counting && (d->now_ns >= d->to_ns || d->result->is_short))
		stop_counting(d);
}

/* With a rate, connections wait for their time. */
static void
begin_due(struct drive *d)
{
	for (size_t i = 0;
	     i < d->plan->connections && d->now_ns >= d->due_ns && !d->is_over;
	     i++)
		if (!d->connections[i].is_busy)
			begin(d, &d->connections[i]);
}

static void
loop(struct drive *d)
{
	struct epoll_event events[EVENTS_MAX];

	while (!d->is_over || (d->busy > 0 && d->now_ns < d->to_ns)) {
		int wait_ms = d->plan->rate != 0 && !d->is_over ? 1 : 10;
		int got = epoll_wait(d->epoll_fd, events, EVENTS_MAX, wait_ms);
		look_at_clock(d);
		for (int i = 0; i < got; i++) {
			struct connection *c = events[i].data.ptr;
			if (c->waits_to_send && (events[i].events & EPOLLOUT))
				send_some(d, c);
			if ((events[i].events & ~(uint32_t)EPOLLOUT) != 0)
				take(d, c);
		}
		if (d->plan->rate != 0)
			begin_due(d);
	}
}

static int
compare_latencies(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a;
	uint32_t right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

void
drive_run(const struct drive_plan *plan, struct drive_result *ret)
{
	struct drive d = { .plan = plan, .result = ret };

	*ret = (struct drive_result){ .answered = 0 };
	d.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	d.connections = calloc(plan->connections, sizeof(*d.connections));
	if (d.epoll_fd == -1 || d.connections == NULL)
		fail("load: connections");
	for (size_t i = 0; i < plan->connections; i++)
		open_connection(&d, &d.connections[i]);
	d.now_ns = clock_ns();
	d.due_ns = d.now_ns;
	d.from_ns = d.now_ns + plan->warm_ms * 1000000;
	d.to_ns = d.from_ns + plan->run_ms * 1000000;
	for (size_t i = 0; i < plan->connections; i++)
		begin(&d, &d.connections[i]);
	loop(&d);
	for (size_t i = 0; i < plan->connections; i++) {
		(void)close(d.connections[i].fd);
		free(d.connections[i].in);
	}
	(void)close(d.epoll_fd);
	free(d.connections);
	if (ret->latency_count > 0)
		qsort(ret->latencies_us, ret->latency_count,
		    sizeof(*ret->latencies_us), compare_latencies);
}

void
drive_done(struct drive_result *result)
{
	for (size_t i = 0; i < result->sample_count; i++)
		free((void *)(uintptr_t)result->samples[i].answer.data);
	free(result->latencies_us);
}
