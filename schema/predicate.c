#include "schema/predicate.h"

static void
read_common(struct object *o, struct arena *arena, struct predicate *ret)
{
	struct span ignored;

	member_version(o, "version", &ret->version);
	member_block(o, "description");
	(void)statement_license(o, "license", &ret->license);
	license_texts_read(o, arena, &ret->license_texts);
	(void)statement_uri(o, "source", &ignored);
	attachment_read(o, arena, &ret->attachments);
	member_roles(o, "complete", arena, &ret->complete);
}

/* What generates data has one role, whether its record says so or not. */
static void
read_generators(struct object *o, struct arena *arena, struct resources *ret)
{
	member_resources(
	    o, "generatedBy", PREDICATE_GENERATORS_MAX, arena, ret);
	for (size_t i = 0; i < ret->count; i++) {
		struct span *role = &ret->all[i].role;
		if (role->len > 0 && !span_is(*role, PREDICATE_GENERATOR))
			object_fail(o, ERR_SYNTAX,
			    "%s.generatedBy[%zu].annotations.role: "
			    "only " PREDICATE_GENERATOR " may stand here",
			    o->path, i);
		*role = span_of_text(PREDICATE_GENERATOR);
	}
}

static void
read_inputs(struct object *o, struct arena *arena, struct resources *ret)
{
	struct resources derived;
	struct resources generators;

	member_resources(
	    o, "derivedFrom", PREDICATE_INPUTS_MAX, arena, &derived);
	read_generators(o, arena, &generators);
	*ret = derived;
	if (generators.count == 0)
		return;
	ret->count += generators.count;
	ret->all = arena_take(arena, ret->count, sizeof(*ret->all));
	if (ret->all == NULL) {
		object_fail(o, ERR_MEMORY, "generatedBy: no memory left");
		ret->count = 0;
		return;
	}
	for (size_t i = 0; i < derived.count; i++)
		ret->all[i] = derived.all[i];
	for (size_t i = 0; i < generators.count; i++)
		ret->all[derived.count + i] = generators.all[i];
}

void
predicate_dataset(struct object *o, struct arena *arena, struct predicate *ret)
{
	uint64_t ignored;

	read_common(o, arena, ret);
	ret->has_files = member_decimal(o, "files", &ret->files);
	(void)member_decimal(o, "bytes", &ignored);
	attachment_read_disclosure(o, &ret->disclosure);
	read_inputs(o, arena, &ret->inputs);
	claim_read(o, arena, &ret->claims);
	ret->availability = availability_read(o);
	ret->source_category = source_category_read(o);
}

void
predicate_model(struct object *o, struct arena *arena, struct predicate *ret)
{
	struct span ignored;

	predicate_dataset(o, arena, ret);
	(void)object_optional_line(
	    o, "architecture", 1, MEMBER_LABEL_MAX, &ignored);
	(void)object_optional_line(o, "format", 1, MEMBER_LABEL_MAX, &ignored);
}

void
predicate_code(struct object *o, struct arena *arena, struct predicate *ret)
{
	struct span ignored;

	read_common(o, arena, ret);
	(void)statement_uri(o, "repository", &ignored);
	(void)object_optional_line(
	    o, "entryPoint", 1, STATEMENT_TEXT_MAX, &ignored);
}

static enum err
read_metric(json_value *value, struct arena *arena, struct why *w)
{
	struct object o = object_of(value, "", w);
	struct span ignored;

	(void)arena;
	object_line(&o, "name", 1, MEMBER_LABEL_MAX, &ignored);
	object_line(&o, "value", 1, MEMBER_LABEL_MAX, &ignored);
	(void)object_optional_line(&o, "unit", 1, MEMBER_LABEL_MAX, &ignored);
	return object_end(&o);
}

void
predicate_evaluation(
    struct object *o, struct arena *arena, struct predicate *ret)
{
	struct resources references;

	read_common(o, arena, ret);
	if (member_elements(
		o, "metrics", PREDICATE_METRICS_MAX, arena, read_metric) == 0)
		object_fail_member(o, "metrics", "at least one is needed");
	member_resources(
	    o, "benchmark", PREDICATE_REFERENCES_MAX, arena, &references);
	member_resources(
	    o, "harness", PREDICATE_REFERENCES_MAX, arena, &references);
	member_texts(o, "parameters");
	member_texts(o, "seeds");
}

void
predicate_release(struct object *o, struct arena *arena, struct predicate *ret)
{
	struct span ignored;

	if (!object_has(o, "version"))
		object_fail_member(o, "version", "missing");
	read_common(o, arena, ret);
	component_read(o, arena, &ret->components);
	claim_read(o, arena, &ret->claims);
	member_version(o, "supersedes", &ignored);
}

void
predicate_withdrawal(
    struct object *o, struct arena *arena, struct predicate *ret)
{
	struct hash ignored;

	(void)ret;
	if (!object_has(o, "reason"))
		object_fail_member(o, "reason", "missing");
	member_block(o, "reason");
	(void)member_citation(o, "replacement", arena, &ignored);
}

void
predicate_keyring(struct object *o, struct arena *arena, struct predicate *ret)
{
	struct hash ignored;
	size_t count;

	/* too many lines lie beside it */
	attachment_read(o, arena, &ret->attachments);
	if (ret->attachments.count == 0)
		(void)object_array(
		    o, "signers", 0, PREDICATE_SIGNERS_MAX, &count);
	(void)member_citation(o, "previous", arena, &ignored);
}

/* One id, so that whoever asks what terms these are gets one answer. */
static bool
is_one_license(struct span license)
{
	return license.len > 0 && span_find(license, ' ') == license.len &&
	    span_find(license, '(') == license.len;
}

void
predicate_license(struct object *o, struct arena *arena, struct predicate *ret)
{
	member_version(o, "version", &ret->version);
	member_block(o, "description");
	if (!statement_license(o, "license", &ret->license))
		object_fail_member(o, "license", "missing");
	else if (!is_one_license(ret->license))
		object_fail_member(o, "license", "one identifier is needed");
	attachment_read(o, arena, &ret->attachments);
	license_record_read(o, arena, &ret->terms);
}

void
predicate_audit(struct object *o, struct arena *arena, struct predicate *ret)
{
	audit_record_read(o, arena, &ret->audit);
	member_block(o, "description");
	attachment_read(o, arena, &ret->attachments);
}

void
predicate_advisory(struct object *o, struct arena *arena, struct predicate *ret)
{
	advisory_read(o, arena, &ret->advisory);
	member_block(o, "description");
	attachment_read(o, arena, &ret->attachments);
}

void
predicate_disclosure(
    struct object *o, struct arena *arena, struct predicate *ret)
{
	opening_read(o, OPENINGS_MAX, arena, &ret->openings);
}
