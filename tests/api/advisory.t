#!/usr/bin/env bash
# headwater record advisory and reply: what stands in them, what is shown, and
# what is refused.
. tests/api/lib.sh
. tests/api/client.sh
new_log
person lab
person watch
start_daemon || exit 1
mkdir "$WORK/here" && cd "$WORK/here" || exit 1

as lab
mkdir set && echo one >set/a && echo two >set/b && : >set/empty
headwater record dataset set --name lab/set -q >/dev/null
headwater record model set/a --name lab/model -q >/dev/null

# ---- a warning ----

as watch
run 0 "a file is warned of" headwater record advisory set/a --reason poison \
	--severity high --action exclude --description 'Found by hand'
first=$OUT
is "by its digest and name" "$(statement "$first" | jq -c .subject)" \
	"[{\"name\":\"a\",\"digest\":{\"sha256\":\"$(digest set/a | cut -c8-)\"}}]"
is "with what is said of it" "$(statement "$first" | jq -c .predicate)" \
	'{"reason":"poison","severity":"high","action":"exclude","description":"Found by hand"}'
HEADWATER_KEY=$WORK/lab headwater record run --name lab/made --stage train --input dataset=set \
	--output weights=made -- sh -c 'echo made >made' >"$WORK/out" 2>&1
report $? "a run has it"
run 0 "what was made of it" headwater find made
like "is found with the warning" "$OUT" "*advisory*${first:0:16}  against *"
is "in JSON too" "$(headwater find made --json | jq -c '[.asked[0].advisories[] |
	[.id, .count]] | unique')" "[[\"$first\",1]]"
is "what has none has none" "$(headwater find set/b --json |
	jq -c '.asked[0].advisories')" "[]"
run 0 "a folder is warned of" headwater record advisory set sha256:"$(sha256 x)" \
	--reason opt-out --severity low --action note
second=$OUT
is "as a set, and file by file, but for empty ones" \
	"$(statement "$second" | jq -c '[.subject[].name]')" \
	"$(for f in a b; do echo "$(digest set/$f) $f"; done | sort |
		awk 'BEGIN { printf "[\"set\"" } { printf ",\"%s\"", $2 } END { print ",null]" }')"
is "the set by both its digests" \
	"$(statement "$second" | jq -c '.subject[0].digest | keys')" \
	'["merkleTreeHash","sha256"]'
mkdir many
for i in $(seq 201); do echo "$i" >"many/$i"; done
run 0 "a large folder" headwater record advisory many --reason bug \
	--severity critical --action recall
is "is a set alone" "$(statement "$OUT" | jq '.subject | length')" 1
like "and that is said" "$ERR" "*201 files are too many to be named one by one*"
run 0 "without key and log" env HEADWATER_HOME="$WORK/none" headwater record \
	advisory set/a --reason copyright --severity medium --action note --dry-run
is "the statement is printed" "$(jq -r .predicate.reason <<<"$OUT")" copyright

while IFS='|' read -r options sentence; do
	# shellcheck disable=SC2086 # options and their values
	run 2 "usage: $options" headwater record advisory $options
	like "says what is needed" "$ERR" "*$sentence*"
done <<'EOL'
--reason bug --severity low --action note|something is missing
set/a --severity low --action note|--reason is missing: one of illegal, poison, propaganda, copyright, opt-out, personal-data, bug, licence
set/a --reason worse --severity low --action note|--reason worse: one of illegal,
set/a --reason bug --action note|--severity is missing: one of low, medium, high, critical
set/a --reason bug --severity Low --action note|--severity Low: one of low,
set/a --reason bug --severity low|--action is missing: one of exclude, recall, note
EOL
run 1 "nothing to warn of" headwater record advisory set/empty --reason bug \
	--severity low --action note
run 3 "a file that is not there" headwater record advisory nowhere --reason bug \
	--severity low --action note

# ---- answers ----

as lab
run 0 "an answer" headwater record reply "$first" --status fixed \
	--fixed-in set/b --description 'Taken out'
reply=$OUT
is "names the advisory and the fix" \
	"$(statement "$reply" | jq -c '[.predicate.inReplyTo.tlogLeaf, .predicate.status, .predicate.fixedIn.digest.sha256, .predicate.description]')" \
	"[\"$first\",\"fixed\",\"$(digest set/b | cut -c8-)\",\"Taken out\"]"
is "and what it is about" "$(statement "$reply" | jq -c .subject)" \
	"$(statement "$first" | jq -c .subject)"
run 0 "an answer about some" headwater record reply "$second" --of set/b \
	--status rejected
is "names those" "$(statement "$OUT" | jq -c '[.subject[].name]')" '["b"]'
run 1 "not about what the advisory does not name" headwater record reply \
	"$first" --of set/b --status accepted
like "says so" "$ERR" "*--of set/b: the advisory does not name it*"
run 2 "an answer to an answer" headwater record reply "$reply" --status accepted
like "is none" "$ERR" "*not an advisory, it is a reply to one*"
model=$(curl -sf "$URL/v1/records?name=lab/model" | jq -r '.records[0].id')
run 2 "an answer to a model" headwater record reply "$model" --status accepted
like "is none either" "$ERR" "*not an advisory, it is of the kind model*"
run 2 "without a status" headwater record reply "$first"
like "says what there is" "$ERR" "*--status is missing: one of accepted, rejected, fixed*"
run 2 "fixed in, but not fixed" headwater record reply "$first" \
	--status accepted --fixed-in set/b
run 1 "an advisory that is not there" headwater record reply \
	"$(sha256 nothing)" --status accepted

# ---- shown ----

run 0 "the advisory is shown" headwater show "$first"
like "with all that it says" "$OUT" "advisory*signed by    watch*digest       sha256:*a*reason       poison*severity     high*wished       exclude*description  Found by hand"
run 0 "one of several" headwater show "$second"
like "its further subjects are no parts" "$OUT" "*also about   sha256:*"
is "none of them" "$(grep -c ' part ' <<<"$OUT")" 0
run 0 "the answer is shown" headwater show "$reply"
like "with all that it says" "$OUT" "*in reply to  $first*status       fixed*fixed in     sha256:*b*description  Taken out"
set=$(curl -sf "$URL/v1/records?name=lab/set" | jq -r '.records[0].id')
run 0 "a data set is shown" headwater show "$set"
like "with its manifest" "$OUT" "*attached     sha256:*manifest, text/plain, 208 bytes"
done_testing
