#!/bin/bash
# POST /v1/records by curl: one, many, twice, and what is refused.
. tests/api/lib.sh
new_log
publisher lab
publisher other
start_daemon || exit 1

digest=$(sha256 words)
dataset lab/words "$digest" | envelope lab >"$WORK/e1"
id=$(entry_id "$WORK/e1")

body_and_status() { # FILE CURL OPTION...
	post "$@" >"$WORK/answer"
	STATUS=$(tail -n 1 "$WORK/answer")
	sed '$d' "$WORK/answer" >"$WORK/body"
}
field() { # JQ
	jq -r "$1" "$WORK/body"
}

# ---- one ----

body_and_status "$WORK/e1" -D "$WORK/head"
is "a new record is 201" "$STATUS" 201
is "its id is the leaf hash" "$(field .id)" "$id"
is "its index" "$(field .index)" 1
is "no duplicate" "$(field .duplicate)" false
like "Location" "$(grep -i '^location' "$WORK/head")" \
	"Location: /v1/records/$id?"
like "the proof is a tlog-proof" "$(field .proof)" 'c2sp.org/tlog-proof@v1
extra *
index 1
*'
is "the proof carries the entry" "$(field .proof | sed -n 's/^extra //p' |
	base64 -d | cmp - "$WORK/e1" && echo same)" same

body_and_status "$WORK/e1"
is "again is 200" "$STATUS" 200
is "with its index" "$(field '[.index, .duplicate] | join(" ")')" "1 true"
body_and_status "$WORK/e1" -H 'Accept: text/plain'
is "as text/plain: the proof alone" \
	"$(head -n 1 "$WORK/body")" c2sp.org/tlog-proof@v1

jq . "$WORK/e1" >"$WORK/pretty"
body_and_status "$WORK/pretty"
is "white space does not matter" "$STATUS $(field .index)" "200 1"
for type in application/json application/vnd.dsse.envelope.v1+json \
	application/octet-stream 'application/json; charset=utf-8' \
	application/x-www-form-urlencoded; do
	body_and_status "$WORK/e1" -H "Content-Type: $type"
	is "as $type" "$STATUS" 200
done
body_and_status "$WORK/e1" -H 'Content-Type:'
is "without a type" "$STATUS" 200
body_and_status "$WORK/e1" -H 'Transfer-Encoding: chunked'
is "chunked" "$STATUS" 200

curl -s "$URL/v1/records/$id" | cmp - "$WORK/e1"
is "the entry's exact bytes are served" "$?" 0
is "and its statement" "$(curl -s "$URL/v1/records/$id/statement" |
	jq -r '.subject[0].name')" lab/words

# ---- refused, and nothing changes ----

size() { curl -s "$URL/checkpoint" | sed -n 2p; }
before=$(size)
refuse() { # NAME STATUS DETAIL-PATTERN FILE [CURL OPTION...]
	local name=$1 expected=$2 pattern=$3
	shift 3
	body_and_status "$@"
	is "$name: status" "$STATUS" "$expected"
	like "$name: detail" "$(field .detail)" "$pattern"
	is "$name: problem" "$(field '.type, .status' | xargs)" \
		"about:blank $expected"
}
: >"$WORK/nothing"
refuse "an empty body" 400 "body: empty*" "$WORK/nothing"
echo '{' >"$WORK/x"
refuse "half a JSON text" 400 "*" "$WORK/x"
jq -c '.more = 1' "$WORK/e1" >"$WORK/x"
refuse "an unknown member" 400 "*more*" "$WORK/x"
jq -c '.signatures += .signatures' "$WORK/e1" >"$WORK/x"
refuse "two signatures" 400 "*signatures*" "$WORK/x"
jq -c '.signatures[0].sig = "'"$(head -c 64 /dev/zero | base64 -w0)"'"' \
	"$WORK/e1" >"$WORK/x"
refuse "another signature" 403 "*" "$WORK/x"
dataset other/words "$digest" | envelope lab >"$WORK/x"
refuse "another's name" 403 "*belongs to other*" "$WORK/x"
openssl genpkey -algorithm ed25519 -out "$WORK/stranger.pem" 2>/dev/null
dataset stranger/words "$digest" | envelope stranger >"$WORK/x"
refuse "a stranger's key" 403 "keyid: *not in the log's keyring" "$WORK/x"
curl -s "$URL/v1/records/$(curl -s "$URL/v1/records?kind=keyring" |
	jq -r '.records[0].id')" >"$WORK/x"
refuse "a keyring" 403 "*keyring*" "$WORK/x"
jq -cn '{_type: "https://in-toto.io/Statement/v1", subject: [{name: "lab/a",
	digest: {sha256: "'"$digest"'"}}], predicateType:
	"https://headwater/audit/v9", predicate: {}}' | envelope lab >"$WORK/x"
refuse "a reserved predicate" 400 "*" "$WORK/x"
head -c 131073 /dev/zero | tr '\0' ' ' >"$WORK/x"
refuse "too long a body" 413 "body: *131072*" "$WORK/x"
refuse "the same, chunked" 413 "body: *131072*" "$WORK/x" \
	-H 'Transfer-Encoding: chunked'
refuse "another type" 415 "Content-Type: *" "$WORK/e1" \
	-H 'Content-Type: text/plain'
refuse "gzip" 415 "Content-Encoding: *" "$WORK/e1" \
	-H 'Content-Encoding: gzip'
is "the log has not changed" "$(size)" "$before"

# ---- many ----

for i in 1 2 3; do
	dataset "lab/part$i" "$(sha256 "part$i")" | envelope lab
	echo
done >"$WORK/lines"
{
	sed -n 1p "$WORK/lines"
	echo
	echo '{}'
	cat "$WORK/e1"
	echo
	sed -n 2p "$WORK/lines"
	sed -n 3p "$WORK/lines" | tr -d '\n'
} >"$WORK/mixed"
body_and_status "$WORK/mixed" -H 'Content-Type: application/x-ndjson'
is "NDJSON is 200" "$STATUS" 200
is "a result for each line, in order" \
	"$(field 'if .line then "\(.line):\(.status)" else
	"\(.index)\(if .duplicate then "d" else "" end)" end' | xargs)" \
	"2 2:400 3:400 1d 3 4"
for _ in $(seq 1001); do echo '{}'; done >"$WORK/x"
before=$(size)
refuse "1,001 lines" 413 "body: 1001 lines*nothing was admitted" "$WORK/x" \
	-H 'Content-Type: application/x-ndjson'
for _ in $(seq 1000); do echo '{}'; done >"$WORK/x"
body_and_status "$WORK/x" -H 'Content-Type: application/x-ndjson'
is "1,000 lines" "$STATUS $(grep -c title "$WORK/body")" "200 1000"
is "nothing was admitted" "$(size)" "$before"

# ---- at once ----

dataset lab/race "$(sha256 race)" | envelope lab >"$WORK/e2"
for i in $(seq 64); do
	post "$WORK/e2" -o "$WORK/race.$i" >/dev/null &
	pids[i]=$!
done
wait "${pids[@]}"
is "64 at once get the one index" \
	"$(jq -r .index "$WORK"/race.* | sort -u)" "$before"
is "and one of them is the first" \
	"$(jq -r .duplicate "$WORK"/race.* | grep -c false)" 1

# ---- other calls ----

is "HEAD" "$(curl -sI "$URL/checkpoint" | head -n 1 | tr -d '\r')" \
	"HTTP/1.1 200 OK"
like "OPTIONS" "$(curl -s -i -X OPTIONS "$URL/v1/records")" \
	"*Allow: GET, HEAD, POST, OPTIONS*"
is "PUT" "$(status_of -X PUT "$URL/v1/records")" 405
is "min_size that is there" "$(status_of "$URL/v1/records?min_size=1")" 200
is "min_size above the log" "$(status_of "$URL/v1/records?min_size=99999")" 400
is "a query that is not known" "$(status_of "$URL/v1/records?a=b")" 400
is "a tile with a query" "$(status_of "$URL/tile/0/000.p/1?a=b")" 404
is "no blobs yet" "$(status_of "$URL/v1/blobs/sha256:$digest")" 404
is "no web page yet" "$(status_of "$URL/")" 404
like "metrics" "$(curl -s "$URL/metrics")" \
	"*headwater_tree_size $(size)*"
stop_daemon
ok "the log is whole" "$HEADWATERD" --check --data "$WORK/data" --vkey "$VKEY"
done_testing
