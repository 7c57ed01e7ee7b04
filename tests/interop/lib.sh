# lib.sh: a ledger of 70,000 records, and the tools of others that judge it.
#
# What cannot be had is skipped by name.  In CI that is a failure, but for a
# machine that has no toolchain at all (a fresh Debian).
. tests/api/lib.sh

FILL=$HW_BUILD/tests/interop/fill
HEADWATER=$HW_BUILD/headwater
TOOLS=$(dirname "$HW_BUILD")/interop # kept from run to run

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

# lacks SENTENCE: something that is needed cannot be had.
lacks() {
	if [ "${CI:-}" = true ] && { command -v go || command -v node; } >/dev/null
	then
		echo "not ok 1 - $* (in CI nothing is skipped)"
		echo 1..1
		exit 1
	fi
	skip_all "$*"
}

only_plain() {
	case $HW_BUILD in
	*asan | *tsan) skip_all "70,000 records are for the builds without sanitizers" ;;
	esac
}

# need_go: builds the Go tools, pinned by tests/interop/go/go.sum, in $TOOLS/bin.
need_go() {
	local tessera=github.com/transparency-dev/tessera/cmd
	export GOTOOLCHAIN=local GOFLAGS=-mod=readonly
	command -v go >/dev/null || lacks "go is not installed"
	case $(go env GOVERSION) in
	go1.[0-9] | go1.[0-9].* | go1.1[0-9]* | go1.2[0-5]*)
		lacks "go is $(go env GOVERSION), 1.26 is needed" ;;
	esac
	mkdir -p "$TOOLS/bin"
	(cd tests/interop/go && timeout 400 go mod download) >"$WORK/out" 2>&1 ||
		lacks "the Go module proxy cannot be reached"
	ok "the Go tools build" eval "(cd tests/interop/go && go vet . &&
		go build -o '$TOOLS/bin/interop' . &&
		go build -o '$TOOLS/bin/fsck' $tessera/fsck &&
		go build -o '$TOOLS/bin/mirror' $tessera/experimental/mirror/posix &&
		go build -o '$TOOLS/bin/oneshot' $tessera/examples/posix-oneshot)"
	INTEROP=$TOOLS/bin/interop
}

# need_python [NAME]: a venv with exactly tests/interop/python/NAME.txt.
need_python() {
	local wanted=tests/interop/python/${1:-requirements}.txt
	command -v python3 >/dev/null || lacks "python3 is not installed"
	python3 -c 'import ensurepip, venv' 2>/dev/null ||
		lacks "python3 comes without venv"
	VENV=$TOOLS/venv${1:+-$1}
	cmp -s "$wanted" "$VENV/installed" && return
	rm -rf "$VENV"
	mkdir -p "$TOOLS"
	python3 -m venv "$VENV" || lacks "python3 makes no venv"
	timeout 500 "$VENV/bin/pip" install -q --no-deps -r "$wanted" \
		>"$WORK/out" 2>&1 || lacks "PyPI cannot be reached"
	cp "$wanted" "$VENV/installed"
}

# need_node: what tests/interop/node/package-lock.json pins, in $NODE.
need_node() {
	local wanted=tests/interop/node/package-lock.json
	command -v node >/dev/null && command -v npm >/dev/null ||
		lacks "node and npm are not installed"
	NODE=$TOOLS/node
	mkdir -p "$NODE"
	cp tests/interop/node/*.js "$NODE"
	cmp -s $wanted "$NODE/package-lock.json" && return
	cp tests/interop/node/package.json "$NODE"
	cp $wanted "$NODE/wanted.json"
	(cd "$NODE" && cp wanted.json package-lock.json && timeout 400 npm ci \
		--silent --ignore-scripts --no-audit --no-fund) >"$WORK/out" 2>&1 || {
		rm -f "$NODE/package-lock.json"
		lacks "the npm registry cannot be reached"
	}
}

# fill COUNT: posts that many records; their ids are in $WORK/ids, one proof of
# each answer in $WORK/given.
fill() {
	local dir=$WORK/fill
	mkdir -p "$dir"
	"$FILL" records 0 "$1" | split -l 1000 - "$dir/"
	find "$dir" -type f -print0 | xargs -0 -P 2 -I {} curl -sf -o {}.answer \
		-H 'Content-Type: application/x-ndjson' --data-binary @{} \
		"$URL/v1/records"
	cat "$dir"/*.answer | jq -r '.id // "refused: \(.)"' >"$WORK/ids"
	mkdir -p "$WORK/given"
	for answer in "$dir"/*.answer; do
		tail -n 1 "$answer" | jq -j .proof \
			>"$WORK/given/$(basename "$answer" .answer).tlog-proof"
	done
	rm -rf "$dir"
	is "$1 records are acknowledged" \
		"$(grep -c '^[0-9a-f]\{64\}$' "$WORK/ids")" "$1"
}

# new_ledger COUNT: a running daemon whose log holds a keyring and COUNT records;
# the publishers lab (its key is $WORK/lab.pem) and fill0 to fill3.
new_ledger() {
	new_log && publisher lab || exit 1
	"$FILL" signers >>"$WORK/allowed_signers"
	printf '%s\n' "$VKEY" >"$WORK/vkey"
	start_daemon || exit 1
	fill "$1"
}
