/* The models of kith's side, and what its workloads share. */
#include "models.h"

#include <stdio.h>

KITH_MODEL(Person, "people", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name, .not_null = true),
    KITH_COLUMN(email, .not_null = true), KITH_COLUMN(age), KITH_COLUMN(score), KITH_COLUMN(created_at));

KITH_MODEL(Author, "authors", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name, .not_null = true),
    KITH_RELATIONSHIP(books, Book, .back_populates = "author", .cascade = "all, delete-orphan", .passive_deletes = true));
KITH_MODEL(Book, "books", KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(author_id, .foreign_key = "authors.id", .on_delete = "CASCADE", .index = true),
    KITH_COLUMN(title, .not_null = true), KITH_COLUMN(pages), KITH_RELATIONSHIP(author, Author, .back_populates = "books"));

KITH_MODEL(Student, "students", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name, .not_null = true),
    KITH_RELATIONSHIP(enrollments, Enrollment, .back_populates = "student"),
    KITH_ASSOCIATION_PROXY(courses, "enrollments", "course"));
KITH_MODEL(Course, "courses", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(title, .not_null = true),
    KITH_RELATIONSHIP(enrollments, Enrollment, .back_populates = "course"),
    KITH_ASSOCIATION_PROXY(students, "enrollments", "student"));
KITH_MODEL(Enrollment, "enrollments", KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(student_id, .foreign_key = "students.id", .index = true),
    KITH_COLUMN(course_id, .foreign_key = "courses.id", .index = true), KITH_COLUMN(grade),
    KITH_RELATIONSHIP(student, Student, .back_populates = "enrollments"),
    KITH_RELATIONSHIP(course, Course, .back_populates = "enrollments"));

static void fail(const kith_error *error)
{
    bench_fail("%s%s%s", error->message, error->hint ? " " : "", error->hint ? error->hint : "");
}

kith_database *on_kith_open(const bench_job *job)
{
    char url[512];
    snprintf(url, sizeof url, "sqlite:///%s?cache=%dMiB", job->file, BENCH_CACHE_KIB / 1024);
    kith_database *db = kith_open(url, KITH_MODELS(Person, Author, Book, Student, Course, Enrollment));
    if (!db)
        bench_fail("kith_open: no memory");
    if (kith_status_of(db))
        fail(kith_error_of(db));
    return db;
}

kith_session *on_kith_session(kith_database *db)
{
    kith_session *session = kith_session_open(db);
    if (!session)
        bench_fail("kith_session_open: no memory");
    on_kith_check(session);
    return session;
}

void on_kith_check(kith_session *session)
{
    if (kith_status_of(session))
        fail(kith_error_of(session));
}

void on_kith_close(kith_database *db, kith_session *session, bench_result *result)
{
    on_kith_check(session);
    bench_watch_read(&result->settings);
    kith_session_close(session);
    kith_close(db);
}
