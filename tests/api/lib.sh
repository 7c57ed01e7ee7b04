# lib.sh: what the shell stories share.  A story is bash, prints TAP and runs
# with HW_BUILD naming the folder of the programs:
#
#	. tests/api/lib.sh
#	new_log; publisher lab; start_daemon
#	ok "answers" curl -sf "$URL/healthz"
#	done_testing
#
# Everything lies in $WORK, which goes away at the end, with every daemon that
# was started here.  Nothing but bash, coreutils, openssl, curl and jq is needed.
set -u

HW_BUILD=$(cd "${HW_BUILD:-.build/debug}" && pwd)
HEADWATERD=$HW_BUILD/headwaterd
SIGNER=$HW_BUILD/headwater-signer
WORK=$(mktemp -d "${TMPDIR:-/tmp}/headwater.XXXXXX")
ORIGIN=log.example.org/test
DAEMON_PID=
DAEMON_LOG=$WORK/daemon.log
URL=
TESTS=0
FAILURES=0

clean_up() {
	stop_daemon >/dev/null 2>&1
	rm -rf "$WORK"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

# ---- TAP ----

report() { # OUTCOME NAME
	TESTS=$((TESTS + 1))
	if [ "$1" = 0 ]; then
		echo "ok $TESTS - $2"
	else
		FAILURES=$((FAILURES + 1))
		echo "not ok $TESTS - $2"
		[ ! -s "$WORK/out" ] || head -c 2000 "$WORK/out" | awk '{ print "# " $0 }'
	fi
}

# ok NAME COMMAND...: succeeds; what it printed is shown when it does not.
ok() {
	local name=$1
	shift
	"$@" >"$WORK/out" 2>&1
	report $? "$name"
}

# is NAME GOT EXPECTED
is() {
	[ "$2" = "$3" ]
	local outcome=$?
	printf 'got      %s\nexpected %s\n' "$2" "$3" >"$WORK/out"
	report $outcome "$1"
}

# like NAME GOT PATTERN: a bash pattern that the whole must match.
like() {
	# shellcheck disable=SC2254 # a pattern is meant
	case $2 in
	$3) local outcome=0 ;;
	*) local outcome=1 ;;
	esac
	printf 'got     %s\npattern %s\n' "$2" "$3" >"$WORK/out"
	report $outcome "$1"
}

# What a sanitizer said about a daemon that was started here.
look_for_sanitizers() {
	grep -hE 'Sanitizer|runtime error' "$DAEMON_LOG" >>"$WORK/sanitizers" \
		2>/dev/null
}

done_testing() {
	stop_daemon
	look_for_sanitizers
	cp "$WORK/sanitizers" "$WORK/out" 2>/dev/null
	[ ! -s "$WORK/sanitizers" ]
	report $? "no sanitizer found fault with a daemon"
	echo "1..$TESTS"
	[ "$FAILURES" = 0 ]
	exit
}

# await COMMAND...: tries it for 20 s: a loaded machine takes its time.
await() {
	local i
	for i in $(seq 400); do
		"$@" && return
		sleep 0.05
	done
	return 1
}

# ---- keys ----

# A log key at $WORK/key; its verifier key is in $VKEY.
new_log() {
	VKEY=$("$SIGNER" keygen --origin "$ORIGIN" --key "$WORK/key") || return
	: >"$WORK/allowed_signers"
}

# Four bytes, big-endian, of a number below 256.
u32() {
	printf '\0\0\0'
	# shellcheck disable=SC2059 # the format is made here
	printf "\\x$(printf %02x "$1")"
}

# The ssh-ed25519 blob of an openssl private key.
ssh_blob() { # PEM
	u32 11
	printf ssh-ed25519
	u32 32
	openssl pkey -in "$1" -pubout -outform DER | tail -c 32
}

# publisher PRINCIPAL [NAME]: a key NAME (else the principal's) that may sign for
# him: $WORK/NAME.pem, and its line in allowed_signers.
publisher() {
	local name=${2:-$1}
	openssl genpkey -algorithm ed25519 -out "$WORK/$name.pem" 2>/dev/null
	printf '%s ssh-ed25519 %s\n' "$1" "$(ssh_blob "$WORK/$name.pem" |
		base64 -w0)" >>"$WORK/allowed_signers"
}

keyid() { # NAME
	printf SHA256:%s "$(ssh_blob "$WORK/$1.pem" |
		openssl dgst -sha256 -binary | base64 -w0 | tr -d =)"
}

# ---- records ----

# envelope NAME <STATEMENT: a DSSE envelope in normal form, signed by that key.
envelope() {
	local type=application/vnd.in-toto+json dir
	dir=$(mktemp -d "$WORK/sign.XXXXXX")
	cat >"$dir/payload"
	{
		printf 'DSSEv1 %d %s %d ' ${#type} $type \
			"$(stat -c %s "$dir/payload")"
		cat "$dir/payload"
	} >"$dir/pae"
	openssl pkeyutl -sign -rawin -inkey "$WORK/$1.pem" \
		-in "$dir/pae" -out "$dir/sig"
	printf '{"payload":"%s","payloadType":"%s","signatures":[{"keyid":"%s","sig":"%s"}]}' \
		"$(base64 -w0 "$dir/payload")" $type "$(keyid "$1")" \
		"$(base64 -w0 "$dir/sig")"
	rm -rf "$dir"
}

sha256() { # TEXT
	printf %s "$1" | sha256sum | cut -d' ' -f1
}

# dataset NAME DIGEST [LICENSE]: the statement of a data set.
dataset() {
	jq -cn --arg name "$1" --arg digest "$2" --arg license "${3:-CC0-1.0}" '{
		_type: "https://in-toto.io/Statement/v1",
		subject: [{name: $name, digest: {sha256: $digest}}],
		predicateType: "https://headwater/dataset/v1",
		predicate: {license: $license}}'
}

# The id of an entry: SHA-256 of 0x00 and its bytes.
entry_id() { # FILE
	{ printf '\0'; cat "$1"; } | sha256sum | cut -d' ' -f1
}

# ---- the daemon ----

# start_daemon [OPTION...]: on a free port of loopback; $URL, $DAEMON_PID.  Its
# log is in $DAEMON_LOG.  Fails when it does not answer within 20 s.
start_daemon() {
	look_for_sanitizers
	: >"$DAEMON_LOG"
	"$HEADWATERD" --data "$WORK/data" --key "$WORK/key" \
		--signers "$WORK/allowed_signers" --listen 127.0.0.1:0 "$@" \
		2>>"$DAEMON_LOG" &
	DAEMON_PID=$!
	local i
	for i in $(seq 1 400); do
		URL=$(sed -n 's/.* listening address="\([^"]*\)".*/http:\/\/\1/p' \
			"$DAEMON_LOG")
		[ -z "$URL" ] || return 0
		kill -0 "$DAEMON_PID" 2>/dev/null || break
		sleep 0.05
	done
	sed 's/^/# /' "$DAEMON_LOG"
	return 1
}

# Ends it by SIGTERM and gives its exit status.
stop_daemon() {
	[ -n "$DAEMON_PID" ] || return 0
	local pid=$DAEMON_PID
	DAEMON_PID=
	kill -TERM "$pid" 2>/dev/null
	wait "$pid"
}

# refused EXPECTED [OPTION...]: a start that must be refused; its sentence is in
# $SENTENCE.
refused() {
	local expected=$1
	shift
	"$HEADWATERD" --data "$WORK/data" --key "$WORK/key" \
		--signers "$WORK/allowed_signers" --listen 127.0.0.1:0 "$@" \
		2>"$WORK/refused" >/dev/null
	local status=$?
	SENTENCE=$(sed -n 's/^headwaterd: //p' "$WORK/refused")
	[ "$status" = "$expected" ] || echo "# status $status: $SENTENCE"
	[ "$status" = "$expected" ]
}

# post FILE [CURL OPTION...]: prints the body, then a line with the status.
post() {
	local file=$1
	shift
	curl -s -w '\n%{http_code}\n' --data-binary "@$file" "$@" \
		"$URL/v1/records"
}

status_of() { # CURL OPTION... URL
	curl -s -o /dev/null -w '%{http_code}' "$@"
}
