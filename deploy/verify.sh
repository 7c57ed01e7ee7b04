#!/usr/bin/env bash
# verify.sh URL VKEY ID: proves that a record stands in a log, and who signed it,
# with curl, jq, openssl and coreutils alone: no program of Headwater's.
#
# 1. the record's bytes hash to ID            (RFC 6962 leaf hash)
# 2. the checkpoint is signed by VKEY         (C2SP signed-note, Ed25519)
# 3. ID is in the tree that was signed        (RFC 9162 section 2.1.3.2)
# 4. the keyring that judged it: 1-3 for it, and signed by the log key
# 5. its keyid is in that keyring, and the publisher's signature verifies (DSSE)
#
# Exit status: 0 proven, 1 not, 2 usage, 3 could not be fetched.
set -euo pipefail
export LC_ALL=C

usage() {
	[ $# = 0 ] || echo "verify.sh: $*" >&2
	echo "usage: verify.sh URL VKEY ID" >&2
	exit 2
}
[ $# = 3 ] || usage
url=${1%/} vkey=$2 id=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

no() {
	echo "NO: $*" >&2
	exit 1
}

fetch() {
	curl -fsS --max-time 30 --max-filesize 5000000 -o "$2" "$url$1" || {
		echo "NOT CHECKED: $url$1 could not be fetched" >&2
		exit 3
	}
}

# decimal TEXT: a number that shell arithmetic takes as what it says
decimal() { [[ $1 =~ ^(0|[1-9][0-9]{0,17})$ ]]; }

sha256() { sha256sum | cut -d' ' -f1; }
unhex() { tr a-f A-F | basenc --base16 -d; }
hex() { basenc --base16 -w0 | tr A-F a-f; }
node() { # node LEFT RIGHT: the hash of an inner node, all in hex
	{ printf '\001' && printf '%s%s' "$1" "$2" | unhex; } | sha256
}

# pem KEYHEX FILE: an Ed25519 public key for openssl (RFC 8410)
pem() {
	{
		echo "-----BEGIN PUBLIC KEY-----"
		printf '302a300506032b6570032100%s' "$1" | unhex | base64
		echo "-----END PUBLIC KEY-----"
	} >"$2"
}

# verify KEYFILE SIGNATUREFILE MESSAGEFILE
verify() {
	openssl pkeyutl -verify -pubin -inkey "$1" -rawin -in "$3" -sigfile "$2" \
		>/dev/null 2>&1
}

# ---- the log's key: name+id+base64(type || key) ----
name=${vkey%%+*}
rest=${vkey#*+}
key_id=${rest%%+*}
typed=$(printf '%s' "${rest#*+}" | base64 -d 2>/dev/null | hex) || typed=
[ "${typed:0:2}" = 01 ] && [ ${#typed} = 66 ] ||
	usage "VKEY is no Ed25519 verifier key, NAME+ID+BASE64"
computed=$({ printf '%s\n' "$name" && printf '%s' "$typed" | unhex; } | sha256)
[ "${computed:0:8}" = "$key_id" ] || usage "VKEY's id does not fit its key"
[[ $id =~ ^[0-9a-f]{64}$ ]] || usage "ID is not 64 lower-case hex digits"
log_key=${typed:2}
pem "$log_key" log.pem

# checkpoint FILE: verifies the note; sets size and root
checkpoint() {
	local line blob
	sed '/^$/,$d' "$1" >note
	line=$(grep -m 1 -F -- "— $name " "$1") || no "the log did not sign the checkpoint"
	blob=$(printf '%s' "${line##* }" | base64 -d | hex)
	[ "${blob:0:8}" = "$key_id" ] || no "the checkpoint's signature has another key id"
	printf '%s' "${blob:8}" | unhex >note.sig
	verify log.pem note.sig note || no "the checkpoint's signature does not verify"
	[ "$(sed -n 1p note)" = "$name" ] || no "the checkpoint is of another log"
	size=$(sed -n 2p note)
	decimal "$size" || no "the checkpoint's size is no decimal"
	root=$(sed -n 3p note | base64 -d | hex)
}

# included LEAF INDEX HASH...: RFC 9162, in the tree of $size with $root
included() {
	local r=$1 fn=$2 sn=$((size - 1)) p
	shift 2
	decimal "$fn" || no "the index is no decimal"
	[ "$fn" -lt "$size" ] || no "the index is beyond the tree"
	for p; do
		[ ${#p} = 64 ] || no "a hash of the proof is not of 32 bytes"
		[ "$sn" != 0 ] || no "the proof is too long"
		if [ $((fn & 1)) = 1 ] || [ "$fn" = "$sn" ]; then
			r=$(node "$p" "$r")
			while [ $((fn & 1)) = 0 ] && [ "$fn" != 0 ]; do
				fn=$((fn >> 1)) sn=$((sn >> 1))
			done
		else
			r=$(node "$r" "$p")
		fi
		fn=$((fn >> 1)) sn=$((sn >> 1))
	done
	[ "$sn" = 0 ] || no "the proof is too short"
	[ "$r" = "$root" ] || no "the proof does not lead to the signed root"
}

# prove ID PREFIX: entry, proof, checkpoint, inclusion; sets index
prove() {
	local hashes
	fetch "/v1/records/$1" "$2.entry"
	[ "$({ printf '\000' && cat "$2.entry"; } | sha256)" = "$1" ] ||
		no "the record's bytes do not hash to $1"
	fetch "/v1/records/$1/proof" "$2.proof"
	[ "$(sed -n 1p "$2.proof")" = c2sp.org/tlog-proof@v1 ] || no "not a tlog-proof"
	index=$(sed -n 's/^index //p' "$2.proof" | head -n 1)
	sed '1,/^$/d' "$2.proof" >"$2.checkpoint"
	hashes=$(sed -e '/^$/,$d' -e '1,/^index /d' "$2.proof" |
		while read -r h; do printf '%s' "$h" | base64 -d | hex && echo; done)
	checkpoint "$2.checkpoint"
	# shellcheck disable=SC2086 # a list of words
	included "$1" "$index" $hashes
}

# dsse ENTRYFILE KEYHEX: the one signature over the payload
dsse() {
	jq -r .payload "$1" | base64 -d >payload
	printf 'DSSEv1 %d %s %d ' 28 application/vnd.in-toto+json "$(stat -c %s payload)" >pae
	cat payload >>pae
	jq -r '.signatures[0].sig' "$1" | base64 -d >sig
	pem "$2" signer.pem
	verify signer.pem sig pae
}

fingerprint() { # of a key in hex, as ssh-keygen -lf prints it
	printf '0000000b7373682d6564323535313900000020%s' "$1" | unhex |
		openssl dgst -sha256 -binary | base64 | tr -d '='
}

# ---- the record ----
prove "$id" record
record_index=$index
echo "ok: the record's bytes hash to $id"
echo "ok: it is entry $record_index of $size in a tree that $name signed"

# ---- the keyring: the last one below it ----
keyid=$(jq -r '.signatures[0].keyid' record.entry)
after= keyring=
while :; do
	fetch "/v1/records?kind=keyring&limit=1000${after:+&after=$after}" list
	found=$(jq -r --argjson i "$record_index" \
		'[.records[] | select(.index < $i)] | last | .id // empty' list)
	keyring=${found:-$keyring}
	after=$(jq -r '.next // empty' list)
	[ -n "$after" ] && [ "$after" -lt "$record_index" ] || break
done
if [ -z "$keyring" ]; then
	[ "$record_index" = 0 ] || no "there is no keyring below the record"
	dsse record.entry "$log_key" || no "the keyring is not signed by the log key"
	echo "ok: it is the log's first keyring, signed by the log key"
	exit 0
fi
prove "$keyring" keyring
dsse keyring.entry "$log_key" || no "the keyring is not signed by the log key"
echo "ok: keyring $keyring is entry $index, signed by the log key"

# ---- the publisher ----
log_keyid=SHA256:$(fingerprint "$log_key")
if [ "$keyid" = "$log_keyid" ]; then
	publisher=$log_key principal=$name
else
	principal=
	jq -r .payload keyring.entry | base64 -d >keyring.payload
	# too many keys lie beside the record, as a blob
	beside=$(jq -r '.predicate.attachments[0].digest.sha256 // empty' keyring.payload)
	if [ -z "$beside" ]; then
		jq -r '.predicate.signers[]' keyring.payload >keys
	else
		fetch "/v1/blobs/sha256:$beside" keys
		[ "$(sha256 <keys)" = "$beside" ] ||
			no "the keyring's lines are not those it names"
	fi
	while read -r who type blob; do
		[ "$type" = ssh-ed25519 ] || continue
		key=$(printf '%s' "$blob" | base64 -d | hex)
		key=${key:38}
		if [ "SHA256:$(fingerprint "$key")" = "$keyid" ]; then
			publisher=$key principal=$who
		fi
	done <keys
	[ -n "$principal" ] || no "$keyid is not in the keyring"
fi
dsse record.entry "$publisher" || no "the publisher's signature does not verify"
subject=$(jq -r '.subject[0].name // empty' payload)
echo "ok: signed by $keyid, which the keyring gives to $principal"
echo "    $(jq -r .predicateType payload) ${subject:+about $subject}"
echo "not checked: that a later keyring does not stand between, that what it names is"
echo "    $principal's to name (follow the log for that: headwater audit)"
