"""Schemathesis's hooks: what it makes up as an envelope is really signed.

Without this a ledger refuses all of it, nothing is ever found, and the run
passes empty.  HW_KEY names the publisher's key (PEM), HW_PRINCIPAL whose it is.
"""

import base64
import hashlib
import json
import os

import schemathesis
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from schemathesis.generation.modes import GenerationMode

TYPE = "application/vnd.in-toto+json"

with open(os.environ["HW_KEY"], "rb") as file:
    KEY = load_pem_private_key(file.read(), None)
SSH = KEY.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
KEYID = (
    "SHA256:"
    + base64.b64encode(hashlib.sha256(base64.b64decode(SSH.split()[1])).digest())
    .decode()
    .rstrip("=")
)


def sign(made_up):
    """A record that depends on what was made up, and on nothing else."""
    digest = hashlib.sha256(repr(made_up).encode()).hexdigest()
    name = f"{os.environ['HW_PRINCIPAL']}/made-up/{digest[:8]}"
    payload = json.dumps(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": name, "digest": {"sha256": digest}}],
            "predicateType": "https://headwater/dataset/v1",
            "predicate": {"license": "CC0-1.0"},
        }
    ).encode()
    pae = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": TYPE,
        "signatures": [
            {"keyid": KEYID, "sig": base64.b64encode(KEY.sign(pae)).decode()}
        ],
    }


@schemathesis.hook
def before_call(ctx, case, kwargs):
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    if case.operation.label != "POST /v1/records":
        return
    signed = sign(case.body)
    is_text = case.media_type in ("application/x-www-form-urlencoded",)
    case.body = json.dumps(signed) if is_text else signed


def as_text(value):
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return json.dumps(value).encode()


@schemathesis.serializer("application/x-ndjson")
def ndjson(ctx, value):
    lines = value if isinstance(value, list) else [value]
    return b"".join(as_text(line) + b"\n" for line in lines)


@schemathesis.serializer("application/x-www-form-urlencoded")
def form(ctx, value):
    return as_text(value)
