/*
 * What models.h declares.
 */
#include "models.h"

KITH_MODEL(Business, "businesses",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_RELATIONSHIP(trashcans, Trashcan, .back_populates = "business"),
    KITH_ASSOCIATION_PROXY(raccoons, "trashcans", "raccoon"));
KITH_MODEL(Raccoon, "raccoons",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_COLUMN(age),
    KITH_RELATIONSHIP(trashcans, Trashcan, .back_populates = "raccoon"),
    KITH_ASSOCIATION_PROXY(businesses, "trashcans", "business"));
KITH_MODEL(Trashcan, "trashcans",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(label),
    KITH_COLUMN(litres),
    KITH_COLUMN(business_id, .foreign_key = "businesses.id"),
    KITH_COLUMN(raccoon_id, .foreign_key = "raccoons.id"),
    KITH_RELATIONSHIP(business, Business, .back_populates = "trashcans"),
    KITH_RELATIONSHIP(raccoon, Raccoon, .back_populates = "trashcans"));

KITH_MODEL(Bear, "bears",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_RELATIONSHIP(den, Den, .back_populates = "bear"));
KITH_MODEL(Den, "dens",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_COLUMN(bear_id, .foreign_key = "bears.id"),
    KITH_RELATIONSHIP(bear, Bear, .back_populates = "den"));

KITH_MODEL(Node, "nodes",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_COLUMN(parent_id, .foreign_key = "nodes.id", .index = true),
    KITH_RELATIONSHIP(parent, Node, .back_populates = "children", .remote_side = "id"),
    KITH_RELATIONSHIP(children, Node, .back_populates = "parent"));

KITH_MODEL(Post, "posts",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(title),
    KITH_RELATIONSHIP(tags, Tag, .secondary = "post_tags", .back_populates = "posts"),
    KITH_ASSOCIATION_PROXY(topics, "tags", "topic"));
KITH_MODEL(Tag, "tags",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(word),
    KITH_COLUMN(topic_id, .foreign_key = "topics.id"),
    KITH_RELATIONSHIP(posts, Post, .secondary = "post_tags", .back_populates = "tags"),
    KITH_RELATIONSHIP(topic, Topic, .back_populates = "tags"));
KITH_MODEL(Topic, "topics",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_RELATIONSHIP(tags, Tag, .back_populates = "topic"));

/* .foreign_keys: the join table's column that names this side; the other is the far one */
KITH_MODEL(Person, "people",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_RELATIONSHIP(following, Person, .secondary = "follows", .foreign_keys = "follower_id", .back_populates = "followers"),
    KITH_RELATIONSHIP(followers, Person, .secondary = "follows", .foreign_keys = "followed_id", .back_populates = "following"));
KITH_JOIN_TABLE(Follows, "follows", KITH_JOIN_COLUMN("follower_id", "people.id"), KITH_JOIN_COLUMN("followed_id", "people.id"));

/* The proxy appends what this makes to the owner's enrolments. */
static const void *enrol(kith_session *session, const void *owner, kith_value item)
{
    (void)owner;
    const Course *course = item.object;
    return kith_new(session, Enrolment, .course = { course }, .reason = "made by the creator");
}
KITH_MODEL(Student, "students",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_RELATIONSHIP(enrolments, Enrolment, .back_populates = "student", .cascade = "all, delete-orphan"),
    KITH_ASSOCIATION_PROXY(courses, "enrolments", "course", .creator = enrol));
KITH_MODEL(Course, "courses",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(title),
    KITH_RELATIONSHIP(enrolments, Enrolment, .back_populates = "course"),
    KITH_ASSOCIATION_PROXY(students, "enrolments", "student"));
KITH_MODEL(Enrolment, "enrolments",
    KITH_COLUMN(student_id, .primary_key = true, .foreign_key = "students.id"),
    KITH_COLUMN(course_id, .primary_key = true, .foreign_key = "courses.id"),
    KITH_COLUMN(grade),
    KITH_COLUMN(reason),
    KITH_RELATIONSHIP(student, Student, .back_populates = "enrolments"),
    KITH_RELATIONSHIP(course, Course, .back_populates = "enrolments"));

KITH_MODEL(Company, "companies",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_RELATIONSHIP(departments, Department, .back_populates = "company", .cascade = "all"),
    KITH_RELATIONSHIP(contracts, Contract, .back_populates = "company"));
KITH_MODEL(Department, "departments",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_COLUMN(company_id, .foreign_key = "companies.id"),
    KITH_RELATIONSHIP(company, Company, .back_populates = "departments"),
    KITH_RELATIONSHIP(employees, Employee, .back_populates = "department", .cascade = "all, delete-orphan"));
KITH_MODEL(Employee, "employees",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_COLUMN(department_id, .foreign_key = "departments.id"),
    KITH_RELATIONSHIP(department, Department, .back_populates = "employees"));
KITH_MODEL(Contract, "contracts",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(subject),
    KITH_COLUMN(company_id, .foreign_key = "companies.id"),
    KITH_RELATIONSHIP(company, Company, .back_populates = "contracts"));

KITH_MODEL(Sensor, "sensors",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(serial, .not_null = true, .unique = true, .length = 32),
    KITH_RELATIONSHIP(readings, Reading, .back_populates = "sensor", .cascade = "all", .passive_deletes = true));
KITH_MODEL(Reading, "readings",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(sensor_id, .foreign_key = "sensors.id", .on_delete = "CASCADE"),
    KITH_COLUMN(value),
    KITH_RELATIONSHIP(sensor, Sensor, .back_populates = "readings"));

KITH_MODEL(Document, "documents",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(title),
    KITH_COLUMN(body),
    KITH_COLUMN(version, .version = true));

KITH_MODEL(Plot, "plots",
    KITH_COLUMN(x, .primary_key = true),
    KITH_COLUMN(y, .primary_key = true),
    KITH_COLUMN(name),
    KITH_RELATIONSHIP(sheds, Shed, .back_populates = "plot"));
KITH_MODEL(Shed, "sheds",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_COLUMN(plot_x, .foreign_key = "plots.x"),
    KITH_COLUMN(plot_y, .foreign_key = "plots.y"),
    KITH_RELATIONSHIP(plot, Plot, .back_populates = "sheds"));

KITH_MODEL(Country, "countries",
    KITH_COLUMN(code, .primary_key = true, .length = 2),
    KITH_COLUMN(name, .not_null = true),
    KITH_COLUMN(people),
    KITH_RELATIONSHIP(cities, City, .back_populates = "country"));
KITH_MODEL(City, "cities",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name, .not_null = true),
    KITH_COLUMN(country_code, .foreign_key = "countries.code"),
    KITH_RELATIONSHIP(country, Country, .back_populates = "cities"));

KITH_MODEL(Garage, "garages",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_RELATIONSHIP(drivers, Driver, .back_populates = "garage"),
    KITH_ASSOCIATION_PROXY(makers, "drivers", "maker"));
KITH_MODEL(Driver, "drivers",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_COLUMN(garage_id, .foreign_key = "garages.id"),
    KITH_COLUMN(car_id, .foreign_key = "cars.id"),
    KITH_RELATIONSHIP(garage, Garage, .back_populates = "drivers"),
    KITH_RELATIONSHIP(car, Car),
    KITH_ASSOCIATION_PROXY(maker, "car", "maker"),
    KITH_ASSOCIATION_PROXY(plate, "car", "plate"));
KITH_MODEL(Car, "cars",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(plate),
    KITH_COLUMN(maker_id, .foreign_key = "makers.id"),
    KITH_RELATIONSHIP(maker, Maker));
KITH_MODEL(Maker, "makers",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name));

KITH_MODEL(Writer, "writers",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_RELATIONSHIP(books, Book, .back_populates = "writer", .foreign_keys = "writer_id", .order_by = "year desc, title"),
    KITH_RELATIONSHIP(edited, Book, .back_populates = "editor", .foreign_keys = "editor_id"),
    KITH_RELATIONSHIP(shown, Book, .foreign_keys = "writer_id", .view_only = true));
KITH_MODEL(Book, "books",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(title),
    KITH_COLUMN(year),
    KITH_COLUMN(writer_id, .foreign_key = "writers.id"),
    KITH_COLUMN(editor_id, .foreign_key = "writers.id"),
    KITH_RELATIONSHIP(writer, Writer, .back_populates = "books", .foreign_keys = "writer_id"),
    KITH_RELATIONSHIP(editor, Writer, .back_populates = "edited", .foreign_keys = "editor_id"));
