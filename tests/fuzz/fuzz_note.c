/* note: what parses, prints to itself; so do its keys. */
#include <assert.h>

#include "schema/note.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* schema/vectors/log.vkey */
#define LOG_KEY \
	"example.org/log+964baf2e+A" \
	"Xm1Vi6P5lT5QHixEuipi6eQH4U65pW+1+DjkQutBJZk"

static struct note_key key;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	assert(key_start(NULL) == ERR_OK);
	assert(note_key_parse(span_of_text(LOG_KEY), &key, NULL) == ERR_OK);
	return 0;
}

static void
try_key(struct span text)
{
	struct note_key parsed;
	char back[NOTE_VKEY_MAX];

	if (note_key_parse(text, &parsed, NULL) == ERR_OK) {
		note_key_print(&parsed, back);
		assert(span_is(text, back));
	}
}

static void
try_secret(struct span text)
{
	struct note_key parsed;
	struct secret_key *secret;
	char back[NOTE_SKEY_MAX];
	struct writer w = writer_of(back, sizeof(back));

	if (note_secret_parse(text, &parsed, &secret, NULL) != ERR_OK)
		return;
	note_secret_print(&parsed, secret, &w);
	key_secret_free(secret);
	/* the last line feed may be missing in the input */
	assert(writer_end(&w) == ERR_OK && w.len - text.len <= 1);
	assert(span_equal(text, span_of(back, text.len)));
}

static void
try_note(struct span text)
{
	struct note note;
	struct writer w = writer_heap(NOTE_LEN_MAX);
	struct why reason;

	if (note_parse(text, &note, &reason) != ERR_OK) {
		assert(reason.text[0] != '\0');
		return;
	}
	(void)!note_verify(&note, &key, &reason);
	assert(note.count >= 1 && note.count <= NOTE_SIGNATURES_MAX);
	writer_span(&w, note.text);
	writer_u8(&w, '\n');
	for (size_t i = 0; i < note.count; i++) {
		writer_text(&w, "\xe2\x80\x94 ");
		writer_span(&w, note.signatures[i].name);
		writer_u8(&w, ' ');
		writer_span(&w, note.signatures[i].signature);
		writer_u8(&w, '\n');
	}
	assert(span_equal(text, writer_view(&w)));
	writer_done(&w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = span_of(data, len);

	try_key(text);
	try_secret(text);
	try_note(text);
	return 0;
}
