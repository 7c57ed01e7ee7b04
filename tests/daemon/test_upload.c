/* upload: gone on at every byte, before and after a restart; wrong in every way;
 * the sidecar is the same however it came. */
#include "daemon/upload.h"

#include <unistd.h>

#include "daemon/blob_mend.h"
#include "daemon/file.h"
#include "daemon/worker.h"
#include "schema/json.h"
#include "schema/key.h"
#include "tests/daemon/shelf.h"

#define QUOTA ((uint64_t)1 << 20)

struct dock {
	struct shelf shelf;
	struct ledger ledger;
	struct blobs *blobs;
	struct uploads *uploads;
	struct span text; /* the vector's manifest */
	struct hash digest;
	struct arena *arena;
};

static struct dock dock;

static void
open_uploads(void)
{
	struct why w = { "" };

	assert_err(ERR_OK,
	    uploads_new(&dock.ledger, dock.blobs, QUOTA, &dock.uploads));
	assert_err(ERR_OK, uploads_count(dock.uploads, &w));
}

static void
restart(void)
{
	uploads_free(dock.uploads);
	open_uploads();
}

/* A set whose first subject is `digest`, with its manifest attached; by p4, whose
 * made-up keyid is base64 in its one spelling. */
static void
add_set(const struct hash *digest, size_t size, const struct hash *root,
    const char *more)
{
	uint8_t buffer[2048];
	struct writer w = writer_of(buffer, sizeof(buffer));

	writer_text(&w,
	    "{\"_type\":\"" STATEMENT_TYPE
	    "\",\"subject\":[{\"name\":\"p4/set\","
	    "\"digest\":{\"sha256\":\"");
	writer_hex(&w, hash_span(digest));
	writer_text(&w, "\",\"merkleTreeHash\":\"");
	writer_hex(&w, hash_span(root));
	writer_text(&w,
	    "\"}}],\"predicateType\":\"https://headwater/dataset/v1\","
	    "\"predicate\":{\"attachments\":[{\"name\":\"manifest\","
	    "\"mediaType\":\"text/plain\",\"digest\":{\"sha256\":\"");
	writer_hex(&w, hash_span(digest));
	writer_format(&w, "\"},\"size\":\"%zu\"}]%s}}", size, more);
	assert_err(ERR_OK, writer_end(&w));
	(void)shelf_add_text(&dock.shelf, 4, writer_view(&w));
}

static void
commit_all(void)
{
	shelf_commit(&dock.shelf);
	struct tree_head head = { .size = dock.shelf.edge.size };
	head.root = tree_edge_root(&dock.shelf.edge);
	published_put(dock.ledger.published, &head, span_of_text("note"));
}

static void
record_set(const struct hash *digest, size_t size, const struct hash *root,
    const char *more)
{
	add_set(digest, size, root, more);
	commit_all();
}

static void
set_up(void)
{
	struct why w = { "" };

	shelf_open(&dock.shelf);
	dock.shelf.by_indexer = true;
	dock.arena = arena_new(1 << 20);
	dock.ledger = (struct ledger){
		.log = dock.shelf.log,
		.index = dock.shelf.index,
		.folder = dock.shelf.folder,
		.published = published_new(),
	};
	assert_err(ERR_OK, blobs_new(dock.shelf.folder, &dock.blobs, &w));
	assert_err(ERR_OK,
	    file_read("schema/vectors/manifest/valid-three.txt", 65536,
		dock.arena, &dock.text, &w));
	dock.digest = sha256_of(dock.text);
	struct hash root = manifest_root(dock.text);
	record_set(&dock.digest, dock.text.len, &root, "");
	open_uploads();
}

static void
tear_down(void)
{
	uploads_free(dock.uploads);
	blobs_free(dock.blobs);
	published_free(dock.ledger.published);
	arena_free(dock.arena);
	shelf_close(&dock.shelf);
}

static struct blob_terms
terms_of(const struct hash *digest)
{
	struct view view =
	    view_open(dock.ledger.log, dock.ledger.index, TREE_SIZE_MAX);
	struct blob_terms terms = blob_terms_find(&view, digest, NULL);

	assert_err(ERR_OK, view_close(&view));
	return terms;
}

static struct upload *
claim(const struct hash *digest)
{
	struct blob_terms terms = terms_of(digest);
	struct upload *upload = NULL;
	struct why w = { "" };

	enum err err = upload_claim(dock.uploads, digest, &terms, &upload, &w);
	if (err != ERR_OK)
		print_message("# %s\n", w.text);
	assert_err(ERR_OK, err);
	if (upload_must_read(upload))
		assert_err(ERR_OK, upload_read(upload, &w));
	return upload;
}

static void
remove_all(const struct hash *digest)
{
	for (int i = 0; i < BLOB_FILES; i++)
		blob_remove(dock.blobs, digest, (enum blob_file)i);
}

static void
check_whole(void)
{
	char path[PATH_MAX];
	struct span expected = SPAN_EMPTY;
	struct span made = SPAN_EMPTY;
	struct blob_state state = blob_look(dock.blobs, &dock.digest);

	assert_true(state.is_whole && state.len == dock.text.len);
	blob_path(dock.blobs, &dock.digest, BLOB_TREE, path);
	assert_err(ERR_OK, file_read(path, 65536, dock.arena, &made, NULL));
	assert_err(ERR_OK,
	    file_read("schema/vectors/manifest/valid-three.tree", 65536,
		dock.arena, &expected, NULL));
	assert_span(expected, made);
}

static void
test_every_offset(void **state)
{
	(void)state;
	set_up();
	for (size_t cut = 0; cut <= dock.text.len; cut++) {
		for (unsigned how = 0; how < 2; how++) {
			struct upload *upload = claim(&dock.digest);
			assert_int_equal(0, upload_have(upload));
			assert_err(ERR_OK,
			    upload_add(
				upload, span_part(dock.text, 0, cut), NULL));
			upload_release(upload);
			if (how == 1)
				restart();
			upload = claim(&dock.digest);
			assert_int_equal(cut, upload_have(upload));
			assert_err(ERR_OK,
			    upload_add(upload,
				span_part(dock.text, cut, dock.text.len),
				NULL));
			assert_err(ERR_OK, upload_finish(upload, NULL));
			upload_release(upload);
			check_whole();
			remove_all(&dock.digest);
			restart();
		}
	}
	tear_down();
}

static void
test_only_one_at_a_time(void **state)
{
	struct upload *other = NULL;
	struct why w = { "" };
	(void)state;

	set_up();
	struct upload *upload = claim(&dock.digest);
	struct blob_terms terms = terms_of(&dock.digest);
	assert_err(ERR_CONFLICT,
	    upload_claim(dock.uploads, &dock.digest, &terms, &other, &w));
	upload_release(upload);
	upload_release(claim(&dock.digest));
	tear_down();
}

/* Whatever is wrong with the bytes: one sentence, and nothing is left. */
static void
test_wrong_at_every_byte(void **state)
{
	uint8_t bytes[1024];
	(void)state;

	set_up();
	assert_true(dock.text.len <= sizeof(bytes));
	for (size_t at = 0; at < dock.text.len; at++) {
		struct upload *upload = claim(&dock.digest);
		struct why w = { "" };

		memcpy(bytes, dock.text.data, dock.text.len);
		bytes[at] ^= 1;
		enum err err =
		    upload_add(upload, span_of(bytes, dock.text.len), &w);
		if (err == ERR_OK)
			err = upload_finish(upload, &w);
		assert_true(err == ERR_SYNTAX || err == ERR_MISMATCH);
		assert_true(w.text[0] != '\0');
		upload_release(upload);
		struct blob_state left = blob_look(dock.blobs, &dock.digest);
		assert_false(left.is_whole || left.is_begun);
	}
	assert_int_equal(0, terms_of(&dock.digest).is_plain);
	tear_down();
}

/* A part on the disk that rotted, or was never synced. */
static void
test_a_part_that_is_wrong(void **state)
{
	char path[PATH_MAX];
	struct why w = { "" };
	struct upload *upload = NULL;
	(void)state;

	set_up();
	upload = claim(&dock.digest);
	assert_err(
	    ERR_OK, upload_add(upload, span_part(dock.text, 0, 100), NULL));
	upload_release(upload);
	uploads_free(dock.uploads);
	blob_path(dock.blobs, &dock.digest, BLOB_PART, path);
	assert_int_equal(0, truncate(path, 50));
	assert_int_equal(0, truncate(path, 100)); /* zeros */
	open_uploads();
	struct blob_terms terms = terms_of(&dock.digest);
	assert_err(ERR_OK,
	    upload_claim(dock.uploads, &dock.digest, &terms, &upload, &w));
	assert_true(upload_must_read(upload));
	assert_err(ERR_OK, upload_read(upload, &w));
	assert_err(ERR_SYNTAX,
	    upload_add(upload, span_part(dock.text, 100, dock.text.len), &w));
	upload_release(upload);
	assert_false(blob_look(dock.blobs, &dock.digest).is_begun);
	tear_down();
}

static void
test_what_the_record_says(void **state)
{
	struct why w = { "" };
	struct hash root;
	struct hash digest;
	(void)state;

	set_up();
	/* its first two lines, with the right root and the wrong count */
	struct span text = span_part(dock.text, 0, 0);
	struct span rest = dock.text;
	struct span line;
	assert_true(
	    span_cut(&rest, '\n', &line) && span_cut(&rest, '\n', &line));
	text.len = (size_t)(rest.data - dock.text.data);
	digest = sha256_of(text);
	root = manifest_root(text);
	record_set(&digest, text.len, &root, ",\"files\":\"3\"");
	struct upload *upload = claim(&digest);
	assert_err(ERR_OK, upload_add(upload, text, NULL));
	assert_err(ERR_MISMATCH, upload_finish(upload, &w));
	assert_string_equal(
	    "manifest: 2 lines, but the record says 3 files", w.text);
	upload_release(upload);
	root.bytes[0] ^= 1;
	record_set(&digest, text.len, &root, ",\"files\":\"2\"");
	root.bytes[0] ^= 1;
	record_set(&digest, text.len, &root, ",\"files\":\"2\"");
	upload = claim(&digest);
	assert_err(ERR_OK, upload_add(upload, text, NULL));
	assert_err(ERR_OK, upload_finish(upload, &w));
	upload_release(upload);
	tear_down();
}

/* Thousands name it with another size, or another root, before its owner does. */
static void
test_crowded(void **state)
{
	struct hash root;
	struct hash digest;
	char more[32];
	(void)state;

	set_up();
	struct span text =
	    span_part(dock.text, 0, span_find(dock.text, '\n') + 1);
	digest = sha256_of(text);
	root = manifest_root(text);
	root.bytes[0] ^= 1;
	for (unsigned i = 0; i < BLOB_LOOK_MAX + 2; i++) {
		(void)snprintf(more, sizeof(more), ",\"files\":\"%u\"", i + 1);
		add_set(&digest, text.len - i % 2, &root, more);
	}
	root.bytes[0] ^= 1;
	record_set(&digest, text.len, &root, ",\"files\":\"1\"");
	struct upload *upload = claim(&digest);
	assert_err(ERR_OK, upload_add(upload, text, NULL));
	assert_err(ERR_OK, upload_finish(upload, NULL));
	upload_release(upload);
	tear_down();
}

/* As a machine that lost its power leaves them. */
static void
test_mend(void **state)
{
	struct blob_records asked;
	char path[PATH_MAX];
	struct why w = { "" };
	(void)state;

	set_up();
	asked = (struct blob_records){ dock.ledger.log, dock.ledger.index,
		TREE_SIZE_MAX };
	struct upload *upload = claim(&dock.digest);
	assert_err(ERR_OK, upload_add(upload, dock.text, NULL));
	assert_err(ERR_OK, upload_finish(upload, NULL));
	upload_release(upload);
	blob_remove(dock.blobs, &dock.digest, BLOB_TREE);
	assert_err(ERR_OK, blob_mend(dock.blobs, &dock.digest, &asked, &w));
	check_whole();
	blob_path(dock.blobs, &dock.digest, BLOB_TREE, path);
	assert_int_equal(0, truncate(path, 0));
	assert_err(ERR_OK, blob_mend(dock.blobs, &dock.digest, &asked, &w));
	check_whole();
	blob_path(dock.blobs, &dock.digest, BLOB_WHOLE, path);
	assert_int_equal(0, truncate(path, 10));
	assert_err(
	    ERR_CORRUPT, blob_mend(dock.blobs, &dock.digest, &asked, &w));
	blobs_stop(dock.blobs);
	assert_err(ERR_BUSY, blob_mend(dock.blobs, &dock.digest, &asked, &w));
	tear_down();
}

/* ---- the worker ---- */

struct job {
	struct work work;
	atomic_uint *done;
};

static void
run_job(struct work *work)
{
	atomic_fetch_add(((struct job *)(void *)work)->done, 1);
}

static void
test_worker(void **state)
{
	struct worker *worker = NULL;
	struct job jobs[100];
	atomic_uint done = 0;
	(void)state;

	assert_err(ERR_OK, worker_new(3, &worker));
	for (size_t i = 0; i < 100; i++) {
		jobs[i] = (struct job){ { run_job, NULL }, &done };
		worker_add(worker, &jobs[i].work);
	}
	worker_stop(worker);
	assert_int_equal(100, done);
	/* later ones are run at once */
	worker_add(worker, &jobs[0].work);
	assert_int_equal(101, done);
	worker_free(worker);
}

int
main(int argc, char **argv)
{
	assert_err(ERR_OK, key_start(NULL));
	json_start();
	UNIT(test_every_offset);
	UNIT(test_only_one_at_a_time);
	UNIT(test_wrong_at_every_byte);
	UNIT(test_a_part_that_is_wrong);
	UNIT(test_what_the_record_says);
	UNIT(test_crowded);
	UNIT(test_mend);
	UNIT(test_worker);
	return unit_run(argc, argv);
}
