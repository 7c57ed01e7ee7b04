/*
 * Disks of our own: ext4 on a loop device whose power can be cut, that fills up,
 * that turns read-only.
 *
 * The cut is ext4's own shutdown call, as used by xfstests: from that moment
 * nothing reaches the device, not even the journal, so after the next mount there
 * is what was synced and whatever else happened to be written by then.
 */
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "tests/fault/killer.h"

#define EXT4_SHUTDOWN _IOR('X', 125, uint32_t)
#define SHUTDOWN_NO_FLUSH 2u

#define DISK_MIB 192 /* the daemon keeps 64 MiB in reserve */
#define ROUNDS_QUICK 24
#define ROUNDS_LONG 2000
#define ROUNDS_A_LOG 48
#define REFUSAL_FIRST 10
#define REFUSAL_LAST 19

/* ---- a disk ---- */

static const char *const mount_command[] = { "mount", "-o", "loop", NULL, NULL,
	NULL };

static bool
try_mount(const struct disk *d)
{
	const char *argv[6];

	memcpy(argv, mount_command, sizeof(mount_command));
	argv[3] = d->image;
	argv[4] = d->mount;
	return can_run(argv);
}

void
disk_mount(struct disk *d)
{
	if (!try_mount(d))
		bail_out("mount");
	d->is_mounted = true;
}

void
disk_unmount(struct disk *d)
{
	for (int i = 0; d->is_mounted && i < 400; i++) {
		if (can_run((const char *const[]){ "umount", d->mount, NULL }))
			d->is_mounted = false;
		else
			sleep_us(5000); /* the last user is about to go */
	}
	if (d->is_mounted)
		bail_out("umount");
}

static void
name_disk(struct disk *d)
{
	/* in memory where that can be: what matters is the file system above */
	const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	char folder[PATH_MAX / 8];

	(void)snprintf(
	    folder, sizeof(folder), "%s/headwater-disk-XXXXXX", base);
	if (mkdtemp(folder) == NULL)
		bail_out(folder);
	(void)snprintf(d->mount, sizeof(d->mount), "%s", folder);
	(void)snprintf(d->image, sizeof(d->image), "%s.img", folder);
	d->is_mounted = false;
}

static bool
format_disk(const struct disk *d, unsigned mebibytes)
{
	int fd = open(d->image, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	if (fd == -1 || ftruncate(fd, (off_t)mebibytes << 20) != 0)
		bail_out(d->image);
	(void)close(fd);
	return can_run((const char *const[]){ "mkfs.ext4", "-q", "-b", "4096",
	    "-J", "size=4", "-m", "0", d->image, NULL });
}

void
disk_make(struct disk *d, unsigned mebibytes)
{
	name_disk(d);
	if (!format_disk(d, mebibytes))
		bail_out("mkfs.ext4");
	disk_mount(d);
}

void
disk_remove(struct disk *d)
{
	disk_unmount(d);
	(void)rmdir(d->mount);
	(void)unlink(d->image);
}

bool
disk_cut_power(struct disk *d)
{
	uint32_t flags = SHUTDOWN_NO_FLUSH;
	int fd = open(d->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return false;
	bool is_cut = ioctl(fd, EXT4_SHUTDOWN, &flags) == 0;
	(void)close(fd);
	return is_cut;
}

const char *
disk_reason(void)
{
	struct disk d;
	const char *reason = NULL;

	if (geteuid() != 0)
		return "needs root, for loop devices";
	name_disk(&d);
	if (!format_disk(&d, 16))
		reason = "needs mkfs.ext4";
	else if (!try_mount(&d))
		reason = "needs a loop device";
	else
		d.is_mounted = true;
	if (reason == NULL && !disk_cut_power(&d))
		reason = "this kernel cannot cut ext4's power";
	disk_remove(&d);
	return reason;
}

static void
need_disks(void)
{
	const char *reason = disk_reason();

	if (reason != NULL)
		skip_all(reason);
}

/* ---- a log on it ---- */

struct trial {
	struct disk d;
	struct subject s;
	struct journal j;
};

static void
begin(struct trial *t, const char *program)
{
	char folder[PATH_MAX / 4];

	journal_init(&t->j);
	disk_make(&t->d, DISK_MIB);
	(void)snprintf(folder, sizeof(folder), "%.*s/log",
	    (int)sizeof(folder) - 8, t->d.mount);
	if (mkdir(folder, 0700) != 0)
		bail_out(folder);
	subject_make_in(&t->s, program, folder);
	sync(); /* who set it up did so long ago */
}

static void
end(struct trial *t, bool is_good)
{
	if (!is_good) {
		note_line("%s", t->j.violation);
		subject_show(&t->s);
	}
	if (t->s.pid != 0)
		subject_kill(&t->s);
	subject_remove(&t->s);
	disk_remove(&t->d);
	journal_done(&t->j);
}

/* ---- the power fails ---- */

static void
lose_power(struct trial *t)
{
	if (!disk_cut_power(&t->d))
		bail_out("the power cannot be cut");
	sleep_us(random_below(3000));
	subject_kill(&t->s);
}

static void
mount_again(struct trial *t)
{
	disk_unmount(&t->d);
	disk_mount(&t->d);
}

static void
cut_at_creation(struct trial *t)
{
	for (int i = 0; i < 3; i++) {
		subject_launch(&t->s);
		sleep_us(random_below(40000));
		lose_power(t);
		mount_again(t);
	}
}

static bool
cut_under_load(struct trial *t)
{
	t->j.may_fail = true;
	struct load *load = load_start(&t->s, &t->j);
	load_await(load, 1 + random_below(300), 1000);
	lose_power(t);
	load_stop(load);
	t->j.may_fail = false;
	mount_again(t);
	/* the recovery loses its power as well */
	if (random_below(3) == 0) {
		subject_launch(&t->s);
		sleep_us(random_below(30000));
		lose_power(t);
		mount_again(t);
	}
	return start_and_verify(&t->s, &t->j);
}

static bool
cut_a_log(const char *program, size_t rounds, size_t *acked, size_t *cuts)
{
	struct trial t;

	begin(&t, program);
	cut_at_creation(&t);
	bool is_good = start_and_verify(&t.s, &t.j);
	for (size_t i = 0; is_good && i < rounds && may_go_on(); i++) {
		is_good = cut_under_load(&t);
		++*cuts;
	}
	if (is_good && subject_stop(&t.s) != 0)
		journal_violated(&t.j, "SIGTERM at the end");
	is_good =
	    is_good && check_is_clean(&t.s, &t.j) && !journal_is_violated(&t.j);
	*acked += t.j.acked_count;
	end(&t, is_good);
	return is_good;
}

void
group_power(void)
{
	size_t wanted = options.is_long ? ROUNDS_LONG : ROUNDS_QUICK;
	size_t acked = 0;
	size_t cuts = 0;
	bool is_good = true;

	need_disks();
	while (is_good && cuts < wanted && may_go_on()) {
		size_t left = wanted - cuts;
		is_good = cut_a_log(NULL,
		    left < ROUNDS_A_LOG ? left : ROUNDS_A_LOG, &acked, &cuts);
		if (options.is_long)
			note_line("%zu cuts, %zu acknowledged", cuts, acked);
	}
	outcome(is_good && acked > 0,
	    "%zu power cuts: %zu acknowledged records, none lost", cuts, acked);
}

size_t
power_catches(const char *program, size_t rounds)
{
	size_t acked = 0;
	size_t cuts = 0;

	bool is_good = cut_a_log(program, rounds, &acked, &cuts);
	/* or when it was made */
	return is_good ? 0 : cuts + 1;
}

/* ---- the disk fills up ---- */

static void
fill(struct trial *t, uint64_t left)
{
	char path[PATH_MAX];
	struct statvfs st;

	(void)snprintf(path, sizeof(path), "%s/filler", t->d.mount);
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (fd == -1 || fstatvfs(fd, &st) != 0)
		bail_out("filler");
	off_t len = (off_t)(st.f_bavail * st.f_frsize - left);
	/* a block or two go to its own extents */
	while (len > 0 && fallocate(fd, 0, 0, len) != 0)
		len -= 4096;
	(void)close(fd);
}

static void
make_room(struct trial *t)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/filler", t->d.mount);
	(void)unlink(path);
}

/* Either it goes on, reading only, or it ended because of it. */
static void
judge_full(struct trial *t, int status)
{
	struct answer answer;
	struct http http;

	if (status != -1) {
		if (status == 0 || status >= ENDED_BY_SIGNAL)
			journal_violated(
			    &t->j, "disk full: it ended with %d", status);
		else if (!subject_is_marked(&t->s))
			journal_violated(&t->j, "disk full: no marker");
		return;
	}
	http_open(&http, t->s.port);
	if (!http_get(&http, "/checkpoint", &answer) || answer.status != 200)
		journal_violated(&t->j, "disk full: it does not read");
	http_close(&http);
	if (t->j.refused == 0)
		journal_violated(&t->j, "disk full: it refused nothing");
	subject_kill(&t->s);
}

/* A start on a full disk reads, or is refused with a word. */
static void
start_full(struct trial *t)
{
	int status = subject_start(&t->s);

	if (status != 0 && (status < REFUSAL_FIRST || status > REFUSAL_LAST))
		journal_violated(
		    &t->j, "on a full disk, a start ended with %d", status);
	if (status == 0)
		subject_kill(&t->s);
}

static bool
fill_once(struct trial *t, uint64_t left)
{
	t->j.may_fail = true;
	struct load *load = load_start(&t->s, &t->j);
	load_await(load, 20 + random_below(50), 2000);
	fill(t, left);
	int status = subject_wait(&t->s, 600);
	load_stop(load);
	t->j.may_fail = false;
	judge_full(t, status);
	start_full(t);
	make_room(t);
	return !journal_is_violated(&t->j) && start_and_verify(&t->s, &t->j);
}

static void
try_filling(size_t rounds)
{
	struct trial t;

	begin(&t, NULL);
	bool is_good = start_and_verify(&t.s, &t.j);
	for (size_t i = 0; is_good && i < rounds && may_go_on(); i++)
		is_good = fill_once(&t, i * 4096);
	outcome(is_good, "the disk fills up, %zu times", rounds);
	end(&t, is_good);
}

/* ---- it turns read-only ---- */

static bool
abort_once(struct trial *t)
{
	t->j.may_fail = true;
	struct load *load = load_start(&t->s, &t->j);
	load_await(load, 20 + random_below(50), 2000);
	bool is_aborted = can_run((const char *const[]){
	    "mount", "-o", "remount,abort", t->d.mount, NULL });
	int status = is_aborted ? subject_wait(&t->s, 3000) : -1;
	load_stop(load);
	t->j.may_fail = false;
	if (!is_aborted)
		journal_violated(&t->j, "mount -o remount,abort fails");
	else if (status <= 0 || status >= ENDED_BY_SIGNAL)
		journal_violated(&t->j, "read-only: it ended with %d", status);
	subject_kill(&t->s);
	mount_again(t);
	return !journal_is_violated(&t->j) && start_and_verify(&t->s, &t->j);
}

static void
try_read_only(size_t rounds)
{
	struct trial t;

	begin(&t, NULL);
	bool is_good = start_and_verify(&t.s, &t.j);
	for (size_t i = 0; is_good && i < rounds && may_go_on(); i++)
		is_good = abort_once(&t);
	outcome(is_good, "the disk turns read-only, %zu times", rounds);
	end(&t, is_good);
}

void
group_disk(void)
{
	need_disks();
	try_filling(options.is_long ? 64 : 3);
	try_read_only(options.is_long ? 40 : 3);
}
