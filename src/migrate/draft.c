/*
 * draft: a new migration file: made from what differs, read back and replayed before it is given out, written so that a crash leaves no
 * half of it. For the files of src/migrate.
 */
#include "migrate/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void kith__draft_free(kith__draft *draft)
{
    kith__state_free(&draft->before);
    kith__arena_free(&draft->arena);
    *draft = (kith__draft){ 0 };
}

/* ---------------------------------------------------------------- its name */

static const char *new_id(kith__draft *draft, const char *wanted, kith__error *error)
{
    unsigned char bytes[6];
    if (wanted != NULL)
        return kith__arena_text(&draft->arena, wanted);
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        kith__fail(error, KITH_IO, "migrate.io", "no random id for the new migration: %s.", strerror(errno));
        return NULL;
    }
    return kith__arena_format(&draft->arena, "%02x%02x%02x%02x%02x%02x", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]);
}

static int refuse_twice(const kith__revisions *set, const char *id, kith__error *error)
{
    const kith__revision *other = id != NULL ? kith__map_gets(&set->by_id, id) : NULL;
    if (other == NULL)
        return KITH_OK;
    int status = kith__fail(error, KITH_CONFIG, "migrate.duplicate_id", "there is a migration with the id %s already: %s.", id, other->file);
    kith__fail_hint(error, "Give the new one another --rev-id, or none.");
    return status;
}

/* SOURCE_DATE_EPOCH makes a file that can be made again */
static void moment(struct tm *out)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    time_t now = epoch != NULL && *epoch != 0 ? (time_t)strtoll(epoch, NULL, 10) : time(NULL);
    gmtime_r(&now, out);
}

/* "add table trashcan; rename raccoon.name to nickname" */
static const char *derived_message(kith__draft *draft)
{
    enum { SAID_ = 3 };
    kith__text text = { 0 };
    size_t said = 0, more = 0;
    for (size_t i = 0; i < draft->up.count; i++) {
        const kith__op *op = &draft->up.items[i];
        bool follows = i > 0 && op->kind == KITH__OP_DEFAULT && draft->up.items[i - 1].kind == KITH__OP_ADD_COLUMN;
        if (op->kind == KITH__OP_SQL || follows)
            continue;
        if (said == SAID_) {
            more++;
            continue;
        }
        kith__text_add(&text, said++ > 0 ? "; " : "");
        kith__op_describe(&text, op);
    }
    if (more > 0)
        kith__text_addf(&text, "; %zu more", more);
    const char *message = text.broken ? NULL : kith__arena_text(&draft->arena, text.size > 0 ? text.data : "empty migration");
    kith__text_free(&text);
    return message;
}

/* one line of it: a message is a directive */
static const char *clean_message(kith__draft *draft, const char *message)
{
    char *out = kith__arena_text(&draft->arena, message);
    for (char *p = out; out != NULL && *p != 0; p++)
        if (*p == '\n' || *p == '\r' || *p == '\t')
            *p = ' ';
    return out;
}

static const char *file_name(kith__draft *draft, const struct tm *at)
{
    kith__text text = { 0 };
    kith__text_addf(&text, "%04d%02d%02d%02d%02d%02d_%s_", at->tm_year + 1900, at->tm_mon + 1, at->tm_mday, at->tm_hour, at->tm_min, at->tm_sec, draft->id);
    kith__slug(&text, draft->message);
    kith__text_add(&text, ".sql");
    return kith__arena_take(&draft->arena, &text);
}

/* ---------------------------------------------------------------- its text */

static bool add_losses(kith__arena *arena, const kith__ops *ops, const char ***out, size_t *count)
{
    for (size_t i = 0; i < ops->count; i++) {
        const char *loses = kith__op_loses(arena, &ops->items[i]);
        if (loses == NULL)
            continue;
        const char **place = kith__list_add(arena, out, count, sizeof *place);
        if (place == NULL)
            return false;
        *place = loses;
    }
    return kith__list_add(arena, out, count, sizeof **out) != NULL;      /* the final NULL */
}

static void print_part(kith__text *text, const char *name, const kith__ops *ops, const char *const *loses)
{
    kith__text_addf(text, "\n-- kith: %s\n", name);
    for (size_t i = 0; loses != NULL && loses[i] != NULL; i++)
        kith__text_addf(text, "%s%s%s%s", i == 0 ? "-- kith: loses " : ", ", kith__loses_quote(loses[i]), loses[i], kith__loses_quote(loses[i]));
    if (loses != NULL && loses[0] != NULL)
        kith__text_addc(text, '\n');
    for (size_t i = 0; i < ops->count; i++) {
        kith__op_print(text, &ops->items[i]);
        kith__text_add(text, ";\n");
    }
}

static const char *print_draft(kith__draft *draft, const kith__revision *parent, const struct tm *at)
{
    kith__text text = { 0 };
    kith__text_addf(&text, "-- kith: revision %s\n", draft->id);
    if (parent != NULL)
        kith__text_addf(&text, "-- kith: down-revision %s sum %.16s\n", parent->id, parent->sum);
    else
        kith__text_add(&text, "-- kith: down-revision base\n");
    kith__text_addf(&text, "-- kith: message %s\n", draft->message);
    kith__text_addf(&text, "-- kith: created %04d-%02d-%02dT%02d:%02d:%02dZ\n", at->tm_year + 1900, at->tm_mon + 1, at->tm_mday, at->tm_hour, at->tm_min, at->tm_sec);
    print_part(&text, "upgrade", &draft->up, draft->loses_up);
    print_part(&text, "downgrade", &draft->down, draft->loses_down);
    return kith__arena_take(&draft->arena, &text);
}

/* ---------------------------------------------------------------- read back */

static int expect_nothing(kith__draft *draft, const kith__schema *now, const kith__schema *goal, const kith__map *opaque, const char *part, kith__error *error)
{
    kith__ops left;
    kith__error why = { 0 };
    int status = kith__compare(&draft->arena, now, goal, opaque, NULL, &left, &why);
    if (status == KITH_NO_MEMORY)
        return kith__error_free(&why), kith__fail_memory(error);
    if (status == KITH_OK && left.count == 0)
        return kith__error_free(&why), KITH_OK;
    kith__text what = { 0 };
    if (left.count > 0)
        kith__op_describe(&what, &left.items[0]);
    kith__fail(error, KITH_ERROR, "migrate.not_itself", "the new migration was not kept: its %s, read back, leaves a difference (%s).", part,
        what.data != NULL ? what.data : why.public_.message != NULL ? why.public_.message : "?");
    kith__fail_hint(error, "This is a fault of kith; please report it with the model.");
    kith__text_free(&what);
    kith__error_free(&why);
    return error->public_.status;
}

/* The text, parsed anew, must lead to the goal and its downgrade back to where it began. */
static int read_back(kith__draft *draft, const kith__state *before, const kith__schema *goal, kith__error *error)
{
    kith__revision read = { .file = draft->file };
    kith__state now = { 0 };
    int status = kith__revision_read_head(&draft->arena, &read, draft->text, strlen(draft->text), error);
    if (status == KITH_OK)
        status = kith__revision_parse(&draft->arena, &read, draft->text, strlen(draft->text), error);
    if (status == KITH_OK && !kith__schema_clone(&now.schema, &before->schema))
        status = kith__fail_memory(error);
    if (status == KITH_OK)
        status = kith__section_replay(draft->file, &read.upgrade, &now, error);
    if (status == KITH_OK && goal != NULL)
        status = expect_nothing(draft, &now.schema, goal, &before->opaque, "upgrade", error);
    if (status == KITH_OK)
        status = kith__section_replay(draft->file, &read.downgrade, &now, error);
    if (status == KITH_OK)
        status = expect_nothing(draft, &now.schema, &before->schema, &before->opaque, "downgrade", error);
    kith__state_free(&now);
    return status;
}

/* ---------------------------------------------------------------- making */

static int fill_in(kith__draft *draft, const kith__revision *parent, const kith__draft_options *options, kith__error *error)
{
    struct tm at;
    size_t up = 0, down = 0;
    moment(&at);
    draft->id = new_id(draft, options->id, error);
    if (draft->id == NULL)
        return kith__fail_memory(error);
    const char *message = options->message != NULL && *options->message != 0 ? options->message : derived_message(draft);
    draft->message = message != NULL ? clean_message(draft, message) : NULL;
    if (draft->message == NULL || (draft->file = file_name(draft, &at)) == NULL)
        return kith__fail_memory(error);
    if ((options->accept_loss && !add_losses(&draft->arena, &draft->up, &draft->loses_up, &up)) ||
        !add_losses(&draft->arena, &draft->down, &draft->loses_down, &down))
        return kith__fail_memory(error);
    draft->text = print_draft(draft, parent, &at);
    return draft->text != NULL ? KITH_OK : kith__fail_memory(error);
}

int kith__refuse_no_models(kith__error *error)
{
    int status = kith__fail(error, KITH_REFUSED, "migrate.empty_models", "the app has no models: a migration made from none drops every table that those before it have made.");
    kith__fail_hint(error, "List the models in KITH_APP: .models = KITH_MODELS(Raccoon, …).");
    return status;
}

static int differences(kith__draft *draft, const kith__state *before, const kith__schema *models, const kith__draft_options *options, kith__error *error)
{
    if (options->empty)
        return KITH_OK;
    int status = kith__compare(&draft->arena, &before->schema, models, &before->opaque, &options->compare, &draft->up, error);
    if (status == KITH_OK)
        status = kith__flags_check(&draft->arena, &before->schema, &draft->up, &options->compare, error);
    return status == KITH_OK ? kith__inverse(&draft->arena, &before->schema, &draft->up, &draft->down, error) : status;
}

int kith__draft_make(kith__draft *out, kith__revisions *set, const kith__schema *models, const kith__draft_options *options, bool *changes, kith__error *error)
{
    *out = (kith__draft){ 0 };
    *changes = false;
    if (!options->empty && models->table_count == 0)
        return kith__refuse_no_models(error);
    kith__revision *parent = kith__revisions_head(set, error);
    if (kith__failed(error))
        return error->public_.status;
    int status = refuse_twice(set, options->id, error);
    if (status == KITH_OK)
        status = kith__replay(set, parent, &out->before, error);
    if (status != KITH_OK)
        return status;
    status = differences(out, &out->before, models, options, error);
    *changes = status == KITH_OK && (out->up.count > 0 || options->empty);
    if (*changes)
        status = fill_in(out, parent, options, error);
    if (*changes && status == KITH_OK)
        status = read_back(out, &out->before, options->empty ? NULL : models, error);
    if (status != KITH_OK || !*changes) {
        *changes = false;
        kith__draft_free(out);
    }
    return status;
}

/* ---------------------------------------------------------------- writing */

static bool write_fully(int fd, const char *text)
{
    for (size_t size = strlen(text); size > 0;) {
        ssize_t n = write(fd, text, size);
        if (n < 0 && errno != EINTR)
            return false;
        text += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return fsync(fd) == 0;
}

/* under a name that no one reads, then linked to its own, which must be free */
static int write_new(int folder, const char *file, const char *text, const char *path, kith__error *error)
{
    char temporary[300];
    snprintf(temporary, sizeof temporary, ".%.250s.new", file);
    int fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool well = fd >= 0 && write_fully(fd, text);
    int saved = errno;
    if (fd >= 0 && close(fd) != 0 && well) {
        well = false;
        saved = errno;
    }
    if (well && linkat(folder, temporary, folder, file, 0) != 0) {
        well = false;
        saved = errno;
    }
    if (fd >= 0)
        unlinkat(folder, temporary, 0);
    if (well)
        fsync(folder);
    return well ? KITH_OK : kith__fail(error, KITH_IO, "migrate.io", "cannot write %s: %s.", path, strerror(saved));
}

int kith__draft_write(kith__draft *draft, const kith__revisions *set, kith__error *error)
{
    draft->path = kith__arena_format(&draft->arena, "%s/versions/%s", set->directory, draft->file);
    return draft->path == NULL ? kith__fail_memory(error) : write_new(set->descriptor, draft->file, draft->text, draft->path, error);
}

/* ---------------------------------------------------------------- reseal */

/* Does it say the parent's sum as it is, or none? */
static bool is_sealed(const kith__revision *revision)
{
    return revision->parent == NULL || revision->parent_sum == NULL || strncmp(revision->parent_sum, revision->parent->sum, strlen(revision->parent_sum)) == 0;
}

/* The line of the head that names the parent; NULL: somebody has changed the file since its head was read. */
static const char *parent_line(const char *text)
{
    static const char begin[] = "-- kith:", word[] = "down-revision";
    const char *line = text + 3 * (strncmp(text, "\xef\xbb\xbf", 3) == 0);
    for (const char *newline = line; newline != NULL; line = newline + 1) {
        const char *at = line + sizeof begin - 1;
        if (strncmp(line, begin, sizeof begin - 1) == 0 && strncmp(at + strspn(at, " \t"), word, sizeof word - 1) == 0)
            return line;
        newline = strchr(line, '\n');
    }
    return NULL;
}

/* The text with the parent's sum as it is now. */
static int resealed(kith__revisions *set, const kith__revision *revision, const char **out, kith__error *error)
{
    kith__text text = { 0 };
    const char *line = parent_line(revision->text);
    if (line == NULL)
        return kith__fail(error, KITH_CONFIG, "migrate.half_written", "%s: this migration has no \"-- kith: down-revision\": it looks half-written.", revision->file);
    kith__text_addn(&text, revision->text, (size_t)(line - revision->text));
    kith__text_addf(&text, "-- kith: down-revision %s sum %.16s", revision->parent_id, revision->parent->sum);
    kith__text_add(&text, line + strcspn(line, "\r\n"));
    *out = kith__arena_take(&set->arena, &text);
    return *out != NULL ? KITH_OK : kith__fail_memory(error);
}

/* over the old file at one stroke */
static int replace_file(const kith__revisions *set, const kith__revision *revision, const char *text, kith__error *error)
{
    char passing[300];
    snprintf(passing, sizeof passing, ".%.250s.reseal", revision->file);
    int fd = openat(set->descriptor, passing, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool well = fd >= 0 && write_fully(fd, text);
    if (fd >= 0)
        well = close(fd) == 0 && well;
    well = well && renameat(set->descriptor, passing, set->descriptor, revision->file) == 0 && fsync(set->descriptor) == 0;
    return well ? KITH_OK : kith__fail(error, KITH_IO, "migrate.io", "cannot write %s: %s.", revision->path, strerror(errno));
}

int kith__revisions_reseal(kith__revisions *set, size_t *rewritten, kith__error *error)
{
    int status = KITH_OK;
    *rewritten = 0;
    for (size_t i = 0; i < set->count && status == KITH_OK; i++) {
        kith__revision *revision = set->items[i];
        const char *text = NULL;
        status = kith__revision_load(set, revision, error);
        if (status != KITH_OK || is_sealed(revision))
            continue;
        status = resealed(set, revision, &text, error);
        if (status == KITH_OK)
            status = replace_file(set, revision, text, error);
        *rewritten += status == KITH_OK;
        revision->parsed = false;               /* its own sum is another now, and its children carry that */
        revision->upgrade = revision->downgrade = (kith__section){ 0 };
        if (status == KITH_OK)
            status = kith__revision_load(set, revision, error);
    }
    return status;
}
