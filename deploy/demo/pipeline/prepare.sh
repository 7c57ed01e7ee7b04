#!/bin/sh
# prepare.sh OUT LIST...: makes training shards and held-out words from word
# lists.  The same lists give the same bytes on every machine: byte order, no
# randomness, every k-th word of a list so that each language counts alike.
set -eu
export LC_ALL=C
per_language=40000

out=$1
shift
mkdir -p "$out/shards" "$out/heldout"
for list; do
	language=$(basename "$list")
	# words of at least four bytes, letters only (any UTF-8 above ASCII)
	awk 'length($0) > 3 && !/[^a-zA-Z\200-\377]/' "$list" | sort -u |
		awk -v label="__label__$language" -v want="$per_language" \
			-v train="$out/shards/$language.txt" \
			-v heldout="$out/heldout/$language.txt" '
		{ word[NR] = $0 }
		END {
			step = NR > want ? NR / want : 1
			for (i = 0; int(i * step) < NR && i < want; i++) {
				file = i % 16 == 15 ? heldout : train
				print label " " word[int(i * step) + 1] > file
			}
		}'
done
