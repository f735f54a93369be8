/*
 * Reports: numbers over what a query finds, pages, SQL as it is, streams (docs/behaviours.md 146, 155, 160 and 161, as far as C has them). A
 * number is checked against what a loop over all rows says.
 */
#include "fixture.h"

KITH_DECLARE(Sale);
KITH_DECLARE(Day);
struct Sale {
    int64_t id;
    const char *buyer;
    kith_opt_int pieces;
    uint16_t boxes;
    float weight;
    kith_opt_double discount;
    kith_decimal price, exact;          /* a number in the table, and a text */
    kith_opt_date day;
    kith_datetime at;
    bool paid;
    int mood;
};
KITH_MODEL(Sale, "sales", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(buyer), KITH_COLUMN(pieces), KITH_COLUMN(boxes), KITH_COLUMN(weight),
    KITH_COLUMN(discount), KITH_COLUMN(price, .precision = 10, .scale = 2), KITH_COLUMN(exact, .precision = 40, .scale = 20), KITH_COLUMN(day),
    KITH_COLUMN(at), KITH_COLUMN(paid), KITH_ENUM(mood, "sad", "glad"));
struct Day { kith_date day; int64_t pieces; };
KITH_ROW(Day, KITH_COLUMN(day), KITH_COLUMN(pieces));
FAMILY(sales, KITH_MODELS(Sale, Day));
FAMILY(alley, ALLEY_MODELS);

#define EXACT_1 "12345678901234567890.00000000000000000001"

static void stock(fixture *f)
{
    kith_new(f->session, Sale, .buyer = "Zoe", .pieces = kith_some(3), .boxes = 60000, .weight = 0.5f, .price = { "0.10" }, .exact = { EXACT_1 },
        .day = kith_some(((kith_date){ 10 })), .at = { 5 }, .mood = 1);
    kith_new(f->session, Sale, .buyer = "Ann", .pieces = kith_some(-7), .boxes = 60000, .weight = 1.5f, .discount = kith_some(0.25), .price = { "0.20" },
        .exact = { "9" }, .day = kith_some(((kith_date){ -4 })), .at = { 9 });
    kith_new(f->session, Sale, .buyer = "Ann", .boxes = 1, .price = { "99.99" }, .exact = { "9.00" }, .at = { 1 }, .paid = true);
    kith_new(f->session, Sale, .pieces = kith_some(3), .price = { NULL }, .at = { 7 });
    COMMIT(f->session);
}

#define REFUSED(status, part) (kith_test_error(f->session, status, part), kith_error_clear(f->session))

/* ---------------------------------------------------------------- numbers */

static void sums_are_of_their_columns_type(void **state)
{
    fixture *f = *state;
    stock(f);
    int64_t pieces = kith_sum(f->session, Sale, pieces), boxes = kith_sum(f->session, Sale, boxes);
    double weight = kith_sum(f->session, Sale, weight), discount = kith_sum(f->session, Sale, discount);
    assert_int_equal(pieces, -1);
    assert_int_equal(boxes, 120001);
    assert_true(weight == 2.0 && discount == 0.25);
    assert_int_equal(kith_sum(f->session, Sale, pieces, .where = kith_gt(Sale, pieces, 0)), 6);
    assert_int_equal(kith_sum(f->session, Sale, pieces, .where = kith_gt(Sale, pieces, 0), .distinct = true), 3);
    kith_test_ok(f->session);
}

/* to the last digit, also where a double has none left */
static void sums_of_decimals_are_exact(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_string_equal(kith_sum(f->session, Sale, price).text, "100.29");
    assert_string_equal(kith_sum(f->session, Sale, exact).text, "12345678901234567908.00000000000000000001");
    assert_string_equal(kith_sum(f->session, Sale, exact, .distinct = true).text, "12345678901234567899.00000000000000000001");
    for (int i = 0; i < 200; i++)
        kith_new(f->session, Sale, .buyer = "rich", .price = { "99999999.99" });
    kith_new(f->session, Sale, .buyer = "round", .price = { "1.50" });
    kith_new(f->session, Sale, .buyer = "round", .price = { "2.00" });
    assert_string_equal(kith_sum(f->session, Sale, price, .where = kith_eq(Sale, buyer, "round")).text, "3.50");     /* as the column writes it */
    assert_string_equal(kith_sum(f->session, Sale, price, .where = kith_eq(Sale, buyer, "rich")).text, "19999999998.00");
    kith_test_ok(f->session);
}

static void averages_leave_out_what_is_null(void **state)
{
    fixture *f = *state;
    stock(f);
    kith_opt_double pieces = kith_average(f->session, Sale, pieces), price = kith_average(f->session, Sale, price);
    assert_true(pieces.present && pieces.value > -0.34 && pieces.value < -0.33);
    assert_true(price.present && price.value > 33.42 && price.value < 33.44);
    assert_true(kith_average(f->session, Sale, pieces, .distinct = true).value == -2);
    kith_test_ok(f->session);
}

static void minimum_and_maximum_are_of_their_columns_type(void **state)
{
    fixture *f = *state;
    stock(f);
    kith_opt_int least = kith_minimum(f->session, Sale, pieces), most = kith_maximum(f->session, Sale, boxes);
    assert_true(least.present && least.value == -7 && most.present && most.value == 60000);
    kith_opt_double light = kith_minimum(f->session, Sale, weight);
    assert_true(light.present && light.value == 0);
    const char *first = kith_minimum(f->session, Sale, buyer), *last = kith_maximum(f->session, Sale, buyer);
    assert_string_equal(first, "Ann");
    assert_string_equal(last, "Zoe");
    assert_string_equal(kith_maximum(f->session, Sale, price).text, "99.99");
    assert_string_equal(kith_maximum(f->session, Sale, exact).text, EXACT_1);       /* as text the 9 were greater */
    kith_opt_date day = kith_minimum(f->session, Sale, day);
    assert_true(day.present && day.value.days == -4);
    kith_opt_datetime at = kith_maximum(f->session, Sale, at, .where = kith_eq(Sale, buyer, "Ann"));
    assert_true(at.present && at.value.microseconds == 9);
    kith_test_ok(f->session);
}

static void values_are_counted_all_or_each_once(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_int_equal(kith_count_values(f->session, Sale, buyer), 3);
    assert_int_equal(kith_count_values(f->session, Sale, buyer, .distinct = true), 2);
    assert_int_equal(kith_count_values(f->session, Sale, exact, .distinct = true), 2);     /* 9 and 9.00 are one */
    assert_int_equal(kith_count_values(f->session, Sale, paid, .distinct = true), 2);
    assert_int_equal(kith_count_values(f->session, Sale, mood, .distinct = true), 2);
    assert_int_equal(kith_count_values(f->session, Sale, id), 4);
    kith_test_ok(f->session);
}

static void of_nothing_the_sum_is_0_and_the_others_are_absent(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_int_equal(kith_sum(f->session, Sale, pieces, .where = kith_eq(Sale, id, 99)), 0);
    assert_true(kith_sum(f->session, Sale, weight, .where = kith_eq(Sale, id, 99)) == 0);
    assert_string_equal(kith_sum(f->session, Sale, exact, .where = kith_eq(Sale, id, 99)).text, "0");
    assert_false(kith_average(f->session, Sale, pieces, .where = kith_eq(Sale, id, 99)).present);
    assert_false(kith_minimum(f->session, Sale, at, .where = kith_eq(Sale, id, 99)).present);
    assert_null(kith_maximum(f->session, Sale, buyer, .where = kith_eq(Sale, id, 99)));
    assert_null(kith_maximum(f->session, Sale, price, .where = kith_eq(Sale, id, 99)).text);
    assert_int_equal(kith_count_values(f->session, Sale, buyer, .where = kith_eq(Sale, id, 99)), 0);
    kith_test_ok(f->session);
}

/* the three dearest, the second page of two: first the rows, then the number */
static void a_limit_takes_its_part_of_the_rows_first(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_int_equal(kith_sum(f->session, Sale, pieces, .order_by = { kith_asc(Sale, id) }, .limit = 2), -4);
    assert_int_equal(kith_sum(f->session, Sale, pieces, .order_by = { kith_asc(Sale, id) }, .offset = 2), 3);
    assert_int_equal(kith_count_values(f->session, Sale, buyer, .order_by = { kith_asc(Sale, id) }, .limit = 3, .distinct = true), 2);
    assert_string_equal(kith_maximum(f->session, Sale, exact, .order_by = { kith_asc(Sale, id) }, .offset = 1).text, "9.00000000000000000000");
    assert_int_equal(kith_maximum(f->session, Sale, pieces, .where = kith_eq(Sale, buyer, "Ann"), .order_by = { kith_desc(Sale, id) }, .limit = 1).present, false);
    kith_test_ok(f->session);
}

static void a_number_is_one_statement_that_sees_what_is_pending(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky", .age = kith_some(4));
    kith_new(f->session, Trashcan, .litres = 10, .raccoon = { rocky });
    kith_new(f->session, Trashcan, .litres = 32);
    COMMIT(f->session);
    kith_set(rocky, age, 6);
    SENDS(f, 2, assert_int_equal(kith_sum(f->session, Raccoon, age), 6));       /* the UPDATE, and the sum */
    SENDS(f, 1, assert_int_equal(kith_sum(f->session, Trashcan, litres), 42));
    SENDS(f, 1, assert_int_equal(kith_sum(f->session, Trashcan, litres, .where = kith_has(Trashcan, raccoon, kith_gt(Raccoon, age, 5))), 10));
    SENDS(f, 1, assert_int_equal(kith_sum(f->session, Trashcan, litres, .order_by = { kith_desc_of(Trashcan, raccoon, name), kith_asc(Trashcan, litres) }, .limit = 1), 10));
    SENDS(f, 1, assert_int_equal(kith_sum(f->session, Trashcan, litres, .order_by = { kith_desc_of(Trashcan, raccoon, name) }), 42));
    kith_test_ok(f->session);
}

static void a_sum_beyond_64_bits_is_out_of_range(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 2; i++)
        kith_new(f->session, Sale, .pieces = kith_some(INT64_MAX));
    COMMIT(f->session);
    assert_int_equal(kith_sum(f->session, Sale, pieces), 0);
    ABOUT(f->session, "Sale", "pieces");
    REFUSED(KITH_RANGE, "64 bits");
    assert_true(kith_average(f->session, Sale, pieces).present);
    kith_test_ok(f->session);
}

static void what_has_no_number_is_refused(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_int_equal(kith_sum(f->session, Sale, mood), 0);
    ABOUT(f->session, "Sale", "mood");
    REFUSED(KITH_MISUSE, "labels");
    assert_true(kith_number_of_(f->session, kith_model_of_Sale(), KITH_NUMBER_SUM_, offsetof(Sale, buyer), NULL).absent);
    REFUSED(KITH_MISUSE, "kith_sum was asked of Sale.buyer");
    assert_true(kith_number_of_(f->session, kith_model_of_Sale(), KITH_NUMBER_MAXIMUM_, offsetof(Sale, paid), NULL).absent);
    REFUSED(KITH_MISUSE, "kith_maximum was asked of Sale.paid");
    assert_true(kith_number_of_(f->session, kith_model_of_Sale(), KITH_NUMBER_SUM_, 3, NULL).absent);
    REFUSED(KITH_MISUSE, "no column");
    assert_true(kith_number_of_(f->session, kith_model_of_Sale(), (kith_number_)77, 0, NULL).absent);
    REFUSED(KITH_MISUSE, "77");
    assert_int_equal(kith_sum(f->session, Day, pieces), 0);
    REFUSED(KITH_MISUSE, "no table");
    assert_int_equal(kith_sum(f->session, Sale, pieces, .where = kith_eq(Sale, buyer, (const char *)NULL)), 0);
    kith_test_error(f->session, KITH_MISUSE, "kith_is_null");
    assert_int_equal(kith_count_values(f->session, Sale, pieces), -1);              /* the first error stays */
    assert_int_equal(kith_count_values((kith_session *)NULL, Sale, pieces), -1);
    assert_int_equal(kith_sum((kith_session *)NULL, Sale, pieces), 0);
}

/* what the table holds is not what the member does; and a text that is larger than any block */
static void a_number_of_what_does_not_fit_is_out_of_range(void **state)
{
    fixture *f = *state;
    stock(f);
    raw_run(f, "UPDATE sales SET pieces = 'many' WHERE id = 1");
    assert_false(kith_maximum(f->session, Sale, pieces).present);
    ABOUT(f->session, "Sale", "pieces");
    REFUSED(KITH_RANGE, "many");
    size_t size = 300000;
    char *text = malloc(size + 1);
    memset(text, 'z', size);
    text[size] = '\0';
    kith_new(f->session, Sale, .buyer = text);
    COMMIT(f->session);
    assert_string_equal(kith_maximum(f->session, Sale, buyer), text);
    size_t seen = 0;
    kith_stream(Sale, sale, f->session, .where = kith_gt(Sale, buyer, "zz"))
        seen += strcmp(sale->buyer, text) == 0;
    assert_int_equal(seen, 1);
    kith_each(Sale, sale, kith_rows(f->session, Sale, "SELECT * FROM sales WHERE buyer > ?", "zz"))
        seen += strcmp(sale->buyer, text) == 0;
    assert_int_equal(seen, 2);
    free(text);
    kith_test_ok(f->session);
}

/* ---------------------------------------------------------------- pages */

static void many(fixture *f, int count)
{
    for (int i = 0; i < count; i++)
        kith_new(f->session, Raccoon, .name = i % 2 ? "odd" : "even", .age = kith_some(i));
    COMMIT(f->session);
}

#define PAGE(...) kith_page(f->session, Raccoon, __VA_ARGS__, .order_by = { kith_asc(Raccoon, id) })

static void a_page_knows_where_it_is(void **state)
{
    fixture *f = *state;
    KITH_PAGE(Raccoon) page;
    many(f, 45);
    SENDS(f, 2, page = PAGE(2, 20));
    assert_int_equal(page.list.count, 20);
    assert_int_equal(page.list.items[0]->age.value, 20);
    assert_int_equal(page.total, 45);
    assert_int_equal(page.number, 2);
    assert_int_equal(page.pages, 3);
    SENDS(f, 1, page = PAGE(3, 20));            /* it is not full: nothing to count */
    assert_int_equal(page.list.count, 5);
    assert_int_equal(page.total, 45);
    SENDS(f, 2, page = PAGE(4, 20));
    assert_int_equal(page.list.count, 0);
    assert_int_equal(page.total, 45);
    assert_int_equal(page.pages, 3);
    SENDS(f, 2, page = PAGE(1, 45));
    assert_int_equal(page.pages, 1);
    SENDS(f, 1, page = kith_page(f->session, Raccoon, 1, 100));
    assert_int_equal(page.total, 45);
    kith_test_ok(f->session);
}

static void a_page_counts_what_its_query_finds(void **state)
{
    fixture *f = *state;
    many(f, 45);
    KITH_PAGE(Raccoon) page = kith_page(f->session, Raccoon, 1, 10, .where = kith_eq(Raccoon, name, "odd"), .filter = kith_narrow(f->session, NULL, kith_ge(Raccoon, age, 5)),
        .order_by = { kith_desc(Raccoon, age) }, .load = { "trashcans" });
    assert_int_equal(page.total, 20);
    assert_int_equal(page.pages, 2);
    size_t seen = 0;
    SENDS(f, 0, kith_each(Raccoon, raccoon, page.list)
        seen += kith_many(raccoon, trashcans).count == 0);
    assert_int_equal(seen, 10);
    page = kith_page(f->session, Raccoon, 1, 10, .where = kith_eq(Raccoon, name, "none"));
    assert_int_equal(page.total, 0);
    assert_int_equal(page.pages, 0);
    assert_null(page.list.items);
    kith_test_ok(f->session);
}

static void a_page_that_cannot_be_is_refused(void **state)
{
    fixture *f = *state;
    many(f, 3);
    assert_int_equal(PAGE(0, 20).total, -1);
    REFUSED(KITH_MISUSE, "from 1");
    assert_int_equal(PAGE(1, 0).total, -1);
    REFUSED(KITH_MISUSE, "from 1");
    assert_int_equal(PAGE(SIZE_MAX, 20).total, -1);
    REFUSED(KITH_MISUSE, "beyond");
    assert_int_equal(PAGE(1, 20, .limit = 3).total, -1);
    REFUSED(KITH_MISUSE, "limit");
    assert_int_equal(kith_page(f->session, Raccoon, 1, 20, .order_by = { kith_asc(Trashcan, id) }).total, -1);
    REFUSED(KITH_MISUSE, "Trashcan");
    assert_int_equal(kith_page((kith_session *)NULL, Raccoon, 1, 20).total, -1);
}

/* what another program writes between the rows and the count */
static void add_a_raccoon(void *arg, const char *sql, const kith_value *values, size_t count, int64_t nanoseconds)
{
    (void)values, (void)count, (void)nanoseconds;
    if (strncmp(sql, "SELECT", 6) == 0)
        raw_run(arg, "INSERT INTO raccoons (name) VALUES ('between')");
}

static void a_page_is_of_one_moment(void **state)
{
    fixture *f = *state;
    raw_run(f, "PRAGMA journal_mode = WAL");
    many(f, 8);
    new_session(f);
    kith_test_unwatch(f->session, &f->seen);
    kith_session_log(f->session, add_a_raccoon, f);
    assert_int_equal(PAGE(1, 5).total, 8);
    kith_session_log(f->session, NULL, NULL);
    assert_int_equal(PAGE(1, 5).total, 10);
    new_session(f);
    (void)PAGE(1, 5);
    assert_int_equal(seen_count(f, "BEGIN"), 0);        /* no transaction stays */
    kith_session *other = another_session(f);
    kith_new(other, Raccoon, .name = "late");
    COMMIT(other);
    assert_int_equal(PAGE(1, 5).total, 11);
    kith_begin(f->session);
    assert_int_equal(PAGE(1, 5).total, 11);
    kith_new(f->session, Raccoon, .name = "mine");
    assert_int_equal(PAGE(1, 5).total, 12);
    COMMIT(f->session);
}

/* ---------------------------------------------------------------- streams */

/* `raccoons` with three trashcans each, at two shops. The session is new afterwards. */
static void crowd(fixture *f, int raccoons)
{
    const Business *shops[2] = { kith_new(f->session, Business, .name = "Shop"), kith_new(f->session, Business, .name = "Kiosk") };
    for (int i = 0; i < raccoons; i++) {
        const Raccoon *raccoon = kith_new(f->session, Raccoon, .name = "raccoon", .age = kith_some(i));
        for (int c = 0; c < 3; c++)
            kith_new(f->session, Trashcan, .litres = c, .raccoon = { raccoon }, .business = { shops[c % 2] });
    }
    COMMIT(f->session);
    new_session(f);
}

static size_t shops_of(const Raccoon *raccoon)
{
    size_t shops = 0;
    kith_each(Trashcan, can, kith_many(raccoon, trashcans)) {
        assert_ptr_equal(kith_one(can, raccoon), raccoon);
        assert_int_equal(can->raccoon_id.value, raccoon->id);
        shops += strcmp(kith_one(can, business)->name, can->litres % 2 ? "Kiosk" : "Shop") == 0;
    }
    return shops;
}

/* 118: with a thousand rows at a time, one statement for each relationship */
static void a_stream_brings_along_what_it_is_told(void **state)
{
    fixture *f = *state;
    int64_t age = 0;
    crowd(f, 2500);
    SENDS(f, 1 + 3 * 2, kith_stream(Raccoon, raccoon, f->session, .load = { "trashcans.business" }, .order_by = { kith_asc(Raccoon, id) }) {
        assert_int_equal(raccoon->age.value, age++);
        assert_int_equal(shops_of(raccoon), 3);
        assert_int_equal(kith_state_of(raccoon), KITH_DETACHED);
    });
    assert_int_equal(age, 2500);
    kith_test_ok(f->session);
    COMMIT(f->session);
}

/* objects of a stream are in no identity map, and what did not come along does not come later */
static void what_a_stream_did_not_bring_cannot_be_loaded(void **state)
{
    fixture *f = *state;
    crowd(f, 3);
    kith_stream(Raccoon, raccoon, f->session, .load = { "trashcans" }) {
        assert_ptr_not_equal(kith_get(f->session, Raccoon, .id = raccoon->id), raccoon);
        const Trashcan *can = kith_many(raccoon, trashcans).items[0];
        assert_null(kith_one(can, business));
        REFUSED(KITH_MISUSE, "business");
        kith_set(can, litres, 5);
        REFUSED(KITH_MISUSE, "");
        break;
    }
    kith_stream(Raccoon, raccoon, f->session, .load = { "trashcnas" })
        assert_null(raccoon);
    REFUSED(KITH_MISUSE, "trashcans");
    kith_stream(Raccoon, raccoon, f->session, .where = kith_eq(Raccoon, id, 99), .load = { "trashcans" })
        assert_null(raccoon);
    kith_test_ok(f->session);
}

/* memory does not grow with the rows */
static void a_stream_holds_a_thousand_rows_at_most(void **state)
{
    fixture *f = *state;
    size_t most = 0, after_first = 0, rows = 0;
    crowd(f, 5000);
    kith_stream(Raccoon, raccoon, f->session, .load = { "trashcans" }) {
        size_t alive = kith_test_blocks_alive();
        if (rows == 0)
            after_first = alive;
        if (alive > most)
            most = alive;
        rows += kith_many(raccoon, trashcans).count == 3;
    }
    assert_int_equal(rows, 5000);
    assert_true(most < after_first + after_first / 2);
    kith_test_ok(f->session);
}

static void a_stream_may_be_left_and_written_beside(void **state)
{
    fixture *f = *state;
    crowd(f, 1500);
    size_t seen = 0;
    kith_stream(Raccoon, raccoon, f->session, .load = { "trashcans" }, .order_by = { kith_asc(Raccoon, id) }) {
        if (++seen == 1200)
            break;
        if (seen % 400 == 0) {
            kith_new(f->session, Business, .name = "beside");
            FLUSH(f->session);
        }
        kith_stream(Trashcan, can, f->session, .where = kith_eq(Trashcan, raccoon_id, raccoon->id), .limit = 1)
            assert_int_equal(can->litres, 0);
    }
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Business), 4);
}

static void a_stream_of_sql_gives_checked_rows(void **state)
{
    fixture *f = *state;
    stock(f);
    char from[] = "1970-01-01";
    int64_t rows = 0, pieces = 0;
    SENDS(f, 1, kith_stream_rows(Day, day, f->session, "SELECT sum(pieces) AS pieces, day FROM sales WHERE day >= ? AND pieces <> ? GROUP BY day", from, 99) {
        memset(from, 'x', 4);                       /* the stream has its own */
        rows++;
        pieces += day->pieces;
        assert_int_equal(day->day.days, 10);
    });
    assert_int_equal(rows, 1);
    assert_int_equal(pieces, 3);
    rows = 0;
    kith_stream_rows(Sale, sale, f->session, "SELECT * FROM sales WHERE paid ORDER BY id")
        rows += sale->id;
    assert_int_equal(rows, 3);
    kith_test_ok(f->session);
    kith_stream_rows(Day, day, f->session, "SELECT day FROM sales")
        assert_null(day);
    REFUSED(KITH_SCHEMA, "pieces");
    kith_stream_rows(Day, day, f->session, "SELECT day, pieces FROM sales WHERE id = ?")
        assert_null(day);
    REFUSED(KITH_MISUSE, "1 question mark");
    kith_stream_rows(Raccoon, raccoon, f->session, "SELECT 1")
        assert_null(raccoon);
    REFUSED(KITH_MISUSE, "Raccoon is not one of the models");
    kith_stream_rows(Day, day, (kith_session *)NULL, "SELECT 1")
        assert_null(day);
}

/* marks, values and columns, as they can be wrong */
static void the_values_of_sql_are_counted_and_checked(void **state)
{
    fixture *f = *state;
    stock(f);
    Sale own = { .id = 1 };
    const char *nothing = NULL;
    assert_int_equal(kith_rows(f->session, Day, "SELECT day, ? AS pieces FROM sales WHERE ? IS NULL AND day < 'x?' || ' -- ?'", 7, nothing).count, 2);
    assert_int_equal(kith_rows(f->session, Day, "SELECT day, pieces FROM sales AS \"a?\" WHERE id = ? /* ? */ -- ?", kith_get(f->session, Sale, .id = 1)).count, 1);
    assert_int_equal(kith_rows(f->session, Day, "SELECT [a?].day, pieces FROM sales AS [a?] WHERE id = ? AND `pieces` <> '`?'", 1).count, 1);
    kith_test_ok(f->session);
    kith_rows(f->session, Day, "SELECT day, pieces FROM sales WHERE id = ?", &own);
    REFUSED(KITH_MISUSE, "Value 1");
    kith_rows(f->session, Day, "SELECT day, pieces FROM sales WHERE id IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
    REFUSED(KITH_MISUSE, "16 values");
    kith_rows(f->session, Day, "SELECT day, pieces, pieces FROM sales");
    REFUSED(KITH_SCHEMA, "twice");
    kith_rows(f->session, Day, "SELECT day, pieces FROM sales WHERE id = 1 ?? 2");
    kith_test_error(f->session, KITH_ERROR, "?");           /* the mark that is meant as one comes through, and SQLite knows no such operator */
}

/* the first row is out of range, the second is not reached */
static void a_row_of_a_stream_that_does_not_fit_ends_it(void **state)
{
    fixture *f = *state;
    stock(f);
    kith_stream_rows(Day, day, f->session, "SELECT day, 'many' AS pieces FROM sales WHERE day IS NOT NULL")
        assert_null(day);
    kith_test_error(f->session, KITH_RANGE, "pieces");
}

/* 126: some columns of a model, by a struct of them alone */
static void a_struct_of_some_columns_reads_these_alone(void **state)
{
    fixture *f = *state;
    stock(f);
    KITH_LIST(Day) days;
    SENDS(f, 1, days = kith_rows(f->session, Day, "SELECT day, pieces FROM sales WHERE day IS NOT NULL ORDER BY id"));
    assert_int_equal(days.count, 2);
    assert_int_equal(days.items[1]->day.days, -4);
    assert_int_equal(days.items[1]->pieces, -7);
    kith_test_ok(f->session);
}

/* SQL that changes rows is the session's transaction's: a rollback takes it back */
static void sql_that_changes_rows_goes_with_the_transaction(void **state)
{
    fixture *f = *state;
    static const char *const changes[] = { "UPDATE sales SET pieces = 50, day = '1970-01-02' RETURNING day, pieces",
        "with ten AS (SELECT 10 AS n) UPDATE sales SET pieces = (SELECT n FROM ten), day = '1970-01-02' RETURNING day, pieces" };
    stock(f);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        assert_int_equal(kith_rows(f->session, Day, changes[i]).count, 4);
        kith_test_ok(f->session);
        assert_int_equal(kith_rollback(f->session), KITH_OK);
        assert_int_equal(kith_sum(f->session, Sale, pieces), -1);
        assert_int_equal(kith_rows(f->session, Day, changes[i]).count, 4);
        COMMIT(f->session);
        assert_int_equal(kith_sum(f->session, Sale, pieces), i ? 40 : 200);
        raw_run(f, "UPDATE sales SET pieces = NULL; UPDATE sales SET pieces = -1 WHERE id = 1");
    }
    assert_int_equal(kith_rows(f->session, Day, "-- a note\n /* and more */ update sales SET day = '1970-01-02', pieces = 1 RETURNING day, pieces").count, 4);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(kith_sum(f->session, Sale, pieces), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_MEMORY(sales, sums_are_of_their_columns_type),
        IN_MEMORY(sales, sums_of_decimals_are_exact),
        IN_MEMORY(sales, averages_leave_out_what_is_null),
        IN_MEMORY(sales, minimum_and_maximum_are_of_their_columns_type),
        IN_MEMORY(sales, values_are_counted_all_or_each_once),
        IN_MEMORY(sales, of_nothing_the_sum_is_0_and_the_others_are_absent),
        IN_MEMORY(sales, a_limit_takes_its_part_of_the_rows_first),
        IN_MEMORY(alley, a_number_is_one_statement_that_sees_what_is_pending),
        IN_MEMORY(sales, a_sum_beyond_64_bits_is_out_of_range),
        IN_MEMORY(sales, what_has_no_number_is_refused),
        ON_FILE(sales, a_number_of_what_does_not_fit_is_out_of_range),
        IN_MEMORY(alley, a_page_knows_where_it_is),
        IN_MEMORY(alley, a_page_counts_what_its_query_finds),
        IN_MEMORY(alley, a_page_that_cannot_be_is_refused),
        ON_FILE(alley, a_page_is_of_one_moment),
        IN_MEMORY(alley, a_stream_brings_along_what_it_is_told),
        IN_MEMORY(alley, what_a_stream_did_not_bring_cannot_be_loaded),
        IN_MEMORY(alley, a_stream_holds_a_thousand_rows_at_most),
        ON_FILE(alley, a_stream_may_be_left_and_written_beside),
        IN_MEMORY(sales, a_stream_of_sql_gives_checked_rows),
        IN_MEMORY(sales, a_row_of_a_stream_that_does_not_fit_ends_it),
        IN_MEMORY(sales, the_values_of_sql_are_counted_and_checked),
        IN_MEMORY(sales, a_struct_of_some_columns_reads_these_alone),
        ON_FILE(sales, sql_that_changes_rows_goes_with_the_transaction),
    };
    return cmocka_run_group_tests_name("reports", tests, NULL, NULL);
}
