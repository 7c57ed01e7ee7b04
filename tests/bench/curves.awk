# curves.awk: records/s and latency by connections, as blocks for gnuplot.

$1 == "write" {
	for (i = 2; i <= NF; i++) {
		at = index($i, "=")
		value[substr($i, 1, at - 1)] = substr($i, at + 1)
	}
	key = value["who"] " " value["connections"]
	rates[key] = rates[key] " " value["per_s"]
	times[key] = times[key] " " value["p50_ms"]
}

function med(text,    n, a, i, j, t) {
	n = split(text, a, " ")
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && a[j - 1] + 0 > a[j] + 0; j--) {
			t = a[j]; a[j] = a[j - 1]; a[j - 1] = t
		}
	return a[int((n + 1) / 2)]
}

END {
	whos = split("floor headwater tessera rekor", who, " ")
	counts = split("1 64 128 256 512 2048", connections, " ")
	for (w = 1; w <= whos; w++) {
		printf "\"%s\"\n", who[w]
		for (c = 1; c <= counts; c++) {
			key = who[w] " " connections[c]
			if (key in rates)
				print connections[c], med(rates[key]), med(times[key])
		}
		print "\n"
	}
}
