#include "tests/bench/drive_answer.h"

#include <stdlib.h>
#include <string.h>

static const char *
header(const char *head, const char *name)
{
	const char *at = strcasestr(head, name);

	return at == NULL ? NULL : at + strlen(name);
}

/* `end` is the byte before the empty line's CRLF; a NUL stands there. */
static void
read_head(const char *head, struct drive_answer *answer)
{
	const char *value = header(head, "\r\nContent-Length:");

	if (strlen(head) > 12)
		answer->status = (int)strtol(head + 9, NULL, 10);
	if (value != NULL)
		answer->body_len = strtoul(value, NULL, 10);
	answer->is_chunked =
	    header(head, "\r\nTransfer-Encoding: chunked") != NULL;
	answer->must_close = header(head, "\r\nConnection: close") != NULL;
}

bool
drive_answer_is_whole(
    const char *bytes, size_t len, struct drive_answer *answer)
{
	static const char last_chunk[] = "0\r\n\r\n";
	const size_t last = sizeof(last_chunk) - 1;

	if (answer->head_len == 0) {
		const char *end = memmem(bytes, len, "\r\n\r\n", 4);
		char head[4096];
		size_t head_len = end == NULL ? 0 : (size_t)(end - bytes) + 2;
		if (head_len == 0 || head_len >= sizeof(head))
			return false;
		memcpy(head, bytes, head_len);
		head[head_len] = '\0';
		read_head(head, answer);
		answer->head_len = head_len + 2;
	}
	if (!answer->is_chunked)
		return len >= answer->head_len + answer->body_len;
	return len >= answer->head_len + last &&
	    memcmp(bytes + len - last, last_chunk, last) == 0;
}
