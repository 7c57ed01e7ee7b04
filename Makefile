# Headwater.  `make help` lists the targets.
#
# The lists below are the architecture: a file includes only what stands before
# it (`make layers`).  README.md has the tour.

SCHEMA := utf8 err span arena text text_time text_form reader writer spdx \
	spdx_print spdx_list spdx_facts json object sha256 drift key ssh_key \
	ssh_signer tree note checkpoint tile policy tlog_proof \
	digest_set envelope statement member manifest manifest_salted \
	attachment advisory claim opening origin license_record component \
	audit_record predicate provenance record making keyring keyring_print \
	judge problem \
	particular dossier dossier_inner dossier_walk dossier_order \
	dossier_start dossier_want dossier_build \
	release_diff evidence evidence_lineage snapshot \
	licensing licensing_inner licensing_snapshot licensing_item \
	licensing_text licensing_finding licensing_judge licensing_print \
	mof openness openness_inner openness_component openness_data \
	openness_osaid openness_claim openness_judge openness_print \
	export export_inner export_common export_spdx export_spdx_relation \
	export_cyclonedx export_prov export_openlineage \
	export_croissant export_mot export_eu export_write
DAEMON := limits fault failstop log clock thread_inner thread lock tile_cache worker team damage \
	file file_lock metric \
	sidecar manifest_build manifest_file manifest_inner manifest_open \
	manifest_find manifest_filter inflate quota \
	blob keyring_blob blob_walk \
	store_file store store_inner store_env store_txn \
	store_table store_open store_log store_index \
	device gist gist_pack gist_seek \
	signers recent published admit batch signer_wire \
	signer_process signer_link ledger \
	grow commit rekey seal prove index_keys index_merge index_runs \
	index_build indexer publish sealer gather \
	sequencer recovery recover \
	examine check_tree check check_key check_index \
	view blob_terms blob_root blob_mend check_blobs upload upload_inner \
	upload_one upload_table \
	mender \
	lookup dossier_gather lineage_graph lineage_standing lineage attested \
	warning warning_nodes \
	shard shard_inner shard_judge shard_lines listing absence \
	taint taint_inner taint_walk taint_openings \
	taint_search taint_path clean \
	put render render_shard render_taint \
	token gate watchdog workers request reply serve answer terms \
	render_terms serve_write serve_blob serve_upload \
	serve_read \
	serve_export serve_list serve_openness serve_license serve_lineage \
	serve_shard serve_tlog \
	route http_listen http_pace http_reply http_exchange http_stream http_handle \
	http_chunks http_loop http \
	config vkey scrub withhold maintain \
	start service main
SIGNER := limits fault clock file signer_wire signer_state signer_key \
	signer_keyring signer_batch signer signer_main
CLIENT := output progress git beneath spill sorter line_reader cache walk \
	pointer ahead digester hasher census oms sink listing sums hashing \
	safetensors tensors \
	disk url transport_curl transport web text_diff \
	trust history keyring_lines session stored cited proved keyrings \
	fetched answer ssh_agent principal show \
	submit unsent upload \
	options wishes item asked kept draft terms constituent finding recording \
	child environment run \
	card imported set_statement prover disclosing manifest_path \
	run_statement graph warned draw listed list download document chooser \
	exclusion shard containment ancestry ascent releases dossier_gather \
	differences licences manifest_diff absence overlap benchmarks \
	contamination taint tell command audited follow follow_inner \
	follow_withheld follow_log \
	artifact workplace attest attest_bytes attest_run \
	cmd_init cmd_submit cmd_show cmd_verify cmd_audit cmd_record cmd_run \
	cmd_manifest cmd_upload cmd_disclose cmd_exclude \
	cmd_license cmd_licenses cmd_audited cmd_attest cmd_about cmd_release \
	cmd_advisory cmd_trace cmd_find cmd_contains cmd_affected cmd_absent \
	cmd_contaminated cmd_openness cmd_diff cmd_export main

# The one list of Debian packages: what it takes to build, to check, to demo.
PACKAGES := gcc libc6-dev make git ca-certificates curl jq openssl \
	openssh-client coreutils procps \
	libmicrohttpd-dev liblmdb-dev libsodium-dev libjansson-dev nettle-dev \
	libcurl4-gnutls-dev libyaml-dev zlib1g-dev
PACKAGES_CHECK := libcmocka-dev perl clang clang-format clang-tidy cppcheck \
	libclang-rt-14-dev mandoc bash-completion strace python3-jsonschema \
	nbdkit libnbd-bin fuse3 e2fsprogs
PACKAGES_DEMO := fasttext wamerican wfrench wngerman wspanish witalian wdutch \
	wpolish wdanish
PACKAGES_BENCH := libsqlite3-dev nginx-light gnuplot-nox b3sum

KIND ?= debug
B := .build/$(KIND)
V ?=
Q := $(if $(V),,@)
PREFIX ?= /usr/local
VERSION := 0.1.0
CC := $(if $(filter fuzz,$(KIND)),clang,gcc)

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wundef \
	-Wvla -Wcast-qual -Wwrite-strings -Wpointer-arith -Wformat=2 \
	-Wswitch-enum -Wnull-dereference -Wimplicit-fallthrough
WARNINGS_gcc := -Wduplicated-cond -Wduplicated-branches -Wlogical-op \
	-Wcast-align=strict -Walloca -Wframe-larger-than=16384
HARDENED := -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
	-fstack-clash-protection -fcf-protection=full \
	-ftrivial-auto-var-init=zero -fno-common -fPIE

flags_debug := -O1 -g -fstack-protector-strong -fno-common -DHEADWATER_FAULTS
flags_release := -O2 -g $(HARDENED)
flags_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -DHEADWATER_FAULTS
flags_tsan := -O1 -g -fsanitize=thread -DHEADWATER_FAULTS
flags_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -fno-builtin-malloc
link_release := -pie -Wl,-z,relro,-z,now,-z,noexecstack
link_asan := -fsanitize=address,undefined
link_tsan := -fsanitize=thread
link_fuzz := -fsanitize=fuzzer,address,undefined

ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -DHEADWATER_VERSION='"$(VERSION)"' \
	-I. -include schema/banned.h $(WARNINGS) \
	$(WARNINGS_$(CC)) $(if $(CI),-Werror) $(flags_$(KIND)) -pthread $(CFLAGS)
ALL_LDFLAGS := $(link_$(KIND)) -pthread -Wl,--as-needed $(LDFLAGS)
SCHEMA_LIBS := -ljansson -lsodium -lnettle
DAEMON_LIBS := -lmicrohttpd -llmdb -lz $(SCHEMA_LIBS)
CLIENT_LIBS := -lcurl -lyaml $(SCHEMA_LIBS)

# what has a header alone, and what has a program's main
bare_schema := dossier dossier_inner licensing licensing_inner openness openness_inner export export_inner
bare_daemon := limits thread_inner store store_inner manifest_file manifest_inner upload \
	upload_inner shard shard_inner taint taint_inner main signer_main
bare_client := follow follow_inner main
objects = $(patsubst %,$(B)/$(1)/%.o,$(filter-out $(bare_$(1)),$(2)))
schema := $(call objects,schema,$(SCHEMA))
daemon := $(call objects,daemon,$(DAEMON))
signer := $(call objects,daemon,$(SIGNER))
client := $(call objects,client,$(CLIENT))
programs := $(B)/headwaterd $(B)/headwater-signer $(B)/headwater
sources := $(wildcard schema/*.[ch] daemon/*.[ch] client/*.[ch])
test_sources := $(wildcard tests/*/test_*.c)
tests := $(test_sources:%.c=$(B)/%)
fuzzers := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

all: $(programs) ## build headwaterd, headwater-signer, headwater (KIND=release)

$(B)/headwaterd: $(B)/daemon/main.o $(daemon) $(schema)
$(B)/headwaterd: LIBS := $(DAEMON_LIBS)
$(B)/headwater-signer: $(B)/daemon/signer_main.o $(signer) $(schema)
$(B)/headwater-signer: LIBS := $(SCHEMA_LIBS)
$(B)/headwater: $(B)/client/main.o $(client) $(schema)
$(B)/headwater: LIBS := $(CLIENT_LIBS)
$(programs):
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# it holds the file (.incbin)
$(B)/daemon/serve.o: schema/openapi.json

-include $(wildcard $(B)/*/*.d $(B)/tests/*/*.d)

# ---- tests ----

$(B)/schema.a: $(schema)
$(B)/daemon.a: $(daemon) $(filter-out $(daemon),$(signer))
$(B)/client.a: $(client)
$(B)/%.a:
	@rm -f $@
	$(Q)ar rcs $@ $^

$(B)/tests/schema/test_%: $(B)/tests/schema/test_%.o $(B)/schema.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(SCHEMA_LIBS)
$(B)/tests/daemon/test_%: $(B)/tests/daemon/test_%.o $(B)/daemon.a $(B)/schema.a | $(B)/headwater-signer
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(DAEMON_LIBS)
$(B)/tests/client/test_%: $(B)/tests/client/test_%.o $(B)/client.a $(B)/schema.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(CLIENT_LIBS)
$(B)/tests/fault/writer: $(B)/tests/fault/writer.o $(B)/daemon.a $(B)/schema.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(DAEMON_LIBS)

# the killer, and the daemons that it must catch
killer := killer subject http journal load verify kills disks injected refusals \
	flips starved controls
killer := $(killer:%=$(B)/tests/fault/%.o)
controls := $(B)/tests/fault/ack_early/headwaterd \
	$(B)/tests/fault/sign_early/headwaterd
fault_tests := $(B)/tests/fault/writer $(B)/tests/fault/killer $(controls) \
	$(B)/tests/fault/starve.so
fault_objects := $(killer) $(addprefix $(B)/tests/fault/,writer.o \
	control_ack.o control_sign.o)

$(B)/tests/fault/killer: $(killer) $(B)/schema.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(SCHEMA_LIBS)
$(B)/tests/fault/starve.so: tests/fault/starve.c tests/fault/starve.h
	@mkdir -p $(@D)
	$(Q)gcc -std=c11 -D_GNU_SOURCE -I. $(WARNINGS) -O1 -g -shared -fPIC -o $@ $<
$(B)/tests/fault/ack_early/headwaterd: $(B)/tests/fault/control_ack.o
$(B)/tests/fault/ack_early/headwaterd: wraps := mdb_env_open
$(B)/tests/fault/sign_early/headwaterd: $(B)/tests/fault/control_sign.o
$(B)/tests/fault/sign_early/headwaterd: wraps := commit signer_link_new \
	signer_link_seal
$(controls): $(B)/daemon/main.o $(B)/daemon.a $(B)/schema.a $(B)/headwater-signer
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) $(wraps:%=-Wl,--wrap=%) -o $@ \
		$(filter %.o,$^) $(filter %.a,$^) $(DAEMON_LIBS)
	$(Q)ln -sf ../../../headwater-signer $(@D)/headwater-signer

interop := $(B)/tests/interop/fill $(B)/tests/interop/spdx
$(interop): %: %.o $(B)/schema.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(SCHEMA_LIBS)

hostile_odd := wire odd_lines odd_headers odd_bodies odd_made odd
hostile_siege := wire ammunition reader attack plans siege
hostile_mutants := wire odd_lines odd_headers odd_bodies strict mutants
hostile := $(addprefix $(B)/tests/hostile/,odd mutants siege json_gate)
hostile_objects := $(patsubst %,$(B)/tests/hostile/%.o,$(sort \
	$(hostile_odd) $(hostile_mutants) $(hostile_siege) json_gate))
$(B)/tests/hostile/odd: $(hostile_odd:%=$(B)/tests/hostile/%.o) $(B)/schema.a
$(B)/tests/hostile/mutants: $(hostile_mutants:%=$(B)/tests/hostile/%.o) $(B)/schema.a
$(B)/tests/hostile/siege: $(hostile_siege:%=$(B)/tests/hostile/%.o) \
	$(B)/tests/bench/drive_answer.o $(B)/daemon/thread.o $(B)/daemon/clock.o \
	$(B)/schema.a
$(B)/tests/hostile/json_gate: $(B)/tests/hostile/json_gate.o $(B)/schema.a
$(hostile):
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(SCHEMA_LIBS)

stories := $(wildcard tests/api/*.t tests/fault/*.t tests/interop/*.t tests/hostile/*.t)
T ?=
run_tests = $(if $(T),$(if $(filter %.t,$(T)),tests/$(T),$(B)/tests/$(T)),$(tests) $(if $(UNIT),,$(B)/tests/fuzz/replay $(stories)))

check: $(hostile) $(B)/tests/fuzz/replay
check: setup all $(tests) $(fault_tests) $(interop) ## run every test; T=schema/test_text or T=api/x.t for one, UNIT=1 without stories
	$(Q)HW_BUILD=$(B) ASAN_OPTIONS=handle_segv=2 prove -j2 -e tests/run $(run_tests)

hostile: all $(hostile) ## the hostile client, long; figures count with KIND=release
	$(Q)set -e; for story in $(if $(T),tests/$(T),tests/hostile/*.t); do \
		echo "# $$story"; HW_HOSTILE=long HW_BUILD=$(B) $$story | \
		awk '!/^ok /; /^not ok/ { bad = 1 } END { exit bad }'; done

MINUTES ?= 60
fault: all $(fault_tests) ## kill it for MINUTES: the long tier of tests/fault; G=power for one group
	$(Q)set -e; groups="$(or $(G),kill power points inject disk refuse flip starve control)"; \
		share=$$(($(MINUTES) / $$(echo $$groups | wc -w))); \
		for group in $$groups; do echo "# $$group"; HW_BUILD=$(B) \
		$(B)/tests/fault/killer $$group long $$((share > 0 ? share : 1)); done

fuzz: ## fuzz one decoder: F=envelope SECONDS=60
	$(Q)$(MAKE) --no-print-directory KIND=fuzz .build/fuzz/fuzz_$(F)
	@mkdir -p .build/corpus/$(F) tests/fuzz/corpus/$(F)
	$(Q)$(MAKE) --no-print-directory .build/debug/tests/fuzz/replay
	$(Q)pack=tests/fuzz/corpus/$(F).pack; [ ! -f $$pack ] || \
		.build/debug/tests/fuzz/replay unpack $$pack .build/corpus/$(F)
	.build/fuzz/fuzz_$(F) -max_total_time=$(or $(SECONDS),60) \
		-artifact_prefix=.build/$(F)- -print_final_stats=1 \
		.build/corpus/$(F) tests/fuzz/corpus/$(F)

fuzz-all: ## fuzz each decoder in turn for SECONDS
	$(Q)set -e; for f in $(fuzzers); do $(MAKE) --no-print-directory fuzz F=$$f; done

PACK_BYTES := 11000
fuzz-pack: ## keep the least that reaches as far as what was found: F=envelope
	$(Q)rm -rf .build/merged/$(F) && mkdir -p .build/merged/$(F)
	$(Q).build/fuzz/fuzz_$(F) -set_cover_merge=1 .build/merged/$(F) \
		tests/fuzz/corpus/$(F) .build/corpus/$(F) 2>/dev/null
	$(Q).build/debug/tests/fuzz/replay pack .build/merged/$(F) $(PACK_BYTES) \
		>tests/fuzz/corpus/$(F).pack

# all of them in one program, without a fuzzer
replay_objects := $(fuzzers:%=$(B)/tests/fuzz/replay_%.o)
$(replay_objects): $(B)/tests/fuzz/replay_%.o: tests/fuzz/fuzz_%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -DLLVMFuzzerTestOneInput=fuzz_$* \
		-DLLVMFuzzerInitialize=fuzz_start_$* -MMD -MP -c -o $@ $<
$(B)/tests/fuzz/replay.o: $(fuzzers:%=tests/fuzz/fuzz_%.c)
$(B)/tests/fuzz/replay.o: ALL_CFLAGS += -DFUZZERS='$(patsubst %,X(%),$(fuzzers))'
$(B)/tests/fuzz/replay: $(B)/tests/fuzz/replay.o $(replay_objects) \
	$(B)/daemon.a $(B)/client.a $(B)/schema.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(DAEMON_LIBS) $(CLIENT_LIBS)

$(B)/signer.a: $(signer)
.build/fuzz/fuzz_signer .build/fuzz/fuzz_signer_state: .build/fuzz/signer.a
.build/fuzz/fuzz_gate: .build/fuzz/daemon/gate.o .build/fuzz/daemon/token.o
.build/fuzz/fuzz_gist: $(patsubst %,.build/fuzz/daemon/%.o,gist gist_pack gist_seek)
.build/fuzz/fuzz_answer: .build/fuzz/client.a
.build/fuzz/fuzz_answer: FUZZ_LIBS := $(CLIENT_LIBS)
.build/fuzz/fuzz_card: .build/fuzz/client/card.o
.build/fuzz/fuzz_card: FUZZ_LIBS := -lyaml
.build/fuzz/fuzz_pointer: .build/fuzz/client/pointer.o
.build/fuzz/fuzz_safetensors: .build/fuzz/client/safetensors.o
.build/fuzz/fuzz_sums: $(patsubst %,.build/fuzz/client/%.o,sums line_reader)
.build/fuzz/fuzz_exclusion: $(patsubst %,.build/fuzz/client/%.o,exclusion list \
	sink spill chooser sorter)
.build/fuzz/manifest_file.a: $(call objects,daemon,fault file sidecar manifest_build \
	manifest_open manifest_find)
.build/fuzz/fuzz_manifest_file: .build/fuzz/manifest_file.a
.build/fuzz/fuzz_%: .build/fuzz/tests/fuzz/fuzz_%.o .build/fuzz/schema.a
	$(Q)clang $(link_fuzz) -o $@ $(filter-out %/schema.a,$^) \
		$(filter %/schema.a,$^) $(SCHEMA_LIBS) $(FUZZ_LIBS)

# ---- the stopwatch ----

bench_load := forge requests drive_answer usage drive samples load
bench_floor := floor_record floor_commit floor
bench_fill := forge fill
bench_lineage := forge lineage
bench_programs := $(addprefix $(B)/tests/bench/,load floor fill lineage primitive probe \
	bare lines)

$(B)/tests/bench/load: $(bench_load:%=$(B)/tests/bench/%.o) $(B)/schema.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(SCHEMA_LIBS)
$(B)/tests/bench/floor: $(bench_floor:%=$(B)/tests/bench/%.o) $(B)/schema.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(DAEMON_LIBS)
$(B)/tests/bench/fill: $(bench_fill:%=$(B)/tests/bench/%.o) $(B)/daemon.a $(B)/schema.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(DAEMON_LIBS)
$(B)/tests/bench/lineage: $(bench_lineage:%=$(B)/tests/bench/%.o) $(B)/daemon.a $(B)/schema.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lsqlite3 $(DAEMON_LIBS)
$(B)/tests/bench/primitive: $(B)/tests/bench/primitive.o $(B)/schema.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(SCHEMA_LIBS)
$(B)/tests/bench/bare: $(B)/tests/bench/bare.o $(B)/schema.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(SCHEMA_LIBS)
$(B)/tests/bench/probe $(B)/tests/bench/lines: %: %.o
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^

bench: ## measure beside a floor and peers: ROWS="write read", FULL=1 for 10^7
	$(Q)deploy/setup.sh $(PACKAGES) $(PACKAGES_BENCH)
	$(Q)$(MAKE) --no-print-directory KIND=release all bench-programs
	$(Q)HW_BUILD=.build/release tests/bench/bench.sh $(ROWS)

bench-programs: $(bench_programs)

# ---- gates ----

layers: ## a file includes only what stands before it in the lists above
	$(Q)awk -v schema="$(SCHEMA)" -v daemon="$(DAEMON)" -v signer="$(SIGNER)" \
		-v client="$(CLIENT)" -f tests/layers.awk $(sources)

headers: ## every header compiles alone
	$(Q)set -e; for h in $(filter %.h,$(sources)); do \
		gcc -std=c11 -D_GNU_SOURCE -I. -include schema/banned.h $(WARNINGS) -Werror \
		-fsyntax-only -x c $$h; done

format: ## clang-format agrees; `make reformat` rewrites
	$(Q)clang-format --dry-run -Werror $(sources) $(wildcard tests/*/*.[ch])

reformat: ## let clang-format rewrite the sources
	$(Q)clang-format -i $(sources) $(wildcard tests/*/*.[ch])

TIDY_FLAGS = -std=c11 -D_GNU_SOURCE -DHEADWATER_VERSION=\"\" -I. \
	-Wthread-safety
# one file a process: with several, clang-tidy 14 invents uninitialized va_lists
lint: ## clang-tidy, cppcheck, mandoc, sizes of files; L=file for one
	$(Q)printf '%s\n' $(or $(L),$(filter %.c,$(sources))) | \
		xargs -P 2 -n 1 sh -c \
		'clang-tidy --quiet "$$@" -- $(TIDY_FLAGS) 2>/dev/null' tidy
	$(Q)cppcheck --quiet --std=c11 --language=c -I. -D_GNU_SOURCE \
		--enable=warning,style,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem --suppress=constParameterCallback --suppress=variableScope \
		--error-exitcode=1 -j 2 $(or $(L),$(filter %.c,$(sources)))
	$(Q)$(if $(L),true,mandoc -T lint -W warning daemon/*.8 client/*.1)
	$(Q)awk 'FNR > max[FILENAME] { max[FILENAME] = FNR } END { for (f in max) \
		if (max[f] > (f ~ /\.h$$/ ? 160 : 400)) { \
		print f ": " max[f] " lines"; bad = 1 } exit bad }' $(sources)

spdx: ## make schema/spdx/list.inc again from the npm package that it names
	$(Q)schema/spdx/generate.sh

# ---- setting up, installing, showing ----

setup: ## install the Debian packages that are missing
	$(Q)deploy/setup.sh $(PACKAGES) $(PACKAGES_CHECK) $(PACKAGES_DEMO)

# check and demo must work as the first command on a fresh machine
ifneq ($(filter check demo,$(MAKECMDGOALS)),)
$(schema) $(daemon) $(signer) $(client) $(B)/daemon/main.o \
	$(B)/daemon/signer_main.o $(B)/client/main.o $(tests:=.o) \
	$(fault_objects) $(interop:=.o) $(hostile_objects) $(replay_objects) \
	$(B)/tests/fuzz/replay.o: | setup
endif

demo: setup all ## the whole story with real data, in a ledger of its own
	$(Q)HW_BUILD=$(abspath $(B)) deploy/demo/demo.sh

install: all ## install to DESTDIR and PREFIX (use KIND=release)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/man/man8 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install $(programs) $(DESTDIR)$(PREFIX)/bin
	install -m 644 client/headwater.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 daemon/headwaterd.8 daemon/headwater-signer.8 \
		$(DESTDIR)$(PREFIX)/share/man/man8
	install -m 644 client/headwater.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/headwater

clean: ## remove what was built
	rm -rf .build

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' \
		Makefile

.PHONY: all check hostile fault fuzz fuzz-all fuzz-pack bench bench-programs \
	layers headers format reformat lint spdx setup demo install clean help
.SECONDARY:
.DELETE_ON_ERROR:
