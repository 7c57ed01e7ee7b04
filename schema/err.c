#include "schema/err.h"

#include "schema/utf8.h"

#include <stdarg.h>
#include <stdio.h>

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

enum err
why(struct why *w, enum err err, const char *format, ...)
{
	if (w == NULL)
		return err;
	va_list list;
	va_start(list, format);
	(void)vsnprintf(w->text, sizeof(w->text), format, list);
	va_end(list);
	utf8_make_printable(w->text);
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
	utf8_make_printable(w->text);
}
