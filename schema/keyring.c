#include "schema/keyring.h"

#include <stdlib.h>
#include <string.h>

#include "schema/member.h"
#include "schema/note.h"
#include "schema/record.h"

/* Lines of at least this many bytes, with their LF, share KEYRING_LINES_MAX. */
#define LINE_LEN_MIN (1 + 1 + SSH_LINE_LEN + 1)
#define LINES_MAX (KEYRING_LINES_MAX / LINE_LEN_MIN)

/* ---- reading ---- */

/* `<principal> ssh-ed25519 <base64>`, in the one spelling it has. */
static enum err
parse_line(struct span line, struct keyring_member *ret, struct why *w)
{
	struct keyring_member member = { .principal = "" };
	struct span rest = line;
	struct span principal;
	char text[SSH_LINE_LEN];
	struct writer back = writer_of(text, sizeof(text));

	if (!span_cut(&rest, ' ', &principal) || !text_is_principal(principal))
		return why(w, ERR_SYNTAX, "a principal and a key are needed");
	enum err err = ssh_public_parse(rest, &member.key, w);
	if (err != ERR_OK)
		return err;
	ssh_public_print(&member.key, &back);
	if (!span_equal(writer_view(&back), rest))
		return why(w, ERR_SYNTAX, "a key without a comment is needed");
	memcpy(member.principal, principal.data, principal.len);
	ssh_fingerprint(&member.key, member.keyid);
	*ret = member;
	return ERR_OK;
}

struct reading {
	struct span before; /* the line before, for the order */
	size_t bytes;	    /* of the lines with their LFs */
	struct sha256 sum;
};

static enum err
read_line(struct reading *reading, struct span line, struct keyring_member *ret,
    struct why *w)
{
	enum err err = parse_line(line, ret, w);

	if (err != ERR_OK)
		return err;
	if (reading->before.len > 0 && span_compare(reading->before, line) >= 0)
		return why(w, ERR_SYNTAX, "not sorted, or there twice");
	reading->before = line;
	reading->bytes += line.len + 1;
	if (reading->bytes > KEYRING_LINES_MAX)
		return why(w, ERR_LIMIT, "the lines have more than %zu bytes",
		    KEYRING_LINES_MAX);
	sha256_add(&reading->sum, line);
	sha256_add(&reading->sum, span_of_text("\n"));
	return ERR_OK;
}

static int
compare_keyids(const void *a, const void *b)
{
	const struct keyring_member *left = a;
	const struct keyring_member *right = b;

	return strcmp(left->keyid, right->keyid);
}

static enum err
sort_members(struct keyring *keyring, struct why *w)
{
	if (keyring->count > 1)
		qsort(keyring->members, keyring->count,
		    sizeof(keyring->members[0]), compare_keyids);
	for (size_t i = 1; i < keyring->count; i++) {
		const struct keyring_member *a = &keyring->members[i - 1];
		const struct keyring_member *b = &keyring->members[i];
		if (strcmp(a->keyid, b->keyid) == 0)
			return why(w, ERR_SYNTAX,
			    "predicate.signers: %s belongs to %s and to %s",
			    a->keyid, a->principal, b->principal);
	}
	return ERR_OK;
}

static enum err
read_lines(json_value *signers, const struct record *record,
    struct keyring *keyring, struct why *w)
{
	struct reading reading = { .bytes = 0 };

	sha256_init(&reading.sum);
	for (size_t i = 0; i < keyring->count; i++) {
		struct span line;
		enum err err = json_element_text(signers, i, &line)
		    ? read_line(&reading, line, &keyring->members[i], w)
		    : why(w, ERR_SYNTAX, "a string is needed");
		if (err != ERR_OK)
			return object_within(
			    w, err, "predicate.signers[%zu]", i);
	}
	struct hash sum = sha256_done(&reading.sum);
	struct digest digest = digest_sha256(&sum);
	const struct digest_set *set = &record->statement.subjects[0].digest;
	if (set->count != 1 || !digest_equal(&set->digests[0], &digest))
		return why(w, ERR_SYNTAX,
		    "subject[0].digest: not the sha256 of the lines");
	return sort_members(keyring, w);
}

static enum err
read_keyring(const struct record *record, struct arena *arena,
    struct keyring **ret, struct why *w)
{
	struct object o =
	    object_of(record->statement.predicate, "predicate", w);
	size_t count;
	json_value *signers = object_array(&o, "signers", 0, LINES_MAX, &count);

	if (o.err != ERR_OK)
		return o.err;
	const struct resource *subject = &record->statement.subjects[0];
	if (!note_is_name(record->name) || subject->member_count != 2)
		return why(w, ERR_SYNTAX,
		    "subject[0]: the log's origin as name and a digest, and "
		    "nothing else, are needed");
	struct keyring *keyring =
	    calloc(1, sizeof(*keyring) + count * sizeof(keyring->members[0]));
	if (keyring == NULL)
		return why(w, ERR_MEMORY, "keyring: out of memory");
	memcpy(keyring->origin, record->name.data, record->name.len);
	keyring->count = count;
	keyring->has_previous =
	    member_citation(&o, "previous", arena, &keyring->previous);
	enum err err = object_end(&o);
	if (err == ERR_OK)
		err = read_lines(signers, record, keyring, w);
	if (err == ERR_OK)
		*ret = keyring;
	else
		keyring_free(keyring);
	return err;
}

static enum err
parse_record(struct span payload, struct arena *arena, struct keyring **ret,
    struct why *w)
{
	struct record record;
	enum err err = record_parse(payload, arena, &record, w);

	if (err != ERR_OK)
		return err;
	err = record.kind == RECORD_KEYRING
	    ? read_keyring(&record, arena, ret, w)
	    : why(w, ERR_SYNTAX, "predicateType: a keyring is needed");
	record_done(&record);
	return err;
}

enum err
keyring_parse(struct span payload, struct keyring **ret, struct why *w)
{
	struct arena *arena = arena_new((size_t)1 << 20);

	if (arena == NULL)
		return why(w, ERR_MEMORY, "keyring: out of memory");
	enum err err = parse_record(payload, arena, ret, w);
	arena_free(arena);
	return err;
}

void
keyring_free(struct keyring *keyring)
{
	free(keyring);
}

/* ---- asking ---- */

const struct keyring_member *
keyring_find(const struct keyring *keyring, const char *keyid)
{
	size_t low = 0;
	size_t high = keyring->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(keyid, keyring->members[middle].keyid);
		if (order == 0)
			return &keyring->members[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

bool
keyring_same_members(const struct keyring *a, const struct keyring *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct keyring_member *left = &a->members[i];
		const struct keyring_member *right = &b->members[i];
		if (strcmp(left->keyid, right->keyid) != 0 ||
		    strcmp(left->principal, right->principal) != 0)
			return false;
	}
	return true;
}

/* ---- writing ---- */

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

/* The lines, sorted as bytes; spans of the arena. */
static enum err
make_lines(const struct ssh_signer *signers, size_t count, struct arena *arena,
    struct span **ret)
{
	struct span *lines = arena_take(arena, count, sizeof(*lines));
	size_t bytes = 0;

	if (lines == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		char text[TEXT_PRINCIPAL_MAX + 1 + SSH_LINE_LEN];
		struct writer w = writer_of(text, sizeof(text));
		writer_span(&w, signers[i].principal);
		writer_u8(&w, ' ');
		ssh_public_print(&signers[i].key, &w);
		if (!text_is_principal(signers[i].principal) ||
		    writer_end(&w) != ERR_OK)
			return ERR_SYNTAX;
		lines[i] = arena_copy(arena, writer_view(&w));
		if (lines[i].data == NULL)
			return ERR_MEMORY;
		bytes += lines[i].len + 1;
	}
	if (bytes > KEYRING_LINES_MAX)
		return ERR_LIMIT;
	if (count > 1)
		qsort(lines, count, sizeof(*lines), compare_lines);
	*ret = lines;
	return ERR_OK;
}

static struct hash
sum_of(const struct span *lines, size_t count)
{
	struct sha256 sum;

	sha256_init(&sum);
	for (size_t i = 0; i < count; i++) {
		sha256_add(&sum, lines[i]);
		sha256_add(&sum, span_of_text("\n"));
	}
	return sha256_done(&sum);
}

static void
print(const char *origin, const struct span *lines, size_t count,
    const struct hash *previous, struct writer *w)
{
	struct hash sum = sum_of(lines, count);

	writer_text(w, "{\"_type\":\"" STATEMENT_TYPE "\",\"subject\":[{");
	writer_member_text(w, "name", span_of_text(origin));
	writer_text(w, ",\"digest\":{\"sha256\":\"");
	writer_hex(w, hash_span(&sum));
	writer_text(w,
	    "\"}}],\"predicateType\":\"" STATEMENT_PREFIX
	    "keyring/v1\",\"predicate\":{\"signers\":[");
	for (size_t i = 0; i < count; i++) {
		writer_comma(w);
		writer_json(w, lines[i]);
	}
	writer_u8(w, ']');
	if (previous != NULL) {
		writer_text(w, ",\"previous\":{\"tlogLeaf\":\"");
		writer_hex(w, hash_span(previous));
		writer_text(w, "\"}");
	}
	writer_text(w, "}}");
}

enum err
keyring_print(const char *origin, const struct ssh_signer *signers,
    size_t count, const struct hash *previous, struct writer *w)
{
	struct span *lines;

	if (count > LINES_MAX)
		return ERR_LIMIT;
	struct arena *arena = arena_new((size_t)1 << 20);
	if (arena == NULL)
		return ERR_MEMORY;
	enum err err = check_keys(signers, count, arena);
	if (err == ERR_OK)
		err = make_lines(signers, count, arena, &lines);
	if (err == ERR_OK) {
		print(origin, lines, count, previous, w);
		err = writer_end(w);
	}
	arena_free(arena);
	return err;
}
