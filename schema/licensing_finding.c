/*
 * What there is to say of one item.
 */
#include "schema/licensing_inner.h"

#include <stdarg.h>
#include <stdio.h>

void
licensing_say(struct judging *j, enum licensing_kind kind, size_t item,
    const size_t *record, const char *format, ...)
{
	char text[512];
	va_list arguments;
	struct licensing_finding *finding;

	if (j->finding_count == LICENSING_FINDINGS_MAX) {
		j->is_cut = true;
		return;
	}
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	finding = &j->findings[j->finding_count];
	*finding = (struct licensing_finding){
		.kind = kind,
		.item = item,
		.sentence = arena_copy(j->arena, span_of_text(text)),
		.has_record = record != NULL,
		.record = record != NULL ? *record : 0,
	};
	if (finding->sentence.data == NULL)
		j->err = ERR_MEMORY;
	else
		j->finding_count++;
}

/* ---- whose word ---- */

/* Another licence for the same item, by its owner: beside what counts. */
static void
find_contradiction(struct judging *j, size_t at)
{
	const struct licensing_item *item = &j->items[at];
	const struct dossier_node *node = &j->dossier->nodes[item->node];
	struct span owner = licensing_owner(j, node);

	for (size_t i = 0; i < node->record_count; i++) {
		size_t number = node->records[i];
		const struct dossier_record *record =
		    &j->dossier->records[number];
		if (record->is_withdrawn || record->record.license.len == 0 ||
		    record->record.kind == RECORD_LICENSE ||
		    !span_equal(record->principal, owner) ||
		    !licensing_is_about(record, &node->digest) ||
		    spdx_same(record->record.license, item->license))
			continue;
		licensing_say(j, LICENSING_CONTRADICTED, at, &number,
		    "%.*s counts, but a record of %.*s says %.*s",
		    SPAN_ARGS(item->license), SPAN_ARGS(record->principal),
		    SPAN_ARGS(record->record.license));
	}
}

static void
find_word(struct judging *j, size_t at)
{
	const struct licensing_item *item = &j->items[at];

	if (item->word == LICENSING_NOBODY)
		licensing_say(j, LICENSING_NO_LICENCE, at, NULL,
		    "nobody says under what licence it stands");
	else if (item->word == LICENSING_OTHERS)
		licensing_say(j, LICENSING_HEARSAY, at, &item->record,
		    "only %.*s, who did not publish it, says %.*s",
		    SPAN_ARGS(j->dossier->records[item->record].principal),
		    SPAN_ARGS(item->license));
	else if (item->word == LICENSING_USER)
		licensing_say(j, LICENSING_HEARSAY, at, &item->record,
		    "only who used it says %.*s", SPAN_ARGS(item->license));
	else if (item->word == LICENSING_CLAIMED)
		licensing_say(j, LICENSING_HEARSAY, at, &item->record,
		    "only a document that came with it claims %.*s",
		    SPAN_ARGS(item->license));
	if (item->word != LICENSING_NOBODY && !item->is_expression)
		licensing_say(j, LICENSING_NO_EXPRESSION, at, &item->record,
		    "\"%.*s\" is no SPDX expression",
		    SPAN_ARGS(span_part(item->license, 0, 128)));
	if (item->has_node)
		find_contradiction(j, at);
}

/* ---- ids ---- */

static bool
is_unknown(const struct spdx_item *term)
{
	return !spdx_license_flags(term->license) ||
	    (term->exception.len > 0 && !spdx_exception_flags(term->exception));
}

static bool
is_deprecated(const struct spdx_item *term)
{
	return (spdx_license_flags(term->license) & SPDX_DEPRECATED) ||
	    (spdx_exception_flags(term->exception) & SPDX_DEPRECATED);
}

static void
find_id(struct judging *j, size_t at, const struct spdx_item *term)
{
	/* a reference stands for a text: with one at hand it is no riddle */
	bool is_riddle = !term->is_reference || j->items[at].text_count == 0;

	if (is_unknown(term) && is_riddle)
		licensing_say(j, LICENSING_UNKNOWN_ID, at, NULL,
		    term->is_reference
			? "%.*s%s%.*s stands for a text, which was not pinned"
			: "%.*s%s%.*s is in no list that is known here",
		    SPAN_ARGS(term->license),
		    term->exception.len > 0 ? " WITH " : "",
		    SPAN_ARGS(term->exception));
	if (is_deprecated(term))
		licensing_say(j, LICENSING_DEPRECATED, at, NULL,
		    "%.*s%s%.*s is deprecated in SPDX's list",
		    SPAN_ARGS(term->license),
		    term->exception.len > 0 ? " WITH " : "",
		    SPAN_ARGS(term->exception));
}

static void
find_ids(struct judging *j, size_t at)
{
	struct spdx spdx;

	if (spdx_parse(j->items[at].license, &spdx, NULL) != ERR_OK)
		return;
	for (size_t i = 0; i < spdx.count; i++) {
		if (spdx.items[i].kind == SPDX_TERM)
			find_id(j, at, &spdx.items[i]);
	}
}

static void
find_facts(struct judging *j, size_t at)
{
	const struct licensing_item *item = &j->items[at];
	const struct spdx_facts *f = &item->facts;

	if (!item->is_expression)
		return;
	if (!f->is_open)
		licensing_say(j, LICENSING_NOT_OPEN, at, NULL,
		    "%.*s is neither of OSI, of the FSF, nor an open data "
		    "licence",
		    SPAN_ARGS(item->license));
	else if (!f->is_osi)
		licensing_say(j, LICENSING_NOT_OSI, at, NULL,
		    "%.*s is open, but not approved by OSI",
		    SPAN_ARGS(item->license));
	if (f->is_mutable)
		licensing_say(j, LICENSING_MUTABLE, at, NULL,
		    "%.*s lets the licensor change what was agreed to",
		    SPAN_ARGS(item->license));
	if (f->is_revocable)
		licensing_say(j, LICENSING_REVOCABLE, at, NULL,
		    "%.*s lets the licensor end or restrict its use",
		    SPAN_ARGS(item->license));
}

/* ---- beside the claim ---- */

static void
say_conflict(struct judging *j, size_t at, enum licensing_kind kind,
    const char *sentence, struct span claim)
{
	const struct licensing_item *item = &j->items[at];

	licensing_say(j, kind, at, NULL,
	    "%.*s %s; it went in%s%.*s, and the claim is %.*s",
	    SPAN_ARGS(item->license), sentence,
	    item->role.len > 0 ? " as " : "", SPAN_ARGS(item->role),
	    SPAN_ARGS(claim));
}

/* The family of an id: what stands before its version. */
static struct span
family(struct span id)
{
	for (size_t i = 0; i + 1 < id.len; i++) {
		uint8_t next = id.data[i + 1];
		if (id.data[i] == '-' && next >= '0' && next <= '9')
			return span_part(id, 0, i);
	}
	return id;
}

static bool
ends(struct span text, const char *end)
{
	size_t len = span_of_text(end).len;

	return text.len >= len &&
	    span_is(span_part(text, text.len - len, len), end);
}

/* May the term's licence become that of the claim: the same, or a later one of
 * its family where it says so? */
static bool
may_become(const struct spdx_item *term, const void *context)
{
	const struct span *claim = context;
	bool is_later = term->or_later || ends(term->license, "-or-later");
	unsigned flags = spdx_license_flags(term->license);

	if (!(flags & SPDX_SHARE_ALIKE))
		return true;
	if (spdx_same(term->license, *claim))
		return true;
	return is_later && span_equal(family(term->license), family(*claim));
}

static void
find_share_alike(struct judging *j, size_t at, struct span claim,
    const struct spdx_facts *claimed)
{
	const struct spdx_facts *f = &j->items[at].facts;
	struct spdx spdx;

	if (!f->share_alike)
		return;
	if (!claimed->share_alike)
		say_conflict(j, at, LICENSING_SHARE_ALIKE,
		    "asks that what is made of it has the same licence", claim);
	else if (spdx_parse(j->items[at].license, &spdx, NULL) == ERR_OK &&
	    !spdx_holds(&spdx, may_become, &claim))
		say_conflict(j, at, LICENSING_OTHER_SHARE_ALIKE,
		    "asks for itself in what is made of it", claim);
}

static void
find_conflicts(struct judging *j, size_t at, struct span claim,
    const struct spdx_facts *claimed)
{
	const struct spdx_facts *f = &j->items[at].facts;
	bool binds = f->share_alike || f->share_alike_part ||
	    f->non_commercial || f->no_derivatives || f->use_restricted ||
	    f->is_mutable || f->is_revocable;

	if (f->non_commercial && !claimed->non_commercial)
		say_conflict(j, at, LICENSING_NON_COMMERCIAL,
		    "forbids commercial use", claim);
	if (f->no_derivatives)
		say_conflict(j, at, LICENSING_NO_DERIVATIVES,
		    "forbids that something is made of it", claim);
	find_share_alike(j, at, claim, claimed);
	if (f->use_restricted && !claimed->use_restricted)
		say_conflict(j, at, LICENSING_USE_RESTRICTED,
		    "forbids some uses", claim);
	/* each condition can be avoided, but not all by one choice */
	if (claimed->is_permissive && f->is_open && !f->is_permissive && !binds)
		say_conflict(j, at, LICENSING_NO_FREE_CHOICE,
		    "has conditions, whichever is chosen", claim);
}

void
licensing_find(struct judging *j, size_t at, struct span claim,
    const struct spdx_facts *facts)
{
	const struct licensing_item *item = &j->items[at];

	if (item->is_part)
		return;
	find_word(j, at);
	find_ids(j, at);
	if (item->is_upstream && item->is_expression && facts != NULL)
		find_conflicts(j, at, claim, facts);
	if (item->word != LICENSING_NOBODY)
		licensing_find_texts(j, at);
	find_facts(j, at);
}
