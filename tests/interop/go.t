#!/bin/bash
# The log, judged by Go's tools: x/mod, Tessera, torchwood; and logs that they
# wrote, judged by ours.
. tests/interop/lib.sh
only_plain
need_go
new_ledger 70000

# ---- theirs judge ours ----

ok "x/mod: checkpoints, bundles, tiles, 64 inclusion and 20 consistency proofs" \
	"$INTEROP" check "$URL" "$VKEY" "$WORK"/given/*
sed 's/^/# /' "$WORK/out"

# fsck ends with 0 whatever it finds: the line counts
fsck() { # URL
	timeout 60 "$TOOLS/bin/fsck" --storage_url="$1" \
		--public_key="$WORK/vkey" --ui=false --N=4 2>&1 |
		tee "$WORK/fsck" | grep "Successfully fsck'd log with size $SIZE "
}
SIZE=70001
ok "Tessera's fsck" fsck "$URL/"
ok "Tessera's mirror" timeout 60 "$TOOLS/bin/mirror" --storage_dir="$WORK/mirror" \
	--source_url="$URL/"
ok "Tessera's fsck of the copy" fsck "file://$WORK/mirror/"

mkdir "$WORK/proofs"
for id in $(awk 'NR % 1500 == 1' "$WORK/ids"); do
	curl -sf -o "$WORK/proofs/$id.tlog-proof" "$URL/v1/records/$id/proof"
done
export HEADWATER_HOME=$WORK/home
ok "the client pins the log" "$HEADWATER" init "$URL" --vkey "$VKEY"
ok "torchwood: tlog-proofs by the tlog-policy of the client" \
	"$INTEROP" proof "$HEADWATER_HOME"/logs/*/policy "$WORK"/proofs/* \
	"$WORK"/given/*

# ---- ours judge theirs ----

# serve FOLDER|URL: by the proxy, whose URL is then in $PROXY
PROXIES=
serve() {
	"$INTEROP" proxy "$1" >"$WORK/proxy" &
	PROXIES="$PROXIES $!"
	until [ -s "$WORK/proxy" ]; do sleep 0.05; done
	PROXY=$(cat "$WORK/proxy")
	: >"$WORK/proxy"
}
end_proxies() {
	# shellcheck disable=SC2086 # a list of numbers
	kill $PROXIES 2>/dev/null
	clean_up
}
trap end_proxies EXIT

says() { # STATUS PATTERN COMMAND...: ends with it, and prints that
	local wanted=$1 pattern=$2 status=0
	shift 2
	"$@" >"$WORK/said" 2>&1 || status=$?
	cat "$WORK/said"
	[ "$status" = "$wanted" ] && grep -q -- "$pattern" "$WORK/said"
}

"$INTEROP" entries "$URL" 300 "$WORK/entries"
mkdir "$WORK/tessera"
ok "Tessera writes a log of 300 of our records" "$TOOLS/bin/oneshot" \
	--storage_dir="$WORK/tessera" --entries="$WORK/entries/*" \
	--private_key="$WORK/key"
ok "x/mod writes the same" "$INTEROP" write "$WORK/xmod" "$WORK/key" \
	"$WORK"/entries/*
is "both sign the same tree" "$(sed -n 2,3p "$WORK/xmod/checkpoint")" \
	"$(sed -n 2,3p "$WORK/tessera/checkpoint")"
serve "$WORK/tessera"
ok "our audit of Tessera's log" says 0 "^whole: $ORIGIN, 300 records" \
	"$HEADWATER" audit "$PROXY" --vkey "$VKEY"
serve "$WORK/xmod"
ok "our audit of x/mod's log" says 0 "^whole: $ORIGIN, 300 records" \
	"$HEADWATER" audit "$PROXY" --vkey "$VKEY"
XMOD=$PROXY

subject() { # INDEX: the number of the data set that the entry is about
	jq -r .payload "$WORK/entries/$1" | base64 -d |
		jq -r '.subject[0].name | split("/")[2]'
}
printf 'data set %d' "$(subject 000123)" >"$WORK/artifact"
ok "our verify of torchwood's tlog-proof" says 0 "^matches" \
	"$HEADWATER" verify "$WORK/artifact" --vkey "$VKEY" \
	--proof "$WORK/xmod/proofs/000123.tlog-proof" \
	--keyring "$WORK/xmod/proofs/000000.tlog-proof"
ok "of another record's" says 1 "no subject has its digest" \
	"$HEADWATER" verify "$WORK/artifact" --vkey "$VKEY" \
	--proof "$WORK/xmod/proofs/000124.tlog-proof" \
	--keyring "$WORK/xmod/proofs/000000.tlog-proof"

"$INTEROP" records 600 "$WORK/modules"
mkdir "$WORK/tessera2"
"$TOOLS/bin/oneshot" --storage_dir="$WORK/tessera2" \
	--entries="$WORK/modules/*" --private_key="$WORK/key" 2>/dev/null
"$INTEROP" write "$WORK/xmod2" "$WORK/key" "$WORK"/modules/*
for log in tessera2 xmod2; do
	serve "$WORK/$log"
	ok "$log, of no records: audit says so" says 1 "tree-only checks" \
		"$HEADWATER" audit "$PROXY" --vkey "$VKEY"
	ok "$log, of no records: the tree is whole" \
		says 0 "^whole: the tree of $ORIGIN, 600 leaf hashes" \
		"$HEADWATER" audit "$PROXY" --vkey "$VKEY" --tree-only
done

# ---- damage, byte by byte ----

hex() { printf %s "$1" | od -An -tx1 | tr -d ' \n'; }

# audit_damaged PROXY flip|cut PATH NAMED OPTION...: reads offsets; each audit
# must end with 1 (or with 3, of a checkpoint that cannot be read) and say NAMED,
# a pattern.  Prints those that did not.
audit_damaged() {
	local proxy=$1 how=$2 path=$3
	export NAMED=$4
	shift 4
	# shellcheck disable=SC2016 # expanded by the inner shell
	xargs -P 2 -I {} bash -c '
		"$@" >"$0" 2>&1
		status=$?
		[ $status = 1 ] || { [ $status = 3 ] &&
			grep -q "^headwater: /checkpoint: " "$0"; } &&
		grep -qE -- "$NAMED" "$0" || {
			echo "$0: status $status"
			head -n 3 "$0"
		}
		rm "$0"' "$WORK/damage.{}" "$HEADWATER" audit \
		"$proxy/$how/{}/$(hex "$path")" --vkey "$VKEY" "$@"
}

# each PATH STEP NAMED: one byte of every STEP bytes of x/mod's small log
each() {
	local len
	len=$(stat -c %s "$WORK/xmod/$1")
	is "$1, $len bytes, one of $2: each damage is found and named" \
		"$(seq 0 "$2" "$len" | audit_damaged "$XMOD" flip "$1" "$3")" ""
	is "$1, cut off: found and named" \
		"$(echo $((len / 2)) | audit_damaged "$XMOD" cut "$1" "$3")" ""
}
each tile/0/000 67 "tile/0/000: "
each tile/0/001.p/44 31 "tile/0/001.p/44: "
each tile/1/000.p/1 1 "tile/1/000.p/1: "
each tile/entries/000 1999 "tile/entries/000: |entry [0-9]+: "
each tile/entries/001.p/44 499 "tile/entries/001.p/44: |entry [0-9]+: "
each checkpoint 1 "/checkpoint: "

large() { # PATH OFFSET NAMED OPTION...
	is "$1 of 70,001, byte $2: found and named" \
		"$(echo "$2" | audit_damaged "$PROXY" flip "$1" "${@:3}")" ""
}
serve "$URL"
SIZE=70001
fsck "$PROXY/" >/dev/null
is "control: fsck through the proxy" "$?" 0
fsck "$PROXY/flip/4000/$(hex tile/0/200)/" >/dev/null
is "control: fsck sees the damage that the proxy does" "$?" 1
large tile/0/200 4000 "tile/0/200: its hash of entry 51325 " --tree-only
large tile/0/273.p/113 3615 "tile/0/273.p/113: its hash of entry 70000 " --tree-only
large tile/1/000 8191 "tile/1/000: its hash 255 " --tree-only
large tile/1/001.p/17 0 "tile/1/001.p/17: its hash 0 " --tree-only
large tile/2/000.p/1 31 "tile/2/000.p/1: its hash 0 " --tree-only
large tile/entries/255 300 "entry 65280" --tree-only
large tile/entries/256 300 "entry 65536: "

proof=$WORK/xmod/proofs/000123.tlog-proof
len=$(stat -c %s "$proof")
for at in $(seq 0 13 "$len"); do
	{
		head -c "$at" "$proof"
		tail -c +$((at + 1)) "$proof" | head -c 1 | tr '\000-\377' '\001-\377\000'
		tail -c +$((at + 2)) "$proof"
	} >"$WORK/damaged.tlog-proof"
	"$HEADWATER" verify "$WORK/artifact" --vkey "$VKEY" \
		--proof "$WORK/damaged.tlog-proof" \
		--keyring "$WORK/xmod/proofs/000000.tlog-proof" >/dev/null 2>&1
	status=$?
	[ $status = 1 ] || [ $status = 3 ] || echo "byte $at: status $status"
done >"$WORK/proofs.bad"
is "a tlog-proof of $len bytes, one of 13: each damage is found" \
	"$(cat "$WORK/proofs.bad")" ""
done_testing
