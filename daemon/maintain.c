#include "daemon/maintain.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/blob_root.h"
#include "daemon/check.h"
#include "daemon/damage.h"
#include "daemon/device.h"
#include "daemon/file.h"
#include "daemon/store.h"
#include "daemon/vkey.h"
#include "daemon/withhold.h"

static enum err
refuse(enum refusal refusal, enum err err, enum refusal *ret)
{
	*ret = refusal;
	return err;
}

/* A mistyped folder is no empty log, of which all is whole. */
static bool
has_log(const char *folder)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/log", folder);
	return file_exists(path);
}

enum err
maintain_take_folder(
    const char *folder, bool may_make, enum refusal *ret_refusal, struct why *w)
{
	const char *warning = NULL;
	enum err err = ERR_OK;

	if (!may_make && !has_log(folder))
		return refuse(REFUSAL_CONFIG,
		    why(w, ERR_MISSING, "%s: there is no log", folder),
		    ret_refusal);
	if (!file_exists(folder))
		err = file_make_folder(folder, w);
	if (err == ERR_OK)
		err = file_filesystem(folder, &warning, w);
	if (err != ERR_OK)
		return refuse(REFUSAL_FILESYSTEM, err, ret_refusal);
	if (warning != NULL)
		log_event(LOG_WARN, "filesystem", LOG_TEXT("note", warning));
	err = file_lock_folder(folder, w);
	if (err != ERR_OK)
		return refuse(
		    err == ERR_CONFLICT ? REFUSAL_LOCKED : REFUSAL_FILESYSTEM,
		    err, ret_refusal);
	return ERR_OK;
}

struct stores {
	struct store *log;
	struct store *index;
	struct blobs *blobs;
	bool
	    throws_index; /* so a damaged one is left closed, and no obstacle */
};

/* Too long a path was refused with the folder. */
static const char *
path_of(const char *folder, const char *name, char ret[static PATH_MAX])
{
	(void)snprintf(ret, PATH_MAX, "%s/%s", folder, name);
	return ret;
}

static enum err
open_index(const char *folder, struct stores *stores, struct why *w)
{
	char path[PATH_MAX];
	enum err err = store_open(
	    path_of(folder, "index", path), STORE_INDEX, &stores->index, w);

	if (err != ERR_CORRUPT)
		return err;
	if (stores->throws_index)
		return ERR_OK;
	why_prefix(w, RECOVERY_REINDEX);
	return err;
}

static enum err
open_stores(const char *folder, struct stores *stores, enum refusal *refusal,
    struct why *w)
{
	char path[PATH_MAX];
	const char *warning;
	enum err err = maintain_take_folder(folder, false, refusal, w);

	if (err != ERR_OK)
		return err;
	*refusal = REFUSAL_DAMAGED;
	err = device_check(folder, &warning, w);
	if (err == ERR_OK)
		err = store_open(
		    path_of(folder, "log", path), STORE_LOG, &stores->log, w);
	if (err == ERR_OK)
		err = open_index(folder, stores, w);
	if (err == ERR_OK)
		err = blobs_new(folder, &stores->blobs, w);
	if (err == ERR_IO || err == ERR_MEMORY || err == ERR_FULL)
		*refusal = REFUSAL_IO;
	else if (err == ERR_REFUSED)
		*refusal = REFUSAL_FORMAT;
	return err;
}

static void
close_stores(struct stores *stores)
{
	blobs_free(stores->blobs);
	store_close(stores->index);
	store_close(stores->log);
}

/* *ret_is_known stays false where neither is given. */
static enum err
read_key(const struct config *config, struct note_key *key, bool *ret_is_known,
    struct why *w)
{
	enum err err = ERR_OK;

	*ret_is_known = config->vkey != NULL || config->key != NULL;
	if (config->vkey != NULL) {
		err = note_key_parse(span_of_text(config->vkey), key, w);
		if (err != ERR_OK)
			why_prefix(w, "--vkey");
	} else if (config->key != NULL) {
		err = vkey_of_file(config->key, key, w);
	}
	return err;
}

static int
check(const struct config *config, const struct stores *stores,
    const struct note_key *key, struct why *w)
{
	struct check_result log = { .faults = 0 };
	struct check_result index = { .faults = 0 };
	struct check_result blobs = { .faults = 0 };
	const struct blob_records records = { stores->log, stores->index,
		TREE_SIZE_MAX };

	static struct damage damage;
	const struct check_job job = {
		.log = stores->log,
		.index = stores->index,
		.blobs = stores->blobs,
		.folder = config->data,
		.key = key,
		.is_quick = config->quick,
		.damage = &damage,
		.out = stdout,
	};

	if (key == NULL)
		log_event(LOG_WARN, "check",
		    LOG_TEXT("note",
			"no --vkey: who signed keyrings and checkpoint is not "
			"verified"));
	else if (check_key(&job, w) != ERR_OK)
		return REFUSAL_FOREIGN;
	enum err err = check_log_and_index(&job, &log, &index, w);

	if (err == ERR_OK && !config->quick)
		err = check_blobs(&records, stores->blobs, stdout, &blobs, w);
	if (err != ERR_OK)
		return REFUSAL_IO;
	if (config->quick)
		printf("quick: no signature was verified, nothing parsed, no "
		       "blob read\n");
	printf("%llu entries, %llu faults in the log, %llu in the index\n",
	    (unsigned long long)log.entries, (unsigned long long)log.faults,
	    (unsigned long long)index.faults);
	if (log.withheld > 0)
		printf("%llu entries are withheld\n",
		    (unsigned long long)log.withheld);
	if (blobs.entries > 0)
		printf("%llu blobs, %llu faults in them\n",
		    (unsigned long long)blobs.entries,
		    (unsigned long long)blobs.faults);
	return log.faults + index.faults + blobs.faults == 0 ? 0
							     : MAINTAIN_FAULTS;
}

static int
check_here(const struct config *config, struct why *w)
{
	struct stores stores = { .log = NULL };
	struct note_key key;
	enum refusal refusal = REFUSAL_CONFIG;
	bool is_known;
	enum err err = read_key(config, &key, &is_known, w);

	if (err == ERR_OK)
		err = open_stores(config->data, &stores, &refusal, w);
	int status = err == ERR_OK
	    ? check(config, &stores, is_known ? &key : NULL, w)
	    : (int)refusal;
	close_stores(&stores);
	return status;
}

/* LMDB walks where its pages point, wherever that is; what comes of damaged ones
 * may be the end of a process.  So it is another one, and its end tells. */
int
maintain_check(const struct config *config, struct why *w)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		return check_here(config, w);
	}
	if (pid == -1) {
		(void)why(w, ERR_MEMORY, "check: no process for it");
		return REFUSAL_IO;
	}
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	(void)why(w, ERR_CORRUPT,
	    "%s: damaged: reading it ended a process with signal %d",
	    config->data, WTERMSIG(status));
	return REFUSAL_DAMAGED;
}

static enum err
mend_blobs(const struct stores *stores, struct why *w)
{
	const struct blob_records records = { stores->log, stores->index,
		TREE_SIZE_MAX };

	return check_mend_blobs(&records, stores->blobs, stdout, w);
}

int
maintain_reindex(const struct config *config, struct why *w)
{
	struct stores stores = { .throws_index = true };
	enum refusal refusal = REFUSAL_IO;
	enum err err = open_stores(config->data, &stores, &refusal, w);

	if (err == ERR_OK) {
		refusal = REFUSAL_IO;
		err = check_reindex(stores.log, config->data, &stores.index, w);
		if (err == ERR_OK)
			err = mend_blobs(&stores, w);
		if (err == ERR_CORRUPT)
			refusal = REFUSAL_DAMAGED;
	}
	close_stores(&stores);
	return err == ERR_OK ? 0 : (int)refusal;
}

int
maintain_withhold(const struct config *config, struct why *w)
{
	struct stores stores = { .log = NULL };
	enum refusal refusal = REFUSAL_IO;
	char path[PATH_MAX];
	enum err err = open_stores(config->data, &stores, &refusal, w);

	if (err == ERR_OK) {
		(void)snprintf(
		    path, sizeof(path), "%s/log/data.mdb", config->data);
		struct withhold withhold = {
			.log = stores.log,
			.index = stores.index,
			.blobs = stores.blobs,
			.log_file = path,
			.position = config->withhold,
			.reason = span_of_text(
			    config->reason == NULL ? "" : config->reason),
		};
		err = withhold_entry(&withhold, stdout, w);
		stores.log = withhold.log;
		refusal = err_class(err) == ERR_CLASS_INPUT ? REFUSAL_CONFIG
		    : err == ERR_CORRUPT		    ? REFUSAL_DAMAGED
							    : REFUSAL_IO;
	}
	close_stores(&stores);
	return err == ERR_OK ? 0 : (int)refusal;
}
