/* attest: bytes that are here, bytes that are fetched, terms. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/attest.h"
#include "client/digester.h"
#include "client/download.h"
#include "client/list.h"
#include "client/spill.h"
#include "client/transport.h"
#include "client/url.h"

#define PATH_MAX_ESCAPED (MANIFEST_LINE_MAX * 3 + 8)

static void
judge(struct attest *attest, bool is_same)
{
	attest->finding.audit.verdict =
	    is_same ? AUDIT_CONFIRMED : AUDIT_CONTRADICTED;
}

static enum err
needs(const struct attest *attest, const char *option, const char *what,
    const char **ret, struct why *w)
{
	*ret = options_value(attest->arguments, option);
	return *ret != NULL
	    ? ERR_OK
	    : why(w, ERR_USAGE, "--%s is missing: %s", option, what);
}

enum err
attest_rehash(struct attest *attest, struct why *w)
{
	const char *path;
	bool is_same = false;
	enum err err = needs(attest, "with", "which file or folder?", &path, w);

	if (err == ERR_OK)
		err =
		    attest_compare(attest, attest->subject, path, &is_same, w);
	if (err == ERR_MISSING)
		return why(w, err, "%s: not there", path);
	if (err != ERR_OK)
		return err;
	attest->finding.audit.comparison = AUDIT_BIT_EXACT;
	attest_cover(attest, "artifacts", 1, 1);
	judge(attest, is_same);
	return ERR_OK;
}

/* ---- refetch ---- */

/* What is fetched goes through one nameless file. */
struct refetch {
	struct attest *attest;
	const char *base; /* NULL: the log's blobs */
	int fd;
	uint8_t *buffer;
	uint64_t files;
	uint64_t got;
	uint64_t same;
	struct span first; /* the path of the first that is not the same */
};

static enum err
hash_file(
    const struct refetch *refetch, int fd, struct hash *ret, struct why *w)
{
	atomic_uint_fast64_t bytes = 0;
	struct digester digester = {
		.buffer = refetch->buffer,
		.bytes = &bytes,
	};
	struct stat status;

	if (fstat(fd, &status) != 0 || lseek(fd, 0, SEEK_SET) != 0 ||
	    digester_run(&digester, fd, (uint64_t)status.st_size, ret) !=
		ERR_OK)
		return why(w, ERR_IO, "what was fetched cannot be read: %s",
		    strerrordesc_np(errno));
	return ERR_OK;
}

static enum err
fetch_from(struct refetch *refetch, const char *base, const char *path,
    struct hash *ret, struct why *w)
{
	struct session *session = refetch->attest->session;
	struct span ignored;
	struct transport_call call = {
		.base = base,
		.path = path,
		.max = DOWNLOAD_MAX,
		.sink = &refetch->fd,
	};
	enum err err = transport_do(
	    session->transport, &call, session->arena, &ignored, w);

	return err == ERR_OK ? hash_file(refetch, refetch->fd, ret, w) : err;
}

static enum err
fetch_blob(struct refetch *refetch, const struct hash *hash, struct hash *ret,
    struct why *w)
{
	int fd;
	enum err err = download_blob(refetch->attest->session, hash, &fd, w);

	if (err != ERR_OK)
		return err;
	err = hash_file(refetch, fd, ret, w);
	(void)close(fd);
	return err;
}

/* "/a%20b/c" */
static void
print_path(struct span path, struct writer *w)
{
	struct span segment;

	while (span_cut(&path, '/', &segment)) {
		writer_text(w, "/");
		url_escape(segment, w);
	}
	writer_text(w, "/");
	url_escape(path, w);
}

/* What is something else contradicts; what is not there was not looked at; where
 * nothing answers nothing is known. */
static enum err
fetch_line(
    struct refetch *refetch, const struct manifest_line *line, struct why *w)
{
	struct writer path = writer_heap(PATH_MAX_ESCAPED);
	struct hash hash = { { 0 } };
	enum err err;

	print_path(line->path, &path);
	writer_u8(&path, 0);
	if (writer_end(&path) != ERR_OK)
		err = why(w, ERR_LIMIT, "too long a path");
	else
		err = refetch->base == NULL
		    ? fetch_blob(refetch, &line->digest, &hash, w)
		    : fetch_from(refetch, refetch->base,
			  (const char *)path.data, &hash, w);
	writer_done(&path);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	refetch->files++;
	if (err == ERR_OK)
		refetch->got++;
	if (err == ERR_OK && hash_equal(&hash, &line->digest))
		refetch->same++;
	else if (refetch->first.len == 0)
		refetch->first =
		    arena_copy(refetch->attest->session->arena, line->path);
	return ERR_OK;
}

static enum err
judge_set(struct refetch *refetch, struct why *w)
{
	struct attest *attest = refetch->attest;

	if (refetch->got == 0)
		return why(w, ERR_MISSING,
		    "none of the set's %" PRIu64 " files is there: nothing is "
		    "recorded",
		    refetch->files);
	if (refetch->first.len > 0)
		output_warn(&attest->session->out,
		    "%.*s: not there, or not what it was",
		    SPAN_ARGS(refetch->first));
	attest_cover(attest, "files", refetch->got, refetch->files);
	judge(attest, refetch->same == refetch->got);
	if (refetch->same == refetch->got && refetch->got < refetch->files)
		attest->finding.audit.verdict = AUDIT_INCONCLUSIVE;
	return ERR_OK;
}

static enum err
fetch_set(struct refetch *refetch, const struct hash *sha256, struct why *w)
{
	struct attest *attest = refetch->attest;
	struct list list;
	int fd;
	enum err err = download_blob(attest->session, sha256, &fd, w);

	if (err == ERR_NOT_FOUND)
		return why(w, ERR_MISSING,
		    "the log does not hold the manifest: which files are in "
		    "the set is not known");
	if (err != ERR_OK)
		return err;
	err = list_open(&list, fd, "the manifest", attest->session->arena, w);
	while (err == ERR_OK) {
		err = list_next(&list, w);
		if (err != ERR_OK || list.is_at_end)
			break;
		err = fetch_line(refetch, &list.line, w);
	}
	if (err == ERR_OK)
		err = list_expect(&list, sha256, w);
	(void)close(fd);
	if (err != ERR_OK)
		return err;
	return judge_set(refetch, w);
}

static enum err
fetch_one(struct refetch *refetch, const struct hash *sha256, struct why *w)
{
	struct attest *attest = refetch->attest;
	struct hash hash;
	enum err err = refetch->base == NULL
	    ? fetch_blob(refetch, sha256, &hash, w)
	    : fetch_from(refetch, refetch->base, "", &hash, w);

	if (err == ERR_NOT_FOUND)
		return why(w, ERR_MISSING, "%s: not there: nothing is recorded",
		    refetch->base == NULL ? "the log's blobs" : refetch->base);
	if (err != ERR_OK)
		return err;
	attest_cover(attest, "files", 1, 1);
	judge(attest, hash_equal(&hash, sha256));
	return ERR_OK;
}

/* --from, the record's own word, or nothing: then the log holds it. */
static enum err
find_base(struct refetch *refetch, struct why *w)
{
	struct attest *attest = refetch->attest;
	const char *from = options_value(attest->arguments, "from");
	struct span source = from != NULL ? span_of_text(from) : attest->source;

	if (from != NULL && strcmp(from, "log") == 0)
		source = SPAN_EMPTY;
	while (source.len > 0 && source.data[source.len - 1] == '/')
		source.len--;
	if (source.len == 0)
		return ERR_OK;
	if (!span_starts(source, "https://") && !span_starts(source, "http://"))
		return why(w, ERR_USAGE,
		    "%.*s: no http(s) URL: give one with --from, or --from log",
		    SPAN_ARGS(source));
	struct span copy = arena_copy(attest->session->arena, source);
	refetch->base = (const char *)copy.data;
	return copy.data != NULL ? ERR_OK : why(w, ERR_MEMORY, "out of memory");
}

static enum err
fetch_all(struct refetch *refetch, struct why *w)
{
	const struct digest_set *set = &refetch->attest->subject->digest;
	const struct digest *sha256 = digest_set_find(set, DIGEST_SHA256);
	struct hash hash;

	if (sha256 == NULL)
		return why(w, ERR_USAGE,
		    "named by no sha256: what is fetched can not be compared");
	memcpy(hash.bytes, sha256->bytes, sizeof(hash.bytes));
	return digest_set_find(set, DIGEST_MERKLE_TREE_HASH) != NULL
	    ? fetch_set(refetch, &hash, w)
	    : fetch_one(refetch, &hash, w);
}

enum err
attest_refetch(struct attest *attest, struct why *w)
{
	struct refetch refetch = { .attest = attest, .fd = -1 };
	enum err err = session_online(attest->session, w);

	refetch.buffer =
	    arena_take(attest->session->arena, DIGESTER_BUFFER_LEN, 1);
	if (err == ERR_OK && refetch.buffer == NULL)
		err = why(w, ERR_MEMORY, "out of memory");
	if (err == ERR_OK)
		err = find_base(&refetch, w);
	if (err == ERR_OK)
		err = spill_nameless(&refetch.fd, w);
	if (err != ERR_OK)
		return err;
	attest->finding.audit.comparison = AUDIT_BIT_EXACT;
	attest->finding.description = refetch.base == NULL
	    ? span_of_text("fetched from the log")
	    : span_of_text(refetch.base);
	err = fetch_all(&refetch, w);
	(void)close(refetch.fd);
	return err;
}

/* ---- terms ---- */

/* The texts that it rests on; of a license record its own. */
static bool
rests_on(const struct attest *attest, const struct hash *text)
{
	const struct record *record = &attest->fetched.proved.record;
	const struct digest *own =
	    digest_set_find(&attest->subject->digest, DIGEST_SHA256);

	if (!attest->has_record || record->kind == RECORD_LICENSE)
		return own != NULL &&
		    span_equal(span_of(own->bytes, own->len), hash_span(text));
	for (size_t i = 0; i < record->license_texts.count; i++) {
		if (hash_equal(&record->license_texts.all[i], text))
			return true;
	}
	return false;
}

enum err
attest_licence_review(struct attest *attest, struct why *w)
{
	const struct record *record = &attest->fetched.proved.record;
	struct hashing hashing;
	const char *path;
	enum err err = needs(attest, "with", "which text?", &path, w);

	if (err == ERR_OK)
		err = hashing_path(&attest->session->out, path,
		    attest->session->arena, &hashing, w);
	if (err == ERR_OK && hashing.is_set)
		err = why(w, ERR_USAGE,
		    "%s: a folder: a licence's text is one "
		    "file",
		    path);
	if (err != ERR_OK)
		return err;
	struct writer measured = writer_heap(128);
	writer_text(&measured, "sha256:");
	writer_hex(&measured, hash_span(&hashing.sha256));
	attest->finding.audit.metric = span_of_text("licence text");
	attest->finding.audit.measured =
	    arena_copy(attest->session->arena, writer_view(&measured));
	writer_done(&measured);
	attest->finding.audit.comparison = AUDIT_BIT_EXACT;
	judge(attest, rests_on(attest, &hashing.sha256));
	if (attest->has_record && record->kind != RECORD_LICENSE &&
	    record->license_texts.count == 0) {
		attest->finding.audit.verdict = AUDIT_INCONCLUSIVE;
		attest->finding.description =
		    span_of_text("the record names no licence text");
	}
	return ERR_OK;
}
