/*
 * Models of the rarer kinds: keys to columns that are unique and no primary key, both sides with a key of the same name, a tree over a join
 * table that the other side names, models that inherit; and what is said where these do not fit.
 */
#include "helpers.h"

#include <stdio.h>

#define ID KITH_COLUMN(id, .primary_key = true)

/* One mistake: its word, its model, a part of what is said. */
static void one_mistake(built b, const char *code, const char *model, const char *part)
{
    const kith_error *e = &b.error.public_;
    if (e->status != KITH_CONFIG || e->next || strcmp(e->code + strlen("config."), code) != 0 || strcmp(e->model, model) != 0 ||
        !(strstr(e->message, part) || (e->hint && strstr(e->hint, part)))) {
        print_error("one mistake was expected, %s of %s with \"%s\"; there is:\n", code, model, part);
        list_errors(&b);
        fail();
    }
    assert_null(b.models);
    done(&b);
}

/* ---------------------------------------------------------------- what a key may lead to */

KITH_DECLARE(Gauge);
KITH_DECLARE(Reading);
struct Gauge { int32_t x, y; double weight; float alone; const char *code, *half; };
struct Reading { int64_t id; kith_opt_double weight, alone; const char *code; KITH_ONE(Gauge) by_weight, by_alone, by_code; };
KITH_MODEL(Gauge, "gauges", KITH_COLUMN(x, .primary_key = true), KITH_COLUMN(y, .primary_key = true), KITH_COLUMN(weight, .unique = true), KITH_COLUMN(alone), KITH_COLUMN(code),
    KITH_COLUMN(half), KITH_UNIQUE("alone"), { .type = KITH_TYPE_INDEX, .columns = { "code" }, .unique = true }, KITH_UNIQUE("half", "code"));
KITH_MODEL(Reading, "readings", ID, KITH_COLUMN(weight, .foreign_key = "gauges.weight"), KITH_COLUMN(alone, .foreign_key = "gauges.alone"),
    KITH_COLUMN(code, .foreign_key = "gauges.code"), KITH_RELATIONSHIP(by_weight, Gauge, .foreign_keys = "weight"), KITH_RELATIONSHIP(by_alone, Gauge, .foreign_keys = "alone"),
    KITH_RELATIONSHIP(by_code, Gauge, .foreign_keys = "code"));
KITH_DECLARE(Halves);
struct Halves { int64_t id; const char *half; };
KITH_MODEL(Halves, "halves", ID, KITH_COLUMN(half, .foreign_key = "gauges.half"));

static void a_key_leads_to_any_column_that_is_unique_alone(void **state)
{
    (void)state;
    static const char *const names[] = { "by_weight", "by_alone", "by_code" };
    built b = good(KITH_MODELS(Gauge, Reading));
    for (size_t i = 0; i < KITH__COUNT(names); i++) {
        const kith__relation *relation = relation_named(&b, "Reading", names[i]);
        assert_int_equal(relation->direction, KITH__MANY_TO_ONE);
        assert_false(relation->to_primary_key);
        assert_string_equal(relation->remote[0]->name, relation->local[0]->name);
    }
    done(&b);
    one_mistake(build(KITH_MODELS(Gauge, Halves)), "foreign_key_target", "Halves", "neither a primary key nor unique");
}

KITH_DECLARE(Place);
KITH_DECLARE(Visit);
struct Place { const char *code; int64_t number; };
struct Visit { int64_t id, place; KITH_ONE(Place) at; };
KITH_MODEL(Place, "places", KITH_COLUMN(code, .primary_key = true), KITH_COLUMN(number, .unique = true));
KITH_MODEL(Visit, "visits", ID, KITH_COLUMN(place, .foreign_key = "places.number"), KITH_RELATIONSHIP(at, Place));

static void a_key_to_another_column_of_one_is_no_key_to_the_primary_one(void **state)
{
    (void)state;
    built b = good(KITH_MODELS(Place, Visit));
    assert_false(relation_named(&b, "Visit", "at")->to_primary_key);
    done(&b);
}

/* ---------------------------------------------------------------- what an index is over */

KITH_DECLARE(Letter);
struct Letter { int64_t id, at; const char *sender, *subject; kith_opt_int gone; };
KITH_MODEL(Letter, "letters", ID, KITH_COLUMN(at), KITH_COLUMN(sender, .column = "from who"), KITH_COLUMN(subject), KITH_COLUMN(gone),
    KITH_INDEX("sender", "at DESC"), KITH_INDEX("at asc", "subject desc"), KITH_INDEX("lower(subject) DESC", "at"), KITH_INDEX("from who DESC"),
    KITH_INDEX_WITH(.columns = { "subject" }, .unique = true, .where = "gone IS NULL"), KITH_INDEX_WITH(.columns = { "subject || '(x)'" }, .name = "mine"),
    KITH_INDEX("at COLLATE NOCASE"));
KITH_DECLARE(Dull);
KITH_DECLARE(Answer);
struct Dull { int64_t id; const char *subject; };
struct Answer { int64_t id; const char *subject; };
KITH_MODEL(Dull, "dull", ID, KITH_COLUMN(subject), KITH_INDEX("subjekt DESC"), KITH_INDEX("--"), KITH_INDEX(""), KITH_UNIQUE("lower(subject)"), KITH_INDEX_WITH(.where = "1"));
KITH_MODEL(Answer, "answers", ID, KITH_COLUMN(subject, .foreign_key = "letters.subject"));

static void an_index_is_over_columns_and_sql_either_way(void **state)
{
    (void)state;
    static const struct { const char *name, *columns[3]; bool sql[3], down[3], unique, named; const char *where; } expected[] = {
        { .name = "ix_letters_from who_at", .columns = { "from who", "at" }, .down = { false, true } },
        { .name = "ix_letters_at_subject", .columns = { "at", "subject" }, .down = { false, true } },
        { .name = "ix_letters_lower_subject_at", .columns = { "lower(subject)", "at" }, .sql = { true }, .down = { true } },
        { .name = "ix_letters_from who", .columns = { "from who" }, .down = { true } },
        { .name = "ix_letters_subject", .columns = { "subject" }, .unique = true, .where = "gone IS NULL" },
        { .name = "mine", .columns = { "subject || '(x)'" }, .sql = { true }, .named = true },
        { .name = "ix_letters_at_COLLATE_NOCASE", .columns = { "at COLLATE NOCASE" }, .sql = { true } },
    };
    built b = good(KITH_MODELS(Letter));
    const kith__table *table = table_named(&b, "letters");
    assert_int_equal(table->index_count, KITH__COUNT(expected));
    for (size_t i = 0; i < KITH__COUNT(expected); i++) {
        const kith__index *index = &table->indexes[i];
        assert_string_equal(index->name, expected[i].name);
        assert_true(index->unique == expected[i].unique && index->named == expected[i].named);
        assert_string_equal(index->where ? index->where : "", expected[i].where ? expected[i].where : "");
        assert_true(index->count == 3 || !expected[i].columns[index->count]);
        for (size_t k = 0; k < index->count; k++) {
            assert_string_equal(index->columns[k], expected[i].columns[k]);
            assert_true(index->expression[k] == expected[i].sql[k] && index->descending[k] == expected[i].down[k]);
        }
    }
    done(&b);
}

static void an_index_that_names_no_column_is_told_and_one_of_some_rows_makes_nothing_unique(void **state)
{
    (void)state;
    static const char *const words[] = { "did you mean \"subject\"", "KITH_INDEX over \"--\"", "KITH_INDEX over \"\"", "KITH_UNIQUE over \"lower(subject)\"", "over no column at all" };
    built b = build(KITH_MODELS(Dull));
    assert_null(b.models);
    const kith_error *error = &b.error.public_;
    for (size_t i = 0; i < KITH__COUNT(words); i++, error = error->next) {
        assert_non_null(error);
        assert_string_equal(error->code, "config.constraint_column");
        assert_non_null(strstr(error->message, words[i]));
    }
    assert_null(error);
    done(&b);
    one_mistake(build(KITH_MODELS(Letter, Answer)), "foreign_key_target", "Answer", "neither a primary key nor unique");
}

/* ---------------------------------------------------------------- which key a relationship goes over */

KITH_DECLARE(Husband);
KITH_DECLARE(Wife);
struct Husband { int64_t id; kith_opt_int other_id; KITH_ONE(Wife) other; };
struct Wife { int64_t id; kith_opt_int other_id; KITH_ONE(Husband) other; };
KITH_MODEL(Husband, "husbands", ID, KITH_COLUMN(other_id, .foreign_key = "wives.id"), KITH_RELATIONSHIP(other, Wife, .foreign_keys = "other_id"));
KITH_MODEL(Wife, "wives", ID, KITH_COLUMN(other_id, .foreign_key = "husbands.id"), KITH_RELATIONSHIP(other, Husband, .foreign_keys = "other_id"));

static void where_both_sides_have_a_key_of_the_name_the_owners_is_meant(void **state)
{
    (void)state;
    static const char *const models[] = { "Husband", "Wife" };
    built b = good(KITH_MODELS(Husband, Wife));
    for (size_t i = 0; i < 2; i++) {
        const kith__relation *relation = relation_named(&b, models[i], "other");
        assert_int_equal(relation->direction, KITH__MANY_TO_ONE);
        assert_string_equal(relation->local[0]->mapper->name, models[i]);
    }
    done(&b);
}

KITH_DECLARE(Star);
struct Star { int64_t id; KITH_MANY(Star) idols, fans; };
KITH_MODEL(Star, "stars", ID, KITH_RELATIONSHIP(idols, Star, .secondary = "fandom", .back_populates = "fans"),
    KITH_RELATIONSHIP(fans, Star, .secondary = "fandom", .foreign_keys = "idol_id", .back_populates = "idols", .cascade = "save-update , merge "));
KITH_JOIN_TABLE(Fandom, "fandom", KITH_JOIN_COLUMN("fan_id", "stars.id"), KITH_JOIN_COLUMN("idol_id", "stars.id"));

static void one_side_of_a_join_table_within_a_model_may_name_its_column_for_both(void **state)
{
    (void)state;
    built b = good(KITH_MODELS(Star, Fandom));
    const kith__relation *idols = relation_named(&b, "Star", "idols"), *fans = relation_named(&b, "Star", "fans");
    assert_string_equal(idols->near[0], "fan_id");
    assert_string_equal(idols->far[0], "idol_id");
    assert_string_equal(fans->near[0], "idol_id");
    assert_string_equal(fans->far[0], "fan_id");
    assert_int_equal(fans->cascade, KITH__CASCADE_SAVE | KITH__CASCADE_MERGE);
    done(&b);
}

/* ---------------------------------------------------------------- a mistake is told once, where it is */

KITH_DECLARE(Left);
struct Left { int64_t id; KITH_MANY(Gauge) rights; };
KITH_MODEL(Left, "lefts", ID, KITH_RELATIONSHIP(rights, Gauge, .secondary = "broken"));
KITH_JOIN_TABLE(Broken, "broken", KITH_JOIN_COLUMN("left_id", "nowhere.id"), KITH_JOIN_COLUMN("x", "gauges.x"), KITH_JOIN_COLUMN("y", "gauges.y"));
KITH_DECLARE(Odd);
KITH_DECLARE(ToOdd);
struct Odd { int64_t id; const char *name; };
struct ToOdd { int64_t id; kith_opt_int odd_id; KITH_ONE(Odd) odd; };
KITH_MODEL(Odd, "odds", ID, { KITH_AT_(name), .type = 99 });
KITH_MODEL(ToOdd, "to_odds", ID, KITH_COLUMN(odd_id, .foreign_key = "odds.id"), KITH_RELATIONSHIP(odd, Odd));
/* many-to-many over the table of an association object, which comes first */
KITH_DECLARE(Pupil);
KITH_DECLARE(Lesson);
KITH_DECLARE(Seat);
struct Pupil { int64_t id; KITH_MANY(Lesson) lessons; };
struct Lesson { int64_t id; };
struct Seat { int64_t pupil_id, lesson_id; KITH_ONE(Pupil) pupil; KITH_ONE(Lesson) lesson; };
KITH_MODEL(Seat, "seats", KITH_COLUMN(pupil_id, .primary_key = true, .foreign_key = "pupils.id"), KITH_COLUMN(lesson_id, .primary_key = true, .foreign_key = "lessons.id"),
    KITH_RELATIONSHIP(pupil, Pupil), KITH_RELATIONSHIP(lesson, Lesson));
KITH_MODEL(Pupil, "pupils", ID, KITH_RELATIONSHIP(lessons, Lesson, .secondary = "seats"));
KITH_MODEL(Lesson, "lessons", ID);

static void what_follows_from_a_mistake_is_not_told_as_another(void **state)
{
    (void)state;
    one_mistake(build(KITH_MODELS(Left, Gauge, Broken)), "foreign_key_table", "Broken", "nowhere");
    one_mistake(build(KITH_MODELS(Odd, ToOdd)), "column_type", "Odd", "99");
    one_mistake(build(KITH_MODELS(Seat, Lesson, Pupil)), "secondary_is_model", "Pupil", "KITH_ASSOCIATION_PROXY");
}

/* ---------------------------------------------------------------- columns */

static const char *const again[] = { "red", "green", "red", NULL };
KITH_DECLARE(Relabelled);
KITH_DECLARE(Typed);
struct Relabelled { int64_t id; const char *colour; };
struct Typed { int64_t id; const char *text; };
KITH_MODEL(Relabelled, "relabelled", ID, KITH_COLUMN(colour, .labels = again));
KITH_MODEL(Typed, "typed", ID, KITH_COLUMN(text, .in_table = 99));

static void options_that_do_not_fit_their_column(void **state)
{
    (void)state;
    const char *labels[130] = { NULL };
    char texts[129][4];
    one_mistake(build(KITH_MODELS(Relabelled)), "column_option", "Relabelled", "there once");
    one_mistake(build(KITH_MODELS(Typed)), "column_option", "Typed", "kith_sys_type");
    for (int i = 0; i < 129; i++) {
        snprintf(texts[i], sizeof texts[i], "%d", i);
        labels[i] = texts[i];
    }
    kith_attribute attributes[] = { { .name = "id", .size = 8, .type = KITH_TYPE_INT, .primary_key = true },
                                    { .name = "n", .offset = 8, .size = 1, .type = KITH_TYPE_INT, .labels = labels } };
    const kith_model model = { KITH_ABI, sizeof(kith_attribute), "Small", "small", 16, 2, attributes }, *models[] = { &model };
    built b = { 0 };
    kith__models_build(&b.models, models, 1, &b.error);
    one_mistake(b, "column_option", "Small", "fewer numbers");
    b = (built){ 0 };
    labels[128] = NULL;
    assert_int_equal(kith__models_build(&b.models, models, 1, &b.error), KITH_OK);
    done(&b);
}

static void a_member_lies_within_its_struct(void **state)
{
    (void)state;
    kith_attribute attributes[] = { { .name = "id", .size = 8, .type = KITH_TYPE_INT, .primary_key = true },
                                    { .name = "self_id", .offset = 8, .size = sizeof(kith_opt_int), .type = KITH_TYPE_INT | KITH_TYPE_OPT, .foreign_key = "m.id" },
                                    { .name = "self", .offset = 32, .size = 2 * sizeof(void *), .type = KITH_TYPE_ONE, .remote_side = "id" } };
    const kith_model model = { KITH_ABI, sizeof(kith_attribute), "M", "m", 40, 3, attributes }, *models[] = { &model };
    attributes[2].target_model = &model;
    built b = { 0 };
    kith__models_build(&b.models, models, 1, &b.error);
    one_mistake(b, "member_place", "M", "M.self lies outside of its struct, which has 40 bytes");
}

/* ---------------------------------------------------------------- models that inherit */

KITH_DECLARE(Base);
KITH_DECLARE(Owner);
struct Owner { int64_t id; const char *name; };
struct Base { int64_t id; const char *kind; kith_opt_int owner_id; KITH_ONE(Owner) owner; const char *owned_by; };
KITH_MODEL(Owner, "owners", ID, KITH_COLUMN(name));
KITH_MODEL(Base, "bases", KITH_DISCRIMINATOR("kind", "base"), ID, KITH_COLUMN(kind), KITH_COLUMN(owner_id, .foreign_key = "owners.id"), KITH_RELATIONSHIP(owner, Owner),
    KITH_ASSOCIATION_PROXY(owned_by, "owner", "name"));
/* in a table of its own, with a key to its base's table beside the one that joins them */
KITH_DECLARE(Sub);
struct Sub { Base base; kith_opt_int mentor_id; KITH_ONE(Base) mentor; };
KITH_MODEL(Sub, "subs", KITH_INHERITS(Base, "sub"), KITH_COLUMN(base.id, .column = "id", .primary_key = true, .foreign_key = "bases.id"),
    KITH_COLUMN(mentor_id, .foreign_key = "bases.id"), KITH_RELATIONSHIP(mentor, Base));
/* two that share a column in the table of their base */
KITH_DECLARE(Twin);
KITH_DECLARE(Other);
struct Twin { Base base; kith_opt_int common; };
struct Other { Base base; kith_opt_int common; };
KITH_MODEL(Twin, NULL, KITH_INHERITS(Base, "twin"), KITH_COLUMN(common, .index = true));
KITH_MODEL(Other, NULL, KITH_INHERITS(Base, "other"), KITH_COLUMN(common, .index = true));
#define FAMILY KITH_MODELS(Sub, Twin, Other, Base, Owner)

static void what_the_base_has_its_sub_models_have(void **state)
{
    (void)state;
    static const char *const models[] = { "Base", "Sub", "Twin", "Other" };
    built b = good(FAMILY);
    for (size_t i = 0; i < KITH__COUNT(models); i++) {
        const kith__mapper *mapper = mapper_named(&b, models[i]);
        kith__member member = kith__member_named(mapper, "owned_by");
        assert_int_equal(member.kind, KITH__PROXY);
        assert_string_equal(mapper->proxies[member.index].property->name, "name");
    }
    const kith__relation *mentor = relation_named(&b, "Sub", "mentor");
    assert_int_equal(mentor->direction, KITH__MANY_TO_ONE);
    assert_string_equal(mentor->local[0]->name, "mentor_id");        /* the key that joins the tables is no candidate */
    const kith__table *subs = table_named(&b, "subs");
    assert_string_equal(kith__property_in(mapper_named(&b, "Sub"), subs, "id")->name, "id");
    assert_string_equal(kith__property_in(mapper_named(&b, "Sub"), subs, "mentor_id")->name, "mentor_id");
    assert_null(kith__property_in(mapper_named(&b, "Sub"), subs, "owner_id"));
    done(&b);
}

/* a base with pointers makes room behind the last member of a struct that has none of its own; what is more than that was forgotten */
KITH_DECLARE(Short);
KITH_DECLARE(Long);
KITH_DECLARE(Longer);
struct Short { Base base; int32_t n; };
struct Long { Short base; bool flag; };
struct Longer { Base base; int32_t n, forgotten[2]; };
KITH_MODEL(Short, NULL, KITH_INHERITS(Base, "short"), KITH_COLUMN(n));
KITH_MODEL(Long, NULL, KITH_INHERITS(Short, "long"), KITH_COLUMN(flag));
KITH_MODEL(Longer, NULL, KITH_INHERITS(Base, "longer"), KITH_COLUMN(n));

static void a_struct_is_padded_as_its_base_wants(void **state)
{
    (void)state;
    built b = good(KITH_MODELS(Base, Owner, Short, Long));
    done(&b);
    one_mistake(build(KITH_MODELS(Base, Owner, Longer)), "member_forgotten", "Longer", "between n and its end");
}

static bool builds(void *arg)
{
    built b = build(arg);
    bool ok = b.error.public_.status == KITH_OK;
    assert_true(ok || b.error.public_.status == KITH_NO_MEMORY);
    done(&b);
    return ok;
}

static void models_that_inherit_are_built_or_leave_nothing_without_memory(void **state)
{
    (void)state;
    kith_test_each_allocation(builds, (void *)(uintptr_t)FAMILY);
}

KITH_DECLARE(Versioned);
KITH_DECLARE(Twofold);
KITH_DECLARE(OfRow);
KITH_DECLARE(OfJoin);
KITH_DECLARE(Narrow);
KITH_DECLARE(Counted);
KITH_DECLARE(Line);
KITH_DECLARE(Astray);
KITH_DECLARE(OfAstray);
struct Astray { int64_t id; const char *kind; };
struct OfAstray { Astray base; };
KITH_MODEL(Astray, "astray", KITH_DISCRIMINATOR("knid", "a"), ID, KITH_COLUMN(kind));
KITH_MODEL(OfAstray, NULL, KITH_INHERITS(Astray, "b"));
struct Versioned { Base base; int32_t version; };
struct Twofold { Base base; };
struct Line { int64_t id; };
struct OfRow { Line line; int64_t more; };
struct OfJoin { int64_t id; };
struct Narrow { int64_t id; const char *kind; };
struct Counted { int64_t id; double share; };
KITH_MODEL(Versioned, "versioned", KITH_INHERITS(Base, "versioned"), KITH_COLUMN(base.id, .column = "id", .primary_key = true, .foreign_key = "bases.id"),
    KITH_COLUMN(version, .version = true));
KITH_MODEL(Twofold, NULL, KITH_INHERITS(Base, "twofold"), KITH_INHERITS(Owner, "twofold"));
KITH_ROW(Line, KITH_COLUMN(id));
KITH_MODEL(OfRow, NULL, KITH_INHERITS(Line, "more"), KITH_COLUMN(more));
KITH_MODEL(OfJoin, NULL, KITH_INHERITS(Fandom, "more"), ID);
KITH_MODEL(Narrow, NULL, KITH_INHERITS(Base, "narrow"));
KITH_MODEL(Counted, "counted", KITH_DISCRIMINATOR("share", "a"), ID, KITH_COLUMN(share));
KITH_JOIN_TABLE(Heir, "heirs", KITH_INHERITS(Base, "heir"), KITH_JOIN_COLUMN("base_id", "bases.id"), KITH_JOIN_COLUMN("owner_id", "owners.id"));

static void models_that_cannot_inherit_so(void **state)
{
    (void)state;
    one_mistake(build(KITH_MODELS(Base, Owner, Versioned)), "version_of_sub_model", "Versioned", "the model that all go back to");
    one_mistake(build(KITH_MODELS(Base, Owner, Twofold)), "inherits_twice", "Twofold", "twice");
    one_mistake(build(KITH_MODELS(Line, OfRow)), "base_is_no_model", "OfRow", "a row without a table");
    one_mistake(build(KITH_MODELS(Star, Fandom, OfJoin)), "base_is_no_model", "OfJoin", "a join table");
    one_mistake(build(KITH_MODELS(Base, Owner, Narrow)), "base_is_larger", "Narrow", "begins with all that its base has");
    one_mistake(build(KITH_MODELS(Astray, OfAstray)), "discriminator", "Astray", "did you mean \"kind\"");
    one_mistake(build(KITH_MODELS(Counted)), "discriminator", "Counted", "neither a text nor a whole number");
    one_mistake(build(KITH_MODELS(Base, Owner, Heir)), "base_of_join_table", "Heir", "a join table and inherits from nothing");
}

/* ---------------------------------------------------------------- proxies of models made at run time */

static void a_proxy_leads_to_the_model_that_it_is_declared_for(void **state)
{
    (void)state;
    typedef struct { int64_t id; kith_opt_int base_id; KITH_ONE(Base) base; KITH_ONE(Owner) right, wrong; } kith_self;
    kith_attribute attributes[] = { ID, KITH_COLUMN(base_id, .foreign_key = "bases.id"), { KITH_AT_(base), .type = KITH_TYPE_ONE, .target = kith_model_of_Base },
        { KITH_AT_(right), .type = KITH_TYPE_PROXY, .through = "base", .attribute = "owner", .target_model = kith_model_of_Owner() },
        { KITH_AT_(wrong), .type = KITH_TYPE_PROXY, .through = "base", .attribute = "owner", .target_model = kith_model_of_Owner() } };
    const kith_model model = { KITH_ABI, sizeof(kith_attribute), "M", "m", sizeof(kith_self), 5, attributes };
    const kith_model *models[] = { &model, kith_model_of_Base(), kith_model_of_Owner() };
    built b = { 0 };
    assert_int_equal(kith__models_build(&b.models, models, 3, &b.error), KITH_OK);
    done(&b);
    attributes[4].target_model = kith_model_of_Base();
    b = (built){ 0 };
    kith__models_build(&b.models, models, 3, &b.error);
    one_mistake(b, "proxy_model", "M", "M.wrong is declared for Base and leads to Owner");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_leads_to_any_column_that_is_unique_alone),
        cmocka_unit_test(a_key_to_another_column_of_one_is_no_key_to_the_primary_one),
        cmocka_unit_test(an_index_is_over_columns_and_sql_either_way),
        cmocka_unit_test(an_index_that_names_no_column_is_told_and_one_of_some_rows_makes_nothing_unique),
        cmocka_unit_test(where_both_sides_have_a_key_of_the_name_the_owners_is_meant),
        cmocka_unit_test(one_side_of_a_join_table_within_a_model_may_name_its_column_for_both),
        cmocka_unit_test(what_follows_from_a_mistake_is_not_told_as_another),
        cmocka_unit_test(options_that_do_not_fit_their_column),
        cmocka_unit_test(a_member_lies_within_its_struct),
        cmocka_unit_test(what_the_base_has_its_sub_models_have),
        cmocka_unit_test(a_struct_is_padded_as_its_base_wants),
        cmocka_unit_test(models_that_inherit_are_built_or_leave_nothing_without_memory),
        cmocka_unit_test(models_that_cannot_inherit_so),
        cmocka_unit_test(a_proxy_leads_to_the_model_that_it_is_declared_for),
    };
    return cmocka_run_group_tests_name("models of the rarer kinds", tests, NULL, NULL);
}
