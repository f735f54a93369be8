/*
 * Faults while something is asked: conditions of every kind, orders, pages, what is loaded along and what is loaded later, rows, streams,
 * statements over many rows. What a call gives without an error must be right, whatever failed on the way and was got over.
 */
#include "faults.h"

static void fill_alley(kith_session *s)
{
    const Raccoon *rocky = kith_new(s, Raccoon, .name = "Rocky", .age = kith_some(3)), *dan = kith_new(s, Raccoon, .name = "Dan");
    const Business *shop = kith_new(s, Business, .name = "Shop"), *cafe = kith_new(s, Business, .name = "Cafe");
    kith_new(s, Trashcan, .label = "one", .litres = 10, .raccoon = { rocky }, .business = { shop });
    kith_new(s, Trashcan, .label = "two", .litres = 20, .raccoon = { rocky }, .business = { cafe });
    kith_new(s, Trashcan, .label = "three", .litres = 30, .raccoon = { dan });
    kith_new(s, Trashcan, .label = "four", .litres = 40);
}

/* ---------------------------------------------------------------- conditions */

static void compares(kith_session *s)
{
    right(s, kith_all(s, Trashcan, .where = kith_and(kith_ge(Trashcan, litres, 20), kith_lt(Trashcan, litres, 40), NULL)).count == 2);
    right(s, kith_all(s, Trashcan, .where = kith_or(kith_le(Trashcan, litres, 10), kith_gt(Trashcan, litres, 30))).count == 2);
    right(s, kith_all(s, Trashcan, .where = kith_not(kith_ne(Trashcan, label, "two"))).count == 1);
    right(s, kith_count(s, Trashcan, .where = kith_between(Trashcan, litres, 15, 35)) == 2);
    right(s, kith_count(s, Raccoon, .where = kith_is_null(Raccoon, age)) == 1);
    right(s, kith_count(s, Raccoon, .where = kith_not_null(Raccoon, age)) == 1);
}

static void compares_texts(kith_session *s)
{
    right(s, kith_count(s, Trashcan, .where = kith_like(Trashcan, label, "t%")) == 2);
    right(s, kith_count(s, Trashcan, .where = kith_ilike(Trashcan, label, "T%")) == 2);
    right(s, kith_exists(s, Trashcan, .where = kith_starts_with(Trashcan, label, "thr")));
    right(s, !kith_exists(s, Trashcan, .where = kith_contains(Trashcan, label, "%")));
    right(s, kith_count(s, Trashcan, .where = kith_in(Trashcan, label, 3, (const char *[]){ "one", "two", "none" })) == 2);
    right(s, kith_count(s, Trashcan, .where = kith_in(Trashcan, id, 3, (int64_t[]){ 1, 2, 77 })) == 2);
    right(s, kith_count(s, Trashcan, .where = kith_in(Trashcan, id, 0, (int64_t[]){ 1 })) == 0);
}

static void compares_objects(kith_session *s)
{
    const Raccoon *rocky = kith_get(s, Raccoon, .id = 1);
    if (!rocky)
        return;
    right(s, kith_count(s, Trashcan, .where = kith_eq(Trashcan, raccoon, rocky)) == 2);
    right(s, kith_count(s, Trashcan, .where = kith_ne(Trashcan, raccoon, rocky)) == 2);
    right(s, kith_count(s, Trashcan, .where = kith_is_null(Trashcan, raccoon)) == 1);
    KITH_LIST(Raccoon) both = kith_all(s, Raccoon);
    right(s, kith_count(s, Trashcan, .where = kith_in(Trashcan, raccoon, both.count, both.items)) == 3);
}

static void asks_what_is_related(kith_session *s)
{
    right(s, kith_count(s, Raccoon, .where = kith_any(Raccoon, trashcans, kith_gt(Trashcan, litres, 25))) == 1);
    right(s, kith_count(s, Raccoon, .where = kith_any(Raccoon, businesses, kith_eq(Business, name, "Cafe"))) == 1);
    right(s, kith_count(s, Trashcan, .where = kith_has(Trashcan, raccoon, kith_any(Raccoon, businesses, kith_like(Business, name, "S%")))) == 2);
    right(s, kith_count(s, Business, .where = kith_not(kith_any(Business, raccoons, kith_eq(Raccoon, name, "Dan")))) == 2);
}

static void narrows(kith_session *s)
{
    const kith_filter *filter = NULL, *other = NULL;
    for (int i = 0; i < 12; i++)
        filter = kith_widen(s, filter, kith_eq(Trashcan, label, i % 2 ? "one" : "two"));
    filter = kith_narrow(s, filter, kith_has(Trashcan, raccoon, kith_in(Raccoon, name, 2, (const char *[]){ "Rocky", "Dan" })));
    other = kith_narrow(s, NULL, kith_and(kith_filtered(filter), kith_not(kith_between(Trashcan, litres, 15, 100)), kith_in(Trashcan, id, 2, (int64_t[]){ 1, 2 })));
    right(s, kith_count(s, Trashcan, .filter = filter) == 2);
    right(s, kith_count(s, Trashcan, .filter = other, .where = kith_not_null(Trashcan, business)) == 1);
}

/* ---------------------------------------------------------------- orders, pages, one */

static void orders(kith_session *s)
{
    KITH_LIST(Trashcan) cans = kith_all(s, Trashcan, .order_by = { kith_desc_of(Trashcan, raccoon, name), kith_asc(Trashcan, litres) }, .limit = 2, .offset = 1);
    right(s, cans.count == 2 && !strcmp(cans.items[0]->label, "two"));
    right(s, kith_all(s, Trashcan, .distinct = true, .where = kith_has(Trashcan, raccoon, NULL)).count == 3);
    const Trashcan *first = kith_first(s, Trashcan, .order_by = { kith_desc(Trashcan, litres) });
    right(s, first && first->litres == 40);
    const Raccoon *only = kith_only(s, Raccoon, .where = kith_eq(Raccoon, name, "Dan"));
    right(s, only && !only->age.present);
    right(s, !kith_get(s, Raccoon, .id = 77));
    right(s, !kith_first(s, Raccoon, .where = kith_eq(Raccoon, name, "nobody")));
}

/* An autoflush within a query writes first. */
static void flushes_before_it_asks(kith_session *s)
{
    const Raccoon *sue = kith_new(s, Raccoon, .name = "Sue");
    kith_append(kith_get(s, Raccoon, .id = 1), trashcans, kith_get(s, Trashcan, .id = 4));
    if (sue)
        kith_append(sue, trashcans, kith_new(s, Trashcan, .label = "five"));
    right(s, kith_count(s, Trashcan, .where = kith_has(Trashcan, raccoon, kith_eq(Raccoon, name, "Sue"))) == 1);
    right(s, kith_count(s, Trashcan, .where = kith_has(Trashcan, raccoon, kith_eq(Raccoon, name, "Rocky"))) == 3);
    kith_commit(s);
}

/* ---------------------------------------------------------------- loading */

static void loads_along(kith_session *s)
{
    KITH_LIST(Raccoon) raccoons = kith_all(s, Raccoon, .load = { "trashcans.business", "businesses" });
    kith_each(Raccoon, raccoon, raccoons) {
        kith_each(Trashcan, can, kith_many(raccoon, trashcans))
            right(s, kith_one(can, raccoon) == raccoon);
        right(s, kith_many(raccoon, businesses).count == (raccoon->id == 1 ? 2 : 0));
    }
    const Trashcan *can = kith_first(s, Trashcan, .order_by = { kith_asc(Trashcan, id) }, .load = { "business.trashcans", "raccoon" });
    right(s, can && kith_one(can, business) && kith_one(can, business)->id == 1);
}

static void loads_later(kith_session *s)
{
    kith_each(Business, business, kith_all(s, Business)) {
        right(s, kith_many(business, trashcans).count == 1);
        right(s, kith_many(business, raccoons).count == 1);
    }
    kith_each(Trashcan, can, kith_all(s, Trashcan))
        right(s, !kith_one(can, raccoon) == (can->id == 4));
    kith_commit(s);
    kith_each(Raccoon, raccoon, kith_all(s, Raccoon))           /* outdated: all of it anew */
        right(s, kith_many(raccoon, trashcans).count == (raccoon->id == 1 ? 2U : 1U));
}

enum { LEAVES = 80 };

static void fill_tree(kith_session *s)
{
    const Node *root = kith_new(s, Node, .name = "root"), *branch = kith_new(s, Node, .name = "branch", .parent = { root });
    for (int i = 0; i < LEAVES; i++)
        kith_new(s, Node, .name = "leaf", .parent = { i % 3 ? branch : root });
}

/* More siblings than the shorter lists of keys hold. */
static void loads_many_siblings(kith_session *s)
{
    KITH_LIST(Node) nodes = kith_all(s, Node);
    size_t children = 0;
    kith_each(Node, node, nodes)
        children += kith_many(node, children).count;
    right(s, nodes.count == LEAVES + 2 && children == LEAVES + 1);
    KITH_LIST(Node) roots = kith_all(s, Node, .where = kith_is_null(Node, parent), .load = { "children.children" });
    right(s, roots.count == 1 && kith_many(roots.items[0], children).count > 1);
}

static void fill_blog(kith_session *s)
{
    const Topic *art = kith_new(s, Topic, .name = "art");
    const Tag *oil = kith_new(s, Tag, .word = "oil", .topic = { art }), *ink = kith_new(s, Tag, .word = "ink", .topic = { art });
    const Post *first = kith_new(s, Post, .title = "first"), *second = kith_new(s, Post, .title = "second");
    kith_append(first, tags, oil);
    kith_append(first, tags, ink);
    kith_append(second, tags, oil);
}

static void loads_many_to_many(kith_session *s)
{
    KITH_LIST(Post) posts = kith_all(s, Post, .load = { "tags.topic" });
    kith_each(Post, post, posts) {
        right(s, kith_many(post, tags).count == (post->id == 1 ? 2U : 1U));
        right(s, kith_many(post, topics).count == (post->id == 1 ? 2U : 1U));
    }
    kith_clear(s);
    kith_each(Tag, tag, kith_all(s, Tag))
        right(s, kith_many(tag, posts).count == (tag->id == 1 ? 2U : 1U));
    right(s, kith_count(s, Post, .where = kith_any(Post, tags, kith_eq(Tag, word, "ink"))) == 1);
    right(s, kith_count(s, Post, .where = kith_any(Post, topics, kith_eq(Topic, name, "art"))) == 2);
}

static void fill_bears(kith_session *s)
{
    const Bear *bruno = kith_new(s, Bear, .name = "Bruno");
    kith_new(s, Bear, .name = "Baloo");
    kith_new(s, Den, .name = "cave", .bear = { bruno });
    kith_new(s, Den, .name = "hole");
}

static void loads_one_to_one(kith_session *s)
{
    kith_each(Bear, bear, kith_all(s, Bear, .load = { "den" }))
        right(s, !kith_one(bear, den) == (bear->id == 2));
    kith_clear(s);
    kith_each(Bear, bear, kith_all(s, Bear))
        right(s, !kith_one(bear, den) == (bear->id == 2));
    kith_each(Bear, bear, kith_all(s, Bear, .read_only = true, .load = { "den" }))
        right(s, !kith_one(bear, den) == (bear->id == 2));
}

static void fill_plots(kith_session *s)
{
    for (int x = 1; x <= 12; x++)
        kith_new(s, Shed, .name = "shed", .plot = { kith_new(s, Plot, .x = x, .y = 1, .name = "plot") });
}

static void loads_by_keys_of_two_columns(kith_session *s)
{
    kith_each(Shed, shed, kith_all(s, Shed))
        right(s, kith_one(shed, plot) && kith_one(shed, plot)->x == shed->id);
    kith_clear(s);
    kith_each(Plot, plot, kith_all(s, Plot, .load = { "sheds" }))
        right(s, kith_many(plot, sheds).count == 1);
    right(s, kith_count(s, Shed, .where = kith_has(Shed, plot, kith_lt(Plot, x, 3))) == 2);
    const Plot *third = kith_get(s, Plot, .x = 3, .y = 1);
    right(s, third && kith_count(s, Shed, .where = kith_eq(Shed, plot, third)) == 1);
}

static void fill_shelf(kith_session *s)
{
    const Writer *ada = kith_new(s, Writer, .name = "Ada"), *bob = kith_new(s, Writer, .name = "Bob");
    kith_new(s, Book, .title = "one", .year = 1990, .writer = { ada }, .editor = { bob });
    kith_new(s, Book, .title = "two", .year = 1999, .writer = { ada }, .editor = { ada });
    kith_new(s, Book, .title = "a title that is longer than what fits beside it anywhere else", .year = 1990, .writer = { ada });
}

static void loads_in_order(kith_session *s)
{
    const Writer *ada = kith_first(s, Writer, .load = { "books", "edited", "shown" });
    right(s, ada && kith_many(ada, books).count && kith_many(ada, books).items[0]->year == 1999 && kith_many(ada, shown).count == 3);
    kith_clear(s);
    ada = kith_get(s, Writer, .id = 1);
    right(s, ada && kith_many(ada, books).count && kith_many(ada, books).items[0]->year == 1999 && kith_many(ada, edited).count == 1 && kith_many(ada, shown).count == 3);
}

static void reads_only(kith_session *s)
{
    KITH_LIST(Writer) writers = kith_all(s, Writer, .read_only = true, .load = { "books.editor", "edited" });
    right(s, writers.count == 2 && kith_many(writers.items[0], books).count == 3 && kith_one(kith_many(writers.items[0], books).items[0], editor) == writers.items[0]);
    right(s, kith_all(s, Book, .read_only = true).count == 3);
    const Book *book = kith_first(s, Book, .read_only = true, .where = kith_eq(Book, title, "one"));
    right(s, book && book->year == 1990);
}

static void streams(kith_session *s)
{
    int rows = 0;
    kith_stream(Book, book, s, .where = kith_eq(Book, year, 1990), .order_by = { kith_asc(Book, id) })
        rows++;
    right(s, rows == 2);
    rows = 0;
    kith_stream(Writer, writer, s) {
        rows++;
        break;
    }
    right(s, rows == 1);
}

/* ---------------------------------------------------------------- rows of SQL */

KITH_DECLARE(PerYear);
struct PerYear { int32_t year; int64_t books; const char *titles; };
KITH_ROW(PerYear, KITH_COLUMN(year), KITH_COLUMN(books), KITH_COLUMN(titles));

static void reads_rows(kith_session *s)
{
    const Writer *ada = kith_get(s, Writer, .id = 1);
    KITH_LIST(PerYear) years = kith_rows(s, PerYear, "SELECT year, count(*) AS books, group_concat(title || ' ?" "?') AS titles FROM books "
        "WHERE writer_id = ? AND year > ? AND title <> ? GROUP BY year ORDER BY year", ada, 1900, "a ?");
    right(s, years.count == 2 && years.items[0]->books == 2 && !strcmp(years.items[1]->titles, "two ?" "?"));
}

/* ---------------------------------------------------------------- many rows at once */

static void updates_where(kith_session *s)
{
    const Trashcan *one = kith_get(s, Trashcan, .id = 1);
    const Raccoon *dan = kith_get(s, Raccoon, .id = 2);
    int64_t changed = kith_update_where(s, Trashcan, .set = { kith_to(Trashcan, label, "new"), kith_by(Trashcan, litres, 5), kith_to_null(Trashcan, business_id) },
        .where = kith_le(Trashcan, litres, 20));
    right(s, changed == 2 && one && one->litres == 15);
    changed = kith_update_where(s, Trashcan, .set = { kith_to(Trashcan, raccoon, dan) }, .where = kith_eq(Trashcan, id, 4));
    right(s, changed == 1);
    kith_commit(s);
}

static void deletes_where(kith_session *s)
{
    const Trashcan *one = kith_get(s, Trashcan, .id = 1), *two = kith_get(s, Trashcan, .id = 2), *four = kith_get(s, Trashcan, .id = 4);
    (void)kith_many(kith_get(s, Raccoon, .id = 1), trashcans);
    if (one && four) {
        kith_set(one, litres, 11);
        kith_delete(four);
    }
    right(s, kith_delete_where(s, Trashcan, .where = kith_has(Trashcan, raccoon, kith_eq(Raccoon, name, "Rocky"))) == 2);
    right(s, one && two && kith_state_of(one) == KITH_DELETED && kith_state_of(two) == KITH_DELETED);
    kith_commit(s);
}

static void deletes_everything(kith_session *s)
{
    right(s, kith_delete_where(s, Trashcan, .everything = true) == 4);
    kith_commit(s);
}

static void changes_rows_with_a_version(kith_session *s)
{
    const Document *first = kith_get(s, Document, .id = 1);
    right(s, kith_update_where(s, Document, .set = { kith_to(Document, body, "rewritten") }, .everything = true) == 3);
    right(s, first && first->version == 2 && !strcmp(first->body, "rewritten"));
    kith_commit(s);
}

static void fill_papers(kith_session *s)
{
    for (int i = 0; i < 3; i++)
        kith_new(s, Document, .title = i ? "other" : "first", .body = "text");
}

static void deletes_by_keys_of_two_columns(kith_session *s)
{
    const Plot *third = kith_get(s, Plot, .x = 3, .y = 1);
    (void)third;
    kith_delete_where(s, Shed, .where = kith_le(Shed, id, 6));
    right(s, kith_delete_where(s, Plot, .where = kith_le(Plot, x, 6)) == 6);
    right(s, kith_state_of(third) == KITH_DELETED);
    kith_commit(s);
}

static void inserts_in_bulk(kith_session *s)
{
    const Raccoon *rocky = kith_get(s, Raccoon, .id = 1);
    Trashcan cans[40];
    memset(cans, 0, sizeof cans);
    for (int i = 0; i < 40; i++) {
        cans[i].label = i % 2 ? "in bulk, with a label that is a little longer" : "in bulk";
        cans[i].litres = i;
        cans[i].raccoon.object_ = i % 4 ? NULL : rocky;
        cans[i].id = i == 39 ? 500 : 0;
    }
    right(s, kith_insert_all(s, Trashcan, cans, 40) == 40);
    kith_commit(s);
}

static void inserts_versions_in_bulk(kith_session *s)
{
    Document papers[3] = { { .title = "a" }, { .title = "b", .version = 7 }, { .body = "c" } };
    right(s, kith_insert_all(s, Document, papers, 3) == 3);
    kith_commit(s);
}

static const fault_case cases[] = {
    { "numbers_are_compared", ALLEY_MODELS, fill_alley, compares, 0 },
    { "texts_are_compared", ALLEY_MODELS, fill_alley, compares_texts, 0 },
    { "objects_are_compared", ALLEY_MODELS, fill_alley, compares_objects, 0 },
    { "what_is_related_is_asked", ALLEY_MODELS, fill_alley, asks_what_is_related, 0 },
    { "filters_are_built", ALLEY_MODELS, fill_alley, narrows, 0 },
    { "orders_pages_and_one", ALLEY_MODELS, fill_alley, orders, 0 },
    { "a_query_flushes_first", ALLEY_MODELS, fill_alley, flushes_before_it_asks, 0 },
    { "relationships_are_loaded_along", ALLEY_MODELS, fill_alley, loads_along, 0 },
    { "relationships_are_loaded_later", ALLEY_MODELS, fill_alley, loads_later, 0 },
    { "many_siblings_are_loaded", TREE_MODELS, fill_tree, loads_many_siblings, 0 },
    { "many_to_many_is_loaded", BLOG_MODELS, fill_blog, loads_many_to_many, 0 },
    { "one_to_one_is_loaded", BEAR_MODELS, fill_bears, loads_one_to_one, 0 },
    { "keys_of_two_columns_are_loaded_by", PLOT_MODELS, fill_plots, loads_by_keys_of_two_columns, 0 },
    { "lists_are_loaded_in_order", SHELF_MODELS, fill_shelf, loads_in_order, 0 },
    { "objects_are_only_read", SHELF_MODELS, fill_shelf, reads_only, 0 },
    { "objects_are_streamed", SHELF_MODELS, fill_shelf, streams, 0 },
    { "rows_of_sql_are_read", KITH_MODELS(Writer, Book, PerYear), fill_shelf, reads_rows, 0 },
    { "rows_are_updated_where", ALLEY_MODELS, fill_alley, updates_where, 0 },
    { "rows_are_deleted_where", ALLEY_MODELS, fill_alley, deletes_where, 0 },
    { "all_rows_are_deleted", ALLEY_MODELS, fill_alley, deletes_everything, FAULT_ATOMIC },
    { "rows_with_a_version_are_updated", PAPER_MODELS, fill_papers, changes_rows_with_a_version, FAULT_ATOMIC },
    { "rows_with_keys_of_two_columns_are_deleted", PLOT_MODELS, fill_plots, deletes_by_keys_of_two_columns, 0 },
    { "rows_are_inserted_in_bulk", ALLEY_MODELS, fill_alley, inserts_in_bulk, FAULT_ATOMIC },
    { "rows_with_a_version_are_inserted_in_bulk", PAPER_MODELS, fill_papers, inserts_versions_in_bulk, FAULT_ATOMIC },
};

int main(void) { return fault_main(cases, KITH__COUNT(cases)); }
