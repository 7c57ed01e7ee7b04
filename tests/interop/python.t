#!/bin/bash
# The log, judged by Python's tools: securesystemslib, in-toto-attestation,
# check-jsonschema, schemathesis.
. tests/interop/lib.sh
only_plain
need_python
new_log && publisher lab || exit 1
"$FILL" signers >>"$WORK/allowed_signers"
ssh-keygen -q -t ed25519 -N '' -C somebody -f "$WORK/ssh"
echo "ssh $(cut -d' ' -f1,2 "$WORK/ssh.pub")" >>"$WORK/allowed_signers"
start_daemon || exit 1
fill 70000

judge() { "$VENV/bin/python" tests/interop/python/judge.py "$@"; }

# records of every kind: each valid vector that is lab's to sign
refused=
for vector in schema/vectors/record/valid-*.json schema/vectors/statement/valid-*.json; do
	case $vector in
	*/valid-keyring* | *-8192-values.json | *-depth-32.json) continue ;;
	esac
	status=$(envelope lab <"$vector" | curl -s -o "$WORK/answer" -w '%{http_code}' \
		--data-binary @- "$URL/v1/records")
	[ "$status" = 201 ] || refused="$refused $vector: $status $(cat "$WORK/answer")"
done
is "records of every kind are taken" "$refused" ""
ok "a record that securesystemslib signs with an OpenSSH key is taken" \
	judge send "$URL" "$WORK/ssh" ssh/from-python

ok "securesystemslib: the envelopes, by keys with OpenSSH keyids" \
	judge envelopes "$URL" "$VKEY"
ok "in-toto-attestation: the statements" judge statements "$URL"
ok "in-toto-attestation: the vectors of records" \
	judge vectors schema/vectors/record/valid-*.json

ok "the payloads are taken out" judge payloads "$URL" "$WORK/payloads"
ok "check-jsonschema: schemas, vectors and real payloads" "$VENV/bin/python" \
	tests/interop/python/schemas.py "$VENV/bin/check-jsonschema" "$WORK/payloads"

jq -cn --arg digest "$(sha256 tagger)" '{
	_type: "https://in-toto.io/Statement/v1",
	subject: [{name: "lab/tagger", digest: {sha256: $digest}}],
	predicateType: "https://headwater/release/v1",
	predicate: {version: "1.0.0"}}' | envelope lab >"$WORK/release"
is "a release to ask for" "$(post "$WORK/release" -o "$WORK/answer" | tail -n 1)" 201
jq -cn --arg digest "$(sha256 commit)" --arg blob "$(sha256 hello)" '{
	_type: "https://in-toto.io/Statement/v1",
	subject: [{name: "lab/code", digest: {sha256: $digest}}],
	predicateType: "https://headwater/code/v1",
	predicate: {attachments: [{name: "notes", mediaType: "text/plain",
		digest: {sha256: $blob}, size: "5"}]}}' | envelope lab >"$WORK/code"
is "a record that names a blob" "$(post "$WORK/code" -o "$WORK/answer" | tail -n 1)" 201
printf hello >"$WORK/hello"
is "and the blob" "$(curl -s -o "$WORK/answer" -w '%{http_code}' -T "$WORK/hello" \
	"$URL/v1/blobs/sha256:$(sha256 hello)")" 201
TERMS=$(jq -r '.subject[0].digest.sha256' schema/vectors/record/valid-license.json)
cp tests/interop/python/hooks.py tests/interop/python/schemathesis.toml "$WORK"
schemathesis() {
	(cd "$WORK" && HW_KEY=$WORK/lab.pem HW_PRINCIPAL=lab HW_SIZE=70000 \
		HW_RELEASE=lab/tagger/1.0.0 \
		HW_BLOB=sha256:$(sha256 hello) \
		HW_TERMS=sha256:$TERMS HW_ARTIFACT=sha256:$(sha256 tagger) timeout 900 "$VENV/bin/schemathesis" \
		run --no-color "$URL/v1/openapi.json") >"$WORK/schemathesis" 2>&1
	local status=$?
	sed -n '/=== [A-Z ]* ===/,$p' "$WORK/schemathesis"
	return $status
}
before=$(curl -s "$URL/checkpoint" | sed -n 2p)
ok "schemathesis: every call of the OpenAPI document" schemathesis
after=$(curl -s "$URL/checkpoint" | sed -n 2p)
like "and its records were taken: $((after - before))" \
	"$((after - before))" "[1-9][0-9]*"
done_testing
