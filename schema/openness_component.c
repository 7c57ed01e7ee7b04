#include "schema/openness_inner.h"

/* What one component of the release comes to. */
struct finding {
	enum openness_verdict verdict;
	struct span why;
	const char *raise; /* NULL: more evidence would */
	struct span license;
	bool is_contradicted;
	bool is_osi;
};

/* ---- whose word ---- */

/* The record that describes it: the cited one, else the publisher's or one that
 * he cites. */
static const struct dossier_record *
described_by(
    const struct judgement *j, const struct dossier_component *component)
{
	const struct dossier *dossier = j->dossier;

	if (component->has_record)
		return &dossier->records[component->record];
	const struct dossier_node *node = &dossier->nodes[component->node];
	return node->has_described ? &dossier->records[node->described] : NULL;
}

/* Somebody else's first record of it, where the publisher has none. */
static const struct dossier_record *
stranger_of(const struct judgement *j, const struct dossier_node *node)
{
	for (size_t i = 0; i < node->record_count; i++) {
		const struct dossier_record *record =
		    &j->dossier->records[node->records[i]];
		if (!record->is_withdrawn &&
		    record_kind_is_origin(record->record.kind))
			return record;
	}
	return NULL;
}

static bool
is_open(struct span license, struct finding *finding)
{
	struct spdx_facts facts;

	if (!spdx_facts_of(license, &facts))
		return false;
	finding->is_osi = facts.is_osi;
	return facts.is_open;
}

/* ---- the licence ---- */

static void
judge_license(struct judgement *j, struct finding *finding)
{
	struct spdx_facts facts;
	struct span license = finding->license;

	finding->verdict = OPENNESS_NOT_MET;
	if (license.len == 0) {
		finding->why = judgement_say(j, "no licence is given");
		finding->raise = "give it an open licence";
	} else if (is_open(license, finding)) {
		finding->verdict = OPENNESS_MET;
	} else if (spdx_facts_of(license, &facts) && !facts.is_known) {
		finding->why = judgement_say(j,
		    "%.*s: no list that is known here has this licence",
		    SPAN_ARGS(license));
		finding->raise = "give it an open licence";
	} else {
		finding->why =
		    judgement_say(j, "%.*s is no open licence by MOF's rule",
			SPAN_ARGS(license));
		finding->raise = "give it an open licence";
	}
}

/* The release's word, and that of who made it: both must do. */
static void
hold_against(struct judgement *j, const struct dossier_record *maker,
    struct finding *finding)
{
	struct span theirs = maker->record.license;
	struct finding other = { .license = theirs };
	char id[JUDGEMENT_ID_MAX];

	if (theirs.len == 0 || finding->license.len == 0 ||
	    spdx_same(theirs, finding->license))
		return;
	finding->is_contradicted = true;
	finding->why = judgement_say(j,
	    "contradicted: the release says %.*s, %.*s says %.*s (record %s)",
	    SPAN_ARGS(finding->license), SPAN_ARGS(maker->principal),
	    SPAN_ARGS(theirs), judgement_id(maker, id));
	if (is_open(theirs, &other)) {
		finding->is_osi = finding->is_osi && other.is_osi;
		return;
	}
	finding->verdict = OPENNESS_NOT_MET;
	finding->raise = "release it under the licence that it has";
}

static struct span
license_of(const struct judgement *j, const struct dossier_component *component,
    const struct dossier_record *maker)
{
	if (component->component->license.len > 0)
		return component->component->license;
	if (maker != NULL && maker->record.license.len > 0)
		return maker->record.license;
	return j->release->record.license;
}

/* ---- one component ---- */

/* False: nothing stands in its way yet. */
static bool
is_hollow(struct judgement *j, const struct dossier_component *component,
    struct finding *ret)
{
	char id[JUDGEMENT_ID_MAX];
	const struct dossier_record *record = component->has_record
	    ? &j->dossier->records[component->record]
	    : NULL;

	ret->verdict = OPENNESS_NOT_MET;
	ret->raise = "cite a record that stands, or name its digest";
	if (component->is_missing) {
		struct dossier_record missing = {
			.id = component->component->record,
		};
		ret->why = judgement_say(j,
		    "it cites record %s, which is not in the log, or withheld",
		    judgement_id(&missing, id));
		return true;
	}
	if (record != NULL && record->is_withdrawn) {
		ret->why =
		    judgement_say(j, "it cites record %s, which was withdrawn",
			judgement_id(record, id));
		return true;
	}
	if (component->is_foreign) {
		ret->why = judgement_say(j,
		    "it cites record %s, which is not about its digest",
		    judgement_id(record, id));
		return true;
	}
	if (component->has_node)
		return false;
	ret->verdict = OPENNESS_CLAIMED;
	ret->why = judgement_say(j, "a name without a digest");
	ret->raise = "record it, and name its digest";
	return true;
}

static void
say_met(struct judgement *j, const struct dossier_record *maker,
    bool is_stranger, struct finding *finding)
{
	char id[JUDGEMENT_ID_MAX];

	if (finding->why.len > 0)
		return;
	if (maker == NULL)
		finding->why = judgement_say(j,
		    "%.*s; its digest is committed to, and nobody describes it",
		    SPAN_ARGS(finding->license));
	else
		finding->why = judgement_say(j, "%.*s; %s %.*s, record %s",
		    SPAN_ARGS(finding->license),
		    is_stranger ? "described only by" : "by",
		    SPAN_ARGS(maker->principal), judgement_id(maker, id));
}

static struct finding
judge(struct judgement *j, const struct dossier_component *component,
    struct openness_line *line)
{
	struct finding finding = { .verdict = OPENNESS_NOT_MET };

	if (component->has_record)
		judgement_rest_on(line, component->record);
	if (is_hollow(j, component, &finding))
		return finding;
	finding.raise = NULL;
	const struct dossier_record *maker = described_by(j, component);
	bool is_stranger = maker == NULL;
	if (is_stranger)
		maker = stranger_of(j, &j->dossier->nodes[component->node]);
	finding.license = license_of(j, component, is_stranger ? NULL : maker);
	judge_license(j, &finding);
	if (maker != NULL) {
		hold_against(j, maker, &finding);
		judgement_rest_on(line, (size_t)(maker - j->dossier->records));
	}
	if (finding.verdict == OPENNESS_MET)
		say_met(j, maker, is_stranger, &finding);
	return finding;
}

/* ---- all of one role ---- */

static void
take(struct judgement *j, size_t at, enum mof_component row, bool is_first)
{
	struct openness_line *line = &j->openness->components[row];
	const struct dossier_component *component = &j->dossier->components[at];
	struct finding finding = judge(j, component, line);
	struct evidence evidence = evidence_of(j->dossier,
	    &(struct evidence_of){ .what = EVIDENCE_COMPONENT, .at = at });
	const char *raise =
	    finding.raise != NULL ? finding.raise : evidence_raise(&evidence);

	if (is_first || evidence.level < line->level)
		line->level = evidence.level;
	line->is_contradicted |= finding.is_contradicted;
	j->is_osi[row] = j->is_osi[row] && finding.is_osi;
	if (!is_first && finding.verdict >= line->verdict)
		return;
	line->verdict = finding.verdict;
	line->license = finding.license;
	line->why = finding.why;
	line->raise = raise == NULL ? SPAN_EMPTY : span_of_text(raise);
	if (component->component->name.len > 0 &&
	    finding.verdict != OPENNESS_MET)
		line->why = judgement_say(j, "%.*s: %.*s",
		    SPAN_ARGS(component->component->name),
		    SPAN_ARGS(finding.why));
}

static size_t
take_row(struct judgement *j, enum mof_component row)
{
	size_t count = 0;

	j->is_osi[row] = true;
	for (size_t i = 0; i < j->dossier->component_count; i++) {
		const struct dossier_component *c = &j->dossier->components[i];
		enum mof_component of;
		if (mof_find(c->component->role, &of) && of == row)
			take(j, i, row, count++ == 0);
	}
	return count;
}

/* What was released, where a model record says that it is the model. */
static bool
take_released(struct judgement *j, struct openness_line *line)
{
	for (size_t i = 0; i < j->dossier->node_count; i++) {
		const struct dossier_node *node = &j->dossier->nodes[i];
		if (!node->is_released || !node->has_described)
			continue;
		const struct dossier_record *maker =
		    &j->dossier->records[node->described];
		struct finding finding = { .license = maker->record.license };
		struct evidence evidence = evidence_of(j->dossier,
		    &(struct evidence_of){ .what = EVIDENCE_NODE, .at = i });
		const char *raise = evidence_raise(&evidence);
		if (maker->record.kind != RECORD_MODEL)
			continue;
		if (j->release->record.license.len > 0)
			finding.license = j->release->record.license;
		judge_license(j, &finding);
		hold_against(j, maker, &finding);
		if (finding.verdict == OPENNESS_MET)
			say_met(j, maker, false, &finding);
		if (finding.raise != NULL)
			raise = finding.raise;
		line->verdict = finding.verdict;
		line->is_contradicted = finding.is_contradicted;
		line->license = finding.license;
		line->why = finding.why;
		line->level = evidence.level;
		line->raise = raise == NULL ? SPAN_EMPTY : span_of_text(raise);
		judgement_rest_on(line, node->described);
		return true;
	}
	return false;
}

static void
judge_row(struct judgement *j, enum mof_component row)
{
	struct openness_line *line = &j->openness->components[row];
	size_t count = 0;

	line->row = mof_row(row);
	line->name = line->row->name;
	line->key = line->row->role;
	if (j->release == NULL) {
		line->why = judgement_say(j, "nothing was released");
		line->raise = span_of_text("record a release that names it");
		return;
	}
	count = take_row(j, row);
	if (count == 0 && row == MOF_PARAMETERS && take_released(j, line))
		return;
	if (count > 1 && line->verdict == OPENNESS_MET)
		line->why = judgement_say(
		    j, "all %zu: %.*s", count, SPAN_ARGS(line->why));
	if (count > 0)
		return;
	line->why = judgement_say(j, "the release does not name it");
	line->raise = span_of_text("record it, and name its digest");
}

void
judgement_components(struct judgement *j)
{
	struct openness *openness = j->openness;

	for (unsigned i = 0; i < MOF_COMPONENTS; i++)
		judge_row(j, (enum mof_component)i);
	struct openness_line *report = &openness->components[MOF_REPORT];
	if (report->verdict == OPENNESS_MET ||
	    openness->components[MOF_PAPER].verdict != OPENNESS_MET)
		return;
	*report = openness->components[MOF_PAPER];
	report->row = mof_row(MOF_REPORT);
	report->name = report->row->name;
	report->key = report->row->role;
	report->is_waived = true;
	report->why = judgement_say(j, "waived: the research paper is there");
	report->raise = SPAN_EMPTY;
}
