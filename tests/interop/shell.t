#!/bin/bash
# The log, judged by what every Debian has: openssl, coreutils, ssh-keygen, curl
# and jq; deploy/verify.sh; and the README's tour, as it is written there.
. tests/interop/lib.sh
case $HW_BUILD in
*asan | *tsan) COUNT=1000 ;; # ten times slower
*) COUNT=70000 ;;
esac
ssh-keygen -q -t ed25519 -N '' -C somebody -f "$WORK/ssh" || exit 1
new_ledger "$COUNT"
# a second keyring, behind all these
printf 'lab namespaces="headwater" %s\n' "$(cut -d' ' -f1,2 "$WORK/ssh.pub")" \
	>>"$WORK/allowed_signers"
kill -HUP "$DAEMON_PID"

# ---- openssl ----

pem() { # <KEY: a public key for openssl (RFC 8410)
	{
		printf '\060\052\060\005\006\003\053\145\160\003\041\000'
		cat
	} | openssl pkey -pubin -inform DER
}
verify() { # PEM MESSAGE SIGNATURE
	openssl pkeyutl -verify -pubin -inkey "$1" -rawin -in "$2" -sigfile "$3"
}

typed=${VKEY#*+} # base64 has a + too
printf %s "${typed#*+}" | base64 -d | tail -c 32 | pem >"$WORK/log.pem"
curl -sf "$URL/checkpoint" >"$WORK/checkpoint"
sed '/^$/,$d' "$WORK/checkpoint" >"$WORK/note"
tail -n 1 "$WORK/checkpoint" | cut -d' ' -f3 | base64 -d | tail -c 64 >"$WORK/note.sig"
ok "openssl: the checkpoint" verify "$WORK/log.pem" "$WORK/note" "$WORK/note.sig"

ID=$(sed -n 500p "$WORK/ids")
curl -sf "$URL/v1/records/$ID" >"$WORK/entry"
jq -r .payload "$WORK/entry" | base64 -d >"$WORK/payload"
{
	printf 'DSSEv1 28 application/vnd.in-toto+json %d ' \
		"$(stat -c %s "$WORK/payload")"
	cat "$WORK/payload"
} >"$WORK/pae"
jq -r '.signatures[0].sig' "$WORK/entry" | base64 -d >"$WORK/sig"
"$FILL" signers >"$WORK/fill.signers"
while read -r _ line; do
	printf '%s\n' "$line" >"$WORK/pub"
	[ "$(ssh-keygen -lf "$WORK/pub" | cut -d' ' -f2)" != \
		"$(jq -r '.signatures[0].keyid' "$WORK/entry")" ] || break
done <"$WORK/fill.signers"
is "ssh-keygen -lf prints the keyid" \
	"$(ssh-keygen -lf "$WORK/pub" | cut -d' ' -f2)" \
	"$(jq -r '.signatures[0].keyid' "$WORK/entry")"
cut -d' ' -f2 "$WORK/pub" | base64 -d | tail -c 32 | pem >"$WORK/pub.pem"
ok "openssl: the envelope" verify "$WORK/pub.pem" "$WORK/pae" "$WORK/sig"
is "sha256sum gives the id" "$(entry_id "$WORK/entry")" "$ID"

# ---- a publisher with an OpenSSH key; sha256sum and its manifest ----

export HEADWATER_HOME=$WORK/home HEADWATER_KEY=$WORK/ssh
ok "the client pins the log" "$HEADWATER" init "$URL" --vkey "$VKEY"
mkdir "$WORK/set"
for i in $(seq 300); do echo "shard $i" >"$WORK/set/shard-$i"; done
ok "it records a set" "$HEADWATER" record dataset "$WORK/set" --yes \
	--name lab/set --license CC0-1.0 --save-proof "$WORK/set.tlog-proof"
manifest=$(find "$HEADWATER_HOME" -name '*.manifest')
ok "sha256sum -c checks its manifest" \
	eval "(cd '$WORK/set' && sha256sum -c --strict --quiet '$manifest')"
is "the manifest is what find, sha256sum and sort print" \
	"$(cd "$WORK/set" && find . -type f -printf '%P\0' |
		xargs -0 sha256sum | LC_ALL=C sort | sha256sum)" \
	"$(sha256sum <"$manifest")"
jq -r '.subject[0].digest.sha256' <(sed -n 's/^extra //p' "$WORK/set.tlog-proof" |
	base64 -d | jq -r .payload | base64 -d) >"$WORK/digest"
is "whose sha256sum is the set's" "$(cat "$WORK/digest")" \
	"$(sha256sum <"$manifest" | cut -d' ' -f1)"

# ---- deploy/verify.sh ----

says() { # STATUS PATTERN COMMAND...
	local wanted=$1 pattern=$2 status=0
	shift 2
	"$@" >"$WORK/said" 2>&1 || status=$?
	cat "$WORK/said"
	echo "status $status"
	[ "$status" = "$wanted" ] && grep -qE -- "$pattern" "$WORK/said"
}
OWN=$(sed -n 's/^extra //p' "$WORK/set.tlog-proof" | base64 -d >"$WORK/own" &&
	entry_id "$WORK/own")
KEYRINGS=$(curl -sf "$URL/v1/records?kind=keyring" | jq -r '.records[].id')
FIRST=$(head -n 1 <<<"$KEYRINGS") LAST=$(tail -n 1 <<<"$KEYRINGS")
ok "verify.sh: a record" says 0 "which the keyring gives to fill[0-3]" \
	deploy/verify.sh "$URL" "$VKEY" "$ID"
ok "verify.sh: the last record, by the last keyring" \
	says 0 "which the keyring gives to lab" deploy/verify.sh "$URL" "$VKEY" "$OWN"
ok "verify.sh: the first keyring" says 0 "first keyring, signed by the log key" \
	deploy/verify.sh "$URL" "$VKEY" "$FIRST"
ok "verify.sh: the keyring behind it" says 0 "gives to $ORIGIN|log key" \
	deploy/verify.sh "$URL/" "$VKEY" "$LAST"
ok "verify.sh: no id" says 2 "^usage: " deploy/verify.sh "$URL" "$VKEY"
ok "verify.sh: an id that is none" says 2 "64 lower-case hex digits" \
	deploy/verify.sh "$URL" "$VKEY" 1234
ok "verify.sh: a record that is not there" says 3 "^NOT CHECKED: " \
	deploy/verify.sh "$URL" "$VKEY" "$(sha256 nothing)"
ok "verify.sh: a log that is not there" says 3 "^NOT CHECKED: " \
	deploy/verify.sh http://127.0.0.1:1 "$VKEY" "$ID"
"$SIGNER" keygen --origin "$ORIGIN" --key "$WORK/other" >"$WORK/other.vkey"
ok "verify.sh: another key of the same name" says 1 "^NO: " \
	deploy/verify.sh "$URL" "$(cat "$WORK/other.vkey")" "$ID"
ok "verify.sh: a verifier key that is none" says 2 "VKEY" \
	deploy/verify.sh "$URL" "${VKEY%????}AAA=" "$ID"

# A curl that hands out what $DAMAGE says: sed's script for the answers whose
# path ends in $DAMAGED.
mkdir "$WORK/bin"
cat >"$WORK/bin/curl" <<-'END'
	#!/bin/bash
	"$REAL_CURL" "$@" || exit
	for last; do :; done
	while [ "$1" != -o ]; do shift; done
	case $last in *$DAMAGED) sed -i "$DAMAGE" "$2" ;; esac
END
chmod +x "$WORK/bin/curl"
REAL_CURL=$(command -v curl)
export REAL_CURL DAMAGED DAMAGE
OTHER=$(sed -n 400p "$WORK/ids")
KEYRING=$(curl -sf "$URL/v1/records?kind=keyring" | jq -r --argjson below \
	"$(curl -sf "$URL/v1/records/$ID/proof" | sed -n 's/^index //p')" \
	'[.records[] | select(.index < $below)] | last.id')
while IFS='|' read -r name path damage; do
	DAMAGED=${path//ID/$ID}
	DAMAGED=${DAMAGED//KEYRING/$KEYRING} DAMAGE=${damage//OTHER/$OTHER}
	ok "verify.sh: $name" says 1 "^NO: " \
		env PATH="$WORK/bin:$PATH" deploy/verify.sh "$URL" "$VKEY" "$ID"
done < <(
	cat <<-'END'
		a payload that was changed|/records/ID|s/"payload":"eyJ/"payload":"eyI/
		a signature that was changed|/records/ID|s/"sig":"\(.\)./"sig":"\1_/
		a keyid that was changed|/records/ID|s/SHA256:./SHA256:_/
		a byte behind the record|/records/ID|s/$/ /
		another record|/records/ID|s/.*/{}/
		a proof of another index|/records/ID/proof|s/^index .*/index 7/
		a proof without index|/records/ID/proof|/^index /d
		an index that is no number|/records/ID/proof|s/^index .*/index x[$(id >\&2)]/
		an index beyond the tree|/records/ID/proof|s/^index .*/index 99999999/
		an index with a leading zero|/records/ID/proof|s/^index /index 0/
		an index beyond 64 bits|/records/ID/proof|s/^index /index 18446744073709551616/
		a proof without its first hash|/records/ID/proof|4d
		a proof with a hash twice|/records/ID/proof|4p
		a proof whose hash was changed|/records/ID/proof|4s/^..../AAAA/
		a proof whose hash is short|/records/ID/proof|4s/^....//
		a proof of another kind|/records/ID/proof|1s/v1/v2/
		a checkpoint of a smaller tree|/records/ID/proof|/^log.example/,$s/^[0-9]*$/400/
		a checkpoint of another root|/records/ID/proof|/^log.example/,$s/^\([A-Za-z0-9+/]\)\(.\)\(.*=\)$/\2\1\3/
		a checkpoint that nobody signed|/records/ID/proof|$d
		a checkpoint with another signature|/records/ID/proof|$s/...=$/AAA=/
		a keyring that was changed|/records/KEYRING|s/"payload":"eyJ/"payload":"eyI/
		a keyring with a false proof|/records/KEYRING/proof|s/^index .*/index 9/
		a keyring's changed checkpoint|/records/KEYRING/proof|$s/...=$/AAA=/
		no keyring|limit=1000|s/.*/{"records":[],"next":null}/
		a record as keyring|limit=1000|s/.*/{"records":[{"id":"OTHER","index":1}],"next":null}/
	END
)
# ---- the README, as it is written ----

# block HEADING N: the Nth block of shell behind a heading, for this log
block() {
	awk -v heading="$1" -v wanted="$2" '
		/^## / { is_in = $0 == heading }
		is_in && /^```/ { is_block = !is_block; n += is_block; next }
		is_in && is_block && n == wanted' README.md |
		sed "s|https://log.example.org|$URL|; s|~/.ssh/id_ed25519|$WORK/ssh|
			s| --require class-2||
			s/^headwater \(licenses\|diff\) [^#]*/& || [ \$? = 1 ] /"
	# so much is not recorded here; findings and differences are a status
}
run() { # HEADING N
	{
		echo "set -euo pipefail; cd '$WORK/tour'; VKEY='$VKEY' LOG=$URL"
		echo "ID=$(head -n 1 "$WORK/model" 2>/dev/null)"
		echo "RUN=$(head -n 1 "$WORK/tour/ids" 2>/dev/null)"
		block "$1" "$2"
	} >"$WORK/block"
	[ "$(wc -l <"$WORK/block")" -gt 3 ] &&
		env PATH="$WORK/tour/bin:$PATH" bash -x "$WORK/block"
}
mkdir -p "$WORK/tour/pipeline" "$WORK/tour/data/shards" "$WORK/tour/bin"
ln -s "$HEADWATER" "$WORK/tour/bin/headwater"
ln -s "$PWD/deploy" "$WORK/tour/deploy"
echo "a licence" >"$WORK/tour/COPYING"
for i in 1 2 3; do echo "words $i" >"$WORK/tour/data/shards/$i"; done
printf '#!/bin/sh\ncat "$1"/* >"$2"\n' >"$WORK/tour/pipeline/train.sh"
chmod +x "$WORK/tour/pipeline/train.sh"
(cd "$WORK/tour/pipeline" && git init -q && git add . &&
	git -c user.name=a -c user.email=a@example.org commit -q -m train)
ok "the README's publisher's steps" run "## For publishers" 1
(
	cd "$WORK/tour" || exit
	"$HEADWATER" record run --name lab/quantize --stage quantize \
		--input weights=langid.bin --output weights=langid.ftz -- \
		sh -c 'tac langid.bin >langid.ftz'
	"$HEADWATER" record model langid.ftz --name lab/langid-small --license MIT
	"$HEADWATER" record release langid.ftz --name lab/langid-release \
		--version 1.1 --component datasets=data/shards
) >"$WORK/quantize" 2>&1
ok "the README's auditor's tour by curl" run "## For auditors" 1
is "its lineage has the words in it" "$(curl -s "$URL/v1/lineage/sha256:$(
	sha256sum "$WORK/tour/langid.bin" | cut -d' ' -f1)?as=lab" |
	jq -c '[.edges[].role] | unique')" '["code","dataset","shard"]'
is "its proof is a proof of the id" "$(sed -n 's/^extra //p' \
	"$WORK/tour/entry.tlog-proof" | base64 -d >"$WORK/own" &&
	entry_id "$WORK/own")" "$(head -n 1 "$WORK/tour/ids")"
cp "$WORK/tour/data/shards/1" "$WORK/tour/some-file"
sed -n 's/^extra //p' "$WORK/tour/langid.tlog-proof" | base64 -d >"$WORK/own"
entry_id "$WORK/own" >"$WORK/model"
ok "the README's auditor's tour by the client" run "## For auditors" 2
done_testing
