#!/usr/bin/env bash
# The demo tells its whole story: every step runs, every refusal is seen.
set -u
cd "$(dirname "$0")/../.." || exit 1

if ! command -v fasttext >/dev/null || [ ! -e /usr/share/dict/french ]; then
	echo "1..0 # SKIP fasttext or the word lists are not installed"
	exit 0
fi
case $HW_BUILD in
*asan | *tsan)
	echo "1..0 # SKIP the demo runs in the debug build"
	exit 0
	;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0

ok() { # ok STATUS NAME
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		sed 's/^/# /' "$work/out"
	fi
}

HW_BUILD=$(realpath "$HW_BUILD") HEADWATER_DEMO=$work/demo NO_COLOR=1 \
	deploy/demo/demo.sh >"$work/out" 2>&1
ok $? "the demo ends well"

while IFS='|' read -r name pattern; do
	grep -Eq -- "$pattern" "$work/out"
	ok $? "it shows $name"
done <<'EOF'
the licences upstream|lab/words/french: GPL-2.0-or-later
what has no licence|no-licence +sha256:
what the list from the web asks|may be changed by the licensor, says the snapshot of lab
what the GPL asks of a permissive claim|french: GPL-2.0-or-later asks that .* and the claim is MIT
the texts that were agreed to|says lab \(own\); text sha256:
terms that have drifted|drifted: https://words.example/terms
how they differ|^ *\+Words of the web. Take them, but not for money.
the data set made of shards|lab/words/train
what came of the French list|langid\.ftz|lab/quantize
the proof that holds offline|checked  it is entry [0-9]+ of demo
the run that is run again, confirmed|^ *confirmed
its evidence level for who trusts the auditor|own  level 4
a tampered shard refused|refused, exit status 1
a false claim refused|403 .*signature: does not verify
that strangers stay strangers|stranger
the poisoned list in the quantised model|it → shard of .* → dataset of lab/quantize
that it was released|released as lab/langid-release 1\.0
the advisory|advisory   poison, high, exclude
that the new release is proven clean|proven   absent by lab's signed, complete lists
that the old one is not|present  in what was used for
that the evaluation is clean|0 of 8 files of 
where the ledger is|The ledger is in
EOF

grep -q "the re-run differs" "$work/out" && status=1 || status=0
ok $status "the second training gives the same bytes"
ls "$work/demo/ledger" >/dev/null 2>&1
ok $? "the ledger is left to look at"
echo "1..$count"
