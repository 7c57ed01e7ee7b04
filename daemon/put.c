#include "daemon/put.h"

void
put_hash(const struct hash *hash, struct writer *w)
{
	writer_text(w, "\"");
	writer_hex(w, hash_span(hash));
	writer_text(w, "\"");
}

void
put_hash_or_null(
    const char *name, bool is_there, const struct hash *hash, struct writer *w)
{
	writer_member(w, name);
	if (is_there)
		put_hash(hash, w);
	else
		writer_text(w, "null");
}

void
put_hashes(
    const char *name, const struct hash *hashes, size_t count, struct writer *w)
{
	writer_member(w, name);
	writer_text(w, "[");
	for (size_t i = 0; i < count; i++) {
		writer_comma(w);
		put_hash(&hashes[i], w);
	}
	writer_text(w, "]");
}

void
put_flag(const char *name, bool flag, struct writer *w)
{
	writer_member(w, name);
	writer_text(w, flag ? "true" : "false");
}

void
put_text_or_null(const char *name, struct span text, struct writer *w)
{
	writer_member(w, name);
	if (text.len > 0)
		writer_json(w, text);
	else
		writer_text(w, "null");
}

void
put_time(const char *name, uint64_t time_ms, struct writer *w)
{
	writer_member(w, name);
	writer_text(w, "\"");
	writer_time(w, time_ms);
	writer_text(w, "\"");
}
