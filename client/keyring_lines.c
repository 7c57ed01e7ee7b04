#include "client/keyring_lines.h"

#include <stdio.h>
#include <string.h>

#include "client/transport.h"
#include "schema/envelope.h"
#include "schema/record.h"
#include "schema/tlog_proof.h"

#define PROOF_SUFFIX ".tlog-proof"
#define ARENA_MAX (KEYRING_BLOB_MAX + ((size_t)4 << 20))

/* P.keyring.tlog-proof → P.keyring.lines */
static bool
path_beside(const char *proof_path, char ret[static DISK_PATH_MAX])
{
	size_t len = strlen(proof_path);
	size_t suffix_len = strlen(PROOF_SUFFIX);

	if (len > suffix_len &&
	    strcmp(proof_path + len - suffix_len, PROOF_SUFFIX) == 0)
		len -= suffix_len;
	int written = snprintf(ret, DISK_PATH_MAX, "%.*s" KEYRING_LINES_SUFFIX,
	    (int)len, proof_path);
	return written > 0 && (size_t)written < DISK_PATH_MAX;
}

static enum err
path_kept(const struct trust *trust, const struct hash *sha256,
    char ret[static DISK_PATH_MAX], struct why *w)
{
	char name[HASH_TEXT_MAX + 32] = "keyrings/";
	size_t len = strlen(name);

	hash_print(sha256, name + len);
	memcpy(name + len + HASH_TEXT_LEN, KEYRING_LINES_SUFFIX,
	    sizeof(KEYRING_LINES_SUFFIX));
	return disk_join(trust->dir, name, ret, w);
}

/* Whether these are the lines; a file that is damaged is as good as none. */
static bool
read_file(const char *path, const struct hash *sha256, struct arena *arena,
    struct span *ret)
{
	struct span text;

	if (disk_read(path, KEYRING_BLOB_MAX, arena, &text, NULL) != ERR_OK)
		return false;
	struct hash sum = sha256_of(text);
	if (!hash_equal(&sum, sha256))
		return false;
	*ret = text;
	return true;
}

static bool
find_file(const struct keyring_lines *lines, const struct hash *sha256,
    struct arena *arena, struct span *ret)
{
	char path[DISK_PATH_MAX];

	if (lines->proof_path != NULL && path_beside(lines->proof_path, path) &&
	    read_file(path, sha256, arena, ret))
		return true;
	return lines->trust->dir[0] != '\0' &&
	    path_kept(lines->trust, sha256, path, NULL) == ERR_OK &&
	    read_file(path, sha256, arena, ret);
}

static enum err
keep(const struct trust *trust, const struct hash *sha256, struct span text,
    struct why *w)
{
	char path[DISK_PATH_MAX];

	if (trust->dir[0] == '\0')
		return ERR_OK;
	enum err err = disk_join(trust->dir, "keyrings", path, w);
	if (err == ERR_OK)
		err = disk_make_dirs(path, w);
	if (err == ERR_OK)
		err = path_kept(trust, sha256, path, w);
	return err == ERR_OK ? disk_write(path, text, w) : err;
}

static enum err
fetch(const struct trust *trust, const struct hash *sha256, struct arena *arena,
    struct span *ret, struct why *w)
{
	char path[HASH_TEXT_MAX + 32] = "/v1/blobs/sha256:";
	struct transport_call call = {
		.base = trust->url,
		.path = path,
		.max = KEYRING_BLOB_MAX,
	};

	hash_print(sha256, path + strlen(path));
	enum err err = transport_do(trust->transport, &call, arena, ret, w);
	if (err != ERR_OK)
		return why(w, ERR_MISSING,
		    "%s: the log does not give the lines of its keyring", path);
	struct hash sum = sha256_of(*ret);
	if (!hash_equal(&sum, sha256))
		return why(w, ERR_MISMATCH,
		    "%s: the log gives other lines than its keyring has", path);
	return keep(trust, sha256, *ret, w);
}

static enum err
get(const struct keyring_lines *lines, const struct hash *sha256,
    struct arena *arena, struct span *ret, struct why *w)
{
	char hex[HASH_TEXT_MAX];

	if (find_file(lines, sha256, arena, ret))
		return ERR_OK;
	if (lines->trust->transport != NULL)
		return fetch(lines->trust, sha256, arena, ret, w);
	hash_print(sha256, hex);
	return why(w, ERR_MISSING,
	    "this keyring is too long for its record, and its lines (sha256 "
	    "%s) "
	    "are not here: they belong beside its proof, …" KEYRING_LINES_SUFFIX
	    " in place of …" PROOF_SUFFIX,
	    hex);
}

static enum err
load(void *context, const struct hash *sha256, size_t len, struct writer *ret,
    struct why *w)
{
	struct keyring_lines *lines = context;
	struct arena *arena = arena_new(ARENA_MAX);
	struct span text = SPAN_EMPTY;

	(void)len; /* whoever asked compares it */
	if (arena == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err = get(lines, sha256, arena, &text, w);
	lines->is_missing = err != ERR_OK && err != ERR_MISMATCH;
	writer_span(ret, text);
	arena_free(arena);
	return err;
}

struct keyring_source
keyring_lines_source(struct keyring_lines *lines)
{
	return (struct keyring_source){ .load = load, .context = lines };
}

/* ---- beside a proof that is published ---- */

/* What a keyring's proof file names; false where its record holds the lines. */
static bool
find_attachment(struct span proof, struct arena *arena, struct hash *ret)
{
	struct tlog_proof parsed;
	struct envelope envelope;
	struct record record;

	if (tlog_proof_parse(proof, arena, &parsed, NULL) != ERR_OK ||
	    !parsed.has_extra ||
	    envelope_parse_entry(parsed.extra, arena, &envelope, NULL) !=
		ERR_OK ||
	    record_parse(envelope.payload, arena, &record, NULL) != ERR_OK)
		return false;
	bool is_apart =
	    record.kind == RECORD_KEYRING && record.attachment_count == 1;
	if (is_apart)
		*ret = record.attachments[0].sha256;
	record_done(&record);
	return is_apart;
}

enum err
keyring_lines_save(const struct trust *trust, struct span proof,
    const char *proof_path, struct why *w)
{
	struct keyring_lines lines = { .trust = trust };
	struct arena *arena = arena_new(ARENA_MAX);
	char path[DISK_PATH_MAX];
	struct hash sha256;
	struct span text = SPAN_EMPTY;
	enum err err = ERR_OK;

	if (arena == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (find_attachment(proof, arena, &sha256)) {
		err = get(&lines, &sha256, arena, &text, w);
		if (err == ERR_OK && !path_beside(proof_path, path))
			err = why(w, ERR_LIMIT, "the path is too long");
		if (err == ERR_OK)
			err = disk_publish(path, text, w);
	}
	arena_free(arena);
	return err;
}
