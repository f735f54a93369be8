/*
 * The app: which database, which models, and its commands.
 *
 *     kith add "Buy bread"
 *     kith list
 */
#include <stdio.h>
#include "models.h"

static int add(kith_session *session, int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "Usage: add TEXT\n");
        return 2;
    }
    kith_new(session, Note, .text = argv[1], .written = kith_now());
    return kith_commit(session);
}

static int list(kith_session *session, int argc, char **argv)
{
    (void)argc, (void)argv;
    kith_each(Note, note, kith_all(session, Note, .order_by = { kith_asc(Note, id) }))
        printf("%lld  %s\n", (long long)note->id, note->text);
    return kith_status_of(session);
}

KITH_APP("@NAME@",
    .database = "sqlite:///@NAME@.db",
    .models   = KITH_MODELS(Note),
    .commands = KITH_COMMANDS(
        { "add", add, "add a note" },
        { "list", list, "list all notes" }));

int main(int argc, char **argv)
{
    return kith_main(argc, argv);
}
