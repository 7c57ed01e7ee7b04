/*
 * export_spdx: what the two files of this format share.
 */
#ifndef HEADWATER_SCHEMA_EXPORT_SPDX_H
#define HEADWATER_SCHEMA_EXPORT_SPDX_H

#include "schema/export_inner.h"
#include "schema/particular.h"

#define NOASSERTION "NOASSERTION"

struct spdx_out {
	const struct dossier *d;
	struct writer *w;
	char base[96]; /* of all ids: urn:headwater:spdx:<release record> */
};

/* `"<base>/<what>/<alg>:<hex>"` */
void spdx_put_id(struct spdx_out *s, const char *what, size_t node);
const char *spdx_what(const struct spdx_out *s, size_t node);
/* An element of this type, up to its id. */
void spdx_begin(struct spdx_out *s, const char *type);
struct span spdx_license_of(const struct spdx_out *s, size_t node);
void spdx_put_license_id(struct spdx_out *s, struct span license);
/* A parameter, seed or metric; `context` is the spdx_out. */
particular_take spdx_put_entry;

void spdx_put_builds(struct spdx_out *s);
/* `*number` counts relationships. */
void spdx_put_licensed(struct spdx_out *s, size_t *number);
void spdx_put_edges(struct spdx_out *s, size_t *number);
void spdx_put_flow(
    struct spdx_out *s, size_t record, bool is_input, size_t *number);

#endif
