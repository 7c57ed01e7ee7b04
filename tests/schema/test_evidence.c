/* evidence: levels of one small lineage, audited in every way. */
#include "tests/unit.h"

#include "schema/arena.h"
#include "schema/evidence.h"

/*
 * lab released M, which its run made of vendor's D.  The release names D as its
 * datasets, a card by name alone, a record that was withdrawn, and one without an
 * artifact.  `auditor` is on the reader's list.
 */
enum {
	RELEASE,
	RUN,
	DATASET,
	WITHDRAWN,
	BARE,
	FIRST_AUDIT,
};
enum {
	NODE_M,
	NODE_D,
};
enum {
	BY_NODE,
	BY_NAME,
	BY_WITHDRAWN,
	BY_RECORD,
	COMPONENTS,
};
#define AUDITS 3

struct row_audit {
	const char *by;
	char subject;
	int about; /* record; 0: none */
	enum audit_method method;
	enum audit_verdict verdict;
	enum audit_comparison comparison;
	const char *measured;
	uint64_t checked;
	uint64_t of; /* 0: no coverage */
	bool is_withdrawn;
	size_t disputes;
};

static struct {
	struct dossier dossier;
	struct dossier_record records[FIRST_AUDIT + AUDITS];
	struct hash about[AUDITS];
	size_t at_node[2][FIRST_AUDIT + AUDITS];
	struct dossier_node nodes[2];
	struct dossier_edge edges[1];
	struct component named[COMPONENTS];
	struct dossier_component components[COMPONENTS];
	size_t releases[1];
	struct span auditors[1];
} world;

static void
put(size_t at, enum record_kind kind, const char *principal)
{
	world.records[at] = (struct dossier_record){
		.index = at,
		.principal = span_of_text(principal),
		.record.kind = kind,
	};
	memset(&world.records[at].id, (int)at + 1, sizeof(struct hash));
}

static void
list_at(size_t node, size_t record)
{
	world.at_node[node][world.nodes[node].record_count++] = record;
}

static void
put_audit(size_t at, const struct row_audit *row)
{
	struct dossier_record *record = &world.records[at];
	struct audit_record *audit = &record->record.audit;
	struct hash *about = &world.about[at - FIRST_AUDIT];

	put(at, RECORD_AUDIT, row->by);
	record->is_withdrawn = row->is_withdrawn;
	record->dispute_count = row->disputes;
	*audit = (struct audit_record){
		.method = row->method,
		.verdict = row->verdict,
		.comparison = row->comparison,
		.measured = row->measured == NULL ? SPAN_EMPTY
						  : span_of_text(row->measured),
		.has_coverage = row->of > 0,
		.checked = row->checked,
		.of = row->of,
		.unit = span_of_text("files"),
	};
	if (row->about > 0) {
		*about = world.records[row->about].id;
		audit->about = about;
		audit->about_count = 1;
	}
	if (row->subject != 0)
		list_at(row->subject == 'M' ? NODE_M : NODE_D, at);
}

static void
put_components(void)
{
	for (size_t i = 0; i < COMPONENTS; i++)
		world.components[i] = (struct dossier_component){
			.release = RELEASE,
			.component = &world.named[i],
		};
	world.named[BY_NODE].has_digest = true;
	world.components[BY_NODE].has_node = true;
	world.components[BY_NODE].node = NODE_D;
	world.components[BY_WITHDRAWN].has_record = true;
	world.components[BY_WITHDRAWN].record = WITHDRAWN;
	/* what it was about */
	world.components[BY_WITHDRAWN].has_node = true;
	world.components[BY_WITHDRAWN].node = NODE_D;
	world.components[BY_RECORD].has_record = true;
	world.components[BY_RECORD].record = BARE;
}

static void
make(const struct row_audit *audits)
{
	memset(&world, 0, sizeof(world));
	put(RELEASE, RECORD_RELEASE, "lab");
	put(RUN, RECORD_RUN, "lab");
	put(DATASET, RECORD_DATASET, "vendor");
	put(WITHDRAWN, RECORD_CODE, "lab");
	world.records[WITHDRAWN].is_withdrawn = true;
	put(BARE, RECORD_CODE, "vendor");
	world.nodes[NODE_M] = (struct dossier_node){
		.is_released = true,
		.records = world.at_node[NODE_M],
		.has_described = true,
		.described = RUN,
	};
	world.nodes[NODE_D] = (struct dossier_node){
		.is_upstream = true,
		.distance = 1,
		.records = world.at_node[NODE_D],
		.has_described = true,
		.described = DATASET,
	};
	list_at(NODE_M, RELEASE);
	list_at(NODE_M, RUN);
	list_at(NODE_D, DATASET);
	world.edges[0] = (struct dossier_edge){
		.from = NODE_D,
		.to = NODE_M,
		.record = RUN,
		.is_walked = true,
		.is_complete = true,
	};
	put_components();
	world.auditors[0] = span_of_text("auditor");
	world.dossier = (struct dossier){
		.question = { .auditor_count = 1, .auditors = world.auditors },
		.as = span_of_text("lab"),
		.release_count = 1,
		.releases = world.releases,
		.record_count = FIRST_AUDIT,
		.records = world.records,
		.node_count = 2,
		.nodes = world.nodes,
		.edge_count = 1,
		.edges = world.edges,
		.component_count = COMPONENTS,
		.components = world.components,
	};
	for (size_t i = 0; i < AUDITS && audits[i].by != NULL; i++)
		put_audit(world.dossier.record_count++, &audits[i]);
}

/* ---- one thing ---- */

#define OK AUDIT_CONFIRMED
#define NO AUDIT_CONTRADICTED

struct row {
	const char *name;
	struct row_audit audits[AUDITS];
	enum evidence_what what;
	size_t at;
	enum evidence_level level;
	size_t confirmed;
	size_t contradicted;
	size_t own;
	bool is_held;
};

static const struct row rows[] = {
	{ "a digest alone is committed", { { 0 } }, EVIDENCE_NODE, NODE_D,
	    EVIDENCE_COMMITTED, 0, 0, 0, false },
	{ "somebody else's rehash discloses",
	    { { "eve", 'D', 0, AUDIT_REHASH, OK, 0, 0, 0, 0, 0, 0 } },
	    EVIDENCE_NODE, NODE_D, EVIDENCE_DISCLOSED, 1, 0, 0, false },
	{ "so does a refetch of all",
	    { { "lab", 'D', 0, AUDIT_REFETCH, OK, 0, 0, 7, 7, 0, 0 } },
	    EVIDENCE_NODE, NODE_D, EVIDENCE_DISCLOSED, 1, 0, 0, false },
	{ "a refetch of a part does not",
	    { { "eve", 'D', 0, AUDIT_REFETCH, OK, 0, 0, 6, 7, 0, 0 } },
	    EVIDENCE_NODE, NODE_D, EVIDENCE_COMMITTED, 1, 0, 0, false },
	{ "nor another method of who is no auditor of the reader",
	    { { "eve", 'D', 0, AUDIT_RE_RUN, OK, AUDIT_BIT_EXACT, 0, 0, 0, 0,
		0 } },
	    EVIDENCE_NODE, NODE_D, EVIDENCE_COMMITTED, 1, 0, 0, false },
	{ "one's own rehash does not",
	    { { "vendor", 'D', 0, AUDIT_REHASH, OK, 0, 0, 0, 0, 0, 0 } },
	    EVIDENCE_NODE, NODE_D, EVIDENCE_COMMITTED, 0, 0, 1, false },
	{ "nor one's own re-run",
	    { { "lab", 'M', RUN, AUDIT_RE_RUN, OK, AUDIT_BIT_EXACT, 0, 0, 0, 0,
		0 } },
	    EVIDENCE_EDGE, 0, EVIDENCE_COMMITTED, 0, 0, 1, false },
	{ "an auditor attests by any method",
	    { { "auditor", 'D', 0, AUDIT_ORDER, OK, 0, 0, 1, 7, 0, 0 } },
	    EVIDENCE_NODE, NODE_D, EVIDENCE_ATTESTED, 1, 0, 0, false },
	{ "but not where he looked at nothing",
	    { { "auditor", 'D', 0, AUDIT_ORDER, OK, 0, 0, 0, 7, 0, 0 } },
	    EVIDENCE_NODE, NODE_D, EVIDENCE_COMMITTED, 1, 0, 0, false },
	{ "a bit-exact re-run by him reproduces",
	    { { "auditor", 'M', RUN, AUDIT_RE_RUN, OK, AUDIT_BIT_EXACT, 0, 0, 0,
		0, 0 } },
	    EVIDENCE_EDGE, 0, EVIDENCE_REPRODUCED, 1, 0, 0, false },
	{ "so does one within a tolerance",
	    { { "auditor", 'M', RUN, AUDIT_RE_RUN, OK, AUDIT_TOLERANCE, "0.01",
		0, 0, 0, 0 } },
	    EVIDENCE_EDGE, 0, EVIDENCE_REPRODUCED, 1, 0, 0, false },
	{ "but not without what was measured",
	    { { "auditor", 'M', RUN, AUDIT_RE_RUN, OK, AUDIT_TOLERANCE, 0, 0, 0,
		0, 0 } },
	    EVIDENCE_EDGE, 0, EVIDENCE_ATTESTED, 1, 0, 0, false },
	{ "nor without a comparison",
	    { { "auditor", 'M', RUN, AUDIT_RE_RUN, OK, 0, "0.01", 0, 0, 0,
		0 } },
	    EVIDENCE_EDGE, 0, EVIDENCE_ATTESTED, 1, 0, 0, false },
	{ "nor of a part",
	    { { "auditor", 'M', RUN, AUDIT_RE_RUN, OK, AUDIT_BIT_EXACT, 0, 1, 2,
		0, 0 } },
	    EVIDENCE_EDGE, 0, EVIDENCE_ATTESTED, 1, 0, 0, false },
	{ "nor by a segment",
	    { { "auditor", 'M', RUN, AUDIT_SEGMENT, OK, AUDIT_BIT_EXACT, 0, 0,
		0, 0, 0 } },
	    EVIDENCE_EDGE, 0, EVIDENCE_ATTESTED, 1, 0, 0, false },
	{ "an audit of the artifact alone is none of the edge",
	    { { "auditor", 'M', 0, AUDIT_RE_RUN, OK, AUDIT_BIT_EXACT, 0, 0, 0,
		0, 0 } },
	    EVIDENCE_EDGE, 0, EVIDENCE_COMMITTED, 0, 0, 0, false },
	{ "nor is one of what went in",
	    { { "auditor", 'D', RUN, AUDIT_REHASH, OK, 0, 0, 0, 0, 0, 0 } },
	    EVIDENCE_EDGE, 0, EVIDENCE_COMMITTED, 0, 0, 0, false },
	{ "nor is a review of its licence",
	    { { "auditor", 'M', RUN, AUDIT_LICENCE_REVIEW, OK, 0, 0, 0, 0, 0,
		0 } },
	    EVIDENCE_EDGE, 0, EVIDENCE_COMMITTED, 0, 0, 0, false },
	{ "but it attests the artifact",
	    { { "auditor", 'M', RUN, AUDIT_LICENCE_REVIEW, OK, 0, 0, 0, 0, 0,
		0 } },
	    EVIDENCE_NODE, NODE_M, EVIDENCE_ATTESTED, 1, 0, 0, false },
	{ "what is inconclusive raises nothing",
	    { { "auditor", 'D', 0, AUDIT_REHASH, AUDIT_INCONCLUSIVE, 0, 0, 0, 0,
		0, 0 } },
	    EVIDENCE_NODE, NODE_D, EVIDENCE_COMMITTED, 0, 0, 0, false },
	{ "what was withdrawn counts for nothing",
	    { { "auditor", 'D', 0, AUDIT_REHASH, OK, 0, 0, 0, 0, true, 0 } },
	    EVIDENCE_NODE, NODE_D, EVIDENCE_COMMITTED, 0, 0, 0, false },
	{ "a stranger's contradiction is seen and lowers nothing",
	    { { "eve", 'D', 0, AUDIT_REHASH, NO, 0, 0, 0, 0, 0, 0 },
		{ "auditor", 'D', 0, AUDIT_REHASH, OK, 0, 0, 0, 0, 0, 0 } },
	    EVIDENCE_NODE, NODE_D, EVIDENCE_ATTESTED, 1, 1, 0, false },
	{ "an auditor's holds it, whatever others confirm",
	    { { "auditor", 'D', 0, AUDIT_REHASH, NO, 0, 0, 0, 0, 0, 0 },
		{ "eve", 'D', 0, AUDIT_REHASH, OK, 0, 0, 0, 0, 0, 0 },
		{ "lab", 'D', 0, AUDIT_REFETCH, OK, 0, 0, 0, 0, 0, 0 } },
	    EVIDENCE_NODE, NODE_D, EVIDENCE_COMMITTED, 2, 1, 0, true },
	{ "so does what is contradicted by whose word it is",
	    { { "vendor", 'D', 0, AUDIT_REHASH, NO, 0, 0, 0, 0, 0, 0 },
		{ "auditor", 'D', 0, AUDIT_REHASH, OK, 0, 0, 0, 0, 0, 0 } },
	    EVIDENCE_NODE, NODE_D, EVIDENCE_COMMITTED, 1, 1, 1, true },
	{ "a component: the publisher's own audit raises nothing",
	    { { "lab", 'D', 0, AUDIT_REHASH, OK, 0, 0, 0, 0, 0, 0 },
		{ "vendor", 'D', 0, AUDIT_REHASH, OK, 0, 0, 0, 0, 0, 0 } },
	    EVIDENCE_COMPONENT, BY_NODE, EVIDENCE_COMMITTED, 0, 0, 2, false },
	{ "a third one's does",
	    { { "eve", 'D', 0, AUDIT_REHASH, OK, 0, 0, 0, 0, 0, 0 } },
	    EVIDENCE_COMPONENT, BY_NODE, EVIDENCE_DISCLOSED, 1, 0, 0, false },
	{ "a component by name is claimed, whatever is audited",
	    { { "auditor", 'D', 0, AUDIT_REHASH, OK, 0, 0, 0, 0, 0, 0 } },
	    EVIDENCE_COMPONENT, BY_NAME, EVIDENCE_CLAIMED, 0, 0, 0, false },
	{ "so is one by a record that was withdrawn",
	    { { "auditor", 0, WITHDRAWN, AUDIT_REHASH, OK, 0, 0, 0, 0, 0, 0 } },
	    EVIDENCE_COMPONENT, BY_WITHDRAWN, EVIDENCE_CLAIMED, 0, 0, 0,
	    false },
	{ "one by a record is audited by it",
	    { { "auditor", 0, BARE, AUDIT_REHASH, OK, 0, 0, 0, 0, 0, 0 },
		{ "eve", 0, 0, AUDIT_REHASH, NO, 0, 0, 0, 0, 0, 0 } },
	    EVIDENCE_COMPONENT, BY_RECORD, EVIDENCE_ATTESTED, 1, 0, 0, false },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct evidence_of of = { row->what, row->at };

	make(row->audits);
	struct evidence got = evidence_of(&world.dossier, &of);
	assert_int_equal(got.level, row->level);
	assert_int_equal(got.confirmed, row->confirmed);
	assert_int_equal(got.contradicted, row->contradicted);
	assert_int_equal(got.own, row->own);
	assert_int_equal(got.is_held, row->is_held);
	assert_int_equal(got.has_audit, got.level > EVIDENCE_COMMITTED);
	assert_int_equal(
	    evidence_raise(&got) == NULL, got.level == EVIDENCE_REPRODUCED);
}

/* An audit that others dispute counts; that it is disputed is seen. */
static void
test_disputes(void **state)
{
	const struct row_audit audits[AUDITS] = { { "auditor", 'D', 0,
	    AUDIT_REHASH, OK, 0, 0, 0, 0, 0, 3 } };
	struct evidence_of of = { EVIDENCE_NODE, NODE_D };

	(void)state;
	make(audits);
	struct evidence got = evidence_of(&world.dossier, &of);
	assert_int_equal(got.level, EVIDENCE_ATTESTED);
	assert_int_equal(got.disputes, 3);
}

/* ---- a lineage ---- */

static const struct row_audit all_audited[AUDITS] = {
	{ "auditor", 'M', RUN, AUDIT_RE_RUN, OK, AUDIT_BIT_EXACT, 0, 0, 0, 0,
	    0 },
	{ "auditor", 'D', 0, AUDIT_REHASH, OK, 0, 0, 0, 0, 0, 0 },
	{ "eve", 'D', 0, AUDIT_REFETCH, NO, 0, 0, 0, 0, 0, 0 },
};

static struct evidence_lineage
judge(struct arena *arena)
{
	struct evidence_lineage lineage;

	assert_int_equal(
	    evidence_judge(&world.dossier, arena, &lineage), ERR_OK);
	return lineage;
}

static void
test_lineage(void **state)
{
	struct arena *arena = arena_new((size_t)1 << 20);

	(void)state;
	make(all_audited);
	struct evidence_lineage got = judge(arena);
	assert_int_equal(got.level, EVIDENCE_ATTESTED);
	assert_int_equal(got.nodes.count, 2);
	assert_int_equal(got.nodes.levels[EVIDENCE_REPRODUCED], 1);
	assert_int_equal(got.nodes.levels[EVIDENCE_ATTESTED], 1);
	assert_int_equal(got.edges.levels[EVIDENCE_REPRODUCED], 1);
	assert_int_equal(got.components.count, COMPONENTS);
	assert_int_equal(got.components.levels[EVIDENCE_CLAIMED], 2);
	assert_int_equal(got.contradicted, 1);

	world.dossier.question.auditor_count = 0;
	got = judge(arena);
	assert_int_equal(got.level, EVIDENCE_COMMITTED);
	assert_int_equal(got.contradicted, 1);
	arena_free(arena);
}

/* What is not signed as complete, not known, or not looked at is claimed. */
static void
test_lineage_open(void **state)
{
	struct arena *arena = arena_new((size_t)1 << 20);

	(void)state;
	make(all_audited);
	world.edges[0].is_complete = false;
	struct evidence_lineage got = judge(arena);
	assert_int_equal(got.level, EVIDENCE_CLAIMED);
	assert_int_equal(got.incomplete, 1);
	assert_int_equal(got.edges.levels[EVIDENCE_REPRODUCED], 1);

	make(all_audited);
	world.nodes[NODE_D].is_gap = true;
	got = judge(arena);
	assert_int_equal(got.level, EVIDENCE_CLAIMED);
	assert_int_equal(got.gaps, 1);

	make(all_audited);
	world.nodes[NODE_D].is_cut = true;
	got = judge(arena);
	assert_int_equal(got.level, EVIDENCE_CLAIMED);
	assert_true(got.is_cut);

	/* a stranger's edge is none of the lineage */
	make(all_audited);
	world.edges[0].is_walked = false;
	world.edges[0].is_complete = false;
	got = judge(arena);
	assert_int_equal(got.level, EVIDENCE_ATTESTED);
	assert_int_equal(got.edges.count, 0);
	arena_free(arena);
}

static void
test_json(void **state)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	struct writer w = writer_heap(4096);
	struct evidence_of of = { EVIDENCE_NODE, NODE_M };

	(void)state;
	make(all_audited);
	struct evidence_lineage got = judge(arena);
	evidence_lineage_print(&world.dossier, &got, &w);
	assert_span_text(
	    "{\"level\":3,\"levelName\":\"attested\",\"incomplete\":0,"
	    "\"gaps\":0,\"contradicted\":1,\"truncated\":false,"
	    "\"artifacts\":{\"count\":2,\"levels\":[0,0,0,1,1]},"
	    "\"edges\":{\"count\":1,\"levels\":[0,0,0,0,1]},"
	    "\"components\":{\"count\":4,\"levels\":[2,1,0,1,0]},"
	    "\"auditors\":[\"auditor\"]}",
	    writer_view(&w));
	writer_clear(&w);
	writer_text(&w, "{");
	evidence_print(&world.dossier, &of, &got.of_nodes[NODE_M], &w);
	writer_text(&w, "}");
	assert_span_text(
	    "{\"level\":4,\"levelName\":\"reproduced\",\"audits\":[{\"id\":"
	    "\"06060606060606060606060606060606060606060606060606060606060606"
	    "06\",\"principal\":\"auditor\",\"method\":\"re-run\",\"verdict\":"
	    "\"confirmed\",\"independent\":true,\"comparison\":\"bit-exact\"}]"
	    "}",
	    writer_view(&w));
	writer_done(&w);
	arena_free(arena);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_disputes);
	UNIT(test_lineage);
	UNIT(test_lineage_open);
	UNIT(test_json);
	return unit_run(argc, argv);
}
