#include "client/hashing.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "client/progress.h"
#include "client/walk.h"

#define READ_LEN ((size_t)1 << 20) /* LIMITS: as fast as any other way */
#define THREADS_MAX 8
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

/* Below the folder, through no link: a file that was swapped for one since the
 * walk is refused by the kernel.  Never blocks on a FIFO. */
static int
open_file(int folder, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS,
	};

	if (folder < 0)
		return open(path, (int)how.flags);
	return (int)syscall(SYS_openat2, folder, path, &how, sizeof(how));
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* At most as many bytes as the file had when it was opened: one that grows for
 * ever ends as changed, not never. */
static enum err
read_all(
    struct job *job, int fd, uint64_t size, uint8_t *buffer, struct hash *ret)
{
	struct sha256 sha256;
	uint64_t done = 0;

	sha256_init(&sha256);
	while (done < size) {
		ssize_t len = read(fd, buffer, READ_LEN);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return ERR_IO;
		if (len == 0)
			return ERR_CONFLICT;
		sha256_add(&sha256, span_of(buffer, (size_t)len));
		done += (uint64_t)len;
		atomic_fetch_add(&job->bytes, (uint64_t)len);
	}
	*ret = sha256_done(&sha256);
	return done == size ? ERR_OK : ERR_CONFLICT;
}

static enum err
hash_opened(struct job *job, int fd, uint8_t *buffer, struct hash *ret)
{
	struct stat before;
	struct stat after;

	if (fstat(fd, &before) != 0)
		return ERR_IO;
	if (!S_ISREG(before.st_mode))
		return ERR_REFUSED;
	enum err err = read_all(job, fd, (uint64_t)before.st_size, buffer, ret);
	if (err == ERR_OK && fstat(fd, &after) != 0)
		err = ERR_IO;
	if (err == ERR_OK && !same_file(&before, &after))
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
	enum err err = hash_opened(job, fd, buffer, ret);
	int code = errno;
	close(fd);
	if (err == ERR_CONFLICT)
		return why(w, ERR_REFUSED,
		    "%s: changed while it was hashed: try again when nobody "
		    "writes to it",
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
	uint8_t *buffer = malloc(READ_LEN);
	struct why w;

	if (buffer == NULL)
		job_fail(job, ERR_MEMORY, &(struct why){ "out of memory" });
	while (buffer != NULL) {
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
	free(buffer);
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

static enum err
job_run(
    struct job *job, const struct output *out, uint64_t bytes, struct why *w)
{
	pthread_t threads[THREADS_MAX];
	size_t count = thread_count(job->count);
	struct progress progress = progress_begin(out, "hashing", bytes, true);
	size_t started = 0;

	pthread_mutex_init(&job->mutex, NULL);
	atomic_store(&job->running, count);
	while (started < count &&
	    pthread_create(&threads[started], NULL, work, job) == 0)
		started++;
	/* no thread to be had: this one does what they leave */
	for (size_t i = started; i < count; i++)
		work(job);
	watch(job, &progress);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	progress_end(&progress);
	pthread_mutex_destroy(&job->mutex);
	if (job->err != ERR_OK && w != NULL)
		*w = job->why;
	return job->err;
}

static enum err
hash_one(const struct output *out, const char *path, uint64_t size,
    struct hashing *ret, struct why *w)
{
	struct walk_file file = { .path = span_of_text(path), .size = size };
	struct manifest_line line;
	struct job job = {
		.folder = -1,
		.files = &file,
		.lines = &line,
		.count = 1,
	};
	enum err err = job_run(&job, out, size, w);

	if (err == ERR_OK)
		*ret = (struct hashing){ .sha256 = line.digest, .bytes = size };
	return err;
}

/* The manifest's text in the arena, and its two digests. */
static enum err
make_manifest(struct hashing *set, struct arena *arena, struct why *w)
{
	size_t cap = 0;

	for (size_t i = 0; i < set->count; i++)
		cap += HASH_TEXT_LEN + 3 + set->lines[i].path.len;
	uint8_t *buffer = arena_take(arena, cap, 1);
	if (buffer == NULL)
		return why(w, ERR_MEMORY,
		    "a manifest of %zu bytes: out of memory", cap);
	struct writer writer = writer_of(buffer, cap);
	enum err err = manifest_print(set->lines, set->count, &writer, w);
	if (err != ERR_OK)
		return err;
	set->manifest = writer_view(&writer);
	set->sha256 = sha256_of(set->manifest);
	set->root = manifest_root(set->manifest);
	return ERR_OK;
}

static enum err
hash_folder(const struct output *out, const char *path, struct arena *arena,
    struct hashing *ret, struct why *w)
{
	struct hashing set = { .is_set = true };
	struct walk_file *files;
	enum err err = walk_dir(path, arena, &files, &set.count, w);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < set.count; i++)
		set.bytes += files[i].size;
	set.lines = arena_take(arena, set.count, sizeof(*set.lines));
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (set.lines == NULL || folder < 0) {
		if (folder >= 0)
			close(folder);
		return why(w, ERR_MISSING, "%s: cannot be opened", path);
	}
	struct job job = {
		.folder = folder,
		.files = files,
		.lines = set.lines,
		.count = set.count,
	};
	err = job_run(&job, out, set.bytes, w);
	close(folder);
	if (err == ERR_OK)
		err = make_manifest(&set, arena, w);
	if (err == ERR_OK)
		*ret = set;
	return err;
}

enum err
hashing_path(const struct output *out, const char *path, struct arena *arena,
    struct hashing *ret, struct why *w)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return why(
		    w, ERR_MISSING, "%s: %s", path, strerrordesc_np(errno));
	if (S_ISDIR(status.st_mode))
		return hash_folder(out, path, arena, ret, w);
	if (!S_ISREG(status.st_mode))
		return why(w, ERR_REFUSED,
		    "%s: neither a regular file nor a folder", path);
	return hash_one(out, path, (uint64_t)status.st_size, ret, w);
}

enum err
hashing_digests(
    const struct hashing *hashing, struct arena *arena, struct digest_set *ret)
{
	size_t count = hashing->is_set ? 2 : 1;
	struct digest *digests = arena_take(arena, count, sizeof(*digests));

	if (digests == NULL)
		return ERR_MEMORY;
	/* in the order of the names: merkleTreeHash, sha256 */
	if (hashing->is_set) {
		digests[0] = digest_sha256(&hashing->root);
		digests[0].algorithm = DIGEST_MERKLE_TREE_HASH;
	}
	digests[count - 1] = digest_sha256(&hashing->sha256);
	*ret = (struct digest_set){
		.count = count,
		.digests = digests,
		.has_node = !digest_is_of_nothing(&digests[count - 1]),
		.node = digests[count - 1],
	};
	return ERR_OK;
}
