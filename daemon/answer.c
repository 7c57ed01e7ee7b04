#include "daemon/answer.h"

#include <string.h>

#include "daemon/log.h"
#include "schema/envelope.h"
#include "schema/text.h"

static enum served
finish(const struct request *request, struct reply *reply, enum err err,
    const struct why *w)
{
	if (err == ERR_OK)
		err = writer_end(&reply->body);
	if (err == ERR_OK)
		return SERVED;
	if (err_class(err) == ERR_CLASS_FAULT ||
	    err_class(err) == ERR_CLASS_CORRUPT)
		log_event(LOG_ERROR, "not-answered",
		    LOG_SPAN("path", request->path),
		    LOG_TEXT("error", err_name(err)));
	reply_error(reply, err, w);
	return SERVED;
}

enum served
answer_now(struct request *request, struct reply *reply, answer_put *put)
{
	struct why w = { .text = "" };

	return finish(request, reply, put(request, reply, &w), &w);
}

enum served
answer_from_index(struct request *request, struct reply *reply, answer_put *put)
{
	struct why w = { .text = "" };
	bool is_later = false;
	enum err err = serve_wait_index(request, &is_later, &w);

	if (err == ERR_OK && is_later)
		return SERVED_LATER;
	if (err == ERR_OK && request->is_hasty)
		return SERVED_AWAY;
	if (err == ERR_OK)
		err = put(request, reply, &w);
	return finish(request, reply, err, &w);
}

struct view
answer_view(const struct request *request)
{
	struct ledger *ledger = request->ledger;
	uint64_t published = published_size(ledger->published);

	return view_open(ledger->log, ledger->index, published);
}

enum err
answer_payload(struct span entry, struct arena *arena, struct span *ret)
{
	struct envelope envelope;
	enum err err = envelope_parse_entry(entry, arena, &envelope, NULL);

	if (err == ERR_MEMORY)
		return err;
	if (err != ERR_OK)
		return ERR_CORRUPT;
	*ret = envelope.payload;
	return ERR_OK;
}

enum err
answer_withheld(struct txn *log, uint64_t position, struct why *w)
{
	struct span reason = store_log_reason(log, position);

	return why(w, ERR_WITHHELD,
	    "entry %llu: withheld by the operator of this log%s%.*s",
	    (unsigned long long)position, reason.len > 0 ? ": " : "",
	    SPAN_ARGS(reason));
}

enum err
answer_take_as(const struct request *request, struct span *ret, struct why *w)
{
	struct span as = SPAN_EMPTY;

	if (request_query(request, "as", &as) && !text_is_principal(as))
		return why(w, ERR_SYNTAX,
		    "as: a principal: [a-z0-9._@-], at most %d",
		    TEXT_PRINCIPAL_MAX);
	*ret = as;
	return ERR_OK;
}

/* A name has slashes, a version has none. */
enum err
answer_take_release(struct span whole, struct span *ret_name,
    struct span *ret_version, struct why *w)
{
	struct span name;
	struct span version;
	size_t cut = whole.len;

	while (cut > 0 && whole.data[cut - 1] != '/')
		cut--;
	name = span_part(whole, 0, cut > 0 ? cut - 1 : 0);
	version = span_part(whole, cut, whole.len);
	if (!text_is_name(name) || !text_is_version(version))
		return why(w, ERR_SYNTAX,
		    "release: <principal>/<path>/<version> is a release");
	*ret_name = name;
	*ret_version = version;
	return ERR_OK;
}

enum err
answer_take_artifact(struct span segment, struct digest *ret, struct why *w)
{
	struct digest digest;
	enum err err = digest_parse(segment, &digest, w);

	if (err != ERR_OK)
		return err;
	if (digest.algorithm == DIGEST_TLOG_LEAF)
		return why(w, ERR_SYNTAX,
		    "digest: tlogLeaf names a record, not an artifact; ask "
		    "/v1/records/<id>");
	*ret = digest;
	return ERR_OK;
}

enum err
answer_take_file(struct span segment, struct hash *ret, struct why *w)
{
	struct digest digest;
	enum err err = digest_parse(segment, &digest, w);

	if (err != ERR_OK)
		return err;
	if (digest.algorithm != DIGEST_SHA256)
		return why(w, ERR_SYNTAX,
		    "digest: sha256:<hex> of the file; manifests have no "
		    "other digests");
	memcpy(ret->bytes, digest.bytes, HASH_LEN);
	return ERR_OK;
}

enum err
answer_take_auditors(const struct request *request, const struct span **ret,
    size_t *ret_count, struct why *w)
{
	struct span *all =
	    arena_take(request->arena, DOSSIER_AUDITORS_MAX, sizeof(*all));
	bool is_last = false;
	struct span rest;
	struct span one;

	*ret_count = 0;
	*ret = all;
	if (all == NULL)
		return ERR_MEMORY;
	if (!request_query(request, "auditors", &rest))
		return ERR_OK;
	for (; !is_last; (*ret_count)++) {
		is_last = !span_cut(&rest, ':', &one);
		if (is_last)
			one = rest;
		if (!text_is_principal(one) ||
		    *ret_count == DOSSIER_AUDITORS_MAX)
			return why(w, ERR_SYNTAX,
			    "auditors: at most %d principals with : "
			    "between them",
			    DOSSIER_AUDITORS_MAX);
		all[*ret_count] = one;
	}
	return ERR_OK;
}
