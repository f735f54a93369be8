/*
 * db_embed: the migrations as a C file, for a program that brings them along and runs them with kith_upgrade.
 */
#include "app/db.h"

#include <errno.h>

/* Compilers promise texts of 4095 bytes and no more: a longer one is written as the numbers of its bytes. */
enum { LONGEST_TEXT_ = 4000, BYTES_A_LINE_ = 24 };

static void put_text(FILE *out, const char *text)
{
    fputs("        \"", out);
    for (const char *p = text; *p != 0; p++)
        switch (*p) {
        case '\n': fputs(p[1] != 0 ? "\\n\"\n        \"" : "\\n", out); break;
        case '"': case '\\': fprintf(out, "\\%c", *p); break;
        case '?': fputs("\\?", out); break;                     /* no trigraphs */
        case '\t': fputs("\\t", out); break;
        default:
            if ((unsigned char)*p < ' ' || *p == 0x7f)
                fprintf(out, "\\%03o", (unsigned)(unsigned char)*p);
            else
                fputc(*p, out);
        }
    fputc('"', out);
}

static void put_bytes(FILE *out, size_t number, const char *text)
{
    fprintf(out, "static const char text_%zu[] = {", number);
    for (size_t i = 0; text[i] != 0; i++)
        fprintf(out, "%s%d,", i % BYTES_A_LINE_ == 0 ? "\n    " : " ", text[i]);
    fputs("\n    0\n};\n\n", out);
}

static bool is_long(const kith__revision *revision)
{
    return strlen(revision->text) > LONGEST_TEXT_;
}

static void put_all(const kith__db *db, FILE *out)
{
    const kith__revisions *set = db->set;
    fprintf(out, "/* The migrations in %s, made by: kith db embed. Run them with kith_upgrade(database, &migrations, KITH_UPGRADE | KITH_WAIT, NULL). */\n"
        "#include <kith/migrate.h>\n\nextern const kith_migrations migrations;\n\n", db->directory);
    for (size_t i = 0; i < set->count; i++)
        if (is_long(set->items[i]))
            put_bytes(out, i, set->items[i]->text);
    if (set->count > 0)
        fputs("static const kith_migration files[] = {\n", out);
    for (size_t i = 0; i < set->count; i++) {
        fputs("    {\n", out);
        put_text(out, set->items[i]->file);
        fputs(",\n", out);
        if (is_long(set->items[i]))
            fprintf(out, "        text_%zu", i);
        else
            put_text(out, set->items[i]->text);
        fputs("\n    },\n", out);
    }
    if (set->count > 0)
        fprintf(out, "};\n\nconst kith_migrations migrations = { .files = files, .count = %zu };\n", set->count);
    else
        fputs("const kith_migrations migrations = { .count = 0 };\n", out);
}

static int write_to(const kith__db *db, const char *path)
{
    FILE *out = fopen(path, "we");
    if (out != NULL)
        put_all(db, out);
    bool well = out != NULL && !ferror(out);
    if (out != NULL)
        well = fclose(out) == 0 && well;
    if (!well) {
        fprintf(stderr, "%s: cannot write %s: %s.\n", db->run->program, path, strerror(errno));
        return KITH__EXIT_ERROR;
    }
    kith__db_progress(db, "Wrote %s with %zu migration%s.", path, db->set->count, db->set->count == 1 ? "" : "s");
    return KITH__EXIT_OK;
}

/* One line that can be replayed to its end: a program that embeds them has nobody who could correct them. */
static bool is_one_line(kith__db *db)
{
    kith__state state = { 0 };
    const kith__revision *head = kith__revisions_head(db->set, &db->error);
    bool well = !kith__failed(&db->error) && kith__replay(db->set, head, &state, &db->error) == KITH_OK;
    kith__state_free(&state);
    return well;
}

int kith__db_embed(kith__db *db)
{
    bool sound = kith__db_files(db) && kith__revisions_verify(db->set, &db->error) == KITH_OK;
    for (size_t i = 0; sound && i < db->set->count; i++)
        sound = kith__revision_load(db->set, db->set->items[i], &db->error) == KITH_OK;
    sound = sound && is_one_line(db);
    if (!sound)
        return kith__db_failed(db);
    if (db->output != NULL)
        return write_to(db, db->output);
    put_all(db, stdout);
    return KITH__EXIT_OK;
}
