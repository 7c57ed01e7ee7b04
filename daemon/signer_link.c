#include "daemon/signer_link.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/limits.h"
#include "daemon/lock.h"
#include "daemon/signer_wire.h"
#include "schema/reader.h"

#define ARENA_MAX ((size_t)1 << 20) /* to look into a keyring's envelope */
#define PARTS_MAX (1 + 2 * (size_t)BATCH_ENTRIES_MAX)

struct signer_link {
	struct lock lock; /* guards all that follows; fds live as long as we */
	struct signer_process process;
	bool is_broken; /* a conversation was cut: no answer is believed */
	struct note_key key;
	struct arena *arena;
	uint8_t answer[SIGNER_ANSWER_MAX];
	/* a batch is sent from where its entries lie */
	uint8_t lens[BATCH_ENTRIES_MAX][2];
	struct span parts[PARTS_MAX];
};

/* ---- one question, one answer ---- */

/* The signer is gone, or as good as gone: nobody talks to it again. */
static enum err
broken(struct signer_link *link, const char *what, struct why *w)
{
	link->is_broken = true;
	signer_process_kill(&link->process);
	return why(w, ERR_MISSING, "signer: %s; the daemon must stop", what);
}

/* Waits for the first byte; the rest of an answer comes at once (SO_RCVTIMEO). */
static bool
wait_answer(const struct signer_link *link)
{
	uint64_t deadline_ms = clock_steady_ms() + SUBMIT_WAIT_MS;

	for (;;) {
		struct pollfd poll_fd = { .fd = link->process.fd,
			.events = POLLIN };
		uint64_t now_ms = clock_steady_ms();
		int wait_ms =
		    now_ms < deadline_ms ? (int)(deadline_ms - now_ms) : 0;
		int rc = poll(&poll_fd, 1, wait_ms);
		if (rc >= 0 || errno != EINTR)
			return rc > 0;
	}
}

/* A signer that finds damage ends; so does one whose refusal is none. */
static enum err
refused(struct signer_link *link, struct span body, struct why *w)
{
	enum err err = signer_wire_refusal(body, w);

	if (err_class(err) == ERR_CLASS_CORRUPT)
		(void)broken(link, "", NULL);
	return err;
}

static enum err
receive(struct signer_link *link, enum signer_type wanted, struct span *ret,
    struct why *w)
{
	enum signer_type type;
	struct span body = SPAN_EMPTY;

	if (!wait_answer(link))
		return broken(link, "no answer in time", w);
	enum err err = signer_wire_receive(
	    link->process.fd, link->answer, sizeof(link->answer), &type, &body);
	if (err == ERR_MISSING)
		return broken(link, "it has ended", w);
	if (err != ERR_OK)
		return broken(link, "its answer is no message", w);
	if (type == SIGNER_REFUSED)
		return refused(link, body, w);
	if (type != wanted)
		return broken(link, "it answered another question", w);
	*ret = body;
	return ERR_OK;
}

/* Sends `count` parts of link->parts; *ret borrows link->answer. */
static enum err
ask(struct signer_link *link, enum signer_type type, size_t count,
    struct span *ret, struct why *w)
{
	if (link->is_broken)
		return why(w, ERR_MISSING, "signer: it has ended");
	enum err err =
	    signer_wire_send(link->process.fd, type, link->parts, count);
	/* one that ended may have told why before */
	if (err != ERR_OK && err != ERR_MISSING)
		return broken(link, "it does not listen", w);
	err = receive(link, type, ret, w);
	/* "missing" would say that the signer is */
	return err == ERR_MISSING && !link->is_broken ? ERR_IO : err;
}

/* ---- starting ---- */

static enum err
greet(struct signer_link *link, struct signer_hello *ret, struct why *w)
{
	struct public_key public;
	char name[NOTE_NAME_MAX + 1] = "";
	struct span body = SPAN_EMPTY;

	/* not by ask(): that there is no key is for our caller to know */
	enum err err =
	    signer_wire_send(link->process.fd, SIGNER_HELLO, NULL, 0);
	if (err == ERR_OK || err == ERR_MISSING)
		err = receive(link, SIGNER_HELLO, &body, w);
	/* an end without a word is a program that is none of ours */
	if (err == ERR_MISSING && link->is_broken)
		return why(w, ERR_IO, "signer: it ended before it answered");
	if (err != ERR_OK)
		return err;
	struct reader r = reader_of(body);
	ret->head.size = reader_u64(&r);
	reader_copy(&r, ret->head.root.bytes, HASH_LEN);
	struct span origin = reader_take(&r, reader_u16(&r));
	reader_copy(&r, public.bytes, KEY_PUBLIC_LEN);
	if (reader_end(&r) != ERR_OK || !note_is_name(origin) ||
	    !key_public_is_valid(&public))
		return why(w, ERR_CORRUPT, "signer: its greeting is malformed");
	memcpy(name, origin.data, origin.len);
	note_key_make(name, &public, &ret->key);
	link->key = ret->key;
	return ERR_OK;
}

enum err
signer_link_new(const struct signer_program *program, struct signer_link **ret,
    struct signer_hello *ret_hello, struct why *w)
{
	struct signer_hello hello;
	struct signer_link *link = calloc(1, sizeof(*link));

	if (link == NULL)
		return why(w, ERR_MEMORY, "signer: no memory to start it");
	lock_init(&link->lock);
	link->process = (struct signer_process){ .fd = -1, .pid_fd = -1 };
	link->arena = arena_new(ARENA_MAX);
	enum err err = link->arena == NULL
	    ? why(w, ERR_MEMORY, "signer: no memory to start it")
	    : signer_process_start(program, &link->process, w);
	if (err == ERR_OK)
		err = greet(link, &hello, w);
	if (err != ERR_OK) {
		signer_link_free(link);
		return err;
	}
	*ret = link;
	*ret_hello = hello;
	return ERR_OK;
}

void
signer_link_free(struct signer_link *link)
{
	if (link == NULL)
		return;
	signer_process_end(&link->process);
	arena_free(link->arena);
	lock_done(&link->lock);
	free(link);
}

/* ---- questions, each under the lock ---- */

/* A checkpoint of the log that we were greeted for, and of this size (0: of
 * any).  Anything else is a signer that is not to be believed again. */
static enum err
take_note(struct signer_link *link, struct span note, uint64_t size,
    struct writer *ret_note, struct why *w)
{
	struct checkpoint checkpoint;

	if (checkpoint_verify(note, &link->key, &checkpoint, NULL) != ERR_OK ||
	    (size != 0 && checkpoint.head.size != size)) {
		(void)broken(link, "", NULL);
		return why(w, ERR_DIVERGED,
		    "signer: it signed another checkpoint than it was asked "
		    "for");
	}
	writer_span(ret_note, note);
	return writer_end(ret_note);
}

static enum err
seal_locked(struct signer_link *link, const struct signer_extension *extension,
    struct writer *ret_note, struct why *w)
{
	uint8_t head[10];
	struct writer writer = writer_of(head, sizeof(head));
	struct span note = SPAN_EMPTY;
	size_t count = extension->count;

	writer_u64(&writer, extension->old_size);
	writer_u16(&writer, (uint16_t)count);
	link->parts[0] = writer_view(&writer);
	for (size_t i = 0; i < count; i++) {
		struct span entry = extension->entries[i];
		assert(entry.len <= ENTRY_LEN_MAX);
		link->lens[i][0] = (uint8_t)(entry.len >> 8);
		link->lens[i][1] = (uint8_t)entry.len;
		link->parts[1 + 2 * i] = span_of(link->lens[i], 2);
		link->parts[2 + 2 * i] = entry;
	}
	enum err err = ask(link, SIGNER_SEAL, 1 + 2 * count, &note, w);
	return err == ERR_OK
	    ? take_note(link, note, extension->old_size + count, ret_note, w)
	    : err;
}

enum err
signer_link_seal(struct signer_link *link,
    const struct signer_extension *extension, struct writer *ret_note,
    struct why *w)
{
	assert(extension->count > 0 && extension->count <= BATCH_ENTRIES_MAX);
	lock_take(&link->lock);
	enum err err = seal_locked(link, extension, ret_note, w);
	lock_drop(&link->lock);
	return err;
}

enum err
signer_link_repeat(
    struct signer_link *link, struct writer *ret_note, struct why *w)
{
	struct span note = SPAN_EMPTY;

	lock_take(&link->lock);
	enum err err = ask(link, SIGNER_REPEAT, 0, &note, w);
	if (err == ERR_OK)
		err = take_note(link, note, 0, ret_note, w);
	lock_drop(&link->lock);
	return err;
}

/* An entry by the log's own key. */
static bool
is_keyring_entry(struct signer_link *link, struct span entry)
{
	struct envelope envelope;

	arena_reset(link->arena);
	return envelope_parse_entry(entry, link->arena, &envelope, NULL) ==
	    ERR_OK &&
	    envelope_verify(&envelope, &link->key.key, NULL) == ERR_OK;
}

static enum err
keyring_locked(struct signer_link *link, struct signer_given *ret,
    uint64_t *ret_next_ms, struct why *w)
{
	struct span body = SPAN_EMPTY;
	enum err err = ask(link, SIGNER_KEYRING, 1, &body, w);

	if (err != ERR_OK)
		return err;
	struct reader r = reader_of(body);
	uint64_t next_ms = reader_u64(&r);
	struct span entry = reader_take(&r, reader_u32(&r));
	struct span lines = reader_take(&r, r.rest.len);
	if (reader_end(&r) != ERR_OK || !is_keyring_entry(link, entry)) {
		(void)broken(link, "", NULL);
		return why(
		    w, ERR_DIVERGED, "signer: what it gave is no keyring");
	}
	writer_span(&ret->entry, entry);
	writer_span(ret->lines, lines);
	*ret_next_ms = next_ms;
	err = writer_end(&ret->entry);
	return err == ERR_OK ? writer_end(ret->lines) : err;
}

enum err
signer_link_keyring(struct signer_link *link,
    const struct signer_moment *moment, struct signer_given *ret,
    uint64_t *ret_next_ms, struct why *w)
{
	uint8_t bytes[9 + HASH_LEN];
	struct writer body = writer_of(bytes, sizeof(bytes));

	lock_take(&link->lock);
	writer_u64(&body, moment->stamp_ms);
	writer_u8(&body, moment->previous != NULL);
	if (moment->previous != NULL)
		writer_span(&body, hash_span(moment->previous));
	link->parts[0] = writer_view(&body);
	enum err err = keyring_locked(link, ret, ret_next_ms, w);
	lock_drop(&link->lock);
	return err;
}

enum err
signer_link_reload(
    struct signer_link *link, struct writer *ret_warnings, struct why *w)
{
	struct span body = SPAN_EMPTY;

	lock_take(&link->lock);
	enum err err = ask(link, SIGNER_RELOAD, 0, &body, w);
	if (err == ERR_OK) {
		struct reader r = reader_of(body);
		struct span warnings = reader_take(&r, reader_u32(&r));
		if (reader_end(&r) == ERR_OK)
			writer_span(ret_warnings, warnings);
		else
			err = broken(link, "its answer is malformed", w);
	}
	lock_drop(&link->lock);
	return err;
}

int
signer_link_watch_fd(const struct signer_link *link)
{
	return link->process.pid_fd;
}

bool
signer_link_is_alive(const struct signer_link *link)
{
	struct pollfd poll_fd = { .fd = link->process.pid_fd,
		.events = POLLIN };

	/* one whose answers are not believed has been killed */
	return poll(&poll_fd, 1, 0) == 0;
}
