#!/usr/bin/env bash
# A salted set: single files of it are shown later, and nothing else.
. tests/api/lib.sh
. tests/api/client.sh
new_log
person lab
person other
start_daemon || exit 1
as lab
mkdir "$WORK/here" && cd "$WORK/here" || exit 1

of() { sha256sum "$1" | cut -d' ' -f1; }
mkdir -p set/sub
for i in $(seq 100); do echo "$i" >"set/sub/f$i"; done
run 0 "a salted set is recorded" headwater record dataset set --name lab/set --salted
id=$OUT
digest=$(statement "$id" | jq -r '.subject[0].digest.sha256')

run 0 "files of it are opened, by their paths" headwater disclose "$id" sub/f7 sub/f9 \
	-o openings
is "two of a hundred" "$(jq -r '.openings[] | [.line[99:], .size] | join(" ")' \
	openings | sort | paste -sd,)" "sub/f7 100,sub/f9 100"
is "of this set" "$(jq -r .digest.sha256 openings)" "$digest"
run 0 "by a file that is here" headwater disclose "sha256:$digest" set/sub/f7
is "one" "$(jq -r '.openings | length' <<<"$OUT")" 1
run 0 "or by its digest" headwater disclose "${id:0:10}" "sha256:$(of set/sub/f8)"
like "which is that file" "$(jq -r '.openings[0].line' <<<"$OUT")" "*  sub/f8"
kept=$(echo "$HEADWATER_HOME"/logs/*/manifests/"$digest.manifest")
HEADWATER_HOME=$WORK/nowhere run 0 "the manifest alone is enough" \
	headwater disclose "$kept" sub/f7
run 1 "what is not in it" headwater disclose "$id" sub/f7 elsewhere
like "is named" "$ERR" "*elsewhere: not in the set*"
run 3 "an open manifest is none" sh -c \
	'headwater manifest set -o open -q >/dev/null; headwater disclose open sub/f7'
run 2 "a file is needed" headwater disclose "$id"

# ---- who gets them ----

as other
run 0 "whoever gets them sees that the file is in" headwater contains "sha256:$digest" \
	set/sub/f7 --openings openings
run 3 "and of the others, nothing" headwater contains "sha256:$digest" set/sub/f8 \
	--openings openings
is "the manifest is not in the log" "$(status_of "$URL/v1/blobs/sha256:$digest")" 404
as lab
run 0 "openings are published" headwater record disclosure openings
is "as a record of the set" "$(statement "$OUT" |
	jq -c '[.predicateType, .subject[0].digest.sha256, (.predicate.openings | length)]')" \
	"[\"https://headwater/disclosure/v1\",\"$digest\",2]"
like "which show tells" "$(headwater show "$OUT")" "*sub/f7*"
shard=sha256:$(of set/sub/f7)
headwater record run --name lab/train --stage train --input "dataset=sha256:$digest" \
	--output weights=set/sub/f100 --complete dataset -- true >"$WORK/out" 2>&1
report $? "a run has the set"
weights=sha256:$(of set/sub/f100)
entry=$(curl -sf "$URL/v1/records?kind=disclosure" | jq .records[0].index)
is "what came of an opened file" "$(curl -s "$URL/v1/shards/$shard" |
	jq -c '[.datasets[] | [.digest, .name, .by, .disclosure, .line[99:]]]')" \
	"[[\"sha256:$digest\",\"lab/set\",\"opening\",$entry,\"sub/f7\"]]"
is "the set, and what was made of it" "$(curl -s "$URL/v1/shards/$shard?as=lab" |
	jq -c '[.hits[] | [.digest, .kind, .level, .path[0].by]]')" \
	"[[\"sha256:$digest\",\"direct\",1,\"opening\"],[\"$weights\",\"direct\",1,\"opening\"]]"
run 0 "affected" headwater affected set/sub/f7
like "says who opened it" "$OUT" "*lab/set*: sub/f7, opened by entry $entry*"
run 1 "what was not opened is not known" headwater affected set/sub/f8
jq -c '.openings[0].index = "5"' openings >forged
run 1 "a forged one is refused here" headwater record disclosure forged
like "and named" "$ERR" "*forged: openings?0?: *does not verify*"
run 3 "what is none" headwater record disclosure "$kept"
printf 'x' | dd of="$kept" bs=1 seek=3 conv=notrunc 2>/dev/null
run 3 "a manifest that was damaged" headwater disclose "$id" sub/f7
run 0 "another one" headwater record dataset set --name lab/set --version 2 --salted
id=$OUT
digest=$(statement "$id" | jq -r '.subject[0].digest.sha256')
kept=$(echo "$HEADWATER_HOME"/logs/*/manifests/"$digest.manifest")
sed -i '50d' "$kept"
run 1 "or that lacks a line" headwater disclose "$id" "$(sed -n '1s/.*  //p' "$kept")"
like "is said to be damaged" "$ERR" "*damaged*"
done_testing
