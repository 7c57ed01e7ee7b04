/* keyring: who is in one makes the same one again. */
#include <assert.h>
#include <stdio.h>
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

static enum err
give(void *context, const struct hash *sha256, size_t len, struct writer *ret,
    struct why *w)
{
	(void)sha256;
	(void)len;
	(void)w;
	writer_span(ret, writer_view(context));
	return ERR_OK;
}

/* Lines beside a record: those of the vectors. */
static enum err
give_file(void *context, const struct hash *sha256, size_t len,
    struct writer *ret, struct why *w)
{
	FILE *file = fopen("schema/vectors/keyring/beside.lines", "re");
	char text[1024];
	size_t got = 0;

	(void)context;
	(void)sha256;
	(void)len;
	(void)w;
	while (file != NULL && (got = fread(text, 1, sizeof(text), file)) > 0)
		writer_span(ret, span_of(text, got));
	if (file != NULL)
		(void)fclose(file);
	return ERR_OK;
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
	const struct keyring_terms terms = { keyring->origin, signers,
		keyring->count,
		keyring->has_previous ? &keyring->previous : NULL };
	struct writer beside = writer_heap(KEYRING_BLOB_MAX);
	const struct keyring_source source = { .load = give,
		.context = &beside };
	assert(keyring_print(&terms, &w, &beside) == ERR_OK);
	assert(keyring_parse(writer_view(&w), &source, &again, NULL) == ERR_OK);
	writer_done(&beside);
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

	const struct keyring_source source = { .load = give_file };

	if (keyring_parse(span_of(data, len), &source, &keyring, &reason) ==
	    ERR_OK) {
		check(keyring);
		keyring_free(keyring);
	} else {
		assert(reason.text[0] != '\0');
	}
	return 0;
}
