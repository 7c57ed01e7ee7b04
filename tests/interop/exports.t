#!/bin/bash
# A release in the formats of others, judged by their own tools, offline; and that
# each judgement can fail.
. tests/interop/lib.sh
only_plain
need_python exports
. tests/api/client.sh
new_log
person lab
person other
start_daemon || exit 1
top=$PWD
judge() { "$VENV/bin/python" "$top/tests/interop/python/exports.py" "$@"; }
mkdir "$WORK/here" && cd "$WORK/here" || exit 1

# a set of one's own, one that was derived, code, a model of somebody else's, a run
mkdir raw data
echo one >raw/a
echo 'two "quoted" | and piped' >raw/b
cp raw/a data/a
echo 'cat data/* >model' >train.sh
tar -cf code.tar train.sh
echo base >base
as other
headwater record model base --name other/base --license LicenseRef-scancode-gemma \
	-q >/dev/null
as lab
{
	headwater record dataset raw --name lab/raw --source https://example.org/raw \
		--source-category crawled -q &&
		headwater record dataset data --name lab/data --license CC0-1.0 \
			--derived-from source=raw --complete source --availability open -q &&
		headwater record code code.tar --name lab/code --license Apache-2.0 -q &&
		headwater record run --name lab/train --stage train --input dataset=data \
			--input code=code.tar --input base=base --seed seed=1 \
			--param "learning rate=0.1" --complete dataset \
			--output weights=model -q -- sh train.sh &&
		headwater record model model --name lab/model --license MIT -q &&
		headwater record evaluation --of model --name lab/eval --metric f1=0.5 -q &&
		headwater record release model --name lab/rel --version 1.0+x \
			--license MIT --component datasets=data \
			--component training-code=code.tar -q
} >"$WORK/out" 2>&1 || cat "$WORK/out" >&2

for format in spdx cyclonedx prov openlineage croissant mot eu; do
	run 0 "$format" headwater export lab/rel/1.0+x --format $format -o "$WORK/$format"
	curl -s "$URL/v1/releases/lab/rel/1.0%2Bx?format=$format" -o "$WORK/again"
	ok "$format: the log says the same, byte for byte" cmp "$WORK/$format" "$WORK/again"
	ok "$format: its own tools take it" judge judge $format "$WORK/$format"
	passed=
	for way in $(seq 0 $(($(judge ways $format) - 1))); do
		judge break $format "$way" "$WORK/$format" >"$WORK/broken"
		judge judge $format "$WORK/broken" >/dev/null 2>&1 && passed="$passed $way"
	done
	is "$format: broken in each of $((way + 1)) ways it is refused" "$passed" ""
done

# ---- what is not there ----

headwater record release base --name lab/bare --version 1 -q >/dev/null
for format in spdx cyclonedx prov mot eu; do
	run 0 "$format of what nobody of ours describes" \
		headwater export lab/bare/1 --format $format -o "$WORK/bare"
	ok "is right too" judge judge $format "$WORK/bare"
done
run 1 "no run, no events" headwater export lab/bare/1 --format openlineage
like "which is said" "$ERR" "*export: no run is recorded in what this was made of*"
run 1 "no data, no Croissant" headwater export lab/bare/1 --format croissant
run 1 "no release" headwater export lab/none/1 --format spdx
run 2 "no such format" headwater export lab/rel/1.0+x --format word
like "the formats are named" "$ERR" "*--format word: one of spdx, cyclonedx, prov,*"
is "nor in the API" "$(curl -s "$URL/v1/releases/lab/rel/1.0%2Bx?format=word" |
	jq -r '[.status, .detail] | join(" ")')" \
	"400 format: one of spdx, cyclonedx, prov, openlineage, croissant, mot, eu"
is "404 for a release that is not there" "$(curl -s -o /dev/null -w '%{http_code}' \
	"$URL/v1/releases/lab/none/1?format=spdx")" 404
is "and its own type" "$(curl -s -o /dev/null -w '%{content_type}' \
	"$URL/v1/releases/lab/rel/1.0%2Bx?format=cyclonedx")" \
	"application/vnd.cyclonedx+json; version=1.6"
done_testing
