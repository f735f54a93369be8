/*
 * Objects as JSON and back (kith/json.h). What was written is read back and compared; what does not fit changes nothing.
 */
#include "support.h"

#include <jansson.h>
#include <kith/json.h>
#include <math.h>
#include <stdio.h>

KITH_DECLARE(Shop);
KITH_DECLARE(Bin);
KITH_DECLARE(Owner);
KITH_DECLARE(All);
struct Shop { int64_t id; const char *name; KITH_MANY(Bin) bins; KITH_MANY(Owner) owners; };
struct Bin { int64_t id; int32_t litres; kith_opt_int shop_id, owner_id; KITH_ONE(Shop) shop; KITH_ONE(Owner) owner; const char *owner_name; };
struct Owner { int64_t id; const char *name; KITH_MANY(Bin) bins; };
struct All {
    int64_t id;
    bool flag;
    int8_t small;
    uint32_t large;
    kith_opt_int number;
    float single;
    double real;
    const char *text;
    kith_blob blob;
    kith_date day;
    kith_time time;
    kith_datetime moment;
    kith_opt_datetime naive;
    kith_uuid uuid;
    kith_json json;
    kith_decimal price;
    int colour;
    int hidden;
};
KITH_MODEL(Shop, "shops", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name, .length = 12), KITH_RELATIONSHIP(bins, Bin, .back_populates = "shop"),
    KITH_ASSOCIATION_PROXY(owners, "bins", "owner"));
KITH_MODEL(Bin, "bins", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(litres, .server_default = "60"), KITH_COLUMN(shop_id, .foreign_key = "shops.id"),
    KITH_COLUMN(owner_id, .foreign_key = "owners.id"), KITH_RELATIONSHIP(shop, Shop, .back_populates = "bins"), KITH_RELATIONSHIP(owner, Owner, .back_populates = "bins"),
    KITH_ASSOCIATION_PROXY(owner_name, "owner", "name"));
KITH_MODEL(Owner, "owners", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_RELATIONSHIP(bins, Bin, .back_populates = "owner"));
KITH_MODEL(All, "all", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(flag), KITH_COLUMN(small), KITH_COLUMN(large), KITH_COLUMN(number), KITH_COLUMN(single),
    KITH_COLUMN(real), KITH_COLUMN(text), KITH_COLUMN(blob), KITH_COLUMN(day), KITH_COLUMN(time), KITH_COLUMN(moment), KITH_COLUMN(naive, .naive = true), KITH_COLUMN(uuid),
    KITH_COLUMN(json), KITH_COLUMN(price, .precision = 10, .scale = 2), KITH_ENUM(colour, "red", "green"), KITH_UNMAPPED(hidden));
KITH_DECLARE(PerShop);
struct PerShop { const char *name; int64_t bins; };
KITH_ROW(PerShop, KITH_COLUMN(name), KITH_COLUMN(bins));
KITH_DECLARE(Worker);
KITH_DECLARE(Engineer);
KITH_DECLARE(Chief);
struct Worker { int64_t id; const char *kind, *name; KITH_ONE(Shop) shop; kith_opt_int shop_id; };
struct Engineer { Worker person; const char *machine; };
struct Chief { Engineer engineer; int32_t staff; const char *name; };
KITH_MODEL(Worker, "people", KITH_DISCRIMINATOR("kind", "person"), KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(kind, .not_null = true), KITH_COLUMN(name),
    KITH_COLUMN(shop_id, .foreign_key = "shops.id"), KITH_RELATIONSHIP(shop, Shop));
KITH_MODEL(Engineer, NULL, KITH_INHERITS(Worker, "engineer"), KITH_COLUMN(machine));
KITH_MODEL(Chief, "chiefs", KITH_INHERITS(Engineer, "chief"), KITH_COLUMN(engineer.person.id, .column = "id", .primary_key = true, .foreign_key = "people.id"), KITH_COLUMN(staff),
    KITH_COLUMN(name, .column = "title"));
#define MODELS KITH_MODELS(Shop, Bin, Owner, All, PerShop, Worker, Engineer, Chief)

static kith_test_place place;
static kith_session *session;
static kith_test_statements seen;

static int open_shops(void **state)
{
    (void)state;
    place = kith_test_open_memory(MODELS);
    session = place.session;
    kith_test_watch(session, &seen);
    return 0;
}

static int close_shops(void **state)
{
    (void)state;
    kith_test_unwatch(session, &seen);
    kith_test_close(&place);
    return 0;
}

#define says(expected, text) says_((expected), (text), __LINE__)
static void says_(const char *expected, char *text, int line)
{
    if (!text)
        kith_test_ok_(session, __FILE__, line);
    assert_non_null(text);
    if (strcmp(text, expected))
        print_error("line %d:\n%s\ninstead of\n%s\n", line, text, expected);
    assert_string_equal(text, expected);
    free(text);
}

#define refused(status, part) (kith_test_error(session, status, part), kith_error_clear(session), kith_test_ok(session))

/* Two bins of Rocky at the Shop, one of nobody. */
static const Shop *stock(void)
{
    const Shop *shop = kith_new(session, Shop, .name = "Shop");
    const Owner *rocky = kith_new(session, Owner, .name = "Rocky");
    for (int i = 0; i < 3; i++)
        kith_new(session, Bin, .litres = 10 * i + 10, .shop = { shop }, .owner = { i < 2 ? rocky : NULL });
    assert_int_equal(kith_commit(session), KITH_OK);
    return shop;
}

/* ---------------------------------------------------------------- values */

#define EVERYTHING "{\"id\":1,\"flag\":true,\"small\":-128,\"large\":4294967295,\"number\":9223372036854775807,\"single\":0.1,\"real\":0.30000000000000004," \
    "\"text\":\"a \\\"quote\\\", ü, 😀\",\"blob\":\"AAECAw==\",\"day\":\"2026-11-22\",\"time\":\"11:38:02.000001\",\"moment\":\"2026-11-22T11:38:02.000001Z\"," \
    "\"naive\":\"1969-12-31T23:59:59.999999\",\"uuid\":\"00112233-4455-6677-8899-aabbccddeeff\",\"json\":{\"a\":[1,null,1.5]},\"price\":\"-12.50\",\"colour\":\"green\"}"

static const All *everything(void)
{
    const All *all = kith_new(session, All, .flag = true, .small = INT8_MIN, .large = UINT32_MAX, .number = kith_some(INT64_MAX), .single = 0.1f, .real = 0.1 + 0.2,
        .text = "a \"quote\", ü, 😀", .blob = { "\0\1\2\3", 4 }, .day = { 20779 }, .time = { INT64_C(41882000001) }, .moment = { INT64_C(1795347482000001) },
        .naive = kith_some(((kith_datetime){ -1 })), .uuid = { { 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff } },
        .json = { "{\"a\": [1, null, 1.5]}" }, .price = { "-12.50" }, .colour = 1, .hidden = 7);
    assert_int_equal(kith_commit(session), KITH_OK);
    return all;
}

static void every_type_has_its_form(void **state)
{
    (void)state;
    says(EVERYTHING, kith_to_json(everything()));
}

static void what_was_written_reads_back(void **state)
{
    (void)state;
    everything();
    kith_delete_where(session, All, .everything = true);
    const All *back = kith_from_json(session, All, EVERYTHING);
    assert_int_equal(kith_commit(session), KITH_OK);
    kith_clear(session);
    back = kith_get(session, All, .id = 1);
    says(EVERYTHING, kith_to_json(back));
    assert_true(back->single == 0.1f && back->real == 0.1 + 0.2 && back->colour == 1 && back->blob.size == 4);
    kith_assign_json(back, "{\"single\": 1e-7, \"real\": 5, \"price\": 3, \"json\": \"text\", \"blob\": \"\", \"moment\": \"2026-11-22 12:38:02+01:00\", \"colour\": \"red\"}");
    kith_test_ok(session);
    assert_true(back->single == 1e-7f && back->real == 5 && back->moment.microseconds == INT64_C(1795347482000000) && back->colour == 0);
    assert_string_equal(back->json.text, "\"text\"");
    assert_true(back->blob.data && back->blob.size == 0);
    assert_int_equal(kith_commit(session), KITH_OK);
    kith_refresh(back);
    assert_string_equal(back->price.text, "3.00");
    char *text = kith_to_json(back);
    assert_non_null(strstr(text, "\"single\":1e-07,\"real\":5.0,"));
    free(text);
}

static void numbers_have_a_point_in_every_locale(void **state)
{
    (void)state;
    kith_test_comma();
    const All *all = kith_new(session, All, .single = 0.1f, .real = 0.1 + 0.2, .price = { "2.50" }, .json = { "[1.5]" });
    char *text = kith_to_json(all);
    kith_test_point();
    assert_non_null(text);
    assert_non_null(strstr(text, "\"single\":0.1,\"real\":0.30000000000000004,"));
    assert_non_null(strstr(text, "\"json\":[1.5],"));
    kith_test_comma();
    assert_int_equal(kith_assign_json(all, "{\"single\": 0.5, \"real\": 1e-7, \"json\": 2.25}"), KITH_OK);
    kith_test_point();
    assert_true(all->single == 0.5f && all->real == 1e-7);
    assert_string_equal(all->json.text, "2.25");
    free(text);
}

static void nothing_is_null_both_ways(void **state)
{
    (void)state;
    const Bin *bin = kith_new(session, Bin);
    assert_int_equal(kith_commit(session), KITH_OK);
    says("{\"id\":1,\"litres\":60,\"shop_id\":null,\"owner_id\":null}", kith_to_json(bin));
    says("{\"id\":1,\"litres\":60,\"shop_id\":null,\"owner_id\":null,\"owner\":null}", kith_to_json(bin, "owner"));
    bin = kith_from_json(session, Bin, "{\"shop_id\": null, \"owner\": null}", "owner");
    kith_test_ok(session);
    assert_false(bin->shop_id.present);
    const All *all = everything();
    assert_int_equal(kith_assign_json(all, "{\"text\": null, \"number\": null, \"price\": null, \"json\": null}"), KITH_OK);
    assert_null(all->text);
    assert_false(all->number.present);
    assert_null(all->price.text);
    assert_string_equal(all->json.text, "null");        /* which is a JSON value, as in Python */
    assert_int_equal(kith_assign_json(all, "{\"flag\": null}"), KITH_RANGE);
    refused(KITH_RANGE, "All.flag");
}

/* zero and false in a text are given, in a struct of kith_new they are not */
static void a_zero_in_the_text_is_given(void **state)
{
    (void)state;
    const Bin *bin = kith_from_json(session, Bin, "{\"litres\": 0}"), *other = kith_from_json(session, Bin, "{}");
    assert_int_equal(kith_commit(session), KITH_OK);
    kith_refresh(bin);
    kith_refresh(other);
    assert_int_equal(bin->litres, 0);
    assert_int_equal(other->litres, 60);
}

static void a_number_that_json_has_not_is_refused(void **state)
{
    (void)state;
    const All *all = everything();
    kith_set(all, real, INFINITY);
    assert_null(kith_to_json(all));
    refused(KITH_RANGE, "real");
    kith_set(all, real, 1e-7);
    kith_set(all, json, ((kith_json){ "no json" }));
    assert_null(kith_to_json(all));
    refused(KITH_RANGE, "json");
}

/* ---------------------------------------------------------------- relationships */

static void relationships_are_written_where_they_are_named(void **state)
{
    (void)state;
    const Shop *shop = stock();
    says("{\"id\":1,\"name\":\"Shop\"}", kith_to_json(shop));
    says("{\"id\":1,\"name\":\"Shop\",\"owners\":[{\"id\":1,\"name\":\"Rocky\"},{\"id\":1,\"name\":\"Rocky\"}]}", kith_to_json(shop, "owners"));
    says("{\"id\":1,\"name\":\"Shop\",\"bins\":[{\"id\":1,\"litres\":10,\"shop_id\":1,\"owner_id\":1,\"owner\":{\"id\":1,\"name\":\"Rocky\"}},"
         "{\"id\":2,\"litres\":20,\"shop_id\":1,\"owner_id\":1,\"owner\":{\"id\":1,\"name\":\"Rocky\"}},{\"id\":3,\"litres\":30,\"shop_id\":1,\"owner_id\":null,\"owner\":null}]}",
         kith_to_json(shop, "bins.owner", "bins"));
    assert_null(kith_to_json(shop, "bnis"));
    refused(KITH_MISUSE, "Shop has no relationship \"bnis\"");
    assert_null(kith_to_json(shop, "bins.name"));
    refused(KITH_MISUSE, "Bin has no relationship \"name\"");
    assert_null(kith_to_json(shop, "bins.owner_name"));
    refused(KITH_MISUSE, "column");
    assert_null(kith_to_json((const Shop *)NULL));
}

/* one statement for each relationship, whatever the number of objects */
static void what_is_inherited_goes_along_both_ways(void **state)
{
    (void)state;
    const Engineer *eve = kith_from_json(session, Engineer, "{\"name\": \"Eve\", \"machine\": \"lathe\", \"shop\": {\"name\": \"Corner\"}}", "shop");
    assert_int_equal(kith_commit(session), KITH_OK);
    says("{\"id\":1,\"kind\":\"engineer\",\"name\":\"Eve\",\"shop_id\":1,\"shop\":{\"id\":1,\"name\":\"Corner\"},\"machine\":\"lathe\"}", kith_to_json(eve, "shop"));
    assert_int_equal(kith_assign_json(eve, "{\"name\": \"Eva\", \"machine\": null}"), KITH_OK);
    assert_string_equal(eve->person.name, "Eva");
    /* of two members of one name that of the model itself is meant; its key is there once */
    const Chief *chief = kith_from_json(session, Chief, "{\"name\": \"Head\", \"staff\": 3}");
    assert_int_equal(kith_commit(session), KITH_OK);
    assert_string_equal(chief->name, "Head");
    assert_null(chief->engineer.person.name);
    says("{\"id\":2,\"kind\":\"chief\",\"name\":\"Head\",\"shop_id\":null,\"machine\":null,\"staff\":3}", kith_to_json(chief));
}

static void a_list_is_loaded_for_all_at_once(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        stock();
    kith_clear(session);
    KITH_LIST(Shop) shops = kith_all(session, Shop);
    char *text = NULL;
    kith_test_sends(session, 2, &seen, text = kith_list_to_json(session, shops, "bins.owner"));
    assert_non_null(text);
    assert_true(text[0] == '[' && strlen(text) > 20 * 100);
    free(text);
    says("[]", kith_list_to_json(session, kith_all(session, Shop, .where = kith_eq(Shop, id, 99))));
    kith_session *other = kith_session_open(place.database);
    assert_null(kith_list_to_json(other, shops));
    kith_test_error(other, KITH_MISUSE, "this session's");
    kith_session_close(other);
}

/* rows of a report, of a query that only reads and of a stream too */
static void what_is_only_read_goes_into_json(void **state)
{
    (void)state;
    stock();
    says("[{\"name\":\"Shop\",\"bins\":3}]", kith_list_to_json(session, kith_rows(session, PerShop,
        "SELECT s.name, count(*) AS bins FROM bins b JOIN shops s ON s.id = b.shop_id GROUP BY 1")));
    says("[{\"id\":3,\"litres\":30,\"shop_id\":1,\"owner_id\":null,\"shop\":{\"id\":1,\"name\":\"Shop\"}}]",
         kith_list_to_json(session, kith_all(session, Bin, .where = kith_is_null(Bin, owner), .read_only = true, .load = { "shop" }), "shop"));
    kith_stream(Owner, owner, session, .load = { "bins" })
        says("{\"id\":1,\"name\":\"Rocky\",\"bins\":[{\"id\":1,\"litres\":10,\"shop_id\":1,\"owner_id\":1},{\"id\":2,\"litres\":20,\"shop_id\":1,\"owner_id\":1}]}",
             kith_to_json(owner, "bins"));
    kith_stream(Owner, owner, session)
        assert_null(kith_to_json(owner, "bins"));       /* it was not brought along */
    refused(KITH_MISUSE, "bins");
}

static void relationships_are_read_where_they_are_named(void **state)
{
    (void)state;
    const Shop *shop = kith_from_json(session, Shop, "{\"name\": \"Kiosk\", \"bins\": [{\"litres\": 0, \"owner\": {\"name\": \"Dan\"}}, {\"litres\": 7}]}", "bins.owner");
    kith_test_ok(session);
    assert_int_equal(kith_state_of(shop), KITH_PENDING);
    assert_int_equal(kith_commit(session), KITH_OK);
    assert_int_equal(kith_many(shop, bins).count, 2);
    assert_int_equal(kith_many(shop, bins).items[0]->litres, 0);
    assert_string_equal(kith_one(kith_many(shop, bins).items[0], owner)->name, "Dan");
    assert_null(kith_one(kith_many(shop, bins).items[1], owner));
}

/* ---------------------------------------------------------------- what does not fit */

static void what_does_not_fit_is_refused_and_makes_nothing(void **state)
{
    (void)state;
    static const struct { const char *text, *says; } cases[] = {
        { "{\"name\": \"Kiosk\"", "line 1" }, { "[]", "object" }, { "7", "JSON of a Shop" }, { "", "JSON of a Shop" },
        { "{\"nmae\": \"Kiosk\"}", "\"nmae\"" }, { "{\"name\": \"a\", \"name\": \"b\"}", "duplicate" }, { "{\"name\": 7}", "Shop.name takes a string" },
        { "{\"name\": \"far too long a name\"}", "12 characters" }, { "{\"bins\": {}}", "array" }, { "{\"bins\": [7]}", "Bin is an object" },
        { "{\"bins\": [{\"litres\": \"7\"}]}", "whole number" }, { "{\"bins\": [{\"litres\": 1.5}]}", "whole number" }, { "{\"bins\": [{\"litres\": 5000000000}]}", "litres" },
        { "{\"bins\": [{\"litres\": 1}, {\"owner\": {}}]}", "not named" }, { "{\"owners\": []}", "proxy" }, { "{\"id\": 99999999999999999999}", "JSON of a Shop" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(kith_from_json(session, Shop, cases[i].text, "bins"));
        refused(KITH_RANGE, cases[i].says);
    }
    assert_null(kith_from_json(session, Shop, (const char *)NULL));
    refused(KITH_MISUSE, "NULL");
    assert_null(kith_from_json(session, Shop, "{}", "bnis"));
    refused(KITH_MISUSE, "bnis");
    assert_int_equal(kith_flush(session), KITH_OK);
    assert_int_equal(kith_count(session, Shop) + kith_count(session, Bin), 0);
}

static void a_value_of_the_wrong_kind_changes_nothing(void **state)
{
    (void)state;
    static const struct { const char *text, *says; } cases[] = {
        { "{\"text\": \"new\", \"flag\": 1}", "true or false" }, { "{\"text\": \"new\", \"small\": 128}", "small" }, { "{\"text\": \"new\", \"small\": true}", "whole number" },
        { "{\"text\": \"new\", \"large\": -1}", "large" }, { "{\"text\": \"new\", \"real\": \"1\"}", "a number" }, { "{\"text\": \"new\", \"blob\": \"A\"}", "base64" },
        { "{\"text\": \"new\", \"blob\": \"AB==\"}", "base64" }, { "{\"text\": \"new\", \"blob\": \"AA=A\"}", "base64" }, { "{\"text\": \"new\", \"day\": \"2026-13-01\"}", "no date" },
        { "{\"text\": \"new\", \"day\": 7}", "a string" }, { "{\"text\": \"new\", \"time\": \"25:00:00\"}", "no time" }, { "{\"text\": \"new\", \"moment\": \"now\"}", "date and time" },
        { "{\"text\": \"new\", \"uuid\": \"0011\"}", "no uuid" }, { "{\"text\": \"new\", \"price\": 1.5}", "decimal" }, { "{\"text\": \"new\", \"price\": \"one\"}", "price" },
        { "{\"text\": \"new\", \"price\": \"123456789.00\"}", "price" }, { "{\"text\": \"new\", \"colour\": 1}", "labels" }, { "{\"text\": \"new\", \"colour\": \"blue\"}", "colour" },
        { "{\"text\": \"new\", \"hidden\": 1}", "\"hidden\"" }, { "{\"text\": {}}", "an object" }, { "{\"text\": [1]}", "an array" }, { "{\"flag\": \"yes\"}", "a string" }, { "{\"text\": \"a\\u0000b\"}", "JSON" },
    };
    const All *all = everything();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_not_equal(kith_assign_json(all, cases[i].text), KITH_OK);
        refused(KITH_RANGE, cases[i].says);
    }
    says(EVERYTHING, kith_to_json(all));
    kith_test_sends(session, 0, &seen, assert_int_equal(kith_commit(session), KITH_OK));
}

static void the_first_error_stays(void **state)
{
    (void)state;
    const Shop *shop = stock();
    kith_from_json(session, Shop, "{\"nmae\": 1}");
    assert_null(kith_to_json(shop));
    assert_null(kith_from_json(session, Shop, "{}"));
    assert_int_equal(kith_assign_json(shop, "{\"name\": \"b\"}"), KITH_RANGE);
    refused(KITH_RANGE, "nmae");
    assert_string_equal(shop->name, "Shop");
    assert_int_equal(kith_assign_json_(NULL, "{}"), KITH_MISUSE);
    assert_null(kith_from_json((kith_session *)NULL, Shop, "{}"));
}

/* ---------------------------------------------------------------- no memory */

/* arg: a byte may get lost, as jansson loses one where it has no memory for it */
static bool write_and_read(void *arg)
{
    kith_session *own = kith_session_open(place.database);
    bool ok = own && !kith_session_status(own);
    const All *all = ok ? kith_get(own, All, .id = 1) : NULL;
    char *text = all ? kith_to_json(all) : NULL;
    ok = text && !kith_assign_json(all, text) && kith_from_json(own, Shop, "{\"name\": \"x\", \"bins\": [{\"owner\": {\"name\": \"y\"}}, {}]}", "bins.owner");
    const Shop *shop = ok ? kith_first(own, Shop) : NULL;
    free(text);
    text = shop ? kith_to_json(shop, "bins.owner") : NULL;
    ok = text != NULL;
    free(text);
    if (own && !ok)
        kith_test_error(own, arg && kith_status_of(own) == KITH_RANGE ? KITH_RANGE : KITH_NO_MEMORY, NULL);
    kith_session_close(own);
    return ok;
}

/* jansson's own: from a buffer, since after some of its failures it leaves a block behind */
static struct { _Alignas(16) char bytes[1 << 20]; size_t used, seen, fail_at; } buffer;

static void *of_the_buffer(size_t size)
{
    void *at = buffer.bytes + buffer.used;
    if (++buffer.seen == buffer.fail_at || size > sizeof buffer.bytes - buffer.used)
        return NULL;
    buffer.used += (size + 15) & ~(size_t)15;
    return at;
}

static void back_to_the_buffer(void *block) { (void)block; }

static void each_allocation_of_jansson_may_fail(void **state)
{
    (void)state;
    size_t failed = 0;
    bool done = false;
    everything();
    assert_true(write_and_read(NULL));
    json_set_alloc_funcs(of_the_buffer, back_to_the_buffer);
    while (!done) {
        buffer.used = buffer.seen = 0;
        buffer.fail_at = ++failed;
        bool succeeded = write_and_read(&failed);
        done = buffer.seen < failed;
        assert_true(succeeded || !done);
    }
    json_set_alloc_funcs(malloc, free);
    assert_true(failed > 50);
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    everything();
    assert_true(write_and_read(NULL));          /* what a connection keeps for its next session is there now */
    assert_true(kith_test_each_allocation(write_and_read, NULL) > 30);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, open_shops, close_shops)
    const struct CMUnitTest tests[] = {
        TEST(every_type_has_its_form),
        TEST(what_was_written_reads_back),
        TEST(numbers_have_a_point_in_every_locale),
        TEST(nothing_is_null_both_ways),
        TEST(a_zero_in_the_text_is_given),
        TEST(a_number_that_json_has_not_is_refused),
        TEST(relationships_are_written_where_they_are_named),
        TEST(what_is_inherited_goes_along_both_ways), TEST(a_list_is_loaded_for_all_at_once),
        TEST(what_is_only_read_goes_into_json),
        TEST(relationships_are_read_where_they_are_named),
        TEST(what_does_not_fit_is_refused_and_makes_nothing),
        TEST(a_value_of_the_wrong_kind_changes_nothing),
        TEST(the_first_error_stays),
        TEST(each_allocation_may_fail),
        TEST(each_allocation_of_jansson_may_fail),
    };
    return cmocka_run_group_tests_name("JSON", tests, NULL, NULL);
}
