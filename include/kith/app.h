/*
 * The app: what the kith command finds, and kith_main, which gives a program the same commands.
 *
 * Ownership: what KITH_APP is given must live as long as the program: literals do. A command's session is kith's.
 * Errors: kith_main prints them and returns a status for exit.
 * Threads: the main one.
 * Manual: 1-lesson
 */
#ifndef KITH_APP_H
#define KITH_APP_H

#include <kith/report.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

/* A command of the program's own: its name, what it does in a session that is opened for it, and a line for --help. */
typedef struct kith_command {
    const char *name;
    int (*run)(kith_session *, int argc, char **argv);      /* its exit status */
    const char *help;
} kith_command;
typedef struct kith_app kith_app;
struct kith_app {                       /* new members go at the end */
    uint32_t abi, command_size;
    const char *name, *database;
    const kith_model_function *models;
    const kith_command *commands;
    int (*linked)(const kith_app *, int argc, char **argv);  /* the library that the program was linked with */
};
extern const kith_app kith_the_app;             /* KITH_APP makes it: only a program that calls kith_main needs one */
int kith_main_(const kith_app *, int argc, char **argv);

#ifndef __cplusplus

/* What an app is: its name, its database, its models, its commands. Once in a program, at file scope.
 *   KITH_APP("raccoons", .database = "sqlite:///raccoons.db", .models = KITH_MODELS(Raccoon),
 *       .commands = KITH_COMMANDS({ "list", list, "the raccoons" }));
 * Errors: what does not fit is said by kith_main. */
#define KITH_COMMANDS(...) (const kith_command[]){ __VA_ARGS__, { 0 } }
#define KITH_APP(NAME, ...) \
    __attribute__((visibility("default"))) const kith_app kith_the_app = { .abi = KITH_ABI, .command_size = sizeof(kith_command), .linked = kith_main_, .name = NAME, __VA_ARGS__ }

/* Runs the app's commands and kith's (db, models) by the program's arguments, as the kith command does, which has the shell too: return kith_main(argc, argv);
 * Errors: returns the status for exit: 0, what the command returned, or 1 with the session's error on stderr. */
#define kith_main(argc, argv) kith_main_(&kith_the_app, (argc), (argv))

#endif

KITH_END_

#endif /* KITH_APP_H */
