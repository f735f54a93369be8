/*
 * What tests share: cmocka with the headers it wants, failing allocations, temporary places, a database to play with,
 * the statements a session sent. For everything under tests/; never for src/.
 *
 * Every test program that links this has malloc and its kin, and mmap, replaced (see memory.c), for kith's code and its own, not
 * for SQLite's: a test can make the n-th allocation fail, and ask how many blocks are alive.
 */
#ifndef KITH_TEST_SUPPORT_H
#define KITH_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <kith/kith.h>

/* ---------------------------------------------------------------- memory.c */

/* From now the n-th allocation (1: the next) fails, once. 0: none fails. */
void kith_test_fail_allocation(size_t n);
/* From now the n-th allocation fails, and every one after it, until kith_test_fail_allocation(0). */
void kith_test_fail_allocations_from(size_t n);
/* Since kith_test_fail_allocation: did it come to the failing one? */
bool kith_test_allocation_failed(void);
/* How many allocations there were since kith_test_fail_allocation. */
size_t kith_test_allocations(void);
/* How many blocks are alive now, of those that kith or the test took. */
size_t kith_test_blocks_alive(void);

/* ---------------------------------------------------------------- pieces.c: what kith takes out of arenas, whose blocks hold thousands */

/* From now, of the pieces that are asked for by different ways of calls (what called what called what), the n-th fails, once. 0: none fails.
 * KITH_TEST_FAULTS=all: the n-th of all pieces. */
void kith_test_fail_piece(size_t n);
/* No piece fails any more. Since kith_test_fail_piece: did it come to the failing one? */
bool kith_test_piece_failed(void);

/* ---------------------------------------------------------------- each.c */

/* Runs `work` with its first allocation failing, then its second, and so on, until it comes to its end without one that
 * fails; then so with the pieces of arenas. `work` builds what it needs, frees it, and says whether it succeeded. The test
 * fails if a run leaves a block behind, or if the last run, with nothing failing, did not succeed. Gives back how many were failed. */
size_t kith_test_each_allocation(bool (*work)(void *arg), void *arg);

/* Of places that may fail, one in so many is tried: `usual` of them, without KITH_TEST_FAULTS=all, which tries each, and KITH_TEST_FAULTS=10,
 * which tries ten times fewer (valgrind). */
size_t kith_test_stride(size_t usual);

/* ---------------------------------------------------------------- place.c */

/* A new empty folder under $TMPDIR; the caller's, to give to kith_test_remove_folder. Fails the test when there is none. */
char *kith_test_folder(void);
/* Removes the folder with all that is in it, and frees the name. */
void kith_test_remove_folder(char *folder);
/* folder/name, the caller's to free. */
char *kith_test_path(const char *folder, const char *name);
/* A whole file, with a final NUL, the caller's to free; NULL when it cannot be read. */
char *kith_test_read_file(const char *path);
void  kith_test_write_file(const char *path, const char *text);

/* The end of a forked child: nothing of the parent's is cleaned up, and the lines it reached are counted (make coverage). */
void  kith_test_exit(int status) __attribute__((noreturn));
/* The program is in a locale that writes 1.5 as 1,5, until kith_test_point. One is made: the system may have none. */
void  kith_test_comma(void);
void  kith_test_point(void);

/* ---------------------------------------------------------------- database.c: over the public face alone */

typedef struct kith_test_place {        /* a database in a file of its own, its tables made, a session open */
    char *folder, *path, *url;
    kith_database *database;
    kith_session  *session;
} kith_test_place;

/* Opens, makes the tables of the models and opens a session; fails the test with the error's sentence when it cannot. */
kith_test_place kith_test_open(const kith_model_function models[]);
/* The same in memory: "sqlite://". */
kith_test_place kith_test_open_memory(const kith_model_function models[]);
/* Closes both and removes the folder. */
void kith_test_close(kith_test_place *);

/* The session carries no error; if it does, the test fails with its sentence and hint. */
#define kith_test_ok(session) kith_test_ok_((session), __FILE__, __LINE__)
void kith_test_ok_(const kith_session *, const char *file, int line);
/* The session's error is of this status, and its message and hint hold this text somewhere. The message must be a sentence. */
#define kith_test_error(session, status, part) kith_test_error_((session), (status), (part), __FILE__, __LINE__)
void kith_test_error_(const kith_session *, int status, const char *part, const char *file, int line);

/* ---------------------------------------------------------------- statements.c: what a session sends */

typedef struct kith_test_statements {
    char **sql;             /* each statement's text */
    char **values;          /* its values, printed: `7, 'Rocky', NULL` */
    size_t count;
} kith_test_statements;

/* Takes the session's log. The struct must outlive the session, or kith_test_forget_statements must come first. */
void kith_test_watch(kith_session *, kith_test_statements *);
/* Forgets what was seen, and goes on. */
void kith_test_seen(kith_test_statements *);
/* Ends the watch and frees. */
void kith_test_unwatch(kith_session *, kith_test_statements *);

/* Exactly `n` statements that read or write rows were sent by `work_`; if not, the test fails and lists them. */
#define kith_test_sends(session, n, statements, work_) \
    do { \
        kith_test_seen(statements); \
        int64_t before_ = kith_statement_count(session); \
        work_; \
        kith_test_sent_((statements), kith_statement_count(session) - before_, (n), __FILE__, __LINE__); \
    } while (0)
void kith_test_sent_(const kith_test_statements *, int64_t sent, int64_t expected, const char *file, int line);

#endif /* KITH_TEST_SUPPORT_H */
