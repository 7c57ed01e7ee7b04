#include "daemon/signer_state.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/file.h"
#include "schema/reader.h"

#define MAGIC "headwater-state\n"
#define MAGIC_LEN 16
#define VERSION 1
#define CHECKED_LEN (SIGNER_COPY_LEN - HASH_LEN)
#define SLOT_LEN ((size_t)SIGNER_COPIES * SIGNER_COPY_LEN)

static_assert(
    MAGIC_LEN + 4 + 8 + HASH_LEN + 8 + HASH_LEN + TREE_LEVELS * HASH_LEN <=
	CHECKED_LEN,
    "a copy holds the longest right edge");
static_assert(SIGNER_SLOTS * SLOT_LEN == SIGNER_STATE_LEN, "slots");
static_assert(sizeof(MAGIC) - 1 == MAGIC_LEN, "magic");

enum err
signer_state_path(
    const char *key_path, char out[static PATH_MAX], struct why *w)
{
	int len = snprintf(out, PATH_MAX, "%s.state", key_path);

	if (len < 0 || len >= PATH_MAX)
		return why(w, ERR_LIMIT, "--key: the path is too long");
	return ERR_OK;
}

static struct hash
owner_of(const struct note_key *key)
{
	char text[NOTE_VKEY_MAX];

	note_key_print(key, text);
	return sha256_of(span_of_text(text));
}

/* ---- one copy ---- */

void
signer_state_encode(
    const struct signer_state *state, uint8_t out[static SIGNER_COPY_LEN])
{
	const struct tree_edge *edge = &state->edge;
	struct writer w = writer_of(out, SIGNER_COPY_LEN);

	memset(out, 0, SIGNER_COPY_LEN);
	writer_text(&w, MAGIC);
	writer_u32(&w, VERSION);
	writer_u64(&w, state->sequence);
	writer_span(&w, hash_span(&state->owner));
	writer_u64(&w, edge->size);
	writer_span(&w, hash_span(&state->root));
	for (size_t i = 0; i < edge->count; i++)
		writer_span(&w, hash_span(&edge->nodes[i]));
	assert(writer_end(&w) == ERR_OK && w.len <= CHECKED_LEN);
	struct hash sum = sha256_of(span_of(out, CHECKED_LEN));
	memcpy(out + CHECKED_LEN, sum.bytes, HASH_LEN);
}

static enum err
check_edge(const struct signer_state *state, struct span copy, struct why *w)
{
	struct hash root = tree_edge_root(&state->edge);
	uint8_t again[SIGNER_COPY_LEN];

	if (!hash_equal(&root, &state->root))
		return why(w, ERR_REFUSED,
		    "signer state: its root is not that of its right edge");
	signer_state_encode(state, again);
	if (!span_equal(copy, span_of(again, sizeof(again))))
		return why(w, ERR_REFUSED,
		    "signer state: holds more than a signer wrote");
	return ERR_OK;
}

enum err
signer_state_decode(struct span copy, struct signer_state *ret, struct why *w)
{
	struct signer_state state = { .fd = -1 };
	struct hash stored;
	struct hash sum = sha256_of(span_part(copy, 0, CHECKED_LEN));
	struct reader r = reader_of(copy);

	struct span body = reader_take(&r, CHECKED_LEN);
	reader_copy(&r, stored.bytes, HASH_LEN);
	if (reader_end(&r) != ERR_OK || !hash_equal(&sum, &stored))
		return why(w, ERR_CORRUPT, "signer state: damaged");
	r = reader_of(body);
	reader_expect(&r, MAGIC);
	if (reader_u32(&r) != VERSION || r.err != ERR_OK)
		return why(w, ERR_REFUSED,
		    "signer state: not of version %d; use the headwater-signer "
		    "that wrote it, or a newer one",
		    VERSION);
	state.sequence = reader_u64(&r);
	reader_copy(&r, state.owner.bytes, HASH_LEN);
	state.edge.size = reader_u64(&r);
	reader_copy(&r, state.root.bytes, HASH_LEN);
	if (state.edge.size > TREE_SIZE_MAX)
		return why(w, ERR_REFUSED, "signer state: size above 2^63-1");
	state.edge.count = (size_t)__builtin_popcountll(state.edge.size);
	for (size_t i = 0; i < state.edge.count; i++)
		reader_copy(&r, state.edge.nodes[i].bytes, HASH_LEN);
	enum err err = check_edge(&state, copy, w);
	if (err == ERR_OK)
		*ret = state;
	return err;
}

/* ---- the file ---- */

/* What a whole file of copies says. */
struct choice {
	struct signer_state best;
	unsigned good;
	unsigned damaged;
};

static enum err
choose(struct choice *choice, unsigned slot, struct span copy, struct why *w)
{
	struct signer_state state = { .fd = -1 };
	enum err err = signer_state_decode(copy, &state, w);

	if (err == ERR_CORRUPT) {
		choice->damaged++;
		return ERR_OK;
	}
	if (err != ERR_OK)
		return err;
	if (state.sequence % SIGNER_SLOTS != slot)
		return why(w, ERR_REFUSED,
		    "signer state: a state lies in the slot of another");
	if (choice->good > 0 && !hash_equal(&state.owner, &choice->best.owner))
		return why(
		    w, ERR_REFUSED, "signer state: holds states of two keys");
	/* of one sequence there is one state, whichever copy it comes from */
	if (choice->good > 0 && state.sequence == choice->best.sequence &&
	    !hash_equal(&state.root, &choice->best.root))
		return why(w, ERR_REFUSED,
		    "signer state: two states of one sequence number");
	if (choice->good++ == 0 || state.sequence > choice->best.sequence)
		choice->best = state;
	return ERR_OK;
}

static enum err
read_copies(int fd, const char *path, struct choice *ret, struct why *w)
{
	*ret = (struct choice){ .good = 0 };
	for (unsigned i = 0; i < SIGNER_SLOTS * SIGNER_COPIES; i++) {
		uint8_t copy[SIGNER_COPY_LEN];
		ssize_t len =
		    pread(fd, copy, sizeof(copy), (off_t)i * SIGNER_COPY_LEN);
		if (len < 0)
			return file_failed(w, path, "cannot read it");
		enum err err = choose(
		    ret, i / SIGNER_COPIES, span_of(copy, (size_t)len), w);
		if (err != ERR_OK) {
			why_prefix(w, path);
			return err;
		}
	}
	return ERR_OK;
}

static enum err
check_file(int fd, const char *path, struct why *w)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return file_failed(w, path, "cannot look at it");
	if (!S_ISREG(st.st_mode))
		return why(w, ERR_REFUSED, "%s: is no regular file", path);
	if ((st.st_uid != geteuid() && st.st_uid != 0) ||
	    (st.st_mode & 022) != 0)
		return why(w, ERR_REFUSED,
		    "%s: others may write it; make it ours, and chmod 600 it",
		    path);
	if (st.st_size != SIGNER_STATE_LEN)
		return why(w, ERR_REFUSED,
		    "%s: %lld bytes, but a signer's state has %d; put back the "
		    "file that was there",
		    path, (long long)st.st_size, SIGNER_STATE_LEN);
	return ERR_OK;
}

static enum err
read_state(int fd, const char *path, const struct note_key *key,
    struct signer_state *ret, struct why *w)
{
	struct choice choice;
	enum err err = check_file(fd, path, w);

	if (err == ERR_OK)
		err = read_copies(fd, path, &choice, w);
	if (err != ERR_OK)
		return err;
	if (choice.good == 0)
		return why(w, ERR_CORRUPT,
		    "%s: damaged in every copy; put back the newest one, or "
		    "move it away and start anew with `headwater-signer state "
		    "--new`, which is then fed the log",
		    path);
	if (key != NULL) {
		struct hash owner = owner_of(key);
		if (!hash_equal(&owner, &choice.best.owner))
			return why(w, ERR_REFUSED,
			    "%s: is the state of another key than %s's", path,
			    key->name);
	}
	*ret = choice.best;
	ret->damaged = choice.damaged;
	ret->path = path;
	return ERR_OK;
}

static enum err
open_file(const char *path, int flags, int *ret, struct why *w)
{
	if (strlen(path) >= PATH_MAX)
		return why(w, ERR_LIMIT, "%s: path too long", path);
	int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno == ELOOP)
		return why(w, ERR_REFUSED, "%s: is a symbolic link", path);
	if (fd < 0 && (errno == EISDIR || errno == ENXIO))
		return why(w, ERR_REFUSED, "%s: is no regular file", path);
	if (fd < 0)
		return file_failed(w, path, "cannot open it");
	*ret = fd;
	return ERR_OK;
}

enum err
signer_state_look(const char *path, const struct note_key *key,
    struct signer_state *ret, struct why *w)
{
	int fd = -1;
	enum err err = open_file(path, O_RDONLY, &fd, w);

	if (err != ERR_OK)
		return err;
	err = read_state(fd, path, key, ret, w);
	(void)close(fd);
	return err;
}

enum err
signer_state_create(const char *path, const struct note_key *key, struct why *w)
{
	struct signer_state state = { .fd = -1, .root = tree_empty() };
	uint8_t copy[SIGNER_COPY_LEN];
	struct writer bytes = writer_heap(SIGNER_STATE_LEN);

	state.owner = owner_of(key);
	for (unsigned slot = 0; slot < SIGNER_SLOTS; slot++) {
		state.sequence = slot;
		signer_state_encode(&state, copy);
		for (unsigned i = 0; i < SIGNER_COPIES; i++)
			writer_bytes(&bytes, copy, SIGNER_COPY_LEN);
	}
	enum err err = writer_end(&bytes);
	if (err == ERR_OK)
		err = file_create(path, writer_view(&bytes), 0600, w);
	writer_done(&bytes);
	return err;
}

/* ---- held and written ---- */

/* Two locks on two bytes.  The one of the open file keeps others away; no
 * system call tells who has it, so one of the process, which tells, lies beside
 * it.  (They are not mixed: each would conflict with the other.) */
static enum err
hold(int fd, const char *path, struct why *w)
{
	struct flock file = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1
	};
	struct flock process = file;

	process.l_start = 1;
	if (fcntl(fd, F_OFD_SETLK, &file) == 0) {
		(void)fcntl(fd, F_SETLK, &process);
		return ERR_OK;
	}
	if (errno != EAGAIN && errno != EACCES)
		return file_failed(w, path, "cannot lock it");
	if (fcntl(fd, F_GETLK, &process) == 0 && process.l_type != F_UNLCK &&
	    process.l_pid > 0)
		return why(w, ERR_CONFLICT,
		    "%s: another signer, process %ld, holds it; end that one "
		    "first",
		    path, (long)process.l_pid);
	return why(w, ERR_CONFLICT,
	    "%s: another signer holds it; end that one first", path);
}

/* A slot lies in the same pages each time, which were made at birth. */
static bool
write_slot(int fd, const struct signer_state *state)
{
	uint8_t slot[SLOT_LEN];
	ssize_t done;

	signer_state_encode(state, slot);
	for (size_t i = 1; i < SIGNER_COPIES; i++)
		memcpy(slot + i * SIGNER_COPY_LEN, slot, SIGNER_COPY_LEN);
	off_t at = (off_t)(state->sequence % SIGNER_SLOTS * SLOT_LEN);
	do
		done = pwrite(fd, slot, sizeof(slot), at);
	while (done < 0 && errno == EINTR);
	if (done >= 0 && done != (ssize_t)sizeof(slot))
		errno = EIO; /* there was room for it */
	return done == (ssize_t)sizeof(slot);
}

static bool
sync_file(int fd)
{
	int rc;

	do
		rc = fdatasync(fd);
	while (rc != 0 && errno == EINTR);
	return rc == 0;
}

enum err
signer_state_put(
    struct signer_state *state, const struct tree_edge *edge, struct why *w)
{
	struct signer_state next = *state;

	assert(state->fd >= 0 && edge->size >= state->edge.size);
	next.sequence++;
	next.edge = *edge;
	next.root = tree_edge_root(edge);
	if (FAULT_FAILS("signer-state-write") || !write_slot(state->fd, &next))
		return file_failed(w, state->path, "cannot write it");
	FAULT("signer-state-written");
	if (FAULT_FAILS("signer-state-sync") || !sync_file(state->fd))
		return file_failed(w, state->path, "cannot sync it");
	*state = next;
	return ERR_OK;
}

enum err
signer_state_open(const char *path, const struct note_key *key,
    struct signer_state *ret, struct why *w)
{
	struct signer_state state = { .fd = -1 };
	int fd = -1;
	enum err err = open_file(path, O_RDWR, &fd, w);

	if (err != ERR_OK)
		return err;
	err = hold(fd, path, w);
	if (err == ERR_OK)
		err = read_state(fd, path, key, &state, w);
	if (err == ERR_OK) {
		struct tree_edge edge = state.edge;
		state.fd = fd;
		err = signer_state_put(&state, &edge, w);
	}
	if (err != ERR_OK) {
		(void)close(fd);
		return err;
	}
	*ret = state;
	return ERR_OK;
}

void
signer_state_close(struct signer_state *state)
{
	if (state->fd >= 0)
		(void)close(state->fd);
	state->fd = -1;
}
