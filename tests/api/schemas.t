#!/usr/bin/python3
"""The published JSON Schemas agree with our own reading on every vector."""

import json
import pathlib

import jsonschema

SCHEMA = pathlib.Path("schema")

# What JSON Schema cannot say, and only FORMATS.md does.
SILENT = {
    "invalid-audit-coverage-more-than-all": "a comparison",
    "invalid-dataset-annotation-license": "SPDX grammar",
    "invalid-dataset-file-twice": "names in a list, each once",
    "invalid-dataset-files-above-2-63": "2^63-1",
    "invalid-dataset-license-no-expression": "SPDX grammar",
    "invalid-dataset-license-open-parenthesis": "SPDX grammar",
    "invalid-dataset-license-two-words": "SPDX grammar",
    "invalid-dataset-manifest-other-digest": "two digests that must be one",
    "invalid-dataset-member-twice": "JSON itself",
    "invalid-disclosure-hash-too-few": "hashing",
    "invalid-disclosure-hash-too-many": "hashing",
    "invalid-disclosure-index-twice": "an order",
    "invalid-disclosure-lines-unsorted": "an order",
    "invalid-disclosure-not-by-index": "an order",
    "invalid-disclosure-other-hash": "hashing",
    "invalid-disclosure-other-index": "hashing",
    "invalid-disclosure-other-path": "hashing",
    "invalid-disclosure-other-root": "hashing",
    "invalid-disclosure-other-salt": "hashing",
    "invalid-disclosure-two-sizes": "one size for all",
    "invalid-intent-reserved": "there is no schema for it",
    "invalid-license-text-other-digest": "two digests that must be one",
    "invalid-run-argv-not-its-digest": "hashing",
    "invalid-run-started-31-november": "the calendar",
    "invalid-32769-bytes": "a sum",
    "invalid-beside-one-byte-less": "the length of what lies beside it",
    "invalid-beside-other-subject": "two digests that must be one",
    "invalid-digest": "hashing",
    "invalid-key-not-on-curve": "Ed25519",
    "invalid-key-of-small-order": "Ed25519",
    "invalid-key-of-two-principals": "keys in a list, each once",
    "invalid-unsorted": "an order",
}


def schemas():
    for path in sorted((SCHEMA / "predicates").glob("*.schema.json")):
        schema = json.loads(path.read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        kind = path.name.split(".")[0]
        assert schema["$id"] == f"https://headwater/{kind}/v1", path
        yield kind, jsonschema.Draft202012Validator(schema)


def vectors():
    for path in sorted((SCHEMA / "vectors" / "record").glob("*-*.json")):
        yield path, path.stem.split("-")[1]
    for path in sorted((SCHEMA / "vectors" / "keyring").glob("*-*.json")):
        yield path, "keyring"


validators = dict(schemas())
rows = list(vectors())
print(f"1..{len(rows)}")
for number, (path, kind) in enumerate(rows, 1):
    if path.stem in SILENT:
        print(f"ok {number} - {path} # SKIP {SILENT[path.stem]}")
        continue
    is_valid = validators[kind].is_valid(json.loads(path.read_text()))
    fine = is_valid == path.stem.startswith("valid-")
    print(f"{'ok' if fine else 'not ok'} {number} - {path}")
