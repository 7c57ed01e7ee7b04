/*
 * bare: what disk and cores allow of hashing, measured beside it: programs that
 * do that alone and look after nothing.
 *
 *	bare hash THREADS MS        SHA-256 of 1 MiB, again and again
 *	bare read THREADS PATH      reads a file, or all files below a folder
 *	bare sum THREADS PATH       reads and hashes each file
 *	bare drop PATH              takes its bytes out of the page cache
 *
 * Threads share the files of a folder; one file's pieces are shared by those that
 * read it, and one thread hashes it, since SHA-256 is one chain.
 */
#include <fcntl.h>
#include <fts.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "schema/sha256.h"

#define THREADS_MAX 64
#define PIECE ((size_t)1 << 20)

enum what {
	WHAT_READ,
	WHAT_SUM,
	WHAT_DROP,
};

struct job {
	enum what what;
	char **paths;
	size_t count;
	size_t cap;
	uint64_t
	    only; /* bytes of the one file whose pieces are shared; else 0 */
	double until_s;
	atomic_size_t next;
	atomic_uint_fast64_t bytes;
};

static _Noreturn void
give_up(const char *what)
{
	perror(what);
	exit(3);
}

static double
now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double
cpu_s(void)
{
	struct rusage used;

	(void)getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	    (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static uint8_t *
new_piece(void)
{
	uint8_t *piece = aligned_alloc(4096, PIECE);

	if (piece == NULL)
		give_up("memory");
	memset(piece, 1, PIECE);
	return piece;
}

/* ---- what a thread does ---- */

static void *
hash_alone(void *context)
{
	struct job *job = context;
	uint8_t *piece = new_piece();
	struct sha256 sha256;

	sha256_init(&sha256);
	while (now_s() < job->until_s) {
		sha256_add(&sha256, span_of(piece, PIECE));
		atomic_fetch_add(&job->bytes, PIECE);
	}
	struct hash digest = sha256_done(&sha256);
	piece[0] = digest.bytes[0];
	free(piece);
	return NULL;
}

static int
open_one(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		give_up(path);
	return fd;
}

static void
take_file(struct job *job, const char *path, uint8_t *piece)
{
	int fd = open_one(path);
	struct sha256 sha256;
	ssize_t len = 0;

	if (job->what == WHAT_DROP) {
		(void)fdatasync(fd);
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		(void)close(fd);
		return;
	}
	sha256_init(&sha256);
	while ((len = read(fd, piece, PIECE)) > 0) {
		if (job->what == WHAT_SUM)
			sha256_add(&sha256, span_of(piece, (size_t)len));
		atomic_fetch_add(&job->bytes, (size_t)len);
	}
	if (job->what == WHAT_SUM)
		(void)sha256_done(&sha256);
	(void)close(fd);
}

/* Pieces of one file, as they come. */
static void
take_pieces(struct job *job, uint8_t *piece)
{
	int fd = open_one(job->paths[0]);

	for (;;) {
		uint64_t at = atomic_fetch_add(&job->next, 1) * PIECE;
		ssize_t len =
		    at >= job->only ? 0 : pread(fd, piece, PIECE, (off_t)at);
		if (len <= 0)
			break;
		atomic_fetch_add(&job->bytes, (size_t)len);
	}
	(void)close(fd);
}

static void *
work(void *context)
{
	struct job *job = context;
	uint8_t *piece = new_piece();

	if (job->only > 0 && job->what == WHAT_READ)
		take_pieces(job, piece);
	for (;;) {
		size_t at = atomic_fetch_add(&job->next, 1);
		if (at >= job->count || job->only > 0)
			break;
		take_file(job, job->paths[at], piece);
	}
	free(piece);
	return NULL;
}

/* ---- all of it ---- */

static void
add_path(struct job *job, const FTSENT *entry)
{
	if (job->count == job->cap) {
		job->cap = job->cap == 0 ? 1024 : job->cap * 2;
		job->paths =
		    realloc(job->paths, job->cap * sizeof(*job->paths));
		if (job->paths == NULL)
			give_up("memory");
	}
	job->paths[job->count] = strdup(entry->fts_path);
	if (job->paths[job->count++] == NULL)
		give_up("memory");
	job->only = (uint64_t)entry->fts_statp->st_size;
}

/* Several files are shared as they are; of one, its pieces when it is read. */
static void
list(struct job *job, char *path)
{
	char *roots[] = { path, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	const FTSENT *entry;

	if (fts == NULL)
		give_up(path);
	while ((entry = fts_read(fts)) != NULL)
		if (entry->fts_info == FTS_F)
			add_path(job, entry);
	(void)fts_close(fts);
	if (job->count != 1 || job->what != WHAT_READ)
		job->only = 0;
}

static void
run(struct job *job, size_t threads, void *(*what)(void *))
{
	pthread_t list[THREADS_MAX];

	for (size_t i = 0; i < threads; i++)
		if (pthread_create(&list[i], NULL, what, job) != 0)
			give_up("pthread_create");
	for (size_t i = 0; i < threads; i++)
		(void)pthread_join(list[i], NULL);
}

static bool
set_what(const char *word, struct job *job)
{
	static const char *const words[] = { "read", "sum", "drop" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		job->what = (enum what)i;
		if (strcmp(words[i], word) == 0)
			return true;
	}
	return false;
}

int
main(int argc, char **argv)
{
	struct job job = { .count = 0 };
	bool is_drop = argc == 3 && strcmp(argv[1], "drop") == 0;
	size_t threads = argc == 4 ? strtoul(argv[2], NULL, 10) : is_drop;
	bool is_hash = argc == 4 && strcmp(argv[1], "hash") == 0;

	if (threads < 1 || threads > THREADS_MAX ||
	    (!is_hash && !set_what(argv[1], &job))) {
		(void)fprintf(stderr,
		    "bare hash THREADS MS | read|sum THREADS PATH | drop "
		    "PATH\n");
		return 2;
	}
	double begun_s = now_s();
	if (is_hash)
		job.until_s = begun_s + strtod(argv[3], NULL) / 1e3;
	else
		list(&job, argv[argc - 1]);
	run(&job, threads, is_hash ? hash_alone : work);
	double run_s = now_s() - begun_s;
	uint64_t bytes = atomic_load(&job.bytes);
	(void)printf("threads=%zu files=%zu bytes=%llu run_s=%.3f cpu_s=%.3f "
		     "mb_s=%.0f\n",
	    threads, job.count, (unsigned long long)bytes, run_s, cpu_s(),
	    (double)bytes / run_s / 1e6);
	return 0;
}
