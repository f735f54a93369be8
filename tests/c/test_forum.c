/*
 * The forum of the programs: a tree of comments, tags both ways, a proxy with a creator, a search that is built in branches.
 */
#include "support.h"
#include "programs/forum.c"

#define FORUM KITH_MODELS(User, Post, Comment, Tag, Badge, Award)

typedef struct board { const User *dan; const Badge *badge; const Post *post; const Tag *old, *new; } board;

static board stock(kith_session *session)
{
    board b = { .dan = kith_new(session, User, .name = "dan"), .badge = kith_new(session, Badge, .title = "first"),
        .old = kith_new(session, Tag, .word = "old"), .new = kith_new(session, Tag, .word = "new") };
    b.post = kith_new(session, Post, .title = "my bin", .author = { b.dan }, .at = kith_now());
    kith_append(b.post, tags, b.old);
    const Comment *top = kith_new(session, Comment, .body = "top", .post = { b.post });
    kith_new(session, Comment, .body = "reply", .post = { b.post }, .parent = { top });
    for (int i = 0; i < 30; i++)
        kith_new(session, Post, .title = i % 2 ? "a bin" : "a lid", .author = { b.dan }, .score = i);
    return b;
}

static void the_forum_runs_and_leaves_what_it_should(void **state)
{
    (void)state;
    kith_test_place place = kith_test_open_memory(FORUM);
    kith_session *session = place.session;
    board b = stock(session);
    assert_int_equal(kith_commit(session), KITH_OK);
    assert_int_equal(forum(session, b.dan, b.badge, b.post, b.old, b.new), KITH_OK);
    assert_int_equal(kith_count(session, Award), 0);        /* made and taken back */
    assert_int_equal(kith_many(b.post, tags).count, 1);
    assert_ptr_equal(kith_many(b.post, tags).items[0], b.new);
    assert_int_equal(kith_many(b.old, posts).count, 0);
    kith_append(b.dan, badges, b.badge);
    assert_int_equal(kith_commit(session), KITH_OK);
    const Award *award = kith_only(session, Award);
    assert_non_null(award);
    assert_string_equal(award->reason, "earned");
    assert_int_equal(award->user_id, b.dan->id);
    kith_test_close(&place);
}

static void a_page_of_the_search_is_four_statements(void **state)
{
    (void)state;
    kith_test_place place = kith_test_open_memory(FORUM);
    kith_test_statements seen;
    stock(place.session);
    assert_int_equal(kith_commit(place.session), KITH_OK);
    kith_clear(place.session);
    kith_test_watch(place.session, &seen);
    /* the count, the page, its authors, its tags: nothing in the loop */
    kith_test_sends(place.session, 4, &seen, search(place.session, &(Search){ .author = "dan", .words = { "bin", "lid" }, .newest = true }));
    kith_clear(place.session);
    kith_test_sends(place.session, 4, &seen, search(place.session, &(Search){ .words = { "bin" } }));
    kith_test_ok(place.session);
    kith_test_unwatch(place.session, &seen);
    kith_test_close(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_forum_runs_and_leaves_what_it_should),
        cmocka_unit_test(a_page_of_the_search_is_four_statements),
    };
    return cmocka_run_group_tests_name("the forum", tests, NULL, NULL);
}
