/*
 * Objects one by one: read anew, detached, stale, where they do not belong, merged (docs/behaviours.md 104 to 112).
 */
#include "fixture.h"

FAMILY(alley, ALLEY_MODELS);
FAMILY(atlas, ATLAS_MODELS);
FAMILY(papers, PAPER_MODELS);
FAMILY(blog, BLOG_MODELS);
FAMILY(school, SCHOOL_MODELS);
FAMILY(bears, BEAR_MODELS);

/* a list whose items do not know of it */
KITH_DECLARE(Basket);
KITH_DECLARE(Apple);
struct Basket { int64_t id; KITH_MANY(Apple) apples; };
struct Apple { int64_t id; kith_opt_int basket_id; };
KITH_MODEL(Basket, "baskets", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(apples, Apple));
KITH_MODEL(Apple, "apples", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(basket_id, .foreign_key = "baskets.id"));
FAMILY(baskets, KITH_MODELS(Basket, Apple));

/* ---------------------------------------------------------------- refresh, expire, detach, clear */

/* 104 */
static void refresh_reads_the_row_now(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    const Raccoon *rocky = get_raccoon(f->session, id);
    raw_run(f, "UPDATE raccoons SET name = 'Dan', age = 4");
    SENDS(f, 1, kith_refresh(rocky));
    assert_string_equal(rocky->name, "Dan");
    assert_int_equal(rocky->age.value, 4);
    kith_set(rocky, name, "mine");
    kith_session_autoflush(f->session, false);
    kith_refresh(rocky);
    assert_string_equal(rocky->name, "Dan");        /* an unwritten change is overwritten */
    SENDS(f, 0, FLUSH(f->session));
}

/* 104 */
static void expire_reads_the_row_at_the_next_query_and_not_before(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    const Raccoon *rocky = get_raccoon(f->session, id);
    raw_run(f, "UPDATE raccoons SET name = 'Dan'");
    SENDS(f, 0, kith_expire(rocky));
    SENDS(f, 0, assert_string_equal(rocky->name, "Rocky"));
    SENDS(f, 1, assert_ptr_equal(get_raccoon(f->session, id), rocky));
    assert_string_equal(rocky->name, "Dan");
}

/* 104 */
static void a_detached_object_is_read_but_no_longer_written(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    const Raccoon *rocky = get_raccoon(f->session, id);
    kith_set(rocky, name, "changed");
    kith_detach(rocky);
    assert_int_equal(kith_state_of(rocky), KITH_DETACHED);
    assert_string_equal(rocky->name, "changed");
    SENDS(f, 0, FLUSH(f->session));
    const Raccoon *fresh = get_raccoon(f->session, id);
    assert_ptr_not_equal(fresh, rocky);
    assert_string_equal(fresh->name, "Rocky");
}

/* 104: what a commit in between did to the journal does not matter */
static void what_was_written_before_a_detach_is_sent_after_an_attach(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    const Raccoon *rocky = get_raccoon(f->session, id);
    kith_set(rocky, name, "changed");
    kith_detach(rocky);
    kith_new(f->session, Raccoon, .name = "Dan");
    COMMIT(f->session);
    assert_int_equal(kith_attach(f->session, rocky), KITH_OK);
    raw_run(f, "UPDATE raccoons SET name = 'by another', age = 9");
    SENDS(f, 1, FLUSH(f->session));
    COMMIT(f->session);
    assert_rows(f, 1, "SELECT count(*) FROM raccoons WHERE name = 'changed' AND age = 9");
    kith_set(rocky, age, 4);
    COMMIT(f->session);
    assert_rows(f, 1, "SELECT count(*) FROM raccoons WHERE name = 'changed' AND age = 4");
}

/* 104 */
static void a_reference_that_was_set_before_a_detach_is_sent_after_an_attach(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Raccoon *rocky = kith_new(s, Raccoon, .name = "Rocky"), *dan = kith_new(s, Raccoon, .name = "Dan");
    const Trashcan *can = kith_new(s, Trashcan, .raccoon = { rocky }), *other = kith_new(s, Trashcan, .raccoon = { rocky });
    COMMIT(s);
    kith_set(can, raccoon, dan);
    kith_set(other, raccoon, NULL);
    kith_detach(can);
    kith_detach(other);
    COMMIT(s);
    assert_rows(f, 2, "SELECT count(*) FROM trashcans WHERE raccoon_id = 1");
    assert_int_equal(kith_attach(s, can), KITH_OK);
    assert_int_equal(kith_attach(s, other), KITH_OK);
    COMMIT(s);
    assert_ptr_equal(kith_one(can, raccoon), dan);
    assert_int_equal(HOLDS(kith_many(dan, trashcans), can), 1);
    assert_rows(f, 2, "SELECT raccoon_id FROM trashcans WHERE id = 1");
    assert_rows(f, RAW_NULL, "SELECT raccoon_id FROM trashcans WHERE id = 2");
}

/* 104 */
static void links_that_were_changed_before_a_detach_are_sent_after_an_attach(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Post *post = kith_new(s, Post, .title = "a");
    const Tag *kept = kith_new(s, Tag, .word = "kept"), *gone = kith_new(s, Tag, .word = "gone"), *new = kith_new(s, Tag, .word = "new");
    kith_append(post, tags, kept);
    kith_append(post, tags, gone);
    COMMIT(s);
    for (int from_the_tag = 0; from_the_tag < 2; from_the_tag++) {
        kith_append(post, tags, new);
        kith_remove(post, tags, gone);
        if (from_the_tag) {
            kith_detach(new);
            kith_detach(gone);
        } else
            kith_detach(post);
        COMMIT(s);
        assert_rows(f, 1, "SELECT count(*) FROM post_tags WHERE tag_id = 2");
        assert_rows(f, 2, "SELECT count(*) FROM post_tags");
        SENDS(f, 0, COMMIT(s));
        if (from_the_tag) {
            assert_int_equal(kith_attach(s, new), KITH_OK);
            assert_int_equal(kith_attach(s, gone), KITH_OK);
        } else
            assert_int_equal(kith_attach(s, post), KITH_OK);
        assert_int_equal(HOLDS(kith_many(post, tags), new), 1);
        assert_int_equal(HOLDS(kith_many(new, posts), post), 1);
        assert_int_equal(HOLDS(kith_many(gone, posts), post), 0);
        COMMIT(s);
        assert_rows(f, 1, "SELECT count(*) FROM post_tags WHERE tag_id = 3");
        assert_rows(f, 2, "SELECT count(*) FROM post_tags");
        assert_int_equal(HOLDS(kith_many(post, tags), new), 1);
        assert_int_equal(HOLDS(kith_many(post, tags), gone), 0);
        assert_int_equal(COUNT(kith_many(post, tags)), 2);
        kith_remove(post, tags, new);
        kith_append(post, tags, gone);
        COMMIT(s);
    }
}

/* 104: somebody else wrote the same meanwhile; and a rollback forgets it */
static void links_that_were_changed_before_a_detach_are_of_the_transaction_that_sends_them(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Post *post = kith_new(s, Post, .title = "a");
    const Tag *one = kith_new(s, Tag, .word = "one"), *two = kith_new(s, Tag, .word = "two");
    COMMIT(s);
    assert_int_equal(COUNT(kith_many(post, tags)), 0);
    kith_append(post, tags, one);
    kith_detach(post);
    assert_int_equal(kith_rollback(s), KITH_OK);
    raw_run(f, "INSERT INTO post_tags VALUES (1, 1)");
    assert_int_equal(kith_attach(s, post), KITH_OK);
    COMMIT(s);
    assert_int_equal(COUNT(kith_many(post, tags)), 1);
    kith_append(post, tags, two);
    kith_detach(post);
    COMMIT(s);
    assert_int_equal(kith_attach(s, post), KITH_OK);
    assert_int_equal(COUNT(kith_many(post, tags)), 2);
    assert_int_equal(kith_rollback(s), KITH_OK);
    COMMIT(s);
    assert_rows(f, 1, "SELECT count(*) FROM post_tags");
    assert_int_equal(COUNT(kith_many(post, tags)), 1);
    kith_append(post, tags, two);
    COMMIT(s);
    assert_rows(f, 2, "SELECT count(*) FROM post_tags");
}

/* 104 */
static void an_owner_that_was_given_before_a_detach_is_sent_after_an_attach(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Basket *basket = kith_new(s, Basket);
    const Apple *apple = kith_new(s, Apple);
    COMMIT(s);
    kith_append(basket, apples, apple);
    kith_detach(apple);
    COMMIT(s);
    assert_rows(f, RAW_NULL, "SELECT basket_id FROM apples");
    assert_int_equal(kith_attach(s, apple), KITH_OK);
    COMMIT(s);
    assert_rows(f, 1, "SELECT basket_id FROM apples");
    assert_int_equal(HOLDS(kith_many(basket, apples), apple), 1);
}

/* 104: and a rollback forgets it */
static void what_was_written_before_a_detach_is_taken_back_after_an_attach(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    const Raccoon *rocky = get_raccoon(f->session, id);
    kith_set(rocky, name, "changed");
    kith_detach(rocky);
    COMMIT(f->session);
    assert_int_equal(kith_attach(f->session, rocky), KITH_OK);
    (void)kith_rollback(f->session);
    COMMIT(f->session);
    assert_string_equal(get_raccoon(f->session, id)->name, "Rocky");
    assert_rows(f, 1, "SELECT count(*) FROM raccoons WHERE name = 'Rocky'");
}

/* 104, 101 */
static void a_detached_object_whose_insert_is_taken_back_is_nobodys_and_may_be_added(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    FLUSH(f->session);
    int64_t id = rocky->id;
    kith_detach(rocky);
    const Raccoon *dan = kith_new(f->session, Raccoon, .name = "Dan");
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(kith_state_of(rocky), KITH_TRANSIENT);
    assert_int_equal(rocky->id, 0);
    assert_int_equal(kith_attach(f->session, dan), KITH_OK);
    assert_int_equal(kith_attach(f->session, rocky), KITH_OK);
    COMMIT(f->session);
    assert_int_equal(rocky->id, id + 1);
    assert_rows(f, 2, "SELECT count(*) FROM raccoons WHERE name IN ('Rocky', 'Dan')");
}

/* 104: one row cannot be two objects of one session */
static void a_detached_object_whose_row_was_loaded_again_cannot_come_back(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    const Raccoon *rocky = get_raccoon(f->session, id);
    kith_detach(rocky);
    const Raccoon *fresh = get_raccoon(f->session, id);
    assert_int_equal(kith_attach(f->session, rocky), KITH_MISUSE);
    kith_test_error(f->session, KITH_MISUSE, "Raccoon");
    kith_error_clear(f->session);
    assert_ptr_equal(get_raccoon(f->session, id), fresh);
}

/* 104 */
static void clear_forgets_everything_and_writes_nothing(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    const Raccoon *rocky = get_raccoon(f->session, id);
    kith_set(rocky, name, "never");
    kith_new(f->session, Raccoon, .name = "never");
    kith_clear(f->session);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Raccoon), 1);
    assert_string_equal(get_raccoon(f->session, id)->name, "Rocky");
}

/* 104: clear on a session that failed makes it good again, as rollback does */
static void clear_clears_an_error_too(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Country, .code = "DE");
    assert_int_equal(kith_flush(f->session), KITH_CONSTRAINT);
    kith_clear(f->session);
    kith_test_ok(f->session);
    assert_int_equal(kith_count(f->session, Country), 0);
}

/* 105 */
static void a_query_does_not_overwrite_what_is_loaded(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    new_session(f);
    const Raccoon *rocky = get_raccoon(f->session, id);
    raw_run(f, "UPDATE raccoons SET name = 'Dan'");
    assert_ptr_equal(kith_first(f->session, Raccoon, .where = kith_eq(Raccoon, name, "Dan")), rocky);
    assert_string_equal(rocky->name, "Rocky");
    kith_set(rocky, age, 3);
    assert_ptr_equal(kith_first(f->session, Raccoon), rocky);
    assert_int_equal(rocky->age.value, 3);
    kith_refresh(rocky);
    assert_string_equal(rocky->name, "Dan");
}

/* 105: a written value is kept also when the object is outdated */
static void an_unwritten_change_outlives_the_query_that_reads_the_row_anew(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    const Raccoon *rocky = get_raccoon(f->session, id);
    COMMIT(f->session);
    raw_run(f, "UPDATE raccoons SET name = 'theirs', age = 9");
    kith_session_autoflush(f->session, false);
    kith_set(rocky, name, "mine");
    assert_ptr_equal(kith_first(f->session, Raccoon), rocky);
    assert_string_equal(rocky->name, "mine");
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Raccoon, .where = kith_eq(Raccoon, name, "mine")), 1);
}

/* ---------------------------------------------------------------- vanished and stale rows */

/* 106 */
static void refreshing_a_row_that_is_gone_is_stale(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    raw_run(f, "DELETE FROM raccoons");
    kith_refresh(rocky);
    kith_test_error(f->session, KITH_STALE, "Raccoon");
    assert_ptr_equal(kith_error_of(f->session)->object, rocky);
    assert_string_equal(rocky->name, "Rocky");
    assert_int_equal(kith_rollback(f->session), KITH_OK);
}

/* 106 */
static void updating_a_row_that_is_gone_is_stale(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    raw_run(f, "DELETE FROM raccoons");
    kith_set(rocky, name, "Dan");
    kith_new(f->session, Trashcan, .label = "with it");
    assert_int_equal(kith_commit(f->session), KITH_STALE);
    kith_test_error(f->session, KITH_STALE, "Raccoon");
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_rows(f, 0, "SELECT count(*) FROM trashcans");
}

/* 106: SQLAlchemy warns; that the row is gone is what was asked for */
static void deleting_a_row_that_is_gone_is_done(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    raw_run(f, "DELETE FROM raccoons");
    kith_delete(rocky);
    COMMIT(f->session);
    assert_int_equal(kith_state_of(rocky), KITH_DELETED);
}

/* 106: an outdated object whose row is gone, met by a get, is not found */
static void a_get_after_the_row_went_finds_nothing(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    const Raccoon *rocky = get_raccoon(f->session, id);
    COMMIT(f->session);
    raw_run(f, "DELETE FROM raccoons");
    assert_null(get_raccoon(f->session, id));
    kith_test_ok(f->session);
    assert_string_equal(rocky->name, "Rocky");
}

/* 107 */
static void a_version_starts_at_one_and_grows_by_one(void **state)
{
    fixture *f = *state;
    const Document *paper = kith_new(f->session, Document, .title = "t", .body = "b");
    COMMIT(f->session);
    assert_int_equal(paper->version, 1);
    kith_set(paper, body, "c");
    COMMIT(f->session);
    assert_int_equal(paper->version, 2);
    kith_set(paper, body, "c");         /* no change, no version */
    COMMIT(f->session);
    assert_int_equal(paper->version, 2);
    assert_rows(f, 2, "SELECT version FROM documents");
    kith_set(paper, body, "d");
    FLUSH(f->session);
    assert_int_equal(paper->version, 3);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(paper->version, 2);
}

static int64_t stored_paper(fixture *f)
{
    const Document *paper = kith_new(f->session, Document, .title = "t", .body = "b");
    COMMIT(f->session);
    return paper->id;
}

/* 107 */
static void an_update_of_a_version_that_another_session_left_behind_is_stale(void **state)
{
    fixture *f = *state;
    int64_t id = stored_paper(f);
    kith_session *other = another_session(f);
    const Document *mine = kith_get(f->session, Document, .id = id), *theirs = kith_get(other, Document, .id = id);
    kith_set(theirs, body, "theirs");
    COMMIT(other);
    kith_set(mine, body, "mine");
    assert_int_equal(kith_commit(f->session), KITH_STALE);
    kith_test_error(f->session, KITH_STALE, "Document");
    assert_ptr_equal(kith_error_of(f->session)->object, mine);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_ptr_equal(kith_get(f->session, Document, .id = id), mine);
    assert_string_equal(mine->body, "theirs");
    assert_int_equal(mine->version, 2);
    kith_set(mine, body, "mine");
    COMMIT(f->session);
}

/* 107 */
static void a_delete_of_a_version_that_another_session_left_behind_is_stale(void **state)
{
    fixture *f = *state;
    int64_t id = stored_paper(f);
    kith_session *other = another_session(f);
    const Document *mine = kith_get(f->session, Document, .id = id), *theirs = kith_get(other, Document, .id = id);
    kith_set(theirs, body, "theirs");
    COMMIT(other);
    kith_delete(mine);
    assert_int_equal(kith_commit(f->session), KITH_STALE);
    FAILS(f->session, KITH_STALE, "Document");
    assert_int_equal(kith_state_of(mine), KITH_PERSISTENT);
    assert_int_equal(kith_count(f->session, Document), 1);
}

/* 107 */
static void the_program_may_raise_the_version_itself(void **state)
{
    fixture *f = *state;
    int64_t id = stored_paper(f);
    const Document *paper = kith_get(f->session, Document, .id = id);
    kith_set(paper, version, 10);
    SENDS(f, 1, FLUSH(f->session));
    assert_int_equal(paper->version, 10);
    COMMIT(f->session);
    assert_rows(f, 10, "SELECT version FROM documents");
    kith_set(paper, body, "next");
    COMMIT(f->session);
    assert_int_equal(paper->version, 11);
}

/* 107, 110: a form that was shown before another session wrote */
static void assigning_a_copy_of_an_older_version_is_stale(void **state)
{
    fixture *f = *state;
    int64_t id = stored_paper(f);
    const Document *paper = kith_get(f->session, Document, .id = id);
    Document form = *paper;
    kith_set(paper, title, "meanwhile");
    COMMIT(f->session);
    form.body = "from the form";
    kith_assign(paper, &form);
    kith_test_error(f->session, KITH_STALE, "Document");
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_string_equal(paper->body, "b");
    form = *paper;
    form.body = "again";
    kith_assign(paper, &form);
    COMMIT(f->session);
    assert_string_equal(paper->body, "again");
}

/* ---------------------------------------------------------------- misuse of objects */

/* 108 */
static void an_object_of_another_session_is_refused(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    const Raccoon *theirs = get_raccoon(another_session(f), id);
    const Trashcan *can = kith_new(f->session, Trashcan, .label = "mine");
    assert_int_equal(kith_attach(f->session, theirs), KITH_MISUSE);
    kith_test_error(f->session, KITH_MISUSE, "session");
    kith_error_clear(f->session);
    kith_set(can, raccoon, theirs);
    kith_test_error(f->session, KITH_MISUSE, "session");
    ABOUT(f->session, "Trashcan", "raccoon");
    kith_error_clear(f->session);
    assert_null(kith_new(f->session, Trashcan, .raccoon = { theirs }));
    kith_test_error(f->session, KITH_MISUSE, "session");
    kith_error_clear(f->session);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, raccoon, theirs)), -1);
    kith_test_error(f->session, KITH_MISUSE, "session");
    kith_error_clear(f->session);
    kith_test_ok(f->other);
    COMMIT(f->session);
    assert_null(kith_one(can, raccoon));
    assert_int_equal(kith_count(f->session, Trashcan), 1);
}

/* 108 */
static void deleting_what_has_no_row_is_refused(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    kith_detach(rocky);
    kith_delete(rocky);
    kith_test_error(f->session, KITH_MISUSE, "Raccoon");
    kith_error_clear(f->session);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Raccoon), 0);
}

/* 108 */
static void a_deleted_object_takes_no_more_writes(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    const Trashcan *can = kith_new(f->session, Trashcan, .label = "a");
    kith_delete(rocky);
    COMMIT(f->session);
    kith_set(rocky, name, "Dan");
    kith_test_error(f->session, KITH_MISUSE, "deleted");
    kith_error_clear(f->session);
    kith_append(rocky, trashcans, can);
    kith_test_error(f->session, KITH_MISUSE, "deleted");
    kith_error_clear(f->session);
    kith_set(can, raccoon, rocky);
    kith_test_error(f->session, KITH_MISUSE, "deleted");
    kith_error_clear(f->session);
    kith_delete(rocky);
    kith_test_error(f->session, KITH_MISUSE, "deleted");
    kith_error_clear(f->session);
    kith_refresh(rocky);
    kith_test_error(f->session, KITH_MISUSE, "deleted");
    kith_error_clear(f->session);
    assert_string_equal(rocky->name, "Rocky");
    COMMIT(f->session);
}

/* 108: kith/object.h: it may be attached again, and is inserted then */
static void a_deleted_object_may_be_attached_and_is_inserted_anew(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    kith_delete(rocky);
    COMMIT(f->session);
    assert_int_equal(kith_attach(f->session, rocky), KITH_OK);
    assert_int_equal(kith_state_of(rocky), KITH_PENDING);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Raccoon, .where = kith_eq(Raccoon, name, "Rocky")), 1);
}

/* 109 */
static void attaching_before_the_flush_takes_a_delete_back(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    kith_delete(rocky);
    assert_int_equal(kith_attach(f->session, rocky), KITH_OK);
    SENDS(f, 0, FLUSH(f->session));
    assert_int_equal(kith_state_of(rocky), KITH_PERSISTENT);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Raccoon), 1);
}

/* 110: of SQLAlchemy's merge C has kith_assign: a struct of the program's onto an object */
static void assign_writes_the_columns_that_differ_and_nothing_else(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { rocky });
    COMMIT(f->session);
    int64_t id = rocky->id;
    Raccoon form = *rocky;
    kith_assign(rocky, &form);
    SENDS(f, 0, FLUSH(f->session));
    form.age = kith_some(8);
    form.id = 4711;
    kith_assign(rocky, &form);
    assert_int_equal(rocky->age.value, 8);
    SENDS(f, 1, FLUSH(f->session));
    assert_null(strstr(seen_sql(f, "UPDATE", 0), "name"));
    assert_int_equal(rocky->id, id);
    Raccoon bare = { .name = "bare" };
    kith_assign(rocky, &bare);          /* an absent member is a NULL to write; relationships are not looked at */
    COMMIT(f->session);
    assert_string_equal(rocky->name, "bare");
    assert_false(rocky->age.present);
    assert_ptr_equal(kith_one(can, raccoon), rocky);
}

/* 110: copied, so that the program's texts may go */
static void assign_and_add_copy_their_texts(void **state)
{
    fixture *f = *state;
    char text[] = "typed";
    Raccoon form = { .name = text };
    const Raccoon *added = kith_add(f->session, Raccoon, &form);
    const Raccoon *assigned = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    kith_assign(assigned, &form);
    memset(text, 'x', sizeof text - 1);
    assert_string_equal(added->name, "typed");
    assert_string_equal(assigned->name, "typed");
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Raccoon, .where = kith_eq(Raccoon, name, "typed")), 2);
}

/* 111 */
static void two_new_objects_of_one_key_fail(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Country, .code = "DE", .name = "one");
    kith_new(f->session, Country, .code = "DE", .name = "two");
    assert_int_not_equal(kith_commit(f->session), KITH_OK);
    kith_test_error(f->session, kith_status_of(f->session), "Country");
    assert_true(kith_status_of(f->session) == KITH_CONSTRAINT || kith_status_of(f->session) == KITH_MISUSE);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(kith_count(f->session, Country), 0);
}

/* 111 */
static void a_new_object_with_the_key_of_a_loaded_one_fails(void **state)
{
    fixture *f = *state;
    const Country *old = kith_new(f->session, Country, .code = "DE", .name = "old");
    COMMIT(f->session);
    kith_new(f->session, Country, .code = "DE", .name = "new");
    assert_int_not_equal(kith_commit(f->session), KITH_OK);
    kith_test_error(f->session, kith_status_of(f->session), "DE");
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_ptr_equal(kith_get(f->session, Country, .code = "DE"), old);
    assert_string_equal(old->name, "old");
}

/* 112 */
static void a_deleted_child_leaves_the_loaded_list_at_the_flush(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    const Trashcan *a = kith_new(f->session, Trashcan, .label = "a", .raccoon = { rocky }), *b = kith_new(f->session, Trashcan, .label = "b", .raccoon = { rocky });
    COMMIT(f->session);
    KITH_LIST(Trashcan) before = kith_many(rocky, trashcans);
    assert_int_equal(before.count, 2);
    kith_delete(a);
    FLUSH(f->session);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1);
    assert_ptr_equal(kith_many(rocky, trashcans).items[0], b);
    assert_int_equal(before.count, 2);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 2);
}

/* 112: and a deleted parent leaves the loaded scalar */
static void a_deleted_parent_leaves_the_loaded_scalar_at_the_flush(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    const Trashcan *can = kith_new(f->session, Trashcan, .label = "a", .raccoon = { rocky });
    COMMIT(f->session);
    assert_ptr_equal(kith_one(can, raccoon), rocky);
    kith_delete(rocky);
    FLUSH(f->session);
    assert_null(kith_one(can, raccoon));
    assert_false(can->raccoon_id.present);
}

/* ---------------------------------------------------------------- what a rollback makes nobody's */

/* 101: the key that its parent had goes to somebody else */
static void a_new_child_keeps_its_parent_and_not_the_key_that_was_taken_back(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Raccoon *mine = kith_new(s, Raccoon, .name = "mine");
    const Trashcan *can = kith_new(s, Trashcan, .raccoon = { mine }), *changed = kith_new(s, Trashcan, .raccoon = { mine });
    FLUSH(s);
    kith_set(changed, label, "changed");
    FLUSH(s);
    assert_int_equal(kith_rollback(s), KITH_OK);
    assert_int_equal(mine->id, 0);
    assert_false(can->raccoon_id.present);
    assert_false(changed->raccoon_id.present);
    kith_new(s, Raccoon, .name = "another");
    COMMIT(s);
    assert_int_equal(kith_attach(s, can), KITH_OK);
    assert_int_equal(kith_attach(s, changed), KITH_OK);
    assert_ptr_equal(kith_one(can, raccoon), mine);
    COMMIT(s);
    assert_ptr_equal(kith_one(can, raccoon), mine);
    assert_ptr_equal(kith_one(changed, raccoon), mine);
    assert_int_equal(COUNT(kith_many(mine, trashcans)), 2);
    assert_rows(f, 2, "SELECT count(*) FROM trashcans JOIN raccoons ON raccoon_id = raccoons.id WHERE name = 'mine'");
}

/* 101 */
static void new_lists_come_back_with_what_they_held(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Tag *old = kith_new(s, Tag, .word = "old");
    COMMIT(s);
    const Post *post = kith_new(s, Post, .title = "a");
    const Tag *new = kith_new(s, Tag, .word = "new"), *alone = kith_new(s, Tag, .word = "alone");
    kith_append(post, tags, old);
    kith_append(post, tags, new);
    kith_append(alone, posts, post);
    FLUSH(s);
    assert_int_equal(kith_rollback(s), KITH_OK);
    assert_int_equal(COUNT(kith_many(old, posts)), 0);
    assert_int_equal(kith_attach(s, post), KITH_OK);
    assert_int_equal(kith_state_of(new), KITH_PENDING);
    assert_int_equal(COUNT(kith_many(post, tags)), 3);
    assert_int_equal(HOLDS(kith_many(old, posts), post), 1);
    COMMIT(s);
    assert_rows(f, 3, "SELECT count(*) FROM post_tags");
    assert_int_equal(COUNT(kith_many(post, tags)), 3);
    assert_int_equal(HOLDS(kith_many(old, posts), post), 1);
}

/* 101 */
static void a_new_list_of_children_comes_back_without_those_that_went_back_to_others(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Raccoon *rocky = kith_new(s, Raccoon, .name = "Rocky");
    const Trashcan *his = kith_new(s, Trashcan, .raccoon = { rocky });
    COMMIT(s);
    const Raccoon *dan = kith_new(s, Raccoon, .name = "Dan");
    const Trashcan *new = kith_new(s, Trashcan, .label = "new");
    kith_append(dan, trashcans, new);
    kith_append(dan, trashcans, his);
    FLUSH(s);
    assert_int_equal(kith_rollback(s), KITH_OK);
    kith_new(s, Raccoon, .name = "another");
    COMMIT(s);
    assert_int_equal(kith_attach(s, dan), KITH_OK);
    assert_int_equal(COUNT(kith_many(dan, trashcans)), 1);
    assert_ptr_equal(kith_one(his, raccoon), rocky);
    COMMIT(s);
    assert_int_equal(HOLDS(kith_many(dan, trashcans), new), 1);
    assert_int_equal(HOLDS(kith_many(rocky, trashcans), his), 1);
    assert_rows(f, 1, "SELECT count(*) FROM trashcans JOIN raccoons ON raccoon_id = raccoons.id WHERE name = 'Dan' AND label = 'new'");
}

/* 101: never flushed */
static void a_new_child_that_is_attached_is_in_its_parents_list_at_once(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Raccoon *rocky = kith_new(s, Raccoon, .name = "Rocky");
    COMMIT(s);
    for (int loaded = 0; loaded < 2; loaded++) {
        const Trashcan *can = kith_new(s, Trashcan, .label = "new");
        kith_append(rocky, trashcans, can);
        assert_int_equal(kith_rollback(s), KITH_OK);
        if (loaded)
            (void)kith_many(rocky, trashcans);
        assert_int_equal(kith_attach(s, can), KITH_OK);
        assert_ptr_equal(kith_one(can, raccoon), rocky);
        kith_session_autoflush(s, false);
        assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 1);
        kith_session_autoflush(s, true);
        COMMIT(s);
        assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 1);
        assert_int_equal(COUNT(kith_many(rocky, trashcans)), loaded + 1);
    }
}

/* 101: keys that are made of others' */
static void a_key_of_two_that_were_taken_back_is_made_anew(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Student *ann = kith_new(s, Student, .name = "Ann");
    const Course *art = kith_new(s, Course, .title = "Art");
    const Enrolment *both = kith_new(s, Enrolment, .student = { ann }, .course = { art });
    FLUSH(s);
    assert_int_equal(kith_rollback(s), KITH_OK);
    assert_int_equal(both->student_id, 0);
    kith_new(s, Student, .name = "another");
    kith_new(s, Course, .title = "another");
    COMMIT(s);
    assert_int_equal(kith_attach(s, both), KITH_OK);
    COMMIT(s);
    assert_int_equal(both->student_id, ann->id);
    assert_int_equal(both->course_id, art->id);
    assert_rows(f, 1, "SELECT count(*) FROM enrolments JOIN students ON student_id = students.id WHERE name = 'Ann'");
}

/* 101: an owner of which its item does not know, and a one-to-one */
static void new_owners_come_back_with_what_is_theirs(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Basket *basket = kith_new(s, Basket), *old;
    const Apple *apple = kith_new(s, Apple), *other = kith_new(s, Apple);
    kith_append(basket, apples, apple);
    FLUSH(s);
    assert_int_equal(kith_rollback(s), KITH_OK);
    assert_false(apple->basket_id.present);
    old = kith_new(s, Basket);
    COMMIT(s);
    assert_int_equal(kith_attach(s, basket), KITH_OK);
    COMMIT(s);
    assert_int_equal(HOLDS(kith_many(basket, apples), apple), 1);
    assert_int_equal(apple->basket_id.value, basket->id);
    assert_int_equal(kith_attach(s, other), KITH_OK);
    kith_append(old, apples, other);
    assert_int_equal(kith_rollback(s), KITH_OK);
    assert_int_equal(kith_attach(s, other), KITH_OK);
    assert_int_equal(HOLDS(kith_many(old, apples), other), 1);
    COMMIT(s);
    assert_int_equal(other->basket_id.value, old->id);
}

/* 101 */
static void a_new_pair_comes_back_as_one(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Bear *bear = kith_new(s, Bear, .name = "bear");
    const Den *den = kith_new(s, Den, .name = "den", .bear = { bear });
    FLUSH(s);
    assert_int_equal(kith_rollback(s), KITH_OK);
    kith_new(s, Bear, .name = "another");
    COMMIT(s);
    assert_int_equal(kith_attach(s, bear), KITH_OK);
    assert_ptr_equal(kith_one(bear, den), den);
    COMMIT(s);
    assert_int_equal(den->bear_id.value, bear->id);
    assert_ptr_equal(kith_one(bear, den), den);
}

/* 101: its row is there again, and says whose it is */
static void what_was_deleted_and_added_again_is_as_it_was(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Raccoon *rocky = kith_new(s, Raccoon, .name = "Rocky");
    const Trashcan *can = kith_new(s, Trashcan, .raccoon = { rocky });
    COMMIT(s);
    kith_delete(can);
    FLUSH(s);
    assert_int_equal(kith_attach(s, can), KITH_OK);
    kith_set(can, raccoon, kith_new(s, Raccoon, .name = "Dan"));
    FLUSH(s);
    assert_int_equal(kith_rollback(s), KITH_OK);
    SENDS(f, 0, FLUSH(s));
    kith_refresh(can);
    assert_ptr_equal(kith_one(can, raccoon), rocky);
    assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 1);
    kith_delete(rocky);
    FLUSH(s);
    assert_int_equal(kith_attach(s, rocky), KITH_OK);
    FLUSH(s);
    assert_int_equal(kith_rollback(s), KITH_OK);
    raw_run(f, "INSERT INTO trashcans (id, litres, raccoon_id) VALUES (7, 1, 1)");
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 2);
    COMMIT(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FILE(alley, refresh_reads_the_row_now),
        ON_FILE(alley, expire_reads_the_row_at_the_next_query_and_not_before),
        IN_MEMORY(alley, a_detached_object_is_read_but_no_longer_written),
        ON_FILE(alley, what_was_written_before_a_detach_is_sent_after_an_attach),
        ON_FILE(alley, what_was_written_before_a_detach_is_taken_back_after_an_attach),
        ON_FILE(alley, a_reference_that_was_set_before_a_detach_is_sent_after_an_attach),
        ON_FILE(blog, links_that_were_changed_before_a_detach_are_sent_after_an_attach),
        ON_FILE(blog, links_that_were_changed_before_a_detach_are_of_the_transaction_that_sends_them),
        ON_FILE(alley, a_new_child_keeps_its_parent_and_not_the_key_that_was_taken_back),
        ON_FILE(blog, new_lists_come_back_with_what_they_held),
        ON_FILE(alley, a_new_list_of_children_comes_back_without_those_that_went_back_to_others),
        ON_FILE(alley, a_new_child_that_is_attached_is_in_its_parents_list_at_once),
        ON_FILE(school, a_key_of_two_that_were_taken_back_is_made_anew),
        ON_FILE(baskets, new_owners_come_back_with_what_is_theirs),
        ON_FILE(bears, a_new_pair_comes_back_as_one),
        ON_FILE(alley, what_was_deleted_and_added_again_is_as_it_was),
        ON_FILE(baskets, an_owner_that_was_given_before_a_detach_is_sent_after_an_attach),
        ON_FILE(alley, a_detached_object_whose_insert_is_taken_back_is_nobodys_and_may_be_added),
        IN_MEMORY(alley, a_detached_object_whose_row_was_loaded_again_cannot_come_back),
        IN_MEMORY(alley, clear_forgets_everything_and_writes_nothing),
        IN_MEMORY(atlas, clear_clears_an_error_too),
        ON_FILE(alley, a_query_does_not_overwrite_what_is_loaded),
        ON_FILE(alley, an_unwritten_change_outlives_the_query_that_reads_the_row_anew),
        ON_FILE(alley, refreshing_a_row_that_is_gone_is_stale),
        ON_FILE(alley, updating_a_row_that_is_gone_is_stale),
        ON_FILE(alley, deleting_a_row_that_is_gone_is_done),
        ON_FILE(alley, a_get_after_the_row_went_finds_nothing),
        ON_FILE(papers, a_version_starts_at_one_and_grows_by_one),
        IN_MEMORY(papers, an_update_of_a_version_that_another_session_left_behind_is_stale),
        IN_MEMORY(papers, a_delete_of_a_version_that_another_session_left_behind_is_stale),
        ON_FILE(papers, the_program_may_raise_the_version_itself),
        IN_MEMORY(papers, assigning_a_copy_of_an_older_version_is_stale),
        IN_MEMORY(alley, an_object_of_another_session_is_refused),
        IN_MEMORY(alley, deleting_what_has_no_row_is_refused),
        IN_MEMORY(alley, a_deleted_object_takes_no_more_writes),
        IN_MEMORY(alley, a_deleted_object_may_be_attached_and_is_inserted_anew),
        IN_MEMORY(alley, attaching_before_the_flush_takes_a_delete_back),
        IN_MEMORY(alley, assign_writes_the_columns_that_differ_and_nothing_else),
        IN_MEMORY(alley, assign_and_add_copy_their_texts),
        IN_MEMORY(atlas, two_new_objects_of_one_key_fail),
        IN_MEMORY(atlas, a_new_object_with_the_key_of_a_loaded_one_fails),
        IN_MEMORY(alley, a_deleted_child_leaves_the_loaded_list_at_the_flush),
        IN_MEMORY(alley, a_deleted_parent_leaves_the_loaded_scalar_at_the_flush),
    };
    return cmocka_run_group_tests_name("objects", tests, NULL, NULL);
}
