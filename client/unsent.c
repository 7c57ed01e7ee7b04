#include "client/unsent.h"

#include <string.h>

enum err
unsent_write(const char *path, const struct envelope *envelope, struct why *w)
{
	struct writer writer = writer_heap(ENTRY_LEN_MAX + 1);

	envelope_print(envelope, &writer);
	writer_text(&writer, "\n");
	enum err err = writer_end(&writer);
	if (err == ERR_OK)
		err = disk_write(path, writer_view(&writer), w);
	writer_done(&writer);
	return err;
}

static enum err
put(const struct trust *trust, const struct envelope *envelope,
    char path[static DISK_PATH_MAX], struct why *w)
{
	struct hash hash = sha256_of(envelope->payload);
	char name[HASH_TEXT_MAX + 16] = "unsent/";
	size_t len = strlen(name);

	hash_print(&hash, name + len);
	memcpy(name + len + HASH_TEXT_LEN, ".json", 6);
	enum err err = disk_join(trust->dir, "unsent", path, w);
	if (err == ERR_OK)
		err = disk_make_dirs(path, w);
	if (err == ERR_OK)
		err = disk_join(trust->dir, name, path, w);
	return err == ERR_OK ? unsent_write(path, envelope, w) : err;
}

void
unsent_keep(
    struct session *session, const struct envelope *envelope, const char *given)
{
	char path[DISK_PATH_MAX];
	struct why w = { "" };

	if (given == NULL && put(&session->trust, envelope, path, &w) != ERR_OK)
		output_warn(&session->out, "signed, not recorded, and lost: %s",
		    w.text);
	else
		output_warn(&session->out,
		    "signed, but not recorded; send it later with: headwater "
		    "submit %s",
		    given != NULL ? given : path);
}
