/* ssh_signer: a line that counts, written anew, says the same. */
#include <assert.h>

#include "schema/ssh_key.h"
#include "schema/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* As YYYYMMDDHHMMSSZ. */
static void
write_time(struct writer *w, const char *name, uint64_t time_ms)
{
	char text[TEXT_TIME_LEN];

	text_time(time_ms, text);
	writer_format(w, ",%s=\"%.4s%.2s%.2s%.2s%.2s%.2sZ\"", name, text,
	    text + 5, text + 8, text + 11, text + 14, text + 17);
}

static void
try_signer(const struct ssh_signer *signer)
{
	char line[512];
	struct writer w = writer_of(line, sizeof(line));
	struct ssh_signer back;
	enum ssh_line kind;

	assert(text_is_principal(signer->principal));
	assert(key_public_is_valid(&signer->key));
	writer_span(&w, signer->principal);
	writer_text(&w, " namespaces=\"headwater\"");
	write_time(&w, "valid-after", signer->valid_after_ms);
	if (signer->valid_before_ms != UINT64_MAX)
		write_time(&w, "valid-before", signer->valid_before_ms);
	writer_u8(&w, ' ');
	ssh_public_print(&signer->key, &w);
	assert(ssh_signer_parse(writer_view(&w), &kind, &back, NULL) == ERR_OK);
	assert(kind == SSH_LINE_SIGNER);
	assert(span_equal(signer->principal, back.principal));
	assert(key_public_equal(&signer->key, &back.key));
	assert(signer->valid_after_ms == back.valid_after_ms);
	assert(signer->valid_before_ms == back.valid_before_ms);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ssh_signer signer;
	enum ssh_line kind;
	struct why reason = { "" };
	struct span line = span_of(data, len);

	if (ssh_signer_parse(line, &kind, &signer, &reason) != ERR_OK)
		assert(reason.text[0] != '\0');
	else if (kind == SSH_LINE_SIGNER)
		try_signer(&signer);
	return 0;
}
