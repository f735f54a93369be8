/*
 * graph: the migration files of a folder and how they follow each other. For the files of src/migrate.
 *
 * Only the heads of files are read to know the graph; a file is read whole when someone needs its statements.
 */
#include "migrate/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_BYTES_ = 4096, SHORTEST_PREFIX_ = 4 };

/* ---------------------------------------------------------------- reading */

static int fail_errno(kith__error *error, const char *what, const char *path)
{
    int status = kith__fail(error, KITH_IO, "migrate.io", "%s %s: %s.", what, path, strerror(errno));
    kith__fail_hint(error, "Make it a file that can be read, or move it away.");
    return status;
}

/* Of a file as it lies on a disk, so less than was asked for is its end. */
static ssize_t read_fully(int fd, char *to, size_t size)
{
    ssize_t got;
    while ((got = read(fd, to, size)) < 0 && errno == EINTR)
        continue;
    return got;
}

/* The beginning of a file, or all of it (limit 0), in the arena with a NUL behind it. */
static int read_file(kith__revisions *set, const char *file, size_t limit, char **text, size_t *size, kith__error *error)
{
    int fd = openat(set->descriptor, file, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (fd < 0)
        return fail_errno(error, "cannot open", file);
    if (limit == 0 && fstat(fd, &about) == 0)
        limit = (size_t)about.st_size;
    char *to = kith__arena_alloc(&set->arena, limit + 1);
    ssize_t got = to == NULL ? 0 : read_fully(fd, to, limit);
    close(fd);
    if (to == NULL)
        return kith__fail_memory(error);
    if (got < 0)
        return fail_errno(error, "cannot read", file);
    to[got] = 0;
    *text = to;
    *size = (size_t)got;
    return KITH_OK;
}

/* *.sql that is not hidden: editors leave .#x.sql, #x.sql# and x.sql~ behind */
static bool is_migration(const char *name)
{
    size_t size = strlen(name);
    return size > 4 && name[0] != '.' && name[0] != '#' && strcmp(name + size - 4, ".sql") == 0;
}

static int add_file(kith__revisions *set, const char *name, kith__error *error)
{
    kith__revision **place = kith__list_add(&set->arena, &set->items, &set->count, sizeof *place);
    kith__revision *revision = place == NULL ? NULL : kith__arena_zero(&set->arena, sizeof *revision);
    if (revision == NULL || (revision->file = kith__arena_text(&set->arena, name)) == NULL ||
        (revision->path = kith__arena_format(&set->arena, "%s/versions/%s", set->directory, name)) == NULL)
        return kith__fail_memory(error);
    *place = revision;
    char head[HEAD_BYTES_], *text = NULL;
    size_t size = 0;
    int fd = openat(set->descriptor, name, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read_fully(fd, head, sizeof head);
    int saved = errno;
    if (fd >= 0)
        close(fd);
    errno = saved;
    if (got < 0)
        return fail_errno(error, "cannot read", revision->path);
    kith__error first = { 0 };
    int status = kith__revision_read_head(&set->arena, revision, head, (size_t)got, &first);
    bool longer = status == KITH_CONFIG && got == HEAD_BYTES_;
    if (status != KITH_OK && !longer)
        kith__error_copy(error, &first);
    kith__error_free(&first);
    if (!longer)
        return status;
    *revision = (kith__revision){ .file = revision->file, .path = revision->path };
    status = read_file(set, name, 0, &text, &size, error);
    return status == KITH_OK ? kith__revision_read_head(&set->arena, revision, text, size, error) : status;
}

static int by_file(const void *a, const void *b)
{
    const kith__revision *const *left = a, *const *right = b;
    return strcmp((*left)->file, (*right)->file);
}

static int not_initialised(const char *directory, kith__error *error)
{
    int status = kith__fail(error, KITH_CONFIG, "migrate.not_initialised", "no migrations here (looked for %s/versions).", directory);
    kith__fail_hint(error, "Run: kith db init");
    return status;
}

static int read_folder(kith__revisions *set, kith__error *error)
{
    const char *path = kith__arena_format(&set->arena, "%s/versions", set->directory);
    if (path == NULL)
        return kith__fail_memory(error);
    DIR *folder = opendir(path);
    if (folder == NULL)
        return errno == ENOENT || errno == ENOTDIR ? not_initialised(set->directory, error) : fail_errno(error, "cannot read", path);
    set->descriptor = dup(dirfd(folder));
    int status = set->descriptor < 0 ? fail_errno(error, "cannot read", path) : KITH_OK;
    for (struct dirent *entry; status == KITH_OK && (entry = readdir(folder)) != NULL;)
        if (is_migration(entry->d_name))
            status = add_file(set, entry->d_name, error);
    closedir(folder);
    if (status == KITH_OK && set->count > 1)
        qsort(set->items, set->count, sizeof *set->items, by_file);
    return status;
}

/* ---------------------------------------------------------------- linking */

static int index_ids(kith__revisions *set, kith__error *error)
{
    for (size_t i = 0; i < set->count; i++) {
        kith__revision *revision = set->items[i], *other = kith__map_gets(&set->by_id, revision->id);
        if (other != NULL) {
            int status = kith__fail(error, KITH_CONFIG, "migrate.duplicate_id", "two migrations have the id %s: %s and %s.", revision->id, other->file, revision->file);
            kith__fail_hint(error, "Remove one, or give it an id of its own.");
            return status;
        }
        if (!kith__map_puts(&set->by_id, revision->id, revision))
            return kith__fail_memory(error);
    }
    return KITH_OK;
}

static int link_parent(kith__revisions *set, kith__revision *child, kith__error *error)
{
    kith__revision *parent = kith__map_gets(&set->by_id, child->parent_id);
    if (parent == NULL) {
        int status = kith__fail(error, KITH_CONFIG, "migrate.missing_parent", "%s follows %s, and no file has that id.", child->file, child->parent_id);
        kith__fail_hint(error, "Restore the file of %s (git log -- migrations/versions may have it), or correct \"down-revision\".", child->parent_id);
        return status;
    }
    if (parent == child)
        return kith__correct(error, kith__fail(error, KITH_CONFIG, "migrate.cycle", "%s follows itself.", child->file));
    child->parent = parent;
    kith__revision **place = kith__list_add(&set->arena, &parent->children, &parent->child_count, sizeof *place);
    if (place == NULL)
        return kith__fail_memory(error);
    *place = child;
    return KITH_OK;
}

static int link_all(kith__revisions *set, kith__error *error)
{
    int status = KITH_OK;
    for (size_t i = 0; i < set->count && status == KITH_OK; i++)
        if (set->items[i]->parent_id != NULL)
            status = link_parent(set, set->items[i], error);
    return status;
}

/* Parents first. What no way from the beginning leads to is in a circle, or behind one. */
static int order(kith__revisions *set, kith__error *error)
{
    kith__revision **sorted = kith__arena_alloc(&set->arena, (set->count + 1) * sizeof *sorted);
    size_t placed = 0;
    if (sorted == NULL)
        return kith__fail_memory(error);
    for (size_t i = 0; i < set->count; i++) {
        set->items[i]->rank = SIZE_MAX;
        if (set->items[i]->parent == NULL)
            sorted[placed++] = set->items[i];
    }
    for (size_t i = 0; i < placed; i++) {
        sorted[i]->rank = i;
        for (size_t j = 0; j < sorted[i]->child_count; j++)
            sorted[placed++] = sorted[i]->children[j];
    }
    for (size_t i = 0; placed < set->count && i < set->count; i++)
        if (set->items[i]->rank == SIZE_MAX)
            return kith__correct(error, kith__fail(error, KITH_CONFIG, "migrate.cycle", "migrations follow each other in a circle: %s and %s are in it.",
                set->items[i]->file, set->items[i]->parent->file));
    set->items = sorted;
    return KITH_OK;
}

static int find_heads(kith__revisions *set, kith__error *error)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->items[i]->child_count > 0)
            continue;
        kith__revision **place = kith__list_add(&set->arena, &set->heads, &set->head_count, sizeof *place);
        if (place == NULL)
            return kith__fail_memory(error);
        *place = set->items[i];
    }
    return KITH_OK;
}

/* Its files are there: how they follow each other. Frees the set where they do not. */
static int link_set(kith__revisions **out, kith__revisions *set, int status, kith__error *error)
{
    if (status == KITH_OK)
        status = index_ids(set, error);
    if (status == KITH_OK)
        status = link_all(set, error);
    if (status == KITH_OK)
        status = order(set, error);
    if (status == KITH_OK)
        status = find_heads(set, error);
    if (status != KITH_OK)
        kith__revisions_free(set);
    else
        *out = set;
    return status;
}

static kith__revisions *new_set(void)
{
    kith__revisions *set = calloc(1, sizeof *set);
    if (set != NULL)
        set->descriptor = -1;
    return set;
}

int kith__revisions_read(kith__revisions **out, const char *directory, kith__error *error)
{
    *out = NULL;
    kith__revisions *set = new_set();
    if (set == NULL)
        return kith__fail_memory(error);
    set->directory = kith__arena_text(&set->arena, directory);
    return link_set(out, set, set->directory == NULL ? kith__fail_memory(error) : read_folder(set, error), error);
}

static int add_text(kith__revisions *set, const kith_migration *file, kith__error *error)
{
    kith__revision **place = kith__list_add(&set->arena, &set->items, &set->count, sizeof *place);
    kith__revision *revision = place == NULL ? NULL : kith__arena_zero(&set->arena, sizeof *revision);
    if (revision == NULL)
        return kith__fail_memory(error);
    *place = revision;
    *revision = (kith__revision){ .file = file->file, .path = file->file, .text = file->text, .size = strlen(file->text) };
    return kith__revision_read_head(&set->arena, revision, revision->text, revision->size, error);
}

int kith__revisions_embedded(kith__revisions **out, const kith_migration *files, size_t count, kith__error *error)
{
    *out = NULL;
    kith__revisions *set = new_set();
    int status = set == NULL ? kith__fail_memory(error) : KITH_OK;
    for (size_t i = 0; i < count && status == KITH_OK; i++)
        status = add_text(set, &files[i], error);
    if (set != NULL && set->count > 1)
        qsort(set->items, set->count, sizeof *set->items, by_file);
    return set == NULL ? status : link_set(out, set, status, error);
}

void kith__revisions_free(kith__revisions *set)
{
    if (set == NULL)
        return;
    if (set->descriptor >= 0)
        close(set->descriptor);
    kith__map_free(&set->by_id);
    kith__arena_free(&set->arena);
    free(set);
}

int kith__revision_load(kith__revisions *set, kith__revision *revision, kith__error *error)
{
    char *text = NULL;
    size_t size = 0;
    if (revision->parsed)
        return KITH_OK;
    if (set->directory == NULL)
        return kith__correct(error, kith__revision_parse(&set->arena, revision, revision->text, revision->size, error));
    int status = read_file(set, revision->file, 0, &text, &size, error);
    return status == KITH_OK ? kith__correct(error, kith__revision_parse(&set->arena, revision, text, size, error)) : status;
}

/* ---------------------------------------------------------------- finding */

static int several(const kith__revisions *set, const char *code, const char *prefix, kith__error *error)
{
    kith__text names = { 0 };
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++)
        if (prefix == NULL ? set->items[i]->child_count == 0 : strncmp(set->items[i]->id, prefix, strlen(prefix)) == 0)
            kith__text_addf(&names, "%s%s %s", count++ > 0 ? ", " : "", set->items[i]->id, set->items[i]->message);
    int status = names.broken ? kith__fail_memory(error)
                 : prefix != NULL ? kith__fail(error, KITH_CONFIG, code, "%zu revisions begin with '%s': %s.", count, prefix, names.data)
                                  : kith__fail(error, KITH_CONFIG, code, "there are %zu heads: %s.", count, names.data);
    kith__fail_hint(error, prefix != NULL ? "Write more of the id." : "Name the one you mean; or let one of the files follow the other.");
    kith__text_free(&names);
    return status;
}

static kith__revision *not_found(const kith__revisions *set, const char *id, kith__error *error)
{
    const char **ids = calloc(set->count + 1, sizeof *ids);
    for (size_t i = 0; ids != NULL && i < set->count; i++)
        ids[i] = set->items[i]->id;
    const char *near = ids != NULL ? kith__nearest(id, ids, set->count) : NULL;
    kith__fail(error, KITH_NOT_FOUND, "migrate.no_revision", "no revision '%s'.", id);
    if (near != NULL)
        kith__fail_hint(error, "Similar: %s.", near);
    else
        kith__fail_hint(error, "All there are: kith db history");
    free(ids);
    return NULL;
}

kith__revision *kith__revision_find(const kith__revisions *set, const char *id, kith__error *error)
{
    kith__revision *found = kith__map_gets(&set->by_id, id);
    size_t size = strlen(id), matches = 0;
    if (found != NULL || size < SHORTEST_PREFIX_)
        return found != NULL ? found : not_found(set, id, error);
    for (size_t i = 0; i < set->count; i++)
        if (strncmp(set->items[i]->id, id, size) == 0) {
            found = set->items[i];
            matches++;
        }
    if (matches > 1)
        several(set, "migrate.ambiguous_id", id, error);
    return matches == 1 ? found : matches > 1 ? NULL : not_found(set, id, error);
}

kith__revision *kith__revisions_head(const kith__revisions *set, kith__error *error)
{
    if (set->head_count > 1)
        several(set, "migrate.several_heads", NULL, error);
    return set->head_count == 1 ? set->heads[0] : NULL;
}

bool kith__revision_within(const kith__revision *ancestor, const kith__revision *revision)
{
    while (revision != NULL && revision->rank > ancestor->rank)
        revision = revision->parent;
    return revision == ancestor;
}

size_t kith__revisions_between(const kith__revision *from, const kith__revision *to)
{
    size_t count = 0;
    for (; to != NULL && !(from != NULL && kith__revision_within(to, from)); to = to->parent)
        count++;
    return count;
}

/* ---------------------------------------------------------------- what files say together */

static int verify_parent(kith__revisions *set, const kith__revision *child, kith__error *error)
{
    kith__revision *parent = child->parent;
    const char *said = child->parent_sum;
    int status = said == NULL ? KITH_OK : kith__revision_load(set, parent, error);
    if (status != KITH_OK || said == NULL || strncmp(parent->sum, said, strlen(said)) == 0)
        return status;
    status = kith__fail(error, KITH_REFUSED, "migrate.edited", "%s was edited after %s was written on top of it.", parent->file, child->file);
    kith__fail_hint(error, "Put it back as it was, or, if you mean the change, run: kith db reseal");
    return status;
}

int kith__revisions_verify(kith__revisions *set, kith__error *error)
{
    int status = KITH_OK;
    for (size_t i = 0; i < set->count && status == KITH_OK; i++)
        status = verify_parent(set, set->items[i], error);
    return status;
}

int kith__replay(kith__revisions *set, const kith__revision *at, kith__state *out, kith__error *error)
{
    int status = KITH_OK;
    *out = (kith__state){ 0 };
    for (size_t i = 0; at != NULL && i <= at->rank && status == KITH_OK; i++) {
        kith__revision *revision = set->items[i];
        if (!kith__revision_within(revision, at))
            continue;
        status = kith__revision_load(set, revision, error);
        if (status == KITH_OK)
            status = kith__section_replay(revision->file, &revision->upgrade, out, error);
    }
    if (status != KITH_OK)
        kith__state_free(out);
    return status;
}
