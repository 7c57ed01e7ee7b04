#include "schema/origin.h"

static const char *const availabilities[] = {
	[AVAILABILITY_UNSAID] = "",
	[AVAILABILITY_OPEN] = "open",
	[AVAILABILITY_PUBLIC] = "public",
	[AVAILABILITY_OBTAINABLE] = "obtainable",
	[AVAILABILITY_UNSHAREABLE] = "unshareable",
};

static const char *const categories[] = {
	[SOURCE_UNSAID] = "",
	[SOURCE_PUBLIC] = "public",
	[SOURCE_LICENSED] = "licensed",
	[SOURCE_THIRD_PARTY] = "third-party",
	[SOURCE_CRAWLED] = "crawled",
	[SOURCE_USER] = "user",
	[SOURCE_SYNTHETIC] = "synthetic",
	[SOURCE_OTHER] = "other",
};

enum availability
availability_read(struct object *o)
{
	return (enum availability)member_word(
	    o, "availability", availabilities, AVAILABILITIES);
}

enum source_category
source_category_read(struct object *o)
{
	return (enum source_category)member_word(
	    o, "sourceCategory", categories, SOURCE_CATEGORIES);
}
