/*
 * Migration files: what is read, refused, drafted and resealed; tokens and statements.
 */
#include "helpers.h"

#include "migrate/files.h"

#include <stdio.h>
#include <unistd.h>

static int set_up(void **state)
{
    kith__error error = { 0 };
    bool was_there;
    char *folder = kith_test_folder(), *migrations = kith_test_path(folder, "m");
    assert_int_equal(kith__migrations_init(migrations, &was_there, &error), KITH_OK);
    free(migrations);
    *state = folder;
    return 0;
}

static int tear_down(void **state)
{
    kith_test_remove_folder(*state);
    return 0;
}

static void put(const char *folder, const char *name, const char *text)
{
    char local[120];
    snprintf(local, sizeof local, "m/versions/%s", name);
    char *path = kith_test_path(folder, local);
    kith_test_write_file(path, text);
    free(path);
}

static void put_revision(const char *folder, const char *id, const char *parent, const char *up)
{
    char name[80];
    kith__text text = { 0 };
    snprintf(name, sizeof name, "%s.sql", id);
    kith__text_addf(&text, "-- kith: revision %s\n-- kith: down-revision %s\n-- kith: upgrade\n%s\n-- kith: downgrade\n", id, parent, up);
    put(folder, name, text.data);
    kith__text_free(&text);
}

static int read_all(const char *folder, kith__revisions **set, kith__error *error)
{
    char *path = kith_test_path(folder, "m");
    int status = kith__revisions_read(set, path, error);
    free(path);
    for (size_t i = 0; status == KITH_OK && i < (*set)->count; i++)
        status = kith__revision_load(*set, (*set)->items[i], error);
    return status;
}

static void expect_error(const char *folder, const char *code, const char *part)
{
    kith__revisions *set = NULL;
    kith__error error = { 0 };
    int status = read_all(folder, &set, &error);
    if (status == KITH_OK || strcmp(error.public_.code, code) != 0 || strstr(error.public_.message, part) == NULL)
        fail_msg("%s: %s", status ? error.public_.code : "no error", status ? error.public_.message : "");
    kith__error_free(&error);
    kith__revisions_free(set);
}

static void no_folder_says_what_to_run(void **state)
{
    (void)state;
    kith__revisions *set;
    kith__error error = { 0 };
    assert_int_equal(kith__revisions_read(&set, "/nowhere/at/all", &error), KITH_CONFIG);
    assert_string_equal(error.public_.code, "migrate.not_initialised");
    assert_string_equal(error.public_.hint, "Run: kith db init");
    kith__error_free(&error);
}

static void what_editors_leave_behind_is_passed_over(void **state)
{
    put_revision(*state, "aaaa1", "base", "");
    put(*state, ".#aaaa1.sql", "x");
    put(*state, "aaaa1.sql~", "x");
    put(*state, "#aaaa1.sql#", "x");
    put(*state, "1234_alembic.py", "x");
    kith__revisions *set;
    kith__error error = { 0 };
    assert_int_equal(read_all(*state, &set, &error), KITH_OK);
    assert_int_equal(set->count, 1);
    kith__revisions_free(set);
}

static void half_written_files_are_named(void **state)
{
    put(*state, "x.sql", "");
    expect_error(*state, "migrate.half_written", "x.sql: this migration has no \"-- kith: revision\"");
    put(*state, "x.sql", "-- kith: revision aaaa1\n");
    expect_error(*state, "migrate.half_written", "down-revision");
    put(*state, "x.sql", "-- kith: revision aaaa1\n-- kith: down-revision base\n");
    expect_error(*state, "migrate.half_written", "upgrade");
    put(*state, "x.sql", "-- kith: revision aaaa1\n-- kith: down-revision base\n-- kith: upgrade\nCREATE TABLE t (a TEXT);\n");
    expect_error(*state, "migrate.half_written", "downgrade");
    put_revision(*state, "x", "base", "INSERT INTO t VALUES ('a);");
    expect_error(*state, "migrate.unterminated", "x.sql:4:23: this string has no end");
    put_revision(*state, "x", "base", "-- kith: only sqlite\nSELECT 1;");
    expect_error(*state, "migrate.block", "x.sql");
    put_revision(*state, "x", "base", "-- kith: irreversable \"x\"");
    expect_error(*state, "migrate.directive", "irreversable");
    put_revision(*state, "x", "base", "BEGIN;");
    expect_error(*state, "migrate.transaction", "x.sql:4:1: BEGIN cannot stand in a migration");
}

static void a_graph_that_does_not_fit_is_refused(void **state)
{
    put_revision(*state, "aaaa1", "aaaa1", "");
    expect_error(*state, "migrate.cycle", "aaaa1.sql follows itself");
    put_revision(*state, "aaaa1", "aaaa2", "");
    expect_error(*state, "migrate.missing_parent", "aaaa1.sql follows aaaa2");
    put_revision(*state, "aaaa2", "aaaa1", "");
    expect_error(*state, "migrate.cycle", "aaaa1.sql and aaaa2.sql");
    put_revision(*state, "aaaa1", "base", "");
    put(*state, "other.sql", "-- kith: revision aaaa2\n-- kith: down-revision base\n-- kith: upgrade\n-- kith: downgrade\n");
    expect_error(*state, "migrate.duplicate_id", "aaaa2.sql and other.sql");
    put(*state, "other.sql", "-- kith: revision aaaa3\n-- kith: down-revision aaaa1\n-- kith: down-revision aaaa2\n-- kith: upgrade\n-- kith: downgrade\n");
    expect_error(*state, "migrate.merge", "other.sql follows two migrations");
}

static void heads_prefixes_and_ancestors(void **state)
{
    kith__revisions *set;
    kith__error error = { 0 };
    put_revision(*state, "aaaa1", "base", "CREATE TABLE a (id INTEGER);");
    put_revision(*state, "aaab2", "aaaa1", "CREATE TABLE b (id INTEGER);");
    put_revision(*state, "aaab3", "aaaa1", "CREATE TABLE c (id INTEGER);");
    assert_int_equal(read_all(*state, &set, &error), KITH_OK);
    assert_null(kith__revisions_head(set, &error));
    assert_non_null(strstr(error.public_.message, "there are 2 heads: aaab2"));
    kith__error_clear(&error);
    assert_string_equal(kith__revision_find(set, "aaaa", &error)->id, "aaaa1");
    assert_null(kith__revision_find(set, "aaab", &error));
    assert_string_equal(error.public_.code, "migrate.ambiguous_id");
    kith__error_clear(&error);
    assert_null(kith__revision_find(set, "aaac2", &error));
    assert_int_equal(error.public_.status, KITH_NOT_FOUND);
    kith__error_clear(&error);
    assert_true(kith__revision_within(set->items[0], set->items[1]));
    assert_false(kith__revision_within(set->items[1], set->items[2]));
    assert_false(kith__revision_within(set->items[1], set->items[0]));
    assert_int_equal(kith__revisions_between(NULL, set->items[2]), 2);
    assert_int_equal(kith__revisions_between(set->items[0], set->items[2]), 1);
    assert_int_equal(kith__revisions_between(set->items[1], set->items[2]), 1);      /* from another branch */
    assert_int_equal(kith__revisions_between(set->items[2], set->items[0]), 0);
    assert_int_equal(kith__revisions_between(set->items[2], NULL), 0);
    kith__state replayed;
    assert_int_equal(kith__replay(set, set->items[2], &replayed, &error), KITH_OK);
    assert_non_null(kith__schema_find(&replayed.schema, "a"));
    assert_null(kith__schema_find(&replayed.schema, "b"));
    assert_non_null(kith__schema_find(&replayed.schema, "c"));
    kith__state_free(&replayed);
    kith__error_free(&error);
    kith__revisions_free(set);
}

static void an_edited_parent_is_found_and_resealed(void **state)
{
    kith__revisions *set;
    kith__error error = { 0 };
    size_t rewritten;
    char parent[80];
    put_revision(*state, "aaaa1", "base", "CREATE TABLE t (a TEXT);");
    assert_int_equal(read_all(*state, &set, &error), KITH_OK);
    snprintf(parent, sizeof parent, "aaaa1 sum %.16s", set->items[0]->sum);
    kith__revisions_free(set);
    put_revision(*state, "aaaa2", parent, "CREATE TABLE u (a TEXT);");
    put_revision(*state, "aaaa1", "base", "CREATE TABLE t (  a TEXT); -- said otherwise");
    assert_int_equal(read_all(*state, &set, &error), KITH_OK);
    assert_int_equal(kith__revisions_verify(set, &error), KITH_OK);
    kith__revisions_free(set);
    put_revision(*state, "aaaa1", "base", "CREATE TABLE t (a INTEGER);");
    assert_int_equal(read_all(*state, &set, &error), KITH_OK);
    assert_int_equal(kith__revisions_verify(set, &error), KITH_REFUSED);
    assert_non_null(strstr(error.public_.message, "aaaa1.sql was edited after aaaa2.sql"));
    kith__error_clear(&error);
    assert_int_equal(kith__revisions_reseal(set, &rewritten, &error), KITH_OK);
    assert_int_equal(rewritten, 1);
    kith__revisions_free(set);
    assert_int_equal(read_all(*state, &set, &error), KITH_OK);
    assert_int_equal(kith__revisions_verify(set, &error), KITH_OK);
    kith__revisions_free(set);
    kith__error_free(&error);
}

/* the head is read so too */
static void a_parent_named_with_other_blanks_is_resealed(void **state)
{
    kith__revisions *set;
    kith__error error = { 0 };
    size_t rewritten;
    char expected[200];
    put_revision(*state, "aaaa1", "base", "CREATE TABLE t (a TEXT);");
    put(*state, "aaaa2.sql", "\xef\xbb\xbf-- kith:\tdown-revision  aaaa1 sum 0000000000000000\r\n-- kith: revision aaaa2\r\n-- kith: upgrade\r\n-- kith: downgrade\r\n");
    assert_int_equal(read_all(*state, &set, &error), KITH_OK);
    assert_int_equal(kith__revisions_verify(set, &error), KITH_REFUSED);
    kith__error_clear(&error);
    assert_int_equal(kith__revisions_reseal(set, &rewritten, &error), KITH_OK);
    assert_int_equal(rewritten, 1);
    kith__revisions_free(set);
    assert_int_equal(read_all(*state, &set, &error), KITH_OK);
    assert_int_equal(kith__revisions_verify(set, &error), KITH_OK);
    assert_int_equal(kith__revision_load(set, set->items[1], &error), KITH_OK);
    snprintf(expected, sizeof expected, "\xef\xbb\xbf-- kith: down-revision aaaa1 sum %.16s\r\n-- kith: revision aaaa2\r\n-- kith: upgrade\r\n-- kith: downgrade\r\n",
             set->items[0]->sum);
    assert_string_equal(set->items[1]->text, expected);
    assert_int_equal(kith__revisions_reseal(set, &rewritten, &error), KITH_OK);
    assert_int_equal(rewritten, 0);
    kith__revisions_free(set);
    kith__error_free(&error);
}

static void a_file_that_loses_its_head_meanwhile_is_not_resealed(void **state)
{
    static const char beheaded[] = "-- kith: upgrade\n-- kith: downgrade\n";
    kith__revisions *set;
    kith__error error = { 0 };
    size_t rewritten;
    put_revision(*state, "aaaa1", "base", "");
    put_revision(*state, "aaaa2", "aaaa1 sum 0000000000000000", "");
    char *folder = kith_test_path(*state, "m");
    assert_int_equal(kith__revisions_read(&set, folder, &error), KITH_OK);
    free(folder);
    put(*state, "aaaa2.sql", beheaded);
    assert_int_equal(kith__revisions_reseal(set, &rewritten, &error), KITH_CONFIG);
    assert_string_equal(error.public_.code, "migrate.half_written");
    assert_int_equal(rewritten, 0);
    kith__revisions_free(set);
    kith__error_free(&error);
    char *path = kith_test_path(*state, "m/versions/aaaa2.sql"), *text = kith_test_read_file(path);
    assert_string_equal(text, beheaded);
    free(text);
    free(path);
}

static void init_refuses_a_folder_in_use(void **state)
{
    kith__error error = { 0 };
    bool was_there;
    char *path = kith_test_path(*state, "m");
    assert_int_equal(kith__migrations_init(path, &was_there, &error), KITH_OK);
    assert_true(was_there);
    put_revision(*state, "aaaa1", "base", "");
    assert_int_equal(kith__migrations_init(path, &was_there, &error), KITH_REFUSED);
    assert_non_null(strstr(error.public_.message, "aaaa1.sql"));
    kith__error_free(&error);
    free(path);
}

static void no_models_never_drop_everything(void **state)
{
    kith__revisions *set;
    kith__draft draft;
    kith__schema none = { 0 };
    kith__error error = { 0 };
    bool changes;
    kith__draft_options options = { 0 };
    put_revision(*state, "aaaa1", "base", "CREATE TABLE t (a TEXT);");
    assert_int_equal(read_all(*state, &set, &error), KITH_OK);
    assert_int_equal(kith__draft_make(&draft, set, &none, &options, &changes, &error), KITH_REFUSED);
    assert_string_equal(error.public_.code, "migrate.empty_models");
    kith__revisions_free(set);
    kith__error_free(&error);
}

static void opaque_tables_refuse_until_a_state_block_says_more(void **state)
{
    kith__arena arena = { 0 };
    kith__schema models;
    kith__revisions *set;
    kith__draft draft;
    kith__error error = { 0 };
    bool changes;
    kith__draft_options options = { 0 };
    test_schema_of(&models, &arena, "CREATE TABLE t (a TEXT, b INTEGER);");
    put_revision(*state, "aaaa1", "base", "CREATE TABLE t (a TEXT);\nALTER TABLE t ADD COLUMN b INTEGER, ENGINE = x;");
    assert_int_equal(read_all(*state, &set, &error), KITH_OK);
    assert_int_equal(kith__draft_make(&draft, set, &models, &options, &changes, &error), KITH_REFUSED);
    assert_non_null(strstr(error.public_.message, "aaaa1.sql:5"));
    kith__error_clear(&error);
    kith__revisions_free(set);
    put_revision(*state, "aaaa1", "base", "CREATE TABLE t (a TEXT);\n-- kith: verbatim\nALTER TABLE t ADD COLUMN b INTEGER, ENGINE = x;\n-- kith: end\n"
        "-- kith: state\nALTER TABLE t ADD COLUMN b INTEGER;\n-- kith: end");
    assert_int_equal(read_all(*state, &set, &error), KITH_OK);
    assert_int_equal(kith__draft_make(&draft, set, &models, &options, &changes, &error), KITH_OK);
    assert_false(changes);
    kith__revisions_free(set);
    kith__schema_free(&models);
    kith__arena_free(&arena);
    kith__error_free(&error);
}

/* ---------------------------------------------------------------- statements */

static void expect_statements(const char *sql, size_t count)
{
    kith__arena arena = { 0 };
    kith__tokens tokens;
    kith__error error = { 0 };
    size_t at = 0, first, end, found = 0;
    assert_int_equal(kith__tokenize(&arena, "x", sql, strlen(sql), 0, &tokens, &error), KITH_OK);
    while (kith__statement_next(&tokens, &at, &first, &end))
        found++;
    if (found != count)
        fail_msg("%zu statements, not %zu: %s", found, count, sql);
    kith__arena_free(&arena);
}

static void statements_end_where_a_person_would_say(void **state)
{
    (void)state;
    expect_statements("", 0);
    expect_statements(" ;; ; -- nothing", 0);
    expect_statements("A 'x;y'; B \"x;y\"; C `x;y`", 3);
    expect_statements("A E'x\\';y'; B 'x''; y'; C /* ; /* ; */ ; */ d", 3);
    expect_statements("A $$ ; $$; B $tag$ ; $$ ; $tag$; C $1", 3);
    expect_statements("CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; UPDATE t SET x = 1; END; B", 2);
    expect_statements("CREATE TRIGGER a AFTER INSERT ON t WHEN new.begin = 1 BEGIN DELETE FROM t; END; B; C", 3);
    expect_statements("CREATE TRIGGER a AFTER INSERT ON t EXECUTE FUNCTION f(); B", 2);
    expect_statements("CREATE TABLE begin_end (a TEXT); B", 2);
    expect_statements("A\n-- kith: statement\nx; y 'z;\n-- kith: end\nB;", 5);
    expect_statements("A '\n-- kith: end\n'; B", 2);
    expect_statements("SELECT 1; -- kith: end\nSELECT 2;", 2);      /* a directive has a line of its own */
    expect_statements("SELECT 1;\n \t-- kith: end\nSELECT 2;", 3);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(no_folder_says_what_to_run),
        TEST(what_editors_leave_behind_is_passed_over),
        TEST(half_written_files_are_named),
        TEST(a_graph_that_does_not_fit_is_refused),
        TEST(heads_prefixes_and_ancestors),
        TEST(an_edited_parent_is_found_and_resealed),
        TEST(a_parent_named_with_other_blanks_is_resealed),
        TEST(a_file_that_loses_its_head_meanwhile_is_not_resealed),
        TEST(init_refuses_a_folder_in_use),
        TEST(no_models_never_drop_everything),
        TEST(opaque_tables_refuse_until_a_state_block_says_more),
        cmocka_unit_test(statements_end_where_a_person_would_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
