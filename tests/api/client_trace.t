#!/usr/bin/env bash
# headwater trace and find: a lineage over two publishers, drawn and passed on.
. tests/api/lib.sh
. tests/api/client.sh
new_log
person lab
person other
start_daemon || exit 1
mkdir "$WORK/here" && cd "$WORK/here" || exit 1

as lab
mkdir set
echo one >set/a
echo two >set/b
echo tool >tool
set_id=$(headwater record dataset set --name lab/set --license MIT -q)
run_id=$(headwater record run --name lab/train --input dataset=set \
	--input tool=tool --output weights=model.bin -q -- \
	sh -c 'cat set/* >model.bin')
model_id=$(headwater record model model.bin --name lab/model -q)

# ---- trace ----

run 0 "a model is traced" headwater trace model.bin
is "as a tree" "$(sed -n 1,6p <<<"$OUT")" "\
$(digest model.bin | cut -c1-23)…  lab/train, lab/model
└── by lab, record ${run_id:0:12}, index 2
    ├── dataset   sha256:$(jq -r '.subject[0].digest.sha256' <(statement "$set_id") | cut -c1-16)…  lab/set, set
    │   └── by lab, record ${set_id:0:12}, index 1
$(for f in $(digest set/a)=a $(digest set/b)=b; do echo "$f"; done | sort |
	awk -F= '{ printf "    │       %s shard     %s…  %s\n", NR == 1 ? "├──" : "└──", substr($1, 1, 23), $2 }')"
like "with its gap" "$OUT" "*tool      sha256:*  tool  gap: no record says where it is from*"
like "with what is counted" "$OUT" "*5 artifacts, 4 links, 1 gap*"
like "with what is not judged" "$OUT" "*not judged: who may say so; --as PRINCIPAL*"
like "and what is not known" "$OUT" \
	"*not known: whether the log shows all of it (its first 4 records); headwater audit*"
run 0 "downwards" headwater trace set/a --down
like "it leads to the model" "$OUT" "*as dataset, by lab, record ${run_id:0:12}*lab/train, lab/model*"
run 0 "by digest" headwater trace "$(digest set/a)" --down
run 0 "by record" headwater trace "${model_id:0:9}"
like "as its publisher" "$(headwater trace model.bin --as lab)" "*index 2  own*"
like "as somebody else: strangers, unwalked" \
	"$(headwater trace model.bin --as other)" "*index 2  stranger*"
like "who says nothing of it is told" "$(headwater trace model.bin --as nobody)" \
	"*gap: no record of its own or cited says*not found: anything that nobody says or cites*"
is "an unwalked data set has no shards" \
	"$(headwater trace model.bin --as other | grep -c shard)" 0
is "unless they are walked" \
	"$(headwater trace model.bin --as other --strangers | grep -c shard)" 2
run 0 "--limit" headwater trace model.bin --limit 2
like "says that there is more" "$OUT" "*not shown: more than this*"
run 0 "--json" headwater trace model.bin --json
is "is the log's answer as it came" "$OUT" \
	"$(curl -sf "$URL/v1/lineage/$(digest model.bin)?direction=up")"
run 0 "--dot" headwater trace model.bin --dot
like "is for graphviz" "$OUT" "digraph lineage {*}"
run 1 "what nobody knows" headwater trace tool2=tool --limit 1 --down
echo unknown >unknown
run 1 "what nobody ever named" headwater trace unknown
like "is one gap" "$OUT" "*gap*"
for bad in '--up --down' '--dot --json' '--as A' '--strangers' '--depth 65' '--depth 0' \
	'--limit 1001' '--limit x'; do
	# shellcheck disable=SC2086 # an option and its value
	run 2 "$bad is usage" headwater trace model.bin $bad
done
: >empty
run 1 "an empty file names nothing" headwater trace empty

# ---- several publishers ----

as other
other_id=$(headwater record run --name other/claim --input dataset=unknown \
	--output model.bin -q)
is "another's claim is a stranger's" \
	"$(headwater trace model.bin --as lab | grep -c stranger)" 1
run 0 "another's record is disputed" headwater record withdrawal "$run_id" \
	--reason 'not mine'
like "which is said" "$ERR" "the record is one of lab: this counts as a dispute*"
run 1 "a withdrawal is not withdrawn" headwater record withdrawal "$OUT" \
	--reason 'mine after all'
run 1 "what is not in the log is not withdrawn" headwater record withdrawal \
	"${run_id:1}0" --reason 'a slip of the pen'
like "and named" "$ERR" "headwater: ${run_id:1}0: there is no such record in this log"
like "another's withdrawal is a dispute" "$(headwater trace model.bin)" \
	"*index 2  disputed by 1 record*"
headwater record withdrawal "${other_id:0:8}" --reason 'a mistake' -q >/dev/null
like "one's own is shown as withdrawn" "$(headwater trace model.bin)" \
	"*by other, record ${other_id:0:12}, index 4  withdrawn by *"

# ---- show, by what trace and find print ----

as lab
run 0 "a record is shown by its index" headwater show 4
like "with what came after it" "$OUT" \
	"run other/claim*record       $other_id*withdrawn    by *"
run 0 "one that is kept here, without asking" headwater show "${run_id:0:12}"
like "which is said" "$ERR" "not asked: whether it was withdrawn since*"
run 1 "an index that the log does not reach" headwater show 4321
like "is told with what it has" "$ERR" "*index 4321: the log has 7 records"
run 1 "another's by a short id" headwater show "${other_id:0:12}"
like "is told how" "$ERR" "*or an index for headwater show"
as other

# ---- find ----

run 0 "a file is found" headwater find model.bin
like "with its records" "$OUT" "*run         lab/train  by lab, index 2*model       lab/model  by lab, index 3*"
like "and what was withdrawn" "$OUT" "*other/claim  by other, index 4  withdrawn by*"
run 0 "a folder is found" headwater find set
is "itself and file by file" "$(grep -c '^sha256' <<<"$OUT")" 3
echo three >set/c
run 0 "a folder with one more file" headwater find set
is "is found by its files" "$(grep -c '^sha256' <<<"$OUT")" 2
run 0 "--json" headwater find model.bin --json
is "has every record" "$(jq -r '.asked[0].records | length' <<<"$OUT")" 3
is "and the tree size" "$(jq .treeSize <<<"$OUT")" 7
run 1 "what nobody recorded" headwater find tool
like "says what to do" "$ERR" "*is it the right file, and the right log?*"
run 1 "in JSON too" headwater find tool --json
is "with an empty list" "$(jq -c '.asked[0].records' <<<"$OUT")" '[]'

as lab
run 0 "a release is found by its file" sh -c "headwater record release model.bin \
	--name lab/release --version 1 -q && headwater find model.bin"
stop_daemon
run 3 "a log that is not there" headwater trace model.bin
run 3 "cannot be asked" headwater find model.bin

# ---- another log where it was ----

mv "$WORK/data" "$WORK/data.was"
"$SIGNER" keygen --origin log.example.org/other --key "$WORK/other.key" >/dev/null
mv "$WORK/other.key" "$WORK/key"
mv "$WORK/other.key.state" "$WORK/key.state"
start_daemon || exit 1
for url in "$HEADWATER_HOME"/logs/*/url; do echo "$URL" >"$url"; done
for command in find trace affected; do
	run 1 "$command asks a log that has less" headwater $command model.bin
	like "and says so" "$ERR" "warning: the log answers for 1 record and has \
shown * before: ask again in a moment; if it stays so, headwater audit *"
done
run 1 "which audit tells" headwater audit
like "apart" "$ERR" "*not signed by $ORIGIN *"
done_testing
