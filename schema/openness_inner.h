/*
 * openness_inner: what the files of openness share.
 *
 * Threads: one.  Memory: the arena.
 */
#ifndef HEADWATER_SCHEMA_OPENNESS_INNER_H
#define HEADWATER_SCHEMA_OPENNESS_INNER_H

#include "schema/openness.h"
#include "schema/spdx_list.h"

struct judgement {
	const struct dossier *dossier;
	const struct dossier_record *release; /* NULL: none */
	struct arena *arena;
	struct openness *openness;
	enum err err;
	/* of the components of each row: are all of their licences OSI's? */
	bool is_osi[MOF_COMPONENTS];
};

/* A sentence in the arena. */
struct span judgement_say(struct judgement *j, const char *format, ...)
    PRINTF(2, 3);
/* Each once, as long as there is room. */
void judgement_rest_on(struct openness_line *line, size_t record);
/* The first digits of its id. */
#define JUDGEMENT_ID_MAX 16
const char *judgement_id(
    const struct dossier_record *record, char out[static JUDGEMENT_ID_MAX]);

/* What node `at` is called, else how its digest begins. */
struct span judgement_name(struct judgement *j, size_t at);

/* Did data, or a model, come this way into what was released? */
bool judgement_is_data_edge(
    const struct dossier *dossier, const struct dossier_edge *edge);

void judgement_components(struct judgement *j); /* openness_component.c */
/* Datasets are met only where all data that went in is named. */
void judgement_hold_data(struct judgement *j); /* openness_data.c */
void judgement_osaid(struct judgement *j);     /* openness_osaid.c */
void judgement_claims(struct judgement *j);    /* openness_claim.c */

#endif
