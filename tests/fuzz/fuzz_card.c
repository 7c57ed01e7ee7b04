/* card: whatever a card or a configuration says, a record can hold. */
#include <assert.h>

#include "client/card.h"
#include "schema/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct arena *arena;
	static struct card card;
	struct why reason = { "" };

	if (arena == NULL) {
		json_start();
		arena = arena_new((size_t)16 << 20);
	}
	arena_reset(arena);
	card = (struct card){ .arena = arena };
	bool is_config = len > 0 && data[0] == '{';
	enum err err = is_config
	    ? card_read_config(&card, span_of(data, len), &reason)
	    : card_read(&card, span_of(data, len), &reason);
	assert(err == ERR_OK || reason.text[0] != '\0');
	assert(card.count <= CLAIMS_MAX);
	for (size_t i = 0; i < card.count; i++) {
		const struct claim *claim = &card.claims[i];
		assert(
		    claim->name.len > 0 && claim->name.len <= CLAIM_NAME_MAX);
		assert(text_is_line(claim->name));
	}
	return 0;
}
