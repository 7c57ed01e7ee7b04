/* What the log has promised.  It lies in this process, which nobody kills. */
#include <stdarg.h>

#include "tests/fault/killer.h"

void
journal_init(struct journal *j)
{
	*j = (struct journal){ 0 };
	(void)pthread_mutex_init(&j->mutex, NULL);
}

void
journal_done(struct journal *j)
{
	for (size_t i = 0; i < j->unknown_count; i++)
		free((void *)(uintptr_t)j->unknown[i].entry.data);
	free(j->unknown);
	free(j->acked);
	free(j->heads);
	(void)pthread_mutex_destroy(&j->mutex);
}

static void *
room(void *list, size_t count, size_t *cap, size_t size)
{
	if (count < *cap)
		return list;
	*cap = *cap == 0 ? 256 : *cap * 2;
	list = reallocarray(list, *cap, size);
	if (list == NULL)
		bail_out("journal");
	return list;
}

void
journal_violated(struct journal *j, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)pthread_mutex_lock(&j->mutex);
	if (j->violation[0] == '\0')
		(void)vsnprintf(
		    j->violation, sizeof(j->violation), format, args);
	(void)pthread_mutex_unlock(&j->mutex);
	va_end(args);
}

bool
journal_is_violated(struct journal *j)
{
	(void)pthread_mutex_lock(&j->mutex);
	bool is_violated = j->violation[0] != '\0';
	(void)pthread_mutex_unlock(&j->mutex);
	return is_violated;
}

void
journal_acked(struct journal *j, const struct hash *id, uint64_t index)
{
	(void)pthread_mutex_lock(&j->mutex);
	j->acked =
	    room(j->acked, j->acked_count, &j->acked_cap, sizeof(*j->acked));
	j->acked[j->acked_count++] =
	    (struct acked){ .id = *id, .index = index };
	(void)pthread_mutex_unlock(&j->mutex);
}

void
journal_unknown(struct journal *j, const struct hash *id, struct span entry)
{
	uint8_t *copy = malloc(entry.len);

	if (copy == NULL)
		bail_out("journal");
	memcpy(copy, entry.data, entry.len);
	(void)pthread_mutex_lock(&j->mutex);
	j->unknown = room(
	    j->unknown, j->unknown_count, &j->unknown_cap, sizeof(*j->unknown));
	j->unknown[j->unknown_count++] = (struct unknown){
		.id = *id,
		.entry = span_of(copy, entry.len),
	};
	(void)pthread_mutex_unlock(&j->mutex);
}

/* Two roots for one size: the log is forked. */
void
journal_head(struct journal *j, const struct tree_head *head)
{
	bool is_fork = false;

	(void)pthread_mutex_lock(&j->mutex);
	size_t at = j->head_count;
	while (at > 0 && j->heads[at - 1].size > head->size)
		at--;
	if (at > 0 && j->heads[at - 1].size == head->size) {
		is_fork = !hash_equal(&j->heads[at - 1].root, &head->root);
	} else {
		j->heads = room(
		    j->heads, j->head_count, &j->head_cap, sizeof(*j->heads));
		memmove(j->heads + at + 1, j->heads + at,
		    (j->head_count - at) * sizeof(*j->heads));
		j->heads[at] = *head;
		j->head_count++;
	}
	(void)pthread_mutex_unlock(&j->mutex);
	if (is_fork)
		journal_violated(j, "fork: two roots signed for size %llu",
		    (unsigned long long)head->size);
}
