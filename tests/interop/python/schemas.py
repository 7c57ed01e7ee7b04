"""schemas.py CHECK-JSONSCHEMA PAYLOADS: each published schema is one, takes the
valid vectors and real payloads of its kind, and refuses the invalid vectors
(but for what JSON Schema cannot say: tests/api/schemas.t lists those)."""

import ast
import json
import pathlib
import subprocess
import sys

SCHEMA = pathlib.Path("schema")
program, payloads = sys.argv[1], pathlib.Path(sys.argv[2])


def silent():
    for node in ast.parse(pathlib.Path("tests/api/schemas.t").read_text()).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "SILENT":
            return set(ast.literal_eval(node.value))
    raise AssertionError("no SILENT in schemas.t")


def refused(*args):
    """The files that are not valid."""
    done = subprocess.run(
        [program, "--output-format", "json", *map(str, args)],
        capture_output=True,
        check=False,
    )
    answer = json.loads(done.stdout)
    assert (done.returncode == 0) == (answer["status"] == "ok"), answer
    errors = answer.get("errors", []) + answer.get("parse_errors", [])
    return {pathlib.Path(error["filename"]) for error in errors}


def vectors(kind, word):
    return sorted(
        SCHEMA.glob(
            f"vectors/keyring/{word}-*.json"
            if kind == "keyring"
            else f"vectors/record/{word}-{kind}*.json"
        )
    )


schemas = sorted((SCHEMA / "predicates").glob("*.schema.json"))
assert not refused("--check-metaschema", *schemas)
for schema in schemas:
    kind = schema.name.split(".")[0]
    good = vectors(kind, "valid") + sorted((payloads / kind).glob("*.json"))
    bad = [path for path in vectors(kind, "invalid") if path.stem not in silent()]
    assert (payloads / kind).is_dir(), f"no payload of kind {kind}"
    assert good and bad, kind
    wrong = refused("--schemafile", schema, *good)
    assert not wrong, f"refused, but valid: {wrong}"
    taken = set(bad) - refused("--schemafile", schema, *bad)
    assert not taken, f"taken, but invalid: {taken}"
    print(f"{kind}: {len(good)} valid, {len(bad)} invalid")
