#include "client/ancestry.h"

#include "client/answer.h"
#include "schema/member.h"

#define ANSWER_MAX ((size_t)32 << 20)
#define QUESTION_MAX 512
#define REASON_LEN_MAX 1024

/* ---- reading ---- */

static void
read_shards(struct object *o, struct ancestry *a)
{
	size_t count;
	json_value *array =
	    object_array(o, "proofs", 0, ANCESTRY_NODES_MAX, &count);

	a->shards = arena_take(a->session->arena, count, sizeof(*a->shards));
	if (a->shards == NULL)
		object_fail(o, ERR_MEMORY, "proofs: no memory left");
	for (size_t i = 0; o->err == ERR_OK && i < count; i++) {
		struct object one =
		    object_of(json_element(array, i), "", o->why);
		shard_read(&one, &a->shards[i]);
		member_keep(o, object_end_open(&one), "proofs", i);
	}
	if (o->err == ERR_OK)
		a->shard_count = count;
}

static enum err
read_step(json_value *value, struct ancestry_step *ret, struct why *w)
{
	struct object o = object_of(value, "", w);

	answer_digest(&o, "node", &ret->node);
	answer_id(&o, "record", &ret->id);
	return object_end_open(&o);
}

static enum err
read_path_step(json_value *value, struct ancestry_step *ret, struct why *w)
{
	struct object o = object_of(value, "", w);

	answer_digest(&o, "from", &ret->from);
	answer_digest(&o, "to", &ret->node);
	answer_id(&o, "record", &ret->id);
	return object_end_open(&o);
}

typedef enum err read_one(
    json_value *value, struct ancestry_step *ret, struct why *w);

static struct ancestry_step *
read_steps(struct object *o, const char *name, read_one *read,
    struct arena *arena, size_t *ret_count)
{
	size_t count;
	json_value *array =
	    object_array(o, name, 0, ANCESTRY_STEPS_MAX, &count);
	struct ancestry_step *steps = arena_take(arena, count, sizeof(*steps));

	*ret_count = 0;
	if (steps == NULL)
		object_fail(o, ERR_MEMORY, "%s: no memory left", name);
	for (size_t i = 0; o->err == ERR_OK && i < count; i++)
		member_keep(o, read(json_element(array, i), &steps[i], o->why),
		    name, i);
	if (o->err == ERR_OK)
		*ret_count = count;
	return steps;
}

static void
read_gap(struct object *o, struct ancestry *a)
{
	json_value *value = object_object(o, "gap");

	if (o->err != ERR_OK)
		return;
	struct object gap = object_of(value, "gap", o->why);
	answer_digest(&gap, "node", &a->gap);
	object_text(&gap, "why", 1, REASON_LEN_MAX, &a->gap_why);
	o->err = object_end_open(&gap);
}

static void
read_verdict(struct object *o, struct ancestry *a)
{
	static const char *const verdicts[] = {
		[ANCESTRY_UNKNOWN] = "unknown",
		[ANCESTRY_PRESENT] = "yes",
		[ANCESTRY_ABSENT] = "no",
	};
	struct arena *arena = a->session->arena;

	a->verdict =
	    (enum ancestry_verdict)answer_word(o, "verdict", verdicts, 3);
	if (o->err == ERR_OK && a->verdict == ANCESTRY_UNKNOWN)
		read_gap(o, a);
	read_shards(o, a);
	a->steps = read_steps(o, "steps", read_step, arena, &a->step_count);
	if (a->verdict == ANCESTRY_PRESENT)
		a->path = read_steps(
		    o, "path", read_path_step, arena, &a->path_count);
}

static enum err
read_answer(struct ancestry *a, struct why *w)
{
	struct digest file = digest_sha256(&a->question.file);
	struct digest told = { 0 };
	struct digest root = { 0 };
	struct span as;
	struct object o = object_of(json_root(a->json), "the log's answer", w);

	a->tree_size = object_number(&o, "treeSize", TREE_SIZE_MAX);
	answer_digest(&o, "root", &root);
	answer_digest(&o, "digest", &told);
	object_line(&o, "as", 1, NOTE_NAME_MAX, &as);
	read_verdict(&o, a);
	enum err err = object_end_open(&o);
	if (err == ERR_OK &&
	    (!digest_equal(&root, &a->question.root) ||
		!digest_equal(&told, &file) || !span_is(as, a->question.as)))
		err = why(
		    w, ERR_MISMATCH, "the log's answer is to another question");
	return err;
}

enum err
ancestry_ask(struct session *session, const struct ancestry_question *question,
    struct ancestry *ret, struct why *w)
{
	char root[DIGEST_TEXT_MAX];
	char file[HASH_TEXT_MAX];
	char path[QUESTION_MAX];

	*ret = (struct ancestry){
		.session = session,
		.question = *question,
		.records = arena_take(
		    session->arena, ANCESTRY_STEPS_MAX, sizeof(*ret->records)),
		.nodes = arena_take(
		    session->arena, ANCESTRY_NODES_MAX, sizeof(*ret->nodes)),
	};
	if (ret->records == NULL || ret->nodes == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	digest_print(&question->root, root);
	hash_print(&question->file, file);
	enum err err = answer_path(path, sizeof(path), w,
	    "/v1/lineage/%s/contains/sha256:%s?as=%s", root, file,
	    question->as);
	if (err == ERR_OK)
		err = answer_get(session, path, ANSWER_MAX, &ret->json, w);
	return err == ERR_OK ? read_answer(ret, w) : err;
}

void
ancestry_done(struct ancestry *ancestry)
{
	for (size_t i = 0; i < ancestry->record_count; i++)
		fetched_done(&ancestry->records[i].fetched);
	ancestry->record_count = 0;
	json_done(ancestry->json);
	ancestry->json = NULL;
}

/* ---- finding ---- */

enum err
ancestry_record(struct ancestry *ancestry, const struct hash *id,
    const struct ancestry_record **ret, struct why *w)
{
	for (size_t i = 0; i < ancestry->record_count; i++) {
		if (hash_equal(&ancestry->records[i].id, id)) {
			*ret = &ancestry->records[i];
			return ERR_OK;
		}
	}
	if (ancestry->record_count == ANCESTRY_STEPS_MAX)
		return why(w, ERR_LIMIT, "more than %d records to be checked",
		    ANCESTRY_STEPS_MAX);
	struct ancestry_record *record =
	    &ancestry->records[ancestry->record_count];
	enum err err =
	    fetched_record(ancestry->session, id, &record->fetched, w);
	if (err != ERR_OK)
		return err;
	record->id = *id;
	ancestry->record_count++; /* from here on it is freed */
	fetched_find_keyring(ancestry->session, &record->fetched);
	err = fetched_judge(ancestry->session, &record->fetched, w);
	if (err == ERR_OK)
		*ret = record;
	return err;
}

const struct shard *
ancestry_shard(const struct ancestry *ancestry, const struct digest *node)
{
	for (size_t i = 0; i < ancestry->shard_count; i++) {
		if (digest_equal(&ancestry->shards[i].set, node))
			return &ancestry->shards[i];
	}
	return NULL;
}
