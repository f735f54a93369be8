/*
 * What the tests of the driver share: a pool on a place of its own, and short ways to ask it. Everything that fails fails the test.
 */
#ifndef KITH_TEST_DRIVER_HELPERS_H
#define KITH_TEST_DRIVER_HELPERS_H

#include "support.h"

#include "driver/driver.h"

typedef struct place {
    char *folder;                       /* NULL: in memory */
    char url[512];
    kith__pool *pool;
    kith__connection *one;              /* taken */
    kith__error error;
} place;

/* options: "?timeout=1s", or "" */
place *place_in_file(const char *options);
place *place_in_memory(const char *options);
void place_close(place *);

/* Each fails the test with the error's sentence when the call fails. */
kith__connection *take(place *);
void run(place *, kith__connection *, const char *sql);
void begin(place *, kith__connection *, kith__transaction);
void commit(place *, kith__connection *);
kith__statement *prepare(place *, kith__connection *, const char *sql);
int64_t ask(place *, kith__connection *, const char *sql);              /* the integer in the first row */
char *ask_text(place *, kith__connection *, const char *sql);           /* the text there, the caller's to free; NULL: NULL */

/* The place's error is of this status, with a sentence that has `part` in it or in its hint; then it is forgotten. */
#define assert_error(place, status, part) assert_error_((place), (status), (part), __FILE__, __LINE__)
void assert_error_(place *, int status, const char *part, const char *file, int line);
#define assert_ok(place, call) assert_ok_((place), (call), __FILE__, __LINE__)
void assert_ok_(place *, int status, const char *file, int line);

/* A room for texts of rows, freed with the arena. */
typedef struct arena_room { kith__room room; kith__arena arena; } arena_room;
arena_room arena_room_make(void);

#endif
