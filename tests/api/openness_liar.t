#!/usr/bin/env bash
# headwater openness does not believe the log: a daemon that lies is caught, or
# counts for no more than what was signed.
STORY=$PWD/tests/api/liar.py
. tests/api/lib.sh
. tests/api/client.sh
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3"; exit 0; }
new_log
person lab
person eve
start_daemon || exit 1
mkdir "$WORK/here" "$WORK/lies" && cd "$WORK/here" || exit 1
as lab
echo model >model
echo card >card
ok "a model" headwater record model model --name lab/model --license MIT -q
ok "a release" headwater record release model --name lab/rel --version 1 \
	--component model-card=card,license=MIT -q
as eve
ok "eve has a word too" headwater record model model --name eve/model \
	--license CC-BY-NC-4.0 -q
id_of() { # NAME
	curl -sf "$URL/v1/records?name=$1" | jq -r '.records[0].id'
}
MODEL=$(id_of lab/model) RELEASE=$(id_of lab/rel) EVE=$(id_of eve/model)

lie() { echo "$*" >"$WORK/lies/lie"; }
lie honest
python3 "$STORY" "$URL" "$WORK/lies" 2>"$WORK/liar.log" &
LIAR=$!
stop_liar() {
	kill "$LIAR" 2>/dev/null
	wait "$LIAR" 2>/dev/null
}
trap 'stop_liar; clean_up' EXIT
for _ in $(seq 200); do
	[ -s "$WORK/lies/port" ] && break
	sleep 0.05
done
TRUE=$(curl -sf "$URL/v1/openness/$(digest model)" | jq -cS .)

# what a client says who has never asked before
asked() {
	rm -rf "$WORK/home-fresh"
	export HEADWATER_HOME=$WORK/home-fresh
	headwater init "http://127.0.0.1:$(cat "$WORK/lies/port")" \
		--vkey "$VKEY" >/dev/null 2>&1
	headwater openness lab/rel/1 "$@"
}

run 0 "an honest log is asked" asked --json
is "and says what the daemon judged" "$(jq -cS . <<<"$OUT")" "$TRUE"
lie proof "$MODEL" "$RELEASE"
run 1 "the proof of another record" asked
like "is seen" "$ERR" "*proof is of another record*"
lie damage "$MODEL"
run 1 "a record that was changed" asked
lie damage "$RELEASE"
run 1 "a release that was changed" asked
lie list "$EVE"
run 0 "records that it leaves out" asked --json
is "cannot be known, but eve's word is eve's" "$(jq -r '.mof.components[] |
	select(.component == "model-parameters-final") | .verdict' <<<"$OUT")" \
	not-met
lie list "$RELEASE"
run 0 "records that are not about it" asked --json
is "count for nothing" "$(jq -r '.mof.components[] |
	select(.component == "model-parameters-final") | .why' <<<"$OUT")" \
	"the release does not name it"
lie honest
run 0 "and then it is honest again" asked
like "and says what cannot be known" "$OUT" \
	"*not known: whether the log shows all that was recorded*"
done_testing
