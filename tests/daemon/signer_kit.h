/*
 * signer_kit: a folder with a log's key, its state and two publishers' keys.
 *
 * Memory: static; one kit at a time.  Paths are valid until kit_remove.
 */
#ifndef HEADWATER_TESTS_SIGNER_KIT_H
#define HEADWATER_TESTS_SIGNER_KIT_H

#include <limits.h>
#include <unistd.h>

#include "daemon/file.h"
#include "daemon/signer_key.h"
#include "daemon/signer_state.h"
#include "schema/ssh_key.h"
#include "tests/unit.h"

#define KIT_ORIGIN "log.example.org/models"

struct kit {
	char folder[64];
	char key_path[80];
	char state_path[96];
	char signers_path[80];
	struct note_key key;
};

static inline void
kit_write(const char *path, const char *text)
{
	assert_err(ERR_OK, file_replace(path, span_of_text(text), 0600, NULL));
}

/* The public key made of a seed of equal bytes, as an allowed_signers line. */
static inline size_t
kit_line(char *out, size_t cap, const char *head, uint8_t seed_byte)
{
	uint8_t seed[KEY_SEED_LEN];
	struct public_key public;
	struct writer w = writer_of(out, cap - 1);

	memset(seed, seed_byte, sizeof(seed));
	struct secret_key *secret = key_secret_of_seed(seed);
	assert_non_null(secret);
	key_secret_public(secret, &public);
	key_secret_free(secret);
	writer_text(&w, head);
	writer_u8(&w, ' ');
	ssh_public_print(&public, &w);
	writer_u8(&w, '\n');
	assert_err(ERR_OK, writer_end(&w));
	out[w.len] = 0;
	return w.len;
}

static inline void
kit_make(struct kit *kit)
{
	char line[256];
	struct why w = { "" };

	*kit = (struct kit){ .folder = "/tmp/headwater-test.XXXXXX" };
	assert_err(ERR_OK, key_start(NULL));
	assert_non_null(mkdtemp(kit->folder));
	(void)snprintf(
	    kit->key_path, sizeof(kit->key_path), "%s/key", kit->folder);
	(void)snprintf(kit->state_path, sizeof(kit->state_path), "%s.state",
	    kit->key_path);
	(void)snprintf(kit->signers_path, sizeof(kit->signers_path),
	    "%s/signers", kit->folder);
	assert_err(
	    ERR_OK, signer_key_make(KIT_ORIGIN, kit->key_path, &kit->key, &w));
	(void)kit_line(line, sizeof(line), "acme", 1);
	kit_write(kit->signers_path, line);
}

static inline void
kit_remove(struct kit *kit)
{
	(void)unlink(kit->key_path);
	(void)unlink(kit->state_path);
	(void)unlink(kit->signers_path);
	assert_int_equal(0, rmdir(kit->folder));
}

#endif
