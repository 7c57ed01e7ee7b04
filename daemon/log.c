#include "daemon/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "schema/text.h"
#include "schema/writer.h"

#define LINE_LEN_MAX 4096 /* PIPE_BUF: one write is one line in a pipe too */
#define LINE_END " cut=1\n"
#define FIELD_TEXT_MAX 512 /* bytes; the rest of a text is left out */
#define LINES_A_SECOND 50
#define EVENTS_MAX 64 /* those beyond share the last one's budget */

struct event {
	const char *name;
	uint64_t second; /* that the two counts are of */
	uint64_t written;
	uint64_t dropped;
};

static _Atomic int level_least = LOG_INFO;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct event events[EVENTS_MAX]; /* under mutex */
static size_t event_count;

void
log_set_level(enum log_level least)
{
	level_least = (int)least;
}

static struct timespec
read_clock(clockid_t id)
{
	struct timespec time = { 0 };

	(void)clock_gettime(id, &time);
	return time;
}

/* ---- texts: ASCII only, so that neither a terminal nor whoever splits lines
 * at U+2028 can be misled ---- */

/* Length of the UTF-8 sequence that `text` begins with, 0 where it has none. */
static size_t
sequence_len(struct span text)
{
	for (size_t len = 1; len <= 4 && len <= text.len; len++) {
		if (text_is_utf8(span_part(text, 0, len)))
			return len;
	}
	return 0;
}

static uint32_t
code_point(struct span sequence)
{
	static const uint8_t masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t point = sequence.data[0] & masks[sequence.len];

	for (size_t i = 1; i < sequence.len; i++)
		point = point << 6 | (sequence.data[i] & 0x3f);
	return point;
}

static void
write_escaped(struct writer *w, uint32_t point)
{
	if (point == '"' || point == '\\') {
		writer_format(w, "\\%c", (int)point);
	} else if (point >= 0x20 && point < 0x7f) {
		writer_u8(w, (uint8_t)point);
	} else if (point < 0x10000) {
		writer_format(w, "\\u%04x", (unsigned)point);
	} else {
		point -= 0x10000;
		writer_format(w, "\\u%04x\\u%04x",
		    (unsigned)(0xd800 + (point >> 10)),
		    (unsigned)(0xdc00 + (point & 0x3ff)));
	}
}

static void
write_quoted(struct writer *w, struct span text)
{
	struct span rest = span_part(text, 0, FIELD_TEXT_MAX);

	writer_text(w, "\"");
	while (rest.len > 0) {
		size_t len = sequence_len(rest);
		if (len == 0) {
			/* NUL, no UTF-8, or a character cut at the limit */
			write_escaped(w, rest.data[0] == 0 ? 0 : 0xfffd);
			len = 1;
		} else {
			write_escaped(w, code_point(span_part(rest, 0, len)));
		}
		rest = span_part(rest, len, rest.len);
	}
	writer_text(w, text.len > FIELD_TEXT_MAX ? "...\"" : "\"");
}

/* ---- lines ---- */

static void
write_field(struct writer *w, const struct log_field *field)
{
	writer_format(w, " %s=", field->name);
	if (field->text.data == NULL)
		writer_decimal(w, field->number);
	else
		write_quoted(w, field->text);
}

static void
write_out(struct span line)
{
	while (line.len > 0) {
		ssize_t done = write(STDERR_FILENO, line.data, line.len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return; /* a log that is gone stops nothing */
		line = span_part(line, (size_t)done, line.len);
	}
}

static void
write_line(enum log_level level, const char *event,
    const struct log_field *fields, size_t count)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	char buffer[LINE_LEN_MAX];
	struct writer w =
	    writer_of(buffer, sizeof(buffer) - (sizeof(LINE_END) - 1));
	struct timespec now = read_clock(CLOCK_REALTIME);

	writer_time(
	    &w, (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
	writer_format(&w, " %s %s", names[level], event);
	size_t len = w.len;
	for (size_t i = 0; i < count && w.err == ERR_OK; i++) {
		write_field(&w, &fields[i]);
		if (w.err == ERR_OK)
			len = w.len;
	}
	bool is_cut = w.err != ERR_OK;
	/* the writer's cap left room for this */
	w = writer_of(buffer + len, sizeof(buffer) - len);
	writer_text(&w, is_cut ? LINE_END : "\n");
	write_out(span_of(buffer, len + w.len));
}

static struct event *
find_event(const char *name)
{
	for (size_t i = 0; i < event_count; i++) {
		if (strcmp(events[i].name, name) == 0)
			return &events[i];
	}
	if (event_count == EVENTS_MAX)
		return &events[EVENTS_MAX - 1];
	events[event_count].name = name;
	return &events[event_count++];
}

/* The first event with dropped lines of a second that is over. */
static bool
take_dropped(uint64_t second, struct event *ret)
{
	for (size_t i = 0; i < event_count; i++) {
		if (events[i].dropped == 0 || events[i].second == second)
			continue;
		*ret = events[i];
		events[i].dropped = 0;
		return true;
	}
	return false;
}

static bool
may_write(const char *name, uint64_t second)
{
	struct event *event = find_event(name);

	if (event->second != second) {
		event->second = second;
		event->written = 0;
	}
	if (event->written == LINES_A_SECOND) {
		event->dropped++;
		return false;
	}
	event->written++;
	return true;
}

void
log_write(enum log_level level, const char *event,
    const struct log_field *fields, size_t count)
{
	uint64_t second = (uint64_t)read_clock(CLOCK_MONOTONIC).tv_sec;
	struct event dropped;

	if ((int)level < level_least)
		return;
	pthread_mutex_lock(&mutex);
	while (take_dropped(second, &dropped)) {
		const struct log_field told[] = {
			LOG_TEXT("of", dropped.name),
			LOG_NUMBER("lines", dropped.dropped),
		};
		write_line(LOG_WARN, "log_dropped", told, 2);
	}
	bool is_written = may_write(event, second);
	pthread_mutex_unlock(&mutex);
	if (is_written)
		write_line(level, event, fields, count);
}

size_t
log_lines(enum log_level level, const char *event, struct span text)
{
	struct span line;
	size_t count = 0;

	for (; span_cut(&text, '\n', &line); count++)
		log_event(level, event, LOG_SPAN("note", line));
	return count;
}
