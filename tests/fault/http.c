/* One keep-alive connection, as plain as can be: what it is told is what the
 * daemon sent. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/fault/killer.h"

#define ANSWER_MAX ((size_t)24 << 20)
#define WAIT_S 15 /* longer than any answer may take */

void
http_open(struct http *h, int port)
{
	*h = (struct http){ .fd = -1, .port = port };
}

void
http_close(struct http *h)
{
	if (h->fd != -1)
		(void)close(h->fd);
	free(h->buffer);
	*h = (struct http){ .fd = -1 };
}

static bool
lost(struct http *h)
{
	if (h->fd != -1)
		(void)close(h->fd);
	h->fd = -1;
	return false;
}

static bool
connect_now(struct http *h)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)h->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct timeval wait = { .tv_sec = WAIT_S };
	int one = 1;

	if (h->fd != -1)
		return true;
	h->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (h->fd == -1)
		return false;
	(void)setsockopt(h->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	(void)setsockopt(h->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	if (connect(h->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		return lost(h);
	return true;
}

static bool
send_all(struct http *h, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t done = send(h->fd, bytes.data, bytes.len, MSG_NOSIGNAL);
		if (done <= 0)
			return false;
		bytes = span_part(bytes, (size_t)done, bytes.len);
	}
	return true;
}

static bool
receive_some(struct http *h, size_t *len)
{
	if (*len + 65536 > h->cap) {
		h->cap = *len + 65536 + h->cap;
		if (h->cap > ANSWER_MAX * 2)
			return false;
		h->buffer = realloc(h->buffer, h->cap);
	}
	ssize_t got = recv(h->fd, h->buffer + *len, h->cap - *len - 1, 0);
	if (got <= 0)
		return false;
	*len += (size_t)got;
	h->buffer[*len] = '\0';
	return true;
}

/* Every answer of the daemon's says how long it is. */
static bool
receive(struct http *h, struct answer *ret)
{
	size_t len = 0;
	char *end = NULL;

	while (end == NULL) {
		if (!receive_some(h, &len))
			return false;
		end = strstr(h->buffer, "\r\n\r\n");
	}
	*end = '\0';
	const char *length = strcasestr(h->buffer, "\r\nContent-Length: ");
	bool is_last = strcasestr(h->buffer, "\r\nConnection: close") != NULL;
	if (strncmp(h->buffer, "HTTP/1.1 ", 9) != 0 || length == NULL)
		return false;
	ret->status = (int)strtol(h->buffer + 9, NULL, 10);
	size_t body_len = strtoull(length + 18, NULL, 10);
	size_t start = (size_t)(end - h->buffer) + 4;
	while (len < start + body_len) {
		if (!receive_some(h, &len))
			return false;
	}
	ret->body = span_of(h->buffer + start, body_len);
	if (is_last)
		(void)lost(h);
	return true;
}

static bool
ask(struct http *h, const char *head, struct span body, struct answer *ret)
{
	if (!connect_now(h))
		return false;
	if (!send_all(h, span_of_text(head)) || !send_all(h, body) ||
	    !receive(h, ret))
		return lost(h);
	return true;
}

bool
http_get(struct http *h, const char *path, struct answer *ret)
{
	char head[512];

	(void)snprintf(
	    head, sizeof(head), "GET %s HTTP/1.1\r\nHost: log\r\n\r\n", path);
	return ask(h, head, SPAN_EMPTY, ret);
}

bool
http_post(
    struct http *h, const char *type, struct span body, struct answer *ret)
{
	char head[512];

	(void)snprintf(head, sizeof(head),
	    "POST /v1/records HTTP/1.1\r\nHost: log\r\nContent-Type: %s\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    type, body.len);
	return ask(h, head, body, ret);
}
