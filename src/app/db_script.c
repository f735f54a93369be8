/*
 * db_script: --sql, which writes what a run would send instead of running it.
 */
#include "app/db.h"

/* "from:to", "from:", ":to", or "to" alone. False: no memory. */
static bool split(kith__db *db, const char **from, const char **to)
{
    const char *text = db->target != NULL ? db->target : "", *colon = strchr(text, ':');
    *from = colon != NULL ? kith__arena_textn(&db->arena, text, (size_t)(colon - text)) : "";
    *to = colon != NULL ? colon + 1 : text;
    return *from != NULL;
}

static int wants_range(const kith__db *db)
{
    fprintf(stderr, "%s: a script that leads down must say from where: %s db downgrade --sql FROM:TO\n", db->run->program, db->run->called);
    return KITH__EXIT_USAGE;
}

/* the whole id that a word stands for; NULL: base */
static const char *whole(kith__db *db, const char *word)
{
    if (strcmp(word, "base") == 0)
        return NULL;
    const kith__revision *found = strcmp(word, "head") == 0 ? kith__revisions_head(db->set, &db->error) : kith__revision_find(db->set, word, &db->error);
    return found != NULL ? found->id : NULL;
}

int kith__db_script(kith__db *db, kith__direction_of_run direction)
{
    const char *from, *to;
    kith__text script = { 0 };
    if (!split(db, &from, &to))
        return kith__fail_memory(&db->error), kith__db_failed(db);
    if (direction == KITH__DOWN && (*from == 0 || *to == 0))
        return wants_range(db);
    if (!kith__db_files(db) || kith__revisions_verify(db->set, &db->error) != KITH_OK)
        return kith__db_failed(db);
    from = *from != 0 ? whole(db, from) : NULL;
    if (!kith__failed(&db->error))
        kith__script_make(db->set, direction, from, *to != 0 ? to : "head", &script, &db->error);
    if (!kith__failed(&db->error))
        fputs(script.data, stdout);
    kith__text_free(&script);
    return kith__failed(&db->error) ? kith__db_failed(db) : KITH__EXIT_OK;
}
