/*
 * models: the command that draws the models: in letters, in DOT, in Mermaid, as a picture.
 */
#include "app/picture.h"

#include <stdio.h>
#include <string.h>

static int put_picture(const kith__run *run, const char *form)
{
    kith__text text = { 0 };
    int status = KITH__EXIT_OK;
    if (strcmp(form, "--mermaid") == 0)
        kith__picture_mermaid(&text, run->models);
    else if (strcmp(form, "") == 0)
        kith__picture_letters(&text, run->models);
    else
        kith__picture_dot(&text, run->models);
    if (text.broken) {
        fprintf(stderr, "%s: there is no memory for the picture.\n", run->program);
        status = KITH__EXIT_ERROR;
    } else if (strcmp(form, "--svg") == 0)
        status = kith__picture_svg(run, &text);
    else
        fputs(text.data != NULL ? text.data : "", stdout);
    kith__text_free(&text);
    return status;
}

static void help(const kith__run *run, FILE *out)
{
    fprintf(out, "Usage: %s models [--dot | --mermaid | --svg]\n\n"
                 "draw the models and how they are related\n\n"
                 "  --dot      for Graphviz\n"
                 "  --mermaid  for a page in Markdown: an erDiagram\n"
                 "  --svg      as a picture, which Graphviz makes\n", run->program);
}

static bool is_form(const char *word) { return strcmp(word, "--dot") == 0 || strcmp(word, "--mermaid") == 0 || strcmp(word, "--svg") == 0; }

int kith__command_models(kith__run *run, int argc, char **argv)
{
    if (argc > 2 || (argc == 2 && !is_form(argv[1]))) {
        bool wanted = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;
        help(run, wanted ? stdout : stderr);
        return wanted ? KITH__EXIT_OK : KITH__EXIT_USAGE;
    }
    if (!kith__run_models(run))
        return KITH__EXIT_ERROR;
    if (run->models->count == 0)
        fprintf(stderr, "%s: the app has no models. List them in KITH_APP: .models = KITH_MODELS(Raccoon, …).\n", run->program);
    int status = put_picture(run, argc == 2 ? argv[1] : "");
    return kith__run_flushed(run, status);
}
