#include "daemon/answer.h"
#include "daemon/blob.h"
#include "daemon/inflate.h"
#include "daemon/serve.h"
#include "daemon/upload.h"
#include "daemon/worker.h"

enum put_phase {
	PUT_COUNT, /* what is stored, first */
	PUT_CLAIM,
	PUT_READ, /* what is there of it, again */
	PUT_TAKE,
	PUT_FINISH,
};

struct put {
	struct work work;
	struct request *request;
	struct uploads *uploads;
	struct hash digest;
	struct upload *upload;
	struct inflate *inflate; /* NULL: the bytes come as they are */
	enum put_phase phase;
	enum err err; /* of the worker's part */
	struct why why;
};

/* ---- on a worker's thread ---- */

static void
work(struct work *one)
{
	/* the first member */
	struct put *put = (struct put *)(void *)one;
	struct why *w = &put->why;

	if (put->phase == PUT_COUNT)
		put->err = uploads_count(put->uploads, w);
	else if (put->phase == PUT_READ)
		put->err = upload_read(put->upload, w);
	else
		put->err = upload_finish(put->upload, w);
	request_resume(put->request);
}

static void
send_to_worker(struct put *put)
{
	put->work.run = work;
	worker_add(put->request->ledger->worker, &put->work);
}

/* ---- before the body ---- */

static void
answer_state(struct reply *reply, int status, const struct hash *digest,
    uint64_t have, uint64_t size)
{
	struct writer *w = &reply->body;
	char text[HASH_TEXT_MAX];

	hash_print(digest, text);
	reply->status = status;
	writer_format(w, "{\"digest\":\"" BLOB_PREFIX "%s\"", text);
	writer_member_number(w, "size", size);
	writer_member_number(w, "have", have);
	writer_text(w, "}\n");
}

static enum err
judge_state(const struct ledger *ledger, struct why *w)
{
	if (atomic_load(&ledger->is_stopping) ||
	    atomic_load(&ledger->is_failed))
		return why(w, ERR_BUSY, "the log is stopping");
	return ERR_OK;
}

/* The first call of all: is there something to wait for, or an answer? */
static enum err
make_put(struct request *request, const struct hash *digest, struct why *w)
{
	struct put *put = arena_take(request->arena, 1, sizeof(*put));

	if (put == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	*put = (struct put){
		.request = request,
		.uploads = request->ledger->uploads,
		.digest = *digest,
		.phase = PUT_COUNT,
	};
	request->stream = put;
	return ERR_OK;
}

/* How long the record says it is, from what the head says. */
static const uint64_t *
size_of(const struct request *request)
{
	if (request->has_range)
		return &request->range.size;
	return request->is_gzip ? NULL : &request->body_len;
}

static enum err
find_terms(const struct put *put, struct blob_terms *ret, struct why *w)
{
	struct request *request = put->request;
	const uint64_t *size = size_of(request);
	struct view view = answer_view(request);

	*ret = blob_terms_find(&view, &put->digest, size);
	enum err err = view_close(&view);
	if (err != ERR_OK)
		return why(w, err, "the index cannot be read");
	if (ret->names.count > 0)
		return ERR_OK;
	if (size == NULL)
		return why(w, ERR_REFUSED,
		    "blob: no record that stands names it as an attachment; "
		    "record it first");
	return why(w, ERR_REFUSED,
	    "blob: no record that stands names it as an attachment of %llu "
	    "bytes; record it first",
	    (unsigned long long)*size);
}

static enum err
claim(struct put *put, struct why *w)
{
	struct blob_terms terms;
	enum err err = find_terms(put, &terms, w);

	if (err == ERR_OK)
		err = upload_claim(
		    put->uploads, &put->digest, &terms, &put->upload, w);
	return err;
}

static enum err
unpack(void *context, struct span bytes, struct why *w)
{
	const struct put *put = context;

	return upload_add(put->upload, bytes, w);
}

/* Deflate never needs more (zlib's compressBound), and gzip has a header. */
static uint64_t
packed_max(uint64_t size)
{
	return size + size / 1000 + 65536;
}

static enum err
take_whole(struct put *put, struct why *w)
{
	const struct request *request = put->request;
	uint64_t size = upload_size(put->upload);

	if (upload_have(put->upload) > 0 &&
	    upload_restart(put->upload, w) != ERR_OK)
		return ERR_IO;
	if (!request->is_gzip)
		return ERR_OK;
	if (request->body_len > packed_max(size))
		return why(w, ERR_TOO_LARGE,
		    "body: %llu bytes are more than gzip needs for the %llu "
		    "that were recorded",
		    (unsigned long long)request->body_len,
		    (unsigned long long)size);
	return inflate_new(size, unpack, put, &put->inflate) == ERR_OK
	    ? ERR_OK
	    : why(w, ERR_MEMORY, "out of memory");
}

static enum err
take_part(struct put *put, struct reply *reply, struct why *w)
{
	const struct gate_range *range = &put->request->range;
	uint64_t have = upload_have(put->upload);
	uint64_t len = range->last - range->begin + 1;

	if (len != put->request->body_len)
		return why(w, ERR_SYNTAX,
		    "Content-Range: %llu bytes, but Content-Length is %llu",
		    (unsigned long long)len,
		    (unsigned long long)put->request->body_len);
	if (range->begin == have)
		return ERR_OK;
	(void)why(w, ERR_CONFLICT,
	    "Content-Range: begins at %llu, but %llu bytes are here",
	    (unsigned long long)range->begin, (unsigned long long)have);
	reply_have(reply, w, have);
	return ERR_CONFLICT;
}

/* ERR_CONFLICT with an answer already: what is there. */
static enum err
let_in(struct put *put, struct reply *reply, struct why *w)
{
	put->phase = PUT_TAKE;
	return put->request->has_range ? take_part(put, reply, w)
				       : take_whole(put, w);
}

/* One step; *ret says whether the worker has it now, or the body may come. */
static enum err
step(
    struct put *put, struct reply *reply, enum stream_begun *ret, struct why *w)
{
	enum err err = put->err;

	*ret = STREAM_LATER;
	if (err != ERR_OK) {
		*w = put->why;
		return err;
	}
	if (put->phase == PUT_COUNT && !uploads_are_counted(put->uploads)) {
		send_to_worker(put);
		return ERR_OK;
	}
	if (put->phase <= PUT_CLAIM) {
		err = claim(put, w);
		if (err != ERR_OK)
			return err;
		put->phase = PUT_READ;
		if (upload_must_read(put->upload)) {
			send_to_worker(put);
			return ERR_OK;
		}
	}
	*ret = STREAM_GO;
	return let_in(put, reply, w);
}

/* 200 at once for what is there; else waits for the index, which must know the
 * record that names it. */
static enum err
prepare(struct request *request, struct reply *reply, enum stream_begun *ret,
    struct why *w)
{
	struct hash digest;
	bool is_later = false;
	enum err err = blob_parse_name(request->segments[0], &digest, w);

	if (err == ERR_OK)
		err = judge_state(request->ledger, w);
	if (err == ERR_OK && request->is_gzip && request->has_range)
		err = why(w, ERR_SYNTAX,
		    "Content-Range: not beside Content-Encoding; parts are "
		    "taken as they are");
	if (err != ERR_OK)
		return err;
	struct blob_state state = blob_look(request->ledger->blobs, &digest);
	if (state.is_whole) {
		answer_state(reply, 200, &digest, state.len, state.len);
		*ret = STREAM_SERVED;
		return ERR_OK;
	}
	err = serve_wait_index(request, &is_later, w);
	*ret = STREAM_LATER;
	if (err != ERR_OK || is_later)
		return err;
	return make_put(request, &digest, w);
}

static enum stream_begun
begin(struct request *request, struct reply *reply)
{
	struct why w = { "" };
	enum stream_begun begun = STREAM_LATER;
	enum err err = ERR_OK;

	if (request->stream == NULL)
		err = prepare(request, reply, &begun, &w);
	if (err == ERR_OK && request->stream != NULL)
		err = step(request->stream, reply, &begun, &w);
	if (err == ERR_OK)
		return begun;
	if (reply->status != 409)
		reply_error(reply, err, &w);
	return STREAM_SERVED;
}

/* ---- the body and its end ---- */

static enum err
take(struct request *request, struct span bytes, struct why *w)
{
	struct put *put = request->stream;

	if (put->inflate == NULL)
		return upload_add(put->upload, bytes, w);
	enum err err = inflate_add(put->inflate, bytes, w);
	if (err != ERR_OK)
		upload_refuse(put->upload, err, w);
	return err;
}

static enum err
end_body(struct put *put, struct why *w)
{
	if (put->inflate == NULL)
		return ERR_OK;
	enum err err = inflate_end(put->inflate, w);
	if (err == ERR_OK &&
	    upload_have(put->upload) < upload_size(put->upload))
		err = why(w, ERR_MISMATCH,
		    "body: it unpacks to %llu bytes, %llu were recorded",
		    (unsigned long long)upload_have(put->upload),
		    (unsigned long long)upload_size(put->upload));
	if (err != ERR_OK)
		upload_refuse(put->upload, err, w);
	return err;
}

static enum served
end(struct request *request, struct reply *reply)
{
	struct put *put = request->stream;
	struct why w = { "" };
	enum err err;

	if (put->phase == PUT_FINISH) {
		err = put->err;
		w = put->why;
	} else {
		err = end_body(put, &w);
		if (err == ERR_OK &&
		    upload_have(put->upload) == upload_size(put->upload)) {
			put->phase = PUT_FINISH;
			send_to_worker(put);
			return SERVED_LATER;
		}
	}
	if (err != ERR_OK)
		reply_error(reply, err, &w);
	else
		answer_state(reply, put->phase == PUT_FINISH ? 201 : 202,
		    &put->digest, upload_have(put->upload),
		    upload_size(put->upload));
	return SERVED;
}

static void
drop(struct request *request)
{
	struct put *put = request->stream;

	if (put == NULL)
		return;
	inflate_free(put->inflate);
	if (put->upload != NULL)
		upload_release(put->upload);
	request->stream = NULL;
}

const struct serve_stream serve_blob_put = {
	.begin = begin,
	.take = take,
	.end = end,
	.drop = drop,
};
