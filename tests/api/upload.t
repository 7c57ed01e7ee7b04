#!/usr/bin/env bash
# Manifests go to the log with their records, and what was broken off goes on.
. tests/api/lib.sh
. tests/api/client.sh
new_log
person lab
person poor
start_daemon --quota 200000000 || exit 1
as lab
mkdir "$WORK/here" && cd "$WORK/here" || exit 1

of() { sha256sum "$1" | cut -d' ' -f1; }
blob() { # DIGEST: is it there, and what was recorded?
	curl -sf "$URL/v1/blobs/sha256:$1" | sha256sum | cut -d' ' -f1
}
offset() {
	curl -sI "$URL/v1/blobs/sha256:$1" | tr -d '\r' |
		sed -n 's/^Upload-Offset: //p'
}

mkdir set
for i in $(seq 300); do echo "$i" >"set/f$i"; done
headwater manifest set -o manifest -q >/dev/null
run 0 "a data set is recorded" headwater record dataset set --name lab/set
is "and says that its list is disclosed" \
	"$(statement "$OUT" | jq -r .predicate.disclosure)" full
is "which the log has" "$(blob "$(of manifest)")" "$(of manifest)"
run 0 "uploading it again" headwater upload manifest
is "prints its digest" "$OUT" "sha256:$(of manifest)"
like "and sends nothing" "$ERR" "*was there already"
echo more >set/more
headwater manifest set -o manifest -q >/dev/null
run 0 "--no-upload" headwater record dataset set --name lab/set --no-upload
is "says nothing of the list" \
	"$(statement "$OUT" | jq -r .predicate.disclosure)" null
is "and keeps it here" "$(status_of "$URL/v1/blobs/sha256:$(of manifest)")" 404
run 0 "it can be sent later" headwater upload manifest --json
is "as JSON says" "$(jq -c . <<<"$OUT")" \
	"{\"uploaded\":[{\"sha256\":\"$(of manifest)\",\"size\":$(stat -c %s manifest),\"wasThere\":false}]}"
is "then it is there" "$(blob "$(of manifest)")" "$(of manifest)"
run 0 "a salted set" headwater record dataset set --name lab/salted --salted
digest=$(statement "$OUT" | jq -r '.subject[0].digest.sha256')
is "keeps its list to itself" "$(status_of "$URL/v1/blobs/sha256:$digest")" 404

# ---- refused ----

echo nobody >nobody
run 1 "what no record names is refused" headwater upload nobody
like "in the log's words" "$ERR" "*nobody: the log says: *no record*"
run 2 "a folder is no blob" headwater upload set
run 3 "a file that is not there" headwater upload gone
: >empty
run 1 "nor nothing" headwater upload empty
run 2 "a file is needed" headwater upload

# ---- broken off ----

awk 'BEGIN { for (i = 1; i <= 1000000; i++)
	printf "%016x%048x  data/part-%d/%d\n", i * 1048576, i, i % 100, i }' >million
run 0 "a list of a million files, without its manifest" headwater record dataset \
	--from-sums million --name lab/million --no-upload
digest=$(statement "$OUT" | jq -r '.subject[0].digest.sha256')
kept=$(echo "$HEADWATER_HOME"/logs/*/manifests/"$digest.manifest")
size=$(stat -c %s "$kept")
# a first part, as if the line had broken
head -c 1000000 "$kept" | curl -s -o /dev/null -X PUT --data-binary @- \
	-H "Content-Range: bytes 0-999999/$size" "$URL/v1/blobs/sha256:$digest"
is "a part of it is there" "$(offset "$digest")" 1000000
run 0 "the client goes on" headwater upload "$kept"
is "and all of it is there" "$(blob "$digest")" "$digest"

# while the log goes away and comes back
awk '{ print $0 "x" }' million >other
run 0 "another one" headwater record dataset --from-sums other --name lab/other \
	--no-upload
digest=$(statement "$OUT" | jq -r '.subject[0].digest.sha256')
kept=$(echo "$HEADWATER_HOME"/logs/*/manifests/"$digest.manifest")
headwater upload "$kept" >upload.out 2>&1 &
upload=$!
await [ -s "$WORK/data/blobs/${digest:0:2}/$digest.part" ]
kill -KILL "$DAEMON_PID"
wait "$DAEMON_PID" 2>/dev/null
port=${URL##*:}
DAEMON_PID=
"$HEADWATERD" --data "$WORK/data" --key "$WORK/key" \
	--signers "$WORK/allowed_signers" --listen "127.0.0.1:$port" \
	--quota 200000000 2>>"$DAEMON_LOG" &
DAEMON_PID=$!
wait "$upload"
status=$?
cp upload.out "$WORK/out"
report $status "a log that was killed and came back has all of it"
is "indeed" "$(blob "$digest")" "$digest"

# ---- no room ----

stop_daemon
start_daemon --quota 10000 || exit 1
headwater init "$URL" --vkey "$VKEY" >/dev/null 2>&1
echo still more >set/still
headwater manifest set -o manifest -q >/dev/null
run 1 "where there is no room" headwater record dataset set --name lab/set
is "the record's id is printed all the same" "${#OUT}" 64
like "and it is said" "$ERR" "*recorded, but its manifest is not in the log: the log says:*"
like "with what to do" "$ERR" "*headwater upload $HEADWATER_HOME*"
stop_daemon
run 3 "a log that is not there" headwater upload manifest
done_testing
