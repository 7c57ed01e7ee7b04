#include "client/ahead.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static uint64_t
piece_count(const struct ahead *ahead)
{
	return (ahead->size + AHEAD_PIECE_LEN - 1) / AHEAD_PIECE_LEN;
}

/* ---- the readers ---- */

/* All of it, also where a call gives less: file systems over a net may. */
static void
fill(const struct ahead *ahead, uint64_t number, struct ahead_piece *ret)
{
	uint8_t *data =
	    ahead->buffer + (number % AHEAD_PIECES) * AHEAD_PIECE_LEN;
	uint64_t begin = number * AHEAD_PIECE_LEN;
	uint64_t left = ahead->size - begin;
	size_t wanted = left < AHEAD_PIECE_LEN ? (size_t)left : AHEAD_PIECE_LEN;

	while (ret->len < wanted) {
		ssize_t len = pread(ahead->fd, data + ret->len,
		    wanted - ret->len, (off_t)(begin + ret->len));
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			ret->code = errno;
		if (len <= 0)
			return;
		ret->len += (size_t)len;
	}
}

/* Waits until its place in the buffer is free. */
static bool
claim(struct ahead *ahead, uint64_t *ret)
{
	pthread_mutex_lock(&ahead->mutex);
	/* what the caller holds is the one before `given` */
	while (!ahead->is_over && ahead->claimed < piece_count(ahead) &&
	    ahead->claimed + 1 >= ahead->given + AHEAD_PIECES)
		pthread_cond_wait(&ahead->emptied, &ahead->mutex);
	bool is_there = !ahead->is_over && ahead->claimed < piece_count(ahead);
	if (is_there)
		*ret = ahead->claimed++;
	pthread_mutex_unlock(&ahead->mutex);
	return is_there;
}

static void *
read_on(void *context)
{
	struct ahead *ahead = context;
	uint64_t number;

	while (claim(ahead, &number)) {
		struct ahead_piece piece = { .is_full = true };
		fill(ahead, number, &piece);
		pthread_mutex_lock(&ahead->mutex);
		ahead->pieces[number % AHEAD_PIECES] = piece;
		pthread_cond_signal(&ahead->filled);
		pthread_mutex_unlock(&ahead->mutex);
	}
	return NULL;
}

/* ---- the caller ---- */

bool
ahead_begin(struct ahead *ahead, int fd, uint64_t size, uint8_t *buffer)
{
	*ahead = (struct ahead){ .fd = fd, .size = size };
	ahead->buffer = buffer;
	pthread_mutex_init(&ahead->mutex, NULL);
	pthread_cond_init(&ahead->filled, NULL);
	pthread_cond_init(&ahead->emptied, NULL);
	/* a hint: the disk is asked for more at once */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	while (ahead->reader_count < AHEAD_READERS &&
	    pthread_create(&ahead->readers[ahead->reader_count], NULL, read_on,
		ahead) == 0)
		ahead->reader_count++;
	if (ahead->reader_count > 0)
		return true;
	ahead_end(ahead);
	return false;
}

enum err
ahead_next(struct ahead *ahead, struct span *ret)
{
	uint64_t number = ahead->given;
	struct ahead_piece *place = &ahead->pieces[number % AHEAD_PIECES];

	*ret = SPAN_EMPTY;
	if (number == piece_count(ahead))
		return ERR_OK;
	pthread_mutex_lock(&ahead->mutex);
	while (!place->is_full)
		pthread_cond_wait(&ahead->filled, &ahead->mutex);
	struct ahead_piece piece = *place;
	*place = (struct ahead_piece){ .is_full = false };
	ahead->given++;
	pthread_cond_signal(&ahead->emptied);
	pthread_mutex_unlock(&ahead->mutex);
	errno = piece.code;
	if (piece.code != 0)
		return ERR_IO;
	*ret =
	    span_of(ahead->buffer + (number % AHEAD_PIECES) * AHEAD_PIECE_LEN,
		piece.len);
	return ERR_OK;
}

void
ahead_end(struct ahead *ahead)
{
	pthread_mutex_lock(&ahead->mutex);
	ahead->is_over = true;
	pthread_cond_broadcast(&ahead->emptied);
	pthread_mutex_unlock(&ahead->mutex);
	for (size_t i = 0; i < ahead->reader_count; i++)
		pthread_join(ahead->readers[i], NULL);
	pthread_cond_destroy(&ahead->emptied);
	pthread_cond_destroy(&ahead->filled);
	pthread_mutex_destroy(&ahead->mutex);
}
