/*
 * Keys and lists of every type that a key may have: objects found by them, relationships along them, and all of it again after a rollback. What
 * holds for an integer holds for a text, a uuid, a date, a moment, a blob.
 */
#include "fixture.h"

/* For each: a parent whose key is of the type, and a child that refers to it. */
#define MODELS_OF(Parent, Child, type, parents) \
    KITH_DECLARE(Parent); \
    KITH_DECLARE(Child); \
    struct Parent { type id; const char *name; KITH_MANY(Child) children; }; \
    struct Child { int64_t id; type parent_id; KITH_ONE(Parent) parent; }; \
    KITH_MODEL(Parent, parents, KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_RELATIONSHIP(children, Child, .back_populates = "parent")); \
    KITH_MODEL(Child, parents "_children", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(parent_id, .foreign_key = parents ".id"), \
        KITH_RELATIONSHIP(parent, Parent, .back_populates = "children"));

MODELS_OF(Word, OfWord, const char *, "words")
MODELS_OF(Token, OfToken, kith_uuid, "tokens")
MODELS_OF(Day, OfDay, kith_date, "days")
MODELS_OF(Moment, OfMoment, kith_datetime, "moments")
MODELS_OF(Digest, OfDigest, kith_blob, "digests")
MODELS_OF(Slot, OfSlot, kith_time, "slots")
MODELS_OF(Sum, OfSum, kith_decimal, "sums")
MODELS_OF(Number, OfNumber, int64_t, "numbers")

/* one that is nothing but its key */
KITH_DECLARE(Mark);
struct Mark { int32_t x, y; };
KITH_MODEL(Mark, "marks", KITH_COLUMN(x, .primary_key = true), KITH_COLUMN(y, .primary_key = true));

KITH_DECLARE(Pair);
struct Pair { int64_t a, b; const char *name; };
KITH_MODEL(Pair, "pairs", KITH_COLUMN(a, .primary_key = true), KITH_COLUMN(b, .primary_key = true), KITH_COLUMN(name));

/* what goes with the parent, and what is joined to it; an Issuer's cards hang on a key that is not the primary one */
KITH_DECLARE(Land); KITH_DECLARE(Town); KITH_DECLARE(Stamp); KITH_DECLARE(Issuer); KITH_DECLARE(Card); KITH_DECLARE(Shelf); KITH_DECLARE(Volume);
struct Land { const char *code; KITH_MANY(Town) towns; KITH_MANY(Stamp) stamps; };
struct Town { int64_t id; const char *land_code; KITH_ONE(Land) land; };
struct Stamp { int64_t id; KITH_MANY(Land) lands; };
struct Issuer { int64_t id; const char *code; KITH_MANY(Card) cards; };
struct Card { int64_t id; const char *issuer_code; KITH_ONE(Issuer) issuer; };
struct Shelf { int64_t id; KITH_MANY(Volume) volumes; };
struct Volume { int64_t id; kith_opt_int shelf_id; KITH_ONE(Shelf) shelf; };
KITH_MODEL(Land, "lands", KITH_COLUMN(code, .primary_key = true), KITH_RELATIONSHIP(towns, Town, .back_populates = "land", .cascade = "all, delete-orphan"),
    KITH_RELATIONSHIP(stamps, Stamp, .secondary = "land_stamps", .back_populates = "lands"));
KITH_MODEL(Town, "towns", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(land_code, .foreign_key = "lands.code", .on_update = "CASCADE"),
    KITH_RELATIONSHIP(land, Land, .back_populates = "towns"));
KITH_MODEL(Stamp, "stamps", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(lands, Land, .secondary = "land_stamps", .back_populates = "stamps"));
KITH_MODEL(Issuer, "issuers", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(code, .unique = true), KITH_RELATIONSHIP(cards, Card, .back_populates = "issuer"));
KITH_MODEL(Card, "cards", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(issuer_code, .foreign_key = "issuers.code", .on_update = "CASCADE"),
    KITH_RELATIONSHIP(issuer, Issuer, .back_populates = "cards"));
KITH_MODEL(Shelf, "shelves", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(volumes, Volume, .back_populates = "shelf", .cascade = "all"));
KITH_MODEL(Volume, "volumes", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(shelf_id, .foreign_key = "shelves.id", .on_update = "CASCADE"),
    KITH_RELATIONSHIP(shelf, Shelf, .back_populates = "volumes"));

/* a foreign key of other integer types than the key that it names */
KITH_DECLARE(Field); KITH_DECLARE(Barn);
struct Field { uint32_t x, y; KITH_MANY(Barn) barns; };
struct Barn { int64_t id; kith_opt_int field_x; int16_t field_y; KITH_ONE(Field) field; };
KITH_MODEL(Field, "fields", KITH_COLUMN(x, .primary_key = true), KITH_COLUMN(y, .primary_key = true), KITH_RELATIONSHIP(barns, Barn, .back_populates = "field"));
KITH_MODEL(Barn, "barns", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(field_x, .foreign_key = "fields.x"), KITH_COLUMN(field_y, .foreign_key = "fields.y"),
    KITH_RELATIONSHIP(field, Field, .back_populates = "barns"));
FAMILY(fields, KITH_MODELS(Field, Barn));
FAMILY(lands, KITH_MODELS(Land, Town, Stamp, Issuer, Card, Shelf, Volume));
FAMILY(keys, KITH_MODELS(Mark, Pair, Word, OfWord, Token, OfToken, Day, OfDay, Moment, OfMoment, Digest, OfDigest, Slot, OfSlot, Sum, OfSum, Number, OfNumber));

enum { PARENTS = 12 };

/* `values`: PARENTS of them, all different. */
#define CASE(Parent, Child, type) \
    static void check_##Parent(fixture *f, const type *values) \
    { \
        kith_session *s = f->session; \
        const Parent *parent = NULL; \
        for (int i = 0; i < PARENTS; i++) { \
            parent = kith_new(s, Parent, .id = values[i], .name = i % 2 ? "odd" : "even"); \
            for (int k = 0; k < i % 3; k++) \
                kith_new(s, Child, .parent = { parent }); \
        } \
        COMMIT(s); \
        assert_ptr_equal(kith_get(s, Parent, .id = values[PARENTS - 1]), parent);       /* from the map */ \
        kith_clear(s); \
        parent = kith_get(s, Parent, .id = values[5]); \
        assert_true(parent && !strcmp(parent->name, "odd") && kith_many(parent, children).count == 2); \
        kith_clear(s); \
        size_t met = 0; \
        KITH_LIST(Child) children = kith_all(s, Child); \
        SENDS(f, 1, kith_each(Child, child, children) met += kith_one(child, parent) != NULL);     /* one statement for all siblings */ \
        assert_int_equal(met, PARENTS); \
        kith_clear(s); \
        met = 0; \
        KITH_LIST(Parent) parents = kith_all(s, Parent, .load = { "children" }); \
        SENDS(f, 0, kith_each(Parent, each, parents) met += kith_many(each, children).count); \
        assert_int_equal(met, PARENTS); \
        assert_int_equal(kith_count(s, Parent, .where = kith_in(Parent, id, 3, values)), 3); \
        assert_int_equal(kith_count(s, Child, .where = kith_in(Child, parent, parents.count, parents.items)), PARENTS); \
        assert_int_equal(kith_count(s, Child, .where = kith_eq(Child, parent, kith_get(s, Parent, .id = values[2]))), 2); \
        assert_int_equal(kith_count(s, Child, .where = kith_has(Child, parent, kith_eq(Parent, id, values[4]))), 1); \
        assert_int_equal(kith_count(s, Parent, .where = kith_any(Parent, children, kith_eq(Child, parent_id, values[8]))), 1); \
        /* moved, and back by a rollback; the map has what it had */ \
        parent = kith_get(s, Parent, .id = values[0]); \
        const Parent *other = kith_get(s, Parent, .id = values[2]); \
        while (kith_many(other, children).count) \
            kith_append(parent, children, kith_many(other, children).items[0]); \
        FLUSH(s); \
        assert_int_equal(kith_count(s, Child, .where = kith_eq(Child, parent_id, values[0])), 2); \
        kith_delete(other); \
        FLUSH(s); \
        assert_null(kith_get(s, Parent, .id = values[2])); \
        assert_int_equal(kith_rollback(s), KITH_OK); \
        assert_ptr_equal(kith_get(s, Parent, .id = values[2]), other); \
        assert_int_equal(kith_many(other, children).count, 2); \
        /* the second of a key is refused, and says so */ \
        kith_new(s, Parent, .id = values[3], .name = "again"); \
        assert_int_equal(kith_commit(s), KITH_CONSTRAINT); \
        FAILS(s, KITH_CONSTRAINT, #Parent); \
        assert_int_equal(kith_delete_where(s, Child, .where = kith_eq(Child, parent_id, values[2])), 2); \
        assert_int_equal(kith_delete_where(s, Parent, .where = kith_eq(Parent, id, values[2])), 1); \
        COMMIT(s); \
        assert_int_equal(kith_state_of(other), KITH_DELETED); \
        assert_null(kith_get(s, Parent, .id = values[2])); \
    }

typedef const char *text;
CASE(Word, OfWord, text)
CASE(Token, OfToken, kith_uuid)
CASE(Day, OfDay, kith_date)
CASE(Moment, OfMoment, kith_datetime)
CASE(Digest, OfDigest, kith_blob)
CASE(Slot, OfSlot, kith_time)
CASE(Sum, OfSum, kith_decimal)
CASE(Number, OfNumber, int64_t)

static void an_object_is_found_by_a_text(void **state)
{
    text values[PARENTS] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "a longer one than the others are, with some more in it" };
    check_Word(*state, values);
}

static void an_object_is_found_by_a_uuid(void **state)
{
    kith_uuid values[PARENTS];
    for (int i = 0; i < PARENTS; i++)
        for (int k = 0; k < 16; k++)
            values[i].bytes[k] = (uint8_t)(k * 17 + (k == 15 ? i : 0));
    check_Token(*state, values);
}

static void an_object_is_found_by_a_date(void **state)
{
    kith_date values[PARENTS];
    for (int i = 0; i < PARENTS; i++)
        values[i].days = (i - 4) * 1000 + 1;
    check_Day(*state, values);
}

static void an_object_is_found_by_a_moment(void **state)
{
    kith_datetime values[PARENTS];
    for (int i = 0; i < PARENTS; i++)
        values[i].microseconds = INT64_C(1795347482000000) * (i - 4) + 1;
    check_Moment(*state, values);
}

static void an_object_is_found_by_a_blob(void **state)
{
    static const char bytes[] = "\0\1\2\3\0\1\2\3\0\1\2\3";
    kith_blob values[PARENTS];
    for (size_t i = 0; i < PARENTS; i++)
        values[i] = (kith_blob){ bytes, i + 1 };
    check_Digest(*state, values);
}

static void an_object_is_found_by_a_time(void **state)
{
    kith_time values[PARENTS];
    for (int i = 0; i < PARENTS; i++)
        values[i].microseconds = INT64_C(1000001) * (i + 1);
    check_Slot(*state, values);
}

static void an_object_is_found_by_a_decimal(void **state)
{
    kith_decimal values[PARENTS] = { { "1" }, { "2.5" }, { "-3" }, { "12345678901234567890.5" }, { "5" }, { "6" }, { "7" }, { "8" }, { "9" }, { "10" }, { "11" }, { "12" } };
    check_Sum(*state, values);
}

/* Dense keys lie in an array; one that is far away makes a table of them. */
static void an_object_is_found_by_a_number_that_is_far_from_the_others(void **state)
{
    int64_t values[PARENTS] = { 1, 2, 3, 4, 5, 6, 7, 8, INT64_MAX - 1, -5, INT64_MIN + 1, 1000000007 };
    check_Number(*state, values);
}

/* As the identity map mixes (identity.c): it can be turned back, so two keys can be made whose hash is the same. */
static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0x9e3779b97f4a7c15);
    return x ^ x >> 29;
}

static uint64_t mix_back(uint64_t y)
{
    uint64_t odd = UINT64_C(0x9e3779b97f4a7c15), inverse = odd;
    for (int i = 0; i < 6; i++)
        inverse *= 2 - odd * inverse;
    y ^= y >> 29 ^ y >> 58;
    y *= inverse;
    return y ^ y >> 32;
}

static void keys_of_one_hash_are_keys_of_two_objects(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    assert_true(mix_back(mix(123456789)) == 123456789 && mix(mix_back(UINT64_MAX - 5)) == UINT64_MAX - 5);
    int64_t b = (int64_t)mix_back(mix(mix(1)) * 31 + mix(2) - mix(mix(3)) * 31);      /* of (3, b) and (1, 2) */
    const Pair *first = kith_new(s, Pair, .a = 1, .b = 2, .name = "first"), *second = kith_new(s, Pair, .a = 3, .b = b, .name = "second");
    COMMIT(s);
    for (int i = 0; i < 2; i++) {
        assert_ptr_equal(kith_get(s, Pair, .a = 1, .b = 2), first);
        assert_ptr_equal(kith_get(s, Pair, .a = 3, .b = b), second);
        assert_int_equal(kith_all(s, Pair).count, 2);
        assert_string_equal(first->name, "first");
        assert_string_equal(second->name, "second");
        kith_expire(first);
    }
    kith_delete(first);
    COMMIT(s);
    assert_null(kith_get(s, Pair, .a = 1, .b = 2));
    assert_ptr_equal(kith_get(s, Pair, .a = 3, .b = b), second);
}

static void a_list_of_each_type_is_asked_for(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    kith_new(s, Day, .id = { 3 }, .name = "three");
    COMMIT(s);
    assert_int_equal(kith_count(s, Day, .where = kith_in(Day, id, 2, (kith_date[]){ { 3 }, { 4 } })), 1);
    assert_int_equal(kith_count(s, Day, .where = kith_in(Day, name, 1, (const char *[]){ "three" })), 1);
    assert_int_equal(kith_count(s, Day, .where = kith_not(kith_in(Day, id, 0, (kith_date[]){ { 3 } }))), 1);
}

/* More than the siblings of one statement, each with a parent of its own, and some without. */
static void many_different_parents_are_loaded_by_few_statements(void **state)
{
    enum { MANY = 2500 };
    fixture *f = *state;
    kith_session *s = f->session;
    for (int i = 0; i < MANY; i++)
        kith_new(s, OfNumber, .parent = { kith_new(s, Number, .id = i * INT64_C(1000003) + 1, .name = "a parent") });
    COMMIT(s);
    kith_clear(s);
    size_t met = 0;
    KITH_LIST(OfNumber) children = kith_all(s, OfNumber);
    SENDS(f, 3, kith_each(OfNumber, child, children) met += kith_one(child, parent)->id == child->parent_id);
    assert_int_equal(met, MANY);
}

/* There is nothing to overwrite in a row that stays. */
static void a_row_that_is_nothing_but_its_key_stays_for_a_new_object_without_a_statement(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Mark *old = kith_new(s, Mark, .x = 1, .y = 2);
    COMMIT(s);
    kith_delete(old);
    const Mark *new = kith_new(s, Mark, .x = 1, .y = 2);
    SENDS(f, 0, FLUSH(s));
    assert_int_equal(kith_state_of(old), KITH_DELETED);
    assert_int_equal(kith_state_of(new), KITH_PERSISTENT);
    COMMIT(s);
    assert_ptr_equal(kith_get(s, Mark, .x = 1, .y = 2), new);
    assert_int_equal(kith_count(s, Mark), 1);
}

/* 38 */
static void a_foreign_key_may_be_of_other_integers_than_the_key_that_it_names(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Field *field = kith_new(s, Field, .x = 1, .y = 2);
    for (int i = 0; i < 3; i++)
        kith_new(s, Barn, .field = { field });
    COMMIT(s);
    s = new_session(f);
    const Barn *barn = kith_first(s, Barn);
    assert_non_null(kith_one(barn, field));
    assert_int_equal(kith_one(barn, field)->y, 2);
    assert_int_equal(kith_many(kith_one(barn, field), barns).count, 3);
    s = new_session(f);
    field = kith_get(s, Field, .x = 1, .y = 2);
    barn = kith_first(s, Barn);
    SENDS(f, 0, assert_ptr_equal(kith_one(barn, field), field));
    kith_test_ok(s);
}

/* ---------------------------------------------------------------- written, and not flushed */

/* two of them, each with a child and a link, in a session that knows nothing of them */
static kith_session *two_lands(fixture *f)
{
    kith_session *s = f->session;
    const Land *old = kith_new(s, Land, .code = "old"), *other = kith_new(s, Land, .code = "other");
    const Stamp *stamp = kith_new(s, Stamp);
    kith_append(old, towns, kith_new(s, Town, .id = 1));
    kith_append(other, towns, kith_new(s, Town, .id = 2));
    kith_append(old, stamps, stamp);
    kith_append(other, stamps, stamp);
    COMMIT(s);
    return new_session(f);
}

/* What hangs on a deleted object is found by the key that its row has. */
static void a_delete_after_the_key_was_written_takes_what_is_its_own(void **state)
{
    fixture *f = *state;
    kith_session *s = two_lands(f);
    const Land *old = kith_get(s, Land, .code = "old");
    kith_set(old, code, "new");
    kith_delete(old);
    COMMIT(s);
    assert_rows(f, 1, "SELECT count(*) FROM lands WHERE code = 'other'");
    assert_rows(f, 2, "SELECT id FROM towns");
    assert_rows(f, 1, "SELECT count(*) FROM land_stamps WHERE land_code = 'other'");
}

static void a_delete_leaves_what_hangs_on_the_key_that_was_written(void **state)
{
    fixture *f = *state;
    kith_session *s = two_lands(f);
    const Land *old = kith_get(s, Land, .code = "old");
    kith_delete(kith_get(s, Land, .code = "other"));
    COMMIT(s);
    kith_new(s, Town, .id = 3, .land = { kith_new(s, Land, .code = "other") });
    COMMIT(s);
    s = new_session(f);
    old = kith_get(s, Land, .code = "old");
    kith_set(old, code, "other");
    kith_delete(old);
    COMMIT(s);
    assert_rows(f, 1, "SELECT count(*) FROM lands WHERE code = 'other'");
    assert_rows(f, 3, "SELECT id FROM towns");
    assert_rows(f, 0, "SELECT count(*) FROM land_stamps");
}

static void a_list_is_read_by_the_key_that_the_row_has(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Issuer *first = kith_new(s, Issuer, .code = "first"), *second = kith_new(s, Issuer, .code = "second");
    const Shelf *shelf = kith_new(s, Shelf, .id = 1), *full = kith_new(s, Shelf, .id = 2);
    kith_new(s, Card, .id = 1, .issuer = { first });
    kith_new(s, Card, .id = 2, .issuer = { second });
    kith_new(s, Volume, .id = 1, .shelf = { shelf });
    kith_new(s, Volume, .id = 2, .shelf = { full });
    COMMIT(s);
    s = new_session(f);
    kith_session_autoflush(s, false);
    first = kith_get(s, Issuer, .id = 1);
    kith_set(first, code, "third");
    assert_int_equal(kith_many(first, cards).count, 1);
    shelf = kith_get(s, Shelf, .id = 1);
    full = kith_get(s, Shelf, .id = 2);
    kith_set(shelf, id, 3);
    assert_int_equal(kith_many(shelf, volumes).count, 1);
    kith_set(full, id, 4);
    kith_delete(full);
    kith_delete(first);
    COMMIT(s);
    assert_rows(f, 1, "SELECT count(*) FROM cards WHERE id = 1 AND issuer_code IS NULL");
    assert_rows(f, 1, "SELECT count(*) FROM cards WHERE id = 2 AND issuer_code = 'second'");
    assert_rows(f, 1, "SELECT count(*) FROM volumes WHERE shelf_id = 3");
    assert_rows(f, 1, "SELECT count(*) FROM volumes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_MEMORY(keys, an_object_is_found_by_a_text),
        IN_MEMORY(keys, an_object_is_found_by_a_uuid),
        IN_MEMORY(keys, an_object_is_found_by_a_date),
        IN_MEMORY(keys, an_object_is_found_by_a_moment),
        IN_MEMORY(keys, an_object_is_found_by_a_blob),
        IN_MEMORY(keys, an_object_is_found_by_a_time),
        IN_MEMORY(keys, an_object_is_found_by_a_decimal),
        IN_MEMORY(keys, an_object_is_found_by_a_number_that_is_far_from_the_others),
        IN_MEMORY(keys, keys_of_one_hash_are_keys_of_two_objects),
        IN_MEMORY(keys, a_list_of_each_type_is_asked_for),
        IN_MEMORY(keys, many_different_parents_are_loaded_by_few_statements),
        IN_MEMORY(keys, a_row_that_is_nothing_but_its_key_stays_for_a_new_object_without_a_statement),
        IN_MEMORY(fields, a_foreign_key_may_be_of_other_integers_than_the_key_that_it_names),
        ON_FILE(lands, a_delete_after_the_key_was_written_takes_what_is_its_own),
        ON_FILE(lands, a_delete_leaves_what_hangs_on_the_key_that_was_written),
        ON_FILE(lands, a_list_is_read_by_the_key_that_the_row_has),
    };
    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
