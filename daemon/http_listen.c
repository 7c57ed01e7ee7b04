#include "daemon/http_listen.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/limits.h"
#include "schema/span.h"
#include "schema/text.h"

struct host_port {
	char host[256];
	char port[8];
};

static enum err
split(const char *address, struct host_port *ret, struct why *w)
{
	const char *colon = strrchr(address, ':');
	uint64_t port;

	if (colon == NULL || colon == address ||
	    !text_undecimal(span_of_text(colon + 1), UINT16_MAX, &port))
		return why(w, ERR_USAGE,
		    "listen: `%s` is not HOST:PORT with a port from 0 to 65535",
		    address);
	struct span host = span_of(address, (size_t)(colon - address));
	if (host.data[0] == '[' && host.data[host.len - 1] == ']')
		host = span_part(host, 1, host.len - 2);
	else if (span_find(host, ':') < host.len)
		return why(w, ERR_USAGE,
		    "listen: write an IPv6 address in brackets: `[%.*s]:%s`",
		    SPAN_ARGS(host), colon + 1);
	if (host.len == 0 || host.len >= sizeof(ret->host))
		return why(w, ERR_USAGE, "listen: `%s` has no host", address);
	memcpy(ret->host, host.data, host.len);
	ret->host[host.len] = '\0';
	memcpy(ret->port, colon + 1, strlen(colon + 1) + 1);
	return ERR_OK;
}

static enum err
open_one(const struct addrinfo *info, int *ret_fd)
{
	int on = 1;
	int buffer = HTTP_SEND_BUFFER;
	int fd = socket(info->ai_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);

	if (fd == -1)
		return ERR_IO;
	/* a restart must not wait for old connections to time out */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer)) ==
		-1 ||
	    bind(fd, info->ai_addr, info->ai_addrlen) == -1) {
		int failure = errno;
		(void)close(fd);
		errno = failure;
		return failure == EADDRINUSE ? ERR_CONFLICT : ERR_IO;
	}
	*ret_fd = fd;
	return ERR_OK;
}

static enum err
refused(const char *address, enum err err, struct why *w)
{
	return why(w, err, "listen: %s: %s%s", address, strerror(errno),
	    err == ERR_CONFLICT ? "; end what listens there, or give another "
				  "--listen"
				: "");
}

enum err
http_listen(const char *address, int *ret_fd, struct why *w)
{
	struct host_port parts = { "", "" };
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	struct addrinfo *list;
	enum err err = split(address, &parts, w);

	if (err != ERR_OK)
		return err;
	int code = getaddrinfo(parts.host, parts.port, &hints, &list);
	if (code != 0)
		return why(w, code == EAI_MEMORY ? ERR_MEMORY : ERR_USAGE,
		    "listen: `%s`: %s", parts.host, gai_strerror(code));
	err = ERR_IO;
	for (struct addrinfo *info = list; err != ERR_OK && info != NULL;
	     info = info->ai_next)
		err = open_one(info, ret_fd);
	freeaddrinfo(list);
	return err == ERR_OK ? ERR_OK : refused(address, err, w);
}

enum err
http_listen_begin(int fd, const char *address, struct why *w)
{
	if (listen(fd, SOMAXCONN) == 0)
		return ERR_OK;
	return refused(address, errno == EADDRINUSE ? ERR_CONFLICT : ERR_IO, w);
}

void
http_listen_name(int fd, char out[static HTTP_ADDRESS_MAX])
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	char host[64] = "?";
	char port[8] = "?";

	memset(&address, 0, sizeof(address));
	if (getsockname(fd, (struct sockaddr *)&address, &len) == 0)
		(void)getnameinfo((struct sockaddr *)&address, len, host,
		    sizeof(host), port, sizeof(port),
		    NI_NUMERICHOST | NI_NUMERICSERV);
	(void)snprintf(out, HTTP_ADDRESS_MAX,
	    address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}
