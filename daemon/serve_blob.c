#include "daemon/answer.h"
#include "daemon/blob.h"
#include "daemon/blob_terms.h"
#include "daemon/limits.h"

/* What is small is hashed before it is shown; of the rest the reader has the
 * digest, and `headwaterd --check` looks. */
static enum err
check_small(int fd, uint64_t len, const struct hash *digest, struct why *w)
{
	struct hash made;

	if (len > BLOB_HASHED_MAX)
		return ERR_OK;
	if (blob_hash(fd, len, &made) == ERR_OK && hash_equal(&made, digest))
		return ERR_OK;
	return why(
	    w, ERR_CORRUPT, "blob: damaged here, it has another digest now");
}

/* Begun, taken down, or not here at all. */
static enum err
say_missing(const struct request *request, const struct hash *digest,
    struct reply *reply, struct why *w)
{
	struct blob_state state = blob_look(request->ledger->blobs, digest);

	if (state.is_begun) {
		reply->has_offset = true;
		reply->offset = state.len;
		return why(w, ERR_NOT_FOUND,
		    "blob: %llu bytes of it are here, no more",
		    (unsigned long long)state.len);
	}
	struct view view = answer_view(request);
	bool is_withheld = blob_terms_withheld(&view, digest);
	enum err err = view_close(&view);
	if (err != ERR_OK)
		return err;
	return is_withheld
	    ? why(w, ERR_WITHHELD, "blob: withheld by the operator of this log")
	    : why(w, ERR_NOT_FOUND, "blob: not here");
}

static enum err
put_blob(struct request *request, struct reply *reply, struct why *w)
{
	const struct blobs *blobs = request->ledger->blobs;
	struct hash digest;
	enum err err = blob_parse_name(request->segments[0], &digest, w);

	if (err != ERR_OK)
		return err;
	err = blob_open(blobs, &digest, &reply->fd, &reply->fd_len, w);
	if (err == ERR_OK)
		err = check_small(reply->fd, reply->fd_len, &digest, w);
	if (err == ERR_OK) {
		reply->media_type = REPLY_BYTES;
		reply->cache = REPLY_IMMUTABLE;
		reply->is_download = true;
		return ERR_OK;
	}
	if (err == ERR_NOT_FOUND)
		return say_missing(request, &digest, reply, w);
	return err;
}

enum served
serve_blob(struct request *request, struct reply *reply)
{
	return answer_now(request, reply, put_blob);
}
