/*
 * The shapes that models make together: direction and composite keys (docs/behaviours.md 34 to 38), trees, many-to-many, order,
 * looking only (64 to 73), association objects (75, 76).
 */
#include "fixture.h"

FAMILY(alley, ALLEY_MODELS);
FAMILY(bears, BEAR_MODELS);
FAMILY(atlas, ATLAS_MODELS);
FAMILY(tree, TREE_MODELS);
FAMILY(blog, BLOG_MODELS);
FAMILY(follow, FOLLOW_MODELS);
FAMILY(school, SCHOOL_MODELS);
FAMILY(plots, PLOT_MODELS);
FAMILY(shelf, SHELF_MODELS);

/* A row that can never be written first: each needs the other's key, and the column may not be NULL. */
KITH_DECLARE(Knot);
struct Knot { int64_t id; const char *name; int64_t other_id; KITH_ONE(Knot) other; };
KITH_MODEL(Knot, "knots", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(other_id, .foreign_key = "knots.id"),
    KITH_RELATIONSHIP(other, Knot, .remote_side = "id"));
FAMILY(knots, KITH_MODELS(Knot));

/* Two models that reference each other: a captain sails in a ship, a ship has a captain. */
KITH_DECLARE(Ship);
KITH_DECLARE(Sailor);
struct Ship { int64_t id; const char *name; kith_opt_int captain_id; KITH_ONE(Sailor) captain; KITH_MANY(Sailor) crew; };
struct Sailor { int64_t id; const char *name; kith_opt_int ship_id; KITH_ONE(Ship) ship; };
KITH_MODEL(Ship, "ships", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(captain_id, .foreign_key = "sailors.id"),
    KITH_RELATIONSHIP(captain, Sailor, .foreign_keys = "captain_id"),
    KITH_RELATIONSHIP(crew, Sailor, .foreign_keys = "ship_id", .back_populates = "ship"));
KITH_MODEL(Sailor, "sailors", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(ship_id, .foreign_key = "ships.id"),
    KITH_RELATIONSHIP(ship, Ship, .foreign_keys = "ship_id", .back_populates = "crew"));
FAMILY(fleet, KITH_MODELS(Ship, Sailor));

/* An order whose lines are keyed by it, without delete-orphan: rule 76's mistake. */
KITH_DECLARE(Bill);
KITH_DECLARE(BillLine);
struct Bill { int64_t id; const char *name; KITH_MANY(BillLine) lines; };
struct BillLine { int64_t bill_id; int32_t line; const char *article; KITH_ONE(Bill) bill; };
KITH_MODEL(Bill, "bills", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_RELATIONSHIP(lines, BillLine, .back_populates = "bill"));
KITH_MODEL(BillLine, "bill_lines", KITH_COLUMN(bill_id, .primary_key = true, .foreign_key = "bills.id"), KITH_COLUMN(line, .primary_key = true),
    KITH_COLUMN(article), KITH_RELATIONSHIP(bill, Bill, .back_populates = "lines"));
FAMILY(bills, KITH_MODELS(Bill, BillLine));

/* ---------------------------------------------------------------- direction, composite keys */

/* 34: the foreign key decides which side is a list of rows, which one row, and which a pair */
static void direction_is_found_from_the_foreign_key(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { rocky });
    COMMIT(f->session);
    assert_rows(f, rocky->id, "SELECT raccoon_id FROM trashcans");
    assert_rows(f, can->id, "SELECT id FROM trashcans WHERE raccoon_id IS NOT NULL");
    new_session(f);
    const Trashcan *read = kith_first(f->session, Trashcan);
    assert_string_equal(kith_one(read, raccoon)->name, "Rocky");
    assert_ptr_equal(kith_many(kith_one(read, raccoon), trashcans).items[0], read);
}

/* 34, 36: several keys to one table, told apart by .foreign_keys */
static void two_relationships_to_one_table_keep_their_own_keys(void **state)
{
    fixture *f = *state;
    const Writer *ada = kith_new(f->session, Writer, .name = "Ada"), *bob = kith_new(f->session, Writer, .name = "Bob");
    const Book *book = kith_new(f->session, Book, .title = "B", .writer = { ada }, .editor = { bob });
    assert_int_equal(HOLDS(kith_many(ada, books), book), 1);
    assert_int_equal(HOLDS(kith_many(bob, edited), book), 1);
    assert_int_equal(COUNT(kith_many(ada, edited)), 0);
    assert_int_equal(COUNT(kith_many(bob, books)), 0);
    COMMIT(f->session);
    assert_int_equal(book->writer_id.value, ada->id);
    assert_int_equal(book->editor_id.value, bob->id);
    kith_set(book, editor, ada);
    kith_remove(ada, books, book);
    COMMIT(f->session);
    assert_false(book->writer_id.present);
    assert_int_equal(book->editor_id.value, ada->id);
    assert_int_equal(COUNT(kith_many(ada, books)), 0);
    assert_int_equal(COUNT(kith_many(ada, edited)), 1);
}

/* 35 */
static void remote_side_makes_the_parent_and_its_absence_the_children(void **state)
{
    fixture *f = *state;
    const Node *parent = kith_new(f->session, Node, .name = "parent"), *child = kith_new(f->session, Node, .name = "child"),
        *second = kith_new(f->session, Node, .name = "second", .parent = { parent });
    kith_append(parent, children, child);
    assert_ptr_equal(kith_one(child, parent), parent);
    assert_int_equal(COUNT(kith_many(parent, children)), 2);
    assert_null(kith_one(parent, parent));
    assert_int_equal(COUNT(kith_many(child, children)), 0);
    COMMIT(f->session);
    assert_int_equal(child->parent_id.value, parent->id);
    assert_int_equal(second->parent_id.value, parent->id);
    assert_false(parent->parent_id.present);
}

/* 38 */
static void a_foreign_key_of_two_columns_joins_on_both(void **state)
{
    fixture *f = *state;
    const Plot *a = kith_new(f->session, Plot, .x = 1, .y = 2, .name = "a"), *b = kith_new(f->session, Plot, .x = 1, .y = 3, .name = "b"),
        *c = kith_new(f->session, Plot, .x = 0, .y = 2, .name = "c");
    const Shed *shed = kith_new(f->session, Shed, .name = "s");
    kith_append(a, sheds, shed);
    COMMIT(f->session);
    assert_true(shed->plot_x.present && shed->plot_x.value == 1);
    assert_true(shed->plot_y.present && shed->plot_y.value == 2);
    new_session(f);
    KITH_LIST(Plot) plots = kith_all(f->session, Plot, .order_by = { kith_asc(Plot, name) });
    assert_int_equal(plots.count, 3);
    assert_int_equal(COUNT(kith_many(plots.items[0], sheds)), 1);
    assert_int_equal(COUNT(kith_many(plots.items[1], sheds)), 0);
    assert_int_equal(COUNT(kith_many(plots.items[2], sheds)), 0);
    assert_ptr_equal(kith_one(kith_many(plots.items[0], sheds).items[0], plot), plots.items[0]);
    (void)b, (void)c;
}

/* 38 */
static void a_composite_key_with_a_null_in_it_needs_no_statement(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Plot, .x = 1, .y = 2);
    const Shed *half = kith_new(f->session, Shed, .name = "half", .plot_x = kith_some(1));
    const Shed *none = kith_new(f->session, Shed, .name = "none");
    COMMIT(f->session);
    int64_t half_id = half->id, none_id = none->id;
    new_session(f);
    half = kith_get(f->session, Shed, .id = half_id);
    none = kith_get(f->session, Shed, .id = none_id);
    SENDS(f, 0, assert_null(kith_one(half, plot)));
    SENDS(f, 0, assert_null(kith_one(none, plot)));
    kith_test_ok(f->session);
}

/* 38: from the map, when the whole key is there */
static void a_composite_parent_that_is_loaded_needs_no_statement(void **state)
{
    fixture *f = *state;
    const Plot *plot = kith_new(f->session, Plot, .x = 7, .y = -7);
    kith_new(f->session, Shed, .plot = { plot });
    COMMIT(f->session);
    new_session(f);
    plot = kith_get(f->session, Plot, .x = 7, .y = -7);
    const Shed *shed = kith_first(f->session, Shed);
    SENDS(f, 0, assert_ptr_equal(kith_one(shed, plot), plot));
}

/* 38: the same with a thousand and one, of which lists of keys have to be made */
static void a_thousand_composite_parents_load_their_children(void **state)
{
    fixture *f = *state;
    enum { MANY = 1001 };
    for (int i = 0; i < MANY; i++) {
        const Plot *plot = kith_new(f->session, Plot, .x = i / 40, .y = i % 40);
        kith_new(f->session, Shed, .plot = { plot });
        kith_new(f->session, Shed, .plot = { plot });
    }
    COMMIT(f->session);
    new_session(f);
    KITH_LIST(Plot) plots = kith_all(f->session, Plot);
    assert_int_equal(plots.count, MANY);
    SENDS(f, 2, {
        kith_each(Plot, plot, plots) {
            assert_int_equal(COUNT(kith_many(plot, sheds)), 2);
            assert_int_equal(kith_many(plot, sheds).items[0]->plot_x.value, plot->x);
            assert_int_equal(kith_many(plot, sheds).items[1]->plot_y.value, plot->y);
        }
    });
}

/* ---------------------------------------------------------------- trees */

/* 64 */
static void a_chain_of_eight_made_backwards_writes_parents_first(void **state)
{
    fixture *f = *state;
    const Node *nodes[8];
    for (int i = 7; i >= 0; i--)
        nodes[i] = kith_new(f->session, Node, .name = (const char *[]){ "0", "1", "2", "3", "4", "5", "6", "7" }[i]);
    for (int i = 1; i < 8; i++)
        kith_set(nodes[i], parent, nodes[i - 1]);
    COMMIT(f->session);
    for (int i = 1; i < 8; i++) {
        assert_int_equal(nodes[i]->parent_id.value, nodes[i - 1]->id);
        assert_true(nodes[i - 1]->id < nodes[i]->id);
    }
    new_session(f);
    const Node *top = kith_only(f->session, Node, .where = kith_is_null(Node, parent));
    int depth = 0;
    for (const Node *node = top; node; node = COUNT(kith_many(node, children)) ? kith_many(node, children).items[0] : NULL)
        depth++;
    assert_int_equal(depth, 8);
}

/* 64: deep enough to overflow a stack that recursed per row */
static void a_chain_of_twenty_thousand_is_written_and_deleted(void **state)
{
    fixture *f = *state;
    enum { DEEP = 20000 };
    const Node *first = kith_new(f->session, Node, .name = "0"), *last = first;
    for (int i = 1; i < DEEP; i++) {
        const Node *node = kith_new(f->session, Node, .name = "n");
        kith_set(last, parent, node);       /* each new one is the parent of the one before: written in reverse */
        last = node;
    }
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Node), DEEP);
    assert_int_equal(kith_count(f->session, Node, .where = kith_is_null(Node, parent_id)), 1);
    kith_each(Node, node, kith_all(f->session, Node))
        kith_delete(node);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Node), 0);
}

/* 65 */
static void deleting_a_parent_nulls_the_childrens_key(void **state)
{
    fixture *f = *state;
    const Node *parent = kith_new(f->session, Node, .name = "parent");
    kith_new(f->session, Node, .name = "a", .parent = { parent });
    kith_new(f->session, Node, .name = "b", .parent = { parent });
    COMMIT(f->session);
    int64_t id = parent->id;
    new_session(f);
    parent = kith_get(f->session, Node, .id = id);
    kith_delete(parent);
    COMMIT(f->session);
    KITH_LIST(Node) left = kith_all(f->session, Node);
    assert_int_equal(left.count, 2);
    kith_each(Node, node, left) {
        assert_false(node->parent_id.present);
        assert_null(kith_one(node, parent));
    }
}

/* 66: SQLAlchemy raises CircularDependencyError without post_update; kith breaks the cycle where the key may be NULL */
static void two_rows_that_are_each_others_parent_are_written(void **state)
{
    fixture *f = *state;
    const Node *a = kith_new(f->session, Node, .name = "a"), *b = kith_new(f->session, Node, .name = "b");
    kith_set(a, parent, b);
    kith_set(b, parent, a);
    COMMIT(f->session);
    assert_int_equal(a->parent_id.value, b->id);
    assert_int_equal(b->parent_id.value, a->id);
    int64_t id = a->id;
    new_session(f);
    a = kith_get(f->session, Node, .id = id);
    assert_ptr_equal(kith_one(kith_one(a, parent), parent), a);
}

/* 66 */
static void a_row_may_be_its_own_parent(void **state)
{
    fixture *f = *state;
    const Node *self = kith_new(f->session, Node, .name = "self");
    kith_set(self, parent, self);
    assert_int_equal(HOLDS(kith_many(self, children), self), 1);
    COMMIT(f->session);
    assert_int_equal(self->parent_id.value, self->id);
    const Node *later = kith_new(f->session, Node, .name = "later");
    FLUSH(f->session);
    kith_append(later, children, later);
    COMMIT(f->session);
    assert_int_equal(later->parent_id.value, later->id);
}

/* 66 */
static void cycles_of_rows_can_be_deleted(void **state)
{
    fixture *f = *state;
    const Node *a = kith_new(f->session, Node, .name = "a"), *b = kith_new(f->session, Node, .name = "b"),
        *self = kith_new(f->session, Node, .name = "self");
    kith_set(a, parent, b);
    kith_set(b, parent, a);
    kith_set(self, parent, self);
    COMMIT(f->session);
    kith_delete(a);
    kith_delete(b);
    kith_delete(self);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Node), 0);
}

/* 66: and where it may not be NULL there is no order: an error that says so, and nothing written */
static void a_cycle_that_cannot_be_broken_is_an_error(void **state)
{
    fixture *f = *state;
    const Knot *a = kith_new(f->session, Knot, .name = "a"), *b = kith_new(f->session, Knot, .name = "b", .other = { a });
    kith_set(a, other, b);
    assert_int_not_equal(kith_flush(f->session), KITH_OK);
    kith_test_error(f->session, kith_status_of(f->session), "Knot");
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(kith_count(f->session, Knot), 0);
}

/* 66: the cycle is of tables as well as of rows */
static void models_that_reference_each_other_are_written_and_deleted(void **state)
{
    fixture *f = *state;
    const Ship *ship = kith_new(f->session, Ship, .name = "Beagle");
    const Sailor *captain = kith_new(f->session, Sailor, .name = "Fitz", .ship = { ship }), *mate = kith_new(f->session, Sailor, .name = "Mate");
    kith_append(ship, crew, mate);
    kith_set(ship, captain, captain);
    COMMIT(f->session);
    assert_int_equal(ship->captain_id.value, captain->id);
    assert_int_equal(captain->ship_id.value, ship->id);
    assert_int_equal(COUNT(kith_many(ship, crew)), 2);
    kith_delete(ship);
    kith_delete(captain);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Ship), 0);
    assert_int_equal(kith_count(f->session, Sailor), 1);
    assert_false(mate->ship_id.present);
}

/* ---------------------------------------------------------------- many-to-many */

/* 67 */
static void many_to_many_is_in_step_in_every_operation(void **state)
{
    fixture *f = *state;
    const Post *post = kith_new(f->session, Post, .title = "p"), *second = kith_new(f->session, Post, .title = "q");
    const Tag *red = kith_new(f->session, Tag, .word = "red"), *blue = kith_new(f->session, Tag, .word = "blue");
    SENDS(f, 0, {
        kith_append(post, tags, red);
        assert_int_equal(HOLDS(kith_many(red, posts), post), 1);
        kith_append(blue, posts, post);
        assert_int_equal(HOLDS(kith_many(post, tags), blue), 1);
        kith_append(second, tags, red);         /* not a move: red has two posts now */
        assert_int_equal(COUNT(kith_many(red, posts)), 2);
        kith_remove(red, posts, post);
        assert_int_equal(HOLDS(kith_many(post, tags), red), 0);
        assert_int_equal(COUNT(kith_many(post, tags)), 1);
    });
    COMMIT(f->session);
    assert_rows(f, 2, "SELECT count(*) FROM post_tags");
}

/* 67 */
static void a_link_row_is_written_once_though_both_sides_appended(void **state)
{
    fixture *f = *state;
    const Post *post = kith_new(f->session, Post, .title = "p");
    const Tag *tag = kith_new(f->session, Tag, .word = "red");
    COMMIT(f->session);
    kith_append(post, tags, tag);
    kith_append(tag, posts, post);
    COMMIT(f->session);
    assert_rows(f, 1, "SELECT count(*) FROM post_tags");
    assert_int_equal(HOLDS(kith_many(post, tags), tag), 1);
    assert_int_equal(HOLDS(kith_many(tag, posts), post), 1);
}

/* 67 */
static void removing_deletes_the_link_row_and_nothing_else(void **state)
{
    fixture *f = *state;
    const Post *post = kith_new(f->session, Post, .title = "p");
    const Tag *red = kith_new(f->session, Tag, .word = "red"), *blue = kith_new(f->session, Tag, .word = "blue");
    kith_append(post, tags, red);
    kith_append(post, tags, blue);
    COMMIT(f->session);
    kith_remove(red, posts, post);
    SENDS(f, 1, FLUSH(f->session));
    assert_int_equal(seen_count(f, "DELETE"), 1);
    COMMIT(f->session);
    assert_rows(f, 1, "SELECT count(*) FROM post_tags");
    assert_rows(f, 2, "SELECT count(*) FROM tags");
    assert_int_equal(COUNT(kith_many(post, tags)), 1);
}

/* 67 */
static void a_link_made_and_unmade_before_the_flush_is_no_statement(void **state)
{
    fixture *f = *state;
    const Post *post = kith_new(f->session, Post, .title = "p");
    const Tag *red = kith_new(f->session, Tag, .word = "red"), *blue = kith_new(f->session, Tag, .word = "blue");
    kith_append(post, tags, blue);
    COMMIT(f->session);
    kith_append(post, tags, red);
    kith_remove(red, posts, post);
    kith_remove(post, tags, blue);
    kith_append(blue, posts, post);
    SENDS(f, 0, FLUSH(f->session));
    assert_rows(f, 1, "SELECT count(*) FROM post_tags");
}

/* 67: the join table that kith makes is the one that docs/manual/5-many-to-many.md describes */
static void the_undeclared_join_table_has_both_keys_as_its_key(void **state)
{
    fixture *f = *state;
    assert_rows(f, 2, "SELECT count(*) FROM pragma_table_info('post_tags')");
    assert_rows(f, 2, "SELECT count(*) FROM pragma_table_info('post_tags') WHERE pk > 0 AND name IN ('post_id', 'tag_id') AND \"notnull\" = 1");
    assert_rows(f, 2, "SELECT count(*) FROM pragma_foreign_key_list('post_tags') WHERE on_delete = 'CASCADE'");
}

/* 68 */
static void deleting_one_end_deletes_its_link_rows_and_not_the_other_end(void **state)
{
    fixture *f = *state;
    const Post *post = kith_new(f->session, Post, .title = "p"), *other = kith_new(f->session, Post, .title = "q");
    const Tag *red = kith_new(f->session, Tag, .word = "red"), *blue = kith_new(f->session, Tag, .word = "blue");
    kith_append(post, tags, red);
    kith_append(post, tags, blue);
    kith_append(other, tags, red);
    COMMIT(f->session);
    int64_t post_id = post->id, red_id = red->id;
    new_session(f);
    post = kith_get(f->session, Post, .id = post_id);
    kith_delete(post);
    COMMIT(f->session);
    assert_rows(f, 1, "SELECT count(*) FROM post_tags");
    assert_rows(f, 2, "SELECT count(*) FROM tags");
    red = kith_get(f->session, Tag, .id = red_id);
    kith_delete(red);
    COMMIT(f->session);
    assert_rows(f, 0, "SELECT count(*) FROM post_tags");
    assert_rows(f, 1, "SELECT count(*) FROM posts");
}

/* 68: what is loaded knows it too */
static void a_deleted_tag_leaves_the_loaded_list_of_its_post(void **state)
{
    fixture *f = *state;
    const Post *post = kith_new(f->session, Post, .title = "p");
    const Tag *red = kith_new(f->session, Tag, .word = "red");
    kith_append(post, tags, red);
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(post, tags)), 1);
    kith_delete(red);
    FLUSH(f->session);
    assert_int_equal(COUNT(kith_many(post, tags)), 0);
}

/* 69 */
static void a_link_row_that_is_gone_is_stale(void **state)
{
    fixture *f = *state;
    const Post *post = kith_new(f->session, Post, .title = "p");
    const Tag *red = kith_new(f->session, Tag, .word = "red");
    kith_append(post, tags, red);
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(post, tags)), 1);
    raw_run(f, "DELETE FROM post_tags");
    kith_remove(post, tags, red);
    assert_int_equal(kith_flush(f->session), KITH_STALE);
    FAILS(f->session, KITH_STALE, "post_tags");
    assert_int_equal(COUNT(kith_many(post, tags)), 0);
}

/* 70 */
static void people_follow_people_both_ways(void **state)
{
    fixture *f = *state;
    const Person *ann = kith_new(f->session, Person, .name = "Ann"), *ben = kith_new(f->session, Person, .name = "Ben");
    kith_append(ann, following, ben);
    assert_int_equal(HOLDS(kith_many(ben, followers), ann), 1);
    assert_int_equal(COUNT(kith_many(ben, following)), 0);
    assert_int_equal(COUNT(kith_many(ann, followers)), 0);
    kith_append(ben, following, ben);           /* oneself, too */
    COMMIT(f->session);
    assert_rows(f, ann->id, "SELECT follower_id FROM follows WHERE follower_id <> followed_id");
    assert_rows(f, ben->id, "SELECT followed_id FROM follows WHERE follower_id <> followed_id");
    int64_t ben_id = ben->id;
    new_session(f);
    ben = kith_get(f->session, Person, .id = ben_id);
    assert_int_equal(COUNT(kith_many(ben, followers)), 2);
    assert_int_equal(COUNT(kith_many(ben, following)), 1);
    assert_ptr_equal(kith_many(ben, following).items[0], ben);
    kith_delete(ben);
    COMMIT(f->session);
    assert_rows(f, 0, "SELECT count(*) FROM follows");
    assert_rows(f, 1, "SELECT count(*) FROM people");
}

/* 71 */
static void one_tag_appended_twice_is_one_link_row(void **state)
{
    fixture *f = *state;
    const Post *post = kith_new(f->session, Post, .title = "p");
    const Tag *red = kith_new(f->session, Tag, .word = "red");
    kith_append(post, tags, red);
    kith_append(post, tags, red);
    FLUSH(f->session);
    assert_int_equal(HOLDS(kith_many(post, tags), red), 2);
    COMMIT(f->session);
    assert_rows(f, 1, "SELECT count(*) FROM post_tags");
    assert_int_equal(HOLDS(kith_many(post, tags), red), 1);
}

/* 48, 71: loaded on the side that writes, on the other, or on none */
static void a_tag_that_is_there_is_appended_and_no_second_row_is_written(void **state)
{
    fixture *f = *state;
    const Post *post = kith_new(f->session, Post, .title = "p");
    const Tag *red = kith_new(f->session, Tag, .word = "red");
    kith_append(post, tags, red);
    COMMIT(f->session);
    for (int loaded = 0; loaded < 4; loaded++)
        for (int from_tag = 0; from_tag < 2; from_tag++) {
            if (loaded & 1)
                kith_many(post, tags);
            if (loaded & 2)
                kith_many(red, posts);
            if (from_tag)
                kith_append(red, posts, post);
            else
                kith_append(post, tags, red);
            COMMIT(f->session);
            assert_rows(f, 1, "SELECT count(*) FROM post_tags");
            assert_int_equal(COUNT(kith_many(post, tags)), 1);
            assert_int_equal(COUNT(kith_many(red, posts)), 1);
            COMMIT(f->session);
        }
    kith_many(post, tags);
    kith_append(post, tags, red);
    kith_remove(post, tags, red);           /* of two copies one is left */
    FLUSH(f->session);
    assert_rows(f, 1, "SELECT count(*) FROM post_tags");
    kith_remove(post, tags, red);
    COMMIT(f->session);
    assert_rows(f, 0, "SELECT count(*) FROM post_tags");
    kith_session *other = kith_session_open(f->database);
    kith_append(kith_get(other, Post, .id = post->id), tags, kith_get(other, Tag, .id = red->id));
    COMMIT(other);
    kith_session_close(other);
    kith_append(post, tags, red);           /* another has written it by now */
    COMMIT(f->session);
    assert_rows(f, 1, "SELECT count(*) FROM post_tags");
}

/* 42 */
static void a_pair_that_is_to_be_removed_cannot_be_removed_again(void **state)
{
    fixture *f = *state;
    const Post *post = kith_new(f->session, Post, .title = "p");
    const Tag *red = kith_new(f->session, Tag, .word = "red");
    for (int way = 0; way < 4; way++) {
        kith_append(post, tags, red);
        COMMIT(f->session);
        kith_remove(post, tags, red);
        if (way & 1)
            kith_remove(red, posts, post);
        else
            kith_remove(post, tags, red);
        kith_test_error(f->session, KITH_MISUSE, "does not have");
        kith_error_clear(f->session);
        if (way & 2) {                      /* but after it was put back it can */
            kith_append(red, posts, post);
            kith_remove(post, tags, red);
        }
        COMMIT(f->session);
        assert_rows(f, 0, "SELECT count(*) FROM post_tags");
    }
}

/* ---------------------------------------------------------------- looking only, order */

/* 72 */
static void what_is_done_to_a_view_is_not_written(void **state)
{
    fixture *f = *state;
    const Writer *ada = kith_new(f->session, Writer, .name = "Ada");
    const Book *book = kith_new(f->session, Book, .title = "B");
    COMMIT(f->session);
    kith_append(ada, shown, book);
    kith_error_clear(f->session);       /* it may be refused; what counts is that nothing is written and no side moved */
    assert_null(kith_one(book, writer));
    COMMIT(f->session);
    assert_false(book->writer_id.present);
    assert_int_equal(COUNT(kith_many(ada, shown)), 0);
    kith_set(book, writer, ada);
    COMMIT(f->session);
    assert_int_equal(HOLDS(kith_many(ada, shown), book), 1);
    kith_delete(ada);                   /* the view is no reason to do anything; books is */
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Book, .where = kith_is_null(Book, writer_id)), 1);
}

/* 73 */
static void order_is_of_the_load_and_not_of_what_is_in_memory(void **state)
{
    fixture *f = *state;
    const Writer *ada = kith_new(f->session, Writer, .name = "Ada");
    const Book *old = kith_new(f->session, Book, .title = "old", .year = 1900), *new = kith_new(f->session, Book, .title = "new", .year = 2000),
        *also = kith_new(f->session, Book, .title = "also new", .year = 2000);
    kith_append(ada, books, old);
    kith_append(ada, books, new);
    kith_append(ada, books, also);
    FLUSH(f->session);
    KITH_LIST(Book) books = kith_many(ada, books);
    assert_ptr_equal(books.items[0], old);
    assert_ptr_equal(books.items[1], new);
    COMMIT(f->session);
    books = kith_many(ada, books);
    assert_int_equal(books.count, 3);
    assert_ptr_equal(books.items[0], also);
    assert_ptr_equal(books.items[1], new);
    assert_ptr_equal(books.items[2], old);
}

/* 73: for every owner of a batch, not for the batch as a whole */
static void order_holds_inside_each_owner_of_one_load(void **state)
{
    fixture *f = *state;
    for (int w = 0; w < 50; w++) {
        const Writer *writer = kith_new(f->session, Writer, .name = "w");
        for (int b = 0; b < 10; b++)
            kith_new(f->session, Book, .title = "t", .year = (b * 7 + w) % 10, .writer = { writer });
    }
    COMMIT(f->session);
    new_session(f);
    KITH_LIST(Writer) writers = kith_all(f->session, Writer);
    SENDS(f, 1, {
        kith_each(Writer, writer, writers) {
            KITH_LIST(Book) books = kith_many(writer, books);
            assert_int_equal(books.count, 10);
            for (size_t i = 1; i < books.count; i++)
                assert_true(books.items[i - 1]->year >= books.items[i]->year);
        }
    });
}

/* ---------------------------------------------------------------- association objects */

/* 75 */
static void an_association_object_is_appended_changed_replaced_and_deleted(void **state)
{
    fixture *f = *state;
    const Student *ann = kith_new(f->session, Student, .name = "Ann");
    const Course *art = kith_new(f->session, Course, .title = "art"), *law = kith_new(f->session, Course, .title = "law");
    const Enrolment *first = kith_new(f->session, Enrolment, .course = { art });
    kith_append(ann, enrolments, first);
    COMMIT(f->session);
    assert_int_equal(first->student_id, ann->id);
    assert_int_equal(first->course_id, art->id);
    kith_set(first, grade, 2);
    COMMIT(f->session);
    assert_rows(f, 2, "SELECT grade FROM enrolments");
    const Enrolment *second = kith_new(f->session, Enrolment, .student = { ann }, .course = { law });
    kith_remove(ann, enrolments, first);
    COMMIT(f->session);
    assert_rows(f, 1, "SELECT count(*) FROM enrolments");
    assert_rows(f, law->id, "SELECT course_id FROM enrolments");
    kith_delete(second);
    COMMIT(f->session);
    assert_rows(f, 0, "SELECT count(*) FROM enrolments");
    assert_rows(f, 2, "SELECT count(*) FROM courses");
}

/* 75: one get by the key that both foreign keys make */
static void an_association_object_is_found_by_its_two_keys(void **state)
{
    fixture *f = *state;
    const Student *ann = kith_new(f->session, Student, .name = "Ann");
    const Course *art = kith_new(f->session, Course, .title = "art");
    const Enrolment *made = kith_new(f->session, Enrolment, .student = { ann }, .course = { art }, .grade = kith_some(1));
    FLUSH(f->session);
    SENDS(f, 0, assert_ptr_equal(kith_get(f->session, Enrolment, .student_id = ann->id, .course_id = art->id), made));
    COMMIT(f->session);
    int64_t student = ann->id, course = art->id;
    new_session(f);
    const Enrolment *found = kith_get(f->session, Enrolment, .student_id = student, .course_id = course);
    assert_non_null(found);
    assert_int_equal(found->grade.value, 1);
    assert_null(kith_get(f->session, Enrolment, .student_id = course + 7, .course_id = student));
    kith_test_ok(f->session);
}

/* 76 */
static void taking_out_a_row_whose_key_is_the_parent_names_delete_orphan(void **state)
{
    fixture *f = *state;
    const Bill *bill = kith_new(f->session, Bill, .name = "b");
    const BillLine *line = kith_new(f->session, BillLine, .line = 1, .bill = { bill });
    COMMIT(f->session);
    kith_remove(bill, lines, line);
    (void)kith_flush(f->session);
    FAILS(f->session, KITH_MISUSE, "delete-orphan");
    assert_rows(f, 1, "SELECT count(*) FROM bill_lines WHERE bill_id IS NOT NULL");
}

/* 92: ON UPDATE of the table moves the rows that refer to it; what is loaded of them says so after the commit */
KITH_DECLARE(Land);
KITH_DECLARE(Town);
struct Land { const char *code; KITH_MANY(Town) towns; };
struct Town { int64_t id; const char *land_code; KITH_ONE(Land) land; };
KITH_MODEL(Land, "lands", KITH_COLUMN(code, .primary_key = true), KITH_RELATIONSHIP(towns, Town, .back_populates = "land"));
KITH_MODEL(Town, "towns", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(land_code, .foreign_key = "lands.code", .on_update = "CASCADE"),
    KITH_RELATIONSHIP(land, Land, .back_populates = "towns"));
FAMILY(lands, KITH_MODELS(Land, Town));

static void a_changed_key_is_followed_where_the_table_says_so(void **state)
{
    fixture *f = *state;
    const Land *land = kith_new(f->session, Land, .code = "FR");
    const Town *town = kith_new(f->session, Town, .land = { land });
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(land, towns)), 1);
    kith_set(land, code, "XX");
    SENDS(f, 1, COMMIT(f->session));                    /* the UPDATE of the land alone */
    assert_ptr_equal(kith_get(f->session, Land, .code = "XX"), land);
    assert_null(kith_get(f->session, Land, .code = "FR"));
    assert_ptr_equal(kith_many(land, towns).items[0], town);
    assert_string_equal(town->land_code, "XX");
    kith_set(land, code, "YY");
    FLUSH(f->session);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_string_equal(land->code, "XX");
    assert_ptr_equal(kith_get(f->session, Land, .code = "XX"), land);
}

/* What the parent lets go of is not the child's. */
static void a_child_has_its_text_key_for_itself(void **state)
{
    fixture *f = *state;
    const Land *land = kith_new(f->session, Land, .code = "FR");
    COMMIT(f->session);
    kith_set(land, code, "a code that was set");
    COMMIT(f->session);
    const Town *town = kith_new(f->session, Town, .land = { land });
    COMMIT(f->session);
    assert_ptr_not_equal(town->land_code, land->code);
    kith_set(land, code, "YY");
    COMMIT(f->session);
    assert_string_equal(town->land_code, "a code that was set");
    assert_ptr_equal(kith_one(town, land), land);
    kith_refresh(town);
    assert_string_equal(town->land_code, "YY");
}

/* A row is its object's while another key waits to be written, and another's object keeps its own. */
static void a_row_is_its_object_s_until_its_key_is_written(void **state)
{
    fixture *f = *state;
    const Land *france = kith_new(f->session, Land, .code = "FR"), *italy = kith_new(f->session, Land, .code = "IT");
    COMMIT(f->session);
    kith_set(france, code, "IT");
    assert_int_equal(kith_commit(f->session), KITH_CONSTRAINT);
    FAILS(f->session, KITH_CONSTRAINT, "Land");
    assert_ptr_equal(kith_get(f->session, Land, .code = "IT"), italy);
    assert_ptr_equal(kith_get(f->session, Land, .code = "FR"), france);
    kith_session_autoflush(f->session, false);
    kith_set(france, code, "XX");
    assert_int_equal(HOLDS(kith_all(f->session, Land), france), 1);
    assert_ptr_equal(kith_get(f->session, Land, .code = "FR"), france);
    kith_session_autoflush(f->session, true);
    assert_null(kith_get(f->session, Land, .code = "FR"));
    assert_ptr_equal(kith_get(f->session, Land, .code = "XX"), france);
    COMMIT(f->session);
}

/* 92 */
static void a_changed_key_that_rows_refer_to_is_refused_where_the_table_does_not_follow(void **state)
{
    fixture *f = *state;
    const Country *country = kith_new(f->session, Country, .code = "FR", .name = "France");
    kith_new(f->session, City, .name = "Paris", .country = { country });
    COMMIT(f->session);
    kith_set(country, code, "XX");
    assert_int_equal(kith_commit(f->session), KITH_CONSTRAINT);
    FAILS(f->session, KITH_CONSTRAINT, "Country");
    assert_string_equal(country->code, "FR");
}

/* 99: what the old row was joined to is not the new object's */
static void a_row_that_stays_for_a_new_object_loses_its_links(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Post *old = kith_new(s, Post, .id = 1, .title = "old");
    const Tag *kept = kith_new(s, Tag, .word = "kept"), *taken = kith_new(s, Tag, .word = "taken"), *fresh = kith_new(s, Tag, .word = "fresh");
    kith_append(old, tags, kept);
    kith_append(old, tags, taken);
    COMMIT(s);
    (void)kith_many(kept, posts);
    kith_remove(old, tags, taken);
    kith_delete(old);
    const Post *new = kith_new(s, Post, .id = 1, .title = "new");
    COMMIT(s);
    assert_int_equal(kith_many(new, tags).count, 0);
    assert_int_equal(kith_many(kept, posts).count, 0);
    assert_rows(f, 0, "SELECT count(*) FROM post_tags");
    kith_append(new, tags, kept);
    COMMIT(s);
    kith_delete(new);
    const Post *newer = kith_new(s, Post, .id = 1, .title = "newer");
    kith_append(newer, tags, kept);
    kith_append(fresh, posts, newer);
    COMMIT(s);
    assert_int_equal(kith_many(newer, tags).count, 2);
    assert_int_equal(HOLDS(kith_many(kept, posts), newer), 1);
    assert_rows(f, 2, "SELECT count(*) FROM post_tags");
    kith_delete(newer);
    kith_new(s, Post, .id = 1, .title = "newest");
    FLUSH(s);
    assert_int_equal(kith_rollback(s), KITH_OK);
    assert_int_equal(kith_many(newer, tags).count, 2);
    assert_int_equal(HOLDS(kith_many(kept, posts), newer), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FILE(alley, direction_is_found_from_the_foreign_key),
        IN_MEMORY(shelf, two_relationships_to_one_table_keep_their_own_keys),
        IN_MEMORY(tree, remote_side_makes_the_parent_and_its_absence_the_children),
        IN_MEMORY(plots, a_foreign_key_of_two_columns_joins_on_both),
        IN_MEMORY(plots, a_composite_key_with_a_null_in_it_needs_no_statement),
        IN_MEMORY(plots, a_composite_parent_that_is_loaded_needs_no_statement),
        IN_MEMORY(plots, a_thousand_composite_parents_load_their_children),
        IN_MEMORY(tree, a_chain_of_eight_made_backwards_writes_parents_first),
        IN_MEMORY(tree, a_chain_of_twenty_thousand_is_written_and_deleted),
        IN_MEMORY(tree, deleting_a_parent_nulls_the_childrens_key),
        IN_MEMORY(tree, two_rows_that_are_each_others_parent_are_written),
        IN_MEMORY(tree, a_row_may_be_its_own_parent),
        IN_MEMORY(tree, cycles_of_rows_can_be_deleted),
        IN_MEMORY(knots, a_cycle_that_cannot_be_broken_is_an_error),
        IN_MEMORY(fleet, models_that_reference_each_other_are_written_and_deleted),
        ON_FILE(blog, many_to_many_is_in_step_in_every_operation),
        ON_FILE(blog, a_link_row_is_written_once_though_both_sides_appended),
        ON_FILE(blog, removing_deletes_the_link_row_and_nothing_else),
        ON_FILE(blog, a_link_made_and_unmade_before_the_flush_is_no_statement),
        ON_FILE(blog, the_undeclared_join_table_has_both_keys_as_its_key),
        ON_FILE(blog, deleting_one_end_deletes_its_link_rows_and_not_the_other_end),
        IN_MEMORY(blog, a_deleted_tag_leaves_the_loaded_list_of_its_post),
        ON_FILE(blog, a_link_row_that_is_gone_is_stale),
        ON_FILE(follow, people_follow_people_both_ways),
        ON_FILE(blog, one_tag_appended_twice_is_one_link_row),
        ON_FILE(blog, a_tag_that_is_there_is_appended_and_no_second_row_is_written),
        ON_FILE(blog, a_pair_that_is_to_be_removed_cannot_be_removed_again),
        ON_FILE(blog, a_row_that_stays_for_a_new_object_loses_its_links),
        IN_MEMORY(shelf, what_is_done_to_a_view_is_not_written),
        IN_MEMORY(shelf, order_is_of_the_load_and_not_of_what_is_in_memory),
        IN_MEMORY(shelf, order_holds_inside_each_owner_of_one_load),
        ON_FILE(school, an_association_object_is_appended_changed_replaced_and_deleted),
        IN_MEMORY(school, an_association_object_is_found_by_its_two_keys),
        ON_FILE(bills, taking_out_a_row_whose_key_is_the_parent_names_delete_orphan),
        IN_MEMORY(lands, a_changed_key_is_followed_where_the_table_says_so),
        IN_MEMORY(lands, a_child_has_its_text_key_for_itself),
        IN_MEMORY(lands, a_row_is_its_object_s_until_its_key_is_written),
        IN_MEMORY(atlas, a_changed_key_that_rows_refer_to_is_refused_where_the_table_does_not_follow),
    };
    return cmocka_run_group_tests_name("shapes of models", tests, NULL, NULL);
}
