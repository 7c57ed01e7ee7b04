#!/bin/sh
# quantize.sh MODEL SHARDS SMALL: compresses the model; the shards are needed
# again, since it is tuned on them.
set -eu
export LC_ALL=C
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

paste -d '\n' "$2"/*.txt | grep . >"$scratch/train.txt"
cp "$1" "$scratch/model.bin"
fasttext quantize -input "$scratch/train.txt" -output "$scratch/model" -qnorm \
	-cutoff 50000 -retrain -epoch 2 -lr 0.05 -thread 1 -seed 42 -verbose 0
mv "$scratch/model.ftz" "$3"
