/* signer_state: a copy with a right checksum is refused, or encodes to itself. */
#include <assert.h>

#include "daemon/signer_state.h"

#define CHECKED_LEN (SIGNER_COPY_LEN - HASH_LEN)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t copy[SIGNER_COPY_LEN] = { 0 };
	uint8_t again[SIGNER_COPY_LEN];
	struct signer_state state;
	struct why reason = { "" };

	/* as it is: a checksum is hard to guess */
	assert(signer_state_decode(span_of(data, len), &state, &reason) !=
		ERR_OK ||
	    len == SIGNER_COPY_LEN);
	memcpy(copy, data, len < CHECKED_LEN ? len : CHECKED_LEN);
	struct hash sum = sha256_of(span_of(copy, CHECKED_LEN));
	memcpy(copy + CHECKED_LEN, sum.bytes, HASH_LEN);
	enum err err =
	    signer_state_decode(span_of(copy, sizeof(copy)), &state, &reason);
	if (err != ERR_OK) {
		assert(err == ERR_REFUSED && reason.text[0] != 0);
		return 0;
	}
	struct hash root = tree_edge_root(&state.edge);
	assert(hash_equal(&root, &state.root));
	signer_state_encode(&state, again);
	assert(memcmp(copy, again, sizeof(copy)) == 0);
	return 0;
}
