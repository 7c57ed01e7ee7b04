#include "schema/text.h"

/* Days since 1970-01-01 to a date in the proleptic Gregorian calendar; years
 * start in March here, so that the leap day is the last of its year. */
static void
date_of_days(uint64_t days, unsigned *year, unsigned *month, unsigned *day)
{
	uint64_t since_era = days + 719468;
	uint64_t era = since_era / 146097;
	uint64_t of_era = since_era % 146097;
	uint64_t year_of_era =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint64_t of_year =
	    of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	uint64_t march_month = (5 * of_year + 2) / 153;

	*day = (unsigned)(of_year - (153 * march_month + 2) / 5 + 1);
	*month =
	    (unsigned)(march_month < 10 ? march_month + 3 : march_month - 9);
	*year = (unsigned)(year_of_era + era * 400 + (*month <= 2 ? 1 : 0));
}

static uint64_t
days_of_date(unsigned year, unsigned month, unsigned day)
{
	uint64_t y = year - (month <= 2 ? 1 : 0);
	uint64_t era = y / 400;
	uint64_t year_of_era = y % 400;
	uint64_t march_month = month > 2 ? month - 3 : month + 9;
	uint64_t of_year = (153 * march_month + 2) / 5 + day - 1;
	uint64_t of_era =
	    year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;

	return era * 146097 + of_era - 719468;
}

static void
put_digits(char *out, size_t count, uint64_t value)
{
	for (size_t i = count; i-- > 0; value /= 10)
		out[i] = (char)('0' + value % 10);
}

#define TIME_MS_MAX 253402300799999u /* 9999-12-31T23:59:59.999Z */

void
text_time(uint64_t time_ms, char out[static TEXT_TIME_LEN])
{
	unsigned year;
	unsigned month;
	unsigned day;

	if (time_ms > TIME_MS_MAX)
		time_ms = TIME_MS_MAX;
	date_of_days(time_ms / 86400000, &year, &month, &day);
	for (size_t i = 0; i < TEXT_TIME_LEN; i++)
		out[i] = "0000-00-00T00:00:00.000Z"[i];
	put_digits(out, 4, year);
	put_digits(out + 5, 2, month);
	put_digits(out + 8, 2, day);
	put_digits(out + 11, 2, time_ms / 3600000 % 24);
	put_digits(out + 14, 2, time_ms / 60000 % 60);
	put_digits(out + 17, 2, time_ms / 1000 % 60);
	put_digits(out + 20, 3, time_ms % 1000);
}

/* `count` digits at `at` as a number within [min, max]; false otherwise. */
static bool
take_digits(struct span text, size_t at, size_t count, unsigned *ret)
{
	unsigned value = 0;

	for (size_t i = at; i < at + count; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		value = value * 10 + (unsigned)(text.data[i] - '0');
	}
	*ret = value;
	return true;
}

static bool
is_date(unsigned year, unsigned month, unsigned day)
{
	static const uint8_t month_days[] = { 31, 29, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (year < 1970 || month < 1 || month > 12 || day < 1)
		return false;
	if (month == 2 && !leap && day > 28)
		return false;
	return day <= month_days[month - 1];
}

/* What follows the seconds: "Z" or "." 1-9 digits "Z"; gives milliseconds. */
static bool
take_fraction(struct span text, unsigned *ret_ms)
{
	unsigned ms = 0;

	if (span_is(text, "Z")) {
		*ret_ms = 0;
		return true;
	}
	if (text.len < 3 || text.len > 11 || text.data[0] != '.' ||
	    text.data[text.len - 1] != 'Z')
		return false;
	for (size_t i = 1; i + 1 < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	}
	for (size_t i = 1; i < 4; i++) {
		bool has_digit = i + 1 < text.len;
		ms = ms * 10 + (has_digit ? (unsigned)(text.data[i] - '0') : 0);
	}
	*ret_ms = ms;
	return true;
}

bool
text_untime(struct span text, uint64_t *ret_ms)
{
	static const char form[] = "....-..-..T..:..:..";
	unsigned part[6];
	unsigned ms;

	if (text.len < sizeof(form))
		return false;
	for (size_t i = 0; i + 1 < sizeof(form); i++) {
		if (form[i] != '.' && text.data[i] != (uint8_t)form[i])
			return false;
	}
	static const uint8_t at[6] = { 0, 5, 8, 11, 14, 17 };
	for (size_t i = 0; i < 6; i++) {
		if (!take_digits(text, at[i], i == 0 ? 4 : 2, &part[i]))
			return false;
	}
	if (!is_date(part[0], part[1], part[2]) || part[3] > 23 ||
	    part[4] > 59 || part[5] > 59 ||
	    !take_fraction(span_part(text, sizeof(form) - 1, text.len), &ms))
		return false;
	uint64_t hours = days_of_date(part[0], part[1], part[2]) * 24 + part[3];
	uint64_t seconds = (hours * 60 + part[4]) * 60 + part[5];
	*ret_ms = seconds * 1000 + ms;
	return true;
}
