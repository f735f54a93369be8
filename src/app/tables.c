/*
 * db create, db drop: the tables without migrations.
 */
#include "app/db.h"

static int each_table(kith__db *db, int (*work)(kith_database *, kith__error *), const char *done)
{
    if (!kith__run_open(db->run))
        return KITH__EXIT_ERROR;
    if (work(db->run->database, &db->error) != KITH_OK)
        return kith__db_failed(db);
    kith__db_progress(db, "%s", done);
    return KITH__EXIT_OK;
}

int kith__db_create(kith__db *db) { return each_table(db, kith__create_all, "The tables are there."); }
int kith__db_drop(kith__db *db) { return each_table(db, kith__drop_all, "The tables are gone."); }
