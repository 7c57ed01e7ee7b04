#include "client/taint.h"

#include "client/answer.h"
#include "schema/member.h"
#include "schema/tree.h"

#define NAMES_MAX 1024
#define TEXT_LEN_MAX 8192 /* of anything: a line is the longest */
#define WORD_LEN_MAX 64

/* A list of objects, each read by one function into one element. */
typedef enum err read_row(
    json_value *value, struct arena *arena, void *ret, struct why *w);

struct list_of {
	const char *name;
	size_t size; /* of an element */
	read_row *read;
};

static void *
read_rows(struct object *o, const struct list_of *list, struct arena *arena,
    size_t *ret_count)
{
	size_t count;
	json_value *array =
	    object_array(o, list->name, 0, TAINT_LIST_MAX, &count);
	uint8_t *all = arena_take(arena, count, list->size);

	*ret_count = 0;
	if (all == NULL)
		object_fail(o, ERR_MEMORY, "%s: no memory left", list->name);
	for (size_t i = 0; o->err == ERR_OK && i < count; i++)
		member_keep(o,
		    list->read(json_element(array, i), arena,
			all + i * list->size, o->why),
		    list->name, i);
	if (o->err == ERR_OK)
		*ret_count = count;
	return all;
}

/* ---- rows ---- */

static enum err
read_set(json_value *value, struct arena *arena, void *ret, struct why *w)
{
	struct object o = object_of(value, "", w);
	struct taint_set *set = ret;
	struct span by;

	(void)arena;
	answer_digest(&o, "digest", &set->digest);
	answer_id(&o, "record", &set->record);
	object_line(&o, "principal", 1, TEXT_LEN_MAX, &set->principal);
	answer_optional_line(&o, "name", TEXT_LEN_MAX, &set->name);
	object_line(&o, "by", 1, WORD_LEN_MAX, &by);
	set->is_opened = span_is(by, "opening");
	set->has_line = set->is_opened || span_is(by, "manifest");
	set->disclosure =
	    set->is_opened ? object_number(&o, "disclosure", TREE_SIZE_MAX) : 0;
	if (set->has_line) {
		set->index = object_number(&o, "index", TREE_SIZE_MAX);
		object_text(&o, "line", 1, TEXT_LEN_MAX, &set->line);
	}
	return object_end_open(&o);
}

static enum err
read_step(json_value *value, struct arena *arena, void *ret, struct why *w)
{
	struct object o = object_of(value, "", w);
	struct taint_step *step = ret;

	(void)arena;
	answer_digest(&o, "from", &step->from);
	answer_digest(&o, "to", &step->to);
	answer_optional_line(&o, "role", TEXT_LEN_MAX, &step->role);
	answer_id(&o, "record", &step->record);
	object_line(&o, "principal", 1, TEXT_LEN_MAX, &step->principal);
	return object_end_open(&o);
}

static void
read_release_members(struct object *o, struct taint_release *ret)
{
	(void)answer_optional_id(o, "record", &ret->record);
	object_line(o, "name", 1, TEXT_LEN_MAX, &ret->name);
	object_line(o, "version", 1, TEXT_LEN_MAX, &ret->version);
	(void)object_optional_line(o, "why", 0, TEXT_LEN_MAX, &ret->why);
	(void)object_optional_line(
	    o, "verdict", 1, WORD_LEN_MAX, &ret->verdict);
}

static enum err
read_release(json_value *value, struct arena *arena, void *ret, struct why *w)
{
	struct object o = object_of(value, "", w);

	(void)arena;
	read_release_members(&o, ret);
	return object_end_open(&o);
}

static const struct list_of steps = { "path", sizeof(struct taint_step),
	read_step };
static const struct list_of releases = { "releases",
	sizeof(struct taint_release), read_release };

static enum err
read_hit(json_value *value, struct arena *arena, void *ret, struct why *w)
{
	struct object o = object_of(value, "", w);
	struct taint_hit *hit = ret;
	struct answer_texts names;

	answer_digest(&o, "digest", &hit->digest);
	answer_texts(&o, "names", NAMES_MAX, &names, arena);
	hit->name_count = names.count;
	hit->names = names.all;
	object_line(&o, "kind", 1, WORD_LEN_MAX, &hit->kind);
	hit->level = object_number(&o, "level", 4);
	hit->steps = read_rows(&o, &steps, arena, &hit->step_count);
	hit->releases = read_rows(&o, &releases, arena, &hit->release_count);
	return object_end_open(&o);
}

static enum err
read_reply(json_value *value, struct arena *arena, void *ret, struct why *w)
{
	struct object o = object_of(value, "", w);
	struct taint_reply *reply = ret;

	(void)arena;
	answer_id(&o, "record", &reply->record);
	object_line(&o, "principal", 1, TEXT_LEN_MAX, &reply->principal);
	object_line(&o, "status", 1, WORD_LEN_MAX, &reply->status);
	reply->is_publishers = object_flag(&o, "publisher");
	return object_end_open(&o);
}

static const struct list_of replies = { "replies", sizeof(struct taint_reply),
	read_reply };

static enum err
read_advisory(json_value *value, struct arena *arena, void *ret, struct why *w)
{
	struct object o = object_of(value, "", w);
	struct taint_advisory *advisory = ret;

	answer_id(&o, "record", &advisory->record);
	object_line(&o, "principal", 1, TEXT_LEN_MAX, &advisory->principal);
	answer_digest(&o, "subject", &advisory->subject);
	object_line(&o, "reason", 1, WORD_LEN_MAX, &advisory->reason);
	object_line(&o, "severity", 1, WORD_LEN_MAX, &advisory->severity);
	object_line(&o, "action", 1, WORD_LEN_MAX, &advisory->action);
	answer_optional_line(&o, "status", WORD_LEN_MAX, &advisory->status);
	advisory->replies =
	    read_rows(&o, &replies, arena, &advisory->reply_count);
	return object_end_open(&o);
}

/* ---- all of it ---- */

static const struct list_of sets = { "datasets", sizeof(struct taint_set),
	read_set };
static const struct list_of hits = { "hits", sizeof(struct taint_hit),
	read_hit };
static const struct list_of clean = { "clean", sizeof(struct taint_release),
	read_release };
static const struct list_of advisories = { "advisories",
	sizeof(struct taint_advisory), read_advisory };

static enum err
read_all(struct taint *taint, const struct digest *asked, struct arena *arena,
    struct why *w)
{
	struct object o =
	    object_of(json_root(taint->json), "the log's answer", w);
	struct digest told = { 0 };

	taint->tree_size = object_number(&o, "treeSize", TREE_SIZE_MAX);
	answer_digest(&o, "shard", &told);
	taint->is_truncated = object_flag(&o, "truncated");
	taint->sets = read_rows(&o, &sets, arena, &taint->set_count);
	taint->hits = read_rows(&o, &hits, arena, &taint->hit_count);
	taint->clean = read_rows(&o, &clean, arena, &taint->clean_count);
	taint->advisories =
	    read_rows(&o, &advisories, arena, &taint->advisory_count);
	taint->has_release = object_has(&o, "release");
	if (taint->has_release) {
		struct object r =
		    object_of(object_object(&o, "release"), "release", w);
		read_release_members(&r, &taint->release);
		if (object_end_open(&r) != ERR_OK)
			o.err = r.err;
	}
	taint->has_next = !object_null(&o, "next");
	if (taint->has_next)
		taint->next = object_number(&o, "next", TREE_SIZE_MAX);
	enum err err = object_end_open(&o);
	if (err == ERR_OK && !digest_equal(&told, asked))
		err = why(w, ERR_MISMATCH,
		    "the log's answer is about another artifact");
	return err;
}

enum err
taint_parse(struct span answer, const struct digest *asked, struct arena *arena,
    struct taint *ret, struct why *w)
{
	struct taint taint = { .json = NULL };
	enum err err = json_parse_answer(answer, &taint.json, w);

	if (err != ERR_OK) {
		why_prefix(w, "the log's answer");
		return err;
	}
	err = read_all(&taint, asked, arena, w);
	if (err == ERR_OK)
		*ret = taint;
	else
		taint_done(&taint);
	return err;
}

void
taint_done(struct taint *taint)
{
	json_done(taint->json);
	taint->json = NULL;
}
