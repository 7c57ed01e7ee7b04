/*
 * fill: signed records by the ten thousand, to make a ledger large.
 *
 *	fill signers              the keys' lines for allowed_signers
 *	fill records FROM COUNT   COUNT envelopes, one a line, on stdout
 *
 * The same arguments give the same bytes: keys come of fixed seeds.  Every
 * fourth record is a run that made one data set of the one before it, so there
 * is a lineage to walk; all others are data sets.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/arena.h"
#include "schema/envelope.h"
#include "schema/key.h"
#include "schema/ssh_key.h"
#include "schema/writer.h"

#define KEYS 4
#define PAYLOAD_MAX 4096
#define ARENA_MAX ((size_t)1 << 20)

static struct secret_key *keys[KEYS];

static void
make_keys(void)
{
	uint8_t seed[KEY_SEED_LEN] = { 'f', 'i', 'l', 'l' };

	for (uint8_t i = 0; i < KEYS; i++) {
		seed[KEY_SEED_LEN - 1] = i;
		keys[i] = key_secret_of_seed(seed);
		if (keys[i] == NULL)
			abort();
	}
}

static void
print_signers(struct writer *w)
{
	for (unsigned i = 0; i < KEYS; i++) {
		struct public_key key;
		key_secret_public(keys[i], &key);
		writer_format(w, "fill%u ", i);
		ssh_public_print(&key, w);
		writer_text(w, "\n");
	}
}

/* ---- statements ---- */

static void
write_digest(struct writer *w, const char *what, uint64_t number)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%s %" PRIu64, what, number);
	struct hash hash = sha256_of(span_of_text(text));
	writer_text(w, "\"digest\":{\"sha256\":\"");
	writer_hex(w, span_of(hash.bytes, HASH_LEN));
	writer_text(w, "\"}");
}

static void
write_start(struct writer *w, const char *kind, uint64_t number)
{
	writer_text(
	    w, "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{");
	writer_format(w, "\"name\":\"fill%" PRIu64 "/%s/%" PRIu64 "\",",
	    number % KEYS, kind, number);
	write_digest(w, "data set", number);
	writer_text(w, "}],\"predicateType\":");
}

static void
write_data_set(struct writer *w, uint64_t number)
{
	write_start(w, "set", number);
	writer_text(w,
	    "\"https://headwater/dataset/v1\",\"predicate\":{\"license\":"
	    "\"CC0-1.0\"}}");
}

static void
write_run(struct writer *w, uint64_t number)
{
	write_start(w, "run", number);
	writer_text(w,
	    "\"https://slsa.dev/provenance/v1\",\"predicate\":{"
	    "\"buildDefinition\":{\"buildType\":\"https://headwater/run/v1\","
	    "\"externalParameters\":{\"seeds\":{\"shuffle\":\"");
	writer_decimal(w, number);
	writer_text(w, "\"}},\"resolvedDependencies\":[{");
	write_digest(w, "data set", number - 1);
	writer_text(w,
	    "}]},\"runDetails\":{\"builder\":{\"id\":"
	    "\"https://headwater/builder/local\"}}}}");
}

/* ---- envelopes ---- */

static bool
write_record(struct writer *w, struct arena *arena, uint64_t number)
{
	char text[PAYLOAD_MAX];
	struct writer payload = writer_of(text, sizeof(text));
	struct envelope envelope;

	if (number % 4 == 3)
		write_run(&payload, number);
	else
		write_data_set(&payload, number);
	arena_reset(arena);
	if (envelope_sign(writer_view(&payload), keys[number % KEYS], arena,
		&envelope) != ERR_OK)
		return false;
	envelope_print(&envelope, w);
	writer_text(w, "\n");
	return writer_end(&payload) == ERR_OK;
}

static bool
print_records(uint64_t from, uint64_t count)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct writer w = writer_heap(ENVELOPE_LEN_MAX);
	bool is_good = arena != NULL;

	for (uint64_t i = 0; is_good && i < count; i++) {
		writer_clear(&w);
		is_good = write_record(&w, arena, from + i) &&
		    writer_end(&w) == ERR_OK &&
		    fwrite(w.data, 1, w.len, stdout) == w.len;
	}
	writer_done(&w);
	arena_free(arena);
	return is_good;
}

int
main(int argc, char **argv)
{
	char text[KEYS * 128];
	struct writer w = writer_of(text, sizeof(text));
	struct why reason = { "" };
	bool is_good = key_start(&reason) == ERR_OK;

	if (is_good)
		make_keys();
	if (is_good && argc == 2 && strcmp(argv[1], "signers") == 0) {
		print_signers(&w);
		is_good = writer_end(&w) == ERR_OK &&
		    fwrite(text, 1, w.len, stdout) == w.len;
	} else if (is_good && argc == 4 && strcmp(argv[1], "records") == 0) {
		is_good = print_records(
		    strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
	} else {
		(void)fprintf(stderr, "usage: see the head of fill.c\n");
		return 2;
	}
	for (unsigned i = 0; i < KEYS; i++)
		key_secret_free(keys[i]);
	return is_good && fflush(stdout) == 0 ? 0 : 1;
}
