/* Faults while relationships of every kind are changed, flushed and committed. */
#include "faults.h"

/* ---------------------------------------------------------------- one-to-many */

static void fill_alley(kith_session *s)
{
    const Raccoon *rocky = kith_new(s, Raccoon, .name = "Rocky", .age = kith_some(3)), *dan = kith_new(s, Raccoon, .name = "Dan");
    const Business *shop = kith_new(s, Business, .name = "Shop"), *cafe = kith_new(s, Business, .name = "Cafe");
    kith_new(s, Trashcan, .label = "one", .raccoon = { rocky }, .business = { shop });
    kith_new(s, Trashcan, .label = "two", .raccoon = { rocky }, .business = { cafe });
    kith_new(s, Trashcan, .label = "three", .raccoon = { dan });
    kith_new(s, Trashcan, .label = "four");
}

static void moves_between_lists(kith_session *s)
{
    const Raccoon *rocky = kith_get(s, Raccoon, .id = 1), *dan = kith_get(s, Raccoon, .id = 2);
    const Trashcan *one = kith_get(s, Trashcan, .id = 1), *four = kith_get(s, Trashcan, .id = 4);
    (void)kith_many(rocky, trashcans);
    kith_append(dan, trashcans, one);
    kith_append(rocky, trashcans, four);
    kith_set(kith_get(s, Trashcan, .id = 3), raccoon, rocky);
    kith_remove(rocky, trashcans, kith_get(s, Trashcan, .id = 2));
    kith_commit(s);
}

/* Read between the changes, so that arrays are handed out, replaced and grown. */
static void reads_between_changes(kith_session *s)
{
    const Raccoon *rocky = kith_get(s, Raccoon, .id = 1), *dan = kith_get(s, Raccoon, .id = 2);
    kith_each(Trashcan, can, kith_many(rocky, trashcans))
        kith_append(dan, trashcans, can);
    kith_each(Trashcan, can, kith_many(dan, trashcans)) {
        kith_set(can, raccoon, rocky);
        (void)kith_many(dan, trashcans);
        (void)kith_many(rocky, businesses);
    }
    kith_set(kith_get(s, Trashcan, .id = 4), raccoon, rocky);
    kith_commit(s);
}

static void makes_a_graph(kith_session *s)
{
    const Raccoon *sue = kith_new(s, Raccoon, .name = "Sue");
    for (int i = 0; i < 12; i++)
        kith_append(sue, trashcans, kith_new(s, Trashcan, .label = "a label that is long enough to lie nowhere for nothing", .litres = i));
    const Business *kiosk = kith_new(s, Business, .name = "Kiosk");
    kith_append(kiosk, trashcans, kith_new(s, Trashcan, .label = "shared", .raccoon = { sue }));
    kith_append(kiosk, trashcans, kith_get(s, Trashcan, .id = 4));
    kith_commit(s);
}

static void one_append(kith_session *s)
{
    kith_append(kith_get(s, Raccoon, .id = 2), trashcans, kith_get(s, Trashcan, .id = 1));
    kith_commit(s);
}

/* ---------------------------------------------------------------- proxies */

static void moves_while_lists_are_read_anew(kith_session *s)
{
    const Raccoon *rocky = kith_get(s, Raccoon, .id = 1), *ruby = kith_get(s, Raccoon, .id = 2);
    const Trashcan *can = kith_get(s, Trashcan, .id = 1);
    kith_session_autoflush(s, false);
    (void)kith_many(rocky, trashcans);
    size_t had = kith_many(ruby, trashcans).count;
    kith_append(ruby, trashcans, can);
    kith_expire(rocky);
    kith_expire(ruby);
    right(s, kith_many(ruby, trashcans).count == had + 1);
    kith_commit(s);
    kith_session_autoflush(s, true);
}

static void deletes_and_adds_again(kith_session *s)
{
    const Raccoon *rocky = kith_get(s, Raccoon, .id = 1);
    const Trashcan *can = kith_get(s, Trashcan, .id = 1);
    (void)kith_many(rocky, trashcans);
    kith_delete(can);
    kith_flush(s);
    kith_attach(s, can);
    kith_flush(s);
    kith_delete(rocky);
    kith_flush(s);
    kith_attach(s, rocky);
    kith_append(rocky, trashcans, can);
    kith_commit(s);
}

static void changes_through_a_proxy(kith_session *s)
{
    const Business *shop = kith_get(s, Business, .id = 1), *cafe = kith_get(s, Business, .id = 2);
    const Raccoon *rocky = kith_get(s, Raccoon, .id = 1), *dan = kith_get(s, Raccoon, .id = 2);
    (void)kith_many(shop, raccoons);
    kith_append(shop, raccoons, dan);
    (void)kith_many(shop, raccoons);
    kith_remove(cafe, raccoons, rocky);
    (void)kith_many(cafe, raccoons);
    kith_append(cafe, raccoons, kith_new(s, Raccoon, .name = "Sue"));
    (void)kith_many(cafe, raccoons);
    kith_commit(s);
}

static void fill_garage(kith_session *s)
{
    const Garage *north = kith_new(s, Garage, .name = "North");
    const Maker *fiat = kith_new(s, Maker, .name = "Fiat");
    kith_new(s, Maker, .name = "Saab");
    kith_new(s, Driver, .name = "Ada", .garage = { north }, .car = { kith_new(s, Car, .plate = "A 1", .maker = { fiat }) });
    kith_new(s, Driver, .name = "Bob", .garage = { north });
}

static void sets_scalar_proxies(kith_session *s)
{
    const Driver *ada = kith_get(s, Driver, .id = 1), *bob = kith_get(s, Driver, .id = 2);
    (void)kith_many(kith_get(s, Garage, .id = 1), makers);
    kith_set(ada, maker, kith_get(s, Maker, .id = 2));
    kith_set(ada, plate, "A 2");
    kith_set(bob, plate, "B 1");
    kith_set(bob, maker, kith_get(s, Maker, .id = 1));
    (void)kith_many(kith_get(s, Garage, .id = 1), makers);
    kith_commit(s);
}

static void fill_school(kith_session *s)
{
    const Student *ann = kith_new(s, Student, .name = "Ann"), *ben = kith_new(s, Student, .name = "Ben");
    const Course *art = kith_new(s, Course, .title = "Art"), *biology = kith_new(s, Course, .title = "Biology");
    kith_new(s, Enrolment, .student = { ann }, .course = { art }, .grade = kith_some(1));
    kith_new(s, Enrolment, .student = { ann }, .course = { biology });
    kith_new(s, Enrolment, .student = { ben }, .course = { art });
}

static void enrols_by_a_creator(kith_session *s)
{
    const Student *ann = kith_get(s, Student, .id = 1), *ben = kith_get(s, Student, .id = 2);
    kith_append(ben, courses, kith_get(s, Course, .id = 2));
    kith_remove(ann, courses, kith_get(s, Course, .id = 1));
    (void)kith_many(ben, courses);
    kith_append(kith_new(s, Student, .name = "Cy"), courses, kith_new(s, Course, .title = "Chess"));
    kith_commit(s);
}

static void switches_the_row_of_an_association(kith_session *s)
{
    const Student *ann = kith_get(s, Student, .id = 1);
    const Course *art = kith_get(s, Course, .id = 1);
    kith_remove(ann, enrolments, kith_get(s, Enrolment, .student_id = 1, .course_id = 1));
    kith_append(ann, enrolments, kith_new(s, Enrolment, .course = { art }, .grade = kith_some(5), .reason = "again"));
    kith_commit(s);
}

/* ---------------------------------------------------------------- one-to-one */

static void fill_bears(kith_session *s)
{
    const Bear *bruno = kith_new(s, Bear, .name = "Bruno"), *berta = kith_new(s, Bear, .name = "Berta");
    kith_new(s, Den, .name = "cave", .bear = { bruno });
    kith_new(s, Den, .name = "hollow", .bear = { berta });
    kith_new(s, Bear, .name = "Baloo");
    kith_new(s, Den, .name = "empty");
}

static void changes_dens(kith_session *s)
{
    const Bear *bruno = kith_get(s, Bear, .id = 1), *berta = kith_get(s, Bear, .id = 2), *baloo = kith_get(s, Bear, .id = 3);
    const Den *cave = kith_get(s, Den, .id = 1);
    kith_set(berta, den, cave);
    kith_set(bruno, den, kith_get(s, Den, .id = 4));
    kith_set(kith_get(s, Den, .id = 2), bear, baloo);
    kith_flush(s);
    kith_set_null(cave, bear);
    kith_set(baloo, den, kith_new(s, Den, .name = "new"));
    kith_commit(s);
}

/* ---------------------------------------------------------------- a tree */

static void fill_tree(kith_session *s)
{
    const Node *root = kith_new(s, Node, .name = "root"), *a = kith_new(s, Node, .name = "a", .parent = { root });
    kith_new(s, Node, .name = "b", .parent = { root });
    kith_new(s, Node, .name = "aa", .parent = { a });
    kith_new(s, Node, .name = "ab", .parent = { a });
}

static void moves_branches(kith_session *s)
{
    const Node *a = kith_get(s, Node, .id = 2), *b = kith_get(s, Node, .id = 3), *aa = kith_get(s, Node, .id = 4);
    kith_append(b, children, a);
    kith_set(aa, parent, b);
    const Node *top = kith_new(s, Node, .name = "top");
    kith_append(top, children, kith_get(s, Node, .id = 1));
    const Node *leaf = kith_new(s, Node, .name = "leaf");
    kith_append(leaf, children, kith_new(s, Node, .name = "below"));
    kith_set(leaf, parent, aa);
    kith_commit(s);
}

/* New rows that reference each other in a circle, and one itself: a key is written afterwards. */
static void closes_a_circle(kith_session *s)
{
    const Node *one = kith_new(s, Node, .name = "one"), *two = kith_new(s, Node, .name = "two"), *own = kith_new(s, Node, .name = "own");
    kith_set(one, parent, two);
    kith_set(two, parent, one);
    kith_set(own, parent, own);
    kith_commit(s);
}

static void deletes_a_branch(kith_session *s)
{
    const Node *one = kith_new(s, Node, .name = "one"), *two = kith_new(s, Node, .name = "two");
    kith_set(one, parent, two);
    kith_set(two, parent, one);
    kith_flush(s);
    kith_delete(one);
    kith_delete(two);
    kith_delete(kith_get(s, Node, .id = 2));
    kith_commit(s);
}

/* ---------------------------------------------------------------- many-to-many */

static void fill_blog(kith_session *s)
{
    const Topic *art = kith_new(s, Topic, .name = "art");
    const Tag *oil = kith_new(s, Tag, .word = "oil", .topic = { art }), *ink = kith_new(s, Tag, .word = "ink", .topic = { art });
    kith_new(s, Tag, .word = "lonely");
    const Post *first = kith_new(s, Post, .title = "first"), *second = kith_new(s, Post, .title = "second");
    kith_append(first, tags, oil);
    kith_append(first, tags, ink);
    kith_append(second, tags, oil);
}

static void tags_posts(kith_session *s)
{
    const Post *first = kith_get(s, Post, .id = 1), *second = kith_get(s, Post, .id = 2);
    const Tag *oil = kith_get(s, Tag, .id = 1), *ink = kith_get(s, Tag, .id = 2), *lonely = kith_get(s, Tag, .id = 3);
    kith_append(first, tags, lonely);           /* not loaded: noted only */
    kith_remove(second, tags, oil);
    (void)kith_many(first, tags);
    kith_remove(ink, posts, first);
    kith_append(ink, posts, kith_new(s, Post, .title = "third"));
    (void)kith_many(first, topics);
    kith_commit(s);
}

static void deletes_tags(kith_session *s)
{
    (void)kith_many(kith_get(s, Post, .id = 1), tags);
    kith_delete(kith_get(s, Tag, .id = 1));
    kith_delete(kith_get(s, Post, .id = 2));
    kith_commit(s);
}

static void new_tags_without_order(kith_session *s)
{
    const Tag *word = kith_new(s, Tag, .word = "word");
    const Post *post = kith_new(s, Post, .title = "post");
    kith_append(post, tags, word);
    kith_append(word, posts, kith_get(s, Post, .id = 1));
    kith_append(post, tags, kith_get(s, Tag, .id = 1));
    kith_flush(s);
    kith_append(post, tags, kith_get(s, Tag, .id = 2));
    kith_remove(post, tags, word);
    kith_commit(s);
}

static void leaves_and_comes_back(kith_session *s)
{
    const Post *first = kith_get(s, Post, .id = 1), *second = kith_get(s, Post, .id = 2);
    const Tag *oil = kith_get(s, Tag, .id = 1), *lonely = kith_get(s, Tag, .id = 3);
    kith_append(first, tags, lonely);
    kith_remove(second, tags, oil);
    kith_set(lonely, topic, kith_get(s, Topic, .id = 1));
    kith_detach(first);
    kith_detach(oil);
    kith_detach(lonely);
    kith_flush(s);
    if (kith_session_status(s))
        return;
    kith_attach(s, first);
    kith_attach(s, oil);
    kith_attach(s, lonely);
    kith_commit(s);
}

static void comes_back_after_a_rollback(kith_session *s)
{
    const Post *post = kith_new(s, Post, .title = "post");
    const Tag *word = kith_new(s, Tag, .word = "word", .topic = { kith_new(s, Topic, .name = "topic") });
    kith_append(post, tags, word);
    kith_append(post, tags, kith_get(s, Tag, .id = 1));
    kith_flush(s);
    if (kith_session_status(s) || kith_rollback(s))
        return;
    kith_attach(s, post);
    kith_commit(s);
}

static void takes_over_a_row_with_links(kith_session *s)
{
    const Post *first = kith_get(s, Post, .id = 1);
    if (!first)
        return;
    kith_delete(first);
    kith_append(kith_new(s, Post, .id = 1, .title = "anew"), tags, kith_get(s, Tag, .id = 3));
    kith_commit(s);
}

static void fill_follow(kith_session *s)
{
    const Person *a = kith_new(s, Person, .name = "a"), *b = kith_new(s, Person, .name = "b");
    kith_new(s, Person, .name = "c");
    kith_append(a, following, b);
    kith_append(b, following, a);
}

static void follows(kith_session *s)
{
    const Person *a = kith_get(s, Person, .id = 1), *b = kith_get(s, Person, .id = 2), *c = kith_get(s, Person, .id = 3);
    kith_append(c, followers, a);
    kith_remove(a, followers, b);
    kith_append(b, following, b);
    kith_commit(s);
}

/* ---------------------------------------------------------------- deletes and orphans */

static void fill_firm(kith_session *s)
{
    const Company *acme = kith_new(s, Company, .name = "Acme");
    const Department *sales = kith_new(s, Department, .name = "sales", .company = { acme }), *labs = kith_new(s, Department, .name = "labs", .company = { acme });
    kith_new(s, Employee, .name = "Eve", .department = { sales });
    kith_new(s, Employee, .name = "Fay", .department = { sales });
    kith_new(s, Employee, .name = "Guy", .department = { labs });
}

static void deletes_a_company(kith_session *s)
{
    kith_delete(kith_get(s, Company, .id = 1));
    kith_commit(s);
}

static void deletes_a_loaded_company(kith_session *s)
{
    const Company *acme = kith_get(s, Company, .id = 1);
    kith_each(Department, department, kith_many(acme, departments))
        (void)kith_many(department, employees);
    kith_delete(acme);
    kith_commit(s);
}

static void takes_back_what_is_new(kith_session *s)
{
    const Company *company = kith_new(s, Company, .name = "Beta");
    const Department *department = kith_new(s, Department, .name = "sales", .company = { company });
    kith_new(s, Employee, .name = "Dan", .department = { department });
    kith_delete(company);
    kith_new(s, Company, .name = "Gamma");
    kith_commit(s);
}

static void makes_orphans(kith_session *s)
{
    const Department *sales = kith_get(s, Department, .id = 1), *labs = kith_get(s, Department, .id = 2);
    const Employee *eve = kith_get(s, Employee, .id = 1), *fay = kith_get(s, Employee, .id = 2);
    kith_remove(sales, employees, eve);
    kith_set_null(fay, department);
    kith_append(labs, employees, fay);
    kith_remove(kith_get(s, Company, .id = 1), departments, labs);
    const Employee *hal = kith_new(s, Employee, .name = "Hal");
    kith_append(sales, employees, hal);
    kith_remove(sales, employees, hal);
    kith_commit(s);
}

static void refuses_to_leave_a_child(kith_session *s)
{
    const Company *acme = kith_get(s, Company, .id = 1);
    kith_new(s, Contract, .subject = "paper", .company = { acme });
    kith_flush(s);
    kith_set(kith_get(s, Department, .id = 1), name, "selling");
    kith_commit(s);
}

static void fill_sensors(kith_session *s)
{
    const Sensor *attic = kith_new(s, Sensor, .serial = "attic");
    kith_new(s, Reading, .sensor = { attic }, .value = 1.5);
    kith_new(s, Reading, .sensor = { attic }, .value = 2.5);
}

static void deletes_passively(kith_session *s)
{
    const Sensor *cellar = kith_new(s, Sensor, .serial = "cellar");
    for (int i = 0; i < 70; i++)
        kith_append(cellar, readings, kith_new(s, Reading, .value = i));
    kith_flush(s);
    kith_delete(kith_get(s, Sensor, .id = 1));
    kith_commit(s);
}

/* ---------------------------------------------------------------- composite keys, texts as keys, looking only */

static void fill_plots(kith_session *s)
{
    const Plot *a = kith_new(s, Plot, .x = 1, .y = 1, .name = "a");
    kith_new(s, Plot, .x = 1, .y = 2, .name = "b");
    kith_new(s, Shed, .name = "tools", .plot = { a });
    kith_new(s, Shed, .name = "bikes", .plot = { a });
}

static void moves_sheds(kith_session *s)
{
    const Plot *a = kith_get(s, Plot, .x = 1, .y = 1), *b = kith_get(s, Plot, .x = 1, .y = 2);
    const Plot *c = kith_new(s, Plot, .x = 7, .y = 7, .name = "c");
    (void)kith_many(a, sheds);
    kith_append(b, sheds, kith_get(s, Shed, .id = 1));
    kith_set(kith_get(s, Shed, .id = 2), plot, c);
    kith_append(c, sheds, kith_new(s, Shed, .name = "boats"));
    kith_delete(a);
    kith_commit(s);
}

static void fill_atlas(kith_session *s)
{
    const Country *at = kith_new(s, Country, .code = "AT", .name = "Austria"), *ch = kith_new(s, Country, .code = "CH", .name = "Switzerland");
    kith_new(s, City, .name = "Wien", .country = { at });
    kith_new(s, City, .name = "Bern", .country = { ch });
    kith_new(s, City, .name = "Basel", .country = { ch });
}

static void moves_borders(kith_session *s)
{
    const Country *at = kith_get(s, Country, .code = "AT"), *li = kith_new(s, Country, .code = "LI", .name = "Liechtenstein");
    KITH_LIST(City) cities = kith_all(s, City);
    kith_each(City, city, cities) {
        (void)kith_one(city, country);
        kith_set(city, country, at);
    }
    kith_append(li, cities, kith_new(s, City, .name = "Vaduz"));
    kith_delete(kith_get(s, Country, .code = "CH"));
    kith_commit(s);
}

static void fill_shelf(kith_session *s)
{
    const Writer *ada = kith_new(s, Writer, .name = "Ada"), *bob = kith_new(s, Writer, .name = "Bob");
    kith_new(s, Book, .title = "one", .year = 1990, .writer = { ada }, .editor = { bob });
    kith_new(s, Book, .title = "two", .year = 1999, .writer = { ada }, .editor = { ada });
    kith_new(s, Book, .title = "three", .year = 1990, .writer = { ada });
}

static void two_keys_to_one_table(kith_session *s)
{
    const Writer *ada = kith_get(s, Writer, .id = 1), *bob = kith_get(s, Writer, .id = 2);
    (void)kith_many(ada, books);
    (void)kith_many(ada, shown);
    kith_append(bob, books, kith_get(s, Book, .id = 1));
    kith_append(ada, edited, kith_get(s, Book, .id = 1));
    kith_remove(ada, edited, kith_get(s, Book, .id = 2));
    kith_commit(s);
}

/* ---------------------------------------------------------------- relationships of one side alone */

KITH_DECLARE(Port);
KITH_DECLARE(Ship);
KITH_DECLARE(Light);
struct Port { int64_t id; const char *name; KITH_MANY(Ship) ships; KITH_ONE(Light) light; };
struct Ship { int64_t id; const char *name; kith_opt_int port_id; };
struct Light { int64_t id; const char *colour; kith_opt_int port_id; };
KITH_MODEL(Port, "ports",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_RELATIONSHIP(ships, Ship, .cascade = "all, delete-orphan"),
    KITH_RELATIONSHIP(light, Light));
KITH_MODEL(Ship, "ships",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_COLUMN(port_id, .foreign_key = "ports.id"));
KITH_MODEL(Light, "lights",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(colour),
    KITH_COLUMN(port_id, .foreign_key = "ports.id"));
#define HARBOUR_MODELS KITH_MODELS(Port, Ship, Light)

static void fill_harbour(kith_session *s)
{
    const Port *kiel = kith_new(s, Port, .name = "Kiel"), *riga = kith_new(s, Port, .name = "Riga");
    kith_append(kiel, ships, kith_new(s, Ship, .name = "Anna"));
    kith_append(kiel, ships, kith_new(s, Ship, .name = "Bella"));
    kith_append(riga, ships, kith_new(s, Ship, .name = "Carla"));
    kith_set(kiel, light, kith_new(s, Light, .colour = "red"));
    kith_set(riga, light, kith_new(s, Light, .colour = "green"));
}

static void sails(kith_session *s)
{
    const Port *kiel = kith_get(s, Port, .id = 1), *riga = kith_get(s, Port, .id = 2);
    kith_append(riga, ships, kith_get(s, Ship, .id = 1));
    kith_remove(kiel, ships, kith_get(s, Ship, .id = 2));
    (void)kith_many(kiel, ships);
    kith_append(kiel, ships, kith_new(s, Ship, .name = "Dora"));
    kith_set(kiel, light, kith_get(s, Light, .id = 2));
    kith_commit(s);
}

static void deletes_a_port(kith_session *s)
{
    kith_delete(kith_get(s, Port, .id = 1));
    kith_commit(s);
}

static void deletes_a_ship(kith_session *s)
{
    const Port *kiel = kith_get(s, Port, .id = 1);
    right(s, kith_many(kiel, ships).count == 2);
    kith_delete(kith_get(s, Ship, .id = 1));
    kith_flush(s);
    right(s, kith_many(kiel, ships).count == 1);
    kith_commit(s);
}

/* ---------------------------------------------------------------- a train: one-to-one of a model with itself, by a key that is unique */

KITH_DECLARE(Wagon);
struct Wagon { int64_t id; kith_opt_int next_id; KITH_ONE(Wagon) next; KITH_ONE(Wagon) previous; };
KITH_MODEL(Wagon, "wagons", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(next_id, .foreign_key = "wagons.id", .unique = true),
    KITH_RELATIONSHIP(next, Wagon, .back_populates = "previous", .remote_side = "id"), KITH_RELATIONSHIP(previous, Wagon, .back_populates = "next"));
#define TRAIN_MODELS KITH_MODELS(Wagon)

static void fill_train(kith_session *s)
{
    const Wagon *c = kith_new(s, Wagon), *b = kith_new(s, Wagon, .next = { c });
    kith_new(s, Wagon);
    kith_new(s, Wagon, .next = { b });
}

static void shunts(kith_session *s)
{
    kith_all(s, Wagon);
    const Wagon *b = kith_get(s, Wagon, .id = 2), *d = kith_get(s, Wagon, .id = 3), *a = kith_get(s, Wagon, .id = 4);
    kith_set(d, next, b);
    right(s, !kith_one(a, next) && kith_one(b, previous) == d);
    kith_commit(s);
}

static const fault_case cases[] = {
    { "children_move_between_lists", ALLEY_MODELS, fill_alley, moves_between_lists, 0 },
    { "lists_are_read_between_changes", ALLEY_MODELS, fill_alley, reads_between_changes, 0 },
    { "a_graph_of_new_objects_is_written", ALLEY_MODELS, fill_alley, makes_a_graph, 0 },
    { "moves_wait_while_lists_are_read_anew", ALLEY_MODELS, fill_alley, moves_while_lists_are_read_anew, 0 },
    { "deleted_objects_are_added_again", ALLEY_MODELS, fill_alley, deletes_and_adds_again, 0 },
    { "one_append_is_written_whole_or_not", ALLEY_MODELS, fill_alley, one_append, FAULT_ATOMIC },
    { "a_proxy_is_changed", ALLEY_MODELS, fill_alley, changes_through_a_proxy, 0 },
    { "scalar_proxies_are_set", GARAGE_MODELS, fill_garage, sets_scalar_proxies, 0 },
    { "a_creator_makes_what_is_between", SCHOOL_MODELS, fill_school, enrols_by_a_creator, 0 },
    { "an_association_takes_over_a_row", SCHOOL_MODELS, fill_school, switches_the_row_of_an_association, 0 },
    { "dens_change_their_bears", BEAR_MODELS, fill_bears, changes_dens, 0 },
    { "branches_of_a_tree_move", TREE_MODELS, fill_tree, moves_branches, 0 },
    { "new_rows_reference_each_other_in_a_circle", TREE_MODELS, fill_tree, closes_a_circle, 0 },
    { "a_branch_and_a_circle_are_deleted", TREE_MODELS, fill_tree, deletes_a_branch, 0 },
    { "posts_are_tagged", BLOG_MODELS, fill_blog, tags_posts, 0 },
    { "tags_and_posts_are_deleted", BLOG_MODELS, fill_blog, deletes_tags, 0 },
    { "new_objects_on_both_sides_of_a_join_table", BLOG_MODELS, fill_blog, new_tags_without_order, 0 },
    { "links_wait_for_who_was_detached", BLOG_MODELS, fill_blog, leaves_and_comes_back, 0 },
    { "new_objects_come_back_after_a_rollback", BLOG_MODELS, fill_blog, comes_back_after_a_rollback, 0 },
    { "a_new_post_takes_over_a_row_with_links", BLOG_MODELS, fill_blog, takes_over_a_row_with_links, 0 },
    { "people_follow_people", FOLLOW_MODELS, fill_follow, follows, 0 },
    { "a_delete_is_passed_on_two_levels", FIRM_MODELS, fill_firm, deletes_a_company, FAULT_ATOMIC },
    { "a_delete_of_what_is_loaded", FIRM_MODELS, fill_firm, deletes_a_loaded_company, FAULT_ATOMIC },
    { "a_pending_owner_is_deleted", FIRM_MODELS, fill_firm, takes_back_what_is_new, 0 },
    { "orphans_are_deleted", FIRM_MODELS, fill_firm, makes_orphans, 0 },
    { "a_key_that_must_be_there", FIRM_MODELS, fill_firm, refuses_to_leave_a_child, 0 },
    { "the_database_deletes_children", SENSOR_MODELS, fill_sensors, deletes_passively, 0 },
    { "keys_of_two_columns", PLOT_MODELS, fill_plots, moves_sheds, 0 },
    { "keys_that_are_texts", ATLAS_MODELS, fill_atlas, moves_borders, 0 },
    { "two_keys_to_one_table", SHELF_MODELS, fill_shelf, two_keys_to_one_table, 0 },
    { "relationships_without_another_side", HARBOUR_MODELS, fill_harbour, sails, 0 },
    { "a_delete_without_another_side", HARBOUR_MODELS, fill_harbour, deletes_a_port, FAULT_ATOMIC },
    { "an_item_is_deleted_without_another_side", HARBOUR_MODELS, fill_harbour, deletes_a_ship, 0 },
    { "wagons_are_shunted", TRAIN_MODELS, fill_train, shunts, 0 },
};

int main(void) { return fault_main(cases, KITH__COUNT(cases)); }
