/*
 * primitive: what this machine does at the least, measured in the same run.
 *
 *	primitive fdatasync FILE MS    append 4 KiB and fdatasync, again and again
 *	primitive verify THREADS MS    libsodium's Ed25519 over a record's bytes
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "schema/key.h"

#define TIMES_MAX 100000
#define THREADS_MAX 8
#define PAGE 4096
#define MESSAGE 1000 /* bytes of a forged record's PAE, about */

static double
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int
compare(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return left < right ? -1 : left > right;
}

static int
measure_fdatasync(const char *path, double run_ms)
{
	static double times[TIMES_MAX];
	static const char page[PAGE] = "headwater";
	size_t count = 0;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	double begun_ms = now_ms();
	double now = begun_ms;

	if (fd == -1) {
		perror(path);
		return 3;
	}
	while (count < TIMES_MAX && now - begun_ms < run_ms) {
		if (write(fd, page, PAGE) != PAGE || fdatasync(fd) != 0)
			return 3;
		double then = now;
		now = now_ms();
		times[count++] = now - then;
	}
	(void)close(fd);
	(void)unlink(path);
	qsort(times, count, sizeof(*times), compare);
	(void)printf("per_s=%.0f p50_ms=%.3f p99_ms=%.3f\n",
	    (double)count / (now - begun_ms) * 1e3, times[count / 2],
	    times[count * 99 / 100]);
	return 0;
}

struct verifying {
	pthread_t thread;
	double run_ms;
	size_t count;
};

static void *
verify(void *argument)
{
	struct verifying *v = argument;
	struct secret_key *secret = key_secret_random();
	struct public_key public;
	struct signature signature;
	uint8_t message[MESSAGE] = { 0 };
	struct span bytes = span_of(message, sizeof(message));
	double until = now_ms() + v->run_ms;

	key_secret_public(secret, &public);
	key_sign(secret, bytes, &signature);
	while (now_ms() < until)
		for (size_t i = 0; i < 64; i++)
			v->count += key_verify(&public, bytes, &signature);
	key_secret_free(secret);
	return NULL;
}

static int
measure_verify(size_t threads, double run_ms)
{
	struct verifying all[THREADS_MAX];
	size_t sum = 0;

	if (threads > THREADS_MAX || key_start(NULL) != ERR_OK)
		return 3;
	double begun_ms = now_ms();
	for (size_t i = 0; i < threads; i++) {
		all[i] = (struct verifying){ .run_ms = run_ms };
		if (pthread_create(&all[i].thread, NULL, verify, &all[i]) != 0)
			return 3;
	}
	for (size_t i = 0; i < threads; i++) {
		(void)pthread_join(all[i].thread, NULL);
		sum += all[i].count;
	}
	(void)printf("threads=%zu per_s=%.0f\n", threads,
	    (double)sum / (now_ms() - begun_ms) * 1e3);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "fdatasync") == 0)
		return measure_fdatasync(argv[2], strtod(argv[3], NULL));
	if (argc == 4 && strcmp(argv[1], "verify") == 0)
		return measure_verify(
		    strtoul(argv[2], NULL, 10), strtod(argv[3], NULL));
	(void)fprintf(
	    stderr, "primitive fdatasync FILE MS | verify THREADS MS\n");
	return 2;
}
