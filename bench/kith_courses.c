/* Students and their courses on kith, through the association proxy: W6, eager and lazy. */
#include "models.h"

static uint64_t touch(const Student *student, int64_t *count)
{
    uint64_t sum = 0;
    kith_each(Course, course, kith_many(student, courses)) {
        sum += (uint64_t)course->id + (uint64_t)course->title[0];
        ++*count;
    }
    return sum;
}

static void finish_reading(kith_database *db, kith_session *session, KITH_LIST(Student) students, bench_result *result)
{
    uint64_t hash = 0;
    kith_each(Student, student, students) {
        hash = bench_hash_text(bench_hash_int(hash, student->id), student->name);
        kith_each(Enrollment, enrollment, kith_many(student, enrollments)) {
            const Course *course = kith_one(enrollment, course);
            hash = bench_hash_int(bench_hash_int(hash, enrollment->id), enrollment->grade);
            hash = bench_hash_text(bench_hash_int(hash, course->id), course->title);
        }
    }
    result->everything = hash;
    on_kith_close(db, session, result);
}

void on_kith_read_courses_eagerly(const bench_job *job, bench_result *result)
{
    kith_database *db = on_kith_open(job);
    kith_session *session = on_kith_session(db);

    bench_start(result);
    KITH_LIST(Student) students = kith_all(session, Student, .load = { "enrollments.course" });
    kith_each(Student, student, students)
        result->touched += touch(student, &result->rows);
    bench_stop(result);

    finish_reading(db, session, students, result);
}

void on_kith_read_courses_lazily(const bench_job *job, bench_result *result)
{
    kith_database *db = on_kith_open(job);
    kith_session *session = on_kith_session(db);

    bench_start(result);
    KITH_LIST(Student) students = kith_all(session, Student);
    kith_each(Student, student, students)
        result->touched += touch(student, &result->rows);
    bench_stop(result);

    finish_reading(db, session, students, result);
}
