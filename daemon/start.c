#include "daemon/start.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/blob.h"
#include "daemon/device.h"
#include "daemon/file.h"
#include "daemon/indexer.h"
#include "daemon/maintain.h"
#include "daemon/mender.h"
#include "daemon/recover.h"
#include "daemon/signer_link.h"
#include "daemon/upload.h"
#include "daemon/worker.h"

static enum err
refuse(struct service *service, enum refusal refusal, enum err err)
{
	service->refusal = refusal;
	return err;
}

/* Called once, on any thread. */
static void
fail(void *context, enum err err, const struct why *w)
{
	struct service *service = context;
	const uint64_t one = 1;

	(void)err;
	service->failed = *w;
	(void)!write(service->fail_fd, &one, sizeof(one));
}

bool
start_has_failed(struct service *service)
{
	uint64_t count;

	return read(service->fail_fd, &count, sizeof(count)) == sizeof(count);
}

/* ---- the start, step by step ---- */

/* To be there and to be read are two things, with two ways out. */
static enum err
judge_rights(struct service *service, const char *path)
{
	if (access(path, R_OK) == 0 || errno != EACCES)
		return ERR_OK;
	return refuse(service, REFUSAL_KEY,
	    why(service->w, ERR_REFUSED,
		"%s: this user may not read it: chown it to who runs "
		"headwaterd",
		path));
}

static enum err
judge_files(struct service *service)
{
	const struct config *config = service->config;
	enum err err = judge_rights(service, config->key);

	if (err == ERR_OK)
		err = judge_rights(service, config->signers);
	if (err != ERR_OK)
		return err;
	if (!file_exists(config->key))
		return refuse(service, REFUSAL_KEY,
		    why(service->w, ERR_MISSING,
			"%s: no log key there: make one with: headwater-signer "
			"keygen --origin log.example.org/models --key %s",
			config->key, config->key));
	if (!file_exists(config->signers))
		return refuse(service, REFUSAL_KEY,
		    why(service->w, ERR_MISSING,
			"%s: no allowed_signers there: make one with a line "
			"for each publisher: echo \"lab $(cut -d' ' -f1,2 "
			"~/.ssh/id_ed25519.pub)\" > %s",
			config->signers, config->signers));
	return ERR_OK;
}

/* The signer's sentences begin with the file they are about. */
static enum refusal
refusal_of_signer(const struct config *config, enum err err, const char *text)
{
	size_t len = strlen(config->key);

	if (err == ERR_CONFLICT)
		return REFUSAL_LOCKED;
	if (strncmp(text, config->key, len) == 0 &&
	    strncmp(text + len, ".state", 6) == 0)
		return REFUSAL_STATE;
	return err == ERR_MISSING || err == ERR_REFUSED ? REFUSAL_KEY
							: REFUSAL_IO;
}

static enum err
start_signer(struct service *service, struct signer_hello *hello)
{
	struct signer_program program = {
		.key_path = service->config->key,
		.signers_path = service->config->signers,
	};
	struct why w = { "" };
	enum err err =
	    signer_link_new(&program, &service->ledger->signer, hello, &w);

	if (err == ERR_OK) {
		service->ledger->key = hello->key;
		return ERR_OK;
	}
	enum refusal refusal = refusal_of_signer(service->config, err, w.text);
	return refuse(service, refusal, why(service->w, err, "%s", w.text));
}

static enum refusal
refusal_of_store(enum err err)
{
	switch (err_class(err)) {
	case ERR_CLASS_CORRUPT:
		return REFUSAL_DAMAGED;
	case ERR_CLASS_INPUT:
		return REFUSAL_FORMAT;
	case ERR_CLASS_NONE:
	case ERR_CLASS_RETRY:
	case ERR_CLASS_FAULT:
		break;
	}
	return REFUSAL_IO;
}

static enum err
open_store(struct service *service, const char *name, enum store_kind kind,
    struct store **ret)
{
	char path[PATH_MAX];
	const char *folder = service->config->data;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >=
	    (int)sizeof(path))
		return refuse(service, REFUSAL_CONFIG,
		    why(service->w, ERR_USAGE, "data: too long a path"));
	enum err err = store_open(path, kind, ret, service->w);
	return err == ERR_OK ? ERR_OK
			     : refuse(service, refusal_of_store(err), err);
}

static enum err
open_stores(struct service *service)
{
	struct ledger *ledger = service->ledger;
	const char *warning = NULL;
	enum err err = marker_prepare(ledger->folder, service->w);

	if (err == ERR_OK)
		err = device_check(ledger->folder, &warning, service->w);
	if (err != ERR_OK)
		return refuse(service, refusal_of_store(err), err);
	if (warning != NULL)
		log_event(LOG_WARN, "device", LOG_TEXT("note", warning));
	err = open_store(service, "log", STORE_LOG, &ledger->log);
	if (err != ERR_OK)
		return err;
	/* long keyrings lie there */
	err = blobs_new(ledger->folder, &ledger->blobs, service->w);
	if (err != ERR_OK)
		return refuse(service, REFUSAL_IO, err);
	err = open_store(service, "index", STORE_INDEX, &ledger->index);
	if (err == ERR_CORRUPT)
		why_prefix(service->w, RECOVERY_REINDEX);
	return err;
}

/* What a record names; the index must be there before anybody brings it. */
static enum err
open_blobs(struct service *service)
{
	struct ledger *ledger = service->ledger;
	enum err err = ERR_OK;

	if ((uploads_new(ledger, ledger->blobs, service->config->quota,
		 &ledger->uploads) != ERR_OK ||
		worker_new(BLOB_THREADS, &ledger->worker) != ERR_OK ||
		mender_new(ledger, &ledger->mender) != ERR_OK))
		err = why(
		    service->w, ERR_MEMORY, "no memory or threads for blobs");
	return err == ERR_OK ? ERR_OK : refuse(service, REFUSAL_IO, err);
}

static enum err
make_equal(struct service *service, const struct signer_hello *hello)
{
	const struct recover_options options = {
		.cut_unsealed = service->config->cut_unsealed,
	};
	enum err err = recover(
	    service->ledger, hello, &options, &service->refusal, service->w);

	if (err != ERR_OK)
		return err;
	/* all that could be looked at is as it should be */
	err = marker_clear(service->ledger->folder, service->w);
	if (err != ERR_OK)
		return refuse(service, REFUSAL_IO, err);
	if (published_size(service->ledger->published) == 0)
		log_event(LOG_INFO, "new log",
		    LOG_TEXT("origin", service->ledger->key.name));
	return ERR_OK;
}

static enum err
start_threads(struct service *service)
{
	struct ledger *ledger = service->ledger;
	enum err err = indexer_new(ledger, &ledger->indexer, service->w);

	if (err == ERR_OK)
		err = sequencer_new(ledger, fail, service, &service->sequencer);
	if (err == ERR_OK)
		err = indexer_start(ledger->indexer);
	service->is_indexing = err == ERR_OK;
	if (err == ERR_OK)
		err = sequencer_start(service->sequencer);
	service->is_sequencing = err == ERR_OK;
	if (err == ERR_OK)
		return ERR_OK;
	return refuse(service, REFUSAL_IO,
	    why(service->w, err, "threads: could not be started"));
}

/* The keyring that is in force is the file's before anybody asks; a new log has it
 * as its first entry. */
static enum err
wait_for_keyring(struct service *service)
{
	struct ledger *ledger = service->ledger;
	uint64_t deadline_ms = clock_steady_ms() + SUBMIT_WAIT_MS;
	const struct timespec pause = { .tv_nsec = 2 * 1000000L };

	while (published_size(ledger->published) == 0 ||
	    !atomic_load(&ledger->has_keyring)) {
		if (start_has_failed(service))
			return refuse(service, REFUSAL_IO,
			    why(service->w, ERR_IO, "%s",
				service->failed.text));
		if (clock_steady_ms() > deadline_ms)
			return refuse(service, REFUSAL_IO,
			    why(service->w, ERR_IO,
				"the keyring could not be logged in time"));
		(void)nanosleep(&pause, NULL);
	}
	return ERR_OK;
}

/* Before anything is begun: a second log would stay behind. */
static enum err
take_address(struct service *service)
{
	const struct config *config = service->config;
	struct http_options options = {
		.address = config->listen,
		.threads = config->threads,
		.connections = config->connections,
		.per_address = config->per_address,
		.deadlines = {
			.headers_ms = config->headers_ms,
			.body_ms = config->body_ms,
			.answer_ms = config->answer_ms,
		},
	};
	enum err err =
	    http_new(service->ledger, &options, &service->http, service->w);

	if (err == ERR_OK)
		return ERR_OK;
	return refuse(
	    service, err == ERR_MEMORY ? REFUSAL_IO : REFUSAL_CONFIG, err);
}

static enum err
start_http(struct service *service)
{
	enum err err = http_start(service->http, service->w);

	return err == ERR_OK ? ERR_OK : refuse(service, REFUSAL_IO, err);
}

enum err
start(struct service *service)
{
	struct signer_hello hello;
	enum err err = judge_files(service);

	if (err == ERR_OK)
		err = maintain_take_folder(
		    service->config->data, true, &service->refusal, service->w);
	if (err == ERR_OK)
		err = take_address(service);
	if (err == ERR_OK)
		err = start_signer(service, &hello);
	if (err == ERR_OK)
		err = open_stores(service);
	if (err == ERR_OK)
		err = make_equal(service, &hello);
	if (err == ERR_OK)
		err = start_threads(service);
	if (err == ERR_OK)
		err = wait_for_keyring(service);
	if (err == ERR_OK)
		err = open_blobs(service);
	if (err == ERR_OK)
		err = start_http(service);
	return err;
}
