#include "schema/audit_record.h"

#define X(name, text) text,
static const char *const methods[] = { "", AUDIT_METHOD_TABLE(X) };
static const char *const verdicts[] = { "", AUDIT_VERDICT_TABLE(X) };
static const char *const comparisons[] = { "", AUDIT_COMPARISON_TABLE(X) };
#undef X

const char *
audit_method_name(enum audit_method method)
{
	return methods[method];
}

const char *
audit_verdict_name(enum audit_verdict verdict)
{
	return verdicts[verdict];
}

const char *
audit_comparison_name(enum audit_comparison comparison)
{
	return comparisons[comparison];
}

bool
audit_method_parse(struct span text, enum audit_method *ret)
{
	for (unsigned i = 1; i < AUDIT_METHODS; i++) {
		if (span_is(text, methods[i])) {
			*ret = (enum audit_method)i;
			return true;
		}
	}
	return false;
}

bool
audit_verdict_parse(struct span text, enum audit_verdict *ret)
{
	for (unsigned i = 1; i < AUDIT_VERDICTS; i++) {
		if (span_is(text, verdicts[i])) {
			*ret = (enum audit_verdict)i;
			return true;
		}
	}
	return false;
}

static enum err
read_citation(
    json_value *value, struct arena *arena, struct hash *ret, struct why *w)
{
	struct digest_set set;
	enum err err = digest_set_read(value, true, arena, &set, w);

	if (err == ERR_OK && (set.count != 1 || !set.has_citation))
		err = why(w, ERR_SYNTAX, "tlogLeaf alone is needed");
	if (err == ERR_OK)
		*ret = set.citation;
	return err;
}

static bool
has_about(const struct audit_record *audit, const struct hash *id)
{
	for (size_t i = 0; i < audit->about_count; i++) {
		if (hash_equal(&audit->about[i], id))
			return true;
	}
	return false;
}

static void
read_about(struct object *o, struct arena *arena, struct audit_record *ret)
{
	size_t count;
	json_value *array =
	    object_optional_array(o, "about", AUDIT_ABOUT_MAX, &count);

	if (array == NULL)
		return;
	ret->about = arena_take(arena, count, sizeof(*ret->about));
	if (ret->about == NULL) {
		object_fail(o, ERR_MEMORY, "about: no memory left");
		return;
	}
	for (size_t i = 0; i < count && o->err == ERR_OK; i++) {
		struct hash *id = &ret->about[i];
		enum err err =
		    read_citation(json_element(array, i), arena, id, o->why);
		if (err == ERR_OK && has_about(ret, id))
			err = why(o->why, ERR_SYNTAX, "comes twice");
		member_keep(o, err, "about", i);
		ret->about_count++;
	}
}

static void
read_coverage(struct object *o, struct audit_record *ret)
{
	json_value *value = object_optional_object(o, "coverage");

	if (value == NULL || o->err != ERR_OK)
		return;
	struct object coverage = object_of(value, "predicate.coverage", o->why);
	object_line(&coverage, "unit", 1, MEMBER_LABEL_MAX, &ret->unit);
	member_needs_decimal(&coverage, "checked", &ret->checked);
	member_needs_decimal(&coverage, "of", &ret->of);
	if (coverage.err == ERR_OK && ret->checked > ret->of)
		object_fail_member(&coverage, "checked", "more than of");
	ret->has_coverage = true;
	o->err = object_end(&coverage);
}

static void
read_words(struct object *o, struct audit_record *ret)
{
	ret->method =
	    (enum audit_method)member_word(o, "method", methods, AUDIT_METHODS);
	ret->verdict = (enum audit_verdict)member_word(
	    o, "verdict", verdicts, AUDIT_VERDICTS);
	ret->comparison = (enum audit_comparison)member_word(
	    o, "comparison", comparisons, AUDIT_COMPARISONS);
	if (ret->method == AUDIT_NO_METHOD)
		object_fail_member(o, "method", "missing");
	if (ret->verdict == AUDIT_NO_VERDICT)
		object_fail_member(o, "verdict", "missing");
}

static void
read_label(struct object *o, const char *name, struct span *ret)
{
	(void)object_optional_line(o, name, 1, MEMBER_LABEL_MAX, ret);
}

void
audit_record_read(
    struct object *o, struct arena *arena, struct audit_record *ret)
{
	*ret = (struct audit_record){ .about_count = 0 };
	read_words(o, ret);
	read_label(o, "metric", &ret->metric);
	read_label(o, "threshold", &ret->threshold);
	read_label(o, "measured", &ret->measured);
	read_label(o, "seed", &ret->seed);
	if (ret->comparison == AUDIT_TOLERANCE && ret->threshold.len == 0)
		object_fail_member(o, "threshold", "needed with a tolerance");
	read_coverage(o, ret);
	read_about(o, arena, ret);
	member_texts(o, "environment");
}
