/* The daemon's work with each allocation failing in turn, once and for
 * ever: it says that memory is out, holds nothing back, and answers
 * as before once there is memory again. */
#include "tests/unit.h"

#include "daemon/check.h"
#include "daemon/http.h"
#include "daemon/render.h"
#include "daemon/warning.h"
#include "tests/daemon/house.h"
#include "tests/fault/starve.h"

#define RECORDS 12
#define ANSWER_MAX ((size_t)1 << 20)

static struct house house;
static struct span body; /* of a record that is in the log */
static struct hash id;
static FILE *nowhere;
static size_t run_count;

/* ---- what is tried ---- */

static enum err
try_admit(struct why *w)
{
	struct arena *arena = arena_new(ADMIT_ARENA_MAX);
	struct admitted admitted;

	enum err err = arena == NULL
	    ? ERR_MEMORY
	    : admit(house.ledger->signers, body, arena, &admitted, w);
	arena_free(arena);
	return err;
}

static enum err
try_keyring(struct why *w)
{
	struct signers *signers = signers_new();
	struct arena *arena = arena_new(ADMIT_ARENA_MAX);
	struct keyring *keyring = NULL;
	struct envelope envelope;
	struct log_entry entry;
	struct txn txn = store_begin(house.ledger->log, TXN_READ);
	enum err err = ERR_MEMORY;

	if (signers != NULL && arena != NULL &&
	    store_log_get_checked(&txn, 0, &entry))
		err = envelope_parse_entry(entry.entry, arena, &envelope, w);
	if (err == ERR_OK)
		err = keyring_parse(envelope.payload, NULL, &keyring, w);
	if (err == ERR_OK)
		err = signers_put(signers, keyring, 0, &entry.leaf);
	txn_abort(&txn);
	arena_free(arena);
	signers_free(signers);
	return err;
}

static struct view
view_now(void)
{
	return view_open(house.ledger->log, house.ledger->index,
	    published_size(house.ledger->published));
}

static enum err
try_lineage(struct why *w)
{
	struct lineage_question question = { .limit = 100, .depth = 10 };
	struct view view = view_now();
	struct arena *arena = arena_new(REQUEST_ARENA_MAX);
	struct writer out = writer_heap(ANSWER_MAX);
	const struct lineage *lineage;
	struct warning_nodes warnings;

	(void)w;
	question.root = digest_sha256(&id);
	enum err err = arena == NULL
	    ? ERR_MEMORY
	    : lineage_ask(&view, &question, arena, &lineage);
	if (err == ERR_OK)
		err = warning_look(lineage, NULL, arena, &warnings);
	if (err == ERR_OK) {
		render_lineage(lineage, &warnings, NULL, &out);
		err = writer_end(&out);
	}
	enum err view_err = view_close(&view);
	writer_done(&out);
	arena_free(arena);
	return err == ERR_OK ? view_err : err;
}

static enum err
try_list(struct why *w)
{
	struct lookup_filter filter = { .principal = span_of_text("p1") };
	struct lookup_range range = { .limit = 100 };
	struct lookup_page page;
	struct view view = view_now();
	struct arena *arena = arena_new(REQUEST_ARENA_MAX);
	struct writer out = writer_heap(ANSWER_MAX);

	(void)w;
	enum err err = arena == NULL
	    ? ERR_MEMORY
	    : lookup_page(&view, &filter, &range, arena, &page);
	if (err == ERR_OK) {
		render_page(&page, false, &out);
		err = writer_end(&out);
	}
	enum err view_err = view_close(&view);
	writer_done(&out);
	arena_free(arena);
	return err == ERR_OK ? view_err : err;
}

static enum err
try_proof(struct why *w)
{
	struct writer out = writer_heap(ANSWER_MAX);
	struct published_head head;

	(void)w;
	published_get(house.ledger->published, &head);
	struct txn txn = store_begin(house.ledger->log, TXN_READ);
	enum err err = prove_tlog(&txn, 1, &head, &out);
	txn_abort(&txn);
	writer_done(&out);
	return err;
}

static struct check_job
job_now(void)
{
	return (struct check_job){ .log = house.ledger->log,
		.index = house.ledger->index,
		.folder = house.folder,
		.key = &house.ledger->key,
		.threads = 1,
		.out = nowhere };
}

static enum err
try_check_log(struct why *w)
{
	struct check_job job = job_now();
	struct check_result result;

	enum err err = check_log(&job, &result, w);
	return err == ERR_OK && result.faults > 0 ? ERR_CORRUPT : err;
}

static enum err
try_check_index(struct why *w)
{
	struct check_job job = job_now();
	struct check_result result;

	enum err err = check_index(&job, &result, w);
	return err == ERR_OK && result.faults > 0 ? ERR_CORRUPT : err;
}

static enum err
try_ledger(struct why *w)
{
	struct ledger *ledger = ledger_new();

	(void)w;
	ledger_free(ledger);
	return ledger == NULL ? ERR_MEMORY : ERR_OK;
}

static enum err
try_indexer(struct why *w)
{
	struct indexer *indexer = NULL;
	enum err err = indexer_new(house.ledger, &indexer, w);

	indexer_free(indexer);
	return err;
}

static enum err
try_http(struct why *w)
{
	struct http_options options = {
		.address = "127.0.0.1:0",
		.threads = 2,
		.connections = 64,
		.per_address = 8,
		.deadlines = { 1000, 1000, 1000 },
	};
	struct http *http = NULL;
	enum err err = http_new(house.ledger, &options, &http, w);

	http_free(http);
	return err;
}

static enum err
try_store(struct why *w)
{
	char path[FOLDER_PATH_MAX];
	struct store *store = NULL;

	folder_path(path, house.folder, "another");
	enum err err = store_open(path, STORE_LOG, &store, w);
	if (err == ERR_OK) {
		struct txn txn = store_begin(store, TXN_WRITE);
		txn_put(&txn, TABLE_META, span_of_text("x"), span_of_text("y"),
		    false);
		err = txn_end(&txn);
	}
	store_close(store);
	folder_remove(path);
	return err;
}

/* ---- all allocations of one run, one after another ---- */

struct row {
	const char *name;
	enum err (*run)(struct why *w);
	/* a second way to the same answer may find memory again */
	bool has_other_way;
};

static const struct row rows[] = {
	{ "admit", try_admit, true }, /* envelopes, and qsort */
	{ "a keyring", try_keyring, true },
	{ "lineage", try_lineage, false },
	{ "a list", try_list, false },
	{ "a proof", try_proof, false },
	{ "check_log", try_check_log, true },
	{ "check_index", try_check_index, true },
	{ "ledger_new", try_ledger, false },
	{ "indexer_new", try_indexer, false },
	{ "http_new", try_http, true },
	{ "a new store", try_store, true },
};

static void
starve_at_each(const struct row *row, enum starve_mode mode)
{
	struct why w = { "" };
	bool was_starved = true;

	for (uint64_t at = 1; was_starved; at++) {
		int64_t live = starve_live();
		starve_begin(at, mode);
		enum err err = row->run(&w);
		was_starved = starve_end();
		run_count++;
		bool is_legal = was_starved
		    ? err == ERR_MEMORY || (row->has_other_way && err == ERR_OK)
		    : err == ERR_OK;
		if (!is_legal)
			fail_msg("allocation %llu: %s: %s",
			    (unsigned long long)at, err_name(err), w.text);
		if (starve_live() != live)
			fail_msg("allocation %llu: %lld are held",
			    (unsigned long long)at,
			    (long long)(starve_live() - live));
	}
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct why w = { "" };

	/* what is made once and kept: handles of readers, buffers of stdio */
	assert_err(ERR_OK, row->run(&w));
	starve_at_each(row, STARVE_ONCE);
	starve_at_each(row, STARVE_FOR_EVER);
	assert_err(ERR_OK, row->run(&w));
}

static void
test_goes_on(void **state)
{
	(void)state;
	print_message("# %zu runs\n", run_count);
	assert_err(ERR_OK, house_post(&house, 2, RECORDS).err);
	assert_false(atomic_load(&house.ledger->is_failed));
}

static void
fill(struct arena *arena)
{
	for (unsigned i = 0; i < RECORDS; i++) {
		struct house_answer answer = house_post(&house, i % 4, i);
		assert_err(ERR_OK, answer.err);
		id = answer.id;
	}
	body = house_body(&house, 1, 1, arena);
	while (indexer_size(house.ledger->indexer) < RECORDS + 1)
		house_pause_ms(1);
}

int
main(int argc, char **argv)
{
	if (!STARVES) {
		(void)printf("1..0 # SKIP the sanitizer has its own malloc\n");
		return 0;
	}
	if (key_start(NULL) != ERR_OK)
		return 1;
	json_start();
	nowhere = fopen("/dev/null", "we");
	struct arena *arena = arena_new((size_t)1 << 20);
	static char buffer[BUFSIZ];
	if (nowhere != NULL) /* stdio's own would be held */
		(void)setvbuf(nowhere, buffer, _IOFBF, sizeof(buffer));
	house_make(&house);
	if (nowhere == NULL || house_open(&house) != ERR_OK)
		return 1;
	fill(arena);
	UNIT_ROWS(rows, test_row);
	UNIT(test_goes_on);
	int status = unit_run(argc, argv);
	house_close(&house);
	house_drop(&house);
	arena_free(arena);
	(void)fclose(nowhere);
	return status;
}
