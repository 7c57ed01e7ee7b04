/*
 * A control: the daemon, linked so that LMDB syncs nothing.  It acknowledges
 * before anything is on the disk, and the power cuts must catch it.  (A kill alone
 * cannot: what was written lives on in the system's memory.)
 */
#include <lmdb.h>

int __real_mdb_env_open(
    MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode);
int __wrap_mdb_env_open(
    MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode);

int
__wrap_mdb_env_open(
    MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode)
{
	return __real_mdb_env_open(env, path, flags | MDB_NOSYNC, mode);
}
