/*
 * Models that inherit from others: every test runs twice, with all of them in one table, and with most in tables of their own (an Intern is
 * always in the table of its Engineer). kith_sys_model_of says of which model an object is.
 */
#include "fixture.h"

#include <kith/sys/model.h>

KITH_DECLARE(Firm); KITH_DECLARE(Worker); KITH_DECLARE(Engineer); KITH_DECLARE(Intern); KITH_DECLARE(Manager); KITH_DECLARE(Boss); KITH_DECLARE(Tool);

struct Firm { int64_t id; const char *name; KITH_MANY(Worker) people; KITH_MANY(Manager) managers; };
struct Worker { int64_t id; const char *kind, *name; int64_t version; kith_opt_int company_id; KITH_ONE(Firm) company; };
struct Engineer { Worker person; const char *machine; KITH_MANY(Tool) tools; };
struct Intern { Engineer engineer; const char *school; };
struct Manager { Worker person; kith_opt_int budget, managed_id; KITH_ONE(Firm) managed; };
struct Boss { Manager manager; const char *car; };
struct Tool { int64_t id; const char *name; kith_opt_int engineer_id; KITH_ONE(Engineer) engineer; };

KITH_MODEL(Firm, "companies", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name),
    KITH_RELATIONSHIP(people, Worker, .back_populates = "company", .cascade = "all, delete-orphan"),
    KITH_RELATIONSHIP(managers, Manager, .back_populates = "managed", .foreign_keys = "managed_id"));

KITH_MODEL(Worker, "people", KITH_DISCRIMINATOR("kind", "person"),
    KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(kind, .not_null = true), KITH_COLUMN(name), KITH_COLUMN(version, .version = true),
    KITH_COLUMN(company_id, .foreign_key = "companies.id"), KITH_RELATIONSHIP(company, Firm, .back_populates = "people"));

/* The last entry is the key of a table of its own, without which the model lies in the table of its base. */
#define BOTH_WAYS(M, TABLE, ...) \
    const kith_model *kith_model_of_##M(void) \
    { \
        typedef M kith_self; \
        static const kith_attribute attributes[] = { __VA_ARGS__ }; \
        static const kith_model joined = { KITH_ABI, sizeof(kith_attribute), #M, TABLE, sizeof(M), sizeof attributes / sizeof *attributes, attributes }; \
        static const kith_model single = { KITH_ABI, sizeof(kith_attribute), #M, NULL, sizeof(M), sizeof attributes / sizeof *attributes - 1, attributes }; \
        return in_tables_of_their_own ? &joined : &single; \
    } \
    _Static_assert(sizeof(M) > 0, #M)
static bool in_tables_of_their_own;

BOTH_WAYS(Engineer, "engineers", KITH_INHERITS(Worker, "engineer"), KITH_COLUMN(machine),
    KITH_RELATIONSHIP(tools, Tool, .back_populates = "engineer", .cascade = "all"),
    KITH_COLUMN(person.id, .column = "id", .primary_key = true, .foreign_key = "people.id"));
KITH_MODEL(Intern, NULL, KITH_INHERITS(Engineer, "intern"), KITH_COLUMN(school, .unique = true));
BOTH_WAYS(Manager, "managers", KITH_INHERITS(Worker, "manager"), KITH_COLUMN(budget, .check = "budget < 1000"), KITH_COLUMN(managed_id, .foreign_key = "companies.id"),
    KITH_RELATIONSHIP(managed, Firm, .back_populates = "managers", .foreign_keys = "managed_id"),
    KITH_COLUMN(person.id, .column = "manager_id", .primary_key = true, .foreign_key = "people.id"));
BOTH_WAYS(Boss, "bosses", KITH_INHERITS(Manager, "boss"), KITH_COLUMN(car),
    KITH_COLUMN(manager.person.id, .column = "id", .primary_key = true, .foreign_key = "managers.manager_id"));
KITH_MODEL(Tool, "tools", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(engineer_id, .foreign_key = "people.id"),
    KITH_RELATIONSHIP(engineer, Engineer, .back_populates = "tools"));

#define MODELS KITH_MODELS(Boss, Firm, Engineer, Intern, Manager, Worker, Tool)      /* a base may come behind what inherits from it */

static int single(void **state) { in_tables_of_their_own = false; return fixture_in_file(state, MODELS); }
static int joined(void **state) { in_tables_of_their_own = true; return fixture_in_file(state, MODELS); }
#define BOTH(test) { #test " in one table", test, single, fixture_end, NULL }, { #test " in several tables", test, joined, fixture_end, NULL }

/* each in a table of its own, with a note of its own beside the one of all; what hangs on them */
KITH_DECLARE(Pet); KITH_DECLARE(Dog); KITH_DECLARE(Cat); KITH_DECLARE(Flea); KITH_DECLARE(Prize);
struct Pet { int64_t id; const char *kind, *note; int64_t weight; KITH_MANY(Flea) fleas; KITH_MANY(Prize) prizes; };
struct Dog { Pet pet; const char *note; kith_opt_int weight; };
struct Cat { Pet pet; const char *colour; };
struct Flea { int64_t id; kith_opt_int pet_id; KITH_ONE(Pet) pet; };
struct Prize { int64_t id; KITH_MANY(Pet) pets; };
KITH_MODEL(Pet, "pets", KITH_DISCRIMINATOR("kind", "pet"), KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(kind), KITH_COLUMN(note), KITH_COLUMN(weight),
    KITH_RELATIONSHIP(fleas, Flea, .back_populates = "pet"), KITH_RELATIONSHIP(prizes, Prize, .secondary = "pet_prizes", .back_populates = "pets"));
KITH_MODEL(Dog, "dogs", KITH_INHERITS(Pet, "dog"), KITH_COLUMN(note), KITH_COLUMN(weight), KITH_COLUMN(pet.id, .column = "id", .primary_key = true, .foreign_key = "pets.id"));
KITH_MODEL(Cat, "cats", KITH_INHERITS(Pet, "cat"), KITH_COLUMN(colour), KITH_COLUMN(pet.id, .column = "id", .primary_key = true, .foreign_key = "pets.id"));
KITH_MODEL(Flea, "fleas", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(pet_id, .foreign_key = "pets.id"), KITH_RELATIONSHIP(pet, Pet, .back_populates = "fleas"));
KITH_MODEL(Prize, "prizes", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(pets, Pet, .secondary = "pet_prizes", .back_populates = "prizes"));
FAMILY(pets, KITH_MODELS(Pet, Dog, Cat, Flea, Prize));

#define IS_A(object, M) assert_ptr_equal(kith_sys_model_of(object), kith_model_of_##M())

/* One of each, committed; in a session that knows nothing of them. */
static kith_session *staffed(fixture *f)
{
    kith_session *s = f->session;
    const Firm *acme = kith_new(s, Firm, .name = "Acme"), *other = kith_new(s, Firm, .name = "Other");
    (void)kith_new(s, Worker, .name = "Ann", .company = { acme });
    const Engineer *eve = kith_new(s, Engineer, .person.name = "Eve", .machine = "lathe", .person.company = { acme });
    const Intern *ida = kith_new(s, Intern, .engineer.person.name = "Ida", .engineer.machine = "drill", .school = "ETH", .engineer.person.company = { acme });
    const Manager *max = kith_new(s, Manager, .person.name = "Max", .budget = kith_some_int(7), .person.company = { acme });
    const Boss *bob = kith_new(s, Boss, .manager.person.name = "Bob", .manager.budget = kith_some_int(9), .car = "bus", .manager.person.company = { other });
    kith_set(max, managed, acme);
    kith_set(bob, manager.managed, other);
    kith_append(eve, tools, kith_new(s, Tool, .name = "saw"));
    kith_append(&ida->engineer, tools, kith_new(s, Tool, .name = "axe"));
    COMMIT(s);
    return new_session(f);
}

/* The values of a query with one row and column. */
#define IN_DATABASE(f, expected, sql) do { char *text_ = raw_text((f), (sql)); assert_string_equal(text_ ? text_ : "NULL", (expected)); free(text_); } while (0)

static void change(fixture *f, const char *sql) { raw_run(f, sql); }

/* ---------------------------------------------------------------- reading */

static void a_query_of_the_base_gives_whole_objects_of_each_model_in_one_statement(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    KITH_LIST(Worker) all = { NULL, 0 };
    SENDS(f, 1, all = kith_all(s, Worker, .order_by = { kith_asc(Worker, id) }));
    assert_int_equal(all.count, 5);
    IS_A(all.items[0], Worker);
    IS_A(all.items[1], Engineer);
    IS_A(all.items[2], Intern);
    IS_A(all.items[3], Manager);
    IS_A(all.items[4], Boss);
    SENDS(f, 0, {
        assert_string_equal(((const Engineer *)all.items[1])->machine, "lathe");
        assert_string_equal(((const Intern *)all.items[2])->school, "ETH");
        assert_string_equal(((const Intern *)all.items[2])->engineer.machine, "drill");
        assert_int_equal(((const Manager *)all.items[3])->budget.value, 7);
        assert_string_equal(((const Boss *)all.items[4])->car, "bus");
        assert_int_equal(((const Boss *)all.items[4])->manager.budget.value, 9);
        assert_string_equal(all.items[4]->kind, "boss");
        assert_string_equal(all.items[4]->name, "Bob");
        assert_ptr_equal(kith_as(Manager, all.items[4]), all.items[4]);
        assert_ptr_equal(kith_as(Boss, all.items[4]), all.items[4]);
        assert_null(kith_as(Boss, all.items[3]));
        assert_null(kith_as(Engineer, all.items[4]));
        assert_null(kith_as(Engineer, (const Worker *)NULL));
    });
    SENDS(f, 1, assert_ptr_equal(kith_first(s, Boss, .where = kith_eq(Boss, car, "bus")), all.items[4]));
}

static void a_query_of_a_sub_model_gives_it_and_what_inherits_from_it(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    KITH_LIST(Engineer) engineers = { NULL, 0 };
    KITH_LIST(Manager) managers = { NULL, 0 };
    SENDS(f, 1, engineers = kith_all(s, Engineer, .order_by = { kith_desc(Engineer, person.name) }));
    assert_int_equal(engineers.count, 2);
    IS_A(engineers.items[0], Intern);
    IS_A(engineers.items[1], Engineer);
    SENDS(f, 1, managers = kith_all(s, Manager, .where = kith_and(kith_gt(Manager, budget, 8), kith_eq(Manager, person.name, "Bob"))));
    assert_int_equal(managers.count, 1);
    IS_A(managers.items[0], Boss);
    assert_int_equal(kith_count(s, Worker), 5);
    assert_int_equal(kith_count(s, Engineer), 2);
    assert_int_equal(kith_count(s, Intern), 1);
    assert_int_equal(kith_count(s, Manager, .where = kith_eq(Worker, name, "Max")), 1);
    assert_int_equal(kith_count(s, Boss, .where = kith_eq(Manager, budget, 9)), 1);
    assert_true(kith_exists(s, Boss));
    assert_false(kith_exists(s, Intern, .where = kith_eq(Intern, engineer.person.name, "Eve")));
    assert_int_equal(kith_sum(s, Manager, budget), 16);
    assert_string_equal(kith_only(s, Boss)->car, "bus");
    assert_int_equal(kith_all(s, Manager, .order_by = { kith_asc_of(Manager, managed, name), kith_asc(Manager, person.id) }).count, 2);
    assert_int_equal(kith_all(s, Engineer, .order_by = { kith_asc_of(Engineer, person.company, name) }, .limit = 1).count, 1);
    kith_test_ok(s);
}

static void a_get_by_the_base_gives_the_sub_model_and_by_another_model_nothing(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    const Worker *bob = NULL;
    SENDS(f, 1, assert_null(kith_get(s, Engineer, .person.id = 5)));
    SENDS(f, 1, bob = kith_get(s, Worker, .id = 5));
    IS_A(bob, Boss);
    SENDS(f, 0, {
        assert_ptr_equal(kith_get(s, Boss, .manager.person.id = 5), bob);
        assert_ptr_equal(kith_get(s, Manager, .person.id = 5), bob);
        assert_null(kith_get(s, Engineer, .person.id = 5));
        assert_null(kith_get(s, Intern, .engineer.person.id = 5));
    });
    SENDS(f, 1, assert_null(kith_get(s, Worker, .id = 77)));
    kith_test_ok(s);
}

static void a_row_of_no_known_kind_says_so(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    change(f, "INSERT INTO people(id, kind, name, version) VALUES (70, 'pilot', 'Pam', 1)");
    (void)kith_all(s, Worker);
    FAILS(s, KITH_RANGE, "A row of people is of no model that is known: its kind is");
    assert_null(kith_get(s, Worker, .id = 70));
    ABOUT(s, "Worker", "kind");
    FAILS(s, KITH_RANGE, "pilot");
    assert_int_equal(kith_all(s, Engineer).count, 2);
    kith_test_ok(s);
    assert_int_equal(kith_all(s, Worker, .where = kith_eq(Worker, name, "Pam"), .read_only = true).count, 0);
    FAILS(s, KITH_RANGE, "pilot");
}

static void objects_of_several_models_are_refreshed_in_one_statement(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    KITH_LIST(Worker) all = kith_all(s, Worker, .order_by = { kith_asc(Worker, id) });
    const Worker *people[5];
    memcpy(people, all.items, sizeof people);
    kith_set(people[0], name, "Anna");
    COMMIT(s);
    change(f, in_tables_of_their_own ? "UPDATE engineers SET machine = 'mill' WHERE id = 2" : "UPDATE people SET machine = 'mill' WHERE id = 2");
    SENDS(f, 1, (void)kith_sys_fresh(people[4]));
    SENDS(f, 0, {
        assert_string_equal(((const Engineer *)people[1])->machine, "mill");
        for (int i = 0; i < 5; i++)
            assert_int_equal(kith_sys_look_at(people[i]), KITH_SYS_CURRENT);
    });
    kith_expire(people[1]);
    change(f, in_tables_of_their_own ? "UPDATE engineers SET machine = 'press' WHERE id = 2" : "UPDATE people SET machine = 'press' WHERE id = 2");
    SENDS(f, 1, kith_refresh(people[1]));
    assert_string_equal(((const Engineer *)people[1])->machine, "press");
    kith_test_ok(s);
}

static void read_only_queries_and_streams_give_each_its_model(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    KITH_LIST(Worker) all = { NULL, 0 };
    SENDS(f, 1, all = kith_all(s, Worker, .read_only = true, .order_by = { kith_asc(Worker, id) }));
    IS_A(all.items[0], Worker);
    IS_A(all.items[2], Intern);
    IS_A(all.items[4], Boss);
    assert_string_equal(((const Boss *)all.items[4])->car, "bus");
    int rows = 0, bosses = 0;
    kith_stream(Worker, person, s, .order_by = { kith_desc(Worker, id) }) {
        rows++;
        if (kith_sys_model_of(person) == kith_model_of_Boss()) {
            bosses++;
            assert_string_equal(((const Boss *)person)->car, "bus");
        }
    }
    assert_int_equal(rows, 5);
    assert_int_equal(bosses, 1);
    kith_stream(Manager, manager, s, .load = { "managed" })
        assert_non_null(kith_one(manager, managed));
    kith_test_ok(s);
}

/* ---------------------------------------------------------------- relationships */

static void a_relationship_of_the_base_is_every_sub_model_s(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    KITH_LIST(Worker) all = kith_all(s, Worker, .order_by = { kith_asc(Worker, id) });
    const Boss *bob = (const Boss *)all.items[4];
    SENDS(f, 1, assert_string_equal(kith_one(bob, manager.person.company)->name, "Other"));
    SENDS(f, 0, assert_string_equal(kith_one((const Engineer *)all.items[1], person.company)->name, "Acme"));
    const Firm *acme = kith_one(all.items[0], company);
    KITH_LIST(Worker) people = { NULL, 0 };
    SENDS(f, 1, people = kith_many(acme, people));
    assert_int_equal(people.count, 4);
    IS_A(people.items[2], Intern);
    kith_append(acme, people, (const Worker *)bob);
    assert_ptr_equal(kith_one(bob, manager.person.company), acme);
    assert_int_equal(kith_many(acme, people).count, 5);
    kith_remove(acme, people, all.items[1]);
    assert_null(kith_one(all.items[1], company));
    COMMIT(s);      /* delete-orphan */
    assert_int_equal(kith_count(s, Worker), 4);
    IN_DATABASE(f, "axe", "SELECT group_concat(name) FROM tools");       /* and cascade */
    if (in_tables_of_their_own)
        IN_DATABASE(f, "3", "SELECT group_concat(id) FROM engineers");
}

static void a_relationship_to_a_sub_model_takes_it_and_no_other(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    const Firm *acme = kith_first(s, Firm);
    const Engineer *eve = kith_first(s, Engineer);
    const Boss *bob = kith_first(s, Boss);
    KITH_LIST(Manager) managers = { NULL, 0 };
    SENDS(f, 1, managers = kith_many(acme, managers));
    assert_int_equal(managers.count, 1);
    IS_A(managers.items[0], Manager);
    kith_append(acme, managers, &bob->manager);
    assert_ptr_equal(kith_one(bob, manager.managed), acme);
    kith_append_(acme, offsetof(Firm, managers), kith_of_object(eve));
    kith_test_error(s, KITH_MISUSE, "Firm.managers takes a Manager, not a Engineer.");
    kith_error_clear(s);
    const Tool *saw = kith_first(s, Tool, .where = kith_eq(Tool, name, "saw"));
    kith_set_(saw, offsetof(Tool, engineer), kith_of_object(bob));
    kith_test_error(s, KITH_MISUSE, "Tool.engineer takes a Engineer, not a Boss.");
    kith_error_clear(s);
    COMMIT(s);
    IN_DATABASE(f, "1,1", in_tables_of_their_own ? "SELECT group_concat(managed_id) FROM managers" : "SELECT group_concat(managed_id) FROM people");
}

static void a_foreign_key_to_another_model_of_the_family_leads_nowhere(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    change(f, "UPDATE tools SET engineer_id = 4 WHERE name = 'saw'");       /* Max, who is a Manager */
    KITH_LIST(Tool) tools = kith_all(s, Tool, .order_by = { kith_asc(Tool, name) });
    SENDS(f, 1, {
        assert_null(kith_one(tools.items[1], engineer));
        assert_string_equal(kith_one(tools.items[0], engineer)->person.name, "Ida");
    });
    (void)kith_all(s, Worker);
    kith_expire(tools.items[1]);
    kith_refresh(tools.items[1]);
    assert_null(kith_one(tools.items[1], engineer));
    kith_test_ok(s);
}

static void what_comes_along_may_be_a_sub_model_s(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    KITH_LIST(Worker) all = { NULL, 0 };
    SENDS(f, 3, all = kith_all(s, Worker, .load = { "company", "tools", "managed" }, .order_by = { kith_asc(Worker, id) }));
    SENDS(f, 0, {
        assert_int_equal(kith_many((const Engineer *)all.items[1], tools).count, 1);
        assert_string_equal(kith_many((const Engineer *)all.items[2], tools).items[0]->name, "axe");
        assert_string_equal(kith_one((const Boss *)all.items[4], manager.managed)->name, "Other");
    });
    kith_session *again = new_session(f);
    KITH_LIST(Firm) companies = { NULL, 0 };
    SENDS(f, 3, companies = kith_all(again, Firm, .load = { "people.tools" }));
    SENDS(f, 0, assert_int_equal(kith_many((const Engineer *)kith_many(companies.items[0], people).items[1], tools).count, 1));
    (void)kith_all(again, Worker, .load = { "nothing" });
    FAILS(again, KITH_MISUSE, "Worker has no relationship \"nothing\"");
}

static void siblings_of_several_models_load_together(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    KITH_LIST(Worker) all = kith_all(s, Worker, .order_by = { kith_asc(Worker, id) });
    SENDS(f, 1, (void)kith_many((const Engineer *)all.items[1], tools));
    KITH_LIST(Engineer) engineers = kith_all(s, Engineer);
    SENDS(f, 0, for (size_t i = 0; i < engineers.count; i++) assert_int_equal(kith_many(engineers.items[i], tools).count, 1));
    kith_test_ok(s);
}

static void conditions_go_through_relationships_to_and_from_sub_models(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    assert_int_equal(kith_count(s, Tool, .where = kith_has(Tool, engineer, kith_eq(Engineer, person.name, "Ida"))), 1);
    assert_int_equal(kith_count(s, Tool, .where = kith_has(Tool, engineer, kith_eq(Engineer, machine, "lathe"))), 1);
    assert_int_equal(kith_count(s, Firm, .where = kith_any(Firm, managers, kith_eq(Worker, name, "Bob"))), 1);
    assert_int_equal(kith_count(s, Firm, .where = kith_any(Firm, managers, NULL)), 2);
    assert_int_equal(kith_count(s, Firm, .where = kith_any(Firm, people, kith_eq(Worker, kind, "boss"))), 1);
    assert_int_equal(kith_count(s, Engineer, .where = kith_any(Engineer, tools, kith_eq(Tool, name, "axe"))), 1);
    const Intern *ida = kith_first(s, Intern);
    assert_int_equal(kith_count(s, Tool, .where = kith_eq(Tool, engineer, &ida->engineer)), 1);
    assert_int_equal(kith_count(s, Manager, .where = kith_eq(Manager, managed, kith_first(s, Firm))), 1);
    change(f, "UPDATE tools SET engineer_id = 4 WHERE name = 'saw'");
    assert_int_equal(kith_count(s, Tool, .where = kith_has(Tool, engineer, NULL)), 1);
    kith_test_ok(s);
}

/* ---------------------------------------------------------------- writing */

static void a_new_object_says_of_which_model_it_is(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Boss *bob = kith_new(s, Boss, .car = "bus");
    const Worker *ann = kith_new(s, Worker, .name = "Ann");
    assert_string_equal(bob->manager.person.kind, "boss");
    assert_string_equal(ann->kind, "person");
    kith_set(bob, manager.person.name, "Bob");
    SENDS(f, in_tables_of_their_own ? 4 : 2, FLUSH(s));
    COMMIT(s);
    IN_DATABASE(f, "boss,person", "SELECT group_concat(kind) FROM (SELECT kind FROM people ORDER BY kind)");
    IN_DATABASE(f, "1,1", "SELECT group_concat(version) FROM people");
    if (in_tables_of_their_own)
        IN_DATABASE(f, "1", "SELECT manager_id = (SELECT id FROM bosses) FROM managers");
}

static void many_new_objects_go_many_to_a_statement(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    for (int i = 0; i < 200; i++)
        (void)kith_new(s, Worker, .name = "p");
    for (int i = 0; i < 200; i++)
        (void)kith_new(s, Engineer, .person.name = "e", .machine = "m");
    kith_test_seen(&f->seen);
    int64_t before = kith_statement_count(s);
    FLUSH(s);
    assert_true(kith_statement_count(s) - before <= (in_tables_of_their_own ? 16 : 11));
    for (int i = 0; i < 3; i++)
        (void)kith_new(s, Intern, .school = i ? NULL : "ETH");      /* few of them: the engine makes their keys */
    for (int i = 0; i < 20; i++)
        (void)kith_new(s, Engineer, .machine = "more");
    COMMIT(s);
    assert_int_equal(kith_count(s, Worker), 423);
    IN_DATABASE(f, "423", "SELECT count(DISTINCT id) FROM people");
    assert_int_equal(kith_count(s, Engineer, .where = kith_eq(Engineer, machine, "more")), 20);
}

static void an_update_goes_to_the_tables_whose_columns_were_written(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    const Boss *bob = kith_first(s, Boss);
    int64_t version = bob->manager.person.version;
    kith_set(bob, car, "tram");
    SENDS(f, in_tables_of_their_own ? 2 : 1, FLUSH(s));     /* and the version, which is the root's */
    assert_int_equal(bob->manager.person.version, version + 1);
    kith_set(bob, manager.person.name, "Rob");
    SENDS(f, 1, FLUSH(s));
    kith_set(bob, manager.budget, 10);
    kith_set(bob, car, "taxi");
    SENDS(f, in_tables_of_their_own ? 3 : 1, FLUSH(s));
    kith_set(bob, car, "taxi");
    SENDS(f, 0, FLUSH(s));
    COMMIT(s);
    IN_DATABASE(f, "taxi", in_tables_of_their_own ? "SELECT car FROM bosses" : "SELECT car FROM people WHERE car IS NOT NULL");
    change(f, "UPDATE people SET version = 99 WHERE kind = 'boss'");
    kith_set(bob, car, "late");
    (void)kith_commit(s);
    FAILS(s, KITH_STALE, "");
}

static void a_delete_takes_the_row_out_of_every_table(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    KITH_LIST(Worker) all = kith_all(s, Worker);
    kith_each(Worker, person, all) kith_delete(person);
    FLUSH(s);
    assert_int_equal(kith_count(s, Worker), 0);
    assert_int_equal(kith_rollback(s), KITH_OK);
    assert_int_equal(kith_count(s, Worker), 5);
    const Boss *bob = kith_first(s, Boss);
    assert_string_equal(bob->car, "bus");
    kith_delete(bob);
    COMMIT(s);
    assert_int_equal(kith_count(s, Worker), 4);
    assert_int_equal(kith_count(s, Manager), 1);
    kith_delete(kith_first(s, Firm, .where = kith_eq(Firm, name, "Acme")));
    COMMIT(s);
    assert_int_equal(kith_count(s, Worker), 0);
    assert_int_equal(kith_count(s, Tool), 0);
    if (in_tables_of_their_own)
        assert_rows(f, 0, "SELECT (SELECT count(*) FROM engineers) + (SELECT count(*) FROM managers) + (SELECT count(*) FROM bosses)");
}

static void a_rollback_puts_back_what_was_written(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    const Boss *bob = kith_first(s, Boss);
    kith_set(bob, car, "tram");
    kith_set(bob, manager.person.name, "Rob");
    FLUSH(s);
    const Intern *new = kith_new(s, Intern, .engineer.person.name = "Una");
    FLUSH(s);
    assert_int_equal(kith_rollback(s), KITH_OK);
    assert_string_equal(bob->car, "bus");
    assert_string_equal(bob->manager.person.name, "Bob");
    assert_int_equal(kith_state_of(new), KITH_TRANSIENT);
    assert_int_equal(kith_count(s, Worker), 5);
    assert_int_equal(kith_attach(s, new), KITH_OK);
    COMMIT(s);
    assert_int_equal(kith_count(s, Intern), 2);
}

static void a_constraint_of_any_table_is_blamed_on_the_object_and_its_member(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    for (int i = 0; i < 10; i++)
        (void)kith_new(s, Manager, .budget = kith_some_int(i == 7 ? 5000 : 1));
    (void)kith_flush(s);
    ABOUT(s, "Manager", "budget");
    assert_int_equal(((const Manager *)kith_error_of(s)->object)->budget.value, 5000);
    FAILS(s, KITH_CONSTRAINT, "A Manager could not be written:");
    (void)kith_new(s, Intern, .school = "ETH");
    (void)kith_flush(s);
    ABOUT(s, "Intern", "school");
    FAILS(s, KITH_CONSTRAINT, "A Intern could not be written:");
    assert_int_equal(kith_count(s, Manager), 2);
}

static void deleted_and_made_again_in_one_flush_is_one_row(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    kith_delete(kith_first(s, Boss));
    (void)kith_new(s, Boss, .manager.person.id = 5, .manager.person.name = "New", .car = "bike");
    COMMIT(s);
    assert_string_equal(kith_only(s, Boss)->car, "bike");
    kith_delete(kith_first(s, Boss));
    (void)kith_new(s, Engineer, .person.id = 5, .person.name = "Turned", .machine = "loom");
    COMMIT(s);
    kith_session *again = new_session(f);
    const Worker *turned = kith_get(again, Worker, .id = 5);
    IS_A(turned, Engineer);
    assert_string_equal(((const Engineer *)turned)->machine, "loom");
    assert_int_equal(kith_count(again, Manager), 1);
    assert_int_equal(kith_count(again, Worker), 5);
    (void)kith_new(again, Manager, .person.id = 5);
    (void)kith_flush(again);
    FAILS(again, KITH_CONSTRAINT, "has the key of one that is in the session already");
}

/* ---------------------------------------------------------------- many rows at once */

static void an_update_by_condition_is_of_the_model_asked_for(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    const Boss *bob = kith_first(s, Boss);
    const Engineer *eve = kith_first(s, Engineer);
    assert_int_equal(kith_update_where(s, Manager, .set = { kith_to(Manager, person.name, "x"), kith_by(Manager, budget, 1) }, .where = kith_gt(Manager, budget, 6)), 2);
    assert_string_equal(bob->manager.person.name, "x");
    assert_int_equal(bob->manager.budget.value, 10);
    assert_int_equal(kith_update_where(s, Boss, .set = { kith_to(Boss, car, "y") }, .where = kith_eq(Boss, manager.person.name, "x")), 1);
    assert_string_equal(bob->car, "y");
    assert_int_equal(kith_update_where(s, Intern, .set = { kith_to(Intern, engineer.person.name, "z") }, .everything = true), 1);
    assert_int_equal(kith_update_where(s, Worker, .set = { kith_to(Worker, name, "w") }, .where = kith_eq(Worker, name, "Eve")), 1);
    assert_string_equal(eve->person.name, "w");
    COMMIT(s);
    IN_DATABASE(f, "Ann,w,z,x,x", "SELECT group_concat(name) FROM people");
}

static void a_delete_by_condition_is_of_the_model_asked_for(void **state)
{
    fixture *f = *state;
    kith_session *s = staffed(f);
    const Boss *bob = kith_first(s, Boss);
    change(f, "DELETE FROM tools");
    assert_int_equal(kith_delete_where(s, Manager, .where = kith_ge(Manager, budget, 9)), 1);
    assert_int_equal(kith_state_of(bob), KITH_DELETED);
    assert_int_equal(kith_count(s, Worker), 4);
    assert_int_equal(kith_delete_where(s, Intern, .everything = true), 1);
    assert_int_equal(kith_delete_where(s, Boss, .everything = true), 0);
    assert_int_equal(kith_count(s, Worker), 3);
    assert_int_equal(kith_rollback(s), KITH_OK);
    assert_int_equal(kith_state_of(bob), KITH_PERSISTENT);
    assert_int_equal(kith_delete_where(s, Worker, .everything = true), 5);
    COMMIT(s);
    if (in_tables_of_their_own)
        assert_rows(f, 0, "SELECT (SELECT count(*) FROM engineers) + (SELECT count(*) FROM managers) + (SELECT count(*) FROM bosses)");
}

static void an_array_of_structs_is_inserted_as_its_model(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    Boss bosses[150];
    memset(bosses, 0, sizeof bosses);
    for (size_t i = 0; i < 150; i++)
        bosses[i] = (Boss){ .car = "bus", .manager.budget = kith_some_int((int64_t)i), .manager.person.name = "b" };
    int64_t inserted = kith_insert_all(s, Boss, bosses, 150);
    kith_test_ok(s);
    assert_int_equal(inserted, 150);
    assert_int_equal(kith_count(s, Boss), 150);
    assert_int_equal(kith_sum(s, Manager, budget), 149 * 75);
    COMMIT(s);
    bosses[120].manager.budget = kith_some_int(1000);
    assert_int_equal(kith_insert_all(s, Boss, bosses, 150), -1);
    FAILS(s, KITH_CONSTRAINT, "Row 120 of Boss could not be written:");
    assert_int_equal(kith_count(s, Worker), 150);
}

/* ---------------------------------------------------------------- a binding's */

static void what_nothing_reaches_is_let_go_of_whatever_its_model(void **state)
{
    fixture *f = *state;
    (void)staffed(f);
    const kith_model *models[7];
    const kith_model_function *functions = MODELS;
    for (int i = 0; i < 7; i++)
        models[i] = functions[i]();
    kith_database *database = kith_sys_open(f->place.url, models, 7);
    kith_session *nursery = kith_sys_nursery_open(database), *s = kith_session_open(database);
    kith_sys_session_sweeps(s, nursery);
    static char held;
    KITH_LIST(Worker) all = kith_all(s, Worker, .order_by = { kith_asc(Worker, id) });
    const Worker *bob = all.items[4];
    kith_sys_bind(bob, &held);
    kith_sys_sweep(s);
    assert_int_equal(kith_sys_objects(s, KITH_SYS_ALL, NULL, 0), 1);
    assert_ptr_equal(kith_get(s, Manager, .person.id = 5), bob);
    Boss values = { .car = "van" };
    const Boss *new = kith_sys_new(nursery, kith_model_of_Boss(), &values);
    kith_sys_bind(new, &held);
    assert_string_equal(new->manager.person.kind, "boss");
    const Firm *acme = kith_first(s, Firm);
    kith_append(acme, people, (const Worker *)new);
    assert_int_equal(kith_commit(s), KITH_OK);
    assert_int_equal(kith_count(s, Boss), 2);
    kith_session_close(s);
    assert_string_equal(((const Boss *)bob)->car, "bus");
    kith_session_close(nursery);
    kith_close(database);
}

/* ---------------------------------------------------------------- mistakes */

typedef struct mistake { const char *says; kith_attribute of_base, of_sub, more; const char *table; } mistake;

static void a_mistake_in_the_declaration_is_a_sentence(void **state)
{
    (void)state;
#define TEXT(t) { .type = KITH_TYPE_TEXT, .s = t }
#define KEY { .name = "id", .type = KITH_TYPE_INT, .size = 8, .primary_key = true }
    static const kith_model nobody = { .abi = KITH_ABI, .attribute_size = sizeof(kith_attribute), .name = "Nobody" };
    const kith_attribute root = { .type = KITH_TYPE_INHERITS, .attribute = "kind", .identity = TEXT("base") };
    const kith_attribute none = { .type = KITH_TYPE_NONE, .name = "free", .offset = 16, .size = 8 };
    kith_model base = { .abi = KITH_ABI, .attribute_size = sizeof(kith_attribute), .name = "Base", .table = "bases", .size = 16, .count = 3 }, sub = base;
    const kith_attribute inherits = { .type = KITH_TYPE_INHERITS, .target_model = &base, .identity = TEXT("sub") };
    const mistake cases[] = {
        { "Sub inherits from Nobody, which is not in the list of models.", root, { .type = KITH_TYPE_INHERITS, .target_model = &nobody }, none, NULL },
        { "Sub inherits from Sub, which leads back to it.", root, { .type = KITH_TYPE_INHERITS, .target_model = &sub }, none, NULL },
        { "The discriminator of Base is \"sort\", and it has no such column", { .type = KITH_TYPE_INHERITS, .attribute = "sort" }, { .type = KITH_TYPE_INHERITS, .target_model = &base }, none, NULL },
        { "The rows of Base and those of Sub are known by the same kind.", root, { .type = KITH_TYPE_INHERITS, .target_model = &base, .identity = TEXT("base") }, none, NULL },
        { "Sub says by what its rows are known, and Base has no discriminator.", { .type = KITH_TYPE_CHECK, .check = "1" }, inherits, none, NULL },
        { "The rows of Sub cannot be known by what it says", root, { .type = KITH_TYPE_INHERITS, .target_model = &base, .identity = { .type = KITH_TYPE_INT, .i = 3 } }, none, NULL },
        { "Sub inherits from Base and names a discriminator", root, { .type = KITH_TYPE_INHERITS, .target_model = &base, .attribute = "kind" }, none, NULL },
        { "Sub has two columns named kind", root, inherits, { .name = "kind", .type = KITH_TYPE_TEXT, .offset = 16, .size = 8 }, NULL },
        { "the key of Sub is that of its base Base", root, inherits, { .name = "key", .type = KITH_TYPE_INT, .offset = 16, .size = 8, .primary_key = true }, NULL },
        { "Sub has a table of its own, and no column of it repeats Base.id", root, inherits, none, "subs" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const kith_attribute of_base[] = { KEY, { .name = "kind", .type = KITH_TYPE_TEXT, .offset = 8, .size = 8 }, cases[i].of_base };
        const kith_attribute of_sub[] = { cases[i].of_sub, cases[i].more };
        base.attributes = of_base;
        sub = (kith_model){ .abi = KITH_ABI, .attribute_size = sizeof(kith_attribute), .name = "Sub", .table = cases[i].table, .size = 24, .count = 2, .attributes = of_sub };
        const kith_model *models[] = { &sub, &base };
        kith_database *database = kith_sys_models(models, 2);
        const kith_error *error = kith_database_error(database);
        if (error->status != KITH_CONFIG || !strstr(error->message, cases[i].says))
            fail_msg("case %zu says \"%s\" (%d), not \"%s\"", i, error->message, error->status, cases[i].says);
        kith_close(database);
    }
}

/* A whole number tells the rows apart, two sub-models have a column in common, and one is no object's own model. */
static void a_number_may_tell_them_apart_and_two_may_share_a_column(void **state)
{
    (void)state;
    enum { ROOM = 48 };
    const kith_attribute of_base[] = { KEY, { .name = "kind", .type = KITH_TYPE_INT, .offset = 8, .size = 8 }, { .type = KITH_TYPE_INHERITS, .attribute = "kind" } };
    const kith_model base = { .abi = KITH_ABI, .attribute_size = sizeof(kith_attribute), .name = "Base", .table = "bases", .size = 16, .count = 3, .attributes = of_base };
    kith_attribute of_subs[3][2];
    kith_model subs[3];
    static const char *const names[] = { "One", "Two", "Three" };
    for (int i = 0; i < 3; i++) {
        of_subs[i][0] = (kith_attribute){ .type = KITH_TYPE_INHERITS, .target_model = &base, .identity = kith_of_int(i) };
        of_subs[i][1] = (kith_attribute){ .name = i == 2 ? "other" : "shared", .type = KITH_TYPE_TEXT, .offset = 16, .size = 8, .index = true, .unique = true };
        subs[i] = (kith_model){ .abi = KITH_ABI, .attribute_size = sizeof(kith_attribute), .name = names[i], .size = 24, .count = 2, .attributes = of_subs[i] };
    }
    const kith_model *models[] = { &base, &subs[0], &subs[1], &subs[2] };
    kith_database *database = kith_sys_open("sqlite://", models, 4);
    if (kith_database_status(database))
        fail_msg("%s", kith_database_error(database)->message);
    assert_int_equal(kith_create_all(database), KITH_OK);
    kith_session *s = kith_session_open(database);
    for (int i = 0; i < 3; i++) {
        _Alignas(8) char values[ROOM] = { 0 };
        memcpy(values + 16, &names[i], sizeof *names);
        assert_non_null(kith_add_(s, &subs[i], values));
    }
    COMMIT(s);
    kith_clear(s);
    const struct { const void *const *items; size_t count; } *all = kith_all_(s, &base, NULL);
    assert_int_equal(all->count, 3);
    for (size_t i = 0; i < 3; i++) {
        const char *text;
        assert_ptr_equal(kith_sys_model_of(all->items[i]), &subs[i]);
        memcpy(&text, (const char *)all->items[i] + 16, sizeof text);
        assert_string_equal(text, names[i]);
    }
    _Alignas(8) char bare[ROOM] = { 0 };
    assert_non_null(kith_add_(s, &base, bare));     /* its kind is 0, which is One's */
    COMMIT(s);
    assert_int_equal(kith_count_(s, &subs[0], NULL), 2);
    kith_session_close(s);
    kith_close(database);
}

/* ---------------------------------------------------------------- names that two tables have */

static void a_column_of_one_name_in_two_tables_is_the_one_that_is_meant(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Dog *rex = kith_new(s, Dog, .pet.note = "of all", .pet.weight = 5, .note = "its own", .weight = kith_some(50));
    COMMIT(s);
    assert_int_equal(kith_update_where(s, Dog, .set = { kith_to(Dog, pet.note, "changed"), kith_by(Dog, pet.weight, 1) }, .everything = true), 1);
    assert_string_equal(rex->pet.note, "changed");
    assert_string_equal(rex->note, "its own");
    assert_int_equal(rex->pet.weight, 6);
    assert_int_equal(rex->weight.value, 50);
    assert_int_equal(kith_update_where(s, Dog, .set = { kith_to(Dog, note, "new"), kith_by(Dog, weight, 1) }, .everything = true), 1);
    assert_string_equal(rex->pet.note, "changed");
    assert_string_equal(rex->note, "new");
    assert_int_equal(kith_update_where(s, Dog, .set = { kith_to(Dog, pet.note, "a"), kith_to(Dog, note, "b") }, .everything = true), 1);
    assert_string_equal(rex->pet.note, "a");
    assert_string_equal(rex->note, "b");
    COMMIT(s);
    assert_rows(f, 1, "SELECT count(*) FROM pets JOIN dogs USING (id) WHERE pets.note = 'a' AND dogs.note = 'b' AND pets.weight = 6 AND dogs.weight = 51");
    assert_int_equal(kith_count(s, Dog, .where = kith_and(kith_eq(Dog, pet.note, "a"), kith_eq(Dog, note, "b"))), 1);
    assert_int_equal(kith_first(s, Dog, .order_by = { kith_asc(Dog, pet.weight), kith_asc(Dog, weight) })->pet.weight, 6);
    assert_int_equal(kith_sum(s, Dog, pet.weight), 6);
    assert_int_equal(kith_sum(s, Dog, weight), 51);
}

static void what_was_written_to_the_other_of_one_name_is_not_forgotten(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Dog *rex = kith_new(s, Dog, .pet.note = "of all", .note = "its own");
    COMMIT(s);
    kith_session_autoflush(s, false);
    kith_set(rex, note, "written");
    assert_int_equal(kith_update_where(s, Dog, .set = { kith_to(Dog, pet.note, "changed") }, .everything = true), 1);
    assert_string_equal(rex->note, "written");
    assert_string_equal(rex->pet.note, "changed");
    COMMIT(s);
    assert_rows(f, 1, "SELECT count(*) FROM pets JOIN dogs USING (id) WHERE pets.note = 'changed' AND dogs.note = 'written'");
}

/* 99 */
static void a_key_goes_to_another_model_with_nothing_of_the_old_one(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Dog *rex = kith_new(s, Dog, .pet.id = 1, .note = "rex");
    const Flea *flea = kith_new(s, Flea, .pet = { &rex->pet });
    kith_append(rex, pet.prizes, kith_new(s, Prize));
    COMMIT(s);
    kith_delete(rex);
    const Cat *tom = kith_new(s, Cat, .pet.id = 1, .colour = "grey");
    COMMIT(s);
    assert_null(kith_one(flea, pet));
    assert_int_equal(kith_many(tom, pet.fleas).count, 0);
    assert_int_equal(kith_many(tom, pet.prizes).count, 0);
    assert_rows(f, 1, "SELECT count(*) FROM fleas WHERE pet_id IS NULL");
    assert_rows(f, 0, "SELECT count(*) FROM pet_prizes");
    assert_rows(f, 0, "SELECT count(*) FROM dogs");
    assert_rows(f, 1, "SELECT count(*) FROM pets JOIN cats USING (id)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_query_of_the_base_gives_whole_objects_of_each_model_in_one_statement),
        BOTH(a_query_of_a_sub_model_gives_it_and_what_inherits_from_it),
        BOTH(a_get_by_the_base_gives_the_sub_model_and_by_another_model_nothing),
        BOTH(a_row_of_no_known_kind_says_so),
        BOTH(objects_of_several_models_are_refreshed_in_one_statement),
        BOTH(read_only_queries_and_streams_give_each_its_model),
        BOTH(a_relationship_of_the_base_is_every_sub_model_s),
        BOTH(a_relationship_to_a_sub_model_takes_it_and_no_other),
        BOTH(a_foreign_key_to_another_model_of_the_family_leads_nowhere),
        BOTH(what_comes_along_may_be_a_sub_model_s),
        BOTH(siblings_of_several_models_load_together),
        BOTH(conditions_go_through_relationships_to_and_from_sub_models),
        BOTH(a_new_object_says_of_which_model_it_is),
        BOTH(many_new_objects_go_many_to_a_statement),
        BOTH(an_update_goes_to_the_tables_whose_columns_were_written),
        BOTH(a_delete_takes_the_row_out_of_every_table),
        BOTH(a_rollback_puts_back_what_was_written),
        BOTH(a_constraint_of_any_table_is_blamed_on_the_object_and_its_member),
        BOTH(deleted_and_made_again_in_one_flush_is_one_row),
        BOTH(an_update_by_condition_is_of_the_model_asked_for),
        BOTH(a_delete_by_condition_is_of_the_model_asked_for),
        BOTH(an_array_of_structs_is_inserted_as_its_model),
        BOTH(what_nothing_reaches_is_let_go_of_whatever_its_model),
        cmocka_unit_test(a_mistake_in_the_declaration_is_a_sentence),
        cmocka_unit_test(a_number_may_tell_them_apart_and_two_may_share_a_column),
        ON_FILE(pets, a_column_of_one_name_in_two_tables_is_the_one_that_is_meant),
        ON_FILE(pets, what_was_written_to_the_other_of_one_name_is_not_forgotten),
        ON_FILE(pets, a_key_goes_to_another_model_with_nothing_of_the_old_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
