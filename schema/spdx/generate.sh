#!/bin/bash
# Makes schema/spdx/list.inc again from the SPDX licence list that an npm package
# carries: ids with the flags that verdicts need, in the order of a search that
# does not look at case.  `make spdx`; needs npm, jq and the registry.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")"
package=@cyclonedx/cdxgen@12.8.4
file=package/data/spdx-license-list.json
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tarball=$(cd "$work" && npm pack --silent "$package")
tar -xzf "$work/$tarball" -C "$work" "$file"
sum=$(sha256sum "$work/$file" | cut -d' ' -f1)

# rows: MACRO(id, flags), sorted as strcasecmp sorts
rows() { # OBJECT MACRO
	jq -r --arg object "$1" --arg macro "$2" '.[$object] | to_entries[] |
		[(.key | ascii_downcase), .key, ([
			(select(.value.isOsiApproved == true) | "SPDX_OSI"),
			(select(.value.isFsfLibre == true) | "SPDX_FSF"),
			(select(.value.isDeprecated == true) | "SPDX_DEPRECATED")
		] | if . == [] then "0" else join(" | ") end)] |
		"\(.[0])\t\($macro)(\"\(.[1])\", \(.[2]))"' \
		"$work/$file" | sort -t"$(printf '\t')" -k1,1 | cut -f2
}

{
	echo "/* Made by schema/spdx/generate.sh from npm $package,"
	echo " * $file (Apache-2.0; the list itself is"
	echo " * SPDX's, CC0-1.0), sha256"
	echo " * $sum. */"
	rows licenses LICENSE
	rows exceptions EXCEPTION
} >list.inc.new
mv list.inc.new list.inc
