#!/bin/bash
# Odd requests, damaged at random: never do more get past the gate than there are.
. tests/api/lib.sh

new_log
start_daemon --headers-ms 100 --body-ms 100 || exit 1
[ "${HW_HOSTILE:-}" = long ] && count=100000 || count=1000
"$HW_BUILD/tests/hostile/mutants" --to "${URL#http://}" --count $count \
	--seed "${HW_SEED:-1}" >"$WORK/mutants"
outcome=$?
grep '^#' "$WORK/mutants"
report $outcome "no more gets past the gate than is there"
ok "the log is well" curl -sf "$URL/healthz"
stop_daemon
is "stops well" $? 0
done_testing
