#include "daemon/signer.h"

#include <stdlib.h>

#include "daemon/fault.h"
#include "daemon/signer_batch.h"
#include "daemon/signer_key.h"
#include "daemon/signer_keyring.h"
#include "daemon/signer_state.h"
#include "schema/checkpoint.h"
#include "schema/reader.h"

#define PAYLOAD_MAX ((size_t)ENTRY_LEN_MAX / 4 * 3)
#define ARENA_MAX ((size_t)1 << 20) /* a keyring's statement and envelope */

struct signer {
	struct note_key key;
	struct secret_key *secret;
	char state_path[PATH_MAX];
	struct signer_state state;
	struct signer_keyring *keyring;
	const char *signers_path;
	const struct clock *clock;
	struct arena *arena; /* keyring statements only */
	uint8_t *message;    /* touched as far as used */
	size_t message_max;
	uint8_t answer[SIGNER_ANSWER_MAX];
	uint8_t copy[ENTRY_LEN_MAX]; /* of the entry at hand */
};

/* ---- starting ---- */

/* What is wrong with a file of ours is refused; only a missing key is missing. */
static enum err
as_refused(enum err err)
{
	return err_class(err) == ERR_CLASS_FAULT && err != ERR_MISSING
	    ? err
	    : ERR_REFUSED;
}

static enum err
open_state(struct signer *signer, const char *key_path, struct why *w)
{
	char *path = signer->state_path;
	enum err err = signer_state_path(key_path, path, w);

	if (err == ERR_OK)
		err = signer_state_open(path, &signer->key, &signer->state, w);
	if (err == ERR_MISSING)
		return why(w, ERR_REFUSED,
		    "%s: the signer's memory is not there; put it back, or, if "
		    "it is lost, run `headwater-signer state --new --key "
		    "FILE`: "
		    "it starts at size 0 and is then fed the log",
		    path);
	return err == ERR_OK || err == ERR_CONFLICT ? err : as_refused(err);
}

static enum err
read_signers(const struct signer *signer, struct signer_keyring **ret,
    struct writer *warnings, struct why *w)
{
	struct signer_source source = {
		.path = signer->signers_path,
		.log_key = &signer->key.key,
		.now_ms = clock_now_ms(signer->clock),
	};
	enum err err = signer_keyring_read(&source, ret, warnings, w);

	return err == ERR_OK ? ERR_OK : as_refused(err);
}

static enum err
start(struct signer *signer, const struct signer_setup *setup,
    struct writer *warnings, struct why *w)
{
	if (signer->arena == NULL || signer->message == NULL)
		return why(w, ERR_MEMORY, "signer: no memory to start");
	enum err err =
	    signer_key_read(setup->key_path, &signer->key, &signer->secret, w);
	if (err == ERR_OK)
		err = open_state(signer, setup->key_path, w);
	if (err == ERR_OK)
		err = read_signers(signer, &signer->keyring, warnings, w);
	return err;
}

enum err
signer_new(const struct signer_setup *setup, struct signer **ret,
    struct writer *warnings, struct why *w)
{
	struct signer *signer = calloc(1, sizeof(*signer));

	if (signer == NULL)
		return why(w, ERR_MEMORY, "signer: no memory to start");
	signer->state.fd = -1;
	signer->signers_path = setup->signers_path;
	signer->clock = setup->clock;
	signer->arena = arena_new(ARENA_MAX);
	signer->message_max =
	    setup->message_max == 0 ? SIGNER_MESSAGE_MAX : setup->message_max;
	signer->message = calloc(1, signer->message_max);
	enum err err = start(signer, setup, warnings, w);
	if (err != ERR_OK) {
		signer_free(signer);
		return err;
	}
	*ret = signer;
	return ERR_OK;
}

void
signer_free(struct signer *signer)
{
	if (signer == NULL)
		return;
	signer_state_close(&signer->state);
	signer_keyring_free(signer->keyring);
	key_secret_free(signer->secret);
	arena_free(signer->arena);
	free(signer->message);
	free(signer);
}

/* ---- answering: each reads a body, and writes the answer's ---- */

static enum err
malformed(const char *what, struct why *w)
{
	return why(
	    w, ERR_SYNTAX, "signer: %s: not of the documented form", what);
}

static enum err
answer_hello(struct signer *signer, struct span body, struct writer *answer,
    struct why *w)
{
	struct span origin = span_of_text(signer->key.name);

	if (body.len != 0)
		return malformed("hello", w);
	writer_u64(answer, signer->state.edge.size);
	writer_span(answer, hash_span(&signer->state.root));
	writer_u16(answer, (uint16_t)origin.len);
	writer_span(answer, origin);
	writer_bytes(answer, signer->key.key.bytes, KEY_PUBLIC_LEN);
	return ERR_OK;
}

static void
write_checkpoint(const struct signer *signer, struct writer *answer)
{
	struct tree_head head = {
		.size = signer->state.edge.size,
		.root = signer->state.root,
	};

	FAULT("signer-before-sign");
	checkpoint_sign(&head, &signer->key, signer->secret, answer);
	FAULT("signer-after-sign");
}

static enum err
answer_seal(struct signer *signer, struct span body, struct writer *answer,
    struct why *w)
{
	struct tree_edge edge;
	enum err err =
	    signer_batch(&signer->state, body, signer->copy, &edge, w);

	if (err != ERR_OK)
		return err;
	FAULT("signer-before-state");
	/* durable before it is signed: after a crash we know that we may have
	 * signed, and sign the same again */
	err = signer_state_put(&signer->state, &edge, w);
	if (err != ERR_OK)
		return err;
	FAULT("signer-after-state");
	write_checkpoint(signer, answer);
	return ERR_OK;
}

static enum err
answer_repeat(struct signer *signer, struct span body, struct writer *answer,
    struct why *w)
{
	if (body.len != 0)
		return malformed("repeat", w);
	if (signer->state.edge.size == 0)
		return why(
		    w, ERR_NOT_FOUND, "signer: it has signed nothing yet");
	write_checkpoint(signer, answer);
	return ERR_OK;
}

/* Signs the payload, which we built; its entry goes to `answer`. */
static enum err
write_entry(struct signer *signer, struct span payload, struct writer *answer,
    struct why *w)
{
	struct writer entry = writer_heap(ENTRY_LEN_MAX);
	struct envelope envelope;
	enum err err =
	    envelope_sign(payload, signer->secret, signer->arena, &envelope);

	if (err != ERR_OK)
		return why(w, err, "keyring: its statement fits no entry");
	envelope_print(&envelope, &entry);
	writer_u32(answer, (uint32_t)entry.len);
	writer_span(answer, writer_view(&entry));
	err = writer_end(&entry);
	writer_done(&entry);
	return err;
}

static enum err
check_stamp(const struct signer *signer, uint64_t stamp_ms, struct why *w)
{
	uint64_t now_ms = clock_now_ms(signer->clock);

	if (stamp_ms < now_ms && now_ms - stamp_ms > SIGNER_STAMP_BEHIND_MS)
		return why(w, ERR_BUSY,
		    "keyring: its stamp is %llu ms behind the signer's clock, "
		    "at most %d",
		    (unsigned long long)(now_ms - stamp_ms),
		    SIGNER_STAMP_BEHIND_MS);
	return ERR_OK;
}

static enum err
print_keyring(struct signer *signer, const struct signer_statement *statement,
    struct writer *answer, struct why *w)
{
	arena_reset(signer->arena);
	uint8_t *buffer = arena_take(signer->arena, PAYLOAD_MAX, 1);
	if (buffer == NULL)
		return why(w, ERR_MEMORY, "keyring: no memory for it");
	struct writer payload = writer_of(buffer, PAYLOAD_MAX);
	struct writer lines = writer_heap(KEYRING_BLOB_MAX);
	enum err err = signer_keyring_print(
	    signer->keyring, statement, &payload, &lines, w);
	if (err == ERR_OK) {
		writer_u64(answer,
		    signer_keyring_next_ms(
			signer->keyring, statement->stamp_ms));
		err = write_entry(signer, writer_view(&payload), answer, w);
		writer_span(answer, writer_view(&lines));
	}
	writer_done(&lines);
	return err;
}

static enum err
answer_keyring(struct signer *signer, struct span body, struct writer *answer,
    struct why *w)
{
	struct reader r = reader_of(body);
	struct hash previous = { { 0 } };
	struct signer_statement statement = { .origin = signer->key.name };

	statement.stamp_ms = reader_u64(&r);
	uint8_t has = reader_u8(&r);
	if (has == 1) {
		reader_copy(&r, previous.bytes, HASH_LEN);
		statement.previous = &previous;
	}
	if (has > 1 || reader_end(&r) != ERR_OK)
		return malformed("keyring", w);
	if (has == 0 && signer->state.edge.size > 0)
		return why(
		    w, ERR_REFUSED, "keyring: only entry 0 has none before it");
	enum err err = check_stamp(signer, statement.stamp_ms, w);
	if (err != ERR_OK)
		return err;
	return print_keyring(signer, &statement, answer, w);
}

static enum err
answer_reload(struct signer *signer, struct span body, struct writer *answer,
    struct why *w)
{
	struct signer_keyring *keyring;
	uint8_t text[SIGNER_WARNINGS_MAX / 2];
	struct writer warnings = writer_of(text, sizeof(text));

	if (body.len != 0)
		return malformed("reload", w);
	enum err err = read_signers(signer, &keyring, &warnings, w);
	if (err != ERR_OK)
		return ERR_REFUSED; /* the old one stays in force */
	signer_keyring_free(signer->keyring);
	signer->keyring = keyring;
	struct span view = writer_view(&warnings);
	writer_u32(answer, (uint32_t)view.len);
	writer_span(answer, view);
	return ERR_OK;
}

static enum err
answer_nothing(struct signer *signer, struct span body, struct writer *answer,
    struct why *w)
{
	(void)signer;
	(void)body;
	(void)answer;
	return malformed("refusal", w);
}

/* ---- serving ---- */

static enum err (*const answers[])(
    struct signer *, struct span, struct writer *, struct why *) = {
	[SIGNER_HELLO] = answer_hello,
	[SIGNER_SEAL] = answer_seal,
	[SIGNER_REPEAT] = answer_repeat,
	[SIGNER_KEYRING] = answer_keyring,
	[SIGNER_RELOAD] = answer_reload,
	[SIGNER_REFUSED] = answer_nothing,
};

/* After these nobody knows what the peer, the disk or the memory does next. */
static bool
is_fatal(enum err err)
{
	return err == ERR_SYNTAX || err_class(err) == ERR_CLASS_CORRUPT ||
	    (err_class(err) == ERR_CLASS_FAULT && err != ERR_MEMORY);
}

/* Answers one message; a failure returned is fatal. */
static enum err
serve_message(struct signer *signer, int out, enum signer_type type,
    struct span body, struct why *w)
{
	struct writer answer = writer_of(signer->answer, SIGNER_ANSWER_MAX);
	struct why sentence = { "" };
	enum err err = answers[type](signer, body, &answer, &sentence);

	if (err == ERR_OK)
		err = writer_end(&answer);
	if (err != ERR_OK) {
		signer_wire_refuse(out, err, &sentence);
		return is_fatal(err) ? why(w, err, "%s", sentence.text)
				     : ERR_OK;
	}
	struct span view = writer_view(&answer);
	FAULT("signer-before-answer");
	err = signer_wire_send(out, type, &view, 1);
	return err == ERR_OK || err == ERR_MISSING
	    ? ERR_OK
	    : why(w, err, "signer: cannot answer: %s", err_text(err));
}

enum err
signer_serve(struct signer *signer, int in, int out, struct why *w)
{
	enum err err = ERR_OK;

	while (err == ERR_OK) {
		enum signer_type type;
		struct span body;
		err = signer_wire_receive(
		    in, signer->message, signer->message_max, &type, &body);
		if (err == ERR_MISSING)
			return ERR_OK; /* the daemon has ended */
		if (err == ERR_OK) {
			err = serve_message(signer, out, type, body, w);
			continue;
		}
		struct why sentence;
		(void)why(&sentence, err, "signer: no message of ours: %s",
		    err_text(err));
		signer_wire_refuse(out, err, &sentence);
		return why(w, err, "%s", sentence.text);
	}
	return err;
}
