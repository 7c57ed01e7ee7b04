/* web: a document is fetched; a server that misbehaves costs no more than the
 * limits. */
#include "tests/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/web.h"

/* ---- a server of one connection at a time: what it says is the row's ---- */

enum manner {
	SAY,   /* the answer, and closes */
	FLOOD, /* and then more and more */
	DRIP,  /* and then nothing, for as long as one waits */
	LOOP,  /* to itself, each time */
};

struct row {
	const char *name;
	const char *answer;
	enum manner manner;
	enum err err;
	const char *expected; /* the body, or a part of the sentence */
	const char *media_type;
};

static struct {
	int listener;
	int port;
	_Atomic(const struct row *) row; /* set here, read by the server */
} server;

static void
say(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		ssize_t sent = send(fd, text, len, MSG_NOSIGNAL);
		if (sent <= 0)
			return;
		text += sent;
		len -= (size_t)sent;
	}
}

/* Until whoever asked goes. */
static void
wait_gone(int fd)
{
	char byte;

	while (recv(fd, &byte, 1, 0) > 0)
		continue;
}

static void
flood(int fd)
{
	static const char text[] = "all of it, and more of it, and more\n";

	while (send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL) > 0)
		continue;
}

static void
answer(int fd, const struct row *row)
{
	char text[256];
	char request[4096];

	if (recv(fd, request, sizeof(request) - 1, 0) <= 0)
		return;
	if (row->manner == LOOP) {
		say(fd,
		    "HTTP/1.1 302 Found\r\nLocation: /again\r\n"
		    "Content-Length: 0\r\nConnection: close\r\n\r\n");
		return;
	}
	if (strncmp(request, "GET /moved", 10) == 0) {
		(void)snprintf(text, sizeof(text),
		    "HTTP/1.1 301 Moved\r\nLocation: "
		    "http://127.0.0.1:%d/text\r\nContent-Length: 5\r\n"
		    "Connection: close\r\n\r\nmoved",
		    server.port);
		say(fd, text);
		return;
	}
	say(fd, row->answer);
	if (row->manner == FLOOD)
		flood(fd);
	if (row->manner == DRIP)
		wait_gone(fd);
}

static void *
serve(void *state)
{
	(void)state;
	for (;;) {
		int fd = accept(server.listener, NULL, NULL);
		if (fd < 0)
			return NULL;
		const struct row *row = server.row;
		if (row == NULL) {
			(void)close(fd);
			return NULL;
		}
		answer(fd, row);
		(void)shutdown(fd, SHUT_WR);
		wait_gone(fd);
		(void)close(fd);
	}
}

static void
listen_anywhere(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);

	server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(server.listener >= 0);
	assert_int_equal(0,
	    bind(
		server.listener, (struct sockaddr *)&address, sizeof(address)));
	assert_int_equal(0, listen(server.listener, 16));
	assert_int_equal(
	    0, getsockname(server.listener, (struct sockaddr *)&address, &len));
	server.port = ntohs(address.sin_port);
}

static void
connect_once(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)server.port),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(
	    0, connect(fd, (struct sockaddr *)&address, sizeof(address)));
	(void)close(fd);
}

#define OK "HTTP/1.1 200 OK\r\nConnection: close\r\n"
#define PLAIN "Content-Type: text/plain\r\n"
#define LEN_MAX 4096

static const struct row rows[] = {
	{ "a text",
	    OK "Content-Type: Text/Plain; charset=utf-8\r\n"
	       "Content-Length: 4\r\n\r\nMIT\n",
	    SAY, ERR_OK, "MIT\n", "text/plain" },
	{ "without a length", OK PLAIN "\r\nMIT\n", SAY, ERR_OK, "MIT\n",
	    "text/plain" },
	{ "in chunks",
	    OK PLAIN "Transfer-Encoding: chunked\r\n\r\n"
		     "3\r\nMIT\r\n1\r\n\n\r\n0\r\n\r\n",
	    SAY, ERR_OK, "MIT\n", "text/plain" },
	{ "a page", OK "Content-Type: application/xhtml+xml\r\n\r\n<html/>",
	    SAY, ERR_OK, "<html/>", "application/xhtml+xml" },
	{ "no type, and a text", OK "\r\nMIT", SAY, ERR_OK, "MIT", "" },
	{ "encoded as it is", OK PLAIN "Content-Encoding: identity\r\n\r\nMIT",
	    SAY, ERR_OK, "MIT", "text/plain" },
	{ "no type, and no text", OK "\r\n\xff\xfe", SAY, ERR_REFUSED,
	    "its type is not known; a text is needed", NULL },
	{ "a picture", OK "Content-Type: image/png\r\n\r\nMIT", SAY,
	    ERR_REFUSED, "its type is image/png; a text is needed", NULL },
	{ "an archive", OK "Content-Type: application/zip\r\n\r\nPK", SAY,
	    ERR_REFUSED, "its type is application/zip", NULL },
	{ "encoded, unasked", OK PLAIN "Content-Encoding: gzip\r\n\r\nMIT", SAY,
	    ERR_REFUSED, "it comes encoded, unasked", NULL },
	{ "nothing", OK PLAIN "Content-Length: 0\r\n\r\n", SAY, ERR_REFUSED,
	    ": empty", NULL },
	{ "not there", "HTTP/1.1 404 Not Found\r\n\r\nno", SAY, ERR_NOT_FOUND,
	    "it answers 404", NULL },
	{ "a wall", "HTTP/1.1 403 Forbidden\r\n\r\nno", SAY, ERR_REFUSED,
	    "it answers 403", NULL },
	{ "half a text", "HTTP/1.1 206 Partial\r\n" PLAIN "\r\nMIT", SAY,
	    ERR_REFUSED, "it answers 206", NULL },
	{ "too long, and it says so", OK PLAIN "Content-Length: 4097\r\n\r\n",
	    FLOOD, ERR_TOO_LARGE, "longer than 4096 bytes", NULL },
	{ "too long, and it does not say so", OK PLAIN "\r\n", FLOOD,
	    ERR_TOO_LARGE, "longer than 4096 bytes", NULL },
	{ "too long, in chunks",
	    OK PLAIN "Transfer-Encoding: chunked\r\n\r\nffffff\r\n", FLOOD,
	    ERR_TOO_LARGE, "longer than 4096 bytes", NULL },
	{ "cut off", OK PLAIN "Content-Length: 10\r\n\r\nMIT", SAY, ERR_MISSING,
	    "http://127.0.0.1:", NULL },
	{ "too slow, before the head", "", DRIP, ERR_MISSING,
	    "not all of it came within 0.400 s", NULL },
	{ "too slow, behind it", OK PLAIN "Content-Length: 10\r\n\r\nMIT", DRIP,
	    ERR_MISSING, "not all of it came within 0.400 s", NULL },
	{ "round and round", "", LOOP, ERR_MISSING, "more than 5 redirects",
	    NULL },
	{ "to a file",
	    "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n", SAY,
	    ERR_REFUSED, "it redirects to what is not http or https", NULL },
	{ "to another protocol",
	    "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/\r\n\r\n", SAY,
	    ERR_REFUSED, "it redirects to what is not http or https", NULL },
	{ "no HTTP at all", "220 mail.example.org ESMTP\r\n", SAY, ERR_MISSING,
	    "http://127.0.0.1:", NULL },
};

static void
fetch(const struct row *row, const char *path, const char *redirected)
{
	struct web_limits limits = {
		.len_max = LEN_MAX,
		.time_ms = row->manner == DRIP ? 400 : WEB_TIME_MS,
		.redirects = WEB_REDIRECTS,
	};
	struct arena *arena = arena_new((size_t)1 << 20);
	char url[64], where[64];
	struct web_page page;
	struct why why = { 0 };

	server.row = row;
	(void)snprintf(
	    url, sizeof(url), "http://127.0.0.1:%d%s", server.port, path);
	(void)snprintf(where, sizeof(where), "http://127.0.0.1:%d%s",
	    server.port, redirected);
	enum err err = web_fetch(url, &limits, arena, &page, &why);
	if (err != row->err)
		print_message("# %s\n", why.text);
	assert_err(row->err, err);
	if (err == ERR_OK) {
		assert_span_text(row->expected, page.body);
		assert_span_text(row->media_type, page.media_type);
		assert_span_text(where, page.url);
		assert_true(page.fetched_ms > 0);
	} else if (strstr(why.text, row->expected) == NULL) {
		fail_msg("\"%s\" in \"%s\"", row->expected, why.text);
	}
	arena_free(arena);
}

static void
test_row(void **state)
{
	fetch(*state, "/text?a=b", "/text?a=b");
}

static void
test_moved(void **state)
{
	(void)state;
	fetch(&rows[0], "/moved", "/text");
}

/* ---- what is not asked at all ---- */

static const struct {
	const char *name;
	const char *url;
	const char *sentence;
} urls[] = {
	{ "url: a file", "file:///etc/passwd", "not a URL" },
	{ "url: ftp", "ftp://example.org/a",
	    "only http:// and https:// are spoken" },
	{ "url: a password", "https://me:secret@example.org/a",
	    "a user or password" },
	{ "url: a part", "https://example.org/a#b", "give it without #" },
	{ "url: no host", "https:///a", "not a URL" },
	{ "url: a space", "https://example.org/a b", "not a URL" },
	{ "url: a word", "license", "not a URL" },
};

static void
test_url(void **state)
{
	const char *const *row = *state; /* name, url, sentence */
	struct why why;
	struct web_page page;

	assert_err(
	    ERR_USAGE, web_fetch(row[1], &web_limits, NULL, &page, &why));
	if (strstr(why.text, row[2]) == NULL)
		fail_msg("\"%s\" in \"%s\"", row[2], why.text);
}

static void
test_long_url(void **state)
{
	char url[WEB_URL_MAX + 1] = "https://example.org/";
	struct why why;
	struct web_page page;
	(void)state;

	memset(url + 20, 'a', sizeof(url) - 21);
	assert_err(ERR_USAGE, web_fetch(url, &web_limits, NULL, &page, &why));
	assert_string_equal("URL: 2048 bytes, at most 2047", why.text);
}

int
main(int argc, char **argv)
{
	pthread_t thread;

	/* a proxy that the environment names would be asked instead */
	(void)setenv("no_proxy", "*", 1);
	listen_anywhere();
	if (pthread_create(&thread, NULL, serve, NULL) != 0)
		return 1;
	UNIT_ROWS(rows, test_row);
	UNIT(test_moved);
	UNIT_ROWS(urls, test_url);
	UNIT(test_long_url);
	int failed = unit_run(argc, argv);
	server.row = NULL;
	connect_once();
	(void)pthread_join(thread, NULL);
	(void)close(server.listener);
	return failed;
}
