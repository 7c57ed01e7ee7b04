#!/bin/bash
# Files in sets: is one in, what came of it, is it in a lineage, who warns of it,
# over four principals, with curl; proofs are checked by hand.
. tests/api/lib.sh

new_log
publisher words
publisher lab
publisher watch
publisher mallory
ok "starts" start_daemon

# ---- sets and records in few words ----

digest_of() { sha256sum "$1" | cut -d' ' -f1; }
root_of() { # FILE: the RFC 6962 root over its lines
	perl -MDigest::SHA=sha256 -ne 'chomp; $h = sha256("\0$_"); $n++;
		for ($b = $n; $b % 2 == 0; $b /= 2) { $h = sha256("\1", pop @e, $h) }
		push @e, $h; END { $h = pop @e; $h = sha256("\1", pop @e, $h) while @e;
		print unpack "H*", $h }' "$1"
}
# verify ROOT <ANSWER: each of its lines at its place in a tree of its size
# (RFC 9162 section 2.1.3.2).
verify() {
	jq -r '.size as $size | .lines[] | [.index, $size, .line, .hashes[]] |
		@tsv' | perl -MDigest::SHA=sha256 -MMIME::Base64 -e '
	my ($root, $lines) = (pack("H*", shift), 0);
	while (<STDIN>) {
		chomp;
		my ($fn, $size, $line, @path) = split /\t/;
		my ($sn, $h) = ($size - 1, sha256("\0$line"));
		$fn <= $sn or die "index";
		for my $p (map { decode_base64($_) } @path) {
			$sn or die "too long";
			if ($fn & 1 || $fn == $sn) {
				$h = sha256("\1", $p, $h);
				while (!($fn & 1) && $fn) { $fn >>= 1; $sn >>= 1 }
			} else { $h = sha256("\1", $h, $p) }
			$fn >>= 1; $sn >>= 1;
		}
		$sn == 0 && $h eq $root or die "line $line";
		$lines++;
	}
	$lines or die "no line"' "$1"
}

# manifest NAME COUNT [OTHER TEXT...]: $WORK/NAME.txt, of the texts "NAME 0" to
# "NAME COUNT-1" and those given.
manifest() {
	local name=$1 count=$2 i text
	shift 2
	{
		for i in $(seq 0 $((count - 1))); do
			printf '%s  %s/%04d.txt\n' "$(sha256 "$name $i")" "$name" "$i"
		done
		for text in "$@"; do
			printf '%s  other/%s.txt\n' "$(sha256 "$text")" "$text"
		done
	} | LC_ALL=C sort >"$WORK/$name.txt"
}

# set_of PRINCIPAL NAME [PREDICATE]: the statement of a set with its manifest.
set_of() {
	local file=$WORK/$2.txt
	jq -cn --arg name "$1/$2" --arg digest "$(digest_of "$file")" \
		--arg root "$(root_of "$file")" --arg size "$(stat -c %s "$file")" \
		--argjson more "${3:-"{}"}" '{
		_type: "https://in-toto.io/Statement/v1",
		subject: [{name: $name,
			digest: {sha256: $digest, merkleTreeHash: $root}}],
		predicateType: "https://headwater/dataset/v1",
		predicate: ({attachments: [{name: "manifest",
			mediaType: "text/plain", digest: {sha256: $digest},
			size: $size}]} + $more)}'
}
upload() { # NAME
	curl -sf -o "$WORK/out" -T "$WORK/$1.txt" \
		"$URL/v1/blobs/sha256:$(digest_of "$WORK/$1.txt")"
}
send() { # PRINCIPAL <STATEMENT: posts it and prints the id
	envelope "$1" >"$WORK/envelope"
	curl -sf --data-binary "@$WORK/envelope" "$URL/v1/records" | jq -r .id
}
resource() { # DIGEST ROLE [CITED ID]
	jq -cn --arg digest "$1" --arg role "$2" --arg cited "${3:-}" '
		{digest: ({sha256: $digest} +
			(if $cited == "" then {} else {tlogLeaf: $cited} end)),
		annotations: {role: $role}}'
}
# run NAME DIGEST COMPLETE INPUT...: COMPLETE is a JSON list, inputs are resources.
run() {
	local name=$1 digest=$2 complete=$3
	shift 3
	printf '%s\n' "$@" | jq -cs --arg name "$name" --arg digest "$digest" \
		--argjson complete "$complete" '{
		_type: "https://in-toto.io/Statement/v1",
		subject: [{name: $name, digest: {sha256: $digest},
			annotations: {role: "weights"}}],
		predicateType: "https://slsa.dev/provenance/v1",
		predicate: {
			buildDefinition: {
				buildType: "https://headwater/run/v1",
				externalParameters: {complete: $complete},
				resolvedDependencies: .},
			runDetails: {builder: {id: "https://lab.example/b"}}}}'
}
release() { # NAME VERSION DIGEST
	jq -cn --arg name "$1" --arg version "$2" --arg digest "$3" '{
		_type: "https://in-toto.io/Statement/v1",
		subject: [{name: $name, digest: {sha256: $digest}}],
		predicateType: "https://headwater/release/v1",
		predicate: {version: $version}}'
}
warning() { # DIGEST REASON
	jq -cn --arg digest "$1" --arg reason "$2" '{
		_type: "https://in-toto.io/Statement/v1",
		subject: [{digest: {sha256: $digest}}],
		predicateType: "https://headwater/advisory/v1",
		predicate: {reason: $reason, severity: "high", action: "exclude"}}'
}
reply() { # ID STATUS DIGEST [FIXED IN]
	jq -cn --arg id "$1" --arg status "$2" --arg digest "$3" \
		--arg fixed "${4:-}" '{
		_type: "https://in-toto.io/Statement/v1",
		subject: [{digest: {sha256: $digest}}],
		predicateType: "https://headwater/advisory/v1",
		predicate: ({inReplyTo: {tlogLeaf: $id}, status: $status} +
			if $fixed == "" then {} else
			{fixedIn: {digest: {sha256: $fixed}}} end)}'
}

shard() { # SET TEXT [QUERY]
	curl -sf "$URL/v1/datasets/sha256:$1/shards/sha256:$(sha256 "$2")${3:+?$3}"
}
contains() { # DIGEST TEXT AS
	curl -sf "$URL/v1/lineage/sha256:$1/contains/sha256:$(sha256 "$2")?as=$3"
}
affected() { # TEXT [QUERY]
	curl -sf "$URL/v1/shards/sha256:$(sha256 "$1")${2:+?$2}"
}

# ---- a set of 1,000 files, one of them poison ----

manifest corpus 999 poison
corpus=$(digest_of "$WORK/corpus.txt")
corpus_root=$(root_of "$WORK/corpus.txt")
corpus_id=$(set_of words corpus | send words)
is "before its manifest is here nothing is known" \
	"$(shard "$corpus" poison | jq -c '[.verdict,.by,.lines]')" '["unknown",null,[]]'
like "and it is said why" "$(shard "$corpus" poison | jq -r .reason)" \
	"its manifest is not here*"
ok "the manifest comes" upload corpus
shard "$corpus" poison >"$WORK/in"
is "in" "$(jq -c '[.verdict,.by,.principal,.size,(.lines|length)]' "$WORK/in")" \
	'["in","manifest","words",1000,1]'
is "its record" "$(jq -r .record "$WORK/in")" "$corpus_id"
is "its line" "$(jq -r '.lines[0].line' "$WORK/in")" \
	"$(sha256 poison)  other/poison.txt"
is "where it stands in the manifest" "$(jq -r '.lines[0].index' "$WORK/in")" \
	"$(($(grep -n poison "$WORK/corpus.txt" | cut -d: -f1) - 1))"
ok "the line verifies against the root that words signed" \
	verify "$corpus_root" <"$WORK/in"
shard "$corpus" absent >"$WORK/out-of"
is "not in: two neighbours" "$(jq -c '[.verdict,(.lines|length),
	(.lines[1].index - .lines[0].index),.sortedCheckedBy]' "$WORK/out-of")" \
	'["not-in",2,1,["log"]]'
ok "between which it would stand" test "$(jq -r '.lines[0].line' \
	"$WORK/out-of" | cut -c1-64)" "<" "$(sha256 absent)"
ok "on both sides" test "$(sha256 absent)" "<" "$(jq -r '.lines[1].line' \
	"$WORK/out-of" | cut -c1-64)"
ok "both verify" verify "$corpus_root" <"$WORK/out-of"
is "by the set's root" "$(curl -sf "$URL/v1/datasets/merkleTreeHash:$corpus_root/shards/sha256:$(sha256 poison)" |
	jq -r .verdict)" in
is "as words" "$(shard "$corpus" poison as=words | jq -r .verdict)" in
is "as lab: no record" "$(shard "$corpus" poison as=lab | jq -c \
	'[.verdict,.record]')" '["unknown",null]'
is "members" "$(jq -c keys_unsorted "$WORK/in")" \
	'["treeSize","dataset","shard","record","index","principal","verdict","by","size","merkleTreeHash","lines","sortedCheckedBy"]'
for wrong in "datasets/sha256:00/shards/sha256:$(sha256 a)" \
	"datasets/sha256:$corpus/shards/md5:$(sha256 a | head -c 32)" \
	"lineage/sha256:$corpus/contains/sha256:$(sha256 a)" \
	"lineage/sha256:$corpus/contains/sha256:$(sha256 '')?as=lab" \
	"shards/sha256:$(sha256 '')" "shards/tlogLeaf:$corpus" \
	"shards/sha256:$corpus?release=lab" "advisories?limit=101"; do
	is "400 ${wrong:0:40}" "$(status_of "$URL/v1/$wrong")" 400
done

# ---- what came of it ----

model=$(sha256 model)
all='["dataset"]'
run lab/model "$model" "$all" \
	"$(resource "$corpus" dataset "$corpus_id")" \
	"$(resource "$(sha256 code)" code)" | send lab >/dev/null
run lab/small "$(sha256 small)" '["model"]' \
	"$(resource "$model" model)" | send lab >/dev/null
manifest echo 20
echo_set=$(digest_of "$WORK/echo.txt")
set_of lab echo '{"generatedBy":[{"digest":{"sha256":"'"$model"'"}}],
	"complete":["generator"]}' | send lab >/dev/null
upload echo
run lab/second "$(sha256 second)" "$all" \
	"$(resource "$echo_set" dataset)" | send lab >/dev/null
manifest good 50
good=$(digest_of "$WORK/good.txt")
set_of lab good | send lab >/dev/null
upload good
run lab/retrained "$(sha256 retrained)" "$all" \
	"$(resource "$good" dataset)" | send lab >/dev/null
release lab/tagger 1.0 "$(sha256 small)" | send lab >/dev/null
release lab/tagger 1.1 "$(sha256 retrained)" | send lab >/dev/null

kinds() {
	local names=() text
	for text in model small second retrained; do
		names+=(-e "s/sha256:$(sha256 $text)/$text/")
	done
	names+=(-e "s/sha256:$corpus/corpus/" -e "s/sha256:$echo_set/echo/")
	jq -r '.hits[] | "\(.digest) \(.kind) \(.path | length) \(.level)"' |
		sed "${names[@]}"
}
is "the way down" "$(affected poison | kinds)" \
"corpus direct 1 1
model direct 2 1
small via-model 3 1
echo via-synthetic 3 1
second via-synthetic 4 1"
is "as lab, whose runs used it" "$(affected poison as=lab | kinds | wc -l)" 5
is "as watch: it is in the set, and that is all" \
	"$(affected poison as=watch | kinds)" "corpus direct 1 1"
is "the set, with the line" "$(affected poison | jq -c '.datasets[] |
	[.name,.by,(.line | endswith("other/poison.txt"))]')" \
	'["words/corpus","manifest",true]'
is "the steps of a path" "$(affected poison | jq -c '[.hits[1].path[] |
	[.role,.principal,.by]]')" \
	'[["shard","words","manifest"],["dataset","lab","record"]]'
is "what was released" "$(affected poison | jq -c '[.hits[].releases[] |
	[.name,.version]]')" '[["lab/tagger","1.0"]]'
is "and which version is clean" "$(affected poison | jq -c '[.clean[] |
	[.name,.version,.why]]')" \
	'[["lab/tagger","1.1","by the signed, complete lists of lab and of what it cites, for these exact bytes: in none of 1 sets"]]'
for version in '1.0 yes' '1.1 no' '9 unknown'; do
	is "asked for one: ${version#* }" "$(affected poison \
		"release=lab/tagger/${version% *}" | jq -r .release.verdict)" \
		"${version#* }"
done
is "a file that went nowhere" "$(affected nothing | jq -c \
	'[.datasets,.hits,.clean,.advisories,.next,.truncated]')" \
	'[[],[],[],[],null,false]'
is "limit" "$(affected poison limit=3 | jq -c '[(.hits|length),.truncated]')" \
	'[2,true]'
# a file that was filtered, and whose result went into another set
run lab/filtered "$(sha256 'mix 7')" "$all" \
	"$(resource "$corpus" dataset "$corpus_id")" | send lab >/dev/null
manifest mix 30
set_of mallory mix | send mallory >/dev/null
upload mix
is "what came of it is looked for in manifests too" "$(affected poison |
	jq -c --arg d "sha256:$(digest_of "$WORK/mix.txt")" '.hits[] |
	select(.digest == $d) | [.kind,[.path[].by]]')" \
	'["direct",["manifest","record","manifest"]]'

# ---- is it in a lineage? ----

contains "$(sha256 retrained)" poison lab >"$WORK/no"
is "no, by complete lists" "$(jq -c '[.verdict,.as,has("gap"),has("path")]' \
	"$WORK/no")" '["no","lab",false,false]'
is "one proof for each artifact" "$(jq -c '[.proofs[] | [.verdict,.by]]' \
	"$WORK/no")" '[["not-in","file"],["not-in","manifest"]]'
jq '.proofs[1]' "$WORK/no" >"$WORK/no-proof"
ok "the set's is two lines that verify" \
	verify "$(root_of "$WORK/good.txt")" <"$WORK/no-proof"
is "whose list was complete" "$(jq -c '[.steps[] | [.principal,.standing,.complete]]' \
	"$WORK/no")" '[["lab","own",["dataset"]]]'
is "where the lists end" "$(jq -r '.ends[]' "$WORK/no")" "sha256:$good"
contains "$(sha256 small)" poison lab >"$WORK/yes"
is "yes: the way" "$(jq -c '[.verdict,[.path[].role],.proofs[0].verdict]' \
	"$WORK/yes")" '["yes",["dataset","model"],"in"]'
jq '.proofs[0]' "$WORK/yes" >"$WORK/yes-proof"
ok "yes: the line" verify "$corpus_root" <"$WORK/yes-proof"
is "code is apart" "$(contains "$model" nothing lab | jq -c '.apart')" \
	"[\"sha256:$(sha256 code)\"]"
is "code itself is in it" "$(contains "$model" code lab | jq -r .verdict)" yes
is "of generated data: what its model learned" \
	"$(contains "$(sha256 second)" poison lab | jq -r .verdict)" yes
is "no, through generated data" \
	"$(contains "$(sha256 second)" nothing lab | jq -r .verdict)" no
is "as watch, who made nothing: unknown" "$(contains "$(sha256 retrained)" \
	poison watch | jq -c '[.verdict,.gap.node]')" \
	"[\"unknown\",\"sha256:$(sha256 retrained)\"]"
run lab/sloppy "$(sha256 sloppy)" '["code"]' \
	"$(resource "$good" dataset)" | send lab >/dev/null
is "a list that is not signed: unknown" "$(contains "$(sha256 sloppy)" poison lab |
	jq -c '[.verdict,.gap.why]')" \
	'["unknown","its record does not sign its list of inputs as complete"]'
# what others claim of it changes nothing
run mallory/claim "$(sha256 retrained)" "$all" \
	"$(resource "$corpus" dataset)" | send mallory >/dev/null
is "a stranger's claim: still no" "$(contains "$(sha256 retrained)" poison lab |
	jq -r .verdict)" no
is "which is a hit when all are heard" "$(affected poison | jq --arg d \
	"sha256:$(sha256 retrained)" '[.hits[] | select(.digest == $d)] | length')" 1
is "and none as lab" "$(affected poison as=lab | jq --arg d \
	"sha256:$(sha256 retrained)" '[.hits[] | select(.digest == $d)] | length')" 0

# ---- advisories ----

first=$(warning "$(sha256 poison)" poison | send watch)
second=$(warning "$corpus" propaganda | send watch)
curl -sf "$URL/v1/advisories" >"$WORK/list"
is "the list" "$(jq -c '[.records[] | [.principal,.kind,.reason,.severity,.action,.status,.replies]]' \
	"$WORK/list")" \
	'[["watch","advisory","poison","high","exclude",null,[]],["watch","advisory","propaganda","high","exclude",null,[]]]'
is "about one digest" "$(curl -sf \
	"$URL/v1/advisories?subject=sha256:$(sha256 poison)" | jq -r '.records[].id')" \
	"$first"
is "a page of one" "$(curl -sf "$URL/v1/advisories?limit=1" | jq -c \
	'[(.records|length),(.next != null)]')" '[1,true]'
is "down-stream they are told" "$(affected poison | jq -c '[.advisories[] |
	[.record,.status]]')" "[[\"$first\",null],[\"$second\",null]]"
lineage() { # the advisories of the set's node, up from the small model
	curl -sf "$URL/v1/lineage/sha256:$(sha256 small)?as=lab" | jq -c \
		--arg d "sha256:$corpus" '.nodes[] | select(.digest == $d).advisories'
}
is "up-stream the set has both: its own, and its line's" "$(lineage)" \
	"[\"$second\",\"$first\"]"
is "and others have none" "$(curl -sf "$URL/v1/lineage/sha256:$good" |
	jq -c '.nodes[0].advisories')" null
reply "$first" accepted "$model" | send lab >/dev/null
reply "$first" fixed "$(sha256 small)" "$(sha256 retrained)" | send lab >/dev/null
reply "$first" rejected "$model" | send mallory >/dev/null
is "answered by the publisher" "$(curl -sf "$URL/v1/advisories" |
	jq -c '.records[0] | [.status,[.replies[] | [.principal,.status,.publisher]]]')" \
	'["fixed",[["lab","accepted",true],["lab","fixed",true],["mallory","rejected",false]]]'
is "fixed in" "$(curl -sf "$URL/v1/advisories" |
	jq -r '.records[0].replies[1].fixedIn')" "sha256:$(sha256 retrained)"
is "as words, who has not answered" "$(curl -sf "$URL/v1/advisories?as=words" |
	jq -c '.records[0].status')" null
jq -cn --arg id "$second" '{_type: "https://in-toto.io/Statement/v1",
	subject: [{digest: {tlogLeaf: $id}}],
	predicateType: "https://headwater/withdrawal/v1",
	predicate: {reason: "wrong"}}' | send watch >/dev/null
is "a withdrawn one warns of nothing" "$(lineage)" "[\"$first\"]"
is "and is shown in the list" "$(curl -sf "$URL/v1/advisories" | jq -c \
	'[.records[].withdrawn != null]')" "[false,true]"

# ---- through a restart, and damage ----

ok "stops" stop_daemon
ok "starts again" start_daemon
is "the same answer" "$(shard "$corpus" poison | jq -c '[.verdict,.lines]')" \
	"$(jq -c '[.verdict,.lines]' "$WORK/in")"
tree=$WORK/data/blobs/${corpus:0:2}/$corpus.tree
printf 'x' | dd of="$tree" bs=1 seek=200 conv=notrunc 2>/dev/null
printf 'xxxxxxxx' | dd of="$tree" bs=1 seek=40 conv=notrunc 2>/dev/null
like "a sidecar that is damaged: 503, meanwhile it is mended" \
	"$(status_of "$URL/v1/datasets/sha256:$corpus/shards/sha256:$(sha256 poison)")" 503
again() { shard "$corpus" poison >"$WORK/again" 2>/dev/null; }
await again
is "then it answers as before" "$(jq -c '[.verdict,.lines]' "$WORK/again")" \
	"$(jq -c '[.verdict,.lines]' "$WORK/in")"

ok "stops at the end" stop_daemon
done_testing
