/*
 * beneath: opens a file below a folder and never outside of it.
 *
 * No part of the path may be a symbolic link, also when somebody swaps one in
 * while this runs: the kernel resolves it in one call (openat2), or it is walked
 * step by step from descriptor to descriptor where there is no such call.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_CLIENT_BENEATH_H
#define HEADWATER_CLIENT_BENEATH_H

/* A descriptor for reading, or -1 with errno: ELOOP or EXDEV for a link, ENOTDIR
 * for one in place of a folder.  Never waits for a FIFO. */
int beneath_open(int folder, const char *path);

/* The way for older kernels, and for tests of it. */
int beneath_open_by_steps(int folder, const char *path);

#endif
