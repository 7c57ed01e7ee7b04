/* policy: what was printed parses, and prints to itself. */
#include <assert.h>

#include "schema/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct policy policy;
	static struct policy again;
	struct writer once = writer_heap(2 * POLICY_LEN_MAX);
	struct writer twice = writer_heap(2 * POLICY_LEN_MAX);
	struct why reason = { "" };

	if (policy_parse(span_of(data, len), &policy, &reason) == ERR_OK) {
		policy_print(&policy, &once);
		assert(
		    policy_parse(writer_view(&once), &again, NULL) == ERR_OK);
		assert(policy.count == again.count);
		policy_print(&again, &twice);
		assert(span_equal(writer_view(&once), writer_view(&twice)));
	} else {
		assert(policy.count == 0 && reason.text[0] != '\0');
	}
	writer_done(&once);
	writer_done(&twice);
	return 0;
}
