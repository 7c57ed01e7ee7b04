"""Judges a log's records with securesystemslib and in-toto-attestation.

    judge.py envelopes URL VKEY     every bundle's records: keys from keyrings
    judge.py statements URL         every bundle's statements
    judge.py vectors FILE...        statements in files
    judge.py send URL SSHKEY NAME   a record that securesystemslib signs
    judge.py payloads URL DIR       decoded payloads, one file for each kind

Nothing of Headwater's is used, and neither library is changed.
"""

import base64
import copy
import hashlib
import json
import os
import struct
import sys
import urllib.request

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_private_key,
    load_ssh_public_key,
)
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
EVERY = 16  # of the bundles behind the first four one entry of 16 is looked at


def fetch(url, path):
    with urllib.request.urlopen(f"{url}/{path}", timeout=30) as answer:
        return answer.read()


def bundle_path(n, width):
    digits = f"{n % 1000:03}"
    n //= 1000
    while n > 0:
        digits = f"x{n % 1000:03}/{digits}"
        n //= 1000
    return f"tile/entries/{digits}" + (f".p/{width}" if width < 256 else "")


def entries(url):
    size = int(fetch(url, "checkpoint").split(b"\n")[1])
    for n in range((size + 255) // 256):
        width = min(256, size - 256 * n)
        rest = fetch(url, bundle_path(n, width))
        for i in range(width):
            (length,) = struct.unpack(">H", rest[:2])
            entry, rest = rest[2 : 2 + length], rest[2 + length :]
            if n < 4 or i % EVERY == 0 or 256 * n + i + 128 > size:
                yield 256 * n + i, entry
        assert rest == b"", n


def fingerprint(public):
    line = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    digest = hashlib.sha256(base64.b64decode(line.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def library_key(public):
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return SSlibKey(
        fingerprint(public), "ed25519", "ed25519", {"public": raw.hex()}
    )


def signers(statement):
    for line in statement["predicate"]["signers"]:
        fields = line.split()
        at = fields.index("ssh-ed25519")
        yield load_ssh_public_key(" ".join(fields[at : at + 2]).encode())


def must_refuse(envelope, key):
    """What was signed, changed by one bit, and a signature changed by one."""
    changed = copy.deepcopy(envelope)
    changed.payload = bytes([envelope.payload[0] ^ 1]) + envelope.payload[1:]
    other = copy.deepcopy(envelope)
    signature = other.signatures[key.keyid]
    signature.signature = f"{int(signature.signature[0], 16) ^ 1:x}" + (
        signature.signature[1:]
    )
    for wrong in changed, other:
        try:
            wrong.verify([key], 1)
        except VerificationError:
            continue
        raise AssertionError("a changed envelope verifies")


def envelopes(url, vkey):
    typed = base64.b64decode(vkey.split("+", 2)[2])
    log_key = library_key(Ed25519PublicKey.from_public_bytes(typed[1:]))
    keys = {}
    count = 0
    for index, entry in entries(url):
        written = json.loads(entry)
        envelope = Envelope.from_dict(copy.deepcopy(written))
        assert envelope.payload_type == PAYLOAD_TYPE, index
        (keyid,) = envelope.signatures
        if keyid == log_key.keyid:
            statement = json.loads(envelope.payload)
            assert statement["predicateType"].endswith("/keyring/v1")
            keys = {key.keyid: key for key in map(library_key, signers(statement))}
            key = log_key
        else:
            key = keys[keyid]
        envelope.verify([key], 1)
        # the library writes the same bytes: ours is its normal form, too
        again = json.dumps(envelope.to_dict(), separators=(",", ":")).encode()
        assert json.loads(again) == written, index
        if count % 64 == 0:
            must_refuse(envelope, key)
        count += 1
    print(f"securesystemslib verified {count} envelopes")


def kind_of(statement):
    """As the schemas are called; foreign predicates may say what they like."""
    predicate_type = statement["predicateType"]
    if predicate_type.startswith("https://headwater/"):
        return predicate_type.split("/")[-2]
    if predicate_type == "https://slsa.dev/provenance/v1":
        built = statement["predicate"].get("buildDefinition", {})
        if built.get("buildType") == "https://headwater/run/v1":
            return "run"
    return "foreign"


def judge_statement(payload):
    pb = json_format.Parse(payload, statement_pb2.Statement())
    statement = json.loads(payload)
    if not statement["predicate"]:  # which the library refuses, FORMATS.md not
        pb.predicate["empty"] = True
    Statement.copy_from_pb(pb).validate()
    if statement["predicateType"] != "https://slsa.dev/provenance/v1":
        return
    run = json_format.ParseDict(statement["predicate"], provenance_pb2.Provenance())
    for resource in run.build_definition.resolved_dependencies:
        ResourceDescriptor.copy_from_pb(resource).validate()
    for resource in run.run_details.byproducts:
        ResourceDescriptor.copy_from_pb(resource).validate()


def statements(url):
    count = 0
    for index, entry in entries(url):
        payload = base64.b64decode(json.loads(entry)["payload"])
        if kind_of(json.loads(payload)) == "foreign":
            continue
        try:
            judge_statement(payload)
        except Exception as error:
            raise AssertionError(f"entry {index}: {error}") from error
        count += 1
    print(f"in-toto-attestation validated {count} statements")


def vectors(*names):
    for name in names:
        try:
            with open(name, "rb") as file:
                judge_statement(file.read())
        except Exception as error:
            raise AssertionError(f"{name}: {error}") from error
    print(f"in-toto-attestation validated {len(names)} vectors")


def send(url, ssh_key, name):
    with open(ssh_key, "rb") as file:
        secret = load_ssh_private_key(file.read(), None)
    subject = ResourceDescriptor(
        name=name, digest={"sha256": hashlib.sha256(name.encode()).hexdigest()}
    )
    statement = Statement(
        [subject.pb], "https://headwater/dataset/v1", {"license": "CC0-1.0"}
    )
    statement.validate()
    payload = json_format.MessageToJson(statement.pb, indent=None).encode()
    keyid = fingerprint(secret.public_key())
    key = SSlibKey.from_crypto(secret.public_key(), keyid=keyid)
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(CryptoSigner(secret, key))
    body = json.dumps(envelope.to_dict()).encode()
    request = urllib.request.Request(
        f"{url}/v1/records", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        print(answer.status, json.load(answer)["id"])
        assert answer.status == 201


def payloads(url, folder):
    """At most 16 of a kind, as KIND/INDEX.json, KIND as the schemas are called."""
    counts = {}
    for index, entry in entries(url):
        payload = base64.b64decode(json.loads(entry)["payload"])
        statement = json.loads(payload)
        kind = kind_of(statement)
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] <= 16:
            os.makedirs(f"{folder}/{kind}", exist_ok=True)
            with open(f"{folder}/{kind}/{index}.json", "wb") as file:
                file.write(payload)
    print(counts)


if __name__ == "__main__":
    commands = {
        f.__name__: f for f in (envelopes, statements, vectors, send, payloads)
    }
    commands[sys.argv[1]](*sys.argv[2:])
