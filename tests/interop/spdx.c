/*
 * spdx: for tests/interop/spdx.t.  `spdx make SEED COUNT` writes expressions, good
 * ones and damaged ones, a line each; `spdx print` reads such lines and writes
 * what spdx_print makes of each, "-" where it is none, "?" where it has an id that
 * our list does not have (the oracle refuses those, we do not).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/spdx_list.h"

static uint64_t state;

/* splitmix64 */
static size_t
random_below(size_t bound)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (size_t)((z ^ (z >> 31)) % bound);
}

/* What the oracle has by name: ids that were in the list for years. */
static const char *const ids[] = { "MIT", "Apache-2.0", "GPL-2.0-only",
	"GPL-2.0", "LGPL-2.1-or-later", "BSD-3-Clause", "0BSD", "CC-BY-4.0",
	"MPL-1.1", "GPL-2.0-only+", "Apache-2.0+", "LicenseRef-a",
	"LicenseRef-scancode-b.1", "DocumentRef-c-1:LicenseRef-d" };
static const char *const exceptions[] = { "Classpath-exception-2.0",
	"GCC-exception-3.1", "LLVM-exception" };
static const char *const damages[] = { "(", ")", " AND ", " OR ", " WITH ", "+",
	":", "MIT", " ", ",", "LicenseRef-", "DocumentRef-" };
#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static void
make_terms(struct writer *w)
{
	size_t open = 0;

	for (size_t count = 1 + random_below(6); count > 0; count--) {
		for (; random_below(3) == 0; open++)
			writer_text(w, random_below(2) ? "(" : "( ");
		writer_text(w, ids[random_below(COUNT(ids))]);
		if (random_below(4) == 0)
			writer_format(w, " WITH %s",
			    exceptions[random_below(COUNT(exceptions))]);
		for (; open > 0 && random_below(2); open--)
			writer_text(w, ")");
		if (count > 1)
			writer_text(w, random_below(2) ? " AND " : "  OR ");
	}
	for (; open > 0; open--)
		writer_text(w, ")");
}

static void
make_one(void)
{
	char line[1024];
	char cut[1024];
	struct writer w = writer_of(line, sizeof(line));
	struct writer damaged = writer_of(cut, sizeof(cut));

	make_terms(&w);
	size_t at = random_below(w.len + 1);
	size_t gone = random_below(2) ? random_below(4) : 0;
	if (at + gone > w.len)
		gone = w.len - at;
	writer_bytes(&damaged, line, at);
	writer_text(&damaged, damages[random_below(COUNT(damages))]);
	writer_bytes(&damaged, line + at + gone, w.len - at - gone);
	struct writer *chosen = random_below(2) ? &w : &damaged;
	if (chosen->len <= SPDX_TEXT_MAX)
		(void)printf("%.*s\n", (int)chosen->len, chosen->data);
}

static bool
has_unlisted(const struct spdx *spdx)
{
	for (size_t i = 0; i < spdx->count; i++) {
		const struct spdx_item *item = &spdx->items[i];
		if (item->kind != SPDX_TERM)
			continue;
		if (!item->is_reference && !spdx_license_flags(item->license))
			return true;
		if (item->exception.len > 0 &&
		    !spdx_exception_flags(item->exception))
			return true;
	}
	return false;
}

static int
print_all(void)
{
	static char line[4096];
	static char text[4096];
	struct spdx spdx;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct span span = span_of(line, strcspn(line, "\n"));
		struct writer w = writer_of(text, sizeof(text));
		if (spdx_parse(span, &spdx, NULL) != ERR_OK)
			writer_text(&w, "-");
		else if (has_unlisted(&spdx))
			writer_text(&w, "?");
		else
			spdx_print(&spdx, &w);
		(void)printf("%.*s\n", (int)w.len, text);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "print") == 0)
		return print_all();
	if (argc != 4 || strcmp(argv[1], "make") != 0)
		return 2;
	state = strtoull(argv[2], NULL, 10);
	for (unsigned long count = strtoul(argv[3], NULL, 10); count > 0;
	     count--)
		make_one();
	return 0;
}
