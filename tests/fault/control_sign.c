/*
 * A control: the daemon, linked so that each batch is signed before it is
 * committed, and only then sealed as if it were signed afterwards.  Killed between
 * the two, its signer knows entries that no disk ever had; the named points must
 * catch it.
 */
#include <stdatomic.h>
#include <time.h>

#include "daemon/commit.h"
#include "daemon/signer_link.h"
#include "schema/checkpoint.h"

enum err __real_commit(
    struct store *log, const struct growth *growth, struct span note);
enum err __wrap_commit(
    struct store *log, const struct growth *growth, struct span note);
enum err __real_signer_link_new(const struct signer_program *program,
    struct signer_link **ret, struct signer_hello *ret_hello, struct why *w);
enum err __wrap_signer_link_new(const struct signer_program *program,
    struct signer_link **ret, struct signer_hello *ret_hello, struct why *w);
enum err __real_signer_link_seal(struct signer_link *link,
    const struct signer_extension *extension, struct writer *ret_note,
    struct why *w);
enum err __wrap_signer_link_seal(struct signer_link *link,
    const struct signer_extension *extension, struct writer *ret_note,
    struct why *w);

static struct signer_link *signer;
static atomic_uint_fast64_t signed_size; /* by the sequencer, too early */
static atomic_uint_fast64_t sealed_size; /* by the sealer */

enum err
__wrap_signer_link_new(const struct signer_program *program,
    struct signer_link **ret, struct signer_hello *ret_hello, struct why *w)
{
	enum err err = __real_signer_link_new(program, ret, ret_hello, w);

	if (err == ERR_OK) {
		signer = *ret;
		atomic_store(&sealed_size, ret_hello->head.size);
	}
	return err;
}

enum err
__wrap_commit(struct store *log, const struct growth *growth, struct span note)
{
	static struct span entries[BATCH_ENTRIES_MAX];
	static uint8_t bytes[CHECKPOINT_NOTE_MAX];
	struct writer ignored = writer_of(bytes, sizeof(bytes));
	const struct timespec pause = { .tv_nsec = 100000 };
	struct signer_extension extension = { .old_size = growth->first,
		.entries = entries,
		.count = growth->count };

	/* one after another, so that what the sealer repeats is its own */
	while (atomic_load(&sealed_size) < growth->first)
		(void)nanosleep(&pause, NULL);
	for (size_t i = 0; i < growth->count; i++)
		entries[i] = growth->entries[i].entry;
	enum err err =
	    __real_signer_link_seal(signer, &extension, &ignored, NULL);
	if (err != ERR_OK)
		return err;
	atomic_store(&signed_size, growth->first + growth->count);
	return __real_commit(log, growth, note);
}

enum err
__wrap_signer_link_seal(struct signer_link *link,
    const struct signer_extension *extension, struct writer *ret_note,
    struct why *w)
{
	uint64_t size = extension->old_size + extension->count;
	enum err err = size <= atomic_load(&signed_size)
	    ? signer_link_repeat(link, ret_note, w)
	    : __real_signer_link_seal(link, extension, ret_note, w);

	if (err == ERR_OK)
		atomic_store(&sealed_size, size);
	return err;
}
