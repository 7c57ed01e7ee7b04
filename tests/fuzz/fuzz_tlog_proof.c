/* tlog_proof: what parses, prints to itself; verifying it never crashes. */
#include <assert.h>

#include "schema/tlog_proof.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* schema/vectors/log.vkey */
#define LOG_KEY \
	"example.org/" \
	"log+964baf2e+AXm1Vi6P5lT5QHixEuipi6eQH4U65pW+1+DjkQutBJZk"

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = span_of(data, len);
	struct arena *arena = arena_new(TLOG_PROOF_MAX);
	struct writer w = writer_heap(TLOG_PROOF_MAX);
	struct tlog_proof proof;
	struct checkpoint checkpoint;
	struct why reason = { "" };

	if (tlog_proof_parse(text, arena, &proof, &reason) == ERR_OK) {
		struct hash leaf = tree_leaf(proof.extra);
		(void)!tlog_proof_verify(
		    &proof, &leaf, &key, &checkpoint, &reason);
		tlog_proof_print(&proof, &w);
		assert(span_equal(text, writer_view(&w)));
	} else {
		assert(reason.text[0] != '\0');
	}
	writer_done(&w);
	arena_free(arena);
	return 0;
}
