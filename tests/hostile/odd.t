#!/bin/bash
# The odd requests against a log of its own: what is answered, what is closed, and
# that nothing smuggled is ever done.
. tests/api/lib.sh

descriptors() {
	ls "/proc/$DAEMON_PID/fd" | wc -l
}

new_log
publisher lab
dataset lab/marker "$(sha256 marker)" | envelope lab >"$WORK/marker"
start_daemon --headers-ms 1500 --body-ms 1500 || exit 1
size=$(curl -sf "$URL/checkpoint" | sed -n 2p)
before=$(descriptors)
"$HW_BUILD/tests/hostile/odd" --to "${URL#http://}" --marker "$WORK/marker" \
	--deadline-ms 1500 >"$WORK/odd"
outcome=$?
grep -v '^1\.\.' "$WORK/odd"
TESTS=$(grep -c '^\(not \)\?ok ' "$WORK/odd")
FAILURES=$outcome
for _ in {1..100}; do
	[ "$(descriptors)" -gt "$before" ] || break
	sleep 0.1
done
is "descriptors came back" "$(descriptors)" "$before"
is "nobody waits" "$(curl -sf "$URL/metrics" | sed -n 's/^headwater_waiting //p')" 0
is "the log holds the marker, once" "$(curl -sf "$URL/checkpoint" | sed -n 2p)" $((size + 1))
stop_daemon
is "stops well" $? 0
done_testing
