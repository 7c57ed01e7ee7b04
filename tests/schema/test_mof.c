#include "schema/mof.h"

#include "tests/unit.h"

struct row {
	const char *name;
	unsigned without; /* a row and one; 0: none */
	unsigned also;
	unsigned class;
};

static const struct row rows[] = {
	{ "all", 0, 0, 1 },
	{ "no paper", MOF_PAPER + 1, 0, 2 },
	{ "no report: the paper stands for it", MOF_REPORT + 1, 0, 1 },
	{ "neither report nor paper", MOF_REPORT + 1, MOF_PAPER + 1, 0 },
	{ "no training code", MOF_TRAINING + 1, 0, 3 },
	{ "no datasets", MOF_DATASETS + 1, 0, 2 },
	{ "no parameters", MOF_PARAMETERS + 1, 0, 0 },
	{ "no sample outputs: not required", MOF_OUTPUTS + 1, 0, 1 },
	{ "no libraries, no metadata", MOF_LIBRARIES + 1, MOF_METADATA + 1, 1 },
	{ "a class below is missing", MOF_MODEL_CARD + 1, MOF_PAPER + 1, 0 },
};

static void
test_class(void **state)
{
	const struct row *row = *state;
	struct mof_progress progress;
	bool met[MOF_COMPONENTS];

	for (unsigned i = 0; i < MOF_COMPONENTS; i++)
		met[i] = i + 1 != row->without && i + 1 != row->also;
	assert_int_equal(row->class, mof_class(met, &progress));
	assert_int_equal(6, progress.needed[3]);
	assert_int_equal(4, progress.needed[2]);
	assert_int_equal(4, progress.needed[1]);
}

static void
test_names(void **state)
{
	enum mof_component found;

	(void)state;
	for (unsigned i = 0; i < MOF_COMPONENTS; i++) {
		const char *role = mof_row((enum mof_component)i)->role;
		assert_true(mof_find(span_of_text(role), &found));
		assert_int_equal(i, found);
	}
	assert_false(mof_find(span_of_text("tokenizer"), &found));
	assert_false(mof_find(SPAN_EMPTY, &found));
	assert_string_equal("Unclassified", mof_class_label(0));
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_class);
	UNIT(test_names);
	return unit_run(argc, argv);
}
