/*
 * db_check: models against migrations, migrations against the database's revision, revision against what the database has.
 */
#include "app/db.h"

/* ---------------------------------------------------------------- for people */

static void put_models(const kith__db *db, const kith__check_report *report)
{
    if (report->models_refused != NULL) {
        printf("models: ");
        kith__run_put(db->run, stdout, report->models_refused);
        printf("\n  run: %s db migrate\n", db->run->called);
    }
    if (report->models.count == 0)
        return;
    printf("models: %zu change%s without a migration\n", report->models.count, report->models.count == 1 ? "" : "s");
    for (size_t i = 0; i < report->models.count; i++)
        printf("    %s\n", report->changes[i]);
    printf("  run: %s db migrate\n", db->run->called);
}

static void put_database(const kith__db *db, const kith__check_report *report)
{
    if (report->behind > 0)
        printf("behind: the database is at %s, %zu behind head %s\n  run: %s db upgrade\n", report->current != NULL ? report->current : "base", report->behind,
            report->head, db->run->called);
    for (size_t i = 0; i < report->ahead_count; i++)
        printf("ahead: the database is at %s, which is not among the migrations in %s\n", report->ahead[i], db->directory);
    for (size_t i = 0; i < report->edited_count; i++)
        printf("edited: %s\n", report->edited[i]);
    bool repairs = false;
    for (size_t i = 0; i < report->drift.count; i++) {
        const kith__drift *drift = &report->drift.items[i];
        printf("drift: %s: %s\n", drift->object, drift->sentence);
        if (drift->repair != NULL)
            printf("    %s\n", drift->repair);
        repairs = repairs || drift->repair != NULL;
    }
    if (repairs)
        printf("  run: %s db check --repair\n", db->run->called);
}

static void put_report(kith__db *db, const kith__check_report *report, bool asked_database)
{
    put_models(db, report);
    put_database(db, report);
    for (size_t i = 0; i < report->note_count; i++)
        kith__db_progress(db, "note: %s", report->notes[i]);
    if (kith__check_clean(report) && asked_database)
        printf("Models, migrations and database agree (%s%s).\n", report->head != NULL ? "head " : "no migrations yet", report->head != NULL ? report->head : "");
    else if (kith__check_clean(report))
        printf("Models and migrations agree (%s%s). No database is named, so none was looked at.\n", report->head != NULL ? "head " : "no migrations yet",
            report->head != NULL ? report->head : "");
}

/* ---------------------------------------------------------------- for programs */

static void put_string(const char *text)
{
    if (text == NULL) {
        fputs("null", stdout);
        return;
    }
    fputc('"', stdout);
    for (const char *p = text; *p != 0; p++)
        if (*p == '"' || *p == '\\')
            printf("\\%c", *p);
        else if ((unsigned char)*p < ' ')
            printf("\\u%04x", (unsigned)*p);
        else
            fputc(*p, stdout);
    fputc('"', stdout);
}

static void put_strings(const char *name, const char *const *items, size_t count)
{
    printf(", \"%s\": [", name);
    for (size_t i = 0; i < count; i++) {
        fputs(i > 0 ? ", " : "", stdout);
        put_string(items[i]);
    }
    fputc(']', stdout);
}

static void put_changes(const kith__check_report *report)
{
    fputs(", \"models\": [", stdout);
    for (size_t i = 0; i < report->models.count; i++) {
        fputs(i > 0 ? ", " : "", stdout);
        put_string(report->changes[i]);
    }
    if (report->models_refused != NULL) {
        fputs(report->models.count > 0 ? ", " : "", stdout);
        put_string(report->models_refused);
    }
    fputc(']', stdout);
}

static void put_json(const kith__check_report *report)
{
    printf("{\"clean\": %s, \"head\": ", kith__check_clean(report) ? "true" : "false");
    put_string(report->head);
    fputs(", \"current\": ", stdout);
    put_string(report->current);
    printf(", \"behind\": %zu", report->behind);
    put_changes(report);
    put_strings("ahead", report->ahead, report->ahead_count);
    put_strings("edited", report->edited, report->edited_count);
    put_strings("notes", report->notes, report->note_count);
    fputs(", \"drift\": [", stdout);
    for (size_t i = 0; i < report->drift.count; i++) {
        printf("%s{\"object\": ", i > 0 ? ", " : "");
        put_string(report->drift.items[i].object);
        fputs(", \"sentence\": ", stdout);
        put_string(report->drift.items[i].sentence);
        fputs(", \"repair\": ", stdout);
        put_string(report->drift.items[i].repair);
        fputc('}', stdout);
    }
    puts("]}");
}

/* What differs is made as the migrations have it, and looked at again. */
static int repair(kith__db *db, kith__check_report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < report->drift.count; i++)
        count += report->drift.items[i].repair != NULL;
    if (count == 0)
        return KITH_OK;
    db->run->after = "Nothing was changed.";
    int status = kith__repair(db->run->pool, &report->drift, NULL, &db->error);
    kith__check_free(report);
    if (status != KITH_OK)
        return status;
    kith__db_progress(db, "%zu difference%s repaired.", count, count == 1 ? "" : "s");
    return kith__check_all(db->run->pool, db->set, &db->run->models->schema, report, &db->error);
}

int kith__db_check(kith__db *db)
{
    kith__check_report report;
    if (!kith__db_files(db) || kith__revisions_verify(db->set, &db->error) != KITH_OK)
        return kith__db_failed(db);
    if (db->verify && kith__verify(db->set, false, &db->error) != KITH_OK)
        return kith__db_failed(db);
    if (!kith__run_models(db->run) || (db->run->url != NULL && !(db->repair ? kith__run_pool(db->run) : kith__run_reader(db->run))))
        return KITH__EXIT_ERROR;
    if (kith__check_all(db->run->pool, db->set, &db->run->models->schema, &report, &db->error) != KITH_OK)
        return kith__db_failed(db);
    if (db->repair && repair(db, &report) != KITH_OK)
        return kith__db_failed(db);
    bool clean = kith__check_clean(&report);
    if (db->json)
        put_json(&report);
    else
        put_report(db, &report, db->run->pool != NULL);
    kith__check_free(&report);
    return clean ? KITH__EXIT_OK : KITH__EXIT_DIFFERENT;
}
