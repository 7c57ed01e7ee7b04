# client.sh: what the stories of the client share, beside lib.sh.
HEADWATER=$HW_BUILD/headwater
PATH=$HW_BUILD:$PATH
export HEADWATER_HOME=$WORK/home NO_COLOR=1
unset HEADWATER_KEY SSH_AUTH_SOCK XDG_DATA_HOME

# person NAME: an OpenSSH key at $WORK/NAME and its line in allowed_signers.
person() {
	ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$WORK/$1"
	printf '%s %s\n' "$1" "$(cut -d' ' -f1,2 <"$WORK/$1.pub")" \
		>>"$WORK/allowed_signers"
}

# as NAME: whose key is used, in a home of his own, with the log pinned.
as() {
	export HEADWATER_KEY=$WORK/$1 HEADWATER_HOME=$WORK/home-$1
	[ -d "$HEADWATER_HOME" ] ||
		headwater init "$URL" --vkey "$VKEY" >/dev/null 2>&1
}

# run EXPECTED NAME COMMAND...: the exit status; $OUT and $ERR are what it said.
run() {
	local expected=$1 name=$2
	shift 2
	"$@" >"$WORK/run.out" 2>"$WORK/run.err" </dev/null
	local status=$?
	OUT=$(cat "$WORK/run.out") ERR=$(cat "$WORK/run.err")
	printf 'status %s, expected %s\n%s\n%s\n' "$status" "$expected" "$OUT" \
		"$ERR" >"$WORK/out"
	[ "$status" = "$expected" ]
	report $? "$name"
}

# statement ID: what was signed.
statement() {
	curl -sf "$URL/v1/records/$1/statement"
}

digest() { # FILE
	printf sha256:%s "$(sha256sum <"$1" | cut -d' ' -f1)"
}

entries() {
	curl -sf "$URL/checkpoint" | sed -n 2p
}
