/*
 * limits: every bound of the daemon, with its reason.
 *
 * Bounds of formats stand with their codecs in schema/.
 */
#ifndef HEADWATER_DAEMON_LIMITS_H
#define HEADWATER_DAEMON_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* ---- the write path ---- */
#define BATCH_ENTRIES_MAX 1024 /* sealing 512 takes 1.9 ms, 4,096 take 12 */
#define QUEUE_ENTRIES_MAX 8192 /* 8 batches: under a second of work */
#define QUEUE_BYTES_MAX ((size_t)64 << 20) /* of entries that wait */
#define WORK_WAIT_MS 5000		   /* for a worker; then 503 */
#define SUBMIT_WAIT_MS 10000		   /* longer than any healthy sealing */
#define SEAL_STALE_MS 5000  /* committed and unsigned this long: not healthy */
#define SIGNER_GONE_MS 1000 /* from losing the signer to our exit */

/* ---- bodies ---- */
#define BODY_RECORD_MAX ((size_t)128 << 10) /* ENVELOPE_LEN_MAX */
#define BODY_LINES_MAX ((size_t)8 << 20)    /* NDJSON */
#define LINES_MAX 1000			    /* of one NDJSON body */
#define BODIES_BYTES_MAX ((size_t)64 << 20) /* of all requests at once */
/* Jansson needs up to 82 times its text: one body's parse must stay bounded */
#define ADMIT_ARENA_MAX ((size_t)4 << 20)
#define REQUEST_ARENA_MAX ((size_t)32 << 20)
#define ANSWERS_BYTES_MAX ((size_t)128 << 20) /* that wait to be taken */
#define ANSWER_LEN_SMALL ((size_t)32 << 10)   /* is given in any case */
#define ANSWER_LEN_MAX ((size_t)24 << 20)     /* an entry bundle has 16 MiB */
/* 80 bundles of usual entries; the 1,000 newest tiles have 8 MiB */
#define TILE_CACHE_BYTES ((size_t)32 << 20)

/* ---- blobs ---- */
#define QUOTA_DEFAULT ((uint64_t)10 << 30) /* bytes of each principal */
#define UPLOADS_MAX 64		 /* that are kept in memory, at 150 KiB */
#define UPLOAD_AGE_MAX_S 604800L /* a week: a part that nobody continues */
#define BLOB_THREADS 2		 /* sync, and read parts again */
#define BLOB_HASHED_MAX \
	((uint64_t)1 << 20)		   /* hashed before it is given: 1 ms */
#define BLOB_RATE_MIN ((uint64_t)64 << 10) /* bytes a second, of an upload */

/* ---- questions ---- */
#define LIST_LIMIT_DEFAULT 100
#define LIST_LIMIT_MAX 1000
#define LIST_LOOK_MAX 4096     /* records looked at for one page */
#define RELEASE_RECORDS_MAX 64 /* of one version, the newest */
#define LINEAGE_DEPTH_MAX 64
#define LINEAGE_NODES_DEFAULT 200
#define LINEAGE_NODES_MAX 1000
#define LINEAGE_EDGES_MAX 4000
#define LINEAGE_RECORDS_MAX 64	/* of one node */
#define LINEAGE_LOOK_MAX 65536	/* of all nodes, where strangers are left out */
#define LINEAGE_NAMES_MAX 8	/* hints kept for one node */
#define LINEAGE_DISPUTES_MAX 16 /* ids named for one record */
#define SHARD_RECORDS_MAX 64	/* of one set: judged */
#define SHARD_SALTED_MAX 4	/* of them: disclosures are looked for */
#define DISCLOSURES_LOOK_MAX 1024  /* records looked at for them */
#define DISCLOSURES_READ_MAX 16	   /* parsed */
#define DISCLOSURES_ALL_MAX 512	   /* the same for a question to all of them */
#define OPENINGS_ALL_MAX 4096	   /* lines that they open */
#define MANIFESTS_LOOK_MAX 4096	   /* records with one, for a question to all */
#define MANIFEST_PROBES_MAX 65536  /* filter blocks read for it: about 40 ms */
#define TAINT_STEPS_MAX 16384	   /* on the paths of one answer */
#define TAINT_RELEASES_MAX 64	   /* of one artifact */
#define CLEAN_RELEASES_MAX 8	   /* judged for one answer */
#define CLEAN_WORK_MAX 262144	   /* searches and records for it: 0.5 s */
#define CLEAN_ASK_WORK 256	   /* what a lineage of one node costs of it */
#define ABSENCE_SETS_MAX 256	   /* manifests asked for one answer */
#define WARNINGS_LOOK_MAX 4096	   /* advisories looked at for one answer */
#define WARNINGS_NODE_MAX 16	   /* named for one artifact */
#define WARNINGS_DIGESTS_MAX 16384 /* of what they warn of, for manifests */
#define WARNINGS_ANSWER_MAX 64	   /* told whole in one answer */
#define REPLIES_LOOK_MAX 256	   /* answers looked at for one warning */
#define REPLY_SUBJECTS_MAX 512	   /* of them: asked whose they are */
#define WARNINGS_LIMIT_MAX 100	   /* of one list */
#define REPLIES_MAX 16		   /* named for one warning */
#define INDEX_WAIT_MS 100     /* for what was sealed when the question came */
#define MIN_SIZE_WAIT_MS 2000 /* for min_size */

/* ---- the index ---- */
/* Each may dirty a page of its own, and LMDB keeps as many as it ever had dirty
 * at once: 32 MiB. */
#define INDEX_SLICE_KEYS 8192
#define INDEX_MERGE_KEYS 2000000 /* 32 MB: sorted at once */
/* Made anew: sorted pieces of so many in all threads, and as much to sort them
 * in, so 128 MiB; then as many as are merged, at most 64 MiB. */
#define INDEX_RUN_KEYS ((size_t)4 << 20)
#define INDEX_MERGED_KEYS ((size_t)4 << 20)
#define INDEX_BUILD_KEYS 262144 /* in one transaction: 1,700 full pages */
#define INDEX_THREADS_MAX 8
#define INDEX_PAUSE_MS 20     /* between merges, while nobody waits for one */
#define INDEX_PAUSE_KEYS 2048 /* from so many in a merge it is load, and then */
#define INDEX_PAUSE_SHARE 4 /* it pauses so many times as long as that took, */
#define INDEX_PAUSE_MAX_MS 500 /* at most: what asks waits 100 */
#define INDEX_LAG_MAX 500000   /* records behind: admission slows */
#define RECENT_IDS_MAX 1048576 /* ids not yet indexed; above INDEX_LAG_MAX */

/* ---- HTTP ---- */
#define HTTP_THREADS_DEFAULT 2
#define HTTP_CONNECTIONS_MAX 4096
#define HTTP_PER_ADDRESS_DEFAULT 32		      /* loopback is exempt */
#define HTTP_MEMORY_PER_CONNECTION ((size_t)32 << 10) /* bounds the headers */
#define HTTP_IDLE_S 10
/* of the kernel's, a connection's: by itself it would take 4 MiB of each that
   reads nothing */
#define HTTP_SEND_BUFFER (256 << 10)
#define HTTP_HEADERS_MAX 64
#define HTTP_HEADER_BYTES_MAX ((size_t)16 << 10)
#define HTTP_URI_MAX 1024
#define HTTP_QUERIES_MAX 16
#define HTTP_HEADERS_DEADLINE_MS 10000
#define HTTP_BODY_DEADLINE_MS 30000
#define HTTP_ANSWER_DEADLINE_MS 60000 /* and 1 s more for each 64 KiB */

/* ---- storage ---- */
#define MAP_SIZE ((size_t)256 << 30)	 /* address space, not disk */
#define FILE_STEP_MAX ((size_t)64 << 20) /* grown by written zeros in steps */
#define DISK_RESERVE ((size_t)64 << 20)	 /* below this much free: 503 */

#endif
