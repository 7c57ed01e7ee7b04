#include "daemon/service.h"

#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/blob.h"
#include "daemon/failstop.h"
#include "daemon/indexer.h"
#include "daemon/mender.h"
#include "daemon/signer_link.h"
#include "daemon/start.h"
#include "daemon/upload.h"
#include "daemon/worker.h"

#define SWEEP_MS 60000 /* between looks for dead readers */
/* For telling waiting writers, of the SIGNER_GONE_MS until we must be gone. */
#define FAILED_STOP_MS 300

/* ---- while it serves ---- */

/* systemd's READY=1, where it asks for it. */
static void
notify_ready(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len = path == NULL ? 0 : strlen(path);

	if (len == 0 || len >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, len);
	if (path[0] == '@')
		address.sun_path[0] = '\0'; /* an abstract name */
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return;
	(void)sendto(fd, "READY=1", 7, MSG_NOSIGNAL,
	    (struct sockaddr *)&address,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	(void)close(fd);
}

/* True: it is time to end. */
static bool
take_signal(struct service *service, int signal_fd)
{
	struct signalfd_siginfo info;

	if (read(signal_fd, &info, sizeof(info)) != sizeof(info))
		return false;
	if (info.ssi_signo == SIGHUP) {
		log_event(LOG_INFO, "reload",
		    LOG_TEXT("signers", service->config->signers));
		sequencer_reload(service->sequencer);
		return false;
	}
	log_event(LOG_INFO, "stopping", LOG_NUMBER("signal", info.ssi_signo));
	return true;
}

/* Until a signal to end, 0, or a failure. */
static int
serve(struct service *service, int signal_fd)
{
	struct ledger *ledger = service->ledger;
	struct pollfd fds[] = {
		{ .fd = signal_fd, .events = POLLIN },
		{ .fd = service->fail_fd, .events = POLLIN },
		{ .fd = signer_link_watch_fd(ledger->signer),
		    .events = POLLIN },
	};

	for (;;) {
		int ready = poll(fds, 3, SWEEP_MS);
		if (ready == 0) {
			store_sweep_readers(ledger->log);
			store_sweep_readers(ledger->index);
			/* what a burst took goes back to the system */
			(void)malloc_trim(0);
		}
		if (ready <= 0)
			continue;
		if (fds[2].revents != 0)
			ledger_fail(ledger, ERR_MISSING,
			    "the signer has ended; nothing can be signed");
		if (fds[1].revents != 0 || fds[2].revents != 0)
			return SERVICE_FAILED;
		if (fds[0].revents != 0 && take_signal(service, signal_fd))
			return 0;
	}
}

/* ---- the end ---- */

static void
stop(struct service *service, uint64_t wait_ms)
{
	struct ledger *ledger = service->ledger;

	atomic_store(&ledger->is_stopping, true);
	if (service->http != NULL)
		http_quiesce(service->http);
	/* what waits is answered, so that http_stop has nothing to cut */
	if (service->is_sequencing)
		sequencer_stop(service->sequencer);
	if (service->is_indexing)
		indexer_stop(ledger->indexer);
	if (ledger->blobs != NULL)
		blobs_stop(ledger->blobs);
	worker_stop(ledger->worker);
	if (service->http != NULL && !http_stop(service->http, wait_ms))
		log_event(LOG_WARN, "cut off",
		    LOG_TEXT("note", "requests were still in flight"));
}

static void
release(struct service *service)
{
	struct ledger *ledger = service->ledger;

	http_free(service->http);
	sequencer_free(service->sequencer);
	if (ledger != NULL) {
		indexer_free(ledger->indexer);
		worker_free(ledger->worker);
		mender_free(ledger->mender);
		uploads_free(ledger->uploads);
		blobs_free(ledger->blobs);
		signer_link_free(ledger->signer);
	}
	ledger_free(ledger);
	if (service->fail_fd != -1)
		(void)close(service->fail_fd);
}

/* Whatever hangs: SIGALRM ends us, with a status that is no success. */
static void
end_within(unsigned seconds)
{
	(void)signal(SIGALRM, SIG_DFL);
	(void)alarm(seconds);
}

static int
run(struct service *service, int signal_fd)
{
	enum err err = start(service);

	if (err != ERR_OK) {
		stop(service, 0);
		return (int)service->refusal;
	}
	log_event(LOG_INFO, "listening",
	    LOG_TEXT("address", http_address(service->http)),
	    LOG_TEXT("origin", service->ledger->key.name),
	    LOG_NUMBER("size", published_size(service->ledger->published)));
	failstop_set_status(SERVICE_FAILED);
	notify_ready();
	int status = serve(service, signal_fd);
	if (status == 0) {
		stop(service, SERVICE_STOP_MS);
		return 0;
	}
	end_within(SIGNER_GONE_MS / 1000);
	if (start_has_failed(service))
		(void)why(service->w, ERR_IO, "%s", service->failed.text);
	stop(service, FAILED_STOP_MS);
	return status;
}

int
service_run(const struct config *config, struct why *w)
{
	struct service service = {
		.config = config,
		.ledger = ledger_new(),
		.fail_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
		.refusal = REFUSAL_IO,
		.w = w,
	};
	sigset_t signals;
	int status = REFUSAL_IO;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGHUP);
	/* before any thread, so that all inherit it */
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
	int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (service.ledger == NULL || service.fail_fd == -1 ||
	    signal_fd == -1) {
		(void)why(w, ERR_MEMORY, "no memory or descriptors to start");
	} else {
		service.ledger->folder = config->data;
		status = run(&service, signal_fd);
	}
	release(&service);
	if (signal_fd != -1)
		(void)close(signal_fd);
	return status;
}
