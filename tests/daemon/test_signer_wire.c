#include "daemon/signer_wire.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit.h"

struct row {
	const char *name;
	const char *bytes;
	size_t len;
	enum err err;
};

/* What is read, with room for a body of 8 bytes, before the stream ends. */
static const struct row rows[] = {
	{ "the end", "", 0, ERR_MISSING },
	{ "a part of a length", "\0\0", 2, ERR_SYNTAX },
	{ "a length alone", "\0\0\0\1", 4, ERR_SYNTAX },
	{ "no type", "\0\0\0\0\1", 5, ERR_SYNTAX },
	{ "an empty body", "\0\0\0\1\1", 5, ERR_OK },
	{ "type 0", "\0\0\0\1\0", 5, ERR_SYNTAX },
	{ "type 6", "\0\0\0\1\6", 5, ERR_OK },
	{ "type 7", "\0\0\0\1\7", 5, ERR_SYNTAX },
	{ "type 255", "\0\0\0\1\xff", 5, ERR_SYNTAX },
	{ "a body of 8", "\0\0\0\x09\2abcdefgh", 13, ERR_OK },
	{ "a body of 9", "\0\0\0\x0a\2abcdefghi", 14, ERR_LIMIT },
	{ "a length of 4 GiB", "\xff\xff\xff\xff\2abc", 8, ERR_LIMIT },
	{ "a body cut short", "\0\0\0\x09\2abcdefg", 12, ERR_SYNTAX },
	{ "text", "GET / HTTP/1.1\r\n", 16, ERR_LIMIT },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	uint8_t buffer[8];
	enum signer_type type;
	struct span body;
	int fds[2];

	assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	assert_int_equal(row->len, write(fds[0], row->bytes, row->len));
	(void)close(fds[0]);
	assert_err(row->err,
	    signer_wire_receive(fds[1], buffer, sizeof(buffer), &type, &body));
	if (row->err == ERR_OK) {
		assert_int_equal(row->bytes[4], type);
		assert_int_equal(row->len - 5, body.len);
		assert_memory_equal(row->bytes + 5, body.data, body.len);
	}
	(void)close(fds[1]);
}

/* More parts than the kernel takes at once, and more bytes than it holds. */
static void
test_many_parts(void **unused)
{
	static uint8_t sent[3000][701];
	static uint8_t got[sizeof(sent)];
	static struct span parts[3000];
	enum signer_type type;
	struct span body;
	int status;
	int fds[2];

	(void)unused;
	for (size_t i = 0; i < 3000; i++) {
		memset(sent[i], (int)(i * 7), sizeof(sent[i]));
		parts[i] = span_of(sent[i], i % 5 == 0 ? 0 : i % 702);
	}
	assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	pid_t pid = fork();
	if (pid == 0)
		_exit(signer_wire_send(fds[0], SIGNER_SEAL, parts, 3000) !=
		    ERR_OK);
	assert_err(ERR_OK,
	    signer_wire_receive(fds[1], got, sizeof(got), &type, &body));
	assert_int_equal(SIGNER_SEAL, type);
	size_t at = 0;
	for (size_t i = 0; i < 3000; i++) {
		assert_true(at + parts[i].len <= body.len);
		assert_span(parts[i], span_of(body.data + at, parts[i].len));
		at += parts[i].len;
	}
	assert_int_equal(at, body.len);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, status);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void
test_peer_gone(void **unused)
{
	struct span part = span_of_text("x");
	int fds[2];

	(void)unused;
	assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	(void)close(fds[1]);
	/* and no SIGPIPE */
	assert_err(
	    ERR_MISSING, signer_wire_send(fds[0], SIGNER_SEAL, &part, 1));
	(void)close(fds[0]);
}

static void
test_deadline(void **unused)
{
	struct timeval wait = { .tv_usec = 20000 };
	uint8_t buffer[8];
	enum signer_type type;
	struct span body;
	int fds[2];

	(void)unused;
	assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	assert_int_equal(0,
	    setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)));
	assert_err(ERR_BUSY,
	    signer_wire_receive(fds[0], buffer, sizeof(buffer), &type, &body));
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void
test_refusal(void **unused)
{
	uint8_t buffer[1024];
	enum signer_type type;
	struct span body;
	struct why w = { "" };
	int fds[2];

	(void)unused;
	assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	(void)why(&w, ERR_CONFLICT, "the sentence");
	signer_wire_refuse(fds[0], ERR_CONFLICT, &w);
	assert_err(ERR_OK,
	    signer_wire_receive(fds[1], buffer, sizeof(buffer), &type, &body));
	assert_int_equal(SIGNER_REFUSED, type);
	w.text[0] = 0;
	assert_err(ERR_CONFLICT, signer_wire_refusal(body, &w));
	assert_string_equal("the sentence", w.text);
	assert_err(ERR_CONFLICT, signer_wire_refusal(body, NULL));
	assert_err(ERR_CORRUPT, signer_wire_refusal(SPAN_EMPTY, &w));
	assert_err(ERR_CORRUPT, signer_wire_refusal(span_of("\0x", 2), &w));
	assert_err(ERR_CORRUPT, signer_wire_refusal(span_of("\xffx", 2), &w));
	(void)close(fds[0]);
	(void)close(fds[1]);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_many_parts);
	UNIT(test_peer_gone);
	UNIT(test_deadline);
	UNIT(test_refusal);
	return unit_run(argc, argv);
}
