"""Schemathesis's hooks: what it makes up as an envelope is really signed.

Without this a ledger refuses all of it, nothing is ever found, and the run
passes empty.  HW_KEY names the publisher's key (PEM), HW_PRINCIPAL whose it is,
HW_SIZE what the log holds at least, HW_RELEASE a release that is in it,
HW_BLOB a blob that is there, HW_TERMS a text of which a license record is,
HW_ARTIFACT what was released.
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

SIZE = int(os.environ["HW_SIZE"])
RELEASE = os.environ["HW_RELEASE"].rsplit("/", 1)
BLOB = os.environ["HW_BLOB"]
TERMS = os.environ["HW_TERMS"]
ARTIFACT = os.environ["HW_ARTIFACT"]
NAME_MAX = 256
REFERENCES = ("rests", "source", "about", "component")
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


def is_positive(case):
    meta = case.meta
    return meta is not None and meta.generation.mode == GenerationMode.POSITIVE


def post_records(case):
    signed = sign(case.body)
    is_text = case.media_type == "application/x-www-form-urlencoded"
    case.body = json.dumps(signed) if is_text else signed


def tile(case):
    """One of the tiles that are there: of level 0 or 1, the first two."""
    numbers = case.path_parameters
    if "L" in numbers:
        numbers["L"] = int(numbers["L"]) % 2
    if "W" in numbers:
        numbers["W"] = 1 + int(numbers["W"]) % 200
    is_second = numbers.get("L", 0) == 0 and len(numbers["N"]) % 8 == 3
    numbers["N"] = "001" if is_second else "000"


def inclusion(case):
    numbers = case.path_parameters
    numbers["size"] = 1 + int(numbers["size"]) % SIZE
    numbers["index"] = int(numbers["index"]) % numbers["size"]


def consistency(case):
    numbers = case.path_parameters
    numbers["size"] = 1 + int(numbers["size"]) % SIZE
    numbers["old"] = 1 + int(numbers["old"]) % numbers["size"]


def release(case):
    """Half of the questions are for the release that is there."""
    if len(case.path_parameters["version"]) % 2 == 0:
        case.path_parameters.update(name=RELEASE[0], version=RELEASE[1])


def shard(case):
    """Only of files is it asked whether a release is clean of them."""
    if "release" not in (case.query or {}):
        return
    made_up = case.path_parameters["digest"]
    if not made_up.startswith("sha256:"):
        digest = hashlib.sha256(made_up.encode()).hexdigest()
        case.path_parameters["digest"] = f"sha256:{digest}"
    name, version = case.query["release"].rsplit("/", 1)
    if len(name) > NAME_MAX:  # the pattern bounds the two together only
        case.query["release"] = f"{name[:NAME_MAX - 1]}x/{version}"


def records(case):
    """Of these queries one may stand alone."""
    one_of = [name for name in REFERENCES if name in (case.query or {})]
    for name in one_of[1:]:
        del case.query[name]


def blob(case):
    """Half of the questions are for the blob that is there."""
    if int(case.path_parameters["blob"][-1], 16) % 2 == 0:
        case.path_parameters["blob"] = BLOB


def terms(case):
    """Half of the questions are for a text that is there."""
    if int(case.path_parameters["terms"][-1], 16) % 2 == 0:
        case.path_parameters["terms"] = TERMS


def released(case):
    """Half of the questions are for the artifact that was released."""
    if len(case.path_parameters["digest"]) % 2 == 0:
        case.path_parameters["digest"] = ARTIFACT


def put_blob(case):
    """All of it, packed or a part: never packed and a part."""
    blob(case)
    headers = case.headers or {}
    if "Content-Range" in headers:
        headers.pop("Content-Encoding", None)
        length = len(case.body) if isinstance(case.body, bytes) else 0
        if length > 0:
            headers["Content-Range"] = f"bytes 0-{length - 1}/{length}"
        else:
            del headers["Content-Range"]


# What one member's schema cannot say of another, or of the log as it is.
MEND = {
    "POST /v1/records": post_records,
    "GET /tile/{L}/{N}": tile,
    "GET /tile/{L}/{N}.p/{W}": tile,
    "GET /tile/entries/{N}": tile,
    "GET /tile/entries/{N}.p/{W}": tile,
    "GET /v1/proofs/inclusion/{size}/{index}": inclusion,
    "GET /v1/proofs/consistency/{old}/{size}": consistency,
    "GET /v1/releases/{name}/{version}": release,
    "GET /v1/records": records,
    "GET /v1/shards/{digest}": shard,
    "GET /v1/licenses/{terms}/drift": terms,
    "GET /v1/licensing/{digest}": released,
    "GET /v1/openness/{digest}": released,
    "GET /v1/blobs/{blob}": blob,
    "PUT /v1/blobs/{blob}": put_blob,
}


@schemathesis.hook
def filter_case(ctx, case):
    """A batch is answered 200, line by line: no refusal to be seen as status."""
    return case.media_type != "application/x-ndjson" or is_positive(case)


@schemathesis.hook
def before_call(ctx, case, kwargs):
    if not is_positive(case):
        return
    if case.query and "min_size" in case.query:
        case.query["min_size"] = 1 + int(case.query["min_size"]) % SIZE
    mend = MEND.get(case.operation.label)
    if mend is not None:
        mend(case)


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


@schemathesis.deserializer("application/x-ndjson")
def results(ctx, response):
    """All lines must be JSON; the schema is of one line."""
    lines = [json.loads(line) for line in response.content.splitlines()]
    return lines[0]
