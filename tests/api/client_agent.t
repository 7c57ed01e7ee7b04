#!/bin/bash
# The publisher's key in a real ssh-agent: which key, which principal, and what
# is said when the agent holds none, several, is locked or gone.
. tests/api/lib.sh

HW=$HW_BUILD/headwater
export HEADWATER_HOME=$WORK/home
unset HEADWATER_KEY SSH_AUTH_SOCK

if ! command -v ssh-agent ssh-add ssh-keygen >/dev/null; then
	ok "keys in ssh-agent # SKIP no openssh-client" true
	done_testing
fi

# record NAME STATUS TEXT OPTION...: a new data set each time.
number=0
record() {
	local name=$1 expected=$2
	ERR_PATTERN=$3
	shift 3
	number=$((number + 1))
	echo "$number" >"$WORK/file"
	"$HW" record dataset "$WORK/file" --name "lab/set-$number" \
		--license MIT --yes "$@" >"$WORK/said" 2>&1
	local status=$?
	is "$name" "$status" "$expected"
	like "$name: says so" "$(cat "$WORK/said")" "$ERR_PATTERN"
}

new_log
for name in lab lab2 stranger; do
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/$name"
done
ssh-keygen -q -t rsa -b 2048 -N '' -C '' -f "$WORK/rsa"
for name in lab lab2; do
	echo "$name $(cut -d' ' -f1,2 "$WORK/$name.pub")" >>"$WORK/allowed_signers"
done
start_daemon || exit 1
"$HW" init "$URL" --vkey "$VKEY" >/dev/null 2>&1

record "no agent" 3 "*--key FILE*"
eval "$(ssh-agent)" >/dev/null
trap 'ssh-agent -k >/dev/null 2>&1; clean_up' EXIT
record "an empty agent" 3 "*ssh-add*"
ssh-add -q "$WORK/rsa"
ssh-add -q "$WORK/stranger"
record "a key that the log does not know" 1 "*keyring*"
ssh-add -q "$WORK/lab"
record "the one that it knows" 0 "*recorded at index 1 *"
ssh-add -q "$WORK/lab2"
record "two that it knows" 2 "*--key FILE.pub*"
record "one of them, by its public key" 0 "*recorded*" --key "$WORK/lab.pub"
record "another principal's name" 1 "*lab2*" --key "$WORK/lab2.pub"
printf '#!/bin/sh\necho password\n' >"$WORK/askpass"
chmod +x "$WORK/askpass"
export SSH_ASKPASS=$WORK/askpass SSH_ASKPASS_REQUIRE=force
ssh-add -x >/dev/null 2>&1
record "a locked agent" 3 "*locked*"  --key "$WORK/lab.pub"
ssh-add -X >/dev/null 2>&1
record "unlocked again" 0 "*recorded*" --key "$WORK/lab.pub"
ssh-add -q -D
record "a public key whose other half is gone" 3 "*private half*" \
	--key "$WORK/lab.pub"
record "a private key file needs no agent" 0 "*recorded*" --key "$WORK/lab"
record "an RSA key is refused by name" 1 "*rsa*" --key "$WORK/rsa"
ssh-agent -k >/dev/null
record "an agent that is gone" 3 "*--key FILE*"

done_testing
