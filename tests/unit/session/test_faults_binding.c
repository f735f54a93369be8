/*
 * What bindings ask (kith/sys), right and under faults: statements as trees, rows of objects and values, statements that change rows,
 * lists arranged, what objects say of themselves, nurseries and sweeps.
 */
#include "faults.h"

#include <kith/sys/query.h>

static void fill_alley(kith_session *s)
{
    const Raccoon *rocky = kith_new(s, Raccoon, .name = "Rocky", .age = kith_some(3)), *dan = kith_new(s, Raccoon, .name = "Dan");
    const Business *shop = kith_new(s, Business, .name = "Shop"), *cafe = kith_new(s, Business, .name = "Cafe");
    kith_new(s, Trashcan, .label = "one", .litres = 10, .raccoon = { rocky }, .business = { shop });
    kith_new(s, Trashcan, .label = "two", .litres = 20, .raccoon = { rocky }, .business = { cafe });
    kith_new(s, Trashcan, .label = "three", .litres = 30, .raccoon = { dan });
    kith_new(s, Trashcan, .label = "50% \"four\"", .litres = 40);
}

/* ---------------------------------------------------------------- short words */

typedef const kith_sys_expr *expr;
#define LIST(...) (expr[]){ __VA_ARGS__ }, sizeof(expr[]){ __VA_ARGS__ } / sizeof(expr)

static expr label(kith_sys_query *q) { return kith_sys_column(q, NULL, "trashcans", "label"); }
static expr litres(kith_sys_query *q) { return kith_sys_column(q, NULL, "trashcans", "litres"); }
static expr number(kith_sys_query *q, int64_t n) { return kith_sys_value_of(q, kith_of_int(n), NULL); }
static expr text(kith_sys_query *q, const char *t) { return kith_sys_value_of(q, kith_of_text(t), label(q)); }
static expr two(kith_sys_query *q, kith_sys_op op, expr a, expr b) { return kith_sys_operation(q, op, LIST(a, b)); }
static expr one(kith_sys_query *q, kith_sys_op op, expr a) { return kith_sys_operation(q, op, LIST(a)); }

static kith_sys_query *query_of(kith_session *s)
{
    kith_sys_query *q = kith_sys_query_new(s->database);
    if (!q)
        kith__no_memory(s);
    return q;
}

/* SELECT … FROM trashcans; what it is to have goes between this and fetch. A NULL is kept by the query as its error. */
static kith_sys_select *from_cans(kith_sys_query *q)
{
    kith_sys_select *select = kith_sys_select_new(q);
    if (select)
        kith_sys_from(select, "trashcans", NULL, NULL, NULL, KITH_SYS_JOIN_INNER);
    return select;
}

static kith_sys_rows fetch(kith_session *s, kith_sys_query *q, kith_sys_select *select, const kith_sys_options *options)
{
    kith_sys_rows rows = { .rows = 0 };
    if (select)
        kith_sys_fetch(s, select, options, &rows);
    else if (kith_session_status(s) == KITH_OK)
        kith__fail(&s->error, kith_sys_query_error(q)->status, "test.query", "%s", kith_sys_query_error(q)->message);
    return rows;
}

/* How many trashcans there are for which this holds. */
static int64_t cans_where(kith_session *s, kith_sys_query *q, expr where)
{
    int64_t count = -1;
    kith_sys_select *select = from_cans(q);
    if (select) {
        kith_sys_where(select, where);
        kith_sys_item(select, kith_sys_call(q, "count", LIST(kith_sys_star(q))), KITH_TYPE_INT);
    }
    kith_sys_rows rows = fetch(s, q, select, NULL);
    if (rows.rows == 1 && rows.columns == 1)
        count = rows.cells[0].i;
    kith_sys_rows_free(&rows);
    return count;
}

/* ---------------------------------------------------------------- conditions */

static void compares(kith_session *s)
{
    kith_sys_query *q = query_of(s);
    if (!q)
        return;
    right(s, cans_where(s, q, two(q, KITH_SYS_EQ, label(q), text(q, "two"))) == 1);
    right(s, cans_where(s, q, two(q, KITH_SYS_NE, label(q), text(q, "two"))) == 3);
    right(s, cans_where(s, q, kith_sys_operation(q, KITH_SYS_AND, LIST(two(q, KITH_SYS_GE, litres(q), number(q, 20)), two(q, KITH_SYS_LT, litres(q), number(q, 40))))) == 2);
    right(s, cans_where(s, q, kith_sys_operation(q, KITH_SYS_OR, LIST(two(q, KITH_SYS_LE, litres(q), number(q, 10)), two(q, KITH_SYS_GT, litres(q), number(q, 30))))) == 2);
    right(s, cans_where(s, q, kith_sys_operation(q, KITH_SYS_BETWEEN, LIST(litres(q), number(q, 15), number(q, 35)))) == 2);
    right(s, cans_where(s, q, kith_sys_operation(q, KITH_SYS_IN, LIST(litres(q), number(q, 10), number(q, 20), number(q, 77)))) == 2);
    right(s, cans_where(s, q, one(q, KITH_SYS_NOT, one(q, KITH_SYS_IS_NULL, kith_sys_column(q, NULL, "trashcans", "raccoon_id")))) == 3);
    right(s, cans_where(s, q, one(q, KITH_SYS_IS_NOT_NULL, kith_sys_column(q, "trashcans", NULL, "business_id"))) == 2);
    kith_sys_query_free(q);
}

/* (litres + 10) * 2 - 5 = 55, 20 / 10 * 7 % 5 = 4, -litres < 0 */
static void calculates(kith_session *s)
{
    kith_sys_query *q = query_of(s);
    if (!q)
        return;
    expr sum = two(q, KITH_SYS_SUBTRACT, two(q, KITH_SYS_MULTIPLY, two(q, KITH_SYS_ADD, litres(q), number(q, 10)), number(q, 2)), number(q, 5));
    right(s, cans_where(s, q, two(q, KITH_SYS_EQ, sum, number(q, 55))) == 1);
    expr rest = two(q, KITH_SYS_MODULO, two(q, KITH_SYS_MULTIPLY, two(q, KITH_SYS_DIVIDE, litres(q), number(q, 10)), number(q, 7)), number(q, 5));
    right(s, cans_where(s, q, two(q, KITH_SYS_EQ, rest, number(q, 4))) == 1);
    right(s, cans_where(s, q, two(q, KITH_SYS_LT, kith_sys_prefix(q, "-", litres(q)), number(q, 0))) == 4);
    right(s, cans_where(s, q, two(q, KITH_SYS_EQ, kith_sys_infix(q, "&", litres(q), number(q, 16), NULL), number(q, 16))) == 2);
    kith_sys_query_free(q);
}

static void looks_into_texts(kith_session *s)
{
    kith_sys_query *q = query_of(s);
    if (!q)
        return;
    right(s, cans_where(s, q, kith_sys_infix(q, "LIKE", label(q), text(q, "50!% %"), text(q, "!"))) == 1);
    right(s, cans_where(s, q, kith_sys_infix(q, "NOT LIKE", label(q), text(q, "t%"), NULL)) == 2);
    right(s, cans_where(s, q, two(q, KITH_SYS_EQ, kith_sys_call(q, "upper", LIST(label(q))), text(q, "TWO"))) == 1);
    right(s, cans_where(s, q, two(q, KITH_SYS_EQ, kith_sys_collate(q, label(q), "NOCASE"), text(q, "ONE"))) == 1);
    right(s, cans_where(s, q, two(q, KITH_SYS_EQ, kith_sys_infix(q, "||", label(q), text(q, "'"), NULL), text(q, "one'"))) == 1);
    right(s, cans_where(s, q, two(q, KITH_SYS_EQ, kith_sys_cast(q, litres(q), KITH_SYS_TEXT, 0, 0), text(q, "30"))) == 1);
    right(s, cans_where(s, q, two(q, KITH_SYS_EQ, kith_sys_cast(q, text(q, "40.00"), KITH_SYS_NUMERIC, 10, 2), litres(q))) == 1);
    expr whens[] = { two(q, KITH_SYS_GT, litres(q), number(q, 25)), text(q, "large"), text(q, "small") };
    right(s, cans_where(s, q, two(q, KITH_SYS_EQ, kith_sys_case(q, NULL, whens, 3), text(q, "large"))) == 2);
    right(s, cans_where(s, q, one(q, KITH_SYS_IS_NOT_NULL, kith_sys_case(q, litres(q), LIST(number(q, 10), text(q, "ten"))))) == 1);
    right(s, cans_where(s, q, kith_sys_sequence(q, LIST(kith_sys_raw(q, "length("), label(q), kith_sys_raw(q, ") = "), number(q, 5)))) == 1);
    kith_sys_query_free(q);
}

/* ---------------------------------------------------------------- SELECTs within SELECTs */

static kith_sys_select *ids_of_rocky(kith_sys_query *q)
{
    kith_sys_select *inner = kith_sys_select_new(q);
    if (!inner)
        return NULL;
    kith_sys_from(inner, "raccoons", NULL, "r", NULL, KITH_SYS_JOIN_INNER);
    kith_sys_where(inner, two(q, KITH_SYS_EQ, kith_sys_column(q, "r", "raccoons", "name"), kith_sys_value_of(q, kith_of_text("Rocky"), NULL)));
    kith_sys_item(inner, kith_sys_column(q, "r", "raccoons", "id"), KITH_TYPE_INT);
    return inner;
}

static void selects_within(kith_session *s)
{
    kith_sys_query *q = query_of(s);
    if (!q)
        return;
    expr raccoon = kith_sys_column(q, "trashcans", "trashcans", "raccoon_id");
    right(s, cans_where(s, q, kith_sys_in_select(q, raccoon, ids_of_rocky(q))) == 2);
    right(s, cans_where(s, q, two(q, KITH_SYS_NE, raccoon, kith_sys_scalar(q, ids_of_rocky(q)))) == 1);
    kith_sys_select *same = ids_of_rocky(q);
    if (same)
        kith_sys_where(same, two(q, KITH_SYS_EQ, kith_sys_column(q, "r", "raccoons", "id"), raccoon));
    right(s, cans_where(s, q, kith_sys_exists(q, same)) == 2);
    kith_sys_select *union_ = ids_of_rocky(q);
    if (union_) {
        kith_sys_compound(union_, "UNION ALL", ids_of_rocky(q));
        kith_sys_order(union_, kith_sys_raw(q, "1"), false, 0);
    }
    kith_sys_rows rows = fetch(s, q, union_, NULL);
    right(s, rows.rows == 2 && rows.cells[0].i == 1 && rows.cells[1].i == 1);
    kith_sys_rows_free(&rows);
    kith_sys_query_free(q);
}

/* SELECT business_id, sum(litres) AS total FROM (SELECT …) AS c GROUP BY 1 HAVING … ORDER BY … NULLS LAST LIMIT 2 OFFSET 0 */
static void groups(kith_session *s)
{
    kith_sys_query *q = query_of(s);
    if (!q)
        return;
    kith_sys_select *inner = from_cans(q), *outer = kith_sys_select_new(q);
    if (inner && outer) {
        kith_sys_distinct(inner);
        kith_sys_item(inner, kith_sys_column(q, NULL, "trashcans", "business_id"), KITH_TYPE_INT);
        kith_sys_item(inner, litres(q), KITH_TYPE_INT);
        kith_sys_from(outer, NULL, inner, "c", NULL, KITH_SYS_JOIN_INNER);
        expr business = kith_sys_column(q, "c", NULL, "business_id"), total = kith_sys_call(q, "sum", LIST(kith_sys_column(q, "c", NULL, "litres")));
        kith_sys_item(outer, business, KITH_TYPE_INT);
        kith_sys_item(outer, kith_sys_named(q, total, "total"), KITH_TYPE_NONE);
        kith_sys_group(outer, business);
        kith_sys_having(outer, two(q, KITH_SYS_GE, total, number(q, 20)));
        kith_sys_having(outer, two(q, KITH_SYS_LT, total, number(q, 1000)));
        kith_sys_order(outer, business, true, 1);
        kith_sys_order(outer, total, false, -1);
        kith_sys_limit(outer, 2, 0);
    }
    kith_sys_rows rows = fetch(s, q, outer, NULL);
    right(s, rows.rows == 2 && rows.columns == 2 && rows.cells[0].i == 2 && rows.cells[1].i == 20 && rows.cells[2].absent && rows.cells[3].i == 70);
    right(s, !strcmp(rows.names[1], "total"));
    kith_sys_rows_free(&rows);
    kith_sys_query_free(q);
}

/* ---------------------------------------------------------------- objects and values */

static void fetches_objects(kith_session *s)
{
    static const char *const along[] = { "trashcans.business" };
    kith_sys_query *q = query_of(s);
    if (!q)
        return;
    kith_sys_select *select = kith_sys_select_new(q);
    if (select) {
        kith_sys_from(select, "raccoons", NULL, NULL, NULL, KITH_SYS_JOIN_INNER);
        kith_sys_from(select, "trashcans", NULL, "c", two(q, KITH_SYS_EQ, kith_sys_column(q, "c", "trashcans", "raccoon_id"), kith_sys_column(q, "raccoons", "raccoons", "id")), KITH_SYS_JOIN_LEFT);
        kith_sys_from(select, "businesses", NULL, "b", two(q, KITH_SYS_EQ, kith_sys_column(q, "b", "businesses", "id"), kith_sys_column(q, "c", "trashcans", "business_id")), KITH_SYS_JOIN_LEFT);
        kith_sys_entity(select, kith_model_of_Raccoon(), NULL);
        kith_sys_entity(select, kith_model_of_Business(), "b");
        kith_sys_item(select, kith_sys_column(q, "c", "trashcans", "label"), KITH_TYPE_TEXT);
        kith_sys_order(select, kith_sys_column(q, "c", "trashcans", "id"), false, 0);
    }
    kith_sys_options options = { .load = along, .load_count = 1 };
    kith_sys_rows rows = fetch(s, q, select, &options);
    right(s, rows.rows == 3 && rows.columns == 3 && rows.cells[0].object == rows.cells[3].object && !strcmp(((const Business *)rows.cells[1].object)->name, "Shop"));
    right(s, rows.cells[7].absent && !strcmp(rows.cells[8].s, "three") && !strcmp(rows.names[0], "Raccoon"));
    int64_t before = kith_statement_count(s);
    if (kith_session_status(s) == KITH_OK) {
        right(s, kith_many((const Raccoon *)rows.cells[0].object, trashcans).count == 2);
        assert_int_equal(kith_statement_count(s), before);
    }
    kith_sys_rows_free(&rows);
    kith_sys_query_free(q);
}

static void reads_rows_anew(kith_session *s)
{
    const Raccoon *rocky = kith_get(s, Raccoon, .id = 1);
    kith_sys_query *q = query_of(s);
    if (!q)
        return;
    kith_sys_select *select = kith_sys_select_new(q);
    if (select) {
        kith_sys_from(select, "raccoons", NULL, NULL, NULL, KITH_SYS_JOIN_INNER);
        kith_sys_entity(select, kith_model_of_Raccoon(), NULL);
        kith_sys_where(select, two(q, KITH_SYS_EQ, kith_sys_column(q, "raccoons", "raccoons", "id"), number(q, 1)));
    }
    kith_sys_options options = { .refresh = true, .no_autoflush = true };
    kith_sys_rows rows = fetch(s, q, select, &options);
    right(s, rows.rows == 1 && rows.cells[0].object == rocky && !strcmp(rocky->name, "Rocky"));
    kith_sys_rows_free(&rows);
    kith_sys_query_free(q);
}

/* ---------------------------------------------------------------- the program's own SQL, and statements that change rows */

static void runs_sql(kith_session *s)
{
    kith_sys_query *q = query_of(s);
    kith_sys_rows rows;
    int64_t changed = 0;
    if (!q)
        return;
    kith_sys_run(s, q, kith_sys_sequence(q, LIST(kith_sys_raw(q, "UPDATE trashcans SET litres = litres + 1 WHERE litres < "), number(q, 25))), &rows, &changed);
    right(s, changed == 2 && rows.rows == 0);
    kith_sys_rows_free(&rows);
    kith_sys_run(s, q, kith_sys_raw(q, " SELECT label, litres, litres / 2.0 AS half, NULL, x'00ff' FROM trashcans ORDER BY id"), &rows, NULL);
    right(s, rows.rows == 4 && rows.columns == 5 && !strcmp(rows.cells[0].s, "one") && rows.cells[1].i == 11 && rows.cells[2].d == 5.5 && rows.cells[3].absent && rows.cells[4].b.size == 2);
    right(s, !strcmp(rows.names[2], "half"));
    kith_sys_rows_free(&rows);
    kith_sys_query_free(q);
    kith_commit(s);
}

static void inserts_updates_deletes(kith_session *s)
{
    static const char *const columns[] = { "label", "litres" };
    const Trashcan *first = kith_get(s, Trashcan, .id = 1), *third = kith_get(s, Trashcan, .id = 3);
    kith_sys_query *q = query_of(s);
    int64_t last = 0;
    if (!q)
        return;
    right(s, kith_sys_insert(s, q, "trashcans", columns, 2, (expr[]){ text(q, "five"), number(q, 50), text(q, "six"), number(q, 60) }, 2, &last) == 2);
    right(s, last == 6);
    right(s, kith_sys_insert(s, q, "raccoons", NULL, 0, NULL, 1, NULL) == 1);
    right(s, kith_sys_update(s, q, "trashcans", columns + 1, (expr[]){ two(q, KITH_SYS_ADD, litres(q), number(q, 1)) }, 1, two(q, KITH_SYS_LE, litres(q), number(q, 20)), true) == 2);
    right(s, first && first->litres == 11);
    right(s, kith_sys_delete(s, q, "trashcans", two(q, KITH_SYS_GT, litres(q), number(q, 25)), true) == 4);
    right(s, third && kith_state_of(third) == KITH_DELETED);
    kith_sys_query_free(q);
    kith_commit(s);
}

static void fill_blog(kith_session *s)
{
    const Topic *art = kith_new(s, Topic, .name = "art");
    const Tag *oil = kith_new(s, Tag, .word = "oil", .topic = { art }), *ink = kith_new(s, Tag, .word = "ink", .topic = { art });
    const Post *first = kith_new(s, Post, .title = "first");
    kith_append(first, tags, oil);
    kith_append(first, tags, ink);
    kith_new(s, Tag, .word = "new");
}

/* A table without a model: nobody's objects can be met. */
static void changes_a_join_table(kith_session *s)
{
    static const char *const near[] = { "tag_id" };
    kith_sys_query *q = query_of(s);
    kith_sys_relation relation = { .pairs = 0 };
    if (!q)
        return;
    assert_true(kith_sys_relation_at(s->database, kith_model_of_Post(), offsetof(Post, tags), &relation));
    assert_string_equal(relation.secondary, "post_tags");
    assert_true(relation.many && relation.direction == 3 && relation.target == kith_model_of_Tag() && relation.pairs == 1 && relation.far_pairs == 1);
    assert_string_equal(relation.far[0], "tag_id");
    assert_string_equal(relation.reverse, "posts");
    right(s, kith_sys_update(s, q, relation.secondary, near, (expr[]){ number(q, 3) }, 1, two(q, KITH_SYS_EQ, kith_sys_column(q, NULL, NULL, "tag_id"), number(q, 2)), false) == 1);
    right(s, kith_sys_delete(s, q, relation.secondary, two(q, KITH_SYS_EQ, kith_sys_column(q, NULL, NULL, "tag_id"), number(q, 1)), true) == 1);
    kith_sys_query_free(q);
    kith_commit(s);
}

/* ---------------------------------------------------------------- lists in an order, and what objects say */

static void arranges(kith_session *s)
{
    kith_clear(s);
    const Post *first = kith_get(s, Post, .id = 1);
    const Tag *ink = kith_get(s, Tag, .id = 2), *fresh = kith_get(s, Tag, .id = 3);
    if (!first || !ink || !fresh)
        return;
    assert_false(kith_sys_is_loaded(first, offsetof(Post, tags)) || kith_sys_is_changed(first, offsetof(Post, tags)));
    kith_sys_arrange(first, offsetof(Post, tags), (const void *[]){ fresh, ink }, 2);
    right(s, kith_many(first, tags).count == 2 && kith_many(first, tags).items[0] == fresh && kith_many(first, tags).items[1] == ink);
    right(s, kith_sys_is_loaded(first, offsetof(Post, tags)) && kith_sys_is_changed(first, offsetof(Post, tags)));
    const void *dirty[2] = { NULL };
    right(s, kith_sys_objects(s, KITH_SYS_DIRTY, dirty, 2) >= 1);
    right(s, kith_many(fresh, posts).count == 1);
    kith_commit(s);
}

static void places(kith_session *s)
{
    kith_clear(s);
    const Post *first = kith_get(s, Post, .id = 1);
    const Tag *ink = kith_get(s, Tag, .id = 2), *fresh = kith_get(s, Tag, .id = 3);
    if (!first || !ink || !fresh)
        return;
    kith_sys_place(first, offsetof(Post, tags), (const void *[]){ fresh, ink }, 2);
    right(s, kith_many(first, tags).count == 2 && kith_many(first, tags).items[0] == fresh && !kith_sys_is_changed(first, offsetof(Post, tags)));
    kith_clear(s);
}

static void tells_what_is_changed(kith_session *s)
{
    kith_clear(s);
    const Trashcan *can = kith_get(s, Trashcan, .id = 1), *doomed = kith_get(s, Trashcan, .id = 2);
    const Raccoon *dan = kith_get(s, Raccoon, .id = 2), *fresh = kith_new(s, Raccoon, .name = "fresh");
    const void *found[2];
    if (!can || !dan || !doomed || !fresh)
        return;
    assert_false(kith_sys_is_loaded(can, offsetof(Trashcan, business)));
    kith_set(can, litres, 99);
    kith_set(can, raccoon, dan);
    kith_delete(doomed);
    if (kith_session_status(s))
        return;
    assert_true(kith_sys_is_changed(can, offsetof(Trashcan, litres)) && kith_sys_is_changed(can, offsetof(Trashcan, raccoon)));
    assert_false(kith_sys_is_changed(can, offsetof(Trashcan, label)) || kith_sys_is_changed(dan, offsetof(Raccoon, name)));
    assert_int_equal(kith_sys_value_before(can, offsetof(Trashcan, litres)).i, 10);
    assert_int_equal(kith_sys_value(can, offsetof(Trashcan, litres)).i, 99);
    assert_true(kith_sys_value(can, offsetof(Trashcan, raccoon)).absent);
    assert_int_equal(kith_sys_objects(s, KITH_SYS_NEW, found, 2), 1);
    assert_ptr_equal(found[0], fresh);
    assert_int_equal(kith_sys_objects(s, KITH_SYS_DOOMED, found, 2), 1);
    assert_ptr_equal(found[0], doomed);
    assert_int_equal(kith_sys_objects(s, KITH_SYS_DIRTY, NULL, 0) >= 1, true);
    assert_int_equal(kith_sys_objects(s, KITH_SYS_ALL, found, 2), 3);
    assert_ptr_equal(kith_sys_session_of(can), s);
    assert_ptr_equal(kith_sys_model_of(can), kith_model_of_Trashcan());
    kith_commit(s);
    right(s, kith_sys_look_at(can) == KITH_SYS_OUTDATED);
    kith_sys_fresh(can);
    right(s, kith_sys_look_at(can) == KITH_SYS_CURRENT && can->litres == 99);
}

/* ---------------------------------------------------------------- nurseries and sweeps: in a session of their own */

static const Raccoon *in_nursery(kith_session *nursery, const char *name)
{
    Raccoon values = { .name = name };
    return kith_sys_new(nursery, kith_model_of_Raccoon(), &values);
}

static void work_with_a_nursery(kith_session *own, kith_session *nursery, int *binding)
{
    const Raccoon *fresh = in_nursery(nursery, "from the nursery"), *other = in_nursery(nursery, "related");
    Trashcan values = { .label = "a can of nobody's, with a label that is long enough to need some memory of its own to lie in" };
    const Trashcan *can = kith_sys_new(nursery, kith_model_of_Trashcan(), &values);
    if (!fresh || !other || !can)
        return;
    kith_sys_bind(fresh, binding);
    kith_append(fresh, trashcans, can);
    if (kith_session_status(nursery))
        return;
    kith_attach(own, fresh);
    assert_true((kith_sys_session_of(can) == own) == (kith_sys_session_of(fresh) == own));      /* all of them moved, or none */
    assert_int_equal(kith_session_status(nursery), KITH_OK);        /* what failed is the other session's to say */
    kith_append(kith_get(own, Business, .id = 1), trashcans, can);
    const Trashcan *first = kith_get(own, Trashcan, .id = 1);
    if (first)
        kith_set(first, raccoon, other);
    kith_commit(own);
    kith_each(Raccoon, raccoon, kith_all(own, Raccoon))
        (void)kith_many(raccoon, trashcans);
    kith_sys_sweep(own);
    right(own, kith_sys_binding(fresh) == binding && kith_state_of(fresh) == KITH_PERSISTENT && !strcmp(fresh->name, "from the nursery"));
}

static void joins_from_a_nursery(kith_session *s)
{
    int binding = 0;
    kith_session *nursery = kith_sys_nursery_open(s->database), *own = nursery ? kith_session_open(s->database) : NULL;
    if (!own)
        kith__no_memory(s);
    kith_sys_session_sweeps(own, nursery);
    if (own && kith_session_status(own) == KITH_OK)
        work_with_a_nursery(own, nursery, &binding);
    if (own && kith_session_status(s) == KITH_OK)
        kith__error_copy(&s->error, kith_session_status(own) ? &own->error : &nursery->error);
    kith_session_close(own);
    kith_session_close(nursery);
}

/* ---------------------------------------------------------------- what is none */

/* The piece was not made, and the query says why; then a new query. */
static kith_sys_query *refused(kith_session *s, kith_sys_query *q, bool made, const char *part)
{
    const kith_error *error = kith_sys_query_error(q);
    assert_false(made);
    bool wordless = error->message && strstr(error->message, "not even enough memory to say");
    if (error->status != KITH_NO_MEMORY && (error->status != KITH_MISUSE || (!wordless && !strstr(error->message, part))))
        fail_msg("status %d, %s", error->status, error->message ? error->message : "no message");
    kith_sys_query_free(q);
    return query_of(s);
}

static void refuses_what_is_no_statement(kith_session *s)
{
    kith_sys_query *q = query_of(s);
    expr none = NULL;
    if (q)
        q = refused(s, q, kith_sys_operation(q, (kith_sys_op)99, &none, 1), "operation");
    if (q)
        q = refused(s, q, kith_sys_operation(q, KITH_SYS_EQ, LIST(number(q, 1))), "operands");
    if (q)
        q = refused(s, q, kith_sys_infix(q, "; DROP TABLE", number(q, 1), number(q, 2), NULL), "; DROP TABLE");
    if (q)
        q = refused(s, q, kith_sys_prefix(q, "NOTHING", number(q, 1)), "NOTHING");
    if (q)
        q = refused(s, q, kith_sys_call(q, "count(*) --", NULL, 0), "count(*) --");
    if (q)
        q = refused(s, q, kith_sys_call(q, NULL, NULL, 0), "NULL");
    if (q)
        q = refused(s, q, kith_sys_case(q, NULL, LIST(number(q, 1))), "WHEN");
    kith_sys_select *select = q ? from_cans(q) : NULL;
    if (select)
        q = refused(s, q, kith_sys_compound(select, "OR", select) == KITH_OK, "OR");
    select = q ? from_cans(q) : NULL;
    if (select)
        q = refused(s, q, kith_sys_where(select, NULL) == KITH_OK, "not made");
    select = q ? from_cans(q) : NULL;
    if (select)
        q = refused(s, q, kith_sys_entity(select, kith_model_of_Post(), NULL) == KITH_OK, "Post");
    if (q)
        kith_sys_query_free(q);
}

/* What is made of nothing is nothing, and no error: whoever made nothing has said why. */
static void makes_nothing_of_nothing(kith_session *s)
{
    kith_sys_query *q = query_of(s);
    kith_sys_relation relation;
    expr none = NULL;
    if (!q)
        return;
    assert_true(!kith_sys_operation(q, KITH_SYS_EQ, LIST(none, none)) && !kith_sys_operation(q, KITH_SYS_IN, LIST(none, none)) && !kith_sys_operation(q, KITH_SYS_AND, LIST(none)));
    assert_true(!kith_sys_infix(q, "||", none, none, NULL) && !kith_sys_prefix(q, "-", none) && !kith_sys_call(q, "upper", LIST(none)) && !kith_sys_case(q, NULL, LIST(none, none)));
    assert_true(!kith_sys_cast(q, none, KITH_SYS_TEXT, 0, 0) && !kith_sys_named(q, none, "x") && !kith_sys_collate(q, none, "NOCASE") && !kith_sys_raw(q, NULL) && !kith_sys_column(q, NULL, NULL, NULL));
    assert_true(!kith_sys_scalar(q, NULL) && !kith_sys_exists(q, NULL) && !kith_sys_in_select(q, none, NULL) && !kith_sys_sequence(q, LIST(none)));
    assert_false(kith_sys_relation_at(s->database, kith_model_of_Trashcan(), offsetof(Trashcan, label), &relation));
    assert_false(kith_sys_relation_at(NULL, kith_model_of_Trashcan(), 0, &relation));
    kith_sys_query_free(q);
}

static const fault_case cases[] = {
    { "what_is_no_statement_is_refused", ALLEY_MODELS, fill_alley, refuses_what_is_no_statement, 0 },
    { "nothing_is_made_of_nothing", ALLEY_MODELS, fill_alley, makes_nothing_of_nothing, 0 },
    { "pieces_are_compared", ALLEY_MODELS, fill_alley, compares, 0 },
    { "pieces_are_calculated", ALLEY_MODELS, fill_alley, calculates, 0 },
    { "texts_are_looked_into", ALLEY_MODELS, fill_alley, looks_into_texts, 0 },
    { "selects_lie_in_selects", ALLEY_MODELS, fill_alley, selects_within, 0 },
    { "rows_are_grouped", ALLEY_MODELS, fill_alley, groups, 0 },
    { "objects_are_fetched_with_values", ALLEY_MODELS, fill_alley, fetches_objects, 0 },
    { "rows_are_read_anew", ALLEY_MODELS, fill_alley, reads_rows_anew, 0 },
    { "sql_is_run", ALLEY_MODELS, fill_alley, runs_sql, FAULT_OUTSIDE },
    { "rows_are_inserted_updated_deleted", ALLEY_MODELS, fill_alley, inserts_updates_deletes, 0 },
    { "a_join_table_is_changed", BLOG_MODELS, fill_blog, changes_a_join_table, FAULT_OUTSIDE },
    { "a_list_is_arranged", BLOG_MODELS, fill_blog, arranges, 0 },
    { "a_list_is_placed", BLOG_MODELS, fill_blog, places, 0 },
    { "objects_say_what_is_changed", ALLEY_MODELS, fill_alley, tells_what_is_changed, FAULT_MENDS },
    { "objects_join_from_a_nursery", ALLEY_MODELS, fill_alley, joins_from_a_nursery, FAULT_OUTSIDE | FAULT_MENDS | FAULT_BINDS },
};

int main(void) { return fault_main(cases, KITH__COUNT(cases)); }
