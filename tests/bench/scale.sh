# shellcheck shell=bash
# scale.sh: data sets at full scale.  A part of bench.sh, whose functions it uses.
#
#	hash          a large file and 100,000 small ones, beside openssl,
#	              model_signing, b3sum, and what disk and cores allow
#	manifest      a list of a million files: made here, taken there
#	shard         is a file in it?  over HTTP
#	taint         what came of it, in a small and in a large ledger
#	contaminated  two lists against each other
#
# FULL=1: 8 GiB, 10 million lines.

lines=1000000
gib=1
[ "$full" ] && lines=10000000 && gib=8
cores=$(nproc)

# took ROW WHAT WHO COMMAND...: its time, CPU and memory
took() {
	local line
	line=$("$tools/probe" run "${@:4}" 2>>"$work/servers.log") ||
		say "$1: $3: it failed"
	note "$1" "what=$2" "who=$3" "$line"
}

# ---- hashing ----

make_files() {
	local folder
	mkdir -p "$work/small"
	head -c "${gib}G" /dev/urandom >"$work/large"
	for folder in $(seq -w 0 99); do
		mkdir "$work/small/$folder"
		head -c 4096000 /dev/urandom |
			split -b 4096 -a 3 -d - "$work/small/$folder/"
	done
	sync
}

# Sets peers: those that are here.
find_peers() {
	peers="openssl"
	if command -v b3sum >/dev/null; then
		peers="$peers b3sum"
	else
		skip b3sum "it is not installed"
	fi
	if [ -x "$out/venv/bin/model_signing" ] ||
		{ python3 -m venv "$out/venv" && "$out/venv/bin/pip" install -q \
			model-signing==1.1.1 pyOpenSSL==26.4.0; } \
			>>"$work/servers.log" 2>&1; then
		peers="$peers model_signing"
	else
		skip model_signing "it could not be installed (is PyPI reachable?)"
	fi
}

# Each as it is best used; of many files openssl and b3sum are given as many at
# once as a command line takes, on all cores.
hash_with() { # hash_with WHO PATH
	local batch=("$1")
	case $1 in
	headwater)
		exec "$build/headwater" manifest -q --no-cache "$2"
		;;
	model_signing)
		exec "$out/venv/bin/python" -c '
import pathlib, sys
from model_signing import hashing
hashing.Config().set_ignored_paths(paths=[], ignore_git_paths=True).hash(
    pathlib.Path(sys.argv[1]))' "$2"
		;;
	openssl) batch+=(dgst -sha256) ;;
	esac
	[ -f "$2" ] && exec "${batch[@]}" "$2"
	find "$2" -type f -print0 | xargs -0 -n 1000 -P "$cores" "${batch[@]}"
}
export -f hash_with
export build out cores

hash_in_turn() { # hash_in_turn WHAT PATH WHO...: the same bytes, each in turn
	local who
	for who in "${@:3}"; do
		case $1 in
		*cold) "$tools/bare" drop "$2" >/dev/null ;;
		esac
		took hash "$1" "$who" bash -c 'hash_with "$@"' hash "$who" "$2"
	done
}

bare() { # bare WHAT WHO WORDS...
	case $1 in
	*cold) "$tools/bare" drop "${*: -1}" >/dev/null ;;
	esac
	note hash "what=$1" "who=$2" "$("$tools/bare" "${@:3}")"
}

row_hash() {
	local peers
	make_files
	find_peers
	for _ in $(seq "$repeat"); do
		note hash what=rate who=nettle1 "$("$tools/bare" hash 1 700)"
		note hash what=rate who=nettle "$("$tools/bare" hash "$cores" 700)"
		note hash what=rate who=openssl1 "mb_s=$(openssl speed -elapsed \
			-seconds 1 -bytes 1048576 -mr -evp sha256 2>/dev/null |
			awk -F: '/^\+F/ { printf "%.0f", $4 / 1e6 }')"
		bare large read read "$cores" "$work/large"
		bare large sum sum 1 "$work/large"
		# shellcheck disable=SC2086 # peers are words
		hash_in_turn large "$work/large" headwater $peers
		bare large-cold read read 1 "$work/large"
		bare large-cold read2 read "$cores" "$work/large"
		hash_in_turn large-cold "$work/large" headwater openssl
		bare small read read "$cores" "$work/small"
		bare small sum sum "$cores" "$work/small"
		# shellcheck disable=SC2086
		hash_in_turn small "$work/small" headwater $peers
		bare small-cold read read "$cores" "$work/small"
		hash_in_turn small-cold "$work/small" headwater openssl
	done
	rm -rf "$work/large" "$work/small"
}

# ---- a ledger with a large set, a benchmark, a model of the one and its
# ---- evaluation with the other

publisher() { # publisher LEDGER: who signs with what headwater can use
	ssh-keygen -q -t ed25519 -N '' -C scale -f "$work/$1/scale"
	echo "scale $(cut -d' ' -f1,2 <"$work/$1/scale.pub")" \
		>>"$work/$1/signers"
}

client() { # client LEDGER: the next commands are its publisher's
	export HEADWATER_KEY=$work/$1/scale HEADWATER_HOME=$work/$1/home
	export NO_COLOR=1
	[ -d "$HEADWATER_HOME" ] || "$build/headwater" init \
		"http://127.0.0.1:$hw_port" --vkey "$hw_vkey" >/dev/null 2>&1
}

hwm_mib() { # hwm_mib PID: the most that it had since forget_hwm
	awk '/VmHWM/ { printf "%.1f", $2 / 1024 }' "/proc/$1/status"
}
forget_hwm() { echo 5 >"/proc/$1/clear_refs"; }

# The daemon takes a blob; what it has of the page cache counts in its VmHWM.
put_manifest() {
	local sampler line
	forget_hwm "$hw"
	"$tools/probe" anon $((lines / 40)) "$hw" >"$work/anon" &
	sampler=$!
	line=$("$tools/probe" run curl -sf -T "$work/train.manifest" \
		"http://127.0.0.1:$hw_port/v1/blobs/$train") ||
		say "manifest: the daemon did not take it"
	line=$(sed 's/hwm_mib/curl_mib/' <<<"$line")
	wait "$sampler"
	note manifest what=put who=daemon "lines=$lines" "$line" \
		"hwm_mib=$(hwm_mib "$hw")" "$(cat "$work/anon")"
}

sort_sums() { # what is known to sort well, with the memory that we take
	LC_ALL=C sort -S 64M "$1" | openssl dgst -sha256
}
export -f sort_sums

measure_client() {
	for _ in $(seq "$repeat"); do
		took manifest make headwater "$build/headwater" manifest -q \
			--from-sums "$work/sums" -o "$work/train.manifest"
		took manifest make sort bash -c 'sort_sums "$1"' sort \
			"$work/sums"
	done
	took manifest record headwater "$build/headwater" record dataset -q \
		--from-sums "$work/sums" --name scale/train --no-upload
	note manifest what=hash who=bare \
		"$("$tools/bare" sum 1 "$work/train.manifest")"
}

scale_ledger() {
	if [ "${scale_hw:-}" ]; then
		return
	fi
	make_ledger scale
	publisher scale
	start_ledger scale
	client scale
	scale_hw=$hw_port scale_pids=$hw_pids
	"$tools/lines" "$lines" 1 shuffled >"$work/sums"
	"$tools/lines" $((lines / 10)) 2 shuffled >"$work/held-out"
	measure_client
	train=sha256:$(sha256sum <"$work/train.manifest" | cut -d' ' -f1)
	put_manifest
	(cd "$work/scale" && tell_story) >>"$work/servers.log" 2>&1 ||
		say "scale: the records could not be made"
	rm -f "$work/sums" "$work/held-out"
}

tell_story() {
	local evaluated record=$build/headwater
	echo weights >model.bin
	evaluated=$("$record" record dataset -q --from-sums "$work/held-out" \
		--name scale/held-out) &&
		"$record" record run -q --name scale/train-run --stage train \
			--input "dataset=$train" --output weights=model.bin \
			--complete dataset -- true &&
		"$record" record evaluation -q --name scale/score \
			--of model.bin --benchmark "$evaluated" --metric a=1 &&
		"$record" record release model.bin -q --name scale/release \
			--version 1.0
}

row_manifest() { scale_ledger; }

# ---- membership ----

row_shard() {
	local connections
	scale_ledger
	"$tools/lines" "$lines" 1 digests | head -n 20000 |
		sed "s|.*|/v1/datasets/$train/shards/sha256:&|" >"$work/paths"
	for _ in $(seq "$repeat"); do
		for connections in 1 16; do
			load "shard lines=$lines" "headwater$connections" \
				"$scale_hw" "$scale_pids" get "$connections" \
				--file "$work/paths" --first 0 --count 20000
		done
	done
	check_shards
}

# One that is there, one that is not: proved down to the signed checkpoint.
check_shards() {
	local good=0 digest expected=0
	client scale
	for digest in $("$tools/lines" "$lines" 1 digests | sed -n 3,4p); do
		"$build/headwater" contains "$train" "sha256:$digest" \
			>>"$work/servers.log" 2>&1
		[ $? = "$expected" ] && good=$((good + 1))
		expected=1
	done
	note shard what=proved "good=$good" "of=2"
}

# ---- taint ----

# Artifacts of the same place in ledgers of any size have as much below them: a
# record's inputs are drawn from all before it, so what stands at a share s of the
# ledger has about s^-3 descendants.
shares="2 4 7"
asked=64
warm_ms=2000 # all of them are asked: what is measured is work, not a cold disk

ask_taint() { # ask_taint SIZE SHARE QUESTION PATH QUERY FILTER
	local file=$work/paths nodes node
	for node in $("$tools/load" --nodes --first $(($1 / $2)) \
		--count "$asked"); do
		echo "$4sha256:$node$5"
	done >"$file"
	nodes=$(sed "s|^|url=http://127.0.0.1:$hw_port|" "$file" |
		curl -sf -K - | jq -s "[.[] | $6] | add / length")
	for _ in $(seq "$repeat"); do
		load "taint what=$3-$2 size=$1 nodes=$nodes" headwater \
			"$hw_port" "$hw_pids" get 1 --file "$file" --first 0 \
			--warm "$warm_ms" --count "$asked"
	done
}

taint_in() { # taint_in SIZE
	local share
	make_ledger taint
	publisher taint
	fill_ledger taint "$1" >>"$work/servers.log"
	start_ledger taint
	client taint
	add_sets
	for share in $shares; do
		ask_taint "$1" "$share" shards /v1/shards/ \
			"?limit=1000" '.hits | length'
		ask_taint "$1" "$share" down /v1/lineage/ \
			"?direction=down&limit=1000" '.nodes | length'
	done
	stop "$hw"
	rm -rf "$work/taint"
}

# Manifests that are asked too, as many in each ledger.
add_sets() {
	local seed
	for seed in $(seq 11 30); do
		"$tools/lines" 1000 "$seed" >"$work/set"
		"$build/headwater" record dataset -q --from-sums "$work/set" \
			--name "scale/set-$seed" >>"$work/servers.log" 2>&1 ||
			say "taint: a set was not recorded"
	done
}

row_taint() {
	taint_in 10000
	taint_in 1000000
}

# ---- contamination ----

row_contaminated() {
	local line status
	scale_ledger
	client scale
	for _ in $(seq "$repeat"); do
		line=$("$tools/probe" run "$build/headwater" contaminated \
			scale/release/1.0 2>"$work/said")
		status=$?
		note contaminated "lines=$lines" "$line" "status=$status" \
			"shared=$(awk '/ files of / { print $1; exit }' "$work/said")"
	done
}
