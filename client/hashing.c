#include "client/hashing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/hasher.h"
#include "client/walk.h"

static enum err
hash_one(const struct output *out, const char *path, uint64_t size,
    struct hashing *ret, struct why *w)
{
	struct walk_file file = { .path = span_of_text(path), .size = size };
	struct hasher_files files = { -1, &file, 1 };
	struct manifest_line line;
	uint64_t bytes = 0;
	enum err err = hasher_run(out, &files, &line, &bytes, w);

	if (err == ERR_OK)
		*ret =
		    (struct hashing){ .sha256 = line.digest, .bytes = bytes };
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

/* A file that came or went while the others were hashed. */
static enum err
walk_again(
    int folder, const struct walk_file *files, size_t count, struct why *w)
{
	struct arena *arena = arena_new((size_t)1 << 30);
	struct walk_file *again;
	size_t again_count = 0;
	size_t at = 0;

	if (arena == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err = walk_folder(folder, arena, &again, &again_count, w);
	while (err == ERR_OK && at < count && at < again_count &&
	    span_equal(files[at].path, again[at].path))
		at++;
	if (err == ERR_OK && (at < count || at < again_count))
		err = why(w, ERR_REFUSED,
		    "%.*s: came or went while the folder was hashed: try again "
		    "when nobody writes to it",
		    SPAN_ARGS(at < count ? files[at].path : again[at].path));
	arena_free(arena);
	return err;
}

static enum err
hash_opened_folder(const struct output *out, int folder, struct arena *arena,
    struct hashing *ret, struct why *w)
{
	struct hashing set = { .is_set = true };
	struct walk_file *files;
	enum err err = walk_folder(folder, arena, &files, &set.count, w);

	if (err != ERR_OK)
		return err;
	set.lines = arena_take(arena, set.count, sizeof(*set.lines));
	if (set.lines == NULL)
		return why(w, ERR_MEMORY, "too many files for memory");
	struct hasher_files all = { folder, files, set.count };
	err = hasher_run(out, &all, set.lines, &set.bytes, w);
	if (err == ERR_OK)
		err = walk_again(folder, files, set.count, w);
	if (err == ERR_OK)
		err = make_manifest(&set, arena, w);
	if (err == ERR_OK)
		*ret = set;
	return err;
}

/* The folder itself may be reached through a link: it was named. */
static enum err
hash_folder(const struct output *out, const char *path, struct arena *arena,
    struct hashing *ret, struct why *w)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0)
		return why(
		    w, ERR_MISSING, "%s: %s", path, strerrordesc_np(errno));
	enum err err = hash_opened_folder(out, folder, arena, ret, w);
	close(folder);
	if (err != ERR_OK)
		why_prefix(w, path);
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
