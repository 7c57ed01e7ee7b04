#!/bin/sh
# setup.sh PACKAGE...: installs the Debian packages that are missing, or says in
# one sentence why it cannot.
set -eu

missing=
for package; do
	status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) || status=
	[ "$status" = "install ok installed" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
	as_root=sudo
	if ! command -v sudo >/dev/null; then
		echo "setup: cannot install$missing: run as root, or install sudo." >&2
		exit 1
	fi
fi
echo "setup: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get -qq update >/dev/null || true
# shellcheck disable=SC2086 # a list of words
if ! $as_root apt-get -qq install --no-install-recommends $missing >/dev/null; then
	echo "setup: apt-get could not install$missing: is the package archive reachable?" >&2
	exit 1
fi
