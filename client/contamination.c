#include "client/contamination.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/answer.h"
#include "client/download.h"

#define QUESTION_MAX 512
#define SHARD_ANSWER_MAX ((size_t)1 << 20)

static void
note_gap(
    struct contamination *c, const struct digest *digest, struct span sentence)
{
	char text[DIGEST_TEXT_MAX];

	if (c->has_gap)
		return;
	c->has_gap = true;
	digest_print(digest, text);
	(void)why(&c->gap, ERR_OK, "%s: %.*s", text, SPAN_ARGS(sentence));
}

/* ---- the files of a set ---- */

/* Of a set on either side: its manifest, or a few digests. */
struct files {
	int fd; /* of its manifest; -1: none */
	struct hash sha256;
	size_t count;
	struct hash *digests;
};

static int
compare_hashes(const void *a, const void *b)
{
	return hash_compare(a, b);
}

/* What the record lists, or the single file that it is of. */
static enum err
list_files(struct contamination *c, const struct record *record,
    const struct shard *shard, struct files *files, struct why *w)
{
	const struct statement *statement = &record->statement;
	bool is_list = shard->by == SHARD_BY_LIST;

	files->digests = arena_take(c->session->arena,
	    is_list ? statement->subject_count : 1, sizeof(*files->digests));
	if (files->digests == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (!is_list) {
		memcpy(files->digests[files->count++].bytes, shard->set.bytes,
		    HASH_LEN);
		return ERR_OK;
	}
	for (size_t i = 1; i < statement->subject_count; i++) {
		const struct digest *digest = digest_set_find(
		    &statement->subjects[i].digest, DIGEST_SHA256);
		if (digest != NULL)
			memcpy(files->digests[files->count++].bytes,
			    digest->bytes, HASH_LEN);
	}
	qsort(files->digests, files->count, sizeof(*files->digests),
	    compare_hashes);
	return ERR_OK;
}

/* A benchmark's files: by its manifest, else by what its record lists. */
static enum err
open_benchmark(struct contamination *c, const struct benchmark *benchmark,
    struct files *files, bool *ret_is_open, struct why *w)
{
	char path[QUESTION_MAX];
	char text[DIGEST_TEXT_MAX];
	struct json *json = NULL;
	struct shard shard;
	struct fetched fetched;

	*ret_is_open = true;
	*files = (struct files){ .fd = -1 };
	memcpy(files->sha256.bytes, benchmark->digest.bytes, HASH_LEN);
	enum err err = download_blob(c->session, &files->sha256, &files->fd, w);
	if (err != ERR_NOT_FOUND)
		return err;
	/* asked for itself it is a single file, or a list without it */
	digest_print(&benchmark->digest, text);
	err = answer_path(
	    path, sizeof(path), w, "/v1/datasets/%s/shards/%s", text, text);
	if (err == ERR_OK)
		err = answer_get(c->session, path, SHARD_ANSWER_MAX, &json, w);
	if (err != ERR_OK)
		return err;
	struct object o = object_of(json_root(json), "the log's answer", w);
	shard_read(&o, &shard);
	err = object_end_open(&o);
	*ret_is_open = err == ERR_OK && shard.verdict != SHARD_UNKNOWN;
	if (err == ERR_OK && !*ret_is_open)
		note_gap(c, &benchmark->digest, shard.reason);
	if (*ret_is_open) {
		err = shard_record(
		    c->session, &shard, &files->sha256, &fetched, w);
		if (err == ERR_OK) {
			err = list_files(
			    c, &fetched.proved.record, &shard, files, w);
			fetched_done(&fetched);
		}
	}
	json_done(json);
	return err;
}

/* ---- pairs ---- */

static enum err
side_of(struct contamination *c, const struct files *files,
    struct overlap_side *ret, struct why *w)
{
	*ret = (struct overlap_side){
		.sha256 = files->sha256,
		.count = files->count,
		.digests = files->digests,
	};
	if (files->fd < 0)
		return ERR_OK;
	ret->list = arena_take(c->session->arena, 1, sizeof(*ret->list));
	if (ret->list == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (lseek(files->fd, 0, SEEK_SET) != 0)
		return why(w, ERR_IO, "a manifest can not be read again");
	return list_open(
	    ret->list, files->fd, "a manifest", c->session->arena, w);
}

static enum err
compare(struct contamination *c, const struct files *benchmark,
    const struct files *set, struct contamination_pair *pair, struct why *w)
{
	struct overlap_side side;
	struct overlap_side other;
	enum err err = side_of(c, benchmark, &side, w);

	if (err == ERR_OK)
		err = side_of(c, set, &other, w);
	if (err == ERR_OK)
		err = overlap_find(
		    &side, &other, c->session->arena, &pair->overlap, w);
	return err;
}

/* NULL where there are too many. */
static struct contamination_pair *
add_pair(struct contamination *c, const struct benchmark *benchmark,
    const struct digest *set)
{
	if (c->pair_count == CONTAMINATION_PAIRS_MAX)
		return NULL;
	struct contamination_pair *pair = &c->pairs[c->pair_count++];
	*pair = (struct contamination_pair){
		.benchmark = benchmark,
		.set = *set,
	};
	return pair;
}

/* One set on the way up. */
static enum err
compare_set(struct contamination *c, const struct benchmark *benchmark,
    const struct files *files, const struct shard *shard, struct why *w)
{
	struct contamination_pair *pair = add_pair(c, benchmark, &shard->set);
	struct files set = { .fd = -1 };
	struct fetched fetched;
	enum err err = ERR_OK;

	if (pair == NULL)
		return why(w, ERR_LIMIT, "more than %d pairs of sets",
		    CONTAMINATION_PAIRS_MAX);
	memcpy(set.sha256.bytes, shard->set.bytes, HASH_LEN);
	if (shard->by == SHARD_BY_MANIFEST) {
		err = download_blob(c->session, &set.sha256, &set.fd, w);
	} else {
		pair->is_single = shard->by == SHARD_BY_FILE;
		err = fetched_record(c->session, &shard->record, &fetched, w);
		if (err != ERR_OK)
			return err;
		err = list_files(c, &fetched.proved.record, shard, &set, w);
		fetched_done(&fetched);
	}
	if (err == ERR_OK)
		err = compare(c, files, &set, pair, w);
	if (set.fd >= 0)
		(void)close(set.fd);
	return err;
}

static enum err
compare_sets(struct contamination *c, const struct benchmark *benchmark,
    const struct files *files, const struct ancestry *ancestry, struct why *w)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < ancestry->shard_count; i++) {
		const struct shard *shard = &ancestry->shards[i];
		if (shard->verdict != SHARD_UNKNOWN &&
		    shard->by != SHARD_BY_OPENING &&
		    shard->set.algorithm == DIGEST_SHA256)
			err = compare_set(c, benchmark, files, shard, w);
	}
	return err;
}

/* ---- one artifact, one benchmark ---- */

static enum err
first_file(struct contamination *c, const struct files *files, struct hash *ret,
    struct why *w)
{
	struct overlap_side side;
	enum err err = side_of(c, files, &side, w);

	if (err == ERR_OK && side.list == NULL) {
		*ret = files->count > 0 ? files->digests[0] : files->sha256;
		return ERR_OK;
	}
	if (err == ERR_OK)
		err = list_next(side.list, w);
	if (err == ERR_OK)
		*ret = side.list->line.digest;
	return err;
}

static enum err
ask(struct contamination *c, const struct digest *root, const struct hash *file,
    struct ancestry *ret, struct why *w)
{
	struct ancestry_question question = {
		.root = *root,
		.file = *file,
		.as = c->benchmarks.as,
	};
	enum err err = ascent_ask(c->session, &question, ret, w);

	c->tree_size = ret->tree_size;
	return err;
}

/* What was found is shown to be in the lineage, or it counts for nothing. */
static enum err
prove_match(struct contamination *c, const struct digest *root, struct why *w)
{
	for (size_t i = 0; i < c->pair_count; i++) {
		const struct overlap *overlap = &c->pairs[i].overlap;
		struct ancestry ancestry;
		if (overlap->shared == 0)
			continue;
		enum err err =
		    ask(c, root, &overlap->matches[0].digest, &ancestry, w);
		if (err == ERR_OK && ancestry.verdict == ANCESTRY_PRESENT)
			c->verdict = CONTAMINATION_FOUND;
		ancestry_done(&ancestry);
		if (err != ERR_OK || c->verdict == CONTAMINATION_FOUND)
			return err;
	}
	return ERR_OK;
}

static enum err
judge(struct contamination *c, const struct digest *root,
    const struct benchmark *benchmark, struct why *w)
{
	struct files files;
	struct ancestry ancestry;
	struct hash file;
	bool is_open = false;
	enum err err = open_benchmark(c, benchmark, &files, &is_open, w);

	if (err != ERR_OK || !is_open)
		return err;
	err = first_file(c, &files, &file, w);
	if (err == ERR_OK) {
		err = ask(c, root, &file, &ancestry, w);
		if (err == ERR_OK && ancestry.verdict == ANCESTRY_UNKNOWN)
			note_gap(c, &ancestry.gap, ancestry.gap_why);
		if (err == ERR_OK)
			err = compare_sets(c, benchmark, &files, &ancestry, w);
		ancestry_done(&ancestry);
	}
	if (files.fd >= 0)
		(void)close(files.fd);
	return err;
}

static enum err
find_benchmarks(struct contamination *c, struct why *w)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < c->root_count; i++)
		err = benchmarks_find(&c->benchmarks, &c->roots[i], w);
	if (c->benchmarks.is_cut)
		note_gap(c, &c->roots[0],
		    span_of_text("its lineage is larger than what is asked for "
				 "evaluations"));
	return err;
}

static enum err
judge_root(struct contamination *c, const struct digest *root, struct why *w)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < c->benchmarks.count; i++)
		err = judge(c, root, &c->benchmarks.all[i], w);
	return err == ERR_OK ? prove_match(c, root, w) : err;
}

enum err
contamination_find(struct contamination *c, struct why *w)
{
	enum err err = ERR_OK;

	c->pairs = arena_take(
	    c->session->arena, CONTAMINATION_PAIRS_MAX, sizeof(*c->pairs));
	if (c->pairs == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (c->benchmarks.count == 0)
		err = find_benchmarks(c, w);
	if (err == ERR_OK && c->benchmarks.count == 0)
		note_gap(c, &c->roots[0],
		    span_of_text("no evaluation of it, nor of what it was made "
				 "from, names a benchmark"));
	for (size_t i = 0; err == ERR_OK && i < c->root_count; i++)
		err = judge_root(c, &c->roots[i], w);
	if (err == ERR_OK && c->verdict != CONTAMINATION_FOUND && !c->has_gap)
		c->verdict = CONTAMINATION_CLEAN;
	return err;
}
