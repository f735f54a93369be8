/*
 * Cascades: docs/behaviours.md 78 to 91. Who comes along into the session, who goes when a parent goes, who is an orphan.
 */
#include "fixture.h"

FAMILY(alley, ALLEY_MODELS);
FAMILY(firm, FIRM_MODELS);
FAMILY(sensors, SENSOR_MODELS);

/* A tree whose branches go with their parent, and a child that two kinds of parent may own. */
KITH_DECLARE(Branch);
struct Branch { int64_t id; const char *name; kith_opt_int parent_id; KITH_ONE(Branch) parent; KITH_MANY(Branch) twigs; };
KITH_MODEL(Branch, "branches", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(parent_id, .foreign_key = "branches.id"),
    KITH_RELATIONSHIP(parent, Branch, .back_populates = "twigs", .remote_side = "id"),
    KITH_RELATIONSHIP(twigs, Branch, .back_populates = "parent", .cascade = "all, delete-orphan"));
FAMILY(branches, KITH_MODELS(Branch));

/* A child of two parents, of which only one owns it, and a list that brings nobody along. */
KITH_DECLARE(Board);
KITH_DECLARE(Ticket);
KITH_DECLARE(Clerk);
struct Board { int64_t id; KITH_MANY(Ticket) tickets; };
struct Ticket { int64_t id; const char *code; kith_opt_int board_id, person_id, watcher_id; KITH_ONE(Board) board; KITH_ONE(Clerk) person; };
struct Clerk { int64_t id; const char *name; KITH_MANY(Ticket) tickets, watched; };
KITH_MODEL(Board, "boards", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(tickets, Ticket, .back_populates = "board", .cascade = "all, delete-orphan"));
KITH_MODEL(Ticket, "tickets", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(code, .unique = true), KITH_COLUMN(board_id, .foreign_key = "boards.id"),
    KITH_COLUMN(person_id, .foreign_key = "clerks.id"), KITH_COLUMN(watcher_id, .foreign_key = "clerks.id"),
    KITH_RELATIONSHIP(board, Board, .back_populates = "tickets"), KITH_RELATIONSHIP(person, Clerk, .back_populates = "tickets", .foreign_keys = "person_id"));
KITH_MODEL(Clerk, "clerks", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name),
    KITH_RELATIONSHIP(tickets, Ticket, .back_populates = "person", .foreign_keys = "person_id"),
    KITH_RELATIONSHIP(watched, Ticket, .foreign_keys = "watcher_id", .cascade = ""));
FAMILY(boards, KITH_MODELS(Board, Ticket, Clerk));

/* passive_deletes over a key that may be NULL, without the database's help: the rows would stay. */
KITH_DECLARE(Station);
KITH_DECLARE(Sample);
struct Station { int64_t id; const char *name; KITH_MANY(Sample) samples; };
struct Sample { int64_t id; kith_opt_int station_id; KITH_ONE(Station) station; };
KITH_MODEL(Station, "stations", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name),
    KITH_RELATIONSHIP(samples, Sample, .back_populates = "station", .passive_deletes = true));
KITH_MODEL(Sample, "samples", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(station_id, .foreign_key = "stations.id", .on_delete = "SET NULL"),
    KITH_RELATIONSHIP(station, Station, .back_populates = "samples"));
FAMILY(stations, KITH_MODELS(Station, Sample));

/* ---------------------------------------------------------------- save-update */

/* 78: objects that are nobody's come along with what reaches them, downwards and upwards */
static void attaching_a_parent_brings_its_children(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { rocky });
    kith_detach(can);
    kith_detach(rocky);
    assert_int_equal(kith_state_of(rocky), KITH_TRANSIENT);
    assert_int_equal(kith_state_of(can), KITH_TRANSIENT);
    assert_int_equal(kith_attach(f->session, rocky), KITH_OK);
    assert_int_equal(kith_state_of(rocky), KITH_PENDING);
    assert_int_equal(kith_state_of(can), KITH_PENDING);
    COMMIT(f->session);
    assert_int_equal(can->raccoon_id.value, rocky->id);
}

/* 78 */
static void attaching_a_child_brings_its_parent(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { rocky });
    kith_detach(can);
    kith_detach(rocky);
    assert_int_equal(kith_attach(f->session, can), KITH_OK);
    assert_int_equal(kith_state_of(rocky), KITH_PENDING);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Raccoon), 1);
}

/* 79 */
static void appending_to_a_parent_with_a_row_brings_the_child_at_once(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    COMMIT(f->session);
    const Trashcan *can = kith_new(f->session, Trashcan, .label = "a");
    kith_detach(can);
    assert_int_equal(kith_state_of(can), KITH_TRANSIENT);
    kith_append(rocky, trashcans, can);
    assert_int_equal(kith_state_of(can), KITH_PENDING);
    COMMIT(f->session);
    assert_int_equal(can->raccoon_id.value, rocky->id);
}

/* 80: SQLAlchemy warns and loses it; here the child joins */
static void setting_the_parent_from_the_child_brings_the_child(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    COMMIT(f->session);
    const Trashcan *can = kith_new(f->session, Trashcan, .label = "a");
    kith_detach(can);
    kith_set(can, raccoon, rocky);
    assert_int_equal(kith_state_of(can), KITH_PENDING);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, raccoon, rocky)), 1);
}

/* ---------------------------------------------------------------- deleting a parent */

/* 81: children are loaded for it if need be */
static void deleting_a_parent_nulls_the_key_of_loaded_and_unloaded_children(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky"), *dan = kith_new(f->session, Raccoon, .name = "Dan");
    kith_new(f->session, Trashcan, .raccoon = { rocky });
    kith_new(f->session, Trashcan, .raccoon = { rocky });
    kith_new(f->session, Trashcan, .raccoon = { dan });
    COMMIT(f->session);
    int64_t rocky_id = rocky->id, dan_id = dan->id;
    new_session(f);
    rocky = kith_get(f->session, Raccoon, .id = rocky_id);
    const Trashcan *loaded = kith_first(f->session, Trashcan, .where = kith_eq(Trashcan, raccoon, rocky));
    kith_delete(rocky);
    COMMIT(f->session);
    assert_false(loaded->raccoon_id.present);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_is_null(Trashcan, raccoon_id)), 2);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, raccoon_id, dan_id)), 1);
}

/* 81: the other side of it: the key may not be NULL */
static void deleting_a_parent_whose_childrens_key_may_not_be_null_fails_whole(void **state)
{
    fixture *f = *state;
    const Company *acme = kith_new(f->session, Company, .name = "Acme");
    kith_new(f->session, Contract, .subject = "rockets", .company = { acme });
    COMMIT(f->session);
    kith_delete(acme);
    assert_int_equal(kith_commit(f->session), KITH_CONSTRAINT);
    FAILS(f->session, KITH_CONSTRAINT, "ontract");
    assert_int_equal(kith_state_of(acme), KITH_PERSISTENT);
    assert_int_equal(kith_count(f->session, Company), 1);
    assert_int_equal(kith_count(f->session, Contract, .where = kith_eq(Contract, company, acme)), 1);
}

/* 81: a thousand and one children */
static void deleting_the_parent_of_a_thousand_and_one_nulls_them_all(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    for (int i = 0; i < 1001; i++)
        kith_new(f->session, Trashcan, .raccoon = { rocky });
    COMMIT(f->session);
    int64_t id = rocky->id;
    new_session(f);
    rocky = kith_get(f->session, Raccoon, .id = id);
    kith_delete(rocky);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_is_null(Trashcan, raccoon_id)), 1001);
}

/* 81: a child that is deleted with its parent needs no UPDATE on the way */
static void a_child_deleted_with_its_parent_is_not_updated_first(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { rocky });
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1);
    kith_delete(rocky);
    kith_delete(can);
    SENDS(f, 2, FLUSH(f->session));
    assert_int_equal(seen_count(f, "DELETE"), 2);
    assert_true(seen_at(f, "DELETE", "trashcans") < seen_at(f, "DELETE", "raccoons"));
}

/* 82 */
static void taking_a_child_out_nulls_its_key_and_keeps_its_row(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    const Trashcan *can = kith_new(f->session, Trashcan, .label = "kept", .raccoon = { rocky });
    COMMIT(f->session);
    kith_remove(rocky, trashcans, can);
    SENDS(f, 1, FLUSH(f->session));
    assert_int_equal(seen_count(f, "UPDATE"), 1);
    COMMIT(f->session);
    assert_int_equal(kith_state_of(can), KITH_PERSISTENT);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_is_null(Trashcan, raccoon)), 1);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
}

/* 82: and when the key may not be NULL, the rule is the database's */
static void taking_out_a_child_whose_key_may_not_be_null_fails(void **state)
{
    fixture *f = *state;
    const Company *acme = kith_new(f->session, Company, .name = "Acme");
    const Contract *contract = kith_new(f->session, Contract, .subject = "rockets", .company = { acme });
    COMMIT(f->session);
    kith_remove(acme, contracts, contract);
    assert_int_not_equal(kith_flush(f->session), KITH_OK);
    FAILS(f->session, KITH_CONSTRAINT, "ontract");
    assert_ptr_equal(kith_one(contract, company), acme);
    assert_int_equal(HOLDS(kith_many(acme, contracts), contract), 1);
}

static const Company *acme_of(fixture *f)
{
    const Company *acme = kith_new(f->session, Company, .name = "Acme");
    for (int d = 0; d < 2; d++) {
        const Department *department = kith_new(f->session, Department, .name = d ? "sales" : "works", .company = { acme });
        for (int e = 0; e < 3; e++)
            kith_new(f->session, Employee, .name = "e", .department = { department });
    }
    COMMIT(f->session);
    return acme;
}

/* 83: two levels, nothing of them loaded; children's rows before parents' */
static void all_deletes_recursively_and_children_first(void **state)
{
    fixture *f = *state;
    int64_t id = acme_of(f)->id;
    const Company *other = kith_new(f->session, Company, .name = "Other");
    const Department *stays = kith_new(f->session, Department, .name = "stays", .company = { other });
    kith_new(f->session, Employee, .name = "stays", .department = { stays });
    COMMIT(f->session);
    new_session(f);
    const Company *acme = kith_get(f->session, Company, .id = id);
    kith_delete(acme);
    kith_test_seen(&f->seen);
    FLUSH(f->session);
    assert_true(seen_at(f, "DELETE", "employees") < seen_at(f, "DELETE", "departments"));
    assert_true(seen_at(f, "DELETE", "departments") < seen_at(f, "DELETE", "companies"));
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Company), 1);
    assert_int_equal(kith_count(f->session, Department), 1);
    assert_int_equal(kith_count(f->session, Employee), 1);
}

/* 83: what was loaded knows that it is gone */
static void the_loaded_children_of_a_deleted_parent_are_deleted(void **state)
{
    fixture *f = *state;
    const Company *acme = acme_of(f);
    const Department *department = kith_many(acme, departments).items[0];
    const Employee *employee = kith_many(department, employees).items[0];
    kith_delete(acme);
    FLUSH(f->session);
    assert_int_equal(kith_state_of(department), KITH_DELETED);
    assert_int_equal(kith_state_of(employee), KITH_DELETED);
    assert_string_equal(employee->name, "e");       /* readable still */
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(kith_state_of(employee), KITH_PERSISTENT);
    assert_int_equal(kith_count(f->session, Employee), 6);
}

/* 83: "all" has no delete-orphan in it: taken out is not deleted */
static void all_without_delete_orphan_keeps_what_is_taken_out(void **state)
{
    fixture *f = *state;
    const Company *acme = acme_of(f);
    const Department *department = kith_many(acme, departments).items[0];
    kith_remove(acme, departments, department);
    COMMIT(f->session);
    assert_int_equal(kith_state_of(department), KITH_PERSISTENT);
    assert_false(department->company_id.present);
    assert_int_equal(kith_count(f->session, Employee), 6);
}

/* 83: a pending child of a deleted parent is not inserted */
static void a_pending_child_of_a_deleted_parent_is_not_written(void **state)
{
    fixture *f = *state;
    const Company *acme = acme_of(f);
    kith_new(f->session, Department, .name = "planned", .company = { acme });
    kith_delete(acme);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Department), 0);
}

/* 83: the cascade of a table into itself, deep */
static void a_tree_with_cascade_goes_as_a_whole(void **state)
{
    fixture *f = *state;
    const Branch *trunk = kith_new(f->session, Branch, .name = "trunk"), *at = trunk;
    for (int depth = 0; depth < 200; depth++) {
        kith_new(f->session, Branch, .name = "leaf", .parent = { at });
        at = kith_new(f->session, Branch, .name = "branch", .parent = { at });
    }
    const Branch *apart = kith_new(f->session, Branch, .name = "apart");
    COMMIT(f->session);
    int64_t id = trunk->id, apart_id = apart->id;
    new_session(f);
    trunk = kith_get(f->session, Branch, .id = id);
    kith_delete(trunk);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Branch), 1);
    assert_non_null(kith_get(f->session, Branch, .id = apart_id));
}

/* ---------------------------------------------------------------- orphans */

static const Department *works_of(fixture *f)
{
    const Department *works = kith_new(f->session, Department, .name = "works");
    kith_new(f->session, Employee, .name = "ann", .department = { works });
    kith_new(f->session, Employee, .name = "ben", .department = { works });
    COMMIT(f->session);
    return works;
}

/* 84 */
static void an_orphan_by_removal_is_deleted(void **state)
{
    fixture *f = *state;
    const Department *works = works_of(f);
    const Employee *ann = kith_many(works, employees).items[0];
    kith_remove(works, employees, ann);
    SENDS(f, 1, FLUSH(f->session));
    assert_int_equal(seen_count(f, "DELETE"), 1);
    COMMIT(f->session);
    assert_int_equal(kith_state_of(ann), KITH_DELETED);
    assert_int_equal(kith_count(f->session, Employee), 1);
}

/* 84 */
static void an_orphan_by_setting_its_parent_to_null_is_deleted(void **state)
{
    fixture *f = *state;
    const Department *works = works_of(f);
    int64_t id = works->id;
    new_session(f);
    const Employee *ann = kith_first(f->session, Employee, .where = kith_eq(Employee, name, "ann"));
    kith_set_null(ann, department);
    COMMIT(f->session);
    assert_int_equal(kith_state_of(ann), KITH_DELETED);
    assert_int_equal(kith_count(f->session, Employee), 1);
    assert_int_equal(COUNT(kith_many(kith_get(f->session, Department, .id = id), employees)), 1);
}

/* 84: its own cascade goes with it */
static void what_an_orphan_owns_goes_with_it(void **state)
{
    fixture *f = *state;
    const Branch *trunk = kith_new(f->session, Branch, .name = "trunk"), *branch = kith_new(f->session, Branch, .name = "branch", .parent = { trunk });
    kith_new(f->session, Branch, .name = "twig", .parent = { branch });
    COMMIT(f->session);
    int64_t trunk_id = trunk->id, branch_id = branch->id;
    new_session(f);
    trunk = kith_get(f->session, Branch, .id = trunk_id);
    branch = kith_get(f->session, Branch, .id = branch_id);
    kith_remove(trunk, twigs, branch);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Branch), 1);
}

/* 84: a rollback brings the orphan back, and both sides */
static void a_rollback_brings_an_orphan_back(void **state)
{
    fixture *f = *state;
    const Department *works = works_of(f);
    const Employee *ann = kith_many(works, employees).items[0];
    kith_remove(works, employees, ann);
    FLUSH(f->session);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(kith_state_of(ann), KITH_PERSISTENT);
    assert_ptr_equal(kith_one(ann, department), works);
    assert_int_equal(COUNT(kith_many(works, employees)), 2);
}

/* 85 */
static void a_move_between_two_parents_is_no_orphaning(void **state)
{
    fixture *f = *state;
    const Department *works = works_of(f), *sales = kith_new(f->session, Department, .name = "sales");
    COMMIT(f->session);
    const Employee *ann = kith_many(works, employees).items[0], *ben = kith_many(works, employees).items[1];
    kith_append(sales, employees, ann);
    kith_set(ben, department, sales);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Employee, .where = kith_eq(Employee, department, sales)), 2);
}

/* 85 */
static void taken_out_and_put_elsewhere_before_the_flush_is_no_orphaning(void **state)
{
    fixture *f = *state;
    const Department *works = works_of(f), *sales = kith_new(f->session, Department, .name = "sales");
    COMMIT(f->session);
    const Employee *ann = kith_many(works, employees).items[0], *ben = kith_many(works, employees).items[1];
    kith_remove(works, employees, ann);
    kith_append(sales, employees, ann);
    kith_set_null(ben, department);
    kith_set(ben, department, works);
    COMMIT(f->session);
    assert_int_equal(kith_state_of(ann), KITH_PERSISTENT);
    assert_int_equal(kith_state_of(ben), KITH_PERSISTENT);
    assert_ptr_equal(kith_one(ann, department), sales);
    assert_ptr_equal(kith_one(ben, department), works);
    assert_int_equal(kith_count(f->session, Employee), 2);
}

/* 86 */
static void a_pending_orphan_leaves_the_session_unwritten(void **state)
{
    fixture *f = *state;
    const Department *works = works_of(f);
    const Employee *new = kith_new(f->session, Employee, .name = "new", .department = { works });
    kith_remove(works, employees, new);
    assert_int_equal(kith_state_of(new), KITH_TRANSIENT);
    SENDS(f, 0, FLUSH(f->session));
    assert_int_equal(kith_count(f->session, Employee), 2);
    kith_append(works, employees, new);         /* and may come back */
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Employee), 3);
}

/* 86: it leaves the lists of others too, once they are written */
static void a_pending_orphan_leaves_all_lists_at_the_flush(void **state)
{
    fixture *f = *state;
    const Board *board = kith_new(f->session, Board);
    const Clerk *ann = kith_new(f->session, Clerk, .name = "Ann"), *ben = kith_new(f->session, Clerk, .name = "Ben");
    const Ticket *kept = kith_new(f->session, Ticket, .board = { board }, .person = { ann });
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(ann, tickets)), 1);
    kith_session_autoflush(f->session, false);
    const Ticket *first = kith_new(f->session, Ticket, .board = { board }, .person = { ann });
    const Ticket *of_new = kith_new(f->session, Ticket, .board = { board }, .person = { kith_new(f->session, Clerk, .name = "Cid") });
    const Clerk *cid = kith_one(of_new, person);
    kith_append(ben, tickets, kith_new(f->session, Ticket, .board = { board }));
    const Ticket *const *before = kith_many(ann, tickets).items;
    kith_remove(board, tickets, first);
    kith_remove(board, tickets, of_new);
    assert_int_equal(kith_state_of(first), KITH_TRANSIENT);
    FLUSH(f->session);
    assert_int_equal(COUNT(kith_many(ann, tickets)), 1);
    assert_ptr_equal(kith_many(ann, tickets).items[0], kept);
    assert_int_equal(COUNT(kith_many(cid, tickets)), 0);
    assert_int_equal(COUNT(kith_many(ben, tickets)), 1);
    assert_ptr_equal(before[1], first);       /* what was handed out stays as it was */
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Ticket), 2);
}

/* 86: nor does it come back because something else leads to it; only for its own sake, or with an owner */
static void a_pending_orphan_is_not_written_for_another_owner(void **state)
{
    fixture *f = *state;
    const Board *board = kith_new(f->session, Board);
    const Clerk *ann = kith_new(f->session, Clerk, .name = "Ann");
    const Ticket *ticket = kith_new(f->session, Ticket, .code = "one", .board = { board }, .person = { ann });
    kith_remove(board, tickets, ticket);
    kith_detach(ann);
    assert_int_equal(kith_attach(f->session, ann), KITH_OK);
    assert_int_equal(kith_attach(f->session, ann), KITH_OK);
    FLUSH(f->session);
    assert_int_equal(kith_state_of(ticket), KITH_TRANSIENT);
    assert_int_equal(kith_count(f->session, Ticket), 0);
    assert_int_equal(kith_attach(f->session, ticket), KITH_OK);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Ticket), 1);
    kith_append(board, tickets, ticket);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Ticket, .where = kith_eq(Ticket, board, board)), 1);

    const Ticket *meant = kith_new(f->session, Ticket, .code = "two", .board = { board }, .person = { ann });
    kith_remove(board, tickets, meant);
    assert_int_equal(kith_attach(f->session, ann), KITH_OK);
    assert_int_equal(kith_state_of(meant), KITH_TRANSIENT);         /* her list was not loaded, and leads nowhere (as in SQLAlchemy) */
    kith_session_autoflush(f->session, false);
    KITH_LIST(Ticket) hers = kith_many(ann, tickets);
    kith_session_autoflush(f->session, true);
    assert_ptr_equal(hers.items[hers.count - 1], meant);
    assert_int_equal(kith_attach(f->session, ann), KITH_OK);        /* reached */
    assert_int_equal(kith_state_of(meant), KITH_PENDING);
    assert_int_equal(kith_attach(f->session, meant), KITH_OK);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Ticket), 2);
}

/* 78, 91: one that is in the session already brings along what left it */
static void attaching_again_brings_what_was_detached(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { rocky });
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1);
    const Trashcan *new = kith_new(f->session, Trashcan, .raccoon = { rocky });
    kith_detach(can);
    kith_detach(new);
    assert_int_equal(kith_attach(f->session, rocky), KITH_OK);
    assert_int_equal(kith_state_of(can), KITH_PERSISTENT);
    assert_int_equal(kith_state_of(new), KITH_PENDING);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Trashcan), 2);
}

/* 80: what no cascade brings along is not left out without a word */
static void what_is_related_and_not_in_the_session_is_said_at_the_flush(void **state)
{
    fixture *f = *state;
    const Clerk *ann = kith_new(f->session, Clerk, .name = "Ann");
    const Ticket *ticket = kith_new(f->session, Ticket, .code = "one");
    for (int with_row = 0; with_row < 2; with_row++) {
        kith_detach(ticket);
        kith_append(ann, watched, ticket);
        assert_int_equal(kith_state_of(ticket), KITH_TRANSIENT);
        assert_int_equal(kith_flush(f->session), KITH_MISUSE);
        kith_test_error(f->session, KITH_MISUSE, "watched");
        kith_error_clear(f->session);
        kith_remove(ann, watched, ticket);
        COMMIT(f->session);
        assert_int_equal(kith_state_of(ticket), KITH_TRANSIENT);
    }
    kith_append(ann, watched, ticket);
    assert_int_equal(kith_attach(f->session, ticket), KITH_OK);
    COMMIT(f->session);
    assert_int_equal(ticket->watcher_id.value, ann->id);
}

/* 97: what must be unique may pass from a row that is changed to one that is new */
static void a_unique_value_passes_to_a_new_row_in_one_flush(void **state)
{
    fixture *f = *state;
    const Ticket *old = kith_new(f->session, Ticket, .code = "one");
    COMMIT(f->session);
    const Clerk *ann = kith_new(f->session, Clerk, .name = "Ann");
    const Ticket *new = kith_new(f->session, Ticket, .code = "one", .person = { ann });
    kith_set(old, code, "two");
    kith_set(old, person, ann);     /* and waits for a row of another table */
    COMMIT(f->session);
    assert_string_equal(new->code, "one");
    assert_int_equal(kith_count(f->session, Ticket, .where = kith_eq(Ticket, person, ann)), 2);
    kith_set(old, code, "nine");        /* by their keys, whichever was written first */
    kith_set(new, code, "two");
    FLUSH(f->session);
    kith_set(new, code, "nine");
    kith_set(old, code, "two");
    assert_int_equal(kith_flush(f->session), KITH_CONSTRAINT);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    kith_delete(kith_new(f->session, Ticket, .code = "none"));
    kith_new(f->session, Ticket, .code = "two");        /* a failure leaves nothing half done */
    kith_set(new, code, "three");
    assert_int_equal(kith_flush(f->session), KITH_CONSTRAINT);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    kith_set(new, code, "four");
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Ticket, .where = kith_eq(Ticket, code, "four")), 1);
}

/* 87 */
static void a_child_that_never_had_a_parent_is_inserted_where_the_key_may_be_null(void **state)
{
    fixture *f = *state;
    const Employee *lone = kith_new(f->session, Employee, .name = "lone");
    COMMIT(f->session);
    assert_int_equal(kith_state_of(lone), KITH_PERSISTENT);
    assert_int_equal(kith_count(f->session, Employee), 1);
}

/* ---------------------------------------------------------------- passive deletes */

/* 89 */
static void passive_deletes_leave_unloaded_children_to_the_database(void **state)
{
    fixture *f = *state;
    const Sensor *sensor = kith_new(f->session, Sensor, .serial = "A1");
    for (int i = 0; i < 10; i++)
        kith_new(f->session, Reading, .sensor = { sensor }, .value = i);
    COMMIT(f->session);
    int64_t id = sensor->id;
    new_session(f);
    sensor = kith_get(f->session, Sensor, .id = id);
    kith_delete(sensor);
    SENDS(f, 1, FLUSH(f->session));
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Reading), 0);
}

/* 89: what is loaded is handled in memory, and the rest still by the database */
static void passive_deletes_handle_loaded_children_in_memory(void **state)
{
    fixture *f = *state;
    const Sensor *sensor = kith_new(f->session, Sensor, .serial = "A1");
    kith_new(f->session, Reading, .sensor = { sensor }, .value = 1);
    kith_new(f->session, Reading, .sensor = { sensor }, .value = 2);
    COMMIT(f->session);
    int64_t id = sensor->id;
    new_session(f);
    sensor = kith_get(f->session, Sensor, .id = id);
    const Reading *reading = kith_many(sensor, readings).items[0];
    kith_delete(sensor);
    FLUSH(f->session);
    assert_int_equal(kith_state_of(reading), KITH_DELETED);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Reading), 0);
}

/* 89: with the default cascade the loaded ones get their NULL here, the others from ON DELETE SET NULL */
static void passive_deletes_without_delete_leave_the_nulls_to_the_database(void **state)
{
    fixture *f = *state;
    const Station *station = kith_new(f->session, Station, .name = "s");
    const Sample *sample = kith_new(f->session, Sample, .station = { station });
    COMMIT(f->session);
    int64_t id = station->id, sample_id = sample->id;
    new_session(f);
    station = kith_get(f->session, Station, .id = id);
    kith_delete(station);
    SENDS(f, 1, FLUSH(f->session));
    COMMIT(f->session);
    sample = kith_get(f->session, Sample, .id = sample_id);
    assert_non_null(sample);
    assert_false(sample->station_id.present);
}

/* ---------------------------------------------------------------- expunge */

/* 91 */
static void detaching_takes_along_what_all_owns(void **state)
{
    fixture *f = *state;
    const Company *acme = acme_of(f);
    const Department *department = kith_many(acme, departments).items[0];
    const Employee *employee = kith_many(department, employees).items[0];
    kith_detach(acme);
    assert_int_equal(kith_state_of(acme), KITH_DETACHED);
    assert_int_equal(kith_state_of(department), KITH_DETACHED);
    assert_int_equal(kith_state_of(employee), KITH_DETACHED);
    assert_int_equal(kith_attach(f->session, acme), KITH_OK);
    assert_int_equal(kith_state_of(employee), KITH_PERSISTENT);
    kith_set(employee, name, "changed");
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Employee, .where = kith_eq(Employee, name, "changed")), 1);
}

/* 91: outside of a session an object is known by its row's key. One that may not go keeps the others, too. */
static void what_has_another_key_than_its_row_does_not_leave(void **state)
{
    fixture *f = *state;
    const Company *acme = kith_new(f->session, Company, .name = "Acme");
    const Department *sales = kith_new(f->session, Department, .name = "Sales", .company = { acme });
    COMMIT(f->session);
    int64_t id = sales->id;
    assert_int_equal(kith_many(acme, departments).count, 1);
    kith_set(sales, id, 70);
    kith_detach(acme);
    kith_test_error(f->session, KITH_MISUSE, "Department");
    assert_string_equal(kith_error_of(f->session)->code, "object.key_not_sent");
    assert_string_equal(kith_error_of(f->session)->attribute, "id");
    assert_non_null(strstr(kith_error_of(f->session)->hint, "kith_flush"));
    kith_error_clear(f->session);
    assert_true(kith_state_of(acme) == KITH_PERSISTENT && kith_state_of(sales) == KITH_PERSISTENT);
    kith_set(sales, id, id);                    /* it is its row's again */
    kith_detach(acme);
    assert_true(kith_state_of(acme) == KITH_DETACHED && kith_state_of(sales) == KITH_DETACHED);
    assert_int_equal(kith_attach(f->session, acme), KITH_OK);
    kith_set(sales, id, 70);
    FLUSH(f->session);
    kith_detach(acme);
    kith_test_ok(f->session);
    assert_int_equal(kith_attach(f->session, acme), KITH_OK);
    COMMIT(f->session);
    assert_rows(f, 1, "SELECT count(*) FROM departments WHERE id = 70");
}

/* 91: the default cascade has no expunge in it */
static void detaching_leaves_the_others_where_they_are(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { rocky });
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1);
    kith_detach(rocky);
    assert_int_equal(kith_state_of(rocky), KITH_DETACHED);
    assert_int_equal(kith_state_of(can), KITH_PERSISTENT);
    SENDS(f, 0, FLUSH(f->session));
    COMMIT(f->session);
    assert_true(can->raccoon_id.present);
}

/* 91: refresh-expire, which is in "all": down two levels, and no statement */
static void expiring_takes_along_what_all_owns(void **state)
{
    fixture *f = *state;
    const Company *acme = acme_of(f);
    const Department *department = kith_many(acme, departments).items[0];
    const Employee *employee = kith_many(department, employees).items[0];
    raw_run(f, "UPDATE employees SET name = 'now'; UPDATE departments SET name = 'now'; UPDATE companies SET name = 'now'");
    SENDS(f, 0, kith_expire(acme));
    assert_string_equal(employee->name, "e");
    kith_all(f->session, Employee);
    kith_all(f->session, Department);
    assert_string_equal(employee->name, "now");
    assert_string_equal(department->name, "now");
    kith_get(f->session, Company, .id = acme->id);
    assert_string_equal(acme->name, "now");
}

/* 91 */
static void refreshing_makes_outdated_what_all_owns(void **state)
{
    fixture *f = *state;
    const Company *acme = acme_of(f);
    const Department *department = kith_many(acme, departments).items[0];
    size_t employees = kith_many(department, employees).count;
    raw_run(f, "UPDATE companies SET name = 'now'; UPDATE departments SET name = 'now'; DELETE FROM employees WHERE id = 1");
    SENDS(f, 1, kith_refresh(acme));
    assert_string_equal(acme->name, "now");
    assert_int_equal(kith_many(department, employees).count, employees - 1);
    SENDS(f, 1, assert_ptr_equal(kith_get(f->session, Department, .id = department->id), department));
    assert_string_equal(department->name, "now");
}

/* 91, 104: what was written to it is forgotten as to the object itself, in the lists of both owners too */
static void refreshing_forgets_what_was_written_to_what_all_owns(void **state)
{
    fixture *f = *state;
    const Company *acme = acme_of(f), *other = kith_new(f->session, Company, .name = "other");
    COMMIT(f->session);
    const Department *department = kith_many(acme, departments).items[0], *stays = kith_many(acme, departments).items[1];
    assert_int_equal(COUNT(kith_many(other, departments)), 0);
    kith_session_autoflush(f->session, false);
    kith_set(acme, name, "unwritten");
    kith_set(department, name, "unwritten");
    kith_set(department, company, other);
    kith_set(stays, name, "unwritten");
    assert_int_equal(HOLDS(kith_many(other, departments), department), 1);
    kith_refresh(stays);
    assert_string_equal(stays->name, "sales");
    kith_refresh(department);
    assert_string_equal(department->name, "works");
    assert_ptr_equal(kith_one(department, company), acme);
    assert_int_equal(COUNT(kith_many(other, departments)), 0);
    assert_int_equal(HOLDS(kith_many(acme, departments), department), 1);
    kith_set(department, name, "unwritten again");
    kith_refresh(acme);
    assert_string_equal(acme->name, "Acme");
    SENDS(f, 0, FLUSH(f->session));
    assert_string_equal(department->name, "works");
    kith_set(department, name, "unwritten again");
    SENDS(f, 1, FLUSH(f->session));
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Department, .where = kith_eq(Department, name, "unwritten again")), 1);
}

/* 91: the default cascade has no refresh-expire in it */
static void expiring_leaves_the_others_as_they_are(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    const Trashcan *can = kith_new(f->session, Trashcan, .label = "a", .raccoon = { rocky });
    FLUSH(f->session);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1);
    kith_expire(rocky);
    SENDS(f, 0, assert_ptr_equal(kith_get(f->session, Trashcan, .id = can->id), can));
    SENDS(f, 1, assert_ptr_equal(kith_get(f->session, Raccoon, .id = rocky->id), rocky));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_MEMORY(alley, attaching_a_parent_brings_its_children),
        IN_MEMORY(alley, attaching_a_child_brings_its_parent),
        IN_MEMORY(alley, appending_to_a_parent_with_a_row_brings_the_child_at_once),
        IN_MEMORY(alley, setting_the_parent_from_the_child_brings_the_child),
        IN_MEMORY(alley, deleting_a_parent_nulls_the_key_of_loaded_and_unloaded_children),
        IN_MEMORY(firm, deleting_a_parent_whose_childrens_key_may_not_be_null_fails_whole),
        IN_MEMORY(alley, deleting_the_parent_of_a_thousand_and_one_nulls_them_all),
        IN_MEMORY(alley, a_child_deleted_with_its_parent_is_not_updated_first),
        IN_MEMORY(alley, taking_a_child_out_nulls_its_key_and_keeps_its_row),
        IN_MEMORY(firm, taking_out_a_child_whose_key_may_not_be_null_fails),
        IN_MEMORY(firm, all_deletes_recursively_and_children_first),
        IN_MEMORY(firm, the_loaded_children_of_a_deleted_parent_are_deleted),
        IN_MEMORY(firm, all_without_delete_orphan_keeps_what_is_taken_out),
        IN_MEMORY(firm, a_pending_child_of_a_deleted_parent_is_not_written),
        IN_MEMORY(branches, a_tree_with_cascade_goes_as_a_whole),
        IN_MEMORY(firm, an_orphan_by_removal_is_deleted),
        IN_MEMORY(firm, an_orphan_by_setting_its_parent_to_null_is_deleted),
        IN_MEMORY(branches, what_an_orphan_owns_goes_with_it),
        IN_MEMORY(firm, a_rollback_brings_an_orphan_back),
        IN_MEMORY(firm, a_move_between_two_parents_is_no_orphaning),
        IN_MEMORY(firm, taken_out_and_put_elsewhere_before_the_flush_is_no_orphaning),
        IN_MEMORY(firm, a_pending_orphan_leaves_the_session_unwritten),
        IN_MEMORY(boards, a_pending_orphan_leaves_all_lists_at_the_flush),
        IN_MEMORY(boards, a_pending_orphan_is_not_written_for_another_owner),
        IN_MEMORY(alley, attaching_again_brings_what_was_detached),
        IN_MEMORY(boards, what_is_related_and_not_in_the_session_is_said_at_the_flush),
        IN_MEMORY(boards, a_unique_value_passes_to_a_new_row_in_one_flush),
        IN_MEMORY(firm, a_child_that_never_had_a_parent_is_inserted_where_the_key_may_be_null),
        IN_MEMORY(sensors, passive_deletes_leave_unloaded_children_to_the_database),
        IN_MEMORY(sensors, passive_deletes_handle_loaded_children_in_memory),
        IN_MEMORY(stations, passive_deletes_without_delete_leave_the_nulls_to_the_database),
        IN_MEMORY(firm, detaching_takes_along_what_all_owns),
        ON_FILE(firm, what_has_another_key_than_its_row_does_not_leave),
        IN_MEMORY(alley, detaching_leaves_the_others_where_they_are),
        ON_FILE(firm, expiring_takes_along_what_all_owns),
        ON_FILE(firm, refreshing_makes_outdated_what_all_owns),
        IN_MEMORY(firm, refreshing_forgets_what_was_written_to_what_all_owns),
        IN_MEMORY(alley, expiring_leaves_the_others_as_they_are),
    };
    return cmocka_run_group_tests_name("cascades", tests, NULL, NULL);
}
