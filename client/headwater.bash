# bash completion for headwater(1).  Needs nothing but bash: where the package
# bash-completion is there it loads this file by itself, else source it.

# The word before the cursor may be cut at '=' and ':' (COMP_WORDBREAKS); what is
# completed is put together again in $cur, and the part that bash has already
# taken is cut off the answers.
_headwater_words() {
	local line=${COMP_LINE:0:COMP_POINT}

	cur=
	case $line in
	*[[:space:]]) ;;
	*) cur=${line##*[[:space:]]} ;;
	esac
	cut=
	case $cur in
	*[=:]*) [[ $COMP_WORDBREAKS == *[=:]* ]] && cut=${cur%"${cur##*[=:]}"} ;;
	esac
}

_headwater_give() { # WORD...: those that begin like $cur
	local word

	for word; do
		[[ $word == "$cur"* ]] && COMPREPLY+=("${word#"$cut"}")
	done
}

# Files, also behind `role=`; the part before stays as it is.
_headwater_files() {
	local before= path

	case $cur in
	*=*) before=${cur%%=*}= ;;
	esac
	compopt -o filenames 2>/dev/null
	while IFS= read -r path; do
		path=$before$path
		COMPREPLY+=("${path#"$cut"}")
	done < <(compgen -f -- "${cur#"$before"}")
}

# URLs of the pinned logs.
_headwater_logs() {
	local home=${HEADWATER_HOME:-${XDG_DATA_HOME:-$HOME/.local/share}/headwater}
	local file url

	for file in "$home"/logs/*/url; do
		[[ -r $file ]] || continue
		IFS= read -r url <"$file"
		_headwater_give "$url"
	done
}

# What an option takes: a word of its value, or nothing known.
_headwater_value() { # OPTION
	case $1 in
	--log) _headwater_logs ;;
	--stage)
		_headwater_give collect preprocess train finetune evaluate quantize merge
		;;
	--complete)
		_headwater_give shard weights dataset source code model tool
		;;
	--reason)
		# of a withdrawal it is a text
		_headwater_give illegal poison propaganda copyright opt-out \
			personal-data bug licence
		;;
	--format)
		# of a model it is a text
		[[ " ${COMP_WORDS[*]} " != *" export "* ]] ||
			_headwater_give spdx cyclonedx prov openlineage croissant mot eu
		;;
	--severity) _headwater_give low medium high critical ;;
	--action) _headwater_give exclude recall note ;;
	--mutable) _headwater_give yes no ;;
	--status) _headwater_give accepted rejected fixed ;;
	--method)
		_headwater_give rehash refetch open-shards order re-run segment \
			evaluation licence-review
		;;
	--require) _headwater_give class-1 class-2 class-3 osaid ;;
	--verdict) _headwater_give confirmed contradicted inconclusive ;;
	--comparison) _headwater_give bit-exact tolerance ;;
	--availability) _headwater_give open public obtainable unshareable ;;
	--source-category)
		_headwater_give public licensed third-party crawled user synthetic other
		;;
	--component)
		case $cur in
		*=*) _headwater_files ;;
		*)
			compopt -o nospace 2>/dev/null
			_headwater_give model-architecture= model-parameters-final= \
				model-parameters-intermediate= model-card= model-metadata= \
				data-card= datasets= data-preprocessing-code= \
				training-code= inference-code= evaluation-code= \
				evaluation-data= evaluation-results= technical-report= \
				research-paper= sample-model-outputs= supporting-libraries=
			;;
		esac
		;;
	--with | --license-text | --input | -i | --output | -O | --derived-from | --of | --benchmark | \
		--harness | --artifact | --params | --log-file | --save-proof | --fixed-in | \
		--openings | --from-sums | --cache | --lines | --output-envelope | -o | --key | -k | \
		--proof | --keyring | --policy)
		_headwater_files
		;;
	esac
}

_headwater_options() { # COMMAND: its own, as `headwater help` has them
	case $1 in
	init) echo --vkey --policy ;;
	verify) echo --proof --keyring --vkey --policy ;;
	audit) echo --all --tree-only --vkey ;;
	contains) echo --whole --openings --as ;;
	contaminated | diff) echo --as ;;
	export) echo --format --output --as ;;
	licenses) echo --as --claim ;;
	openness) echo --as --require --auditor --level ;;
	absent) echo --of --release --as ;;
	affected) echo --as --clean --limit ;;
	manifest) echo --output "$hashing" ;;
	disclose) echo --output ;;
	exclude) echo --output --proof --lines --below --check ;;
	"record disclosure") echo "$recording" ;;
	trace) echo --up --down --as --strangers --auditor --depth --limit --dot ;;
	"record dataset")
		echo --derived-from --complete --no-upload --availability \
			--source-category "$named" "$hashing" "$recording"
		;;
	"record model" | "import hf")
		echo --derived-from --complete --no-upload --architecture --format "$named" \
			"$hashing" "$recording"
		;;
	"record code") echo --entry-point "$named" "$recording" ;;
	"record run")
		echo --name --input --output --param --params --seed --data-order \
			--stage --complete --builder --log-file --with-argv "$recording"
		;;
	"record evaluation")
		echo --of --metric --benchmark --harness --param --params --seed \
			"$named" "$recording"
		;;
	"record release")
		echo --artifact --component --says --supersedes "$named" "$recording"
		;;
	"record license")
		echo --url --name --license --version --description --source --fetched-on \
			--mutable --clause --incorporates --mutable-document --allow-missing "$recording"
		;;
	"record withdrawal") echo --reason --replacement "$recording" ;;
	"record advisory")
		echo --reason --severity --action --description "$recording"
		;;
	"record audit")
		echo --method --verdict --about --comparison --metric --threshold \
			--measured --coverage --seed --environment --description \
			"$recording"
		;;
	attest)
		echo --method --subject --with --from --input --output --metric \
			--expected --tolerance --description "$recording"
		;;
	"record reply")
		echo --status --fixed-in --of --description "$recording"
		;;
	esac
	echo --json --log --key --yes --quiet --help
}

# Options that stand alone; all others take the next word.
_headwater_is_flag() {
	case $1 in
	--json | --yes | -y | --quiet | -q | --help | -h | --dry-run | \
		--no-submit | --with-argv | --all | --tree-only | --whole | --up | --down | \
		--strangers | --dot | --salted | --allow-missing | --pointers | --no-cache | --no-upload | --check)
		return 0
		;;
	esac
	return 1
}

_headwater() {
	local cur cut i word command= previous= expects=
	local named="--name --version --license --license-text --description --source"
	local recording="--dry-run --output-envelope --no-submit --save-proof"
	local hashing="--salted --pointers --from-sums --cache --no-cache"
	local commands="init manifest record import submit upload disclose exclude show trace find contains \
		affected absent contaminated licenses openness diff export verify attest audit help"
	local kinds="dataset code model run evaluation release license withdrawal \
		advisory reply disclosure audit"

	COMPREPLY=()
	_headwater_words
	# shellcheck disable=SC2206 # words of the line before the cursor
	local words=(${COMP_LINE:0:COMP_POINT})
	[[ -n $cur ]] && unset 'words[${#words[@]}-1]'
	for ((i = 1; i < ${#words[@]}; i++)); do
		word=${words[i]}
		if [[ -n $expects ]]; then
			expects=
		elif [[ $word == -- ]]; then
			# a command of its own: complete it as one
			if declare -F _command_offset >/dev/null; then
				_command_offset $((i + 1))
			elif ((i + 1 == ${#words[@]})); then
				while IFS= read -r word; do
					COMPREPLY+=("$word")
				done < <(compgen -c -- "$cur")
			else
				_headwater_files
			fi
			return
		elif [[ $word == --*=* ]] || _headwater_is_flag "$word"; then
			continue
		elif [[ $word == -* ]]; then
			expects=$word
		elif [[ -z $command || $command == help ]]; then
			command=$word
		elif [[ $command == record || $command == import ]]; then
			command="$command $word"
		fi
	done
	previous=$expects
	if [[ -n $previous ]]; then
		_headwater_value "$previous"
		return
	fi
	case $cur in
	--*=*)
		previous=${cur%%=*}
		cur=${cur#*=}
		case $cut in
		--*=*) cut=${cut#*=} ;;
		esac
		_headwater_value "$previous"
		return
		;;
	esac
	case $command in
	"") _headwater_give $commands ;;
	help) _headwater_give $commands ;;
	record) _headwater_give $kinds ;;
	import) _headwater_give hf ;;
	esac
	if [[ $cur == -* ]]; then
		# shellcheck disable=SC2046 # a list of words
		_headwater_give $(_headwater_options "$command")
		return
	fi
	case $command in
	"" | help | record | import | init | "record run" | "record evaluation" | \
		"record withdrawal" | "record reply") ;;
	audit) _headwater_logs ;;
	*) _headwater_files ;;
	esac
}

complete -F _headwater headwater
