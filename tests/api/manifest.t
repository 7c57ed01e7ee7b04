#!/usr/bin/env bash
# headwater manifest: what sha256sum would say, fast, again, in little memory; and
# what is made of lists, pointers and salts.
. tests/api/lib.sh
. tests/api/client.sh
new_log
person lab
start_daemon || exit 1
as lab
mkdir "$WORK/here" && cd "$WORK/here" || exit 1

# what coreutils say of a folder
listed() {
	(cd "$1" && find . -type f -printf '%P\0' | xargs -0 sha256sum |
		LC_ALL=C sort)
}
of() { sha256sum "$1" | cut -d' ' -f1; }

# ---- a folder ----

mkdir -p set/sub/x
for i in $(seq 250); do echo "$i" >"set/f$i"; done
echo one >'set/sub/a b'
echo one >set/sub/x/same
: >set/empty
listed set >expected
run 0 "a folder's manifest goes to standard output" headwater manifest set
is "and is what sha256sum and sort say" "$OUT" "$(cat expected)"
like "its digests are told beside it" "$ERR" "253 files,*sha256:$(of expected)*"
run 0 "or to a file" headwater manifest set -o made
ok "of the same bytes" cmp made expected
is "its digest alone is printed" "$OUT" "sha256:$(of expected)"
is "which others may read" "$(stat -c %a made)" "$(printf %o $((0666 & ~$(umask))))"
ok "sha256sum checks it" sh -c 'cd set && sha256sum --quiet -c ../made'
run 0 "--json says all of it" headwater manifest set --json
is "files, bytes and size" "$(jq -c '[.files, .bytes, .size]' <<<"$OUT")" \
	"[253,$(find set -type f -printf '%s\n' | paste -sd+ | bc 2>/dev/null ||
		find set -type f -printf '%s\n' | awk '{ n += $1 } END { print n }'),$(stat -c %s expected)]"
is "and its sha256" "$(jq -r .sha256 <<<"$OUT")" "$(of expected)"
run 0 "of a file, its digest" headwater manifest set/f1
is "alone" "$OUT" "sha256:$(of set/f1)"
run 2 "one file has no manifest" headwater manifest set/f1 -o made
ok "and nothing was changed" cmp made expected
run 2 "a manifest inside its own folder is refused" headwater manifest set -o set/made
run 2 "PATH is needed" headwater manifest
run 2 "or a list, not both" headwater manifest set --from-sums made
run 3 "a folder that is not there" headwater manifest gone
mkfifo set/pipe
run 1 "a FIFO is refused" headwater manifest set -o made
like "by its name" "$ERR" "*pipe: a FIFO*"
ok "and the file of before stays" cmp made expected
is "with nothing beside it" "$(ls made*)" made
rm set/pipe
run 3 "a full disk is said" sh -c 'headwater manifest set >/dev/full'

# ---- the cache ----

cache=$HEADWATER_HOME/cache/hashes
ok "there is a cache" test -s "$cache"
is "for its owner" "$(stat -c %a "$cache")" 600
reads() { # how many files of the set are read, counted by their first bytes
	rm -f trace.* # one of each thread
	strace -ff -o trace -e trace=read -e signal=none "$HEADWATER" manifest \
		set -o made -q "$@" >/dev/null 2>&1
	cat trace.* | grep -c '[ >]"\(one\|[0-9]*\)\\n", 1048576'
}
if strace -o /dev/null true 2>/dev/null; then
	is "nothing is read again" "$(reads)" 0
	is "with --no-cache, everything" "$(reads --no-cache)" 252
	sleep 0.1
	echo changed >set/f7
	echo 7 >set/f7
	is "what was touched is" "$(reads)" 1
else
	report 0 "what is read again # SKIP strace does not work here"
fi
run 0 "with a cache of one's own" headwater manifest set -o made --cache mine
ok "which is there" test -s mine
run 2 "--cache and --no-cache" headwater manifest set --cache mine --no-cache
ok "the same again" cmp made expected
printf x | dd of="$cache" bs=1 seek=3 conv=notrunc 2>/dev/null
run 0 "a damaged cache" headwater manifest set -o made
like "is said" "$ERR" "*warning:*begun anew*"
ok "and changes nothing" cmp made expected
run 0 "it is said once" headwater manifest set -o made
like "and good again" "$ERR" "253 files*"
mkdir dir
run 0 "a cache that cannot be had" headwater manifest set -o made --cache dir
like "is said too" "$ERR" "*warning: no cache: dir*"
ok "and changes nothing either" cmp made expected

# broken off and gone on with: what was hashed is not read again
mkdir big
for i in $(seq 8); do head -c 100M /dev/zero >"big/$i"; done
"$HEADWATER" manifest big -o made -q --cache resumed &
pid=$!
knows() {
	[ -s resumed ] && [ "$(tail -c +4097 resumed | tr -d '\0' | wc -c)" -gt 100 ]
}
await knows
kill -KILL "$pid" 2>/dev/null
wait "$pid" 2>/dev/null
known=$(tail -c +4097 resumed | tr -d '\0' | wc -c)
[ "$known" -gt 100 ]
report $? "killed, it has kept the digests so far ($known bytes)"
run 0 "and goes on" headwater manifest big -o made --cache resumed
is "to the same end" "$(of made)" "$(listed big | sha256sum | cut -d' ' -f1)"
rm -rf big

# ---- lists of sums ----

run 0 "a list of sums" headwater manifest --from-sums expected -o made
ok "gives the same manifest" cmp made expected
{
	(cd set && find . -type f -print0 | shuf -z | xargs -0 sha256sum --tag)
} >tagged
run 0 "in any order, tagged, with ./" sh -c \
	'headwater manifest --from-sums - -o made <tagged'
ok "as well" cmp made expected
{ cat expected; head -1 expected; } >twice
run 1 "a path twice is refused" headwater manifest --from-sums twice
like "by name" "$ERR" "*twice: path: * comes twice*"
echo "nonsense" >>twice
run 3 "a line that is none" headwater manifest --from-sums twice
like "by number" "$ERR" "*twice: line 255:*"

# ---- pointers ----

mkdir lfs
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 5\n' \
	"$(printf hello | sha256sum | cut -d' ' -f1)" >lfs/model.bin
echo text >lfs/README.md
run 0 "pointers are files" headwater manifest lfs
is "like others" "$OUT" "$(listed lfs)"
run 0 "--pointers follows them" headwater manifest lfs --pointers
printf hello >lfs/model.bin
is "to what they stand for" "$OUT" "$(listed lfs)"
cat >data.csv.dvc <<'END'
outs:
- md5: 5d41402abc4b2a76b9719d911017c592
  size: 5
  hash: md5
  path: data.csv
END
run 0 "a .dvc file" headwater manifest data.csv.dvc --pointers
is "gives an MD5" "$OUT" md5:5d41402abc4b2a76b9719d911017c592
like "and a warning" "$ERR" "*warning: DVC names data.csv by MD5 alone: a hint*"
cp data.csv.dvc lfs/
run 1 "in a folder it is refused" headwater manifest lfs --pointers
like "by name" "$ERR" "*data.csv.dvc: DVC*"
rm lfs/data.csv.dvc
run 0 "the hint can be named" headwater record run --name lab/run --output made \
	--input dataset=md5:5d41402abc4b2a76b9719d911017c592
is "and stands in the record" "$(statement "$OUT" |
	jq -c '.predicate.buildDefinition.resolvedDependencies[0].digest')" \
	'{"md5":"5d41402abc4b2a76b9719d911017c592"}'

# ---- salted ----

run 0 "a salted manifest" headwater manifest set --salted -o salted
is "has a line a file" "$(wc -l <salted)" 253
is "and is for its owner alone" "$(stat -c %a salted)" 600
is "of the same files" "$(cut -c34- salted | LC_ALL=C sort)" "$(cat expected)"
ok "sorted by salts" sh -c 'LC_ALL=C sort -c salted'
is "each another" "$(cut -c-32 salted | sort -u | wc -l)" 253
run 0 "it is recorded" headwater record dataset set --name lab/salted --salted
statement "$OUT" >statement
is "by its root" "$(jq -c '[.subject | length, (.[0].digest | keys)]' statement)" \
	'[1,["merkleTreeHash","sha256"]]'
is "and says so" "$(jq -c '[.predicate.disclosure, .predicate.attachments[0].name]' \
	statement)" '["salted","manifest.salted"]'
digest=$(jq -r '.subject[0].digest.sha256' statement)
is "its manifest is kept" "$(of "$HEADWATER_HOME"/logs/*/manifests/"$digest.manifest")" \
	"$digest"
run 2 "what is not listed is not complete" headwater record dataset set \
	--name lab/salted --salted --complete shard

# ---- recorded ----

run 0 "a list of sums is recorded" headwater record dataset --from-sums tagged \
	--name lab/sums
is "as the set it is" "$(statement "$OUT" | jq -r '.subject[0].digest.sha256')" \
	"$(of expected)"
is "by files, not by bytes" "$(statement "$OUT" |
	jq -c '[.predicate.files, .predicate.bytes]')" '["253",null]'
run 2 "a record needs one of both" headwater record dataset --name lab/sums
run 0 "kept also where nothing is sent" headwater record dataset lfs \
	--name lab/lfs --no-submit -o envelope
ok "in its place" test -s \
	"$(echo "$HEADWATER_HOME"/logs/*/manifests/"$(listed lfs | sha256sum |
		cut -d' ' -f1).manifest")"
is "and nothing else is left there" \
	"$(find "$HEADWATER_HOME" -path '*/manifests/*' ! -name '*.manifest')" ""

# ---- models: the root of OpenSSF Model Signing ----

mkdir -p model/a model/.github
for name in a/b a-b a.b config.json .gitignore .github/x; do
	echo "$name" >"model/$name"
done
root=$(for name in a/b a-b a.b config.json; do
	openssl dgst -sha256 -binary "model/$name"
done | sha256sum | cut -d' ' -f1)
run 0 "a model" headwater record model model --name lab/model
is "has its OMS root" "$(statement "$OUT" |
	jq -r '.subject[0].digest["oms-sha256"]')" "$root"
run 0 "a model of one file" headwater record model model/a-b --name lab/file
is "has one too" "$(statement "$OUT" | jq -r '.subject[0].digest["oms-sha256"]')" \
	"$(openssl dgst -sha256 -binary model/a-b | sha256sum | cut -d' ' -f1)"
# ---- models: tensors ----

mkdir tensors
safetensors() { # HEADER DATA: length, little-endian, header, bytes
	printf "\\x$(printf %02x "${#1}")\\0\\0\\0\\0\\0\\0\\0%s%s" "$1" "$2"
}
safetensors '{"w":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]}}' abcd \
	>tensors/model.safetensors
safetensors '{"b":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}' x \
	>tensors/a.safetensors
echo none >tensors/broken.safetensors
run 0 "a model of safetensors" headwater record model tensors --name lab/tensors
like "a file that is none is warned of" "$ERR" \
	"*warning: broken.safetensors: its tensors are not listed: *"
statement "$OUT" >statement
is "has the list of its tensors attached" \
	"$(jq -c '[.predicate.attachments[].name]' statement)" '["manifest","tensors.json"]'
list=$(jq -r '.predicate.attachments[1].digest.sha256' statement)
curl -s "$URL/v1/blobs/sha256:$list" >tensors.json
is "which the log has" "$(of tensors.json)" "$list"
is "by path" "$(jq -c '[.files[] | [.path, .sha256[:8], .tensors[0]]]' tensors.json)" \
	"[[\"a.safetensors\",\"$(of tensors/a.safetensors | cut -c-8)\",{\"name\":\"b\",\"dtype\":\"U8\",\"shape\":[]}],[\"model.safetensors\",\"$(of tensors/model.safetensors | cut -c-8)\",{\"name\":\"w\",\"dtype\":\"F16\",\"shape\":[\"2\",\"1\"]}]]"
ok "and is kept here" test -s "$(echo "$HEADWATER_HOME"/logs/*/kept/"$list")"
run 0 "a model of one such file" headwater record model tensors/a.safetensors \
	--name lab/one --dry-run
is "as well" "$(jq -c '[.predicate.attachments[].name]' <<<"$OUT")" '["tensors.json"]'

# ---- another program's root ----

python=${PYTHON:-python3}
if "$python" -c 'import model_signing' 2>/dev/null; then
	is "model_signing computes the same" "$("$python" - <<'END'
import hashlib
from model_signing import hashing
for path in ("model", "model/a-b"):
    config = hashing.Config().set_ignored_paths(paths=[], ignore_git_paths=True)
    root = hashlib.sha256()
    for resource in config.hash(path).resource_descriptors():
        root.update(resource.digest.digest_value)
    print(root.hexdigest())
END
)" "$root
$(openssl dgst -sha256 -binary model/a-b | sha256sum | cut -d' ' -f1)"
else
	report 0 "model_signing # SKIP it is not installed"
fi

# ---- a million lines ----

# The most memory of its own (RssAnon, KiB) while it runs.
watched() {
	"$@" >/dev/null 2>&1 &
	local pid=$! most=0 now
	while now=$(sed -n 's/^RssAnon:[[:space:]]*\([0-9]*\) kB/\1/p' \
		"/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
		[ "$now" -gt "$most" ] && most=$now
		sleep 0.02
	done
	wait "$pid" || most=failed
	echo "$most"
}
case $HW_BUILD in
*asan | *tsan) report 0 "a million lines # SKIP sanitizers have memory of their own" ;;
*)
	# digests that are none, but each another
	seq 1000000 | awk '{ printf "%016x%048x  data/part-%d/%d\n", $1 * 2654435761 % 4294967296 * 1048576, $1, $1 % 100, $1 }' >million
	head -500000 million >half
	half=$(watched "$HEADWATER" manifest --from-sums half -o made)
	whole=$(watched "$HEADWATER" manifest --from-sums million -o made)
	ok "a million lines are sorted" sh -c 'LC_ALL=C sort million | cmp - made'
	[ "$whole" -lt $((half + half / 4)) ]
	report $? "in the memory of half a million: $whole KiB, $half KiB"
	[ "$whole" -lt 131072 ]
	report $? "which is less than 128 MiB"
	;;
esac
done_testing
