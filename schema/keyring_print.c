#include "schema/keyring.h"

#include <stdlib.h>
#include <string.h>

#include "schema/record.h"

/* Lines of at least this many bytes, with their LF, share the room. */
#define LINE_LEN_MIN (1 + 1 + SSH_LINE_LEN + 1)
#define LINES_MAX (KEYRING_BLOB_MAX / LINE_LEN_MIN)
#define ARENA_MAX ((size_t)32 << 20) /* signers and lines, and them sorted */

static int
compare_keys(const void *a, const void *b)
{
	const struct ssh_signer *left = a;
	const struct ssh_signer *right = b;

	return memcmp(left->key.bytes, right->key.bytes, KEY_PUBLIC_LEN);
}

static int
compare_lines(const void *a, const void *b)
{
	const struct span *left = a;
	const struct span *right = b;

	return span_compare(*left, *right);
}

/* One key, one principal: a signature says who signed, or it says nothing. */
static enum err
check_keys(const struct ssh_signer *signers, size_t count, struct arena *arena)
{
	struct ssh_signer *sorted = arena_take(arena, count, sizeof(*sorted));

	if (sorted == NULL)
		return ERR_MEMORY;
	if (count > 0)
		memcpy(sorted, signers, count * sizeof(*sorted));
	if (count > 1)
		qsort(sorted, count, sizeof(*sorted), compare_keys);
	for (size_t i = 1; i < count; i++) {
		if (compare_keys(&sorted[i - 1], &sorted[i]) == 0)
			return ERR_CONFLICT;
	}
	return ERR_OK;
}

struct lines {
	struct span *all; /* sorted as bytes */
	size_t count;
	size_t bytes; /* with their LFs */
	struct hash sum;
};

static enum err
make_line(
    const struct ssh_signer *signer, struct arena *arena, struct span *ret)
{
	char text[TEXT_PRINCIPAL_MAX + 1 + SSH_LINE_LEN];
	struct writer w = writer_of(text, sizeof(text));

	writer_span(&w, signer->principal);
	writer_u8(&w, ' ');
	ssh_public_print(&signer->key, &w);
	if (!text_is_principal(signer->principal) || writer_end(&w) != ERR_OK)
		return ERR_SYNTAX;
	*ret = arena_copy(arena, writer_view(&w));
	return ret->data == NULL ? ERR_MEMORY : ERR_OK;
}

static enum err
make_lines(
    const struct keyring_terms *terms, struct arena *arena, struct lines *ret)
{
	struct span *all = arena_take(arena, terms->count, sizeof(*all));
	struct sha256 sum;
	size_t bytes = 0;

	if (all == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < terms->count; i++) {
		enum err err = make_line(&terms->signers[i], arena, &all[i]);
		if (err != ERR_OK)
			return err;
		bytes += all[i].len + 1;
	}
	if (bytes > KEYRING_BLOB_MAX)
		return ERR_LIMIT;
	if (terms->count > 1)
		qsort(all, terms->count, sizeof(*all), compare_lines);
	sha256_init(&sum);
	for (size_t i = 0; i < terms->count; i++) {
		sha256_add(&sum, all[i]);
		sha256_add(&sum, span_of_text("\n"));
	}
	*ret = (struct lines){ all, terms->count, bytes, sha256_done(&sum) };
	return ERR_OK;
}

static void
print_signers(const struct lines *lines, struct writer *w)
{
	writer_text(w, "\"signers\":[");
	for (size_t i = 0; i < lines->count; i++) {
		writer_comma(w);
		writer_json(w, lines->all[i]);
	}
	writer_u8(w, ']');
}

static void
print_attachment(const struct lines *lines, struct writer *w)
{
	writer_text(w,
	    "\"attachments\":[{\"name\":\"" KEYRING_ATTACHMENT
	    "\",\"mediaType\":\"" KEYRING_MEDIA_TYPE
	    "\",\"digest\":{\"sha256\":\"");
	writer_hex(w, hash_span(&lines->sum));
	writer_format(w, "\"},\"size\":\"%zu\"}]", lines->bytes);
}

static void
print(const struct keyring_terms *terms, const struct lines *lines,
    struct writer *w, struct writer *ret_lines)
{
	bool is_beside = lines->bytes > KEYRING_LINES_MAX;

	writer_text(w, "{\"_type\":\"" STATEMENT_TYPE "\",\"subject\":[{");
	writer_member_text(w, "name", span_of_text(terms->origin));
	writer_text(w, ",\"digest\":{\"sha256\":\"");
	writer_hex(w, hash_span(&lines->sum));
	writer_text(w,
	    "\"}}],\"predicateType\":\"" STATEMENT_PREFIX
	    "keyring/v1\",\"predicate\":{");
	if (is_beside)
		print_attachment(lines, w);
	else
		print_signers(lines, w);
	if (terms->previous != NULL) {
		writer_text(w, ",\"previous\":{\"tlogLeaf\":\"");
		writer_hex(w, hash_span(terms->previous));
		writer_text(w, "\"}");
	}
	writer_text(w, "}}");
	for (size_t i = 0; is_beside && i < lines->count; i++) {
		writer_span(ret_lines, lines->all[i]);
		writer_u8(ret_lines, '\n');
	}
}

enum err
keyring_print(const struct keyring_terms *terms, struct writer *payload,
    struct writer *ret_lines)
{
	struct lines lines;

	if (terms->count > LINES_MAX)
		return ERR_LIMIT;
	struct arena *arena = arena_new(ARENA_MAX);
	if (arena == NULL)
		return ERR_MEMORY;
	enum err err = check_keys(terms->signers, terms->count, arena);
	if (err == ERR_OK)
		err = make_lines(terms, arena, &lines);
	if (err == ERR_OK) {
		print(terms, &lines, payload, ret_lines);
		err = writer_end(payload);
	}
	if (err == ERR_OK)
		err = writer_end(ret_lines);
	arena_free(arena);
	return err;
}
