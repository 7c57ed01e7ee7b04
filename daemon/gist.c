#include "daemon/gist.h"

#include "schema/ssh_key.h"

#define ATTACHMENT_LEN (HASH_LEN + 8 + 1) /* packed */

static struct span
take_text_u8(struct reader *r)
{
	return reader_take(r, reader_u8(r));
}

static struct span
take_text_u16(struct reader *r)
{
	return reader_take(r, reader_u16(r));
}

/* One of `count` values of an enum. */
static unsigned
take_word(struct reader *r, unsigned count)
{
	unsigned word = reader_u8(r);

	reader_require(r, word < count);
	return word < count ? word : 0;
}

static struct gist_advisory
take_advisory(struct reader *r)
{
	struct gist_advisory a = { .has_fixed_in = false };

	a.reason = (enum advisory_reason)take_word(r, ADVISORY_REASONS);
	a.severity = (enum advisory_severity)take_word(r, ADVISORY_SEVERITIES);
	a.action = (enum advisory_action)take_word(r, ADVISORY_ACTIONS);
	a.status = (enum advisory_status)take_word(r, ADVISORY_STATUSES);
	if (a.status != ADVISORY_NO_STATUS)
		reader_copy(r, a.in_reply_to.bytes, HASH_LEN);
	a.has_fixed_in = take_word(r, 2) != 0;
	if (a.has_fixed_in)
		a.fixed_in = digest_read(r);
	return a;
}

static void
take_complete(struct reader *r, struct gist *gist)
{
	gist->complete_count = reader_u8(r);
	gist->complete = r->rest;
	for (size_t i = 0; i < gist->complete_count; i++)
		(void)take_text_u8(r);
	gist->complete.len -= r->rest.len;
}

static void
take_attachments(struct reader *r, struct gist *gist)
{
	gist->attachment_count = reader_u8(r);
	reader_require(r, gist->attachment_count <= ATTACHMENTS_MAX);
	gist->attachments =
	    reader_take(r, gist->attachment_count * ATTACHMENT_LEN);
}

static void
take_references(struct reader *r, struct gist *gist)
{
	gist->reference_count = reader_u16(r);
	reader_require(r, gist->reference_count <= GIST_REFERENCES_MAX);
	gist->references = reader_take(r, reader_u32(r));
}

enum err
gist_unpack(struct span packed, struct gist *ret)
{
	struct reader r = reader_of(packed);
	struct gist gist = { .kind = RECORD_OTHER };

	reader_require(&r, reader_u8(&r) == GIST_VERSION);
	gist.kind = (enum record_kind)take_word(&r, RECORD_KINDS);
	gist.disclosure = (enum disclosure)take_word(&r, DISCLOSURES);
	gist.principal = take_text_u8(&r);
	gist.version = take_text_u8(&r);
	gist.license = take_text_u16(&r);
	gist.name = take_text_u16(&r);
	if (gist.kind == RECORD_WITHDRAWAL)
		reader_copy(&r, gist.withdraws.bytes, HASH_LEN);
	if (gist.kind == RECORD_ADVISORY)
		gist.advisory = take_advisory(&r);
	gist.subject_count = reader_u16(&r);
	gist.subjects = reader_take(&r, reader_u32(&r));
	gist.input_count = reader_u16(&r);
	gist.inputs = reader_take(&r, reader_u32(&r));
	take_complete(&r, &gist);
	take_attachments(&r, &gist);
	take_references(&r, &gist);
	/* it came from our own disk: a bad one is damage, not bad input */
	if (reader_end(&r) != ERR_OK)
		return ERR_CORRUPT;
	*ret = gist;
	return ERR_OK;
}

static bool
take_artifact(struct reader *r, struct gist_artifact *ret)
{
	unsigned flags;

	if (reader_is_empty(r))
		return false;
	*ret = (struct gist_artifact){ .is_part = false };
	flags = reader_u8(r);
	reader_require(r, flags <= GIST_FLAGS);
	ret->name = take_text_u16(r);
	ret->role = take_text_u8(r);
	ret->is_part = (flags & GIST_PART) != 0;
	ret->is_again = (flags & GIST_AGAIN) != 0;
	ret->makes_edge = (flags & GIST_EDGE) != 0;
	ret->has_node = (flags & GIST_NODE) != 0;
	ret->has_citation = (flags & GIST_CITATION) != 0;
	reader_require(r, ret->has_node || !ret->makes_edge);
	if (ret->has_node)
		ret->node = digest_read(r);
	if (ret->has_citation)
		reader_copy(r, ret->citation.bytes, HASH_LEN);
	return true;
}

bool
gist_subject_next(struct reader *r, struct gist_artifact *ret)
{
	if (!take_artifact(r, ret))
		return false;
	ret->digest_count = reader_u8(r);
	ret->digests = r->rest;
	for (size_t i = 0; i < ret->digest_count; i++)
		(void)digest_read(r);
	ret->digests.len -= r->rest.len;
	return r->err == ERR_OK;
}

bool
gist_input_next(struct reader *r, struct gist_artifact *ret)
{
	return take_artifact(r, ret) && r->err == ERR_OK;
}

bool
gist_digest_next(struct reader *r, struct digest *ret)
{
	if (reader_is_empty(r))
		return false;
	*ret = digest_read(r);
	return r->err == ERR_OK;
}

bool
gist_attachment_next(struct reader *r, struct gist_attachment *ret)
{
	unsigned flags;

	if (reader_is_empty(r))
		return false;
	reader_copy(r, ret->sha256.bytes, HASH_LEN);
	ret->size = reader_u64(r);
	flags = reader_u8(r);
	reader_require(
	    r, flags <= GIST_ATTACHMENT_FLAGS && flags != GIST_SALTED);
	ret->is_manifest = (flags & GIST_MANIFEST) != 0;
	ret->is_salted = (flags & GIST_SALTED) != 0;
	return r->err == ERR_OK;
}

bool
gist_reference_next(struct reader *r, struct gist_reference *ret)
{
	unsigned what;

	if (reader_is_empty(r))
		return false;
	what = reader_u8(r);
	reader_require(r, what > 0 && what < GIST_REFERENCE_WHATS);
	ret->what = (enum gist_reference_what)what;
	ret->digest = digest_read(r);
	return r->err == ERR_OK;
}

struct digest
gist_source(struct span source)
{
	struct hash hash = sha256_of(source);

	return digest_sha256(&hash);
}

bool
gist_refers(const struct gist *gist, const struct gist_reference *to)
{
	struct reader r = reader_of(gist->references);
	struct gist_reference one;

	while (gist_reference_next(&r, &one))
		if (one.what == to->what &&
		    digest_equal(&one.digest, &to->digest))
			return true;
	return false;
}

bool
gist_is_complete(const struct gist *gist, struct span role)
{
	struct reader r = reader_of(gist->complete);

	for (size_t i = 0; i < gist->complete_count; i++)
		if (span_equal(take_text_u8(&r), role))
			return true;
	return false;
}

/* How an entry in normal form ends (FORMATS 1.1). */
static const char tail_before[] = "{\"keyid\":\"";
static const char tail_between[] = "\",\"sig\":\"";
static const char tail_after[] = "\"}]}";
#define SIGNATURE_LEN TEXT_BASE64_LEN(KEY_SIGNATURE_LEN)

size_t
gist_tail_len(void)
{
	return sizeof(tail_before) - 1 + SSH_FINGERPRINT_LEN +
	    sizeof(tail_between) - 1 + SIGNATURE_LEN + sizeof(tail_after) - 1;
}

bool
gist_keyid(struct span entry, struct span *ret)
{
	size_t tail_len = gist_tail_len();

	if (entry.len < tail_len)
		return false;
	struct reader r =
	    reader_of(span_part(entry, entry.len - tail_len, tail_len));
	reader_expect(&r, tail_before);
	struct span keyid = reader_take(&r, SSH_FINGERPRINT_LEN);
	reader_expect(&r, tail_between);
	(void)reader_take(&r, SIGNATURE_LEN);
	reader_expect(&r, tail_after);
	if (reader_end(&r) != ERR_OK)
		return false;
	*ret = keyid;
	return true;
}
