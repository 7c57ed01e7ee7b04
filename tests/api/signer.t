#!/bin/bash
# The log's key and its signer, from the command line.
set -u
build=${HW_BUILD:-.build/debug}
signer=$(realpath "$build")/headwater-signer
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
number=0

ok() { # ok STATUS NAME
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		sed 's/^/# /' out err 2>/dev/null
	fi
}

# says NAME EXIT TEXT COMMAND...: ends so, with one line that has this text
says() {
	local name=$1 code=$2 text=$3
	shift 3
	"$@" >out 2>err
	local got=$?
	[ "$got" = "$code" ] && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] &&
		grep -qF -- "$text" err
	ok $? "$name"
}

# ---- the words ----
"$signer" --help >out 2>err; [ $? = 0 ] && grep -q keygen out && [ ! -s err ]
ok $? "--help"
"$signer" --version >out 2>err; [ $? = 0 ] && grep -q '^headwater-signer [0-9]' out
ok $? "--version"
says "no command" 2 "--help" "$signer"
says "an unknown command" 2 "not a command" "$signer" sing
says "an unknown option" 2 "not an option here" "$signer" keygen --kye x
says "an option of another command" 2 "not an option here" "$signer" vkey --origin x
says "no value" 2 "needs a value" "$signer" vkey --key
says "an empty value" 2 "needs a value" "$signer" vkey --key ""
says "an option twice" 2 "once" "$signer" vkey --key a --key b
says "an option missing" 2 "keygen --origin" "$signer" keygen --key x
says "serve without its daemon" 2 "headwaterd starts this" \
	"$signer" serve --key x --signers y 3<&-

# ---- keygen ----
for origin in "" "two words" "a+b" $'line\nfeed' "$(printf 'x%.0s' {1..256})"; do
	"$signer" keygen --origin "$origin" --key k >out 2>err
	[ $? = 2 ] && [ ! -e k ] && [ ! -e k.state ] && [ ! -s out ]
	status=$?
	origin=${origin//$'\n'/ LF }
	ok $status "keygen refuses origin '${origin:0:20}'"
done
"$signer" keygen --origin log.example.org/models --key k >out 2>err
[ $? = 0 ] && [ ! -s err ] && [ "$(wc -l <out)" = 1 ] &&
	grep -qE '^log\.example\.org/models\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$' out
ok $? "keygen prints the verifier key alone"
vkey=$(cat out)
[ "$(stat -c %a k k.state | sort -u)" = 600 ] && [ "$(wc -l <k)" = 1 ] &&
	grep -qE '^PRIVATE\+KEY\+log\.example\.org/models\+[0-9a-f]{8}\+' k
ok $? "keygen writes a private key file"
[ "$(ls -A)" = "$(printf 'err\nk\nk.state\nout')" ]
ok $? "keygen leaves nothing else"
[ "$("$signer" vkey --key k)" = "$vkey" ]
ok $? "vkey prints it again"
cp k k.before
says "keygen over a key" 1 "is there already" "$signer" keygen --origin x --key k
cmp -s k k.before
ok $? "keygen changes no key"
says "keygen into no folder" 3 "no/k" "$signer" keygen --origin x --key no/k
"$signer" keygen --origin log.example.org/models --key k2 >out 2>err
[ "$(cat out)" != "$vkey" ]
ok $? "keygen makes another key each time"
rm k2
"$signer" keygen --origin log.example.org/models --key k2 >out 2>err &&
	"$signer" state --key k2 >out 2>err
ok $? "keygen replaces an unused state without a key"
rm -f k2 k2.state
ln -s nowhere k2
says "keygen over a dangling link" 1 "is there already" \
	"$signer" keygen --origin x --key k2
rm k2

# ---- state ----
empty='size 0
root 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
[ "$("$signer" state --key k)" = "$empty" ]
ok $? "state shows size and root"
says "state --new over a state" 1 "is there already" "$signer" state --new --key k
mv k.state k.kept
says "a lost state" 3 "state --new" "$signer" state --key k
[ "$("$signer" state --new --key k 2>err)" = "$empty" ]
ok $? "state --new starts one"
"$signer" keygen --origin log.example.org/other --key other >/dev/null
cp other.state k.state
says "the state of another key" 1 "another key" "$signer" state --key k
: >k.state
says "an empty state" 1 "0 bytes" "$signer" state --key k
head -c 16384 /dev/zero >k.state
says "a punched state" 1 "damaged in every copy" "$signer" state --key k
cp k.kept k.state
printf x | dd of=k.state bs=1 seek=100 conv=notrunc 2>/dev/null
"$signer" state --key k >out 2>err
grep -q '^damaged 1 of 4' out
ok $? "state counts damaged copies"
rm k.state; ln -s k.kept k.state
says "a state behind a link" 1 "symbolic link" "$signer" state --key k
rm k.state; cp k.kept k.state

# ---- key files that are none (C11) ----
says "a missing key" 3 "missing: " "$signer" vkey --key missing
: >bad; chmod 600 bad
says "an empty key" 1 "is empty" "$signer" vkey --key bad
head -c 40 k.before >bad
says "a short key" 1 "bad: " "$signer" vkey --key bad
{ tr -d '\n' <k.before; echo x; } >bad
says "a longer key" 1 "bad: " "$signer" vkey --key bad
cat k.before k.before k.before k.before k.before >bad
says "a far longer key" 1 "bad: " "$signer" vkey --key bad
echo "$vkey" >bad
says "a verifier key in its place" 1 "PRIVATE+KEY+" "$signer" vkey --key bad
tr 'a-f' 'b-g' <k.before >bad
says "a damaged key" 1 "bad: " "$signer" vkey --key bad
for mode in 640 604 620 602 610; do
	cp k.before bad; chmod $mode bad
	says "a key of mode $mode" 1 "chmod 600" "$signer" vkey --key bad
done
rm bad; ln -s k.before bad
says "a key behind a link" 1 "symbolic link" "$signer" vkey --key bad
rm bad; mkfifo bad
says "a FIFO" 1 "FIFO" timeout 5 "$signer" vkey --key bad
rm bad; mkdir bad
says "a folder" 1 "folder" "$signer" vkey --key bad
rmdir bad
if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1; then
	cp k.before bad; chmod 600 bad; chown nobody bad
	says "a key of somebody else" 1 "belongs to user" "$signer" vkey --key bad
	rm bad
fi
[ ! -e missing ] && [ ! -e missing.state ]
ok $? "no key was made in place of one"

# ---- crashes of keygen (debug builds only) ----
killed() { # without bash telling each time
	{ HEADWATER_FAULT=$1 "$signer" keygen --origin x --key c >/dev/null; } \
		2>/dev/null
}
if killed signer-keygen-state; then
	ok 0 "crashes of keygen # SKIP no faults in this build"
else
	for at in signer-keygen-state signer-keygen-key file-written:1 \
		file-written:2 file-linked:1 file-linked:2; do
		rm -f c c.*
		killed $at
		if [ -e c ]; then
			"$signer" state --key c >out 2>err
		else
			"$signer" keygen --origin x --key c >out 2>err
		fi
		ok $? "keygen killed at $at leaves nothing or a pair"
	done
fi
echo "1..$number"
