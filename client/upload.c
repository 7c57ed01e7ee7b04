#include "client/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/progress.h"
#include "client/transport.h"
#include "schema/json.h"
#include "schema/object.h"

#define ANSWER_MAX ((size_t)64 << 10)
#define WAIT_MS 500 /* before it is tried again; doubled each time */

struct sending {
	struct session *session;
	const struct upload *upload;
	char path[HASH_TEXT_MAX + 32];
	uint64_t have; /* that the log has, as far as is known */
	bool is_there;
	struct progress progress;
};

static struct transport_call
call_of(const struct sending *sending, enum transport_method method)
{
	return (struct transport_call){
		.base = sending->session->trust.url,
		.path = sending->path,
		.method = method,
		.max = ANSWER_MAX,
	};
}

/* How much the log has of it. */
static enum err
ask(struct sending *sending, struct why *w)
{
	struct session *session = sending->session;
	struct transport_call call = call_of(sending, TRANSPORT_HEAD);
	struct transport_answer answer;
	enum err err = transport_ask(
	    session->transport, &call, session->arena, &answer, w);

	if (err != ERR_OK)
		return err;
	sending->is_there = answer.status == 200;
	sending->have = answer.status == 404 && answer.has_offset &&
		answer.offset <= sending->upload->size
	    ? answer.offset
	    : 0;
	/* whatever else it says, it will say again when bytes come */
	return ERR_OK;
}

static enum err
read_answer(struct sending *sending, struct span body, struct why *w)
{
	struct json *json = NULL;
	enum err err = json_parse_answer(body, &json, w);

	if (err != ERR_OK) {
		why_prefix(w, "the log's answer");
		return err;
	}
	struct object o = object_of(json_root(json), "the log's answer", w);
	uint64_t have = object_number(&o, "have", INT64_MAX);
	err = object_end_open(&o);
	json_done(json);
	if (err == ERR_OK && have > sending->upload->size)
		err = why(w, ERR_SYNTAX,
		    "the log's answer: it has more than there is");
	if (err == ERR_OK)
		sending->have = have;
	return err;
}

static enum err
send_part(struct sending *sending, struct why *w)
{
	struct session *session = sending->session;
	const struct upload *upload = sending->upload;
	struct transport_call call = call_of(sending, TRANSPORT_PUT);
	uint64_t before = sending->have;
	uint64_t left = upload->size - before;
	struct span body = SPAN_EMPTY;

	call.part = (struct transport_part){
		.fd = upload->fd,
		.begin = before,
		.end =
		    before + (left < UPLOAD_PART_LEN ? left : UPLOAD_PART_LEN),
		.size = upload->size,
	};
	enum err err =
	    transport_do(session->transport, &call, session->arena, &body, w);
	if (err == ERR_OK)
		err = read_answer(sending, body, w);
	if (err != ERR_OK)
		return err;
	if (sending->have <= before)
		return why(w, ERR_CONFLICT,
		    "the log took a part of it and has no more than before");
	progress_add(&sending->progress, sending->have - before);
	return ERR_OK;
}

/* What may be better when it is asked again what is there. */
static bool
may_pass(enum err err)
{
	return err == ERR_MISSING || err == ERR_CONFLICT || err == ERR_BUSY;
}

/* From what is there to the end, or until it does not get further. */
static enum err
send_all(struct sending *sending, struct why *w)
{
	struct session *session = sending->session;
	uint64_t most = sending->have;
	uint64_t wait_ms = WAIT_MS;
	unsigned tries = 0;

	while (sending->have < sending->upload->size && !sending->is_there) {
		enum err err = send_part(sending, w);
		if (err == ERR_OK)
			continue;
		if (!may_pass(err) || ++tries == UPLOAD_TRIES)
			return err;
		transport_wait(session->transport, wait_ms);
		wait_ms *= 2;
		struct why ignored; /* the first sentence is the better one */
		if (ask(sending, &ignored) != ERR_OK || sending->have <= most)
			continue;
		most = sending->have;
		wait_ms = WAIT_MS;
		tries = 0;
	}
	return ERR_OK;
}

enum err
upload_send(struct session *session, const struct upload *upload,
    bool *ret_was_there, struct why *w)
{
	struct sending sending = {
		.session = session,
		.upload = upload,
		.path = "/v1/blobs/sha256:",
	};
	enum err err = session_online(session, w);

	hash_print(&upload->sha256, sending.path + strlen(sending.path));
	if (err == ERR_OK)
		err = ask(&sending, w);
	if (err != ERR_OK)
		return err;
	bool was_there = sending.is_there;
	sending.progress =
	    progress_begin(&session->out, "uploading", upload->size, true);
	progress_add(&sending.progress, sending.have);
	err = send_all(&sending, w);
	progress_end(&sending.progress);
	if (err == ERR_OK)
		*ret_was_there = was_there;
	return err;
}

enum err
upload_file(struct session *session, const char *path,
    const struct hash *sha256, bool *ret_was_there, struct why *w)
{
	struct upload upload = { .sha256 = *sha256 };
	struct stat status;

	upload.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (upload.fd < 0)
		return why(
		    w, ERR_MISSING, "%s: %s", path, strerrordesc_np(errno));
	enum err err = ERR_OK;
	if (fstat(upload.fd, &status) != 0 || !S_ISREG(status.st_mode))
		err = why(w, ERR_REFUSED, "%s: not a regular file", path);
	if (err == ERR_OK && status.st_size == 0)
		err = why(w, ERR_REFUSED, "%s: empty", path);
	if (err == ERR_OK) {
		upload.size = (uint64_t)status.st_size;
		err = upload_send(session, &upload, ret_was_there, w);
	}
	close(upload.fd);
	return err;
}
