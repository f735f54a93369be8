/*
 * cli: the kith program. It finds an app, builds it where it is C, loads it, and then is its kith_main.
 * It sees only the public headers, as any program does.
 *
 *   main.c    options, and which app            place.c   what a path names
 *   build.c   sources to a shared object        cache.c   where that lies, and whether it still holds
 *   spawn.c   the compiler, run                 new.c     kith new
 *   shell.c   kith shell
 */
#ifndef KITH_CLI_H
#define KITH_CLI_H

#include <kith/kith.h>

#include <limits.h>
#include <stdio.h>
#include <sys/types.h>

#define PRINTF_(text, first) __attribute__((format(printf, text, first)))

/* "kith: sentence" to stderr, and 1: the exit status of what failed. */
int complain(const char *format, ...) PRINTF_(1, 2);
/* The same for memory. */
int complain_memory(void);

/* ---------------------------------------------------------------- words: a list of texts; the caller's to free */
typedef struct words { char **items; size_t count; } words;     /* items[count] is NULL */
bool words_add(words *, const char *text);
bool words_add_format(words *, const char *format, ...) PRINTF_(2, 3);
bool words_split(words *, const char *text);                    /* at white space */
void words_free(words *);

/* ---------------------------------------------------------------- place.c */
typedef enum place_kind { PLACE_MISSING, PLACE_FOLDER, PLACE_C, PLACE_SHARED, PLACE_PROGRAM, PLACE_OTHER } place_kind;
place_kind place_of(const char *path);

/* ---------------------------------------------------------------- build.c */
typedef struct plan {           /* how an app is built */
    char folder[PATH_MAX];      /* where its sources are */
    words sources;              /* in folder, or with a path */
    words cflags, libs;         /* of kith.build */
} plan;
/* All *.c of the folder, or what kith.build there says. `app` (or NULL): the C file that was asked for, without those that are apps too.
 * 0, or an exit status and the sentence is out. */
int  plan_make(plan *, const char *folder, const char *app);
void plan_free(plan *);
/* The shared object, built anew where something changed. 0, or an exit status and the sentence is out. */
int  build(const plan *, char out[PATH_MAX]);

/* ---------------------------------------------------------------- cache.c */
typedef struct digest { char hex[33]; } digest;                 /* 128 bits: FNV-1a */
typedef struct cache { char folder[PATH_MAX]; } cache;          /* of one app, with these flags */
int  cache_open(cache *, const words *identity);                /* 0, or an exit status and the sentence is out */
/* Waits until nobody else builds there. To be closed; -1: there are no locks here. */
int  cache_lock(const cache *);
/* Does what lies there hold, everything that went into it being as it was? */
bool cache_find(const cache *, char out[PATH_MAX]);
/* Puts the object at `built` there, made from the files of `inputs` no later than `since`. False: a complaint is out. */
bool cache_put(const cache *, const char *built, const words *inputs, struct timespec since, char out[PATH_MAX]);

/* ---------------------------------------------------------------- spawn.c */
/* Runs them, as many at a time as there are processors, and waits. How many failed; -1: could not be run, and the sentence is out. */
int spawn_all(const words *commands, size_t count);

/* ---------------------------------------------------------------- shell.c */
/* Becomes Python with the shared object's models in it; `named` is what the person called the app, arguments all that was given. Comes
 * back only with a complaint. */
int command_shell(const char *object, const char *named, const words *arguments);

/* ---------------------------------------------------------------- new.c */
int command_new(int argc, char **argv);

#endif
