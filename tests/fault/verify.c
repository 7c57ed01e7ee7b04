/* What must be true of a log, whatever happened to it. */
#include "schema/checkpoint.h"
#include "schema/json.h"
#include "schema/object.h"
#include "schema/tile.h"
#include "tests/fault/killer.h"

#define SAMPLE 8      /* of proofs that are asked for, newest and others */
#define AGAIN_MAX 400 /* of unknown records that are sent again at once */

struct look {
	struct subject *subject;
	struct journal *journal;
	struct http http;
	struct tree_head head;
	struct hash *leaves;
	size_t next_head; /* of the journal, whose root comes next */
};

static bool
failed(struct look *look, const char *what, uint64_t number)
{
	journal_violated(
	    look->journal, "%s %llu", what, (unsigned long long)number);
	return false;
}

static bool
get(struct look *look, const char *path, struct answer *ret)
{
	if (!http_get(&look->http, path, ret)) {
		journal_violated(look->journal, "%s: no answer", path);
		return false;
	}
	if (ret->status == 200)
		return true;
	journal_violated(look->journal, "%s: status %d", path, ret->status);
	return false;
}

static bool
look_at_head(struct look *look)
{
	struct checkpoint checkpoint;
	struct answer answer;

	if (!get(look, "/checkpoint", &answer))
		return false;
	if (checkpoint_verify(
		answer.body, &look->subject->key, &checkpoint, NULL) != ERR_OK)
		return failed(look, "checkpoint: does not verify", 0);
	look->head = checkpoint.head;
	journal_head(look->journal, &look->head);
	return true;
}

/* ---- entries, and the tree made anew from them ---- */

/* Each checkpoint ever seen is the root of what stands below it today. */
static bool
compare_heads(struct look *look, const struct tree_edge *edge)
{
	struct journal *j = look->journal;

	while (look->next_head < j->head_count &&
	    j->heads[look->next_head].size == edge->size) {
		struct hash root = tree_edge_root(edge);
		if (!hash_equal(&root, &j->heads[look->next_head].root))
			return failed(look,
			    "the entries make another root at size",
			    edge->size);
		look->next_head++;
	}
	return true;
}

static bool
look_at_bundle(struct look *look, struct tree_edge *edge)
{
	struct hash made[TREE_LEVELS];
	char path[TILE_PATH_MAX + 16] = "/tile/";
	struct answer answer;
	struct tile tile = { .is_entries = true, .n = edge->size / TILE_WIDTH };

	tile.width = tile_width(0, tile.n, look->head.size);
	tile_print(&tile, path + strlen(path));
	if (!get(look, path, &answer))
		return false;
	struct reader r = reader_of(answer.body);
	for (unsigned i = 0; i < tile.width; i++) {
		struct hash *leaf = &look->leaves[edge->size];
		*leaf = tree_leaf(tile_entry_read(&r));
		(void)tree_append(edge, leaf, made);
		if (!compare_heads(look, edge))
			return false;
	}
	return reader_end(&r) == ERR_OK ||
	    failed(look, "a bundle is not whole: ", tile.n);
}

static bool
look_at_entries(struct look *look)
{
	struct tree_edge edge = { 0 };

	look->leaves = calloc(look->head.size + 1, sizeof(*look->leaves));
	if (look->leaves == NULL)
		bail_out("leaves");
	while (edge.size < look->head.size) {
		if (!look_at_bundle(look, &edge))
			return false;
	}
	if (look->next_head < look->journal->head_count)
		return failed(look, "gone: the checkpoint of size",
		    look->journal->heads[look->journal->head_count - 1].size);
	return true;
}

static bool
look_at_acked(struct look *look)
{
	struct journal *j = look->journal;

	for (size_t i = 0; i < j->acked_count; i++) {
		const struct acked *a = &j->acked[i];
		if (a->index >= look->head.size ||
		    !hash_equal(&look->leaves[a->index], &a->id))
			return failed(
			    look, "lost: the acknowledged record at", a->index);
	}
	return true;
}

static int
compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hash));
}

static bool
look_for_doubles(struct look *look)
{
	size_t count = (size_t)look->head.size;
	struct hash *sorted = calloc(count + 1, sizeof(*sorted));
	bool is_good = true;

	if (sorted == NULL)
		bail_out("sorted");
	memcpy(sorted, look->leaves, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_hashes);
	for (size_t i = 1; is_good && i < count; i++) {
		if (hash_equal(&sorted[i - 1], &sorted[i]))
			is_good = failed(look, "one record stands twice, in",
			    look->head.size);
	}
	free(sorted);
	return is_good;
}

/* ---- proofs, as the log gives them ---- */

static bool
read_proof(struct span body, struct tree_proof *ret)
{
	struct json *json = NULL;

	if (json_parse_answer(body, &json, NULL) != ERR_OK)
		return false;
	struct object o = object_of(json_root(json), "", NULL);
	json_value *hashes =
	    object_array(&o, "hashes", 0, TREE_PROOF_MAX, &ret->count);
	bool is_good = o.err == ERR_OK;
	for (size_t i = 0; is_good && i < ret->count; i++) {
		struct span text;
		is_good = json_element_text(hashes, i, &text) &&
		    hash_parse_base64(text, &ret->hashes[i]);
	}
	json_done(json);
	return is_good;
}

static bool
look_at_inclusion(struct look *look, const struct acked *a)
{
	char path[128];
	struct answer answer;
	struct tree_proof proof;

	(void)snprintf(path, sizeof(path), "/v1/proofs/inclusion/%llu/%llu",
	    (unsigned long long)look->head.size, (unsigned long long)a->index);
	if (!get(look, path, &answer))
		return false;
	if (!read_proof(answer.body, &proof) ||
	    tree_verify_inclusion(a->index, look->head.size, &a->id, &proof,
		&look->head.root) != ERR_OK)
		return failed(look, "a false proof of inclusion of", a->index);
	return true;
}

static bool
look_at_consistency(struct look *look, const struct tree_head *old)
{
	char path[128];
	struct answer answer;
	struct tree_proof proof;

	if (old->size == 0)
		return true;
	(void)snprintf(path, sizeof(path), "/v1/proofs/consistency/%llu/%llu",
	    (unsigned long long)old->size, (unsigned long long)look->head.size);
	if (!get(look, path, &answer))
		return false;
	if (!read_proof(answer.body, &proof) ||
	    tree_verify_consistency(old, &look->head, &proof) != ERR_OK)
		return failed(
		    look, "not consistent with the checkpoint of", old->size);
	return true;
}

static bool
look_at_proofs(struct look *look)
{
	const struct journal *j = look->journal;
	bool is_good = true;

	for (size_t i = 0; is_good && i < SAMPLE && i < j->acked_count; i++)
		is_good = look_at_inclusion(
			      look, &j->acked[j->acked_count - 1 - i]) &&
		    look_at_inclusion(
			look, &j->acked[random_below(j->acked_count)]);
	for (size_t i = 0; is_good && i < SAMPLE && i < j->head_count; i++)
		is_good = look_at_consistency(
			      look, &j->heads[j->head_count - 1 - i]) &&
		    look_at_consistency(
			look, &j->heads[random_below(j->head_count)]);
	return is_good;
}

/* ---- what nobody knows of ---- */

static bool
send_again(struct look *look, struct unknown *sent, size_t count)
{
	struct journal *j = look->journal;

	for (size_t i = 0; i < count; i++) {
		struct answer answer;
		size_t acked_before = j->acked_count;
		if (!http_post(&look->http, "application/json", sent[i].entry,
			&answer))
			return failed(look, "sent again: no answer", i);
		load_judge(
		    look->subject, j, &sent[i], answer.status, answer.body);
		if (j->acked_count != acked_before + 1)
			return failed(look, "sent again: status",
			    (uint64_t)answer.status);
		const struct acked *a = &j->acked[acked_before];
		bool was_there = answer.status == 200;
		if (was_there && a->index < look->head.size &&
		    !hash_equal(&look->leaves[a->index], &a->id))
			return failed(
			    look, "sent again: a wrong index", a->index);
		if (!was_there && a->index < look->head.size)
			return failed(
			    look, "sent again: an old index", a->index);
	}
	return true;
}

static bool
settle_unknown(struct look *look)
{
	struct journal *j = look->journal;
	size_t count =
	    j->unknown_count < AGAIN_MAX ? j->unknown_count : AGAIN_MAX;
	struct unknown *sent = j->unknown;
	struct unknown *rest = NULL;
	size_t rest_count = j->unknown_count - count;

	if (count == 0)
		return true;
	if (rest_count > 0) {
		rest = calloc(rest_count, sizeof(*rest));
		if (rest == NULL)
			bail_out("rest");
		memcpy(rest, sent + count, rest_count * sizeof(*rest));
	}
	j->unknown = rest;
	j->unknown_count = rest_count;
	j->unknown_cap = rest_count;
	bool is_good = send_again(look, sent, count);
	for (size_t i = 0; i < count; i++)
		free((void *)(uintptr_t)sent[i].entry.data);
	free(sent);
	return is_good;
}

bool
verify(struct subject *s, struct journal *j)
{
	struct look look = { .subject = s, .journal = j };
	bool may_fail = j->may_fail;

	j->may_fail = false;
	http_open(&look.http, s->port);
	bool is_good = !journal_is_violated(j) && look_at_head(&look) &&
	    look_at_entries(&look) && look_at_acked(&look) &&
	    look_for_doubles(&look) && look_at_proofs(&look) &&
	    settle_unknown(&look) && !journal_is_violated(j);
	http_close(&look.http);
	free(look.leaves);
	j->may_fail = may_fail;
	return is_good;
}

bool
start_and_verify(struct subject *s, struct journal *j)
{
	uint64_t before_ms = now_ms();
	int status = subject_start(s);

	if (status != 0) {
		journal_violated(j, "it does not start: status %d", status);
		return false;
	}
	uint64_t took_ms = now_ms() - before_ms;
	if (took_ms > 5000)
		journal_violated(
		    j, "it took %llu ms to start", (unsigned long long)took_ms);
	return verify(s, j);
}

bool
check_is_clean(struct subject *s, struct journal *j)
{
	int status = subject_run(s, "--check");

	if (status == 0)
		return true;
	journal_violated(j, "--check: status %d", status);
	FILE *file = fopen(subject_path(s, "out"), "re");
	char line[256];
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		note_line("%.*s", (int)strcspn(line, "\n"), line);
	if (file != NULL)
		(void)fclose(file);
	return false;
}
