#include "client/hashing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/census.h"
#include "client/hasher.h"
#include "client/oms.h"
#include "client/sums.h"

static enum err
take_line(void *context, const struct manifest_line *line, struct why *w)
{
	struct listing *listing = context;

	return listing_add(listing, line, w);
}

/* ---- one file ---- */

static enum err
keep_digest(void *context, const struct manifest_line *line, struct why *w)
{
	struct hashing *hashing = context;

	(void)w;
	hashing->sha256 = line->digest;
	return ERR_OK;
}

static enum err
hash_one(const struct hashing_wish *wish, const char *path, uint64_t size,
    struct hashing *ret, struct why *w)
{
	uint8_t buffer[SPILL_BUFFER_MIN];
	struct spill paths = spill_begin(buffer, sizeof(buffer));
	struct hashing hashing = { .has_bytes = true };
	struct hasher_files files = {
		.folder = -1,
		.paths = &paths,
		.count = 1,
		.bytes = size,
		.reads_pointers = wish->reads_pointers,
		.cache = wish->cache,
		.take = keep_digest,
		.context = &hashing,
	};
	enum err err = spill_put(&paths, span_of(path, strlen(path) + 1), w);

	if (err == ERR_OK)
		err = hasher_run(wish->out, &files, &hashing.bytes, w);
	if (err != ERR_OK)
		return err;
	hashing.has_oms = wish->has_oms;
	hashing.oms = oms_of_file(&hashing.sha256);
	*ret = hashing;
	return ERR_OK;
}

/* ---- a folder ---- */

static enum err
end_listing(struct listing *listing, const struct hashing_wish *wish,
    struct arena *arena, struct hashing *ret, struct why *w)
{
	struct listing_result listed;
	enum err err = listing_end(listing, arena, &listed, w);

	if (err != ERR_OK)
		return err;
	ret->is_set = true;
	ret->is_salted = wish->is_salted;
	ret->sha256 = listed.set.sha256;
	ret->root = listed.set.root;
	ret->has_oms = listed.has_oms;
	ret->oms = listed.oms;
	ret->count = (size_t)listed.set.count;
	ret->manifest_len = listed.set.len;
	ret->manifest = listed.manifest;
	ret->lines = listed.lines;
	return ERR_OK;
}

struct folder {
	const struct hashing_wish *wish;
	int fd;
	struct census *census;
	struct listing *listing;
};

/* Lists its files, hashes them, and looks again whether they are all. */
static enum err
hash_files(const struct folder *folder, uint64_t *ret_bytes, struct why *w)
{
	const struct hashing_wish *wish = folder->wish;
	struct census *census = folder->census;
	enum err err = census_take(census, wish->out, folder->fd, w);
	struct hasher_files files = {
		.folder = folder->fd,
		.paths = &census->paths,
		.count = census->count,
		/* pointers stand for more than they are */
		.bytes = wish->reads_pointers ? 0 : census->bytes,
		.reads_pointers = wish->reads_pointers,
		.cache = wish->cache,
		.take = take_line,
		.context = folder->listing,
	};

	if (err == ERR_OK)
		err = hasher_run(wish->out, &files, ret_bytes, w);
	return err == ERR_OK ? census_check(census, folder->fd, w) : err;
}

static enum err
hash_opened_folder(const struct hashing_wish *wish, int fd, struct arena *arena,
    struct hashing *ret, struct why *w)
{
	struct hashing set = { .has_bytes = true };
	struct listing_wish listing_wish = {
		.is_salted = wish->is_salted,
		.has_oms = wish->has_oms,
		.fd = wish->fd,
	};
	struct folder folder = {
		.wish = wish,
		.fd = fd,
		.census = census_new(),
		.listing = listing_new(&listing_wish),
	};
	enum err err = folder.census == NULL || folder.listing == NULL
	    ? why(w, ERR_MEMORY, "out of memory")
	    : hash_files(&folder, &set.bytes, w);

	census_free(folder.census);
	if (err == ERR_OK)
		err = end_listing(folder.listing, wish, arena, &set, w);
	listing_free(folder.listing);
	if (err == ERR_OK)
		*ret = set;
	return err;
}

/* The folder itself may be reached through a link: it was named. */
static enum err
hash_folder(const struct hashing_wish *wish, const char *path,
    struct arena *arena, struct hashing *ret, struct why *w)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0)
		return why(
		    w, ERR_MISSING, "%s: %s", path, strerrordesc_np(errno));
	enum err err = hash_opened_folder(wish, folder, arena, ret, w);
	close(folder);
	if (err != ERR_OK)
		why_prefix(w, path);
	return err;
}

/* ---- a list ---- */

static enum err
hash_sums(const struct hashing_wish *wish, const char *path,
    struct arena *arena, struct hashing *ret, struct why *w)
{
	struct hashing set = { .has_bytes = false };
	struct listing_wish listing_wish = {
		.is_salted = wish->is_salted,
		.has_oms = wish->has_oms,
		.checks_paths = true,
		.fd = wish->fd,
	};
	struct listing *listing = listing_new(&listing_wish);

	if (listing == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err = sums_read(path, take_line, listing, w);
	if (err == ERR_OK) {
		err = end_listing(listing, wish, arena, &set, w);
		if (err != ERR_OK)
			why_prefix(w, path);
	}
	listing_free(listing);
	if (err == ERR_OK)
		*ret = set;
	return err;
}

/* ---- what callers ask for ---- */

enum err
hashing_run(const struct hashing_wish *wish, const char *path,
    struct arena *arena, struct hashing *ret, struct why *w)
{
	struct stat status;

	if (wish->is_sums)
		return hash_sums(wish, path, arena, ret, w);
	if (stat(path, &status) != 0)
		return why(
		    w, ERR_MISSING, "%s: %s", path, strerrordesc_np(errno));
	if (S_ISDIR(status.st_mode))
		return hash_folder(wish, path, arena, ret, w);
	if (!S_ISREG(status.st_mode))
		return why(w, ERR_REFUSED,
		    "%s: neither a regular file nor a folder", path);
	return hash_one(wish, path, (uint64_t)status.st_size, ret, w);
}

enum err
hashing_path(const struct output *out, const char *path, struct arena *arena,
    struct hashing *ret, struct why *w)
{
	struct hashing_wish wish = { .out = out, .fd = -1 };

	return hashing_run(&wish, path, arena, ret, w);
}

static void
add_digest(struct digest_set *set, enum digest_algorithm algorithm,
    const struct hash *hash)
{
	struct digest *digest = &set->digests[set->count++];

	*digest = digest_sha256(hash);
	digest->algorithm = algorithm;
}

enum err
hashing_digests(
    const struct hashing *hashing, struct arena *arena, struct digest_set *ret)
{
	struct digest_set set = { .digests = arena_take(
				      arena, 3, sizeof(*set.digests)) };

	if (set.digests == NULL)
		return ERR_MEMORY;
	/* in the order of the names */
	if (hashing->is_set)
		add_digest(&set, DIGEST_MERKLE_TREE_HASH, &hashing->root);
	if (hashing->has_oms)
		add_digest(&set, DIGEST_OMS_SHA256, &hashing->oms);
	add_digest(&set, DIGEST_SHA256, &hashing->sha256);
	set.node = set.digests[set.count - 1];
	set.has_node = !digest_is_of_nothing(&set.node);
	*ret = set;
	return ERR_OK;
}
