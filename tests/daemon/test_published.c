/* published: only forwards. */
#include "tests/unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/published.h"

static void
test_grows(void **state)
{
	struct published *published = published_new();
	struct published_head head;
	struct hash empty = tree_empty();

	(void)state;
	published_get(published, &head);
	assert_int_equal(0, head.head.size);
	assert_int_equal(0, head.note_len);
	assert_true(hash_equal(&empty, &head.head.root));
	struct tree_head next = { .size = 3, .root = { { 1 } } };
	published_put(published, &next, span_of_text("a note"));
	published_put(published, &next, span_of_text("a note"));
	assert_int_equal(3, published_size(published));
	published_get(published, &head);
	assert_true(hash_equal(&next.root, &head.head.root));
	assert_span_text("a note", span_of(head.note, head.note_len));
	published_free(published);
}

struct row {
	const char *name;
	struct tree_head head;
};

static const struct row rows[] = {
	{ "it stops on a smaller size", { .size = 2, .root = { { 1 } } } },
	{ "it stops on another root", { .size = 3, .root = { { 2 } } } },
};

static void
test_only_forwards(void **state)
{
	const struct row *row = *state;
	struct published *published = published_new();
	struct tree_head first = { .size = 3, .root = { { 1 } } };

	published_put(published, &first, SPAN_EMPTY);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		fclose(stderr);
		published_put(published, &row->head, SPAN_EMPTY);
		_exit(0);
	}
	int status;
	assert_int_equal(child, waitpid(child, &status, 0));
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	published_free(published);
}

int
main(int argc, char **argv)
{
	UNIT(test_grows);
	UNIT_ROWS(rows, test_only_forwards);
	return unit_run(argc, argv);
}
