/*
 * fill: makes a ledger large without the write path, for figures that may depend
 * on its size.
 *
 *	fill FOLDER KEY SIZE [signed]
 *
 * FOLDER is a data directory that headwaterd has started once (entry 0 is its
 * keyring) and that nobody has open.  Entries, gists, tree hashes, the stored
 * checkpoint and the signer's state are true and fit together; the records'
 * signatures are zeros unless asked for, since nothing but --check looks at them
 * again.  Then the index is made to follow, by the daemon's own code.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/gist.h"
#include "daemon/indexer.h"
#include "daemon/log.h"
#include "daemon/signer_key.h"
#include "daemon/signer_state.h"
#include "daemon/store_log.h"
#include "schema/checkpoint.h"
#include "schema/json.h"
#include "tests/bench/forge.h"

#define STEP 8192 /* records a transaction */

struct fill {
	struct store *log;
	struct store *index;
	struct note_key key;
	struct secret_key *secret;
	struct signer_state state;
	struct forge *forge;
	bool is_signed;
	struct tree_edge edge;
	uint64_t stamp_ms;

	/* a record whose names and nodes are replaced, so that no JSON is parsed */
	struct record record;
	struct arena *arena;
	struct writer gist;
	struct writer entry;
	char names[FORGE_INPUTS + 1][64];
};

static struct why sentence;

static void
must(enum err err, const char *what)
{
	if (err == ERR_OK)
		return;
	(void)fprintf(
	    stderr, "fill: %s: %s %s\n", what, err_text(err), sentence.text);
	exit(1);
}

static double
now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- the record that stands for all ---- */

static void
make_record(struct fill *fill)
{
	uint8_t buffer[FORGE_LINE_MAX];
	struct writer w = writer_of(buffer, sizeof(buffer));

	forge_payload(STEP, &w);
	struct span payload = arena_copy(fill->arena, writer_view(&w));
	must(record_parse(payload, fill->arena, &fill->record, &sentence),
	    "record");
}

static void
set_artifact(struct resource *resource, uint64_t number, const char *kind,
    char name[static 64])
{
	struct hash node = forge_node(number);
	struct digest digest = digest_sha256(&node);

	(void)snprintf(name, 64, FORGE_PRINCIPAL "/%s/%020llu", kind,
	    (unsigned long long)number);
	resource->name = span_of_text(name);
	resource->digest.digests[0] = digest;
	resource->digest.node = digest;
}

static void
pack_gist(struct fill *fill, uint64_t number)
{
	struct record *record = &fill->record;
	uint64_t inputs[FORGE_INPUTS];

	forge_inputs(number, inputs);
	set_artifact(
	    &record->statement.subjects[0], number, "model", fill->names[0]);
	record->name = record->statement.subjects[0].name;
	for (size_t i = 0; i < FORGE_INPUTS; i++)
		set_artifact(
		    &record->inputs[i], inputs[i], "input", fill->names[i + 1]);
	writer_clear(&fill->gist);
	gist_pack(record, FORGE_PRINCIPAL, &fill->gist);
}

/* Is what is packed without parsing what the daemon would pack? */
static void
check_gist(struct fill *fill, uint64_t number)
{
	uint8_t buffer[FORGE_LINE_MAX];
	struct writer payload = writer_of(buffer, sizeof(buffer));
	struct writer gist = writer_heap(GIST_LEN_MAX);
	struct arena *arena = arena_new((size_t)1 << 20);
	struct record record;

	forge_payload(number, &payload);
	must(record_parse(writer_view(&payload), arena, &record, &sentence),
	    "record");
	gist_pack(&record, FORGE_PRINCIPAL, &gist);
	if (!span_equal(writer_view(&gist), writer_view(&fill->gist)))
		must(ERR_MISMATCH, "gist");
	record_done(&record);
	writer_done(&gist);
	arena_free(arena);
}

/* ---- the log ---- */

static void
put_record(struct fill *fill, struct txn *txn)
{
	uint64_t position = fill->edge.size;
	uint64_t number = tree_stored_count(position);
	struct hash made[TREE_LEVELS];

	writer_clear(&fill->entry);
	if (fill->is_signed)
		forge_envelope(fill->forge, position, &fill->entry);
	else
		forge_unsigned(fill->forge, position, &fill->entry);
	pack_gist(fill, position);
	if (position % STEP == 0)
		check_gist(fill, position);
	struct log_entry entry = { .stamp_ms = fill->stamp_ms,
		.leaf = tree_leaf(writer_view(&fill->entry)),
		.gist = writer_view(&fill->gist),
		.entry = writer_view(&fill->entry) };
	store_log_put(txn, position, &entry);
	size_t count = tree_append(&fill->edge, &entry.leaf, made);
	for (size_t i = 0; i < count; i++)
		store_log_put_hash(txn, number + i, &made[i]);
}

static void
put_checkpoint(struct fill *fill, struct txn *txn)
{
	uint8_t note[CHECKPOINT_NOTE_MAX];
	struct writer w = writer_of(note, sizeof(note));
	struct tree_head head = { fill->edge.size,
		tree_edge_root(&fill->edge) };

	checkpoint_sign(&head, &fill->key, fill->secret, &w);
	must(writer_end(&w), "checkpoint");
	store_log_set_checkpoint(txn, writer_view(&w));
}

static void
fill_log(struct fill *fill, uint64_t size)
{
	while (fill->edge.size < size) {
		struct txn txn = store_begin(fill->log, TXN_WRITE);
		for (size_t i = 0; i < STEP && fill->edge.size < size; i++)
			put_record(fill, &txn);
		put_checkpoint(fill, &txn);
		must(txn_end(&txn), "commit");
	}
	must(signer_state_put(&fill->state, &fill->edge, &sentence), "state");
}

static void
open_all(struct fill *fill, const char *folder, const char *key)
{
	char path[PATH_MAX];
	struct log_entry last;

	(void)snprintf(path, sizeof(path), "%s/log", folder);
	must(store_open(path, STORE_LOG, &fill->log, &sentence), "log");
	(void)snprintf(path, sizeof(path), "%s/index", folder);
	must(store_open(path, STORE_INDEX, &fill->index, &sentence), "index");
	must(signer_key_read(key, &fill->key, &fill->secret, &sentence), "key");
	must(signer_state_path(key, path, &sentence), "state");
	must(signer_state_open(path, &fill->key, &fill->state, &sentence),
	    "state");
	struct txn txn = store_begin(fill->log, TXN_READ);
	uint64_t size = store_log_size(&txn);
	if (size == 0 || size != fill->state.edge.size ||
	    !store_log_get_edge(&txn, size, &fill->edge) ||
	    !store_log_get(&txn, size - 1, &last))
		must(ERR_CONFLICT, "no ledger, or not equal to its signer");
	fill->stamp_ms = last.stamp_ms;
	txn_abort(&txn);
}

int
main(int argc, char **argv)
{
	struct fill fill = { .is_signed = argc == 5 };

	if (argc < 4 || (argc == 5 && strcmp(argv[4], "signed") != 0)) {
		(void)fprintf(stderr, "fill FOLDER KEY SIZE [signed]\n");
		return 2;
	}
	must(key_start(&sentence), "libsodium");
	json_start();
	log_set_level(LOG_ERROR);
	open_all(&fill, argv[1], argv[2]);
	fill.forge = forge_new();
	fill.arena = arena_new((size_t)1 << 20);
	fill.gist = writer_heap(GIST_LEN_MAX);
	fill.entry = writer_heap(FORGE_LINE_MAX);
	make_record(&fill);

	uint64_t before = fill.edge.size;
	double begun_s = now_s();
	fill_log(&fill, strtoull(argv[3], NULL, 10));
	double filled_s = now_s();
	struct tree_head head = { fill.edge.size, tree_edge_root(&fill.edge) };
	must(indexer_follow(fill.log, fill.index, &head, &sentence), "index");
	double indexed_s = now_s();
	double records = (double)(fill.edge.size - before);
	(void)printf(
	    "entries=%llu records=%.0f log_per_s=%.0f index_per_s=%.0f "
	    "log_bytes=%llu index_bytes=%llu\n",
	    (unsigned long long)head.size, records,
	    records / (filled_s - begun_s), records / (indexed_s - filled_s),
	    (unsigned long long)store_file_bytes(fill.log),
	    (unsigned long long)store_file_bytes(fill.index));
	signer_state_close(&fill.state);
	store_close(fill.log);
	store_close(fill.index);
	return 0;
}
