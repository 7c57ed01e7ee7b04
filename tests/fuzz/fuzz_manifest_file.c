/* manifest_file: a manifest and a sidecar that are damaged anyhow are refused, or
 * each answer is the right one.
 *
 * Input: triples of u16 place, u8 value, written over a whole pair; places above
 * the sidecar's end fall into the manifest.  The first byte says whether the
 * header's checksum is made right again, so that what lies behind it is met. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/manifest_build.h"
#include "daemon/manifest_file.h"
#include "schema/writer.h"

#define LINES 300
#define MUST(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

static char path[64] = "/dev/shm/fuzz-manifest-XXXXXX";
static char tree_path[80];
static uint8_t text[1 << 16];
static size_t text_len;
static uint8_t tree[1 << 14];
static size_t tree_len;
static struct sidecar_header whole;
static struct hash digests[LINES];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int
compare(const void *a, const void *b)
{
	return hash_compare(a, b);
}

static void
write_file(const char *name, const uint8_t *bytes, size_t len)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	MUST(fd != -1 && write(fd, bytes, len) == (ssize_t)len);
	(void)close(fd);
}

static void
make(void)
{
	struct writer w = writer_of(text, sizeof(text));
	struct manifest_build *build = NULL;
	int fd = mkstemp(path);

	MUST(fd != -1);
	(void)close(fd);
	(void)snprintf(tree_path, sizeof(tree_path), "%s.tree", path);
	for (unsigned i = 0; i < LINES; i++)
		digests[i] = sha256_of(span_of(&i, sizeof(i)));
	qsort(digests, LINES, sizeof(digests[0]), compare);
	for (unsigned i = 0; i < LINES; i++) {
		writer_hex(&w, hash_span(&digests[i]));
		writer_format(&w, "  %u\n", i);
	}
	struct hash digest = sha256_of(writer_view(&w));
	text_len = w.len;
	MUST(manifest_build_new(tree_path, text_len, &build, NULL) == ERR_OK &&
	    manifest_build_add(build, writer_view(&w), NULL) == ERR_OK &&
	    manifest_build_end(build, &digest, &whole, NULL) == ERR_OK);
	manifest_build_free(build);
	fd = open(tree_path, O_RDONLY | O_CLOEXEC);
	ssize_t got = read(fd, tree, sizeof(tree));
	MUST(got > 0 && (size_t)got == sidecar_len(&whole));
	tree_len = (size_t)got;
	(void)close(fd);
}

static void
damage(const uint8_t *data, size_t len)
{
	static uint8_t other_text[sizeof(text)];
	static uint8_t other_tree[sizeof(tree)];
	size_t other_len = tree_len;

	memcpy(other_text, text, text_len);
	memcpy(other_tree, tree, tree_len);
	for (size_t i = 1; i + 3 <= len; i += 3) {
		size_t at = (size_t)data[i] << 8 | data[i + 1];
		if (at < tree_len)
			other_tree[at] = data[i + 2];
		else if (at - tree_len < text_len)
			other_text[at - tree_len] = data[i + 2];
		else
			other_len = data[i + 2];
	}
	if ((data[0] & 1) != 0) {
		struct hash sum = sha256_of(
		    span_of(other_tree, SIDECAR_HEADER_LEN - HASH_LEN));
		memcpy(other_tree + SIDECAR_HEADER_LEN - HASH_LEN, sum.bytes,
		    HASH_LEN);
	}
	write_file(tree_path, other_tree, other_len);
	write_file(path, other_text, text_len);
}

/* Under the right root every line that is given is the right one. */
static void
ask(struct manifest_file *file, uint64_t index)
{
	const struct sidecar_header *header = manifest_file_header(file);
	struct tree_proof proof;
	struct span line = SPAN_EMPTY;
	uint64_t found;
	bool is_there;

	if (index < header->lines &&
	    manifest_file_proof(file, index, &proof, NULL) == ERR_OK) {
		MUST(manifest_file_line(file, index, &line, NULL) == ERR_OK);
		struct hash leaf = tree_leaf(line);
		MUST(tree_verify_inclusion(index, header->lines, &leaf, &proof,
			 &header->root) == ERR_OK);
	}
	const struct hash *digest = &digests[index % LINES];
	bool is_right =
	    hash_equal(&header->root, &whole.root) && header->lines == LINES;
	if (manifest_file_find(file, digest, &found, &is_there, NULL) ==
		ERR_OK &&
	    is_right)
		MUST(is_there && found == index % LINES);
	if (manifest_file_may_have(file, digest, &is_there, NULL) == ERR_OK &&
	    header->blocks == whole.blocks)
		(void)is_there;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct manifest_file *file = NULL;
	struct why w = { "" };

	if (tree_len == 0)
		make();
	if (len == 0)
		return 0;
	damage(data, len);
	enum err err = manifest_file_open(path, &file, &w);
	if (err != ERR_OK) {
		MUST(err == ERR_CORRUPT && w.text[0] != '\0');
		return 0;
	}
	for (uint64_t i = 0; i < LINES; i += 23)
		ask(file, i);
	ask(file, LINES - 1);
	manifest_file_close(file);
	return 0;
}
