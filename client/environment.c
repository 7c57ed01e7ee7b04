#include "client/environment.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "client/hashing.h"
#include "schema/text.h"

#define OS_RELEASE_MAX ((size_t)64 << 10)
#define VALUE_MAX 256
#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin"

static bool
is_runnable(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
	    access(path, X_OK) == 0;
}

/* One part of PATH; an empty one is the current directory. */
static bool
is_in(struct span part, const char *command, char ret[static DISK_PATH_MAX])
{
	char dir[DISK_PATH_MAX] = ".";

	if (part.len >= sizeof(dir))
		return false;
	if (part.len > 0) {
		memcpy(dir, part.data, part.len);
		dir[part.len] = '\0';
	}
	return disk_join(dir, command, ret, NULL) == ERR_OK && is_runnable(ret);
}

bool
environment_find(const char *command, char ret[static DISK_PATH_MAX])
{
	const char *list = getenv("PATH");
	struct span rest = span_of_text(list != NULL ? list : PATH_DEFAULT);
	struct span part;
	size_t len = strlen(command);

	if (strchr(command, '/') != NULL) {
		if (len >= DISK_PATH_MAX)
			return false;
		memcpy(ret, command, len + 1);
		return is_runnable(ret);
	}
	while (span_cut(&rest, ':', &part)) {
		if (is_in(part, command, ret))
			return true;
	}
	return is_in(rest, command, ret);
}

static void
put(struct writer *w, const char *label, struct span value)
{
	bool is_good =
	    value.len > 0 && value.len <= VALUE_MAX && text_is_line(value);

	writer_text(w, label);
	writer_text(w, ": ");
	writer_span(w, is_good ? value : span_of_text("unknown"));
	writer_text(w, "\n");
}

/* PRETTY_NAME of os-release(5), without its quotes. */
static struct span
os_name(struct arena *arena)
{
	static const char label[] = "PRETTY_NAME=";
	struct span text;
	struct span line;

	if (disk_read("/etc/os-release", OS_RELEASE_MAX, arena, &text, NULL) !=
		ERR_OK &&
	    disk_read("/usr/lib/os-release", OS_RELEASE_MAX, arena, &text,
		NULL) != ERR_OK)
		return SPAN_EMPTY;
	while (span_cut(&text, '\n', &line)) {
		if (!span_starts(line, label))
			continue;
		line = span_part(line, sizeof(label) - 1, line.len);
		if (line.len >= 2 && line.data[0] == '"')
			line = span_part(line, 1, line.len - 2);
		return line;
	}
	return SPAN_EMPTY;
}

void
environment_print(const char *command, struct arena *arena, struct writer *w)
{
	static const struct output silent = { .is_quiet = true };
	struct hashing hashing;
	struct utsname names;
	char path[DISK_PATH_MAX];
	char hex[HASH_TEXT_MAX] = "";
	bool is_known = uname(&names) == 0;

	put(w, "machine", span_of_text(is_known ? names.machine : ""));
	writer_text(w, "system: ");
	if (is_known)
		writer_format(w, "%s %s\n", names.sysname, names.release);
	else
		writer_text(w, "unknown\n");
	put(w, "os", os_name(arena));
	if (environment_find(command, path) &&
	    hashing_path(&silent, path, arena, &hashing, NULL) == ERR_OK)
		hash_print(&hashing.sha256, hex);
	put(w, "executable", span_of_text(hex));
}
