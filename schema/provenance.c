#include "schema/provenance.h"

/* Keeps in `o` what went wrong in a part of it, whose sentence has its path. */
static void
keep(struct object *o, enum err err)
{
	if (o->err == ERR_OK)
		o->err = err;
}

/* SHA-256 of the arguments, each ended by a NUL: one text for one list. */
static enum err
check_arguments(json_value *arguments, size_t count,
    const struct hash *expected, struct why *w)
{
	struct sha256 context;

	sha256_init(&context);
	for (size_t i = 0; i < count; i++) {
		struct span text;
		if (!json_element_text(arguments, i, &text) ||
		    text.len > PROVENANCE_ARGUMENT_MAX ||
		    !member_is_block(text))
			return why(w, ERR_SYNTAX,
			    "argv[%zu]: a text without control characters but "
			    "LF and TAB, of at most %d bytes, is needed",
			    i, PROVENANCE_ARGUMENT_MAX);
		sha256_add(&context, text);
		sha256_add(&context, span_of("", 1));
	}
	struct hash hash = sha256_done(&context);
	if (!hash_equal(&hash, expected))
		return why(w, ERR_SYNTAX, "sha256: not that of argv");
	return ERR_OK;
}

static enum err
read_command(json_value *value, struct why *w)
{
	struct object o = object_of(value, "", w);
	struct hash hash;
	struct span text;
	size_t count;

	object_text(&o, "sha256", 1, HASH_TEXT_LEN, &text);
	if (o.err == ERR_OK && !hash_parse(text, &hash))
		object_fail_member(
		    &o, "sha256", "64 lower-case hex digits needed");
	json_value *arguments =
	    object_optional_array(&o, "argv", PROVENANCE_ARGUMENTS_MAX, &count);
	enum err err = object_end(&o);
	if (err != ERR_OK || arguments == NULL)
		return err;
	return check_arguments(arguments, count, &hash, w);
}

#define DEFINITION "predicate.buildDefinition"
#define PARAMETERS DEFINITION ".externalParameters"
#define DETAILS "predicate.runDetails"

static enum err
read_parameters(json_value *value, struct arena *arena, struct predicate *ret,
    struct why *w)
{
	struct object o = object_of(value, PARAMETERS, w);
	struct span ignored;

	member_texts(&o, "parameters");
	member_texts(&o, "seeds");
	(void)object_optional_line(
	    &o, "dataOrder", 1, STATEMENT_TEXT_MAX, &ignored);
	(void)statement_role(&o, "stage", &ignored);
	member_roles(&o, "complete", arena, &ret->complete);
	json_value *command = object_optional_object(&o, "command");
	if (command != NULL)
		keep(&o,
		    object_within(
			w, read_command(command, w), PARAMETERS ".command"));
	return object_end(&o);
}

static enum err
read_definition(json_value *value, struct arena *arena, struct predicate *ret,
    struct why *w)
{
	struct object o = object_of(value, DEFINITION, w);
	object_any(&o, "buildType"); /* known: it made this a run */
	json_value *parameters = object_object(&o, "externalParameters");
	member_resources(&o, "resolvedDependencies", PREDICATE_INPUTS_MAX,
	    arena, &ret->inputs);
	enum err err = object_end(&o);
	if (err != ERR_OK)
		return err;
	return read_parameters(parameters, arena, ret, w);
}

static enum err
read_builder(json_value *value, struct why *w)
{
	struct object o = object_of(value, DETAILS ".builder", w);
	struct span ignored;

	if (!statement_uri(&o, "id", &ignored))
		object_fail_member(&o, "id", "missing");
	return object_end(&o);
}

static enum err
read_metadata(json_value *value, struct why *w)
{
	struct object o = object_of(value, DETAILS ".metadata", w);
	struct span ignored;
	uint64_t ignored_ms;

	(void)object_optional_line(
	    &o, "invocationId", 1, STATEMENT_TEXT_MAX, &ignored);
	(void)member_time(&o, "startedOn", &ignored_ms);
	(void)member_time(&o, "finishedOn", &ignored_ms);
	return object_end(&o);
}

static enum err
read_details(json_value *value, struct arena *arena, struct why *w)
{
	struct object o = object_of(value, DETAILS, w);
	struct resources ignored;

	json_value *builder = object_object(&o, "builder");
	json_value *metadata = object_optional_object(&o, "metadata");
	member_resources(
	    &o, "byproducts", PREDICATE_REFERENCES_MAX, arena, &ignored);
	if (builder != NULL && o.err == ERR_OK)
		keep(&o, read_builder(builder, w));
	if (metadata != NULL && o.err == ERR_OK)
		keep(&o, read_metadata(metadata, w));
	return object_end(&o);
}

void
provenance_run(struct object *o, struct arena *arena, struct predicate *ret)
{
	json_value *definition = object_object(o, "buildDefinition");
	json_value *details = object_object(o, "runDetails");

	if (o->err == ERR_OK)
		keep(o, read_definition(definition, arena, ret, o->why));
	if (o->err == ERR_OK)
		keep(o, read_details(details, arena, o->why));
}

/* Those of `count` dependencies that have a digest that we know. */
static enum err
read_foreign(json_value *array, size_t count, struct arena *arena,
    struct predicate *ret, struct why *w)
{
	struct resource *all = arena_take(arena, count, sizeof(*all));

	if (all == NULL)
		return why(w, ERR_MEMORY,
		    DEFINITION ".resolvedDependencies: no memory left");
	for (size_t i = 0; i < count; i++) {
		struct resource *next = &all[ret->inputs.count];
		enum err err = resource_read(
		    json_element(array, i), false, arena, next, w);
		if (err != ERR_OK)
			return object_within(
			    w, err, DEFINITION ".resolvedDependencies[%zu]", i);
		if (next->digest.count > 0)
			ret->inputs.count++;
	}
	ret->inputs.all = all;
	return ERR_OK;
}

enum err
provenance_foreign(json_value *predicate, struct arena *arena,
    struct predicate *ret, struct why *w)
{
	size_t count = 0;

	if (predicate == NULL)
		return ERR_OK;
	struct object o = object_of(predicate, "predicate", w);
	json_value *definition = object_optional_object(&o, "buildDefinition");
	enum err err = object_end_open(&o);
	if (err != ERR_OK || definition == NULL)
		return err;
	o = object_of(definition, DEFINITION, w);
	json_value *array = object_optional_array(
	    &o, "resolvedDependencies", PREDICATE_INPUTS_MAX, &count);
	err = object_end_open(&o);
	if (err != ERR_OK || array == NULL)
		return err;
	return read_foreign(array, count, arena, ret, w);
}
