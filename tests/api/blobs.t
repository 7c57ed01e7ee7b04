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

done_testing
