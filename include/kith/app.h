/*
 * The app: what the kith command finds, and kith_main, which gives a program the same commands.
 */
#ifndef KITH_APP_H
#define KITH_APP_H

#include <kith/report.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

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

#define KITH_COMMANDS(...) (const kith_command[]){ __VA_ARGS__, { 0 } }
#define KITH_APP(NAME, ...) \
    __attribute__((visibility("default"))) const kith_app kith_the_app = { .abi = KITH_ABI, .command_size = sizeof(kith_command), .linked = kith_main_, .name = NAME, __VA_ARGS__ }
#define kith_main(argc, argv) kith_main_(&kith_the_app, (argc), (argv))

#endif

KITH_END_

#endif /* KITH_APP_H */
