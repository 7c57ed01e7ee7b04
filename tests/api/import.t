#!/usr/bin/env bash
# headwater import hf: what a model card claims is recorded as claimed, no more.
. tests/api/lib.sh
. tests/api/client.sh
new_log
person lab
start_daemon || exit 1
as lab
mkdir "$WORK/here" && cd "$WORK/here" || exit 1

mkdir -p model/sub
printf weights >model/model.safetensors.part
cat >model/README.md <<'EOM'
---
license: apache-2.0
base_model: acme/base
datasets:
- acme/words
- name: not-a-name
---
# A model
EOM
echo '{"architectures":["BertModel"],"_name_or_path":"acme/other"}' >model/config.json
run 0 "a folder is imported" headwater import hf model --name lab/imported \
	--license MIT
id=$OUT
is "with what it claims" "$(statement "$id" | jq -c '[.predicate.claims[] | "\(.what) \(.name)"]')" \
	'["license apache-2.0","base-model acme/base","dataset acme/words","base-model acme/other"]'
is "and no more" "$(statement "$id" | jq -c '[.predicate.license, .predicate.derivedFrom, .predicate.architecture]')" \
	'["MIT",null,"BertModel"]'
is "both files are named" \
	"$(statement "$id" | jq -c '[.predicate.attachments[] | .name]')" \
	'["manifest","model-card","config"]'
is "by their digests" \
	"$(statement "$id" | jq -r '.predicate.attachments[1].digest.sha256')" \
	"$(digest model/README.md | cut -c8-)"
like "it is shown as claimed" "$(headwater show "$id")" \
	"*claimed      license apache-2.0*base-model acme/base*dataset acme/words*"
is "a claim is no origin" "$(headwater trace "$id" --json | jq '[.edges[] | select(.role != "weights")] | length')" 0
run 0 "the card can be published" headwater upload model/README.md
run 0 "--architecture stands above the configuration" headwater import hf model \
	--name lab/imported --architecture other --dry-run
is "as it was given" "$(jq -r .predicate.architecture <<<"$OUT")" other

printf -- '---\nlicense: mit\nlicense: gpl\n---\n' >model/README.md
run 3 "a card that two readers would take differently" headwater import hf model \
	--name lab/imported
like "is refused with its line" "$ERR" "*README.md: the front matter, line 3: a key is there twice*"
printf 'no front matter\n' >model/README.md
echo '{' >model/config.json
run 0 "a card and a configuration that say nothing" headwater import hf model \
	--name lab/quiet
like "are warned of" "$ERR" "*config.json: nothing is taken from it*"
is "and claim nothing" "$(statement "$(head -n 1 <<<"$OUT")" | jq .predicate.claims)" null
mkdir bare && echo w >bare/w
run 2 "a folder with neither" headwater import hf bare --name lab/bare
like "is to be recorded otherwise" "$ERR" "*headwater record model records it without*"
run 2 "a file" headwater import hf bare/w --name lab/bare
run 2 "from nowhere else" headwater import other model
done_testing
