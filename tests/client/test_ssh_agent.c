#include "client/ssh_agent.h"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "schema/ssh_key.h"
#include "schema/writer.h"
#include "tests/unit.h"

/* An agent in a thread: answers the first messages as a row says. */
struct agent {
	int listener;
	const uint8_t *answer; /* NULL: answer truly */
	size_t answer_len;
	struct secret_key *secret;
};

static bool
read_exactly(int fd, uint8_t *out, size_t len)
{
	for (size_t at = 0; at < len;) {
		ssize_t got = read(fd, out + at, len - at);
		if (got <= 0)
			return false;
		at += (size_t)got;
	}
	return true;
}

static void
put_string(struct writer *w, struct span text)
{
	writer_u32(w, (uint32_t)text.len);
	writer_span(w, text);
}

static void
put_blob(struct writer *w, const struct agent *agent)
{
	struct public_key key;
	uint8_t blob[SSH_BLOB_LEN];

	key_secret_public(agent->secret, &key);
	ssh_blob(&key, blob);
	put_string(w, span_of(blob, sizeof(blob)));
}

/* Two identities, of which one is an RSA key by its first bytes. */
static void
true_list(const struct agent *agent, struct writer *w)
{
	writer_u8(w, 12);
	writer_u32(w, 2);
	put_string(w, span_of("\0\0\0\7ssh-rsa", 11));
	put_string(w, span_of_text("rsa"));
	put_blob(w, agent);
	put_string(w, span_of_text("mine"));
}

static void
true_signature(const struct agent *agent, struct span request, struct writer *w)
{
	struct signature signature;
	uint8_t inner[128];
	struct writer out = writer_of(inner, sizeof(inner));
	/* type, blob, u32 length, message, u32 flags */
	size_t before = 1 + 4 + SSH_BLOB_LEN + 4;

	key_sign(agent->secret,
	    span_part(request, before, request.len - before - 4), &signature);
	put_string(&out, span_of_text("ssh-ed25519"));
	put_string(&out, span_of(signature.bytes, KEY_SIGNATURE_LEN));
	writer_u8(w, 14);
	put_string(w, writer_view(&out));
}

static void *
serve(void *state)
{
	struct agent *agent = state;
	int fd = accept(agent->listener, NULL, NULL);
	uint8_t buffer[4096];
	uint8_t length[4];

	while (fd >= 0 && read_exactly(fd, length, 4)) {
		size_t len = (size_t)length[2] << 8 | length[3];
		struct writer out = writer_heap(1 << 16);
		struct writer frame = writer_heap(1 << 16);
		if (!read_exactly(fd, buffer, len))
			break;
		if (agent->answer != NULL)
			writer_bytes(&out, agent->answer, agent->answer_len);
		else if (buffer[0] == 11)
			true_list(agent, &out);
		else
			true_signature(agent, span_of(buffer, len), &out);
		put_string(&frame, writer_view(&out));
		if (write(fd, frame.data, frame.len) < 0)
			break;
		writer_done(&out);
		writer_done(&frame);
	}
	(void)close(fd);
	return NULL;
}

struct running {
	struct agent agent;
	pthread_t thread;
	char path[64];
	struct ssh_agent client;
};

static void
begin(struct running *r, const uint8_t *answer, size_t len)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	assert_err(ERR_OK, key_start(NULL));
	*r = (struct running){ .agent = { .answer = answer,
				   .answer_len = len,
				   .secret = key_secret_random() } };
	(void)snprintf(
	    r->path, sizeof(r->path), "/tmp/hw-agent-%d", (int)getpid());
	memcpy(address.sun_path, r->path, strlen(r->path) + 1);
	(void)unlink(r->path);
	r->agent.listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(0,
	    bind(r->agent.listener, (struct sockaddr *)&address,
		sizeof(address)));
	assert_int_equal(0, listen(r->agent.listener, 1));
	assert_int_equal(0, setenv("SSH_AUTH_SOCK", r->path, 1));
	assert_int_equal(0, pthread_create(&r->thread, NULL, serve, &r->agent));
	assert_err(ERR_OK, ssh_agent_open(&r->client, NULL));
}

static void
end(struct running *r)
{
	ssh_agent_close(&r->client);
	assert_int_equal(0, pthread_join(r->thread, NULL));
	(void)close(r->agent.listener);
	(void)unlink(r->path);
	key_secret_free(r->agent.secret);
}

static void
test_list_and_sign(void **state)
{
	struct running r;
	struct public_key keys[SSH_AGENT_KEYS_MAX];
	struct public_key own;
	struct signature signature;
	size_t count = 0;
	struct span message = span_of_text("a message");

	(void)state;
	begin(&r, NULL, 0);
	key_secret_public(r.agent.secret, &own);
	assert_err(ERR_OK, ssh_agent_list(&r.client, keys, &count, NULL));
	assert_int_equal(1, count);
	assert_true(key_public_equal(&own, &keys[0]));
	assert_err(
	    ERR_OK, ssh_agent_sign(&r.client, &own, message, &signature, NULL));
	assert_true(key_verify(&own, message, &signature));
	end(&r);
}

struct answer_row {
	const char *name;
	uint8_t answer[96];
	size_t len;
	enum err list;
	enum err sign;
};

static const struct answer_row answer_rows[] = {
	{ "a failure", { 5 }, 1, ERR_REFUSED, ERR_REFUSED },
	{ "an empty list", { 12, 0, 0, 0, 0 }, 5, ERR_OK, ERR_SYNTAX },
	{ "a list that is too short", { 12, 0, 0, 0, 1 }, 5, ERR_SYNTAX,
	    ERR_SYNTAX },
	{ "a list that never ends", { 12, 0xff, 0xff, 0xff, 0xff }, 5,
	    ERR_SYNTAX, ERR_SYNTAX },
	{ "bytes behind the list", { 12, 0, 0, 0, 0, 9 }, 6, ERR_SYNTAX,
	    ERR_SYNTAX },
	{ "a length beyond the end", { 12, 0, 0, 0, 1, 0xff, 0xff }, 7,
	    ERR_SYNTAX, ERR_SYNTAX },
	{ "an empty signature", { 14, 0, 0, 0, 0 }, 5, ERR_REFUSED,
	    ERR_SYNTAX },
	{ "a signature of nothing",
	    { 14, 0, 0, 0, 83, 0, 0, 0, 11, 's', 's', 'h', '-', 'e', 'd', '2',
		'5', '5', '1', '9', 0, 0, 0, 64 },
	    88, ERR_REFUSED, ERR_MISMATCH },
};

static void
test_answers(void **state)
{
	const struct answer_row *row = *state;
	struct running r;
	struct public_key keys[SSH_AGENT_KEYS_MAX];
	struct public_key own;
	struct signature signature;
	size_t count = 0;

	begin(&r, row->answer, row->len);
	key_secret_public(r.agent.secret, &own);
	assert_err(row->list, ssh_agent_list(&r.client, keys, &count, NULL));
	assert_err(row->sign,
	    ssh_agent_sign(
		&r.client, &own, span_of_text("m"), &signature, NULL));
	end(&r);
}

static void
test_absent(void **state)
{
	struct ssh_agent agent;
	struct why w = { 0 };

	(void)state;
	(void)unsetenv("SSH_AUTH_SOCK");
	assert_err(ERR_MISSING, ssh_agent_open(&agent, &w));
	assert_non_null(strstr(w.text, "--key"));
	(void)setenv("SSH_AUTH_SOCK", "/nonexistent/agent", 1);
	assert_err(ERR_MISSING, ssh_agent_open(&agent, &w));
}

int
main(int argc, char **argv)
{
	UNIT(test_list_and_sign);
	UNIT_ROWS(answer_rows, test_answers);
	UNIT(test_absent);
	return unit_run(argc, argv);
}
