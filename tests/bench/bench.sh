#!/usr/bin/env bash
# bench.sh: the stopwatch.  Measures headwaterd beside a bare server, two peers and
# the machine itself, in one run, and writes one page of ratios.
#
#	bench.sh [ROW...]       all rows, or some of: machine write idle ndjson read
#	                        size check hash manifest shard taint contaminated
#
# FULL=1: longer runs, and a ledger of 10^7 records (half an hour, 60 GB).
# REPEAT=N, MS=N: runs of each kind, and their length.  HW_BUILD: the programs.
# HW_OUT: where it works; that folder's disk is the one that is measured.
# Whatever is missing (Go, its module proxy, nginx) is skipped by name.
set -u
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${HW_BUILD:-$here/../../.build/release}" && pwd)
tools=$build/tests/bench
out=${HW_OUT:-$(cd "$here/../.." && pwd)/.build/bench}
work=$out/work
raw=$out/raw.txt
full=${FULL:-}
repeat=${REPEAT:-3}
ms=${MS:-$([ "$full" ] && echo 5000 || echo 2000)}
first=100000000 # numbers of the next records that are sent: each is new
pids=()         # of what must end with us

mkdir -p "$out/bin" "$work"
[ "${KEEP:-}" ] || rm -rf "${work:?}"/* "$out"/*.svg
: >"$raw"
trap 'stop_all; [ "${KEEP:-}" ] || rm -rf "${work:?}"' EXIT
trap 'exit 130' INT TERM

say() { printf '%s\n' "$*" >&2; }
skip() { # skip WHAT WHY
	say "skipped: $1: $2"
	echo "skipped what=\"$1\" why=\"$2\"" >>"$raw"
}
note() { # note ROW WORDS...: a line of raw.txt
	echo "$*" | tee -a "$raw" >&2
}

# ---- servers ----

port=$((10000 + RANDOM % 15000)) # below what the kernel gives to clients
next_port() { port=$((port + 1)); }

launch() { # launch COMMAND...: in the background; sets pid
	"$@" >>"$work/servers.log" 2>&1 &
	pid=$!
	pids+=("$pid")
}

stop() { # stop PID
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

stop_all() {
	for pid in ${pids[@]+"${pids[@]}"}; do stop "$pid"; done
	pids=()
}

listens() { # listens PORT: waits until somebody does
	for _ in $(seq 200); do
		(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
		sleep 0.05
	done
	return 1
}

# A new ledger in $work/$1.
make_ledger() {
	local dir=$work/$1
	mkdir -p "$dir"
	"$build/headwater-signer" keygen --origin bench.example/log \
		--key "$dir/key" >"$dir/vkey" &&
		"$tools/load" --signer >"$dir/signers" &&
		start_ledger "$1" && stop "$hw"
}

# Sets hw, hw_port, hw_pids (with its signer), hw_vkey, start_ms.
start_ledger() {
	local dir=$work/$1 since=${EPOCHREALTIME/./}
	next_port
	launch "$build/headwaterd" --data "$dir/data" --key "$dir/key" \
		--signers "$dir/signers" --listen "127.0.0.1:$port"
	hw=$pid hw_port=$port hw_vkey=$(cat "$dir/vkey")
	start_ms=$("$tools/probe" await "$port" "$since") || {
		say "headwaterd does not start:"
		tail -n 3 "$work/servers.log" >&2
		exit 1
	}
	hw_pids=$hw,$(pgrep -P "$hw" | head -n 1)
}

fill_ledger() { # fill_ledger NAME SIZE [signed]
	"$tools/fill" "$work/$1/data" "$work/$1/key" "${@:2}"
}

start_floor() {
	next_port
	launch "$tools/floor" "$work/floor" "$port" 2 \
		"$(cut -d' ' -f3 "$work/main/signers")"
	floor=$pid floor_port=$port
	listens "$port"
}

# ---- peers ----

build_peers() {
	local peer
	command -v go >/dev/null || {
		skip "Tessera and Rekor" "Go is not installed"
		return 1
	}
	for peer in tessera rekor; do
		(cd "$here/peers/$peer" && timeout 600 go build -trimpath \
			-o "$out/bin/$peer" .) >>"$work/servers.log" 2>&1 || {
			skip "$peer" "it could not be built (is the Go module proxy reachable?)"
			rm -f "$out/bin/$peer"
		}
	done
}

start_tessera() { # start_tessera NAME BATCH CHECKPOINT
	next_port
	mkdir -p "$work/$1"
	[ -e "$work/tessera.key" ] ||
		"$build/headwater-signer" keygen --origin peer.example/log \
			--key "$work/tessera.key" >/dev/null
	launch "$out/bin/tessera" -dir "$work/$1/log" -key "$work/tessera.key" \
		-port "$port" -batch "$2" -checkpoint "$3"
	listens "$port"
}

start_rekor() { # start_rekor NAME OPTION...
	local name=$1
	shift
	port=$((port + 3))
	[ -e "$work/rekor.pem" ] || "$out/bin/rekor" key "$work/rekor.pem"
	[ -e "$work/rekor.bodies" ] ||
		"$out/bin/rekor" bodies 60000 >"$work/rekor.bodies"
	launch "$out/bin/rekor" serve --http-address=127.0.0.1 \
		--http-port="$port" --grpc-address=127.0.0.1 \
		--grpc-port=$((port - 1)) --http-metrics-port=$((port - 2)) \
		--hostname=rekor.example --storage-dir="$work/$name" \
		--signer-filepath="$work/rekor.pem" \
		--persistent-antispam=true "$@"
	listens "$port"
}

# ---- loads ----

# load ROW WHO PORT PIDS KIND CONNECTIONS [OPTION...]: one run, one line
load() {
	local row=$1 who=$2 to=$3 of=$4 kind=$5 connections=$6
	shift 6
	local line
	line=$("$tools/load" --kind "$kind" --port "$to" --pids "$of" \
		--connections "$connections" --ms "$ms" --first "$first" "$@") ||
		say "load: $who at $connections connections: not all was true"
	first=$((first + 1000000))
	note "$row" "who=$who" "$line"
}

# Requests enough for a run; forging them takes half of the time they take.
enough() { # enough PER_SECOND
	echo $(($1 * (ms + 500) / 1000))
}

# ---- rows ----

row_machine() {
	for _ in $(seq "$repeat"); do
		note machine what=fdatasync \
			"$("$tools/primitive" fdatasync "$work/sync" 700)"
		note machine what=verify1 "$("$tools/primitive" verify 1 500)"
		note machine what=verify2 "$("$tools/primitive" verify 2 500)"
	done
}

rekor_first=0
load_rekor() { # load_rekor WHO PORT PID CONNECTIONS: its bodies, each once
	local line
	line=$("$tools/load" --kind rekor --port "$2" --pids "$3" \
		--connections "$4" --warm 1100 --ms $((ms < 2500 ? 2500 : ms)) \
		--file "$work/rekor.bodies" --first "$rekor_first" --count 12000)
	rekor_first=$((rekor_first + $4 * 7))
	note write "who=$1" "$line"
}

row_write() {
	local connections run
	build_peers
	[ -x "$out/bin/tessera" ] && {
		start_tessera tuned 10ms 100ms && tessera=$pid tessera_port=$port
	}
	[ -x "$out/bin/rekor" ] && {
		start_rekor rtuned --batch-max-age=10ms \
			--checkpoint-interval=100ms && rekor=$pid rekor_port=$port
	}
	for run in $(seq "$repeat"); do
		for connections in 1 64 128 256 512 2048; do
			load write floor "$floor_port" "$floor" floor "$connections" \
				--count "$(enough 16000)"
			load write headwater "$hw_port" "$hw_pids" headwater \
				"$connections" --count "$(enough 16000)" \
				--vkey "$hw_vkey"
			[ "${tessera:-}" ] && load write tessera "$tessera_port" \
				"$tessera" tessera "$connections" \
				--count "$(enough 26000)"
			[ "${rekor:-}" ] && [ "$run" = 1 ] && load_rekor rekor \
				"$rekor_port" "$rekor" "$connections"
		done
	done
	for peer in "${tessera:-}" "${rekor:-}"; do
		[ "$peer" ] && stop "$peer"
	done
	write_as_shipped
}

write_as_shipped() {
	[ -x "$out/bin/tessera" ] && start_tessera shipped 1s 1s && {
		for connections in 64 512 2048; do
			load write tessera-shipped "$port" "$pid" tessera \
				"$connections" --warm 1100 --count "$(enough 30000)"
		done
		stop "$pid"
	}
	[ -x "$out/bin/rekor" ] && start_rekor rshipped && {
		# its checkpoints come each 10 s
		ms=12500 load_rekor rekor-shipped "$port" "$pid" 64
		stop "$pid"
	}
}

row_ndjson() {
	for _ in $(seq "$repeat"); do
		note machine what=verify2 "$("$tools/primitive" verify 2 500)"
		load ndjson headwater "$hw_port" "$hw_pids" ndjson 8 --lines 256 \
			--count "$(enough 80)" --vkey "$hw_vkey"
	done
}

idle() { # idle ROW: fsync, floor and headwater side by side
	for _ in $(seq "$repeat"); do
		note "$1" who=fdatasync \
			"$("$tools/primitive" fdatasync "$work/sync" 500)"
		load "$1" floor "$floor_port" "$floor" floor 1 --rate 200 \
			--count "$(enough 250)"
		load "$1" headwater "$hw_port" "$hw_pids" headwater 1 \
			--rate 200 --count "$(enough 250)" --vkey "$hw_vkey"
	done
}

row_idle() { idle idle; }

# ---- reads ----

start_nginx() {
	local dir=$work/nginx
	command -v nginx >/dev/null || {
		skip nginx "it is not installed"
		return 1
	}
	mkdir -p "$dir/root"
	chmod 755 "$out" "$work" "$dir" "$dir/root"
	next_port
	cat >"$dir/conf" <<-END
		worker_processes 2;
		daemon off;
		pid $dir/pid;
		error_log $dir/error.log;
		events { worker_connections 4096; }
		http {
			access_log off;
			sendfile on;
			tcp_nopush on;
			keepalive_requests 100000000;
			types { } default_type application/octet-stream;
			open_file_cache max=1000;
			client_body_temp_path $dir/t1; proxy_temp_path $dir/t2;
			fastcgi_temp_path $dir/t3; uwsgi_temp_path $dir/t4;
			scgi_temp_path $dir/t5;
			server { listen 127.0.0.1:$port; root $dir/root; }
		}
	END
	launch nginx -p "$dir" -c "$dir/conf"
	nginx=$pid nginx_port=$port
	listens "$port" || {
		skip nginx "it does not start"
		return 1
	}
	nginx_pids=$(pgrep -P "$nginx" | paste -sd,)
}

read_one() { # read_one WHAT PATH
	local file=$work/paths
	curl -sf "http://127.0.0.1:$hw_port$2" -o "$work/nginx/root/$1" || {
		skip "GET of $1" "no answer"
		return
	}
	chmod 644 "$work/nginx/root/$1"
	for _ in $(seq "$repeat"); do
		echo "$2" >"$file"
		load "read what=$1" headwater "$hw_port" "$hw_pids" get 64 \
			--file "$file" --first 0 --count 1
		echo "/$1" >"$file"
		load "read what=$1" nginx "$nginx_port" "$nginx_pids" get 64 \
			--file "$file" --first 0 --count 1
	done
}

row_read() {
	local id
	start_nginx || return
	# a whole bundle at least
	"$tools/load" --kind headwater --port "$hw_port" --connections 64 \
		--first "$first" --count 600 --warm 0 >/dev/null
	first=$((first + 1000000))
	id=$(curl -sf "http://127.0.0.1:$hw_port/v1/records?limit=2&kind=run" |
		jq -r '.records[1].id')
	ms=1000 read_one checkpoint /checkpoint
	ms=1000 read_one tile /tile/0/000
	ms=1000 read_one bundle /tile/entries/000
	ms=1000 read_one record "/v1/records/$id"
	ms=1000 read_one proof "/v1/records/$id/proof"
	stop "$nginx"
}

# ---- what may depend on the size ----

sizes="10000 1000000"
[ "$full" ] && sizes="10000 1000000 10000000"

memory_under_load() {
	load "memory size=$1" headwater "$hw_port" "$hw_pids" headwater 2048 \
		--count "$(enough 16000)" --vkey "$hw_vkey" &
	note memory "size=$1" who=headwater \
		"$("$tools/probe" anon $((ms + 2500)) ${hw_pids/,/ })"
	wait $!
	first=$((first + 1000000))
}

follow() { # follow SIZE NAME: lag at a trickle and at half load
	local half
	load "trickle size=$1" headwater "$hw_port" "$hw_pids" headwater 4 \
		--rate 100 --count 1000 &
	note lag "size=$1" load=trickle "$("$tools/probe" lag "$hw_port" "$ms")"
	wait $!
	first=$((first + 1000000))
	half=$(awk '$1 == "write" && /who=headwater / && / connections=256 / {
		match($0, /per_s=[0-9]+/)
		print int(substr($0, RSTART + 6, RLENGTH - 6) / 2)
	}' "$raw" | sort -n | tail -n 1)
	load "half size=$1" headwater "$hw_port" "$hw_pids" headwater 256 \
		--rate "${half:-4000}" --count "$(enough 8000)" &
	note lag "size=$1" load=half "$("$tools/probe" lag "$hw_port" "$ms")"
	wait $!
	first=$((first + 1000000))
}

row_size() {
	local size
	make_ledger big
	for size in $sizes; do
		say "filling a ledger with $size records"
		note fill "size=$size" "$(fill_ledger big "$size")"
		# before others take the memory that the index lies in
		note index "size=$size" "$(fill_ledger big $((size + 100000)))"
		note lineage "size=$size" "$("$tools/lineage" "$work/big/data" \
			"$work/graph.db" 100)"
		rm -f "$work/graph.db"*
		for _ in $(seq "$repeat"); do
			start_ledger big
			note start "size=$size" "$start_ms"
			stop "$hw"
		done
		start_ledger big
		idle "latency size=$size"
		follow "$size"
		memory_under_load "$size"
		stop "$hw"
	done
	reindex
	rm -rf "$work/big"
}

seconds() { # seconds COMMAND...: how long it took, and the CPU of all cores
	local TIMEFORMAT='%R %U %S'
	{ time "$@" >"$work/said" 2>>"$work/servers.log"; } 2>&1 |
		awk '{ printf "%.3f %.3f\n", $1, $2 + $3 }'
}

forget() { # forget FILE: not in memory any more, so that a disk is measured
	dd of="$1" oflag=nocache conv=notrunc,fdatasync count=0 status=none
}

reindex() { # beside reading the log once
	local took cpu read _ log=$work/big/data/log/data.mdb
	forget "$log"
	read -r read _ < <(seconds dd if="$log" of=/dev/null bs=1M status=none)
	forget "$log"
	read -r took cpu < <(seconds "$build/headwaterd" --reindex \
		--data "$work/big/data")
	note reindex "records=$((${sizes##* } + 100000))" "seconds=$took" \
		"cpu_seconds=$cpu" \
		"follower_per_s=$(awk '$1 == "index" { split($0, a, "index_per_s=")
			last = a[2] + 0 } END { print last + 0 }' "$raw")" \
		"read_seconds=$read" "log_bytes=$(stat -c %s "$log")"
}

row_check() {
	local records=200000 took cpu quick quick_cpu
	[ "$full" ] && records=1000000
	note machine what=verify1 "$("$tools/primitive" verify 1 500)"
	note machine what=verify2 "$("$tools/primitive" verify 2 500)"
	make_ledger signed
	fill_ledger signed "$records" signed >/dev/null
	read -r took cpu < <(seconds "$build/headwaterd" --check \
		--data "$work/signed/data" --vkey "$(cat "$work/signed/vkey")")
	read -r quick quick_cpu < <(seconds "$build/headwaterd" --check --quick \
		--data "$work/signed/data" --vkey "$(cat "$work/signed/vkey")")
	note check "records=$records" "seconds=$took" "cpu_seconds=$cpu" \
		"quick_seconds=$quick" "quick_cpu_seconds=$quick_cpu" \
		"said=\"$(tail -n 1 "$work/said")\""
	rm -rf "$work/signed"
}

. "$here/scale.sh"

# ---- all of it ----

note machine what=others cores="$(nproc)" \
	loadavg="$(cut -d' ' -f1 /proc/loadavg)"
make_ledger main
rows=${*:-machine write ndjson idle read size check hash manifest shard taint
	contaminated}
for row in $rows; do
	case $row in
	write | ndjson | idle | read | size)
		[ "${floor:-}" ] || start_floor
		[ "${running:-}" ] || start_ledger main
		running=1
		;;
	esac
	"row_$row"
	[ "$row" = size ] && running=
done
stop_all
awk -f "$here/scale.awk" -f "$here/report.awk" "$raw" >"$out/report.md"
if ! grep -q '^write ' "$raw"; then
	:
elif command -v gnuplot >/dev/null; then
	awk -f "$here/curves.awk" "$raw" >"$out/curves.dat" &&
		gnuplot -e "out='$out'" "$here/curves.gp"
else
	skip "curves" "gnuplot is not installed"
fi
cat "$out/report.md"
