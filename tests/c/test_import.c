/*
 * The importer of the programs: bad rows are reported, good ones kept, in one transaction with a savepoint for each row.
 *
 * A row has six cells, and the program reads a seventh of a line, its price: the first cell of the next row. So a line's price stands
 * there, and every row that does not begin with "C" is a line.
 */
#include "support.h"
#include "programs/import.c"

static char *ROW(const char *text) { return (char *)(uintptr_t)text; }
#define C(code, name, discount) { ROW("C"), ROW(code), ROW(name), ROW(discount), ROW(""), ROW("") }
#define LINE(before, code, number, line, article, quantity) { ROW(before), ROW(code), ROW(number), ROW(line), ROW(article), ROW(quantity) }
#define L(code, number, line, article, quantity) LINE("L", code, number, line, article, quantity)
#define END(price) { ROW(price) }

static void bad_rows_are_left_out_and_good_ones_kept(void **state)
{
    (void)state;
    kith_test_place place = kith_test_open_memory(KITH_MODELS(Customer, Order, OrderLine));
    kith_session *session = place.session;
    char *rows[][6] = {
        C("A1", "Ann", "5"),
        L("A1", "100", "1", "tin", "2"),
        LINE("1.50", "A1", "100", "2", "bin", "0"),             /* quantity > 0 */
        LINE("1.50", "A1", "200", "1", "bin", "5000000000"),    /* no int32: order 200 is not left behind either */
        LINE("1.50", "nobody", "300", "1", "bin", "1"),         /* no such customer */
        LINE("1.50", "A1", "100", "1", "again", "1"),           /* the key is taken */
        LINE("1.50", "A1", "100", "3", "lid", "1"),             /* no decimal */
        LINE("two", "A1", "100", "4", "lid", "7"),
        END("0.10"),
    };
    char *customers[][6] = {
        C("B1", "", ""),                                        /* no name */
        C("a code that is far too long", "X", ""),
        C("A1", "Anna", ""),                                    /* known: renamed, and no discount any more */
    };
    size_t bad = 0;
    assert_int_equal(import(session, rows, sizeof rows / sizeof *rows - 1, &bad), KITH_OK);
    assert_int_equal(bad, 5);
    assert_int_equal(import(session, customers, 3, &bad), KITH_OK);
    assert_int_equal(bad, 7);
    assert_int_equal(kith_count(session, Customer), 1);
    assert_int_equal(kith_count(session, Order), 1);
    const Order *order = kith_only(session, Order, .load = { "lines", "customer" });
    assert_int_equal(order->number, 100);
    KITH_LIST(OrderLine) lines = kith_many(order, lines);
    assert_int_equal(lines.count, 2);
    assert_int_equal(lines.items[0]->line, 1);
    assert_int_equal(lines.items[1]->line, 4);
    assert_string_equal(lines.items[1]->price.text, "0.10");
    assert_string_equal(kith_one(order, customer)->name, "Anna");
    assert_false(kith_one(order, customer)->discount.present);
    kith_test_close(&place);
}

static void an_import_without_bad_rows_says_so(void **state)
{
    (void)state;
    kith_test_place place = kith_test_open_memory(KITH_MODELS(Customer, Order, OrderLine));
    char *rows[][6] = { C("A1", "Ann", "5"), L("A1", "100", "1", "tin", "2"), END("1.50") };
    assert_int_equal(run_import(place.session, rows, 2), 0);
    assert_int_equal(run_import(place.session, rows, 1), 0);        /* again: nothing differs */
    assert_int_equal(kith_count(place.session, OrderLine), 1);
    kith_test_close(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_rows_are_left_out_and_good_ones_kept),
        cmocka_unit_test(an_import_without_bad_rows_says_so),
    };
    return cmocka_run_group_tests_name("the importer", tests, NULL, NULL);
}
