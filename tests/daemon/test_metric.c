/* metric: adds up, prints what Prometheus reads. */
#include "tests/unit.h"

#include <pthread.h>

#include "daemon/metric.h"
#include "schema/text.h"

#define PRINTED_MAX ((size_t)64 << 10)
#define THREADS 4
#define ROUNDS 10000

static void
test_values(void **state)
{
	(void)state;
	metric_set(METRIC_QUEUE, 5);
	metric_add(METRIC_QUEUE, 3);
	metric_sub(METRIC_QUEUE, 2);
	assert_int_equal(6, metric_value(METRIC_QUEUE));
	metric_set(METRIC_QUEUE, 0);
	assert_int_equal(0, metric_value(METRIC_WAITING));
}

static void *
add_up(void *context)
{
	(void)context;
	for (int i = 0; i < ROUNDS; i++)
		metric_add(METRIC_REQUESTS, 1);
	return NULL;
}

static void
test_threads(void **state)
{
	pthread_t threads[THREADS];
	(void)state;

	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(
		    0, pthread_create(&threads[i], NULL, add_up, NULL));
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(0, pthread_join(threads[i], NULL));
	assert_int_equal(THREADS * ROUNDS, metric_value(METRIC_REQUESTS));
}

static bool
is_metric_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		uint8_t byte = name.data[i];
		if (byte != '_' && (byte < 'a' || byte > 'z'))
			return false;
	}
	return span_starts(name, "headwater_");
}

/* `# HELP name text`, `# TYPE name kind`, `name value`: for each, in order. */
static void
test_print(void **state)
{
	struct writer w = writer_heap(PRINTED_MAX);
	struct span line;
	struct span name;
	struct span type;
	(void)state;

	metric_set(METRIC_TREE_SIZE, UINT64_MAX);
	metric_print(&w);
	assert_err(ERR_OK, writer_end(&w));
	struct span rest = writer_view(&w);
	for (size_t i = 0; i < METRICS; i++) {
		uint64_t value;
		assert_true(span_cut(&rest, '\n', &line));
		assert_true(span_starts(line, "# HELP headwater_"));
		assert_true(text_is_line(line));
		assert_true(span_cut(&rest, '\n', &line));
		assert_true(span_starts(line, "# TYPE headwater_"));
		line = span_part(line, strlen("# TYPE "), line.len);
		assert_true(span_cut(&line, ' ', &name));
		type = line;
		assert_true(span_cut(&rest, '\n', &line));
		struct span printed;
		assert_true(span_cut(&line, ' ', &printed));
		assert_span(name, printed);
		assert_true(is_metric_name(name));
		assert_true(text_undecimal(line, UINT64_MAX, &value));
		assert_true(value == metric_value((enum metric)i));
		/* counters, and they alone, end so */
		size_t at = name.len - strlen("_total");
		assert_true(span_is(type, "counter") ==
		    span_is(span_part(name, at, name.len), "_total"));
		assert_true(span_is(type, "counter") || span_is(type, "gauge"));
	}
	assert_int_equal(0, rest.len);
	writer_done(&w);
}

int
main(int argc, char **argv)
{
	UNIT(test_values);
	UNIT(test_threads);
	UNIT(test_print);
	return unit_run(argc, argv);
}
