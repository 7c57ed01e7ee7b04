/* pointer: what is taken for a pointer has what it is taken for, and spans lie in
 * the text. */
#include <assert.h>

#include "client/pointer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_lfs(struct span text)
{
	struct pointer pointer;
	struct why reason = { "" };
	enum err err = pointer_parse_lfs(text, &pointer, &reason);

	if (err == ERR_OK) {
		assert(text.len < POINTER_LEN_MAX);
		assert(span_starts(text, "version "));
		assert(pointer.digest.algorithm == DIGEST_SHA256);
		assert(pointer.has_size && pointer.size <= INT64_MAX);
	}
	/* any small file may be none; one that is broken is named */
	assert(err != ERR_SYNTAX || reason.text[0] != '\0');
	assert(err == ERR_OK || err == ERR_SYNTAX || err == ERR_NOT_FOUND);
}

static void
check_dvc(struct span text)
{
	struct pointer pointer;
	struct why reason = { "" };

	if (pointer_parse_dvc(text, &pointer, &reason) != ERR_OK) {
		assert(reason.text[0] != '\0');
		return;
	}
	assert(pointer.digest.algorithm == DIGEST_MD5);
	assert(pointer.path.len == 0 ||
	    (pointer.path.data >= text.data &&
		pointer.path.data + pointer.path.len <= text.data + text.len));
	assert(span_find(pointer.path, '\n') == pointer.path.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = span_of(data, len);

	check_lfs(text);
	check_dvc(text);
	(void)pointer_is_dvc(text);
	return 0;
}
