/* attested: audits of the edges of a lineage, found by the records they name. */
#include "tests/daemon/shelf.h"

#include "daemon/attested.h"

/* p0 made nodes 1 and 2 of node 0.  Who audits has a number that is a multiple of
 * four: the made up fingerprints of others are no base64. */
static struct shelf shelf;
static struct hash run_id;

static void
open_world(void)
{
	const struct shelf_artifact made[] = { { .node = 1 }, { .node = 2 } };
	const struct shelf_artifact used[] = { { .node = 0 } };

	shelf_open(&shelf);
	run_id = shelf_add(&shelf,
	    &(struct shelf_statement){
		.kind = RECORD_RUN,
		.subject_count = 2,
		.subjects = made,
		.input_count = 1,
		.inputs = used,
	    });
}

/* By principal `by`, of a node; `says`: method and verdict. */
static struct hash
add_audit(unsigned by, unsigned node, const char *says)
{
	static unsigned salt;
	struct writer w = writer_heap(4096);
	struct digest digest = shelf_digest(node);

	writer_text(&w,
	    "{\"_type\":\"" STATEMENT_TYPE "\",\"subject\":[{\"digest\":"
	    "{\"sha256\":\"");
	writer_hex(&w, span_of(digest.bytes, digest.len));
	writer_text(&w,
	    "\"}}],\"predicateType\":\"https://headwater/audit/v1\","
	    "\"predicate\":{\"about\":[{\"tlogLeaf\":\"");
	writer_hex(&w, hash_span(&run_id));
	writer_format(&w, "\"}],%s,\"description\":\"%u\"}}", says, salt++);
	struct hash id = shelf_add_text(&shelf, by, writer_view(&w));
	writer_done(&w);
	return id;
}

#define REHASHED "\"method\":\"rehash\",\"verdict\":\"confirmed\""
#define REPEATED \
	"\"method\":\"re-run\",\"verdict\":\"confirmed\"," \
	"\"comparison\":\"bit-exact\""
#define DENIED "\"method\":\"rehash\",\"verdict\":\"contradicted\""

struct told {
	size_t count; /* edges */
	enum evidence_level level;
	size_t confirmed;
	size_t contradicted;
	bool is_cut;
};

/* Of the edge into a node, for one who trusts p8. */
static struct told
ask(unsigned node)
{
	const struct span auditors[] = { span_of_text("p8") };
	const struct attested_question trust = {
		.auditor_count = 1,
		.auditors = auditors,
	};
	const struct lineage_question question = {
		.root = shelf_digest(node),
		.depth = 1,
		.limit = 10,
		.as = span_of_text("p0"),
	};
	struct arena *arena = arena_new(REQUEST_ARENA_MAX);
	struct view view = view_open(shelf.log, shelf.index, shelf.edge.size);
	const struct lineage *lineage;
	struct attested attested;

	assert_err(ERR_OK, lineage_ask(&view, &question, arena, &lineage));
	assert_err(ERR_OK, attested_judge(lineage, &trust, arena, &attested));
	struct told told = {
		.count = attested.count,
		.is_cut = attested.is_cut,
	};
	if (attested.count > 0) {
		told.level = attested.edges[0].level;
		told.confirmed = attested.edges[0].confirmed;
		told.contradicted = attested.edges[0].contradicted;
	}
	attested_done(&attested);
	assert_err(ERR_OK, view_close(&view));
	arena_free(arena);
	return told;
}

static void
test_levels(void **state)
{
	(void)state;
	open_world();
	shelf_commit(&shelf);
	assert_int_equal(ask(1).count, 1);
	assert_int_equal(ask(1).level, EVIDENCE_COMMITTED);
	assert_int_equal(ask(99).count, 0);
	add_audit(0, 1, REPEATED);
	shelf_commit(&shelf);
	assert_int_equal(ask(1).level, EVIDENCE_COMMITTED);
	add_audit(4, 1, REHASHED);
	shelf_commit(&shelf);
	assert_int_equal(ask(1).level, EVIDENCE_DISCLOSED);
	assert_int_equal(ask(2).level, EVIDENCE_COMMITTED);
	add_audit(8, 1, REPEATED);
	add_audit(4, 1, DENIED);
	shelf_commit(&shelf);
	assert_int_equal(ask(1).level, EVIDENCE_REPRODUCED);
	assert_int_equal(ask(1).confirmed, 2);
	assert_int_equal(ask(1).contradicted, 1);
	add_audit(8, 1, DENIED);
	shelf_commit(&shelf);
	assert_int_equal(ask(1).level, EVIDENCE_COMMITTED);
	shelf_close(&shelf);
}

/* By its own principal it counts for nothing; by another it is disputed. */
static void
test_withdrawn(void **state)
{
	(void)state;
	open_world();
	struct hash id = add_audit(8, 1, REPEATED);
	(void)shelf_add(&shelf,
	    &(struct shelf_statement){
		.kind = RECORD_WITHDRAWAL,
		.principal = 5,
		.withdraws = &id,
	    });
	shelf_commit(&shelf);
	assert_int_equal(ask(1).level, EVIDENCE_REPRODUCED);
	(void)shelf_add(&shelf,
	    &(struct shelf_statement){
		.kind = RECORD_WITHDRAWAL,
		.principal = 8,
		.withdraws = &id,
	    });
	shelf_commit(&shelf);
	assert_int_equal(ask(1).level, EVIDENCE_COMMITTED);
	shelf_close(&shelf);
}

/* The newest count, and that there are more is said. */
static void
test_bound(void **state)
{
	(void)state;
	open_world();
	add_audit(8, 1, REPEATED);
	for (unsigned i = 0; i + 1 < ATTESTED_RECORD_MAX; i++)
		add_audit(4, 2, REHASHED);
	shelf_commit(&shelf);
	assert_int_equal(ask(1).level, EVIDENCE_REPRODUCED);
	assert_false(ask(1).is_cut);
	assert_int_equal(ask(2).confirmed, ATTESTED_RECORD_MAX - 1);
	add_audit(4, 2, REHASHED);
	shelf_commit(&shelf);
	assert_true(ask(1).is_cut);
	assert_int_equal(ask(1).level, EVIDENCE_COMMITTED);
	assert_int_equal(ask(2).confirmed, ATTESTED_RECORD_MAX);
	shelf_close(&shelf);
}

int
main(int argc, char **argv)
{
	UNIT(test_levels);
	UNIT(test_withdrawn);
	UNIT(test_bound);
	return unit_run(argc, argv);
}
