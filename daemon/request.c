#include "daemon/request.h"

#include "schema/text.h"

void
request_resume(struct request *request)
{
	request->resume(request);
}

bool
request_query(const struct request *request, const char *name, struct span *ret)
{
	for (size_t i = 0; i < request->query_count; i++) {
		if (!span_is(request->queries[i].name, name))
			continue;
		*ret = request->queries[i].value;
		return true;
	}
	return false;
}

enum err
request_query_number(const struct request *request, const char *name,
    const uint64_t bounds[static 2], uint64_t *value, struct why *w)
{
	struct span text;
	uint64_t number;

	if (!request_query(request, name, &text))
		return ERR_OK;
	if (!text_undecimal(text, bounds[1], &number) || number < bounds[0])
		return why(w, ERR_SYNTAX,
		    "%s: a decimal from %llu to %llu, without leading zeros",
		    name, (unsigned long long)bounds[0],
		    (unsigned long long)bounds[1]);
	*value = number;
	return ERR_OK;
}
