/*
 * lineage: time for each edge that a question visits, beside SQLite's recursive
 * CTE on the same graph.
 *
 *	lineage FOLDER SQLITE_FILE QUESTIONS
 *
 * FOLDER is a data directory made by fill; SQLITE_FILE is made from the same
 * rule when it is not there.  Both are asked for the 1,000 nearest nodes above
 * the same drawn nodes, first once to warm up, then timed.
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

static const char question[] =
    "WITH RECURSIVE up(node) AS (VALUES(?1) UNION "
    "SELECT edge.input FROM up JOIN edge ON edge.output = up.node "
    "LIMIT 1000) SELECT count(*) FROM up";

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
	*ret_edges /= 2 * questions;
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

/* Nodes as the 32 bytes that they are; rows in one clustered tree, which is the
 * fastest layout that it has for this question. */
static void
make(sqlite3 *db, uint64_t size)
{
	uint64_t inputs[FORGE_INPUTS];

	run(db,
	    "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; "
	    "CREATE TABLE edge(output BLOB, input BLOB, "
	    "PRIMARY KEY(output, input)) WITHOUT ROWID; BEGIN");
	sqlite3_stmt *insert =
	    prepare(db, "INSERT OR IGNORE INTO edge VALUES(?1, ?2)");
	for (uint64_t number = 1; number < size; number++) {
		forge_inputs(number, inputs);
		for (size_t i = 0; i < FORGE_INPUTS; i++) {
			bind_node(insert, 1, number);
			bind_node(insert, 2, inputs[i]);
			must(sqlite3_step(insert) == SQLITE_DONE, "insert");
			(void)sqlite3_reset(insert);
		}
	}
	(void)sqlite3_finalize(insert);
	run(db, "COMMIT");
}

static double
time_sqlite(const char *file, uint64_t size, size_t questions, size_t edges)
{
	static double times[QUESTIONS_MAX];
	bool is_there = access(file, R_OK) == 0;
	sqlite3 *db;

	must(sqlite3_open(file, &db) == SQLITE_OK, file);
	run(db, "PRAGMA mmap_size=68719476736; PRAGMA cache_size=-1000000");
	if (!is_there)
		make(db, size);
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
	(void)sqlite3_close(db);
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
	double sqlite_ns = time_sqlite(argv[2], size, questions, edges);
	(void)printf("size=%llu edges=%zu ns_per_edge=%.0f "
		     "sqlite_ns_per_edge=%.0f ratio=%.2f\n",
	    (unsigned long long)size, edges, ours_ns, sqlite_ns,
	    sqlite_ns / ours_ns);
	return 0;
}
