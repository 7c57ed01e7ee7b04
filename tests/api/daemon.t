#!/bin/bash
# The daemon as its operator meets it: what it refuses, how it starts and ends.
. tests/api/lib.sh

# ---- what is missing is said, with the way to make it ----

mkdir "$WORK/empty"
says() { # NAME STATUS PATTERN OPTION...
	local name=$1 expected=$2 pattern=$3
	shift 3
	"$HEADWATERD" "$@" >"$WORK/stdout" 2>"$WORK/stderr"
	is "$name: status" "$?" "$expected"
	like "$name: one sentence" "$(cat "$WORK/stderr")" "headwaterd: $pattern"
	is "$name: nothing on stdout" "$(cat "$WORK/stdout")" ""
}
says "no options" 10 "no --data: *"
says "no key" 10 "no --key: make one with: headwater-signer keygen *" \
	--data "$WORK/data"
says "no signers" 10 "no --signers: *ssh-keygen*" --data "$WORK/data" \
	--key "$WORK/key"
says "no address" 10 "no --listen: *" --data "$WORK/data" --key "$WORK/key" \
	--signers "$WORK/allowed_signers"
says "an unknown option" 10 "dta: there is no such option*" --dta x
says "a value that is missing" 10 "--data: its DIR is missing" --data
says "an option twice" 10 "data: given twice" --data a --data b
says "a number out of range" 10 "threads: a number from 1 to 64" --threads 65
says "no number" 10 "threads: a number*" --threads 2x
says "a level" 10 "log-level: *" --log-level loud
says "no log to check" 10 "*/nowhere: there is no log" --check \
	--data "$WORK/nowhere"
mkdir "$WORK/nolog"
for action in --check --reindex "--withhold 1"; do
	# shellcheck disable=SC2086 # two words
	says "a folder without a log is none: $action" 10 \
		"*/nolog: there is no log" $action --data "$WORK/nolog"
done
is "and none is made in it" "$(ls -A "$WORK/nolog")" ""
printf '%400s' "" | tr ' ' A >"$WORK/long"
chmod 600 "$WORK/long"

# Root may read all: it becomes somebody else, where the system lets it.
other=
[ "$(id -u)" != 0 ] || other="setpriv --reuid=65534 --clear-groups"
mkdir -m 0 "$WORK/shut"
if $other "$HEADWATERD" --version >/dev/null 2>&1; then
	$other "$HEADWATERD" --data "$WORK/shut/data" --key "$WORK/shut/key" \
		--signers "$WORK/shut/signers" --listen 127.0.0.1:0 2>"$WORK/err"
	is "a key that may not be read" $? 13
	like "is not called missing" "$(cat "$WORK/err")" \
		"*/shut/key: this user may not read it: *"
else
	ok "a key that may not be read # SKIP no other user" true
fi
says "a key file that is too long" 13 \
	"*/long: longer than 345 bytes, so no log key *" \
	--data "$WORK/long.data" --key "$WORK/long" \
	--signers "$WORK/long" --listen 127.0.0.1:0
says "a key file that is not there" 13 \
	"*/key: no log key there: make one with: headwater-signer keygen *" \
	--data "$WORK/data" --key "$WORK/key" \
	--signers "$WORK/allowed_signers" --listen 127.0.0.1:0

new_log
rm "$WORK/allowed_signers"
says "a signers file that is not there" 13 \
	"*/allowed_signers: no allowed_signers there: *" \
	--data "$WORK/data" --key "$WORK/key" \
	--signers "$WORK/allowed_signers" --listen 127.0.0.1:0
is "nothing was made" "$(ls "$WORK/data" 2>/dev/null)" ""

# ---- a config file ----

: >"$WORK/allowed_signers"
publisher lab
cat >"$WORK/config" <<END
# comments, empty lines and blanks are fine

data = $WORK/data
  key=$WORK/key
signers = $WORK/allowed_signers
listen = 127.0.0.1:1
threads = 1
END
printf 'data = x\nthreads = many\n' >"$WORK/broken"
says "a line that is wrong" 10 "*/broken:2: threads: a number from 1 to 64" \
	--config "$WORK/broken"
printf 'dta = x\n' >"$WORK/broken"
says "a name that is wrong" 10 "*/broken:1: dta: there is no such option*" \
	--config "$WORK/broken"
printf 'data = x # the log\n' >"$WORK/broken"
says "a comment behind a value" 10 "*/broken:1: data: a comment stands *" \
	--config "$WORK/broken"
printf 'check = 1\n' >"$WORK/broken"
says "an action in a file" 10 "*/broken:1: check: cannot be set in a file" \
	--config "$WORK/broken"
says "no such file" 10 "*/nowhere*" --config "$WORK/nowhere"

DAEMON_LOG=$WORK/daemon.log
"$HEADWATERD" --config "$WORK/config" --listen 127.0.0.1:0 2>"$DAEMON_LOG" &
DAEMON_PID=$!
await grep -q ' listening address=' "$DAEMON_LOG"
URL=$(sed -n 's/.* listening address="\([^"]*\)".*/http:\/\/\1/p' "$DAEMON_LOG")
is "it starts from a file, and the command line wins" \
	"$(status_of "$URL/healthz")" 200
like "a new log is said to be one" "$(cat "$DAEMON_LOG")" \
	"*new log origin=\"$ORIGIN\"*"
is "the folder is its own" "$(stat -c %a "$WORK/data")" 700

# ---- alone ----

ok "a second daemon is refused" refused 12
like "and told whose it is, and what to do" "$SENTENCE" \
	"*another headwaterd, process $DAEMON_PID,*end that one first*"
is "the first is well" "$(status_of "$URL/healthz")" 200
is "check waits for its end too" "$("$HEADWATERD" --check --data "$WORK/data" \
	>/dev/null 2>&1; echo $?)" 12

# ---- signals ----

publisher lab2
kill -HUP "$DAEMON_PID"
await grep -q 'keyring index=1 ' "$DAEMON_LOG"
is "SIGHUP logs a new keyring" "$(curl -s "$URL/checkpoint" | sed -n 2p)" 2
echo 'nonsense' >>"$WORK/allowed_signers"
kill -HUP "$DAEMON_PID"
await grep -q 'signers not reloaded' "$DAEMON_LOG"
is "a broken file changes nothing" \
	"$(curl -s "$URL/checkpoint" | sed -n 2p) $(status_of "$URL/healthz")" \
	"2 200"
sed -i '$d' "$WORK/allowed_signers"
cp "$WORK/allowed_signers" "$WORK/signers.whole"
sed 's/^lab /&namespaces="git" /; /^lab2 /d' "$WORK/signers.whole" \
	>"$WORK/allowed_signers"
kill -HUP "$DAEMON_PID"
await grep -q 'keyring index=2 ' "$DAEMON_LOG"
like "a line that is skipped is a warning" "$(cat "$DAEMON_LOG")" \
	"*warn signers note=\"*/allowed_signers:1: line skipped: *\"*"
like "that nobody may write is one too" "$(cat "$DAEMON_LOG")" \
	"*warn keyring index=2 keys=0*"
mv "$WORK/signers.whole" "$WORK/allowed_signers"
kill -HUP "$DAEMON_PID"
await grep -q 'keyring index=3 ' "$DAEMON_LOG"
signer_pid=$(pgrep -P "$DAEMON_PID")
stop_daemon
is "SIGTERM ends it well" "$?" 0
gone() { ! kill -0 "$signer_pid" 2>/dev/null; }
ok "the signer has gone too" await gone

# ---- again ----

ok "it starts again" start_daemon
is "with what it had" "$(curl -s "$URL/checkpoint" | sed -n 2p)" 4
signer_pid=$(pgrep -P "$DAEMON_PID")
before=$(date +%s%N)
kill -KILL "$signer_pid"
wait "$DAEMON_PID"
status=$?
took=$((($(date +%s%N) - before) / 1000000))
DAEMON_PID=
ok "without its signer it ends" test "$status" -ne 0
ok "within a second" test "$took" -lt 1100
like "and says why" "$(tail -n 1 "$DAEMON_LOG")" "headwaterd: *signer*"

# ---- another log's key, a lost memory ----

mv "$WORK/key" "$WORK/key.1"
mv "$WORK/key.state" "$WORK/key.1.state"
"$SIGNER" keygen --origin "$ORIGIN" --key "$WORK/key" >/dev/null
ok "another key is refused" refused 14
mv "$WORK/key.1" "$WORK/key"
mv "$WORK/key.1.state" "$WORK/kept.state"
rm -f "$WORK/key.state"
ok "a lost memory is refused" refused 17
like "with the way out" "$SENTENCE" "*state --new*"
cp "$WORK/kept.state" "$WORK/key.state"
mv "$WORK/data" "$WORK/data.1"
ok "a fresh folder with a signer that has signed is refused" refused 15
rm -rf "$WORK/data"
mv "$WORK/data.1" "$WORK/data"
ok "all put back, it starts" start_daemon
# ---- what is in flight when it ends is answered or refused, never lost ----

for i in $(seq 24); do
	dataset "lab/set$i" "$(sha256 "$i")" | envelope lab >"$WORK/e$i"
done
for i in $(seq 24); do
	for _ in 1 2 3; do post "$WORK/e$i" -m 20; done >"$WORK/a$i" 2>&1 &
	pids[i]=$!
	[ "$i" != 8 ] || kill -TERM "$DAEMON_PID"
done
pid=$DAEMON_PID
DAEMON_PID=
wait "$pid"
is "SIGTERM under load ends it well" "$?" 0
wait "${pids[@]}"
is "it answers 201, 200, 503, or not at all" \
	"$(cat "$WORK"/a* | grep -E '^[0-9]{3}$' | sort -u |
		grep -vE '^(201|200|503|000)$')" ""
ok "it starts once more" start_daemon
lost=0
for id in $(cat "$WORK"/a* | sed -n 's/^{"id":"\([0-9a-f]*\)".*/\1/p' | sort -u); do
	[ "$(status_of "$URL/v1/records/$id")" = 200 ] || lost=$((lost + 1))
done
is "what was acknowledged is there" "$lost" 0
stop_daemon
ok "the log is whole" "$HEADWATERD" --check --data "$WORK/data" --vkey "$VKEY"
ok "also by its key file" "$HEADWATERD" --check --data "$WORK/data" \
	--key "$WORK/key"
ok "also quickly" "$HEADWATERD" --check --quick --data "$WORK/data" \
	--vkey "$VKEY"
other=$("$SIGNER" keygen --origin other.example/log \
	--key "$WORK/other.key")
said=$("$HEADWATERD" --check --data "$WORK/data" --vkey "$other" 2>&1 >/dev/null)
is "by the key of another log it is refused" $? 14
like "and told whose it is" "$said" \
	"*the key is of \"other.example/log\", the log is \"$ORIGIN\"*"
ok "the index can be made anew" "$HEADWATERD" --reindex --data "$WORK/data"
ok "and is whole" "$HEADWATERD" --check --data "$WORK/data" --vkey "$VKEY"
damaged() { # NAME STATUS COMMAND...: done to the index
	local name=$1 status=$2
	shift 2
	"$@" "$WORK/data/index/data.mdb"
	ok "$name: refused" refused "$status"
	like "$name: with the way out" "$SENTENCE" "*--reindex*makes it anew*"
	ok "$name: which is one" "$HEADWATERD" --reindex --data "$WORK/data"
	ok "$name: it is whole" \
		"$HEADWATERD" --check --data "$WORK/data" --vkey "$VKEY"
}
scribble() {
	head -c 8192 /dev/urandom | dd of="$1" conv=notrunc status=none
}
damaged "an empty index" 16 truncate -s 0
damaged "a short index" 16 truncate -s 8192
damaged "a scribbled index" 16 scribble
damaged "no file in the index" 16 rm
# ---- told to whoever started it ----

python3 - "$WORK/notify" >"$WORK/notified" <<'END' &
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(20)
print(s.recv(64).decode())
END
listener=$!
await [ -S "$WORK/notify" ]
export NOTIFY_SOCKET=$WORK/notify
ok "it starts under a service manager" start_daemon
unset NOTIFY_SOCKET
wait "$listener"
is "and says that it is ready" "$(cat "$WORK/notified")" READY=1
"$SIGNER" keygen --origin log.example.org/second --key "$WORK/second" >/dev/null
says "an address that is taken" 10 \
	"listen: ${URL#http://}: Address already in use; end what listens there*" \
	--data "$WORK/second.data" --key "$WORK/second" \
	--signers "$WORK/allowed_signers" --listen "${URL#http://}"
is "no log was begun" "$(ls -d "$WORK"/second.data/log* 2>/dev/null)" ""
stop_daemon

says "a file system that cannot do it" 11 "*" --data /proc/self/headwater \
	--key "$WORK/key" --signers "$WORK/allowed_signers" \
	--listen 127.0.0.1:0
ok "--help" "$HEADWATERD" --help
ok "-h" "$HEADWATERD" -h
ok "--version" "$HEADWATERD" --version
done_testing
