#!/usr/bin/env bash
# headwater exclude: a set without certain files, and the proof that nothing else
# is gone.
. tests/api/lib.sh
. tests/api/client.sh
new_log
person lab
start_daemon || exit 1
as lab
mkdir "$WORK/here" && cd "$WORK/here" || exit 1

of() { sha256sum "$1" | cut -d' ' -f1; }
mkdir -p set/good set/bad/deep
for i in $(seq 200); do echo "good $i" >"set/good/$i"; done
for i in $(seq 20); do echo "bad $i" >"set/bad/deep/$i"; done
cp set/bad/deep/7 set/good/copy
headwater manifest set -o old -q >/dev/null

# ---- by what files hold ----

run 0 "a folder is excluded" headwater exclude old set/bad -o new --proof proof
rm -rf without && cp -r set without
rm -r without/bad without/good/copy # the copy too: it is the same file
headwater manifest without -o expected -q >/dev/null
ok "what is left is the set without it" cmp new expected
is "its digest is printed" "$OUT" "sha256:$(of new)"
like "and how many went" "$ERR" "21 of 221 files removed"
is "the proof begins as documented" "$(head -3 proof | cut -d' ' -f1-3)" \
	"headwater exclusion 1
old $(of old) 221
new $(of new) 200"
is "and lists what went" "$(tail -n +5 proof)" \
	"$(grep -E '  (bad/|good/copy$)' old)"
run 0 "it is checked" headwater exclude old new --check --proof proof
is "and says what the new set is" "$OUT" "sha256:$(of new)"
run 0 "--json" headwater exclude old new --check --proof proof --json
is "says it all" "$(jq -c '[.removed, .old.files, .new.files, .new.sha256]' <<<"$OUT")" \
	"[21,221,200,\"$(of new)\"]"

# ---- other ways to say what ----

run 0 "by a path of the set" headwater exclude old --below bad -o other
is "leaves the copy" "$(grep -c good/copy other)" 1
is "and nothing below it" "$(grep -c '  bad/' other)" 0
run 0 "by a digest" headwater exclude old "sha256:$(of set/bad/deep/7)" -o other
is "takes both" "$(wc -l <other)" 219
run 0 "by a file" headwater exclude old set/bad/deep/8 -o other
is "takes it" "$(wc -l <other)" 220
grep -E '  bad/deep/(3|5)$' old | shuf >lines
run 0 "by lines" headwater exclude old --lines lines -o other
is "takes these" "$(wc -l <other)" 219
run 0 "all of it at once" headwater exclude old set/bad/deep/8 "sha256:$(of set/good/1)" \
	--lines lines --below good/copy -o other --proof other.proof
is "takes all" "$(wc -l <other)" 216
run 0 "and is proven" headwater exclude old other --check --proof other.proof
echo unknown >unknown
run 0 "a file that is not in it" headwater exclude old set/bad/deep/8 unknown -o other
like "is counted" "$ERR" "*1 of the 2 digests asked for are in the set*"

# ---- a set that was recorded ----

run 0 "a recorded set" headwater record dataset set --name lab/set
id=$OUT
run 0 "by its record" headwater exclude "$id" set/bad -o other
ok "is the same" cmp other new
run 0 "the new one is recorded by its list" headwater record dataset --from-sums new \
	--name lab/set --version 2 --derived-from "$id"
is "as the set it is" "$(statement "$OUT" | jq -r '.subject[0].digest.sha256')" "$(of new)"

# ---- refused ----

cp new before
run 1 "nothing that is in it" headwater exclude old unknown -o new
like "is said" "$ERR" "*none of it is in there*"
run 1 "everything" headwater exclude old set -o new
like "is said too" "$ERR" "*nothing would be left*"
sed 's/bad/worse/' lines >wrong
run 1 "a line that is not there" headwater exclude old --lines wrong -o new
like "is named" "$ERR" "*no line *worse/deep*"
run 1 "what is no manifest" headwater exclude lines set/bad -o new
ok "nothing was changed" cmp new before
is "and nothing left behind" "$(ls new.* proof.* 2>/dev/null)" ""
run 2 "-o is needed" headwater exclude old set/bad
run 2 "and what to exclude" headwater exclude old -o new
run 2 "--check needs both sets" headwater exclude old --check --proof proof

# ---- lies ----

lie() { # NAME SENTENCE
	run 1 "$1" headwater exclude old.lie new.lie --check --proof proof.lie
	like "is found out" "$ERR" "*$2*"
}
fresh() { cp old old.lie && cp new new.lie && cp proof proof.lie; }
fresh; sed -i 9d new.lie
lie "a line that is missing from the new set" "neither left nor listed"
fresh; sed -i 9d old.lie
lie "one that was never in the old" "is not in the old manifest"
fresh; sed -i 7d proof.lie
lie "one that is not listed" "neither left nor listed"
fresh; sed -i '7{p}' proof.lie
lie "one that is listed twice" "not sorted"
fresh; { head -4 proof; { tail -n +5 proof; grep 'good/1$' new; } | LC_ALL=C sort; } \
	>proof.lie
lie "one that is listed and left" "is not in the old manifest"
fresh; sed -i "2s/$(of old)/$(of new)/" proof.lie
lie "another old set" "old.lie: not the manifest of which the proof speaks"
fresh; sed -i "3s/ 200 .*/ 200 $(head -c 32 /dev/zero | base64)/" proof.lie
lie "another root" "new.lie: not the manifest"
for damage in '1s/1/2/' '4s/21/20/' '2s/ 221 / 222 /' '3d' '2s/old/new/' '4s/$/ /'; do
	fresh; sed -i "$damage" proof.lie
	run 3 "a head that is none ($damage)" headwater exclude old.lie new.lie --check \
		--proof proof.lie
done

# ---- long ones ----

case $HW_BUILD in
*asan | *tsan) report 0 "a million lines # SKIP sanitizers have memory of their own" ;;
*)
	awk 'BEGIN { for (i = 1; i <= 1000000; i++)
		printf "%016x%048x  data/part-%d/%d\n", i * 1048576, i, i % 100, i }' >million
	awk 'NR % 10 == 0' million >tenth
	run 0 "a tenth of a million lines" headwater exclude million --lines tenth \
		-o left --proof proof
	ok "goes" sh -c 'LC_ALL=C comm -23 million tenth | cmp - left'
	"$HEADWATER" exclude million left --check --proof proof >/dev/null 2>&1 &
	pid=$! most=0
	while now=$(sed -n 's/^RssAnon:[[:space:]]*\([0-9]*\) kB/\1/p' \
		"/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
		[ "$now" -gt "$most" ] && most=$now
		sleep 0.01
	done
	wait "$pid"
	report $? "and is checked"
	[ "$most" -lt 16384 ]
	report $? "in $most KiB of memory"
	;;
esac
done_testing
