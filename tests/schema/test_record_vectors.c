/* schema/vectors of records: accepted or refused, as each file's name says. */
#include "tests/unit.h"

#include "schema/judge.h"
#include "schema/manifest.h"
#include "tests/schema/vectors.h"

static struct arena *arena;
static struct public_key publisher;
static struct public_key log_key;

/* The whole file; it stays until the arena is reset. */
static struct span
file_read(const char *path)
{
	return arena_copy(arena, vectors_read(path));
}

/* ---- what accepted means, folder by folder ---- */

/* Whatever its form, a valid envelope is the one entry. */
static enum err
judge_envelope(struct span text, struct why *w)
{
	struct envelope envelope;
	static uint8_t printed[ENTRY_LEN_MAX];
	struct writer out = writer_of(printed, sizeof(printed));
	enum err err = envelope_parse(text, arena, &envelope, w);

	if (err != ERR_OK)
		return err;
	err = envelope_verify(&envelope, &publisher, w);
	if (err != ERR_OK)
		return err;
	envelope_print(&envelope, &out);
	assert_span(
	    file_read(VECTORS "envelope/valid-normal.json"), writer_view(&out));
	assert_span(
	    file_read(VECTORS "envelope/statement.json"), envelope.payload);
	return ERR_OK;
}

static enum err
judge_statement(struct span text, struct why *w)
{
	struct record record;
	enum err err = record_parse(text, arena, &record, w);

	if (err == ERR_OK)
		record_done(&record);
	return err;
}

/* Those that lie beside a record are the same in each vector. */
static enum err
load_lines(void *context, const struct hash *sha256, size_t len,
    struct writer *ret, struct why *w)
{
	(void)context;
	(void)sha256;
	(void)len;
	(void)w;
	writer_span(ret, file_read(VECTORS "keyring/beside.lines"));
	return ERR_OK;
}

static enum err
judge_keyring_text(struct span text, struct why *w)
{
	const struct keyring_source lines = { .load = load_lines };
	struct keyring *keyring;
	enum err err = keyring_parse(text, &lines, &keyring, w);

	if (err == ERR_OK)
		keyring_free(keyring);
	return err;
}

static enum err
judge_manifest(struct span text, struct why *w)
{
	struct manifest_line *lines;
	size_t count;
	static uint8_t printed[(size_t)1 << 16];
	struct writer out = writer_of(printed, sizeof(printed));
	enum err err = manifest_parse(text, arena, &lines, &count, w);

	if (err != ERR_OK)
		return err;
	assert_err(ERR_OK, manifest_print(lines, count, &out, NULL));
	assert_span(text, writer_view(&out));
	return ERR_OK;
}

static enum err
judge_salted(struct span text, struct why *w)
{
	struct manifest_salted *lines;
	size_t count;
	static uint8_t printed[(size_t)1 << 16];
	struct writer out = writer_of(printed, sizeof(printed));
	enum err err = manifest_parse_salted(text, arena, &lines, &count, w);

	if (err != ERR_OK)
		return err;
	assert_err(ERR_OK, manifest_print_salted(lines, count, &out, NULL));
	assert_span(text, writer_view(&out));
	return ERR_OK;
}

/* ---- files as rows ---- */

struct vector {
	char path[320];
	bool is_valid;
	enum err (*judge)(struct span, struct why *);
};

static struct vector vectors[1024];
static size_t vector_count;

static void
test_vector(void **state)
{
	const struct vector *vector = *state;
	struct why w = { "" };

	arena_reset(arena);
	enum err err = vector->judge(file_read(vector->path), &w);
	if (vector->is_valid != (err == ERR_OK))
		fail_msg("%s: %s", err_name(err), w.text);
	if (!vector->is_valid && w.text[0] == '\0')
		fail_msg("refused without a sentence");
	if (!vector->is_valid)
		assert_int_equal(ERR_CLASS_INPUT, err_class(err));
}

static void
add_folder(const char *folder, enum err (*judge)(struct span, struct why *))
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct vector *vector = &vectors[vector_count];
		bool is_valid = strncmp(entry->d_name, "valid-", 6) == 0;
		/* beside a manifest: its root, and the daemon's sidecar */
		bool is_root = strstr(entry->d_name, ".root") != NULL ||
		    strstr(entry->d_name, ".tree") != NULL;
		if ((!is_valid && strncmp(entry->d_name, "invalid-", 8) != 0) ||
		    is_root)
			continue;
		if (++vector_count == 1024)
			abort();
		(void)snprintf(vector->path, sizeof(vector->path), "%s/%.250s",
		    folder, entry->d_name);
		vector->is_valid = is_valid;
		vector->judge = judge;
		unit_add(vector->path, test_vector, vector);
	}
	if (dir == NULL)
		abort();
	(void)closedir(dir);
}

/* ---- what stands beside them ---- */

static void
test_envelope_id(void **state)
{
	struct span entry = file_read(VECTORS "envelope/valid-normal.json");
	struct hash id = tree_leaf(entry);
	char text[HASH_TEXT_MAX];
	(void)state;

	hash_print(&id, text);
	assert_span_text(
	    text, span_part(file_read(VECTORS "envelope/id"), 0, 64));
}

static void
test_longest_entry(void **state)
{
	struct envelope envelope;
	(void)state;

	arena_reset(arena);
	struct span entry = file_read(VECTORS "envelope/longest-entry.json");
	assert_int_equal(65534, entry.len); /* base64 grows by four */
	assert_err(ERR_OK, envelope_parse_entry(entry, arena, &envelope, NULL));
	assert_err(ERR_OK, envelope_verify(&envelope, &publisher, NULL));
	assert_int_equal(ENVELOPE_PAYLOAD_MAX, envelope.payload.len);
}

static void
test_keyring_entry(void **state)
{
	struct judge_log log = { .origin = "log.example.org/models" };
	struct envelope envelope;
	struct keyring *keyring;
	(void)state;

	arena_reset(arena);
	log.key = log_key;
	assert_err(ERR_OK,
	    envelope_parse_entry(file_read(VECTORS "keyring/entry.json"), arena,
		&envelope, NULL));
	assert_err(
	    ERR_OK, judge_keyring(&log, &envelope, NULL, &keyring, NULL));
	assert_int_equal(2, keyring->count);
	keyring_free(keyring);
}

static void
test_manifest_roots(void **state)
{
	static const char *const names[] = { "manifest/valid-one",
		"manifest/valid-three", "manifest/valid-seven",
		"manifest/valid-same-content-twice",
		"manifest/valid-path-4096-bytes", "salted/valid-one",
		"salted/valid-three", "salted/valid-hundred",
		"salted/valid-same-content-twice",
		"salted/valid-path-4096-bytes" };
	(void)state;

	arena_reset(arena);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[128];
		char text[HASH_TEXT_MAX];
		(void)snprintf(path, sizeof(path), VECTORS "%s.txt", names[i]);
		struct hash root = manifest_root(file_read(path));
		hash_print(&root, text);
		(void)snprintf(path, sizeof(path), VECTORS "%s.root", names[i]);
		assert_span_text(text, span_part(file_read(path), 0, 64));
	}
}

int
main(int argc, char **argv)
{
	json_start();
	arena = arena_new((size_t)1 << 24);
	if (key_start(NULL) != ERR_OK ||
	    ssh_public_parse(file_read(VECTORS "envelope/key.pub"), &publisher,
		NULL) != ERR_OK ||
	    ssh_public_parse(
		file_read(VECTORS "keyring/log.pub"), &log_key, NULL) != ERR_OK)
		return 1;
	add_folder(VECTORS "envelope", judge_envelope);
	add_folder(VECTORS "statement", judge_statement);
	add_folder(VECTORS "record", judge_statement);
	add_folder(VECTORS "keyring", judge_keyring_text);
	add_folder(VECTORS "manifest", judge_manifest);
	add_folder(VECTORS "salted", judge_salted);
	UNIT(test_envelope_id);
	UNIT(test_longest_entry);
	UNIT(test_keyring_entry);
	UNIT(test_manifest_roots);
	int failed = unit_run(argc, argv);
	arena_free(arena);
	return failed;
}
