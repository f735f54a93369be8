/*
 * sqlite_decimal: decimals that are stored as text, compared and summed as the numbers they are. May use: base, sqlite3. Used by: the engine.
 *
 * The collation kith_decimal and the aggregate kith_decimal_sum are named in queries, never in DDL: a database opens without them.
 * Nothing is rounded: a comparison goes digit by digit, a sum is a whole number of the smallest unit that any of its parts has.
 */
#include "driver/sqlite.h"

#include <stdlib.h>

/* What is no decimal comes after all that are, in the order of its bytes, so that the order stays one. */
static int compare(void *unused, int a_size, const void *a, int b_size, const void *b)
{
    kith__decimal left, right;
    (void)unused;
    bool is_left = kith__decimal_read(a, (size_t)a_size, &left), is_right = kith__decimal_read(b, (size_t)b_size, &right);
    if (is_left && is_right)
        return kith__decimal_order(&left, &right);
    if (is_left != is_right)
        return is_left ? -1 : 1;
    int order = memcmp(a, b, (size_t)(a_size < b_size ? a_size : b_size));
    return order ? order : (a_size > b_size) - (a_size < b_size);
}

/* ---------------------------------------------------------------- a sum */

/* Nine decimal digits a limb, the lowest first; negative parts and positive ones are summed apart, so that no limb borrows. */
enum { LIMB_DIGITS = 9, LIMB = 1000000000, POSITIVE = 0, NEGATIVE = 1 };
typedef struct magnitude { uint32_t *limbs; size_t count, capacity; } magnitude;
typedef struct sum {
    magnitude parts[2];
    size_t scale, given_scale;                  /* digits after the point that the limbs have (a multiple of 9), and that were given */
    bool any, broken, wrong;
} sum;

static bool grow_to(magnitude *m, size_t count)
{
    if (!kith__grow(&m->limbs, &m->capacity, count, sizeof *m->limbs))
        return false;
    for (; m->count < count; m->count++)
        m->limbs[m->count] = 0;
    return true;
}

static bool add_limb(magnitude *m, size_t at, uint32_t value)
{
    for (; value; at++) {
        if (!grow_to(m, at + 1))
            return false;
        uint64_t total = (uint64_t)m->limbs[at] + value;
        m->limbs[at] = (uint32_t)(total % LIMB);
        value = (uint32_t)(total / LIMB);
    }
    return true;
}

/* Makes room for more digits after the point. */
static bool shift(magnitude *m, size_t limbs)
{
    size_t count = m->count;
    if (!count)
        return true;
    if (!grow_to(m, count + limbs))
        return false;
    memmove(m->limbs + limbs, m->limbs, count * sizeof *m->limbs);
    memset(m->limbs, 0, limbs * sizeof *m->limbs);
    return true;
}

static bool widen(sum *s, size_t scale)
{
    size_t limbs = scale <= s->scale ? 0 : (scale - s->scale + LIMB_DIGITS - 1) / LIMB_DIGITS;
    s->scale += limbs * LIMB_DIGITS;
    return !limbs || (shift(&s->parts[POSITIVE], limbs) && shift(&s->parts[NEGATIVE], limbs));
}

/* A plain decimal (no exponent), its digits from the last to the first. */
static bool add_plain(sum *s, const char *text, size_t size, size_t scale)
{
    static const uint32_t powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000 };
    magnitude *m = &s->parts[*text == '-' ? NEGATIVE : POSITIVE];
    size_t place = s->scale - scale;
    bool ok = true;
    for (size_t i = size; ok && i-- > 0; ) {
        if (text[i] < '0' || text[i] > '9')
            continue;
        if (text[i] != '0')
            ok = add_limb(m, place / LIMB_DIGITS, (uint32_t)(text[i] - '0') * powers[place % LIMB_DIGITS]);
        place++;
    }
    return ok;
}

static void add_text(sum *s, const char *text, size_t size)
{
    size_t scale;
    kith__text plain = { 0 };
    if (!kith__decimal_valid(text, size, NULL, &scale)) {
        s->wrong = true;
        return;
    }
    if (scale > s->given_scale)
        s->given_scale = scale;
    kith__decimal_rescale(&plain, text, size, scale);
    s->broken |= plain.broken || !widen(s, scale) || !add_plain(s, plain.data, plain.size, scale);
    kith__text_free(&plain);
}

static void sum_step(sqlite3_context *context, int count, sqlite3_value **values)
{
    sum *s = sqlite3_aggregate_context(context, sizeof *s);
    (void)count;
    if (!s) {
        sqlite3_result_error_nomem(context);
        return;
    }
    if (sqlite3_value_type(values[0]) == SQLITE_NULL || s->broken || s->wrong)
        return;
    const char *text = (const char *)sqlite3_value_text(values[0]);
    s->any = true;
    if (text)
        add_text(s, text, (size_t)sqlite3_value_bytes(values[0]));
    else
        s->broken = true;
}

static int compare_magnitudes(const magnitude *a, const magnitude *b)
{
    size_t most = a->count > b->count ? a->count : b->count;
    for (size_t i = most; i-- > 0; ) {
        uint32_t x = i < a->count ? a->limbs[i] : 0, y = i < b->count ? b->limbs[i] : 0;
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

/* a is not smaller than b */
static void subtract(magnitude *a, const magnitude *b)
{
    bool borrow = false;
    for (size_t i = 0; i < a->count; i++) {
        int64_t rest = (int64_t)a->limbs[i] - (i < b->count ? b->limbs[i] : 0) - borrow;
        borrow = rest < 0;
        a->limbs[i] = (uint32_t)(borrow ? rest + LIMB : rest);
    }
}

/* All limbs with a point in them, then as many digits after it as the most exact part had. */
static void print_sum(kith__text *out, sum *s)
{
    bool negative = compare_magnitudes(&s->parts[POSITIVE], &s->parts[NEGATIVE]) < 0;
    magnitude *m = &s->parts[negative ? NEGATIVE : POSITIVE];
    kith__text all = { 0 };
    subtract(m, &s->parts[negative ? POSITIVE : NEGATIVE]);
    size_t point = s->scale / LIMB_DIGITS, most = m->count > point ? m->count : point;
    kith__text_add(&all, negative ? "-0" : "0");
    for (size_t i = most; i-- > 0; ) {
        if (i + 1 == point)
            kith__text_addc(&all, '.');
        kith__text_addf(&all, "%09u", (unsigned)(i < m->count ? m->limbs[i] : 0));
    }
    if (!all.broken)
        kith__decimal_rescale(out, all.data, all.size, s->given_scale);
    out->broken |= all.broken;
    kith__text_free(&all);
}

static void sum_free(sum *s)
{
    free(s->parts[POSITIVE].limbs);
    free(s->parts[NEGATIVE].limbs);
}

static void sum_final(sqlite3_context *context)
{
    sum *s = sqlite3_aggregate_context(context, 0);
    if (!s)
        return;
    kith__text text = { 0 };
    if (s->any && !s->broken && !s->wrong)
        print_sum(&text, s);
    if (s->wrong)
        sqlite3_result_error(context, "a value to sum is no decimal number", -1);
    else if (s->broken || text.broken)
        sqlite3_result_error_nomem(context);
    else if (s->any)
        sqlite3_result_text64(context, text.data, text.size, SQLITE_TRANSIENT, SQLITE_UTF8);
    kith__text_free(&text);
    sum_free(s);
}

int kith__sqlite_decimals(sqlite3 *db)
{
    int code = sqlite3_create_collation_v2(db, "kith_decimal", SQLITE_UTF8, NULL, compare, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(db, "kith_decimal_sum", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL, NULL, sum_step, sum_final, NULL);
    return code;
}
