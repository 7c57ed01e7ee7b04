/*
 * One record by its id: the entry, what it says, its proof.  Exact at once: no
 * answer here waits for the index.
 */
#include "daemon/answer.h"
#include "daemon/prove.h"
#include "daemon/store_log.h"
#include "schema/envelope.h"

static enum err
find_record(struct request *request, struct hash *ret_id,
    uint64_t *ret_position, struct why *w)
{
	enum err err;

	if (!hash_parse(request->segments[0], ret_id))
		return why(w, ERR_SYNTAX,
		    "id: exactly 64 lower-case hex digits are a record's id");
	err = ledger_find(request->ledger, ret_id, ret_position);
	if (err == ERR_NOT_FOUND)
		return why(w, err, "record: none with this id");
	return err;
}

/* The entry, hashed again; borrows the transaction. */
static enum err
get_entry(struct txn *txn, uint64_t position, const struct hash *id,
    struct span *ret, struct why *w)
{
	struct log_entry entry;

	if (!store_log_get_checked(txn, position, &entry) ||
	    !hash_equal(&entry.leaf, id)) {
		txn_fail(txn, ERR_CORRUPT);
		return txn->err;
	}
	if (entry.is_withheld)
		return answer_withheld(txn, position, w);
	*ret = entry.entry;
	return ERR_OK;
}

static enum err
put_record(struct request *request, struct reply *reply, struct why *w)
{
	struct hash id = { { 0 } };
	struct span entry = SPAN_EMPTY;
	uint64_t position = 0;
	enum err err = find_record(request, &id, &position, w);
	struct txn txn;

	if (err != ERR_OK)
		return err;
	txn = store_begin(request->ledger->log, TXN_READ);
	err = get_entry(&txn, position, &id, &entry, w);
	if (err == ERR_OK)
		writer_span(&reply->body, entry);
	txn_abort(&txn);
	reply->media_type = REPLY_DSSE;
	reply->cache = REPLY_IMMUTABLE;
	return err;
}

enum served
serve_record(struct request *request, struct reply *reply)
{
	return answer_now(request, reply, put_record);
}

static enum err
put_statement(struct request *request, struct reply *reply, struct why *w)
{
	struct hash id = { { 0 } };
	struct span entry = SPAN_EMPTY;
	struct span payload = SPAN_EMPTY;
	uint64_t position = 0;
	enum err err = find_record(request, &id, &position, w);
	struct txn txn;

	if (err != ERR_OK)
		return err;
	txn = store_begin(request->ledger->log, TXN_READ);
	err = get_entry(&txn, position, &id, &entry, w);
	if (err == ERR_OK)
		err = answer_payload(entry, request->arena, &payload);
	if (err == ERR_OK)
		writer_span(&reply->body, payload);
	txn_abort(&txn);
	reply->media_type = ENVELOPE_PAYLOAD_TYPE;
	reply->cache = REPLY_IMMUTABLE;
	return err;
}

enum served
serve_record_statement(struct request *request, struct reply *reply)
{
	return answer_now(request, reply, put_statement);
}

static enum err
put_proof(struct request *request, struct reply *reply, struct why *w)
{
	struct hash id = { { 0 } };
	uint64_t position = 0;
	struct published_head head;
	enum err err = find_record(request, &id, &position, w);
	struct txn txn;

	if (err != ERR_OK)
		return err;
	/* after it was found: the head only grows, so it holds the record */
	published_get(request->ledger->published, &head);
	txn = store_begin(request->ledger->log, TXN_READ);
	err = prove_tlog(&txn, position, &head, &reply->body);
	if (err == ERR_WITHHELD)
		err = answer_withheld(&txn, position, w);
	txn_abort(&txn);
	reply->media_type = REPLY_TEXT;
	reply->cache = REPLY_NO_CACHE;
	return err;
}

enum served
serve_record_proof(struct request *request, struct reply *reply)
{
	return answer_now(request, reply, put_proof);
}
