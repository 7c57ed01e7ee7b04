#include "schema/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct err_row {
	enum err_class class;
	int status;
	int exit_code;
	const char *name;
	const char *text;
};

static const struct err_row rows[] = {
#define X(name, class, status, code, text) \
	[name] = { class, status, code, #name, text },
	ERR_TABLE(X)
#undef X
};

enum err_class
err_class(enum err err)
{
	return rows[err].class;
}

int
err_status(enum err err)
{
	return rows[err].status;
}

int
err_exit_code(enum err err)
{
	return rows[err].exit_code;
}

const char *
err_text(enum err err)
{
	return rows[err].text;
}

const char *
err_name(enum err err)
{
	return rows[err].name;
}

/* Length of a well-formed UTF-8 sequence at `s`, 0 where there is none. */
static size_t
sequence_len(const unsigned char *s)
{
	if (s[0] < 0x80)
		return s[0] >= 0x20 && s[0] != 0x7f ? 1 : 0;
	size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 0;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	return len;
}

/* What is told may quote the input: it must not steer a terminal or a log. */
static void
make_printable(char *text)
{
	unsigned char *s = (unsigned char *)text;

	while (*s != '\0') {
		size_t len = sequence_len(s);
		if (len == 0) {
			*s = '?';
			len = 1;
		}
		s += len;
	}
}

enum err
why(struct why *w, enum err err, const char *format, ...)
{
	if (w == NULL)
		return err;
	va_list list;
	va_start(list, format);
	(void)vsnprintf(w->text, sizeof(w->text), format, list);
	va_end(list);
	make_printable(w->text);
	return err;
}

void
why_prefix(struct why *w, const char *prefix)
{
	if (w == NULL)
		return;
	struct why old = *w;
	(void)snprintf(w->text, sizeof(w->text), "%s: %.*s", prefix,
	    (int)sizeof(old.text) - 64, old.text);
	make_printable(w->text);
}
