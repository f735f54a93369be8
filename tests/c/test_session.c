/*
 * The session as a unit of work: docs/behaviours.md 93 to 103 and 165. Its objects one by one are test_objects.c; savepoints,
 * threads and files are test_transactions.c.
 */
#include "fixture.h"

FAMILY(alley, ALLEY_MODELS);
FAMILY(tree, TREE_MODELS);
FAMILY(plots, PLOT_MODELS);
FAMILY(atlas, ATLAS_MODELS);
FAMILY(firm, FIRM_MODELS);

/* ---------------------------------------------------------------- states */

/* 93 */
static void an_object_goes_through_its_states(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    assert_int_equal(kith_state_of(rocky), KITH_PENDING);
    FLUSH(f->session);
    assert_int_equal(kith_state_of(rocky), KITH_PERSISTENT);
    COMMIT(f->session);
    assert_int_equal(kith_state_of(rocky), KITH_PERSISTENT);
    kith_delete(rocky);
    FLUSH(f->session);
    assert_int_equal(kith_state_of(rocky), KITH_DELETED);
    COMMIT(f->session);
    assert_int_equal(kith_state_of(rocky), KITH_DELETED);
    assert_string_equal(rocky->name, "Rocky");
}

/* 93 */
static void a_pending_object_that_is_detached_is_not_written(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    kith_detach(rocky);
    assert_int_equal(kith_state_of(rocky), KITH_TRANSIENT);
    SENDS(f, 0, FLUSH(f->session));
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Raccoon), 0);
}

/* 93: what the session would write, as a person reads it */
static void describing_an_object_says_what_is_dirty(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    const char *clean = kith_describe(rocky);
    assert_non_null(strstr(clean, "Raccoon"));
    assert_non_null(strstr(clean, "1"));
    assert_null(strstr(clean, "dirty"));
    kith_set(rocky, name, "Dan");
    const char *dirty = kith_describe(rocky);
    assert_non_null(strstr(dirty, "dirty"));
    assert_non_null(strstr(dirty, "name"));
    assert_null(strstr(dirty, "age"));
    assert_non_null(kith_describe(NULL));
}

/* ---------------------------------------------------------------- identity */

/* 94 */
static void one_row_is_one_object_in_a_session(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    new_session(f);
    const Raccoon *rocky = get_raccoon(f->session, id);
    SENDS(f, 0, assert_ptr_equal(get_raccoon(f->session, id), rocky));
    assert_ptr_equal(kith_first(f->session, Raccoon, .where = kith_eq(Raccoon, name, "Rocky")), rocky);
    assert_ptr_equal(kith_all(f->session, Raccoon).items[0], rocky);
    assert_ptr_equal(kith_only(f->session, Raccoon), rocky);
}

/* 94 */
static void two_sessions_have_two_objects(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    const Raccoon *here = get_raccoon(f->session, id), *there = get_raccoon(another_session(f), id);
    assert_non_null(here);
    assert_non_null(there);
    assert_ptr_not_equal(here, there);
    kith_set(here, name, "Changed");
    assert_string_equal(there->name, "Rocky");
}

/* 94: five thousand keys, also negative, zero and at the ends of the range */
static void identity_holds_for_many_and_for_odd_keys(void **state)
{
    fixture *f = *state;
    enum { MANY = 5000 };
    const int64_t odd[] = { -1, INT64_MAX, INT64_MIN, INT64_C(1) << 40, 1000000 };
    for (int i = 0; i < MANY; i++)
        kith_new(f->session, Node, .name = "n");
    COMMIT(f->session);
    for (size_t i = 0; i < 5; i++)
        kith_new(f->session, Node, .id = odd[i], .name = "odd");
    COMMIT(f->session);
    KITH_LIST(Node) first = kith_all(f->session, Node, .order_by = { kith_asc(Node, id) });
    KITH_LIST(Node) second = kith_all(f->session, Node, .order_by = { kith_asc(Node, id) });
    assert_int_equal(first.count, MANY + 5);
    assert_int_equal(second.count, MANY + 5);
    assert_memory_equal(first.items, second.items, first.count * sizeof *first.items);
    for (size_t i = 0; i < 5; i++) {
        const Node *node = kith_get(f->session, Node, .id = odd[i]);
        assert_non_null(node);
        assert_string_equal(node->name, "odd");
    }
    kith_test_ok(f->session);
}

/* 94: addresses and texts hold while thousands come after them */
static void an_object_stays_where_it_is_and_as_it_was(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    const Raccoon *rocky = get_raccoon(f->session, id);
    const char *name = rocky->name;
    for (int i = 0; i < 3000; i++)
        kith_new(f->session, Raccoon, .name = "another raccoon with a longer name");
    FLUSH(f->session);
    assert_int_equal(kith_all(f->session, Raccoon).count, 3001);
    assert_ptr_equal(get_raccoon(f->session, id), rocky);
    assert_ptr_equal(rocky->name, name);
    assert_string_equal(name, "Rocky");
}

/* 94: a text that was read stays as it was read, also when it is made of itself */
static void a_text_may_be_set_from_its_own_middle(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    const char *before = rocky->name;
    kith_set(rocky, name, rocky->name + 1);
    assert_string_equal(rocky->name, "ocky");
    kith_set(rocky, name, rocky->name + 1);
    assert_string_equal(rocky->name, "cky");
    assert_string_equal(before, "Rocky");
    COMMIT(f->session);
    assert_string_equal(rocky->name, "cky");
}

/* 95 */
static void get_finds_by_every_part_of_the_key(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Plot, .x = 1, .y = 2, .name = "one two");
    kith_new(f->session, Plot, .x = 2, .y = 1, .name = "two one");
    kith_new(f->session, Plot, .x = 1, .y = 0, .name = "one zero");
    COMMIT(f->session);
    new_session(f);
    assert_string_equal(kith_get(f->session, Plot, .x = 1, .y = 2)->name, "one two");
    assert_string_equal(kith_get(f->session, Plot, .x = 2, .y = 1)->name, "two one");
    assert_string_equal(kith_get(f->session, Plot, .x = 1)->name, "one zero");
    assert_null(kith_get(f->session, Plot, .x = 2, .y = 2));
    SENDS(f, 0, assert_non_null(kith_get(f->session, Plot, .x = 2, .y = 1)));
    kith_test_ok(f->session);
}

/* 95 */
static void get_of_nothing_is_null_and_no_error(void **state)
{
    fixture *f = *state;
    assert_null(get_raccoon(f->session, 99));
    assert_null(get_raccoon(f->session, 0));
    assert_null(get_raccoon(f->session, INT64_MIN));
    kith_test_ok(f->session);
}

/* 95 */
static void get_by_a_member_that_is_no_key_is_refused(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    assert_null(kith_get(f->session, Raccoon, .id = id, .name = "Rocky"));
    kith_test_error(f->session, KITH_MISUSE, "name");
    ABOUT(f->session, "Raccoon", "name");
    kith_error_clear(f->session);
    assert_null(kith_get(f->session, Raccoon, .name = "Rocky"));
    kith_test_error(f->session, KITH_MISUSE, "name");
    kith_error_clear(f->session);
    assert_non_null(get_raccoon(f->session, id));
}

/* 95: text keys; the empty text is a key, NULL is none */
static void get_by_a_text_key(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Country, .code = "DE", .name = "Germany");
    kith_new(f->session, Country, .code = "", .name = "nowhere");
    COMMIT(f->session);
    new_session(f);
    const char typed[] = { 'D', 'E', 0 };
    const Country *germany = kith_get(f->session, Country, .code = typed);
    assert_string_equal(germany->name, "Germany");
    assert_ptr_not_equal(germany->code, typed);
    assert_string_equal(kith_get(f->session, Country, .code = "")->name, "nowhere");
    assert_null(kith_get(f->session, Country, .code = "de"));
    kith_test_ok(f->session);
}

/* ---------------------------------------------------------------- autoflush */

/* 96 */
static void a_query_first_writes_what_is_pending(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    SENDS(f, 2, assert_ptr_equal(kith_first(f->session, Raccoon, .where = kith_eq(Raccoon, name, "Rocky")), rocky));
    kith_set(rocky, name, "Dan");
    SENDS(f, 2, assert_int_equal(kith_count(f->session, Raccoon, .where = kith_eq(Raccoon, name, "Dan")), 1));
    SENDS(f, 1, assert_int_equal(kith_count(f->session, Raccoon), 1));
    kith_delete(rocky);
    SENDS(f, 3, assert_false(kith_exists(f->session, Raccoon)));     /* its trashcans are looked for first (81), then DELETE and SELECT */
}

/* 96 */
static void without_autoflush_a_query_sees_only_rows(void **state)
{
    fixture *f = *state;
    kith_session_autoflush(f->session, false);
    kith_new(f->session, Raccoon, .name = "Rocky");
    SENDS(f, 1, assert_null(kith_first(f->session, Raccoon)));
    SENDS(f, 1, assert_int_equal(kith_count(f->session, Raccoon), 0));
    kith_session_autoflush(f->session, true);
    assert_int_equal(kith_count(f->session, Raccoon), 1);
}

/* 96: never for a get that the map answers, and for one that it does not */
static void a_get_from_the_map_writes_nothing(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    new_session(f);
    const Raccoon *rocky = get_raccoon(f->session, id);
    kith_new(f->session, Raccoon, .name = "Dan");
    SENDS(f, 0, assert_ptr_equal(get_raccoon(f->session, id), rocky));
    SENDS(f, 2, assert_null(get_raccoon(f->session, 4711)));
}

/* 96 */
static void a_lazy_load_first_writes_what_is_pending(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    new_session(f);
    const Raccoon *rocky = get_raccoon(f->session, id);
    kith_new(f->session, Trashcan, .raccoon_id = kith_some(id));
    SENDS(f, 2, assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1));
}

/* 96: the error says which call set it off */
static void an_error_of_an_autoflush_says_what_set_it_off(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Country, .code = "DE");        /* its name may not be NULL */
    assert_int_equal(kith_all(f->session, City).count, 0);
    kith_test_error(f->session, KITH_CONSTRAINT, "name");
    const kith_error *error = kith_error_of(f->session);
    assert_true(strstr(error->message, "kith_all") || strstr(error->message, "City") || (error->hint && strstr(error->hint, "kith_all")));
    FAILS(f->session, KITH_CONSTRAINT, NULL);
}

/* ---------------------------------------------------------------- the order and the size of a flush */

/* 97 */
static void parents_are_written_before_children_and_rows_in_the_order_they_were_made(void **state)
{
    fixture *f = *state;
    const Trashcan *first = kith_new(f->session, Trashcan, .label = "1"), *second = kith_new(f->session, Trashcan, .label = "2");
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky"), *dan = kith_new(f->session, Raccoon, .name = "Dan");
    kith_set(first, raccoon, dan);
    kith_set(second, raccoon, rocky);
    kith_test_seen(&f->seen);
    FLUSH(f->session);
    assert_true(seen_at(f, "INSERT", "raccoons") < seen_at(f, "INSERT", "trashcans"));
    assert_true(first->id < second->id);
    assert_true(rocky->id < dan->id);
    assert_int_equal(first->raccoon_id.value, dan->id);
    kith_delete(rocky);
    kith_delete(first);
    kith_delete(second);
    kith_delete(dan);
    kith_test_seen(&f->seen);
    FLUSH(f->session);
    assert_true(seen_at(f, "DELETE", "trashcans") < seen_at(f, "DELETE", "raccoons"));
    COMMIT(f->session);
}

/* 97: three tables deep, made child first */
static void three_tables_are_written_in_order(void **state)
{
    fixture *f = *state;
    const Employee *ann = kith_new(f->session, Employee, .name = "Ann");
    const Department *works = kith_new(f->session, Department, .name = "works");
    kith_append(works, employees, ann);
    const Company *acme = kith_new(f->session, Company, .name = "Acme");
    kith_append(acme, departments, works);
    kith_test_seen(&f->seen);
    COMMIT(f->session);
    assert_true(seen_at(f, "INSERT", "companies") < seen_at(f, "INSERT", "departments"));
    assert_true(seen_at(f, "INSERT", "departments") < seen_at(f, "INSERT", "employees"));
    assert_int_equal(ann->department_id.value, works->id);
    assert_int_equal(works->company_id.value, acme->id);
}

/* 97: a thousand and one new rows get the keys that they would have had one by one */
static void many_new_rows_keep_their_order(void **state)
{
    fixture *f = *state;
    enum { MANY = 1001 };
    const Raccoon *made[MANY];
    for (int i = 0; i < MANY; i++) {
        char name[16];
        snprintf(name, sizeof name, "r%d", i);
        made[i] = kith_new(f->session, Raccoon, .name = name, .age = i % 2 ? kith_some_int(i) : (kith_opt_int){ .present = false });
    }
    COMMIT(f->session);
    for (int i = 1; i < MANY; i++)
        assert_int_equal(made[i]->id, made[i - 1]->id + 1);
    new_session(f);
    KITH_LIST(Raccoon) all = kith_all(f->session, Raccoon, .order_by = { kith_asc(Raccoon, id) });
    for (int i = 0; i < MANY; i++) {
        char name[16];
        snprintf(name, sizeof name, "r%d", i);
        assert_string_equal(all.items[i]->name, name);
        assert_int_equal(all.items[i]->age.present, i % 2);
    }
}

/* 98 */
static void only_the_column_that_changed_is_written(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    kith_set(rocky, age, 7);
    SENDS(f, 1, FLUSH(f->session));
    const char *sql = seen_sql(f, "UPDATE", 0);
    assert_non_null(strstr(sql, "age"));
    assert_null(strstr(sql, "name"));
}

/* 98 */
static void setting_what_is_there_already_writes_nothing(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    kith_set(rocky, name, "Rocky");
    kith_set_null(rocky, age);
    SENDS(f, 0, FLUSH(f->session));
    kith_set(rocky, name, "Dan");
    kith_set(rocky, age, 3);
    kith_set(rocky, name, "Rocky");
    kith_set_null(rocky, age);
    SENDS(f, 0, FLUSH(f->session));
    assert_null(strstr(kith_describe(rocky), "dirty"));
}

/* 98: NULL and the empty text are two values, and so are absent and 0 */
static void null_is_another_value_than_empty_or_zero(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, ""));
    assert_string_equal(rocky->name, "");
    kith_set_null(rocky, name);
    SENDS(f, 1, FLUSH(f->session));
    kith_set(rocky, age, 0);
    SENDS(f, 1, FLUSH(f->session));
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Raccoon, .where = kith_is_null(Raccoon, name)), 1);
    assert_int_equal(kith_count(f->session, Raccoon, .where = kith_eq(Raccoon, age, 0)), 1);
}

/* 98 */
static void nothing_changed_is_no_statement_at_all(void **state)
{
    fixture *f = *state;
    stored_raccoon(f, "Rocky");
    SENDS(f, 0, { FLUSH(f->session); COMMIT(f->session); COMMIT(f->session); assert_int_equal(kith_rollback(f->session), KITH_OK); });
}

/* 99 */
static void a_deleted_key_given_to_a_new_object_is_an_update(void **state)
{
    fixture *f = *state;
    const Country *old = kith_new(f->session, Country, .code = "DE", .name = "old", .people = 5);
    COMMIT(f->session);
    kith_delete(old);
    const Country *new = kith_new(f->session, Country, .code = "DE", .name = "new");
    SENDS(f, 2, FLUSH(f->session));         /* its cities are looked for first (81) */
    assert_int_equal(seen_count(f, "DELETE") + seen_count(f, "INSERT"), 0);
    assert_int_equal(seen_count(f, "UPDATE"), 1);
    COMMIT(f->session);
    assert_int_equal(kith_state_of(new), KITH_PERSISTENT);
    assert_int_equal(kith_state_of(old), KITH_DELETED);
    assert_ptr_equal(kith_get(f->session, Country, .code = "DE"), new);
    new_session(f);
    const Country *read = kith_get(f->session, Country, .code = "DE");
    assert_string_equal(read->name, "new");
    assert_int_equal(read->people, 0);          /* what the new object does not say is not the old row's */
}

/* 99: taken back, the old object has its row again */
static void a_rollback_takes_a_row_switch_back(void **state)
{
    fixture *f = *state;
    const Country *old = kith_new(f->session, Country, .code = "DE", .name = "old");
    COMMIT(f->session);
    kith_delete(old);
    const Country *new = kith_new(f->session, Country, .code = "DE", .name = "new");
    FLUSH(f->session);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(kith_state_of(old), KITH_PERSISTENT);
    assert_int_equal(kith_state_of(new), KITH_TRANSIENT);
    assert_ptr_equal(kith_get(f->session, Country, .code = "DE"), old);
    assert_string_equal(old->name, "old");
}

/* ---------------------------------------------------------------- after commit, after rollback */

/* 100: the C face does not expire: values stay, plain reads send nothing, the next query that meets the object reads it anew */
static void after_a_commit_values_stay_until_a_query_meets_the_object(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    const Raccoon *rocky = get_raccoon(f->session, id);
    COMMIT(f->session);
    kith_session *other = another_session(f);
    const Raccoon *theirs = get_raccoon(other, id);
    kith_set(theirs, name, "Dan");
    COMMIT(other);
    SENDS(f, 0, assert_string_equal(rocky->name, "Rocky"));
    SENDS(f, 1, assert_ptr_equal(get_raccoon(f->session, id), rocky));
    assert_string_equal(rocky->name, "Dan");
    SENDS(f, 0, assert_ptr_equal(get_raccoon(f->session, id), rocky));
}

/* 100: relationships are outdated with it */
static void after_a_commit_a_list_is_read_anew(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    const Raccoon *rocky = get_raccoon(f->session, id);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    COMMIT(f->session);
    kith_session *other = another_session(f);
    const Raccoon *theirs = get_raccoon(other, id);
    kith_new(other, Trashcan, .label = "theirs", .raccoon = { theirs });
    COMMIT(other);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1);
}

/* 101 */
static void a_rollback_restores_written_values(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    kith_set(rocky, name, "Dan");
    kith_set(rocky, age, 5);
    FLUSH(f->session);
    kith_set(rocky, name, "Third");
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_string_equal(rocky->name, "Rocky");
    assert_false(rocky->age.present);
    SENDS(f, 0, FLUSH(f->session));
}

/* 101: the generated key of a new object is 0 again; it may be added once more */
static void a_rollback_makes_new_objects_nobodys(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    const Raccoon *unflushed = kith_new(f->session, Raccoon, .name = "never flushed");
    FLUSH(f->session);
    assert_true(rocky->id > 0);
    const Raccoon *pending = kith_new(f->session, Raccoon, .name = "pending");
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(kith_state_of(rocky), KITH_TRANSIENT);
    assert_int_equal(kith_state_of(unflushed), KITH_TRANSIENT);
    assert_int_equal(kith_state_of(pending), KITH_TRANSIENT);
    assert_int_equal(rocky->id, 0);
    assert_string_equal(rocky->name, "Rocky");
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Raccoon), 0);
    assert_int_equal(kith_attach(f->session, rocky), KITH_OK);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Raccoon), 1);
    assert_true(rocky->id > 0);
}

/* 101: a key that the program gave stays */
static void a_rollback_keeps_a_key_that_was_given(void **state)
{
    fixture *f = *state;
    const Raccoon *given = kith_new(f->session, Raccoon, .id = 77, .name = "Rocky");
    FLUSH(f->session);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(given->id, 77);
    assert_int_equal(kith_state_of(given), KITH_TRANSIENT);
}

/* 101 */
static void a_rollback_brings_deleted_objects_back(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    const Raccoon *rocky = get_raccoon(f->session, id);
    kith_delete(rocky);
    FLUSH(f->session);
    assert_null(kith_first(f->session, Raccoon));
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(kith_state_of(rocky), KITH_PERSISTENT);
    assert_ptr_equal(get_raccoon(f->session, id), rocky);
    assert_string_equal(rocky->name, "Rocky");
    kith_delete(rocky);             /* not flushed this time */
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Raccoon), 1);
}

/* 102 */
static void a_failed_flush_leaves_nothing_and_the_session_says_so_until_rollback(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Country, .code = "DE", .name = "Germany");
    COMMIT(f->session);
    const Country *germany = kith_get(f->session, Country, .code = "DE");
    kith_new(f->session, Country, .code = "FR", .name = "France");
    kith_new(f->session, City, .country_code = "FR");           /* its name may not be NULL */
    assert_int_equal(kith_commit(f->session), KITH_CONSTRAINT);
    kith_test_error(f->session, KITH_CONSTRAINT, "name");
    ABOUT(f->session, "City", "name");
    assert_non_null(kith_error_of(f->session)->sql);
    kith_error_clear(f->session);                               /* cannot be forgotten: its transaction is gone */
    assert_int_equal(kith_status_of(f->session), KITH_CONSTRAINT);
    SENDS(f, 0, {
        assert_null(kith_first(f->session, Country));
        assert_int_equal(kith_all(f->session, Country).count, 0);
        assert_int_equal(kith_count(f->session, Country), -1);
        assert_false(kith_exists(f->session, Country));
        assert_null(kith_new(f->session, Country, .code = "IT", .name = "Italy"));
        assert_int_equal(kith_flush(f->session), KITH_CONSTRAINT);
        assert_int_equal(kith_commit(f->session), KITH_CONSTRAINT);
        kith_set(germany, name, "never");
        kith_delete(germany);
    });
    assert_string_equal(germany->name, "Germany");              /* what is in memory may still be read */
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    kith_test_ok(f->session);
    assert_non_null(kith_error_of(f->session)->message);        /* its texts stay until the next failure */
    assert_int_equal(kith_count(f->session, Country), 1);
    kith_new(f->session, Country, .code = "IT", .name = "Italy");
    COMMIT(f->session);
}

/* 102: the first failure is what went wrong, not what came after it */
static void the_first_error_stays(void **state)
{
    fixture *f = *state;
    assert_null(kith_only(f->session, Raccoon));
    kith_test_error(f->session, KITH_NOT_FOUND, "Raccoon");
    assert_int_equal(kith_count(f->session, Raccoon, .where = kith_eq(Trashcan, label, "x")), -1);
    assert_int_equal(kith_status_of(f->session), KITH_NOT_FOUND);
    kith_error_clear(f->session);
    kith_test_ok(f->session);
}
/* ---------------------------------------------------------------- the log */

/* 165 */
static void the_log_sees_every_statement_that_is_counted_and_its_values(void **state)
{
    fixture *f = *state;
    int64_t before = kith_statement_count(f->session);
    kith_test_seen(&f->seen);
    kith_new(f->session, Raccoon, .name = "a marker that stays out of the text");
    COMMIT(f->session);
    assert_null(kith_first(f->session, Raccoon, .where = kith_eq(Raccoon, name, "another marker")));
    int64_t counted = kith_statement_count(f->session) - before;
    assert_int_equal(counted, 2);
    bool shown = false;
    for (size_t i = 0; i < f->seen.count; i++) {
        assert_null(strstr(f->seen.sql[i], "marker"));
        shown |= strstr(f->seen.values[i], "a marker that stays out of the text") != NULL;
    }
    assert_true(shown);
    assert_true(f->seen.count >= 2);
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_MEMORY(alley, an_object_goes_through_its_states),
        IN_MEMORY(alley, a_pending_object_that_is_detached_is_not_written),
        IN_MEMORY(alley, describing_an_object_says_what_is_dirty),
        IN_MEMORY(alley, one_row_is_one_object_in_a_session),
        IN_MEMORY(alley, two_sessions_have_two_objects),
        IN_MEMORY(tree, identity_holds_for_many_and_for_odd_keys),
        IN_MEMORY(alley, an_object_stays_where_it_is_and_as_it_was),
        IN_MEMORY(alley, a_text_may_be_set_from_its_own_middle),
        IN_MEMORY(plots, get_finds_by_every_part_of_the_key),
        IN_MEMORY(alley, get_of_nothing_is_null_and_no_error),
        IN_MEMORY(alley, get_by_a_member_that_is_no_key_is_refused),
        IN_MEMORY(atlas, get_by_a_text_key),
        IN_MEMORY(alley, a_query_first_writes_what_is_pending),
        IN_MEMORY(alley, without_autoflush_a_query_sees_only_rows),
        IN_MEMORY(alley, a_get_from_the_map_writes_nothing),
        IN_MEMORY(alley, a_lazy_load_first_writes_what_is_pending),
        IN_MEMORY(atlas, an_error_of_an_autoflush_says_what_set_it_off),
        IN_MEMORY(alley, parents_are_written_before_children_and_rows_in_the_order_they_were_made),
        IN_MEMORY(firm, three_tables_are_written_in_order),
        IN_MEMORY(alley, many_new_rows_keep_their_order),
        IN_MEMORY(alley, only_the_column_that_changed_is_written),
        IN_MEMORY(alley, setting_what_is_there_already_writes_nothing),
        IN_MEMORY(alley, null_is_another_value_than_empty_or_zero),
        IN_MEMORY(alley, nothing_changed_is_no_statement_at_all),
        IN_MEMORY(atlas, a_deleted_key_given_to_a_new_object_is_an_update),
        IN_MEMORY(atlas, a_rollback_takes_a_row_switch_back),
        IN_MEMORY(alley, after_a_commit_values_stay_until_a_query_meets_the_object),
        IN_MEMORY(alley, after_a_commit_a_list_is_read_anew),
        IN_MEMORY(alley, a_rollback_restores_written_values),
        IN_MEMORY(alley, a_rollback_makes_new_objects_nobodys),
        IN_MEMORY(alley, a_rollback_keeps_a_key_that_was_given),
        IN_MEMORY(alley, a_rollback_brings_deleted_objects_back),
        IN_MEMORY(atlas, a_failed_flush_leaves_nothing_and_the_session_says_so_until_rollback),
        IN_MEMORY(alley, the_first_error_stays),
        IN_MEMORY(alley, the_log_sees_every_statement_that_is_counted_and_its_values),
    };
    return cmocka_run_group_tests_name("the session", tests, NULL, NULL);
}
