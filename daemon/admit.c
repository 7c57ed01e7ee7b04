#include "daemon/admit.h"

#include <assert.h>
#include <string.h>

#include "daemon/gist.h"
#include "schema/judge.h"
#include "schema/tree.h"

/* The entry in its normal form; its length is known from the payload's. */
static enum err
print_entry(
    const struct envelope *envelope, struct arena *arena, struct span *ret)
{
	size_t cap =
	    ENVELOPE_FRAME_LEN + TEXT_BASE64_LEN(envelope->payload.len);
	void *buffer = arena_take(arena, cap, 1);

	if (buffer == NULL)
		return ERR_MEMORY;
	struct writer out = writer_of(buffer, cap);
	envelope_print(envelope, &out);
	*ret = writer_view(&out);
	return writer_end(&out);
}

static enum err
pack(const struct record *record, const char *principal, struct arena *arena,
    struct span *ret)
{
	struct writer out = writer_heap(GIST_LEN_MAX);

	gist_pack(record, principal, &out);
	enum err err = writer_end(&out);
	if (err == ERR_OK) {
		*ret = arena_copy(arena, writer_view(&out));
		err = ret->data == NULL ? ERR_MEMORY : ERR_OK;
	}
	writer_done(&out);
	return err;
}

/* What is kept of a record that was judged. */
static enum err
keep(const struct envelope *envelope, const struct record *record,
    const struct keyring_member *member, struct arena *arena,
    struct admitted *ret)
{
	enum err err = print_entry(envelope, arena, &ret->entry);

	if (err == ERR_OK)
		err = pack(record, member->principal, arena, &ret->gist);
	if (err != ERR_OK)
		return err;
	ret->name = arena_copy(arena, record->name);
	if (ret->name.data == NULL)
		return ERR_MEMORY;
	ret->id = tree_leaf(ret->entry);
	memcpy(ret->keyid, member->keyid, sizeof(ret->keyid));
	memcpy(ret->principal, member->principal, sizeof(ret->principal));
	return ERR_OK;
}

static enum err
judge(const struct signers_view *view, const struct envelope *envelope,
    struct arena *arena, struct admitted *ret, struct why *w)
{
	const struct keyring_member *member = NULL;
	struct record record;

	enum err err = record_parse(envelope->payload, arena, &record, w);
	if (err != ERR_OK)
		return err;
	if (record.kind == RECORD_KEYRING)
		err = why(w, ERR_REFUSED,
		    "predicateType: only the log itself makes keyring records");
	else
		err = judge_entry(view->keyring, envelope, &record, &member, w);
	if (err == ERR_OK) {
		assert(member != NULL);
		ret->keyring = view->position;
		err = keep(envelope, &record, member, arena, ret);
		if (err != ERR_OK)
			err = why(w, err, "envelope: too large to be kept (%s)",
			    err_text(err));
	}
	record_done(&record);
	return err;
}

enum err
admit(struct signers *signers, struct span body, struct arena *arena,
    struct admitted *ret, struct why *w)
{
	struct envelope envelope;
	struct admitted admitted = { 0 };

	enum err err = envelope_parse(body, arena, &envelope, w);
	if (err != ERR_OK)
		return err;
	const struct signers_view *view = signers_hold(signers);
	if (view == NULL)
		return why(w, ERR_BUSY,
		    "the log has no keyring yet, try again in a moment");
	err = judge(view, &envelope, arena, &admitted, w);
	signers_let_go(signers, view);
	if (err == ERR_OK)
		*ret = admitted;
	return err;
}

enum err
admitted_keep(struct admitted *admitted, struct arena *arena)
{
	struct span *spans[] = {
		&admitted->entry,
		&admitted->gist,
		&admitted->name,
	};

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		*spans[i] = arena_copy(arena, *spans[i]);
		if (spans[i]->data == NULL)
			return ERR_MEMORY;
	}
	return ERR_OK;
}

enum err
admit_again(const struct keyring *keyring, const struct admitted *admitted,
    struct why *w)
{
	const struct keyring_member *member =
	    keyring_find(keyring, admitted->keyid);

	if (member == NULL)
		return why(w, ERR_REFUSED,
		    "keyid: %s left the keyring before the record was logged",
		    admitted->keyid);
	/* the name was bound to the old principal, so to this one too */
	if (strcmp(member->principal, admitted->principal) != 0)
		return why(w, ERR_REFUSED,
		    "keyid: %s belongs to %s now, no longer to %s",
		    admitted->keyid, member->principal, admitted->principal);
	return ERR_OK;
}
