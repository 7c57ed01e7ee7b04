#include "schema/spdx.h"

#include <assert.h>
#include <strings.h>

static_assert((SPDX_TEXT_MAX + 4) / 5 <= SPDX_TERMS_MAX,
    "no text within its bounds has too many terms");

#define LEFT_PARENTHESIS '('

/* Operators that wait for their right operand (Dijkstra's shunting yard). */
struct parser {
	struct spdx *spdx;
	struct span rest;
	bool had_operand; /* an operator or ")" may follow */
	bool may_be_with; /* behind a licence that has no exception yet */
	bool needs_exception;
	size_t waiting_count;
	char waiting[SPDX_TEXT_MAX]; /* '(', 'A'nd, 'O'r */
	struct why *why;
};

static enum err
refuse(const struct parser *p, const char *sentence, struct span at)
{
	return why(p->why, ERR_SYNTAX, "%s \"%.*s\"", sentence, SPAN_ARGS(at));
}

/* ---- ids ---- */

static bool
is_id_byte(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	    (byte >= '0' && byte <= '9') || byte == '-' || byte == '.';
}

static bool
is_id(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!is_id_byte(text.data[i]))
			return false;
	}
	return text.len > 0;
}

/* `prefix` and an id, from a document or without one. */
static bool
is_reference(struct span text, const char *prefix)
{
	struct span document;
	size_t len = span_of_text(prefix).len;

	if (span_starts(text, "DocumentRef-")) {
		if (!span_cut(&text, ':', &document) ||
		    !is_id(span_part(document, 12, document.len)))
			return false;
	}
	return span_starts(text, prefix) &&
	    is_id(span_part(text, len, text.len));
}

static bool
looks_like_reference(struct span text)
{
	return span_starts(text, "DocumentRef-") ||
	    span_starts(text, SPDX_LICENSE_REF) ||
	    span_starts(text, "AdditionRef-");
}

static bool
is_small_operator(struct span word)
{
	static const char *const operators[] = { "AND", "OR", "WITH" };

	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++) {
		size_t len = span_of_text(operators[i]).len;
		if (word.len == len &&
		    strncasecmp((const char *)word.data, operators[i], len) ==
			0)
			return true;
	}
	return false;
}

/* ---- output ---- */

static void
put(struct parser *p, const struct spdx_item *item)
{
	assert(p->spdx->count < SPDX_ITEMS_MAX);
	p->spdx->items[p->spdx->count++] = *item;
}

static void
put_operator(struct parser *p)
{
	char joiner = p->waiting[--p->waiting_count];

	put(p,
	    &(struct spdx_item){
		.kind = joiner == 'A' ? SPDX_AND : SPDX_OR,
	    });
}

/* Those that bind as close as `joiner` or closer have both operands. */
static void
put_closer(struct parser *p, char joiner)
{
	while (p->waiting_count > 0) {
		char top = p->waiting[p->waiting_count - 1];
		if (top == LEFT_PARENTHESIS || (joiner == 'A' && top == 'O'))
			return;
		put_operator(p);
	}
}

/* ---- words ---- */

static enum err
take_license(struct parser *p, struct span word)
{
	struct spdx_item item = { .kind = SPDX_TERM, .license = word };

	if (p->had_operand)
		return refuse(p, "an operator is missing before", word);
	if (is_small_operator(word))
		return refuse(p, "operators are upper-case:", word);
	if (looks_like_reference(word)) {
		if (!is_reference(word, SPDX_LICENSE_REF))
			return refuse(p, "no reference to a licence:", word);
		item.is_reference = true;
	} else {
		item.or_later = word.data[word.len - 1] == '+';
		item.license = span_part(word, 0, word.len - item.or_later);
		if (!is_id(item.license))
			return refuse(p, "no licence id:", word);
	}
	put(p, &item);
	p->spdx->term_count++;
	p->had_operand = true;
	p->may_be_with = true;
	return ERR_OK;
}

static enum err
take_exception(struct parser *p, struct span word)
{
	bool is_fine = looks_like_reference(word)
	    ? is_reference(word, "AdditionRef-")
	    : is_id(word) && !is_small_operator(word);

	if (!is_fine)
		return refuse(p, "no exception to a licence:", word);
	p->spdx->items[p->spdx->count - 1].exception = word;
	p->needs_exception = false;
	p->had_operand = true;
	p->may_be_with = false;
	return ERR_OK;
}

static enum err
take_operator(struct parser *p, struct span word)
{
	bool is_with = span_is(word, "WITH");
	char joiner = (char)word.data[0];

	if (p->needs_exception || !p->had_operand)
		return refuse(p, "a licence is missing before", word);
	if (is_with && !p->may_be_with)
		return refuse(
		    p, "only a single licence can stand before", word);
	if (!is_with) {
		put_closer(p, joiner);
		p->waiting[p->waiting_count++] = joiner;
	}
	p->needs_exception = is_with;
	p->had_operand = false;
	return ERR_OK;
}

static enum err
take_word(struct parser *p, struct span word)
{
	if (span_is(word, "AND") || span_is(word, "OR") ||
	    span_is(word, "WITH"))
		return take_operator(p, word);
	if (p->needs_exception)
		return take_exception(p, word);
	return take_license(p, word);
}

static enum err
take_parenthesis(struct parser *p, uint8_t byte)
{
	struct span at = span_part(p->rest, 0, 16);

	if (byte == LEFT_PARENTHESIS) {
		if (p->had_operand)
			return refuse(p, "an operator is missing before", at);
		if (p->needs_exception)
			return refuse(p, "no exception to a licence:", at);
		p->waiting[p->waiting_count++] = LEFT_PARENTHESIS;
		return ERR_OK;
	}
	if (!p->had_operand)
		return refuse(p, "a licence is missing before", at);
	put_closer(p, 'O');
	if (p->waiting_count == 0)
		return refuse(p, "nothing is opened before", at);
	p->waiting_count--;
	p->may_be_with = false;
	return ERR_OK;
}

static enum err
take_token(struct parser *p)
{
	uint8_t byte = p->rest.data[0];
	size_t len = 0;
	enum err err;

	while (len < p->rest.len &&
	    (is_id_byte(p->rest.data[len]) || p->rest.data[len] == ':' ||
		p->rest.data[len] == '+'))
		len++;
	if (byte == ' ')
		err = ERR_OK;
	else if (byte == '(' || byte == ')')
		err = take_parenthesis(p, byte);
	else if (len == 0)
		return why(p->why, ERR_SYNTAX,
		    "only a-z, A-Z, 0-9, - . + : ( ) and space are allowed");
	else
		err = take_word(p, span_part(p->rest, 0, len));
	p->rest = span_part(p->rest, len > 0 ? len : 1, p->rest.len);
	return err;
}

enum err
spdx_parse(struct span text, struct spdx *ret, struct why *w)
{
	struct parser p = { .spdx = ret, .rest = text, .why = w };

	ret->count = 0;
	ret->term_count = 0;
	if (text.len > SPDX_TEXT_MAX)
		return why(w, ERR_LIMIT, "%zu bytes, at most %d", text.len,
		    SPDX_TEXT_MAX);
	while (p.rest.len > 0) {
		enum err err = take_token(&p);
		if (err != ERR_OK)
			return err;
	}
	if (p.needs_exception)
		return why(
		    w, ERR_SYNTAX, "an exception is missing behind WITH");
	if (!p.had_operand)
		return why(w, ERR_SYNTAX, "a licence is missing at the end");
	put_closer(&p, 'O');
	if (p.waiting_count > 0)
		return why(w, ERR_SYNTAX, "a parenthesis is not closed");
	return ERR_OK;
}
