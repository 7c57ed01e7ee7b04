#include "schema/problem.h"

#include "schema/object.h"

static void
print(enum err err, const struct why *w, const char *name, uint64_t number,
    struct writer *out)
{
	const char *detail =
	    w != NULL && w->text[0] != '\0' ? w->text : err_text(err);

	writer_u8(out, '{');
	writer_member_text(out, "type", span_of_text("about:blank"));
	writer_member_text(out, "title", span_of_text(err_text(err)));
	writer_member_number(out, "status", (uint64_t)err_status(err));
	writer_member_text(out, "detail", span_of_text(detail));
	if (name != NULL)
		writer_member_number(out, name, number);
	writer_u8(out, '}');
}

void
problem_print(enum err err, const struct why *w, struct writer *out)
{
	print(err, w, NULL, 0, out);
}

void
problem_print_line(
    enum err err, const struct why *w, uint64_t line, struct writer *out)
{
	print(err, w, "line", line, out);
}

void
problem_print_have(
    enum err err, const struct why *w, uint64_t have, struct writer *out)
{
	print(err, w, "have", have, out);
}

/* Another server's problem may have any members (RFC 9457 section 3.2). */
static enum err
read_problem(json_value *root, int *ret_status, struct why *ret)
{
	struct object o = object_of(root, "problem", NULL);
	struct span title;
	struct span detail;

	bool has_title =
	    object_optional_text(&o, "title", 1, PROBLEM_LEN_MAX, &title);
	bool has_detail =
	    object_optional_text(&o, "detail", 1, PROBLEM_LEN_MAX, &detail);
	uint64_t status = object_number(&o, "status", 599);
	enum err err = object_end_open(&o);
	if (err != ERR_OK || status < 100 || (!has_title && !has_detail))
		return ERR_SYNTAX;
	struct span text = has_detail ? detail : title;
	/* kept as a sentence of ours: cut, and safe to print */
	(void)why(ret, ERR_OK, "%.*s", SPAN_ARGS(text));
	*ret_status = (int)status;
	return ERR_OK;
}

enum err
problem_parse(struct span body, int *ret_status, struct why *ret)
{
	struct json *json;

	if (body.len > PROBLEM_LEN_MAX ||
	    json_parse_answer(body, &json, NULL) != ERR_OK)
		return ERR_SYNTAX;
	enum err err = read_problem(json_root(json), ret_status, ret);
	json_done(json);
	return err;
}
