#include <stdarg.h>
#include <stdio.h>

#include "schema/openness_inner.h"

#define SENTENCE_MAX 640

const char *
openness_verdict_name(enum openness_verdict verdict)
{
	static const char *const names[] = {
#define X(name, text) [name] = (text),
		OPENNESS_VERDICT_TABLE(X)
#undef X
	};

	return names[verdict];
}

struct span
judgement_say(struct judgement *j, const char *format, ...)
{
	char text[SENTENCE_MAX];
	va_list arguments;

	va_start(arguments, format);
	int len = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (len < 0)
		len = 0;
	if ((size_t)len >= sizeof(text))
		len = (int)sizeof(text) - 1;
	struct span copy = arena_copy(j->arena, span_of(text, (size_t)len));
	if (copy.data == NULL)
		j->err = ERR_MEMORY;
	return copy;
}

const char *
judgement_id(
    const struct dossier_record *record, char out[static JUDGEMENT_ID_MAX])
{
	char text[HASH_TEXT_MAX];

	hash_print(&record->id, text);
	(void)snprintf(out, JUDGEMENT_ID_MAX, "%.12s", text);
	return out;
}

struct span
judgement_name(struct judgement *j, size_t at)
{
	const struct dossier_node *node = &j->dossier->nodes[at];
	char text[DIGEST_TEXT_MAX];

	if (node->name.len > 0)
		return node->name;
	digest_print(&node->digest, text);
	return judgement_say(j, "%.20s", text);
}

void
judgement_rest_on(struct openness_line *line, size_t record)
{
	for (size_t i = 0; i < line->record_count; i++)
		if (line->records[i] == record)
			return;
	if (line->record_count < OPENNESS_RECORDS_MAX)
		line->records[line->record_count++] = record;
}

static void
judge_class(struct openness *openness)
{
	bool met[MOF_COMPONENTS];

	for (size_t i = 0; i < MOF_COMPONENTS; i++)
		met[i] = openness->components[i].verdict == OPENNESS_MET;
	openness->class = mof_class(met, &openness->progress);
}

enum err
openness_judge(
    const struct dossier *dossier, struct arena *arena, struct openness **ret)
{
	struct judgement j = {
		.dossier = dossier,
		.release = dossier_release(dossier),
		.arena = arena,
		.openness = arena_take(arena, 1, sizeof(*j.openness)),
	};

	if (j.openness == NULL)
		return ERR_MEMORY;
	j.openness->dossier = dossier;
	judgement_components(&j);
	judgement_hold_data(&j);
	judge_class(j.openness);
	judgement_osaid(&j);
	judgement_claims(&j);
	enum err err = evidence_judge(dossier, arena, &j.openness->lineage);
	if (err == ERR_OK)
		err = j.err;
	*ret = j.openness;
	return err;
}
