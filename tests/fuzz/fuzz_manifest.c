/* manifest: what parses, prints to itself; each of its lines parses alone. */
#include <assert.h>

#include "schema/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = span_of(data, len);
	struct arena *arena = arena_new((size_t)1 << 22);
	struct writer w = writer_heap((size_t)1 << 22);
	struct manifest_line *lines;
	struct manifest_line one;
	struct span rest = text;
	struct span line;
	size_t count;
	struct why reason = { "" };

	if (manifest_parse(text, arena, &lines, &count, &reason) == ERR_OK) {
		assert(manifest_print(lines, count, &w, NULL) == ERR_OK);
		assert(span_equal(text, writer_view(&w)));
		for (size_t i = 0; i < count; i++) {
			assert(span_cut(&rest, '\n', &line));
			assert(manifest_line_parse(line, &one) == ERR_OK);
		}
		assert(rest.len == 0);
	} else {
		assert(reason.text[0] != '\0');
	}
	(void)manifest_root(text);
	writer_done(&w);
	arena_free(arena);
	return 0;
}
