/*
 * The models that the behaviour tests share, in families: a test opens one family, so that what one family cannot do yet
 * does not hide another. Each comment says what the family is for.
 */
#ifndef KITH_TEST_MODELS_H
#define KITH_TEST_MODELS_H

#include <kith/kith.h>

/* ---------------------------------------------------------------- alley: the lesson's three, with names on all. Every cascade and
 * load is the default; both foreign keys may be NULL. Business.raccoons and Raccoon.businesses are proxies. */
KITH_DECLARE(Business);
KITH_DECLARE(Raccoon);
KITH_DECLARE(Trashcan);
struct Business { int64_t id; const char *name; KITH_MANY(Trashcan) trashcans; KITH_MANY(Raccoon) raccoons; };
struct Raccoon { int64_t id; const char *name; kith_opt_int age; KITH_MANY(Trashcan) trashcans; KITH_MANY(Business) businesses; };
struct Trashcan {
    int64_t id;
    const char *label;
    int32_t litres;
    kith_opt_int business_id, raccoon_id;
    KITH_ONE(Business) business;
    KITH_ONE(Raccoon) raccoon;
};
#define ALLEY_MODELS KITH_MODELS(Business, Raccoon, Trashcan)

/* ---------------------------------------------------------------- bears: one-to-one, the key on the den */
KITH_DECLARE(Bear);
KITH_DECLARE(Den);
struct Bear { int64_t id; const char *name; KITH_ONE(Den) den; };
struct Den { int64_t id; const char *name; kith_opt_int bear_id; KITH_ONE(Bear) bear; };
#define BEAR_MODELS KITH_MODELS(Bear, Den)

/* ---------------------------------------------------------------- tree: a row may have a parent in its own table */
KITH_DECLARE(Node);
struct Node { int64_t id; const char *name; kith_opt_int parent_id; KITH_ONE(Node) parent; KITH_MANY(Node) children; };
#define TREE_MODELS KITH_MODELS(Node)

/* ---------------------------------------------------------------- blog: many-to-many by a join table that nobody declares; a proxy over it */
KITH_DECLARE(Post);
KITH_DECLARE(Tag);
KITH_DECLARE(Topic);
struct Post { int64_t id; const char *title; KITH_MANY(Tag) tags; KITH_MANY(Topic) topics; };
struct Tag { int64_t id; const char *word; kith_opt_int topic_id; KITH_MANY(Post) posts; KITH_ONE(Topic) topic; };
struct Topic { int64_t id; const char *name; KITH_MANY(Tag) tags; };
#define BLOG_MODELS KITH_MODELS(Post, Tag, Topic)

/* ---------------------------------------------------------------- follow: many-to-many of one model with itself, by a declared join table */
KITH_DECLARE(Person);
KITH_DECLARE(Follows);
struct Person { int64_t id; const char *name; KITH_MANY(Person) following; KITH_MANY(Person) followers; };
#define FOLLOW_MODELS KITH_MODELS(Person, Follows)

/* ---------------------------------------------------------------- school: an association object; its key is its two foreign keys */
KITH_DECLARE(Student);
KITH_DECLARE(Course);
KITH_DECLARE(Enrolment);
struct Student { int64_t id; const char *name; KITH_MANY(Enrolment) enrolments; KITH_MANY(Course) courses; };
struct Course { int64_t id; const char *title; KITH_MANY(Enrolment) enrolments; KITH_MANY(Student) students; };
struct Enrolment {
    int64_t student_id, course_id;
    kith_opt_int grade;
    const char *reason;
    KITH_ONE(Student) student;
    KITH_ONE(Course) course;
};
#define SCHOOL_MODELS KITH_MODELS(Student, Course, Enrolment)

/* ---------------------------------------------------------------- firm: cascades over two levels. Company.departments is "all" (a
 * department taken out stays), Department.employees "all, delete-orphan"; both foreign keys may be NULL. Company.contracts is the
 * default over a foreign key that may not. */
KITH_DECLARE(Company);
KITH_DECLARE(Department);
KITH_DECLARE(Employee);
KITH_DECLARE(Contract);
struct Company { int64_t id; const char *name; KITH_MANY(Department) departments; KITH_MANY(Contract) contracts; };
struct Department { int64_t id; const char *name; kith_opt_int company_id; KITH_ONE(Company) company; KITH_MANY(Employee) employees; };
struct Employee { int64_t id; const char *name; kith_opt_int department_id; KITH_ONE(Department) department; };
struct Contract { int64_t id; const char *subject; int64_t company_id; KITH_ONE(Company) company; };
#define FIRM_MODELS KITH_MODELS(Company, Department, Employee, Contract)

/* ---------------------------------------------------------------- sensors: the database deletes the children, ON DELETE CASCADE */
KITH_DECLARE(Sensor);
KITH_DECLARE(Reading);
struct Sensor { int64_t id; const char *serial; KITH_MANY(Reading) readings; };
struct Reading { int64_t id; int64_t sensor_id; double value; KITH_ONE(Sensor) sensor; };
#define SENSOR_MODELS KITH_MODELS(Sensor, Reading)

/* ---------------------------------------------------------------- papers: optimistic locking */
KITH_DECLARE(Document);
struct Document { int64_t id; const char *title; const char *body; int32_t version; };
#define PAPER_MODELS KITH_MODELS(Document)

/* ---------------------------------------------------------------- plots: a key of two columns, and a foreign key to it */
KITH_DECLARE(Plot);
KITH_DECLARE(Shed);
struct Plot { int32_t x, y; const char *name; KITH_MANY(Shed) sheds; };
struct Shed { int64_t id; const char *name; kith_opt_int plot_x, plot_y; KITH_ONE(Plot) plot; };
#define PLOT_MODELS KITH_MODELS(Plot, Shed)

/* ---------------------------------------------------------------- atlas: keys that the program gives */
KITH_DECLARE(Country);
KITH_DECLARE(City);
struct Country { const char *code; const char *name; int64_t people; KITH_MANY(City) cities; };
struct City { int64_t id; const char *name; const char *country_code; KITH_ONE(Country) country; };
#define ATLAS_MODELS KITH_MODELS(Country, City)

/* ---------------------------------------------------------------- garage: scalar proxies, to an object (Driver.maker) and to a column
 * (Driver.plate), and a proxy whose second name is a proxy (Garage.makers) */
KITH_DECLARE(Garage);
KITH_DECLARE(Driver);
KITH_DECLARE(Car);
KITH_DECLARE(Maker);
struct Garage { int64_t id; const char *name; KITH_MANY(Driver) drivers; KITH_MANY(Maker) makers; };
struct Driver {
    int64_t id;
    const char *name;
    kith_opt_int garage_id, car_id;
    KITH_ONE(Garage) garage;
    KITH_ONE(Car) car;
    KITH_ONE(Maker) maker;
    const char *plate;
};
struct Car { int64_t id; const char *plate; kith_opt_int maker_id; KITH_ONE(Maker) maker; };
struct Maker { int64_t id; const char *name; };
#define GARAGE_MODELS KITH_MODELS(Garage, Driver, Car, Maker)

/* ---------------------------------------------------------------- shelf: what a relationship can be told: order, looking only, several
 * keys to one table */
KITH_DECLARE(Writer);
KITH_DECLARE(Book);
struct Writer {
    int64_t id;
    const char *name;
    KITH_MANY(Book) books;              /* the latest first, then by title */
    KITH_MANY(Book) edited;             /* the other key */
    KITH_MANY(Book) shown;              /* view_only, over the first key */
};
struct Book {
    int64_t id;
    const char *title;
    int32_t year;
    kith_opt_int writer_id, editor_id;
    KITH_ONE(Writer) writer;
    KITH_ONE(Writer) editor;
};
#define SHELF_MODELS KITH_MODELS(Writer, Book)

#endif
