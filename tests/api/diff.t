#!/usr/bin/env bash
# headwater diff: what differs between two releases, file by file where it can.
. tests/api/lib.sh
. tests/api/client.sh
new_log
person lab
start_daemon || exit 1
mkdir "$WORK/here" && cd "$WORK/here" || exit 1
as lab

# make VERSION SEED LICENCE: a set, a run over it, the model, its release
make_release() {
	headwater record dataset data --name lab/data -q >/dev/null &&
		headwater record run --name lab/train --input dataset=data \
			--seed "seed=$2" --param dim=16 --complete dataset \
			--output weights=model -q -- sh -c "cat data/* >model" \
			>/dev/null &&
		headwater record model model --name lab/model --license "$3" -q \
			>/dev/null &&
		headwater record release model --name lab/rel --version "$1" -q \
			>/dev/null
}

mkdir data
echo one >data/a
echo two >data/b
echo three >data/c
ok "a release" make_release 1 7 MIT
run 0 "a release is the same as itself" headwater diff lab/rel/1 lab/rel/1
like "and nothing differs" "$OUT" "0 differences, * facts the same
openness  Unclassified, OSAID not met, both
checked  each record by its proof and signature*"

rm data/b
echo four >data/d
ok "another" make_release 2 8 Apache-2.0
run 1 "two differ" headwater diff lab/rel/1 lab/rel/2
like "in the data" "$OUT" "*~ data         lab/data  sha256:*  ->  sha256:*"
like "file by file" "$OUT" "*1 file added, 1 removed, 2 the same
      - b
      + d
*"
like "in its licence" "$OUT" "*~ licence      lab/model  MIT  ->  Apache-2.0*"
like "in a seed" "$OUT" "*~ seed         lab/train seed  7  ->  8*"
is "not in a parameter" "$(grep -c ' dim ' <<<"$OUT")" 0
run 1 "for programs" headwater diff lab/rel/1 lab/rel/2 --json
is "the same facts" "$(jq -c '[.differences[] | select(.kind == "seed")][0] |
	[.change, .subject, .key, .before.value, .after.value]' <<<"$OUT")" \
	'["changed","lab/train","seed","7","8"]'
is "with the files" "$(jq -c '[.differences[] | select(.kind == "data")][0] |
	.manifests | [.same, .added.first, .removed.first]' <<<"$OUT")" \
	'[2,["d"],["b"]]'
is "each with the record that says it" "$(jq '[.differences[] |
	(.before, .after) | select(. != null) | .record |
	test("^[0-9a-f]{64}$")] | all' <<<"$OUT")" true
run 0 "the other way round is as much" sh -c \
	'test "$(headwater diff lab/rel/2 lab/rel/1 | tail -n 4 | head -n 1)" = \
	"$(headwater diff lab/rel/1 lab/rel/2 | tail -n 4 | head -n 1)"'
run 1 "an item stands for its newest release" headwater diff lab/rel/1 model
like "which is the second" "$OUT" "*MIT  ->  Apache-2.0*"

# ---- how open ----

for one in arch results card datacard report; do echo $one >$one; done
ok "a release of a class" headwater record release model --name lab/rel \
	--version 3 --component model-architecture=arch,license=MIT \
	--component evaluation-results=results,license=MIT \
	--component model-card=card,license=MIT \
	--component data-card=datacard,license=MIT \
	--component technical-report=report,license=MIT -q
run 1 "and one of none" headwater diff lab/rel/2 lab/rel/3
like "differ in openness" "$OUT" \
	"*openness  Unclassified, OSAID not met  ->  Class III, Open Model, OSAID not met*"
run 1 "for programs too" headwater diff lab/rel/2 lab/rel/3 --json
is "by number" "$(jq -c '[.openness.before.class, .openness.after.class]' \
	<<<"$OUT")" '[0,3]'

# ---- mistakes ----

run 1 "a release that is not there" headwater diff lab/rel/1 lab/rel/9
like "is named" "$ERR" "*no record of lab/rel version 9 stands*"
run 2 "one release is not enough" headwater diff lab/rel/1
run 2 "no principal" headwater diff lab/rel/1 model --as 'No one'
like "says what one is" "$ERR" "*--as No one: a principal is needed*"
done_testing
