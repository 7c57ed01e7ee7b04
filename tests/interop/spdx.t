#!/bin/bash
# Licence expressions, as npm spdx-expression-parse reads them.
. tests/interop/lib.sh
SPDX=$HW_BUILD/tests/interop/spdx
need_node

# The oracle takes only ids of its list, operators in small letters, and operators
# that stick to what is beside them (`MITOR A`), space beside a colon, and reads
# the next id that it finds for an empty one (`LicenseRef-+ OR`): such lines are
# left out.
parse_both() { # FILE: $WORK/ours and $WORK/theirs
	"$SPDX" print <"$1" >"$WORK/ours"
	(cd "$NODE" && node spdx.js) <"$1" >"$WORK/theirs"
}
seed=${HW_SEED:-$RANDOM}
"$SPDX" make "$seed" 20000 | grep -v -i -E '[^ ()](and|or|with) | (and|or|with)[^ ()]|: | :|Ref-([^a-z0-9.-]|$)' \
	>"$WORK/lines"
parse_both "$WORK/lines"
paste -d '\n' "$WORK/lines" "$WORK/ours" "$WORK/theirs" |
	awk 'NR % 3 == 1 { line = $0 } NR % 3 == 2 { ours = $0 }
		NR % 3 == 0 && ours != $0 && ours != "?" {
			print line " | " ours " | " $0 }' >"$WORK/differ"
is "$(wc -l <"$WORK/lines") expressions (seed $seed), taken and read alike" \
	"$(head -n 5 "$WORK/differ")" ""
taken=$(grep -c -v '^-$' "$WORK/ours")
refused=$(grep -c '^-$' "$WORK/ours")
like "of them $taken are expressions and $refused are not" \
	"$((taken > 5000)) $((refused > 5000))" "1 1"

# ids of the list: the oracle's own, and ours
(cd "$NODE" && node -p 'require("spdx-license-ids").join("\n")') >"$WORK/ids"
parse_both "$WORK/ids"
is "each of its $(wc -l <"$WORK/ids") ids is read alike" \
	"$(paste -d ' ' "$WORK/ours" "$WORK/theirs" | awk '$1 != "?" && $1 != $2')" ""
sed -n 's/^LICENSE("\(.*\)", .*/\1/p' schema/spdx/list.inc | sort >"$WORK/have"
missing=$(sort "$WORK/ids" | comm -23 - "$WORK/have" | wc -l)
ok "our list has them but for $missing that are newer" [ "$missing" -lt 20 ]
done_testing
