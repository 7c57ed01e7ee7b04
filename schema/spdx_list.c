#include "schema/spdx_list.h"

#include <strings.h>

struct entry {
	const char *id;
	unsigned flags;
};

static const struct entry licenses[] = {
#define LICENSE(id, flags) { id, flags },
#define EXCEPTION(id, flags)
#include "schema/spdx/list.inc"
#undef LICENSE
#undef EXCEPTION
};

static const struct entry exceptions[] = {
#define LICENSE(id, flags)
#define EXCEPTION(id, flags) { id, flags },
#include "schema/spdx/list.inc"
#undef LICENSE
#undef EXCEPTION
};

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

/*
 * What families ask for: the first row that starts the id counts.  A GPL with an
 * exception in its id gives additional permissions (GPL-3.0 section 7).
 */
static const struct entry families[] = {
	/* AGPL-3.0 section 5c: "license the entire work, as a whole" */
	{ "AGPL-", SPDX_SHARE_ALIKE },
	/* GPL-2.0 section 2b, GPL-3.0 section 5c */
	{ "GPL-2.0-with-", SPDX_SHARE_ALIKE_PART },
	{ "GPL-3.0-with-", SPDX_SHARE_ALIKE_PART },
	{ "GPL-", SPDX_SHARE_ALIKE },
	/* LGPL-2.1 sections 2 and 6, LGPL-3.0 section 4: the library */
	{ "LGPL", SPDX_SHARE_ALIKE_PART },
	/* MPL-2.0 section 3.1, MPL-1.1 section 3.1: files ("Covered Software") */
	{ "MPL-", SPDX_SHARE_ALIKE_PART }, { "NPL-", SPDX_SHARE_ALIKE_PART },
	{ "CDDL-", SPDX_SHARE_ALIKE_PART }, /* section 3.1 */
	{ "EPL-", SPDX_SHARE_ALIKE_PART },  /* section 3.1 */
	{ "CPL-", SPDX_SHARE_ALIKE_PART },  /* section 3 */
	{ "CPAL-", SPDX_SHARE_ALIKE_PART }, /* section 3.1 */
	{ "APSL-", SPDX_SHARE_ALIKE_PART }, /* section 2.2 */
	{ "MS-RL", SPDX_SHARE_ALIKE_PART }, /* section 3A: each file */
	{ "EUPL-", SPDX_SHARE_ALIKE },	    /* article 5, Copyleft clause */
	{ "OSL-", SPDX_SHARE_ALIKE },	    /* section 1c */
	{ "RPL-", SPDX_SHARE_ALIKE },	    /* section 6 */
	{ "SSPL-", SPDX_SHARE_ALIKE },	    /* section 5c and 13 */
	{ "Sleepycat", SPDX_SHARE_ALIKE },  /* condition 3 */
	{ "Parity-", SPDX_SHARE_ALIKE },    /* "Copyleft" */
	{ "copyleft-next-", SPDX_SHARE_ALIKE },
	{ "CECILL-B", 0 },		       /* attribution only */
	{ "CECILL-C", SPDX_SHARE_ALIKE_PART }, /* article 5.3.2 */
	{ "CECILL-", SPDX_SHARE_ALIKE },       /* article 5.3.2 */
	{ "GFDL-", SPDX_SHARE_ALIKE }, /* section 4: "under precisely this" */
	/* CC-BY-NC-*-4.0 section 2(a)(1), CC-BY-*-SA-4.0 section 3(b)(1),
	 * CC-BY-*-ND-4.0 section 2(a)(1)(B) */
	{ "CC-BY-NC-SA-", SPDX_NON_COMMERCIAL | SPDX_SHARE_ALIKE },
	{ "CC-BY-NC-ND-", SPDX_NON_COMMERCIAL | SPDX_NO_DERIVATIVES },
	{ "CC-BY-NC-", SPDX_NON_COMMERCIAL }, { "CC-BY-SA-", SPDX_SHARE_ALIKE },
	{ "CC-BY-ND-", SPDX_NO_DERIVATIVES }, { "CC-NC-", SPDX_NON_COMMERCIAL },
	{ "CC-SA-", SPDX_SHARE_ALIKE }, { "CC-ND-", SPDX_NO_DERIVATIVES },
	{ "ODbL-", SPDX_SHARE_ALIKE },	       /* section 4.4a */
	{ "CDLA-Sharing-", SPDX_SHARE_ALIKE }, /* section 3.1 */
	{ "C-UDA-", SPDX_USE_RESTRICTED },     /* "Computational Use" only */
	{ "PolyForm-Noncommercial-", SPDX_NON_COMMERCIAL },
	{ "PolyForm-Small-Business-", SPDX_USE_RESTRICTED },
	{ "BUSL-", SPDX_USE_RESTRICTED },	 /* no production use */
	{ "Aladdin", SPDX_NON_COMMERCIAL },	 /* section 2(a) */
	{ "JSON", SPDX_USE_RESTRICTED },	 /* "for Good, not Evil" */
	{ "Hippocratic-", SPDX_USE_RESTRICTED }, /* section "Ethics" */
};

/* The Model Openness Tool's list of open data licences, with PDDL-1.0 under its
 * right name (theirs is ODC-PDDL-1.0, which no list has), and the licence that
 * it accepts beside it. */
static const char *const open_data[] = { "CC0-1.0", "CC-BY-1.0", "CC-BY-2.0",
	"CC-BY-2.5", "CC-BY-2.5-AU", "CC-BY-3.0", "CC-BY-3.0-AT",
	"CC-BY-3.0-AU", "CC-BY-3.0-DE", "CC-BY-3.0-IGO", "CC-BY-3.0-NL",
	"CC-BY-3.0-US", "CC-BY-4.0", "CC-BY-SA-1.0", "CC-BY-SA-2.0",
	"CC-BY-SA-2.0-UK", "CC-BY-SA-2.1-JP", "CC-BY-SA-2.5", "CC-BY-SA-3.0",
	"CC-BY-SA-3.0-AT", "CC-BY-SA-4.0", "CDLA-Permissive-1.0",
	"CDLA-Permissive-2.0", "CDLA-Sharing-1.0", "PDDL-1.0", "ODC-By-1.0",
	"ODbL-1.0", "GFDL-1.3", "OGL-Canada-2.0", "OGL-UK-2.0", "OGL-UK-3.0",
	"OpenMDW-1.0" };

/*
 * Model licences that have no SPDX id, by ScanCode's key, behind SPDX_SCANCODE;
 * the first row that starts the key counts.  Mutable: the text says that the
 * licensor may change it or takes in a document by URL that may change.
 */
static const struct entry scancode[] = {
	/* Prohibited Use Policy by URL, updated "from time to time" */
	{ "gemma-tou-", SPDX_USE_RESTRICTED | SPDX_MUTABLE | SPDX_REVOCABLE },
	/* Acceptable Use Policy by URL, "hereby incorporated by reference" */
	{ "llama-", SPDX_USE_RESTRICTED | SPDX_MUTABLE },
	/* "the latest version from time to time", section 5.3 */
	{ "falcon-2-11b-", SPDX_USE_RESTRICTED | SPDX_MUTABLE },
	/* "may update this Agreement … at any time" */
	{ "nvidia-open-model-", SPDX_USE_RESTRICTED | SPDX_MUTABLE },
	/* modified at any time, effective on posting; research only */
	{ "exaone-ai-model-1.1-nc",
	    SPDX_USE_RESTRICTED | SPDX_MUTABLE | SPDX_NON_COMMERCIAL },
	/* policies by URL, "as may be updated from time to time" */
	{ "stability-ai-nc-",
	    SPDX_USE_RESTRICTED | SPDX_MUTABLE | SPDX_NON_COMMERCIAL },
	{ "stability-ai-", SPDX_USE_RESTRICTED | SPDX_MUTABLE },
	/* policy "reserves the right to update" */
	{ "tencent-hunyuan-", SPDX_USE_RESTRICTED | SPDX_MUTABLE },
	/* Prohibited Use Policy by reference */
	{ "hyperclova-x-seed-", SPDX_USE_RESTRICTED | SPDX_MUTABLE },
	/* Attachment A stands in the text; "remotely or otherwise" restricted */
	{ "bigscience-open-rail-m", SPDX_USE_RESTRICTED | SPDX_REVOCABLE },
	{ "bigscience-rail-1.0", SPDX_USE_RESTRICTED | SPDX_REVOCABLE },
	{ "stable-diffusion-2022-08-22", SPDX_USE_RESTRICTED | SPDX_REVOCABLE },
	{ "ltxv-owl-", SPDX_USE_RESTRICTED | SPDX_REVOCABLE },
	{ "deepseek-la-", SPDX_USE_RESTRICTED | SPDX_REVOCABLE },
	{ "bigcode-open-rail-m-", SPDX_USE_RESTRICTED },
	/* more than 100 million users: another licence */
	{ "qwen-2024", SPDX_USE_RESTRICTED },
	{ "tongyi-qianwen-2023", SPDX_USE_RESTRICTED },
	/* the licensor may end it at any time */
	{ "flux-1-nc",
	    SPDX_USE_RESTRICTED | SPDX_NON_COMMERCIAL | SPDX_REVOCABLE },
	{ "openmdw-1.0", SPDX_OPEN_DATA },
	{ "public-domain", 0 },
};

/* Hub ids that are no SPDX id in lower case (hub-docs, repositories-licenses). */
static const struct {
	const char *id;
	const char *expression;
} hub[] = {
	{ "bigscience-openrail-m", SPDX_SCANCODE "bigscience-open-rail-m" },
	{ "bigscience-bloom-rail-1.0", SPDX_SCANCODE "bigscience-rail-1.0" },
	{ "creativeml-openrail-m",
	    SPDX_SCANCODE "stable-diffusion-2022-08-22" },
	{ "bigcode-openrail-m", SPDX_SCANCODE "bigcode-open-rail-m-v1" },
	{ "llama2", SPDX_SCANCODE "llama-2-license-2023" },
	{ "llama3.1", SPDX_SCANCODE "llama-3.1-license-2024" },
	{ "llama3.2", SPDX_SCANCODE "llama-3.2-license-2024" },
	{ "llama3.3", SPDX_SCANCODE "llama-3.3-license-2024" },
	{ "llama4", SPDX_SCANCODE "llama-4-cla-2025" },
	{ "odc-by", "ODC-By-1.0" },
	{ "odbl", "ODbL-1.0" },
	{ "pddl", "PDDL-1.0" },
	{ "c-uda", "C-UDA-1.0" },
};

/* ---- searches ---- */

/* <0, 0, >0 as strcasecmp of texts without NUL. */
static int
compare(struct span a, const char *b)
{
	struct span other = span_of_text(b);
	size_t len = a.len < other.len ? a.len : other.len;
	int order = len == 0 ? 0 : strncasecmp((const char *)a.data, b, len);

	if (order != 0)
		return order;
	return (a.len > len) - (other.len > len);
}

static bool
starts(struct span a, const char *prefix)
{
	return compare(span_part(a, 0, span_of_text(prefix).len), prefix) == 0;
}

static const struct entry *
search(const struct entry *list, size_t count, struct span id)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(id, list[middle].id);
		if (order == 0)
			return &list[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static const struct entry *
search_prefix(const struct entry *list, size_t count, struct span id)
{
	for (size_t i = 0; i < count; i++) {
		if (starts(id, list[i].id))
			return &list[i];
	}
	return NULL;
}

static bool
is_open_data(struct span id)
{
	for (size_t i = 0; i < COUNT(open_data); i++) {
		if (compare(id, open_data[i]) == 0)
			return true;
	}
	return false;
}

static unsigned
flags_of(const struct entry *entry)
{
	return entry == NULL ? 0 : SPDX_LISTED | entry->flags;
}

unsigned
spdx_license_flags(struct span id)
{
	size_t skipped = span_of_text(SPDX_SCANCODE).len;
	unsigned flags = flags_of(search(licenses, COUNT(licenses), id));

	if (starts(id, SPDX_SCANCODE))
		return flags_of(search_prefix(
		    scancode, COUNT(scancode), span_part(id, skipped, id.len)));
	if (flags == 0)
		return 0;
	const struct entry *family =
	    search_prefix(families, COUNT(families), id);
	if (family != NULL)
		flags |= family->flags;
	if (is_open_data(id))
		flags |= SPDX_OPEN_DATA;
	return flags;
}

unsigned
spdx_exception_flags(struct span id)
{
	return flags_of(search(exceptions, COUNT(exceptions), id));
}

struct span
spdx_license_spelling(struct span id)
{
	const struct entry *entry = search(licenses, COUNT(licenses), id);

	return entry == NULL ? id : span_of_text(entry->id);
}

struct span
spdx_of_hub(struct span id)
{
	for (size_t i = 0; i < COUNT(hub); i++) {
		if (compare(id, hub[i].id) == 0)
			return span_of_text(hub[i].expression);
	}
	const struct entry *entry = search(licenses, COUNT(licenses), id);
	return entry == NULL ? SPAN_EMPTY : span_of_text(entry->id);
}
