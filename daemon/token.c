#include "daemon/token.h"

#include <string.h>

/* RFC 9110 §5.6.2 */
static bool
is_token_byte(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	    (byte >= '0' && byte <= '9') ||
	    (byte != 0 && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

bool
token_is(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!is_token_byte(text.data[i]))
			return false;
	}
	return text.len > 0;
}

/* RFC 9110 §5.5 without its obsolete parts but bytes above 0x7f, which some
 * clients put in User-Agent. */
bool
token_is_value(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];
		if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
			return false;
	}
	return true;
}

uint8_t
token_to_lower(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A'))
					  : byte;
}

bool
token_is_caseless(struct span text, const char *lower)
{
	size_t len = strlen(lower);

	if (text.len != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (token_to_lower(text.data[i]) != (uint8_t)lower[i])
			return false;
	}
	return true;
}

bool
token_is_host(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];
		if (byte <= ' ' || byte >= 0x7f ||
		    strchr("\"#/<>?@\\^`{|}", byte) != NULL)
			return false;
	}
	return true;
}
