#include <string.h>

#include "daemon/http_exchange.h"

/* The release whose way of cutting a head the gate knows; 1.0.0 and later are
 * strict themselves. */
#define KNOWN_LAYOUT "0.9.75"

static enum MHD_Result
/* NOLINTNEXTLINE(readability-function-size): the library's signature */
collect(void *context, enum MHD_ValueKind kind, const char *name,
    size_t name_len, const char *value, size_t value_len)
{
	struct gate_head *head = context;

	(void)kind;
	if (head->header_count < HTTP_HEADERS_MAX)
		head->headers[head->header_count] = (struct gate_header){
			.name = span_of(name, name_len),
			.value = span_of(value, value_len),
		};
	head->header_count++;
	return MHD_YES;
}

void
exchange_read_head(struct exchange *exchange, const struct exchange_line *line,
    struct gate_head *head)
{
	head->header_count = 0;
	head->method = span_of_text(line->method);
	head->version = span_of_text(line->version);
	head->target = span_of(exchange->target, strlen(exchange->target));
	head->path_len = strlen(line->url);
	/* 0.9.75 leaves method, target and version where they came in, so what
	   stands between them is what strlen did not see */
	head->target_len = exchange->target_len;
	if (exchange->raw > line->method && line->version > exchange->raw)
		head->target_len = (size_t)(line->version - line->method) -
		    head->method.len - 2;
	if (head->target.len > HTTP_URI_MAX)
		head->target_len = head->target.len;
	(void)MHD_get_connection_values_n(
	    exchange->connection, MHD_HEADER_KIND, collect, head);
	head->raw = SPAN_EMPTY;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	if (info != NULL && strcmp(MHD_get_version(), KNOWN_LAYOUT) == 0)
		head->raw = span_of(line->method, info->header_size);
}
