#include "schema/spdx.h"

#include <assert.h>
#include <strings.h>

/* In order, without recursion: what is still to be written, the next on top. */
struct step {
	size_t at;	  /* the item; its operands end before it */
	const char *text; /* written instead, where there is one */
};

struct printer {
	const struct spdx *spdx;
	size_t starts[SPDX_ITEMS_MAX]; /* where the operands of each begin */
	size_t count;
	struct step steps[SPDX_ITEMS_MAX * 4];
};

static void
find_starts(struct printer *p)
{
	size_t open[SPDX_ITEMS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < p->spdx->count; i++) {
		p->starts[i] = i;
		if (p->spdx->items[i].kind != SPDX_TERM) {
			assert(count >= 2);
			count -= 2;
			p->starts[i] = open[count];
		}
		open[count++] = p->starts[i];
	}
}

static void
push(struct printer *p, size_t at, const char *text)
{
	assert(p->count < SPDX_ITEMS_MAX * 4);
	p->steps[p->count++] = (struct step){ .at = at, .text = text };
}

/* An OR under an AND; the pieces go on from the last to the first. */
static void
push_operand(struct printer *p, enum spdx_kind above, size_t at)
{
	bool is_loose = above == SPDX_AND && p->spdx->items[at].kind == SPDX_OR;

	if (is_loose)
		push(p, at, ")");
	push(p, at, NULL);
	if (is_loose)
		push(p, at, "(");
}

static void
print_term(const struct spdx_item *item, struct writer *w)
{
	writer_span(w, item->license);
	if (item->or_later)
		writer_text(w, "+");
	if (item->exception.len > 0) {
		writer_text(w, " WITH ");
		writer_span(w, item->exception);
	}
}

void
spdx_print(const struct spdx *spdx, struct writer *w)
{
	struct printer p = { .spdx = spdx };

	if (spdx->count == 0)
		return;
	find_starts(&p);
	push(&p, spdx->count - 1, NULL);
	while (p.count > 0) {
		struct step step = p.steps[--p.count];
		const struct spdx_item *item = &spdx->items[step.at];
		if (step.text != NULL) {
			writer_text(w, step.text);
		} else if (item->kind == SPDX_TERM) {
			print_term(item, w);
		} else {
			push_operand(&p, item->kind, step.at - 1);
			push(&p, step.at,
			    item->kind == SPDX_AND ? " AND " : " OR ");
			push_operand(&p, item->kind, p.starts[step.at - 1] - 1);
		}
	}
}

/* ---- questions ---- */

bool
spdx_holds(const struct spdx *spdx, spdx_holds_of *holds, const void *context)
{
	bool stack[SPDX_ITEMS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < spdx->count; i++) {
		const struct spdx_item *item = &spdx->items[i];
		if (item->kind == SPDX_TERM) {
			stack[count++] = holds(item, context);
			continue;
		}
		assert(count >= 2);
		bool right = stack[--count];
		bool left = stack[count - 1];
		stack[count - 1] =
		    item->kind == SPDX_AND ? left && right : left || right;
	}
	return count == 1 && stack[0];
}

/* False where it is no expression. */
static bool
print_text(struct span text, struct writer *w)
{
	struct spdx spdx;

	if (spdx_parse(text, &spdx, NULL) != ERR_OK)
		return false;
	spdx_print(&spdx, w);
	return true;
}

bool
spdx_same(struct span a, struct span b)
{
	char text_a[SPDX_PRINTED_MAX];
	char text_b[SPDX_PRINTED_MAX];
	struct writer w_a = writer_of(text_a, sizeof(text_a));
	struct writer w_b = writer_of(text_b, sizeof(text_b));

	if (!print_text(a, &w_a) || !print_text(b, &w_b))
		return span_equal(a, b);
	return w_a.len == w_b.len && strncasecmp(text_a, text_b, w_a.len) == 0;
}
