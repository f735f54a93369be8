/*
 * Enums: integers in the program, labels in the table (KITH_ENUM, .labels).
 */
#include "support.h"

#include <kith/kith.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

KITH_DECLARE(Leaf);
typedef enum colour { RED, GREEN, BLUE } colour;
struct Leaf { int64_t id; colour colour; uint8_t shape; kith_opt_int mood; int32_t grade; const char *word; };

static const char *const grades[] = { "poor", "fair", "good", NULL };
static const char *const words[] = { "yes", "no", NULL };
KITH_MODEL(Leaf, "leaves", KITH_COLUMN(id, .primary_key = true), KITH_ENUM(colour, "red", "green", "it's blue"), KITH_ENUM(shape, "round", "oval"),
    KITH_ENUM(mood, "0dd", "calm"), KITH_COLUMN(grade, .labels = grades, .index = true, .server_default = "'fair'"), KITH_COLUMN(word, .labels = words),
    KITH_INDEX_NAMED("by_shape_and_mood", "shape", "mood"), KITH_UNIQUE_NAMED("one of a kind", "id", "word"));

typedef struct grove { kith_test_place place; kith_session *session; sqlite3 *raw; } grove;

static int set_up(void **state)
{
    grove *g = calloc(1, sizeof *g);
    assert_non_null(g);
    g->place = kith_test_open(KITH_MODELS(Leaf));
    g->session = g->place.session;
    assert_int_equal(sqlite3_open(g->place.path, &g->raw), SQLITE_OK);
    *state = g;
    return 0;
}

static int tear_down(void **state)
{
    grove *g = *state;
    sqlite3_close(g->raw);
    kith_test_close(&g->place);
    free(g);
    return 0;
}

static const Leaf *anew(grove *g, int64_t id)
{
    kith_session_close(g->session);
    g->session = g->place.session = kith_session_open(g->place.database);
    return kith_get(g->session, Leaf, .id = id);
}

static void holds(grove *g, const char *sql, const char *expected)
{
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(g->raw, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const char *text = (const char *)sqlite3_column_text(statement, 0);
    if (!expected)
        assert_null(text);
    else
        assert_string_equal(text, expected);
    sqlite3_finalize(statement);
}

static void a_number_is_its_label_in_the_table(void **state)
{
    grove *g = *state;
    const Leaf *leaf = kith_new(g->session, Leaf, .colour = BLUE, .shape = 1, .mood = kith_some(0), .grade = 2);
    assert_int_equal(kith_commit(g->session), KITH_OK);
    holds(g, "SELECT colour || '/' || shape || '/' || mood || '/' || grade FROM leaves", "it's blue/oval/0dd/good");
    const Leaf *read = anew(g, leaf->id);
    assert_int_equal(read->colour, BLUE);
    assert_int_equal(read->shape, 1);
    assert_true(read->mood.present && read->mood.value == 0);
    assert_int_equal(read->grade, 2);
}

static void zero_is_the_first_label_absent_is_null_and_a_default_is_the_tables(void **state)
{
    grove *g = *state;
    const Leaf *leaf = kith_new(g->session, Leaf);
    assert_int_equal(kith_commit(g->session), KITH_OK);
    assert_int_equal(leaf->grade, 1);
    holds(g, "SELECT colour || shape || grade FROM leaves", "redroundfair");
    holds(g, "SELECT mood FROM leaves", NULL);
    assert_false(anew(g, 1)->mood.present);
}

static void a_change_is_one_update_and_the_same_number_is_none(void **state)
{
    grove *g = *state;
    const Leaf *leaf = kith_new(g->session, Leaf, .colour = GREEN);
    assert_int_equal(kith_commit(g->session), KITH_OK);
    int64_t before = kith_statement_count(g->session);
    kith_set(leaf, colour, GREEN);
    assert_int_equal(kith_flush(g->session), KITH_OK);
    assert_int_equal(kith_statement_count(g->session) - before, 0);
    kith_set(leaf, colour, RED);
    kith_set(leaf, mood, 1);
    assert_int_equal(kith_flush(g->session), KITH_OK);
    assert_int_equal(kith_statement_count(g->session) - before, 1);
    assert_int_equal(leaf->colour, RED);
    kith_rollback(g->session);
    assert_int_equal(leaf->colour, GREEN);
    assert_false(leaf->mood.present);
    kith_set(leaf, mood, 1);
    kith_set_null(leaf, mood);
    assert_int_equal(kith_commit(g->session), KITH_OK);
    holds(g, "SELECT mood FROM leaves", NULL);
}

static void conditions_take_the_numbers(void **state)
{
    grove *g = *state;
    for (int i = 0; i < 6; i++)
        kith_new(g->session, Leaf, .colour = (colour)(i % 3), .mood = i % 2 ? kith_some_int(1) : (kith_opt_int){ .present = false });
    assert_int_equal(kith_count(g->session, Leaf, .where = kith_eq(Leaf, colour, BLUE)), 2);
    assert_int_equal(kith_count(g->session, Leaf, .where = kith_ne(Leaf, colour, BLUE)), 4);
    assert_int_equal(kith_count(g->session, Leaf, .where = kith_in(Leaf, colour, 2, (colour[]){ RED, GREEN })), 4);
    assert_int_equal(kith_count(g->session, Leaf, .where = kith_is_null(Leaf, mood)), 3);
    assert_int_equal(kith_count(g->session, Leaf, .where = kith_eq(Leaf, mood, 1)), 3);
    assert_int_equal(kith_all(g->session, Leaf, .order_by = { kith_asc(Leaf, colour) }).items[0]->colour, GREEN);      /* by the label */
    kith_test_ok(g->session);
    assert_int_equal(kith_count(g->session, Leaf, .where = kith_eq(Leaf, colour, 3)), -1);
    kith_test_error(g->session, KITH_RANGE, "Leaf.colour");
}

static void a_number_without_a_label_is_refused(void **state)
{
    grove *g = *state;
    const Leaf *leaf = kith_new(g->session, Leaf);
    assert_int_equal(kith_commit(g->session), KITH_OK);
    kith_set(leaf, colour, 3);
    kith_test_error(g->session, KITH_RANGE, "Leaf.colour");
    kith_error_clear(g->session);
    kith_set(leaf, mood, -1);
    kith_test_error(g->session, KITH_RANGE, "Leaf.mood");
    kith_error_clear(g->session);
    assert_int_equal(leaf->colour, RED);
    kith_new(g->session, Leaf, .shape = 9);
    assert_int_equal(kith_commit(g->session), KITH_RANGE);
    kith_test_error(g->session, KITH_RANGE, "shape");
    assert_int_equal(kith_rollback(g->session), KITH_OK);
    assert_int_equal(kith_count(g->session, Leaf), 1);
}

static void the_table_refuses_other_texts_and_kith_reads_none(void **state)
{
    grove *g = *state;
    const Leaf *leaf = kith_new(g->session, Leaf);
    int64_t id = 0;
    assert_int_equal(kith_commit(g->session), KITH_OK);
    id = leaf->id;
    assert_int_equal(sqlite3_exec(g->raw, "UPDATE leaves SET colour = 'pink'", NULL, NULL, NULL), SQLITE_CONSTRAINT);
    assert_int_equal(sqlite3_exec(g->raw, "PRAGMA ignore_check_constraints = ON; UPDATE leaves SET colour = 'pink'", NULL, NULL, NULL), SQLITE_OK);
    assert_null(anew(g, id));
    kith_test_error(g->session, KITH_RANGE, "colour");
}

/* as a table has it that another program made */
static void an_enum_that_may_not_be_null_is_not_read_from_null(void **state)
{
    grove *g = *state;
    assert_int_equal(sqlite3_exec(g->raw, "DROP TABLE leaves; CREATE TABLE leaves (id INTEGER PRIMARY KEY, colour TEXT, shape TEXT, mood TEXT, grade TEXT, word TEXT);"
        "INSERT INTO leaves VALUES (1, NULL, 'oval', NULL, 'good', NULL), (2, 'red', 'oval', NULL, 'good', NULL)", NULL, NULL, NULL), SQLITE_OK);
    assert_null(anew(g, 1));
    kith_test_error(g->session, KITH_RANGE, "colour");
    const Leaf *leaf = anew(g, 2);
    kith_test_ok(g->session);
    assert_false(leaf->mood.present);
}

static void a_text_with_labels_takes_no_other(void **state)
{
    grove *g = *state;
    const Leaf *leaf = kith_new(g->session, Leaf, .word = "yes");
    kith_set(leaf, word, "perhaps");
    kith_test_error(g->session, KITH_RANGE, "Leaf.word");
    kith_error_clear(g->session);
    kith_set(leaf, word, "no");
    assert_int_equal(kith_commit(g->session), KITH_OK);
    assert_string_equal(anew(g, leaf->id)->word, "no");
}

/* not of enums, but of this model too */
static void constraints_may_have_names_of_their_own(void **state)
{
    grove *g = *state;
    holds(g, "SELECT tbl_name FROM sqlite_schema WHERE type = 'index' AND name = 'by_shape_and_mood'", "leaves");
    holds(g, "SELECT instr(sql, 'CONSTRAINT \"one of a kind\" UNIQUE') > 0 FROM sqlite_schema WHERE name = 'leaves'", "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_number_is_its_label_in_the_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(zero_is_the_first_label_absent_is_null_and_a_default_is_the_tables, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_change_is_one_update_and_the_same_number_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(conditions_take_the_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_number_without_a_label_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_table_refuses_other_texts_and_kith_reads_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_enum_that_may_not_be_null_is_not_read_from_null, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_text_with_labels_takes_no_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(constraints_may_have_names_of_their_own, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
