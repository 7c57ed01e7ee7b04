/*
 * exclusion: no proof but the true one is accepted.
 *
 * The first two bytes say which of sixteen lines are excluded, the third what
 * follows: 0, a proof; else changes of the true proof and of the new manifest,
 * three bytes each: where, in two, and what stands there then.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/exclusion.h"

#define LINES 16
#define TEXT_MAX 4096

enum file {
	FILE_PROOF,
	FILE_OLD,
	FILE_NEW,
	FILES,
};

static int fds[FILES];
static char paths[FILES][64];
static char lines[LINES][128];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
must(bool is_good)
{
	if (!is_good)
		abort();
}

static void
write_file(enum file file, struct span text)
{
	must(ftruncate(fds[file], 0) == 0 &&
	    pwrite(fds[file], text.data, text.len, 0) == (ssize_t)text.len);
}

/* Those whose bits are as asked. */
static size_t
put_lines(unsigned bits, bool is_set, struct writer *w)
{
	size_t count = 0;

	for (size_t i = 0; i < LINES; i++) {
		if ((bits >> i & 1) != is_set)
			continue;
		writer_text(w, lines[i]);
		count++;
	}
	return count;
}

static void
put_side(struct writer *w, const char *name, struct span manifest, size_t count)
{
	struct hash digest = sha256_of(manifest);
	struct hash root = manifest_root(manifest);

	writer_format(w, "%s ", name);
	writer_hex(w, hash_span(&digest));
	writer_format(w, " %zu ", count);
	writer_base64(w, hash_span(&root));
	writer_text(w, "\n");
}

static void
start(void)
{
	uint8_t text[TEXT_MAX];
	struct writer w = writer_of(text, sizeof(text));

	for (size_t i = 0; i < LINES; i++)
		(void)snprintf(lines[i], sizeof(lines[i]),
		    "%064zx  folder/%zu\n", i * 3, i);
	for (size_t i = 0; i < FILES; i++) {
		fds[i] = memfd_create("exclusion", MFD_CLOEXEC);
		must(fds[i] >= 0);
		(void)snprintf(
		    paths[i], sizeof(paths[i]), "/proc/self/fd/%d", fds[i]);
	}
	(void)put_lines(0, false, &w);
	write_file(FILE_OLD, writer_view(&w));
}

static void
put_proof(unsigned bits, struct span new, struct writer *w)
{
	uint8_t text[TEXT_MAX];
	struct writer old = writer_of(text, sizeof(text));
	size_t removed = (size_t)__builtin_popcount(bits);

	(void)put_lines(0, false, &old);
	writer_text(w, "headwater exclusion 1\n");
	put_side(w, "old", writer_view(&old), LINES);
	put_side(w, "new", new, LINES - removed);
	writer_format(w, "removed %zu\n", removed);
	must(put_lines(bits, true, w) == removed);
}

static void
damage(struct span changes, struct writer *proof, struct writer *new)
{
	for (size_t i = 0; i + 3 <= changes.len; i += 3) {
		size_t at = (size_t)changes.data[i] << 8 | changes.data[i + 1];
		struct writer *w = at < proof->len ? proof : new;
		if (at >= proof->len)
			at -= proof->len;
		if (at < w->len)
			w->data[at] = changes.data[i + 2];
	}
}

/* All three files are there. */
static void
check(bool is_true)
{
	struct exclusion_files files = {
		.proof = paths[FILE_PROOF],
		.old = paths[FILE_OLD],
		.new = paths[FILE_NEW],
	};
	struct exclusion exclusion;
	struct why reason = { "" };
	enum err err = exclusion_check(&files, &exclusion, &reason);

	assert((err == ERR_OK) == is_true);
	assert(err == ERR_OK || reason.text[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t bytes[4][TEXT_MAX];
	struct writer proof = writer_of(bytes[0], TEXT_MAX);
	struct writer new = writer_of(bytes[1], TEXT_MAX);
	struct writer true_proof = writer_of(bytes[2], TEXT_MAX);
	struct writer true_new = writer_of(bytes[3], TEXT_MAX);

	if (lines[0][0] == '\0')
		start();
	if (len < 3)
		return 0;
	unsigned bits = (unsigned)data[0] << 8 | data[1];
	struct span rest = span_of(data + 3, len - 3);
	(void)put_lines(bits, false, &true_new);
	put_proof(bits, writer_view(&true_new), &true_proof);
	must(true_proof.err == ERR_OK && true_new.err == ERR_OK);
	writer_span(&new, writer_view(&true_new));
	writer_span(&proof, data[2] == 0 ? rest : writer_view(&true_proof));
	if (proof.err != ERR_OK)
		return 0;
	if (data[2] != 0)
		damage(rest, &proof, &new);
	write_file(FILE_PROOF, writer_view(&proof));
	write_file(FILE_NEW, writer_view(&new));
	/* of nothing and of everything there is no proof */
	check(bits != 0 && bits != (1U << LINES) - 1 &&
	    span_equal(writer_view(&proof), writer_view(&true_proof)) &&
	    span_equal(writer_view(&new), writer_view(&true_new)));
	return 0;
}
