#!/usr/bin/env bash
# headwater contains: is this file in that set?  Each way to know it, and what is
# not known.
. tests/api/lib.sh
. tests/api/client.sh
new_log
person lab
person other
start_daemon || exit 1
mkdir "$WORK/here" && cd "$WORK/here" || exit 1

# upload FOLDER: its manifest, as this client kept it.
upload() {
	local hex
	hex=$(manifest_of "$1")
	curl -sf -T "$(echo "$HEADWATER_HOME"/logs/*/manifests/"$hex.manifest")" \
		"$URL/v1/blobs/sha256:$hex"
}

manifest_of() {
	(cd "$1" && find . -type f -printf '%P\0' | xargs -0 sha256sum |
		LC_ALL=C sort | sha256sum | cut -d' ' -f1)
}

as lab
mkdir set many listed
for i in $(seq 300); do echo "$i" >"many/$i"; done
echo one >listed/a
echo two >listed/b
id=$(headwater record dataset many --name lab/many --no-upload -q)
upload many >/dev/null || echo "# no upload"
many=sha256:$(manifest_of many)
headwater record dataset listed --name lab/listed --no-upload --complete shard -q >/dev/null
echo single >single
headwater record dataset single --name lab/single -q >/dev/null

# ---- by the manifest ----

run 0 "a file is in" headwater contains "$many" many/7
like "by one line" "$OUT" "in  $(digest many/7 | cut -c1-23)…  many/7
is        line *  $(digest many/7 | cut -c8-)  7
set      $many  lab/many
record   $id
checked  it is one of the set's 300 lines, whose root the record signed
checked  the record is entry 1 of $ORIGIN, whose key signed a tree of *
checked  signed by lab (SHA256:*)
not checked: whether the record was withdrawn since"
run 0 "the set by its folder, the file by its digest" headwater contains many \
	"$(digest many/7)"
run 0 "the set by its record" headwater contains "${id:0:10}" many/7
run 1 "a file is not in" headwater contains "$many" single
like "by its two neighbours" "$OUT" "not in  *above     line *below     line *checked  these two stand side by side of the set's 300 lines*not checked: that the rest of the manifest is sorted: the log says that it checked; --whole checks it here*"
is "with nothing on stderr" "$ERR" ""
run 1 "with the whole manifest" headwater contains "$many" single --whole
like "its order is checked" "$OUT" "*checked  the whole manifest is sorted, each line once, and is the one that was signed*"
is "and nothing is left to the log" "$(grep -c 'log says' <<<"$OUT")" 0
run 0 "also of what is in" headwater contains "$many" many/300 --whole
run 1 "below the first" headwater contains "$many" "sha256:$(printf '%064d' 1)"
like "by one line" "$OUT" "*below     line 1  *checked  it is one of*"
run 1 "above the last" headwater contains "$many" "sha256:$(printf '%064d' 0 |
	tr 0 f)"
like "by the last line" "$OUT" "*above     line 300  *"
run 0 "--json" headwater contains "$many" many/7 --json
is "has the verdict and its proof" \
	"$(jq -c '[.verdict, .by, .record, .principal, .size, (.lines | length), .sortedCheckedBy]' <<<"$OUT")" \
	"[\"in\",\"manifest\",\"$id\",\"lab\",300,1,[\"log\"]]"
run 1 "--json --whole" headwater contains "$many" single --json --whole
is "says who checked the order" "$(jq -c '[.verdict, .sortedCheckedBy]' <<<"$OUT")" \
	'["not-in",["log","client"]]'

# ---- by a list, by a file ----

run 0 "a listed file" headwater contains listed listed/a
like "is in by the record" "$OUT" "*checked  the record lists it among its files*"
run 1 "a file that is not listed" headwater contains listed single
like "is not in by a complete list" "$OUT" "*checked  the record signs its list of files as complete, and it is not listed*"
run 1 "another file than a single one" headwater contains single listed/a
like "is not in it" "$OUT" "*checked  by the record it is a single file, another one*"
run 0 "a single file" headwater contains single single
run 2 "a manifest that is not there" headwater contains listed single --whole
like "cannot be checked" "$ERR" "*the log holds no manifest of this set*"

# ---- what is not known ----

as other
mkdir open && echo one >open/a
headwater record dataset open --name other/open --no-upload -q >/dev/null
run 0 "what is listed is known" headwater contains open open/a
run 3 "an incomplete list shows no absence" headwater contains open single
like "says why" "$OUT" "unknown  *because  its manifest is not here, and its record does not sign its list of files as complete"
run 3 "a set that nobody recorded" headwater contains "$(digest listed/a)" single
like "is unknown" "$OUT" "unknown*because *"
run 3 "--json" headwater contains open single --json
is "says it too" "$(jq -r .verdict <<<"$OUT")" unknown
run 3 "as somebody who recorded nothing" headwater contains "$many" many/7 \
	--as other
run 0 "as its publisher" headwater contains "$many" many/7 --as lab
run 2 "as nobody" headwater contains "$many" many/7 --as 'L B'
run 2 "without a file" headwater contains "$many"
run 2 "a git commit is no file" headwater contains "$many" \
	gitCommit:da39a3ee5e6b4b0d3255bfef95601890afd80709
run 3 "a file that is not there" headwater contains "$many" nowhere
stop_daemon
run 3 "a log that is not there" headwater contains "$many" many/7
done_testing
