/* upload: brings what records name to the log. */
#include "client/command.h"
#include "client/hashing.h"
#include "client/upload.h"

static const struct option_row options[] = { { .name = NULL } };

struct uploaded {
	struct hash sha256;
	uint64_t size;
	bool was_there;
};

static enum err
upload_one(struct session *session, const char *path, struct uploaded *ret,
    struct why *w)
{
	struct hashing hashing;
	enum err err =
	    hashing_path(&session->out, path, session->arena, &hashing, w);

	if (err == ERR_OK && hashing.is_set)
		err = why(w, ERR_USAGE,
		    "%s: a folder: its manifest is what is uploaded", path);
	if (err != ERR_OK)
		return err;
	ret->sha256 = hashing.sha256;
	ret->size = hashing.bytes;
	err = upload_file(session, path, &hashing.sha256, &ret->was_there, w);
	if (err != ERR_OK)
		why_prefix(w, path);
	return err;
}

static void
print_one(struct session *session, const char *path,
    const struct uploaded *uploaded, struct writer *json)
{
	char hex[HASH_TEXT_MAX];

	hash_print(&uploaded->sha256, hex);
	if (!session->out.is_json) {
		output_print(&session->out, "sha256:%s\n", hex);
		output_note(&session->out, "%s %s", path,
		    uploaded->was_there ? "was there already" : "is there");
		return;
	}
	writer_comma(json);
	writer_text(json, "{");
	writer_member_text(json, "sha256", span_of_text(hex));
	writer_member_number(json, "size", uploaded->size);
	writer_member(json, "wasThere");
	writer_text(json, uploaded->was_there ? "true" : "false");
	writer_text(json, "}");
}

static enum err
run(struct session *session, const struct arguments *arguments, struct why *w)
{
	struct writer json = writer_heap(OUTPUT_ANSWER_MAX);
	enum err err = session_online(session, w);

	writer_text(&json, "{\"uploaded\":[");
	for (size_t i = 0; i < arguments->count && err == ERR_OK; i++) {
		struct uploaded uploaded;
		const char *path = arguments->words[i];
		err = upload_one(session, path, &uploaded, w);
		if (err == ERR_OK)
			print_one(session, path, &uploaded, &json);
	}
	writer_text(&json, "]}");
	if (err == ERR_OK && session->out.is_json)
		err = output_answer(&session->out, &json, w);
	writer_done(&json);
	return err;
}

const struct command command_upload = {
	.name = "upload",
	.summary = "bring a manifest or another attachment to the log",
	.words = "FILE...",
	.help =
	    "What is there of it already is not sent again.  The log takes\n"
	    "only what a record names by its digest and size.\n",
	.words_min = 1,
	.words_max = OPTIONS_WORDS_MAX,
	.options = options,
	.run = run,
};
