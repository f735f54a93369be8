/*
 * The sensor logger of the programs: a store loop, deletes by condition, a report over a date, a stream that is left in the middle.
 */
#include "support.h"

#include <unistd.h>

#define main sensors_main
#include "programs/sensors.c"
#undef main

#define SENSORS KITH_MODELS(Sensor, Reading, DayOfSensor)

static const int64_t DAY = INT64_C(86400) * 1000000;

/* Two sensors, three readings of each: on the first, the first and the second day of 1970. */
static void stock(kith_session *session)
{
    static const int64_t at[] = { 10, 20, 86400 * INT64_C(1000000) + 5 };
    for (int s = 0; s < 2; s++) {
        const Sensor *sensor = kith_new(session, Sensor, .serial = s ? "B2" : "A1");
        for (int i = 0; i < 3; i++)
            kith_new(session, Reading, .sensor = { sensor }, .at = { at[i] }, .value = (float)(i + 10 * s));
    }
    assert_int_equal(kith_commit(session), KITH_OK);
}

/* What `work` printed, the caller's to free. */
static char *printed(void (*work)(kith_session *, FILE *), kith_session *session)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    work(session, file);
    fclose(file);
    return text;
}

static void storing_makes_each_sensor_once(void **state)
{
    (void)state;
    kith_test_place place = kith_test_open_memory(SENSORS);
    const Sample samples[] = { { "A1", 20.5f }, { "B2", 1 }, { "A1", 21 } };
    assert_int_equal(store(place.session, samples, 3), KITH_OK);
    assert_int_equal(store(place.session, samples, 1), KITH_OK);
    assert_int_equal(kith_count(place.session, Sensor), 2);
    assert_int_equal(kith_count(place.session, Reading), 4);
    assert_int_equal(kith_count(place.session, Reading, .where = kith_eq(Reading, value, 20.5)), 2);
    kith_test_close(&place);
}

static void forgetting_says_how_many_rows_went(void **state)
{
    (void)state;
    kith_test_place place = kith_test_open_memory(SENSORS);
    stock(place.session);
    assert_int_equal(forget_before(place.session, (kith_datetime){ DAY }), 4);
    assert_int_equal(kith_count(place.session, Reading), 2);
    assert_int_equal(forget_before(place.session, (kith_datetime){ DAY }), 0);
    kith_test_close(&place);
}

static void all_of_it(kith_session *session, FILE *file) { assert_int_equal(dump(session, file, NULL), KITH_OK); }
static void of_the_second(kith_session *session, FILE *file)
{
    assert_int_equal(dump(session, file, kith_only(session, Sensor, .where = kith_eq(Sensor, serial, "B2"))), KITH_OK);
}

static void a_dump_is_in_the_order_of_time(void **state)
{
    (void)state;
    kith_test_place place = kith_test_open_memory(SENSORS);
    stock(place.session);
    char *text = printed(all_of_it, place.session);
    assert_string_equal(text, "10 0\n10 10\n20 1\n20 11\n86400000005 2\n86400000005 12\n");
    free(text);
    text = printed(of_the_second, place.session);
    assert_string_equal(text, "10 10\n20 11\n86400000005 12\n");
    free(text);
    kith_test_close(&place);
}

/* The file takes nothing: the stream is left by return, and what it held is given back. */
static void a_dump_that_cannot_write_closes_its_stream(void **state)
{
    (void)state;
    kith_test_place place = kith_test_open_memory(SENSORS);
    stock(place.session);
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    setvbuf(full, NULL, _IONBF, 0);
    size_t before = kith_test_blocks_alive();
    assert_int_equal(dump(place.session, full, NULL), -1);
    assert_true(kith_test_blocks_alive() <= before + 4);        /* the statement stays in its cache */
    fclose(full);
    kith_test_ok(place.session);
    assert_int_equal(forget_before(place.session, (kith_datetime){ 1 }), 0);      /* a reader that was left open would stand in the way */
    kith_test_close(&place);
}

static void a_report_groups_by_sensor_and_day(void **state)
{
    (void)state;
    kith_test_place place = kith_test_open_memory(SENSORS);
    stock(place.session);
    KITH_LIST(DayOfSensor) days = kith_rows(place.session, DayOfSensor,
        "SELECT s.serial, date(r.at) AS day, count(*) AS n, avg(r.value) AS mean FROM readings r JOIN sensors s ON s.id = r.sensor_id "
        "WHERE r.at >= ? AND r.at < ? GROUP BY 1, 2", (kith_datetime){ 0 }, kith_now());
    kith_test_ok(place.session);
    assert_int_equal(days.count, 4);
    assert_string_equal(days.items[0]->serial, "A1");
    assert_int_equal(days.items[0]->n, 2);
    assert_int_equal(days.items[1]->day.days, 1);
    report(place.session, (kith_datetime){ 0 }, kith_now());
    kith_test_ok(place.session);
    kith_test_close(&place);
}

/* As it stands, with its main: the file is made where it runs, its tables are what is missing first. */
static void the_program_runs_on_its_file(void **state)
{
    (void)state;
    char *folder = kith_test_folder(), here[4096];
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(folder), 0);
    kith_database *database = kith_open("sqlite:///sensors.db", SENSORS);
    assert_int_equal(kith_create_all(database), KITH_OK);
    kith_close(database);
    assert_int_equal(sensors_main(), 0);
    database = kith_open("sqlite:///sensors.db", SENSORS);
    kith_session *session = kith_session_open(database);
    assert_int_equal(kith_count(session, Reading), 1);
    kith_session_close(session);
    kith_close(database);
    assert_int_equal(chdir(here), 0);
    kith_test_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(storing_makes_each_sensor_once),
        cmocka_unit_test(forgetting_says_how_many_rows_went),
        cmocka_unit_test(a_dump_is_in_the_order_of_time),
        cmocka_unit_test(a_dump_that_cannot_write_closes_its_stream),
        cmocka_unit_test(a_report_groups_by_sensor_and_day),
        cmocka_unit_test(the_program_runs_on_its_file),
    };
    return cmocka_run_group_tests_name("the sensor logger", tests, NULL, NULL);
}
