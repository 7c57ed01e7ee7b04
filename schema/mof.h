/*
 * mof: the Model Openness Framework's components and classes, as its own tool has
 * them (mof.settings.yml; FORMATS 5.9).
 *
 * Each class needs what the classes below it need.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_SCHEMA_MOF_H
#define HEADWATER_SCHEMA_MOF_H

#include <stdint.h>

#include "schema/span.h"

/* row, id in MOF, component as releases name it, type, class, required, name */
#define MOF_TABLE(X) \
	X(MOF_ARCHITECTURE, 9, "model-architecture", "code", 3, true, \
	    "Model architecture") \
	X(MOF_PARAMETERS, 10, "model-parameters-final", "data", 3, true, \
	    "Model parameters (final)") \
	X(MOF_RESULTS, 12, "evaluation-results", "document", 3, true, \
	    "Evaluation results") \
	X(MOF_MODEL_CARD, 13, "model-card", "document", 3, true, "Model card") \
	X(MOF_DATA_CARD, 14, "data-card", "document", 3, true, "Data card") \
	X(MOF_REPORT, 11, "technical-report", "document", 3, true, \
	    "Technical report") \
	X(MOF_OUTPUTS, 20, "sample-model-outputs", "document", 3, false, \
	    "Sample model outputs") \
	X(MOF_TRAINING, 7, "training-code", "code", 2, true, "Training code") \
	X(MOF_INFERENCE, 8, "inference-code", "code", 2, true, \
	    "Inference code") \
	X(MOF_EVALUATION, 18, "evaluation-code", "code", 2, true, \
	    "Evaluation code") \
	X(MOF_EVALUATION_DATA, 19, "evaluation-data", "data", 2, true, \
	    "Evaluation data") \
	X(MOF_LIBRARIES, 22, "supporting-libraries", "code", 2, false, \
	    "Supporting libraries and tools") \
	X(MOF_DATASETS, 15, "datasets", "data", 1, true, "Datasets") \
	X(MOF_PREPROCESSING, 16, "data-preprocessing-code", "code", 1, true, \
	    "Data preprocessing code") \
	X(MOF_INTERMEDIATE, 24, "model-parameters-intermediate", "data", 1, \
	    true, "Model parameters (intermediate)") \
	X(MOF_PAPER, 21, "research-paper", "document", 1, true, \
	    "Research paper") \
	X(MOF_METADATA, 17, "model-metadata", "data", 1, false, \
	    "Model metadata")

enum mof_component {
#define X(row, id, role, type, class, required, name) row,
	MOF_TABLE(X)
#undef X
	    MOF_COMPONENTS,
};

struct mof_row {
	unsigned id;
	const char *role;
	const char *type;
	unsigned class; /* the first that asks for it */
	bool is_required;
	const char *name;
};

const struct mof_row *mof_row(enum mof_component component);
/* False: a role of its own. */
bool mof_find(struct span role, enum mof_component *ret);
/* 0: Unclassified; 1: Open Science Model, the highest. */
const char *mof_class_label(unsigned class);

/*
 * The highest class of which, and of those below which, all is met.  A research
 * paper stands for the technical report.  `met[c]` of `needed[c]` are met
 * of what class `c` adds.
 */
struct mof_progress {
	unsigned met[4];
	unsigned needed[4];
};
unsigned mof_class(
    const bool met[static MOF_COMPONENTS], struct mof_progress *ret);

#endif
