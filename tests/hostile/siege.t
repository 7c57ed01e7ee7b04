#!/bin/bash
# A log under attack: slow, idle, deaf and rude connections, floods of what costs
# most.  Others read from it meanwhile.
. tests/api/lib.sh

new_log
"$HW_BUILD/tests/hostile/siege" --signer >>"$WORK/allowed_signers"
start_daemon --headers-ms 500 --body-ms 500 --answer-ms 1000 || exit 1
if [ "${HW_HOSTILE:-}" = long ]; then
	# a second is granted behind a deadline
	how="--run-ms 4000 --worst 2 --tries 3 --rounds 2 --spare-ms 1000"
else # a loaded machine proves nothing, but that it goes on
	how="--run-ms 300 --worst 1000 --tries 3 --rounds 1 --spare-ms 20000"
fi
# shellcheck disable=SC2086 # words are meant
"$HW_BUILD/tests/hostile/siege" --to "${URL#http://}" --pid "$DAEMON_PID" $how \
	--headers-ms 500 --body-ms 500 >"$WORK/siege"
outcome=$?
grep -v '^1\.\.' "$WORK/siege"
TESTS=$(grep -c '^\(not \)\?ok ' "$WORK/siege")
FAILURES=$outcome
[ "$TESTS" -gt 0 ] || report 1 "the siege begins"
ok "the log is well" curl -sf "$URL/healthz"
stop_daemon
is "stops well" $? 0
ok "nothing stored is damaged" "$HEADWATERD" --check --data "$WORK/data" \
	--key "$WORK/key"
done_testing
