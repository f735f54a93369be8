/*
 * spawn: other programs, run and waited for. What they say goes where our own words go.
 */
#include "cli.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int wait_for_one(size_t *running, int *failed)
{
    int how;
    pid_t child;
    while ((child = wait(&how)) < 0 && errno == EINTR)
        continue;
    if (child < 0)
        return -1;
    --*running;
    *failed += !WIFEXITED(how) || WEXITSTATUS(how) != 0;
    return 0;
}

int spawn_all(const words *commands, size_t count)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t running = 0, most = processors > 1 ? (size_t)processors : 1;
    int failed = 0, broken = 0;
    for (size_t i = 0; i < count && broken == 0; i++) {
        pid_t child;
        if (running == most)
            wait_for_one(&running, &failed);
        broken = posix_spawnp(&child, commands[i].items[0], NULL, NULL, commands[i].items, environ);
        running += broken == 0;
    }
    while (running > 0 && wait_for_one(&running, &failed) == 0)
        continue;
    if (broken != 0)
        complain("cannot run the compiler %s: %s. Install one (apt-get install gcc libc6-dev), or name it in CC.", commands[0].items[0], strerror(broken));
    return broken != 0 ? -1 : failed;
}
