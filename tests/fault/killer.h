/*
 * killer: a log under load, killed, starved and lied to, and what must be true
 * afterwards.
 *
 * The parts: subject.c (the daemon and its files), http.c (one connection),
 * journal.c (what was acknowledged, every checkpoint ever seen), load.c (writers
 * and a reader), verify.c (what must be true), and the groups of scenarios:
 * kills.c, injected.c, disks.c, refusals.c, flips.c, starved.c, controls.c.
 * killer.c runs one group and prints TAP.
 *
 * After any failure three outcomes are legal for a record: not acknowledged and
 * absent, not acknowledged and present (sent again, it comes back with the same
 * index), acknowledged and present.  Never: acknowledged and absent, or two roots
 * for one size.
 *
 * Threads: a journal is guarded; the rest is the main thread's.  Memory: malloc,
 * gone with the process.
 */
#ifndef HEADWATER_TESTS_KILLER_H
#define HEADWATER_TESTS_KILLER_H

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "schema/arena.h"
#include "schema/key.h"
#include "schema/note.h"
#include "schema/span.h"
#include "schema/tree.h"
#include "schema/writer.h"

#define WRITERS 4 /* each its own principal and connection */

/* ---- small things (killer.c) ---- */

struct options {
	const char *build; /* folder of the programs */
	bool is_long;
	uint64_t minutes; /* of a long run */
	uint64_t seed;
};
extern struct options options;

uint64_t random_next(void); /* of the main thread, from the seed */
uint64_t random_below(uint64_t end);
uint64_t now_ms(void);
void sleep_us(uint64_t us);
bool may_go_on(void); /* a long run has its time */

void note_line(const char *format, ...) PRINTF(1, 2);		  /* "# …" */
void outcome(bool is_good, const char *format, ...) PRINTF(2, 3); /* TAP */
_Noreturn void skip_all(const char *reason); /* of the group */
_Noreturn void bail_out(const char *what);

/* ---- the daemon and its files ---- */

#define ARGV_MAX 24

struct subject {
	char folder[PATH_MAX / 4]; /* key, allowed_signers, output */
	char data[PATH_MAX / 4];
	char program[PATH_MAX / 4];
	struct note_key key;
	struct secret_key *publishers[WRITERS];
	pid_t pid; /* 0: not running */
	pid_t signer;
	int port;
	/* for the next start only */
	const char *fault;	       /* HEADWATER_FAULT */
	const char *wrapper[ARGV_MAX]; /* strace …, ends with NULL */
	const char *preload;	       /* LD_PRELOAD */
	const char *option;	       /* one more */
};

/* A fresh log in a fresh folder (in TMPDIR, else /tmp). */
void subject_make(struct subject *s, const char *program);
/* On a disk of its own: `mount` holds key and data. */
void subject_make_in(
    struct subject *s, const char *program, const char *folder);
void subject_remove(struct subject *s); /* kills what runs, removes it all */

#define START_HANGS 1000
#define START_IS_LOCKED 12
#define ENDED_BY_SIGNAL 128
/* 0 when it listens, else how it ended: exit status, ENDED_BY_SIGNAL + signal, or
 * START_HANGS (then it was killed). */
int subject_start(struct subject *s);
/* Starts it and does not wait. */
void subject_launch(struct subject *s);
int subject_await(struct subject *s);
/* How it ended, once it has; -1 while it runs after `wait_ms`. */
int subject_wait(struct subject *s, uint64_t wait_ms);
void subject_kill(struct subject *s); /* SIGKILL, and its signer is gone too */
int subject_stop(struct subject *s);  /* SIGTERM; how it ended */
bool subject_is_marked(const struct subject *s); /* the failure marker */
/* headwaterd --check or --reindex: its exit status. */
int subject_run(struct subject *s, const char *action);
void subject_show(const struct subject *s); /* its last words, as notes */
const char *subject_path(const struct subject *s, const char *name);

/* Runs a program to its end; its output goes to `folder`/out. */
int run_program(const struct subject *s, const char *const *argv);
#define RUN(s, ...) run_program(s, (const char *const[]){ __VA_ARGS__, NULL })
void copy_tree(const char *from, const char *to);
void remove_tree(const char *path);
bool can_run(const char *const *argv); /* its exit status is 0 */

/* ---- one connection ---- */

struct http {
	int fd; /* -1: none */
	int port;
	char *buffer;
	size_t cap;
};

struct answer {
	int status;
	struct span body; /* until the next question */
};

void http_open(struct http *h, int port); /* connects when asked */
void http_close(struct http *h);
/* False: no answer (the connection ended). */
bool http_get(struct http *h, const char *path, struct answer *ret);
bool http_post(
    struct http *h, const char *type, struct span body, struct answer *ret);

/* ---- what is known ---- */

struct acked {
	struct hash id;
	uint64_t index;
};

struct unknown { /* sent, and nobody knows what became of it */
	struct hash id;
	struct span entry;
};

struct journal {
	pthread_mutex_t mutex;
	struct acked *acked;
	size_t acked_count;
	size_t acked_cap;
	struct unknown *unknown;
	size_t unknown_count;
	size_t unknown_cap;
	struct tree_head *heads; /* by size */
	size_t head_count;
	size_t head_cap;
	size_t refused; /* 503 */
	bool may_fail;	/* no answer is owed: the disk lies, or memory is out */
	char violation[512]; /* the first */
};

void journal_init(struct journal *j);
void journal_done(struct journal *j);
void journal_acked(struct journal *j, const struct hash *id, uint64_t index);
void journal_unknown(
    struct journal *j, const struct hash *id, struct span entry);
void journal_head(struct journal *j, const struct tree_head *head);
void journal_violated(struct journal *j, const char *format, ...) PRINTF(2, 3);
bool journal_is_violated(struct journal *j);

/* ---- load ---- */

/* One record, signed: its entry, which the arena holds, and its id. */
struct span load_record(struct subject *s, size_t writer, uint64_t number,
    struct arena *arena, struct hash *ret_id);
/* What came back for one record; the acknowledgement is checked to the last
 * hash. */
void load_judge(struct subject *s, struct journal *j,
    const struct unknown *sent, int status, struct span body);

struct load;
struct load *load_start(struct subject *s, struct journal *j);
/* Waits until this many more are acknowledged, or the connection is lost. */
void load_await(struct load *load, size_t count, uint64_t wait_ms);
void load_stop(struct load *load);

/* ---- what must be true ---- */

/* Of a running log. */
bool verify(struct subject *s, struct journal *j);
/* Starts it, verifies, says what failed.  False ends a scenario. */
bool start_and_verify(struct subject *s, struct journal *j);
/* `headwaterd --check` of one that does not run. */
bool check_is_clean(struct subject *s, struct journal *j);

/* ---- the groups ---- */

void group_kill(void);
void group_points(void);
void group_inject(void);
void group_power(void);
void group_disk(void);
void group_refuse(void);
void group_starve(void);
void group_control(void);
void group_flip(void);

/* For the controls: whether dying at this point shows that something is lost. */
bool point_catches(const char *program, const char *name);

/* ---- a disk of its own (disks.c) ---- */

struct disk {
	char image[PATH_MAX / 4];
	char mount[PATH_MAX / 4];
	bool is_mounted;
};

const char *disk_reason(void); /* why there can be none, or NULL */
void disk_make(struct disk *d, unsigned mebibytes);
void disk_mount(struct disk *d);
void disk_unmount(struct disk *d);
void disk_remove(struct disk *d);
/* What was not synced is gone, as when the power fails. */
bool disk_cut_power(struct disk *d);
/* For the controls: after how many cuts something is lost; 0: never. */
size_t power_catches(const char *program, size_t rounds);

#endif
