#!/bin/bash
# Manifests that are wrong, each in its way: whoever is given one says so in one
# sentence, and nothing has changed afterwards.
. tests/api/lib.sh
. tests/api/client.sh

new_log
person lab
start_daemon || exit 1
as lab
VECTORS=$PWD/schema/vectors/manifest
mkdir "$WORK/here" && cd "$WORK/here" || exit 1
echo file >file
mkdir folder
cp file folder/inside

for bad in "$VECTORS"/invalid-*.txt; do
	name=$(basename "$bad" .txt)
	cp "$bad" "$name"
done
head -c 100 "$VECTORS/valid-three.txt" >invalid-truncated
gzip -c "$VECTORS/valid-three.txt" >invalid-packed
head -c 64M /dev/zero | gzip -9 >invalid-bomb
printf '%s  a\n' "$(sha256sum <file | cut -d' ' -f1)" | iconv -t UTF-16 >invalid-utf-16

# one_sentence NAME: of what a command said, the last line alone is an error
one_sentence() {
	is "$1: in one sentence" "$(grep -c '^headwater: ' <<<"$ERR")" 1
}
# What there is to be changed.
state() {
	entries
	find "$WORK/data/blobs" "$HEADWATER_HOME" -type f -path '*blobs*' -o \
		-path '*manifests*' -type f | sort
	ls
}
state >"$WORK/before"

for bad in invalid-*; do
	case $bad in
	*path-twice* | invalid-empty) continue ;; # no line is wrong
	esac
	headwater disclose "$bad" file >"$WORK/out" 2>"$WORK/err" </dev/null
	is "$bad: disclose" "$?" 3
	ERR=$(cat "$WORK/err")
	one_sentence "$bad"
	run 1 "$bad: exclude" headwater exclude "$bad" folder -o new
	one_sentence "$bad"
	ok "$bad: nothing was made" test ! -e new
	headwater upload "$bad" >"$WORK/out" 2>"$WORK/err" </dev/null
	is "$bad: upload" "$?" 1
	ERR=$(cat "$WORK/err")
	one_sentence "$bad"
	state >"$WORK/after"
	ok "$bad: nothing has changed" cmp "$WORK/before" "$WORK/after"
done
done_testing
