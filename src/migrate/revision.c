/*
 * revision: one migration file: its head, its two parts, its sum. For the files of src/migrate; see docs for the format.
 *
 *   -- kith: revision 3f2a9c1b7d40
 *   -- kith: down-revision 8c01d2e4aa10 sum 9f31c02d77ab54e0      (or: base)
 *   -- kith: message add trashcans
 *   -- kith: created 2026-11-22T11:38:02Z
 *   -- kith: upgrade
 *   …
 *   -- kith: downgrade
 *   …
 */
#include "migrate/files.h"

#include <ctype.h>

/* ---------------------------------------------------------------- directives */

bool kith__directive_split(kith__arena *arena, const char *at, size_t size, const char **word, const char **rest)
{
    const char *end = at + size, *p = at + strlen("-- kith:");
    while (p < end && isspace((unsigned char)*p))
        p++;
    const char *first = p;
    while (p < end && !isspace((unsigned char)*p))
        p++;
    *word = kith__arena_textn(arena, first, (size_t)(p - first));
    while (p < end && isspace((unsigned char)*p))
        p++;
    while (end > p && isspace((unsigned char)end[-1]))
        end--;
    *rest = kith__arena_textn(arena, p, (size_t)(end - p));
    return *word != NULL && *rest != NULL;
}

static int half_written(const kith__revision *revision, kith__error *error, const char *what)
{
    int status = kith__fail(error, KITH_CONFIG, "migrate.half_written", "%s: this migration has no %s: it looks half-written.", revision->file, what);
    kith__fail_hint(error, "Restore the file, or remove it if it was never applied.");
    return status;
}

/* ---------------------------------------------------------------- the head */

static bool is_id(const char *text, size_t size)
{
    static const char *const taken[] = { "base", "head", "heads", "current" };     /* what targets and ranges say instead of one */
    for (size_t i = 0; i < KITH__COUNT(taken); i++)
        if (strlen(taken[i]) == size && strncmp(text, taken[i], size) == 0)
            return false;
    for (size_t i = 0; i < size; i++)
        if (!(isalnum((unsigned char)text[i]) || text[i] == '_' || text[i] == '.'))
            return false;
    return size > 0 && size <= 32;
}

static int bad_id(const kith__revision *revision, const char *id, kith__error *error)
{
    int status = kith__fail(error, KITH_CONFIG, "migrate.bad_id", "%s: \"%s\" cannot be a revision's id.", revision->file, id);
    kith__fail_hint(error, "An id is 1 to 32 letters, digits and underscores, and none of base, head, heads and current.");
    return status;
}

/* "8c01d2e4aa10 sum 9f31c02d77ab54e0", or "base" */
static int read_parent(kith__arena *arena, kith__revision *revision, const char *rest, kith__error *error)
{
    size_t size = strcspn(rest, " \t");
    if (strcmp(rest, "base") == 0)
        return KITH_OK;
    revision->parent_id = kith__arena_textn(arena, rest, size);
    if (revision->parent_id == NULL)
        return kith__fail_memory(error);
    if (!is_id(rest, size))
        return bad_id(revision, revision->parent_id, error);
    const char *said = rest + size + strspn(rest + size, " \t");
    if (strncmp(said, "sum ", 4) == 0)
        revision->parent_sum = said + 4 + strspn(said + 4, " \t");
    return KITH_OK;
}

static int refuse_merge(const kith__revision *revision, kith__error *error)
{
    int status = kith__fail(error, KITH_CONFIG, "migrate.merge", "%s follows two migrations: it has two lines \"down-revision\".", revision->file);
    kith__fail_hint(error, "Migrations are one line: put the files of the one behind the last of the other, by their \"down-revision\", and take the second line out.");
    return status;
}

/* *done: the head is over */
static int read_head_line(kith__arena *arena, kith__revision *revision, const char *word, const char *rest, bool *has_parent, bool *done, kith__error *error)
{
    if (strcmp(word, "revision") == 0) {
        revision->id = rest;
        return is_id(rest, strlen(rest)) ? KITH_OK : bad_id(revision, rest, error);
    }
    if (strcmp(word, "down-revision") == 0) {
        if (*has_parent)
            return refuse_merge(revision, error);
        *has_parent = true;
        return read_parent(arena, revision, rest, error);
    }
    if (strcmp(word, "message") == 0)
        revision->message = rest;
    else if (strcmp(word, "created") == 0)
        revision->created = rest;
    *done = strcmp(word, "upgrade") == 0;
    return KITH_OK;
}

int kith__revision_read_head(kith__arena *arena, kith__revision *revision, const char *text, size_t size, kith__error *error)
{
    const char *end = text + size;
    bool has_parent = false, done = false, marked = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;      /* as some editors begin a file */
    for (const char *line = text + 3 * marked; line < end && !done;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line)), *to = newline != NULL ? newline : end;
        const char *word, *rest;
        if ((size_t)(to - line) > strlen("-- kith:") && memcmp(line, "-- kith:", strlen("-- kith:")) == 0) {
            if (!kith__directive_split(arena, line, (size_t)(to - line), &word, &rest))
                return kith__fail_memory(error);
            int status = read_head_line(arena, revision, word, rest, &has_parent, &done, error);
            if (status != KITH_OK)
                return status;
        }
        line = newline != NULL ? newline + 1 : end;
    }
    if (revision->message == NULL)
        revision->message = "";
    if (revision->id == NULL)
        return half_written(revision, error, "\"-- kith: revision\"");
    if (!has_parent)
        return half_written(revision, error, "\"-- kith: down-revision\"");
    return done ? KITH_OK : half_written(revision, error, "\"-- kith: upgrade\"");
}

/* ---------------------------------------------------------------- the parts */

typedef struct reader {
    kith__arena *arena;
    const char *file;
    kith__section *section;         /* the one we are in, or NULL */
    const char *only;               /* what the open block says */
    bool verbatim, statement, state, no_transaction, in_block;
    uint32_t block_line;
    kith__error *error;
} reader;

static int open_block(reader *r, const kith__token *token)
{
    if (r->in_block)
        return kith__fail(r->error, KITH_CONFIG, "migrate.block", "%s:%u: the block that begins in line %u has no \"-- kith: end\".", r->file, token->line, r->block_line);
    r->in_block = true;
    r->block_line = token->line;
    return KITH_OK;
}

static void close_block(reader *r)
{
    r->only = NULL;
    r->in_block = r->verbatim = r->statement = r->state = r->no_transaction = false;
}

/* "postgresql, no-transaction" */
static int read_only(reader *r, const char *rest)
{
    kith__text names = { 0 };
    for (const char *p = rest; *p != 0;) {
        size_t size = strcspn(p, ", ");
        if (size == strlen("no-transaction") && memcmp(p, "no-transaction", size) == 0)
            r->no_transaction = true;
        else if (size > 0) {
            kith__text_add(&names, names.size > 0 ? "," : "");
            kith__text_addn(&names, p, size);
        }
        p += size + strspn(p + size, ", ");
    }
    bool none = names.size == 0 && !names.broken;
    r->only = kith__arena_take(r->arena, &names);
    if (none)
        return kith__fail(r->error, KITH_CONFIG, "migrate.block", "%s:%u: \"only\" names no database.", r->file, r->block_line);
    return r->only != NULL ? KITH_OK : kith__fail_memory(r->error);
}

/* A name, or one in quotes, which may have commas and blanks. */
static int read_loses(reader *r, const char *rest)
{
    for (const char *p = rest + strspn(rest, ", "); *p != 0;) {
        size_t quoted = *p == '"' ? strcspn(p + 1, "\"") : 0, size = quoted > 0 && p[quoted + 1] == '"' ? quoted + 2 : strcspn(p, ", ");
        bool bare = size != quoted + 2;
        const char **name = kith__list_add(r->arena, &r->section->loses, &r->section->lose_count, sizeof *name);
        if (name == NULL || (*name = kith__arena_textn(r->arena, p + !bare, size - (bare ? 0 : 2))) == NULL)
            return kith__fail_memory(r->error);
        p += size;
        p += strspn(p, ", ");
    }
    return KITH_OK;
}

static int unknown_directive(reader *r, const kith__token *token, const char *word)
{
    static const char *const words[] = { "upgrade", "downgrade", "only", "verbatim", "statement", "state", "end", "irreversible", "loses", "lint-ok",
        "depends-on", "label", "revision", "down-revision", "message", "created" };
    const char *near = kith__nearest(word, words, KITH__COUNT(words));
    int status = kith__fail(r->error, KITH_CONFIG, "migrate.directive", "%s:%u: \"-- kith: %s\" says nothing to kith.", r->file, token->line, word);
    if (near != NULL)
        kith__fail_hint(r->error, "Did you mean \"%s\"?", near);
    return status;
}

static int section_directive(reader *r, const kith__token *token, const char *word, const char *rest)
{
    if (strcmp(word, "end") == 0) {
        if (!r->in_block)
            return kith__fail(r->error, KITH_CONFIG, "migrate.block", "%s:%u: this \"end\" ends nothing.", r->file, token->line);
        close_block(r);
        return KITH_OK;
    }
    if (strcmp(word, "loses") == 0)
        return read_loses(r, rest);
    if (strcmp(word, "irreversible") == 0) {
        r->section->irreversible = rest;
        return KITH_OK;
    }
    if (strcmp(word, "lint-ok") == 0)
        return KITH_OK;
    bool known = strcmp(word, "only") == 0 || strcmp(word, "verbatim") == 0 || strcmp(word, "statement") == 0 || strcmp(word, "state") == 0;
    if (!known)
        return unknown_directive(r, token, word);
    int status = open_block(r, token);
    r->verbatim = *word == 'v';
    r->statement = strcmp(word, "statement") == 0;
    r->state = strcmp(word, "state") == 0;
    return status == KITH_OK && *word == 'o' ? read_only(r, rest) : status;
}

/* COMMIT in a file would end the transaction that keeps the file whole */
static int check_transaction(reader *r, const kith__token *items, size_t count)
{
    static const char *const words[] = { "BEGIN", "COMMIT", "ROLLBACK", "END", "START", "SAVEPOINT", "RELEASE", "ABORT" };
    for (size_t i = 0; i < KITH__COUNT(words) && count > 0 && !r->no_transaction; i++)
        if (kith__token_is(&items[0], words[i])) {
            int status = kith__fail(r->error, KITH_CONFIG, "migrate.transaction", "%s:%u:%u: %s cannot stand in a migration.", r->file, items[0].line, items[0].column, words[i]);
            kith__fail_hint(r->error, "kith runs each file in one transaction of its own; take the statement out.");
            return status;
        }
    return KITH_OK;
}

/* It does nothing within a transaction, where kith has switched them off already if a table is dropped. */
static int check_pragma(reader *r, const kith__token *items, size_t count)
{
    bool begins = count > 1 && kith__token_is(&items[0], "PRAGMA"), of_schema = begins && count > 3 && kith__token_mark(&items[2], ".");
    const kith__token *name = begins ? &items[of_schema ? 3 : 1] : NULL;
    if (name == NULL || (!kith__token_is(name, "foreign_keys") && !kith__token_is(name, "defer_foreign_keys")) || name + 1 == items + count)
        return KITH_OK;
    int status = kith__fail(r->error, KITH_CONFIG, "migrate.transaction", "%s:%u:%u: PRAGMA %.*s cannot stand in a migration.", r->file, items[0].line, items[0].column,
        (int)name->size, name->at);
    kith__fail_hint(r->error, "Take it out: while a file drops or rebuilds a table kith switches foreign keys off, and looks afterwards whether a row has lost its parent.");
    return status;
}

/* What drops a table or a column must be read, or nobody is asked about the rows that go with it. */
static int refuse_unread(reader *r, const kith__token *items, size_t count)
{
    bool drops = count > 1 && kith__token_is(&items[0], "DROP") && kith__token_is(&items[1], "TABLE");
    for (size_t i = 2; i < count && !drops && kith__token_is(&items[0], "ALTER"); i++)
        drops = kith__token_is(&items[i], "DROP");
    kith__instruction here = { .only = r->only };
    if (!drops || !kith__instruction_for(&here, kith__dialect_sqlite.name))
        return KITH_OK;
    int status = kith__fail(r->error, KITH_CONFIG, "migrate.unread", "%s:%u:%u: kith cannot read what this statement drops.", r->file, items->line, items->column);
    kith__fail_hint(r->error, "Write names bare or in double quotes, without a schema: DROP TABLE \"t\"; or ALTER TABLE \"t\" DROP COLUMN \"c\";"
        " To have a statement sent as it is, unasked, put it between \"-- kith: verbatim\" and \"-- kith: end\".");
    return status;
}

/* A verbatim statement is not read, but for the name of the view, trigger or index that it makes. */
static int find_object(reader *r, const kith__token *items, size_t count, kith__instruction *out)
{
    kith__tokens inside = { 0 };
    kith__statement_meaning meaning = { 0 };
    kith__error ignored = { 0 };
    if (items->kind == KITH__T_RAW && kith__tokenize(r->arena, r->file, items->at, items->size, 0, &inside, &ignored) == KITH_OK) {
        items = inside.items;
        count = inside.count;
    }
    if (count > 0)
        kith__ddl_parse(r->arena, items, count, 0, &meaning);
    out->object = meaning.object;
    out->table = meaning.table;
    out->drops_table = count > 1 && kith__token_is(&items[0], "DROP") && kith__token_is(&items[1], "TABLE");
    const kith__op *op = meaning.ops.count == 1 ? meaning.ops.items : NULL;
    if (op != NULL && (op->kind == KITH__OP_CREATE_INDEX || op->kind == KITH__OP_DROP_INDEX)) {
        out->object = op->name;
        out->table = op->table;
    }
    kith__error_free(&ignored);
    return r->arena->broken ? kith__fail_memory(r->error) : KITH_OK;
}

static int add_instruction(reader *r, const kith__token *items, size_t count)
{
    int status = check_transaction(r, items, count);
    if (status == KITH_OK)
        status = check_pragma(r, items, count);
    if (status != KITH_OK)
        return status;
    kith__instruction *out = kith__list_add(r->arena, &r->section->items, &r->section->count, sizeof *out);
    const kith__token *last = &items[count - 1];
    if (out == NULL || (out->sql = kith__arena_textn(r->arena, items->at, (size_t)(last->at + last->size - items->at))) == NULL)
        return kith__fail_memory(r->error);
    out->line = items->line;
    out->only = r->only;
    out->verbatim = r->verbatim || r->statement;
    out->state_only = r->state;
    out->no_transaction = r->no_transaction;
    if (out->verbatim)
        return find_object(r, items, count, out);
    kith__statement_meaning meaning;
    kith__parsed parsed = kith__ddl_parse(r->arena, items, count, 0, &meaning);
    out->ops = meaning.ops;
    out->table = meaning.table;
    out->object = meaning.object;
    out->opaque = parsed == KITH__PARSED_OPAQUE;
    if (r->state && parsed != KITH__PARSED_DDL && parsed != KITH__PARSED_NO_MEMORY)
        return kith__fail(r->error, KITH_CONFIG, "migrate.state", "%s:%u: kith cannot read this statement of a \"state\" block.", r->file, items->line);
    if (out->opaque)
        return refuse_unread(r, items, count);
    return parsed == KITH__PARSED_NO_MEMORY ? kith__fail_memory(r->error) : KITH_OK;
}

/* The body of a "statement" block may be empty; any other statement has a token in it. */
static bool says_nothing(const kith__token *token)
{
    size_t i = 0;
    while (i < token->size && isspace((unsigned char)token->at[i]))
        i++;
    return i == token->size;
}

static int read_statement(reader *r, const kith__token *items, size_t count)
{
    if (count == 1 && says_nothing(items))
        return KITH_OK;
    if (r->section == NULL)
        return kith__fail(r->error, KITH_CONFIG, "migrate.half_written", "%s:%u: this statement stands before \"-- kith: upgrade\".", r->file, items->line);
    return add_instruction(r, items, count);
}

static void begin_section(kith__revision *revision, reader *r, const kith__token *token, bool up)
{
    if (r->section != NULL)
        r->section->size = (size_t)(token->at - r->section->text);
    r->section = up ? &revision->upgrade : &revision->downgrade;
    r->section->present = true;
    r->section->line = token->line;
    r->section->text = token->at + token->size;
}

static int read_directive(reader *r, kith__revision *revision, const kith__token *token)
{
    const char *word, *rest;
    if (!kith__directive_split(r->arena, token->at, token->size, &word, &rest))
        return kith__fail_memory(r->error);
    bool up = strcmp(word, "upgrade") == 0, down = strcmp(word, "downgrade") == 0;
    if (revision != NULL && (up || down)) {
        if (r->in_block)
            return open_block(r, token);
        if (up ? revision->upgrade.present : revision->downgrade.present)
            return kith__fail(r->error, KITH_CONFIG, "migrate.directive", "%s:%u: there are two \"%s\" parts.", r->file, token->line, word);
        begin_section(revision, r, token, up);
        return KITH_OK;
    }
    return r->section != NULL ? section_directive(r, token, word, rest) : KITH_OK;
}

static int read_all(reader *r, kith__revision *revision, const kith__tokens *tokens)
{
    size_t at = 0, first, end;
    int status = KITH_OK;
    while (status == KITH_OK && kith__statement_next(tokens, &at, &first, &end)) {
        const kith__token *items = &tokens->items[first];
        if (items->kind == KITH__T_DIRECTIVE)
            status = read_directive(r, revision, items);
        else
            status = read_statement(r, items, end - first);
    }
    if (status == KITH_OK && r->in_block)
        status = kith__fail(r->error, KITH_CONFIG, "migrate.block", "%s: the block that begins in line %u has no \"-- kith: end\".", r->file, r->block_line);
    return status;
}

/* White space, comments, and what is only told (message, created) do not count. */
static int take_sum(kith__revision *revision, const kith__tokens *tokens, kith__error *error)
{
    kith__text text = { 0 };
    for (size_t i = 0; i < tokens->count; i++) {
        const kith__token *token = &tokens->items[i];
        bool told = token->kind == KITH__T_DIRECTIVE &&
                    (memmem(token->at, token->size, "-- kith: message", 16) != NULL || memmem(token->at, token->size, "-- kith: created", 16) != NULL);
        for (size_t j = 0; j < token->size && !told; j++)
            if (token->at[j] != '\r')
                kith__text_addc(&text, token->at[j]);
        kith__text_addc(&text, '\n');
    }
    if (!text.broken)
        kith__sha256_hex(text.data != NULL ? text.data : "", text.size, revision->sum);
    bool broken = text.broken;
    kith__text_free(&text);
    return broken ? kith__fail_memory(error) : KITH_OK;
}

int kith__revision_parse(kith__arena *arena, kith__revision *revision, const char *text, size_t size, kith__error *error)
{
    kith__tokens tokens;
    reader r = { .arena = arena, .file = revision->file, .error = error };
    int status = kith__tokenize(arena, revision->file, text, size, 0, &tokens, error);
    if (status == KITH_OK)
        status = read_all(&r, revision, &tokens);
    if (status != KITH_OK)
        return status;
    if (r.section != NULL)
        r.section->size = (size_t)(text + size - r.section->text);
    if (!revision->downgrade.present)
        return half_written(revision, error, "\"-- kith: downgrade\"");
    revision->text = text;
    revision->size = size;
    revision->parsed = true;
    return take_sum(revision, &tokens, error);
}

int kith__section_parse(kith__arena *arena, const char *file, const char *text, size_t size, kith__section *out, kith__error *error)
{
    kith__tokens tokens;
    *out = (kith__section){ .present = true, .text = text, .size = size };
    reader r = { .arena = arena, .file = file, .section = out, .error = error };
    int status = kith__tokenize(arena, file, text, size, 0, &tokens, error);
    return status == KITH_OK ? read_all(&r, NULL, &tokens) : status;
}

bool kith__instruction_for(const kith__instruction *instruction, const char *dialect)
{
    size_t size = strlen(dialect);
    for (const char *p = instruction->only; p != NULL && *p != 0;) {
        size_t name = strcspn(p, ",");
        if (name == size && memcmp(p, dialect, size) == 0)
            return true;
        p += name + (p[name] == ',');
    }
    return instruction->only == NULL;
}

/* ---------------------------------------------------------------- replay */

static int note_opaque(const char *file, const kith__instruction *instruction, kith__state *state, kith__error *error)
{
    const char *place = kith__arena_format(&state->schema.arena, "%s:%u", file, instruction->line);
    const char *table = instruction->table != NULL ? instruction->table : "";
    return place != NULL && kith__map_puts(&state->opaque, table, (void *)place) ? KITH_OK : kith__fail_memory(error);
}

static int note_known(const char *name, const char *sql, const char *table, kith__state *state, kith__error *error)
{
    kith__known *known = kith__arena_zero(&state->schema.arena, sizeof *known);
    if (known == NULL || !kith__map_puts(&state->known, name, known))
        return kith__fail_memory(error);
    *known = (kith__known){ .sql = sql, .table = table };
    return KITH_OK;
}

static int note_object(const kith__instruction *instruction, kith__state *state, kith__error *error)
{
    bool made = instruction->only == NULL && strncasecmp(instruction->sql, "CREATE", 6) == 0;
    return instruction->object == NULL ? KITH_OK : note_known(instruction->object, made ? instruction->sql : NULL, instruction->table, state, error);
}

static int replay_one(const char *file, const kith__instruction *instruction, kith__state *state, kith__error *error)
{
    int status = note_object(instruction, state, error);
    if (instruction->opaque && instruction->only == NULL && status == KITH_OK)
        return note_opaque(file, instruction, state, error);
    for (size_t i = 0; i < instruction->ops.count && status == KITH_OK; i++) {
        const kith__op *op = &instruction->ops.items[i];
        if (instruction->only != NULL) {
            status = note_known(op->name != NULL ? op->name : op->table, NULL, NULL, state, error);
            continue;
        }
        status = kith__op_apply(&state->schema, op, error);
        if (status == KITH_CONFIG)
            kith__fail_prefix(error, "%s:%u:", file, instruction->line);
    }
    return status;
}

int kith__section_replay(const char *file, const kith__section *section, kith__state *state, kith__error *error)
{
    int status = KITH_OK;
    for (size_t i = 0; i < section->count && status == KITH_OK; i++)
        status = replay_one(file, &section->items[i], state, error);
    return kith__correct(error, status);
}

int kith__correct(kith__error *error, int status)
{
    bool of_file = status == KITH_CONFIG || status == KITH_SCHEMA || status == KITH_ERROR || status == KITH_CONSTRAINT;
    bool of_engine = status == KITH_SCHEMA && strncmp(error->public_.code, "migrate.", 8) != 0;     /* its hint speaks to programs */
    if (of_file && (of_engine || error->public_.hint == NULL))
        kith__fail_hint(error, "Correct the file, then try again.");
    return status;
}

void kith__slug(kith__text *out, const char *message)
{
    enum { LONGEST_ = 40 };
    size_t size = 0;
    bool gap = false;
    for (const char *p = message; *p != 0 && size < LONGEST_; p++) {
        if (!isalnum((unsigned char)*p)) {
            gap = size > 0;
            continue;
        }
        if (gap)
            kith__text_addc(out, '_');
        kith__text_addc(out, (char)tolower((unsigned char)*p));
        size += gap ? 2 : 1;
        gap = false;
    }
    if (size == 0)
        kith__text_add(out, "migration");
}
