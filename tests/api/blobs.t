#!/bin/bash
# Blobs: who may bring them, how they come in, what is refused, what is kept.
. tests/api/lib.sh
new_log
publisher lab
publisher other
start_daemon --quota 3000000 || exit 1

# ---- what is told and sent ----

digest_of() { sha256sum "$1" | cut -d' ' -f1; }
size_of() { stat -c %s "$1"; }

# attach PRINCIPAL NAME FILE [ATTACHMENT SIZE]: records a code record that names it.
attach() {
	jq -cn --arg name "$1/$2" --arg digest "$(sha256 "$1 $2 $RANDOM$RANDOM")" \
		--arg blob "$(digest_of "$3")" --arg size "${5:-$(size_of "$3")}" \
		--arg called "${4:-notes}" '{
		_type: "https://in-toto.io/Statement/v1",
		subject: [{name: $name, digest: {sha256: $digest}}],
		predicateType: "https://headwater/code/v1",
		predicate: {attachments: [{name: $called, mediaType: "text/plain",
			digest: {sha256: $blob}, size: $size}]}}' |
		envelope "$1" >"$WORK/record"
	post "$WORK/record"
}

# put FILE [CURL OPTION...]: the body, then a line with the status.
put() {
	local file=$1
	shift
	curl -s -w '\n%{http_code}\n' -T "$file" "$@" \
		"$URL/v1/blobs/sha256:${DIGEST:-$(digest_of "$file")}"
}
stored() { # DIGEST [SUFFIX]: its file
	echo "$WORK/data/blobs/${1:0:2}/$1${2:-}"
}

seq 1 20000 >"$WORK/plain"
d=$(digest_of "$WORK/plain")
n=$(size_of "$WORK/plain")
like "nobody named it: 403" "$(put "$WORK/plain")" \
	'*no record that stands names it as an attachment of 108894 bytes*
403'
like "named: the record is taken" "$(attach lab one "$WORK/plain")" '*
201'
is "GET before it is there: 404" "$(status_of "$URL/v1/blobs/sha256:$d")" 404
like "201" "$(put "$WORK/plain")" "{\"digest\":\"sha256:$d\",\"size\":$n,\"have\":$n}

201"
like "again: 200" "$(put "$WORK/plain")" "*
200"
curl -s "$URL/v1/blobs/sha256:$d" -D "$WORK/head" -o "$WORK/got"
ok "GET gives the bytes" cmp "$WORK/plain" "$WORK/got"
for header in 'Content-Type: application/octet-stream' \
	'Content-Disposition: attachment' 'X-Content-Type-Options: nosniff' \
	'Cache-Control: public, max-age=31536000, immutable' "Content-Length: $n"; do
	ok "$header" grep -q "^$header" "$WORK/head"
done
is "HEAD too" "$(status_of -I "$URL/v1/blobs/sha256:$d")" 200
is "its bytes are a file of that name" "$(digest_of "$(stored "$d")")" "$d"

# ---- what is refused ----

nothing_kept() { # DIGEST
	! ls "$(stored "$1")"* >/dev/null 2>&1
}
seq 1 3000 >"$WORK/second"
e=$(digest_of "$WORK/second")
attach lab two "$WORK/second" >/dev/null
is "a name that is none: 400" "$(DIGEST=xyz put "$WORK/second" | tail -1)" 400
is "another size: 403" "$(DIGEST=$e put "$WORK/plain" | tail -1)" 403
sed s/3000/3001/ "$WORK/second" >"$WORK/forged"
like "wrong digest: 400, one sentence" "$(DIGEST=$e put "$WORK/forged")" \
	'*"detail":"body: wrong digest: what was sent has the sha256 *
400'
ok "and nothing kept" nothing_kept "$e"
is "chunked: 400" "$(put "$WORK/second" -H 'Transfer-Encoding: chunked' |
	tail -1)" 400
is "PUT elsewhere: 405" "$(status_of -T "$WORK/second" "$URL/v1/records")" 405
is "gzip elsewhere: 415" "$(post "$WORK/record" -H 'Content-Encoding: gzip' |
	tail -1)" 415
is "another coding: 415" "$(put "$WORK/second" -H 'Content-Encoding: br' |
	tail -1)" 415

# ---- gzip ----

gzip -c "$WORK/second" >"$WORK/second.gz"
zipped() { DIGEST=$e put "$1" -H 'Content-Encoding: gzip'; }
head -c 3000 "$WORK/second.gz" >"$WORK/cut.gz"
like "cut off: 400" "$(zipped "$WORK/cut.gz")" '*its gzip is cut off*
400'
ok "and nothing kept" nothing_kept "$e"
cat "$WORK/second.gz" "$WORK/second.gz" >"$WORK/twice.gz"
like "two members: 400" "$(zipped "$WORK/twice.gz")" \
	'*bytes stand behind the end*
400'
like "no gzip at all: 400" "$(zipped "$WORK/second")" '*not gzip, or damaged*
400'
head -c 300M /dev/zero | gzip -9 >"$WORK/bomb.gz"
like "a bomb: 413 before it is read" "$(zipped "$WORK/bomb.gz")" \
	'*more than gzip needs*
413'
head -c 60M /dev/zero | gzip -9 >"$WORK/bomb.gz"
like "one that is small enough to be read: 413" "$(zipped "$WORK/bomb.gz")" \
	'*unpacks to more than the recorded size*
413'
head -c 100 "$WORK/second" | gzip >"$WORK/short.gz"
like "too little in it: 400" "$(zipped "$WORK/short.gz")" \
	'*unpacks to 100 bytes, *
400'
ok "and nothing kept" nothing_kept "$e"
is "the right one: 201" "$(zipped "$WORK/second.gz" | tail -1)" 201
ok "and it is what was recorded" cmp "$WORK/second" "$(stored "$e")"

# ---- in parts ----

seq 1 5000 >"$WORK/third"
f=$(digest_of "$WORK/third")
size=$(size_of "$WORK/third")
attach lab three "$WORK/third" >/dev/null
part() { # BEGIN LAST [SIZE]
	tail -c +$(($1 + 1)) "$WORK/third" | head -c $(($2 - $1 + 1)) |
		curl -s -w '\n%{http_code}\n' -X PUT --data-binary @- \
			-H "Content-Range: bytes $1-$2/${3:-$size}" \
			"$URL/v1/blobs/sha256:$f"
}
offset() {
	curl -sI "$URL/v1/blobs/sha256:$f" | tr -d '\r' |
		sed -n 's/^Upload-Offset: //p'
}
is "nothing yet" "$(offset)" ""
is "a first part: 202" "$(part 0 999 | tail -1)" 202
is "HEAD says how far it is" "$(offset)" 1000
like "not where it ended: 409 says so" "$(part 2000 2999)" '*"have":1000*
409'
is "not of this size: 403" "$(part 1000 1999 $((size + 1)) | tail -1)" 403
is "the next: 202" "$(part 1000 1999 | tail -1)" 202
stop_daemon
start_daemon --quota 3000000 || exit 1
is "it is still there after a restart" "$(offset)" 2000
is "the last one, after a restart: 201" "$(part 2000 $((size - 1)) | tail -1)" 201
ok "all of it" cmp "$WORK/third" "$(stored "$f")"
is "a range that is none: 400" "$(put "$WORK/third" \
	-H 'Content-Range: bytes 5-4/10' | tail -1)" 400


# ---- quotas, from both sides ----

stop_daemon
start_daemon --quota 200000 || exit 1
head -c 20000 "$WORK/plain" >"$WORK/q1"
used=$((n + $(size_of "$WORK/second") + size))
head -c $((200000 - used - 20000 + 1)) "$WORK/plain" >"$WORK/q2"
head -c $((200000 - used - 20000)) "$WORK/plain" >"$WORK/q3"
for q in q1 q2 q3; do attach lab "$q" "$WORK/$q" >/dev/null; done
is "within it: 201" "$(put "$WORK/q1" | tail -1)" 201
like "one byte above: 403 with the figures" "$(put "$WORK/q2")" \
	"*quota: lab has $((used + 20000)) of 200000 bytes here, so $((200000 - used - 20000 + 1)) more do not fit*
403"
is "exactly all of it: 201" "$(put "$WORK/q3" | tail -1)" 201
attach other q2 "$WORK/q2" >/dev/null
is "somebody else who names it has room: 201" "$(put "$WORK/q2" | tail -1)" 201

# ---- manifests ----

# The RFC 6962 root over a file's lines.
root_of() {
	perl -MDigest::SHA=sha256,sha256_hex -ne 'chomp; $h = sha256("\0$_"); $n++;
		for ($b = $n; $b % 2 == 0; $b /= 2) { $h = sha256("\1", pop @e, $h) }
		push @e, $h; END { $h = pop @e // sha256("");
		$h = sha256("\1", pop @e, $h) while @e; print unpack "H*", $h }' "$1"
}
# the statement of a set: NAME FILE ROOT
manifest_set() {
	jq -cn --arg name "$1" --arg digest "$(digest_of "$2")" \
		--arg root "$3" --arg size "$(size_of "$2")" '{
		_type: "https://in-toto.io/Statement/v1",
		subject: [{name: $name,
			digest: {sha256: $digest, merkleTreeHash: $root}}],
		predicateType: "https://headwater/dataset/v1",
		predicate: {attachments: [{name: "manifest", mediaType: "text/plain",
			digest: {sha256: $digest}, size: $size}]}}'
}
record_set() { # PRINCIPAL NAME FILE [ROOT]
	manifest_set "$1/$2" "$3" "${4:-$(sha256 "no root")}" | envelope "$1" >"$WORK/record"
	post "$WORK/record"
}
stop_daemon
start_daemon || exit 1
vectors=schema/vectors/manifest
like "a set with its manifest" "$(record_set lab set $vectors/valid-three.txt \
	"$(cat $vectors/valid-three.root)")" '*
201'
m=$(digest_of $vectors/valid-three.txt)
is "its manifest: 201" "$(put $vectors/valid-three.txt | tail -1)" 201
ok "with a sidecar" test -s "$(stored "$m" .tree)"
head -2 $vectors/valid-three.txt >"$WORK/two"
record_set lab wrong "$WORK/two" "$(cat $vectors/valid-three.root)" >/dev/null
like "wrong root: 400" "$(put "$WORK/two")" '*manifest: wrong root: *
400'
ok "and nothing kept" nothing_kept "$(digest_of "$WORK/two")"
record_set other right "$WORK/two" "$(root_of "$WORK/two")" >/dev/null
is "another record of it has the right one: 201" "$(put "$WORK/two" | tail -1)" 201
i=0
for bad in $vectors/invalid-*.txt; do
	i=$((i + 1))
	case $bad in
	*path-twice*) continue ;; # seen by whoever makes one, not here
	esac
	record_set lab "bad$i" "$bad" >/dev/null
	like "$(basename "$bad"): 400, one sentence" "$(put "$bad")" \
		'*"detail":"manifest: *
400'
	ok "and nothing kept" nothing_kept "$(digest_of "$bad")"
done
record_set other mine "$WORK/q1" >/dev/null
is "what another's record calls a manifest is still what it was" \
	"$(put "$WORK/q1" | tail -1)" 200
printf 'no manifest\n' >"$WORK/notes"
record_set other notes "$WORK/notes" >/dev/null
is "only he names it: 400" "$(put "$WORK/notes" | tail -1)" 400
attach lab notes "$WORK/notes" >/dev/null
is "somebody names it as a text: 201" "$(put "$WORK/notes" | tail -1)" 201
ok "without a sidecar" test ! -e "$(stored "$(digest_of "$WORK/notes")" .tree)"

# ---- a large one ----

lines() { # COUNT: digests that lie evenly, as real ones do
	awk -v n="$1" 'BEGIN { step = 4294967295 / n; for (i = 0; i < n; i++)
		printf "%08x%08x%08x%040x  shards/%07d.txt\n", int(i * step),
			(i * 2654435761) % 4294967296, i, 0, i }'
}
anon() { # KiB
	awk '/^RssAnon/ { print $2 }' "/proc/$DAEMON_PID/status"
}
lines 1000000 >"$WORK/large"
large=$(digest_of "$WORK/large")
bytes=$(size_of "$WORK/large")
record_set lab large "$WORK/large" "$(root_of "$WORK/large")" >/dev/null
before=$(anon)
# sends the first half of $WORK/large, and the rest when $WORK/gate is written to
mkfifo "$WORK/gate"
exec 7<>"$WORK/gate" # open, whoever is there
send_halves() {
	{ head -c $((bytes / 2)) "$WORK/large" && read -r <"$WORK/gate" &&
		tail -c +$((bytes / 2 + 1)) "$WORK/large"; } 2>/dev/null |
		curl -s -o "$WORK/answer" -w '%{http_code}\n' -X PUT -T - \
			-H "Content-Length: $bytes" -H 'Transfer-Encoding:' \
			"$URL/v1/blobs/sha256:$large" >"$WORK/status"
}
send_halves &
slow=$!
await [ -s "$(stored "$large" .part)" ]
like "two at once: the second has a conflict" \
	"$(DIGEST=$large put "$WORK/large")" '*somebody is uploading it just now*
409'
echo go >&7
wait $slow
is "the root by another's hand" "$(root_of $vectors/valid-three.txt)" \
	"$(cat $vectors/valid-three.root)"
is "the first goes on: 201" "$(cat "$WORK/status")" 201
after=$(anon)
like "a million lines leave memory as it was ($before, then $after KiB)" \
	"$((after - before < 8000))" 1
ok "it is there" cmp "$WORK/large" "$(stored "$large")"

# ---- killed in the middle ----

cp "$(stored "$large" .tree)" "$WORK/large.tree"
rm "$(stored "$large")" "$(stored "$large" .tree)"
send_halves &
slow=$!
await [ -s "$(stored "$large" .part)" ]
{
	kill -KILL "$DAEMON_PID"
	wait "$DAEMON_PID"
} 2>/dev/null
echo go >&7
wait $slow
start_daemon || exit 1
have=$(curl -sI "$URL/v1/blobs/sha256:$large" | tr -d '\r' |
	sed -n 's/^Upload-Offset: //p')
like "a part is left: $have bytes" "$((have > 0 && have < bytes))" 1
is "it goes on from there: 201" "$(tail -c +$((have + 1)) "$WORK/large" |
	curl -s -o /dev/null -w '%{http_code}' -X PUT -T - \
	-H "Content-Range: bytes $have-$((bytes - 1))/$bytes" \
	-H "Content-Length: $((bytes - have))" -H 'Transfer-Encoding:' \
	"$URL/v1/blobs/sha256:$large")" 201
ok "all of it" cmp "$WORK/large" "$(stored "$large")"
ok "and the same sidecar" cmp "$WORK/large.tree" "$(stored "$large" .tree)"

# ---- killed at each step of the end ----

for fault in blob-added:2 blob-synced blob-renamed blob-renamed:2; do
	[ "$HW_BUILD" != "${HW_BUILD%release}" ] && break # no faults in it
	stop_daemon
	rm -f "$(stored "$m")"*
	HEADWATER_FAULT=$fault start_daemon || exit 1
	head -c 100 $vectors/valid-three.txt | curl -s -o /dev/null -X PUT -T - \
		-H "Content-Range: bytes 0-99/$(size_of $vectors/valid-three.txt)" \
		-H 'Content-Length: 100' -H 'Transfer-Encoding:' \
		"$URL/v1/blobs/sha256:$m"
	size=$(size_of $vectors/valid-three.txt)
	tail -c +101 $vectors/valid-three.txt | curl -s -o /dev/null -X PUT -T - \
		-H "Content-Range: bytes 100-$((size - 1))/$size" \
		-H "Content-Length: $((size - 100))" \
		-H 'Transfer-Encoding:' "$URL/v1/blobs/sha256:$m"
	wait "$DAEMON_PID" 2>/dev/null
	is "killed at $fault" $? 137
	DAEMON_PID=
	start_daemon || exit 1
	like "then it is brought: 201, or was there: 200" \
		"$(put $vectors/valid-three.txt | tail -1)" '20[01]'
	ok "whole" cmp $vectors/valid-three.txt "$(stored "$m")"
	ok "with its sidecar" cmp $vectors/valid-three.tree "$(stored "$m" .tree)"
done

# ---- check and reindex ----

stop_daemon
check() {
	"$HEADWATERD" --data "$WORK/data" --vkey "$VKEY" --check 2>/dev/null
}
reindex() {
	"$HEADWATERD" --data "$WORK/data" --reindex
}
ok "--check finds nothing" check
printf x | dd of="$(stored "$large" .tree)" bs=1 seek=100000 conv=notrunc 2>/dev/null
rm "$(stored "$m" .tree)"
check >"$WORK/checked"
is "--check says 1" $? 1
ok "names the sidecar that is damaged" grep -q \
	"^blob sha256:$large: its sidecar is damaged; --reindex makes it again" \
	"$WORK/checked"
ok "and the one that is missing" grep -q \
	"^blob sha256:$m: its sidecar is missing" "$WORK/checked"
ok "--reindex makes them again" reindex
ok "as it was" cmp "$WORK/large.tree" "$(stored "$large" .tree)"
ok "and --check finds nothing" check
printf x | dd of="$(stored "$d")" bs=1 seek=100 conv=notrunc 2>/dev/null
check >"$WORK/checked"
is "a damaged blob: 1" $? 1
ok "and its name" grep -q "^blob sha256:$d: blob: damaged" "$WORK/checked"
reindex >"$WORK/out" 2>&1
is "--reindex cannot make it again: 16" $? 16
start_daemon || exit 1
is "GET of it: 500" "$(status_of "$URL/v1/blobs/sha256:$d")" 500
is "the others are there" "$(status_of "$URL/v1/blobs/sha256:$e")" 200
rm "$(stored "$d")"
is "the operator removes it: it can be brought again" \
	"$(put "$WORK/plain" | tail -1)" 201

# ---- withholding ----

jq -cn --arg digest "$(sha256 secret)" --arg blob "$(sha256 'a secret')" '{
	_type: "https://in-toto.io/Statement/v1",
	subject: [{name: "lab/secret", digest: {sha256: $digest}}],
	predicateType: "https://headwater/code/v1",
	predicate: {description: "A Name And An Address", attachments: [
		{name: "notes", mediaType: "text/plain", digest: {sha256: $blob},
		size: "8"}]}}' | envelope lab >"$WORK/secret"
post "$WORK/secret" -o "$WORK/result" >/dev/null
id=$(jq -r .id "$WORK/result")
index=$(jq -r .index "$WORK/result")
printf 'a secret' >"$WORK/blob"
is "a record, and its blob" "$(put "$WORK/blob" | tail -1)" 201
attach lab later "$WORK/q1" >/dev/null
withhold() {
	"$HEADWATERD" --data "$WORK/data" --withhold "$@" 2>&1
}
like "not while it is served" "$(withhold "$index")" '*lock*'
stop_daemon
like "no entry of that number" "$(withhold 100000)" \
	'*there is no entry 100000*'
like "not a keyring" "$(withhold 0)" '*entry 0 is a keyring*'
secret=$(base64 -w0 <<<'A Name And An Address' | head -c 20)
payload=$(jq -r .payload "$WORK/secret")
ok "its bytes are in the file" grep -qaF "$payload" "$WORK/data/log/data.mdb"
like "withheld" "$(withhold "$index" --reason 'a name in it')" \
	"*blob sha256:$(sha256 'a secret'): removed
entry $index: withheld; * old copies of it overwritten"
ok "its bytes are nowhere in the file" \
	sh -c '! grep -qaF "$1" "$2"' - "$payload" "$WORK/data/log/data.mdb"
like "twice" "$(withhold "$index")" '*withheld already*'
check >"$WORK/checked"
is "--check is content" $? 0
ok "and names it" grep -q "^entry $index: withheld: a name in it" "$WORK/checked"
ok "--reindex is too" reindex
start_daemon || exit 1
for path in "records/$id" "records/$id/statement" "records/$id/proof"; do
	is "$path: 451" "$(status_of "$URL/v1/$path")" 451
done
like "with the reason" "$(curl -s "$URL/v1/records/$id")" \
	'*withheld by the operator of this log: a name in it*'
treesize=$(curl -s "$URL/healthz" | jq .treeSize)
is "its bundle too" "$(status_of "$URL/tile/entries/000.p/$treesize")" 451
is "its hash is proven as before" \
	"$(status_of "$URL/v1/proofs/inclusion/$treesize/$index")" 200
is "its blob: 451" "$(status_of "$URL/v1/blobs/sha256:$(sha256 'a secret')")" 451
is "nobody brings it back: 403" "$(put "$WORK/blob" | tail -1)" 403
is "lists know that it was there" "$(curl -s \
	"$URL/v1/records?subject=sha256:$(sha256 secret)" |
	jq -c '.records[0] | [.index, .withheld]')" "[$index,true]"
curl -s "$URL/tile/0/000.p/$treesize" -o "$WORK/tile"
. tests/api/client.sh
headwater init "$URL" --vkey "$VKEY" >/dev/null 2>&1
run 3 "audit: what is withheld could not be checked" headwater audit
like "all else was" "$OUT" "whole but for what is withheld: $ORIGIN, $treesize records*
withheld: 1 record by the operator; *
  entry $index: *withheld by the operator of this log: a name in it*"
like "it ends in one sentence" "$ERR" '*whole as far as it is shown: 1 record withheld*'
run 3 "audit again" headwater audit --json
is "it is not forgotten" "$(jq -c '[.ok, .from, .findingCount, .withheldCount,
	.withheld[0].index, .withheld[0].id]' <<<"$OUT")" \
	"[false,$treesize,0,1,$index,\"$id\"]"
run 3 "audit --tree-only takes its hashes" headwater audit --tree-only
run 3 "show says who withholds it" headwater show "$id"
like "in the operator's words" "$ERR" '*withheld by the operator of this log: a name in it*'
run 0 "find says that it is withheld" headwater find "sha256:$(sha256 secret)"
like "beside its record" "$OUT" "*index $index  withheld by the log's operator*"
run 0 "in JSON too" headwater find "sha256:$(sha256 secret)" --json
is "as lists have it" "$(jq -c '[..|.withheld?|select(.)]' <<<"$OUT")" "[true]"
is "posted again: 451" "$(post "$WORK/secret" | tail -1)" 451

done_testing
