/* The models of kith's side: the tables are those of fixture.c. */
#ifndef BENCH_MODELS_H
#define BENCH_MODELS_H

#include <kith/kith.h>

#include "bench.h"

KITH_DECLARE(Person);
KITH_DECLARE(Author);
KITH_DECLARE(Book);
KITH_DECLARE(Student);
KITH_DECLARE(Enrollment);
KITH_DECLARE(Course);

struct Person { int64_t id; const char *name, *email; kith_opt_int age; double score; kith_datetime created_at; };

struct Author { int64_t id; const char *name; KITH_MANY(Book) books; };
struct Book { int64_t id; int64_t author_id; const char *title; int32_t pages; KITH_ONE(Author) author; };

struct Student { int64_t id; const char *name; KITH_MANY(Enrollment) enrollments; KITH_MANY(Course) courses; };
struct Course { int64_t id; const char *title; KITH_MANY(Enrollment) enrollments; KITH_MANY(Student) students; };
struct Enrollment {
    int64_t id, student_id, course_id;
    int32_t grade;
    KITH_ONE(Student) student;
    KITH_ONE(Course)  course;
};

/* The job's file opened with the page cache that the hand-written side has; a failure ends the program. */
kith_database *on_kith_open(const bench_job *);
kith_session  *on_kith_session(kith_database *);
void           on_kith_check(kith_session *);       /* ends the program if an error stands */
void           on_kith_close(kith_database *, kith_session *, bench_result *);

#endif
