/* spdx: what is read prints to what reads the same, with the same facts. */
#include <assert.h>
#include <string.h>

#include "schema/spdx_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static size_t
print(const struct spdx *spdx, char *out, size_t cap)
{
	struct writer w = writer_of(out, cap);

	spdx_print(spdx, &w);
	assert(writer_end(&w) == ERR_OK);
	return w.len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct spdx spdx;
	static struct spdx again;
	char text[SPDX_PRINTED_MAX];
	char twice[SPDX_PRINTED_MAX];
	struct why why;

	(void)spdx_license_flags(span_of(data, len));
	(void)spdx_of_hub(span_of(data, len));
	if (spdx_parse(span_of(data, len), &spdx, &why) != ERR_OK) {
		assert(why.text[0] != '\0');
		return 0;
	}
	/* a space beside a parenthesis may be new, and one too many to read */
	size_t text_len = print(&spdx, text, sizeof(text));
	if (text_len > SPDX_TEXT_MAX)
		return 0;
	assert(spdx_parse(span_of(text, text_len), &again, &why) == ERR_OK);
	assert(
	    again.count == spdx.count && again.term_count == spdx.term_count);
	size_t twice_len = print(&again, twice, sizeof(twice));
	assert(text_len == twice_len && memcmp(text, twice, text_len) == 0);
	struct spdx_facts a = spdx_facts(&spdx);
	struct spdx_facts b = spdx_facts(&again);
	assert(memcmp(&a, &b, sizeof(a)) == 0);
	return 0;
}
