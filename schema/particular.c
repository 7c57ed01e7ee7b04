#include "schema/particular.h"

#include "schema/text.h"

static const char *const names[] = {
#define X(name, text) text,
	PARTICULAR_TABLE(X)
#undef X
};

const char *
particular_kind_name(enum particular_kind kind)
{
	return names[kind];
}

/* A member of an object, whatever it is; NULL where it is missing. */
static json_value *
find(json_value *object, const char *name)
{
	void *at = NULL;
	struct span key;
	json_value *value;

	if (object == NULL || !json_is_object(object))
		return NULL;
	while (json_member(object, &at, &key, &value)) {
		if (span_is(key, name))
			return value;
	}
	return NULL;
}

static struct span
find_text(json_value *object, const char *name)
{
	json_value *value = find(object, name);
	struct span text;

	return value != NULL && json_text(value, &text) ? text : SPAN_EMPTY;
}

struct walk {
	particular_take *take;
	void *context;
};

static void
give(const struct walk *walk, enum particular_kind kind, struct span value)
{
	struct particular one = { .kind = kind, .value = value };

	if (value.len > 0)
		walk->take(walk->context, &one);
}

static void
give_texts(
    const struct walk *walk, enum particular_kind kind, json_value *object)
{
	struct particular one = { .kind = kind };
	void *at = NULL;
	json_value *value;

	if (object == NULL || !json_is_object(object))
		return;
	while (json_member(object, &at, &one.name, &value)) {
		if (json_text(value, &one.value))
			walk->take(walk->context, &one);
	}
}

static void
give_run(const struct walk *walk, json_value *predicate)
{
	json_value *definition = find(predicate, "buildDefinition");
	json_value *parameters = find(definition, "externalParameters");
	json_value *details = find(predicate, "runDetails");
	json_value *metadata = find(details, "metadata");

	give_texts(walk, PARTICULAR_PARAMETER, find(parameters, "parameters"));
	give_texts(walk, PARTICULAR_SEED, find(parameters, "seeds"));
	give(walk, PARTICULAR_STAGE, find_text(parameters, "stage"));
	give(walk, PARTICULAR_ORDER, find_text(parameters, "dataOrder"));
	give(walk, PARTICULAR_COMMAND,
	    find_text(find(parameters, "command"), "sha256"));
	give(walk, PARTICULAR_BUILDER,
	    find_text(find(details, "builder"), "id"));
	give(walk, PARTICULAR_INVOCATION, find_text(metadata, "invocationId"));
	give(walk, PARTICULAR_STARTED, find_text(metadata, "startedOn"));
	give(walk, PARTICULAR_FINISHED, find_text(metadata, "finishedOn"));
}

static void
give_evaluation(const struct walk *walk, json_value *predicate)
{
	json_value *metrics = find(predicate, "metrics");

	give_texts(walk, PARTICULAR_PARAMETER, find(predicate, "parameters"));
	give_texts(walk, PARTICULAR_SEED, find(predicate, "seeds"));
	for (size_t i = 0; metrics != NULL && i < json_count(metrics); i++) {
		json_value *metric = json_element(metrics, i);
		struct particular one = {
			.kind = PARTICULAR_METRIC,
			.name = find_text(metric, "name"),
			.value = find_text(metric, "value"),
			.unit = find_text(metric, "unit"),
		};
		walk->take(walk->context, &one);
	}
}

void
particular_walk(
    const struct record *record, particular_take *take, void *context)
{
	struct walk walk = { .take = take, .context = context };

	if (record->kind == RECORD_RUN)
		give_run(&walk, record->statement.predicate);
	else if (record->kind == RECORD_EVALUATION)
		give_evaluation(&walk, record->statement.predicate);
}

struct span
particular_text(const struct record *record, const char *name)
{
	return find_text(record->statement.predicate, name);
}

struct span
particular_build_type(const struct record *record)
{
	struct span type = find_text(
	    find(record->statement.predicate, "buildDefinition"), "buildType");

	/* a stranger's may be anything */
	return text_is_uri(type) ? type : span_of_text("urn:headwater:unknown");
}
