#!/bin/bash
# The OpenAPI file against the running daemon: same calls, same statuses, same
# shapes, an example for everything.
. tests/api/lib.sh
new_log
publisher lab
start_daemon || exit 1
dataset lab/words "$(sha256 words)" | envelope lab >"$WORK/e1"
post "$WORK/e1" -o "$WORK/result.json" >/dev/null
id=$(jq -r .id "$WORK/result.json")
jq -cn --arg digest "$(sha256 tagger)" '{
	_type: "https://in-toto.io/Statement/v1",
	subject: [{name: "lab/tagger", digest: {sha256: $digest}}],
	predicateType: "https://headwater/release/v1",
	predicate: {version: "1.0.0"}}' | envelope lab >"$WORK/e2"
post "$WORK/e2" >"$WORK/release"
# a blob, whose bytes are the word itself
jq -cn --arg digest "$(sha256 words)" '{
	_type: "https://in-toto.io/Statement/v1",
	subject: [{name: "lab/code", digest: {sha256: ("c" * 64)}}],
	predicateType: "https://headwater/code/v1",
	predicate: {attachments: [{name: "notes", mediaType: "text/plain",
		digest: {sha256: $digest}, size: "5"}]}}' | envelope lab >"$WORK/e3"
is "a record that names it: 201" "$(post "$WORK/e3" | tail -1)" 201
# a licence whose text those bytes are too
jq -cn --arg digest "$(sha256 words)" '{
	_type: "https://in-toto.io/Statement/v1",
	subject: [{name: "lab/terms", digest: {sha256: $digest}}],
	predicateType: "https://headwater/license/v1",
	predicate: {license: "LicenseRef-terms",
		source: "https://example.org/terms"}}' | envelope lab >"$WORK/e4"
is "a license record: 201" "$(post "$WORK/e4" | tail -1)" 201
put_part() { # FIRST LAST TEXT
	printf %s "$3" | curl -s -w '%{http_code}\n' -X PUT --data-binary @- \
		-H "Content-Range: bytes $1-$2/5" \
		"$URL/v1/blobs/sha256:$(sha256 words)"
}
put_part 0 1 wo >"$WORK/put"
put_part 4 4 s >>"$WORK/put"
put_part 2 4 rds >>"$WORK/put"
put_part 2 4 rds >>"$WORK/put"
is "a PUT answers 202, 409, 201, 200" \
	"$(sed 's/.*}//' "$WORK/put" | tr -s '\n' ' ')" " 202 409 201 200 "

curl -s "$URL/v1/openapi.json" >"$WORK/openapi.json"
ok "it is served as it stands in the tree" \
	cmp "$WORK/openapi.json" schema/openapi.json
O=$WORK/openapi.json
is "3.1" "$(jq -r .openapi "$O")" 3.1.0
is "every parameter has an example" \
	"$(jq '[.. | objects | select(has("in") and has("schema")) |
		select(has("example") | not)] | length' "$O")" 0
is "every body has an example, but raw bytes" \
	"$(jq -c '[.paths[][] | .. | objects | select(has("content")) | .content |
		to_entries[] | select(.value | has("example") or has("examples") |
		not) | .key] | unique' "$O")" \
	'["application/octet-stream"]'
is "every error is a problem of components.responses" \
	"$(jq -c '[.paths[][].responses | to_entries[] |
		select(.key >= "400") | .value | keys[]] | unique' "$O")" '["$ref"]'
is "which are application/problem+json" \
	"$(jq -c '[.components.responses[].content | keys[]] | unique' "$O")" \
	'["application/problem+json"]'
is "the 201 has links" "$(jq -c \
	'.paths["/v1/records"].post.responses["201"].links | keys' "$O")" \
	'["inclusion","proof","record","statement"]'
is "links name operations that are there" "$(jq -c '[.paths[][].operationId] as
	$all | [.. | objects | select(has("links")) | .links[].operationId] |
	unique - $all' "$O")" '[]'

# ---- every call answers as documented ----

enc() { jq -rn --arg x "$1" '$x | @uri'; }
fill() { # PATH with its parameters' values
	printf %s "$1" | sed -e "s/{id}/$id/; s/{digest}/sha256:$(sha256 words)/" \
		-e 's/{L}/0/; s/{N}.p/000.p/; s/{W}/3/; s/{size}/3/' \
		-e 's/{index}/1/; s/{old}/2/; s/{version}/1.0.0/' \
		-e "s/{blob}/sha256:$(sha256 words)/" \
		-e "s/{terms}/sha256:$(sha256 words)/" \
		-e 's,{name},lab/tagger,' -e "s/{shard}/sha256:$(sha256 shard)/"
}
required() { # PATH: the query without which it is 400
	jq -r --arg path "$1" '[.paths[$path].get.parameters // [] | .[] |
		select(.in == "query" and .required) | "\(.name)=\(.example)"] |
		if . == [] then "" else "?" + join("&") end' "$O"
}
jq -r '.paths | to_entries[] | .key as $path | .value | to_entries[] |
	[.key, $path] | @tsv' "$O" >"$WORK/calls"
while IFS=$'\t' read -r method path; do
	case $path in
	*/{N}) continue ;; # no full tile in so small a log
	esac
	[ "$method" = get ] || continue
	at=$(fill "$path")$(required "$path")
	status=$(curl -s -D "$WORK/head" -o "$WORK/body" -w '%{http_code}' \
		"$URL$at")
	is "GET $at" "$status" 200
	type=$(sed -n 's/^Content-Type: \([^;\r]*\).*/\1/Ip' "$WORK/head")
	ok "its type is documented: $type" jq -e --arg path "$path" \
		--arg type "$type" '.paths[$path].get.responses["200"].content |
		has($type)' "$O"
	cache=$(sed -n 's/^Cache-Control: \([^\r]*\).*/\1/Ip' "$WORK/head")
	is "its caching is documented" "$cache" "$(jq -r --arg path "$path" \
		'.paths[$path].get.responses["200"].headers["Cache-Control"].example' \
		"$O")"
	if [ "$type" = application/json ]; then
		jq -c --arg path "$path" --slurpfile body "$WORK/body" \
			'{name: $path, body: $body[0], schema:
			.paths[$path].get.responses["200"].content
			["application/json"].schema}' "$O" >>"$WORK/bodies"
	fi
	for wrong in POST DELETE; do
		[ "$path $wrong" = "/v1/records POST" ] && continue
		is "$wrong $at" "$(status_of -X $wrong "$URL$at")" 405
	done
	is "HEAD $at" "$(status_of -I "$URL$at")" 200
	is "OPTIONS $at" "$(status_of -X OPTIONS "$URL$at")" 204
	# one of rests, source, component and about is what may be asked
	query=$(jq -r --arg path "$path" '. as $o | .paths[$path].get.parameters //
		[] | [.[] | if has("$ref") then $o.components.parameters
		[.["$ref"] | split("/")[-1]] else . end | select(.in == "query" and
		(.name |
		IN("format", "rests", "source", "component") | not)) | "\(.name)=\(.example | tostring | @uri)"] |
		join("&")' "$O")
	[ -z "$query" ] && continue
	is "GET $at with every query's example" \
		"$(status_of "$URL${at%%\?*}?$query")" 200
done <"$WORK/calls"

grep -o '^{"digest".*}' "$WORK/put" | jq -c '{name: "PUT", body: .,
	schema: {"$ref": "#/components/schemas/Stored"}}' >>"$WORK/bodies"
grep -o '^{"type".*}' "$WORK/put" | jq -c '{name: "409", body: .,
	schema: {"$ref": "#/components/schemas/Problem"}}' >>"$WORK/bodies"
jq -c '{name: "POST", body: ., schema: {"$ref":
	"#/components/schemas/Result"}}' "$WORK/result.json" >>"$WORK/bodies"
curl -s "$URL/nowhere" | jq -c '{name: "404", body: ., schema: {"$ref":
	"#/components/schemas/Problem"}}' >>"$WORK/bodies"
jq -c '[.paths[][] | .. | objects | select(has("content")) | .content |
	to_entries[] | select(.key | test("json$")) | .value |
	select(has("example"))] | .[] | {name: "example", body: .example,
	schema}' "$O" >>"$WORK/bodies"
if python3 -c 'import jsonschema' 2>/dev/null; then
	ok "answers and examples fit their schemas" python3 - "$O" \
		"$WORK/bodies" <<'END'
import json, sys
from jsonschema import Draft202012Validator
document = json.load(open(sys.argv[1]))
count = 0
for line in open(sys.argv[2]):
    case = json.loads(line)
    if isinstance(case["body"], str):
        continue
    schema = {**case["schema"], "components": document["components"]}
    Draft202012Validator(schema).validate(case["body"])
    count += 1
assert count > 20, count
END
fi
done_testing
