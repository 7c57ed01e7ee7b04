/*
 * sketch: statements in a line each, into one bag: digests are a digit 64 times.
 */
#ifndef HEADWATER_TESTS_SKETCH_H
#define HEADWATER_TESTS_SKETCH_H

#include "tests/schema/bag.h"

#define HEAD "{'_type':'https://in-toto.io/Statement/v1','subject':["
#define TYPE(kind) \
	"],'predicateType':'https://headwater/" kind "/v1','predicate':"
#define THING(name, x) "{'name':'" name "','digest':{'sha256':'$" x "'}}"
#define RUN(inputs, complete) \
	"],'predicateType':'https://slsa.dev/provenance/v1','predicate':{" \
	"'buildDefinition':{'buildType':'https://headwater/run/v1'," \
	"'externalParameters':{'complete':[" complete "]}," \
	"'resolvedDependencies':[" inputs "]},'runDetails':{'builder':{'id':" \
	"'https://a/b'}}}}"
#define INPUT(x, role) \
	"{'digest':{'sha256':'$" x "'},'annotations':{'role':'" role "'}}"
#define CITING(x, n, role) \
	"{'digest':{'sha256':'$" x "','tlogLeaf':'#" n \
	"'},'annotations':{'role':'" role "'}}"

static struct bag *bag;

/* Each test begins with it and ends with bag_free. */
static void
empty(void)
{
	bag = bag_new(NULL, 0);
}

static void
put(const char *principal, const char *payload)
{
	bag_add(bag,
	    &(struct bag_row){ .principal = principal, .payload = payload });
}

#endif
