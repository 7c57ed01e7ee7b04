#include "schema/mof.h"

static const struct mof_row rows[] = {
#define X(row, id, role, type, class, required, name) \
	[row] = { id, role, type, class, required, name },
	MOF_TABLE(X)
#undef X
};

const struct mof_row *
mof_row(enum mof_component component)
{
	return &rows[component];
}

bool
mof_find(struct span role, enum mof_component *ret)
{
	for (unsigned i = 0; i < MOF_COMPONENTS; i++)
		if (span_is(role, rows[i].role)) {
			*ret = (enum mof_component)i;
			return true;
		}
	return false;
}

const char *
mof_class_label(unsigned class)
{
	static const char *const labels[] = {
		"Unclassified",
		"Class I, Open Science Model",
		"Class II, Open Tooling Model",
		"Class III, Open Model",
	};

	return labels[class];
}

unsigned
mof_class(const bool met[static MOF_COMPONENTS], struct mof_progress *ret)
{
	unsigned reached = 0;

	*ret = (struct mof_progress){ .met = { 0 } };
	for (unsigned i = 0; i < MOF_COMPONENTS; i++) {
		bool is_waived = i == MOF_REPORT && met[MOF_PAPER];
		if (!rows[i].is_required)
			continue;
		ret->needed[rows[i].class]++;
		if (met[i] || is_waived)
			ret->met[rows[i].class]++;
	}
	for (unsigned class = 3; class > 0; class --) {
		if (ret->met[class] < ret->needed[class])
			break;
		reached = class;
	}
	return reached;
}
