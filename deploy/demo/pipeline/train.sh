#!/bin/sh
# train.sh SHARDS MODEL: trains a language identifier on character n-grams.
# Data order: round robin over the shards in byte order of their names.  One
# thread and a fixed seed make fastText exact to the bit.
set -eu
export LC_ALL=C
shards=$1
model=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

paste -d '\n' "$shards"/*.txt | grep . >"$scratch/train.txt"
fasttext supervised -input "$scratch/train.txt" -output "$scratch/model" \
	-dim 10 -bucket 100000 -minCount 2 -minn 3 -maxn 5 -epoch 4 \
	-lr 0.05 -seed 42 -thread 1 -verbose 0
mv "$scratch/model.bin" "$model"
