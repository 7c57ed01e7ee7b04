#!/usr/bin/env bash
# headwater attest, record audit: each method really looks; what it finds is
# recorded, the contrary too.
. tests/api/lib.sh
. tests/api/client.sh
new_log
person lab
person auditor
start_daemon || exit 1
mkdir "$WORK/here" && cd "$WORK/here" || exit 1

# what was found, as it stands in the log
found() { # ID FILTER
	statement "$1" | jq -c ".predicate | $2"
}

as lab
mkdir set
printf one >set/a
printf two >set/b
printf 'the terms\n' >TERMS
printf 'cat set/a set/b >model\necho accuracy 0.93\n' >make.sh
set_id=$(headwater record dataset set --name lab/set --license CC0-1.0 \
	--license-text TERMS --source "file:///nowhere" 2>/dev/null)
run_id=$(headwater record run --name lab/model --input dataset=set \
	--input code=make.sh --output model --with-argv -- sh make.sh 2>/dev/null)
closed_id=$(headwater record run --name lab/closed --input dataset=set \
	--input code=make.sh --output model -- sh make.sh 2>/dev/null)
eval_id=$(headwater record evaluation --name lab/eval --of model \
	--metric accuracy=0.93 --metric loss=2 2>/dev/null)
run 0 "one may audit oneself" headwater attest "$set_id" --method rehash --with set
like "and is told what that is worth" "$ERR" "*raises nothing*"

# ---- bytes ----

as auditor
run 0 "a rehash confirms" headwater attest "$set_id" --method rehash --with set
is "as it was done" "$(found "$OUT" '[.method, .verdict, .comparison,
	.coverage.checked, .about[0].tlogLeaf]')" \
	"[\"rehash\",\"confirmed\",\"bit-exact\",\"1\",\"$set_id\"]"
is "about the set itself" "$(statement "$OUT" | jq -c '.subject[0].digest')" \
	"$(statement "$set_id" | jq -c '.subject[0].digest')"
printf 'two!' >set/b
run 1 "another set contradicts" headwater attest "$set_id" --method rehash \
	--with set
is "and that is recorded" "$(found "$OUT" .verdict)" '"contradicted"'
like "in words" "$ERR" "*contradicted*"
run 0 "one file of it is looked at" headwater attest "$set_id" --method rehash \
	--subject a --with set/a
is "by its own digest" "$(statement "$OUT" | jq -r '.subject[0].digest.sha256')" \
	"$(sha256sum <set/a | cut -d' ' -f1)"
run 2 "which has to be there" headwater attest "$set_id" --method rehash \
	--subject c --with set/a
run 0 "an artifact alone" headwater attest "$(digest TERMS)" --method rehash \
	--with TERMS
is "is about no record" "$(found "$OUT" .about)" null
printf two >set/b
before=$(curl -sf "$URL/v1/records?kind=audit" | jq '.records | length')
run 3 "nothing there says nothing" headwater attest "$set_id" --method rehash \
	--with missing
is "and nothing is recorded" "$(curl -sf "$URL/v1/records?kind=audit" |
	jq '.records | length')" "$before"
run 2 "which bytes has to be said" headwater attest "$set_id" --method rehash
run 2 "an unknown method" headwater attest "$set_id" --method magic

# ---- refetch ----

run 2 "a source that is no URL" headwater attest "$set_id" --method refetch
(cd "$WORK/here" && exec python3 -m http.server --bind 127.0.0.1 0 \
	>"$WORK/web.log" 2>&1) &
web_pid=$!
for _ in $(seq 100); do
	web=$(sed -n 's/.*port \([0-9]*\).*/\1/p' "$WORK/web.log")
	[ -n "$web" ] && break
	sleep 0.1
done
if [ -n "$web" ]; then
	run 0 "each file is fetched" headwater attest "$set_id" --method refetch \
		--from "http://127.0.0.1:$web/set"
	is "and counted" "$(found "$OUT" '[.verdict, .coverage]')" \
		'["confirmed",{"unit":"files","checked":"2","of":"2"}]'
	mv set/b b.away
	run 3 "one that is gone leaves it open" headwater attest "$set_id" \
		--method refetch --from "http://127.0.0.1:$web/set"
	is "with what was looked at" "$(found "$OUT" '[.verdict, .coverage]')" \
		'["inconclusive",{"unit":"files","checked":"1","of":"2"}]'
	like "and is named" "$ERR" "*b: not there, or not what it was*"
	printf 'two!' >set/b
	run 1 "one that is another contradicts" headwater attest "$set_id" \
		--method refetch --from "http://127.0.0.1:$web/set"
	is "whatever else is the same" "$(found "$OUT" .verdict)" '"contradicted"'
	mv b.away set/b
	run 0 "one file is fetched" headwater attest "$(digest TERMS)" \
		--method refetch --from "http://127.0.0.1:$web/TERMS"
	run 1 "another one is not it" headwater attest "$(digest TERMS)" \
		--method refetch --from "http://127.0.0.1:$web/make.sh"
else
	echo "# no python3: nothing is fetched"
fi
kill $web_pid 2>/dev/null
run 3 "the log has no files of the set" headwater attest "$set_id" \
	--method refetch --from log
run 3 "nor what was never uploaded" headwater attest "$(digest make.sh)" \
	--method refetch --from log

# ---- re-run ----

run 0 "the recorded command is run again" headwater attest "$run_id" \
	--method re-run --input set --input make.sh --output model
is "bit for bit" "$(found "$OUT" '[.method, .verdict, .comparison, .coverage,
	(.environment | keys | length)]')" \
	'["re-run","confirmed","bit-exact",{"unit":"runs","checked":"1","of":"1"},4]'
is "in a folder that is gone" "$(find "${TMPDIR:-/tmp}" -maxdepth 1 \
	-name 'headwater-attest-*' -user "$(id -u)" -newer make.sh | wc -l)" 0
run 2 "a command that was not recorded is needed" headwater attest "$closed_id" \
	--method re-run --input set --input make.sh --output model
run 2 "and is the recorded one" headwater attest "$closed_id" --method re-run \
	--input set --input make.sh --output model -- sh -c true
run 0 "then it is run" headwater attest "$closed_id" --method re-run \
	--input set --input make.sh --output model -- sh make.sh
run 2 "what was no input does not go in" headwater attest "$run_id" \
	--method re-run --input TERMS --output model
run 2 "a run is needed" headwater attest "$set_id" --method re-run --output model

# a command that is not the same twice
printf 'date +%%N >noise\necho accuracy 0.925\n' >noisy.sh
as lab
noisy_id=$(headwater record run --name lab/noise --input code=noisy.sh \
	--output noise --with-argv -- sh noisy.sh 2>/dev/null)
as auditor
run 1 "other bytes contradict" headwater attest "$noisy_id" --method re-run \
	--input noisy.sh --output noise
run 0 "but not within a tolerance" headwater attest "$noisy_id" --method re-run \
	--input noisy.sh --output noise --metric accuracy --expected 0.92 \
	--tolerance 0.005
is "which is stated" "$(found "$OUT" '[.verdict, .comparison, .metric,
	.threshold, .measured]')" \
	'["confirmed","tolerance","accuracy","0.005","0.925"]'
run 1 "just outside of it they do" headwater attest "$noisy_id" --method re-run \
	--input noisy.sh --output noise --metric accuracy --expected 0.92 \
	--tolerance 0.0049
printf 'exit 7\n' >fails.sh
echo other >other
as lab
fails_id=$(headwater record run --name lab/fails --input code=fails.sh \
	--output other 2>/dev/null)
as auditor
run 3 "a command that fails says nothing" headwater attest "$fails_id" \
	--method re-run --input fails.sh --output other -- sh fails.sh

# ---- what that is worth ----

# levels of the edges into an artifact: ARTIFACT QUERY
levels() {
	curl -sf "$URL/v1/lineage/$(digest "$1")?as=lab$2" |
		jq -c '[.edges[] | [.level, .contradicted]] | unique'
}
model_levels() { levels model "&depth=1&auditors=$1"; }
is "without auditors there are no levels" "$(levels model "&depth=1")" '[[null,null]]'
is "a re-run by one whom the reader trusts reproduces" \
	"$(model_levels auditor)" '[[4,null]]'
is "by anybody else it is committed" "$(model_levels stranger)" '[[1,null]]'
is "one's own raises nothing" "$(model_levels lab)" '[[1,null]]'
is "each says by which audits" "$(curl -sf \
	"$URL/v1/lineage/$(digest model)?as=lab&auditors=auditor&depth=1" |
	jq -c '[.edges[0].audits[] | [.principal, .method, .verdict, .independent]]')" \
	'[["auditor","re-run","confirmed",true]]'
is "a contradiction by an auditor holds it" \
	"$(levels noise "&auditors=auditor")" '[[1,2]]'
is "one by somebody else is seen" "$(levels noise "&auditors=stranger")" '[[1,2]]'
run 0 "trace tells it" headwater trace model --as lab --auditor auditor
like "at each link" "$ERR$OUT" "*level 4*"
run 0 "and the contrary" headwater trace noise --as lab --auditor stranger
like "in words" "$OUT" "*level 1*contradicted by 2 audits*"
run 2 "auditors are principals" headwater trace noise --auditor 'a b'
is "what came of a file has the lowest of its steps" \
	"$(curl -sf "$URL/v1/shards/$(digest set/a)?as=lab&auditors=auditor" |
	jq -c '[.hits[] | .level] | unique')" '[1]'
run 0 "when the set is rehashed, too" headwater attest "$set_id" --method rehash \
	--with set

# ---- evaluations, licences ----

run 0 "an evaluation is done again" headwater attest "$eval_id" \
	--method evaluation --metric accuracy --input model -- echo 0.93
is "of one metric" "$(found "$OUT" '[.comparison, .measured, .coverage]')" \
	'["bit-exact","0.93",{"unit":"metrics","checked":"1","of":"2"}]'
run 1 "another value" headwater attest "$eval_id" --method evaluation \
	--metric accuracy -- echo 0.92
run 0 "within 0.01" headwater attest "$eval_id" --method evaluation \
	--metric accuracy --tolerance 0.01 -- echo 0.92
run 3 "no number" headwater attest "$eval_id" --method evaluation \
	--metric accuracy -- echo none
run 2 "no such tolerance" headwater attest "$eval_id" --method evaluation \
	--metric accuracy --tolerance low -- sh -c "touch '$PWD/ran'; echo 0.92"
is "is named" "$ERR" "headwater: --tolerance low: a number is needed"
ok "before anything is run" test ! -e ran
run 2 "no such metric" headwater attest "$eval_id" --method evaluation \
	--metric speed -- echo 1
run 0 "terms are those that were agreed to" headwater attest "$set_id" \
	--method licence-review --with TERMS
run 1 "or others" headwater attest "$set_id" --method licence-review --with make.sh
run 3 "where none are named nothing is known" headwater attest "$run_id" \
	--method licence-review --with TERMS
is "and that is said" "$(found "$OUT" .verdict)" '"inconclusive"'

# ---- done elsewhere ----

run 0 "an audit is recorded" headwater record audit set --method segment \
	--verdict confirmed --about "$run_id" --comparison tolerance \
	--metric loss --threshold 0.1 --measured 0.05 --coverage 10/200:steps \
	--seed 7 --environment gpu=H100 --environment "driver=5: 1" \
	--description "Ten steps"
is "as it was said" "$(found "$OUT" .)" "$(jq -nc --arg id "$run_id" '{
	method: "segment", verdict: "confirmed", about: [{tlogLeaf: $id}],
	comparison: "tolerance", metric: "loss", threshold: "0.1",
	measured: "0.05", seed: "7",
	coverage: {unit: "steps", checked: "10", of: "200"},
	environment: {gpu: "H100", driver: "5: 1"}, description: "Ten steps"}')"
run 2 "a method is needed" headwater record audit set --verdict confirmed
run 2 "a verdict too" headwater record audit set --method order
run 2 "more than all is no coverage" headwater record audit set --method order \
	--verdict confirmed --coverage 3/2:files
run 2 "a tolerance has a threshold" headwater record audit set --method order \
	--verdict confirmed --comparison tolerance

done_testing
