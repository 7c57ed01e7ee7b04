#!/usr/bin/env bash
# headwater openness: from "Unclassified" to Class I, by evidence alone, and the
# daemon's answer is the client's own.
. tests/api/lib.sh
. tests/api/client.sh
new_log
person lab
person joe
person eve
start_daemon || exit 1
mkdir "$WORK/here" && cd "$WORK/here" || exit 1
as lab

open() { # ARGUMENTS...: the answer for programs
	headwater openness "$@" --json 2>/dev/null
}
class() { open "$@" | jq .mof.class; }
line() { # COMPONENT ARGUMENTS...
	local of=$1
	shift
	open "$@" | jq -r ".mof.components[] | select(.component == \"$of\") |
		.verdict + \": \" + .why"
}
release() { # VERSION COMPONENT...: the ones before and these
	local version=$1 more=() one
	shift
	for one; do named+=(--component "$one"); done
	headwater record release model --name lab/rel --version "$version" \
		"${named[@]}" "${more[@]}" -q >/dev/null 2>"$WORK/release.err"
}
named=(--says "open source" --says "MOF Class I" --says "the best")

for one in model data arch results card datacard report train infer eval \
	evaldata prep steps paper; do
	echo "this is $one" >$one
done

# ---- nothing is shown ----

run 1 "nothing is on the log" headwater openness model
like "which is said" "$ERR" "*no record says anything of it*"
ok "a release without components" release 0.1
run 0 "is unclassified" headwater openness lab/rel/0.1
like "and says so" "$OUT" "lab/rel 0.1: Unclassified; Open Source AI \
Definition 1.0: not met
*"
like "and what it says of itself is not shown" "$OUT" \
	"*not shown*open source*not shown*MOF Class I*not known*the best*"
run 1 "not enough for a gate" headwater openness lab/rel/0.1 --require class-3
is "nothing is met" "$(line model-card lab/rel/0.1)" \
	"not-met: the release does not name it"

# ---- names are no evidence ----

ok "with names alone" release 0.2 "model-card=,name=our card,license=MIT"
is "they are claimed" "$(line model-card lab/rel/0.2)" \
	"claimed: our card: a name without a digest"
named=("${named[@]:0:6}")

# ---- step by step ----

ok "the model is recorded" headwater record model model --name lab/model \
	--license Apache-2.0 --derived-from dataset=data --complete dataset -q
ok "class III's components" release 1.0 model-architecture=arch,license=MIT \
	evaluation-results=results,license=CC-BY-4.0 \
	model-card=card,license=CC-BY-4.0 data-card=datacard,license=CC-BY-4.0 \
	technical-report=report,license=CC-BY-4.0
is "make class III" "$(class lab/rel/1.0)" 3
is "the model's own record is its parameters" \
	"$(line model-parameters-final lab/rel/1.0 | cut -d, -f1)" \
	"met: Apache-2.0; by lab"
ok "class II's" release 2.0 training-code=train,license=MIT \
	inference-code=infer,license=MIT evaluation-code=eval,license=MIT \
	evaluation-data=evaldata,license=CC0-1.0
is "make class II" "$(class lab/rel/2.0)" 2
run 0 "enough for a gate" headwater openness lab/rel/2.0 --require class-2
run 1 "and not for another" headwater openness lab/rel/2.0 --require class-1
ok "all but the data" release 2.9 data-preprocessing-code=prep,license=MIT \
	model-parameters-intermediate=steps,license=Apache-2.0 \
	research-paper=paper,license=CC-BY-4.0
is "stay class II" "$(class lab/rel/2.9)" 2
ok "and with it" release 3.0 datasets=data,license=CC0-1.0
is "make class I" "$(class lab/rel/3.0)" 1
is "the definition asks for more: the data's origin" "$(open lab/rel/3.0 |
	jq -r '.osaid.lines[] | select(.line == "data-listed") | .verdict')" \
	not-met
ok "the data is recorded" headwater record dataset data --name lab/data \
	--license CC0-1.0 --availability open -q
run 0 "and it is met" headwater openness lab/rel/3.0 --require osaid
like "which is said" "$OUT" "lab/rel 3.0: Class I, Open Science Model; Open \
Source AI Definition 1.0: met
*"
like "what it says of itself is shown" "$OUT" \
	"*shown *open source*shown *MOF Class I*not known*the best*"
run 1 "nobody audited it" headwater openness lab/rel/3.0 --require class-1 \
	--level 2

# ---- the daemon says the same, and is not believed ----

same() { # NAME QUERY WORDS...
	local name=$1 query=$2
	shift 2
	open "$@" | jq -S . >"$WORK/mine"
	curl -sf "$URL/v1/openness/$query" | jq -S . >"$WORK/theirs"
	ok "$name" diff "$WORK/mine" "$WORK/theirs"
}
D=$(digest model)
same "the daemon's answer is the client's" "$D" model
same "of one version too" "$D?version=1.0" lab/rel/1.0
same "as somebody else" "$D?as=joe" model --as joe
same "with auditors" "$D?auditors=joe:eve" model --auditor joe --auditor eve
is "of an artifact that nobody released" \
	"$(curl -sf "$URL/v1/openness/$(digest data)" | jq -c '[.release,.mof.class]')" \
	'[null,0]'

# ---- whose is it? ----

as joe
echo "joe's data" >joes
ok "joe records data" headwater record dataset joes --name joe/data \
	--license CC-BY-NC-4.0 -q
JOE=$(curl -sf "$URL/v1/records?subject=$(digest joes)" | jq -r '.records[0].id')
as lab
keep=("${named[@]}")
drop_data() { named=("${keep[@]:0:${#keep[@]}-2}"); }
drop_data
ok "lab takes it for its own" release 4.0 datasets=joes,license=MIT
is "that is contradicted, and seen" "$(line datasets lab/rel/4.0 |
	sed 's/(record.*/(record/')" \
	"not-met: joes: contradicted: the release says MIT, joe says CC-BY-NC-4.0 (record"
drop_data
ok "lab names joe's record" release 4.1 "datasets=,record=$JOE"
is "under joe's licence" "$(line datasets lab/rel/4.1)" \
	"not-met: CC-BY-NC-4.0 is no open licence by MOF's rule"
drop_data
ok "lab names joe's record for something else" release 4.2 \
	"datasets=data,record=$JOE,license=MIT"
like "which is seen" "$(line datasets lab/rel/4.2)" \
	"not-met: data: it cites record ${JOE:0:12}, which is not about its digest"
drop_data
GONE=$(printf '%064d' 7)
ok "a record that is not there" release 4.3 "datasets=data,record=$GONE,license=MIT"
is "is said" "$(line datasets lab/rel/4.3)" \
	"not-met: data: it cites record 000000000000, which is not in the log, or withheld"
as joe
ok "joe withdraws" headwater record withdrawal "$JOE" --reason "no rights" -y -q
as lab
is "and that is said" "$(line datasets lab/rel/4.1)" \
	"not-met: it cites record ${JOE:0:12}, which was withdrawn"
same "the daemon says that too" "$D?version=4.1" lab/rel/4.1

# ---- what the operator withholds is left out, by both ----

INDEX=$(curl -sf "$URL/v1/records?subject=$(digest joes)" |
	jq -r '.records[0].index')
stop_daemon
ok "an entry is withheld" "$HEADWATERD" --data "$WORK/data" \
	--withhold "$INDEX" --reason "the law"
start_daemon || exit 1
rm -rf "$HEADWATER_HOME"
as lab
same "of what cites it the client says what the daemon does" "$D?version=4.1" \
	lab/rel/4.1
like "which is seen" "$(line datasets lab/rel/4.1)" "not-met: it cites record \
${JOE:0:12}, which is not in the log, or withheld"
same "of its bytes too" "$D?version=4.0" lab/rel/4.0

# ---- mistakes ----

problem() { # NAME QUERY STATUS
	is "$1" "$(curl -s -o "$WORK/out" -w '%{http_code}' \
		"$URL/v1/openness/$2")" "$3"
}
problem "no digest" sha256:00 400
problem "a record is no artifact" "tlogLeaf:$JOE" 400
problem "an auditor that is none" "$D?auditors=joe::eve" 400
problem "a version that is none" "$D?version=1/2" 400
problem "nothing is known of it" "sha256:$GONE" 404
problem "a version that nobody released" "$D?version=9" 200
run 2 "nothing like that can be required" headwater openness model \
	--require class-4
like "says what can" "$ERR" "*class-1, class-2, class-3 or osaid*"
run 2 "levels end at 4" headwater openness model --level 5
run 2 "an auditor is a principal" headwater openness model --auditor "A B"
run 1 "a release that is not there" headwater openness lab/rel/9
is "is named" "$ERR" \
	"headwater: release: no record of lab/rel version 9 stands in this log"
run 3 "a release without its version" headwater openness lab/rel
like "is told what is missing" "$ERR" \
	"headwater: lab/rel: neither a release (NAME/VERSION, *"

# ---- an answer that is not whole ----

INDEX=$(curl -sf "$URL/v1/records?subject=$(digest model)" |
	jq -r '[.records[] | select(.kind == "model")][0].index')
stop_daemon
ok "what is released has its record withheld" "$HEADWATERD" \
	--data "$WORK/data" --withhold "$INDEX"
start_daemon || exit 1
rm -rf "$HEADWATER_HOME"
as lab
run 0 "what is left out is told" headwater openness lab/rel/4.0
like "with its reason" "$OUT" "*, or the log's operator withholds some*"
run 0 "in an export too" headwater export lab/rel/4.0 --format eu -o -
like "there" "$OUT" "*not whole: *, or the log's operator withholds some.*"
like "and beside it" "$ERR" "warning: *, or the log's operator withholds some"
done_testing
