# report.awk: one page of ratios from raw.txt.  Every figure is the median of its
# runs; a ratio is one of medians of the same run.

{
	row = $1
	delete value
	for (i = 2; i <= NF; i++) {
		at = index($i, "=")
		if (at > 0)
			value[substr($i, 1, at - 1)] = substr($i, at + 1)
	}
	group = row
	if ("what" in value) group = group " " value["what"]
	if ("load" in value) group = group " " value["load"]
	if ("size" in value && row != "fill") group = group " " value["size"]
	if ("who" in value) group = group " " value["who"]
	if ((row == "write" || row == "read") && "connections" in value)
		group = group " " value["connections"]
	for (key in value)
		list[group, key] = list[group, key] " " value[key]
	if (row == "fill") fills[++fill_count] = value["size"]
	if (row == "write") writers[value["connections"]] = 1
	if (row == "reindex" || row == "check") line[row] = $0
	errors += value["errors"]
	wrong += value["false"]
	checked += value["checked"]
	if (row == "skipped") skipped[++skip_count] = $0
}

function med(group, key,    n, a, i, j, t) {
	n = split(list[group, key], a, " ")
	if (n == 0)
		return ""
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && a[j - 1] + 0 > a[j] + 0; j--) {
			t = a[j]; a[j] = a[j - 1]; a[j - 1] = t
		}
	return a[int((n + 1) / 2)] + 0
}

function ratio(a, b) { return a == "" || b == "" || b == 0 ? "" : a / b }
function show(x, format) { return x == "" ? "–" : sprintf(format, x) }
function least(x, target) { return x == "" ? "–" : x >= target ? "met" : "**missed**" }
function most(x, target) { return x == "" ? "–" : x <= target ? "met" : "**missed**" }

# Most that two cores could do, by the CPU that a record takes.
function possible(c,    cpu) {
	cpu = med("write headwater " c, "cpu_ms_per_1000")
	return cpu == "" || cpu == 0 ? "" : 2e6 / (cpu + \
	    med("write headwater " c, "own_ms_per_1000"))
}

function row_write(c,    f, h, t, r, ft, rt, tt, target, verdict) {
	f = med("write floor " c, "per_s")
	h = med("write headwater " c, "per_s")
	t = med("write tessera " c, "per_s")
	r = med("write rekor " c, "per_s")
	ft = ratio(h, f); tt = ratio(h, t); rt = ratio(h, r)
	target = c <= 64 ? 2 : 1
	verdict = least(ft, 0.7) " / " least(tt, target) " / " least(rt, 10)
	printf "| %d | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", c,
	    show(f, "%d"), show(h, "%d") " (" show(possible(c), "%d") ")",
	    show(ft, "%.2f"), show(t, "%d"),
	    show(tt, "%.2f"), show(r, "%d"), show(rt, "%.0f"),
	    show(med("write floor " c, "cpu_ms_per_1000"), "%d") " : " \
	    show(med("write headwater " c, "cpu_ms_per_1000"), "%d") " : " \
	    show(med("write tessera " c, "cpu_ms_per_1000"), "%d") " : " \
	    show(med("write rekor " c, "cpu_ms_per_1000"), "%d"),
	    show(med("write headwater " c, "p50_ms"), "%.1f") " / " \
	    show(med("write headwater " c, "p99_ms"), "%.1f"),
	    show(med("write tessera " c, "refused"), "%d"), verdict
}

function write_table(    c, order, n, i) {
	n = split("1 64 128 256 512 2048", order, " ")
	print "\n## Acknowledged records a second\n"
	print "Verified, fsynced, de-duplicated, with a signed proof in the answer; the floor gives no proof,"
	print "Tessera verifies nothing and gives none. Targets: 0.70 of the floor; Tessera × 2 up to 64, × 1 above;"
	print "Rekor × 10. In brackets: what two cores allow by the CPU that a record takes. CPU is in ms for 1,000 records, floor : headwater : Tessera : Rekor.\n"
	print "| connections | floor | headwater | of floor | Tessera tuned | × | Rekor tuned | × | CPU | p50 / p99 ms | Tessera refused | floor / Tessera / Rekor |"
	print "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
	for (i = 1; i <= n; i++)
		if (order[i] in writers)
			row_write(order[i])
	for (i = 1; i <= n; i++) {
		c = order[i]
		if (list["write tessera-shipped " c, "per_s"] != "")
			printf "\nAs shipped at %d connections: Tessera %d/s%s.", c,
			    med("write tessera-shipped " c, "per_s"),
			    list["write rekor-shipped " c, "per_s"] == "" ? "" : \
			    sprintf(", Rekor %.1f/s", med("write rekor-shipped " c, "per_s"))
	}
	print ""
}

function figure(name, got, target, verdict) {
	printf "| %s | %s | %s | %s |\n", name, got, target, verdict
}

function ndjson(    rate, v, share, h) {
	h = med("ndjson headwater", "per_s")
	if (h == "") return
	v = med("machine verify2", "per_s")
	share = med("ndjson headwater", "own_cores")
	rate = v * (2 - share) / 2
	figure("NDJSON, 256 a request, 8 connections",
	    sprintf("%d/s; 2 cores verify %d/s, less the load's %.2f cores %d/s: %.2f. ",
	    h, v, share, rate, h / rate) \
	    sprintf("CPU %.0f µs a record, of which %.0f verify: no more than %.2f is possible",
	    med("ndjson headwater", "cpu_ms_per_1000"), 2e6 / v,
	    2e6 / v / med("ndjson headwater", "cpu_ms_per_1000")),
	    "≥ 0.80", least(h / rate, 0.8))
}

function latency(prefix, name,    f, h, s, p99) {
	h = med(prefix " headwater", "p50_ms")
	if (h == "") return
	f = med(prefix " floor", "p50_ms")
	s = med(prefix " fdatasync", "p50_ms")
	p99 = med(prefix " headwater", "p99_ms")
	figure(name, sprintf("p50 %.2f ms, floor %.2f, one fdatasync %.2f: %.2f × floor, %.1f × sync; p99 %.2f ms",
	    h, f, s, h / f, h / s, p99), "≤ 2 × floor; p99 ≤ 10 ms",
	    most(h / f, 2) " / " most(p99, 10))
}

function reads(what,    h, n) {
	h = med("read " what " headwater 64", "cpu_ms_per_1000")
	n = med("read " what " nginx 64", "cpu_ms_per_1000")
	if (h == "" || n == "") return
	figure("GET of " what, sprintf("%.1f µs CPU, nginx %.1f: %.2f (%d bytes; %d/s, nginx %d/s)",
	    h, n, h / n, med("read " what " headwater 64", "bytes"),
	    med("read " what " headwater 64", "per_s"), med("read " what " nginx 64", "per_s")),
	    "≤ 1.3 × nginx", most(h / n, 1.3))
}

function flat(what, first, last, limit,    grown) {
	if (first == "" || last == "" || first == 0) return
	grown = last / first - 1
	figure(what, sprintf("%+.0f %%", grown * 100), sprintf("within %d %%", limit * 100),
	    most(grown, limit))
}

function by_size(    i, s, x, first, last) {
	for (i = 1; i <= fill_count; i++) {
		s = fills[i]
		latency("latency " s, "request to proof, " s " records")
		x = med("lineage " s, "ratio")
		if (x != "")
			figure("lineage, " s " records", sprintf("%d ns an edge; SQLite CTE that counts %d ns: %.2f ×; " \
			    "that gives what the answer says %d ns: %.2f ×", med("lineage " s, "ns_per_edge"),
			    med("lineage " s, "sqlite_ns_per_edge"), x, med("lineage " s, "sqlite_facts_ns_per_edge"),
			    med("lineage " s, "facts_ratio")), "≥ 10 × SQLite", least(x, 10))
		x = med("index " s, "index_per_s")
		if (x != "")
			figure("index follower on " s, sprintf("%d records/s", x), "≥ 10,000/s", least(x, 10000))
		x = med("lag trickle " s, "lag_max_ms")
		if (x != "")
			figure("lag at 100/s, " s, sprintf("p50 %.0f, most %.0f ms",
			    med("lag trickle " s, "lag_p50_ms"), x), "< 50 ms", most(x, 50))
		x = med("lag half " s, "lag_max_ms")
		if (x != "")
			figure("lag at half load, " s, sprintf("p50 %.0f, most %.0f ms (%d records/s)",
			    med("lag half " s, "lag_p50_ms"), x, med("half " s " headwater", "per_s")),
			    "< 5 s", most(x, 5000))
		x = med("memory " s " headwater", "anon_mib")
		if (x != "")
			figure("anonymous memory under 2,048 connections, " s, sprintf("%.0f MiB", x),
			    "≤ 200 MiB", most(x, 200))
		x = med("start " s, "start_ms")
		if (x != "")
			figure("start to first answer, " s, sprintf("%.0f ms", x), "< 1 s", most(x, 1000))
	}
	first = fills[1]; last = fills[fill_count]
	if (fill_count > 1) {
		flat("p50 over the floor's, from " first " to " last,
		    ratio(med("latency " first " headwater", "p50_ms"), med("latency " first " floor", "p50_ms")),
		    ratio(med("latency " last " headwater", "p50_ms"), med("latency " last " floor", "p50_ms")), 0.2)
		flat("time an edge from " first " to " last, med("lineage " first, "ns_per_edge"),
		    med("lineage " last, "ns_per_edge"), 0.3)
		flat("memory from " first " to " last, med("memory " first " headwater", "anon_mib"),
		    med("memory " last " headwater", "anon_mib"), 0.2)
	}
}

# What two free cores could do at most.
function by_cpu(n, cpu) {
	return sprintf("; CPU %.1f µs a record, so two cores allow %d/s", cpu / n * 1e6, 2 * n / cpu)
}

# What all signatures allow, and what is left without them.
function checked_again(    n, r, q) {
	if (!("check" in line)) return
	n = med("check", "records")
	r = n / med("check", "seconds")
	q = n / med("check", "quick_seconds")
	figure("--check, every signature", sprintf("%d records/s (%d records): %.2f of what libsodium verifies on two cores (%d/s; on one %d/s)%s",
	    r, n, r / med("machine verify2", "per_s"), med("machine verify2", "per_s"),
	    med("machine verify1", "per_s"), by_cpu(n, med("check", "cpu_seconds"))),
	    "≥ 200,000/s: no signature can be left out of it", least(r, 200000))
	figure("--check --quick", sprintf("%d records/s (%d records)%s", q, n,
	    by_cpu(n, med("check", "quick_cpu_seconds"))),
	    "≥ 200,000/s", least(q, 200000))
}

function rebuilt(    r, s, f) {
	if (!("reindex" in line)) return
	s = med("reindex", "seconds")
	r = med("reindex", "records") / s
	f = med("reindex", "follower_per_s")
	figure("--reindex", sprintf("%d records/s (%d records): %s × the follower, %.1f × reading the log once (%.1f s, %.1f GB)%s",
	    r, med("reindex", "records"), f > 0 ? sprintf("%.1f", r / f) : "–",
	    s / med("reindex", "read_seconds"), med("reindex", "read_seconds"),
	    med("reindex", "log_bytes") / 1e9,
	    by_cpu(med("reindex", "records"), med("reindex", "cpu_seconds"))), "≥ 200,000/s", least(r, 200000))
}

END {
	print "# Headwater, measured\n"
	printf "%d cores; load average before the run %s: above 0.5, others used them too and only ratios mean something.\n",
	    med("machine others", "cores"), med("machine others", "loadavg")
	printf "One fdatasync of 4 KiB appended: p50 %.3f ms, p99 %.3f ms. Ed25519 verify (libsodium, 1,000 bytes): %d/s on one core, %d/s on two.\n",
	    med("machine fdatasync", "p50_ms"), med("machine fdatasync", "p99_ms"),
	    med("machine verify1", "per_s"), med("machine verify2", "per_s")
	printf "Proofs verified afterwards: %d, false: %d; failed requests: %d.\n", checked, wrong, errors
	if (length(writers) > 0)
		write_table()
	print "\n## The rest\n"
	print "| figure | measured | target | |"
	print "| --- | --- | --- | --- |"
	ndjson()
	latency("idle", "request to proof, idle, 1 connection")
	reads("checkpoint"); reads("tile"); reads("bundle"); reads("record"); reads("proof")
	by_size()
	checked_again(); rebuilt()
	scale()
	for (i = 1; i <= skip_count; i++)
		printf "\n- %s\n", skipped[i]
}
