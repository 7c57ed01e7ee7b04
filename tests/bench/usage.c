#include "tests/bench/usage.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static double
cpu_of(int pid)
{
	char path[64];
	char text[1024];
	unsigned long user = 0;
	unsigned long system = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *file = fopen(path, "r");
	if (file == NULL)
		return 0;
	size_t len = fread(text, 1, sizeof(text) - 1, file);
	(void)fclose(file);
	text[len] = '\0';
	/* fields 14 and 15, counted behind the name, which may hold anything */
	const char *at = strrchr(text, ')');
	if (at == NULL ||
	    sscanf(at + 2,
		"%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
		&system) != 2)
		return 0;
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

double
usage_cpu_s(const int *pids, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += cpu_of(pids[i]);
	return sum;
}

double
usage_own_s(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	    (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}
