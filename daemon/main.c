#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/failstop.h"
#include "daemon/maintain.h"
#include "daemon/service.h"
#include "schema/json.h"
#include "schema/key.h"

#define CONFIG_ARENA_MAX ((size_t)1 << 20)

static void
set_up_process(void)
{
	struct rlimit files;

	failstop_start(REFUSAL_DAMAGED);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)umask(077);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
}

static int
print(const char *text, size_t len)
{
	bool is_out = fwrite(text, 1, len, stdout) == len;

	return is_out && fflush(stdout) == 0 ? 0 : REFUSAL_IO;
}

static int
print_help(void)
{
	static char text[8192];
	struct writer w = writer_of(text, sizeof(text));

	config_print_help(&w);
	return print(text, w.len);
}

static int
run(const struct config *config, struct why *w)
{
	static const char version[] = "headwaterd " HEADWATER_VERSION "\n";

	switch (config->action) {
	case CONFIG_SERVE:
		return service_run(config, w);
	case CONFIG_CHECK:
		return maintain_check(config, w);
	case CONFIG_REINDEX:
		return maintain_reindex(config, w);
	case CONFIG_WITHHOLD:
		return maintain_withhold(config, w);
	case CONFIG_HELP:
		return print_help();
	case CONFIG_VERSION:
		return print(version, sizeof(version) - 1);
	}
	return REFUSAL_CONFIG;
}

static int
load_and_run(int argc, char *const *argv, struct arena *arena, struct why *w)
{
	struct config config;

	enum err err = config_load(argc, argv, arena, &config, w);
	if (err != ERR_OK)
		return err == ERR_MEMORY ? REFUSAL_IO : REFUSAL_CONFIG;
	log_set_level(config.log_level);
	if (key_start(w) != ERR_OK)
		return REFUSAL_IO;
	json_start();
	return run(&config, w);
}

int
main(int argc, char **argv)
{
	struct arena *arena = arena_new(CONFIG_ARENA_MAX);
	struct why w = { "" };
	int status = REFUSAL_IO;

	set_up_process();
	if (arena == NULL)
		(void)why(&w, ERR_MEMORY, "out of memory");
	else
		status = load_and_run(argc, argv, arena, &w);
	if (status != 0 && w.text[0] != '\0')
		(void)fprintf(stderr, "headwaterd: %s\n", w.text);
	arena_free(arena);
	return status;
}
