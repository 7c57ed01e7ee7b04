#include "tests/bench/forge.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct forge {
	struct secret_key *key;
	struct public_key public;
	char keyid[SSH_FINGERPRINT_MAX];
	struct arena *arena;
};

static uint64_t
mix(uint64_t x)
{
	/* splitmix64: any good mixer would do */
	x += 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

struct forge *
forge_new(void)
{
	static const uint8_t seed[KEY_SEED_LEN] =
	    "headwater: bench, worth nothing";
	struct forge *forge = calloc(1, sizeof(*forge));

	if (forge == NULL)
		abort();
	forge->key = key_secret_of_seed(seed);
	forge->arena = arena_new((size_t)1 << 20);
	if (forge->key == NULL || forge->arena == NULL)
		abort();
	key_secret_public(forge->key, &forge->public);
	ssh_fingerprint(&forge->public, forge->keyid);
	return forge;
}

void
forge_free(struct forge *forge)
{
	key_secret_free(forge->key);
	arena_free(forge->arena);
	free(forge);
}

struct hash
forge_node(uint64_t number)
{
	return sha256_of(span_of(&number, sizeof(number)));
}

void
forge_inputs(uint64_t number, uint64_t ret[static FORGE_INPUTS])
{
	for (uint64_t i = 0; i < FORGE_INPUTS; i++)
		ret[i] = number == 0 ? UINT64_MAX - i
				     : mix(number * FORGE_INPUTS + i) % number;
}

static void
put_resource(
    uint64_t number, const char *kind, const char *role, struct writer *w)
{
	struct hash node = forge_node(number);

	writer_format(w, "{\"name\":\"" FORGE_PRINCIPAL "/%s/%020llu\",", kind,
	    (unsigned long long)number);
	writer_text(w, "\"digest\":{\"sha256\":\"");
	writer_hex(w, hash_span(&node));
	writer_format(w, "\"},\"annotations\":{\"role\":\"%s\"}}", role);
}

void
forge_payload(uint64_t number, struct writer *w)
{
	static const char *const roles[FORGE_INPUTS] = { "train", "code",
		"base" };
	uint64_t inputs[FORGE_INPUTS];

	forge_inputs(number, inputs);
	writer_text(w, "{\"_type\":\"" STATEMENT_TYPE "\",\"subject\":[");
	put_resource(number, "model", "weights", w);
	writer_text(w,
	    "],\"predicateType\":\"" STATEMENT_SLSA_TYPE
	    "\",\"predicate\":{\"buildDefinition\":{\"buildType\":"
	    "\"" STATEMENT_RUN_TYPE
	    "\",\"externalParameters\":{\"seeds\":{\"torch\":\"");
	writer_decimal(w, number);
	writer_text(
	    w, "\"},\"stage\":\"training\"},\"resolvedDependencies\":[");
	for (size_t i = 0; i < FORGE_INPUTS; i++) {
		writer_comma(w);
		put_resource(inputs[i], "input", roles[i], w);
	}
	writer_text(w,
	    "]},\"runDetails\":{\"builder\":{\"id\":"
	    "\"https://runner.example/bench\"}}}}");
}

static void
forge_one(
    struct forge *forge, uint64_t number, bool is_signed, struct writer *w)
{
	uint8_t buffer[FORGE_LINE_MAX];
	struct writer payload = writer_of(buffer, sizeof(buffer));
	struct envelope envelope = { .payload = SPAN_EMPTY };

	forge_payload(number, &payload);
	assert(payload.err == ERR_OK);
	arena_reset(forge->arena);
	if (is_signed) {
		enum err err = envelope_sign(
		    writer_view(&payload), forge->key, forge->arena, &envelope);
		assert(err == ERR_OK);
		(void)err;
	} else {
		envelope.payload = writer_view(&payload);
		memcpy(envelope.keyid, forge->keyid, sizeof(envelope.keyid));
	}
	envelope_print(&envelope, w);
}

void
forge_envelope(struct forge *forge, uint64_t number, struct writer *w)
{
	forge_one(forge, number, true, w);
}

void
forge_unsigned(struct forge *forge, uint64_t number, struct writer *w)
{
	forge_one(forge, number, false, w);
}

void
forge_signer_line(const struct forge *forge, struct writer *w)
{
	writer_text(w, FORGE_PRINCIPAL " ");
	ssh_public_print(&forge->public, w);
	writer_text(w, "\n");
}
