#include "client/hasher.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/beneath.h"
#include "client/digester.h"
#include "client/pointer.h"
#include "client/progress.h"

#define THREADS_MIN 4 /* a disk answers several at once */
#define THREADS_MAX 16
#define TICK_NS 20000000L
#define LOOK_MS 50 /* how often the bar looks at the counts */

/* What all threads of one set share. */
struct job {
	const struct hasher_files *files;
	atomic_uint_fast64_t bytes;
	atomic_uint_fast64_t done; /* files */
	atomic_size_t running;
	pthread_mutex_t mutex; /* of what follows, and of files->take */
	struct spill_reader paths;
	bool is_over;
	enum err err; /* the first failure */
	struct why why;
};

struct worker {
	struct job *job;
	struct digester digester;
	char path[MANIFEST_PATH_MAX + 1];
	struct manifest_line line;
	bool has_line; /* hashed, and not given away yet */
};

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

/* The name still stands for the file that was read, and that is what it was. */
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
settle(int fd, struct stat *status)
{
	static const struct timespec pause = { .tv_nsec = TICK_NS };
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	int64_t age = (int64_t)(now.tv_sec - status->st_ctim.tv_sec);
	if (age > 1)
		return true;
	age = age * 1000000000L + (now.tv_nsec - status->st_ctim.tv_nsec);
	if (age > TICK_NS)
		return true;
	nanosleep(&pause, NULL);
	return fstat(fd, status) == 0;
}

static bool
may_point(const struct worker *worker, const struct stat *status)
{
	return worker->job->files->reads_pointers &&
	    (status->st_size < POINTER_LEN_MAX ||
		pointer_is_dvc(worker->line.path));
}

/* All of a short file is in the buffer when it was read. */
static enum err
follow_pointer(struct worker *worker, const struct stat *status,
    struct hash *ret, struct why *w)
{
	struct span text =
	    span_of(worker->digester.buffer, (size_t)status->st_size);
	struct pointer pointer;

	if (pointer_is_dvc(worker->line.path))
		return why(w, ERR_REFUSED,
		    "%s: DVC names files by MD5 only, which a manifest cannot "
		    "hold: dvc pull, and give the folder without it",
		    worker->path);
	enum err err = pointer_parse_lfs(text, &pointer, w);
	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	if (err != ERR_OK) {
		why_prefix(w, worker->path);
		return err;
	}
	memcpy(ret->bytes, pointer.digest.bytes, HASH_LEN);
	atomic_fetch_add(&worker->job->bytes, pointer.size);
	atomic_fetch_sub(&worker->job->bytes, text.len);
	return ERR_OK;
}

static enum err
hash_read(struct worker *worker, int fd, struct stat *status, struct why *w)
{
	const struct hasher_files *files = worker->job->files;
	struct hash *digest = &worker->line.digest;

	if (!settle(fd, status))
		return ERR_IO;
	enum err err = digester_run(
	    &worker->digester, fd, (uint64_t)status->st_size, digest);
	if (err == ERR_OK && !is_in_place(files->folder, worker->path, status))
		err = ERR_CONFLICT;
	if (err != ERR_OK)
		return err;
	if (may_point(worker, status))
		return follow_pointer(worker, status, digest, w);
	cache_put(files->cache, status, digest);
	return ERR_OK;
}

static enum err
hash_opened(struct worker *worker, int fd, struct why *w)
{
	const struct hasher_files *files = worker->job->files;
	struct stat status;

	if (fstat(fd, &status) != 0)
		return ERR_IO;
	if (!S_ISREG(status.st_mode))
		return why(
		    w, ERR_REFUSED, "%s: not a regular file", worker->path);
	if (!may_point(worker, &status) &&
	    cache_get(files->cache, &status, &worker->line.digest)) {
		atomic_fetch_add(&worker->job->bytes, (uint64_t)status.st_size);
		return ERR_OK;
	}
	return hash_read(worker, fd, &status, w);
}

/* `w` has a sentence already where it is no system's error. */
static enum err
hash_file(struct worker *worker, struct why *w)
{
	int fd = open_file(worker->job->files->folder, worker->path);

	if (fd < 0 && errno == ELOOP)
		return why(w, ERR_REFUSED,
		    "%s: a symbolic link now: it was a file a moment ago",
		    worker->path);
	if (fd < 0)
		return why(w, ERR_MISSING, "%s: %s", worker->path,
		    strerrordesc_np(errno));
	enum err err = hash_opened(worker, fd, w);
	int code = errno;
	close(fd);
	if (err == ERR_CONFLICT)
		return why(w, ERR_REFUSED,
		    "%s: changed while it was hashed, or is not a stored file: "
		    "try again when nobody writes to it",
		    worker->path);
	if (err == ERR_IO)
		return why(
		    w, err, "%s: %s", worker->path, strerrordesc_np(code));
	return err;
}

/* ---- threads ---- */

static void
job_fail(struct job *job, enum err err, const struct why *w)
{
	if (job->err == ERR_OK) {
		job->err = err;
		job->why = *w;
	}
	job->is_over = true; /* the others stop soon */
}

/* Gives away what was hashed and takes the next path: one lock a file. */
static bool
next(struct worker *worker)
{
	struct job *job = worker->job;
	struct span path = SPAN_EMPTY;
	struct why w;
	enum err err = ERR_OK;

	pthread_mutex_lock(&job->mutex);
	if (worker->has_line && !job->is_over)
		err = job->files->take(job->files->context, &worker->line, &w);
	worker->has_line = false;
	if (err == ERR_OK && !job->is_over)
		err = spill_next(&job->paths, &path, &w);
	if (err != ERR_OK)
		job_fail(job, err, &w);
	else if (path.len > 0) {
		assert(path.len <= sizeof(worker->path));
		memcpy(worker->path, path.data, path.len);
		worker->line.path = span_of(worker->path, path.len - 1);
	}
	pthread_mutex_unlock(&job->mutex);
	return path.len > 0;
}

static void *
work(void *context)
{
	struct worker *worker = context;
	struct job *job = worker->job;

	while (next(worker)) {
		struct why w = { 0 };
		enum err err = hash_file(worker, &w);
		worker->has_line = err == ERR_OK;
		atomic_fetch_add(&job->done, 1);
		if (err == ERR_OK)
			continue;
		pthread_mutex_lock(&job->mutex);
		job_fail(job, err, &w);
		pthread_mutex_unlock(&job->mutex);
	}
	atomic_fetch_sub(&job->running, 1);
	return NULL;
}

static size_t
thread_count(uint64_t files)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t count = cores < THREADS_MIN ? THREADS_MIN : (size_t)cores;

	if (count > THREADS_MAX)
		count = THREADS_MAX;
	return count < files ? count : (size_t)files;
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
		progress->files = atomic_load(&job->done);
		progress_add(progress, bytes - told);
		told = bytes;
	}
}

/* The first one's buffer is also that of the paths, in front. */
static void
run_workers(struct job *job, struct worker *workers, size_t count,
    struct progress *progress)
{
	pthread_t threads[THREADS_MAX];
	size_t started = 0;

	atomic_store(&job->running, count);
	while (started < count &&
	    pthread_create(&threads[started], NULL, work, &workers[started]) ==
		0)
		started++;
	/* no thread to be had: this one does what they leave */
	for (size_t i = started; i < count; i++)
		work(&workers[i]);
	watch(job, progress);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}

/* The buffers are an arena of their own: a command may hash thousands of sets. */
static enum err
run_job(struct job *job, struct progress *progress, struct why *w)
{
	size_t count = thread_count(job->files->count);
	struct arena *arena =
	    arena_new(count * (DIGESTER_BUFFER_LEN + sizeof(struct worker)) +
		DIGESTER_BUFFER_LEN);
	const struct spill *paths = job->files->paths;

	if (arena == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	struct worker *workers = arena_take(arena, count, sizeof(*workers));
	uint8_t *buffers = arena_take(arena, count, DIGESTER_BUFFER_LEN);
	uint8_t *ahead = arena_take(arena, SPILL_BUFFER_MIN, 1);
	if (workers == NULL || buffers == NULL || ahead == NULL) {
		arena_free(arena);
		return why(w, ERR_MEMORY, "out of memory");
	}
	job->paths = spill_read(paths, 0, paths->len, ahead, SPILL_BUFFER_MIN);
	for (size_t i = 0; i < count; i++) {
		workers[i].job = job;
		workers[i].digester.buffer = buffers + i * DIGESTER_BUFFER_LEN;
		workers[i].digester.bytes = &job->bytes;
	}
	run_workers(job, workers, count, progress);
	arena_free(arena);
	if (job->err != ERR_OK && w != NULL)
		*w = job->why;
	return job->err;
}

enum err
hasher_run(const struct output *out, const struct hasher_files *files,
    uint64_t *ret_bytes, struct why *w)
{
	struct job job = { .files = files };
	struct progress progress =
	    progress_begin(out, "hashing", files->bytes, true);

	pthread_mutex_init(&job.mutex, NULL);
	enum err err = run_job(&job, &progress, w);
	progress_end(&progress);
	pthread_mutex_destroy(&job.mutex);
	if (err == ERR_OK)
		*ret_bytes = atomic_load(&job.bytes);
	return err;
}
