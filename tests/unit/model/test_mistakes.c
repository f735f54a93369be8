/*
 * What is said of models that do not fit together: each mistake once, with its word, its model and attribute, and what was meant.
 * tests/c/test_config.c has those of the rules; here are all, with those that only a model made at run time can have.
 */
#include "helpers.h"

#include <stdio.h>

#define ID KITH_COLUMN(id, .primary_key = true)

/* Of `count` mistakes in all this is one: code, model, attribute, and a part of its message or hint. */
static void says(built *b, size_t count, const char *code, const char *model, const char *attribute, const char *part)
{
    size_t all = 0;
    bool found = false;
    assert_int_equal(b->error.public_.status, KITH_CONFIG);
    assert_null(b->models);
    for (const kith_error *e = &b->error.public_; e; e = e->next, all++) {
        assert_int_equal(e->status, KITH_CONFIG);
        assert_int_equal(strncmp(e->code, "config.", 7), 0);
        found = found || (!strcmp(e->code + 7, code) && !strcmp(e->model, model) && (attribute ? e->attribute && !strcmp(e->attribute, attribute) : !e->attribute) &&
                          (strstr(e->message, part) || (e->hint && strstr(e->hint, part))));
    }
    if (!found || all != count) {
        print_error("%zu mistakes expected, one of them %s %s.%s with \"%s\"; there are %zu:\n", count, code, model, attribute ? attribute : "-", part, all);
        list_errors(b);
        fail();
    }
}

typedef struct mistake { const kith_model_function *models; size_t count; const char *code, *model, *attribute, *part; } mistake;

static void assert_mistakes(const mistake *mistakes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        built b = build(mistakes[i].models);
        says(&b, mistakes[i].count, mistakes[i].code, mistakes[i].model, mistakes[i].attribute, mistakes[i].part);
        done(&b);
    }
}

/* A model of its own for each column mistake: M, the member's declaration, the entry. */
#define ONE_COLUMN(M, member, ...) \
    KITH_DECLARE(M); \
    struct M { int64_t id; member; }; \
    KITH_MODEL(M, #M, ID, __VA_ARGS__)

/* ---------------------------------------------------------------- columns */

static const char *const no_labels[] = { NULL };
ONE_COLUMN(Long, int32_t x, KITH_COLUMN(x, .length = 3));
ONE_COLUMN(Precise, const char *x, KITH_COLUMN(x, .precision = 3));
ONE_COLUMN(Scaled, kith_decimal x, KITH_COLUMN(x, .precision = 3, .scale = 4));
ONE_COLUMN(Naive, kith_date x, KITH_COLUMN(x, .naive = true));
ONE_COLUMN(Unlabelled, const char *x, KITH_COLUMN(x, .labels = no_labels));
ONE_COLUMN(Reused, int64_t x, KITH_COLUMN(x, .never_reuse = true));
ONE_COLUMN(OptVersion, kith_opt_int x, KITH_COLUMN(x, .version = true));
ONE_COLUMN(Deleting, kith_opt_int x, KITH_COLUMN(x, .on_delete = "CASCADE"));
ONE_COLUMN(Acting, kith_opt_int x, KITH_COLUMN(x, .foreign_key = "Acting.id", .on_delete = "CASCADES"));
ONE_COLUMN(Updating, kith_opt_int x, KITH_COLUMN(x, .foreign_key = "Updating.id", .on_update = "SET NUL"));
ONE_COLUMN(Nulling, int64_t x, KITH_COLUMN(x, .foreign_key = "Nulling.id", .on_delete = "SET NULL"));
ONE_COLUMN(Texts, const char *x, KITH_COLUMN(x, .foreign_key = "Texts.id"));
ONE_COLUMN(NotUnique, kith_opt_int x, KITH_COLUMN(x, .foreign_key = "NotUnique.x"));
ONE_COLUMN(Formless, kith_opt_int x, KITH_COLUMN(x, .foreign_key = "id"));
ONE_COLUMN(Astray, kith_opt_int x, KITH_COLUMN(x, .foreign_key = "Atsray.id"));
ONE_COLUMN(Amiss, kith_opt_int x, KITH_COLUMN(x, .foreign_key = "Amiss.ix"));
ONE_COLUMN(Same, const char *x, KITH_COLUMN(x, .column = "id"));
ONE_COLUMN(Indexed, const char *xyz, KITH_COLUMN(xyz), KITH_INDEX("xzy"));
ONE_COLUMN(IndexedTwice, const char *x, KITH_COLUMN(x, .index = true), KITH_INDEX("x"));
ONE_COLUMN(Ab, const char *c_d, KITH_COLUMN(c_d, .index = true));
ONE_COLUMN(Ab_c, const char *d, KITH_COLUMN(d, .index = true));
ONE_COLUMN(IndexedAsTable, const char *x, KITH_COLUMN(x), KITH_INDEX_NAMED("Ab_c", "x"));
ONE_COLUMN(Unchecked, const char *x, KITH_COLUMN(x), KITH_CHECK(NULL));
ONE_COLUMN(UncheckedColumn, const char *x, KITH_COLUMN(x, .check = ""));
ONE_COLUMN(Remarked, const char *x, KITH_COLUMN(x, .check = "x <> '--' -- why"));
ONE_COLUMN(RemarkedDefault, const char *x, KITH_COLUMN(x, .server_default = "'x' /* c */"));
ONE_COLUMN(RemarkedCheck, const char *x, KITH_COLUMN(x), KITH_CHECK("x > '' -- why"));
ONE_COLUMN(RemarkedIndex, const char *x, KITH_COLUMN(x), KITH_INDEX_WITH(.columns = { "x" }, .where = "x > '' -- why"));
ONE_COLUMN(Quoting, const char *x, KITH_COLUMN(x, .server_default = "'-- no /* comment'", .check = "\"x\" <> '--''--'"));
ONE_COLUMN(Empty, const char *x, KITH_COLUMN(x), KITH_UNIQUE(NULL));

KITH_DECLARE(Keyless);
struct Keyless { int64_t id; };
KITH_MODEL(Keyless, "keyless", KITH_COLUMN(id));
KITH_DECLARE(Versions);
struct Versions { int64_t id; int32_t a, b; };
KITH_MODEL(Versions, "versions", ID, KITH_COLUMN(a, .version = true), KITH_COLUMN(b, .version = true));
KITH_DECLARE(Wide);
KITH_DECLARE(OfWide);
struct Wide { int32_t a, b; };
struct OfWide { int64_t id; kith_opt_int a; };
KITH_MODEL(Wide, "wide", KITH_COLUMN(a, .primary_key = true), KITH_COLUMN(b, .primary_key = true));
KITH_MODEL(OfWide, "of_wide", ID, KITH_COLUMN(a, .foreign_key = "wide.a"));
KITH_DECLARE(Report);
struct Report { int64_t n; KITH_ONE(Keyless) one; };
KITH_ROW(Report, KITH_COLUMN(n), KITH_RELATIONSHIP(one, Keyless));

static void columns_that_cannot_be(void **state)
{
    (void)state;
    const mistake mistakes[] = {
        { KITH_MODELS(Long), 1, "column_option", "Long", "x", ".length" },
        { KITH_MODELS(Precise), 1, "column_option", "Precise", "x", "kith_decimal" },
        { KITH_MODELS(Scaled), 1, "column_option", "Scaled", "x", ".precision" },
        { KITH_MODELS(Naive), 1, "column_option", "Naive", "x", "kith_datetime" },
        { KITH_MODELS(Unlabelled), 1, "column_option", "Unlabelled", "x", ".labels" },
        { KITH_MODELS(Reused), 1, "column_option", "Reused", "x", ".never_reuse" },
        { KITH_MODELS(OptVersion), 1, "column_option", "OptVersion", "x", "integer" },
        { KITH_MODELS(Deleting), 1, "column_option", "Deleting", "x", ".foreign_key" },
        { KITH_MODELS(Acting), 1, "foreign_key_action", "Acting", "x", "did you mean \"CASCADE\"" },
        { KITH_MODELS(Updating), 1, "foreign_key_action", "Updating", "x", "did you mean \"SET NULL\"" },
        { KITH_MODELS(Nulling), 1, "foreign_key_set_null", "Nulling", "x", "cannot be NULL" },
        { KITH_MODELS(Texts), 1, "foreign_key_type", "Texts", "x", "Texts.id" },
        { KITH_MODELS(NotUnique), 1, "foreign_key_target", "NotUnique", "x", "neither a primary key nor unique" },
        { KITH_MODELS(Wide, OfWide), 1, "foreign_key_target", "OfWide", "a", "only a part" },
        { KITH_MODELS(Formless), 1, "foreign_key_form", "Formless", "x", "table.column" },
        { KITH_MODELS(Astray), 1, "foreign_key_table", "Astray", "x", "did you mean \"Astray\"" },
        { KITH_MODELS(Amiss), 1, "foreign_key_column", "Amiss", "x", "did you mean \"id\"" },
        { KITH_MODELS(Same), 1, "column_twice", "Same", "x", "named id" },
        { KITH_MODELS(Indexed), 1, "constraint_column", "Indexed", NULL, "did you mean \"xyz\"" },
        { KITH_MODELS(IndexedTwice), 1, "index_twice", "IndexedTwice", NULL, "ix_IndexedTwice_x" },
        { KITH_MODELS(Ab, Ab_c), 1, "index_twice", "Ab_c", NULL, "ix_Ab_c_d, as one of Ab is" },
        { KITH_MODELS(Ab_c, IndexedAsTable), 1, "index_twice", "IndexedAsTable", NULL, "as the table of Ab_c is" },
        { KITH_MODELS(Unchecked), 1, "constraint_check", "Unchecked", NULL, "without a condition" },
        { KITH_MODELS(UncheckedColumn, Quoting), 1, "column_option", "UncheckedColumn", "x", "empty" },
        { KITH_MODELS(Remarked), 1, "column_option", "Remarked", "x", "without a comment" },
        { KITH_MODELS(RemarkedDefault), 1, "column_option", "RemarkedDefault", "x", "without a comment" },
        { KITH_MODELS(RemarkedCheck), 1, "constraint_check", "RemarkedCheck", NULL, "a comment in it" },
        { KITH_MODELS(RemarkedIndex), 1, "constraint_check", "RemarkedIndex", NULL, "a comment in its .where" },
        { KITH_MODELS(Empty), 1, "constraint_column", "Empty", NULL, "no column" },
        { KITH_MODELS(Keyless), 1, "no_primary_key", "Keyless", NULL, ".primary_key" },
        { KITH_MODELS(Versions), 1, "version_twice", "Versions", "b", "Versions.a" },
        { KITH_MODELS(Report), 1, "row_member", "Report", "one", "columns only" },
    };
    assert_mistakes(mistakes, KITH__COUNT(mistakes));
}

static void a_key_has_no_more_parts_than_there_is_room_for(void **state)
{
    (void)state;
    kith_attribute attributes[17];
    char names[17][4];
    for (size_t i = 0; i < 17; i++) {
        snprintf(names[i], sizeof names[i], "c%zu", i);
        attributes[i] = (kith_attribute){ .name = names[i], .offset = 4 * i, .size = 4, .type = KITH_TYPE_INT, .primary_key = true };
    }
    kith_model model = { KITH_ABI, sizeof(kith_attribute), "Broad", "broad", 4 * 17, 17, attributes };
    const kith_model *models[] = { &model };
    built b = { 0 };
    kith__models_build(&b.models, models, 1, &b.error);
    says(&b, 1, "key_too_wide", "Broad", NULL, "17");
    done(&b);
    b = (built){ 0 };
    model.count = 16;
    model.size = 4 * 16;
    assert_int_equal(kith__models_build(&b.models, models, 1, &b.error), KITH_OK);
    done(&b);
}

/* ---------------------------------------------------------------- members */

KITH_DECLARE(Middle);
KITH_DECLARE(Last);
KITH_DECLARE(First);
KITH_DECLARE(Twice);
KITH_DECLARE(Padded);
struct Middle { int64_t id; const char *forgotten; kith_opt_int x; };
struct Last { int64_t id; kith_opt_int x; int32_t forgotten[3]; };
struct First { int64_t forgotten, id; };
struct Twice { int64_t id; };
struct Padded { bool a; int64_t id; bool b; int32_t c; bool d; long double own; char e; };
KITH_MODEL(Middle, "middle", ID, KITH_COLUMN(x));
KITH_MODEL(Last, "last", ID, KITH_COLUMN(x));
KITH_MODEL(First, "first", ID);
KITH_MODEL(Twice, "twice", ID, KITH_COLUMN(id, .column = "again"));
KITH_MODEL(Padded, "padded", KITH_COLUMN(c), KITH_COLUMN(a), ID, KITH_COLUMN(b), KITH_COLUMN(d), KITH_UNMAPPED(own), KITH_UNMAPPED(e));

static void members_that_are_in_no_list_or_in_it_twice(void **state)
{
    (void)state;
    const mistake mistakes[] = {
        { KITH_MODELS(Middle), 1, "member_forgotten", "Middle", NULL, "8 bytes between id and x" },
        { KITH_MODELS(Last), 1, "member_forgotten", "Last", NULL, "between x and its end" },
        { KITH_MODELS(First), 1, "member_forgotten", "First", NULL, "between its beginning and id" },
        { KITH_MODELS(First), 1, "member_forgotten", "First", NULL, "KITH_UNMAPPED" },
        { KITH_MODELS(Twice), 1, "member_twice", "Twice", "id", "once" },
    };
    assert_mistakes(mistakes, KITH__COUNT(mistakes));
    built b = good(KITH_MODELS(Padded));        /* padding is nobody's */
    done(&b);
}

/* ---------------------------------------------------------------- models as a whole */

static void what_is_no_model(void **state)
{
    (void)state;
    const kith_attribute id = { .name = "id", .size = 8, .type = KITH_TYPE_INT, .primary_key = true }, nameless = { .size = 8, .type = KITH_TYPE_INT };
    const kith_attribute unknown = { .name = "id", .size = 8, .type = 99 }, outside = { .name = "id", .offset = 4, .size = 8, .type = KITH_TYPE_INT, .primary_key = true };
    const kith_attribute huge = { .name = "id", .size = 8, .type = KITH_TYPE_UINT, .primary_key = true };
    const uint32_t whole = sizeof(kith_attribute);
    const struct { kith_model model; const char *code; } cases[] = {
        { { KITH_ABI + 1, whole, "M", "m", 8, 1, &id }, "config.abi" }, { { 0, whole, "M", "m", 8, 1, &id }, "config.abi" },
        { { KITH_ABI, whole + 8, "M", "m", 8, 1, &id }, "config.abi" }, { { KITH_ABI, 8, "M", "m", 8, 1, &id }, "config.abi" },
        { { KITH_ABI, whole, "M", "m", 8, 1, NULL }, "config.abi" }, { { KITH_ABI, whole, NULL, "m", 8, 1, &id }, "config.no_name" },
        { { KITH_ABI, whole, "M", "", 8, 1, &id }, "config.no_table_name" }, { { KITH_ABI, whole, "M", NULL, 0, 1, &id }, "config.model_size" },
        { { KITH_ABI, whole, "M", "m", 8, 1, &nameless }, "config.no_name" }, { { KITH_ABI, whole, "M", "m", 8, 1, &unknown }, "config.column_type" },
        { { KITH_ABI, whole, "M", "m", 8, 1, &outside }, "config.column_place" }, { { KITH_ABI, whole, "M", "m", 8, 1, &huge }, "config.column_type" },
        { { KITH_ABI, whole, "M", "m", 0, 1, &id }, "config.column_type" }, { { KITH_ABI, whole, "M", "m", 8, 0, NULL }, "config.no_columns" },
    };
    for (size_t i = 0; i < KITH__COUNT(cases); i++) {
        const kith_model *models[] = { &cases[i].model };
        built b = { 0 };
        assert_int_equal(kith__models_build(&b.models, models, 1, &b.error), KITH_CONFIG);
        bool found = false;
        for (const kith_error *e = &b.error.public_; e; e = e->next)
            found = found || !strcmp(e->code, cases[i].code);
        if (!found)
            list_errors(&b);
        assert_true(found);
        done(&b);
    }
    const kith_model *none[] = { NULL };
    built b = { 0 };
    assert_int_equal(kith__models_build(&b.models, none, 1, &b.error), KITH_CONFIG);
    done(&b);
}

KITH_DECLARE(OtherKeyless);
struct OtherKeyless { int64_t id; };
KITH_MODEL(OtherKeyless, "long", ID);
KITH_DECLARE(Ok);
struct Ok { int64_t id; };
KITH_MODEL(Ok, "oks", ID);
KITH_DECLARE(SameTable);
struct SameTable { int64_t id; };
KITH_MODEL(SameTable, "oks", ID);
static const kith_model *same_name(void)
{
    static kith_model model;
    model = *kith_model_of_OtherKeyless();
    model.name = "Ok";
    return &model;
}

static void names_and_tables_are_of_one_model(void **state)
{
    (void)state;
    const mistake mistakes[] = {
        { KITH_MODELS(Ok, Ok), 1, "model_twice", "Ok", NULL, "twice" },
        { KITH_MODELS(Ok, SameTable), 1, "table_twice", "SameTable", NULL, "oks" },
        { (const kith_model_function[]){ kith_model_of_Ok, same_name, NULL }, 1, "name_twice", "Ok", NULL, "long" },
    };
    assert_mistakes(mistakes, KITH__COUNT(mistakes));
}

/* ---------------------------------------------------------------- relationships: what they lead to, and over what */

KITH_DECLARE(P);
KITH_DECLARE(C);
struct P { int64_t id; KITH_MANY(C) many; KITH_ONE(C) one; };
struct C { int64_t id; kith_opt_int p_id, q_id; KITH_ONE(P) p; };

/* Variants of the same two structs, so that each is one line: what P.many, P.one and C.p say, and the keys of C. */
#define VARIANT(N, MANY, ONE, TO_P, ...) \
    static const kith_model *p##N(void); \
    static const kith_model *c##N(void); \
    static const kith_model *p##N(void) \
    { \
        typedef P kith_self; \
        static const kith_attribute attributes[] = { ID, MANY(c##N), ONE(c##N) }; \
        static const kith_model model = { KITH_ABI, sizeof(kith_attribute), "P", "p", sizeof(P), 3, attributes }; \
        return &model; \
    } \
    static const kith_model *c##N(void) \
    { \
        typedef C kith_self; \
        static const kith_attribute attributes[] = { ID, __VA_ARGS__, TO_P(p##N) }; \
        static const kith_model model = { KITH_ABI, sizeof(kith_attribute), "C", "c", sizeof(C), 4, attributes }; \
        return &model; \
    }
#define REL(field, kind, f, ...) { KITH_AT_(field), .type = kind, .target = f, __VA_ARGS__ }
#define NO_MANY(f) KITH_UNMAPPED(many)
#define NO_ONE(f) KITH_UNMAPPED(one)
#define NO_P(f) KITH_UNMAPPED(p)
#define MANY_PLAIN(f) REL(many, KITH_TYPE_MANY, f, .length = 0)
#define TO_P_PLAIN(f) REL(p, KITH_TYPE_ONE, f, .length = 0)
#define MANY_PAIR(f) REL(many, KITH_TYPE_MANY, f, .back_populates = "p")
#define TO_P_PAIR(f) REL(p, KITH_TYPE_ONE, f, .back_populates = "many")
#define KEY_P KITH_COLUMN(p_id, .foreign_key = "p.id")
#define KEY_Q KITH_COLUMN(q_id, .foreign_key = "p.id")
#define PLAIN_P KITH_COLUMN(p_id)
#define PLAIN_Q KITH_COLUMN(q_id)

VARIANT(0, MANY_PAIR, NO_ONE, TO_P_PAIR, KEY_P, PLAIN_Q)
/* no key; two keys; a name that is none; one that is no key; a key that the two sides do not share */
VARIANT(1, MANY_PLAIN, NO_ONE, NO_P, PLAIN_P, PLAIN_Q)
VARIANT(2, NO_MANY, NO_ONE, TO_P_PLAIN, KEY_P, KEY_Q)
#define TO_P_NAMED(f) REL(p, KITH_TYPE_ONE, f, .foreign_keys = "p_ids")
VARIANT(3, NO_MANY, NO_ONE, TO_P_NAMED, KEY_P, KEY_Q)
#define TO_P_NO_KEY(f) REL(p, KITH_TYPE_ONE, f, .foreign_keys = "q_id")
VARIANT(4, NO_MANY, NO_ONE, TO_P_NO_KEY, KEY_P, PLAIN_Q)
#define MANY_BY_P(f) REL(many, KITH_TYPE_MANY, f, .foreign_keys = "p_id", .back_populates = "p")
#define TO_P_BY_Q(f) REL(p, KITH_TYPE_ONE, f, .foreign_keys = "q_id", .back_populates = "many")
VARIANT(5, MANY_BY_P, NO_ONE, TO_P_BY_Q, KEY_P, KEY_Q)
/* many by the owner's own key; remote_side that is not there; a column of the wrong side */
#define OWN_KEYS(f) REL(p, KITH_TYPE_MANY, f, .length = 0)
VARIANT(6, NO_MANY, NO_ONE, OWN_KEYS, KEY_P, PLAIN_Q)
#define REMOTE_WRONG(f) REL(p, KITH_TYPE_ONE, f, .remote_side = "p_id")
VARIANT(7, NO_MANY, NO_ONE, REMOTE_WRONG, KEY_P, PLAIN_Q)
#define MANY_REMOTE(f) REL(many, KITH_TYPE_MANY, f, .remote_side = "q_id")
VARIANT(8, MANY_REMOTE, NO_ONE, NO_P, KEY_P, PLAIN_Q)
/* words */
#define MANY_WORDS(f) REL(many, KITH_TYPE_MANY, f, .back_populates = "p", .cascade = "all, deleet", .load = "eagr", .order_by = "idd desc")
#define TO_P_WORDS(f) REL(p, KITH_TYPE_ONE, f, .back_populates = "many", .cascade = "all, delete-orphan")
VARIANT(9, MANY_WORDS, NO_ONE, TO_P_WORDS, KEY_P, PLAIN_Q)
#define MANY_ORDER(f) REL(many, KITH_TYPE_MANY, f, .order_by = "id descending")
VARIANT(10, MANY_ORDER, NO_ONE, NO_P, KEY_P, PLAIN_Q)
#define MANY_ORPHAN(f) REL(many, KITH_TYPE_MANY, f, .cascade = "delete-orphan")
VARIANT(11, MANY_ORPHAN, NO_ONE, NO_P, KEY_P, PLAIN_Q)
#define MANY_VIEW(f) REL(many, KITH_TYPE_MANY, f, .view_only = true, .cascade = "merge")
VARIANT(12, MANY_VIEW, NO_ONE, NO_P, KEY_P, PLAIN_Q)
/* pairs */
#define MANY_WRONG(f) REL(many, KITH_TYPE_MANY, f, .back_populates = "q_id")
VARIANT(13, MANY_WRONG, NO_ONE, NO_P, KEY_P, PLAIN_Q)
VARIANT(14, MANY_PAIR, NO_ONE, TO_P_PLAIN, KEY_P, PLAIN_Q)
#define ONE_PAIR(f) REL(one, KITH_TYPE_ONE, f, .back_populates = "p")
VARIANT(15, MANY_PAIR, ONE_PAIR, TO_P_PAIR, KEY_P, PLAIN_Q)
#define ONE_PLAIN(f) REL(one, KITH_TYPE_ONE, f, .length = 0)
VARIANT(16, MANY_PAIR, ONE_PLAIN, TO_P_PAIR, KEY_P, PLAIN_Q)
#define NOWHERE(f) REL(p, KITH_TYPE_ONE, NULL, .length = 0)
VARIANT(17, NO_MANY, NO_ONE, NOWHERE, KEY_P, PLAIN_Q)
VARIANT(18, MANY_PLAIN, NO_ONE, TO_P_PLAIN, KEY_P, PLAIN_Q)
/* a foreign key that leads nowhere: one mistake, though relationships hang on it */
#define KEY_ASTRAY KITH_COLUMN(p_id, .foreign_key = "pp.id")
VARIANT(19, MANY_PAIR, NO_ONE, TO_P_PAIR, KEY_ASTRAY, PLAIN_Q)
#define TO_P_ONE_SECONDARY(f) REL(p, KITH_TYPE_ONE, f, .secondary = "pc")
VARIANT(20, NO_MANY, NO_ONE, TO_P_ONE_SECONDARY, KEY_P, PLAIN_Q)
/* one side through a join table, the other not */
#define MANY_SECONDARY(f) REL(many, KITH_TYPE_MANY, f, .secondary = "pc", .back_populates = "p")
VARIANT(21, MANY_SECONDARY, NO_ONE, TO_P_PAIR, KEY_P, PLAIN_Q)

#define V(N) (const kith_model_function[]){ p##N, c##N, NULL }

static void relationships_that_do_not_fit(void **state)
{
    (void)state;
    const mistake mistakes[] = {
        { V(1), 1, "no_foreign_key", "P", "many", ".foreign_key = \"p.id\"" },
        { V(2), 1, "ambiguous_foreign_key", "C", "p", "C.p_id, C.q_id" },
        { V(3), 1, "relationship_column", "C", "p", "did you mean \"p_id\"" },
        { V(4), 1, "foreign_keys", "C", "p", "C.p_id" },
        { V(5), 1, "pair_keys", "C", "p", "P.many" },
        { V(6), 1, "many_by_own_key", "C", "p", "KITH_ONE" },
        { V(7), 1, "relationship_column", "C", "p", "p_id" },
        { V(8), 1, "remote_side", "P", "many", "q_id" },
        { V(9), 4, "cascade_word", "P", "many", "did you mean \"delete\"" },
        { V(9), 4, "load_word", "P", "many", "did you mean \"eager\"" },
        { V(9), 4, "order_by", "P", "many", "did you mean \"id\"" },
        { V(9), 4, "delete_orphan_side", "C", "p", "many-to-one" },
        { V(10), 1, "order_word", "P", "many", "id descending" },
        { V(11), 1, "orphan_without_delete", "P", "many", "all, delete-orphan" },
        { V(12), 1, "cascade_view_only", "P", "many", "merge" },
        { V(13), 1, "back_populates_no_relationship", "P", "many", "column" },
        { V(14), 1, "back_populates_one_sided", "P", "many", "C.p" },
        { V(15), 1, "back_populates_taken", "P", "one", "P.many" },
        { V(16), 1, "unlinked", "P", "many", "P.one" },
        { V(17), 1, "no_target", "C", "p", "no model" },
        { V(18), 1, "unlinked", "P", "many", ".back_populates = \"p\" for P.many" },
        { V(19), 1, "foreign_key_table", "C", "p_id", "pp" },
        { V(20), 1, "secondary_one", "C", "p", "KITH_ONE" },
        { V(21), 1, "pair_keys", "C", "p", "P.many" },
        { (const kith_model_function[]){ p0, NULL }, 1, "unknown_model", "P", "many", "C" },
    };
    assert_mistakes(mistakes, KITH__COUNT(mistakes));
    built b = good(V(0));
    done(&b);
}

/* ---------------------------------------------------------------- trees, third models */

KITH_DECLARE(Tree);
struct Tree { int64_t id; kith_opt_int up_id; KITH_ONE(Tree) up; KITH_MANY(Tree) down; };
KITH_MODEL(Tree, "trees", ID, KITH_COLUMN(up_id, .foreign_key = "trees.id"), KITH_RELATIONSHIP(up, Tree, .back_populates = "down"),
    KITH_RELATIONSHIP(down, Tree, .back_populates = "up"));
KITH_DECLARE(Mirror);
struct Mirror { int64_t id; kith_opt_int up_id; KITH_ONE(Mirror) up; KITH_MANY(Mirror) friends; };
KITH_MODEL(Mirror, "mirrors", ID, KITH_COLUMN(up_id, .foreign_key = "mirrors.id"),
    KITH_RELATIONSHIP(up, Mirror, .back_populates = "up", .remote_side = "id"),
    KITH_RELATIONSHIP(friends, Mirror, .secondary = "friends", .foreign_keys = "a_id", .back_populates = "friends"));
KITH_DECLARE(Elsewhere);
KITH_DECLARE(Third);
KITH_DECLARE(Between);
struct Elsewhere { int64_t id; KITH_MANY(Between) betweens; };
struct Third { int64_t id; };
struct Between { int64_t id; kith_opt_int else_id, third_id; KITH_ONE(Third) third; };
KITH_MODEL(Elsewhere, "elsewheres", ID, KITH_RELATIONSHIP(betweens, Between, .back_populates = "third"));
KITH_MODEL(Third, "thirds", ID);
KITH_MODEL(Between, "betweens", ID, KITH_COLUMN(else_id, .foreign_key = "elsewheres.id"), KITH_COLUMN(third_id, .foreign_key = "thirds.id"),
    KITH_RELATIONSHIP(third, Third));
KITH_DECLARE(NumberRow);
KITH_DECLARE(Left);
KITH_DECLARE(Right);
KITH_DECLARE(Lonely);
struct NumberRow { int64_t n; };
KITH_ROW(NumberRow, KITH_COLUMN(n));
KITH_DECLARE(Plain);
struct Plain { int64_t id; };
KITH_MODEL(Plain, "lefts", ID);
struct Left { int64_t id; KITH_MANY(Right) rights; };
struct Right { int64_t id; KITH_MANY(Left) lefts; };
KITH_DECLARE(ToReport);
struct ToReport { int64_t id; KITH_ONE(NumberRow) row; KITH_ONE(Lonely) lonely; };
KITH_MODEL(ToReport, "to_reports", ID, KITH_RELATIONSHIP(row, NumberRow), KITH_RELATIONSHIP(lonely, Lonely));

static void relationships_within_one_model_and_to_a_third(void **state)
{
    (void)state;
    const mistake mistakes[] = {
        { KITH_MODELS(Tree), 1, "same_direction", "Tree", "up", ".remote_side = \"id\"" },
        { KITH_MODELS(Mirror), 2, "same_direction", "Mirror", "up", "one and the same" },
        { KITH_MODELS(Mirror), 2, "same_direction", "Mirror", "friends", "many-to-many" },
        { KITH_MODELS(Elsewhere, Third, Between), 1, "back_populates_elsewhere", "Elsewhere", "betweens", "Third" },
        { KITH_MODELS(ToReport, NumberRow, Lonely, Plain), 2, "target_is_no_model", "ToReport", "row", "row without a table" },
        { KITH_MODELS(ToReport, NumberRow, Lonely, Plain), 2, "target_is_no_model", "ToReport", "lonely", "join table" },
    };
    assert_mistakes(mistakes, KITH__COUNT(mistakes));
}

/* ---------------------------------------------------------------- join tables */

KITH_DECLARE(Self);
struct Self { int64_t id; KITH_MANY(Self) others; };
KITH_MODEL(Self, "selves", ID, KITH_RELATIONSHIP(others, Self, .secondary = "self_others"));
KITH_MODEL(Left, "lefts", ID, KITH_RELATIONSHIP(rights, Right, .secondary = "pairs"));
KITH_MODEL(Right, "rights", ID, KITH_RELATIONSHIP(lefts, Left, .secondary = "pairs"));
KITH_JOIN_TABLE(Lonely, "lonely", KITH_JOIN_COLUMN("left_id", "lefts.id"));
KITH_DECLARE(Astern);
KITH_DECLARE(Twofold);
struct Astern { int64_t id; KITH_MANY(Plain) lefts; KITH_MANY(Plain) twice; };
KITH_MODEL(Astern, "asterns", ID, KITH_RELATIONSHIP(lefts, Plain, .secondary = "lonely"), KITH_RELATIONSHIP(twice, Plain, .secondary = "twofold"));
KITH_JOIN_TABLE(Twofold, "twofold", KITH_JOIN_COLUMN("a", "lefts.id"), KITH_JOIN_COLUMN("b", "lefts.id"), KITH_JOIN_COLUMN("c", "asterns.id"));
/* an association object, and many-to-many over its table */
KITH_DECLARE(Student);
KITH_DECLARE(Course);
KITH_DECLARE(Seat);
struct Student { int64_t id; KITH_MANY(Seat) seats; KITH_MANY(Course) courses; };
struct Course { int64_t id; };
struct Seat { int64_t student_id, course_id; KITH_ONE(Student) student; KITH_ONE(Course) course; };
KITH_MODEL(Student, "students", ID, KITH_RELATIONSHIP(seats, Seat, .back_populates = "student"), KITH_RELATIONSHIP(courses, Course, .secondary = "seats"));
KITH_MODEL(Course, "courses", ID);
KITH_MODEL(Seat, "seats", KITH_COLUMN(student_id, .primary_key = true, .foreign_key = "students.id"),
    KITH_COLUMN(course_id, .primary_key = true, .foreign_key = "courses.id"), KITH_RELATIONSHIP(student, Student, .back_populates = "seats"),
    KITH_RELATIONSHIP(course, Course));

static void join_tables_that_do_not_fit(void **state)
{
    (void)state;
    const mistake mistakes[] = {
        { KITH_MODELS(Self), 1, "secondary_columns", "Self", "others", "self_id" },
        { KITH_MODELS(Left, Right), 1, "unlinked", "Left", "rights", ".back_populates = \"lefts\" for Left.rights" },
        { KITH_MODELS(Astern, Plain, Lonely, Twofold), 2, "secondary_no_foreign_key", "Astern", "lefts", "asterns" },
        { KITH_MODELS(Astern, Plain, Lonely, Twofold), 2, "secondary_ambiguous", "Astern", "twice", ".foreign_keys" },
        { KITH_MODELS(Student, Course, Seat), 1, "secondary_is_model", "Student", "courses", "KITH_ASSOCIATION_PROXY" },
    };
    assert_mistakes(mistakes, KITH__COUNT(mistakes));
}

/* ---------------------------------------------------------------- proxies */

KITH_DECLARE(Garage);
KITH_DECLARE(Driver);
KITH_DECLARE(Carer);
struct Garage { int64_t id; const char *name; KITH_MANY(Driver) drivers; KITH_MANY(Carer) carers; KITH_ONE(Carer) one; KITH_MANY(Driver) other; const char *text; KITH_MANY(Carer) by_column, by_proxy; };
struct Driver { int64_t id; kith_opt_int garage_id, carer_id; KITH_ONE(Garage) garage; KITH_ONE(Carer) carer; KITH_ONE(Carer) round; kith_opt_int named; KITH_MANY(Carer) all; };
struct Carer { int64_t id; kith_opt_int driver_id; KITH_ONE(Driver) driver; KITH_ONE(Carer) back; };
KITH_MODEL(Garage, "garages", ID, KITH_COLUMN(name), KITH_RELATIONSHIP(drivers, Driver, .back_populates = "garage"),
    KITH_ASSOCIATION_PROXY(carers, "drivers", "carer"), KITH_ASSOCIATION_PROXY(one, "drivers", "carer"), KITH_ASSOCIATION_PROXY(other, "drivers", "carer"),
    KITH_ASSOCIATION_PROXY(text, "drivrs", "carer"), KITH_ASSOCIATION_PROXY(by_column, "name", "carer"), KITH_ASSOCIATION_PROXY(by_proxy, "carers", "driver"));
KITH_MODEL(Driver, "drivers", ID, KITH_COLUMN(garage_id, .foreign_key = "garages.id"), KITH_COLUMN(carer_id, .foreign_key = "carers.id"),
    KITH_RELATIONSHIP(garage, Garage, .back_populates = "drivers"), KITH_RELATIONSHIP(carer, Carer, .foreign_keys = "carer_id"),
    KITH_ASSOCIATION_PROXY(round, "carer", "back"), KITH_ASSOCIATION_PROXY(named, "garage", "name"), KITH_ASSOCIATION_PROXY(all, "garage", "carrers"));
KITH_MODEL(Carer, "carers", ID, KITH_COLUMN(driver_id, .foreign_key = "drivers.id"), KITH_RELATIONSHIP(driver, Driver, .foreign_keys = "driver_id"),
    KITH_ASSOCIATION_PROXY(back, "driver", "round"));
#define GARAGE KITH_MODELS(Garage, Driver, Carer)

static void proxies_that_lead_nowhere(void **state)
{
    (void)state;
    const mistake mistakes[] = {
        { GARAGE, 8, "proxy_field", "Garage", "one", "KITH_MANY(Carer)" },
        { GARAGE, 8, "proxy_model", "Garage", "other", "a KITH_MANY of Driver and leads to Carer" },
        { GARAGE, 8, "proxy_through", "Garage", "text", "did you mean \"drivers\"" },
        { GARAGE, 8, "proxy_through_no_relationship", "Garage", "by_column", "column" },
        { GARAGE, 8, "proxy_through_no_relationship", "Garage", "by_proxy", "proxy" },
        { GARAGE, 8, "proxy_circle", "Carer", "back", "Driver.round" },
        { GARAGE, 8, "proxy_field", "Driver", "named", "Garage.name" },
        { GARAGE, 8, "proxy_attribute", "Driver", "all", "did you mean \"carers\"" },
    };
    assert_mistakes(mistakes, KITH__COUNT(mistakes));
}

/* ---------------------------------------------------------------- memory */

static bool refused_once(void *arg)
{
    built b = build(arg);
    bool ok = b.error.public_.status == KITH_CONFIG;
    assert_true(ok || b.error.public_.status == KITH_NO_MEMORY);
    assert_null(b.models);
    done(&b);
    return ok;
}

static void a_refusal_without_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    kith_test_each_allocation(refused_once, (void *)(uintptr_t)GARAGE);
    kith_test_each_allocation(refused_once, (void *)(uintptr_t)KITH_MODELS(Astern, Plain, Lonely, Twofold));
    kith_test_each_allocation(refused_once, (void *)(uintptr_t)V(9));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_that_cannot_be),
        cmocka_unit_test(a_key_has_no_more_parts_than_there_is_room_for),
        cmocka_unit_test(members_that_are_in_no_list_or_in_it_twice),
        cmocka_unit_test(what_is_no_model),
        cmocka_unit_test(names_and_tables_are_of_one_model),
        cmocka_unit_test(relationships_that_do_not_fit),
        cmocka_unit_test(relationships_within_one_model_and_to_a_third),
        cmocka_unit_test(join_tables_that_do_not_fit),
        cmocka_unit_test(proxies_that_lead_nowhere),
        cmocka_unit_test(a_refusal_without_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests_name("mistakes in models", tests, NULL, NULL);
}
