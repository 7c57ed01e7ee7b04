/*
 * What a daemon may say to the signer: a conversation with a fresh state.
 *
 * The first byte chooses.  Even: the rest is the stream, as it is.  Odd: pieces
 * of u8 what, u16 length, body, of which messages are made; `what` & 7 is the
 * type, and its top bit puts the right size before a SEAL, so that a batch has a
 * chance.  Whatever comes: a note is the model's tree, signed; two notes of one
 * size are the same bytes; after a refusal the size is what it was.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/file.h"
#include "daemon/signer.h"
#include "daemon/signer_key.h"
#include "daemon/signer_state.h"
#include "schema/checkpoint.h"
#include "schema/reader.h"

#define PATH_ROOM 96

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static char key_path[PATH_ROOM];
static char state_path[PATH_ROOM + 8];
static char signers_path[PATH_ROOM];
static struct note_key key;
static int questions;
static int answers;

/* What the signer must have: its tree, and the note over it. */
static struct tree_edge model;
static uint8_t note[CHECKPOINT_NOTE_MAX];
static size_t note_len;

static void
must(bool is_true)
{
	if (!is_true)
		abort();
}

static void
start(void)
{
	char folder[] = "/dev/shm/headwater-fuzz.XXXXXX";

	must(key_start(NULL) == ERR_OK && mkdtemp(folder) != NULL);
	(void)snprintf(key_path, sizeof(key_path), "%s/key", folder);
	(void)snprintf(state_path, sizeof(state_path), "%s.state", key_path);
	(void)snprintf(
	    signers_path, sizeof(signers_path), "%s/signers", folder);
	must(signer_key_make("fuzz.example", key_path, &key, NULL) == ERR_OK);
	must(file_create(signers_path, SPAN_EMPTY, 0600, NULL) == ERR_OK);
	questions = memfd_create("questions", MFD_CLOEXEC);
	answers = memfd_create("answers", MFD_CLOEXEC);
	must(questions >= 0 && answers >= 0);
}

static void
empty(int fd)
{
	must(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
}

static void
put(const void *bytes, size_t len)
{
	must(write(questions, bytes, len) == (ssize_t)len);
}

/* What a batch that was sealed made of the tree. */
static void
grow(struct span body)
{
	struct reader r = reader_of(body);
	struct hash made[TREE_LEVELS];

	must(reader_u64(&r) == model.size);
	size_t count = reader_u16(&r);
	must(count > 0 && count <= BATCH_ENTRIES_MAX);
	for (size_t i = 0; i < count; i++) {
		struct span entry = reader_take(&r, reader_u16(&r));
		must(entry.len > 0);
		struct hash leaf = tree_leaf(entry);
		(void)tree_append(&model, &leaf, made);
	}
	must(reader_end(&r) == ERR_OK);
}

static void
check_note(struct span bytes)
{
	struct checkpoint checkpoint;
	struct hash root = tree_edge_root(&model);

	must(checkpoint_verify(bytes, &key, &checkpoint, NULL) == ERR_OK);
	must(checkpoint.head.size == model.size);
	must(hash_equal(&checkpoint.head.root, &root));
}

static void
check_hello(struct span body)
{
	struct reader r = reader_of(body);
	struct hash root = tree_edge_root(&model);

	must(reader_u64(&r) == model.size);
	must(span_equal(reader_take(&r, HASH_LEN), hash_span(&root)));
}

static void
check(enum signer_type asked, struct span question, struct span body)
{
	if (asked == SIGNER_SEAL) {
		grow(question);
		check_note(body);
		memcpy(note, body.data, body.len);
		note_len = body.len;
	} else if (asked == SIGNER_REPEAT) {
		check_note(body);
		must(span_equal(body, span_of(note, note_len)));
	} else if (asked == SIGNER_HELLO) {
		check_hello(body);
	}
}

/* Serves what lies in `questions`, and reads both sides again. */
static enum err
converse(struct signer *signer)
{
	static uint8_t asked[1 << 20];
	static uint8_t told[SIGNER_ANSWER_MAX];
	enum signer_type type;
	enum signer_type answer_type;
	struct span question;
	struct span body;

	must(lseek(questions, 0, SEEK_SET) == 0);
	empty(answers);
	enum err err = signer_serve(signer, questions, answers, NULL);
	must(lseek(questions, 0, SEEK_SET) == 0);
	must(lseek(answers, 0, SEEK_SET) == 0);
	while (signer_wire_receive(questions, asked, sizeof(asked), &type,
		   &question) == ERR_OK) {
		if (signer_wire_receive(answers, told, sizeof(told),
			&answer_type, &body) != ERR_OK)
			break; /* it has ended before */
		must(answer_type == type || answer_type == SIGNER_REFUSED);
		if (answer_type == type && type != SIGNER_REFUSED)
			check(type, question, body);
	}
	return err;
}

static enum err
say_piece(struct signer *signer, struct reader *r)
{
	uint8_t what = reader_u8(r);
	size_t len = reader_u16(r);
	struct span body =
	    reader_take(r, len < r->rest.len ? len : r->rest.len);
	uint8_t bytes[13];
	struct writer head = writer_of(bytes, sizeof(bytes));
	bool has_size = (what & 0x80) != 0;

	writer_u32(&head, (uint32_t)(body.len + (has_size ? 9 : 1)));
	writer_u8(&head, what & 7);
	if (has_size)
		writer_u64(&head, model.size);
	empty(questions);
	put(bytes, head.len);
	put(body.data, body.len);
	return converse(signer);
}

static void
check_end(void)
{
	struct signer_state state;
	struct hash root = tree_edge_root(&model);

	must(signer_state_look(state_path, &key, &state, NULL) == ERR_OK);
	must(state.edge.size == model.size);
	must(hash_equal(&state.root, &root));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct signer_setup setup = { key_path, signers_path, NULL,
		(size_t)1 << 20 };
	struct signer *signer = NULL;

	if (key_path[0] == 0)
		start();
	if (len == 0 || len > 65536)
		return 0;
	model = (struct tree_edge){ .size = 0 };
	note_len = 0;
	must(unlink(state_path) == 0);
	must(signer_state_create(state_path, &key, NULL) == ERR_OK);
	must(signer_new(&setup, &signer, NULL, NULL) == ERR_OK);
	struct reader r = reader_of(span_of(data + 1, len - 1));
	if ((data[0] & 1) == 0) {
		empty(questions);
		put(r.rest.data, r.rest.len);
		(void)!converse(signer);
	} else {
		while (!reader_is_empty(&r) && say_piece(signer, &r) == ERR_OK)
			continue;
	}
	check_end();
	signer_free(signer);
	return 0;
}
