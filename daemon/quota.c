#include "daemon/quota.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/lock.h"

struct usage {
	char name[TEXT_PRINCIPAL_MAX + 1];
	uint64_t bytes;
};

struct quota {
	uint64_t limit;
	struct lock lock;
	struct usage *usages; /* under lock, as what follows */
	size_t count;
	size_t cap;
};

void
quota_names_add(struct quota_names *names, struct span principal)
{
	assert(principal.len <= TEXT_PRINCIPAL_MAX);
	for (size_t i = 0; i < names->count; i++) {
		if (span_is(principal, names->names[i]))
			return;
	}
	if (names->count == QUOTA_NAMES_MAX)
		return;
	char *name = names->names[names->count++];
	memcpy(name, principal.data, principal.len);
	name[principal.len] = '\0';
}

struct quota *
quota_new(uint64_t limit)
{
	struct quota *quota = calloc(1, sizeof(*quota));

	if (quota == NULL)
		return NULL;
	quota->limit = limit;
	lock_init(&quota->lock);
	return quota;
}

void
quota_free(struct quota *quota)
{
	if (quota == NULL)
		return;
	lock_done(&quota->lock);
	free(quota->usages);
	free(quota);
}

void
quota_clear(struct quota *quota)
{
	lock_take(&quota->lock);
	quota->count = 0;
	lock_drop(&quota->lock);
}

static struct usage *
find(struct quota *quota, const char *name)
{
	for (size_t i = 0; i < quota->count; i++) {
		if (strcmp(quota->usages[i].name, name) == 0)
			return &quota->usages[i];
	}
	return NULL;
}

/* One that prepare has made. */
static struct usage *
find_made(struct quota *quota, const char *name)
{
	struct usage *usage = find(quota, name);

	assert(usage != NULL);
	return usage;
}

static struct usage *
find_or_make(struct quota *quota, const char *name)
{
	struct usage *usage = find(quota, name);

	if (usage != NULL)
		return usage;
	if (quota->count == quota->cap) {
		size_t cap = quota->cap * 2 + 16;
		struct usage *grown =
		    realloc(quota->usages, cap * sizeof(*grown));
		if (grown == NULL)
			return NULL;
		quota->usages = grown;
		quota->cap = cap;
	}
	usage = &quota->usages[quota->count++];
	*usage = (struct usage){ .bytes = 0 };
	memcpy(usage->name, name, strlen(name) + 1);
	return usage;
}

/* All of them have a line, so that adding cannot fail in the middle. */
static enum err
prepare(struct quota *quota, const struct quota_names *names)
{
	for (size_t i = 0; i < names->count; i++) {
		if (find_or_make(quota, names->names[i]) == NULL)
			return ERR_MEMORY;
	}
	return ERR_OK;
}

static void
add(struct quota *quota, const struct quota_names *names, uint64_t bytes)
{
	for (size_t i = 0; i < names->count; i++)
		find_made(quota, names->names[i])->bytes += bytes;
}

enum err
quota_count(
    struct quota *quota, const struct quota_names *names, uint64_t bytes)
{
	lock_take(&quota->lock);
	enum err err = prepare(quota, names);
	if (err == ERR_OK)
		add(quota, names, bytes);
	lock_drop(&quota->lock);
	return err;
}

static uint64_t
room_of(const struct quota *quota, const struct usage *usage)
{
	return usage->bytes >= quota->limit ? 0 : quota->limit - usage->bytes;
}

static enum err
judge(struct quota *quota, const struct quota_names *names, uint64_t bytes,
    struct why *w)
{
	const struct usage *usage = NULL;

	for (size_t i = 0; i < names->count; i++) {
		usage = find_made(quota, names->names[i]);
		if (bytes <= room_of(quota, usage))
			return ERR_OK;
	}
	return why(w, ERR_REFUSED,
	    "quota: %s has %llu of %llu bytes here, so %llu more do not fit",
	    usage == NULL ? "nobody" : usage->name,
	    usage == NULL ? 0ULL : (unsigned long long)usage->bytes,
	    (unsigned long long)quota->limit, (unsigned long long)bytes);
}

enum err
quota_claim(struct quota *quota, const struct quota_names *names,
    uint64_t bytes, struct why *w)
{
	lock_take(&quota->lock);
	enum err err = prepare(quota, names);
	if (err != ERR_OK)
		err = why(w, err, "out of memory");
	else
		err = judge(quota, names, bytes, w);
	if (err == ERR_OK)
		add(quota, names, bytes);
	lock_drop(&quota->lock);
	return err;
}

void
quota_drop(struct quota *quota, const struct quota_names *names, uint64_t bytes)
{
	lock_take(&quota->lock);
	for (size_t i = 0; i < names->count; i++) {
		struct usage *usage = find(quota, names->names[i]);
		if (usage != NULL)
			usage->bytes -=
			    bytes < usage->bytes ? bytes : usage->bytes;
	}
	lock_drop(&quota->lock);
}

uint64_t
quota_used(struct quota *quota, struct span principal)
{
	struct quota_names names = { .count = 0 };

	quota_names_add(&names, principal);
	lock_take(&quota->lock);
	const struct usage *usage = find(quota, names.names[0]);
	uint64_t bytes = usage == NULL ? 0 : usage->bytes;
	lock_drop(&quota->lock);
	return bytes;
}
