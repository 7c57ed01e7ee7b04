#include "client/hasher.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/beneath.h"
#include "client/progress.h"

#define READ_LEN ((size_t)1 << 20) /* LIMITS: as fast as any other way */
#define THREADS_MAX 8
#define TICK_NS 20000000L
#define LOOK_MS 50 /* how often the bar looks at the count */

/* What all threads of one set share. */
struct job {
	int folder; /* -1: the file is named by its own path */
	const struct walk_file *files;
	struct manifest_line *lines;
	size_t count;
	atomic_size_t next;
	atomic_uint_fast64_t bytes;
	atomic_size_t running;
	atomic_size_t started;
	uint8_t *buffers;      /* READ_LEN for each thread */
	pthread_mutex_t mutex; /* of the failure */
	enum err err;
	struct why why;
};

static void
job_fail(struct job *job, enum err err, const struct why *w)
{
	pthread_mutex_lock(&job->mutex);
	if (job->err == ERR_OK) {
		job->err = err;
		job->why = *w;
	}
	pthread_mutex_unlock(&job->mutex);
	atomic_store(&job->next, job->count); /* the others stop soon */
}

/* A link by which a file was named is followed, inside a folder none is. */
static int
open_file(int folder, const char *path)
{
	if (folder >= 0)
		return beneath_open(folder, path);
	return open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

/* ctime tells also where somebody set the other times back. */
static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* One byte more than the file had when it was opened is too many: one that grows
 * for ever ends as changed, not never, and so do files of /proc, which have no
 * size. */
static enum err
read_all(
    struct job *job, int fd, uint64_t size, uint8_t *buffer, struct hash *ret)
{
	struct sha256 sha256;
	uint64_t done = 0;

	sha256_init(&sha256);
	while (done <= size) {
		ssize_t len = read(fd, buffer, READ_LEN);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return ERR_IO;
		if (len == 0)
			break;
		sha256_add(&sha256, span_of(buffer, (size_t)len));
		done += (uint64_t)len;
		atomic_fetch_add(&job->bytes, (uint64_t)len);
	}
	*ret = sha256_done(&sha256);
	return done == size ? ERR_OK : ERR_CONFLICT;
}

/* The file that was read is still what the name stands for. */
static bool
is_in_place(int folder, const char *path, const struct stat *before)
{
	struct stat now;
	int flags = folder < 0 ? 0 : AT_SYMLINK_NOFOLLOW;

	return fstatat(folder < 0 ? AT_FDCWD : folder, path, &now, flags) ==
	    0 &&
	    same_file(before, &now);
}

/* File systems stamp with a clock that ticks (10 ms at most): a write within the
 * tick of the one before changes no time.  So a file that was just written is
 * left alone for a moment; any later write is seen. */
static bool
settle(int fd, struct stat *ret)
{
	static const struct timespec pause = { .tv_nsec = TICK_NS };
	struct timespec now;

	if (fstat(fd, ret) != 0)
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t age = (int64_t)(now.tv_sec - ret->st_ctim.tv_sec);
	if (age > 1)
		return true;
	age = age * 1000000000L + (now.tv_nsec - ret->st_ctim.tv_nsec);
	if (age > TICK_NS)
		return true;
	nanosleep(&pause, NULL);
	return fstat(fd, ret) == 0;
}

static enum err
hash_opened(struct job *job, int fd, const char *path, uint8_t *buffer,
    struct hash *ret)
{
	struct stat before;
	struct stat after;

	if (!settle(fd, &before))
		return ERR_IO;
	if (!S_ISREG(before.st_mode))
		return ERR_REFUSED;
	enum err err = read_all(job, fd, (uint64_t)before.st_size, buffer, ret);
	if (err == ERR_OK && fstat(fd, &after) != 0)
		err = ERR_IO;
	if (err == ERR_OK &&
	    (!same_file(&before, &after) ||
		!is_in_place(job->folder, path, &before)))
		err = ERR_CONFLICT;
	return err;
}

static enum err
hash_file(struct job *job, const char *path, uint8_t *buffer, struct hash *ret,
    struct why *w)
{
	int fd = open_file(job->folder, path);

	if (fd < 0)
		return why(w, ERR_MISSING, "%s: %s", path,
		    errno == ELOOP || errno == EXDEV
			? "a symbolic link is in its place"
			: strerrordesc_np(errno));
	enum err err = hash_opened(job, fd, path, buffer, ret);
	int code = errno;
	close(fd);
	if (err == ERR_CONFLICT)
		return why(w, ERR_REFUSED,
		    "%s: changed while it was hashed, or is not a stored file: "
		    "try again when nobody writes to it",
		    path);
	if (err == ERR_REFUSED)
		return why(w, err, "%s: not a regular file", path);
	if (err != ERR_OK)
		return why(w, err, "%s: %s", path, strerrordesc_np(code));
	return ERR_OK;
}

static void *
work(void *context)
{
	struct job *job = context;
	size_t place = atomic_fetch_add(&job->started, 1);
	uint8_t *buffer = job->buffers + place * READ_LEN;
	struct why w;

	for (;;) {
		size_t at = atomic_fetch_add(&job->next, 1);
		if (at >= job->count)
			break;
		const char *path = (const char *)job->files[at].path.data;
		enum err err =
		    hash_file(job, path, buffer, &job->lines[at].digest, &w);
		job->lines[at].path = job->files[at].path;
		if (err != ERR_OK)
			job_fail(job, err, &w);
	}
	atomic_fetch_sub(&job->running, 1);
	return NULL;
}

static size_t
thread_count(size_t files)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t count = cores < 1 ? 1 : (size_t)cores;

	if (count > THREADS_MAX)
		count = THREADS_MAX;
	return count < files ? count : files;
}

/* The bar is drawn here, while the others hash. */
static void
watch(struct job *job, struct progress *progress)
{
	static const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };
	uint64_t told = 0;

	while (progress->is_on && atomic_load(&job->running) > 0) {
		nanosleep(&pause, NULL);
		uint64_t bytes = atomic_load(&job->bytes);
		progress_add(progress, bytes - told);
		told = bytes;
	}
}

/* The threads' buffers are an arena of their own: a command may hash thousands
 * of sets. */
static enum err
run_threads(struct job *job, struct progress *progress, struct why *w)
{
	pthread_t threads[THREADS_MAX];
	size_t count = thread_count(job->count);
	struct arena *arena = arena_new(count * READ_LEN + READ_LEN);
	size_t started = 0;

	if (arena != NULL)
		job->buffers = arena_take(arena, count, READ_LEN);
	if (job->buffers == NULL) {
		arena_free(arena);
		return why(w, ERR_MEMORY, "out of memory");
	}
	atomic_store(&job->running, count);
	while (started < count &&
	    pthread_create(&threads[started], NULL, work, job) == 0)
		started++;
	/* no thread to be had: this one does what they leave */
	for (size_t i = started; i < count; i++)
		work(job);
	watch(job, progress);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	arena_free(arena);
	if (job->err != ERR_OK && w != NULL)
		*w = job->why;
	return job->err;
}

enum err
hasher_run(const struct output *out, const struct hasher_files *files,
    struct manifest_line *lines, uint64_t *ret_bytes, struct why *w)
{
	struct job job = {
		.folder = files->folder,
		.files = files->files,
		.lines = lines,
		.count = files->count,
	};
	uint64_t expected = 0;

	for (size_t i = 0; i < files->count; i++)
		expected += files->files[i].size;
	struct progress progress =
	    progress_begin(out, "hashing", expected, true);
	pthread_mutex_init(&job.mutex, NULL);
	enum err err = run_threads(&job, &progress, w);
	progress_end(&progress);
	pthread_mutex_destroy(&job.mutex);
	if (err == ERR_OK)
		*ret_bytes = atomic_load(&job.bytes);
	return err;
}
