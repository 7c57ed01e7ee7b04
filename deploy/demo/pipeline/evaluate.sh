#!/bin/sh
# evaluate.sh MODEL HELDOUT RESULTS: precision and recall at one on held-out words.
set -eu
export LC_ALL=C
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cat "$2"/*.txt >"$scratch/heldout.txt"
fasttext test "$1" "$scratch/heldout.txt" >"$3"
