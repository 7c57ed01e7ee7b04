#!/usr/bin/env bash
# `make install` puts a whole Headwater where it is told to, and it runs there.
set -u
cd "$(dirname "$0")/../.." || exit 1
kind=$(basename "$HW_BUILD")
to=$(mktemp -d)
trap 'rm -rf "$to"' EXIT
count=0

check() { # check NAME COMMAND...
	local name=$1
	shift
	count=$((count + 1))
	if "$@" >"$to/out" 2>&1; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		sed 's/^/# /' "$to/out"
	fi
}

check "it installs" make --no-print-directory KIND="$kind" install \
	DESTDIR="$to" PREFIX=/usr
for file in bin/headwater bin/headwaterd bin/headwater-signer \
	share/man/man1/headwater.1 share/man/man8/headwaterd.8 \
	share/man/man8/headwater-signer.8 \
	share/bash-completion/completions/headwater; do
	check "$file is there" test -s "$to/usr/$file"
done
for program in headwater headwaterd headwater-signer; do
	check "$program runs from there" "$to/usr/bin/$program" --version
done
check "a key can be made" "$to/usr/bin/headwater-signer" keygen \
	--origin install.example/log --key "$to/key"
check "a key is never written over" sh -c \
	"! '$to/usr/bin/headwater-signer' keygen --origin a.example/b --key '$to/key'"
for target in $(sed -n 's/^\([a-z-]*\):.*## .*/\1/p' Makefile); do
	check "make help names $target" sh -c "make help | grep -qw 'make $target'"
done
echo "1..$count"
