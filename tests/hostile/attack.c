#include "tests/hostile/attack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/thread.h"
#include "tests/bench/drive_answer.h"
#include "tests/hostile/wire.h"

#define EVENTS_MAX 256
#define TICK_MS 20
#define NICE 10
#define DEAF_WINDOW 4096 /* bytes that are taken without being read */
#define IN_MAX ((size_t)32 << 20)

struct peer {
	int fd;
	size_t sent;
	uint64_t opened_us;
	uint64_t due_us; /* of the next drop */
	char *in;
	size_t in_len;
	size_t in_cap;
	struct drive_answer answer;
};

struct field {
	struct attack *attack;
	struct peer *peers;
	int epoll_fd;
	uint64_t now_us;
};

static _Noreturn void
die(const char *what)
{
	(void)fprintf(stderr, "siege: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* ---- connections ---- */

static int
open_fd(const struct attack *attack)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int window = DEAF_WINDOW;

	if (fd != -1 && attack->kind == ATTACK_DEAF)
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof(window));
	if (fd == -1 ||
	    connect(fd, (const void *)attack->log, sizeof(*attack->log)) != 0)
		die("connect");
	return fd;
}

static void
close_peer(struct peer *peer)
{
	if (peer->fd != -1)
		(void)close(peer->fd);
	free(peer->in);
	*peer = (struct peer){ .fd = -1 };
}

static void
send_some(struct field *field, struct peer *peer)
{
	struct span request = field->attack->request;
	ssize_t len = send(peer->fd, request.data + peer->sent,
	    request.len - peer->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (len > 0)
		peer->sent += (size_t)len;
	if (peer->sent == request.len && field->attack->kind == ATTACK_HALF)
		(void)shutdown(peer->fd, SHUT_WR);
}

static void
open_peer(struct field *field, struct peer *peer)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLET,
		.data.ptr = peer,
	};

	peer->fd = open_fd(field->attack);
	peer->opened_us = wire_now_us();
	peer->due_us = peer->opened_us + field->attack->drip_ms * 1000;
	atomic_fetch_add(&field->attack->opened, 1);
	if (epoll_ctl(field->epoll_fd, EPOLL_CTL_ADD, peer->fd, &event) != 0)
		die("epoll");
}

static void
ended(struct field *field, struct peer *peer)
{
	struct attack *attack = field->attack;
	uint64_t took_ms = (wire_now_us() - peer->opened_us) / 1000;

	attack->closed++;
	if (took_ms > attack->longest_ms)
		attack->longest_ms = took_ms;
	close_peer(peer);
	if (!atomic_load(&attack->is_over))
		open_peer(field, peer);
}

/* ---- what they do ---- */

static void
abort_peer(struct field *field, struct peer *peer)
{
	const struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	send_some(field, peer);
	(void)setsockopt(
	    peer->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close_peer(peer);
	if (!atomic_load(&field->attack->is_over))
		open_peer(field, peer);
}

static void
take_answer(struct field *field, struct peer *peer)
{
	struct attack *attack = field->attack;

	attack->answers++;
	attack->good += peer->answer.status / 100 == 2;
	peer->answer = (struct drive_answer){ .status = 0 };
	peer->in_len = 0;
	peer->sent = 0;
	if (!atomic_load(&attack->is_over))
		send_some(field, peer);
}

/* False at the end of the stream, or when nothing more is there. */
static bool
receive(struct field *field, struct peer *peer)
{
	if (peer->in_cap - peer->in_len < 8192) {
		peer->in_cap = peer->in_cap == 0 ? 16384 : 2 * peer->in_cap;
		peer->in = realloc(peer->in, peer->in_cap);
		if (peer->in == NULL || peer->in_cap > IN_MAX)
			die("answers too long");
	}
	ssize_t len = recv(peer->fd, peer->in + peer->in_len,
	    peer->in_cap - peer->in_len - 1, MSG_DONTWAIT);
	if (len < 0 && errno == EAGAIN)
		return false;
	if (len <= 0) {
		ended(field, peer);
		return false;
	}
	peer->in_len += (size_t)len;
	peer->in[peer->in_len] = '\0';
	if (drive_answer_is_whole(peer->in, peer->in_len, &peer->answer))
		take_answer(field, peer);
	return true;
}

static void
serve(struct field *field, struct peer *peer, uint32_t events)
{
	struct attack *attack = field->attack;

	if (peer->fd == -1)
		return;
	if (attack->kind == ATTACK_ABORT) {
		abort_peer(field, peer);
		return;
	}
	if ((events & EPOLLOUT) != 0 && peer->sent < attack->request.len)
		send_some(field, peer);
	if (attack->kind == ATTACK_DEAF) {
		if ((events & (EPOLLHUP | EPOLLERR)) != 0)
			ended(field, peer);
		return;
	}
	while ((events & ~(uint32_t)EPOLLOUT) != 0 && receive(field, peer))
		;
}

static void
drip(struct field *field)
{
	struct attack *attack = field->attack;

	for (size_t i = 0; i < attack->connections; i++) {
		struct peer *peer = &field->peers[i];
		if (peer->fd == -1 || peer->due_us > field->now_us)
			continue;
		peer->due_us = field->now_us + attack->drip_ms * 1000;
		(void)send(peer->fd, "a", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
}

static void
turn(struct field *field)
{
	struct epoll_event events[EVENTS_MAX];
	int count = epoll_wait(field->epoll_fd, events, EVENTS_MAX, 0);

	if (count == 0) {
		count =
		    epoll_wait(field->epoll_fd, events, EVENTS_MAX, TICK_MS);
		thread_waited();
	}
	field->now_us = wire_now_us();
	for (int i = 0; i < count; i++) {
		serve(field, events[i].data.ptr, events[i].events);
		thread_share();
	}
	if (field->attack->drip_ms > 0)
		drip(field);
}

/* ---- all of it ---- */

static size_t
count_open(const struct field *field)
{
	size_t count = 0;

	for (size_t i = 0; i < field->attack->connections; i++)
		count += field->peers[i].fd != -1;
	return count;
}

/* It is over; those that are still open must be closed by the log. */
static void
wait_for_ends(struct field *field)
{
	struct attack *attack = field->attack;
	uint64_t end_us = wire_now_us() + attack->limit_ms * 1000;

	while (count_open(field) > 0 && wire_now_us() < end_us)
		turn(field);
	attack->hung = count_open(field);
}

static void *
run(void *argument)
{
	struct field field = { .attack = argument };
	struct attack *attack = argument;

	thread_begin("attack", THREAD_PATIENT);
	(void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE);
	field.peers = calloc(attack->connections, sizeof(*field.peers));
	field.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (field.peers == NULL || field.epoll_fd == -1)
		die("no memory");
	for (size_t i = 0; i < attack->connections; i++)
		field.peers[i].fd = -1;
	for (size_t i = 0; i < attack->connections; i++)
		open_peer(&field, &field.peers[i]);
	while (!atomic_load(&attack->is_over))
		turn(&field);
	if (attack->limit_ms > 0)
		wait_for_ends(&field);
	for (size_t i = 0; i < attack->connections; i++)
		close_peer(&field.peers[i]);
	free(field.peers);
	(void)close(field.epoll_fd);
	return NULL;
}

void
attack_start(struct attack *attack)
{
	if (pthread_create(&attack->thread, NULL, run, attack) != 0)
		abort();
}

void
attack_join(struct attack *attack)
{
	atomic_store(&attack->is_over, true);
	(void)pthread_join(attack->thread, NULL);
}
