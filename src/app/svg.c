/*
 * svg: the models drawn by Graphviz, where it is installed. It is run as it is, without a shell; what it draws goes to our standard output.
 */
#include "app/picture.h"

#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

/* 0, or an errno; *how is as waitpid has it. */
static int run_dot(FILE *in, int *how)
{
    char dot[] = "dot", form[] = "-Tsvg", *words[] = { dot, form, NULL };
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = posix_spawn_file_actions_init(&actions);
    if (status != 0)
        return status;
    status = posix_spawn_file_actions_adddup2(&actions, fileno(in), STDIN_FILENO);
    if (status == 0)
        status = posix_spawnp(&child, words[0], &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (status != 0)
        return status;
    while (waitpid(child, how, 0) < 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

/* To a file and not into a pipe: where the reader of a pipe ends early, so does the writer. */
static int draw(const kith__text *dot, int *how)
{
    FILE *file = tmpfile();
    if (file == NULL)
        return errno;
    bool written = fwrite(dot->data, 1, dot->size, file) == dot->size && fflush(file) == 0 && fseek(file, 0, SEEK_SET) == 0;
    int status = written ? run_dot(file, how) : errno;
    fclose(file);
    return status;
}

int kith__picture_svg(const kith__run *run, const kith__text *dot)
{
    int how = 0, status = draw(dot, &how);
    if (status == 0 && WIFEXITED(how) && WEXITSTATUS(how) == 0)
        return KITH__EXIT_OK;
    if (status == ENOENT)
        fprintf(stderr, "%s: there is no dot here, which draws the picture. Install Graphviz (apt-get install graphviz), or take what --dot writes to where it is.\n",
            run->program);
    else if (status != 0)
        fprintf(stderr, "%s: Graphviz's dot, which draws the picture, cannot be run: %s.\n", run->program, strerror(status));
    else
        fprintf(stderr, "%s: Graphviz's dot, which draws the picture, failed.\n", run->program);
    return KITH__EXIT_ERROR;
}
