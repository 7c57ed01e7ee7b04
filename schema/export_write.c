#include "schema/export_inner.h"

static const struct {
	const char *name;
	const char *type;
} formats[] = {
#define X(format, name, type) [format] = { name, type },
	EXPORT_TABLE(X)
#undef X
};

bool
export_parse(struct span text, enum export_format *ret)
{
	for (size_t i = 0; i < EXPORT_FORMATS; i++) {
		if (span_is(text, formats[i].name)) {
			*ret = (enum export_format)i;
			return true;
		}
	}
	return false;
}

const char *
export_name(enum export_format format)
{
	return formats[format].name;
}

const char *
export_media_type(enum export_format format)
{
	return formats[format].type;
}

enum err
export_write(enum export_format format, const struct dossier *dossier,
    struct writer *writer, struct why *w)
{
	static export_one *const all[] = {
		[EXPORT_SPDX] = export_spdx,
		[EXPORT_CYCLONEDX] = export_cyclonedx,
		[EXPORT_PROV] = export_prov,
		[EXPORT_OPENLINEAGE] = export_openlineage,
		[EXPORT_CROISSANT] = export_croissant,
		[EXPORT_MOT] = export_mot,
		[EXPORT_EU] = export_eu,
	};

	if (dossier->release_count == 0)
		return why(w, ERR_NOT_FOUND,
		    "export: no release of this stands, so there is nothing to "
		    "call it by");
	enum err err = all[format](dossier, writer, w);
	if (err == ERR_OK && writer->err != ERR_OK)
		err = why(w, writer->err, "export: longer than can be told");
	return err;
}
