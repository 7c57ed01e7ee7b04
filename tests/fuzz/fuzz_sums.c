/* sums: what is read, written as sha256sum writes it, is read again as the same. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/sums.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int fd = -1;
static char path[64];

static void
must(bool is_good)
{
	if (!is_good)
		abort();
}

static void
write_file(struct span text)
{
	if (fd < 0) {
		fd = memfd_create("sums", MFD_CLOEXEC);
		must(fd >= 0);
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	must(ftruncate(fd, 0) == 0 &&
	    pwrite(fd, text.data, text.len, 0) == (ssize_t)text.len);
}

static enum err
take(void *context, const struct manifest_line *line, struct why *w)
{
	struct writer *out = context;

	assert(manifest_check_path(line->path, w) == ERR_OK);
	manifest_line_print(line, out);
	return ERR_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct writer first = writer_heap((size_t)1 << 24);
	struct writer second = writer_heap((size_t)1 << 24);
	struct why reason = { "" };

	write_file(span_of(data, len));
	if (sums_read(path, take, &first, &reason) == ERR_OK) {
		write_file(writer_view(&first));
		must(sums_read(path, take, &second, NULL) == ERR_OK);
		assert(span_equal(writer_view(&first), writer_view(&second)));
	} else {
		assert(reason.text[0] != '\0');
	}
	writer_done(&first);
	writer_done(&second);
	return 0;
}
