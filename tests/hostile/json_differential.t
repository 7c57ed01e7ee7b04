#!/bin/bash
# The JSON gate beside two parsers of others, on JSONTestSuite and on 100,000
# mutants of it and of our own vectors: where they differ, it is for a reason that
# json_judge.py and json_judge.go name.
set -u
HW_BUILD=$(cd "${HW_BUILD:-.build/debug}" && pwd)
GATE=$HW_BUILD/tests/hostile/json_gate
SUITE=tests/hostile/json_suite.tsv
MUTANTS=100000
[ "${HW_HOSTILE:-}" != long ] || MUTANTS=1000000
WORK=$(mktemp -d "${TMPDIR:-/tmp}/headwater.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
TESTS=0
FAILURES=0

report() { # OUTCOME NAME
	TESTS=$((TESTS + 1))
	[ "$1" = 0 ] && echo "ok $TESTS - $2" && return
	FAILURES=$((FAILURES + 1))
	echo "not ok $TESTS - $2"
}

# The gate by itself: what the suite's file says.
"$GATE" suite $SUITE >"$WORK/suite"
FAILURES=$?
grep -v '^1\.\.' "$WORK/suite"
TESTS=$(grep -c '^\(not \)\?ok ' "$WORK/suite")

# compare WHOSE TEXTS VERDICTS: a letter each; ours is a where theirs is, else r
compare() {
	local whose=$1 texts=$2 verdicts=$3
	[ "$(wc -c <"$verdicts")" = "$(wc -c <"$texts.ours")" ]
	report $? "$whose judged all of $(wc -c <"$texts.ours")"
	tr -c a r <"$verdicts" | cmp -l - "$texts.ours" >"$WORK/differences"
	[ ! -s "$WORK/differences" ]
	report $? "$whose agrees but for what is listed"
	head -5 "$WORK/differences" | while read -r at _; do
		echo "# text $((at - 1)): ours $(cut -c"$at" "$texts.ours")," \
			"$whose $(cut -c"$at" "$verdicts")"
	done
	echo "# $whose: $(fold -w1 "$verdicts" | sort | uniq -c |
		awk '{ printf "%s %s  ", $2, $1 }')"
}

"$GATE" texts $SUITE >"$WORK/suite.texts"
"$GATE" mutate $MUTANTS $SUITE schema/vectors/statement/*.json \
	schema/vectors/envelope/*.json >"$WORK/mutants"
for texts in "$WORK/suite.texts" "$WORK/mutants"; do
	"$GATE" judge <"$texts" >"$texts.ours"
done

if command -v python3 >/dev/null; then
	for texts in "$WORK/suite.texts" "$WORK/mutants"; do
		python3 tests/hostile/json_judge.py <"$texts" >"$WORK/theirs"
		compare Python "$texts" "$WORK/theirs"
	done
else
	report 0 "Python # SKIP python3 is not installed"
fi
if command -v go >/dev/null; then
	GOFLAGS=-mod=mod GOTOOLCHAIN=local GO111MODULE=off go build \
		-o "$WORK/judge" tests/hostile/json_judge.go
	report $? "the Go judge builds"
	for texts in "$WORK/suite.texts" "$WORK/mutants"; do
		"$WORK/judge" <"$texts" >"$WORK/theirs"
		compare Go "$texts" "$WORK/theirs"
	done
else
	report 0 "Go # SKIP go is not installed"
fi
echo "1..$TESTS"
[ "$FAILURES" = 0 ]
