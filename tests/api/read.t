#!/bin/bash
# Reading with curl alone: entries, statements, proofs, tiles, lists, releases.
. tests/api/lib.sh

statement() { # KIND NAME DIGEST PREDICATE
	jq -cn --arg kind "$1" --arg name "$2" --arg digest "$3" \
		--argjson predicate "$4" '{
		_type: "https://in-toto.io/Statement/v1",
		subject: [{name: $name, digest: {sha256: $digest}}],
		predicateType: "https://headwater/\($kind)/v1",
		predicate: $predicate}'
}

send() { # KEY <STATEMENT: posts it and prints the id
	envelope "$1" >"$WORK/envelope"
	curl -sf --data-binary "@$WORK/envelope" "$URL/v1/records" | jq -r .id
}

# Header of a GET by its name, lower case.
header() { # NAME PATH
	curl -s -D - -o /dev/null "$URL$2" | tr -d '\r' | tr A-Z a-z |
		sed -n "s/^$1: //p"
}

get() { # PATH
	curl -sf "$URL$1"
}

hex_of() { # base64 on stdin
	base64 -d | od -An -vtx1 | tr -d ' \n'
}

new_log
publisher lab
publisher other
ok "starts" start_daemon

words=$(sha256 words)
id=$(statement dataset lab/words "$words" '{"license":"MIT"}' | send lab)
cp "$WORK/envelope" "$WORK/first"
r1=$(statement release lab/rel "$words" '{"version":"1.0"}' | send lab)
r2=$(statement release lab/rel "$words" '{"version":"2.0","license":"MIT"}' | send lab)
for i in $(seq 1 12); do
	dataset "other/d$i" "$(sha256 "d$i")" | envelope other
	echo
done >"$WORK/lines"
is "twelve at once" "$(curl -sf -H 'Content-Type: application/x-ndjson' \
	--data-binary "@$WORK/lines" "$URL/v1/records" | wc -l)" 12

# ---- one record ----
get "/v1/records/$id" >"$WORK/entry"
is "the entry hashes to its id" "$(entry_id "$WORK/entry")" "$id"
ok "it is what was sent" cmp "$WORK/entry" "$WORK/first"
is "its type" "$(header content-type "/v1/records/$id")" \
	application/vnd.dsse.envelope.v1+json
like "it never changes" "$(header cache-control "/v1/records/$id")" "*immutable*"
get "/v1/records/$id/statement" >"$WORK/statement"
ok "the statement is the payload, byte for byte" cmp "$WORK/statement" \
	<(jq -r .payload "$WORK/entry" | base64 -d)
is "its type is in-toto's" "$(header content-type "/v1/records/$id/statement")" \
	application/vnd.in-toto+json
is "it says the licence" "$(jq -r .predicate.license "$WORK/statement")" MIT
get "/v1/records/$id/proof" >"$WORK/proof"
is "the proof is a tlog-proof" "$(head -1 "$WORK/proof")" c2sp.org/tlog-proof@v1
is "of index 1: entry 0 is the keyring" "$(sed -n 's/^index //p' "$WORK/proof")" 1
ok "it carries the entry" cmp "$WORK/entry" \
	<(sed -n 's/^extra //p' "$WORK/proof" | base64 -d)
like "and a checkpoint of this log" "$(cat "$WORK/proof")" "*
$ORIGIN
16
*"
is "the keyring is readable" \
	"$(get "/v1/records?kind=keyring" | jq -r '.records[0].principal')" "$ORIGIN"
for path in "/v1/records/${id:0:63}" "/v1/records/${id}0" "/v1/records/${id^^}"; do
	is "400 ${path:0:30}… of ${#path}" "$(status_of "$URL$path")" 400
done
is "404 unknown id" "$(status_of "$URL/v1/records/$(sha256 none)")" 404
is "404 its proof" "$(status_of "$URL/v1/records/$(sha256 none)/proof")" 404
is "problem+json" "$(header content-type /v1/records/00)" application/problem+json

# ---- the log as tiles ----
size=$(get /checkpoint | sed -n 2p)
is "the checkpoint's size" "$size" 16
is "its origin" "$(get /checkpoint | sed -n 1p)" "$ORIGIN"
is "a tile is the hashes" "$(get /tile/0/000.p/16 | tail -c +33 | head -c 32 |
	od -An -vtx1 | tr -d ' \n')" "$id"
is "a narrower one is its beginning" "$(get /tile/0/000.p/2 | sha256sum)" \
	"$(get /tile/0/000.p/16 | head -c 64 | sha256sum)"
like "tiles never change" "$(header cache-control /tile/0/000.p/2)" "*immutable*"
like "the checkpoint does" "$(header cache-control /checkpoint)" "*no-cache*"
get /tile/entries/000.p/2 >"$WORK/bundle"
len=$((0x$(head -c 2 "$WORK/bundle" | od -An -tx1 | tr -d ' ')))
ok "the second of a bundle is the entry" cmp "$WORK/entry" \
	<(tail -c +$((2 + len + 3)) "$WORK/bundle")
for path in /tile/0/000 /tile/0/000.p/17 /tile/0/001.p/1 /tile/0/000.p/0 \
	/tile/64/000.p/1 /tile/0/0 /tile/1/000.p/1 /tile/entries/000.p/17; do
	is "404 $path" "$(status_of "$URL$path")" 404
done

# ---- proofs ----
root=$(get /checkpoint | sed -n 3p | hex_of)
leaf=$(get /tile/0/000.p/2 | head -c 32 | od -An -vtx1 | tr -d ' \n')
node() { # HEX HEX: the hash of two
	printf "01$1$2" | sed 's/../\\x&/g' | xargs -0 printf | sha256sum |
		cut -d' ' -f1
}
hash=$(node "$leaf" "$id") # index 1: the left sibling first
for sibling in $(get "/v1/proofs/inclusion/16/1" | jq -r '.hashes[1:][]'); do
	hash=$(node "$hash" "$(printf %s "$sibling" | hex_of)")
done
is "inclusion by hand, with sha256sum" "$hash" "$root"
is "consistency names both" "$(get /v1/proofs/consistency/3/16 |
	jq -c '[.old,.size,(.hashes|length>0)]')" "[3,16,true]"
for path in inclusion/16/16 inclusion/17/0 inclusion/0/0 inclusion/016/1 \
	consistency/0/16 consistency/5/4 consistency/1/17 \
	inclusion/18446744073709551616/0; do
	is "400 $path" "$(status_of "$URL/v1/proofs/$path")" 400
done

# ---- lists ----
is "by subject" "$(get "/v1/records?subject=sha256:$words&min_size=16" |
	jq -c '[.treeSize,[.records[].index],.next]')" "[16,[1,2,3],null]"
is "by subject, colon encoded" "$(get "/v1/records?subject=sha256%3A$words" |
	jq '.records|length')" 3
is "by name" "$(get "/v1/records?name=lab/words" | jq -r '.records[].id')" "$id"
is "by principal and kind" "$(get "/v1/records?principal=lab&kind=release" |
	jq -c '[.records[].index]')" "[2,3]"
signer=$(keyid other)
signer=${signer//+/%2B}
is "by signer" "$(get "/v1/records?signer=${signer//\//%2F}" |
	jq '.records|length')" 12
next=0
seen=$(get "/v1/records?limit=1" | jq -r '.records[].index')
while page=$(get "/v1/records?limit=5&after=$next"); do
	seen+=" $(jq -r '.records[].index' <<<"$page" | xargs)"
	next=$(jq .next <<<"$page")
	[ "$next" != null ] || break
done
is "pages meet without a hole" "$seen" "$(seq 0 15 | xargs)"
is "members of an item" "$(get "/v1/records?name=lab/words" |
	jq -c '.records[0]|keys_unsorted')" \
	'["id","index","kind","signer","principal","name","time","withdrawn"]'
for query in limit=0 limit=1001 limit=x after=-1 kind=x subject=x subject=sha256:00 \
	name=lab principal=A signer=x min_size=17 nonsense=1 "limit=1&limit=2"; do
	is "400 ?$query" "$(status_of "$URL/v1/records?$query")" 400
done

# ---- releases ----
is "releases" "$(get /v1/releases | jq -c '[.records[]|[.name,.version,.index]]')" \
	'[["lab/rel","1.0",2],["lab/rel","2.0",3]]'
is "one of them" "$(get /v1/releases/lab/rel/2.0 |
	jq -c '[.name,.version,.records[0].id,.records[0].statement.predicate.license]')" \
	"[\"lab/rel\",\"2.0\",\"$r2\",\"MIT\"]"
is "404 no such version" "$(status_of "$URL/v1/releases/lab/rel/3.0")" 404
jq -cn --arg id "$r1" '{_type: "https://in-toto.io/Statement/v1",
	subject: [{digest: {tlogLeaf: $id}}],
	predicateType: "https://headwater/withdrawal/v1",
	predicate: {reason: "wrong weights"}}' >"$WORK/withdrawal"
by_other=$(send other <"$WORK/withdrawal")
is "another's withdrawal does not count" "$(get "/v1/releases/lab/rel/1.0" |
	jq -r '.records[0].withdrawn')" null
by_lab=$(send lab <"$WORK/withdrawal")
is "its own does" "$(get "/v1/releases/lab/rel/1.0" |
	jq -r '.records[0].withdrawn')" "$by_lab"
is "in lists too" "$(get "/v1/records?kind=release" |
	jq -c '[.records[].withdrawn]')" "[\"$by_lab\",null]"
is "who withdrew it" "$(get "/v1/records?subject=tlogLeaf:$r1" |
	jq -c '[.records[].id]')" "[\"$by_other\",\"$by_lab\"]"

ok "stops" stop_daemon
done_testing
