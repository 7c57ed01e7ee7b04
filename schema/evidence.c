#include "schema/evidence.h"

static const char *const names[] = {
#define X(name, text) text,
	EVIDENCE_LEVEL_TABLE(X)
#undef X
};

const char *
evidence_level_name(enum evidence_level level)
{
	return names[level];
}

/* ---- which audits are about it ---- */

/* Candidates: the node's records, else all. */
static const struct dossier_node *
listed_at(const struct dossier *dossier, const struct evidence_of *of)
{
	const struct dossier_component *component;

	switch (of->what) {
	case EVIDENCE_NODE:
		return &dossier->nodes[of->at];
	case EVIDENCE_EDGE:
		return &dossier->nodes[dossier->edges[of->at].to];
	case EVIDENCE_COMPONENT:
		break;
	}
	component = &dossier->components[of->at];
	return component->has_node ? &dossier->nodes[component->node] : NULL;
}

static bool
is_about_record(const struct record *audit, const struct hash *id)
{
	for (size_t i = 0; i < audit->audit.about_count; i++) {
		if (hash_equal(&audit->audit.about[i], id))
			return true;
	}
	return false;
}

/* A licence and a score say nothing of what something was made from. */
static bool
is_about_making(enum audit_method method)
{
	return method != AUDIT_LICENCE_REVIEW && method != AUDIT_EVALUATION;
}

static bool
concerns(const struct dossier *dossier, const struct evidence_of *of,
    const struct dossier_record *record)
{
	const struct dossier_component *component;

	if (record->record.kind != RECORD_AUDIT || record->is_withdrawn)
		return false;
	switch (of->what) {
	case EVIDENCE_NODE:
		return true;
	case EVIDENCE_EDGE:
		return is_about_making(record->record.audit.method) &&
		    is_about_record(&record->record,
			&dossier->records[dossier->edges[of->at].record].id);
	case EVIDENCE_COMPONENT:
		break;
	}
	component = &dossier->components[of->at];
	return component->has_node ||
	    (component->has_record &&
		is_about_record(
		    &record->record, &dossier->records[component->record].id));
}

bool
evidence_next(const struct dossier *dossier, const struct evidence_of *of,
    size_t *at, size_t *ret_record)
{
	const struct dossier_node *node = listed_at(dossier, of);
	size_t count =
	    node != NULL ? node->record_count : dossier->record_count;

	while (*at < count) {
		size_t record = node != NULL ? node->records[*at] : *at;
		(*at)++;
		if (concerns(dossier, of, &dossier->records[record])) {
			*ret_record = record;
			return true;
		}
	}
	return false;
}

/* ---- whose word it is ---- */

static bool
signed_by(const struct dossier *dossier, size_t record, struct span principal)
{
	return span_equal(dossier->records[record].principal, principal);
}

/* Who says that the artifact is there: who describes it; where nobody does, the
 * one who is asked about. */
static bool
says_node(const struct dossier *dossier, size_t node, struct span principal)
{
	const struct dossier_node *n = &dossier->nodes[node];

	if (n->has_described)
		return signed_by(dossier, n->described, principal);
	return span_equal(dossier->as, principal);
}

static bool
says_component(const struct dossier *dossier, size_t at, struct span principal)
{
	const struct dossier_component *c = &dossier->components[at];

	return signed_by(dossier, c->release, principal) ||
	    (c->has_record && signed_by(dossier, c->record, principal)) ||
	    (c->has_node && says_node(dossier, c->node, principal));
}

bool
evidence_is_independent(const struct dossier *dossier,
    const struct evidence_of *of, const struct dossier_record *audit)
{
	struct span principal = audit->principal;

	switch (of->what) {
	case EVIDENCE_NODE:
		return !says_node(dossier, of->at, principal);
	case EVIDENCE_EDGE:
		return !signed_by(
		    dossier, dossier->edges[of->at].record, principal);
	case EVIDENCE_COMPONENT:
		break;
	}
	return !says_component(dossier, of->at, principal);
}

/* ---- what an audit raises it to ---- */

static bool
is_auditor(const struct dossier *dossier, struct span principal)
{
	for (size_t i = 0; i < dossier->question.auditor_count; i++) {
		if (span_equal(dossier->question.auditors[i], principal))
			return true;
	}
	return false;
}

static bool
is_whole(const struct audit_record *audit)
{
	return !audit->has_coverage || audit->checked == audit->of;
}

static bool
is_of_nothing(const struct audit_record *audit)
{
	return audit->has_coverage && audit->checked == 0;
}

/* A tolerance without what was measured says nothing. */
static bool
reproduces(const struct audit_record *audit)
{
	return audit->method == AUDIT_RE_RUN && is_whole(audit) &&
	    (audit->comparison == AUDIT_BIT_EXACT ||
		(audit->comparison == AUDIT_TOLERANCE &&
		    audit->measured.len > 0));
}

static enum evidence_level
raises_to(const struct audit_record *audit, bool by_auditor)
{
	bool is_bytes =
	    audit->method == AUDIT_REHASH || audit->method == AUDIT_REFETCH;

	if (is_of_nothing(audit))
		return EVIDENCE_COMMITTED;
	if (by_auditor)
		return reproduces(audit) ? EVIDENCE_REPRODUCED
					 : EVIDENCE_ATTESTED;
	return is_bytes && is_whole(audit) ? EVIDENCE_DISCLOSED
					   : EVIDENCE_COMMITTED;
}

static void
count_audit(const struct dossier *dossier, size_t at, struct evidence *ret)
{
	const struct dossier_record *record = &dossier->records[at];
	const struct audit_record *audit = &record->record.audit;
	bool by_auditor = is_auditor(dossier, record->principal);

	ret->disputes += record->dispute_count;
	if (audit->verdict == AUDIT_CONTRADICTED) {
		ret->contradicted++;
		ret->is_held = ret->is_held || by_auditor;
		return;
	}
	if (audit->verdict != AUDIT_CONFIRMED) {
		ret->inconclusive++;
		return;
	}
	ret->confirmed++;
	enum evidence_level level = raises_to(audit, by_auditor);
	if (level <= ret->level)
		return;
	ret->level = level;
	ret->has_audit = true;
	ret->audit = at;
}

/* What he contradicts himself, whose word it is, counts. */
static void
count_own(const struct dossier *dossier, size_t at, struct evidence *ret)
{
	const struct dossier_record *record = &dossier->records[at];

	ret->own++;
	if (record->record.audit.verdict != AUDIT_CONTRADICTED)
		return;
	ret->contradicted++;
	ret->is_held = true;
	ret->disputes += record->dispute_count;
}

static bool
is_named_only(const struct dossier *dossier, const struct evidence_of *of)
{
	const struct dossier_component *c;

	if (of->what != EVIDENCE_COMPONENT)
		return false;
	c = &dossier->components[of->at];
	return !c->component->has_digest &&
	    (!c->has_record || dossier->records[c->record].is_withdrawn);
}

struct evidence
evidence_of(const struct dossier *dossier, const struct evidence_of *of)
{
	struct evidence evidence = { .level = EVIDENCE_COMMITTED };
	size_t at = 0;
	size_t record;

	if (is_named_only(dossier, of))
		return (struct evidence){ .level = EVIDENCE_CLAIMED };
	while (evidence_next(dossier, of, &at, &record)) {
		if (evidence_is_independent(
			dossier, of, &dossier->records[record]))
			count_audit(dossier, record, &evidence);
		else
			count_own(dossier, record, &evidence);
	}
	if (evidence.is_held) {
		evidence.level = EVIDENCE_COMMITTED;
		evidence.has_audit = false;
	}
	return evidence;
}

const char *
evidence_raise(const struct evidence *evidence)
{
	static const char *const raises[] = {
		"its digest, or the record that describes it",
		"a rehash or refetch of all of it, confirmed by somebody else",
		"an audit that one of your auditors confirms",
		"a re-run by one of your auditors that states how it compares",
		NULL,
	};

	return evidence->is_held ? "that the contradiction is withdrawn"
				 : raises[evidence->level];
}
