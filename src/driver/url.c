/*
 * url: what a database's URL says, decoded and checked before anything is opened. May use: base. Used by: pool, the engines.
 */
#include "driver/driver.h"

/* ---------------------------------------------------------------- values of options */

/* Digits at the beginning; gives what follows them, or NULL when there are none or too many. */
static const char *read_number(const char *text, int64_t *number)
{
    const char *at = text;
    for (*number = 0; *at >= '0' && *at <= '9'; at++) {
        if (at - text >= 12)
            return NULL;
        *number = *number * 10 + (*at - '0');
    }
    return at > text ? at : NULL;
}

typedef struct unit { const char *name; int64_t times; } unit;

static bool read_quantity(const char *text, const unit *units, size_t count, int64_t *out)
{
    int64_t number;
    const char *rest = read_number(text, &number);
    for (size_t i = 0; rest && i < count; i++)
        if (strcmp(rest, units[i].name) == 0)
            return !__builtin_mul_overflow(number, units[i].times, out);
    return false;
}

bool kith__duration_parse(const char *text, int64_t *milliseconds)
{
    static const unit units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60 * 1000 } };
    return read_quantity(text, units, KITH__COUNT(units), milliseconds) && *milliseconds <= INT32_MAX;
}

bool kith__size_parse(const char *text, int64_t *bytes)
{
    static const unit units[] = { { "", 1 }, { "B", 1 }, { "KiB", 1024 }, { "MiB", 1024 * 1024 }, { "GiB", 1024 * 1024 * 1024 },
                                  { "kB", 1000 }, { "MB", 1000 * 1000 }, { "GB", 1000 * 1000 * 1000 } };
    return read_quantity(text, units, KITH__COUNT(units), bytes) && *bytes >> 10 <= INT32_MAX;
}

bool kith__switch_parse(const char *text, bool *on)
{
    static const char *const yes[] = { "on", "true", "yes", "1" }, *const no[] = { "off", "false", "no", "0" };
    *on = kith__listed(yes, KITH__COUNT(yes), text);
    return *on || kith__listed(no, KITH__COUNT(no), text);
}

/* ---------------------------------------------------------------- the options there are */

static bool is_journal(const char *text)
{
    static const char *const modes[] = { "delete", "truncate", "persist", "memory", "wal", "off" };
    return kith__listed(modes, KITH__COUNT(modes), text);
}

static bool is_mode(const char *text)
{
    static const char *const modes[] = { "ro", "rw", "rwc" };
    return kith__listed(modes, KITH__COUNT(modes), text);
}

static bool is_duration(const char *text) { int64_t ignored; return kith__duration_parse(text, &ignored); }
static bool is_size(const char *text) { int64_t ignored; return kith__size_parse(text, &ignored); }
static bool is_switch(const char *text) { bool ignored; return kith__switch_parse(text, &ignored); }

static const struct { const char *name; bool (*fits)(const char *); const char *values; bool of_files; } sqlite_options[] = {
    { "journal", is_journal, "delete, truncate, persist, memory, wal or off", true },
    { "timeout", is_duration, "a number with ms, s or m, like 5s", false },
    { "cache", is_size, "a number with KiB, MiB or GiB, like 8MiB", false },
    { "foreign_keys", is_switch, "on or off", false },
    { "mode", is_mode, "ro, rw or rwc", true },
};

static int unknown_option(const kith__url *url, const char *name, kith__error *error)
{
    const char *names[KITH__COUNT(sqlite_options)];
    for (size_t i = 0; i < KITH__COUNT(names); i++)
        names[i] = sqlite_options[i].name;
    const char *nearest = kith__nearest(name, names, KITH__COUNT(names));
    kith__fail(error, KITH_CONFIG, "url.option", "The URL %s has an option %s that SQLite does not know; there are journal, timeout, cache, "
        "foreign_keys and mode.", url->text, *name ? name : "without a name");
    if (nearest)
        kith__fail_hint(error, "Did you mean %s?", nearest);
    return KITH_CONFIG;
}

static int check_option(const kith__url *url, const kith__option *option, kith__error *error)
{
    for (size_t i = 0; i < KITH__COUNT(sqlite_options); i++) {
        if (strcmp(option->name, sqlite_options[i].name) != 0)
            continue;
        if (!sqlite_options[i].fits(option->value))
            return kith__fail(error, KITH_CONFIG, "url.value", "In the URL %s, %s is \"%s\"; it must be %s.", url->text, option->name, option->value,
                sqlite_options[i].values);
        if (sqlite_options[i].of_files && !url->path)
            return kith__fail(error, KITH_CONFIG, "url.memory", "The URL %s is of a database in memory, which has no %s.", url->text, option->name);
        return KITH_OK;
    }
    return unknown_option(url, option->name, error);
}

/* ---------------------------------------------------------------- text */

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* Turns %41 into A, in place. False: a % that no byte of a text follows. */
static bool decode(char *text)
{
    char *to = text;
    for (const char *at = text; *at; at++) {
        if (*at != '%') {
            *to++ = *at;
            continue;
        }
        int high = hex_digit(at[1]), low = high < 0 ? -1 : hex_digit(at[2]);
        if (low < 0 || (high == 0 && low == 0))
            return false;
        *to++ = (char)(high << 4 | low);
        at += 2;
    }
    *to = 0;
    return true;
}

static int wrong_percent(const kith__url *url, kith__error *error)
{
    kith__fail(error, KITH_CONFIG, "url.percent", "The URL %s has a %% that no two hexadecimal digits follow.", url->text);
    kith__fail_hint(error, "A %% that is meant as one is written %%25.");
    return KITH_CONFIG;
}

static size_t count_char(const char *text, char c)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == c;
    return count;
}

/* a=1&b=2, which is the arena's to cut up */
static int read_options(kith__url *url, char *query, kith__error *error)
{
    kith__option *options = kith__arena_alloc(&url->arena, (count_char(query, '&') + 1) * sizeof *options);
    if (!options)
        return kith__fail_memory(error);
    url->options = options;
    for (char *next; query; query = next) {
        next = strchr(query, '&');
        if (next)
            *next++ = 0;
        if (!*query)
            continue;
        char *value = strchr(query, '=');
        if (value)
            *value++ = 0;
        if (!decode(query) || (value && !decode(value)))
            return wrong_percent(url, error);
        options[url->option_count++] = (kith__option){ .name = query, .value = value ? value : "" };
    }
    return KITH_OK;
}

/* ---------------------------------------------------------------- schemes */

/* What follows sqlite:// and has no options any more. */
static int read_sqlite_path(kith__url *url, char *rest, kith__error *error)
{
    if (*rest && *rest != '/') {
        kith__fail(error, KITH_CONFIG, "url.host", "The URL %s names a host, and SQLite has none.", url->text);
        kith__fail_hint(error, "A file in the current directory has three slashes, as in sqlite:///%s; an absolute path has four.", rest);
        return KITH_CONFIG;
    }
    if (!*rest || strcmp(rest, "/:memory:") == 0)
        return KITH_OK;
    if (!decode(rest))
        return wrong_percent(url, error);
    url->path = rest + 1;
    if (*url->path)
        return KITH_OK;
    kith__fail(error, KITH_CONFIG, "url.no_file", "The URL %s names no file.", url->text);
    kith__fail_hint(error, "Write sqlite:///file.db, or sqlite:// for a database in memory.");
    return KITH_CONFIG;
}

static int read_sqlite(kith__url *url, char *rest, kith__error *error)
{
    char *query = strchr(rest, '?');
    if (query)
        *query++ = 0;
    int status = read_sqlite_path(url, rest, error);
    if (!status && query)
        status = read_options(url, query, error);
    for (size_t i = 0; !status && i < url->option_count; i++)
        status = check_option(url, &url->options[i], error);
    return status;
}

static int no_such_scheme(const kith__url *url, kith__error *error)
{
    if (strcmp(url->scheme, "postgresql") == 0 || strcmp(url->scheme, "postgres") == 0)
        return kith__fail(error, KITH_CONFIG, "url.scheme", "The URL %s is of PostgreSQL, and this build has no PostgreSQL driver yet; it has sqlite.",
            url->text);
    return kith__fail(error, KITH_CONFIG, "url.scheme", "The URL %s begins with %s, and there is no driver of that name; there is sqlite.", url->text,
        *url->scheme ? url->scheme : "no scheme");
}

static int no_url(const kith__url *url, kith__error *error)
{
    if (*url->text)
        kith__fail(error, KITH_CONFIG, "url.malformed", "\"%s\" is not the URL of a database.", url->text);
    else
        kith__fail(error, KITH_CONFIG, "url.malformed", "The URL of the database is empty.");
    kith__fail_hint(error, "Write sqlite:///file.db, sqlite:////absolute/file.db, or sqlite:// for a database in memory.");
    return KITH_CONFIG;
}

/* sqlite::memory: is another word for sqlite:// */
static void shorten(char *url)
{
    static const char word[] = "sqlite::memory:", usual[] = "sqlite://";
    size_t size = sizeof word - 1;
    if (strncmp(url, word, size) != 0 || (url[size] && url[size] != '?'))
        return;
    memcpy(url, usual, sizeof usual - 1);
    memmove(url + sizeof usual - 1, url + size, strlen(url + size) + 1);
}

int kith__url_parse(kith__url *url, const char *text, kith__error *error)
{
    *url = (kith__url){ .text = "" };
    url->text = kith__arena_text(&url->arena, text);
    char *scheme = kith__arena_text(&url->arena, text);
    if (!url->text || !scheme)
        return kith__fail_memory(error);
    shorten(scheme);
    char *rest = strstr(scheme, "://");
    if (!rest)
        return no_url(url, error);
    *rest = 0;
    scheme[strcspn(scheme, "+")] = 0;           /* sqlite+pysqlite, as SQLAlchemy names a driver's driver */
    url->scheme = scheme;
    return strcmp(scheme, "sqlite") == 0 ? read_sqlite(url, rest + 3, error) : no_such_scheme(url, error);
}

const char *kith__url_option(const kith__url *url, const char *name)
{
    for (size_t i = url->option_count; i-- > 0; )
        if (strcmp(url->options[i].name, name) == 0)
            return url->options[i].value;
    return NULL;
}

void kith__url_free(kith__url *url)
{
    kith__arena_free(&url->arena);
    *url = (kith__url){ .text = "" };
}
