#include "client/attest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "client/artifact.h"

/* Of a record: the publisher's word is checked too. */
static enum err
take_record(struct attest *attest, const char *text, struct why *w)
{
	struct proved *proved = &attest->fetched.proved;
	enum err err =
	    fetched_named(attest->session, text, &attest->fetched, w);

	if (err != ERR_OK)
		return err;
	attest->has_record = true;
	attest->finding.audit.about_count = 1;
	attest->finding.audit.about = &proved->id;
	fetched_find_keyring(attest->session, &attest->fetched);
	err = fetched_judge(attest->session, &attest->fetched, w);
	if (err == ERR_OK && proved->record.kind == RECORD_WITHDRAWAL)
		err = why(w, ERR_USAGE,
		    "%s: a withdrawal is about no "
		    "artifact",
		    text);
	return err;
}

static enum err
choose_subject(struct attest *attest, struct why *w)
{
	const struct statement *statement =
	    &attest->fetched.proved.record.statement;
	const char *name = options_value(attest->arguments, "subject");

	attest->subject = &statement->subjects[0];
	for (size_t i = 0; i < statement->subject_count && name != NULL; i++) {
		if (!span_is(statement->subjects[i].name, name))
			continue;
		attest->subject = &statement->subjects[i];
		return ERR_OK;
	}
	return name == NULL ? ERR_OK
			    : why(w, ERR_USAGE,
				  "--subject %s: the record has none of this "
				  "name",
				  name);
}

static enum err
take_digest(struct attest *attest, const char *text, struct why *w)
{
	struct item item;
	enum err err = item_resolve(attest->session, text, &item, w);

	if (err != ERR_OK)
		return err;
	if (options_value(attest->arguments, "subject") != NULL)
		return why(w, ERR_USAGE, "--subject: of a record only");
	attest->alone = (struct resource){ .digest = item.digest };
	attest->subject = &attest->alone;
	return ERR_OK;
}

/* The member `source` of our records. */
static void
take_source(struct attest *attest)
{
	const struct statement *statement =
	    &attest->fetched.proved.record.statement;
	struct why ignored;

	if (!attest->has_record || statement->predicate == NULL ||
	    !statement->is_ours)
		return;
	struct object o =
	    object_of(statement->predicate, "predicate", &ignored);
	(void)object_optional_text(
	    &o, "source", 1, STATEMENT_URI_MAX, &attest->source);
}

enum err
attest_begin(struct session *session, const struct arguments *arguments,
    struct attest *ret, struct why *w)
{
	const char *text = arguments->words[0];

	*ret = (struct attest){ .session = session, .arguments = arguments };
	ret->finding.subjects = &ret->subject;
	ret->finding.subject_count = 1;
	enum err err = strchr(text, ':') != NULL ? take_digest(ret, text, w)
						 : take_record(ret, text, w);
	if (err == ERR_OK && ret->has_record)
		err = choose_subject(ret, w);
	if (err == ERR_OK)
		take_source(ret);
	else
		attest_done(ret);
	return err;
}

void
attest_done(struct attest *attest)
{
	if (attest->has_record)
		fetched_done(&attest->fetched);
	attest->has_record = false;
}

void
attest_cover(
    struct attest *attest, const char *unit, uint64_t checked, uint64_t of)
{
	attest->finding.audit.has_coverage = true;
	attest->finding.audit.unit = span_of_text(unit);
	attest->finding.audit.checked = checked;
	attest->finding.audit.of = of;
}

enum err
attest_compare(struct attest *attest, const struct resource *subject,
    const char *path, bool *ret_is_same, struct why *w)
{
	struct resource copy = *subject;
	struct statement one = { .subject_count = 1, .subjects = &copy };
	struct artifact artifact = { .path = path };

	if (!artifact_can_check(&one))
		return why(w, ERR_USAGE,
		    "%.*s: named by no digest that files can be checked "
		    "against",
		    SPAN_ARGS(subject->name));
	enum err err = artifact_check(
	    &attest->session->out, &one, attest->session->arena, &artifact, w);
	if (err == ERR_OK)
		*ret_is_same = artifact.subject != NULL;
	return err;
}

/* ---- numbers ---- */

static bool
read_number(struct span text, double *ret)
{
	char copy[MEMBER_LABEL_MAX + 1];
	char *end;

	if (text.len == 0 || text.len >= sizeof(copy))
		return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	double value = strtod(copy, &end);
	if (*end != '\0' || !isfinite(value))
		return false;
	*ret = value;
	return true;
}

static struct span
last_word(struct span text)
{
	size_t end = text.len;

	while (end > 0 && text.data[end - 1] <= ' ')
		end--;
	size_t at = end;
	while (at > 0 && text.data[at - 1] > ' ')
		at--;
	return span_part(text, at, end - at);
}

/* Decimals are no binary numbers: 0.93 is within 0.01 of 0.92. */
static bool
is_within(double a, double b, double tolerance)
{
	double largest = fabs(a) > fabs(b) ? fabs(a) : fabs(b);

	return fabs(a - b) <= tolerance + (tolerance > 0 ? largest * 1e-12 : 0);
}

enum err
attest_expect(const struct attest *attest, struct span expected,
    double *ret_claimed, double *ret_limit, struct why *w)
{
	const char *tolerance = options_value(attest->arguments, "tolerance");
	double limit = 0;

	if (tolerance != NULL &&
	    (!read_number(span_of_text(tolerance), &limit) || limit < 0))
		return why(w, ERR_USAGE, "--tolerance %s: a number is needed",
		    tolerance);
	if (!read_number(expected, ret_claimed))
		return why(w, ERR_USAGE, "%.*s: what is claimed is no number",
		    SPAN_ARGS(expected));
	*ret_limit = limit;
	return ERR_OK;
}

enum err
attest_measure(struct attest *attest, struct span printed, struct span expected,
    struct why *w)
{
	struct audit_record *audit = &attest->finding.audit;
	const char *tolerance = options_value(attest->arguments, "tolerance");
	const char *metric = options_value(attest->arguments, "metric");
	struct span word = last_word(printed);
	double limit = 0;
	double claimed = 0;
	double measured;
	enum err err = attest_expect(attest, expected, &claimed, &limit, w);

	if (err != ERR_OK)
		return err;
	if (!read_number(word, &measured))
		return why(w, ERR_MISSING,
		    "the last word that the command printed is no number: it "
		    "has to print what it measured; nothing is recorded");
	audit->metric = span_of_text(metric);
	audit->measured = arena_copy(attest->session->arena, word);
	if (audit->measured.data == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	audit->comparison =
	    tolerance != NULL ? AUDIT_TOLERANCE : AUDIT_BIT_EXACT;
	audit->threshold =
	    tolerance != NULL ? span_of_text(tolerance) : SPAN_EMPTY;
	audit->verdict = is_within(claimed, measured, limit)
	    ? AUDIT_CONFIRMED
	    : AUDIT_CONTRADICTED;
	output_note(&attest->session->out, "%s: claimed %.*s, measured %.*s",
	    metric, SPAN_ARGS(expected), SPAN_ARGS(word));
	return ERR_OK;
}
