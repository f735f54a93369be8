/*
 * Faults in what a session does with objects one by one: every type of column written, changed and read; assign, refresh, expire, detach,
 * attach; defaults and versions; savepoints, kith_begin, rollbacks in the midst, kith_transaction.
 */
#include "faults.h"

/* ---------------------------------------------------------------- every type */

KITH_DECLARE(Every);
struct Every {
    int64_t id;
    bool flag;
    int16_t small;
    uint32_t natural;
    float single;
    double real;
    const char *text;
    kith_blob blob;
    kith_date day;
    kith_time time;
    kith_datetime moment;
    kith_uuid uuid;
    kith_json json;
    kith_decimal price, exact;
    kith_opt_bool perhaps;
    kith_opt_int number;
    kith_opt_double fraction;
    kith_opt_date on;
    kith_opt_time at;
    kith_opt_datetime when;
    kith_opt_uuid which;
    int32_t colour;
};
KITH_MODEL(Every, "every", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(flag), KITH_COLUMN(small), KITH_COLUMN(natural), KITH_COLUMN(single), KITH_COLUMN(real),
    KITH_COLUMN(text, .length = 2000), KITH_COLUMN(blob), KITH_COLUMN(day), KITH_COLUMN(time), KITH_COLUMN(moment), KITH_COLUMN(uuid), KITH_COLUMN(json),
    KITH_COLUMN(price, .precision = 10, .scale = 2), KITH_COLUMN(exact), KITH_COLUMN(perhaps), KITH_COLUMN(number), KITH_COLUMN(fraction), KITH_COLUMN(on),
    KITH_COLUMN(at), KITH_COLUMN(when), KITH_COLUMN(which), KITH_ENUM(colour, "red", "green", "blue"));

static const char long_text[] = "a text that is longer than what is kept for texts beside an object of this size, so that it must lie somewhere of its own; "
                                "and then some more of it, for it is written twice, and read, and kept for a rollback";

static void fill_every(kith_session *s)
{
    kith_new(s, Every, .flag = true, .small = -3, .natural = 4000000000U, .single = 1.5F, .real = 2.25, .text = long_text, .blob = { "\0\1\2", 3 },
        .day = { 20000 }, .time = { 3600000001 }, .moment = { INT64_C(1700000000000001) }, .uuid = { { 1, 2, 3, 250 } }, .json = { "{\"a\": [1, 2]}" },
        .price = { "12.50" }, .exact = { "12345678901234567890.123" }, .perhaps = { .value = true, .present = true }, .number = kith_some(7), .colour = 2);
    kith_new(s, Every, .text = "short");
}

static bool is_what_was_filled(const Every *e)
{
    return e && e->flag && e->small == -3 && e->natural == 4000000000U && !strcmp(e->text, long_text) && e->blob.size == 3 && e->day.days == 20000
        && e->time.microseconds == 3600000001 && e->moment.microseconds == INT64_C(1700000000000001) && e->uuid.bytes[3] == 250
        && !strcmp(e->price.text, "12.50") && !strcmp(e->exact.text, "12345678901234567890.123") && e->perhaps.present && e->number.value == 7 && e->colour == 2;
}

static void reads_every_type(kith_session *s)
{
    right(s, is_what_was_filled(kith_get(s, Every, .id = 1)));
    right(s, kith_all(s, Every, .order_by = { kith_asc(Every, exact), kith_desc(Every, price) }).count == 2);
    right(s, kith_count(s, Every, .where = kith_and(kith_eq(Every, exact, ((kith_decimal){ "12345678901234567890.1230" })), kith_eq(Every, uuid, ((kith_uuid){ { 1, 2, 3, 250 } })),
        kith_ge(Every, moment, ((kith_datetime){ 1 })), kith_le(Every, day, ((kith_date){ 20000 })), kith_eq(Every, colour, 2))) == 1);
}

static void writes_every_type(kith_session *s)
{
    const Every *e = kith_get(s, Every, .id = 2);
    if (!e)
        return;
    kith_set(e, text, long_text);
    kith_set(e, blob, ((kith_blob){ long_text, sizeof long_text }));
    kith_set(e, day, ((kith_date){ -7 }));
    kith_set(e, json, ((kith_json){ "[true]" }));
    kith_set(e, exact, ((kith_decimal){ "0.000000000000000000000001" }));
    kith_set(e, number, 9);
    kith_set(e, colour, 1);
    kith_set(e, perhaps, true);
    kith_flush(s);
    kith_set_null(e, blob);
    kith_set_null(e, perhaps);
    kith_set(e, text, "shorter again");
    right(s, kith_describe(e));
    kith_commit(s);
}

static void assigns(kith_session *s)
{
    const Every *one = kith_get(s, Every, .id = 1), *two = kith_get(s, Every, .id = 2);
    if (!one || !two)
        return;
    Every copy = *one;
    copy.text = "from a form, and long enough that it does not lie beside anything, wherever that would have been";
    copy.number.present = false;
    copy.blob = (kith_blob){ long_text, 100 };
    kith_assign(one, &copy);
    Every nothing = { .id = 2, .text = "all else is nothing" };
    kith_assign(two, &nothing);
    kith_commit(s);
}

static void finds_a_value_that_does_not_fit(kith_session *s)
{
    const Every *two = kith_get(s, Every, .id = 2);
    if (!two)
        return;
    kith_set(two, small, 40000);
    if (kith_session_status(s) == KITH_RANGE)
        kith_error_clear(s);
    kith_set(two, text, "\xff is no UTF-8");
    if (kith_session_status(s) == KITH_RANGE)
        kith_error_clear(s);
    kith_set(two, exact, ((kith_decimal){ "no number" }));
    if (kith_session_status(s) == KITH_RANGE)
        kith_error_clear(s);
    kith_set(two, small, 4);
    kith_commit(s);
}

/* A filter keeps what it is given, whatever becomes of it. */
static void keeps_values_of_every_type(kith_session *s)
{
    char text[sizeof long_text], bytes[3] = { 0, 1, 2 }, digits[] = "12345678901234567890.123", json[] = "{\"a\": [1, 2]}";
    const char *texts[2] = { text, "none" };
    kith_decimal decimals[1] = { { digits } };
    memcpy(text, long_text, sizeof text);
    const kith_filter *filter = kith_narrow(s, NULL, kith_and(kith_in(Every, text, 2, texts), kith_eq(Every, blob, ((kith_blob){ bytes, 3 })), kith_eq(Every, json, ((kith_json){ json })),
        kith_eq(Every, exact, decimals[0]), kith_between(Every, exact, ((kith_decimal){ "1" }), decimals[0]), kith_in(Every, price, 1, (kith_decimal[]){ { "12.5" } })));
    memset(text, 'x', sizeof text - 1);
    memset(bytes, 9, sizeof bytes);
    memset(digits, '9', sizeof digits - 1);
    memset(json, ' ', sizeof json - 1);
    right(s, kith_count(s, Every, .filter = filter) == 1);
}

/* ---------------------------------------------------------------- looked at again, let go, taken back */

static void refreshes(kith_session *s)
{
    const Every *one = kith_get(s, Every, .id = 1);
    if (!one)
        return;
    kith_set(one, text, "written first");
    kith_refresh(one);
    right(s, !strcmp(one->text, "written first"));
    kith_set(one, text, long_text);
    kith_flush(s);
    kith_expire(one);
    right(s, kith_get(s, Every, .id = 1) == one && is_what_was_filled(one));
    kith_commit(s);
    right(s, kith_first(s, Every, .where = kith_eq(Every, id, 1)) == one);
}

static void fill_alley(kith_session *s)
{
    const Raccoon *rocky = kith_new(s, Raccoon, .name = "Rocky", .age = kith_some(3)), *dan = kith_new(s, Raccoon, .name = "Dan");
    const Business *shop = kith_new(s, Business, .name = "Shop");
    kith_new(s, Trashcan, .label = "one", .raccoon = { rocky }, .business = { shop });
    kith_new(s, Trashcan, .label = "two", .raccoon = { rocky });
    kith_new(s, Trashcan, .label = "three", .raccoon = { dan });
}

static void detaches(kith_session *s)
{
    const Raccoon *rocky = kith_get(s, Raccoon, .id = 1);
    KITH_LIST(Trashcan) cans = kith_many(rocky, trashcans);
    kith_set(rocky, age, 9);
    kith_each(Trashcan, can, cans)
        kith_detach(can);
    kith_detach(rocky);
    if (!rocky || kith_session_status(s))
        return;
    kith_attach(s, rocky);
    kith_each(Trashcan, can, cans)
        kith_attach(s, can);
    kith_set(rocky, name, "Rocky again");
    kith_commit(s);
}

static void deletes_and_adds_again(kith_session *s)
{
    const Trashcan *one = kith_get(s, Trashcan, .id = 1), *fresh = kith_new(s, Trashcan, .label = "fresh");
    if (!one || !fresh)
        return;
    kith_delete(one);
    kith_delete(fresh);
    kith_flush(s);
    if (kith_session_status(s))
        return;
    kith_attach(s, one);
    kith_attach(s, fresh);
    kith_commit(s);
}

/* ---------------------------------------------------------------- defaults and versions */

static kith_value word_of(kith_session *session, const void *object) { (void)session, (void)object; return kith_of_text("made by a function"); }
static kith_value count_of(kith_session *session, const void *object);
KITH_DECLARE(Entry);
struct Entry { int64_t id; const char *word, *status; int32_t changes; int32_t version; };
KITH_MODEL(Entry, "entries", KITH_COLUMN(id, .primary_key = true, .never_reuse = true), KITH_COLUMN(word, .on_insert = word_of),
    KITH_COLUMN(status, .server_default = "'open'", .unique = true), KITH_COLUMN(changes, .on_every_update = count_of), KITH_COLUMN(version, .version = true));
static kith_value count_of(kith_session *session, const void *object) { (void)session; return kith_of_int(((const Entry *)object)->changes + 1); }

static void fill_entries(kith_session *s)
{
    kith_new(s, Entry, .status = "first");
    kith_new(s, Entry, .word = "given", .status = "second");
}

static void makes_and_changes_entries(kith_session *s)
{
    const Entry *entry = kith_new(s, Entry);
    kith_flush(s);
    right(s, entry && !strcmp(entry->word, "made by a function") && !strcmp(entry->status, "open") && entry->version == 1);
    const Entry *first = kith_get(s, Entry, .id = 1), *second = kith_get(s, Entry, .id = 2);
    if (!first || !second)
        return;
    kith_set(first, word, "changed");
    kith_flush(s);
    right(s, first->changes == 1 && first->version == 2);
    kith_set(first, word, "changed again");
    kith_delete(second);
    kith_commit(s);
}

/* A row that another session changed: KITH_STALE, and all is taken back. */
static void meets_a_stale_row(kith_session *s)
{
    const Entry *first = kith_get(s, Entry, .id = 1);
    if (!first)
        return;
    kith_session *other = kith_session_open(s->database);
    if (!other)
        kith__no_memory(s);
    const Entry *same = kith_get(other, Entry, .id = 1);
    if (same)
        kith_set(same, word, "of another session");
    if (kith_commit(other) && !kith_session_status(s))
        kith__error_copy(&s->error, &other->error);
    kith_session_close(other);
    kith_set(first, word, "of this one");
    if (kith_commit(s) == KITH_STALE)
        kith_rollback(s);
    kith_refresh(first);
}

/* ---------------------------------------------------------------- transactions */

static void nests_savepoints(kith_session *s)
{
    const Raccoon *rocky = kith_get(s, Raccoon, .id = 1);
    kith_savepoint(s);
    if (rocky)
        kith_set(rocky, name, "outer");
    if (kith_savepoint(s))
        return;
    kith_append(rocky, trashcans, kith_new(s, Trashcan, .label = "inner"));
    kith_flush(s);
    if (kith_savepoint_undo(s) || kith_savepoint(s))
        return;
    kith_append(rocky, trashcans, kith_get(s, Trashcan, .id = 3));
    kith_savepoint_keep(s);
    kith_savepoint_keep(s);
    kith_commit(s);
}

/* What an error undoes is undone, and the rest goes on: a program that imports rows. */
static void imports_with_savepoints(kith_session *s)
{
    for (int i = 0; i < 3; i++) {
        kith_savepoint(s);
        kith_new(s, Raccoon, .name = i == 1 ? "\xff" : "imported");
        if (kith_flush(s) == KITH_RANGE)
            kith_savepoint_undo(s);
        else
            kith_savepoint_keep(s);
    }
    kith_commit(s);
}

static void holds_a_snapshot(kith_session *s)
{
    kith_begin(s);
    const Raccoon *rocky = kith_get(s, Raccoon, .id = 1);
    right(s, kith_many(rocky, trashcans).count == 2);
    if (rocky)
        kith_set(rocky, name, "held");
    right(s, kith_count(s, Trashcan) == 3);
    kith_commit(s);
}

static void rolls_back_by_itself(kith_session *s)
{
    const Raccoon *rocky = kith_get(s, Raccoon, .id = 1);
    if (!rocky)
        return;
    kith_set(rocky, name, "for a while");
    kith_append(rocky, trashcans, kith_get(s, Trashcan, .id = 3));
    const Trashcan *fresh = kith_new(s, Trashcan, .label = "fresh", .raccoon = { rocky });
    kith_delete(kith_get(s, Trashcan, .id = 1));
    kith_flush(s);
    kith_rollback(s);
    right(s, !strcmp(rocky->name, "Rocky"));
    (void)fresh;
}

static void clears(kith_session *s)
{
    (void)kith_many(kith_get(s, Raccoon, .id = 1), trashcans);
    kith_new(s, Raccoon, .name = "never");
    kith_clear(s);
    right(s, kith_count(s, Raccoon) == 2);
    kith_new(s, Raccoon, .name = "kept");
    kith_commit(s);
}

static int renames(kith_session *session, void *arg)
{
    (void)arg;
    const Raccoon *rocky = kith_get(session, Raccoon, .id = 1);
    kith_append(rocky, trashcans, kith_new(session, Trashcan, .label = "from a transaction"));
    if (rocky)
        kith_set(rocky, name, "renamed");
    return kith_session_status(session);
}

/* Its error is that of a session that is gone; this one is given its status. */
static void runs_a_transaction(kith_session *s)
{
    int status = kith_transaction(s->database, renames, NULL);
    if (status && !kith_session_status(s))
        kith__fail(&s->error, status, "test.transaction", "The transaction failed with the status %d.", status);
}

static int hook(kith_session *session, void *arg, bool after)
{
    const Raccoon *dan = after ? NULL : kith_get(session, Raccoon, .id = 2);
    (void)arg;
    if (dan)
        kith_set(dan, name, "seen by the hook");
    return kith_session_status(session);
}

static void flushes_with_a_hook(kith_session *s)
{
    const Raccoon *rocky = kith_get(s, Raccoon, .id = 1);
    kith_sys_session_hook(s, hook, NULL);
    if (rocky)
        kith_set(rocky, name, "hooked");
    kith_commit(s);
    kith_sys_session_hook(s, NULL, NULL);
}

static void looks_at(void *arg, const char *sql, const kith_value *values, size_t count, int64_t nanoseconds) { (void)sql, (void)values, (void)nanoseconds; *(size_t *)arg += count; }

static void logs(kith_session *s)
{
    size_t values = 0;
    kith_session_log(s, looks_at, &values);
    kith_new(s, Raccoon, .name = "logged");
    kith_commit(s);
    kith_session_log(s, NULL, NULL);
    right(s, values == 2);
}

#define EVERY_MODELS KITH_MODELS(Every)
#define ENTRY_MODELS KITH_MODELS(Entry)

static const fault_case cases[] = {
    { "every_type_is_read", EVERY_MODELS, fill_every, reads_every_type, 0 },
    { "values_of_every_type_are_kept", EVERY_MODELS, fill_every, keeps_values_of_every_type, 0 },
    { "every_type_is_written", EVERY_MODELS, fill_every, writes_every_type, 0 },
    { "structs_are_assigned", EVERY_MODELS, fill_every, assigns, 0 },
    { "values_do_not_fit", EVERY_MODELS, fill_every, finds_a_value_that_does_not_fit, 0 },
    { "objects_are_refreshed", EVERY_MODELS, fill_every, refreshes, 0 },
    { "objects_are_detached_and_attached", ALLEY_MODELS, fill_alley, detaches, 0 },
    { "what_was_deleted_is_added_again", ALLEY_MODELS, fill_alley, deletes_and_adds_again, 0 },
    { "defaults_and_versions", ENTRY_MODELS, fill_entries, makes_and_changes_entries, 0 },
    { "a_stale_row", ENTRY_MODELS, fill_entries, meets_a_stale_row, FAULT_MENDS | FAULT_OUTSIDE },
    { "savepoints_nest", ALLEY_MODELS, fill_alley, nests_savepoints, FAULT_MENDS },
    { "rows_are_imported", ALLEY_MODELS, NULL, imports_with_savepoints, FAULT_MENDS },
    { "a_snapshot_is_held", ALLEY_MODELS, fill_alley, holds_a_snapshot, 0 },
    { "a_rollback_of_its_own", ALLEY_MODELS, fill_alley, rolls_back_by_itself, FAULT_MENDS },
    { "a_session_is_cleared", ALLEY_MODELS, fill_alley, clears, FAULT_MENDS },
    { "a_transaction_of_its_own", ALLEY_MODELS, fill_alley, runs_a_transaction, FAULT_ATOMIC | FAULT_OUTSIDE },
    { "a_flush_has_a_hook", ALLEY_MODELS, fill_alley, flushes_with_a_hook, 0 },
    { "a_session_is_logged", ALLEY_MODELS, fill_alley, logs, FAULT_ATOMIC },
};

int main(void) { return fault_main(cases, KITH__COUNT(cases)); }
