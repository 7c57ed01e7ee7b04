/*
 * origin: how data can be had, and where it is from, in others' words.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_SCHEMA_ORIGIN_H
#define HEADWATER_SCHEMA_ORIGIN_H

#include "schema/member.h"

/* How training data can be had (OSAID 1.0, data information). */
enum availability {
	AVAILABILITY_UNSAID,
	AVAILABILITY_OPEN,
	AVAILABILITY_PUBLIC,
	AVAILABILITY_OBTAINABLE,
	AVAILABILITY_UNSHAREABLE,
	AVAILABILITIES,
};

/* Where it is from, in the words of the European Union's template. */
enum source_category {
	SOURCE_UNSAID,
	SOURCE_PUBLIC,
	SOURCE_LICENSED,
	SOURCE_THIRD_PARTY,
	SOURCE_CRAWLED,
	SOURCE_USER,
	SOURCE_SYNTHETIC,
	SOURCE_OTHER,
	SOURCE_CATEGORIES,
};

/* The members `availability` and `sourceCategory`. */
enum availability availability_read(struct object *o);
enum source_category source_category_read(struct object *o);

#endif
