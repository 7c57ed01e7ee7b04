/* Every decoder on every vector, with each of its allocations failing in turn:
 * it says that memory is out, or what it says anyway; it holds nothing back. */
#include "tests/unit.h"

#include "schema/envelope.h"
#include "schema/keyring.h"
#include "schema/record.h"
#include "schema/tlog_proof.h"
#include "tests/fault/starve.h"
#include "tests/schema/vectors.h"

#define ARENA_MAX ((size_t)4 << 20)
#define TEXT_MAX ((size_t)1 << 19)

static struct note_key key;
static size_t run_count;

/* ---- what is tried: all that it takes, it gives back ---- */

static enum err
try_json(struct span text, struct why *w)
{
	struct writer out = writer_heap(TEXT_MAX * 8);
	struct json *json = NULL;
	enum err err = json_parse(text, &json, w);

	if (err == ERR_OK)
		err = json_print_pretty(json, &out);
	json_done(json);
	writer_done(&out);
	return err;
}

static enum err
try_envelope(struct span text, struct why *w)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct writer out = writer_heap(TEXT_MAX);
	struct envelope envelope;

	enum err err = arena == NULL
	    ? ERR_MEMORY
	    : envelope_parse(text, arena, &envelope, w);
	if (err == ERR_OK) {
		envelope_print(&envelope, &out);
		err = writer_end(&out);
	}
	writer_done(&out);
	arena_free(arena);
	return err;
}

static enum err
try_entry(struct span text, struct why *w)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct envelope envelope;

	enum err err = arena == NULL
	    ? ERR_MEMORY
	    : envelope_parse_entry(text, arena, &envelope, w);
	arena_free(arena);
	return err;
}

static enum err
try_record(struct span text, struct why *w)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct record record;

	enum err err =
	    arena == NULL ? ERR_MEMORY : record_parse(text, arena, &record, w);
	if (err == ERR_OK)
		record_done(&record);
	arena_free(arena);
	return err;
}

static enum err
try_keyring(struct span text, struct why *w)
{
	struct keyring *keyring = NULL;
	enum err err = keyring_parse(text, NULL, &keyring, w);

	keyring_free(keyring);
	return err;
}

static enum err
try_proof(struct span text, struct why *w)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct tlog_proof proof;
	struct checkpoint checkpoint;

	enum err err = arena == NULL ? ERR_MEMORY
				     : tlog_proof_parse(text, arena, &proof, w);
	if (err == ERR_OK) {
		struct hash leaf = tree_leaf(proof.extra);
		err = tlog_proof_verify(&proof, &leaf, &key, &checkpoint, w);
	}
	arena_free(arena);
	return err;
}

static enum err
try_checkpoint(struct span text, struct why *w)
{
	struct checkpoint checkpoint;

	return checkpoint_verify(text, &key, &checkpoint, w);
}

static enum err
try_secret(struct span text, struct why *w)
{
	struct note_key read_key;
	struct secret_key *secret = NULL;
	enum err err = note_secret_parse(text, &read_key, &secret, w);

	if (err == ERR_OK)
		key_secret_free(secret);
	return err;
}

/* ---- all allocations of one run, one after another ---- */

typedef enum err run_fn(struct span text, struct why *w);

static void
starve(run_fn *run, struct span text, const char *name)
{
	/* an envelope is read in a second way when the first fails, and the C
	   library's qsort does without memory */
	bool has_other_way =
	    run == try_envelope || run == try_record || run == try_keyring;
	struct why w = { "" };
	enum err expected = run(text, &w);

	for (int mode = STARVE_ONCE; mode <= STARVE_FOR_EVER; mode++) {
		bool was_starved = true;
		for (uint64_t at = 1; was_starved; at++) {
			int64_t live = starve_live();
			starve_begin(at, (enum starve_mode)mode);
			enum err err = run(text, &w);
			was_starved = starve_end();
			run_count++;
			bool is_legal = err == expected ||
			    (was_starved && err == ERR_MEMORY);
			/* what went well although something failed would have
			   left something out */
			if (was_starved && err == ERR_OK && !has_other_way)
				is_legal = false;
			if (!is_legal)
				fail_msg("%s: allocation %llu: %s", name,
				    (unsigned long long)at, err_name(err));
			if (starve_live() != live)
				fail_msg("%s: allocation %llu: %lld are held",
				    name, (unsigned long long)at,
				    (long long)(starve_live() - live));
		}
	}
}

struct row {
	const char *name; /* folder, or one file */
	run_fn *run;
};

static const struct row rows[] = {
	{ "statement", try_json },
	{ "envelope", try_envelope },
	{ "envelope/valid-normal.json", try_entry },
	{ "keyring/entry.json", try_entry },
	{ "statement", try_record },
	{ "record", try_record },
	{ "keyring", try_keyring },
	{ "tlog-proof", try_proof },
	{ "checkpoint", try_checkpoint },
	{ "log.skey", try_secret },
};

static void
test_vectors(void **state)
{
	const struct row *row = *state;
	char path[512];
	struct dirent *file;

	(void)snprintf(path, sizeof(path), VECTORS "%s", row->name);
	DIR *folder = opendir(path);
	if (folder == NULL) {
		starve(row->run, vectors_read(path), path);
		return;
	}
	while ((file = readdir(folder)) != NULL) {
		if (file->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), VECTORS "%s/%s", row->name,
		    file->d_name);
		starve(row->run, vectors_read(path), path);
	}
	(void)closedir(folder);
}

static void
test_runs(void **state)
{
	(void)state;
	print_message("# %zu runs\n", run_count);
	assert_true(run_count > 1000);
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
	struct span vkey = vectors_read(VECTORS "log.vkey");
	if (vkey.len > 0 && vkey.data[vkey.len - 1] == '\n')
		vkey.len--;
	if (note_key_parse(vkey, &key, NULL) != ERR_OK)
		return 1;
	UNIT_ROWS(rows, test_vectors);
	UNIT(test_runs);
	return unit_run(argc, argv);
}
