#!/usr/bin/env bash
# headwater record license: the exact text, and what it takes in, from files and
# from a server that behaves, and one that does not; whether terms have drifted.
. tests/api/lib.sh
. tests/api/client.sh
new_log
person lab
person clerk
start_daemon || exit 1
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY
SERVER=$PWD/tests/api/licenses.py
mkdir "$WORK/here" "$WORK/web" && cd "$WORK/here" || exit 1
python3 "$SERVER" "$WORK/web" "$WORK/port" 2>/dev/null &
WEB=$!
end_web() {
	kill "$WEB" 2>/dev/null
	clean_up
}
trap end_web EXIT
until [ -s "$WORK/port" ]; do sleep 0.05; done
AT=http://127.0.0.1:$(cat "$WORK/port")
text_of() { sha256sum "$1" | cut -d' ' -f1; }
drift() { curl -s "$URL/v1/licenses/$1/drift"; }

# ---- from a file ----

as lab
printf 'Permission is hereby granted, free of charge\n' >mit
run 0 "a text is recorded" headwater record license mit --name lab/licences/mit \
	--license MIT --source https://example.org/mit \
	--fetched-on 2026-01-31T00:00:00Z --description 'As it was'
mit=$OUT
is "as its sha256 and attachment" \
	"$(statement "$mit" | jq -c '.subject, .predicate')" \
	"[{\"name\":\"lab/licences/mit\",\"digest\":{\"sha256\":\"$(text_of mit)\"}}]
{\"description\":\"As it was\",\"attachments\":[{\"name\":\"text\",\"mediaType\":\"text/plain\",\"digest\":{\"sha256\":\"$(text_of mit)\"},\"size\":\"45\"}],\"license\":\"MIT\",\"source\":\"https://example.org/mit\",\"fetchedOn\":\"2026-01-31T00:00:00Z\"}"
is "and the log has the text" \
	"$(curl -s "$URL/v1/blobs/sha256:$(text_of mit)")" "$(cat mit)"
is "nothing has drifted" "$(drift "$mit" | jq -c \
	'.drift.known, .drift.changed, (.snapshots | length), .rests')" \
	"$(printf 'true\nfalse\n1\n[]')"
run 0 "a data set rests on it" headwater record dataset mit --name lab/data \
	--license MIT --license-text mit
data=$OUT
is "which is shown" "$(drift "sha256:$(text_of mit)" |
	jq -c '[.rests[] | .id, .old]')" "[\"$data\",false]"

run 0 "any id is recorded" headwater record dataset mit --name lab/odd \
	--license 'GPL-2.0+ OR Ours-1.0 OR LicenseRef-ours' --dry-run
like "but that no list has one is said" "$ERR" \
	"*warning: --license: Ours-1.0 is in no list that is known here*"
like "and that one is deprecated" "$ERR" "*warning: --license: GPL-2.0 is deprecated*"
case $ERR in
*LicenseRef*) report 1 "a reference is no riddle" ;;
*) report 0 "a reference is no riddle" ;;
esac

# ---- from the web, with what it takes in ----

printf 'Terms 1.\nUse as %s/policy says, as updated from time to time.\n' "$AT" \
	>"$WORK/web/terms"
printf 'Be good. See %s/terms\n' "$AT" >"$WORK/web/policy"
run 0 "a text is fetched" headwater record license --url "$AT/terms" \
	--name lab/licences/terms --license LicenseRef-terms --mutable yes \
	--clause 'as updated from time to time' --incorporates "$AT/policy" \
	--mutable-document "$AT/policy"
terms=$OUT
first=$(text_of "$WORK/web/terms")
policy=$(text_of "$WORK/web/policy")
is "with its clause, and the document with its own" \
	"$(statement "$terms" | jq -c '.predicate |
		[.license, .source, .mutable, .clause, (.incorporates[] |
			.source, .digest.sha256, .mutable, .clause)]')" \
	"[\"LicenseRef-terms\",\"$AT/terms\",\"yes\",\"as updated from time to time\",\"$AT/policy\",\"$policy\",\"yes\",\"Use as $AT/policy says, as updated from time to time.\"]"
like "the day is said" "$(statement "$terms" | jq -r .predicate.fetchedOn)" \
	"20[0-9][0-9]-*Z"
like "the document is a snapshot of its own" "$ERR" \
	"*recorded beside it: lab/licences/terms/incorporated-1, *"
is "and a blob" "$(curl -s "$URL/v1/blobs/sha256:$policy")" \
	"$(cat "$WORK/web/policy")"
is "both are found by their URLs" "$(drift "$terms" | jq -c '[.drift.documents[] |
	[.source, .depth, .sha256, .mutable, .changed]]')" \
	"[[\"$AT/terms\",0,\"$first\",true,false],[\"$AT/policy\",1,\"$policy\",true,false]]"

run 0 "a model rests on the terms" headwater record model mit --name lab/model \
	--license LicenseRef-terms --license-text "$terms"
model=$OUT
printf 'Terms 2.\nUse as %s/policy says.\nAnd no more.\n' "$AT" >"$WORK/web/terms"
as clerk
run 0 "another sees that they have changed" headwater record license \
	--url "$AT/moved" --name clerk/moved --license LicenseRef-terms
like "a redirect is told" "$ERR" "*$AT/moved: found at $AT/terms*"
is "at another URL, which is no drift" "$(drift "$terms" | jq .drift.changed)" false
run 0 "and at the same" headwater record license --url "$AT/terms" \
	--name clerk/terms --license LicenseRef-terms
second=$(text_of "$WORK/web/terms")
is "which is drift, by whom" "$(drift "$terms" | jq -c '[.drift.changed] +
	[.drift.documents[0].newest | .sha256, .principal]')" \
	"[true,\"$second\",\"clerk\"]"
is "and flags what rests on the older" "$(drift "sha256:$second" | jq -c \
	'[.drift.changed, (.rests[] | .id, .text, .old)]')" \
	"[false,\"$model\",\"$first\",true]"
printf 'Be better.\n' >"$WORK/web/policy"
run 0 "a policy changes" headwater record license --url "$AT/policy" \
	--name clerk/policy --license LicenseRef-policy
is "which changes the terms too" "$(drift "$terms" | jq -c \
	'[.drift.documents[] | .changed]')" "[true,true]"
is "the newest come first" "$(drift "$terms" | jq -c \
	'[.snapshots[].index] == ([.snapshots[].index] | sort | reverse)')" true

# ---- circles ----

as lab
printf 'A takes in %s/b\n' "$AT" >"$WORK/web/a"
printf 'B takes in %s/a\n' "$AT" >"$WORK/web/b"
run 0 "one takes in another" headwater record license --url "$AT/a" \
	--name lab/a --license LicenseRef-a --incorporates "$AT/b" -q
circle=$OUT
run 0 "which takes it in" headwater record license --url "$AT/b" \
	--name lab/b --license LicenseRef-b --incorporates "$AT/a" -q
is "the circle ends, and is said" "$(drift "$circle" | jq -c '.drift |
	[.circular, (.documents | length)]')" "[true,2]"

# ---- what is not there ----

run 1 "a document that is gone" headwater record license --url "$AT/terms" \
	--name lab/gap --license LicenseRef-terms --incorporates "$AT/none"
like "is said" "$ERR" "*$AT/none: it answers 404*"
run 0 "unless it may be missing" headwater record license --url "$AT/terms" \
	--name lab/gap --license LicenseRef-terms --incorporates "$AT/none" \
	--allow-missing
like "and its clause, which the text has not" "$ERR" \
	"*the text does not name $AT/none: no clause is recorded*"
is "then it is a gap" "$(drift "$OUT" | jq -c '.drift.notFetched')" true
before=$(curl -s "$URL/checkpoint" | sed -n 2p)
while IFS='|' read -r status options sentence; do
	# shellcheck disable=SC2086 # options and their values
	run "$status" "refused: $options" headwater record license $options
	like "and says why" "$ERR" "*$sentence*"
done <<EOL
3|--url $AT/large --name lab/x --license MIT|longer than 1048576 bytes
3|--url $AT/loop --name lab/x --license MIT|more than 5 redirects
1|--url $AT/picture --name lab/x --license MIT|its type is image/png; a text is needed
1|--url $AT/none --name lab/x --license MIT|it answers 404
2|--url file:///etc/passwd --name lab/x --license MIT|not a URL
2|--url $AT/terms#a --name lab/x --license MIT|give it without #
2|--url $AT/terms --name lab/x|--license is missing: which licence is it the text of?
2|--name lab/x --license MIT|a FILE, or --url URL, and not both
2|mit --url $AT/terms --name lab/x --license MIT|a FILE, or --url URL, and not both
2|--url $AT/terms --source $AT/b --name lab/x --license MIT|--source and --fetched-on are for a FILE
2|--url $AT/terms --name lab/x --license MIT --mutable-document $AT/b|it is none of those given with --incorporates
2|mit --name lab/x --license GPL,MIT|predicate.license
2|mit --name lab/x --license MIT --mutable perhaps|predicate.mutable
2|mit --name lab/x --license MIT --fetched-on today|predicate.fetchedOn
EOL
is "and nothing was recorded" "$(curl -s "$URL/checkpoint" | sed -n 2p)" "$before"
run 0 "nothing is fetched for --help" headwater record license --help
run 0 "--dry-run records nothing" headwater record license --url "$AT/a" \
	--name lab/x --license MIT --incorporates "$AT/b" --dry-run
is "and shows all" "$(jq -c '.predicate.incorporates | length' <<<"$OUT")" 1
is "the log is as it was" "$(curl -s "$URL/checkpoint" | sed -n 2p)" "$before"

# ---- the call ----

status() { curl -s -o "$WORK/answer" -w '%{http_code}' "$URL/v1/licenses/$1"; }
is "no such record" "$(status "$(sha256 none)/drift")" 404
is "a record that is no licence" "$(status "$data/drift")" 404
is "no such text" "$(status "sha256:$(sha256 none)/drift")" 404
is "no id" "$(status MIT/drift)" 400
like "says what is" "$(jq -r .detail "$WORK/answer")" \
	"license: 64 lower-case hex digits are a record's id, sha256:*"
is "another digest" "$(status "sha1:$(printf '%040d' 0)/drift")" 400

# ---- of a release, and of all that went into it ----

printf 'one two\n' >words
printf 'weights\n' >weights
printf '#!/bin/sh\ncat words >/dev/null\n' >train && chmod +x train
printf 'Not for money.\n' >nc
as lab
run 0 "words that are not for money" headwater record dataset words \
	--name lab/words --license CC-BY-NC-4.0 -q
run 0 "a tool that is share-alike" headwater record code train \
	--name lab/train --license GPL-3.0-only -q
run 0 "a run" headwater record run --name lab/run --stage train \
	--input dataset=words --input code=train --output weights=weights \
	--complete dataset --complete code -q -- ./train
run 0 "a model under the terms" headwater record model weights --name lab/net \
	--license LicenseRef-terms --license-text "$terms" -q
run 0 "a release under MIT" headwater record release weights --name lab/net-release \
	--version 1 --license MIT --license-text mit \
	--component model-card=,name=model-card.md -q
run 1 "its licences: things are in the way" headwater licenses lab/net-release/1
like "the claim is told with its facts" "$OUT" \
	"*lab/net-release 1*claim: MIT  known osi fsf open permissive*"
for what in 'no-licence' 'non-commercial*words*CC-BY-NC-4.0 forbids commercial use' \
	'share-alike*GPL-3.0-only asks that what is made of it has the same licence' \
	'contradicted*MIT counts, but a record of lab says LicenseRef-terms' \
	'no-text*CC-BY-NC-4.0, but no text of it was pinned'; do
	like "found: ${what%%\**}" "$OUT" "*$what*"
done
run 1 "of the model alone" headwater licenses weights --as lab --json
is "the same judge, as JSON" "$(jq -c '.licensing.as, .licensing.claim.license' \
	<<<"$OUT")" "$(printf '"lab"\n"MIT"')"
run 0 "a release under the terms" headwater record release weights \
	--name lab/net-release --version 2 --license LicenseRef-terms \
	--license-text "$terms" -q
run 1 "which have drifted" headwater licenses lab/net-release/2
like "is found" "$OUT" "*drifted  *the text has changed at $AT/terms: lab saw *"
like "a policy too" "$OUT" "*a document that it takes in has changed at $AT/policy*"
like "with the difference" "$OUT" "*drifted: $AT/terms
--- sha256:${first:0:16}*
+++ sha256:${second:0:16}*  seen by lab
@@ -1,2 +1,3 @@
-Terms 1.
-Use as $AT/policy says, as updated from time to time.
+Terms 2.
+Use as $AT/policy says.
+And no more.*"
run 1 "and as JSON" headwater licenses lab/net-release/2 --json
is "line by line" "$(jq -c '[.differences[] | .source, .gone, .come]' <<<"$OUT")" \
	"[\"$AT/terms\",2,3,\"$AT/policy\",1,1]"
run 1 "what if?" headwater licenses lab/net-release/1 --claim GPL-3.0-only
like "then the code is no conflict" "$OUT" "*supposed claim: GPL-3.0-only*"
like "and the words are" "$OUT" "*CC-BY-NC-4.0 forbids commercial use*"
case $OUT in
*share-alike\ \ *) report 1 "no share-alike is found" ;;
*) report 0 "no share-alike is found" ;;
esac
call() { curl -s "$URL/v1/licensing/$1"; }
weights=$(digest weights)
is "the log judges by the same code" "$(call "$weights?as=lab" | jq -c .findings)" \
	"$(headwater licenses weights --as lab --json | jq -c .licensing.findings)"
is "and says whose word it took" "$(call "$weights" | jq -c \
	'[.as, .release.version, .claim.license]')" '["lab","2","LicenseRef-terms"]'
is "what if?" "$(call "$weights?claim=GPL-3.0-only" | jq -c '.claim |
	[.license, .supposed]')" '["GPL-3.0-only",true]'
is "nothing is known of it" "$(call "sha256:$(sha256 none)" | jq .status)" 404
is "no digest" "$(call weights | jq .status)" 400
is "no licence" "$(call "$weights?claim=A:B" | jq -r .detail)" \
	'claim: no licence id: "A:B"'
printf 'clean\n' >clean
run 0 "one that is clean" headwater record model clean --name lab/clean \
	--license MIT -q
run 0 "and its release" headwater record release clean --name lab/clean-release \
	--version 1 --license MIT --license-text mit -q
# a URI of characters that no query may hold
echo 'Terms of the ~ kind' >tilde
ok "a text from an odd place" headwater record license tilde \
	--name lab/licences/odd --license LicenseRef-odd -q \
	--source 'https://example.org/~terms?version=1&lang=en'
echo odd >odd
ok "something that rests on it" headwater record dataset odd --name lab/odd \
	--license LicenseRef-odd --license-text tilde -q
ok "is released" headwater record release odd --name lab/odd-release --version 1 -q
headwater licenses lab/odd-release/1 >"$WORK/odd" 2>&1
like "and can be looked into" "$(cat "$WORK/odd")" "*LicenseRef-odd*"
source=$(printf %s 'https://example.org/~terms?version=1&lang=en' | sha256sum | cut -d' ' -f1)
is "by the sha256 of the place" "$(curl -s "$URL/v1/records?source=sha256:$source" |
	jq '.records | length')" 1

run 0 "nothing is in the way" headwater licenses lab/clean-release/1
run 2 "no expression" headwater licenses lab/clean-release/1 --claim 'MIT OR'
like "is said" "$ERR" "*claim: a licence is missing at the end*"
run 1 "no such release" headwater licenses lab/clean-release/9

run 0 "a withdrawn snapshot" headwater record withdrawal "$mit" \
	--reason "no longer offered" -q
is "is none" "$(drift "sha256:$(text_of mit)" | jq -r .status)" 404
is "by its own id neither" "$(drift "$mit" | jq -r .status)" 404
done_testing
