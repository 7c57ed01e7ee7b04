#!/usr/bin/env bash
# demo.sh: the whole story with real data, in a ledger of its own.
#
# A publisher ("lab") makes a language identifier from eight real word lists and
# records each step as it happens.  An auditor, with another key and trusting
# nobody, asks what it is made of, checks the answers offline, trains it again, and
# catches a tampered shard and a false claim.  A ninth list turns out to be poisoned:
# it is found in what was made with it, excluded, and the next release is clean.
# How open that one is, records show, step by step; what it says of itself does not.
#
# HEADWATER_DEMO: where to work (made new each time); HW_BUILD: the programs.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${HW_BUILD:-$here/../../.build/debug}" && pwd)
work=${HEADWATER_DEMO:-$PWD/.build/demo}
port=${HEADWATER_DEMO_PORT:-0}
lists="american-english danish dutch french italian ngerman polish spanish"
PATH=$build:$PATH

# ---- telling the story ----

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$(printf '\033[1m') dim=$(printf '\033[2m') plain=$(printf '\033[0m')
else
	bold='' dim='' plain=''
fi
step=0

chapter() {
	printf '\n%s== %s ==%s\n' "$bold" "$1" "$plain"
}

say() {
	step=$((step + 1))
	printf '\n%s%2d. %s%s\n' "$bold" "$step" "$1" "$plain"
}

# Shows a command, as one could type it, and runs it.
run() {
	local word
	printf '%s    $' "$dim"
	for word; do
		case $word in
		--yes | --quiet) continue ;; # the story is told here already
		*[!a-zA-Z0-9_./:=@%+,-]*) printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	printf '%s\n' "$plain"
	"$@" 2>&1 | sed 's/^/    /'
	return "${PIPESTATUS[0]}"
}

# Records something; the kind is the first word.
record() {
	local kind=$1
	shift
	run headwater record "$kind" --yes --quiet "$@"
}

# The same for something that must fail with exit status $1.
run_failing() {
	local expected=$1 status=0
	shift
	run "$@" || status=$?
	if [ "$status" != "$expected" ]; then
		echo "demo: expected exit status $expected, got $status" >&2
		exit 1
	fi
	printf '    (refused, exit status %s)\n' "$status"
}

# A question whose answer is no: that is no refusal.
run_no() {
	local status=0
	run "$@" || status=$?
	[ "$status" = 1 ] || fail "expected the answer no, got $status"
	printf '    (no: exit status 1)\n'
}

fail() {
	echo "demo: $*" >&2
	exit 1
}

# ---- a ledger ----

case $work in
*/demo*) rm -rf "$work" ;;
*) [ ! -e "$work" ] || fail "$work is there already" ;;
esac
mkdir -p "$work"
cd "$work"

daemon=
cleanup() {
	if [ -n "$daemon" ]; then
		kill "$daemon" 2>/dev/null || true
		wait "$daemon" 2>/dev/null || true
	fi
}
trap cleanup EXIT

chapter "A ledger"

say "The log has a key of its own; its signer remembers what it signed."
vkey=$(headwater-signer keygen --origin demo.example/models --key log.key)
printf '    verifier key: %s\n' "$vkey"

say "Publishers sign with OpenSSH keys; allowed_signers says who may write."
mkdir keys
for who in lab auditor mallory; do
	ssh-keygen -q -t ed25519 -N '' -C "$who" -f "keys/$who"
done
for who in lab auditor mallory; do
	printf '%s namespaces="headwater" %s\n' "$who" "$(cut -d' ' -f1,2 <"keys/$who.pub")"
done >allowed_signers
sed 's/^/    /' allowed_signers

say "One daemon, everything in one folder."
: >daemon.log # it is read before the daemon may have opened it
headwaterd --data ledger --key log.key --signers allowed_signers \
	--listen "127.0.0.1:$port" 2>>daemon.log &
daemon=$!
for _ in $(seq 100); do
	port=$(sed -n 's/.*listening.*:\([0-9]\{1,\}\)".*/\1/p' daemon.log | head -n 1)
	[ -n "$port" ] && curl -fs "http://127.0.0.1:$port/healthz" >/dev/null && break
	kill -0 "$daemon" 2>/dev/null || { cat daemon.log >&2; fail "the daemon did not start"; }
	sleep 0.05
done
url=http://127.0.0.1:$port
run curl -fs "$url/healthz"
run curl -fs "$url/checkpoint"

# ---- the publisher ----

chapter "The publisher: a model from source to release"
export HEADWATER_HOME=$work/home-lab HEADWATER_KEY=$work/keys/lab
run headwater init "$url" --vkey "$vkey"

say "The pipeline is code under version control."
mkdir pipeline
cp "$here"/pipeline/*.sh pipeline/
git -C pipeline init -q
git -C pipeline add .
git -C pipeline -c user.name=lab -c user.email=lab@demo.example \
	-c commit.gpgsign=false commit -qm "Word lists to language identifier"
record code pipeline --name lab/pipeline --license Apache-2.0

say "Licences are kept to the byte: terms that change later do not change these."
texts=/usr/share/common-licenses
while read -r file id; do
	[ -e "$texts/$file" ] || continue
	record license "$texts/$file" --name "lab/licences/${file,,}" --license "$id"
done <<EOF
GPL-2 GPL-2.0-or-later
GPL-3 GPL-3.0-or-later
Apache-2.0 Apache-2.0
BSD BSD-3-Clause
EOF

say "Eight word lists are the sources, each under its own real licence."
text_of() { # as Debian has it; the Polish list may be had under five
	local name
	case $1 in
	danish | french | ngerman) name=GPL-2 ;;
	italian) name=GPL-3 ;;
	dutch) name=BSD ;;
	polish) name=Apache-2.0 ;;
	*) return ;;
	esac
	[ ! -e "$texts/$name" ] || printf '%s\n%s\n' --license-text "$texts/$name"
}
license_of() {
	case $1 in
	american-english) echo LicenseRef-scowl ;;
	danish | french | ngerman) echo GPL-2.0-or-later ;;
	dutch) echo 'BSD-3-Clause OR CC-BY-3.0' ;;
	italian) echo GPL-3.0-or-later ;;
	polish) echo 'GPL-2.0-only OR LGPL-2.1-only OR MPL-1.1 OR Apache-2.0 OR CC-BY-4.0' ;;
	spanish) echo LicenseRef-public-domain ;;
	esac
}
inputs=()
files=()
for list in $lists; do
	package=w${list#n}
	[ "$list" = ngerman ] && package=wngerman
	[ "$list" = american-english ] && package=wamerican
	version=$(dpkg-query -W -f='${Version}' "$package")
	mapfile -t text < <(text_of "$list")
	record dataset "/usr/share/dict/$list" --name "lab/words/$list" \
		--license "$(license_of "$list")" "${text[@]}" --availability open --source "pkg:deb/debian/$package@$version"
	inputs+=(--input "source=/usr/share/dict/$list")
	files+=("/usr/share/dict/$list")
done

say "A ninth list was found on the web.  Nobody looks into it."
mkdir crawl
awk 'NR % 3 == 1' /usr/share/dict/spanish >crawl/portuguese # Spanish, mislabelled
cat >crawl/terms <<EOF
Words of the web. Take them and use them.
We may change these terms at any time.
EOF
record license crawl/terms --name lab/licences/words-example \
	--license LicenseRef-words-example --source https://words.example/terms \
	--fetched-on 2026-11-01T00:00:00Z --mutable yes \
	--clause "We may change these terms at any time."
record dataset crawl/portuguese --name lab/words/portuguese \
	--license LicenseRef-words-example --license-text crawl/terms --source https://words.example/portuguese \
	--availability public
inputs+=(--input source=crawl/portuguese)
files+=(crawl/portuguese)

say "Preprocessing is a run: the lists and the code go in, shards come out."
record run --name lab/prepare --stage preprocess \
	"${inputs[@]}" --input code=pipeline \
	--output shards=data/shards --output heldout=data/heldout \
	--complete source --complete code --with-argv \
	-- pipeline/prepare.sh data "${files[@]}"
record dataset data/shards --name lab/words/train --complete shard \
	--license GPL-3.0-or-later --description "300,000 words of nine lists"
record dataset data/heldout --name lab/words/heldout --complete shard \
	--license GPL-3.0-or-later

say "Training: exact to the bit with one thread and a fixed seed."
record run --name lab/train --stage train \
	--input dataset=data/shards --input code=pipeline --input tool=/usr/bin/fasttext \
	--output weights=langid.bin --seed seed=42 \
	--param dim=10 --param bucket=100000 --param epoch=4 --param threads=1 \
	--data-order "round robin over the shards in byte order of their names" \
	--complete dataset --complete code --complete tool --with-argv \
	-- pipeline/train.sh data/shards langid.bin
record model langid.bin --name lab/langid --version 1.0 --license GPL-3.0-or-later

say "Evaluation on words that were held out."
record run --name lab/evaluate --stage evaluate \
	--input model=langid.bin --input dataset=data/heldout --input code=pipeline \
	--output results=results.txt --with-argv \
	-- pipeline/evaluate.sh langid.bin data/heldout results.txt
precision=$(awk '/^P@1/ { print $2 }' results.txt)
record evaluation --name lab/langid-eval --of langid.bin \
	--benchmark data/heldout --harness pipeline --metric "precision-at-1=$precision"

say "Quantisation makes the derived model that is shipped."
record run --name lab/quantize --stage quantize \
	--input model=langid.bin --input dataset=data/shards --input code=pipeline \
	--input tool=/usr/bin/fasttext --output weights=langid.ftz --seed seed=42 \
	--complete model --complete dataset --complete code --complete tool --with-argv \
	-- pipeline/quantize.sh langid.bin data/shards langid.ftz
record model langid.ftz --name lab/langid-small --version 1.0 \
	--license GPL-3.0-or-later --save-proof langid.ftz.tlog-proof

say "The release names all of it."
record release langid.ftz --name lab/langid-release --version 1.0 \
	--license GPL-3.0-or-later \
	--component model-parameters-final=langid.ftz --component training-code=pipeline \
	--component datasets=data/shards --component evaluation-data=data/heldout

# ---- the auditor ----

chapter "The auditor: another key, trusting nobody"
export HEADWATER_HOME=$work/home-auditor HEADWATER_KEY=$work/keys/auditor
run headwater init "$url" --vkey "$vkey"
digest=sha256:$(sha256sum langid.ftz | cut -d' ' -f1)

say "What is this .ftz file made of?  First with curl alone."
printf '    $ curl %s/v1/lineage/%s?as=lab | jq …\n' "$url" "${digest:0:15}…"
curl -fs "$url/v1/lineage/$digest?as=lab" |
	jq -r '.edges[] | "\(.from[0:15])… → \(.to[0:15])…  \(.role)  by \(.principal) (\(.standing))"' |
	sed 's/^/    /'

say "The same with the client."
run headwater trace langid.ftz --as lab
echo "    (A gap is shown as a gap: nobody recorded where the fasttext program is from.)"

say "Which licences are upstream?"
curl -fs "$url/v1/lineage/$digest?as=lab" | jq -r '.nodes[].records[]' | sort -u |
	while read -r id; do
		curl -fs "$url/v1/records/$id/statement" |
			jq -r 'select(.predicate.license) | "    \(.subject[0].name): \(.predicate.license)"'
	done | sort -u

say "What is in the way of using it?  Facts of SPDX's list, over proved records."
run_no headwater licenses lab/langid-release/1.0

say "What if it were released under MIT?"
headwater licenses lab/langid-release/1.0 --claim MIT --json >supposed.json || true
printf '    $ headwater licenses lab/langid-release/1.0 --claim MIT --json | jq …\n'
jq -r '.licensing | .items as $items | .findings[] |
	select(.finding == "share-alike") | "    \($items[.item].name): \(.says)"' supposed.json

say "The terms of the list from the web have changed since: the auditor saw it."
printf 'Words of the web. Take them, but not for money.\n%s\n' \
	"We may change these terms at any time." >new-terms
record license new-terms --name auditor/words-example \
	--license LicenseRef-words-example --source https://words.example/terms \
	--fetched-on 2026-11-20T00:00:00Z
printf '    $ headwater licenses lab/langid-release/1.0\n'
(headwater licenses lab/langid-release/1.0 || true) | sed -n '/^drifted:/,$s/^/    /p'

say "What came of the French list?"
run headwater trace /usr/share/dict/french --down --as lab

say "Does the proof hold, offline?  (the daemon is not asked)"
run headwater verify langid.ftz --proof langid.ftz.tlog-proof --vkey "$vkey"

say "Is the log whole?  Every entry, hash and signature again."
run headwater audit "$url"

say "Train it again from the recorded inputs: the same bytes?"
mkdir rerun
git clone -q pipeline rerun/pipeline
run rerun/pipeline/prepare.sh rerun/data "${files[@]}"
record run --name auditor/langid-rerun --stage train \
	--input dataset=rerun/data/shards --input code=rerun/pipeline \
	--input tool=/usr/bin/fasttext --output weights=rerun/langid.bin --seed seed=42 \
	--complete dataset --complete code --complete tool --with-argv \
	-- rerun/pipeline/train.sh rerun/data/shards rerun/langid.bin
run sha256sum langid.bin rerun/langid.bin
cmp langid.bin rerun/langid.bin || fail "the re-run differs"
run headwater find langid.bin

say "The same in one step: the lab's own run, again in a fresh folder, as an audit."
train_id=$(curl -fs "$url/v1/records?name=lab/train" | jq -r '.records[0].id')
run headwater attest "$train_id" --yes --method re-run --input data/shards \
	--input pipeline --input /usr/bin/fasttext --output langid.bin \
	-- pipeline/train.sh data/shards langid.bin
say "So whoever trusts this auditor knows more than that the lab says so."
run headwater trace langid.bin --as lab --auditor auditor --depth 1

# ---- what goes wrong is seen ----

chapter "What goes wrong is seen"

say "A tampered shard: one word of the French shard is changed."
cp -r data/shards tampered
sed -i '1s/$/x/' tampered/french.txt
shards_id=$(curl -fs "$url/v1/records?name=lab/words/train" | jq -r '.records[0].id')
curl -fs "$url/v1/records/$shards_id/proof" >shards.tlog-proof
keyring_id=$(curl -fs "$url/v1/records?kind=keyring" | jq -r '.records[0].id')
curl -fs "$url/v1/records/$keyring_id/proof" >shards.keyring.tlog-proof
run headwater verify data/shards --proof shards.tlog-proof
run_failing 1 headwater verify tampered --proof shards.tlog-proof

say "A false claim: mallory signs a release in the lab's name."
export HEADWATER_HOME=$work/home-mallory HEADWATER_KEY=$work/keys/mallory
run headwater init "$url" --vkey "$vkey"
run_failing 1 headwater record release --yes --quiet langid.ftz --name lab/langid-release --version 1.1

say "With curl she may leave her client aside: the lab's own envelope, its version changed."
release_id=$(curl -fs "$url/v1/releases" | jq -r '.records[0].id')
curl -fs "$url/v1/records/$release_id" |
	jq -c '.payload |= (@base64d | sub("\"1\\.0\""; "\"1.1\"") | @base64)' >forged.json
printf '    $ curl --data-binary @forged.json %s/v1/records\n' "$url"
status=$(curl -s -o answer.json -w '%{http_code}' --data-binary @forged.json "$url/v1/records")
jq -r '"    \(.status) \(.title): \(.detail)"' answer.json
[ "$status" = 403 ] || fail "expected 403, got $status"

say "She may claim in her own name; who asks as the lab is not misled."
echo "pretrained on 40 trillion tokens" >secret-sauce
record run --name mallory/claim --stage train --input dataset=secret-sauce \
	--output weights=langid.ftz
run headwater trace langid.ftz --as lab --limit 20
curl -fs "$url/v1/lineage/$digest?as=lab" |
	jq -r '.edges[] | select(.principal == "mallory") | "    mallory'"'"'s edge is shown as: \(.standing)"'

say "A proof that says another place in the log."
sed 's/^index .*/index 3/' langid.ftz.tlog-proof >damaged.tlog-proof
cp langid.ftz.keyring.tlog-proof damaged.keyring.tlog-proof
run_failing 1 headwater verify langid.ftz --proof damaged.tlog-proof --vkey "$vkey"

# ---- a poisoned list ----

chapter "A poisoned list: warned of, found, excluded"
export HEADWATER_HOME=$work/home-auditor HEADWATER_KEY=$work/keys/auditor
poison=data/shards/portuguese.txt

say "The auditor looks: Spanish words under the name of another language.  He warns."
record advisory "$poison" crawl/portuguese --reason poison --severity high \
	--action exclude --description "Spanish words labelled as Portuguese"

say "What came of it?  Also the quantised model, which was released."
run headwater affected "$poison" --as lab

say "The lab takes it out, and shows that nothing else was changed."
export HEADWATER_HOME=$work/home-lab HEADWATER_KEY=$work/keys/lab
run headwater exclude "${shards_id:0:12}" "$poison" -o clean.manifest \
	--proof exclusion.json --quiet
old=$(echo "$HEADWATER_HOME"/logs/*/manifests/*"$(
	curl -fs "$url/v1/records/$shards_id/statement" |
		jq -r '.subject[0].digest.sha256')".manifest)
run headwater exclude "$old" clean.manifest --check --proof exclusion.json
mkdir data/clean data/heldout-clean
for list in $lists; do
	cp "data/shards/$list.txt" data/clean/
	cp "data/heldout/$list.txt" data/heldout-clean/
done
headwater manifest data/clean --quiet | cmp - clean.manifest ||
	fail "the folder is not what the manifest says"

say "It trains, evaluates and quantises again, and releases."
record dataset data/clean --name lab/words/train --version 2 --complete shard --availability open \
	--license GPL-3.0-or-later --description "without the list from the web"
record dataset data/heldout-clean --name lab/words/heldout --version 2 \
	--complete shard --license GPL-3.0-or-later
record run --name lab/train --stage train \
	--input dataset=data/clean --input code=pipeline --input tool=/usr/bin/fasttext \
	--output weights=langid-2.bin --seed seed=42 \
	--complete dataset --complete code --complete tool --with-argv \
	-- pipeline/train.sh data/clean langid-2.bin
record run --name lab/evaluate --stage evaluate \
	--input model=langid-2.bin --input dataset=data/heldout-clean --input code=pipeline \
	--output results=results-2.txt --with-argv \
	-- pipeline/evaluate.sh langid-2.bin data/heldout-clean results-2.txt
pipeline/evaluate.sh langid.bin data/heldout-clean results-1.txt
awk '/^P@1/ { print "    precision at 1, before and after: " $2 }' results-1.txt results-2.txt
record evaluation --name lab/langid-eval --version 2 --of langid-2.bin \
	--benchmark data/heldout-clean --harness pipeline \
	--metric "precision-at-1=$(awk '/^P@1/ { print $2 }' results-2.txt)"
record run --name lab/quantize --stage quantize \
	--input model=langid-2.bin --input dataset=data/clean --input code=pipeline \
	--input tool=/usr/bin/fasttext --output weights=langid-2.ftz --seed seed=42 \
	--complete model --complete dataset --complete code --complete tool --with-argv \
	-- pipeline/quantize.sh langid-2.bin data/clean langid-2.ftz
record release langid-2.ftz --name lab/langid-release --version 1.1 --supersedes 1.0 \
	--license GPL-3.0-or-later --component model-parameters-final=langid-2.ftz
advisory_id=$(curl -fs "$url/v1/records?kind=advisory" | jq -r '.records[0].id')
record reply "$advisory_id" --status fixed --fixed-in langid-2.ftz

say "Is the new release clean of it?  The auditor checks each step, not the log's word."
export HEADWATER_HOME=$work/home-auditor HEADWATER_KEY=$work/keys/auditor
run headwater absent "$poison" --release lab/langid-release/1.1
run_no headwater absent "$poison" --release lab/langid-release/1.0

say "And was it evaluated on what it had learned?"
run_no headwater contaminated lab/langid-release/1.1

# ---- is it really open? ----

chapter "Is it really open?  By what is on the ledger, not by what is said"
export HEADWATER_HOME=$work/home-lab HEADWATER_KEY=$work/keys/lab
components=()

# release VERSION CLASS COMPONENT...: with all that came before, and these
release() {
	local version=$1 class=$2 one
	shift 2
	for one; do components+=(--component "$one"); done
	headwater record release langid-2.ftz --name lab/langid-release --version "$version" \
		--license GPL-3.0-or-later --says "open source" "${components[@]}" \
		--yes --quiet >/dev/null
	printf '%s    $ headwater openness lab/langid-release/%s%s\n' "$dim" "$version" "$plain"
	headwater openness lab/langid-release/"$version" --json >openness.json
	jq -r '"    \(.mof.label): " + ([.mof.progress[] | "\(.met) of \(.of)"] | join(", "))
		+ (["not-met", "claimed"] - (["not-met", "claimed"] - [.mof.components[] |
		select(.required) | .verdict]) | if . == ["claimed"] then "; the rest is claimed" else "" end)
		+ "; OSAID: " + if .osaid.met then "met" else "not met: " +
		([.osaid.lines[] | select(.verdict != "met") | .line] | join(", ")) end,
		(.claims[] | "    says of itself \"\(.claim)\": " +
		if .shown then "shown" else "not shown" end)' openness.json
	[ "$(jq .mof.class openness.json)" = "$class" ] ||
		fail "release $version is not of class $class"
}

say "A release that names no components, and calls itself open source."
release 2.0 0

say "Names are no evidence."
for one in model-parameters-final model-architecture evaluation-results model-card \
	data-card technical-report training-code inference-code evaluation-code evaluation-data datasets \
	data-preprocessing-code model-parameters-intermediate research-paper; do
	components+=(--component "$one=,name=see our web page")
done
release 2.1 0
components=()

say "Weights, architecture, results, and what is written of them: Class III."
cat >model-card.md <<EOF
# langid
Tells eight languages apart by single words. Precision at 1 on held-out words:
$(awk '/^P@1/ { print $2 }' results-2.txt). Names and loan words are often taken for another language.
EOF
{
	echo "# Word lists"
	wc -l data/clean/*.txt | awk '{ print "- " $2 ": " $1 " words" }'
	echo "From Debian's word lists, sorted, split and labelled by pipeline/prepare.sh."
} >data-card.md
cat pipeline/train.sh pipeline/quantize.sh model-card.md data-card.md >report.md
release 2.2 3 model-parameters-final=langid-2.ftz model-architecture=pipeline \
	evaluation-results=results-2.txt,license=CC-BY-4.0 \
	model-card=model-card.md,license=CC-BY-4.0 \
	data-card=data-card.md,license=CC-BY-4.0 \
	technical-report=report.md,license=CC-BY-4.0

say "The code, and what it was evaluated with: Class II."
release 2.3 2 training-code=pipeline inference-code=pipeline evaluation-code=pipeline \
	evaluation-data=data/heldout-clean

say "The data, its preprocessing, the weights before: Class I."
release 2.4 1 datasets=data/clean data-preprocessing-code=pipeline \
	model-parameters-intermediate=langid-2.bin,license=GPL-3.0-or-later \
	research-paper=report.md,license=CC-BY-4.0

say "The auditor asks himself, for a gate: every line from proved records."
export HEADWATER_HOME=$work/home-auditor HEADWATER_KEY=$work/keys/auditor
run headwater openness lab/langid-release/2.4 --require class-1

chapter "Done"
cat <<EOF
The ledger is in $work.
To look at it again:
    cd $work
    headwaterd --data ledger --key log.key --signers allowed_signers --listen 127.0.0.1:8470
    curl http://127.0.0.1:8470/v1/releases
EOF
