/*
 * What kith_open says of models that do not fit together: docs/behaviours.md 17 to 21, 31, 141, 163, 164. Each mistake is a pair of
 * models of its own; the letter is the row of rule 19's table. Open must say all of them at once, each with model and attribute.
 */
#include "fixture.h"

/* ---------------------------------------------------------------- a parent with children, told in many wrong ways */

#define SHAPE(P, C) \
    KITH_DECLARE(P); \
    KITH_DECLARE(C); \
    struct P { int64_t id; const char *name; KITH_MANY(C) children; }; \
    struct C { int64_t id; const char *name; kith_opt_int parent_id, other_id; KITH_ONE(P) parent; }
#define PARENT(P, TABLE, C, ...) \
    KITH_MODEL(P, TABLE, KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_RELATIONSHIP(children, C, __VA_ARGS__))
#define CHILD(C, TABLE, P, KEY, ...) \
    KITH_MODEL(C, TABLE, KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(parent_id, .foreign_key = KEY), \
        KITH_COLUMN(other_id), KITH_RELATIONSHIP(parent, P, __VA_ARGS__))

/* a: the target has no such attribute */
SHAPE(MisspeltParent, MisspeltChild);
PARENT(MisspeltParent, "misspelt_parents", MisspeltChild, .back_populates = "parant");
CHILD(MisspeltChild, "misspelt_children", MisspeltParent, "misspelt_parents.id", .back_populates = "children");
#define MISSPELT KITH_MODELS(MisspeltParent, MisspeltChild)

/* b: it is a column */
SHAPE(ColumnParent, ColumnChild);
PARENT(ColumnParent, "column_parents", ColumnChild, .back_populates = "parent_id");
CHILD(ColumnChild, "column_children", ColumnParent, "column_parents.id", .back_populates = "children");

/* c: it leads to a third model */
KITH_DECLARE(ThirdParent);
KITH_DECLARE(ThirdChild);
KITH_DECLARE(ThirdOther);
struct ThirdParent { int64_t id; KITH_MANY(ThirdChild) children; };
struct ThirdChild { int64_t id; kith_opt_int parent_id, other_id; KITH_ONE(ThirdOther) other; };
struct ThirdOther { int64_t id; };
KITH_MODEL(ThirdParent, "third_parents", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(children, ThirdChild, .back_populates = "other"));
KITH_MODEL(ThirdChild, "third_children", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(parent_id, .foreign_key = "third_parents.id"),
    KITH_COLUMN(other_id, .foreign_key = "third_others.id"), KITH_RELATIONSHIP(other, ThirdOther));
KITH_MODEL(ThirdOther, "third_others", KITH_COLUMN(id, .primary_key = true));

/* d: both sides of a self-reference go the same way */
KITH_DECLARE(SameWay);
struct SameWay { int64_t id; kith_opt_int parent_id; KITH_ONE(SameWay) parent; KITH_MANY(SameWay) children; };
KITH_MODEL(SameWay, "same_ways", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(parent_id, .foreign_key = "same_ways.id"),
    KITH_RELATIONSHIP(parent, SameWay, .back_populates = "children"), KITH_RELATIONSHIP(children, SameWay, .back_populates = "parent"));

/* e: only one side names the other */
SHAPE(HalfParent, HalfChild);
PARENT(HalfParent, "half_parents", HalfChild, .back_populates = "parent");
KITH_MODEL(HalfChild, "half_children", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(parent_id, .foreign_key = "half_parents.id"),
    KITH_COLUMN(other_id), KITH_RELATIONSHIP(parent, HalfParent));

/* f: two claim one partner */
KITH_DECLARE(TwiceParent);
KITH_DECLARE(TwiceChild);
struct TwiceParent { int64_t id; KITH_MANY(TwiceChild) children, again; };
struct TwiceChild { int64_t id; kith_opt_int parent_id; KITH_ONE(TwiceParent) parent; };
KITH_MODEL(TwiceParent, "twice_parents", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(children, TwiceChild, .back_populates = "parent"),
    KITH_RELATIONSHIP(again, TwiceChild, .back_populates = "parent"));
KITH_MODEL(TwiceChild, "twice_children", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(parent_id, .foreign_key = "twice_parents.id"),
    KITH_RELATIONSHIP(parent, TwiceParent, .back_populates = "children"));

/* 77: the join table is a model's too */
KITH_DECLARE(DoublePost);
KITH_DECLARE(DoubleTag);
KITH_DECLARE(DoubleLink);
struct DoublePost { int64_t id; KITH_MANY(DoubleTag) tags; KITH_MANY(DoubleLink) links; };
struct DoubleTag { int64_t id; KITH_MANY(DoublePost) posts; };
struct DoubleLink { int64_t post_id, tag_id; KITH_ONE(DoublePost) post; };
KITH_MODEL(DoublePost, "double_posts", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(tags, DoubleTag, .secondary = "double_links", .back_populates = "posts"),
    KITH_RELATIONSHIP(links, DoubleLink, .back_populates = "post", .cascade = "all, delete-orphan"));
KITH_MODEL(DoubleTag, "double_tags", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(posts, DoublePost, .secondary = "double_links", .back_populates = "tags"));
KITH_MODEL(DoubleLink, "double_links", KITH_COLUMN(post_id, .primary_key = true, .foreign_key = "double_posts.id"),
    KITH_COLUMN(tag_id, .primary_key = true, .foreign_key = "double_tags.id"), KITH_RELATIONSHIP(post, DoublePost, .back_populates = "links"));
KITH_DECLARE(ShownPost);
KITH_DECLARE(ShownTag);
KITH_DECLARE(ShownLink);
struct ShownPost { int64_t id; KITH_MANY(ShownTag) tags; KITH_MANY(ShownLink) links; };
struct ShownTag { int64_t id; };
struct ShownLink { int64_t post_id, tag_id; KITH_ONE(ShownPost) post; };
KITH_MODEL(ShownPost, "shown_posts", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(tags, ShownTag, .secondary = "shown_links", .view_only = true),
    KITH_RELATIONSHIP(links, ShownLink, .back_populates = "post", .cascade = "all, delete-orphan"));
KITH_MODEL(ShownTag, "shown_tags", KITH_COLUMN(id, .primary_key = true));
KITH_MODEL(ShownLink, "shown_links", KITH_COLUMN(post_id, .primary_key = true, .foreign_key = "shown_posts.id"),
    KITH_COLUMN(tag_id, .primary_key = true, .foreign_key = "shown_tags.id"), KITH_RELATIONSHIP(post, ShownPost, .back_populates = "links"));

/* i: no foreign key */
KITH_DECLARE(LooseParent);
KITH_DECLARE(LooseChild);
struct LooseParent { int64_t id; KITH_MANY(LooseChild) children; };
struct LooseChild { int64_t id; kith_opt_int parent_id; };
KITH_MODEL(LooseParent, "loose_parents", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(children, LooseChild));
KITH_MODEL(LooseChild, "loose_children", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(parent_id));

/* j: several, and none is named */
KITH_DECLARE(ForkParent);
KITH_DECLARE(ForkChild);
struct ForkParent { int64_t id; KITH_MANY(ForkChild) children; };
struct ForkChild { int64_t id; kith_opt_int parent_id, other_id; };
KITH_MODEL(ForkParent, "fork_parents", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(children, ForkChild));
KITH_MODEL(ForkChild, "fork_children", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(parent_id, .foreign_key = "fork_parents.id"),
    KITH_COLUMN(other_id, .foreign_key = "fork_parents.id"));

/* k: a join table that does not lead to one of them, and one that leads there twice */
KITH_DECLARE(JoinLeft);
KITH_DECLARE(JoinRight);
KITH_DECLARE(JoinNot);
KITH_DECLARE(JoinTwice);
struct JoinLeft { int64_t id; KITH_MANY(JoinRight) rights; };
struct JoinRight { int64_t id; KITH_MANY(JoinLeft) lefts; };
KITH_MODEL(JoinLeft, "join_lefts", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(rights, JoinRight, .secondary = "join_nots"));
KITH_MODEL(JoinRight, "join_rights", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(lefts, JoinLeft, .secondary = "join_twices"));
KITH_JOIN_TABLE(JoinNot, "join_nots", KITH_JOIN_COLUMN("left", "join_lefts.id"), KITH_JOIN_COLUMN("also_left", "join_lefts.id"));
KITH_JOIN_TABLE(JoinTwice, "join_twices", KITH_JOIN_COLUMN("left", "join_lefts.id"), KITH_JOIN_COLUMN("right", "join_rights.id"),
    KITH_JOIN_COLUMN("other", "join_rights.id"));

/* o, p: a foreign key to a table, to a column that is not there */
KITH_DECLARE(NoTable);
struct NoTable { int64_t id; kith_opt_int a, b, c; };
KITH_MODEL(NoTable, "no_tables", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(a, .foreign_key = "no_tabels.id"),
    KITH_COLUMN(b, .foreign_key = "no_tables.idd"), KITH_COLUMN(c, .foreign_key = "no_tables"));

/* r, s, t, w, y: words */
SHAPE(OrphanParent, OrphanChild);
PARENT(OrphanParent, "orphan_parents", OrphanChild, .back_populates = "parent", .cascade = "save-update, delete-orphan");
CHILD(OrphanChild, "orphan_children", OrphanParent, "orphan_parents.id", .back_populates = "children", .cascade = "all, delete-orphan");
SHAPE(WordParent, WordChild);
PARENT(WordParent, "word_parents", WordChild, .back_populates = "parent", .cascade = "all, delete-orphans");
CHILD(WordChild, "word_children", WordParent, "word_parents.id", .back_populates = "children", .load = "eagre");
SHAPE(ViewParent, ViewChild);
PARENT(ViewParent, "view_parents", ViewChild, .view_only = true, .cascade = "all");
CHILD(ViewChild, "view_children", ViewParent, "view_parents.id", .cascade = "");
KITH_DECLARE(ManyLeft);
KITH_DECLARE(ManyRight);
struct ManyLeft { int64_t id; KITH_MANY(ManyRight) rights; };
struct ManyRight { int64_t id; };
KITH_MODEL(ManyLeft, "many_lefts", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(rights, ManyRight, .secondary = "many_joins", .cascade = "all, delete-orphan"));
KITH_MODEL(ManyRight, "many_rights", KITH_COLUMN(id, .primary_key = true));

/* z: two that write one key and do not know each other */
SHAPE(StrangeParent, StrangeChild);
KITH_MODEL(StrangeParent, "strange_parents", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_RELATIONSHIP(children, StrangeChild));
KITH_MODEL(StrangeChild, "strange_children", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name),
    KITH_COLUMN(parent_id, .foreign_key = "strange_parents.id"), KITH_COLUMN(other_id), KITH_RELATIONSHIP(parent, StrangeParent));

/* names in .order_by, .foreign_keys, .remote_side */
SHAPE(NameParent, NameChild);
PARENT(NameParent, "name_parents", NameChild, .back_populates = "parent", .order_by = "nmae");
CHILD(NameChild, "name_children", NameParent, "name_parents.id", .back_populates = "children", .foreign_keys = "parnet_id");

/* 141: proxies */
KITH_DECLARE(ProxyOwner);
KITH_DECLARE(ProxyMiddle);
KITH_DECLARE(ProxyEnd);
struct ProxyOwner {
    int64_t id;
    const char *name;
    KITH_MANY(ProxyMiddle) middles;
    KITH_MANY(ProxyEnd) misspelt, through_column, wrong_second;
    KITH_MANY(ProxyMiddle) other_model;
};
struct ProxyMiddle { int64_t id; kith_opt_int owner_id, end_id; KITH_ONE(ProxyOwner) owner; KITH_ONE(ProxyEnd) end; };
struct ProxyEnd { int64_t id; };
KITH_MODEL(ProxyOwner, "proxy_owners", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name),
    KITH_RELATIONSHIP(middles, ProxyMiddle, .back_populates = "owner"),
    KITH_ASSOCIATION_PROXY(misspelt, "midles", "end"), KITH_ASSOCIATION_PROXY(through_column, "name", "end"),
    KITH_ASSOCIATION_PROXY(wrong_second, "middles", "ends"), KITH_ASSOCIATION_PROXY(other_model, "middles", "end"));
KITH_MODEL(ProxyMiddle, "proxy_middles", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(owner_id, .foreign_key = "proxy_owners.id"),
    KITH_COLUMN(end_id, .foreign_key = "proxy_ends.id"), KITH_RELATIONSHIP(owner, ProxyOwner, .back_populates = "middles"),
    KITH_RELATIONSHIP(end, ProxyEnd));
KITH_MODEL(ProxyEnd, "proxy_ends", KITH_COLUMN(id, .primary_key = true));

/* members and columns */
KITH_DECLARE(Keyless);
struct Keyless { int64_t id; const char *name; };
KITH_MODEL(Keyless, "keyless", KITH_COLUMN(id), KITH_COLUMN(name));
KITH_DECLARE(Forgetful);
struct Forgetful { int64_t id; const char *listed; const char *forgotten; };
KITH_MODEL(Forgetful, "forgetful", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(listed));
KITH_DECLARE(Doubled);
struct Doubled { int64_t id; const char *a; const char *b; };
KITH_MODEL(Doubled, "doubled", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(a, .column = "x"), KITH_COLUMN(b, .column = "x"));
KITH_DECLARE(TextVersion);
struct TextVersion { int64_t id; const char *version; };
KITH_MODEL(TextVersion, "text_versions", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(version, .version = true));
KITH_DECLARE(NoIndexed);
struct NoIndexed { int64_t id; const char *title; };
KITH_MODEL(NoIndexed, "no_indexed", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(title), KITH_UNIQUE("titel"), KITH_INDEX("title", "nothing"));

/* two models of one table, two of one name */
KITH_DECLARE(OtherBear);
struct OtherBear { int64_t id; };
KITH_MODEL(OtherBear, "bears", KITH_COLUMN(id, .primary_key = true));
static const kith_model *second_bear(void)
{
    static kith_model model;
    model = *kith_model_of_OtherBear();
    model.name = "Bear";
    model.table = "second_bears";
    return &model;
}

/* ---------------------------------------------------------------- what a refusal must be */

static bool holds(const char *text, const char *part)
{
    return !part || (text && strstr(text, part));
}

static bool names(const char *name, const char *wanted)
{
    return !wanted || (name && strcmp(name, wanted) == 0);
}

static bool is_it(const kith_error *e, const char *model, const char *attribute, const char *part)
{
    return names(e->model, model) && names(e->attribute, attribute) && (holds(e->message, part) || holds(e->hint, part));
}

static bool well_said(const kith_error *e)
{
    return e->status == KITH_CONFIG && e->code && strncmp(e->code, "config.", 7) == 0 && e->message && strchr(e->message, ' ');
}

static void list(const kith_error *e)
{
    for (; e; e = e->next)
        print_error("  %s %s.%s: %s%s%s\n", e->code ? e->code : "no code", e->model ? e->model : "?", e->attribute ? e->attribute : "?",
            e->message ? e->message : "no message", e->hint ? " Hint: " : "", e->hint ? e->hint : "");
}

/* Opening these models says this among what it says: model.attribute, with `part` in message or hint. Gives the error's code; its
 * length is bounded, the caller's. */
typedef struct { char text[64]; } code_word;
static code_word refuses_(const kith_model_function models[], const char *model, const char *attribute, const char *part, int line)
{
    code_word word = { "" };
    kith_database *db = kith_open("sqlite://", models);
    assert_non_null(db);
    bool found = false;
    for (const kith_error *e = kith_error_of(db); e; e = e->next) {
        if (!well_said(e)) {
            list(e);
            _fail(__FILE__, line);
        }
        if (!found && is_it(e, model, attribute, part)) {
            found = true;
            snprintf(word.text, sizeof word.text, "%s", e->code);
        }
    }
    if (!found) {
        print_error("no error about %s.%s that says %s; there are:\n", model ? model : "?", attribute ? attribute : "?", part ? part : "anything");
        list(kith_error_of(db));
        _fail(__FILE__, line);
    }
    assert_int_equal(kith_status_of(db), KITH_CONFIG);
    assert_int_not_equal(kith_create_all(db), KITH_OK);
    kith_close(db);
    return word;
}
#define REFUSES(models, model, attribute, part) refuses_((models), (model), (attribute), (part), __LINE__)

/* 19a, 164 */
static void a_misspelt_back_populates_names_who_asked_and_what_was_meant(void **state)
{
    (void)state;
    REFUSES(MISSPELT, "MisspeltParent", "children", "parant");
    REFUSES(MISSPELT, "MisspeltParent", "children", "did you mean");
    REFUSES(MISSPELT, "MisspeltParent", "children", "parent");
}

/* 19b */
static void back_populates_that_names_a_column_is_refused(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(ColumnParent, ColumnChild), "ColumnParent", "children", "parent_id");
}

/* 19c */
static void back_populates_that_leads_to_a_third_model_is_refused(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(ThirdParent, ThirdChild, ThirdOther), "ThirdParent", "children", "ThirdOther");
}

/* 19d */
static void both_sides_of_a_tree_going_one_way_names_remote_side(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(SameWay), "SameWay", NULL, "remote_side");
}

/* 19e: SQLAlchemy accepts it, and keeps only one way in step */
static void a_pair_of_which_only_one_side_knows_is_refused(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(HalfParent, HalfChild), NULL, NULL, "HalfChild.parent");
    REFUSES(KITH_MODELS(HalfParent, HalfChild), NULL, NULL, "back_populates");
}

/* 19f */
static void two_that_claim_one_partner_are_refused(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(TwiceParent, TwiceChild), "TwiceParent", "again", "children");
}

/* 19i */
static void a_relationship_without_a_foreign_key_is_refused(void **state)
{
    (void)state;
    code_word word = REFUSES(KITH_MODELS(LooseParent, LooseChild), "LooseParent", "children", "foreign key");
    assert_string_equal(word.text, "config.no_foreign_key");
}

/* 19j */
static void a_relationship_with_two_foreign_keys_names_them_and_the_option(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(ForkParent, ForkChild), "ForkParent", "children", "foreign_keys");
    REFUSES(KITH_MODELS(ForkParent, ForkChild), "ForkParent", "children", "other_id");
    kith_database *db = kith_open("sqlite://", SHELF_MODELS);       /* told apart by .foreign_keys */
    assert_int_equal(kith_status_of(db), KITH_OK);
    kith_close(db);
}

/* 19k */
static void a_join_table_must_lead_to_both_sides_once(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(JoinLeft, JoinRight, JoinNot, JoinTwice), "JoinLeft", "rights", "join_nots");
    REFUSES(KITH_MODELS(JoinLeft, JoinRight, JoinNot, JoinTwice), "JoinRight", "lefts", "join_twices");
}

/* 19l */
static void a_relationship_to_a_model_that_is_not_there_is_refused(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(Raccoon, Business), "Raccoon", "trashcans", "Trashcan");
}

/* 19m */
static void two_models_of_one_name_or_one_table_are_refused(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(Bear, Den, OtherBear), NULL, NULL, "bears");
    REFUSES(((const kith_model_function[]){ kith_model_of_Bear, kith_model_of_Den, second_bear, NULL }), NULL, NULL, "Bear");
}

/* 19o, 19p */
static void a_foreign_key_to_nothing_is_refused_with_what_was_meant(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(NoTable), "NoTable", "a", "no_tables");
    REFUSES(KITH_MODELS(NoTable), "NoTable", "b", "id");
    REFUSES(KITH_MODELS(NoTable), "NoTable", "c", "no_tables");
}

/* 19r */
static void delete_orphan_on_the_many_side_is_refused(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(OrphanParent, OrphanChild), "OrphanChild", "parent", "delete-orphan");
    REFUSES(KITH_MODELS(ManyLeft, ManyRight), "ManyLeft", "rights", "delete-orphan");
}

/* 19s */
static void delete_orphan_without_delete_is_refused(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(OrphanParent, OrphanChild), "OrphanParent", "children", "delete");
}

/* 19t */
static void an_unknown_cascade_word_is_refused_with_what_was_meant(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(WordParent, WordChild), "WordParent", "children", "delete-orphans");
    REFUSES(KITH_MODELS(WordParent, WordChild), "WordParent", "children", "did you mean");
}

/* 19w */
static void looking_only_with_a_cascade_that_writes_is_refused(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(ViewParent, ViewChild), "ViewParent", "children", "view_only");
}

/* 19y */
static void an_unknown_way_to_load_is_refused_with_the_list(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(WordParent, WordChild), "WordChild", "parent", "eagre");
    REFUSES(KITH_MODELS(WordParent, WordChild), "WordChild", "parent", "raise");
}

/* 19z */
static void two_that_write_one_key_and_are_no_pair_are_refused(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(StrangeParent, StrangeChild), NULL, NULL, "StrangeParent.children");
    REFUSES(KITH_MODELS(StrangeParent, StrangeChild), NULL, NULL, "back_populates");
}

/* 19: names in the other options */
static void misspelt_columns_of_a_relationship_are_refused(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(NameParent, NameChild), "NameParent", "children", "nmae");
    REFUSES(KITH_MODELS(NameParent, NameChild), "NameParent", "children", "name");
    REFUSES(KITH_MODELS(NameParent, NameChild), "NameChild", "parent", "parnet_id");
}

/* 21, 141 */
static void both_names_of_a_proxy_are_checked(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(ProxyOwner, ProxyMiddle, ProxyEnd), "ProxyOwner", "misspelt", "middles");
    REFUSES(KITH_MODELS(ProxyOwner, ProxyMiddle, ProxyEnd), "ProxyOwner", "through_column", "name");
    REFUSES(KITH_MODELS(ProxyOwner, ProxyMiddle, ProxyEnd), "ProxyOwner", "wrong_second", "ends");
}

/* 141 */
static void a_proxy_whose_field_is_of_another_model_is_refused(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(ProxyOwner, ProxyMiddle, ProxyEnd), "ProxyOwner", "other_model", "ProxyEnd");
}

/* 4 */
static void a_model_without_a_key_is_refused(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(Keyless), "Keyless", NULL, "primary");
}

static void a_member_in_no_list_is_refused(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(Forgetful), "Forgetful", NULL, "KITH_UNMAPPED");
}

static void columns_that_cannot_be_are_refused(void **state)
{
    (void)state;
    REFUSES(KITH_MODELS(Doubled), "Doubled", NULL, "x");
    REFUSES(KITH_MODELS(TextVersion), "TextVersion", "version", "integer");
    REFUSES(KITH_MODELS(NoIndexed), "NoIndexed", NULL, "titel");
    REFUSES(KITH_MODELS(NoIndexed), "NoIndexed", NULL, "nothing");
}

/* 17: all at once */
static void all_mistakes_are_said_at_once(void **state)
{
    (void)state;
    const kith_model_function *models = KITH_MODELS(MisspeltParent, MisspeltChild, Keyless, LooseParent, LooseChild, NoTable, Forgetful, WordParent, WordChild);
    REFUSES(models, "MisspeltParent", "children", NULL);
    REFUSES(models, "Keyless", NULL, NULL);
    REFUSES(models, "LooseParent", "children", NULL);
    REFUSES(models, "NoTable", "a", NULL);
    REFUSES(models, "NoTable", "b", NULL);
    REFUSES(models, "Forgetful", NULL, NULL);
    REFUSES(models, "WordParent", "children", NULL);
    REFUSES(models, "WordChild", "parent", NULL);
}

/* 17: one mistake is one error, not one for everything that hangs on it */
static void one_mistake_is_one_error(void **state)
{
    (void)state;
    kith_database *db = kith_open("sqlite://", KITH_MODELS(LooseParent, LooseChild, Bear, Den));
    assert_int_equal(kith_status_of(db), KITH_CONFIG);
    assert_null(kith_error_of(db)->next);
    kith_close(db);
}

/* 17, 163: a failure poisons neither another handle nor the models that it shares with it */
static void a_refusal_does_not_touch_another_handle(void **state)
{
    (void)state;
    kith_database *bad = kith_open("sqlite://", KITH_MODELS(Bear, Den, Keyless));
    assert_int_equal(kith_status_of(bad), KITH_CONFIG);
    kith_test_place good = kith_test_open_memory(BEAR_MODELS);
    const Bear *bear = kith_new(good.session, Bear, .name = "Baloo");
    assert_non_null(bear);
    COMMIT(good.session);
    assert_int_equal(kith_status_of(good.database), KITH_OK);
    assert_int_equal(kith_status_of(bad), KITH_CONFIG);
    kith_test_close(&good);
    kith_close(bad);
}

/* 17, 162: what is done with a handle that did not open is an error and no crash */
static void a_handle_that_did_not_open_gives_sessions_that_say_why(void **state)
{
    (void)state;
    kith_database *db = kith_open("sqlite://", KITH_MODELS(Keyless));
    kith_session *session = kith_session_open(db);
    assert_non_null(session);
    assert_int_equal(kith_status_of(session), KITH_CONFIG);
    assert_string_equal(kith_error_of(session)->message, kith_error_of(db)->message);
    assert_null(kith_first(session, Keyless));
    assert_null(kith_new(session, Keyless, .name = "x"));
    assert_int_equal(kith_count(session, Keyless), -1);
    assert_int_not_equal(kith_commit(session), KITH_OK);
    kith_rollback(session);
    assert_null(kith_first(session, Keyless));
    assert_int_not_equal(kith_status_of(session), KITH_OK);
    assert_int_not_equal(kith_create_all(db), KITH_OK);
    assert_int_not_equal(kith_drop_all(db), KITH_OK);
    kith_session_close(session);
    kith_close(db);
}

/* 163: the same models, two databases: nothing of one is in the other */
static void two_handles_of_the_same_models_never_meet(void **state)
{
    (void)state;
    kith_test_place a = kith_test_open_memory(ALLEY_MODELS), b = kith_test_open_memory(ALLEY_MODELS);
    const Raccoon *rocky = kith_new(a.session, Raccoon, .name = "Rocky");
    COMMIT(a.session);
    assert_int_equal(kith_count(b.session, Raccoon), 0);
    const Trashcan *can = kith_new(b.session, Trashcan, .label = "b");
    kith_set(can, raccoon, rocky);
    kith_test_error(b.session, KITH_MISUSE, NULL);
    kith_test_ok(a.session);
    assert_int_equal(kith_count(a.session, Raccoon), 1);
    kith_test_close(&a);
    kith_test_close(&b);
}

/* 164: one stable word for each case */
static void every_mistake_has_a_code_of_its_own(void **state)
{
    (void)state;
    const code_word words[] = {
        REFUSES(MISSPELT, "MisspeltParent", "children", "parant"),
        REFUSES(KITH_MODELS(ColumnParent, ColumnChild), "ColumnParent", "children", "parent_id"),
        REFUSES(KITH_MODELS(ThirdParent, ThirdChild, ThirdOther), "ThirdParent", "children", "ThirdOther"),
        REFUSES(KITH_MODELS(SameWay), "SameWay", NULL, "remote_side"),
        REFUSES(KITH_MODELS(HalfParent, HalfChild), NULL, NULL, "HalfChild.parent"),
        REFUSES(KITH_MODELS(TwiceParent, TwiceChild), "TwiceParent", "again", "children"),
        REFUSES(KITH_MODELS(LooseParent, LooseChild), "LooseParent", "children", "foreign key"),
        REFUSES(KITH_MODELS(ForkParent, ForkChild), "ForkParent", "children", "foreign_keys"),
        REFUSES(KITH_MODELS(Raccoon, Business), "Raccoon", "trashcans", "Trashcan"),
        REFUSES(KITH_MODELS(NoTable), "NoTable", "a", "no_tables"),
        REFUSES(KITH_MODELS(NoTable), "NoTable", "b", "id"),
        REFUSES(KITH_MODELS(OrphanParent, OrphanChild), "OrphanChild", "parent", "delete-orphan"),
        REFUSES(KITH_MODELS(OrphanParent, OrphanChild), "OrphanParent", "children", "delete"),
        REFUSES(KITH_MODELS(WordParent, WordChild), "WordParent", "children", "delete-orphans"),
        REFUSES(KITH_MODELS(ViewParent, ViewChild), "ViewParent", "children", "view_only"),
        REFUSES(KITH_MODELS(WordParent, WordChild), "WordChild", "parent", "eagre"),
        REFUSES(KITH_MODELS(StrangeParent, StrangeChild), NULL, NULL, "StrangeParent.children"),
        REFUSES(KITH_MODELS(Keyless), "Keyless", NULL, "primary"),
        REFUSES(KITH_MODELS(Forgetful), "Forgetful", NULL, "KITH_UNMAPPED"),
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(words[i].text, words[j].text);
}

/* 31 */
static void create_all_makes_what_is_missing_and_leaves_what_is_there(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Raccoon, .name = "Rocky");
    COMMIT(f->session);
    assert_int_equal(kith_create_all(f->database), KITH_OK);
    assert_int_equal(kith_count(f->session, Raccoon), 1);
    raw_run(f, "DROP TABLE trashcans");
    assert_int_equal(kith_create_all(f->database), KITH_OK);
    assert_int_equal(kith_count(f->session, Trashcan), 0);
    assert_int_equal(kith_count(f->session, Raccoon), 1);
}

/* 31 */
static void drop_all_drops_the_models_tables_and_no_others(void **state)
{
    fixture *f = *state;
    raw_run(f, "CREATE TABLE others (id INTEGER)");
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    kith_new(f->session, Trashcan, .raccoon = { rocky });
    COMMIT(f->session);
    assert_int_equal(kith_drop_all(f->database), KITH_OK);
    assert_rows(f, 1, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    assert_int_equal(kith_drop_all(f->database), KITH_OK);
    assert_int_equal(kith_create_all(f->database), KITH_OK);
}

/* 31: all of it or nothing, and a session says why; a handle, which threads share, gives the status alone */
static void create_all_and_drop_all_of_a_session_say_why_they_fail(void **state)
{
    fixture *f = *state;
    kith_session *none = NULL;
    assert_int_equal(kith_drop_all(f->session), KITH_OK);
    assert_rows(f, 0, "SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'");
    raw_run(f, "CREATE TABLE others (id INTEGER)");
    raw_run(f, "CREATE INDEX trashcans ON others (id)");
    int status = kith_create_all(f->session);
    assert_int_not_equal(status, KITH_OK);
    FAILS(f->session, status, "trashcans");
    assert_rows(f, 2, "SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'");
    assert_int_equal(kith_create_all(f->database), status);
    assert_int_equal(kith_status_of(f->database), KITH_OK);
    raw_run(f, "DROP INDEX trashcans");
    assert_int_equal(kith_create_all(f->session), KITH_OK);
    assert_int_equal(kith_count(f->session, Trashcan), 0);
    assert_int_equal(kith_create_all(none), KITH_MISUSE);
    assert_int_equal(kith_drop_all(none), KITH_MISUSE);
}

/* 31: they take a connection of their own */
static void create_all_of_a_session_that_has_written_says_at_once_who_holds_the_lock(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Raccoon, .name = "Rocky");
    assert_int_equal(kith_flush(f->session), KITH_OK);
    assert_int_equal(kith_drop_all(f->session), KITH_BUSY);
    kith_new(f->session, Raccoon, .name = "too late");          /* while an error stands nothing is done */
    assert_int_equal(kith_create_all(f->session), KITH_BUSY);
    FAILS(f->session, KITH_BUSY, "this thread");
    assert_int_equal(kith_create_all(f->session), KITH_OK);
    assert_int_equal(kith_count(f->session, Raccoon), 0);
}

/* 30 */
static void foreign_keys_are_enforced(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Trashcan, .label = "of nobody", .raccoon_id = kith_some(4711));
    assert_int_equal(kith_commit(f->session), KITH_CONSTRAINT);
    FAILS(f->session, KITH_CONSTRAINT, NULL);
    assert_int_equal(kith_count(f->session, Trashcan), 0);
}

/* rows that refer to each other by keys that are checked at the commit */
KITH_DECLARE(Hen);
KITH_DECLARE(Egg);
struct Hen { int64_t id, egg_id; };
struct Egg { int64_t id, hen_id; };
KITH_MODEL(Hen, "hens", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(egg_id, .foreign_key = "eggs.id", .deferred = true));
KITH_MODEL(Egg, "eggs", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(hen_id, .foreign_key = "hens.id", .deferred = true));

/* 30 */
static void a_foreign_key_may_be_checked_at_the_commit(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Hen, .id = 1, .egg_id = 1);
    FLUSH(f->session);
    kith_new(f->session, Egg, .id = 1, .hen_id = 1);
    COMMIT(f->session);
    const Hen *hen = kith_new(f->session, Hen, .id = 2, .egg_id = 2);
    FLUSH(f->session);
    assert_int_equal(kith_commit(f->session), KITH_CONSTRAINT);
    FAILS(f->session, KITH_CONSTRAINT, "foreign key");
    assert_int_equal(kith_state_of(hen), KITH_TRANSIENT);
    assert_int_equal(kith_count(f->session, Hen), 1);
}

FAMILY(alley, ALLEY_MODELS);
FAMILY(hens, KITH_MODELS(Hen, Egg));

/* 77: the rows of the join table would be written twice; a view of them is no harm */
static void a_join_table_that_a_model_writes_too_is_refused_with_both_ways_out(void **state)
{
    (void)state;
    kith_database *db = kith_open("sqlite://", KITH_MODELS(DoublePost, DoubleTag, DoubleLink));
    const kith_error *error = kith_error_of(db);
    assert_int_equal(error->status, KITH_CONFIG);
    assert_string_equal(error->code, "config.secondary_is_model");
    assert_non_null(strstr(error->message, "double_links"));
    assert_non_null(strstr(error->hint, "view_only"));
    assert_non_null(strstr(error->hint, "KITH_ASSOCIATION_PROXY"));
    kith_close(db);
    db = kith_open("sqlite://", KITH_MODELS(ShownPost, ShownTag, ShownLink));
    assert_int_equal(kith_status_of(db), KITH_OK);
    kith_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_misspelt_back_populates_names_who_asked_and_what_was_meant),
        cmocka_unit_test(back_populates_that_names_a_column_is_refused),
        cmocka_unit_test(back_populates_that_leads_to_a_third_model_is_refused),
        cmocka_unit_test(both_sides_of_a_tree_going_one_way_names_remote_side),
        cmocka_unit_test(a_pair_of_which_only_one_side_knows_is_refused),
        cmocka_unit_test(two_that_claim_one_partner_are_refused),
        cmocka_unit_test(a_relationship_without_a_foreign_key_is_refused),
        cmocka_unit_test(a_relationship_with_two_foreign_keys_names_them_and_the_option),
        cmocka_unit_test(a_join_table_must_lead_to_both_sides_once),
        cmocka_unit_test(a_join_table_that_a_model_writes_too_is_refused_with_both_ways_out),
        cmocka_unit_test(a_relationship_to_a_model_that_is_not_there_is_refused),
        cmocka_unit_test(two_models_of_one_name_or_one_table_are_refused),
        cmocka_unit_test(a_foreign_key_to_nothing_is_refused_with_what_was_meant),
        cmocka_unit_test(delete_orphan_on_the_many_side_is_refused),
        cmocka_unit_test(delete_orphan_without_delete_is_refused),
        cmocka_unit_test(an_unknown_cascade_word_is_refused_with_what_was_meant),
        cmocka_unit_test(looking_only_with_a_cascade_that_writes_is_refused),
        cmocka_unit_test(an_unknown_way_to_load_is_refused_with_the_list),
        cmocka_unit_test(two_that_write_one_key_and_are_no_pair_are_refused),
        cmocka_unit_test(misspelt_columns_of_a_relationship_are_refused),
        cmocka_unit_test(both_names_of_a_proxy_are_checked),
        cmocka_unit_test(a_proxy_whose_field_is_of_another_model_is_refused),
        cmocka_unit_test(a_model_without_a_key_is_refused),
        cmocka_unit_test(a_member_in_no_list_is_refused),
        cmocka_unit_test(columns_that_cannot_be_are_refused),
        cmocka_unit_test(all_mistakes_are_said_at_once),
        cmocka_unit_test(one_mistake_is_one_error),
        cmocka_unit_test(a_refusal_does_not_touch_another_handle),
        cmocka_unit_test(a_handle_that_did_not_open_gives_sessions_that_say_why),
        cmocka_unit_test(two_handles_of_the_same_models_never_meet),
        cmocka_unit_test(every_mistake_has_a_code_of_its_own),
        ON_FILE(alley, create_all_makes_what_is_missing_and_leaves_what_is_there),
        ON_FILE(alley, drop_all_drops_the_models_tables_and_no_others),
        ON_FILE(alley, create_all_and_drop_all_of_a_session_say_why_they_fail),
        ON_FILE(alley, create_all_of_a_session_that_has_written_says_at_once_who_holds_the_lock),
        IN_MEMORY(alley, foreign_keys_are_enforced),
        IN_MEMORY(hens, a_foreign_key_may_be_checked_at_the_commit),
    };
    return cmocka_run_group_tests_name("configuration", tests, NULL, NULL);
}
