/* absence: rows, one for each reason why it is not "no"; random lineages against
 * a naive judgement; who counts; damage and bounds. */
#include "tests/daemon/set_kit.h"
#include "tests/random.h"

#include "daemon/absence.h"

static struct kit kit;

struct asked {
	struct view view;
	struct arena *arena;
	const struct absence *absence;
};

static struct asked
ask(const struct digest *root, unsigned file, const char *as)
{
	struct asked asked = { .arena = arena_new(REQUEST_ARENA_MAX) };
	const struct absence_question question = {
		.root = *root,
		.shard = kit_file(file),
		.as = span_of_text(as),
		.blobs = kit.blobs,
	};

	asked.view = kit_view(&kit);
	assert_err(ERR_OK,
	    absence_ask(
		&asked.view, &question, asked.arena, &asked.absence, NULL));
	return asked;
}

static void
done(struct asked *asked)
{
	assert_err(ERR_OK, view_close(&asked->view));
	arena_free(asked->arena);
}

/* ---- rows: 20 is a model of the set of 1 to 3 and of code 90 ---- */

struct row {
	const char *name;
	enum absence_verdict of_1; /* which is in the set */
	enum absence_verdict of_5; /* which is not */
	const char *part;	   /* of why 5 is unknown */
	bool is_uploaded;
	struct kit_record set; /* the subject is the set; by p0 */
	struct kit_record run; /* of 20; by p0 */
	struct kit_record more;
};

#define THE_SET SET_AS(&the_set, NULL)
#define IN_SET SET_AS(&the_set, "dataset")
static struct kit_set the_set;

#define SET_RECORD \
	.set = { .kind = RECORD_DATASET, \
		.subjects = { THE_SET }, \
		.attaches = true }
#define RUN_RECORD(...) \
	.run = { .kind = RECORD_RUN, \
		.subjects = { FILE_AS(20, "weights") }, \
		__VA_ARGS__ }
#define COMPLETE(roles) .complete = "[" roles "]"

static const struct row rows[] = {
	{ "all is complete", ABSENCE_YES, ABSENCE_NO, NULL, true, SET_RECORD,
	    RUN_RECORD(.inputs = { IN_SET, FILE_AS(90, "code") },
		COMPLETE("\"dataset\"")) },
	{ "the manifest is not here", ABSENCE_UNKNOWN, ABSENCE_UNKNOWN,
	    "its manifest is not here", false, SET_RECORD,
	    RUN_RECORD(.inputs = { IN_SET }, COMPLETE("\"dataset\"")) },
	{ "a complete list instead", ABSENCE_YES, ABSENCE_NO, NULL, false,
	    .set = { .kind = RECORD_DATASET,
		.subjects = { THE_SET, FILE_AS(1, "shard"), FILE_AS(2, "shard"),
		    FILE_AS(3, "shard") },
		COMPLETE("\"shard\"") },
	    RUN_RECORD(.inputs = { IN_SET }, COMPLETE("\"dataset\"")) },
	{ "a list instead", ABSENCE_YES, ABSENCE_UNKNOWN,
	    "does not sign its list of", false,
	    .set = { .kind = RECORD_DATASET,
		.subjects = { THE_SET, FILE_AS(1, "shard") } },
	    RUN_RECORD(.inputs = { IN_SET }, COMPLETE("\"dataset\"")) },
	{ "the run signs nothing", ABSENCE_YES, ABSENCE_UNKNOWN,
	    "does not sign its list of inputs as complete", true, SET_RECORD,
	    RUN_RECORD(.inputs = { IN_SET }) },
	{ "the run signs another role", ABSENCE_YES, ABSENCE_UNKNOWN,
	    "does not sign its list of inputs as complete", true, SET_RECORD,
	    RUN_RECORD(.inputs = { IN_SET }, COMPLETE("\"code\",\"source\"")) },
	{ "the run signs code alone", ABSENCE_UNKNOWN, ABSENCE_UNKNOWN,
	    "signs no list of data as complete", true, SET_RECORD,
	    RUN_RECORD(.inputs = { FILE_AS(90, "code") },
		COMPLETE("\"code\",\"tool\"")) },
	{ "an input without a role", ABSENCE_YES, ABSENCE_UNKNOWN,
	    "has no role", true, SET_RECORD,
	    RUN_RECORD(.inputs = { IN_SET, FILE_AS(8, NULL) },
		COMPLETE("\"dataset\"")) },
	{ "an input without bytes", ABSENCE_YES, ABSENCE_UNKNOWN,
	    "named without a digest of its bytes", true, SET_RECORD,
	    RUN_RECORD(.inputs = { IN_SET,
			   { .kind = KIT_DIGEST,
			       .digest = "\"tlogLeaf\":\""
					 "00000000000000000000000000000000"
					 "00000000000000000000000000000000\"",
			       .role = "dataset" } },
		COMPLETE("\"dataset\"")) },
	{ "an input that nobody describes", ABSENCE_YES, ABSENCE_UNKNOWN,
	    "no record of the asked principal", true, SET_RECORD,
	    RUN_RECORD(.inputs = { IN_SET, FILE_AS(8, "dataset") },
		COMPLETE("\"dataset\"")) },
	{ "an input that is described", ABSENCE_YES, ABSENCE_NO, NULL, true,
	    SET_RECORD,
	    RUN_RECORD(.inputs = { IN_SET, FILE_AS(8, "dataset") },
		COMPLETE("\"dataset\"")),
	    .more = { .kind = RECORD_DATASET,
		.subjects = { FILE_AS(8, NULL) } } },
	{ "a model whose making nobody tells", ABSENCE_YES, ABSENCE_UNKNOWN,
	    "it is a model, and no record", true, SET_RECORD,
	    RUN_RECORD(.inputs = { IN_SET, FILE_AS(8, "model") },
		COMPLETE("\"dataset\",\"model\"")),
	    .more = { .kind = RECORD_MODEL,
		.subjects = { FILE_AS(8, NULL) } } },
	{ "a model that says it was made of nothing", ABSENCE_YES, ABSENCE_NO,
	    NULL, true, SET_RECORD,
	    RUN_RECORD(.inputs = { IN_SET, FILE_AS(8, "model") },
		COMPLETE("\"dataset\",\"model\"")),
	    .more = { .kind = RECORD_MODEL,
		.subjects = { FILE_AS(8, NULL) },
		COMPLETE("\"dataset\"") } },
	{ "a git tree", ABSENCE_YES, ABSENCE_UNKNOWN, "names no set by sha256",
	    true, SET_RECORD,
	    RUN_RECORD(.inputs = { IN_SET,
			   { .kind = KIT_DIGEST,
			       .digest =
				   "\"gitCommit\":\"00000000000000000000"
				   "00000000000000000000\",\"gitTree\":\""
				   "1111111111111111111111111111111111111111\"",
			       .role = "dataset" } },
		COMPLETE("\"dataset\"")),
	    .more = { .kind = RECORD_CODE,
		.subjects = { { .kind = KIT_DIGEST,
		    .digest =
			"\"gitCommit\":\"00000000000000000000"
			"00000000000000000000\",\"gitTree\":\""
			"1111111111111111111111111111111111111111\"" } } } },
	{ "another build", ABSENCE_YES, ABSENCE_UNKNOWN,
	    "its build is of a kind", true, SET_RECORD,
	    RUN_RECORD(.inputs = { IN_SET }, COMPLETE("\"dataset\"")),
	    .more = { .kind = RECORD_PROVENANCE,
		.subjects = { FILE_AS(20, NULL) },
		.inputs = { IN_SET } } },
	{ "a set made of others", ABSENCE_YES, ABSENCE_UNKNOWN,
	    "does not sign its list of inputs as complete", true,
	    .set = { .kind = RECORD_DATASET,
		.subjects = { THE_SET },
		.inputs = { FILE_AS(8, "source") },
		.attaches = true },
	    RUN_RECORD(.inputs = { IN_SET }, COMPLETE("\"dataset\"")),
	    .more = { .kind = RECORD_DATASET,
		.subjects = { FILE_AS(8, NULL) } } },
	{ "a set made of others, complete", ABSENCE_YES, ABSENCE_NO, NULL, true,
	    .set = { .kind = RECORD_DATASET,
		.subjects = { THE_SET },
		.inputs = { FILE_AS(8, "source") },
		COMPLETE("\"source\""),
		.attaches = true },
	    RUN_RECORD(.inputs = { IN_SET }, COMPLETE("\"dataset\"")),
	    .more = { .kind = RECORD_DATASET,
		.subjects = { FILE_AS(8, NULL) } } },
	{ "generated data", ABSENCE_YES, ABSENCE_UNKNOWN,
	    "does not sign its list of inputs as complete", true,
	    .set = { .kind = RECORD_DATASET,
		.subjects = { THE_SET },
		.generators = { FILE_AS(8, NULL) },
		COMPLETE("\"source\""),
		.attaches = true },
	    RUN_RECORD(.inputs = { IN_SET }, COMPLETE("\"dataset\"")),
	    .more = { .kind = RECORD_DATASET,
		.subjects = { FILE_AS(8, NULL) } } },
	{ "code is the file", ABSENCE_YES, ABSENCE_YES, NULL, true, SET_RECORD,
	    RUN_RECORD(.inputs = { IN_SET, FILE_AS(5, "code") },
		COMPLETE("\"dataset\"")) },
	{ "code that is data elsewhere", ABSENCE_YES, ABSENCE_UNKNOWN,
	    "no record of the asked principal", true,
	    .set = { .kind = RECORD_DATASET,
		.subjects = { THE_SET },
		.inputs = { FILE_AS(90, "source") },
		COMPLETE("\"source\""),
		.attaches = true },
	    RUN_RECORD(.inputs = { IN_SET, FILE_AS(90, "code") },
		COMPLETE("\"dataset\"")) },
	{ "salted", ABSENCE_UNKNOWN, ABSENCE_UNKNOWN,
	    "its list of files is salted", false,
	    .set = { .kind = RECORD_DATASET,
		.subjects = { THE_SET },
		.disclosure = "salted",
		.attaches = true,
		.is_salted = true },
	    RUN_RECORD(.inputs = { IN_SET }, COMPLETE("\"dataset\"")) },
	{ "the set is told by the run alone", ABSENCE_UNKNOWN, ABSENCE_UNKNOWN,
	    "no record of the asked principal", true,
	    RUN_RECORD(.inputs = { IN_SET }, COMPLETE("\"dataset\"")) },
};

static void
name_the_set(void)
{
	static const unsigned members[] = { 1, 2, 3 };

	the_set = kit_set_of(&kit, members, 3);
}

static void
expect(const struct digest *root, unsigned file, const char *as,
    enum absence_verdict verdict, const char *part)
{
	struct asked asked = ask(root, file, as);
	const struct absence *absence = asked.absence;

	if (absence->verdict != verdict)
		print_message("# file %u: %s\n", file,
		    absence->has_gap ? absence->gap_why.text : "no gap");
	assert_int_equal(verdict, absence->verdict);
	if (verdict == ABSENCE_UNKNOWN && part != NULL &&
	    strstr(absence->gap_why.text, part) == NULL) {
		print_message("# %s\n", absence->gap_why.text);
		fail();
	}
	done(&asked);
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct digest root = shelf_digest(20);

	kit_open(&kit);
	name_the_set();
	(void)kit_add(&kit, &row->run);
	if (row->set.kind != RECORD_OTHER)
		(void)kit_add(&kit, &row->set);
	if (row->more.kind != RECORD_OTHER)
		(void)kit_add(&kit, &row->more);
	kit_commit(&kit);
	if (row->is_uploaded)
		kit_upload(&kit, &the_set);
	expect(&root, 1, "p0", row->of_1, NULL);
	expect(&root, 5, "p0", row->of_5, row->part);
	/* the artifact itself */
	expect(&root, 20, "p0", ABSENCE_YES, NULL);
	kit_close(&kit);
}

/* ---- the answer's parts ---- */

static void
test_parts(void **state)
{
	struct digest root = shelf_digest(20);
	struct hash run;
	(void)state;

	kit_open(&kit);
	name_the_set();
	run = kit_add(&kit, &rows[0].run);
	(void)kit_add(&kit, &rows[0].set);
	kit_commit(&kit);
	kit_upload(&kit, &the_set);
	struct asked asked = ask(&root, 5, "p0");
	const struct absence *absence = asked.absence;
	assert_int_equal(ABSENCE_NO, absence->verdict);
	assert_int_equal(3, absence->lineage->node_count);
	assert_int_equal(1, absence->step_count);
	assert_int_equal(0, absence->steps[0].node);
	assert_true(
	    hash_equal(&run, &absence->steps[0].edge->record->record.id));
	assert_int_equal(SHARD_BY_FILE, absence->nodes[0].finding.by);
	assert_false(absence->nodes[0].is_end);
	assert_int_equal(SHARD_BY_MANIFEST, absence->nodes[1].finding.by);
	assert_true(absence->nodes[1].is_end);
	assert_false(absence->nodes[2].is_data);
	assert_false(absence->nodes[2].is_judged);
	done(&asked);
	asked = ask(&root, 1, "p0");
	absence = asked.absence;
	assert_int_equal(ABSENCE_YES, absence->verdict);
	assert_int_equal(1, absence->found);
	assert_int_equal(1, absence->path_count);
	assert_int_equal(1, absence->path[0]->from);
	assert_int_equal(0, absence->path[0]->to);
	done(&asked);
	kit_close(&kit);
}

/* ---- who counts ---- */

static void
test_others(void **state)
{
	struct digest root = shelf_digest(20);
	struct kit_record run = rows[0].run;
	struct kit_record set = rows[0].set;
	struct hash id;
	(void)state;

	/* the set is another's, and not cited: its manifest speaks for itself */
	kit_open(&kit);
	name_the_set();
	set.principal = 1;
	id = kit_add(&kit, &set);
	(void)kit_add(&kit, &run);
	kit_commit(&kit);
	expect(&root, 5, "p0", ABSENCE_UNKNOWN, "no record of the asked");
	kit_upload(&kit, &the_set);
	expect(&root, 5, "p0", ABSENCE_NO, NULL);
	expect(&root, 1, "p0", ABSENCE_YES, NULL);
	/* nobody else made 20 */
	expect(&root, 5, "p1", ABSENCE_UNKNOWN, "no record of the asked");
	(void)kit_withdraw(&kit, 1, &id);
	kit_commit(&kit);
	expect(&root, 5, "p0", ABSENCE_UNKNOWN, "no record of the asked");
	kit_close(&kit);

	/* cited: what its record says counts, that it was made of others too */
	kit_open(&kit);
	name_the_set();
	set.inputs[0] = (struct kit_artifact)FILE_AS(8, "source");
	set.complete = "[\"source\"]";
	id = kit_add(&kit, &set);
	run.inputs[0].cites = &id;
	(void)kit_add(&kit, &run);
	kit_commit(&kit);
	kit_upload(&kit, &the_set);
	expect(&root, 5, "p0", ABSENCE_UNKNOWN, "no record of the asked");
	expect(&root, 8, "p0", ABSENCE_YES, NULL);
	kit_close(&kit);

	/* a stranger's claims fill nothing and change nothing */
	kit_open(&kit);
	name_the_set();
	(void)kit_add(&kit, &rows[0].set);
	for (unsigned i = 0; i < 3 * LINEAGE_RECORDS_MAX; i++) {
		struct kit_record claim = {
			.kind = RECORD_RUN,
			.principal = 2,
			.subjects = { FILE_AS(20, NULL) },
		};
		for (unsigned k = 0; k < 6; k++)
			claim.inputs[k] = (struct kit_artifact)FILE_AS(
			    1000 + 6 * i + k, "dataset");
		(void)kit_add(&kit, &claim);
	}
	(void)kit_add(&kit, &rows[0].run);
	kit_commit(&kit);
	kit_upload(&kit, &the_set);
	expect(&root, 5, "p0", ABSENCE_NO, NULL);
	expect(&root, 1000, "p0", ABSENCE_NO, NULL);
	expect(&root, 1, "p0", ABSENCE_YES, NULL);
	/* but what he says of other builds counts too, however many came first */
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_PROVENANCE,
		.subjects = { FILE_AS(20, NULL) },
		.inputs = { FILE_AS(7, "dataset") },
	    });
	kit_commit(&kit);
	expect(&root, 5, "p0", ABSENCE_UNKNOWN, NULL);
	expect(&root, 7, "p0", ABSENCE_YES, NULL);
	kit_close(&kit);
}

/* What an edge cites of a node that was expanded before. */
static void
test_late_citation(void **state)
{
	struct digest root = shelf_digest(20);
	struct kit_record set = rows[0].set;
	struct hash id;
	(void)state;

	kit_open(&kit);
	name_the_set();
	set.principal = 1;
	set.inputs[0] = (struct kit_artifact)FILE_AS(8, "source");
	id = kit_add(&kit, &set);
	/* the set goes into 20, and into 30, which goes into 31, into 20 */
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_RUN,
		.subjects = { FILE_AS(20, NULL) },
		.inputs = { IN_SET, FILE_AS(31, "dataset") },
		COMPLETE("\"dataset\""),
	    });
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_RUN,
		.subjects = { FILE_AS(31, NULL) },
		.inputs = { { .kind = KIT_SET,
		    .set = &the_set,
		    .role = "dataset",
		    .cites = &id } },
		COMPLETE("\"dataset\""),
	    });
	kit_commit(&kit);
	kit_upload(&kit, &the_set);
	expect(&root, 5, "p0", ABSENCE_UNKNOWN, NULL);
	kit_close(&kit);
}

/* ---- models of several files ---- */

static void
test_models(void **state)
{
	static const unsigned weights[] = { 40, 41 };
	struct kit_set model;
	struct kit_record record = {
		.kind = RECORD_MODEL,
		.complete = "[\"weights\"]",
	};
	(void)state;

	kit_open(&kit);
	name_the_set();
	model = kit_set_of(&kit, weights, 2);
	record.subjects[0] = (struct kit_artifact)SET_AS(&model, NULL);
	record.subjects[1] = (struct kit_artifact)FILE_AS(40, "weights");
	record.subjects[2] = (struct kit_artifact)FILE_AS(41, "weights");
	(void)kit_add(&kit, &record);
	(void)kit_add(&kit, &rows[0].set);
	kit_commit(&kit);
	kit_upload(&kit, &the_set);
	expect(&model.digest, 5, "p0", ABSENCE_UNKNOWN, "it is a model");
	for (unsigned i = 0; i < 2; i++) {
		(void)kit_add(&kit,
		    &(struct kit_record){
			.kind = RECORD_RUN,
			.subjects = { FILE_AS(weights[i], "weights") },
			.inputs = { IN_SET },
			COMPLETE("\"dataset\""),
		    });
		kit_commit(&kit);
		expect(&model.digest, 5, "p0",
		    i == 1 ? ABSENCE_NO : ABSENCE_UNKNOWN, "it is a model");
	}
	expect(&model.digest, 40, "p0", ABSENCE_YES, NULL);
	expect(&model.digest, 2, "p0", ABSENCE_YES, NULL);
	kit_close(&kit);
}

/* ---- bounds and damage ---- */

static void
test_sets_limit(void **state)
{
	struct digest root = shelf_digest(0);
	(void)state;

	/* a chain through more sets than one answer asks */
	kit_open(&kit);
	static struct kit_set sets[ABSENCE_SETS_MAX + 1];
	for (unsigned i = 0; i <= ABSENCE_SETS_MAX; i++) {
		sets[i] = kit_set_of(&kit, &(unsigned){ 1000 + i }, 1);
		(void)kit_add_set(&kit, 0, &sets[i]);
		kit_upload(&kit, &sets[i]);
	}
	for (unsigned i = 0; i <= ABSENCE_SETS_MAX; i += KIT_LIST) {
		struct kit_record run = {
			.kind = RECORD_RUN,
			.subjects = { FILE_AS(0, NULL) },
			.complete = "[\"dataset\"]",
		};
		for (unsigned k = 0; k < KIT_LIST; k++)
			if (i + k < ABSENCE_SETS_MAX)
				run.inputs[k] = (struct kit_artifact)SET_AS(
				    &sets[i + k], "dataset");
		if (i < ABSENCE_SETS_MAX)
			(void)kit_add(&kit, &run);
	}
	kit_commit(&kit);
	expect(&root, 5, "p0", ABSENCE_NO, NULL);
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_RUN,
		.subjects = { FILE_AS(0, NULL) },
		.inputs = { SET_AS(&sets[ABSENCE_SETS_MAX], "dataset") },
		.complete = "[\"dataset\"]",
	    });
	kit_commit(&kit);
	expect(&root, 5, "p0", ABSENCE_UNKNOWN, "more sets than");
	expect(&root, 1000, "p0", ABSENCE_YES, NULL);
	kit_close(&kit);
}

static void
test_depth(void **state)
{
	struct digest root = shelf_digest(0);
	(void)state;

	kit_open(&kit);
	for (unsigned i = 0; i < LINEAGE_DEPTH_MAX; i++)
		(void)kit_add(&kit,
		    &(struct kit_record){
			.kind = RECORD_RUN,
			.subjects = { FILE_AS(i, NULL) },
			.inputs = { FILE_AS(i + 1, "dataset") },
			.complete = "[\"dataset\"]",
		    });
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_DATASET,
		.subjects = { FILE_AS(LINEAGE_DEPTH_MAX, NULL) },
	    });
	kit_commit(&kit);
	expect(&root, 999, "p0", ABSENCE_NO, NULL);
	expect(&root, LINEAGE_DEPTH_MAX, "p0", ABSENCE_YES, NULL);
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_RUN,
		.subjects = { FILE_AS(LINEAGE_DEPTH_MAX, NULL) },
		.inputs = { FILE_AS(500, "dataset") },
		.complete = "[\"dataset\"]",
	    });
	kit_commit(&kit);
	expect(&root, 999, "p0", ABSENCE_UNKNOWN, "larger than one answer");
	kit_close(&kit);
}

static void
test_damage(void **state)
{
	struct digest root = shelf_digest(20);
	char path[PATH_MAX];
	(void)state;

	kit_open(&kit);
	name_the_set();
	(void)kit_add(&kit, &rows[0].set);
	(void)kit_add(&kit, &rows[0].run);
	kit_commit(&kit);
	kit_upload(&kit, &the_set);
	blob_path(kit.blobs, &the_set.sha256, BLOB_TREE, path);
	kit_write(path, span_of_text("no sidecar"));
	expect(&root, 5, "p0", ABSENCE_UNKNOWN, "is damaged on this server");
	kit_close(&kit);
}

/* ---- random lineages against a naive judgement ---- */

#define ARTIFACTS 16
#define SETS 5 /* the last of them */
#define RECORDS 14

/* Everything is by p0; what a record makes it names as its own. */
static struct {
	struct kit_set sets[SETS];
	bool is_uploaded[SETS];
	size_t count;
	struct naive_record {
		bool is_run;
		bool is_model;
		unsigned to;
		size_t part_count;
		unsigned parts[3];
		size_t input_count;
		unsigned inputs[3];
		const char *roles[3];
		const char *complete;
	} records[RECORDS];
	bool is_reached[ARTIFACTS];
	bool is_data[ARTIFACTS];
} naive;

static bool
is_set(unsigned artifact)
{
	return artifact >= ARTIFACTS - SETS;
}

static const struct kit_set *
set_of(unsigned artifact)
{
	return &naive.sets[artifact - (ARTIFACTS - SETS)];
}

static struct kit_artifact
artifact_as(unsigned artifact, const char *role)
{
	if (is_set(artifact))
		return (struct kit_artifact)SET_AS(set_of(artifact), role);
	return (struct kit_artifact)FILE_AS(artifact, role);
}

static void
random_record(void)
{
	static const char *const roles[] = { "data", "data", "data", "code",
		"model", NULL };
	static const char *const completes[] = {
		"[\"data\",\"model\",\"shard\",\"weights\"]",
		"[\"data\",\"model\",\"shard\",\"weights\"]", "[\"data\"]",
		"[\"code\"]", NULL
	};
	struct naive_record *record = &naive.records[naive.count++];
	struct kit_record out = { .kind = RECORD_RUN };

	*record = (struct naive_record){
		.is_run = random_below(2) == 0,
		.to = random_below(ARTIFACTS),
		.complete = completes[random_below(5)],
	};
	out.complete = record->complete;
	out.subjects[0] = artifact_as(record->to, NULL);
	if (!record->is_run) {
		record->is_model = random_below(4) == 0;
		out.kind = record->is_model ? RECORD_MODEL : RECORD_DATASET;
		out.attaches = is_set(record->to);
		record->part_count = random_below(3);
	}
	for (size_t i = 0; i < record->part_count; i++) {
		record->parts[i] = random_below(ARTIFACTS - SETS);
		out.subjects[1 + i] = artifact_as(
		    record->parts[i], record->is_model ? "weights" : "shard");
	}
	record->input_count = random_below(record->is_run ? 4 : 2);
	for (size_t i = 0; i < record->input_count; i++) {
		record->inputs[i] = random_below(ARTIFACTS);
		record->roles[i] = roles[random_below(6)];
		out.inputs[i] =
		    artifact_as(record->inputs[i], record->roles[i]);
	}
	(void)kit_add(&kit, &out);
}

static bool
is_apart(const char *role)
{
	return role != NULL && strcmp(role, "code") == 0;
}

/* An input that is a subject too is no edge. */
static bool
is_subject(const struct naive_record *record, unsigned artifact)
{
	for (size_t i = 0; i < record->part_count; i++)
		if (record->parts[i] == artifact)
			return true;
	return record->to == artifact;
}

static void
reach(unsigned root)
{
	memset(naive.is_reached, 0, sizeof(naive.is_reached));
	memset(naive.is_data, 0, sizeof(naive.is_data));
	naive.is_reached[root] = naive.is_data[root] = true;
	for (unsigned round = 0; round < 2 * ARTIFACTS; round++)
		for (size_t r = 0; r < naive.count; r++) {
			const struct naive_record *record = &naive.records[r];
			bool is_data = naive.is_data[record->to];

			if (!naive.is_reached[record->to])
				continue;
			for (size_t i = 0; i < record->part_count; i++) {
				naive.is_reached[record->parts[i]] = true;
				if (is_data)
					naive.is_data[record->parts[i]] = true;
			}
			for (size_t i = 0; i < record->input_count; i++) {
				unsigned from = record->inputs[i];

				if (is_subject(record, from))
					continue;
				naive.is_reached[from] = true;
				if (is_data && !is_apart(record->roles[i]))
					naive.is_data[from] = true;
			}
		}
}

static bool
has_member(unsigned artifact, unsigned file)
{
	const struct kit_set *set = set_of(artifact);

	for (size_t i = 0; i < set->count; i++)
		if (set->members[i] == file)
			return true;
	return false;
}

static bool
signs(const struct naive_record *record, const char *role)
{
	char quoted[32];

	if (record->complete == NULL || role == NULL)
		return false;
	(void)snprintf(quoted, sizeof(quoted), "\"%s\"", role);
	return strstr(record->complete, quoted) != NULL;
}

/* Is it a subject of anything? */
static bool
is_described(unsigned artifact)
{
	for (size_t r = 0; r < naive.count; r++)
		if (is_subject(&naive.records[r], artifact))
			return true;
	return false;
}

static bool
is_open(unsigned artifact)
{
	return is_set(artifact) &&
	    naive.is_uploaded[artifact - (ARTIFACTS - SETS)];
}

/* Does some record that describes the set list all its parts, not this one? */
static bool
shows_absence(unsigned artifact)
{
	for (size_t r = 0; r < naive.count; r++) {
		const struct naive_record *record = &naive.records[r];
		size_t edges = 0;

		if (record->to != artifact)
			continue;
		for (size_t i = 0; i < record->part_count; i++)
			edges += record->parts[i] != artifact;
		if (!is_set(artifact) && edges == 0)
			return true; /* a single file */
		if (!record->is_run && edges > 0 &&
		    signs(record, record->is_model ? "weights" : "shard"))
			return true;
		if (record->is_run && !is_set(artifact))
			return true;
	}
	/* a part of another: a single file */
	for (size_t r = 0; r < naive.count; r++)
		if (naive.records[r].to != artifact &&
		    is_subject(&naive.records[r], artifact))
			return true;
	return false;
}

static bool
is_yes(unsigned file)
{
	for (unsigned a = 0; a < ARTIFACTS; a++) {
		if (naive.is_reached[a] && a == file)
			return true;
		if (naive.is_data[a] && is_open(a) && is_described(a) &&
		    has_member(a, file))
			return true;
	}
	return false;
}

static bool
is_step_complete(const struct naive_record *record)
{
	bool has_data = !record->is_run;

	for (size_t i = 0; i < record->input_count; i++)
		if (!is_apart(record->roles[i]) &&
		    !signs(record, record->roles[i]))
			return false;
	if (signs(record, "data"))
		has_data = true;
	if (!has_data)
		return false;
	for (size_t i = 0; i < record->part_count; i++)
		if (record->parts[i] != record->to && !is_open(record->to) &&
		    !signs(record, record->is_model ? "weights" : "shard"))
			return false;
	return true;
}

/* How many edges, other than parts', lead into it; of all. */
static size_t
count_made(unsigned artifact, bool of_parts)
{
	size_t count = 0;

	for (size_t r = 0; r < naive.count; r++) {
		const struct naive_record *record = &naive.records[r];

		if (record->to != artifact)
			continue;
		for (size_t i = 0; !of_parts && i < record->input_count; i++)
			count += !is_subject(record, record->inputs[i]);
		for (size_t i = 0; of_parts && i < record->part_count; i++)
			count += record->parts[i] != artifact;
	}
	return count;
}

static bool
is_told(unsigned artifact)
{
	bool is_model = false;
	bool are_told = count_made(artifact, true) > 0;

	if (count_made(artifact, false) > 0)
		return true;
	for (size_t r = 0; r < naive.count; r++) {
		const struct naive_record *record = &naive.records[r];

		if (record->to != artifact)
			continue;
		is_model = is_model || record->is_model;
		if (record->is_model && signs(record, "data"))
			return true;
		for (size_t i = 0; i < record->part_count; i++)
			if (record->parts[i] != artifact &&
			    count_made(record->parts[i], false) == 0)
				are_told = false;
	}
	return !is_model || are_told;
}

static bool
is_no(void)
{
	for (unsigned a = 0; a < ARTIFACTS; a++) {
		if (!naive.is_data[a])
			continue;
		if (!is_described(a) || !(is_open(a) || shows_absence(a)) ||
		    !is_told(a))
			return false;
		for (size_t r = 0; r < naive.count; r++) {
			const struct naive_record *record = &naive.records[r];
			size_t edges = 0;

			if (record->to != a)
				continue;
			for (size_t i = 0; i < record->input_count; i++)
				edges += !is_subject(record, record->inputs[i]);
			for (size_t i = 0; i < record->part_count; i++)
				edges += record->parts[i] != a;
			if (edges > 0 && !is_step_complete(record))
				return false;
		}
	}
	return true;
}

static void
test_random(void **state)
{
	size_t counts[3] = { 0 };
	(void)state;

	for (uint64_t seed = 1; seed <= 150; seed++) {
		random_state = seed;
		kit_open(&kit);
		naive.count = 0;
		for (unsigned s = 0; s < SETS; s++) {
			unsigned members[3] = { s, random_below(ARTIFACTS),
				random_below(ARTIFACTS) };
			naive.sets[s] = kit_set_of(&kit, members, 3);
			naive.is_uploaded[s] = random_below(5) != 0;
			if (naive.is_uploaded[s])
				kit_upload(&kit, &naive.sets[s]);
		}
		for (unsigned i = 0; i < 2 + random_below(RECORDS - 2); i++)
			random_record();
		kit_commit(&kit);
		for (unsigned root = 0; root < ARTIFACTS; root++) {
			struct digest digest = is_set(root)
			    ? set_of(root)->digest
			    : shelf_digest(root);

			reach(root);
			for (unsigned f = 0; f < ARTIFACTS - SETS; f++) {
				enum absence_verdict verdict = is_yes(f)
				    ? ABSENCE_YES
				    : is_no() ? ABSENCE_NO
					      : ABSENCE_UNKNOWN;

				counts[verdict]++;
				expect(&digest, f, "p0", verdict, NULL);
			}
		}
		kit_close(&kit);
	}
	for (size_t i = 0; i < 3; i++)
		assert_true(counts[i] > 1000);
}

int
main(int argc, char **argv)
{
	json_start();
	UNIT_ROWS(rows, test_row);
	UNIT(test_parts);
	UNIT(test_others);
	UNIT(test_late_citation);
	UNIT(test_models);
	UNIT(test_sets_limit);
	UNIT(test_depth);
	UNIT(test_damage);
	UNIT(test_random);
	return unit_run(argc, argv);
}
