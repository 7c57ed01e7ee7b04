/*
 * replay: runs every fuzzer over what was found earlier, without a fuzzer.
 *
 *	replay                     TAP; all in tests/fuzz/corpus
 *	replay pack FOLDER BYTES   its files as one on stdout, the short ones first,
 *	                           up to so many bytes
 *	replay unpack FILE FOLDER  the other way round
 *
 * The corpus of a fuzzer is a folder by its name, a file NAME.pack, or both; in
 * a pack each text stands behind its length: 4 bytes, big-endian.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CORPUS "tests/fuzz/corpus"
#define TEXT_LEN_MAX ((size_t)4 << 20)
#define PATH_LEN_MAX 1024
#define PIECES_MAX 65536

/* FUZZERS is the Makefile's: X(checkpoint) X(envelope) … */
#define X(name) \
	int fuzz_##name(const uint8_t *data, size_t len); \
	int fuzz_start_##name(int *argc, char ***argv) __attribute__((weak));
FUZZERS
#undef X

static const struct fuzzer {
	const char *name;
	int (*run)(const uint8_t *data, size_t len);
	int (*start)(int *argc, char ***argv); /* NULL: none */
} fuzzers[] = {
#define X(name) { #name, fuzz_##name, fuzz_start_##name },
	FUZZERS
#undef X
};

static _Noreturn void
die(const char *what)
{
	perror(what);
	exit(2);
}

/* On the heap and no longer than it is, so that a sanitizer sees the end. */
static uint8_t *
read_text(FILE *file, size_t len)
{
	uint8_t *text = malloc(len > 0 ? len : 1);

	if (text == NULL || fread(text, 1, len, file) != len)
		die("a text is cut");
	return text;
}

static size_t
read_len(FILE *file)
{
	uint8_t head[4];

	if (fread(head, 1, sizeof(head), file) != sizeof(head))
		return SIZE_MAX;
	return (size_t)head[0] << 24 | (size_t)head[1] << 16 |
	    (size_t)head[2] << 8 | head[3];
}

/* ---- running ---- */

static size_t
run_pack(const struct fuzzer *fuzzer)
{
	char path[PATH_LEN_MAX];
	size_t count = 0, len;

	(void)snprintf(path, sizeof(path), CORPUS "/%s.pack", fuzzer->name);
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return 0;
	while ((len = read_len(file)) != SIZE_MAX) {
		uint8_t *text = read_text(file, len);
		(void)fuzzer->run(text, len);
		free(text);
		count++;
	}
	(void)fclose(file);
	return count;
}

static FILE *
open_in(const char *folder, const struct dirent *entry, size_t *ret_len)
{
	char path[PATH_LEN_MAX];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (size_t)st.st_size > TEXT_LEN_MAX)
		return NULL;
	*ret_len = (size_t)st.st_size;
	return fopen(path, "rb");
}

static size_t
run_folder(const struct fuzzer *fuzzer)
{
	char path[PATH_LEN_MAX];
	const struct dirent *entry;
	size_t count = 0, len;

	(void)snprintf(path, sizeof(path), CORPUS "/%s", fuzzer->name);
	DIR *folder = opendir(path);
	if (folder == NULL)
		return 0;
	while ((entry = readdir(folder)) != NULL) {
		FILE *file = open_in(path, entry, &len);
		if (file == NULL)
			continue;
		uint8_t *text = read_text(file, len);
		(void)fuzzer->run(text, len);
		free(text);
		(void)fclose(file);
		count++;
	}
	(void)closedir(folder);
	return count;
}

static int
replay(int argc, char **argv)
{
	const size_t all = sizeof(fuzzers) / sizeof(fuzzers[0]);
	int bad = 0;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%zu\n", all);
	for (size_t i = 0; i < all; i++) {
		/* a fault ends the process, and the plan is not fulfilled */
		printf("# %s\n", fuzzers[i].name);
		if (fuzzers[i].start != NULL)
			(void)fuzzers[i].start(&argc, &argv);
		size_t count = run_folder(&fuzzers[i]) + run_pack(&fuzzers[i]);
		printf("%s %zu - %s: %zu texts\n", count > 0 ? "ok" : "not ok",
		    i + 1, fuzzers[i].name, count);
		bad |= count == 0;
	}
	return bad;
}

/* ---- packs ---- */

struct piece {
	uint8_t *text;
	size_t len;
};

static int
compare(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;
	size_t len = x->len < y->len ? x->len : y->len;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return memcmp(x->text, y->text, len);
}

static size_t
read_pieces(const char *path, struct piece *pieces, size_t cap)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	size_t count = 0;

	if (folder == NULL)
		die(path);
	while ((entry = readdir(folder)) != NULL && count < cap) {
		struct piece *piece = &pieces[count];
		FILE *file = open_in(path, entry, &piece->len);
		if (file == NULL)
			continue;
		piece->text = read_text(file, piece->len);
		(void)fclose(file);
		count++;
	}
	(void)closedir(folder);
	qsort(pieces, count, sizeof(pieces[0]), compare);
	return count;
}

static int
pack(const char *path, size_t bytes)
{
	static struct piece pieces[PIECES_MAX];
	size_t count = read_pieces(path, pieces, PIECES_MAX);
	size_t total = 0;

	for (size_t i = 0; i < count; i++) {
		size_t len = pieces[i].len;
		const uint8_t head[] = { (uint8_t)(len >> 24),
			(uint8_t)(len >> 16), (uint8_t)(len >> 8),
			(uint8_t)len };
		total += sizeof(head) + len;
		if (total <= bytes) {
			(void)fwrite(head, 1, sizeof(head), stdout);
			(void)fwrite(pieces[i].text, 1, len, stdout);
		}
		free(pieces[i].text);
	}
	return 0;
}

static int
unpack(const char *from, const char *folder)
{
	FILE *file = fopen(from, "rb");
	size_t len;

	if (file == NULL)
		die(from);
	for (size_t i = 0; (len = read_len(file)) != SIZE_MAX; i++) {
		char path[PATH_LEN_MAX];
		uint8_t *text = read_text(file, len);
		(void)snprintf(path, sizeof(path), "%s/pack-%zu", folder, i);
		FILE *out = fopen(path, "wb");
		if (out == NULL || fwrite(text, 1, len, out) != len ||
		    fclose(out) != 0)
			die(path);
		free(text);
	}
	(void)fclose(file);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "pack") == 0)
		return pack(argv[2], strtoul(argv[3], NULL, 10));
	if (argc == 4 && strcmp(argv[1], "unpack") == 0)
		return unpack(argv[2], argv[3]);
	return replay(argc, argv);
}
