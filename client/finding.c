#include "client/finding.h"

#include "schema/text.h"

static void
write_subject(struct draft *draft, const struct resource *subject)
{
	struct arena *arena = draft->session->arena;
	const struct digest_set *from = &subject->digest;
	struct digest_set set = { .digests = arena_take(arena, from->count + 1,
				      sizeof(struct digest)) };

	if (set.digests == NULL) {
		draft_fail(draft, ERR_MEMORY);
		return;
	}
	for (size_t i = 0; i < from->count; i++) {
		if (from->digests[i].algorithm != DIGEST_TLOG_LEAF)
			set.digests[set.count++] = from->digests[i];
	}
	draft_resource(draft, subject->name, SPAN_EMPTY, &set);
}

static void
write_label(struct draft *draft, const char *name, struct span text)
{
	if (text.len > 0)
		writer_member_text(&draft->w, name, text);
}

static void
write_decimal(struct draft *draft, const char *name, uint64_t value)
{
	char digits[TEXT_DECIMAL_MAX];

	writer_member_text(
	    &draft->w, name, span_of(digits, text_decimal(value, digits)));
}

static void
write_coverage(struct draft *draft, const struct audit_record *audit)
{
	if (!audit->has_coverage)
		return;
	writer_member(&draft->w, "coverage");
	writer_text(&draft->w, "{");
	writer_member_text(&draft->w, "unit", audit->unit);
	write_decimal(draft, "checked", audit->checked);
	write_decimal(draft, "of", audit->of);
	writer_text(&draft->w, "}");
}

static void
write_about(struct draft *draft, const struct audit_record *audit)
{
	if (audit->about_count == 0)
		return;
	writer_member(&draft->w, "about");
	writer_text(&draft->w, "[");
	for (size_t i = 0; i < audit->about_count; i++) {
		writer_comma(&draft->w);
		draft_citation(draft, &audit->about[i]);
	}
	writer_text(&draft->w, "]");
}

/* As environment_print has it. */
static void
write_environment(struct draft *draft, struct span text)
{
	struct span line;

	if (text.len == 0)
		return;
	writer_member(&draft->w, "environment");
	writer_text(&draft->w, "{");
	while (span_cut(&text, '\n', &line)) {
		struct span name;
		if (!span_cut(&line, ':', &name))
			continue;
		writer_comma(&draft->w);
		writer_json(&draft->w, name);
		writer_text(&draft->w, ":");
		writer_json(
		    &draft->w, span_part(line, line.len > 0 ? 1 : 0, line.len));
	}
	writer_text(&draft->w, "}");
}

void
finding_write(struct draft *draft, const struct finding *finding)
{
	const struct audit_record *audit = &finding->audit;
	struct writer *w = &draft->w;

	for (size_t i = 0; i < finding->subject_count; i++)
		write_subject(draft, finding->subjects[i]);
	draft_predicate(draft, "audit");
	writer_member_text(
	    w, "method", span_of_text(audit_method_name(audit->method)));
	writer_member_text(
	    w, "verdict", span_of_text(audit_verdict_name(audit->verdict)));
	write_about(draft, audit);
	if (audit->comparison != AUDIT_NO_COMPARISON)
		writer_member_text(w, "comparison",
		    span_of_text(audit_comparison_name(audit->comparison)));
	write_label(draft, "metric", audit->metric);
	write_label(draft, "threshold", audit->threshold);
	write_label(draft, "measured", audit->measured);
	write_label(draft, "seed", audit->seed);
	write_coverage(draft, audit);
	write_environment(draft, finding->environment);
	write_label(draft, "description", finding->description);
	writer_text(w, "}}");
}
