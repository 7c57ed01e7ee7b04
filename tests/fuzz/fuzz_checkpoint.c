/* checkpoint: what parses, prints to itself, up to extension lines. */
#include <assert.h>

#include "schema/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = span_of(data, len);
	struct checkpoint checkpoint;
	char back[CHECKPOINT_NOTE_MAX];
	struct writer w = writer_of(back, sizeof(back));
	struct why reason = { "" };

	if (checkpoint_parse(text, &checkpoint, &reason) != ERR_OK) {
		assert(reason.text[0] != '\0');
		return 0;
	}
	assert(checkpoint.head.size <= TREE_SIZE_MAX);
	checkpoint_print(&checkpoint, &w);
	assert(writer_end(&w) == ERR_OK && w.len <= len);
	assert(memcmp(back, data, w.len) == 0);
	return 0;
}
