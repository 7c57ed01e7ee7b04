/* gate: any head; what passes is as narrow as its header says. */
#include <assert.h>
#include <string.h>

#include "daemon/gate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
parse(struct span rest, struct gate_head *head)
{
	struct span line = SPAN_EMPTY;

	*head = (struct gate_head){ .header_count = 0 };
	(void)span_cut(&rest, '\n', &line);
	(void)span_cut(&line, ' ', &head->method);
	(void)span_cut(&line, ' ', &head->target);
	head->version = line;
	head->target_len = head->target.len;
	head->path_len = span_find(head->target, '?');
	while (span_cut(&rest, '\n', &line)) {
		struct gate_header header = { .name = line };
		struct span name;
		if (span_cut(&line, ':', &name)) {
			header.name = name;
			header.value = line;
		}
		if (head->header_count < HTTP_HEADERS_MAX)
			head->headers[head->header_count] = header;
		head->header_count++;
	}
}

/* The route answers another method with 405, body or not. */
static bool
takes_body(enum gate_method method)
{
	return method == GATE_POST || method == GATE_PUT ||
	    method == GATE_OTHER;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gate_head head;
	struct gate_pass pass;
	struct why w = { "" };
	uint8_t out[HTTP_URI_MAX];
	size_t len;

	parse(span_of(data, size), &head);
	if (gate_judge(&head, &pass, &w) != ERR_OK) {
		assert(w.text[0] != '\0');
		return 0;
	}
	assert(pass.path.len > 0 && pass.path.data[0] == '/');
	assert(pass.path.len + pass.query.len <= HTTP_URI_MAX);
	assert(!(pass.is_chunked && pass.has_length));
	assert(takes_body(pass.method) || !gate_has_body(&pass));
	if (gate_decode(pass.path, out, &len)) {
		for (size_t i = 0; i < len; i++)
			assert(gate_is_plain(out[i]));
	}
	return 0;
}
