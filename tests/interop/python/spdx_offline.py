"""spdx3-validate as it is, without a network: what it loads comes from FOLDER.

spdx_offline.py FOLDER ARGUMENTS...
"""

import email.message
import pathlib
import sys
import urllib.error
import urllib.request
import urllib.response

FOLDER = pathlib.Path(sys.argv.pop(1))
KNOWN = {
    "https://spdx.org/rdf/3.0.1/spdx-context.jsonld": "spdx-context.jsonld",
    "https://spdx.org/rdf/3.0.1/spdx-model.ttl": "spdx-model.ttl",
    "https://spdx.org/schema/3.0.1/spdx-json-schema.json": "spdx-json-schema.json",
}
TYPES = {".ttl": "text/turtle", ".jsonld": "application/ld+json"}


class Local(urllib.request.HTTPSHandler):
    def https_open(self, request):
        if request.full_url not in KNOWN:
            raise urllib.error.URLError("no copy of " + request.full_url)
        path = FOLDER / KNOWN[request.full_url]
        headers = email.message.Message()
        headers["Content-Type"] = TYPES.get(path.suffix, "application/json")
        answer = urllib.response.addinfourl(
            path.open("rb"), headers, request.full_url, 200
        )
        answer.msg = "OK"
        return answer


urllib.request.install_opener(urllib.request.build_opener(Local))

from spdx3_validate.main import main  # noqa: E402: after the opener

sys.exit(main())
