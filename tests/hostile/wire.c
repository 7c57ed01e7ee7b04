#include "tests/hostile/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define IN_MAX ((size_t)64 << 20)

static _Noreturn void
die(const char *what)
{
	(void)fprintf(stderr, "hostile: %s: %s\n", what, strerror(errno));
	exit(2);
}

uint64_t
wire_now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

struct sockaddr_in
wire_address(const char *text)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	const char *colon = strrchr(text, ':');
	char host[64] = "";

	if (colon != NULL && (size_t)(colon - text) < sizeof(host))
		memcpy(host, text, (size_t)(colon - text));
	if (colon == NULL || inet_pton(AF_INET, host, &address.sin_addr) != 1)
		die(text);
	address.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	return address;
}

int
wire_open(const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 ||
	    connect(fd, (const struct sockaddr *)to, sizeof(*to)) != 0 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		die("connect");
	return fd;
}

struct wire_talk *
wire_talk_new(int fd)
{
	struct wire_talk *talk = calloc(1, sizeof(*talk));

	if (talk == NULL)
		die("memory");
	talk->fd = fd;
	return talk;
}

void
wire_talk_done(struct wire_talk *talk)
{
	if (talk == NULL)
		return;
	(void)close(talk->fd);
	free(talk->in);
	free(talk);
}

void
wire_say(struct wire_talk *talk, const char *bytes, size_t len)
{
	talk->out = bytes;
	talk->out_len = len;
}

/* ---- answers ---- */

static size_t
length_of(const char *head, const char *end, bool *ret_known)
{
	static const char name[] = "\r\ncontent-length:";
	const size_t len = sizeof(name) - 1;

	*ret_known = true;
	for (const char *at = head; at + len < end; at++)
		if (strncasecmp(at, name, len) == 0)
			return strtoul(at + len, NULL, 10);
	*ret_known = false;
	return 0;
}

/* Takes one answer off the unparsed bytes; false: not whole yet, or odd. */
static bool
take_answer(struct wire_talk *talk)
{
	const char *head = talk->in + talk->parsed;
	size_t left = talk->in_len - talk->parsed;
	bool has_length;

	if (talk->is_odd)
		return false;
	if (left >= 9 && strncmp(head, "HTTP/1.1 ", 9) != 0) {
		talk->is_odd = true;
		return false;
	}
	const char *end = left < 9 ? NULL : strstr(head, "\r\n\r\n");
	if (end == NULL)
		return false;
	int status = (int)strtol(head + 9, NULL, 10);
	size_t head_len = (size_t)(end - head) + 4;
	size_t body_len = length_of(head, end + 2, &has_length);
	if (!has_length && status >= 200 && status != 204)
		body_len = left - head_len; /* until the end of the stream */
	if (talk->is_head || status < 200 || status == 204 || status == 304)
		body_len = 0;
	if (left - head_len < body_len)
		return false;
	talk->body_at = talk->parsed + head_len;
	talk->body_len = body_len;
	talk->parsed += head_len + body_len;
	if (status >= 200) {
		talk->is_head = false;
		if (talk->count < WIRE_ANSWERS_MAX)
			talk->statuses[talk->count++] = status;
	}
	return true;
}

/* ---- bytes ---- */

static void
receive(struct wire_talk *talk)
{
	if (talk->in_cap - talk->in_len < 65536) {
		talk->in_cap = talk->in_cap == 0 ? 131072 : 2 * talk->in_cap;
		talk->in = realloc(talk->in, talk->in_cap);
		if (talk->in == NULL || talk->in_cap > IN_MAX)
			die("an answer too long");
	}
	ssize_t got = recv(talk->fd, talk->in + talk->in_len,
	    talk->in_cap - talk->in_len - 1, 0);
	if (got == 0 || (got < 0 && errno != EAGAIN)) {
		talk->is_closed = true;
		talk->is_reset = got < 0;
	}
	talk->in_len += got > 0 ? (size_t)got : 0;
	talk->in[talk->in_len] = '\0';
}

static void
transmit(struct wire_talk *talk)
{
	ssize_t sent = send(talk->fd, talk->out, talk->out_len, MSG_NOSIGNAL);

	if (sent < 0 && errno == EAGAIN)
		return;
	if (sent < 0) {
		talk->out_len =
		    0; /* refused; what came in is read all the same */
		return;
	}
	talk->out += sent;
	talk->out_len -= (size_t)sent;
}

bool
wire_hear(struct wire_talk *talk, size_t answers, uint64_t wait_ms)
{
	const uint64_t end_us = wire_now_us() + wait_ms * 1000;
	const size_t wanted = talk->count + answers;

	while (talk->count < wanted || talk->out_len > 0) {
		uint64_t now_us = wire_now_us();
		struct pollfd wait = { .fd = talk->fd, .events = POLLIN };
		if (talk->out_len > 0)
			wait.events |= POLLOUT;
		if (talk->is_closed || now_us >= end_us)
			break;
		int left_ms = (int)((end_us - now_us) / 1000) + 1;
		if (poll(&wait, 1, left_ms) != 1)
			break;
		if ((wait.revents & POLLOUT) != 0)
			transmit(talk);
		if ((wait.revents & ~POLLOUT) != 0)
			receive(talk);
		while (take_answer(talk))
			;
	}
	return talk->count >= wanted;
}

uint64_t
wire_metric(const struct sockaddr_in *to, const char *name)
{
	static const char text[] =
	    "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
	struct wire_talk *talk = wire_talk_new(wire_open(to));
	char line[128];

	wire_say(talk, text, sizeof(text) - 1);
	if (!wire_hear(talk, 1, 10000))
		die("/metrics does not answer");
	(void)snprintf(line, sizeof(line), "\n%s ", name);
	const char *at = strstr(talk->in, line);
	if (at == NULL)
		die(name);
	uint64_t value = strtoull(at + strlen(line), NULL, 10);
	wire_talk_done(talk);
	return value;
}
