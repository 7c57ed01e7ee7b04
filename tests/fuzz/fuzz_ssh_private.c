/* ssh_key: a private key that parses signs for the public key in its file. */
#include <assert.h>

#include "schema/ssh_key.h"

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
try_public(struct span line)
{
	struct public_key key;
	char back[SSH_LINE_LEN];
	struct writer w = writer_of(back, sizeof(back));

	if (ssh_public_parse(line, &key, NULL) != ERR_OK)
		return;
	assert(key_public_is_valid(&key));
	ssh_public_print(&key, &w);
	assert(ssh_public_parse(writer_view(&w), &key, NULL) == ERR_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span file = span_of(data, len);
	struct secret_key *secret = NULL;
	struct public_key public;
	struct signature signature;
	struct why reason = { "" };

	try_public(file);
	if (ssh_private_parse(file, &secret, &reason) != ERR_OK) {
		assert(secret == NULL && reason.text[0] != '\0');
		return 0;
	}
	key_secret_public(secret, &public);
	key_sign(secret, file, &signature);
	assert(key_verify(&public, file, &signature));
	key_secret_free(secret);
	return 0;
}
