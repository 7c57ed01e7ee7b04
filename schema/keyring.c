#include "schema/keyring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "schema/member.h"
#include "schema/note.h"
#include "schema/record.h"

/* Lines of at least this many bytes, with their LF, share the room. */
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
	struct sha256 sum;  /* of lines in the record */
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
read_signers(json_value *signers, const struct digest_set *set,
    struct keyring *keyring, struct why *w)
{
	struct reading reading = { .bytes = 0 };

	sha256_init(&reading.sum);
	for (size_t i = 0; i < keyring->count; i++) {
		struct span line;
		enum err err = json_element_text(signers, i, &line)
		    ? read_line(&reading, line, &keyring->members[i], w)
		    : why(w, ERR_SYNTAX, "a string is needed");
		if (err == ERR_OK && reading.bytes > KEYRING_LINES_MAX)
			err = why(w, ERR_LIMIT,
			    "the lines have more than %zu bytes",
			    KEYRING_LINES_MAX);
		if (err != ERR_OK)
			return object_within(
			    w, err, "predicate.signers[%zu]", i);
		sha256_add(&reading.sum, line);
		sha256_add(&reading.sum, span_of_text("\n"));
	}
	struct hash sum = sha256_done(&reading.sum);
	struct digest digest = digest_sha256(&sum);
	if (set->count != 1 || !digest_equal(&set->digests[0], &digest))
		return why(w, ERR_SYNTAX,
		    "subject[0].digest: not the sha256 of the lines");
	return sort_members(keyring, w);
}

/* ---- lines beside it ---- */

static enum err
read_text(struct span text, struct keyring *keyring, struct why *w)
{
	struct reading reading = { .bytes = 0 };
	struct span line;

	for (size_t i = 0; text.len > 0; i++) {
		enum err err = span_cut(&text, '\n', &line)
		    ? read_line(&reading, line, &keyring->members[i], w)
		    : why(w, ERR_SYNTAX, "it does not end in LF");
		if (err != ERR_OK)
			return object_within(
			    w, err, KEYRING_ATTACHMENT ":%zu", i + 1);
	}
	return sort_members(keyring, w);
}

static enum err
load_text(const struct keyring_source *source,
    const struct attachment *attachment, struct writer *text, struct why *w)
{
	size_t len = (size_t)attachment->size;

	if (source == NULL)
		return why(w, ERR_MISSING,
		    "its lines lie beside it, and are not at hand");
	enum err err =
	    source->load(source->context, &attachment->sha256, len, text, w);
	if (err == ERR_OK)
		err = writer_end(text);
	if (err != ERR_OK)
		return err;
	struct hash sum = sha256_of(writer_view(text));
	if (text->len != len || !hash_equal(&sum, &attachment->sha256))
		return why(w, ERR_MISMATCH,
		    KEYRING_ATTACHMENT ": not the bytes that were signed");
	return ERR_OK;
}

static struct keyring *
keyring_new(size_t count)
{
	struct keyring *keyring =
	    calloc(1, sizeof(*keyring) + count * sizeof(keyring->members[0]));

	if (keyring != NULL)
		keyring->count = count;
	return keyring;
}

static struct keyring *
copy_of(const struct keyring *keyring)
{
	struct keyring *copy = keyring_new(keyring->count);

	if (copy != NULL)
		memcpy(copy, keyring,
		    sizeof(*keyring) +
			keyring->count * sizeof(keyring->members[0]));
	return copy;
}

/* That there is no memory for it costs time, and nothing else. */
static void
remember(struct keyring_memo *memo, const struct hash *sha256,
    const struct keyring *keyring)
{
	if (memo == NULL)
		return;
	keyring_memo_done(memo);
	*memo = (struct keyring_memo){ *sha256, copy_of(keyring) };
}

void
keyring_memo_done(struct keyring_memo *memo)
{
	keyring_free(memo->keyring);
	memo->keyring = NULL;
}

static enum err
read_beside(const struct attachment *attachment,
    const struct keyring_source *source, struct keyring **ret, struct why *w)
{
	struct keyring_memo *memo = source == NULL ? NULL : source->memo;

	if (memo != NULL && memo->keyring != NULL &&
	    hash_equal(&memo->sha256, &attachment->sha256)) {
		*ret = copy_of(memo->keyring);
		return *ret == NULL
		    ? why(w, ERR_MEMORY, "keyring: out of memory")
		    : ERR_OK;
	}
	struct writer text = writer_heap(KEYRING_BLOB_MAX);
	enum err err = load_text(source, attachment, &text, w);
	size_t count = 0;

	if (err == ERR_OK) {
		struct span view = writer_view(&text);
		for (size_t i = 0; i < view.len; i++)
			count += view.data[i] == '\n';
		*ret = keyring_new(count);
		err = *ret == NULL
		    ? why(w, ERR_MEMORY, "keyring: out of memory")
		    : read_text(view, *ret, w);
	}
	writer_done(&text);
	if (err == ERR_OK)
		remember(memo, &attachment->sha256, *ret);
	return err;
}

/* ---- the record ---- */

/* One spelling: what fits into the record stands there. */
static enum err
check_attachment(const struct record *record, struct why *w)
{
	const struct digest_set *set = &record->statement.subjects[0].digest;
	const struct attachment *one = &record->attachments[0];
	struct digest digest = digest_sha256(&one->sha256);

	if (record->attachment_count != 1 ||
	    !span_is(one->name, KEYRING_ATTACHMENT) ||
	    !span_is(one->media_type, KEYRING_MEDIA_TYPE))
		return why(w, ERR_SYNTAX,
		    "predicate.attachments: one is needed, "
		    "\"" KEYRING_ATTACHMENT "\" of type " KEYRING_MEDIA_TYPE);
	if (one->size <= KEYRING_LINES_MAX || one->size > KEYRING_BLOB_MAX)
		return why(w, ERR_LIMIT,
		    "predicate.attachments[0].size: %zu to %zu bytes lie "
		    "beside "
		    "it, less are `signers`",
		    KEYRING_LINES_MAX + 1, KEYRING_BLOB_MAX);
	if (set->count != 1 || !digest_equal(&set->digests[0], &digest))
		return why(w, ERR_SYNTAX,
		    "subject[0].digest: not the sha256 of the lines");
	return ERR_OK;
}

struct form {
	json_value *signers; /* NULL: they are beside it */
	size_t count;
	bool has_previous;
	struct hash previous;
};

static enum err
read_form(const struct record *record, struct arena *arena, struct form *ret,
    struct why *w)
{
	struct object o =
	    object_of(record->statement.predicate, "predicate", w);
	const struct resource *subject = &record->statement.subjects[0];
	size_t ignored;

	if (record->attachment_count > 0)
		(void)object_array(
		    &o, "attachments", 1, ATTACHMENTS_MAX, &ignored);
	else
		ret->signers =
		    object_array(&o, "signers", 0, LINES_MAX, &ret->count);
	ret->has_previous =
	    member_citation(&o, "previous", arena, &ret->previous);
	enum err err = object_end(&o);
	if (err != ERR_OK)
		return err;
	if (!note_is_name(record->name) || subject->member_count != 2)
		return why(w, ERR_SYNTAX,
		    "subject[0]: the log's origin as name and a digest, and "
		    "nothing else, are needed");
	return ret->signers == NULL ? check_attachment(record, w) : ERR_OK;
}

static enum err
read_members(const struct record *record, const struct form *form,
    const struct keyring_source *source, struct keyring **ret, struct why *w)
{
	const struct digest_set *set = &record->statement.subjects[0].digest;

	if (form->signers == NULL)
		return read_beside(&record->attachments[0], source, ret, w);
	*ret = keyring_new(form->count);
	if (*ret == NULL)
		return why(w, ERR_MEMORY, "keyring: out of memory");
	return read_signers(form->signers, set, *ret, w);
}

static enum err
read_keyring(const struct record *record, struct arena *arena,
    const struct keyring_source *source, struct keyring **ret, struct why *w)
{
	struct form form = { .signers = NULL };
	struct keyring *keyring = NULL;
	enum err err = read_form(record, arena, &form, w);

	if (err == ERR_OK)
		err = read_members(record, &form, source, &keyring, w);
	if (err != ERR_OK) {
		keyring_free(keyring);
		return err;
	}
	assert(keyring != NULL);
	memcpy(keyring->origin, record->name.data, record->name.len);
	keyring->has_previous = form.has_previous;
	keyring->previous = form.previous;
	*ret = keyring;
	return ERR_OK;
}

static enum err
parse_record(struct span payload, const struct keyring_source *source,
    struct arena *arena, struct keyring **ret, struct why *w)
{
	struct record record;
	enum err err = record_parse(payload, arena, &record, w);

	if (err != ERR_OK)
		return err;
	err = record.kind == RECORD_KEYRING
	    ? read_keyring(&record, arena, source, ret, w)
	    : why(w, ERR_SYNTAX, "predicateType: a keyring is needed");
	record_done(&record);
	return err;
}

enum err
keyring_parse(struct span payload, const struct keyring_source *source,
    struct keyring **ret, struct why *w)
{
	struct arena *arena = arena_new((size_t)1 << 20);

	if (arena == NULL)
		return why(w, ERR_MEMORY, "keyring: out of memory");
	enum err err = parse_record(payload, source, arena, ret, w);
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
