#!/usr/bin/env bash
# Bash completion: the words that the client knows, and no others.
. tests/api/lib.sh
headwater=$HW_BUILD/headwater
script=$PWD/client/headwater.bash
export HEADWATER_HOME=$WORK/home
mkdir -p "$WORK/here" "$HEADWATER_HOME/logs/abc"
echo http://log.example.org >"$HEADWATER_HOME/logs/abc/url"
cd "$WORK/here" || exit 1
mkdir shards
touch model.bin 'two words'

# complete LINE: what is offered, a line each, sorted.
complete_line() {
	# shellcheck disable=SC2016 # for the other bash
	bash -c 'source "$1"
		COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDS=($2)
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
		[[ $2 != *" " ]] || COMP_CWORD=$((COMP_CWORD + 1))
		$(complete -p headwater | sed "s/.*-F \([^ ]*\) .*/\1/")
		printf "%s\n" "${COMPREPLY[@]}"' completion "$script" "$1" 2>&1 |
		LC_ALL=C sort | paste -sd'|'
}

while IFS='>' read -r line expected; do
	is "completes '$line'" "$(complete_line "$line")" "$expected"
done <<'EOL'
headwater re>record
headwater >absent|affected|attest|audit|contains|contaminated|diff|disclose|exclude|export|find|help|import|init|licenses|manifest|openness|record|show|submit|trace|upload|verify
headwater record >advisory|audit|code|dataset|disclosure|evaluation|license|model|release|reply|run|withdrawal
headwater record wi>withdrawal
headwater record advisory s>shards
headwater record advisory --reason pr>propaganda
headwater record reply --status=f>fixed
headwater export lab/x/1 --format c>croissant|cyclonedx
headwater record model --format c>
headwater openness lab/x/1 --require c>class-1|class-2|class-3
headwater help tr>trace
headwater trace --d>--depth|--dot|--down
headwater trace m>model.bin
headwater trace --as lab m>model.bin
headwater record dataset s>shards
headwater record run --input s>shards
headwater record run --input dataset=s>shards
headwater record run --input=dataset=s>shards
headwater record run --name lab/x m>
headwater record run --stage tr>train
headwater record run --stage=qu>quantize
headwater record run --output model.bin -- ls m>model.bin
headwater record release --component datas>datasets=
headwater record release --component datasets=s>shards
headwater trace --log >http://log.example.org
headwater trace --log http:>//log.example.org
headwater audit >http://log.example.org
headwater verify model.bin --pr>--proof
headwater trace nothing>
EOL

# what the program's own help says is what is offered
for command in init submit show verify audit trace find contains affected absent contaminated licenses 'import hf' 'record dataset' \
	'record code' 'record model' 'record run' 'record evaluation' \
	'record release' 'record license' 'record withdrawal' 'record advisory' \
	'record reply' 'record audit' attest; do
	# shellcheck disable=SC2086 # one word or two
	is "offers all options of $command" \
		"$(complete_line "headwater $command --")" \
		"$("$headwater" help $command |
			sed -n 's/^ *\(-., \)\{0,1\}\(--[a-z-]*\)\( .*\)\{0,1\}$/\2/p' |
			LC_ALL=C sort -u | paste -sd'|')"
done
is "offers all commands" "$(complete_line "headwater ")" \
	"$("$headwater" --help | sed -n 's/^  \([a-z]*\) .*/\1/p' | sort -u |
		(cat; echo help) | sort | paste -sd'|')"
if [ -r /usr/share/bash-completion/bash_completion ]; then
	# shellcheck disable=SC2016
	is "works beside the package bash-completion" "$(bash -c '
		source /usr/share/bash-completion/bash_completion
		source "$1"
		COMP_LINE="headwater record run --output x -- headwater tra"
		COMP_POINT=${#COMP_LINE} COMP_WORDS=($COMP_LINE)
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
		_headwater; printf "%s\n" "${COMPREPLY[@]}"' completion "$script")" trace
fi
done_testing
