/* taint: against a naive walk over random graphs with manifests; laundering by
 * models and generated data; who is asked; releases, warnings, bounds. */
#include "tests/daemon/set_kit.h"
#include "tests/random.h"

#include "daemon/clean.h"

static struct kit kit;

/* ---- asking ---- */

struct asked {
	struct view view;
	struct arena *arena;
	const struct taint *taint;
	struct taint_question question;
};

static struct taint_question
question_of(const struct digest *root, const char *as)
{
	return (struct taint_question){
		.root = *root,
		.as = as == NULL ? SPAN_EMPTY : span_of_text(as),
		.limit = LINEAGE_NODES_MAX,
		.blobs = kit.blobs,
	};
}

static struct asked
ask_all(const struct taint_question *question)
{
	struct asked asked = {
		.arena = arena_new(REQUEST_ARENA_MAX),
		.question = *question,
	};

	asked.view = kit_view(&kit);
	assert_err(ERR_OK,
	    taint_ask(&asked.view, &asked.question, asked.arena, &asked.taint));
	return asked;
}

static struct asked
ask(unsigned file, const char *as)
{
	struct digest root = shelf_digest(file);
	struct taint_question question = question_of(&root, as);

	return ask_all(&question);
}

static void
done(struct asked *asked)
{
	assert_err(ERR_OK, view_close(&asked->view));
	arena_free(asked->arena);
}

static const struct taint_hit *
hit_of(const struct taint *taint, const struct digest *digest)
{
	for (size_t i = 0; i < taint->hit_count; i++)
		if (digest_equal(digest,
			&taint->lineage->nodes[taint->hits[i].node].digest))
			return &taint->hits[i];
	return NULL;
}

/* ---- the naive walk ---- */

#define FILES 14
#define MODELS 5
#define SETS 7
#define ARTIFACTS (FILES + MODELS + SETS)
#define RECORDS 50
#define EDGES 2048

struct naive_record {
	struct hash id;
	unsigned principal;
	bool is_withdrawn;
	bool is_model; /* a model record of `to` */
	bool attaches;
	unsigned to;
	bool is_weights; /* what a run puts out */
	size_t count;
	struct {
		unsigned from;
		const char *role;
		bool is_part;
	} inputs[8];
};

static struct {
	struct kit_set sets[SETS];
	bool is_uploaded[SETS];
	size_t count;
	struct naive_record records[RECORDS];
	size_t edge_count;
	struct {
		unsigned from;
		unsigned to;
		unsigned kind;
		bool is_shown;
	} edges[EDGES];
	bool is_reached[ARTIFACTS];
	unsigned kinds[ARTIFACTS];
} naive;

static bool
is_set(unsigned artifact)
{
	return artifact >= FILES + MODELS;
}

static bool
is_model(unsigned artifact)
{
	return artifact >= FILES && artifact < FILES + MODELS;
}

static struct digest
digest_of(unsigned artifact)
{
	return is_set(artifact) ? naive.sets[artifact - FILES - MODELS].digest
				: shelf_digest(artifact);
}

static struct kit_artifact
artifact_as(unsigned artifact, const char *role)
{
	if (!is_set(artifact))
		return (struct kit_artifact)FILE_AS(artifact, role);
	return (struct kit_artifact)SET_AS(
	    &naive.sets[artifact - FILES - MODELS], role);
}

static void
add_sets(void)
{
	for (unsigned s = 0; s < SETS; s++) {
		unsigned members[6];
		size_t count = 1 + random_below(6);

		members[0] = s; /* no two are the same */
		for (size_t i = 1; i < count; i++)
			members[i] = random_below(FILES);
		naive.sets[s] = kit_set_of(&kit, members, count);
		naive.is_uploaded[s] = random_below(4) != 0;
		if (naive.is_uploaded[s])
			kit_upload(&kit, &naive.sets[s]);
	}
}

static void
note_input(
    struct naive_record *record, unsigned from, const char *role, bool is_part)
{
	if (from == record->to)
		return;
	record->inputs[record->count].from = from;
	record->inputs[record->count].role = role;
	record->inputs[record->count++].is_part = is_part;
}

static void
random_run(struct naive_record *record, struct kit_record *out)
{
	static const char *const roles[] = { "data", "code", "model",
		"generator", "base" };

	out->kind = RECORD_RUN;
	record->is_weights = random_below(3) == 0;
	out->subjects[0] =
	    artifact_as(record->to, record->is_weights ? "weights" : NULL);
	for (unsigned i = 0; i < 1 + random_below(3); i++) {
		unsigned from = random_below(ARTIFACTS);
		const char *role = roles[random_below(5)];

		out->inputs[i] = artifact_as(from, role);
		note_input(record, from, role, false);
	}
}

static void
random_set(struct naive_record *record, struct kit_record *out)
{
	out->kind = is_model(record->to) ? RECORD_MODEL : RECORD_DATASET;
	record->is_model = out->kind == RECORD_MODEL;
	out->subjects[0] = artifact_as(record->to, NULL);
	record->attaches = is_set(record->to) && random_below(4) != 0;
	out->attaches = record->attaches;
	for (unsigned i = 0; i < random_below(3); i++) {
		unsigned from = random_below(FILES);

		out->subjects[1 + i] = artifact_as(from, "shard");
		note_input(record, from, "shard", true);
	}
	if (random_below(2) == 0) {
		unsigned from = random_below(ARTIFACTS);

		out->inputs[0] = artifact_as(from, "data");
		note_input(record, from, "data", false);
	}
	if (random_below(3) == 0) {
		unsigned from = random_below(ARTIFACTS);

		out->generators[0] = artifact_as(from, NULL);
		note_input(record, from, "generator", false);
	}
}

static void
random_record(void)
{
	struct naive_record *record = &naive.records[naive.count];
	struct kit_record out = { .principal = random_below(3) };

	*record = (struct naive_record){
		.principal = out.principal,
		.to = random_below(ARTIFACTS),
	};
	if (naive.count > 0 && random_below(10) == 0) {
		struct naive_record *other =
		    &naive.records[random_below((unsigned)naive.count)];
		bool is_own = random_below(2) == 0;

		(void)kit_withdraw(&kit,
		    is_own ? other->principal : (other->principal + 1) % 3,
		    &other->id);
		other->is_withdrawn = other->is_withdrawn || is_own;
		return;
	}
	if (random_below(2) == 0)
		random_run(record, &out);
	else
		random_set(record, &out);
	record->id = kit_add(&kit, &out);
	naive.count++;
}

static bool
is_recorded_model(unsigned artifact)
{
	for (size_t i = 0; i < naive.count; i++) {
		const struct naive_record *record = &naive.records[i];

		if (!record->is_withdrawn && record->to == artifact &&
		    (record->is_model || record->is_weights))
			return true;
	}
	return false;
}

static unsigned
kind_of(unsigned from, const char *role, bool is_part)
{
	if (strcmp(role, "generator") == 0)
		return TAINT_VIA_SYNTHETIC;
	if (is_part)
		return TAINT_DIRECT;
	return is_recorded_model(from) || strcmp(role, "model") == 0 ||
		strcmp(role, "base") == 0
	    ? TAINT_VIA_MODEL
	    : TAINT_DIRECT;
}

static void
add_edge(unsigned from, unsigned to, unsigned kind, bool is_shown)
{
	assert_true(naive.edge_count < EDGES);
	naive.edges[naive.edge_count].from = from;
	naive.edges[naive.edge_count].to = to;
	naive.edges[naive.edge_count].kind = kind;
	naive.edges[naive.edge_count++].is_shown = is_shown;
}

static void
add_edges(void)
{
	naive.edge_count = 0;
	for (size_t i = 0; i < naive.count; i++) {
		const struct naive_record *record = &naive.records[i];
		const struct kit_set *set;

		if (record->is_withdrawn)
			continue;
		for (size_t k = 0; k < record->count; k++)
			add_edge(record->inputs[k].from, record->to,
			    kind_of(record->inputs[k].from,
				record->inputs[k].role,
				record->inputs[k].is_part),
			    false);
		if (!record->attaches ||
		    !naive.is_uploaded[record->to - FILES - MODELS])
			continue;
		set = &naive.sets[record->to - FILES - MODELS];
		for (size_t k = 0; k < set->count; k++)
			add_edge(
			    set->members[k], record->to, TAINT_DIRECT, true);
	}
}

/* The least, over all ways, of the worst step. */
static void
spread(unsigned root)
{
	bool is_changed = true;

	memset(naive.is_reached, 0, sizeof(naive.is_reached));
	naive.is_reached[root] = true;
	naive.kinds[root] = TAINT_DIRECT;
	while (is_changed) {
		is_changed = false;
		for (size_t i = 0; i < naive.edge_count; i++) {
			unsigned from = naive.edges[i].from;
			unsigned to = naive.edges[i].to;
			unsigned kind = naive.edges[i].kind;

			if (!naive.is_reached[from])
				continue;
			if (naive.kinds[from] > kind)
				kind = naive.kinds[from];
			if (naive.is_reached[to] && naive.kinds[to] <= kind)
				continue;
			naive.is_reached[to] = true;
			naive.kinds[to] = kind;
			is_changed = true;
		}
	}
}

static unsigned
artifact_of(const struct digest *digest)
{
	for (unsigned i = 0; i < ARTIFACTS; i++) {
		struct digest other = digest_of(i);

		if (digest_equal(&other, digest))
			return i;
	}
	fail();
	return 0;
}

static void
compare_path(
    const struct taint *taint, const struct taint_hit *hit, unsigned root)
{
	unsigned at = root;
	unsigned worst = 0;

	for (size_t i = 0; i < hit->step_count; i++) {
		const struct lineage_edge *step = hit->steps[i];
		unsigned from =
		    artifact_of(&taint->lineage->nodes[step->from].digest);
		unsigned to =
		    artifact_of(&taint->lineage->nodes[step->to].digest);
		unsigned kind = TAINT_KINDS;

		assert_int_equal(at, from);
		for (size_t e = 0; e < naive.edge_count; e++)
			if (naive.edges[e].from == from &&
			    naive.edges[e].to == to &&
			    naive.edges[e].is_shown == step->is_shown &&
			    naive.edges[e].kind < kind)
				kind = naive.edges[e].kind;
		assert_true(kind < TAINT_KINDS);
		worst = kind > worst ? kind : worst;
		at = to;
	}
	assert_true(worst <= hit->kind);
	assert_int_equal(
	    at, artifact_of(&taint->lineage->nodes[hit->node].digest));
}

static void
compare_sets(const struct taint *taint, unsigned root)
{
	for (unsigned s = 0; s < SETS; s++) {
		bool is_expected = false;
		bool is_there = false;

		for (size_t e = 0; e < naive.edge_count; e++)
			is_expected = is_expected ||
			    (naive.edges[e].from == root &&
				naive.edges[e].is_shown &&
				naive.edges[e].to == FILES + MODELS + s);
		for (size_t i = 0; i < taint->set_count; i++) {
			const struct taint_set *set = &taint->sets[i];
			struct hash file = kit_file(root);
			struct manifest_line line;

			if (!set->edge->is_shown ||
			    !digest_equal(
				&taint->lineage->nodes[set->edge->to].digest,
				&naive.sets[s].digest))
				continue;
			assert_false(is_there);
			is_there = true;
			assert_err(
			    ERR_OK, manifest_line_parse(set->line, &line));
			assert_true(hash_equal(&file, &line.digest));
		}
		assert_int_equal(is_expected, is_there);
	}
}

static void
test_random(void **state)
{
	(void)state;

	for (uint64_t seed = 1; seed <= 30; seed++) {
		random_state = seed;
		kit_open(&kit);
		kit.shelf.by_indexer = seed % 2 == 0;
		naive.count = 0;
		add_sets();
		while (naive.count < RECORDS)
			random_record();
		kit_commit(&kit);
		add_edges();
		for (unsigned root = 0; root < FILES + MODELS; root++) {
			struct asked asked = ask(root, NULL);
			size_t expected = 0;

			spread(root);
			assert_false(asked.taint->is_truncated);
			for (unsigned i = 0; i < ARTIFACTS; i++) {
				struct digest digest = digest_of(i);
				const struct taint_hit *hit =
				    hit_of(asked.taint, &digest);

				if (i == root)
					continue;
				assert_int_equal(
				    naive.is_reached[i], hit != NULL);
				if (hit == NULL)
					continue;
				expected++;
				assert_int_equal(naive.kinds[i], hit->kind);
				assert_int_equal(1, hit->level);
				compare_path(asked.taint, hit, root);
			}
			assert_int_equal(expected, asked.taint->hit_count);
			compare_sets(asked.taint, root);
			done(&asked);
		}
		kit_close(&kit);
	}
}

/* ---- laundering ---- */

/* 1: the poison; a set of 1 to 3 (p1's, cited); 20: the model of it; 21: its
 * quantised copy; 22: data that 20 made; 23: a model of that. */
struct laundry {
	struct kit_set set;
	struct hash set_id;
};

static void
launder(struct laundry *laundry, bool is_listed, bool is_cited)
{
	static const unsigned members[] = { 1, 2, 3 };
	struct kit_artifact input;

	laundry->set = kit_set_of(&kit, members, 3);
	laundry->set_id = is_listed
	    ? kit_add(&kit,
		  &(struct kit_record){
		      .kind = RECORD_DATASET,
		      .principal = 1,
		      .subjects = { SET_AS(&laundry->set, NULL),
			  FILE_AS(1, "shard"), FILE_AS(2, "shard") },
		  })
	    : kit_add_set(&kit, 1, &laundry->set);
	if (!is_listed)
		kit_upload(&kit, &laundry->set);
	input = (struct kit_artifact)SET_AS(&laundry->set, "dataset");
	if (is_cited)
		input.cites = &laundry->set_id;
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_RUN,
		.subjects = { FILE_AS(20, "weights") },
		.inputs = { input },
	    });
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_RUN,
		.subjects = { FILE_AS(21, NULL) },
		.inputs = { FILE_AS(20, "input") },
	    });
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_DATASET,
		.subjects = { FILE_AS(22, NULL) },
		.generators = { FILE_AS(20, NULL) },
	    });
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_RUN,
		.subjects = { FILE_AS(23, NULL) },
		.inputs = { FILE_AS(22, "dataset") },
	    });
	kit_commit(&kit);
}

static void
expect_kind(const struct taint *taint, const struct digest *digest, int kind)
{
	const struct taint_hit *hit = hit_of(taint, digest);

	assert_int_equal(kind >= 0, hit != NULL);
	if (hit != NULL)
		assert_int_equal(kind, hit->kind);
}

static void
expect_laundry(
    const struct laundry *laundry, const char *as, bool has_set, bool has_rest)
{
	static const int kinds[] = { TAINT_DIRECT, TAINT_VIA_MODEL,
		TAINT_VIA_SYNTHETIC, TAINT_VIA_SYNTHETIC };
	struct asked asked = ask(1, as);

	expect_kind(
	    asked.taint, &laundry->set.digest, has_set ? TAINT_DIRECT : -1);
	for (unsigned i = 0; i < 4; i++) {
		struct digest digest = shelf_digest(20 + i);

		expect_kind(asked.taint, &digest, has_rest ? kinds[i] : -1);
	}
	assert_false(asked.taint->is_truncated);
	done(&asked);
}

static void
test_laundering(void **state)
{
	struct laundry laundry;
	(void)state;

	/* the manifest shows it, so it needs nobody's word */
	kit_open(&kit);
	launder(&laundry, false, false);
	expect_laundry(&laundry, NULL, true, true);
	expect_laundry(&laundry, "p0", true, true);
	expect_laundry(&laundry, "p1", true, false);
	expect_laundry(&laundry, "p2", true, false);
	(void)kit_withdraw(&kit, 1, &laundry.set_id);
	kit_commit(&kit);
	expect_laundry(&laundry, "p0", false, false);
	kit_close(&kit);
	/* a list is a word: whose? */
	kit_open(&kit);
	launder(&laundry, true, true);
	expect_laundry(&laundry, NULL, true, true);
	expect_laundry(&laundry, "p0", true, true);
	expect_laundry(&laundry, "p1", true, false);
	expect_laundry(&laundry, "p2", false, false);
	kit_close(&kit);
	kit_open(&kit);
	launder(&laundry, true, false);
	expect_laundry(&laundry, NULL, true, true);
	expect_laundry(&laundry, "p0", false, false);
	kit_close(&kit);
}

/* Filtered, and the filtered file mixed into a large set by its manifest. */
static void
test_mixed(void **state)
{
	static const unsigned first[] = { 1, 2 };
	static const unsigned second[] = { 5, 6, 7 };
	struct kit_set a;
	struct kit_set b;
	(void)state;

	kit_open(&kit);
	a = kit_set_of(&kit, first, 2);
	b = kit_set_of(&kit, second, 3);
	/* the later one first, so that no order of records helps */
	(void)kit_add_set(&kit, 2, &b);
	(void)kit_add_set(&kit, 1, &a);
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_RUN,
		.subjects = { FILE_AS(6, NULL), FILE_AS(9, NULL) },
		.inputs = { SET_AS(&a, "data") },
	    });
	kit_commit(&kit);
	kit_upload(&kit, &a);
	kit_upload(&kit, &b);
	struct asked asked = ask(1, NULL);
	const struct taint_hit *hit = hit_of(asked.taint, &b.digest);
	assert_non_null(hit);
	assert_int_equal(3, hit->step_count);
	assert_true(hit->steps[2]->is_shown);
	assert_int_equal(1, hit->level);
	/* the set list is of the file alone */
	assert_int_equal(1, asked.taint->set_count);
	/* what the run says of its second subject is a claim */
	struct digest second_out = shelf_digest(9);
	hit = hit_of(asked.taint, &second_out);
	assert_int_equal(0, hit->level);
	done(&asked);
	kit_close(&kit);
}

/* ---- bounds ---- */

static void
test_manifests_limit(void **state)
{
	static const unsigned members[] = { 1, 2 };
	struct kit_set last;
	(void)state;

	kit_open(&kit);
	for (unsigned i = 0; i < MANIFESTS_LOOK_MAX; i++) {
		struct kit_set set =
		    kit_set_of(&kit, &(unsigned){ 100 + i }, 1);
		(void)kit_add_set(&kit, 0, &set);
	}
	last = kit_set_of(&kit, members, 2);
	kit_upload(&kit, &last);
	kit_commit(&kit);
	struct asked asked = ask(1, NULL);
	assert_false(asked.taint->has_next);
	assert_false(asked.taint->is_truncated);
	assert_int_equal(0, asked.taint->hit_count);
	done(&asked);
	(void)kit_add_set(&kit, 0, &last);
	kit_commit(&kit);
	asked = ask(1, NULL);
	assert_true(asked.taint->has_next);
	assert_true(asked.taint->is_truncated);
	assert_int_equal(MANIFESTS_LOOK_MAX - 1, asked.taint->next);
	assert_int_equal(0, asked.taint->hit_count);
	struct taint_question question = asked.question;
	question.from = asked.taint->next + 1;
	done(&asked);
	asked = ask_all(&question);
	assert_false(asked.taint->has_next);
	assert_true(asked.taint->is_truncated);
	assert_int_equal(1, asked.taint->hit_count);
	done(&asked);
	kit_close(&kit);
}

static void
test_nodes_limit(void **state)
{
	struct digest root = shelf_digest(1);
	struct taint_question question;
	(void)state;

	kit_open(&kit);
	for (unsigned i = 0; i < 20; i++) {
		struct kit_set set =
		    kit_set_of(&kit, (unsigned[]){ 1, 100 + i }, 2);
		(void)kit_add_set(&kit, 0, &set);
		kit_upload(&kit, &set);
	}
	kit_commit(&kit);
	question = question_of(&root, NULL);
	for (size_t limit = 19; limit <= 22; limit++) {
		question.limit = limit;
		struct asked asked = ask_all(&question);
		assert_int_equal(
		    limit < 21 ? limit - 1 : 20, asked.taint->hit_count);
		assert_int_equal(limit < 21, asked.taint->is_truncated);
		done(&asked);
	}
	kit_close(&kit);
}

static void
test_damage(void **state)
{
	static const unsigned members[] = { 1, 2 };
	char path[PATH_MAX];
	struct kit_set set;
	(void)state;

	kit_open(&kit);
	set = kit_set_of(&kit, members, 2);
	(void)kit_add_set(&kit, 0, &set);
	kit_commit(&kit);
	kit_upload(&kit, &set);
	blob_path(kit.blobs, &set.sha256, BLOB_TREE, path);
	kit_write(path, span_of_text("no sidecar"));
	struct asked asked = ask(1, NULL);
	assert_int_equal(1, asked.taint->unread);
	assert_true(asked.taint->is_truncated);
	done(&asked);
	kit_upload(&kit, &set);
	blob_path(kit.blobs, &set.sha256, BLOB_WHOLE, path);
	kit_write(path, span_of_text("no manifest"));
	asked = ask(1, NULL);
	assert_int_equal(1, asked.taint->unread);
	done(&asked);
	asked = ask(7, NULL); /* the filter alone says no */
	assert_int_equal(0, asked.taint->unread);
	done(&asked);
	kit_close(&kit);
}

/* ---- releases ---- */

static struct hash
release(unsigned file, const char *version)
{
	struct kit_record record = {
		.kind = RECORD_RELEASE,
		.subjects = { FILE_AS(file, NULL) },
		.version = version,
	};

	record.subjects[0].name = "p0/tagger";
	return kit_add(&kit, &record);
}

/* A model of one set by a run that signs its list. */
static void
train(unsigned model, const struct kit_set *set, const char *complete)
{
	(void)kit_add_set(&kit, 0, set);
	kit_upload(&kit, set);
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_RUN,
		.subjects = { FILE_AS(model, "weights") },
		.inputs = { SET_AS(set, "dataset"), FILE_AS(90, "code") },
		.complete = complete,
	    });
}

static void
test_releases(void **state)
{
	static const unsigned poisoned[] = { 1, 2 };
	static const unsigned clean[] = { 2, 3 };
	struct kit_set bad;
	struct kit_set good;
	struct clean_list list;
	struct clean_release one;
	struct hash id;
	(void)state;

	kit_open(&kit);
	bad = kit_set_of(&kit, poisoned, 2);
	good = kit_set_of(&kit, clean, 2);
	train(20, &bad, "[\"dataset\"]");
	train(21, &good, "[\"dataset\"]");
	train(22, &good, NULL);
	id = release(20, "1.0");
	(void)release(21, "2.0");
	(void)release(22, "2.1");
	kit_commit(&kit);
	struct asked asked = ask(1, NULL);
	struct digest model = shelf_digest(20);
	const struct taint_hit *hit = hit_of(asked.taint, &model);
	assert_int_equal(1, hit->release_count);
	assert_true(hash_equal(&id, &hit->releases[0].id));
	assert_err(ERR_OK,
	    clean_list(
		&asked.view, &asked.question, asked.taint, asked.arena, &list));
	assert_int_equal(1, list.count);
	assert_span_text("2.0", list.releases[0].version);
	assert_int_equal(1, list.releases[0].sets);
	assert_string_equal("by the signed, complete lists of p0 and of what "
			    "it cites, for these exact bytes: in none of 1 "
			    "sets",
	    list.releases[0].why.text);
	static const struct {
		const char *version;
		enum absence_verdict verdict;
		bool is_known;
	} versions[] = {
		{ "1.0", ABSENCE_YES, true },
		{ "2.0", ABSENCE_NO, true },
		{ "2.1", ABSENCE_UNKNOWN, true },
		{ "3.0", ABSENCE_UNKNOWN, false },
	};
	for (size_t i = 0; i < 4; i++) {
		one = (struct clean_release){
			.name = span_of_text("p0/tagger"),
			.version = span_of_text(versions[i].version),
		};
		assert_err(ERR_OK,
		    clean_judge(
			&asked.view, &asked.question, asked.arena, &one));
		assert_int_equal(versions[i].verdict, one.verdict);
		assert_int_equal(versions[i].is_known, one.is_known);
		assert_true(one.why.text[0] != '\0');
	}
	done(&asked);
	(void)kit_withdraw(&kit, 0, &id);
	kit_commit(&kit);
	asked = ask(1, NULL);
	assert_int_equal(0, hit_of(asked.taint, &model)->release_count);
	done(&asked);
	kit_close(&kit);
}

/* A run of many inputs and many outputs, and a version whose records name all that
 * came of it: each is a lineage of its own. */
#define COSTLY_SIDE 150
#define COSTLY_RECORDS 40

static void
add_costly_release(void)
{
	static struct shelf_artifact inputs[COSTLY_SIDE];
	static struct shelf_artifact subjects[COSTLY_SIDE];
	struct shelf_statement run = {
		.kind = RECORD_RUN,
		.subject_count = COSTLY_SIDE,
		.subjects = subjects,
		.input_count = COSTLY_SIDE,
		.inputs = inputs,
	};
	struct shelf_statement release = {
		.kind = RECORD_RELEASE,
		.subject_count = COSTLY_SIDE,
		.subjects = subjects,
		.version = "9.0",
	};

	for (unsigned i = 0; i < COSTLY_SIDE; i++) {
		inputs[i] =
		    (struct shelf_artifact){ 2000 + i, "dataset", NULL, NULL };
		subjects[i] =
		    (struct shelf_artifact){ 3000 + i, NULL, NULL, NULL };
	}
	(void)shelf_add(&kit.shelf, &run);
	subjects[0].name = "p0/tagger";
	for (unsigned i = 0; i < COSTLY_RECORDS; i++) {
		release.version = i % 2 == 0 ? "9.0" : "9.1";
		(void)shelf_add(&kit.shelf, &release);
	}
}

/* Whoever publishes it decides how much a release costs: others must not wait. */
static void
test_costly_release(void **state)
{
	static const unsigned poisoned[] = { 1, 2 };
	struct kit_set bad;
	struct clean_list list;
	(void)state;

	kit_open(&kit);
	bad = kit_set_of(&kit, poisoned, 2);
	train(20, &bad, "[\"dataset\"]");
	(void)release(20, "1.0");
	add_costly_release();
	kit_commit(&kit);
	struct asked asked = ask(1, NULL);
	struct clean_release one = {
		.name = span_of_text("p0/tagger"),
		.version = span_of_text("9.0"),
	};
	uint64_t before = asked.view.work;
	assert_err(ERR_OK,
	    clean_judge(&asked.view, &asked.question, asked.arena, &one));
	assert_int_equal(ABSENCE_UNKNOWN, one.verdict);
	assert_true(one.is_known);
	assert_in_range(asked.view.work - before, 1, CLEAN_WORK_MAX * 2);
	before = asked.view.work;
	assert_err(ERR_OK,
	    clean_list(
		&asked.view, &asked.question, asked.taint, asked.arena, &list));
	assert_true(list.is_cut);
	assert_int_equal(0, list.count);
	assert_in_range(asked.view.work - before, 1, CLEAN_WORK_MAX * 2);
	done(&asked);
	kit_close(&kit);
}

/* ---- warnings ---- */

static struct hash
warn_of(unsigned principal, unsigned file)
{
	return kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_ADVISORY,
		.principal = principal,
		.subjects = { FILE_AS(file, NULL) },
		.also = "\"reason\":\"poison\",\"severity\":\"high\","
			"\"action\":\"exclude\"",
	    });
}

static struct hash
reply_to(unsigned principal, const struct hash *warning, unsigned about,
    const char *status)
{
	char text[256];
	char id[2 * HASH_LEN + 1];

	hash_print(warning, id);
	(void)snprintf(text, sizeof(text),
	    "\"inReplyTo\":{\"tlogLeaf\":\"%s\"},\"status\":\"%s\"", id,
	    status);
	return kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_ADVISORY,
		.principal = principal,
		.subjects = { FILE_AS(about, NULL) },
		.also = text,
	    });
}

static const struct warning *
warning_at(const struct asked *asked, size_t at)
{
	assert_true(at < asked->taint->warning_count);
	return &asked->taint->warnings[at].warning;
}

static void
test_warnings(void **state)
{
	struct laundry laundry;
	struct hash first;
	struct hash second;
	struct hash fixed;
	(void)state;

	kit_open(&kit);
	first = warn_of(2, 1);
	second = warn_of(2, 21);
	(void)warn_of(2, 77);
	launder(&laundry, false, true);
	struct asked asked = ask(1, NULL);
	assert_int_equal(2, asked.taint->warning_count);
	assert_true(hash_equal(&first, &warning_at(&asked, 0)->record.id));
	assert_true(hash_equal(&second, &warning_at(&asked, 1)->record.id));
	assert_int_equal(ADVISORY_NO_STATUS, warning_at(&asked, 0)->status);
	done(&asked);
	/* p0 answers about his model, mallory about another's */
	(void)reply_to(0, &first, 20, "accepted");
	fixed = reply_to(0, &first, 20, "fixed");
	(void)reply_to(2, &first, 20, "rejected");
	kit_commit(&kit);
	asked = ask(1, NULL);
	assert_int_equal(ADVISORY_FIXED, warning_at(&asked, 0)->status);
	assert_int_equal(3, warning_at(&asked, 0)->reply_count);
	assert_true(warning_at(&asked, 0)->replies[1].is_publishers);
	assert_false(warning_at(&asked, 0)->replies[2].is_publishers);
	done(&asked);
	asked = ask(1, "p1");
	assert_int_equal(ADVISORY_NO_STATUS, warning_at(&asked, 0)->status);
	done(&asked);
	(void)kit_withdraw(&kit, 0, &fixed);
	(void)kit_withdraw(&kit, 2, &second);
	kit_commit(&kit);
	asked = ask(1, "p0");
	assert_int_equal(1, asked.taint->warning_count);
	assert_int_equal(ADVISORY_ACCEPTED, warning_at(&asked, 0)->status);
	done(&asked);
	/* nobody crowds the publisher out */
	for (unsigned i = 0; i < REPLIES_LOOK_MAX + 40; i++)
		(void)reply_to(2, &first, 20, "rejected");
	(void)reply_to(0, &first, 20, "fixed");
	kit_commit(&kit);
	asked = ask(1, "p0");
	assert_int_equal(ADVISORY_FIXED, warning_at(&asked, 0)->status);
	assert_int_equal(REPLIES_MAX, warning_at(&asked, 0)->reply_count);
	assert_true(warning_at(&asked, 0)->is_cut);
	done(&asked);
	kit_close(&kit);
}

/* Each node of a lineage names what stands against it, or a line of it. */
static void
test_warned_nodes(void **state)
{
	struct laundry laundry;
	struct hash of_set;
	struct hash of_line;
	struct arena *arena = arena_new(REQUEST_ARENA_MAX);
	struct lineage_question question = {
		.root = shelf_digest(21),
		.depth = LINEAGE_DEPTH_MAX,
		.limit = LINEAGE_NODES_MAX,
	};
	const struct lineage *lineage;
	struct warning_nodes nodes;
	struct view view;
	(void)state;

	kit_open(&kit);
	launder(&laundry, false, true);
	view = kit_view(&kit);
	assert_err(ERR_OK, lineage_ask(&view, &question, arena, &lineage));
	assert_err(ERR_OK, warning_look(lineage, kit.blobs, arena, &nodes));
	for (size_t i = 0; i < lineage->node_count; i++)
		assert_null(nodes.nodes[i]);
	assert_err(ERR_OK, view_close(&view));
	of_line = warn_of(2, 1);
	of_set = kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_ADVISORY,
		.principal = 1,
		.subjects = { SET_AS(&laundry.set, NULL) },
		.also = "\"reason\":\"bug\",\"severity\":\"low\","
			"\"action\":\"note\"",
	    });
	kit_commit(&kit);
	view = kit_view(&kit);
	assert_err(ERR_OK, lineage_ask(&view, &question, arena, &lineage));
	assert_err(ERR_OK, warning_look(lineage, kit.blobs, arena, &nodes));
	assert_int_equal(3, lineage->node_count); /* 21, 20, the set */
	assert_null(nodes.nodes[0]);
	assert_null(nodes.nodes[1]);
	assert_int_equal(2, nodes.nodes[2]->count);
	assert_true(hash_equal(&of_set, &nodes.nodes[2]->ids[0]));
	assert_true(hash_equal(&of_line, &nodes.nodes[2]->ids[1]));
	assert_false(nodes.is_cut);
	assert_err(ERR_OK, view_close(&view));
	arena_free(arena);
	kit_close(&kit);
}

int
main(int argc, char **argv)
{
	json_start();
	UNIT(test_random);
	UNIT(test_laundering);
	UNIT(test_mixed);
	UNIT(test_manifests_limit);
	UNIT(test_nodes_limit);
	UNIT(test_damage);
	UNIT(test_releases);
	UNIT(test_costly_release);
	UNIT(test_warnings);
	UNIT(test_warned_nodes);
	return unit_run(argc, argv);
}
