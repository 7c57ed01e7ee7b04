/* lineage: against a naive walk over random graphs, at each bound, on the worst
 * graphs, and with people who claim what is not theirs. */
#include "tests/daemon/shelf.h"
#include "tests/random.h"

#include "daemon/lineage.h"
#include "daemon/render.h"
#include "schema/object.h"

/* ---- asking ---- */

struct asked {
	struct view view;
	struct arena *arena;
	const struct lineage *lineage;
};

static struct asked
ask(const struct shelf *shelf, const struct lineage_question *question)
{
	struct asked asked = { .arena = arena_new(REQUEST_ARENA_MAX) };

	assert_non_null(asked.arena);
	asked.view = view_open(shelf->log, shelf->index, shelf->edge.size);
	assert_int_equal(shelf->edge.size, asked.view.end);
	assert_err(ERR_OK,
	    lineage_ask(&asked.view, question, asked.arena, &asked.lineage));
	return asked;
}

static void
done(struct asked *asked)
{
	assert_err(ERR_OK, view_close(&asked->view));
	arena_free(asked->arena);
}

static struct lineage_question
question_of(unsigned node, const char *as)
{
	return (struct lineage_question){
		.root = shelf_digest(node),
		.depth = LINEAGE_DEPTH_MAX,
		.limit = LINEAGE_NODES_MAX,
		.as = as == NULL ? SPAN_EMPTY : span_of_text(as),
	};
}

/* ---- the naive walk ---- */

#define MODEL_NODES 24
#define MODEL_RECORDS 60
#define MODEL_LIST 5
#define NOBODY 99

struct model_end {
	unsigned node;
	const char *role;
	int cites; /* a record; -1: none */
};

struct model_record {
	enum record_kind kind;
	unsigned principal;
	size_t subject_count;
	struct model_end subjects[MODEL_LIST];
	size_t input_count;
	struct model_end inputs[MODEL_LIST];
	int withdraws;
	struct hash id;
};

struct model {
	size_t count;
	struct model_record records[MODEL_RECORDS];
	/* the walk */
	unsigned as;
	bool is_down;
	bool strangers;
	bool is_truncated;
	size_t depth;
	size_t limit;
	size_t node_count;
	unsigned nodes[MODEL_NODES];
	size_t depths[MODEL_NODES];
	bool walked[MODEL_NODES];
	size_t queue_count;
	size_t queue[MODEL_NODES];
	size_t edge_count;
	struct model_edge {
		unsigned from;
		unsigned to;
		const char *role;
		size_t record;
		int cites;
		enum lineage_standing standing;
		bool is_walked;
	} edges[4096];
};

static int
model_withdrawn_by(
    const struct model *m, size_t record, bool by_own, size_t *ret_count)
{
	const struct model_record *r = &m->records[record];
	int first = -1;

	*ret_count = 0;
	for (size_t i = 0; i < m->count; i++) {
		const struct model_record *w = &m->records[i];

		if (w->kind != RECORD_WITHDRAWAL ||
		    w->withdraws != (int)record ||
		    (w->principal == r->principal) != by_own)
			continue;
		*ret_count += 1;
		if (first < 0)
			first = (int)i;
	}
	return first;
}

static bool
model_is_withdrawn(const struct model *m, size_t record)
{
	size_t count;

	return m->records[record].kind != RECORD_WITHDRAWAL &&
	    model_withdrawn_by(m, record, true, &count) >= 0;
}

static bool
has_end(const struct model_end *ends, size_t count, unsigned node)
{
	for (size_t i = 0; i < count; i++)
		if (ends[i].node == node)
			return true;
	return false;
}

static bool
model_is_own(const struct model *m, unsigned node)
{
	for (size_t i = 0; i < m->count; i++)
		if (record_kind_is_origin(m->records[i].kind) &&
		    m->records[i].principal == m->as &&
		    m->records[i].subjects[0].node == node &&
		    !model_is_withdrawn(m, i))
			return true;
	return false;
}

static bool
model_is_cited(const struct model *m, unsigned node, size_t record)
{
	for (size_t i = 0; i < m->edge_count; i++)
		if (m->edges[i].is_walked &&
		    (m->is_down ? m->edges[i].to : m->edges[i].from) == node &&
		    m->edges[i].cites == (int)record)
			return true;
	return false;
}

static bool
model_is_gap(const struct model *m, unsigned node)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct model_record *r = &m->records[i];

		if (record_kind_is_origin(r->kind) &&
		    has_end(r->subjects, r->subject_count, node) &&
		    !model_is_withdrawn(m, i) &&
		    (m->as == NOBODY || r->principal == m->as ||
			model_is_cited(m, node, i)))
			return false;
	}
	return true;
}

static bool
model_add_node(struct model *m, unsigned node, size_t *ret)
{
	for (*ret = 0; *ret < m->node_count; *ret += 1)
		if (m->nodes[*ret] == node)
			return true;
	if (m->node_count == m->limit) {
		m->is_truncated = true;
		return false;
	}
	m->nodes[m->node_count] = node;
	m->walked[m->node_count++] = false;
	return true;
}

static void
model_emit(struct model *m, size_t near, size_t record, unsigned far_node,
    const struct model_end *end)
{
	struct model_edge *edge = &m->edges[m->edge_count];
	unsigned here = m->nodes[near];
	size_t far;

	if (m->depths[near] == m->depth) {
		m->is_truncated = true;
		return;
	}
	if (!model_add_node(m, far_node, &far))
		return;
	*edge = (struct model_edge){
		.from = m->is_down ? here : far_node,
		.to = m->is_down ? far_node : here,
		.role = end->role,
		.record = record,
		.cites = end->cites,
		.standing = STANDING_STRANGER,
	};
	if (m->as == NOBODY)
		edge->standing = STANDING_NONE;
	else if (m->records[record].principal == m->as &&
	    model_is_own(m, edge->to))
		edge->standing = STANDING_OWN;
	else if (model_is_cited(m, here, record))
		edge->standing = STANDING_CITED;
	edge->is_walked = !model_is_withdrawn(m, record) &&
	    (edge->standing != STANDING_STRANGER || m->strangers);
	m->edge_count++;
	if (!edge->is_walked || m->walked[far])
		return;
	m->walked[far] = true;
	m->depths[far] = m->depths[near] + 1;
	m->queue[m->queue_count++] = far;
}

/* Comes it before in the list, with the same role? */
static bool
is_repeated(const struct model_end *ends, size_t from, size_t at)
{
	for (size_t i = from; i < at; i++)
		if (ends[i].node == ends[at].node &&
		    strcmp(ends[i].role, ends[at].role) == 0)
			return true;
	return false;
}

static bool
is_part(const struct model_record *r, size_t at)
{
	return at > 0 && strcmp(r->subjects[at].role, "shard") == 0 &&
	    (r->kind == RECORD_DATASET || r->kind == RECORD_MODEL);
}

/* Every pair that a record makes an edge of, those at `near` emitted. */
static void
model_pairs(struct model *m, size_t near, size_t record)
{
	const struct model_record *r = &m->records[record];
	unsigned here = m->nodes[near];
	bool is_run = r->kind == RECORD_RUN || r->kind == RECORD_PROVENANCE;
	bool is_set = r->kind == RECORD_DATASET || r->kind == RECORD_MODEL;
	size_t targets = is_run ? r->subject_count : is_set ? 1 : 0;

	for (size_t i = 0; i < r->input_count; i++) {
		const struct model_end *input = &r->inputs[i];

		if (has_end(r->subjects, r->subject_count, input->node) ||
		    is_repeated(r->inputs, 0, i))
			continue;
		for (size_t s = 0; s < targets; s++) {
			unsigned to = r->subjects[s].node;

			if (has_end(r->subjects, s, to))
				continue;
			if (m->is_down && input->node == here)
				model_emit(m, near, record, to, input);
			if (!m->is_down && to == here)
				model_emit(m, near, record, input->node, input);
		}
	}
	for (size_t s = 1; s < r->subject_count; s++) {
		const struct model_end *part = &r->subjects[s];
		unsigned to = r->subjects[0].node;
		bool is_again = false;

		for (size_t i = 1; i < s; i++)
			is_again = is_again ||
			    (is_part(r, i) &&
				r->subjects[i].node == part->node);
		if (!is_part(r, s) || part->node == to || is_again)
			continue;
		if (m->is_down && part->node == here)
			model_emit(m, near, record, to, part);
		if (!m->is_down && to == here)
			model_emit(m, near, record, part->node, part);
	}
}

static void
model_walk(struct model *m, unsigned root)
{
	m->is_truncated = false;
	m->node_count = m->edge_count = m->queue_count = 0;
	m->nodes[m->node_count++] = root;
	m->depths[0] = 0;
	m->walked[0] = true;
	m->queue[m->queue_count++] = 0;
	for (size_t head = 0; head < m->queue_count; head++)
		for (size_t r = 0; r < m->count; r++)
			model_pairs(m, m->queue[head], r);
}

/* ---- random graphs ---- */

static struct model_end
random_end(const struct model *m, bool may_cite)
{
	static const char *const roles[] = { "shard", "data", "code" };

	return (struct model_end){
		.node = random_below(MODEL_NODES),
		.role = roles[random_below(3)],
		.cites = may_cite && m->count > 0 && random_below(2) == 0
		    ? (int)random_below((unsigned)m->count)
		    : -1,
	};
}

static void
random_record(struct model *m)
{
	static const enum record_kind kinds[] = { RECORD_RUN, RECORD_RUN,
		RECORD_DATASET, RECORD_DATASET, RECORD_MODEL, RECORD_PROVENANCE,
		RECORD_EVALUATION, RECORD_CODE, RECORD_WITHDRAWAL };
	struct model_record r = {
		.kind = kinds[random_below(9)],
		.principal = random_below(3),
		.withdraws = -1,
	};

	if (r.kind == RECORD_WITHDRAWAL && m->count == 0)
		r.kind = RECORD_RUN;
	if (r.kind == RECORD_WITHDRAWAL) {
		r.withdraws = (int)random_below((unsigned)m->count);
		m->records[m->count++] = r;
		return;
	}
	bool is_one = r.kind == RECORD_EVALUATION || r.kind == RECORD_CODE;
	r.subject_count = is_one ? 1 : 1 + random_below(MODEL_LIST);
	for (size_t i = 0; i < r.subject_count; i++)
		r.subjects[i] = random_end(m, false);
	r.input_count = is_one ? 0 : random_below(MODEL_LIST + 1);
	for (size_t i = 0; i < r.input_count; i++)
		r.inputs[i] = random_end(m, true);
	m->records[m->count++] = r;
}

static void
shelve(struct shelf *shelf, struct model *m, size_t at)
{
	struct shelf_artifact subjects[MODEL_LIST];
	struct shelf_artifact inputs[MODEL_LIST];
	struct model_record *r = &m->records[at];

	for (size_t i = 0; i < r->subject_count; i++)
		subjects[i] = (struct shelf_artifact){
			.node = r->subjects[i].node,
			.role = r->subjects[i].role,
		};
	for (size_t i = 0; i < r->input_count; i++)
		inputs[i] = (struct shelf_artifact){
			.node = r->inputs[i].node,
			.role = r->inputs[i].role,
			.cites = r->inputs[i].cites < 0
			    ? NULL
			    : &m->records[r->inputs[i].cites].id,
		};
	r->id = shelf_add(shelf,
	    &(struct shelf_statement){
		.kind = r->kind,
		.principal = r->principal,
		.subject_count = r->subject_count,
		.subjects = subjects,
		.input_count = r->input_count,
		.inputs = inputs,
		.withdraws =
		    r->withdraws < 0 ? NULL : &m->records[r->withdraws].id,
	    });
}

static void
compare_edge(const struct model *m, const struct lineage *lineage, size_t at)
{
	const struct model_edge *expected = &m->edges[at];
	const struct lineage_edge *edge = &lineage->edges[at];
	struct digest from = shelf_digest(expected->from);
	struct digest to = shelf_digest(expected->to);
	size_t disputes;
	size_t own;
	int withdrawn = model_withdrawn_by(m, expected->record, true, &own);

	(void)model_withdrawn_by(m, expected->record, false, &disputes);
	assert_true(digest_equal(&from, &lineage->nodes[edge->from].digest));
	assert_true(digest_equal(&to, &lineage->nodes[edge->to].digest));
	assert_span_text(expected->role, edge->role);
	assert_int_equal(expected->record, edge->record->record.position);
	assert_int_equal(expected->standing, edge->standing);
	assert_int_equal(withdrawn >= 0, edge->record->is_withdrawn);
	if (withdrawn >= 0)
		assert_true(hash_equal(
		    &m->records[withdrawn].id, &edge->record->withdrawn));
	assert_int_equal(disputes, edge->record->disputes.count);
}

static void
compare_node(const struct model *m, const struct lineage *lineage, size_t at)
{
	const struct lineage_node *node = &lineage->nodes[at];
	struct digest digest = shelf_digest(m->nodes[at]);
	size_t found = 0;

	assert_true(digest_equal(&digest, &node->digest));
	assert_int_equal(model_is_gap(m, m->nodes[at]), node->is_gap);
	for (size_t i = 0; i < m->count; i++) {
		if (!has_end(m->records[i].subjects,
			m->records[i].subject_count, m->nodes[at]))
			continue;
		assert_true(found < node->record_count);
		assert_int_equal(i, node->positions[found]);
		assert_true(hash_equal(&m->records[i].id, &node->ids[found++]));
	}
	assert_int_equal(found, node->record_count);
}

static void
compare(const struct shelf *shelf, struct model *m, unsigned root)
{
	static const char *const names[] = { "p0", "p1", "p2" };
	struct lineage_question question =
	    question_of(root, m->as == NOBODY ? NULL : names[m->as]);

	question.is_down = m->is_down;
	question.strangers = m->strangers;
	question.depth = m->depth;
	question.limit = m->limit;
	model_walk(m, root);
	struct asked asked = ask(shelf, &question);
	const struct lineage *lineage = asked.lineage;
	assert_int_equal(m->node_count, lineage->node_count);
	assert_int_equal(m->edge_count, lineage->edge_count);
	for (size_t i = 0; i < m->edge_count; i++)
		compare_edge(m, lineage, i);
	for (size_t i = 0; i < m->node_count; i++)
		compare_node(m, lineage, i);
	assert_int_equal(m->is_truncated, lineage->is_truncated);
	done(&asked);
}

static void
test_random(void **state)
{
	static struct model m;
	struct shelf shelf;
	(void)state;

	for (uint64_t seed = 1; seed <= 24; seed++) {
		random_state = seed;
		shelf_open(&shelf);
		shelf.by_indexer = seed % 2 == 0;
		m.count = 0;
		while (m.count < MODEL_RECORDS) {
			random_record(&m);
			shelve(&shelf, &m, m.count - 1);
		}
		shelf_commit(&shelf);
		for (unsigned i = 0; i < 120; i++) {
			unsigned who = random_below(4);

			m.as = who == 3 ? NOBODY : who;
			m.is_down = random_below(2) == 0;
			m.strangers = random_below(4) == 0;
			m.depth = random_below(2) == 0 ? LINEAGE_DEPTH_MAX
						       : 1 + random_below(3);
			m.limit = random_below(2) == 0 ? LINEAGE_NODES_MAX
						       : 1 + random_below(12);
			compare(&shelf, &m, random_below(MODEL_NODES));
		}
		shelf_close(&shelf);
	}
}

/* ---- what models made, and what is said of it ---- */

/* A data set `to` of principal p0, made by the model `by`, from `from`. */
static void
add_generated(struct shelf *shelf, unsigned to, unsigned by, unsigned from)
{
	char text[1024];
	char digests[3][2 * HASH_LEN + 1];
	const unsigned nodes[] = { to, by, from };

	for (size_t i = 0; i < 3; i++) {
		struct digest digest = shelf_digest(nodes[i]);
		text_hex(span_of(digest.bytes, digest.len), digests[i]);
		digests[i][sizeof(digests[i]) - 1] = '\0';
	}
	int len = snprintf(text, sizeof(text),
	    "{\"_type\":\"" STATEMENT_TYPE "\",\"predicateType\":"
	    "\"https://headwater/dataset/v1\",\"subject\":[{\"name\":"
	    "\"p0/made\",\"digest\":{\"sha256\":\"%s\"}}],\"predicate\":{"
	    "\"generatedBy\":[{\"digest\":{\"sha256\":\"%s\"}}],"
	    "\"derivedFrom\":[{\"digest\":{\"sha256\":\"%s\"}}]}}",
	    digests[0], digests[1], digests[2]);
	(void)shelf_add_text(shelf, 0, span_of(text, (size_t)len));
}

static void
expect_roles(struct shelf *shelf, const struct lineage_question *question,
    const char *const *roles, size_t count)
{
	struct asked asked = ask(shelf, question);

	assert_int_equal(count, asked.lineage->edge_count);
	for (size_t i = 0; i < count; i++)
		assert_span_text(roles[i], asked.lineage->edges[i].role);
	done(&asked);
}

static void
test_generators(void **state)
{
	static const char *const up[] = { "", "generator" };
	static const char *const down[] = { "generator", "data" };
	struct lineage_question question = question_of(0, "p0");
	struct shelf shelf;
	(void)state;

	shelf_open(&shelf);
	add_generated(&shelf, 0, 1, 2);
	(void)shelf_add(&shelf,
	    &(struct shelf_statement){
		.kind = RECORD_RUN,
		.subject_count = 1,
		.subjects = &(struct shelf_artifact){ .node = 9 },
		.input_count = 1,
		.inputs = &(struct shelf_artifact){ .node = 0, .role = "data" },
	    });
	shelf_commit(&shelf);
	expect_roles(&shelf, &question, up, 2);
	question.root = shelf_digest(1);
	question.is_down = true;
	expect_roles(&shelf, &question, down, 2);
	shelf_close(&shelf);
}

/* Who warns of an artifact is no origin of it, gives it no name and no edge. */
static void
test_advisories(void **state)
{
	struct lineage_question question = question_of(0, NULL);
	struct shelf shelf;
	struct asked asked;
	(void)state;

	shelf_open(&shelf);
	(void)shelf_add(&shelf,
	    &(struct shelf_statement){
		.kind = RECORD_ADVISORY,
		.subject_count = 1,
		.subjects =
		    &(struct shelf_artifact){ .node = 0, .name = "p0/lie" },
	    });
	shelf_commit(&shelf);
	for (unsigned i = 0; i < 4; i++) {
		question.as = i < 2 ? SPAN_EMPTY : span_of_text("p0");
		question.is_down = i % 2 == 0;
		asked = ask(&shelf, &question);
		assert_int_equal(1, asked.lineage->node_count);
		assert_int_equal(0, asked.lineage->edge_count);
		assert_int_equal(1, asked.lineage->nodes[0].record_count);
		assert_int_equal(0, asked.lineage->nodes[0].name_count);
		assert_true(asked.lineage->nodes[0].is_gap);
		done(&asked);
	}
	shelf_close(&shelf);
}

/* ---- bounds ---- */

/* A run that makes node `to` of `count` inputs from `first` on. */
static struct hash
add_run(struct shelf *shelf, unsigned principal, unsigned to, unsigned first,
    size_t count)
{
	static struct shelf_artifact inputs[RECORD_INPUTS_MAX];
	struct shelf_artifact subject = { .node = to };

	for (size_t i = 0; i < count; i++)
		inputs[i] = (struct shelf_artifact){
			.node = first + (unsigned)i,
			.role = "data",
			.name = "x",
		};
	return shelf_add(shelf,
	    &(struct shelf_statement){
		.kind = RECORD_RUN,
		.principal = principal,
		.subject_count = 1,
		.subjects = &subject,
		.input_count = count,
		.inputs = inputs,
	    });
}

static void
expect(const struct shelf *shelf, const struct lineage_question *question,
    const size_t counts[static 2], bool is_truncated)
{
	struct asked asked = ask(shelf, question);

	assert_int_equal(counts[0], asked.lineage->node_count);
	assert_int_equal(counts[1], asked.lineage->edge_count);
	assert_int_equal(is_truncated, asked.lineage->is_truncated);
	done(&asked);
}

static void
test_nodes_limit(void **state)
{
	struct lineage_question question = question_of(0, NULL);
	struct shelf shelf;
	(void)state;

	shelf_open(&shelf);
	(void)add_run(&shelf, 0, 0, 1, 9);
	shelf_commit(&shelf);
	question.limit = 9;
	expect(&shelf, &question, (size_t[]){ 9, 8 }, true);
	question.limit = 10;
	expect(&shelf, &question, (size_t[]){ 10, 9 }, false);
	question.limit = 11;
	expect(&shelf, &question, (size_t[]){ 10, 9 }, false);
	question.limit = 1;
	expect(&shelf, &question, (size_t[]){ 1, 0 }, true);
	shelf_close(&shelf);
}

static void
test_depth_limit(void **state)
{
	struct lineage_question question = question_of(0, NULL);
	struct shelf shelf;
	(void)state;

	shelf_open(&shelf);
	for (unsigned i = 0; i < 10000; i++)
		(void)add_run(&shelf, 0, i, i + 1, 1);
	shelf_commit(&shelf);
	expect(&shelf, &question, (size_t[]){ 65, 64 }, true);
	question.depth = 1;
	expect(&shelf, &question, (size_t[]){ 2, 1 }, true);
	question.root = shelf_digest(10000 - 64);
	question.depth = 63;
	expect(&shelf, &question, (size_t[]){ 64, 63 }, true);
	question.depth = 64;
	expect(&shelf, &question, (size_t[]){ 65, 64 }, false);
	question.is_down = true;
	expect(&shelf, &question, (size_t[]){ 65, 64 }, true);
	shelf_close(&shelf);
}

static void
test_edges_limit(void **state)
{
	struct lineage_question question = question_of(0, NULL);
	struct shelf shelf;
	(void)state;

	/* 20 and 20 × 199 edges, one less and one more */
	shelf_open(&shelf);
	(void)add_run(&shelf, 0, 0, 1, 20);
	for (unsigned i = 1; i <= 20; i++)
		(void)add_run(&shelf, 0, i, 100, i == 20 ? 198 : 199);
	shelf_commit(&shelf);
	expect(&shelf, &question, (size_t[]){ 220, 3999 }, false);
	(void)add_run(&shelf, 0, 100, 600, 1);
	shelf_commit(&shelf);
	expect(&shelf, &question, (size_t[]){ 221, 4000 }, false);
	(void)add_run(&shelf, 0, 101, 601, 1);
	shelf_commit(&shelf);
	expect(&shelf, &question, (size_t[]){ 221, 4000 }, true);
	shelf_close(&shelf);
}

static void
test_records_limit(void **state)
{
	struct lineage_question question = question_of(0, NULL);
	struct shelf shelf;
	struct asked asked;
	(void)state;

	shelf_open(&shelf);
	for (unsigned i = 0; i < LINEAGE_RECORDS_MAX; i++)
		(void)add_run(&shelf, 1, 0, 1 + i, 1);
	shelf_commit(&shelf);
	expect(&shelf, &question, (size_t[]){ 65, 64 }, false);
	(void)add_run(&shelf, 0, 0, 500, 1);
	shelf_commit(&shelf);
	expect(&shelf, &question, (size_t[]){ 65, 64 }, true);
	/* who is asked as is not crowded out */
	question.as = span_of_text("p0");
	asked = ask(&shelf, &question);
	assert_int_equal(64, asked.lineage->nodes[0].record_count);
	assert_int_equal(64, asked.lineage->edge_count);
	assert_int_equal(64, asked.lineage->edges[63].record->record.position);
	assert_int_equal(STANDING_OWN, asked.lineage->edges[63].standing);
	assert_int_equal(STANDING_STRANGER, asked.lineage->edges[0].standing);
	assert_false(asked.lineage->nodes[0].is_gap);
	assert_true(asked.lineage->is_truncated);
	done(&asked);
	shelf_close(&shelf);
}

static void
test_disputes_limit(void **state)
{
	struct lineage_question question = question_of(0, NULL);
	struct shelf shelf;
	struct hash id;
	(void)state;

	shelf_open(&shelf);
	id = add_run(&shelf, 0, 0, 1, 1);
	for (unsigned i = 1; i <= LINEAGE_DISPUTES_MAX + 1; i++) {
		(void)shelf_add(&shelf,
		    &(struct shelf_statement){ .kind = RECORD_WITHDRAWAL,
			.principal = 1,
			.withdraws = &id });
		shelf_commit(&shelf);
		struct asked asked = ask(&shelf, &question);
		const struct lineage_record *by =
		    asked.lineage->edges[0].record;
		bool is_more = i > LINEAGE_DISPUTES_MAX;
		assert_int_equal(
		    is_more ? LINEAGE_DISPUTES_MAX : i, by->disputes.count);
		assert_int_equal(is_more, asked.lineage->is_truncated);
		assert_false(by->is_withdrawn);
		done(&asked);
	}
	shelf_close(&shelf);
}

/* One shard that everybody used: the answer costs what it holds. */
static void
test_wide(void **state)
{
	struct lineage_question question = question_of(0, NULL);
	struct shelf shelf;
	(void)state;

	shelf_open(&shelf);
	for (unsigned i = 1; i <= 20000; i++)
		(void)add_run(&shelf, i % 3, i, 0, 1);
	shelf_commit(&shelf);
	question.is_down = true;
	expect(&shelf, &question, (size_t[]){ 65, 64 }, true);
	shelf_close(&shelf);
}

/* The most work for an answer: each of 300 nodes has 64 records, each of which
 * lists all 300. */
static void
test_dense(void **state)
{
	static struct shelf_artifact subjects[300];
	struct lineage_question question = question_of(1000, NULL);
	struct shelf shelf;
	(void)state;

	shelf_open(&shelf);
	(void)add_run(&shelf, 0, 1000, 0, 200);
	(void)add_run(&shelf, 0, 1000, 200, 100);
	for (unsigned i = 0; i < 300; i++)
		subjects[i] = (struct shelf_artifact){ .node = i };
	for (unsigned i = 0; i < LINEAGE_RECORDS_MAX + 1; i++)
		(void)shelf_add(&shelf,
		    &(struct shelf_statement){
			.kind = RECORD_RUN,
			.subject_count = 300,
			.subjects = subjects,
		    });
	shelf_commit(&shelf);
	expect(&shelf, &question, (size_t[]){ 301, 300 }, true);
	shelf_close(&shelf);
}

/* Who is asked as is not crowded out down-stream either. */
static void
test_crowd(void **state)
{
	struct lineage_question question = question_of(0, "p0");
	struct shelf shelf;
	struct asked asked;
	(void)state;

	shelf_open(&shelf);
	for (unsigned i = 1; i <= 100; i++)
		(void)add_run(&shelf, 1, i, 0, 1);
	(void)add_run(&shelf, 0, 200, 0, 1);
	(void)add_run(&shelf, 0, 300, 200, 1);
	shelf_commit(&shelf);
	question.is_down = true;
	asked = ask(&shelf, &question);
	assert_int_equal(65, asked.lineage->edge_count);
	assert_int_equal(STANDING_STRANGER, asked.lineage->edges[0].standing);
	assert_int_equal(STANDING_OWN, asked.lineage->edges[63].standing);
	assert_int_equal(STANDING_OWN, asked.lineage->edges[64].standing);
	assert_true(asked.lineage->is_truncated);
	done(&asked);
	shelf_close(&shelf);
}

/* ---- standing ---- */

static void
test_withdrawn(void **state)
{
	struct lineage_question question = question_of(0, "p0");
	struct shelf shelf;
	struct asked asked;
	struct hash id;
	(void)state;

	shelf_open(&shelf);
	id = add_run(&shelf, 0, 0, 1, 1);
	(void)add_run(&shelf, 0, 1, 2, 1);
	shelf_commit(&shelf);
	expect(&shelf, &question, (size_t[]){ 3, 2 }, false);
	id = shelf_add(&shelf,
	    &(struct shelf_statement){
		.kind = RECORD_WITHDRAWAL, .principal = 0, .withdraws = &id });
	/* a withdrawal cannot be withdrawn */
	(void)shelf_add(&shelf,
	    &(struct shelf_statement){
		.kind = RECORD_WITHDRAWAL, .principal = 0, .withdraws = &id });
	shelf_commit(&shelf);
	asked = ask(&shelf, &question);
	assert_int_equal(2, asked.lineage->node_count);
	assert_int_equal(1, asked.lineage->edge_count);
	assert_true(asked.lineage->edges[0].record->is_withdrawn);
	assert_int_equal(STANDING_STRANGER, asked.lineage->edges[0].standing);
	assert_true(asked.lineage->nodes[0].is_gap);
	assert_false(asked.lineage->nodes[1].is_gap);
	done(&asked);
	shelf_close(&shelf);
}

static void
test_cited(void **state)
{
	struct lineage_question question = question_of(0, "p0");
	struct shelf_artifact to = { .node = 0 };
	struct shelf_artifact from = { .node = 1, .role = "base" };
	struct shelf shelf;
	struct asked asked;
	struct hash id;
	(void)state;

	shelf_open(&shelf);
	id = add_run(&shelf, 1, 1, 2, 1);
	(void)add_run(&shelf, 2, 1, 3, 1); /* nobody cites this one */
	(void)add_run(&shelf, 1, 2, 4, 1);
	from.cites = &id;
	(void)shelf_add(&shelf,
	    &(struct shelf_statement){
		.kind = RECORD_RUN,
		.principal = 0,
		.subject_count = 1,
		.subjects = &to,
		.input_count = 1,
		.inputs = &from,
	    });
	shelf_commit(&shelf);
	asked = ask(&shelf, &question);
	/* 0 ← 1 own, 1 ← 2 cited, 1 ← 3 a stranger's, 2 ← 4 a stranger's */
	static const enum lineage_standing standings[] = { STANDING_OWN,
		STANDING_CITED, STANDING_STRANGER, STANDING_STRANGER };
	assert_int_equal(4, asked.lineage->edge_count);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(
		    standings[i], asked.lineage->edges[i].standing);
	assert_int_equal(5, asked.lineage->node_count);
	assert_false(asked.lineage->nodes[1].is_gap);
	assert_true(asked.lineage->nodes[2].is_gap);
	done(&asked);
	question.strangers = true;
	expect(&shelf, &question, (size_t[]){ 5, 4 }, false);
	shelf_close(&shelf);
}

/* ---- what is asked by other names ---- */

#define TWO_DIGESTS \
	"{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{" \
	"\"name\":\"p0/d\",\"digest\":{\"sha256\":\"%s\",\"md5\":\"%s\"}}]," \
	"\"predicateType\":\"https://headwater/dataset/v1\"," \
	"\"predicate\":{\"derivedFrom\":[{\"digest\":{\"sha256\":\"%s\"}}]}}"

static void
test_alias(void **state)
{
	static const char md5[] = "00112233445566778899aabbccddeeff";
	struct lineage_question question = question_of(0, NULL);
	struct shelf shelf;
	struct asked asked;
	char text[1024];
	char first[HASH_TEXT_MAX] = { 0 };
	char second[HASH_TEXT_MAX] = { 0 };
	(void)state;

	text_hex(span_of(shelf_digest(0).bytes, HASH_LEN), first);
	text_hex(span_of(shelf_digest(1).bytes, HASH_LEN), second);
	(void)snprintf(text, sizeof(text), TWO_DIGESTS, first, md5, second);
	shelf_open(&shelf);
	(void)shelf_add_text(&shelf, 0, span_of_text(text));
	shelf_commit(&shelf);
	assert_err(ERR_OK,
	    digest_parse(span_of_text("md5:00112233445566778899aabbccddeeff"),
		&question.root, NULL));
	asked = ask(&shelf, &question);
	assert_int_equal(1, asked.lineage->node_count);
	assert_int_equal(0, asked.lineage->edge_count);
	assert_int_equal(1, asked.lineage->nodes[0].record_count);
	assert_span_text("p0/d", asked.lineage->nodes[0].names[0]);
	assert_false(asked.lineage->nodes[0].is_gap);
	done(&asked);
	question.is_down = true;
	expect(&shelf, &question, (size_t[]){ 1, 0 }, false);
	shelf_close(&shelf);
}

static void
test_unknown(void **state)
{
	struct lineage_question question = question_of(77, "p0");
	struct shelf shelf;
	struct asked asked;
	(void)state;

	shelf_open(&shelf);
	(void)add_run(&shelf, 0, 0, 1, 1);
	shelf_commit(&shelf);
	asked = ask(&shelf, &question);
	assert_int_equal(1, asked.lineage->node_count);
	assert_int_equal(0, asked.lineage->nodes[0].record_count);
	assert_true(asked.lineage->nodes[0].is_gap);
	assert_false(asked.lineage->is_truncated);
	done(&asked);
	shelf_close(&shelf);
}

/* ---- as text ---- */

static struct span
print(const struct shelf *shelf, const struct lineage_question *question,
    bool is_dot, struct writer *w)
{
	struct asked asked = ask(shelf, question);
	struct warning_nodes warnings;

	writer_clear(w);
	assert_err(
	    ERR_OK, warning_look(asked.lineage, NULL, asked.arena, &warnings));
	if (is_dot)
		render_lineage_dot(asked.lineage, w);
	else
		render_lineage(asked.lineage, &warnings, NULL, w);
	assert_err(ERR_OK, writer_end(w));
	done(&asked);
	return writer_view(w);
}

static void
test_json(void **state)
{
	struct lineage_question question = question_of(0, "p0");
	struct writer a = writer_heap(ANSWER_LEN_MAX);
	struct writer b = writer_heap(ANSWER_LEN_MAX);
	struct json *json = NULL;
	struct shelf shelf;
	(void)state;

	json_start();
	shelf_open(&shelf);
	(void)add_run(&shelf, 0, 0, 1, 200);
	for (unsigned i = 1; i <= 9; i++)
		(void)add_run(&shelf, 0, i, 1000, 199);
	shelf_commit(&shelf);
	struct span text = print(&shelf, &question, false, &a);
	assert_span(text, print(&shelf, &question, false, &b));
	assert_err(ERR_OK, json_parse_answer(text, &json, NULL));
	struct object o = object_of(json_root(json), "", NULL);
	assert_int_equal(10, object_number(&o, "treeSize", 100));
	object_any(&o, "root");
	object_any(&o, "direction");
	assert_false(object_flag(&o, "truncated"));
	size_t count = 0;
	(void)object_array(&o, "nodes", 1, 1000, &count);
	assert_int_equal(400, count);
	(void)object_array(&o, "edges", 1, 4000, &count);
	assert_int_equal(200 + 9 * 199, count);
	assert_err(ERR_OK, object_end(&o));
	json_done(json);
	writer_done(&a);
	writer_done(&b);
	shelf_close(&shelf);
}

#define SLY \
	"{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{" \
	"\"name\":\"a\\\"]; evil -> x [b=\\\"\\\\\",\"digest\":" \
	"{\"sha256\":\"%s\"}},{\"name\":\"a\\nb\",\"digest\":" \
	"{\"sha256\":\"%s\"}}],\"predicateType\":\"https://other/v1\"}"

static void
test_dot(void **state)
{
	struct lineage_question question = question_of(0, NULL);
	struct writer w = writer_heap(ANSWER_LEN_MAX);
	struct shelf shelf;
	char text[1024];
	char hex[HASH_TEXT_MAX] = { 0 };
	(void)state;

	text_hex(span_of(shelf_digest(0).bytes, HASH_LEN), hex);
	(void)snprintf(text, sizeof(text), SLY, hex, hex);
	shelf_open(&shelf);
	(void)shelf_add_text(&shelf, 0, span_of_text(text));
	(void)add_run(&shelf, 0, 0, 1, 1);
	shelf_commit(&shelf);
	(void)print(&shelf, &question, true, &w);
	writer_u8(&w, 0);
	const char *dot = (const char *)w.data;
	assert_non_null(
	    strstr(dot, "label=\"a\\\"]; evil -> x [b=\\\"\\\\\\nsha256:"));
	assert_non_null(strstr(dot, "n1 -> n0 [label=\"data\\np0\""));
	assert_non_null(strstr(dot, "style=dashed"));
	assert_null(strstr(dot, "a\nb"));
	writer_done(&w);
	shelf_close(&shelf);
}

int
main(int argc, char **argv)
{
	UNIT(test_random);
	UNIT(test_generators);
	UNIT(test_advisories);
	UNIT(test_nodes_limit);
	UNIT(test_depth_limit);
	UNIT(test_edges_limit);
	UNIT(test_records_limit);
	UNIT(test_disputes_limit);
	UNIT(test_wide);
	UNIT(test_dense);
	UNIT(test_crowd);
	UNIT(test_withdrawn);
	UNIT(test_cited);
	UNIT(test_alias);
	UNIT(test_unknown);
	UNIT(test_json);
	UNIT(test_dot);
	return unit_run(argc, argv);
}
