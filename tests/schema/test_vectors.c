/* schema/vectors: accepted or refused, as each file's name says. */
#include "tests/unit.h"

#include "schema/policy.h"
#include "schema/tile.h"
#include "schema/tlog_proof.h"
#include "tests/schema/vectors.h"

static struct note_key key;
static struct arena *arena;

static enum err
judge_note(struct span text, struct why *w)
{
	struct note note;
	enum err err = note_parse(text, &note, w);

	return err == ERR_OK ? note_verify(&note, &key, w) : err;
}

static enum err
judge_checkpoint(struct span text, struct why *w)
{
	struct checkpoint checkpoint;

	return checkpoint_verify(text, &key, &checkpoint, w);
}

static enum err
judge_proof(struct span text, struct why *w)
{
	struct tlog_proof proof;
	struct checkpoint checkpoint;
	enum err err = tlog_proof_parse(text, arena, &proof, w);

	if (err != ERR_OK)
		return err;
	struct hash leaf = tree_leaf(proof.extra);
	return tlog_proof_verify(&proof, &leaf, &key, &checkpoint, w);
}

static enum err
judge_policy(struct span text, struct why *w)
{
	static struct policy policy;

	return policy_parse(text, &policy, w);
}

struct folder {
	const char *name;
	const char *path;
	enum err (*judge)(struct span, struct why *);
};

static const struct folder folders[] = {
	{ "vectors: note", VECTORS "note", judge_note },
	{ "vectors: checkpoint", VECTORS "checkpoint", judge_checkpoint },
	{ "vectors: tlog-proof", VECTORS "tlog-proof", judge_proof },
	{ "vectors: policy", VECTORS "policy", judge_policy },
};

static void
try_file(const struct folder *folder, const char *name)
{
	struct why w = { "" };
	char path[512];
	bool is_valid = strncmp(name, "valid-", 6) == 0;

	assert_true(is_valid || strncmp(name, "invalid-", 8) == 0);
	(void)snprintf(path, sizeof(path), "%s/%s", folder->path, name);
	enum err err = folder->judge(vectors_read(path), &w);
	if (is_valid != (err == ERR_OK))
		fail_msg("%s: %s: %s", path, err_name(err), w.text);
	if (!is_valid && w.text[0] == '\0')
		fail_msg("%s: no sentence", path);
}

static void
test_folder(void **state)
{
	const struct folder *folder = *state;
	DIR *dir = opendir(folder->path);
	struct dirent *entry;
	size_t count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		try_file(folder, entry->d_name);
		count++;
	}
	(void)closedir(dir);
	assert_in_range(count, 10, 1000);
}

static void
try_paths(const char *path, bool are_valid)
{
	struct span rest = vectors_read(path);
	struct span line;
	size_t count = 0;

	for (; span_cut(&rest, '\n', &line); count++) {
		struct tile tile;
		if (are_valid != (tile_parse(line, &tile) == ERR_OK))
			fail_msg("%s: %.*s", path, SPAN_ARGS(line));
	}
	assert_int_equal(0, rest.len);
	assert_in_range(count, 5, 1000);
}

static void
test_tile_paths(void **state)
{
	(void)state;
	try_paths(VECTORS "tile-path/valid.txt", true);
	try_paths(VECTORS "tile-path/invalid.txt", false);
}

static void
test_signing_is_the_other_implementations(void **state)
{
	struct span file = vectors_read(VECTORS "log.skey");
	struct secret_key *secret;
	struct note_key own;
	char text[NOTE_SKEY_MAX];
	struct writer printed = writer_of(text, sizeof(text));
	char note[512];
	struct writer made = writer_of(note, sizeof(note));
	(void)state;

	assert_err(ERR_OK, note_secret_parse(file, &own, &secret, NULL));
	assert_memory_equal(&key, &own, sizeof(key));
	note_secret_print(&own, secret, &printed);
	assert_span(file, writer_view(&printed));
	note_sign(span_of_text("A note.\n"), &own, secret, &made);
	key_secret_free(secret);
	assert_span(vectors_read(VECTORS "note/valid-one-signature.txt"),
	    writer_view(&made));
}

int
main(int argc, char **argv)
{
	if (key_start(NULL) != ERR_OK)
		return 1;
	arena = arena_new((size_t)1 << 24);
	struct span vkey = vectors_read(VECTORS "log.vkey");
	vkey.len--;
	if (note_key_parse(vkey, &key, NULL) != ERR_OK)
		return 1;
	UNIT_ROWS(folders, test_folder);
	UNIT(test_tile_paths);
	UNIT(test_signing_is_the_other_implementations);
	int failed = unit_run(argc, argv);
	arena_free(arena);
	return failed;
}
