#include "client/ssh_agent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "schema/reader.h"
#include "schema/ssh_key.h"
#include "schema/writer.h"

/* draft-ietf-sshm-ssh-agent, section 5.1 */
#define AGENT_FAILURE 5
#define AGENT_REQUEST_IDENTITIES 11
#define AGENT_IDENTITIES_ANSWER 12
#define AGENT_SIGN_REQUEST 13
#define AGENT_SIGN_RESPONSE 14

#define MESSAGE_MAX ((size_t)256 << 10)
#define CALL_SECONDS 60 /* a person may have to confirm */

/* ---- the socket ---- */

enum err
ssh_agent_open(struct ssh_agent *ret, struct why *w)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = CALL_SECONDS };
	const char *path = getenv("SSH_AUTH_SOCK");

	if (path == NULL || path[0] == '\0')
		return why(w, ERR_MISSING,
		    "no ssh-agent (SSH_AUTH_SOCK is not set): give --key FILE, "
		    "or start one and ssh-add your key");
	if (strlen(path) >= sizeof(address.sun_path))
		return why(w, ERR_MISSING, "SSH_AUTH_SOCK: too long a path");
	memcpy(address.sun_path, path, strlen(path) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return why(w, ERR_IO, "ssh-agent: %s", strerror(errno));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) !=
		0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) !=
		0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) !=
		0) {
		int number = errno;
		(void)close(fd);
		return why(w, ERR_MISSING,
		    "ssh-agent at %.200s: %s; start it again, or give "
		    "--key FILE",
		    path, strerror(number));
	}
	ret->fd = fd;
	return ERR_OK;
}

void
ssh_agent_close(struct ssh_agent *agent)
{
	if (agent->fd >= 0)
		(void)close(agent->fd);
	agent->fd = -1;
}

static bool
send_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t put = send(fd, bytes.data, bytes.len, MSG_NOSIGNAL);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		bytes = span_part(bytes, (size_t)put, bytes.len);
	}
	return true;
}

static bool
receive_all(int fd, uint8_t *out, size_t len)
{
	for (size_t at = 0; at < len;) {
		ssize_t got = recv(fd, out + at, len - at, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += (size_t)got;
	}
	return true;
}

/* Sends a message and reads the answer into `buffer` of MESSAGE_MAX bytes. */
static enum err
call(const struct ssh_agent *agent, struct span request, uint8_t *buffer,
    struct span *ret, struct why *w)
{
	uint8_t length[4];
	struct writer out = writer_of(length, sizeof(length));

	writer_u32(&out, (uint32_t)request.len);
	if (!send_all(agent->fd, writer_view(&out)) ||
	    !send_all(agent->fd, request) ||
	    !receive_all(agent->fd, length, sizeof(length)))
		return why(w, ERR_MISSING, "ssh-agent: no answer (%s)",
		    errno == EAGAIN ? "it took too long" : "it hung up");
	struct reader r = reader_of(span_of(length, sizeof(length)));
	size_t len = reader_u32(&r);
	if (len == 0 || len > MESSAGE_MAX)
		return why(
		    w, ERR_SYNTAX, "ssh-agent: an answer of %zu bytes", len);
	if (!receive_all(agent->fd, buffer, len))
		return why(w, ERR_MISSING, "ssh-agent: it hung up");
	*ret = span_of(buffer, len);
	return ERR_OK;
}

static struct span
read_string(struct reader *r)
{
	return reader_take(r, reader_u32(r));
}

static void
write_string(struct writer *w, struct span text)
{
	writer_u32(w, (uint32_t)text.len);
	writer_span(w, text);
}

/* ---- keys ---- */

/* A key blob that is exactly an Ed25519 key's. */
static bool
read_blob(struct span blob, struct public_key *ret)
{
	uint8_t again[SSH_BLOB_LEN];
	struct public_key key;

	if (blob.len != SSH_BLOB_LEN)
		return false;
	memcpy(key.bytes, blob.data + SSH_BLOB_LEN - KEY_PUBLIC_LEN,
	    KEY_PUBLIC_LEN);
	ssh_blob(&key, again);
	if (!span_equal(blob, span_of(again, sizeof(again))) ||
	    !key_public_is_valid(&key))
		return false;
	*ret = key;
	return true;
}

static enum err
read_identities(struct span answer, struct public_key *keys, size_t *ret_count,
    struct why *w)
{
	struct reader r = reader_of(answer);
	uint8_t type = reader_u8(&r);
	size_t count = 0;

	if (type != AGENT_IDENTITIES_ANSWER)
		return why(w, ERR_REFUSED,
		    "ssh-agent: it lists no keys; is it locked? (ssh-add -X)");
	uint32_t total = reader_u32(&r);
	for (uint32_t i = 0; i < total && r.err == ERR_OK; i++) {
		struct span blob = read_string(&r);
		(void)read_string(&r); /* the comment */
		if (r.err == ERR_OK && count < SSH_AGENT_KEYS_MAX &&
		    read_blob(blob, &keys[count]))
			count++;
	}
	if (reader_end(&r) != ERR_OK)
		return why(w, ERR_SYNTAX, "ssh-agent: a broken list of keys");
	*ret_count = count;
	return ERR_OK;
}

enum err
ssh_agent_list(struct ssh_agent *agent,
    struct public_key ret[static SSH_AGENT_KEYS_MAX], size_t *ret_count,
    struct why *w)
{
	static const uint8_t request[] = { AGENT_REQUEST_IDENTITIES };
	uint8_t *buffer = malloc(MESSAGE_MAX);
	struct span answer = SPAN_EMPTY;

	if (buffer == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err =
	    call(agent, span_of(request, sizeof(request)), buffer, &answer, w);
	if (err == ERR_OK)
		err = read_identities(answer, ret, ret_count, w);
	free(buffer);
	return err;
}

/* ---- signatures ---- */

static enum err
read_signature(struct span answer, struct signature *ret, struct why *w)
{
	struct reader r = reader_of(answer);
	uint8_t type = reader_u8(&r);

	if (type == AGENT_FAILURE)
		return why(w, ERR_REFUSED,
		    "ssh-agent: it refused to sign; is the key still there, "
		    "was a question answered with no, is it locked?");
	struct reader inner = reader_of(read_string(&r));
	reader_require(&r, type == AGENT_SIGN_RESPONSE);
	reader_require(&inner, span_is(read_string(&inner), "ssh-ed25519"));
	struct span bytes = read_string(&inner);
	reader_require(&inner, bytes.len == KEY_SIGNATURE_LEN);
	if (reader_end(&r) != ERR_OK || reader_end(&inner) != ERR_OK)
		return why(w, ERR_SYNTAX, "ssh-agent: a broken signature");
	memcpy(ret->bytes, bytes.data, KEY_SIGNATURE_LEN);
	return ERR_OK;
}

static void
write_request(
    const struct public_key *key, struct span message, struct writer *request)
{
	uint8_t blob[SSH_BLOB_LEN];

	ssh_blob(key, blob);
	writer_u8(request, AGENT_SIGN_REQUEST);
	write_string(request, span_of(blob, sizeof(blob)));
	write_string(request, message);
	writer_u32(request, 0); /* no flags: they choose RSA's hash */
}

enum err
ssh_agent_sign(struct ssh_agent *agent, const struct public_key *key,
    struct span message, struct signature *ret, struct why *w)
{
	struct writer request = writer_heap(MESSAGE_MAX);
	uint8_t *buffer = malloc(MESSAGE_MAX);
	struct signature signature;
	struct span answer = SPAN_EMPTY;
	enum err err = ERR_OK;

	write_request(key, message, &request);
	if (buffer == NULL || writer_end(&request) != ERR_OK)
		err = why(w, ERR_MEMORY, "ssh-agent: the message is too long");
	if (err == ERR_OK)
		err = call(agent, writer_view(&request), buffer, &answer, w);
	if (err == ERR_OK)
		err = read_signature(answer, &signature, w);
	writer_done(&request);
	free(buffer);
	if (err == ERR_OK && !key_verify(key, message, &signature))
		err = why(w, ERR_MISMATCH,
		    "ssh-agent: its signature is not by the key asked for");
	if (err == ERR_OK)
		*ret = signature;
	return err;
}
