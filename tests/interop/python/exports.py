"""Judges one export, by its format's own tools and by what those let pass.

exports.py judge FORMAT FILE    exit status 0: it is right; else a sentence
exports.py break FORMAT N FILE  prints the file broken in the N-th way
exports.py ways FORMAT          how many ways there are
"""

import collections
import datetime
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import uuid

HERE = pathlib.Path(__file__).parent
HEX = re.compile(r"[0-9a-f]{64}")


def need(condition, sentence):
    if not condition:
        sys.exit(sentence)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    need(done.returncode == 0, (done.stdout + done.stderr)[-2000:])


# ---- SPDX ----


def judge_spdx(path):
    # what the tools let pass first: that takes no time, and they some seconds
    graph = json.loads(path.read_text())["@graph"]
    ids = {e["spdxId"] for e in graph if "spdxId" in e}
    need(len(ids) == sum("spdxId" in e for e in graph), "an id comes twice")
    relations = collections.Counter()
    for e in graph:
        if e["type"] != "Relationship":
            continue
        for end in [e["from"], *e["to"]]:
            need(end in ids, f"{end}: nothing has this id")
        relations[e["from"], e["relationshipType"]] += 1
    rules = {
        "ai_AIPackage": "releaseTime suppliedBy software_downloadLocation "
        "software_packageVersion software_primaryPurpose",
        "dataset_DatasetPackage": "builtTime originatedBy releaseTime "
        "software_downloadLocation software_primaryPurpose dataset_datasetType",
    }
    for e in graph:
        if e["type"] not in rules:
            continue
        for member in rules[e["type"]].split():
            need(member in e, f"{e['spdxId']}: {member} is missing")
        for which in ("hasDeclaredLicense", "hasConcludedLicense"):
            need(relations[e["spdxId"], which] == 1, f"{which}: exactly one")
        for h in e["verifiedUsing"]:
            need(HEX.fullmatch(h["hashValue"]), "hashValue: no sha256")
    run(
        sys.executable,
        HERE / "spdx_offline.py",
        HERE / "spdx",
        "-q",
        "-j",
        path,
    )
    run(
        sys.executable,
        "-m",
        "spdx_python_model.bindings.v3_0_1",
        "--outfile",
        "/dev/null",
        path,
    )


def spdx_of(d, kind):
    return next(e for e in d["@graph"] if e["type"] == kind)


def spdx_relation(d, kind):
    return next(e for e in d["@graph"] if e.get("relationshipType") == kind)


def spdx_drop(d, kind):
    d["@graph"].remove(spdx_relation(d, kind))


BREAK_SPDX = [
    lambda d: spdx_of(d, "ai_AIPackage").pop("software_primaryPurpose"),
    lambda d: spdx_of(d, "ai_AIPackage").pop("suppliedBy"),
    lambda d: spdx_of(d, "dataset_DatasetPackage").pop("builtTime"),
    lambda d: spdx_of(d, "dataset_DatasetPackage").pop("dataset_datasetType"),
    lambda d: spdx_drop(d, "hasDeclaredLicense"),
    lambda d: spdx_drop(d, "hasConcludedLicense"),
    lambda d: spdx_relation(d, "hasOutput").update(relationshipType="likes"),
    lambda d: spdx_of(d, "CreationInfo").update(
        createdBy=[spdx_of(d, "ai_AIPackage")["spdxId"]]
    ),
    lambda d: spdx_of(d, "Relationship").update(to=["urn:nowhere"]),
    lambda d: spdx_of(d, "ai_AIPackage")["verifiedUsing"][0].update(hashValue="x"),
    lambda d: spdx_of(d, "CreationInfo").update(created="yesterday"),
    lambda d: d["@graph"].append(spdx_of(d, "Organization")),
]

# ---- CycloneDX ----


def components(d):
    yield d["metadata"]["component"]
    yield from d["metadata"]["component"].get("pedigree", {}).get("ancestors", [])
    yield from d["components"]


def judge_cyclonedx(path):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = path.read_text()
    d = json.loads(text)
    validator = JsonStrictValidator(SchemaVersion.from_version(d["specVersion"]))
    for error in validator.validate_str(text, all_errors=True) or []:
        sys.exit(str(error))
    refs = [c["bom-ref"] for c in components(d)]
    need(len(refs) == len(set(refs)), "a bom-ref comes twice")
    card = d["metadata"]["component"].get("modelCard", {})
    for data in card.get("modelParameters", {}).get("datasets", []):
        need(data["ref"] in refs, f"{data['ref']}: nothing has this ref")
    for dependency in d["dependencies"]:
        for ref in [dependency["ref"], *dependency["dependsOn"]]:
            need(ref in refs, f"{ref}: nothing has this ref")
    for c in components(d):
        for h in c.get("hashes", []):
            need(
                c["bom-ref"] == "sha256:" + h["content"],
                f"{c['bom-ref']}: another digest",
            )


def the_card(d):
    return d["metadata"]["component"]["modelCard"]["modelParameters"]


BREAK_CYCLONEDX = [
    lambda d: d["components"][0].update(type="thing"),
    lambda d: d["components"][0].pop("name"),
    lambda d: d.update(serialNumber="urn:uuid:1"),
    lambda d: the_card(d)["datasets"][0].update(ref="sha256:nowhere"),
    lambda d: d["dependencies"][0]["dependsOn"].append("sha256:nowhere"),
    lambda d: d["components"].append(d["components"][0]),
    lambda d: d["components"][0]["hashes"][0].update(content="ab" * 32),
    lambda d: d["metadata"].update(timestamp="yesterday"),
]

# ---- PROV ----


def judge_prov(path):
    from prov.model import ProvDocument

    document = ProvDocument.deserialize(path, format="json")
    again = document.serialize(format="json")
    need(
        ProvDocument.deserialize(content=again, format="json") == document,
        "it does not come back the same",
    )
    d = json.loads(path.read_text())
    known = {*d["entity"], *d["activity"], *d["agent"]}
    for relation in (
        "used",
        "wasGeneratedBy",
        "wasDerivedFrom",
        "wasAttributedTo",
        "wasAssociatedWith",
    ):
        for ends in d.get(relation, {}).values():
            for end in ends.values():
                need(end in known, f"{relation}: {end}: nothing has this name")
    for name in d["entity"]:
        need(re.fullmatch(r"hw:[a-z0-9A-Z_-]+:[0-9a-f]+", name), f"{name}: no digest")


BREAK_PROV = [
    lambda d: d["prefix"].pop("hw"),
    lambda d: d.update(wasEatenBy={"_:x": {"prov:entity": "hw:a"}}),
    lambda d: next(iter(d["used"].values())).update({"prov:entity": "hw:sha256:00"}),
    lambda d: next(iter(d["wasAttributedTo"].values())).update({"prov:agent": "hwp:x"}),
    lambda d: d["entity"].update({"hw:something": {}}),
]

# ---- OpenLineage ----


def judge_openlineage(path):
    from openlineage.client import event_v2
    from openlineage.client.run import RunState

    lines = path.read_text().splitlines()
    need(lines, "no event")
    for line in lines:
        e = json.loads(line)
        for member in ("eventType", "eventTime", "producer", "schemaURL"):
            need(member in e, f"{member} is missing")
        sets = {}
        for side in ("inputs", "outputs"):
            for s in e[side]:
                need(s["namespace"] and s["name"], "a set without a name")
                digest = s["facets"]["headwater_digest"]["digest"]
                need(re.fullmatch(r"[a-zA-Z0-9_-]+:[0-9a-f]+", digest), "no digest")
                need(
                    s["facets"]["version"]["datasetVersion"] == digest,
                    "two digests of one set",
                )
                for facet in s["facets"].values():
                    need({"_producer", "_schemaURL"} <= {*facet}, "a bare facet")
                sets[side, s["name"]] = digest
        for facet in e["run"]["facets"].values():
            need({"_producer", "_schemaURL"} <= {*facet}, "a bare facet")
        uuid.UUID(e["run"]["runId"])
        datetime.datetime.fromisoformat(e["eventTime"].replace("Z", "+00:00"))
        event_v2.RunEvent(  # the client's own classes check what they take
            eventType=RunState(e["eventType"]),
            eventTime=e["eventTime"],
            run=event_v2.Run(runId=e["run"]["runId"]),
            job=event_v2.Job(namespace=e["job"]["namespace"], name=e["job"]["name"]),
            inputs=[event_v2.InputDataset(s["namespace"], s["name"]) for s in e["inputs"]],
            outputs=[
                event_v2.OutputDataset(s["namespace"], s["name"]) for s in e["outputs"]
            ],
            producer=e["producer"],
        )


BREAK_OPENLINEAGE = [
    lambda d: d["run"].update(runId="1"),
    lambda d: d.update(eventTime="yesterday"),
    lambda d: d.update(eventType="DONE"),
    lambda d: d.pop("producer"),
    lambda d: d["inputs"][0].pop("name"),
    lambda d: d["inputs"][0]["facets"]["version"].pop("_producer"),
    lambda d: d["inputs"][0]["facets"]["headwater_digest"].update(digest="?"),
]

# ---- Croissant ----


def judge_croissant(path):
    run(
        str(pathlib.Path(sys.executable).parent / "mlcroissant"),
        "validate",
        "--jsonld",
        path,
    )
    d = json.loads(path.read_text())
    for f in d["distribution"]:
        need(HEX.fullmatch(f["sha256"]), f"{f['@id']}: no sha256")
        need(f["@id"] == "sha256:" + f["sha256"], f"{f['@id']}: another digest")
    need(d["license"], "no licence")
    need(d.get("name"), "no name")


BREAK_CROISSANT = [
    lambda d: d["distribution"][0].pop("sha256"),
    lambda d: d["distribution"][0].update(sha256="https://notahash"),
    lambda d: d["distribution"][0].pop("contentUrl"),
    lambda d: d["@context"].update({"sc": "http://schema.org/", "@vocab": "http://schema.org/"}),
    lambda d: d.pop("name"),
    lambda d: d.update(license=[]),
]

# ---- MOT ----


def judge_mot(path):
    import yaml

    d = yaml.safe_load(path.read_text())
    need(d["framework"]["name"] == "Model Openness Framework", "another framework")
    need(isinstance(d["framework"]["version"], str), "framework.version: a text")
    release = d["release"]
    for member in "name version date architecture origin producer contact".split():
        need(isinstance(release[member], str), f"release.{member}: a text")
    datetime.date.fromisoformat(release["date"])
    need(len(release["components"]) == 17, "17 components")
    names = {c["name"] for c in release["components"]}
    need(len(names) == 17, "a component comes twice")
    for c in release["components"]:
        members = {"name", "description", "location", "license_name", "license_path"}
        need({*c} == members, f"{c}: other members")
        need(all(isinstance(v, str) for v in c.values()), f"{c}: texts")


BREAK_MOT = [
    lambda d: d["framework"].update(name="Another"),
    lambda d: d["release"].update(date="yesterday"),
    lambda d: d["release"]["components"].pop(),
    lambda d: d["release"]["components"][0].update(name="Model card"),
    lambda d: d["release"]["components"][0].pop("location"),
]

# ---- the European Union's summary ----


def judge_eu(path):
    text = path.read_text()
    for title in (
        "# Public summary of training content (draft)",
        "## 1. General information",
        "## 2. List of data sources",
        "### 2.1 ",
        "### 2.3 Data crawled and scraped",
        "### 2.5 Synthetic data",
        "## 3. Data processing",
        "## Claimed by name alone",
    ):
        need("\n" + title in "\n" + text, f"{title} is missing")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    for row in rows:
        cells = re.split(r"(?<!\\)\|", row)
        need(len(cells) == 8, f"{row}: six cells")


BREAK_EU = [lambda d: d.replace("### 2.3", "### 2.4"), lambda d: d + "\n| a | b |\n"]

# ---- all ----

JUDGES = {k[6:]: v for k, v in globals().items() if k.startswith("judge_")}
BREAKS = {k[6:].lower(): v for k, v in globals().items() if k.startswith("BREAK_")}


def load(kind, path):
    if kind == "eu":
        return path.read_text()
    if kind == "mot":
        import yaml

        return yaml.safe_load(path.read_text())
    text = path.read_text()
    return json.loads(text.splitlines()[0] if kind == "openlineage" else text)


def main():
    what, kind, *rest = sys.argv[1:]
    if what == "judge":
        # some look at the end of the name
        with tempfile.NamedTemporaryFile(suffix=".json") as copy:
            path = pathlib.Path(copy.name)
            path.write_bytes(pathlib.Path(rest[0]).read_bytes())
            JUDGES[kind](path)
    elif what == "ways":
        print(len(BREAKS[kind]))
    else:
        d = load(kind, pathlib.Path(rest[1]))
        changed = BREAKS[kind][int(rest[0])](d)
        print(changed if kind == "eu" else json.dumps(d))


main()
