#include "daemon/signer_wire.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "schema/reader.h"
#include "schema/writer.h"

#define HEAD_LEN 5     /* u32 length, u8 type */
#define VECTORS_MAX 64 /* parts handed to the kernel at once */

static enum err
failed(void)
{
	if (errno == EAGAIN)
		return ERR_BUSY;
	return errno == EPIPE || errno == ECONNRESET ? ERR_MISSING : ERR_IO;
}

/* ---- sending ---- */

/* Without SIGPIPE on a socket; a file, as fuzzing has it, knows no such flag. */
static ssize_t
send_some(int fd, struct iovec *vectors, size_t count)
{
	struct msghdr message = { .msg_iov = vectors, .msg_iovlen = count };
	ssize_t done = sendmsg(fd, &message, MSG_NOSIGNAL);

	if (done < 0 && errno == ENOTSOCK)
		done = writev(fd, vectors, (int)count);
	return done;
}

/* Takes `done` bytes off the front; returns how many vectors are used up. */
static size_t
advance(struct iovec *vectors, size_t count, size_t done)
{
	size_t used = 0;

	while (used < count && done >= vectors[used].iov_len)
		done -= vectors[used++].iov_len;
	if (used < count) {
		vectors[used].iov_base =
		    (uint8_t *)vectors[used].iov_base + done;
		vectors[used].iov_len -= done;
	}
	return used;
}

static enum err
send_all(int fd, struct iovec *vectors, size_t count)
{
	while (count > 0) {
		ssize_t done = send_some(fd, vectors, count);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return failed();
		size_t used = advance(vectors, count, (size_t)done);
		vectors += used;
		count -= used;
	}
	return ERR_OK;
}

/* iovec is for reading and writing, so it has no const; nobody writes here. */
static struct iovec
vector_of(struct span part)
{
	void *same;

	memcpy(&same, &part.data, sizeof(same));
	return (struct iovec){ .iov_base = same, .iov_len = part.len };
}

enum err
signer_wire_send(
    int fd, enum signer_type type, const struct span *parts, size_t count)
{
	uint8_t head[HEAD_LEN];
	struct iovec vectors[VECTORS_MAX];
	size_t used = 0;
	size_t len = 1;

	for (size_t i = 0; i < count; i++)
		len += parts[i].len;
	assert(len <= UINT32_MAX);
	struct writer w = writer_of(head, sizeof(head));
	writer_u32(&w, (uint32_t)len);
	writer_u8(&w, (uint8_t)type);
	vectors[used++] = vector_of(writer_view(&w));
	for (size_t i = 0; i < count; i++) {
		if (used == VECTORS_MAX) {
			enum err err = send_all(fd, vectors, used);
			if (err != ERR_OK)
				return err;
			used = 0;
		}
		vectors[used++] = vector_of(parts[i]);
	}
	return send_all(fd, vectors, used);
}

/* ---- receiving ---- */

/* `len` bytes; *ret_len is less only at the end of the stream. */
static enum err
receive_all(int fd, void *out, size_t len, size_t *ret_len)
{
	uint8_t *data = out;
	size_t have = 0;

	while (have < len) {
		struct iovec vector = { data + have, len - have };
		ssize_t done = readv(fd, &vector, 1);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return failed();
		if (done == 0)
			break;
		have += (size_t)done;
	}
	*ret_len = have;
	return ERR_OK;
}

enum err
signer_wire_receive(int fd, uint8_t *buffer, size_t cap,
    enum signer_type *ret_type, struct span *ret_body)
{
	uint8_t head[HEAD_LEN] = { 0 };
	size_t have = 0;
	enum err err = receive_all(fd, head, sizeof(head), &have);

	if (err != ERR_OK)
		return err;
	if (have == 0)
		return ERR_MISSING;
	struct reader r = reader_of(span_of(head, have));
	size_t len = reader_u32(&r);
	uint8_t type = reader_u8(&r);
	if (reader_end(&r) != ERR_OK || len == 0)
		return ERR_SYNTAX;
	if (len - 1 > cap)
		return ERR_LIMIT;
	if (type < SIGNER_HELLO || type > SIGNER_REFUSED)
		return ERR_SYNTAX;
	err = receive_all(fd, buffer, len - 1, &have);
	if (err != ERR_OK)
		return err;
	if (have != len - 1)
		return ERR_SYNTAX;
	*ret_type = (enum signer_type)type;
	*ret_body = span_of(buffer, have);
	return ERR_OK;
}

void
signer_wire_refuse(int fd, enum err err, const struct why *sentence)
{
	uint8_t number = (uint8_t)err;
	struct span parts[] = {
		span_of(&number, 1),
		span_of_text(sentence->text),
	};

	(void)!signer_wire_send(fd, SIGNER_REFUSED, parts, 2);
}

enum err
signer_wire_refusal(struct span body, struct why *w)
{
	struct reader r = reader_of(body);
	uint8_t number = reader_u8(&r);
	struct span sentence = reader_take(&r, r.rest.len);

	if (reader_end(&r) != ERR_OK || number == ERR_OK ||
	    number > ERR_DIVERGED)
		return why(w, ERR_CORRUPT,
		    "signer: refused with an unknown error (%u)", number);
	if (sentence.len > sizeof(w->text))
		sentence.len = sizeof(w->text);
	return why(w, (enum err)number, "%.*s", SPAN_ARGS(sentence));
}
