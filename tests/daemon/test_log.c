/* log: one event, one line, whatever it is told; bounded. */
#include "tests/unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "schema/text.h"

#define OUTPUT_MAX ((size_t)1 << 20)

static char output[OUTPUT_MAX];

struct capture {
	int stderr_fd;
	int file;
};

static struct capture
capture_begin(void)
{
	char path[] = "/tmp/headwater-log-XXXXXX";
	struct capture capture;

	capture.stderr_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	capture.file = mkstemp(path);
	assert_true(capture.file >= 0);
	assert_int_equal(0, unlink(path));
	assert_int_equal(0, fcntl(capture.file, F_SETFL, O_APPEND));
	assert_int_equal(STDERR_FILENO, dup2(capture.file, STDERR_FILENO));
	return capture;
}

static struct span
capture_end(struct capture *capture)
{
	(void)dup2(capture->stderr_fd, STDERR_FILENO);
	ssize_t len = pread(capture->file, output, sizeof(output), 0);
	(void)close(capture->stderr_fd);
	(void)close(capture->file);
	assert_true(len >= 0);
	return span_of(output, (size_t)len);
}

/* ---- reading a line as somebody else would ---- */

static uint32_t
take_hex(struct span *rest)
{
	uint8_t bytes[2];

	assert_true(text_unhex(span_part(*rest, 0, 4), bytes, 2));
	*rest = span_part(*rest, 4, rest->len);
	return (uint32_t)bytes[0] << 8 | bytes[1];
}

static size_t
put_utf8(char *out, uint32_t point)
{
	if (point < 0x80) {
		out[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		out[0] = (char)(0xc0 | point >> 6);
		out[1] = (char)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point < 0x10000) {
		out[0] = (char)(0xe0 | point >> 12);
		out[1] = (char)(0x80 | (point >> 6 & 0x3f));
		out[2] = (char)(0x80 | (point & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | point >> 18);
	out[1] = (char)(0x80 | (point >> 12 & 0x3f));
	out[2] = (char)(0x80 | (point >> 6 & 0x3f));
	out[3] = (char)(0x80 | (point & 0x3f));
	return 4;
}

static uint32_t
take_escape(struct span *rest)
{
	uint8_t kind = rest->data[0];

	*rest = span_part(*rest, 1, rest->len);
	if (kind == '"' || kind == '\\')
		return kind;
	assert_int_equal('u', kind);
	uint32_t point = take_hex(rest);
	if (point < 0xd800 || point > 0xdbff)
		return point;
	assert_true(span_starts(*rest, "\\u"));
	*rest = span_part(*rest, 2, rest->len);
	return 0x10000 + ((point - 0xd800) << 10) + (take_hex(rest) - 0xdc00);
}

/* A quoted text off the front; printable ASCII only may stand in it. */
static size_t
take_quoted(struct span *rest, char *out)
{
	size_t len = 0;

	assert_true(span_starts(*rest, "\""));
	*rest = span_part(*rest, 1, rest->len);
	for (;;) {
		assert_true(rest->len > 0);
		uint8_t byte = rest->data[0];
		assert_true(byte >= 0x20 && byte < 0x7f);
		*rest = span_part(*rest, 1, rest->len);
		if (byte == '"')
			return len;
		uint32_t point = byte == '\\' ? take_escape(rest) : byte;
		len += put_utf8(out + len, point);
	}
}

struct text_row {
	const char *name;
	const char *text;
	const char *back; /* NULL: the same */
};

static const struct text_row text_rows[] = {
	{ "text: plain", "hello", NULL },
	{ "text: nothing", "", NULL },
	{ "text: a forged line",
	    "x\n2026-11-25T19:48:51.123Z error sealed size=1\n", NULL },
	{ "text: CR and LF", "a\r\nb\rc\n", NULL },
	{ "text: quotes and backslashes", "\\\" size=9 \\\\\" x=\"y", NULL },
	{ "text: escape sequences", "\x1b[2J\x1b]0;title\x07\x7f\b\t", NULL },
	{ "text: a C1 control",
	    "a\xc2\x9b"
	    "2Jb",
	    NULL },
	{ "text: other line ends",
	    "a\xe2\x80\xa8"
	    "b\xe2\x80\xa9"
	    "c\xc2\x85",
	    NULL },
	{ "text: right to left",
	    "abc\xe2\x80\xae"
	    "def",
	    NULL },
	{ "text: UTF-8 of each length", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\x8a",
	    NULL },
	{ "text: no UTF-8", "a\xff\xc3(\xed\xa0\x80z",
	    "a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz" },
	{ "text: a cut character", "\xf0\x9f\x8c",
	    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
};

/* The line holds exactly the fields that went in. */
static void
test_text(void **state)
{
	const struct text_row *row = *state;
	char back[1024];
	uint64_t time_ms;
	struct span line;
	struct span word;

	struct capture capture = capture_begin();
	log_event(LOG_INFO, row->name, LOG_TEXT("note", row->text),
	    LOG_NUMBER("size", 42));
	struct span rest = capture_end(&capture);
	assert_true(span_cut(&rest, '\n', &line));
	assert_int_equal(0, rest.len);
	assert_true(span_cut(&line, ' ', &word));
	assert_true(text_untime(word, &time_ms));
	assert_true(time_ms + 10000 > clock_now_ms(NULL));
	assert_true(span_starts(line, "info text: "));
	line = span_part(line, strlen("info ") + strlen(row->name), line.len);
	assert_true(span_starts(line, " note="));
	line = span_part(line, strlen(" note="), line.len);
	size_t len = take_quoted(&line, back);
	assert_span_text(
	    row->back != NULL ? row->back : row->text, span_of(back, len));
	assert_span_text(" size=42", line);
}

/* Every byte there is, in one text. */
static void
test_all_bytes(void **state)
{
	uint8_t bytes[256];
	char back[1024];
	struct span line;
	(void)state;

	for (size_t i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	struct capture capture = capture_begin();
	log_event(LOG_WARN, "bytes", LOG_SPAN("all", span_of(bytes, 256)));
	struct span rest = capture_end(&capture);
	assert_true(span_cut(&rest, '\n', &line));
	assert_int_equal(0, rest.len);
	size_t at = span_find(line, '"');
	line = span_part(line, at, line.len);
	size_t len = take_quoted(&line, back);
	assert_int_equal(0, line.len);
	assert_int_equal(128 + 3 * 128, len);
}

static void
test_long_text(void **state)
{
	static char text[100000];
	struct span line;
	(void)state;

	memset(text, '\n', sizeof(text) - 1);
	struct capture capture = capture_begin();
	log_event(
	    LOG_INFO, "long", LOG_TEXT("note", text), LOG_NUMBER("size", 1));
	log_event(LOG_INFO, "longer", LOG_TEXT("note", text),
	    LOG_TEXT("more", text), LOG_NUMBER("size", 1));
	struct span rest = capture_end(&capture);
	/* a text is cut, what follows stands */
	assert_true(span_cut(&rest, '\n', &line));
	assert_true(line.len < 4096);
	assert_span_text("...\" size=1", span_part(line, line.len - 11, 11));
	/* a field that does not fit is left out whole, and said to be */
	assert_true(span_cut(&rest, '\n', &line));
	assert_true(line.len < 4096);
	assert_span_text("...\" cut=1", span_part(line, line.len - 10, 10));
	assert_int_equal(0, rest.len);
}

static void
test_levels(void **state)
{
	(void)state;
	struct capture capture = capture_begin();

	log_event(LOG_DEBUG, "hidden", LOG_NUMBER("n", 1));
	log_set_level(LOG_DEBUG);
	log_event(LOG_DEBUG, "shown", LOG_NUMBER("n", 1));
	log_set_level(LOG_ERROR);
	log_event(LOG_WARN, "hidden", LOG_NUMBER("n", 1));
	log_event(LOG_ERROR, "bad", LOG_NUMBER("n", UINT64_MAX));
	log_set_level(LOG_INFO);
	log_write(LOG_INFO, "bare", NULL, 0);
	struct span rest = capture_end(&capture);
	static const char *const ends[] = { " debug shown n=1",
		" error bad n=18446744073709551615", " info bare" };
	for (size_t i = 0; i < 3; i++) {
		struct span line;
		assert_true(span_cut(&rest, '\n', &line));
		assert_span_text(
		    ends[i], span_part(line, TEXT_TIME_LEN, line.len));
	}
	assert_int_equal(0, rest.len);
}

static size_t
count_lines(struct span rest, const char *part)
{
	size_t count = 0;
	struct span line;

	while (span_cut(&rest, '\n', &line)) {
		line = span_part(line, TEXT_TIME_LEN, line.len);
		count += span_starts(line, part);
	}
	return count;
}

/* Begins in a new second, so that one second holds what follows. */
static void
wait_for_second(void)
{
	uint64_t second = clock_steady_ms() / 1000;

	while (clock_steady_ms() / 1000 == second)
		(void)usleep(1000);
}

static void
test_rate(void **state)
{
	(void)state;
	wait_for_second();
	struct capture capture = capture_begin();

	for (uint64_t i = 0; i < 500; i++)
		log_event(LOG_INFO, "flood", LOG_NUMBER("n", i));
	/* other events have their own budget */
	log_event(LOG_INFO, "calm", LOG_NUMBER("n", 1));
	wait_for_second();
	log_event(LOG_INFO, "calm", LOG_NUMBER("n", 2));
	log_event(LOG_INFO, "flood", LOG_NUMBER("n", 500));
	struct span all = capture_end(&capture);
	assert_int_equal(51, count_lines(all, " info flood "));
	assert_int_equal(2, count_lines(all, " info calm "));
	assert_int_equal(
	    1, count_lines(all, " warn log_dropped of=\"flood\" lines=450"));
}

/* More events than there are budgets: still bounded, nothing breaks. */
static void
test_many_events(void **state)
{
	static char names[300][8];
	(void)state;
	wait_for_second();
	struct capture capture = capture_begin();

	for (size_t i = 0; i < 300; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "e%zu", i);
		for (int n = 0; n < 3; n++)
			log_event(LOG_INFO, names[i], LOG_NUMBER("n", 1));
	}
	struct span all = capture_end(&capture);
	size_t lines = count_lines(all, " info e");
	assert_true(lines >= 50 && lines <= 64 * 3 + 50);
}

#define THREADS 4
#define LINES 40

static void *
write_lines(void *context)
{
	const char *event = context;

	for (uint64_t i = 0; i < LINES; i++)
		log_event(LOG_INFO, event, LOG_TEXT("text", "a\nb"),
		    LOG_NUMBER("n", i));
	return NULL;
}

static void
test_threads(void **state)
{
	static char names[THREADS][8] = { "ta", "tb", "tc", "td" };
	pthread_t threads[THREADS];
	(void)state;
	struct capture capture = capture_begin();

	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(0,
		    pthread_create(&threads[i], NULL, write_lines, names[i]));
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(0, pthread_join(threads[i], NULL));
	struct span all = capture_end(&capture);
	assert_true(count_lines(all, " info t") > 0);
	assert_int_equal(count_lines(all, ""), count_lines(all, " "));
}

/* A log that is gone stops nothing. */
static void
test_closed(void **state)
{
	(void)state;
	int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

	assert_int_equal(0, close(STDERR_FILENO));
	log_event(LOG_INFO, "nobody hears", LOG_NUMBER("n", 1));
	assert_int_equal(STDERR_FILENO, dup2(kept, STDERR_FILENO));
	assert_int_equal(0, close(kept));
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(text_rows, test_text);
	UNIT(test_all_bytes);
	UNIT(test_long_text);
	UNIT(test_levels);
	UNIT(test_rate);
	UNIT(test_threads);
	UNIT(test_closed);
	UNIT(test_many_events); /* uses up the budgets: the last */
	return unit_run(argc, argv);
}
