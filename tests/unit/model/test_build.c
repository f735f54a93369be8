/* What declarations become: tables with their constraints, directions and joins, join tables, proxies, ranks. */
#include "helpers.h"

/* ---------------------------------------------------------------- the lesson's three, and one of each kind */

KITH_DECLARE(Shop);
KITH_DECLARE(Raccoon);
KITH_DECLARE(Can);
KITH_DECLARE(Bear);
KITH_DECLARE(Den);
KITH_DECLARE(Node);
KITH_DECLARE(Plot);
KITH_DECLARE(Shed);
KITH_DECLARE(Post);
KITH_DECLARE(Tag);
KITH_DECLARE(Person);
KITH_DECLARE(Follows);
KITH_DECLARE(Row);
struct Shop { int64_t id; const char *name; KITH_MANY(Can) cans; KITH_MANY(Raccoon) raccoons; };
struct Raccoon { int64_t id; const char *name; KITH_MANY(Can) cans; };
struct Can { int64_t id; kith_opt_int shop_id, raccoon_id; KITH_ONE(Shop) shop; KITH_ONE(Raccoon) raccoon; const char *owner; };
KITH_MODEL(Shop, "shops", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_RELATIONSHIP(cans, Can, .back_populates = "shop"),
    KITH_ASSOCIATION_PROXY(raccoons, "cans", "raccoon"));
KITH_MODEL(Raccoon, "raccoons", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_RELATIONSHIP(cans, Can, .back_populates = "raccoon"));
KITH_MODEL(Can, "cans", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(shop_id, .foreign_key = "shops.id"),
    KITH_COLUMN(raccoon_id, .foreign_key = "raccoons.id", .on_delete = "set null", .on_update = "NO ACTION"), KITH_RELATIONSHIP(shop, Shop, .back_populates = "cans"),
    KITH_RELATIONSHIP(raccoon, Raccoon, .back_populates = "cans"), KITH_ASSOCIATION_PROXY(owner, "raccoon", "name"));

struct Bear { int64_t id; KITH_ONE(Den) den; };
struct Den { int64_t id; kith_opt_int bear_id; KITH_ONE(Bear) bear; };
KITH_MODEL(Bear, "bears", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(den, Den, .back_populates = "bear", .cascade = "all, delete-orphan"));
KITH_MODEL(Den, "dens", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(bear_id, .foreign_key = "bears.id"), KITH_RELATIONSHIP(bear, Bear, .back_populates = "den"));

struct Node { int64_t id; kith_opt_int parent_id; KITH_ONE(Node) parent; KITH_MANY(Node) children; };
KITH_MODEL(Node, "nodes", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(parent_id, .foreign_key = "nodes.id"),
    KITH_RELATIONSHIP(parent, Node, .back_populates = "children", .remote_side = "id"),
    KITH_RELATIONSHIP(children, Node, .back_populates = "parent", .order_by = "parent_id DESC, id asc", .load = "eager", .passive_deletes = true));

/* Two references to one key of two columns, the second with its parts the other way round; and many-to-many with a narrower key. */
struct Plot { int32_t x, y; KITH_MANY(Tag) tags; };
struct Shed { int64_t id; kith_opt_int home_x, home_y, work_y, work_x; KITH_ONE(Plot) home, work; };
KITH_MODEL(Plot, "plots", KITH_COLUMN(x, .primary_key = true), KITH_COLUMN(y, .primary_key = true), KITH_RELATIONSHIP(tags, Tag, .secondary = "plot_tags", .back_populates = "plots"));
KITH_MODEL(Shed, "sheds", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(home_x, .foreign_key = "plots.x"), KITH_COLUMN(home_y, .foreign_key = "plots.y"),
    KITH_COLUMN(work_y, .foreign_key = "plots.y"), KITH_COLUMN(work_x, .foreign_key = "plots.x"), KITH_RELATIONSHIP(home, Plot, .foreign_keys = "home_x, home_y"),
    KITH_RELATIONSHIP(work, Plot, .foreign_keys = "Shed.work_x"));

struct Post { int64_t id; KITH_MANY(Tag) tags; };
struct Tag { int64_t id; const char *word; KITH_MANY(Post) posts; KITH_MANY(Plot) plots; };
KITH_MODEL(Post, "posts", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(tags, Tag, .secondary = "post_tags", .back_populates = "posts"));
KITH_MODEL(Tag, "tags", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(word, .unique = true),
    KITH_RELATIONSHIP(posts, Post, .secondary = "post_tags", .back_populates = "tags"),
    KITH_RELATIONSHIP(plots, Plot, .secondary = "plot_tags", .back_populates = "tags"));

/* Within one model: over a table that is declared, and over one that kith makes. */
struct Person { int64_t id; KITH_MANY(Person) following, followers, parents, children; };
KITH_MODEL(Person, "people", KITH_COLUMN(id, .primary_key = true),
    KITH_RELATIONSHIP(following, Person, .secondary = "follows", .foreign_keys = "follower_id", .back_populates = "followers"),
    KITH_RELATIONSHIP(followers, Person, .secondary = "follows", .foreign_keys = "followed_id", .back_populates = "following"),
    KITH_RELATIONSHIP(parents, Person, .secondary = "parents", .foreign_keys = "child_id", .back_populates = "children"),
    KITH_RELATIONSHIP(children, Person, .secondary = "parents", .foreign_keys = "parent_id", .back_populates = "parents"));
KITH_JOIN_TABLE(Follows, "follows", KITH_JOIN_COLUMN("follower_id", "people.id"), KITH_JOIN_COLUMN("followed_id", "people.id"));

struct Row { const char *word; int64_t n; double mean; };
KITH_ROW(Row, KITH_COLUMN(word), KITH_COLUMN(n), KITH_COLUMN(mean));

#define ALL KITH_MODELS(Can, Shop, Raccoon, Bear, Den, Node, Plot, Shed, Post, Tag, Person, Follows, Row)

/* ---------------------------------------------------------------- directions and joins */

static void assert_join(const kith__relation *r, kith__direction direction, const char *local, const char *remote, const char *reverse)
{
    assert_int_equal(r->direction, direction);
    assert_true(r->pairs >= 1 && r->far_pairs >= 1);
    assert_string_equal(r->local[0]->name, local);
    assert_string_equal(r->remote[0]->name, remote);
    if (!reverse)
        assert_null(r->reverse);
    else {
        assert_non_null(r->reverse);
        assert_string_equal(r->reverse->name, reverse);
        assert_ptr_equal(r->reverse->reverse, r);
    }
}

static void the_lessons_models_find_their_directions(void **state)
{
    (void)state;
    built b = good(ALL);
    assert_join(relation_named(&b, "Shop", "cans"), KITH__ONE_TO_MANY, "id", "shop_id", "shop");
    assert_join(relation_named(&b, "Can", "shop"), KITH__MANY_TO_ONE, "shop_id", "id", "cans");
    assert_join(relation_named(&b, "Can", "raccoon"), KITH__MANY_TO_ONE, "raccoon_id", "id", "cans");
    assert_true(relation_named(&b, "Shop", "cans")->many && !relation_named(&b, "Can", "shop")->many);
    assert_true(relation_named(&b, "Can", "shop")->to_primary_key && !relation_named(&b, "Shop", "cans")->to_primary_key);
    const kith__mapper *can = mapper_named(&b, "Can");
    assert_ptr_equal(can->properties[1].writer, relation_named(&b, "Can", "shop"));
    assert_null(can->properties[0].writer);
    assert_int_equal(relation_named(&b, "Shop", "cans")->cascade, KITH__CASCADE_SAVE | KITH__CASCADE_MERGE);
    done(&b);
}

static void the_side_without_the_key_may_be_one(void **state)
{
    (void)state;
    built b = good(ALL);
    assert_join(relation_named(&b, "Bear", "den"), KITH__ONE_TO_MANY, "id", "bear_id", "bear");
    assert_false(relation_named(&b, "Bear", "den")->many);
    assert_int_equal(relation_named(&b, "Bear", "den")->cascade, KITH__CASCADE_SAVE | KITH__CASCADE_MERGE | KITH__CASCADE_DELETE | KITH__CASCADE_ORPHAN |
                     KITH__CASCADE_EXPUNGE | KITH__CASCADE_REFRESH);
    done(&b);
}

static void a_tree_goes_up_where_remote_side_says_so(void **state)
{
    (void)state;
    built b = good(ALL);
    const kith__relation *children = relation_named(&b, "Node", "children");
    assert_join(relation_named(&b, "Node", "parent"), KITH__MANY_TO_ONE, "parent_id", "id", "children");
    assert_join(children, KITH__ONE_TO_MANY, "id", "parent_id", "parent");
    assert_int_equal(children->load, KITH__LOAD_EAGER);
    assert_true(children->passive_deletes);
    assert_int_equal(children->order_count, 2);
    assert_string_equal(children->order[0].property->name, "parent_id");
    assert_true(children->order[0].descending && !children->order[1].descending);
    done(&b);
}

static void columns_that_name_a_whole_key_are_one_foreign_key(void **state)
{
    (void)state;
    built b = good(ALL);
    const kith__table *sheds = table_named(&b, "sheds");
    assert_int_equal(sheds->foreign_key_count, 2);
    assert_string_equal(sheds->foreign_keys[0].name, "fk_sheds_home_x_home_y");
    assert_string_equal(sheds->foreign_keys[1].name, "fk_sheds_work_x_work_y");
    assert_string_equal(sheds->foreign_keys[1].targets[0], "x");
    const kith__relation *work = relation_named(&b, "Shed", "work");
    assert_int_equal(work->pairs, 2);
    assert_join(work, KITH__MANY_TO_ONE, "work_x", "x", NULL);
    assert_true(work->to_primary_key);
    done(&b);
}

static void a_join_table_that_nobody_declared_is_made(void **state)
{
    (void)state;
    built b = good(ALL);
    const kith__table *table = table_named(&b, "post_tags");
    assert_int_equal(table->column_count, 2);
    assert_string_equal(table->columns[0].name, "post_id");
    assert_string_equal(table->columns[1].name, "tag_id");
    assert_int_equal(table->columns[0].type.kind, KITH__BIGINT);
    assert_true(table->columns[0].not_null && !table->columns[0].identity);
    assert_int_equal(table->primary_key.count, 2);
    assert_int_equal(table->foreign_key_count, 2);
    assert_string_equal(table->foreign_keys[1].table, "tags");
    assert_string_equal(table->foreign_keys[1].on_delete, "CASCADE");
    assert_string_equal(table->foreign_keys[1].name, "fk_post_tags_tag_id");
    const kith__relation *tags = relation_named(&b, "Post", "tags"), *posts = relation_named(&b, "Tag", "posts");
    assert_join(tags, KITH__MANY_TO_MANY, "id", "id", "posts");
    assert_ptr_equal(tags->secondary, table);
    assert_string_equal(tags->near[0], "post_id");
    assert_string_equal(tags->far[0], "tag_id");
    assert_string_equal(posts->near[0], "tag_id");
    done(&b);
}

static void the_sides_of_a_join_table_may_be_of_different_width(void **state)
{
    (void)state;
    built b = good(ALL);
    const kith__relation *tags = relation_named(&b, "Plot", "tags"), *plots = relation_named(&b, "Tag", "plots");
    assert_int_equal(tags->pairs, 2);
    assert_int_equal(tags->far_pairs, 1);
    assert_int_equal(plots->pairs, 1);
    assert_int_equal(plots->far_pairs, 2);
    assert_string_equal(tags->near[1], "plot_y");
    assert_string_equal(plots->remote[1]->name, "y");
    done(&b);
}

static void two_sides_within_one_model_are_told_apart(void **state)
{
    (void)state;
    built b = good(ALL);
    const kith__relation *following = relation_named(&b, "Person", "following"), *parents = relation_named(&b, "Person", "parents");
    assert_join(following, KITH__MANY_TO_MANY, "id", "id", "followers");
    assert_string_equal(following->near[0], "follower_id");
    assert_string_equal(following->far[0], "followed_id");
    assert_join(parents, KITH__MANY_TO_MANY, "id", "id", "children");
    assert_string_equal(parents->near[0], "child_id");
    assert_string_equal(parents->far[0], "parent_id");
    assert_int_equal(table_named(&b, "parents")->column_count, 2);
    assert_null(kith__map_gets(&b.models->by_name, "Follows"));        /* a join table is no mapper */
    assert_int_equal(table_named(&b, "follows")->columns[0].type.kind, KITH__BIGINT);
    assert_int_equal(table_named(&b, "follows")->primary_key.count, 2);
    done(&b);
}

static void proxies_know_where_they_lead(void **state)
{
    (void)state;
    built b = good(ALL);
    const kith__mapper *shop = mapper_named(&b, "Shop"), *can = mapper_named(&b, "Can");
    assert_int_equal(shop->proxy_count, 1);
    assert_true(shop->proxies[0].many);
    assert_ptr_equal(shop->proxies[0].target, mapper_named(&b, "Raccoon"));
    assert_ptr_equal(shop->proxies[0].relation, relation_named(&b, "Can", "raccoon"));
    assert_false(can->proxies[0].many);
    assert_null(can->proxies[0].target);
    assert_string_equal(can->proxies[0].property->name, "name");
    assert_int_equal(kith__member_at(shop, offsetof(Shop, raccoons)).kind, KITH__PROXY);
    assert_int_equal(kith__member_at(shop, offsetof(Shop, cans)).kind, KITH__RELATION);
    done(&b);
}

/* ---------------------------------------------------------------- ranks */

static void what_is_referenced_comes_first(void **state)
{
    (void)state;
    built b = good(ALL);
    assert_true(mapper_named(&b, "Can")->rank > mapper_named(&b, "Shop")->rank);
    assert_true(mapper_named(&b, "Can")->rank > mapper_named(&b, "Raccoon")->rank);
    assert_true(mapper_named(&b, "Shed")->rank > mapper_named(&b, "Plot")->rank);
    for (size_t i = 0; i < b.models->count; i++) {
        assert_int_equal(b.models->ranked[i]->rank, i);
        assert_int_equal(b.models->mappers[i]->index, i);
        assert_ptr_equal(kith__mapper_of(b.models, b.models->mappers[i]->model), b.models->mappers[i]);
    }
    assert_int_equal(mapper_named(&b, "Can")->cycle, 0);
    assert_true(mapper_named(&b, "Node")->cycle > 0);
    assert_null(kith__mapper_of(b.models, kith_model_of_Follows()));
    done(&b);
}

KITH_DECLARE(A);
KITH_DECLARE(B);
KITH_DECLARE(C);
KITH_DECLARE(D);
KITH_DECLARE(E);
struct A { int64_t id; kith_opt_int b_id; };
struct B { int64_t id; kith_opt_int c_id; };
struct C { int64_t id; kith_opt_int a_id, d_id; };
struct D { int64_t id; kith_opt_int e_id; };
struct E { int64_t id; kith_opt_int d_id; };
KITH_MODEL(A, "a", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(b_id, .foreign_key = "b.id"));
KITH_MODEL(B, "b", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(c_id, .foreign_key = "c.id"));
KITH_MODEL(C, "c", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(a_id, .foreign_key = "a.id"), KITH_COLUMN(d_id, .foreign_key = "d.id"));
KITH_MODEL(D, "d", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(e_id, .foreign_key = "e.id"));
KITH_MODEL(E, "e", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(d_id, .foreign_key = "d.id"));

static void circles_are_numbered_and_stay_together(void **state)
{
    (void)state;
    built b = good(KITH_MODELS(A, D, Raccoon, Can, Shop, B, E, C));
    uint32_t a = mapper_named(&b, "A")->cycle, d = mapper_named(&b, "D")->cycle;
    assert_true(a && d && a != d);
    assert_true(mapper_named(&b, "B")->cycle == a && mapper_named(&b, "C")->cycle == a && mapper_named(&b, "E")->cycle == d);
    assert_true(mapper_named(&b, "D")->rank < 2 && mapper_named(&b, "E")->rank < 2);
    assert_true(mapper_named(&b, "A")->rank < 5 && mapper_named(&b, "B")->rank < 5 && mapper_named(&b, "C")->rank < 5);
    done(&b);
}

/* ---------------------------------------------------------------- columns and constraints */

KITH_DECLARE(Kinds);
struct Kinds {
    int32_t id;
    bool flag;
    int8_t i8; uint8_t u8; int16_t i16; uint16_t u16; int32_t i32; uint32_t u32; int64_t i64;
    float single; double real;
    const char *text, *code, *kind;
    kith_blob blob; kith_date day; kith_time time; kith_datetime moment, naive; kith_uuid uuid; kith_json json; kith_decimal price, big, any;
    kith_opt_int opt; kith_opt_bool perhaps;
    char *own; char buffer[13];
};
static const char *const kinds[] = { "it's", "bad", NULL };
KITH_MODEL(Kinds, "kinds", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(flag), KITH_COLUMN(i8), KITH_COLUMN(u8), KITH_COLUMN(i16), KITH_COLUMN(u16),
    KITH_COLUMN(i32, .check = "i32 > 0"), KITH_COLUMN(u32), KITH_COLUMN(i64, .server_default = "7"), KITH_COLUMN(single), KITH_COLUMN(real), KITH_COLUMN(text),
    KITH_COLUMN(code, .length = 12, .not_null = true, .unique = true), KITH_COLUMN(kind, .labels = kinds, .column = "the \"kind\""), KITH_COLUMN(blob),
    KITH_COLUMN(day, .index = true), KITH_COLUMN(time), KITH_COLUMN(moment), KITH_COLUMN(naive, .naive = true), KITH_COLUMN(uuid), KITH_COLUMN(json),
    KITH_COLUMN(price, .precision = 15, .scale = 2), KITH_COLUMN(big, .precision = 16, .scale = 2), KITH_COLUMN(any), KITH_COLUMN(opt), KITH_COLUMN(perhaps),
    KITH_UNMAPPED(own), KITH_UNMAPPED(buffer), KITH_UNIQUE("code", "kind"), KITH_INDEX("day", "the \"kind\""), KITH_CHECK("i32 < 9"),
    KITH_CHECK("i8 < 9", .name = "small"));

static void the_c_type_is_the_type_in_the_table(void **state)
{
    (void)state;
    built b = good(KITH_MODELS(Kinds));
    const kith__table *table = table_named(&b, "kinds");
    const struct { const char *column; kith__type_kind kind; bool not_null; } expected[] = {
        { "id", KITH__INTEGER, true }, { "flag", KITH__BOOLEAN, true }, { "i8", KITH__SMALLINT, true }, { "u8", KITH__SMALLINT, true }, { "i16", KITH__SMALLINT, true },
        { "u16", KITH__INTEGER, true }, { "i32", KITH__INTEGER, true }, { "u32", KITH__BIGINT, true }, { "i64", KITH__BIGINT, true }, { "single", KITH__REAL, true },
        { "real", KITH__DOUBLE, true }, { "text", KITH__TEXT, false }, { "code", KITH__VARCHAR, true }, { "the \"kind\"", KITH__VARCHAR, false },
        { "blob", KITH__BLOB, false }, { "day", KITH__DATE, true }, { "time", KITH__TIME, true }, { "moment", KITH__TIMESTAMPTZ, true },
        { "naive", KITH__TIMESTAMP, true }, { "uuid", KITH__UUID, true }, { "json", KITH__JSON, false }, { "price", KITH__NUMERIC, false },
        { "big", KITH__DECIMAL_TEXT, false }, { "any", KITH__DECIMAL_TEXT, false }, { "opt", KITH__BIGINT, false }, { "perhaps", KITH__BOOLEAN, false },
    };
    assert_int_equal(table->column_count, KITH__COUNT(expected));
    for (size_t i = 0; i < KITH__COUNT(expected); i++) {
        assert_string_equal(table->columns[i].name, expected[i].column);
        assert_int_equal(table->columns[i].type.kind, expected[i].kind);
        assert_int_equal(table->columns[i].not_null, expected[i].not_null);
    }
    assert_int_equal(kith__table_column(table, "code")->type.length, 12);
    assert_int_equal(kith__table_column(table, "the \"kind\"")->type.length, 4);
    assert_int_equal(kith__table_column(table, "price")->type.scale, 2);
    assert_string_equal(kith__table_column(table, "i64")->default_sql, "7");
    done(&b);
}

static void constraints_have_the_names_of_the_convention(void **state)
{
    (void)state;
    built b = good(KITH_MODELS(Kinds));
    const kith__table *table = table_named(&b, "kinds");
    assert_int_equal(table->unique_count, 2);
    assert_string_equal(table->uniques[0].name, "uq_kinds_code");
    assert_string_equal(table->uniques[1].name, "uq_kinds_code_the \"kind\"");
    assert_int_equal(table->index_count, 2);
    assert_string_equal(table->indexes[0].name, "ix_kinds_day");
    assert_string_equal(table->indexes[1].columns[1], "the \"kind\"");
    assert_int_equal(table->check_count, 4);
    assert_string_equal(table->checks[0].name, "ck_kinds_i32");
    assert_string_equal(table->checks[1].name, "ck_kinds_the \"kind\"");
    assert_string_equal(table->checks[1].sql, "\"the \"\"kind\"\"\" IN ('it''s', 'bad')");
    assert_string_equal(table->checks[2].name, "ck_kinds_1");
    assert_false(table->checks[2].named);
    assert_string_equal(table->checks[3].name, "small");
    assert_true(table->checks[3].named);
    done(&b);
}

KITH_DECLARE(Given);
struct Given { const char *code; };
KITH_MODEL(Given, "given", KITH_COLUMN(code, .primary_key = true));
KITH_DECLARE(Passport);
struct Passport { int64_t person_id; kith_opt_int made; };
KITH_MODEL(Passport, "passports", KITH_COLUMN(person_id, .primary_key = true, .foreign_key = "people.id"), KITH_COLUMN(made));
KITH_DECLARE(Python);
struct Python { kith_opt_int id; int32_t version; };
KITH_MODEL(Python, "pythons", KITH_COLUMN(id, .primary_key = true, .never_reuse = true), KITH_COLUMN(version, .version = true));

static void a_single_integer_key_that_references_nothing_is_generated(void **state)
{
    (void)state;
    built b = good(KITH_MODELS(Given, Passport, Python, Plot, Tag, Post, Person, Follows));
    assert_null(mapper_named(&b, "Given")->identity);
    assert_false(mapper_named(&b, "Given")->int_key);
    assert_null(mapper_named(&b, "Passport")->identity);
    assert_true(mapper_named(&b, "Passport")->int_key);
    assert_null(mapper_named(&b, "Plot")->identity);
    assert_int_equal(mapper_named(&b, "Plot")->key_count, 2);
    const kith__mapper *python = mapper_named(&b, "Python");
    assert_ptr_equal(python->identity, &python->properties[0]);
    assert_ptr_equal(python->version, &python->properties[1]);
    assert_true(python->identity->column->identity && python->identity->column->never_reuse && python->identity->column->not_null);
    assert_false(python->identity->nullable);
    done(&b);
}

static void a_row_of_a_report_has_no_table(void **state)
{
    (void)state;
    built b = good(ALL);
    const kith__mapper *row = mapper_named(&b, "Row");
    assert_null(row->table);
    assert_int_equal(row->property_count, 3);
    assert_int_equal(row->fields.count, 3);
    assert_string_equal(row->fields.items[2].name, "mean");
    assert_int_equal(row->fields.items[2].column->kind, KITH__DOUBLE);
    assert_null(kith__schema_find(&b.models->schema, "Row"));
    assert_true(b.models->largest >= sizeof(Person));
    done(&b);
}

/* ---------------------------------------------------------------- what programs were compiled with */

/* A program of before some members were added: its attributes are shorter. */
static kith_model shortened(const kith_model *model, char *room, size_t size)
{
    kith_model older = *model;
    for (size_t i = 0; i < model->count; i++)
        memcpy(room + i * size, &model->attributes[i], size);
    older.attribute_size = (uint32_t)size;
    older.attributes = (const kith_attribute *)(const void *)room;
    return older;
}

static void an_older_program_has_shorter_attributes(void **state)
{
    (void)state;
    enum { SIZE = offsetof(kith_attribute, precision) };
    _Alignas(kith_attribute) char room[2][4 * sizeof(kith_attribute)];
    kith_model d = shortened(kith_model_of_D(), room[0], SIZE), e = shortened(kith_model_of_E(), room[1], SIZE);
    const kith_model *models[] = { &d, &e };
    built b = { 0 };
    memset(room[0] + 2 * SIZE, 0xFF, SIZE);         /* what lies behind is not read */
    assert_int_equal(kith__models_build(&b.models, models, 2, &b.error), KITH_OK);
    const kith__mapper *mapper = mapper_named(&b, "D");
    assert_int_equal(mapper->property_count, 2);
    assert_string_equal(mapper->properties[1].name, "e_id");
    assert_string_equal(mapper->properties[1].attribute->foreign_key, "e.id");
    assert_int_equal(mapper->properties[1].attribute->precision, 0);
    assert_null(mapper->properties[1].attribute->labels);
    done(&b);
}

/* Made at run time: target_model instead of a function. */
static void a_model_made_at_run_time_names_its_target_by_address(void **state)
{
    (void)state;
    enum { NODE = 16 + 16 + 16 };
    kith_attribute attributes[] = {
        { .name = "id", .offset = 0, .size = sizeof(kith_opt_int), .type = KITH_TYPE_OPT + KITH_TYPE_INT, .primary_key = true },
        { .name = "up_id", .offset = 16, .size = sizeof(kith_opt_int), .type = KITH_TYPE_OPT + KITH_TYPE_INT, .foreign_key = "made.id" },
        { .name = "up", .offset = 32, .size = 16, .type = KITH_TYPE_ONE, .remote_side = "id" },
    };
    kith_model model = { KITH_ABI, sizeof(kith_attribute), "Made", "made", NODE, 3, attributes };
    const kith_model *models[] = { &model };
    attributes[2].target_model = &model;
    built b = { 0 };
    assert_int_equal(kith__models_build(&b.models, models, 1, &b.error), KITH_OK);
    assert_int_equal(relation_named(&b, "Made", "up")->direction, KITH__MANY_TO_ONE);
    done(&b);
}

static void no_models_at_all_are_no_mistake(void **state)
{
    (void)state;
    built b = good((const kith_model_function[]){ NULL });
    assert_int_equal(b.models->count, 0);
    done(&b);
}

/* ---------------------------------------------------------------- memory */

static bool built_once(void *arg)
{
    built b = build(arg);
    bool ok = b.models != NULL;
    if (!ok)
        assert_int_equal(b.error.public_.status, KITH_NO_MEMORY);
    done(&b);
    return ok;
}

static void where_there_is_no_memory_nothing_is_left_behind(void **state)
{
    (void)state;
    assert_true(kith_test_each_allocation(built_once, (void *)(uintptr_t)ALL) > 10);
    assert_true(kith_test_each_allocation(built_once, (void *)(uintptr_t)KITH_MODELS(Kinds)) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lessons_models_find_their_directions),
        cmocka_unit_test(the_side_without_the_key_may_be_one),
        cmocka_unit_test(a_tree_goes_up_where_remote_side_says_so),
        cmocka_unit_test(columns_that_name_a_whole_key_are_one_foreign_key),
        cmocka_unit_test(a_join_table_that_nobody_declared_is_made),
        cmocka_unit_test(the_sides_of_a_join_table_may_be_of_different_width),
        cmocka_unit_test(two_sides_within_one_model_are_told_apart),
        cmocka_unit_test(proxies_know_where_they_lead),
        cmocka_unit_test(what_is_referenced_comes_first),
        cmocka_unit_test(circles_are_numbered_and_stay_together),
        cmocka_unit_test(the_c_type_is_the_type_in_the_table),
        cmocka_unit_test(constraints_have_the_names_of_the_convention),
        cmocka_unit_test(a_single_integer_key_that_references_nothing_is_generated),
        cmocka_unit_test(a_row_of_a_report_has_no_table),
        cmocka_unit_test(an_older_program_has_shorter_attributes),
        cmocka_unit_test(a_model_made_at_run_time_names_its_target_by_address),
        cmocka_unit_test(no_models_at_all_are_no_mistake),
        cmocka_unit_test(where_there_is_no_memory_nothing_is_left_behind),
    };
    return cmocka_run_group_tests_name("models built", tests, NULL, NULL);
}
