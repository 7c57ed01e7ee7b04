#include <inttypes.h>
#include <unistd.h>

#include "daemon/blob_mend.h"
#include "daemon/check.h"

struct checking {
	struct blob_records records;
	struct blobs *blobs;
	FILE *out;
	bool must_mend;
	struct check_result result;
};

static void
fault(struct checking *c, const struct hash *digest, const char *what)
{
	char name[HASH_TEXT_MAX];

	c->result.faults++;
	hash_print(digest, name);
	(void)fprintf(c->out, "blob " BLOB_PREFIX "%s: %s\n", name, what);
}

/* What no record and no code of ours put there: said, and no fault. */
static void
note(struct checking *c, const char *path, const char *what)
{
	(void)fprintf(c->out, "blobs: %s: %s\n", path, what);
}

static bool
same_files(const char *path, const char *other_path)
{
	FILE *file = fopen(path, "re");
	FILE *other = fopen(other_path, "re");
	bool is_same = file != NULL && other != NULL;
	char buffer[1024];
	char other_buffer[1024];
	size_t len = 1;

	while (is_same && len > 0) {
		len = fread(buffer, 1, sizeof(buffer), file);
		is_same = fread(other_buffer, 1, sizeof(other_buffer), other) ==
			len &&
		    memcmp(buffer, other_buffer, len) == 0;
	}
	if (file != NULL)
		(void)fclose(file);
	if (other != NULL)
		(void)fclose(other);
	return is_same;
}

static void
compare_sidecar(struct checking *c, const struct hash *digest, bool is_made)
{
	char path[PATH_MAX];
	char made_path[PATH_MAX];

	blob_path(c->blobs, digest, BLOB_TREE, path);
	blob_path(c->blobs, digest, BLOB_TREE_PART, made_path);
	bool is_there = access(path, F_OK) == 0;
	if (is_made && !is_there)
		fault(c, digest,
		    "its sidecar is missing; --reindex makes it again");
	else if (is_made && !same_files(path, made_path))
		fault(c, digest,
		    "its sidecar is damaged; --reindex makes it again");
	else if (!is_made && is_there)
		fault(c, digest,
		    "it has a sidecar and is no manifest that stands; "
		    "--reindex removes it");
	blob_remove(c->blobs, digest, BLOB_TREE_PART);
}

static void
take_whole(struct checking *c, const struct blob_found *found)
{
	struct why w = { "" };
	bool is_made = false;
	enum err err;

	c->result.entries++;
	if (c->must_mend)
		err = blob_mend(c->blobs, found->digest, &c->records, &w);
	else
		err = blob_rebuild(
		    c->blobs, found->digest, &c->records, &is_made, &w);
	if (err != ERR_OK)
		fault(c, found->digest, w.text);
	else if (!c->must_mend)
		compare_sidecar(c, found->digest, is_made);
}

static enum err
take(void *context, const struct blob_found *found, struct why *w)
{
	struct checking *c = context;

	(void)w;
	if (found->digest == NULL) {
		note(c, found->path, "not a file of ours");
		return ERR_OK;
	}
	switch (found->file) {
	case BLOB_WHOLE:
		take_whole(c, found);
		return ERR_OK;
	case BLOB_TREE:
		if (!blob_look(c->blobs, found->digest).is_whole)
			note(c, found->path, "a sidecar of nothing");
		return ERR_OK;
	case BLOB_PART:
	case BLOB_TREE_PART:
	case BLOB_FILES:
		break;
	}
	return ERR_OK;
}

enum err
check_blobs(const struct blob_records *records, struct blobs *blobs, FILE *out,
    struct check_result *ret, struct why *w)
{
	struct checking c = {
		.records = *records,
		.blobs = blobs,
		.out = out,
	};
	enum err err = blobs_walk(blobs, take, &c, w);

	if (err == ERR_OK)
		*ret = c.result;
	return err;
}

enum err
check_mend_blobs(const struct blob_records *records, struct blobs *blobs,
    FILE *out, struct why *w)
{
	struct checking c = {
		.records = *records,
		.blobs = blobs,
		.out = out,
		.must_mend = true,
	};
	enum err err = blobs_walk(blobs, take, &c, w);

	if (err == ERR_OK && c.result.faults > 0)
		err = why(w, ERR_CORRUPT,
		    "blobs: %" PRIu64 " are damaged, they are named above; "
		    "the rest is as it should be",
		    c.result.faults);
	return err;
}
