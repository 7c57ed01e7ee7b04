#include "client/disclosing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/line_reader.h"
#include "client/prover.h"

/* ---- one pass over the lines ---- */

struct pass {
	struct disclosing *d;
	struct sha256 sha256;
	struct tree_edge edge;
	struct prover *prover; /* of the second; NULL in the first */
	uint8_t before[MANIFEST_SALT_LEN];
};

static enum err
keep(struct pass *pass, struct disclosing_file *file, struct span text,
    bool is_by_path, struct why *w)
{
	file->line = arena_copy(pass->d->session->arena, text);
	if (file->line.data == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	file->has_line = true;
	file->is_by_path = is_by_path;
	file->index = pass->edge.size;
	return ERR_OK;
}

/* A path decides; of several lines with one digest the first is as good. */
static enum err
look(struct pass *pass, struct span text, const struct manifest_salted *line,
    struct why *w)
{
	for (size_t i = 0; i < pass->d->count; i++) {
		struct disclosing_file *file = &pass->d->files[i];
		bool is_path = span_is(line->file.path, file->what);
		bool is_digest = file->has_digest && !file->has_line &&
		    hash_equal(&line->file.digest, &file->digest);
		if (!is_path && !is_digest)
			continue;
		enum err err = keep(pass, file, text, is_path, w);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

static enum err
take_line(struct pass *pass, struct span text, struct why *w)
{
	struct manifest_salted line;
	struct hash made[TREE_LEVELS];
	struct hash leaf = tree_leaf(text);

	if (manifest_line_parse_salted(text, &line) != ERR_OK)
		return why(w, ERR_SYNTAX, "no line of a salted manifest");
	if (pass->edge.size > 0 &&
	    memcmp(pass->before, line.salt, MANIFEST_SALT_LEN) >= 0)
		return why(w, ERR_SYNTAX, "not sorted by salt, each once");
	memcpy(pass->before, line.salt, MANIFEST_SALT_LEN);
	if (pass->prover == NULL) {
		enum err err = look(pass, text, &line, w);
		if (err != ERR_OK)
			return err;
	} else {
		prover_leaf(pass->prover, &leaf);
	}
	sha256_add(&pass->sha256, text);
	sha256_add(&pass->sha256, span_of("\n", 1));
	(void)tree_append(&pass->edge, &leaf, made);
	return ERR_OK;
}

static enum err
run_pass(struct pass *pass, struct why *w)
{
	const char *path = pass->d->path;
	struct line_reader *reader = NULL;
	struct span text = SPAN_EMPTY;
	char place[32];
	enum err err = line_reader_new(path, &reader, w);

	if (err != ERR_OK)
		return err;
	sha256_init(&pass->sha256);
	while (err == ERR_OK) {
		err = line_reader_next(reader, &text, w);
		if (err != ERR_OK || text.data == NULL)
			break;
		err = line_reader_is_ended(reader)
		    ? take_line(pass, text, w)
		    : why(w, ERR_SYNTAX, "not ended by a newline");
		if (err == ERR_OK)
			continue;
		(void)snprintf(place, sizeof(place), "line %" PRIu64,
		    line_reader_number(reader));
		why_prefix(w, place);
		why_prefix(w, path);
	}
	line_reader_free(reader);
	return err;
}

/* ---- both passes ---- */

static int
by_index(const void *a, const void *b)
{
	const struct disclosing_file *left = a;
	const struct disclosing_file *right = b;

	if (left->index == right->index)
		return 0;
	return left->index < right->index ? -1 : 1;
}

/* All are there; by index, each line once. */
static enum err
settle(struct disclosing *d, struct why *w)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->count; i++) {
		if (!d->files[i].has_line)
			return why(w, ERR_NOT_FOUND, "%s: not in the set %s",
			    d->files[i].what, d->path);
	}
	if (d->count > 1)
		qsort(d->files, d->count, sizeof(*d->files), by_index);
	for (size_t i = 0; i < d->count; i++) {
		if (kept == 0 || d->files[kept - 1].index != d->files[i].index)
			d->files[kept++] = d->files[i];
	}
	d->count = kept;
	return ERR_OK;
}

static enum err
take_proofs(struct disclosing *d, const struct prover *prover, struct why *w)
{
	struct opening *all =
	    arena_take(d->session->arena, d->count, sizeof(*all));

	if (all == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < d->count; i++) {
		all[i].line = d->files[i].line;
		all[i].index = d->files[i].index;
		all[i].size = d->size;
		all[i].proof = prover_proof(prover, i);
	}
	d->openings = (struct openings){ .count = d->count, .all = all };
	/* what is given away has been checked */
	return opening_verify(&d->openings, &d->root, w);
}

static enum err
prove(struct disclosing *d, struct why *w)
{
	struct pass pass = { .d = d };
	uint64_t *indices =
	    arena_take(d->session->arena, d->count, sizeof(*indices));

	if (indices == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < d->count; i++)
		indices[i] = d->files[i].index;
	pass.prover = prover_new(indices, d->count, d->size);
	if (pass.prover == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err = run_pass(&pass, w);
	if (err == ERR_OK) {
		struct hash sha256 = sha256_done(&pass.sha256);
		if (!hash_equal(&sha256, &d->sha256))
			err = why(w, ERR_REFUSED,
			    "%s: changed while it was read", d->path);
	}
	if (err == ERR_OK)
		err = take_proofs(d, pass.prover, w);
	prover_free(pass.prover);
	return err;
}

enum err
disclosing_make(struct disclosing *d, struct why *w)
{
	struct pass pass = { .d = d };
	enum err err = run_pass(&pass, w);

	if (err != ERR_OK)
		return err;
	d->sha256 = sha256_done(&pass.sha256);
	d->root = tree_edge_root(&pass.edge);
	d->size = pass.edge.size;
	err = settle(d, w);
	return err == ERR_OK ? prove(d, w) : err;
}

void
disclosing_print(const struct disclosing *d, struct writer *w)
{
	writer_text(w, "{\"digest\":{");
	hash_print_member(&d->root, "merkleTreeHash", w);
	hash_print_member(&d->sha256, "sha256", w);
	writer_text(w, "},\"openings\":[");
	for (size_t i = 0; i < d->openings.count; i++) {
		writer_comma(w);
		opening_print(&d->openings.all[i], w);
	}
	writer_text(w, "]}\n");
}
