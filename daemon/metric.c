#include "daemon/metric.h"

#include <assert.h>
#include <stdatomic.h>

static _Atomic uint64_t values[METRICS];

static const struct {
	const char *name;
	const char *type;
	const char *help;
} table[] = {
#define X(metric, name, type, help) { name, type, help },
	METRIC_TABLE(X)
#undef X
};

void
metric_add(enum metric metric, uint64_t amount)
{
	assert(metric < METRICS);
	atomic_fetch_add_explicit(
	    &values[metric], amount, memory_order_relaxed);
}

void
metric_sub(enum metric metric, uint64_t amount)
{
	assert(metric < METRICS);
	atomic_fetch_sub_explicit(
	    &values[metric], amount, memory_order_relaxed);
}

void
metric_set(enum metric metric, uint64_t value)
{
	assert(metric < METRICS);
	atomic_store_explicit(&values[metric], value, memory_order_relaxed);
}

uint64_t
metric_value(enum metric metric)
{
	assert(metric < METRICS);
	return atomic_load_explicit(&values[metric], memory_order_relaxed);
}

void
metric_print(struct writer *w)
{
	for (size_t i = 0; i < METRICS; i++) {
		const char *name = table[i].name;
		writer_format(w, "# HELP %s %s\n# TYPE %s %s\n%s ", name,
		    table[i].help, name, table[i].type, name);
		writer_decimal(w, metric_value((enum metric)i));
		writer_text(w, "\n");
	}
}
