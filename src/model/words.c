/*
 * words: names, words and SQL in the options of relationships and columns, and what was meant by those that are wrong. For src/model alone.
 */
#include "model/build.h"

#include <strings.h>

/* ---------------------------------------------------------------- SQL */

bool kith__has_comment(const char *sql)
{
    char quote = 0;
    for (const char *at = sql; *at; at++)
        if (quote)
            quote = *at == quote ? 0 : quote;
        else if (*at == '\'' || *at == '"' || *at == '`')
            quote = *at;
        else if ((at[0] == '-' && at[1] == '-') || (at[0] == '/' && at[1] == '*'))
            return true;
    return false;
}

/* ---------------------------------------------------------------- lists of names */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char **kith__split(kith__builder *b, const char *list, size_t *count)
{
    size_t most = 1;
    for (const char *at = list; *at; at++)
        most += *at == ',';
    const char **parts = kith__make_scratch(b, most * sizeof *parts);
    *count = 0;
    for (const char *at = list; parts && *at;) {
        const char *end = at + strcspn(at, ","), *from = at, *to = end;
        while (from < to && is_space(*from))
            from++;
        while (to > from && is_space(to[-1]))
            to--;
        if (to > from)
            parts[(*count)++] = kith__made(b, kith__arena_textn(&b->scratch, from, (size_t)(to - from)));
        at = *end ? end + 1 : end;
    }
    return b->no_memory ? NULL : parts;
}

/* ---------------------------------------------------------------- did you mean */

enum { MOST_LISTED = 12 };

const char *kith__or_rather(kith__builder *b, const char *wrong, const char *const *names, size_t count)
{
    const char *near = kith__nearest(wrong, names, count), *said;
    kith__text text = { 0 };
    if (near)
        kith__text_addf(&text, ": did you mean \"%s\"?", near);
    else if (!count)
        kith__text_add(&text, ".");
    for (size_t i = 0; !near && i < count && i < MOST_LISTED; i++)
        kith__text_addf(&text, "%s%s", i ? ", " : " (there is ", names[i]);
    if (!near && count)
        kith__text_add(&text, count > MOST_LISTED ? ", …)." : ").");
    said = kith__arena_take(&b->scratch, &text);
    return said ? said : ".";
}

const char *kith__or_rather_member(kith__builder *b, const char *wrong, const kith__mapper *mapper, unsigned kinds)
{
    size_t count = 0;
    const char **names = kith__make_scratch(b, (mapper->property_count + mapper->relation_count + mapper->proxy_count) * sizeof *names);
    for (size_t i = 0; names && kinds & KITH__NAME_RELATIONS && i < mapper->relation_count; i++)
        names[count++] = mapper->relations[i]->name;
    for (size_t i = 0; names && kinds & KITH__NAME_PROPERTIES && i < mapper->property_count; i++)
        names[count++] = mapper->properties[i].name;
    for (size_t i = 0; names && kinds & KITH__NAME_PROXIES && i < mapper->proxy_count; i++)
        names[count++] = mapper->proxies[i].name;
    return kith__or_rather(b, wrong, names, count);
}

/* ---------------------------------------------------------------- .cascade */

static const struct { const char *word; unsigned bits; } cascades[] = {
    { "save-update", KITH__CASCADE_SAVE }, { "merge", KITH__CASCADE_MERGE }, { "delete", KITH__CASCADE_DELETE },
    { "delete-orphan", KITH__CASCADE_ORPHAN }, { "expunge", KITH__CASCADE_EXPUNGE }, { "refresh-expire", KITH__CASCADE_REFRESH },
    { "all", KITH__CASCADE_SAVE | KITH__CASCADE_MERGE | KITH__CASCADE_DELETE | KITH__CASCADE_EXPUNGE | KITH__CASCADE_REFRESH }, { "none", 0 },
};
enum { CASCADES_THAT_WRITE = KITH__CASCADE_SAVE | KITH__CASCADE_MERGE | KITH__CASCADE_DELETE | KITH__CASCADE_ORPHAN };

static void read_cascade_word(kith__builder *b, kith__tie *tie, const char *word)
{
    const char *words[KITH__COUNT(cascades)];
    for (size_t i = 0; i < KITH__COUNT(cascades); i++) {
        words[i] = cascades[i].word;
        if (!strcmp(word, words[i])) {
            tie->relation->cascade |= cascades[i].bits;
            return;
        }
    }
    kith__config(b, "cascade_word", tie->owner, tie->relation->name, "%s.%s has \"%s\" in its .cascade, which is no such word%s", tie->owner->name,
                 tie->relation->name, word, kith__or_rather(b, word, words, KITH__COUNT(words)));
    kith__fail_hint(b->error, "The words are all, save-update, merge, delete, delete-orphan, expunge, refresh-expire and none.");
}

static void check_cascade(kith__builder *b, kith__tie *tie)
{
    const kith__relation *relation = tie->relation;
    bool orphan = relation->cascade & KITH__CASCADE_ORPHAN, one_side = relation->direction == KITH__ONE_TO_MANY;
    if (relation->view_only && relation->cascade & CASCADES_THAT_WRITE)
        kith__config(b, "cascade_view_only", tie->owner, relation->name, "%s.%s is .view_only and has a .cascade that writes: \"%s\".", tie->owner->name,
                     relation->name, relation->attribute->cascade);
    else if (orphan && !one_side && relation->direction) {
        kith__config(b, "delete_orphan_side", tie->owner, relation->name, "%s.%s is %s, and delete-orphan is for the one side of one-to-many.",
                     tie->owner->name, relation->name, relation->direction == KITH__MANY_TO_ONE ? "many-to-one" : "many-to-many");
        kith__fail_hint(b->error, "What it leads to may have other parents. Give .cascade = \"all, delete-orphan\" to the other side, if that is meant.");
    } else if (orphan && !(relation->cascade & KITH__CASCADE_DELETE)) {
        kith__config(b, "orphan_without_delete", tie->owner, relation->name, "%s.%s has delete-orphan in its .cascade without delete.", tie->owner->name,
                     relation->name);
        kith__fail_hint(b->error, "Write .cascade = \"all, delete-orphan\".");
    }
}

static void read_cascade(kith__builder *b, kith__tie *tie)
{
    const char *given = tie->relation->attribute->cascade;
    size_t count = 0;
    if (!given) {
        tie->relation->cascade = tie->relation->view_only ? 0 : KITH__CASCADE_SAVE | KITH__CASCADE_MERGE;
        return;
    }
    const char **words = kith__split(b, given, &count);
    for (size_t i = 0; words && i < count; i++)
        read_cascade_word(b, tie, words[i]);
    check_cascade(b, tie);
    if (!(tie->relation->cascade & KITH__CASCADE_SAVE) && !tie->relation->view_only)
        b->models->leaves_out = true;
}

/* ---------------------------------------------------------------- .load */

static void read_load(kith__builder *b, kith__tie *tie)
{
    static const char *const words[] = { [KITH__LOAD_LAZY] = "lazy", [KITH__LOAD_EAGER] = "eager", [KITH__LOAD_RAISE] = "raise" };
    const char *given = tie->relation->attribute->load;
    for (size_t i = 0; given && i < KITH__COUNT(words); i++)
        if (!strcmp(given, words[i])) {
            tie->relation->load = (kith__load)i;
            return;
        }
    if (!given)
        return;
    kith__config(b, "load_word", tie->owner, tie->relation->name, "%s.%s has .load = \"%s\", which is no such word%s", tie->owner->name, tie->relation->name,
                 given, kith__or_rather(b, given, words, KITH__COUNT(words)));
    kith__fail_hint(b->error, "The words are lazy, eager and raise.");
}

void kith__words_read(kith__builder *b, kith__tie *tie)
{
    read_cascade(b, tie);
    read_load(b, tie);
}

/* ---------------------------------------------------------------- .order_by */

/* "year desc" -> year, true. The text is the caller's own, in scratch. */
static bool cut_direction(char *key, bool *descending)
{
    size_t name = strcspn(key, " \t\n\r");
    const char *word = key + name + strspn(key + name, " \t\n\r");
    key[name] = '\0';
    *descending = !strcasecmp(word, "desc");
    return !*word || *descending || !strcasecmp(word, "asc");
}

static bool read_order_key(kith__builder *b, kith__tie *tie, const char *given, kith__order_key *key)
{
    char *name = kith__arena_text(&b->scratch, given);
    if (!kith__made(b, name))
        return false;
    if (!cut_direction(name, &key->descending)) {
        kith__config(b, "order_word", tie->owner, tie->relation->name, "%s.%s has \"%s\" in its .order_by: after the name comes asc, desc or nothing.",
                     tie->owner->name, tie->relation->name, given);
        return false;
    }
    key->property = kith__property_called(tie->target->mapper, name);
    if (!key->property)
        kith__config(b, "order_by", tie->owner, tie->relation->name, "%s.%s has \"%s\" in its .order_by, and %s has no such column%s", tie->owner->name,
                     tie->relation->name, name, tie->target->name, kith__or_rather_member(b, name, tie->target->mapper, KITH__NAME_PROPERTIES));
    return key->property != NULL;
}

void kith__order_read(kith__builder *b, kith__tie *tie)
{
    size_t count = 0;
    const char *given = tie->relation->attribute->order_by, **parts = given ? kith__split(b, given, &count) : NULL;
    kith__order_key *keys = parts ? kith__make(b, count * sizeof *keys) : NULL;
    for (size_t i = 0; keys && i < count; i++)
        if (read_order_key(b, tie, parts[i], &keys[tie->relation->order_count]))
            tie->relation->order_count++;
    tie->relation->order = keys;
}

/* ---------------------------------------------------------------- .on_delete, .on_update */

const char *kith__action_read(kith__builder *b, kith__declared *d, const kith_attribute *a, const char *option, const char *action)
{
    static const char *const words[] = { "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION" };
    for (size_t i = 0; action && i < KITH__COUNT(words); i++)
        if (!strcasecmp(action, words[i]))
            return i + 1 == KITH__COUNT(words) ? NULL : words[i];
    if (action)
        kith__config(b, "foreign_key_action", d, a->name, "%s.%s has .%s = \"%s\", which no database does%s", d->name, a->name, option, action,
                     kith__or_rather(b, action, words, KITH__COUNT(words)));
    return NULL;
}
