/*
 * Both sides of a relationship when something else comes between two changes: a flush that deletes, a load that reads its own owners anew, a
 * changed key, a flush that failed, a delete that is taken back, a list made outdated. A number before a test is the rule it holds.
 */
#include "fixture.h"

FAMILY(alley, ALLEY_MODELS);

/* a bear belongs to a keeper, and goes with it */
KITH_DECLARE(Keeper);
KITH_DECLARE(Bruin);
KITH_DECLARE(Hollow);
struct Keeper { int64_t id; KITH_MANY(Bruin) bruins; };
struct Bruin { int64_t id; kith_opt_int keeper_id; KITH_ONE(Keeper) keeper; KITH_ONE(Hollow) hollow; };
struct Hollow { int64_t id; kith_opt_int bruin_id; KITH_ONE(Bruin) bruin; };
KITH_MODEL(Keeper, "keepers", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(bruins, Bruin, .back_populates = "keeper", .cascade = "all, delete-orphan"));
KITH_MODEL(Bruin, "bruins", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(keeper_id, .foreign_key = "keepers.id"),
    KITH_RELATIONSHIP(keeper, Keeper, .back_populates = "bruins"), KITH_RELATIONSHIP(hollow, Hollow, .back_populates = "bruin"));
KITH_MODEL(Hollow, "hollows", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(bruin_id, .foreign_key = "bruins.id", .unique = true),
    KITH_RELATIONSHIP(bruin, Bruin, .back_populates = "hollow"));
FAMILY(zoo, KITH_MODELS(Keeper, Bruin, Hollow));

/* one-to-one by a key that may not be NULL */
KITH_DECLARE(Member);
KITH_DECLARE(Card);
struct Member { int64_t id; KITH_ONE(Card) card; };
struct Card { int64_t id, member_id; KITH_ONE(Member) member; };
KITH_MODEL(Member, "members", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(card, Card, .back_populates = "member"));
KITH_MODEL(Card, "cards", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(member_id, .foreign_key = "members.id", .unique = true),
    KITH_RELATIONSHIP(member, Member, .back_populates = "card"));
FAMILY(club, KITH_MODELS(Member, Card));

/* one-to-one of a model with itself */
KITH_DECLARE(Page);
struct Page { int64_t id; kith_opt_int next_id; KITH_ONE(Page) next; KITH_ONE(Page) previous; };
KITH_MODEL(Page, "pages", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(next_id, .foreign_key = "pages.id"),
    KITH_RELATIONSHIP(next, Page, .back_populates = "previous", .remote_side = "id"), KITH_RELATIONSHIP(previous, Page, .back_populates = "next", .cascade = "all"));
FAMILY(pages, KITH_MODELS(Page));

/* a key that the table follows */
KITH_DECLARE(Land);
KITH_DECLARE(Town);
struct Land { const char *code; KITH_MANY(Town) towns; };
struct Town { int64_t id; const char *land_code; KITH_ONE(Land) land; };
KITH_MODEL(Land, "lands", KITH_COLUMN(code, .primary_key = true), KITH_RELATIONSHIP(towns, Town, .back_populates = "land"));
KITH_MODEL(Town, "towns", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(land_code, .foreign_key = "lands.code", .on_update = "CASCADE"),
    KITH_RELATIONSHIP(land, Land, .back_populates = "towns"));
FAMILY(lands, KITH_MODELS(Land, Town));

/* owners of owners; notes that no cascade adds to the session */
KITH_DECLARE(Invoice);
KITH_DECLARE(Line);
KITH_DECLARE(Part);
KITH_DECLARE(Remark);
struct Invoice { int64_t id; KITH_MANY(Line) lines; KITH_MANY(Remark) remarks; };
struct Line { int64_t id; kith_opt_int invoice_id; KITH_ONE(Invoice) invoice; KITH_MANY(Part) parts; };
struct Part { int64_t id; kith_opt_int line_id; KITH_ONE(Line) line; };
struct Remark { int64_t id; kith_opt_int invoice_id; KITH_ONE(Invoice) invoice; };
KITH_MODEL(Invoice, "invoices", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(lines, Line, .back_populates = "invoice", .cascade = "all, delete-orphan"),
    KITH_RELATIONSHIP(remarks, Remark, .back_populates = "invoice", .cascade = "merge"));
KITH_MODEL(Line, "lines", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(invoice_id, .foreign_key = "invoices.id"),
    KITH_RELATIONSHIP(invoice, Invoice, .back_populates = "lines"), KITH_RELATIONSHIP(parts, Part, .back_populates = "line", .cascade = "all, delete-orphan"));
KITH_MODEL(Part, "parts", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(line_id, .foreign_key = "lines.id"), KITH_RELATIONSHIP(line, Line, .back_populates = "parts"));
KITH_MODEL(Remark, "remarks", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(invoice_id, .foreign_key = "invoices.id"),
    KITH_RELATIONSHIP(invoice, Invoice, .back_populates = "remarks", .cascade = "merge"));
FAMILY(bills, KITH_MODELS(Invoice, Line, Part, Remark));

/* a list whose items do not know of it */
KITH_DECLARE(Unit);
KITH_DECLARE(Task);
struct Unit { int64_t id; KITH_MANY(Task) tasks; };
struct Task { int64_t id; kith_opt_int unit_id; };
KITH_MODEL(Unit, "units", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(tasks, Task));
KITH_MODEL(Task, "tasks", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(unit_id, .foreign_key = "units.id"));
FAMILY(units, KITH_MODELS(Unit, Task));

/* a list that is only shown */
KITH_DECLARE(Sheet);
KITH_DECLARE(Stamp);
struct Sheet { int64_t id; KITH_MANY(Stamp) stamps; };
struct Stamp { int64_t id; kith_opt_int sheet_id; };
KITH_MODEL(Sheet, "sheets", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(stamps, Stamp, .view_only = true));
KITH_MODEL(Stamp, "stamps", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(sheet_id, .foreign_key = "sheets.id"));
FAMILY(sheets, KITH_MODELS(Sheet, Stamp));

/* one-to-one by a unique key, which only the owner's side knows of */
KITH_DECLARE(Door);
KITH_DECLARE(Latch);
struct Door { int64_t id; KITH_ONE(Latch) latch; };
struct Latch { int64_t id; kith_opt_int door_id; };
KITH_MODEL(Door, "doors", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(latch, Latch, .remote_side = "door_id"));
KITH_MODEL(Latch, "latches", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(door_id, .foreign_key = "doors.id", .unique = true));
FAMILY(doors, KITH_MODELS(Door, Latch));

/* owned in two ways */
KITH_DECLARE(Frame);
KITH_DECLARE(Pane);
struct Frame { int64_t id; KITH_MANY(Pane) lefts, rights; };
struct Pane { int64_t id; kith_opt_int left_id, right_id; KITH_ONE(Frame) left, right; };
KITH_MODEL(Frame, "frames", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(lefts, Pane, .back_populates = "left", .foreign_keys = "left_id", .cascade = "all"),
    KITH_RELATIONSHIP(rights, Pane, .back_populates = "right", .foreign_keys = "right_id", .cascade = "all"));
KITH_MODEL(Pane, "panes", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(left_id, .foreign_key = "frames.id"), KITH_COLUMN(right_id, .foreign_key = "frames.id"),
    KITH_RELATIONSHIP(left, Frame, .back_populates = "lefts", .foreign_keys = "left_id"), KITH_RELATIONSHIP(right, Frame, .back_populates = "rights", .foreign_keys = "right_id"));
FAMILY(frames, KITH_MODELS(Frame, Pane));

/* ---------------------------------------------------------------- a flush inside of the change */

static void what_the_flush_inside_of_a_change_deletes_stays_deleted(void **state)
{
    fixture *f = *state;
    const Keeper *keeper = kith_new(f->session, Keeper);
    const Bruin *bruin = kith_new(f->session, Bruin, .keeper = { keeper });
    COMMIT(f->session);
    kith_delete(keeper);
    assert_null(kith_new(f->session, Hollow, .bruin = { bruin }));
    kith_test_error(f->session, KITH_MISUSE, "deleted");
    assert_string_equal(kith_error_of(f->session)->code, "object.deleted");
    kith_error_clear(f->session);
    assert_int_equal(kith_state_of(keeper), KITH_DELETED);
    assert_int_equal(kith_state_of(bruin), KITH_DELETED);
    COMMIT(f->session);
    assert_rows(f, 0, "SELECT (SELECT count(*) FROM keepers) + (SELECT count(*) FROM bruins) + (SELECT count(*) FROM hollows)");
}

static void an_orphan_that_the_flush_inside_of_a_change_deletes_stays_deleted(void **state)
{
    fixture *f = *state;
    const Keeper *keeper = kith_new(f->session, Keeper);
    const Bruin *bruin = kith_new(f->session, Bruin, .keeper = { keeper });
    const Hollow *hollow = kith_new(f->session, Hollow);
    COMMIT(f->session);
    kith_remove(keeper, bruins, bruin);
    kith_set(bruin, hollow, hollow);
    kith_test_error(f->session, KITH_MISUSE, "deleted");
    assert_string_equal(kith_error_of(f->session)->code, "object.deleted");
    kith_error_clear(f->session);
    COMMIT(f->session);
    assert_rows(f, 0, "SELECT count(*) FROM bruins");
    assert_rows(f, RAW_NULL, "SELECT bruin_id FROM hollows");
}

static void a_new_object_is_not_written_before_it_has_its_key(void **state)
{
    fixture *f = *state;
    const Member *member = kith_new(f->session, Member);
    COMMIT(f->session);
    const Card *card = kith_new(f->session, Card, .member = { member });
    kith_test_ok(f->session);
    assert_ptr_equal(kith_one(member, card), card);
    COMMIT(f->session);
    assert_rows(f, member->id, "SELECT member_id FROM cards");
}

/* ---------------------------------------------------------------- one-to-one of a model with itself */

/* 61, 62 */
static void a_load_that_reads_its_owners_anew_keeps_what_it_found(void **state)
{
    fixture *f = *state;
    const Page *c = kith_new(f->session, Page), *b = kith_new(f->session, Page, .next = { c }), *a = kith_new(f->session, Page, .next = { b }), *d = kith_new(f->session, Page);
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_all(f->session, Page)), 4);
    COMMIT(f->session);
    kith_set(d, next, b);
    assert_null(kith_one(a, next));
    assert_ptr_equal(kith_one(b, previous), d);
    assert_ptr_equal(kith_one(c, previous), b);
    COMMIT(f->session);
    assert_rows(f, d->id, "SELECT id FROM pages WHERE next_id = (SELECT next_id FROM pages ORDER BY id DESC LIMIT 1)");
    assert_rows(f, 2, "SELECT count(*) FROM pages WHERE next_id IS NOT NULL");
}

/* 83 */
static void a_chain_of_ones_is_deleted_as_a_whole(void **state)
{
    fixture *f = *state;
    const Page *a = kith_new(f->session, Page), *b = kith_new(f->session, Page, .next = { a });
    kith_new(f->session, Page, .next = { b });
    COMMIT(f->session);
    kith_delete(a);
    kith_delete(b);
    COMMIT(f->session);
    assert_rows(f, 0, "SELECT count(*) FROM pages");
}

/* ---------------------------------------------------------------- a changed key */

/* 92 */
static void a_child_whose_parents_key_has_changed_is_still_its_child(void **state)
{
    fixture *f = *state;
    const Land *a = kith_new(f->session, Land, .code = "a"), *b = kith_new(f->session, Land, .code = "b");
    const Town *town = kith_new(f->session, Town, .land = { a });
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(a, towns)), 1);
    assert_int_equal(COUNT(kith_many(b, towns)), 0);
    kith_set(a, code, "aa");
    FLUSH(f->session);
    assert_ptr_equal(kith_one(town, land), a);
    kith_set(town, land, b);
    assert_int_equal(COUNT(kith_many(a, towns)), 0);
    assert_int_equal(COUNT(kith_many(b, towns)), 1);
    COMMIT(f->session);
    assert_rows(f, 1, "SELECT count(*) FROM towns WHERE land_code = 'b'");
}

/* ---------------------------------------------------------------- what was never written and never will be */

/* 86 */
static void what_a_pending_orphan_owns_goes_with_it(void **state)
{
    fixture *f = *state;
    const Invoice *invoice = kith_new(f->session, Invoice);
    const Line *line = kith_new(f->session, Line, .invoice = { invoice });
    const Part *part = kith_new(f->session, Part, .line = { line });
    kith_remove(invoice, lines, line);
    COMMIT(f->session);
    assert_int_equal(kith_state_of(line), KITH_TRANSIENT);
    assert_int_equal(kith_state_of(part), KITH_TRANSIENT);
    assert_rows(f, 1, "SELECT (SELECT count(*) FROM invoices) + (SELECT count(*) FROM lines) + (SELECT count(*) FROM parts)");
    kith_append(invoice, lines, line);
    COMMIT(f->session);
    assert_rows(f, line->id, "SELECT line_id FROM parts");
}

/* 83 */
static void what_a_pending_object_owns_is_deleted_with_it(void **state)
{
    fixture *f = *state;
    const Invoice *invoice = kith_new(f->session, Invoice);
    const Line *line = kith_new(f->session, Line, .invoice = { invoice });
    kith_new(f->session, Part, .line = { line });
    kith_delete(invoice);
    COMMIT(f->session);
    assert_rows(f, 0, "SELECT (SELECT count(*) FROM invoices) + (SELECT count(*) FROM lines) + (SELECT count(*) FROM parts)");
}

/* ---------------------------------------------------------------- a flush that failed before it wrote */

/* 102 */
static void a_flush_that_fails_before_it_writes_deletes_nothing_else(void **state)
{
    fixture *f = *state;
    const Invoice *a = kith_new(f->session, Invoice), *b = kith_new(f->session, Invoice);
    const Line *line = kith_new(f->session, Line, .invoice = { a }), *orphan = kith_new(f->session, Line, .invoice = { b });
    COMMIT(f->session);
    const Remark *remark = kith_new(f->session, Remark);
    kith_detach(remark);
    kith_append(b, remarks, remark);
    kith_delete(a);
    kith_remove(b, lines, orphan);
    assert_int_equal(kith_flush(f->session), KITH_MISUSE);
    kith_error_clear(f->session);
    assert_int_equal(kith_state_of(a), KITH_DELETED);
    assert_int_equal(kith_state_of(line), KITH_PERSISTENT);
    assert_int_equal(kith_state_of(orphan), KITH_PERSISTENT);
    kith_attach(f->session, a);
    kith_remove(b, remarks, remark);
    COMMIT(f->session);
    assert_rows(f, a->id, "SELECT invoice_id FROM lines");
    assert_rows(f, 1, "SELECT count(*) FROM lines");
    assert_rows(f, 2, "SELECT count(*) FROM invoices");
}

/* 102 */
static void a_flush_that_fails_before_it_writes_takes_no_parent_away(void **state)
{
    fixture *f = *state;
    const Invoice *a = kith_new(f->session, Invoice), *b = kith_new(f->session, Invoice);
    const Remark *held = kith_new(f->session, Remark, .invoice = { a }), *remark = kith_new(f->session, Remark);
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(a, remarks)), 1);
    const Remark *loose = kith_new(f->session, Remark);
    kith_detach(loose);
    kith_append(b, remarks, loose);
    kith_delete(a);
    assert_int_equal(kith_flush(f->session), KITH_MISUSE);
    kith_error_clear(f->session);
    kith_attach(f->session, a);
    kith_remove(b, remarks, loose);
    assert_ptr_equal(kith_one(held, invoice), a);
    COMMIT(f->session);
    assert_rows(f, a->id, "SELECT invoice_id FROM remarks ORDER BY id LIMIT 1");
    assert_null(kith_one(remark, invoice));
}

/* ---------------------------------------------------------------- lists without another side */

/* 112 */
static void a_deleted_item_leaves_a_loaded_list_that_it_does_not_know_of(void **state)
{
    fixture *f = *state;
    const Unit *unit = kith_new(f->session, Unit);
    const Task *one = kith_new(f->session, Task), *two = kith_new(f->session, Task), *three = kith_new(f->session, Task);
    kith_append(unit, tasks, one);
    kith_append(unit, tasks, two);
    kith_append(unit, tasks, three);
    COMMIT(f->session);
    KITH_LIST(Task) before = kith_many(unit, tasks);
    kith_delete(one);
    FLUSH(f->session);
    assert_int_equal(COUNT(kith_many(unit, tasks)), 2);
    assert_ptr_equal(kith_many(unit, tasks).items[0], two);
    assert_ptr_equal(before.items[0], one);
    assert_int_equal(kith_delete_where(f->session, Task, .where = kith_eq(Task, id, two->id)), 1);
    assert_int_equal(COUNT(kith_many(unit, tasks)), 1);
    kith_rollback(f->session);
    assert_int_equal(COUNT(kith_many(unit, tasks)), 3);
}

static void an_owner_that_left_the_session_gives_no_key_to_an_item_that_does_not_know_of_it(void **state)
{
    fixture *f = *state;
    const Task *task = kith_new(f->session, Task);
    COMMIT(f->session);
    const Unit *unit = kith_new(f->session, Unit);
    kith_append(unit, tasks, task);
    kith_delete(unit);
    assert_int_equal(kith_commit(f->session), KITH_MISUSE);
    assert_string_equal(kith_error_of(f->session)->code, "relationship.not_in_session");
    kith_rollback(f->session);
    kith_test_ok(f->session);
}

/* ---------------------------------------------------------------- a delete that is taken back after its flush */

/* 108 */
static void a_deleted_owner_comes_back_without_what_it_had(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon);
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { rocky });
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1);
    kith_delete(rocky);
    FLUSH(f->session);
    kith_attach(f->session, rocky);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    FLUSH(f->session);
    assert_null(kith_one(can, raccoon));
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    kith_append(rocky, trashcans, can);
    kith_rollback(f->session);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1);
    assert_ptr_equal(kith_one(can, raccoon), rocky);
    kith_delete(rocky);
    kith_savepoint(f->session);
    kith_attach(f->session, rocky);
    kith_savepoint_undo(f->session);
    kith_rollback(f->session);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1);
    kith_test_ok(f->session);
}

/* 108 */
static void a_deleted_child_comes_back_into_the_list_of_its_owner(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon);
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { rocky });
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1);
    kith_delete(can);
    FLUSH(f->session);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    kith_attach(f->session, can);
    assert_ptr_equal(kith_one(can, raccoon), rocky);
    assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 1);
    COMMIT(f->session);
    assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 1);
    assert_rows(f, rocky->id, "SELECT raccoon_id FROM trashcans");
    kith_delete(can);
    FLUSH(f->session);
    kith_attach(f->session, can);
    kith_rollback(f->session);
    assert_ptr_equal(kith_one(can, raccoon), rocky);
    assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 1);
}

/* 108 */
static void a_deleted_child_whose_owner_is_gone_too_comes_back_alone(void **state)
{
    fixture *f = *state;
    const Keeper *keeper = kith_new(f->session, Keeper);
    const Bruin *bruin = kith_new(f->session, Bruin, .keeper = { keeper });
    COMMIT(f->session);
    kith_delete(keeper);
    FLUSH(f->session);
    kith_attach(f->session, bruin);
    assert_null(kith_one(bruin, keeper));
    COMMIT(f->session);
    assert_rows(f, 1, "SELECT count(*) FROM bruins WHERE keeper_id IS NULL");
    assert_rows(f, 0, "SELECT count(*) FROM keepers");
}

/* ---------------------------------------------------------------- lists made outdated while a move waits */

/* 55 */
static void a_move_that_waits_is_in_lists_that_are_read_anew(void **state)
{
    fixture *f = *state;
    const Raccoon *a = kith_new(f->session, Raccoon), *b = kith_new(f->session, Raccoon);
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { b });
    COMMIT(f->session);
    kith_session_autoflush(f->session, false);
    assert_int_equal(COUNT(kith_many(a, trashcans)), 0);
    assert_int_equal(COUNT(kith_many(b, trashcans)), 1);
    kith_append(a, trashcans, can);
    kith_expire(a);
    kith_expire(b);
    assert_int_equal(COUNT(kith_many(a, trashcans)), 1);
    assert_int_equal(COUNT(kith_many(b, trashcans)), 0);
    assert_ptr_equal(kith_one(can, raccoon), a);
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(a, trashcans)), 1);
    assert_int_equal(COUNT(kith_many(b, trashcans)), 0);
}

/* 55 */
static void a_move_that_waits_is_in_lists_that_its_item_does_not_know_of(void **state)
{
    fixture *f = *state;
    const Unit *a = kith_new(f->session, Unit), *b = kith_new(f->session, Unit);
    const Task *task = kith_new(f->session, Task);
    kith_append(b, tasks, task);
    COMMIT(f->session);
    kith_session_autoflush(f->session, false);
    assert_int_equal(COUNT(kith_many(a, tasks)), 0);
    assert_int_equal(COUNT(kith_many(b, tasks)), 1);
    kith_append(a, tasks, task);
    kith_expire(a);
    kith_expire(b);
    assert_int_equal(COUNT(kith_many(a, tasks)), 1);
    assert_int_equal(COUNT(kith_many(b, tasks)), 0);
    kith_remove(a, tasks, task);
    kith_expire(b);
    assert_int_equal(COUNT(kith_many(b, tasks)), 0);
    COMMIT(f->session);
    assert_rows(f, RAW_NULL, "SELECT unit_id FROM tasks");
}

/* ---------------------------------------------------------------- a key that is unique */

/* 61, 97 */
static void a_unique_key_passes_to_an_older_row(void **state)
{
    fixture *f = *state;
    const Bruin *bruin = kith_new(f->session, Bruin);
    const Hollow *older = kith_new(f->session, Hollow), *newer = kith_new(f->session, Hollow, .bruin = { bruin });
    COMMIT(f->session);
    kith_set(bruin, hollow, older);
    COMMIT(f->session);
    assert_ptr_equal(kith_one(bruin, hollow), older);
    assert_null(kith_one(newer, bruin));
    assert_rows(f, older->id, "SELECT id FROM hollows WHERE bruin_id IS NOT NULL");
}

/* 61, 97: where the row that lets go of it does not know of the owner */
static void a_unique_key_that_only_its_owner_knows_of_passes_to_an_older_row(void **state)
{
    fixture *f = *state;
    const Door *door = kith_new(f->session, Door);
    const Latch *older = kith_new(f->session, Latch), *newer = kith_new(f->session, Latch);
    kith_set(door, latch, newer);
    COMMIT(f->session);
    kith_set(door, latch, older);
    COMMIT(f->session);
    assert_ptr_equal(kith_one(door, latch), older);
    assert_rows(f, older->id, "SELECT id FROM latches WHERE door_id IS NOT NULL");
}

/* 99: the old row has the key still, which the program gave to nobody */
static void a_deleted_row_whose_key_was_written_gives_its_old_key(void **state)
{
    fixture *f = *state;
    const Land *old = kith_new(f->session, Land, .code = "DE"), *other = kith_new(f->session, Land, .code = "FR");
    COMMIT(f->session);
    kith_session_autoflush(f->session, false);
    kith_set(old, code, "AT");
    kith_delete(old);
    const Land *new = kith_new(f->session, Land, .code = "DE"), *third = kith_new(f->session, Land, .code = "AT");
    COMMIT(f->session);
    assert_int_equal(kith_state_of(old), KITH_DELETED);
    assert_ptr_equal(kith_get(f->session, Land, .code = "DE"), new);
    assert_ptr_equal(kith_get(f->session, Land, .code = "AT"), third);
    assert_ptr_equal(kith_get(f->session, Land, .code = "FR"), other);
    assert_rows(f, 3, "SELECT count(*) FROM lands");
}

/* What is to be flushed first may not be possible. */
static void a_get_of_a_key_that_is_about_to_go_says_why_it_could_not(void **state)
{
    fixture *f = *state;
    const Land *land = kith_new(f->session, Land, .code = "DE");
    kith_new(f->session, Land, .code = "FR");
    COMMIT(f->session);
    kith_set(land, code, "FR");
    assert_null(kith_get(f->session, Land, .code = "DE"));
    kith_test_error(f->session, KITH_CONSTRAINT, "lands.code");
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_ptr_equal(kith_get(f->session, Land, .code = "DE"), land);
}

/* ---------------------------------------------------------------- keys that are said twice */

static void a_child_may_say_its_parents_key_and_the_parent(void **state)
{
    fixture *f = *state;
    char code[] = "DE";
    const Land *land = kith_new(f->session, Land, .code = "DE");
    const Town *town = kith_new(f->session, Town, .land_code = code, .land = { land });
    memset(code, 'x', 2);
    COMMIT(f->session);
    assert_string_equal(town->land_code, "DE");
    assert_ptr_equal(kith_one(town, land), land);
    assert_int_equal(COUNT(kith_many(land, towns)), 1);
}

/* ---------------------------------------------------------------- what is only shown, and what is owned twice */

static void an_object_with_a_list_that_is_only_shown_comes_back(void **state)
{
    fixture *f = *state;
    const Sheet *sheet = kith_new(f->session, Sheet);
    FLUSH(f->session);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(kith_attach(f->session, sheet), KITH_OK);
    COMMIT(f->session);
    kith_new(f->session, Stamp, .sheet_id = kith_some(sheet->id));
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(sheet, stamps)), 1);
    new_session(f);
    sheet = kith_get(f->session, Sheet, .id = 1);
    raw_run(f, "UPDATE stamps SET sheet_id = NULL");
    kith_delete(sheet);
    FLUSH(f->session);
    assert_int_equal(kith_attach(f->session, sheet), KITH_OK);
    COMMIT(f->session);
    assert_rows(f, 1, "SELECT count(*) FROM sheets");
    assert_int_equal(COUNT(kith_many(sheet, stamps)), 0);
}

static void what_a_pending_object_owns_twice_goes_with_it_once(void **state)
{
    fixture *f = *state;
    const Frame *frame = kith_new(f->session, Frame);
    const Pane *both = kith_new(f->session, Pane, .left = { frame }, .right = { frame }), *one = kith_new(f->session, Pane, .right = { frame });
    kith_delete(frame);
    kith_test_ok(f->session);
    assert_int_equal(kith_state_of(both), KITH_TRANSIENT);
    assert_int_equal(kith_state_of(one), KITH_TRANSIENT);
    SENDS(f, 0, COMMIT(f->session));
}

/* 101 */
static void a_deleted_one_comes_back_to_its_owner(void **state)
{
    fixture *f = *state;
    const Bruin *bruin = kith_new(f->session, Bruin);
    const Hollow *hollow = kith_new(f->session, Hollow, .bruin = { bruin });
    COMMIT(f->session);
    assert_ptr_equal(kith_one(bruin, hollow), hollow);
    kith_delete(hollow);
    FLUSH(f->session);
    assert_null(kith_one(bruin, hollow));
    assert_int_equal(kith_attach(f->session, hollow), KITH_OK);
    assert_ptr_equal(kith_one(bruin, hollow), hollow);
    assert_ptr_equal(kith_one(hollow, bruin), bruin);
    COMMIT(f->session);
    assert_rows(f, bruin->id, "SELECT bruin_id FROM hollows");
    /* one that has found another owner's place taken comes back alone */
    kith_delete(hollow);
    FLUSH(f->session);
    const Hollow *next = kith_new(f->session, Hollow, .id = 9, .bruin = { bruin });
    assert_int_equal(kith_attach(f->session, hollow), KITH_OK);
    assert_ptr_equal(kith_one(bruin, hollow), next);
    assert_null(kith_one(hollow, bruin));
    COMMIT(f->session);
    assert_rows(f, next->id, "SELECT id FROM hollows WHERE bruin_id IS NOT NULL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FILE(zoo, what_the_flush_inside_of_a_change_deletes_stays_deleted),
        ON_FILE(zoo, an_orphan_that_the_flush_inside_of_a_change_deletes_stays_deleted),
        ON_FILE(club, a_new_object_is_not_written_before_it_has_its_key),
        ON_FILE(pages, a_load_that_reads_its_owners_anew_keeps_what_it_found),
        ON_FILE(pages, a_chain_of_ones_is_deleted_as_a_whole),
        ON_FILE(lands, a_child_whose_parents_key_has_changed_is_still_its_child),
        ON_FILE(bills, what_a_pending_orphan_owns_goes_with_it),
        ON_FILE(bills, what_a_pending_object_owns_is_deleted_with_it),
        ON_FILE(bills, a_flush_that_fails_before_it_writes_deletes_nothing_else),
        ON_FILE(bills, a_flush_that_fails_before_it_writes_takes_no_parent_away),
        ON_FILE(units, a_deleted_item_leaves_a_loaded_list_that_it_does_not_know_of),
        ON_FILE(units, an_owner_that_left_the_session_gives_no_key_to_an_item_that_does_not_know_of_it),
        ON_FILE(alley, a_deleted_owner_comes_back_without_what_it_had),
        ON_FILE(alley, a_deleted_child_comes_back_into_the_list_of_its_owner),
        ON_FILE(zoo, a_deleted_child_whose_owner_is_gone_too_comes_back_alone),
        ON_FILE(alley, a_move_that_waits_is_in_lists_that_are_read_anew),
        ON_FILE(units, a_move_that_waits_is_in_lists_that_its_item_does_not_know_of),
        ON_FILE(zoo, a_unique_key_passes_to_an_older_row),
        ON_FILE(doors, a_unique_key_that_only_its_owner_knows_of_passes_to_an_older_row),
        ON_FILE(lands, a_deleted_row_whose_key_was_written_gives_its_old_key),
        ON_FILE(lands, a_get_of_a_key_that_is_about_to_go_says_why_it_could_not),
        ON_FILE(lands, a_child_may_say_its_parents_key_and_the_parent),
        ON_FILE(sheets, an_object_with_a_list_that_is_only_shown_comes_back),
        ON_FILE(frames, what_a_pending_object_owns_twice_goes_with_it_once),
        ON_FILE(zoo, a_deleted_one_comes_back_to_its_owner),
    };
    return cmocka_run_group_tests_name("what comes between", tests, NULL, NULL);
}
