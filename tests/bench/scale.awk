# scale.awk: what scale.sh measured, for report.awk, whose functions it uses.

function mb_s(group) { return med(group, "mb_s") }

# Bytes a second of a program that says only how long it took.
function speed(what, who,    t) {
	t = med("hash " what " " who, "run_s")
	return t == "" || t == 0 ? "" : bytes_of(what) / t / 1e6
}

function bytes_of(what,    group) {
	sub(/-cold$/, "", what)
	group = "hash " what " read"
	return med(group, "bytes")
}

function smaller(a, b) { return a == "" || (b != "" && b < a) ? b : a }
function larger(a, b) { return a == "" || (b != "" && b > a) ? b : a }

function hash_row(what, name, limit, of, target,    ours, i, n, who, peers, cell) {
	ours = speed(what, "headwater")
	if (ours == "")
		return
	n = split("openssl model_signing b3sum", who, " ")
	for (i = 1; i <= n; i++) {
		cell = ratio(ours, speed(what, who[i]))
		peers = peers " | " (cell == "" ? "–" : sprintf("%.2f", cell))
	}
	printf "| %s | %d | %d (%s) | %.2f | %s%s | %.2f : %s : %s |\n", name, ours,
	    limit, of, ours / limit, least(ours / limit, target), peers,
	    med("hash " what " headwater", "cpu_s"),
	    show(med("hash " what " sum", "cpu_s"), "%.2f"),
	    show(med("hash " what " openssl", "cpu_s"), "%.2f")
}

function hash_table(    one, all, disk) {
	if (list["hash large headwater", "run_s"] == "")
		return
	one = larger(mb_s("hash rate nettle1"), mb_s("hash rate openssl1"))
	all = mb_s("hash rate nettle")
	print "\n## Hashing, MB/s\n"
	printf "One core hashes %d MB/s by nettle, which `headwater` has, and %d by OpenSSL; all cores %d by nettle.\n",
	    mb_s("hash rate nettle1"), mb_s("hash rate openssl1"), all
	print "The limit of one file is the disk or one core, since SHA-256 is one chain; of many files, the disk or all cores,"
	print "or what a program takes that only opens, reads and hashes them (\"bare\"). Peers as ratios of speed, headwater over theirs;"
	print "model_signing with Python's start; b3sum hashes BLAKE3, on all cores. CPU is in seconds, headwater : bare : openssl.\n"
	print "| what | headwater | limit | of limit | ≥ 0.90 | × openssl | × model_signing | × b3sum | CPU |"
	print "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
	hash_row("large", "one large file, in memory", \
	    smaller(one, mb_s("hash large read")), "one core", 0.9)
	disk = larger(mb_s("hash large-cold read"), mb_s("hash large-cold read2"))
	hash_row("large-cold", "one large file, on disk", smaller(one, disk),
	    disk < one ? "disk" : "one core", 0.9)
	hash_row("small", "100,000 small files, in memory", \
	    smaller(smaller(all, mb_s("hash small read")), mb_s("hash small sum")),
	    "bare", 0.9)
	hash_row("small-cold", "100,000 small files, on disk", \
	    smaller(smaller(all, mb_s("hash small-cold read")), mb_s("hash small sum")),
	    "disk or bare", 0.9)
}

function ingestion(    count, t) {
	t = med("manifest put daemon", "run_s")
	if (t == "")
		return
	count = med("manifest put daemon", "lines")
	figure("`headwater manifest` of a list of " count " files",
	    sprintf("%d lines/s, %.0f MiB at most; sort and openssl dgst %.2f × that time",
	    count / med("manifest make headwater", "run_s"),
	    med("manifest make headwater", "hwm_mib"),
	    ratio(med("manifest make sort", "run_s"),
	    med("manifest make headwater", "run_s"))), "≤ 160 MiB",
	    most(med("manifest make headwater", "hwm_mib"), 160))
	figure("`headwater record dataset` of it",
	    sprintf("%d lines/s, %.0f MiB", count / med("manifest record headwater", "run_s"),
	    med("manifest record headwater", "hwm_mib")), "≤ 160 MiB",
	    most(med("manifest record headwater", "hwm_mib"), 160))
	figure("PUT of its manifest",
	    sprintf("%d lines/s, %.0f MB/s (hashing alone %d); daemon %.0f MiB at most, anonymous %.0f",
	    count / t, med("manifest hash bare", "bytes") / t / 1e6,
	    mb_s("manifest hash bare"), med("manifest put daemon", "hwm_mib"),
	    med("manifest put daemon", "anon_mib")), "anonymous ≤ 64 MiB",
	    most(med("manifest put daemon", "anon_mib"), 64))
}

function membership(    i, n, who, h) {
	n = split("1 16", who, " ")
	for (i = 1; i <= n; i++) {
		h = "shard headwater" who[i]
		if (med(h, "per_s") == "")
			continue
		figure("is it in " med(h, "lines") " lines? " who[i] " connection" \
		    (who[i] > 1 ? "s" : "") ", half are not",
		    sprintf("p50 %.2f, p99 %.2f ms; %d/s", med(h, "p50_ms"),
		    med(h, "p99_ms"), med(h, "per_s")), "p99 < 5 ms",
		    most(med(h, "p99_ms"), 5))
	}
	if (list["shard proved", "good"] != "")
		figure("both answers, proved to the checkpoint",
		    med("shard proved", "good") " of 2", "2",
		    least(med("shard proved", "good"), 2))
}

# Microseconds of CPU for each artifact in the answer.
function per_node(question, share, size,    g) {
	g = "taint " question "-" share " " size " headwater"
	return ratio(med(g, "cpu_ms_per_1000"), med(g, "nodes"))
}

function taint_row(question, name, share,    small, large) {
	small = per_node(question, share, 10000)
	large = per_node(question, share, 1000000)
	if (small == "" || large == "")
		return
	figure(sprintf("%s, %.0f artifacts", name,
	    med("taint " question "-" share " 1000000 headwater", "nodes")),
	    sprintf("%.1f µs CPU an artifact in 10^4 records, %.1f in 10^6: × %.2f; p50 %.2f ms",
	    small, large, large / small,
	    med("taint " question "-" share " 1000000 headwater", "p50_ms")),
	    "within 30 %", most(large / small, 1.3))
}

function taints(    i, n, share) {
	n = split("2 4 7", share, " ")
	for (i = 1; i <= n; i++)
		taint_row("shards", "what came of a file", share[i])
	for (i = 1; i <= n; i++)
		taint_row("down", "lineage down", share[i])
}

function contaminated(    t, count) {
	t = med("contaminated", "run_s")
	if (t == "")
		return
	count = med("contaminated", "lines")
	figure("`headwater contaminated`, " count " lines against " count / 10,
	    sprintf("%.1f s, %.0f MiB at most; %d shared file found, ended with %d", t,
	    med("contaminated", "hwm_mib"), med("contaminated", "shared"),
	    med("contaminated", "status")), "seconds; ≤ 64 MiB; found",
	    most(t, 60) " / " most(med("contaminated", "hwm_mib"), 64) " / " \
	    least(med("contaminated", "shared"), 1))
}

function scale() {
	ingestion()
	membership()
	taints()
	contaminated()
	hash_table()
}
