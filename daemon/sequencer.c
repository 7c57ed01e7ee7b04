#include "daemon/sequencer.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "daemon/commit.h"
#include "daemon/fault.h"
#include "daemon/file.h"
#include "daemon/gather.h"
#include "daemon/limits.h"
#include "daemon/log.h"
#include "daemon/metric.h"
#include "daemon/rekey.h"
#include "daemon/sealer.h"
#include "daemon/signer_link.h"
#include "daemon/thread.h"

#define DISK_LOOK_MS 1000   /* while it is full: how often it is looked at */
#define DISK_TELL_MS 10000  /* and told */
#define CLOCK_WARN_MS 10000 /* how often a clock that is behind is told */
#define CLOCK_LOOK_MS 60000 /* a wall clock may jump while we sleep */
#define HELD_UP_NS 5000000  /* one look at an index that lags */
#define WARNINGS_MAX (64 * 1024) /* of allowed_signers */

struct sequencer {
	struct ledger *ledger;
	struct sealer *sealer;
	void (*fail)(void *context, enum err err, const struct why *why);
	void *context;
	pthread_t thread;
	bool is_started;
	atomic_bool must_reload;

	/* of its thread */
	struct tree_edge edge; /* of what is committed */
	uint64_t last_stamp_ms;
	struct rekey rekey;
	struct published_head sealed; /* goes into the next commit */
	uint64_t clock_warned_ms;
	uint64_t disk_told_ms;
	bool is_disk_low;
	char warnings[WARNINGS_MAX];
	struct growth growth;
};

/* ---- one batch ---- */

/* No record is stamped before one that stands below it. */
static uint64_t
stamp(struct sequencer *s)
{
	uint64_t now_ms = clock_now_ms(&s->ledger->clock);

	if (now_ms >= s->last_stamp_ms)
		return now_ms;
	if (clock_is_due(&s->clock_warned_ms, CLOCK_WARN_MS))
		log_event(LOG_WARN, "clock behind",
		    LOG_NUMBER("behind_ms", s->last_stamp_ms - now_ms));
	return s->last_stamp_ms;
}

/* A new keyring comes first.  The one before it is `before`; entry 0 has none and
 * names itself. */
static void
append_keyring(struct sequencer *s, const struct signers_view *before)
{
	struct log_entry entry = {
		.keyring = before == NULL ? 0 : before->position,
		.leaf = s->rekey.id,
		.gist = s->rekey.gist,
		.entry = s->rekey.entry,
	};
	uint64_t position = grow_add(&s->growth, &entry);
	bool has_room = recent_add(s->ledger->recent, &s->rekey.id, position);

	assert(has_room);
}

/* Judged by the new keyring where there is one, else by that in force. */
static enum err
fill(struct sequencer *s, struct submission *taken,
    struct submission **ret_waiters, struct why *w)
{
	const struct signers_view *view = signers_hold(s->ledger->signers);
	struct gather g = {
		.ledger = s->ledger,
		.sealer = s->sealer,
		.growth = &s->growth,
		.keyring = s->rekey.keyring,
		.keyring_position = s->growth.first,
	};

	if (s->rekey.keyring != NULL) {
		append_keyring(s, view);
	} else {
		assert(view != NULL); /* an empty log begins with its keyring */
		g.keyring = view->keyring;
		g.keyring_position = view->position;
	}
	enum err err = gather(&g, taken, w);
	if (view != NULL)
		signers_let_go(s->ledger->signers, view);
	*ret_waiters = g.waiters;
	return err;
}

static enum err
make_durable(struct sequencer *s, struct why *w)
{
	uint64_t before_us = clock_steady_us();

	published_get(s->ledger->published, &s->sealed);
	enum err err = commit(s->ledger->log, &s->growth,
	    span_of(s->sealed.note, s->sealed.note_len));
	if (err != ERR_OK)
		return why(w, err,
		    "log: a commit failed, its outcome is "
		    "unknown");
	metric_add(METRIC_COMMIT_US, clock_steady_us() - before_us);
	metric_add(METRIC_BATCHES, 1);
	s->edge = s->growth.edge;
	s->last_stamp_ms = s->growth.stamp_ms;
	return ERR_OK;
}

static enum err
put_keyring(struct sequencer *s, struct why *w)
{
	if (s->rekey.keyring == NULL)
		return ERR_OK;
	size_t count = s->rekey.keyring->count;
	enum err err =
	    rekey_put(&s->rekey, s->ledger->signers, s->growth.first);
	if (err != ERR_OK)
		return why(w, err, "keyring: out of memory");
	log_event(count == 0 ? LOG_WARN : LOG_INFO, "keyring",
	    LOG_NUMBER("index", s->growth.first), LOG_NUMBER("keys", count));
	return ERR_OK;
}

/* One batch, start to hand-over.  Before commit() nothing has happened; after it
 * the batch is in the log for ever, even if this process stops right here. */
static enum err
sequence(struct sequencer *s, struct submission **waiters, struct why *w)
{
	struct submission *taken = *waiters;

	FAULT("sequencer-taken");
	grow_start(&s->growth, &s->edge, stamp(s));
	enum err err = rekey(&s->rekey, s->ledger, s->growth.stamp_ms, w);
	if (err == ERR_OK)
		err = fill(s, taken, waiters, w);
	if (err != ERR_OK || s->growth.count == 0)
		return err;
	err = make_durable(s, w);
	if (err == ERR_OK)
		err = put_keyring(s, w);
	if (err != ERR_OK)
		return err;
	struct tree_head head = grow_head(&s->growth);
	sealer_take(s->sealer, &head, *waiters);
	*waiters = NULL;
	return ERR_OK;
}

/* ---- what it looks at between batches ---- */

/* A broken file leaves the old keyring in force. */
static enum err
reload(struct sequencer *s, struct why *w)
{
	struct writer warnings = writer_of(s->warnings, sizeof(s->warnings));

	if (!atomic_exchange(&s->must_reload, false))
		return ERR_OK;
	enum err err = signer_link_reload(s->ledger->signer, &warnings, w);
	if (err == ERR_MISSING)
		return err;
	if (err != ERR_OK) {
		log_event(LOG_ERROR, "signers not reloaded",
		    LOG_TEXT("why", w->text));
		return ERR_OK;
	}
	size_t count = log_lines(LOG_WARN, "signers", writer_view(&warnings));
	log_event(LOG_INFO, "signers reloaded", LOG_NUMBER("warnings", count));
	s->rekey.next_change_ms = 0;
	return ERR_OK;
}

/* Room is kept for what is needed to go on reading and to end well.  Each
 * batch looks: what is taken in a second may be more than all of it. */
static bool
is_disk_low(struct sequencer *s)
{
	uint64_t free_bytes = file_free_bytes(s->ledger->folder);

	s->is_disk_low = free_bytes < DISK_RESERVE || FAULT_FAILS("disk-low");
	if (s->is_disk_low && clock_is_due(&s->disk_told_ms, DISK_TELL_MS))
		log_event(LOG_ERROR, "disk full",
		    LOG_NUMBER("free_bytes", free_bytes),
		    LOG_NUMBER("reserve_bytes", DISK_RESERVE));
	return s->is_disk_low;
}

static bool
is_ending(const struct sequencer *s)
{
	return atomic_load(&s->ledger->is_failed) ||
	    atomic_load(&s->ledger->is_stopping);
}

/* Too far behind, nothing is taken: the queue fills and says so. */
static bool
is_index_behind(const struct sequencer *s)
{
	size_t count = recent_count(s->ledger->recent);

	_Static_assert(INDEX_LAG_MAX + 3 * BATCH_ENTRIES_MAX < RECENT_IDS_MAX,
	    "what may lag has room, and what is in flight");
	return count > INDEX_LAG_MAX;
}

static void
wait_for_index(struct sequencer *s)
{
	struct timespec pause = { .tv_nsec = HELD_UP_NS };

	while (is_index_behind(s) && !is_ending(s))
		nanosleep(&pause, NULL);
}

/* On the steady clock: when a key's validity begins or ends, by the wall clock. */
static uint64_t
wake_ms(const struct sequencer *s)
{
	uint64_t now_ms = clock_now_ms(&s->ledger->clock);
	uint64_t next_ms = s->rekey.next_change_ms;

	if (next_ms == UINT64_MAX)
		return UINT64_MAX;
	uint64_t left_ms = next_ms > now_ms ? next_ms - now_ms : 0;
	if (s->is_disk_low && left_ms < DISK_LOOK_MS)
		left_ms = DISK_LOOK_MS; /* nothing is asked before */
	if (left_ms > CLOCK_LOOK_MS)
		left_ms = CLOCK_LOOK_MS;
	return clock_steady_ms() + left_ms;
}

/* ---- the thread ---- */

static enum err
turn(struct sequencer *s, struct submission **taken, struct why *w)
{
	enum err err = reload(s, w);

	if (err != ERR_OK)
		return err;
	const char *busy = NULL;
	if (is_disk_low(s))
		busy = "disk: less free space than the log keeps in reserve, "
		       "try again later";
	else if (is_index_behind(s))
		busy = "the index is too far behind, try again later";
	if (busy == NULL)
		return sequence(s, taken, w);
	batch_refuse(*taken, busy);
	*taken = NULL;
	return ERR_OK;
}

static void *
run(void *argument)
{
	struct sequencer *s = argument;
	bool is_closed = false;

	thread_begin("sequencer", THREAD_USUAL);
	while (!is_closed) {
		struct why w = { 0 };
		wait_for_index(s);
		sealer_wait(s->sealer);
		/* one place is the keyring's */
		struct submission *taken = batch_take(s->ledger->batch,
		    BATCH_ENTRIES_MAX - 1, wake_ms(s), &is_closed);
		if (is_closed)
			break;
		if (!atomic_load(&s->ledger->is_failed)) {
			enum err err = turn(s, &taken, &w);
			if (err != ERR_OK)
				ledger_fail(s->ledger, err, w.text);
		}
		batch_refuse(taken, LEDGER_FAILED_TEXT);
		atomic_store(&s->ledger->has_keyring, true);
	}
	return NULL;
}

/* ---- from outside ---- */

static void
fail(void *context, enum err err, const struct why *w)
{
	struct sequencer *s = context;

	log_event(LOG_ERROR, "failed", LOG_TEXT("error", err_name(err)),
	    LOG_TEXT("why", w->text));
	s->fail(s->context, err, w);
}

/* Where the log stands. */
static enum err
read_edge(struct sequencer *s)
{
	struct txn txn = store_begin(s->ledger->log, TXN_READ);
	uint64_t size = store_log_size(&txn);
	struct log_entry last;

	store_log_get_edge(&txn, size, &s->edge);
	if (size > 0 && store_log_get(&txn, size - 1, &last))
		s->last_stamp_ms = last.stamp_ms;
	return txn_end(&txn);
}

enum err
sequencer_new(struct ledger *ledger,
    void (*on_fail)(void *context, enum err err, const struct why *why),
    void *context, struct sequencer **ret)
{
	struct sequencer *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return ERR_MEMORY;
	s->ledger = ledger;
	s->fail = on_fail;
	s->context = context;
	enum err err = rekey_init(&s->rekey);
	if (err == ERR_OK)
		err = read_edge(s);
	s->sealer = sealer_new(ledger, s->edge.size);
	if (err == ERR_OK && s->sealer == NULL)
		err = ERR_MEMORY;
	if (err != ERR_OK) {
		sequencer_free(s);
		return err;
	}
	/* recovery has made the two equal */
	assert(published_size(ledger->published) == s->edge.size);
	ledger->fail = fail;
	ledger->fail_context = s;
	*ret = s;
	return ERR_OK;
}

enum err
sequencer_start(struct sequencer *s)
{
	enum err err = sealer_start(s->sealer);

	if (err != ERR_OK)
		return err;
	if (pthread_create(&s->thread, NULL, run, s) != 0) {
		sealer_stop(s->sealer);
		return ERR_MEMORY;
	}
	s->is_started = true;
	return ERR_OK;
}

void
sequencer_stop(struct sequencer *s)
{
	atomic_store(&s->ledger->is_stopping, true);
	batch_close(s->ledger->batch);
	if (s->is_started)
		pthread_join(s->thread, NULL);
	s->is_started = false;
	sealer_stop(s->sealer);
}

void
sequencer_free(struct sequencer *s)
{
	if (s == NULL)
		return;
	sealer_free(s->sealer);
	rekey_done(&s->rekey);
	free(s);
}

void
sequencer_reload(struct sequencer *s)
{
	atomic_store(&s->must_reload, true);
	batch_wake(s->ledger->batch);
}
