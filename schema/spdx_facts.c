#include "schema/spdx_list.h"

#include <assert.h>

#define BINDING \
	(SPDX_SHARE_ALIKE | SPDX_SHARE_ALIKE_PART | SPDX_NON_COMMERCIAL | \
	    SPDX_NO_DERIVATIVES | SPDX_USE_RESTRICTED | SPDX_MUTABLE | \
	    SPDX_REVOCABLE)
#define ASKS_NOTHING (1u << 16) /* open, and none of BINDING */
#define REFERENCE (1u << 17)
#define OPEN (SPDX_OSI | SPDX_FSF | SPDX_OPEN_DATA)
#define IS_OPEN (1u << 18)
/* these hold of the whole where they hold of any part */
#define REMARKS (SPDX_DEPRECATED | REFERENCE)
/* these need each part, whatever joins them */
#define NEEDS_ALL SPDX_LISTED
/* AND needs both, OR one */
#define GOOD (SPDX_OSI | SPDX_FSF | IS_OPEN | ASKS_NOTHING)

static unsigned
term_flags(const struct spdx_item *item)
{
	struct span id = item->license;
	uint8_t whole[SPDX_TEXT_MAX + 1];
	struct writer w = writer_of(whole, sizeof(whole));
	unsigned flags = 0;

	if (item->or_later) { /* "GPL-2.0+" is an id of its own */
		writer_span(&w, id);
		writer_text(&w, "+");
		flags = spdx_license_flags(writer_view(&w));
	}
	if (flags == 0)
		flags = spdx_license_flags(id);
	if (flags & SPDX_SHARE_ALIKE)
		flags |= SPDX_SHARE_ALIKE_PART;
	if (item->exception.len > 0) {
		unsigned exception = spdx_exception_flags(item->exception);
		if ((exception & SPDX_LISTED) == 0)
			flags &= ~(unsigned)SPDX_LISTED;
		flags |= exception & SPDX_DEPRECATED;
		/* it gives permissions beyond the licence's */
		flags &= ~(unsigned)SPDX_SHARE_ALIKE;
	}
	if (flags & OPEN)
		flags |= IS_OPEN;
	if ((flags & IS_OPEN) && !(flags & BINDING))
		flags |= ASKS_NOTHING;
	return item->is_reference ? flags | REFERENCE : flags;
}

static unsigned
join(enum spdx_kind kind, unsigned a, unsigned b)
{
	unsigned both = a & b;
	unsigned any = a | b;
	unsigned flags = (any & REMARKS) | (both & NEEDS_ALL);

	if (kind == SPDX_AND)
		return flags | (both & GOOD) | (any & BINDING);
	return flags | (any & GOOD) | (both & BINDING);
}

struct spdx_facts
spdx_facts(const struct spdx *spdx)
{
	unsigned stack[SPDX_ITEMS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < spdx->count; i++) {
		const struct spdx_item *item = &spdx->items[i];
		if (item->kind == SPDX_TERM) {
			stack[count++] = term_flags(item);
			continue;
		}
		assert(count >= 2);
		count--;
		stack[count - 1] =
		    join(item->kind, stack[count - 1], stack[count]);
	}
	assert(count == 1);
	return (struct spdx_facts){
		.is_known = stack[0] & SPDX_LISTED,
		.has_reference = stack[0] & REFERENCE,
		.is_deprecated = stack[0] & SPDX_DEPRECATED,
		.is_osi = stack[0] & SPDX_OSI,
		.is_fsf = stack[0] & SPDX_FSF,
		.is_open = stack[0] & IS_OPEN,
		.is_permissive = stack[0] & ASKS_NOTHING,
		.share_alike = stack[0] & SPDX_SHARE_ALIKE,
		.share_alike_part = (stack[0] & SPDX_SHARE_ALIKE_PART) &&
		    !(stack[0] & SPDX_SHARE_ALIKE),
		.non_commercial = stack[0] & SPDX_NON_COMMERCIAL,
		.no_derivatives = stack[0] & SPDX_NO_DERIVATIVES,
		.use_restricted = stack[0] & SPDX_USE_RESTRICTED,
		.is_mutable = stack[0] & SPDX_MUTABLE,
		.is_revocable = stack[0] & SPDX_REVOCABLE,
	};
}

bool
spdx_facts_of(struct span text, struct spdx_facts *ret)
{
	struct spdx spdx;

	if (spdx_parse(text, &spdx, NULL) != ERR_OK)
		return false;
	*ret = spdx_facts(&spdx);
	return true;
}
