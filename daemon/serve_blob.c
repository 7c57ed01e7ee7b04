#include "daemon/answer.h"
#include "daemon/blob.h"
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
	struct blob_state state = blob_look(blobs, &digest);
	if (err == ERR_NOT_FOUND && state.is_begun) {
		reply->has_offset = true;
		reply->offset = state.len;
		return why(w, err, "blob: %llu bytes of it are here, no more",
		    (unsigned long long)state.len);
	}
	return err;
}

enum served
serve_blob(struct request *request, struct reply *reply)
{
	return answer_now(request, reply, put_blob);
}
