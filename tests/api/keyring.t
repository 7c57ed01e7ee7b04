#!/bin/bash
# A keyring of 5,000 keys: too long for its record, so its lines are a blob.
# Publish with the last key, verify offline, audit, check, reindex, change it; and
# what is said when the blob is gone.
. tests/api/lib.sh
. tests/api/client.sh

keyring_blob() { # the digest of the newest keyring's lines, or null
	curl -sf "$URL/v1/records?kind=keyring" | jq -r '.records[-1].id' |
		while read -r id; do
			statement "$id" |
				jq -r '.predicate.attachments[0].digest.sha256'
		done
}

blob_path() { # DIGEST
	printf '%s/data/blobs/%.2s/%s' "$WORK" "$1" "$1"
}

maintain() { # WHAT [OPTION...]
	"$HEADWATERD" --data "$WORK/data" "$@"
}

new_log
python3 tests/api/keys.py 5000 >"$WORK/allowed_signers"
person zz # the last line, sorted or not
start_daemon || exit 1
echo words >"$WORK/words"

# ---- from the first entry on ----

blob=$(keyring_blob)
LC_ALL=C sort "$WORK/allowed_signers" >"$WORK/lines"
is "entry 0 names the lines" "$blob" "$(sha256sum <"$WORK/lines" | cut -d' ' -f1)"
first=$(curl -sf "$URL/v1/records?kind=keyring" | jq -r '.records[0].id')
is "its statement says how" \
	"$(statement "$first" | jq -c '[.subject[0].digest.sha256, .predicate]')" \
	"$(jq -cn --arg blob "$blob" --arg size "$(stat -c %s "$WORK/lines")" '[$blob,
		{attachments: [{name: "allowed_signers", mediaType: "text/plain",
		digest: {sha256: $blob}, size: $size}]}]')"
ok "the log serves them" curl -sf -o "$WORK/served" "$URL/v1/blobs/sha256:$blob"
ok "byte for byte" cmp "$WORK/served" "$WORK/lines"

as zz
run 0 "the last key publishes" headwater record dataset "$WORK/words" \
	--name zz/words --license MIT --save-proof "$WORK/words.tlog-proof"
id=$OUT
ok "the lines lie beside the keyring's proof" \
	cmp "$WORK/words.keyring.lines" "$WORK/lines"
run 0 "find" headwater find "$WORK/words"
run 0 "trace" headwater trace "$(digest "$WORK/words")" --as zz
run 0 "audit" headwater audit
run 0 "audit again, from where it stood" headwater audit
is "one more record" "$(entries)" 2

# ---- offline, with nothing but what was published ----

verify() {
	HEADWATER_HOME=$WORK/nobody headwater verify "$WORK/words" \
		--vkey "$VKEY" --proof "$WORK/words.tlog-proof" "$@"
}
run 0 "a stranger verifies offline" verify
mv "$WORK/words.keyring.lines" "$WORK/moved.lines"
run 3 "not without the lines" verify
like "and it says what is missing" "$ERR" "*${blob}*beside its proof*"
sed 's/^zz /zy /' "$WORK/moved.lines" >"$WORK/words.keyring.lines"
run 3 "nor with others" verify
cp "$WORK/words.keyring.tlog-proof" "$WORK/moved.tlog-proof"
run 0 "--keyring has its lines beside it" verify --keyring "$WORK/moved.tlog-proof"
run 0 "the publisher's own client keeps them" \
	headwater verify "$WORK/words" --proof "$WORK/words.tlog-proof"
curl -sf "$URL/v1/records/$first/proof" >"$WORK/k.tlog-proof"
cp "$WORK/lines" "$WORK/k.lines"
run 0 "the keyring's own proof is judged with the lines beside it" \
	headwater verify "$WORK/k.lines" --vkey "$VKEY" --proof "$WORK/k.tlog-proof"

# ---- change ----

reload() { # COUNT of entries afterwards
	local i
	kill -HUP "$DAEMON_PID"
	for i in $(seq 1 200); do
		[ "$(entries)" = "$1" ] && return 0
		sleep 0.1
	done
	return 1
}
sed -i '/^p7 /d' "$WORK/allowed_signers"
ok "SIGHUP: a key less, a keyring more" reload 3
is "a second blob" "$(keyring_blob)" \
	"$(LC_ALL=C sort "$WORK/allowed_signers" | sha256sum | cut -d' ' -f1)"
second=$(keyring_blob)
cp "$WORK/allowed_signers" "$WORK/many"
grep -v '^p' "$WORK/many" >"$WORK/allowed_signers"
ok "SIGHUP: a short one again" reload 4
is "which holds its lines" "$(keyring_blob)" null
cp "$WORK/many" "$WORK/allowed_signers"
ok "SIGHUP: the long one again" reload 5
echo more >"$WORK/more"
run 0 "publish" headwater record dataset "$WORK/more" --name zz/more --license MIT
run 0 "audit follows all of them" headwater audit
run 0 "a new client audits" env HEADWATER_HOME="$WORK/new" \
	headwater audit "$URL" --vkey "$VKEY"
sed -i '100s/ssh-ed25519 A/ssh-ed25519 B/' "$WORK/allowed_signers"
kill -HUP "$DAEMON_PID"
run 0 "a broken file changes nothing" headwater record dataset "$WORK/words" \
	--name zz/again --license MIT
cp "$WORK/many" "$WORK/allowed_signers"

# ---- at rest ----

stop_daemon
ok "--check" maintain --check --vkey "$VKEY"
ok "--reindex" maintain --reindex
ok "--check after it" maintain --check --vkey "$VKEY"
ok "it starts with it" start_daemon
stop_daemon

path=$(blob_path "$second")
cp "$path" "$WORK/kept"
printf x | dd of="$path" conv=notrunc bs=1 seek=99 2>/dev/null
run 1 "--check finds damaged lines" maintain --check --vkey "$VKEY"
like "by name" "$OUT" "*entry 2: *blobs/*$second, are damaged*"
ok "no start" refused 16
like "with the way out" "$SENTENCE" "*blobs/*$second, are damaged; bring the file back*"
rm "$path"
run 1 "--check finds missing lines" maintain --check --vkey "$VKEY"
like "by name" "$OUT" "*entry 2: *blobs/*$second, are missing*"
ok "no start without them" refused 16
like "with the way out" "$SENTENCE" "*$second, are missing*allowed_signers*sort -u*"
LC_ALL=C sort -u "$WORK/allowed_signers" >"$path"
ok "the way out leads out" start_daemon
headwater init "$URL" --vkey "$VKEY" >/dev/null 2>&1
run 0 "publish" headwater record dataset "$WORK/more" --name zz/last --license MIT
stop_daemon

# ---- the first start fails: no blob, no entry ----

rm -rf "$WORK/data" "$WORK/key" "$WORK/key.state"
new_log
python3 tests/api/keys.py 38000 | sed 's/^p/a-principal-with-a-name-as-long-as-this-/' \
	>"$WORK/allowed_signers"
ok "too many keys are refused" refused 13
like "with the limit" "$SENTENCE" "*bytes of lines*at most 4194304*"
done_testing
