/* envelope: each accepted text has one entry; the frame and the JSON parser
 * agree on every entry. */
#include <assert.h>
#include <string.h>

#include "schema/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
assert_same(const struct envelope *a, const struct envelope *b)
{
	assert(span_equal(a->payload, b->payload));
	assert(span_equal(a->pae, b->pae));
	assert(strcmp(a->keyid, b->keyid) == 0);
	assert(memcmp(a->signature.bytes, b->signature.bytes,
		   KEY_SIGNATURE_LEN) == 0);
}

/* A space in front makes it no entry, so the other reader has to read it. */
static void
check_other_reader(
    struct span entry, const struct envelope *envelope, struct arena *arena)
{
	struct writer w = writer_heap(ENVELOPE_LEN_MAX);
	struct envelope other;

	writer_u8(&w, ' ');
	writer_span(&w, entry);
	assert(envelope_parse(writer_view(&w), arena, &other, NULL) == ERR_OK);
	assert_same(envelope, &other);
	writer_done(&w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = span_of(data, len);
	struct arena *arena = arena_new((size_t)1 << 20);
	struct writer w = writer_heap(ENTRY_LEN_MAX);
	struct writer pae = writer_heap(ENTRY_LEN_MAX);
	struct envelope envelope;
	struct envelope again;
	struct why reason = { "" };
	static const struct public_key key;

	if (envelope_parse(text, arena, &envelope, &reason) == ERR_OK) {
		envelope_print(&envelope, &w);
		struct span entry = writer_view(&w);
		assert(writer_end(&w) == ERR_OK);
		assert(
		    envelope_parse_entry(entry, arena, &again, NULL) == ERR_OK);
		assert_same(&envelope, &again);
		check_other_reader(entry, &envelope, arena);
		envelope_pae(span_of_text(ENVELOPE_PAYLOAD_TYPE),
		    envelope.payload, &pae);
		assert(span_equal(writer_view(&pae), envelope.pae));
		assert(envelope_verify(&envelope, &key, NULL) != ERR_OK);
	} else {
		assert(reason.text[0] != '\0');
		assert(
		    envelope_parse_entry(text, arena, &again, NULL) != ERR_OK);
	}
	if (envelope_parse_entry(text, arena, &again, NULL) == ERR_OK)
		assert(span_equal(text, writer_view(&w)));
	writer_done(&w);
	writer_done(&pae);
	arena_free(arena);
	return 0;
}
