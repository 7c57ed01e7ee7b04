#include "client/download.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "client/spill.h"
#include "client/transport.h"

enum err
download_blob(struct session *session, const struct hash *sha256, int *ret_fd,
    struct why *w)
{
	char path[HASH_TEXT_MAX + 32] = "/v1/blobs/sha256:";
	struct span ignored;
	int fd = -1;
	enum err err = session_online(session, w);

	if (err == ERR_OK)
		err = spill_nameless(&fd, w);
	if (err != ERR_OK)
		return err;
	hash_print(sha256, path + strlen(path));
	struct transport_call call = {
		.base = session->trust.url,
		.path = path,
		.max = DOWNLOAD_MAX,
		.sink = &fd,
	};
	err = transport_do(
	    session->transport, &call, session->arena, &ignored, w);
	if (err == ERR_OK && lseek(fd, 0, SEEK_SET) != 0)
		err = why(w, ERR_IO, "%s: %s", path, strerrordesc_np(errno));
	if (err == ERR_OK)
		*ret_fd = fd;
	else
		(void)close(fd);
	return err;
}
