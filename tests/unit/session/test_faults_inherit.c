/*
 * Faults where models inherit from others: objects of several models read, written, deleted, found and changed by conditions, in one table and
 * in several.
 */
#include "faults.h"

#include <kith/sys/model.h>

/* ---------------------------------------------------------------- in one table */

KITH_DECLARE(Animal);
KITH_DECLARE(Dog);
KITH_DECLARE(Cat);
KITH_DECLARE(Toy);
struct Animal { int64_t id; const char *kind, *name; kith_opt_int parent_id; KITH_ONE(Animal) parent; KITH_MANY(Animal) litter; };
struct Dog { Animal animal; const char *trick; KITH_MANY(Toy) toys; };
struct Cat { Animal animal; kith_opt_int lives; };
struct Toy { int64_t id; const char *name; kith_opt_int dog_id; KITH_ONE(Dog) dog; };
KITH_MODEL(Animal, "animals", KITH_DISCRIMINATOR("kind", "animal"), KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(kind), KITH_COLUMN(name),
    KITH_COLUMN(parent_id, .foreign_key = "animals.id"), KITH_RELATIONSHIP(parent, Animal, .back_populates = "litter", .remote_side = "id"),
    KITH_RELATIONSHIP(litter, Animal, .back_populates = "parent"));
KITH_MODEL(Dog, NULL, KITH_INHERITS(Animal, "dog"), KITH_COLUMN(trick, .index = true), KITH_RELATIONSHIP(toys, Toy, .back_populates = "dog", .cascade = "all, delete-orphan", .load = "eager"));
KITH_MODEL(Cat, NULL, KITH_INHERITS(Animal, "cat"), KITH_COLUMN(lives, .check = "lives < 10"));
KITH_MODEL(Toy, "toys", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(dog_id, .foreign_key = "animals.id"),
    KITH_RELATIONSHIP(dog, Dog, .back_populates = "toys"));
#define ANIMALS KITH_MODELS(Dog, Cat, Animal, Toy)

static void fill_animals(kith_session *s)
{
    const Dog *rex = kith_new(s, Dog, .animal.name = "Rex", .trick = "sit");
    const Dog *pup = kith_new(s, Dog, .animal.name = "Pup", .animal.parent = { rex ? &rex->animal : NULL });
    kith_new(s, Cat, .animal.name = "Tom", .lives = kith_some_int(9));
    kith_new(s, Animal, .name = "Ant");
    kith_new(s, Toy, .name = "ball", .dog = { rex });
    kith_new(s, Toy, .name = "bone", .dog = { pup });
}

static void reads_animals(kith_session *s)
{
    KITH_LIST(Animal) all = kith_all(s, Animal, .order_by = { kith_asc(Animal, name) });
    right(s, all.count == 4);
    if (all.count == 4) {
        right(s, kith_sys_model_of(all.items[2]) == kith_model_of_Dog() && kith_many((const Dog *)all.items[2], toys).count == 1);
        right(s, !strcmp(((const Dog *)all.items[2])->trick, "sit") && ((const Cat *)all.items[3])->lives.value == 9);
        right(s, kith_many(all.items[2], litter).count == 1 && kith_one(all.items[1], parent) == all.items[2]);
    }
    right(s, kith_count(s, Dog, .where = kith_any(Dog, toys, kith_eq(Toy, name, "bone"))) == 1);
    right(s, kith_all(s, Cat, .read_only = true).count == 1 && kith_all(s, Animal, .read_only = true, .load = { "toys" }).count == 4);
    right(s, !kith_get(s, Cat, .animal.id = 1) && kith_get(s, Animal, .id = 1));
    size_t rows = 0;
    kith_stream(Animal, animal, s) rows++;
    right(s, rows == 4);
}

static void changes_animals(kith_session *s)
{
    const Dog *rex = kith_first(s, Dog, .where = kith_eq(Dog, animal.name, "Rex"));
    const Cat *tom = kith_first(s, Cat);
    if (!rex || !tom)
        return;
    kith_set(rex, trick, "a trick with a name that is too long to lie beside the object that does it, wherever it is");
    kith_set(tom, animal.name, "Thomas");
    kith_flush(s);
    kith_append(&rex->animal, litter, &tom->animal);
    for (int i = 0; i < 10; i++)
        kith_new(s, Dog, .animal.name = "litter", .animal.parent = { &rex->animal });
    kith_delete(kith_first(s, Dog, .where = kith_eq(Dog, animal.name, "Pup")));
    right(s, kith_count(s, Dog) == 11);
    kith_commit(s);
}

static void changes_animals_by_conditions(kith_session *s)
{
    (void)kith_all(s, Animal);
    kith_update_where(s, Dog, .set = { kith_to(Dog, trick, "roll"), kith_to(Dog, animal.name, "R") }, .where = kith_eq(Dog, animal.name, "Rex"));
    kith_delete_where(s, Cat, .everything = true);
    kith_commit(s);
}

/* ---------------------------------------------------------------- in several */

KITH_DECLARE(Site);
KITH_DECLARE(Engine);
KITH_DECLARE(Crane);
KITH_DECLARE(Tower);
struct Site { int64_t id; const char *name; KITH_MANY(Engine) engines; KITH_MANY(Crane) cranes; };
struct Engine { int64_t id; const char *kind, *name; int64_t version; kith_opt_int site_id; KITH_ONE(Site) site; };
struct Crane { Engine engine; kith_opt_int tons, works_at; KITH_ONE(Site) at; };
struct Tower { Crane crane; const char *cabin; };
KITH_MODEL(Site, "sites", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_RELATIONSHIP(engines, Engine, .back_populates = "site", .cascade = "all"),
    KITH_RELATIONSHIP(cranes, Crane, .back_populates = "at", .foreign_keys = "works_at"));
KITH_MODEL(Engine, "engines", KITH_DISCRIMINATOR("kind", "engine"), KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(kind), KITH_COLUMN(name), KITH_COLUMN(version, .version = true),
    KITH_COLUMN(site_id, .foreign_key = "sites.id"), KITH_RELATIONSHIP(site, Site, .back_populates = "engines"));
KITH_MODEL(Crane, "cranes", KITH_INHERITS(Engine, "crane"), KITH_COLUMN(engine.id, .column = "id", .primary_key = true, .foreign_key = "engines.id"),
    KITH_COLUMN(tons, .unique = true), KITH_COLUMN(works_at, .foreign_key = "sites.id"), KITH_RELATIONSHIP(at, Site, .back_populates = "cranes", .foreign_keys = "works_at"));
KITH_MODEL(Tower, "towers", KITH_INHERITS(Crane, "tower"), KITH_COLUMN(crane.engine.id, .column = "id", .primary_key = true, .foreign_key = "cranes.id"), KITH_COLUMN(cabin));
#define ENGINES KITH_MODELS(Site, Engine, Crane, Tower)

static void fill_engines(kith_session *s)
{
    const Site *dock = kith_new(s, Site, .name = "dock");
    kith_new(s, Engine, .name = "pump", .site = { dock });
    kith_new(s, Crane, .engine.name = "arm", .tons = kith_some_int(3), .engine.site = { dock }, .at = { dock });
    kith_new(s, Tower, .crane.engine.name = "tall", .crane.tons = kith_some_int(30), .cabin = "glass", .crane.at = { dock });
}

static void reads_engines(kith_session *s)
{
    KITH_LIST(Engine) all = kith_all(s, Engine, .order_by = { kith_asc(Engine, id) }, .load = { "site", "at" });
    right(s, all.count == 3);
    if (all.count == 3) {
        right(s, !strcmp(((const Tower *)all.items[2])->cabin, "glass") && ((const Tower *)all.items[2])->crane.tons.value == 30);
        right(s, kith_one((const Crane *)all.items[1], at) && kith_many(kith_one((const Crane *)all.items[1], at), cranes).count == 2);
    }
    right(s, kith_count(s, Site, .where = kith_any(Site, cranes, kith_eq(Crane, engine.name, "tall"))) == 1);
    right(s, kith_count(s, Crane, .where = kith_gt(Crane, tons, 2)) == 2 && kith_all(s, Tower, .order_by = { kith_asc_of(Tower, crane.at, name) }).count == 1);
    right(s, kith_all(s, Engine, .read_only = true).count == 3 && kith_sum(s, Crane, tons) == 33);
}

static void changes_engines(kith_session *s)
{
    const Tower *tall = kith_first(s, Tower);
    const Site *dock = kith_first(s, Site);
    if (!tall || !dock)
        return;
    kith_set(tall, cabin, "wood");
    kith_set(tall, crane.engine.name, "taller");
    kith_flush(s);
    for (int i = 0; i < 9; i++)
        kith_new(s, Tower, .cabin = "new", .crane.tons = kith_some_int(100 + i), .crane.engine.site = { dock });
    kith_delete(kith_first(s, Crane, .where = kith_eq(Crane, tons, 3)));
    right(s, kith_count(s, Crane) == 10);
    kith_delete(tall);
    kith_new(s, Engine, .id = 3, .name = "in its place");
    right(s, kith_count(s, Tower) == 9);
    kith_commit(s);
}

static void changes_engines_by_conditions(kith_session *s)
{
    (void)kith_all(s, Engine);
    kith_update_where(s, Tower, .set = { kith_to(Tower, cabin, "steel"), kith_to(Tower, crane.engine.name, "x"), kith_by(Tower, crane.tons, 1) }, .where = kith_eq(Tower, cabin, "glass"));
    kith_delete_where(s, Crane, .where = kith_eq(Crane, tons, 3));
    kith_commit(s);
}

static void inserts_engines(kith_session *s)
{
    Tower towers[3] = { { .cabin = "a" }, { .cabin = "b", .crane.tons = kith_some_int(7) }, { .crane.engine.name = "c" } };
    right(s, kith_insert_all(s, Tower, towers, 3) == 3);
    kith_commit(s);
}

static const fault_case cases[] = {
    { "objects_of_several_models_are_read", ANIMALS, fill_animals, reads_animals, 0 },
    { "objects_of_several_models_are_changed", ANIMALS, fill_animals, changes_animals, 0 },
    { "rows_of_one_of_several_models_are_changed", ANIMALS, fill_animals, changes_animals_by_conditions, 0 },
    { "rows_in_several_tables_are_read", ENGINES, fill_engines, reads_engines, 0 },
    { "rows_in_several_tables_are_changed", ENGINES, fill_engines, changes_engines, 0 },
    { "rows_in_several_tables_are_changed_by_conditions", ENGINES, fill_engines, changes_engines_by_conditions, 0 },
    { "rows_in_several_tables_are_inserted", ENGINES, fill_engines, inserts_engines, FAULT_ATOMIC },
};

int main(void) { return fault_main(cases, KITH__COUNT(cases)); }
