# layers.awk: fails on an include that points down or sideways in the Makefile's
# lists, crosses between daemon and client, or opens a library outside its door.

function order(list, room,    names, count, i) {
	count = split(list, names, " ")
	for (i = 1; i <= count; i++)
		place[room "/" names[i]] = i
}

function complain(text) {
	printf "%s:%d: %s\n", FILENAME, FNR, text
	bad = 1
}

BEGIN {
	order("banned " schema, "schema")
	order(client, "client")
	order(daemon, "daemon")
	# the signer has a list of its own and shares the daemon's folder
	count = split(signer, names, " ")
	for (i = 1; i <= count; i++) {
		signer_place["daemon/" names[i]] = i
		if (!("daemon/" names[i] in place))
			signer_only["daemon/" names[i]] = 1
	}
	door["lmdb.h"] = "^daemon/store.*[.][ch]$"
	door["microhttpd.h"] = "^daemon/http.*[.][ch]$"
	door["jansson.h"] = "^schema/(json|object)[.]c$"
	door["sodium.h"] = "^schema/key[.]c$"
	door["nettle/sha2.h"] = "^schema/sha256[.]c$"
	door["zlib.h"] = "^daemon/inflate[.]c$"
	door["yaml.h"] = "^client/card[.]c$"
	door["curl/curl.h"] = "^client/(transport_curl|web)[.]c$"
}

FNR == 1 {
	self = FILENAME
	sub(/[.][ch]$/, "", self)
	room = self
	sub(/\/.*/, "", room)
	if (!(self in place) && !(self in signer_place))
		complain("not in the Makefile's lists")
}

/^#include "/ {
	split($0, part, "\"")
	target = part[2]
	sub(/[.]h$/, "", target)
	target_room = target
	sub(/\/.*/, "", target_room)
	if (target == self || target ~ /[.]inc$/) # rows of a table
		next
	if (target_room != room) {
		if (target_room != "schema")
			complain("includes " target ": only schema/ is shared")
		next
	}
	if (self in signer_only) {
		if (!(target in signer_place) || signer_place[target] >= signer_place[self])
			complain("includes " target ", which stands below it")
	} else if (!(target in place) || place[target] >= place[self])
		complain("includes " target ", which stands below it")
}

/^#include </ {
	split($0, part, /[<>]/)
	if (part[2] in door && FILENAME !~ door[part[2]])
		complain("<" part[2] "> belongs behind " door[part[2]])
}

END { exit bad }
