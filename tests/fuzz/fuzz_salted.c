/* salted manifests: what parses, prints to itself; each of its lines parses
 * alone, and is no line of an open one. */
#include <assert.h>

#include "schema/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_lines(struct span text, size_t count)
{
	struct manifest_salted one;
	struct span line;

	for (size_t i = 0; i < count; i++) {
		assert(span_cut(&text, '\n', &line));
		assert(manifest_line_parse_salted(line, &one) == ERR_OK);
		assert(manifest_line_parse(line, &one.file) != ERR_OK);
	}
	assert(text.len == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = span_of(data, len);
	struct arena *arena = arena_new((size_t)1 << 22);
	struct writer w = writer_heap((size_t)1 << 22);
	struct manifest_salted *lines;
	size_t count;
	struct why reason = { "" };

	if (manifest_parse_salted(text, arena, &lines, &count, &reason) ==
	    ERR_OK) {
		assert(manifest_print_salted(lines, count, &w, NULL) == ERR_OK);
		assert(span_equal(text, writer_view(&w)));
		check_lines(text, count);
	} else {
		assert(reason.text[0] != '\0');
	}
	writer_done(&w);
	arena_free(arena);
	return 0;
}
