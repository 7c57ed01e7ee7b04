#include "daemon/manifest_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/manifest_inner.h"

static enum err
read_header(int fd, uint64_t *ret_blocks)
{
	uint8_t in[SIDECAR_HEADER_LEN];
	struct sidecar_header header;
	struct stat st;
	enum err err = manifest_read(fd, 0, in, sizeof(in));

	if (err == ERR_OK)
		err = sidecar_decode(in, &header);
	if (err != ERR_OK)
		return err;
	if (fstat(fd, &st) != 0)
		return ERR_IO;
	if (st.st_size < 0 || (uint64_t)st.st_size != sidecar_len(&header))
		return ERR_CORRUPT;
	*ret_blocks = header.blocks;
	return ERR_OK;
}

enum err
manifest_filter_open(const char *path, struct manifest_filter *ret)
{
	struct manifest_filter filter = { .blocks = 0 };
	enum err err;

	filter.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (filter.fd == -1)
		return errno == ENOENT ? ERR_MISSING : ERR_IO;
	err = read_header(filter.fd, &filter.blocks);
	if (err != ERR_OK) {
		manifest_filter_close(&filter);
		return err;
	}
	*ret = filter;
	return ERR_OK;
}

void
manifest_filter_close(struct manifest_filter *filter)
{
	(void)close(filter->fd);
	filter->fd = -1;
}

enum err
manifest_filter_look(
    const struct manifest_filter *filter, const struct hash *digest, bool *ret)
{
	uint8_t block[SIDECAR_BLOCK_LEN];
	uint64_t number = sidecar_block_of(digest, filter->blocks);
	enum err err = manifest_read(
	    filter->fd, sidecar_block_at(number), block, sizeof(block));

	if (err != ERR_OK)
		return err;
	if (!sidecar_block_is_whole(block, number))
		return ERR_CORRUPT;
	*ret = sidecar_block_has(block, digest);
	return ERR_OK;
}
