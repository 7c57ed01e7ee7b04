/* keyring: who is in one makes the same one again. */
#include <assert.h>
#include <string.h>

#include "schema/keyring.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	assert(key_start(NULL) == ERR_OK);
	return 0;
}

static void
check(const struct keyring *keyring)
{
	struct writer w = writer_heap((size_t)1 << 20);
	static struct ssh_signer signers[1024];
	struct keyring *again;

	assert(keyring->count < 1024);
	for (size_t i = 0; i < keyring->count; i++) {
		const struct keyring_member *member = &keyring->members[i];
		signers[i].principal = span_of_text(member->principal);
		signers[i].key = member->key;
		assert(keyring_find(keyring, member->keyid) == member);
	}
	assert(keyring_print(keyring->origin, signers, keyring->count,
		   keyring->has_previous ? &keyring->previous : NULL,
		   &w) == ERR_OK);
	assert(keyring_parse(writer_view(&w), &again, NULL) == ERR_OK);
	assert(keyring_same_members(keyring, again));
	assert(strcmp(keyring->origin, again->origin) == 0);
	assert(keyring->has_previous == again->has_previous);
	assert(hash_equal(&keyring->previous, &again->previous));
	keyring_free(again);
	writer_done(&w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct keyring *keyring;
	struct why reason = { "" };

	if (keyring_parse(span_of(data, len), &keyring, &reason) == ERR_OK) {
		check(keyring);
		keyring_free(keyring);
	} else {
		assert(reason.text[0] != '\0');
	}
	return 0;
}
