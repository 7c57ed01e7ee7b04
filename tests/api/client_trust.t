#!/bin/bash
# The trust commands of the client against a running log: init, submit, show,
# verify, audit; what is false, damaged, or cannot be reached.
. tests/api/lib.sh

HW=$HW_BUILD/headwater
export HEADWATER_HOME=$WORK/home
unset HEADWATER_KEY SSH_AUTH_SOCK

# exits NAME STATUS COMMAND...: its stdout is in $OUT, stderr in $ERR.
exits() {
	local name=$1 expected=$2
	shift 2
	"$@" >"$WORK/stdout" 2>"$WORK/stderr"
	local status=$?
	OUT=$(cat "$WORK/stdout")
	ERR=$(cat "$WORK/stderr")
	{ echo "status $status"; cat "$WORK/stdout" "$WORK/stderr"; } >"$WORK/out"
	[ "$status" = "$expected" ]
	report $? "$name"
}

new_log
publisher lab
publisher other
start_daemon || exit 1

exits "init needs a key" 2 "$HW" init "$URL"
exits "init pins" 0 "$HW" init "$URL" --vkey "$VKEY"
"$SIGNER" keygen --origin "$ORIGIN" --key "$WORK/other-key" >"$WORK/other-vkey"
exits "another key under this origin is refused" 1 \
	"$HW" init "$URL" --vkey "$(cat "$WORK/other-vkey")"

# ---- submit ----

printf 'the words' >"$WORK/words"
digest=$(sha256 'the words')
dataset lab/words "$digest" MIT | envelope lab >"$WORK/a.json"
exits "submit" 0 "$HW" submit "$WORK/a.json"
id=$(entry_id "$WORK/a.json")
like "its id is the hash of its entry" "$OUT" "$id 1"
exits "again: the same index" 0 "$HW" submit "$WORK/a.json" --json
is "is a duplicate" "$(jq -r '.records[0].result.duplicate' <<<"$OUT")" true
proof=$(jq -r '.records[0].result.proof' <<<"$OUT")
ok "the proof is kept" test -f "$proof"
ok "and the keyring beside it" test -f "${proof%.tlog-proof}.keyring.tlog-proof"

jq . "$WORK/a.json" >"$WORK/pretty.json"
exits "white space makes no other record" 0 "$HW" submit "$WORK/pretty.json" --json
is "the same id" "$(jq -r '.records[0].result.id' <<<"$OUT")" "$id"
dataset lab/words "$digest" MIT | envelope other >"$WORK/stolen.json"
exits "a name of another principal is refused" 1 "$HW" submit "$WORK/stolen.json"
like "in the log's words" "$ERR" "*the log says: *"

for i in 1 2 3; do
	dataset "lab/set-$i" "$(sha256 "$i")" | envelope lab
	echo
done >"$WORK/many.jsonl"
cat "$WORK/stolen.json" >>"$WORK/many.jsonl"
exits "many, of which one is refused" 1 "$HW" submit "$WORK/many.jsonl" --json
is "three stand" "$(jq '[.records[] | select(.result)] | length' <<<"$OUT")" 3
is "the refused one is named" "$(jq '.records[] | select(.error).line' <<<"$OUT")" 4

# ---- show ----

exits "show by id" 0 "$HW" show "$id"
like "says who and what" "$OUT" "*lab/words*$digest*MIT*"
exits "show by a short id" 0 "$HW" show "${id:0:8}" --json
is "gives the statement" "$(jq -r .subject[0].name <<<"$OUT")" lab/words
exits "show from a proof file" 0 "$HW" show "$proof"
exits "an id that is not there" 1 "$HW" show "$(sha256 nothing)"
keyring=$(curl -s "$URL/v1/records?kind=keyring" | jq -r .records[0].id)
exits "show a keyring, fetched" 0 "$HW" show "$keyring"
like "with the log's own word for the time" "$OUT" "*the log's own word*"

# ---- audit ----

exits "audit" 0 "$HW" audit --json
is "of everything" "$(jq -r .treeSize <<<"$OUT")" 5
exits "audit of a log that is not pinned" 0 env HEADWATER_HOME="$WORK/none" \
	"$HW" audit "$URL" --vkey "$VKEY"
for i in $(seq 12); do
	jq -cn --arg n "$i" --arg d "$(printf %064x "$i")" '{
		_type: "https://in-toto.io/Statement/v1",
		subject: [{name: ("lab/many-" + $n), digest: {sha256: $d}}],
		predicateType: "https://headwater/dataset/v1", predicate: {}}' \
		>"$WORK/statement"
	envelope lab <"$WORK/statement" >>"$WORK/dozen.jsonl"
	echo >>"$WORK/dozen.jsonl"
done
exits "a dozen more" 0 "$HW" submit "$WORK/dozen.jsonl" --quiet
exits "audit goes on" 0 "$HW" audit --json
is "from where it stood" "$(jq -r '[.from, .treeSize] | join(" ")' <<<"$OUT")" "5 17"
exits "audit again: nothing new" 0 "$HW" audit
exits "audit from the start" 0 "$HW" audit --all --json
is "its bundle and its tile" "$(jq -r '[.bundles, .tiles] | join(" ")' <<<"$OUT")" "1 1"

# ---- what the program says when it cannot ----

exits "stdout that is full" 3 bash -c '"$0" show "$1" >/dev/full' "$HW" "$id"
exits "stdout that is closed" 3 bash -c '"$0" show "$1" >&-' "$HW" "$id"
exits "an unknown command" 2 "$HW" sumbit
like "with a hint" "$ERR" "*did you mean submit?*"
exits "a slip in a kind's first word" 2 "$HW" recrod run
like "too" "$ERR" "*did you mean record?*"
exits "an option before the command" 2 "$HW" --json audit
like "is told as such" "$ERR" "headwater: --json: a command comes first;*"
exits "an unknown option" 2 "$HW" show --jsno "$id"
exits "help" 0 "$HW" help verify
exits "version" 0 "$HW" --version

# ---- verify, offline ----

stop_daemon
exits "verify offline" 0 "$HW" verify "$WORK/words" --proof "$proof" --json
is "names who signed" "$(jq -r .principal <<<"$OUT")" lab
printf 'the wordS' >"$WORK/tampered"
exits "a tampered file" 1 "$HW" verify "$WORK/tampered" --proof "$proof"
exits "a file that is not there" 3 "$HW" verify "$WORK/none" --proof "$proof"
cp "$proof" "$WORK/alone.tlog-proof"
exits "a proof without its keyring, which is kept here" 0 \
	"$HW" verify "$WORK/words" --proof "$WORK/alone.tlog-proof"
exits "and elsewhere" 3 env HEADWATER_HOME="$WORK/nowhere" \
	"$HW" verify "$WORK/words" --proof "$WORK/alone.tlog-proof" --vkey "$VKEY"
like "which says what is needed" "$ERR" "*no keyring beside*give --keyring FILE*"
exits "with --keyring" 0 "$HW" verify "$WORK/words" --proof \
	"$WORK/alone.tlog-proof" --keyring "${proof%.tlog-proof}.keyring.tlog-proof"
sed '2s,c,d,' "$proof" >"$WORK/bad.tlog-proof"
exits "a damaged proof" 1 "$HW" verify "$WORK/words" --proof "$WORK/bad.tlog-proof"
exits "submit without a log" 3 "$HW" submit "$WORK/a.json" --json
is "says so in JSON" "$(jq -r .records[0].error <<<"$OUT")" ERR_MISSING
exits "audit without a log" 3 "$HW" audit --json
is "says so in JSON too" "$(jq -r .error <<<"$OUT")" ERR_MISSING

# ---- a server that is no log: redirects, a static copy ----

if command -v python3 >/dev/null; then
	mkdir -p "$WORK/site/redirects/checkpoint"
	(cd "$WORK/site" && exec python3 -u -m http.server --bind 127.0.0.1 0) \
		>"$WORK/site.log" 2>&1 &
	site=$!
	port=
	for _ in $(seq 100); do
		port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$WORK/site.log")
		[ -z "$port" ] || break
		sleep 0.05
	done
	exits "redirects are not followed" 3 \
		"$HW" init "http://127.0.0.1:$port/redirects" --vkey "$VKEY"
	like "and it says so" "$ERR" "*redirects are not followed*"
	exits "a server that knows nothing" 1 \
		"$HW" init "http://127.0.0.1:$port" --vkey "$VKEY"
	kill "$site"
	wait "$site" 2>/dev/null
else
	ok "redirects are not followed # SKIP no python3" true
fi

done_testing
