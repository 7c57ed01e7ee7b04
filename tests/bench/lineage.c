/*
 * lineage: time for each edge that a question visits, beside SQLite's recursive
 * CTE on the same graph.
 *
 *	lineage FOLDER SQLITE_FILE QUESTIONS
 *
 * FOLDER is a data directory made by fill; SQLITE_FILE is made from the same
 * rule when it is not there.  Both are asked for the 1,000 nearest nodes above
 * the same drawn nodes, first once to warm up, then timed.
 *
 * SQLite is asked twice: by a table of edges alone, which can say no more than how
 * many nodes there are, and by tables of what a lineage's answer says: each edge's
 * record, signer, role and name, and whether that record was withdrawn.
 */
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "daemon/lineage.h"
#include "daemon/log.h"
#include "schema/json.h"
#include "tests/bench/forge.h"

#define NODES 1000
#define QUESTIONS_MAX 1000

static const char edges_question[] =
    "WITH RECURSIVE up(node) AS (VALUES(?1) UNION "
    "SELECT edge.input FROM up JOIN edge ON edge.output = up.node "
    "LIMIT 1000) SELECT count(*) FROM up";

static const char facts_question[] =
    "WITH RECURSIVE up(node) AS (VALUES(?1) UNION "
    "SELECT input.node FROM up JOIN subject ON subject.node = up.node "
    "JOIN input ON input.position = subject.position LIMIT 1000) "
    "SELECT count(*), sum(length(subject.name) + length(record.id) + "
    "length(record.keyid) + length(record.principal) + length(input.role) + "
    "length(input.name)), count(withdrawal.by) FROM up "
    "JOIN subject ON subject.node = up.node "
    "JOIN record ON record.position = subject.position "
    "JOIN input ON input.position = record.position "
    "LEFT JOIN withdrawal ON withdrawal.id = record.id";

/* Rows in one clustered tree a table, which is the fastest layout that it has for
 * these questions; nodes and ids as the 32 bytes that they are. */
static const char tables[] =
    "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; "
    "CREATE TABLE edge(output BLOB, input BLOB, "
    "PRIMARY KEY(output, input)) WITHOUT ROWID; "
    "CREATE TABLE record(position INTEGER PRIMARY KEY, id BLOB, keyid TEXT, "
    "principal TEXT); "
    "CREATE TABLE subject(node BLOB, position INTEGER, name TEXT, "
    "PRIMARY KEY(node, position)) WITHOUT ROWID; "
    "CREATE TABLE input(position INTEGER, node BLOB, role TEXT, name TEXT, "
    "PRIMARY KEY(position, node)) WITHOUT ROWID; "
    "CREATE TABLE withdrawal(id BLOB PRIMARY KEY, by TEXT) WITHOUT ROWID; "
    "BEGIN";

static struct why sentence;

static void
must(bool is_good, const char *what)
{
	if (is_good)
		return;
	(void)fprintf(stderr, "lineage: %s: %s\n", what, sentence.text);
	exit(1);
}

static double
now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int
compare(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return left < right ? -1 : left > right;
}

static double
median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

/* Spread over the newer half, so that what is above fills the limit. */
static uint64_t
drawn(uint64_t size, size_t at, size_t count)
{
	return size / 2 + (size / 2) * at / count;
}

/* ---- ours ---- */

struct asked {
	size_t nodes;
	size_t edges;
};

static struct asked
ask_ours(struct store *log, struct store *index, uint64_t size, uint64_t number,
    struct arena *arena)
{
	struct view view = view_open(log, index, size);
	struct hash node = forge_node(number);
	struct lineage_question asking = {
		.root = digest_sha256(&node),
		.depth = LINEAGE_DEPTH_MAX,
		.limit = NODES,
	};
	const struct lineage *answer;

	must(lineage_ask(&view, &asking, arena, &answer) == ERR_OK, "ask");
	struct asked asked = { answer->node_count, answer->edge_count };
	must(view_close(&view) == ERR_OK, "view");
	arena_reset(arena);
	return asked;
}

/* Nanoseconds an edge, median of the questions. */
static double
time_ours(
    const char *folder, size_t questions, uint64_t *ret_size, size_t *ret_edges)
{
	char path[PATH_MAX];
	struct store *log;
	struct store *index;
	struct arena *arena = arena_new((size_t)64 << 20);
	static double times[QUESTIONS_MAX];

	(void)snprintf(path, sizeof(path), "%s/log", folder);
	must(store_open(path, STORE_LOG, &log, &sentence) == ERR_OK, path);
	(void)snprintf(path, sizeof(path), "%s/index", folder);
	must(store_open(path, STORE_INDEX, &index, &sentence) == ERR_OK, path);
	struct txn txn = store_begin(log, TXN_READ);
	uint64_t size = store_log_size(&txn);
	txn_abort(&txn);
	*ret_edges = 0;
	for (size_t i = 0; i < 2 * questions; i++) {
		uint64_t number = drawn(size, i % questions, questions);
		double begun_s = now_s();
		struct asked asked = ask_ours(log, index, size, number, arena);
		times[i % questions] = (now_s() - begun_s) * 1e9 /
		    (double)(asked.edges == 0 ? 1 : asked.edges);
		*ret_edges += asked.edges;
	}
	if (questions > 0)
		*ret_edges = *ret_edges / questions / 2;
	*ret_size = size;
	arena_free(arena);
	store_close(log);
	store_close(index);
	return median(times, questions);
}

/* ---- SQLite ---- */

static sqlite3_stmt *
prepare(sqlite3 *db, const char *text)
{
	sqlite3_stmt *statement = NULL;

	must(sqlite3_prepare_v2(db, text, -1, &statement, NULL) == SQLITE_OK,
	    sqlite3_errmsg(db));
	return statement;
}

static void
run(sqlite3 *db, const char *text)
{
	must(sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK, text);
}

static void
bind_node(sqlite3_stmt *statement, int at, uint64_t number)
{
	struct hash node = forge_node(number);

	(void)sqlite3_bind_blob(
	    statement, at, node.bytes, HASH_LEN, SQLITE_TRANSIENT);
}

enum insert {
	INSERT_EDGE,
	INSERT_RECORD,
	INSERT_SUBJECT,
	INSERT_INPUT,
	INSERTS,
};

static const char *const inserts[INSERTS] = {
	[INSERT_EDGE] = "INSERT OR IGNORE INTO edge VALUES(?1, ?2)",
	[INSERT_RECORD] = "INSERT INTO record VALUES(?2, ?1, 'SHA256:"
			  "UhAdLD+Yk563Kin50K2rTv/T9UuM6EIpr3lmFnen6M0', "
			  "'" FORGE_PRINCIPAL "')",
	[INSERT_SUBJECT] = "INSERT INTO subject VALUES(?1, ?2, "
			   "printf('" FORGE_PRINCIPAL "/model/%020d', ?2))",
	[INSERT_INPUT] = "INSERT OR IGNORE INTO input VALUES(?2, ?1, 'train', "
			 "printf('" FORGE_PRINCIPAL "/input/%020d', ?3))",
};

static void
insert(sqlite3_stmt *statement)
{
	must(sqlite3_step(statement) == SQLITE_DONE, "insert");
	(void)sqlite3_reset(statement);
}

static void
insert_record(sqlite3_stmt *statements[static INSERTS], uint64_t number)
{
	uint64_t inputs[FORGE_INPUTS];

	for (enum insert i = INSERT_RECORD; i <= INSERT_SUBJECT; i++) {
		bind_node(statements[i], 1, number);
		(void)sqlite3_bind_int64(
		    statements[i], 2, (sqlite3_int64)number);
		insert(statements[i]);
	}
	forge_inputs(number, inputs);
	for (size_t i = 0; number > 0 && i < FORGE_INPUTS; i++) {
		bind_node(statements[INSERT_EDGE], 1, number);
		bind_node(statements[INSERT_EDGE], 2, inputs[i]);
		insert(statements[INSERT_EDGE]);
		bind_node(statements[INSERT_INPUT], 1, inputs[i]);
		(void)sqlite3_bind_int64(
		    statements[INSERT_INPUT], 2, (sqlite3_int64)number);
		(void)sqlite3_bind_int64(
		    statements[INSERT_INPUT], 3, (sqlite3_int64)inputs[i]);
		insert(statements[INSERT_INPUT]);
	}
}

static void
make(sqlite3 *db, uint64_t size)
{
	sqlite3_stmt *statements[INSERTS];

	run(db, tables);
	for (enum insert i = 0; i < INSERTS; i++)
		statements[i] = prepare(db, inserts[i]);
	for (uint64_t number = 0; number < size; number++)
		insert_record(statements, number);
	for (enum insert i = 0; i < INSERTS; i++)
		(void)sqlite3_finalize(statements[i]);
	run(db, "COMMIT");
}

static sqlite3 *
open_sqlite(const char *file, uint64_t size)
{
	bool is_there = access(file, R_OK) == 0;
	sqlite3 *db;

	must(sqlite3_open(file, &db) == SQLITE_OK, file);
	run(db, "PRAGMA mmap_size=68719476736; PRAGMA cache_size=-1000000");
	if (!is_there)
		make(db, size);
	return db;
}

static double
time_sqlite(sqlite3 *db, const char *question, uint64_t size, size_t questions,
    size_t edges)
{
	static double times[QUESTIONS_MAX];
	sqlite3_stmt *ask = prepare(db, question);

	for (size_t i = 0; i < 2 * questions; i++) {
		double begun_s = now_s();
		bind_node(ask, 1, drawn(size, i % questions, questions));
		must(sqlite3_step(ask) == SQLITE_ROW, "ask");
		(void)sqlite3_reset(ask);
		times[i % questions] =
		    (now_s() - begun_s) * 1e9 / (double)edges;
	}
	(void)sqlite3_finalize(ask);
	return median(times, questions);
}

int
main(int argc, char **argv)
{
	uint64_t size;
	size_t edges;

	if (argc != 4) {
		(void)fprintf(stderr, "lineage FOLDER SQLITE QUESTIONS\n");
		return 2;
	}
	size_t questions = strtoul(argv[3], NULL, 10);
	must(questions > 0 && questions <= QUESTIONS_MAX, "questions: 1-1000");
	must(key_start(&sentence) == ERR_OK, "libsodium");
	json_start();
	log_set_level(LOG_ERROR);
	double ours_ns = time_ours(argv[1], questions, &size, &edges);
	sqlite3 *db = open_sqlite(argv[2], size);
	double edges_ns =
	    time_sqlite(db, edges_question, size, questions, edges);
	double facts_ns =
	    time_sqlite(db, facts_question, size, questions, edges);
	(void)sqlite3_close(db);
	(void)printf("entries=%llu edges=%zu ns_per_edge=%.0f "
		     "sqlite_ns_per_edge=%.0f ratio=%.2f "
		     "sqlite_facts_ns_per_edge=%.0f facts_ratio=%.2f\n",
	    (unsigned long long)size, edges, ours_ns, edges_ns,
	    edges_ns / ours_ns, facts_ns, facts_ns / ours_ns);
	return 0;
}
