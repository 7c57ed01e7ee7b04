#!/usr/bin/env bash
# headwater affected, absent, contaminated: a poisoned shard, what came of it, and
# the release that is clean of it.
. tests/api/lib.sh
. tests/api/client.sh
new_log
person lab
person watch
start_daemon || exit 1
mkdir "$WORK/here" && cd "$WORK/here" || exit 1

manifest_of() {
	(cd "$1" && find . -type f -printf '%P\0' | xargs -0 sha256sum |
		LC_ALL=C sort)
}

# upload FOLDER: its manifest, unless the client has done that already.
upload() {
	local hex
	hex=$(manifest_of "$1" | sha256sum | cut -d' ' -f1)
	manifest_of "$1" | curl -sf -o /dev/null --data-binary @- -X PUT \
		"$URL/v1/blobs/sha256:$hex"
}

record() { # KIND OPTION...
	local kind=$1
	shift
	headwater record "$kind" -q "$@"
}

# Two versions: the first one with a poisoned shard, all of it told.
as lab
mkdir words
for i in $(seq 300); do echo "$i" >"words/$i"; done
cp words/7 poison
words_id=$(record dataset words --name lab/words)
upload words || echo "# no upload"
train_id=$(record run --name lab/train --stage train --input dataset=words \
	--output weights=model.bin --complete dataset -- \
	sh -c 'cat words/* >model.bin')
record model model.bin --name lab/model >/dev/null
record run --name lab/quantize --stage quantize --input model=model.bin \
	--output weights=model.q --complete model -- \
	sh -c 'head -c 20 model.bin >model.q' >/dev/null
record release model.q --name lab/release --version 1.0 >/dev/null
first=$(digest words/8) old=$(manifest_of words | sha256sum | cut -d' ' -f1)
as watch
advisory=$(record advisory poison --reason poison --severity high \
	--action exclude)
as lab
rm words/7
record dataset words --name lab/words --version 2 >/dev/null
upload words
record run --name lab/train --stage train --input dataset=words \
	--output weights=model2.bin --complete dataset -- \
	sh -c 'cat words/* >model2.bin' >/dev/null
record model model2.bin --name lab/model --version 2 >/dev/null
record release model2.bin --name lab/release --version 2.0 >/dev/null

# ---- affected ----

as watch
run 0 "what came of a poisoned shard" headwater affected poison
like "is told with the line of the manifest" "$OUT" \
	"$(digest poison | cut -c1-23)…  poison
  in         sha256:${old:0:16}…  lab/words  by lab, record ${words_id:0:12}, line *: 7
  direct     sha256:${old:0:16}…  lab/words  level 1
             it → shard of lab/words  by lab, record ${words_id:0:12}
*"
like "the model" "$OUT" "*  direct     $(digest model.bin | cut -c1-23)…  lab/train  level 1
             it → shard of lab/words → dataset of lab/train  by lab, record ${train_id:0:12}*"
like "the quantised one, and its release" "$OUT" \
	"*  via model  $(digest model.q | cut -c1-23)…  lab/quantize  level 1
             it → shard of lab/words → dataset of lab/train → model of lab/quantize  by *
             released as lab/release 1.0*"
like "the advisory" "$OUT" "*  advisory   poison, high, exclude  of $(digest poison | cut -c1-23)…  by watch, record ${advisory:0:12}, not answered*"
like "and the release that is clean" "$OUT" "*  clean      lab/release 2.0  by the signed, complete lists of lab*"
like "and whose word it is" "$OUT" "*not checked: it is the log's word (its first 11 records)*"
is "no hit is told twice" "$(grep -c '  direct ' <<<"$OUT")" 2
run 0 "as its publisher" headwater affected poison --as lab --clean lab/release/2.0
is "a clean release is told once" "$(grep -c lab/release' 2.0' <<<"$OUT")" 1
run 0 "one that is not clean" headwater affected poison --clean lab/release/1.0
like "is told" "$OUT" "*  not clean  lab/release 1.0  it is in *"
run 0 "one that nobody made" headwater affected poison --clean lab/release/9
like "is not known" "$OUT" "*  unknown    lab/release 9  *"
run 0 "--json" headwater affected poison --json
is "has the log's answers" "$(jq -c '.asked[0] | [.path, (.answers[0].hits | map(.kind))]' <<<"$OUT")" \
	'["poison",["direct","direct","via-model"]]'
run 0 "by digest" headwater affected "$first" --limit 2
like "with a limit" "$OUT" "*not shown: more than this; ask with a larger --limit*"
mkdir found && cp poison found/p && echo other >found/o
run 0 "a folder, file by file" headwater affected found
is "each is asked" "$(grep -c '^sha256' <<<"$OUT")" 3
run 1 "what nothing came of" headwater affected found/o
like "is no proof" "$ERR" "*which is no proof that nothing did: headwater absent asks for one*"
run 1 "nor in JSON" headwater affected found/o --json
as lab
record reply "$advisory" --status fixed --fixed-in model2.bin >/dev/null
like "an answer is shown" "$(headwater affected poison)" \
	"*record ${advisory:0:12}
             answered: fixed  by lab, record *"
like "what is warned of stands in the tree too" "$(headwater trace model.q)" \
	"*lab/words, words  advisory ${advisory:0:12}*"
for bad in '--as A' '--clean lab' '--clean lab/x/' '--limit 0' '--limit 1001'; do
	# shellcheck disable=SC2086 # an option and its value
	run 2 "$bad is usage" headwater affected poison $bad
done

# ---- absent ----

run 0 "a clean release" headwater absent poison --release lab/release/2.0
like "is proven clean, by each set" "$OUT" "*absent  in all that was used for $(digest model2.bin | cut -c1-23)…  lab/release
  not in   $(digest model2.bin | cut -c1-23)…  lab/train  by lab, record *  (a single file)
  not in   *  lab/words  by lab, record *  (lines * and * of 299)
checked  each record by its proof and signature, each list in it, each line of a manifest
proven   absent by lab's signed, complete lists and those that it cites, for these exact bytes
not checked: that the manifests are sorted throughout*
not known: whether the log shows all that lab recorded and withdrew*"
run 1 "a poisoned one" headwater absent poison --release lab/release/1.0
like "is shown to be, with the way" "$OUT" "*present  in what was used for $(digest model.q | cut -c1-23)…  lab/release
  in       sha256:${old:0:16}…  lab/words  by lab, record ${words_id:0:12}  (line * of 300)
  went into $(digest model.bin | cut -c1-23)…  lab/train  by lab, record ${train_id:0:12}
  went into $(digest model.q | cut -c1-23)…  lab/quantize  by lab, record *"
run 0 "an artifact" headwater absent poison --of model2.bin --as lab
run 1 "the file itself" headwater absent model.q --of model.q --as lab
run 3 "by somebody else's lists" headwater absent poison --of model2.bin --as watch
like "is unknown, with the gap" "$OUT" "*unknown  in all that was used for *
  gap      $(digest model2.bin | cut -c1-23)…  no record of the asked principal, nor one that it cites, describes it"
record run --name lab/more --input dataset=words --output weights=open.bin -- \
	sh -c 'cat words/9 >open.bin' >/dev/null
run 3 "a list that is not signed as complete" headwater absent poison \
	--of open.bin --as lab
like "is a gap" "$OUT" "*gap *its record does not sign its list of inputs as complete*"
run 0 "--json" headwater absent poison --release lab/release/2.0 --json
is "has each artifact and set" \
	"$(jq -c '[.verdict, .as, (.artifacts[0].nodes | map(.by))]' <<<"$OUT")" \
	'["absent","lab",["file","manifest"]]'
run 3 "a release that is not there" headwater absent poison --release lab/release/3
run 2 "of what?" headwater absent poison
run 2 "of both" headwater absent poison --of model.q --release lab/release/1.0
run 2 "by whose lists?" headwater absent poison --of model.q
run 2 "not a release" headwater absent poison --release lab

# ---- contaminated ----

mkdir bench heldout && cp words/300 bench/x
for i in $(seq 20); do echo "b$i" >"bench/$i" && echo "h$i" >"heldout/$i"; done
record dataset bench --name lab/bench >/dev/null && upload bench
record dataset heldout --name lab/heldout >/dev/null && upload heldout
run 3 "what was not evaluated" headwater contaminated lab/release/2.0
like "is unknown" "$OUT" "unknown *because *no evaluation of it*names a benchmark"
record evaluation --name lab/good --of model2.bin --benchmark heldout \
	--metric a=1 >/dev/null
run 1 "a benchmark that was held out" headwater contaminated lab/release/2.0
like "is clean, by each set" "$OUT" "clean *  0 of 20 files of *heldout  in * of 299
checked  all lines of these manifests, here*proven   clean by lab's signed, complete lists*"
evaluation=$(record evaluation --name lab/bad --of model.bin --benchmark bench \
	--metric a=2)
run 0 "a file that was trained on" headwater contaminated lab/release/1.0
like "is found, in what the release was made from" "$OUT" \
	"contaminated *  1 of 21 files of *bench  in sha256:${old:0:16}…  of 300
    $(digest bench/x | cut -c1-23)…  x  is  300*"
run 0 "an evaluation alone" headwater contaminated "$evaluation" --as lab --json
is "in JSON" "$(jq -c '[.verdict, (.pairs | map(.shared) | add)]' <<<"$OUT")" \
	'["contaminated",1]'
run 1 "an artifact" headwater contaminated model2.bin --as lab
run 2 "by whose lists?" headwater contaminated model2.bin
mkdir closed && echo closed >closed/a
record evaluation --name lab/closed --of model2.bin --benchmark closed \
	--metric a=1 >/dev/null
run 3 "a benchmark that is not disclosed" headwater contaminated lab/release/2.0
like "is the gap" "$OUT" "*because  sha256:*"
done_testing
