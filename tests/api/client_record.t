#!/usr/bin/env bash
# headwater record: each kind, what stands in the statement, and what is refused.
. tests/api/lib.sh
. tests/api/client.sh
new_log
person lab
person other
start_daemon || exit 1
as lab
mkdir "$WORK/here" && cd "$WORK/here" || exit 1
git() {
	command git -c user.name=a -c user.email=a@b -c commit.gpgsign=false "$@"
}
export GIT_CONFIG_GLOBAL=/dev/null

# ---- data sets, models, code ----

mkdir -p set/sub
printf one >set/a
printf two >set/sub/b
run 0 "a data set is recorded" headwater record dataset set --name lab/set \
	--version 1.0 --license CC0-1.0 --description 'Two files' \
	--source https://me:secret@example.org/set --complete shard
set_id=$OUT
like "its id alone is on stdout" "$OUT" "[0-9a-f]*"
is "and has 64 digits" "${#OUT}" 64
like "a line for people is on stderr" "$ERR" "recorded at index 1 of $ORIGIN"
manifest=$(cd set && find . -type f -printf '%P\0' | xargs -0 sha256sum |
	LC_ALL=C sort | sha256sum | cut -d' ' -f1)
is "it is what sha256sum says" \
	"$(statement "$set_id" | jq -r '.subject[0].digest.sha256')" "$manifest"
is "its files are its shards" \
	"$(statement "$set_id" | jq -c '[.subject[1:][] | [.name, .annotations.role]] | sort')" \
	'[["a","shard"],["sub/b","shard"]]'
is "a password is not in it" \
	"$(statement "$set_id" | jq -r .predicate.source)" https://example.org/set
is "its manifest is kept" \
	"$(cat "$HEADWATER_HOME"/logs/*/manifests/"$manifest.manifest" | wc -l)" 2
run 0 "recording it again" headwater record dataset set --name lab/set \
	--version 1.0 --license CC0-1.0 --description 'Two files' \
	--source https://example.org/set --complete shard
is "gives the same record" "$OUT" "$set_id"
like "and says so" "$ERR" "was recorded before*"

run 0 "--json gives an object" headwater record model set/a --name /m --json
is "with id, index and proof" "$(jq -r 'keys | join(" ")' <<<"$OUT")" \
	"duplicate id index proof treeSize"
is "/m takes the principal" \
	"$(statement "$(jq -r .id <<<"$OUT")" | jq -r '.subject[0].name')" lab/m
mkdir model
printf weights >model/model.safetensors
printf text >model/README.md
printf MIT >model/LICENSE
run 0 "a model folder is recorded" headwater record model model --name lab/model \
	--complete weights --format safetensors
is "only weights are weights" \
	"$(statement "$OUT" | jq -c '[.subject[1:][] | select(.annotations) | .name]')" \
	'["model.safetensors"]'

git init -q code && echo 'echo' >code/run.sh && git -C code add . &&
	git -C code commit -qm one
git -C code remote add origin https://me:secret@example.org/code.git
run 0 "code is recorded" headwater record code code --name lab/code
code_id=$OUT
is "as commit and tree" \
	"$(statement "$code_id" | jq -c '.subject[0].digest | keys')" \
	'["gitCommit","gitTree"]'
is "with its remote, without the password" \
	"$(statement "$code_id" | jq -r .predicate.repository)" \
	https://example.org/code.git
echo more >>code/run.sh
run 1 "uncommitted changes are refused" headwater record code code --name lab/code
like "and named" "$ERR" "*uncommitted changes*run.sh*"
git -C code checkout -q run.sh
run 0 "a complete list of a role that nothing has" headwater record dataset set \
	--name lab/set --complete shards --dry-run
like "is warned of" "$ERR" "warning: --complete shards: nothing here has this role*"
run 0 "in a run too, before it begins" headwater record run --name lab/x \
	--input dataset=set --output set/a --complete data --dry-run -- \
	sh -c 'echo begun >&2'
like "and once" "$ERR" $'warning: --complete data: *none\nbegun*'
run 2 "a folder is no code" headwater record code set --name lab/code

mkdir many
for i in $(seq 201); do echo "$i" >"many/$i"; done
run 2 "201 files cannot be a complete list" headwater record dataset many \
	--name lab/many --complete shard
run 0 "without that word they can be recorded" headwater record dataset many \
	--name lab/many
is "by their manifest alone" "$(statement "$OUT" | jq '.subject | length')" 1
ln -s a set/link
run 1 "a link in a folder is refused" headwater record dataset set --name lab/set
like "by its name" "$ERR" "*link: a symbolic link*"
rm set/link

# ---- names, keys, dry runs ----

run 2 "record alone is usage" headwater record
like "and says how to go on" "$ERR" "*headwater help record*"
run 0 "record --help lists the kinds" headwater record --help
like "all of them" "$OUT" "*dataset*code*model*run*evaluation*release*withdrawal*"
before=$(entries)
run 1 "another's name is refused" headwater record dataset set --name other/set
like "and says whose key it is" "$ERR" "*belongs to lab*"
run 2 "a missing name is usage" headwater record dataset set
run 2 "a bad name is usage" headwater record dataset set --name 'lab/A b'
run 2 "a bad version is usage" headwater record dataset set --name lab/x --version 1/2
run 3 "a missing file cannot be checked" headwater record dataset gone --name lab/x
run 2 "--no-submit needs -o" headwater record dataset set --name lab/x --no-submit
mkdir later && echo later >later/a
run 0 "--no-submit signs and sends nothing" headwater record dataset later \
	--name lab/later --no-submit -o later.json
is "nothing was recorded" "$(entries)" "$before"
run 0 "what was signed can be sent later" headwater submit later.json
is "then it is" "$(entries)" $((before + 1))
echo no envelope >other.json
run 1 "what is no envelope is refused" headwater submit other.json
like "by its name" "$ERR" "headwater: other.json: *"
HEADWATER_KEY='' HEADWATER_HOME=$WORK/nowhere run 0 \
	"--dry-run needs neither key nor log" \
	headwater record dataset set --name lab/dry --dry-run
is "and prints the statement" "$(jq -r '.subject[0].name' <<<"$OUT")" lab/dry
HEADWATER_HOME=$WORK/nowhere run 3 "without a pinned log nothing is recorded" \
	headwater record dataset set --name lab/dry
like "and it says what to do" "$ERR" "*headwater init*"

# ---- runs ----

run 0 "a run is recorded" headwater record run --name lab/train --stage train \
	--input dataset=set --input code=code --output weights=out/model.bin \
	--output log=out/log.txt --param lr=0.1 --seed seed=42 \
	--data-order 'by name' --complete dataset -- sh -c \
	'echo printed; echo complained >&2; mkdir -p out; cat set/a >out/model.bin; echo log >out/log.txt'
run_id=$OUT
is "its id alone is on stdout" "${#OUT}" 64
like "what it printed is on stderr" "$ERR" $'printed\ncomplained\nrecorded*'
run_statement=$(statement "$run_id")
is "it is SLSA provenance" "$(jq -r .predicateType <<<"$run_statement")" \
	https://slsa.dev/provenance/v1
is "with what went out" \
	"$(jq -c '[.subject[] | [.name, .annotations.role]]' <<<"$run_statement")" \
	'[["lab/train","weights"],["out/log.txt","log"]]'
is "with what went in, cited" "$(jq -r '.predicate.buildDefinition.resolvedDependencies
	| map(.annotations.role + " " + .digest.tlogLeaf) | join(",")' <<<"$run_statement")" \
	"dataset $set_id,code $code_id"
is "with its parameters" \
	"$(jq -c '.predicate.buildDefinition.externalParameters | del(.command)' <<<"$run_statement")" \
	'{"parameters":{"lr":"0.1"},"seeds":{"seed":"42"},"dataOrder":"by name","stage":"train","complete":["dataset"]}'
is "with the digest of its arguments" \
	"$(jq -r '.predicate.buildDefinition.externalParameters.command | keys | join(" ")' <<<"$run_statement")" \
	sha256
kept=$(echo "$HEADWATER_HOME"/logs/*/kept)
for role in log environment; do
	hash=$(jq -r --arg role $role '.predicate.runDetails.byproducts[]
		| select(.annotations.role == $role) | .digest.sha256' <<<"$run_statement")
	is "the text of its $role is kept" \
		"$(sha256sum <"$kept/$hash" | cut -d' ' -f1)" "$hash"
done
is "its environment reads as documented" \
	"$(cut -d: -f1 <"$kept/$hash" | paste -sd' ')" "machine system os executable"
is "with the executable's digest" \
	"$(sed -n 's/executable: //p' "$kept/$hash")" \
	"$(sha256sum <"$(readlink -f "$(command -v sh)")" | cut -d' ' -f1)"
run 0 "--with-argv records the arguments" headwater record run --name lab/argv \
	--output out.txt --with-argv -- sh -c 'date +%N >out.txt'
is "all of them" "$(statement "$OUT" |
	jq -c .predicate.buildDefinition.externalParameters.command.argv)" \
	'["sh","-c","date +%N >out.txt"]'
run 0 "a run without a command" headwater record run --name lab/past \
	--input "weights=${run_id:0:10}" --output out.txt
is "cites the record that is named by a short id" "$(statement "$OUT" |
	jq -r '.predicate.buildDefinition.resolvedDependencies[0].digest.tlogLeaf')" \
	"$run_id"

# ---- runs that are not recorded ----

before=$(entries)
run 7 "a command that fails gives its status" headwater record run --name lab/x \
	--output out.txt -- sh -c 'exit 7'
run 143 "a signal gives 128 and its number" headwater record run --name lab/x \
	--output out.txt -- sh -c 'kill $$'
run 127 "a command that is not there" headwater record run --name lab/x \
	--output out.txt -- no-such-command
run 1 "an input that changes is refused" headwater record run --name lab/x \
	--input set --output out.txt -- sh -c 'echo changed >set/a'
like "and named" "$ERR" "*set: changed during the run*"
printf one >set/a
run 1 "an input that goes is refused" headwater record run --name lab/x \
	--input other=set --output out.txt -- sh -c 'mv set elsewhere'
mv elsewhere set
run 1 "code that changes is refused" headwater record run --name lab/x \
	--input code --output out.txt -- sh -c 'echo >>code/run.sh'
git -C code checkout -q run.sh
run 3 "an output that is not there: only the recording failed" \
	headwater record run --name lab/x --output gone.bin -- true
like "and is named" "$ERR" "*gone.bin*"
for bad in '--stage No' '--seed x' '--input gone' '--complete A' '--builder x' \
	'--name lab' '--params gone'; do
	# shellcheck disable=SC2086 # an option and its value
	headwater record run --name lab/x --output out.txt $bad -- touch ran \
		>/dev/null 2>&1
	[ ! -e ran ]
	report $? "with $bad the command is not even started"
done
run 2 "an output is needed" headwater record run --name lab/x -- true
run 2 "an output's name twice is refused" headwater record run --name lab/x \
	--output out.txt --output a=/tmp/x --output b=/var/x -- true
run 2 "a command is needed behind --" headwater record run --name lab/x --output a --
inputs=$(for i in $(seq 500); do
	printf -- '--input dataset=sha256:%064d ' "$i"
done)
# shellcheck disable=SC2086 # a list of options
run 1 "500 inputs do not fit" headwater record run --name lab/x --output out.txt \
	$inputs -- touch ran
like "and the way out is said" "$ERR" "*data set*"
is "nothing was recorded" "$(entries)" "$before"
[ ! -e ran ]
report $? "nor run"

echo out >code/output.txt
run 0 "outputs may lie beside the code" sh -c "rm code/output.txt &&
	headwater record run --name lab/beside --input code --output code/output.txt \
	-- sh -c 'echo out >code/output.txt'"
rm code/output.txt
id=$(headwater record run --name lab/quiet --output out.txt -q -- \
	sh -c 'echo noise; echo "$$" >out.txt' 2>/dev/null)
is "id=\$(headwater record run …) works" "${#id}" 64
cat >Makefile <<'END'
model.txt: set/a
	headwater record run --name lab/made --input $< --output $@ -q -- cp $< $@ >id
END
run 0 "it works in a Makefile" make -s model.txt
is "which keeps the id" "$(wc -c <id)" 65
printf 'cannot' >set/a
run 2 "make stops when the command fails" make -s -B model.txt set/a=x \
	HEADWATER_KEY=/dev/null
printf one >set/a

# ---- evaluations, releases, withdrawals ----

run 0 "an evaluation is recorded" headwater record evaluation --name lab/eval \
	--of out/model.bin --metric accuracy=0.93 --metric time=12:s \
	--benchmark set --harness code --param shots=5 --seed seed=1
is "with its metrics" "$(statement "$OUT" | jq -c .predicate.metrics)" \
	'[{"name":"accuracy","value":"0.93"},{"name":"time","value":"12","unit":"s"}]'
is "and cites what it names" \
	"$(statement "$OUT" | jq -r '.predicate.benchmark[0].digest.tlogLeaf')" "$set_id"
run 2 "a metric is needed" headwater record evaluation --name lab/eval --of set
run 0 "a release is recorded" headwater record release out/model.bin \
	--name lab/release --version 2.0 --artifact set/a \
	--component datasets=set --component training-code=code --supersedes 1.0
release_id=$OUT
is "with its components" \
	"$(statement "$OUT" | jq -c '[.predicate.components[].component]')" \
	'["datasets","training-code"]'
is "the log finds it by name and version" \
	"$(curl -sf "$URL/v1/releases/lab/release/2.0" | jq -r '.records[0].id')" \
	"$release_id"
printf 'the terms\n' >TERMS
run 0 "components have terms, places, records and names" headwater record \
	release out/model.bin --name lab/release --version 2.1 --says "open source" \
	--license MIT --license-text TERMS \
	--component "datasets=set,license=CC0-1.0,text=TERMS,location=https://x.org/a,b" \
	--component "training-code=,record=$set_id" --component model-card=,name=card
is "as they were given" "$(statement "$OUT" | jq -c '[.predicate |
	.licenseTexts[0].sha256[:4], (.components[] |
	[.name, (.digest | length), .record.tlogLeaf[:4], .license,
	.licenseTexts[0].sha256[:4], .location]), .claims]')" "$(jq -nc \
	--arg t "$(sha256sum <TERMS | cut -c-4)" --arg s "${set_id:0:4}" '[$t,
	["set", 2, $s, "CC0-1.0", $t, "https://x.org/a,b"],
	[null, 0, $s, null, null, null], ["card", 0, null, null, null, null],
	[{what: "openness", name: "open source"}]]')"
run 2 "a component is something" headwater record release set \
	--name lab/release --version 3 --component model-card=
run 2 "a part has a value" headwater record release set --name lab/release \
	--version 3 --component model-card=set,license=
run 2 "a part stands once" headwater record release set --name lab/release \
	--version 3 --component model-card=set,name=a,name=b
run 2 "a text is one file" headwater record release set --name lab/release \
	--version 3 --license-text set
run 0 "a data set says who can have it" headwater record dataset set \
	--name lab/set --availability open --source-category crawled --dry-run
is "and where it comes from" "$(jq -c '.predicate |
	[.availability, .sourceCategory]' <<<"$OUT")" '["open","crawled"]'
run 2 "which is one of few" headwater record dataset set --name lab/set \
	--availability maybe --dry-run
run 2 "a version is needed" headwater record release set --name lab/release
run 2 "a component has a name" headwater record release set --name lab/release \
	--version 3 --component set
printf 'a=1\n\nb\n' >wrong.params
run 2 "a line that is no parameter" headwater record run --name lab/x \
	--output set/a --params wrong.params -- true
like "is named with its number" "$ERR" \
	"headwater: wrong.params:3: --params b: NAME=VALUE is needed"
run 143 "a command that a signal ends" headwater record run --name lab/x \
	--output set/a -- sh -c 'kill $$'
like "is told as such" "$ERR" \
	"*ended by signal 15 (Terminated): nothing is recorded"
run 0 "a record is withdrawn by a short id" headwater record withdrawal \
	"${release_id:0:8}" --reason 'wrong file' --replacement "$run_id"
is "which names the record" "$(statement "$OUT" | jq -c '.subject')" \
	"[{\"digest\":{\"tlogLeaf\":\"$release_id\"}}]"
run 2 "a reason is needed" headwater record withdrawal "$release_id"
run 1 "a short id that is not kept here" headwater record withdrawal 12345678 \
	--reason x

# ---- on a terminal ----

before=$(entries)
on_terminal() { # ANSWER ARGS...
	local answer=$1
	shift
	printf '%s\n' "$answer" | script -qec "$HEADWATER $*" /dev/null
}
echo asked >asked
run 1 "on a terminal it asks" on_terminal n record dataset asked --name lab/asked
like "and shows the statement" "$OUT" '*"name": "lab/asked"*A ledger forgets nothing. Record this as lab in '"$ORIGIN"'? [[]y/N]*'
is "no is no" "$(entries)" "$before"
run 0 "--yes does not ask" on_terminal n record dataset asked --name lab/asked --yes
is "and records" "$(entries)" $((before + 1))
echo asked again >asked
run 0 "yes is yes" on_terminal y record dataset asked --name lab/asked
is "and recorded" "$(entries)" $((before + 2))

# ---- proofs ----

run 0 "--save-proof writes proof and keyring" headwater record model set/sub/b \
	--name lab/b --save-proof b.tlog-proof
run 0 "which verify offline" headwater verify set/sub/b --proof b.tlog-proof
readable=$(printf %o $((0666 & ~$(umask))))
is "and others may read" "$(stat -c %a b.tlog-proof b.keyring.tlog-proof | sort -u)" \
	"$readable"
run 0 "show finds the keyring beside it" env HEADWATER_HOME="$WORK/home-shown" sh -c \
	'headwater init "$0" --vkey "$1" && headwater show b.tlog-proof' "$URL" "$VKEY"
like "and says who signed" "$OUT" "*signed by    lab*"
run 0 "a proof of any name" headwater record model set/sub/b --name lab/odd \
	--save-proof odd
run 0 "is verified by the keyring beside it" env HEADWATER_HOME="$WORK/nobody" \
	headwater verify set/sub/b --proof odd --vkey "$VKEY"
before=$(entries)
run 3 "no record whose proof could not be saved" headwater record model \
	set/sub/b --name lab/c --save-proof /nonexistent/b.tlog-proof
like "which is named" "$ERR" "headwater: /nonexistent/b.tlog-proof: *"
run 2 "nor one for standard output" headwater record model set/sub/b \
	--name lab/c --save-proof -
like "which has the id" "$ERR" "headwater: -: standard output *"
run 2 "nor its envelope there" headwater record model set/sub/b \
	--name lab/c --no-submit -o -
ok "and no file of that name" test ! -e ./-
run 3 "nor in a folder's place" headwater record model set/sub/b \
	--name lab/c --save-proof set
run 3 "nor is a command run for it" headwater record run --name lab/c \
	--output ran -o /nonexistent/c.json -- touch ran
ok "at all" test ! -e ran
is "so nothing is recorded" "$(entries)" "$before"
mkdir late.keyring.tlog-proof
run 3 "a keyring that cannot be saved" headwater record model set/sub/b \
	--name lab/c --save-proof late.tlog-proof
is "does not hide the id" "${#OUT}" 64

# ---- likely slips ----

slip() { # SENTENCE ARGUMENT...
	local sentence=$1
	shift
	run 2 "refused: headwater $*" headwater "$@"
	is "in one sentence" "$ERR" "headwater: $sentence"
}
ln -s loop loop
run 3 "a path that leads nowhere" headwater record dataset loop --name lab/loop
is "is not called missing" "$ERR" \
	"headwater: loop: Too many levels of symbolic links"
before=$(entries)
slip "argument 1: empty; a name is needed" record reply "" --status accepted
slip "--name: its value is empty (PRINCIPAL/PATH)" record model made --name ""
slip "--name: its value is empty (PRINCIPAL/PATH)" record model made --name=
slip "dataset: no such command; did you mean record dataset?" dataset set
slip "record datset: no such command; did you mean record dataset?" \
	record datset set
slip "record nonsense: no such command; headwater help record lists them" \
	record nonsense
slip "PATH and --from-sums FILE: give one of them" manifest set --from-sums sums
slip "PATH or --from-sums FILE: one of them is needed" manifest
slip "--verdict yes: one of confirmed, contradicted, inconclusive is needed" \
	record audit made --method rehash --verdict yes
run 0 "a component that does not count" headwater record release set/sub/b \
	--name lab/slip --version 1 --component dataset=set --dry-run
is "is told" "$ERR" "warning: --component dataset: none of the Model \
Openness Framework's, so it does not count; did you mean datasets?"
run 0 "one that does" headwater record release set/sub/b \
	--name lab/slip --version 1 --component datasets=set --dry-run
is "is not" "$ERR" ""
is "nothing of it is recorded" "$(entries)" "$before"

# ---- a log that goes away, and comes back ----

cat >ending.sh <<END
echo made once >"\$1"
kill $DAEMON_PID
while curl -s "$URL/healthz" >/dev/null; do sleep 0.05; done
END
run 3 "the log ends during a run" headwater record run --name lab/ending \
	--output made -- sh ending.sh made
unsent=$(sed -n 's/.*headwater submit \(.*\.json\)$/\1/p' <<<"$ERR")
ok "what was signed is kept, and it says how to send it" test -s "$unsent"
stop_daemon
run 3 "a log that is not there" headwater record dataset set --name lab/set
run 0 "without it --no-submit signs" headwater record model made \
	--name lab/offline --no-submit -o offline.json
like "and says what is not checked" "$ERR" \
	"warning: whether the log knows your key is not checked: *"
run 3 "not for a principal that is not named" headwater record model made \
	--name /offline --no-submit -o offline.json
like "which it asks for" "$ERR" "*give PRINCIPAL/PATH"
HEADWATER_KEY='' run 2 "nor without a key" headwater record model made \
	--name lab/offline --no-submit -o offline.json
start_daemon || exit 1
headwater init "$URL" --vkey "$VKEY" >/dev/null 2>&1
run 0 "what was kept is sent" headwater submit "$unsent"
run 0 "what was signed too" headwater submit offline.json
run 0 "and cited from then on" headwater record run --name lab/citing \
	--input made --output set/a
is "by the run that made it" "$(statement "$OUT" | jq -r \
	'.predicate.buildDefinition.resolvedDependencies[0].digest.tlogLeaf')" \
	"$(headwater submit "$unsent" | cut -d' ' -f1)"
done_testing
