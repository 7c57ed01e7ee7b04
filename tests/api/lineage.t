#!/bin/bash
# Where it comes from and what came of it, over three publishers, with curl.
. tests/api/lib.sh

resource() { # NAME DIGEST [ROLE] [CITED ID]
	jq -cn --arg name "$1" --arg digest "$2" --arg role "${3:-}" \
		--arg cited "${4:-}" '
		{name: $name, digest: ({sha256: $digest} +
			(if $cited == "" then {} else {tlogLeaf: $cited} end))} +
		(if $role == "" then {} else {annotations: {role: $role}} end)'
}

# run SUBJECTS INPUTS: JSON resources, one a line, in two files or pipes
run() {
	jq -cn --slurpfile subjects "$1" --slurpfile inputs "$2" '{
		_type: "https://in-toto.io/Statement/v1", subject: $subjects,
		predicateType: "https://slsa.dev/provenance/v1",
		predicate: {
			buildDefinition: {
				buildType: "https://headwater/run/v1",
				externalParameters: {},
				resolvedDependencies: $inputs},
			runDetails: {builder: {id: "https://lab.example/b"}}}}'
}

send() { # KEY <STATEMENT: posts it and prints the id
	envelope "$1" >"$WORK/envelope"
	curl -sf --data-binary "@$WORK/envelope" "$URL/v1/records" | jq -r .id
}

ask() { # TEXT [QUERY]: the lineage of a text's digest
	curl -sf "$URL/v1/lineage/sha256:$(sha256 "$1")${2:+?$2}"
}

# Edges as "from>to role by principal standing", digests by the texts they are of.
edges() {
	local sed_names=() text
	for text in french german shards model quantised secret tokenizer "${more[@]}"; do
		sed_names+=(-e "s/sha256:$(sha256 "$text")/$text/g")
	done
	jq -r '.edges[] | "\(.from)>\(.to) \(.role) by \(.principal) \(.standing)"' |
		sed "${sed_names[@]}"
}
more=()

new_log
publisher words
publisher lab
publisher mallory
ok "starts" start_daemon

french_id=$(dataset words/french "$(sha256 french)" MIT | send words)
dataset words/german "$(sha256 german)" MIT | send words >"$WORK/german_id"
shards_id=$(run <(resource lab/prepare "$(sha256 shards)") <(
	resource fr "$(sha256 french)" source "$french_id"
	resource de "$(sha256 german)" source) | send lab)
dataset lab/shards "$(sha256 shards)" MIT | send lab >/dev/null
run <(resource lab/train "$(sha256 model)" weights) \
	<(resource shards "$(sha256 shards)" dataset) | send lab >/dev/null
run <(resource lab/quantise "$(sha256 quantised)" weights) \
	<(resource model "$(sha256 model)" model) | send lab >/dev/null

# ---- up ----
is "up, nobody asked" "$(ask quantised | edges)" \
"model>quantised model by lab null
shards>model dataset by lab null
french>shards source by lab null
german>shards source by lab null"
is "up, as the publisher" "$(ask quantised as=lab | edges)" \
"model>quantised model by lab own
shards>model dataset by lab own
french>shards source by lab own
german>shards source by lab own"
is "gaps: what lab neither made nor cites" "$(ask quantised as=lab |
	jq -c '[.nodes[]|.gap]')" "[false,false,false,false,true]"
is "without as nothing is one" "$(ask quantised |
	jq -c '[.nodes[]|.gap]|any')" false
is "names" "$(ask quantised as=lab | jq -c '[.nodes[].names[0]]')" \
	'["lab/quantise","lab/train","lab/prepare","words/french","de"]'
is "the answer's members" "$(ask quantised | jq -c keys_unsorted)" \
	'["treeSize","root","direction","truncated","nodes","edges"]'
is "an edge's members" "$(ask quantised | jq -c '.edges[0]|keys_unsorted')" \
	'["from","to","role","record","index","signer","principal","standing","withdrawn","disputed"]'
is "its record" "$(ask shards | jq -r '.edges[0].record')" "$shards_id"
is "its signer" "$(ask shards | jq -r '.edges[0].signer')" "$(keyid lab)"
is "treeSize" "$(ask quantised min_size=7 | jq .treeSize)" 7

# ---- down ----
is "down from the French list" "$(ask french direction=down | edges)" \
"french>shards source by lab null
shards>model dataset by lab null
model>quantised model by lab null"
is "down, as lab" "$(ask french 'direction=down&as=lab' | jq '.edges|length')" 3
is "down from the end" "$(ask quantised direction=down | jq -c \
	'[(.nodes|length),(.edges|length),.truncated]')" "[1,0,false]"

# ---- bounds ----
is "limit" "$(ask quantised limit=2 | jq -c '[(.nodes|length),.truncated]')" "[2,true]"
is "just enough" "$(ask quantised limit=5 | jq -c '[(.nodes|length),.truncated]')" \
	"[5,false]"
is "depth" "$(ask quantised depth=2 | jq -c '[(.nodes|length),.truncated]')" "[3,true]"
for query in direction=side depth=0 depth=65 limit=0 limit=1001 format=svg \
	strangers=2 as=A up=1; do
	is "400 ?$query" "$(status_of "$URL/v1/lineage/sha256:$(sha256 x)?$query")" 400
done
for digest in sha256:00 "SHA256:$(sha256 x)" nonsense "tlogLeaf:$(sha256 x)"; do
	is "400 ${digest:0:12}" "$(status_of "$URL/v1/lineage/$digest")" 400
done
is "an unknown digest is one gap" "$(ask nothing-known | jq -c \
	'[.nodes[0].gap,.nodes[0].records,(.edges|length),.truncated]')" "[true,[],0,false]"
is "a colon may be encoded" "$(status_of "$URL/v1/lineage/sha256%3A$(sha256 x)")" 200
is "asked twice, answered the same" "$(ask quantised as=lab | sha256sum)" \
	"$(ask quantised as=lab | sha256sum)"

# ---- a stranger's claim ----
claim=$(run <(resource mallory/claim "$(sha256 quantised)") \
	<(resource sauce "$(sha256 secret)" dataset) | send mallory)
is "shown, by name" "$(ask quantised as=lab | edges | grep mallory)" \
	"secret>quantised dataset by mallory stranger"
run <(resource mallory/more "$(sha256 secret)") \
	<(resource more "$(sha256 tokenizer)" dataset) | send mallory >/dev/null
is "not walked" "$(ask quantised as=lab | edges | grep -c tokenizer)" 0
is "unless asked for" "$(ask quantised 'as=lab&strangers=1' | edges |
	grep -c tokenizer)" 1
is "as mallory it is her own" "$(ask quantised as=mallory | edges | head -1)" \
	"model>quantised model by lab stranger"

# ---- withdrawals and disputes ----
withdraw() { # ID
	jq -cn --arg id "$1" '{_type: "https://in-toto.io/Statement/v1",
		subject: [{digest: {tlogLeaf: $id}}],
		predicateType: "https://headwater/withdrawal/v1",
		predicate: {reason: "wrong"}}'
}
dispute=$(withdraw "$shards_id" | send mallory)
is "another's withdrawal is a dispute" "$(ask shards as=lab |
	jq -c '.edges[0]|[.withdrawn,.disputed]')" "[null,[\"$dispute\"]]"
own=$(withdraw "$claim" | send mallory)
is "her own is shown" "$(ask quantised as=mallory | jq -r \
	".edges[]|select(.record==\"$claim\").withdrawn")" "$own"
is "and stops the walk" "$(ask quantised 'as=mallory' | edges |
	grep -c tokenizer)" 0

# ---- parts ----
more=(set part)
jq -cn --arg set "$(sha256 set)" --arg part "$(sha256 part)" '{
	_type: "https://in-toto.io/Statement/v1",
	subject: [{name: "lab/set", digest: {sha256: $set}},
		{name: "a/0.txt", digest: {sha256: $part},
			annotations: {role: "shard"}}],
	predicateType: "https://headwater/dataset/v1",
	predicate: {complete: ["shard"]}}' | send lab >/dev/null
is "a part went into the set" "$(ask set as=lab | edges)" \
	"part>set shard by lab own"
is "down from the shard" "$(ask part direction=down | edges)" \
	"part>set shard by lab null"

# ---- DOT ----
is "DOT's type" "$(curl -s -o "$WORK/dot" -w '%{content_type}' \
	"$URL/v1/lineage/sha256:$(sha256 quantised)?format=dot")" \
	"text/vnd.graphviz; charset=utf-8"
like "DOT" "$(cat "$WORK/dot")" "digraph lineage {*n1 -> n0 *}"

ok "stops" stop_daemon
done_testing
