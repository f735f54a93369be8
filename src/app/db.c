/*
 * db: the commands under "db": which there are, the options that each takes, and how they are read.
 */
#include "app/db.h"

#include <ctype.h>
#include <getopt.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- which there are */

enum {      /* a bit per command that takes options of its own */
    INIT_ = 1, MIGRATE_ = 2, REVISION_ = 4, UPGRADE_ = 8, DOWNGRADE_ = 16, STAMP_ = 32, SHOW_ = 64, HISTORY_ = 128, HEADS_ = 256, CURRENT_ = 512,
    CHECK_ = 1024, RESEAL_ = 2048, TABLES_ = 4096, EMBED_ = 8192, ALL_ = 16383, FILES_ = ALL_ & ~TABLES_, RUNS_ = UPGRADE_ | DOWNGRADE_,
    CHANGES_ = INIT_ | MIGRATE_ | REVISION_ | RUNS_ | STAMP_ | RESEAL_
};

typedef struct verb {
    const char *name, *argument;            /* NULL: it takes none */
    unsigned bit;
    int (*run)(kith__db *);
    const char *help;
} verb;

static const verb verbs[] = {
    { "init", NULL, INIT_, kith__db_init, "make the folder for migrations" },
    { "migrate", NULL, MIGRATE_, kith__db_migrate, "write a migration of what changed in the models" },
    { "upgrade", "[REVISION]", UPGRADE_, kith__db_upgrade, "run migrations, up to head or the one named (+N: the next N)" },
    { "downgrade", "[REVISION]", DOWNGRADE_, kith__db_downgrade, "undo the last one, the last N (-N), or all above the one named" },
    { "revision", NULL, REVISION_, kith__db_revision, "write an empty migration, to be filled by hand" },
    { "show", "[REVISION]", SHOW_, kith__db_show, "one migration: its parent, its file, what it does" },
    { "history", NULL, HISTORY_, kith__db_history, "all migrations, the newest first" },
    { "heads", NULL, HEADS_, kith__db_heads, "the migrations that none follows" },
    { "current", NULL, CURRENT_, kith__db_current, "where the database is" },
    { "stamp", "[REVISION]", STAMP_, kith__db_stamp, "say where the database is, running nothing" },
    { "check", NULL, CHECK_, kith__db_check, "models, migrations and database against each other" },
    { "reseal", NULL, RESEAL_, kith__db_reseal, "after an edit that is meant: renew the sums in the files" },
    { "embed", NULL, EMBED_, kith__db_embed, "the migrations as a C file, for a program to bring along" },
    { "create", NULL, TABLES_, kith__db_create, "make the tables that are not there yet, without migrations" },
    { "drop", NULL, TABLES_, kith__db_drop, "drop the tables of the models, with all their rows" },
};

enum { NO_LETTER_ = 256, DATABASE_ = NO_LETTER_, ECHO_, ID_, RENAME_, NO_RENAME_, FILL_, ACCEPT_LOSS_, DRY_RUN_, PLAN_, SQL_, SINGLE_, TIMEOUT_, PURGE_, JSON_, VERIFY_, REPAIR_ };

static const struct choice { int code; const char *name, *argument; unsigned verbs; const char *help; } choices[] = {
    { 'm', "message", "TEXT", MIGRATE_ | REVISION_, "what changed, in a few words" },
    { ID_, "rev-id", "ID", MIGRATE_ | REVISION_, "the new migration's id, instead of a random one" },
    { RENAME_, "rename", "TABLE.COLUMN=NEW", MIGRATE_, "the column (or TABLE=NEW: the table) has another name now" },
    { NO_RENAME_, "no-rename", "TABLE.COLUMN", MIGRATE_, "it is gone, and what looks alike is something new" },
    { FILL_, "fill", "TABLE.COLUMN=SQL", MIGRATE_, "what a column that becomes NOT NULL holds in the rows that are there" },
    { ACCEPT_LOSS_, "accept-loss", NULL, MIGRATE_ | RUNS_, "what the migration drops may hold rows" },
    { PLAN_, "plan", NULL, RUNS_, "say what would be done, and what it costs" },
    { DRY_RUN_, "dry-run", NULL, RUNS_, "run it and take it back" },
    { SQL_, "sql", NULL, RUNS_, "write a script instead, for FROM:TO; no database is needed" },
    { SINGLE_, "single-transaction", NULL, RUNS_, "all files in one transaction instead of one each" },
    { TIMEOUT_, "lock-timeout", "SECONDS", RUNS_ | STAMP_, "how long to wait for another that is at work (60)" },
    { PURGE_, "purge", NULL, STAMP_, "also forget revisions that no file knows" },
    { 'o', "output", "FILE", EMBED_, "where to write it (standard output)" },
    { 'r', "range", "[FROM]:[TO]", HISTORY_, "only these, both with them" },
    { 'i', "indicate-current", NULL, HISTORY_, "mark where the database is" },
    { 'v', "verbose", NULL, HISTORY_ | HEADS_ | CURRENT_, "more of each" },
    { VERIFY_, "verify", NULL, MIGRATE_ | CHECK_, "run it up, down and up on a database in memory (check: all of them)" },
    { REPAIR_, "repair", NULL, CHECK_, "make in the database what the migrations have and it has not" },
    { JSON_, "json", NULL, CHECK_, "for programs" },
    { 'd', "directory", "DIR", FILES_, "where the migrations are (migrations)" },
    { DATABASE_, "database", "URL", ALL_, "which database" },
    { ECHO_, "echo", NULL, RUNS_ | STAMP_ | CURRENT_, "show every statement on stderr" },
    { 'q', "quiet", NULL, ALL_, "no progress on stderr" },
    { 'h', "help", NULL, ALL_, "this text" },
};

static const verb *verb_named(const char *name)
{
    for (size_t i = 0; i < KITH__COUNT(verbs); i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

/* ---------------------------------------------------------------- help */

static void help_all(const kith__run *run, FILE *out)
{
    fprintf(out, "Usage: %s db command [options]\n\n", run->program);
    for (size_t i = 0; i < KITH__COUNT(verbs); i++)
        fprintf(out, "  %-10s %s\n", verbs[i].name, verbs[i].help);
    fprintf(out, "\nEach says more with --help. Exit status: 0 well, 1 failed, 2 wrong usage, 3 check found something, 4 another is at work,\n"
                 "5 refused because something would be lost.\n");
}

static void help_one(const kith__run *run, const verb *v)
{
    printf("Usage: %s db %s [options]%s%s\n\n%s\n\n", run->program, v->name, v->argument != NULL ? " " : "", v->argument != NULL ? v->argument : "", v->help);
    for (size_t i = 0; i < KITH__COUNT(choices); i++) {
        const struct choice *c = &choices[i];
        if ((c->verbs & v->bit) == 0)
            continue;
        char words[64];
        int at = c->code < NO_LETTER_ ? snprintf(words, sizeof words, "-%c, --%s", c->code, c->name) : snprintf(words, sizeof words, "    --%s", c->name);
        if (c->argument != NULL)
            snprintf(words + at, sizeof words - (size_t)at, " %s", c->argument);
        printf("  %-34s %s\n", words, c->help);
    }
}

static int usage(const kith__run *run, const verb *v, const char *sentence, const char *word)
{
    fprintf(stderr, "%s: ", run->program);
    fprintf(stderr, sentence, word);
    fprintf(stderr, " Run '%s db %s%s--help' for what there is.\n", run->called, v != NULL ? v->name : "", v != NULL ? " " : "");
    return KITH__EXIT_USAGE;
}

static int no_such_verb(const kith__run *run, const char *word)
{
    const char *names[KITH__COUNT(verbs)];
    for (size_t i = 0; i < KITH__COUNT(verbs); i++)
        names[i] = verbs[i].name;
    const char *near = kith__nearest(word, names, KITH__COUNT(verbs));
    fprintf(stderr, "%s: there is no command 'db %s'.", run->program, word);
    if (near != NULL)
        fprintf(stderr, " Did you mean '%s db %s'?\n", run->called, near);
    else
        fprintf(stderr, " Run '%s db --help' for what there is.\n", run->called);
    return KITH__EXIT_USAGE;
}

/* ---------------------------------------------------------------- options */

/* One more of a NULL-terminated list. */
static bool add(kith__db *db, const char ***list, size_t *count, const char *text)
{
    const char **grown = kith__arena_zero(&db->arena, (*count + 2) * sizeof *grown);
    if (grown == NULL)
        return false;
    if (*count > 0)
        memcpy(grown, *list, *count * sizeof *grown);
    grown[(*count)++] = text;
    *list = grown;
    return true;
}

/* NULL, or what is wrong with the value */
static const char *take_timeout(kith__db *db, const char *text)
{
    char *end;
    double seconds = kith__real_read(text, &end);
    if (end == text || (*end != 0 && strcmp(end, "s") != 0) || !(seconds > 0) || seconds > 1e6)
        return "'%s' is no number of seconds.";
    db->lock_timeout_ms = (int64_t)(seconds * 1000);
    return NULL;
}

static const char *take(kith__db *db, int code, const char *value)
{
    bool well = true;
    switch (code) {
    case 'm': db->message = value; break;
    case ID_: db->id = value; break;
    case RENAME_: well = add(db, &db->renames, &db->rename_count, value); break;
    case NO_RENAME_: well = add(db, &db->no_renames, &db->no_rename_count, value); break;
    case FILL_: well = add(db, &db->fills, &db->fill_count, value); break;
    case ACCEPT_LOSS_: db->accept_loss = true; break;
    case PLAN_: db->plan = true; break;
    case DRY_RUN_: db->dry_run = true; break;
    case SQL_: db->sql = true; break;
    case SINGLE_: db->single_transaction = true; break;
    case TIMEOUT_: return take_timeout(db, value);
    case PURGE_: db->purge = true; break;
    case 'r': db->range = value; break;
    case 'o': db->output = value; break;
    case 'i': db->with_current = true; break;
    case 'v': db->verbose = true; break;
    case JSON_: db->json = true; break;
    case VERIFY_: db->verify = true; break;
    case REPAIR_: db->repair = true; break;
    case 'd': db->directory = value; break;
    case DATABASE_: db->run->url = value; break;
    case ECHO_: db->run->echo = true; break;
    default: db->run->quiet = true;
    }
    return well ? NULL : "there is no memory for '%s'.";
}

typedef struct grammar { struct option options[KITH__COUNT(choices) + 1]; char letters[3 * KITH__COUNT(choices) + 2]; } grammar;

static void grammar_of(grammar *g, const verb *v)
{
    size_t options = 0, letters = 0;
    *g = (grammar){ .letters = "" };
    g->letters[letters++] = ':';
    for (size_t i = 0; i < KITH__COUNT(choices); i++) {
        const struct choice *c = &choices[i];
        if ((c->verbs & v->bit) == 0)
            continue;
        g->options[options++] = (struct option){ .name = c->name, .has_arg = c->argument != NULL ? required_argument : no_argument, .val = c->code };
        if (c->code < NO_LETTER_) {
            g->letters[letters++] = (char)c->code;
            if (c->argument != NULL)
                g->letters[letters++] = ':';
        }
    }
}

static bool is_back(const char *word)
{
    size_t digits = word[0] == '-' ? strspn(word + 1, "0123456789") : 0;
    return digits > 0 && word[1 + digits] == 0;
}

/* "downgrade -2": getopt would look for an option 2. Taken out where no option before it waits for a value. */
static void take_back_target(kith__db *db, const grammar *g, int *argc, char **argv)
{
    for (int i = 1; i < *argc; i++) {
        const char *before = argv[i - 1];
        bool waits = false;
        for (const struct option *o = g->options; o->name != NULL && before[0] == '-'; o++)
            waits = waits || (o->has_arg == required_argument &&
                              ((before[1] == '-' && strcmp(before + 2, o->name) == 0) || (before[1] == o->val && before[2] == 0)));
        if (db->target != NULL || waits || !is_back(argv[i]))
            continue;
        db->target = argv[i];
        memmove(&argv[i], &argv[i + 1], (size_t)(*argc - i) * sizeof *argv);
        --*argc;
    }
}

/* -1: go on; else the exit status */
static int read_options(kith__db *db, const verb *v, int argc, char **argv)
{
    grammar g;
    grammar_of(&g, v);
    if (v->argument != NULL)
        take_back_target(db, &g, &argc, argv);
    optind = 0;
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, g.letters, g.options, NULL)) != -1;) {
        const char *wrong = NULL;
        if (c == 'h')
            return help_one(db->run, v), KITH__EXIT_OK;
        if (c == '?' || c == ':')
            return usage(db->run, v, c == ':' ? "the option '%s' lacks its value." : "the option '%s' is not known here.", argv[optind - 1]);
        if ((wrong = take(db, c, optarg)) != NULL)
            return usage(db->run, v, wrong, optarg);
    }
    if (optind < argc && v->argument != NULL && db->target == NULL)
        db->target = argv[optind++];
    if (optind < argc)
        return usage(db->run, v, "'%s' is one argument too many.", argv[optind]);
    return -1;
}

/* ---------------------------------------------------------------- what they share */

int kith__db_failed(kith__db *db)
{
    if (strcmp(db->error.public_.code, "migrate.not_initialised") == 0)
        db->run->after = NULL;          /* there is nothing that could have been */
    return kith__run_said(db->run, &db->error.public_);
}

bool kith__db_files(kith__db *db)
{
    return kith__revisions_read(&db->set, db->directory, &db->error) == KITH_OK;
}

void kith__db_progress(const kith__db *db, const char *format, ...)
{
    va_list arguments;
    if (db->run->quiet)
        return;
    fflush(stdout);     /* what came first is read first, also where both go into one file */
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

int kith__command_db(kith__run *run, int argc, char **argv)
{
    kith__db db = { .run = run, .directory = "migrations" };
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help_all(run, argc < 2 ? stderr : stdout), argc < 2 ? KITH__EXIT_USAGE : KITH__EXIT_OK;
    const verb *v = verb_named(argv[1]);
    if (v == NULL)
        return no_such_verb(run, argv[1]);
    int result = read_options(&db, v, argc - 1, argv + 1);
    run->after = (v->bit & CHANGES_) != 0 && !db.plan && !db.sql ? "Nothing was changed." : NULL;
    if (result < 0)
        result = v->run(&db);
    result = kith__run_flushed(run, result);
    kith__revisions_free(db.set);
    kith__error_free(&db.error);
    kith__arena_free(&db.arena);
    return result;
}
