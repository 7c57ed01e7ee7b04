/*
 * probe: looks at a running headwaterd.
 *
 *	probe await PORT SINCE_US    first 200 of /healthz: ms since that moment
 *	probe lag PORT MS            how far the index is behind, in ms
 *	probe anon MS PID...         most anonymous memory in that time, in MiB
 *	probe run COMMAND...         what a command took; its status is ours
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX 16384
#define SAMPLES_MAX 65536
#define AWAIT_MS 120000

static char answer[ANSWER_MAX];

static double
clock_ms(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void
pause_us(long us)
{
	const struct timespec pause = { .tv_nsec = us * 1000 };

	(void)nanosleep(&pause, NULL);
}

/* One request on a connection of its own; false when it was not answered. */
static bool
ask(uint16_t port, const char *path)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char request[128];
	size_t len = 0;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int request_len = snprintf(request, sizeof(request),
	    "GET %s HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n",
	    path);

	if (connect(fd, (const void *)&address, sizeof(address)) == 0 &&
	    send(fd, request, (size_t)request_len, MSG_NOSIGNAL) ==
		request_len) {
		ssize_t got = 1;
		while (got > 0 && len < ANSWER_MAX - 1) {
			got = recv(fd, answer + len, ANSWER_MAX - 1 - len, 0);
			len += got > 0 ? (size_t)got : 0;
		}
	}
	(void)close(fd);
	answer[len] = '\0';
	return strncmp(answer, "HTTP/1.1 200", 12) == 0;
}

static int
await(uint16_t port, double since_ms)
{
	double until_ms = clock_ms(CLOCK_REALTIME) + AWAIT_MS;

	while (!ask(port, "/healthz")) {
		if (clock_ms(CLOCK_REALTIME) > until_ms)
			return 1;
		pause_us(200);
	}
	(void)printf("start_ms=%.1f\n", clock_ms(CLOCK_REALTIME) - since_ms);
	return 0;
}

/* ---- lag ---- */

static uint64_t
value_of(const char *name)
{
	const char *at = strstr(answer, name);

	return at == NULL ? 0 : strtoull(at + strlen(name), NULL, 10);
}

static struct sample {
	double at_ms;
	uint64_t size;
} samples[SAMPLES_MAX];

static int
compare(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return left < right ? -1 : left > right;
}

/* The index is as late as the moment when the log first had more than it has. */
static int
lag(uint16_t port, double run_ms)
{
	static double lags[SAMPLES_MAX];
	double begun_ms = clock_ms(CLOCK_MONOTONIC);
	size_t count = 0;
	size_t oldest = 0;

	while (count < SAMPLES_MAX) {
		double now_ms = clock_ms(CLOCK_MONOTONIC);
		if (now_ms - begun_ms > run_ms || !ask(port, "/metrics"))
			break;
		uint64_t index = value_of("\nheadwater_index_size ");
		samples[count] = (struct sample){ now_ms,
			value_of("\nheadwater_tree_size ") };
		while (oldest < count && samples[oldest].size <= index)
			oldest++;
		lags[count] = samples[count].size <= index
		    ? 0
		    : now_ms - samples[oldest].at_ms;
		count++;
		pause_us(2000);
	}
	if (count == 0)
		return 1;
	qsort(lags, count, sizeof(*lags), compare);
	(void)printf("lag_p50_ms=%.1f lag_p99_ms=%.1f lag_max_ms=%.1f\n",
	    lags[count / 2], lags[count * 99 / 100], lags[count - 1]);
	return 0;
}

/* ---- memory ---- */

static double
anon_mib(const char *pid)
{
	char path[64];
	static char text[8192];

	(void)snprintf(path, sizeof(path), "/proc/%s/status", pid);
	FILE *file = fopen(path, "r");
	if (file == NULL)
		return 0;
	size_t len = fread(text, 1, sizeof(text) - 1, file);
	(void)fclose(file);
	text[len] = '\0';
	const char *at = strstr(text, "RssAnon:");
	return at == NULL ? 0 : strtod(at + 8, NULL) / 1024;
}

static int
anon(double run_ms, char **pids, int count)
{
	double until_ms = clock_ms(CLOCK_MONOTONIC) + run_ms;
	double most = 0;

	while (clock_ms(CLOCK_MONOTONIC) < until_ms) {
		double sum = 0;
		for (int i = 0; i < count; i++)
			sum += anon_mib(pids[i]);
		most = sum > most ? sum : most;
		pause_us(20000);
	}
	(void)printf("anon_mib=%.1f\n", most);
	return 0;
}

/* ---- commands ---- */

static double
seconds_of(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* What it prints goes to stderr; the figures are alone on stdout. */
static int
run(char **command)
{
	double begun_ms = clock_ms(CLOCK_MONOTONIC);
	struct rusage used;
	int status;
	pid_t child = fork();

	if (child == 0) {
		(void)dup2(STDERR_FILENO, STDOUT_FILENO);
		(void)execvp(command[0], command);
		perror(command[0]);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &used) != child)
		return 1;
	(void)printf("run_s=%.3f cpu_s=%.3f hwm_mib=%.1f\n",
	    (clock_ms(CLOCK_MONOTONIC) - begun_ms) / 1e3,
	    seconds_of(used.ru_utime) + seconds_of(used.ru_stime),
	    (double)used.ru_maxrss / 1024);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "await") == 0)
		return await((uint16_t)strtoul(argv[2], NULL, 10),
		    strtod(argv[3], NULL) / 1e3);
	if (argc == 4 && strcmp(argv[1], "lag") == 0)
		return lag((uint16_t)strtoul(argv[2], NULL, 10),
		    strtod(argv[3], NULL));
	if (argc >= 4 && strcmp(argv[1], "anon") == 0)
		return anon(strtod(argv[2], NULL), argv + 3, argc - 3);
	if (argc >= 3 && strcmp(argv[1], "run") == 0)
		return run(argv + 2);
	(void)fprintf(stderr,
	    "probe await PORT SINCE_US | lag PORT MS | anon MS PID... | "
	    "run COMMAND...\n");
	return 2;
}
